"""Shock pulses of the test standards: half-sine, terminal-peak sawtooth, trapezoid.

Shapes and velocity changes as in IEC 60068-2-27:2008, 4.1.1 and annex A.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from mechlock import units
from mechlock.errors import InputError
from mechlock.loads.history import FloatArray, History, history
from mechlock.loads.standards import Record, find_record

PulseShape = Literal["half_sine", "terminal_peak_sawtooth", "trapezoid", "rectangle", "initial_peak_triangle"]

TRAPEZOID_RAMP = 0.1
"""Rise and fall of the trapezoid as a part of its duration (IEC 60068-2-27, figure 3)."""


@dataclass(frozen=True)
class Pulse:
    """An acceleration pulse that starts at time zero from rest.

    Attributes
    ----------
    shape : str
        One of `PulseShape`.
    peak : float
        Greatest acceleration, mm/s² (negative for a pulse the other way).
    duration : float
        Time from start to end, s.
    source : str
        Where the figures come from.
    """

    shape: PulseShape
    peak: float
    duration: float
    source: str = ""

    def acceleration(self, time: ArrayLike) -> FloatArray:
        """Acceleration at the times given (s), mm/s²; zero outside the pulse."""
        fraction = np.asarray(time, dtype=float) / self.duration
        inside = (fraction >= 0.0) & (fraction <= 1.0)
        return np.where(inside, self.peak * _SHAPES[self.shape](np.clip(fraction, 0.0, 1.0)), 0.0)

    @property
    def velocity_change(self) -> float:
        """Integral of the acceleration over the pulse, mm/s."""
        return _AREA[self.shape] * self.peak * self.duration

    def history(self, steps: int = 1000) -> History:
        """Samples of the pulse itself, `steps` steps from start to end."""
        if steps < 10:
            raise InputError(f"{steps} steps do not describe a pulse", mend="take at least 10")
        time = np.linspace(0.0, self.duration, steps + 1)
        return history(self.duration / steps, self.acceleration(time))


_SHAPES: dict[str, Callable[[FloatArray], FloatArray]] = {
    "half_sine": lambda x: np.sin(math.pi * x),
    "terminal_peak_sawtooth": lambda x: x,
    "trapezoid": lambda x: np.minimum(1.0, np.minimum(x, 1.0 - x) / TRAPEZOID_RAMP),
    "rectangle": np.ones_like,
    "initial_peak_triangle": lambda x: 1.0 - x,
}

_AREA: dict[str, float] = {
    "half_sine": 2.0 / math.pi,
    "terminal_peak_sawtooth": 0.5,
    "trapezoid": 1.0 - TRAPEZOID_RAMP,
    "rectangle": 1.0,
    "initial_peak_triangle": 0.5,
}


def pulse(shape: str, peak: float, duration: float, source: str = "") -> Pulse:
    """Make a `Pulse` from `peak` in mm/s² and `duration` in s.

    Raises
    ------
    InputError
        When the shape is not known, or peak or duration are not usable numbers.
    """
    shapes = get_args(PulseShape)
    if shape not in shapes:
        raise InputError(f"no pulse has the shape {shape!r}", mend=f"use one of {', '.join(shapes)}")
    if not (math.isfinite(duration) and duration > 0.0):
        raise InputError(f"the pulse lasts {duration!r} s", mend="give a positive duration such as '6 ms'")
    if not math.isfinite(peak) or peak == 0.0:
        raise InputError(f"the peak of the pulse is {peak!r} mm/s²", mend="give a peak such as '7 g'")
    return Pulse(shape, float(peak), float(duration), source)  # pyright: ignore[reportArgumentType]


def standard_pulse(name: str, records: Iterable[Record] | None = None) -> Pulse:
    """Return the pulse of a standard by its id, such as ``"GB38031_mech_shock"``.

    Raises
    ------
    InputError
        When no pulse has that name or its row is not complete.
    """
    row = find_record(name, "pulse", records)
    try:
        return pulse(
            row.value("shape"),
            row.value("peak_g") * units.STANDARD_GRAVITY,
            row.value("duration_ms") * 1e-3,
            f"{row.standard or row.id}: {row.source}",
        )
    except InputError as error:
        raise error if error.where else error.at(row.place) from None
