"""Sparsity of a mesh: upper node-pair blocks, where each element's blocks go, and the upper CSR form solvers want.

Kept per mesh, so that other thicknesses, materials or support sets reuse it.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp

from mechlock.fem.cores import cores, on_all_cores
from mechlock.fem.indices import Index
from mechlock.fem.stiffness import pairs
from mechlock.mesh.mesh import Floats, Mesh


def _sorted_by(keys: Index, n: int, order: Index | None = None) -> Index:
    """Stable counting sort of `order` by keys in [0, n)."""
    indices = keys if order is None else keys[order]
    count = len(indices)
    rows = sp.csr_array((np.arange(count, dtype=np.int32), indices.astype(np.int32), np.arange(count + 1, dtype=np.int32)),
                        shape=(count, n)).tocsc()  # fmt: skip
    return rows.indices if order is None else order[rows.indices]


@dataclass(frozen=True)
class Pattern:
    """Upper node-pair blocks (i <= j) of a symmetric matrix with three components per node.

    Attributes
    ----------
    n_nodes : int
    rows, columns : (n_blocks,) int arrays
        Sorted by row, then column; every node has its diagonal block.
    straight, turned : sparse arrays (n_blocks, n_pairs)
        0/1 matrices that add the elements' blocks up: as they are, and transposed.
    """

    n_nodes: int
    rows: Index
    columns: Index
    straight: sp.csr_array
    turned: sp.csr_array

    @cached_property
    def pointer(self) -> Index:
        """First block of every row, shape (n_nodes + 1,)."""
        return np.concatenate([[0], np.cumsum(np.bincount(self.rows, minlength=self.n_nodes))]).astype(np.int32)

    @cached_property
    def keys(self) -> Index:
        """Row * n_nodes + column, ascending."""
        return self.rows.astype(np.int64) * self.n_nodes + self.columns

    def gather(self, values: Floats) -> Floats:
        """Add element blocks (n_pairs_total, 9) up to node-pair blocks, shape (n_blocks, 3, 3)."""
        total = np.empty((len(self.rows), 3, 3))

        def add(part: slice) -> None:
            total[part] = (self.straight[part] @ values).reshape(-1, 3, 3)
            total[part] += (self.turned[part] @ values).reshape(-1, 3, 3).swapaxes(1, 2)

        for _ in on_all_cores(add, self._parts):
            pass
        return total

    @property
    def _parts(self) -> list[slice]:
        """Blocks in as many parts as keep all cores busy."""
        marks = np.linspace(0, len(self.rows), 4 * cores() + 1).astype(int).tolist()
        return [slice(*ends) for ends in itertools.pairwise(marks)]

    def gather_scalar(self, values: Floats) -> Floats:
        """Add scalar node-pair values (n_pairs_total,) up, shape (n_blocks,)."""
        return self.straight @ values + self.turned @ values

    def find(self, rows: Index, columns: Index) -> Index:
        """Numbers of the blocks (i <= j); every pair must be in the pattern."""
        return np.searchsorted(self.keys, rows.astype(np.int64) * self.n_nodes + columns)

    def upper_blocks(self, blocks: Floats) -> sp.bsr_array:
        """Upper block matrix of node-pair blocks."""
        n = 3 * self.n_nodes
        return sp.bsr_array((blocks, self.columns.astype(np.int32), self.pointer), shape=(n, n))


def build_pattern(mesh: Mesh, cliques: tuple[Index, ...] = ()) -> Pattern:
    """Pattern of a mesh; `cliques` are sets of nodes that get blocks for all their pairs as well."""
    n = len(mesh.points)
    first: list[Index] = []
    second: list[Index] = []
    for block in mesh.blocks:
        a, b = pairs(block.cells.shape[1])
        first.append(block.cells.T[a].ravel())
        second.append(block.cells.T[b].ravel())
    n_pairs = sum(map(len, first))
    first.append(np.arange(n))
    second.append(np.arange(n))
    for clique in cliques:
        a, b = pairs(len(clique))
        first.append(clique[a])
        second.append(clique[b])
    i, j = np.concatenate(first).astype(np.int32), np.concatenate(second).astype(np.int32)
    low, high = np.minimum(i, j), np.maximum(i, j)
    order = _sorted_by(low, n, _sorted_by(high, n))
    low, high = low[order], high[order]
    new = np.concatenate([[True], (low[1:] != low[:-1]) | (high[1:] != high[:-1])])
    number = np.cumsum(new) - 1
    n_blocks = int(number[-1]) + 1
    swapped = i > j
    return Pattern(
        n, low[new], high[new],
        _adder(order, number, (order < n_pairs) & ~swapped[order], (n_blocks, n_pairs)),
        _adder(order, number, (order < n_pairs) & swapped[order], (n_blocks, n_pairs)),
    )  # fmt: skip


def _adder(order: Index, number: Index, chosen: np.ndarray, shape: tuple[int, int]) -> sp.csr_array:
    indices = order[chosen].astype(np.int32)
    pointer = np.concatenate([[0], np.cumsum(np.bincount(number[chosen], minlength=shape[0]))]).astype(np.int32)
    return sp.csr_array((np.ones(len(indices)), indices, pointer), shape=shape)
