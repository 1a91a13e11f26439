"""In which planes the bodies of a lock run: the fewest levels in which nothing meets along the travel.

Level 0 is one plate in the middle, level n a pair of plates outside those of level n - 1; the cheeks are outside all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations, product

from mechlock.errors import InputError
from mechlock.linkage.mechanism import GROUND
from mechlock.solids.interference import meet_in_plane
from mechlock.solids.lock_position import Placement
from mechlock.solids.parts import Part

HIGHEST = 4
"""Levels that are tried."""

TOP = 99
"""Level of the cheeks."""

BARS = 1
"""Level up to which what the pack holds stands in the way."""

Ends = Mapping[str, frozenset[str]]
"""Bodies on each pin."""


def levels(
    plates: Mapping[str, Part],
    discs: Mapping[str, Part],
    ends: Ends,
    middle: frozenset[str],
    places: Sequence[Mapping[str, Placement]],
    where: str = "",
) -> dict[str, int]:
    """Return the level of every moving body.

    Parameters
    ----------
    plates : mapping of body to Part
        The plate of each moving body.
    discs : mapping of pin to Part
        Pins with their bushes, and what the pack holds through all levels.
    ends : mapping of pin to the bodies on it
        Of what the pack holds: the one body that it may touch.
    middle : set of str
        Bodies that run in the middle plane.
    places : sequence of placements
        Along the travel.

    Raises
    ------
    InputError
        When no stacking keeps them apart, naming what meets.
    """
    apart = {pair for pair in combinations(plates, 2) if _must_differ(pair, plates, ends, places)}
    passed = {
        (body, pin)
        for body, pin in product(plates, discs)
        if body not in ends[pin] and meet_in_plane(plates[body], discs[pin], places)
    }
    pins = frozenset(pin for pin, disc in discs.items() if disc.body != "pack")
    free = [body for body in plates if body not in middle]
    for top in range(HIGHEST + 1):
        for chosen in product(range(top + 1), repeat=len(free)):
            level = {**dict.fromkeys(middle & set(plates), 0), **dict(zip(free, chosen, strict=True))}
            if max(level.values()) == top and _stands(level, apart, passed, ends, pins):
                return level
    names = ", ".join(
        [f"{a} and {b}" for a, b in sorted(apart)] + [f"{body} and {discs[pin].name}" for body, pin in sorted(passed)]
    )
    raise InputError(
        f"no stack of {HIGHEST + 1} planes keeps the bodies apart; on their way {names} cross",
        where,
        "bend a body out of the way, or write a file of parts and name it with --parts",
    )


def _must_differ(
    pair: tuple[str, str], plates: Mapping[str, Part], ends: Ends, places: Sequence[Mapping[str, Placement]]
) -> bool:
    return any(set(pair) <= bodies for bodies in ends.values()) or meet_in_plane(plates[pair[0]], plates[pair[1]], places)


def _stands(
    level: Mapping[str, int], apart: set[tuple[str, str]], passed: set[tuple[str, str]], ends: Ends, pins: frozenset[str]
) -> bool:
    if any(level[a] == level[b] for a, b in apart):
        return False
    for body, pin in passed:
        own = [TOP if end == GROUND else level[end] for end in ends[pin]]
        low, high = (0, BARS) if pin not in pins else (min(own), max(own))
        if low <= level[body] <= high or (low == 0 and level[body] < high):
            return False
        if level[body] < low and low == TOP:
            return False
    return True
