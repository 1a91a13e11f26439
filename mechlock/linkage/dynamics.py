"""Motion in time: does the lock stay shut while its ground is shaken? Stops, friction that sticks, springs, an energy balance.

A mechanism with one drive moves freely, rests on a stop, or sticks by friction; the times at which it changes between these
are found as events of the integration (Dormand-Prince of order 8). Impacts on stops follow Newton's rule of restitution.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from mechlock.errors import InputError, NoVerdict
from mechlock.inputs.linkage import LinkageSource
from mechlock.linkage.constraints import Array
from mechlock.linkage.kinematics import mechanism_of
from mechlock.linkage.kinetostatics import lock_loads
from mechlock.linkage.mechanism import Mechanism
from mechlock.linkage.motion import Motion
from mechlock.linkage.phases import Integration, drive_stops
from mechlock.linkage.positions import Positions
from mechlock.linkage.refusals import unreachable
from mechlock.linkage.time_history import BaseMotion, Dynamics

__all__ = ["BaseMotion", "Dynamics", "dynamics", "integrate"]

MAX_PHASES = 2000


def dynamics(
    linkage: Path | str | LinkageSource | Mechanism,
    base: BaseMotion,
    until: float,
    *,
    drive: float | None = None,
    loads: Sequence[str] = (),
) -> Dynamics:
    """Move a linkage in time while its ground is shaken.

    Parameters
    ----------
    linkage : path, LinkageSource or Mechanism
        Bodies need masses.
    base : BaseMotion
        How ground is shaken.
    until : float
        Until when (s).
    drive : float, optional
        Where it starts (rad or mm); default: the lock's stop, else the file's drive value.
    loads : sequence of str
        Loads of the lock that act all the time, at their greatest magnitude in the middle of their cone.
    """
    positions = Positions(mechanism_of(linkage))
    motion = Motion(positions, positions.selected, lock_loads(positions.mechanism, loads))
    return integrate(motion, base, until, drive=drive)


def integrate(motion: Motion, base: BaseMotion, end: float, *, drive: float | None = None, rate: float = 0.0) -> Dynamics:
    """Integrate the motion from a drive position.

    Parameters
    ----------
    motion : Motion
        The mechanism's equation of motion.
    base : BaseMotion
        How ground is shaken.
    end : float
        Until when (s).
    drive : float, optional
        Where it starts (rad or mm); default: the lock's stop, else the file's drive value.
    rate : float
        How fast it starts.

    Raises
    ------
    InputError
        When the start cannot be assembled, or lies beyond a stop.
    NoVerdict
        Where friction has no consistent solution, or the drive changes its state too often.
    """
    mechanism = motion.positions.mechanism
    default = mechanism.lock.drive.nominal if mechanism.lock is not None else motion.positions.drive_value
    start = default if drive is None else drive
    if not np.isfinite(motion.place(np.array([start]))[1]).all():
        raise unreachable(motion.positions, "the start")
    run = Integration(motion, base, drive_stops(mechanism), end)
    for way, stop in ((1, run.high), (-1, run.low)):
        if stop is not None and way * (start - stop.at) > 1e-9 * max(1.0, abs(stop.at)):
            raise InputError("the drive starts beyond its stop", f"{mechanism.where}: stops", "start on the open side of it")
    ended = _phases(run, np.array([start, rate, 0.0, 0.0, 0.0]))
    return _result(run, ended)


def _phases(run: Integration, state: Array) -> str:
    time, way = 0.0, int(np.sign(state[1]))
    for _ in range(MAX_PHASES):
        if way == 0:
            time, way = run.rest(time, float(state[0]), state[2:])
            if way == 0:
                return "time"
        time, state, event = run.free(time, state, way)
        if event == "time":
            return "time"
        if event == "break":
            continue
        if event == "limit":
            return "limit of travel"
        if event == "stop":
            state, way = run.hit(time, state, way)
        else:
            state[1], way = 0.0, 0
    raise NoVerdict(f"the drive starts and stops more than {MAX_PHASES} times: the friction or the stops are too stiff a problem")


def _result(run: Integration, ended: str) -> Dynamics:
    record, motion = run.record, run.motion
    time, drive, rate = (np.concatenate(parts) for parts in (record.time, record.drive, record.rate))
    sense, phase = np.concatenate(record.sense), np.array(record.phase)
    work, base = np.concatenate(record.work, axis=1), run.base.at(time)
    acceleration = np.zeros(len(time))
    joints = {joint.name: np.zeros(len(time)) for joint in motion.positions.constraints.joints}
    contacts = {joint.name: np.zeros(len(time)) for joint in motion.positions.mechanism.joints if joint.contact is not None}
    for way in (-1, 0, 1):
        chosen = np.flatnonzero(sense == way)
        if chosen.size:
            found = motion.solve(drive[chosen], rate[chosen], base[chosen], way, held=way == 0)
            acceleration[chosen] = found.acceleration
            for name, size in found.joints.items():
                joints[name][chosen] = size
            for name, normal in found.contacts.items():
                contacts[name][chosen] = normal
    kinetic, potential = motion.energy(drive, rate)
    return Dynamics(
        motion.positions.mechanism, time, drive, rate, acceleration, tuple(phase.tolist()), joints,
        contacts, kinetic, potential,
        work[0], work[1], work[2], np.concatenate(record.loss), tuple(run.impacts), ended,
    )  # fmt: skip
