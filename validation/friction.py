"""Friction cases: screws and wedges, the journal's friction circle, a toggle held by its pins; all through the linkage solver."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Values = dict[str, float | Sequence[float]]


def _effort(mechanism: Any, point: str, force: Sequence[float], moving: int, values: dict[str, float]) -> float:
    """Effort of the drive while it moves one way under one force (N, mm)."""
    from mechlock.linkage.friction import friction_forces
    from mechlock.linkage.mechanism import PointName
    from mechlock.linkage.positions import Positions

    positions = Positions(mechanism, values)
    q = positions.at(positions.selected, np.array([positions.drive_value]))
    body, name = point.split(".")
    return float(friction_forces(positions, q, {PointName(body, name): np.array([force], dtype=float)}, moving).effort[0])


def _build(data: dict[str, Any]) -> Any:
    from mechlock.inputs.linkage import linkage_from_data
    from mechlock.linkage.semantics import build

    return build(linkage_from_data({"format": "mechlock-linkage/1", **data}, "validation"))


def _pin(name: str, first: str, second: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "type": "revolute", "of": [first, second], **more}


def _slide(name: str, first: str, second: str, axis: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "type": "prismatic", "of": [first, second], "axis": axis, **more}


def incline() -> Any:
    """A wedge of angle alpha on a smooth base lifts a shoe: one face with friction, an unrolled thread."""
    zero = ["0 mm", "0 mm"]
    return _build(
        {
            "parameters": {"alpha": "5 deg", "mu": 0.1},
            "bodies": {
                "ground": {"points": {"O": zero}},
                "wedge": {"points": {"O": zero}},
                "shoe": {"points": {"F": zero}},
                "load": {"points": {"F": zero}},
            },
            "joints": [
                _slide("base", "ground.O", "wedge.O", "0 deg"),
                _slide("face", "wedge.O", "shoe.F", "alpha", friction="mu"),
                _pin("F", "shoe.F", "load.F"),
                _slide("guide", "ground.O", "load.F", "90 deg"),
            ],
            "drive": {"joint": "base", "value": "-10 mm"},
        }
    )


def push(alpha: float, mu: float, raising: bool) -> float:
    """Force along the base, over the load: to raise it, or to lower it (negative where it comes down by itself)."""
    mechanism = incline()
    return _effort(mechanism, "load.F", (0.0, -1.0), -1 if raising else 1, {"alpha": alpha, "mu": mu})


def bisect(holds: Callable[[float], bool], low: float, high: float) -> float:
    """Least value between `low` (does not hold) and `high` (holds) at which it holds."""
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


def case_P01() -> Values:  # noqa: N802
    load, mean, lead, mu, collar = 6400.0, 30.0, 8.0, 0.08, 40.0
    alpha = float(np.arctan(lead / (np.pi * mean)))
    rubbing = load * mu * collar / 2.0
    raising = load * mean / 2.0 * push(alpha, mu, True) + rubbing
    thread = load * mean / 2.0 * push(alpha, mu, False)
    return {
        "raising torque": raising / 1e3,
        "lowering torque": (thread + rubbing) / 1e3,
        "thread-only lowering torque": thread / 1e3,
        "efficiency": load * lead / (2.0 * np.pi * raising),
    }


def case_P02() -> Values:  # noqa: N802
    mu = 0.1
    limit = bisect(lambda slope: push(float(np.arctan(slope)), mu, False) < 0.0, 0.01, 0.5)
    angle = float(np.arctan(mu))
    return {"limit of tan(lead) over mu": limit / mu, "efficiency at the limit, mu = 0.1": np.tan(angle) / push(angle, mu, True)}


def case_P03() -> Values:  # noqa: N802
    mu = 0.15
    half = bisect(lambda alpha: push(alpha, mu, False) < 0.0, 0.01, 0.5)
    return {"limit of alpha over phi": 2.0 * half / float(np.arctan(mu))}


def case_P04() -> Values:  # noqa: N802
    radius, weight, moment = 20.0, 2.0 * 40.0 * 9.81, 3000.0
    zero = ["0 mm", "0 mm"]
    mechanism = _build(
        {
            "parameters": {"mu": 0.1},
            "bodies": {"ground": {"points": {"O": zero}}, "pulley": {"points": {"O": zero}}},
            "joints": [_pin("O", "ground.O", "pulley.O", pin_radius=f"{radius} mm", friction="mu")],
            "drive": {"joint": "O", "value": "0 deg"},
        }
    )
    mu = bisect(lambda value: _effort(mechanism, "pulley.O", (0.0, -weight), 1, {"mu": value}) > moment, 0.0, 1.0)
    return {
        "sin(phi)": float(np.sin(np.arctan(mu))),
        "mu": mu,
        "friction circle radius": radius * mu / float(np.sqrt(1.0 + mu**2)),
    }


def case_P05() -> Values:  # noqa: N802
    a, b, r = 40.0, 100.0, 10.0
    zero = ["0 mm", "0 mm"]
    pin = {"pin_radius": f"{r} mm", "friction": "mu"}
    mechanism = _build(
        {
            "parameters": {"mu": 0.1, "phi0": "1 deg"},
            "bodies": {
                "ground": {"points": {"O": zero}},
                "crank": {"points": {"O": zero, "A": [f"{a} mm", "0 mm"]}},
                "rod": {"points": {"A": zero, "B": [f"{b} mm", "0 mm"]}},
                "slider": {"points": {"B": zero}},
            },
            "joints": [
                _pin("O", "ground.O", "crank.O", **pin),
                _pin("A", "crank.A", "rod.A", **pin),
                _pin("B", "rod.B", "slider.B", **pin),
                _slide("guide", "ground.O", "slider.B", "0 deg"),
            ],
            "drive": {"joint": "O", "value": "phi0"},
            "assembly": {"rod": "0 deg"},
        }
    )
    found: Values = {}
    for degrees in (0.5, 1.0, 2.0):
        phi = float(np.radians(degrees))

        def holds(mu: float, phi: float = phi) -> bool:
            return _effort(mechanism, "slider.B", (-1.0, 0.0), 1, {"mu": mu, "phi0": phi}) > 0.0

        found[f"critical mu at {degrees:g} deg"] = bisect(holds, 0.0, 0.5)
    return found
