"""Random points of the tolerance box and the travel, and what the constraint equations alone say there.

Every dimension is drawn from its interval, the drive from its travel. Newton's method on the constraint equations gives the
configuration, their Jacobian velocities, accelerations and forces: nothing here knows a closed form.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
import sympy as sp

from mechlock.linkage import newton, velocity
from mechlock.linkage.constraints import Array, Bools, Constraints, NumericJoint
from mechlock.linkage.mechanism import GROUND, Mechanism, PointName
from mechlock.linkage.positions import Positions
from mechlock.linkage.program import Assignment, floating
from mechlock.linkage.statics import free_body_matrix
from mechlock.linkage.travel import Interval, circuit

COUNT = 200
"""Points drawn: half along the whole travel, half where the lock stands locked."""

_REGULAR = 1e-4
"""A configuration nearer to a singular one (ratio of singular values) is left out: there rounding alone disagrees. A linkage
that is near to one all along is taken as it is."""

_EDGE = 0.02
"""Share of the travel at either end that is left out, so that other dimensions do not end it earlier."""


class Values:
    """Numbers of symbols at every sample, and the numbers of expressions in them."""

    def __init__(self, count: int, known: Mapping[Any, Array]) -> None:
        self.count = count
        self.known: dict[Any, Array] = dict(known)

    def of(self, expressions: Sequence[sp.Expr]) -> Array:
        """Values of expressions, shape (k, n)."""
        symbols = sorted(set[sp.Basic]().union(*[expression.free_symbols for expression in expressions]), key=str)
        function = sp.lambdify(symbols, [floating(expression) for expression in expressions], modules="numpy")
        with np.errstate(invalid="ignore", divide="ignore"):
            found = function(*[self.known[symbol] for symbol in symbols])
        rows = [np.broadcast_to(np.asarray(row, dtype=float), (self.count,)) for row in found]
        return np.array(rows).reshape(len(expressions), self.count)

    def run(self, program: Iterable[Assignment]) -> None:
        """Add what assignments give, one after the other."""
        for item in program:
            self.known[item.symbol] = self(item.expression)

    def __call__(self, expression: sp.Expr) -> Array:
        """Values of one expression, shape (n,)."""
        return self.of([expression])[0]


@dataclass(frozen=True)
class Samples:
    """Configurations at n points, by the constraint equations.

    Attributes
    ----------
    mechanism : Mechanism
        The linkage.
    drawn : int
        How many were drawn; those without a regular configuration are not among the n.
    dimensions : mapping of sympy.Symbol to array (n,)
        Parameters, and offsets of the pins (zero).
    drive : array, shape (n,)
        Drive coordinates (rad or mm).
    locked : array of bool, shape (n,)
        Which were drawn from where the lock stands locked.
    constraints : Constraints
        With arrays of n numbers in its joints.
    q, v, a : array, shape (n, unknowns)
        Configurations and their derivatives by the drive.
    """

    mechanism: Mechanism
    drawn: int
    dimensions: dict[sp.Symbol, Array]
    drive: Array
    locked: Bools
    constraints: Constraints
    q: Array
    v: Array
    a: Array

    @property
    def speed(self) -> Array:
        """Greatest rate of any body's frame (mm per drive coordinate, angles times a length), shape (n,)."""
        return _greatest(self.constraints, self.v)

    @property
    def gain(self) -> Array:
        """Greatest second derivative, likewise."""
        return _greatest(self.constraints, self.a)

    def index(self, body: str) -> int:
        """Which of the constraints' bodies."""
        return -1 if body == GROUND else self.constraints.bodies.index(body)

    def local(self, point: PointName) -> Array:
        """Coordinates of a point in its body's frame, shape (2, n)."""
        return Values(len(self.drive), self.dimensions).of(self.mechanism.local(point))

    def place(self, point: PointName) -> Array:
        """Position of a point, shape (n, 2)."""
        return self.constraints.point(self.q, self.index(point.body), self.local(point))

    def rate(self, point: PointName) -> Array:
        """Derivative of its position by the drive."""
        return self.constraints.velocity(self.q, self.v, self.index(point.body), self.local(point))

    def second_rate(self, point: PointName) -> Array:
        """Its second derivative."""
        return self.constraints.acceleration(self.q, self.v, self.a, self.index(point.body), self.local(point))

    def angle(self, body: str) -> Array:
        """Angle of a body (rad)."""
        return np.zeros(len(self.drive)) if body == GROUND else self.q[:, 3 * self.index(body) + 2]

    def turning(self, body: str) -> tuple[Array, Array]:
        """First and second derivative of a body's angle by the drive."""
        row = 3 * self.index(body) + 2
        return self.v[:, row], self.a[:, row]

    def effort(self, point: PointName, force: Array, couple: Array | float = 0.0) -> Array:
        """What a force (n, 2) on a point and a couple on its body do on the drive, by the free-body equations of all bodies."""
        external = np.zeros_like(self.q)
        row = 3 * self.index(point.body)
        arm = self.constraints.arm(self.q, self.index(point.body), self.local(point))
        external[:, row : row + 2] = force
        external[:, row + 2] = couple + arm[:, 0] * force[:, 1] - arm[:, 1] * force[:, 0]
        matrix, scale = free_body_matrix(self.constraints, self.q)
        multipliers = newton.least(matrix, external * scale)
        return multipliers[:, -1] * (1.0 if self.constraints.sliding else self.constraints.size)


