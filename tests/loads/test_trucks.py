"""Trucks of several solid axles: against the two-axle model, closed forms of roll, and the default truck."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from mechlock.errors import InputError
from mechlock.loads.duty import default_duty
from mechlock.loads.linear_ride import natural_modes
from mechlock.loads.ride import drive, largest_step
from mechlock.loads.trucks import Axle, axled_truck, standard_truck
from mechlock.loads.vehicles import full_truck, standard_vehicle

FRONT = standard_vehicle("heavy_dump_quarter_front_8x4_default")
REAR = standard_vehicle("heavy_dump_quarter_rear_tandem_default")


def two(spring_base: float = 2000.0, torsion: float = 1e9):
    return axled_truck((Axle(FRONT, 0.0, True), Axle(REAR, 4500.0, False)), 2000.0, spring_base, torsion, 1.0, 700.0)


def test_two_axles_with_springs_at_the_wheels_are_the_full_truck():
    other = full_truck(FRONT, REAR, 4500.0, 2000.0, 1e9)
    for mine, theirs in zip(two().matrices, other.matrices, strict=True):
        assert mine == pytest.approx(theirs, abs=1e-9 * np.abs(theirs).max())
    assert two().delay == pytest.approx(other.delay)


def test_roll_stiffness_falls_with_the_square_of_the_spring_base():
    """On a rigid frame and rigid tyres the body rolls on its springs: omega² = k b² / (2 I)."""
    stiff = [replace(wheel, tyre=np.full(1, 1e9)) for wheel in (FRONT, REAR)]
    for base in (900.0, 2000.0):
        truck = axled_truck((Axle(stiff[0], 0.0, True), Axle(stiff[1], 4500.0, False)), 2000.0, base, 1e18, 1.0, 700.0)
        roll = sum(float(wheel.spring[0]) for wheel in stiff) * base**2 / 2.0
        inertia = 2.0 * sum(float(wheel.gravity_row[0]) for wheel in stiff) * 700.0**2
        frequency = math.sqrt(roll / inertia) / (2.0 * math.pi)
        assert np.abs(natural_modes(truck)[0] / frequency - 1.0).min() < 1e-3


def test_wheels_carry_the_weight_and_a_level_road_does_not_roll():
    truck = standard_truck().vehicle
    mass = 4 * (3.3 + 0.38) + 4 * (8.5 + 0.6)
    assert truck.static_wheel_load.sum() == pytest.approx(mass * 9806.65, rel=1e-6)
    step = largest_step(truck)
    heights = np.repeat(20.0 * np.sin(np.arange(400) * step * 6.0)[:, None], 8, axis=1)
    body = drive(truck, heights, step).body[0]
    assert np.abs(body[:, 2:]).max() < 1e-9 * np.abs(body[:, 0]).max()


def test_one_wheel_up_rolls_and_twists_the_frame():
    truck = standard_truck().vehicle
    _, _, stiffness = truck.matrices
    push = np.zeros(12)
    push[4] = truck.tyre[0] * 50.0
    state = np.linalg.solve(stiffness, push)
    assert state[0] > 0.0
    assert state[2] > state[3] > 0.0


def test_suspension_stops_are_felt():
    """A quasi-static lift of one wheel beyond the travel is followed by the stop, and forces stay in balance."""
    truck = standard_truck(empty=True).vehicle
    step = largest_step(truck)
    heights = np.zeros((3000, 8))
    heights[:, 0] = 400.0 * np.minimum(np.arange(3000) / 2500.0, 1.0)
    ride = drive(truck, heights, step)
    assert np.abs(ride.suspension_travel).max() > 100.0
    total = ride.tyre_force[0, -1].sum() / 9806.65
    assert total == pytest.approx(float(truck.gravity_row[0] + truck.wheel_mass.sum()), rel=0.1)


def test_pack_stands_behind_the_cab():
    laden, empty = standard_truck(), standard_truck(empty=True)
    assert laden.ahead > empty.ahead > 0.0
    assert 1.0 / laden.rails.twist == pytest.approx(5050.0)
    with pytest.raises(InputError, match="truck"):
        standard_truck("no such truck")


def test_manoeuvres_of_the_default_duty_come_from_the_data():
    duty = default_duty()
    found = {item.name: item for item in duty.manoeuvres}
    assert found["braking"].acceleration[0] == pytest.approx(-0.3 * 9806.65)
    assert found["braking"].per_year == pytest.approx(100_000)
    assert found["curve"].both_ways
    assert duty.truck == "mine_tipper_8x4_default"


def test_duty_files_have_a_schema_for_editors(capsys):
    from mechlock.cli.schema import schema

    assert schema("duty") == 0
    assert '"manoeuvres"' in capsys.readouterr().out
