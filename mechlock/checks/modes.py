"""The first mode that moves the pack, against its limit, its target and the band to be avoided."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mechlock.checks.criterion import Criterion, lower, undecided
from mechlock.inputs.acceptance import AcceptanceRow

Floats = NDArray[np.float64]

LEAST_SHARE = 0.10
"""A mode counts as a mode of frame and pack when it carries more than this share of the mass in any axis."""


@dataclass(frozen=True)
class FirstMode:
    """The first mode with a large effective mass: its number from 1, its frequency in Hz, its axis and share of the mass."""

    number: int
    frequency: float
    axis: str
    share: float


def first_mode(frequencies: Floats, effective_mass: Floats, mass: float) -> FirstMode | None:
    """Find the first mode with more than `LEAST_SHARE` of the mass in any axis.

    Parameters
    ----------
    frequencies : (n,) float array
        Hz, ascending.
    effective_mass : (n, 3 or more) float array
        tonne, along x, y, z.
    mass : float
        Whole mass in tonne.

    Returns
    -------
    FirstMode or None
        None when none of the modes computed moves that much mass.
    """
    shares = effective_mass[:, :3] / mass
    found = np.flatnonzero(shares.max(axis=1) > LEAST_SHARE)
    if not len(found):
        return None
    number = int(found[0])
    axis = int(shares[number].argmax())
    return FirstMode(number + 1, float(frequencies[number]), "xyz"[axis], float(shares[number, axis]))


def criterion(found: FirstMode | None, highest: float, row: AcceptanceRow) -> Criterion:
    """Evaluate the first mode; below the target or inside the avoided band it is flagged, not failed."""
    limit, target = row.number("f_min_Hz"), row.number("f_target_Hz")
    if found is None:
        result = lower("first_mode_frame_plus_pack", "modes", highest, limit, "Hz", row.source)
        return undecided(
            result, f"no mode up to {highest:.1f} Hz moves more than {LEAST_SHARE:.0%} of the mass; ask for more modes"
        )
    low, high = row.limits["avoid_band_Hz"]
    flags = [f"mode {found.number}, {found.share:.0%} of the mass along {found.axis}"]
    if limit <= found.frequency < target:
        flags.append(f"below the target of {target:g} Hz")
    if low <= found.frequency <= high:
        flags.append(f"inside the band {low:g} to {high:g} Hz to be avoided")
    return lower("first_mode_frame_plus_pack", "modes", found.frequency, limit, "Hz", row.source, "; ".join(flags))
