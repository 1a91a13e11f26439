"""Forces in motion against energy balances, pendulums and free bodies by hand; poles against Kennedy; curvature of paths."""

from __future__ import annotations

import itertools
import json

import numpy as np
import pytest

from mechlock.cli.main import run
from mechlock.errors import InputError
from mechlock.linkage.instant_centres import coupler_curves, instant_centres
from mechlock.linkage.kinematics import kinematics
from mechlock.linkage.kinetostatics import kinetostatics
from mechlock.linkage.loading import Loading
from mechlock.linkage.mechanism import PointName
from mechlock.linkage.positions import Positions

WEIGHTS = {
    "crank": {"mass": "2 kg", "centre": ["20 mm", "3 mm"], "inertia": "0.001 kg*m**2"},
    "coupler": {"mass": "1 kg", "centre": ["60 mm", "10 mm"], "inertia": "0.003 kg*m**2"},
    "rocker": {"mass": "3 kg", "centre": ["30 mm", "-5 mm"], "inertia": "0.002 kg*m**2"},
}


def press(parts, theta=50.0, **more):
    values = parts.four_bar(40.0, 120.0, 80.0, 100.0, theta)
    for body, entry in WEIGHTS.items():
        values["bodies"][body] |= entry
    values["bodies"]["ground"]["points"]["W"] = parts.mm(-60.0, 30.0)
    values["gravity"] = {"magnitude": "1 g", "direction": "-80 deg"}
    values["springs"] = [
        {"name": "return", "of": ["ground.W", "rocker.B"], "free_length": "150 mm", "rate": "5 N/mm", "preload": "20 N"}
    ]
    values["torsion_springs"] = [
        {"name": "twist", "joint": "A", "free_angle": "-70 deg", "rate": "3 N*m/rad", "preload": "0.4 N*m"}
    ]
    values["forces"] = [{"name": "work", "body": "coupler", "point": "P", "force": ["-200 N", "50 N"], "torque": "1 N*m"}]
    values["actuators"] = [{"name": "ram", "of": ["ground.W", "coupler.P"], "force": "80 N"}]
    values["drive"] |= {"rate": "30 rad/s", "acceleration": "400 rad/s**2"} | more
    return values


@pytest.mark.parametrize("theta", [10.0, 50.0, 140.0, -100.0])
def test_the_drives_power_is_the_change_of_energy(make, parts, theta):
    """d(T + V)/dt by differences in time of the energies alone, along the given motion."""
    positions = Positions(make(press(parts, theta)))
    loading = Loading(positions)
    from mechlock.linkage import velocity

    def energy(t):
        drive = np.radians(theta) + 30.0 * t + 200.0 * t**2
        q = positions.at(positions.selected, drive)
        v = velocity.rates(positions.constraints, q) * (30.0 + 400.0 * t)[:, None]
        return loading.kinetic_energy(q, v) + loading.potential_energy(q)

    h = 1e-5
    rate = (energy(np.array([h])) - energy(np.array([-h])))[0] / (2 * h)
    q = positions.at(positions.selected, np.array([np.radians(theta)]))
    effort = kinetostatics(positions, q).drive_effort[0]
    assert effort * 30.0 == pytest.approx(rate, rel=1e-6)


def test_every_body_obeys_newton(make, parts):
    """Sum of joint forces, weight and the given forces is mass times acceleration of the centre, found by differences."""
    mechanism = make(press(parts, 70.0))
    positions = Positions(mechanism)
    h = 1e-4
    t = np.array([-h, 0.0, h])
    drive = np.radians(70.0) + 30.0 * t + 200.0 * t**2
    q = positions.at(positions.selected, drive)
    found = kinetostatics(positions, q[1:2])
    row = 3 * positions.constraints.bodies.index("rocker")
    c, s = np.cos(q[:, row + 2]), np.sin(q[:, row + 2])
    centre = q[:, row : row + 2] + np.stack([30.0 * c + 5.0 * s, 30.0 * s - 5.0 * c], axis=1)
    acceleration = (centre[2] - 2 * centre[1] + centre[0]) / h**2
    spring = positions.points(q[1:2])
    along = spring[PointName("ground", "W")][0] - spring[PointName("rocker", "B")][0]
    length = np.linalg.norm(along)
    pull = (20.0 + 5.0 * (length - 150.0)) * along / length
    weight = 0.003 * 9806.65 * np.array([np.cos(np.radians(-80.0)), np.sin(np.radians(-80.0))])
    joints = found.joints["B"].on_body("rocker")[0] + found.joints["O4"].on_body("rocker")[0]
    assert joints + pull + weight == pytest.approx(0.003 * acceleration, rel=1e-4, abs=0.05)


