"""The mesh: points, blocks of cells of one kind each, and the names that groups of them carry."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mechlock.mesh import shapes, topology

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# A node farther than this part of the cell's size from the affine image of its reference place makes it curved.
_STRAIGHT = 1e-10


@dataclass(frozen=True)
class Block:
    """Cells of one kind.

    Attributes
    ----------
    kind : str
        A key of `topology.KINDS`: ``tet4 tet10 hex8 hex8i hex20 hex27 wedge6 wedge15``.
    cells : (n_cells, n_nodes) int array
        Node numbers in VTK order.
    """

    kind: str
    cells: Ints


@dataclass(frozen=True)
class Mesh:
    """A solid mesh in mm with named groups.

    Attributes
    ----------
    points : (n_points, 3) float array
    blocks : tuple of Block
        Cells are numbered through the blocks, in order.
    volumes : dict of str to (n,) int array
        Named groups of cells (global cell numbers).
    faces : dict of str to (n, 2) int array
        Named groups of element faces: global cell number, local face number (`topology.KINDS[kind].faces`).
    nodes : dict of str to (n,) int array
        Named groups of nodes.
    """

    points: Floats
    blocks: tuple[Block, ...]
    volumes: dict[str, Ints] = field(default_factory=dict)
    faces: dict[str, Ints] = field(default_factory=dict)
    nodes: dict[str, Ints] = field(default_factory=dict)

    @property
    def n_cells(self) -> int:
        """Number of cells in all blocks."""
        return sum(len(block.cells) for block in self.blocks)

    @property
    def offsets(self) -> Ints:
        """Global number of the first cell of each block, and the total at the end; shape (n_blocks + 1,)."""
        return np.cumsum([0, *(len(block.cells) for block in self.blocks)]).astype(np.int64)

    @cached_property
    def straight(self) -> tuple[NDArray[np.bool_], ...]:
        """Which cells of each block are affine images of their reference cell, with one Jacobian for all of it."""
        return tuple(_straight(self.points, block) for block in self.blocks)

    def face_nodes(self, name: str) -> Ints:
        """Sorted numbers of the nodes on the named faces (corner, mid-edge and mid-face nodes)."""
        found: list[Ints] = []
        group, offsets = self.faces[name], self.offsets
        for index, block in enumerate(self.blocks):
            inside = (group[:, 0] >= offsets[index]) & (group[:, 0] < offsets[index + 1])
            for local, nodes in enumerate(topology.KINDS[block.kind].faces):
                cells = group[inside & (group[:, 1] == local), 0] - offsets[index]
                found.append(block.cells[np.ix_(cells, list(nodes))].ravel())
        on = np.zeros(len(self.points), bool)
        for nodes in found:
            on[nodes] = True
        return np.flatnonzero(on)


def _straight(points: Floats, block: Block) -> NDArray[np.bool_]:
    """Which cells of a block are affine images of their reference cell, shape (n_cells,)."""
    reference = shapes.reference_nodes(block.kind)
    # the first corner and its neighbours along the reference axes span the affine map
    span = [0, *(int(np.flatnonzero((reference == axis).all(axis=1))[0]) for axis in np.eye(3))]
    first, *ends = (points.take(block.cells[:, corner], axis=0) for corner in span)
    along = [end - first for end in ends]
    size = np.abs(along[0]).max(axis=1)
    for edge in along[1:]:
        np.maximum(size, np.abs(edge).max(axis=1), out=size)
    misfit = np.zeros(len(block.cells))
    for node in range(len(reference)):
        if node not in span:
            off = points.take(block.cells[:, node], axis=0) - first
            for share, direction in zip(reference[node], along, strict=True):
                off -= share * direction
            np.maximum(misfit, np.abs(off).max(axis=1), out=misfit)
    return misfit <= _STRAIGHT * size
