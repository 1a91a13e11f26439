"""Joint forces with friction: friction circles at pins, Coulomb friction at sliders, for a drive that moves one way.

Each pin's reaction passes its axis at the radius of the friction circle, ``r mu / sqrt(1 + mu^2)``, on the side that opposes
the pin's turning; each slider's friction is ``mu`` times its normal force against its sliding. The directions follow from
the frictionless motion, which friction cannot change in a linkage of one degree of freedom. Source: Mabie and Reinholtz,
Mechanisms and Dynamics of Machinery, 4th ed., chapter on static force analysis with friction (friction circle).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import sympy as sp

from mechlock.errors import NoVerdict
from mechlock.linkage import velocity
from mechlock.linkage.constraints import Array, Bools, NumericJoint
from mechlock.linkage.mechanism import PointName
from mechlock.linkage.positions import Positions
from mechlock.linkage.statics import load_vector

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
    """

    effort: Array
    frictionless: Array
    reactions: Mapping[str, Array]
    converged: Bools

    @property
    def efficiency(self) -> Array:
        """Of driving a load that resists: frictionless effort over the real one; of a driving load: the other way round."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.frictionless > 0.0, self.frictionless / self.effort, self.effort / self.frictionless)


def friction_forces(positions: Positions, q: Array, loads: Mapping[PointName, Array], moving: int) -> FrictionForces:
    """Solve the free-body equations with friction.

    Parameters
    ----------
    positions : Positions
        The linkage, with its coefficients of friction (`values` of `Positions` set other ones).
    q : array, shape (1, unknowns)
        Configuration.
    loads : mapping of PointName to array, shape (n, 2)
        Forces on points (N).
    moving : {1, -1}
        Whether the drive coordinate increases or decreases.

    Raises
    ------
    NoVerdict
        At a limit of travel, or where redundant constraints leave the reactions open.
    """
    constraints = positions.constraints
    matrix = np.swapaxes(constraints.jacobian(q), 1, 2)[0]
    if matrix.shape[0] != matrix.shape[1]:
        raise NoVerdict("reactions of redundant constraints are not determined, so friction is not", positions.mechanism.where)
    scale = np.tile([1.0, 1.0, 1.0 / constraints.size], len(constraints.bodies))
    scaled = matrix * scale[:, None]
    s = np.linalg.svd(scaled, compute_uv=False)
    if s[-1] <= velocity.SINGULAR * s[0]:
        raise NoVerdict("the drive is at a limit of travel: joint forces grow without bound there", positions.mechanism.where)
    external = load_vector(positions, q, loads) * scale
    v = moving * velocity.rates(constraints, q)
    sources = [
        source for index, joint in enumerate(constraints.joints) for source in _sources(positions, q, v, index, joint, scale)
    ]
    multipliers = np.linalg.solve(scaled, -external.T).T
    last = constraints.size if not constraints.sliding else 1.0
    frictionless = multipliers[:, -1] * last * moving
    converged = np.zeros(len(external), dtype=bool)
    for _ in range(_STEPS):
        friction = np.zeros_like(external)
        slope = np.broadcast_to(scaled, (len(external), *scaled.shape)).copy()
        for source in sources:
            pair = source.active(multipliers[:, source.rows])
            normal = np.linalg.norm(pair, axis=1)
            friction += source.coefficient * normal[:, None] * source.vector
            with np.errstate(invalid="ignore", divide="ignore"):
                gradient = np.where(normal[:, None] > 0.0, pair / normal[:, None], 0.0)
            slope[:, :, source.rows] += source.coefficient * source.vector[:, None] * gradient[:, None, :]
        residual = multipliers @ scaled.T + external + friction
        converged = np.abs(residual).max(axis=1) <= 1e-10 * np.maximum(np.abs(external).max(axis=1), 1e-300)
        if converged.all():
            break
        with np.errstate(all="ignore"):
            multipliers = multipliers - np.linalg.solve(slope, residual[:, :, None])[:, :, 0]
    effort = np.where(converged, multipliers[:, -1] * last * moving, np.nan)
    names = [joint.name for joint in constraints.joints]
    sizes = {name: np.linalg.norm(multipliers[:, 2 * i : 2 * i + 2], axis=1) for i, name in enumerate(names)}
    return FrictionForces(effort, frictionless, sizes, converged)


@dataclass(frozen=True)
class _Source:
    """Friction of one joint: ``coefficient * normal force * vector`` in the free-body equations.

    `rows` hold the normal force; with a `side` it counts only where it has that sign (a disc touches one side of its slot).
    """

    rows: slice
    coefficient: float
    vector: Array
    side: int = 0

    def active(self, force: Array) -> Array:
        """The part of a normal force that makes friction."""
        return force if self.side == 0 else np.where(np.sign(force) == self.side, force, 0.0)


def _sources(positions: Positions, q: Array, v: Array, index: int, joint: NumericJoint, scale: Array) -> list[_Source]:
    mu = _coefficient(positions, joint.name)
    if mu == 0.0:
        return []
    constraints = positions.constraints
    vector = np.zeros(constraints.unknowns)
    omegas = [v[0, 3 * body + 2] if body >= 0 else 0.0 for body in (joint.first, joint.second)]
    radius = positions.mechanism.joint(joint.name).pin_radius or 0.0
    if joint.revolute:
        turning = np.sign(omegas[1] - omegas[0])
        for body, sign in ((joint.second, -1.0), (joint.first, 1.0)):
            if body >= 0:
                vector[3 * body + 2] += sign * turning
        circle = radius * mu / np.sqrt(1.0 + mu**2)
        return [_Source(slice(2 * index, 2 * index + 2), circle, vector * scale)]
    if radius > 0.0:
        return [_disc(positions, q, v, index, joint, scale, mu, radius, side) for side in (1, -1)]
    sliding = np.sign(velocity.travel_rate(positions, joint.name, q, v)[0])
    along = constraints.axes(q, joint)[0][0]
    _push(constraints.arm(q, joint.second, joint.q)[0], vector, joint.second, -sliding * along)
    gap = constraints.point(q, joint.second, joint.q)[0] - constraints.frame(q, joint.first)[0][0]
    _push(gap, vector, joint.first, sliding * along)
    return [_Source(slice(2 * index, 2 * index + 1), mu, vector * scale)]


def _disc(
    positions: Positions, q: Array, v: Array, index: int, joint: NumericJoint, scale: Array, mu: float, radius: float, side: int
) -> _Source:
    """A disc of the pin's radius that slides in its slot: friction acts where they touch, at `-side` times across."""
    constraints = positions.constraints
    pin = next(other for other in constraints.joints if other.name == f"{joint.name}~pin")
    disc = pin.first
    along, across = (axis[0] for axis in constraints.axes(q, joint))
    slide = velocity.travel_rate(positions, joint.name, q, v)[0]
    omegas = [v[0, 3 * body + 2] if body >= 0 else 0.0 for body in (joint.first, disc)]
    sense = float(np.sign(slide + side * radius * (omegas[1] - omegas[0])))
    vector = np.zeros(constraints.unknowns)
    touch = constraints.point(q, joint.second, joint.q)[0] - side * radius * across
    for body, sign in ((disc, -1.0), (joint.first, 1.0)):
        if body >= 0:
            _push(touch - constraints.frame(q, body)[0][0], vector, body, sign * sense * along)
    return _Source(slice(2 * index, 2 * index + 1), mu, vector * scale, side)


def _push(arm: Array, vector: Array, body: int, force: Array) -> None:
    if body >= 0:
        vector[3 * body : 3 * body + 2] += force
        vector[3 * body + 2] += arm[0] * force[1] - arm[1] * force[0]


def _coefficient(positions: Positions, name: str) -> float:
    friction = positions.mechanism.joint(name).friction
    if friction is None or name.endswith("~pin"):
        return 0.0
    known = {symbol: sp.Float(value, 17) for symbol, value in positions.mechanism.nominal().items()}
    known.update({sp.Symbol(key, real=True): sp.Float(value, 17) for key, value in positions.values.items()})
    return float(friction.xreplace(known))  # pyright: ignore[reportArgumentType]
