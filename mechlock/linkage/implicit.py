"""Derivatives of positions and velocities by every dimension from the constraint equations alone, for any linkage.

``F(q, d, p) = 0`` differentiated by a parameter p gives ``F_q q_p = -F_p``, and ``F_q v = r`` for the velocities v gives
``F_q v_p = -(F_qp + F_qq q_p) v``; all terms are exact. Where constraints are redundant, one dimension that changes alone leaves
gaps which the joints have to close: with the joints' compliance C their forces x, in equilibrium on rigid bodies, close them,
``F_q q_p - C x = -F_p`` and ``F_q' x = 0``; without redundancy x is zero and the first equation is the one above. Source: Haug,
Computer Aided Kinematics and Dynamics of Mechanical Systems, 1989, chapter 3; Krantz and Parks, The Implicit Function Theorem,
2003; Timoshenko and Young, Theory of Structures (initial strains in statically indeterminate structures).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import sympy as sp

from mechlock.errors import NoVerdict
from mechlock.linkage import velocity
from mechlock.linkage.constraints import Array, Constraints, NumericJoint, turned
from mechlock.linkage.mechanism import Mechanism, PointName, Vector
from mechlock.linkage.positions import Positions
from mechlock.linkage.sharing import Stiffness, stiffness_of


@dataclass(frozen=True)
class Derivatives:
    """A configuration and its velocity, and how parameters and drive change both.

    Attributes
    ----------
    names : tuple of str
        Parameters and clearance offsets; the drive is the last column of all derivatives.
    q, v : array, shape (unknowns,)
        Configuration, and its derivative by the drive.
    by_q, by_v : array, shape (unknowns, names + 1)
        Their derivatives.
    by_force : array, shape (rows + 1, names)
        What one dimension that changes alone locks into redundant joints: multipliers of the constraint rows (N per mm or rad),
        if `stiffness` is known; else their ratios alone mean something.
    stiffness : Stiffness
        By what the joints share it.
    """

    positions: Positions
    names: tuple[str, ...]
    q: Array
    v: Array
    by_q: Array
    by_v: Array
    by_force: Array
    stiffness: Stiffness

    def angle(self, body: str) -> tuple[float, Array]:
        """Angle of a body (rad) and its derivatives."""
        row = self._row(body) + 2
        return float(self.q[row]), self.by_q[row]

    def velocity_ratio(self, body: str) -> tuple[float, Array]:
        """Angle of a body per drive coordinate and its derivatives."""
        row = self._row(body) + 2
        return float(self.v[row]), self.by_v[row]

    def point(self, name: PointName) -> tuple[Array, Array]:
        """Position of a point (mm), shape (2,), and its derivatives, shape (2, names + 1)."""
        row = self._row(name.body)
        arm, by_arm = self._arm(name)
        return self.q[row : row + 2] + arm, self.by_q[row : row + 2] + by_arm

    def point_rate(self, name: PointName) -> tuple[Array, Array]:
        """Derivative of a point's position by the drive, and its derivatives."""
        row = self._row(name.body)
        arm, by_arm = self._arm(name)
        rate = self.v[row : row + 2] + self.v[row + 2] * turned(arm)
        by_rate = self.by_v[row : row + 2] + turned(arm)[:, None] * self.by_v[row + 2] + self.v[row + 2] * turned(by_arm.T).T
        return rate, by_rate

    def travel(self, joint: str) -> tuple[float, Array]:
        """Travel of a prismatic joint (mm) and its derivatives."""
        constraints = self.positions.constraints
        slide = next(found for found in constraints.joints if found.name == joint)
        along, across = (axis[0] for axis in constraints.axes(self.q[None], slide))
        gap = _gap(constraints, self.q[None], slide)[0]
        by_joint = _local_changes(self.positions, slide, self.names)
        moved = _moved_gap(constraints, self.q[None], slide, by_joint)
        own = np.append(moved @ along + by_joint.axis * (gap @ across), 0.0)
        by_gap = self._end(slide.second, slide.q) - self._end(slide.first, slide.p)
        turn = self.by_q[3 * slide.first + 2] if slide.first >= 0 else np.zeros(len(self.names) + 1)
        return float(gap @ along), own + along @ by_gap + turn * (gap @ across)

    def locked_in(self, joint: int) -> Array:
        """Force (N per mm or rad of a parameter) that each parameter locks into a joint, shape (2, names)."""
        pair = self.by_force[2 * joint : 2 * joint + 2]
        return np.asarray(pair if self.positions.constraints.joints[joint].revolute else pair[:1], dtype=np.float64)

    def _row(self, body: str) -> int:
        return 3 * self.positions.constraints.bodies.index(body)

    def _end(self, body: int, local: Array) -> Array:
        """Derivatives of a point that keeps its place on its body, shape (2, names + 1)."""
        if body < 0:
            return np.zeros((2, len(self.names) + 1))
        arm = self.positions.constraints.arm(self.q[None], body, local)[0]
        return self.by_q[3 * body : 3 * body + 2] + turned(arm)[:, None] * self.by_q[3 * body + 2]

    def _arm(self, name: PointName) -> tuple[Array, Array]:
        """Vector from a body's origin to a point, and its derivatives."""
        constraints, mechanism = self.positions.constraints, self.positions.mechanism
        body = constraints.bodies.index(name.body)
        arm = constraints.arm(self.q[None], body, self.positions.local_points[name])[0]
        own = _vector_changes(self.positions, mechanism.local(name), self.names)
        carried = np.stack([constraints.arm(self.q[None], body, change)[0] for change in own], axis=1)
        return arm, np.pad(carried, ((0, 0), (0, 1))) + turned(arm)[:, None] * self.by_q[3 * body + 2]


