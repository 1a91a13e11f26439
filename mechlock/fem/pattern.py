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


@dataclass(frozen=True)
class _Sorted:
    """Node pairs of some rows in the order of their blocks.

    Attributes
    ----------
    order : (n,) int array
        Numbers of the pairs, by row, column and number.
    block : (n,) int array
        Block of each among these rows.
    rows, columns : (n_blocks,) int arrays
    """

    order: Index
    block: Index
    rows: Index
    columns: Index


def _sorted(low: Index, high: Index, n: int) -> list[_Sorted]:
    """Sort node pairs, in parts of the rows: row, column and number of a pair are one integer, which sorts fastest."""
    for_number, for_column = (max(1, int(count - 1).bit_length()) for count in (len(low), n))
    parts = max(4 * cores(), n >> (63 - for_number - for_column))
    marks = np.linspace(0, n, parts + 1).astype(int).tolist()

    def one(ends: tuple[int, int]) -> _Sorted:
        chosen = np.flatnonzero((low >= ends[0]) & (low < ends[1]))
        key = (low[chosen] - ends[0]).astype(np.int64)
        key = (((key << for_column) | high[chosen]) << for_number) | chosen
        key.sort()
        order = (key & ((1 << for_number) - 1)).astype(np.int32)
        key >>= for_number
        new = np.ones(len(key), bool)
        new[1:] = key[1:] != key[:-1]
        first = key[new]
        rows, columns = ends[0] + (first >> for_column), first & ((1 << for_column) - 1)
        return _Sorted(order, np.cumsum(new, dtype=np.int32) - 1, rows.astype(np.int32), columns.astype(np.int32))

    return list(on_all_cores(one, list(itertools.pairwise(marks))))


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
        cells = block.cells.T.astype(np.int32)
        first.append(cells[a].ravel())
        second.append(cells[b].ravel())
    n_pairs = sum(map(len, first))
    first.append(np.arange(n, dtype=np.int32))
    second.append(first[-1])
    for clique in cliques:
        a, b = pairs(len(clique))
        first.append(clique[a])
        second.append(clique[b])
    i, j = (np.concatenate(side, dtype=np.int32) for side in (first, second))
    found = _sorted(np.minimum(i, j), np.maximum(i, j), n)
    swapped = i > j

    def adder(turned: bool) -> sp.csr_array:
        return _adder(found, n_pairs, swapped, turned)

    straight, turned = on_all_cores(adder, (False, True))
    return Pattern(
        n, np.concatenate([part.rows for part in found]), np.concatenate([part.columns for part in found]), straight, turned
    )


def _adder(found: list[_Sorted], n_pairs: int, swapped: np.ndarray, turned: bool) -> sp.csr_array:
    """0/1 matrix that adds up the elements' pairs whose nodes stand in the one order or in the other."""
    indices: list[Index] = []
    counts: list[Index] = []
    for part in found:
        chosen = (swapped[part.order] == turned) & (part.order < n_pairs)
        indices.append(part.order[chosen])
        counts.append(np.bincount(part.block[chosen], minlength=len(part.rows)))
    pointer = np.concatenate([[0], np.cumsum(np.concatenate(counts))]).astype(np.int32)
    whole = np.concatenate(indices)
    return sp.csr_array((np.ones(len(whole)), whole, pointer), shape=(len(pointer) - 1, n_pairs))
