"""Outward rounding, operation by operation, against exact fractions and 60-digit arithmetic."""

from __future__ import annotations

import math
from fractions import Fraction
from importlib import import_module

import mpmath
import numpy as np
import pytest

from mechlock.linkage.interval import Interval

checker = import_module("mechlock.proof.verify")
RNG = np.random.default_rng(7)


def _boxes(n: int = 400) -> tuple[Interval, Interval]:
    scale = 10.0 ** RNG.integers(-6, 7, (4, n))
    a, b, c, d = RNG.normal(size=(4, n)) * scale
    return Interval(np.minimum(a, b), np.maximum(a, b)), Interval(np.minimum(c, d), np.maximum(c, d))


def _encloses(result: Interval, index: int, exact: Fraction) -> bool:
    low, high = float(result.low[index]), float(result.high[index])
    return (low == -math.inf or Fraction(low) <= exact) and (high == math.inf or exact <= Fraction(high))


@pytest.mark.parametrize("name", ["add", "sub", "mul", "div"])
def test_arithmetic_encloses_exact_corners(name: str) -> None:
    exact = {"add": Fraction.__add__, "sub": Fraction.__sub__, "mul": Fraction.__mul__, "div": Fraction.__truediv__}[name]
    x, y = _boxes()
    with np.errstate(all="ignore"):
        result = {"add": x + y, "sub": x - y, "mul": x * y, "div": x / y}[name]
    for i in range(x.low.size):
        for a in (x.low[i], x.high[i], 0.5 * (x.low[i] + x.high[i])):
            for b in (y.low[i], y.high[i], 0.5 * (y.low[i] + y.high[i])):
                if b != 0.0 or name != "div":
                    assert _encloses(result, i, exact(Fraction(float(a)), Fraction(float(b))))


def test_division_by_an_interval_with_zero_is_the_whole_line() -> None:
    one, around = Interval(np.ones(1), np.ones(1)), Interval(np.array([-1.0]), np.array([1.0]))
    with np.errstate(all="ignore"):
        result = one / around
    assert result.low[0] == -np.inf
    assert result.high[0] == np.inf


def test_square_and_root_enclose_exact_values() -> None:
    x, _ = _boxes()
    squares = x.squared()
    size = Interval(np.minimum(np.abs(x.low), np.abs(x.high)), np.maximum(np.abs(x.low), np.abs(x.high)))
    roots = size.root()
    for i in range(x.low.size):
        for a in (x.low[i], x.high[i]):
            assert _encloses(squares, i, Fraction(float(a)) ** 2)
        assert squares.low[i] >= 0.0
        assert Fraction(float(roots.low[i])) ** 2 <= Fraction(float(size.low[i]))
        assert Fraction(float(roots.high[i])) ** 2 >= Fraction(float(size.high[i]))


def test_waves_enclose_sixty_digit_values() -> None:
    low = RNG.uniform(-20.0, 20.0, 300)
    angle = Interval(low, low + RNG.choice([0.0, 1e-9, 0.1, 2.0, 7.0], 300))
    sine, cosine = angle.sine(), angle.cosine()
    with mpmath.workdps(60):
        for i in range(300):
            for share in (0.0, 0.31, 1.0):
                x = mpmath.mpf(angle.low[i]) + mpmath.mpf(share) * (mpmath.mpf(angle.high[i]) - mpmath.mpf(angle.low[i]))
                assert sine.low[i] <= mpmath.sin(x) <= sine.high[i]
                assert cosine.low[i] <= mpmath.cos(x) <= cosine.high[i]


@pytest.mark.parametrize("angle", [math.pi / 2, -math.pi / 2, 3 * math.pi / 2, 0.0, math.pi, 2 * math.pi])
def test_waves_reach_their_crests(angle: float) -> None:
    box = Interval(np.array([angle - 0.01]), np.array([angle + 0.01]))
    for wave, function in ((box.sine(), math.sin), (box.cosine(), math.cos)):
        assert wave.low[0] <= function(angle) <= wave.high[0]
        if abs(function(angle)) > 0.5:
            assert max(abs(wave.low[0]), abs(wave.high[0])) == 1.0


# -- the checker's own integers -------------------------------------------------------------------------------------------


def _checker_boxes(n: int = 200) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    numbers = [[int(x * checker.ONE) for x in RNG.normal(size=4) * 10.0 ** RNG.integers(-4, 5)] for _ in range(n)]
    return [((min(a, b), max(a, b)), (min(c, d), max(c, d))) for a, b, c, d in numbers]


@pytest.mark.parametrize("name", ["add", "mul", "divide"])
def test_checker_arithmetic_encloses_exact_corners(name: str) -> None:
    one = checker.ONE
    exact = {"add": lambda a, b: a + b, "mul": lambda a, b: a * b / one, "divide": lambda a, b: a * one / b}[name]
    for x, y in _checker_boxes():
        try:
            low, high = getattr(checker, name)(x, y)
        except checker.Unknown:
            assert y[0] <= 0 <= y[1]
            continue
        for a in x:
            for b in y:
                assert low <= exact(Fraction(a), Fraction(b)) <= high


def test_checker_roots_and_squares() -> None:
    for x, _ in _checker_boxes():
        low, high = checker.square(x)
        assert all(low <= Fraction(a) ** 2 / checker.ONE <= high for a in x)
        size = (min(map(abs, x)), max(map(abs, x)))
        low, high = checker.root(size)
        assert low**2 <= size[0] * checker.ONE
        assert high**2 >= size[1] * checker.ONE


def test_checker_waves_and_pi() -> None:
    with mpmath.workdps(60):
        assert checker.PI[0] < mpmath.pi * checker.ONE < checker.PI[1]
        assert checker.PI[1] - checker.PI[0] < 10
        for _ in range(200):
            start = int(RNG.uniform(-8, 8) * checker.ONE)
            box = (start, start + int(RNG.choice([0.0, 1e-6, 0.2, 1.5]) * checker.ONE))
            for k, function in ((1, mpmath.sin), (0, mpmath.cos)):
                low, high = checker.wave(box, k)
                for share in (0, 1, 2, 3):
                    x = mpmath.mpf(box[0] + (box[1] - box[0]) * share // 3) / checker.ONE
                    assert low <= function(x) * checker.ONE <= high


def test_checker_waves_are_tight() -> None:
    low, high = checker.wave((checker.ONE, checker.ONE), 1)
    assert high - low < 64


def test_checker_refuses_what_it_cannot_bound() -> None:
    with pytest.raises(checker.Unknown):
        checker.divide((1, 2), (-1, 1))
    with pytest.raises(checker.Unknown):
        checker.root((-1, 1))
    with pytest.raises(checker.Unknown):
        checker.wave((0, 65 * checker.ONE), 0)
