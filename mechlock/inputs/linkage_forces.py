"""What acts on a linkage besides the lock's loads: masses, gravity, springs, given forces and actuators."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from mechlock.errors import InputError
from mechlock.inputs.quantities import (
    Acceleration,
    Angle,
    AsTuple,
    Damping,
    Force,
    Length,
    PositiveLength,
    Stiffness,
    Strict,
    Torque,
    TurningDamping,
    TurningStiffness,
    refuse,
)


def _text(value: object) -> object:
    """Keep expressions as text until the file's parameters are known; numbers are refused later with their key."""
    return value if isinstance(value, str) else repr(value) if isinstance(value, (int, float)) else value


ExpressionText = Annotated[
    str, BeforeValidator(_text), Field(description="a quantity or an expression in parameters", examples=["120 mm", "1.5*c"])
]
PointText = Annotated[tuple[ExpressionText, ExpressionText], AsTuple]
Reference = Annotated[str, Field(pattern=r"^[^.\s]+\.[^.\s]+$", description="body.point", examples=["crank.A"])]
ForceVector = Annotated[tuple[Force, Force], AsTuple]


class Gravity(Strict):
    """Weight of all masses."""

    magnitude: Acceleration
    direction: Angle


class Spring(Strict):
    """A spring between two points: its pull is ``preload + rate (length - free_length)``, plus ``damping`` times lengthening."""

    name: str
    of: Annotated[tuple[Reference, Reference], AsTuple]
    free_length: PositiveLength
    rate: Stiffness
    preload: Force = 0.0
    damping: Damping = 0.0
    acts: Literal["both", "pull", "push"] = "both"


class TorsionSpring(Strict):
    """A spring in a revolute joint: it turns the joint back to ``free_angle`` with ``preload + rate (angle - free_angle)``."""

    name: str
    joint: str
    free_angle: Angle
    rate: TurningStiffness
    preload: Torque = 0.0
    damping: TurningDamping = 0.0


class AppliedForce(Strict):
    """A constant force on a point, in ground's frame, or a constant torque on a body."""

    name: str
    body: str
    point: str | None = None
    force: ForceVector | None = None
    torque: Torque = 0.0

    @model_validator(mode="after")
    def _something(self) -> AppliedForce:
        if (self.point is None) != (self.force is None):
            raise refuse(InputError(f"force {self.name!r} needs a point and a force", mend="give both, or a torque alone"))
        if self.force is None and self.torque == 0.0:
            raise refuse(InputError(f"force {self.name!r} is nothing", mend='add force = ["0 N", "-500 N"] or torque'))
        return self


class Actuator(Strict):
    """A cylinder between two points that pushes them apart with a constant force (negative: pulls)."""

    name: str
    of: Annotated[tuple[Reference, Reference], AsTuple]
    force: Force


class Stop(Strict):
    """Where a joint's angle or travel is blocked, and how much of its speed it gives back."""

    at: str
    blocks: Literal["increasing", "decreasing"]
    restitution: Annotated[float, Field(ge=0.0, lt=1.0)] = 0.0


__all__ = [
    "Actuator", "AppliedForce", "ExpressionText", "Gravity", "Length", "PointText", "Reference", "Spring", "Stop",
    "TorsionSpring",
]  # fmt: skip
