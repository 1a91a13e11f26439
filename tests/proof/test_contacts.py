"""Circles that touch: the link between their centres must push (or pull, one inside the other), or the claim fails."""

from __future__ import annotations

import copy
import json
import math
from fractions import Fraction
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from mechlock.inputs.linkage import linkage_from_data
from mechlock.proof import prove

checker = import_module("mechlock.proof.verify")


def _prove(data: dict[str, Any]) -> Any:
    return prove(linkage_from_data(data, "lock.toml"))


def _rocker(inside: bool, direction: float, assembly: float, drive: float) -> dict[str, Any]:
    """A disc of radius 30 (eccentric by 8) on a shaft, and a circle on a rocker pivoted 100 mm aside."""
    return {
        "format": "mechlock-linkage/1",
        "parameters": {"e": {"value": "8 mm", "tolerance": "0.05 mm"}, "R": "30 mm", "q": "12 mm"},
        "bodies": {
            "ground": {"points": {"O": ["0 mm", "0 mm"], "C": ["100 mm", "40 mm"]}},
            "shaft": {"points": {"O": ["0 mm", "0 mm"], "K": ["e", "0 mm"]}},
            "rocker": {"points": {"C": ["0 mm", "0 mm"], "F": ["100 mm", "0 mm"]}},
        },
        "joints": [
            {"name": "O", "type": "revolute", "of": ["ground.O", "shaft.O"]},
            {"name": "touch", "type": "cam", "of": ["shaft.K", "rocker.F"], "radii": ["R", "q"], "inside": inside},
            {"name": "C", "type": "revolute", "of": ["ground.C", "rocker.C"]},
        ],
        "drive": {"joint": "O", "value": f"{drive} deg"},
        "assembly": {"rocker": f"{assembly} deg"},
        "lock": {
            "claims": ["over_centre"],
            "drive": {"value": f"{drive} deg", "tolerance": "0.5 deg"},
            "stop": "increasing",
            "loads": [
                {
                    "name": "load",
                    "body": "rocker",
                    "point": "F",
                    "magnitude": ["1 kN", "2 kN"],
                    "direction": [f"{direction - 3} deg", f"{direction + 3} deg"],
                }
            ],
        },
    }


def _lever(data: dict[str, Any], drive: float, direction: float) -> tuple[float, float]:
    """d(F along the load)/d(drive) by differences of the circle intersection, and the force along the line of centres."""
    inside = data["joints"][1]["inside"]
    guess = math.radians(float(data["assembly"]["rocker"].split()[0]))

    def angle(phi: float) -> float:
        disc = 8 * np.exp(1j * phi)
        base = disc - (100 + 40j)
        reach = 18.0 if inside else 42.0
        swing = math.acos((100**2 + abs(base) ** 2 - reach**2) / (200 * abs(base)))
        options = [float(np.angle(base)) + s * swing for s in (1, -1)]
        return min(options, key=lambda x: abs(np.angle(np.exp(1j * (x - guess)))))

    phi, step = math.radians(drive), 1e-6
    rate = (angle(phi + step) - angle(phi - step)) / (2 * step)
    arm = 100 * np.exp(1j * angle(phi))
    force = np.exp(1j * math.radians(direction))
    line = 100 + 40j + arm - 8 * np.exp(1j * phi)
    moment, along = (arm.conjugate() * force).imag, (arm.conjugate() * line / abs(line)).imag
    return rate * moment, -moment / along


@pytest.mark.parametrize("inside", [False, True])
@pytest.mark.parametrize("direction", [90.0, 270.0])
@pytest.mark.parametrize("drive", [80.0, 100.0, 110.0])
def test_verdict_is_that_of_lever_and_contact(inside: bool, direction: float, drive: float) -> None:
    """The load turns the shaft into its stop and presses the circles together, or the claim is not proved."""
    data = _rocker(inside, direction, 176.0 if inside else 158.0 + 15.0, drive)
    levers = [_lever(data, d, f) for d in (drive - 0.5, drive + 0.5) for f in (direction - 3, direction + 3)]
    presses = all((press > 0) != inside for _, press in levers)
    result = _prove(data)
    if presses and all(lever > 0 for lever, _ in levers):
        assert result.verdict == "proved"
        assert checker.verify(result.certificate).accepted
    else:
        assert result.verdict != "proved"


def test_a_disc_inside_a_ring_may_be_written_either_way() -> None:
    """Radii 30 around 12 or 12 inside 30: the centres are 18 mm apart in both, and the contact pulls them together."""
    for direction in (90.0, 270.0):
        data = _rocker(True, direction, 176.0, 80.0)
        swapped = copy.deepcopy(data)
        swapped["joints"][1]["radii"] = ["q", "R"]
        assert _prove(data).verdict == _prove(swapped).verdict


def test_some_of_them_are_proved() -> None:
    proved = [
        _prove(_rocker(i, f, 176.0 if i else 173.0, d)).verdict for i in (False, True) for f in (90.0, 270.0) for d in (80, 110)
    ]
    assert "proved" in proved[:4]
    assert "proved" in proved[4:]


def test_contact_force_of_the_cam_under_a_roller(fourbars: ModuleType) -> None:
    """The force along the line of centres is the load over the cosine of the line's slope."""
    data = fourbars.shipped("eccentric_cam")
    linkage = checker.Linkage(json.loads(json.dumps(data), parse_float=Fraction))
    scene = linkage.place(linkage.intervals(checker.centre(linkage.root())))
    slope = math.asin(8 * math.cos(math.radians(95)) / 42)
    assert checker.pressing(scene, "clamp") / checker.ONE == pytest.approx(1 / math.cos(slope), rel=1e-12)


def test_a_certificate_without_the_contact_is_rejected(fourbars: ModuleType) -> None:
    content = json.loads(_prove(fourbars.shipped("eccentric_cam")).certificate)

    def verdict(changed: dict[str, Any]) -> bool:
        changed["linkage_sha256"] = checker.digest(changed["linkage"])
        changed["sha256"] = checker.digest({key: value for key, value in changed.items() if key != "sha256"})
        return checker.verify(json.dumps(changed)).accepted

    assert verdict(copy.deepcopy(content))
    short = copy.deepcopy(content)
    assert short["theorems"][0]["conditions"].pop()["quantity"] == "press clamp"
    assert not verdict(short)
    greedy = copy.deepcopy(content)
    greedy["theorems"][0]["conditions"][-1]["at_least"] = "1.01"
    assert not verdict(greedy)
    turned = copy.deepcopy(content)
    turned["linkage"]["joints"][1]["inside"] = True
    assert not verdict(turned)


def test_effort_with_rubbing_circles_is_undecided(fourbars: ModuleType) -> None:
    data = fourbars.shipped("eccentric_cam")
    data["lock"]["claims"] = ["friction"]
    result = _prove(data)
    assert result.verdict == "undecided"
    assert "circles" in result.theorems[0].statement
