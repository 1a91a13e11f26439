"""Open sections (channels, angles, I sections, flat bars): their dimensions, given outright or by a size of the table.

Walls are modelled with sharp edges and parallel flanges; what root radii add is left out, up to 5 % of the mass.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from mechlock import resources
from mechlock.errors import InputError
from mechlock.inputs import reading
from mechlock.inputs.frame_entries import Entry
from mechlock.inputs.quantities import AsTuple, PositiveLength, Strict, refuse

_TABLE = "open_sections.toml"

Kind = Literal["channel", "angle", "i", "flat"]
Dimensions = Annotated[tuple[float | int, ...], AsTuple]


class Family(Strict):
    """Sizes of one kind under one standard, each with height, width, web and flange in mm."""

    type: Kind
    source: str
    sizes: dict[str, Dimensions]
    areas_cm2: dict[str, float | int]


class ProfileTable(Strict):
    """The size table as it stands in its file."""

    status: str
    certainty: str
    family: Annotated[tuple[Family, ...], AsTuple]


class Profile(Entry):
    """A channel, angle, I section or flat bar that members are made of."""

    size: Annotated[str | None, Field(description="of the table, such as 'UPE 100'; then no dimensions are given")] = None
    type: Kind
    height: PositiveLength
    width: Annotated[PositiveLength, Field(description="of the flanges, of an angle's second leg; not of a flat bar")]
    thickness: Annotated[PositiveLength, Field(description="of the web, of both legs, of the bar")]
    flange: Annotated[PositiveLength, Field(description="thickness of the flanges; default: that of the web")]

    @model_validator(mode="before")
    @classmethod
    def _from_table(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        given: dict[str, Any] = dict(data)
        size = given.get("size")
        if isinstance(size, str):
            doubled = [key for key in ("type", "height", "width", "thickness", "flange") if key in given]
            if doubled:
                raise refuse(InputError(f"size and {doubled[0]} both say what it is", mend="give one of them"))
            return {**given, **_row(size)}
        if given.get("type") == "flat" and "width" not in given and "thickness" in given:
            given["width"] = given["thickness"]
        if "flange" not in given and "thickness" in given:
            given["flange"] = given["thickness"]
        return given

    @model_validator(mode="after")
    def _has_walls(self) -> Profile:
        across = {"channel": self.flange, "i": self.flange, "angle": self.flange, "flat": 0.0}[self.type]
        most_height = self.height / (2 if self.type in {"channel", "i"} else 1)
        if across >= most_height:
            what = f"flanges of {self.flange:g} mm leave no web in a height of {self.height:g} mm"
            raise refuse(InputError(what, mend=f"flange must be below {most_height:g} mm"))
        if self.type != "flat" and self.thickness >= self.width:
            what = f"a web of {self.thickness:g} mm leaves no flange in a width of {self.width:g} mm"
            raise refuse(InputError(what, mend=f"thickness must be below {self.width:g} mm"))
        if self.type == "flat" and self.width != self.thickness:
            raise refuse(InputError("a flat bar has a height and a thickness", mend="leave out width"))
        return self

    @property
    def area(self) -> float:
        """Area of the section in mm², without radii."""
        if self.type == "flat":
            return self.height * self.thickness
        flanges = 1 if self.type == "angle" else 2
        web = self.height - flanges * self.flange
        return flanges * self.width * self.flange + web * self.thickness

    @property
    def text(self) -> str:
        """How the trade writes it, such as ``UPE 100`` or ``L 60x40x5``; of unequal walls the web comes before the flange."""
        if self.size:
            return self.size
        letter = {"channel": "C", "angle": "L", "i": "I", "flat": "flat"}[self.type]
        unequal = self.type in {"channel", "i"} and self.flange != self.thickness
        walls = [self.thickness, self.flange] if unequal else [self.thickness]
        sides = [self.height] if self.type == "flat" else [self.height, self.width]
        return f"{letter} " + "x".join(f"{side:g}" for side in [*sides, *walls])


@lru_cache(maxsize=1)
def profile_table() -> ProfileTable:
    """Return the table that ships with mechlock."""
    path = resources.folder("geometry") / "sections" / _TABLE
    return reading.validate(ProfileTable, reading.read_toml(path), str(path))


def _row(size: str) -> dict[str, Any]:
    """Type and dimensions of a size, as a file would give them."""
    known = {name.replace(" ", "").upper(): (family, name) for family in profile_table().family for name in family.sizes}
    found = known.get(size.replace(" ", "").upper())
    if found is None:
        names = ", ".join(name for _, name in known.values())
        raise refuse(InputError(f"{_TABLE} has no size {size!r}", mend=f"use one of {names}, or give the dimensions"))
    family, name = found
    height, width, web, flange = family.sizes[name]
    dimensions = {"height": height, "width": width, "thickness": web, "flange": flange}
    return {"size": name, "type": family.type, **{key: f"{value} mm" for key, value in dimensions.items()}}


def rolled_areas(size: str) -> tuple[float, float] | None:
    """Return the area in mm² that the standard gives a size, with its radii, and that of the model without; None if unknown."""
    for family in profile_table().family:
        if size in family.sizes:
            height, width, web, flange = family.sizes[size]
            flanges = 1 if family.type == "angle" else 2
            return 100.0 * family.areas_cm2[size], flanges * width * flange + (height - flanges * flange) * web
    return None
