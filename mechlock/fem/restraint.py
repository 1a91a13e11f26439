"""What holds the body in one set of supports: fixed components, springs, and one-sided contacts as scalar functionals.

A contact j pushes the body with the force lambda_j >= 0 along its functional b_j (force vector lambda_j b_j). Its opening is
c_j = b_j.u + gap_j + lambda_j / k_j + base, and either c_j or lambda_j is zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp

from mechlock.errors import InputError
from mechlock.fem.assembly import System
from mechlock.fem.model import AXES, Base, Lock, Model, Pad, Spring, Support, unit
from mechlock.fem.pad_contacts import pad_rows
from mechlock.fem.patches import Patch, group_of_nodes, lock_patch, make_patch
from mechlock.mesh.mesh import Floats, Ints, Mesh

_PARALLEL = 1e-6
_ALIGNED = 1e-9


@dataclass(frozen=True)
class Grip:
    """Friction of a pad: the holder of its tangential contacts."""

    pad: Pad

    @property
    def name(self) -> str:
        """The pad's name."""
        return self.pad.name

    @property
    def on(self) -> tuple[str, ...]:
        """The pad's groups."""
        return self.pad.on


@dataclass(frozen=True)
class Contacts:
    """One-sided contacts of a support set.

    Attributes
    ----------
    holders : tuple of Pad, Lock or Grip
    owner : (n,) int array
        Holder of each contact; a lock has one, a pad one per node.
    nodes : (n,) int array
        Node of a pad's contact (the middle one where it stands for several), -1 for locks.
    rows : (n, n_dof) sparse array
        The functionals b_j.
    axes : (n, 3) array
        Direction of each contact's force on the body.
    stiffness : (n,) array
        N/mm, may be infinite.
    gap : (n,) array
        mm.
    base : (n, n) array
        Compliance of the base seen by the contacts, mm/N.
    reference : (n,) array
        Stiffness of each closed contact in the factored matrix: its own, or for rigid ones the body's local stiffness.
    both_ways : (n,) bool array
        Contacts that pull as well, and so never open.
    normal_of : (n,) int array
        For tangential contacts, two by two, the normal one that they belong to; -1 for all others.
    friction : (n,) array
        Coefficient of friction of tangential contacts, zero for others.
    """

    holders: tuple[Pad | Lock | Grip, ...]
    owner: Ints
    nodes: Ints
    rows: sp.csr_array
    axes: Floats
    stiffness: Floats
    gap: Floats
    base: Floats
    reference: Floats
    both_ways: np.ndarray
    normal_of: Ints
    friction: Floats

    @property
    def is_lock(self) -> np.ndarray:
        """Which contacts are locks."""
        return self.nodes < 0

    @cached_property
    def compliance(self) -> Floats:
        """Compliance of contacts and base together, mm/N, shape (n, n)."""
        return np.diag(1.0 / self.stiffness) + self.base


@dataclass(frozen=True)
class Restraint:
    """Supports, springs, locks and pads that act together.

    Attributes
    ----------
    names : tuple of str
    fixed : (n_dof,) bool array
    fixed_owner : (n_dof,) int array
        Number in `supports` of the support that holds a component, -1 for free ones.
    supports : tuple of Support
    springs : tuple of (Spring, Patch)
    locks : tuple of (Lock, Patch)
        For their lateral stiffness.
    contacts : Contacts
    """

    names: tuple[str, ...]
    fixed: np.ndarray
    fixed_owner: Ints
    supports: tuple[Support, ...]
    springs: tuple[tuple[Spring, Patch], ...]
    locks: tuple[tuple[Lock, Patch], ...]
    contacts: Contacts


