"""Duty spectra: what a truck drives in its life, as shares of roads, speeds, load states, events and manoeuvres, and its swaps.

A file of the format ``mechlock-duty/1``; the default is made of the project's assumptions in ``roads_iso8608.toml``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from annotated_types import Ge, Gt, Le
from pydantic import Field, FiniteFloat

from mechlock import units
from mechlock.errors import InputError
from mechlock.inputs.quantities import Acceleration, AsTuple, PositiveLength, Quantity, Strict
from mechlock.inputs.reading import read_toml, validate
from mechlock.loads.history import FloatArray
from mechlock.loads.logged import AXES, read_log
from mechlock.loads.road_events import EventKind, RoadEvent, Side, road_event, standard_sizes
from mechlock.loads.roads import RoadSpectrum, road_class
from mechlock.loads.standards import find_record, list_records
from mechlock.loads.trucks import DEFAULT

Speed = Annotated[FiniteFloat, Gt(0.0), Quantity("velocity")]
Share = Annotated[FiniteFloat, Ge(0.0), Le(1.0)]

_KM = 1.0e6
_LONGEST = 1200.0


@dataclass(frozen=True)
class Drive:
    """One kind of driving.

    Attributes
    ----------
    name : str
    road : RoadSpectrum
    speed : float
        mm/s.
    empty : bool
        Without payload.
    distance : float
        In a year, mm.
    """

    name: str
    road: RoadSpectrum
    speed: float
    empty: bool
    distance: float


@dataclass(frozen=True)
class Meeting:
    """Events of one kind.

    Attributes
    ----------
    event : RoadEvent
        At the start of the road.
    speed : float
        mm/s.
    per_year : float
        How often it is met.
    """

    event: RoadEvent
    speed: float
    per_year: float


@dataclass(frozen=True)
class Manoeuvre:
    """A slow acceleration of the whole truck: braking, a curve.

    Attributes
    ----------
    name : str
    acceleration : tuple of float
        Of the truck along x (forward), y (left), z (up), mm/s².
    both_ways : bool
        As often one way as the other, so that the stress swings from one to the other.
    per_year : float
        How often it happens, both ways together.
    """

    name: str
    acceleration: tuple[float, float, float]
    both_ways: bool
    per_year: float


@dataclass(frozen=True)
class Recorded:
    """A logged stretch of driving.

    Attributes
    ----------
    name : str
    step : float
        s.
    acceleration : ndarray, (n, 3)
        Of the middle of the lock plane along x, y, z, mm/s².
    time : float
        In a year, s.
    """

    name: str
    step: float
    acceleration: FloatArray
    time: float


@dataclass(frozen=True)
class Duty:
    """A duty spectrum.

    Attributes
    ----------
    name : str
    years : float
    distance : float
        In a year, mm.
    drives : tuple of Drive
    records : tuple of Recorded
    meetings : tuple of Meeting
    manoeuvres : tuple of Manoeuvre
    swaps : float
        Of the pack on one truck, in a year.
    truck : str
        Row of the truck that drives.
    rails : str
        ``"elastic"``: the pack braces the truck's rails; ``"rigid"``: they impose their twist on it, whatever it resists.
    source, certainty : str
    """

    name: str
    years: float
    distance: float
    drives: tuple[Drive, ...]
    records: tuple[Recorded, ...]
    meetings: tuple[Meeting, ...]
    manoeuvres: tuple[Manoeuvre, ...]
    swaps: float
    truck: str
    rails: Literal["elastic", "rigid"]
    source: str
    certainty: str


class _DriveRow(Strict):
    road: Literal["A", "B", "C", "D", "E", "F", "G", "H"]
    share: Share
    speed: Speed
    empty_share: Share = 0.0


class _RecordRow(Strict):
    name: str
    file: Annotated[str, Field(description="CSV file with units in its header; the path is relative to the duty file")]
    axes: Annotated[dict[Literal["x", "y", "z"], str], Field(min_length=1, description="column of each axis")]
    hours_per_year: Annotated[FiniteFloat, Gt(0.0), Le(8784.0)]


class _EventRow(Strict):
    kind: EventKind
    height: PositiveLength
    length: PositiveLength
    speed: Speed
    per_km: Annotated[FiniteFloat, Ge(0.0)]
    side: Side = "both"


class _ManoeuvreRow(Strict):
    name: str
    acceleration: Annotated[tuple[Acceleration, Acceleration, Acceleration], AsTuple]
    both_ways: bool = False
    per_km: Annotated[FiniteFloat, Ge(0.0)]


class _Swaps(Strict):
    per_day: Annotated[FiniteFloat, Ge(0.0)]
    days_per_year: Annotated[FiniteFloat, Ge(0.0), Le(366.0)]


class DutyFile(Strict):
    """A duty spectrum as the engineer writes it (`mechlock-duty/1`)."""

    format: Literal["mechlock-duty/1"]
    name: str
    years: Annotated[FiniteFloat, Gt(0.0)]
    distance_per_year: PositiveLength
    drives: Annotated[tuple[_DriveRow, ...], AsTuple] = ()
    records: Annotated[tuple[_RecordRow, ...], AsTuple] = ()
    events: Annotated[tuple[_EventRow, ...], AsTuple] = ()
    manoeuvres: Annotated[tuple[_ManoeuvreRow, ...], AsTuple] = ()
    swaps: _Swaps
    truck: str = DEFAULT
    rails: Annotated[
        Literal["elastic", "rigid"],
        Field(description="the truck's rails share their twist with the pack, or impose it (an upper bound)"),
    ] = "elastic"
    source: str
    certainty: str


def read_duty(path: Path) -> Duty:
    """Read a duty spectrum.

    Raises
    ------
    InputError
        When the file or one of its records cannot be read, a key is wrong, nothing is driven, or the shares of the drives do
        not add up to one.
    """
    return _duty(validate(DutyFile, read_toml(path), path.name), path.name, path.parent)


def default_duty(years: float = 8.0) -> Duty:
    """The project's default mine tipper: road mix, speeds, potholes, distance and swaps of the data file (assumptions)."""
    mix = find_record("mine_haul_default_mechlock", "use")
    distance = find_record("annual_distance_mine_tipper", "usage")
    swaps = find_record("swaps", "usage")
    hole = find_record("pothole", "event")
    shares, speeds = mix.value("class_mix"), mix.value("speed_kmh")
    depth, length = standard_sizes(hole)
    rows = {
        "format": "mechlock-duty/1",
        "name": "default mine tipper",
        "years": years,
        "distance_per_year": f"{distance.value('km_per_year')} km",
        "drives": [
            {"road": name, "share": float(share), "speed": f"{speeds[name]} km/h", "empty_share": 0.5}
            for name, share in shares.items()
        ],
        "events": [
            {
                "kind": "pothole",
                "height": f"{depth} mm",
                "length": f"{length} mm",
                "speed": f"{sum(hole.value('speed_kmh')) / 2.0} km/h",
                "per_km": float(hole.value("per_km")),
            }
        ],
        "manoeuvres": [
            {
                "name": row.id.replace("_", " "),
                "acceleration": [f"{float(value)} g" for value in row.value("acceleration_g")],
                "both_ways": bool(row.values.get("both_ways", False)),
                "per_km": float(row.value("per_km")),
            }
            for row in list_records("manoeuvre")
        ],
        "swaps": {
            "per_day": float(max(swaps.value("per_day"))),
            "days_per_year": float(swaps.value("days_per_year")),
        },
        "source": f"{mix.source}; {distance.source}; {swaps.source}; half of the distance empty",
        "certainty": mix.certainty,
    }
    return _duty(validate(DutyFile, rows, "roads_iso8608.toml"), "roads_iso8608.toml", Path())


