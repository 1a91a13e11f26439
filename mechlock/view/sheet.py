"""Sheets of drawings: three views on A3 to one scale, in first-angle order, and what stands beside them.

Sources: ISO 5455 and GB/T 14690 (scales), ISO 5456-2 (first-angle projection).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mechlock.view.hidden_lines import Lines

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK = "#1b1f24"
WIDTH, HEIGHT = 420.0, 297.0
"""A3, mm."""

_BORDER, _HEAD = 10.0, 8.0
ASIDE, BELOW = 22.0, 21.0
"""Room (mm of paper) beside and below a view for its dimensions and title."""

_STEPS = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0)
SCALES = (0.1, 0.2, 0.25, 0.5, *(step * ten for ten in (1, 10, 100, 1000) for step in _STEPS))
"""Millimetres of the thing to one of paper: ISO 5455 and the second series of GB/T 14690."""


@dataclass(frozen=True)
class Cell:
    """A rectangle of the paper, mm from its lower left corner."""

    left: float
    bottom: float
    width: float
    height: float


def scale(widths: Sequence[float], heights: Sequence[float]) -> float:
    """Return the largest scale in which columns and rows of views of these sizes (mm) fit on the paper."""
    across = WIDTH - 2 * _BORDER - ASIDE * len(widths)
    upward = HEIGHT - 2 * _BORDER - _HEAD - BELOW * len(heights)
    needed = max(sum(widths) / across, sum(heights) / upward)
    return next((float(step) for step in SCALES if step >= needed), needed)


def cells(widths: Sequence[float], heights: Sequence[float], found: float) -> list[Cell]:
    """Return the paper's cells row by row from the top; what the views leave of it is shared equally."""
    across = _shared([width / found + ASIDE for width in widths], WIDTH - 2 * _BORDER)
    upward = _shared([height / found + BELOW for height in heights], HEIGHT - 2 * _BORDER - _HEAD)
    made: list[Cell] = []
    top = HEIGHT - _BORDER - _HEAD
    for height in upward:
        top -= height
        left = _BORDER
        for width in across:
            made.append(Cell(left, top, width, height))
            left += width
    return made


def _shared(sizes: list[float], whole: float) -> list[float]:
    spare = (whole - sum(sizes)) / len(sizes)
    return [size + spare for size in sizes]


def paper(title: str, note: str) -> Figure:
    """Return an A3 figure with a title above and a note in its corner."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH / 25.4, HEIGHT / 25.4))
    figure.text(0.5, 1 - _BORDER / HEIGHT, title, ha="center", va="top", fontsize=12, color=INK)
    figure.text(1 - _BORDER / WIDTH, _BORDER / HEIGHT, note, ha="right", va="bottom", fontsize=8, color=INK)
    return figure


def axes_in(figure: Figure, cell: Cell, lines: Lines, found: float) -> Axes:
    """Return axes that fill a cell, with the view amid it at its scale."""
    axes = figure.add_axes((cell.left / WIDTH, cell.bottom / HEIGHT, cell.width / WIDTH, cell.height / HEIGHT))
    middle = (lines.low + lines.high) / 2
    half_width, half_height = cell.width * found / 2, cell.height * found / 2
    # dimensions stand on the left and below, so that the view itself moves half of their room to the right and up
    right, up = (ASIDE - 8.0) / 2 * found, (BELOW - 10.0) / 2 * found
    axes.set_xlim(middle[0] - half_width - right, middle[0] + half_width - right)
    axes.set_ylim(middle[1] - half_height - up, middle[1] + half_height - up)
    axes.set_axis_off()
    return axes


def name_view(axes: Axes, name: str, lines: Lines, found: float) -> None:
    """Write a view's name above it."""
    axes.text(
        (lines.low[0] + lines.high[0]) / 2, lines.high[1] + 2.5 * found, name, ha="center", va="bottom", fontsize=9, color=INK
    )


def dimensions(axes: Axes, lines: Lines, gap: float) -> None:
    """Overall width below and height on the left, in mm, `gap` mm of the thing away from it."""
    (left, bottom), (right, top) = lines.low, lines.high
    arrow: Any = {"arrowstyle": "<->", "color": INK, "linewidth": 0.6, "shrinkA": 0, "shrinkB": 0}
    for start, end, text, turn in (
        ((left, bottom - gap), (right, bottom - gap), f"{right - left:.1f}", 0),
        ((left - gap, bottom), (left - gap, top), f"{top - bottom:.1f}", 90),
    ):
        for place in (start, end):  # extension lines, from the outline's corner to a little past the arrow
            out = (place[0], bottom - 1.2 * gap) if turn == 0 else (left - 1.2 * gap, place[1])
            inner = (place[0], bottom - 0.15 * gap) if turn == 0 else (left - 0.15 * gap, place[1])
            axes.plot(*zip(inner, out, strict=True), color=INK, linewidth=0.35, solid_capstyle="butt")
        axes.annotate("", start, end, arrowprops=arrow)
        middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        white: Any = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
        axes.text(*middle, text, rotation=turn, ha="center", va="center", fontsize=8, color=INK, bbox=white)
