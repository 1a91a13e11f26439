"""The lock's parts, ``mechlock-lockparts/1``: plates, hook, bracket and pins that a linkage is made of.

Every table carries a `source` that says where its figures come from, or that they are an assumption.
Points, joints and bodies are those of the linkage that the parts belong to; lengths across the plates run along z, the
middle plane of the lock is z = 0 and everything is symmetric about it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from annotated_types import Ge, Le
from pydantic import Field, FiniteFloat, model_validator

from mechlock.errors import InputError
from mechlock.inputs import reading
from mechlock.inputs.fits import joint_clearance
from mechlock.inputs.lockparts_bodies import BellCrank, Eccentric, Hook, PlateLink, Plunger, SliderBlock, Source, Wedge
from mechlock.inputs.lockparts_bracket import Bracket
from mechlock.inputs.quantities import NonNegativeLength, PositiveLength, PositiveStress, Strict, refuse

FORMAT = "mechlock-lockparts/1"


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
    bush_diameter: Annotated[
        PositiveLength | None, Field(description="outer diameter of spacer bushes where plates along the pin stand apart")
    ] = None
    split: Annotated[
        bool, Field(description="two stubs, each through the plates of one side, so that the space between a pair stays free")
    ] = False
    source: Source

    @model_validator(mode="after")
    def _fits_are_known(self) -> Pin:
        try:
            joint_clearance(self.fit, self.seat, self.diameter)
        except InputError as error:
            raise refuse(error) from None
        return self

    @model_validator(mode="after")
    def _head_is_whole(self) -> Pin:
        if (self.head_diameter is None) != (self.head_thickness is None):
            raise refuse(InputError("a head needs head_diameter and head_thickness", mend="give both or neither"))
        if self.head_diameter is not None and self.head_diameter <= self.diameter:
            least = f"head_diameter must exceed {self.diameter:g} mm"
            raise refuse(InputError("the pin's head is not larger than the pin", mend=least))
        if self.ring is not None and self.ring.groove_diameter >= self.diameter:
            raise refuse(InputError("the ring's groove is not smaller than the pin", mend=f"below {self.diameter:g} mm"))
        if self.bush_diameter is not None and self.bush_diameter < self.diameter + 4.0:
            raise refuse(InputError("the bush is thinner than 2 mm", mend=f"at least {self.diameter + 4:g} mm"))
        return self


class Striker(Strict):
    """The bar on the pack that the hook pulls down, held in two plates."""

    diameter: PositiveLength
    material: str
    plate_thickness: Annotated[PositiveLength, Field(description="of each of the two plates that hold the bar")]
    side_gap: Annotated[PositiveLength, Field(description="between the hook and each plate")]
    contact_pressure_limit: Annotated[PositiveStress, Field(description="Hertz peak pressure of the hardened faces")]
    source: Source


Body = PlateLink | BellCrank | Hook | SliderBlock | Bracket | Eccentric | Plunger | Wedge


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
            Annotated[
                PlateLink | BellCrank | Hook | SliderBlock | Bracket | Eccentric | Plunger | Wedge, Field(discriminator="shape")
            ],
        ],
        Field(min_length=1),
    ]
    pins: dict[str, Pin] = Field(default_factory=dict)
    striker: Striker | None = None
    open_at: Annotated[
        str | None,
        Field(
            description="drive coordinate of the open position: on the way there nothing may meet; "
            "default: where the hooks have turned by 30 deg",
            examples=["64 deg", "0 mm"],
        ),
    ] = None
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
