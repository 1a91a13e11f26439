"""A system linearised about a contact state: closed contacts bonded, open ones free, as one symmetric operator and its inverse.

Closed elastic contacts stand in the factored matrix with their own stiffness. What cannot stand there, a base that couples them,
rigid contacts, is an exact low-rank correction (Sherman, Morrison and Woodbury).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from mechlock.errors import NoVerdict
from mechlock.fem.assembly import System
from mechlock.fem.contact import Condensed
from mechlock.fem.free_motion import free_motions
from mechlock.fem.geometric import apply_scalar, scalar_matrix
from mechlock.fem.held import Held, add_springs, spring_blocks
from mechlock.fem.indices import Index
from mechlock.fem.internal import nodal_forces
from mechlock.fem.links import factorise_linked
from mechlock.fem.restraint import Contacts, Restraint
from mechlock.fem.solver import Factor
from mechlock.mesh.mesh import Floats

# Shift of systems that can move freely, against the largest ratio of stiffness to mass on the diagonal.
_SHIFT = 1e-7
_NO_RANK = 1e-12
# Condition beyond which contacts are not opened by rank.
_WORST = 1e6


@dataclass(frozen=True)
class Linearised:
    """Stiffness about a contact state.

    Attributes
    ----------
    system : System
    restraint : Restraint
    closed : (n_contacts,) bool array
    shift : float
        The inverse is that of stiffness + shift * mass, 1/s^2; zero unless the system can move freely.
    free : int
        Number of free rigid motions.
    factor : Factor
    left, right : (n_dof, k), (k, n_dof) arrays
        Correction: inverse = factor's inverse + left @ right.
    owned : bool
        The factor belongs to this object.
    stiffening : (n_nodes, n_nodes) sparse array or None
        Stress stiffness.
    """

    system: System
    restraint: Restraint
    closed: np.ndarray
    shift: float
    free: int
    factor: Factor
    left: Floats
    right: Floats
    owned: bool
    stiffening: sp.csr_array | None

    def solve(self, forces: Floats) -> Floats:
        """Displacements (n_dof, k) of forces (n_dof, k) under stiffness + shift * mass; fixed components stay at zero."""
        held = forces * (~self.restraint.fixed)[:, None]
        answer = self.factor.solve(held)
        if self.left.shape[1]:
            answer += self.left @ (self.right @ held)
        return answer

    def columns(self, held: Held) -> Floats:
        """Displacements (n_dof, n_contacts) of unit contact forces, with `held` of which this is the correction."""
        unit = self.restraint.contacts.rows.T
        known = held.contact_columns
        if known is None or not self.left.shape[1]:
            return self.solve(unit.toarray(order="F")) if known is None else known
        return known + self.left @ (self.right @ unit)

    def elastic_forces(self, displacement: Floats) -> Floats:
        """Forces (n_dof, k) of body and springs, from stresses; contacts and fixed supports not included."""
        forces = nodal_forces(self.system, displacement)
        u = displacement.reshape(-1, 3, displacement.shape[1])
        added = np.zeros_like(u)
        add_springs(self.restraint, u, added)
        if self.stiffening is not None:
            forces = forces + apply_scalar(self.stiffening, displacement)
        return forces + added.reshape(displacement.shape)

    def contact_forces(self, displacement: Floats, unbalanced: Floats) -> Floats:
        """Change of the contact forces (n_contacts, k) with displacements, N; zero for open contacts.

        From the closed contacts' compliance where all are elastic, else from what is left at their nodes.

        Parameters
        ----------
        displacement, unbalanced : (n_dof, k) arrays
            Unbalanced are the elastic forces minus all others but the contacts'.
        """
        contacts = self.restraint.contacts
        forces = np.zeros((len(self.closed), displacement.shape[1]))
        shut = np.flatnonzero(self.closed)
        if not len(shut):
            return forces
        rows = contacts.rows[shut]
        if np.isfinite(contacts.stiffness[shut]).all():
            forces[shut] = -np.linalg.solve(contacts.compliance[np.ix_(shut, shut)], rows @ displacement)
        else:
            forces[shut] = np.linalg.lstsq((rows @ rows.T).toarray(), rows @ unbalanced)[0]
        return forces

    def product(self, displacement: Floats) -> Floats:
        """Stiffness times displacements (n_dof, k), closed elastic contacts included; rigid ones do no work and are left out."""
        contacts = self.restraint.contacts
        if (np.isinf(contacts.stiffness) & (np.abs(contacts.base).max(axis=1, initial=0.0) > 0) & self.closed).any():
            raise NoVerdict("rigid pads on a flexible base are not supported here", mend="give the pads a stiffness")
        forces = self.elastic_forces(displacement)
        shut = np.flatnonzero(self.closed & np.isfinite(contacts.stiffness))
        if len(shut):
            rows = contacts.rows[shut]
            forces += rows.T @ np.linalg.solve(contacts.compliance[np.ix_(shut, shut)], rows @ displacement)
        return forces * (~self.restraint.fixed)[:, None]

    def release(self) -> None:
        """Give the factor's memory back, if it is not somebody else's."""
        if self.owned:
            self.factor.release()


def _needs_correction(contacts: Contacts, closed: np.ndarray) -> np.ndarray:
    """Closed contacts that the factored matrix does not represent: rigid ones, and those on a flexible base."""
    rigid = ~np.isfinite(contacts.stiffness)
    on_base = np.abs(contacts.base).max(axis=1, initial=0.0) > 0
    return closed & (rigid | on_base)


def _base_columns(contacts: Contacts, closed: np.ndarray) -> Floats:
    """P with base compliance = P P^T between closed contacts, shape (n_contacts, rank)."""
    base = contacts.base * np.outer(closed, closed)
    values, vectors = np.linalg.eigh(base)
    kept = values > 1e-12 * max(values[-1], 1e-300)
    return vectors[:, kept] * np.sqrt(values[kept])


def _correction(contacts: Contacts, closed: np.ndarray, factor: Factor, fixed: np.ndarray) -> tuple[Floats, Floats]:
    """Low-rank correction of the factored matrix' inverse for base and rigid contacts."""
    n_dof = len(fixed)
    needed = _needs_correction(contacts, closed)
    if not needed.any():
        return np.zeros((n_dof, 0)), np.zeros((0, n_dof))
    free = ~fixed[:, None]
    if np.isfinite(contacts.stiffness[closed]).all():
        # stiffness = D - D P (1 + P^T D P)^-1 P^T D between contacts, which has the rank of the base
        spread = contacts.reference[:, None] * _base_columns(contacts, closed)
        middle = np.eye(spread.shape[1]) + spread.T @ (spread / contacts.reference[:, None])
        columns = factor.solve((contacts.rows.T @ spread) * free)
        small = middle - (contacts.rows.T @ spread).T @ columns
        return columns, np.asarray(np.linalg.solve(small, columns.T), np.float64)
    chosen = np.flatnonzero(needed)
    rows = contacts.rows[chosen]
    columns = factor.solve(rows.T.toarray() * free)
    condensed = Condensed(rows @ columns, contacts.reference[chosen], contacts.compliance[np.ix_(chosen, chosen)])
    d, a = condensed.reference, condensed.compliance
    part = np.diag(d) - d[:, None] * a * d[None, :]
    return columns, -np.asarray(np.linalg.solve(part @ condensed.flexibility + d[:, None] * a, part @ columns.T), np.float64)


