"""Acceptance criteria: the rows of the shipped data, with the changes that a design makes to them."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mechlock import resources
from mechlock.errors import InputError
from mechlock.inputs import reading


@dataclass(frozen=True)
class AcceptanceRow:
    """One criterion as the data states it.

    Attributes
    ----------
    name, rule, source : str
    limits : mapping of str to number
        The numbers of the row, such as ``{"SF": 1.5}``.
    default : bool
        Whether it belongs to the default set.
    """

    name: str
    rule: str
    source: str
    limits: Mapping[str, Any]
    default: bool

    def number(self, key: str) -> float:
        """Return one number of the row."""
        return float(self.limits[key])


_WORDS = {
    "id",
    "rule",
    "source",
    "status",
    "certainty",
    "default",
    "why",
    "note",
    "example",
    "evidence",
    "effective",
    "applies_to",
}


def acceptance(changes: Mapping[str, Mapping[str, float]], where: str = "") -> dict[str, AcceptanceRow]:
    """Return the acceptance rows by name, with `changes` made to their numbers.

    Raises
    ------
    InputError
        When a change names a row or a number that does not exist.
    """
    rows: dict[str, AcceptanceRow] = {}
    for row in reading.read_toml(resources.data("acceptance.toml"))["criterion"]:
        limits = {key: value for key, value in row.items() if key not in _WORDS}
        source = f"{row['source']} ({row['status']}; certainty {row['certainty']})"
        rows[row["id"]] = AcceptanceRow(row["id"], row["rule"], source, limits, row["default"])
    for name, numbers in changes.items():
        if name not in rows:
            raise InputError(f"unknown criterion {name!r}", f"{where}: criteria", _close(name, rows))
        row = rows[name]
        unknown = [key for key in numbers if key not in row.limits]
        if unknown:
            raise InputError(
                f"{name!r} has no number {unknown[0]!r}", f"{where}: criteria.{name}", _close(unknown[0], row.limits)
            )
        changed = {**row.limits, **numbers}
        rows[name] = AcceptanceRow(name, row.rule, f"{row.source}; changed in the design file", changed, True)
    return rows


def _close(name: str, known: Mapping[str, Any]) -> str:
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"did you mean {close[0]!r}?" if close else f"known: {', '.join(sorted(known))}"
