"""How redundant joints share a load, and what a misfit locks in: as their stiffness.

Free-body equations leave as many reactions open as there are states of self-stress. Bodies are rigid and joints elastic: what the
joints give, and the misfits g that they close, must be a motion that the constraints allow, so that no state of self-stress z
does work on it, ``z . (x / k + g) = 0`` (the theorem of least work, with initial strains).

Source: Timoshenko and Young, Theory of Structures, chapter on statically indeterminate structures.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse.csgraph import connected_components

from mechlock.errors import InputError, NoVerdict
from mechlock.linkage import velocity
from mechlock.linkage.constraints import Array, Bools
from mechlock.linkage.friction_sources import Source
from mechlock.linkage.positions import Positions

_NOTHING = 1e-7
"""Below this share a state of self-stress has no part in a reaction."""


def compliance(positions: Positions) -> Array:
    """Compliance of every multiplier of the free-body equations over the greatest, shape (rows + 1,)."""
    weights = compliances(positions)
    return weights / weights.max()


def _softest(positions: Positions) -> float:
    return float(compliances(positions).max())


def compliances(positions: Positions) -> Array:
    """Compliance of every multiplier (mm/N), 1 where none is given."""
    size = positions.constraints.size
    found: list[float] = []
    for joint in positions.mechanism.joints:
        own = 1.0 / joint.stiffness if joint.stiffness is not None else 1.0
        turning = size**2 / joint.rotational_stiffness if joint.rotational_stiffness is not None else own
        found += [own, own if joint.kind == "revolute" else turning]
    return np.array([*found, 0.0])


@dataclass(frozen=True)
class Stiffness:
    """By what redundant joints share what is locked in.

    Attributes
    ----------
    compliance : array, shape (rows + 1,)
        Of every multiplier, over the greatest.
    softest : float
        The greatest (mm/N); 1 where none is known.
    lacking : tuple of str
        Joints whose stiffness would be needed for forces; empty where all is known, or nothing is redundant.
    """

    compliance: Array
    softest: float
    lacking: tuple[str, ...]


def stiffness_of(positions: Positions, q: Array) -> Stiffness:
    """The joints' compliance at a configuration, all alike where no joint that shares has a stiffness.

    Raises
    ------
    NoVerdict
        Where some that share have one and others have none.
    """
    mechanism = positions.mechanism
    states = self_stress(_regular(positions, q))
    linked = np.asarray(np.abs(states).max(axis=(0, 1), initial=0.0) > _NOTHING)
    lacking = tuple(sorted(_lacking(positions, linked)))
    sharing = {joint.written_as for index, joint in enumerate(mechanism.joints) if linked[2 * index : 2 * index + 2].any()}
    if lacking and any(joint.stiffness is not None for joint in mechanism.joints if joint.written_as in sharing):
        raise NoVerdict(
            f"{', '.join(sorted(sharing))} are redundant and share what a dimension locks in as their stiffness, which some lack",
            mechanism.where,
            f"give stiffness (and slides rotational_stiffness) to {', '.join(lacking)}, or to none",
        )
    if lacking:
        return Stiffness(np.append(np.ones(positions.constraints.rows), 0.0), 1.0, lacking)
    return Stiffness(compliance(positions), _softest(positions) if states.shape[1] else 1.0, ())


def misfits(positions: Positions, q: Array) -> Array:
    """Misfits of all constraint rows in the units of `compliance` (N), shape (n, rows + 1).

    Raises
    ------
    NoVerdict
        Where joints without a stiffness, or without a rotational one, share what a misfit locks in.
    InputError
        For a misfit of a joint that is not redundant: it changes positions, and forces not at all.
    """
    constraints, mechanism = positions.constraints, positions.mechanism
    found = np.zeros((len(q), constraints.rows + 1))
    given = [(index, joint) for index, joint in enumerate(mechanism.joints) if any(joint.misfit)]
    if not given:
        return found
    states = self_stress(_regular(positions, q))
    linked = np.abs(states).max(axis=(0, 1), initial=0.0) > _NOTHING
    for index, joint in given:
        numbers, row = constraints.joints[index], 2 * index
        if not linked[row : row + 2].any():
            raise InputError(
                f"the misfit of {joint.written_as} locks nothing in: the joint is not redundant and closes all the same",
                f"{mechanism.where}: joints",
                "change the dimensions instead",
            )
        gap = constraints.arm(q, numbers.first, np.array(joint.misfit))
        if numbers.revolute:
            found[:, row : row + 2] = gap
        else:
            found[:, row] = np.einsum("ni,ni->n", gap, constraints.axes(q, numbers)[1])
    lacking = _lacking(positions, linked)
    if lacking:
        raise NoVerdict(
            f"what the misfit of {', '.join(joint.written_as for _, joint in given)} locks in depends on the joints' stiffness",
            mechanism.where,
            f"give stiffness (and slides rotational_stiffness) to {', '.join(sorted(lacking))}",
        )
    return found / _softest(positions)


def _regular(positions: Positions, q: Array) -> Array:
    """Scaled free-body equations of the first configuration that exists, shape (1, unknowns, rows + 1)."""
    fine = np.flatnonzero(np.isfinite(q).all(axis=1))[:1]
    scale = np.tile([1.0, 1.0, 1.0 / positions.constraints.size], len(positions.constraints.bodies))
    return np.swapaxes(positions.constraints.jacobian(q[fine]), 1, 2) * scale[:, None]


def _lacking(positions: Positions, linked: Bools) -> set[str]:
    """Joints without a stiffness among those that share."""
    lacking: set[str] = set()
    for index, joint in enumerate(positions.mechanism.joints):
        force = linked[2 * index : 2 * index + 2].any() if joint.kind == "revolute" else linked[2 * index]
        if force and joint.stiffness is None:
            lacking.add(joint.written_as)
        if joint.kind == "prismatic" and linked[2 * index + 1] and joint.rotational_stiffness is None:
            lacking.add(joint.written_as)
    return lacking


def stiffness_known(positions: Positions, q: Array) -> bool:
    """Whether all joints that share forces at configurations have the stiffness that says how."""
    states = self_stress(_regular(positions, q))
    return not _lacking(positions, np.asarray(np.abs(states).max(axis=(0, 1), initial=0.0) > _NOTHING))


def self_stress(matrix: Array) -> Array:
    """States of self-stress, orthonormal, shape (n, states, rows); of regular configurations, shape (n, unknowns, rows)."""
    count = matrix.shape[2] - matrix.shape[1]
    if count <= 0:
        return np.zeros((len(matrix), 0, matrix.shape[2]))
    return np.asarray(np.linalg.svd(matrix, full_matrices=True)[2][:, -count:, :], dtype=np.float64)


def completed(positions: Positions, q: Array, matrix: Array, external: Array) -> tuple[Array, Array]:
    """Free-body equations followed by one of compatibility for each state of self-stress: (n, rows, rows), and their constants.

    Parameters
    ----------
    q : array, shape (1, unknowns) or (n, unknowns)
        Configurations; the free-body equations are theirs.
    external : array, shape (m, unknowns)
        Constants of the free-body equations (scaled); the constants returned have the shape (max(n, m), rows).
    """
    states = self_stress(matrix)
    locked = np.einsum("nkr,nr->nk", states, misfits(positions, q))
    count = max(len(external), len(locked))
    parts = [np.broadcast_to(part, (count, part.shape[1])) for part in (external, locked)]
    return np.concatenate([matrix, states * compliance(positions)], axis=1), np.concatenate(parts, axis=1)


def determined(matrix: Array) -> Bools:
    """Which multipliers statics alone fixes at all of the configurations, shape (rows,): no state of self-stress has them."""
    states = self_stress(matrix)
    return np.asarray(np.abs(states).max(axis=(0, 1), initial=0.0) < _NOTHING)


def require_decided(positions: Positions, found: list[Source], matrix: Array) -> None:
    """Refuse friction in joints whose normal force neither statics nor the joints' stiffness decides.

    Raises
    ------
    NoVerdict
        Where some of the joints that share a load have a stiffness and others have none, or a slide's couple takes part whose
        rotational stiffness is not given.
    """
    states = self_stress(matrix)
    if not states.shape[1]:
        return
    linked = np.abs(np.einsum("nki,nkj->nij", states, states)).max(axis=0) > _NOTHING
    group = connected_components(linked, directed=False)[1]
    joints = positions.mechanism.joints
    for source in found:
        rows = [row for row in range(source.rows.start, source.rows.stop) if linked[row, row]]
        shared = [row for row in np.flatnonzero(linked.diagonal()) if group[row] in {group[own] for own in rows}]
        forces = {joints[row // 2] for row in shared if joints[row // 2].kind == "revolute" or row % 2 == 0}
        forces = {joint for joint in forces if joint.stiffness != np.inf}
        couples = {joints[row // 2] for row in shared if joints[row // 2].kind == "prismatic" and row % 2 == 1}
        without = {joint.written_as for joint in forces if joint.stiffness is None}
        missing = without if len(without) < len(forces) else set[str]()
        stiff = {joint.written_as for joint in couples if joint.rotational_stiffness is None}
        if stiff and forces:
            missing = without | stiff
        if missing:
            sharing = ", ".join(sorted({joint.written_as for joint in forces | couples}))
            raise NoVerdict(
                f"friction at {positions.mechanism.joint(source.joint).written_as} is not determined: redundant constraints let "
                f"{sharing} share the load in any proportion, and how they share it depends on their stiffness",
                positions.mechanism.where,
                f"give stiffness (and slides rotational_stiffness) to {', '.join(sorted(missing))}",
            )


def rank_is_full(matrix: Array, unknowns: int) -> Bools:
    """Whether the free-body equations are independent: away from limits of travel, shape (n,)."""
    s = np.linalg.svd(matrix, compute_uv=False)
    return np.asarray(np.count_nonzero(s > velocity.SINGULAR * s[:, :1], axis=1) == unknowns)
