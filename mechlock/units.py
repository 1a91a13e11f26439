"""Quantities with units, read at the door into mm, N, MPa, tonne, s and rad.

Inside mechlock every number is in this one consistent system (mass in tonne makes N = tonne·mm/s²).
This is the only module that imports pint.
"""

from __future__ import annotations

import math
import re
import tokenize
from functools import lru_cache
from typing import TYPE_CHECKING

from mechlock.errors import InputError

if TYPE_CHECKING:
    import pint

STANDARD_GRAVITY = 9806.65
"""Standard acceleration of gravity in mm/s² (ISO 80000-3, 9.80665 m/s² exactly)."""

DIMENSIONS: dict[str, tuple[str, str]] = {
    # name: (internal unit, example for messages)
    "length": ("mm", "120 mm"),
    "area": ("mm**2", "12 mm**2"),
    "angle": ("rad", "20 deg"),
    "mass": ("tonne", "3.2 t"),
    "time": ("s", "6 ms"),
    "frequency": ("1/s", "17 Hz"),
    "angular_velocity": ("rad/s", "10 rad/s"),
    "angular_acceleration": ("rad/s**2", "15 rad/s**2"),
    "velocity": ("mm/s", "2 m/s"),
    "acceleration": ("mm/s**2", "7 g"),
    "force": ("N", "42 kN"),
    "torque": ("N*mm", "160 N*m"),
    "energy": ("N*mm", "10 J"),
    "stress": ("MPa", "355 MPa"),
    "stiffness": ("N/mm", "100 kN/mm"),
    "rotational_stiffness": ("N*mm/rad", "10 N*m/rad"),
    "damping": ("N*s/mm", "2 N*s/mm"),
    "rotational_damping": ("N*mm*s/rad", "3 N*m*s/rad"),
    "inertia": ("tonne*mm**2", "1 t*m**2"),
    "density": ("tonne/mm**3", "7850 kg/m**3"),
    "temperature_change": ("delta_degC", "40 K"),
    "expansion": ("1/delta_degC", "12e-6 1/K"),
    "acceleration_psd": ("mm**2/s**3", "0.008 g**2/Hz"),
}
"""Dimension name to its internal unit and an example that messages show."""

COMMON: dict[str, dict[str, float]] = {
    "mm": {"length": 1.0},
    "m": {"length": 1e3},
    "mm**2": {"area": 1.0},
    "rad": {"angle": 1.0},
    "deg": {"angle": math.radians(1.0)},
    "t": {"mass": 1.0},
    "kg": {"mass": 1e-3},
    "g": {"mass": 1e-6, "acceleration": STANDARD_GRAVITY},
    "s": {"time": 1.0},
    "ms": {"time": 1e-3},
    "min": {"time": 60.0},
    "h": {"time": 3600.0},
    "Hz": {"frequency": 1.0},
    "rad/s": {"frequency": 1.0, "angular_velocity": 1.0},
    "mm/s": {"velocity": 1.0},
    "m/s": {"velocity": 1e3},
    "km/h": {"velocity": 1e6 / 3600.0},
    "m/s**2": {"acceleration": 1e3},
    "mm/s**2": {"acceleration": 1.0},
    "N": {"force": 1.0},
    "kN": {"force": 1e3},
    "N*m": {"torque": 1e3, "energy": 1e3, "rotational_stiffness": 1e3},
    "J": {"torque": 1e3, "energy": 1e3, "rotational_stiffness": 1e3},
    "MPa": {"stress": 1.0},
    "GPa": {"stress": 1e3},
    "N/mm": {"stiffness": 1.0},
    "kN/mm": {"stiffness": 1e3},
    "kg/m**3": {"density": 1e-12},
    "kg/m^3": {"density": 1e-12},
    "kg*mm**2": {"inertia": 1e-3},
    "K": {"temperature_change": 1.0},
    "1/K": {"expansion": 1.0},
}
"""The commonest units with their dimensions and factors, as pint has them, which takes half a second to load."""

_TURNING = {"angle", "angular_velocity", "angular_acceleration"}
_GRAVITY_DIMENSIONS = {"acceleration", "acceleration_psd"}
_TOKEN_G = re.compile(r"(?<![A-Za-z_0-9.])g(?![A-Za-z_0-9])|(?<=\d)g(?![A-Za-z_0-9])")
_SPLIT = re.compile(r"^\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*((?:1/)?[A-Za-zµμ°].*)$")
_MAX_LENGTH = 100
_GREATEST = 1e18
"""Numbers below have squares and products far from overflow; nothing that is built is beyond."""
_FACTOR = r"\(*[A-Za-zµμ°'][\w']*(?:(?:\*\*|\^)[+-]?\d(?:\.\d)?)?\)*"
_UNIT = re.compile(rf"(?:1\s*/\s*)?{_FACTOR}(?:\s*[*/·]\s*{_FACTOR}|\s+{_FACTOR})*")
"""A product of names with small exponents: pint would work out whatever else stands there, however long that takes."""


