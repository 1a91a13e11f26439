"""Redundant constraints: parallel hooks and parallelograms with all that a linkage has, and what a misfit locks in."""

from __future__ import annotations

import json
from typing import Any, cast

import numpy as np
import pytest
from scipy.optimize import least_squares

from mechlock.cli.main import run
from mechlock.errors import InputError, NoVerdict
from mechlock.linkage.census import census
from mechlock.linkage.implicit import derivatives
from mechlock.linkage.kinematics import kinematics
from mechlock.linkage.kinetostatics import kinetostatics
from mechlock.linkage.positions import Positions
from mechlock.linkage.record import kinematics_record
from mechlock.linkage.tolerance_record import sharing_note, tolerance_record


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


def toleranced(parts, drive, stiffness=(20.0, 30.0, 40.0, 25.0, 35.0, 15.0), free=()):
    """The parallelogram with a parameter for each crank's length and one for a pivot; stiffness (kN/mm) by joint."""
    data = parallelogram(parts, drive=drive)
    data["parameters"] = {name: {"value": "50 mm", "tolerance": "0.1 mm"} for name in ("one", "two", "mid")}
    data["parameters"]["y"] = {"value": "0 mm", "tolerance": "0.05 mm"}
    for body, point, name in (("crank", "A", "one"), ("rocker", "B", "two"), ("third", "M", "mid")):
        data["bodies"][body]["points"][point] = [name, "0 mm"]
    data["bodies"]["ground"]["points"]["O6"] = ["50 mm", "y"]
    for joint, number in zip(data["joints"], stiffness, strict=True):
        if joint["name"] not in free:
            joint["stiffness"] = f"{number!r} kN/mm"
    return data


def test_a_longer_middle_crank_locks_in_what_three_springs_say(make, parts):
    """Pins of one stiffness k: the crank longer by 0.1 mm presses with 0.1 k/3 and lifts the bar by a third of it."""
    result = kinematics(make(toleranced(parts, 90.0, (30.0,) * 6)))
    found = {entry["name"]: entry for entry in tolerance_record(result)}
    third = {part["name"]: part["half_width"] for part in found["locked-in force of M"]["contributions"]}
    assert third["mid"] == pytest.approx(0.1 * 30_000.0 / 3.0, rel=1e-9)
    outer = {part["name"]: part["half_width"] for part in found["locked-in force of O2"]["contributions"]}
    assert outer["mid"] == pytest.approx(0.1 * 30_000.0 / 6.0, rel=1e-9)
    rise = {part["name"]: part["half_width"] for part in found["y of coupler.M"]["contributions"]}
    assert rise["mid"] == pytest.approx(0.1 / 3.0, rel=1e-9)
    assert found["locked-in force of M"]["worst_case"] == pytest.approx(sum(third.values()))
    assert found["locked-in force of M"]["rss"] == pytest.approx(np.sqrt(sum(part**2 for part in third.values())))


@pytest.mark.parametrize("drive", [63.0, 141.0])
def test_elastic_positions_and_forces_against_least_energy(make, parts, drive):
    """Rigid bodies on springs at every pin, the drive held: the sum of squares is minimised anew at other dimensions."""
    mechanism = make(toleranced(parts, drive))
    positions = Positions(mechanism)
    at = positions.drive_value
    found = derivatives(positions, at)
    stiffness = np.array([joint.stiffness for joint in mechanism.joints])
    start = positions.at(positions.selected, np.array([at]))[0]
    weights = np.append(np.repeat(np.sqrt(stiffness), 2), 1e7)

    def relaxed(name, step, turn=0.0):
        moved = Positions(mechanism, {name: mechanism.parameters[name].nominal + step}).constraints

        def gaps(q):
            return weights * moved.residual(q[None], np.array([at + turn]))[0]

        q = cast(Any, least_squares(gaps, start, xtol=1e-15, ftol=1e-15, gtol=1e-15, x_scale="jac")).x
        return q, moved.residual(q[None], np.array([at + turn]))[0][:-1] * np.repeat(stiffness, 2)

    h, turn = 1e-2, 1e-3
    for column, name in enumerate(found.names):
        (above, force), (below, opposite) = relaxed(name, h), relaxed(name, -h)
        assert found.by_q[:, column] == pytest.approx((above - below) / (2 * h), rel=2e-4, abs=2e-5)
        assert found.by_force[:-1, column] == pytest.approx((force - opposite) / (2 * h), rel=2e-3, abs=2.0)
        rate = [relaxed(name, step, way)[0] for step in (h, -h) for way in (turn, -turn)]
        slope = (rate[0] - rate[1] - rate[2] + rate[3]) / (4 * h * turn)
        assert found.by_v[:, column] == pytest.approx(slope, rel=1e-2, abs=2e-3)


def test_tolerances_of_redundant_joints_need_all_stiffness_or_none(make, parts, tmp_path, capsys):
    none = kinematics(make(toleranced(parts, 63.0, free={"O2", "A", "B", "O4", "M", "O6"})))
    assert not [entry for entry in tolerance_record(none) if entry["unit"] == "N"]
    assert "needs the stiffness (and of slides the rotational_stiffness) of A, B, M, O2, O4, O6" in sharing_note(none)
    alike = {entry["name"]: entry for entry in tolerance_record(kinematics(make(toleranced(parts, 63.0, (7.0,) * 6))))}
    for entry in tolerance_record(none):
        assert entry["worst_case"] == pytest.approx(alike[entry["name"]]["worst_case"], rel=1e-9, abs=1e-12)
    some = kinematics(make(toleranced(parts, 63.0, free={"A", "M"})))
    with pytest.raises(NoVerdict, match="which some lack") as caught:
        tolerance_record(some)
    assert "A, M" in caught.value.mend


@pytest.mark.parametrize(("drive", "code", "words"), [("0 deg", 3, "change point"), ("60 deg", 0, "locked-in force of M N")])
def test_the_command_stacks_a_parallelogram_and_names_its_change_point(parts, tmp_path, capsys, drive, code, words):
    data = toleranced(parts, 90.0)

    def rows(table):
        return [f"{key} = {json.dumps(value)}" for key, value in table.items()]

    lines = ['format = "mechlock-linkage/1"', "[parameters]"]
    lines += [f"{name} = {{ value = '50 mm', tolerance = '0.1 mm' }}" for name in data["parameters"] if name != "y"] + [
        "y = '0 mm'"
    ]
    for body, entry in data["bodies"].items():
        lines += [f"[bodies.{body}.points]", *rows(entry["points"])]
    for joint in data["joints"]:
        lines += ["[[joints]]", *rows(joint)]
    lines += ["[drive]", *rows(data["drive"]), "[assembly]", *rows(data["assembly"])]
    path = tmp_path / "three.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    assert run(["kinematics", str(path), "--drive", drive, "--tolerances", "--quiet"]) == code
    captured = capsys.readouterr()
    assert words in (captured.err if code else captured.out)
