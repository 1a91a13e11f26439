"""Drawings of a mechanism: links as plates, pins, sliders, ground, stop, load cones, the over-centre line; curves of a sweep."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import sympy as sp

from mechlock.errors import InputError
from mechlock.linkage.kinematics import Kinematics
from mechlock.linkage.mechanism import GROUND, Mechanism, PointName
from mechlock.linkage.positions import Positions

Array = npt.NDArray[np.float64]

SUFFIXES = (".png", ".svg", ".pdf")
COLOURS = ("#3b6ea5", "#c8553d", "#588157", "#7d5ba6", "#b5838d", "#8a6d3b", "#2a9d8f", "#6c757d", "#9c6644")
INK = "#22262b"
LOAD = "#b3261e"


def draw(mechanism: Mechanism, suffix: str = ".svg", drive: float | None = None, dpi: int = 130) -> bytes:
    """Draw the mechanism at its stop (or at `drive`, rad or mm) and return the picture.

    Raises
    ------
    InputError
        When `suffix` is not one of .png, .svg, .pdf, or the position cannot be reached.
    """
    positions = Positions(mechanism)
    default = mechanism.lock.drive.nominal if mechanism.lock is not None else positions.drive_value
    where = default if drive is None else drive
    q = positions.at(positions.selected, np.array([where]))
    if not np.isfinite(q).all():
        raise positions.unreachable()
    points = {name: place[0] for name, place in positions.points(q).items()}
    figure, axes = _figure(8.0, 6.0)
    scene(axes, mechanism, points)
    axes.set_title(mechanism.name, fontsize=10, color=INK)
    return save(figure, suffix, dpi)


def locked_points(mechanism: Mechanism) -> dict[PointName, Array] | None:
    """Positions of all points with the drive on its stop, or None without a lock."""
    if mechanism.lock is None:
        return None
    positions = Positions(mechanism)
    q = positions.at(positions.selected, np.array([mechanism.lock.drive.nominal]))
    return {name: place[0] for name, place in positions.points(q).items()} if np.isfinite(q).all() else None


def draw_kinematics(result: Kinematics, suffix: str) -> bytes:
    """Draw the mechanism at the first position, and in a sweep the paths of its points and the curves of its outputs."""
    mechanism, mode = result.mechanism, result.selected
    alive = np.flatnonzero(np.isfinite(mode.q).all(axis=1))
    if not alive.size:
        raise InputError("the selected mode exists at no position of the sweep", mechanism.where, "choose another sweep")
    points = {name: place[alive[0]] for name, place in mode.points.items()}
    locked = locked_points(mechanism)
    if not result.sweep:
        figure, axes = _figure(8.0, 6.0)
        scene(axes, mechanism, points, locked)
        axes.set_title(mechanism.name, fontsize=10, color=INK)
        return save(figure, suffix)
    figure, axes = _figure(11.5, 6.0)
    axes.set_position((0.05, 0.08, 0.5, 0.84))
    for name, place in mode.points.items():
        if name.body != GROUND:
            axes.plot(place[:, 0], place[:, 1], color="#9aa5b1", linewidth=0.8, zorder=1)
    scene(axes, mechanism, points, locked, view_of(mode.points))
    _curves(figure, result)
    figure.suptitle(mechanism.name, fontsize=10, color=INK)
    return save(figure, suffix)


def _curves(figure: Any, result: Kinematics) -> None:
    from mechlock.linkage.record import unwrap

    mechanism, mode = result.mechanism, result.selected
    sliding = mechanism.drive.sliding
    x = result.drive if sliding else np.degrees(result.drive)
    upper = figure.add_axes((0.64, 0.56, 0.33, 0.36))
    lower = figure.add_axes((0.64, 0.1, 0.33, 0.36))
    for colour, (body, angle) in zip(COLOURS, mode.angles.items(), strict=False):
        upper.plot(x, np.degrees(unwrap(angle)), color=colour, label=body, linewidth=1.2)
        ratio = np.clip(mode.velocity_ratios[body], -20, 20)
        lower.plot(x, ratio, color=colour, linewidth=1.2)
    upper.set_ylabel("angle in deg", fontsize=8)
    lower.set_ylabel("d(angle)/d(drive)", fontsize=8)
    lower.set_xlabel(f"drive in {'mm' if sliding else 'deg'}", fontsize=8)
    upper.legend(fontsize=7, frameon=False)
    for axes in (upper, lower):
        axes.tick_params(labelsize=7)
        axes.grid(color="#e3e6ea", linewidth=0.6)
        axes.axhline(0.0, color="#9aa5b1", linewidth=0.6)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)


def _figure(width: float, height: float) -> tuple[Any, Any]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), facecolor="white")
    return figure, figure.add_axes((0.05, 0.05, 0.9, 0.88))


def save(figure: Any, suffix: str, dpi: int = 130) -> bytes:
    """Return a figure as a file's content.

    Raises
    ------
    InputError
        When `suffix` is not one of .png, .svg, .pdf.
    """
    if suffix.lower() not in SUFFIXES:
        raise InputError(f"{suffix or 'no suffix'} is not a picture format", mend=f"use {', '.join(SUFFIXES)}")
    stream = io.BytesIO()
    plain = {"Date": None} if suffix.lower() == ".svg" else None
    figure.savefig(stream, format=suffix.lower()[1:], dpi=dpi, metadata=plain)
    return stream.getvalue()


def extent(points: Mapping[PointName, Array]) -> float:
    """Largest side of the box around the points (mm)."""
    places = np.array(list(points.values()))
    return float(max(np.ptp(places[:, 0]), np.ptp(places[:, 1]), 1e-6))


def view_of(points: Mapping[PointName, Array]) -> tuple[float, float, float, float]:
    """Limits (xmin, xmax, ymin, ymax) around the paths of all points, each of shape (n, 2)."""
    places = np.concatenate(list(points.values()))
    places = places[np.isfinite(places).all(axis=1)]
    size = float(np.ptp(places, axis=0).max())
    (x0, y0), (x1, y1) = places.min(axis=0) - 0.15 * size, places.max(axis=0) + 0.2 * size
    return float(x0), float(x1), float(y0), float(y1)


def scene(
    axes: Any,
    mechanism: Mechanism,
    points: Mapping[PointName, Array],
    locked: Mapping[PointName, Array] | None = None,
    limits: tuple[float, float, float, float] | None = None,
) -> None:
    """Draw one position into Matplotlib axes.

    Parameters
    ----------
    axes : matplotlib Axes
        Where to draw.
    points : mapping of PointName to array (2,)
        Positions (mm).
    locked : mapping of PointName to array (2,), optional
        Positions when the drive is on its stop, to draw the stop by; default: `points`.
    limits : (xmin, xmax, ymin, ymax), optional
        View; default: around the points.
    """
    size = extent(points)
    _over_centre_line(axes, mechanism, points, size)
    for colour, body in zip(COLOURS * 4, [b for b in mechanism.moving if not mechanism.bodies[b].virtual], strict=False):
        _plate(axes, body, colour, points, size)
    for joint in mechanism.joints:
        if joint.kind == "revolute" and joint.second in points:
            _pin(axes, points[joint.second], GROUND in joint.bodies, size)
        elif joint.kind == "prismatic":
            _slide(axes, mechanism, joint.name, points, size)
    _loads(axes, mechanism, points, size)
    _stop(axes, mechanism, locked or points, size)
    axes.set_aspect("equal")
    axes.axis("off")
    if limits is None:
        places = np.array(list(points.values()))
        (x0, y0), (x1, y1) = places.min(axis=0) - 0.22 * size, places.max(axis=0) + 0.3 * size
        limits = (x0, x1, y0, y1)
    axes.set_xlim(limits[0], limits[1])
    axes.set_ylim(limits[2], limits[3])


def _plate(axes: Any, body: str, colour: str, points: Mapping[PointName, Array], size: float) -> None:
    """A link as the rounded hull of its points."""
    from matplotlib.patches import Circle, Polygon

    own = [place for name, place in points.items() if name.body == body]
    width = 0.035 * size
    corners = _hull(np.array(own))
    if len(corners) == 1:
        axes.add_patch(
            Circle((float(corners[0, 0]), float(corners[0, 1])), width, facecolor=colour, edgecolor=colour, alpha=0.45, zorder=2)
        )
    else:
        shape = Polygon(
            corners, closed=True, facecolor=colour, edgecolor=colour, alpha=0.4, linewidth=1.0, joinstyle="round", zorder=2
        )
        axes.add_patch(shape)
        outline = np.vstack([corners, corners[:1]])
        axes.plot(
            outline[:, 0],
            outline[:, 1],
            color=colour,
            linewidth=7.0,
            alpha=0.55,
            solid_capstyle="round",
            solid_joinstyle="round",
            zorder=2,
        )
    centre = corners.mean(axis=0)
    axes.annotate(
        body, centre, fontsize=7.5, color=colour, ha="center", va="center", zorder=8,
        bbox={"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none", "alpha": 0.8},
    )  # fmt: skip


def _hull(places: Array) -> Array:
    """Corners of the convex hull, also of points in a line."""
    unique = np.unique(np.round(places, 9), axis=0)
    if len(unique) < 3:
        return unique
    from scipy.spatial import ConvexHull, QhullError

    try:
        return unique[ConvexHull(unique).vertices]
    except QhullError:
        along = unique - unique.mean(axis=0)
        order = np.argsort(along @ np.linalg.svd(along)[2][0])
        return unique[order[[0, -1]]]


def _pin(axes: Any, at: Array, grounded: bool, size: float) -> None:
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
        _hatch(axes, (at[0] - 3.2 * r, base), (at[0] + 3.2 * r, base), (0.0, -1.0), r)
    axes.add_patch(Circle((float(at[0]), float(at[1])), r, facecolor="white", edgecolor=INK, linewidth=1.1, zorder=6))


def _hatch(axes: Any, start: Any, end: Any, away: Any, r: float) -> None:
    """A line with short strokes on its fixed side."""
    start, end, away = np.asarray(start), np.asarray(end), np.asarray(away)
    axes.plot([start[0], end[0]], [start[1], end[1]], color=INK, linewidth=1.0, zorder=3)
    along = (end - start) / np.linalg.norm(end - start)
    strokes = max(5, round(float(np.linalg.norm(end - start)) / (1.3 * r)))
    for t in np.linspace(1.0 / strokes, 1.0, strokes):
        foot = start + t * (end - start)
        tip = foot + 1.2 * r * away - 1.2 * r * along
        axes.plot([foot[0], tip[0]], [foot[1], tip[1]], color=INK, linewidth=0.7, zorder=3)


def _slide(axes: Any, mechanism: Mechanism, name: str, points: Mapping[PointName, Array], size: float) -> None:
    """A slider as a rail through its point, hatched where the rail is ground's."""
    from matplotlib.patches import Rectangle

    joint = mechanism.joint(name)
    start = points.get(joint.first)
    block = joint.second
    if mechanism.bodies[block.body].virtual:
        block = next(other.first for other in mechanism.joints if other.name == f"{name}~pin")
    end = points.get(block)
    if start is None or end is None:
        return
    along = _axis(mechanism, name, points)
    across = np.array([-along[1], along[0]])
    r = 0.016 * size
    half = 0.09 * size
    low, high = sorted((0.0, float((end - start) @ along)))
    for side in (-1.0, 1.0):
        rail_start, rail_end = (
            start + (low - half) * along + side * 1.6 * r * across,
            start + (high + half) * along + side * 1.6 * r * across,
        )
        if GROUND in joint.bodies:
            _hatch(axes, rail_start, rail_end, side * across, r)
        else:
            axes.plot(*np.array([rail_start, rail_end]).T, color=INK, linewidth=0.9, zorder=3)
    corner = end - 3.0 * r * along - 1.5 * r * across
    angle = float(np.degrees(np.arctan2(along[1], along[0])))
    axes.add_patch(
        Rectangle(tuple(corner), 6.0 * r, 3.0 * r, angle=angle, facecolor="white", edgecolor=INK, linewidth=1.0, zorder=5)
    )


