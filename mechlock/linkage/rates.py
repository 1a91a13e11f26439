"""Velocity ratios in closed form, in the cross products an engineer recognises, and the force of a load on the drive.

For a four-bar: ``omega_out / omega_in = (crank x coupler) / (rocker x coupler)``, with each link as a vector; the numerator
vanishes at dead centre, the denominator where the transmission angle does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import sympy as sp

from mechlock.linkage.assur import PinLink, driven_bodies
from mechlock.linkage.mechanism import GROUND, Joint, PointName, Vector
from mechlock.linkage.placement import ZERO, Placement, SolvedGroup
from mechlock.linkage.program import cross, dot, minus, norm2, plus, rotate, times, turned, unit

FactorKind = Literal["toggle", "transmission", "load", "general"]


@dataclass(frozen=True)
class Factor:
    """One factor of a product.

    Attributes
    ----------
    expression : sympy.Expr
        In program symbols.
    power : {1, -1}
        Numerator or denominator.
    kind : {"toggle", "transmission", "load", "general"}
        ``toggle`` vanishes at a dead centre, ``transmission`` at a drive limit, ``load`` is the load's moment or component.
    meaning : str
        In words.
    scale : sympy.Expr or None
        Length (mm) by which a toggle factor becomes the distance of the driving link's pivot from the next link's line.
    sine_scale : sympy.Expr or None
        What it is divided by to become the sine of the angle by which the toggle misses its dead centre: between the two toggle
        links, or between the driving point's way and the square to the link (or the slide) that it drives.
    """

    expression: sp.Expr
    power: Literal[1, -1]
    kind: FactorKind
    meaning: str
    scale: sp.Expr | None = None
    sine_scale: sp.Expr | None = None


@dataclass(frozen=True)
class Motion:
    """Velocity field of a body per unit of drive rate: ``rate * (velocity + omega * turned(P - anchor))``."""

    factors: tuple[Factor, ...]
    omega: sp.Expr
    anchor: PointName
    velocity: Vector

    @property
    def rate(self) -> sp.Expr:
        """Product of the factors."""
        return sp.Mul(*[factor.expression**factor.power for factor in self.factors])


@dataclass
class Rates:
    """Motions of the solved bodies, group by group."""

    place: Placement
    motions: dict[str, Motion | None]

    @classmethod
    def of(cls, place: Placement, groups: tuple[SolvedGroup, ...]) -> Rates:
        """Derive the motions of all bodies."""
        rates = cls(place, {GROUND: None})
        rates.derive(groups)
        return rates

    def derive(self, groups: tuple[SolvedGroup, ...]) -> None:
        """Derive the motions of the driven body and then of every group."""
        self.start()
        forms = {
            "RRR": self.rrr,
            "RRP": self.rrp,
            "RPR": self.rpr,
            "PRP": self.prp,
            "RPP": self.rpp,
            "redundant": self.redundant,
        }
        for group in groups:
            forms[group.group.kind](group)

    def start(self) -> None:
        """The driven body, where it is joined to ground."""
        mechanism = self.place.mechanism
        joint = mechanism.joint(mechanism.drive.joint)
        kept, carried = driven_bodies(mechanism)
        self.floating = kept != GROUND
        if self.floating:
            return
        forward = carried == joint.second.body
        here = joint.second if forward else joint.first
        sense = sp.Integer(1 if forward else -1)
        if mechanism.drive.sliding:
            axis_body = GROUND if forward else carried
            along = times(sense, rotate(self.place.direction(axis_body), unit(joint.axis)))
            self.motions[carried] = Motion((), sp.S.Zero, here, along)
        else:
            self.motions[carried] = Motion((), sense, here, ZERO)

    # -- velocities -----------------------------------------------------------------------------------------------

    def arm(self, start: PointName, end: PointName) -> Vector:
        """Vector between two points of one body, through its direction and rigid constants."""
        owner = self.place.owner[start.body]
        return rotate(self.place.direction(owner), minus(self.place.local(end), self.place.local(start)))

    def inner_rate(self, point: PointName) -> Vector:
        """Velocity of a point within its owner's frame (a floating drive moves the body it carries), in ground's frame."""
        owner = self.place.owner[point.body]
        if owner == point.body:
            return ZERO
        drive, (c, s) = self.place.mechanism.drive, self.place.relative
        x, y = self.place.local(point)

        def derivative(value: sp.Expr) -> sp.Expr:
            moved = sp.diff(value, drive.symbol)
            return moved if drive.sliding else moved - sp.diff(value, c) * s + sp.diff(value, s) * c

        return rotate(self.place.direction(owner), (derivative(x), derivative(y)))

    def unit_velocity(self, point: PointName) -> Vector:
        """Velocity of a point over its body's rate."""
        motion = self.motions[self.place.owner[point.body]]
        if motion is None:
            return ZERO
        return plus(motion.velocity, times(motion.omega, turned(self.arm(motion.anchor, point))))

    def unit_velocity_at(self, body: str, position: Vector) -> Vector:
        """Velocity, over its rate, of the material point of `body` that is at `position`."""
        motion = self.motions[self.place.owner[body]]
        if motion is None:
            return ZERO
        return plus(motion.velocity, times(motion.omega, turned(minus(position, self.place.at(motion.anchor)))))

    def velocity(self, point: PointName) -> Vector:
        """Velocity of a point per unit of drive rate."""
        motion = self.motions[self.place.owner[point.body]]
        rate = sp.S.One if motion is None else motion.rate
        return plus(times(rate, self.unit_velocity(point)), self.inner_rate(point))

    def omega(self, body: str) -> sp.Expr:
        """Angular velocity of a body per unit of drive rate."""
        motion = self.motions[self.place.owner[body]]
        turning = sp.S.Zero if motion is None else motion.rate * motion.omega
        if self.place.owner[body] != body and not self.place.mechanism.drive.sliding:
            turning += 1
        return turning

    def upstream(self, *bodies: str) -> tuple[tuple[Factor, ...], tuple[sp.Expr, ...]]:
        """Return the common factors of the bodies' motions, and for each body what is left of its rate."""
        motions = [self.motions[self.place.owner[body]] for body in bodies]
        chains = {motion.factors for motion in motions if motion is not None}
        if len(chains) == 1 and not self.floating:
            return chains.pop(), tuple(sp.S.One for _ in bodies)
        return (), tuple(sp.S.One if motion is None else motion.rate for motion in motions)

    def moment(self, start: PointName, end: PointName, vector: Vector) -> sp.Expr:
        """Cross product of a body's arm with a vector, each rigid constant used once."""
        owner = self.place.owner[start.body]
        c, s = self.place.direction(owner)
        local = minus(self.place.local(end), self.place.local(start))
        return cross(local, rotate((c, -s), vector))

    def along(self, point: PointName, vector: Vector) -> sp.Expr:
        """Component of a point's unit velocity along a vector, times its length."""
        motion = self.motions[self.place.owner[point.body]]
        if motion is None:
            return sp.S.Zero
        turning = motion.omega * self.moment(motion.anchor, point, vector) if motion.omega != 0 else sp.S.Zero
        return dot(motion.velocity, vector) + turning

    # -- groups ---------------------------------------------------------------------------------------------------

    def keep(self, body: str, factors: tuple[Factor, ...], omega: sp.Expr, anchor: PointName, velocity: Vector) -> None:
        """Keep a motion; a body that stands still gets none."""
        still = velocity == ZERO and (omega == 0 or any(factor.expression == 0 for factor in factors))
        still = still or any(factor.expression == 0 for factor in factors)
        self.motions[body] = None if still else Motion(factors, omega, anchor, velocity)

    def toggle(self, driving: PointName, expression: sp.Expr, link: str, vector: Vector, k: sp.Expr) -> Factor:
        """Numerator of a velocity ratio, zero where the driving point (at `k` times its rate) moves square to the link."""
        motion = self.motions[self.place.owner[driving.body]]
        length = sp.sqrt(norm2(vector))
        speed = plus(times(k, self.unit_velocity(driving)), self.inner_rate(driving))
        across = length * sp.sqrt(norm2(speed))
        if motion is not None and motion.velocity == ZERO and abs(motion.omega) == 1:
            return Factor(expression, 1, "toggle", f"toggle: {driving.body} x {link}", length * k, across)
        return Factor(expression, 1, "toggle", f"velocity of {driving} along {link}", None, across)

    def rrr(self, solved: SolvedGroup) -> None:
        """Two pinned links."""
        outer1, outer2 = solved.group.outer
        inner = solved.group.inner
        assert isinstance(outer1, PinLink) and isinstance(outer2, PinLink) and isinstance(inner, PinLink)
        one, two = solved.group.bodies
        w, v = solved.vectors["w"], solved.vectors["v"]
        chain, (k1, k2) = self.upstream(outer1.there.body, outer2.there.body)
        extra = minus(self.inner_rate(outer1.there), self.inner_rate(outer2.there))
        growth1 = minus(self.inner_rate(inner.here), self.inner_rate(outer1.here))
        growth2 = minus(self.inner_rate(inner.there), self.inner_rate(outer2.here))
        extra = plus(extra, minus(growth1, growth2))
        det = cross(v, w)

        def closing(vector: Vector) -> sp.Expr:
            return k1 * self.along(outer1.there, vector) - k2 * self.along(outer2.there, vector) + dot(extra, vector)

        for body, outer, other, link, vector in ((two, outer2, outer1, one, w), (one, outer1, outer2, two, v)):
            numerator = closing(vector)
            pin = self.unit_velocity(outer.there)
            pin = plus(times(k1 if outer is outer1 else k2, pin), self.inner_rate(outer.there))
            transmission = Factor(det, -1, "transmission", f"transmission: {two} x {one}")
            if pin == ZERO:
                toggle = self.toggle(other.there, numerator, link, vector, k2 if outer is outer1 else k1)
                self.keep(body, (*chain, toggle, transmission), sp.S.One, outer.here, ZERO)
            else:
                self.keep(body, chain, numerator / det, outer.here, pin)

    def rrp(self, solved: SolvedGroup) -> None:
        """A rod and a slider."""
        outer, joint = solved.group.outer
        inner = solved.group.inner
        assert isinstance(outer, PinLink) and isinstance(joint, Joint) and isinstance(inner, PinLink)
        rod, slider = solved.group.bodies
        (slide,) = solved.slides
        w, u = solved.vectors["w"], solved.vectors["u"]
        chain, (k1, k2) = self.upstream(outer.there.body, slide.guide)
        carried = times(k2, self.unit_velocity_at(slide.guide, self.place.at(inner.here)))
        pin = times(k1, self.unit_velocity(outer.there))
        det = dot(u, w)
        transmission = Factor(det, -1, "transmission", f"transmission: {rod} along {joint.name}")

        def closing(vector: Vector) -> sp.Expr:
            return k1 * self.along(outer.there, vector) - dot(carried, vector)

        if carried == ZERO:
            toggle = self.toggle(outer.there, closing(w), rod, w, k1)
            self.keep(slider, (*chain, toggle, transmission), sp.S.Zero, inner.there, u)
        else:
            guide = self.motions[self.place.owner[slide.guide]]
            omega = sp.S.Zero if guide is None else k2 * guide.omega
            self.keep(slider, chain, omega, inner.there, plus(carried, times(closing(w) / det, u)))
        turning = -closing(turned(u))
        if pin == ZERO:
            toggle = Factor(turning, 1, "toggle", f"{slide.guide} across {joint.name}")
            self.keep(rod, (*chain, toggle, transmission), sp.S.One, outer.here, ZERO)
        else:
            self.keep(rod, chain, turning / det, outer.here, pin)

    def rpr(self, solved: SolvedGroup) -> None:
        """Two pinned bodies that slide on each other."""
        outer1, outer2 = solved.group.outer
        joint = solved.group.inner
        assert isinstance(outer1, PinLink) and isinstance(outer2, PinLink) and isinstance(joint, Joint)
        one, two = solved.group.bodies
        forward = self.place.owner[joint.first.body] == one
        leader, follower = (outer1, outer2) if forward else (outer2, outer1)
        base, u = solved.vectors["D"], solved.vectors["u"]
        chain, (k1, k2) = self.upstream(follower.there.body, leader.there.body)
        det = dot(base, u)
        across = turned(u)
        extra = minus(self.inner_rate(follower.there), self.inner_rate(leader.there))
        numerator = k1 * self.along(follower.there, across) - k2 * self.along(leader.there, across) + dot(extra, across)
        transmission = Factor(det, -1, "transmission", f"distance of the pins along {joint.name}")
        toggle = Factor(numerator, 1, "toggle", f"velocity of the pins across {joint.name}")
        for body, link, k in ((one, outer1, k2 if forward else k1), (two, outer2, k1 if forward else k2)):
            pin = plus(times(k, self.unit_velocity(link.there)), self.inner_rate(link.there))
            if pin == ZERO:
                self.keep(body, (*chain, toggle, transmission), sp.S.One, link.here, ZERO)
            else:
                self.keep(body, chain, numerator / det, link.here, pin)

    def two_lines(self, body: str, anchor: PointName, own: tuple[Vector, Vector], other: tuple[Vector, Vector]) -> None:
        """Speed along `own` = (direction, guide's velocity) where the point also follows `other`; chains are multiplied out."""
        u1, moved1 = own
        u2, moved2 = other
        closing = cross(minus(moved2, moved1), u2)
        det = cross(u1, u2)
        if moved1 == ZERO:
            toggle = Factor(closing, 1, "toggle", f"drive against {body}", None, sp.sqrt(norm2(moved2)))
            self.keep(body, (toggle, Factor(det, -1, "transmission", f"slides of {body}")), sp.S.Zero, anchor, u1)
        else:
            self.keep(body, (), sp.S.Zero, anchor, plus(moved1, times(closing / det, u1)))

    def carried_at(self, body: str, position: Vector) -> Vector:
        """Velocity, per unit of drive rate, of the material point of `body` at `position`."""
        motion = self.motions[self.place.owner[body]]
        return ZERO if motion is None else times(motion.rate, self.unit_velocity_at(body, position))

    def spin(self, body: str, guide: str) -> None:
        """Add the guide's turning to a body that slides on it."""
        turning = self.omega(guide)
        motion = self.motions[body]
        if turning != 0 and motion is not None:
            velocity = times(motion.rate, motion.velocity)
            self.motions[body] = Motion((), turning, motion.anchor, velocity)

    def prp(self, solved: SolvedGroup) -> None:
        """Two sliders pinned to each other."""
        inner = solved.group.inner
        assert isinstance(inner, PinLink)
        one, two = solved.group.bodies
        slide1, slide2 = solved.slides
        position = self.place.at(inner.here)
        line1 = (solved.vectors["u1"], self.carried_at(slide1.guide, position))
        line2 = (solved.vectors["u2"], self.carried_at(slide2.guide, position))
        self.two_lines(one, inner.here, line1, line2)
        self.two_lines(two, inner.there, line2, line1)
        self.spin(one, slide1.guide)
        self.spin(two, slide2.guide)

    def rpp(self, solved: SolvedGroup) -> None:
        """A pinned body on a slider that slides on a guide."""
        outer = solved.group.outer[0]
        assert isinstance(outer, PinLink)
        body, slider = solved.group.bodies
        guide, middle = solved.slides
        pin = plus(self.velocity(outer.there), ZERO)
        position = self.place.at(outer.here)
        carried = self.carried_at(guide.guide, position)
        self.two_lines(slider, guide.carried, (solved.vectors["u1"], carried), (solved.vectors["u2"], pin))
        if carried != ZERO:
            along = minus(self.motions[slider].velocity, carried) if self.motions[slider] is not None else ZERO  # pyright: ignore
            own = plus(self.carried_at(guide.guide, self.place.at(guide.carried)), along)
            self.motions[slider] = Motion((), self.omega(guide.guide), guide.carried, own)
        self.keep(body, (), self.omega(middle.guide), outer.here, pin)

    def redundant(self, solved: SolvedGroup) -> None:
        """A body held more often than needed."""
        (body,) = solved.group.bodies
        pins = [link for link in solved.group.outer if isinstance(link, PinLink)]
        if len(pins) >= 2:
            w = solved.vectors["w"]
            first, second = self.velocity(pins[0].there), self.velocity(pins[1].there)
            turning = dot(minus(second, first), turned(w)) / dot(w, w)
            self.keep(body, (), turning, pins[0].here, first)
        elif pins:
            self.keep(body, (), self.omega(solved.slides[0].guide), pins[0].here, self.velocity(pins[0].there))
        else:
            one, two = solved.slides
            position = self.place.at(one.carried)
            line1 = (solved.vectors["u1"], self.carried_at(one.guide, position))
            line2 = (solved.vectors["u2"], self.carried_at(two.guide, position))
            if line1[1] == ZERO or line2[1] != ZERO:
                self.two_lines(body, one.carried, line1, line2)
            else:
                self.two_lines(body, one.carried, line2, line1)
            self.spin(body, one.guide)
