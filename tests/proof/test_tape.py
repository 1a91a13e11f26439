"""The tape against SymPy's own numbers and against differences, and its enclosures against samples."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from mechlock.linkage.interval import Interval, thin
from mechlock.proof.tape import Compiler, Tape, enclose, values

X, Y, Z = sp.symbols("x y z", real=True)
EXPRESSIONS = [
    X + Y - Z,
    X * Y / Z,
    sp.sqrt(X**2 + Y**2) / 3,
    sp.sin(X) * sp.cos(Y) - Z**3,
    (X - Y) * (X + Y) / (2 * Z),
    -X + sp.Rational(1, 3) - sp.pi * Y,
    1 / sp.sqrt(X + Y),
    (X + Z) ** sp.Rational(3, 2) + sp.tan(X / 10),
    sp.Abs(X - Y),
]


def _tape(expression: sp.Expr) -> Tape:
    return Compiler((X, Y, Z)).tape([expression])


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=str)
def test_values_agree_with_sympy(expression: sp.Expr) -> None:
    points = np.array([[1.3, 2.0], [0.7, 0.4], [2.1, 5.0]])
    found = values(_tape(expression), points)[0]
    for column in range(2):
        exact = expression.subs(dict(zip((X, Y, Z), map(sp.Float, points[:, column]), strict=True))).evalf(30)
        assert found[column] == pytest.approx(float(exact), rel=1e-12)


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=str)
def test_gradients_agree_with_symbolic_ones(expression: sp.Expr) -> None:
    tape, point = _tape(expression), np.array([[1.3], [0.7], [2.1]])
    results = tape.forward(thin(point))
    slopes = tape.gradient(results, tape.outputs[0], 1)
    for row, symbol in enumerate((X, Y, Z)):
        exact = float(sp.diff(expression, symbol).subs(dict(zip((X, Y, Z), point[:, 0], strict=True))))
        assert slopes.low[row, 0] - 1e-12 <= exact <= slopes.high[row, 0] + 1e-12
        assert slopes.high[row, 0] - slopes.low[row, 0] < 1e-9


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(EXPRESSIONS), st.floats(0.0, 0.4), st.integers(0, 2**31))
def test_enclosures_hold_samples(expression: sp.Expr, width: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    low = rng.uniform(0.6, 3.0, (3, 1))
    box, tape = Interval(low, low + width), _tape(expression)
    results = tape.forward(box)
    slopes, found = tape.gradient(results, tape.outputs[0], 1), results[tape.outputs[0]]
    points = low + width * rng.uniform(size=(3, 50))
    sampled = values(tape, points)[0]
    assert np.all(sampled >= found.low - 1e-13 * np.abs(sampled))
    assert np.all(sampled <= found.high + 1e-13 * np.abs(sampled))
    step = sampled[1:] - sampled[:-1]
    moves = thin(points[:, 1:] - points[:, :-1])
    change = slopes * moves
    assert np.all(step <= change.high.sum(0) + 1e-9)
    assert np.all(step >= change.low.sum(0) - 1e-9)


def test_floors_cut_an_enclosure() -> None:
    compiler = Compiler((X, Y, Z))
    tape = compiler.tape([sp.sqrt(X - Y)], {X - Y: 0.5})
    box = Interval(np.zeros((3, 1)), np.ones((3, 1)))
    assert tape.forward(box)[tape.outputs[0]].low[0] == pytest.approx(np.sqrt(0.5))


def test_constants_are_enclosed() -> None:
    for number in (sp.Rational(1, 3), sp.pi, sp.pi * sp.Rational(31, 60), sp.Rational(1, 2)):
        low, high = enclose(number)
        assert sp.Rational(low) <= number.evalf(40) + sp.Float("1e-35", 40)
        assert sp.Rational(high) >= number.evalf(40) - sp.Float("1e-35", 40)
    assert enclose(sp.Rational(1, 2)) == (0.5, 0.5)


def test_equal_subexpressions_are_computed_once() -> None:
    tape = Compiler((X, Y, Z)).tape([(X + Y) ** 2 + sp.sin(X + Y)])
    assert sum(step.kind == "add" for step in tape.operations) == 2
