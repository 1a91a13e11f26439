"""Wear of lock pins and hooks over the swaps of a life (Archard 1953), as clearance, and the clamp force it takes away."""

from __future__ import annotations

import math
from dataclasses import dataclass

from mechlock.errors import InputError

WEAR_RATES = {
    "hardened, greased": 1.0e-9,
    "hardened, dry": 1.0e-8,
    "mild steel, greased": 1.0e-8,
    "mild steel, dry": 1.0e-6,
}
"""Specific wear rates, mm³/(N mm): orders of magnitude from wear-map literature (Lim and Ashby 1987), assumption; measure."""


@dataclass(frozen=True)
class PinWear:
    """Wear of one pin in its bore.

    Attributes
    ----------
    depth : float
        Wear depth of pin and bore together along the load, mm: the growth of the clearance.
    volume : float
        Volume worn off, mm³.
    sliding : float
        Sliding distance over the life, mm.
    """

    depth: float
    volume: float
    sliding: float


def pin_wear(force: float, sliding_per_cycle: float, cycles: float, diameter: float, width: float, rate: float) -> PinWear:
    """Wear after `cycles` swaps: volume = rate x force x distance, spread over the projected bearing area.

    Parameters
    ----------
    force : float
        Mean force while sliding, N.
    sliding_per_cycle : float
        Sliding distance of one lock and unlock, mm (pin radius times the angles turned).
    cycles : float
    diameter, width : float
        Of the bearing, mm.
    rate : float
        Specific wear rate, mm³/(N mm), see `WEAR_RATES`.

    Raises
    ------
    InputError
        When a size is not positive or a load is negative.
    """
    for name, value, least in (
        ("force", force, 0.0),
        ("sliding distance", sliding_per_cycle, 0.0),
        ("number of cycles", cycles, 0.0),
        ("wear rate", rate, 0.0),
    ):
        if not (math.isfinite(value) and value >= least):
            raise InputError(f"the {name} is {value!r}", "wear", "give a number that is not negative")
    if not (diameter > 0.0 and width > 0.0):
        raise InputError(f"a bearing of {diameter!r} x {width!r} mm", "wear", "give positive sizes")
    sliding = sliding_per_cycle * cycles
    volume = rate * force * sliding
    return PinWear(volume / (diameter * width), volume, sliding)


def clamp_after_wear(clamp: float, stiffness: float, wear: float, settlement: float = 0.0) -> float:
    """Clamp force left when the parts have lost `wear` + `settlement` (mm) along it, N; never below zero.

    `stiffness` is that of lock, hook and frame in series along the clamp, N/mm.
    """
    if not (stiffness > 0.0 and wear >= 0.0 and settlement >= 0.0):
        raise InputError("stiffness must be positive, wear and settlement not negative", "wear")
    return max(0.0, clamp - stiffness * (wear + settlement))
