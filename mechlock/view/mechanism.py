"""Drawings of a mechanism: links as plates, pins, sliders, ground, stop, load cones, the over-centre line."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from mechlock.errors import InputError
from mechlock.linkage.mechanism import GROUND, Mechanism, PointName
from mechlock.linkage.positions import Positions
from mechlock.linkage.refusals import unreachable
from mechlock.view.mechanism_lock import loads, over_centre_line, stop
from mechlock.view.mechanism_names import body_names
from mechlock.view.mechanism_symbols import INK, contact, contact_corners, drive_arrow, pin, pin_name, slid_on, slide, spring

Array = npt.NDArray[np.float64]

OPENED = 0.5
"""How far a failing lock is drawn off its stop, rad; less where it cannot get there."""

SUFFIXES = (".png", ".svg", ".pdf")
COLOURS = ("#3b6ea5", "#c8553d", "#588157", "#7d5ba6", "#b5838d", "#8a6d3b", "#2a9d8f", "#6c757d", "#9c6644")


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
        raise unreachable(positions)
    points = {name: place[0] for name, place in positions.points(q).items()}
    figure, axes = new_figure(8.0, 6.0)
    scene(axes, mechanism, points)
    close_in(figure, axes)
    axes.set_title(mechanism.name, fontsize=10, color=INK)
    return save(figure, suffix, dpi)


def draw_opened(mechanism: Mechanism, values: Mapping[str, float], drive: float, suffix: str = ".svg") -> bytes:
    """Draw a lock at dimensions at which it fails: where it stands (thin) and opened, as the load drives it off its stop.

    Parameters
    ----------
    values : mapping of str to float
        Parameters and clearance offsets (``dx_JOINT``, ``dy_JOINT``), in mm and rad.
    drive : float
        Where it stands, rad or mm.

    Raises
    ------
    InputError
        When `suffix` is not one of .png, .svg, .pdf, or the position cannot be reached.
    """
    positions = Positions(mechanism, values)
    sense = mechanism.lock.stop or 1 if mechanism.lock is not None else 1
    step = 0.25 * positions.constraints.size if mechanism.drive.sliding else OPENED
    q = positions.at(positions.selected, np.array([drive, *(drive - sense * step * share for share in (1.0, 0.5, 0.25, 0.125))]))
    reached = np.flatnonzero(np.isfinite(q).all(axis=1))
    if not reached.size:
        raise unreachable(positions)
    opened = int(next((row for row in reached if row > 0), reached[0]))
    places = positions.points(q)
    stands = {name: place[reached[0]] for name, place in places.items()}
    points = {name: place[opened] for name, place in places.items()}
    figure, axes = new_figure(8.0, 6.0)
    scene(axes, mechanism, points, stands)
    for joint in mechanism.joints:
        if joint.kind == "revolute" and joint.second in stands:
            axes.plot(*stands[joint.second], marker="o", ms=7, mfc="none", mec=INK, mew=0.8, alpha=0.6)
    for body in (name for name in mechanism.moving if not mechanism.bodies[name].virtual):
        ends = np.array([place for name, place in stands.items() if name.body == body])
        axes.plot(ends[:, 0], ends[:, 1], color=INK, lw=0.8, ls="--", alpha=0.6)
    axes.set_title(f"{mechanism.name}: at the counterexample (dashed), and opened by its load", fontsize=10, color=INK)
    return save(figure, suffix)


def locked_points(mechanism: Mechanism) -> dict[PointName, Array] | None:
    """Positions of all points with the drive on its stop, or None without a lock."""
    if mechanism.lock is None:
        return None
    positions = Positions(mechanism)
    q = positions.at(positions.selected, np.array([mechanism.lock.drive.nominal]))
    return {name: place[0] for name, place in positions.points(q).items()} if np.isfinite(q).all() else None


def new_figure(width: float, height: float) -> tuple[Any, Any]:
    """A white figure and its axes, sizes in inches."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), facecolor="white")
    return figure, figure.add_axes((0.05, 0.05, 0.9, 0.88))


def close_in(figure: Any, axes: Any) -> None:
    """Make the picture as wide or as high as the linkage, instead of leaving margins."""
    (x0, x1), (y0, y1) = axes.get_xlim(), axes.get_ylim()
    shape = (y1 - y0) / (x1 - x0)
    width = min(8.0, 6.2 / shape)
    figure.set_size_inches(max(width, 4.5), min(6.2, max(8.0 * shape, 2.8)) + 0.4)


def save(figure: Any, suffix: str, dpi: int = 130) -> bytes:
    """Return a figure as a file's content.

    Raises
    ------
    InputError
        When `suffix` is not one of .png, .svg, .pdf.
    """
    if suffix.lower() not in SUFFIXES:
        raise InputError(f"{suffix or 'no suffix'} is not a picture format", mend=f"use {', '.join(SUFFIXES)}")
    import matplotlib

    stream = io.BytesIO()
    plain = {"Date": None} if suffix.lower() == ".svg" else None
    with matplotlib.rc_context({"svg.hashsalt": "mechlock"}):  # the same picture every time
        figure.savefig(stream, format=suffix.lower()[1:], dpi=dpi, metadata=plain)
    return stream.getvalue()