def _fixed(model: Model, supports: tuple[Support, ...]) -> Ints:
    owner = np.full(3 * len(model.mesh.points), -1, np.int64)
    for number, support in enumerate(supports):
        where = f"supports.{support.name}"
        for axis in {*support.fix, *support.displacement}:
            if axis not in AXES or len(axis) != 1:
                raise InputError(f"{axis!r} is not an axis", f"{where}.fix", "use x, y, z")
        nodes = np.unique(np.concatenate([group_of_nodes(model.mesh, name, where) for name in support.on]))
        for axis in support.axes:
            dofs = 3 * nodes + axis
            for other in np.unique(owner[dofs][owner[dofs] >= 0]):
                theirs, ours = supports[other].displacement.get(AXES[axis], 0.0), support.displacement.get(AXES[axis], 0.0)
                if theirs != ours:
                    raise InputError(
                        f"{supports[other].name!r} and {support.name!r} give the same nodes different displacements "
                        f"along {AXES[axis]}",
                        where,
                    )
            owner[dofs[owner[dofs] < 0]] = number
    return owner


def _base_compliance(model: Model, holders: tuple[Pad | Lock, ...], owner: Ints, axes: Floats) -> Floats:
    """Base compliance between the contacts: the base's displacement opens a contact that pushes away from it."""
    result = np.zeros((len(owner), len(owner)))
    names = [holder.name for holder in holders]
    for base in model.bases:
        _check_base(base, model)
        sign = axes @ unit(base.direction, "bases")
        spread = np.zeros((len(owner), len(base.on)))
        for point, name in enumerate(base.on):
            if name in names:
                inside = owner == names.index(name)
                spread[inside, point] = sign[inside]
        result += spread @ np.asarray(base.compliance, float) @ spread.T
    return result


def _check_base(base: Base, model: Model) -> None:
    known = {item.name for item in (*model.pads, *model.locks)}
    for name in base.on:
        if name not in known:
            raise InputError(f"there is no pad or lock called {name!r}", "bases")
    matrix = np.asarray(base.compliance, float)
    if matrix.shape != (len(base.on), len(base.on)) or not np.allclose(matrix, matrix.T):
        raise InputError(f"the base's compliance must be a symmetric {len(base.on)} x {len(base.on)} matrix", "bases")
    if np.linalg.eigvalsh(matrix)[0] < -1e-9 * max(float(np.abs(matrix).max()), 1e-300):
        raise InputError("the base's compliance is not positive semidefinite", "bases")


def _contacts(system: System, pads: tuple[Pad, ...], locks: tuple[tuple[Lock, Patch], ...], fixed: np.ndarray) -> Contacts:
    n_dof = system.n_dof
    holders: tuple[Pad | Lock, ...] = (*pads, *(lock for lock, _ in locks))
    rows: list[sp.coo_array] = []
    owner, nodes, axes, stiffness, gap = [], [], [], [], []
    for number, pad in enumerate(pads):
        where, push, share, clearance, functional = pad_rows(system, pad)
        # what a support holds already, the pad cannot push
        weight = functional.power(2)
        loose = np.flatnonzero(weight @ ~fixed > _PARALLEL * (weight @ np.ones(n_dof)))
        if not len(loose):
            raise InputError("every node of the pad is held by a support in the pad's direction", f"pads.{pad.name}")
        where, push, share, functional = where[loose], push[loose], share[loose], functional[loose]
        n = len(where)
        rows.append(sp.coo_array(functional))
        owner.append(np.full(n, number))
        nodes.append(where)
        axes.append(push)
        stiffness.append(share)
        gap.append(clearance[loose])
    for number, (lock, patch) in enumerate(locks, start=len(pads)):
        pull = unit(lock.direction, f"locks.{lock.name}")
        values = (patch.mean[:, None] * pull).ravel()
        columns = (3 * patch.nodes[:, None] + np.arange(3)).ravel()
        rows.append(sp.coo_array((values, (np.zeros_like(columns), columns)), shape=(1, n_dof)))
        owner.append(np.array([number]))
        nodes.append(np.array([-1]))
        axes.append(pull[None])
        stiffness.append(np.array([lock.stiffness]))
        gap.append(np.zeros(1))
    if not rows:
        none, empty = np.zeros(0, np.int64), np.zeros(0)
        flags = np.zeros(0, bool)
        return Contacts(
            (), none, none, sp.csr_array((0, n_dof)), np.zeros((0, 3)), empty, empty, np.zeros((0, 0)), empty, flags, none, empty
        )
    owners, directions, k = np.concatenate(owner), np.concatenate(axes), np.concatenate(stiffness)
    matrix = sp.csr_array(sp.vstack(rows))
    _check_rigid(holders, owners, np.concatenate(nodes), directions, k)
    base = _base_compliance(system.model, holders, owners, directions)
    reference = np.where(np.isfinite(k), k, _local_stiffness(system, matrix))
    both_ways = np.array([isinstance(holder, Pad) and holder.both_ways for holder in holders])[owners]
    normal_of, friction = np.full(len(k), -1), np.zeros(len(k))
    found = Contacts(
        holders, owners, np.concatenate(nodes), matrix, directions, k, np.concatenate(gap), base, reference, both_ways,
        normal_of, friction,
    )  # fmt: skip
    return _with_grips(system, found, fixed) if any(pad.friction > 0.0 for pad in pads) else found


