"""The equations of a mechanism as an engineer writes them, as SymPy objects: loop closure, input and output, ratios, forces."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, cast

import sympy as sp

from mechlock.linkage.acceleration import AccelerationRatio, acceleration_ratio
from mechlock.linkage.assur import PinLink
from mechlock.linkage.input_output import InputOutput, input_output
from mechlock.linkage.link_angles import directions_in_angles, in_angles
from mechlock.linkage.mechanism import GROUND, Joint, Mechanism, PointName, Vector
from mechlock.linkage.named_rates import NamedRates, named_rates
from mechlock.linkage.program import Assignment, cross, minus, plus, rotate, times, unit
from mechlock.linkage.rates import Factor
from mechlock.linkage.symbolic import GeneralisedForce, SymbolicSolution, solve

_LEVER = 32
"""Operations at most of a lever that is written in body angles: a velocity ratio and the moment of the load."""


def equation(left: sp.Basic, right: sp.Basic) -> sp.Eq:
    """An equation that SymPy leaves as it is written."""
    return cast(sp.Eq, sp.Eq(left, right, evaluate=False))


@dataclass(frozen=True)
class Ratio:
    """A velocity ratio: a body's rate per unit of drive rate, as a product of factors where it is one.

    Attributes
    ----------
    body : str
        Whose.
    way : {"turning", "sliding", "x", "y"}
        Whether it is an angular velocity, or the speed (mm) of a body that does not turn: along its slide, or a component of it.
    expression : sympy.Expr
        In program symbols.
    factors : tuple of Factor
        Empty for a body with a general motion.
    by_angles : sympy.Expr or None
        The same in body angles ``theta_BODY``, where that is short: the form of textbooks.
    """

    body: str
    way: Literal["turning", "sliding", "x", "y"]
    expression: sp.Expr
    factors: tuple[Factor, ...]
    by_angles: sp.Expr | None = None

    @property
    def name(self) -> str:
        """Such as ``omega_crank``, ``v_slider``, ``vx_plate``."""
        letter = {"turning": "omega", "sliding": "v", "x": "vx", "y": "vy"}[self.way]
        return f"{letter}_{self.body}"

    @property
    def dead_centre(self) -> tuple[sp.Eq, ...]:
        """Equations of which one must hold for the body to stand still."""
        return tuple(equation(factor.expression, sp.S.Zero) for factor in self.factors if factor.power > 0)

    @property
    def mechanical_advantage(self) -> sp.Expr:
        """Ideal output torque or force over the drive's."""
        return 1 / self.expression


@dataclass(frozen=True)
class Lever:
    """Force of a load on the drive per newton of load, as it is written.

    Attributes
    ----------
    force : GeneralisedForce
        With the factors in program symbols.
    factors : tuple of sympy.Expr
        The same factors with ``omega_BODY`` for every velocity ratio in them.
    velocity : tuple of Assignment
        Velocity of the load's point, two components in named quantities, for a lever that is no product; else empty.
    by_angles : sympy.Expr or None
        The whole in body angles ``theta_BODY``, where that is short.
    """

    force: GeneralisedForce
    factors: tuple[sp.Expr, ...]
    velocity: tuple[Assignment, ...]
    by_angles: sp.Expr | None = None

    @property
    def by_velocity(self) -> sp.Expr:
        """The component of the point's velocity along the load."""
        x, y = (item.symbol for item in self.velocity)
        return x * sp.cos(self.force.direction) + y * sp.sin(self.force.direction)


