"""The constraint equations of a mechanism and their derivatives, vectorised over many configurations.

A configuration is (x, y, angle) of every moving body's own frame (mm, rad). Rows of angles are multiplied by a length, so
that all residuals are lengths. Source: Nikravesh, Planar Multibody Dynamics, CRC Press 2008, chapter 4 and 7 (body-coordinate
formulation).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import sympy as sp

from mechlock.linkage.compile import size_of
from mechlock.linkage.mechanism import GROUND, Mechanism

Array = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class NumericJoint:
    """A joint with numbers: body indices (-1 for ground), local points, and for sliders the local axis and the fixed angle."""

    name: str
    revolute: bool
    first: int
    second: int
    p: Array
    q: Array
    axis: float
    angle: float
    offset: Array


@dataclass(frozen=True)
class Constraints:
    """The constraint equations at given dimensions.

    Attributes
    ----------
    bodies : tuple of str
        Moving bodies; body i has the coordinates 3 i to 3 i + 2.
    joints : tuple of NumericJoint
        All joints, the driven one included.
    drive : int
        Index of the driven joint.
    sliding : bool
        Whether the drive is a travel.
    size : float
        Length that weighs angle rows (mm).
    """

    bodies: tuple[str, ...]
    joints: tuple[NumericJoint, ...]
    drive: int
    sliding: bool
    size: float

    @property
    def unknowns(self) -> int:
        """Number of coordinates."""
        return 3 * len(self.bodies)

    @property
    def rows(self) -> int:
        """Number of constraint rows without the drive's, which is the last one."""
        return 2 * len(self.joints)

    def frame(self, q: Array, body: int) -> tuple[Array, Array, Array, Array]:
        """Position, angle, cosine and sine of a body for every configuration."""
        if body < 0:
            zero = np.zeros(len(q))
            return np.zeros((len(q), 2)), zero, np.ones(len(q)), zero
        angle = q[:, 3 * body + 2]
        return q[:, 3 * body : 3 * body + 2], angle, np.cos(angle), np.sin(angle)

    def arm(self, q: Array, body: int, local: Array) -> Array:
        """Vector from a body's origin to a point of it, in ground's frame."""
        _, _, c, s = self.frame(q, body)
        found = np.empty((len(q), 2))
        found[:, 0], found[:, 1] = c * local[0] - s * local[1], s * local[0] + c * local[1]
        return found

    def point(self, q: Array, body: int, local: Array) -> Array:
        """Position of a point of a body."""
        return self.frame(q, body)[0] + self.arm(q, body, local)

    def axes(self, q: Array, joint: NumericJoint) -> tuple[Array, Array]:
        """Unit vectors along and across a slider."""
        along = self.arm(q, joint.first, np.array([np.cos(joint.axis), np.sin(joint.axis)]))
        return along, turned(along)

    def residual(self, q: Array, drive: Array) -> Array:
        """Residuals, shape (n, rows + 1), in mm; `q` has shape (n, unknowns), `drive` shape (n,)."""
        rows: list[Array] = []
        for joint in self.joints:
            gap = self.point(q, joint.second, joint.q) - self.point(q, joint.first, joint.p)
            if joint.revolute:
                rows += list((gap - joint.offset).T)
            else:
                _, across = self.axes(q, joint)
                rows += [_dot(gap, across), self.size * wrapped(self.turn(q, joint) - joint.angle)]
        joint = self.joints[self.drive]
        if self.sliding:
            rows.append(self.travel(q, joint) - drive)
        else:
            rows.append(self.size * wrapped(self.turn(q, joint) - drive))
        return np.stack(rows, axis=1)

    def turn(self, q: Array, joint: NumericJoint) -> Array:
        """Second body's angle minus the first's."""
        return self.frame(q, joint.second)[1] - self.frame(q, joint.first)[1]

    def travel(self, q: Array, joint: NumericJoint) -> Array:
        """Signed distance along a slider's axis."""
        gap = self.point(q, joint.second, joint.q) - self.point(q, joint.first, joint.p)
        return _dot(gap, self.axes(q, joint)[0])

    def jacobian(self, q: Array) -> Array:
        """Derivatives of the residuals, shape (n, rows + 1, unknowns)."""
        result = np.zeros((len(q), self.rows + 1, self.unknowns))
        for index, joint in enumerate(self.joints):
            row = 2 * index
            if joint.revolute:
                for body, local, sign in ((joint.second, joint.q, 1.0), (joint.first, joint.p, -1.0)):
                    if body >= 0:
                        arm = self.arm(q, body, local)
                        result[:, row, 3 * body] += sign
                        result[:, row + 1, 3 * body + 1] += sign
                        result[:, row, 3 * body + 2] -= sign * arm[:, 1]
                        result[:, row + 1, 3 * body + 2] += sign * arm[:, 0]
            else:
                along, across = self.axes(q, joint)
                gap = self.point(q, joint.second, joint.q) - self.point(q, joint.first, joint.p)
                self._point_row(result[:, row], q, joint, across)
                self._add(result[:, row], joint.first, 2, -_dot(gap, along))
                self._turn_row(result[:, row + 1], joint)
        joint, last = self.joints[self.drive], result[:, self.rows]
        if self.sliding:
            along, across = self.axes(q, joint)
            gap = self.point(q, joint.second, joint.q) - self.point(q, joint.first, joint.p)
            self._point_row(last, q, joint, along)
            self._add(last, joint.first, 2, _dot(gap, across))
        else:
            self._turn_row(last, joint)
        return result

    def _add(self, row: Array, body: int, coordinate: int, value: Array | float) -> None:
        if body >= 0:
            row[:, 3 * body + coordinate] += value

    def _point_row(self, row: Array, q: Array, joint: NumericJoint, direction: Array) -> None:
        for body, local, sign in ((joint.second, joint.q, 1.0), (joint.first, joint.p, -1.0)):
            self._add(row, body, 0, sign * direction[:, 0])
            self._add(row, body, 1, sign * direction[:, 1])
            self._add(row, body, 2, sign * _dot(turned(self.arm(q, body, local)), direction))

    def _turn_row(self, row: Array, joint: NumericJoint) -> None:
        self._add(row, joint.second, 2, self.size)
        self._add(row, joint.first, 2, -self.size)

    def drive_rate(self) -> Array:
        """Right-hand side of ``jacobian @ dq/d(drive)``, shape (rows + 1,)."""
        rate = np.zeros(self.rows + 1)
        rate[-1] = 1.0 if self.sliding else self.size
        return rate

    def curvature(self, q: Array, v: Array) -> Array:
        """Right-hand side of ``jacobian @ d2q`` from the velocities alone (centripetal, Coriolis), shape (n, rows + 1)."""
        rows: list[Array] = []
        zero = np.zeros(len(q))
        for joint in self.joints:
            swing = self._swing(q, v, joint)
            if joint.revolute:
                rows += list(swing.T)
            else:
                along, across = self.axes(q, joint)
                gap, slide, omega = self._relative(q, v, joint)
                rows += [_dot(swing, across) + omega**2 * _dot(gap, across) + 2.0 * omega * _dot(slide, along), zero]
        joint = self.joints[self.drive]
        if self.sliding:
            along, across = self.axes(q, joint)
            gap, slide, omega = self._relative(q, v, joint)
            swing = self._swing(q, v, joint)
            rows.append(_dot(swing, along) + omega**2 * _dot(gap, along) - 2.0 * omega * _dot(slide, across))
        else:
            rows.append(zero)
        return np.stack(rows, axis=1)

    def _omega(self, v: Array, body: int) -> Array:
        return v[:, 3 * body + 2] if body >= 0 else np.zeros(len(v))

    def _swing(self, q: Array, v: Array, joint: NumericJoint) -> Array:
        second = self._omega(v, joint.second)[:, None] ** 2 * self.arm(q, joint.second, joint.q)
        return second - self._omega(v, joint.first)[:, None] ** 2 * self.arm(q, joint.first, joint.p)

    def _relative(self, q: Array, v: Array, joint: NumericJoint) -> tuple[Array, Array, Array]:
        gap = self.point(q, joint.second, joint.q) - self.point(q, joint.first, joint.p)
        slide = self.velocity(q, v, joint.second, joint.q) - self.velocity(q, v, joint.first, joint.p)
        return gap, slide, self._omega(v, joint.first)

    def velocity(self, q: Array, v: Array, body: int, local: Array) -> Array:
        """Velocity of a point of a body."""
        if body < 0:
            return np.zeros((len(q), 2))
        return v[:, 3 * body : 3 * body + 2] + self._omega(v, body)[:, None] * turned(self.arm(q, body, local))

    def acceleration(self, q: Array, v: Array, a: Array, body: int, local: Array) -> Array:
        """Acceleration of a point of a body."""
        if body < 0:
            return np.zeros((len(q), 2))
        arm = self.arm(q, body, local)
        turning = a[:, 3 * body + 2][:, None] * turned(arm) - self._omega(v, body)[:, None] ** 2 * arm
        return a[:, 3 * body : 3 * body + 2] + turning