def _with_grips(system: System, contacts: Contacts, fixed: np.ndarray) -> Contacts:
    """Add two tangential contacts to every contact of a pad with friction, in the order of the pads."""
    rough = {i: pad for i, pad in enumerate(contacts.holders) if isinstance(pad, Pad) and pad.friction > 0.0}
    chosen = np.flatnonzero(np.isin(contacts.owner, list(rough)))
    rows, axes = _tangents(contacts, chosen, system.n_dof)
    place = {number: len(contacts.holders) + index for index, number in enumerate(rough)}
    grips = tuple(Grip(pad) for pad in rough.values())
    normal = np.repeat(chosen, 2)
    holders = np.array([place[int(contacts.owner[i])] for i in normal])
    n = len(normal)
    weight, stiffness = rows.power(2), contacts.stiffness[normal]
    held = weight @ ~fixed <= _PARALLEL * (weight @ np.ones(len(fixed)))
    if (held & np.isinf(stiffness)).any():
        where, mend = f"pads.{grips[0].name}", "give the pad a stiffness, or let the two not share nodes"
        raise InputError("nodes of a rigid pad with friction are held along it by a support", where, mend)
    size = len(contacts.gap)
    base = np.zeros((size + n, size + n))
    base[:size, :size] = contacts.base
    coefficient = np.array([rough[int(contacts.owner[i])].friction for i in normal])
    return Contacts(
        (*contacts.holders, *grips),
        np.concatenate([contacts.owner, holders]),
        np.concatenate([contacts.nodes, contacts.nodes[normal]]),
        sp.csr_array(sp.vstack([contacts.rows, rows])),
        np.concatenate([contacts.axes, axes]),
        np.concatenate([contacts.stiffness, stiffness]),
        np.concatenate([contacts.gap, np.zeros(n)]),
        base,
        np.concatenate([contacts.reference, np.where(np.isfinite(stiffness), stiffness, _local_stiffness(system, rows))]),
        np.concatenate([contacts.both_ways, np.zeros(n, bool)]),
        np.concatenate([contacts.normal_of, normal]),
        np.concatenate([contacts.friction, coefficient]),
    )


