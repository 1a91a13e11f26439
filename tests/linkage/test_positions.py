"""Closed forms of all dyads against the raw constraint equations, and published positions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mechlock.errors import NoVerdict
from mechlock.linkage.kinematics import kinematics
from mechlock.linkage.mechanism import PointName
from mechlock.linkage.positions import Positions
from mechlock.linkage.symbolic import solve

LENGTH = st.floats(5.0, 200.0)
ANGLE = st.floats(-180.0, 180.0)
SIGNED = st.floats(-100.0, 100.0)


def check_all_modes(mechanism, drive=None):
    """Every mode that exists satisfies the constraints to 1e-12 of the linkage's size."""
    positions = Positions(mechanism)
    assert positions.solution is not None, positions.reason
    where = np.linspace(-np.pi, np.pi, 25) if drive is None else drive
    found = 0
    for mode in positions.modes:
        q = positions.at(mode, where)
        fine = np.isfinite(q).all(axis=1)
        found += int(fine.sum())
        if fine.any():
            residual = positions.constraints.residual(q[fine], where[fine])
            size = positions.constraints.size * (len(positions.constraints.bodies) + 1)
            assert np.abs(residual).max() <= 1e-12 * max(size, 1.0)
    return found


def test_every_lock_of_the_library_satisfies_its_constraints(lock):
    positions = Positions(lock)
    q = positions.at(positions.selected, np.array([positions.drive_value]))
    assert np.abs(positions.constraints.residual(q, np.array([positions.drive_value]))).max() < 1e-11


@settings(max_examples=25, deadline=None)
@given(LENGTH, LENGTH, LENGTH, LENGTH)
def test_random_four_bars(make, parts, a, b, c, d):
    check_all_modes(make(parts.four_bar(a, b, c, d, 0.0)))


@settings(max_examples=20, deadline=None)
@given(LENGTH, LENGTH, SIGNED, ANGLE, SIGNED, SIGNED)
def test_random_slider_cranks(make, parts, a, b, e, axis, bx, by):
    assume(abs(bx) + abs(by) > 1.0)
    bodies = {
        "ground": {"O": parts.mm(0, 0), "S": parts.mm(0, e)},
        "crank": {"O": parts.mm(0, 0), "A": parts.mm(a, 0)},
        "rod": {"A": parts.mm(3.0, -2.0), "B": parts.mm(3.0 + b, -2.0)},
        "slider": {"B": parts.mm(bx, by), "S": parts.mm(1, 2)},
    }
    joints = [parts.pin("O", "ground.O", "crank.O"), parts.pin("A", "crank.A", "rod.A"), parts.pin("B", "rod.B", "slider.B")]
    for of in (("ground.S", "slider.S"), ("slider.S", "ground.S")):
        check_all_modes(
            make(
                parts.data(bodies, [*joints, parts.slide("s", *of, f"{axis!r} deg", "20 deg")], {"joint": "O", "value": "0 deg"})
            )
        )


@settings(max_examples=15, deadline=None)
@given(LENGTH, st.floats(5.0, 100.0), SIGNED, SIGNED, ANGLE)
def test_random_inverted_slider_cranks(make, parts, a, d, px, py, axis):
    bodies = {
        "ground": {"O": parts.mm(0, 0), "G": parts.mm(d, 10)},
        "crank": {"O": parts.mm(0, 0), "A": parts.mm(a, 0)},
        "arm": {"G": parts.mm(0, 0), "L": parts.mm(px, 0.1 * py)},
        "block": {"A": parts.mm(0, 0), "L": parts.mm(0, 0.1 * px)},
    }
    joints = [parts.pin("O", "ground.O", "crank.O"), parts.pin("A", "crank.A", "block.A"), parts.pin("G", "ground.G", "arm.G")]
    for of in (("arm.L", "block.L"), ("block.L", "arm.L")):
        mechanism = make(
            parts.data(bodies, [*joints, parts.slide("s", *of, f"{axis!r} deg", "35 deg")], {"joint": "O", "value": "0 deg"})
        )
        assert [group.group.kind for group in solve(mechanism).groups] == ["RPR"]
        check_all_modes(mechanism)


@settings(max_examples=15, deadline=None)
@given(LENGTH, SIGNED, SIGNED, st.floats(10.0, 170.0))
def test_random_double_sliders(make, parts, a, x, y, axis):
    bodies = {
        "ground": {"S": parts.mm(0, 0), "T": parts.mm(x, y)},
        "drive": {"S": parts.mm(0, 0)},
        "one": {"A": parts.mm(0, 0), "U": parts.mm(a, 3)},
        "two": {"U": parts.mm(0, 1), "T": parts.mm(2, 0)},
    }
    joints = [
        parts.slide("d", "ground.S", "drive.S"),
        parts.slide("first", "drive.S", "one.A", f"{axis!r} deg", "15 deg"),
        parts.pin("U", "one.U", "two.U"),
        parts.slide("second", "two.T", "ground.T", "5 deg", "10 deg"),
    ]
    mechanism = make(parts.data(bodies, joints, {"joint": "d", "value": "5 mm"}))
    assert [group.group.kind for group in solve(mechanism).groups] == ["PRP"]
    check_all_modes(mechanism, np.linspace(-50.0, 50.0, 11))


