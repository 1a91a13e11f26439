"""Cells that are copies of one another, moved but not turned: what is integrated over one of them holds for all.

A frame meshed along grid lines has tens of thousands of cells and a few hundred different ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mechlock.mesh.mesh import Floats, Ints

# Nodes lie alike within this part of the largest coordinate: some thousand times its rounding, some billionth of a cell.
_GRID = 2.0**-40


@dataclass(frozen=True)
class Copies:
    """Which cells are copies of which.

    Attributes
    ----------
    first : (n_different,) int array
        One cell of each kind.
    of : (n_cells,) int array
        Index into `first` of the cell that each is a copy of.
    """

    first: Ints
    of: Ints


def copies(points: Floats, cells: Ints, kind: str, law: Floats | None = None) -> Copies:
    """Find the copies among the cells of one kind; tetrahedra, which mesh free forms, are taken to have none.

    Parameters
    ----------
    points : (n_points, 3) array
    cells : (n_cells, n_nodes) int array
    kind : str
    law : (n_cells, ...) array, optional
        What else has to be the same, bit by bit: elasticity, where it differs between cells.
    """
    alone = Copies(np.arange(len(cells)), np.arange(len(cells)))
    if kind.startswith("tet") or not len(cells):
        return alone
    size = np.abs(points).max()
    if not (np.isfinite(size) and size > 0.0):
        return alone
    places = points[cells]
    places = (places[:, 1:] - places[:, :1]).reshape(len(cells), -1)
    steps = np.rint(places / (size * _GRID)).astype(np.int64)
    if law is not None:
        steps = np.hstack([steps, np.ascontiguousarray(law).reshape(len(cells), -1).view(np.int64)])
    # sorting one number per cell is quick; that equal numbers stand for equal cells is looked up
    factors = np.random.default_rng(1).integers(-(2**62), 2**62, steps.shape[1])
    _, first, of = np.unique(steps @ factors, return_index=True, return_inverse=True)
    return Copies(first, of) if len(first) < len(cells) and np.array_equal(steps[first][of], steps) else alone
