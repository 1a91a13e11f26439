"""What a road profile of two tracks holds: its level and coherence, octave by octave, by Welch's averaged spectra.

The estimate knows nothing of how a profile was made: Hann windows, half overlapped, over stretches of six of the longest waves.
ISO 8608:2016, annex B smooths over octaves in the same way.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.signal import csd, welch

from mechlock.errors import InputError
from mechlock.loads.history import FloatArray
from mechlock.loads.roads import ON_ROAD_BAND, REFERENCE_N, RoadProfile

_WAVES = 6.0
_LEAST_STRETCHES = 4


@dataclass(frozen=True)
class RoadEstimate:
    """Level and coherence of two tracks.

    Attributes
    ----------
    frequency : (n,) array
        Spatial frequencies of the spectra, cycles/mm.
    left, right : (n,) arrays
        One-sided displacement spectra, mm³.
    edges : (b + 1,) array
        Edges of the bands (octaves), cycles/mm.
    level : (2, b) array
        Gd(n0) of the left and the right track in each band, mm³.
    coherence : (n,) array
        Real part of the cross spectrum over the spectrum (not squared), of both tracks.
    band_coherence : (b,) array
        The same of each band as a whole.
    whole : (2,) array
        Gd(n0) of the left and the right track over all bands, mm³.
    error : (b,) array
        Relative standard error of each band's level by the length of the road.
    """

    frequency: FloatArray
    left: FloatArray
    right: FloatArray
    edges: FloatArray
    level: FloatArray
    coherence: FloatArray
    band_coherence: FloatArray
    whole: FloatArray
    error: FloatArray

    def bands(self, level: float, coherence: FloatArray) -> list[dict[str, float]]:
        """Each band against a level (mm³) and a coherence at every spatial frequency (n,) that were asked for."""
        asked = [float(np.mean(coherence[(self.frequency >= a) & (self.frequency < b)])) for a, b in pairwise(self.edges)]
        return [
            {
                "from_per_m": 1e3 * float(self.edges[k]),
                "to_per_m": 1e3 * float(self.edges[k + 1]),
                "left": float(self.level[0, k] / level),
                "right": float(self.level[1, k] / level),
                "standard_error": float(self.error[k]),
                "coherence": float(self.band_coherence[k]),
                "coherence_prescribed": asked[k],
            }
            for k in range(len(asked))
        ]


def estimate_road(profile: RoadProfile, band: tuple[float, float] = ON_ROAD_BAND, waviness: float = 2.0) -> RoadEstimate:
    """Estimate spectra, level and coherence of a profile.

    Parameters
    ----------
    profile : RoadProfile
    band : pair of float
        Spatial frequencies that are looked at, cycles/mm.
    waviness : float
        Exponent with which levels are carried to n0.

    Raises
    ------
    InputError
        When the road is too short for its longest wave, or sampled too coarsely for its shortest.
    """
    low, high = band
    size = round(_WAVES / low / profile.spacing)
    if len(profile.left) < _LEAST_STRETCHES * size // 2:
        need = 0.5e-6 * _LEAST_STRETCHES * _WAVES / low
        raise InputError(
            f"a road of {profile.length / 1e6:g} km", "road", f"take at least {need:.3g} km to estimate its spectrum"
        )
    if not profile.spacing < 0.5 / high:
        raise InputError(f"a spacing of {profile.spacing:g} mm", "road", f"take less than {0.5 / high:.0f} mm")
    rate = 1.0 / profile.spacing
    n, left = welch(profile.left, rate, nperseg=size, detrend="linear")
    _, right = welch(profile.right, rate, nperseg=size, detrend="linear")
    _, cross = csd(profile.left, profile.right, rate, nperseg=size, detrend="linear")
    edges = low * 2.0 ** np.arange(np.floor(np.log2(high / low)) + 1)
    edges[-1] = high
    carried = (n / REFERENCE_N) ** waviness
    inside = [(n >= a) & (n < b) for a, b in pairwise(edges)]
    tracks = np.array([left, right]) * carried
    # waves are weighed by what they hold of the slope, which is even for a waviness of 2
    shared, own = np.real(cross) * carried, np.sqrt(tracks[0] * tracks[1])
    within = (n >= low) & (n < high)
    return RoadEstimate(
        n,
        left,
        right,
        edges,
        np.array([tracks[:, part].mean(axis=1) for part in inside]).T,
        np.real(cross) / np.sqrt(np.maximum(left * right, 1e-300)),
        np.array([shared[part].sum() / own[part].sum() for part in inside]),
        tracks[:, within].mean(axis=1),
        1.0 / np.sqrt(np.diff(edges) * profile.length),  # so many independent waves
    )


def profile_csv(profile: RoadProfile) -> str:
    """Distance and heights as text."""
    lines = ["distance [m],left [mm],right [mm]"]
    rows = zip((1e-3 * profile.position).tolist(), profile.left.tolist(), profile.right.tolist(), strict=True)
    return "\n".join([*lines, *(f"{x:.6g},{left:.6g},{right:.6g}" for x, left, right in rows)]) + "\n"
