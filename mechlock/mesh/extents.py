"""Boxes around cells and the nodes that cells use: node by node, which is many times quicker than reducing short axes."""

from __future__ import annotations

import numpy as np

from mechlock.mesh.mesh import Floats, Ints, Mesh


def boxes(points: Floats, cells: Ints) -> tuple[Floats, Floats]:
    """Least and greatest coordinates of the nodes of each cell, mm, two arrays (n_cells, 3)."""
    low = points.take(cells[:, 0], axis=0)
    high = low.copy()
    for nodes in cells.T[1:]:
        place = points.take(nodes, axis=0)
        np.minimum(low, place, out=low)
        np.maximum(high, place, out=high)
    return low, high


def sizes(points: Floats, cells: Ints) -> Floats:
    """Longest extent of each cell along an axis, mm, shape (n_cells,)."""
    low, high = boxes(points, cells)
    return (high - low).max(axis=1)


def used_nodes(mesh: Mesh) -> Ints:
    """Sorted numbers of the nodes that cells use; the numbers lie within the mesh's points."""
    used = np.zeros(len(mesh.points), bool)
    for block in mesh.blocks:
        used[block.cells.ravel()] = True
    return np.flatnonzero(used)


def distinct(numbers: Ints) -> Ints:
    """Sorted whole numbers, each once; sorting them is several times quicker than numpy's table of hashes."""
    ordered = np.sort(numbers, axis=None)
    return ordered[np.concatenate([[True], ordered[1:] != ordered[:-1]])] if len(ordered) else ordered
