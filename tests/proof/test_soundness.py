"""Random mechanisms: what is proved survives samples, corners and a local optimiser; what is refuted really fails."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize

from mechlock.inputs.linkage import linkage_from_data
from mechlock.linkage.friction import friction_forces
from mechlock.linkage.mechanism import PointName
from mechlock.linkage.positions import Positions
from mechlock.linkage.semantics import build
from mechlock.proof import prove
from mechlock.proof.conditions import NO_SOLUTION

checker = import_module("mechlock.proof.verify")


def _random_fourbar(fourbars: ModuleType, rng: np.random.Generator) -> tuple[dict[str, Any], int, tuple[float, float]] | None:
    """A four-bar some degrees past or short of the dead centre in which crank and coupler are in line."""
    a, b, c, d = (round(float(x), 1) for x in rng.uniform((20, 60, 50, 60), (60, 160, 120, 140)))
    cosine = ((a + b) ** 2 + d**2 - c**2) / (2 * (a + b) * d)
    if abs(cosine) > 0.97:
        return None
    dead = math.acos(cosine)
    knee = (a + b) * np.exp(1j * dead)
    drive = round(math.degrees(dead) + float(rng.uniform(-2.0, 6.0)), 2)
    point = (round(float(rng.uniform(30, 120)), 1), round(float(rng.uniform(-40, 40)), 1))
    middle, spread = float(rng.uniform(-180, 180)), float(rng.uniform(1, 20))
    data = fourbars.fourbar(
        (a, b, c, d),
        drive,
        tolerance=round(float(10 ** rng.uniform(-2, 0.3)), 3),
        guess=(math.degrees(dead), math.degrees(float(np.angle(knee - d)))),
        direction=(round(middle - spread, 2), round(middle + spread, 2)),
        point=point,
    )
    base, link = d - a * np.exp(1j * math.radians(drive)), knee - a * np.exp(1j * dead)
    return data, (1 if (base.conjugate() * link).imag > 0 else -1), point


def _ends(data: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    linkage = checker.Linkage(json.loads(json.dumps(data), parse_float=Fraction), NO_SOLUTION)
    scale = np.array([math.pi / 180 if v.unit == "deg" else 1.0 for v in linkage.variables])
    low, high = (np.array([float(ends[k]) for ends in linkage.root()]) * scale for k in (0, 1))
    return low, high


def _survey(fourbars: ModuleType, seed: int, count: int, samples: int) -> dict[str, int]:
    rng = np.random.default_rng(seed)
    verdicts = {"proved": 0, "refuted": 0, "undecided": 0}
    while sum(verdicts.values()) < count:
        made = _random_fourbar(fourbars, rng)
        if made is None:
            continue
        data, sense, point = made
        result = prove(linkage_from_data(data, "random"), budget=1000)
        verdicts[result.verdict] += 1
        low, high = _ends(data)
        points = np.concatenate([rng.uniform(low, high, (samples, 6)), np.where(rng.uniform(size=(samples, 6)) < 0.5, low, high)])
        levers = fourbars.levers(points.T, sense, point)
        if result.verdict == "proved":
            assert np.all(levers > 0.0), data
            best = minimize(
                lambda x, sense=sense, point=point: float(fourbars.levers(x[:, None], sense, point)[0]),
                points[np.argmin(levers)],
                bounds=list(zip(low, high, strict=True)),
            )
            arm = next(m.value for m in result.theorems[0].margins if m.meaning.startswith("lever arm"))
            assert 0.0 < arm <= best.fun + 1e-9, data
        elif result.verdict == "refuted":
            values = {v.name: v.value for v in result.theorems[0].counterexample}
            row = [values[k] for k in "abcd"] + [math.radians(values["drive O2"]), math.radians(values["direction load"])]
            there = fourbars.levers(np.array(row)[:, None], sense, point)[0]
            assert np.isnan(there) or there < 0.0, data
    return verdicts


def test_random_fourbars(fourbars: ModuleType) -> None:
    verdicts = _survey(fourbars, 4, 40, 4_000)
    assert min(verdicts["proved"], verdicts["refuted"]) >= 5
    assert verdicts["undecided"] <= 4


@pytest.mark.slow
def test_random_fourbars_with_a_million_samples_each(fourbars: ModuleType) -> None:
    verdicts = _survey(fourbars, 5, 60, 500_000)
    assert min(verdicts["proved"], verdicts["refuted"]) >= 10


def _random_toggle(rng: np.random.Generator) -> dict[str, Any]:
    """A slider toggle with friction everywhere, near its dead centre."""
    a, b = (round(float(x), 1) for x in rng.uniform((20, 70), (60, 160)))
    angle = round(float(rng.uniform(-3.0, 6.0)), 2)
    pins = [("O", "ground.O", "crank.O"), ("A", "crank.A", "rod.A"), ("B", "rod.B", "slider.B")]
    return {
        "format": "mechlock-linkage/1",
        "parameters": {
            "a": {"value": f"{a} mm", "tolerance": "0.1 mm"},
            "b": {"value": f"{b} mm", "tolerance": "0.1 mm"},
            "mu": {"range": [round(float(rng.uniform(0.02, 0.1)), 3), 0.2]},
        },
        "bodies": {
            "ground": {"points": {"O": ["0 mm", "0 mm"]}},
            "crank": {"points": {"O": ["0 mm", "0 mm"], "A": ["a", "0 mm"]}},
            "rod": {"points": {"A": ["0 mm", "0 mm"], "B": ["b", "0 mm"]}},
            "slider": {"points": {"B": ["0 mm", "0 mm"]}},
        },
        "joints": [
            {
                "name": n,
                "type": "revolute",
                "of": [i, j],
                "pin_radius": f"{round(float(rng.uniform(5, 15)), 1)} mm",
                "friction": "mu",
            }
            for n, i, j in pins
        ]
        + [{"name": "slide", "type": "prismatic", "of": ["ground.O", "slider.B"], "friction": "mu"}],
        "drive": {"joint": "O", "value": f"{angle} deg"},
        "assembly": {"rod": "0 deg"},
        "lock": {
            "claims": ["friction"],
            "drive": {"value": f"{angle} deg", "tolerance": "0.1 deg"},
            "release": str(rng.choice(["increasing", "decreasing"])),
            "loads": [
                {
                    "name": "load",
                    "body": "slider",
                    "point": "B",
                    "magnitude": ["1 kN", "2 kN"],
                    "direction": ["178 deg", "182 deg"],
                }
            ],
        },
    }


def test_random_toggles_with_friction() -> None:
    """Against friction circles solved by iteration, which share nothing with the bound."""
    rng = np.random.default_rng(9)
    verdicts = {"proved": 0, "refuted": 0, "undecided": 0}
    for _ in range(24):
        data = _random_toggle(rng)
        source = linkage_from_data(data, "random")
        result = prove(source, budget=60)
        verdicts[result.verdict] += 1
        mechanism = build(source)
        moving = 1 if data["lock"]["release"] == "increasing" else -1
        nominal = float(data["drive"]["value"].split()[0])

        def effort(values: dict[str, float], drive: float, direction: float, m: Any = mechanism, moving: int = moving) -> float:
            positions = Positions(m, values)
            q = positions.at(positions.selected, np.radians([drive]))
            force = 1000.0 * np.array([[math.cos(math.radians(direction)), math.sin(math.radians(direction))]])
            return float(friction_forces(positions, q, {PointName("slider", "B"): force}, moving).effort[0]) / 1000.0

        if result.verdict == "refuted":
            values = {v.name: v.value for v in result.theorems[0].counterexample}
            assert effort({k: values[k] for k in ("a", "b", "mu")}, values["drive O"], values["direction load"]) < 0.0, data
        elif result.verdict == "proved":
            least = result.theorems[0].margin
            assert least
            for _ in range(6):
                values = {k: float(rng.choice([p.low, p.high])) for k, p in mechanism.parameters.items()}
                found = effort(values, nominal + float(rng.choice([-0.1, 0.1])), float(rng.choice([178.0, 182.0])))
                assert found >= least.value, data
    assert min(verdicts["proved"], verdicts["refuted"]) >= 5
    assert verdicts["undecided"] <= 6
