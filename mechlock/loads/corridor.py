"""Collision corridors: the lower and upper bound between which the deceleration of a sled test must lie.

GB 38031 8.2.3 and UN R100 annex 9C give the corners A to D of the lower and E to H of the upper polygon.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mechlock import units
from mechlock.errors import InputError
from mechlock.loads.history import FloatArray, History, history
from mechlock.loads.standards import Record, find_record

STEP = 5.0e-4
"""Default time step of histories made from a corridor, s."""


@dataclass(frozen=True)
class Corridor:
    """Bounds of an acceleration over time.

    Attributes
    ----------
    name : str
    axis : str
        ``"x"`` or ``"y"``.
    lower_time, lower, upper_time, upper : ndarray, (n,)
        Corners, s and mm/s²; outside its corners the lower bound is zero, and so is the upper.
    source : str
    """

    name: str
    axis: str
    lower_time: FloatArray
    lower: FloatArray
    upper_time: FloatArray
    upper: FloatArray
    source: str

    @property
    def end(self) -> float:
        """Time after which nothing is allowed any more, s."""
        return float(self.upper_time[-1])

    def bounds(self, time: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Lower and upper bound at times (s), mm/s²."""
        t = np.asarray(time, dtype=float)
        low = np.interp(t, self.lower_time, self.lower, left=0.0, right=0.0)
        return low, np.interp(t, self.upper_time, self.upper, left=0.0, right=0.0)

    def mean(self, step: float = STEP) -> History:
        """The middle between the bounds at every time."""
        time = _grid(self.end, step)
        low, high = self.bounds(time)
        return history(float(time[1]), 0.5 * (low + high))

    def holds(self, curves: ArrayLike, step: float, slack: float = 1e-9) -> NDArray[np.bool_]:
        """Which of the curves (..., n), sampled from time zero, lie between the bounds."""
        values = np.asarray(curves, dtype=float)
        low, high = self.bounds(step * np.arange(values.shape[-1]))
        room = slack * float(self.upper.max())
        return np.asarray(((values >= low - room) & (values <= high + room)).all(axis=-1), dtype=np.bool_)

    def trapezoid(self, start: float, rise: float, plateau: float, fall: float, peak: float, step: float = STEP) -> History:
        """A trapezoid (times in s, peak in mm/s²).

        Raises
        ------
        InputError
            When it leaves the corridor.
        """
        time = _grid(self.end, step)
        corners = np.cumsum([start, rise, plateau, fall])
        values = np.interp(time, corners, [0.0, peak, peak, 0.0], left=0.0, right=0.0)
        made = history(float(time[1]), values)
        if not self.holds(values, made.step):
            raise InputError("the trapezoid leaves the corridor", self.name, "change its times or its peak")
        return made


def corridor(name: str, axis: Literal["x", "y"] = "x", records: Iterable[Record] | None = None) -> Corridor:
    """Corridor of a standard by its id, for the fore-aft or the lateral axis.

    Raises
    ------
    InputError
        When there is no such corridor or axis.
    """
    row = find_record(name, "corridor", records)
    if axis not in ("x", "y"):
        raise InputError(f"a corridor is for x or y, not {axis!r}", row.place)

    def corners(key: str, factor: float) -> FloatArray:
        return np.array(row.value(key), dtype=float) * factor

    g = units.STANDARD_GRAVITY
    made = Corridor(
        name,
        axis,
        corners("lower_ABCD_t_ms", 1e-3),
        corners(f"lower_{axis}_g", g),
        corners("upper_EFGH_t_ms", 1e-3),
        corners(f"upper_{axis}_g", g),
        f"{row.standard or row.id}: {row.source}",
    )
    low, high = made.bounds(np.concatenate([made.lower_time, made.upper_time]))
    if (low > high).any() or not math.isfinite(made.end):
        raise InputError("the lower bound exceeds the upper one", row.place, "check the corners")
    return made


def _grid(end: float, step: float) -> FloatArray:
    if not 0.0 < step < 0.1 * end:
        raise InputError(f"a step of {step!r} s", "corridor", f"take less than {0.1 * end:g} s")
    return np.linspace(0.0, end, math.ceil(end / step - 1e-9) + 1)
