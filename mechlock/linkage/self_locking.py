"""Self-locking by friction: from which coefficient on a load cannot open the drive, as a number and, for slides, a formula.

At the critical coefficient the mechanism is about to open under the load with no effort at the drive, all friction opposing.
Source: Mabie and Reinholtz, Mechanisms and Dynamics of Machinery, 4th ed. (wedges and screws: self-locking where the efficiency
backwards is zero).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
import sympy as sp

from mechlock.errors import NoVerdict
from mechlock.linkage import velocity
from mechlock.linkage.constraints import Array
from mechlock.linkage.friction import friction_under
from mechlock.linkage.mechanism import GROUND, Load, Mechanism
from mechlock.linkage.positions import Positions
from mechlock.linkage.statics import load_vector

LARGEST = 2.0
"""Coefficients beyond this are not looked at."""


@dataclass(frozen=True)
class CriticalFriction:
    """For one load of the lock, in the middle of its cone.

    Attributes
    ----------
    load : str
        Its name.
    coefficient : float or None
        Common coefficient of all joints with friction from which on the load cannot open the drive; 0 where it does not even
        without friction; None where it always does, or `reason` says why nothing is known.
    reason : str
        Why there is no figure.
    """

    load: str
    coefficient: float | None
    reason: str = ""


def opening_way(mechanism: Mechanism) -> int:
    """Which way the drive opens: against the stop's side, or as the file's release says; decreasing where it says nothing."""
    lock = mechanism.lock
    if lock is None:
        return -1
    if lock.stop is not None:
        return -lock.stop
    return (lock.release.opens if lock.release is not None else None) or -1


def critical_friction(positions: Positions, q: Array, load: Load) -> CriticalFriction:
    """Find the critical coefficient at one configuration, shape (1, unknowns).

    It is the greatest zero, by bisection to the last bits, of the effort that opening needs: effort grows with friction until
    the mechanism jams, and a jammed one is locked.
    """
    way = opening_way(positions.mechanism)
    angle = load.direction.nominal
    force = np.array([[np.cos(angle), np.sin(angle)]])
    external = load_vector(positions, q, {load.at: force})

    def locked(mu: float) -> bool:
        found = friction_under(positions, q, external, way, coefficient=mu)
        return bool(not found.converged[0] or found.effort[0] >= 0.0)

    try:
        if not any(joint.friction is not None for joint in positions.mechanism.joints):
            return CriticalFriction(load.name, None, "no joint has friction")
        if locked(0.0):
            return CriticalFriction(load.name, 0.0)
        if not locked(LARGEST):
            return CriticalFriction(load.name, None, f"it opens even at a coefficient of {LARGEST:g}")
        low, high = 0.0, LARGEST
        while high - low > 1e-15 + 1e-14 * high:
            middle = 0.5 * (low + high)
            low, high = (low, middle) if locked(middle) else (middle, high)
        return CriticalFriction(load.name, high)
    except NoVerdict as error:
        return CriticalFriction(load.name, None, error.what)


def slide_equation(positions: Positions, q: Array, load: Load) -> sp.Eq | None:
    """Equation in ``mu`` of the critical state of a chain of slides alone; None for other mechanisms.

    All bodies translate, so each has two equations of force. The unknowns are the normal forces, one fewer than the equations:
    they have a solution without effort at the drive where the determinant with the load's column vanishes. Directions of friction
    are those of the opening motion, signs of the normal forces those of the frictionless state; angles stay symbols.
    """
    mechanism, constraints = positions.mechanism, positions.constraints
    joints = mechanism.joints
    if any(joint.kind != "prismatic" for joint in joints) or len(joints) != 2 * len(constraints.bodies) - 1:
        return None
    direction: dict[str, sp.Expr] = {GROUND: sp.S.Zero}
    while len(direction) <= len(constraints.bodies):
        for joint in joints:
            one, two = joint.bodies
            if one in direction:
                direction.setdefault(two, direction[one] + joint.angle)
            elif two in direction:
                direction.setdefault(one, direction[two] - joint.angle)
    mu = sp.Symbol("mu", nonnegative=True)
    v = opening_way(mechanism) * velocity.rates(constraints, q)
    angle = load.direction.nominal
    frictionless = friction_under(
        positions, q, load_vector(positions, q, {load.at: np.array([[np.cos(angle), np.sin(angle)]])}), opening_way(mechanism),
        coefficient=0.0,
    )  # fmt: skip
    columns: list[sp.Matrix] = []
    for joint, numeric in zip(joints, constraints.joints, strict=True):
        axis = direction[joint.first.body] + joint.axis
        along, across = sp.Matrix([sp.cos(axis), sp.sin(axis)]), sp.Matrix([-sp.sin(axis), sp.cos(axis)])
        sense = int(np.sign(velocity.travel_rate(positions, joint.name, q, v)[0]))
        side = int(np.sign(frictionless.normals[joint.name][0])) or 1
        force = across - (mu * sense * side * along if joint.friction is not None else sp.zeros(2, 1))
        column = sp.zeros(2 * len(constraints.bodies), 1)
        for body, sign in ((numeric.second, 1), (numeric.first, -1)):
            if body >= 0:
                column[2 * body : 2 * body + 2, 0] = sign * force
        columns.append(column)
    given = sp.zeros(2 * len(constraints.bodies), 1)
    row = 2 * constraints.bodies.index(load.at.body)
    exact = load.direction.exact[0]
    given[row, 0], given[row + 1, 0] = sp.cos(exact), sp.sin(exact)
    determinant = sp.Matrix.hstack(*columns, given).det()
    whole = sp.collect(sp.expand(sp.trigsimp(sp.expand_trig(sp.expand(determinant)))), mu)
    return cast(sp.Eq, sp.Eq(whole, 0, evaluate=False))
