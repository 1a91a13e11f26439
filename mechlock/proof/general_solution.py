"""The symbolic solution that a proof needs: constant angles as symbols, and rates with the play of pins carried round."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import sympy as sp

from mechlock.errors import NoVerdict
from mechlock.inputs.parameters import Parameter
from mechlock.linkage.mechanism import GROUND, Body, Mechanism, PointName, Vector
from mechlock.linkage.placement import ZERO
from mechlock.linkage.program import cross, dot, plus, times, turned
from mechlock.linkage.rates import Factor as LeverFactor
from mechlock.linkage.rates import Rates
from mechlock.linkage.symbolic import SymbolicSolution, solve


def general_solution(mechanism: Mechanism) -> tuple[SymbolicSolution, dict[sp.Symbol, sp.Expr]]:
    """Solve the mechanism with its constant angles as symbols; return also what they stand for.

    Raises
    ------
    NoVerdict
        When the closed form does not cover the whole box.
    """
    general, constants = _with_angles(mechanism)
    solution = solve(general)
    contacts = {joint.name for joint in mechanism.joints if joint.contact is not None}
    unmodelled = [name for name in solution.unmodelled_offsets if name not in contacts]
    if unmodelled:
        raise NoVerdict(f"the closed form does not cover {', '.join(unmodelled)} over the whole box", mechanism.where)
    return solution, constants


def _with_angles(mechanism: Mechanism) -> tuple[Mechanism, dict[sp.Symbol, sp.Expr]]:
    """Put symbols for constant angles, whose sines and cosines would turn into roots otherwise."""
    constants: dict[sp.Symbol, sp.Expr] = {}
    known: dict[sp.Expr, sp.Symbol] = {}

    def symbol(angle: sp.Expr) -> sp.Expr:
        if angle.free_symbols or (2 * angle / sp.pi).is_integer:
            return angle
        if angle not in known:
            known[angle] = sp.Symbol(f"_angle{len(known) + 1}", real=True)
            constants[known[angle]] = angle
        return known[angle]

    joints = [replace(joint, axis=symbol(joint.axis), angle=symbol(joint.angle)) for joint in mechanism.joints]
    bodies = dict(mechanism.bodies)
    for joint in joints:
        if joint.contact is not None and joint.contact.kind == "disc":
            radius, name = joint.contact.side * joint.contact.radii[1], joint.second.body
            foot = (radius * sp.sin(joint.axis), -radius * sp.cos(joint.axis))
            bodies[name] = Body(name, {**bodies[name].points, "foot": foot}, virtual=True)
    parameters = dict(mechanism.parameters)
    for name, angle in constants.items():
        value = float(sp.N(angle))
        parameters[name.name] = Parameter(value, value, value, "angle", (angle, angle, angle))
    return replace(mechanism, joints=tuple(joints), bodies=bodies, parameters=parameters), constants


def checker_names(mechanism: Mechanism) -> dict[sp.Symbol, sp.Expr]:
    """The checker's symbols for drive and clearances; a slot's block stands off its pin the other way."""
    names: dict[sp.Symbol, sp.Expr] = {mechanism.drive.symbol: sp.Symbol("_drive", real=True)}
    order = list(dict.fromkeys(joint.written_as or joint.name for joint in mechanism.joints))
    for joint in mechanism.joints:
        k = order.index(joint.written_as or joint.name) + 1
        for axis, symbol in zip("xy", joint.offset, strict=True):
            if isinstance(symbol, sp.Symbol):
                sense = -1 if joint.name.endswith("~pin") else 1
                names[symbol] = sense * sp.Symbol(f"_{axis}{k}", real=True)
    return names


@dataclass
class CarriedRates(Rates):
    """Velocities in which play of a driving pin turns with the driving body.

    Attributes
    ----------
    pins : mapping of PointName to (symbol, (x, y))
        For a driver's point a symbol that is one or zero, and the play beyond the pin.
    named : dict of symbol to expression
        Rates and velocities that got names of their own on the way.
    """

    pins: Mapping[PointName, tuple[sp.Symbol, Vector]]
    named: dict[sp.Symbol, sp.Expr] = field(default_factory=dict[sp.Symbol, sp.Expr])

    @classmethod
    def with_pins(cls, solution: SymbolicSolution, pins: Mapping[PointName, tuple[sp.Symbol, Vector]]) -> CarriedRates:
        """Derive the motions of all bodies of a solution again."""
        rates = cls(solution.rates.place, {GROUND: None}, pins)
        rates.derive(solution.groups)
        return rates

    def keep(self, body: str, factors: tuple[LeverFactor, ...], omega: sp.Expr, anchor: PointName, velocity: Vector) -> None:
        """Keep a motion; rate and velocity of a body without a pivot get names, so that each can be narrowed."""
        if velocity != ZERO and omega != 0:
            omega, velocity = self.name(self.collected(omega)), (self.name(velocity[0]), self.name(velocity[1]))
        super().keep(body, factors, omega, anchor, velocity)

    def collected(self, rate: sp.Expr) -> sp.Expr:
        """A rate with the difference of the outer pins' velocities by name, where it is that along a link over something."""
        numerator, divisor = rate.as_numer_denom()
        total = sp.expand(numerator)
        parts = {s: total.coeff(s) for s in total.free_symbols if str(s).startswith(("wx_", "wy_"))}
        if sp.expand(total - sp.Add(*[s * part for s, part in parts.items()])) != 0:
            return rate
        return sp.Add(*[s * self.name(part) for s, part in parts.items()]) / divisor

    def upstream(self, *bodies: str) -> tuple[tuple[LeverFactor, ...], tuple[sp.Expr, ...]]:
        """Return the common factors of the bodies' motions, and for each body what is left of its rate, by a name."""
        factors, rates = super().upstream(*bodies)
        return factors, tuple(map(self.name, rates))

    def name(self, expression: sp.Expr) -> sp.Expr:
        """Name an expression that is not a name or a number already."""
        if expression.is_Atom:
            return expression
        known = {value: symbol for symbol, value in self.named.items()}
        symbol = known.get(expression, sp.Symbol(f"_v{len(known) + 1}", real=True))
        self.named[symbol] = expression
        return symbol

    def along(self, point: PointName, vector: Vector) -> sp.Expr:
        """Component of a point's unit velocity along a vector, times its length."""
        motion = self.motions[self.place.owner[point.body]]
        if motion is not None and (motion.factors or motion.velocity != ZERO):
            x, y = self.unit_velocity(point)
            return dot((self.name(x), self.name(y)), vector)
        result = super().along(point, vector)
        if point not in self.pins or motion is None:
            return result
        symbol, play = self.pins[point]
        return result + symbol * motion.omega * cross(play, vector)

    def unit_velocity(self, point: PointName) -> Vector:
        """Velocity of a point over its body's rate."""
        result = super().unit_velocity(point)
        motion = self.motions[self.place.owner[point.body]]
        if point not in self.pins or motion is None:
            return result
        symbol, play = self.pins[point]
        return plus(result, times(symbol * motion.omega, turned(play)))


def carried_pins(mechanism: Mechanism, pins: Mapping[str, tuple[str, int]]) -> dict[PointName, tuple[sp.Symbol, Vector]]:
    """Points of driving bodies with a symbol and the play beyond them.

    `pins` has for a joint the symbol, and 1 or -1 where its first or its second body is the driving one.
    """
    found: dict[PointName, tuple[sp.Symbol, Vector]] = {}
    for joint in mechanism.joints:
        if joint.name in pins and joint.clearance:
            symbol, sense = pins[joint.name]
            driver = joint.first if sense > 0 else joint.second
            found[driver] = sp.Symbol(symbol, real=True), times(sp.Integer(sense), joint.offset)
    return found
