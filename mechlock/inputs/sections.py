"""The size table of hollow sections and sheets: sizes by name, which walls the trade stocks, and the next step down."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from mechlock import resources
from mechlock.errors import InputError
from mechlock.inputs import reading
from mechlock.inputs.quantities import AsTuple, Strict

if TYPE_CHECKING:
    from mechlock.inputs.hollow import Section

_TABLE = "hollow_sections.toml"
_SAME = 1e-6
_NAME = re.compile(r"^(RHS|SHS|CHS)\s*(\d+(?:\.\d+)?)(?:x(\d+(?:\.\d+)?))?x(\d+(?:\.\d+)?)$")

Walls = Annotated[tuple[float | int, ...], AsTuple, Field(min_length=1)]


class Size(Strict):
    """Walls in mm that one outer size is stocked in, by standard; published area and strong second moment of EN 10219's walls."""

    sides_mm: Annotated[tuple[float | int, float | int], AsTuple]
    walls_mm: dict[str, Walls]
    area_cm2: Walls
    inertia_cm4: Walls


class Round(Strict):
    """Walls in mm that one diameter is stocked in, by standard; published area and second moment of EN 10219's walls."""

    diameter_mm: float | int
    walls_mm: dict[str, Walls]
    area_cm2: Walls
    inertia_cm4: Walls


def corner_radii(wall: float) -> tuple[float, float]:
    """Return the outer and inner corner radius in mm that EN 10219-2 (annex B) reckons properties with, from the wall in mm."""
    if wall <= 6.0:
        return 2.0 * wall, wall
    return (2.5 * wall, 1.5 * wall) if wall <= 10.0 else (3.0 * wall, 2.0 * wall)


class Sheet(Strict):
    """Thicknesses in mm that sheet and plate are stocked in."""

    thickness_mm: Walls
    source: str


class SizeTable(Strict):
    """The size table as it stands in its file."""

    status: str
    source: str
    certainty: str
    size: Annotated[tuple[Size, ...], AsTuple]
    round: Annotated[tuple[Round, ...], AsTuple]
    sheet: Sheet


@dataclass(frozen=True)
class Stock:
    """Thicknesses of one outer size, ascending, in mm, and where they come from."""

    thicknesses: tuple[float, ...]
    source: str

    def has(self, thickness: float) -> bool:
        """Whether this thickness is stocked."""
        return any(abs(thickness - stocked) < _SAME for stocked in self.thicknesses)

    def thinner(self, thickness: float) -> float | None:
        """Next thickness down, None at the least."""
        return max((stocked for stocked in self.thicknesses if stocked < thickness - _SAME), default=None)

    def thicker(self, thickness: float) -> float | None:
        """Next thickness up, None at the greatest."""
        return min((stocked for stocked in self.thicknesses if stocked > thickness + _SAME), default=None)


@lru_cache(maxsize=1)
def size_table() -> SizeTable:
    """Return the table that ships with mechlock."""
    path = resources.folder("geometry") / "sections" / _TABLE
    return reading.validate(SizeTable, reading.read_toml(path), str(path))


def hollow_stock(section: Section) -> Stock:
    """Walls that a hollow section's outer size is stocked in, under any of the standards.

    Raises
    ------
    InputError
        When the table does not have the size; the message names the sizes it has.
    """
    return _hollow(section.height, section.width)


def _hollow(height: float, width: float) -> Stock:
    table = size_table()
    sides = (max(height, width), min(height, width))
    for row in table.size:
        if all(abs(a - b) < _SAME for a, b in zip(row.sides_mm, sides, strict=True)):
            return Stock(_all(row.walls_mm), table.source)
    known = ", ".join(f"{row.sides_mm[0]:g}x{row.sides_mm[1]:g}" for row in table.size)
    raise InputError(f"no stocked hollow section measures {sides[0]:g}x{sides[1]:g} mm", _TABLE, f"the table has {known}")


def round_stock(diameter: float) -> Stock:
    """Walls that a circular hollow section of that diameter (mm) is stocked in.

    Raises
    ------
    InputError
        When the table does not have the diameter; the message names those it has.
    """
    table = size_table()
    for row in table.round:
        if abs(row.diameter_mm - diameter) < _SAME:
            return Stock(_all(row.walls_mm), table.source)
    known = ", ".join(f"{row.diameter_mm:g}" for row in table.round)
    raise InputError(f"no stocked tube has a diameter of {diameter:g} mm", _TABLE, f"the table has {known}")


def _all(walls: dict[str, Walls]) -> tuple[float, ...]:
    return tuple(sorted({float(wall) for own in walls.values() for wall in own}))


def named_size(name: str, kinds: tuple[str, ...]) -> tuple[float, ...]:
    """Return the dimensions of a stocked size such as ``RHS 100x60x4`` (height, width, wall) or ``CHS 48.3x3``, in mm.

    Parameters
    ----------
    name : str
    kinds : tuple of str
        Those of ``RHS``, ``SHS`` and ``CHS`` that may stand here.

    Raises
    ------
    InputError
        When it is not written so, or not stocked; the message names what is.
    """
    match = _NAME.match(name)
    if match is None or match.group(1) not in kinds or (match.group(3) is None) != (match.group(1) == "CHS"):
        example = "'CHS 48.3x3'" if kinds == ("CHS",) else "'RHS 100x60x4' or 'SHS 60x60x3'"
        raise InputError(f"{name!r} is no size of {' or '.join(kinds)}", mend=f"write it as {example}")
    sides = tuple(float(value) for value in match.groups()[1:3] if value is not None)
    wall = float(match.group(4))
    stock = round_stock(sides[0]) if len(sides) == 1 else _hollow(*sides)
    if not stock.has(wall):
        walls = ", ".join(f"{value:g}" for value in stock.thicknesses)
        raise InputError(f"{name!r} is not stocked with a wall of {wall:g} mm", mend=f"walls of this size are {walls} mm")
    return (*sides, wall)


def sheet_stock() -> Stock:
    """Thicknesses that sheet and plate are stocked in."""
    table = size_table()
    return Stock(tuple(sorted(float(value) for value in table.sheet.thickness_mm)), table.sheet.source)
