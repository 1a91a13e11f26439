"""Loop-closure equations with numbers: the fewest unknowns that place every body, at one drive position or with the drive free.

A tree of joints leads from ground to every body; a revolute joint of the tree brings in the angle of its body, a prismatic one
the travel. Every other joint closes a loop: two equations that are sums of rotated constant vectors, some of them times a travel.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from mechlock.linkage.constraints import Array, Constraints, NumericJoint

Whole = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Term:
    """``travel * R(angle) vector``; `angle` and `travel` are indices of unknowns, or -1 for zero angle and unit travel."""

    vector: Array
    angle: int = -1
    travel: int = -1

    def turned(self, by: float) -> Term:
        """The term with its vector turned."""
        return Term(_rotation(by) @ self.vector, self.angle, self.travel)

    def times(self, factor: float) -> Term:
        """Multiple of the term."""
        return Term(factor * self.vector, self.angle, self.travel)


@dataclass(frozen=True)
class Placed:
    """A body in the tree: its angle is that of unknown `angle` (or zero) plus `turn`, its origin a sum of terms."""

    angle: int
    turn: float
    origin: tuple[Term, ...]

    def at(self, local: Array) -> tuple[Term, ...]:
        """Terms of a point of the body."""
        return (*self.origin, Term(_rotation(self.turn) @ local, self.angle))

    def along(self, axis: float) -> Term:
        """Unit vector at `axis` in the body's frame."""
        return Term(_rotation(self.turn + axis) @ np.array([1.0, 0.0]), self.angle)


@dataclass(frozen=True)
class Loops:
    """The equations ``sum of terms = 0``, two for each loop.

    Attributes
    ----------
    angles, travels : int
        Numbers of unknowns: angles (rad) first, then travels (mm).
    vectors : array, shape (t, 2)
        Constant vectors of all terms (mm).
    angle, travel : array of int, shape (t,)
        Unknown of each term, -1 for none; travels are counted from zero.
    loop : array of int, shape (t,)
        To which loop a term belongs.
    loops : int
        Number of loops.
    placed : tuple of Placed
        Bodies in the order of the constraints.
    slides : tuple of int
        Joint of each travel, by its place in the constraints.
    drive : array, shape (unknowns,)
        Coefficients of the drive coordinate in the unknowns; zero where the drive is given.
    drive_start : float
        Drive coordinate (rad or mm) where all unknowns are zero.
    """

    angles: int
    travels: int
    vectors: Array
    angle: Whole
    travel: Whole
    loop: Whole
    loops: int
    placed: tuple[Placed, ...]
    slides: tuple[int, ...]
    drive: Array
    drive_start: float

    @property
    def unknowns(self) -> int:
        """Number of unknowns."""
        return self.angles + self.travels

    @property
    def square(self) -> bool:
        """Whether there are as many equations as unknowns."""
        return self.unknowns == 2 * self.loops

    @property
    def redundant(self) -> bool:
        """Whether there are more equations than unknowns, the drive's not counted."""
        return 2 * self.loops > self.unknowns - int(self.drive.any())

    def unknowns_of(self, constraints: Constraints, q: Array) -> Array:
        """Unknowns, shape (n, unknowns), of configurations of shape (n, 3 bodies); angles as they are there."""
        found = np.zeros((len(q), self.unknowns))
        for body, placed in enumerate(self.placed):
            if placed.angle >= 0:
                found[:, placed.angle] = q[:, 3 * body + 2] - placed.turn
        for index, joint in enumerate(self.slides):
            found[:, self.angles + index] = constraints.travel(q, constraints.joints[joint])
        return found

    def output(self, constraints: Constraints, body: int, joint: int) -> Array:
        """Coefficients of a body's angle or travel at a joint with ground in the unknowns, shape (unknowns,)."""
        row = np.zeros(self.unknowns)
        if not constraints.joints[joint].revolute:
            if joint in self.slides:
                row[self.angles + self.slides.index(joint)] = 1.0
        elif self.placed[body].angle >= 0:
            row[self.placed[body].angle] = 1.0
        return row

    def configurations(self, unknowns: Array) -> Array:
        """Configurations (x, y, angle of every body), shape (n, 3 bodies), of unknowns of shape (n, unknowns)."""
        columns: list[Array] = []
        for body in self.placed:
            x = np.zeros((len(unknowns), 2))
            for term in body.origin:
                x += self._value(term, unknowns)
            turn = unknowns[:, body.angle] if body.angle >= 0 else np.zeros(len(unknowns))
            columns += [x[:, 0], x[:, 1], turn + body.turn]
        return np.stack(columns, axis=1)

    def _value(self, term: Term, unknowns: Array) -> Array:
        turn = unknowns[:, term.angle] if term.angle >= 0 else np.zeros(len(unknowns))
        c, s = np.cos(turn), np.sin(turn)
        x, y = term.vector
        far = unknowns[:, self.angles + term.travel] if term.travel >= 0 else np.ones(len(unknowns))
        return np.stack([far * (c * x - s * y), far * (s * x + c * y)], axis=1)


