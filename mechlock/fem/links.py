"""Linear dependences between nodes: u = T q. Rigid couplings and ties take nodes out of the unknowns without touching the others.

Displacements outside keep their full length; only the factored matrix is T^T K T.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from mechlock.errors import InputError
from mechlock.fem.indices import Index
from mechlock.fem.model import PointMass, Support, Tie
from mechlock.fem.patches import Patch, group_of_nodes, make_patch
from mechlock.fem.solver import Ahead, Factor, factorise, hold_blocks
from mechlock.fem.tie import tie_integrals, tie_weights
from mechlock.mesh.mesh import Floats, Ints, Mesh


@dataclass(frozen=True)
class Links:
    """Dependent nodes of a mesh.

    Attributes
    ----------
    independent : (k,) int array
        Nodes that stay unknowns, in the order of the reduced unknowns.
    expand : (3 n_nodes, 3 n_reduced) sparse block array
        T; after the independent nodes come two reduced nodes per rigid coupling, its translation and its scaled rotation.
    rows : (n_rows, n_dof) sparse array
        Functionals of the displacement that the links hold at zero.
    names : tuple of (str, int array)
        Name of each link with its dependent nodes.
    held : (n_nodes, 3) bool array
        Components of ties' slave nodes that supports hold: they stay unknowns of their own.
    """

    independent: Ints
    expand: sp.bsr_array
    rows: sp.csr_array
    names: tuple[tuple[str, Ints], ...]
    held: np.ndarray

    @property
    def n_reduced(self) -> int:
        """Number of reduced unknowns."""
        return int(self.expand.indices.max() + 1) * 3

    def reduce(self, forces: Floats) -> Floats:
        """Forces on the reduced unknowns, T^T f."""
        return self.expand.T @ forces

    def carry(self, displacement: Floats) -> Floats:
        """Full displacements (n_dof, k) whose independent nodes move as given."""
        count = 3 * len(self.independent)
        reduced = np.zeros((self.n_reduced, displacement.shape[1]))
        reduced[:count] = displacement.reshape(-1, 3, displacement.shape[1])[self.independent].reshape(count, -1)
        return self.expand @ reduced

    def reduced_fixed(self, fixed: np.ndarray) -> np.ndarray:
        """Fixed reduced unknowns of fixed components.

        Raises
        ------
        InputError
            When a dependent component is fixed, or one that a tie leaves to a support is not.
        """
        by_node = fixed.reshape(-1, 3)
        for name, nodes in self.names:
            if (by_node[nodes] & ~self.held[nodes]).any():
                raise InputError(f"nodes of {name!r} are held by a support as well", "supports", "let the two not share nodes")
            if (self.held[nodes] & ~by_node[nodes]).any():
                raise InputError(
                    f"a support shares nodes with the tie {name!r} and does not act in every case",
                    "supports",
                    "let it act in all cases, swap the tie's master and slave, or let the two not share nodes",
                )
        result = np.zeros(self.n_reduced, bool)
        tied = np.zeros(len(by_node), bool)
        tied[np.concatenate([nodes for _, nodes in self.names])] = True
        # of a tied node only the held components are unknowns, and those are fixed
        result[: 3 * len(self.independent)] = (by_node | tied[:, None])[self.independent].ravel()
        return result

    def forces(self, nodes: Ints, missing: Floats) -> Floats:
        """Forces (n, 3) of a link on its dependent nodes, from the nodal forces (n_nodes, 3) that are missing on them."""
        own = np.zeros_like(missing)
        own[nodes] = np.where(self.held[nodes], 0.0, missing[nodes])
        if self.held[nodes].any():
            # the multipliers of the nodes that follow reach those that supports hold, too
            passed = np.zeros_like(missing)
            count = len(self.independent)
            passed[self.independent] = self.reduce(own.reshape(-1, 1))[: 3 * count].reshape(-1, 3)
            own[nodes] -= np.where(self.held[nodes], passed[nodes], 0.0)
        return own[nodes]


class LinkedFactor:
    """Factor of T^T K T that takes and gives full vectors; fixed reduced unknowns stay at zero, whatever links pass on."""

    def __init__(self, factor: Factor, links: Links, fixed: np.ndarray) -> None:
        self.inner = factor
        self._links = links
        self._free = ~fixed
        self.name = factor.name

    def solve(self, right: Floats) -> Floats:
        """T (T^T K T)^-1 T^T times right-hand sides of shape (n_dof,) or (n_dof, k)."""
        free = self._free if right.ndim == 1 else self._free[:, None]
        return self._links.expand @ self.inner.solve(np.ascontiguousarray(self._links.reduce(right) * free))

    @property
    def factor_entries(self) -> int:
        """Number of entries in the factor."""
        return self.inner.factor_entries

    def release(self) -> None:
        """Give the memory back."""
        self.inner.release()


def factorise_linked(
    upper: sp.bsr_array,
    fixed: np.ndarray,
    links: Links | None,
    permutation: Index | None,
    solver: str | None,
    ahead: Ahead | None = None,
) -> tuple[Factor, Index | None, sp.bsr_array]:
    """Factor a held matrix, reduced by its links where there are any.

    Parameters
    ----------
    upper : sparse block array
        Upper node-pair blocks.
    fixed : (n_dof,) bool array
    links : Links or None
    permutation, solver, ahead
        As for `mechlock.fem.solver.factorise`.

    Returns
    -------
    factor, permutation, matrix
        The last is the matrix that was factored.
    """
    if links is None:
        held = hold_blocks(upper, fixed)
        factor, order = factorise(held, permutation, solver, ahead)
        return factor, order, held
    reduced_fixed = links.reduced_fixed(fixed)
    held = hold_blocks(_reduced(upper, links), reduced_fixed)
    factor, order = factorise(held, permutation, solver)
    return LinkedFactor(factor, links, reduced_fixed), order, held


def _reduced(upper: sp.bsr_array, links: Links) -> sp.bsr_array:
    """Upper blocks of T^T K T."""
    halved = upper.copy()
    halved.data[upper.indptr[:-1]] *= 0.5
    full = sp.bsr_array(links.expand.T @ (halved + halved.T) @ links.expand)
    full.sort_indices()
    n = len(full.indptr) - 1
    rows = np.repeat(np.arange(n), np.diff(full.indptr))
    kept = full.indices >= rows
    pointer = np.concatenate([[0], np.cumsum(np.bincount(rows[kept], minlength=n))]).astype(np.int32)
    return sp.bsr_array((full.data[kept], full.indices[kept].astype(np.int32), pointer), shape=full.shape)


def _cross(r: Floats) -> Floats:
    """Matrices with cross @ w = w x r, shape (n, 3, 3)."""
    matrix = np.zeros((len(r), 3, 3))
    for i in range(3):
        j, k = (i + 1) % 3, (i + 2) % 3
        matrix[:, i, j] = r[:, k]
        matrix[:, i, k] = -r[:, j]
    return matrix


def _rigid_rows(patch: Patch, cross: Floats, n_dof: int) -> sp.csr_array:
    """u_s - mean - rotation x r of the patch's own nodes: zero in rigid motions only."""
    n = len(patch.nodes)
    dense = np.zeros((n, 3, n, 3))
    dense[np.arange(n), :, np.arange(n), :] = np.eye(3)
    dense -= np.einsum("ij,b->ibj", np.eye(3), patch.mean)[None]
    dense -= np.einsum("aim,mbj->aibj", cross, patch.rotation)
    dofs = (3 * patch.nodes[:, None] + np.arange(3)).ravel()
    rows = sp.coo_array(dense.reshape(3 * n, 3 * n))
    return sp.csr_array((rows.data, (rows.row, dofs[rows.col])), shape=(3 * n, n_dof))


