"""What is left of the clamp at every lock, and whether a gap opens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mechlock.checks.criterion import Criterion, lower, upper
from mechlock.inputs.acceptance import AcceptanceRow


@dataclass(frozen=True)
class Seat:
    """The pad under a lock in one case.

    Attributes
    ----------
    case, name : str
    force : float
        Push of the pad, N: what is left of the clamp.
    preload : float
        Force of the lock after assembly, N.
    open_fraction : float
        Share of the pad's face that has lifted off.
    """

    case: str
    name: str
    force: float
    preload: float
    open_fraction: float


def criteria(seats: Sequence[Seat], row: AcceptanceRow) -> list[Criterion]:
    """One row per case for the residual clamp, and one for the largest gap."""
    found: list[Criterion] = []
    share = row.number("min_residual_fraction")
    for case in dict.fromkeys(seat.case for seat in seats):
        worst = min((seat for seat in seats if seat.case == case), key=lambda seat: seat.force / seat.preload)
        found.append(lower("lock_no_gap", case, worst.force / worst.preload, share, "of the preload", row.source, worst.name))
    widest = max(seats, key=lambda seat: seat.open_fraction)
    reason = f"{widest.name}: share of the face that has lifted"
    found.append(upper("lock_gap_open_face", widest.case, widest.open_fraction, 0.999, "of the face", row.source, reason))
    return found
