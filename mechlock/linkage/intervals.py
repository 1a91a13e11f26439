"""Interval arithmetic on arrays, rounded outwards: what a closed-form program can be over boxes of the drive coordinate.

Source: Moore, Kearfott and Cloud, Introduction to Interval Analysis, SIAM 2009, chapters 2 and 3.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mechlock.linkage.constraints import Array, Bools

_ULPS = 4.0 * float(np.finfo(np.float64).eps)
"""Twice what sine and cosine of the C library may be off, relative to one."""


class Interval:
    """Lower and upper ends, arrays of one shape; where nothing is known they are infinite."""

    __array_ufunc__ = None  # numpy scalars leave arithmetic to this class

    def __init__(self, low: Any, high: Any) -> None:
        unknown = np.isnan(low) | np.isnan(high)
        self.low: Array = np.where(unknown, -np.inf, np.nextafter(low, -np.inf))
        self.high: Array = np.where(unknown, np.inf, np.nextafter(high, np.inf))

    def __neg__(self) -> Interval:
        return Interval(-self.high, -self.low)

    def __add__(self, other: Any) -> Interval:
        low, high = _ends(other)
        return Interval(self.low + low, self.high + high)

    def __sub__(self, other: Any) -> Interval:
        low, high = _ends(other)
        return Interval(self.low - high, self.high - low)

    def __rsub__(self, other: Any) -> Interval:
        return -self + other

    def __mul__(self, other: Any) -> Interval:
        corners = np.stack([a * b for a in (self.low, self.high) for b in _ends(other)])
        return Interval(corners.min(axis=0), corners.max(axis=0))

    def __truediv__(self, other: Any) -> Interval:
        return self * _reciprocal(other)

    def __rtruediv__(self, other: Any) -> Interval:
        return _reciprocal(self) * other

    def __pow__(self, power: int) -> Interval:
        if power < 0:
            return _reciprocal(self ** (-power))
        ends = np.stack([self.low**power, self.high**power])
        low = np.where((self.low < 0.0) & (self.high > 0.0) & (power % 2 == 0), 0.0, ends.min(axis=0))
        return Interval(low, ends.max(axis=0))

    __radd__, __rmul__ = __add__, __mul__

    @property
    def positive(self) -> Bools:
        """Where it certainly is."""
        return np.asarray(self.low > 0.0)

    @property
    def negative(self) -> Bools:
        """Where it certainly is."""
        return np.asarray(self.high < 0.0)


def _ends(value: Any) -> tuple[Any, Any]:
    return (value.low, value.high) if isinstance(value, Interval) else (value, value)


def _reciprocal(value: Any) -> Interval:
    low, high = (np.asarray(end, dtype=np.float64) for end in _ends(value))
    through = (low <= 0.0) & (high >= 0.0)
    return Interval(np.where(through, np.nan, 1.0 / high), np.where(through, np.nan, 1.0 / low))


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
    low, high = _ends(value)
    return Interval(np.sqrt(np.maximum(low, 0.0)), np.sqrt(np.maximum(high, 0.0)))


def cosine(value: Any) -> Any:
    """Cosine of angles (rad)."""
    if isinstance(value, Slope):
        return Slope(cosine(value.value), -sine(value.value) * value.slope)
    low, high = (np.asarray(end, dtype=np.float64) for end in _ends(value))
    ends = np.stack([np.cos(low), np.cos(high)])
    turn, slack = 2.0 * np.pi, _ULPS * (1.0 + np.maximum(np.abs(low), np.abs(high)))
    top = np.floor((high + slack) / turn) >= np.ceil((low - slack) / turn)
    bottom = np.floor((high + slack - np.pi) / turn) >= np.ceil((low - slack - np.pi) / turn)
    least = np.where(bottom, -1.0, np.maximum(ends.min(axis=0) - _ULPS, -1.0))
    return Interval(least, np.where(top, 1.0, np.minimum(ends.max(axis=0) + _ULPS, 1.0)))


def sine(value: Any) -> Any:
    """Sine of angles (rad)."""
    if isinstance(value, Slope):
        return Slope(sine(value.value), cosine(value.value) * value.slope)
    low, high = _ends(value)
    return cosine(Interval(low, high) - 0.5 * np.pi)
