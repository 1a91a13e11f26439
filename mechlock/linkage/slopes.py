"""Intervals with the interval of their derivative by one variable: the mean-value form of a closed-form program.

Source: Moore, Kearfott and Cloud, Introduction to Interval Analysis, SIAM 2009, chapters 2 and 3.
"""

from __future__ import annotations

from typing import Any

from mechlock.linkage.interval import Interval, enclosed


class Slope:
    """An interval with that of its derivative by one variable, for the mean-value form of a function."""

    __array_ufunc__ = None

    def __init__(self, value: Interval, slope: Interval | float = 0.0) -> None:
        self.value, self.slope = value, slope

    def __neg__(self) -> Slope:
        return Slope(-self.value, -self.slope)

    def __add__(self, other: Any) -> Slope:
        value, slope = _both(other)
        return Slope(self.value + value, self.slope + slope)

    def __sub__(self, other: Any) -> Slope:
        value, slope = _both(other)
        return Slope(self.value - value, self.slope - slope)

    def __rsub__(self, other: Any) -> Slope:
        return -self + other

    def __mul__(self, other: Any) -> Slope:
        value, slope = _both(other)
        return Slope(self.value * value, self.slope * value + self.value * slope)

    def __truediv__(self, other: Any) -> Slope:
        value, slope = _both(other)
        quotient = self.value / value
        return Slope(quotient, (self.slope - quotient * slope) / value)

    def __rtruediv__(self, other: Any) -> Slope:
        return Slope(*_both(other)) / self

    def __pow__(self, power: int) -> Slope:
        return Slope(self.value**power, self.value ** (power - 1) * power * self.slope)

    __radd__, __rmul__ = __add__, __mul__


def _both(value: Any) -> tuple[Any, Any]:
    return (value.value, value.slope) if isinstance(value, Slope) else (value, 0.0)


def root(value: Any) -> Any:
    """Square root of what of an interval is not negative."""
    if isinstance(value, Slope):
        found: Interval = root(value.value)
        return Slope(found, value.slope * 0.5 / found)
    return enclosed(value).at_least(0.0).root()


def cosine(value: Any) -> Any:
    """Cosine of angles (rad)."""
    if isinstance(value, Slope):
        return Slope(cosine(value.value), -sine(value.value) * value.slope)
    return enclosed(value).cosine()


def sine(value: Any) -> Any:
    """Sine of angles (rad)."""
    if isinstance(value, Slope):
        return Slope(sine(value.value), cosine(value.value) * value.slope)
    return enclosed(value).sine()
