"""The criteria of a check as rows: their status in words, the order an engineer reads them in, the one that governs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from mechlock.report.numbers import is_number

Status = Literal["passed", "failed", "undecided", "not evaluated"]
_GROUPS = {
    **dict.fromkeys(("lock", "over-centre", "residual clamp", "pad gap", "hook", "force across", "guide pin"), "lock"),
    **{"mass": "mass", "height": "package", "first mode": "modes", "evidence": "evidence"},
}
"""The group of a criterion that names none, by how its name begins; all others are the frame's."""

TITLES = {
    "limit_load_von_mises_base": "base metal, von Mises stress",
    "limit_load_weld_HAZ": "weld zone, von Mises stress",
    "first_mode_frame_plus_pack": "first mode of frame and pack",
    "lock_no_gap": "residual clamp under the locks",
    "lock_gap_open_face": "lifted share of a seat",
    "lock_self_locking": "over-centre reserve",
    "mass": "mass reduction",
    "miner_weld": "fatigue of the welds over the duty spectrum",
    "random_3sigma": "vibration test, von Mises stress",
    "ultimate_crash_corridor": "collision corridor",
    "linear_buckling": "buckling",
    "lock_endurance": "worn lock",
}
"""Identifiers of the acceptance data in words, where the identifier alone would be hard to read."""

TRUTH = "proved"
"""Unit of a criterion that is true or false: its value is 1 or 0 and it has no margin."""

_ORDER: dict[Status, int] = {"failed": 0, "undecided": 1, "passed": 2, "not evaluated": 3}


@dataclass(frozen=True)
class Row:
    """One criterion of ``results.json``.

    Attributes
    ----------
    name, case : str
        What is asked (its identifier), and in which load case ("" where it belongs to none).
    value, limit : number, text or None
        In `unit`.
    margin : float or None
        limit/value - 1 for an upper limit, value/limit - 1 for a lower one; None: no margin can be stated.
    status : str
        ``passed``, ``failed``, ``undecided`` (there is a value, but no verdict) or ``not evaluated`` (no value).
    source, remark, where : str
        Where the limit comes from, why there is no verdict (or what to note of a passed one), the place of the value.
    group : str
        ``frame``, ``lock``, ``modes``, ``mass``, ``package`` or ``evidence``.
    governs : bool
        Whether it has the smallest margin of all.
    """

    name: str
    case: str
    value: Any
    limit: Any
    unit: str
    margin: float | None
    status: Status
    source: str
    remark: str
    where: str
    group: str
    governs: bool = False

    @property
    def title(self) -> str:
        """The name as words."""
        return TITLES.get(self.name, self.name.replace("_", " "))

    @property
    def place(self) -> str:
        """The name with its load case, for a sentence."""
        return f"{self.title} ({self.case})" if self.case else self.title


def status_of(criterion: dict[str, Any]) -> Status:
    """Return the status that the keys ``passed`` and ``value`` of a criterion amount to."""
    if criterion["passed"] is None:
        return "not evaluated" if criterion["value"] is None else "undecided"
    return "passed" if criterion["passed"] else "failed"


def rows(results: dict[str, Any]) -> tuple[Row, ...]:
    """Return the criteria, worst first: failed, undecided, passed by rising margin, then what was not evaluated."""
    found = [_row(criterion) for criterion in results["criteria"]]
    governing = min((row for row in found if row.margin is not None), key=lambda row: row.margin or 0.0, default=None)
    marked = [replace(row, governs=row is governing) for row in found]
    return tuple(sorted(marked, key=lambda row: (_ORDER[row.status], row.margin is None, row.margin or 0.0)))


def worst_of_each(found: tuple[Row, ...]) -> list[tuple[Row, int]]:
    """Return the first row of every criterion (the worst, in the order of `rows`) with the number of its other cases."""
    counts: dict[str, int] = {}
    for row in found:
        counts[row.name] = counts.get(row.name, 0) + 1
    first: dict[str, Row] = {}
    for row in found:
        first.setdefault(row.name, row)
    return [(row, counts[name] - 1) for name, row in first.items()]


def governing(results: dict[str, Any]) -> Row | None:
    """Return the criterion with the smallest margin; None when none has a margin."""
    return next((row for row in rows(results) if row.governs), None)


def _row(criterion: dict[str, Any]) -> Row:
    margin, unit = criterion["margin"], str(criterion["unit"] or "")
    truth = unit == TRUTH
    return Row(
        name=str(criterion["name"]),
        case=str(criterion["case"] or ""),
        value=_truth(criterion["value"]) if truth else criterion["value"],
        limit=_truth(criterion["limit"]) if truth else criterion["limit"],
        unit="" if truth else unit,
        margin=float(margin) if is_number(margin) and not truth else None,
        status=status_of(criterion),
        source=str(criterion["source"] or ""),
        remark="; ".join(str(criterion[key]) for key in ("reason", "note") if criterion.get(key)),
        where=str(criterion.get("where") or ""),
        group=str(criterion.get("group") or _group(str(criterion["name"]))),
    )


def _truth(value: Any) -> str | None:
    return None if value is None else TRUTH if value else "refuted"


def _group(name: str) -> str:
    words = name.replace("_", " ").lower()
    return next((group for start, group in _GROUPS.items() if words.startswith(start)), "frame")
