"""Every circuit of a linkage over the whole travel of its drive, proved complete: the curve of configurations cut into arcs.

With the drive as an unknown more, the loop equations leave curves. Boxes of the unknowns are cut down and bisected until each
holds nothing, or one arc on which the drive runs one way, or one arc about a limit of travel smaller than any mode worth a name.
A circuit is a closed curve, so that none can hide inside a box; it therefore shows on some arc, however short it is.

Source: as `mechlock.linkage.search`; for curves Krawczyk's operator with a linear function of the unknowns as parameter.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mechlock.linkage.constraints import Array, Bools, Constraints, wrapped
from mechlock.linkage.krawczyk import Contracted, contract
from mechlock.linkage.loop_boxes import SMALLEST, Boxes, Equations, Pile
from mechlock.linkage.loops import Loops, loops_at
from mechlock.linkage.search import agreeing

BOXES = 400_000
"""Boxes looked at before the search gives up."""

LOOPS = 3
"""Loops of the largest group that is searched (six bodies); one of eight takes minutes."""

SHORTEST = 1e-9
"""A mode that exists over less (rad, or sizes of the linkage) is none: it lies inside the rounding of its two limits."""


@dataclass(frozen=True)
class Circuits:
    """Where a linkage can stand at all.

    Attributes
    ----------
    drive : array, shape (k,)
        Drive coordinates in the middle of all arcs, the longest first (rad in (-pi, pi], or mm).
    q : array, shape (k, unknowns)
        Approximate configurations there.
    limits : array, shape (m,)
        Drive coordinates at which modes end or meet; beside the last digits of each there may be others of the same limit.
    complete : bool
        Whether it is proved that every mode passes through one of them.
    reason : str
        Why it is not.
    boxes : int
        Boxes that the search looked at.
    """

    drive: Array
    q: Array
    limits: Array
    complete: bool
    reason: str
    boxes: int

    @property
    def between(self) -> Array:
        """Drive coordinates between all limits, and in the middle of all arcs: no mode begins or ends unseen by them."""
        limits = np.sort(self.limits)
        limits = limits[np.append(True, np.diff(limits) > SHORTEST)] if len(limits) else limits
        return np.sort(np.concatenate([self.drive, 0.5 * (limits[1:] + limits[:-1])]))


def circuits(constraints: Constraints, low: float, high: float, limit: int = BOXES) -> Circuits:
    """Cut all curves of configurations into arcs.

    Parameters
    ----------
    low, high : float
        Interval of a sliding drive (mm); a turning one is looked at through its whole turn.
    limit : int
        Boxes at most.
    """
    loops = loops_at(constraints, None)
    refused = ""
    if loops is None or loops.unknowns > 2 * loops.loops + 1:
        refused = "a loop is closed by the drive, or by a slide between bodies that turn on their own"
    elif loops.loops > LOOPS:
        refused = f"{loops.loops} loops are too many to be searched over the whole travel"
    if loops is None or refused:
        return Circuits(np.zeros(0), np.zeros((0, constraints.unknowns)), np.zeros(0), False, refused, 0)
    found = _arcs(loops, constraints, (low, high), limit)
    drive, limits = (places @ loops.drive + loops.drive_start for places in (found.middles, found.limits))
    if not constraints.sliding:
        drive, limits = wrapped(drive), wrapped(limits)
    return Circuits(drive, loops.configurations(found.middles), limits, not found.reason, found.reason, found.looked)


@dataclass(frozen=True)
class _Arcs:
    middles: Array
    limits: Array
    reason: str
    looked: int


def _arcs(loops: Loops, constraints: Constraints, span: tuple[float, float], limit: int) -> _Arcs:
    far = 10.0 * constraints.size * (len(constraints.bodies) + 1)
    equations = Equations(loops, far)
    high = np.concatenate([np.full(loops.angles, np.pi), np.full(loops.travels, far)])
    low = -high
    if constraints.sliding:
        column = int(np.flatnonzero(loops.drive)[0])
        low[column], high[column] = span
    scale = high - low
    pile = Pile(equations, low, high, limit)
    middles: list[Array] = []
    widths: list[float] = []
    limits: list[Array] = []
    crossings = 0
    for boxes in pile:
        along = contract(equations, boxes, scale, loops.drive)
        width = boxes.width @ np.abs(loops.drive)
        target, alone = _on_curve(equations, along)
        named = alone & (width > SHORTEST * (constraints.size if constraints.sliding else 1.0))
        middles += list(target[named])
        widths += list(width[named])
        left, ends, crossed = _about_limits(equations, along.boxes.take(along.left | (along.single & ~alone)), scale)
        limits += list(ends)
        crossings += crossed
        pile.keep(left)
    reason = pile.unfinished
    if crossings:
        reason = reason or (
            "modes cross where the linkage can change from one to another (a change point); they are proved to be all but for "
            "any that exist only within a millionth of a turn, or of the travel, of one"
        )
    longest_first = np.argsort(-np.array(widths), kind="stable")
    arcs, ends = (np.array(found).reshape(-1, loops.unknowns) for found in (middles, limits))
    return _Arcs(arcs[longest_first], ends, reason, pile.looked)


def _about_limits(equations: Equations, boxes: Boxes, scale: Array) -> tuple[Boxes, Array, int]:
    """Cut boxes down along the unknown that changes most.

    Small ones are left out: where they hold an arc its middle is returned, the limit of a mode; the others are counted.
    """
    nothing = np.zeros((0, len(scale)))
    if not len(boxes):
        return boxes, nothing, 0
    low, high, _ = equations.jacobian(Boxes(boxes.middle, boxes.middle))
    left, _, right = np.linalg.svd(0.5 * (low + high))
    possible = ~_missed(equations, boxes, left)
    boxes, tangent = boxes.take(possible), right[possible, -1, :]
    if not len(boxes):
        return boxes, nothing, 0
    border = np.eye(len(scale))[np.argmax(np.abs(tangent) * equations.influence, axis=1)]
    found = contract(equations, boxes, scale, border)
    small = (boxes.width / scale).max(axis=1) < SMALLEST
    target, alone = _on_curve(equations, found)
    rest = found.boxes.take((found.left | found.single) & ~small)
    return rest, target[alone & small], int(((found.left | (found.single & ~alone)) & small).sum())


def _on_curve(equations: Equations, found: Contracted) -> tuple[Array, Bools]:
    """Points on the arcs, and the boxes that hold one: with redundant equations an arc may satisfy but some of them."""
    if not equations.loops.redundant:
        return found.target, found.single
    return agreeing(equations, found.target, found.single)


def _missed(equations: Equations, boxes: Boxes, left: Array) -> Bools:
    """Whether one of the equations, combined by left singular vectors of the derivatives, has no zero in a box (mean-value form).

    Where a circuit is about to vanish, a combination has nearly no slope; only so are boxes beside it told from boxes on it.
    """
    low, high, size = equations.jacobian(boxes)
    value, doubt = equations.at(boxes.middle)
    slope = np.abs(np.einsum("nji,njk->nik", left, 0.5 * (low + high)))
    slope += np.einsum("nji,njk->nik", np.abs(left), 0.5 * (high - low) + size + 1e-14 * np.abs(low))
    reach = np.einsum("nik,nk->ni", slope, 0.5 * boxes.width) + np.einsum("nji,nj->ni", np.abs(left), doubt)
    return np.asarray((np.abs(np.einsum("nji,nj->ni", left, value)) > reach).any(axis=1))
