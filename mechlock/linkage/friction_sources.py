"""Where friction acts in a moving linkage: friction circles of pins, faces of sliders, rims of discs.

Each source is a generalised force per newton of its normal force, directed against the motion. Source: Mabie and Reinholtz,
Mechanisms and Dynamics of Machinery, 4th ed., chapter on static force analysis with friction (friction circle).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mechlock.linkage import velocity
from mechlock.linkage.constraints import Array, NumericJoint, turned
from mechlock.linkage.positions import Positions


@dataclass(frozen=True)
class Source:
    """Friction of one joint: ``coefficient * normal force * vector`` in the free-body equations of n configurations.

    Attributes
    ----------
    joint : str
        Which.
    rows : slice
        The multipliers that make up the normal force.
    coefficient : float
        Friction coefficient, or the friction circle's radius (mm).
    vector : array, shape (n, unknowns)
        Generalised force per newton.
    side : int
        With a side the normal force counts only where it has that sign (a disc touches one side of its slot).
    """

    joint: str
    rows: slice
    coefficient: float
    vector: Array
    side: int = 0

    def active(self, force: Array) -> Array:
        """The part of a normal force that makes friction."""
        return force if self.side == 0 else np.where(np.sign(force) == self.side, force, 0.0)


def sources(positions: Positions, q: Array, v: Array, common: float | None = None) -> list[Source]:
    """All sources of friction.

    Parameters
    ----------
    q, v : array, shape (n, unknowns)
        Configurations and velocities; only the directions of the velocities count.
    common : float, optional
        Coefficient of all joints with friction, instead of theirs.
    """
    found: list[Source] = []
    for index, joint in enumerate(positions.constraints.joints):
        mu = coefficient(positions, joint.name, common)
        if mu > 0.0:
            found += _of_joint(positions, q, v, index, joint, mu)
    return found


def _omega(v: Array, body: int) -> Array:
    return v[:, 3 * body + 2] if body >= 0 else np.zeros(len(v))


def _of_joint(positions: Positions, q: Array, v: Array, index: int, joint: NumericJoint, mu: float) -> list[Source]:
    constraints = positions.constraints
    vector = np.zeros((len(q), constraints.unknowns))
    written = positions.mechanism.joint(joint.name)
    radius = written.pin_radius or 0.0
    if written.contact is not None and written.contact.kind == "circles":
        return [_circles(positions, q, v, index, joint, mu)]
    if written.contact is not None and written.contact.kind == "disc":
        radius = positions.number(written.contact.radii[1])
        return [_disc(positions, q, v, index, joint, mu, radius, written.contact.side)]
    if joint.revolute:
        turning = np.sign(_omega(v, joint.second) - _omega(v, joint.first))
        for body, sign in ((joint.second, -1.0), (joint.first, 1.0)):
            if body >= 0:
                vector[:, 3 * body + 2] += sign * turning
        circle = radius * mu / np.sqrt(1.0 + mu**2)
        return [Source(joint.name, slice(2 * index, 2 * index + 2), circle, vector)]
    if radius > 0.0:
        return [_disc(positions, q, v, index, joint, mu, radius, side) for side in (1, -1)]
    sliding = np.sign(velocity.travel_rate(positions, joint.name, q, v))[:, None]
    along = constraints.axes(q, joint)[0]
    push(vector, joint.second, constraints.arm(q, joint.second, joint.q), -sliding * along)
    if joint.first >= 0:
        gap = constraints.point(q, joint.second, joint.q) - constraints.frame(q, joint.first)[0]
        push(vector, joint.first, gap, sliding * along)
    return [Source(joint.name, slice(2 * index, 2 * index + 1), mu, vector)]


def _disc(
    positions: Positions, q: Array, v: Array, index: int, joint: NumericJoint, mu: float, radius: float, side: int
) -> Source:
    """A disc of the pin's radius that slides in its slot: friction acts where they touch, at `-side` times across."""
    constraints = positions.constraints
    pin = next(other for other in constraints.joints if other.name == f"{joint.name}~pin")
    disc = pin.first
    along, across = constraints.axes(q, joint)
    slide = velocity.travel_rate(positions, joint.name, q, v)
    sense = np.sign(slide + side * radius * (_omega(v, disc) - _omega(v, joint.first)))[:, None]
    vector = np.zeros((len(q), constraints.unknowns))
    touch = constraints.point(q, pin.second, pin.q) - side * radius * across
    for body, sign in ((disc, -1.0), (joint.first, 1.0)):
        if body >= 0:
            push(vector, body, touch - constraints.frame(q, body)[0], sign * sense * along)
    return Source(joint.name, slice(2 * index, 2 * index + 1), mu, vector, side)


def _circles(positions: Positions, q: Array, v: Array, index: int, joint: NumericJoint, mu: float) -> Source:
    """Two circles that touch: friction acts across the line of their centres, where they touch."""
    constraints = positions.constraints
    far = next(other for other in constraints.joints if other.name == f"{joint.name}~far")
    contact = positions.mechanism.joint(joint.name).contact
    assert contact is not None
    one, two = (positions.number(radius) for radius in contact.radii)
    centre = constraints.point(q, joint.first, joint.p)
    gap = constraints.point(q, far.second, far.q) - centre
    towards = gap / np.linalg.norm(gap, axis=1)[:, None]
    touch = centre + (one if contact.side > 0 or one > two else -one) * towards
    across = turned(towards)
    ends = (far.second, 1.0), (joint.first, -1.0)
    slip = sum((sign * _dot(_field(positions, q, v, body, touch), across) for body, sign in ends), np.zeros(len(q)))
    vector = np.zeros((len(q), constraints.unknowns))
    for body, sign in ends:
        if body >= 0:
            push(vector, body, touch - constraints.frame(q, body)[0], -sign * np.sign(slip)[:, None] * across)
    return Source(joint.name, slice(2 * index, 2 * index + 2), mu, vector)


def _field(positions: Positions, q: Array, v: Array, body: int, at: Array) -> Array:
    """Velocity of a body's material at given places."""
    if body < 0:
        return np.zeros((len(q), 2))
    return v[:, 3 * body : 3 * body + 2] + _omega(v, body)[:, None] * turned(at - positions.constraints.frame(q, body)[0])


def _dot(a: Array, b: Array) -> Array:
    return np.einsum("ij,ij->i", a, b)


def push(vector: Array, body: int, arm: Array, force: Array) -> None:
    """Add a force at `arm` from a body's origin to generalised forces."""
    if body >= 0:
        vector[:, 3 * body : 3 * body + 2] += force
        vector[:, 3 * body + 2] += arm[:, 0] * force[:, 1] - arm[:, 1] * force[:, 0]


def coefficient(positions: Positions, name: str, common: float | None = None) -> float:
    """Coefficient of friction of a joint (0 without), or the common one of those that have friction."""
    friction = positions.mechanism.joint(name).friction
    if friction is None or name.endswith(("~pin", "~far")):
        return 0.0
    return positions.number(friction) if common is None else common
