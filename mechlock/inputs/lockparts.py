"""The lock's parts, ``mechlock-lockparts/1``: plates, hook, bracket and pins that a linkage is made of.

Every table carries a `source` that says where its figures come from, or that they are an assumption.
Points, joints and bodies are those of the linkage that the parts belong to; lengths across the plates run along z, the
middle plane of the lock is z = 0 and everything is symmetric about it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from annotated_types import Ge, Gt, Le, Lt
from pydantic import Field, FiniteFloat, model_validator

from mechlock.errors import InputError
from mechlock.inputs import reading
from mechlock.inputs.quantities import (
    Angle,
    AsTuple,
    Length,
    NonNegativeLength,
    PositiveLength,
    PositiveStress,
    Quantity,
    Strict,
    refuse,
)

FORMAT = "mechlock-lockparts/1"

Source = Annotated[str, Field(min_length=3, description="where the figures come from, or 'assumption: why'")]
Plane = Annotated[tuple[Length, Length], AsTuple]
Wrap = Annotated[FiniteFloat, Gt(0.0), Lt(1.5708), Quantity("angle")]


class Eye(Strict):
    """The end of a plate around a joint: a disc with a bore for the joint's pin."""

    diameter: Annotated[PositiveLength, Field(description="outer diameter of the eye")]
    thickness: Annotated[PositiveLength | None, Field(description="where the plate is milled down to a tongue")] = None
    hub_width: Annotated[PositiveLength | None, Field(description="length of the boss, both sides together")] = None
    hub_diameter: PositiveLength | None = None
    bore: Annotated[bool, Field(description="false where a joint has no pin of its own in this part")] = True

    @model_validator(mode="after")
    def _hub_is_whole(self) -> Eye:
        if (self.hub_width is None) != (self.hub_diameter is None):
            raise refuse(InputError("a hub needs hub_width and hub_diameter", mend="give both or neither"))
        return self


class Neck(Strict):
    """A concave edge between two neighbouring eyes, of one radius and tangent to both."""

    between: Annotated[tuple[str, str], AsTuple]
    radius: PositiveLength


class _Plate(Strict):
    material: str
    thickness: Annotated[PositiveLength, Field(description="of one plate")]
    eyes: Annotated[dict[str, Eye], Field(min_length=1)]
    source: Source


class PlateLink(_Plate):
    """One or two plates with two eyes."""

    shape: Literal["plate_link"]
    plates: Literal[1, 2] = 1
    inside: Annotated[PositiveLength | None, Field(description="distance between two plates")] = None
    waist: Annotated[PositiveLength | None, Field(description="width half-way between the eyes; default: straight edges")] = None

    @model_validator(mode="after")
    def _consistent(self) -> PlateLink:
        if len(self.eyes) != 2:
            raise refuse(InputError("a plate link has two eyes", mend="use shape = 'bell_crank' for more"))
        if (self.plates == 2) != (self.inside is not None):
            raise refuse(InputError("two plates need `inside`, one plate has none", mend="give `plates = 2` and `inside`"))
        return self


class BellCrank(_Plate):
    """One plate with two or more eyes, its outline a band around them in counter-clockwise order."""

    shape: Literal["bell_crank"]
    necks: Annotated[tuple[Neck, ...], AsTuple] = ()


class Saddle(Strict):
    """The mouth of a hook: a concave saddle whose crown is the point where the load acts, and a nose."""

    point: Annotated[str, Field(description="point of the body at the saddle's crown")]
    radius: Annotated[PositiveLength, Field(description="radius of the saddle")]
    throat: Annotated[PositiveLength, Field(description="depth of the hook's section from the saddle outwards")]
    throat_at: Annotated[Wrap, Field(description="angle from the crown towards the pivot where the throat is measured")]
    shoulder_radius: Annotated[PositiveLength, Field(description="of the outer edge at the throat")]
    nose_radius: PositiveLength
    nose_wrap: Annotated[Wrap, Field(description="angle from the crown to the end of the saddle at the nose")]
    pull: Annotated[Angle, Field(description="nominal direction of the load in the body's frame")]
    source: Source


class Hook(_Plate):
    """A plate that turns about one eye, is held at another, and carries the load in a saddle."""

    shape: Literal["hook"]
    pivot: Annotated[str, Field(description="eye the hook turns about")]
    arm_neck: Annotated[PositiveLength | None, Field(description="radius cut into the arm on the mouth's side")] = None
    saddle: Saddle

    @model_validator(mode="after")
    def _consistent(self) -> Hook:
        if len(self.eyes) != 2 or self.pivot not in self.eyes:
            raise refuse(InputError("a hook has two eyes, one of them its pivot", mend="name the pivot among the eyes"))
        return self


class Shaft(Strict):
    """The straight part of a slider, from its eye along its axis of travel."""

    height: PositiveLength
    length: PositiveLength
    direction: Annotated[Angle, Field(description="from the eye, in the body's frame")] = 0.0


class SliderBlock(_Plate):
    """A flat bar with an eye that runs in the bracket's guide."""

    shape: Literal["slider"]
    shaft: Shaft

    @model_validator(mode="after")
    def _consistent(self) -> SliderBlock:
        if len(self.eyes) != 1:
            raise refuse(InputError("a slider has one eye", mend="remove the others"))
        return self


