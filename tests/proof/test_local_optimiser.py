"""A local optimiser looks for the worst point of a lock whose claim is proved, with a solver that shares nothing with the proof.

Positions come from `mechlock.linkage.positions`, levers are differences of them along the drive, efforts free-body equations with
friction solved by iteration. Tolerances are scaled up, so that there is something to break.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize

from mechlock.errors import NoVerdict
from mechlock.inputs.linkage import linkage_from_data
from mechlock.linkage.friction import friction_forces
from mechlock.linkage.mechanism import Mechanism, PointName
from mechlock.linkage.positions import Positions
from mechlock.linkage.semantics import build
from mechlock.proof import prove

STEP = 1e-5
"""Half the difference of drive values (rad or mm) between which a lever is taken."""


def _rigid(data: dict[str, Any], factor: float) -> dict[str, Any]:
    """The lock without play, its tolerances times a factor."""
    data = copy.deepcopy(data)
    for joint in data["joints"]:
        joint.pop("clearance", None)
    for spec in data["parameters"].values():
        if isinstance(spec, dict) and "tolerance" in spec:
            number, unit = re.fullmatch(r"([\d.]+)\s*(.*)", str(spec["tolerance"])).groups()
            spec["tolerance"] = f"{float(number) * factor!r} {unit}".strip()
    return data


def _range(text: Any) -> tuple[float, str]:
    number, unit = re.fullmatch(r"(-?[\d.]+)\s*(.*)", str(text)).groups()
    return float(number), unit


class _Box:
    """The uncertain quantities of a lock without play as numbers between 0 and 1: parameters, drive, direction of a load."""

    def __init__(self, data: dict[str, Any], load: str) -> None:
        self.mechanism: Mechanism = build(linkage_from_data(data, "lock"))
        self.names = [name for name, p in self.mechanism.parameters.items() if p.low < p.high]
        ends = [(p.low, p.high) for p in (self.mechanism.parameters[name] for name in self.names)]
        lock = data["lock"]
        nominal, unit = _range(lock["drive"]["value"] if isinstance(lock["drive"], dict) else lock["drive"])
        width = _range(lock["drive"].get("tolerance", 0))[0] if isinstance(lock["drive"], dict) else 0.0
        scale = np.pi / 180 if unit == "deg" else 1.0
        directions = [_range(x)[0] for x in next(entry for entry in lock["loads"] if entry["name"] == load)["direction"]]
        ends += [((nominal - width) * scale, (nominal + width) * scale), tuple(np.radians(directions))]
        self.low, self.high = np.array(ends).T

    def __call__(self, share: np.ndarray) -> tuple[Positions, float, np.ndarray]:
        """Positions, drive value and unit force at a point of the box."""
        values = self.low + share * (self.high - self.low)
        positions = Positions(self.mechanism, dict(zip(self.names, values, strict=False)))
        return positions, float(values[-2]), np.array([np.cos(values[-1]), np.sin(values[-1])])


def _worst(function: Callable[[np.ndarray], float], size: int, seed: int) -> float:
    """The least value at random corners, and down from the least of them."""
    rng = np.random.default_rng(seed)
    starts = [rng.integers(0, 2, size).astype(float) for _ in range(12)] + [np.full(size, 0.5)]
    values = [function(start) for start in starts]
    found = minimize(
        function, starts[int(np.argmin(values))], bounds=[(0.0, 1.0)] * size, options={"maxfun": 3 * size, "eps": 1e-4}
    )
    return min(min(values), float(found.fun))


@pytest.mark.parametrize(
    ("name", "factor"),
    [
        ("ref_sixbar_crank_stop", 25.0),
        ("var_ii_slider_pair", 20.0),
        ("four_hooks_one_slider", 10.0),
        ("stephenson_iii_dwelling_hook", 3.0),
    ],
)
def test_no_lever_below_the_proved_one(name: str, factor: float, fourbars: ModuleType) -> None:
    data = _rigid(fourbars.shipped(name), factor)
    result = prove(linkage_from_data(data, name), claims=["over_centre"])
    theorem = result.theorems[0]
    assert theorem.verdict == "proved", theorem.statement
    stop = 1 if data["lock"]["stop"] == "increasing" else -1
    for load in data["lock"]["loads"][:1]:
        box = _Box(data, load["name"])
        point = PointName(load["body"], load["point"])

        def lever(share: np.ndarray, box: _Box = box, point: PointName = point) -> float:
            positions, drive, force = box(share)
            at = positions.points(positions.at(positions.selected, np.array([drive - STEP, drive + STEP])))[point]
            return stop * float((at[1] - at[0]) @ force) / (2 * STEP)

        worst = _worst(lever, len(box.low), 3)
        proved = next(m.value for m in theorem.margins if m.meaning.startswith(f"lever arm of {load['name']!r}"))
        assert 0.0 < proved <= worst * (1 + 1e-6)
        assert proved > 0.2 * worst  # the bound is one that could be broken


@pytest.mark.parametrize(("name", "factor"), [("friction_toggle", 15.0), ("var_iii_wedge", 5.0)])
def test_no_effort_below_the_proved_one(name: str, factor: float, fourbars: ModuleType) -> None:
    data = _rigid(fourbars.shipped(name), factor)
    result = prove(linkage_from_data(data, name), claims=["friction"])
    assert result.verdict == "proved"
    (load,) = data["lock"]["loads"]
    box = _Box(data, load["name"])
    way = data["lock"].get("release") or {"increasing": "decreasing", "decreasing": "increasing"}[data["lock"]["stop"]]
    moving = 1 if way == "increasing" else -1

    def effort(share: np.ndarray) -> float:
        positions, drive, force = box(share)
        q = positions.at(positions.selected, np.array([drive]))
        try:
            return (
                float(
                    friction_forces(positions, q, {PointName(load["body"], load["point"]): 1e3 * force[None]}, moving).effort[0]
                )
                / 1e3
            )
        except NoVerdict:
            return 1e3

    worst, proved = _worst(effort, len(box.low), 4), result.theorems[0].margin.value
    assert 0.0 < proved <= worst * (1 + 1e-6)
    assert proved > 0.2 * worst
