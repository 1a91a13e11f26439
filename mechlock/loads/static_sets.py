"""Sets of static factor cases: braking, pothole, rail twist, crash, as multiples of gravity with their source.

A set is a row ``[[static_case]]`` with an array ``cases``; each case gives the force per unit mass along x (fore-aft),
y (lateral) and z (vertical, up) **including gravity** (at rest z = -1), as a pure number of g or as a quantity such as
``"-4 g"``. A user's own sets stand in a file of the same format.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BeforeValidator, Field, FiniteFloat

from mechlock import units
from mechlock.errors import InputError
from mechlock.inputs.quantities import Strict, refuse
from mechlock.inputs.reading import validate
from mechlock.loads.standards import Record, as_plain, find_record, list_records, read_records

DEFAULT_SET = "mechlock_default_set"

CaseClass = Literal["limit", "ultimate", "handling"]
"""limit: no yield, no gap; ultimate: no separation, plastic reserve; handling: lifting and swapping, off the vehicle."""


@dataclass(frozen=True)
class StaticFactor:
    """One static load case: a uniform force per unit mass and a twist of the rails.

    Attributes
    ----------
    name : str
        Name of the case, such as ``"vertical_down"``.
    g : tuple of float, (3,)
        Force per unit mass along x, y, z in mm/s², gravity included: ``(0, 0, -9806.65)`` is the weight at rest.
    rail_twist : float
        Height of one corner of the rails above the plane of the other three, mm.
    class_ : {"limit", "ultimate", "handling"}
        What is asked of the structure in this case.
    source, certainty, status : str
        Where the factors come from (see `mechlock.loads.standards.STATUSES`).
    """

    name: str
    g: tuple[float, float, float]
    rail_twist: float
    class_: CaseClass
    source: str
    certainty: str
    status: str

    @property
    def factors(self) -> tuple[float, float, float]:
        """The same in multiples of standard gravity, for tables."""
        x, y, z = self.g
        return (x / units.STANDARD_GRAVITY, y / units.STANDARD_GRAVITY, z / units.STANDARD_GRAVITY)


@dataclass(frozen=True)
class StaticSet:
    """A named set of static cases with the source that all of them share."""

    name: str
    cases: tuple[StaticFactor, ...]
    source: str
    certainty: str
    status: str

    def of_class(self, class_: CaseClass) -> tuple[StaticFactor, ...]:
        """The cases of one class, in the set's order."""
        return tuple(case for case in self.cases if case.class_ == class_)


def _in_g(value: Any) -> Any:
    """Let a case give multiples of g or a quantity; keep mm/s²."""
    if isinstance(value, str):
        try:
            return units.parse(value, "acceleration")
        except InputError as error:
            raise refuse(error) from None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value) * units.STANDARD_GRAVITY
    return value


_Factor = Annotated[FiniteFloat, BeforeValidator(_in_g)]


class _Case(Strict):
    name: Annotated[str, Field(min_length=1, max_length=100)]
    x: _Factor = 0.0
    y: _Factor = 0.0
    z: _Factor
    rail_twist_mm: FiniteFloat = 0.0
    class_: Annotated[CaseClass, Field(validation_alias=AliasChoices("class"))]


class _Cases(Strict):
    cases: Annotated[list[_Case], Field(min_length=1)]


def static_set(name: str = DEFAULT_SET, records: Iterable[Record] | None = None) -> StaticSet:
    """Return a set of static factor cases by its id.

    Parameters
    ----------
    name : str
        Id of the set; default ``"mechlock_default_set"``.
    records : iterable of Record, optional
        Rows to look in, such as those of a user's file; default: the shipped ones.

    Raises
    ------
    InputError
        When there is no such set, the row holds no cases (a rule, not a set), or a case is wrong.
    """
    record = find_record(name, "static_case", records)
    if "cases" not in record.values:
        known = [row.id for row in list_records("static_case", records) if "cases" in row.values]
        raise InputError(f"{name!r} is a rule, it holds no cases", record.place, f"sets are {', '.join(known) or 'none'}")
    rows = validate(_Cases, {"cases": as_plain(record.values["cases"])}, record.place).cases
    cases = tuple(_factor(row, record) for row in rows)
    _refuse_repeated_names(cases, record)
    return StaticSet(record.id, cases, record.source, record.certainty, record.status)


def read_static_sets(path: Path) -> dict[str, StaticSet]:
    """Read the sets of a user's file by their id.

    Raises
    ------
    InputError
        When the file cannot be read, or holds no set.
    """
    records = read_records(path)
    names = [row.id for row in list_records("static_case", records) if "cases" in row.values]
    if not names:
        raise InputError("no set of static cases in this file", str(path), "write [[static_case]] with an array 'cases'")
    return {name: static_set(name, records) for name in names}


def with_opposite_signs(cases: Iterable[StaticFactor]) -> tuple[StaticFactor, ...]:
    """Add to each case with a horizontal part the same case with that part reversed (named ``NAME_opposite``).

    For frames that are not symmetric; a symmetric one needs a sign only once.
    """
    both: list[StaticFactor] = []
    for case in cases:
        x, y, z = case.g
        both.append(case)
        if x or y:
            both.append(replace(case, name=f"{case.name}_opposite", g=(-x, -y, z)))
    return tuple(both)


def _factor(row: _Case, record: Record) -> StaticFactor:
    return StaticFactor(
        name=row.name,
        g=(row.x, row.y, row.z),
        rail_twist=row.rail_twist_mm,
        class_=row.class_,
        source=f"{record.id}: {record.source}",
        certainty=record.certainty,
        status=record.status,
    )


def _refuse_repeated_names(cases: tuple[StaticFactor, ...], record: Record) -> None:
    names = [case.name for case in cases]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise InputError(f"two cases are called {repeated[0]!r}", record.place, "give each its own name")
