"""How far a lock whose parts are proposed opens: until its hooks have swung clear, or a share of the way to its limit."""

from __future__ import annotations

import math

import numpy as np

from mechlock.linkage.mechanism import Mechanism
from mechlock.linkage.positions import Positions
from mechlock.linkage.travel import circuit
from mechlock.solids.lock_position import Floats, placements

SWING = math.radians(30.0)
"""How far a hook turns to be open (assumption: the saddle's nose has then left the bar)."""

MOST = 0.9
"""Share of the way to the limit of the linkage that is used at most."""

TURN = math.radians(120.0)
"""Travel of a drive that turns without a limit."""

SLIDE = 100.0
"""Travel in mm of a drive that slides without a limit."""

_SAMPLES = 60


def opening_sense(mechanism: Mechanism) -> int:
    """Return +1 or -1: which way the drive opens."""
    lock = mechanism.lock
    if lock is not None and lock.stop is not None:
        return -lock.stop
    if lock is not None and lock.release is not None and lock.release.opens is not None:
        return lock.release.opens
    return 1


def open_at(positions: Positions, locked: float, hooks: tuple[str, ...]) -> float:
    """Return the drive coordinate (rad or mm) of the open position."""
    mechanism = positions.mechanism
    sense = opening_sense(mechanism)
    room = _room(positions, locked, sense)
    drives = locked + sense * room * np.linspace(0.0, 1.0, _SAMPLES)
    if not hooks:
        return float(drives[_SAMPLES // 2])
    places = placements(positions, drives)
    turned = np.min(
        [np.abs(np.unwrap([place[hook].angle for place in places]) - places[0][hook].angle) for hook in hooks], axis=0
    )
    clear = np.flatnonzero(turned >= SWING)
    return float(drives[clear[0] if len(clear) else int(np.argmax(turned))])


def _room(positions: Positions, locked: float, sense: int) -> float:
    """How far the drive may go from the locked position, as a positive number."""
    found = circuit(positions, positions.selected, locked)
    sliding = positions.mechanism.drive.sliding
    if found is None or (found.full and not sliding):
        return TURN
    end = found.high if sense > 0 else found.low
    way = sense * (end - locked)
    if not sliding:
        way = min(way % (2.0 * math.pi), TURN)
    if not math.isfinite(way):
        way = SLIDE
    return MOST * way


def sweep(positions: Positions, locked: float, end: float, count: int = 16) -> Floats:
    """Return drive coordinates from the locked to the open position."""
    return np.linspace(locked, end, count)