@settings(max_examples=15, deadline=None)
@given(LENGTH, SIGNED, st.floats(20.0, 160.0), st.floats(-10.0, 10.0))
def test_random_scotch_yokes(make, parts, a, y, axis, turn):
    bodies = {
        "ground": {"O": parts.mm(0, 0), "S": parts.mm(0, y)},
        "crank": {"O": parts.mm(0, 0), "K": parts.mm(a, 0)},
        "block": {"K": parts.mm(0, 0), "L": parts.mm(0, 2)},
        "yoke": {"S": parts.mm(0, 0), "L": parts.mm(5, 1)},
    }
    joints = [
        parts.pin("O", "ground.O", "crank.O"),
        parts.pin("K", "crank.K", "block.K"),
        parts.slide("slot", "yoke.L", "block.L", f"{axis!r} deg", "7 deg"),
        parts.slide("guide", "ground.S", "yoke.S", "0 deg", f"{turn!r} deg"),
    ]
    mechanism = make(parts.data(bodies, joints, {"joint": "O", "value": "30 deg"}))
    assert [group.group.kind for group in solve(mechanism).groups] == ["RPP"]
    assert check_all_modes(mechanism) == 25


@settings(max_examples=15, deadline=None)
@given(LENGTH, LENGTH, LENGTH, LENGTH, SIGNED, SIGNED)
def test_random_watt_six_bars(make, parts, b, c, e, f, x, y):
    """A second dyad between a ternary rocker and ground."""
    values = parts.four_bar(30.0, b, c, 100.0, 0.0)
    values["bodies"]["rocker"]["points"]["C"] = parts.mm(0.5 * c, 0.4 * c)
    values["bodies"]["ground"]["points"]["O6"] = parts.mm(200.0 + x, y)
    values["bodies"]["link"] = {"points": {"C": parts.mm(0, 0), "D": parts.mm(e, 0)}}
    values["bodies"]["out"] = {"points": {"O6": parts.mm(0, 0), "D": parts.mm(0, f)}}
    values["joints"] += [
        parts.pin("C", "rocker.C", "link.C"),
        parts.pin("D", "link.D", "out.D"),
        parts.pin("O6", "out.O6", "ground.O6"),
    ]
    check_all_modes(make(values))


def test_a_cylinder_between_two_moving_bodies(make, parts):
    """A floating drive: its two bodies are one link whose length is the drive coordinate."""
    bodies = {
        "ground": {"O": parts.mm(0, 0), "G": parts.mm(120, -20)},
        "boom": {"O": parts.mm(0, 0), "B": parts.mm(100, 10)},
        "tube": {"G": parts.mm(0, 0)},
        "piston": {"B": parts.mm(0, 0)},
    }
    joints = [
        parts.pin("O", "ground.O", "boom.O"),
        parts.pin("G", "ground.G", "tube.G"),
        parts.pin("B", "boom.B", "piston.B"),
        parts.slide("stroke", "tube.G", "piston.B"),
    ]
    mechanism = make(parts.data(bodies, joints, {"joint": "stroke", "value": "90 mm"}, assembly={"boom": "40 deg"}))
    assert check_all_modes(mechanism, np.linspace(60.0, 150.0, 13)) > 0
    solution = solve(mechanism)
    ratio = float(kinematics(mechanism).selected.velocity_ratios["boom"][0])
    assert symbolic_value(solution, solution.velocity_ratio("boom"), mechanism) == pytest.approx(ratio, rel=1e-10)


def symbolic_value(solution, expression, mechanism):
    from mechlock.linkage.compile import compile_solution

    positions = Positions(mechanism)
    return float(
        compile_solution(solution, Positions(mechanism).selected.signs, [expression])(np.array([positions.drive_value]))[0, 0]
    )


def test_several_joints_on_one_pin(make, parts):
    """Two links on the crank's pin, joined to each other there rather than each to the crank."""
    values = parts.four_bar(40.0, 120.0, 80.0, 100.0, 40.0)
    values["bodies"]["second"] = {"points": {"A": parts.mm(0, 0), "C": parts.mm(90, 0)}}
    values["bodies"]["lever"] = {"points": {"C": parts.mm(70, 0), "O6": parts.mm(0, 0)}}
    values["bodies"]["ground"]["points"]["O6"] = parts.mm(-80, 0)
    values["joints"] += [
        parts.pin("A2", "coupler.A", "second.A"),
        parts.pin("C", "second.C", "lever.C"),
        parts.pin("O6", "lever.O6", "ground.O6"),
    ]
    mechanism = make(values)
    assert check_all_modes(mechanism) > 0
    points = kinematics(mechanism).selected.points
    assert points[PointName("second", "A")] == pytest.approx(points[PointName("crank", "A")], abs=1e-12)