@dataclass(frozen=True)
class Formulas:
    """Everything the report typesets.

    Attributes
    ----------
    solution : SymbolicSolution
        With the program of positions.
    angles : mapping of body to sympy.Symbol
        Body angles, as the loop equations use them.
    loop_closure : tuple of sympy.Eq
        Two per independent loop, and one of angles per slider in it.
    input_output : tuple of InputOutput
        Per dyad: the equation between its input and one output coordinate, and its polynomial.
    ratios : tuple of Ratio
        Velocity ratios of all moving bodies.
    transmission : mapping of joint to sympy.Expr
        Cosine of each dyad's transmission angle: of two links by the law of cosines.
    named : NamedRates or None
        Ratios in quantities named dyad by dyad, where they can be written so; those of the loads' points are among them.
    accelerations : tuple of AccelerationRatio
        Acceleration ratios of the bodies where there are none by name.
    levers : mapping of PointName to Lever
        Of each load of the lock.
    """

    solution: SymbolicSolution
    angles: dict[str, sp.Symbol]
    loop_closure: tuple[sp.Eq, ...]
    input_output: tuple[InputOutput, ...]
    ratios: tuple[Ratio, ...]
    transmission: dict[str, sp.Expr]
    named: NamedRates | None
    accelerations: tuple[AccelerationRatio, ...]
    levers: dict[PointName, Lever]


def formulas(mechanism: Mechanism) -> Formulas:
    """Derive all equations.

    Raises
    ------
    NoVerdict
        When the mechanism does not decompose into dyads.
    """
    solution = solve(mechanism)
    angles = {body: sp.Symbol(f"theta_{body}", real=True) for body in mechanism.moving}
    ratios = [ratio for body in mechanism.moving if not mechanism.bodies[body].virtual for ratio in _ratios(solution, body)]
    written = directions_in_angles(solution, angles)
    ratios = [_with_angles(solution, written, ratio) for ratio in ratios]
    points = [load.at for load in mechanism.lock.loads] if mechanism.lock is not None else []
    named = named_rates(solution, points)
    return Formulas(
        solution,
        angles,
        loop_closure(mechanism),
        input_output(solution, angles),
        tuple(ratios),
        transmission(solution),
        named,
        _accelerations(solution, ratios) if named is None else (),
        {point: _lever(solution, named, written, point) for point in points},
    )


def _accelerations(solution: SymbolicSolution, ratios: list[Ratio]) -> tuple[AccelerationRatio, ...]:
    """Of all bodies that turn unevenly."""
    found = [acceleration_ratio(solution, ratio.body) for ratio in ratios if ratio.way == "turning"]
    return tuple(ratio for ratio in found if ratio.expression != 0)


def _lever(solution: SymbolicSolution, named: NamedRates | None, written: dict[sp.Basic, sp.Basic], point: PointName) -> Lever:
    force = solution.generalised_force(point)
    by_angles = in_angles(solution, written, [(factor.expression, factor.power) for factor in force.factors], _LEVER)
    *ratio, moment = force.factors
    if by_angles is None and moment.kind == "load" and ratio and solution.rates.pivoted(point.body):
        turning = sp.Symbol(f"omega_{point.body}", real=True)
        by_angles = in_angles(solution, written, [(turning, 1), (moment.expression, 1)], _LEVER)
    own = {sp.Symbol(f"u{axis}_{point.body}_{point.point}", real=True) for axis in "xy"}
    velocity = tuple(item for item in (named.velocities if named is not None else ()) if item.symbol in own)
    if len(force.factors) == 1 and len(velocity) == 2:
        return Lever(force, (force.expression,), velocity, by_angles)
    return Lever(force, tuple(_shortened(factor.expression, solution) for factor in force.factors), (), by_angles)


def _shortened(expression: sp.Expr, solution: SymbolicSolution) -> sp.Expr:
    """An expression with ``omega_BODY`` for every velocity ratio in it."""
    for body in reversed(solution.mechanism.moving):
        ratio = solution.velocity_ratio(body)
        if not ratio.is_number:
            expression = expression.subs(ratio, sp.Symbol(f"omega_{body}", real=True))
    return expression


