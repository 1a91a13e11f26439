"""What is read from the results of a model file: probes, stresses along lines, at weld toes, forces through cuts."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import Field, model_validator

from mechlock.errors import InputError
from mechlock.inputs.model_fields import Direction, Name, Names
from mechlock.inputs.quantities import Point, PositiveLength, Strict, refuse

_QUANTITY = re.compile(
    r"^(displacement\.[xyz]|displacement|(stress|strain)\.(xx|yy|zz|xy|yx|yz|zy|zx|xz)|von_mises|tresca|"
    r"(stress\.|strain\.)?principal\.[123])$"
)


class Probe(Strict):
    """A place at which a quantity is read."""

    name: Name
    at: Point
    quantity: Annotated[str, Field(examples=["stress.yy", "displacement.z", "von_mises", "principal.1"])]

    @model_validator(mode="after")
    def _known(self) -> Probe:
        if not _QUANTITY.match(self.quantity):
            raise refuse(
                InputError(
                    f"the quantity {self.quantity!r} is not known",
                    mend="use displacement.x, stress.xx (yy zz xy yz zx), strain.xx, von_mises, tresca or principal.1",
                )
            )
        return self


class Section(Strict):
    """A cut through the mesh: the force and moment that the part on the normal's side exerts on the other; tension is positive.

    Moments are taken about `at`. `on` and `within` restrict the cut to some volumes, or to what is near: one arm of a frame.
    """

    name: Name
    at: Point
    normal: Direction
    on: Names | None = None
    within: PositiveLength | None = None

    @model_validator(mode="after")
    def _sensible(self) -> Section:
        if not any(self.normal):
            raise refuse(InputError("the normal has no length", mend="write [1, 0, 0], for example"))
        return self


class Line(Strict):
    """A straight line through a wall, along which stress is split into membrane, bending and peak parts."""

    name: Name
    start: Point
    end: Point
    points: Annotated[int, Field(ge=3, le=1001)] = 41

    @model_validator(mode="after")
    def _sensible(self) -> Line:
        if self.start == self.end:
            raise refuse(InputError("the line has no length", mend="let start and end differ"))
        return self


class Weld(Strict):
    """A weld toe: structural stress extrapolated from 0.4 and 1.0 thicknesses along the surface (IIW, type a)."""

    name: Name
    start: Point
    end: Annotated[Point | None, Field(description="of the toe line; without it the toe is read at `start` alone")] = None
    points: Annotated[int, Field(ge=1, le=1000)] = 5
    away: Annotated[Direction, Field(description="on the plate's surface, square to the toe, away from the weld")]
    inward: Annotated[Direction, Field(description="into the plate, square to its surface")]
    thickness: PositiveLength

    @model_validator(mode="after")
    def _sensible(self) -> Weld:
        for key in ("away", "inward"):
            if not any(getattr(self, key)):
                raise refuse(InputError(f"{key} has no length", mend="write [1, 0, 0], for example"))
        return self
