"""Reference elements: shape functions and their gradients in VTK node order, and quadrature rules.

The functions are scikit-fem's, reordered to VTK's nodes; the 15-node wedge is built from its monomials (scikit-fem has none).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from mechlock.errors import InputError
from mechlock.mesh.mesh import Floats
from mechlock.mesh.topology import KINDS

# scikit-fem's names
_STOCK = {
    "tet4": "ElementTetP1",
    "tet10": "ElementTetP2",
    "hex8": "ElementHex1",
    "hex8i": "ElementHex1",
    "hex20": "ElementHexS2",
    "hex27": "ElementHex2",
    "tri3": "ElementTriP1",
    "tri6": "ElementTriP2",
    "quad4": "ElementQuad1",
    "quad8": "ElementQuadS2",
    "quad9": "ElementQuad2",
}
_CORNERS = {
    "tet": [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)],
    "hex": [(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0), (0, 0, 1), (1, 0, 1), (1, 1, 1), (0, 1, 1)],
    "wed": [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 0, 1), (0, 1, 1)],
    "tri": [(0, 0), (1, 0), (0, 1)],
    "qua": [(0, 0), (1, 0), (1, 1), (0, 1)],
}
_WEDGE_POWERS = {
    "wedge6": [(i, j, k) for k in (0, 1) for i, j in ((0, 0), (1, 0), (0, 1))],
    "wedge15": [(i, j, k) for k in (0, 1) for i, j in ((0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (0, 2))]
    + [(0, 0, 2), (1, 0, 2), (0, 1, 2)],
}
# Degrees of exactness: stiffness of straight-edged elements, stiffness of curved ones, mass and loads.
_DEGREES = {
    "tet4": (1, 1, 2),
    "tet10": (2, 4, 4),
    "hex8": (3, 3, 3),
    "hex8i": (3, 3, 3),
    "hex20": (5, 5, 5),
    "hex27": (5, 5, 5),
    "wedge6": (3, 3, 4),
    "wedge15": (5, 5, 5),
}


@dataclass(frozen=True)
class Table:
    """Shape functions at points of the reference element.

    Attributes
    ----------
    points : (n_points, dim) array
    weights : (n_points,) array
    values : (n_points, n_nodes) array
    gradients : (n_points, n_nodes, dim) array
        With respect to the reference coordinates.
    """

    points: Floats
    weights: Floats
    values: Floats
    gradients: Floats


def face_kind(kind: str, local: int) -> str:
    """Return the kind (``tri3`` ... ``quad9``) of a local face of an element kind."""
    count = len(KINDS[kind].faces[local])
    return {3: "tri3", 4: "quad4", 6: "tri6", 8: "quad8", 9: "quad9"}[count]


@cache
def node_coordinates(kind: str) -> Floats:
    """Reference coordinates (unit cube or simplex) of the nodes in VTK order, shape (n_nodes, dim)."""
    corners = [np.array(c, float) for c in _CORNERS[kind[:3]]]
    points = list(corners)
    if kind in KINDS:
        topology = KINDS[kind]
        points += [0.5 * (corners[a] + corners[b]) for a, b, middle in topology.edges if middle >= 0]
        if kind == "hex27":
            points += [np.mean([corners[i] for i in face[:4]], axis=0) for face in topology.faces]
            points.append(np.full(3, 0.5))
    elif kind in ("tri6", "quad8", "quad9"):
        n = len(corners)
        points += [0.5 * (corners[i] + corners[(i + 1) % n]) for i in range(n)]
        if kind == "quad9":
            points.append(np.full(2, 0.5))
    return np.array(points)


def stock_element(name: str) -> Any:
    """scikit-fem's element of a name; loading it takes a sixth of a second, which other work can hide."""
    import skfem

    return getattr(skfem, name)()


def stock_rule(name: str, degree: int) -> tuple[Floats, Floats]:
    """scikit-fem's quadrature points (n_points, dim) and weights of the reference element of one of its elements."""
    from skfem.quadrature import get_quadrature

    points, weights = get_quadrature(type(stock_element(name)), degree)
    return np.ascontiguousarray(points.T), np.asarray(weights, float)


@cache
def _stock_order(kind: str) -> tuple[int, ...]:
    """For each VTK node the number of scikit-fem's shape function that belongs to it."""
    theirs = np.asarray(stock_element(_STOCK[kind]).doflocs)
    distance = np.abs(node_coordinates(kind)[:, None, :] - theirs[None, :, :]).max(axis=2)
    return tuple(int(i) for i in distance.argmin(axis=1))


def shape(kind: str, points: Floats) -> tuple[Floats, Floats]:
    """Shape functions (n_points, n_nodes) and reference gradients (n_points, n_nodes, dim) at reference points."""
    if kind in _WEDGE_POWERS:
        return _wedge_shape(kind, points)
    if kind not in _STOCK:
        raise InputError(f"no finite element of kind {kind!r}", "mesh")
    element = stock_element(_STOCK[kind])
    pairs = [element.lbasis(points.T, i) for i in _stock_order(kind)]
    values = np.stack([np.broadcast_to(phi, (len(points),)) for phi, _ in pairs], axis=1)
    gradients = np.stack([np.broadcast_to(dphi, points.T.shape).T for _, dphi in pairs], axis=1)
    return np.ascontiguousarray(values, float), np.ascontiguousarray(gradients, float)


def _monomials(powers: list[tuple[int, int, int]], points: Floats) -> tuple[Floats, Floats]:
    exponent = np.array(powers)
    values = np.prod(points[:, None, :] ** exponent, axis=2)
    gradients = np.zeros((*values.shape, 3))
    for axis in range(3):
        lowered = exponent.copy()
        lowered[:, axis] = np.maximum(lowered[:, axis] - 1, 0)
        gradients[:, :, axis] = exponent[:, axis] * np.prod(points[:, None, :] ** lowered, axis=2)
    return values, gradients


def _wedge_shape(kind: str, points: Floats) -> tuple[Floats, Floats]:
    """Nodal basis of the monomials of the serendipity wedge (Zienkiewicz and Taylor, The Finite Element Method, vol. 1)."""
    inverse = np.linalg.inv(_monomials(_WEDGE_POWERS[kind], node_coordinates(kind))[0])
    values, gradients = _monomials(_WEDGE_POWERS[kind], points)
    return values @ inverse, np.einsum("qmd,mn->qnd", gradients, inverse)


def _rule(kind: str, degree: int) -> tuple[Floats, Floats]:
    if kind.startswith("wedge"):
        (tri, tri_w), (line, line_w) = (stock_rule(name, degree) for name in ("ElementTriP1", "ElementLineP1"))
        points = np.hstack([np.repeat(tri, len(line), axis=0), np.tile(line, (len(tri), 1))])
        return points, np.outer(tri_w, line_w).ravel()
    return stock_rule(_STOCK[kind], degree)


@cache
def table(kind: str, purpose: str = "stiffness") -> Table:
    """Shape functions at the quadrature points for a purpose.

    Parameters
    ----------
    kind : str
        An element kind, or a face kind (``tri3`` ... ``quad9``; purpose is then ignored).
    purpose : str
        ``stiffness`` (full integration of straight-edged elements), ``curved`` (stiffness of curved ones) or ``mass``.
    """
    if kind in _DEGREES:
        degree = _DEGREES[kind][("stiffness", "curved", "mass").index(purpose)]
    else:
        degree = {"tri3": 2, "quad4": 3, "tri6": 4}.get(kind, 5)
    points, weights = _rule(kind, degree)
    return Table(points, weights, *shape(kind, points))
