"""Animations of modes and of loads growing to their full size, as GIF, or as MP4 where ffmpeg is installed."""

from __future__ import annotations

import io
import shutil
import subprocess
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mechlock.errors import InputError, MissingExtra
from mechlock.view import scene as scenes
from mechlock.view.scene import Scene
from mechlock.view.surface import exaggeration

SUFFIXES = (".gif", ".mp4")
FRAMES = 24
RATE = 20
"""Pictures per second."""


def mode_frames(prepared: Scene, mode: int, frames: int = FRAMES) -> NDArray[np.uint8]:
    """Render one cycle of a mode; shape (frames, rows, columns, 3)."""
    shape = prepared.result.shape(mode)
    phases = np.sin(2.0 * np.pi * np.arange(frames) / frames)
    title = scenes.mode_title(prepared.result, mode)
    return _frames(prepared, shape, scenes.mode_size(shape), phases, title, scenes.mode_coloring())


def case_frames(prepared: Scene, case: str | None, quantity: str = "von_mises", frames: int = FRAMES) -> NDArray[np.uint8]:
    """Render a load case growing from nothing to its full size and back; shape (frames, rows, columns, 3).

    Raises
    ------
    InputError
        When the case has no displacement.
    """
    name = prepared.result.case(case)
    displacement = scenes.case_displacement(prepared.result, name)
    if displacement is None:
        raise InputError(f"case {name!r} has no displacement to animate")
    values = scenes.scalar(prepared.result.array(name, quantity))
    phases = 0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(frames) / frames)
    return _frames(
        prepared, displacement, values, phases, name, scenes.coloring(values, scenes.title_of(quantity), prepared.result.judged)
    )


def _frames(
    prepared: Scene,
    displacement: NDArray[np.float64],
    values: NDArray[np.float64],
    phases: NDArray[np.float64],
    title: str,
    options: dict[str, Any],
) -> NDArray[np.uint8]:
    points = np.asarray(prepared.result.grid.points, dtype=float)
    factor = exaggeration(points, displacement)
    taken: list[NDArray[np.uint8]] = []
    with scenes.plotter(prepared.style) as drawn:
        moving = scenes.deformed(prepared, displacement, factor)
        drawn.add_mesh(moving, scalars=values[prepared.surface.nodes], **options)
        scenes.finish(drawn, prepared.style, f"{title}, deformation × {factor:g}")
        for phase in phases:
            moving.points = (points + factor * phase * displacement)[prepared.surface.nodes]
            drawn.render()
            taken.append(np.asarray(drawn.screenshot(return_img=True))[..., :3])
    return np.stack(taken)


def require_encoder(suffix: str) -> None:
    """Make sure that an animation of the kind `suffix` can be written.

    Raises
    ------
    MissingExtra
        For MP4 without ffmpeg.
    """
    if suffix == ".mp4" and _ffmpeg() is None:
        raise MissingExtra(
            "MP4 needs the program ffmpeg", mend="pip install 'mechlock[video]' or install it (Debian: ffmpeg), or write a .gif"
        )


def _ffmpeg() -> str | None:
    """The program ffmpeg: the system's, or that of the package imageio-ffmpeg."""
    found = shutil.which("ffmpeg")
    if found is not None:
        return found
    try:
        module = import_module("imageio_ffmpeg")
        return str(module.get_ffmpeg_exe())
    except (ImportError, RuntimeError):
        return None


def encode_animation(frames: NDArray[np.uint8], suffix: str) -> bytes:
    """Return the frames as a file of the kind that `suffix` names: ``.gif`` or ``.mp4``.

    Raises
    ------
    InputError
        For any other kind.
    MissingExtra
        For MP4 without ffmpeg.
    """
    if suffix not in SUFFIXES:
        raise InputError(
            f"an animation cannot be written as {suffix!r}", mend=f"name a file that ends in {' or '.join(SUFFIXES)}"
        )
    require_encoder(suffix)
    return _gif(frames) if suffix == ".gif" else _mp4(frames)


def _gif(frames: NDArray[np.uint8]) -> bytes:
    from PIL import Image

    palette = Image.fromarray(frames[len(frames) // 4]).quantize(colors=255)
    images = [Image.fromarray(frame).quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    stream = io.BytesIO()
    images[0].save(stream, format="GIF", save_all=True, append_images=images[1:], duration=1000 // RATE, loop=0, optimize=False)
    return stream.getvalue()


def _mp4(frames: NDArray[np.uint8]) -> bytes:
    rows, columns = frames.shape[1:3]
    even = frames[:, : rows // 2 * 2, : columns // 2 * 2]
    source = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{even.shape[2]}x{even.shape[1]}", "-r", str(RATE), "-i", "pipe:0"]
    target = ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-movflags", "frag_keyframe+empty_moov", "-f", "mp4", "pipe:1"]
    data = np.ascontiguousarray(np.concatenate([even] * 3)).tobytes()
    run = subprocess.run(
        [_ffmpeg() or "ffmpeg", "-loglevel", "error", *source, *target], input=data, capture_output=True, check=False
    )
    if run.returncode:
        raise MissingExtra(f"ffmpeg cannot write MP4 ({run.stderr.decode(errors='replace').strip()})", mend="write a .gif")
    return run.stdout
