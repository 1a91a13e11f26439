"""Drawing-like sheets of frame and lock: three views and one from a corner, a section, the lock exploded; SVG and PNG.

Drawn by matplotlib, so that no graphics library is needed.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mechlock.solids import cad
from mechlock.solids.frame import FrameSolid
from mechlock.solids.frame_surface import brace_triangles, gusset_triangles, part_triangles
from mechlock.solids.lock import Lock, exploded
from mechlock.solids.lock_travel import opening
from mechlock.view.hidden_lines import CORNER, END, SIDE, TOP, Floats, Lines, View, cut, loops, visible_lines, visible_places
from mechlock.view.lock_motion import lock_motion

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK = "#1b1f24"
CUT = "#8fa3b5"
SHEET = (16.5, 11.7)
"""A3 in inches."""

_MARGIN = 0.09


@dataclass(frozen=True)
class Shown:
    """A named part as it is drawn: closed surface of triangles (n, 3, 3), in mm."""

    name: str
    triangles: Floats


def frame_parts(solid: FrameSolid) -> list[Shown]:
    """Surfaces of the parts of a frame."""
    boxes = [Shown(part.name, part_triangles(part)) for part in solid.parts]
    braces = [Shown(brace.name, brace_triangles(brace)) for brace in solid.braces]
    return [*boxes, *braces, *(Shown(gusset.name, gusset_triangles(gusset)) for gusset in solid.gussets)]


def lock_parts(lock: Lock, spread: float = 0.0) -> list[Shown]:
    """Surfaces of the parts of a lock, locked; drawn apart along z by `spread` mm between neighbouring plates."""
    offsets = exploded(lock, spread) if spread else {}
    found: list[Shown] = []
    for part in lock.parts:
        surface = cad.triangles(cad.placed(cad.solid(part), lock.locked[part.body]))
        found.append(Shown(part.name, _outward(surface) + [0.0, 0.0, offsets.get(part.name, 0.0)]))
    return found


def _outward(triangles: Floats) -> Floats:
    """Triangles turned so that they enclose a positive volume."""
    volume = np.einsum("ni,ni->", triangles[:, 0], np.cross(triangles[:, 1], triangles[:, 2]))
    return triangles if volume >= 0 else triangles[:, ::-1]


def views_sheet(parts: Sequence[Shown], title: str, views: Mapping[str, View] | None = None) -> Figure:
    """Three views and one from a corner, in first-angle order, with the overall dimensions."""
    chosen = views or {"side": SIDE, "end": END, "top": TOP, "corner": CORNER}
    figure, table = _sheet(title, 2, 2)
    surfaces = [part.triangles for part in parts]
    for axes, (name, view) in zip(table, chosen.items(), strict=True):
        lines = visible_lines(surfaces, view)
        _draw(axes, lines)
        if name != "corner":
            _dimensions(axes, lines)
        axes.set_title(f"{name} view", fontsize=9, color=INK)
    return figure


def section_sheet(parts: Sequence[Shown], title: str, axis: int, at: float) -> Figure:
    """A section across an axis: cut faces hatched, with what lies behind them."""
    view = {0: END, 1: SIDE, 2: TOP}[axis]
    keep = -1 if float(view.towards[axis]) > 0 else 1
    figure, (axes,) = _sheet(f"{title}: section {'xyz'[axis]} = {at:g} mm", 1, 1)
    pieces = [cut(part.triangles, axis, at, keep) for part in parts]
    lines = visible_lines([rest for rest, _ in pieces if len(rest)], view)
    _draw(axes, lines)
    for _, outline in pieces:
        _hatch(axes, loops(view.on_paper(outline)[..., :2]))
    _dimensions(axes, lines)
    return figure


def exploded_sheet(lock: Lock, title: str, spread: float = 45.0) -> Figure:
    """The lock's plates drawn apart, each with its name."""
    parts = lock_parts(lock, spread)
    figure, (axes,) = _sheet(f"{title}: exploded", 1, 1)
    view = _corner_of_plates()
    lines = visible_lines([part.triangles for part in parts], view)
    _draw(axes, lines)
    places = visible_places([part.triangles for part in parts], view)
    chosen = _named_once([part.name for part in parts], np.isfinite(places[:, 0]))
    _labels(axes, list(chosen.values()), places[list(chosen)], lines)
    return figure


def _named_once(names: Sequence[str], seen: NDArray[np.bool_]) -> dict[int, str]:
    """Numbers of the parts that get a label, with it: of a pair ``NAME_1``, ``NAME_2`` one that is seen, for both."""
    found: dict[str, list[int]] = {}
    for number, name in enumerate(names):
        stem = name[:-2]
        pair = name[-2:] in {"_1", "_2"} and {f"{stem}_1", f"{stem}_2"} <= set(names)
        found.setdefault(f"{stem} (2)" if pair else name, []).append(number)
    labels: dict[int, str] = {}
    for name, numbers in found.items():
        shown = [number for number in numbers if seen[number]]
        if shown:
            labels[shown[0]] = name
    return labels


def _corner_of_plates() -> View:
    """From a corner on a lock whose plates lie in its x-y plane."""
    right, up = np.array([0.62, 0.0, -0.784]), np.array([-0.25, 0.95, -0.2])
    up -= (up @ right) / (right @ right) * right
    return View("corner", right / np.linalg.norm(right), up / np.linalg.norm(up))


PLATE_VIEWS = {
    "side": View("side", np.array([1.0, 0, 0]), np.array([0, 1.0, 0])),
    "end": View("end", np.array([0, 0, -1.0]), np.array([0, 1.0, 0])),
    "top": View("top", np.array([1.0, 0, 0]), np.array([0, 0, -1.0])),
    "corner": _corner_of_plates(),
}
"""Views of a lock, whose plates lie in its x-y plane."""


