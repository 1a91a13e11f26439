"""Symbols of a mechanism's drawing: pins, slides, contacts, springs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import sympy as sp

from mechlock.linkage.mechanism import GROUND, Joint, Mechanism, PointName

Array = npt.NDArray[np.float64]

INK = "#22262b"
DRIVE = "#1d7a8c"


def pin(axes: Any, at: Array, grounded: bool, size: float) -> None:
    """A pin, on a hatched bearing where it is ground's."""
    from matplotlib.patches import Circle, Polygon

    r = 0.016 * size
    if grounded:
        base = at[1] - 3.2 * r
        axes.add_patch(
            Polygon(
                [at, (at[0] - 2.2 * r, base), (at[0] + 2.2 * r, base)],
                facecolor="#d9dde2",
                edgecolor=INK,
                linewidth=0.8,
                zorder=3,
            )
        )
        hatch(axes, (at[0] - 3.2 * r, base), (at[0] + 3.2 * r, base), (0.0, -1.0), r)
    axes.add_patch(Circle((float(at[0]), float(at[1])), r, facecolor="white", edgecolor=INK, linewidth=1.1, zorder=6))


def pin_name(axes: Any, name: str, at: Array, size: float) -> None:
    """The joint's name, small beside its pin."""
    place = at + 0.024 * size * np.array([1.0, 0.6])
    axes.annotate(name, tuple(place), fontsize=6, color="#57606a", ha="left", va="bottom", zorder=9)


def drive_arrow(axes: Any, mechanism: Mechanism, points: Mapping[PointName, Array], size: float) -> None:
    """An arrow at the driven joint in the sense in which the drive coordinate grows."""
    joint = mechanism.joint(mechanism.drive.joint)
    ends = points.get(joint.first), points.get(_real_end(mechanism, joint))
    if ends[0] is None or ends[1] is None:
        return
    style = {"arrowstyle": "-|>", "color": DRIVE, "linewidth": 1.3, "shrinkA": 0.0, "shrinkB": 0.0}
    if mechanism.drive.sliding:
        along = axis(mechanism, joint.name, points)
        start = ends[1] + 0.075 * size * np.array([-along[1], along[0]])
        axes.annotate("", tuple(start + 0.12 * size * along), tuple(start), arrowprops=style, zorder=9)
        return
    forward = joint.second.body != GROUND  # seen from ground the carried body turns against a coordinate that leads to ground
    angle = np.radians(np.linspace(200.0, 340.0, 40) if forward else np.linspace(340.0, 200.0, 40))
    arc = ends[1] + 0.075 * size * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    axes.plot(*arc[:-4].T, color=DRIVE, linewidth=1.3, zorder=9)
    axes.annotate("", tuple(arc[-1]), tuple(arc[-5]), arrowprops=style, zorder=9)


def hatch(axes: Any, start: Any, end: Any, away: Any, r: float) -> None:
    """A line with short strokes on its fixed side."""
    start, end, away = np.asarray(start), np.asarray(end), np.asarray(away)
    axes.plot([start[0], end[0]], [start[1], end[1]], color=INK, linewidth=1.0, zorder=3)
    along = (end - start) / np.linalg.norm(end - start)
    strokes = max(5, round(float(np.linalg.norm(end - start)) / (1.3 * r)))
    for t in np.linspace(1.0 / strokes, 1.0, strokes):
        foot = start + t * (end - start)
        tip = foot + 1.2 * r * away - 1.2 * r * along
        axes.plot([foot[0], tip[0]], [foot[1], tip[1]], color=INK, linewidth=0.7, zorder=3)


def slide(
    axes: Any,
    mechanism: Mechanism,
    name: str,
    points: Mapping[PointName, Array],
    size: float,
    paths: Mapping[PointName, Array] | None = None,
) -> None:
    """A slider as a rail through its point, hatched where the rail is ground's; as long as its path where that is given."""
    from matplotlib.patches import Rectangle

    joint = mechanism.joint(name)
    start = points.get(joint.first)
    block = joint.second
    if mechanism.bodies[block.body].virtual:
        block = next(other.first for other in mechanism.joints if other.name == f"{name}~pin")
    end = points.get(block)
    if start is None or end is None:
        return
    along = axis(mechanism, name, points)
    across = np.array([-along[1], along[0]])
    r = 0.016 * size
    half = 0.16 * size
    reach = float((end - start) @ along)
    low = high = reach  # the rail about the block; where the travel counts from zero may be far away
    if paths is not None and joint.first.body == GROUND:
        travels = (paths[block] - start) @ along
        low, high = float(np.nanmin(travels)), float(np.nanmax(travels))
    for side in (-1.0, 1.0):
        rail_start, rail_end = (
            start + (low - half) * along + side * 1.6 * r * across,
            start + (high + half) * along + side * 1.6 * r * across,
        )
        if GROUND in joint.bodies:
            hatch(axes, rail_start, rail_end, side * across, r)
        else:
            axes.plot(*np.array([rail_start, rail_end]).T, color=INK, linewidth=0.9, zorder=3)
    corner = end - 3.0 * r * along - 1.5 * r * across
    angle = float(np.degrees(np.arctan2(along[1], along[0])))
    axes.add_patch(
        Rectangle(tuple(corner), 6.0 * r, 3.0 * r, angle=angle, facecolor="white", edgecolor=INK, linewidth=1.0, zorder=5)
    )


