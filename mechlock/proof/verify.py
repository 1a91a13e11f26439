#!/usr/bin/env python3
"""The independent checker of ``mechlock-certificate/4``: integers and fractions only, nothing but the standard library.

``python verify.py CERT.json [--design FILE.toml]`` runs with bare Python. Nothing of the program that wrote the certificate is
used. From the linkage data in the certificate this file derives the uncertain quantities and their intervals (the root box) and
the equations of the joints. The certificate's own formulas for positions and levers are believed only after the equations of
the joints, their derivatives and virtual work have been found to hold identically: exactly, in a large prime field, at a point
drawn from the certificate's hash. Signs are then proved by interval arithmetic on every leaf of the certificate's trees, which
say no more than where to cut.

Reading order; each part uses those before it alone, and a part that a claim does not need can be left out:

1 intervals, 2 numbers that know their derivatives, 3 numbers of a prime field: arithmetic, for all that follows
4 formulas, 5 the linkage file: what is read, and which quantities are uncertain
6 what joints demand: the mechanics, one function for each equation, and the quantities that claims speak of
7 identities, 8 the assembly mode: why the certificate's formulas are believed
9 bounds over a box: the proof itself
10 friction: for `friction`, `release` and joints that can only press
11 claims: what has to be proved for each, and what a counterexample is
12 the certificate: hashes, comparison with a file, command line; nothing is proved here

``docs/certificate.md`` documents the format and says why this is sound.
"""

from __future__ import annotations

import argparse
import ast
import copy
import functools
import hashlib
import itertools
import json
import operator
import re
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import isqrt
from pathlib import Path
from typing import Any

FORMAT, EARLIER = "mechlock-certificate/4", [f"mechlock-certificate/{k}" for k in (1, 2, 3)]


class Unreadable(Exception):
    """The certificate or its linkage is not something this checker can read."""


class Rejected(Exception):
    """The certificate does not prove what it says."""


class Unknown(Exception):
    """Nothing can be said about this box: it is too large."""


# 1 -- Intervals: pairs of integers (low, high) that stand for low/2**BITS and high/2**BITS, always rounded outward ----------
BITS = 96
ONE = 1 << BITS
Interval = tuple[int, int]
Box = list[tuple[Fraction, Fraction]]  # of the root box, in the file's units
ZERO: Interval = (0, 0)
UNIT: Interval = (ONE, ONE)
MINUS: Interval = (-ONE, -ONE)


def enclose(low: Fraction | int, high: Fraction | int) -> Interval:
    return (low.numerator << BITS) // low.denominator, -((-high.numerator << BITS) // high.denominator)


def add(a: Interval, b: Interval) -> Interval:
    return a[0] + b[0], a[1] + b[1]


def negate(a: Interval) -> Interval:
    return -a[1], -a[0]


def mul(a: Interval, b: Interval) -> Interval:
    if a[0] >= 0 <= b[0]:
        return a[0] * b[0] >> BITS, -(-a[1] * b[1] >> BITS)
    products = (a[0] * b[0], a[0] * b[1], a[1] * b[0], a[1] * b[1])
    return min(products) >> BITS, -(-max(products) >> BITS)


def divide(a: Interval, b: Interval) -> Interval:
    if b[0] <= 0 <= b[1]:
        raise Unknown
    a, b = (negate(a), negate(b)) if b[1] < 0 else (a, b)
    # the end of the divisor that makes a quotient least or greatest
    return (a[0] << BITS) // b[a[0] >= 0], -((-a[1] << BITS) // b[a[1] < 0])


def magnitude(a: Interval) -> Interval:
    return (0 if a[0] <= 0 <= a[1] else min(abs(a[0]), abs(a[1]))), max(abs(a[0]), abs(a[1]))


def square(a: Interval) -> Interval:
    low, high = magnitude(a)
    return low * low >> BITS, -(-high * high >> BITS)


def root(a: Interval) -> Interval:
    if a[0] < 0:
        raise Unknown
    return isqrt(a[0] << BITS), isqrt(a[1] << BITS) + 1


def sign(a: Interval) -> int:
    """Sign of all numbers of an interval, 0 if unknown."""
    return -1 if a[1] < 0 else 1 if a[0] > 0 else 0


@functools.lru_cache(maxsize=4096)
def _series(x: int, k: int) -> Interval:
    """Sine (k = 1) or cosine (k = 0) of the number x/2**BITS by its series, which alternates and falls once k > |x|."""
    if abs(x) > 64 * ONE:
        raise Unknown
    term = total = (x, x) if k else UNIT
    squared = square((x, x))
    while k * ONE <= abs(x) or max(abs(term[0]), abs(term[1])) > 2:
        k += 2
        low, high = negate(mul(term, squared))
        term = low // (k * k - k), -(-high // (k * k - k))
        total = add(total, term)
    return total[0] - 3, total[1] + 3


def wave(a: Interval, k: int) -> Interval:
    """Sine (k = 1) or cosine (k = 0) of an interval: monotone where the slope at the middle exceeds the width."""
    width, middle = a[1] - a[0], (a[0] + a[1]) // 2
    ends, slope, value = (_series(a[0], k), _series(a[1], k)), _series(middle, 1 - k), _series(middle, k)
    low, high = min(e[0] for e in ends), max(e[1] for e in ends)
    if slope[0] > width or slope[1] < -width:
        return low, high
    if width >= ONE:
        return -ONE, ONE
    return (-ONE if value[0] < 0 else low), (ONE if value[1] > 0 else high)


_DIGITS = Fraction(314159265358979323846264338327950288419716939937510, 10**50)
PI = enclose(_DIGITS, _DIGITS + Fraction(1, 10**49))
DEGREE = divide(PI, (180 * ONE, 180 * ONE))


# 2 -- Numbers that know their derivatives with respect to every variable, by one pass backwards over the operations ------------
class Num:
    """An interval with the earlier numbers that it was made of, and the derivative by each."""

    __slots__ = ("age", "links", "value")
    count = itertools.count()

    def __init__(self, value: Interval, links: tuple[tuple[Num, Interval], ...] = ()) -> None:
        self.value, self.links, self.age = value, links, next(Num.count)

    # fmt: off
    def __add__(self, b: Num) -> Num: return Num(add(self.value, b.value), ((self, UNIT), (b, UNIT)))
    def __neg__(self) -> Num: return Num(negate(self.value), ((self, MINUS),))
    def __sub__(self, b: Num) -> Num: return Num(add(self.value, negate(b.value)), ((self, UNIT), (b, MINUS)))
    def __mul__(self, b: Num) -> Num: return Num(mul(self.value, b.value), ((self, b.value), (b, self.value)))
    def squared(self) -> Num: return Num(square(self.value), ((self, add(self.value, self.value)),))
    # fmt: on

    def like(self, value: Fraction | int) -> Num:
        low, rest = divmod(value.numerator << BITS, value.denominator)
        return Num((low, low + (rest > 0)))

    def __truediv__(self, b: Num) -> Num:
        value, inverse = divide(self.value, b.value), divide(UNIT, b.value)
        return Num(value, ((self, inverse), (b, negate(mul(value, inverse)))))

    def root(self) -> Num:
        value = root(self.value)
        return Num(value, ((self, divide((ONE >> 1, ONE >> 1), value)),))

    def turned(self) -> Vec:
        """The unit vector at this angle."""
        sine, cosine = wave(self.value, 1), wave(self.value, 0)
        return Vec(Num(cosine, ((self, negate(sine)),)), Num(sine, ((self, cosine),)))

    def within(self, ends: Interval) -> Num:
        """The same number, known to lie in another interval too."""
        low, high = max(self.value[0], ends[0]), min(self.value[1], ends[1])
        return self if (low, high) == self.value else Num((low, max(low, high)), ((self, UNIT),))

    def is_zero(self) -> bool:
        """Whether it is zero as a given value, and not by cancellation."""
        return self.value == ZERO and not self.links

    def weight(self) -> int:
        """How good a divisor it is."""
        return magnitude(self.value)[0]


def gradient(output: Num, inputs: list[Num]) -> list[Interval]:
    """Intervals of the partial derivatives of `output`."""
    weights, made_of, leaves = {output: UNIT}, {output}, {*inputs}
    for number in (queue := [output]):
        new = {parent for parent, _ in number.links if parent.links or parent in leaves} - made_of
        made_of |= new
        queue += new
    for number in sorted(made_of, key=lambda number: -number.age):
        weight = weights[number]
        for parent, partial in number.links:
            if parent not in made_of:  # a given number
                continue
            part = weight if partial is UNIT else negate(weight) if partial is MINUS else mul(weight, partial)
            weights[parent] = add(weights[parent], part) if parent in weights else part
    return [weights.get(number, ZERO) for number in inputs]


# 3 -- Numbers of a prime field: what holds for them at a point drawn at random holds identically -------------------------------
@dataclass(slots=True, eq=False)
class Mod:
    """An integer modulo a prime `p` that leaves 3 when divided by 4."""

    v: int
    p: int

    # fmt: off
    def __add__(self, b: Mod) -> Mod: return Mod((self.v + b.v) % self.p, self.p)
    def __neg__(self) -> Mod: return Mod(-self.v % self.p, self.p)
    def __sub__(self, b: Mod) -> Mod: return Mod((self.v - b.v) % self.p, self.p)
    def __mul__(self, b: Mod) -> Mod: return Mod(self.v * b.v % self.p, self.p)
    def __truediv__(self, b: Mod) -> Mod: return Mod(self.v * pow(b.v, -1, self.p) % self.p, self.p)
    def like(self, n: Fraction | int) -> Mod: return Mod(n.numerator * pow(n.denominator, -1, self.p) % self.p, self.p)
    def squared(self) -> Mod: return self * self
    def is_zero(self) -> bool: return self.v == 0
    def weight(self) -> int: return self.v
    # fmt: on


SMALL = [n for n in range(2, 120) if all(n % k for k in range(2, n))]


def prime(seed: int) -> int:
    """Find the first (probable) prime from `seed` on that leaves 3 when divided by 4."""
    p = seed | 3
    while any(p % n == 0 for n in SMALL) or any(pow(n, p >> 1, p) not in (1, p - 1) for n in SMALL):
        p += 4
    return p


@dataclass(slots=True, eq=False)
class Vec:
    """A point or a direction of the plane; `*` is that of complex numbers, so a unit vector turns."""

    x: Any
    y: Any

    # fmt: off
    def __add__(self, o: Vec) -> Vec: return Vec(self.x + o.x, self.y + o.y)
    def __sub__(self, o: Vec) -> Vec: return Vec(*(a if b.is_zero() else a - b for a, b in ((self.x, o.x), (self.y, o.y))))
    def __neg__(self) -> Vec: return Vec(-self.x, -self.y)
    def __mul__(self, o: Vec) -> Vec:
        return self.scale(o.x) if o.y.is_zero() else Vec(self.x * o.x - self.y * o.y, self.x * o.y + self.y * o.x)
    def scale(self, k: Any) -> Vec: return Vec(self.x * k, self.y * k)
    def perp(self) -> Vec: return Vec(-self.y, self.x)  # turned by a right angle, counter-clockwise
    def mirrored(self) -> Vec: return Vec(self.x, -self.y)  # at the x axis: of a unit vector, the turn back
    def dot(self, o: Vec) -> Any: return self.x.squared() + self.y.squared() if o is self else self.x * o.x + self.y * o.y
    def cross(self, o: Vec) -> Any: return self.x * o.y - self.y * o.x
    # fmt: on


