"""Rigorous bounds of joint forces over a lock's whole root box: interval free-body equations on the closed forms' enclosures.

The joint forces are linear in the load, so what is enclosed is the force per newton of load along x and along y. The matrix of
the free-body equations is an interval matrix; preconditioned with the inverse of its middle it is the identity plus a small E,
and |x - x0| <= y for any y >= |E| y + |rest| (Krawczyk; Neumaier, Interval Methods for Systems of Equations, 1990, ch. 4).
Frictionless; a pin's force acts at the centre of the joint's second point.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from mechlock.errors import NoVerdict
from mechlock.linkage.interval import Array, Interval, thin
from mechlock.linkage.mechanism import GROUND, Joint, Mechanism, PointName, Vector
from mechlock.linkage.program import minus, rotate, turned, unit
from mechlock.proof.conditions import Problem
from mechlock.proof.search import Coordinates

LENGTH = 100
"""Moments are divided by this (mm), so that the equations are of one size."""

LOAD = "load"

PIECES = 4
"""Equal parts into which the locked interval of the drive is cut; bounds are the hull over them."""


@dataclass(frozen=True)
class Reactions:
    """Joint forces per newton of load, enclosed over the root box.

    Attributes
    ----------
    joints : tuple of str
        Revolute joints, in the file's order (the pin of a slot as ``NAME~pin``).
    on : mapping of (joint, body) to Interval
        Force of the joint on the body in that body's frame: [component, load along ground's x or y], shape (2, 2); for
        `LOAD` and the loaded body, the load itself.
    effort : Interval
        Torque (N mm) or force (N) with which the stop holds the drive, per newton along x and y: shape (2,).
    size : mapping of str to Interval
        Of a joint: components in ground's frame, as `on`.
    """

    joints: tuple[str, ...]
    on: dict[tuple[str, str], Interval]
    effort: Interval
    size: dict[str, Interval]


def reactions(problem: Problem, at: PointName) -> Reactions:
    """Enclose the forces in all joints under a load on a point, over the root box.

    Raises
    ------
    NoVerdict
        Where there is no closed form, statics leaves the forces open, or the box is too wide to enclose them.
    """
    mechanism, solution = problem.mechanism, problem.solution
    bodies = mechanism.moving
    if 3 * len(bodies) != 2 * len(mechanism.joints) + 1:
        raise NoVerdict("statics alone does not fix the joint forces", mechanism.where)
    table = _Table(problem)
    matrix = [[table.zero] * (3 * len(bodies)) for _ in range(3 * len(bodies))]
    for column, joint in enumerate(mechanism.joints):
        for sign, body, point in ((1, joint.second.body, joint.second), (-1, joint.first.body, joint.second)):
            if body == GROUND:
                continue
            row = 3 * bodies.index(body)
            arm = _arm(mechanism, solution.directions, solution.points, body, point)
            for k, (x, y, moment) in enumerate(_columns(joint, solution.directions[joint.first.body], arm)):
                for part, value in enumerate((x, y, moment)):
                    matrix[row + part][2 * column + k] = table.add(sign * value / (LENGTH if part == 2 else 1))
            if joint.name == mechanism.drive.joint:
                push = unit_of(joint, solution.directions[joint.first.body]) if mechanism.drive.sliding else (sp.S.Zero,) * 2
                couple = (arm[0] * push[1] - arm[1] * push[0]) / LENGTH if mechanism.drive.sliding else sp.S.One
                for part, value in enumerate((*push, couple)):
                    matrix[row + part][-1] = table.add(sign * value)
    arm = _arm(mechanism, solution.directions, solution.points, at.body, at)
    row = 3 * bodies.index(at.body)
    right = [[table.zero, table.zero] for _ in matrix]
    right[row][0] = right[row + 1][1] = table.add(sp.S.NegativeOne)
    right[row + 2] = [table.add(arm[1] / LENGTH), table.add(-arm[0] / LENGTH)]
    turns = {body: [table.add(part) for part in solution.directions[body]] for body in mechanism.bodies}
    values = table.evaluate()
    found = _solve(_pick(values, matrix), _pick(values, right), mechanism)
    directions = {body: _pick(values, pair) for body, pair in turns.items()}
    result = _result(mechanism, found, directions)
    c, s = (Interval(directions[at.body].low[k], directions[at.body].high[k]) for k in (0, 1))
    itself = _hull(Interval(np.stack([[c.low, s.low], [-s.high, c.low]]), np.stack([[c.high, s.high], [-s.low, c.high]])))
    return replace(result, on={**result.on, (LOAD, at.body): itself})


class _Table:
    """Expressions, each once, and their enclosures on the pieces of the root box."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.expressions: list[sp.Expr] = [sp.S.Zero]
        self.zero = 0
        self.known: dict[sp.Expr, int] = {sp.S.Zero: 0}

    def add(self, expression: sp.Expr) -> int:
        if expression not in self.known:
            self.known[expression] = len(self.expressions)
            self.expressions.append(expression)
        return self.known[expression]

    def evaluate(self) -> Interval:
        """Enclosures of all expressions, shape (n_expressions, pieces)."""
        tape = self.problem.compile(self.expressions)
        boxes = pieces(self.problem.space, [v.name for v in self.problem.goals.linkage.variables])
        results = tape.forward(boxes)
        shape = (boxes.low.shape[1],)
        rows = [results[index] for index in tape.outputs]
        return Interval(
            np.stack([np.broadcast_to(row.low, shape) for row in rows]),
            np.stack([np.broadcast_to(row.high, shape) for row in rows]),
        )


