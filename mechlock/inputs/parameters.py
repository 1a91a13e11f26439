"""Parameters: values with a tolerance or a range, exact as they are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import GetPydanticSchema
from pydantic_core import core_schema

from mechlock import units
from mechlock.errors import InputError
from mechlock.inputs.quantities import refuse


@dataclass(frozen=True)
class Parameter:
    """A value with its interval, in internal units.

    Attributes
    ----------
    nominal, low, high : float
        Nominal value and the ends of its interval (all equal when exact).
    dimension : str
        Key of `mechlock.units.DIMENSIONS`, or ``""`` for a pure number.
    exact : tuple of sympy.Expr
        The same three values without rounding.
    """

    nominal: float
    low: float
    high: float
    dimension: str
    exact: tuple[Any, Any, Any]

    @property
    def is_exact(self) -> bool:
        """Whether the interval has no width."""
        return self.low == self.high


def read_parameter(value: object, dimension: str | None = None) -> Parameter:
    """Read ``"80 mm"``, ``{value, tolerance}`` or ``{range = [low, high]}``.

    Raises
    ------
    InputError
        When it is none of these, or the interval is empty, or a unit does not fit.
    """
    if isinstance(value, Parameter):
        return value
    if isinstance(value, dict):
        keys = set(value)
        if keys == {"value", "tolerance"} or keys == {"value"}:
            middle, kind = _exact(value["value"], dimension)
            width = _exact(value["tolerance"], kind)[0] if "tolerance" in keys else 0 * middle
            if width < 0:
                raise InputError("the tolerance is negative", mend="write it as a positive number")
            triple = (middle, middle - width, middle + width)
        elif keys == {"range"} and isinstance(value["range"], (list, tuple)) and len(value["range"]) == 2:
            low, kind = _exact(value["range"][0], dimension)
            high, _ = _exact(value["range"][1], kind)
            if low > high:
                raise InputError("the range is upside down", mend="write [low, high]")
            triple = ((low + high) / 2, low, high)
        else:
            raise InputError("not a parameter", mend='write "80 mm", { value, tolerance } or { range = [low, high] }')
    elif isinstance(value, list | tuple):
        raise InputError(f"{list(value)!r} is not a parameter", mend="write an interval as { range = [low, high] }")
    else:
        middle, kind = _exact(value, dimension)
        triple = (middle, middle, middle)
    numbers = [float(part) for part in triple]
    return Parameter(numbers[0], numbers[1], numbers[2], kind, triple)


def _exact(value: object, dimension: str | None) -> tuple[Any, str]:
    from mechlock.inputs import expressions  # loads sympy, which files without parameters do without

    number, found = units.infer(value)
    if dimension is not None and found != dimension:
        if dimension == "":
            raise InputError(f"{value!r} has a unit, a pure number is expected", mend="remove the unit")
        units.parse(value, dimension)
        found = dimension
    if found == "":
        return expressions.exact(number), ""
    return expressions.exact_quantity(str(value), found), found


def _convert_parameter(dimension: str | None) -> Any:
    def convert(value: object) -> Parameter:
        try:
            return read_parameter(value, dimension)
        except InputError as error:
            raise refuse(error) from None

    return convert


def _parameter_type(dimension: str | None) -> Any:
    def schema(_source: Any, _handler: Any) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(_convert_parameter(dimension))

    example = "80 mm" if dimension is None else units.DIMENSIONS[dimension][1] if dimension else 0.1
    json: dict[str, Any] = {
        "description": "a value, { value, tolerance } or { range = [low, high] }",
        "examples": [example, {"value": example, "tolerance": example}, {"range": [example, example]}],
    }

    def json_schema(_core: Any, _handler: Any) -> dict[str, Any]:
        return json

    return GetPydanticSchema(schema, json_schema)


AnyParameter = Annotated[Parameter, _parameter_type(None)]
StiffnessParameter = Annotated[Parameter, _parameter_type("stiffness")]
LengthParameter = Annotated[Parameter, _parameter_type("length")]
ForceParameter = Annotated[Parameter, _parameter_type("force")]
PureParameter = Annotated[Parameter, _parameter_type("")]
