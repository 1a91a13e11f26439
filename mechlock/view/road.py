"""Picture of a road: heights of both tracks, their spectra between the limits of a class, and their coherence."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray

from mechlock.errors import InputError
from mechlock.loads.road_estimate import RoadEstimate
from mechlock.loads.roads import RoadProfile, RoadSpectrum, class_limits
from mechlock.view.loads import SUFFIXES

_SHOWN = 200e3
"""Length of road whose heights are drawn, mm."""

_SMOOTH = 48
"""Bands in which spectra are averaged for the picture."""


def draw_road(
    profile: RoadProfile, found: RoadEstimate, spectrum: RoadSpectrum, coherence: NDArray[np.floating], class_: str, suffix: str
) -> bytes:
    """Draw a road and return the picture.

    Raises
    ------
    InputError
        When the picture's format is not known.
    """
    if suffix not in SUFFIXES:
        raise InputError(f"a picture ends in {', '.join(SUFFIXES)}, not {suffix!r}", mend="rename it")
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10.0, 6.4), layout="constrained")
    grid = figure.add_gridspec(2, 2)
    heights, levels, tracks = (figure.add_subplot(part) for part in (grid[0, :], grid[1, 0], grid[1, 1]))
    near = profile.position <= _SHOWN
    for side, values, track in (("left", found.left, profile.left), ("right", found.right, profile.right)):
        heights.plot(1e-3 * profile.position[near], track[near], linewidth=0.8, label=side)
        n, level = _averaged(found, values)
        levels.loglog(1e3 * n, 1e-9 * level, label=side, linewidth=1.0)
    n = np.geomspace(found.edges[0], found.edges[-1], 2)
    levels.loglog(1e3 * n, 1e-9 * spectrum.at(n), "k--", linewidth=0.8, label=f"class {class_}, mean")
    for limit in class_limits(class_):
        if limit is not None:
            levels.loglog(1e3 * n, 1e-9 * limit / spectrum.level * spectrum.at(n), "k:", linewidth=0.8)
    at, shared = _averaged(found, found.coherence)
    tracks.semilogx(1e3 * at, shared, "o", markersize=3, label="estimated")
    within = (found.frequency >= found.edges[0]) & (found.frequency <= found.edges[-1])
    tracks.semilogx(1e3 * found.frequency[within], coherence[within], "k--", linewidth=0.8, label="prescribed")
    heights.set(xlabel="distance, m", ylabel="height, mm", xlim=(0.0, 1e-3 * min(_SHOWN, profile.length)))
    levels.set(xlabel="spatial frequency, cycles/m", ylabel="Gd, m³ (dotted: limits of the class)")
    tracks.set(xlabel="spatial frequency, cycles/m", ylabel="coherence of the tracks", ylim=(-0.1, 1.05))
    for part in (levels, tracks):
        part.grid(alpha=0.3, which="both")
    for part in (heights, levels, tracks):
        part.legend(fontsize=8, frameon=False)
    figure.suptitle(f"class {class_}, {profile.length / 1e6:g} km", fontsize=9)
    stream = io.BytesIO()
    figure.savefig(stream, format=suffix[1:], dpi=130)
    return stream.getvalue()


def _averaged(found: RoadEstimate, values: NDArray[np.floating]) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """Geometric middles and means of bands of equal ratio."""
    edges = np.geomspace(found.edges[0], found.edges[-1], _SMOOTH + 1)
    number = np.digitize(found.frequency, edges)
    kept = [k for k in range(1, len(edges)) if (number == k).any()]
    middles = np.sqrt(edges[:-1] * edges[1:])[np.array(kept) - 1]
    return middles, np.array([values[number == k].mean() for k in kept])
