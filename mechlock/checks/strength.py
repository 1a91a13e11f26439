"""Static strength of the frame: base metal and weld zone, each case against yield by thickness."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mechlock.checks.criterion import Criterion, upper
from mechlock.inputs.acceptance import AcceptanceRow
from mechlock.inputs.materials import MaterialRecord


@dataclass(frozen=True)
class Peak:
    """Largest von Mises stress of one group of equal thickness in one case.

    Attributes
    ----------
    case, group : str
    thickness : float
        mm.
    value : float
        MPa.
    at : tuple of float
        mm.
    """

    case: str
    group: str
    thickness: float
    value: float
    at: tuple[float, float, float]


def base_metal(peaks: Sequence[Peak], steel: MaterialRecord, row: AcceptanceRow) -> list[Criterion]:
    """One row per case: the group with the least margin against Re / SF."""
    return _rows("limit_load_von_mises_base", peaks, steel, base_share(row), row.source)


def weld_zone(peaks: Sequence[Peak], steel: MaterialRecord, row: AcceptanceRow) -> list[Criterion]:
    """One row per case: the weld toe with the least margin against the softened yield of the heat-affected zone / SF."""
    return _rows("limit_load_weld_HAZ", peaks, steel, weld_share(steel, row), row.source)


def base_share(row: AcceptanceRow) -> float:
    """Part of the yield stress that base metal may reach."""
    return 1.0 / row.number("SF")


def weld_share(steel: MaterialRecord, row: AcceptanceRow) -> float:
    """Part of the base metal's yield stress that the heat-affected zone may reach."""
    softened = steel.haz_yield_fraction if steel.haz_yield_fraction is not None else row.number("haz_yield_fraction")
    return softened / row.number("SF")


def _rows(name: str, peaks: Sequence[Peak], steel: MaterialRecord, factor: float, source: str) -> list[Criterion]:
    found: list[Criterion] = []
    for case in dict.fromkeys(peak.case for peak in peaks):
        worst = max((peak for peak in peaks if peak.case == case), key=lambda peak: peak.value / steel.yield_at(peak.thickness))
        where = ", ".join(f"{value:.0f}" for value in worst.at)
        reason = f"{worst.group} {worst.thickness:g} mm at ({where})"
        found.append(upper(name, case, worst.value, steel.yield_at(worst.thickness) * factor, "MPa", source, reason))
    return found
