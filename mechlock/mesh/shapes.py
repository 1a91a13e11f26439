"""Shape functions of every element kind at any reference points, as values and gradients.

Each kind is given by the monomials that span its space and by its reference nodes; the nodal basis follows by inverting
the small Vandermonde matrix, which is exact to rounding. Reference cells are those of VTK and scikit-fem: the unit cube
for hexahedra, the unit simplex for tetrahedra, unit triangle times unit interval for wedges.

Source: Arnold & Awanou, "The serendipity family of finite elements", Found. Comput. Math. 11 (2011), for the
serendipity spaces (all monomials of superlinear degree at most two).
"""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mechlock.mesh.topology import KINDS

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.int64]

_CORNERS: dict[str, tuple[tuple[float, float, float], ...]] = {
    "tet": ((0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "hex": ((0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0), (0, 0, 1), (1, 0, 1), (1, 1, 1), (0, 1, 1)),
    "wedge": ((0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 0, 1), (0, 1, 1)),
}


def shape_of(kind: str) -> str:
    """Return ``tet``, ``hex`` or ``wedge``."""
    return kind.rstrip("0123456789i")


def linear_kind(kind: str) -> str:
    """Return the kind of the same shape that has corner nodes only."""
    return f"{shape_of(kind)}{KINDS[kind].n_corners}"


@cache
def reference_nodes(kind: str) -> Floats:
    """Return the reference coordinates of the nodes of `kind` in VTK order, shape (n_nodes, 3)."""
    corners = np.array(_CORNERS[shape_of(kind)], float)
    data = KINDS[kind]
    nodes = np.empty((data.n_nodes, 3))
    nodes[: data.n_corners] = corners
    for first, second, middle in data.edges:
        if middle >= 0:
            nodes[middle] = 0.5 * (corners[first] + corners[second])
    if kind == "hex27":
        for face in data.faces:
            nodes[face[8]] = corners[list(face[:4])].mean(axis=0)
        nodes[26] = 0.5
    nodes.setflags(write=False)
    return nodes


def _exponents(kind: str) -> Ints:
    powers = list(product(range(3), repeat=3))
    spaces = {
        "tet4": [p for p in powers if sum(p) <= 1],
        "tet10": [p for p in powers if sum(p) <= 2],
        "hex8": [p for p in powers if max(p) <= 1],
        "hex8i": [p for p in powers if max(p) <= 1],
        "hex20": [p for p in powers if sum(a for a in p if a > 1) <= 2],
        "hex27": powers,
        "wedge6": [p for p in powers if p[0] + p[1] <= 1 and p[2] <= 1],
        "wedge15": [p for p in powers if p[0] + p[1] <= 2 and sum(a for a in p if a > 1) <= 2 and p[0] + p[1] + p[2] <= 3],
    }
    return np.array(spaces[kind], np.int64)


@cache
def _basis(kind: str) -> tuple[Ints, Floats]:
    exponents = _exponents(kind)
    vandermonde = _monomials(reference_nodes(kind), exponents)
    return exponents, np.asarray(np.linalg.inv(vandermonde), np.float64)


def _monomials(xi: Floats, exponents: Ints) -> Floats:
    powers = np.stack([np.ones_like(xi), xi, xi * xi])
    x, y, z = exponents.T
    return (powers[x, :, 0] * powers[y, :, 1] * powers[z, :, 2]).T


def values(kind: str, xi: Floats) -> Floats:
    """Evaluate the shape functions of `kind` at reference points.

    Parameters
    ----------
    xi : (n, 3) float array

    Returns
    -------
    (n, n_nodes) float array
    """
    exponents, inverse = _basis(kind)
    return _monomials(np.atleast_2d(np.asarray(xi, float)), exponents) @ inverse


def gradients(kind: str, xi: Floats) -> Floats:
    """Evaluate the derivatives of the shape functions with respect to the reference coordinates.

    Parameters
    ----------
    xi : (n, 3) float array

    Returns
    -------
    (n, n_nodes, 3) float array
    """
    exponents, inverse = _basis(kind)
    xi = np.atleast_2d(np.asarray(xi, float))
    result = np.empty((len(xi), inverse.shape[1], 3))
    for axis in range(3):
        lowered = exponents.copy()
        lowered[:, axis] = np.maximum(lowered[:, axis] - 1, 0)
        result[:, :, axis] = (_monomials(xi, lowered) * exponents[:, axis]) @ inverse
    return result


def outside_by(kind: str, xi: Floats) -> Floats:
    """Return how far reference points lie outside the reference cell (0 inside); shape (n,)."""
    low = np.maximum(-xi, 0.0)
    if shape_of(kind) == "hex":
        excess = np.maximum(low, xi - 1.0)
        return excess.max(axis=1)
    if shape_of(kind) == "tet":
        return np.maximum(low.max(axis=1), xi.sum(axis=1) - 1.0)
    triangle = np.maximum(low[:, :2].max(axis=1), xi[:, 0] + xi[:, 1] - 1.0)
    return np.maximum(triangle, np.maximum(low[:, 2], xi[:, 2] - 1.0))


def clip(kind: str, xi: Floats) -> Floats:
    """Move reference points that lie outside the reference cell back to its boundary; shape (n, 3)."""
    inside = np.clip(xi, 0.0, 1.0)
    if shape_of(kind) == "hex":
        return inside
    axes = slice(0, 3) if shape_of(kind) == "tet" else slice(0, 2)
    total = inside[:, axes].sum(axis=1, keepdims=True)
    inside[:, axes] /= np.maximum(total, 1.0)
    return inside
