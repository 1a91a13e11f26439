"""Sensitivities and tolerance stacks of all outputs as the plain object that `mechlock kinematics --tolerances` prints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy as sp

from mechlock.errors import NoVerdict
from mechlock.linkage.constraints import Array, wrapped
from mechlock.linkage.implicit import Derivatives, derivatives
from mechlock.linkage.kinematics import Kinematics
from mechlock.linkage.kinetostatics import locked_in
from mechlock.linkage.mechanism import GROUND, Load, PointName
from mechlock.linkage.motion_record import DEGREE
from mechlock.linkage.sensitivity import Gradient, gradients, stacked
from mechlock.linkage.sharing import stiffness_of


def tolerance_record(result: Kinematics) -> list[dict[str, Any]]:
    """Every output at the first drive position: value, worst case and RSS half widths, contributions, derivatives.

    Outputs are the points and angles of the moving bodies, travels, velocity ratios, and the levers of the lock's loads about the
    drive, in the middle of their cones. The half width of a parameter is half its interval; the pins' play counts as an offset in
    either direction; the drive's is that of the lock's stop. Redundant joints share what each dimension would open between them,
    by their stiffness; where it is known, what that locks into every one of them is an output too.

    Raises
    ------
    NoVerdict
        At a limit of travel or a change point, and where only some of the redundant joints have a stiffness.
    """
    drive = float(result.drive[0])
    lock = result.mechanism.lock
    width = 0.5 * (lock.drive.high - lock.drive.low) if lock is not None else 0.0
    constraints = result.positions.constraints
    found = derivatives(result.positions, drive)
    square = constraints.rows + 1 == constraints.unknowns
    outputs = _by_closed_form(result, drive) if square and result.closed_form else _by_constraints(result, found)
    entries = [_entry(result, output, gradient, width) for output, gradient in outputs]
    return entries if square or found.stiffness.lacking else [*entries, *_locked_in(result, found)]


def sharing_note(result: Kinematics) -> str:
    """How redundant joints share what dimensions open, in words; "" where none is redundant."""
    constraints = result.positions.constraints
    if constraints.rows + 1 == constraints.unknowns:
        return ""
    found = stiffness_of(result.positions, result.selected.q[:1])
    if not found.lacking:
        return "redundant joints share, as their stiffness, what a dimension that changes alone would open between them"
    return (
        "redundant joints share what a dimension that changes alone would open between them, here as if all were equally stiff; "
        f"what that locks in, in N, needs the stiffness (and of slides the rotational_stiffness) of {', '.join(found.lacking)}"
    )


@dataclass(frozen=True)
class _Output:
    name: str
    unit: str
    scale: float = 1.0


def _by_closed_form(result: Kinematics, drive: float) -> list[tuple[_Output, Gradient]]:
    solution = result.positions.solution
    if solution is None:
        raise NoVerdict(result.reason, result.mechanism.where)
    outputs: list[_Output] = []
    expressions: list[sp.Expr] = []
    for body in _bodies(result):
        c, s = solution.directions[body]
        outputs += _of_body(result, body)
        expressions += [sp.atan2(s, c), solution.velocity_ratio(body)]
    for point in _points(result):
        outputs += _of_point(point)
        expressions += solution.points[point]
    for joint, travel in solution.travels.items():
        outputs.append(_Output(f"travel of {joint}", "mm"))
        expressions.append(travel)
    for load in _loads(result):
        force = solution.generalised_force(load.at)
        outputs.append(_of_load(result, load))
        expressions.append(force.expression.xreplace({force.direction: sp.Float(load.direction.nominal, 17)}))  # pyright: ignore[reportArgumentType]
    return list(zip(outputs, gradients(result.positions, expressions, drive), strict=True))


def _by_constraints(result: Kinematics, found: Derivatives) -> list[tuple[_Output, Gradient]]:
    rows: list[tuple[_Output, float, Array]] = []
    for body in _bodies(result):
        pairs = (found.angle(body), found.velocity_ratio(body))
        rows += [(output, *pair) for output, pair in zip(_of_body(result, body), pairs, strict=True)]
    for point in _points(result):
        place, slopes = found.point(point)
        rows += [(output, float(place[i]), slopes[i]) for i, output in enumerate(_of_point(point))]
    for joint in result.positions.constraints.joints:
        if not joint.revolute:
            rows.append((_Output(f"travel of {joint.name}", "mm"), *found.travel(joint.name)))
    for load in _loads(result):
        direction = np.array([np.cos(load.direction.nominal), np.sin(load.direction.nominal)])
        rate, slopes = found.point_rate(load.at)
        rows.append((_of_load(result, load), float(direction @ rate), direction @ slopes))
    return [
        (output, Gradient(value, float(slopes[-1]), dict(zip(found.names, map(float, slopes), strict=False))))
        for output, value, slopes in rows
    ]


def _locked_in(result: Kinematics, found: Derivatives) -> list[dict[str, Any]]:
    """Forces that dimensions lock into redundant joints: sizes of vectors, so that the sums are bounds.

    Play is left out: it can only take up what a dimension locks in.
    """
    positions, parameters = result.positions, result.mechanism.parameters
    given = locked_in(positions, result.selected.q[:1])
    joints = result.mechanism.joints
    sizes = {joint.name: np.linalg.norm(found.locked_in(index), axis=0) for index, joint in enumerate(joints)}
    greatest = max(float(size.max(initial=0.0)) for size in sizes.values())
    entries: list[dict[str, Any]] = []
    for joint, size in sizes.items():
        if not (size > 1e-9 * greatest).any():
            continue
        slopes = {name: float(slope) for name, slope in zip(found.names, size, strict=True) if name in parameters}
        gradient = Gradient(float(given[joint][0]) if joint in given else 0.0, 0.0, slopes)
        entries.append(_entry(result, _Output(f"locked-in force of {joint}", "N"), gradient, 0.0))
    return entries


def _bodies(result: Kinematics) -> list[str]:
    return [name for name in result.mechanism.moving if not result.mechanism.bodies[name].virtual]


def _points(result: Kinematics) -> list[PointName]:
    return [point for point in result.positions.local_points if point.body != GROUND]


def _loads(result: Kinematics) -> tuple[Load, ...]:
    return result.mechanism.lock.loads if result.mechanism.lock is not None else ()


def _of_body(result: Kinematics, body: str) -> list[_Output]:
    ratio = "rad/mm" if result.mechanism.drive.sliding else ""
    return [_Output(f"angle of {body}", "deg", DEGREE), _Output(f"velocity ratio of {body}", ratio)]


def _of_point(point: PointName) -> list[_Output]:
    return [_Output(f"x of {point}", "mm"), _Output(f"y of {point}", "mm")]


def _of_load(result: Kinematics, load: Load) -> _Output:
    return _Output(f"lever of {load.name}", "" if result.mechanism.drive.sliding else "mm")


def _entry(result: Kinematics, output: _Output, found: Gradient, width: float) -> dict[str, Any]:
    scale = output.scale
    whole = stacked(result.positions, found, width)
    value = float(wrapped(whole.value)) if output.unit == "deg" else whole.value  # pyright: ignore[reportArgumentType]
    return {
        "name": output.name,
        "unit": output.unit,
        "value": value * scale,
        "worst_case": whole.worst_case * scale,
        "rss": whole.rss * scale,
        "contributions": [{"name": part, "half_width": size * scale} for part, size in whole.contributions],
        "derivatives": {"drive": found.by_drive * scale} | {part: slope * scale for part, slope in found.by_name.items()},
    }


def tolerance_text(outputs: list[dict[str, Any]], note: str = "") -> str:
    """The stacks as a table, with what contributes most, and a note; outputs that no tolerance moves are left out."""
    lines = ["", f"tolerances, to first order{'':30s} value   worst case +-        rss +-  mostly from"]
    for entry in outputs:
        if entry["worst_case"] <= 1e-9 * max(1.0, abs(entry["value"])):
            continue
        most = ", ".join(part["name"] for part in entry["contributions"][:3])
        words = f"{entry['name']} {entry['unit']}".strip()
        lines.append(f"  {words:44s} {entry['value']:14.6g} {entry['worst_case']:14.4g} {entry['rss']:13.4g}  {most}")
    return "\n".join([*lines, *([note] if note else [])])
