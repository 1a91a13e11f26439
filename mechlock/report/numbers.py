"""Figures as an engineer writes them: three significant digits, a sign on margins, and never ``nan``."""

from __future__ import annotations

import math
from typing import Any, SupportsFloat, TypeGuard

ABSENT = "–"
"""Shown where there is no figure."""

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def is_number(value: Any) -> TypeGuard[SupportsFloat]:
    """Tell whether `value` is a finite number (NumPy scalars included; booleans and text are not numbers)."""
    if value is None or isinstance(value, str | bool) or not hasattr(value, "__float__"):
        return False
    return math.isfinite(float(value))


def number(value: Any, digits: int = 3) -> str:
    """Write a value with `digits` significant digits; text as it is, yes/no for booleans, a dash for no figure."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(number(item, digits) for item in value)
    if value is None or not hasattr(value, "__float__") or math.isnan(float(value)):
        return ABSENT
    figure = float(value)
    if math.isinf(figure):
        return "∞" if figure > 0 else "-∞"
    if figure == 0.0:
        return "0"
    exponent = math.floor(math.log10(abs(figure)))
    if exponent < -3 or exponent > 6:
        mantissa, _, power = f"{figure:.{digits - 1}e}".partition("e")
        return f"{mantissa} × 10{str(int(power)).translate(_SUPERSCRIPTS)}"
    text = f"{figure:.{max(digits - 1 - exponent, 0)}f}"
    return f"{float(text):,.0f}".replace(",", "\u202f") if abs(figure) >= 10_000 else text


def with_unit(value: Any, unit: str | None, digits: int = 3) -> str:
    """Write a value and its unit; a value that is no figure goes without. Percent with one decimal."""
    if unit == "%" and is_number(value):
        return percent(float(value) / 100.0, signed=False)
    text = number(value, digits)
    return f"{text}{spaced(unit)}" if unit and is_number(value) else text


def unit_text(unit: str) -> str:
    """Write a unit as in print: a dot between factors, a raised power."""
    return unit.replace("**2", "²").replace("**3", "³").replace("*", "·").replace("deg", "°")


def exact(value: Any, unit: str = "") -> str:
    """Write a value with as many digits as it needs, up to seven, for figures that someone sets in CAD."""
    if not is_number(value):
        return number(value)
    return f"{float(value):.7g}{spaced(unit) if unit else ''}"


def fixed(value: Any, decimals: int = 1) -> str:
    """Write a value with a fixed number of decimals, for columns whose small values are rounding."""
    if not is_number(value):
        return number(value)
    text = f"{float(value):.{decimals}f}"
    return "0" if float(text) == 0.0 else text


def spaced(unit: str) -> str:
    """Write a unit as it follows a figure: after a space, a degree sign without one, nothing for a pure number."""
    if unit in ("-", "relative"):
        return ""
    return "°" if unit == "deg" else f" {unit_text(unit)}"


def interval(bounds: Any, unit: str | None = None, digits: int = 3) -> str:
    """Write a pair as ``low … high unit``; a single figure as itself."""
    if isinstance(bounds, list | tuple) and len(bounds) == 2:
        low, high = (number(bound, digits) for bound in bounds)
        body = low if low == high else f"{low} … {high}"
        return f"{body}{spaced(unit)}" if unit else body
    return with_unit(bounds, unit, digits)


def scaled(bounds: Any, factor: float) -> Any:
    """Multiply a figure or each of a pair by `factor`; what is no figure stays as it is."""
    if isinstance(bounds, list | tuple):
        return [scaled(bound, factor) for bound in bounds]
    return float(bounds) * factor if is_number(bounds) else bounds


def percent(fraction: Any, *, signed: bool = True) -> str:
    """Write a margin (a fraction) in percent; beyond a thousand percent the figure itself says nothing more."""
    if fraction is None or (not is_number(fraction) and not (isinstance(fraction, float) and math.isinf(fraction))):
        return ABSENT
    value = 100.0 * float(fraction)
    if abs(value) > 1000.0:
        return "> 1000 %" if value > 0 else "< -1000 %"
    if value == 0.0:
        return "0.0 %"
    decimals = 0 if abs(value) >= 99.95 else 1 if abs(value) >= 0.1 else min(-math.floor(math.log10(abs(value))), 9)
    return f"{value:{'+' if signed else ''}.{decimals}f} %"


def shortened(text: str, length: int) -> str:
    """Cut a text at a word so that it fits, with an ellipsis."""
    if len(text) <= length:
        return text
    head = text[: length - 1]
    return (head.rsplit(" ", 1)[0] if " " in head[length // 2 :] else head).rstrip(" ,;:") + "…"
