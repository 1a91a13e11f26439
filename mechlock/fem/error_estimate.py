"""Recovery-based error estimate in the energy norm, per region.

The recovered nodal stress, carried into the cells by the shape functions, is compared with the stress of the finite
element solution; the energy of the difference estimates the error of the solution.

Source: Zienkiewicz & Zhu, "A simple error estimator and adaptive procedure for practical engineering analysis",
IJNME 24 (1987) 337-357.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mechlock.fem import assumed_stress
from mechlock.fem.cores import on_all_cores
from mechlock.fem.geometry import inverse, jacobians
from mechlock.fem.stress import PAIRS, FreeStrain, Recovery, free_strain
from mechlock.mesh import quadrature, shapes
from mechlock.mesh.mesh import Ints

Floats = NDArray[np.floating[Any]]

_CHUNK_BYTES = 4e6


@dataclass(frozen=True)
class ErrorEstimate:
    """Estimated error of one load case.

    Attributes
    ----------
    relative : float
        Energy norm of the estimated error over that of the solution, sqrt(e² / (U² + e²)).
    by_region : dict of str to float
        The same, region by region (over the region's own energy).
    error_energy, energy : (n_cells,) float arrays
        Squared energy norms per cell in N·mm.
    """

    relative: float
    by_region: dict[str, float]
    error_energy: Floats
    energy: Floats


def estimate(recovery: Recovery, displacement: Floats, nodal: Floats, thermal_strain: FreeStrain | None = None) -> ErrorEstimate:
    """Estimate the error of a displacement solution.

    Parameters
    ----------
    displacement : (n_points, 3) float array
        mm.
    nodal : (n_rows, 6) float array
        `StressField.nodal` of the same case.
    thermal_strain : float array or sequence of arrays, optional
        As for `stress.recover`.
    """
    return estimates(recovery, displacement[None], nodal[None], thermal_strain)[0]


def estimates(
    recovery: Recovery, displacement: Floats, nodal: Floats, thermal_strain: FreeStrain | None = None
) -> list[ErrorEstimate]:
    """Estimate the errors of several cases, (n_cases, n_points, 3) and (n_cases, n_rows, 6), as `estimate` does for one."""
    moved = np.ascontiguousarray(np.moveaxis(displacement, 0, -1), np.float64)
    weighted = np.empty((*nodal.shape[1:], len(nodal)))
    for number, region in enumerate(recovery.regions):
        rows = recovery.region == number
        weighted[rows] = np.moveaxis(nodal[:, rows] @ _root(region.elasticity), 0, -1)
    error = np.empty((recovery.mesh.n_cells, len(nodal)))
    whole = np.empty_like(error)
    parts = _parts(recovery, len(nodal))
    found = on_all_cores(lambda part: _energies(recovery, part, moved, weighted, thermal_strain), parts)
    for part, energies in zip(parts, found, strict=True):
        cells = recovery.mesh.offsets[part.block] + part.cells
        error[cells], whole[cells] = energies
    return [_judged(recovery, error[:, case].copy(), whole[:, case].copy()) for case in range(len(nodal))]


def _judged(recovery: Recovery, error: Floats, whole: Floats) -> ErrorEstimate:
    """Sum the energies of the cells over regions and over the whole."""
    region, count = recovery.cell_region, len(recovery.regions)
    by_error, by_energy = np.bincount(region, error, count), np.bincount(region, whole, count)
    names = [item.name for item in recovery.regions]
    by_region = {name: _ratio(e, u) for name, e, u in zip(names, by_error, by_energy, strict=True)}
    return ErrorEstimate(_ratio(error.sum(), whole.sum()), by_region, error, whole)


def _ratio(error: float, energy: float) -> float:
    return float(np.sqrt(error / (energy + error))) if energy + error > 0.0 else 0.0


def _root(elasticity: Floats) -> Floats:
    """Matrix that turns a stress (6,) into one whose squares add up to twice its energy density: R R^T = compliance."""
    return np.linalg.cholesky(np.linalg.inv(elasticity))


@dataclass(frozen=True)
class _Part:
    """Cells of one block and one region, all straight-edged or all curved."""

    block: int
    region: int
    straight: bool
    cells: Ints


def _parts(recovery: Recovery, n_cases: int) -> list[_Part]:
    """All cells in parts that fit the cache."""
    found: list[_Part] = []
    for number, (table, lies_straight) in enumerate(zip(recovery.tables, recovery.mesh.straight, strict=True)):
        n_points = len(quadrature.full_points(table.block.kind)[1])
        step = max(16, int(_CHUNK_BYTES / (8 * n_points * 15 * n_cases)))
        for region in np.unique(table.region).tolist():
            for straight in (True, False):
                cells = np.flatnonzero((table.region == region) & (lies_straight == straight))
                found += [_Part(number, region, straight, cells[at : at + step]) for at in range(0, len(cells), step)]
    return found


def _law(elasticity: Floats) -> tuple[Floats, Floats]:
    """Weighted stress of a displacement gradient, (6, 9), and of a unit free strain, (6,)."""
    strains = np.zeros((6, 3, 3))
    for slot, (i, j) in enumerate(PAIRS):
        strains[slot, i, j] = strains[slot, j, i] = 1.0
    law = _root(elasticity).T @ elasticity
    return law @ strains.reshape(6, 9), law[:, :3].sum(axis=1)


def _energies(
    recovery: Recovery, part: _Part, moved: Floats, weighted: Floats, thermal: FreeStrain | None
) -> tuple[Floats, Floats]:
    """Squared energy norms (n_cells, n_cases) of the difference and of the solution for some cells.

    Stresses are weighted so that their squares are energies; `moved` (n_points, 3, n_cases), `weighted` (n_rows, 6, n_cases).
    """
    table = recovery.tables[part.block]
    kind, cells = table.block.kind, table.block.cells[part.cells]
    xi, weights = quadrature.full_points(kind)
    reference, values = np.asarray(shapes.gradients(kind, xi), np.float64), shapes.values(kind, xi)
    inverted, determinant = inverse(jacobians(recovery.mesh.points, cells, reference[:1] if part.straight else reference))
    volume = determinant * weights
    elasticity = recovery.regions[part.region].elasticity
    free = free_strain(recovery, part.block, thermal)
    if kind == assumed_stress.KIND:
        given = None if free is None else free[part.cells]
        found = assumed_stress.stress_of(recovery.mesh.points, cells, elasticity, moved, given, xi)
        stress = (_root(elasticity).T @ found).swapaxes(1, 2)
    else:
        stress = _weighted_stress(elasticity, reference, inverted, moved[cells])
        if free is not None:
            stress = stress - _law(elasticity)[1][:, None, None] * (free[part.cells] @ values.T)[:, None, :, None]
    difference = values @ weighted[table.rows[part.cells]].transpose(0, 2, 1, 3)
    difference -= stress
    return np.einsum("cmqk,cmqk,cq->ck", difference, difference, volume), np.einsum("cmqk,cmqk,cq->ck", stress, stress, volume)


def _weighted_stress(elasticity: Floats, reference: Floats, inverted: Floats, local: Floats) -> Floats:
    """Weighted stress (n_cells, 6, n_points, n_cases) of nodal displacements; `inverted` is (n_cells, n_points or 1, 3, 3)."""
    # from slopes along reference directions to weighted stress, (n_cells, n_points or 1, 6, 9)
    laws = (_law(elasticity)[0].reshape(18, 3) @ inverted.swapaxes(-1, -2)).reshape(*inverted.shape[:2], 6, 9)
    rows = np.ascontiguousarray(reference.transpose(2, 0, 1).reshape(-1, local.shape[1]))
    slopes = (rows @ local.transpose(0, 2, 1, 3)).reshape(len(local), 9, len(reference), -1)
    if inverted.shape[1] == 1:
        return (laws[:, 0] @ slopes.reshape(len(local), 9, -1)).reshape(len(local), 6, len(reference), -1)
    return (laws @ slopes.swapaxes(1, 2)).swapaxes(1, 2)
