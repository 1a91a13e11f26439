"""One crash run over time, short enough for a report: the base, the pull of every hook, seats that stand open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mechlock.loads.history import FloatArray
from mechlock.pipeline.crash_stage import AXES, CrashRun
from mechlock.pipeline.frame_motion import OpenFrame
from mechlock.units import STANDARD_GRAVITY

STEP = 1.0e-3
"""Time between the samples that are kept, s."""


@dataclass(frozen=True)
class CrashHistory:
    """What a run did; of the samples within one step the greatest pull and the most open seats.

    Attributes
    ----------
    step : float
        s.
    base : (n,) array
        Acceleration of the base along the axis, mm/s².
    locks : tuple of str
    pull : (n, l) array
        N.
    open_seats : (n,) array
        How many contacts of the pads press not at all.
    seats : int
        How many there are.
    """

    step: float
    base: FloatArray
    locks: tuple[str, ...]
    pull: FloatArray
    open_seats: FloatArray
    seats: int

    def record(self) -> dict[str, Any]:
        """Key ``over_time`` of an axis in ``life.crash``."""
        return {
            "step_s": self.step,
            "base_g": np.round(self.base / STANDARD_GRAVITY, 3).tolist(),
            "pull_kN": {lock: np.round(self.pull[:, number] / 1e3, 2).tolist() for number, lock in enumerate(self.locks)},
            "open_seats": self.open_seats.astype(int).tolist(),
            "seats": self.seats,
        }


def crash_history(frame: OpenFrame, run: CrashRun) -> CrashHistory:
    """Take the history out of a run."""
    dynamics, motion = frame.dynamics, run.motion
    names, is_lock = np.array(dynamics.contact_names), np.asarray(dynamics.restraint.contacts.is_lock)
    locks = tuple(dict.fromkeys(names[is_lock].tolist()))
    pull = np.stack([motion.force[:, names == lock].sum(axis=1) for lock in locks], axis=1)
    stride = max(1, round(STEP / motion.step))
    starts = np.arange(0, len(pull), stride)
    lifted = (motion.force[:, ~is_lock] <= 0.0).sum(axis=1)
    base = motion.coordinates[:, dynamics.modes + AXES.index(run.axis[1:])]  # pyright: ignore[reportArgumentType]
    return CrashHistory(
        step=stride * motion.step,
        base=base[starts],
        locks=locks,
        pull=np.maximum.reduceat(pull, starts, axis=0),
        open_seats=np.maximum.reduceat(lifted, starts).astype(float),
        seats=int((~is_lock).sum()),
    )
