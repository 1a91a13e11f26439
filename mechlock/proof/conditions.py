"""The inequalities of a claim as tapes of the symbolic solution, one for each condition that the checker asks for.

The checker derives its conditions by itself. Here each is paired with the expression of the symbolic solution that the report
shows: conditions of assembly by their values at random points, sign factors by their place in the chain from drive to load and
by their values. A condition that finds no partner is left to the checker's own evaluation.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cached_property

import numpy as np
import sympy as sp

import mechlock.proof.verify as verify
from mechlock.errors import NoVerdict
from mechlock.linkage.mechanism import Mechanism
from mechlock.linkage.symbolic import Signs, SymbolicSolution, solve
from mechlock.proof import search
from mechlock.proof.tape import Compiler, Tape, values

AGREEMENT = 1e-7
"""Relative difference up to which two double-precision evaluations of one quantity are taken to agree."""


class Problem:
    """A lock as the prover sees it; the symbolic solution is made when a search asks for a tape.

    Parameters
    ----------
    mechanism : Mechanism
        The linkage.
    goals : verify.OverCentre
        The checker's conditions, in the order in which they are to be proved.

    Attributes
    ----------
    space : search.Coordinates
        The root box.
    """

    def __init__(self, mechanism: Mechanism, goals: verify.OverCentre) -> None:
        self.mechanism, self.goals = mechanism, goals
        variables = goals.linkage.variables
        index = {variable.name: place for place, variable in enumerate(variables)}
        discs = tuple(
            (index[f"clearance {joint.name} x"], index[f"clearance {joint.name} y"])
            for joint in goals.linkage.joints
            if joint.clearance
        )
        self.space = search.coordinates(goals.linkage.root(), [variable.unit == "deg" for variable in variables], discs)

    @cached_property
    def solution(self) -> SymbolicSolution:
        """The closed forms.

        Raises
        ------
        NoVerdict
            When they do not cover the whole box.
        """
        found = solve(self.mechanism)
        if found.unmodelled_offsets or found.redundant:
            parts = ", ".join((*found.unmodelled_offsets, *found.redundant))
            raise NoVerdict(f"the closed form does not cover {parts} over the whole box", self.mechanism.where)
        return found

    @cached_property
    def symbols(self) -> tuple[sp.Symbol, ...]:
        """One for each quantity of the root box, in the checker's order; for one that the solution lacks, a symbol of its own."""
        mechanism = self.mechanism
        named: dict[str, sp.Symbol] = {name: sp.Symbol(name, real=True) for name in mechanism.parameters}
        named[f"drive {mechanism.drive.joint}"] = mechanism.drive.symbol
        for joint in mechanism.joints:
            for axis, symbol in zip("xy", joint.offset, strict=True):
                if isinstance(symbol, sp.Symbol):
                    named[f"clearance {joint.written_as or joint.name} {axis}"] = symbol
        return tuple(named.get(v.name, sp.Symbol(v.name, real=True)) for v in self.goals.linkage.variables)

    @cached_property
    def partners(self) -> Mapping[str, sp.Expr]:
        """Expression in program symbols that is positive exactly where the condition of that name holds."""
        return _partners(self)

    @cached_property
    def _compiler(self) -> Compiler:
        compiler = Compiler(self.symbols)
        for symbol, sign in zip(self.solution.signs, self._signs(), strict=True):
            compiler.assign(symbol, sp.Integer(sign))
        for assignment in self.solution.program:
            compiler.assign(assignment.symbol, assignment.expression)
        return compiler

    def _signs(self) -> Signs:
        """Assembly signs whose body angles at nominal values are nearest to those of the file."""
        solution, choices = self.solution, self.solution.all_signs()
        if len(choices) == 1:
            return choices[0]
        compiler = Compiler((*self.symbols, *solution.signs))
        for assignment in solution.program:
            compiler.assign(assignment.symbol, assignment.expression)
        bodies = list(self.mechanism.assembly)
        tape = compiler.tape([part for body in bodies for part in solution.directions[body]])
        half_turn = verify.PI[0] / verify.ONE / 180.0
        nominal = [float(v.nominal) * (half_turn if v.unit == "deg" else 1.0) for v in self.goals.linkage.variables]
        nominal[[v.name.startswith("drive ") for v in self.goals.linkage.variables].index(True)] = self._drive()
        columns = np.array([[*nominal, *signs] for signs in choices], dtype=float).T
        with np.errstate(all="ignore"):
            table = np.array([np.broadcast_to(row, (len(choices),)) for row in values(tape, columns)])
        wanted = np.array([self.mechanism.assembly[body] for body in bodies])[:, None]
        misfit = 1.0 - np.cos(np.arctan2(table[1::2], table[0::2]) - wanted)
        return choices[int(np.argmin(np.where(np.isfinite(misfit), misfit, np.inf).sum(axis=0)))]

    def _drive(self) -> float:
        known = {symbol: sp.Float(value, 17) for symbol, value in self.mechanism.nominal().items()}
        return float(self.mechanism.drive.value.xreplace(known))  # pyright: ignore[reportArgumentType]

    def compile(self, outputs: Sequence[sp.Expr], floors: Mapping[sp.Expr, float] | None = None) -> Tape:
        """Compile expressions of the solution, with lower bounds known of some."""
        return self._compiler.tape(outputs, floors)

    def tape(self, name: str, floors: Mapping[str, float]) -> Tape | None:
        """Compile the partner of a condition; `floors` are lower bounds already proved of conditions of assembly."""
        if name not in self.partners:
            return None
        known = {self.partners[other]: floor for other, floor in floors.items() if other in self.partners}
        return self.compile([self.partners[name]], known)


