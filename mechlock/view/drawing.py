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

from mechlock.solids.facets import round_triangles
from mechlock.solids.frame import FrameSolid
from mechlock.solids.frame_surface import brace_triangles, gusset_triangles, part_triangles
from mechlock.solids.lock import Lock, exploded
from mechlock.solids.lock_travel import opening
from mechlock.view import sheet
from mechlock.view.hidden_lines import CORNER, END, SIDE, TOP, Floats, Lines, View, cut, loops, visible_lines, visible_places
from mechlock.view.lock_motion import lock_motion
from mechlock.view.sheet import INK

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CUT = "#8fa3b5"


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
        surface = lock.locked[part.body].moved(_outward(round_triangles(part)))
        found.append(Shown(part.name, surface + [0.0, 0.0, offsets.get(part.name, 0.0)]))
    return found


def _outward(triangles: Floats) -> Floats:
    """Triangles turned so that they enclose a positive volume."""
    volume = np.einsum("ni,ni->", triangles[:, 0], np.cross(triangles[:, 1], triangles[:, 2]))
    return triangles if volume >= 0 else triangles[:, ::-1]


def views_sheet(parts: Sequence[Shown], title: str, views: Mapping[str, View] | None = None) -> Figure:
    """Three views to one scale and one from a corner, in first-angle order, with the overall dimensions."""
    chosen = views or {"side": SIDE, "end": END, "top": TOP, "corner": CORNER}
    surfaces = [part.triangles for part in parts]
    seen = {name: visible_lines(surfaces, view) for name, view in chosen.items()}
    side, end, top = (seen[name].high - seen[name].low for name in ("side", "end", "top"))
    widths, heights = [max(side[0], top[0]), end[0]], [max(side[1], end[1]), top[1]]
    scale = sheet.scale(widths, heights)
    figure = sheet.paper(title, f"{_ratio(scale)} on A3, mm, first angle; view from a corner not to scale")
    for cell, (name, lines) in zip(sheet.cells(widths, heights, scale), seen.items(), strict=True):
        own = scale if name != "corner" else _filling(lines, cell)
        axes = sheet.axes_in(figure, cell, lines, own)
        _draw(axes, lines)
        sheet.name_view(axes, f"{name} view", lines, own)
        if name != "corner":
            sheet.dimensions(axes, lines, 9.0 * own)
    return figure


def _filling(lines: Lines, cell: sheet.Cell) -> float:
    """Scale at which a view fills a cell."""
    width, height = lines.high - lines.low
    return float(max(width / (cell.width - sheet.ASIDE), height / (cell.height - sheet.BELOW)))


def _ratio(scale: float) -> str:
    """A scale as it is written on drawings."""
    return f"1:{scale:.4g}" if scale >= 1 else f"{1 / scale:.4g}:1"


def section_sheet(parts: Sequence[Shown], title: str, axis: int, at: float) -> Figure:
    """A section across an axis: cut faces filled, with what lies behind them."""
    view = {0: END, 1: SIDE, 2: TOP}[axis]
    keep = -1 if float(view.towards[axis]) > 0 else 1
    pieces = [cut(part.triangles, axis, at, keep) for part in parts]
    lines = visible_lines([rest for rest, _ in pieces if len(rest)], view)
    (width, height) = lines.high - lines.low
    scale = sheet.scale([width], [height])
    figure = sheet.paper(f"{title}: section {'xyz'[axis]} = {at:g} mm", f"{_ratio(scale)} on A3, mm")
    (cell,) = sheet.cells([width], [height], scale)
    axes = sheet.axes_in(figure, cell, lines, scale)
    _draw(axes, lines)
    for _, outline in pieces:
        _hatch(axes, loops(view.on_paper(outline)[..., :2]))
    sheet.dimensions(axes, lines, 9.0 * scale)
    return figure


def exploded_sheet(lock: Lock, title: str, spread: float = 45.0) -> Figure:
    """The lock's plates drawn apart, each with its name."""
    parts = lock_parts(lock, spread)
    view = _corner_of_plates()
    lines = visible_lines([part.triangles for part in parts], view)
    figure = sheet.paper(f"{title}: exploded", "not to scale")
    (cell,) = sheet.cells([1.0], [1.0], 1.0)
    axes = sheet.axes_in(figure, cell, lines, 1.15 * _filling(lines, cell))  # names stand on both sides
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
    "end": View("end", np.array([0, 0, 1.0]), np.array([0, 1.0, 0])),
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


def _draw(axes: Axes, lines: Lines) -> None:
    from matplotlib.collections import LineCollection

    axes.add_collection(LineCollection(list(lines.segments), colors=INK, linewidths=0.5, capstyle="round"))


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