def test_a_third_parallel_crank_is_redundant_but_moves(make, parts):
    values = parts.four_bar(50.0, 100.0, 50.0, 100.0, 35.0, assembly={"coupler": "0 deg"})
    values["bodies"]["coupler"]["points"]["M"] = parts.mm(40, 0)
    values["bodies"]["ground"]["points"]["M"] = parts.mm(40, 0)
    values["bodies"]["third"] = {"points": {"O": parts.mm(0, 0), "M": parts.mm(50, 0)}}
    values["joints"] += [parts.pin("M", "coupler.M", "third.M"), parts.pin("O6", "third.O", "ground.M")]
    result = kinematics(make(values))
    assert (result.mobility.value, result.mobility.count) == (1, 0)
    assert "redundant" in result.mobility.explanation
    assert np.degrees(result.selected.angles["third"][0]) == pytest.approx(35.0, abs=1e-10)
    assert result.selected.velocity_ratios["third"][0] == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize(
    ("a", "b", "c", "d", "drive"),
    [(40.0, 120.0, 80.0, 240.0, 0.0), (30.0, 50.0, 20.0, 100.0, 0.0), (50.0, 30.0, 60.0, 40.0, 180.0)],
)
def test_collinear_links_are_exactly_collinear(make, parts, a, b, c, d, drive):
    """Crank, coupler and rocker stretched on one line: the discriminant is zero, not a little more or less."""
    mechanism = make(parts.four_bar(a, b, c, d, drive))
    found = kinematics(mechanism).selected.points
    places = np.array([found[PointName("crank", "A")][0], found[PointName("coupler", "B")][0]])
    assert np.abs(places[:, 1]).max() <= 1e-14 * d


@settings(max_examples=20, deadline=None)
@given(LENGTH, LENGTH, LENGTH, ANGLE)
def test_collinear_positions_in_any_direction(make, parts, a, b, c, angle):
    """Ground pin placed so that coupler and rocker are in line: both modes meet there, to rounding."""
    phi = np.radians(angle)
    reach = np.array([a * np.cos(phi), a * np.sin(phi)]) + (b + c) * np.array([np.cos(0.3), np.sin(0.3)])
    values = parts.four_bar(a, b, c, 1.0, angle)
    values["bodies"]["ground"]["points"]["O4"] = parts.mm(*reach.tolist())
    positions = Positions(make(values))
    for mode in positions.modes:
        q = positions.at(mode, np.array([positions.drive_value]))
        assert np.isfinite(q).all()
        assert np.abs(positions.constraints.residual(q, np.array([positions.drive_value]))).max() <= 1e-12 * (a + b + c)
        assert np.degrees(q[0, 5]) == pytest.approx(np.degrees(0.3), abs=1e-5)


def test_the_signs_follow_the_assembly_angles(make, parts):
    crossed = parts.four_bar(40.0, 120.0, 80.0, 100.0, 40.0, assembly={"coupler": "-50 deg", "rocker": "-90 deg"})
    opened = parts.four_bar(40.0, 120.0, 80.0, 100.0, 40.0, assembly={"coupler": "10 deg", "rocker": "70 deg"})
    assert Positions(make(opened)).selected.signs == (1,)
    assert Positions(make(crossed)).selected.signs == (-1,)


def test_signs_that_cannot_exist_are_refused(make, parts):
    with pytest.raises(NoVerdict):
        solve(make(triad(parts)))


def triad(parts, drive=40.0):
    """A four-bar whose coupler point is driven: Stephenson III from the far side, a group of four bodies."""
    bodies = {
        "ground": {"O": parts.mm(0, 0), "G2": parts.mm(60, 10), "G3": parts.mm(130, -15)},
        "crank": {"O": parts.mm(0, 0), "A": parts.mm(20, 0)},
        "link1": {"A": parts.mm(0, 0), "P1": parts.mm(75, 0)},
        "platform": {"P1": parts.mm(0, 0), "P2": parts.mm(40, -25), "P3": parts.mm(75, 5)},
        "link2": {"G2": parts.mm(0, 0), "P2": parts.mm(55, 0)},
        "link3": {"G3": parts.mm(0, 0), "P3": parts.mm(70, 0)},
    }
    joints = [
        parts.pin("O", "ground.O", "crank.O"),
        parts.pin("A", "crank.A", "link1.A"),
        parts.pin("P1", "link1.P1", "platform.P1"),
    ]
    joints += [parts.pin(f"G{i}", f"ground.G{i}", f"link{i}.G{i}") for i in (2, 3)]
    joints += [parts.pin(f"P{i}", f"link{i}.P{i}", f"platform.P{i}") for i in (2, 3)]
    return parts.data(bodies, joints, {"joint": "O", "value": f"{drive!r} deg"})


