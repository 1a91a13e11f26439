"""The over-centre reserve in mm and degrees for links that slide: an inverted slider-crank (RPR) and a Scotch yoke (RPP)."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
import pytest

from mechlock.inputs.linkage import linkage_from_data
from mechlock.proof import prove

checker = import_module("mechlock.proof.verify")
CRANK = 40.0


def _lock(kind: str, drive: float, tolerance: float = 0.02, clearance: float = 0.0) -> dict[str, Any]:
    """A crank whose pin carries a block: on a rocker pivoted 100 mm aside, or on the yoke of a plunger that rises."""
    bodies: dict[str, Any] = {
        "ground": {"points": {"O": ["0 mm", "0 mm"], "C": ["100 mm", "0 mm"]}},
        "crank": {"points": {"O": ["0 mm", "0 mm"], "A": ["r", "0 mm"]}},
        "block": {"points": {"A": ["0 mm", "0 mm"]}},
        "last": {"points": {"C": ["0 mm", "0 mm"], "P": ["150 mm", "0 mm"]}},
    }
    play = {"clearance": f"{clearance} mm"} if clearance else {}
    joints: list[dict[str, Any]] = [
        {"name": "O", "type": "revolute", "of": ["ground.O", "crank.O"]},
        {"name": "A", "type": "revolute", "of": ["crank.A", "block.A"]} | play,
        {"name": "slide", "type": "prismatic", "of": ["last.C", "block.A"], "axis": "0 deg"},
    ]
    if kind == "RPR":
        joints.append({"name": "C", "type": "revolute", "of": ["ground.C", "last.C"]})
    else:
        joints.append({"name": "C", "type": "prismatic", "of": ["ground.O", "last.C"], "axis": "90 deg"})
    turn = f"{float(np.degrees(np.angle(CRANK * np.exp(1j * np.radians(drive)) - 100)))} deg" if kind == "RPR" else "0 deg"
    return {
        "format": "mechlock-linkage/1",
        "parameters": {"r": {"value": f"{CRANK} mm", "tolerance": f"{tolerance} mm"}},
        "bodies": bodies,
        "joints": joints,
        "drive": {"joint": "O", "value": f"{drive} deg"},
        "assembly": {"last": turn, "block": turn},
        "lock": {
            "claims": ["over_centre"],
            "drive": {"value": f"{drive} deg", "tolerance": "0.2 deg"},
            "stop": "increasing",
            "loads": [{"name": "load", "body": "last", "point": "P" if kind == "RPR" else "C", "magnitude": ["1 kN", "2 kN"]}],
        },
    }


def _sine(kind: str, r: float, drive: float) -> float:
    """Sine of the angle between the crank and the line across the slide, along which the block pushes."""
    along = np.angle(r * np.exp(1j * drive) - 100) if kind == "RPR" else 0.0
    return abs(np.sin(drive - along - np.pi / 2))


@pytest.mark.parametrize("clearance", [0.0, 0.02])
@pytest.mark.parametrize(("kind", "drive", "towards"), [("RPR", 72.0, 90.0), ("RPP", 95.0, 270.0)])
def test_reserve_is_the_distance_of_the_pivot_from_the_line_of_push(
    kind: str, drive: float, towards: float, clearance: float
) -> None:
    data = _lock(kind, drive, clearance=clearance)
    verdicts = []
    for direction in (towards, towards + 180.0):
        data["lock"]["loads"][0]["direction"] = [f"{direction} deg", f"{direction} deg"]
        result = prove(linkage_from_data(data, "lock.toml"))
        verdicts.append(result.verdict)
        if result.verdict == "proved":
            assert checker.verify(result.certificate).accepted
            margins = {m.unit: m.value for m in result.theorems[0].margins if m.meaning.startswith("over-centre reserve")}
            corners = [(CRANK + a, np.radians(drive + b)) for a in (-0.02, 0.02) for b in (-0.2, 0.2)]
            reserve = min(r * _sine(kind, r, angle) for r, angle in corners)
            angle = np.degrees(np.arcsin(min(_sine(kind, r, angle) for r, angle in corners)))
            slack = 2.0 * clearance
            assert reserve - slack - 1e-3 * reserve <= margins["mm"] <= reserve + 1e-9
            assert angle - np.degrees(slack / CRANK) - 1e-3 * angle <= margins["deg"] <= angle + 1e-9
    assert sorted(verdicts) == ["proved", "refuted"]


def _slot(kind: str, name: str = "h") -> dict[str, Any]:
    """A driver with a straight slot, 6 deg off its x axis, in which the block of a plunger slides; the plunger is pulled up."""
    turns = kind == "turning"
    drive = "10 deg" if turns else "20 mm"
    guide = ["80 mm", "0 mm"] if turns else ["0 mm", "0 mm"]
    return {
        "format": "mechlock-linkage/1",
        "parameters": {name: {"value": "30 mm", "tolerance": "0.05 mm"}, "slot": {"value": "6 deg", "tolerance": "0.1 deg"}},
        "bodies": {
            "ground": {"points": {"O": ["0 mm", "0 mm"], "G": guide}},
            "driver": {"points": {"O": ["0 mm", "0 mm"], "S": ["0 mm", name]}},
            "block": {"points": {"A": ["0 mm", "0 mm"]}},
            "last": {"points": {"A": ["0 mm", "0 mm"]}},
        },
        "joints": [
            {"name": "drive", "type": "revolute" if turns else "prismatic", "of": ["ground.O", "driver.O"]},
            {"name": "slide", "type": "prismatic", "of": ["driver.S", "block.A"], "axis": "slot"},
            {"name": "pin", "type": "revolute", "of": ["block.A", "last.A"], "clearance": "0.02 mm"},
            {"name": "guide", "type": "prismatic", "of": ["ground.G", "last.A"], "axis": "90 deg"},
        ],
        "drive": {"joint": "drive", "value": drive},
        "lock": {
            "claims": ["over_centre"],
            "drive": {"value": drive, "tolerance": "0.1 deg" if turns else "0.1 mm"},
            "stop": "increasing" if turns else "decreasing",
            "loads": [{"name": "pull", "body": "last", "point": "A", "magnitude": ["1 kN", "2 kN"], "direction": ["90 deg"] * 2}],
        },
    }


def test_two_sliders_pinned_to_each_other_have_the_angle_of_the_slot() -> None:
    result = prove(linkage_from_data(_slot("sliding"), "slot"))
    reserve, angle = result.theorems[0].margins[:2]
    assert result.verdict == "proved"
    assert 0.99 * 5.9 < angle.value <= 5.9  # 6 deg less the tolerance
    assert reserve.value == pytest.approx(np.sin(np.radians(angle.value)), rel=1e-6)
    assert checker.verify(result.certificate).accepted


def test_a_turning_slot_has_the_distance_of_its_normal_from_the_pivot() -> None:
    """The slot's normal at the pin, 80 mm aside of the pivot: at nominal 92 mm from it, by the numbers alone."""
    result = prove(linkage_from_data(_slot("turning"), "slot"))
    reserve, angle = result.theorems[0].margins[:2]
    along = np.exp(1j * np.radians(16.0))
    start = 30j * np.exp(1j * np.radians(10.0))
    pin = start + along * (80.0 - start.real) / along.real
    nominal = abs((pin.conjugate() * along).real)
    assert 0.99 * nominal < reserve.value < nominal
    assert angle.value < np.degrees(np.arcsin(nominal / abs(pin)))


@pytest.mark.parametrize(("kind", "name"), [("sliding", "s"), ("turning", "phi")])
def test_a_parameter_may_have_the_letter_of_the_drive(kind: str, name: str) -> None:
    found = [prove(linkage_from_data(_slot(kind, called), "slot")).theorems[0] for called in (name, "h")]
    assert found[0].verdict == "proved"
    assert [margin.value for margin in found[0].margins] == [margin.value for margin in found[1].margins]