def levers(case: Problem, load: str) -> list[list[tuple[sp.Expr, int]]]:
    """Factors of s Q/|f| with their powers, each positive; one list for each virtual motion of the play at the driving pins.

    Raises
    ------
    NoVerdict
        Where the symbolic solution has no counterpart of the checker's factors.
    """
    names, factors = _chain(case, load)
    lock = case.solution.mechanism.lock
    assert lock is not None
    assert lock.stop is not None
    force = case.solution.generalised_force(lock.load(load).at)
    delta = case.symbols[[variable.name for variable in case.goals.linkage.variables].index(f"direction {load}")]
    rest = [(factor.expression.subs(force.direction, delta), factor.power) for factor in force.factors if factor.power < 0]
    if not names:
        raise NoVerdict(f"the lever of {load!r} has no closed form", case.mechanism.where)
    options: list[list[sp.Expr]] = []
    for name, (expression, scale) in zip(names, factors, strict=True):
        options.append([expression])
        for variant in case.goals.variants(name)[1:]:
            if variant not in case.partners:
                raise NoVerdict(f"{variant} has no closed form", case.mechanism.where)
            sign = 1 if case.partners[name] == expression else -1
            options[-1].append(sign * scale * case.partners[variant])
    points = _points(case.goals.linkage)[:1]

    def positive(expression: sp.Expr) -> sp.Expr:
        return expression if _values(case, points, [expression])[0][0] > 0.0 else -expression

    return [[(positive(e), power) for e, power in [*((e, 1) for e in chosen), *rest]] for chosen in itertools.product(*options)]


def _partners(case: Problem) -> dict[str, sp.Expr]:
    solution, goals = case.solution, case.goals
    points = _points(goals.linkage)
    seen = {
        name: np.array([_value(goals, name, point) for point in points])
        for name in goals.conditions
        if not name.startswith("press")
    }
    found: dict[str, sp.Expr] = {}
    expressions = [condition.expression for condition in solution.conditions]
    by_value = _values(case, points, expressions)
    for name in goals.conditions:
        if name.startswith("assembly"):
            for expression, value in zip(expressions, by_value, strict=True):
                if np.allclose(value, seen[name], rtol=AGREEMENT, atol=0.0):
                    found.setdefault(name, expression)
    for load in goals.loads:
        names, factors = _chain(case, load)
        exact = [expression / scale for expression, scale in factors]
        for name, (expression, scale), value in zip(names, factors, _values(case, points, exact), strict=True):
            sign = np.sign(value[0] / seen[name][0])
            if np.allclose(sign * value, seen[name], rtol=AGREEMENT, atol=0.0):
                found[name] = int(sign) * expression
                found |= _carried(case, points, name, found[name] / scale)
    return found


