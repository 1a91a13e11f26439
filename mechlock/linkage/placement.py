"""Where bodies are placed: poses and positions found so far, written as assignments of a program."""

from __future__ import annotations

from dataclasses import dataclass, field

import sympy as sp

from mechlock.linkage.assur import Group, PinLink, driven_bodies, owners
from mechlock.linkage.mechanism import GROUND, Joint, Mechanism, PointName, Vector
from mechlock.linkage.program import Writer, cross, dot, minus, plus, rotate, times, unit

ZERO: Vector = (sp.S.Zero, sp.S.Zero)
ALONG_X: Vector = (sp.S.One, sp.S.Zero)


@dataclass(frozen=True)
class Pose:
    """Where a body is: the direction of its x axis, and one point of it, locally and in ground's frame."""

    direction: Vector
    anchor: Vector
    position: Vector


@dataclass(frozen=True)
class Slide:
    """A slider whose direction is known: ``carried = guide_point + sense * travel * along``, turning with the body `guide`."""

    joint: Joint
    guide: str
    guide_point: PointName
    along: Vector
    sense: int
    carried: PointName


@dataclass(frozen=True)
class SolvedGroup:
    """A group with the vectors its velocity equations need.

    Attributes
    ----------
    group : Group
        Which bodies and joints.
    sign : sympy.Symbol or None
        +1 or -1, the assembly mode; None where the solution is unique.
    vectors : dict
        RRR: ``w``, ``v`` (links of the first and second body, from outer to inner pin). RRP: ``w``, ``u`` (rod, slide).
        RPR: ``D`` (pin to pin), ``u`` (slide). PRP, RPP: ``u1``, ``u2`` (slides).
    slides : tuple of Slide
        Outer sliders.
    sides : tuple of sympy.Expr
        RRR: lengths of both links, and squared distance of the outer pins. RRP: length of the rod.
    """

    group: Group
    sign: sp.Symbol | None
    vectors: dict[str, Vector]
    slides: tuple[Slide, ...] = ()
    sides: tuple[sp.Expr, ...] = ()


@dataclass
class Placement:
    """Poses found so far, and the program that finds them."""

    mechanism: Mechanism
    writer: Writer
    poses: dict[str, Pose] = field(default_factory=dict[str, Pose])
    travels: dict[str, sp.Expr] = field(default_factory=dict[str, sp.Expr])
    signs: list[sp.Symbol] = field(default_factory=list[sp.Symbol])
    _points: dict[PointName, Vector] = field(default_factory=dict[PointName, Vector])

    def __post_init__(self) -> None:
        self.owner = owners(self.mechanism)
        self.poses[GROUND] = Pose(ALONG_X, ZERO, ZERO)
        drive, joint = self.mechanism.drive, self.mechanism.joint(self.mechanism.drive.joint)
        kept, carried = driven_bodies(self.mechanism)
        if drive.sliding:
            self.travels[joint.name] = drive.symbol
            relative = unit(joint.angle)
        else:
            relative = self.writer.let_vector(carried, unit(drive.symbol), "drive", ("c", "s"))
        if kept != GROUND:
            self.relative: Vector = relative
            return
        first, second = self.mechanism.local(joint.first), self.mechanism.local(joint.second)
        step = times(drive.symbol, unit(joint.axis)) if drive.sliding else joint.offset
        if carried == joint.second.body:
            self.poses[carried] = Pose(relative, second, plus(first, step))
            return
        back = (relative[0], -relative[1])
        if drive.sliding:
            step = rotate(back, step)
        self.poses[carried] = Pose(back, first, minus(second, step))

    def local(self, point: PointName) -> Vector:
        """Coordinates in the frame of the body's owner (another body's for the one carried by a floating drive)."""
        own = self.mechanism.local(point)
        if self.owner[point.body] == point.body:
            return own
        drive, joint = self.mechanism.drive, self.mechanism.joint(self.mechanism.drive.joint)
        step = times(drive.symbol, unit(joint.axis)) if drive.sliding else ZERO
        return plus(
            plus(self.mechanism.local(joint.first), step), rotate(self.relative, minus(own, self.mechanism.local(joint.second)))
        )

    def direction(self, body: str) -> Vector:
        """Unit vector along the body's x axis."""
        direction = self.poses[self.owner[body]].direction
        return direction if self.owner[body] == body else rotate(direction, self.relative)

    def at(self, point: PointName) -> Vector:
        """Position of a point of a solved body, in ground's frame."""
        if point not in self._points:
            pose = self.poses[self.owner[point.body]]
            arm = minus(self.local(point), pose.anchor)
            position = plus(pose.position, rotate(pose.direction, arm))
            if point.body != GROUND and arm != ZERO:
                position = self.writer.let_vector(f"{point.body}_{point.point}", position, f"point {point}")
            self._points[point] = position
        return self._points[point]

    def place(self, point: PointName, position: Vector) -> None:
        """Keep a position that has been found."""
        self._points.setdefault(point, position)

    def play(self, link: PinLink) -> Vector:
        """Clearance offset from `link.here` to `link.there`."""
        total = ZERO
        for joint, sense in link.path:
            total = plus(total, times(sp.Integer(sense), joint.offset))
        return total

    def pinned(self, link: PinLink) -> Vector:
        """Position of `link.here`, which shares a pin with a point of a solved body."""
        self.place(link.here, minus(self.at(link.there), self.play(link)))
        return self._points[link.here]

    def sign(self) -> sp.Symbol:
        """Return a new assembly sign."""
        symbol = self.writer.symbol(f"sigma_{len(self.signs) + 1}")
        self.signs.append(symbol)
        return symbol

    def slide(self, joint: Joint, body: str) -> Slide:
        """Return the line on which `body` (an owner) slides along a body of known direction, and give `body` its direction."""
        part = next(name for name in joint.bodies if self.owner[name] == body)
        guide = joint.other(part)
        forward = part == joint.second.body
        turn = unit(joint.angle if forward else -joint.angle)
        direction = rotate(self.direction(guide), turn)
        axis_body = direction if not forward else self.direction(guide)
        if self.owner[part] != part:
            direction = rotate(direction, (self.relative[0], -self.relative[1]))
        along = rotate(axis_body, unit(joint.axis))
        guide_point, carried = (joint.first, joint.second) if forward else (joint.second, joint.first)
        direction = self.writer.let_vector(body, direction, f"direction of {body}", ("c", "s"))
        along = self.writer.let_vector(joint.name, along, f"direction of slide {joint.name}", ("ux", "uy"))
        self.poses[body] = Pose(direction, ZERO, ZERO)
        return Slide(joint, guide, guide_point, along, 1 if forward else -1, carried)

    def arm(self, body: str, start: PointName, end: PointName) -> Vector:
        """Vector between two points of a body whose direction is known."""
        return rotate(self.poses[body].direction, minus(self.local(end), self.local(start)))

    def turn_to(self, body: str, arm: Vector, vector: Vector, square: sp.Expr) -> Vector:
        """Direction of the body whose local `arm` stands along `vector`."""
        x, y = arm
        if y == 0:
            found = (vector[0] / x, vector[1] / x)
        elif x == 0:
            found = (vector[1] / y, -vector[0] / y)
        else:
            found = (dot(vector, arm) / square, cross(arm, vector) / square)
        return self.writer.let_vector(body, found, f"direction of {body}", ("c", "s"))
