"""Formulas are set as textbooks set them."""

from __future__ import annotations

import re

import pytest
import sympy as sp

from mechlock.report.mathml import inner, name_parts

A, B, PHI = sp.symbols("a b phi", real=True)


def text(expression: sp.Basic) -> str:
    """What a reader sees, one line, spaces for `mspace`."""
    return re.sub(r"<[^>]*>", "", re.sub(r"<mspace[^>]*/>", " ", inner(expression)))


@pytest.mark.parametrize(
    ("expression", "shown"),
    [
        (A * sp.cos(PHI), "a cos φ"),
        (sp.sin(PHI) ** 2, "sin2 φ"),
        (B - A * sp.cos(PHI), "b−a cos φ"),
        (sp.Mul(-1, A + B, evaluate=False), "−(a+b)"),
        (A * (A + B) * sp.sin(PHI + A), "a (a+b) sin(a+φ)"),
        (-A / 2, "−a2"),
    ],
)
def test_products_sums_and_functions(expression: sp.Expr, shown: str) -> None:
    assert text(expression) == shown


def test_names_of_a_program_become_letters_with_indices() -> None:
    assert name_parts("wx_coupler_B") == ("w", "x", "coupler\N{NO-BREAK SPACE}B")
    assert name_parts("L2_B") == ("Λ", "", "B")
    assert name_parts("omega_hook") == ("ω", "", "hook")
    assert name_parts("xC") == ("x", "", "C")
    assert name_parts("psi") == ("ψ", "", "")
    assert name_parts("pitch") == ("pitch", "", "")


def test_a_component_is_squared_in_brackets() -> None:
    assert text(sp.Symbol("wx_link") ** 2) == "(wlinkx)2"
