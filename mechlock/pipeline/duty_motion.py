"""The frame driven through a duty spectrum: roads, events, manoeuvres and swaps as passages of its coordinates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mechlock.analyses.duty_ride import SETTLE, simulate_drives, simulate_meeting
from mechlock.analyses.weld_life import Passage
from mechlock.loads.base_motion import BaseMotion
from mechlock.loads.duty import Drive, Duty, Recorded
from mechlock.loads.history import FloatArray
from mechlock.loads.logged import AXES
from mechlock.loads.rails import Rails
from mechlock.loads.trucks import Truck, standard_truck
from mechlock.pipeline.frame_motion import INPUTS, FrameMotion, OpenFrame, hold, move
from mechlock.pipeline.hook_series import HookSeries, hook_series

LIFTED = 0.01
"""Tyres that are off the road for a larger part of the time are named."""


@dataclass(frozen=True)
class Travel:
    """What the contacts did on one kind of driving.

    Attributes
    ----------
    name : str
    per_year : float
        Distance in mm, time in s, or how often.
    least, greatest : dict of str to float
        Force of each pad and lock in its least and its most loaded moment, N (pads: sum of their points).
    open_share : dict of str to float
        Part of the time in which a pad or lock touches nowhere.
    energy_error : float
    base : tuple of float
        RMS of what the base does: acceleration along (mm/s²) and about (rad/s²) x, y, z, and twist of the rails (rad/mm).
    """

    name: str
    per_year: float
    least: dict[str, float]
    greatest: dict[str, float]
    open_share: dict[str, float]
    energy_error: float
    base: tuple[float, ...]


@dataclass(frozen=True)
class DutyMotion:
    """The frame's coordinates on everything that a duty spectrum holds.

    Attributes
    ----------
    passages : tuple of Passage
    travels : tuple of Travel
    notes : tuple of str
    rails : Rails
        Of the truck, under the pack.
    hooks : tuple of HookSeries
        Of everything that is driven, and of the manoeuvres.
    """

    passages: tuple[Passage, ...]
    travels: tuple[Travel, ...]
    notes: tuple[str, ...]
    rails: Rails
    hooks: tuple[HookSeries, ...]


def duty_motion(
    frame: OpenFrame, duty: Duty, sample: float, progress: Callable[[str], None] = lambda message: None, seed: int = 1
) -> DutyMotion:
    """Drive the frame for a while on every road, over every event and through every manoeuvre.

    Parameters
    ----------
    frame : OpenFrame
    duty : Duty
    sample : float
        How long every kind of road is driven, s.
    progress : callable
    seed : int
        Of the roads.
    """
    brace = None if duty.rails == "rigid" else frame.dynamics.brace
    trucks = {empty: standard_truck(duty.truck, empty, brace=brace) for empty in (False, True)}
    passages: list[Passage] = []
    travels: list[Travel] = []
    notes: list[str] = []
    hooks: list[HookSeries] = []
    for leg, motion, lifted in _driven(trucks, duty, sample, seed, progress):
        progress(f"life: frame on {leg.name}")
        start = round(SETTLE / motion.step)
        found = move(frame, motion.step, _inputs(motion, trucks[leg.empty]))
        settled = start * round(motion.step / found.step)
        per_year = leg.distance / (sample * leg.speed)
        passages.append(Passage(leg.name, "road", found.coordinates[settled:], found.step, per_year))
        travels.append(travel(frame, leg.name, leg.distance, found, settled))
        hooks.append(hook_series(frame, leg.name, found, settled))
        notes += [f"{leg.name}: a tyre is off the road {100 * lifted:.0f} % of the time"] if lifted > LIFTED else []
    for record in duty.records:
        progress(f"life: driving, {record.name}")
        notes += _coarse(frame, record)
        found = move(frame, record.step, np.pad(record.acceleration, ((0, 0), (0, INPUTS - len(AXES)))))
        duration = record.step * (len(record.acceleration) - 1)
        passages.append(Passage(record.name, "road", found.coordinates, found.step, record.time / duration))
        travels.append(travel(frame, record.name, record.time, found, 0))
        hooks.append(hook_series(frame, record.name, found))
    for meeting in duty.meetings:
        progress(f"life: driving, {meeting.event.kind}")
        motion = simulate_meeting(trucks[False], meeting)
        found = move(frame, motion.step, _inputs(motion, trucks[False]))
        passages.append(Passage(meeting.event.kind, "event", found.coordinates, found.step, meeting.per_year))
        travels.append(travel(frame, meeting.event.kind, meeting.per_year, found, 0))
        hooks.append(hook_series(frame, meeting.event.kind, found))
    for item in duty.manoeuvres:
        passage, held = _manoeuvre(frame, item.name, item.acceleration, item.both_ways, item.per_year)
        passages.append(passage)
        hooks.append(held)
    return DutyMotion(tuple(passages), tuple(travels), tuple(notes), trucks[False].rails, tuple(hooks))


def _coarse(frame: OpenFrame, record: Recorded) -> list[str]:
    """Say that a record cannot hold what the frame resonates with."""
    highest, first = 0.5 / record.step, float(frame.dynamics.basis.frequency[0])
    if highest >= first:
        return []
    return [f"{record.name}: the record ends at {highest:.3g} Hz, the first mode is at {first:.3g} Hz and is not excited by it"]


def _driven(
    trucks: dict[bool, Truck], duty: Duty, sample: float, seed: int, progress: Callable[[str], None]
) -> list[tuple[Drive, BaseMotion, float]]:
    """Every drive of a duty spectrum with what arrives at the pack; those of one load state are driven side by side."""
    found: dict[int, tuple[Drive, BaseMotion, float]] = {}
    for empty, truck in trucks.items():
        numbers = [number for number, leg in enumerate(duty.drives) if leg.empty is empty]
        if not numbers:
            continue
        legs = [duty.drives[number] for number in numbers]
        progress(f"life: truck on its roads, {'empty' if empty else 'laden'}")
        rides = simulate_drives(truck, legs, sample, [seed + number for number in numbers])
        found |= {number: (leg, *ride) for number, leg, ride in zip(numbers, legs, rides, strict=True)}
    return [found[number] for number in sorted(found)]


def _inputs(motion: BaseMotion, truck: Truck) -> FloatArray:
    return np.column_stack([motion.acceleration, motion.twist * truck.rails.twist])


def _manoeuvre(
    frame: OpenFrame, name: str, acceleration: tuple[float, float, float], both: bool, per_year: float
) -> tuple[Passage, HookSeries]:
    """From rest into the manoeuvre and back; both ways: from one side to the other, half as often."""
    signs = (1.0, -1.0) if both else (1.0,)
    held = [hold(frame, np.array([*(sign * a for a in acceleration), 0.0, 0.0, 0.0, 0.0])) for sign in signs]
    states, forces = (np.array([state[part] for state in held]) for part in (0, 1))
    hooks = hook_series(frame, name, FrameMotion(0.0, states, forces, 0.0))
    ends = states if both else np.array([states[0], np.zeros_like(states[0])])
    return Passage(name, "manoeuvre", ends, 0.0, per_year * (0.5 if both else 1.0)), hooks


def travel(frame: OpenFrame, name: str, per_year: float, found: FrameMotion, start: int) -> Travel:
    """What pads and locks did in a motion from the sample `start` on."""
    names = frame.dynamics.contact_names
    order = tuple(dict.fromkeys(names))
    member = np.array([[other == name for other in names] for name in order], dtype=float)
    force = found.force[start:] @ member.T
    modes = frame.dynamics.modes
    inputs = found.coordinates[start:, modes : modes + INPUTS]
    return Travel(
        name,
        per_year,
        dict(zip(order, force.min(axis=0).tolist(), strict=True)),
        dict(zip(order, force.max(axis=0).tolist(), strict=True)),
        dict(zip(order, np.mean(force <= 0.0, axis=0).tolist(), strict=True)),
        found.energy_error,
        tuple(np.sqrt(np.mean(inputs**2, axis=0)).tolist()),
    )
