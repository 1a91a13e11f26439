"""Fatigue damage from a stress spectrum: narrow band, Dirlik, Tovo-Benasciutti, Lalanne.

Each method gives the rate and the distribution of rainflow **amplitudes** (half of the range) of a stationary Gaussian
stress; the S-N curve takes ranges. Three of them are mixtures of exponential and Rayleigh distributions, whose
damage under a bilinear curve is closed (incomplete gamma functions); Lalanne's (Rice's) is integrated.

Sources: Bendat 1964; Dirlik, thesis, Warwick 1985; Benasciutti and Tovo, Int. J. Fatigue 27 (2005) 867;
Lalanne, Mechanical Vibration and Shock, vol. 4.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import erf, gamma, gammainc, gammaincc

from mechlock.errors import InputError
from mechlock.life.sn import SNCurve
from mechlock.loads.history import FloatArray

Method = Literal["narrow_band", "dirlik", "tovo_benasciutti", "lalanne"]

KURTOSIS_RANGE = (2.5, 3.5)
"""Outside it a signal is not Gaussian enough for any of the methods; 3 is Gaussian."""

_POINTS = 4000
_REACH = 12.0


@dataclass(frozen=True)
class SpectralMoments:
    """Moments of a one-sided stress spectrum, the integral of f^k G(f) df with f in Hz, MPa² Hz^k."""

    m0: float
    m1: float
    m2: float
    m4: float

    @property
    def rms(self) -> float:
        """Root mean square, MPa."""
        return math.sqrt(self.m0)

    @property
    def zero_rate(self) -> float:
        """Upward zero crossings per second."""
        return math.sqrt(self.m2 / self.m0)

    @property
    def peak_rate(self) -> float:
        """Maxima per second."""
        return math.sqrt(self.m4 / self.m2)

    @property
    def irregularity(self) -> float:
        """Zero crossings per peak, alpha_2."""
        return min(1.0, self.m2 / math.sqrt(self.m0 * self.m4))


@dataclass(frozen=True)
class _Part:
    """Cycles per second whose amplitude is exponential or Rayleigh with a scale."""

    rate: float
    kind: Literal["exponential", "rayleigh"]
    scale: float


def spectral_moments(moments: ArrayLike) -> SpectralMoments:
    """Make `SpectralMoments` from (m0, m1, m2, m4), refusing what no spectrum has.

    Raises
    ------
    InputError
        When a moment is not positive and finite, or they break Schwarz's inequality.
    """
    values = np.asarray(moments, dtype=float)
    if values.shape != (4,) or not np.isfinite(values).all() or not (values > 0.0).all():
        raise InputError(f"{moments!r} are not four positive spectral moments", "spectral damage", "give m0, m1, m2, m4")
    m0, m1, m2, m4 = (float(value) for value in values)
    if m2 * m2 > m0 * m4 * (1.0 + 1e-9) or m1 * m1 > m0 * m2 * (1.0 + 1e-9):
        raise InputError("these moments belong to no spectrum (Schwarz's inequality)", "spectral damage")
    return SpectralMoments(m0, m1, m2, m4)


def moments_of_psd(frequency: ArrayLike, level: ArrayLike) -> SpectralMoments:
    """Moments of a sampled one-sided spectrum (Hz, MPa²/Hz) by the trapezoidal rule."""
    f, g = np.asarray(frequency, dtype=float), np.asarray(level, dtype=float)
    if f.ndim != 1 or f.shape != g.shape or len(f) < 2 or not (np.diff(f) > 0.0).all() or (g < 0.0).any():
        raise InputError("a spectrum has increasing frequencies and levels that are not negative", "spectral damage")
    return spectral_moments([float(np.trapezoid(f**k * g, f)) for k in (0, 1, 2, 4)])


def damage_rate(moments: SpectralMoments, curve: SNCurve, method: Method = "dirlik") -> float:
    """Damage per second of a stationary Gaussian stress with the moments given."""
    if method == "lalanne":
        amplitude = np.linspace(0.0, _REACH * moments.rms, _POINTS + 1)
        density = lalanne_density(moments, amplitude)
        return moments.peak_rate * float(np.trapezoid(density * curve.damage_per_cycle(2.0 * amplitude), amplitude))
    return sum(_part_damage(part, curve) for part in _parts(moments, method))


def amplitude_density(moments: SpectralMoments, amplitude: ArrayLike, method: Method = "dirlik") -> FloatArray:
    """Cycles per second and per MPa of rainflow amplitude (not range)."""
    size = np.asarray(amplitude, dtype=float)
    if method == "lalanne":
        return moments.peak_rate * lalanne_density(moments, size)
    total = np.zeros_like(size)
    for part in _parts(moments, method):
        x = size / part.scale
        shape = np.exp(-x) if part.kind == "exponential" else x * np.exp(-0.5 * x**2)
        total += part.rate * shape / part.scale
    return total


def lalanne_density(moments: SpectralMoments, amplitude: ArrayLike) -> FloatArray:
    """Rice's density of peaks, its part above the mean; Lalanne's for rainflow amplitudes; a narrow band gives Rayleigh's.

    Its integral is the share of peaks above the mean, (1 + irregularity) / 2; the others are no amplitudes.
    """
    size, rms, r = np.asarray(amplitude, dtype=float), moments.rms, moments.irregularity
    rest = 1.0 - r * r
    rayleigh = size * r / (2.0 * rms**2) * np.exp(-0.5 * (size / rms) ** 2)
    if rest < 1e-12:
        return 2.0 * rayleigh
    normal = math.sqrt(rest) / (math.sqrt(2.0 * math.pi) * rms) * np.exp(-0.5 * (size / rms) ** 2 / rest)
    return normal + rayleigh * (1.0 + erf(size * r / (rms * math.sqrt(2.0 * rest))))


def check_gaussian(signal: ArrayLike) -> str:
    """Say in words why the spectral methods do not hold for a signal; empty when its kurtosis is near Gaussian."""
    values = np.asarray(signal, dtype=float)
    spread = values - values.mean()
    power = float(np.mean(spread**2))
    if power == 0.0:
        return "the signal is constant"
    kurtosis = float(np.mean(spread**4)) / power**2
    low, high = KURTOSIS_RANGE
    if low <= kurtosis <= high:
        return ""
    return f"kurtosis {kurtosis:.2f} is outside {low:g} to {high:g} (3 is Gaussian): count the history by rainflow instead"


def _parts(moments: SpectralMoments, method: Method) -> tuple[_Part, ...]:
    if method == "narrow_band":
        return (_Part(moments.zero_rate, "rayleigh", moments.rms),)
    if method == "tovo_benasciutti":
        return _tovo_benasciutti(moments)
    if method == "dirlik":
        return _dirlik(moments)
    raise InputError(f"no spectral method is called {method!r}", "spectral damage", f"use one of {', '.join(get_args(Method))}")


def _dirlik(moments: SpectralMoments) -> tuple[_Part, ...]:
    gamma_ = moments.irregularity
    if gamma_ > 1.0 - 1e-9:  # the formula's denominators vanish for a single line, which is a narrow band
        return (_Part(moments.zero_rate, "rayleigh", moments.rms),)
    xm = moments.m1 / moments.m0 * math.sqrt(moments.m2 / moments.m4)
    d1 = 2.0 * (xm - gamma_**2) / (1.0 + gamma_**2)
    r = (gamma_ - xm - d1**2) / (1.0 - gamma_ - d1 + d1**2)
    d2 = (1.0 - gamma_ - d1 + d1**2) / (1.0 - r)
    d3 = 1.0 - d1 - d2
    q = 1.25 * (gamma_ - d3 - d2 * r) / d1
    rate, rms = moments.peak_rate, moments.rms
    return (
        _Part(rate * d1, "exponential", q * rms),
        _Part(rate * d2, "rayleigh", r * rms),
        _Part(rate * d3, "rayleigh", rms),
    )


def _tovo_benasciutti(moments: SpectralMoments) -> tuple[_Part, ...]:
    a2 = moments.irregularity
    a1 = min(1.0, moments.m1 / math.sqrt(moments.m0 * moments.m2))
    if a2 > 1.0 - 1e-9:
        return (_Part(moments.zero_rate, "rayleigh", moments.rms),)
    b = (a1 - a2) * (1.112 * (1.0 + a1 * a2 - (a1 + a2)) * math.exp(2.11 * a2) + (a1 - a2)) / (a2 - 1.0) ** 2
    rate = moments.peak_rate
    # level crossings: rate of zero crossings, full RMS; ranges: every peak, RMS times alpha_2
    return (_Part(b * rate * a2, "rayleigh", moments.rms), _Part((1.0 - b) * rate, "rayleigh", a2 * moments.rms))


def _part_damage(part: _Part, curve: SNCurve) -> float:
    """Damage per second of one part under the bilinear curve, by incomplete gamma functions."""
    if part.rate == 0.0 or part.scale <= 0.0:
        return 0.0
    knee = 0.5 * curve.knee_range / part.scale  # amplitude over scale
    cut = 0.5 * curve.cutoff_range / part.scale
    above = _power_above(part.kind, curve.slope, knee) * knee ** (-curve.slope)
    below = 0.0
    if math.isfinite(curve.slope_below):
        m = curve.slope_below
        below = max(0.0, _power_below(part.kind, m, knee) - _power_below(part.kind, m, min(cut, knee))) * knee ** (-m)
    return part.rate * (above + below) / curve.knee_cycles


def _power_above(kind: str, m: float, x: float) -> float:
    """Mean of X^m over X > x for the unit exponential or Rayleigh distribution."""
    if kind == "exponential":
        return float(gamma(1.0 + m) * gammaincc(1.0 + m, x))
    return float(2.0 ** (0.5 * m) * gamma(1.0 + 0.5 * m) * gammaincc(1.0 + 0.5 * m, 0.5 * x * x))


def _power_below(kind: str, m: float, x: float) -> float:
    if kind == "exponential":
        return float(gamma(1.0 + m) * gammainc(1.0 + m, x))
    return float(2.0 ** (0.5 * m) * gamma(1.0 + 0.5 * m) * gammainc(1.0 + 0.5 * m, 0.5 * x * x))
