"""Field types for the file models: strings with units in the file, internal floats in the program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from annotated_types import Ge, Gt
from pydantic import BaseModel, BeforeValidator, ConfigDict, FiniteFloat, GetJsonSchemaHandler
from pydantic_core import PydanticCustomError, core_schema

from mechlock import units
from mechlock.errors import InputError


class Strict(BaseModel):
    """Base of every file model: frozen, no unknown keys, no silent conversions."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, arbitrary_types_allowed=True)


def refuse(error: InputError) -> PydanticCustomError:
    """Wrap an `InputError` so that pydantic collects it with the key it belongs to."""
    return PydanticCustomError("mechlock", "{what}", {"what": error.what, "mend": error.mend})


@dataclass(frozen=True)
class Quantity:
    """Annotation: the file holds a string with a unit of `dimension`; the model holds the internal float."""

    dimension: str

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        def convert(value: object) -> float:
            if isinstance(value, _Internal):
                return float(value)
            try:
                return _Internal(units.parse(value, self.dimension))
            except InputError as error:
                raise refuse(error) from None

        return core_schema.no_info_before_validator_function(convert, handler(source))

    def __get_pydantic_json_schema__(self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        unit, example = units.DIMENSIONS[self.dimension]
        return {
            "type": "string",
            "description": f"{self.dimension.replace('_', ' ')} with its unit (internally {unit})",
            "examples": [example],
        }


class _Internal(float):
    """A float that has already been converted, so that a validated model can be validated again."""


def _tuple(value: object) -> object:
    """Let strict models take TOML arrays for tuples."""
    return tuple(value) if isinstance(value, list) else value


AsTuple = BeforeValidator(_tuple)

Number = FiniteFloat
Length = Annotated[FiniteFloat, Quantity("length")]
PositiveLength = Annotated[FiniteFloat, Gt(0.0), Quantity("length")]
NonNegativeLength = Annotated[FiniteFloat, Ge(0.0), Quantity("length")]
Angle = Annotated[FiniteFloat, Quantity("angle")]
Mass = Annotated[FiniteFloat, Ge(0.0), Quantity("mass")]
PositiveMass = Annotated[FiniteFloat, Gt(0.0), Quantity("mass")]
Force = Annotated[FiniteFloat, Quantity("force")]
NonNegativeForce = Annotated[FiniteFloat, Ge(0.0), Quantity("force")]
Torque = Annotated[FiniteFloat, Quantity("torque")]
Stress = Annotated[FiniteFloat, Quantity("stress")]
PositiveStress = Annotated[FiniteFloat, Gt(0.0), Quantity("stress")]
Stiffness = Annotated[FiniteFloat, Ge(0.0), Quantity("stiffness")]
PositiveStiffness = Annotated[FiniteFloat, Gt(0.0), Quantity("stiffness")]
TurningStiffness = Annotated[FiniteFloat, Ge(0.0), Quantity("rotational_stiffness")]
PositiveTurningStiffness = Annotated[FiniteFloat, Gt(0.0), Quantity("rotational_stiffness")]
Damping = Annotated[FiniteFloat, Ge(0.0), Quantity("damping")]
TurningDamping = Annotated[FiniteFloat, Ge(0.0), Quantity("rotational_damping")]
Acceleration = Annotated[FiniteFloat, Quantity("acceleration")]
Frequency = Annotated[FiniteFloat, Gt(0.0), Quantity("frequency")]
Duration = Annotated[FiniteFloat, Gt(0.0), Quantity("time")]
TemperatureChange = Annotated[FiniteFloat, Quantity("temperature_change")]
Density = Annotated[FiniteFloat, Ge(0.0), Quantity("density")]
Inertia = Annotated[FiniteFloat, Quantity("inertia")]
Point = Annotated[tuple[Length, Length, Length], AsTuple]
Fraction = Annotated[FiniteFloat, Ge(0.0)]
