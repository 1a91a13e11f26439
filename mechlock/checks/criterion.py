"""One acceptance criterion evaluated: value, limit, margin, and whether it passed, failed, is undecided or was not evaluated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

Status = Literal["passed", "failed", "undecided", "not evaluated"]
Verdict = Literal["pass", "fail", "undecided"]


@dataclass(frozen=True)
class Criterion:
    """A row of the verdict.

    Attributes
    ----------
    name : str
        Identifier of the criterion, as in the acceptance data.
    case : str
        Load case (or part) that governs it.
    value, limit : float or None
        What was found and what is allowed, in `unit`.
    unit : str
    margin : float or None
        ``limit/value - 1`` for an upper limit, ``value/limit - 1`` for a lower one.
    status : str
    source : str
        Where the limit comes from.
    reason : str
        Why it is undecided or was not evaluated; or a remark on a passed one.
    """

    name: str
    case: str
    value: float | None
    limit: float | None
    unit: str
    margin: float | None
    status: Status
    source: str
    reason: str = ""

    @property
    def passed(self) -> bool | None:
        """True or False, or None where no answer was found."""
        return {"passed": True, "failed": False}.get(self.status)


def upper(name: str, case: str, value: float, limit: float, unit: str, source: str, reason: str = "") -> Criterion:
    """Evaluate ``value <= limit``. A value of zero has no finite margin, which is left out."""
    margin = limit / value - 1 if value > 0 else None
    return Criterion(name, case, value, limit, unit, margin, "passed" if value <= limit else "failed", source, reason)


def lower(name: str, case: str, value: float, limit: float, unit: str, source: str, reason: str = "") -> Criterion:
    """Evaluate ``value >= limit``. A limit of zero has no relative margin, which is left out."""
    margin = value / limit - 1 if limit > 0 else None
    return Criterion(name, case, value, limit, unit, margin, "passed" if value >= limit else "failed", source, reason)


def undecided(criterion: Criterion, reason: str) -> Criterion:
    """Return `criterion` without a verdict: its value is shown, but is not reliable enough to pass on it."""
    return replace(criterion, status="undecided", reason=reason)


def not_evaluated(name: str, case: str, source: str, reason: str, unit: str = "") -> Criterion:
    """Return a row that is shown although nothing was computed for it."""
    return Criterion(name, case, None, None, unit, None, "not evaluated", source, reason)


def verdict(criteria: Sequence[Criterion]) -> Verdict:
    """Combine the rows: a fail outranks an undecided; rows that were not evaluated do not count."""
    statuses = {criterion.status for criterion in criteria}
    if "failed" in statuses:
        return "fail"
    if "undecided" in statuses or "passed" not in statuses:
        return "undecided"
    return "pass"


def governing(criteria: Sequence[Criterion]) -> Criterion | None:
    """Return the evaluated row with the least margin."""
    rows = [criterion for criterion in criteria if criterion.margin is not None and criterion.status != "not evaluated"]
    return min(rows, key=lambda criterion: criterion.margin if criterion.margin is not None else 0.0, default=None)
