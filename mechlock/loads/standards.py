"""Every row of the load standards shipped with the package, as frozen records with their source and certainty.

The rows stand in ``shock_profiles.toml``, ``vibration_psd.toml`` and ``roads_iso8608.toml``; a user's own file has the
same tables (``[[pulse]]``, ``[[psd]]``, ``[[static_case]]``, ...) and is read by `read_records`. What a row means is
known to the module of its subject (`pulses`, `psd`, `static_sets`, `roads`, `vehicles`); here it is only found and shown.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from mechlock import resources
from mechlock.errors import InputError
from mechlock.inputs.reading import read_toml

SHIPPED = ("shock_profiles.toml", "vibration_psd.toml", "roads_iso8608.toml")

STATUSES = ("found", "memory", "mixed", "derived", "assumption")
"""Seen in a document; recalled and to be verified; some of each; computed from others; the project's own default."""

_PROVENANCE = ("id", "standard", "status", "source", "certainty")


@dataclass(frozen=True)
class Record:
    """One row of a load standard.

    Attributes
    ----------
    id : str
        Unique name, such as ``"GB38031_mech_shock"``.
    kind : str
        The table it stands in: ``"pulse"``, ``"corridor"``, ``"psd"``, ``"static_case"``, ``"class"``, ...
    standard : str
        Title of the standard and clause, where the row has one.
    status, source, certainty : str
        Where the figures come from and how sure they are. `status` is one of `STATUSES`.
    values : Mapping
        The figures as written in the file (units are part of the keys), read-only.
    file : str
        The file that holds the row.
    """

    id: str
    kind: str
    standard: str
    status: str
    source: str
    certainty: str
    values: Mapping[str, Any] = field(hash=False)
    file: str

    @property
    def place(self) -> str:
        """The file and row, as errors name it."""
        return f"{self.file}: {self.kind}.{self.id}"

    def value(self, key: str) -> Any:
        """Return one figure.

        Raises
        ------
        InputError
            When the row lacks it.
        """
        if key not in self.values:
            raise InputError(f"the row lacks {key!r}", self.place, f"it has {', '.join(sorted(self.values))}")
        return self.values[key]


def read_records(path: Path) -> tuple[Record, ...]:
    """Read all rows of a file of load standards, the shipped ones or a user's own.

    Raises
    ------
    InputError
        When the file cannot be read, a row lacks its id, status, source or certainty, or two rows share an id.
    """
    rows: list[Record] = []
    for kind, table in read_toml(path).items():
        if isinstance(table, dict):  # [meta]: remarks on the file as a whole
            continue
        if not isinstance(table, list) or not all(isinstance(row, dict) for row in table):
            raise InputError("a list of tables is expected", f"{path.name}: {kind}", f"write [[{kind}]] above each row")
        rows += [_record(kind, row, path.name, index) for index, row in enumerate(table)]
    _refuse_duplicates(rows)
    return tuple(rows)


@lru_cache(maxsize=1)
def shipped_records() -> tuple[Record, ...]:
    """All rows of the package's own files."""
    rows = [row for name in SHIPPED for row in read_records(resources.data(name))]
    _refuse_duplicates(rows)
    return tuple(rows)


def list_records(kind: str | None = None, records: Iterable[Record] | None = None) -> tuple[Record, ...]:
    """Rows of one kind, or all of them, in the order of the files."""
    rows = shipped_records() if records is None else tuple(records)
    return tuple(row for row in rows if kind is None or row.kind == kind)


def find_record(name: str, kind: str | None = None, records: Iterable[Record] | None = None) -> Record:
    """Return the row called `name`.

    Parameters
    ----------
    name : str
        The row's id.
    kind : str, optional
        The table in which it must stand.
    records : iterable of Record, optional
        Rows to search; default: the shipped ones.

    Raises
    ------
    InputError
        When there is no such row, with the closest names.
    """
    rows = list_records(kind, records)
    for row in rows:
        if row.id == name:
            return row
    names = [row.id for row in rows]
    close = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
    what = f"no {kind.replace('_', ' ')} is called {name!r}" if kind else f"no load is called {name!r}"
    hint = f"did you mean {' or '.join(map(repr, close))}?" if close else f"there are {', '.join(names) or 'none'}"
    raise InputError(what, mend=hint)


def show_record(record: Record) -> str:
    """The row as text for people: figures first, then where they come from."""
    width = max(len(key) for key in (*record.values, "certainty"))
    lines = [f"{record.id}  ({record.kind.replace('_', ' ')})"]
    lines += [f"  {record.standard}"] if record.standard else []
    lines += [f"  {key:<{width}}  {_plain(value)}" for key, value in record.values.items()]
    lines += [f"  {key:<{width}}  {getattr(record, key)}" for key in ("status", "source", "certainty")]
    return "\n".join(lines)


def as_plain(value: Any) -> Any:
    """The frozen value as plain dicts and lists, for JSON."""
    if isinstance(value, Mapping):
        return {key: as_plain(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [as_plain(item) for item in value]
    return value


def _record(kind: str, row: dict[str, Any], file: str, index: int) -> Record:
    place = f"{file}: {kind}[{index + 1}]"
    for key in ("id", "status", "source", "certainty"):
        if not isinstance(row.get(key), str):
            raise InputError(f"the row lacks {key!r}", place, "every load states its id, status, source and certainty")
    if row["status"] not in STATUSES:
        raise InputError(f"status {row['status']!r} is not known", place, f"use one of {', '.join(STATUSES)}")
    values = {key: _frozen(value) for key, value in row.items() if key not in _PROVENANCE}
    return Record(
        id=row["id"],
        kind=kind,
        standard=str(row.get("standard", "")),
        status=row["status"],
        source=row["source"],
        certainty=row["certainty"],
        values=MappingProxyType(values),
        file=file,
    )


def _frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return MappingProxyType({key: _frozen(item) for key, item in value.items()})
    if isinstance(value, list):
        return tuple(_frozen(item) for item in value)
    return value


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_plain(item)}" for key, item in value.items()) + " }"
    if isinstance(value, tuple):
        return "[" + ", ".join(_plain(item) for item in value) + "]"
    return str(value)


def _refuse_duplicates(rows: list[Record]) -> None:
    seen: set[tuple[str, str]] = set()
    for row in rows:
        if (row.kind, row.id) in seen:
            raise InputError(f"two rows are called {row.id!r}", row.place, "give each its own id")
        seen.add((row.kind, row.id))
