#!/usr/bin/env python3
"""The independent checker of ``mechlock-certificate/2``: integers and fractions only, nothing but the standard library.

``python verify.py CERT.json [--design FILE.toml]`` runs with bare Python. Nothing of the program that wrote the certificate is
used. From the linkage data in the certificate this file derives the uncertain quantities and their intervals (the root box) and
the equations of the joints. The certificate's own formulas for positions and levers are believed only after the equations of
the joints, their derivatives and virtual work have been found to hold identically: exactly, in a large prime field, at a point
drawn from the certificate's hash. Signs are then proved by interval arithmetic on every leaf of the certificate's trees, which
say no more than where to cut and which rule to try.

Reading order: 1 intervals, 2 numbers that know their derivatives, 3 numbers of a prime field, 4 the linkage file, 5 formulas,
6 what joints demand, 7 identities, 8 bounds over a box, 9 friction, 10 claims, 11 the certificate. ``docs/certificate.md``
documents the format and says why this is sound.
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
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from math import isqrt
from pathlib import Path
from typing import Any

FORMAT = "mechlock-certificate/2"


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


def enclose(low: Fraction, high: Fraction) -> Interval:
    """Enclose the real interval [low, high]."""
    return (low.numerator << BITS) // low.denominator, -((-high.numerator << BITS) // high.denominator)


def add(a: Interval, b: Interval) -> Interval:
    """Sum."""
    return a[0] + b[0], a[1] + b[1]


def negate(a: Interval) -> Interval:
    """Negative."""
    return -a[1], -a[0]


def mul(a: Interval, b: Interval) -> Interval:
    """Product."""
    products = (a[0] * b[0], a[0] * b[1], a[1] * b[0], a[1] * b[1])
    return min(products) >> BITS, -(-max(products) >> BITS)


def divide(a: Interval, b: Interval) -> Interval:
    """Quotient; `Unknown` where the divisor contains zero."""
    if b[0] <= 0 <= b[1]:
        raise Unknown
    pairs = [(x << BITS, y) for x in a for y in b]
    return min(x // y for x, y in pairs), max(-(-x // y) for x, y in pairs)


def square(a: Interval) -> Interval:
    """Square, tighter than ``mul(a, a)`` around zero."""
    low, high = sorted((abs(a[0]), abs(a[1])))
    return (0 if a[0] <= 0 <= a[1] else low * low >> BITS), -(-high * high >> BITS)


def root(a: Interval) -> Interval:
    """Square root; `Unknown` where the radicand reaches below zero."""
    if a[0] < 0:
        raise Unknown
    return isqrt(a[0] << BITS), isqrt(a[1] << BITS) + 1


@lru_cache(maxsize=4096)
def _series(x: int, k: int) -> Interval:
    """Sine (k = 1) or cosine (k = 0) of the number x/2**BITS by its series, which alternates and falls once k > |x|."""
    if abs(x) > 64 * ONE:
        raise Unknown
    term = total = (x, x) if k else (ONE, ONE)
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


# 2 -- Numbers that know their derivatives with respect to every variable, by one pass backwards over the operations ------------
class Num:
    """An interval with the operations that led to it."""

    __slots__ = ("links", "tape", "value")

    def __init__(self, tape: list[Num], value: Interval, links: tuple[tuple[Num, Interval], ...] = ()) -> None:
        self.tape, self.value, self.links = tape, value, links
        tape.append(self)

    def like(self, value: Fraction | int) -> Num:
        """Make a number of an exact one."""
        return Num(self.tape, enclose(Fraction(value), Fraction(value)))

    def __add__(self, b: Num) -> Num:
        return Num(self.tape, add(self.value, b.value), ((self, UNIT), (b, UNIT)))

    def __neg__(self) -> Num:
        return Num(self.tape, negate(self.value), ((self, negate(UNIT)),))

    def __sub__(self, b: Num) -> Num:
        return Num(self.tape, add(self.value, negate(b.value)), ((self, UNIT), (b, negate(UNIT))))

    def __mul__(self, b: Num) -> Num:
        return Num(self.tape, mul(self.value, b.value), ((self, b.value), (b, self.value)))

    def __truediv__(self, b: Num) -> Num:
        value, inverse = divide(self.value, b.value), divide(UNIT, b.value)
        return Num(self.tape, value, ((self, inverse), (b, negate(mul(value, inverse)))))

    def squared(self) -> Num:
        """Square."""
        return Num(self.tape, square(self.value), ((self, add(self.value, self.value)),))

    def root(self) -> Num:
        """Square root."""
        value = root(self.value)
        return Num(self.tape, value, ((self, divide((ONE >> 1, ONE >> 1), value)),))

    def turned(self) -> Vec:
        """The unit vector at this angle."""
        sine, cosine = wave(self.value, 1), wave(self.value, 0)
        return Vec(Num(self.tape, cosine, ((self, negate(sine)),)), Num(self.tape, sine, ((self, cosine),)))

    def is_zero(self) -> bool:
        """Whether it is zero as a given value, and not by cancellation."""
        return self.value == ZERO and not self.links


def gradient(output: Num, inputs: list[Num]) -> list[Interval]:
    """Intervals of the partial derivatives of `output`."""
    weights: dict[Num, Interval] = {output: UNIT}
    for number in reversed(output.tape):
        weight = weights.get(number)
        if weight is not None:
            for parent, partial in number.links:
                weights[parent] = add(weights.get(parent, ZERO), mul(weight, partial))
    return [weights.get(number, ZERO) for number in inputs]


# 3 -- Numbers of a prime field: what holds for them at a point drawn at random holds identically -------------------------------
@dataclass(frozen=True, slots=True)
class Mod:
    """An integer modulo a prime `p` that leaves 3 when divided by 4."""

    v: int
    p: int

    def like(self, value: Fraction | int) -> Mod:
        """Make a number of an exact one."""
        value = Fraction(value)
        return Mod(value.numerator * pow(value.denominator, -1, self.p) % self.p, self.p)

    def __add__(self, b: Mod) -> Mod:
        return Mod((self.v + b.v) % self.p, self.p)

    def __neg__(self) -> Mod:
        return Mod(-self.v % self.p, self.p)

    def __sub__(self, b: Mod) -> Mod:
        return Mod((self.v - b.v) % self.p, self.p)

    def __mul__(self, b: Mod) -> Mod:
        return Mod(self.v * b.v % self.p, self.p)

    def __truediv__(self, b: Mod) -> Mod:
        return Mod(self.v * pow(b.v, -1, self.p) % self.p, self.p)

    def squared(self) -> Mod:
        """Square."""
        return self * self

    def is_zero(self) -> bool:
        """Whether it is zero."""
        return self.v == 0


Number = Num | Mod
SMALL = [n for n in range(2, 120) if all(n % k for k in range(2, n))]


def prime(seed: int) -> int:
    """Find the first (probable) prime from `seed` on that leaves 3 when divided by 4."""
    p = seed | 3
    while any(p % n == 0 for n in SMALL) or any(pow(n, p >> 1, p) not in (1, p - 1) for n in SMALL):
        p += 4
    return p


@dataclass(frozen=True, slots=True)
class Vec:
    """A point or a direction of the plane; `*` is that of complex numbers, so a unit vector turns."""

    x: Any
    y: Any

    def __add__(self, o: Vec) -> Vec:
        return Vec(self.x + o.x, self.y + o.y)

    def __sub__(self, o: Vec) -> Vec:
        return Vec(*(a if b.is_zero() else a - b for a, b in ((self.x, o.x), (self.y, o.y))))

    def __mul__(self, o: Vec) -> Vec:
        if o.y.is_zero():
            return self.scale(o.x)
        return Vec(self.x * o.x - self.y * o.y, self.x * o.y + self.y * o.x)

    def scale(self, k: Any) -> Vec:
        """Multiply by a number."""
        return Vec(self.x * k, self.y * k)

    def perp(self) -> Vec:
        """Turn by a right angle, counter-clockwise."""
        return Vec(-self.y, self.x)

    def mirrored(self) -> Vec:
        """Mirror at the x axis: of a unit vector, the turn back."""
        return Vec(self.x, -self.y)

    def dot(self, o: Vec) -> Any:
        """Scalar product."""
        return self.x.squared() + self.y.squared() if o is self else self.x * o.x + self.y * o.y

    def cross(self, o: Vec) -> Any:
        """Cross product, the component out of the plane."""
        return self.x * o.y - self.y * o.x


# 4 -- The linkage file, read again: quantities in mm, N and degrees or radians, as exact fractions ---------------------------
_FACTORS = {
    "": {"": 1},
    "mm": {"mm": 1, "cm": 10, "m": 1000, "um": Fraction(1, 1000), "µm": Fraction(1, 1000), "in": Fraction(127, 5)},
    "deg": {"deg": 1, "degree": 1, "degrees": 1, "arcmin": Fraction(1, 60)},
    "rad": {"rad": 1, "mrad": Fraction(1, 1000)},
    "N": {"N": 1, "kN": 1000, "MN": 10**6},
    "N*mm": {"N*mm": 1, "N*m": 1000, "kN*m": 10**6, "J": 1000, "kJ": 10**6},
    "t": {"t": 1, "tonne": 1, "kg": Fraction(1, 1000), "g": Fraction(1, 10**6)},
    "mm/s": {"mm/s": 1, "m/s": 1000, "km/h": Fraction(2500, 9)},
    "N/mm": {"N/mm": 1, "kN/mm": 1000, "N/m": Fraction(1, 1000), "kN/m": 1, "MN/m": 1000, "N/um": 1000},
}
QUANTITY = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?)\s*([^\d\s].*)?")


def quantity(value: Any) -> tuple[Fraction, str]:
    """Number and unit (mm, N, deg ...) of ``"12 kN"`` or of a pure number."""
    if isinstance(value, (int, Fraction)) and not isinstance(value, bool):
        return Fraction(value), ""
    match = QUANTITY.fullmatch(value) if isinstance(value, str) and len(value) < 100 else None
    for unit, factors in _FACTORS.items():
        if match and (match[2] or "").strip() in factors:
            return Fraction(match[1]) * factors[(match[2] or "").strip()], unit
    raise Unreadable(f"{value!r} is not a quantity with a unit that the checker knows")


@dataclass(frozen=True)
class Variable:
    """An uncertain or given quantity: nominal value and interval, in `unit`; formulas call it `symbol`."""

    name: str
    low: Fraction
    nominal: Fraction
    high: Fraction
    unit: str
    symbol: str = ""


def variable(name: str, spec: Any, symbol: str = "") -> Variable:
    """Read a value, ``{value, tolerance}`` or ``{range = [low, high]}``."""
    if isinstance(spec, dict) and set(spec) == {"range"} and len(spec["range"]) == 2:
        (low, unit), (high, other) = map(quantity, spec["range"])
        nominal = (low + high) / 2
    else:
        spec = spec if isinstance(spec, dict) else {"value": spec}
        if not {"value"} <= set(spec) <= {"value", "tolerance"}:
            raise Unreadable(f"{name}: not a value, a value with a tolerance, or a range")
        nominal, unit = quantity(spec["value"])
        width, other = quantity(spec["tolerance"]) if spec.get("tolerance") is not None else (Fraction(0), unit)
        low, high = nominal - width, nominal + width
    if other != unit or low > high:
        raise Unreadable(f"{name}: both numbers must have one unit and the interval must not be empty")
    return Variable(name, low, nominal, high, unit, symbol)


@dataclass(frozen=True)
class Joint:
    """A joint between a point of the `first` and a point of the `second` body, as docs/certificate.md defines each kind."""

    name: str
    kind: str
    first: tuple[str, str]
    second: tuple[str, str]
    play: Fraction = Fraction(0)
    pin_radius: Fraction = Fraction(0)
    friction: Any = 0
    axis: Any = "0 deg"
    angle: Any = "0 deg"
    radii: tuple[Any, Any] = ("0 mm", "0 mm")
    side: int = 1  # which side of the face the second body is on; of circles -1 where one is inside the other

    @property
    def bodies(self) -> tuple[str, str]:
        """First and second body."""
        return self.first[0], self.second[0]


_KEYS = {
    "revolute": {"pin_radius", "friction", "clearance"},
    "prismatic": {"axis", "angle", "pin_radius", "friction"},
    "wedge": {"axis", "angle", "pin_radius", "friction", "side"},
    "pin_in_slot": {"axis", "pin_radius", "friction", "clearance"},
    "eccentric": {"axis", "radius", "side", "friction"},
    "cam": {"radii", "inside", "friction"},
}


def read_joint(entry: dict[str, Any], bodies: dict[str, Any]) -> Joint:
    """Read one joint."""
    kind, name = entry["type"], entry["name"]
    always = {"name", "type", "of"}
    if kind not in _KEYS or not always <= set(entry) <= always | _KEYS[kind] | {"stiffness", "rotational_stiffness"}:
        raise Unreadable(f"joint {name}: of unknown type, or with a key that this type does not have")
    first, second = (tuple(text.split(".")) for text in entry["of"])
    if first[0] == second[0] or any(point not in bodies[body]["points"] for body, point in (first, second)):
        raise Unreadable(f"joint {name}: it does not join points of two bodies")
    play, radius = (quantity(entry.get(key, "0 mm")) for key in ("clearance", "pin_radius"))
    if play[0] < 0 or radius[0] < 0 or play[1] != "mm" or radius[1] != "mm":
        raise Unreadable(f"joint {name}: a clearance and a pin's radius are lengths, not negative")
    if entry.get("side", "left") not in ("left", "right") or type(entry.get("inside", False)) is not bool:
        raise Unreadable(f"joint {name}: the side is left or right, and inside true or false")
    side = -1 if entry.get("inside", False) or entry.get("side", "left") == "right" else 1
    radii = tuple(entry.get("radii", ("0 mm", entry.get("radius", "0 mm"))))
    turns = entry.get("axis", "0 deg"), entry.get("angle", "0 deg")
    return Joint(name, kind, first, second, play[0], radius[0], entry.get("friction", 0), *turns, radii, side)


class Linkage:
    """The mechanism with its lock, and the certificate's formulas for it."""

    def __init__(self, data: dict[str, Any], solution: dict[str, Any]) -> None:
        if data["format"] != "mechlock-linkage/1":
            raise Unreadable("the linkage is not a mechlock-linkage/1 file")
        self.data, self.lock, self.solution = data, data["lock"], solution
        self.moving = [body for body in data["bodies"] if body != "ground"]
        self.joints = [read_joint(entry, data["bodies"]) for entry in data["joints"]]
        self.loads = {load["name"]: load for load in self.lock.get("loads", [])}
        if len(self.loads) != len(self.lock.get("loads", [])) or len({j.name for j in self.joints}) != len(self.joints):
            raise Unreadable("two loads, or two joints, have one name")
        magnitudes = [variable(name, {"range": load["magnitude"]}) for name, load in self.loads.items()]
        if any(v.unit != "N" or v.low < 0 for v in magnitudes):
            raise Unreadable("a load's magnitude is a force, not negative")
        self.drive = next(j for j in self.joints if j.name == data["drive"]["joint"])
        if self.drive.kind not in ("revolute", "prismatic"):
            raise Unreadable("the drive must be a revolute or a prismatic joint")
        self.stop = {"increasing": 1, "decreasing": -1, None: 0}[self.lock.get("stop")]
        release = self.lock.get("release")
        way = release.get("direction") if isinstance(release, dict) else release
        self.opens = -self.stop or {"increasing": 1, "decreasing": -1, None: 0}[way]
        self.summit = Fraction(0)
        self.variables = list(self._variables())
        self.formulas = Formulas([v.symbol for v in self.variables if not v.symbol.startswith("_")])
        for text in self._texts():
            self.formulas.read(text)
        self.formulas.add([v.symbol for v in self.variables if v.symbol.startswith("_")])
        for name, text in solution["steps"]:
            self.formulas.step(name, text)
        for text in self._solution_texts():
            self.formulas.read(text)
        if self.formulas.unused():
            raise Rejected("the solution has a step that nothing needs")

    def _texts(self) -> Iterator[Any]:
        """Formulas of the file, in parameters alone."""
        for body in self.data["bodies"].values():
            yield from itertools.chain(*body["points"].values())
        for joint in self.joints:
            yield from (joint.axis, joint.angle, *joint.radii, joint.friction)
        yield from (*self.data.get("assembly", {}).values(), self.lock.get("positive", {}).get("normal", "0 deg"))

    def _solution_texts(self) -> Iterator[Any]:
        """Formulas of the certificate."""
        solution = self.solution
        yield from (text for pose in solution["bodies"].values() for text in pose[1:])
        yield from itertools.chain(*solution["points"].values())
        yield from (text for factor in solution["factors"].values() for text in factor.values())
        yield from (text for pairs in solution["margins"].values() for pair in pairs for text in pair)

    def _variables(self) -> Iterator[Variable]:
        for name, spec in self.data.get("parameters", {}).items():
            if name.startswith("_"):
                raise Unreadable(f"{name} cannot be the name of a parameter")
            yield variable(name, spec, name)
        yield self._locked_interval()
        for k, joint in enumerate(self.joints, 1):
            for axis in "xy" if joint.play else "":
                yield Variable(f"clearance {joint.name} {axis}", -joint.play, Fraction(0), joint.play, "mm", f"_{axis}{k}")
        for k, (name, load) in enumerate(self.loads.items(), 1):
            yield variable(f"direction {name}", {"range": load["direction"]}, f"_d{k}")

    def _locked_interval(self) -> Variable:
        band = variable(f"drive {self.drive.name}", self.lock["drive"], "_drive")
        if "locked_from" not in self.lock:
            return band
        start, unit = quantity(self.lock["locked_from"])
        if unit != band.unit:
            raise Unreadable("locked_from must have the drive's unit")
        return replace(band, low=min(start, band.low)) if self.stop > 0 else replace(band, high=max(start, band.high))

    def root(self) -> Box:
        """Return the root box, in file units."""
        return [(v.low, v.high) for v in self.variables]

    def drive_interval(self) -> Variable:
        """The locked interval."""
        return next(v for v in self.variables if v.symbol == "_drive")

    def with_drive(self, box: Box, low: Fraction, high: Fraction) -> Box:
        """Put another interval of the drive into a box."""
        return [(low, high) if v.symbol == "_drive" else ends for v, ends in zip(self.variables, box, strict=True)]

    def moved(self, low: Fraction, high: Fraction) -> Linkage:
        """The same lock with another interval of the drive."""
        other = copy.copy(self)
        other.variables = [replace(v, low=low, high=high) if v.symbol == "_drive" else v for v in self.variables]
        return other

    def earlier(self, start: Fraction) -> Linkage:
        """The same lock with a locked interval that begins at a drive value before its own."""
        drive = self.drive_interval()
        if not (start < drive.low if self.stop > 0 else start > drive.high):
            raise Rejected("the locked interval must begin earlier")
        return self.moved(start, drive.high) if self.stop > 0 else self.moved(drive.low, start)

    def intervals(self, box: Box) -> list[Interval]:
        """Enclose a box that is given in file units; degrees become radians."""
        return [
            divide(mul(enclose(*ends), PI), (180 * ONE, 180 * ONE)) if v.unit == "deg" else enclose(*ends)
            for v, ends in zip(self.variables, box, strict=True)
        ]

    def nominal(self, drive: Fraction) -> Box:
        """All quantities at their nominal values, the drive at a value."""
        return self.with_drive([(v.nominal, v.nominal) for v in self.variables], drive, drive)

    def stop_value(self) -> Fraction:
        """Nominal position of the stop."""
        return variable("drive", self.lock["drive"]).nominal

    def point(self, entries: list[Any]) -> Box:
        """Read a counterexample: a value for every quantity, inside the root box and the clearance discs."""
        if len(entries) != len(self.variables):
            raise Rejected("the counterexample must name every quantity of the root box")
        values: dict[str, Fraction] = {}
        for v, entry in zip(self.variables, entries, strict=True):
            values[v.name] = fraction(keys(entry, {"name", "value", "unit"})["value"])
            if (entry["name"], entry["unit"]) != (v.name, v.unit) or not v.low <= values[v.name] <= v.high:
                raise Rejected(f"{entry['name']} is not in the root box")
        for joint in self.joints:
            if joint.play and sum(values[f"clearance {joint.name} {axis}"] ** 2 for axis in "xy") > joint.play**2:
                raise Rejected(f"the offset at {joint.name} is outside its disc")
        return [(value, value) for value in values.values()]

    def driving_pins(self) -> dict[str, tuple[Joint, str, Joint]]:
        """Where a body nearer to the drive moves a link that pulls at a body held by the ground.

        For each such link: the joint, which of its bodies is the nearer one, and the joint at which it pulls.
        """
        distance = {body: 0 for body in self.drive.bodies if body != "ground"}
        queue = list(distance)
        for body in queue:
            for joint in self.joints:
                if body in joint.bodies:
                    other = joint.bodies[joint.bodies[0] == body]
                    if other != "ground" and other not in distance:
                        distance[other] = distance[body] + 1
                        queue.append(other)
        held = {body for joint in self.joints if "ground" in joint.bodies for body in joint.bodies}
        found: dict[str, tuple[Joint, str, Joint]] = {}
        for joint in self.joints:
            if joint.kind == "revolute" and "ground" not in joint.bodies:
                near, link = sorted(joint.bodies, key=lambda body: distance[body])
                beyond = {body for body in held - {link, near, "ground"} if distance[body] > distance[link]}
                pulls = [j for j in self.joints if j is not joint and link in j.bodies and beyond & {*j.bodies}]
                if distance[near] < distance[link] and link not in held and pulls:
                    found[link] = joint, "first" if near == joint.bodies[0] else "second", pulls[0]
        return found