def build_links(
    mesh: Mesh, masses: tuple[PointMass, ...], ties: tuple[Tie, ...], supports: tuple[Support, ...] = ()
) -> Links | None:
    """Links of a model's rigid couplings and ties; None when it has none.

    What the supports hold of a tie's slave nodes stays out of the tie.

    Raises
    ------
    InputError
        When two links share dependent nodes, or a tie's faces do not lie on each other.
    """
    if not masses and not ties:
        return None
    n = len(mesh.points)
    owner = np.full(n, -1)
    names: list[tuple[str, Ints]] = []
    mastered: list[tuple[str, Ints]] = []
    rigid: list[tuple[Patch, Floats]] = []
    tied: list[_Tied] = []
    supported, held = _supported(mesh, supports), np.zeros((n, 3), bool)
    for mass in masses:
        patch = make_patch(mesh, mass.attach, f"masses.{mass.name}")
        size = 0.5 * float(np.ptp(patch.points, axis=0).max())
        if patch.turns < 3:
            raise InputError("a rigid coupling needs nodes that are not on one line", f"masses.{mass.name}")
        rigid.append((patch, _cross((patch.points - patch.centre) / size)))
        names.append((mass.name, patch.nodes))
    for tie in ties:
        slaves, masters, mass_of, mixed = tie_integrals(mesh, tie)
        held[slaves] = supported[slaves]
        tied += _tied(tie, slaves, masters, (mass_of, mixed), supported[slaves])
        names.append((tie.name, slaves))
        mastered.append((tie.name, masters))
    for number, (name, nodes) in enumerate(names):
        if (owner[nodes] >= 0).any():
            other = names[owner[nodes][owner[nodes] >= 0][0]][0]
            raise InputError(f"the links {other!r} and {name!r} share nodes", "ties", "couple or tie each node once")
        owner[nodes] = number
    for name, masters in mastered:
        if (owner[masters] >= 0).any():
            other = names[owner[masters][owner[masters] >= 0][0]][0]
            raise InputError(f"master nodes of the tie {name!r} depend on {other!r} already", "ties", "swap master and slave")
    return _assembled(owner, names, rigid, tied, held)


