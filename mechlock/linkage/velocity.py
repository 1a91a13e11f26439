"""Velocities and accelerations of a configuration, exactly, from the constraint equations (Coriolis terms included)."""

from __future__ import annotations

import numpy as np

from mechlock.linkage.constraints import Array, Constraints
from mechlock.linkage.mechanism import GROUND
from mechlock.linkage.positions import Mode, Positions

SINGULAR = 1e-9
"""Ratio of singular values of the constraint matrix below which a position counts as singular."""


def rates(constraints: Constraints, q: Array) -> Array:
    """First derivatives of the configuration by the drive coordinate.

    Parameters
    ----------
    q : array, shape (n, unknowns)
        Configurations; NaN rows are passed on.

    Returns
    -------
    array, shape (n, unknowns)
        NaN where the drive is at a limit of travel.
    """
    right = np.broadcast_to(constraints.drive_rate(), (len(q), constraints.rows + 1))
    return _solve(constraints, q, right)


def second_rates(constraints: Constraints, q: Array, v: Array) -> Array:
    """Second derivatives of the configuration by the drive coordinate, given the first."""
    return _solve(constraints, q, constraints.curvature(q, v))


def _solve(constraints: Constraints, q: Array, right: Array) -> Array:
    result = np.full(q.shape, np.nan)
    fine = np.isfinite(q).all(axis=1) & np.isfinite(right).all(axis=1)
    if not fine.any():
        return result
    matrix = constraints.jacobian(q[fine]) * _scale(constraints)
    square = matrix.shape[1] == matrix.shape[2]
    s = np.linalg.svd(matrix, compute_uv=False)
    full = (s > SINGULAR * s[:, :1]).sum(axis=1) == constraints.unknowns
    solved = np.full((len(matrix), constraints.unknowns), np.nan)
    if square:
        solved[full] = np.linalg.solve(matrix[full], right[fine][full][:, :, None])[:, :, 0]
    else:
        inverse = np.linalg.pinv(matrix[full], rcond=SINGULAR)
        solved[full] = np.einsum("nij,nj->ni", inverse, right[fine][full])
    result[fine] = solved * _scale(constraints)
    return result


def _scale(constraints: Constraints) -> Array:
    """Make angles as large as lengths."""
    return np.tile([1.0, 1.0, 1.0 / constraints.size], len(constraints.bodies))


def mobility(constraints: Constraints, q: Array) -> int:
    """Degrees of freedom with the drive free: coordinates less the rank of the constraints' Jacobian, at one configuration."""
    matrix = constraints.jacobian(q[None])[0, :-1] * _scale(constraints)
    s = np.linalg.svd(matrix, compute_uv=False)
    return constraints.unknowns - int((s > SINGULAR * s[0]).sum())


def singularity(constraints: Constraints, q: Array) -> Array:
    """Least singular value of the constraints with the drive fixed over the greatest, shape (n,): 0 where modes meet."""
    s = np.linalg.svd(constraints.jacobian(q) * _scale(constraints), compute_uv=False)
    return np.asarray(s[:, constraints.unknowns - 1] / s[:, 0], dtype=np.float64)


def output_rates(positions: Positions, mode: Mode, body: str, drive: Array) -> Array:
    """Rate of a body that is joined to ground: d(angle)/d(drive) of a pivoted one, d(travel)/d(drive) of a slider, shape (n,)."""
    constraints = positions.constraints
    index = constraints.bodies.index(body)
    q = positions.at(mode, drive)
    v = rates(constraints, q)
    joint = next(j for j in positions.mechanism.joints if GROUND in j.bodies and body in j.bodies)
    if joint.kind == "revolute":
        return v[:, 3 * index + 2]
    return travel_rate(positions, joint.name, q, v)


def travel_rate(positions: Positions, name: str, q: Array, v: Array) -> Array:
    """d(travel)/d(drive) of a prismatic joint, shape (n,)."""
    constraints = positions.constraints
    joint = next(j for j in constraints.joints if j.name == name)
    along, across = constraints.axes(q, joint)
    gap = constraints.point(q, joint.second, joint.q) - constraints.point(q, joint.first, joint.p)
    slide = constraints.velocity(q, v, joint.second, joint.q) - constraints.velocity(q, v, joint.first, joint.p)
    omega = v[:, 3 * joint.first + 2] if joint.first >= 0 else np.zeros(len(q))
    return np.einsum("ij,ij->i", slide, along) + omega * np.einsum("ij,ij->i", gap, across)