def numeric(mechanism: Mechanism, values: Mapping[str, float] | None = None) -> Constraints:
    """Put numbers into the constraint equations: nominal ones, but for the parameters and offsets in `values`."""
    known = {symbol: sp.Float(value, 17) for symbol, value in mechanism.nominal().items()}
    known.update({sp.Symbol(name, real=True): sp.Float(value, 17) for name, value in (values or {}).items()})

    def number(expression: sp.Expr) -> float:
        return float(expression.xreplace(known))  # pyright: ignore[reportArgumentType]

    index = {name: i for i, name in enumerate(mechanism.moving)} | {GROUND: -1}
    joints: list[NumericJoint] = []
    for joint in mechanism.joints:
        p, q, offset = (
            np.array([number(c) for c in pair])
            for pair in (mechanism.local(joint.first), mechanism.local(joint.second), joint.offset)
        )
        ends = index[joint.first.body], index[joint.second.body]
        joints.append(
            NumericJoint(joint.name, joint.kind == "revolute", *ends, p, q, number(joint.axis), number(joint.angle), offset)
        )
    drive = [joint.name for joint in joints].index(mechanism.drive.joint)
    return Constraints(mechanism.moving, tuple(joints), drive, mechanism.drive.sliding, size_of(mechanism) / len(index))


def wrapped(angle: Array) -> Array:
    """Bring angles into (-pi, pi]."""
    return -np.remainder(-angle + np.pi, 2.0 * np.pi) + np.pi


def turned(vector: Array) -> Array:
    """Turn by a right angle, counter-clockwise."""
    return np.stack([-vector[..., 1], vector[..., 0]], axis=-1)


def _dot(a: Array, b: Array) -> Array:
    return np.einsum("ij,ij->i", a, b)