@lru_cache(maxsize=1)
def _registry() -> pint.UnitRegistry[float]:
    import pint

    return pint.UnitRegistry(autoconvert_offset_to_baseunit=False)


@lru_cache(maxsize=4096)
def _factor(unit: str, dimension: str) -> float | None:
    """Factor from `unit` to the internal unit of `dimension`, or None where they do not agree."""
    return COMMON[unit].get(dimension) if unit in COMMON else factor_of_pint(unit, dimension)


def factor_of_pint(unit: str, dimension: str) -> float | None:
    """Return what pint says: factor from `unit` to the internal unit of `dimension`, or None where they do not agree."""
    import pint

    if _UNIT.fullmatch(unit) is None:
        return None
    text = _TOKEN_G.sub("standard_gravity", unit) if dimension in _GRAVITY_DIMENSIONS else unit
    if dimension in {"temperature_change", "expansion"}:
        text = re.sub(r"(?<![A-Za-z_])(K|degC)(?![A-Za-z_])", "delta_degC", text)
    ureg = _registry()
    try:
        source = ureg.Unit(text.replace("^", "**"))
        target = ureg.Unit(DIMENSIONS[dimension][0])
        if source.dimensionality != target.dimensionality:
            return None
        if dimension in _TURNING and not re.search(r"deg|rad|turn|rev|rpm|'|\"", text):
            return None
        return float(ureg.Quantity(1.0, source).to(target).magnitude)
    except (pint.errors.PintError, tokenize.TokenError, ValueError, SyntaxError, TypeError, AttributeError, AssertionError):
        return None


def fits(unit: str, dimension: str) -> bool:
    """Whether a unit alone, such as ``"mm"``, is one of `dimension`."""
    return _factor(unit.strip(), dimension) is not None


def is_quantity(text: str) -> bool:
    """Whether a text is written as a number followed by something like a unit."""
    return len(text) <= _MAX_LENGTH and _SPLIT.match(text) is not None


def split(text: str) -> tuple[float, str]:
    """Split ``"120 mm"`` into ``(120.0, "mm")``.

    Raises
    ------
    InputError
        When `text` is not a finite number of a sensible size followed by a unit.
    """
    match = _SPLIT.match(text) if len(text) <= _MAX_LENGTH else None
    if match is None:
        raise InputError(f"{text[:40]!r} is not a quantity", mend="write a number and a unit, such as '120 mm'")
    number = float(match.group(1))
    if not math.isfinite(number):
        raise InputError(f"{text!r} is not finite", mend="write a finite number")
    if abs(number) > _GREATEST:
        raise InputError(f"{text!r} is far too large", mend="correct the number")
    return number, match.group(2).strip()


def parse(value: object, dimension: str) -> float:
    """Convert a quantity such as ``"7 g"`` to the internal unit of `dimension`.

    Parameters
    ----------
    value : object
        A string with a unit. Anything else is refused with a message that names the unit expected.
    dimension : str
        A key of `DIMENSIONS`. The token ``g`` means standard gravity for accelerations and gram for masses.

    Returns
    -------
    float
        The value in mm, N, MPa, tonne, s, rad.

    Raises
    ------
    InputError
        When the unit is missing or is not one of `dimension`.
    """
    example = DIMENSIONS[dimension][1]
    kind = dimension.replace("_", " ")
    if isinstance(value, bool) or not isinstance(value, str):
        raise InputError(
            f"{value!r} has no unit, {_article(kind)} is expected", mend=f"write it with its unit, such as '{example}'"
        )
    if not is_quantity(value):
        raise InputError(f"{value[:40]!r} is not a quantity", mend=f"write a number and a unit, such as '{example}'")
    number, unit = split(value)
    factor = _factor(unit, dimension)
    if factor is None:
        raise InputError(f"{value!r} is not {_article(kind)}", mend=f"write it like '{example}'")
    return number * factor


def _article(kind: str) -> str:
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"


def infer(value: object) -> tuple[float, str]:
    """Convert a quantity of unknown kind and say which dimension it has (``""`` for a pure number).

    Raises
    ------
    InputError
        When the unit belongs to no dimension that mechlock uses.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if not math.isfinite(value):
            raise InputError(f"{value!r} is not finite", mend="write a finite number")
        return float(value), ""
    if not isinstance(value, str):
        raise InputError(f"{value!r} is not a quantity", mend="write a string such as '120 mm' or a pure number")
    number, unit = split(value)
    for dimension in DIMENSIONS:
        factor = _factor(unit, dimension)
        if factor is not None:
            return number * factor, dimension
    raise InputError(f"{value!r} has a unit that is not known here", mend="use units such as mm, deg, kN, MPa, t, s, g")


def to_unit(value: float, dimension: str, unit: str) -> float:
    """Convert an internal value to `unit`, for output."""
    factor = _factor(unit, dimension)
    if factor is None:
        raise InputError(f"{unit!r} is not a unit of {dimension}")
    return value / factor
