"""Inclined members as structured sweeps of hex20: the section's cells along the centre line, cut by the end planes.

Points at one share of the way lie on a plane between the two cuts, so that edges stay straight and the ends are flat;
mid-edge nodes are the middles of their edges. A tube is a polygon of the circle's area.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mechlock.mesh import topology
from mechlock.mesh.tensor_planes import Grading, subdivided
from mechlock.solids.frame_gussets import Gusset
from mechlock.solids.swept_part import SweptPart

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SIDES = 24
"""Least number of cells round a tube, and six for each across its feet; twice as many on halved meshes."""

_SIDES_OF_A_CELL = 6

FOOT_ROWS = (0.25, 0.5, 0.75, 1.0, 1.3)
"""Ends of cells along a brace where its feet are read, in wall thicknesses: skew cuts stretch and shorten them at its sides."""

LEG_CELL = 0.25
"""Longest cell of a gusset over its shorter leg."""

_EDGES = np.array([edge[:2] for edge in topology.KINDS["hex20"].edges])


@dataclass(frozen=True)
class Sweep:
    """Mesh of one swept part.

    Attributes
    ----------
    points : (n_points, 3) float array
    cells : (n_cells, 20) int array
        Node numbers from 0, in VTK order.
    ends : two (n, 2) int arrays
        Cell and local face numbers of the two end faces.
    """

    points: Floats
    cells: Ints
    ends: tuple[Ints, Ints]


def sweep(part: SweptPart | Gusset, grading: Grading) -> Sweep:
    """Mesh a swept part with one element through its wall."""
    if isinstance(part, Gusset):
        return _fan(part, grading)
    through = 2 if grading.halved and grading.walls_too else 1
    round_ = part.section.round
    corner, quads = _ring(part, sides(grading), through) if round_ else part.section.cells(foot_pieces(grading), through)
    rows = np.array([wall * part.thickness for wall in (FOOT_ROWS if grading.foot_cells else sorted(grading.toe_rows))])
    along = np.concatenate([[0.0], rows, part.length - rows[::-1], [part.length]])
    lines = subdivided(np.unique(along[(along >= 0) & (along <= part.length)]), grading)
    share = (np.sort(np.concatenate([lines, (lines[:-1] + lines[1:]) / 2])) if grading.halved else lines) / part.length
    layers, count = len(share) - 1, len(corner)
    base = np.concatenate([quads + layer * count for layer in range(layers)])
    linear = np.concatenate([base, base + count], axis=1)
    places = part.place(np.tile(corner, (layers + 1, 1)), np.repeat(share, count))
    return _swept(places, linear, len(quads))


def _swept(places: Floats, linear: Ints, width: int) -> Sweep:
    """A sweep from its corner nodes and eight-node cells, `width` of them a layer."""
    points, cells = _with_middles(places, linear)
    first = np.arange(width)
    ends = tuple(np.stack([own, np.full(width, face)], axis=1) for own, face in ((first, 4), (first + len(cells) - width, 5)))
    return Sweep(points, cells, (ends[0], ends[1]))


def _fan(part: Gusset, grading: Grading) -> Sweep:
    """Mesh a gusset from leg to leg, one element through its thickness."""
    size = min(grading.size, LEG_CELL * float(part.lengths.min()))
    steps = max(2, int(np.ceil(float(part.lengths.max() - part.snipe) / size - 1e-9)))
    layers = max(3, int(np.ceil(float(np.hypot(*part.lengths)) / (2 * size) - 1e-9)))
    steps, layers = (2 * steps, 2 * layers) if grading.halved else (steps, layers)
    along, height = np.linspace(0.0, 1.0, steps + 1), np.array([-0.5, 0.5])
    column = np.arange(steps)[:, None] * 2
    # counter-clockwise seen along the sweep, which runs from the first leg to the second
    quads = column + np.array([0, 1, 3, 2]) if _turns_right(part) else column + np.array([0, 2, 3, 1])
    count = 2 * (steps + 1)
    base = np.concatenate([quads + layer * count for layer in range(layers)])
    linear = np.concatenate([base, base + count], axis=1)
    share = np.repeat(np.linspace(0.0, 1.0, layers + 1), count)
    section = np.tile(np.repeat(along, 2), layers + 1), np.tile(height, (layers + 1) * (steps + 1))
    return _swept(part.place(*section, share), linear, steps)


def _turns_right(part: Gusset) -> bool:
    """Whether leg, plate normal and sweep are a right-handed set."""
    return bool(np.cross(part.legs[0], -part.across) @ part.legs[1] > 0)


def _with_middles(corners: Floats, linear: Ints) -> tuple[Floats, Ints]:
    """Add the middles of the edges of eight-node cells."""
    pairs = np.sort(linear[:, _EDGES], axis=2)
    edges, inverse = np.unique(pairs.reshape(-1, 2), axis=0, return_inverse=True)
    middles = corners[edges].mean(axis=1)
    return np.concatenate([corners, middles]), np.concatenate([linear, inverse.reshape(-1, 12) + len(corners)], axis=1)


def sides(grading: Grading) -> int:
    """Cells round a tube."""
    return max(SIDES, _SIDES_OF_A_CELL * grading.foot_cells) * (2 if grading.halved else 1)


def foot_pieces(grading: Grading) -> int:
    """Cells across the free width of walls of swept sections, and across their feet."""
    return max(2, grading.foot_cells) * (2 if grading.halved else 1)


def ring_radius(radius: float, count: int) -> float:
    """Radius to the corners of a polygon that has the area of a circle."""
    return radius * float(np.sqrt(2 * np.pi / count / np.sin(2 * np.pi / count)))


def _ring(part: SweptPart, count: int, through: int) -> tuple[Floats, Ints]:
    """Corners and quadrilaterals of a tube, as polygons of the area of its circles, with `through` cells in its wall."""
    turn = np.arange(count) * (2 * np.pi / count)
    circle = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    outer = part.section.size[0] / 2
    radii = np.linspace(outer - part.thickness, outer, through + 1)
    corners = np.concatenate([circle * ring_radius(radius, count) for radius in radii])
    first = np.arange(count)
    following = (first + 1) % count
    layer = np.stack([first, first + count, following + count, following], axis=1)
    return corners, np.concatenate([layer + number * count for number in range(through)])
