"""S-N curves, always of the stress **range** (twice the amplitude): welds by IIW and EN 1993-1-9, base metal.

IIW: Hobbacher, Recommendations for fatigue design of welded joints, IIW-2259-15 (2016). EN 1993-1-9:2005, 7.1.
Figures of the details stand in ``materials.toml`` with their certainty.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from mechlock.errors import InputError
from mechlock.loads.history import FloatArray

REFERENCE_CYCLES = 2.0e6
"""Cycles at which a weld class (FAT, detail category) is named."""


@dataclass(frozen=True)
class SNCurve:
    """Stress range against cycles to failure: two straight lines on log-log paper and, optionally, a cut-off.

    Attributes
    ----------
    name : str
    knee_range : float
        Stress range at the knee, MPa.
    knee_cycles : float
        Cycles at the knee.
    slope : float
        m of ``N = C / range^m`` above the knee.
    slope_below : float
        m below the knee (infinite: an endurance limit).
    cutoff_range : float
        Ranges below it do no damage, MPa (0: none).
    source : str
    """

    name: str
    knee_range: float
    knee_cycles: float
    slope: float
    slope_below: float
    cutoff_range: float = 0.0
    source: str = ""

    def cycles(self, stress_range: ArrayLike) -> FloatArray:
        """Cycles to failure at constant stress range (MPa); infinite where no damage is done."""
        damage = self.damage_per_cycle(stress_range)
        with np.errstate(divide="ignore"):
            return 1.0 / damage

    def damage_per_cycle(self, stress_range: ArrayLike) -> FloatArray:
        """Damage (1/N) of one cycle of the stress range (MPa)."""
        size = np.asarray(stress_range, dtype=float) / self.knee_range
        above = size >= 1.0
        with np.errstate(divide="ignore"):
            power = np.where(above, self.slope, self.slope_below) * np.log(np.where(size > 0.0, size, 0.0))
        alive = (size > 0.0) & (size >= self.cutoff_range / self.knee_range) & (above | math.isfinite(self.slope_below))
        return np.where(alive, np.exp(np.where(alive, power, 0.0)), 0.0) / self.knee_cycles

    def range_at(self, cycles: ArrayLike) -> FloatArray:
        """Stress range (MPa) that fails after the cycles given."""
        ratio = np.asarray(cycles, dtype=float) / self.knee_cycles
        slope = np.where(ratio <= 1.0, self.slope, self.slope_below)
        return np.maximum(self.knee_range * ratio ** (-1.0 / slope), self.cutoff_range)

    def scaled(self, factor: float, why: str = "") -> SNCurve:
        """The same curve with every stress range multiplied by `factor` (thickness, partial safety, hot spot)."""
        if not (math.isfinite(factor) and factor > 0.0):
            raise InputError(f"an S-N curve cannot be scaled by {factor!r}", self.name)
        return replace(
            self,
            knee_range=self.knee_range * factor,
            cutoff_range=self.cutoff_range * factor,
            source=f"{self.source}; times {factor:.4g} {why}".rstrip(),
        )


def _weld(name: str, fat: float, slope: float, knee: float, below: float, cutoff_cycles: float, source: str) -> SNCurve:
    if not (math.isfinite(fat) and fat > 0.0):
        raise InputError(f"a weld class is a positive stress range, not {fat!r}", name, "give it in MPa, such as 90")
    knee_range = fat * (REFERENCE_CYCLES / knee) ** (1.0 / slope)
    cutoff = knee_range * (knee / cutoff_cycles) ** (1.0 / below) if math.isfinite(cutoff_cycles) else 0.0
    return SNCurve(name, knee_range, knee, slope, below, cutoff, source)


FAT_CLASSES = (36.0, 40.0, 45.0, 50.0, 56.0, 63.0, 71.0, 80.0, 90.0, 100.0, 112.0, 125.0, 140.0, 160.0)
"""Classes of IIW-2259-15, fig. 3.1, MPa."""


def iiw(fat: float) -> SNCurve:
    """IIW curve for normal stress and variable amplitudes: slope 3, knee at 1e7, slope 5 below, no cut-off.

    `fat` is the stress range (MPa) at 2e6 cycles with 97.7 % survival.
    """
    return _weld(f"IIW FAT {fat:g}", fat, 3.0, 1.0e7, 5.0, math.inf, "IIW-2259-15, 3.2, fig. 3.1 with m2 = 5")


def iiw_shear(fat: float) -> SNCurve:
    """IIW curve for shear stress: slope 5, knee at 1e8; below it 2 m - 1 = 9 (Haibach), where IIW draws a limit."""
    return _weld(f"IIW FAT {fat:g} shear", fat, 5.0, 1.0e8, 9.0, math.inf, "IIW-2259-15, 3.2, fig. 3.2; slope 9 below the knee")


def en1993(category: float) -> SNCurve:
    """EN 1993-1-9 curve for normal stress: slope 3 to 5e6, slope 5 to 1e8, cut-off there.

    `category` is the stress range (MPa) at 2e6 cycles.
    """
    return _weld(f"EN 1993-1-9 category {category:g}", category, 3.0, 5.0e6, 5.0, 1.0e8, "EN 1993-1-9:2005, 7.1, fig. 7.1")


def base_metal(tensile_strength: float, stress_ratio_slope: float = 5.0, knee_cycles: float = 1.0e6) -> SNCurve:
    """Rolled steel without welds under fully reversed stress (R = -1), after the FKM guideline.

    The fatigue limit in amplitude is 0.45 Rm, so 0.9 Rm in range; below the knee the slope 2k - 1 (Haibach).
    """
    limit_range = 2.0 * 0.45 * tensile_strength
    return SNCurve(
        f"base metal Rm {tensile_strength:g}",
        limit_range,
        knee_cycles,
        stress_ratio_slope,
        2.0 * stress_ratio_slope - 1.0,
        source="FKM guideline: 0.45 Rm at R = -1, k = 5; Haibach below the knee",
    )


def basquin(coefficient: float, slope: float, name: str = "Basquin") -> SNCurve:
    """One straight line ``N = coefficient * range^-slope``."""
    return SNCurve(name, coefficient ** (1.0 / slope), 1.0, slope, slope, source="given")


def through_points(first: tuple[float, float], second: tuple[float, float], name: str = "two points") -> SNCurve:
    """One straight line through two points, each as (stress range, cycles)."""
    slope = math.log(second[1] / first[1]) / math.log(first[0] / second[0])
    if not (math.isfinite(slope) and slope > 0.0):
        raise InputError("more cycles must go with a smaller stress range", name)
    return SNCurve(name, second[0], second[1], slope, slope, source="given")


def thickness_factor(thickness: float, exponent: float = 0.3, reference: float = 25.0) -> float:
    """Factor on the stress range for plates thicker than 25 mm, ``(25 / t)^n``; 1 for thinner ones (IIW 3.5.2).

    Exponents: 0.3 as-welded cruciforms and transverse attachments, 0.2 butt welds and toe-ground, 0.1 base metal.
    """
    if not (math.isfinite(thickness) and thickness > 0.0):
        raise InputError(f"a thickness of {thickness!r} mm", "thickness correction")
    return min(1.0, (reference / thickness) ** exponent)


def mean_stress_sensitivity(tensile_strength: float) -> float:
    """M of the FKM guideline for steel: 0.35e-3 Rm - 0.1 (Rm in MPa), not below zero."""
    return max(0.0, 0.35e-3 * tensile_strength - 0.1)


def fkm_equivalent_range(stress_range: ArrayLike, mean: ArrayLike, sensitivity: float) -> FloatArray:
    """Range at R = -1 that does the same damage as a cycle with a mean stress (FKM, Haigh diagram in four fields).

    For base metal. As-welded joints need no correction: residual stress at yield is taken for granted (IIW 3.2).
    """
    amplitude, middle = 0.5 * np.asarray(stress_range, dtype=float), np.asarray(mean, dtype=float)
    m = sensitivity
    ratio = np.divide(middle, amplitude, out=np.zeros_like(amplitude + middle), where=amplitude > 0.0)
    # field 1: R > 1 (compression), 2: -inf < R < 0, 3: 0 <= R < 0.5, 4: R >= 0.5, by mean over amplitude
    compression = np.full_like(ratio, 1.0 - m)
    alternating = 1.0 + m * ratio
    pulsating = (1.0 + m) * (1.0 + m / 3.0 * ratio) / (1.0 + m / 3.0)
    high = np.full_like(ratio, (1.0 + m) * (1.0 + m) / (1.0 + m / 3.0))
    factor = np.where(ratio < -1.0, compression, np.where(ratio <= 1.0, alternating, np.where(ratio < 3.0, pulsating, high)))
    return 2.0 * amplitude * factor