def eliminate(rows: list[list[Any]]) -> Any:
    """Turn [A | B] into [. | X] with A X = B, where it stands; return A's determinant, or `Unknown` without a pivot."""
    det = rows[0][0].like(1)
    for i in range(len(rows)):
        k = max(range(i, len(rows)), key=lambda k: rows[k][i].weight())
        if not rows[k][i].weight():
            raise Unknown
        if k != i:
            rows[i], rows[k], det = rows[k], rows[i], -det
        det, inverse = det * rows[i][i], det.like(1) / rows[i][i]
        rest = rows[i][i + 1 :] = [x if x.is_zero() else x * inverse for x in rows[i][i + 1 :]]
        for k, row in enumerate(rows):
            if k != i and not row[i].is_zero():
                row[i + 1 :] = [x if y.is_zero() else x - row[i] * y for x, y in zip(row[i + 1 :], rest, strict=True)]
    return det


# 4 -- Formulas: quantities with a unit; + - * / powers, sqrt, and sin, cos and tan of sums of multiples of quantities ----------
_FACTORS = {
    "": {"": 1},
    "mm": {"mm": 1, "cm": 10, "m": 1000, "um": Fraction(1, 1000), "µm": Fraction(1, 1000), "in": Fraction(127, 5)},
    "deg": {"deg": 1, "degree": 1, "degrees": 1, "arcmin": Fraction(1, 60)},
    "rad": {"rad": 1, "mrad": Fraction(1, 1000)},
    "N": {"N": 1, "kN": 1000, "MN": 10**6},
    "N*mm": {"N*mm": 1, "N*m": 1000, "kN*m": 10**6, "J": 1000, "kJ": 10**6},
    "t": {"t": 1, "tonne": 1, "kg": Fraction(1, 1000), "g": Fraction(1, 10**6)},
    "mm/s**2": {"mm/s**2": 1, "m/s**2": 1000},
    "mm/s": {"mm/s": 1, "m/s": 1000, "km/h": Fraction(2500, 9)},
    "N/mm": {"N/mm": 1, "kN/mm": 1000, "N/m": Fraction(1, 1000), "kN/m": 1, "MN/m": 1000, "N/um": 1000},
}
QUANTITY = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?)\s*([^\d\s].*)?")


def quantity(value: Any) -> tuple[Fraction, str]:
    """Number and unit (mm, N, deg ...) of ``"12 kN"`` or of a pure number, which is what its shortest decimal says."""
    if isinstance(value, (int, float, Fraction)) and not isinstance(value, bool):
        return Fraction(str(value)), ""
    match = QUANTITY.fullmatch(value) if isinstance(value, str) and len(value) < 100 else None
    for unit, factors in _FACTORS.items():
        if match and (match[2] or "").strip() in factors:
            return Fraction(match[1]) * factors[(match[2] or "").strip()], unit
    raise Unreadable(f"{value!r} is not a quantity with a unit that the checker knows")


def in_unit(value: Any, unit: str, least: Fraction | None = None) -> Fraction:
    """Number of a quantity that has to have a unit, and not to be below a least value."""
    number, found = quantity(value)
    if found != unit or (least is not None and number < least):
        raise Unreadable(f"{value!r} does not have the unit {unit!r}, or is too small")
    return number


Angle = tuple[tuple[str, Fraction], ...]  # multiples of quantities, of "pi", and of "" (one radian)
Function = Callable[[Any], Any]  # of a scene, which says what numbers are
OPERATORS: dict[type, Any] = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}


@functools.lru_cache(maxsize=4096)
def node_of(text: Any) -> ast.expr:
    """Syntax tree of a quantity (degrees become radians) or of a formula."""
    try:
        value, unit = quantity(text)
    except Unreadable:
        if not isinstance(text, str) or len(text) > 4000:
            raise
        return ast.parse(text.strip(), mode="eval").body
    number = ast.Constant(value / 180 if unit == "deg" else value)  # pyright: ignore[reportArgumentType]
    return ast.BinOp(number, ast.Mult(), ast.Name("pi")) if unit == "deg" else number


def multiples(node: ast.expr) -> dict[str, Fraction]:
    """A formula as a sum of multiples of quantities: what is known of an angle."""
    match node:
        case ast.Constant(value=value):
            return {"": Fraction(str(value))}
        case ast.Name(id=name):
            return {name: Fraction(1)}
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() as op, operand=a):
            return {key: -c if isinstance(op, ast.USub) else c for key, c in multiples(a).items()}
        case ast.BinOp(left=a, op=ast.Add() | ast.Sub() as op, right=b):
            one, two, zero = multiples(a), multiples(b), Fraction(0)
            return {key: OPERATORS[type(op)](one.get(key, zero), two.get(key, zero)) for key in {*one, *two}}
        case ast.BinOp(left=a, op=ast.Mult() | ast.Div() as op, right=b):
            one, two = multiples(a), multiples(b)
            one, two = (two, one) if set(one) == {""} and isinstance(op, ast.Mult) else (one, two)
            if set(two) == {""}:
                return {key: OPERATORS[type(op)](c, two[""]) for key, c in one.items()}
        case _:
            pass
    raise Unreadable("sin, cos and tan take sums of multiples of quantities")


class Formulas:
    """Parsed formulas, as functions of a scene. A step gives the value of a formula a name that later ones may use."""

    def __init__(self, names: Iterable[str]) -> None:
        self.uses = {name: frozenset([name]) for name in names}  # all that a name depends on, itself among it
        self.steps: dict[str, Function] = {}
        self.texts: dict[Any, tuple[Function, list[str]]] = {}  # with the steps to evaluate before, in order
        self.roots: list[frozenset[str]] = []  # of each square root, the names in it

    def step(self, name: str, text: Any) -> None:
        if not name.isidentifier() or name in self.uses or name == "pi":
            raise Unreadable(f"{name!r} cannot be the name of a step")
        self.steps[name] = self.read(text)[0]
        self.uses[name] = self._uses(node_of(text)) | {name}

    def read(self, text: Any) -> tuple[Function, list[str]]:
        if text not in self.texts:
            function, uses = self._parse(node_of(text)), self._uses(node_of(text))
            self.texts[text] = function, [step for step in self.steps if step in uses]
        return self.texts[text]

    def angle(self, node: ast.expr, sense: int = 1) -> Angle:
        """A formula as a sum of multiples."""
        found = multiples(node)
        if not {*found} <= {"", "pi", *self.uses}:
            raise Unreadable("an angle uses something that the checker does not know")
        return tuple(sorted((key, sense * c) for key, c in found.items() if c))

    def _uses(self, node: ast.expr) -> frozenset[str]:
        names = (part.id for part in ast.walk(node) if isinstance(part, ast.Name))
        return frozenset[str]().union(*(self.uses.get(name, ()) for name in names))

    def _parse(self, node: ast.expr) -> Function:
        match node:
            case ast.Constant(value=value):
                number = Fraction(str(value))
                return lambda s: s.like(number)
            case ast.Name(id="pi"):
                return lambda s: s.pi
            case ast.Name(id=name) if name in self.uses:
                return lambda s: s.value(name)
            case ast.UnaryOp(op=ast.USub() | ast.UAdd() as op, operand=a):
                f = self._parse(a)
                return (lambda s: -f(s)) if isinstance(op, ast.USub) else f
            case ast.BinOp(left=a, op=ast.Pow(), right=ast.Constant(value=int() as power)) if 1 < power < 9:
                f = self._parse(a)
                return lambda s: functools.reduce(operator.mul, [base := f(s)] * (power - 2), base.squared())
            case ast.BinOp(left=a, op=op, right=b) if type(op) in OPERATORS:
                f, g, kind = self._parse(a), self._parse(b), OPERATORS[type(op)]
                return lambda s: kind(f(s), g(s))
            case ast.Call(func=ast.Name(id="sqrt"), args=[a], keywords=[]):
                f, index = self._parse(a), len(self.roots)
                self.roots.append(self._uses(a))
                return lambda s: s.root(f(s), index)
            case ast.Call(func=ast.Name(id="sin" | "cos" | "tan" as name), args=[a], keywords=[]):
                part = {"sin": lambda e: e.y, "cos": lambda e: e.x, "tan": lambda e: e.y / e.x}[name]
                angle = self.angle(a)
                return lambda s: part(s.unit(angle))
            case _:
                raise Unreadable("a formula uses something that the checker does not know")


# 5 -- The linkage file, read again: quantities in mm, N and degrees or radians, as exact fractions ---------------------------
def keys(entry: Any, required: Iterable[str], optional: Iterable[str] = ()) -> dict[str, Any]:
    """Refuse what is missing and what is not read, so that no number in the file goes unchecked."""
    if not isinstance(entry, dict) or not {*required} <= {*entry} <= {*required, *optional}:
        raise Rejected(f"keys {sorted(required)} are expected, found {sorted(entry) if isinstance(entry, dict) else entry!r}")
    return entry


def fraction(value: Any) -> Fraction:
    """Read an exact number: a decimal or a quotient as text."""
    if not isinstance(value, str) or len(value) > 400 or not re.fullmatch(r"-?\d+(\.\d+)?(/\d+)?", value):
        raise Rejected(f"{str(value)[:40]!r} is not a number")
    return Fraction(value)


@dataclass(frozen=True)
class Variable:
    """An uncertain or given quantity: nominal value and interval, in `unit`; formulas call it `symbol`."""

    name: str
    low: Fraction
    nominal: Fraction
    high: Fraction
    unit: str
    symbol: str = ""


def variable(name: str, spec: Any, symbol: str = "", unit: str | None = None) -> Variable:
    """Read a value, ``{value, tolerance}`` or ``{range = [low, high]}``."""
    if isinstance(spec, dict) and set(spec) == {"range"} and len(spec["range"]) == 2:
        (low, found), (high, other) = map(quantity, spec["range"])
        nominal = (low + high) / 2
    else:
        spec = keys(spec if isinstance(spec, dict) else {"value": spec}, ["value"], ["tolerance"])
        nominal, found = quantity(spec["value"])
        width, other = quantity(spec["tolerance"]) if spec.get("tolerance") is not None else (Fraction(0), found)
        low, high = nominal - width, nominal + width
    if not found == other == (found if unit is None else unit) or low > high:
        raise Unreadable(f"{name}: both numbers must have the unit that is wanted and the interval must not be empty")
    return Variable(name, low, nominal, high, found, symbol)


_JOINTS = {
    "revolute": {"pin_radius", "friction", "clearance"},
    "prismatic": {"axis", "angle", "pin_radius", "friction"},
    "wedge": {"axis", "angle", "pin_radius", "friction", "side"},
    "pin_in_slot": {"axis", "pin_radius", "friction", "clearance"},
    "eccentric": {"axis", "radius", "side", "friction"},
    "cam": {"radii", "inside", "friction"},
}
SLIDES, CONTACTS = ("prismatic", "wedge"), ("cam", "eccentric", "wedge")  # contacts can only press


class Joint:
    """A joint between a point of the `first` and a point of the `second` body, as docs/certificate.md defines each kind."""

    def __init__(self, entry: dict[str, Any], bodies: dict[str, Any]) -> None:
        self.name, self.kind = entry["name"], entry["type"]
        keys(entry, ["name", "type", "of"], _JOINTS[self.kind] | {"stiffness", "rotational_stiffness"})
        self.first, self.second = (tuple(text.split(".")) for text in entry["of"])
        self.bodies, self.ends = (self.first[0], self.second[0]), dict((self.first, self.second))  # its point of each body
        if self.bodies[0] == self.bodies[1] or any(point not in bodies[body]["points"] for body, point in self.ends.items()):
            raise Unreadable(f"joint {self.name}: it does not join points of two bodies")
        self.play, self.pin_radius = (in_unit(entry.get(key, "0 mm"), "mm", Fraction(0)) for key in ("clearance", "pin_radius"))
        self.friction, self.axis, self.angle = (entry.get(key, 0) for key in ("friction", "axis", "angle"))
        self.radii = entry.get("radii", ("0 mm", entry.get("radius", "0 mm")))
        # which side of the face the second body is on; of circles -1 where one is inside the other
        self.side = {False: 1, True: -1}[entry.get("inside", False)] * {"left": 1, "right": -1}[entry.get("side", "left")]


