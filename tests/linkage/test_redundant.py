"""Redundant constraints: parallel hooks and parallelograms with all that a linkage has, and what a misfit locks in."""

from __future__ import annotations

import numpy as np
import pytest

from mechlock.linkage.census import census
from mechlock.linkage.kinematics import kinematics
from mechlock.linkage.positions import Positions
from mechlock.linkage.record import kinematics_record


def parallelogram(parts, arm=50.0, pitch=100.0, drive=35.0, **extra):
    """Two equal cranks under a bar and a third one in its middle, which is redundant."""
    data = parts.four_bar(arm, pitch, arm, pitch, drive, assembly={"coupler": "0 deg"}) | extra
    data["bodies"]["coupler"]["points"]["M"] = parts.mm(0.5 * pitch, 0)
    data["bodies"]["ground"]["points"]["O6"] = parts.mm(0.5 * pitch, 0)
    data["bodies"]["third"] = {"points": {"O6": parts.mm(0, 0), "M": parts.mm(arm, 0)}}
    data["joints"] += [parts.pin("M", "coupler.M", "third.M"), parts.pin("O6", "ground.O6", "third.O6")]
    return data


def test_all_modes_with_redundant_constraints_are_proved(make, parts):
    """The crossed four-bar does not take the third crank: one mode is left of two, and that is proved."""
    positions = Positions(make(parallelogram(parts)))
    found = census(positions.constraints, positions.drive_value)
    assert found.complete
    assert len(found.q) == 1
    assert found.q[0] == pytest.approx(positions.at(positions.selected, np.array([positions.drive_value]))[0], abs=1e-9)
    two = Positions(make(parts.four_bar(50.0, 100.0, 50.0, 100.0, 35.0)))
    assert len(census(two.constraints, two.drive_value).q) == 2


def test_circuits_with_redundant_constraints_are_proved(make, parts):
    """A rocker of a four-bar with a second, parallel one: the redundant bar follows both modes over their whole travel."""
    data = parts.four_bar(40.0, 120.0, 80.0, 100.0, 40.0, assembly={"coupler": "20 deg", "rocker": "57 deg"})
    data["bodies"]["ground"]["points"] |= {"P": parts.mm(200, 0), "Q": parts.mm(260, 0)}
    data["bodies"]["rocker"]["points"]["T"] = parts.mm(30, 0)
    data["bodies"] |= {name: {"points": {"O": parts.mm(0, 0), "T": parts.mm(30, 0)}} for name in ("second", "third")}
    data["bodies"]["bar"] = {"points": {"T1": parts.mm(0, 0), "T2": parts.mm(100, 0), "T3": parts.mm(160, 0)}}
    data["joints"] += [parts.pin("P", "ground.P", "second.O"), parts.pin("Q", "ground.Q", "third.O")]
    data["joints"] += [parts.pin(f"T{i}", f"{body}.T", f"bar.T{i}") for i, body in enumerate(("rocker", "second", "third"), 1)]
    result = kinematics(make(data), sweep=(0.0, 2.0, 5))
    record = kinematics_record(result)
    assert record["all_circuits_proved"] is True
    assert record["mobility_count"] == 0
    assert len(record["modes"]) == 2
    assert record["dead_centres_proved"] is True
