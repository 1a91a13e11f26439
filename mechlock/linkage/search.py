"""All configurations at one drive position, proved complete: interval branch and prune on the loop-closure equations.

A box of the unknowns is cut down by each loop in turn (a rotated vector has to reach the box that the rest of its loop leaves),
and by the preconditioned interval Newton operator of Krawczyk, which also proves that exactly one solution is in a box. What
cannot be decided is bisected. Rounding is covered by widening: each sum by `ROUNDING` times the sizes of its terms.

Source: Moore, Kearfott and Cloud, Introduction to Interval Analysis, SIAM 2009, chapter 8; for linkages Porta, Ros and Thomas,
"A linear relaxation technique for the position analysis of multiloop linkages", IEEE Trans. Robotics 25, 2009 (the setting).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mechlock.linkage.constraints import Array, Bools
from mechlock.linkage.loops import Loops

BOXES = 400_000
"""Boxes looked at before the search gives up."""

ROUNDING = 1e-13
"""Relative bound on the rounding error of a sum of rotated vectors, products included."""

_BATCH = 4096
_SMALLEST = 1e-6
"""Width, relative to the first box, below which a box that is not decided holds a singular position."""


@dataclass(frozen=True)
class Found:
    """Outcome of a search.

    Attributes
    ----------
    unknowns : array, shape (k, unknowns)
        One approximate solution for each box that holds exactly one, and the middles of undecided boxes.
    complete : bool
        Whether it is proved that there are no others (each of them exists and is simple).
    boxes : int
        How many boxes were looked at.
    reason : str
        Why it is not complete.
    """

    unknowns: Array
    complete: bool
    boxes: int
    reason: str


@dataclass
class _Boxes:
    """Lower and upper ends, shape (n, unknowns)."""

    low: Array
    high: Array

    def __len__(self) -> int:
        return len(self.low)

    def take(self, which: Bools | npt.NDArray[np.intp]) -> _Boxes:
        return _Boxes(self.low[which], self.high[which])


def search(loops: Loops, reach: float, limit: int = BOXES) -> Found:
    """Find all solutions with travels within `reach` (mm) of zero.

    Parameters
    ----------
    loops : Loops
        As many equations as unknowns.
    reach : float
        Bound on the travels.
    limit : int
        Boxes at most.
    """
    equations = _Equations(loops, reach)
    high = np.concatenate([np.full(loops.angles, np.pi), np.full(loops.travels, reach)])
    scale = 2.0 * high
    stack = [_Boxes(-high[None], high[None])]
    solutions: list[Array] = []
    singular: list[Array] = []
    looked = 0
    while stack and looked < limit:
        boxes = stack.pop()
        if len(boxes) > _BATCH:
            half = len(boxes) // 2
            stack += [boxes.take(np.arange(half)), boxes.take(np.arange(half, len(boxes)))]
            continue
        looked += len(boxes)
        boxes = equations.pruned(boxes)
        if not len(boxes):
            continue
        boxes, single = equations.newton(boxes, scale)
        solutions += list(single)
        tiny = ((boxes.high - boxes.low) / scale).max(axis=1, initial=0.0) < _SMALLEST
        singular += list(0.5 * (boxes.low[tiny] + boxes.high[tiny]))
        boxes = boxes.take(~tiny)
        if len(boxes):
            stack.append(_bisected(boxes, equations.influence))
    reason = "" if not stack else f"{looked} boxes did not suffice"
    if singular:
        reason = reason or "the drive stands at a singular position of some assembly (a dead centre or limit of travel)"
    places = np.array(solutions + singular).reshape(-1, loops.unknowns)
    return Found(places, not stack and not singular, looked, reason)


def _bisected(boxes: _Boxes, influence: Array) -> _Boxes:
    """Halve every box across the side that moves the links farthest."""
    rows = np.arange(len(boxes))
    side = np.argmax((boxes.high - boxes.low) * influence, axis=1)
    middle = 0.5 * (boxes.low[rows, side] + boxes.high[rows, side])
    low, high = boxes.low.copy(), boxes.high.copy()
    low[rows, side] = middle
    high[rows, side] = middle
    return _Boxes(np.concatenate([boxes.low, low]), np.concatenate([high, boxes.high]))


class _Equations:
    """Interval values, contraction and Newton steps of the loop equations over many boxes."""

    def __init__(self, loops: Loops, reach: float) -> None:
        self.loops = loops
        self.size = np.hypot(*loops.vectors.T)
        self.phase = np.arctan2(loops.vectors[:, 1], loops.vectors[:, 0])
        self.members = np.zeros((loops.loops, len(loops.loop)))
        self.members[loops.loop, np.arange(len(loops.loop))] = 1.0
        turned = np.bincount(loops.angle[loops.angle >= 0], self.size[loops.angle >= 0], loops.angles)
        travels = np.full(loops.travels, np.pi * turned.mean() / reach if loops.angles else 1.0)
        self.influence = np.concatenate([turned, travels])
        """How far an unknown moves the links (mm per rad); a whole travel counts as much as a turn of an average body."""

    # -- values ---------------------------------------------------------------------------------------------------

    def terms(self, boxes: _Boxes) -> tuple[Array, Array, Array]:
        """Lower and upper ends of all terms, shape (n, t, 2), and bounds on their sizes, shape (n, t)."""
        loops = self.loops
        low = np.broadcast_to(self.phase, (len(boxes), len(self.phase))).copy()
        high = low.copy()
        turning = loops.angle >= 0
        low[:, turning] += boxes.low[:, loops.angle[turning]]
        high[:, turning] += boxes.high[:, loops.angle[turning]]
        (c0, c1), (s0, s1) = _cosine(low, high), _cosine(low - np.pi / 2, high - np.pi / 2)
        below, above = np.stack([c0, s0], axis=-1), np.stack([c1, s1], axis=-1)
        below, above = below * self.size[:, None], above * self.size[:, None]
        size = np.broadcast_to(self.size, low.shape).copy()
        sliding = loops.travel >= 0
        if sliding.any():
            near, far = (end[:, loops.angles + loops.travel[sliding]] for end in (boxes.low, boxes.high))
            corners = np.stack([end * t[..., None] for end in (below[:, sliding], above[:, sliding]) for t in (near, far)])
            below[:, sliding], above[:, sliding] = corners.min(axis=0), corners.max(axis=0)
            size[:, sliding] *= np.maximum(np.abs(near), np.abs(far))
        return below, above, size

    def totals(self, below: Array, above: Array, size: Array) -> tuple[Array, Array]:
        """Lower and upper ends of all equations, shape (n, loops, 2), rounding included."""
        slack = ROUNDING * np.einsum("lt,nt->nl", self.members, size)[..., None]
        return np.einsum("lt,nti->nli", self.members, below) - slack, np.einsum("lt,nti->nli", self.members, above) + slack

    # -- contraction ----------------------------------------------------------------------------------------------

    def pruned(self, boxes: _Boxes, sweeps: int = 2) -> _Boxes:
        """Cut off what no loop can reach, and leave out boxes without solutions."""
        for _ in range(sweeps):
            below, above, size = self.terms(boxes)
            low, high = self.totals(below, above, size)
            keep: Bools = np.asarray(((low <= 0.0) & (high >= 0.0)).all(axis=(1, 2)))
            boxes = boxes.take(keep)
            if not len(boxes):
                return boxes
            boxes = self._turned_to_rest(boxes, below[keep], above[keep], low[keep], high[keep])
            if not len(boxes):
                return boxes
        return boxes

    def _turned_to_rest(self, boxes: _Boxes, below: Array, above: Array, low: Array, high: Array) -> _Boxes:
        """For each rotated vector, keep the angles at which it reaches what the rest of its loop leaves over."""
        loops = self.loops
        new_low, new_high = boxes.low.copy(), boxes.high.copy()
        alive = np.ones(len(boxes), dtype=bool)
        slack = ROUNDING * np.abs(np.stack([low, high])).max(axis=0)
        for t in np.flatnonzero((loops.angle >= 0) | (loops.travel >= 0)):
            loop, angle = loops.loop[t], loops.angle[t]
            wide = slack[:, loop] + 1e-12 * self.size[t]
            rest_low = -(high[:, loop] - above[:, t]) - wide
            rest_high = -(low[:, loop] - below[:, t]) + wide
            farthest = np.hypot(*np.maximum(np.abs(rest_low), np.abs(rest_high)).T)
            if loops.travel[t] >= 0:
                bound, column = (1.0 + 1e-12) * farthest / self.size[t], loops.angles + loops.travel[t]
                new_low[:, column] = np.maximum(new_low[:, column], -bound)
                new_high[:, column] = np.minimum(new_high[:, column], bound)
                alive &= new_low[:, column] <= new_high[:, column]
                continue
            nearest = np.hypot(*np.maximum(np.maximum(rest_low, -rest_high), 0.0).T)
            alive &= (nearest <= self.size[t] * (1.0 + 1e-12)) & (farthest >= self.size[t] * (1.0 - 1e-12))
            start, end = _sector(rest_low, rest_high)
            middle = 0.5 * (new_low[:, angle] + new_high[:, angle])
            shift = np.round((middle + self.phase[t] - 0.5 * (start + end)) / (2.0 * np.pi)) * 2.0 * np.pi - self.phase[t]
            start, end = start + shift - 1e-12, end + shift + 1e-12
            # the sector repeats every turn; one turn more or less may also meet the box
            meets = [
                (np.maximum(new_low[:, angle], start + turn), np.minimum(new_high[:, angle], end + turn))
                for turn in (-2.0 * np.pi, 0.0, 2.0 * np.pi)
            ]
            fits = np.stack([a <= b for a, b in meets])
            lows = np.stack([np.where(fit, a, np.inf) for fit, (a, _) in zip(fits, meets, strict=True)])
            highs = np.stack([np.where(fit, b, -np.inf) for fit, (_, b) in zip(fits, meets, strict=True)])
            alive &= fits.any(axis=0)
            new_low[:, angle] = np.where(alive, lows.min(axis=0), new_low[:, angle])
            new_high[:, angle] = np.where(alive, highs.max(axis=0), new_high[:, angle])
        return _Boxes(new_low, new_high).take(alive)

    # -- Newton ---------------------------------------------------------------------------------------------------

    def newton(self, boxes: _Boxes, scale: Array) -> tuple[_Boxes, Array]:
        """Krawczyk's operator: return the boxes that are left, cut down, and one solution of each box that holds exactly one."""
        middle = 0.5 * (boxes.low + boxes.high)
        radius = 0.5 * (boxes.high - boxes.low)
        radius = radius * 1.05 + 1e-11 * scale  # a solution on an edge is inside then
        wide = _Boxes(middle - radius, middle + radius)
        low, high, size = self.jacobian(wide)
        centre = 0.5 * (low + high)
        spread = 0.5 * (high - low) + size
        with np.errstate(all="ignore"):
            inverse = _inverse(centre)
            point = _Boxes(middle, middle)
            f_low, f_high = (end.reshape(len(boxes), -1) for end in self.totals(*self.terms(point)))
            step = np.einsum("nij,nj->ni", inverse, 0.5 * (f_low + f_high))
            off = np.einsum("nij,nj->ni", np.abs(inverse), 0.5 * (f_high - f_low) + 1e-14 * np.abs(f_low))
            grown = np.einsum("nij,njk->nik", np.abs(inverse), spread)
            grown += 1e-13 * np.einsum("nij,njk->nik", np.abs(inverse), np.abs(centre)) + 1e-15
            reach = np.einsum("nij,nj->ni", grown, radius) + off
        target = middle - step
        sound = np.isfinite(reach).all(axis=1) & np.isfinite(target).all(axis=1)
        inside = sound & (np.abs(target - middle) + reach < radius).all(axis=1)
        low = np.where(sound[:, None], np.maximum(boxes.low, target - reach), boxes.low)
        high = np.where(sound[:, None], np.minimum(boxes.high, target + reach), boxes.high)
        left = ~inside & (low <= high).all(axis=1)
        return _Boxes(low[left], high[left]), target[inside]

    def jacobian(self, boxes: _Boxes) -> tuple[Array, Array, Array]:
        """Lower and upper ends of the derivatives, shape (n, 2 loops, unknowns), and what rounding may add."""
        loops, n = self.loops, len(boxes)
        below, above, size = self.terms(boxes)
        shape = (n, 2 * loops.loops, loops.unknowns)
        low, high, slack = np.zeros(shape), np.zeros(shape), np.zeros(shape)
        for t in range(len(loops.loop)):
            row, angle, travel = 2 * loops.loop[t], loops.angle[t], loops.travel[t]
            if angle >= 0:  # the derivative of a rotated vector is the vector turned by a right angle
                low[:, row, angle] -= above[:, t, 1]
                high[:, row, angle] -= below[:, t, 1]
                low[:, row + 1, angle] += below[:, t, 0]
                high[:, row + 1, angle] += above[:, t, 0]
                slack[:, row : row + 2, angle] += ROUNDING * size[:, t, None]
            if travel >= 0:
                column = loops.angles + travel
                for component, shifted in ((0, 0.0), (1, np.pi / 2)):
                    turn = self.phase[t] - shifted
                    ends = (boxes.low[:, angle], boxes.high[:, angle]) if angle >= 0 else (np.zeros(n), np.zeros(n))
                    c0, c1 = _cosine(ends[0] + turn, ends[1] + turn)
                    low[:, row + component, column] += self.size[t] * c0
                    high[:, row + component, column] += self.size[t] * c1
                    slack[:, row + component, column] += ROUNDING * self.size[t]
        return low, high, slack


