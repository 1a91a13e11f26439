"""Field types of the model file: names, axes, directions and vectors of quantities."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, FiniteFloat

from mechlock.errors import InputError
from mechlock.inputs.quantities import (
    Acceleration,
    AsTuple,
    Force,
    Inertia,
    Length,
    Number,
    Quantity,
    Stiffness,
    Stress,
    Torque,
    refuse,
)


def _names(value: object) -> object:
    """Let one name stand for a list of one."""
    return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else value


def _number(value: object) -> object:
    """Let a pure number be written as a string, as in directions."""
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            raise refuse(InputError(f"{value!r} is not a pure number", mend="write a number such as -1")) from None
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


Name = Annotated[str, Field(min_length=1)]
Names = Annotated[tuple[Name, ...], BeforeValidator(_names), Field(min_length=1)]
Axis = Literal["x", "y", "z"]
Axes = Annotated[tuple[Axis, ...], BeforeValidator(_names), Field(min_length=1)]
PureNumber = Annotated[Number, BeforeValidator(_number)]
Direction = Annotated[tuple[PureNumber, PureNumber, PureNumber], AsTuple]
GLoad = Annotated[tuple[Acceleration, Acceleration, Acceleration], AsTuple]
TorqueVector = Annotated[tuple[Torque, Torque, Torque], AsTuple]
ForceVector = Annotated[tuple[Force, Force, Force], AsTuple]
Traction = Annotated[tuple[Stress, Stress, Stress], AsTuple]
Stiffnesses = Annotated[tuple[Stiffness, Stiffness, Stiffness], AsTuple]
Inertias = Annotated[tuple[Inertia, Inertia, Inertia, Inertia, Inertia, Inertia], AsTuple]
Displacements = Annotated[dict[Axis, Length], Field(min_length=1)]
Count = Annotated[int, Field(ge=1, le=1000)]
Expansion = Annotated[FiniteFloat, Quantity("expansion")]
Psd = Annotated[FiniteFloat, Field(ge=0.0), Quantity("acceleration_psd")]
