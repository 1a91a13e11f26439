"""Acceleration ratios as formulas: second derivatives by the drive, in program symbols and velocity ratios ``omega_BODY``.

Vectors that turn with a body change by its velocity ratio times themselves turned by a right angle, points by their own velocity
ratios; what remains is differentiated along the program. With a drive at rate r and acceleration a, a body's angular acceleration
is ``alpha r^2 + omega a``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import sympy as sp

from mechlock.linkage.mechanism import GROUND, Vector
from mechlock.linkage.symbolic import SymbolicSolution


@dataclass(frozen=True)
class AccelerationRatio:
    """Second derivative of a body's angle by the drive.

    Attributes
    ----------
    body : str
        Whose.
    expression : sympy.Expr
        In program symbols and those of `velocity_ratios`.
    velocity_ratios : mapping of sympy.Symbol to sympy.Expr
        What the symbols ``omega_BODY`` stand for, in program symbols.
    """

    body: str
    expression: sp.Expr
    velocity_ratios: dict[sp.Symbol, sp.Expr]

    @property
    def whole(self) -> sp.Expr:
        """The expression in program symbols alone."""
        return cast(sp.Expr, self.expression.xreplace(dict(self.velocity_ratios)))


class _Derivative:
    def __init__(self, solution: SymbolicSolution) -> None:
        self.solution = solution
        self.drive = solution.mechanism.drive.symbol
        self.omegas: dict[str, sp.Symbol] = {}
        self.known: dict[sp.Basic, sp.Expr] = {self.drive: sp.S.One}
        self.program = {item.symbol: item.expression for item in solution.program}
        for name, point in solution.points.items():
            if name.body != GROUND:
                self._pair(point, solution.point_ratio(name))
        for body, direction in solution.directions.items():
            if body != GROUND:
                self._turning(direction, body)
        for solved in solution.groups:
            for key, body in zip(("w", "v"), solved.group.bodies, strict=False):
                if key in solved.vectors and solved.group.kind in {"RRR", "RRP"}:
                    self._turning(solved.vectors[key], body)

    def omega(self, body: str) -> sp.Expr:
        """Velocity ratio of a body, as a symbol unless it is a number."""
        ratio = self.solution.velocity_ratio(body)
        if ratio.is_number:
            return ratio
        return self.omegas.setdefault(body, sp.Symbol(f"omega_{body}", real=True))

    def _pair(self, vector: Vector, derivative: Vector) -> None:
        for component, change in zip(vector, derivative, strict=True):
            if component.is_Symbol:
                self.known[component] = change

    def _turning(self, vector: Vector, body: str) -> None:
        omega = self.omega(body)
        self._pair(vector, (-omega * vector[1], omega * vector[0]))

    def of(self, expression: sp.Expr) -> sp.Expr:
        """Derivative of an expression by the drive."""
        total = sp.S.Zero
        for symbol in sorted(expression.free_symbols, key=str):
            if symbol in self.known or symbol in self.program:
                total += sp.diff(expression, symbol) * self._symbol(cast(sp.Symbol, symbol))
        return total

    def _symbol(self, symbol: sp.Symbol) -> sp.Expr:
        if symbol not in self.known:
            self.known[symbol] = self._assigned(symbol, self.program[symbol])
        return self.known[symbol]

    def _assigned(self, symbol: sp.Symbol, expression: sp.Expr) -> sp.Expr:
        """Derivative of an assignment; of a root by its logarithm, so that the assembly's sign stays in the symbol."""
        if all(power.exp.is_integer for power in expression.atoms(sp.Pow)):
            return self.of(expression)
        total = sp.S.Zero
        for factor in sp.Mul.make_args(expression):
            base, power = factor.as_base_exp()
            for part in sp.Mul.make_args(base):
                change = self.of(part)
                if change != 0:
                    total += power * change / part
        return symbol * total


def acceleration_ratio(solution: SymbolicSolution, body: str) -> AccelerationRatio:
    """Derive the acceleration ratio of a body, ``d2(angle)/d(drive)2``."""
    rule = _Derivative(solution)
    ratio = solution.velocity_ratio(body)
    if ratio.is_Mul:  # a quotient N/D: (N' - omega D')/D
        top, bottom = ratio.as_numer_denom()
        expression = (rule.of(top) - rule.omega(body) * rule.of(bottom)) / bottom
    else:
        expression = rule.of(ratio)
    ratios: dict[sp.Symbol, sp.Expr] = {}
    waiting = [symbol for symbol in expression.free_symbols if symbol in set(rule.omegas.values())]
    names = {symbol: name for name, symbol in rule.omegas.items()}
    for symbol in sorted(waiting, key=str):
        ratios[cast(sp.Symbol, symbol)] = solution.velocity_ratio(names[cast(sp.Symbol, symbol)])
    return AccelerationRatio(body, expression, ratios)
