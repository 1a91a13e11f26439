"""From a linkage file to a mechanism: everything that a schema cannot check, with the key of what is wrong."""

from __future__ import annotations

import keyword
import math
import re
from typing import Any, Literal

import sympy as sp

from mechlock import units
from mechlock.errors import InputError
from mechlock.inputs import expressions
from mechlock.inputs.linkage import Joint as JointText
from mechlock.inputs.linkage import LinkageSource
from mechlock.linkage.action_semantics import read_actions
from mechlock.linkage.lock_semantics import read_lock
from mechlock.linkage.mechanism import GROUND, Body, Contact, Drive, Joint, Mechanism, PointName, Vector

ZERO: Vector = (sp.S.Zero, sp.S.Zero)

LARGEST = 1e7
"""Largest length that is taken for a mechanism's (mm)."""

LARGEST_TURN = 200.0 * math.pi
"""Largest angle that is taken for a drive's (rad)."""

_GROUND_LIKE = re.compile(r"(?i)ground([\W_]?\w{0,2}|[\W_]\w+)")


def build(source: LinkageSource) -> Mechanism:
    """Build the mechanism of a linkage file.

    Raises
    ------
    InputError
        For an unknown or duplicate name, a joint of a body to itself, a missing or second ground, a body that hangs on
        nothing, a drive that cannot drive, or an expression that cannot be read; with file and key.
    """
    reader = _Reader(source)
    return reader.mechanism()