class Eccentric(Strict):
    """A disc on a shaft beside its centre."""

    shape: Literal["eccentric"]
    material: str
    thickness: Annotated[PositiveLength, Field(description="width of the disc across the lock")]
    shaft: Annotated[str, Field(description="point of the body at the shaft's axis, where its bore is")]
    disc: Annotated[str, Field(description="point of the body at the disc's centre")]
    diameter: Annotated[PositiveLength, Field(description="of the disc")]
    source: Source

    @property
    def eyes(self) -> dict[str, Eye]:
        """The shaft's bore, for which the disc itself is the eye."""
        return {self.shaft: Eye.model_construct(diameter=self.diameter)}


class Plunger(Strict):
    """A flat bar whose end face an eccentric or a cam presses; what guides it is not a part of the lock."""

    shape: Literal["plunger"]
    material: str
    thickness: Annotated[PositiveLength, Field(description="across the lock")]
    point: Annotated[str, Field(description="point of the body that the face is measured from")]
    face: Annotated[Length, Field(description="distance of the face from the point, along `direction`")]
    direction: Annotated[Angle, Field(description="from the face into the bar, in the body's frame")] = 0.0
    width: PositiveLength
    length: PositiveLength
    source: Source

    @property
    def eyes(self) -> dict[str, Eye]:
        """A plunger has no pin of its own."""
        return {}


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
    length: Annotated[PositiveLength, Field(description="of the block along x")]
    width: Annotated[PositiveLength, Field(description="of the block across the lock")]
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


class Bracket(_Plate):
    """Two cheeks on a base plate, with stop and guide."""

    shape: Literal["bracket"]
    inside: Annotated[PositiveLength, Field(description="distance between the cheeks")]
    foot: Foot
    reliefs: Annotated[tuple[Relief, ...], AsTuple] = ()
    stop: Stop | None = None
    guide: Guide | None = None


class Ring(Strict):
    """Groove of a retaining ring."""

    groove_diameter: PositiveLength
    groove_width: PositiveLength
    edge: Annotated[PositiveLength, Field(description="pin left beyond the groove")]


class Pin(Strict):
    """The pin of one joint."""

    diameter: PositiveLength
    material: str
    head_diameter: Annotated[PositiveLength | None, Field(description="default: no head")] = None
    head_thickness: PositiveLength | None = None
    ring: Annotated[Ring | None, Field(description="retaining ring at the other end; default: held by a cross pin")] = None
    fit: Annotated[str, Field(description="ISO 286 fit of bore and pin where the joint turns")] = "F7/h6"
    seat: Annotated[str, Field(description="ISO 286 fit of bore and pin in the part that holds it")] = "M7/h6"
    source: Source

    @model_validator(mode="after")
    def _head_is_whole(self) -> Pin:
        if (self.head_diameter is None) != (self.head_thickness is None):
            raise refuse(InputError("a head needs head_diameter and head_thickness", mend="give both or neither"))
        if self.head_diameter is not None and self.head_diameter <= self.diameter:
            least = f"head_diameter must exceed {self.diameter:g} mm"
            raise refuse(InputError("the pin's head is not larger than the pin", mend=least))
        if self.ring is not None and self.ring.groove_diameter >= self.diameter:
            raise refuse(InputError("the ring's groove is not smaller than the pin", mend=f"below {self.diameter:g} mm"))
        return self


class Striker(Strict):
    """The bar on the pack that the hook pulls down, held in two plates."""

    diameter: PositiveLength
    material: str
    plate_thickness: Annotated[PositiveLength, Field(description="of each of the two plates that hold the bar")]
    side_gap: Annotated[PositiveLength, Field(description="between the hook and each plate")]
    contact_pressure_limit: Annotated[PositiveStress, Field(description="Hertz peak pressure of the hardened faces")]
    source: Source


Body = PlateLink | BellCrank | Hook | SliderBlock | Bracket | Eccentric | Plunger


class LockPartsFile(Strict):
    """The parts of one lock."""

    format: Literal["mechlock-lockparts/1"]
    name: str = ""
    side_gap: Annotated[NonNegativeLength, Field(description="between faces that slide past each other, each side")]
    safety: Annotated[FiniteFloat, Ge(1.0), Le(10.0), Field(description="against yield, in every part")]
    bearing_pressure_limit: Annotated[
        PositiveStress, Field(description="mean projected pressure in a pin joint that turns under load")
    ]
    bodies: Annotated[
        dict[
            str,
            Annotated[PlateLink | BellCrank | Hook | SliderBlock | Bracket | Eccentric | Plunger, Field(discriminator="shape")],
        ],
        Field(min_length=1),
    ]
    pins: dict[str, Pin]
    striker: Striker | None = None
    source: Source


def read_lock_parts(path: Path) -> LockPartsFile:
    """Read and validate a file of lock parts.

    Raises
    ------
    InputError
        With file and key, for anything that is not as the format says.
    """
    return lock_parts_from_data(reading.read_toml(path), str(path))


def lock_parts_from_data(data: dict[str, Any], where: str) -> LockPartsFile:
    """Validate lock parts that are already in memory (an inline table of a design, say)."""
    return reading.validate(LockPartsFile, data, where)
