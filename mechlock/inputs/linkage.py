"""The linkage file, ``mechlock-linkage/1``: bodies with named points, joints, one drive, an optional lock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from annotated_types import Ge
from pydantic import Field, model_validator

from mechlock.errors import InputError
from mechlock.inputs import reading
from mechlock.inputs.linkage_forces import (
    Actuator,
    AppliedForce,
    ExpressionText,
    Gravity,
    PointText,
    Reference,
    Spring,
    Stop,
    TorsionSpring,
)
from mechlock.inputs.parameters import (
    AnyParameter,
    LengthParameter,
    StiffnessParameter,
)
from mechlock.inputs.quantities import (
    AsTuple,
    Fraction,
    Inertia,
    Length,
    Mass,
    NonNegativeLength,
    PositiveLength,
    PositiveStiffness,
    PositiveTurningStiffness,
    Quantity,
    Strict,
    refuse,
)

FORMAT = "mechlock-linkage/1"

ClaimName = Literal["over_centre", "stays_shut", "clamp", "friction", "release", "positive", "can_hold"]


class Body(Strict):
    """A rigid body: named points in its own frame; mass, its centre in that frame, and inertia about the centre."""

    points: Annotated[dict[str, PointText], Field(min_length=1)]
    mass: Mass = 0.0
    centre: PointText = ("0 mm", "0 mm")
    inertia: Annotated[Inertia, Ge(0.0)] = 0.0


class Joint(Strict):
    """A joint between a point of one body and a point of another."""

    name: str
    type: Literal["revolute", "prismatic", "pin_in_slot", "eccentric", "cam", "wedge"]
    of: Annotated[tuple[Reference, Reference], AsTuple]
    axis: ExpressionText | None = None
    angle: ExpressionText | None = None
    pin_radius: PositiveLength | None = None
    friction: str | Fraction | None = None
    clearance: NonNegativeLength | None = None
    radius: ExpressionText | None = None
    radii: Annotated[tuple[ExpressionText, ExpressionText], AsTuple] | None = None
    side: Literal["left", "right"] | None = None
    inside: bool = False
    stiffness: PositiveStiffness | None = None
    rotational_stiffness: PositiveTurningStiffness | None = None
    misfit: Annotated[tuple[Length, Length], AsTuple] | None = None

    @model_validator(mode="after")
    def _contact(self) -> Joint:
        wanted = {"eccentric": {"radius"}, "cam": {"radii"}}.get(self.type, set[str]())
        for key in ("radius", "radii"):
            if (getattr(self, key) is not None) != (key in wanted):
                mend = f"add {key}" if key in wanted else f"remove {key}"
                raise refuse(InputError(f"joint {self.name!r} is {self.type}: {key} does not fit", mend=mend))
        if self.side is not None and self.type not in {"eccentric", "wedge"}:
            raise refuse(InputError(f"joint {self.name!r} is {self.type} and has a side", mend="remove it"))
        if self.inside and self.type != "cam":
            raise refuse(InputError(f"joint {self.name!r} is {self.type} and has inside", mend="remove it"))
        if wanted and (self.pin_radius is not None or self.angle is not None):
            raise refuse(InputError(f"joint {self.name!r} is {self.type}: pin_radius and angle do not fit", mend="remove them"))
        if self.type == "cam" and self.axis is not None:
            raise refuse(InputError(f"joint {self.name!r} is a cam of two circles and has an axis", mend="remove it"))
        if self.type in {"eccentric", "cam", "wedge"} and self.clearance is not None:
            raise refuse(InputError(f"joint {self.name!r} is a contact and has a clearance", mend="remove it"))
        return self

    @model_validator(mode="after")
    def _consistent(self) -> Joint:
        if self.type == "revolute" and (self.axis is not None or self.angle is not None):
            raise refuse(InputError(f"joint {self.name!r} is revolute and has an axis or angle", mend="remove it"))
        if self.type == "pin_in_slot" and self.angle is not None:
            raise refuse(InputError(f"joint {self.name!r} is a pin in a slot and has an angle", mend="remove it"))
        if self.rotational_stiffness is not None and self.type not in {"prismatic", "wedge"}:
            raise refuse(
                InputError(
                    f"joint {self.name!r} is {self.type} and carries no couple: it has no rotational_stiffness", mend="remove it"
                )
            )
        if self.misfit is not None and self.type in {"cam", "eccentric"}:
            raise refuse(InputError(f"joint {self.name!r} is {self.type} and has a misfit", mend="give it to a pin or a slide"))
        if self.type == "revolute" and self.friction is not None and self.pin_radius is None:
            raise refuse(InputError(f"joint {self.name!r} has friction but no pin_radius", mend="add pin_radius"))
        if self.pin_radius is not None and self.clearance is not None and self.clearance >= self.pin_radius:
            raise refuse(
                InputError(f"the clearance of joint {self.name!r} is as large as its pin", mend="clearance is radial, in mm")
            )
        if self.type == "prismatic" and self.clearance is not None:
            raise refuse(
                InputError(f"joint {self.name!r} is prismatic and has a clearance", mend="remove it; pins have clearances")
            )
        return self


class Drive(Strict):
    """The input: which joint, where it stands, how fast it moves."""

    joint: str
    value: ExpressionText
    rate: str | None = None
    acceleration: str | None = None


class Band(Strict):
    """A value with a tolerance, kept as text because its dimension depends on the drive."""

    value: str
    tolerance: str | None = None


class Load(Strict):
    """A load on the locked mechanism: a cone of directions and an interval of magnitudes."""

    name: str
    body: str
    point: str
    magnitude: Annotated[tuple[str, str], AsTuple]
    direction: Annotated[tuple[str, str], AsTuple]


class Release(Strict):
    """What the actuator can do, and under which loads it has to."""

    loads: Annotated[tuple[str, ...], AsTuple] = ()
    direction: Literal["increasing", "decreasing"] | None = None
    max_torque: str | None = None
    max_force: str | None = None


class Clamp(Strict):
    """Where the clamp force comes from; `losses` (settlement, wear, ...) lessen the interference; `loads` default to all."""

    stiffness: StiffnessParameter
    interference: LengthParameter
    adjusted: bool = False
    losses: dict[str, LengthParameter] = Field(default_factory=dict)
    loads: Annotated[tuple[str, ...], AsTuple] | None = None


class Positive(Strict):
    """A pawl, pin or stop: a face that a tooth runs into when the drive goes back; the face lies on one side of its edge."""

    body: str
    point: str
    against: Reference
    normal: ExpressionText
    side: Literal["left", "right"] = "left"
    width: PositiveLength
    engagement: PositiveLength
    blocked_at: str


class Shock(Strict):
    """What a shock can put into the mechanism: velocity change of the base, and energy of the drive itself."""

    velocity_change: Annotated[float, Ge(0.0), Quantity("velocity")]
    drive_energy: Annotated[float, Ge(0.0), Quantity("energy")] = 0.0


class Lock(Strict):
    """The lock: its stop, its locked interval, its loads and the claims about it."""

    claims: Annotated[tuple[ClaimName, ...], AsTuple] = ("over_centre",)
    drive: str | Band
    stop: Literal["increasing", "decreasing"] | None = None
    locked_from: str | None = None
    loads: Annotated[tuple[Load, ...], AsTuple] = ()
    release: Release | Literal["increasing", "decreasing"] | None = None
    clamp: Clamp | None = None
    positive: Positive | None = None
    shock: Shock | None = None
    base_acceleration: Annotated[float, Ge(0.0), Quantity("acceleration")] = 0.0


class LinkageFile(Strict):
    """A planar mechanism as the engineer writes it."""

    format: Literal["mechlock-linkage/1"]
    name: str = ""
    about: str = ""
    parameters: dict[str, AnyParameter] = Field(default_factory=dict)
    bodies: dict[str, Body]
    joints: Annotated[tuple[Joint, ...], AsTuple]
    drive: Drive
    assembly: dict[str, str] = Field(default_factory=dict)
    lock: Lock | None = None
    gravity: Gravity | None = None
    springs: Annotated[tuple[Spring, ...], AsTuple] = ()
    torsion_springs: Annotated[tuple[TorsionSpring, ...], AsTuple] = ()
    forces: Annotated[tuple[AppliedForce, ...], AsTuple] = ()
    actuators: Annotated[tuple[Actuator, ...], AsTuple] = ()
    stops: Annotated[tuple[Stop, ...], AsTuple] = ()


@dataclass(frozen=True)
class LinkageSource:
    """A linkage file that has been read: the model, the text data it came from, its place, and fits that gave clearances.

    `fits` says by joint which fits its clearance comes from, where the file gave none (`mechlock.inputs.joint_play`).
    """

    file: LinkageFile
    data: dict[str, Any]
    where: str
    fits: Mapping[str, str] = field(default_factory=dict[str, str])


def read_linkage(path: Path) -> LinkageSource:
    """Read and validate a linkage file.

    Raises
    ------
    InputError
        With file and key, for anything that is not as the format says.
    """
    return linkage_from_data(reading.read_toml(path), str(path))


def linkage_from_data(data: dict[str, Any], where: str) -> LinkageSource:
    """Validate linkage data that is already in memory (an inline table of a design, say)."""
    return LinkageSource(reading.validate(LinkageFile, data, where), data, where)
