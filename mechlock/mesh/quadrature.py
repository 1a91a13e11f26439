"""Quadrature rules on the reference cells: full integration, and the points where stresses are most accurate.

Sources: Gauss-Legendre products for hexahedra; Keast, CMAME 55 (1986), for tetrahedra; Dunavant, IJNME 21 (1985), for
triangles. The stress points are the 2 x 2 x 2 points of Barlow, IJNME 10 (1976), for hexahedra, the four points of the
degree 2 rule for quadratic tetrahedra, and their products for wedges.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mechlock.mesh.shapes import shape_of

Floats = NDArray[np.floating[Any]]


def _line(count: int) -> tuple[Floats, Floats]:
    position, weight = np.polynomial.legendre.leggauss(count)
    return 0.5 * (position + 1.0), 0.5 * weight


def _hexahedron(count: int) -> tuple[Floats, Floats]:
    x, w = _line(count)
    grid = np.stack(np.meshgrid(x, x, x, indexing="ij"), axis=-1).reshape(-1, 3)
    weights = np.einsum("i,j,k->ijk", w, w, w).ravel()
    return grid, weights


def _tetrahedron_1() -> tuple[Floats, Floats]:
    return np.full((1, 3), 0.25), np.array([1.0 / 6.0])


def _tetrahedron_4() -> tuple[Floats, Floats]:
    a = (5.0 - np.sqrt(5.0)) / 20.0
    b = 1.0 - 3.0 * a
    return np.array([[a, a, a], [b, a, a], [a, b, a], [a, a, b]]), np.full(4, 1.0 / 24.0)


def _tetrahedron_14() -> tuple[Floats, Floats]:
    """Walkington's 14-point rule of degree 5, with positive weights."""
    points, weights = [], []
    for a, w in ((0.31088591926330060980, 0.11268792571801585080), (0.092735250310891226402, 0.073493043116361949544)):
        b = 1.0 - 3.0 * a
        points += [[a, a, a], [b, a, a], [a, b, a], [a, a, b]]
        weights += [w] * 4
    c, w = 0.045503704125649649492, 0.042546020777081466438
    d = 0.5 - c
    points += [[c, c, d], [c, d, c], [d, c, c], [c, d, d], [d, c, d], [d, d, c]]
    weights += [w] * 6
    return np.array(points), np.array(weights) / 6.0


def _triangle(count: int) -> tuple[Floats, Floats]:
    if count == 1:
        return np.full((1, 2), 1.0 / 3.0), np.array([0.5])
    if count == 3:
        a, b = 1.0 / 6.0, 2.0 / 3.0
        return np.array([[a, a], [b, a], [a, b]]), np.full(3, 1.0 / 6.0)
    a, b = 0.445948490915964886319, 0.091576213509770743460
    points = [[p, q] for s in (a, b) for p, q in ((s, s), (1 - 2 * s, s), (s, 1 - 2 * s))]
    weights = [0.223381589678011465951] * 3 + [0.109951743655321867383] * 3
    return np.array(points), np.array(weights) / 2.0


def _wedge(triangle: int, line: int) -> tuple[Floats, Floats]:
    p, w = _triangle(triangle)
    z, v = _line(line)
    points = np.concatenate([np.column_stack([p, np.full(len(p), height)]) for height in z])
    return points, np.concatenate([w * weight for weight in v])


_STRESS = {
    "tet4": _tetrahedron_1,
    "tet10": _tetrahedron_4,
    "hex8": lambda: _hexahedron(2),
    "hex8i": lambda: _hexahedron(2),
    "hex20": lambda: _hexahedron(2),
    "hex27": lambda: _hexahedron(2),
    "wedge6": lambda: _wedge(3, 2),
    "wedge15": lambda: _wedge(3, 2),
}
_FULL = {
    "tet4": _tetrahedron_1,
    "tet10": _tetrahedron_14,
    "hex8": lambda: _hexahedron(2),
    "hex8i": lambda: _hexahedron(2),
    "hex20": lambda: _hexahedron(3),
    "hex27": lambda: _hexahedron(3),
    "wedge6": lambda: _wedge(3, 2),
    "wedge15": lambda: _wedge(6, 3),
}


@cache
def stress_points(kind: str) -> tuple[Floats, Floats]:
    """Return the points at which stresses of `kind` are recovered, (n, 3), and their weights, (n,)."""
    return _STRESS[kind]()


@cache
def full_points(kind: str) -> tuple[Floats, Floats]:
    """Return a rule that integrates stiffness and volume of `kind` fully: points (n, 3), weights (n,)."""
    return _FULL[kind]()


def extrapolation_basis(kind: str, xi: Floats) -> Floats:
    """Polynomials through which stress-point values are carried to other points of the cell; shape (n, n_terms).

    Constant for linear tetrahedra, linear for quadratic ones, products of linear ones for hexahedra and wedges.
    """
    one = np.ones(len(xi))
    x, y, z = xi.T
    if kind == "tet4":
        return one[:, None]
    if shape_of(kind) == "tet":
        return np.column_stack([one, x, y, z])
    if shape_of(kind) == "wedge":
        return np.column_stack([one, x, y, z, x * z, y * z])
    return np.column_stack([one, x, y, z, x * y, y * z, z * x, x * y * z])
