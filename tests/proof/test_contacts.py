"""Circles that touch: the link between their centres must push (or pull, one inside the other), or the claim fails."""

from __future__ import annotations

import copy
import json
import math
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
    linkage = fourbars.case(data).linkage
    scene = checker.Real(linkage, linkage.intervals(checker.centre(linkage.root())))
    slope = math.asin(8 * math.cos(math.radians(95)) / 42)
    assert next(iter(checker.pressing(scene, "clamp").values())).value[0] / checker.ONE == pytest.approx(
        1 / math.cos(slope), rel=1e-12
    )


def test_reserve_of_circles_that_touch_is_that_of_the_line_of_their_centres(fourbars: ModuleType) -> None:
    """Distance of the shaft's pivot from the line of centres, and angle between it and the throw, at the corners of the box."""
    found = {m.unit: m.value for m in _prove(fourbars.shipped("eccentric_cam")).theorems[0].margins if "reserve" in m.meaning}
    corners = []
    for throw in (7.95, 8.05):
        for drive in (94.5, 95.5):
            centre = throw * np.exp(1j * math.radians(drive))
            line = complex(-centre.real, math.sqrt(42.0**2 - centre.real**2))
            distance = abs((centre.conjugate() * line).imag) / 42.0
            corners.append((distance, math.degrees(math.asin(distance / throw))))
    least = np.min(corners, axis=0)
    assert 0.999 * least[0] < found["mm"] <= least[0]
    assert 0.999 * least[1] < found["deg"] <= least[1]


def test_a_certificate_without_the_contact_is_rejected(fourbars: ModuleType) -> None:
    content = json.loads(_prove(fourbars.shipped("eccentric_cam")).certificate)

    def verdict(changed: dict[str, Any]) -> bool:
        changed["linkage_sha256"] = checker.digest(changed["linkage"])
        changed["sha256"] = checker.digest({key: value for key, value in changed.items() if key != "sha256"})
        return checker.verify(json.dumps(changed)).accepted

    assert verdict(copy.deepcopy(content))
    short = copy.deepcopy(content)
    assert short["theorems"][0]["conditions"].pop()["quantity"] == "press clamp | touch"
    assert not verdict(short)
    greedy = copy.deepcopy(content)
    greedy["theorems"][0]["conditions"][-1]["at_least"] = "1.01"
    assert not verdict(greedy)
    turned = copy.deepcopy(content)
    turned["linkage"]["joints"][1]["inside"] = True
    assert not verdict(turned)


def test_effort_with_rubbing_circles(fourbars: ModuleType) -> None:
    """A disc of radius 30 under a roller: friction at the contact, in the guide and in the shaft, by free bodies.

    The plunger takes the load straight down its guide; with slope s of the line of centres and friction angle f at the contact
    the contact force is F/(cos(s + f) - mu sin(s + f)) or so: solved here as three equations for normal forces and torque.
    """
    data = fourbars.shipped("eccentric_cam")
    mu = 0.1
    data["parameters"] |= {"e": "8 mm", "mu": mu}
    data["lock"] |= {"drive": "95 deg", "release": "decreasing", "claims": ["friction"]}
    data["lock"]["loads"][0]["direction"] = ["270 deg", "270 deg"]
    linkage = fourbars.case(data).linkage
    least, most = checker.effort(checker.Real(linkage, linkage.intervals(checker.centre(linkage.root()))), "clamp").value
    centre = 8 * np.exp(1j * math.radians(95))
    line = complex(-centre.real, math.sqrt(42**2 - centre.real**2)) / 42
    along = -1j * line
    efforts = []
    for contact_sense, guide_sense in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
        force = line + mu * contact_sense * along  # on the plunger, per unit of normal force
        # normal force of the guide g (along x), friction mu |g| along y: n force + g + i mu s |g| = i
        for side in (1, -1):
            matrix = np.array([[force.real, 1.0], [force.imag, mu * guide_sense * side]])
            n, g = np.linalg.solve(matrix, [0.0, 1.0])
            if n > 0 and g * side >= 0:
                at = centre + 30 * line
                reaction = -n * force
                torque = -(at.conjugate() * reaction).imag
                shaft = 16 * mu / math.sqrt(1 + mu**2) * abs(reaction)
                efforts += [-torque + shaft, -torque - shaft]  # turning back: against the drive's direction
    assert min(efforts) - 1e-6 <= least / checker.ONE <= max(efforts) + 1e-6
    assert max(efforts) == pytest.approx(least / checker.ONE, rel=1e-3)
    assert most / checker.ONE == pytest.approx(max(efforts), rel=0.02)
    assert _prove(data).verdict == "proved"


def test_a_disc_on_a_face_is_the_eccentric_with_its_contact(fourbars: ModuleType) -> None:
    """The disc in a slot of the plunger, written as a contact with the lower face: the same lock, and the load presses it."""
    data = fourbars.shipped("var_iii_eccentric")
    data["joints"][1] = {
        "name": "face",
        "type": "eccentric",
        "of": ["plunger.K", "shaft.K"],
        "axis": "0 deg",
        "radius": "R",
        "side": "right",
        "friction": "mu",
    }
    data["bodies"]["plunger"]["points"] |= {"K": ["0 mm", "30 mm"]}
    data["joints"][2]["of"] = ["ground.O", "plunger.K"]
    slot, contact = _prove(fourbars.shipped("var_iii_eccentric")), _prove(data)
    assert contact.verdict == "proved"
    assert contact.theorems[0].margin.value == pytest.approx(slot.theorems[0].margin.value, rel=0.02)
    linkage = fourbars.case(data).linkage
    scene = checker.Real(linkage, linkage.intervals(checker.centre(linkage.root())))
    assert checker.pressing(scene, next(iter(linkage.loads)))["face"].value[0] > 0.99 * checker.ONE


def test_a_wedge_that_is_pulled_off_its_face_is_not_proved(fourbars: ModuleType) -> None:
    data = fourbars.shipped("var_iii_wedge")
    data["lock"]["claims"], data["lock"]["stop"] = ["over_centre"], "decreasing"
    del data["lock"]["release"]
    verdicts = []
    for direction in ("270 deg", "90 deg"):
        data["joints"][1] |= {"type": "wedge", "side": "left"}
        data["lock"]["loads"][0]["direction"] = [direction, direction]
        data["lock"]["stop"] = "increasing" if direction == "270 deg" else "decreasing"
        verdicts.append(_prove(data).verdict)
    assert verdicts == ["proved", "undecided"]
