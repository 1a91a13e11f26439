"""Uniform refinement: every cell into eight, mid-edge nodes kept on the curved shape of the cell they come from, groups kept.

Nodes are told apart by the corners they lie between, not by their place, so that parts which only touch stay apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from mechlock.mesh import shapes
from mechlock.mesh.mesh import Block, Floats, Ints, Mesh
from mechlock.mesh.topology import KINDS

_PARTS = 4
"""Lattice steps along an edge: children have their corners at even steps, their mid-edge nodes at odd ones."""

_TET_CHILDREN = (
    ((0, 0), (0, 1), (0, 2), (0, 3)),
    ((0, 1), (1, 1), (1, 2), (1, 3)),
    ((0, 2), (1, 2), (2, 2), (2, 3)),
    ((0, 3), (1, 3), (2, 3), (3, 3)),
    ((0, 1), (0, 2), (0, 3), (1, 3)),
    ((0, 1), (0, 2), (1, 3), (1, 2)),
    ((0, 2), (0, 3), (1, 3), (2, 3)),
    ((0, 2), (1, 2), (2, 3), (1, 3)),
)
"""Corners of the children of a tetrahedron, as midpoints of its corners (Bey, Computing 55 (1995) 355)."""


@dataclass(frozen=True)
class _Pattern:
    """How one kind is divided.

    Attributes
    ----------
    points : (n_points, 3) array
        Reference coordinates of all nodes of the children.
    weights : (n_points, n_corners) int array
        Multilinear weights of the cell's corners at them, in units of 1 / _PARTS**3.
    children : (8, n_nodes) int array
        Points of each child.
    faces : tuple of (face, child, face of the child)
    around : tuple of int arrays
        For each point the cell's own nodes on the smallest edge, face or cell that holds it.
    """

    points: Floats
    weights: Ints
    children: Ints
    faces: tuple[tuple[int, int, int], ...]
    around: tuple[Ints, ...]


@dataclass(frozen=True)
class Refined:
    """A refined mesh, and the matrix that carries values at the old nodes to the new ones."""

    mesh: Mesh
    carry: sparse.csr_array


def _child_corners(shape: str) -> Floats:
    """Reference coordinates of the corners of the eight children, shape (8, n_corners, 3)."""
    linear = {"hex": "hex8", "tet": "tet4", "wedge": "wedge6"}[shape]
    corners = np.asarray(shapes.reference_nodes(linear), float)
    if shape == "tet":
        return np.array([[0.5 * (corners[a] + corners[b]) for a, b in child] for child in _TET_CHILDREN])
    if shape == "hex":
        shifts = [np.array(shift) for shift in product((0.0, 0.5), repeat=3)]
        return np.array([0.5 * corners + shift for shift in shifts])
    flat = [0.5 * corners + np.array([x, y, 0.0]) for x, y in ((0.0, 0.0), (0.5, 0.0), (0.0, 0.5))]
    turned = corners.copy()
    turned[:, :2] = 0.5 - 0.5 * corners[:, :2]
    turned[:, 2] *= 0.5
    return np.array([child + np.array([0.0, 0.0, z]) for child in (*flat, turned) for z in (0.0, 0.5)])


@cache
def _pattern(kind: str) -> _Pattern:
    linear, topology = shapes.linear_kind(kind), KINDS[kind]
    inside = shapes.values(linear, shapes.reference_nodes(kind))
    every = np.einsum("nc,kci->kni", inside, _child_corners(shapes.shape_of(kind)))
    points, index = np.unique(np.round(every.reshape(-1, 3) * _PARTS**2).astype(np.int64), axis=0, return_inverse=True)
    points = points / _PARTS**2
    children = index.reshape(every.shape[:2])
    weights = np.rint(shapes.values(linear, points) * _PARTS**3).astype(np.int64)
    own = shapes.values(linear, shapes.reference_nodes(kind)) > 1e-9
    around = tuple(np.flatnonzero(~(own & ~(row > 0)).any(axis=1)) for row in weights)
    faces = []
    for number, nodes in enumerate(topology.faces):
        corners = np.isin(np.arange(topology.n_corners), nodes)
        for child, row in enumerate(children):
            for local, face in enumerate(topology.faces):
                if not weights[row[list(face)]][:, ~corners].any():
                    faces.append((number, child, local))
    return _Pattern(points, weights, children, tuple(faces), around)


def refine(mesh: Mesh) -> Refined:
    """Divide every cell of a mesh into eight.

    Returns
    -------
    Refined
        Cell c becomes cells 8 c to 8 c + 7 of its block; groups of volumes, faces and nodes are divided with their cells (a new
        node belongs to a group when all the old ones around it do).
    """
    generator = np.random.default_rng(20261129)
    names = generator.integers(1, 2**63, len(mesh.points), dtype=np.uint64)
    keys, blocks = [], []
    for block in mesh.blocks:
        pattern = _pattern(block.kind)
        corners = names[block.cells[:, : pattern.weights.shape[1]]]
        # sums wrap round: equal sets of corners and weights give equal keys, others do so by chance of 1 in 2^64
        keys.append(corners @ pattern.weights.T.astype(np.uint64))
    _, first, inverse = np.unique(np.concatenate([key.ravel() for key in keys]), return_index=True, return_inverse=True)
    carry = _carry(mesh, first)
    start = 0
    for block, key in zip(mesh.blocks, keys, strict=True):
        number = inverse[start : start + key.size].reshape(key.shape)
        blocks.append(Block(block.kind, number[:, _pattern(block.kind).children].reshape(-1, block.cells.shape[1])))
        start += key.size
    volumes = {name: (8 * cells[:, None] + np.arange(8)).ravel() for name, cells in mesh.volumes.items()}
    faces = {name: _divided(mesh, group) for name, group in mesh.faces.items()}
    nodes = {name: _inside(mesh, group, inverse, len(first)) for name, group in mesh.nodes.items()}
    return Refined(Mesh(carry @ mesh.points, tuple(blocks), volumes, faces, nodes), carry)


def _carry(mesh: Mesh, first: Ints) -> sparse.csr_array:
    """Shape functions of the old cells at the new nodes."""
    rows, columns, values = [], [], []
    start = 0
    order = np.argsort(first)
    for block in mesh.blocks:
        pattern = _pattern(block.kind)
        count = len(block.cells) * len(pattern.points)
        low, high = np.searchsorted(first[order], [start, start + count])
        mine = order[low:high]
        cell, point = np.divmod(first[mine] - start, len(pattern.points))
        weights = shapes.values(block.kind, pattern.points)[point]
        rows.append(np.repeat(mine, weights.shape[1]))
        columns.append(block.cells[cell].ravel())
        values.append(weights.ravel())
        start += count
    data = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
    return sparse.csr_array(sparse.coo_array(data, shape=(len(first), len(mesh.points))))


def _divided(mesh: Mesh, group: Ints) -> Ints:
    found: list[Ints] = []
    for start, block in zip(mesh.offsets, mesh.blocks, strict=False):
        inside = (group[:, 0] >= start) & (group[:, 0] < start + len(block.cells))
        for face, child, local in _pattern(block.kind).faces:
            cells = group[inside & (group[:, 1] == face), 0]
            found.append(np.column_stack([8 * cells + child, np.full(len(cells), local)]))
    return np.unique(np.concatenate(found), axis=0)


def _inside(mesh: Mesh, group: Ints, inverse: NDArray[Any], count: int) -> Ints:
    member = np.zeros(len(mesh.points), bool)
    member[group] = True
    chosen = np.zeros(count, bool)
    start = 0
    for block in mesh.blocks:
        pattern = _pattern(block.kind)
        number = inverse[start : start + len(block.cells) * len(pattern.points)].reshape(len(block.cells), -1)
        for point, around in enumerate(pattern.around):
            chosen[number[member[block.cells[:, around]].all(axis=1), point]] = True
        start += number.size
    return np.flatnonzero(chosen)