@dataclass(frozen=True)
class _Tied:
    """How some axes of a tie's slave nodes follow: u_slaves = W u_masters; among these are slave nodes that supports hold."""

    axes: Ints
    slaves: Ints
    masters: Ints
    weights: sp.csr_array


def _supported(mesh: Mesh, supports: tuple[Support, ...]) -> np.ndarray:
    """Components that some support holds, shape (n_nodes, 3)."""
    found = np.zeros((len(mesh.points), 3), bool)
    for support in supports:
        for name in support.on:
            nodes = group_of_nodes(mesh, name, f"supports.{support.name}")
            found[nodes[:, None], list(support.axes)] = True
    return found


def _tied(tie: Tie, slaves: Ints, masters: Ints, integrals: tuple[sp.csr_array, sp.csr_array], held: np.ndarray) -> list[_Tied]:
    """The parts of a tie, axes with the same held nodes together."""
    patterns, which = np.unique(held, axis=1, return_inverse=True)
    found: list[_Tied] = []
    for number, stays in enumerate(patterns.T):
        if stays.all():
            raise InputError(
                f"all slave nodes of the tie {tie.name!r} are held by a support as well",
                "supports",
                "swap the tie's master and slave, or hold another face",
            )
        axes = np.flatnonzero(which.ravel() == number)
        weights = tie_weights(*integrals, stays)
        found.append(_Tied(axes, slaves[~stays], np.concatenate([masters, slaves[stays]]), weights))
    return found


def _assembled(
    owner: Ints, names: list[tuple[str, Ints]], rigid: list[tuple[Patch, Floats]], tied: list[_Tied], held: np.ndarray
) -> Links:
    """Put T and the functionals together."""
    n = len(owner)
    independent = np.flatnonzero((owner < 0) | held.any(axis=1))
    place = np.full(n, -1)
    place[independent] = np.arange(len(independent))
    stays = np.where(owner[independent, None] < 0, True, held[independent])
    rows, columns, blocks = [independent], [place[independent]], [stays[:, :, None] * np.eye(3)]
    zero: list[sp.csr_array] = []
    for number, (patch, cross) in enumerate(rigid):
        first = len(independent) + 2 * number
        count = len(patch.nodes)
        rows += [patch.nodes, patch.nodes]
        columns += [np.full(count, first), np.full(count, first + 1)]
        blocks += [np.broadcast_to(np.eye(3), (count, 3, 3)), cross]
        size = 0.5 * float(np.ptp(patch.points, axis=0).max())
        zero.append(_rigid_rows(patch, cross * size, 3 * n))
    for part in tied:
        coo = sp.coo_array(part.weights)
        rows.append(part.slaves[coo.row])
        columns.append(place[part.masters[coo.col]])
        share = np.asarray(coo.data, np.float64)
        along = np.eye(3)[part.axes]
        blocks.append(share[:, None, None] * (along.T @ along))
        count = len(part.slaves)
        scalar = sp.coo_array((-share, (coo.row, part.masters[coo.col])), shape=(count, n))
        own = sp.coo_array((np.ones(count), (np.arange(count), part.slaves)), shape=(count, n))
        zero.append(sp.csr_array(sp.kron(scalar + own, along)))
    row, column = np.concatenate(rows), np.concatenate(columns)
    order = np.lexsort((column, row))
    pointer = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=n))]).astype(np.int32)
    n_reduced = len(independent) + 2 * len(rigid)
    data = np.concatenate(blocks)[order]
    expand = sp.bsr_array((data, column[order].astype(np.int32), pointer), shape=(3 * n, 3 * n_reduced))
    expand.sum_duplicates()
    return Links(independent, expand, sp.csr_array(sp.vstack(zero)), tuple(names), held)
