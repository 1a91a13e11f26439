"""Input and output of a dyad: the link between them keeps its length, and what follows is a polynomial in the output.

With the output link's angle written as ``t = tan(theta/2)`` the equation is a quadratic one, Freudenstein's; with a slider's
travel it is one as it stands. Source: Norton, Design of Machinery, 6th ed., chapter 4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import sympy as sp

from mechlock.linkage.assur import PinLink, driven_bodies
from mechlock.linkage.mechanism import Vector
from mechlock.linkage.placement import SolvedGroup
from mechlock.linkage.program import cross, dot, flatten, minus, norm2, plus, rotate, times, unit
from mechlock.linkage.symbolic import SymbolicSolution


@dataclass(frozen=True)
class InputOutput:
    """The relation of one dyad.

    Attributes
    ----------
    words : str
        Which output from which input.
    relation : sympy.Eq
        The connecting link keeps its length, in the output's angle ``theta_BODY`` or travel ``s_JOINT``.
    unknown : sympy.Symbol
        ``t_BODY``, the tangent of half the output's angle, or its travel.
    coefficients : (sympy.Expr, sympy.Expr, sympy.Expr)
        Of the same relation as a polynomial of second degree in the unknown, the highest power's first; both roots are modes.
    """

    words: str
    relation: sp.Eq
    unknown: sp.Symbol
    coefficients: tuple[sp.Expr, sp.Expr, sp.Expr]

    @property
    def polynomial(self) -> sp.Eq:
        """The polynomial, set to zero."""
        a, b, c = self.coefficients
        return cast(sp.Eq, sp.Eq(a * self.unknown**2 + b * self.unknown + c, sp.S.Zero, evaluate=False))


def input_output(solution: SymbolicSolution, angles: dict[str, sp.Symbol]) -> tuple[InputOutput, ...]:
    """Relation between input and output of every RRR and RRP dyad."""
    return tuple(
        _relation(solution, solved, solved.group.outer[0], solved.group.inner, angles)
        for solved in solution.groups
        if solved.group.kind in {"RRR", "RRP"}
        and isinstance(solved.group.inner, PinLink)
        and isinstance(solved.group.outer[0], PinLink)
    )


def _relation(
    solution: SymbolicSolution, solved: SolvedGroup, outer: object, inner: object, angles: dict[str, sp.Symbol]
) -> InputOutput:
    assert isinstance(outer, PinLink) and isinstance(inner, PinLink)
    place = solution.rates.place
    one, two = solved.group.bodies
    square = norm2(minus(place.local(inner.here), place.local(outer.here)))
    other = solved.group.outer[1]
    if isinstance(other, PinLink):
        arm = minus(place.local(inner.there), place.local(other.here))
        base = minus(place.at(other.there), place.at(outer.there))
        gap = norm2(plus(base, rotate(unit(angles[two]), arm)))
        unknown = sp.Symbol(f"t_{two}", real=True)
        whole = _shorter(_written(solution, norm2(base) + norm2(arm) - square))
        along, across = (_shorter(_written(solution, 2 * part)) for part in (dot(base, arm), cross(arm, base)))
        coefficients = whole - along, 2 * across, whole + along
    else:
        (slide,) = solved.slides
        fixed = place.arm(two, slide.carried, inner.there)
        base = minus(plus(place.at(slide.guide_point), fixed), place.at(outer.there))
        way: Vector = times(sp.Integer(slide.sense), slide.along)
        unknown = sp.Symbol(f"s_{other.name}", real=True)
        gap = norm2(plus(base, times(unknown, way)))
        parts = 2 * dot(base, way), norm2(base) - square
        coefficients = sp.S.One, *(_shorter(_written(solution, part)) for part in parts)
    a, b, c = coefficients
    relation = sp.Eq(_written(solution, gap), square, evaluate=False)
    words = f"{two} from {outer.there.body}, by {one}"
    return InputOutput(words, cast(sp.Eq, relation), unknown, (a, b, c))


def _written(solution: SymbolicSolution, expression: sp.Expr) -> sp.Expr:
    """Without clearance offsets, and in the drive coordinate where the input is the driven body."""
    program = {item.symbol for item in solution.program}
    driven = {item.symbol for item in solution.program if _from_drive(item.expression, program, solution)}
    if len(expression.free_symbols & driven) == len(expression.free_symbols & program):
        expression = flatten(expression, [item for item in solution.program if item.symbol in driven])
    zero: dict[sp.Basic, sp.Basic] = {s: sp.S.Zero for pair in solution.mechanism.offsets.values() for s in pair[:2]}
    return cast(sp.Expr, expression.xreplace(zero))


def _shorter(expression: sp.Expr) -> sp.Expr:
    """With sin² + cos² = 1 where that leaves fewer operations."""
    spread = cast(sp.Expr, sp.expand(expression))
    squares = {power: 1 - sp.cos(power.base.args[0]) ** 2 for power in spread.atoms(sp.Pow) if _is_square_of_sine(power)}
    reduced = cast(sp.Expr, sp.expand(spread.xreplace(squares)))
    return min((expression, reduced), key=sp.count_ops)


def _is_square_of_sine(power: sp.Pow) -> bool:
    return power.exp == 2 and isinstance(power.base, sp.sin)


def _from_drive(expression: sp.Expr, program: set[sp.Symbol], solution: SymbolicSolution) -> bool:
    """Whether an assignment belongs to the driven body: sine, cosine, or a point from these alone."""
    _, carried = driven_bodies(solution.mechanism)
    direction = set(sp.Tuple(*solution.directions[carried]).free_symbols)
    return not expression.has(sp.sqrt) and set(expression.free_symbols) & program <= direction & program
