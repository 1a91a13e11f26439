"""Velocities, accelerations, dead centres and the contract's record, against published figures and independent derivatives."""

from __future__ import annotations

import json

import numpy as np
import pytest
import sympy as sp
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mechlock.errors import InputError
from mechlock.inputs.linkage import read_linkage
from mechlock.linkage import velocity
from mechlock.linkage.compile import compile_solution
from mechlock.linkage.dead_centre import dead_centres
from mechlock.linkage.kinematics import kinematics
from mechlock.linkage.mechanism import PointName
from mechlock.linkage.positions import Positions
from mechlock.linkage.record import kinematics_record
from mechlock.linkage.semantics import build
from mechlock.linkage.travel import reachable
from mechlock.resources import folder


def lock_file(name):
    return build(read_linkage(folder("geometry") / "locks" / f"{name}.toml"))


def test_the_published_four_bar():
    record = kinematics_record(kinematics(lock_file("contract_fourbar")))
    opened, crossed = record["modes"]
    assert opened["selected"] and not crossed["selected"]
    assert (opened["bodies"]["coupler"]["angle_deg"], opened["bodies"]["hook"]["angle_deg"]) == pytest.approx(
        (20.298, 57.325), abs=1e-3
    )
    assert (crossed["bodies"]["coupler"]["angle_deg"], crossed["bodies"]["hook"]["angle_deg"]) == pytest.approx(
        (-60.978, -98.005), abs=1e-3
    )
    assert opened["velocity_ratios"]["hook"] == pytest.approx(6.998 / 25.0, rel=2e-4)
    assert record["mobility"] == 1
    assert record["drive"]["value_deg"] == pytest.approx(40.0)
    locked = [centre for centre in record["dead_centres"] if centre["drive_deg"] > 0]
    assert locked == [{"drive_deg": pytest.approx(24.1468, abs=1e-4), "kind": "output", "body": "hook"}]
    json.dumps(record, allow_nan=False)


def test_the_offset_slider_crank_against_its_closed_form():
    record = kinematics_record(kinematics(lock_file("contract_slider_crank")))
    mode = next(mode for mode in record["modes"] if mode["selected"])
    a, b, e, t, omega = 50.0, 200.0, 10.0, np.radians(60.0), 10.0
    beta = np.arcsin((e - a * np.sin(t)) / b)
    beta_dot = -a * np.cos(t) * omega / (b * np.cos(beta))
    beta_ddot = (a * np.sin(t) * omega**2 + b * np.sin(beta) * beta_dot**2) / (b * np.cos(beta))
    speed = -a * np.sin(t) * omega - b * np.sin(beta) * beta_dot
    acceleration = -a * np.cos(t) * omega**2 - b * np.cos(beta) * beta_dot**2 - b * np.sin(beta) * beta_ddot
    assert mode["joints"]["slide"]["travel_mm"] == pytest.approx(a * np.cos(t) + b * np.cos(beta), rel=1e-12)
    assert mode["travel_ratios"]["slider"] == pytest.approx(speed / omega, rel=1e-12)
    assert mode["bodies"]["rod"]["omega_rad_s"] == pytest.approx(beta_dot, rel=1e-12)
    assert mode["bodies"]["rod"]["alpha_rad_s2"] == pytest.approx(beta_ddot, rel=1e-11)
    assert mode["velocity_mm_s"]["slider.B"] == pytest.approx([speed, 0.0], rel=1e-12, abs=1e-9)
    assert mode["acceleration_mm_s2"]["slider.B"] == pytest.approx([acceleration, 0.0], rel=1e-11, abs=1e-8)


def test_a_sweep_has_both_ends_and_continuous_angles():
    record = kinematics_record(kinematics(lock_file("contract_fourbar"), sweep="0 deg:720 deg:73"))
    crank = record["sweep"]["bodies"]["crank"]["angle_deg"]
    assert (len(crank), crank[0], crank[-1]) == (73, pytest.approx(0.0), pytest.approx(720.0))
    assert record["modes"][0]["bodies"]["crank"]["angle_deg"] == crank
    assert record["sweep"]["drive_deg"][-1] == pytest.approx(720.0)


def test_unreachable_positions_of_a_sweep_are_null(make, parts):
    record = kinematics_record(kinematics(make(parts.four_bar(100.0, 40.0, 60.0, 130.0, 30.0)), sweep="-90 deg:90 deg:7"))
    angles = record["sweep"]["bodies"]["rocker"]["angle_deg"]
    assert [angle is None for angle in angles] == [True, True, False, False, False, True, True]
    assert record["sweep"]["points"]["rocker.B"][0] == [None, None]