def _texts(node: Any) -> Iterator[Any]:
    """All formulas in nested lists and tables."""
    if isinstance(node, (dict, list, tuple)):
        for part in node.values() if isinstance(node, dict) else node:
            yield from _texts(part)
    else:
        yield node


class Linkage:
    """The mechanism with its lock, and the certificate's formulas for it."""

    def __init__(self, data: dict[str, Any], solution: dict[str, Any]) -> None:
        self.data, self.lock, self.solution, bodies = data, data["lock"], solution, data["bodies"]
        self.moving = [body for body in bodies if body != "ground"]
        self.place = {body: 3 * k for k, body in enumerate(self.moving)}  # of its equations
        self.joints = [Joint(entry, bodies) for entry in data["joints"]]
        self.loads: dict[str, Any] = {load["name"]: load for load in self.lock.get("loads", [])}
        self.drive = next(j for j in self.joints if j.name == data["drive"]["joint"])
        unique = len(self.loads) == len(self.lock.get("loads", [])) and len({j.name for j in self.joints}) == len(self.joints)
        if data["format"] != "mechlock-linkage/1" or self.drive.kind not in ("revolute", "prismatic") or not unique:
            raise Unreadable("no mechlock-linkage/1 file with a revolute or prismatic drive and one name for each joint and load")
        if any(self.force_range(name)[0] < 0 for name in self.loads):
            raise Unreadable("a load's magnitude is not negative")
        ways, release = {"increasing": 1, "decreasing": -1, None: 0}, self.lock.get("release")
        self.stop = ways[self.lock.get("stop")]
        self.opens = -self.stop or ways[release.get("direction") if isinstance(release, dict) else release]
        self.senses: dict[str, int] = {}  # for each load whether Q is the product of its factors, or the negative: `identities`
        self.summit = self.limit = Fraction(0)  # of `stays_shut` and `release`
        base = self.lock.get("base_acceleration", "0 g")
        g = isinstance(base, str) and base.split()[-1:] == ["g"]  # of a weight's acceleration, not of mass
        self.base = in_unit(base, "t", Fraction(0)) * 9806650000 if g else in_unit(base, "mm/s**2", Fraction(0))
        self.masses = {body: in_unit(bodies[body].get("mass", "0 kg"), "t", Fraction(0)) for body in self.moving}
        self.driving, self.adjusted = self._driving(), self.lock.get("clamp", {}).get("adjusted", False)
        self.variables = list(self._variables())
        self._read()

    def _read(self) -> None:
        """Read the file's formulas, in parameters alone, then those of the certificate."""
        data, solution = self.data, self.solution
        self.formulas = Formulas(v.symbol for v in self.variables if not v.symbol.startswith("_"))
        joints = [(joint.axis, joint.angle, joint.radii, joint.friction) for joint in self.joints]
        points, normal = [body["points"] for body in data["bodies"].values()], self.lock.get("positive", {}).get("normal", 0)
        centres = [body.get("centre", 0) for body in data["bodies"].values()]
        for text in _texts([points, centres, joints, data.get("assembly", {}), normal]):
            self.formulas.read(text)
        self.formulas.uses |= {v.symbol: frozenset([v.symbol]) for v in self.variables}
        for name, text in solution["steps"]:
            self.formulas.step(name, text)
        self.poses = [pose[1:] for pose in solution["bodies"].values()]
        texts = _texts([self.poses, solution["factors"], solution["margins"], solution["sway"]])
        if {*self.formulas.steps} - {step for text in texts for step in self.formulas.read(text)[1]}:
            raise Rejected("the solution has a step that nothing needs")

    def _variables(self) -> Iterator[Variable]:
        for name, spec in self.data.get("parameters", {}).items():
            if name.startswith("_"):
                raise Unreadable(f"{name} cannot be the name of a parameter")
            yield variable(name, spec, name)
        band = variable(f"drive {self.drive.name}", self.lock["drive"], "_drive")
        start = in_unit(self.lock["locked_from"], band.unit) if "locked_from" in self.lock else band.nominal
        yield replace(band, low=min(start, band.low)) if self.stop > 0 else replace(band, high=max(start, band.high))
        driving = {joint.name for joint, _, _ in self.driving.values()}
        for k, joint in enumerate(self.joints, 1):
            for axis in "xy" if joint.play else "":
                yield Variable(f"clearance {joint.name} {axis}", -joint.play, Fraction(0), joint.play, "mm", f"_{axis}{k}")
            if joint.play and joint.name in driving:
                yield Variable(f"carried {joint.name}", Fraction(0), Fraction(0), Fraction(1), "", f"_t{k}")
        for k, (name, load) in enumerate(self.loads.items(), 1):
            yield variable(f"direction {name}", {"range": load["direction"]}, f"_d{k}")
        if "clamp" in self.lock:
            table = keys(self.lock["clamp"], ["stiffness", "interference"], ["adjusted", "losses", "loads"])
            yield variable("clamp stiffness", table["stiffness"], "_stiffness", "N/mm")
            yield variable("clamp interference", table["interference"], "_overlap", "mm")
            for k, (name, loss) in enumerate(table.get("losses", {}).items(), 1):
                yield variable(f"clamp loss {name}", loss, f"_loss{k}", "mm")

    def force_range(self, load: str) -> tuple[Fraction, Fraction]:
        force = variable(load, {"range": self.loads[load]["magnitude"]}, "", "N")
        return force.low, force.high

    def root(self) -> Box:
        return [(v.low, v.high) for v in self.variables]

    def one(self, symbol: str) -> Variable:
        return next(v for v in self.variables if v.symbol == symbol)

    def with_drive(self, box: Box, low: Fraction, high: Fraction) -> Box:
        return [(low, high) if v.symbol == "_drive" else ends for v, ends in zip(self.variables, box, strict=True)]

    def moved(self, low: Fraction, high: Fraction) -> Linkage:
        other = copy.copy(self)
        other.variables = [replace(v, low=low, high=high) if v.symbol == "_drive" else v for v in self.variables]
        return other

    def back_to(self, start: Fraction, sense: int) -> Linkage:
        """The same lock with a locked interval that begins at a drive value before its own; `sense` is that of the stop."""
        drive = self.one("_drive")
        if not (start < drive.low if sense > 0 else start > drive.high):
            raise Rejected("a drive value before the locked interval is needed")
        return self.moved(min(start, drive.low), max(start, drive.high))

    def intervals(self, box: Box) -> list[Interval]:
        return [
            mul(enclose(*ends), DEGREE) if v.unit == "deg" else enclose(*ends)
            for v, ends in zip(self.variables, box, strict=True)
        ]

    def cut(self, box: Box, index: int) -> list[Box]:
        """Halve a box across a variable; play that may be carried is so wholly or not at all."""
        low, high = box[index]
        middle = (low + high) / 2
        halves = ((low, low), (high, high)) if self.variables[index].symbol.startswith("_t") else ((low, middle), (middle, high))
        return [[*box[:index], ends, *box[index + 1 :]] for ends in halves]

    def nominal(self, drive: Any) -> Box:
        """All quantities at their nominal values, the drive at that of a quantity."""
        value = variable("drive", drive).nominal
        return self.with_drive([(v.nominal, v.nominal) for v in self.variables], value, value)

    def holds(self, point: Box) -> bool:
        """Whether the root box and its discs hold a point."""
        at = {v.symbol: low for v, (low, _) in zip(self.variables, point, strict=True)}
        discs = all(at[f"_x{k}"] ** 2 + at[f"_y{k}"] ** 2 <= j.play**2 for k, j in enumerate(self.joints, 1) if j.play)
        return discs and all(
            v.low <= at[v.symbol] <= v.high and (at[v.symbol] in (0, 1) or not v.symbol.startswith("_t")) for v in self.variables
        )

    def _driving(self) -> dict[str, tuple[Joint, int, Joint]]:
        """Where a body nearer to the drive moves a link that pulls at a body held by the ground, by a pin or as the link's guide.

        For each such link: the joint, which of its bodies is the nearer one (1 or -1 for first or second), and the joint at
        which the link pulls. Circles that touch are a link themselves, along the line of their centres.
        """
        distance = {body: 0 for body in self.drive.bodies if body != "ground"}
        for body in (queue := list(distance)):
            for other in (j.bodies[j.bodies[0] == body] for j in self.joints if body in j.bodies):
                if other != "ground" and other not in distance:
                    distance[other] = distance[body] + 1
                    queue.append(other)
        held = {body for joint in self.joints if "ground" in joint.bodies for body in joint.bodies}
        found: dict[str, tuple[Joint, int, Joint]] = {}
        for joint in self.joints:
            if joint.kind in ("revolute", "prismatic", "cam") and "ground" not in joint.bodies:
                near, link = sorted(joint.bodies, key=lambda body: distance[body])
                if joint.kind == "cam" and distance[near] < distance[link] and link in held:
                    found[joint.name] = joint, 1 if near == joint.bodies[0] else -1, joint
                beyond = {body for body in held - {link, near, "ground"} if distance[body] > distance[link]}
                pulls = [j for j in self.joints if j is not joint and link in j.bodies and beyond & {*j.bodies}]
                if joint.kind != "cam" and distance[near] < distance[link] and link not in held and pulls:
                    found[link] = joint, 1 if near == joint.bodies[0] else -1, pulls[0]
        return found


# 6 -- What joints demand --------------------------------------------------------------------------------------------------------
Push = tuple[str, Vec, Any]  # a body, the force on it and its moment about the body's anchor


