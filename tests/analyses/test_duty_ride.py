"""Duty spectra and what arrives at the pack: bookkeeping, closed forms, the default eight years."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mechlock.analyses.duty_ride import ride_at_pack, simulate_drives, simulate_meeting
from mechlock.errors import InputError
from mechlock.loads.base_motion import base_motion
from mechlock.loads.duty import default_duty, read_duty
from mechlock.loads.linear_ride import white_road_response
from mechlock.loads.rails import rails
from mechlock.loads.ride import Ride
from mechlock.loads.roads import road_class
from mechlock.loads.trucks import Truck, standard_truck
from mechlock.loads.vehicles import full_truck, standard_vehicle

FRONT = standard_vehicle("heavy_dump_quarter_front_8x4_default")
REAR = standard_vehicle("heavy_dump_quarter_rear_tandem_default")

OWN = """
format = "mechlock-duty/1"
name = "short haul"
years = 8
distance_per_year = "50000 km"
source = "logger"
certainty = "high"
[[drives]]
road = "B"
share = 0.75
speed = "60 km/h"
[[drives]]
road = "D"
share = 0.25
speed = "30 km/h"
empty_share = 0.4
[[events]]
kind = "pothole"
height = "120 mm"
length = "800 mm"
speed = "20 km/h"
per_km = 0.5
[swaps]
per_day = 4
days_per_year = 300
"""


def write(tmp_path, text):
    path = tmp_path / "duty.toml"
    path.write_text(text)
    return path


def test_duty_file_is_split_by_load_state(tmp_path):
    duty = read_duty(write(tmp_path, OWN))
    assert [leg.empty for leg in duty.drives] == [False, False, True]
    assert [leg.distance / 1e6 for leg in duty.drives] == pytest.approx([37500, 7500, 5000])
    assert duty.meetings[0].per_year == pytest.approx(25000)
    assert duty.swaps == pytest.approx(1200)
    assert duty.drives[0].speed == pytest.approx(60e6 / 3600)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("share = 0.75", "share = 0.70", "add up to 0.95"),
        ('speed = "60 km/h"', "speed = 60", "no unit"),
        ('road = "B"', 'road = "Z"', "not allowed"),
        ('"50000 km"', '"0 km"', "greater than 0"),
        ('kind = "pothole"', 'kind = "crater"', "not allowed"),
    ],
)
def test_wrong_duty_files_are_refused(tmp_path, old, new, message):
    with pytest.raises(InputError, match=message):
        read_duty(write(tmp_path, OWN.replace(old, new)))


def test_a_duty_file_may_leave_the_rails_rigid(tmp_path):
    assert read_duty(write(tmp_path, OWN)).rails == default_duty().rails == "elastic"
    assert read_duty(write(tmp_path, f'rails = "rigid"\n{OWN}')).rails == "rigid"
    with pytest.raises(InputError, match="rails"):
        read_duty(write(tmp_path, f'rails = "soft"\n{OWN}'))


def test_default_duty_is_the_data_with_its_certainty():
    duty = default_duty()
    assert sum(leg.distance for leg in duty.drives) == pytest.approx(100_000e6)
    assert duty.certainty == "low"
    assert duty.swaps * duty.years == pytest.approx(21_120)


def quarter(wheel):
    """A truck that is one wheel with its share of the body."""
    return Truck(wheel, 0.0, rails(1.0, 1.0, 0.5), 2000.0, "")


def test_simulated_base_acceleration_is_near_the_linear_closed_form_on_a_mild_road(tmp_path):
    leg = replace(read_duty(write(tmp_path, OWN)).drives[0], road=road_class("A"))
    ((motion, lifted),) = simulate_drives(quarter(FRONT), [leg], 2e6 / leg.speed, [3])
    linear = white_road_response(FRONT, leg.road.velocity_level(leg.speed)).body_acceleration
    start = round(3.0 / motion.step)
    assert motion.acceleration[start:, 2].std() == pytest.approx(linear, rel=0.25)
    assert lifted == 0.0


def test_roads_driven_side_by_side_are_those_driven_alone():
    legs = default_duty().drives[:3:2]
    truck = standard_truck()
    together = simulate_drives(truck, legs, 2.0, [5, 6])
    alone = [simulate_drives(truck, [leg], 2.0, [seed])[0] for leg, seed in zip(legs, (5, 6), strict=True)]
    for (mine, lifted), (theirs, other) in zip(together, alone, strict=True):
        assert mine.acceleration == pytest.approx(theirs.acceleration, rel=1e-6, abs=1e-3)
        assert lifted == other


def test_event_meets_the_front_axle_first_and_leaves_it_at_rest(tmp_path):
    meeting = read_duty(write(tmp_path, OWN)).meetings[0]
    motion = simulate_meeting(standard_truck(), meeting)
    vertical = np.abs(motion.acceleration[:, 2])
    assert vertical[: round(0.4 / motion.step)].max() < 1e-6
    assert vertical[-20:].max() < 0.1 * vertical.max()


def test_ride_at_the_pack_grows_with_the_road_and_says_how_often_tyres_lift():
    mild, rough = (ride_at_pack("mine_tipper_8x4_default", road, 7e3, False, 4.0) for road in "BC")
    assert rough.vertical.rms == pytest.approx(2.0 * mild.vertical.rms, rel=0.02)
    assert rough.lifted == mild.lifted == 0.0


def test_roll_at_the_pack_lies_between_those_of_front_and_rear():
    truck = standard_truck()
    assert truck.rails.front_share == pytest.approx((6025 - 2600) / 5050)
    rates = np.zeros((1, 5, 4))
    rates[0, :, 2] = 1.0
    ride = Ride(0.01, rates, rates, np.ones((1, 5, 8)), np.ones((1, 5, 8)))
    assert base_motion(ride, 0, 0.0, truck.rails.front_share).acceleration[:, 3] == pytest.approx(truck.rails.front_share)


def test_pitch_and_twist_reach_the_base():
    truck = full_truck(FRONT, REAR, 4500.0, 2000.0, 1e10)
    from mechlock.loads.ride import drive, largest_step

    step = largest_step(truck)
    heights = np.zeros((600, 4))
    heights[:, 0] = 20.0 * np.minimum(np.arange(600) * step / 0.3, 1.0)
    ride = drive(truck, heights, step)
    motion = base_motion(ride, ahead=1000.0)
    assert motion.twist[-1] > 0
    pitch = ride.body_acceleration[0, :, 1]
    assert motion.acceleration[:, 4] == pytest.approx(-pitch)
    assert motion.acceleration[:, 2] == pytest.approx(ride.body_acceleration[0, :, 0] + 1000.0 * pitch)
