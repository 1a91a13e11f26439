"""The mesh: points, blocks of cells of one kind each, and the names that groups of them carry."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mechlock.mesh import topology

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


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