@dataclass(frozen=True)
class _LocalChanges:
    """Derivatives of a joint's own numbers by the parameters: points and offset (n, 2), axis and angle (n,)."""

    p: Array
    q: Array
    offset: Array
    axis: Array
    angle: Array


def derivatives(positions: Positions, drive: float) -> Derivatives:
    """Differentiate the selected mode at one drive position (rad or mm).

    Raises
    ------
    NoVerdict
        At a limit of travel or a change point, where the mode does not exist, or where redundant joints of which some have a
        stiffness and others have none share what a dimension locks in.
    """
    constraints = positions.constraints
    q = positions.at(positions.selected, np.array([drive]))
    v = velocity.rates(constraints, q)
    a = velocity.second_rates(constraints, q, v)
    if not np.isfinite(a).all():
        raise _undifferentiable(positions, q)
    names = tuple(symbol.name for symbol in positions.mechanism.nominal())
    first, second = _parameter_rows(positions, q, v, names)
    jacobian = constraints.jacobian(q)[0]
    turning = -np.stack([_bilinear(constraints, q, v, unit[None]) for unit in np.eye(constraints.unknowns)], axis=1)
    stiffness = stiffness_of(positions, q)
    by_force, by_q = _closed(constraints, jacobian, stiffness.compliance, -first, np.zeros_like(jacobian.T @ first))
    _, by_v = _closed(constraints, jacobian, stiffness.compliance, -second - turning @ by_q, -turning.T @ by_force)
    columns = (np.column_stack([by_q, v[0]]), np.column_stack([by_v, a[0]]))
    return Derivatives(positions, names, q[0], v[0], *columns, by_force / stiffness.softest, stiffness)


def _closed(constraints: Constraints, jacobian: Array, compliance: Array, gaps: Array, loads: Array) -> tuple[Array, Array]:
    """Solve ``jacobian @ q - compliance x = gaps`` and ``jacobian' x = loads``: forces x and motions q."""
    rows, unknowns = jacobian.shape
    scale = np.tile([1.0, 1.0, 1.0 / constraints.size], len(constraints.bodies))
    matrix = np.zeros((rows + unknowns, rows + unknowns))
    matrix[:rows, :rows] = -np.diag(compliance)
    matrix[:rows, rows:] = jacobian * scale
    matrix[rows:, :rows] = (jacobian * scale).T
    found: Array = np.asarray(np.linalg.solve(matrix, np.vstack([gaps, loads * scale[:, None]])), dtype=np.float64)
    return found[:rows], found[rows:] * scale[:, None]


def _undifferentiable(positions: Positions, q: Array) -> NoVerdict:
    """Say why outputs have no derivatives here."""
    constraints, where = positions.constraints, positions.mechanism.where
    mend = "ask for another drive position with --drive"
    if not np.isfinite(q).all():
        return NoVerdict("the mode does not exist at this drive position", where, mend)
    if velocity.mobility(constraints, q[0]) > 1:
        what = (
            "the drive stands at a change point, where two modes meet: which one a small change of dimensions leads into, and by "
        )
        return NoVerdict(f"{what}how much, no first-order stack says", where, mend)
    what = "the drive stands at a limit of travel: outputs change with the root of a tolerance there, not in proportion to it"
    return NoVerdict(what, where, mend)