@dataclass
class _Tree:
    """Grows from ground over driven, prismatic and revolute joints, in this order where there is a choice."""

    constraints: Constraints
    drive: float | None
    angles: int = 0
    slides: list[int] = field(default_factory=list[int])
    placed: dict[int, Placed] = field(default_factory=lambda: {-1: Placed(-1, 0.0, ())})
    sliding: int = -1

    def rank(self, joint: NumericJoint) -> int:
        driven = joint is self.constraints.joints[self.constraints.drive]
        return 0 if driven else 1 if not joint.revolute else 2

    def grow(self) -> list[NumericJoint]:
        """Place all bodies and return the joints that close loops."""
        waiting = list(self.constraints.joints)
        closing: list[NumericJoint] = []
        while waiting:
            open_ones = [j for j in waiting if j.first in self.placed or j.second in self.placed]
            joint = min(open_ones, key=self.rank)
            waiting.remove(joint)
            if joint.first in self.placed and joint.second in self.placed:
                closing.append(joint)
            else:
                self.place(joint)
        return closing

    def place(self, joint: NumericJoint) -> None:
        """Place the body at the far end of a joint."""
        forward = joint.first in self.placed
        here, there = (joint.first, joint.second) if forward else (joint.second, joint.first)
        known = self.placed[here]
        own, far = (joint.p, joint.q) if forward else (joint.q, joint.p)
        given = self.drive if self.rank(joint) == 0 else None
        sign = 1.0 if forward else -1.0
        if joint.revolute:
            angle, turn = (self.new_angle(), 0.0) if given is None else (known.angle, known.turn + sign * given)
            pin = (*known.at(own), Term(sign * joint.offset))
        else:
            angle, turn = known.angle, known.turn + (joint.angle if forward else -joint.angle)
            axis = joint.axis if forward else joint.axis - joint.angle
            along = known.along(axis)
            if given is None:
                along = Term(along.vector, along.angle, self.new_travel(joint))
                self.sliding = along.travel if self.rank(joint) == 0 else self.sliding
            pin = (*known.at(own), along.times(sign * (1.0 if given is None else given)))
        body = Placed(angle, turn, ())
        self.placed[there] = Placed(angle, turn, (*pin, body.at(-far)[0]))

    def coordinate(self) -> tuple[Array, float]:
        """The drive coordinate: coefficients in the unknowns, and what it is where they are zero."""
        joint = self.constraints.joints[self.constraints.drive]
        row = np.zeros(self.angles + len(self.slides))
        if not joint.revolute:
            if self.sliding >= 0:
                row[self.angles + self.sliding] = 1.0
            return row, self.drive or 0.0
        first, second = self.placed[joint.first], self.placed[joint.second]
        for body, sign in ((second, 1.0), (first, -1.0)):
            if body.angle >= 0:
                row[body.angle] += sign
        return row, second.turn - first.turn

    def new_angle(self) -> int:
        self.angles += 1
        return self.angles - 1

    def new_travel(self, joint: NumericJoint) -> int:
        self.slides.append(next(index for index, other in enumerate(self.constraints.joints) if other is joint))
        return len(self.slides) - 1

    def gap(self, joint: NumericJoint) -> tuple[Term, ...] | None:
        """What a joint that closes a loop keeps at zero; a slide brings in its travel. None where it would also fix an angle."""
        if self.rank(joint) == 0:
            return None
        one, two = self.placed[joint.first], self.placed[joint.second]
        gap = (*two.at(joint.q), *[term.times(-1.0) for term in one.at(joint.p)])
        if joint.revolute:
            return (*gap, Term(-joint.offset))
        if one.angle != two.angle or abs(_turn(two.turn - one.turn - joint.angle)) > 1e-12:
            return None
        along = one.along(joint.axis)
        return (*gap, Term(-along.vector, along.angle, self.new_travel(joint)))


def loops_at(constraints: Constraints, drive: float | None) -> Loops | None:
    """Write the loop-closure equations at one drive position (rad or mm), or for all of them with the drive as an unknown more.

    None where a loop is closed by the drive, or by a slide between bodies that turn on their own.
    """
    tree = _Tree(constraints, drive)
    rows: list[tuple[int, Term]] = []
    closing = tree.grow()
    for index, joint in enumerate(closing):
        gap = tree.gap(joint)
        if gap is None:
            return None
        rows += [(index, term) for term in _gathered(gap)]
    return Loops(
        tree.angles,
        len(tree.slides),
        np.array([term.vector for _, term in rows]).reshape(-1, 2),
        np.array([term.angle for _, term in rows], dtype=np.intp),
        np.array([term.travel for _, term in rows], dtype=np.intp),
        np.array([index for index, _ in rows], dtype=np.intp),
        len(closing),
        tuple(tree.placed[i] for i in range(len(constraints.bodies))),
        tuple(tree.slides),
        *tree.coordinate(),
    )


def _turn(angle: float) -> float:
    """An angle in (-pi, pi]."""
    return angle - 2.0 * np.pi * float(np.round(angle / (2.0 * np.pi)))


def _gathered(terms: tuple[Term, ...]) -> list[Term]:
    """Add up terms of the same unknowns, and leave out those that vanish."""
    total: dict[tuple[int, int], Array] = {}
    size = max((float(np.abs(term.vector).max()) for term in terms), default=0.0)
    for term in terms:
        key = term.angle, term.travel
        total[key] = total.get(key, np.zeros(2)) + term.vector
    return [Term(vector, *key) for key, vector in total.items() if np.abs(vector).max() > 1e-14 * size or key == (-1, -1)]


def _rotation(angle: float) -> Array:
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s], [s, c]])
