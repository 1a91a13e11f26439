"""All configurations at one drive position, proved complete: interval branch and prune on the loop-closure equations.

A box of the unknowns is cut down by each loop in turn (a rotated vector has to reach the box that the rest of its loop leaves),
and by the interval Newton operator, which also proves that exactly one solution is in a box. What cannot be decided is bisected.

Source: Porta, Ros and Thomas, "A linear relaxation technique for the position analysis of multiloop linkages", IEEE Trans.
Robotics 25, 2009 (the setting).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mechlock.linkage.constraints import Array, Bools
from mechlock.linkage.krawczyk import contract
from mechlock.linkage.loop_boxes import SMALLEST, Boxes, Equations, Pile
from mechlock.linkage.loops import Loops

BOXES = 400_000
"""Boxes looked at before the search gives up."""


@dataclass(frozen=True)
class Found:
    """Outcome of a search.

    Attributes
    ----------
    unknowns : array, shape (k, unknowns)
        One approximate solution for each box that holds exactly one, and the middles of undecided boxes.
    complete : bool
        Whether it is proved that there are no others (each of them is simple and exists; with redundant equations, to rounding).
    boxes : int
        How many boxes were looked at.
    reason : str
        Why it is not complete.
    """

    unknowns: Array
    complete: bool
    boxes: int
    reason: str


def search(loops: Loops, reach: float, limit: int = BOXES) -> Found:
    """Find all solutions with travels within `reach` (mm) of zero.

    Parameters
    ----------
    loops : Loops
        At least as many equations as unknowns.
    reach : float
        Bound on the travels.
    limit : int
        Boxes at most.
    """
    equations = Equations(loops, reach)
    high = np.concatenate([np.full(loops.angles, np.pi), np.full(loops.travels, reach)])
    scale = 2.0 * high
    pile = Pile(equations, -high, high, limit)
    solutions: list[Array] = []
    singular: list[Array] = []
    for boxes in pile:
        found = contract(equations, boxes, scale)
        target, alone = found.target, found.single
        if loops.redundant:
            target, alone = agreeing(equations, target, alone)
        solutions += list(target[alone])
        undecided = found.left | (found.single & ~alone)
        left = found.boxes.take(undecided)
        tiny = (boxes.width / scale).max(axis=1)[undecided] < SMALLEST  # before it was cut: a sliver beside a root is none
        singular += list(0.5 * (left.low[tiny] + left.high[tiny]))
        pile.keep(left.take(~tiny))
    reason = pile.unfinished
    if singular:
        reason = reason or "the drive stands at a singular position of some assembly (a dead centre or limit of travel)"
    places = np.array(solutions + singular).reshape(-1, loops.unknowns)
    return Found(places, not reason, pile.looked, reason)


def agreeing(equations: Equations, points: Array, alone: Bools, steps: int = 4) -> tuple[Array, Bools]:
    """Points improved by Newton's method on all equations at once, and those of `alone` that satisfy every one of them."""
    better = points[alone]
    if not len(better):
        return points, alone
    for _ in range(steps):
        low, high, _ = equations.jacobian(Boxes(better, better))
        better -= np.einsum("nij,nj->ni", np.linalg.pinv(0.5 * (low + high), rcond=1e-9), equations.at(better)[0])
    value, doubt = equations.at(better)
    improved, agree = points.copy(), alone.copy()
    improved[alone], agree[alone] = better, (np.abs(value) <= 1e3 * doubt).all(axis=1)
    return improved, agree
