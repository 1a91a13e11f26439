"""The analyses that a model file asks for: loads, static, modal, buckling, and linear dynamics."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from mechlock import units
from mechlock.errors import InputError
from mechlock.inputs.model_fields import (
    Axis,
    Count,
    Direction,
    Displacements,
    ForceVector,
    GLoad,
    Name,
    Names,
    Psd,
    Traction,
)
from mechlock.inputs.quantities import Acceleration, AsTuple, Duration, Frequency, Number, Stress, Strict, refuse


class Load(Strict):
    """One load on one group."""

    on: Name
    pressure: Stress | None = None
    force: ForceVector | None = None
    traction: Traction | None = None
    temperature: str | None = None

    @model_validator(mode="after")
    def _one(self) -> Load:
        kinds = [kind for kind in ("pressure", "force", "traction", "temperature") if getattr(self, kind) is not None]
        if len(kinds) != 1:
            found = " and ".join(kinds) or "none"
            raise refuse(InputError(f"a load is one of pressure, force, traction, temperature; here is {found}", mend="split it"))
        if self.temperature is not None and _looks_like_number(self.temperature):
            try:
                units.parse(self.temperature, "temperature_change")
            except InputError as error:
                raise refuse(error) from None
        return self

    @property
    def temperature_change(self) -> float | str | None:
        """Uniform change in K, or the name of a field of the mesh."""
        if self.temperature is None or not _looks_like_number(self.temperature):
            return self.temperature
        return units.parse(self.temperature, "temperature_change")


def _looks_like_number(text: str) -> bool:
    return bool(re.match(r"^\s*[-+.\d]", text))


class _Case(Strict):
    name: Name
    supports: Names | None = None


class StaticCase(_Case):
    """Loads at rest."""

    analysis: Literal["static"]
    g_load: GLoad = (0.0, 0.0, 0.0)
    displacements: dict[Name, Displacements] = Field(default_factory=dict)
    loads: Annotated[tuple[Load, ...], AsTuple] = ()


class ModalCase(_Case):
    """Natural frequencies and mode shapes, contacts as they stand in a static case."""

    analysis: Literal["modal"]
    modes: Count = 10
    about: Name | None = None


class BucklingCase(_Case):
    """Load factors at which the structure buckles."""

    analysis: Literal["buckling"]
    modes: Count = 3
    g_load: GLoad = (0.0, 0.0, 0.0)
    displacements: dict[Name, Displacements] = Field(default_factory=dict)
    loads: Annotated[tuple[Load, ...], AsTuple] = ()


class _Dynamic(_Case):
    direction: Axis | Direction
    damping: Annotated[Number, Field(ge=0.0, lt=1.0)]
    modes: Count | None = None
    up_to: Frequency | None = None
    about: Name | None = None
    include_static: bool = False


class Pulse(Strict):
    """A base acceleration pulse."""

    shape: Literal["half_sine", "terminal_peak_sawtooth", "trapezoid", "rectangle", "initial_peak_triangle"]
    peak: Acceleration
    duration: Duration


class ShockCase(_Dynamic):
    """Base acceleration pulse, by modal superposition."""

    analysis: Literal["shock"]
    pulse: Pulse | None = None
    standard: Name | None = None

    @model_validator(mode="after")
    def _one(self) -> ShockCase:
        return _one_source(self, self.pulse, "pulse")


class Spectrum(Strict):
    """One-sided power spectral density of the base acceleration."""

    frequency: Annotated[tuple[Frequency, ...], AsTuple, Field(min_length=2)]
    level: Annotated[tuple[Psd, ...], AsTuple, Field(min_length=2)]

    @model_validator(mode="after")
    def _pairs(self) -> Spectrum:
        if len(self.frequency) != len(self.level):
            raise refuse(InputError("frequency and level differ in length", mend="give one level for each frequency"))
        if any(b <= a for a, b in zip(self.frequency, self.frequency[1:], strict=False)):
            raise refuse(InputError("the frequencies do not ascend", mend="sort them"))
        return self


class RandomCase(_Dynamic):
    """Stationary random base acceleration."""

    analysis: Literal["random"]
    psd: Spectrum | None = None
    standard: Name | None = None
    duration: Duration | None = None

    @model_validator(mode="after")
    def _one(self) -> RandomCase:
        return _one_source(self, self.psd, "psd")


class HarmonicCase(_Dynamic):
    """Harmonic base acceleration of given amplitude at given frequencies."""

    analysis: Literal["harmonic"]
    amplitude: Acceleration
    frequencies: Annotated[tuple[Frequency, ...], AsTuple, Field(min_length=1)]


def _one_source(case: Any, own: object, key: str) -> Any:
    if (own is None) == (case.standard is None):
        raise refuse(InputError(f"give either {key} or standard", mend="keep one of the two"))
    return case


Case = Annotated[StaticCase | ModalCase | ShockCase | RandomCase | HarmonicCase | BucklingCase, Field(discriminator="analysis")]
DynamicCase = ShockCase | RandomCase | HarmonicCase