# 5 -- Formulas: + - * / powers, sqrt, and sin, cos and tan of sums of multiples of quantities ----------------------------------
Tree = tuple[Any, ...]
Angle = tuple[tuple[str, Fraction], ...]  # multiples of quantities, of "pi", and of "" (one radian)


class Formulas:
    """Parsed formulas. A step gives the value of a formula a name that later ones may use."""

    def __init__(self, names: list[str]) -> None:
        self.needs: dict[str, tuple[str, ...]] = {}
        self.add(names)
        self.drives, self.steps = {"_drive"}, dict[str, Tree]()
        self.roots: list[bool] = []  # of each square root, whether it varies with the drive
        self.varies: list[bool] = []  # ... and whether it varies at all
        self.texts: dict[Any, tuple[Tree, tuple[str, ...]]] = {}

    def add(self, names: list[str]) -> None:
        """Let formulas use these quantities."""
        self.needs |= dict.fromkeys(names, ())

    def step(self, name: str, text: Any) -> None:
        """Read a step."""
        if not name.isidentifier() or name in self.needs or name == "pi":
            raise Unreadable(f"{name!r} cannot be the name of a step")
        tree, needs = self.read(text)
        self.steps[name], self.needs[name] = tree, (*needs, name)
        if self._varies(tree):
            self.drives.add(name)

    def read(self, text: Any) -> tuple[Tree, tuple[str, ...]]:
        """Parse a quantity or a formula; return it with the steps that it needs, in order."""
        if text not in self.texts:
            try:
                value, unit = quantity(text)
                tree: Tree = ("number", value)
                tree = ("mul", ("number", value / 180), ("pi",)) if unit == "deg" else tree
            except Unreadable:
                if not isinstance(text, str) or len(text) > 4000:
                    raise
                tree = self._parse(ast.parse(text.strip(), mode="eval").body)
            wanted = {step for name in _names(tree) for step in self.needs[name]}
            self.texts[text] = tree, tuple(step for step in self.steps if step in wanted)
        return self.texts[text]

    def unused(self) -> set[str]:
        """Steps that no formula needs."""
        return set(self.steps) - {step for _, needs in self.texts.values() for step in needs}

    def _varies(self, tree: Tree) -> bool:
        return not self.drives.isdisjoint(_names(tree))

    def _parse(self, node: ast.expr) -> Tree:
        match node:
            case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
                return "number", Fraction(repr(value))
            case ast.Name(id="pi"):
                return ("pi",)
            case ast.Name(id=name) if name in self.needs:
                return "name", name
            case ast.UnaryOp(op=ast.USub(), operand=a):
                return "neg", self._parse(a)
            case ast.UnaryOp(op=ast.UAdd(), operand=a):
                return self._parse(a)
            case ast.BinOp(left=a, op=ast.Pow(), right=ast.Constant(value=int() as power)) if 0 < power < 9:
                return "power", self._parse(a), power
            case ast.BinOp(left=a, op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div() as op, right=b):
                kind = {ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div"}[type(op)]
                return kind, self._parse(a), self._parse(b)
            case ast.Call(func=ast.Name(id="sqrt"), args=[a], keywords=[]):
                radicand = self._parse(a)
                self.roots.append(self._varies(radicand))
                self.varies.append(bool(_names(radicand)))
                return "sqrt", radicand, len(self.roots) - 1
            case ast.Call(func=ast.Name(id="sin" | "cos" | "tan" as name), args=[a], keywords=[]):
                form = tuple(sorted((key, c) for key, c in linear(self._parse(a)).items() if c))
                sine, cosine = ("sine", form), ("cosine", form)
                return ("div", sine, cosine) if name == "tan" else sine if name == "sin" else cosine
            case _:
                raise Unreadable("a formula uses something that the checker does not know")


def _names(tree: Tree) -> set[str]:
    if tree[0] == "name":
        return {tree[1]}
    if tree[0] in ("sine", "cosine"):
        return {key for key, _ in tree[1]} - {"pi", ""}
    return set[str]().union(*(_names(part) for part in tree[1:] if isinstance(part, tuple)))


def linear(tree: Tree) -> dict[str, Fraction]:
    """Read a formula as a sum of multiples."""
    kind = tree[0]
    if kind == "number":
        return {"": tree[1]}
    if kind in ("name", "pi"):
        return {tree[-1]: Fraction(1)}
    parts = [linear(part) for part in tree[1:] if isinstance(part, tuple)]
    if kind in ("add", "sub"):
        sense = 1 if kind == "add" else -1
        return {key: parts[0].get(key, Fraction(0)) + sense * parts[1].get(key, Fraction(0)) for key in {*parts[0], *parts[1]}}
    if kind == "mul" and set(parts[0]) != {""}:
        parts.reverse()
    if kind == "neg":
        factor, rest = Fraction(-1), parts[0]
    elif kind == "mul" and set(parts[0]) == {""}:
        factor, rest = parts[0][""], parts[1]
    elif kind == "div" and set(parts[1]) == {""}:
        factor, rest = 1 / parts[1][""], parts[0]
    else:
        raise Unreadable("sin, cos and tan take sums of multiples of quantities")
    return {key: factor * c for key, c in rest.items()}


Push = tuple[str, Vec, Any]  # a body, the force on it and its moment about the body's anchor


class Scene:
    """One evaluation of formulas and of the mechanism, in intervals (`Real`) or in a prime field (`Finite`)."""

    def __init__(self, linkage: Linkage, one: Any, values: dict[str, Any]) -> None:
        self.linkage, self.one, self.values = linkage, one, values
        self.directions: dict[str, Vec] = {}
        self._units: dict[Angle, Vec] = {}

    def like(self, value: Fraction | int) -> Any:
        """Make a number of an exact one."""
        return self.one.like(value)

    def number(self, text: Any) -> Any:
        """Evaluate a quantity or a formula."""
        tree, needs = self.linkage.formulas.read(text)
        for step in needs:
            if step not in self.values:
                self.values[step] = self.known(step, self.evaluate(self.linkage.formulas.steps[step]))
        return self.evaluate(tree)

    def known(self, step: str, number: Any) -> Any:
        """Use what is known of a step already."""
        return number

    def evaluate(self, tree: Tree) -> Any:
        """Evaluate a parsed formula."""
        match tree:
            case ("name", name):
                return self.values[name]
            case ("add", a, b):
                return self.evaluate(a) + self.evaluate(b)
            case ("sub", a, b):
                return self.evaluate(a) - self.evaluate(b)
            case ("mul", a, b):
                return self.evaluate(a) * self.evaluate(b)
            case ("div", a, b):
                return self.evaluate(a) / self.evaluate(b)
            case ("neg", a):
                return -self.evaluate(a)
            case ("power", a, n):
                base = self.evaluate(a)
                result = base.squared() if n > 1 else base
                for _ in range(n - 2):
                    result = result * base
                return result
            case ("number", value):
                return self.like(value)
            case ("sqrt", a, index):
                return self.root(self.evaluate(a), index)
            case ("cosine", angle):
                return self.unit(angle).x
            case ("sine", angle):
                return self.unit(angle).y
            case _:
                return self.pi()

    def unit(self, angle: Angle) -> Vec:
        """The unit vector at an angle; exact at multiples of a right angle."""
        if angle not in self._units:
            quarters = 2 * sum((c for key, c in angle if key == "pi"), Fraction(0))
            if all(key == "pi" for key, _ in angle) and quarters.denominator == 1:
                turn = int(quarters) % 4
                self._units[angle] = Vec(self.like((1, 0, -1, 0)[turn]), self.like((0, 1, 0, -1)[turn]))
            else:
                self._units[angle] = self.general_unit(angle)
        return self._units[angle]

    def turn(self, text: Any, sense: int = 1) -> Vec:
        """The unit vector at the angle that a text gives."""
        parts = linear(self.linkage.formulas.read(text)[0])
        return self.unit(tuple(sorted((key, sense * c) for key, c in parts.items() if c)))

    root: Callable[[Any, int], Any]
    pi: Callable[[], Any]
    general_unit: Callable[[Angle], Vec]

    # 6 -- What joints demand --------------------------------------------------------------------------------------------------
    def local(self, body: str, point: str) -> Vec:
        """Coordinates of a body's point in the body."""
        return Vec(*map(self.number, self.linkage.data["bodies"][body]["points"][point]))

    def direction(self, body: str) -> Vec:
        """Unit vector along a body's x axis."""
        if body not in self.directions:
            pose = self.linkage.solution["bodies"].get(body)
            self.directions[body] = Vec(*map(self.number, pose[3:])) if body != "ground" else Vec(self.like(1), self.like(0))
        return self.directions[body]

    def anchor(self, body: str) -> Vec:
        """Position of the point by which a body is placed; forces on the body have their moments about it."""
        zero = self.like(0)
        return Vec(zero, zero) if body == "ground" else Vec(*map(self.number, self.linkage.solution["bodies"][body][1:3]))

    def arm(self, body: str, point: str) -> Vec:
        """Vector from a body's anchor to one of its points."""
        local = self.local(body, point)
        return local if body == "ground" else self.direction(body) * (local - self.local(body, self.anchored(body)))

    def anchored(self, body: str) -> str:
        """Name of the point by which a body is placed."""
        return self.linkage.solution["bodies"][body][0]

    def point(self, body: str, point: str) -> Vec:
        """Position of a body's point, by the formula that the certificate has for it if there is one."""
        given = self.linkage.solution["points"].get(f"{body}.{point}")
        return Vec(*map(self.number, given)) if given else self.placed(body, point)

    def placed(self, body: str, point: str) -> Vec:
        """Position of a body's point, from the body's pose."""
        arm = self.arm(body, point)
        return self.anchor(body) + arm if body != "ground" else arm

    def offset(self, joint: Joint) -> Vec | None:
        """Where the second point of a joint with play stands from where it stands without."""
        k = self.linkage.joints.index(joint) + 1
        return Vec(self.values[f"_x{k}"], self.values[f"_y{k}"]) if joint.play else None

    def axis(self, joint: Joint) -> Vec:
        """Direction in which a joint slides."""
        return self.direction(joint.first[0]) * self.turn(joint.axis)

    def force(self, load: str) -> Vec:
        """Direction of a load."""
        return self.unit(((f"_d{[*self.linkage.loads].index(load) + 1}", Fraction(1)),))

    def along(self, load: str) -> Any:
        """Where the point of a load stands, along the load."""
        return self.point(self.linkage.loads[load]["body"], self.linkage.loads[load]["point"]).dot(self.force(load))

    def residuals(self, joint: Joint) -> list[Any]:
        """What has to vanish where the bodies fit together at a joint, and the driven joint at the drive's value."""
        first, second = (self.direction(body) for body in joint.bodies)
        gap = self.placed(*joint.second) - self.placed(*joint.first)
        gap = gap - offset if (offset := self.offset(joint)) else gap
        drive = self.values["_drive"] if joint is self.linkage.drive else None
        if joint.kind == "cam":
            one, two = map(self.number, joint.radii)
            return [gap.dot(gap) - (one + two if joint.side > 0 else one - two).squared()]
        if joint.kind == "revolute":
            turned = [] if drive is None else [second - first * self.unit((("_drive", Fraction(1)),))]
            return [part for vector in (gap, *turned) for part in (vector.x, vector.y)]
        found = [self.axis(joint).cross(gap)]
        if joint.kind == "eccentric":
            found = [found[0] - self.number(joint.radii[1]) * self.like(joint.side)]
        if joint.kind in ("prismatic", "wedge"):
            turned = second - first * self.turn(joint.angle)
            found += [turned.x, turned.y] + ([] if drive is None else [self.axis(joint).dot(gap) - drive])
        return found

    def pushes(self, joint: Joint, force: Vec, a: Vec, b: Vec) -> list[Push]:
        """A force on the second body and its reaction on the first, at these arms from their anchors."""
        both = (joint.first[0], force.scale(self.like(-1)), -a.cross(force)), (joint.second[0], force, b.cross(force))
        return [push for push in both if push[0] != "ground"]

    def couple(self, joint: Joint, size: int) -> list[Push]:
        """A couple on the second body and its reaction on the first."""
        none, both = Vec(self.like(0), self.like(0)), zip(joint.bodies, (-size, size), strict=True)
        return [(body, none, self.like(moment)) for body, moment in both if body != "ground"]

    def rows(self, joint: Joint, carried: str = "", unit: int = 1) -> dict[str, list[Push]]:
        """What a joint holds: for each unit of reaction the force on each body and its moment about the body's anchor.

        The same numbers, times the rates of the bodies, give the rate at which the joint would open: zero, or the drive's rate.
        Where `carried` names the first or the second body the joint's play turns with it; else it keeps its direction. A couple
        is `unit` large.
        """
        a, b, offset = self.arm(*joint.first), self.arm(*joint.second), self.offset(joint)
        if joint.kind == "revolute":
            a, b = (a + offset if offset and carried == "first" else a), (b - offset if offset and carried == "second" else b)
            found = {name: self.pushes(joint, Vec(*map(self.like, e)), a, b) for name, e in (("x", (1, 0)), ("y", (0, 1)))}
            return found | ({"drive": self.couple(joint, unit)} if joint is self.linkage.drive else {})
        if joint.kind == "cam":
            return {"normal": self.pushes(joint, self.line(joint), a, b)}
        e = self.axis(joint)
        a = self.point(*joint.second) - self.anchor(joint.first[0])
        a = a - offset if offset and not carried else a
        found = {"normal": self.pushes(joint, e.perp(), a, b)}
        if joint.kind in ("prismatic", "wedge"):
            found["couple"] = self.couple(joint, unit)
        return found | ({"drive": self.pushes(joint, e, a, b)} if joint is self.linkage.drive else {})

    def line(self, joint: Joint) -> Vec:
        """Vector from the first to the second centre of circles that touch."""
        return self.point(*joint.second) - self.point(*joint.first)


class Real(Scene):
    """An evaluation in intervals, on a box given by an interval for each quantity."""

    def __init__(
        self,
        linkage: Linkage,
        box: list[Any],
        floors: Any = None,
        flipped: frozenset[int] = frozenset(),
        around: Real | None = None,
    ) -> None:
        self.tape: list[Num] = next((value.tape for value in box if isinstance(value, Num)), [])
        self.inputs = [value if isinstance(value, Num) else Num(self.tape, value) for value in box]
        super().__init__(
            linkage, Num(self.tape, UNIT), dict(zip((v.symbol for v in linkage.variables), self.inputs, strict=True))
        )
        self.floors: dict[str, Interval] = floors or {}
        self.flipped, self.rooted = flipped, set[int]()
        self.slopes: dict[str, list[Interval]] = {}
        self.quantities: dict[str, Num] = {}
        self.around, self.acting, self.systems = around or self, dict[str, list[Acting]](), dict[str, Equilibrium]()

    def known(self, step: str, number: Num) -> Num:
        """Cut off what has been proved not to be taken, or is not by the mean-value form."""
        if step in self.floors:
            number = self.narrowed(number, self.floors[step])
        if step in self.linkage.solution["sharp"] and self.wide:
            number = self.narrowed(number, self.mean_value(number, self.still.number(step)))
        return number

    def narrowed(self, number: Num, ends: Interval) -> Num:
        """The same number, known to lie in another interval too."""
        low, high = max(number.value[0], ends[0]), min(number.value[1], ends[1])
        return number if (low, high) == number.value else Num(self.tape, (low, max(low, high)), ((number, UNIT),))

    @functools.cached_property
    def still(self) -> Real:
        """The evaluation at the middle of the box."""
        centres = [(low + high >> 1, low + high >> 1) for low, high in (x.value for x in self.inputs)]
        return Real(self.linkage, centres, self.floors, self.flipped)

    @property
    def wide(self) -> bool:
        """Whether it is more than one point."""
        return any(x.value[0] < x.value[1] for x in self.inputs)

    def mean_value(self, number: Num, middle: Num) -> Interval:
        """Enclose a number by its value at the middle and its slopes."""
        total, slopes = middle.value, gradient(number, self.inputs)
        for x, c, slope in zip(self.inputs, self.still.inputs, slopes, strict=True):
            total = add(total, mul(slope, add(x.value, negate(c.value))))
        return total

    def root(self, number: Num, index: int) -> Num:
        """Square root; negative in a mode that is looked at for comparison."""
        self.rooted.add(index)
        return -number.root() if index in self.flipped else number.root()

    def pi(self) -> Num:
        """The number pi."""
        return Num(self.tape, PI)

    def general_unit(self, angle: Angle) -> Vec:
        """The unit vector at a sum of multiples."""
        total = self.like(0)
        for key, c in angle:
            one = self.values[key] if key not in ("", "pi") else self.pi() if key else self.one
            part = one if c == 1 else -one if c == -1 else one * self.like(c)
            total = part if total.is_zero() else total + part
        return total.turned()

    def quantity(self, name: str) -> Num:
        """Evaluate one named quantity; `Unknown` where the box is too large for it."""
        if name not in self.quantities:
            self.quantities[name] = self._quantity(*name.partition(" ")[::2])
        return self.quantities[name]

    def _quantity(self, kind: str, key: str) -> Num:
        solution = self.linkage.solution
        match kind:
            case "assembly":
                if key:
                    return self.number(key)
                for name in (*self.linkage.formulas.steps, *(text for pose in solution["bodies"].values() for text in pose[1:])):
                    self.number(name)
                return self.one
            case "factor":
                name, _, carried = key.partition(" | carried ")
                return self.number(solution["factors"][name][carried])
            case "reserve" | "sine":
                which, _, link = key.partition(" ")
                return self.number(solution["margins"][link][int(which)][kind == "sine"])
            case "along":
                return self.along(key)
            case "approach" | "retreat":
                linkage = self.linkage
                rest = Real(linkage, [Num(self.tape, x) for x in linkage.intervals(linkage.nominal(linkage.stop_value()))])
                load = linkage.loads[key]
                apart = rest.point(load["body"], load["point"]) - self.point(load["body"], load["point"])
                return apart.dot(self.force(key)) if kind == "approach" else -apart.dot(self.force(key))
            case "climb":
                summit = self.linkage.intervals([(self.linkage.summit, self.linkage.summit)] * len(self.inputs))
                drives = [v.symbol == "_drive" for v in self.linkage.variables]
                inputs = [Num(self.tape, s) if d else x for x, s, d in zip(self.inputs, summit, drives, strict=True)]
                return self.along(key) - Real(self.linkage, inputs).along(key)
            case "positive":
                return self._tooth(key)
            case "press":
                which, _, load = key.partition(" ")
                return pressing(self, load)[int(which)]
            case "holds":
                return effort(self, key)
            case "opens":  # negative: what the effort stays below, under the load's upper magnitude
                return -(effort(self, key, 1) * self.like(force_range(self.linkage, key)[1]))
            case _:
                raise Rejected(f"{kind!r} is not a quantity")

    def settle(self) -> None:
        """Narrow the direction of every body by its mean-value form."""
        for body in self.linkage.moving if self.wide else ():
            e, near = self.direction(body), self.still.direction(body)
            pairs = (e.x, near.x), (e.y, near.y)
            self.directions[body] = Vec(*(self.narrowed(number, self.mean_value(number, middle)) for number, middle in pairs))

    def _tooth(self, key: str) -> Num:
        """Tooth and face: `clear` of it, `blocked` by it, and how far `inner` and `outer` of its ends beyond the engagement."""
        table = self.linkage.lock["positive"]
        normal = self.turn(table["normal"])
        step = self.point(table["body"], table["point"]) - self.point(*table["against"].split("."))
        across = normal.cross(step) if table.get("side", "left") == "left" else step.cross(normal)
        width, engaged = (self.like(quantity(table[key])[0]) for key in ("width", "engagement"))
        clear = step.dot(normal)
        return {"clear": clear, "blocked": -clear, "inner": across - engaged, "outer": width - engaged - across}[key]

    def line(self, joint: Joint) -> Vec:
        """Unit vector from the first to the second centre of circles that touch."""
        line = super().line(joint)
        return line.scale(self.one / line.dot(line).root())


# 7 -- Identities: the certificate's formulas fulfil the equations of the joints, and their levers are those of virtual work ---
class NotSquare(Exception):
    """The radicand of the square root with this index has no root in the field."""


class Finite(Scene):
    """An evaluation at a random point of a prime field."""

    def __init__(self, linkage: Linkage, p: int, draw: Callable[[], int]) -> None:
        self.draw: Callable[[], Mod] = lambda: Mod(draw() % p, p)
        super().__init__(linkage, Mod(1, p), {v.symbol: self.draw() for v in linkage.variables})
        self.roots: dict[int, tuple[Mod, int]] = {}
        self._circle: dict[Any, Vec] = {}
        self._pi = self.draw()

    def root(self, number: Mod, index: int) -> Mod:
        """Square root: of the two the one that has a root itself."""
        if number.v not in self.roots:
            if pow(number.v, number.p >> 1, number.p) != 1:
                raise NotSquare(index)
            self.roots[number.v] = Mod(pow(number.v, (number.p + 1) // 4, number.p), number.p), index
        return self.roots[number.v][0]

    def pi(self) -> Mod:
        """The number pi, about which nothing is assumed."""
        return self._pi

    def general_unit(self, angle: Angle) -> Vec:
        """Product of powers of points of the unit circle, one drawn for each quantity (or unit fraction of it)."""
        result = Vec(self.like(1), self.like(0))
        for key, c in angle:
            if key == "pi":
                quarters = int(2 * c // 1)
                result, c = result * self.unit((("pi", Fraction(quarters, 2)),)), c - Fraction(quarters, 2)
                if c > Fraction(1, 4):  # 70 deg is a right angle less 20 deg
                    result, c = result * self.unit((("pi", Fraction(1, 2)),)), c - Fraction(1, 2)
            base, count = (key, c.denominator) if key != "pi" else (key, abs(c)), abs(c.numerator) if key != "pi" else int(c != 0)
            if count > 99:
                raise Unreadable("an angle is a multiple of a quantity that is too large")
            if base not in self._circle:
                t = self.draw()
                size = self.one + t * t
                self._circle[base] = Vec((self.one - t * t) / size, (t + t) / size)
            for _ in range(count):
                result = result * (self._circle[base] if c > 0 else self._circle[base].mirrored())
        return result


def random_scene(linkage: Linkage, seed: str) -> Finite:
    """Draw points until all square roots exist, and until each has been seen to be no product of others and rational numbers.

    Where a radicand is no square while all roots before it exist, it is no square of anything made of these. Then the formulas
    live in a field, and what vanishes at one point vanishes for all signs of all roots, and so for the positive real ones.
    """
    count = itertools.count()

    def draw() -> int:
        return int.from_bytes(hashlib.sha256(f"{seed} {next(count)}".encode()).digest()[:16], "big") | 1 << 127

    p, missed = prime(draw()), set[int]()
    solution = linkage.solution
    texts = [name for name, _ in solution["steps"]] + list(linkage.formulas.texts)
    for _ in range(6000):
        scene = Finite(linkage, p, draw)
        try:
            for text in texts:
                scene.number(text)
        except NotSquare as error:
            missed.add(error.args[0])
            if not linkage.formulas.varies[error.args[0]]:
                p = prime(draw())
            continue
        if missed >= {index for _, index in scene.roots.values()}:
            return scene
    raise Rejected("the square roots of the certificate's formulas are not independent of each other")


def solve_exactly(rows: list[list[int]], p: int) -> tuple[int, list[int]]:
    """Determinant and solution of a square system with the right-hand side as last column."""
    n, det = len(rows), 1
    rows = [list(row) for row in rows]
    for i in range(n):
        pivot = next((k for k in range(i, n) if rows[k][i] % p), None)
        if pivot is None or any(len(row) != n + 1 for row in rows):
            raise Rejected("the certificate's choice of equations does not determine the motion")
        if pivot != i:
            rows[i], rows[pivot], det = rows[pivot], rows[i], -det
        det = det * rows[i][i] % p
        inverse = pow(rows[i][i], -1, p)
        rows[i] = [x * inverse % p for x in rows[i]]
        for k in range(n):
            if k != i and (factor := rows[k][i]):
                rows[k] = [(x - factor * y) % p for x, y in zip(rows[k], rows[i], strict=True)]
    return det, [row[n] for row in rows]


class Identities:
    """Checks the certificate's formulas; `senses` says for each load whether Q is their product or its negative."""

    def __init__(self, linkage: Linkage, seed: str) -> None:
        self.linkage, self.solution = linkage, linkage.solution
        solution = keys(
            self.solution, {"steps", "bodies", "points", "exists", "sharp", "regular", "spare", "factors", "loads", "margins"}
        )
        if set(solution["bodies"]) != set(linkage.moving) or set(solution["loads"]) != set(linkage.loads):
            raise Rejected("the solution is not one of this linkage")
        if not {*solution["sharp"]} <= {name for name, _ in solution["steps"]}:
            raise Rejected("only steps can be narrowed")
        self.scene = random_scene(linkage, seed)
        for body in linkage.moving:
            direction = self.scene.direction(body)
            self.vanishes(direction.dot(direction) - self.scene.one, f"the direction of {body}")
        for joint in linkage.joints:
            for residual in self.scene.residuals(joint):
                self.vanishes(residual, f"joint {joint.name}")
        for name in solution["points"]:
            gap = self.scene.point(*name.split(".")) - self.scene.placed(*name.split("."))
            self.vanishes(gap.x.squared() + gap.y.squared() * self.scene.draw(), f"the point {name}")
        self.senses: dict[str, int] = {}
        self.used: set[tuple[str, str]] = set()
        for carried in self.variants():
            self.check_levers(carried)
        if self.used != {(name, key) for name, texts in solution["factors"].items() for key in texts}:
            raise Rejected("the solution has a factor that is in no lever")

    @staticmethod
    def vanishes(number: Mod, what: str) -> None:
        """Reject what is not zero."""
        if number.v:
            raise Rejected(f"the certificate's formulas do not fulfil the equations of {what}")

    def variants(self) -> list[dict[str, str]]:
        """Every choice of driving pins whose play turns with the driving body (where that turns at all)."""
        rates = self.rates({})
        pins = [
            (joint.name, side)
            for joint, side, _ in self.linkage.driving_pins().values()
            if joint.play and rates[joint.bodies[side == "second"]][2].v
        ]
        if len(pins) > 6:
            raise Unreadable("there are more driving pins with play than the checker looks at")
        return [dict(chosen) for n in range(len(pins) + 1) for chosen in itertools.combinations(pins, n)]

    def rates(self, carried: dict[str, str]) -> dict[str, tuple[Mod, Mod, Mod]]:
        """Velocity of each body's anchor and its rate of turning, for unit rate of the drive; sets `determinant`."""
        linkage, p, place = self.linkage, self.scene.one.p, {body: 3 * k for k, body in enumerate(self.linkage.moving)}
        used: list[list[int]] = []
        spare: list[list[int]] = []
        for joint in linkage.joints:
            for name, pushes in self.scene.rows(joint, carried.get(joint.name, "")).items():
                row = [0] * (3 * len(place)) + [int(name == "drive")]
                for body, force, moment in pushes:
                    row[place[body] : place[body] + 3] = force.x.v, force.y.v, moment.v
                (spare if f"{joint.name} {name}" in self.solution["spare"] else used).append(row)
        if len(used) != 3 * len(place):
            raise Rejected("the number of equations is not that of the unknowns")
        self.determinant, found = solve_exactly(used, p)
        if any(sum(a * x for a, x in zip(row, [*found, -1], strict=True)) % p for row in spare):
            raise Rejected("the joints allow no motion")
        return {body: (Mod(found[k], p), Mod(found[k + 1], p), Mod(found[k + 2], p)) for body, k in place.items()}

    def velocity(self, rates: dict[str, tuple[Mod, Mod, Mod]], body: str, arm: Vec) -> Vec:
        """Velocity of a point of a body."""
        x, y, turning = rates[body]
        return Vec(x, y) + arm.perp().scale(turning)

    def product(self, entries: list[Any], carried: dict[str, str]) -> Mod:
        """Product of factors and of reciprocals of factors."""
        result = self.scene.one
        for name, power in entries:
            texts = self.solution["factors"][name]
            chosen = " ".join(joint for joint in carried if any(joint in key.split() for key in texts))
            if power not in (1, -1):
                raise Rejected(f"{name!r} is neither a factor nor a divisor")
            self.used.add((name, chosen))
            value = self.scene.number(texts[chosen])
            result = result * value if power > 0 else result / value
        return result

    def check_levers(self, carried: dict[str, str]) -> None:
        """The determinant is the product of the regular factors, and Q of each load that of its own, but for their sign."""
        rates = self.rates(carried)
        if not carried:
            regular = self.product([(name, 1) for name in self.solution["regular"]], carried).v
            if self.determinant not in (regular, -regular % self.scene.one.p):
                raise Rejected("the regular factors do not make the determinant of the joints' equations")
            for link, pairs in self.solution["margins"].items():
                self.check_margin(link, rates, pairs)
        for name, load in self.linkage.loads.items():
            lever = self.velocity(rates, load["body"], self.scene.arm(load["body"], load["point"])).dot(self.scene.force(name))
            product = self.product(self.solution["loads"][name], carried)
            sense = 1 if lever.v == product.v else -1
            if (lever if sense > 0 else -lever).v != product.v or self.senses.setdefault(name, sense) != sense:
                raise Rejected(f"the factors of {name!r} do not make its generalised force")

    def check_margin(self, link: str, rates: dict[str, tuple[Mod, Mod, Mod]], pairs: list[list[str]]) -> None:
        """Reserve and sine of a link: part of its driving pin's velocity along it, over the driver's rate and over that velocity.

        Where the driver slides both are the sine. A second pair is for the pin's play carried round by the driver.
        """
        scene, (joint, side, far) = self.scene, self.linkage.driving_pins()[link]
        driver, pin = joint.first if side == "first" else joint.second
        own, other = (dict((j.first, j.second))[link] for j in (joint, far))
        line = scene.arm(link, other) - scene.arm(link, own) if far.kind == "revolute" else scene.axis(far).perp()
        turning, play = rates[driver][2], scene.offset(joint)
        if len(pairs) != 1 + bool(play and turning.v):
            raise Rejected(f"the margins of {link} are not complete")
        for (reserve, sine), carried in zip(pairs, (False, True), strict=False):
            arm = scene.arm(driver, pin)
            if carried and play:
                arm = arm + play if side == "first" else arm - play
            velocity = self.velocity(rates, driver, arm)
            part, over = velocity.dot(line).squared(), turning.squared() if turning.v else velocity.dot(velocity)
            self.vanishes(velocity.dot(velocity) * line.dot(line) * scene.number(sine).squared() - part, f"the sine of {link}")
            self.vanishes(over * line.dot(line) * scene.number(reserve).squared() - part, f"the reserve of {link}")


def check_mode(linkage: Linkage, senses: dict[str, int]) -> None:
    """The formulas' assembly mode is, of all signs of their roots, the one nearest to the body angles that the file gives."""
    box = linkage.intervals(linkage.nominal(quantity(linkage.data["drive"]["value"])[0]))

    def score(flipped: frozenset[int]) -> tuple[Interval, set[int]]:
        scene = Real(linkage, box, flipped=flipped)
        scene.quantity("assembly")
        parts = [scene.direction(body).dot(scene.turn(text)).value for body, text in linkage.data.get("assembly", {}).items()]
        total = sum(low for low, _ in parts), sum(high for _, high in parts)
        return total, {index for index in scene.rooted if linkage.formulas.roots[index]}

    check_mirrors(Real(linkage, box))
    own, roots = score(frozenset())
    if len(roots) > 10:
        raise Unreadable("there are more assembly modes than the checker looks at")
    for n in range(1, len(roots) + 1):
        for flipped in map(frozenset, itertools.combinations(roots, n)):
            try:
                other, _ = score(flipped)
                # of circles that touch two modes may be alike; the one meant is the one in which they press
                scene = Real(linkage, box, flipped=flipped)
                parts = [n.value[1] for load in senses if other[1] >= own[0] for n in pressing(scene, load)]
            except Unknown:
                continue
            if other[1] >= own[0] and min(parts, default=0) >= 0:
                raise Rejected("[assembly] singles out another mode, or not one alone")


def check_mirrors(scene: Real) -> None:
    """No two links mirrored at the line of their outer pins stand nearer to the file's angles: a parallelogram has no root."""
    linkage = scene.linkage
    guess = {body: scene.turn(text) for body, text in linkage.data.get("assembly", {}).items()}
    pins = [joint for joint in linkage.joints if joint.kind == "revolute"]
    for joint in pins:
        one, two = joint.bodies
        if {one, two} & {"ground", *linkage.drive.bodies} or not guess.keys() & {one, two}:
            continue
        outer = [[dict((j.first, j.second))[b] for j in pins if b in j.bodies and {*j.bodies} != {one, two}] for b in (one, two)]
        for a, b in itertools.product(*outer):
            base, own, other = scene.point(two, b) - scene.point(one, a), ZERO, ZERO
            for body in guess.keys() & {one, two}:
                direction = scene.direction(body)
                mirrored = (base * base * direction.mirrored()).scale(scene.one / base.dot(base))
                own, other = add(own, direction.dot(guess[body]).value), add(other, mirrored.dot(guess[body]).value)
            if other[1] >= own[0]:
                raise Rejected(f"[assembly] may mean another mode, with {one} and {two} the other way round")


# 8 -- Bounds over a box, and bisection trees ----------------------------------------------------------------------------------
KEPT = 6  # evaluations kept by `Goals.scene`
FAR = 1 << 1000


def centre(box: Box) -> Box:
    """Return the middle of a box."""
    return [((low + high) / 2, (low + high) / 2) for low, high in box]


def leaves(tree: list[Any], box: Box) -> Iterator[tuple[Box, str]]:
    """Rebuild the boxes of a tree in preorder: a number bisects that variable, a letter is a leaf with its rule."""
    stack = [box]
    for token in tree:
        if not stack:
            raise Rejected("a tree has more leaves than branches")
        box = stack.pop()
        if token in ("n", "m", "c"):
            yield box, token
            continue
        if type(token) is not int or not 0 <= token < len(box):
            raise Rejected(f"a tree holds {token!r}")
        low, high = box[token]
        middle = (low + high) / 2
        stack += [[*box[:token], ends, *box[token + 1 :]] for ends in ((middle, high), (low, middle))]
    if stack:
        raise Rejected("a tree ends before its last branch")


class Goals:
    """Lower bounds of named quantities over the root box, each oriented by its sign at the middle of the root box."""

    def __init__(self, linkage: Linkage, senses: dict[str, int]) -> None:
        self.linkage, self.senses, solution = linkage, senses, linkage.solution
        self.floors: dict[str, Interval] = {}
        self.orientation: dict[str, int] = {}
        self._scenes: dict[Any, Real] = {}
        exists, regular = [f"assembly {step}" for step in solution["exists"]], [f"factor {name}" for name in solution["regular"]]
        self.assembly = [*exists, "assembly", *regular]
        signs = [name for load in linkage.loads for factor, _ in solution["loads"][load] for name in self.variants(factor)]
        self.contacts = [joint for joint in linkage.joints if joint.kind in CONTACTS]
        self.presses = [f"press {load}" for load in linkage.loads if self.contacts]
        self.conditions = [*dict.fromkeys([*self.assembly, *signs]), *self.presses]
        middle = self.scene(centre(linkage.root()))
        for name in dict.fromkeys([*self.assembly, *signs]):
            try:
                value = middle.quantity(name).value
            except Unknown:
                value = ZERO
            self.orientation[name] = -1 if value[1] < 0 else 1 if value[0] > 0 else 0

    def variants(self, factor: str) -> list[str]:
        """A factor, and its values with the play of driving pins carried round by the driving body."""
        texts = self.linkage.solution["factors"][factor]
        return [f"factor {factor}" + (f" | carried {key}" if key else "") for key in texts]

    def sense(self, load: str, choose: Callable[[set[int]], int] = min, scene: Real | None = None) -> int:
        """Sign of Q towards the stop at the middle of the root box (or in a scene), the least of all variants, 0 if unknown."""

        def sign(name: str) -> int:
            if scene is None:
                return self.orientation[name]
            value = scene.quantity(name).value
            return -1 if value[1] < 0 else 1 if value[0] > 0 else 0

        signs = {self.linkage.stop * self.senses[load]}
        for factor, _ in self.linkage.solution["loads"][load]:
            signs = {s * sign(name) for s in signs for name in self.variants(factor)}
        return choose(signs)

    def remember(self, name: str, level: int) -> None:
        """Use the proved bound of a step from now on."""
        if name.startswith("assembly "):
            sense = self.orientation[name]
            self.floors[name.partition(" ")[2]] = (level, FAR) if sense > 0 else (-FAR, -level)
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

    def evaluate(
        self, name: str, box: Box, with_gradient: bool, sense: int = 1, around: Real | None = None
    ) -> tuple[Interval, list[Interval]]:
        """Enclose a quantity on a box, oriented, and its partial derivatives."""
        scene = self.scene(box, around)
        number = scene.quantity(name)
        if with_gradient and name not in scene.slopes:
            scene.slopes[name] = gradient(number, scene.inputs)
        found = scene.slopes[name] if with_gradient else []
        if self.orientation.get(name, 1) * sense < 0:
            return negate(number.value), [negate(slope) for slope in found]
        return number.value, found

    def lower(self, name: str, box: Box, rule: str, sense: int = 1) -> int:
        """Bound a quantity (or its negative) from below by the natural extension (n), mean value (m), or monotone corner (c)."""
        value, slopes = self.evaluate(name, box, rule != "n", sense)
        best, around = value[0], self.scene(box)
        while rule != "n":
            face = [
                (low, low) if low < high and slope[0] >= 0 else (high, high) if low < high and slope[1] <= 0 else (low, high)
                for (low, high), slope in zip(box, slopes, strict=True)
            ]
            corner = all(low == high for low, high in face)  # where it is reached the mean value says no more than the corner
            if rule == "m" or not corner:
                middle = centre(box)
                low = self.evaluate(name, middle, False, sense, around)[0][0]
                for x, c, slope in zip(self.linkage.intervals(box), self.linkage.intervals(middle), slopes, strict=True):
                    low += mul(slope, add(x, negate(c)))[0]
                best = max(best, low)
            if rule == "m" or face == box:
                break
            box = face
            value, slopes = self.evaluate(name, box, not corner, sense, around)
            best = max(best, value[0])
            if corner:
                break
        return best

    def bound(self, name: str, box: Box, rule: str) -> int:
        """Bound a condition or a margin from below on a box."""
        kind, _, key = name.partition(" ")
        if kind == "press":
            return min(self.lower(f"press {k} {key}", box, rule) for k in range(len(self.contacts)))
        if kind == "lever":
            return self._product(self.linkage.solution["loads"][key.removeprefix("arm ")], box, rule)
        if kind in ("reserve", "sine"):
            names = [f"{kind} {k} {key}" for k in range(len(self.linkage.solution["margins"][key]))]
            return min(max(self.lower(n, box, rule), self.lower(n, box, rule, -1)) for n in names)
        return self.lower(name, box, rule)

    def _product(self, factors: list[Any], box: Box, rule: str) -> int:
        result = UNIT
        for factor, power in factors:
            low = min(self.lower(name, box, rule, power) for name in self.variants(factor))
            if low * power <= 0:
                raise Unknown
            result = mul(result, (low, low)) if power > 0 else divide(result, (-low, -low))
        return result[0]

    def check_tree(self, entry: dict[str, Any]) -> None:
        """Prove that a quantity exceeds its bound on the whole root box."""
        name, bound = entry["quantity"], fraction(entry["at_least"])
        if bound < 0 and not name.startswith(("approach", "retreat", "opens")):
            raise Rejected(f"{name}: a negative bound proves nothing")
        level = enclose(bound, bound)[1]
        for box, rule in leaves(entry["tree"], self.linkage.root()):
            try:
                proved = self.bound(name, box, rule) > level
            except Unknown:
                proved = False
            if not proved:
                raise Rejected(f"{name} > {decimal(bound)} is not proved on a leaf (rule {rule})")
        self.remember(name, level)

    def check_trees(self, entries: Any, names: list[str]) -> dict[str, Fraction]:
        """Prove a list of quantities, no other and in this order; return their bounds."""
        if [keys(entry, {"quantity", "at_least", "tree"})["quantity"] for entry in entries] != names:
            raise Rejected(f"what must be proved is {names}")
        for entry in entries:
            self.check_tree(entry)
        return {entry["quantity"]: fraction(entry["at_least"]) for entry in entries}


# 9 -- Friction: the effort at the drive, from the equilibrium of every moving body --------------------------------------------
LENGTH = 100  # mm; moments are divided by it, so that all unknowns are forces
EITHER: Interval = (-ONE, ONE)
Column = list[Num]
Acting = tuple[int, int, Interval]  # in a joint: which influence, bound of the reaction, and the reaction with friction's sense
CONTACTS = ("cam", "eccentric", "wedge")  # these can only press


def magnitude(a: Interval) -> Interval:
    """Absolute value."""
    return (0 if a[0] <= 0 <= a[1] else min(abs(a[0]), abs(a[1]))), max(abs(a[0]), abs(a[1]))


def size(parts: Column) -> Num:
    """Absolute value of a number, or length of a vector."""
    values = [part.value for part in parts]
    squares = functools.reduce(add, map(square, values))
    value = magnitude(values[0]) if len(parts) == 1 else root(squares)
    slopes = [divide(a, value) if value[0] > 0 else EITHER for a in values]
    links = ((part, (max(-ONE, low), min(ONE, high))) for part, (low, high) in zip(parts, slopes, strict=True))
    return Num(parts[0].tape, value, tuple(links))


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


def inverse_of(matrix: list[list[Interval]]) -> list[list[int]]:
    """A matrix near the inverse of the middle of an interval matrix."""
    n = len(matrix)
    rows = [[(a + b) // 2 for a, b in row] + [ONE * (i == j) for j in range(n)] for i, row in enumerate(matrix)]
    for i in range(n):
        pivot = max(range(i, n), key=lambda r: abs(rows[r][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        if rows[i][i] == 0:
            raise Unknown
        rows[i] = [(x << BITS) // rows[i][i] for x in rows[i]]
        for k in range(n):
            if k != i and rows[k][i]:
                rows[k] = [x - (rows[k][i] * y >> BITS) for x, y in zip(rows[k], rows[i], strict=True)]
    return [row[n:] for row in rows]


def solve(matrix: list[Column], columns: list[Column]) -> list[Column]:
    """Enclose the solutions of A x = b, with derivatives: with C near the inverse of A, |x - C b| <= |1 - C A| |x|."""
    n, tape, values = len(matrix), matrix[0][0].tape, [[number.value for number in row] for row in matrix]
    near = inverse_of(values)

    def times(row: list[int], column: list[Interval]) -> Interval:
        low = high = 0
        for c, (a, b) in zip(row, column, strict=True):
            low, high = (low + c * a, high + c * b) if c >= 0 else (low + c * b, high + c * a)
        return low >> BITS, -(-high >> BITS)

    rest = []
    for i, row in enumerate(near):
        products = [times(row, [line[j] for line in values]) for j in range(n)]
        rest.append([max(abs(a - ONE * (i == j)), abs(b - ONE * (i == j))) for j, (a, b) in enumerate(products)])

    def enclosed(column: list[Interval]) -> list[Interval]:
        middle = [times(row, column) for row in near]
        bound = majorant([max(abs(a), abs(b)) for a, b in middle], rest)
        slack = [1 - (-sum(map(operator.mul, row, bound)) >> BITS) for row in rest]
        return [(a - d, b + d) for (a, b), d in zip(middle, slack, strict=True)]

    inverse = [enclosed([UNIT if k == j else ZERO for k in range(n)]) for j in range(n)]
    solutions: list[Column] = []
    for column in columns:
        x = enclosed([number.value for number in column])
        # the derivative of x is the inverse of A times (that of b less that of A, times x)
        changes = [
            Num(tape, ZERO, ((b, UNIT), *((a, negate(v)) for a, v in zip(row, x, strict=True) if a.value != ZERO or a.links)))
            for b, row in zip(column, matrix, strict=True)
        ]
        links = [tuple((change, inverse[k][i]) for k, change in enumerate(changes)) for i in range(n)]
        solutions.append([Num(tape, value, link) for value, link in zip(x, links, strict=True)])
    return solutions


@dataclass(frozen=True)
class Loose:
    """What acts in a joint off its ideal line, per unit of the reaction in `rows`: friction up to `slip`, play up to `play`.

    `columns` are the influences of a unit of it; of a disc in a slot one for each face that may be touched.
    """

    rows: list[int]
    columns: list[int]
    slip: Num
    play: int

    @property
    def reach(self) -> int:
        """Most that it is, per unit of the reaction."""
        return self.play + self.slip.value[1]


def held(linkage: Linkage) -> list[tuple[Joint, str]]:
    """Reactions that are unknown: all, less the couples of slides that close a loop of slides (the others hold the angle)."""
    group = {body: body for body in linkage.data["bodies"]}
    closing: set[str] = set()
    slides = [joint for joint in linkage.joints if joint.kind in ("prismatic", "wedge")]
    for joint in sorted(slides, key=lambda j: "ground" not in j.bodies):
        old, new = (group[body] for body in joint.bodies)
        closing |= {joint.name} if old == new else set()
        group = {body: new if label == old else label for body, label in group.items()}
    names = {"revolute": ["x", "y"], "prismatic": ["normal", "couple"], "wedge": ["normal", "couple"]}
    found = [
        (joint, name)
        for joint in linkage.joints
        for name in names.get(joint.kind, ["normal"])
        if not (name == "couple" and joint.name in closing)
    ]
    if len(found) + 1 != 3 * len(linkage.moving):
        raise Unreadable("equilibrium alone does not determine the forces in the joints")
    return [*found, (linkage.drive, "drive")]


class Equilibrium:
    """Equilibrium of every moving body under a unit load: unknown are the reactions of all joints and, last, the effort.

    Reactions act through the second body's point; friction and play move them off it by a bounded moment. A disc in a slot
    rubs where it touches: its radius away from its centre, on the side of the face that presses on it.
    """

    def __init__(self, scene: Real, load: str, frictionless: bool = False) -> None:
        self.scene, self.linkage = scene, scene.linkage
        self.unknown = held(self.linkage)
        scene.settle()
        parts = {joint.name: scene.rows(joint, "first", LENGTH) for joint in self.linkage.joints}
        matrix = [self.column(parts[joint.name][name]) for joint, name in self.unknown]
        entry = self.linkage.loads[load]
        arm, force = scene.arm(entry["body"], entry["point"]), scene.force(load)
        self.columns = [self.column([(entry["body"], force, arm.cross(force))], -1)]
        self.loose = [] if frictionless else [found for joint in self.linkage.joints for found in self.looseness(joint)]
        self.free, *self.influences = solve([list(row) for row in zip(*matrix, strict=True)], self.columns)

    def column(self, pushes: list[Push], sense: int = 1) -> Column:
        """Forces and moments on every moving body."""
        zero, length = self.scene.like(0), self.scene.like(Fraction(1, LENGTH))
        column, place = [zero] * (3 * len(self.linkage.moving)), {body: 3 * k for k, body in enumerate(self.linkage.moving)}
        for body, force, moment in pushes:
            parts = force.x, force.y, moment * length
            column[place[body] : place[body] + 3] = parts if sense > 0 else [-part for part in parts]
        return column

    def influence(self, pushes: list[Push]) -> int:
        """Add a right-hand side."""
        self.columns.append(self.column(pushes, -1))
        return len(self.columns) - 2

    def looseness(self, joint: Joint) -> Iterator[Loose]:
        """Friction and play of a joint."""
        scene = self.scene
        mu, play = scene.number(joint.friction), enclose(joint.play, joint.play)[1]
        rows = [k for k, (other, name) in enumerate(self.unknown) if other is joint and name in ("x", "y", "normal")]
        if joint.kind == "revolute":
            slip = scene.like(joint.pin_radius) * mu / (mu.squared() + scene.one).root()
            if play or slip.value != ZERO:
                yield Loose(rows, [self.influence(scene.couple(joint, 1))], slip, play)
            return
        if play:
            yield Loose(rows, [self.influence(scene.couple(joint, 1))], scene.like(0), play)
        if mu.value != ZERO:
            e = scene.line(joint).perp() if joint.kind == "cam" else scene.axis(joint)
            columns = [self.influence(self.rub(joint, e, e.perp().scale(at))) for at in self.contacts(joint)]
            yield Loose(rows, columns, mu, 0)

    def contacts(self, joint: Joint) -> list[Num]:
        """Where a joint rubs: how far from the second body's point, across the direction of rubbing."""
        scene = self.scene
        if joint.kind == "pin_in_slot" and joint.pin_radius:  # pressed from its right, it touches there
            return [scene.like(-joint.pin_radius), scene.like(joint.pin_radius)]
        if joint.kind == "eccentric":
            return [scene.number(joint.radii[1]) * scene.like(-joint.side)]
        if joint.kind == "cam":  # e.perp() points from the second centre to the first
            one, two = map(scene.number, joint.radii)
            apart = (one - two).value
            if joint.side < 0 and apart[0] <= 0 <= apart[1]:
                raise Unknown
            return [two if joint.side > 0 or apart[0] < 0 else -two]
        return [scene.like(0)]

    def rub(self, joint: Joint, e: Vec, step: Vec) -> list[Push]:
        """Unit force along e on the second body and its reaction, at a step from the second body's point."""
        scene = self.scene
        b = scene.arm(*joint.second) + step
        a = scene.point(*joint.second) - scene.anchor(joint.first[0]) + step
        return scene.pushes(joint, e, a, b)

    def bounds(self) -> list[int]:
        """Bounds of all reactions, whatever the senses of friction and play."""
        free = [size([self.free[row] for row in at.rows]).value[1] for at in self.loose]
        sizes = [[max(self.moved(k, at) for k in by.columns) for by in self.loose] for at in self.loose]
        return majorant(free, [[-(-m * by.reach >> BITS) for m, by in zip(row, self.loose, strict=True)] for row in sizes])

    def moved(self, k: int, at: Loose) -> int:
        """Most that a unit of an influence changes a reaction."""
        return size([self.influences[k][row] for row in at.rows]).value[1]

    def touched(self, part: Loose, most: list[int]) -> int:
        """Influence of what acts in a joint, of a disc in a slot that at the face that it touches."""
        if len(part.columns) == 1:
            return part.columns[0]
        row, change = self.free[part.rows[0]].value, 0
        for by, bound in zip(self.loose, most, strict=True):
            change -= -max(self.moved(k, part) for k in by.columns) * by.reach * bound >> 2 * BITS
        if magnitude(row)[0] <= change:
            raise Unknown  # which face the disc touches is not known
        return part.columns[row[0] < 0]

    def acting(self) -> list[Acting]:
        """Enclose all reactions: first whatever the senses of friction, then again and again with the senses that are known."""
        most = self.bounds()
        faces = [self.touched(part, most) for part in self.loose]
        sizes: list[Interval] = [(0, m) for m in most]
        found: list[Acting] = []
        for _ in range(4):
            found = []
            for face, (low, high) in zip(faces, sizes, strict=True):
                rate = self.rate(self.influences[face]).value
                signed = (low, high) if rate[0] > 0 else (-high, -low) if rate[1] < 0 else (-high, high)
                found.append((face, high, signed))
            now = [self.reaction(at, found).value for at in self.loose]
            sizes = [(max(a, c), min(b, d)) for (a, b), (c, d) in zip(sizes, now, strict=True)]
        return found

    def reaction(self, at: Loose, acting: list[Acting]) -> Num:
        """Size of a joint's reaction when these act."""
        total, tape = [self.free[row] for row in at.rows], self.scene.tape
        for part, (face, bound, signed) in zip(self.loose, acting, strict=True):
            act = part.slip * Num(tape, signed) + Num(tape, mul((-part.play, part.play), (bound, bound)))
            total = [part_ + act * self.influences[face][row] for part_, row in zip(total, at.rows, strict=True)]
        return size(total)

    def rate(self, column: Column) -> Num:
        """The drive's part of a solution: an effort the way it opens."""
        unit = self.linkage.opens * (LENGTH if self.linkage.drive.kind == "revolute" else 1)
        return column[-1] * self.scene.like(unit)

    def effort(self, acting: list[Acting], sense: int) -> Num:
        """Effort that moves the drive the way it opens.

        Friction opposes the joint's own motion, whose rate per rate of the drive is its influence on the effort (virtual work).
        """
        total = self.rate(self.free)
        for part, act in zip(self.loose, acting, strict=True):
            reach = part.slip + Num(self.scene.tape, (sense * part.play, sense * part.play))
            total = total + size([self.rate(self.influences[act[0]])]) * reach * self.reaction(part, acting)
        return total


def effort(scene: Real, load: str, sense: int = -1) -> Num:
    """Effort that moves the drive the way it opens against a unit load, all friction opposing: play lowers it, or raises it.

    What is found of the reactions on a box stands on its parts (`around` is the box) for numbers that are given, but unknown.
    So the effort is a function of the box's quantities and of these, and its slopes are those by the quantities alone.
    """
    for place in (scene.around, scene):
        if load not in place.systems:
            place.systems[load] = Equilibrium(place, load)
    if load not in scene.around.acting:
        scene.around.acting[load] = scene.around.systems[load].acting()
    return scene.systems[load].effort(scene.around.acting[load], sense)


def pressing(scene: Real, load: str) -> list[Num]:
    """Forces, per unit of load and without friction, with which the contacts of the linkage press."""
    system = Equilibrium(scene, load, frictionless=True)
    return [
        force if joint.side > 0 else -force
        for (joint, name), force in zip(system.unknown, system.free, strict=True)
        if joint.kind in CONTACTS and name == "normal"
    ]


# 10 -- Claims -----------------------------------------------------------------------------------------------------------------
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
    "the stop.",
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

Parts = dict[str, tuple[Goals, list[str]]]
SLICES = 64  # of the drive's way past dead centre, in a counterexample of `stays_shut`


def force_range(linkage: Linkage, load: str) -> tuple[Fraction, Fraction]:
    """Least and greatest magnitude of a load (N)."""
    low, high = (quantity(end)[0] for end in linkage.loads[load]["magnitude"])
    return low, high


class Claim:
    """What a claim needs: lists of quantities to prove on the root box, or on one with another interval of the drive.

    `fields` are the theorem's own keys beside the lists of `parts`; `values` gives their contents.
    """

    fields: frozenset[str] = frozenset()

    def __init__(self, linkage: Linkage, senses: dict[str, int], values: dict[str, Any]) -> None:
        self.linkage, self.senses, self.values = linkage, senses, values
        self.parts: Parts = {}
        self.prepare()

    def goals(self, linkage: Linkage) -> Goals:
        """Quantities on the root box of a linkage."""
        return Goals(linkage, self.senses)

    def prepare(self) -> None:
        """Say what has to be proved."""
        raise NotImplementedError

    def conclude(self, bounds: dict[str, Fraction]) -> None:
        """Reject the claim where it does not follow from the bounds."""

    def refuted(self, kind: str, key: str, point: Box) -> bool:
        """Whether the claim fails at a point of the root box."""
        return False

    def check_proof(self, theorem: dict[str, Any]) -> None:
        """Accept a proof."""
        bounds: dict[str, Fraction] = {}
        for part, (goals, names) in self.parts.items():
            bounds |= goals.check_trees(theorem[part], names)
        self.conclude(bounds)

    def check_counterexample(self, example: dict[str, Any]) -> None:
        """Accept a counterexample."""
        kind, _, key = keys(example, {"violates", "values"} | self.extra)["violates"].partition(" ")
        if kind == "magnitude" and not example["values"]:
            failed = self.needs_force and force_range(self.linkage, key)[0] <= 0
        else:
            point = self.wide().point(example["values"])
            failed = kind == "assembly" and cannot_close(self.linkage, point)
            failed = failed or (kind != "assembly" and self.refuted(kind, key, point))
        if not failed:
            raise Rejected(f"{example['violates']} is not proved to be violated by the counterexample")

    needs_force = False
    extra: frozenset[str] = frozenset()  # keys of a counterexample beside `violates` and `values`

    def wide(self) -> Linkage:
        """The root box in which a counterexample lies."""
        return self.linkage

    def at(self, point: Box) -> Real:
        """Evaluation at a point."""
        return Real(self.linkage, self.linkage.intervals(point))


class OverCentre(Claim):
    """Every load presses the drive into its stop."""

    fields = frozenset({"margins", "from"})
    needs_force = True

    def prepare(self) -> None:
        """Existence, the signs of the factors of every Q, contacts that press; once more where the interval begins earlier."""
        goals = self.goals(self.linkage)
        self.parts["conditions"] = goals, goals.conditions
        if self.values.get("from", "") != "":
            goals = self.goals(self.linkage.earlier(fraction(self.values["from"])))
            self.parts["earlier"] = goals, goals.conditions

    def conclude(self, bounds: dict[str, Fraction]) -> None:
        """All senses must be those of the stop."""
        for load in self.linkage.loads:
            for goals, _ in self.parts.values():
                if force_range(self.linkage, load)[0] <= 0 or goals.sense(load) <= 0:
                    raise Rejected(f"load {load!r} does not press the drive into its stop")
        if not self.linkage.loads:
            raise Rejected("there is no load")
        for entry in self.values["margins"]:
            if not keys(entry, {"quantity", "at_least", "tree"})["quantity"].startswith(("lever arm ", "reserve ", "sine ")):
                raise Rejected(f"{entry['quantity']} is not a margin")
            self.parts["conditions"][0].check_tree(entry)

    def refuted(self, kind: str, key: str, point: Box) -> bool:
        """Q points away from the stop."""
        return kind == "Q" and self.parts["conditions"][0].sense(key, min, self.at(point)) < 0


class Friction(Claim):
    """An effort is needed to open, all friction opposing."""

    needs_force = True

    def prepare(self) -> None:
        """Existence, and the least effort against every load."""
        if not self.linkage.opens or not self.linkage.loads:
            raise Rejected("friction needs loads, and the direction in which the drive opens")
        goals = self.goals(self.linkage)
        self.parts["conditions"] = goals, goals.assembly + [f"holds {load}" for load in self.linkage.loads]

    def conclude(self, bounds: dict[str, Fraction]) -> None:
        """The loads must not vanish."""
        if any(force_range(self.linkage, load)[0] <= 0 for load in self.linkage.loads):
            raise Rejected("a load may vanish")

    def refuted(self, kind: str, key: str, point: Box) -> bool:
        """The load opens the lock against all friction."""
        return kind == "holds" and effort(self.at(point), key).value[1] < 0


class Release(Claim):
    """The effort to release stays below the limit, from the stop to where the load itself opens the lock."""

    fields = frozenset({"to"})

    def prepare(self) -> None:
        """Existence and effort over the travel, the signs of Q at its end."""
        linkage, table = self.linkage, self.linkage.lock["release"]
        self.limit = quantity(table["max_torque" if linkage.drive.kind == "revolute" else "max_force"])[0]
        self.named = list(table["loads"])
        if "to" in self.values:
            drive, to = linkage.drive_interval(), fraction(self.values["to"])
            if not self.named or not (to < drive.low if linkage.stop > 0 else to > drive.high):
                raise Rejected("release needs loads, and a drive value beyond the locked interval")
            travel = self.goals(linkage.moved(*((to, drive.high) if linkage.stop > 0 else (drive.low, to))))
            end = self.goals(linkage.moved(to, to))
            signs = [n for load in self.named for f, _ in linkage.solution["loads"][load] for n in end.variants(f)]
            self.parts["travel"] = travel, travel.assembly + [f"opens {load}" for load in self.named]
            self.parts["end"] = end, [*dict.fromkeys(end.assembly + signs)]

    def opened(self) -> bool:
        """Whether every named load pushes the drive on at the travel's end."""
        return all(self.parts["end"][0].sense(load, max) < 0 for load in self.named)

    def conclude(self, bounds: dict[str, Fraction]) -> None:
        """Below the limit, and open."""
        if not self.opened() or any(-bounds[f"opens {load}"] > self.limit for load in self.named):
            raise Rejected("the effort is not proved to stay within the limit up to where the loads open the lock")

    def refuted(self, kind: str, key: str, point: Box) -> bool:
        """The effort exceeds the limit."""
        limit = enclose(self.limit, self.limit)[1]
        return kind == "effort" and key in self.named and -self.at(point).quantity(f"opens {key}").value[1] > limit


class Clamp(Claim):
    """Stiffness times (interference - losses + approach of the hook), against the least load."""

    fields = frozenset({"preload"})

    def prepare(self) -> None:
        """Existence and the range of the approach."""
        table = keys(self.linkage.lock["clamp"], {"stiffness", "interference"}, frozenset({"adjusted", "losses", "loads"}))
        self.stiffness, self.interference = (variable(key, table[key]) for key in ("stiffness", "interference"))
        self.losses = [variable(name, spec) for name, spec in table.get("losses", {}).items()]
        self.adjusted, self.named = table.get("adjusted", False), list(table.get("loads", self.linkage.loads))
        units = [self.stiffness.unit, self.interference.unit, *(loss.unit for loss in self.losses)]
        if units != ["N/mm", "mm"] + ["mm"] * len(self.losses) or self.stiffness.low <= 0 or type(self.adjusted) is not bool:
            raise Unreadable("the clamp needs a stiffness, lengths, and adjusted = true or false")
        if not self.named or not set(self.named) <= set(self.linkage.loads):
            raise Rejected("the clamp needs loads of the file")
        moves = [] if self.adjusted else [f"{kind} {load}" for load in self.named for kind in ("approach", "retreat")]
        goals = self.goals(self.linkage)
        self.parts["conditions"] = goals, goals.assembly + moves

    def least(self, approach: Fraction) -> Fraction:
        """Least preload where the hook stands at least `approach` closer than at nominal dimensions."""
        return self.stiffness.low * (self.interference.low - sum(loss.high for loss in self.losses) + approach)

    def most(self, approach: Fraction) -> Fraction:
        """Greatest preload where the hook stands at most `approach` closer."""
        return self.stiffness.high * (self.interference.high - sum(loss.low for loss in self.losses) + approach)

    def conclude(self, bounds: dict[str, Fraction]) -> None:
        """The preload's range follows from that of the approach."""
        if [keys(entry, {"load", "at_least", "at_most"})["load"] for entry in self.values["preload"]] != self.named:
            raise Rejected(f"the preload must be given for {self.named}")
        for entry in self.values["preload"]:
            load, low, high = entry["load"], fraction(entry["at_least"]), fraction(entry["at_most"])
            least = self.least(bounds.get(f"approach {load}", Fraction(0)))
            most = self.most(-bounds.get(f"retreat {load}", Fraction(0)))
            if not force_range(self.linkage, load)[0] <= low <= least or not most <= high:
                raise Rejected(f"the preload against {load!r} is not proved to stay between {low} N and {high} N")

    def refuted(self, kind: str, key: str, point: Box) -> bool:
        """The softest and least clamp is below the least load."""
        scene = self.at(point)
        scene.quantity("assembly")
        approach = Fraction(0) if self.adjusted else Fraction(scene.quantity(f"approach {key}").value[1], ONE)
        return kind == "preload" and key in self.named and max(0, self.least(approach)) < force_range(self.linkage, key)[0]


class Positive(Claim):
    """The face is clear of the tooth where it is locked, and stands in its way before `blocked_at`."""

    def prepare(self) -> None:
        """Locked: clear; on the travel: inside both ends; at its end: blocked."""
        table, linkage, drive = self.linkage.lock["positive"], self.linkage, self.linkage.drive_interval()
        keys(table, {"body", "point", "against", "normal", "width", "engagement", "blocked_at"}, frozenset({"side"}))
        to, unit = quantity(table["blocked_at"])
        if unit != drive.unit or not linkage.opens or not (to < drive.low if linkage.opens < 0 else to > drive.high):
            raise Rejected("blocked_at must lie beyond the locked interval, the way the drive opens")
        if table.get("side", "left") not in ("left", "right") or quantity(table["engagement"])[0] <= 0:
            raise Rejected("the face lies left or right of its edge, and the engagement is positive")
        self.travel = linkage.moved(min(to, drive.low), max(to, drive.high))
        for part, where, names in (
            ("locked", linkage, ["positive clear"]),
            ("travel", self.travel, ["positive inner", "positive outer"]),
            ("end", linkage.moved(to, to), ["positive blocked"]),
        ):
            goals = self.goals(where)
            self.parts[part] = goals, goals.assembly + names

    def wide(self) -> Linkage:
        """The travel."""
        return self.travel

    def refuted(self, kind: str, key: str, point: Box) -> bool:
        """A condition fails in its part of the travel."""
        for goals, names in self.parts.values():
            inside = all(v.low <= low <= v.high for v, (low, _) in zip(goals.linkage.variables, point, strict=True))
            if f"{kind} {key}" in names and inside and self.at(point).quantity(f"{kind} {key}").value[1] < 0:
                return True
        return False


class StaysShut(Claim):
    """A climb against the least load, before dead centre, that takes more than can be released."""

    fields = frozenset({"summit", "energy"})
    extra = frozenset({"to"})

    def prepare(self) -> None:
        """over_centre from the summit to the stop, and the climb of every load."""
        linkage, table = self.linkage, self.linkage.lock["shock"]
        self.summit = fraction(self.values["summit"])
        self.earlier, other = self.goals(linkage.earlier(self.summit)), copy.copy(linkage)
        other.summit = self.summit
        locked = self.goals(other)
        self.parts["conditions"] = self.earlier, self.earlier.conditions
        self.parts["climb"] = locked, locked.assembly + [f"climb {load}" for load in linkage.loads]
        self.stiffness = variable("stiffness", linkage.lock["clamp"]["stiffness"])
        speed, self.drive_energy = quantity(table["velocity_change"])[0], quantity(table.get("drive_energy", "0 J"))[0]
        masses = [quantity(body["mass"]) for name, body in linkage.data["bodies"].items() if name != "ground"]
        given = self.stiffness.unit == "N/mm" and self.stiffness.low > 0 and self.drive_energy >= 0
        if not given or any(mass <= 0 or unit != "t" for mass, unit in masses):
            raise Rejected("stays_shut needs the clamp's stiffness and the mass of every moving body")
        self.kinetic = sum(mass for mass, _ in masses) * speed**2 / 2

    def given(self, load: str) -> Fraction:
        """Energy (N mm) that unloading from the greatest to the least magnitude, the base and the drive can release."""
        low, high = force_range(self.linkage, load)
        return (high**2 - low**2) / (2 * self.stiffness.low) + self.kinetic + self.drive_energy

    def played(self, load: str) -> int:
        """How far play can move the load's point along the load, anywhere between locked and summit."""
        linkage, travel = self.earlier.linkage, 0
        _, slopes = self.earlier.evaluate(f"along {load}", linkage.root(), True)
        for joint in linkage.joints:
            if joint.play:
                x, y = (s for v, s in zip(linkage.variables, slopes, strict=True) if v.name[:-2] == f"clearance {joint.name}")
                size = root(add(square(magnitude(x)), square(magnitude(y))))[1]
                travel += mul((size, size), enclose(2 * joint.play, 2 * joint.play))[1]
        return travel

    def conclude(self, bounds: dict[str, Fraction]) -> None:
        """The barrier exceeds what can be released."""
        if [keys(e, {"load", "barrier", "released"})["load"] for e in self.values["energy"]] != list(self.linkage.loads):
            raise Rejected("the energies of every load must be given")
        for entry in self.values["energy"]:
            load, barrier, released = entry["load"], fraction(entry["barrier"]), fraction(entry["released"])
            low, high = force_range(self.linkage, load)
            most = self.given(load) + high * Fraction(self.played(load), ONE)
            if (
                not (0 < released < barrier <= low * bounds[f"climb {load}"] and most <= released)
                or self.earlier.sense(load) <= 0
            ):
                raise Rejected(f"the barrier against {load!r} is not proved to exceed what can be released")

    def refuted(self, kind: str, key: str, point: Box) -> bool:
        """The whole way past dead centre takes less than unloading alone releases."""
        linkage, goals = self.linkage, self.parts["climb"][0]
        if kind != "climb" or goals.sense(key, min, self.at(linkage.with_drive(point, self.summit, self.summit))) >= 0:
            return False
        start = next(low for v, (low, _) in zip(linkage.variables, point, strict=True) if v.symbol == "_drive")
        here, low = self.at(point).quantity(f"along {key}").value[1], force_range(linkage, key)[0]
        cuts = [start + (self.summit - start) * Fraction(k, SLICES) for k in range(SLICES + 1)]
        heights = [
            here - goals.lower(f"along {key}", linkage.with_drive(point, *sorted(ends)), "m") for ends in itertools.pairwise(cuts)
        ]
        return all(mul((h, h), enclose(low, low))[1] < enclose(self.given(key), self.given(key))[0] for h in heights)


CLAIMS: dict[str, type[Claim]] = {
    "over_centre": OverCentre,
    "friction": Friction,
    "clamp": Clamp,
    "positive": Positive,
    "stays_shut": StaysShut,
    "release": Release,
}


def loci(scene: Real, body: str, point: str) -> Iterator[tuple[Vec, Num | None, Vec | None]]:
    """Circles (centre, radius) and lines (point, direction) that joints with placed bodies confine a point of a body to."""
    linkage = scene.linkage
    for joint in linkage.joints:
        if body not in joint.bodies:
            continue
        forward = joint.second[0] == body
        own, (other, there) = (joint.second[1], joint.first) if forward else (joint.first[1], joint.second)
        try:
            centre, direction, offset = scene.point(other, there), scene.direction(other), scene.offset(joint)
        except Unknown:
            continue
        arm = scene.local(body, point) - scene.local(body, own)
        if joint.kind == "revolute":
            centre = centre if offset is None else centre + offset if forward else centre - offset
            yield centre, arm.dot(arm).root() if not (arm.x.is_zero() and arm.y.is_zero()) else scene.like(0), None
        elif joint.kind in ("prismatic", "wedge"):
            turned = direction * scene.turn(joint.angle, 1 if forward else -1)
            axis = (direction if forward else turned) * scene.turn(joint.axis)
            yield centre + turned * arm, None, axis
        elif joint.kind == "cam" and own == point:
            one, two = map(scene.number, joint.radii)
            yield centre, one + two if joint.side > 0 else one - two, None


def cannot_close(linkage: Linkage, point: Box) -> bool:
    """Whether at a point two loci of one pin have nothing in common, so that the bodies that meet there cannot be joined."""
    scene = Real(linkage, linkage.intervals(point))
    for joint in linkage.joints:
        if joint.kind != "revolute" or "ground" in joint.bodies:
            continue
        offset, pairs = scene.offset(joint), list(itertools.product(loci(scene, *joint.first), loci(scene, *joint.second)))
        for one, two in pairs:
            gap = (
                two[0] - one[0] if offset is None else two[0] - one[0] - offset
            )  # the second pin stands off the first by the play
            circles = [r for _, r, _ in (one, two) if r is not None]
            lines = [e for _, _, e in (one, two) if e is not None]
            if len(circles) == 2:
                apart, (r, s) = gap.dot(gap), circles
                tests = [(r + s).squared() - apart, apart - (r - s).squared()]
            elif circles:
                tests = [circles[0].squared() - lines[0].cross(gap).squared()]
            else:
                continue
            if any(test.value[1] < 0 for test in tests):
                return True
    return False


# 11 -- The certificate ----------------------------------------------------------------------------------------------------------
def canonical(data: Any) -> str:
    """Write JSON data in the one form that is hashed."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest(data: Any) -> str:
    """SHA-256 of the canonical form."""
    return hashlib.sha256(canonical(data).encode()).hexdigest()


def decimal(value: Fraction) -> str:
    """Write a fraction exactly: as a decimal where it ends, else as a quotient."""
    text = str(value)
    twos = (value.denominator & -value.denominator).bit_length() - 1
    fives, places = value.denominator >> twos, 0
    while fives % 5 == 0:
        fives, places = fives // 5, places + 1
    places = max(twos, places)
    if fives != 1 or value.denominator == 1:
        return text
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    return ("-" if value < 0 else "") + f"{digits[:-places]}.{digits[-places:]}".rstrip("0").rstrip(".")


def keys(entry: Any, required: set[str], optional: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Refuse what is missing and what is not read, so that no number in the file goes unchecked."""
    if not isinstance(entry, dict) or not required <= set(entry) <= required | optional:
        raise Rejected(f"keys {sorted(required)} are expected, found {sorted(entry) if isinstance(entry, dict) else entry!r}")
    return entry


@dataclass(frozen=True)
class Verdict:
    """What the checker says: accepted or why not, and the theorems with their verdicts."""

    accepted: bool
    reason: str
    theorems: tuple[dict[str, str], ...] = ()


def fraction(value: Any) -> Fraction:
    """Read an exact number: a decimal or a quotient as text, or a JSON number."""
    if isinstance(value, str) and (len(value) > 400 or not re.fullmatch(r"-?\d+(\.\d+)?(/\d+)?", value)):
        raise Rejected(f"{value[:40]!r} is not a number")
    return Fraction(value)


def json_number(text: str) -> Fraction:
    """Read a JSON number with a point or an exponent, exactly."""
    if len(text) > 60 or abs(int(text.lower().partition("e")[2] or 0)) > 400:
        raise ValueError(f"{text[:40]} is too large")
    return Fraction(text)


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse JSON objects that give a key twice."""
    if len({key for key, _ in pairs}) != len(pairs):
        raise Unreadable("a key is given twice")
    return dict(pairs)


def read(text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Parse a certificate twice: as written (for the hashes) and with exact numbers."""
    try:
        plain, exact = (json.loads(text, object_pairs_hook=unique, parse_float=kind) for kind in (float, json_number))
        canonical(plain)
    except (ValueError, RecursionError, OverflowError) as error:
        raise Unreadable(f"not JSON: {error}") from None
    found = plain.get("format") if isinstance(plain, dict) else None
    if found == "mechlock-certificate/1":
        raise Unreadable(f"{found} is the format of an earlier version: prove the lock again to get a {FORMAT} file")
    if found != FORMAT:
        raise Unreadable(f"not a {FORMAT} file")
    return plain, exact


def check(plain: dict[str, Any], exact: dict[str, Any]) -> tuple[dict[str, str], ...]:
    """Check a certificate; raise `Rejected` at the first thing that is not so."""
    fields = {"format", "linkage", "linkage_sha256", "assumptions", "root", "solution", "theorems", "versions", "sha256"}
    keys(exact, fields)
    if exact["linkage_sha256"] != digest(plain["linkage"]):
        raise Rejected("the linkage's hash does not fit")
    if exact["sha256"] != digest({key: value for key, value in plain.items() if key != "sha256"}):
        raise Rejected("the certificate's hash does not fit")
    linkage = Linkage(exact["linkage"], exact["solution"])
    expected = [{"name": v.name, "low": decimal(v.low), "high": decimal(v.high), "unit": v.unit} for v in linkage.variables]
    if exact["root"] != expected or exact["assumptions"] != list(ASSUMPTIONS):
        raise Rejected("the root box or the assumptions are not those of the linkage")
    senses = Identities(linkage, exact["sha256"]).senses
    check_mode(linkage, senses)
    results: list[dict[str, str]] = []
    if not exact["theorems"]:
        raise Rejected("there is no theorem")
    for theorem in exact["theorems"]:
        check_theorem(linkage, senses, theorem)
        results.append({"name": theorem["claim"], "verdict": theorem["verdict"]})
    return tuple(results)


def check_theorem(linkage: Linkage, senses: dict[str, int], theorem: dict[str, Any]) -> None:
    """Check one theorem."""
    name, verdict, head = theorem["claim"], theorem["verdict"], {"claim", "verdict", "statement"}
    if verdict == "undecided":
        keys(theorem, {"claim", "verdict", "reason"})
        return
    if name not in CLAIMS or verdict not in ("proved", "refuted"):
        raise Rejected(f"{name!r} {verdict!r} is not something that is checked")
    if theorem.get("statement") != STATEMENTS[name]:
        raise Rejected(f"the statement of {name!r} is not the one that is checked")
    if verdict == "refuted":
        example = keys(theorem, head | {"counterexample"})["counterexample"]
        CLAIMS[name](linkage, senses, {"summit": example["to"]} if "to" in example else {}).check_counterexample(example)
        return
    claim = CLAIMS[name](linkage, senses, theorem)
    keys(theorem, head | claim.fields | set(claim.parts))
    claim.check_proof(theorem)


def verify(text: str, design: Path | None = None) -> Verdict:
    """Check the text of a certificate, and with `design` that it was made for that linkage or design file."""
    plain, exact = read(text)
    wanted = canonical(linkage_of(design)) if design else None
    try:
        if wanted is not None and wanted != canonical(plain.get("linkage")):
            raise Rejected("the certificate was made for another linkage than this file's")
        return Verdict(True, "", check(plain, exact))
    except (Rejected, Unreadable) as error:
        return Verdict(False, str(error))
    except Unknown:
        return Verdict(False, "the mechanism cannot be evaluated at its nominal dimensions, or at a counterexample")
    except _MALFORMED as error:
        return Verdict(False, f"the certificate is malformed ({type(error).__name__}: {error})")


_MALFORMED = (
    KeyError, TypeError, ValueError, AttributeError, IndexError, StopIteration, ArithmeticError, SyntaxError, RecursionError
)  # fmt: skip


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
    sys.stdout.write("accepted\n" if verdict.accepted else f"rejected: {verdict.reason}\n")
    return 0 if verdict.accepted else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