def modes_by_scan(drive):
    """Count assembly modes of `triad` on its own way: zeros along the four-bar link2, platform, link3."""
    a = 20.0 * np.array([np.cos(np.radians(drive)), np.sin(np.radians(drive))])
    angle = np.linspace(-np.pi, np.pi, 200_001)
    p2 = np.array([60.0, 10.0]) + 55.0 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    base = np.array([130.0, -15.0]) - p2
    length = np.hypot(*base.T)
    side = np.hypot(35.0, 30.0)
    total = 0
    for sign in (1.0, -1.0):
        with np.errstate(invalid="ignore"):
            turn = np.arctan2(base[:, 1], base[:, 0]) + sign * np.arccos((side**2 + length**2 - 70.0**2) / (2 * side * length))
        body = turn - np.arctan2(30.0, 35.0)
        arm = np.array([-40.0, 25.0])
        p1 = p2 + np.stack([arm[0] * np.cos(body) - arm[1] * np.sin(body), arm[0] * np.sin(body) + arm[1] * np.cos(body)], axis=1)
        gap = np.hypot(*(p1 - a).T) - 75.0
        total += int(np.sum((gap[:-1] * gap[1:] < 0) & np.isfinite(gap[:-1]) & np.isfinite(gap[1:])))
    return total


@pytest.mark.parametrize("drive", [40.0, 150.0, -70.0])
def test_all_modes_of_a_triad_are_found(make, parts, drive):
    positions = Positions(make(triad(parts, drive)))
    assert "higher Assur group" in positions.reason
    assert len(positions.modes) == modes_by_scan(drive)
    assert len(positions.modes) >= 2


def test_a_triad_is_followed_through_a_sweep(make, parts):
    positions = Positions(make(triad(parts)))
    drive = np.radians(np.linspace(20.0, 60.0, 41))
    q = positions.at(positions.selected, drive)
    assert np.isfinite(q).all()
    assert np.abs(positions.constraints.residual(q, drive)).max() < 1e-9
    assert np.abs(np.diff(np.unwrap(q[:, 2::3], axis=0), axis=0)).max() < 0.15


def test_a_mode_of_a_hundredth_of_a_degree_of_a_four_bar_has_its_reach(make, parts):
    """Coupler and rocker reach each other only where the crank points away: cos(phi) <= (a^2 + d^2 - (b + c)^2)/(2 a d)."""
    a, b, c, d = 50.0, 60.0, 40.0, 100.0
    half = np.radians(0.004)
    turned = np.radians(33.3)
    reach = float(np.sqrt(a**2 + d**2 - 2 * a * d * np.cos(half)))  # the nearest that the pins come is d - a = 50, at phi = 0
    data = parts.four_bar(a, b * reach / (b + c), c * reach / (b + c), d, 0.0)
    data["bodies"]["ground"]["points"]["O4"] = parts.mm(float(d * np.cos(turned)), float(d * np.sin(turned)))
    data["drive"]["value"] = "33.3 deg"
    result = kinematics(make(data), sweep=(-np.pi, np.pi, 25))
    assert result.positions.circuits.complete
    assert len(result.modes) == 2
    for mode in result.modes:
        (interval,) = mode.reach
        assert interval.low == pytest.approx(turned - half, abs=1e-9)
        assert interval.high == pytest.approx(turned + half, abs=1e-9)
        assert np.isnan(mode.q).all()


def test_the_gap_of_a_mode_narrower_than_a_look_is_seen(make, parts):
    """A crank too long by a nanometre cannot pass where crank and ground are in line."""
    data = parts.four_bar(40.0 + 1e-6, 120.0, 60.0, 100.0, 40.0)  # 40 + 100 = 120 + 60 - 40: reach 140.000001 of 180
    data["bodies"]["coupler"]["points"]["B"] = parts.mm(80.0, 0.0)
    result = kinematics(make(data), sweep=(-np.pi, np.pi, 25))
    outer = 180.0 - np.degrees(np.arccos(((40.0 + 1e-6) ** 2 + 100.0**2 - 140.0**2) / (2 * (40.0 + 1e-6) * 100.0)))
    assert 0.0 < outer < 0.25
    for mode in result.modes:
        (interval,) = mode.reach
        assert not interval.full
        assert np.degrees(interval.high - interval.low) == pytest.approx(360.0 - 2 * outer, abs=1e-6)
