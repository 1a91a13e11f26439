"""Published linkages: positions, velocities, accelerations, transmission, dead centres, coupler curves, pin friction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

Inputs = Mapping[str, Any]
Values = dict[str, float | Sequence[float]]


def _mechanism(
    bodies: dict[str, dict[str, Sequence[float]]],
    joints: list[tuple[str, str, str, str, float]],
    drive: dict[str, str],
    assembly: dict[str, float] | None = None,
) -> Any:
    """Build a mechanism from numbers in mm; a joint is (name, type, first, second, axis in deg)."""
    from mechlock.inputs.linkage import linkage_from_data
    from mechlock.linkage.semantics import build

    text = {
        "format": "mechlock-linkage/1",
        "bodies": {
            body: {"points": {name: [f"{float(x)!r} mm", f"{float(y)!r} mm"] for name, (x, y) in points.items()}}
            for body, points in bodies.items()
        },
        "joints": [
            {"name": name, "type": kind, "of": [first, second]} | ({} if kind == "revolute" else {"axis": f"{float(axis)!r} deg"})
            for name, kind, first, second, axis in joints
        ],
        "drive": drive,
        "assembly": {body: f"{float(angle)!r} deg" for body, angle in (assembly or {}).items()},
    }
    return build(linkage_from_data(text, "validation"))


def four_bar(a: float, b: float, c: float, d: float, drive: dict[str, str], coupler_point: Sequence[float] | None = None) -> Any:
    """Crank a, coupler b, rocker c, ground d; open mode selected."""
    coupler = {"A": (0.0, 0.0), "B": (b, 0.0)} | ({"P": tuple(coupler_point)} if coupler_point is not None else {})
    bodies = {
        "ground": {"O2": (0, 0), "O4": (d, 0)},
        "crank": {"O2": (0, 0), "A": (a, 0)},
        "coupler": coupler,
        "rocker": {"O4": (0, 0), "B": (c, 0)},
    }
    joints = [
        ("O2", "revolute", "ground.O2", "crank.O2", 0.0),
        ("A", "revolute", "crank.A", "coupler.A", 0.0),
        ("B", "revolute", "coupler.B", "rocker.B", 0.0),
        ("O4", "revolute", "ground.O4", "rocker.O4", 0.0),
    ]
    return _mechanism(bodies, joints, drive)


def slider_crank(a: float, b: float, offset: float, drive: dict[str, str], rod: float | None = None) -> Any:
    """Crank a, rod b, slider along x at y = offset. The rod's x axis points from slider pin to crank pin, as Norton draws it."""
    bodies = {
        "ground": {"O": (0, 0), "S": (0, offset)},
        "crank": {"O": (0, 0), "A": (a, 0)},
        "rod": {"B": (0, 0), "A": (b, 0)},
        "slider": {"B": (0, 0)},
    }
    joints = [
        ("O", "revolute", "ground.O", "crank.O", 0.0),
        ("A", "revolute", "crank.A", "rod.A", 0.0),
        ("B", "revolute", "rod.B", "slider.B", 0.0),
        ("slide", "prismatic", "ground.S", "slider.B", 0.0),
    ]
    return _mechanism(bodies, joints, drive, None if rod is None else {"rod": rod})


def _drive(joint: str, angle: float, omega: float, alpha: float = 0.0) -> dict[str, str]:
    return {
        "joint": joint,
        "value": f"{float(angle)!r} deg",
        "rate": f"{float(omega)!r} rad/s",
        "acceleration": f"{float(alpha)!r} rad/s**2",
    }


def _modes(mechanism: Any) -> Any:
    from mechlock.linkage.kinematics import kinematics

    return kinematics(mechanism).modes


def _pair(mode: Any, what: str, scale: float = 1.0) -> list[float]:
    return [float(getattr(mode, what)[body][0]) * scale for body in ("coupler", "rocker")]


def _four_bar_case(inputs: Inputs) -> Values:
    drive = _drive("O2", inputs["theta2"], inputs["omega2"], inputs.get("alpha2", 0.0))
    found: Values = {}
    modes = _modes(four_bar(inputs["a"], inputs["b"], inputs["c"], inputs["d"], drive))
    for name, mode in zip(("open", "crossed"), modes, strict=True):
        found[f"{name} theta3, theta4"] = _pair(mode, "angles", 180.0 / np.pi)
        found[f"{name} omega3, omega4"] = _pair(mode, "omega")
        found[f"{name} alpha3, alpha4"] = _pair(mode, "alpha")
    return found


def case_L01(inputs: Inputs) -> Values:  # noqa: N802
    return _four_bar_case(inputs)


def case_L02(inputs: Inputs) -> Values:  # noqa: N802
    return _four_bar_case(inputs)


