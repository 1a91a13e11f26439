"""Round holes in a frame's tensor mesh: curved cells from the straight edges of the square around a hole to its circle.

The square's edges are grid planes and its own grid cells are left out; the ring of cells in their place shares all nodes on
the square with the cells around it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from mechlock.mesh.topology import KINDS
from mechlock.solids.frame_parts import RoundHole

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Planes = tuple[Floats, Floats, Floats]

INNER_FACE = 3
"""Local face of a ring's cells that may lie on the circle: the one at the end of their second axis (`topology.KINDS`)."""

_SAME = 1e-5
_EDGES = np.array([edge[:2] for edge in KINDS["hex20"].edges])
_CORNERS = np.array([[0, 0, 0], [2, 0, 0], [2, 2, 0], [0, 2, 0], [0, 0, 2], [2, 0, 2], [2, 2, 2], [0, 2, 2]])
_LOCAL = np.concatenate([_CORNERS, (_CORNERS[_EDGES[:, 0]] + _CORNERS[_EDGES[:, 1]]) // 2])


@dataclass(frozen=True)
class Ring:
    """Cells around one hole.

    Attributes
    ----------
    points : (n, 3) float array
    cells : (n_cells, 20) int array
        Node numbers from 0, in VTK order.
    inner : (n, 2) int array
        Cells and local faces on the hole's surface.
    """

    points: Floats
    cells: Ints
    inner: Ints


def hole_planes(holes: tuple[RoundHole, ...], axis: int, cells: int) -> Floats:
    """Coordinates of one axis that the meshes of holes need: the square's sides, and what divides it into so many `cells`."""
    own = [
        np.linspace(float(hole.square[0, axis]), float(hole.square[1, axis]), cells + 1) for hole in holes if hole.axis != axis
    ]
    return np.concatenate(own) if own else np.zeros(0)


def square_cells(hole: RoundHole, planes: Planes) -> tuple[slice, slice, slice]:
    """Grid cells of the square around a hole."""
    low, high = hole.square
    first, second, third = (
        slice(int(np.abs(planes[axis] - low[axis]).argmin()), int(np.abs(planes[axis] - high[axis]).argmin()))
        for axis in range(3)
    )
    return first, second, third


def ring(hole: RoundHole, planes: Planes) -> Ring:
    """Mesh the square around a hole, with as many cells on its sides as the grid has, and through the wall likewise."""
    a, b, n = (hole.axis + 1) % 3, (hole.axis + 2) % 3, hole.axis
    spans = square_cells(hole, planes)
    lines = [planes[axis][spans[axis].start : spans[axis].stop + 1] for axis in (a, b, n)]
    outer = _perimeter(lines[0], lines[1])
    count = len(outer) // 2
    centre = hole.centre[[a, b]]
    angles = np.unwrap(np.arctan2(outer[::2, 1] - centre[1], outer[::2, 0] - centre[0]))
    ends = np.append(angles, angles[0] + 2 * np.pi)
    turn = np.stack([ends[:-1], (ends[:-1] + ends[1:]) / 2], axis=1).ravel()
    circle = centre + hole.radius * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    deep = np.linalg.norm(outer - circle, axis=1)[::2].min()
    layers = max(1, int(np.ceil(deep / (2 * np.pi * hole.radius / count) - 1e-9)))
    share = np.arange(2 * layers + 1)[:, None, None] / (2 * layers)
    flat = (1 - share) * outer + share * circle
    through = np.empty(2 * len(lines[2]) - 1)
    through[::2], through[1::2] = lines[2], (lines[2][:-1] + lines[2][1:]) / 2
    points = np.empty((2 * count, 2 * layers + 1, len(through), 3))
    points[..., [a, b]] = flat.transpose(1, 0, 2)[:, :, None]
    points[..., n] = through
    shape = points.shape[:3]
    first = np.stack(np.meshgrid(np.arange(count), np.arange(layers), np.arange(len(lines[2]) - 1), indexing="ij"), axis=-1)
    places = 2 * first.reshape(-1, 1, 3) + _LOCAL
    places[..., 0] %= shape[0]
    keys = np.ravel_multi_index(tuple(np.moveaxis(places, 2, 0)), shape)
    used, cells = np.unique(keys, return_inverse=True)
    inner = np.flatnonzero(first.reshape(-1, 3)[:, 1] == layers - 1)
    return Ring(
        points.reshape(-1, 3)[used], cells.reshape(keys.shape), np.stack([inner, np.full(len(inner), INNER_FACE)], axis=1)
    )


def _perimeter(first: Floats, second: Floats) -> Floats:
    """Corners and mid-sides of the cells' edges around a rectangle, counter-clockwise; shape (2 n, 2)."""
    sides = [
        np.stack([first, np.full_like(first, second[0])], axis=1),
        np.stack([np.full_like(second, first[-1]), second], axis=1),
        np.stack([first[::-1], np.full_like(first, second[-1])], axis=1),
        np.stack([np.full_like(second, first[0]), second[::-1]], axis=1),
    ]
    corners = np.concatenate([side[:-1] for side in sides])
    both = np.stack([corners, (corners + np.roll(corners, -1, axis=0)) / 2], axis=1)
    return both.reshape(-1, 2)


def joined(points: Floats, rings: list[Ring]) -> tuple[Floats, Ints]:
    """Put the rings' nodes behind a mesh's points, those at the same place as one: all points, and the rings' cells."""
    starts = np.cumsum([0, *(len(one.points) for one in rings)])
    own, same = np.unique(np.round(np.concatenate([one.points for one in rings]), 6), axis=0, return_inverse=True)
    distance, nearest = KDTree(points).query(own)
    new = distance > _SAME
    number = np.where(new, len(points) + np.cumsum(new) - 1, nearest)[same.ravel()]
    cells = [number[one.cells + start] for one, start in zip(rings, starts, strict=False)]
    return np.concatenate([points, own[new]]), np.concatenate(cells)
