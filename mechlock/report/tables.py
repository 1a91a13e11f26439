"""Tables of a check as CSV, for spreadsheets: full precision, units in the header or in a column."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from mechlock.report.criteria import status_of
from mechlock.report.results import finite

FORCES = ("case", "lock", "force_N", "direction_deg", "lateral_N", "load_set", "inside", "reason")
PARTS = ("part", "check", "case", "hand", "fe", "limit", "unit", "margin", "source")
CRITERIA = ("name", "case", "value", "limit", "unit", "margin", "status", "reason", "note", "where", "source")


def criteria_csv(results: dict[str, Any]) -> str:
    """Return the criteria, one a line, in the order of ``results.json``."""
    return _csv(CRITERIA, ({**criterion, "status": status_of(criterion)} for criterion in results["criteria"]))


def forces_csv(results: dict[str, Any]) -> str:
    """Return the lock forces per case and lock, with the load set they are compared with."""
    return _csv(FORCES, results.get("lock", {}).get("forces", ()))


def parts_csv(results: dict[str, Any]) -> str:
    """Return the checks of the lock's parts, hand calculation beside finite elements."""
    return _csv(PARTS, results.get("lock", {}).get("parts", ()))


def _csv(columns: Sequence[str], records: Iterable[dict[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for record in records:
        writer.writerow([_cell(finite(record.get(column))) for column in columns])
    return text.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return " ".join(str(item) for item in value)
    return "" if value is None else value
