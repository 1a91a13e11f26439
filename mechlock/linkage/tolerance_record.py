"""Sensitivities and tolerance stacks of all outputs as the plain object that `mechlock kinematics --tolerances` prints."""

from __future__ import annotations

from typing import Any

import sympy as sp

from mechlock.errors import NoVerdict
from mechlock.linkage.constraints import wrapped
from mechlock.linkage.kinematics import Kinematics
from mechlock.linkage.mechanism import GROUND
from mechlock.linkage.motion_record import DEGREE
from mechlock.linkage.sensitivity import Gradient, gradients, stacked
from mechlock.linkage.symbolic import SymbolicSolution


def tolerance_record(result: Kinematics) -> list[dict[str, Any]]:
    """Every output at the first drive position: value, worst case and RSS half widths, contributions, derivatives.

    Outputs are the points and angles of the moving bodies, travels, velocity ratios, and the levers of the lock's loads about the
    drive, in the middle of their cones. The half width of a parameter is half its interval; the pins' play counts as an offset in
    either direction; the drive's is that of the lock's stop.

    Raises
    ------
    NoVerdict
        Without a closed form.
    """
    positions, mechanism = result.positions, result.mechanism
    if positions.solution is None:
        raise NoVerdict(f"tolerances need a closed form: {positions.reason}", mechanism.where)
    names, expressions, scales = zip(*_outputs(result, positions.solution), strict=True)
    drive = float(result.drive[0])
    band = mechanism.lock.drive if mechanism.lock is not None else None
    width = 0.5 * (band.high - band.low) if band is not None else 0.0
    found = gradients(positions, expressions, drive)
    return [
        _entry(result, name, unit, scale, gradient, width)
        for (name, unit), scale, gradient in zip(names, scales, found, strict=True)
    ]


def _outputs(result: Kinematics, solution: SymbolicSolution) -> list[tuple[tuple[str, str], sp.Expr, float]]:
    """Name and unit, expression, and scale of each output."""
    mechanism = result.mechanism
    sliding = mechanism.drive.sliding
    found: list[tuple[tuple[str, str], sp.Expr, float]] = []
    for body in (name for name in mechanism.moving if not mechanism.bodies[name].virtual):
        c, s = solution.directions[body]
        found.append(((f"angle of {body}", "deg"), sp.atan2(s, c), DEGREE))
        found.append(((f"velocity ratio of {body}", "rad/mm" if sliding else ""), solution.velocity_ratio(body), 1.0))
    for point, (x, y) in solution.points.items():
        if point.body != GROUND and not mechanism.bodies[point.body].virtual:
            found += [((f"x of {point}", "mm"), x, 1.0), ((f"y of {point}", "mm"), y, 1.0)]
    found += [((f"travel of {joint}", "mm"), travel, 1.0) for joint, travel in solution.travels.items()]
    for load in mechanism.lock.loads if mechanism.lock is not None else ():
        force = solution.generalised_force(load.at)
        lever = force.expression.xreplace({force.direction: sp.Float(load.direction.nominal, 17)})
        found.append(((f"lever of {load.name}", "" if sliding else "mm"), lever, 1.0))  # pyright: ignore[reportArgumentType]
    return found


def _entry(result: Kinematics, name: str, unit: str, scale: float, found: Gradient, width: float) -> dict[str, Any]:
    whole = stacked(result.positions, found, width)
    value = float(wrapped(whole.value)) if unit == "deg" else whole.value  # pyright: ignore[reportArgumentType]
    return {
        "name": name,
        "unit": unit,
        "value": value * scale,
        "worst_case": whole.worst_case * scale,
        "rss": whole.rss * scale,
        "contributions": [{"name": part, "half_width": size * scale} for part, size in whole.contributions],
        "derivatives": {"drive": found.by_drive * scale} | {part: slope * scale for part, slope in found.by_name.items()},
    }


def tolerance_text(outputs: list[dict[str, Any]]) -> str:
    """The stacks as a table, with what contributes most; outputs that no tolerance moves are left out."""
    lines = ["", f"tolerances, to first order{'':30s} value   worst case +-        rss +-  mostly from"]
    for entry in outputs:
        if entry["worst_case"] <= 1e-9 * max(1.0, abs(entry["value"])):
            continue
        most = ", ".join(part["name"] for part in entry["contributions"][:3])
        words = f"{entry['name']} {entry['unit']}".strip()
        lines.append(f"  {words:44s} {entry['value']:14.6g} {entry['worst_case']:14.4g} {entry['rss']:13.4g}  {most}")
    return "\n".join(lines)
