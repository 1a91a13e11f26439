"""Forces as an engineer reads them: one line a load case, locks side by side, supports by kind."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from mechlock.report.numbers import is_number

NOISE = 1e-9
"""Forces smaller than this share of the case's largest are rounding, shown as nought."""


@dataclass(frozen=True)
class ForceRow:
    """The forces of all locks in one load case.

    Attributes
    ----------
    case : str
    forces : dict of str to dict
        The entries of ``lock.forces`` by lock.
    direction : list of two floats, or None
        Widest spread of direction of all locks, degrees.
    lateral_N : float or None
        Greatest out-of-plane force.
    inside : bool or None
        False when one lies outside its load set, None when one has no verdict, else True.
    reasons : tuple of str
        What was said of those that do not lie inside.
    """

    case: str
    forces: dict[str, dict[str, Any]]
    direction: list[float] | None
    lateral_N: float | None  # noqa: N815 - units as in the results file
    inside: bool | None
    reasons: tuple[str, ...]


def forces_by_case(results: dict[str, Any]) -> tuple[ForceRow, ...]:
    """Return the lock forces, one row a load case, in the order of the results."""
    grouped: dict[str, dict[str, dict[str, Any]]] = {}
    for force in results.get("lock", {}).get("forces", ()):
        grouped.setdefault(str(force["case"]), {})[str(force["lock"])] = force
    return tuple(_force_row(case, forces) for case, forces in grouped.items())


def _force_row(case: str, forces: dict[str, dict[str, Any]]) -> ForceRow:
    bounds = [bound for force in forces.values() for bound in _pair(force.get("direction_deg"))]
    lateral = [float(force["lateral_N"]) for force in forces.values() if is_number(force.get("lateral_N"))]
    verdicts = {force.get("inside") for force in forces.values()}
    reasons = tuple(f"{lock}: {force['reason']}" for lock, force in forces.items() if force.get("reason"))
    inside = False if False in verdicts else None if None in verdicts else True
    return ForceRow(case, forces, [min(bounds), max(bounds)] if bounds else None, max(lateral, default=None), inside, reasons)


def _pair(direction: Any) -> list[float]:
    found = direction if isinstance(direction, list | tuple) else [direction]
    return [float(bound) for bound in found if is_number(bound)]


def supports_by_kind(results: dict[str, Any]) -> tuple[list[str], list[dict[str, Any]]]:
    """Return the kinds of supports, and for each static case the least and greatest force of each kind.

    The kind of a support is its name before the first underscore (``pad_L1``: pad); the total is kept by components.

    Returns
    -------
    kinds : list of str
    rows : list of dict
        ``case``, ``total`` (x, y, z in N, or None) and ``kinds``: kind to (least, greatest) magnitude in N.
    """
    kinds: dict[str, None] = {}
    found: list[dict[str, Any]] = []
    for case, record in results.get("cases", {}).items():
        reactions: dict[str, Any] = record.get("reactions_N") or {}
        sizes: dict[str, list[float]] = {}
        for name, force in reactions.items():
            if name != "total" and all(is_number(part) for part in force):
                sizes.setdefault(name.partition("_")[0], []).append(math.hypot(*(float(part) for part in force)))
        if reactions:
            kinds.update(dict.fromkeys(sizes))
            spans = {kind: (min(values), max(values)) for kind, values in sizes.items()}
            found.append({"case": case, "total": _total(reactions, sizes), "kinds": spans})
    return list(kinds), found


def _total(reactions: dict[str, Any], sizes: dict[str, list[float]]) -> list[float] | None:
    total = reactions.get("total")
    if total is None or not all(is_number(part) for part in total):
        return None
    noise = NOISE * max((value for values in sizes.values() for value in values), default=0.0)
    return [0.0 if abs(float(part)) <= noise else float(part) for part in total]