def pieces(space: Coordinates, names: Sequence[str]) -> Interval:
    """Cut the root box along the drive."""
    n = len(names)
    low, high = np.zeros((n, PIECES)), np.ones((n, PIECES))
    drive = next(index for index, name in enumerate(names) if name.startswith("drive "))
    low[drive], high[drive] = np.arange(PIECES) / PIECES, np.arange(1, PIECES + 1) / PIECES
    return space.box(low, high)


def _arm(mechanism: Mechanism, directions: object, points: object, body: str, point: PointName) -> Vector:
    """From a body's own origin of moments (its first joint's point) to a point that may belong to its partner."""
    assert isinstance(directions, dict)
    assert isinstance(points, dict)
    home = next(end for joint in mechanism.joints for end in (joint.first, joint.second) if end.body == body)
    if point.body == body:
        return rotate(directions[body], minus(mechanism.local(point), mechanism.local(home)))
    return minus(points[point], points[home])


def unit_of(joint: Joint, direction: Vector) -> Vector:
    """Unit vector of a slide in ground's frame."""
    return rotate(direction, unit(joint.axis))


def _columns(joint: Joint, direction: Vector, arm: Vector) -> tuple[tuple[sp.Expr, sp.Expr, sp.Expr], ...]:
    """Force and moment of a joint's two unknowns on its second body."""
    if joint.kind == "revolute":
        return (sp.S.One, sp.S.Zero, -arm[1]), (sp.S.Zero, sp.S.One, arm[0])
    across = turned(unit_of(joint, direction))
    return (across[0], across[1], arm[0] * across[1] - arm[1] * across[0]), (sp.S.Zero, sp.S.Zero, sp.Integer(LENGTH))


def _pick(values: Interval, places: Sequence[Sequence[int]] | Sequence[int]) -> Interval:
    index = np.array(places)
    return Interval(values.low[index], values.high[index])


def product(a: Interval, b: Interval) -> Interval:
    """Product of interval matrices (i, k, pieces) and (k, j, pieces), rounded outward at every step."""
    total: Interval | None = None
    for k in range(a.low.shape[1]):
        term = Interval(a.low[:, k, None], a.high[:, k, None]) * Interval(b.low[None, k], b.high[None, k])
        total = term if total is None else total + term
    assert total is not None
    return total


def _solve(matrix: Interval, right: Interval, mechanism: Mechanism) -> Interval:
    """Enclose the solutions of all pieces, shape (n, 2, pieces)."""
    if not (np.isfinite(matrix.low).all() and np.isfinite(matrix.high).all()):
        raise NoVerdict("the positions have no bound over the whole box", mechanism.where)
    middle = np.moveaxis(0.5 * (matrix.low + matrix.high), 2, 0)
    inverse = thin(_last(np.linalg.inv(middle)))
    start = thin(_last(np.linalg.solve(middle, np.moveaxis(0.5 * (right.low + right.high), 2, 0))))
    n = matrix.low.shape[0]
    error = product(inverse, matrix) - thin(np.eye(n)[:, :, None])
    rest = product(inverse, right - product(matrix, start))
    grow, slack = _size(error), _size(rest)
    bound = slack.copy()
    for _ in range(40):
        bound = slack + np.einsum("ikp,kjp->ijp", grow, bound)
    bound = bound * (1.0 + 1e-6) + 1e-12
    needed = product(thin(grow), thin(bound)) + thin(slack)
    if not (np.isfinite(bound).all() and (needed.high <= bound).all()):
        raise NoVerdict("the box is too wide to enclose the joint forces", mechanism.where)
    return start + Interval(-bound, bound)


def _last(stack: NDArray[np.floating[Any]]) -> Array:
    """Move the pieces to the last axis."""
    return np.ascontiguousarray(np.moveaxis(np.asarray(stack, dtype=np.float64), 0, 2))


def _size(a: Interval) -> Array:
    return np.maximum(np.abs(a.low), np.abs(a.high))


def _hull(a: Interval) -> Interval:
    return Interval(a.low.min(axis=-1), a.high.max(axis=-1))


def _result(mechanism: Mechanism, found: Interval, turns: dict[str, Interval]) -> Reactions:
    on: dict[tuple[str, str], Interval] = {}
    size: dict[str, Interval] = {}
    names: list[str] = []
    for index, joint in enumerate(mechanism.joints):
        if joint.kind != "revolute":
            continue
        names.append(joint.name)
        force = Interval(found.low[2 * index : 2 * index + 2], found.high[2 * index : 2 * index + 2])
        size[joint.name] = _hull(force)
        for sign, body in ((1, joint.second.body), (-1, joint.first.body)):
            on[joint.name, body] = _hull(_into(turns[body], force if sign > 0 else -force))
    effort = Interval(found.low[-1], found.high[-1])
    effort = effort if mechanism.drive.sliding else effort * thin(np.array(float(LENGTH)))
    return Reactions(tuple(names), on, _hull(effort), size)


def _into(direction: Interval, force: Interval) -> Interval:
    """Components in a body's frame of a force in ground's: (2, 2, pieces)."""
    c, s = (Interval(direction.low[k], direction.high[k]) for k in (0, 1))
    x, y = (Interval(force.low[k], force.high[k]) for k in (0, 1))
    along, across = c * x + s * y, c * y - s * x
    return Interval(np.stack([along.low, across.low]), np.stack([along.high, across.high]))
