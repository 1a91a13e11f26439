"""Road surfaces after ISO 8608: spectra of classes A to H, and Gaussian profiles of two tracks with their coherence.

Spatial frequency n is in cycles per mm and heights are in mm, so a displacement spectrum is in mm³; the standard's
16e-6 m³ for class A is 16e3 mm³. ``Gd(n) = Gd(n0) (n / n0)^-w`` with n0 = 0.1 cycle/m.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gamma, kv

from mechlock.errors import InputError
from mechlock.loads.history import FloatArray
from mechlock.loads.standards import Record, find_record

REFERENCE_N = 1.0e-4
"""n0 = 0.1 cycle/m, in cycles per mm."""

ON_ROAD_BAND = (0.011e-3, 2.83e-3)
"""Spatial frequencies that ISO 8608 reports, cycles per mm (0.011 to 2.83 cycles/m)."""

CoherenceModel = Literal["isotropic", "exponential", "none", "full"]

_TO_MM3 = 1.0e9
_MAX_SAMPLES = 20_000_000


@dataclass(frozen=True)
class RoadSpectrum:
    """Displacement spectrum of a road.

    Attributes
    ----------
    level : float
        Gd at n0 = 0.1 cycle/m, mm³.
    waviness : float
        Exponent w.
    name, source : str
    """

    level: float
    waviness: float = 2.0
    name: str = ""
    source: str = ""

    def at(self, n: ArrayLike) -> FloatArray:
        """One-sided displacement spectrum at spatial frequencies (cycles/mm), mm³."""
        return self.level * (np.asarray(n, dtype=float) / REFERENCE_N) ** -self.waviness

    def rms_height(self, low: float, high: float) -> float:
        """RMS height of the band between two spatial frequencies (cycles/mm), mm."""
        return math.sqrt(self._integral(low, high, 0.0))

    def rms_slope(self, low: float, high: float) -> float:
        """RMS slope of the band, dimensionless."""
        return 2.0 * math.pi * math.sqrt(self._integral(low, high, 2.0))

    def velocity_level(self, speed: float) -> float:
        """One-sided spectrum of the vertical velocity under a wheel at `speed` (mm/s), flat for w = 2, (mm/s)²/Hz.

        Raises
        ------
        InputError
            For another waviness than 2, with which it is not flat.
        """
        if self.waviness != 2.0:
            raise InputError(f"the velocity spectrum is flat for waviness 2, not {self.waviness:g}", self.name or "road")
        return (2.0 * math.pi * REFERENCE_N) ** 2 * self.level * speed

    def _integral(self, low: float, high: float, order: float) -> float:
        power = order - self.waviness + 1.0
        span = math.log(high / low)
        whole = span if abs(power) < 1e-12 else math.expm1(power * span) / power
        return float(self.at(low)) * low ** (order + 1.0) * whole


@dataclass(frozen=True)
class RoadProfile:
    """Heights of the left and the right track.

    Attributes
    ----------
    spacing : float
        Distance between samples, mm.
    left, right : ndarray, (n,)
        Heights, mm. The profile is periodic in its length.
    """

    spacing: float
    left: FloatArray
    right: FloatArray

    @property
    def position(self) -> FloatArray:
        """Distance along the road, mm."""
        return self.spacing * np.arange(len(self.left))

    @property
    def length(self) -> float:
        """Length of one period, mm."""
        return self.spacing * len(self.left)


def road_class(name: str, records: Iterable[Record] | None = None) -> RoadSpectrum:
    """Spectrum of an ISO 8608 class (``"A"`` to ``"H"``), its geometric mean.

    Raises
    ------
    InputError
        When there is no such class.
    """
    row = find_record(name, "class", records)
    return RoadSpectrum(float(row.value("Gd_n0_mean")) * _TO_MM3, 2.0, f"class {name}", row.source)


def class_limits(name: str, records: Iterable[Record] | None = None) -> tuple[float | None, float | None]:
    """Lower and upper limit of a class's level at n0, mm³; None where the class is open."""
    values = find_record(name, "class", records).values
    low, high = values.get("Gd_n0_lower"), values.get("Gd_n0_upper")
    return (None if low is None else low * _TO_MM3, None if high is None else high * _TO_MM3)


