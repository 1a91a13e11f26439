"""Velocity ratios in closed form, in the cross products an engineer recognises, and the force of a load on the drive.

For a four-bar: ``omega_out / omega_in = (crank x coupler) / (rocker x coupler)``, with each link as a vector; the numerator
vanishes at dead centre, the denominator where the transmission angle does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import sympy as sp

from mechlock.linkage.assur import driven_bodies
from mechlock.linkage.mechanism import GROUND, PointName, Vector
from mechlock.linkage.placement import ZERO, Placement, SolvedGroup
from mechlock.linkage.program import cross, dot, minus, plus, rotate, times, turned, unit

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
        from mechlock.linkage.dyad_rates import FORMS

        self.start()
        for group in groups:
            FORMS[group.group.kind](self, group)

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

    def pivoted(self, body: str) -> bool:
        """Whether a body turns, at its rate, about a point that stands still."""
        motion = self.motions[self.place.owner[body]]
        return motion is not None and motion.velocity == ZERO and motion.omega == 1

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

    def keep(self, body: str, factors: tuple[Factor, ...], omega: sp.Expr, anchor: PointName, velocity: Vector) -> None:
        """Keep a motion; a body that stands still gets none."""
        still = velocity == ZERO and (omega == 0 or any(factor.expression == 0 for factor in factors))
        still = still or any(factor.expression == 0 for factor in factors)
        self.motions[body] = None if still else Motion(factors, omega, anchor, velocity)