def linearise(
    system: System,
    restraint: Restraint,
    closed: np.ndarray | None = None,
    *,
    held: Held | None = None,
    permutation: Index | None = None,
    stiffening: Floats | None = None,
    solver: str | None = None,
) -> Linearised:
    """Linearise a system about a contact state.

    Parameters
    ----------
    system : System
    restraint : Restraint
    closed : (n_contacts,) bool array, optional
        By default all contacts are closed.
    held : Held, optional
        The same supports, factored: used as it is when all contacts are closed.
    permutation : int array, optional
        Of an earlier factorisation of the same mesh.
    stiffening : (n_blocks,) array, optional
        Stress stiffness of the node pairs, N/mm (`mechlock.fem.geometric`).

    Raises
    ------
    NotPositiveDefinite
        The structure is a mechanism.
    """
    contacts = restraint.contacts
    shut = np.ones(len(contacts.gap), bool) if closed is None else np.asarray(closed, bool)
    free = sum(motions.shape[1] for _, _, motions in free_motions(system, restraint, shut))
    if held is not None and shut.all() and not free and stiffening is None:
        left, right = _correction(contacts, shut, held.factor, restraint.fixed)
        return Linearised(system, restraint, shut, 0.0, 0, held.factor, left, right, False, None)
    # open contacts leave the matrix
    present = replace(contacts, reference=np.where(shut, contacts.reference, 0.0))
    blocks = spring_blocks(system, replace(restraint, contacts=present))
    if stiffening is not None:
        blocks = blocks + stiffening[:, None, None] * np.eye(3)
    shift = 0.0
    if free:
        shift = _SHIFT * float((system.diagonal[::3] / np.maximum(system.mass.diagonal(), 1e-300)).max())
        mass = system.mass[system.pattern.rows, system.pattern.columns]
        blocks = blocks + shift * np.asarray(mass)[:, None, None] * np.eye(3)
    upper = system.pattern.upper_blocks(blocks)
    factor, _, _ = factorise_linked(upper, restraint.fixed, system.links, permutation, solver, system.ahead)
    left, right = _correction(contacts, shut, factor, restraint.fixed)
    added = None if stiffening is None else scalar_matrix(system, stiffening)
    found = Linearised(system, restraint, shut, shift, free, factor, left, right, True, added)
    if shift and system.coupled.names:
        return _with_point_masses(found)
    return found


