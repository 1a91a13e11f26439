"""Velocity and acceleration ratios dyad by dyad, in named quantities, as textbooks write them.

The pins on which a dyad hangs have velocities u and accelerations a; with its links as vectors w (first body) and v (second
body) ``u1 + omega1 k x w = u2 + omega2 k x v`` and its derivative, multiplied by w or v, give each body's ratio as one short
quotient. All are derivatives by the drive coordinate. Source: Norton, Design of Machinery, 6th ed., chapters 6 and 7 (vector
loops).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import sympy as sp

from mechlock.linkage.assur import PinLink, driven_bodies
from mechlock.linkage.mechanism import GROUND, Joint, PointName, Vector
from mechlock.linkage.placement import ZERO, SolvedGroup
from mechlock.linkage.program import Assignment, cross, dot, minus, norm2, plus, times, turned
from mechlock.linkage.symbolic import SymbolicSolution


@dataclass(frozen=True)
class NamedRates:
    """The ratios of all bodies, each expression in program symbols and in symbols defined before it.

    Attributes
    ----------
    velocities, accelerations : tuple of Assignment
        ``omega_BODY``, ``v_SLIDER`` and the pins' ``ux_``, ``uy_``; ``alpha_BODY``, ``a_SLIDER`` and the pins' ``ax_``, ``ay_``.
    products : tuple of Assignment
        Cross and scalar products of each dyad's links.
    pins : mapping of PointName to ((ux, uy), (ax, ay))
        Velocity and acceleration of the points that have names.
    states : mapping of body to State
        Motion of every moving body.
    """

    velocities: tuple[Assignment, ...]
    accelerations: tuple[Assignment, ...]
    products: tuple[Assignment, ...]
    pins: Mapping[PointName, tuple[Vector, Vector]]
    states: Mapping[str, State]


@dataclass(frozen=True)
class State:
    """Motion of a body: velocity and acceleration of one of its points, and its ratios."""

    anchor: PointName
    u: Vector
    a: Vector
    omega: sp.Expr
    alpha: sp.Expr


@dataclass
class _Names:
    solution: SymbolicSolution
    states: dict[str, State] = field(default_factory=dict[str, State])
    pins: dict[PointName, tuple[Vector, Vector]] = field(default_factory=dict[PointName, tuple[Vector, Vector]])
    velocities: list[Assignment] = field(default_factory=list[Assignment])
    accelerations: list[Assignment] = field(default_factory=list[Assignment])
    products: list[Assignment] = field(default_factory=list[Assignment])

    def let(self, where: list[Assignment], name: str, expression: sp.Expr, meaning: str) -> sp.Expr:
        if expression.is_number or expression.is_Symbol:
            return expression
        symbol = sp.Symbol(name, real=True)
        where.append(Assignment(symbol, expression, meaning))
        return symbol

    def pin(self, point: PointName) -> tuple[Vector, Vector]:
        """Velocity and acceleration of a point."""
        if point.body == GROUND:
            return ZERO, ZERO
        if point not in self.pins:
            state = self.states[point.body]
            arm = self.solution.rates.arm(state.anchor, point)
            u = plus(state.u, times(state.omega, turned(arm)))
            a = plus(state.a, minus(times(state.alpha, turned(arm)), times(state.omega**2, arm)))
            name = f"{point.body}_{point.point}"
            self.pins[point] = (
                self.pair(self.velocities, "u", name, u, f"velocity of {point}"),
                self.pair(self.accelerations, "a", name, a, f"acceleration of {point}"),
            )
        return self.pins[point]

    def pair(self, where: list[Assignment], letter: str, name: str, vector: Vector, meaning: str) -> Vector:
        x, y = (self.let(where, f"{letter}{axis}_{name}", part, meaning) for axis, part in zip("xy", vector, strict=True))
        return x, y

    def rrr(self, solved: SolvedGroup) -> None:
        """Two pinned links."""
        (outer1, outer2), inner = solved.group.outer, solved.group.inner
        assert isinstance(outer1, PinLink) and isinstance(outer2, PinLink) and isinstance(inner, PinLink)
        one, two = solved.group.bodies
        w, v = solved.vectors["w"], solved.vectors["v"]
        (u1, a1), (u2, a2) = self.pin(outer1.there), self.pin(outer2.there)
        u, a = minus(u1, u2), minus(a1, a2)
        name = inner.path[0][0].name
        area = self.let(self.products, f"Delta_{name}", cross(v, w), f"{two} x {one}: zero where the links are in line")
        along = self.let(self.products, f"Gamma_{name}", dot(v, w), f"{two} . {one}: zero where they are square")
        omega1, omega2 = dot(u, v) / area, dot(u, w) / area
        omega1 = self.let(self.velocities, f"omega_{one}", omega1, f"relative velocity of the pins along {two}")
        omega2 = self.let(self.velocities, f"omega_{two}", omega2, f"relative velocity of the pins along {one}")
        square1, square2 = self.square(inner.here, outer1.here), self.square(inner.there, outer2.here)
        alpha1 = (dot(a, v) - omega1**2 * along + omega2**2 * square2) / area
        alpha2 = (dot(a, w) - omega1**2 * square1 + omega2**2 * along) / area
        alpha1 = self.let(self.accelerations, f"alpha_{one}", alpha1, f"pins and centripetal parts along {two}")
        alpha2 = self.let(self.accelerations, f"alpha_{two}", alpha2, f"pins and centripetal parts along {one}")
        self.states[one] = State(outer1.here, u1, a1, omega1, alpha1)
        self.states[two] = State(outer2.here, u2, a2, omega2, alpha2)

    def rrp(self, solved: SolvedGroup) -> None:
        """A rod and a slider on ground."""
        outer, inner = solved.group.outer[0], solved.group.inner
        assert isinstance(outer, PinLink) and isinstance(inner, PinLink)
        rod, slider = solved.group.bodies
        w, along = solved.vectors["w"], solved.vectors["u"]
        u, a = self.pin(outer.there)
        name = inner.path[0][0].name
        reach = self.let(self.products, f"Gamma_{name}", dot(along, w), f"{rod} along the slide")
        omega = self.let(self.velocities, f"omega_{rod}", -dot(u, turned(along)) / reach, "velocity of the pin across the slide")
        speed = self.let(self.velocities, f"v_{slider}", dot(u, w) / reach, f"velocity of the pin along {rod}")
        alpha = (omega**2 * dot(w, turned(along)) - dot(a, turned(along))) / reach
        alpha = self.let(self.accelerations, f"alpha_{rod}", alpha, "pin and centripetal part across the slide")
        gain = (dot(a, w) - omega**2 * self.square(inner.here, outer.here)) / reach
        gain = self.let(self.accelerations, f"a_{slider}", gain, f"pin and centripetal part along {rod}")
        self.states[rod] = State(outer.here, u, a, omega, alpha)
        self.states[slider] = State(inner.there, times(speed, along), times(gain, along), sp.S.Zero, sp.S.Zero)

    def redundant(self, solved: SolvedGroup) -> None:
        """A link between two pins that both move as they must."""
        (body,) = solved.group.bodies
        first, second = [link for link in solved.group.outer if isinstance(link, PinLink)][:2]
        w = solved.vectors["w"]
        (u1, a1), (u2, a2) = self.pin(first.there), self.pin(second.there)
        square = self.square(second.here, first.here)
        meaning = f"second pin against the first, across {body}"
        omega = self.let(self.velocities, f"omega_{body}", dot(minus(u2, u1), turned(w)) / square, meaning)
        alpha = self.let(self.accelerations, f"alpha_{body}", dot(minus(a2, a1), turned(w)) / square, meaning)
        self.states[body] = State(first.here, u1, a1, omega, alpha)

    def square(self, end: PointName, start: PointName) -> sp.Expr:
        """Squared length of a link."""
        local = self.solution.rates.place.local
        return norm2(minus(local(end), local(start)))


def named_rates(solution: SymbolicSolution, points: Iterable[PointName] = ()) -> NamedRates | None:
    """Write the ratios, and the motion of further points; None for a drive between moving bodies, and for slides that turn."""
    mechanism = solution.mechanism
    kept, carried = driven_bodies(mechanism)
    driven = solution.rates.motions.get(carried)
    if kept != GROUND or driven is None:
        return None
    names = _Names(solution)
    names.states[carried] = State(driven.anchor, driven.velocity, ZERO, driven.omega, sp.S.Zero)
    for solved in solution.groups:
        kind, outer = solved.group.kind, solved.group.outer
        if kind == "RRR":
            names.rrr(solved)
        elif kind == "RRP" and isinstance(outer[1], Joint) and solved.slides[0].guide == GROUND:
            names.rrp(solved)
        elif kind == "redundant" and sum(isinstance(link, PinLink) for link in outer) >= 2:
            names.redundant(solved)
        else:
            return None
    for point in points:
        names.pin(point)
    return NamedRates(
        tuple(names.velocities), tuple(names.accelerations), tuple(names.products), dict(names.pins), dict(names.states)
    )
