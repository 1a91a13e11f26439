"""Stress stiffness of a loaded body: the geometric stiffness matrix of linear buckling and of prestressed vibration.

K_g[ai, bj] = delta_ij integral(dN_a/dx_k sigma_kl dN_b/dx_l): a scalar matrix, the same for all three components
(Bathe, Finite Element Procedures, section 6.8; Cook et al., Concepts and Applications of Finite Element Analysis, chapter 18).
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from mechlock.fem import assumed_stress
from mechlock.fem.assembly import System
from mechlock.fem.elements import table
from mechlock.fem.geometry import inverse, jacobians
from mechlock.fem.model import Material
from mechlock.fem.static import StaticResult
from mechlock.fem.stiffness import elasticity_in_pairs, elasticity_tensor, pairs
from mechlock.fem.stress import matrices
from mechlock.mesh.mesh import Floats, Ints

_CHUNK_BYTES = 48e6


def geometric_pairs(system: System, result: StaticResult) -> Floats:
    """Stress stiffness of the node pairs of the system's pattern, N/mm, shape (n_blocks,).

    Parameters
    ----------
    system : System
    result : StaticResult
        Its stresses stiffen (tension) or soften (compression).
    """
    values: list[Floats] = []
    for number, (block, owner) in enumerate(zip(system.mesh.blocks, system.material_of, strict=True)):
        n_nodes = block.cells.shape[1]
        found = np.empty((len(pairs(n_nodes)[0]), len(owner)))
        for material in np.unique(owner):
            for straight in (True, False):
                cells = np.flatnonzero((owner == material) & (system.mesh.straight[number] == straight))
                points = len(table(block.kind, "stiffness" if straight else "curved").weights)
                step = max(1, int(_CHUNK_BYTES / (8 * 6 * points * n_nodes)))
                for start in range(0, len(cells), step):
                    part = cells[start : start + step]
                    found[:, part] = _cells(system, result, number, part, int(material), straight)
        values.append(found.ravel())
    return system.pattern.gather_scalar(np.concatenate(values))


def _cells(system: System, result: StaticResult, number: int, part: Ints, material: int, straight: bool) -> Floats:
    """Pair values (n_pairs, n_cells) of some cells of one block and material."""
    block, made_of = system.mesh.blocks[number], system.model.materials[material][0]
    cells = block.cells[part]
    rule = table(block.kind, "stiffness" if straight else "curved")
    inverted, determinant = inverse(jacobians(system.mesh.points, cells, rule.gradients))
    slopes = rule.gradients[None] @ inverted
    rise = None if result.temperature is None else made_of.alpha * result.temperature[number][part]
    if block.kind == assumed_stress.KIND:
        moved, law = result.displacement[:, :, None], elasticity_in_pairs(made_of)
        stress = matrices(assumed_stress.stress_of(system.mesh.points, cells, law, moved, rise, rule.points)[..., 0])
    else:
        stress = _stress(result.displacement[cells], made_of, None if rise is None else rise @ rule.values.T, slopes)
    weighted = slopes @ (stress * (determinant * rule.weights)[:, :, None, None])
    n_cells, n_nodes = cells.shape
    left = weighted.transpose(0, 2, 1, 3).reshape(n_cells, n_nodes, -1)
    right = slopes.transpose(0, 2, 1, 3).reshape(n_cells, n_nodes, -1)
    full = left @ right.transpose(0, 2, 1)
    a, b = pairs(n_nodes)
    return full[:, a, b].T


def _stress(local: Floats, made_of: Material, free: Floats | None, slopes: Floats) -> Floats:
    """Stress tensors (n_cells, n_points, 3, 3) of nodal displacements (n_cells, n_nodes, 3) less a free strain at the points."""
    gradient = (local - local.mean(axis=1, keepdims=True)).transpose(0, 2, 1)[:, None] @ slopes
    if free is not None:
        gradient = gradient - free[:, :, None, None] * np.eye(3)
    return np.einsum("ijkl,cqkl->cqij", elasticity_tensor(made_of), gradient, optimize=True)


def scalar_matrix(system: System, values: Floats) -> sp.csr_array:
    """Symmetric (n_nodes, n_nodes) matrix of node-pair values."""
    pattern = system.pattern
    n = pattern.n_nodes
    upper = sp.csr_array((values, pattern.columns.astype(np.int32), pattern.pointer), shape=(n, n))
    return sp.csr_array(upper + sp.triu(upper, 1).T)


def upper_matrix(system: System, values: Floats) -> sp.csr_array:
    """Upper half U of the matrix of node-pair values, which is U + U^T, in single precision."""
    pattern = system.pattern
    n = pattern.n_nodes
    half = sp.csr_array((values.astype(np.float32), pattern.columns.astype(np.int32), pattern.pointer), shape=(n, n))
    half.data[pattern.pointer[:-1]] *= 0.5
    return half


def apply_scalar(matrix: sp.csr_array, vectors: np.ndarray) -> np.ndarray:
    """Scalar node matrix times vectors (n_dof, k), component by component."""
    return (matrix @ np.ascontiguousarray(vectors).reshape(len(vectors) // 3, -1)).reshape(vectors.shape)
