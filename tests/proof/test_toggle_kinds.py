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