def axis(mechanism: Mechanism, name: str, points: Mapping[PointName, Array]) -> Array:
    """Direction of a slider in ground's frame: from the first body's frame through two of its points, else ground's."""
    joint = mechanism.joint(name)
    positions = {name: place for name, place in points.items() if name.body == joint.first.body}
    values = {symbol: sp.Float(value) for symbol, value in mechanism.nominal().items()}

    def number(expression: sp.Expr) -> float:
        return float(expression.xreplace(values))  # pyright: ignore[reportArgumentType]

    axis = number(joint.axis)
    if joint.first.body != GROUND and len(positions) >= 2:
        one, two = list(positions)[:2]
        local = [np.array([number(c) for c in mechanism.local(name)]) for name in (one, two)]
        own, world = local[1] - local[0], positions[two] - positions[one]
        axis += float(np.arctan2(world[1], world[0]) - np.arctan2(own[1], own[0]))
    return np.array([np.cos(axis), np.sin(axis)])


def slid_on(mechanism: Mechanism, body: str, points: Mapping[PointName, Array]) -> list[Array]:
    """Where other bodies slide on a moving one, and the feet of these places on the face that it slides on: a wedge's outline."""
    slides = [joint for joint in mechanism.joints if joint.kind == "prismatic" and joint.second in points]
    found = [points[joint.second] for joint in slides if joint.first.body == body]
    feet: list[Array] = []
    for joint in slides:
        if joint.second.body == body:
            foot, along = points[joint.second], axis(mechanism, joint.name, points)
            feet += [foot + along * float(along @ (place - foot)) for place in found]
    return found + feet


def contact(axes: Any, mechanism: Mechanism, joint: Joint, points: Mapping[PointName, Array], size: float) -> None:
    """A contact: its circles, or its face through the joint's first point."""
    from matplotlib.patches import Circle

    for place, radius in _circles(mechanism, joint, points):
        centre = float(place[0]), float(place[1])
        axes.add_patch(Circle(centre, radius, facecolor="none", edgecolor=INK, linewidth=1.1, zorder=4))
    start, end = points.get(joint.first), _real_end(mechanism, joint)
    if joint.kind == "prismatic" and start is not None and end in points:
        along = axis(mechanism, joint.name, points)
        reach = float((points[end] - start) @ along)
        low, high = sorted((0.0, reach))
        line = np.array([start + (low - 0.08 * size) * along, start + (high + 0.08 * size) * along])
        axes.plot(*line.T, color=INK, linewidth=1.4, zorder=4)


def contact_corners(mechanism: Mechanism, points: Mapping[PointName, Array]) -> list[Array]:
    """Corners of the boxes around all circles that touch, so that a picture holds them."""
    found: list[Array] = []
    for joint in mechanism.joints:
        for place, radius in _circles(mechanism, joint, points):
            found += [place - radius, place + radius]
    return found


def _circles(mechanism: Mechanism, joint: Joint, points: Mapping[PointName, Array]) -> list[tuple[Array, float]]:
    if joint.contact is None:
        return []
    values = {symbol: sp.Float(value) for symbol, value in mechanism.nominal().items()}
    radii = [float(radius.xreplace(values)) for radius in joint.contact.radii]  # pyright: ignore[reportArgumentType]
    ends = joint.first, _real_end(mechanism, joint)
    return [(points[end], radius) for end, radius in zip(ends, radii, strict=True) if end in points and radius > 0.0]


def _real_end(mechanism: Mechanism, joint: Joint) -> PointName:
    """The point of the second real body that a joint with a virtual body between leads to."""
    if not mechanism.bodies[joint.second.body].virtual:
        return joint.second
    other = next(other for other in mechanism.joints if other.name in {f"{joint.name}~pin", f"{joint.name}~far"})
    return other.second if other.name.endswith("~far") else other.first


def spring(axes: Any, start: Array, end: Array, size: float) -> None:
    """A spring as a zigzag between its ends."""
    gap = end - start
    length = float(np.linalg.norm(gap))
    if length < 1e-9:
        return
    along, across = gap / length, np.array([-gap[1], gap[0]]) / length
    t = np.concatenate([[0.0, 0.15], np.linspace(0.2, 0.8, 13), [0.85, 1.0]])
    swing = np.concatenate([[0.0, 0.0], 0.018 * size * (-1.0) ** np.arange(13), [0.0, 0.0]])
    line = start + np.outer(t * length, along) + np.outer(swing, across)
    axes.plot(*line.T, color="#588157", linewidth=1.0, zorder=7)