def case_L03(inputs: Inputs) -> Values:  # noqa: N802
    lengths = [1000.0 * inputs[name] for name in ("a", "b", "c", "d")]
    mode = _modes(four_bar(*lengths, _drive("O2", inputs["theta2"], inputs["omega2"])))[0]
    return {
        "theta coupler, rocker": _pair(mode, "angles", 180.0 / np.pi),
        "omega coupler, rocker": _pair(mode, "omega"),
        "alpha coupler, rocker (crank constant)": _pair(mode, "alpha"),
    }


def case_L04() -> Values:  # noqa: N802
    from mechlock.linkage.kinematics import kinematics

    found: Values = {}
    for name, lengths in (
        ("40/120/80/100 (a,b,c,d) min,max of the angle b-c", (40, 120, 80, 100)),
        ("2/7/9/6 min,max", (2, 7, 9, 6)),
    ):
        sweep = kinematics(four_bar(*lengths, _drive("O2", 40.0, 1.0)), sweep="0 deg:180 deg:3")
        angle = np.degrees(sweep.selected.transmission_angles["B"])
        found[name] = [float(angle.min()), float(angle.max())]
    for lengths in ((40, 120, 80, 100), (100, 90, 110, 120), (50, 100, 50, 100)):
        low, *middle, high = sorted(lengths)
        prefix = "Grashof s+l vs p+q " if lengths[0] == 40 else ""
        found[prefix + "/".join(map(str, lengths))] = [float(low + high), float(sum(middle))]
    return found


def case_L06(inputs: Inputs) -> Values:  # noqa: N802
    mechanism = slider_crank(inputs["a"], inputs["b"], inputs["c"], _drive("O", inputs["theta2"], inputs["omega2"]))
    right, left = sorted(_modes(mechanism), key=lambda mode: -float(mode.travels["slide"][0]))
    found: Values = {
        f"d, theta3 (branch {number})": [float(mode.travels["slide"][0]), float(np.degrees(mode.angles["rod"][0]))]
        for number, mode in ((1, right), (2, left))
    }
    pin = next(name for name in right.points if str(name) == "slider.B")
    found["branch 1 omega3"] = float(right.omega["rod"][0])
    found["branch 1 slider velocity"] = float(right.velocities[pin][0, 0])
    found["branch 1 slider acceleration"] = float(right.accelerations[pin][0, 0])
    return found


def case_L07(inputs: Inputs) -> Values:  # noqa: N802
    inch = 25.4
    mechanism = slider_crank(
        inputs["a"] * inch, inputs["b"] * inch, 0.0, _drive("O", inputs["theta2"], inputs["omega2"]), rod=160.0
    )
    mode = next(mode for mode in _modes(mechanism) if mode.selected)
    speed = float(mode.travel_ratios["slide"][0]) * inputs["omega2"] / inch
    return {
        "theta3": float(np.degrees(mode.angles["rod"][0])),
        "|omega3|": abs(float(mode.omega["rod"][0])),
        "|slider speed|": abs(speed),
    }


def case_L10(inputs: Inputs) -> Values:  # noqa: N802
    from mechlock.linkage.kinematics import kinematics

    r, d, long = inputs["r"], inputs["d"], inputs["L"]
    bodies = {"ground": {"O": (0, 0), "G": (0, -d)}, "crank": {"O": (0, 0), "K": (r, 0)}, "arm": {"G": (0, 0), "T": (long, 0)}}
    joints = [
        ("O", "revolute", "ground.O", "crank.O", 0.0),
        ("G", "revolute", "ground.G", "arm.G", 0.0),
        ("slot", "pin_in_slot", "arm.G", "crank.K", 0.0),
    ]
    mechanism = _mechanism(bodies, joints, _drive("O", 90.0, 1.0), {"arm": 90.0})
    ends = sorted(centre.drive for centre in kinematics(mechanism).dead_centres if centre.body == "arm")
    slow = ends[1] - ends[0]
    ratio = max(slow, 2 * np.pi - slow) / min(slow, 2 * np.pi - slow)
    tips = []
    for end in ends:
        points = kinematics(mechanism, drive=end).selected.points
        tips.append(next(place[0, 0] for name, place in points.items() if str(name) == "arm.T"))
    return {"time ratio": float(ratio), "stroke": float(abs(tips[1] - tips[0]))}


def case_L13(inputs: Inputs) -> Values:  # noqa: N802
    """Two equal links: the lower end fixed, the upper end on a slide, the knee driven along a slide across."""
    from mechlock.linkage.mechanism import PointName
    from mechlock.linkage.statics import joint_forces

    found: list[float] = []
    for angle in inputs["a_deg"]:
        c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
        bodies = {
            "ground": {"O": (0, 0), "S": (0, 0)},
            "lower": {"O": (0, 0), "K": (100, 0)},
            "upper": {"K": (0, 0), "T": (100, 0)},
            "ram": {"T": (0, 0)},
        }
        joints = [
            ("O", "revolute", "ground.O", "lower.O", 0.0),
            ("K", "revolute", "lower.K", "upper.K", 0.0),
            ("T", "revolute", "upper.T", "ram.T", 0.0),
            ("guide", "prismatic", "ground.S", "ram.T", 0.0),
        ]
        drive = {"joint": "guide", "value": f"{float(200 * c)!r} mm"}
        mechanism = _mechanism(bodies, joints, drive, {"lower": float(angle), "upper": -float(angle)})
        knee = joint_forces(mechanism, {PointName("lower", "K"): np.array([[0.0, -1.0 if s > 0 else 1.0]])}, drive=200.0 * c)
        found.append(abs(float(knee.drive_effort[0])))
    return {"MA": found}


