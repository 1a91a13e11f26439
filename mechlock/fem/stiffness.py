"""Element stiffness and mass matrices of whole blocks, as upper 3x3 node-pair blocks.

K[ai, bj] = sum_q sum_kl C_ikjl dN_a/dx_k dN_b/dx_l w_q det J: with the gradients written in reference coordinates this is one
matrix product of a table that belongs to the reference element with coefficients of each element's shape and material.
"""

from __future__ import annotations

import numpy as np

from mechlock.fem import assumed_stress
from mechlock.fem.congruent import copies
from mechlock.fem.cores import on_all_cores
from mechlock.fem.elements import Table, table
from mechlock.fem.geometry import check_positive, determinants, inverse, jacobians
from mechlock.fem.model import Material
from mechlock.mesh.mesh import Floats, Ints

_VOIGT = np.array([[0, 5, 4], [5, 1, 3], [4, 3, 2]])
_CHUNK_BYTES = 4e6


def elasticity(material: Material) -> Floats:
    """6x6 elasticity matrix for strains (xx, yy, zz, yz, xz, xy) with engineering shear, MPa."""
    if material.elasticity is not None:
        return np.asarray(material.elasticity, float)
    lame = material.E * material.nu / ((1 + material.nu) * (1 - 2 * material.nu))
    shear = material.E / (2 * (1 + material.nu))
    matrix = np.diag([2 * shear] * 3 + [shear] * 3)
    matrix[:3, :3] += lame
    return matrix


def elasticity_in_pairs(material: Material) -> Floats:
    """6x6 elasticity matrix for strains (xx, yy, zz, xy, yz, xz), the order in which stresses are recovered, MPa."""
    order = [0, 1, 2, 5, 3, 4]
    return elasticity(material)[np.ix_(order, order)]


def elasticity_tensor(material: Material) -> Floats:
    """Fourth-order tensor C_ikjl, shape (3, 3, 3, 3), MPa."""
    matrix = elasticity(material)
    return matrix[_VOIGT[:, :, None, None], _VOIGT[None, None, :, :]]


def pairs(n_nodes: int) -> tuple[Ints, Ints]:
    """Local node pairs a <= b in the order used throughout."""
    return np.triu_indices(n_nodes)


def _gradient_table(rule: Table) -> Floats:
    """Products w_q dN_a/dxi_r dN_b/dxi_s of the node pairs, shape (n_pairs, n_points, 9)."""
    a, b = pairs(rule.values.shape[1])
    g = rule.gradients
    product = g[:, a, :, None] * g[:, b, None, :] * rule.weights[:, None, None, None]
    return product.transpose(1, 0, 2, 3).reshape(len(a), len(rule.weights), 9)


def _shape_coefficients(points: Floats, cells: Ints, rule: Table, material: Material, kind: str) -> Floats:
    """C_ikjl (J^-1)_rk (J^-1)_sl det J at the points, shape (n_points, 9 (r, s), n_cells, 9 (i, j))."""
    inverted, determinant = inverse(jacobians(points, cells, rule.gradients))
    check_positive(determinant, kind, cells)
    tensor = elasticity_tensor(material).transpose(1, 0, 2, 3).reshape(3, 27)
    n_cells, n_points = determinant.shape
    half = (inverted @ tensor).reshape(n_cells, n_points, 3, 3, 3, 3)  # r, i, j, l
    scaled = inverted * determinant[..., None, None]
    full = half.reshape(n_cells, n_points, 27, 3) @ scaled.swapaxes(-1, -2)  # (r, i, j), s
    ordered = full.reshape(n_cells, n_points, 3, 3, 3, 3).transpose(1, 2, 5, 0, 3, 4)
    return ordered.reshape(n_points, 9, n_cells, 9)


def stiffness_blocks(points: Floats, cells: Ints, kind: str, material: Material, affine: bool) -> Floats:
    """Upper node-pair blocks of the element stiffness matrices.

    Parameters
    ----------
    points : (n_points, 3) array
    cells : (n_cells, n_nodes) int array
    kind : str
    material : Material
    affine : bool
        The cells are straight-edged, so that one Jacobian serves the whole element.

    Returns
    -------
    (n_pairs, n_cells, 9) array
        Block (a, b) of every cell, N/mm, rows before columns.
    """
    alike = copies(points, cells, kind)
    different = _different_blocks(points, cells[alike.first], kind, material, affine)
    return different if len(alike.first) == len(cells) else different.take(alike.of, axis=1)


def _different_blocks(points: Floats, cells: Ints, kind: str, material: Material, affine: bool) -> Floats:
    """The same, cell by cell."""
    if kind == assumed_stress.KIND:
        found = assumed_stress.stress_cells(points, cells, elasticity_in_pairs(material))
        whole = found.stiffness()[found.of]
        first, second = pairs(whole.shape[1])
        return np.ascontiguousarray(whole[:, first, :, second]).reshape(len(first), len(cells), 9)
    rule = table(kind, "stiffness" if affine else "curved")
    products = _gradient_table(rule)
    if affine:
        # the Jacobian is constant: integrate the table once, take the coefficients at the first point
        products = products.sum(axis=1, keepdims=True)
        rule = Table(rule.points[:1], rule.weights[:1], rule.values[:1], rule.gradients[:1])
    left = products.reshape(len(products), -1)
    step = max(16, int(_CHUNK_BYTES / (8 * 9 * left.shape[1])))
    result = np.empty((len(left), 9 * len(cells)))

    def fill(start: int) -> None:
        right = _shape_coefficients(points, cells[start : start + step], rule, material, kind)
        np.matmul(left, right.reshape(left.shape[1], -1), out=result[:, 9 * start : 9 * (start + step)])

    for _ in on_all_cores(fill, range(0, len(cells), step)):
        pass
    return result.reshape(len(left), -1, 9)


def mass_blocks(points: Floats, cells: Ints, kind: str, density: float, affine: bool = False) -> Floats:
    """Consistent scalar mass of the node pairs of every cell, t, shape (n_pairs, n_cells)."""
    rule = table(kind, "mass")
    a, b = pairs(rule.values.shape[1])
    left = (rule.values[:, a] * rule.values[:, b] * rule.weights[:, None]).T
    if affine:
        left, rule = (
            left.sum(axis=1, keepdims=True),
            Table(rule.points[:1], rule.weights[:1], rule.values[:1], rule.gradients[:1]),
        )
    determinant = determinants(jacobians(points, cells, rule.gradients))
    check_positive(determinant, kind, cells)
    return density * (left @ determinant.T)
