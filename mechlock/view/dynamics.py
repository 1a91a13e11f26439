"""Curves of a motion in time: the drive with its phases, and the energies."""

from __future__ import annotations

import numpy as np

from mechlock.linkage.time_history import BaseMotion, Dynamics
from mechlock.view.mechanism import COLOURS, save
from mechlock.view.mechanism_symbols import INK

_TONES = {"free": "#c8553d", "stop": "#3b6ea5", "stuck": "#8a6d3b"}


def draw_dynamics(result: Dynamics, base: BaseMotion, suffix: str, limit: float | None = None) -> bytes:
    """Draw ground's acceleration, the drive and the energies over time; `limit` is the drive's dead centre.

    Raises
    ------
    InputError
        When `suffix` is not .png, .svg or .pdf.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.5, 7.5), facecolor="white")
    axes = figure.subplots(3, 1, sharex=True, height_ratios=(1.0, 2.0, 1.6))
    sliding = result.mechanism.drive.sliding
    scale, unit = (1.0, "mm") if sliding else (180.0 / np.pi, "deg")
    time = result.time * 1e3
    grid = np.linspace(result.time[0], result.time[-1], 2000)
    for column, name in enumerate("xy"):
        axes[0].plot(
            grid * 1e3, base.at(grid)[:, column] / 9806.65, color=COLOURS[column], linewidth=1.0, label=f"ground, {name}"
        )
    axes[0].set_ylabel("acceleration in g", fontsize=8)
    drive = result.drive * scale
    axes[1].plot(time, drive, color=INK, linewidth=0.8)
    for phase, colour in _TONES.items():
        chosen = np.array([entry == phase for entry in result.phase])
        if chosen.any():
            axes[1].plot(
                time[chosen], drive[chosen], ".", markersize=3, color=colour, label={"stop": "on the stop"}.get(phase, phase)
            )
    if limit is not None:
        axes[1].axhline(limit * scale, color="#e08e0b", linewidth=1.0, linestyle=(0, (6, 3)), label="dead centre")
    axes[1].set_ylabel(f"drive in {unit}", fontsize=8)
    energies = {
        "kinetic": result.kinetic, "work of the ground": result.base_work, "friction": result.friction_work,
        "impacts": -result.impact_loss, "dampers": result.damping_work,
    }  # fmt: skip
    for colour, (name, energy) in zip(COLOURS, energies.items(), strict=False):
        if np.any(energy != 0.0):
            axes[2].plot(time, energy * 1e-3, color=colour, linewidth=1.0, label=name)
    axes[2].set_ylabel("energy in J", fontsize=8)
    axes[2].set_xlabel("time in ms", fontsize=8)
    for ax in axes:
        ax.tick_params(labelsize=7)
        ax.grid(color="#e3e6ea", linewidth=0.6)
        if ax.get_legend_handles_labels()[1]:
            ax.legend(fontsize=7, frameon=False)
        for side in ("top", "right"):
            ax.spines[side].set_visible(False)
    figure.suptitle(result.mechanism.name, fontsize=10, color=INK)
    return save(figure, suffix)
