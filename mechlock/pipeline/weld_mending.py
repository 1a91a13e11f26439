"""What governs a weld and what would mend it: the stress that its life allows, and the class or the wall that would bring it.

The damage of a toe is counted once and then asked for less stress, on the curve with both its slopes. A wall changes stress
by one over its thickness where the plate is pulled, by the square of that where it is bent, both with the loads unchanged: an
estimate, since a thicker wall draws load. Twist of the rails is imposed, so that a wall mends little of it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from mechlock.analyses.weld_life import Passage
from mechlock.life.rainflow import rainflow
from mechlock.life.sn import SNCurve
from mechlock.loads.history import FloatArray
from mechlock.pipeline.weld_reckoning import Reckoning

MOST = 100.0
"""Stress is not asked for beyond this multiple, nor below one part in it."""


@dataclass(frozen=True)
class Mending:
    """What one toe asks for.

    Attributes
    ----------
    group : str
    use : float
        Damage with the scatter factor, over what is allowed.
    stress : float
        Part of today's stress at which the damage is just allowed; above one where there is something to spare.
    weld_class : float
        Class that would allow today's stress, MPa.
    wall : float
        Today, mm.
    pulled, bent : float
        Wall with which the stress would fall so far, in a plate that is pulled or bent, mm.
    road : str
        That does most; "" where no road does anything.
    motion : (7,) array
        Part of each motion of the base in the mean square of the stress on that road.
    """

    group: str
    use: float
    stress: float
    weld_class: float
    wall: float
    pulled: float
    bent: float
    road: str
    motion: FloatArray


def allowed_stress(row: FloatArray, passages: Sequence[Passage], curve: SNCurve, strength: float, damage: float) -> float:
    """Part of a toe's stress at which its damage in a year is the one given.

    Parameters
    ----------
    row : (k,) array
        Stress of the toe per coordinate, MPa.
    passages : sequence of Passage
    curve : SNCurve
        Of the range.
    strength : float
        Factor on the curve's ranges.
    damage : float
        Allowed in a year.
    """
    ranges, counts = _cycles(row, passages)

    def beyond(power: float) -> float:
        yearly = float(counts @ curve.damage_per_cycle(ranges * math.exp(power) / strength))
        return math.log(max(yearly, 1e-300) / damage)

    ends = -math.log(MOST), math.log(MOST)
    if beyond(ends[0]) > 0.0:
        return 1.0 / MOST
    if beyond(ends[1]) < 0.0:
        return MOST
    return math.exp(float(brentq(beyond, *ends, xtol=1e-6)))  # pyright: ignore[reportArgumentType]


def _cycles(row: FloatArray, passages: Sequence[Passage]) -> tuple[FloatArray, FloatArray]:
    """Stress ranges (MPa) of everything that happens, and how often each comes in a year."""
    ranges: list[FloatArray] = []
    counts: list[FloatArray] = []
    for passage in passages:
        stress = passage.coordinates @ row
        if passage.step == 0.0:
            ranges.append(np.array([np.ptp(stress)]))
            counts.append(np.array([passage.per_year]))
        else:
            found = rainflow(stress)
            ranges.append(found.range)
            counts.append(found.count * passage.per_year)
    return np.concatenate(ranges), np.concatenate(counts)


def mending(
    group: str,
    use: float,
    stress: float,
    fat: float,
    wall: float,
    reckoned: Reckoning | None,
) -> Mending:
    """What a toe asks for whose damage is `use` times and whose stress may be `stress` times of what it is."""
    return Mending(
        group,
        use,
        stress,
        fat / stress,
        wall,
        wall / stress,
        wall / np.sqrt(stress),
        "" if reckoned is None else reckoned.road,
        np.zeros(0) if reckoned is None else reckoned.share,
    )
