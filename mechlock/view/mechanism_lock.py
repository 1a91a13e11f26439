"""The lock in a mechanism's drawing: load cones, the over-centre line, the stop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from mechlock.linkage.mechanism import GROUND, Mechanism, PointName
from mechlock.view.mechanism_symbols import INK, axis, hatch

Array = npt.NDArray[np.float64]

LOAD = "#b3261e"


def loads(axes: Any, mechanism: Mechanism, points: Mapping[PointName, Array], size: float) -> list[Array]:
    """Load cones: an arrow in the middle, the cone's edges beside it; where their texts stand."""
    from matplotlib.patches import Wedge

    if mechanism.lock is None:
        return []
    texts: dict[PointName, Array] = {}
    for load in mechanism.lock.loads:
        at, long = points[load.at], 0.17 * size
        low, high = np.degrees([load.direction.low, load.direction.high])
        axes.add_patch(Wedge(tuple(at), long, low, high, facecolor=LOAD, alpha=0.12, zorder=1))
        middle = load.direction.nominal
        tip = at + long * np.array([np.cos(middle), np.sin(middle)])
        axes.annotate("", tuple(tip), tuple(at), arrowprops={"arrowstyle": "-|>", "color": LOAD, "linewidth": 1.6}, zorder=9)
        if load.at not in texts:
            text = f"{load.name}\n{load.magnitude.low / 1e3:g} to {load.magnitude.high / 1e3:g} kN"
            own = np.mean([place for name, place in points.items() if name.body == load.at.body], axis=0) - at
            presses = float(own @ (tip - at)) > 0.9 * float(np.linalg.norm(own)) * long > 0.0  # the arrow lies on its body
            place = at - 0.2 * (tip - at) if presses else at + 1.08 * (tip - at)
            level = presses and abs(float(tip[0] - at[0])) > 0.9 * long  # a slider in level guides: its text stands above them
            place = at + 0.12 * size * np.array([0.0, 1.0]) if level else place
            beyond = "bottom" if place[1] >= at[1] else "top"
            texts[load.at] = place + (0.025 if beyond == "bottom" else -0.025) * size * np.array([0.0, 1.0])
            axes.annotate(
                text, tuple(place), fontsize=7, color=LOAD, ha="center", va=beyond, zorder=9,
                bbox={"boxstyle": "round,pad=0.1", "facecolor": "white", "edgecolor": "none", "alpha": 0.7},
            )  # fmt: skip
        axes.plot(*at, marker="o", markersize=3.5, color=LOAD, zorder=9)
    return [*texts.values(), *(points[at] for at in texts)]


def over_centre_line(axes: Any, mechanism: Mechanism, points: Mapping[PointName, Array], size: float) -> None:
    """The dead-centre line through the driven pivot and the far pin of the link that the driven body pushes."""
    if mechanism.lock is None or mechanism.drive.sliding:
        return
    driven = mechanism.joint(mechanism.drive.joint)
    body = driven.other(GROUND) if GROUND in driven.bodies else ""
    loaded = {load.at.body for load in mechanism.lock.loads}
    for joint in mechanism.joints:
        if joint.kind != "revolute" or body not in joint.bodies or joint.name == driven.name:
            continue
        link = joint.other(body)
        for far in mechanism.joints:
            if far.kind == "revolute" and link in far.bodies and far.other(link) in loaded and far.second in points:
                start = points[driven.second]
                end = points[far.second]
                step = (end - start) / max(float(np.linalg.norm(end - start)), 1e-9)
                line = np.array([start - 0.12 * size * step, end + 0.12 * size * step])
                axes.plot(*line.T, color="#e08e0b", linewidth=0.9, linestyle=(0, (6, 3)), zorder=1)
                crowded = min(float(np.linalg.norm(line[1] - points[load.at])) for load in mechanism.lock.loads) < 0.15 * size
                place = line[0] if crowded else line[1]  # loads have texts too, and so has the drive's arrow
                axes.annotate(
                    "dead-centre line", tuple(place), xytext=(0, 2), textcoords="offset points", fontsize=6.5, color="#b36f00",
                    ha="center", va="bottom",
                )  # fmt: skip


def stop(axes: Any, mechanism: Mechanism, points: Mapping[PointName, Array], size: float) -> None:
    """The stop: a hatched block ahead of the driven body, on the side it blocks."""
    lock = mechanism.lock
    if lock is None or lock.stop is None:
        return
    joint = mechanism.joint(mechanism.drive.joint)
    pivot = points[joint.second]
    body = joint.second.body if joint.second.body != GROUND else joint.first.body
    own = [place for name, place in points.items() if name.body == body and np.linalg.norm(place - pivot) > 1e-9]
    r = 0.016 * size
    sense = lock.stop * (1.0 if joint.second.body == body else -1.0)
    if mechanism.drive.sliding:
        ahead = sense * axis(mechanism, joint.name, points)
        foot = pivot + 4.0 * r * ahead
    elif own:
        arm = own[0] - pivot
        ahead = sense * np.array([-arm[1], arm[0]]) / np.linalg.norm(arm)
        foot = pivot + 0.62 * arm + 2.2 * r * ahead
    else:
        return
    across = np.array([-ahead[1], ahead[0]])
    hatch(axes, foot - 2.2 * r * across, foot + 2.2 * r * across, ahead, r)
    axes.annotate("stop", tuple(foot + 2.8 * r * ahead), fontsize=7, color=INK, ha="center", va="center")
