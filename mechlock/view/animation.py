"""Animation of a mechanism over a sweep, or over its travel from open to locked, as GIF or MP4."""

from __future__ import annotations

import io

import numpy as np

from mechlock.errors import InputError
from mechlock.linkage.kinematics import Kinematics, kinematics
from mechlock.linkage.positions import Positions
from mechlock.linkage.refusals import unreachable
from mechlock.linkage.travel import circuit
from mechlock.view.mechanism import locked_points, scene
from mechlock.view.motion import encode_animation, require_encoder

FRAMES = 48


def animate_mechanism(result: Kinematics, suffix: str = ".gif", frames: int = FRAMES) -> bytes:
    """Animate the selected mode over the sweep, or over its reachable travel where there is no sweep.

    Raises
    ------
    InputError
        When `suffix` is not .gif or .mp4, or no position can be reached.
    MissingExtra
        For MP4 without ffmpeg.
    """
    if suffix.lower() not in {".gif", ".mp4"}:
        raise InputError(f"{suffix or 'no suffix'} is not an animation format", "--animate", "use .gif or .mp4")
    require_encoder(suffix.lower())
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from PIL import Image

    sweep = result if result.sweep else _travel(result, frames)
    mode = sweep.selected
    alive = np.flatnonzero(np.isfinite(mode.q).all(axis=1))
    if not alive.size:
        raise InputError("the selected mode exists at no position of the sweep", result.mechanism.where, "choose another sweep")
    chosen = alive[np.unique(np.linspace(0, len(alive) - 1, min(frames, len(alive))).round().astype(int))]
    locked, paths = locked_points(result.mechanism), {name: place[alive] for name, place in mode.points.items()}
    images: list[Image.Image] = []
    for index in chosen:
        figure = Figure(figsize=(6.4, 4.8), dpi=80, facecolor="white")
        canvas = FigureCanvasAgg(figure)
        axes = figure.add_axes((0.02, 0.02, 0.96, 0.96))
        for place in paths.values():
            axes.plot(*place.T, color="#d5dae0", linewidth=0.7, zorder=0)
        scene(axes, result.mechanism, {name: place[index] for name, place in mode.points.items()}, locked, paths)
        canvas.draw()
        images.append(Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB"))
    if suffix.lower() == ".mp4":
        return encode_animation(np.stack([np.asarray(image) for image in images + images[-2:0:-1]]), ".mp4")
    images = [image.quantize(64) for image in images]
    stream = io.BytesIO()
    images[0].save(stream, format="GIF", save_all=True, append_images=images[1:] + images[-2:0:-1], duration=60, loop=0)
    return stream.getvalue()


def _travel(result: Kinematics, frames: int) -> Kinematics:
    """A sweep over the reachable travel around the drive's value, of a lock as far as its stop."""
    mechanism = result.mechanism
    positions = Positions(mechanism)
    interval = circuit(positions, positions.selected)
    if interval is None:
        raise unreachable(positions)
    low, high, lock = interval.low, interval.high, mechanism.lock
    if lock is not None and lock.stop is not None:
        at = lock.drive.nominal
        if interval.full:  # half a turn of it
            low, high = at - np.pi, at + np.pi
        low, high = (low, at) if lock.stop > 0 else (at, high)
    return kinematics(mechanism, sweep=(low, high, frames))
