"""Exact numbers as text."""

from __future__ import annotations

import math
from fractions import Fraction

DIGITS = 6
"""Decimals to which lengths (mm), angles (deg) and forces (N) of a derived linkage are rounded, always outward."""


def decimal(value: Fraction) -> str:
    """Write a fraction exactly: as a decimal where it ends, else as a quotient."""
    text = str(value)
    twos = (value.denominator & -value.denominator).bit_length() - 1
    fives, places = value.denominator >> twos, 0
    while fives % 5 == 0:
        fives, places = fives // 5, places + 1
    places = max(twos, places)
    if fives != 1 or value.denominator == 1:
        return text
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    return ("-" if value < 0 else "") + f"{digits[:-places]}.{digits[-places:]}".rstrip("0").rstrip(".")


def up(value: float) -> str:
    """Write a number with `DIGITS` decimals, rounded up."""
    return f"{math.ceil(value * 10**DIGITS + 1e-3) / 10**DIGITS:.{DIGITS}f}"


def down(value: float) -> str:
    """Write a number with `DIGITS` decimals, rounded down."""
    return f"{math.floor(value * 10**DIGITS - 1e-3) / 10**DIGITS:.{DIGITS}f}"
