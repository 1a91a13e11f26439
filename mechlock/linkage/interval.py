"""Interval arithmetic over arrays of boxes, rounded outward.

An `Interval` holds two arrays, lower and upper ends, of any shapes that broadcast. IEEE 754 makes ``+ - * /`` and the square
root correctly rounded, so one step of `numpy.nextafter` outward encloses the exact result. Sine and cosine are not correctly
rounded everywhere; their results are widened by `WAVE_ERROR`, far more than the few units in the last place that vector
libraries lose. What cannot be bounded (a divisor that contains zero, a radicand below zero) becomes the whole line.

Source: Moore, Kearfott, Cloud, "Introduction to Interval Analysis", SIAM 2009.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

WAVE_ERROR = 2e-15
"""Bound on the absolute error of a library's sine or cosine (eight units in the last place of 1 would be 9e-16)."""

LARGEST_ANGLE = 1e3
"""Beyond this (rad) the argument reduction of a library is not relied upon."""


@dataclass(frozen=True)
class Interval:
    """Arrays of lower and upper ends; numbers and arrays of numbers in arithmetic with them are exact."""

    low: Array
    high: Array

    __array_ufunc__ = None  # numpy leaves arithmetic with arrays to this class

    def __add__(self, other: Any) -> Interval:
        other = enclosed(other)
        return _outward(self.low + other.low, self.high + other.high)

    def __sub__(self, other: Any) -> Interval:
        other = enclosed(other)
        return _outward(self.low - other.high, self.high - other.low)

    def __neg__(self) -> Interval:
        return Interval(-self.high, -self.low)

    def __rsub__(self, other: Any) -> Interval:
        return -self + other

    def __mul__(self, other: Any) -> Interval:
        other = enclosed(other)
        a, b = self.low * other.low, self.low * other.high
        c, d = self.high * other.low, self.high * other.high
        return _outward(np.minimum(np.minimum(a, b), np.minimum(c, d)), np.maximum(np.maximum(a, b), np.maximum(c, d)))

    __radd__, __rmul__ = __add__, __mul__

    def __truediv__(self, other: Any) -> Interval:
        other = enclosed(other)
        a, b = self.low / other.low, self.low / other.high
        c, d = self.high / other.low, self.high / other.high
        low = np.minimum(np.minimum(a, b), np.minimum(c, d))
        high = np.maximum(np.maximum(a, b), np.maximum(c, d))
        bad = (other.low <= 0.0) & (other.high >= 0.0)
        return _outward(np.where(bad, -np.inf, low), np.where(bad, np.inf, high))

    def __rtruediv__(self, other: Any) -> Interval:
        return enclosed(other) / self

    def __pow__(self, power: int) -> Interval:
        if power < 0:
            return 1.0 / self**-power
        if power < 2:
            return self if power else thin(np.ones_like(self.low))
        even = (self ** (power // 2)).squared()
        return even * self if power % 2 else even

    def squared(self) -> Interval:
        """Square, tighter than the product with itself where the interval contains zero."""
        a, b = self.low * self.low, self.high * self.high
        around = (self.low <= 0.0) & (self.high >= 0.0)
        squares = _outward(np.minimum(a, b), np.maximum(a, b))
        return Interval(np.where(around, 0.0, np.maximum(squares.low, 0.0)), squares.high)

    def root(self) -> Interval:
        """Square root; the whole line where the radicand reaches below zero."""
        bad = ~(self.low >= 0.0)
        result = _outward(np.sqrt(np.where(bad, 0.0, self.low)), np.sqrt(np.where(bad, 0.0, self.high)))
        return Interval(np.where(bad, -np.inf, np.maximum(result.low, 0.0)), np.where(bad, np.inf, result.high))

    def sine(self) -> Interval:
        """Sine (rad)."""
        return _wave(self, np.sin, np.pi / 2)

    def cosine(self) -> Interval:
        """Cosine (rad)."""
        return _wave(self, np.cos, 0.0)

    def within(self, other: Interval) -> Interval:
        """Intersection with another enclosure of the same numbers; one that is not a number says nothing."""
        return Interval(np.fmax(self.low, other.low), np.fmin(self.high, other.high))

    def total(self) -> Interval:
        """Sum over the first axis: n numbers, added in any order, err by less than n units of rounding of their sizes' sum."""
        slack = 4.0 * len(self.low) * np.finfo(float).eps
        low = self.low.sum(axis=0) - slack * np.abs(self.low).sum(axis=0)
        return _outward(low, self.high.sum(axis=0) + slack * np.abs(self.high).sum(axis=0))

    def at_least(self, floor: float) -> Interval:
        """Cut off what lies below a bound that is known otherwise."""
        return Interval(np.maximum(self.low, floor), np.maximum(self.high, floor))


def enclosed(value: Any) -> Interval:
    """Return an interval as it is, numbers as intervals without width."""
    return value if isinstance(value, Interval) else thin(np.asarray(value, dtype=np.float64))


def _outward(low: Array, high: Array) -> Interval:
    """Round outward by one step; what is not a number (0 times infinity, say) becomes the whole line."""
    down, up = np.nextafter(low, -np.inf), np.nextafter(high, np.inf)
    good = low <= high
    return Interval(down, up) if good.all() else Interval(np.where(good, down, -np.inf), np.where(good, up, np.inf))


def _wave(angle: Interval, function: np.ufunc, crest: float) -> Interval:
    """Sine or cosine, with its maximum 1 at `crest` + 2 pi k; a slack of 1e-9 rad errs towards containing a crest or trough."""
    a, b = function(angle.low), function(angle.high)
    low, high = np.minimum(a, b) - WAVE_ERROR, np.maximum(a, b) + WAVE_ERROR
    turn, slack = 2.0 * np.pi, 1e-9

    def reaches(peak: float) -> NDArray[np.bool_]:
        first = np.ceil((angle.low - peak - slack) / turn)
        return peak + first * turn <= angle.high + slack

    wild = ~(np.maximum(np.abs(angle.low), np.abs(angle.high)) <= LARGEST_ANGLE)
    low = np.where(wild | reaches(crest + np.pi), -1.0, np.maximum(low, -1.0))
    high = np.where(wild | reaches(crest), 1.0, np.minimum(high, 1.0))
    return Interval(low, high)


def thin(values: Array) -> Interval:
    """Intervals without width."""
    return Interval(values, values)
