"""The tray file, ``mechlock-tray/1``: what holds the frame up, aside and down, and how stiff that is."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from mechlock.errors import InputError
from mechlock.inputs.quantities import Angle, AsTuple, Force, Fraction, Length, PositiveStiffness, Stiffness, Strict, refuse

Names = Annotated[tuple[str, ...], AsTuple, Field(min_length=1)]


class Pads(Strict):
    """Faces of the tray that can only push."""

    on: Names
    stiffness: Annotated[PositiveStiffness, Field(description="of each pad, total over its face")]
    gap: Length = 0.0
    source: str = ""


class LockSeat(Strict):
    """What a lock is to the frame: a preloaded hook that can only pull, with some lateral stiffness."""

    on: Names
    stiffness: PositiveStiffness
    lateral_stiffness: Stiffness
    preload: Annotated[
        tuple[Force, Force], AsTuple, Field(description="clamp after assembly, before weight: both ends are solved")
    ]
    source: str = ""

    @model_validator(mode="after")
    def _preload_is_a_range(self) -> LockSeat:
        low, high = self.preload
        if low < 0.0 or high < low:
            what = f"the preload runs from {low / 1e3:g} to {high / 1e3:g} kN"
            raise refuse(InputError(what, mend="give the lower end first; a hook cannot push, so 0 kN is the least"))
        return self


class Pins(Strict):
    """Guide pins: they hold the frame in x and y."""

    on: Names
    stiffness: Annotated[tuple[Stiffness, Stiffness], AsTuple]
    limit: Annotated[Force, Field(description="shear that one pin may carry")]
    source: str = ""


class Warp(Strict):
    """The tray's own stiffness against warping, between the rails' twist and the frame."""

    stiffness: Annotated[PositiveStiffness, Field(description="force at one corner per mm with the other three held")]
    source: str = ""


class Contact(Strict):
    """What makes the hook's force leave the direction of its pull."""

    friction: Fraction
    tilt: Angle
    source: str = ""


class TrayFile(Strict):
    """A base tray."""

    format: Literal["mechlock-tray/1"]
    name: str
    pads: Annotated[tuple[Pads, ...], AsTuple]
    locks: LockSeat
    pins: Pins
    warp: Warp
    contact: Contact
    source: str = ""
