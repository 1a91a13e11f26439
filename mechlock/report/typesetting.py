"""SymPy expressions as MathML as textbooks set them, and table rows, for pages of equations."""

from __future__ import annotations

import html
from collections.abc import Iterable

import sympy as sp

from mechlock.report.mathml import inner

MATH = '<math xmlns="http://www.w3.org/1998/Math/MathML" displaystyle="true">'

SPACE = '<mspace width="0.17em"/>'
"""Between factors that are words or functions."""

MATH_FONTS = 'math { font-family: "STIX Two Math", "Cambria Math", "Latin Modern Math", "DejaVu Math TeX Gyre", math; }'
"""Style of formulas: fonts with the tables that indices, roots and brackets are placed by; without one they overlap."""

_ROUNDING = 1e-13


def typeset(expression: sp.Basic) -> str:
    """Return a SymPy expression as a MathML element."""
    return f"{MATH}{inner(expression)}</math>"


def typeset_equation(left: sp.Basic, right: sp.Basic) -> str:
    """Return ``left = right`` as a MathML element."""
    return f"{MATH}<mrow>{inner(left)}<mo>=</mo>{inner(right)}</mrow></math>"


def figures(value: float) -> str:
    """A value with six digits; 0 where it is rounding."""
    return f"{value:.6g}" if abs(value) > _ROUNDING else "0"


def words(text: str) -> str:
    """A description of a quantity, with the parts of names spelt out."""
    for end, spelt in ((", c", ", cosine"), (", s", ", sine"), (", wx", ", x"), (", wy", ", y")):
        if text.endswith(end):
            text = text.removesuffix(end) + spelt
    return html.escape(text.replace("~", " "))


def row(cells: Iterable[str]) -> str:
    """Return a table row of cells."""
    return f"<tr>{''.join(cells)}</tr>"