def _ratios(solution: SymbolicSolution, body: str) -> tuple[Ratio, ...]:
    """The velocity ratio of a body that turns or follows one direction; both components where it is carried without turning."""
    motion = solution.rates.motions[solution.rates.place.owner[body]]
    if motion is not None and motion.omega == 0 and solution.velocity_ratio(body) == 0:
        if _simple(motion.velocity):
            return (Ratio(body, "sliding", motion.rate, motion.factors),)
        x, y = times(motion.rate, motion.velocity)
        return Ratio(body, "x", x, ()), Ratio(body, "y", y, ())
    factors = motion.factors if motion is not None and abs(motion.omega) == 1 and _simple(motion.velocity) else ()
    return (Ratio(body, "turning", solution.velocity_ratio(body), factors),)


def _with_angles(solution: SymbolicSolution, written: dict[sp.Basic, sp.Basic], ratio: Ratio) -> Ratio:
    parts = [(factor.expression, factor.power) for factor in ratio.factors] or [(ratio.expression, 1)]
    return replace(ratio, by_angles=in_angles(solution, written, parts))


def _simple(velocity: Vector) -> bool:
    """Whether a unit velocity is zero or a bare direction."""
    return all(component.is_Symbol or component.is_number or (-component).is_Symbol for component in velocity)


def loop_closure(mechanism: Mechanism) -> tuple[sp.Eq, ...]:
    """Loop-closure equations in body angles ``theta_BODY`` and travels ``s_JOINT``: one loop for each joint beyond a tree.

    The tree reaches every body over the fewest joints from ground, so that loops are short.
    """
    direction: dict[str, Vector] = {GROUND: (sp.S.One, sp.S.Zero)}
    for body in mechanism.moving:
        direction[body] = unit(sp.Symbol(f"theta_{body}", real=True))
    origin: dict[str, Vector] = {GROUND: (sp.S.Zero, sp.S.Zero)}
    joints_to = {GROUND: 0}
    equations: list[sp.Eq] = []
    waiting = list(mechanism.joints)
    while waiting:
        reached = [j for j in waiting if j.first.body in origin or j.second.body in origin]
        joint = min(reached, key=lambda j: min(joints_to[body] for body in j.bodies if body in origin))
        waiting.remove(joint)
        step = _step(joint, direction)
        first, second = (rotate(direction[point.body], mechanism.local(point)) for point in (joint.first, joint.second))
        one, two = joint.bodies
        if one in origin and two in origin:
            gap = minus(plus(origin[two], second), plus(plus(origin[one], first), step))
            equations += [equation(_collected(component), sp.S.Zero) for component in gap if _collected(component) != 0]
        elif one in origin:
            origin[two], joints_to[two] = minus(plus(plus(origin[one], first), step), second), joints_to[one] + 1
        else:
            origin[one], joints_to[one] = minus(minus(plus(origin[two], second), step), first), joints_to[two] + 1
        if joint.kind == "prismatic":
            turned = [sp.S.Zero if body == GROUND else sp.Symbol(f"theta_{body}", real=True) for body in joint.bodies]
            equations.append(equation(turned[1], turned[0] + joint.angle))
    return tuple(equations)


def _collected(expression: sp.Expr) -> sp.Expr:
    whole = sp.expand(expression)
    return sp.collect(whole, sorted(whole.atoms(sp.sin, sp.cos), key=str))


def _step(joint: Joint, direction: dict[str, Vector]) -> Vector:
    if joint.kind == "revolute":
        return sp.S.Zero, sp.S.Zero
    return times(sp.Symbol(f"s_{joint.name}".replace("~", "_"), real=True), rotate(direction[joint.first.body], unit(joint.axis)))


def transmission(solution: SymbolicSolution) -> dict[str, sp.Expr]:
    """Cosine of the transmission angle of every RRR and RRP dyad, by its inner joint, in program symbols."""
    found: dict[str, sp.Expr] = {}
    for solved in solution.groups:
        inner = solved.group.inner
        if not isinstance(inner, PinLink):
            continue
        if solved.group.kind == "RRR":
            b, c, base = solved.sides
            found[inner.path[0][0].name] = (b**2 + c**2 - base) / (2 * b * c)
        elif solved.group.kind == "RRP":
            (b,) = solved.sides
            found[inner.path[0][0].name] = cross(solved.vectors["u"], solved.vectors["w"]) / b
    return found