def _chain(case: Problem, load: str) -> tuple[list[str], list[tuple[sp.Expr, sp.Expr]]]:
    """Sign factors from drive to load: the checker's names, and the solution's expressions with what scales them to it."""
    solution, goals = case.solution, case.goals
    delta = case.symbols[[variable.name for variable in goals.linkage.variables].index(f"direction {load}")]
    lock = solution.mechanism.lock
    assert lock is not None
    force = solution.generalised_force(lock.load(load).at)
    factors = [factor for factor in force.factors if factor.power > 0]
    names = [name for name, power in goals.loads[load] if power > 0 and not name.startswith("length")]
    if len(factors) != len(names):
        return [], []
    one = sp.Integer(1)
    # a toggle driven by a slide has no arm: its sine's scale is the link's length
    scales = [factor.scale or factor.sine_scale or one for factor in factors]
    return names, [(factor.expression.subs(force.direction, delta), scale) for factor, scale in zip(factors, scales, strict=True)]


def _carried(case: Problem, points: list[verify.Box], name: str, toggle: sp.Expr) -> dict[str, sp.Expr]:
    """Partner of a toggle whose driving pin carries its play round: the play adds its own lever to the pin's."""
    solution, goals = case.solution, case.goals
    variants = goals.variants(name)[1:]
    link = name.removeprefix("toggle ")
    dyad = next((dyad for dyad in goals.linkage.dyads if dyad.bodies[0] == link), None)
    if not variants or dyad is None or link not in solution.directions or dyad.inner.kind == "P":
        return {}
    local = solution.mechanism.bodies[link].points
    (x0, y0), (x1, y1) = local[dyad.outer[0].point(link)], local[dyad.inner.point(link)]
    (c, s), (x, y) = solution.directions[link], (x1 - x0, y1 - y0)
    length = sp.sqrt(x**2 + y**2) if y != 0 else x
    unit = ((c * x - s * y) / length, (s * x + c * y) / length)
    offset = next(joint.offset for joint in solution.mechanism.joints if (joint.written_as or joint.name) == dyad.outer[0].name)
    lever = unit[1] * offset[0] - unit[0] * offset[1]
    seen = np.array([_value(goals, variants[0], point) for point in points])
    for expression in (toggle + lever, toggle - lever):
        value = _values(case, points, [expression])[0]
        if np.allclose(value, seen, rtol=AGREEMENT, atol=0.0):
            return {variants[0]: expression}
    return {}


def _points(linkage: verify.Linkage) -> list[verify.Box]:
    """Three fixed points inside the root box, away from its middle and its symmetries."""
    rng = np.random.default_rng(20)
    shares = [[Fraction(int(k), 1000) for k in rng.integers(300, 700, len(linkage.variables))] for _ in range(3)]
    return [[_thin(v, share) for v, share in zip(linkage.variables, row, strict=True)] for row in shares]


def _thin(variable: verify.Variable, share: Fraction) -> tuple[Fraction, Fraction]:
    value = variable.low + share * (variable.high - variable.low)
    return value, value


def _value(goals: verify.OverCentre, name: str, point: verify.Box) -> float:
    try:
        return goals.prover.evaluate(name, point, False)[0][0] / verify.ONE
    except verify.Unknown:
        return np.nan


def _values(case: Problem, points: list[verify.Box], expressions: Sequence[sp.Expr]) -> list[np.ndarray]:
    tape = case.compile(expressions)
    columns = [[ends[0] / verify.ONE for ends in case.goals.linkage.intervals(point)] for point in points]
    with np.errstate(all="ignore"):
        return [np.broadcast_to(value, (len(points),)) for value in values(tape, np.array(columns).T)]
