"""Internal nodal forces and strain energy from strains and stresses, element by element, without the assembled matrix."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from mechlock.fem.assembly import System
from mechlock.fem.elements import table
from mechlock.fem.geometry import inverse, jacobians
from mechlock.fem.model import Material
from mechlock.fem.stiffness import elasticity_tensor
from mechlock.mesh.mesh import Floats, Ints

# Fits a core's share of the cache.
_CHUNK_BYTES = 4e6


def internal_forces(
    system: System,
    displacement: Floats,
    temperature: tuple[tuple[Floats, ...] | None, ...] | None = None,
    chosen: np.ndarray | None = None,
) -> tuple[Floats, Floats, Floats]:
    """Forces that the stresses exert on the nodes' supports, and the energy behind them.

    Parameters
    ----------
    system : System
    displacement : (n_dof, k) array
        Of k cases, mm.
    temperature : k entries
        Temperature change per mesh block and cell node, or None.
    chosen : (n_cells,) bool array, optional
        Cells that count; all by default.

    Returns
    -------
    forces : (n_dof, k) array
        integral(B^T sigma), N.
    work : (k,) array
        integral(sigma : epsilon), N mm (twice the strain energy when there is no thermal strain).
    energy : (k,) array
        integral(sigma : (epsilon - thermal)) / 2, N mm.
    """
    n_cases = displacement.shape[1]
    u = np.ascontiguousarray(displacement).reshape(-1, 3, n_cases)
    forces = np.zeros_like(u)
    work, energy = np.zeros(n_cases), np.zeros(n_cases)
    for number, (block, owner) in enumerate(zip(system.mesh.blocks, system.material_of, strict=True)):
        for material in np.unique(owner):
            for straight in (True, False):
                wanted = (owner == material) & (system.affine[number] == straight)
                if chosen is not None:
                    wanted &= chosen[system.mesh.offsets[number] : system.mesh.offsets[number + 1]]
                cells = np.flatnonzero(wanted)
                points = len(table(block.kind, "stiffness" if straight else "curved").weights)
                step = max(1, int(_CHUNK_BYTES / (8 * 9 * points * n_cases)))
                for start in range(0, len(cells), step):
                    part = cells[start : start + step]
                    heat = None
                    if temperature is not None:
                        heat = [None if field is None else field[number][part] for field in temperature]
                    _add(system, number, part, int(material), straight, u, heat, forces, work, energy)
    return forces.reshape(-1, n_cases), work, energy


def _add(
    system: System, number: int, part: Ints, material: int, straight: bool,
    u: Floats, heat: list[Floats | None] | None, forces: Floats, work: Floats, energy: Floats,
) -> None:  # fmt: skip
    """Add the forces, work and energy of some cells of one block and material."""
    block = system.mesh.blocks[number]
    cells = block.cells[part]
    rule = table(block.kind, "stiffness" if straight else "curved")
    n_points, n_nodes, _ = rule.gradients.shape
    n_cells, n_cases = len(cells), u.shape[2]
    inverted, determinant = inverse(jacobians(system.mesh.points, cells, rule.gradients[:1] if straight else rule.gradients))
    measure = np.broadcast_to(determinant * rule.weights, (n_cells, n_points))
    local = u[cells]
    # without the mean motion the differences keep their digits
    local = (local - local.mean(axis=1, keepdims=True)).transpose(0, 2, 1, 3)
    rows = rule.gradients.transpose(2, 0, 1).reshape(-1, n_nodes)
    # (cell, displacement j, reference direction r, point, case) to (cell, j, direction i, point, case)
    slopes = (rows @ local).reshape(n_cells, 3, 3, n_points, n_cases)
    gradient = _turned(inverted.swapaxes(-1, -2), slopes).reshape(n_cells, 9, -1)
    made_of = system.model.materials[material][0]
    stress = elasticity_tensor(made_of).reshape(9, 9) @ gradient
    product = np.einsum("cmp,cmp->cp", stress, gradient).reshape(n_cells, n_points, n_cases)
    done = np.einsum("cq,cqk->k", measure, product)
    work += done
    energy += 0.5 * done
    if heat is not None and made_of.alpha:
        stress = stress.reshape(n_cells, 9, n_points, n_cases)
        gradient = gradient.reshape(stress.shape)
        for case, field in enumerate(heat):
            if field is not None:
                _heat(made_of, field @ rule.values.T, measure, stress, gradient, case, work, energy)
    weighted = stress.reshape(n_cells, 9, n_points, n_cases) * measure[:, None, :, None]
    flux = _turned(inverted, weighted.reshape(slopes.shape)).reshape(n_cells, 3, 3 * n_points, n_cases)
    _scatter(forces, cells, (rows.T @ flux).transpose(0, 2, 1, 3))


def _turned(matrices: Floats, fields: Floats) -> Floats:
    """Matrices (cell, point or 1, 3, 3) times the direction axis of fields (cell, 3, direction, point, case)."""
    shape = fields.shape
    if matrices.shape[1] == 1:
        return (matrices @ fields.reshape(*shape[:3], -1)).reshape(shape)
    result = np.empty_like(fields)
    for i in range(3):
        column = matrices[:, None, :, i, :, None]
        result[:, :, i] = column[..., 0, :] * fields[:, :, 0]
        for r in (1, 2):
            result[:, :, i] += column[..., r, :] * fields[:, :, r]
    return result


def _heat(
    made_of: Material, rise: Floats, measure: Floats, stress: Floats, gradient: Floats, case: int, work: Floats, energy: Floats
) -> None:
    """Take the thermal strain of one case out of its stress, and correct work and energy."""
    thermal = np.einsum("m,cq->cmq", made_of.alpha * np.eye(3).ravel(), rise)
    before = np.einsum("cq,cmq,cmq->", measure, stress[..., case], gradient[..., case])
    stress[..., case] -= elasticity_tensor(made_of).reshape(9, 9) @ thermal
    after = np.einsum("cq,cmq,cmq->", measure, stress[..., case], gradient[..., case])
    elastic = np.einsum("cq,cmq,cmq->", measure, stress[..., case], gradient[..., case] - thermal)
    work[case] += after - before
    energy[case] += 0.5 * (elastic - before)


def _scatter(total: Floats, cells: Ints, values: Floats) -> None:
    """Add values (n_cells, n_nodes, 3, k) to the nodes of the cells."""
    nodes, place = np.unique(cells, return_inverse=True)
    adder = sp.csr_array((np.ones(cells.size), (place.ravel(), np.arange(cells.size))), shape=(len(nodes), cells.size))
    total[nodes] += (adder @ values.reshape(cells.size, -1)).reshape(len(nodes), *total.shape[1:])
