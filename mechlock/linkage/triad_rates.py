"""Velocity and acceleration ratios of triads as linear equations, and their solution as a quotient of determinants.

A leg leaves the platform one condition: along the leg's normal or line n, the platform's point moves as the leg's outer end does.
With the velocity v of the platform's reference point and its angular velocity omega, ``n . v + (rho x n) omega = n . v_pin``;
three legs give three equations. Their determinant vanishes where the three lines meet in one point: there the group is singular.
For the ring, each binary link keeps its length: two equations in the angular velocities of the two ternary links. Accelerations
obey the same matrix, with centripetal and Coriolis terms on the right.

Source: Hunt, Kinematic Geometry of Mechanisms, Oxford 1978 (lines of the legs as screws); the equations are elementary.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

import numpy as np
import sympy as sp

from mechlock.linkage import velocity
from mechlock.linkage.assur import PinLink
from mechlock.linkage.constraints import Array
from mechlock.linkage.mechanism import GROUND, Joint, PointName, Vector
from mechlock.linkage.positions import Positions
from mechlock.linkage.program import cross, dot, minus, norm2, plus, times, turned
from mechlock.linkage.triads import Leg, Platform, Ring


@dataclass(frozen=True)
class TriadRates:
    """Rate equations of one triad per unit of drive rate: ``matrix @ unknowns = right``.

    Attributes
    ----------
    group : Platform or Ring
        Which bodies.
    unknowns : tuple of sympy.Symbol
        Velocity of the platform's reference point (mm) and its angular velocity, or the angular velocities of both ternary links.
    second : tuple of sympy.Symbol
        Their derivatives.
    matrix, right, second_right : sympy.Matrix
        The equations; `second_right` holds the unknowns of the first.
    bodies : mapping of body to int
        Which unknown is the angular velocity of which body.
    values : mapping of sympy.Symbol to float
        Link vectors and known velocities at the configuration.
    """

    group: Platform | Ring
    unknowns: tuple[sp.Symbol, ...]
    second: tuple[sp.Symbol, ...]
    matrix: sp.Matrix
    right: sp.Matrix
    second_right: sp.Matrix
    bodies: Mapping[str, int]
    values: Mapping[sp.Symbol, float]

    def quotient(self, body: str, right: sp.Matrix) -> tuple[sp.Matrix, sp.Matrix]:
        """Numerator and denominator of Cramer's rule, as matrices whose determinants they are."""
        top = self.matrix.copy()
        top[:, self.bodies[body]] = right
        return top, self.matrix

    def ratio(self, body: str) -> sp.Expr:
        """Velocity ratio of a body, as a quotient of determinants."""
        top, bottom = self.quotient(body, self.right)
        return cast(sp.Expr, top.det()) / cast(sp.Expr, bottom.det())

    def numbers(self) -> tuple[Array, Array]:
        """Unknowns and their derivatives at the configuration, from these equations alone."""
        known = {symbol: sp.Float(value) for symbol, value in self.values.items()}
        matrix = np.array(self.matrix.xreplace(known), dtype=float)
        first = np.linalg.solve(matrix, np.array(self.right.xreplace(known), dtype=float)[:, 0])
        known |= {symbol: sp.Float(value) for symbol, value in zip(self.unknowns, first, strict=True)}
        second = np.linalg.solve(matrix, np.array(self.second_right.xreplace(known), dtype=float)[:, 0])
        return first, second


@dataclass
class _Numbers:
    """Places, velocities and accelerations per unit of drive rate at one configuration, and the symbols that stand for them."""

    positions: Positions
    q: Array
    values: dict[sp.Symbol, float] = field(default_factory=dict[sp.Symbol, float])

    def __post_init__(self) -> None:
        constraints = self.positions.constraints
        self.v = velocity.rates(constraints, self.q)
        self.a = velocity.second_rates(constraints, self.q, self.v)
        self.index = {name: i for i, name in enumerate(constraints.bodies)} | {GROUND: -1}

    def local(self, point: PointName) -> Array:
        return np.array([self.positions.number(c) for c in self.positions.mechanism.local(point)])

    def place(self, point: PointName) -> Array:
        return self.positions.constraints.point(self.q, self.index[point.body], self.local(point))[0]

    def carried(self, body: str, place: Array) -> tuple[Array, Array]:
        """Velocity and acceleration of the material point of a body at a place."""
        constraints, index = self.positions.constraints, self.index[body]
        if index < 0:
            return np.zeros(2), np.zeros(2)
        origin, _, c, s = constraints.frame(self.q, index)
        x, y = place - origin[0]
        local = np.array([c[0] * x + s[0] * y, -s[0] * x + c[0] * y])
        return (
            constraints.velocity(self.q, self.v, index, local)[0],
            constraints.acceleration(self.q, self.v, self.a, index, local)[0],
        )

    def omega(self, body: str) -> float:
        return float(self.v[0, 3 * self.index[body] + 2]) if self.index[body] >= 0 else 0.0

    def normal(self, joint: Joint) -> Array:
        index = [j.name for j in self.positions.constraints.joints].index(joint.name)
        return self.positions.constraints.axes(self.q, self.positions.constraints.joints[index])[1][0]

    def vector(self, letter: str, name: str, value: Array) -> Vector:
        """Symbols of a vector with its value; zeros for one that vanishes."""
        if not np.abs(value).max() > 0.0:
            return sp.S.Zero, sp.S.Zero
        return self.scalar(f"{letter}x_{name}", float(value[0])), self.scalar(f"{letter}y_{name}", float(value[1]))

    def scalar(self, name: str, value: float) -> sp.Expr:
        symbol = sp.Symbol(name.replace("~", "_"), real=True)
        self.values[symbol] = value
        return symbol


