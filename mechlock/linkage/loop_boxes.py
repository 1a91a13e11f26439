"""The loop-closure equations over boxes of their unknowns: values and derivatives enclosed, and what no loop can reach cut off.

Each loop in turn cuts a box down: a rotated vector has to reach the box that the rest of its loop leaves. Rounding is covered by
widening: each sum by `ROUNDING` times the sizes of its terms.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mechlock.linkage.constraints import Array, Bools
from mechlock.linkage.loops import Loops

ROUNDING = 1e-13
"""Relative bound on the rounding error of a sum of rotated vectors, products included."""

BATCH = 4096
"""Boxes worked on at a time."""

SMALLEST = 1e-6
"""Width, relative to the first box, below which a box is bisected no more."""


@dataclass
class Boxes:
    """Lower and upper ends, shape (n, unknowns)."""

    low: Array
    high: Array

    def __len__(self) -> int:
        return len(self.low)

    @property
    def middle(self) -> Array:
        """Their middles."""
        return 0.5 * (self.low + self.high)

    @property
    def width(self) -> Array:
        """Their sides."""
        return self.high - self.low

    def take(self, which: Bools | npt.NDArray[np.intp]) -> Boxes:
        """Some of them."""
        return Boxes(self.low[which], self.high[which])


def bisected(boxes: Boxes, influence: Array) -> Boxes:
    """Halve every box across the side that moves the links farthest."""
    rows = np.arange(len(boxes))
    side = np.argmax((boxes.high - boxes.low) * influence, axis=1)
    middle = 0.5 * (boxes.low[rows, side] + boxes.high[rows, side])
    low, high = boxes.low.copy(), boxes.high.copy()
    low[rows, side] = middle
    high[rows, side] = middle
    return Boxes(np.concatenate([boxes.low, low]), np.concatenate([high, boxes.high]))


class Equations:
    """Interval values, contraction and derivatives of the loop equations over many boxes."""

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

    def terms(self, boxes: Boxes) -> tuple[Array, Array, Array]:
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

    def at(self, points: Array) -> tuple[Array, Array]:
        """Values at points and how far rounding may move them, shape (n, 2 loops)."""
        low, high = (end.reshape(len(points), -1) for end in self.totals(*self.terms(Boxes(points, points))))
        return 0.5 * (low + high), 0.5 * (high - low) + 1e-14 * np.abs(low)

    # -- contraction ----------------------------------------------------------------------------------------------

    def pruned(self, boxes: Boxes, sweeps: int = 2) -> Boxes:
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

    def _turned_to_rest(self, boxes: Boxes, below: Array, above: Array, low: Array, high: Array) -> Boxes:
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
        return Boxes(new_low, new_high).take(alive)

    # -- derivatives ----------------------------------------------------------------------------------------------

    def jacobian(self, boxes: Boxes) -> tuple[Array, Array, Array]:
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

    def bend(self, boxes: Boxes, rates: Boxes) -> tuple[Array, Array]:
        """Lower and upper ends of the second derivatives along a curve, shape (n, 2 loops), from the unknowns' rates alone."""
        loops = self.loops
        below, above, size = self.terms(boxes)
        low, high = np.zeros((2, len(boxes), 2 * loops.loops))
        for t in np.flatnonzero(loops.angle >= 0):
            row, angle, travel = 2 * loops.loop[t], loops.angle[t], loops.travel[t]
            omega = rates.low[:, angle], rates.high[:, angle]
            turning = _times(omega, omega)
            turning = np.maximum(turning[0], 0.0), turning[1]
            slack = ROUNDING * size[:, t] * turning[1]
            for component in (0, 1):
                pull = _times(turning, (below[:, t, component], above[:, t, component]))
                low[:, row + component] -= pull[1] + slack
                high[:, row + component] -= pull[0] - slack
                if travel < 0:
                    continue
                column = loops.angles + travel
                turn = self.phase[t] + np.pi / 2 * (1 - component)
                unit = _cosine(boxes.low[:, angle] + turn, boxes.high[:, angle] + turn)
                swing = _times(_times(omega, (rates.low[:, column], rates.high[:, column])), unit)
                doubt = ROUNDING * np.maximum(np.abs(swing[0]), np.abs(swing[1]))
                low[:, row + component] += 2.0 * self.size[t] * (swing[0] - doubt)
                high[:, row + component] += 2.0 * self.size[t] * (swing[1] + doubt)
        return low, high


class Pile:
    """Boxes that still may hold solutions: taken batch by batch, until so many of them have been looked at."""

    def __init__(self, equations: Equations, low: Array, high: Array, limit: int) -> None:
        self.looked = 0
        self._equations, self._limit = equations, limit
        self._stack = [Boxes(low[None], high[None])]

    def __iter__(self) -> Iterator[Boxes]:
        """Yield what the equations leave of each batch; what may still hold a solution goes back by `keep`."""
        while self._stack and self.looked < self._limit:
            boxes = self._stack.pop()
            if len(boxes) > BATCH:
                half = len(boxes) // 2
                self._stack += [boxes.take(np.arange(half)), boxes.take(np.arange(half, len(boxes)))]
                continue
            self.looked += len(boxes)
            left = self._equations.pruned(boxes)
            if len(left):
                yield left

    def keep(self, boxes: Boxes) -> None:
        """Put boxes back, halved."""
        if len(boxes):
            self._stack.append(bisected(boxes, self._equations.influence))

    @property
    def unfinished(self) -> str:
        """Why something may have been left out; empty where nothing was."""
        return f"{self.looked} boxes did not suffice" if self._stack else ""


def _times(one: tuple[Array, Array], other: tuple[Array, Array]) -> tuple[Array, Array]:
    """Product of intervals."""
    corners = np.stack([a * b for a in one for b in other])
    return corners.min(axis=0), corners.max(axis=0)


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
