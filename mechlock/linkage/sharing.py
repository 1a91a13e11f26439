"""How redundant joints share a load: as their stiffness, in a linkage that fits without stress where it stands.

Free-body equations leave as many reactions open as there are states of self-stress. Bodies are rigid and joints elastic: what the
joints give must then be a motion that the constraints allow, so that no state of self-stress z does work on it,
``z . (x / k) = 0`` (the theorem of least work). Source: Timoshenko and Young, Theory of Structures, chapter on statically
indeterminate structures.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse.csgraph import connected_components

from mechlock.errors import NoVerdict
from mechlock.linkage import velocity
from mechlock.linkage.constraints import Array, Bools
from mechlock.linkage.friction_sources import Source
from mechlock.linkage.positions import Positions

_NOTHING = 1e-7
"""Below this share a state of self-stress has no part in a reaction."""


def compliance(positions: Positions) -> Array:
    """Compliance of every multiplier of the free-body equations, shape (rows + 1,), in units of their own where none is given."""
    size = positions.constraints.size
    found: list[float] = []
    for joint in positions.mechanism.joints:
        own = 1.0 / joint.stiffness if joint.stiffness is not None else 1.0
        turning = size**2 / joint.rotational_stiffness if joint.rotational_stiffness is not None else own
        found += [own, own if joint.kind == "revolute" else turning]
    weights = np.array([*found, 1.0])
    return weights / weights.max()


def self_stress(matrix: Array) -> Array:
    """States of self-stress, orthonormal, shape (n, states, rows); of regular configurations, shape (n, unknowns, rows)."""
    count = matrix.shape[2] - matrix.shape[1]
    if count <= 0:
        return np.zeros((len(matrix), 0, matrix.shape[2]))
    return np.asarray(np.linalg.svd(matrix, full_matrices=True)[2][:, -count:, :], dtype=np.float64)


def completed(matrix: Array, compliances: Array) -> Array:
    """Free-body equations followed by one of compatibility for each state of self-stress: (n, rows, rows)."""
    return np.concatenate([matrix, self_stress(matrix) * compliances], axis=1)


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
