"""A truck driven over the roads and events of a duty spectrum: what arrives at the pack."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from mechlock.errors import InputError
from mechlock.loads.base_motion import BaseMotion, base_motion
from mechlock.loads.duty import Drive, Meeting
from mechlock.loads.history import history
from mechlock.loads.ride import Ride, drive, largest_step, wheel_heights
from mechlock.loads.road_events import enveloped, with_events
from mechlock.loads.roads import RoadProfile, generate, road_class
from mechlock.loads.trucks import standard_truck
from mechlock.loads.vehicles import Vehicle
from mechlock.response.record import RecordSummary, record_summary

CONTACT_LENGTH = 250.0
"""Length over which a truck tyre averages the road, mm."""

BAND = (0.011e-3, 4.0e-3)
"""Spatial frequencies of simulated roads, cycles/mm."""

SETTLE = 3.0
"""Seconds driven before a sample begins, in which the truck settles."""

_SPACING = 50.0
_LONGEST = 3600.0
_FASTEST = 150.0e6 / 3600.0


@dataclass(frozen=True)
class PackRide:
    """What arrives at the middle of the pack's lock plane on one kind of road.

    Attributes
    ----------
    vertical : RecordSummary
    roll, pitch : float
        RMS of the angular acceleration, rad/s².
    twist : float
        RMS of the roll of the front of the frame against its rear, rad.
    lifted : float
        Part of the time that the tyre which lifts most is off the road.
    """

    vertical: RecordSummary
    roll: float
    pitch: float
    twist: float
    lifted: float


def ride_at_pack(truck: str, road: str, speed: float, empty: bool, sample: float, seed: int = 1) -> PackRide:
    """Drive a truck of the data files over a road of ISO 8608.

    Parameters
    ----------
    truck, road : str
        Row of the truck, and the class.
    speed : float
        mm/s.
    empty : bool
    sample : float
        s.
    seed : int

    Raises
    ------
    InputError
        When there is no such truck or class, the speed is not positive, or the sample is not between one second and an hour.
    """
    if not 1.0 <= sample <= _LONGEST:
        raise InputError(f"a sample of {sample:g} s", "ride", "drive for one second to an hour")
    if not 0.0 < speed <= _FASTEST:
        raise InputError(f"a speed of {speed * 3.6e-3:g} km/h", "ride", "give a speed up to 150 km/h such as '25 km/h'")
    model = standard_truck(truck, empty)
    leg = Drive("ride", road_class(road), speed, empty, 0.0)
    motion, found = simulate_drive(model.vehicle, leg, sample * speed, seed, model.ahead)
    start = round(SETTLE / motion.step)
    roll, pitch = motion.acceleration[start:, 3:5].std(axis=0)
    vertical = record_summary("z", history(motion.step, motion.acceleration[start:, 2]))
    twist = float(motion.twist[start:].std())
    return PackRide(vertical, float(roll), float(pitch), twist, float(found.lifted_fraction.max()))


def simulate_drive(vehicle: Vehicle, leg: Drive, sample: float, seed: int, ahead: float = 0.0) -> tuple[BaseMotion, Ride]:
    """Base motion on `sample` mm of one kind of driving (the first seconds, in which the truck settles, are driven too)."""
    length = sample + SETTLE * leg.speed
    road = enveloped(generate(leg.road, max(length, 1.0 / BAND[0]), _SPACING, seed, band=BAND), CONTACT_LENGTH)
    step = largest_step(vehicle)
    ride = drive(vehicle, wheel_heights(vehicle, road, leg.speed, length / leg.speed, step), step)
    return base_motion(ride, 0, ahead), ride


def simulate_meeting(vehicle: Vehicle, meeting: Meeting, ahead: float = 0.0) -> tuple[BaseMotion, Ride]:
    """Base motion while one event is driven over and the truck comes to rest."""
    lead = 0.5 * meeting.speed
    behind = float(vehicle.delay.max()) + meeting.event.length + SETTLE * meeting.speed
    flat = np.zeros(math.ceil((lead + behind) / 10.0))
    event = replace(meeting.event, position=lead)
    road = enveloped(with_events(RoadProfile(10.0, flat, flat.copy()), [event]), CONTACT_LENGTH)
    step = largest_step(vehicle)
    heights = wheel_heights(vehicle, road, meeting.speed, (lead + behind) / meeting.speed, step)
    early = np.arange(len(heights))[:, None] * step * meeting.speed < vehicle.delay
    ride = drive(vehicle, np.where(early, 0.0, heights), step)
    return base_motion(ride, 0, ahead), ride
