"""All ways to assemble a linkage at one drive position, proved to be all where the search comes to its end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mechlock.linkage import newton
from mechlock.linkage.constraints import Array, Constraints
from mechlock.linkage.loops import loops_at
from mechlock.linkage.search import BOXES, search

REACH = 10.0
"""Travels are searched within so many times the sum of all links."""


@dataclass(frozen=True)
class Census:
    """All configurations at one drive position.

    Attributes
    ----------
    q : array, shape (k, unknowns)
        Configurations, refined by Newton's method, in a reproducible order.
    complete : bool
        Whether it is proved that there are no others.
    reason : str
        Why it is not proved.
    boxes : int
        Boxes that the search looked at.
    """

    q: Array
    complete: bool
    reason: str
    boxes: int


def census(constraints: Constraints, drive: float, limit: int = BOXES) -> Census:
    """Find every configuration at a drive position (rad or mm) by interval branch and prune."""
    nothing = np.zeros((0, constraints.unknowns))
    loops = loops_at(constraints, drive)
    if loops is None or loops.unknowns > 2 * loops.loops:
        return Census(nothing, False, "a loop is closed by the drive, or by a slide between bodies that turn on their own", 0)
    found = search(loops, REACH * constraints.size * (len(constraints.bodies) + 1), limit)
    if not len(found.unknowns):
        return Census(nothing, found.complete, found.reason, found.boxes)
    start = loops.configurations(found.unknowns)
    q, ok = newton.solve(constraints, start, np.full(len(start), drive))
    distinct = newton.distinct(constraints, q[ok])
    return Census(distinct, found.complete and bool(ok.all()), found.reason, found.boxes)