def drawings(solid: FrameSolid | None, lock: Lock | None) -> dict[str, bytes]:
    """Return the sheets of a frame and of a lock, of what there is, as SVG and PNG by name, and the lock in motion as GIF."""
    sheets: dict[str, Figure] = {}
    if solid is not None:
        parts = frame_parts(solid)
        sheets["frame_drawing"] = views_sheet(parts, solid.name)
        sheets["frame_section"] = section_sheet(parts, solid.name, 0, _through_posts(solid))
    if lock is not None:
        name = lock.mechanism.name
        sheets["lock_drawing"] = views_sheet(lock_parts(lock), name, PLATE_VIEWS)
        sheets["lock_exploded"] = exploded_sheet(lock, name)
    files = {f"{name}.{kind}": _encoded(figure, kind) for name, figure in sheets.items() for kind in ("svg", "png")}
    return files if lock is None else {**files, "lock_motion.gif": lock_motion(lock, opening(lock))}


def _through_posts(solid: FrameSolid) -> float:
    """Where along x most of the upright or cross-wise members are cut: amid the foremost of them."""
    members = [part for part in solid.parts if part.kind in {"hollow", "open"} and part.axis != 0]
    return max(float(part.envelope[:, 0].mean()) for part in members) if members else float(solid.high[:, 0].max()) / 2


def _sheet(title: str, rows: int, columns: int) -> tuple[Figure, list[Axes]]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=SHEET, layout="constrained")
    figure.suptitle(title, fontsize=12, color=INK)
    grid: Any = figure.subplots(rows, columns, squeeze=False)
    return figure, list(grid.ravel())


def _draw(axes: Axes, lines: Lines) -> None:
    from matplotlib.collections import LineCollection

    axes.add_collection(LineCollection(list(lines.segments), colors=INK, linewidths=0.5, capstyle="round"))
    room = _MARGIN * float((lines.high - lines.low).max())
    axes.set_xlim(lines.low[0] - 2 * room, lines.high[0] + room)
    axes.set_ylim(lines.low[1] - 2 * room, lines.high[1] + room)
    axes.set_aspect("equal")
    axes.set_axis_off()


def _dimensions(axes: Axes, lines: Lines) -> None:
    """Overall width below and height on the left, in mm."""
    (left, bottom), (right, top) = lines.low, lines.high
    gap = _MARGIN * float((lines.high - lines.low).max())
    arrow: Any = {"arrowstyle": "<->", "color": INK, "linewidth": 0.6, "shrinkA": 0, "shrinkB": 0}
    for start, end, text, turn in (
        ((left, bottom - gap), (right, bottom - gap), f"{right - left:.1f}", 0),
        ((left - gap, bottom), (left - gap, top), f"{top - bottom:.1f}", 90),
    ):
        axes.annotate("", start, end, arrowprops=arrow)
        middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        paper: Any = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
        axes.text(*middle, text, rotation=turn, ha="center", va="center", fontsize=8, color=INK, bbox=paper)


def _hatch(axes: Axes, polygons: list[Floats]) -> None:
    """Fill the cut faces; a polygon inside another is a hollow."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    if polygons:
        outline = Path.make_compound_path(*(Path(np.vstack([corners, corners[:1]]), closed=True) for corners in polygons))
        axes.add_patch(PathPatch(outline, facecolor=CUT, edgecolor=INK, linewidth=0.9))


def _labels(axes: Axes, names: list[str], anchors: Floats, lines: Lines) -> None:
    """Names in two columns beside the parts, with leaders that do not cross."""
    middle = float(np.median(anchors[:, 0]))
    height = float(np.ptp([lines.low[1], lines.high[1]]))
    aside = 0.02 * float(np.ptp([lines.low[0], lines.high[0]]))
    left_of, right_of = lines.low[0] - aside, lines.high[0] + aside
    for side, at in ((anchors[:, 0] < middle, left_of), (anchors[:, 0] >= middle, right_of)):
        numbers = np.flatnonzero(side)
        levels = np.linspace(lines.low[1] + 0.05 * height, lines.high[1] - 0.05 * height, max(len(numbers), 2))
        for number, level in zip(numbers[_uncrossed(anchors[numbers], at, levels)].tolist(), levels.tolist(), strict=False):
            left = at < lines.low[0]
            leader: Any = {"arrowstyle": "-", "color": "#c0392b", "linewidth": 0.5, "relpos": (1.0 if left else 0.0, 0.5)}
            axes.annotate(
                names[number].replace("_", " "), tuple(anchors[number]), (at, level), fontsize=8, color=INK,
                ha="right" if left else "left", va="center", arrowprops=leader,
            )  # fmt: skip


def _uncrossed(anchors: Floats, at: float, levels: Floats) -> NDArray[np.int64]:
    """Which of the anchors gets each level of a column: of two leaders that cross, the ends are swapped, which shortens both."""
    order = np.argsort(anchors[:, 1])
    swapped = True
    while swapped:
        swapped = False
        for one in range(len(order)):
            for other in range(one + 1, len(order)):
                a, b = anchors[order[one]], anchors[order[other]]
                p, q = np.array([at, levels[one]]), np.array([at, levels[other]])
                if np.linalg.norm(a - q) + np.linalg.norm(b - p) < np.linalg.norm(a - p) + np.linalg.norm(b - q) - 1e-9:
                    order[one], order[other] = order[other], order[one]
                    swapped = True
    return np.asarray(order, np.int64)


def _encoded(figure: Figure, kind: str) -> bytes:
    import matplotlib

    stream = io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "mechlock", "svg.fonttype": "none"}):
        figure.savefig(stream, format=kind, dpi=110, metadata={"Date": None} if kind == "svg" else {"Software": None})
    return stream.getvalue()
