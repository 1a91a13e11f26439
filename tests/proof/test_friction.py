"""The claim `friction`: critical coefficients of wedge, eccentric and toggle in closed form, samples, tampering."""

from __future__ import annotations

import copy
import json
import math
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from mechlock.errors import InputError
from mechlock.inputs.linkage import linkage_from_data
from mechlock.linkage.friction import friction_forces
from mechlock.linkage.mechanism import PointName
from mechlock.linkage.positions import Positions
from mechlock.linkage.semantics import build
from mechlock.proof import prove

checker = import_module("mechlock.proof.verify")


def _prove(data: dict[str, Any]) -> Any:
    data["lock"]["claims"] = ["friction"]
    return prove(linkage_from_data(data, "lock.toml"))


def _exact(data: dict[str, Any], mu: float) -> dict[str, Any]:
    """The lock at nominal dimensions, without play, with one coefficient of friction."""
    data = copy.deepcopy(data)
    for name, spec in data["parameters"].items():
        if isinstance(spec, dict) and "value" in spec:
            data["parameters"][name] = spec["value"]
    data["parameters"]["mu"] = mu
    data["lock"]["drive"] = data["lock"]["drive"]["value"]
    for joint in data["joints"]:
        joint.pop("clearance", None)
    return data


def _bracket(data: dict[str, Any], critical: float, slack: float) -> None:
    for factor, verdict in ((1.0 + slack, "proved"), (1.0 - slack, "refuted")):
        result = _prove(_exact(data, critical * factor))
        assert result.verdict == verdict, (factor, result.theorems[0].statement)
        assert checker.verify(result.certificate).accepted


def test_wedge_holds_from_its_critical_coefficient(fourbars: ModuleType) -> None:
    """Wedge of 5 deg, guide and both faces rubbing: it stays exactly while the angle is at most two friction angles."""
    data = fourbars.shipped("var_iii_wedge")
    assert _prove(data).verdict == "proved"
    _bracket(data, math.tan(math.radians(2.5)), 0.002)


def test_two_faced_wedge_angle_is_twice_the_friction_angle(fourbars: ModuleType) -> None:
    for alpha in (3.0, 8.0, 15.0):
        data = fourbars.shipped("var_iii_wedge")
        data["parameters"]["alpha"] = f"{alpha} deg"
        _bracket(data, math.tan(math.radians(alpha / 2)), 0.005)


def test_eccentric_holds_from_its_critical_coefficient(fourbars: ModuleType) -> None:
    """mu = e sin(g)/(R + e cos(g) + r) with g = 20 deg short of dead centre, to first order in mu."""
    data = fourbars.shipped("var_iii_eccentric")
    assert _prove(data).verdict == "proved"
    gamma = math.radians(20)
    _bracket(data, 6 * math.sin(gamma) / (30 + 6 * math.cos(gamma) + 16), 0.02)


def _toggle(angle: float, mu: float) -> dict[str, Any]:
    """Crank 40, rod 100, pins of radius 10, frictionless slider, the load towards the crank's axis."""
    pins = [("O", "ground.O", "crank.O"), ("A", "crank.A", "rod.A"), ("B", "rod.B", "slider.B")]
    return {
        "format": "mechlock-linkage/1",
        "parameters": {"mu": mu},
        "bodies": {
            "ground": {"points": {"O": ["0 mm", "0 mm"]}},
            "crank": {"points": {"O": ["0 mm", "0 mm"], "A": ["40 mm", "0 mm"]}},
            "rod": {"points": {"A": ["0 mm", "0 mm"], "B": ["100 mm", "0 mm"]}},
            "slider": {"points": {"B": ["0 mm", "0 mm"]}},
        },
        "joints": [{"name": n, "type": "revolute", "of": [a, b], "pin_radius": "10 mm", "friction": "mu"} for n, a, b in pins]
        + [{"name": "slide", "type": "prismatic", "of": ["ground.O", "slider.B"]}],
        "drive": {"joint": "O", "value": f"{angle} deg"},
        "assembly": {"rod": "0 deg"},
        "lock": {
            "drive": f"{angle} deg",
            "release": "increasing",
            "loads": [
                {"name": "load", "body": "slider", "point": "B", "magnitude": ["1 kN", "2 kN"], "direction": ["180 deg"] * 2}
            ],
        },
    }


@pytest.mark.parametrize("angle", [0.5, 1.0, 2.0])
def test_toggle_short_of_dead_centre_is_held_by_its_pins(angle: float) -> None:
    """Friction circles: it holds while 40 sin(g - alpha) < 2 rho, sin(alpha) = 2 rho/100, g the angle between crank and rod."""
    knee = math.radians(angle) + math.asin(0.4 * math.sin(math.radians(angle)))
    low, high = 0.0, 0.5
    for _ in range(60):
        mu = (low + high) / 2
        rho = 10 * mu / math.sqrt(1 + mu * mu)
        low, high = (low, mu) if 40 * math.sin(knee - math.asin(2 * rho / 100)) < 2 * rho else (mu, high)
    for factor, verdict in ((1.005, "proved"), (0.995, "refuted")):
        assert _prove(_toggle(angle, high * factor)).verdict == verdict


