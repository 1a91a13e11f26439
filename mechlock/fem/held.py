"""The factored matrix of one set of supports, with every contact closed, and its free motions named before any factoring."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp

from mechlock.fem.assembly import System
from mechlock.fem.bonds import bonds, spring_weights
from mechlock.fem.free_motion import describe_mechanism, mechanism, refuse_free_motion, refuse_mechanism
from mechlock.fem.indices import Index
from mechlock.fem.internal import nodal_forces
from mechlock.fem.links import LinkedFactor, factorise_linked
from mechlock.fem.model import Spring, unit
from mechlock.fem.patches import Patch
from mechlock.fem.restraint import Restraint
from mechlock.fem.solver import Factor, NotPositiveDefinite, hold_blocks
from mechlock.mesh.mesh import Floats, Ints

_COLUMNS = 64
# Displacements of unit contact forces are kept up to this size; beyond, they are solved for again.
_KEPT_BYTES = 5e8
# Changes of the support set beyond this number, or conditioned worse than this, are left to a factorisation of their own.
_MOST_CHANGES = 200
_ILL = 1e-9


@dataclass(frozen=True)
class Held:
    """A system held by a set of supports.

    Attributes
    ----------
    system : System
    restraint : Restraint
    factor : Factor
        Of elastic stiffness, springs, and contacts at their reference stiffness; fixed components decoupled.
    permutation : int array or None
        For the next factorisation of the same mesh.
    """

    system: System
    restraint: Restraint
    factor: Factor
    permutation: Index | None

    def solve(self, right: Floats) -> Floats:
        """Displacements (n_dof, k) of forces (n_dof, k); fixed components stay at zero."""
        free = ~self.restraint.fixed
        return self.factor.solve(right * (free if right.ndim == 1 else free[:, None]))

    def columns(self, rows: sp.csr_array) -> Iterator[tuple[slice, Floats]]:
        """Yield displacements (n_dof, m) of unit forces along functionals (n, n_dof), block by block, each with its place."""
        count = len(rows.indptr) - 1
        for start in range(0, count, _COLUMNS):
            place = slice(start, min(start + _COLUMNS, count))
            yield place, self.solve(rows[place].T.toarray(order="F"))

    @cached_property
    def contact_columns(self) -> Floats | None:
        """Displacements (n_dof, n_contacts) of unit contact forces, mm/N; None where they would take too much memory."""
        contacts = self.restraint.contacts
        shape = (self.system.n_dof, len(contacts.gap))
        if 8 * shape[0] * shape[1] > _KEPT_BYTES:
            return None
        found = np.empty(shape, order="F")
        for place, columns in self.columns(contacts.rows):
            found[:, place] = columns
        return found

    def product(self, displacement: Floats) -> Floats:
        """Forces (n_dof, k) that displacements (n_dof, k) need in the held system with nothing decoupled."""
        moving = displacement.any(axis=0)
        if not moving.all():
            result = np.zeros_like(displacement)
            if moving.any():
                result[:, moving] = self.product(displacement[:, moving])
            return result
        forces = nodal_forces(self.system, displacement)
        u = displacement.reshape(-1, 3, displacement.shape[1])
        added = np.zeros_like(u)
        add_springs(self.restraint, u, added)
        contacts = self.restraint.contacts
        closed = contacts.rows.T @ (contacts.reference[:, None] * (contacts.rows @ displacement))
        return forces + added.reshape(displacement.shape) + closed


def add_springs(restraint: Restraint, u: Floats, forces: Floats) -> None:
    """Add the forces that springs and lateral lock stiffness need for displacements (n_nodes, 3, k)."""
    for spring, patch in restraint.springs:
        part = spring_weights(spring, patch) @ u[patch.nodes].reshape(len(patch.nodes), -1)
        forces[patch.nodes] += part.reshape(-1, *u.shape[1:]) * np.asarray(spring.stiffness)[:, None]
    for lock, patch in restraint.locks:
        pull = unit(lock.direction, lock.name)
        mean = np.einsum("n,nik->ik", patch.mean, u[patch.nodes])
        across = mean - np.outer(pull, pull @ mean)
        forces[patch.nodes] += patch.mean[:, None, None] * (lock.lateral_stiffness * across)


def _pair_blocks(spring: Spring, patch: Patch) -> tuple[Ints, Ints, Floats]:
    """Nodes and values of the upper entries of a spring's weights."""
    upper = sp.coo_array(sp.triu(spring_weights(spring, patch)))
    return patch.nodes[upper.row], patch.nodes[upper.col], np.asarray(upper.data, np.float64)