class Scene:
    """One evaluation of formulas and of the mechanism, in intervals (`Real`) or in a prime field (`Finite`)."""

    root: Callable[[Any, int], Any]
    general_unit: Callable[[Angle], Vec]
    pi: Any

    def __init__(self, linkage: Linkage, one: Any, values: dict[str, Any]) -> None:
        self.linkage, self.one, self.like, self.values = linkage, one, one.like, values
        self.value = values.__getitem__
        self.directions: dict[str, Vec] = {}
        self._units: dict[Angle, Vec] = {}
        self._numbers: dict[Any, Any] = {}

    def number(self, text: Any) -> Any:
        if text not in self._numbers:
            formula, needs = self.linkage.formulas.read(text)
            for step in needs:
                if step not in self.values:
                    self.values[step] = self.known(step, self.linkage.formulas.steps[step](self))
            self._numbers[text] = formula(self)
        return self._numbers[text]

    def known(self, step: str, number: Any) -> Any:
        """Use what is known of a step already."""
        return number

    def vector(self, texts: Iterable[Any]) -> Vec:
        return Vec(*map(self.number, texts))

    def unit(self, angle: Angle) -> Vec:
        """The unit vector at an angle; exact at multiples of a right angle."""
        if angle not in self._units:
            quarters = 2 * dict(angle).get("pi", Fraction(0))
            if all(key == "pi" for key, _ in angle) and quarters.denominator == 1:
                turn = int(quarters) % 4
                self._units[angle] = Vec(self.like((1, 0, -1, 0)[turn]), self.like((0, 1, 0, -1)[turn]))
            else:
                self._units[angle] = self.general_unit(angle)
        return self._units[angle]

    def turn(self, text: Any, sense: int = 1) -> Vec:
        return self.unit(self.linkage.formulas.angle(node_of(text), sense))

    def pose(self, body: str) -> Sequence[Any]:
        """The point by which a body is placed (its anchor), the texts of its position, and those of the body's direction."""
        return self.linkage.solution["bodies"].get(body, ("", 0, 0, 1, 0))

    def direction(self, body: str) -> Vec:
        if body not in self.directions:
            self.directions[body] = self.vector(self.pose(body)[3:])
        return self.directions[body]

    def anchor(self, body: str) -> Vec:
        """Position of the point by which a body is placed; forces on the body have their moments about it."""
        return self.vector(self.pose(body)[1:3])

    def arm(self, body: str, point: str | None) -> Vec:
        """Vector from a body's anchor to one of its points, or its centre of mass."""
        entry = self.linkage.data["bodies"][body]
        there = self.vector(entry.get("centre", (0, 0)) if point is None else entry["points"][point])
        return there if body == "ground" else self.direction(body) * (there - self.vector(entry["points"][self.pose(body)[0]]))

    def point(self, body: str, point: str) -> Vec:
        return self.arm(body, point) + self.anchor(body)

    def offset(self, joint: Joint) -> Vec:
        """Where the second point of a joint stands from where it stands without play."""
        k = self.linkage.joints.index(joint) + 1
        return Vec(*((self.values[f"_{axis}{k}"] if joint.play else self.like(0)) for axis in "xy"))

    def carried(self, joint: Joint) -> Vec:
        """The part of a driving pin's play that turns with the driving body."""
        return self.offset(joint).scale(self.values.get(f"_t{self.linkage.joints.index(joint) + 1}", self.like(0)))

    def axis(self, joint: Joint) -> Vec:
        return self.direction(joint.first[0]) * self.turn(joint.axis)

    def line(self, joint: Joint) -> Vec:
        return self.point(*joint.second) - self.point(*joint.first)

    def reach(self, joint: Joint) -> Any:
        """Distance of the centres of circles that touch."""
        one, two = map(self.number, joint.radii)
        return one + two if joint.side > 0 else one - two

    def force(self, load: str) -> Vec:
        return self.unit(((f"_d{[*self.linkage.loads].index(load) + 1}", Fraction(1)),))

    def along(self, load: str) -> Any:
        """Where the point of a load stands, along the load."""
        return self.point(self.linkage.loads[load]["body"], self.linkage.loads[load]["point"]).dot(self.force(load))

    def residuals(self, joint: Joint) -> list[Any]:
        """What has to vanish where the bodies fit together at a joint, and the driven joint at the drive's value."""
        gap = Scene.line(self, joint) - self.offset(joint)
        driven, drive, e = joint is self.linkage.drive, self.values["_drive"], self.axis(joint)
        if joint.kind == "cam":
            return [gap.dot(gap) - self.reach(joint).squared()]
        found = [gap.x, gap.y] if joint.kind == "revolute" else [e.cross(gap)]
        if joint.kind == "eccentric":
            found[0] -= self.number(joint.radii[1]) * self.like(joint.side)
        if joint.kind in SLIDES or driven:
            angle = self.unit((("_drive", Fraction(1)),)) if joint.kind == "revolute" else self.turn(joint.angle)
            turned = self.direction(joint.bodies[1]) - self.direction(joint.bodies[0]) * angle
            found += [turned.x, turned.y]
        return found + ([e.dot(gap) - drive] if driven and joint.kind == "prismatic" else [])

    def pushes(self, joint: Joint, force: Vec, a: Vec, b: Vec) -> list[Push]:
        """A force on the second body and its reaction on the first, at these arms from their anchors."""
        both = (joint.first[0], -force, -a.cross(force)), (joint.second[0], force, b.cross(force))
        return [push for push in both if push[0] != "ground"]

    def couple(self, joint: Joint, size: int) -> list[Push]:
        """A couple on the second body and its reaction on the first."""
        both = zip(joint.bodies, (-size, size), strict=True)
        return [(body, self.vector((0, 0)), self.like(moment)) for body, moment in both if body != "ground"]

    def column(self, pushes: list[Push], length: int = 1, sense: int = 1) -> list[Any]:
        """Forces on all moving bodies and their moments, divided by a length."""
        column = [self.like(0)] * (3 * len(self.linkage.moving))
        for body, force, moment in pushes:
            k, parts = self.linkage.place[body], (force.x, force.y, moment * self.like(Fraction(1, length)))
            column[k : k + 3] = parts if sense > 0 else [-part for part in parts]
        return column

    def rows(self, joint: Joint, unit: int = 0) -> dict[str, list[Push]]:
        """What a joint holds: for each unit of reaction the force on each body and its moment about the body's anchor.

        The same numbers, times the rates of the bodies, give the rate at which the joint would open: zero, or the drive's rate.
        Where a couple is `unit` large (in place of 1) the joint's play turns with the first body: reactions act at the second
        body's point.
        """
        a, b, moved = self.arm(*joint.first), self.arm(*joint.second), self.offset(joint) if unit else self.carried(joint)
        driven, couple = joint is self.linkage.drive, self.couple(joint, unit or 1)
        if joint.kind == "revolute":
            by_second = not unit and any(joint is pin and near < 0 for pin, near, _ in self.linkage.driving.values())
            a, b = (a, b - moved) if by_second else (a + moved, b)
            found = {name: self.pushes(joint, self.vector(e), a, b) for name, e in (("x", (1, 0)), ("y", (0, 1)))}
            return found | ({"drive": couple} if driven else {})
        if joint.kind == "cam":
            return {"normal": self.pushes(joint, self.line(joint), a, b)}
        e, a = self.axis(joint), self.point(*joint.second) - self.anchor(joint.first[0])
        a = a if unit else a - self.offset(joint)
        found = {"normal": self.pushes(joint, e.perp(), a, b)} | ({"couple": couple} if joint.kind in SLIDES else {})
        return found | ({"drive": self.pushes(joint, e, a, b)} if driven else {})


class Real(Scene):
    """An evaluation in intervals, on a box given by an interval for each quantity.

    `floors` bound steps, as proved before; `flipped` are roots that are negative, in a mode that is looked at for comparison;
    `around` is the evaluation on a box that holds this one (`effort`).
    """

    def __init__(
        self,
        linkage: Linkage,
        box: list[Any],
        floors: dict[str, Interval] | None = None,
        flipped: Iterable[int] = (),
        around: Real | None = None,
    ) -> None:
        self.inputs = [value if isinstance(value, Num) else Num(value) for value in box]
        values = dict(zip((v.symbol for v in linkage.variables), self.inputs, strict=True))
        super().__init__(linkage, Num(UNIT), values)
        self.floors, self.flipped, self.rooted, self.pi = floors or {}, flipped, set[int](), Num(PI)
        self.wide = any(x.value[1] - x.value[0] > ONE >> 48 for x in self.inputs)  # wider than the rounding of pi leaves a point
        self.slopes: dict[str, list[Interval]] = {}
        self.quantities: dict[str, Num] = {}
        self.around, self.equilibrium = around or self, functools.cache(functools.partial(Equilibrium, self))

    def known(self, step: str, number: Num) -> Num:
        """Cut off what has been proved not to be taken, or is not by the mean-value form."""
        number = number.within(self.floors.get(f"assembly {step}", (-FAR, FAR)))
        return self.sharpened(number, self.still.number(step)) if step in self.linkage.solution["sharp"] and self.wide else number

    @functools.cached_property
    def still(self) -> Real:
        centres = [(middle, middle) for middle in (sum(x.value) >> 1 for x in self.inputs)]
        return Real(self.linkage, centres, self.floors, self.flipped, self.around)

    def mean_value(self, middle: Num, slopes: list[Interval]) -> Interval:
        """Enclose a number by its value at the middle of the box and its slopes."""
        steps = (mul(d, add(x.value, negate(c.value))) for x, c, d in zip(self.inputs, self.still.inputs, slopes, strict=True))
        return functools.reduce(add, steps, middle.value)

    def sharpened(self, number: Num, middle: Num) -> Num:
        return number.within(self.mean_value(middle, gradient(number, self.inputs)))

    def root(self, number: Num, index: int) -> Num:
        self.rooted.add(index)
        return -number.root() if index in self.flipped else number.root()

    def general_unit(self, angle: Angle) -> Vec:
        ones = {"pi": self.pi, "": self.one}
        parts = ((ones.get(key) or self.value(key), c) for key, c in angle)
        return functools.reduce(operator.add, (one if c == 1 else one * self.like(c) for one, c in parts)).turned()

    def line(self, joint: Joint) -> Vec:
        line = super().line(joint)
        return line.scale(self.one / line.dot(line).root())

    def gradient(self, name: str) -> list[Interval]:
        if name not in self.slopes:
            self.slopes[name] = gradient(self.quantity(name), self.inputs)
        return self.slopes[name]

    def quantity(self, name: str) -> Num:
        """Evaluate one named quantity; `Unknown` where the box is too large for it."""
        if name not in self.quantities:
            self.quantities[name] = self._quantity(*name.partition(" ")[::2])
        return self.quantities[name]

    def _quantity(self, kind: str, key: str) -> Num:
        linkage, solution = self.linkage, self.linkage.solution
        match kind:
            case "assembly":
                for name in [key] if key else [*linkage.formulas.steps, *_texts(linkage.poses)]:
                    self.number(name)
                return self.number(key) if key else self.one
            case "factor":
                return self.number(solution["factors"][key])
            case "lever":  # how far Q per unit of load points into the stop
                factors = ((f"factor {name}", power) for name, power in solution["loads"][key])
                parts = [(self.quantity(name).within(self.floors.get(name, (-FAR, FAR))), power) for name, power in factors]
                product = functools.reduce(lambda q, f: q * f[0] if f[1] > 0 else q / f[0], parts, self.one)
                return product if linkage.stop * linkage.senses[key] > 0 else -product
            case "counter":
                return -self.quantity(f"lever {key}")
            case "shaken":  # moment into the stop that inertia of the links leaves, however the base accelerates
                pull = self.quantity(f"lever {key}") * self.like(linkage.force_range(key)[0])
                return pull - size(list(map(self.number, solution["sway"]))) * self.like(linkage.base)
            case "reserve" | "sine":
                return self.number(solution["margins"][key][kind == "sine"])
            case "along":
                return self.along(key)
            case "approach":
                load = linkage.loads[key]
                nominal = Real(linkage, [Num(x) for x in linkage.intervals(linkage.nominal(linkage.lock["drive"]))])
                apart = nominal.point(load["body"], load["point"]) - self.point(load["body"], load["point"])
                return apart.dot(self.force(key))
            case "retreat" | "overload":  # bounded from below, they bound the approach and the preload from above
                return -self.quantity(f"{'approach' if kind == 'retreat' else 'preload'} {key}")
            case "preload":
                losses = [number for symbol, number in self.values.items() if symbol.startswith("_loss")]
                overlap = functools.reduce(operator.sub, losses, self.values["_overlap"])
                return self.values["_stiffness"] * (overlap if linkage.adjusted else overlap + self.quantity(f"approach {key}"))
            case "spare":  # preload beyond what the clamp has to guarantee
                return self.quantity(f"preload {key}") - self.like(linkage.force_range(key)[0])
            case "barrier":
                summit = linkage.intervals(linkage.with_drive(linkage.root(), linkage.summit, linkage.summit))
                drives = (v.symbol == "_drive" for v in linkage.variables)
                inputs = [Num(s) if d else x for x, s, d in zip(self.inputs, summit, drives, strict=True)]
                return (self.along(key) - Real(linkage, inputs).along(key)) * self.like(linkage.force_range(key)[0])
            case "positive":
                return self._tooth(key)
            case "press":
                load, _, contact = key.partition(" | ")
                return pressing(self, load)[contact]
            case "holds":
                return effort(self, key)
            case "opens":  # what the actuator has beyond the greatest effort
                return self.like(linkage.limit) - effort(self, key, 1) * self.like(linkage.force_range(key)[1])
            case _:
                raise Rejected(f"{kind!r} is not a quantity")

    def _tooth(self, key: str) -> Num:
        """Tooth and face: `clear` of it, `blocked` by it, and how far `inner` and `outer` of its ends beyond the engagement."""
        table = self.linkage.lock["positive"]
        normal = self.turn(table["normal"])
        step = self.point(table["body"], table["point"]) - self.point(*table["against"].split("."))
        across = normal.cross(step) if table.get("side", "left") == "left" else step.cross(normal)
        width, engaged = (self.like(in_unit(table[key], "mm")) for key in ("width", "engagement"))
        clear = step.dot(normal)
        return {"clear": clear, "blocked": -clear, "inner": across - engaged, "outer": width - engaged - across}[key]


