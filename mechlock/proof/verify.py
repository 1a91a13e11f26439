#!/usr/bin/env python3
"""The independent checker of ``mechlock-certificate/1``: integers and fractions only, nothing but the standard library.

``python verify.py CERT.json [--design FILE.toml]`` runs with bare Python. Nothing of the program that wrote the certificate
is used: from the linkage data inside the certificate this file derives the uncertain quantities and their intervals (the root
box), the positions by its own dyad formulas, the signs that have to be proved, and every box of the bisection trees. What a
tree says is only where to cut and which rule to try; a leaf counts when the evaluation here bounds the quantity from below.

Reading order: 1 intervals, 2 numbers that know their derivatives, 3 the linkage file, 4 assembly, 5 the signs of the claim,
6 bounds over a box, 7 the certificate. ``docs/certificate.md`` documents the format and the identities used.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import copy
import hashlib
import itertools
import json
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

FORMAT = "mechlock-certificate/1"


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
ZERO: Interval = (0, 0)


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


# 2 -- Numbers that know their derivatives: with respect to every variable (backwards), and on demand to the drive (`rate`) ---
class Num:
    """An interval with the operations that led to it; `rate` is its derivative with respect to the drive, as a `Num`."""

    __slots__ = ("links", "rate", "tape", "value")

    def __init__(self, tape: list[Num], value: Interval, links: tuple[tuple[Num, Interval], ...] = (), rate: Num | None = None):
        self.tape, self.value, self.links, self.rate = tape, value, links, rate
        tape.append(self)

    def lift(self, other: Num | int) -> Num:
        """Make a number of an integer."""
        return other if isinstance(other, Num) else Num(self.tape, (other * ONE, other * ONE))

    @property
    def still(self) -> Num:
        """The same number without its rate, for use in the rate of another."""
        return self if self.rate is None else Num(self.tape, self.value, ((self, (ONE, ONE)),))

    def __add__(self, other: Num | int) -> Num:
        b, one = self.lift(other), (ONE, ONE)
        return Num(self.tape, add(self.value, b.value), ((self, one), (b, one)), total(self.rate, b.rate))

    def __neg__(self) -> Num:
        return Num(self.tape, negate(self.value), ((self, (-ONE, -ONE)),), self.rate and -self.rate)

    def __sub__(self, other: Num | int) -> Num:
        return self + -self.lift(other)

    def __mul__(self, other: Num | int) -> Num:
        b = self.lift(other)
        rate = total(self.rate and self.rate * b.still, b.rate and b.rate * self.still)
        return Num(self.tape, mul(self.value, b.value), ((self, b.value), (b, self.value)), rate)

    __rmul__ = __mul__

    def __rtruediv__(self, other: int) -> Num:
        return self.lift(other) / self

    def __truediv__(self, other: Num | int) -> Num:
        b = self.lift(other)
        value, inverse = divide(self.value, b.value), divide((ONE, ONE), b.value)
        result = Num(self.tape, value, ((self, inverse), (b, negate(mul(value, inverse)))))
        change = total(self.rate, b.rate and -(b.rate * result.still))
        result.rate = change and change / b.still
        return result

    def squared(self) -> Num:
        """Square."""
        return Num(
            self.tape,
            square(self.value),
            ((self, mul((2 * ONE, 2 * ONE), self.value)),),
            self.rate and 2 * (self.rate * self.still),
        )

    def root(self) -> Num:
        """Square root."""
        value = root(self.value)
        result = Num(self.tape, value, ((self, divide((ONE >> 1, ONE >> 1), value)),))
        result.rate = self.rate and self.rate / (2 * result.still)
        return result


def total(*terms: Num | None) -> Num | None:
    """Sum of the terms that are there."""
    present = [term for term in terms if term is not None]
    return present[0] if len(present) == 1 else present[0] + present[1] if present else None


def gradient(output: Num, inputs: list[Num]) -> list[Interval]:
    """Intervals of the partial derivatives of `output`, by one pass backwards over the operations."""
    weights: dict[Num, Interval] = {output: (ONE, ONE)}
    for number in reversed(output.tape):
        weight = weights.get(number)
        if weight is not None:
            for parent, partial in number.links:
                weights[parent] = add(weights.get(parent, ZERO), mul(weight, partial))
    return [weights.get(number, ZERO) for number in inputs]


@dataclass(frozen=True)
class Vec:
    """A point or a direction of the plane; `*` and `/` are those of complex numbers, so a unit vector turns."""

    x: Num
    y: Num

    def __add__(self, o: Vec) -> Vec:
        return Vec(self.x + o.x, self.y + o.y)

    def __sub__(self, o: Vec) -> Vec:
        return Vec(self.x - o.x, self.y - o.y)

    def __mul__(self, o: Vec) -> Vec:
        if o.y.value == ZERO and not o.y.links:
            return self.scale(o.x)
        return Vec(self.x * o.x - self.y * o.y, self.x * o.y + self.y * o.x)

    def __truediv__(self, o: Vec) -> Vec:
        if o.y.value == ZERO and not o.y.links:
            return Vec(self.x / o.x, self.y / o.x)
        product, size = self * Vec(o.x, -o.y), o.dot(o)
        return Vec(product.x / size, product.y / size)

    def scale(self, k: Num | int) -> Vec:
        """Multiply by a number."""
        return Vec(self.x * k, self.y * k)

    def perp(self) -> Vec:
        """Turn by a right angle, counter-clockwise."""
        return Vec(-self.y, self.x)

    def dot(self, o: Vec) -> Num:
        """Scalar product."""
        return self.x.squared() + self.y.squared() if o is self else self.x * o.x + self.y * o.y

    def size(self) -> Num:
        """Length."""
        if self.y.value == ZERO and not self.y.links and self.x.value[0] > 0:
            return self.x
        return self.dot(self).root()


def turned(angle: Num) -> Vec:
    """The unit vector at `angle`."""
    sine, cosine = wave(angle.value, 1), wave(angle.value, 0)
    x, y = Num(angle.tape, cosine, ((angle, negate(sine)),)), Num(angle.tape, sine, ((angle, cosine),))
    if angle.rate is not None:
        x.rate, y.rate = -(y.still * angle.rate), x.still * angle.rate
    return Vec(x, y)


# 3 -- The linkage file, read again: quantities in mm, N and degrees or radians, as exact fractions ---------------------------
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
    """An uncertain or given quantity: nominal value and interval, in `unit`."""

    name: str
    low: Fraction
    nominal: Fraction
    high: Fraction
    unit: str


def variable(name: str, spec: Any) -> Variable:
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
    return Variable(name, low, nominal, high, unit)


@dataclass(frozen=True)
class Joint:
    """A revolute (R) or prismatic (P) joint: `second` = `first` + clearance offset, or moves along `axis` of the first body."""

    name: str
    kind: str
    first: tuple[str, str]
    second: tuple[str, str]
    axis: str
    angle: str
    clearance: Fraction
    radius: Fraction = Fraction(0)
    friction: Any = 0
    press: int = 0  # of two circles that touch: +1 where the link between their centres must push, -1 where it must pull

    def point(self, body: str) -> str:
        """Return the name of its point on a body."""
        return self.first[1] if self.first[0] == body else self.second[1]

    def other(self, body: str) -> str:
        """Return the body at the other end."""
        return self.second[0] if self.first[0] == body else self.first[0]


@dataclass(frozen=True)
class Dyad:
    """Two bodies with a joint between them and one joint each to bodies that are placed before; a ground leg comes second."""

    number: int
    bodies: tuple[str, str]
    outer: tuple[Joint, Joint]
    inner: Joint

    @property
    def kind(self) -> str:
        """Joint kinds: outer, inner, outer."""
        return self.outer[0].kind + self.inner.kind + self.outer[1].kind


def read_joints(data: dict[str, Any], points: dict[str, Any]) -> list[Joint]:
    """Read the joints; a pin in a slot becomes a sliding block with a pin, two circles that touch a link of their centres."""
    joints: list[Joint] = []
    known = {"name", "type", "of", "axis", "angle", "pin_radius", "friction", "clearance", "radii", "inside"}
    if len({entry["name"] for entry in data["joints"]}) != len(data["joints"]):
        raise Unreadable("two joints have one name")
    for entry in data["joints"]:
        if (
            not set(entry) <= known
            or ("clearance" in entry and entry["type"] == "prismatic")
            or (entry["type"] != "cam" and {"radii", "inside"} & set(entry))
        ):
            raise Unreadable(f"joint {entry['name']}: unknown key, or a slide with a clearance")
        name, (first, second) = entry["name"], (tuple(text.split(".")) for text in entry["of"])
        play, radius = (quantity(entry[key])[0] if key in entry else Fraction(0) for key in ("clearance", "pin_radius"))
        if play < 0 or radius < 0:
            raise Unreadable(f"joint {name}: a clearance and a pin's radius are not negative")
        axis, angle, friction = entry.get("axis", "0 deg"), entry.get("angle", "0 deg"), entry.get("friction", 0)
        if entry["type"] == "pin_in_slot":
            block = (f"{name} block", "pin")
            points[block[0]] = {"pin": ("0 mm", "0 mm")}
            joints.append(Joint(f"{name} slot", "P", first, block, axis, "0 deg", Fraction(0), radius, friction))
            joints.append(Joint(name, "R", block, second, "", "", play))
        elif entry["type"] == "cam":
            (one, two), sense = entry["radii"], -1 if entry.get("inside", False) else 1
            points[f"{name} link"] = {"first": ("0 mm", "0 mm"), "second": ((one, two, sense), "0 mm")}
            joints.append(Joint(name, "R", first, (f"{name} link", "first"), "", "", Fraction(0), friction=friction, press=sense))
            joints.append(Joint(f"{name} end", "R", (f"{name} link", "second"), second, "", "", Fraction(0)))
        elif entry["type"] in ("revolute", "prismatic"):
            joints.append(Joint(name, entry["type"][0].upper(), first, second, axis, angle, play, radius, friction))
        else:
            raise Unreadable(f"joint {name}: unknown type")
    return joints


def unwind_slides(joints: list[Joint], points: dict[str, Any]) -> list[Joint]:
    """Make a slide that closes a loop of slides a pin in a slot: the other slides of the loop hold the angle already."""
    group = {body: body for body in points}
    closing: list[Joint] = []
    for joint in sorted(joints, key=lambda j: "ground" not in (j.first[0], j.second[0])):
        if joint.kind == "P":
            old, new = group[joint.first[0]], group[joint.second[0]]
            closing += [joint] * (old == new)
            group = {body: new if label == old else label for body, label in group.items()}
    if closing and any(quantity(joint.angle)[0] for joint in joints if joint.kind == "P"):
        raise Unreadable("slides in a loop must not turn their bodies")
    result: list[Joint] = []
    for joint in joints:
        if joint in closing:
            block = (f"{joint.name} block", "pin")
            points[block[0]] = {"pin": ("0 mm", "0 mm")}
            result.append(Joint(f"{joint.name} pin", "R", joint.first, block, "", "", Fraction(0)))
            joint = replace(joint, first=block)
        result.append(joint)
    return result


def find_dyads(bodies: list[str], joints: list[Joint], placed: list[str]) -> list[Dyad]:
    """Decompose the linkage, from the placed bodies outward."""
    dyads: list[Dyad] = []
    while len(placed) < len(bodies):
        found = None
        for one, two in itertools.combinations([b for b in bodies if b not in placed], 2):
            mine = [j for j in joints if {j.first[0], j.second[0]} & {one, two}]
            inner = [j for j in mine if {j.first[0], j.second[0]} == {one, two}]
            legs = [
                [j for j in mine if j not in inner and b in (j.first[0], j.second[0]) and j.other(b) in placed]
                for b in (one, two)
            ]
            if len(inner) == len(legs[0]) == len(legs[1]) == 1:
                first, last = legs[0][0], legs[1][0]
                mixed = {first.kind, last.kind} == {"R", "P"}
                if first.kind == "P" if mixed else first.other(one) == "ground":
                    one, two, first, last = two, one, last, first
                found = (one, two), (first, last), inner[0]
                break
        if found is None:
            raise Unreadable("the linkage does not decompose into dyads driven from the ground")
        dyads.append(Dyad(len(dyads) + 1, *found))
        placed = [*placed, *found[0]]
    return dyads


class Linkage:
    """The mechanism with its lock: uncertain quantities (the root box), dyads, assembly modes, loads."""

    def __init__(self, data: dict[str, Any]) -> None:
        if data["format"] != "mechlock-linkage/1":
            raise Unreadable("the linkage is not a mechlock-linkage/1 file")
        self.data, self.lock = data, data["lock"]
        self.points: dict[str, dict[str, Any]] = {name: body["points"] for name, body in data["bodies"].items()}
        self.joints = unwind_slides(read_joints(data, self.points), self.points)
        self.blocks = set(self.points) - set(data["bodies"])
        self.summit = Fraction(0)
        self.loads = {load["name"]: load for load in self.lock.get("loads", [])}
        if len(self.loads) != len(self.lock.get("loads", [])):
            raise Unreadable("two loads have one name")
        magnitudes = [variable(name, {"range": load["magnitude"]}) for name, load in self.loads.items()]
        if any(v.unit != "N" or v.low < 0 for v in magnitudes):
            raise Unreadable("a load's magnitude is a force, not negative")
        drives = [j for j in self.joints if j.name == data["drive"]["joint"]]
        if len(drives) != 1 or "ground" not in (drives[0].first[0], drives[0].second[0]):
            raise Unreadable("the drive must be a joint with the ground")
        self.drive = drives[0]
        self.driven = self.drive.other("ground")
        rest = [j for j in self.joints if j is not self.drive]
        self.dyads = find_dyads(list(self.points), rest, ["ground", self.driven])
        unknown = {d.kind for d in self.dyads} - {"RRR", "RRP", "RPR", "RPP", "PRP"}
        if unknown:
            raise Unreadable(f"dyads of kind {', '.join(sorted(unknown))} are not known to the checker")
        if len(rest) != 3 * len(self.dyads):
            raise Unreadable("the linkage has redundant joints")
        based = {self.driven, *(d.bodies[1] for d in self.dyads if d.outer[1].other(d.bodies[1]) == "ground")}
        self.floats = any(d.outer[0].kind == "R" and d.outer[0].other(d.bodies[0]) not in based for d in self.dyads)
        self.stop = {"increasing": 1, "decreasing": -1, None: 0}[self.lock.get("stop")]
        release = self.lock.get("release")
        way = release.get("direction") if isinstance(release, dict) else release
        self.opens = -self.stop or {"increasing": 1, "decreasing": -1, None: 0}[way]
        self.parameters = {name: variable(name, spec) for name, spec in data.get("parameters", {}).items()}
        self.variables = [*self.parameters.values(), self._locked_interval(), *self._offsets(), *self._directions()]
        self.expressions: dict[Any, ast.expr | Interval] = {}
        self.modes = self._modes()

    def _locked_interval(self) -> Variable:
        name = f"drive {self.drive.name}"
        band = variable(name, self.lock["drive"])
        if "locked_from" not in self.lock:
            return band
        start, unit = quantity(self.lock["locked_from"])
        ends = (min(start, band.low), band.high) if self.stop > 0 else (band.low, max(start, band.high))
        if unit != band.unit:
            raise Unreadable("locked_from must have the drive's unit")
        return Variable(name, ends[0], band.nominal, ends[1], unit)

    def _offsets(self) -> Iterator[Variable]:
        for joint in self.joints:
            if joint.clearance:
                for axis in "xy":
                    yield Variable(f"clearance {joint.name} {axis}", -joint.clearance, Fraction(0), joint.clearance, "mm")

    def _directions(self) -> Iterator[Variable]:
        for name, load in self.loads.items():
            yield variable(f"direction {name}", {"range": load["direction"]})

    def place(self, box: list[Interval], **options: Any) -> Assembly:
        """Start an evaluation on a box."""
        tape: list[Num] = []
        return Assembly(self, tape, [Num(tape, value) for value in box], **options)

    def root(self) -> list[tuple[Fraction, Fraction]]:
        """Return the root box, in file units."""
        return [(v.low, v.high) for v in self.variables]

    def disc(self, joint: Joint) -> Joint | None:
        """The pin of a slot's block, where it is a disc that rubs on the slot."""
        pins = [
            j
            for j in self.joints
            if j.kind == "R" and {j.first[0], j.second[0]} & {joint.first[0], joint.second[0]} & self.blocks
        ]
        return pins[0] if joint.kind == "P" and joint.radius and joint.friction and pins else None

    def later_body(self, joint: Joint) -> str:
        """Of a joint's two bodies, the one that is placed by it; of a dyad's inner joint, the dyad's first."""
        return next((d.bodies[d.outer[1] is joint] for d in self.dyads if joint in (*d.outer, d.inner)), self.driven)

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
            if joint.clearance and sum(values[f"clearance {joint.name} {axis}"] ** 2 for axis in "xy") > joint.clearance**2:
                raise Rejected(f"the offset at {joint.name} is outside its disc")
        return [(value, value) for value in values.values()]

    def moved(self, low: Fraction, high: Fraction) -> Linkage:
        """The same lock with another interval of the drive."""
        other = copy.copy(self)
        other.variables = [replace(v, low=low, high=high) if v.name.startswith("drive ") else v for v in self.variables]
        return other

    def drive_interval(self) -> Variable:
        """The locked interval."""
        return next(v for v in self.variables if v.name.startswith("drive "))

    def earlier(self, start: Fraction) -> Linkage:
        """The same lock with a locked interval that begins at a drive value before its own."""
        low, high = self.drive_interval().low, self.drive_interval().high
        if not (start < low if self.stop > 0 else start > high):
            raise Rejected("the locked interval must begin earlier")
        return self.moved(start, high) if self.stop > 0 else self.moved(low, start)

    def climbing(self, summit: Fraction) -> Linkage:
        """The same lock with a drive value to which the quantity `climb` refers."""
        other = copy.copy(self)
        other.summit = summit
        return other

    def intervals(self, box: list[tuple[Fraction, Fraction]]) -> list[Interval]:
        """Enclose a box that is given in file units; degrees become radians."""
        half_turn = enclose(Fraction(180), Fraction(180))
        return [
            divide(mul(enclose(*ends), PI), half_turn) if v.unit == "deg" else enclose(*ends)
            for v, ends in zip(self.variables, box, strict=True)
        ]

    def nominal(self, drive: Fraction) -> list[Interval]:
        """All quantities at their nominal values, the drive at a value."""
        values = [drive if v.name.startswith("drive ") else v.nominal for v in self.variables]
        return self.intervals([(v, v) for v in values])

    def at_nominal(self, body: str, point: str) -> tuple[Interval, Interval]:
        """Position of a body's point at nominal dimensions, the drive at the stop's nominal value."""
        at = self.place(self.nominal(variable("drive", self.lock["drive"]).nominal)).point(body, point)
        return at.x.value, at.y.value

    def _modes(self) -> tuple[int, ...]:
        """The assembly mode whose body angles at the drive's nominal value are nearest to those the file gives."""
        box = self.nominal(quantity(self.data["drive"]["value"])[0])
        scores: list[tuple[Interval, tuple[int, ...]]] = []
        for modes in itertools.product(*((1,) if d.kind in ("RPP", "PRP") else (1, -1) for d in self.dyads)):
            scene, score = self.place(box, modes=modes), ZERO
            try:
                for body, text in self.data.get("assembly", {}).items():
                    score = add(score, negate(scene.pose(body).direction.dot(turned(scene.number(text))).value))
            except Unknown:
                continue
            scores.append((score, modes))
        scores.sort()
        best = [modes for score, modes in scores if score[0] <= scores[0][0][1]]
        if len(best) > 1 and any(joint.press for joint in self.joints):  # of equals, the one in which the circles press
            best = [m for m in best if all(pressing(self.place(box, modes=m), load) > 0 for load in self.loads)]
        if len(best) != 1:
            raise Unreadable("[assembly] does not single out one assembly mode at the drive's value")
        return best[0]


