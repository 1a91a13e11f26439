"""Redundant constraints: parallel hooks and parallelograms with all that a linkage has, and what a misfit locks in."""

from __future__ import annotations

import numpy as np
import pytest

from mechlock.errors import InputError, NoVerdict
from mechlock.linkage.census import census
from mechlock.linkage.kinematics import kinematics
from mechlock.linkage.kinetostatics import kinetostatics
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


def elastic(parts, misfit=0.3, drive=90.0, friction=None, stiffness=30.0):
    """The parallelogram with pins of equal stiffness (kN/mm), the third crank's pin off by `misfit` (mm) along the crank."""
    data = parallelogram(parts, drive=drive)
    for joint in data["joints"]:
        joint["stiffness"] = f"{stiffness!r} kN/mm"
        if friction is not None:
            joint |= {"pin_radius": "8 mm", "friction": friction}
        if joint["name"] == "M":
            joint["of"] = ["third.M", "coupler.M"]
            joint["misfit"] = parts.mm(misfit, 0)
    return data


def forces(mechanism):
    result = kinematics(mechanism)
    return kinetostatics(result.positions, result.selected.q)


@pytest.mark.parametrize("drive", [90.0, 37.0])
def test_a_misfit_locks_in_what_three_springs_say(make, parts, drive):
    """Each crank is two pins in series, k/2; the middle one works against both others: X (2/k + (1/2)(2/k)) = misfit."""
    found = forces(make(elastic(parts, 0.3, drive)))
    middle = 0.3 * 30_000.0 / 3.0
    expected = {"M": middle, "O6": middle, "O2": middle / 2, "A": middle / 2, "B": middle / 2, "O4": middle / 2}
    assert {name: size[0] for name, size in found.locked_in.items()} == pytest.approx(expected, rel=1e-9)
    assert found.drive_effort[0] == pytest.approx(0.0, abs=1e-6)


def test_misfits_and_loads_add_up(make, parts):
    load = {"forces": [{"name": "push", "body": "coupler", "point": "P", "force": ["200 N", "-3 kN"]}]}
    both = forces(make(elastic(parts, drive=60.0) | load))
    loaded = forces(make(elastic(parts, 0.0, drive=60.0) | load))
    locked = forces(make(elastic(parts, drive=60.0)))
    for name, joint in both.joints.items():
        assert joint.force == pytest.approx(loaded.joints[name].force + locked.joints[name].force, abs=1e-6)


def test_a_misfit_makes_a_linkage_stiff_to_move(make, parts):
    """Without a load the drive works against friction alone: twelve pins' worth, each a force on a friction circle."""
    mu = 0.01
    found = forces(make(elastic(parts, friction=mu)))
    middle, circle = 0.3 * 30_000.0 / 3.0, 8.0 * mu / np.hypot(1.0, mu)
    assert found.with_friction[1][0] == pytest.approx(4.0 * middle * circle, rel=1e-3)
    assert found.with_friction[-1][0] == pytest.approx(-4.0 * middle * circle, rel=1e-3)


def test_a_misfit_of_a_joint_that_is_not_redundant_is_refused(make, parts):
    data = parts.four_bar(40.0, 120.0, 80.0, 100.0, 40.0, assembly={"coupler": "20 deg", "rocker": "57 deg"})
    data["joints"][1] |= {"misfit": ["0.1 mm", "0 mm"], "stiffness": "10 kN/mm"}
    with pytest.raises(InputError, match="misfit of A locks nothing in"):
        forces(make(data))


def test_a_misfit_without_stiffness_is_not_guessed(make, parts):
    data = elastic(parts)
    del data["joints"][0]["stiffness"]
    with pytest.raises(NoVerdict, match="stiffness") as caught:
        forces(make(data))
    assert "O2" in str(caught.value.mend)