def pendulum(parts, **more):
    bodies = {"ground": {"O": parts.mm(0, 0)}, "arm": {"O": parts.mm(0, 0), "T": parts.mm(200, 0)}}
    values = parts.data(bodies, [parts.pin("O", "ground.O", "arm.O")], {"joint": "O", "value": "30 deg"} | more)
    values["bodies"]["arm"] |= {"mass": "2 kg", "centre": parts.mm(150, 0), "inertia": "0.01 kg*m**2"}
    values["gravity"] = {"magnitude": "1 g", "direction": "-90 deg"}
    return values


def test_a_driven_pendulum_by_hand(make, parts):
    mechanism = make(pendulum(parts, rate="5 rad/s", acceleration="7 rad/s**2"))
    positions = Positions(mechanism)
    found = kinetostatics(positions, positions.at(positions.selected, np.array([np.radians(30.0)])))
    m, r, g = 0.002, 150.0, 9806.65
    c, s = np.cos(np.radians(30.0)), np.sin(np.radians(30.0))
    assert found.drive_effort[0] == pytest.approx((10.0 + m * r**2) * 7.0 + m * g * r * c)  # 0.01 kg m² is 10 t mm²
    centre = r * np.array([-25.0 * c - 7.0 * s, -25.0 * s + 7.0 * c])
    assert found.joints["O"].on_body("arm")[0] == pytest.approx(m * centre + np.array([0.0, m * g]))
    assert found.kinetic[0] == pytest.approx(0.5 * (10.0 + m * r**2) * 25.0)


@pytest.mark.parametrize(("acts", "pull"), [("both", -50.0), ("pull", 0.0), ("push", -50.0)])
def test_springs_that_act_one_way(make, parts, acts, pull):
    values = pendulum(parts)
    values["bodies"]["ground"]["points"]["W"] = parts.mm(200.0 * 3**0.5 / 2, 190.0)
    values["springs"] = [{"name": "buffer", "of": ["ground.W", "arm.T"], "free_length": "100 mm", "rate": "5 N/mm", "acts": acts}]
    positions = Positions(make(values))
    found = kinetostatics(positions, positions.at(positions.selected, np.array([np.radians(30.0)])))
    assert found.springs["buffer"][0][0] == pytest.approx(90.0)
    assert found.springs["buffer"][1][0] == pytest.approx(pull)


def test_friction_takes_power_from_the_drive(make, parts):
    values = press(parts, 50.0)
    for joint in values["joints"]:
        joint |= {"pin_radius": "8 mm", "friction": 0.15}
    positions = Positions(make(values))
    q = positions.at(positions.selected, np.radians([20.0, 50.0, 120.0]))
    found = kinetostatics(positions, q)
    assert np.all(found.with_friction[1] > found.drive_effort)
    assert np.all(found.with_friction[-1] < found.drive_effort)


def test_poles_of_three_bodies_lie_on_a_line(make, parts):
    """Kennedy's theorem, for all triples of a four-bar and a slider-crank."""
    positions = Positions(make(press(parts, 65.0)))
    q = positions.at(positions.selected, np.array([np.radians(65.0)]))
    at = {frozenset(pole.bodies): pole.at[0] for pole in instant_centres(positions, q)}
    assert len(at) == 6
    for a, b, c in itertools.combinations(["ground", "crank", "coupler", "rocker"], 3):
        p, r, s = at[frozenset((a, b))], at[frozenset((b, c))], at[frozenset((a, c))]
        u, w = r - p, s - p
        assert abs(u[0] * w[1] - u[1] * w[0]) < 1e-9 * np.linalg.norm(u) * np.linalg.norm(w)


def test_the_pole_of_a_coupler_is_where_crank_and_rocker_meet(make, parts):
    positions = Positions(make(press(parts, 65.0)))
    q = positions.at(positions.selected, np.array([np.radians(65.0)]))
    pole = next(p for p in instant_centres(positions, q) if p.bodies == ("ground", "coupler")).at[0]
    points = {str(name): place[0] for name, place in positions.points(q).items()}
    for pivot, pin in (("crank.O2", "crank.A"), ("rocker.O4", "rocker.B")):
        u, w = points[pin] - points[pivot], pole - points[pivot]
        assert abs(u[0] * w[1] - u[1] * w[0]) < 1e-9 * np.linalg.norm(u) * np.linalg.norm(w)


