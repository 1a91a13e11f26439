"""Life under a duty spectrum: road, truck, modal response of the frame, rainflow at every weld point, damage a year.

A sample of every kind of driving is simulated; its damage per distance is carried over the distance of a year.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mechlock.errors import InputError
from mechlock.life.points import damage_of_points
from mechlock.life.sn import SNCurve
from mechlock.loads.base_motion import BaseMotion, base_motion
from mechlock.loads.duty import Drive, Duty, Meeting
from mechlock.loads.history import FloatArray
from mechlock.loads.ride import Ride, drive, largest_step, wheel_heights
from mechlock.loads.road_events import enveloped, with_events
from mechlock.loads.roads import RoadProfile, generate
from mechlock.loads.vehicles import Vehicle
from mechlock.response.basis import ModalBasis
from mechlock.response.ramp import solve_oscillators

CONTACT_LENGTH = 250.0
"""Length over which a truck tyre averages the road, mm."""

BAND = (0.011e-3, 4.0e-3)
"""Spatial frequencies of simulated roads, cycles/mm."""

_SPACING = 50.0
SETTLE = 3.0
"""Seconds driven before a sample begins, in which the truck settles."""

_POINTS_PER_CYCLE = 16


@dataclass(frozen=True)
class StressModel:
    """Stresses of many points as a linear function of modes, base accelerations and twist.

    Attributes
    ----------
    basis : ModalBasis
    participation : ndarray, (m, 6)
        ``phi^T M r`` for unit base accelerations along and about x, y, z.
    modal : ndarray, (p, m)
        Stress (for welds: across the toe, hot spot) in each mode, MPa.
    direct : ndarray, (p, 6)
        Stress per unit base acceleration at once (residual vectors), MPa s²/mm and MPa s².
    twist : ndarray, (p,)
        Stress per radian of twist of the rails, MPa.
    """

    basis: ModalBasis
    participation: FloatArray
    modal: FloatArray
    direct: FloatArray
    twist: FloatArray


@dataclass(frozen=True)
class Life:
    """Damage of every point, by what caused it.

    Attributes
    ----------
    causes : tuple of str
    per_year : ndarray, (c, p)
        Damage in a year from each cause.
    years : float
        Of the duty spectrum.
    allowed : float
        Damage that is allowed.
    notes : tuple of str
        Where a method was at its limits.
    """

    causes: tuple[str, ...]
    per_year: FloatArray
    years: float
    allowed: float
    notes: tuple[str, ...]

    @property
    def damage(self) -> FloatArray:
        """Damage of each point over the whole life, (p,)."""
        return self.per_year.sum(axis=0) * self.years

    @property
    def years_to_allowed(self) -> FloatArray:
        """Years until the allowed damage is reached, (p,); infinite without damage."""
        rate = self.per_year.sum(axis=0)
        return np.where(rate > 0.0, self.allowed / np.where(rate > 0.0, rate, 1.0), math.inf)

    def worst(self, count: int = 10) -> list[tuple[int, float, str]]:
        """The `count` worst points: number, damage over the life, and the cause that does most of it."""
        order = np.argsort(-self.damage)[:count]
        return [(int(p), float(self.damage[p]), self.causes[int(self.per_year[:, p].argmax())]) for p in order]


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


def coordinates(model: StressModel, motion: BaseMotion) -> tuple[FloatArray, float]:
    """Modal displacements, base accelerations and twist over time, (n, m + 7), fine enough for the modes; and the step."""
    highest = float(model.basis.frequency.max())
    cut = max(1, math.ceil(motion.step * highest * _POINTS_PER_CYCLE))
    whole = np.column_stack([motion.acceleration, motion.twist])
    if cut > 1:
        coarse = np.arange(len(whole))
        fine = np.arange((len(whole) - 1) * cut + 1) / cut
        whole = np.column_stack([np.interp(fine, coarse, column) for column in whole.T])
    force = -whole[:, :6] @ model.participation.T
    step = motion.step / cut
    found = solve_oscillators(model.basis.frequency, model.basis.damping.viscous_equivalent, step, force)
    return np.column_stack([found.displacement, whole]), step


def assess(
    model: StressModel,
    duty: Duty,
    laden: Vehicle,
    empty: Vehicle,
    curve: SNCurve,
    strength: FloatArray | float = 1.0,
    *,
    sample: float = 1.0e6,
    ahead: float = 0.0,
    allowed: float = 0.5,
    seed: int = 1,
    progress: Callable[[str], None] | None = None,
) -> Life:
    """Damage of every point of a stress model over a duty spectrum.

    Parameters
    ----------
    model : StressModel
    duty : Duty
    laden, empty : Vehicle
        Ride models with and without payload.
    curve : SNCurve
        Of the stress range, for the points' stress.
    strength : ndarray, (p,) or float
        Factor on its ranges at each point.
    sample : float
        Distance simulated of every kind of driving, mm.
    ahead : float
        Of the pack before the truck's centre of gravity, mm.
    allowed : float
        Damage allowed (IIW: 0.5 under variable amplitudes).
    seed : int
        Of the roads.
    progress : callable, optional
        Called with what is being done.
    """
    if not sample > 0.0:
        raise InputError(f"a sample of {sample!r} mm", "life", "simulate at least some hundred metres")
    factors = np.column_stack([model.modal, model.direct, model.twist])
    causes, rows, notes = [], [], []
    for number, leg in enumerate(duty.drives):
        if progress is not None:
            progress(f"life: {leg.name}")
        motion, ride = simulate_drive(empty if leg.empty else laden, leg, sample, seed + number, ahead)
        notes += _lifts(leg.name, ride)
        rows.append(_damage(model, motion, factors, curve, strength, leg.speed) * (leg.distance / sample))
        causes.append(leg.name)
    for meeting in duty.meetings:
        if progress is not None:
            progress(f"life: {meeting.event.kind}")
        motion, ride = simulate_meeting(laden, meeting, ahead)
        notes += _lifts(meeting.event.kind, ride)
        rows.append(_damage(model, motion, factors, curve, strength, None) * meeting.per_year)
        causes.append(meeting.event.kind)
    return Life(tuple(causes), np.array(rows), duty.years, allowed, tuple(notes))


def _damage(
    model: StressModel,
    motion: BaseMotion,
    factors: FloatArray,
    curve: SNCurve,
    strength: FloatArray | float,
    speed: float | None,
) -> FloatArray:
    """Damage of one simulated stretch, (p,); on a road the seconds of settling are left out."""
    over_time, step = coordinates(model, motion)
    start = 0 if speed is None else round(SETTLE / step)
    return damage_of_points(factors, over_time[start:], curve, strength).damage


def _lifts(name: str, ride: Ride) -> Sequence[str]:
    lifted = float(ride.lifted_fraction.max())
    return [f"{name}: a tyre is off the road {100 * lifted:.0f} % of the time"] if lifted > 0.01 else []
