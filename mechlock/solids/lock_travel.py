"""What of a lock's parts meets on the way from its locked to its open position."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mechlock import units
from mechlock.errors import InputError
from mechlock.inputs.lockparts_bodies import Hook
from mechlock.solids.interference import Interference, interferences, is_clamp
from mechlock.solids.lock import Lock
from mechlock.solids.proposal_travel import open_at

STEPS = 25
"""Positions between locked and open at which parts are looked at."""


@dataclass(frozen=True)
class Travel:
    """The way of a lock's drive from locked to open.

    Attributes
    ----------
    end : float
        Drive coordinate of the open position, rad or mm.
    assumed : bool
        The parts' file names no open position; this one is where the hooks have swung clear.
    meetings : tuple of Interference
        Parts that meet on the way, without what a hook's clamp takes elastically.
    swing : dict of str to float
        How far each hook has turned in the open position, rad.
    """

    end: float
    assumed: bool
    meetings: tuple[Interference, ...]
    swing: dict[str, float]


def travel(lock: Lock, where: str = "") -> Travel:
    """Move a lock's parts from locked to open.

    Parameters
    ----------
    lock : Lock
    where : str
        The file of the parts, for messages.

    Raises
    ------
    InputError
        When the open position is no angle or length, or the linkage does not reach it.
    """
    end = opening(lock, where)
    drives = np.linspace(lock.drive, end, STEPS)
    try:
        found = interferences(lock, drives)
    except InputError as error:
        raise error.at(_key(where)) from None
    places = lock.placements(drives)
    swing = {
        name: float(np.ptp(np.unwrap([place[name].angle for place in places])[[0, -1]]))
        for name, body in lock.file.bodies.items()
        if isinstance(body, Hook)
    }
    return Travel(end, lock.file.open_at is None, tuple(row for row in found if not is_clamp(lock, row)), swing)


def opening(lock: Lock, where: str = "") -> float:
    """Return the drive coordinate (rad or mm) of a lock's open position: that of its parts' file, else a proposal.

    Raises
    ------
    InputError
        When the file's is no angle or length.
    """
    if lock.file.open_at is None:
        hooks = tuple(name for name, body in lock.file.bodies.items() if isinstance(body, Hook))
        return open_at(lock.positions, lock.drive, hooks)
    try:
        return units.parse(lock.file.open_at, "length" if lock.mechanism.drive.sliding else "angle")
    except InputError as error:
        raise error.at(_key(where)) from None


def _key(where: str) -> str:
    return f"{where}: open_at" if where else "open_at"