# 4 -- Assembly: positions from the drive outward, dyad by dyad, evaluated only as far as a quantity needs them ----------------
@dataclass(frozen=True)
class Pose:
    """Where a body is: its point with local coordinates `local` is at `anchor`, its x axis along `direction`."""

    anchor: Vec
    local: Vec
    direction: Vec


@dataclass(frozen=True)
class Motion:
    """A body that turns about `vector` or slides along it, at a rate of sign times the product of named quantities.

    Where `drift` is given (velocity of the point at `vector`, and rate of turning) the body floats.
    """

    turns: bool
    vector: Vec
    sign: int
    factors: list[tuple[str, int]]
    drift: tuple[Vec, Num] | None = None

    def velocity(self, point: Vec) -> Vec:
        """Velocity of a point of the body at unit rate."""
        if self.drift:
            return self.drift[0] + (point - self.vector).perp().scale(self.drift[1])
        return (point - self.vector).perp() if self.turns else self.vector


def is_zero(number: Num) -> bool:
    """Whether the number is exactly zero, as a given value and not by cancellation."""
    return number.value == ZERO and not number.links


class Assembly:
    """One evaluation of the mechanism on a box: poses, motions, and the quantities whose signs matter, by name."""

    def __init__(
        self,
        linkage: Linkage,
        tape: list[Num],
        inputs: list[Num],
        modes: tuple[int, ...] = (),
        floors: Any = None,
        moving: bool = False,
    ):
        self.linkage, self.tape, self.inputs = linkage, tape, dict(zip((v.name for v in linkage.variables), inputs, strict=True))
        self.modes, self.floors = modes or linkage.modes, floors or {}
        self.poses: dict[str, Pose] = {}
        self.quantities: dict[str, Num] = {}
        self.slopes: dict[str, list[Interval]] = {}
        if moving:
            self.inputs[f"drive {linkage.drive.name}"].rate = self.constant((ONE, ONE))

    def constant(self, value: Interval) -> Num:
        """Make a number that does not vary."""
        return Num(self.tape, value)

    def number(self, text: Any) -> Num:
        """Evaluate a quantity, an expression in parameters, or (a, b, sense) for the sum or difference of two of them."""
        if isinstance(text, tuple):
            return self.number(text[0]) + self.number(text[1]) * text[2]
        known = self.linkage.expressions
        if text not in known:
            try:
                value, unit = quantity(text)
                interval = enclose(value, value)
                known[text] = divide(mul(interval, PI), (180 * ONE, 180 * ONE)) if unit == "deg" else interval
            except Unreadable:
                if not isinstance(text, str):
                    raise
                known[text] = ast.parse(text.strip(), mode="eval").body
        found = known[text]
        return self.constant(found) if isinstance(found, tuple) else self._expression(found)

    def _expression(self, node: ast.expr) -> Num:
        match node:
            case ast.Constant(value=int() | float() as value):
                return self.constant(enclose(Fraction(repr(value)), Fraction(repr(value))))
            case ast.Name(id="pi"):
                return self.constant(PI)
            case ast.Name(id=name) if name in self.linkage.parameters:
                return self.inputs[name]
            case ast.UnaryOp(op=ast.USub(), operand=a):
                return -self._expression(a)
            case ast.UnaryOp(op=ast.UAdd(), operand=a):
                return self._expression(a)
            case ast.BinOp(left=a, op=ast.Pow(), right=ast.Constant(value=int() as power)) if 0 < power < 9:
                base = self._expression(a)
                result = base.squared() if power > 1 else base
                for _ in range(power - 2):
                    result = result * base
                return result
            case ast.BinOp(left=a, op=op, right=b):
                left, right = self._expression(a), self._expression(b)
                for kind, function in (
                    (ast.Add, "__add__"),
                    (ast.Sub, "__sub__"),
                    (ast.Mult, "__mul__"),
                    (ast.Div, "__truediv__"),
                ):
                    if isinstance(op, kind):
                        return getattr(left, function)(right)
            case ast.Call(func=ast.Name(id="sqrt"), args=[a]):
                return self._expression(a).root()
            case ast.Call(func=ast.Name(id="sin" | "cos" | "tan" as name), args=[a]):
                both = turned(self._expression(a))
                return both.y / both.x if name == "tan" else both.x if name == "cos" else both.y
            case _:
                pass
        raise Unreadable("an expression uses something that the checker does not know")

    def length(self, value: Fraction) -> Num:
        """Make a number of an exact one."""
        return self.constant(enclose(value, value))

    def coefficient(self, friction: Any) -> Num:
        """Friction coefficient of a joint: a number, a parameter, or none."""
        return self.number(friction) if isinstance(friction, str) else self.length(Fraction(friction))

    def local(self, body: str, point: str, origin: str | None = None) -> Vec:
        """Coordinates of a body's point in the body, from the body's origin or from another of its points."""
        x, y = (self.number(text) for text in self.linkage.points[body][point])
        if origin is None:
            return Vec(x, y)
        o = self.local(body, origin)
        return Vec(x if is_zero(o.x) else x - o.x, y if is_zero(o.y) else y - o.y)

    def pose(self, body: str) -> Pose:
        """Where a placed body is; places it first if need be."""
        if body not in self.poses:
            if body == "ground":
                zero, one = self.constant(ZERO), self.constant((ONE, ONE))
                self.poses[body] = Pose(Vec(zero, zero), Vec(zero, zero), Vec(one, zero))
            elif body == self.linkage.driven:
                self._place_driven(self.linkage.drive, body)
            else:
                self._place_dyad(next(d for d in self.linkage.dyads if body in d.bodies))
        return self.poses[body]

    def point(self, body: str, point: str) -> Vec:
        """Position of a body's point."""
        local = self.local(body, point)
        if body == "ground":
            return local
        return self.pose(body).anchor + self.arm(body, point)

    def arm(self, body: str, point: str) -> Vec:
        """Vector from a body's anchor to one of its points."""
        local, pose = self.local(body, point), self.pose(body)
        x, y = pose.local.x, pose.local.y
        return pose.direction * Vec(local.x if is_zero(x) else local.x - x, local.y if is_zero(y) else local.y - y)

    def offset(self, joint: Joint, body: str) -> Vec | None:
        """Clearance offset of the body's point of a revolute joint from the other body's."""
        if not joint.clearance:
            return None
        step = Vec(self.inputs[f"clearance {joint.name} x"], self.inputs[f"clearance {joint.name} y"])
        return step if joint.second[0] == body else step.scale(-1)

    def pin(self, joint: Joint, body: str) -> Vec:
        """Position of the body's point of a revolute joint with a placed body."""
        at, step = self.point(joint.other(body), joint.point(joint.other(body))), self.offset(joint, body)
        return at + step if step else at

    def turn(self, direction: Vec, text: str, sense: int = 1) -> Vec:
        """Turn a direction by the angle that the text gives."""
        angle = self.number(text)
        return direction if is_zero(angle) else direction * turned(angle * sense)

    def guide(self, joint: Joint, body: str) -> tuple[Vec, Vec, Vec]:
        """Start and direction of the line on which the body's point of a prismatic joint moves, and the body's direction."""
        other = joint.other(body)
        start, pose = self.point(other, joint.point(other)), self.pose(other)
        if joint.second[0] == body:
            return start, self.turn(pose.direction, joint.axis), self.turn(pose.direction, joint.angle)
        direction = self.turn(pose.direction, joint.angle, -1)
        return start, self.turn(direction, joint.axis).scale(-1), direction

    def _place_driven(self, joint: Joint, body: str) -> None:
        drive, local = self.inputs[f"drive {joint.name}"], self.local(body, joint.point(body))
        if joint.kind == "R":
            angle = drive if joint.second[0] == body else -drive
            self.poses[body] = Pose(self.pin(joint, body), local, turned(angle))
        else:
            start, along, direction = self.guide(joint, body)
            self.poses[body] = Pose(start + along.scale(drive), local, direction)

    def exists(self, dyad: Dyad, label: str, number: Num) -> Num:
        """Name a number that is positive exactly where the dyad can be assembled; use what was already proved of it."""
        name = f"assembly {dyad.number} {label}"
        self.quantities[name] = number
        if name not in self.floors or number.value[0] >= self.floors[name]:
            return number
        return Num(self.tape, (self.floors[name], max(self.floors[name], number.value[1])), ((number, (ONE, ONE)),), number.rate)

    def _place_dyad(self, dyad: Dyad) -> None:
        one, two = dyad.bodies
        mode = self.modes[dyad.number - 1]
        place = {"RRR": self._rrr, "RRP": self._rrp, "RPR": self._rpr, "RPP": self._rpp, "PRP": self._prp}[dyad.kind]
        (one_at, one_along, one_local), (two_at, two_along, two_local) = place(dyad, one, two, mode)
        self.poses[one] = Pose(one_at, one_local, one_along)
        self.poses[two] = Pose(two_at, two_local, two_along)

    def _rrr(self, dyad: Dyad, one: str, two: str, mode: int) -> Any:
        """Two links between the pins A and C: K = |AC|^2, height w by the factored form of Heron's formula."""
        first, last = dyad.outer[0].point(one), dyad.outer[1].point(two)
        arm, leg = self.local(one, dyad.inner.point(one), first), self.local(two, dyad.inner.point(two), last)
        a, c, step = self.pin(dyad.outer[0], one), self.pin(dyad.outer[1], two), self.offset(dyad.inner, two)
        d = (c - step if step else c) - a
        k, b, r = d.dot(d), arm.size(), leg.size()
        reach = self.exists(dyad, "reach", (b + r).squared() - k)
        fold = self.exists(dyad, "fold", k - (b - r).squared())
        w = (reach * fold).root() / 2
        along = (k + (b - r) * (b + r)) / 2
        ab = d.scale(along / k) + d.perp().scale(mode * (w / k))
        self.quantities |= {f"height {dyad.number}": w, f"length {one}": b}
        return (a, ab / arm, self.local(one, first)), (c, (ab - d) / leg, self.local(two, last))

    def _rrp(self, dyad: Dyad, one: str, two: str, mode: int) -> Any:
        """A link from the pin A to a pin B that moves on a line: AB = q + t e, |AB| = b."""
        first = dyad.outer[0].point(one)
        arm = self.local(one, dyad.inner.point(one), first)
        a, step = self.pin(dyad.outer[0], one), self.offset(dyad.inner, two)
        start, e, direction = self.guide(dyad.outer[1], two)
        at = dyad.outer[1].point(two)
        q = start + direction * self.local(two, dyad.inner.point(two), at) - a
        q, b = q - step if step else q, arm.size()
        across = e.x * q.y - e.y * q.x
        left, right = self.exists(dyad, "left", b - across), self.exists(dyad, "right", b + across)
        w = (left * right).root()
        ab = e.perp().scale(across) + e.scale(mode * w)
        travel = mode * w - q.dot(e)
        self.quantities |= {f"height {dyad.number}": w, f"length {one}": b}
        return (a, ab / arm, self.local(one, first)), (start + e.scale(travel), direction, self.local(two, at))

    def _rpr(self, dyad: Dyad, one: str, two: str, mode: int) -> Any:
        """Two bodies that slide on each other, pinned at A and C: AC = e (t + i m) with the constant arm m across the slide."""
        joint = dyad.inner
        front, back = joint.first[0], joint.second[0]
        pins = {one: dyad.outer[0].point(one), two: dyad.outer[1].point(two)}
        at = {one: self.pin(dyad.outer[0], one), two: self.pin(dyad.outer[1], two)}
        axis = self.turn(self.pose("ground").direction, joint.axis)
        far = self.local(back, pins[back], joint.second[1])
        near = self.local(front, joint.first[1], pins[front])
        arm = near + (far if is_zero(self.number(joint.angle)) else far * turned(self.number(joint.angle)))
        m = axis.x * arm.y - axis.y * arm.x
        d = at[back] - at[front]
        k = d.dot(d)
        w = self.exists(dyad, "reach", k - m.squared()).root()
        e = d.scale(mode * w / k) - d.perp().scale(m / k)
        direction = e if is_zero(self.number(joint.axis)) else e / axis
        self.quantities[f"height {dyad.number}"] = w
        poses = {
            front: (at[front], direction, self.local(front, pins[front])),
            back: (at[back], self.turn(direction, joint.angle), self.local(back, pins[back])),
        }
        return poses[one], poses[two]

    def _rpp(self, dyad: Dyad, one: str, two: str, mode: int) -> Any:
        """A block pinned at A slides along u on a body that slides along e: A = q + t e + s u, so t = (A - q) x u / (e x u)."""
        inner, pinned, guided = dyad.inner, dyad.outer[0].point(one), dyad.outer[1].point(two)
        a = self.pin(dyad.outer[0], one)
        start, e, direction = self.guide(dyad.outer[1], two)
        turned_one = self.turn(direction, inner.angle, 1 if inner.second[0] == one else -1)
        u = self.turn(direction if inner.second[0] == one else turned_one, inner.axis)
        d = (
            a
            + turned_one * self.local(one, inner.point(one), pinned)
            - start
            - direction * self.local(two, inner.point(two), guided)
        )
        across = e.x * u.y - e.y * u.x
        self.exists(dyad, "across", across.squared())
        t = (d.x * u.y - d.y * u.x) / across
        return (a, turned_one, self.local(one, pinned)), (start + e.scale(t), direction, self.local(two, guided))

    def _prp(self, dyad: Dyad, one: str, two: str, mode: int) -> Any:
        """Two bodies that slide along e and u, pinned to each other: p + s e = q + t u, so s = (q - p) x u / (e x u)."""
        p, e, turned_one = self.guide(dyad.outer[0], one)
        q, u, turned_two = self.guide(dyad.outer[1], two)
        at, end, step = dyad.outer[0].point(one), dyad.outer[1].point(two), self.offset(dyad.inner, two)
        d = (
            q
            + turned_two * self.local(two, dyad.inner.point(two), end)
            - p
            - turned_one * self.local(one, dyad.inner.point(one), at)
        )
        d = d - step if step else d
        across = e.x * u.y - e.y * u.x
        self.exists(dyad, "across", across.squared())
        s, t = (d.x * u.y - d.y * u.x) / across, (d.x * e.y - d.y * e.x) / across
        return (p + e.scale(s), turned_one, self.local(one, at)), (q + u.scale(t), turned_two, self.local(two, end))

    # 5 -- Signs of the claim: Q = f . dP/d(drive) is a product of named quantities where bodies turn about or slide on ground
    def motion(self, body: str) -> Motion | None:
        """How a body moves with the drive, or None where it neither turns about nor slides on the ground."""
        linkage = self.linkage
        if body == linkage.driven:
            joint = linkage.drive
            if joint.kind == "R":
                return Motion(True, self.point(body, joint.point(body)), 1 if joint.second[0] == body else -1, [])
            return Motion(False, self.guide(joint, body)[1], 1, [])
        dyad = next((d for d in linkage.dyads if d.bodies[1] == body and d.outer[1].other(body) == "ground"), None)
        if dyad is None or dyad.kind in ("RPP", "PRP"):
            return None
        one, joint, mode = dyad.bodies[0], dyad.outer[0], self.modes[dyad.number - 1]
        source = joint.other(one)
        before = self.motion(source) if joint.kind == "R" else None
        if before is None and joint.kind != "R":
            return None
        pose = self.pose(body)
        before = before or self._floating(source)
        velocity = before.velocity(self.point(source, joint.point(source)))
        carried = before.velocity(self.pin(joint, one)) if joint.clearance and before.turns else None
        link = self.local(one, dyad.inner.point(one), joint.point(one))
        toggle, height = (f"toggle {one}", 1), (f"height {dyad.number}", -1)
        self.quantities[f"arm {one}"] = velocity.size()
        if dyad.kind == "RPR":
            e = self.turn(self.pose(dyad.inner.first[0]).direction, dyad.inner.axis)
            self._toggle(one, e.perp(), velocity, carried)
            sign = -mode if dyad.inner.first[0] == one else mode
            return Motion(True, pose.anchor, before.sign * sign, [*before.factors, toggle, height])
        unit = self.pose(one).direction
        if not (is_zero(link.y) and link.x.value[0] > 0):
            unit = (unit * link).scale(1 / link.size())
        self._toggle(one, unit, velocity, carried)
        factors = [*before.factors, toggle, height, (f"length {one}", 1)]
        if dyad.kind == "RRR":
            return Motion(True, pose.anchor, -before.sign * mode, factors)
        return Motion(False, self.guide(dyad.outer[1], body)[1], before.sign * mode, factors)

    def _floating(self, body: str) -> Motion:
        """How a body moves that neither turns about nor slides on the ground: as the derivatives of its pose say."""
        pose, zero = self.pose(body), self.constant(ZERO)
        drift, turn = (Vec(*(part.rate or zero for part in (v.x, v.y))) for v in (pose.anchor, pose.direction))
        still = Vec(pose.direction.x.still, pose.direction.y.still)
        return Motion(True, pose.anchor, 1, [], (drift, still.x * turn.y - still.y * turn.x))

    def _toggle(self, link: str, unit: Vec, velocity: Vec, carried: Vec | None) -> None:
        """Name the part of the driving pin's velocity along a link, zero at dead centre; its play stands still or is carried."""
        self.quantities[f"toggle {link}"] = unit.dot(velocity)
        if carried is not None:
            self.quantities[f"carried {link}"] = unit.dot(carried)

    def load(self, name: str) -> Motion | None:
        """How the loaded body moves; names the load's moment about its pivot (or its part along the slide), per unit of force."""
        load = self.linkage.loads[name]
        at = self.point(load["body"], load["point"])
        force = self.force(name)
        motion = self.motion(load["body"])
        if motion is not None:
            self.quantities[f"load {name}"] = motion.velocity(at).dot(force)
        else:
            change = Vec(*(part.rate or self.constant(ZERO) for part in (at.x, at.y)))
            self.quantities[f"Q {name}"] = change.dot(force)
        return motion

    def approach(self, name: str) -> Num:
        """How far the load's point stands against the load's direction from where it stands at nominal dimensions."""
        load = self.linkage.loads[name]
        rest = self.linkage.at_nominal(load["body"], load["point"])
        return (Vec(*map(self.constant, rest)) - self.point(load["body"], load["point"])).dot(self.force(name))

    def loaded(self, name: str) -> Vec:
        """Where a load acts."""
        return self.point(self.linkage.loads[name]["body"], self.linkage.loads[name]["point"])

    def climb(self, name: str) -> Num:
        """How far a load's point stands along the load from where it stands at the summit's drive value, all else equal."""
        linkage = self.linkage
        summit, inputs = (
            linkage.intervals([(linkage.summit, linkage.summit)] * len(linkage.variables)),
            list(self.inputs.values()),
        )
        index = [v.name.startswith("drive ") for v in linkage.variables].index(True)
        inputs[index] = self.constant(summit[index])
        there = Assembly(linkage, self.tape, inputs, self.modes)
        return (self.loaded(name) - there.loaded(name)).dot(self.force(name))

    def positive(self, name: str) -> Num:
        """Tooth and face: `clear` of it, `blocked` by it, and how far `inner` and `outer` of its ends beyond the engagement."""
        table = self.linkage.lock["positive"]
        normal = turned(self.number(table["normal"]))
        step = self.point(table["body"], table["point"]) - self.point(*table["against"].split("."))
        across = step.dot(normal.perp()) * (1 if table.get("side", "left") == "left" else -1)
        width, engaged = (self.length(quantity(table[key])[0]) for key in ("width", "engagement"))
        clear = step.dot(normal)
        return {"clear": clear, "blocked": -clear, "inner": across - engaged, "outer": width - engaged - across}[name]

    def force(self, name: str) -> Vec:
        """Direction of a load."""
        return turned(self.inputs[f"direction {name}"])

    def quantity(self, name: str) -> Num:
        """Evaluate one named quantity; `Unknown` where the box is too large for it."""
        kind, _, key = name.partition(" ")
        if kind in ("approach", "retreat"):
            number = self.approach(key)
            return number if kind == "approach" else -number
        if kind in ("along", "climb"):
            return self.climb(key) if kind == "climb" else self.loaded(key).dot(self.force(key))
        if kind == "positive":
            return self.positive(key)
        try:
            if kind in ("assembly", "height"):
                self.pose(self.linkage.dyads[int(key.split()[0]) - 1].bodies[0])
            elif kind in ("toggle", "carried", "arm", "length"):
                self.motion(next(d.bodies[1] for d in self.linkage.dyads if d.bodies[0] == key))
            else:
                self.load(key)
        except Unknown:
            if name not in self.quantities:
                raise
        return self.quantities[name]