def test_proved_effort_stays_below_every_sample(fourbars: ModuleType) -> None:
    """Friction circles solved by iteration at random corners of the root box, nothing shared with the bound."""
    data = fourbars.shipped("var_i_fourbar")
    for joint in data["joints"]:
        joint.pop("clearance", None)
    data["lock"]["loads"] = data["lock"]["loads"][1:]
    result = _prove(data)
    assert result.verdict == "proved"
    bound = result.theorems[0].margin.value
    mechanism = build(linkage_from_data(data, "lock.toml"))
    rng = np.random.default_rng(7)
    least = math.inf
    for _ in range(12):
        values = {name: p.low if rng.uniform() < 0.5 else p.high for name, p in mechanism.parameters.items()}
        positions = Positions(mechanism, values)
        drive = np.radians(rng.choice([168.2, 169.2], 1))
        angle = np.radians(rng.choice([85.0, 95.0]))
        q = positions.at(positions.selected, drive)
        force = 1000.0 * np.array([[np.cos(angle), np.sin(angle)]])
        least = min(least, friction_forces(positions, q, {PointName("hook", "P"): force}, -1).effort[0] / 1000.0)
    assert bound < least
    assert bound > 0.5 * least


def test_without_friction_short_of_dead_centre_it_opens(fourbars: ModuleType) -> None:
    data = _exact(fourbars.shipped("var_iii_eccentric"), 0.0)
    result = _prove(data)
    assert result.verdict == "refuted"
    assert "opens the lock" in result.theorems[0].violates
    vanishing = fourbars.shipped("var_iii_wedge")
    vanishing["lock"]["loads"][0]["magnitude"][0] = "0 kN"
    assert "vanish" in _prove(vanishing).theorems[0].violates


def test_altered_bounds_and_linkages_are_rejected(fourbars: ModuleType, sealed: Any) -> None:
    content = json.loads(_prove(fourbars.shipped("var_iii_eccentric")).certificate)
    assert checker.verify(sealed(copy.deepcopy(content))).accepted

    def rejected(change: Any) -> bool:
        altered = copy.deepcopy(content)
        change(altered)
        return not checker.verify(sealed(altered)).accepted

    effort = content["theorems"][0]["conditions"][-1]
    assert rejected(lambda c: c["theorems"][0]["conditions"][-1].update(at_least=str(1.2 * float(effort["at_least"]))))
    assert rejected(lambda c: c["theorems"][0]["conditions"][-1].update(at_least="-1"))
    assert rejected(lambda c: c["theorems"][0]["conditions"][-1].update(tree=["x"]))
    assert rejected(lambda c: c["theorems"][0]["conditions"].clear())
    assert rejected(lambda c: c["theorems"][0]["conditions"].pop())
    assert rejected(lambda c: c["linkage"]["parameters"]["mu"].update(range=[0.02, 0.2]) or _root(c, "mu", "0.02", "0.2"))
    assert rejected(lambda c: c["linkage"]["lock"]["loads"][0].update(magnitude=["0 kN", "75 kN"]))
    assert rejected(lambda c: c["linkage"]["joints"][1].update(friction=0))


def _root(content: dict[str, Any], name: str, low: str, high: str) -> None:
    next(v for v in content["root"] if v["name"] == name).update(low=low, high=high)


def test_a_pin_in_the_wedge_s_slot_is_the_same_wedge(fourbars: ModuleType) -> None:
    """The incline as a slot in the wedge with a pin on the plunger: two slides and a pin between them, solved another way."""
    data = fourbars.shipped("var_iii_wedge")
    slot = copy.deepcopy(data)
    slot["joints"][1]["type"] = "pin_in_slot"
    wedge, pinned = _prove(data), _prove(slot)
    assert pinned.verdict == "proved"
    assert pinned.theorems[0].margin.value == pytest.approx(wedge.theorems[0].margin.value, rel=1e-3)
    loose = copy.deepcopy(slot)
    loose["joints"][1]["clearance"] = "0.1 mm"
    assert _prove(loose).verdict == "proved"


def test_can_hold_is_reported_and_never_proved() -> None:
    for mu, words in ((0.2, "hold 'load' exist"), (0.001, "do not exist")):
        data = _toggle(2.0, mu)
        data["lock"]["claims"] = ["can_hold"]
        result = prove(linkage_from_data(data, "lock.toml"))
        assert result.verdict == "undecided"
        assert words in result.theorems[0].statement
        assert "not certified" in result.theorems[0].statement


def test_friction_needs_a_direction(fourbars: ModuleType) -> None:
    data = fourbars.shipped("var_iii_wedge")
    del data["lock"]["release"]
    with pytest.raises(InputError, match="direction"):
        _prove(data)


def test_slots_and_wedges_satisfy_the_constraints(fourbars: ModuleType) -> None:
    slot = fourbars.shipped("var_iii_wedge")
    slot["joints"][1] |= {"type": "pin_in_slot", "clearance": "0.1 mm"}
    for data in (slot, fourbars.shipped("var_iii_wedge"), fourbars.shipped("var_iii_eccentric")):
        linkage = fourbars.case(data).linkage
        scene = checker.Real(linkage, linkage.intervals([(low, low) for low, _ in linkage.root()]))
        for joint in linkage.joints:
            for residual in scene.residuals(joint):
                assert abs(residual.value[0]) + abs(residual.value[1]) < checker.ONE * 1e-18