def extent(points: Mapping[PointName, Array]) -> float:
    """Largest side of the box around the points (mm)."""
    places = np.array(list(points.values()))
    return float(max(np.ptp(places[:, 0]), np.ptp(places[:, 1]), 1e-6))


def _view(mechanism: Mechanism, paths: Mapping[PointName, Array], size: float) -> tuple[float, float, float, float]:
    """Limits (xmin, xmax, ymin, ymax) around what is drawn of `paths`, each of shape (n, 2), or of points of shape (2,)."""
    rows = {name: np.atleast_2d(path) for name, path in paths.items()}
    guides = {end for joint in mechanism.joints if joint.kind == "prismatic" for end in (joint.first, joint.second)}
    drawn = [path for name, path in rows.items() if name.body != GROUND or name not in guides]
    count = min(len(path) for path in drawn)
    for row in np.unique(np.linspace(0, count - 1, min(count, 24)).astype(int)):
        drawn += [corner[None] for corner in contact_corners(mechanism, {name: path[row] for name, path in rows.items()})]
    places = np.concatenate(
        [*(path + edge for path in drawn for edge in (-0.17 * size, 0.17 * size)), *_labels(mechanism, rows, size)]
    )
    places = places[np.isfinite(places).all(axis=1)]
    (x0, y0), (x1, y1) = places.min(axis=0), places.max(axis=0)
    return float(x0), float(x1), float(y0), float(y1)


def _labels(mechanism: Mechanism, paths: Mapping[PointName, Array], size: float) -> list[Array]:
    """Corners of what stands about the arrows of loads."""
    found: list[Array] = []
    for load in mechanism.lock.loads if mechanism.lock is not None else ():
        middle = load.direction.nominal
        far = paths[load.at] + 0.34 * size * np.array([np.cos(middle), np.sin(middle)])
        found += [far + [side * 0.2 * size, 0.0] for side in (-1.0, 1.0)]
    return found


def _typical(paths: Mapping[PointName, Array]) -> float:
    """The middle one of the extents along paths (mm), so that symbols are as large in each picture of an animation."""
    rows = np.stack(list(paths.values()), axis=1)
    rows = rows[np.isfinite(rows).all(axis=(1, 2))]
    return float(max(np.median(np.ptp(rows, axis=1).max(axis=1)), 1e-6))


def scene(
    axes: Any,
    mechanism: Mechanism,
    points: Mapping[PointName, Array],
    locked: Mapping[PointName, Array] | None = None,
    paths: Mapping[PointName, Array] | None = None,
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
    paths : mapping of PointName to array (n, 2), optional
        Where the points come along in a sweep: the view holds it all, and guides of ground are as long.
    """
    size = extent(points) if paths is None else _typical(paths)
    over_centre_line(axes, mechanism, points, size)
    plates: dict[str, tuple[str, Array]] = {}
    for colour, body in zip(COLOURS * 4, [b for b in mechanism.moving if not mechanism.bodies[b].virtual], strict=False):
        own = [place for name, place in points.items() if name.body == body]
        plates[body] = colour, _plate(axes, colour, np.array(own + slid_on(mechanism, body, points)), size)
    pins: dict[tuple[float, ...], list[str]] = {}
    for joint in mechanism.joints:
        if joint.kind == "revolute" and joint.second in points:
            pin(axes, points[joint.second], GROUND in joint.bodies, size)
            pins.setdefault(tuple(np.round(points[joint.second], 6)), []).append(joint.written_as)
        elif joint.kind == "prismatic" and joint.contact is None:
            slide(axes, mechanism, joint.name, points, size, paths)
        if joint.contact is not None:
            contact(axes, mechanism, joint, points, size)
    for place, names in pins.items():
        pin_name(axes, ", ".join(dict.fromkeys(names)), np.array(place), size)
    for entry in mechanism.actions.springs if mechanism.actions is not None else ():
        spring(axes, points[entry.first], points[entry.second], size)
    texts = loads(axes, mechanism, points, size)
    body_names(axes, plates, [*(np.array(place) for place in pins), *texts], size)
    stop(axes, mechanism, locked or points, size)
    drive_arrow(axes, mechanism, points, size)
    axes.set_aspect("equal")
    axes.axis("off")
    limits = _view(mechanism, points if paths is None else paths, size)
    axes.set_xlim(limits[0], limits[1])
    axes.set_ylim(limits[2], limits[3])


def _plate(axes: Any, colour: str, places: Array, size: float) -> Array:
    """A link as the rounded hull of its places; its corners."""
    from matplotlib.patches import Circle, Polygon

    width = 0.035 * size
    corners = _hull(places)
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
    return corners


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
