"""The analyses that a model file asks for: loads, static, modal, buckling, and linear dynamics."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import Field, FiniteFloat, model_validator

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
    TorqueVector,
    Traction,
)
from mechlock.inputs.quantities import (
    Acceleration,
    AsTuple,
    Duration,
    Frequency,
    Number,
    Point,
    Quantity,
    Stress,
    Strict,
    refuse,
)

Ratio = Annotated[Number, Field(ge=0.0, lt=1.0)]
NonNegativeDuration = Annotated[FiniteFloat, Field(ge=0.0), Quantity("time")]


_KINDS = ("pressure", "force", "traction", "temperature", "moment", "bearing")


class Load(Strict):
    """One load on one group.

    `force` is the total, spread over the faces; with `at` it acts at that point and its moment is spread as well. `moment` is a
    couple. `bearing` is the total force of a pin in a hole: a pressure that falls off with the cosine of the angle from it.
    """

    on: Name
    pressure: Stress | None = None
    force: ForceVector | None = None
    at: Point | None = None
    traction: Traction | None = None
    temperature: str | None = None
    moment: TorqueVector | None = None
    bearing: ForceVector | None = None

    @model_validator(mode="after")
    def _one(self) -> Load:
        kinds = [kind for kind in _KINDS if getattr(self, kind) is not None]
        if len(kinds) != 1:
            found = " and ".join(kinds) or "none"
            raise refuse(InputError(f"a load is one of {', '.join(_KINDS)}; here is {found}", mend="split it"))
        if self.at is not None and self.force is None:
            raise refuse(InputError("only a force acts at a point", mend="remove at"))
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
    inertia_relief: Annotated[bool, Field(description="the body is free; its own inertia balances the loads")] = False

    @model_validator(mode="after")
    def _free(self) -> StaticCase:
        if self.inertia_relief and (self.supports or self.displacements):
            raise refuse(InputError("a body with inertia relief has no supports", mend="remove supports and displacements"))
        return self


class Combination(Strict):
    """Factors on static cases with the same supports: solved with the sum of their loads, so that contacts answer to it."""

    name: Name
    factors: Annotated[dict[Name, Number], Field(min_length=1)]


class Envelope(Strict):
    """Greatest stress, place by place, over static cases and combinations, with the case that gives it."""

    name: Name
    of: Annotated[tuple[Name, ...], AsTuple, Field(min_length=1)]


class ModalCase(_Case):
    """Natural frequencies and mode shapes, contacts as they stand in a static case."""

    analysis: Literal["modal"]
    modes: Count = 10
    about: Name | None = None
    prestressed: Annotated[bool, Field(description="the stresses of the case it is about stiffen or soften the body")] = False

    @model_validator(mode="after")
    def _whole(self) -> ModalCase:
        if self.prestressed and self.about is None:
            raise refuse(InputError("prestressed modes need the static case they are about", mend="add about"))
        return self


class BucklingCase(_Case):
    """Load factors at which the structure buckles."""

    analysis: Literal["buckling"]
    modes: Count = 3
    g_load: GLoad = (0.0, 0.0, 0.0)
    displacements: dict[Name, Displacements] = Field(default_factory=dict)
    loads: Annotated[tuple[Load, ...], AsTuple] = ()


class Rayleigh(Strict):
    """Damping matrix as mass times one coefficient and stiffness times another."""

    mass: Annotated[FiniteFloat, Field(ge=0.0), Quantity("frequency")] = 0.0
    stiffness: Annotated[FiniteFloat, Field(ge=0.0), Quantity("time")] = 0.0


class Damping(Strict):
    """Damping of another kind than one ratio for all modes."""

    modal: Annotated[tuple[Ratio, ...] | None, AsTuple, Field(description="a ratio for each mode; the last serves the rest")] = (
        None
    )
    structural: Annotated[Number | None, Field(ge=0.0, description="loss factor")] = None
    rayleigh: Rayleigh | None = None

    @model_validator(mode="after")
    def _one(self) -> Damping:
        if sum(item is not None for item in (self.modal, self.structural, self.rayleigh)) != 1:
            raise refuse(InputError("give one of modal, structural, rayleigh", mend="keep one of them"))
        return self


class _Dynamic(_Case):
    direction: Axis | Direction
    damping: Ratio | Damping
    modes: Count | None = None
    up_to: Frequency | None = None
    about: Name | None = None
    include_static: bool = False


class Pulse(Strict):
    """A base acceleration pulse."""

    shape: Literal["half_sine", "terminal_peak_sawtooth", "trapezoid", "rectangle", "initial_peak_triangle"]
    peak: Acceleration
    duration: Duration


class History(Strict):
    """Base acceleration over time, straight between its points."""

    time: Annotated[tuple[NonNegativeDuration, ...], AsTuple, Field(min_length=2)]
    acceleration: Annotated[tuple[Acceleration, ...], AsTuple, Field(min_length=2)]

    @model_validator(mode="after")
    def _pairs(self) -> History:
        _ascending(self.time, self.acceleration, "time", "acceleration")
        return self


class ResponseSpectrum(Strict):
    """Greatest absolute acceleration of single oscillators against their natural frequency."""

    frequency: Annotated[tuple[Frequency, ...], AsTuple, Field(min_length=1)]
    acceleration: Annotated[tuple[Acceleration, ...], AsTuple, Field(min_length=1)]

    @model_validator(mode="after")
    def _pairs(self) -> ResponseSpectrum:
        _ascending(self.frequency, self.acceleration, "frequency", "acceleration")
        _positive(self.acceleration, "acceleration")
        return self


class ShockCase(_Dynamic):
    """Base acceleration pulse, by modal superposition."""

    analysis: Literal["shock"]
    pulse: Pulse | None = None
    standard: Name | None = None

    history: Annotated[History | None, Field(description="a recorded base acceleration instead of a pulse")] = None

    @model_validator(mode="after")
    def _one(self) -> ShockCase:
        return _one_source(self, {"pulse": self.pulse, "history": self.history})


class ResponseSpectrumCase(_Dynamic):
    """Peaks of the modes from a shock response spectrum, combined by a rule.

    `spectrum` gives absolute acceleration of single oscillators against their frequency, straight on logarithmic axes between
    its points and level beyond; or the spectrum of a pulse or of a standard's pulse is formed.
    """

    analysis: Literal["spectrum"]
    spectrum: ResponseSpectrum | None = None
    pulse: Pulse | None = None
    standard: Name | None = None
    combination: Literal["ABS", "SRSS", "CQC", "NRL"] = "CQC"

    @model_validator(mode="after")
    def _one(self) -> ResponseSpectrumCase:
        return _one_source(self, {"spectrum": self.spectrum, "pulse": self.pulse})


class Spectrum(Strict):
    """One-sided power spectral density of the base acceleration."""

    frequency: Annotated[tuple[Frequency, ...], AsTuple, Field(min_length=2)]
    level: Annotated[tuple[Psd, ...], AsTuple, Field(min_length=2)]

    @model_validator(mode="after")
    def _pairs(self) -> Spectrum:
        _ascending(self.frequency, self.level, "frequency", "level")
        _positive(self.level, "level")
        return self


class RandomCase(_Dynamic):
    """Stationary random base acceleration."""

    analysis: Literal["random"]
    psd: Spectrum | None = None
    standard: Name | None = None
    duration: Duration | None = None

    @model_validator(mode="after")
    def _one(self) -> RandomCase:
        return _one_source(self, {"psd": self.psd})


class HarmonicCase(_Dynamic):
    """Steady response to a sinusoidal base acceleration of given amplitude, or to sinusoidal `loads`, at given frequencies."""

    analysis: Literal["harmonic"]
    direction: Axis | Direction = "x"
    amplitude: Acceleration | None = None
    loads: Annotated[tuple[Load, ...], AsTuple] = ()
    frequencies: Annotated[tuple[Frequency, ...], AsTuple, Field(min_length=1)]

    @model_validator(mode="after")
    def _one(self) -> HarmonicCase:
        if (self.amplitude is None) == (not self.loads):
            raise refuse(InputError("give either the base's amplitude or loads", mend="keep one of the two"))
        if any(load.temperature is not None for load in self.loads):
            raise refuse(InputError("a temperature does not vibrate", mend="remove it from the loads"))
        return self


def _one_source(case: Any, sources: dict[str, object]) -> Any:
    given = [key for key, value in {**sources, "standard": case.standard}.items() if value is not None]
    if len(given) != 1:
        raise refuse(InputError(f"give one of {', '.join(sources)}, standard", mend="keep one of them"))
    return case


def _ascending(first: tuple[float, ...], second: tuple[float, ...], what: str, other: str) -> None:
    if len(first) != len(second):
        raise refuse(InputError(f"{what} and {other} differ in length", mend=f"give one {other} for each {what}"))
    if any(b <= a for a, b in pairwise(first)):
        raise refuse(InputError(f"the values of {what} do not ascend", mend="sort them"))


def _positive(values: tuple[float, ...], what: str) -> None:
    if any(value <= 0.0 for value in values):
        raise refuse(
            InputError(f"{what} has a value that is not above zero", mend="lines on logarithmic axes have no zero: end it before")
        )


Case = Annotated[
    StaticCase | ModalCase | ShockCase | ResponseSpectrumCase | RandomCase | HarmonicCase | BucklingCase,
    Field(discriminator="analysis"),
]
DynamicCase = ShockCase | ResponseSpectrumCase | RandomCase | HarmonicCase