def _tangents(contacts: Contacts, chosen: Ints, n_dof: int) -> tuple[sp.csr_array, Floats]:
    """Functionals and directions across the chosen contacts, two for each, one after the other."""
    normals = contacts.axes[chosen] / np.linalg.norm(contacts.axes[chosen], axis=1, keepdims=True)
    helper = np.eye(3)[np.abs(normals).argmin(axis=1)]
    first = np.cross(normals, helper)
    first /= np.linalg.norm(first, axis=1, keepdims=True)
    pairs = np.stack([first, np.cross(normals, first)], axis=1)
    # weight of each node in the normal functional, whatever its direction there
    coo = sp.coo_array(contacts.rows[chosen].power(2))
    nodes = sp.csr_array((coo.data, (coo.row, coo.col // 3)), shape=(len(chosen), n_dof // 3))
    nodes.sum_duplicates()
    nodes.data = np.sqrt(nodes.data)
    flat = sp.coo_array(nodes)
    weights = (flat.data[:, None, None] * pairs[flat.row]).ravel()
    rows = (2 * flat.row[:, None] + np.arange(2))[:, :, None].repeat(3, axis=2).ravel()
    columns = np.broadcast_to((3 * flat.col[:, None] + np.arange(3))[:, None, :], (len(flat.data), 2, 3)).ravel()
    matrix = sp.csr_array((weights, (rows, columns)), shape=(2 * len(chosen), n_dof))
    return matrix, pairs.reshape(-1, 3)


def _check_rigid(holders: tuple[Pad | Lock, ...], owner: Ints, nodes: Ints, axes: Floats, stiffness: Floats) -> None:
    """Refuse rigid pads that push the same nodes the same way: their forces would not be determined."""
    rigid = np.flatnonzero(np.isinf(stiffness))
    order = rigid[np.argsort(nodes[rigid], kind="stable")]
    first, second = order[:-1], order[1:]
    same = (nodes[first] == nodes[second]) & (np.abs(np.einsum("ni,ni->n", axes[first], axes[second])) > 1 - _PARALLEL)
    if same.any():
        pair = np.flatnonzero(same)[0]
        names = [holders[owner[index]].name for index in (first[pair], second[pair])]
        raise InputError(f"the rigid pads {names[0]!r} and {names[1]!r} push the same nodes", "pads", "give them a stiffness")


def _local_stiffness(system: System, rows: sp.csr_array) -> Floats:
    """Body's own diagonal stiffness along each functional, N/mm."""
    return np.asarray(rows.power(2) @ system.diagonal)


def restrain(system: System, names: tuple[str, ...] | None) -> Restraint:
    """Collect the supports, springs, pads and locks of a set.

    Parameters
    ----------
    system : System
    names : tuple of str or None
        Those that act; None for all.

    Raises
    ------
    InputError
        For unknown names, missing groups, conflicting displacements.
    """
    model = system.model
    chosen = model.held_names if names is None else names
    relief = {item.name for item in model.relief}
    for name in chosen:
        if name not in model.held_names and name not in relief:
            known = ", ".join(map(repr, model.held_names)) or "none"
            raise InputError(f"there is no support, pad, spring or lock called {name!r}", "cases", f"there are {known}")
    supports = tuple(item for item in (*model.supports, *model.relief) if item.name in chosen)
    springs = tuple((s, make_patch(model.mesh, s.on, f"springs.{s.name}")) for s in model.springs if s.name in chosen)
    locks = tuple((k, lock_patch(model.mesh, k)) for k in model.locks if k.name in chosen)
    for spring, _ in springs:
        if min(spring.stiffness) < 0 or not max(spring.stiffness) > 0 or not np.isfinite(spring.stiffness).all():
            raise InputError("spring stiffnesses must be finite, not negative and not all zero", f"springs.{spring.name}")
    for lock, _ in locks:
        _check_lock(lock, model.mesh)
    owner = _fixed(model, supports)
    pads = tuple(item for item in model.pads if item.name in chosen)
    # nodes of no element are held as well, so that they disturb nothing
    fixed = (owner >= 0) | (system.diagonal == 0.0)
    return Restraint(tuple(chosen), fixed, owner, supports, springs, locks, _contacts(system, pads, locks, fixed))


def _check_lock(lock: Lock, mesh: Mesh) -> None:
    where = f"locks.{lock.name}"
    if not (lock.stiffness > 0 and np.isfinite(lock.stiffness)):
        raise InputError("a lock's stiffness must be positive and finite", where)
    if not (lock.lateral_stiffness >= 0 and np.isfinite(lock.lateral_stiffness)):
        raise InputError("a lock's lateral stiffness must not be negative", where)
    if not 0 <= lock.preload[0] <= lock.preload[1]:
        raise InputError("a lock's preload must be a range from low to high, not negative", f"{where}.preload")
    if not lock.to:
        return
    if lock.lateral_stiffness > 0:
        raise InputError("a lock between two faces has no lateral stiffness: its ends would not balance", where)
    line = make_patch(mesh, lock.to, where).centre - make_patch(mesh, lock.on, where).centre
    if np.linalg.norm(np.cross(unit(lock.direction, where), line)) > _ALIGNED * np.linalg.norm(line):
        raise InputError("the direction is not that of the line between the two faces: its ends would not balance", where)