def spring_blocks(system: System, restraint: Restraint) -> Floats:
    """Node-pair blocks of the elastic stiffness with springs, lateral lock stiffness and closed contacts added."""
    pattern, contacts = system.pattern, restraint.contacts
    if not (restraint.springs or restraint.locks or len(contacts.gap)):
        return system.blocks
    blocks = system.blocks.copy()
    for spring, patch in restraint.springs:
        i, j, weight = _pair_blocks(spring, patch)
        np.add.at(blocks, pattern.find(i, j), weight[:, None, None] * np.diag(spring.stiffness))
    for lock, patch in restraint.locks:
        pull = unit(lock.direction, lock.name)
        matrix = lock.stiffness * np.outer(pull, pull) + lock.lateral_stiffness * (np.eye(3) - np.outer(pull, pull))
        a, b = np.triu_indices(len(patch.nodes))
        weight = patch.mean[a] * patch.mean[b]
        np.add.at(blocks, pattern.find(patch.nodes[a], patch.nodes[b]), weight[:, None, None] * matrix)
    rows = contacts.rows[np.flatnonzero(~contacts.is_lock)]
    added = sp.coo_array(rows.T @ sp.diags_array(contacts.reference[~contacts.is_lock]) @ rows)
    i, j = added.row // 3, added.col // 3
    upper = i <= j
    place = pattern.find(i[upper], j[upper])
    np.add.at(blocks, (place, added.row[upper] % 3, added.col[upper] % 3), added.data[upper])
    return blocks


def hold_system(system: System, restraint: Restraint, permutation: Index | None = None, solver: str | None = None) -> Held:
    """Factor a system under a set of supports.

    Raises
    ------
    InputError
        When the body can move freely; the motion is named.
    """
    refuse_free_motion(system, restraint)
    upper = system.pattern.upper_blocks(spring_blocks(system, restraint))
    try:
        factor, order, matrix = factorise_linked(upper, restraint.fixed, system.links, permutation, solver, system.ahead)
    except NotPositiveDefinite:
        raise mechanism(describe_mechanism(system, hold_blocks(upper, restraint.fixed))) from None
    refuse_mechanism(system, matrix, factor.inner if isinstance(factor, LinkedFactor) else factor)
    return Held(system, restraint, factor, order)


class UpdatedFactor:
    """Inverse of a factored matrix after some bonds are taken out and others put in (Sherman, Morrison and Woodbury).

    The first of the `rows` are the given `contacts` of the main set.
    """

    def __init__(self, main: Held, contacts: list[int], rows: sp.csr_array, change: Floats) -> None:
        self._main = main
        self.name = main.factor.name
        self._columns = np.empty((main.system.n_dof, len(change)), order="F")
        known = main.contact_columns
        count = len(contacts) if known is not None else 0
        if known is not None:
            self._columns[:, :count] = known[:, contacts]
        for place, found in main.columns(rows[count:]):
            self._columns[:, count + place.start : count + place.stop] = found
        # scaled by the stiffnesses, so that its condition tells how nearly free the changed structure is
        scale = np.sqrt(np.abs(change))
        middle = np.diag(np.sign(change)) + scale[:, None] * (rows @ self._columns) * scale
        self.reciprocal_condition = 1.0 / np.linalg.cond(middle)
        self._inner = scale[:, None] * np.linalg.inv(middle) * scale

    def solve(self, right: Floats) -> Floats:
        """Solve for right-hand sides of shape (n,) or (n, k) that are zero at fixed components."""
        return self._main.factor.solve(right) - self._columns @ (self._inner @ (self._columns.T @ right))

    @property
    def factor_entries(self) -> int:
        """Number of entries in the factor."""
        return self._main.factor.factor_entries

    def release(self) -> None:
        """The factor belongs to the other set; only the columns go."""
        self._columns = np.zeros((0, 0))


def hold_beside(main: Held, restraint: Restraint) -> Held | None:
    """Hold a system under another set of supports with the factor of a first one.

    Returns None when the sets differ in fixed components or beddings, or when the change is too ill-conditioned or too large for
    a second factorisation to be worth saving.

    Raises
    ------
    InputError
        When the body can move freely; the motion is named.
    """
    beddings = [{s.name for s, _ in item.springs if not s.mean} for item in (main.restraint, restraint)]
    if beddings[0] != beddings[1] or not np.array_equal(main.restraint.fixed, restraint.fixed):
        return None
    refuse_free_motion(main.system, restraint)
    before, after = (bonds(item, main.system.n_dof) for item in (main.restraint, restraint))
    out = [i for i, key in enumerate(before.keys) if key not in set(after.keys)]
    new = [i for i, key in enumerate(after.keys) if key not in set(before.keys)]
    if len(out) + len(new) > _MOST_CHANGES:
        return None
    rows = sp.csr_array(sp.vstack([before.rows[out], after.rows[new]]))
    contacts = [i for i in out if i < len(main.restraint.contacts.gap)]
    factor = UpdatedFactor(main, contacts, rows, np.concatenate([-before.stiffness[out], after.stiffness[new]]))
    if factor.reciprocal_condition < _ILL:
        factor.release()
        return None
    return Held(main.system, restraint, factor, main.permutation)
