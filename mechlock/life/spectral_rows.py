"""Spectral moments and Dirlik's damage of very many stresses that are linear in a few coordinates, all at once.

The coordinates' spectra are estimated from their history (Welch 1967: windowed, overlapping segments); a stress is a row of
factors on them, and its moments are quadratic forms, so that no stress history is held.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import gamma, gammainc, gammaincc

from mechlock.errors import InputError
from mechlock.life.sn import SNCurve
from mechlock.loads.history import FloatArray

if TYPE_CHECKING:
    from scipy.interpolate import CubicSpline

ORDERS = (0, 1, 2, 4)
"""Orders of the moments: m_k is the integral of f^k G(f) df, f in Hz, G one-sided."""

_NARROW = 1e-6
_PLACES = 4001
_REACH_BELOW, _REACH_ABOVE = 18.0, 7.0  # natural logarithm of scale over the range at the knee
_SMALLEST = 1e-200


def moment_matrices(coordinates: FloatArray, step: float, segment: int = 4096) -> FloatArray:
    """Matrices M_k of spectral moments between coordinates, so that a stress with factors s has ``m_k = s M_k s``.

    Parameters
    ----------
    coordinates : ndarray, (n, k)
        Over time; their means are taken off.
    step : float
        s.
    segment : int
        Samples of a segment; shorter histories are one segment.

    Returns
    -------
    ndarray, (4, k, k)

    Raises
    ------
    InputError
        When there are fewer than 16 samples.
    """
    count = len(coordinates)
    if count < 16:
        raise InputError(f"{count} samples", "spectral damage", "simulate or record a longer stretch")
    size = min(segment, count)
    from scipy.signal.windows import hann  # takes half a second to load

    window = hann(size, sym=False)
    scale = 2.0 / (size * float(window @ window))
    frequency = np.fft.rfftfreq(size, step)
    starts = range(0, count - size + 1, max(1, size // 2))
    centred = coordinates - coordinates.mean(axis=0)
    total = np.zeros((len(ORDERS), centred.shape[1], centred.shape[1]))
    for start in starts:
        lines = np.fft.rfft(centred[start : start + size] * window[:, None], axis=0)[1:]
        both = np.concatenate([lines.real, lines.imag])
        for number, order in enumerate(ORDERS):
            weight = np.tile(frequency[1:] ** order, 2)
            total[number] += (both * weight[:, None]).T @ both
    return total * (scale / len(starts))


def moments_of_rows(rows: FloatArray, matrices: FloatArray) -> FloatArray:
    """Spectral moments of stresses with factors `rows` (..., k), (..., 4)."""
    return np.stack([((rows @ matrix) * rows).sum(axis=-1) for matrix in matrices], axis=-1)


def dirlik_rates(moments: FloatArray, curve: SNCurve, strength: FloatArray | float = 1.0) -> FloatArray:
    """Dirlik's damage per second of stationary Gaussian stresses, for arrays of moments.

    The same as `mechlock.life.spectral.damage_rate`, which takes one stress at a time.

    Parameters
    ----------
    moments : ndarray, (..., 4)
        m0, m1, m2, m4 with f in Hz, MPa.
    curve : SNCurve
        Of the stress range.
    strength : ndarray, (...) or float
        Factor on the curve's stress ranges.
    """
    m0, m1, m2, m4 = np.moveaxis(np.asarray(moments, dtype=float), -1, 0)
    alive = (m0 > 0.0) & (m2 > 0.0) & (m4 > 0.0)
    m0, m1, m2, m4 = (np.where(alive, m, 1.0) for m in (m0, m1, m2, m4))
    irregular = np.minimum(m2 / np.sqrt(m0 * m4), 1.0 - _NARROW)
    peaks, rms = np.sqrt(m4 / m2), np.sqrt(m0) / strength
    xm = m1 / m0 * np.sqrt(m2 / m4)
    d1 = np.clip(2.0 * (xm - irregular**2) / (1.0 + irregular**2), 1e-12, 1.0)
    r = (irregular - xm - d1**2) / (1.0 - irregular - d1 + d1**2)
    d2 = (1.0 - irregular - d1 + d1**2) / (1.0 - r)
    d3 = 1.0 - d1 - d2
    q = 1.25 * (irregular - d3 - d2 * r) / d1
    exponential, rayleigh = (_Table.of(curve, exponential=kind) for kind in (True, False))
    rate = peaks * (d1 * exponential.at(rms * q) + d2 * rayleigh.at(rms * np.maximum(r, 1e-12)) + d3 * rayleigh.at(rms))
    return np.where(alive, rate, 0.0)


@dataclass(frozen=True)
class _Table:
    """Damage per cycle over the scale of its amplitudes, on log-log paper: the special functions are dear, and one curve."""

    line: CubicSpline
    low: float
    high: float

    @staticmethod
    def of(curve: SNCurve, *, exponential: bool) -> _Table:
        # a tenth of a second to load, which every check would take
        from scipy.interpolate import CubicSpline

        middle = math.log(curve.knee_range)
        place = np.linspace(middle - _REACH_BELOW, middle + _REACH_ABOVE, _PLACES)
        damage = _part(np.exp(place), curve, exponential=exponential)
        known = damage > _SMALLEST
        return _Table(CubicSpline(place[known], np.log(damage[known])), float(place[known][0]), float(place[-1]))

    def at(self, scale: FloatArray) -> FloatArray:
        """Damage per cycle; zero below the table, whose first value is next to nothing."""
        place = np.log(np.maximum(scale, math.ulp(0.0)))
        inside = np.clip(place, self.low, self.high)
        return np.where(place < self.low, 0.0, np.exp(self.line(inside)))


def _part(scale: FloatArray, curve: SNCurve, *, exponential: bool) -> FloatArray:
    """Damage per cycle with amplitudes that are exponential or Rayleigh with a scale, by incomplete gamma functions."""
    knee = 0.5 * curve.knee_range / scale
    cut = np.minimum(0.5 * curve.cutoff_range / scale, knee)

    def mean(slope: float, low: FloatArray, high: FloatArray | None) -> FloatArray:
        shape, argument = (1.0 + slope, lambda x: x) if exponential else (1.0 + 0.5 * slope, lambda x: 0.5 * x * x)
        factor = gamma(shape) * (1.0 if exponential else 2.0 ** (0.5 * slope))
        if high is None:
            return factor * gammaincc(shape, argument(low))
        return factor * np.maximum(gammainc(shape, argument(high)) - gammainc(shape, argument(low)), 0.0)

    damage = mean(curve.slope, knee, None) * knee**-curve.slope
    if math.isfinite(curve.slope_below):
        damage = damage + mean(curve.slope_below, cut, knee) * knee**-curve.slope_below
    return damage / curve.knee_cycles


def kurtosis(values: FloatArray) -> FloatArray:
    """Fourth moment over the square of the second, along the last axis; 3 for a Gaussian signal, nan for a constant."""
    spread = values - values.mean(axis=-1, keepdims=True)
    power = (spread**2).mean(axis=-1)
    return (spread**4).mean(axis=-1) / np.where(power > 0.0, power, np.nan) ** 2
