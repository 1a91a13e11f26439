"""A motion in time as the plain object that `mechlock dynamics --json` prints, and whether the lock stayed shut."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mechlock.errors import NoVerdict
from mechlock.linkage.dynamics import Dynamics
from mechlock.linkage.positions import Positions
from mechlock.linkage.reserve import over_centre_reserve
from mechlock.linkage.self_locking import opening_way

DEGREE = 180.0 / np.pi
ROWS = 2000


@dataclass(frozen=True)
class Verdict:
    """Whether a lock stayed shut.

    Attributes
    ----------
    stays_shut : bool or None
        Whether the drive never came to a dead centre of a loaded body; where there is none, whether it never left the band of the
        lock's stop. None without a lock, and where a contact lifts off.
    opening : float
        Greatest way from where it started towards open (rad or mm).
    limit : float or None
        How far it could go: to the nearest dead centre or the band's end.
    words : str
        What the limit is.
    """

    stays_shut: bool | None
    opening: float
    limit: float | None
    words: str


def verdict(result: Dynamics, positions: Positions) -> Verdict:
    """Judge a motion against the lock's dead centres, or its stop's band."""
    mechanism = positions.mechanism
    lock = mechanism.lock
    if lock is None:
        return Verdict(None, float(np.ptp(result.drive)), None, "")
    if result.lift_off:
        first = min(result.lift_off, key=lambda name: result.lift_off[name])
        return Verdict(None, float(np.ptp(result.drive)), None, f"undecided: the contact {first} lifts off")
    opens = opening_way(mechanism)
    opening = max(0.0, float(np.max(opens * (result.drive - result.drive[0]))))
    try:
        reserves = over_centre_reserve(positions) if lock.stop is not None else ()
    except NoVerdict:
        reserves = ()
    shut = [reserve for reserve in reserves if reserve.from_dead_centre > 0.0]
    start = -opens * float(result.drive[0] - lock.drive.nominal)
    if shut:
        nearest = min(shut, key=lambda reserve: reserve.from_dead_centre)
        limit = float(nearest.from_dead_centre + start)
        return Verdict(bool(opening < limit), opening, limit, f"dead centre of {nearest.body}")
    limit = start + (lock.drive.high - lock.drive.low) / 2.0
    return Verdict(bool(opening <= limit + 1e-12), opening, limit, "band of the lock's position")


def dynamics_record(result: Dynamics, positions: Positions) -> dict[str, Any]:
    """Return the motion with units in the keys; at most `ROWS` instants of it."""
    sliding = positions.mechanism.drive.sliding
    unit, scale = ("mm", 1.0) if sliding else ("deg", DEGREE)
    speed = "mm_s" if sliding else "rad_s"
    found = verdict(result, positions)
    chosen = np.unique(np.linspace(0, len(result.time) - 1, min(ROWS, len(result.time))).round().astype(int))
    return {
        "name": positions.mechanism.name,
        "stays_shut": found.stays_shut,
        f"greatest_opening_{unit}": found.opening * scale,
        f"opening_limit_{unit}": None if found.limit is None else found.limit * scale,
        "opening_limit_is": found.words,
        "lift_off_s": result.lift_off,
        "ended": result.ended,
        "time_s": float(result.time[-1]),
        f"final_drive_{unit}": float(result.drive[-1] * scale),
        "impacts": [
            {"time_s": impact.time, f"speed_{speed}": impact.speed, "loss_J": impact.loss * 1e-3} for impact in result.impacts
        ],
        "peak_joint_N": {name: float(size.max()) for name, size in result.joints.items()},
        "energy": {
            "base_work_J": float(result.base_work[-1]) * 1e-3,
            "friction_J": float(result.friction_work[-1]) * 1e-3,
            "damping_J": float(result.damping_work[-1]) * 1e-3,
            "impact_loss_J": float(result.impact_loss[-1]) * 1e-3,
            "greatest_kinetic_J": float(result.kinetic.max()) * 1e-3,
            "balance_error": result.balance_error,
        },
        "history": {
            "time_s": result.time[chosen].tolist(),
            f"drive_{unit}": (result.drive[chosen] * scale).tolist(),
            f"rate_{speed}": result.rate[chosen].tolist(),
            "phase": [result.phase[i] for i in chosen],
        },
    }