# 6 -- Bounds over a box, and bisection trees ----------------------------------------------------------------------------------
Box = list[tuple[Fraction, Fraction]]
SLICES = 64  # of the drive's way past dead centre, in a counterexample of `stays_shut`
KEPT = 6  # evaluations kept by `Prover.scene`


def centre(box: Box) -> Box:
    """Return the middle of a box."""
    return [((low + high) / 2, (low + high) / 2) for low, high in box]


class Prover:
    """Lower bounds of named quantities, each oriented by its sign at the middle of the root box."""

    def __init__(self, linkage: Linkage) -> None:
        self.linkage = linkage
        self.floors: dict[str, int] = {}
        self.orientation: dict[str, int] = {}
        self._scenes: dict[tuple[Interval | bool, ...], Assembly] = {}

    def remember(self, name: str, level: int) -> None:
        """Use a proved lower bound of an assembly condition from now on."""
        self.floors[name] = level
        self._scenes.clear()

    def scene(self, box: Box, moving: bool) -> Assembly:
        """Evaluation of the mechanism on a box, kept while other quantities are asked for on the same box."""
        inputs = self.linkage.intervals(box)
        key = (moving, *inputs)
        if key not in self._scenes:
            if len(self._scenes) >= KEPT:
                del self._scenes[next(iter(self._scenes))]
            self._scenes[key] = self.linkage.place(inputs, floors=self.floors, moving=moving)
        return self._scenes[key]

    def evaluate(self, name: str, box: Box, with_gradient: bool, sense: int = 1) -> tuple[Interval, list[Interval]]:
        """Enclose a quantity on a box, oriented, and its partial derivatives."""
        scene = self.scene(box, self.linkage.floats or name.startswith("Q "))
        number, slopes = scene.quantity(name), scene.slopes
        if with_gradient and name not in slopes:
            slopes[name] = gradient(number, scene.tape[: len(box)])
        found = slopes[name] if with_gradient else []
        if self.orientation.get(name, 1) * sense < 0:
            return negate(number.value), [negate(slope) for slope in found]
        return number.value, found

    def lower(self, name: str, box: Box, rule: str, sense: int = 1) -> int:
        """Bound a quantity (or its negative) from below by the natural extension (n), mean value (m), or monotone corner (c)."""
        value, slopes = self.evaluate(name, box, rule != "n", sense)
        best = value[0]
        while rule != "n":
            face = [
                (low, low) if low < high and slope[0] >= 0 else (high, high) if low < high and slope[1] <= 0 else (low, high)
                for (low, high), slope in zip(box, slopes, strict=True)
            ]
            corner = all(low == high for low, high in face)  # where it is reached the mean value says no more than the corner
            if rule == "m" or not corner:
                best = max(best, self._mean_value(name, box, slopes, sense))
            if rule == "m" or face == box:
                break
            box = face
            value, slopes = self.evaluate(name, box, not corner, sense)
            best = max(best, value[0])
            if corner:
                break
        return best

    def _mean_value(self, name: str, box: Box, slopes: list[Interval], sense: int) -> int:
        middle = centre(box)
        low = self.evaluate(name, middle, False, sense)[0][0]
        for x, c, slope in zip(self.linkage.intervals(box), self.linkage.intervals(middle), slopes, strict=True):
            low += mul(slope, add(x, negate(c)))[0]
        return low


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