def _inverse(matrices: Array) -> Array:
    """Inverses; NaN where a matrix is singular to rounding."""
    result = np.full(matrices.shape, np.nan)
    fine = np.isfinite(matrices).all(axis=(1, 2))
    size = np.abs(matrices).max(axis=(1, 2))
    fine &= size > 0.0
    fine[fine] &= np.abs(np.linalg.det(matrices[fine] / size[fine, None, None])) > 1e-14
    result[fine] = np.linalg.inv(matrices[fine])
    return result


def _cosine(low: Array, high: Array) -> tuple[Array, Array]:
    """Range of the cosine over intervals (rad), not yet widened for rounding."""
    a, b = np.cos(low), np.cos(high)
    top = np.floor(high / (2.0 * np.pi)) >= np.ceil(low / (2.0 * np.pi))
    bottom = np.floor((high - np.pi) / (2.0 * np.pi)) >= np.ceil((low - np.pi) / (2.0 * np.pi))
    return np.where(bottom, -1.0, np.minimum(a, b)), np.where(top, 1.0, np.maximum(a, b))


def _sector(low: Array, high: Array) -> tuple[Array, Array]:
    """Directions from the origin to boxes in the plane, shape (n, 2) each: from, to (rad); a whole turn where it is inside."""
    inside = ((low <= 0.0) & (high >= 0.0)).all(axis=1)
    centre = 0.5 * (low + high)
    facing = np.arctan2(centre[:, 1], centre[:, 0])
    x = np.stack([low[:, 0], low[:, 0], high[:, 0], high[:, 0]])
    y = np.stack([low[:, 1], high[:, 1], low[:, 1], high[:, 1]])
    off = np.arctan2(y, x) - facing
    off -= 2.0 * np.pi * np.round(off / (2.0 * np.pi))
    start, end = facing + off.min(axis=0), facing + off.max(axis=0)
    return np.where(inside, facing - np.pi, start), np.where(inside, facing + np.pi, end)
