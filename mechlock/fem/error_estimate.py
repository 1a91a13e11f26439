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

from mechlock.fem.stress import ENGINEERING, PAIRS, BlockTables, FreeStrain, Recovery, free_strain, inverse_3x3
from mechlock.mesh import quadrature, shapes

Floats = NDArray[np.floating[Any]]

_CHUNK = 2048


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
    error, energy = [], []
    for number, table in enumerate(recovery.tables):
        free = free_strain(recovery, number, thermal_strain)
        for start in range(0, len(table.block.cells), _CHUNK):
            part = slice(start, start + _CHUNK)
            one, two = _energies(recovery, table, part, displacement, nodal, free)
            error.append(one)
            energy.append(two)
    error_energy, whole = np.concatenate(error), np.concatenate(energy)
    region = recovery.cell_region
    count = len(recovery.regions)
    by_error, by_energy = np.bincount(region, error_energy, count), np.bincount(region, whole, count)
    names = [item.name for item in recovery.regions]
    by_region = {name: _ratio(e, u) for name, e, u in zip(names, by_error, by_energy, strict=True)}
    return ErrorEstimate(_ratio(error_energy.sum(), whole.sum()), by_region, error_energy, whole)


def _ratio(error: float, energy: float) -> float:
    return float(np.sqrt(error / (energy + error))) if energy + error > 0.0 else 0.0


def _energies(
    recovery: Recovery, table: BlockTables, part: slice, displacement: Floats, nodal: Floats, free: Floats | None
) -> tuple[Floats, Floats]:
    """Squared energy norms of the difference and of the solution for some cells of a block."""
    kind, cells = table.block.kind, table.block.cells[part]
    xi, weights = quadrature.full_points(kind)
    reference, values = shapes.gradients(kind, xi), shapes.values(kind, xi)
    table_ = reference.transpose(1, 0, 2).reshape(cells.shape[1], -1)

    def derivatives(field: Floats) -> Floats:
        flat = field[cells].transpose(0, 2, 1).reshape(-1, cells.shape[1]) @ table_
        return flat.reshape(len(cells), 3, len(xi), 3).transpose(0, 2, 1, 3)

    inverse, determinant = inverse_3x3(derivatives(recovery.mesh.points))
    gradient = derivatives(displacement) @ inverse
    strain = np.stack([0.5 * (gradient[..., i, j] + gradient[..., j, i]) for i, j in PAIRS], axis=-1)
    if free is not None:
        strain[..., :3] -= (free[part] @ values.T)[..., None]
    region = table.region[part]
    stiffness = np.stack([item.elasticity for item in recovery.regions])
    compliance = np.linalg.inv(stiffness)
    engineering = strain * ENGINEERING
    stress = engineering @ stiffness[region]
    recovered = np.einsum("qn,cnk->cqk", values, nodal[table.rows[part]])
    difference = recovered - stress
    volume = determinant * weights
    error = np.einsum("cqk,cqk,cq->c", difference @ compliance[region], difference, volume)
    energy = np.einsum("cqk,cqk,cq->c", stress, engineering, volume)
    return error, energy
