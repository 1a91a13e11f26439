"""A truck driven over the roads and events of a duty spectrum: what arrives at the pack."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from mechlock.errors import InputError
from mechlock.loads.base_motion import BaseMotion, base_motion
from mechlock.loads.duty import Drive, Meeting
from mechlock.loads.history import history
from mechlock.loads.ride import Ride, drive, largest_step, wheel_heights
from mechlock.loads.road_events import RoadEvent, enveloped, with_events
from mechlock.loads.roads import RoadProfile, generate, road_class
from mechlock.loads.trucks import Truck, standard_truck
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
    _require_speed(speed)
    model = standard_truck(truck, empty)
    ((motion, lifted),) = simulate_drives(model, [Drive("ride", road_class(road), speed, empty, 0.0)], sample, [seed])
    start = round(SETTLE / motion.step)
    roll, pitch = motion.acceleration[start:, 3:5].std(axis=0)
    vertical = record_summary("z", history(motion.step, motion.acceleration[start:, 2]))
    twist = float(motion.twist[start:].std())
    return PackRide(vertical, float(roll), float(pitch), twist, lifted)


@dataclass(frozen=True)
class PackCrossing:
    """What arrives at the middle of the pack's lock plane while one event is driven over.

    Attributes
    ----------
    vertical : RecordSummary
    roll, pitch : float
        Greatest angular acceleration either way, rad/s².
    twist : float
        Greatest roll of the front of the frame against its rear either way, rad.
    lifted : float
        Seconds that the tyre which lifts most is off the road.
    """

    vertical: RecordSummary
    roll: float
    pitch: float
    twist: float
    lifted: float


def cross_at_pack(truck: str, event: RoadEvent, speed: float, empty: bool) -> PackCrossing:
    """Drive a truck of the data files over one event on an even road.

    Parameters
    ----------
    truck : str
        Row of the truck.
    event : RoadEvent
    speed : float
        mm/s.
    empty : bool

    Raises
    ------
    InputError
        When there is no such truck, or the speed is not positive.
    """
    _require_speed(speed)
    model = standard_truck(truck, empty)
    ride = _meeting_ride(model, Meeting(event, speed, 0.0))
    motion = base_motion(ride, 0, model.ahead, model.rails.front_share)
    roll, pitch = np.abs(motion.acceleration[:, 3:5]).max(axis=0)
    return PackCrossing(
        vertical=record_summary("z", history(motion.step, motion.acceleration[:, 2])),
        roll=float(roll),
        pitch=float(pitch),
        twist=float(np.abs(motion.twist).max()),
        lifted=float(ride.lifted_fraction.max()) * motion.step * len(motion.twist),
    )


def _require_speed(speed: float) -> None:
    if not 0.0 < speed <= _FASTEST:
        raise InputError(f"a speed of {speed * 3.6e-3:g} km/h", "ride", "give a speed up to 150 km/h such as '25 km/h'")


def simulate_drives(
    truck: Truck, legs: Sequence[Drive], sample: float, seeds: Sequence[int], lift_off: bool = True
) -> list[tuple[BaseMotion, float]]:
    """Drive a truck over several kinds of road side by side, `sample` seconds on each after it has settled.

    Returns
    -------
    list of (BaseMotion, float)
        What arrives at the pack (the seconds of settling too), and the part of the time that a tyre is off the road.
    """
    step, duration = largest_step(truck.vehicle), sample + SETTLE
    heights = [
        wheel_heights(truck.vehicle, _road(leg, duration * leg.speed, seed, truck.track), leg.speed, duration, step)
        for leg, seed in zip(legs, seeds, strict=True)
    ]
    ride = drive(truck.vehicle, np.stack(heights), step, lift_off)
    lifted = ride.lifted_fraction.max(axis=1)
    share = truck.rails.front_share
    return [(base_motion(ride, number, truck.ahead, share), float(lifted[number])) for number in range(len(legs))]


def _road(leg: Drive, length: float, seed: int, track: float) -> RoadProfile:
    return enveloped(generate(leg.road, max(length, 1.0 / BAND[0]), _SPACING, seed, track, band=BAND), CONTACT_LENGTH)


def simulate_meeting(truck: Truck, meeting: Meeting) -> BaseMotion:
    """Base motion while one event is driven over and the truck comes to rest."""
    return base_motion(_meeting_ride(truck, meeting), 0, truck.ahead, truck.rails.front_share)


def _meeting_ride(truck: Truck, meeting: Meeting) -> Ride:
    vehicle = truck.vehicle
    lead = 0.5 * meeting.speed
    behind = float(vehicle.delay.max()) + meeting.event.length + SETTLE * meeting.speed
    flat = np.zeros(math.ceil((lead + behind) / 10.0))
    event = replace(meeting.event, position=lead)
    road = enveloped(with_events(RoadProfile(10.0, flat, flat.copy()), [event]), CONTACT_LENGTH)
    step = largest_step(vehicle)
    heights = wheel_heights(vehicle, road, meeting.speed, (lead + behind) / meeting.speed, step)
    early = np.arange(len(heights))[:, None] * step * meeting.speed < vehicle.delay
    return drive(vehicle, np.where(early, 0.0, heights), step)