def _axis(mechanism: Mechanism, name: str, points: Mapping[PointName, Array]) -> Array:
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


def _loads(axes: Any, mechanism: Mechanism, points: Mapping[PointName, Array], size: float) -> None:
    """Load cones: an arrow in the middle, the cone's edges beside it."""
    from matplotlib.patches import Wedge

    if mechanism.lock is None:
        return
    seen: set[PointName] = set()
    for load in mechanism.lock.loads:
        at, long = points[load.at], 0.17 * size
        low, high = np.degrees([load.direction.low, load.direction.high])
        axes.add_patch(Wedge(tuple(at), long, low, high, facecolor=LOAD, alpha=0.12, zorder=1))
        middle = load.direction.nominal
        tip = at + long * np.array([np.cos(middle), np.sin(middle)])
        axes.annotate("", tuple(tip), tuple(at), arrowprops={"arrowstyle": "-|>", "color": LOAD, "linewidth": 1.6}, zorder=9)
        if load.at not in seen:
            text = f"{load.name}\n{load.magnitude.low / 1e3:g} to {load.magnitude.high / 1e3:g} kN"
            axes.annotate(text, tuple(at + 1.08 * (tip - at)), fontsize=7, color=LOAD, ha="center", va="bottom", zorder=9)
        seen.add(load.at)
        axes.plot(*at, marker="o", markersize=3.5, color=LOAD, zorder=9)


def _over_centre_line(axes: Any, mechanism: Mechanism, points: Mapping[PointName, Array], size: float) -> None:
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
                axes.annotate("dead-centre line", tuple(line[1]), fontsize=6.5, color="#b36f00", ha="center", va="bottom")


def _stop(axes: Any, mechanism: Mechanism, points: Mapping[PointName, Array], size: float) -> None:
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
        ahead = sense * _axis(mechanism, joint.name, points)
        foot = pivot + 4.0 * r * ahead
    elif own:
        arm = own[0] - pivot
        ahead = sense * np.array([-arm[1], arm[0]]) / np.linalg.norm(arm)
        foot = pivot + 0.62 * arm + 2.2 * r * ahead
    else:
        return
    across = np.array([-ahead[1], ahead[0]])
    _hatch(axes, foot - 2.2 * r * across, foot + 2.2 * r * across, ahead, r)
    axes.annotate("stop", tuple(foot + 2.8 * r * ahead), fontsize=7, color=INK, ha="center", va="center")