def triad_rates(positions: Positions, group: Platform | Ring, q: Array) -> TriadRates:
    """Write the rate equations of a triad at a configuration of shape (unknowns,)."""
    numbers = _Numbers(positions, q[None])
    return _platform(numbers, group) if isinstance(group, Platform) else _ring(numbers, group)


def _platform(numbers: _Numbers, group: Platform) -> TriadRates:
    centre = group.centre
    first = sp.symbols(f"v_x v_y omega_{centre}", real=True)
    second = sp.symbols(f"a_x a_y alpha_{centre}", real=True)
    velocity_of, omega = (first[0], first[1]), first[2]
    anchor = numbers.place(_on_platform(group.legs[0]))
    rows, right, later = [], [], []
    for leg in group.legs:
        at = numbers.place(_on_platform(leg))
        if isinstance(leg.inner, Joint):  # it slides on the platform: what counts is the platform's material at the leg's pin
            at = numbers.place(_outer(leg).here)
        arm = numbers.vector("r", leg.body, at - anchor)
        normal, pin, pin_second, extra = _condition(numbers, leg, at)
        moved = plus(velocity_of, times(omega, turned(arm)))
        relative = minus(moved, pin)
        rows.append([normal[0], normal[1], cross(arm, normal)])
        right.append(dot(normal, pin))
        centripetal = dot(normal, pin_second) + omega**2 * dot(normal, arm)
        if isinstance(leg.outer, PinLink) and isinstance(leg.inner, PinLink):
            later.append(centripetal - norm2(relative))
        elif isinstance(leg.inner, Joint):
            later.append(centripetal + 2 * omega * dot(normal, turned(relative)))
        else:
            later.append(centripetal + 2 * extra * dot(normal, turned(relative)))
    matrices = sp.Matrix(rows), sp.Matrix(right), sp.Matrix(later)
    return TriadRates(group, tuple(first), tuple(second), *matrices, {centre: 2}, numbers.values)


def _on_platform(leg: Leg) -> PointName:
    """The leg's point on the platform."""
    if isinstance(leg.inner, PinLink):
        return leg.inner.there
    return leg.inner.first if leg.inner.second.body == leg.body else leg.inner.second


def _outer(leg: Leg) -> PinLink:
    assert isinstance(leg.outer, PinLink)
    return leg.outer


def _condition(numbers: _Numbers, leg: Leg, at: Array) -> tuple[Vector, Vector, Vector, sp.Expr]:
    """Normal of a leg's condition, velocity and acceleration of what the platform follows, and its guide's turning."""
    if isinstance(leg.outer, PinLink):
        speed, gain = numbers.carried(leg.outer.there.body, numbers.place(leg.outer.there))
        line = at - numbers.place(leg.outer.here) if isinstance(leg.inner, PinLink) else numbers.normal(leg.inner)
        turning: sp.Expr = sp.S.Zero
    else:
        guide = leg.outer.other(leg.body)
        speed, gain = numbers.carried(guide, at)
        line = numbers.normal(leg.outer)
        spin = numbers.omega(guide)
        turning = numbers.scalar(f"omega_{guide}", spin) if spin != 0.0 else sp.S.Zero
    letter = "w" if isinstance(leg.outer, PinLink) and isinstance(leg.inner, PinLink) else "n"
    normal = numbers.vector(letter, leg.body, line)
    return normal, numbers.vector("v", leg.body, speed), numbers.vector("a", leg.body, gain), turning


def _ring(numbers: _Numbers, group: Ring) -> TriadRates:
    first = sp.symbols(f"omega_{group.first} omega_{group.second}", real=True)
    second = sp.symbols(f"alpha_{group.first} alpha_{group.second}", real=True)
    one, two = (numbers.place(pivot.here) for pivot in group.pivots)
    known = [numbers.carried(pivot.there.body, numbers.place(pivot.there)) for pivot in group.pivots]
    (v1, v2), (a1, a2) = (
        tuple(numbers.vector(letter, body, pair[i]) for body, pair in zip((group.first, group.second), known, strict=True))
        for i, letter in enumerate("va")
    )
    rows, right, later = [], [], []
    for body, near, far in group.links:
        start, end = numbers.place(near.there), numbers.place(far.there)
        link = numbers.vector("w", body, end - start)
        arm1 = numbers.vector("r", f"{group.first}_{body}", start - one)
        arm2 = numbers.vector("r", f"{group.second}_{body}", end - two)
        rows.append([-cross(arm1, link), cross(arm2, link)])
        right.append(dot(link, minus(v1, v2)))
        relative = minus(plus(v2, times(first[1], turned(arm2))), plus(v1, times(first[0], turned(arm1))))
        swing = first[1] ** 2 * dot(link, arm2) - first[0] ** 2 * dot(link, arm1)
        later.append(dot(link, minus(a1, a2)) + swing - norm2(relative))
    matrices = sp.Matrix(rows), sp.Matrix(right), sp.Matrix(later)
    return TriadRates(group, tuple(first), tuple(second), *matrices, {group.first: 0, group.second: 1}, numbers.values)
