"""Moving parts of a lock as the engineer writes them: plates with eyes, hooks, sliders, eccentrics, plungers and wedges."""

from __future__ import annotations

from typing import Annotated, Literal

from annotated_types import Gt, Lt
from pydantic import Field, FiniteFloat, model_validator

from mechlock.errors import InputError
from mechlock.inputs.quantities import Angle, AsTuple, Length, PositiveLength, Quantity, Strict, refuse

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


class PlateBody(Strict):
    """Base of what is cut from plate and turns about eyes."""

    material: str
    thickness: Annotated[PositiveLength, Field(description="of one plate")]
    eyes: Annotated[dict[str, Eye], Field(min_length=1)]
    source: Source


class PlateLink(PlateBody):
    """One or two plates with two eyes, or more in line."""

    shape: Literal["plate_link"]
    plates: Literal[1, 2] = 1
    inside: Annotated[PositiveLength | None, Field(description="distance between two plates")] = None
    waist: Annotated[PositiveLength | None, Field(description="width half-way between two eyes; default: straight edges")] = None

    @model_validator(mode="after")
    def _consistent(self) -> PlateLink:
        if len(self.eyes) < 2:
            raise refuse(InputError("a plate link has two eyes, or more in line", mend="add the others"))
        _refuse_half_a_pair(self.plates, self.inside)
        return self


def _refuse_half_a_pair(plates: int, inside: float | None) -> None:
    if (plates == 2) != (inside is not None):
        raise refuse(InputError("two plates need `inside`, one plate has none", mend="give `plates = 2` and `inside`"))


class BellCrank(PlateBody):
    """One or two plates with two or more eyes, the outline a band around them in counter-clockwise order."""

    shape: Literal["bell_crank"]
    plates: Literal[1, 2] = 1
    inside: Annotated[PositiveLength | None, Field(description="distance between two plates")] = None
    necks: Annotated[tuple[Neck, ...], AsTuple] = ()

    @model_validator(mode="after")
    def _consistent(self) -> BellCrank:
        _refuse_half_a_pair(self.plates, self.inside)
        if self.plates == 2 and any(eye.thickness or eye.hub_width for eye in self.eyes.values()):
            raise refuse(InputError("two plates have neither tongues nor hubs", mend="use bush_diameter of the pins for spacers"))
        return self


class Saddle(Strict):
    """The mouth of a hook: a concave saddle whose crown is the point where the load acts, and a nose."""

    point: Annotated[str, Field(description="point of the body at the saddle's crown")]
    radius: Annotated[PositiveLength, Field(description="radius of the saddle")]
    throat: Annotated[PositiveLength, Field(description="depth of the hook's section from the saddle outwards")]
    throat_at: Annotated[Wrap, Field(description="angle from the crown towards the pivot where the throat is measured")]
    shoulder_radius: Annotated[PositiveLength, Field(description="of the outer edge at the throat")]
    nose_radius: PositiveLength
    nose_wrap: Annotated[Wrap, Field(description="angle from the crown to the end of the saddle at the nose")]
    heel_wrap: Annotated[
        Wrap | None,
        Field(
            description="angle from the crown to a lip on the pivot's side, of the nose's radius; default: straight to the eye"
        ),
    ] = None
    pull: Annotated[Angle, Field(description="nominal direction of the load in the body's frame")]
    source: Source


class Hook(PlateBody):
    """A plate that turns about one eye, is held at others, and carries the load in a saddle."""

    shape: Literal["hook"]
    pivot: Annotated[str, Field(description="eye the hook turns about")]
    arm_neck: Annotated[PositiveLength | None, Field(description="radius cut into the arm on the mouth's side")] = None
    saddle: Saddle

    @model_validator(mode="after")
    def _consistent(self) -> Hook:
        if len(self.eyes) < 2 or self.pivot not in self.eyes:
            raise refuse(InputError("a hook has two eyes or more, one of them its pivot", mend="name the pivot among the eyes"))
        return self


class Shaft(Strict):
    """The straight part of a slider, from its eye along its axis of travel."""

    height: PositiveLength
    length: PositiveLength
    direction: Annotated[Angle, Field(description="from the eye, in the body's frame")] = 0.0


class SliderBlock(PlateBody):
    """One or two flat bars with an eye or several that run in the bracket's guide; the shaft begins at the first eye."""

    shape: Literal["slider"]
    shaft: Shaft
    plates: Literal[1, 2] = 1
    inside: Annotated[PositiveLength | None, Field(description="distance between two bars")] = None

    @model_validator(mode="after")
    def _consistent(self) -> SliderBlock:
        _refuse_half_a_pair(self.plates, self.inside)
        return self

    @property
    def reach(self) -> float:
        """Greatest z of it, mm."""
        return self.thickness / 2.0 if self.inside is None else self.inside / 2.0 + self.thickness


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


class Wedge(Strict):
    """A bar along its body's x axis, with a flat lower face and an upper face that rises towards +x."""

    shape: Literal["wedge"]
    material: str
    thickness: Annotated[PositiveLength, Field(description="across the lock")]
    base: Annotated[str, Field(description="point of the body on its lower face")]
    incline: Annotated[str, Field(description="point of the body on its inclined face")]
    slope: Annotated[Wrap, Field(description="of the inclined face")]
    back: Annotated[PositiveLength, Field(description="how far the wedge reaches from the inclined point to -x")]
    front: Annotated[PositiveLength, Field(description="how far the wedge reaches from the inclined point to +x")]
    source: Source

    @property
    def eyes(self) -> dict[str, Eye]:
        """A wedge has no pin."""
        return {}


class Plunger(Strict):
    """A flat bar whose end an eccentric, a cam or a wedge presses; a sleeve of the bracket may guide it."""

    shape: Literal["plunger"]
    material: str
    thickness: Annotated[PositiveLength, Field(description="across the lock")]
    point: Annotated[str, Field(description="point of the body that the face is measured from")]
    face: Annotated[Length, Field(description="distance of the face from the point, along `direction`")] = 0.0
    slope: Annotated[Angle, Field(description="of the face, from square to the bar, counter-clockwise")] = 0.0
    nose: Annotated[PositiveLength | None, Field(description="radius of a round end about the point, instead of a face")] = None
    direction: Annotated[Angle, Field(description="from the face into the bar, in the body's frame")] = 0.0
    width: PositiveLength
    length: PositiveLength
    source: Source

    @model_validator(mode="after")
    def _one_end(self) -> Plunger:
        if self.nose is not None and (self.face or self.slope):
            raise refuse(InputError("a round end has no face", mend="leave out face and slope, or nose"))
        if self.nose is not None and self.nose > self.width / 2:
            raise refuse(InputError("the round end is wider than the bar", mend=f"nose at most {self.width / 2:g} mm"))
        return self

    @property
    def eyes(self) -> dict[str, Eye]:
        """A plunger has no pin of its own."""
        return {}
