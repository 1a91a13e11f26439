"""Ordered closed-form programs: each symbol is an expression in parameters, the drive coordinate and earlier symbols."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, cast

import sympy as sp

from mechlock.linkage.mechanism import Vector

_EXACT = 2**53


@dataclass(frozen=True)
class Assignment:
    """``symbol = expression``, with what it means in words."""

    symbol: sp.Symbol
    expression: sp.Expr
    meaning: str


@dataclass(frozen=True)
class Condition:
    """Something that must hold for the mechanism to exist.

    Attributes
    ----------
    expression : sympy.Expr
        In program symbols.
    kind : {"positive", "nonzero"}
        ``positive``: must be > 0 (zero at a limit of travel). ``nonzero``: either sign, but the same one throughout.
    meaning : str
        In words.
    group : str
        The dyad it belongs to, for example ``"RRR coupler-hook"``.
    """

    expression: sp.Expr
    kind: Literal["positive", "nonzero"]
    meaning: str
    group: str


@dataclass
class Writer:
    """Collects assignments, with names that clash with nothing.

    Attributes
    ----------
    taken : set of str
        Names in use (parameters, drive coordinate, offsets).
    assignments, conditions : list
        The program so far.
    nominal : mapping
        Nominal values of the parameters, to choose signs of lengths by.
    """

    taken: set[str]
    nominal: Mapping[sp.Symbol, float]
    assignments: list[Assignment] = field(default_factory=list[Assignment])
    conditions: list[Condition] = field(default_factory=list[Condition])

    def symbol(self, name: str) -> sp.Symbol:
        """Return a new real symbol called `name`, or `name` with primes where that is taken."""
        name = re.sub(r"\W", "_", name)
        while name in self.taken:
            name += "_"
        self.taken.add(name)
        return sp.Symbol(name, real=True)

    def let(self, name: str, expression: sp.Expr, meaning: str) -> sp.Expr:
        """Assign `expression` to a new symbol, unless it already is a symbol or a number."""
        negated = (-expression).is_Symbol
        if expression.is_Symbol or expression.is_number or negated:
            return expression
        symbol = self.symbol(name)
        self.assignments.append(Assignment(symbol, expression, meaning))
        return symbol

    def let_vector(self, name: str, vector: Vector, meaning: str, prefixes: tuple[str, str] = ("x", "y")) -> Vector:
        """Assign both components."""
        x = self.let(f"{prefixes[0]}_{name}", vector[0], f"{meaning}, {prefixes[0]}")
        y = self.let(f"{prefixes[1]}_{name}", vector[1], f"{meaning}, {prefixes[1]}")
        return x, y

    def require(self, expression: sp.Expr, kind: Literal["positive", "nonzero"], meaning: str, group: str) -> None:
        """Add a condition of existence."""
        self.conditions.append(Condition(expression, kind, meaning, group))

    def length(self, name: str, vector: Vector, meaning: str) -> tuple[sp.Expr, sp.Expr]:
        """Return length and squared length of a link whose end stands at `vector` in its own frame."""
        x, y = vector
        if x == 0 or y == 0:
            along = x + y
            if float(_replaced(along, {key: sp.Float(value) for key, value in self.nominal.items()})) < 0.0:
                along = -along
            long = self.let(f"l_{name}", along, meaning)
            return long, long**2
        square = self.let(f"l2_{name}", x**2 + y**2, f"{meaning}, squared")
        return self.let(f"l_{name}", sp.sqrt(square), meaning), square


def substitute(assignments: Iterable[Assignment], values: Mapping[sp.Expr, sp.Expr]) -> tuple[Assignment, ...]:
    """Put `values` into every right-hand side."""
    return tuple(Assignment(item.symbol, _replaced(item.expression, values), item.meaning) for item in assignments)


def flatten(expression: sp.Expr, assignments: Iterable[Assignment]) -> sp.Expr:
    """Write `expression` out in parameters and drive coordinate alone (it may become long)."""
    known: dict[sp.Expr, sp.Expr] = {}
    for item in assignments:
        known[item.symbol] = _replaced(item.expression, known)
    return _replaced(expression, known)


def _replaced(expression: sp.Expr, values: Mapping[sp.Expr, sp.Expr]) -> sp.Expr:
    return cast(sp.Expr, expression.xreplace(dict(values)))


def floating(expression: sp.Expr) -> sp.Expr:
    """Write numbers that no machine integer holds (dimensions with many digits, and their squares) as floating-point ones."""
    known: dict[sp.Expr, sp.Expr] = {
        number: sp.Float(number, 17) for number in expression.atoms(sp.Rational) if max(abs(number.p), number.q) > _EXACT
    }
    return _replaced(expression, known) if known else expression


def dot(a: Vector, b: Vector) -> sp.Expr:
    """Scalar product."""
    return a[0] * b[0] + a[1] * b[1]


def cross(a: Vector, b: Vector) -> sp.Expr:
    """Cross product, the component out of the plane."""
    return a[0] * b[1] - a[1] * b[0]


def plus(a: Vector, b: Vector) -> Vector:
    """Sum."""
    return a[0] + b[0], a[1] + b[1]


def minus(a: Vector, b: Vector) -> Vector:
    """Difference."""
    return a[0] - b[0], a[1] - b[1]


def times(k: sp.Expr, a: Vector) -> Vector:
    """Multiple."""
    return k * a[0], k * a[1]


def turned(a: Vector) -> Vector:
    """`a` turned by a right angle, counter-clockwise."""
    return -a[1], a[0]


def rotate(by: Vector, a: Vector) -> Vector:
    """`a` rotated by the unit vector (cos, sin)."""
    return by[0] * a[0] - by[1] * a[1], by[1] * a[0] + by[0] * a[1]


def unit(angle: sp.Expr) -> Vector:
    """(cos, sin) of an angle."""
    return sp.cos(angle), sp.sin(angle)


def norm2(a: Vector) -> sp.Expr:
    """Squared length."""
    return a[0] ** 2 + a[1] ** 2
