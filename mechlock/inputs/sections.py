"""The size table of hollow sections and sheets: which walls the trade stocks, and the next step down."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated

from pydantic import Field

from mechlock import resources
from mechlock.errors import InputError
from mechlock.inputs import reading
from mechlock.inputs.frame_entries import Section
from mechlock.inputs.quantities import AsTuple, Strict

_TABLE = "hollow_sections.toml"
_SAME = 1e-6

Walls = Annotated[tuple[float | int, ...], AsTuple, Field(min_length=1)]


class Size(Strict):
    """Walls in mm that one outer size is stocked in, by standard."""

    sides_mm: Annotated[tuple[float | int, float | int], AsTuple]
    walls_mm: dict[str, Walls]


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
    table = size_table()
    sides = (max(section.height, section.width), min(section.height, section.width))
    for row in table.size:
        if all(abs(a - b) < _SAME for a, b in zip(row.sides_mm, sides, strict=True)):
            walls = sorted({float(wall) for walls in row.walls_mm.values() for wall in walls})
            return Stock(tuple(walls), table.source)
    known = ", ".join(f"{row.sides_mm[0]:g}x{row.sides_mm[1]:g}" for row in table.size)
    raise InputError(f"no stocked hollow section measures {sides[0]:g}x{sides[1]:g} mm", _TABLE, f"the table has {known}")


def sheet_stock() -> Stock:
    """Thicknesses that sheet and plate are stocked in."""
    table = size_table()
    return Stock(tuple(sorted(float(value) for value in table.sheet.thickness_mm)), table.sheet.source)
