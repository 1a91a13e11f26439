"""SymPy expressions as MathML, and table rows, for pages of equations."""

from __future__ import annotations

from collections.abc import Iterable

import sympy as sp
from sympy.printing.mathml import mathml

MATH = '<math xmlns="http://www.w3.org/1998/Math/MathML" displaystyle="true">'


_LEADS = {f"{letter}{axis}": f"{letter}^{axis}" for letter in "agnrv" for axis in "xy"} | {
    "wx": "w^x",
    "wy": "w^y",
    "ux": "u^x",
    "uy": "u^y",
    "L2": "Lambda",
    "l2": "lambda",
    "l": "ℓ",
    "far": "p",
    "near": "q",
}


_GREEK = {"mu", "nu", "xi", "pi", "phi", "chi", "psi", "rho", "tau", "eta"}


def inner(expression: sp.Basic) -> str:
    """MathML of an expression, program symbols renamed to a letter with indices."""
    renamed: dict[sp.Basic, sp.Basic] = {}
    for symbol in expression.free_symbols:
        lead, _, rest = str(symbol).partition("_")
        if lead in _LEADS and rest:
            renamed[symbol] = sp.Symbol(f"{_LEADS[lead]}_{rest}", real=True)
        elif not rest and 2 <= len(lead) <= 3 and lead.isalnum() and lead.lower() not in _GREEK:
            renamed[symbol] = sp.Symbol(f"{lead[0]}_{lead[1:]}", real=True)
    return mathml(expression.xreplace(renamed), printer="presentation", fold_short_frac=False)


def typeset(expression: sp.Basic) -> str:
    """Return a SymPy expression as a MathML element."""
    return f"{MATH}{inner(expression)}</math>"


def typeset_equation(left: sp.Basic, right: sp.Basic) -> str:
    """Return ``left = right`` as a MathML element."""
    return f"{MATH}<mrow>{inner(left)}<mo>=</mo>{inner(right)}</mrow></math>"


def row(cells: Iterable[str]) -> str:
    """Return a table row of cells."""
    return f"<tr>{''.join(cells)}</tr>"