# 7 -- Identities: the certificate's formulas fulfil the equations of the joints, and their levers are those of virtual work ---
class NotSquare(Exception):
    """The radicand of the square root with this index has no root in the field."""


class Finite(Scene):
    """An evaluation at a random point of a prime field; nothing is assumed about the number pi."""

    def __init__(self, linkage: Linkage, p: int, draw: Callable[[], int]) -> None:
        self.draw: Callable[[], Mod] = lambda: Mod(draw() % p, p)
        super().__init__(linkage, Mod(1, p), {v.symbol: self.draw() for v in linkage.variables})
        self.p, self.pi = p, self.draw()
        self.roots: dict[int, tuple[Mod, int]] = {}
        self._circle: dict[Any, Vec] = {}

    def root(self, number: Mod, index: int) -> Mod:
        """Square root: of the two the one that has a root itself."""
        if number.v not in self.roots:
            if pow(number.v, number.p >> 1, number.p) != 1:
                raise NotSquare(index)
            self.roots[number.v] = Mod(pow(number.v, (number.p + 1) // 4, number.p), number.p), index
        return self.roots[number.v][0]

    def general_unit(self, angle: Angle) -> Vec:
        """Product of powers of points of the unit circle, one drawn for each quantity (or unit fraction of it)."""
        result = self.vector((1, 0))
        for key, c in angle:
            if key == "pi":  # 70 deg is a right angle less 20 deg: what is left is at most 45 deg, and has a point of its own
                quarters = Fraction(round(2 * c), 2)
                result = result * self.unit((("pi", quarters),))
                base, power = (key, abs(c - quarters)), (c > quarters) - (c < quarters)
            else:
                base, power = (key, c.denominator), c.numerator
            if abs(power) > 99:
                raise Unreadable("an angle is a multiple of a quantity that is too large")
            if base not in self._circle:
                t = self.draw()
                size = self.one + t * t
                self._circle[base] = Vec((self.one - t * t) / size, (t + t) / size)
            for _ in range(abs(power)):
                result = result * (self._circle[base] if power > 0 else self._circle[base].mirrored())
        return result


def random_scene(linkage: Linkage, seed: str) -> Finite:
    """Draw points until all square roots exist, and until each has been seen to be no product of others and rational numbers.

    Where a radicand is no square while all roots before it exist, it is no square of anything made of these. Then the formulas
    live in a field, and what vanishes at one point vanishes for all signs of all roots, and so for the positive real ones.
    """
    count = itertools.count()

    def draw() -> int:
        return int.from_bytes(hashlib.sha256(f"{seed} {next(count)}".encode()).digest()[:16], "big") | 1 << 127

    p, missed, formulas = prime(draw()), set[int](), linkage.formulas
    for _ in range(6000):
        scene = Finite(linkage, p, draw)
        try:
            for text in list(formulas.texts):
                scene.number(text)
        except NotSquare as error:
            missed.add(error.args[0])
            p = p if formulas.roots[error.args[0]] else prime(draw())
            continue
        if missed >= {index for _, index in scene.roots.values()}:
            return scene
    raise Rejected("the square roots of the certificate's formulas are not independent of each other")


Rates = dict[str, tuple[Vec, Mod]]  # of each body: velocity of its anchor and rate of turning, for unit rate of the drive


def motion(scene: Finite) -> tuple[Mod, Rates]:
    """Determinant of the joints' equations, and how the bodies move, at a point of the field."""
    linkage, zero, used, spare = scene.linkage, scene.like(0), list[list[Mod]](), list[list[Mod]]()
    for joint in linkage.joints:
        for name, pushes in scene.rows(joint).items():
            row = [*scene.column(pushes), scene.like(int(name == "drive"))]
            (spare if f"{joint.name} {name}" in linkage.solution["spare"] else used).append(row)
    if len(used) != 3 * len(linkage.place):
        raise Rejected("the certificate's choice of equations does not determine the motion")
    determinant, rates = eliminate(used), [row[-1] for row in used]
    vanish((functools.reduce(operator.add, map(operator.mul, row, rates)) - row[-1] for row in spare), "spare reactions")
    found = {body: (Vec(*rates[k : k + 2]), rates[k + 2]) for body, k in linkage.place.items()}
    return determinant, found | {"ground": (Vec(zero, zero), zero)}


def velocity(rates: Rates, body: str, arm: Vec) -> Vec:
    return rates[body][0] + arm.perp().scale(rates[body][1])


def vanish(numbers: Iterable[Mod], what: str) -> None:
    if any(number.v for number in numbers):
        raise Rejected(f"the certificate's formulas do not fulfil the equations of {what}")


def identities(linkage: Linkage, seed: str) -> dict[str, int]:
    """Check the certificate's formulas; return for each load whether Q is their product or its negative."""
    names = ["steps", "bodies", "exists", "sharp", "regular", "spare", "factors", "loads", "margins", "sway"]
    solution, scene, senses = keys(linkage.solution, names), random_scene(linkage, seed), dict[str, int]()
    if set(solution["bodies"]) != set(linkage.moving) or set(solution["loads"]) != set(linkage.loads):
        raise Rejected("the solution is not one of this linkage")
    used = {*solution["regular"], *(factor for factors in solution["loads"].values() for factor, _ in factors)}
    if used != {*solution["factors"]} or not {*solution["sharp"]} <= {*linkage.formulas.steps}:
        raise Rejected("the solution has a factor that is in no lever, or narrows what is no step")
    for body in linkage.moving:
        vanish([scene.direction(body).dot(scene.direction(body)) - scene.one], f"the direction of {body}")
    for joint in linkage.joints:
        vanish(scene.residuals(joint), f"joint {joint.name}")
    (determinant, rates), factors = motion(scene), {name: scene.number(text) for name, text in solution["factors"].items()}
    regular = functools.reduce(operator.mul, (factors[name] for name in solution["regular"]), scene.one)
    vanish([determinant.squared() - regular.squared()], "regularity: its factors do not make the determinant")
    for name, load in linkage.loads.items():
        lever, product = velocity(rates, load["body"], scene.arm(load["body"], load["point"])).dot(scene.force(name)), scene.one
        for factor, power in solution["loads"][name]:
            product = {1: operator.mul, -1: operator.truediv}[power](product, factors[factor])
        vanish([lever.squared() - product.squared()], f"virtual work of {name!r}")
        senses[name] = 1 if lever.v == product.v else -1
    speeds = [velocity(rates, body, scene.arm(body, None)).scale(scene.like(linkage.masses[body])) for body in linkage.moving]
    if linkage.base or solution["sway"]:
        rest = functools.reduce(operator.add, speeds) - scene.vector(solution["sway"])
        vanish([rest.x, rest.y], "the links' inertia")
    for link, pair in solution["margins"].items():
        check_margin(scene, rates, *linkage.driving[link], link, *pair)
    return senses


def check_margin(scene: Finite, rates: Rates, joint: Joint, near: int, far: Joint, link: str, reserve: Any, sine: Any) -> None:
    """Reserve and sine of a link: part of its driving pin's velocity along it, over the driver's rate and over that velocity.

    Where the driver slides both are the sine.
    """
    driver, pin = joint.first if near > 0 else joint.second
    arm = scene.arm(driver, pin)
    if far is joint:
        line = scene.line(joint)
    elif joint.kind == "prismatic":  # what slides on the driver pulls across the slide, at its pin
        line, arm = scene.axis(joint).perp(), scene.point(link, far.ends[link]) - scene.anchor(driver)
    else:
        line = scene.arm(link, far.ends[link]) - scene.arm(link, joint.ends[link])
        line = line if far.kind == "revolute" else scene.axis(far).perp()
    play, turning = scene.carried(joint), rates[driver][1]
    speed = velocity(rates, driver, arm + (play if near > 0 else -play))
    part, over = speed.dot(line).squared(), turning.squared() if turning.v else speed.dot(speed)
    vanish([speed.dot(speed) * line.dot(line) * scene.number(sine).squared() - part], f"the sine of {link}")
    vanish([over * line.dot(line) * scene.number(reserve).squared() - part], f"the reserve of {link}")


# 8 -- The assembly mode ---------------------------------------------------------------------------------------------------------
def check_mode(linkage: Linkage) -> None:
    """The formulas' assembly mode is, of all signs of their roots, the one nearest to the body angles that the file gives."""
    box = linkage.intervals(linkage.nominal(linkage.data["drive"]["value"]))
    own = Real(linkage, box)
    guess = {body: own.turn(text) for body, text in linkage.data.get("assembly", {}).items()}

    def near(scene: Real, directions: dict[str, Vec]) -> Interval:
        scene.quantity("assembly")
        return functools.reduce(add, (directions.get(b, scene.direction(b)).dot(e).value for b, e in guess.items()), ZERO)

    best = near(own, {})[0]
    roots = [index for index in own.rooted if "_drive" in linkage.formulas.roots[index]]
    if len(roots) > 10:
        raise Unreadable("there are more assembly modes than the checker looks at")
    for flipped in itertools.chain(*(itertools.combinations(roots, n) for n in range(1, len(roots) + 1))):
        try:
            scene = Real(linkage, box, flipped=flipped)
            # of circles that touch two modes may be alike; the one meant is the one in which they press
            pressed = (force for load in linkage.loads for force in pressing(scene, load).values())
            if near(scene, {})[1] >= best and all(force.value[1] >= 0 for force in pressed):
                raise Rejected("[assembly] singles out another mode, or not one alone")
        except Unknown:
            continue
    # nor may two links, mirrored at the line of their outer pins, stand nearer to the file's angles: a parallelogram has no root
    pins = [joint for joint in linkage.joints if joint.kind == "revolute"]
    for pair in (joint.bodies for joint in pins if not {*joint.bodies} & {"ground", *linkage.drive.bodies}):
        outer = [[(body, j.ends[body]) for j in pins if body in j.bodies and {*j.bodies} != {*pair}] for body in pair]
        for a, b in itertools.product(*outer) if guess.keys() & {*pair} else ():
            base = own.point(*b) - own.point(*a)
            turns = {body: base * base * own.direction(body).mirrored() for body in pair}
            if near(own, {body: turn.scale(own.one / base.dot(base)) for body, turn in turns.items()})[1] >= best:
                raise Rejected(f"[assembly] may mean another mode, with {a[0]} and {b[0]} the other way round")


# 9 -- Bounds over a box, and bisection trees ----------------------------------------------------------------------------------
KEPT = 6  # evaluations kept by `Goals.scene`
FAR = 1 << 1000


def centre(box: Box) -> Box:
    return [(low, low) if low == high else ((low + high) / 2, (low + high) / 2) for low, high in box]


def leaves(tree: list[Any], box: Box, linkage: Linkage) -> Iterator[Box]:
    """Rebuild the boxes of a tree in preorder: a number cuts that variable, a dot is a leaf."""
    stack = [box]
    for token in tree:
        if not stack:
            raise Rejected("a tree has more leaves than branches")
        box = stack.pop()
        if token == ".":
            yield box
        elif type(token) is int and 0 <= token < len(box):
            stack += reversed(linkage.cut(box, token))
        else:
            raise Rejected(f"a tree holds {token!r}")
    if stack:
        raise Rejected("a tree ends before its last branch")


class Goals:
    """Lower bounds of named quantities over the root box of a linkage: each is positive where what it stands for holds."""

    def __init__(self, linkage: Linkage) -> None:
        self.linkage, solution = linkage, linkage.solution
        self.floors: dict[str, Interval] = {}
        self._scenes: dict[Any, Real] = {}
        exists, regular = [f"assembly {step}" for step in solution["exists"]], [f"factor {name}" for name in solution["regular"]]
        self.assembly = [*exists, "assembly", *regular]
        factors = [f"factor {name}" for load in linkage.loads for name, _ in solution["loads"][load]]
        contacts = [joint.name for joint in linkage.joints if joint.kind in CONTACTS]
        self.conditions = list(dict.fromkeys([*self.assembly, *factors]))
        self.conditions += [f"press {load} | {contact}" for load in linkage.loads for contact in contacts]
        self.conditions += [f"shaken {load}" for load in linkage.loads if linkage.base]

    def remember(self, name: str, level: int) -> None:
        """Use the proved bound of a step (or of its negative) or of a factor from now on."""
        kind, _, key = name.partition(" ")
        if kind in ("assembly", "factor"):
            self.floors[f"{kind} {key.removeprefix('-')}"] = (-FAR, -level) if key.startswith("-") else (level, FAR)
            self._scenes.clear()

    def scene(self, box: Box, around: Real | None = None) -> Real:
        """Evaluation of the mechanism on a box, a part of that of `around`, kept while other quantities are asked for."""
        inputs = self.linkage.intervals(box)
        key = tuple(inputs), id(around)
        if key not in self._scenes:
            if len(self._scenes) >= KEPT:
                del self._scenes[next(iter(self._scenes))]
            self._scenes[key] = Real(self.linkage, inputs, self.floors, around=around)
        return self._scenes[key]

    def bound(self, name: str, box: Box, enough: int = FAR) -> int:
        """Bound a quantity from below on a box, as well as it goes or beyond what is enough.

        By natural extension and by mean value about the middle, then both again on the face of the box where the quantity is
        least: all variables in which it is monotone are fixed there.
        """
        best, around, inside = -FAR, self.scene(box), None
        while True:
            scene = self.scene(box, inside)
            best = max(best, scene.quantity(name).value[0])
            if best > enough or all(low == high for low, high in box):
                return best
            face = [
                (low, low) if slope[0] >= 0 else (high, high) if slope[1] <= 0 else (low, high)
                for (low, high), slope in zip(box, scene.gradient(name), strict=True)
            ]
            if any(low < high for low, high in face):  # else the mean value says no more than the corner
                best = max(best, scene.mean_value(scene.still.quantity(name), scene.gradient(name))[0])
            if best > enough or face == box:
                return best
            box, inside = face, around

    def check_tree(self, entry: dict[str, Any]) -> Fraction:
        """Prove that a quantity exceeds its bound on the whole root box."""
        name, bound = keys(entry, ["quantity", "at_least", "tree"])["quantity"], fraction(entry["at_least"])
        level = enclose(bound, bound)[1]
        for box in leaves(entry["tree"], self.linkage.root(), self.linkage):
            try:
                proved = self.bound(name, box, level) > level
            except Unknown:
                proved = False
            if not proved:
                raise Rejected(f"{name} > {bound} is not proved on a leaf")
        self.remember(name, level)
        return bound

    def check_trees(self, entries: Any, names: list[str]) -> dict[str, Fraction]:
        """Prove that quantities, these and in this order, exceed bounds that are not negative; return the bounds."""
        bounds = {entry["quantity"]: self.check_tree(entry) for entry in entries}
        if [entry["quantity"] for entry in entries] != names or min(bounds.values()) < 0:
            raise Rejected(f"what must be proved is {names}, with bounds that are not negative")
        return bounds


# 10 -- Friction: the effort at the drive, from the equilibrium of every moving body -------------------------------------------
LENGTH = 100  # mm; moments are divided by it, so that all unknowns are forces
EITHER: Interval = (-ONE, ONE)
Column = list[Num]
REFINED = 2  # how often reactions are found from reactions before the effort is
Acting = tuple[list[int], list[Interval], list[Interval]]  # in joints: which influence, the sense of friction, sizes of reactions


def size(parts: Column) -> Num:
    """Absolute value of a number, or length of a vector."""
    values = [part.value for part in parts]
    value = magnitude(values[0]) if len(parts) == 1 else root(functools.reduce(add, map(square, values)))
    slopes = [divide(a, value) if value[0] > 0 else EITHER for a in values]
    links = ((part, (max(-ONE, low), min(ONE, high))) for part, (low, high) in zip(parts, slopes, strict=True))
    return Num(value, tuple(links))


def majorant(base: list[int], matrix: list[list[int]]) -> list[int]:
    """Find y > base + matrix y (all positive): by Collatz-Wielandt it bounds every x <= base + matrix x."""

    def image(y: list[int]) -> list[int]:
        return [b + 2 - (-sum(map(operator.mul, row, y)) >> BITS) for b, row in zip(base, matrix, strict=True)]

    y = [2 * b + (ONE >> 20) for b in base]
    for _ in range(60):
        better = image(y)
        if all(map(operator.lt, better, y)):
            return image(image(better))
        y = [x + (x >> 5) + 1 for x in better]
    raise Unknown


@dataclass(frozen=True)
class Loose:
    """What acts in a joint off its ideal line, per unit of the reaction in `rows`: friction up to `slip`, play up to `play`.

    `columns` are the influences of a unit of it; of a disc in a slot one for each face that may be touched.
    """

    rows: list[int]
    columns: list[int]
    slip: Num
    play: int


def closing(linkage: Linkage) -> set[str]:
    """Slides that close a loop of slides, whose couple is not unknown: the others hold the angle."""
    group, found = {body: body for body in linkage.data["bodies"]}, set[str]()
    for joint in sorted((j for j in linkage.joints if j.kind in SLIDES), key=lambda j: "ground" not in j.bodies):
        old, new = (group[body] for body in joint.bodies)
        found |= {joint.name} if old == new else set()
        group = {body: new if label == old else label for body, label in group.items()}
    return found


class Equilibrium:
    """Equilibrium of every moving body under a unit load: unknown are the reactions of all joints and, last, the effort.

    Reactions act through the second body's point; friction and play move them off it by a bounded moment. A disc in a slot
    rubs where it touches: its radius away from its centre, on the side of the face that presses on it.
    """

    def __init__(self, scene: Real, load: str, frictionless: bool = False) -> None:
        self.scene, self.linkage = scene, scene.linkage
        for body in self.linkage.moving if scene.wide else ():  # narrow its direction by the mean-value form
            e, near = scene.direction(body), scene.still.direction(body)
            scene.directions[body] = Vec(scene.sharpened(e.x, near.x), scene.sharpened(e.y, near.y))
        rows = {(joint, name): row for joint in self.linkage.joints for name, row in scene.rows(joint, LENGTH).items()}
        loops = closing(self.linkage)
        found = [(joint, name) for joint, name in rows if name != "couple" or joint.name not in loops]
        self.unknown = sorted(found, key=lambda one: one[1] == "drive")  # the effort last
        if len(self.unknown) != 3 * len(self.linkage.moving):
            raise Unreadable("equilibrium alone does not determine the forces in the joints")
        matrix = [scene.column(rows[key], LENGTH) for key in self.unknown]
        entry = self.linkage.loads[load]
        arm, force = scene.arm(entry["body"], entry["point"]), scene.force(load)
        units = map(scene.vector, ((1, 0), (0, 1)))  # of the load along x and y: narrow, however wide its cone
        self.columns = [scene.column([(entry["body"], e, arm.cross(e))], LENGTH, -1) for e in units]
        self.loose = [] if frictionless else [found for joint in self.linkage.joints for found in self.looseness(joint)]
        system = [list(row) for row in zip(*matrix, *self.columns, strict=True)]
        # what is solved for is the difference from a known x0: A (x - x0) = b - A x0, whose right-hand sides are small
        known = scene.still.equilibrium(load, frictionless).middle if scene.wide else []
        for row in system:
            for a, near in zip(row, known, strict=False):
                if not a.is_zero():
                    row[len(matrix) :] = [b - a * x for b, x in zip(row[len(matrix) :], near, strict=True)]
        eliminate(system)
        solved = [row[len(matrix) :] for row in system]
        self.middle = [[Num((m, m)) for m in (sum(x.value) >> 1 for x in row)] for row in solved]
        for row, near in zip(solved, known, strict=False):
            row[:] = map(operator.add, row, near)
        along_x, along_y, *self.influences = [list(column) for column in zip(*solved, strict=True)]
        self.free = [force.x * x + force.y * y for x, y in zip(along_x, along_y, strict=True)]

    def looseness(self, joint: Joint) -> Iterator[Loose]:
        """Friction and play of a joint, whose influences are added to the right-hand sides."""
        scene, mu, play = self.scene, self.scene.number(joint.friction), enclose(joint.play, joint.play)[1]
        rows = [k for k, (other, name) in enumerate(self.unknown) if other is joint and name in ("x", "y", "normal")]
        revolute, circle = joint.kind == "revolute", scene.like(0)
        if revolute:
            circle = scene.like(joint.pin_radius) * mu / (mu.squared() + scene.one).root()
        found = [([scene.couple(joint, 1)], circle, play)] if play or circle.value != ZERO else []
        if not revolute and mu.value != ZERO:
            e = scene.line(joint).perp() if joint.kind == "cam" else scene.axis(joint)
            found.append(([self.rub(joint, e, e.perp().scale(at)) for at in self.contacts(joint)], mu, 0))
        for influences, slip, free in found:
            first = len(self.columns) - 2
            self.columns += [scene.column(pushes, LENGTH, -1) for pushes in influences]
            yield Loose(rows, list(range(first, len(self.columns) - 2)), slip, free)

    def contacts(self, joint: Joint) -> list[Num]:
        """Where a joint rubs: how far from the second body's point, across the direction of rubbing."""
        scene = self.scene
        if joint.kind == "pin_in_slot" and joint.pin_radius:  # pressed from its right, it touches there
            return [scene.like(-joint.pin_radius), scene.like(joint.pin_radius)]
        if joint.kind == "eccentric":
            return [scene.number(joint.radii[1]) * scene.like(-joint.side)]
        if joint.kind != "cam":
            return [scene.like(0)]
        inner, two = sign(scene.reach(joint).value), scene.number(joint.radii[1])
        if inner == 0:
            raise Unknown
        return [two if joint.side > 0 or inner < 0 else -two]  # e.perp() points from the second centre to the first

    def rub(self, joint: Joint, e: Vec, step: Vec) -> list[Push]:
        """Unit force along e on the second body and its reaction, at a step from the second body's point."""
        scene = self.scene
        a = scene.point(*joint.second) - scene.anchor(joint.first[0]) + step
        return scene.pushes(joint, e, a, scene.arm(*joint.second) + step)

    @functools.cached_property
    def acting(self) -> Acting:
        """Enclose all reactions: first whatever the senses of friction, then again and again with the senses that are known."""

        def most_of(at: Loose, column: Column) -> int:
            return size([column[row] for row in at.rows]).value[1]

        def moved(at: Loose, by: Loose) -> int:
            """Most that what acts in a joint changes another's reaction, per unit of its own."""
            return -(-max(most_of(at, self.influences[k]) for k in by.columns) * (by.play + by.slip.value[1]) >> BITS)

        changes = [[moved(at, by) for by in self.loose] for at in self.loose]
        most = majorant([most_of(at, self.free) for at in self.loose], changes)
        faces: list[int] = []
        for part, row in zip(self.loose, changes, strict=True):
            pressed = self.free[part.rows[0]].value
            if len(part.columns) > 1 and magnitude(pressed)[0] <= -(-sum(map(operator.mul, row, most)) >> BITS):
                raise Unknown  # which face the disc touches is not known
            faces.append(part.columns[-1 if pressed[0] < 0 else 0])
        signs = (sign(self.rate(self.influences[face]).value) for face in faces)
        senses, sizes = [{1: UNIT, -1: MINUS, 0: EITHER}[way] for way in signs], [(0, m) for m in most]
        for _ in range(4):
            now = self.reactions((faces, senses, sizes))
            sizes = [(max(a, n.value[0]), min(b, n.value[1])) for (a, b), n in zip(sizes, now, strict=True)]
        return faces, senses, sizes

    def reactions(self, acting: Acting, steps: int = 1) -> Column:
        """Sizes of the reactions of all joints from what acts in them; of this, over and over, by the sizes that were found."""
        faces, senses, given = acting
        sizes = [Num(ends) for ends in given]
        for _ in range(steps):
            totals = [[self.free[row] for row in at.rows] for at in self.loose]
            for by, face, sense, reaction in zip(self.loose, faces, senses, sizes, strict=True):
                act, influence = reaction * (by.slip * Num(sense) + Num((-by.play, by.play))), self.influences[face]
                totals = [
                    [x + act * influence[row] for x, row in zip(total, at.rows, strict=True)]
                    for total, at in zip(totals, self.loose, strict=True)
                ]
            sizes = [size(total) for total in totals]
        return sizes

    def rate(self, column: Column) -> Num:
        """The drive's part of a solution: an effort the way it opens."""
        unit = self.linkage.opens * (LENGTH if self.linkage.drive.kind == "revolute" else 1)
        return column[-1] * self.scene.like(unit)

    def effort(self, acting: Acting, sense: int) -> Num:
        """Effort that moves the drive the way it opens.

        Friction opposes the joint's own motion, whose rate per rate of the drive is its influence on the effort (virtual work).
        """
        total = self.rate(self.free)
        for part, face, reaction in zip(self.loose, acting[0], self.reactions(acting, REFINED), strict=True):
            reach = part.slip + Num((sense * part.play, sense * part.play))
            total = total + size([self.rate(self.influences[face])]) * reach * reaction
        return total


def effort(scene: Real, load: str, sense: int = -1) -> Num:
    """Effort that moves the drive the way it opens against a unit load, all friction opposing: play lowers it, or raises it.

    What is found of the reactions on a box stands on its parts (`around` is the box) for numbers that are given, but unknown.
    So the effort is a function of the box's quantities and of these, and its slopes are those by the quantities alone.
    """
    return scene.equilibrium(load).effort(scene.around.equilibrium(load).acting, sense)


def pressing(scene: Real, load: str) -> dict[str, Num]:
    """Forces, per unit of load and without friction, with which the contacts of the linkage press."""
    if not any(joint.kind in CONTACTS for joint in scene.linkage.joints):
        return {}
    system = scene.equilibrium(load, frictionless=True)
    found = [(joint, force) for (joint, name), force in zip(system.unknown, system.free, strict=True) if name == "normal"]
    return {joint.name: force if joint.side > 0 else -force for joint, force in found if joint.kind in CONTACTS}


# 11 -- Claims -----------------------------------------------------------------------------------------------------------------
ASSUMPTIONS = (
    "The mechanism is planar; its links are rigid; dimensions, stop and clearances lie within the intervals of the file.",
    "A clearance is an offset of the pin in its hole, anywhere in its disc. While the drive moves virtually it keeps its "
    "direction, or, at the driving pin of a toggle link, turns with the driving body: a quasi-static statement.",
    "Joints and the stop act as the file says; the stop can carry the force that presses the drive into it.",
    "Every load named in the file has at least its lower magnitude and acts within its cone of directions; what over_centre "
    "says of each load alone holds for any sum of them, since the generalised force is linear in the load.",
    "Friction is passive: it never drives the mechanism.",
    "Nothing is said about forces out of the plane, about strength, or about energy that elasticity or inertia could release.",
)
STATEMENTS = {
    "over_centre": "For all parameters, clearance offsets and load directions in the root box and every drive position in the "
    "locked interval, the mechanism can be assembled in its mode and every load presses the drive into its stop: Q > 0 towards "
    "the stop, and at the load's lower magnitude more than the links' inertia takes away where the base may accelerate.",
    "friction": "For all parameters, friction coefficients, clearance offsets and load directions in the root box, every drive "
    "position in the locked interval, and each load alone, the mechanism can be assembled in its mode and an effort is needed to "
    "move the drive the way it opens, all friction opposing: the load by itself does not start it.",
    "clamp": "For all parameters, clearance offsets and load directions in the root box, every drive position in the locked "
    "interval, and all stiffness, interference and losses in the clamp's intervals, the mechanism can be assembled in its mode, "
    "and the preload, stiffness times overlap, is at least the lower magnitude of each load that the clamp has to guarantee.",
    "positive": "For all parameters and clearance offsets in the root box: where it is locked the tooth is clear of the face; "
    "on the way to the drive value `blocked_at` the mechanism can be assembled and the tooth stays before the face, "
    "inside both its ends by the engagement; at `blocked_at` it would stand behind the face, so the drive cannot get there.",
    "stays_shut": "For all parameters, clearance offsets and load directions in the root box and each load: from the locked "
    "interval back to a drive value that lies before every dead centre, the load at its lower magnitude has to be pushed back by "
    "more energy than the release of elasticity from its upper to its lower magnitude, the travel of all clearances under the "
    "upper magnitude, the velocity change of the base and the drive can supply together.",
    "release": "For all parameters, clearance offsets and load directions in the root box, each load named for release alone, "
    "at most its upper magnitude: a drive effort within the actuator's limit keeps the drive moving off its stop, all friction "
    "opposing, from the stop's far end down to the drive value `to`, where the load itself pushes the drive on.",
}
TOOTH = ("body", "point", "against", "normal", "width", "engagement", "blocked_at")
SLICES = 64  # of the drive's way past dead centre, in a counterexample of `stays_shut`
FORMS = {  # what a theorem says beside its lists of quantities, and which quantity is negative at a counterexample
    "over_centre": ({"from"}, ("lever", "shaken")),
    "friction": (set[str](), ("holds",)),
    "release": ({"to"}, ("opens",)),
    "clamp": (set[str](), ("spare",)),
    "positive": (set[str](), ("positive",)),
    "stays_shut": ({"summit", "released"}, ()),
}


class Claim:
    """A claim about a lock. `parts` are lists of quantities to prove, each on the root box or with another interval of the drive.

    `named` are the loads that it speaks of, `where` the root box in which a counterexample lies.
    """

    def __init__(self, name: str, linkage: Linkage, theorem: dict[str, Any]) -> None:
        self.name, self.linkage, self.theorem, self.where, lock = name, linkage, theorem, linkage, linkage.lock
        self.parts: dict[str, tuple[Goals, list[str]]] = {}
        self.named = list(lock[name].get("loads", linkage.loads) if name in ("clamp", "release") else linkage.loads)
        if not {*self.named} <= {*linkage.loads} or not (self.named or name == "positive"):
            raise Rejected(f"{name} needs loads of the file")
        if name in ("clamp", "stays_shut") and (linkage.one("_stiffness").low <= 0 or type(linkage.adjusted) is not bool):
            raise Unreadable("the clamp needs a stiffness, lengths, and adjusted = true or false")
        match name:
            case "over_centre":
                self.ask("conditions", linkage)
                if theorem.get("from", "") != "":
                    self.ask("earlier", linkage.back_to(fraction(theorem["from"]), linkage.stop))
            case "friction":
                if not linkage.opens:
                    raise Rejected("friction needs the direction in which the drive opens")
                self.ask("conditions", linkage, [f"holds {load}" for load in self.named])
            case "release":
                linkage.limit = actuator(linkage)
                if "to" in theorem:
                    to = fraction(theorem["to"])
                    self.ask("travel", linkage.back_to(to, linkage.stop), [f"opens {load}" for load in self.named])
                    self.ask("end", linkage.moved(to, to), [f"counter {load}" for load in self.named])
            case "clamp":
                self.ask("conditions", linkage, [f"spare {load}" for load in self.named])
            case "positive":
                self._ask_positive(keys(lock["positive"], TOOTH, ["side"]))
            case _:
                self.shock, other = shock_energy(linkage), copy.copy(linkage)
                self.summit = other.summit = fraction(theorem["summit"])
                self.ask("conditions", linkage.back_to(self.summit, linkage.stop))
                self.ask("climb", other, [f"barrier {load}" for load in self.named])

    def ask(self, part: str, linkage: Linkage, names: Iterable[str] | None = None) -> None:
        """Ask for the existence of the assembly and other quantities, or for all signs, on the root box of a linkage."""
        goals = Goals(linkage)
        self.parts[part] = goals, goals.conditions if names is None else list(dict.fromkeys([*goals.assembly, *names]))

    def _ask_positive(self, table: dict[str, Any]) -> None:
        """Locked: clear; on the travel: inside both ends; at its end: blocked."""
        to, side = in_unit(table["blocked_at"], self.linkage.one("_drive").unit), table.get("side", "left")
        least = min(quantity(table[key])[0] for key in ("engagement", "width"))
        if not self.linkage.opens or side not in ("left", "right") or least <= 0:
            raise Rejected("the drive opens one way, the face lies left or right of its edge, width and engagement are positive")
        self.where = self.linkage.back_to(to, -self.linkage.opens)
        self.ask("locked", self.linkage, ["positive clear"])
        self.ask("travel", self.where, ["positive inner", "positive outer"])
        self.ask("end", self.linkage.moved(to, to), ["positive blocked"])

    def check_proof(self) -> None:
        """Accept a proof: all parts, and what follows from their bounds."""
        theorem, bounds = self.theorem, dict[str, Fraction]()
        keys(theorem, {"claim", "verdict", "statement", "margins", *FORMS[self.name][0], *self.parts})
        for part, (goals, names) in self.parts.items():
            bounds |= goals.check_trees(theorem[part], names)
        for entry in theorem["margins"]:
            next(iter(self.parts.values()))[0].check_tree(entry)
        sound = True
        if self.name in ("over_centre", "friction"):
            sound = all(self.linkage.force_range(load)[0] > 0 for load in self.named)
        if self.name == "stays_shut":
            released = keys(theorem["released"], self.named)
            sound = all(self.released(load) <= fraction(released[load]) < bounds[f"barrier {load}"] for load in self.named)
        if self.name in ("over_centre", "stays_shut"):
            sound = sound and all(self.linkage.stop * self.linkage.senses[load] > 0 for load in self.named)
        if not sound:
            raise Rejected(f"{self.name} does not follow from what is proved")

    def given(self, load: str) -> Fraction:
        """Energy (N mm) that unloading from the greatest to the least magnitude, the base and the drive can release."""
        low, high = self.linkage.force_range(load)
        return (high**2 - low**2) / (2 * self.linkage.one("_stiffness").low) + self.shock

    def released(self, load: str) -> Fraction:
        """All energy that can be released: also that of play, which moves the load's point along the load anywhere on the way."""
        goals, travel = self.parts["conditions"][0], 0
        found = goals.scene(goals.linkage.root()).gradient(f"along {load}")
        slopes = dict(zip((v.symbol for v in goals.linkage.variables), found, strict=True))
        for k, joint in enumerate(goals.linkage.joints, 1):
            if joint.play:
                span = root(add(square(slopes[f"_x{k}"]), square(slopes[f"_y{k}"])))
                travel += mul(span, enclose(2 * joint.play, 2 * joint.play))[1]
        return self.given(load) + self.linkage.force_range(load)[1] * Fraction(travel, ONE)

    def check_counterexample(self, example: dict[str, Any]) -> None:
        """Accept a counterexample: values at which a quantity is negative."""
        violates, values = (keys(example, ["violates", "values"], ["to"])[key] for key in ("violates", "values"))
        linkage, (kind, _, key) = self.linkage, violates.partition(" ")
        if kind == "magnitude":
            found = self.name in ("over_centre", "friction") and not values and linkage.force_range(key)[0] <= 0
        else:
            point, places = [(x, x) for x in (fraction(entry["value"]) for entry in values)], [self.where]
            if [
                {"name": v.name, "value": e["value"], "unit": v.unit} for v, e in zip(linkage.variables, values, strict=True)
            ] != values:
                raise Rejected("the counterexample must name every quantity of the root box")
            if self.name == "positive":
                places = [goals.linkage for goals, names in self.parts.values() if violates in names or kind == "assembly"]
            found = any(place.holds(point) for place in places)
            if kind == "assembly":
                found = found and cannot_close(self.where, point)
            elif kind == "climb":
                found = found and self.name == "stays_shut" and self._climbed(key, point)
            else:
                named = kind == "positive" or key in self.named
                found = found and named and kind in FORMS[self.name][1] and self.at(point).quantity(violates).value[1] < 0
        if not found:
            raise Rejected(f"{violates} is not proved to be violated by the counterexample, or it is not in the root box")

    def _climbed(self, load: str, point: Box) -> bool:
        """Whether the whole way past dead centre takes less than unloading alone releases."""
        linkage, goals = self.linkage, self.parts["climb"][0]
        if self.at(linkage.with_drive(point, self.summit, self.summit)).quantity(f"lever {load}").value[1] >= 0:
            return False
        start = next(low for v, (low, _) in zip(linkage.variables, point, strict=True) if v.symbol == "_drive")
        here, low = self.at(point).along(load).value[1], linkage.force_range(load)[0]
        cuts = [start + (self.summit - start) * Fraction(k, SLICES) for k in range(SLICES + 1)]
        lowest = min(goals.bound(f"along {load}", linkage.with_drive(point, *sorted(ends))) for ends in itertools.pairwise(cuts))
        return low * Fraction(here - lowest, ONE) < self.given(load)

    def at(self, point: Box) -> Real:
        scene = Real(self.linkage, self.linkage.intervals(point))
        scene.quantity("assembly")
        return scene


def actuator(linkage: Linkage) -> Fraction:
    """Greatest effort of the actuator (N mm or N)."""
    turns = linkage.drive.kind == "revolute"
    return in_unit(linkage.lock["release"]["max_torque" if turns else "max_force"], "N*mm" if turns else "N")


def shock_energy(linkage: Linkage) -> Fraction:
    """Energy (N mm) of the links after the base's velocity change, and of the drive."""
    table = linkage.lock["shock"]
    speed = in_unit(table["velocity_change"], "mm/s")
    if min(linkage.masses.values()) == 0:
        raise Rejected("stays_shut needs the mass of every moving body")
    return sum(linkage.masses.values()) * speed**2 / 2 + in_unit(table.get("drive_energy", "0 J"), "N*mm", Fraction(0))


def loci(scene: Real, joint: Joint, body: str, point: str) -> Iterator[tuple[Vec, Num | None, Vec | None]]:
    """Circle (centre, radius) or line (point, direction) to which a joint with a placed body confines a point of a body."""
    forward = joint.second[0] == body
    own, (other, there) = joint.ends[body], joint.first if forward else joint.second
    try:
        centre, direction, offset = scene.point(other, there), scene.direction(other), scene.offset(joint)
    except Unknown:
        return
    points = scene.linkage.data["bodies"][body]["points"]
    arm = scene.vector(points[point]) - scene.vector(points[own])
    if joint.kind == "revolute":
        radius = scene.like(0) if arm.x.is_zero() and arm.y.is_zero() else arm.dot(arm).root()
        yield centre + offset if forward else centre - offset, radius, None
    elif joint.kind in SLIDES:
        turned = direction * scene.turn(joint.angle, 1 if forward else -1)
        yield centre + turned * arm, None, (direction if forward else turned) * scene.turn(joint.axis)
    elif joint.kind == "cam" and own == point:
        yield centre, scene.reach(joint), None


def cannot_close(linkage: Linkage, point: Box) -> bool:
    """Whether at a point two loci of one pin have nothing in common, so that the bodies that meet there cannot be joined."""
    scene = Real(linkage, linkage.intervals(point))
    for joint in linkage.joints:
        if joint.kind != "revolute" or "ground" in joint.bodies:
            continue
        first, second = (
            [found for j in linkage.joints if end[0] in j.bodies for found in loci(scene, j, *end)]
            for end in (joint.first, joint.second)
        )
        for (start, r, e), (end, s, f) in itertools.product(first, second):
            gap, line = end - start - scene.offset(joint), e or f  # the second pin stands off the first by the play
            if r and s:
                apart = gap.dot(gap)
                tests = [(r + s).squared() - apart, apart - (r - s).squared()]
            elif line and (circle := r or s):
                tests = [circle.squared() - line.cross(gap).squared()]
            else:
                continue
            if any(test.value[1] < 0 for test in tests):
                return True
    return False


# 12 -- The certificate ----------------------------------------------------------------------------------------------------------
def canonical(data: Any) -> str:
    """Write JSON data in the one form that is hashed."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest(data: Any) -> str:
    return hashlib.sha256(canonical(data).encode()).hexdigest()


@dataclass(frozen=True)
class Verdict:
    """What the checker says: accepted or why not, and the theorems with their verdicts."""

    accepted: bool
    reason: str
    theorems: tuple[dict[str, str], ...] = ()
    added: tuple[str, ...] = ()
    """Joints whose clearance is in the certificate and not in the file that it was compared with."""


def read(text: str) -> dict[str, Any]:
    """Parse a certificate, in which no key may be given twice."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) != len(pairs):
            raise ValueError("a key is given twice")
        return dict(pairs)

    try:
        data = json.loads(text, object_pairs_hook=unique)
        canonical(data)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"not JSON: {error}") from None
    found = data.get("format") if isinstance(data, dict) else None
    if found in EARLIER:
        raise Unreadable(f"{found} is the format of an earlier version: prove the lock again to get a {FORMAT} file")
    if found != FORMAT:
        raise Unreadable(f"not a {FORMAT} file")
    return data


def check(data: dict[str, Any]) -> tuple[dict[str, str], ...]:
    """Check a certificate; raise `Rejected` at the first thing that is not so."""
    keys(data, ["format", "linkage", "linkage_sha256", "assumptions", "root", "solution", "theorems", "versions", "sha256"])
    seals = digest(data["linkage"]), digest({key: value for key, value in data.items() if key != "sha256"})
    if (data["linkage_sha256"], data["sha256"]) != seals:
        raise Rejected("a hash does not fit")
    linkage = Linkage(data["linkage"], data["solution"])
    root = [{"name": v.name, "low": v.low, "high": v.high, "unit": v.unit} for v in linkage.variables]
    if [entry | {end: fraction(entry[end]) for end in ("low", "high")} for entry in data["root"]] != root:
        raise Rejected("the root box is not that of the linkage")
    if data["assumptions"] != list(ASSUMPTIONS) or not data["theorems"]:
        raise Rejected("the assumptions are not those of the checker, or there is no theorem")
    linkage.senses = identities(linkage, data["sha256"])
    check_mode(linkage)
    for theorem in data["theorems"]:
        check_theorem(linkage, theorem)
    return tuple({"name": theorem["claim"], "verdict": theorem["verdict"]} for theorem in data["theorems"])


def check_theorem(linkage: Linkage, theorem: dict[str, Any]) -> None:
    name, verdict = theorem["claim"], theorem["verdict"]
    if verdict == "undecided":
        keys(theorem, ["claim", "verdict", "reason"])
    elif name not in STATEMENTS or theorem["statement"] != STATEMENTS[name]:
        raise Rejected(f"{name!r} is not a claim that is checked, or its statement not the one that is checked")
    elif verdict == "refuted":
        example = keys(theorem, ["claim", "verdict", "statement", "counterexample"])["counterexample"]
        Claim(name, linkage, {"summit": example["to"]} if "to" in example else {}).check_counterexample(example)
    elif verdict == "proved":
        Claim(name, linkage, theorem).check_proof()
    else:
        raise Rejected(f"{verdict!r} is no verdict")


MALFORMED = LookupError, TypeError, ValueError, AttributeError, StopIteration, ArithmeticError, SyntaxError, RecursionError


def verify(text: str, design: Path | None = None) -> Verdict:
    """Check the text of a certificate, and with `design` that it was made for that linkage or design file."""
    data = read(text)
    wanted = linkage_of(design) if design else None
    try:
        added = tie(data.get("linkage"), wanted) if design else ()
        return Verdict(True, "", check(data), added)
    except (Rejected, Unreadable) as error:
        return Verdict(False, str(error))
    except Unknown:
        return Verdict(False, "the mechanism cannot be evaluated at its nominal dimensions, or at a counterexample")
    except MALFORMED as error:
        return Verdict(False, f"the certificate is malformed ({type(error).__name__}: {error})")


def tie(linkage: Any, wanted: Any) -> tuple[str, ...]:
    """Compare with a file's linkage; return the joints without a clearance there that have one in the certificate."""
    same = json.loads(canonical(linkage))
    added: list[str] = []
    if isinstance(same, dict) and isinstance(wanted, dict):
        for joint, file in zip(same.get("joints", ()), wanted.get("joints", ()), strict=False):
            if "clearance" in joint and "clearance" not in file:
                added.append(str(joint.get("name")))
                del joint["clearance"]
    if canonical(same) != canonical(wanted):
        raise Rejected("the certificate was made for another linkage than this file's")
    return tuple(added)


def linkage_of(path: Path) -> Any:
    """Linkage data of a linkage file, or of the lock of a design file."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        if data.get("format") == "mechlock-linkage/1":
            return data
        lock = data["lock"]["linkage"]
        return lock if isinstance(lock, dict) else linkage_of(path.parent / lock)
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise Unreadable(f"{path} cannot be read: {error}") from None


def main(arguments: list[str]) -> int:
    """Check a file: exit code 0 accepted, 1 rejected, 2 unreadable."""
    parser = argparse.ArgumentParser(description="Check a certificate of self-locking.")
    parser.add_argument("certificate", type=Path)
    parser.add_argument("--design", type=Path, help="linkage or design file that the certificate must belong to")
    options = parser.parse_args(arguments)
    try:
        verdict = verify(options.certificate.read_text(encoding="utf-8"), options.design)
    except (OSError, UnicodeDecodeError, Unreadable) as error:
        sys.stderr.write(f"unreadable: {error}\n")
        return 2
    for theorem in verdict.theorems:
        sys.stdout.write(f"{theorem['name']}: {theorem['verdict']}\n")
    if verdict.added:
        sys.stdout.write(f"the file gives no clearance for {', '.join(verdict.added)}: those are the certificate's own\n")
    sys.stdout.write("accepted\n" if verdict.accepted else f"rejected: {verdict.reason}\n")
    return 0 if verdict.accepted else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
