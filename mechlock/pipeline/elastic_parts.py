"""A lock's solved parts as the loop with the proof sees them: how far each place moves in its body's frame per force on a seat.

Each body's frame goes along with its first pin, and turns with the line to its farthest one; ground's only shifts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mechlock.checks.lock_compliance import PinCompliance, error_bound, rigid_motion
from mechlock.checks.lock_parts import LockPartsCheck
from mechlock.linkage.mechanism import GROUND
from mechlock.solids.lock import Lock

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ElasticPart:
    """One part.

    Attributes
    ----------
    found : PinCompliance
    moved : mapping of str to (2, n_seats) array
        Displacement of each place in the body's frame per force on the seats, mm/N.
    spread : mapping of str to float
        How many times an error of the seats' displacements comes back in a place's.
    first, second : str
        Pins that carry the body's frame.
    line : (x, y)
        Direction from the first to the second.
    error : float
        Bound on the compliance's relative error.
    largest : float
        Largest displacement per force that strains the part, mm/N, to which the error relates.
    """

    found: PinCompliance
    moved: Mapping[str, Floats]
    spread: Mapping[str, float]
    first: str
    second: str
    line: tuple[float, float]
    error: float
    largest: float


def elastic_parts(lock: Lock, check: LockPartsCheck) -> tuple[dict[str, ElasticPart], dict[str, tuple[float, str]]]:
    """Parts by their body, and of each the bound on its compliance's error and where that comes from."""
    elastic: dict[str, ElasticPart] = {}
    errors: dict[str, tuple[float, str]] = {}
    for part in check.parts:
        if part.compliances:
            bound, text = error_bound(part.compliances, part.error_estimate)
            errors[part.part] = (bound, text)
            elastic[part.body] = _elastic(lock, part.compliances[-1], bound)
    return elastic, errors


def _elastic(lock: Lock, found: PinCompliance, error: float) -> ElasticPart:
    """Take the motion of the body's frame out of its places' displacements."""
    names = list(dict.fromkeys(seat.place for seat in found.seats))
    at = {seat.place: seat.at for seat in found.seats} | dict(found.places)
    pins = [name for name in names if name in lock.joints]
    first = next((joint for joint in lock.joints if joint in pins), pins[0])
    second = max(pins, key=lambda name: math.dist(at[name], at[first]))
    line = _unit(at[second][0] - at[first][0], at[second][1] - at[first][1])
    picks = {name: _pick(found, name) for name in names}  # from seats' displacements to the place's
    raw = {name: pick @ found.matrix for name, pick in picks.items()}
    raw |= {name: found.moved[index] for index, (name, _) in enumerate(found.places)}
    rigid = {name: np.array([[1.0, 0.0, -y / 100.0], [0.0, 1.0, x / 100.0]]) for name, (x, y) in at.items()}
    across = np.array([-line[1], line[0]])
    held = [rigid[first]] if found.body == GROUND else [rigid[first], across[None] @ rigid[second]]
    seen = [raw[first]] if found.body == GROUND else [raw[first], across[None] @ raw[second]]
    mapped = [picks[first]] if found.body == GROUND else [picks[first], across[None] @ picks[second]]
    modes = 2 if found.body == GROUND else 3
    inverse = np.linalg.inv(np.concatenate(held)[:, :modes])
    motion, motion_of_error = -inverse @ np.concatenate(seen), -inverse @ np.concatenate(mapped)
    moved = {name: raw[name] + rigid[name][:, :modes] @ motion for name in raw}
    still = np.zeros((2, len(found.seats)))
    errors = {name: picks.get(name, still) + rigid[name][:, :modes] @ motion_of_error for name in raw}
    spread = {name: float(np.linalg.norm(error, 2)) + (0.0 if name in picks else 1.0) for name, error in errors.items()}
    keep = np.eye(len(found.seats))
    if found.body != GROUND:
        free = rigid_motion(found.seats)
        keep -= np.linalg.pinv(free) @ free
    strain = keep @ (0.5 * (found.matrix + found.matrix.T)) @ keep.T
    return ElasticPart(found, moved, spread, first, second, line, error, float(np.linalg.norm(strain, 2)))


def _unit(x: float, y: float) -> tuple[float, float]:
    size = math.hypot(x, y)
    x, y = x / size, y / size
    return (x if abs(x) > 1e-12 else 0.0), (y if abs(y) > 1e-12 else 0.0)


def _pick(found: PinCompliance, name: str) -> Floats:
    """Displacement of a place from those of its seats along their directions: (2, n)."""
    pick = np.zeros((2, len(found.seats)))
    for index, seat in enumerate(found.seats):
        if seat.place == name:
            pick[:, index] = seat.direction
    return pick
