"""A mechanism with what its analysis found: paths and curves of a sweep, dead centres, instant centres."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from mechlock.errors import InputError
from mechlock.linkage.instant_centres import instant_centres
from mechlock.linkage.kinematics import Kinematics
from mechlock.linkage.mechanism import GROUND
from mechlock.view.mechanism import COLOURS, close_in, locked_points, new_figure, save, scene
from mechlock.view.mechanism_symbols import INK

Array = npt.NDArray[np.float64]

POLE = "#7d5ba6"


def draw_kinematics(result: Kinematics, suffix: str, *, poles: bool = False) -> bytes:
    """Draw the mechanism at the first position, and in a sweep the paths of its points and the curves of its outputs.

    With `poles` the instant centres of all bodies against ground are marked as far as they are in the picture.
    """
    mechanism, mode = result.mechanism, result.selected
    alive = np.flatnonzero(np.isfinite(mode.q).all(axis=1))
    if not alive.size:
        raise InputError("the selected mode exists at no position of the sweep", mechanism.where, "choose another sweep")
    points = {name: place[alive[0]] for name, place in mode.points.items()}
    locked = locked_points(mechanism)
    if not result.sweep:
        figure, axes = new_figure(8.0, 6.0)
        scene(axes, mechanism, points, locked)
        if poles:
            _poles(axes, result, alive[0])
        close_in(figure, axes)
        axes.set_title(mechanism.name, fontsize=10, color=INK)
        return save(figure, suffix)
    figure, axes = new_figure(11.5, 7.0)
    axes.set_position((0.03, 0.08, 0.53, 0.84))
    for name, place in mode.points.items():
        if name.body != GROUND:
            axes.plot(place[:, 0], place[:, 1], color="#9aa5b1", linewidth=0.8, zorder=1)
    scene(axes, mechanism, points, locked, mode.points)
    if poles:
        _poles(axes, result, alive[0])
    _curves(figure, result)
    figure.suptitle(mechanism.name, fontsize=10, color=INK)
    return save(figure, suffix)


def _poles(axes: Any, result: Kinematics, row: int) -> None:
    """Mark the instant centres against ground at one position that are in the picture; bodies with the same one share a label."""
    (x0, x1), (y0, y1) = axes.get_xlim(), axes.get_ylim()
    mode, named = result.selected, dict[tuple[float, ...], list[str]]()
    for pole in instant_centres(result.positions, mode.q[row : row + 1], mode.motion[0][row : row + 1]):
        x, y = pole.at[0]
        if pole.bodies[0] == GROUND and x0 < x < x1 and y0 < y < y1:
            named.setdefault(tuple(np.round(pole.at[0], 6)), []).append(pole.bodies[1])
    for place, bodies in named.items():
        axes.plot(*place, marker="x", markersize=6, color=POLE, zorder=10)
        axes.annotate(
            f"pole of {', '.join(bodies)}", place, xytext=(8, -3), textcoords="offset points", fontsize=6.5, color=POLE,
            ha="left", va="top", zorder=10,
            bbox={"boxstyle": "round,pad=0.1", "facecolor": "white", "edgecolor": "none", "alpha": 0.8},
        )  # fmt: skip


def _curves(figure: Any, result: Kinematics) -> None:
    """Curves over the sweep, one above the other: angles, velocity ratios, transmission angles, travels; dead centres dotted."""
    from mechlock.linkage.record import unwrap

    mode, sliding = result.selected, result.mechanism.drive.sliding
    x = result.drive if sliding else np.degrees(result.drive)
    angles = {body: np.degrees(unwrap(angle)) for body, angle in mode.angles.items()}
    ratios = {body: np.clip(ratio, -20.0, 20.0) for body, ratio in mode.velocity_ratios.items()}
    curves = [("angle in deg", angles), (f"d(angle)/d(drive){' in rad/mm' if sliding else ''}", ratios)]
    if mode.transmission_angles:
        curves.append(("transmission angle in deg", {name: np.degrees(a) for name, a in mode.transmission_angles.items()}))
    if mode.travels:
        curves.append(("travel in mm", dict(mode.travels)))
    height = 0.84 / len(curves)
    for index, (label, lines) in enumerate(curves):
        axes = figure.add_axes((0.64, 0.92 - (index + 1) * height + 0.035, 0.27, height - 0.05))
        for colour, (name, values) in zip(COLOURS * 4, lines.items(), strict=False):
            axes.plot(x, values, color=colour, label=name, linewidth=1.2)
        if label.startswith("transmission"):
            axes.axhspan(0.0, 40.0, color="#b3261e", alpha=0.06, linewidth=0.0)
            axes.axhspan(140.0, 180.0, color="#b3261e", alpha=0.06, linewidth=0.0)
        axes.set_ylabel(label, fontsize=7)
        axes.legend(fontsize=6, frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.03))
        _dress(axes, result, x, index == len(curves) - 1)


def _dress(axes: Any, result: Kinematics, x: Array, last: bool) -> None:
    """Grid, dead centres within the sweep, and the drive's axis under the last curves."""
    sliding = result.mechanism.drive.sliding
    axes.tick_params(labelsize=6.5, labelbottom=last)
    axes.grid(color="#e3e6ea", linewidth=0.6)
    axes.axhline(0.0, color="#9aa5b1", linewidth=0.6)
    axes.set_xlim(x.min(), x.max())
    for centre in result.dead_centres:
        at = centre.drive if sliding else np.degrees(centre.drive)
        for turn in (0.0,) if sliding else (-360.0, 0.0, 360.0):
            axes.axvline(at + turn, color="#b36f00", linewidth=0.8, linestyle=":")
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    if last:
        axes.set_xlabel(f"drive in {'mm' if sliding else 'deg'} (dotted: dead centres)", fontsize=7)
