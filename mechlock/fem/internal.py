"""Internal nodal forces and strain energy from strains and stresses, element by element, without the assembled matrix."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from mechlock.fem.assembly import System
from mechlock.fem.elements import table
from mechlock.fem.geometry import inverse, jacobians
from mechlock.fem.stiffness import elasticity
from mechlock.mesh.mesh import Floats, Ints

_CHUNK_BYTES = 48e6
_TENSOR = np.array([[0, 5, 4], [5, 1, 3], [4, 3, 2]])


def internal_forces(
    system: System, displacement: Floats, temperature: tuple[tuple[Floats, ...] | None, ...] | None = None
) -> tuple[Floats, Floats, Floats]:
    """Forces that the stresses exert on the nodes' supports, and the energy behind them.

    Parameters
    ----------
    system : System
    displacement : (n_dof, k) array
        Of k cases, mm.
    temperature : k entries
        Temperature change per mesh block and cell node, or None.

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
                cells = np.flatnonzero((owner == material) & (system.affine[number] == straight))
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
    seen = rule.gradients[:1] if straight else rule.gradients
    inverted, determinant = inverse(jacobians(system.mesh.points, cells, seen))
    measure = determinant * rule.weights
    local = u[cells]
    # without the mean motion the differences keep their digits
    local = local - local.mean(axis=1, keepdims=True)
    table_rows = rule.gradients.transpose(0, 2, 1).reshape(-1, n_nodes)
    slopes = (table_rows @ local.reshape(n_cells, n_nodes, -1)).reshape(n_cells, n_points, 3, 3, n_cases)
    gradient = np.einsum("cqri,cqrjk->cqijk", np.broadcast_to(inverted, (n_cells, n_points, 3, 3)), slopes, optimize=True)
    strain = _strain(gradient)
    made_of = system.model.materials[material][0]
    stiffness = elasticity(made_of)
    elastic = strain
    if heat is not None and made_of.alpha:
        elastic = strain.copy()
        for case, field in enumerate(heat):
            if field is not None:
                elastic[:, :, :3, case] -= made_of.alpha * (field @ rule.values.T)[:, :, None]
    stress = np.einsum("mn,cqnk->cqmk", stiffness, elastic, optimize=True)
    work += np.einsum("cq,cqmk,cqmk->k", measure, stress, strain, optimize=True)
    energy += 0.5 * np.einsum("cq,cqmk,cqmk->k", measure, stress, elastic, optimize=True)
    full = stress[:, :, _TENSOR, :] * measure[:, :, None, None, None]
    flux = np.einsum("cqri,cqijk->cqrjk", np.broadcast_to(inverted, (n_cells, n_points, 3, 3)), full, optimize=True)
    nodal = table_rows.T @ flux.reshape(n_cells, n_points * 3, -1)
    _scatter(forces, cells, nodal.reshape(n_cells, n_nodes, 3, n_cases))


def _strain(gradient: Floats) -> Floats:
    """Strains (xx, yy, zz, yz, xz, xy; engineering shear) of displacement gradients d u_j / d x_i at (c, q, i, j, k)."""
    g = gradient
    rows = [g[:, :, 0, 0], g[:, :, 1, 1], g[:, :, 2, 2]]
    rows += [g[:, :, 1, 2] + g[:, :, 2, 1], g[:, :, 0, 2] + g[:, :, 2, 0], g[:, :, 0, 1] + g[:, :, 1, 0]]
    return np.stack(rows, axis=2)


def _scatter(total: Floats, cells: Ints, values: Floats) -> None:
    """Add values (n_cells, n_nodes, 3, k) to the nodes of the cells."""
    flat = cells.ravel()
    adder = sp.csr_array((np.ones(len(flat)), (flat, np.arange(len(flat)))), shape=(len(total), len(flat)))
    total += (adder @ values.reshape(len(flat), -1)).reshape(total.shape)
