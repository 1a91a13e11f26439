"""Mass against the conventional frame, compared fairly, and the height of frame and pack."""

from __future__ import annotations

from dataclasses import dataclass

from mechlock.checks.criterion import Criterion, lower, upper
from mechlock.inputs.acceptance import AcceptanceRow


@dataclass(frozen=True)
class MassComparison:
    """Welded frames with brackets and eyes, in kg.

    Attributes
    ----------
    frame, as_built : float
        The frame under test, and the conventional one as the trade builds it.
    resized : float or None
        The conventional one brought down in its own steel until one catalogue step more fails a criterion.
    """

    frame: float
    as_built: float
    resized: float | None

    @property
    def reduction(self) -> float:
        """Percent against the conventional frame as built."""
        return 100.0 * (1.0 - self.frame / self.as_built)

    @property
    def reduction_same_criteria(self) -> float | None:
        """Percent against the conventional frame resized in its own steel: the new steel's own share."""
        return None if self.resized is None else 100.0 * (1.0 - self.frame / self.resized)


def mass_criterion(comparison: MassComparison, row: AcceptanceRow) -> Criterion:
    """Evaluate the mass target against the frame as built."""
    share = comparison.reduction_same_criteria
    reason = "against the frame as built; no resized baseline is given"
    if share is not None:
        reason = f"against the frame as built; against it resized in its own steel {share:.1f} %"
    target = 100.0 * (1.0 - row.number("max_mass_fraction"))
    return lower("mass", "frame", comparison.reduction, target, "% lighter", row.source, reason)


def height_criterion(height: float, baseline: float, row: AcceptanceRow) -> Criterion:
    """Evaluate the height over the lock plane, in mm, against its share of the conventional pack's."""
    return upper("height", "frame and pack", height, row.number("max_height_fraction") * baseline, "mm", row.source)