@pytest.mark.parametrize(
    "sweep", ["0:360:5", "0 deg:360 deg", "0 deg:360 deg:1", "0 deg:1 mm:5", "0 deg:360 deg:x", "0 deg:9 deg:99999999"]
)
def test_bad_sweeps_are_refused(sweep):
    with pytest.raises(InputError, match="--sweep"):
        kinematics(lock_file("contract_fourbar"), sweep=sweep)


def test_the_drive_can_be_set():
    assert kinematics(lock_file("contract_fourbar"), drive="90 deg").drive[0] == pytest.approx(np.pi / 2)


def complex_step(solution, signs, expression, at, step=1e-30):
    """Derivative of a program's output by the drive, from the expressions themselves."""
    mechanism = solution.mechanism
    values = {symbol: complex(number) for symbol, number in mechanism.nominal().items()}
    values[mechanism.drive.symbol] = complex(at, step)
    for item in solution.with_signs(signs):
        symbols = sorted(item.expression.free_symbols, key=str)
        values[item.symbol] = sp.lambdify(symbols, item.expression, "numpy")(*[values[symbol] for symbol in symbols])
    symbols = sorted(expression.free_symbols, key=str)
    return complex(sp.lambdify(symbols, expression, "numpy")(*[values[symbol] for symbol in symbols])).imag / step


def test_velocity_ratios_of_all_points_against_the_complex_step(lock):
    positions = Positions(lock)
    solution, mode = positions.solution, positions.selected
    for name, place in solution.points.items():
        ratios = compile_solution(solution, mode.signs, list(solution.point_ratio(name)))(np.array([positions.drive_value]))[:, 0]
        for coordinate, ratio in zip(place, ratios, strict=True):
            expected = (
                complex_step(solution, mode.signs, sp.sympify(coordinate), positions.drive_value)
                if sp.sympify(coordinate).free_symbols
                else 0.0
            )
            assert ratio == pytest.approx(expected, rel=1e-10, abs=1e-10)


def test_symbolic_ratios_agree_with_the_constraint_equations(lock):
    positions = Positions(lock)
    mode, where = positions.selected, positions.drive_value + np.linspace(-0.01, 0.01, 5)
    q = positions.at(mode, where)
    v = velocity.rates(positions.constraints, q)
    bodies = positions.constraints.bodies
    table = compile_solution(positions.solution, mode.signs, [positions.solution.velocity_ratio(body) for body in bodies])(where)
    assert table == pytest.approx(v[:, 2::3].T, rel=1e-9, abs=1e-11)


@settings(max_examples=20, deadline=None)
@given(st.floats(20.0, 60.0), st.floats(80.0, 150.0), st.floats(60.0, 120.0), st.floats(80.0, 140.0), st.floats(-180.0, 180.0))
def test_accelerations_of_random_four_bars_against_finite_differences(make, parts, a, b, c, d, angle):
    positions = Positions(make(parts.four_bar(a, b, c, d, angle)))
    mode, h = positions.modes[0], 1e-4
    where = np.radians(angle) + h * np.array([-2, -1, 0, 1, 2])
    q = positions.at(mode, where)
    assume(np.isfinite(q).all())
    v = velocity.rates(positions.constraints, q)
    assume(np.isfinite(v).all() and np.abs(v[:, 2::3]).max() < 10.0)
    second = velocity.second_rates(positions.constraints, q, v)
    numeric = (v[0] - 8 * v[1] + 8 * v[3] - v[4]) / (12 * h)
    assert second[2] == pytest.approx(numeric, rel=1e-5, abs=1e-4 * np.abs(second[2]).max() + 1e-6)


def test_acceleration_with_coriolis_of_a_quick_return(make, parts):
    """Crank in a slotted arm: the arm's second rate against the derivative of its closed form."""
    bodies = {
        "ground": {"O": parts.mm(0, 0), "G": parts.mm(0, -200)},
        "crank": {"O": parts.mm(0, 0), "K": parts.mm(100, 0)},
        "arm": {"G": parts.mm(0, 0), "T": parts.mm(400, 0)},
    }
    joints = [
        parts.pin("O", "ground.O", "crank.O"),
        parts.pin("G", "ground.G", "arm.G"),
        {"name": "slot", "type": "pin_in_slot", "of": ["arm.G", "crank.K"]},
    ]
    drive = {"joint": "O", "value": "20 deg", "rate": "3 rad/s"}
    result = kinematics(make(parts.data(bodies, joints, drive, assembly={"arm": "60 deg"})))
    t = sp.Symbol("t")
    angle = sp.atan2(200 + 100 * sp.sin(t), 100 * sp.cos(t))
    at = {t: np.radians(20.0)}
    assert result.selected.angles["arm"][0] == pytest.approx(float(angle.subs(at)))
    assert result.selected.omega["arm"][0] == pytest.approx(3.0 * float(sp.diff(angle, t).subs(at)), rel=1e-12)
    assert result.selected.alpha["arm"][0] == pytest.approx(9.0 * float(sp.diff(angle, t, 2).subs(at)), rel=1e-11)
    assert [centre.body for centre in result.dead_centres if centre.kind == "output"] == ["arm", "arm"]