def test_curvature_of_a_coupler_curve_is_that_of_the_circle_through_three_points(make, parts):
    positions = Positions(make(press(parts, 65.0)))
    drive = np.radians(65.0) + np.array([-2e-4, 0.0, 2e-4])
    q = positions.at(positions.selected, drive)
    point = PointName("coupler", "P")
    a, b, c = positions.points(q)[point]
    cross = (b - a)[0] * (c - a)[1] - (b - a)[1] * (c - a)[0]
    expected = 2 * cross / (np.linalg.norm(b - a) * np.linalg.norm(c - b) * np.linalg.norm(c - a))
    curve = coupler_curves(positions, q[1:2])[point]
    assert curve.curvature[0] == pytest.approx(expected, rel=1e-4)
    assert curve.tangent[0] == pytest.approx(np.arctan2(*(c - a)[::-1]), abs=1e-6)


def test_a_whole_turn_of_the_crank_pin_measures_its_circle(make, parts):
    values = parts.four_bar(40.0, 120.0, 80.0, 100.0, 50.0)
    result = kinematics(make(values), sweep=(0.0, 2 * np.pi, 4001))
    curve = coupler_curves(result.positions, result.selected.q)[PointName("coupler", "A")]
    assert curve.length == pytest.approx(2 * np.pi * 40.0, rel=1e-6)
    assert curve.curvature == pytest.approx(1 / 40.0)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"springs": [{"name": "x", "of": ["ground.O2", "ground.O4"], "free_length": "1 mm", "rate": "1 N/mm"}]}, "both ends"),
        ({"torsion_springs": [{"name": "x", "joint": "Q", "free_angle": "1 deg", "rate": "1 N*m/rad"}]}, "no revolute joint"),
        ({"forces": [{"name": "x", "body": "lever", "torque": "1 N*m"}]}, "unknown body 'lever'"),
        ({"forces": [{"name": "x", "body": "crank", "point": "A"}]}, "needs a point and a force"),
        ({"actuators": [{"name": "return", "of": ["ground.O2", "rocker.B"], "force": "1 N"}]}, "two springs or forces"),
    ],
)
def test_bad_actions_are_named(make, parts, change, match):
    with pytest.raises(InputError, match=match):
        make(press(parts) | change)


def test_forces_reach_the_command(capsys):
    from mechlock.resources import folder

    path = str(folder("geometry") / "locks" / "var_i_fourbar.toml")
    assert run(["kinematics", path, "--load", "parked", "--json", "--quiet"]) == 0
    record = json.loads(capsys.readouterr().out)
    forces = record["forces"]
    assert forces["drive_effort_with_friction_decreasing_N_m"] < forces["drive_effort_N_m"]
    assert forces["joints"]["H"]["size_N"] > 6e4
    assert any(pole["bodies"] == ["ground", "hook"] for pole in record["instant_centres"])
    assert run(["kinematics", path, "--load", "nothing"]) == 2
    assert "parked" in capsys.readouterr().err


def test_masses_of_the_solids_and_poles_reach_the_command(capsys, tmp_path):
    from mechlock.resources import folder

    locks = folder("geometry") / "locks"
    moving = tmp_path / "moving.toml"
    text = (locks / "reference.toml").read_text(encoding="utf-8")
    moving.write_text(text.replace("[drive]\n", '[drive]\nrate = "1 rad/s"\n'), encoding="utf-8")
    words = ["kinematics", str(moving), "--parts", str(locks / "reference_parts.toml"), "--json", "--quiet"]
    picture = tmp_path / "lock.svg"
    assert run([*words, "--plot", str(picture), "--poles"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["forces"]["kinetic_energy_J"] > 0.0
    assert picture.stat().st_size > 10_000
    (low, high), *_ = record["modes"][0]["reach_deg"]
    limits = [centre["drive_deg"] for centre in record["dead_centres"] if centre["kind"] == "drive_limit"]
    assert sorted([low, high - 360.0]) == pytest.approx(sorted(limits), abs=1e-9)


def test_part_masses_add_up(make):
    """The lock's bodies carry what its parts weigh, and Steiner's theorem holds against a sum over the parts."""
    from mechlock.inputs.linkage import read_linkage
    from mechlock.inputs.lockparts import read_lock_parts
    from mechlock.resources import folder
    from mechlock.solids.lock import build_lock
    from mechlock.solids.lock_masses import with_part_masses

    locks = folder("geometry") / "locks"
    lock = build_lock(read_linkage(locks / "reference.toml"), read_lock_parts(locks / "reference_parts.toml"))
    masses = with_part_masses(lock).actions.masses
    own = [lock.mass_properties(part) for part in lock.parts if part.body == "link"]
    assert len(own) >= 2
    assert masses["link"].mass == pytest.approx(sum(part.mass for part in own))
    about_origin = sum(part.inertia[2, 2] + part.mass * np.hypot(*part.centre[:2]) ** 2 for part in own)
    centre = np.array([float(c) for c in masses["link"].centre])
    assert masses["link"].inertia + masses["link"].mass * np.sum(centre**2) == pytest.approx(about_origin)
