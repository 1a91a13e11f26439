"""Forces of supports, springs, pads and locks on the body, from displacements, gaps and stresses, and their evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from mechlock.fem.bonds import spring_weights
from mechlock.fem.contact import ContactState
from mechlock.fem.enforced import base_motion
from mechlock.fem.evidence import Evidence, balance, relative, rounding
from mechlock.fem.external import External
from mechlock.fem.held import Held
from mechlock.fem.internal import internal_forces
from mechlock.fem.model import Pad, StaticCase, unit
from mechlock.fem.restraint import Contacts
from mechlock.fem.resultants import Resultant, resultant
from mechlock.mesh.mesh import Floats, Ints


@dataclass(frozen=True)
class PadState:
    """A pad in one case.

    Attributes
    ----------
    force : float
        Total pushing force, N.
    resultant : Resultant
        On the body.
    open_fraction : float
        Share of the pad's area that has lifted off.
    nodes : (n,) int array
    node_forces : (n,) array
        N, pushing positive.
    opening : (n,) array
        mm, zero where closed.
    both_ways : bool
        It is a slide that pulls as well.
    friction : (3,) array
        Force of friction on the body, N.
    slipping : float
        Share of the pressed contact points that slip.
    on_first : (3,) array
        Of contact between two surfaces of the body, whose resultant is nothing: force on the first of them, N.
    """

    force: float
    resultant: Resultant
    open_fraction: float
    nodes: Ints
    node_forces: Floats
    opening: Floats
    both_ways: bool = False
    friction: Floats = field(default_factory=lambda: np.zeros(3))
    slipping: float = 0.0
    on_first: Floats | None = None


@dataclass(frozen=True)
class LockState:
    """A lock in one case.

    Attributes
    ----------
    pull : float
        Force along the lock's direction, N.
    lateral : (3,) array
        Force on the body across the direction, N.
    force : (3,) array
        Whole force on the body, N.
    point : (3,) array
        Centroid of the face, where it acts, mm.
    open : bool
        The hook is slack.
    opening : float
        By how much, mm.
    displacement : (3,) array
        Mean displacement of the face, mm; of a bolt by how much its ends come apart.
    internal : bool
        A bolt: its ends pull two faces of the body, which balance.
    """

    pull: float
    lateral: Floats
    force: Floats
    point: Floats
    open: bool
    opening: float
    displacement: Floats
    internal: bool = False

    @property
    def resultant(self) -> Resultant:
        """Force on the body with its moment about the origin; none of a bolt."""
        return resultant(self.point[None], np.zeros((1, 3)) if self.internal else self.force[None])


@dataclass(frozen=True)
class Reactions:
    """All forces on the body in one case, with their evidence."""

    supports: dict[str, Resultant]
    springs: dict[str, Resultant]
    pads: dict[str, PadState]
    locks: dict[str, LockState]
    links: dict[str, Resultant]
    energy: float
    evidence: Evidence


def evaluate(
    held: Held,
    cases: Sequence[StaticCase],
    loads: Sequence[External],
    displacement: Floats,
    states: Sequence[ContactState],
    gaps: Sequence[Floats],
) -> list[Reactions]:
    """Forces and evidence of all cases of one set of supports.

    Parameters
    ----------
    held : Held
    cases, loads, states : sequences, one entry per case
    displacement : (n_dof, n_cases) array
    gaps : sequence of (n_contacts,) arrays
        After assembly, bases moved.
    """
    heat = tuple(load.temperature for load in loads)
    inner, work, energy = internal_forces(held.system, displacement, heat if any(h is not None for h in heat) else None)
    return [
        _one(held, case, load, displacement[:, i], state, gaps[i], inner[:, i], float(work[i]), float(energy[i]))
        for i, (case, load, state) in enumerate(zip(cases, loads, states, strict=True))
    ]


def contact_forces(contacts: Contacts, displacement: Floats, state: ContactState, gap: Floats, unbalanced: Floats) -> Floats:
    """Contact forces from the gaps (rigid contacts: from the stresses at their nodes), N, shape (n_contacts,).

    Parameters
    ----------
    unbalanced : (n_dof,) array
        Internal minus all other nodal forces.
    """
    opening = contacts.rows @ displacement + gap + contacts.base @ state.force
    elastic = np.isfinite(contacts.stiffness)
    stiffness = np.where(elastic, contacts.stiffness, 0.0)
    pressed = np.where(contacts.both_ways, -opening, np.maximum(-opening, 0.0))
    weight = np.asarray(contacts.rows.power(2).sum(axis=1)).ravel()
    rigid = np.where(state.closed, (contacts.rows @ unbalanced) / np.maximum(weight, 1e-300), 0.0)
    return _gripping(contacts, state, np.where(elastic, stiffness * pressed, rigid), -stiffness * opening, opening)


def _gripping(contacts: Contacts, state: ContactState, forces: Floats, elastic: Floats, opening: Floats) -> Floats:
    """Put friction in: elastic, or from the stresses, where it sticks; else mu times the pressing force against the slip."""
    grips = np.flatnonzero(contacts.normal_of >= 0)
    if not len(grips):
        return forces
    pairs = grips.reshape(-1, 2)
    gone = opening[pairs]
    length = np.linalg.norm(gone, axis=1, keepdims=True)
    way = np.where(length > 0.0, gone / np.where(length > 0.0, length, 1.0), 0.0)
    limit = contacts.friction[pairs] * forces[contacts.normal_of[pairs]]
    sticks = state.closed[pairs]
    stiff = np.isfinite(contacts.stiffness[pairs])
    held = np.where(stiff, elastic[pairs], forces[pairs])
    result = forces.copy()
    result[pairs] = np.where(sticks, held, -limit * way)
    return result


def _springs(held: Held, case: StaticCase, u: Floats, nodal: Floats) -> dict[str, Resultant]:
    """Spring forces from displacements; adds them to the nodal forces."""
    found: dict[str, Resultant] = {}
    for spring, patch in held.restraint.springs:
        forces = -(spring_weights(spring, patch) @ (u[patch.nodes] - base_motion(case, spring.name))) * np.asarray(
            spring.stiffness
        )
        nodal[patch.nodes] += forces
        found[spring.name] = resultant(patch.points, forces)
    return found


def _locks(held: Held, case: StaticCase, u: Floats, state: ContactState, forces: Floats, nodal: Floats) -> dict[str, LockState]:
    """Lock forces; adds them to the nodal forces."""
    contacts = held.restraint.contacts
    found: dict[str, LockState] = {}
    for lock, patch in held.restraint.locks:
        number = next(i for i, holder in enumerate(contacts.holders) if holder is lock)
        index = int(np.flatnonzero(contacts.owner == number)[0])
        pull = unit(lock.direction, lock.name)
        mean = patch.mean @ u[patch.nodes]
        slip = mean - base_motion(case, lock.name)
        lateral = -lock.lateral_stiffness * (slip - pull * (pull @ slip))
        force = forces[index] * pull + lateral
        nodal[patch.nodes] += patch.mean[:, None] * force
        is_open = not state.closed[index]
        opening = float(state.opening[index])
        weight = np.maximum(patch.mean, 0.0)
        point = weight @ patch.points / weight.sum()
        found[lock.name] = LockState(float(forces[index]), lateral, force, point, is_open, opening, mean, bool(lock.to))
    return found


def _pads(held: Held, state: ContactState, forces: Floats, nodal: Floats) -> dict[str, PadState]:
    """Pad forces; adds them to the nodal forces."""
    contacts = held.restraint.contacts
    found: dict[str, PadState] = {}
    for number, holder in enumerate(contacts.holders):
        if not isinstance(holder, Pad):
            continue
        mine = np.flatnonzero(contacts.owner == number)
        grips = np.flatnonzero((contacts.normal_of >= 0) & np.isin(contacts.normal_of, mine))
        pulled = (contacts.rows[grips].T @ forces[grips]).reshape(-1, 3)
        push = (contacts.rows[mine].T @ forces[mine]).reshape(-1, 3) + pulled
        nodal += push
        touched = np.flatnonzero(push.any(axis=1))
        share = contacts.reference[mine] if np.isinf(holder.stiffness) else contacts.stiffness[mine]
        lifted = float(share[~state.closed[mine]].sum() / share.sum())
        found[holder.name] = PadState(
            float(forces[mine].sum()), resultant(held.system.mesh.points[touched], push[touched]), lifted,
            contacts.nodes[mine], forces[mine], state.opening[mine], holder.both_ways,
            pulled.sum(axis=0), _slipping(contacts, state, grips),
            forces[mine] @ contacts.axes[mine] if holder.against else None,
        )  # fmt: skip
    return found


def _slipping(contacts: Contacts, state: ContactState, grips: Ints) -> float:
    """Share of the pressed contacts of a pad that slip."""
    pressed = state.closed[contacts.normal_of[grips]]
    return float((~state.closed[grips] & pressed).sum() / max(int(pressed.sum()), 1))


def _one(
    held: Held, case: StaticCase, load: External, displacement: Floats, state: ContactState, gap: Floats,
    inner: Floats, work: float, energy: float,
) -> Reactions:  # fmt: skip
    restraint, mesh = held.restraint, held.system.mesh
    u = displacement.reshape(-1, 3)
    internal = inner.reshape(-1, 3)
    nodal = load.vector.reshape(-1, 3).copy()
    springs = _springs(held, case, u, nodal)
    lateral = nodal.copy()
    _locks(held, case, u, state, np.zeros(len(gap)), lateral)
    forces = contact_forces(
        restraint.contacts, displacement, state, gap, held.system.transferred((internal - lateral).reshape(-1, 1))[:, 0]
    )
    locks = _locks(held, case, u, state, forces, nodal)
    pads = _pads(held, state, forces, nodal)
    left = np.where(restraint.fixed.reshape(-1, 3), 0.0, internal - nodal)
    unbalanced = held.system.transferred((internal - nodal).reshape(-1, 1)).reshape(-1, 3)
    links = _links(held, internal - nodal)
    supports: dict[str, Resultant] = {}
    for number, support in enumerate(restraint.supports):
        if support in held.system.model.relief:
            # what these hold counts as an error in the balance: the body's inertia should leave them nothing
            continue
        mine = (restraint.fixed_owner == number).reshape(-1, 3)
        nodes = np.flatnonzero(mine.any(axis=1))
        supports[support.name] = resultant(mesh.points[nodes], np.where(mine, unbalanced, 0.0)[nodes])
    free = ~restraint.fixed.reshape(-1, 3)
    nodal += np.where(free, 0.0, unbalanced)
    held_by = [*supports.values(), *springs.values(), *(p.resultant for p in pads.values())]
    held_by += [lock.resultant for lock in locks.values()]
    magnitude = max(load.magnitude, sum(float(np.linalg.norm(item.force)) for item in held_by))
    if load.thermal is not None:
        magnitude = max(magnitude, float(np.abs(load.thermal).max()))
    half = 0.5 * float(np.ptp(mesh.points, axis=0).max())
    force, moment = balance(Resultant(load.force, load.moment), held_by, magnitude, mesh.points.mean(axis=0), half)
    largest = max(float(np.linalg.norm(nodal)), float(np.linalg.norm(load.total)))
    missing = float(np.linalg.norm(_on_free(held, left)))
    evidence = Evidence(
        force,
        moment,
        relative(missing, largest),
        relative(rounding(held.system.diagonal, displacement), largest),
        relative(float((nodal * u).sum()) - work, work, energy, float((load.vector * displacement).sum())),
        relative(float(np.abs(forces - state.force).max(initial=0.0)), float(np.abs(state.force).max(initial=0.0)), magnitude),
    )
    return Reactions(supports, springs, pads, locks, links, energy, evidence)


def _on_free(held: Held, forces: Floats) -> Floats:
    """Nodal forces (n_nodes, 3) on the unknowns that are left when links are taken out; nothing where a support takes them."""
    passed_on, links = held.system.unlinked(forces.reshape(-1, 1)), held.system.links
    if links is not None:
        passed_on[links.reduced_fixed(held.restraint.fixed)] = 0.0
    return passed_on


def _links(held: Held, missing: Floats) -> dict[str, Resultant]:
    """Force of each tie and rigid coupling on its dependent nodes, from the nodal forces (n_nodes, 3) that are missing there."""
    if held.system.links is None:
        return {}
    points, links = held.system.mesh.points, held.system.links
    return {name: resultant(points[nodes], links.forces(nodes, missing)) for name, nodes in links.names}
