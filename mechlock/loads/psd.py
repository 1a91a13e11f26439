"""Acceleration power spectral densities: one-sided, straight lines on log-log paper, as test standards give them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from mechlock import units
from mechlock.errors import InputError
from mechlock.loads.history import FloatArray
from mechlock.loads.standards import Record, find_record

_TO_INTERNAL = {"g2_per_Hz": units.STANDARD_GRAVITY**2, "(m/s2)^2/Hz": 1e6}


@dataclass(frozen=True)
class Psd:
    """A one-sided power spectral density given by corner points, log-log between them and zero outside.

    Attributes
    ----------
    frequency : ndarray, (n,)
        Increasing, Hz.
    level : ndarray, (n,)
        Positive, (mm/s²)²/Hz for accelerations.
    source : str
        Where the figures come from.
    """

    frequency: FloatArray
    level: FloatArray
    source: str = ""

    def at(self, frequency: ArrayLike) -> FloatArray:
        """Level at the frequencies given (Hz); zero outside the corner points."""
        wanted = np.asarray(frequency, dtype=float)
        inside = (wanted >= self.frequency[0]) & (wanted <= self.frequency[-1])
        safe = np.where(inside, wanted, self.frequency[0])
        return np.where(inside, np.exp(np.interp(np.log(safe), np.log(self.frequency), np.log(self.level))), 0.0)

    def moment(self, order: float = 0.0) -> float:
        """Spectral moment, the integral of f^order G(f) df with f in Hz, in closed form per log-log line."""
        f0, f1 = self.frequency[:-1], self.frequency[1:]
        slope = np.log(self.level[1:] / self.level[:-1]) / np.log(f1 / f0)
        # integral of G0 (f/f0)^slope f^order; near the exponent -1 it turns into a logarithm, which expm1 meets smoothly
        power = slope + order + 1.0
        span = np.log(f1 / f0)
        scale = np.where(np.abs(power) < 1e-12, span, np.expm1(power * span) / np.where(np.abs(power) < 1e-12, 1.0, power))
        return float(np.sum(self.level[:-1] * f0 ** (order + 1.0) * scale))

    @property
    def rms(self) -> float:
        """Root mean square of the process, mm/s² for accelerations."""
        return math.sqrt(self.moment(0.0))


def psd(frequency: ArrayLike, level: ArrayLike, source: str = "", where: str = "psd") -> Psd:
    """Make a `Psd` from corner points (Hz and (mm/s²)²/Hz), refusing what is not one.

    Raises
    ------
    InputError
        When lengths differ, there are fewer than two points, frequencies do not increase or a level is not positive.
    """
    f, g = np.array(frequency, dtype=float), np.array(level, dtype=float)
    if f.ndim != 1 or f.shape != g.shape:
        raise InputError(f"{f.size} frequencies and {g.size} levels", where, "give one level per frequency")
    if len(f) < 2:
        raise InputError("the spectrum is empty" if len(f) == 0 else "the spectrum has one point only", where, "give two or more")
    if not (np.isfinite(f).all() and np.isfinite(g).all()):
        raise InputError("a frequency or level is not finite", where, "correct it")
    if f[0] <= 0.0 or not (np.diff(f) > 0.0).all():
        raise InputError("frequencies must be positive and increase from point to point", where, "sort the points")
    if not (g > 0.0).all():
        raise InputError("levels must be positive (log-log lines have no zero)", where, "end the spectrum where it is zero")
    for array in (f, g):
        array.setflags(write=False)
    return Psd(f, g, source)


def standard_psd(name: str, records: Iterable[Record] | None = None) -> Psd:
    """Return the acceleration spectrum of a standard by its id, such as ``"GB38031_nonM1N1_z"``.

    Raises
    ------
    InputError
        When no spectrum has that name or its row is not complete.
    """
    row = find_record(name, "psd", records)
    unit = row.values.get("unit", "g2_per_Hz")
    if unit not in _TO_INTERNAL:
        raise InputError(f"unit {unit!r} is not known", row.place, f"use {' or '.join(_TO_INTERNAL)}")
    points = np.array(row.value("points"), dtype=float)
    if points.size == 0:
        raise InputError("the spectrum is empty", row.place, "give two or more points")
    if points.ndim != 2 or points.shape[1] != 2:
        raise InputError("points must be pairs of frequency and level", row.place)
    return psd(points[:, 0], points[:, 1] * _TO_INTERNAL[unit], f"{row.standard or row.id}: {row.source}", row.place)


def standard_duration(name: str, records: Iterable[Record] | None = None) -> float | None:
    """Time per axis that the standard asks for, s, or None where its row gives none."""
    hours = find_record(name, "psd", records).values.get("duration_h")
    return None if hours is None else float(hours) * 3600.0


def realisation(spectrum: Psd, duration: float, step: float, seed: int) -> FloatArray:
    """One Gaussian history with the spectrum, (n,): lines of its level with random phases and sizes (Shinozuka 1972).

    Parameters
    ----------
    spectrum : Psd
    duration, step : float
        s; the step must carry the highest frequency.
    seed : int

    Raises
    ------
    InputError
        When the step is too long for the spectrum, or the duration holds no period of its lowest frequency.
    """
    if not 0.0 < step < 0.5 / float(spectrum.frequency[-1]):
        raise InputError(f"a step of {step!r} s cannot carry {spectrum.frequency[-1]:g} Hz", "realisation", "take a shorter one")
    if duration * float(spectrum.frequency[0]) < 1.0:
        raise InputError(f"{duration:g} s hold no period of {spectrum.frequency[0]:g} Hz", "realisation", "take a longer one")
    count = round(duration / step)
    lines = np.fft.rfftfreq(count, step)
    rng = np.random.default_rng(seed)
    parts = rng.standard_normal((2, len(lines))) / math.sqrt(2.0)
    # a line of the one-sided level G has the mean square G n / (2 step)
    size = np.sqrt(spectrum.at(lines) * count / (2.0 * step))
    return np.fft.irfft(size * (parts[0] + 1j * parts[1]), count)
