"""Values at any point: which cell holds it, where in that cell, and what the fields are there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mechlock.errors import InputError
from mechlock.fem.stress import Recovery
from mechlock.mesh import shapes
from mechlock.mesh.extents import boxes, sizes
from mechlock.mesh.mesh import Block, Mesh

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.int64]

DEFAULT_TOLERANCE = 0.01
"""How far outside the mesh a point may lie, as a fraction of the size of the nearest cell."""

_NEWTON_STEPS = 30
_POINTS_AT_ONCE = 64
_TRUSTED = (-0.5, 1.5)


@dataclass(frozen=True)
class Located:
    """Cells that hold given points.

    Attributes
    ----------
    cell : (n,) int array
        Global cell numbers.
    xi : (n, 3) float array
        Reference coordinates in the cell (moved to its boundary where the point lies just outside).
    distance : (n,) float array
        Distance in mm from the point to its place in the cell; 0 inside.
    """

    cell: Ints
    xi: Floats
    distance: Floats


def locate(mesh: Mesh, points: Floats, tolerance: float | None = None, names: list[str] | None = None) -> Located:
    """Find the cell and reference coordinates of each point.

    Parameters
    ----------
    points : (n, 3) float array
        In mm.
    tolerance : float, optional
        Distance in mm that a point may lie outside; default one hundredth of the nearest cell's size.
    names : list of str, optional
        Names of the points, for the message.

    Raises
    ------
    InputError
        When a point lies outside the mesh, with its distance to it.
    """
    points = np.atleast_2d(np.asarray(points, float))
    cell = np.full(len(points), -1, np.int64)
    xi = np.zeros((len(points), 3))
    distance = np.full(len(points), np.inf)
    for number, (start, block) in enumerate(zip(mesh.offsets, mesh.blocks, strict=False)):
        rows, cells = _candidates(_boxes(mesh, number, tolerance), points)
        if not len(rows):
            continue
        place, gap = _invert(mesh, block, cells, points[rows])
        order = np.lexsort((cells, gap, rows))
        _, first = np.unique(rows[order], return_index=True)
        best = order[first]
        better = gap[best] < distance[rows[best]]
        best = best[better]
        cell[rows[best]], xi[rows[best]], distance[rows[best]] = cells[best] + start, place[best], gap[best]
    _refuse_outside(mesh, points, cell, distance, tolerance, names)
    return Located(cell, xi, distance)


def _boxes(mesh: Mesh, number: int, tolerance: float | None) -> tuple[Floats, Floats]:
    """Least and greatest coordinates of what each cell of a block may hold."""
    low, high = boxes(mesh.points, mesh.blocks[number].cells)
    size = (high - low).max(axis=1, keepdims=True)
    # cells with straight edges lie in the box of their nodes; curved ones bulge beyond it, by less than a tenth of their size
    bulge = np.where(mesh.straight[number][:, None], DEFAULT_TOLERANCE, 0.1)
    margin = bulge * size + (tolerance or 0.0)
    return low - margin, high + margin


def _candidates(held: tuple[Floats, Floats], points: Floats) -> tuple[Ints, Ints]:
    """Pairs (point, cell of the block) of which the cell's box holds the point."""
    low, high = held
    # neighbours in the list are neighbours in space, so that each batch concerns few cells
    span = np.ptp(points, axis=0)
    grid = np.floor((points - points.min(axis=0)) / np.maximum(span.max() / 16.0, 1e-300)).astype(np.int64)
    order = np.lexsort(grid.T)
    rows, cells = [], []
    for batch in np.array_split(order, max(1, -(-len(order) // _POINTS_AT_ONCE))):
        some = points[batch]
        near = np.flatnonzero((low <= some.max(axis=0)).all(axis=1) & (high >= some.min(axis=0)).all(axis=1))
        inside = (some[:, None] >= low[near]).all(axis=2) & (some[:, None] <= high[near]).all(axis=2)
        row, column = np.nonzero(inside)
        rows.append(batch[row])
        cells.append(near[column])
    return np.concatenate(rows).astype(np.int64), np.concatenate(cells).astype(np.int64)


def _invert(mesh: Mesh, block: Block, cells: Ints, targets: Floats) -> tuple[Floats, Floats]:
    """Reference coordinates of targets in cells by Newton's method, clipped, and the distance that remains."""
    corners = mesh.points[block.cells[cells]]
    xi = _first_guess(block.kind, corners, targets)
    active = np.arange(len(cells))
    for _ in range(_NEWTON_STEPS):
        error = targets[active] - _position(block.kind, corners[active], xi[active])
        jacobian = np.einsum("pnk,pni->pik", shapes.gradients(block.kind, xi[active]), corners[active])
        regular = np.abs(np.linalg.det(jacobian)) > 1e-300
        step = np.zeros_like(error)
        step[regular] = np.linalg.solve(jacobian[regular], error[regular][..., None])[..., 0]
        # a long step leaves the region in which the mapping can be trusted
        moved = np.clip(xi[active] + np.clip(step, -0.5, 0.5), *_TRUSTED)
        # points outside their cell come to rest at the limit, however long the step that they still want
        change = np.abs(moved - xi[active]).max(axis=1)
        xi[active] = moved
        active = active[change > 1e-12]
        if not len(active):
            break
    place = shapes.clip(block.kind, xi)
    inside = shapes.outside_by(block.kind, xi) <= 1e-9
    gap = np.linalg.norm(targets - _position(block.kind, corners, place), axis=1)
    size = np.ptp(corners, axis=1).max(axis=1)
    return place, np.where(inside & (gap < 1e-8 * size), 0.0, gap)


def _first_guess(kind: str, corners: Floats, targets: Floats) -> Floats:
    """Reference coordinates if the mapping were that of the cell's centre everywhere: exact for parallelepipeds and simplices."""
    centre = shapes.reference_nodes(kind).mean(axis=0)
    slope = np.einsum("nk,pni->pik", shapes.gradients(kind, centre)[0], corners)
    error = targets - _position(kind, corners, np.tile(centre, (len(targets), 1)))
    regular = np.abs(np.linalg.det(slope)) > 1e-300
    xi = np.tile(centre, (len(targets), 1))
    xi[regular] += np.linalg.solve(slope[regular], error[regular][..., None])[..., 0]
    return np.clip(xi, *_TRUSTED)


def _position(kind: str, corners: Floats, xi: Floats) -> Floats:
    return np.einsum("pn,pni->pi", shapes.values(kind, xi), corners)


def cell_sizes(mesh: Mesh, cells: Ints) -> Floats:
    """Return the longest extent of cells along an axis in mm; shape (n,)."""
    return np.concatenate([sizes(mesh.points, block.cells) for block in mesh.blocks])[cells]


def _refuse_outside(
    mesh: Mesh, points: Floats, cell: Ints, distance: Floats, tolerance: float | None, names: list[str] | None
) -> None:
    allowed = np.full(len(points), tolerance if tolerance is not None else 0.0)
    if tolerance is None:
        found = cell >= 0
        allowed[found] = DEFAULT_TOLERANCE * cell_sizes(mesh, cell[found])
    outside = np.flatnonzero((cell < 0) | (distance > allowed))
    if not len(outside):
        return
    worst = int(outside[0])
    gap = distance[worst]
    if not np.isfinite(gap):
        gap = np.linalg.norm(mesh.points - points[worst], axis=1).min()
    where = ", ".join(f"{value:g}" for value in points[worst])
    label = f"the point {names[worst]!r}" if names else "the point"
    more = f" ({len(outside) - 1} more after it)" if len(outside) > 1 else ""
    raise InputError(
        f"{label} at ({where}) mm lies outside the mesh, about {gap:.3g} mm from it{more}",
        mend="check its coordinates and the mesh's length unit",
    )


def _by_block(mesh: Mesh, located: Located) -> list[tuple[int, Block, Ints, Ints]]:
    """Group located points by block: block number, block, rows of the points, cells within the block."""
    found = []
    for number, (start, block) in enumerate(zip(mesh.offsets, mesh.blocks, strict=False)):
        rows = np.flatnonzero((located.cell >= start) & (located.cell < start + len(block.cells)))
        if len(rows):
            found.append((number, block, rows, located.cell[rows] - start))
    return found


def interpolate_nodal(mesh: Mesh, located: Located, values: Floats) -> Floats:
    """Interpolate a field given at mesh nodes, such as displacement.

    Parameters
    ----------
    values : (n_points, ...) float array

    Returns
    -------
    (n, ...) float array
    """
    result = np.zeros((len(located.cell), *values.shape[1:]))
    for _, block, rows, cells in _by_block(mesh, located):
        weights = shapes.values(block.kind, located.xi[rows])
        result[rows] = np.einsum("pn,pn...->p...", weights, values[block.cells[cells]])
    return result


def interpolate_stress(recovery: Recovery, located: Located, nodal: Floats) -> Floats:
    """Interpolate recovered values, each point within the region of the cell that holds it.

    Parameters
    ----------
    nodal : (..., n_rows, 6) float array
        As in `StressField.nodal`; any quantity per (region, node) row will do.

    Returns
    -------
    (..., n, 6) float array
    """
    result = np.zeros((*nodal.shape[:-2], len(located.cell), nodal.shape[-1]))
    for number, block, rows, cells in _by_block(recovery.mesh, located):
        weights = shapes.values(block.kind, located.xi[rows])
        result[..., rows, :] = np.einsum("pn,...pnc->...pc", weights, nodal[..., recovery.tables[number].rows[cells], :])
    return result


def extent_along(mesh: Mesh, located: Located, direction: Floats) -> Floats:
    """Return the length of each located cell along a direction, in mm.

    Parameters
    ----------
    direction : (n, 3) float array
        Unit vectors.
    """
    result = np.zeros(len(located.cell))
    for _, block, rows, cells in _by_block(mesh, located):
        heights = np.einsum("pni,pi->pn", mesh.points[block.cells[cells]], direction[rows])
        result[rows] = np.ptp(heights, axis=1)
    return result
