"""SymPy expressions as the formulas that the checker reads, written in the order in which the tape evaluates them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy as sp

from mechlock.errors import NoVerdict

GREATEST_POWER = 8


def formula_text(expression: Any, constants: Mapping[sp.Symbol, sp.Expr]) -> str:
    """Write an expression with + - * / ** sqrt sin cos and names; `constants` are written out."""
    return _Text(constants).write(expression)


class _Text:
    def __init__(self, constants: Mapping[sp.Symbol, sp.Expr]) -> None:
        self.constants = constants

    def write(self, expression: Any) -> str:
        if expression in self.constants:
            return f"({self.write(self.constants[expression])})"
        if isinstance(expression, sp.Symbol):
            return expression.name
        if isinstance(expression, sp.Rational):
            return f"({expression})" if expression < 0 or expression.q != 1 else str(expression)
        if expression is sp.pi:
            return "pi"
        if isinstance(expression, sp.Add):
            return self.sum(expression)
        if isinstance(expression, sp.Mul):
            return self.product(expression)
        if isinstance(expression, sp.Pow):
            return self.power(expression.base, expression.exp)
        if isinstance(expression, (sp.sin, sp.cos, sp.tan)):
            return f"{expression.func.__name__}({self.write(expression.args[0])})"
        raise NoVerdict(f"the certificate has no word for {expression!s}", mend="use + - * / sqrt sin cos in coordinates")

    def sum(self, expression: sp.Add) -> str:
        text = ""
        for term in sorted(expression.args, key=lambda term: term.could_extract_minus_sign()):
            minus = term.could_extract_minus_sign()
            part = self.write(-term if minus else term)
            text += (f" - {part}" if minus else f" + {part}") if text else (f"-{part}" if minus else part)
        return f"({text})"

    def product(self, expression: sp.Mul) -> str:
        if expression.args[0] == -1:
            return f"(-{self.write(sp.Mul(*expression.args[1:]))})"
        above, below = sp.fraction(expression)
        if below != 1:
            return f"({self.write(above)}/{self.write(below)})"
        return f"({'*'.join(self.write(factor) for factor in expression.args)})"

    def power(self, base: Any, exponent: Any) -> str:
        if exponent.is_negative:
            return f"(1/{self.write(base**-exponent)})"
        if exponent == sp.Rational(1, 2):
            return f"sqrt({self.write(base)})"
        if isinstance(exponent, sp.Rational) and exponent.q == 2:
            return f"({self.write(base ** (exponent.p // 2))}*sqrt({self.write(base)}))"
        if exponent.is_Integer and 1 < exponent <= GREATEST_POWER:
            return f"{self.write(base)}**{exponent}"
        raise NoVerdict(f"the certificate has no word for the power {exponent!s}")