def opened(bonded: Linearised, closed: np.ndarray, columns: Floats) -> Linearised | None:
    """The same system with some of its contacts open, by their rank; None where a factorisation of its own is safer.

    Parameters
    ----------
    bonded : Linearised
        With every contact closed.
    closed : (n_contacts,) bool array
    columns : (n_dof, n_contacts) array
        Displacements of the bonded system per unit force of each contact.
    """
    contacts = bonded.restraint.contacts
    if closed.all():
        return bonded
    if bonded.free or not np.isfinite(contacts.stiffness).all():
        return None
    shut = np.ix_(closed, closed)
    change = -np.linalg.inv(contacts.compliance)
    change[shut] += np.linalg.inv(contacts.compliance[shut])
    values, vectors = np.linalg.eigh(change)
    kept = np.abs(values) > _NO_RANK * np.abs(values).max()
    scale, turned = np.sqrt(-values[kept]), columns @ vectors[:, kept]
    flexibility = vectors[:, kept].T @ (contacts.rows @ turned)
    # scaled by the stiffnesses, so that its condition tells how nearly free the opened structure is
    middle = scale[:, None] * flexibility * scale - np.eye(len(scale))
    if np.linalg.cond(middle) > _WORST:
        return None
    inner = scale[:, None] * np.linalg.inv(middle) * scale
    left, right = np.hstack([bonded.left, turned]), np.vstack([bonded.right, -inner @ turned.T])
    return replace(bonded, closed=closed, left=left, right=right, owned=False)


def _with_point_masses(found: Linearised) -> Linearised:
    """Add shift * (mass of the point masses) to the inverse, by its rank."""
    motion, inertia = found.system.coupled.motion, found.system.coupled.inertia.toarray() * found.shift
    values, vectors = np.linalg.eigh(inertia)
    kept = values > 1e-12 * values[-1]
    root = (vectors[:, kept] * np.sqrt(values[kept])).T @ motion
    free = (~found.restraint.fixed)[:, None]
    columns = found.solve(np.asarray(root.T.todense() if hasattr(root, "todense") else root.T) * free)
    small = np.eye(columns.shape[1]) + root @ columns
    return replace(
        found, left=np.hstack([found.left, columns]), right=np.vstack([found.right, -np.linalg.solve(small, columns.T)])
    )
