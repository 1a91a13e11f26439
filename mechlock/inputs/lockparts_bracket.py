"""The bracket of a lock as the engineer writes it: cheeks on a base plate, with stop, guide and sleeves."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from mechlock.errors import InputError
from mechlock.inputs.lockparts_bodies import Eye, Plane, PlateBody, Source
from mechlock.inputs.quantities import Angle, AsTuple, Length, NonNegativeLength, PositiveLength, Strict, refuse


class Relief(Strict):
    """A circular clearance cut into the edge of the cheeks between two eyes."""

    between: Annotated[tuple[str, str], AsTuple]
    centre: Plane
    radius: PositiveLength


class Foot(Strict):
    """Base plate under the cheeks and the weld between them."""

    level: Annotated[Length, Field(description="y of the base plate's upper face in ground's frame")]
    start: Annotated[Length, Field(description="x where the cheeks' feet begin")]
    end: Length
    corner_radius: PositiveLength
    overhang: NonNegativeLength
    thickness: PositiveLength
    width: Annotated[PositiveLength, Field(description="of the base plate, across the lock")]
    weld_throat: Annotated[PositiveLength, Field(description="fillet welds on both sides of each cheek")]
    source: Source

    @model_validator(mode="after")
    def _ordered(self) -> Foot:
        if self.end <= self.start:
            raise refuse(InputError("the foot ends before it starts", mend="make `end` greater than `start`"))
        return self


class Stop(Strict):
    """A block on the bracket that an eye of a moving part comes to rest on."""

    body: str
    eye: str
    direction: Annotated[Angle, Field(description="from the eye's centre to the contact, in the moving body's frame")]
    length: Annotated[PositiveLength, Field(description="of the block along x, or across the contact's direction")]
    width: Annotated[PositiveLength, Field(description="of the block across the lock")]
    depth: Annotated[
        PositiveLength | None, Field(description="of a block between the cheeks; default: it stands on the base plate")
    ] = None
    source: Source


class Lug(Strict):
    """A round piece of the cheeks that holds something between them."""

    centre: Plane
    radius: PositiveLength


class Sleeve(Strict):
    """A block between the cheeks with a window for a slider or a plunger, in any direction."""

    body: str
    start: Annotated[Length, Field(description="from the locked eye or point along the bar, where the block begins")]
    length: PositiveLength
    cover: Annotated[PositiveLength, Field(description="material on both sides of the window")]
    play: Annotated[PositiveLength, Field(description="between the bar and each side of the window")]
    source: Source


class Guide(Strict):
    """A block on the bracket with a window for a slider."""

    body: str
    start: Annotated[Length, Field(description="x where the block begins in ground's frame")]
    length: PositiveLength
    width: Annotated[PositiveLength, Field(description="of the block across the lock")]
    cover: Annotated[PositiveLength, Field(description="material above the window")]
    play: Annotated[PositiveLength, Field(description="between the shaft and each side of the window")]
    source: Source


class Bracket(PlateBody):
    """Two cheeks on a base plate, with stop, guide and sleeves."""

    shape: Literal["bracket"]
    eyes: dict[str, Eye] = Field(default_factory=dict)
    inside: Annotated[PositiveLength, Field(description="distance between the cheeks")]
    foot: Foot
    reliefs: Annotated[tuple[Relief, ...], AsTuple] = ()
    lugs: Annotated[tuple[Lug, ...], AsTuple] = ()
    stop: Stop | None = None
    guide: Guide | None = None
    sleeves: Annotated[tuple[Sleeve, ...], AsTuple] = ()
