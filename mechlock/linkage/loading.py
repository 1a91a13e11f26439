"""Generalised forces of weight, springs, given forces, actuators and inertia on all bodies, for many configurations at once.

Each is a row of (force x, force y, moment about the body's origin) per moving body, in N and N·mm. Source: Nikravesh, Planar
Multibody Dynamics, CRC Press 2008, chapter 8 (body-coordinate formulation); inertia after d'Alembert.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from mechlock.linkage.actions import Actions, Spring, TorsionSpring
from mechlock.linkage.constraints import Array, wrapped
from mechlock.linkage.mechanism import GROUND, PointName
from mechlock.linkage.positions import Positions


class Loading:
    """What acts on a mechanism, with numbers.

    Parameters
    ----------
    positions : Positions
        The linkage at its dimensions.
    loads : mapping of PointName to array, shape (2,) or (n, 2), optional
        Further forces on points (N, ground's frame).

    Attributes
    ----------
    actions : Actions
        From the file.
    """

    def __init__(self, positions: Positions, loads: Mapping[PointName, Array] | None = None) -> None:
        self.positions = positions
        self.constraints = positions.constraints
        self.actions = positions.mechanism.actions or Actions()
        self.loads = dict(loads or {})
        self._index = {name: i for i, name in enumerate(self.constraints.bodies)} | {GROUND: -1}
        masses = self.actions.masses.items()
        self._centres = {body: np.array([positions.number(c) for c in entry.centre]) for body, entry in masses}

    def _push(self, vector: Array, q: Array, body: int, local: Array, force: Array) -> None:
        """Add a force on a local point of a body."""
        if body < 0:
            return
        arm = self.constraints.arm(q, body, local)
        vector[:, 3 * body : 3 * body + 2] += force
        vector[:, 3 * body + 2] += arm[:, 0] * force[:, 1] - arm[:, 1] * force[:, 0]

    def _local(self, point: PointName) -> tuple[int, Array]:
        return self._index[point.body], self.positions.local_points[point]

    def acting(self, q: Array, v: Array | None = None, base: Array | None = None) -> Array:
        """Weight, springs, given forces and actuators, shape (n, unknowns).

        Parameters
        ----------
        q : array, shape (n, unknowns)
            Configurations.
        v : array, shape (n, unknowns), optional
            Velocities, for dampers.
        base : array, shape (n, 2), optional
            Acceleration of ground (mm/s²); masses feel its opposite.
        """
        vector = np.zeros((len(q), self.constraints.unknowns))
        field = np.broadcast_to(np.array(self.actions.gravity), (len(q), 2)) - (0.0 if base is None else base)
        for body, entry in self.actions.masses.items():
            self._push(vector, q, self._index[body], self._centres[body], entry.mass * field)
        for spring in self.actions.springs:
            self._between(vector, q, spring.first, spring.second, -self.spring_pull(spring, q, v))
        for actuator in self.actions.actuators:
            self._between(vector, q, actuator.first, actuator.second, np.full(len(q), actuator.force))
        for spring in self.actions.torsion_springs:
            torque = -self.spring_torque(spring, q, v)
            joint = next(j for j in self.constraints.joints if j.name == spring.joint)
            for body, sign in ((joint.second, 1.0), (joint.first, -1.0)):
                if body >= 0:
                    vector[:, 3 * body + 2] += sign * torque
        for force in self.actions.forces:
            if force.at is not None:
                self._push(vector, q, *self._local(force.at), np.broadcast_to(np.array(force.force), (len(q), 2)))
            vector[:, 3 * self._index[force.body] + 2] += force.torque
        for point, given in self.loads.items():
            self._push(vector, q, *self._local(point), np.broadcast_to(given, (len(q), 2)))
        return vector

    def _between(self, vector: Array, q: Array, first: PointName, second: PointName, push: Array) -> None:
        """Push two points apart along the line between them."""
        gap, length = self._gap(q, first, second)
        force = push[:, None] * gap / np.maximum(length, 1e-12)[:, None]
        self._push(vector, q, *self._local(second), force)
        self._push(vector, q, *self._local(first), -force)

    def _gap(self, q: Array, first: PointName, second: PointName) -> tuple[Array, Array]:
        gap = self.constraints.point(q, *self._local(second)) - self.constraints.point(q, *self._local(first))
        return gap, np.linalg.norm(gap, axis=1)

    def spring_length(self, spring: Spring, q: Array) -> Array:
        """Distance of a spring's ends (mm), shape (n,)."""
        return self._gap(q, spring.first, spring.second)[1]

    def spring_pull(self, spring: Spring, q: Array, v: Array | None = None) -> Array:
        """Pull of a spring and its damper (N, positive in tension), shape (n,)."""
        gap, length = self._gap(q, spring.first, spring.second)
        pull = spring.preload + spring.rate * (length - spring.free_length)
        if v is not None and spring.damping > 0.0:
            speed = self.constraints.velocity(q, v, *self._local(spring.second))
            speed = speed - self.constraints.velocity(q, v, *self._local(spring.first))
            pull = pull + spring.damping * np.einsum("ij,ij->i", speed, gap) / np.maximum(length, 1e-12)
        if spring.acts == "both":
            return pull
        return np.maximum(pull, 0.0) if spring.acts == "pull" else np.minimum(pull, 0.0)

    def spring_torque(self, spring: TorsionSpring, q: Array, v: Array | None = None) -> Array:
        """Torque of a torsion spring and its damper against the joint's angle (N·mm), shape (n,)."""
        joint = next(j for j in self.constraints.joints if j.name == spring.joint)
        turn = spring.free_angle + wrapped(self.constraints.turn(q, joint) - spring.free_angle)
        torque = spring.preload + spring.rate * (turn - spring.free_angle)
        if v is not None and spring.damping > 0.0:
            omegas = [v[:, 3 * body + 2] if body >= 0 else np.zeros(len(q)) for body in (joint.first, joint.second)]
            torque = torque + spring.damping * (omegas[1] - omegas[0])
        return torque

    def inertia(self, q: Array, v: Array, a: Array) -> Array:
        """D'Alembert's forces of given velocities and accelerations, shape (n, unknowns)."""
        vector = np.zeros_like(q)
        for body, entry in self.actions.masses.items():
            index, centre = self._index[body], self._centres[body]
            moved = self.constraints.acceleration(q, v, a, index, centre)
            self._push(vector, q, index, centre, -entry.mass * moved)
            vector[:, 3 * index + 2] -= entry.inertia * a[:, 3 * index + 2]
        return vector

    def kinetic_energy(self, q: Array, v: Array) -> Array:
        """N·mm, shape (n,)."""
        total = np.zeros(len(q))
        for body, entry in self.actions.masses.items():
            index = self._index[body]
            speed = self.constraints.velocity(q, v, index, self._centres[body])
            total += 0.5 * entry.mass * np.einsum("ij,ij->i", speed, speed)
            total += 0.5 * entry.inertia * v[:, 3 * index + 2] ** 2
        return total

    def potential_energy(self, q: Array) -> Array:
        """Of weight, springs, constant forces, torques, actuators and further loads, up to a constant (N·mm), shape (n,).

        Springs that act one way count as far as they act; torques as the angle within (-pi, pi].
        """
        total = np.zeros(len(q))
        for body, entry in self.actions.masses.items():
            centre = self.constraints.point(q, self._index[body], self._centres[body])
            total -= entry.mass * centre @ np.array(self.actions.gravity)
        for spring in self.actions.springs:
            total += _spring_energy(spring, self.spring_length(spring, q))
        for spring in self.actions.torsion_springs:
            joint = next(j for j in self.constraints.joints if j.name == spring.joint)
            turn = wrapped(self.constraints.turn(q, joint) - spring.free_angle)
            total += spring.preload * turn + 0.5 * spring.rate * turn**2
        for actuator in self.actions.actuators:
            total -= actuator.force * self._gap(q, actuator.first, actuator.second)[1]
        for force in self.actions.forces:
            total -= force.torque * q[:, 3 * self._index[force.body] + 2]
            if force.at is not None:
                total -= self.constraints.point(q, *self._local(force.at)) @ np.array(force.force)
        for point, given in self.loads.items():
            total -= np.einsum("ij,ij->i", self.constraints.point(q, *self._local(point)), np.broadcast_to(given, (len(q), 2)))
        return total

    def momentum(self, q: Array, v: Array) -> Array:
        """Momentum of all masses (N·s), shape (n, 2): the work of a moving ground is its product with the acceleration."""
        total = np.zeros((len(q), 2))
        for body, entry in self.actions.masses.items():
            total += entry.mass * self.constraints.velocity(q, v, self._index[body], self._centres[body])
        return total


def _spring_energy(spring: Spring, length: Array) -> Array:
    """Integral of the pull from where it vanishes, or from the free length where the rate is zero."""
    if spring.rate == 0.0:
        acts = spring.acts == "both" or (spring.preload > 0.0) == (spring.acts == "pull")
        return spring.preload * (length - spring.free_length) * acts
    pull = spring.preload + spring.rate * (length - spring.free_length)
    if spring.acts != "both":
        pull = np.maximum(pull, 0.0) if spring.acts == "pull" else np.minimum(pull, 0.0)
    return 0.5 * pull**2 / spring.rate