# 6b -- Effort to release, from the equilibrium of every moving body with friction ---------------------------------------------
LENGTH = enclose(Fraction(100), Fraction(100))  # moments are divided by it, so that all unknowns are forces


def majorant(base: list[int], matrix: list[list[int]]) -> list[int]:
    """Find y > base + matrix y (all positive): by Collatz-Wielandt it bounds every x <= base + matrix x."""

    def image(y: list[int]) -> list[int]:
        return [b + 2 + sum(-(-m * x >> BITS) for m, x in zip(row, y, strict=True)) for b, row in zip(base, matrix, strict=True)]

    y = [2 * b + 2 * ONE >> 1 for b in base]
    for _ in range(60):
        y = image(y)
    y = [x + (x >> 8) + ONE // 10**6 for x in y]
    if any(value >= x for value, x in zip(image(y), y, strict=True)):
        raise Unknown
    return y


def solve(matrix: list[list[Interval]], columns: list[list[Interval]]) -> list[list[Interval]]:
    """Enclose the solutions of A x = b: with C near the inverse of A, |x - C b| <= |1 - C A| |x|."""
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
    inverse = [row[n:] for row in rows]

    def times(row: list[int], column: list[Interval]) -> Interval:
        low = high = 0
        for c, (a, b) in zip(row, column, strict=True):
            low, high = (low + c * a, high + c * b) if c >= 0 else (low + c * b, high + c * a)
        return low >> BITS, -(-high >> BITS)

    rest = []
    for i, row in enumerate(inverse):
        products = [times(row, [line[j] for line in matrix]) for j in range(n)]
        rest.append([max(abs(a - ONE * (i == j)), abs(b - ONE * (i == j))) for j, (a, b) in enumerate(products)])
    solutions: list[list[Interval]] = []
    for column in columns:
        near = [times(row, column) for row in inverse]
        bound = majorant([max(abs(a), abs(b)) for a, b in near], rest)
        slack = [1 + sum(-(-r * z >> BITS) for r, z in zip(row, bound, strict=True)) for row in rest]
        solutions.append([(a - d, b + d) for (a, b), d in zip(near, slack, strict=True)])
    return solutions


def settled(linkage: Linkage, box: Box, floors: dict[str, int]) -> Assembly:
    """The mechanism on a box with every body's direction narrowed by its mean-value form."""
    inputs, centres = linkage.intervals(box), linkage.intervals(centre(box))
    scene, still = linkage.place(inputs, floors=floors), linkage.place(centres, floors=floors)
    narrow: dict[str, list[Num]] = {}
    for body in linkage.points:
        wide, mid = scene.pose(body).direction, still.pose(body).direction
        narrow[body] = []
        for number, value in ((wide.x, mid.x.value), (wide.y, mid.y.value)):
            for x, c, slope in zip(inputs, centres, gradient(number, scene.tape[: len(inputs)]), strict=True):
                value = add(value, mul(slope, add(x, negate(c))))
            narrow[body].append(scene.constant((max(number.value[0], value[0]), min(number.value[1], value[1]))))
    for body, parts in narrow.items():
        if body != "ground":
            scene.poses[body] = replace(scene.pose(body), direction=Vec(*parts))
    return scene


def equilibrium(scene: Assembly, load: str) -> tuple[list[list[Interval]], list[list[Interval]], list[tuple[int, Interval]]]:
    """Equilibrium of every moving body under a unit load: matrix, columns, and what is loose in each joint.

    Unknown are two components of each joint's force on its second body (of a slide normal force and couple), and the effort.
    Columns: the load; friction and play of each joint, a unit moment or force each; once more for a disc on its other face.
    Each joint force acts through the later body's point; friction and play move it off that point by a moment that is bounded.
    A disc in a slot rubs where it touches: its radius away from its centre, on the side of the face that presses on it.
    """
    linkage, joints = scene.linkage, scene.linkage.joints
    bodies = [body for body in linkage.points if body != "ground"]
    size = 2 * len(joints) + 1
    matrix: list[list[Interval]] = [[ZERO] * size for _ in range(size)]
    columns: list[list[Interval]] = [[ZERO] * size for _ in range(2 * len(joints) + 1)]

    def act(body: str, sense: int, arm: Vec, force: Vec, put: Callable[[int, Interval], None]) -> None:
        """Put a force at `arm` from a body's anchor into its three equations."""
        row = 3 * bodies.index(body)
        moment = divide((arm.x * force.y - arm.y * force.x).value, LENGTH)
        for k, value in enumerate((force.x.value, force.y.value, moment)):
            put(row + k, value if sense > 0 else negate(value))

    def into(target: list[list[Interval]], column: int) -> Callable[[int, Interval], None]:
        return lambda row, value: target[row].__setitem__(column, add(target[row][column], value))

    def source(column: int) -> Callable[[int, Interval], None]:
        return lambda row, value: columns[column].__setitem__(row, add(columns[column][row], negate(value)))

    def rub(joint: Joint, disc: Joint, index: int) -> None:
        """Friction of a disc on the face of its slot, on either side."""
        block = next(body for body in (disc.first[0], disc.second[0]) if body in (joint.first[0], joint.second[0]))
        shaft = disc.other(block)
        for column, side in ((index + 1, 1), (index + 1 + len(joints), -1)):
            at = scene.point(shaft, disc.point(shaft)) + e.perp().scale(scene.length(side * joint.radius))
            for body, sense in ((joint.second[0], 1), (joint.first[0], -1)):
                rubs = shaft if body == block else body
                if rubs != "ground":
                    act(rubs, sense, at - scene.pose(rubs).anchor, e, source(column))

    one, zero = scene.constant((ONE, ONE)), scene.constant(ZERO)
    loose: list[tuple[int, Interval]] = []  # of each joint: greatest friction moment or force, and play, per unit of reaction
    for index, joint in enumerate(joints):
        mu, later, e = scene.coefficient(joint.friction), linkage.later_body(joint), Vec(one, zero)
        disc = linkage.disc(joint)
        if joint.kind == "P":
            later, e = joint.second[0], scene.turn(scene.pose(joint.first[0]).direction, joint.axis)
        if disc:
            rub(joint, disc, index)
        slip = mu.value if joint.kind == "P" else (scene.length(joint.radius) * mu / (mu.squared() + 1).root()).value
        loose.append((enclose(joint.clearance, joint.clearance)[1], slip))
        for (body, point), sense in ((joint.second, 1), (joint.first, -1)):
            if body == "ground":
                continue
            arm = scene.arm(body, point)
            if body != later and joint.kind == "P":
                arm = scene.point(*joint.second) - scene.pose(body).anchor
            elif body != later and (step := scene.offset(joint, later)):
                arm = arm + step
            turning = 3 * bodies.index(body) + 2
            unit, per_length = (sense * ONE, sense * ONE), divide((sense * ONE, sense * ONE), LENGTH)
            act(body, sense, arm, e if joint.kind == "R" else e.perp(), into(matrix, 2 * index))
            if joint.kind == "R":
                act(body, sense, arm, e.perp(), into(matrix, 2 * index + 1))
                source(index + 1)(turning, per_length)
            else:
                into(matrix, 2 * index + 1)(turning, unit)
                if not disc:
                    act(body, sense, arm, e, source(index + 1))
            if joint is linkage.drive and joint.kind == "R":
                into(matrix, size - 1)(turning, unit)
            elif joint is linkage.drive:
                act(body, sense, arm, e, into(matrix, size - 1))
    entry = linkage.loads[load]
    act(entry["body"], 1, scene.arm(entry["body"], entry["point"]), scene.force(load), source(0))
    return matrix, columns, loose


def effort(scene: Assembly, load: str) -> tuple[int, int, int]:
    """Effort that moves the drive the way it opens against a unit load: at least; at most without friction; friction's part."""
    matrix, columns, loose = equilibrium(scene, load)
    if any(joint.press and joint.friction for joint in scene.linkage.joints):
        raise Unreadable("friction of circles that touch is not known to the checker")
    return _with_friction(scene.linkage, solve(matrix, columns), loose)


def pressing(scene: Assembly, load: str) -> int:
    """Least force, per unit of load and without friction, with which circles press on each other."""
    matrix, columns, _ = equilibrium(scene, load)
    forces, least = solve(matrix, columns[:1])[0], []
    for index, joint in enumerate(scene.linkage.joints):
        if joint.press:  # the force on the link at its first end, along the link to its second
            along, length = scene.pose(joint.second[0]).direction, scene.local(joint.second[0], "second").x.value
            if length[0] <= 0 <= length[1]:
                raise Unknown
            force = add(mul(forces[2 * index], along.x.value), mul(forces[2 * index + 1], along.y.value))
            least.append(force[0] if (joint.press > 0) == (length[0] > 0) else -force[1])
    return min(least)


def magnitude(a: Interval) -> Interval:
    """Absolute value."""
    return (0 if a[0] <= 0 <= a[1] else min(abs(a[0]), abs(a[1]))), max(abs(a[0]), abs(a[1]))


def _with_friction(linkage: Linkage, solutions: list[list[Interval]], loose: list[tuple[int, Interval]]) -> tuple[int, int, int]:
    """Effort at the drive from the frictionless reactions and the influence of each joint's friction and play.

    First a bound on all reactions, whatever the senses of friction; then, since friction opposes the joint's own motion, its
    sense is that of the joint's influence on the drive (virtual work), and the reactions are enclosed again and again.
    """
    joints, count = linkage.joints, len(linkage.joints)

    def size(x: Interval, y: Interval, index: int) -> Interval:
        return root(add(square(x), square(y))) if joints[index].kind == "R" else magnitude(x)

    def reaction(column: list[Interval], index: int) -> Interval:
        return size(column[2 * index], column[2 * index + 1], index)

    sides = [[k + 1, k + 1 + count] if linkage.disc(joint) else [k + 1] for k, joint in enumerate(joints)]
    greatest = [play + slip[1] for play, slip in loose]
    influence = [
        [-(-max(reaction(solutions[k], i)[1] for k in side) * g >> BITS) for side, g in zip(sides, greatest, strict=True)]
        for i in range(count)
    ]
    most = majorant([reaction(solutions[0], i)[1] for i in range(count)], influence)
    chosen: list[list[Interval]] = []
    for index, side in enumerate(sides):
        free = solutions[0][2 * index]
        if len(side) > 1 and magnitude(free)[0] <= sum(-(-i * m >> BITS) for i, m in zip(influence[index], most, strict=True)):
            raise Unknown  # which face the disc touches is not known
        second = len(side) > 1 and (free[0] > 0) != (joints[index].first[0] in linkage.blocks)
        chosen.append(solutions[side[second]])
    unit = LENGTH if linkage.drive.kind == "R" else (ONE, ONE)
    drive, *rates = [
        mul(column[-1], unit) if linkage.opens > 0 else negate(mul(column[-1], unit)) for column in [solutions[0], *chosen]
    ]
    sizes: list[Interval] = [(0, m) for m in most]
    frictions = plays = [ZERO] * count
    for _ in range(5):
        frictions = [mul(slip, s) for (_, slip), s in zip(loose, sizes, strict=True)]
        plays = [mul((-play, play), (0, s[1])) for (play, _), s in zip(loose, sizes, strict=True)]
        acts = [
            add(play, f if rate[0] > 0 else negate(f) if rate[1] < 0 else (-f[1], f[1]))
            for f, play, rate in zip(frictions, plays, rates, strict=True)
        ]
        for i in range(count):
            parts = list(solutions[0][2 * i : 2 * i + 2])
            for column, act in zip(chosen, acts, strict=True):
                parts = [add(part, mul(act, column[2 * i + k])) for k, part in enumerate(parts)]
            now = size(parts[0], parts[1], i)
            sizes[i] = max(sizes[i][0], now[0]), min(sizes[i][1], now[1])
    rubbed = ZERO
    for rate, f, play in zip(rates, frictions, plays, strict=True):
        rubbed = add(rubbed, add(mul(magnitude(rate), f), mul(rate, play)))
    return drive[0] + rubbed[0], drive[1], rubbed[1]


# 7 -- The certificate -----------------------------------------------------------------------------------------------------------
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


def canonical(data: Any) -> str:
    """Write JSON data in the one form that is hashed."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest(data: Any) -> str:
    """SHA-256 of the canonical form."""
    return hashlib.sha256(canonical(data).encode()).hexdigest()


def decimal(value: Fraction) -> str:
    """Write a fraction exactly: as a decimal where it ends, else as a quotient."""
    text = str(value)
    twos = value.denominator & -value.denominator
    fives, places = value.denominator // twos, twos.bit_length() - 1
    while fives % 5 == 0:
        fives, places = fives // 5, max(places, len(str(value.denominator)))
    if fives != 1 or value.denominator == 1:
        return text
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    return ("-" if value < 0 else "") + f"{digits[:-places]}.{digits[-places:]}".rstrip("0").rstrip(".")


def keys(entry: Any, required: set[str], optional: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Refuse what is missing and what is not read, so that no number in the file goes unchecked."""
    if not isinstance(entry, dict) or not required <= set(entry) <= required | optional:
        raise Rejected(f"keys {sorted(required)} are expected, found {sorted(entry) if isinstance(entry, dict) else entry!r}")
    return entry


class OverCentre:
    """What has to be proved for `over_centre`, found by evaluating the mechanism at the middle of the root box."""

    def __init__(self, linkage: Linkage) -> None:
        self.linkage, self.prover = linkage, Prover(linkage)
        self.loads: dict[str, list[tuple[str, int]]] = {}
        self.senses: dict[str, int] = {}
        self.assembled = True
        scene = linkage.place(linkage.intervals(centre(linkage.root())), moving=True)
        try:
            for dyad in linkage.dyads:
                scene.pose(dyad.bodies[0])
            for name in linkage.loads:
                motion = scene.load(name)
                self.loads[name] = [*motion.factors, (f"load {name}", 1)] if motion else [(f"Q {name}", 1)]
                self.senses[name] = linkage.stop * (motion.sign if motion else 1)
        except Unknown:
            self.loads.clear()
            self.assembled = False
        self.conditions = [name for name in scene.quantities if name.startswith("assembly")]
        for name, number in scene.quantities.items():
            self.prover.orientation[name] = -1 if number.value[1] < 0 else 1 if number.value[0] > 0 else 0
        for factors in self.loads.values():
            signs = [n for n, power in factors if power > 0 and not n.startswith("length")]
            self.conditions += [n for name in signs for n in self.variants(name) if n not in self.conditions]
        if any(joint.press for joint in linkage.joints):
            self.conditions += [f"press {load}" for load in self.loads]

    @property
    def assembly(self) -> list[str]:
        """The conditions of existence."""
        return [name for name in self.conditions if name.startswith("assembly")]

    def check_trees(self, entries: Any, names: list[str]) -> dict[str, Fraction]:
        """Prove a list of quantities, no other and in this order; return their bounds."""
        if [keys(entry, {"quantity", "at_least", "tree"})["quantity"] for entry in entries] != names:
            raise Rejected(f"what must be proved is {names}")
        for entry in entries:
            self.check_tree(entry)
        return {entry["quantity"]: fraction(entry["at_least"]) for entry in entries}

    def variants(self, name: str) -> list[str]:
        """A toggle, with the play of its driving pin at rest, and where there is play also carried round by the driving body."""
        carried = name.replace("toggle ", "carried ", 1)
        return [name, carried] if carried != name and carried in self.prover.orientation else [name]

    def sense(self, load: str, choose: Callable[[set[int]], int] = min) -> int:
        """Sign of Q towards the stop at the middle of the root box, the least over the variants of a toggle."""
        signs = {self.senses[load]}
        for name, _ in self.loads[load]:
            signs = {sign * self.prover.orientation[variant] for sign in signs for variant in self.variants(name)}
        return choose(signs)

    def bound(self, name: str, box: Box, rule: str) -> int:
        """Bound a condition or a margin from below on a box."""
        kind, _, key = name.partition(" ")
        if kind == "press":
            return pressing(settled(self.linkage, box, self.prover.floors), key)
        if kind == "lever":
            return self._product(self.loads[key.removeprefix("arm ")], box, rule)
        if kind == "sine":
            return self._product([(f"toggle {key}", 1), (f"arm {key}", -1)], box, rule)
        return self.prover.lower(name, box, rule)

    def _product(self, factors: list[tuple[str, int]], box: Box, rule: str) -> int:
        result = (ONE, ONE)
        for name, power in factors:
            low = min(self.prover.lower(variant, box, rule, power) for variant in self.variants(name))
            if low * power <= 0:
                raise Unknown
            result = mul(result, (low, low)) if power > 0 else divide(result, (-low, -low))
        return result[0]

    def check_tree(self, entry: dict[str, Any]) -> None:
        """Prove that a quantity exceeds its bound on the whole root box."""
        name, bound = entry["quantity"], fraction(entry["at_least"])
        if bound < 0 and not name.startswith(("approach", "retreat")):
            raise Rejected(f"{name}: a negative bound proves nothing")
        if not self.assembled or (name.startswith("assembly") and self.prover.orientation.get(name) != 1):
            raise Rejected("there is no assembly at the middle of the root box")
        level = enclose(bound, bound)[1]
        for box, rule in leaves(entry["tree"], self.linkage.root()):
            try:
                proved = self.bound(name, box, rule) > level
            except Unknown:
                proved = False
            if not proved:
                raise Rejected(f"{name} > {decimal(bound)} is not proved on a leaf (rule {rule})")
        if name.startswith("assembly"):
            self.prover.remember(name, level)

    def check_conditions(self, entries: list[dict[str, Any]]) -> None:
        """Accept the claim on the root box: every condition once, in order, the senses right, the least loads positive."""
        if not self.linkage.loads or not self.loads:
            raise Rejected("there is no load, or no assembly at the middle of the root box")
        for name, load in self.linkage.loads.items():
            if quantity(load["magnitude"][0])[0] <= 0 or self.sense(name) <= 0:
                raise Rejected(f"load {name!r} does not press the drive into its stop")
        self.check_trees(entries, self.conditions)

    def check_proof(self, theorem: dict[str, Any]) -> None:
        """Accept a proof: the conditions, the margins, and where it is there the claim on an interval that begins earlier."""
        self.check_conditions(theorem["conditions"])
        for entry in theorem["margins"]:
            self.check_tree(keys(entry, {"quantity", "at_least", "tree"}))
        if theorem["earlier"]:
            earlier = keys(theorem["earlier"], {"from", "conditions"})
            OverCentre(self.linkage.earlier(fraction(earlier["from"]))).check_conditions(earlier["conditions"])

    def check_counterexample(self, example: dict[str, Any]) -> None:
        """Accept a counterexample: inside the box, and the claim fails there."""
        keys(example, {"violates", "values"})
        kind, _, key = example["violates"].partition(" ")
        if kind == "magnitude":
            if quantity(self.linkage.loads[key]["magnitude"][0])[0] > 0 or example["values"]:
                raise Rejected("the least magnitude is positive")
        elif not self.fails(example["violates"], self.linkage.point(example["values"])):
            raise Rejected(f"{example['violates']} is not violated by the counterexample")

    def fails(self, name: str, point: Box) -> bool:
        """Whether the claim fails at a point: an existence condition is negative, or Q points away from the stop."""
        kind, _, key = name.partition(" ")
        scene = self.linkage.place(self.linkage.intervals(point), moving=True)
        try:
            if kind == "assembly":
                return scene.quantity(name).value[1] < 0
            signs = {self.senses[key]}
            for factor, _ in self.loads[key]:
                values = [scene.quantity(variant).value for variant in self.variants(factor)]
                signs = {sign * (-1 if v[1] < 0 else 1 if v[0] > 0 else 0) for sign in signs for v in values}
        except Unknown:
            return False
        return kind == "Q" and min(signs) < 0


class Friction:
    """What `friction` needs: assembly, and an effort to open that stays positive with all friction opposing."""

    def __init__(self, linkage: Linkage) -> None:
        self.linkage, self.goals = linkage, OverCentre(linkage)
        if not linkage.opens or not linkage.loads:
            raise Rejected("friction needs loads, and the direction in which the drive opens")

    def least(self, load: str, box: Box) -> int:
        """Least effort on a box per unit of load (mm for a turning drive)."""
        return effort(settled(self.linkage, box, self.goals.prover.floors), load)[0]

    def check_proof(self, theorem: dict[str, Any]) -> None:
        """Accept a proof."""
        self.goals.check_trees(theorem["assembly"], self.goals.assembly)
        named = [keys(entry, {"quantity", "at_least", "tree"})["quantity"] for entry in theorem["effort"]]
        if named != [f"effort {load}" for load in self.linkage.loads]:
            raise Rejected(f"friction must prove the effort of {list(self.linkage.loads)}")
        for load, entry in zip(self.linkage.loads, theorem["effort"], strict=True):
            bound, force = fraction(entry["at_least"]), quantity(self.linkage.loads[load]["magnitude"][0])[0]
            for box, rule in leaves(entry["tree"], self.linkage.root()):
                if rule != "n" or force <= 0 or not self.least(load, box) > enclose(bound, bound)[1] >= 0:
                    raise Rejected(f"the effort against {load!r} is not proved to exceed {decimal(bound)}")

    def check_counterexample(self, example: dict[str, Any]) -> None:
        """Accept a counterexample: a load that may vanish, no assembly, or a load that opens it with all friction opposing."""
        kind, _, load = keys(example, {"violates", "values"})["violates"].partition(" ")
        if kind == "effort":
            _, free, rest = effort(self.linkage.place(self.linkage.intervals(self.linkage.point(example["values"]))), load)
            if free + rest >= 0:
                raise Rejected(f"{load!r} is not proved to open the lock at the counterexample")
        elif kind in ("assembly", "magnitude"):
            self.goals.check_counterexample(example)
        else:
            raise Rejected(f"{kind!r} is not something that refutes friction")


class Positive:
    """What `positive` needs: the face is clear of the tooth where it is locked, and stands in its way before `blocked_at`."""

    def __init__(self, linkage: Linkage) -> None:
        table, drive = linkage.lock["positive"], linkage.drive_interval()
        keys(table, {"body", "point", "against", "normal", "width", "engagement", "blocked_at"}, frozenset({"side"}))
        to, unit = quantity(table["blocked_at"])
        if unit != drive.unit or not linkage.opens or not (to < drive.low if linkage.opens < 0 else to > drive.high):
            raise Rejected("blocked_at must lie beyond the locked interval, the way the drive opens")
        if table.get("side", "left") not in ("left", "right") or quantity(table["engagement"])[0] <= 0:
            raise Rejected("the face lies left or right of its edge, and the engagement is positive")
        travel = linkage.moved(min(to, drive.low), max(to, drive.high))
        self.parts = {
            "locked": (OverCentre(linkage), ["positive clear"]),
            "travel": (OverCentre(travel), ["positive inner", "positive outer"]),
            "end": (OverCentre(linkage.moved(to, to)), ["positive blocked"]),
        }

    def conditions(self, part: str) -> list[str]:
        """What has to be proved over one part of the travel."""
        goals, names = self.parts[part]
        return goals.assembly + names

    def check_proof(self, theorem: dict[str, Any]) -> None:
        """Accept a proof."""
        for part, (goals, _) in self.parts.items():
            goals.check_trees(theorem[part], self.conditions(part))

    def check_counterexample(self, example: dict[str, Any]) -> None:
        """Accept a counterexample: a place on the travel where a condition fails."""
        name = keys(example, {"violates", "values"})["violates"]
        for goals, names in self.parts.values():
            if name in names or name.startswith("assembly"):
                linkage = goals.linkage
                with contextlib.suppress(Rejected, Unknown):
                    scene = linkage.place(linkage.intervals(linkage.point(example["values"])))
                    if scene.quantity(name).value[1] < 0:
                        return
        raise Rejected(f"{name} is not violated by the counterexample")


class StaysShut:
    """What `stays_shut` needs: a climb against the least load, before dead centre, that takes more than can be released."""

    def __init__(self, linkage: Linkage, summit: Fraction) -> None:
        table = linkage.lock["shock"]
        self.linkage, self.summit = linkage, summit
        self.earlier = OverCentre(linkage.earlier(summit))
        self.locked = OverCentre(linkage.climbing(summit))
        self.stiffness = variable("stiffness", linkage.lock["clamp"]["stiffness"])
        speed, self.drive_energy = quantity(table["velocity_change"])[0], quantity(table.get("drive_energy", "0 J"))[0]
        masses = [quantity(body["mass"]) for name, body in linkage.data["bodies"].items() if name != "ground"]
        if (
            self.stiffness.unit != "N/mm"
            or self.stiffness.low <= 0
            or self.drive_energy < 0
            or any(m <= 0 or unit != "t" for m, unit in masses)
        ):
            raise Rejected("stays_shut needs the clamp's stiffness and the mass of every moving body")
        self.kinetic = sum(mass for mass, _ in masses) * speed**2 / 2

    def ends(self, load: str) -> tuple[Fraction, Fraction]:
        """Least and greatest magnitude of a load."""
        low, high = (quantity(x)[0] for x in self.linkage.loads[load]["magnitude"])
        return low, high

    def given(self, load: str) -> Fraction:
        """Energy (N mm) that unloading from the greatest to the least magnitude, the base and the drive can release."""
        low, high = self.ends(load)
        return (high**2 - low**2) / (2 * self.stiffness.low) + self.kinetic + self.drive_energy

    def travel(self, load: str) -> int:
        """How far play can move the load's point along the load, anywhere between locked and summit."""
        linkage, goals = self.earlier.linkage, self.earlier
        _, slopes = goals.prover.evaluate(f"along {load}", linkage.root(), True)
        names = [v.name for v in linkage.variables]
        travel = 0
        for joint in linkage.joints:
            if joint.clearance:
                x, y = (slopes[names.index(f"clearance {joint.name} {axis}")] for axis in "xy")
                size = root(add(square(magnitude(x)), square(magnitude(y))))[1]
                travel += mul((size, size), enclose(2 * joint.clearance, 2 * joint.clearance))[1]
        return travel

    def check_proof(self, theorem: dict[str, Any]) -> None:
        """Accept a proof: over_centre from the summit to the stop, the climb of every load, and the energies."""
        self.earlier.check_conditions(theorem["conditions"])
        climbs = self.locked.check_trees(theorem["climb"], self.locked.assembly + [f"climb {x}" for x in self.linkage.loads])
        if [keys(e, {"load", "barrier", "released"})["load"] for e in theorem["energy"]] != list(self.linkage.loads):
            raise Rejected("the energies of every load must be given")
        for entry in theorem["energy"]:
            load, barrier, released = entry["load"], fraction(entry["barrier"]), fraction(entry["released"])
            low, high = self.ends(load)
            most = self.given(load) + high * Fraction(self.travel(load), ONE)
            if not (0 < released < barrier <= low * climbs[f"climb {load}"] and most <= released):
                raise Rejected(f"the barrier against {load!r} is not proved to exceed what can be released")


def check_shut_counterexample(linkage: Linkage, example: dict[str, Any]) -> None:
    """Accept a counterexample: dimensions at which the whole way past dead centre takes less than unloading alone releases."""
    kind, _, load = keys(example, {"violates", "values", "to"})["violates"].partition(" ")
    point, to = linkage.point(example["values"]), fraction(example["to"])
    index = [v.name.startswith("drive ") for v in linkage.variables].index(True)
    goals = StaysShut(linkage, to)
    if kind != "climb" or not goals.locked.fails(f"Q {load}", [*point[:index], (to, to), *point[index + 1 :]]):
        raise Rejected("the counterexample must reach a drive value at which the load opens the lock")
    low, start = goals.ends(load)[0], point[index][0]
    here = linkage.place(linkage.intervals(point)).quantity(f"along {load}").value[1]
    cuts = [to + (start - to) * k / SLICES for k in range(SLICES + 1)]
    for ends in itertools.pairwise(cuts):
        box = [*point[:index], (min(ends), max(ends)), *point[index + 1 :]]
        height = here - goals.locked.prover.lower(f"along {load}", box, "m")
        if mul((height, height), enclose(low, low))[1] >= enclose(goals.given(load), goals.given(load))[0]:
            raise Rejected("the barrier at the counterexample is not proved to be below what can be released")


class Clamp:
    """What `clamp` needs: stiffness times (interference - losses + approach of the hook), against the least load."""

    def __init__(self, linkage: Linkage) -> None:
        table = keys(linkage.lock["clamp"], {"stiffness", "interference"}, frozenset({"adjusted", "losses", "loads"}))
        self.linkage, self.goals = linkage, OverCentre(linkage)
        self.stiffness, self.interference = (variable(key, table[key]) for key in ("stiffness", "interference"))
        self.losses = [variable(name, spec) for name, spec in table.get("losses", {}).items()]
        self.adjusted, self.loads = table.get("adjusted", False), list(table.get("loads", linkage.loads))
        units = [self.stiffness.unit, self.interference.unit, *(loss.unit for loss in self.losses)]
        if units != ["N/mm", "mm"] + ["mm"] * len(self.losses) or self.stiffness.low <= 0 or type(self.adjusted) is not bool:
            raise Unreadable("the clamp needs a stiffness, lengths, and adjusted = true or false")
        if not self.loads or not set(self.loads) <= set(linkage.loads):
            raise Rejected("the clamp needs loads of the file")
        moves = [] if self.adjusted else [f"{kind} {load}" for load in self.loads for kind in ("approach", "retreat")]
        self.conditions = self.goals.assembly + moves

    def least(self, approach: Fraction) -> Fraction:
        """Least preload where the hook stands at least `approach` closer than at nominal dimensions."""
        return self.stiffness.low * (self.interference.low - sum(loss.high for loss in self.losses) + approach)

    def most(self, approach: Fraction) -> Fraction:
        """Greatest preload where the hook stands at most `approach` closer."""
        return self.stiffness.high * (self.interference.high - sum(loss.low for loss in self.losses) + approach)

    def magnitude(self, load: str) -> Fraction:
        """Least magnitude of a load, which the clamp has to guarantee."""
        return quantity(self.linkage.loads[load]["magnitude"][0])[0]

    def check_proof(self, theorem: dict[str, Any]) -> None:
        """Accept a proof: assembly, the range of the approach, and from it the range of the preload of every load."""
        bounds = self.goals.check_trees(theorem["conditions"], self.conditions)
        if [keys(entry, {"load", "at_least", "at_most"})["load"] for entry in theorem["preload"]] != self.loads:
            raise Rejected(f"the preload must be given for {self.loads}")
        for entry in theorem["preload"]:
            load, low, high = entry["load"], fraction(entry["at_least"]), fraction(entry["at_most"])
            least = self.least(bounds.get(f"approach {load}", Fraction(0)))
            most = self.most(-bounds.get(f"retreat {load}", Fraction(0)))
            if not self.magnitude(load) <= low <= least or not most <= high:
                raise Rejected(f"the preload against {load!r} is not proved to stay between {low} N and {high} N")

    def check_counterexample(self, example: dict[str, Any]) -> None:
        """Accept a counterexample: dimensions at which the softest and least clamp is below the least load."""
        kind, _, load = keys(example, {"violates", "values"})["violates"].partition(" ")
        point = self.linkage.point(example["values"])
        scene = self.linkage.place(self.linkage.intervals(point))
        if kind == "assembly" and self.goals.fails(example["violates"], point):
            return
        for dyad in self.linkage.dyads:
            scene.pose(dyad.bodies[0])
        approach = Fraction(0) if self.adjusted else Fraction(scene.approach(load).value[1], ONE)
        if kind != "preload" or load not in self.loads or not max(0, self.least(approach)) < self.magnitude(load):
            raise Rejected("the preload at the counterexample is not proved to be below the load")


class Release:
    """What `release` needs: assembly over the travel, effort below the limit there, a load that opens at its end."""

    def __init__(self, linkage: Linkage, to: Fraction) -> None:
        drive, table = linkage.drive_interval(), linkage.lock["release"]
        self.limit = quantity(table["max_torque" if linkage.drive.kind == "R" else "max_force"])[0]
        self.loads, self.to = list(table["loads"]), to
        if not self.loads or not (to < drive.low if linkage.stop > 0 else to > drive.high):
            raise Rejected("release needs loads, and a drive value beyond the locked interval")
        ends = (to, drive.high) if linkage.stop > 0 else (drive.low, to)
        self.travel, self.end = OverCentre(linkage.moved(*ends)), OverCentre(linkage.moved(to, to))
        factors = [name for load in self.loads for name, power in self.end.loads.get(load, []) if power > 0]
        self.opening = [
            name
            for name in self.end.conditions
            if any(name in self.end.variants(f) for f in factors) or name in self.end.assembly
        ]

    def opens(self) -> bool:
        """Whether every named load pushes the drive on, at the middle of the box at the travel's end."""
        return all(load in self.end.loads and self.end.sense(load, max) < 0 for load in self.loads)

    def effort(self, load: str, box: Box) -> int:
        """Greatest effort (N mm or N) on a box of the travel."""
        linkage = self.travel.linkage
        force = quantity(linkage.loads[load]["magnitude"][1])[0]
        _, free, rest = effort(settled(linkage, box, self.travel.prover.floors), load)
        most = min(free, self.lever(load, box)) + rest
        return max(0, mul((most, most), enclose(force, force))[1])

    def lever(self, load: str, box: Box) -> int:
        """Frictionless effort per unit of load, from the factors of Q with the play of every pin carried by the earlier body."""
        result, sign = (ONE, ONE), self.travel.senses[load]
        for name, power in self.travel.loads[load]:
            value = self.enclosure(self.travel.variants(name)[-1], box)
            result = mul(result, value) if power > 0 else divide(result, value)
            if name.startswith("height"):
                result = mul(result, self._play(int(name.split()[1]), value, box))
        return result[1] if sign > 0 else -result[0]

    def enclosure(self, name: str, box: Box) -> Interval:
        """Enclose a quantity, with its own sign."""
        low, high = self.travel.prover.lower(name, box, "c"), -self.travel.prover.lower(name, box, "c", -1)
        return (-high, -low) if self.travel.prover.orientation.get(name, 1) < 0 else (low, high)

    def _play(self, number: int, height: Interval, box: Box) -> Interval:
        """Ratio of the transmission determinant with the play o of the inner pin at rest (w) and carried (within w +- b |o|)."""
        dyad = self.travel.linkage.dyads[number - 1]
        if dyad.kind != "RRR" or not dyad.inner.clearance:
            return ONE, ONE
        reach = mul(self.enclosure(f"length {dyad.bodies[0]}", box), enclose(dyad.inner.clearance, dyad.inner.clearance))[1]
        return divide((ONE, ONE), add((ONE, ONE), divide((-reach, reach), height)))

    def check_proof(self, theorem: dict[str, Any]) -> None:
        """Accept a proof."""
        if [entry["quantity"] for entry in theorem["effort"]] != [f"effort {load}" for load in self.loads] or not self.opens():
            raise Rejected(f"release must prove the effort of {self.loads}, each of which opens the lock at the travel's end")
        self.travel.check_trees(theorem["assembly"], self.travel.assembly)
        self.end.check_trees(theorem["opens"], self.opening)
        for load, entry in zip(self.loads, theorem["effort"], strict=True):
            bound = fraction(keys(entry, {"quantity", "at_most", "tree"})["at_most"])
            for box, rule in leaves(entry["tree"], self.travel.linkage.root()):
                if rule != "n" or self.effort(load, box) > enclose(bound, bound)[0] or bound > self.limit:
                    raise Rejected(f"the effort against {load!r} is not proved to stay below {decimal(bound)}")


def check_release_counterexample(linkage: Linkage, example: dict[str, Any]) -> None:
    """Accept a counterexample: a point of the locked interval at which friction, fully opposing, asks for more than the limit."""
    kind, _, load = keys(example, {"violates", "values"})["violates"].partition(" ")
    table, force = linkage.lock["release"], quantity(linkage.loads[load]["magnitude"][1])[0]
    limit = quantity(table["max_torque" if linkage.drive.kind == "R" else "max_force"])[0]
    least = effort(linkage.place(linkage.intervals(linkage.point(example["values"]))), load)[0]
    if (
        kind != "effort"
        or load not in table["loads"]
        or mul((least, least), enclose(force, force))[0] <= enclose(limit, limit)[1]
    ):
        raise Rejected("the effort at the counterexample is not proved to exceed the limit")


Check = Callable[[Linkage, Any], None]


def by(kind: Any) -> tuple[Check, Check]:
    """How a claim's class checks a proof, and a counterexample."""
    return lambda linkage, proof: kind(linkage).check_proof(proof), lambda linkage, example: kind(linkage).check_counterexample(
        example
    )


# Of each claim: the fields of its proof; how a proof and how a counterexample are checked.
CLAIMS: dict[str, tuple[set[str], Check, Check]] = {
    "over_centre": ({"conditions", "margins", "earlier"}, *by(OverCentre)),
    "friction": ({"assembly", "effort"}, *by(Friction)),
    "clamp": ({"conditions", "preload"}, *by(Clamp)),
    "positive": ({"locked", "travel", "end"}, *by(Positive)),
    "stays_shut": (
        {"summit", "conditions", "climb", "energy"},
        lambda linkage, proof: StaysShut(linkage, fraction(proof["summit"])).check_proof(proof),
        check_shut_counterexample,
    ),
    "release": (
        {"to", "assembly", "opens", "effort"},
        lambda linkage, proof: Release(linkage, fraction(proof["to"])).check_proof(proof),
        check_release_counterexample,
    ),
}


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
    if not isinstance(plain, dict) or plain.get("format") != FORMAT:
        raise Unreadable(f"not a {FORMAT} file")
    return plain, exact


def check(plain: dict[str, Any], exact: dict[str, Any]) -> tuple[dict[str, str], ...]:
    """Check a certificate; raise `Rejected` at the first thing that is not so."""
    fields = {"format", "linkage", "linkage_sha256", "assumptions", "root", "theorems", "versions", "sha256"}
    keys(exact, fields)
    if exact["linkage_sha256"] != digest(plain["linkage"]):
        raise Rejected("the linkage's hash does not fit")
    if exact["sha256"] != digest({key: value for key, value in plain.items() if key != "sha256"}):
        raise Rejected("the certificate's hash does not fit")
    linkage = Linkage(exact["linkage"])
    expected = [{"name": v.name, "low": decimal(v.low), "high": decimal(v.high), "unit": v.unit} for v in linkage.variables]
    if exact["root"] != expected or exact["assumptions"] != list(ASSUMPTIONS):
        raise Rejected("the root box or the assumptions are not those of the linkage")
    results: list[dict[str, str]] = []
    if not exact["theorems"]:
        raise Rejected("there is no theorem")
    for theorem in exact["theorems"]:
        name, verdict = theorem["claim"], theorem["verdict"]
        if verdict == "undecided":
            keys(theorem, {"claim", "verdict", "reason"})
        elif name not in CLAIMS or verdict not in ("proved", "refuted"):
            raise Rejected(f"{name!r} {verdict!r} is not something that is checked")
        elif theorem.get("statement") != STATEMENTS[name]:
            raise Rejected(f"the statement of {name!r} is not the one that is checked")
        elif verdict == "proved":
            fields, proof, _ = CLAIMS[name]
            proof(linkage, keys(theorem, {"claim", "verdict", "statement"} | fields))
        else:
            CLAIMS[name][2](linkage, keys(theorem, {"claim", "verdict", "statement", "counterexample"})["counterexample"])
        results.append({"name": name, "verdict": verdict})
    return tuple(results)


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
        return Verdict(False, "the mechanism cannot be evaluated at the middle of its root box")
    except (
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
        IndexError,
        StopIteration,
        ArithmeticError,
        SyntaxError,
        RecursionError,
    ) as error:
        return Verdict(False, f"the certificate is malformed ({type(error).__name__}: {error})")


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