def coherence(
    n: ArrayLike, track: float, model: CoherenceModel = "isotropic", waviness: float = 2.0, decay: float = 3.8
) -> FloatArray:
    """Coherence (not squared) between two tracks, the cross spectrum over the spectrum, at spatial frequencies n.

    Parameters
    ----------
    n : array_like
        Cycles per mm.
    track : float
        Distance between the tracks, mm.
    model : {"isotropic", "exponential", "none", "full"}
        isotropic: a surface that looks alike in all directions, ``2 (u/2)^(w/2) K_{w/2}(u) / gamma(w/2)`` with
        ``u = 2 pi n track`` (Dodds and Robson, J. Sound Vib. 31 (1973) 175); exponential: ``exp(-decay n track)``
        (Bogsjö, Int. J. Vehicle Design 48 (2008)).
    waviness : float
    decay : float
        Of the exponential model, dimensionless.
    """
    values = np.asarray(n, dtype=float)
    if model == "none":
        return np.zeros_like(values)
    if model == "full":
        return np.ones_like(values)
    if model == "exponential":
        return np.exp(-decay * values * track)
    if model != "isotropic":
        raise InputError(f"no coherence model is called {model!r}", "road", "use isotropic, exponential, none or full")
    order = 0.5 * waviness
    u = 2.0 * math.pi * values * track
    safe = np.maximum(u, 1e-9)
    return np.where(u > 1e-9, 2.0 * (0.5 * safe) ** order * kv(order, safe) / gamma(order), 1.0)


def generate(
    spectrum: RoadSpectrum,
    length: float,
    spacing: float,
    seed: int,
    track: float = 2000.0,
    model: CoherenceModel = "isotropic",
    band: tuple[float, float] = ON_ROAD_BAND,
) -> RoadProfile:
    """Gaussian profiles of two tracks with the spectrum and the coherence asked for.

    Parameters
    ----------
    spectrum : RoadSpectrum
    length, spacing : float
        mm.
    seed : int
        The same seed gives the same road.
    track : float
        Distance between the tracks, mm.
    model : str
        See `coherence`.
    band : pair of float
        Spatial frequencies that are filled, cycles/mm.

    Raises
    ------
    InputError
        When the spacing cannot carry the band, the length does not hold its longest wave, or the tracks' distance is negative.
    """
    low, high = band
    if track < 0.0:
        raise InputError(f"tracks {track:g} mm apart", "road", "give a distance of zero or more")
    if not (spacing > 0.0 and spacing < 0.5 / high):
        raise InputError(
            f"a spacing of {spacing:g} mm cannot carry {high * 1e3:g} cycles/m", "road", f"take less than {0.5 / high:.0f} mm"
        )
    if length < 1.0 / low:
        raise InputError(
            f"a road of {length / 1e3:g} m does not hold a wave of {1e-3 / low:.0f} m", "road", "take a longer road or band"
        )
    count = round(length / spacing)
    if count > _MAX_SAMPLES:
        raise InputError(f"{count} samples", "road", "take a shorter road or a coarser spacing")
    n = np.fft.rfftfreq(count, spacing)
    inside = (n >= low) & (n <= high)
    waves = n[inside]
    # one-sided spectrum G: the coefficient of a line has the mean square G count / (2 spacing)
    size = np.sqrt(spectrum.at(waves) * count / (2.0 * spacing))
    rng = np.random.default_rng(seed)
    parts = rng.standard_normal((4, len(waves))) / math.sqrt(2.0)
    common, own = parts[0] + 1j * parts[1], parts[2] + 1j * parts[3]
    share = coherence(waves, track, model, spectrum.waviness)
    tracks = []
    for line in (common, share * common + np.sqrt(np.maximum(0.0, 1.0 - share**2)) * own):
        whole = np.zeros(len(n), dtype=complex)
        whole[inside] = size * line
        tracks.append(np.fft.irfft(whole, count))
    return RoadProfile(spacing, tracks[0], tracks[1])


def estimate_level(profile: FloatArray, spacing: float, band: tuple[float, float] = ON_ROAD_BAND, waviness: float = 2.0) -> float:
    """Level Gd(n0) of a measured or generated track, mm³: mean over the band of its spectrum times (n / n0)^w.

    The track is taken as periodic, as `generate` makes it.
    """
    count = len(profile)
    lines = np.abs(np.fft.rfft(profile)) ** 2 * 2.0 * spacing / count
    n = np.fft.rfftfreq(count, spacing)
    inside = (n >= band[0]) & (n <= band[1])
    return float(np.mean(lines[inside] * (n[inside] / REFERENCE_N) ** waviness))