def _greatest(constraints: Constraints, rates: Array) -> Array:
    weight = np.tile([1.0, 1.0, constraints.size], len(constraints.bodies))
    return np.asarray(np.abs(rates * weight).max(axis=1, initial=0.0), dtype=np.float64)


def draw(positions: Positions, count: int = COUNT, *, varied: bool = True, seed: int = 20261130) -> Samples:
    """Draw samples of the selected mode, at nominal dimensions unless `varied`.

    Where constraints are redundant, dimensions stay nominal all the same: any other ones contradict each other.
    """
    mechanism = positions.mechanism
    generator = np.random.default_rng(seed)
    drive, locked = _drives(positions, count, generator)
    start = positions.at(positions.selected, drive)
    fine = np.isfinite(start).all(axis=1)
    drive, locked, start = drive[fine], locked[fine], start[fine]
    varied &= positions.constraints.rows + 1 == positions.constraints.unknowns
    dimensions = _dimensions(positions, len(drive), generator, varied=varied)
    q, ok = start, np.ones(len(drive), dtype=bool)
    for share in np.linspace(0.2, 1.0, 5) if varied else ():  # step by step, so that no other mode is met
        part = {symbol: positions.number(symbol) + share * (row - positions.number(symbol)) for symbol, row in dimensions.items()}
        q, ok = newton.solve(_many(positions, part), q, drive)
    ok &= np.isfinite(q).all(axis=1)
    q = np.where(ok[:, None], q, start)
    regular = velocity.singularity(_many(positions, dimensions), q)
    ok &= regular > np.minimum(_REGULAR, 0.1 * np.median(regular)) if ok.any() else False
    dimensions = {symbol: row[ok] for symbol, row in dimensions.items()}
    constraints = _many(positions, dimensions)
    v = velocity.rates(constraints, q[ok])
    a = velocity.second_rates(constraints, q[ok], v)
    return Samples(mechanism, count, dimensions, drive[ok], locked[ok], constraints, q[ok], v, a)


def _drives(positions: Positions, count: int, generator: np.random.Generator) -> tuple[Array, Bools]:
    """Drive coordinates, and which of them are where the lock stands locked."""
    lock = positions.mechanism.lock
    whole = circuit(positions, positions.selected) or Interval(positions.drive_value, positions.drive_value)
    edge = 0.0 if whole.full else _EDGE * (whole.high - whole.low)
    drive = generator.uniform(whole.low + edge, whole.high - edge, count)
    locked = np.zeros(count, dtype=bool)
    if lock is not None:
        locked[count // 2 :] = True
        drive[locked] = generator.uniform(*lock.locked, int(locked.sum()))
    return drive, locked


def _dimensions(positions: Positions, count: int, generator: np.random.Generator, *, varied: bool) -> dict[sp.Symbol, Array]:
    """Numbers of all parameters, each from its interval, and of the pins' offsets."""
    found: dict[sp.Symbol, Array] = {}
    for symbol in positions.mechanism.nominal():
        limits = positions.mechanism.parameters.get(symbol.name)
        nominal = positions.number(symbol)
        inside = generator.uniform(limits.low, limits.high, count) if limits is not None and varied else np.full(count, nominal)
        found[symbol] = inside
    return found


def _many(positions: Positions, dimensions: Mapping[sp.Symbol, Array]) -> Constraints:
    """The constraint equations with a row of numbers, one for each sample, in place of every number of a joint."""
    mechanism = positions.mechanism
    count = len(next(iter(dimensions.values()))) if dimensions else 1
    values = Values(count, dimensions)
    joints: list[NumericJoint] = []
    for joint, nominal in zip(mechanism.joints, positions.constraints.joints, strict=True):
        first, second = mechanism.local(joint.first), mechanism.local(joint.second)
        rows = values.of([*first, *second, *joint.offset, joint.axis, joint.angle])
        # the equations add and multiply these numbers and never ask how many they are
        axis, angle = cast(float, rows[6]), cast(float, rows[7])
        joints.append(replace(nominal, p=rows[:2], q=rows[2:4], offset=rows[4:6].T, axis=axis, angle=angle))
    return replace(positions.constraints, joints=tuple(joints))
