"""Order in which a factor takes the nodes of quadratic cells, found on their corners alone.

Nested dissection cuts a mesh along sets of nodes. On the graph of the corners it finds cuts as good as on that of all nodes,
which has six times as many nodes and fifteen times as many edges; a node between two corners follows the first of them that is
taken, and so falls into a cut only when both of them do.
"""

from __future__ import annotations

import numpy as np

from mechlock.fem.indices import Index
from mechlock.fem.pardiso import Pardiso
from mechlock.fem.pattern import Pattern
from mechlock.mesh.mesh import Mesh
from mechlock.mesh.topology import KINDS


def corner_order(mesh: Mesh, pattern: Pattern) -> Index | None:
    """Nodes in the order in which they are to be eliminated, shape (n_nodes,).

    None for meshes of linear cells, and for those with hex27: they have so many nodes inside faces that cuts which are not made
    for them cost a tenth more operations in the factor.
    """
    corner = np.zeros(pattern.n_nodes, bool)
    for block in mesh.blocks:
        corner[block.cells[:, : KINDS[block.kind].n_corners]] = True
    corners = np.flatnonzero(corner)
    if 2 * len(corners) > pattern.n_nodes or any(block.kind == "hex27" for block in mesh.blocks):
        return None
    number = np.cumsum(corner, dtype=np.int32) - 1
    kept = corner[pattern.rows] & corner[pattern.columns]
    rows, columns = number[pattern.rows[kept]], number[pattern.columns[kept]]
    pointer = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=len(corners)))])
    solver = Pardiso()
    solver.lay_out(pointer, columns, 0)
    turn = np.full(pattern.n_nodes, len(corners), np.int32)  # nodes of no cell come last
    turn[corners[solver.permutation]] = np.arange(len(corners), dtype=np.int32)
    solver.release()
    turns = 2 * turn + 1
    for block in mesh.blocks:
        quadratic = KINDS[block.kind].order == 2
        for first, second, middle in KINDS[block.kind].edges if quadratic else ():
            nodes = block.cells[:, middle]
            between = ~corner[nodes]
            both = np.minimum(turn[block.cells[:, first]], turn[block.cells[:, second]])
            turns[nodes[between]] = 2 * both[between]
    return np.argsort(turns, kind="stable").astype(np.int32)
