"""Joint forces with friction: friction circles at pins, Coulomb friction at sliders, for a drive that moves one way.

Each pin's reaction passes its axis at the radius of the friction circle, ``r mu / sqrt(1 + mu^2)``, on the side that opposes
the pin's turning; each slider's friction is ``mu`` times its normal force against its sliding. The directions follow from
the frictionless motion, which friction cannot change in a linkage of one degree of freedom. Source: Mabie and Reinholtz,
Mechanisms and Dynamics of Machinery, 4th ed., chapter on static force analysis with friction (friction circle).

Redundant constraints leave some reactions open; joints then share the load as their stiffness (`mechlock.linkage.sharing`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mechlock.errors import NoVerdict
from mechlock.linkage import velocity
from mechlock.linkage.constraints import Array, Bools
from mechlock.linkage.friction_sources import Source, sources
from mechlock.linkage.mechanism import PointName
from mechlock.linkage.positions import Positions
from mechlock.linkage.sharing import completed, rank_is_full, require_decided
from mechlock.linkage.statics import free_body_matrix, load_vector

_STEPS = 60


@dataclass(frozen=True)
class FrictionForces:
    """Forces while the drive moves one way at constant speed.

    Attributes
    ----------
    effort : array, shape (n,)
        Torque (N·mm) or force (N) on the drive, along its motion: positive where it must be driven, negative where the load
        drives and must be braked. NaN where no equilibrium was found (jamming).
    frictionless : array, shape (n,)
        The same without friction.
    reactions : mapping of joint to array, shape (n,)
        Size of each joint's force (N).
    converged : array of bool, shape (n,)
        Whether the friction forces are consistent with the normal forces.
    normals : mapping of joint to array, shape (n,)
        Normal force of each slide with its sign (N): positive where its first body pushes the second to the left of the axis.
    """

    effort: Array
    frictionless: Array
    reactions: Mapping[str, Array]
    converged: Bools
    normals: Mapping[str, Array]

    @property
    def efficiency(self) -> Array:
        """Of driving a load that resists: frictionless effort over the real one; of a driving load: the other way round."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.frictionless > 0.0, self.frictionless / self.effort, self.effort / self.frictionless)


def friction_forces(positions: Positions, q: Array, loads: Mapping[PointName, Array], moving: int) -> FrictionForces:
    """Solve the free-body equations with friction under forces on points.

    Parameters
    ----------
    positions : Positions
        The linkage, with its coefficients of friction (`values` of `Positions` set other ones).
    q : array, shape (1, unknowns) or (n, unknowns)
        Configuration, one for all loads or one each.
    loads : mapping of PointName to array, shape (n, 2)
        Forces on points (N).
    moving : {1, -1}
        Whether the drive coordinate increases or decreases.

    Raises
    ------
    NoVerdict
        At a limit of travel, or where friction needs a reaction that neither statics nor stiffness decides.
    """
    return friction_under(positions, q, load_vector(positions, q, loads), moving)


def friction_under(
    positions: Positions, q: Array, external: Array, moving: int, *, coefficient: float | None = None
) -> FrictionForces:
    """As `friction_forces`, under generalised forces (n, unknowns); `coefficient` replaces that of joints with friction."""
    constraints = positions.constraints
    count = max(len(q), len(external))
    matrix, scale = free_body_matrix(constraints, q)
    if not rank_is_full(matrix, constraints.unknowns).all():
        raise NoVerdict("the drive is at a limit of travel: joint forces grow without bound there", positions.mechanism.where)
    v = moving * velocity.rates(constraints, q)
    found = sources(positions, q, v, coefficient)
    require_decided(positions, found, matrix)
    matrix, constants = completed(positions, q, matrix, external * scale)
    matrix = np.broadcast_to(matrix, (count, *matrix.shape[1:]))
    frictionless, _ = solve_with_friction(matrix, constants, [], scale)
    multipliers, converged = solve_with_friction(matrix, constants, found, scale)
    last = moving * (1.0 if constraints.sliding else constraints.size)
    effort = np.where(converged, multipliers[:, -1] * last, np.nan)
    sizes = {joint.name: np.linalg.norm(multipliers[:, 2 * i : 2 * i + 2], axis=1) for i, joint in enumerate(constraints.joints)}
    normals = {joint.name: multipliers[:, 2 * i] for i, joint in enumerate(constraints.joints) if not joint.revolute}
    return FrictionForces(effort, frictionless[:, -1] * last, sizes, converged, normals)


def solve_with_friction(matrix: Array, external: Array, found: list[Source], scale: Array) -> tuple[Array, Bools]:
    """Solve ``matrix @ x + external + friction(x) = 0`` by Newton's method, for all configurations at once.

    Parameters
    ----------
    matrix : array, shape (n, rows, rows)
        Free-body equations, scaled, then those of compatibility.
    external : array, shape (n, rows)
        Generalised forces, scaled, then the constants of compatibility.
    found : list of Source
        Friction; unscaled.
    scale : array, shape (unknowns,)
        Scale of the equations.

    Returns
    -------
    x : array, shape (n, rows)
    converged : array of bool, shape (n,)
    """
    multipliers = -_solved(matrix, external)
    converged = np.ones(len(external), dtype=bool)
    if not found:
        return multipliers, converged
    forces = [
        np.broadcast_to(_padded(source.coefficient * source.vector * scale, matrix.shape[1]), external.shape) for source in found
    ]
    for _ in range(_STEPS):
        friction = np.zeros_like(external)
        slope = matrix.copy()
        for source, force in zip(found, forces, strict=True):
            pair = source.active(multipliers[:, source.rows])
            normal = np.linalg.norm(pair, axis=1)
            friction += normal[:, None] * force
            with np.errstate(invalid="ignore", divide="ignore"):
                gradient = np.where(normal[:, None] > 0.0, pair / normal[:, None], 0.0)
            slope[:, :, source.rows] += force[:, :, None] * gradient[:, None, :]
        residual = np.einsum("nij,nj->ni", matrix, multipliers) + external + friction
        converged = np.abs(residual).max(axis=1) <= 1e-10 * np.maximum(np.abs(external).max(axis=1), 1e-300)
        if converged.all():
            break
        with np.errstate(all="ignore"):
            multipliers = multipliers - _solved(slope, residual)
    return multipliers, np.asarray(converged)


def _padded(equations: Array, rows: int) -> Array:
    """Forces do not enter the equations of compatibility."""
    return np.pad(equations, ((0, 0), (0, rows - equations.shape[1])))


def _solved(matrix: Array, right: Array) -> Array:
    return np.asarray(np.linalg.solve(matrix, right[:, :, None])[:, :, 0], dtype=np.float64)
