"""The symbolic solution of a mechanism: an ordered program of closed forms, one dyad after the other."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import product

import sympy as sp

from mechlock.errors import InputError, NoVerdict
from mechlock.linkage.assur import Decomposition, decompose, gruebler
from mechlock.linkage.dyads import write_group
from mechlock.linkage.mechanism import Mechanism, PointName, Vector
from mechlock.linkage.placement import ZERO, Placement, SolvedGroup
from mechlock.linkage.program import Assignment, Condition, Writer, dot, substitute, unit
from mechlock.linkage.rates import Factor, Rates

Signs = tuple[int, ...]
"""One of +1, -1 per dyad with two solutions, in the order of `SymbolicSolution.signs`."""


@dataclass(frozen=True)
class SymbolicSolution:
    """Closed-form positions.

    Attributes
    ----------
    mechanism : Mechanism
        What was solved.
    program : tuple of Assignment
        In order; right-hand sides hold parameters, ``mechanism.drive.symbol``, clearance offsets, assembly signs and earlier
        symbols, with + - * / sqrt, and sin and cos of the drive and of angle parameters only.
    conditions : tuple of Condition
        The assembly exists where all hold.
    signs : tuple of sympy.Symbol
        Assembly signs (+1 or -1).
    groups : tuple of SolvedGroup
        The dyads in order, with the vectors that velocities need.
    directions : mapping of body to (cos, sin)
        Unit vector of each body's x axis, in program symbols.
    points : mapping of PointName to (x, y)
        Position of every named point in ground's frame (mm), in program symbols.
    travels : mapping of joint to expression
        Travel of each prismatic joint (mm).
    unmodelled_offsets : tuple of str
        Joints whose clearance (a floating drive) or one-sidedness (a cam, eccentric or wedge that could lift off) is not in
        the program; no proof may be built on it then.
    redundant : tuple of str
        Bodies held more often than needed: the program leaves out conditions that hold at nominal dimensions only.
    """

    mechanism: Mechanism
    program: tuple[Assignment, ...]
    conditions: tuple[Condition, ...]
    signs: tuple[sp.Symbol, ...]
    groups: tuple[SolvedGroup, ...]
    directions: Mapping[str, Vector]
    points: Mapping[PointName, Vector]
    travels: Mapping[str, sp.Expr]
    unmodelled_offsets: tuple[str, ...]
    redundant: tuple[str, ...]
    rates: Rates

    def velocity_ratio(self, body: str) -> sp.Expr:
        """d(body angle)/d(drive), in program symbols (rad per rad or mm of drive)."""
        return self.rates.omega(body)

    def point_ratio(self, point: PointName) -> Vector:
        """d(position)/d(drive) of a point, in program symbols (mm per rad or mm of drive)."""
        return self.rates.velocity(point)

    def generalised_force(self, point: PointName) -> GeneralisedForce:
        """Return the force of a load at `point` on the drive, as a product of factors.

        By virtual work, Q = f . dP/d(drive), per newton of load in direction `delta` (rad in ground's frame).
        """
        delta = sp.Symbol("delta", real=True)
        force = unit(delta)
        rates = self.rates
        motion = rates.motions[rates.place.owner[point.body]]
        if motion is None or rates.inner_rate(point) != ZERO:
            whole = dot(rates.velocity(point), force)
            return GeneralisedForce(point, delta, (Factor(whole, 1, "general", f"load on {point} against the drive"),))
        load = rates.along(point, force)
        pivoted = motion.velocity == ZERO
        meaning = f"moment of the load about {motion.anchor}" if pivoted else f"component of the load along the motion of {point}"
        return GeneralisedForce(point, delta, (*motion.factors, Factor(load, 1, "load", meaning)))

    def all_signs(self) -> tuple[Signs, ...]:
        """Every combination of assembly signs."""
        return tuple(product((1, -1), repeat=len(self.signs)))

    def with_signs(self, signs: Signs) -> tuple[Assignment, ...]:
        """Return the program of one assembly mode."""
        return substitute(self.program, dict(zip(self.signs, map(sp.Integer, signs), strict=True)))


@dataclass(frozen=True)
class GeneralisedForce:
    """Force of a load on the drive per newton of load (mm for a turning drive, 1 for a sliding one).

    Attributes
    ----------
    point : PointName
        Where the load acts.
    direction : sympy.Symbol
        The load's direction ``delta`` (rad, ground's frame).
    factors : tuple of Factor
        Their product is the lever; its sign is the product of their signs.
    """

    point: PointName
    direction: sp.Symbol
    factors: tuple[Factor, ...]

    @property
    def expression(self) -> sp.Expr:
        """The whole lever."""
        return sp.Mul(*[factor.expression**factor.power for factor in self.factors])


@dataclass(frozen=True)
class _Derivation:
    """A mechanism, equal to any other from which the same equations follow."""

    mechanism: Mechanism = field(compare=False)
    key: tuple[Hashable, ...]


def solve(mechanism: Mechanism) -> SymbolicSolution:
    """Derive the closed-form positions; those of the mechanisms asked for last are kept.

    Raises
    ------
    InputError
        When one drive does not determine the motion.
    NoVerdict
        When the mechanism does not decompose into dyads; `mechlock.linkage.positions` still solves it numerically.
    """
    bodies = tuple((body.name, tuple(body.points.items()), body.virtual) for body in mechanism.bodies.values())
    key = (bodies, mechanism.joints, mechanism.drive, tuple(mechanism.nominal().items()), mechanism.where)
    return replace(_derive(_Derivation(mechanism, key)), mechanism=mechanism)


@lru_cache(maxsize=64)
def _derive(asked: _Derivation) -> SymbolicSolution:
    mechanism = asked.mechanism
    parts = decompose(mechanism)
    if parts.stuck and gruebler(mechanism) > 1:
        loose = ", ".join(body for body in parts.stuck if not mechanism.bodies[body].virtual)
        raise InputError(
            f"one drive does not determine the motion: with it fixed, {loose} can still move",
            f"{mechanism.where}: drive",
            f"the linkage has {gruebler(mechanism)} degrees of freedom: add a joint, or remove a body",
        )
    if parts.stuck:
        raise NoVerdict(
            f"there is no closed form: {', '.join(parts.stuck)} form a higher Assur group",
            mechanism.where,
            "positions are found numerically; proofs need a linkage made of dyads",
        )
    return _write(mechanism, parts)


def _write(mechanism: Mechanism, parts: Decomposition) -> SymbolicSolution:
    nominal = mechanism.nominal()
    values = {symbol: sp.Float(value, 17) for symbol, value in nominal.items()}
    nominal[mechanism.drive.symbol] = float(mechanism.drive.value.xreplace(values))  # pyright: ignore[reportArgumentType]
    writer = Writer({symbol.name for symbol in nominal}, nominal)
    place = Placement(mechanism, writer)
    groups = tuple(write_group(place, group) for group in parts.groups)
    points: dict[PointName, Vector] = {}
    for body in mechanism.bodies.values():
        for point in body.points:
            name = PointName(body.name, point)
            points[name] = place.at(name)
    directions = {name: place.direction(name) for name in mechanism.bodies}
    driven = mechanism.joint(mechanism.drive.joint)
    floating = "ground" not in driven.bodies and driven.clearance > 0.0
    return SymbolicSolution(
        mechanism,
        tuple(writer.assignments),
        tuple(writer.conditions),
        tuple(place.signs),
        groups,
        directions,
        points,
        dict(place.travels),
        (*((driven.name,) if floating else ()), *(joint.name for joint in mechanism.joints if joint.contact is not None)),
        tuple(group.group.bodies[0] for group in groups if group.group.kind == "redundant"),
        Rates.of(place, groups),
    )
