"""Ride models: closed forms, equilibrium, lift-off checked by energy, momentum and another integrator."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from mechlock.errors import InputError
from mechlock.loads.linear_ride import natural_modes, road_transfer, white_road_response
from mechlock.loads.ride import drive, largest_step, wheel_heights
from mechlock.loads.road_events import road_event, with_events
from mechlock.loads.roads import RoadProfile, RoadSpectrum, generate, road_class
from mechlock.loads.vehicles import full_truck, half_truck, quarter_vehicle, standard_vehicle

G = 9806.65
CAR = quarter_vehicle(0.4, 0.05, 20.0, 1.5, 200.0)
FRONT = standard_vehicle("heavy_dump_quarter_front_8x4_default")
REAR = standard_vehicle("heavy_dump_quarter_rear_tandem_default")


def test_quarter_car_closed_form():
    level = RoadSpectrum(64e3).velocity_level(20e3)
    found = white_road_response(CAR, level)
    acceleration = math.sqrt(level / 4 * (200.0 * 1.5 / 0.4**2 + 20.0**2 * 0.45 / (1.5 * 0.4**2)))
    assert found.body_acceleration == pytest.approx(acceleration)
    assert found.suspension_travel == pytest.approx(math.sqrt(level / 4 * 0.45 / 1.5))
    assert found.tyre_force == pytest.approx(444.629, rel=1e-4)


def test_frequencies_of_the_default_trucks_are_those_of_the_data():
    assert natural_modes(FRONT)[0] == pytest.approx([1.33, 9.31], rel=0.01)
    assert natural_modes(REAR)[0] == pytest.approx([1.5, 11.6], rel=0.02)


def test_wheels_carry_the_weight():
    assert CAR.static_wheel_load == pytest.approx([0.45 * G])
    truck = half_truck(FRONT, REAR, 4500.0)
    assert truck.static_wheel_load == pytest.approx([(3.3 + 0.38) * G, (8.5 + 0.6) * G], rel=0.05)
    assert truck.static_wheel_load.sum() == pytest.approx((3.3 + 0.38 + 8.5 + 0.6) * G)
    full = full_truck(FRONT, REAR, 4500.0, 2000.0, 2e10)
    assert full.static_wheel_load.sum() == pytest.approx(2 * (3.3 + 0.38 + 8.5 + 0.6) * G)


def test_independent_axles_when_the_pitch_inertia_says_so():
    frequencies = natural_modes(half_truck(FRONT, REAR, 4500.0, 1.0))[0]
    both = np.sort(np.concatenate([natural_modes(FRONT)[0], natural_modes(REAR)[0]]))
    assert frequencies == pytest.approx(both)


def test_soft_frame_twists_and_stiff_one_rolls_as_one():
    road = np.zeros((4, 4001))
    road[0] = 100.0  # left front wheel stands 100 mm high
    for stiffness, twist in ((1e3, True), (1e16, False)):
        truck = full_truck(FRONT, REAR, 4500.0, 2000.0, stiffness)
        _, _, matrix = truck.matrices
        rolls = np.linalg.solve(matrix, np.concatenate([np.zeros(4), truck.tyre * [100.0, 0, 0, 0]]))[2:4]
        assert (abs(rolls[0] - rolls[1]) > 0.9 * abs(rolls[0])) == twist


def test_ride_over_small_waves_is_the_transfer_function():
    """Steady swing on a sine small enough never to lift a tyre."""
    frequency, amplitude = 3.0, 2.0
    step = largest_step(CAR)
    time = step * np.arange(round(12.0 / step))
    heights = amplitude * np.sin(2 * math.pi * frequency * time)[:, None]
    ride = drive(CAR, heights, step)
    last = ride.body[0, time > 8.0, 0]
    assert np.abs(last).max() == pytest.approx(amplitude * abs(road_transfer(CAR, [frequency])[0, 0, 0]), rel=5e-3)
    assert ride.lifted_fraction.max() == 0.0


def hump(height):
    road = RoadProfile(10.0, np.zeros(6000), np.zeros(6000))
    return with_events(road, [road_event("cosine_hump", height, 1500.0, 5000.0)])


def test_lift_off_agrees_with_a_general_integrator():
    vehicle = replace(CAR, travel=np.array([60.0]), stop=np.array([400.0]))
    step, speed = 2.5e-4, 8000.0
    heights = wheel_heights(vehicle, hump(150.0), speed, 2.0, step)
    ride = drive(vehicle, heights, step)
    assert ride.lifted_fraction.max() > 0.02
    time = step * np.arange(len(heights))
    load = float(vehicle.static_wheel_load[0])

    def slope(t, x):
        body, wheel, vb, vw = x
        travel = body - wheel
        over = math.copysign(max(0.0, abs(travel) - 60.0), travel)
        between = 20.0 * travel + 1.5 * (vb - vw) + 400.0 * over
        tyre = max(-load, 200.0 * (np.interp(t, time, heights[:, 0]) - wheel))
        return [vb, vw, -between / 0.4, (between + tyre) / 0.05]

    other = solve_ivp(slope, (0, 2.0), np.zeros(4), t_eval=time, max_step=5e-4, rtol=1e-8, atol=1e-8)
    assert ride.body[0, :, 0] == pytest.approx(other.y[0], abs=2e-3 * np.abs(other.y[0]).max())
    assert ride.suspension_travel.min() < -60.0


def test_a_lifted_wheel_falls_freely():
    step, speed = 2.5e-4, 8000.0
    ride = drive(CAR, wheel_heights(CAR, hump(250.0), speed, 2.0, step), step)
    lifted = ride.tyre_force[0, :, 0] <= 0.0
    inner = lifted & np.roll(lifted, 1) & np.roll(lifted, -1)
    wheel = ride.body[0, :, 0] - ride.suspension_travel[0, :, 0]
    centre = 0.4 * ride.body[0, :, 0] + 0.05 * wheel
    acceleration = np.gradient(np.gradient(centre, step), step) / 0.45
    inner &= np.roll(lifted, 2) & np.roll(lifted, -2)
    assert inner.sum() > 20
    assert acceleration[inner] == pytest.approx(-G, rel=2e-3)


def test_linear_model_pulls_where_the_true_one_lifts():
    step = largest_step(CAR)
    heights = wheel_heights(CAR, hump(250.0), 8000.0, 2.0, step)
    assert drive(CAR, heights, step, lift_off=False).tyre_force.min() < 0.0
    assert drive(CAR, heights, step).tyre_force.min() == 0.0


def test_drives_side_by_side_equal_each_alone():
    step = largest_step(CAR)
    heights = np.stack([wheel_heights(CAR, hump(h), 8000.0, 1.0, step) for h in (50.0, 200.0)])
    both = drive(CAR, heights, step)
    for index in range(2):
        assert both.body[index] == pytest.approx(drive(CAR, heights[index], step).body[0], abs=1e-9)


def test_simulated_ride_has_the_rms_of_the_closed_form():
    speed = 20e3
    road = generate(RoadSpectrum(16e3), 3e6, 100.0, seed=5, band=(0.005e-3, 4e-3))
    step = largest_step(CAR)
    ride = drive(CAR, wheel_heights(replace(CAR, side=("left",)), road, speed, 140.0, step), step)
    exact = white_road_response(CAR, RoadSpectrum(16e3).velocity_level(speed))
    assert ride.body_acceleration[0, 4000:, 0].std() == pytest.approx(exact.body_acceleration, rel=0.06)


def test_rear_axle_follows_the_front_by_the_wheelbase():
    truck = half_truck(FRONT, REAR, 4500.0)
    heights = wheel_heights(truck, hump(100.0), 9000.0, 3.0, 1e-3)
    assert np.argmax(heights[:, 1]) - np.argmax(heights[:, 0]) == pytest.approx(500, abs=2)


def test_class_d_tyre_forces_stand_near_the_published_haul_truck():
    """1.6 times the static load over class D (Kansake and Frimpong 2020); three sigma of the default front wheel: 1.7."""
    level = road_class("D").velocity_level(40e6 / 3600)
    ratio = white_road_response(FRONT, level).tyre_force / FRONT.static_wheel_load[0]
    assert ratio == pytest.approx(0.23, abs=0.01)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: quarter_vehicle(0.0, 0.1, 1.0, 1.0, 1.0), "sprung is 0.0"),
        (lambda: drive(CAR, np.zeros((10, 2)), 1e-4), "is needed"),
        (lambda: drive(CAR, np.zeros((10, 1)), 1.0), "take at most"),
        (lambda: wheel_heights(CAR, hump(1.0), 0.0, 1.0, 1e-3), "speed"),
        (lambda: half_truck(half_truck(FRONT, REAR, 4500.0), REAR, 4500.0), "not a quarter vehicle"),
        (lambda: standard_vehicle("tractor"), "no vehicle is called"),
    ],
)
def test_wrong_vehicles_and_drives_are_refused(call, message):
    with pytest.raises(InputError, match=message):
        call()