def _bilinear(constraints: Constraints, q: Array, one: Array, other: Array) -> Array:
    """``-(dJ along other) one``, shape (rows + 1,), from the quadratic form of the centripetal terms."""
    scale = np.abs(one).max() / max(np.abs(other).max(), 1e-300)  # of one size, so that the difference keeps its digits
    both = constraints.curvature(q, one + scale * other) - constraints.curvature(q, one - scale * other)
    return np.asarray(0.25 * both[0] / scale, dtype=np.float64)


def _parameter_rows(positions: Positions, q: Array, v: Array, names: tuple[str, ...]) -> tuple[Array, Array]:
    """Derivatives of the residuals by the parameters, and of the residuals' rates, each (rows + 1, names)."""
    constraints = positions.constraints
    first, second = (np.zeros((constraints.rows + 1, len(names))) for _ in range(2))
    for index, joint in enumerate(constraints.joints):
        change = _local_changes(positions, joint, names)
        moved, turning = _moved_gap(constraints, q, joint, change), _turning_gap(constraints, q, v, joint, change)
        row = 2 * index
        if joint.revolute:
            first[row : row + 2], second[row : row + 2] = moved.T, turning.T
            continue
        (along, across), gap = (axis[0] for axis in constraints.axes(q, joint)), _gap(constraints, q, joint)[0]
        rate = _gap_rate(constraints, q, v, joint)[0]
        omega = v[0, 3 * joint.first + 2] if joint.first >= 0 else 0.0
        swung = turning - omega * turned(moved)  # rates seen from the body that carries the axis
        slide = rate - omega * turned(gap)
        first[row] = moved @ across - change.axis * (gap @ along)
        second[row] = swung @ across - change.axis * (slide @ along)
        first[row + 1] = -constraints.size * change.angle
        if index == constraints.drive and constraints.sliding:
            first[-1] = moved @ along + change.axis * (gap @ across)
            second[-1] = swung @ along + change.axis * (slide @ across)
    return first, second


def _gap(constraints: Constraints, q: Array, joint: NumericJoint) -> Array:
    return constraints.point(q, joint.second, joint.q) - constraints.point(q, joint.first, joint.p)


def _gap_rate(constraints: Constraints, q: Array, v: Array, joint: NumericJoint) -> Array:
    return constraints.velocity(q, v, joint.second, joint.q) - constraints.velocity(q, v, joint.first, joint.p)


def _moved_gap(constraints: Constraints, q: Array, joint: NumericJoint, change: _LocalChanges) -> Array:
    """Derivatives of the gap of a joint by the parameters, with the bodies where they are, shape (n, 2)."""
    ends = (_carried(constraints, q, joint.second, change.q), _carried(constraints, q, joint.first, change.p))
    return ends[0] - ends[1] - change.offset


def _turning_gap(constraints: Constraints, q: Array, v: Array, joint: NumericJoint, change: _LocalChanges) -> Array:
    """Rates of `_moved_gap` per drive coordinate."""
    total = np.zeros(change.p.shape)
    for body, local, sign in ((joint.second, change.q, 1.0), (joint.first, change.p, -1.0)):
        if body >= 0:
            total += sign * v[0, 3 * body + 2] * turned(_carried(constraints, q, body, local))
    return total


def _carried(constraints: Constraints, q: Array, body: int, local: Array) -> Array:
    """Local vectors, shape (n, 2), turned with their body."""
    _, _, c, s = constraints.frame(q, body)
    return np.stack([c * local[:, 0] - s * local[:, 1], s * local[:, 0] + c * local[:, 1]], axis=1)


def _local_changes(positions: Positions, joint: NumericJoint, names: tuple[str, ...]) -> _LocalChanges:
    mechanism: Mechanism = positions.mechanism
    source = mechanism.joint(joint.name)
    p, q, offset = (
        _vector_changes(positions, pair, names)
        for pair in (mechanism.local(source.first), mechanism.local(source.second), source.offset)
    )
    return _LocalChanges(
        p, q, offset, _changes(positions, sp.sympify(source.axis), names), _changes(positions, sp.sympify(source.angle), names)
    )


def _vector_changes(positions: Positions, vector: Vector, names: tuple[str, ...]) -> Array:
    return np.stack([_changes(positions, sp.sympify(component), names) for component in vector], axis=1)


def _changes(positions: Positions, expression: sp.Expr, names: tuple[str, ...]) -> Array:
    """Derivatives of an expression in parameters, shape (names,)."""
    found = {symbol.name: positions.number(sp.diff(expression, symbol)) for symbol in expression.free_symbols}  # pyright: ignore[reportAttributeAccessIssue,reportArgumentType]
    return np.array([found.get(name, 0.0) for name in names])
