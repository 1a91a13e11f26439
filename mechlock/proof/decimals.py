"""Exact numbers as text."""

from __future__ import annotations

from fractions import Fraction


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
