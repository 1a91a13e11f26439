"""A lock's parts in motion, seen across its plates: from locked to open and back, as GIF or MP4."""

from __future__ import annotations

from typing import Any

import numpy as np

from mechlock.linkage.mechanism import GROUND
from mechlock.solids.lock import COLOURS, STEEL, Lock
from mechlock.solids.lock_position import Floats, Placement
from mechlock.view.motion import encode_animation

FRAMES = 24
_SIZE, _DOTS = (8.0, 8.0), 72
_OUTLINE = "#1b1f24"
_THROUGH = 0.25
"""How much of what lies behind shows through cheeks and sleeves."""


def lock_motion(lock: Lock, end: float, suffix: str = ".gif", frames: int = FRAMES) -> bytes:
    """Animate the parts from the locked position to a drive coordinate (rad or mm) and back.

    Raises
    ------
    MissingExtra
        For MP4 without ffmpeg.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.patches import Polygon

    places = lock.placements(np.linspace(lock.drive, end, frames))
    shapes = [(part, slab.outline.polygon(0.2), max(abs(slab.low), abs(slab.high))) for part in lock.parts for slab in part.slabs]
    corners = np.concatenate([_moved(points, place[part.body]) for place in places[:: frames - 1] for part, points, _ in shapes])
    low, high = corners.min(axis=0) - 20.0, corners.max(axis=0) + 20.0
    taken: list[Any] = []
    for place in places:
        figure = Figure(figsize=_SIZE, dpi=_DOTS, facecolor="white")
        canvas = FigureCanvasAgg(figure)
        axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
        for part, points, height in shapes:
            fixed = part.body == GROUND
            axes.add_patch(
                Polygon(
                    _moved(points, place[part.body]),
                    facecolor=COLOURS.get(part.kind, STEEL),
                    edgecolor=_OUTLINE,
                    linewidth=0.6,
                    alpha=_THROUGH if fixed and part.kind in {"cheek", "guide"} else 0.9,
                    zorder=height,
                )
            )
        axes.set_xlim(low[0], high[0])
        axes.set_ylim(low[1], high[1])
        axes.set_aspect("equal")
        axes.set_axis_off()
        canvas.draw()
        taken.append(np.asarray(canvas.buffer_rgba())[..., :3].copy())
    return encode_animation(np.stack([*taken, *taken[-2:0:-1]]), suffix)


def _moved(points: Floats, place: Placement) -> Floats:
    c, s = np.cos(place.angle), np.sin(place.angle)
    return np.asarray(points @ np.array([[c, s], [-s, c]]) + np.array(place.origin), np.float64)