def test_dead_centres_to_the_last_digits(make, parts):
    """Crank and coupler in line: the triangle O2, B, O4 gives the angle in closed form."""
    a, b, c, d = 40.0, 120.0, 80.0, 100.0
    found = dead_centres(positions := Positions(make(parts.four_bar(a, b, c, d, 40.0))), positions.selected)
    angles = sorted(centre.drive for centre in found if centre.kind == "output")
    outer = np.arccos(((a + b) ** 2 + d**2 - c**2) / (2 * (a + b) * d))
    inner = np.arccos(((b - a) ** 2 + d**2 - c**2) / (2 * (b - a) * d)) - np.pi
    assert angles == pytest.approx(sorted([outer, inner]), abs=2e-15)


def test_limits_of_travel_to_the_last_digits(make, parts):
    """A non-Grashof rocker: coupler and rocker in line where the base is as long as both together."""
    positions = Positions(make(parts.four_bar(100.0, 40.0, 60.0, 130.0, 30.0)))
    (interval,) = reachable(positions, positions.modes[0])
    assert interval.high == pytest.approx(np.arccos(0.65), abs=1e-14)
    limits = [centre for centre in dead_centres(positions, positions.selected) if centre.kind == "drive_limit"]
    assert len(limits) == 2
    assert np.isfinite(positions.at(positions.modes[0], np.array([interval.high]))).all()


def test_the_reference_lock_stands_where_its_file_says():
    positions = Positions(lock_file("ref_sixbar_crank_stop"))
    centres = {centre.body: np.degrees(centre.drive) for centre in dead_centres(positions, positions.selected)}
    assert centres["hook"] == pytest.approx(164.43, abs=0.005)
    positions = Positions(lock_file("ref_sixbar_rod_stop"))
    centres = {centre.body: centre.drive for centre in dead_centres(positions, positions.selected)}
    assert centres["hook"] == pytest.approx(99.167, abs=0.001)


def test_points_of_a_sweep_stay_on_their_body():
    result = kinematics(lock_file("contract_fourbar"), sweep=(0.0, 1.0, 11))
    points = result.selected.points
    length = np.linalg.norm(points[PointName("hook", "P")] - points[PointName("hook", "O4")], axis=1)
    assert length == pytest.approx(np.hypot(120.0, 10.0), rel=1e-13)


def test_a_drive_position_keeps_the_mode_of_the_file():
    """At 200 deg the file's rough angles are nearer to the other mode, but the linkage gets there in its own."""
    mechanism = lock_file("contract_fourbar")
    swept = kinematics(mechanism, sweep="40 deg:200 deg:161").selected.angles["hook"][-1]
    assert kinematics(mechanism, drive="200 deg").selected.angles["hook"][0] == pytest.approx(swept, abs=1e-12)


def test_a_drive_position_out_of_reach(make, parts):
    with pytest.raises(InputError, match=r"--drive.*it can go from -49\.4584 to 49\.4584 deg"):
        kinematics(make(parts.four_bar(100.0, 40.0, 60.0, 130.0, 30.0)), drive="90 deg")


def test_a_gap_narrower_than_the_search_is_seen(make, parts):
    """A crank that just cannot pass: coupler and rocker are 0.01 um too unequal over 0.05 deg of a turn."""
    a, b, c, d, turn = 50.0, 120.0, 80.0, 90.0 - 1e-5, np.radians(0.11)
    values = parts.four_bar(a, b, c, d, 60.0)
    values["bodies"]["ground"]["points"]["O4"] = parts.mm(float(d * np.cos(turn)), float(d * np.sin(turn)))
    positions = Positions(make(values))
    (interval,) = reachable(positions, positions.selected)
    half = np.arccos((a**2 + d**2 - (b - c) ** 2) / (2 * a * d))
    assert not interval.full
    assert interval.low == pytest.approx(turn + half, abs=1e-9)
    assert interval.high == pytest.approx(turn - half + 2 * np.pi, abs=1e-9)
