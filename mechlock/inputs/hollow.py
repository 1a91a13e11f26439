"""Hollow sections of a frame file: rectangular ones and tubes, by their dimensions or by a size of the table."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from mechlock.errors import InputError
from mechlock.inputs.frame_entries import Entry
from mechlock.inputs.quantities import PositiveLength, refuse
from mechlock.inputs.sections import named_size

LEAST_WALL = 2.5
"""Least wall in mm of welded hollow sections (EN 1993-1-8, 7.1.1)."""


def _sized(data: Any, keys: tuple[str, ...], kinds: tuple[str, ...]) -> Any:
    """The data of a hollow section with the dimensions of its `size`, where it has one."""
    if not isinstance(data, dict) or not isinstance(data.get("size"), str):
        return data
    given: dict[str, Any] = dict(data)
    doubled = [key for key in keys if key in given]
    if doubled:
        raise refuse(InputError(f"size and {doubled[0]} both say what it is", mend="give one of them"))
    try:
        values = named_size(given["size"], kinds)
    except InputError as error:
        raise refuse(error) from None
    return {**given, **{key: f"{value:g} mm" for key, value in zip(keys, values, strict=True)}}


def _require_wall(thickness: float, least: float, what: str) -> None:
    """Refuse a wall that fills the section, or is too thin to weld; `least` is the lesser of its outer dimensions."""
    if thickness >= least / 2:
        said = f"thickness {thickness:g} mm leaves no hollow in {what}"
        raise refuse(InputError(said, mend=f"thickness must be below {least / 2:g} mm"))
    if thickness < LEAST_WALL:
        said = f"thickness {thickness:g} mm is below the least wall of welded hollow sections"
        raise refuse(InputError(said, mend=f"use at least {LEAST_WALL:g} mm (EN 1993-1-8)"))


class Section(Entry):
    """A hollow section that members are made of."""

    size: Annotated[
        str | None, Field(description="of the table, such as 'RHS 100x60x4' (height first); then no dimensions are given")
    ] = None
    type: Literal["rhs"] = "rhs"
    height: PositiveLength
    width: PositiveLength
    thickness: PositiveLength

    @model_validator(mode="before")
    @classmethod
    def _from_table(cls, data: Any) -> Any:
        return _sized(data, ("height", "width", "thickness"), ("RHS", "SHS"))

    @model_validator(mode="after")
    def _has_a_hollow(self) -> Section:
        what = f"a section of {self.height:g} x {self.width:g} mm"
        _require_wall(self.thickness, min(self.height, self.width), what)
        return self

    @property
    def text(self) -> str:
        """How the trade writes it, such as ``RHS 100x60x4``."""
        return f"RHS {max(self.height, self.width):g}x{min(self.height, self.width):g}x{self.thickness:g}"


class Tube(Entry):
    """A circular hollow section, for braces and for members that end on faces."""

    size: Annotated[str | None, Field(description="of the table, such as 'CHS 48.3x3'; then no dimensions are given")] = None
    diameter: PositiveLength
    thickness: PositiveLength

    @model_validator(mode="before")
    @classmethod
    def _from_table(cls, data: Any) -> Any:
        return _sized(data, ("diameter", "thickness"), ("CHS",))

    @model_validator(mode="after")
    def _has_a_hollow(self) -> Tube:
        _require_wall(self.thickness, self.diameter, f"a tube of {self.diameter:g} mm")
        return self

    @property
    def text(self) -> str:
        """How the trade writes it, such as ``CHS 48.3x3``."""
        return f"CHS {self.diameter:g}x{self.thickness:g}"