def _duty(file: DutyFile, where: str, folder: Path) -> Duty:
    if not file.drives and not file.records:
        raise InputError("nothing is driven", where, "give [[drives]] on roads, or [[records]] of a logger")
    total = sum(row.share for row in file.drives)
    if file.drives and not math.isclose(total, 1.0, abs_tol=1e-6):
        raise InputError(f"the shares of the drives add up to {total:g}", f"{where}: drives", "make them add up to 1")
    drives = []
    for row in file.drives:
        for empty, part in ((False, 1.0 - row.empty_share), (True, row.empty_share)):
            if row.share * part > 0.0:
                name = (
                    f"class {row.road} at {units.to_unit(row.speed, 'velocity', 'km/h'):g} km/h, {'empty' if empty else 'laden'}"
                )
                distance = file.distance_per_year * row.share * part
                drives.append(Drive(name, road_class(row.road), row.speed, empty, distance))
    meetings = tuple(
        Meeting(
            road_event(row.kind, row.height, row.length, 0.0, row.side),
            row.speed,
            row.per_km * file.distance_per_year / _KM,
        )
        for row in file.events
    )
    kilometres = file.distance_per_year / _KM
    return Duty(
        name=file.name,
        years=file.years,
        distance=file.distance_per_year,
        drives=tuple(drives),
        records=tuple(_record(row, where, folder) for row in file.records),
        meetings=meetings,
        manoeuvres=tuple(
            Manoeuvre(row.name, row.acceleration, row.both_ways, row.per_km * kilometres) for row in file.manoeuvres
        ),
        swaps=file.swaps.per_day * file.swaps.days_per_year,
        truck=file.truck,
        rails=file.rails,
        source=file.source,
        certainty=file.certainty,
    )


def _record(row: _RecordRow, where: str, folder: Path) -> Recorded:
    log = read_log(folder / row.file)
    duration = log.step * (len(log.values) - 1)
    if duration > _LONGEST:
        said = f"a record of {duration:.0f} s, up to {_LONGEST:g} s are driven"
        raise InputError(said, f"{where}: records.{row.name}", "take stretches of it: mechlock loads log")
    acceleration = np.zeros((len(log.values), len(AXES)))
    for axis, name in row.axes.items():
        acceleration[:, AXES.index(axis)] = log.channel(name).values
    return Recorded(row.name, log.step, acceleration, 3600.0 * row.hours_per_year)