def case_L14() -> Values:  # noqa: N802
    mode = _modes(four_bar(40.0, 120.0, 80.0, 100.0, _drive("O2", 40.0, 25.0)))[0]
    return {"T4/T2": abs(1.0 / float(mode.velocity_ratios["rocker"][0]))}


def case_L16(inputs: Inputs) -> Values:  # noqa: N802
    from mechlock.linkage.kinematics import kinematics

    mechanism = four_bar(inputs["a"], inputs["b"], inputs["c"], inputs["d"], _drive("O2", 180.0, 1.0), (inputs["AP"], 0.0))
    path = kinematics(mechanism, sweep="90 deg:270 deg:2001").selected.points
    point = next(place for name, place in path.items() if str(name) == "coupler.P") / inputs["a"]
    return {
        "length of the near-straight path": float(np.ptp(point[:, 0])),
        "y at crank 180": float(point[1000, 1]),
        "y band over 180 deg": float(np.ptp(point[:, 1])),
    }


def case_L18(inputs: Inputs) -> Values:  # noqa: N802
    mode = next(
        mode
        for mode in _modes(slider_crank(inputs["a"], inputs["b"], 0.0, _drive("O", inputs["theta12"], 1.0), rod=168.0))
        if mode.selected
    )
    return {"theta13": float(np.degrees(mode.angles["rod"][0])), "slider distance": float(mode.travels["slide"][0])}


def case_L19(inputs: Inputs) -> Values:  # noqa: N802
    """Left cognate: link lengths from the coupler triangle, its curve from its own linkage, compared along the other's."""
    from mechlock.linkage.kinematics import kinematics

    a, b, c, d = 40.0, 120.0, 80.0, 100.0
    reach, angle = inputs["coupler_point"][0], np.radians(inputs["coupler_point"][1])
    z = reach * np.exp(1j * angle)  # coupler point from the crank pin, along the coupler's line
    ratio = z / b
    o6 = ratio * d
    lengths = [abs(o6), abs(z), abs(ratio) * a, abs(ratio) * c]
    drive = np.linspace(0.0, 2.0 * np.pi, 181)
    own = four_bar(a, b, c, d, _drive("O2", 0.0, 1.0), (z.real, z.imag))
    first = kinematics(own, sweep=(0.0, 2.0 * np.pi, len(drive))).selected
    curve = next(place for name, place in first.points.items() if str(name) == "coupler.P")
    # crank of the cognate: parallel to the coupler's side towards P, so its angle is the coupler's plus that side's
    bodies = {
        "ground": {"O2": (0, 0), "O6": (o6.real, o6.imag)},
        "crank": {"O2": (0, 0), "A": (abs(z), 0)},
        "coupler": {"A": (0, 0), "B": (abs(ratio) * a, 0), "P": (a * np.cos(angle), -a * np.sin(angle))},
        "rocker": {"O6": (0, 0), "B": (abs(ratio) * c, 0)},
    }
    joints = [
        ("O2", "revolute", "ground.O2", "crank.O2", 0.0),
        ("A", "revolute", "crank.A", "coupler.A", 0.0),
        ("B", "revolute", "coupler.B", "rocker.B", 0.0),
        ("O6", "revolute", "ground.O6", "rocker.O6", 0.0),
    ]
    cognate = _mechanism(bodies, joints, _drive("O2", 0.0, 1.0), {"coupler": float(inputs["coupler_point"][1])})
    crank = first.angles["coupler"] + angle
    return {
        "left cognate ground O2-O6, crank, coupler, rocker": lengths,
        "O6 relative to O2": [float(o6.real), float(o6.imag)],
        "max distance between the curves over a revolution": _distance(cognate, crank, curve),
    }


def _distance(cognate: Any, crank: Any, curve: Any) -> float:
    """Greatest distance of a linkage's coupler point from `curve`, in the nearer of its two modes, over a link's length."""
    from mechlock.linkage.mechanism import PointName
    from mechlock.linkage.positions import Positions

    positions = Positions(cognate)
    gaps = [
        np.linalg.norm(positions.points(positions.at(mode, crank))[PointName("coupler", "P")] - curve, axis=1)
        for mode in positions.modes
    ]
    return float(np.nanmax(np.nanmin(gaps, axis=0))) / 100.0
