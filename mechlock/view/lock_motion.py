"""A lock's parts in motion, seen across its plates: from locked to open and back, as GIF or MP4."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from mechlock.inputs.lockparts_bodies import Hook
from mechlock.linkage.mechanism import GROUND
from mechlock.solids.lock import COLOURS, STEEL, Lock
from mechlock.solids.lock_position import Placement
from mechlock.view.motion import encode_animation

FRAMES = 24
_WIDE, _CAPTION, _DOTS = 8.0, 0.65, 72
"""Width of the picture and height of the lines above it, inches, and dots to an inch."""
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

    drives = np.linspace(lock.drive, end, frames)
    places = lock.placements(drives)
    shapes = [(part, slab.outline.polygon(0.2), max(abs(slab.low), abs(slab.high))) for part in lock.parts for slab in part.slabs]
    corners = np.concatenate([place[part.body].moved(points) for place in places[:: frames - 1] for part, points, _ in shapes])
    low, high = corners.min(axis=0) - 20.0, corners.max(axis=0) + 20.0
    tall = float(np.clip(_WIDE * (high[1] - low[1]) / (high[0] - low[0]), _WIDE / 3, 1.5 * _WIDE))
    size = (_WIDE, round(_DOTS * (tall + _CAPTION) / 2) * 2 / _DOTS)  # videos want an even number of rows
    taken: list[Any] = []
    for place, drive in zip(places, drives.tolist(), strict=True):
        figure = Figure(figsize=size, dpi=_DOTS, facecolor="white")
        canvas = FigureCanvasAgg(figure)
        axes = figure.add_axes((0.0, 0.0, 1.0, tall / size[1]))
        figure.text(0.02, 1 - 0.5 * _CAPTION / size[1], _caption(lock, place, places[0], drive), va="center", fontsize=11)
        for part, points, height in shapes:
            fixed = part.body == GROUND
            axes.add_patch(
                Polygon(
                    place[part.body].moved(points),
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


def _caption(lock: Lock, place: Mapping[str, Placement], locked: Mapping[str, Placement], drive: float) -> str:
    """Name of the lock, and below it its drive's coordinate and how far its hooks have turned."""
    at = f"drive at {drive:.1f} mm" if lock.mechanism.drive.sliding else f"drive at {np.degrees(drive):.1f} deg"
    hooks = [name for name, body in lock.file.bodies.items() if isinstance(body, Hook)]
    if hooks:
        turned = [place[name].angle - locked[name].angle for name in hooks]
        degrees = np.abs(np.degrees(np.angle(np.exp(1j * np.array(turned)))))
        angles = f"{degrees.min():.1f}" if np.ptp(degrees) < 0.1 else f"{degrees.min():.1f} to {degrees.max():.1f}"
        at += f", {'hook' if len(hooks) == 1 else 'hooks'} turned by {angles} deg"
    return f"{lock.mechanism.name}\n{at}"