class _Reader:
    def __init__(self, source: LinkageSource) -> None:
        self.file = source.file
        self.where = source.where
        self.virtual: dict[str, Body] = {}
        self.dimensions = {name: parameter.dimension for name, parameter in self.file.parameters.items()}
        self.nominal: dict[sp.Basic, sp.Basic] = {
            expressions.symbol(name): sp.Float(parameter.nominal, 17) for name, parameter in self.file.parameters.items()
        }

    def key(self, key: str) -> str:
        return f"{self.where}: {key}"

    def expression(self, text: object, dimension: str, key: str) -> sp.Expr:
        try:
            found = expressions.read(text, dimension, self.dimensions).symbolic
        except InputError as error:
            raise error.at(self.key(key)) from None
        nominal = complex(sp.N(found.xreplace(self.nominal)))
        if nominal.imag != 0.0 or not math.isfinite(nominal.real):
            raise InputError(f"{text!r} is no real number at the nominal parameters", self.key(key), "correct the expression")
        if dimension == "length" and abs(nominal.real) > LARGEST:
            raise InputError(f"{text!r} is longer than {LARGEST / 1e6:g} km", self.key(key), "check its unit")
        return found

    def quantity(self, text: object, dimension: str, key: str) -> float:
        try:
            return units.parse(text, dimension)
        except InputError as error:
            raise error.at(self.key(key)) from None

    def mechanism(self) -> Mechanism:
        for name in self.dimensions:
            if not name.isidentifier() or keyword.iskeyword(name) or name in {"pi", "sqrt", "sin", "cos", "tan", "atan2"}:
                raise InputError(
                    f"{name!r} cannot be a parameter's name",
                    self.key(f"parameters.{name}"),
                    "use letters and digits, and no word of Python or of expressions",
                )
        bodies = self.bodies()
        joints = self.joints(bodies)
        bodies |= self.virtual
        self.connected(bodies, joints)
        self.linking(joints)
        drive = self.drive(joints)
        lock = read_lock(self.file, self.where, bodies, drive)
        assembly = self.assembly(bodies)
        actions = read_actions(self.file, self.where, bodies, joints, drive, self.expression, self.point)
        parameters = dict(self.file.parameters)
        name, about = self.file.name, self.file.about
        return Mechanism(name, bodies, tuple(joints), drive, assembly, parameters, lock, self.where, actions, about)

    def bodies(self) -> dict[str, Body]:
        found: dict[str, Body] = {}
        for name, body in self.file.bodies.items():
            if name != GROUND and _GROUND_LIKE.fullmatch(name):
                raise InputError(
                    f"the body {name!r} reads like a second ground",
                    self.key(f"bodies.{name}"),
                    "give `ground` all fixed points, or rename it",
                )
            points: dict[str, Vector] = {}
            for point, (x, y) in body.points.items():
                key = f"bodies.{name}.points.{point}"
                points[point] = (self.expression(x, "length", f"{key}[0]"), self.expression(y, "length", f"{key}[1]"))
            found[name] = Body(name, points)
        if GROUND not in found:
            raise InputError("there is no body 'ground'", self.key("bodies"), "add [bodies.ground.points] with the fixed points")
        if len(found) == 1:
            raise InputError("nothing moves: there is only ground", self.key("bodies"), "add bodies")
        return found

    def joints(self, bodies: dict[str, Body]) -> list[Joint]:
        found: list[Joint] = []
        seen: set[str] = set()
        for index, text in enumerate(self.file.joints):
            key = f"joints[{index}]"
            if not re.fullmatch(r"[^\s.~]+", text.name):
                raise InputError(
                    f"{text.name!r} cannot be a joint's name", self.key(f"{key}.name"), "use a word without dots and spaces"
                )
            if text.name in seen:
                raise InputError(f"two joints are called {text.name!r}", self.key(f"{key}.name"), "give each its own name")
            seen.add(text.name)
            first, second = (self.point(reference, bodies, f"{key}.of[{place}]") for place, reference in enumerate(text.of))
            if first.body == second.body:
                raise InputError(
                    f"joint {text.name!r} joins the body {first.body!r} to itself", self.key(f"{key}.of"), "name two bodies"
                )
            found += self.joint(text, first, second, key)
        return found

    def point(self, reference: str, bodies: dict[str, Body], key: str) -> PointName:
        body, _, point = reference.partition(".")
        if body not in bodies:
            raise InputError(f"unknown body {body!r}", self.key(key), f"the bodies are {', '.join(bodies)}")
        if point not in bodies[body].points:
            known = ", ".join(bodies[body].points)
            raise InputError(f"the body {body!r} has no point {point!r}", self.key(key), f"its points are {known}")
        return PointName(body, point)

    def joint(self, text: JointText, first: PointName, second: PointName, key: str) -> list[Joint]:
        axis = self.expression(text.axis, "angle", f"{key}.axis") if text.axis is not None else sp.S.Zero
        angle = self.expression(text.angle, "angle", f"{key}.angle") if text.angle is not None else sp.S.Zero
        friction: sp.Expr | None = None
        if isinstance(text.friction, str):
            friction = self.expression(text.friction, "", f"{key}.friction")
            self.not_negative(friction, f"{key}.friction")
        elif text.friction is not None:
            friction = expressions.exact(text.friction)
        clearance = text.clearance or 0.0
        offset: Vector = (sp.S.Zero, sp.S.Zero)
        if clearance > 0.0:
            offset = (self.offset_symbol(f"dx_{text.name}"), self.offset_symbol(f"dy_{text.name}"))
        common: dict[str, Any] = {
            "pin_radius": text.pin_radius, "friction": friction, "written_as": text.name, "stiffness": text.stiffness,
            "rotational_stiffness": text.rotational_stiffness, "misfit": text.misfit or (0.0, 0.0),
        }  # fmt: skip
        if text.type == "revolute":
            return [Joint(text.name, "revolute", first, second, offset=offset, clearance=clearance, **common)]
        if text.type == "prismatic":
            return [Joint(text.name, "prismatic", first, second, axis, angle, **common)]
        side: Literal[-1, 1] = -1 if text.side == "right" else 1
        if text.type == "wedge":
            return [Joint(text.name, "prismatic", first, second, axis, angle, contact=Contact("face", side), **common)]
        if text.type == "cam":
            return self.cam(text, first, second, common, key)
        radius = self.expression(text.radius, "length", f"{key}.radius") if text.radius is not None else None
        block = f"{text.name}~block"
        foot = "pin" if radius is None else "foot"
        contact = None if radius is None else Contact("disc", side, (sp.S.Zero, radius))
        slot = Joint(text.name, "prismatic", first, PointName(block, foot), axis, sp.S.Zero, contact=contact, **common)
        offset_of_foot = ZERO if radius is None else (side * radius * sp.sin(axis), -side * radius * sp.cos(axis))
        self.virtual[block] = Body(block, {"pin": ZERO} | ({} if radius is None else {"foot": offset_of_foot}), virtual=True)
        common = {**common, "pin_radius": None, "friction": None, "stiffness": math.inf, "misfit": (0.0, 0.0)}
        pin = Joint(f"{text.name}~pin", "revolute", second, PointName(block, "pin"), offset=offset, clearance=clearance, **common)
        return [slot, pin]

    def cam(self, text: JointText, first: PointName, second: PointName, common: dict[str, Any], key: str) -> list[Joint]:
        """Two circles that touch: their centres keep their distance, as if a link joined them."""
        one, two = (self.expression(r, "length", f"{key}.radii[{i}]") for i, r in enumerate(text.radii or ()))
        apart = one + two
        if text.inside:  # the sign at nominal sizes decides which circle is the larger one
            apart = one - two if float((one - two).xreplace(self.nominal)) > 0.0 else two - one  # pyright: ignore[reportArgumentType]
        link = f"{text.name}~link"
        self.virtual[link] = Body(link, {"near": ZERO, "far": (apart, sp.S.Zero)}, virtual=True)
        contact = Contact("circles", -1 if text.inside else 1, (one, two))
        near = Joint(text.name, "revolute", first, PointName(link, "near"), contact=contact, **common)
        far = Joint(f"{text.name}~far", "revolute", PointName(link, "far"), second, written_as=text.name, stiffness=math.inf)
        return [near, far]

    def not_negative(self, friction: sp.Expr, key: str) -> None:
        """Refuse a coefficient of friction that is negative at nominal parameters, or within the range of the one that it is."""
        low = float(friction.xreplace(self.nominal))  # pyright: ignore[reportArgumentType]
        if friction.is_Symbol:
            low = min(low, self.file.parameters[str(friction)].low)
        if low < 0.0:
            raise InputError(f"the coefficient of friction {friction} can be {low:g}", self.key(key), "it is 0 at least")

    def offset_symbol(self, name: str) -> sp.Symbol:
        if name in self.dimensions:
            raise InputError(
                f"the parameter {name!r} has the name of a joint's clearance offset", self.key(f"parameters.{name}"), "rename it"
            )
        return expressions.symbol(name)

    def connected(self, bodies: dict[str, Body], joints: list[Joint]) -> None:
        reached, front = {GROUND}, [GROUND]
        while front:
            body = front.pop()
            for joint in joints:
                if body in joint.bodies and joint.other(body) not in reached:
                    reached.add(joint.other(body))
                    front.append(joint.other(body))
        loose = [name for name in bodies if name not in reached]
        if loose:
            raise InputError(
                f"no chain of joints leads from ground to {', '.join(loose)}",
                self.key(f"bodies.{loose[0]}"),
                "join it, or remove it",
            )

    def linking(self, joints: list[Joint]) -> None:
        """Refuse a body whose pins all sit on one point: it turns freely and links nothing."""
        for name, body in self.file.bodies.items():
            own = [joint for joint in joints if name in joint.bodies]
            if name == GROUND or len(own) < 2 or any(joint.kind != "revolute" for joint in own):
                continue
            used = [joint.first.point if joint.first.body == name else joint.second.point for joint in own]
            places = [[self.number(c, f"bodies.{name}.points.{point}") for c in body.points[point]] for point in used]
            if all(math.dist(places[0], place) < 1e-9 for place in places):
                names = ", ".join(joint.name for joint in own)
                raise InputError(
                    f"the joints {names} of the body {name!r} sit on one point: it has no length",
                    self.key(f"bodies.{name}.points"),
                    "give it a length, or join its neighbours by one joint",
                )

    def number(self, text: object, key: str) -> float:
        return float(self.expression(text, "length", key).xreplace(self.nominal))  # pyright: ignore[reportArgumentType]

    def drive(self, joints: list[Joint]) -> Drive:
        text = self.file.drive
        driven = next((joint for joint in joints if joint.name == text.joint), None)
        if driven is None:
            known = ", ".join(joint.name for joint in self.file.joints)
            raise InputError(f"unknown joint {text.joint!r}", self.key("drive.joint"), f"the joints are {known}")
        sliding = driven.kind == "prismatic"
        value = self.expression(text.value, "length" if sliding else "angle", "drive.value")
        if not sliding and abs(turn := float(value.xreplace(self.nominal))) > LARGEST_TURN:  # pyright: ignore[reportArgumentType]
            raise InputError(
                f"the drive stands at {turn / (2.0 * math.pi):.6g} turns", self.key("drive.value"), "write an angle within a turn"
            )
        rate = acceleration = None
        if text.rate is not None:
            rate = self.quantity(text.rate, "velocity" if sliding else "angular_velocity", "drive.rate")
        if text.acceleration is not None:
            kind = "acceleration" if sliding else "angular_acceleration"
            acceleration = self.quantity(text.acceleration, kind, "drive.acceleration")
        name = "s" if sliding else "phi"
        while name in self.file.parameters:
            name += "_"
        return Drive(driven.name, sp.Symbol(name, real=True), sliding, value, rate, acceleration)

    def assembly(self, bodies: dict[str, Body]) -> dict[str, float]:
        found: dict[str, float] = {}
        for name, text in self.file.assembly.items():
            if name not in bodies or name == GROUND:
                known = ", ".join(body for body in self.file.bodies if body != GROUND)
                raise InputError(f"unknown body {name!r}", self.key(f"assembly.{name}"), f"the moving bodies are {known}")
            found[name] = self.quantity(text, "angle", f"assembly.{name}")
        return found
