"""Structured blocks: a grid on the unit cube, carried into space by a mapping, as cells of any kind.

The mapping is applied to every node, mid-edge and mid-face nodes included, so that curved boundaries are followed by
quadratic cells. The six sides of the cube become face groups ``x0 x1 y0 y1 z0 z1``.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from mechlock.mesh import shapes
from mechlock.mesh.mesh import Block, Mesh
from mechlock.mesh.topology import KINDS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mapping = Callable[[Floats], Floats]

SIDES = ("x0", "x1", "y0", "y1", "z0", "z1")

# six tetrahedra around the diagonal 0-6 of a hexahedron, which match across neighbouring cells
_SIX_TETS = ((0, 1, 2, 6), (0, 2, 3, 6), (0, 3, 7, 6), (0, 7, 4, 6), (0, 4, 5, 6), (0, 5, 1, 6))
_TWO_WEDGES = ((0, 1, 2, 4, 5, 6), (0, 2, 3, 4, 6, 7))


def mapped_block(counts: tuple[int, int, int], mapping: Mapping | None = None, kind: str = "hex20", group: str = "block") -> Mesh:
    """Mesh the unit cube with `counts` cells a side and carry it into space.

    Parameters
    ----------
    counts : (int, int, int)
        Hexahedra along x, y, z (each is split into six tetrahedra or two wedges for those kinds).
    mapping : callable, optional
        Takes (n, 3) points of the unit cube, gives (n, 3) points in mm; right-handed.
    kind : str
        A key of `topology.KINDS`.
    group : str
        Name of the volume group of all cells.
    """
    corners = _hexahedra(counts)
    shape = shapes.shape_of(kind)
    if shape == "tet":
        corners = corners[:, np.array(_SIX_TETS)].reshape(-1, 4, 3)
    elif shape == "wedge":
        corners = corners[:, np.array(_TWO_WEDGES)].reshape(-1, 6, 3)
    # every node lies on the lattice of half steps: mid-points are means of corners
    linear = shapes.values(_linear(kind), shapes.reference_nodes(kind))
    doubled = np.rint(2.0 * np.einsum("nc,kcd->knd", linear, corners)).astype(np.int64)
    size = 2 * np.array(counts) + 1
    key = np.ravel_multi_index(tuple(np.moveaxis(doubled, -1, 0)), tuple(size))
    used, cells = np.unique(key.ravel(), return_inverse=True)
    unit = np.column_stack(np.unravel_index(used, tuple(size))) / (2.0 * np.array(counts))
    points = unit if mapping is None else np.asarray(mapping(unit), float)
    cells = cells.reshape(key.shape)
    faces = {side: _side(kind, cells, unit, side) for side in SIDES}
    return Mesh(points, (Block(kind, cells.astype(np.int64)),), {group: np.arange(len(cells))}, faces)


def _linear(kind: str) -> str:
    return {"tet": "tet4", "hex": "hex8", "wedge": "wedge6"}[shapes.shape_of(kind)]


def _hexahedra(counts: tuple[int, int, int]) -> Floats:
    """Lattice positions of the eight corners of every hexahedron, shape (n_cells, 8, 3)."""
    axes = [np.arange(count) for count in counts]
    cells = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    return cells[:, None, :] + shapes.reference_nodes("hex8")[None]


def _side(kind: str, cells: Ints, unit: Floats, side: str) -> Ints:
    axis, value = "xyz".index(side[0]), float(side[1])
    on_side = np.isclose(unit[:, axis], value, atol=1e-12)
    found = []
    for local, nodes in enumerate(KINDS[kind].faces):
        hit = np.flatnonzero(on_side[cells[:, list(nodes)]].all(axis=1))
        found.append(np.column_stack([hit, np.full(len(hit), local)]))
    group = np.concatenate(found)
    return group[np.lexsort((group[:, 1], group[:, 0]))].astype(np.int64)


def box(lengths: tuple[float, float, float], counts: tuple[int, int, int], kind: str = "hex20", group: str = "block") -> Mesh:
    """Mesh a box with one corner at the origin; lengths in mm."""
    return mapped_block(counts, lambda unit: unit * np.array(lengths), kind, group)


def select_faces(mesh: Mesh, where: Callable[[Floats], NDArray[np.bool_]]) -> Ints:
    """Return the boundary faces of which every node satisfies `where`; (n, 2) cell and local face numbers."""
    chosen = where(mesh.points)
    found = []
    for start, block in zip(mesh.offsets, mesh.blocks, strict=False):
        for local, nodes in enumerate(KINDS[block.kind].faces):
            hit = np.flatnonzero(chosen[block.cells[:, list(nodes)]].all(axis=1))
            found.append(np.column_stack([hit + start, np.full(len(hit), local)]))
    return np.concatenate(found).astype(np.int64)
