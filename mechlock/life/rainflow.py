"""Rainflow counting after ASTM E1049-85 (5.4.4), of one signal or of many at once.

Every cycle is given by its **range** (peak to valley; the amplitude is half of it) and its mean. Closed cycles are
found by the four-point condition, which counts what the standard's three-point rule counts: a range that is no larger
than both its neighbours is a cycle; what never closes is counted as half cycles. All ranges that meet the condition
are taken out in one vectorised pass, and passes follow until none is left. Long signals are counted by a compiled loop where
numba (extra ``fast``) is installed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mechlock.errors import InputError
from mechlock.life.rainflow_compiled import CountRows, count_rows
from mechlock.loads.history import FloatArray

IntArray = NDArray[np.int_]

_BLOCK = 32768
_LITTLE_GAIN = 0.02
_WORTH_COMPILING = 1_000_000


@dataclass(frozen=True)
class Cycles:
    """Counted cycles.

    Attributes
    ----------
    range : ndarray, (k,)
        Peak minus valley, in the signal's unit. Twice the amplitude.
    mean : ndarray, (k,)
        Middle between peak and valley.
    count : ndarray, (k,)
        1.0 for a closed cycle, 0.5 for a half cycle.
    owner : ndarray of int, (k,)
        Which signal the cycle belongs to (0 where there is one only).
    """

    range: FloatArray
    mean: FloatArray
    count: FloatArray
    owner: IntArray

    @property
    def amplitude(self) -> FloatArray:
        """Half of the range."""
        return 0.5 * self.range

    def histogram(self, edges: ArrayLike) -> FloatArray:
        """Number of cycles whose range lies between consecutive `edges`, (len(edges) - 1,)."""
        return np.histogram(self.range, np.asarray(edges, dtype=float), weights=self.count)[0]


def turning_points(signal: ArrayLike) -> FloatArray:
    """First sample, every reversal, last sample; a plateau counts once."""
    values = np.asarray(signal, dtype=float)
    return values[_reversals(values)]


def rainflow(signal: ArrayLike, residue: Literal["half", "repeat"] = "half") -> Cycles:
    """Count the cycles of one signal.

    Parameters
    ----------
    signal : array_like, (n,)
        Samples or turning points.
    residue : {"half", "repeat"}
        What never closes counts as half cycles (ASTM E1049 5.4.4), or the signal repeats for ever and is counted
        from its greatest peak on (5.4.5), so that everything closes.

    Raises
    ------
    InputError
        When a sample is not finite or the signal is not a row of at least two samples.
    """
    values = _checked(signal)
    if values.ndim != 1:
        raise InputError(f"one signal is expected, the shape is {values.shape}", "rainflow", "use rainflow_many")
    if residue == "repeat":
        return _count(_from_greatest_peak(values[_reversals(values)]), None)
    if values.size >= _WORTH_COMPILING and (compiled := count_rows()) is not None:
        return _compiled(compiled, values[None])
    return _count(values[_reversals(values)], None)


def rainflow_many(signals: ArrayLike) -> Cycles:
    """Count the cycles of many signals of equal length at once, (s, n); `Cycles.owner` tells which row each is of."""
    values = _checked(signals)
    if values.ndim != 2:
        raise InputError(f"rows of signals are expected, the shape is {values.shape}", "rainflow")
    if values.size >= _WORTH_COMPILING and (compiled := count_rows()) is not None:
        return _compiled(compiled, values)
    keep = _reversals(values)
    return _count(values[keep], np.nonzero(keep)[0])


def _compiled(count: CountRows, rows: FloatArray) -> Cycles:
    size, mean, part = np.empty(rows.size), np.empty(rows.size), np.empty(rows.size)
    owner = np.empty(rows.size, dtype=int)
    total = count(rows, size, mean, part, owner)
    return Cycles(size[:total], mean[:total], part[:total], owner[:total])


def _checked(signal: ArrayLike) -> FloatArray:
    values = np.asarray(signal, dtype=float)
    if values.ndim == 0 or values.shape[-1] < 2:
        raise InputError("a signal has at least two samples", "rainflow")
    # a sum is finite only if every sample is, unless it overflows: then look closely
    if not np.isfinite(values.sum()) and not np.isfinite(values).all():
        raise InputError("a sample is not finite", "rainflow", "remove or mend it")
    return values


def _reversals(values: FloatArray) -> NDArray[np.bool_]:
    """Mask of first samples, reversals (the first sample of a plateau) and last reached values, along the last axis."""
    step = np.diff(values, axis=-1)
    rises = step > 0.0
    keep = np.zeros(values.shape, dtype=bool)
    keep[..., 0] = True
    if step.all():
        keep[..., 1:-1] = rises[..., 1:] != rises[..., :-1]
        keep[..., -1] = True
        return keep
    if values.ndim > 1:
        return np.stack([_reversals_with_plateaus(row) for row in values])
    return _reversals_with_plateaus(values)


def _reversals_with_plateaus(values: FloatArray) -> NDArray[np.bool_]:
    """The same for one signal in which neighbours may be equal: the later ones of equal neighbours are left out."""
    distinct = np.flatnonzero(np.concatenate([[True], np.diff(values) != 0.0]))
    rises = np.diff(values[distinct]) > 0.0
    turns = np.ones(len(distinct), dtype=bool)
    turns[1:-1] = rises[1:] != rises[:-1]
    keep = np.zeros(len(values), dtype=bool)
    keep[distinct[turns]] = True
    return keep


def _from_greatest_peak(points: FloatArray) -> FloatArray:
    """One period of the endlessly repeated signal from its greatest peak to the next one."""
    top = int(points.argmax())
    turned = np.concatenate([points[top:], points[: top + 1]])
    return turned[_reversals(turned)]


class _Found:
    """Cycles found so far, written into arrays that have room for all (every cycle uses up turning points)."""

    def __init__(self, room: int, owned: bool) -> None:
        self.number = 0
        self.size, self.mean = np.empty(room), np.empty(room)
        self.owner = np.empty(room, dtype=int) if owned else None

    def add(self, size: FloatArray, first: FloatArray, second: FloatArray, owner: IntArray | None) -> None:
        """Take cycles between turning points `first` and `second`."""
        part = slice(self.number, self.number + len(size))
        self.size[part] = size
        middle = self.mean[part]
        np.add(first, second, out=middle)
        middle *= 0.5
        if self.owner is not None and owner is not None:
            self.owner[part] = owner
        self.number = part.stop


def _count(points: FloatArray, owner: IntArray | None) -> Cycles:
    closed = _Found(max(len(points), 1), owner is not None)
    rest: list[FloatArray] = []
    rest_owner: list[IntArray] = []
    for start in range(0, max(len(points), 1), _BLOCK):
        part = slice(start, start + _BLOCK)
        left, left_owner = _take_closed(points[part], None if owner is None else owner[part], closed)
        rest.append(left)
        rest_owner += [] if left_owner is None else [left_owner]
    left, left_owner = np.concatenate(rest), np.concatenate(rest_owner) if rest_owner else None
    if len(rest) > 1:
        left, left_owner = _take_closed(left, left_owner, closed)
    return _assembled(closed, left, left_owner)


def _take_closed(points: FloatArray, owner: IntArray | None, closed: _Found) -> tuple[FloatArray, IntArray | None]:
    """Move all closed cycles from the turning points into `closed`; return the points left. No owner: one signal."""
    while len(points) >= 4:
        size = np.abs(points[1:] - points[:-1])
        if owner is not None:
            size[owner[1:] != owner[:-1]] = -1.0  # no cycle reaches from one signal into the next
        inner = size[1:-1]
        meets = inner <= size[:-2]
        meets &= inner <= size[2:]
        if owner is not None:
            meets &= inner >= 0.0
        found = _every_other_of_runs(np.flatnonzero(meets))
        if len(found) == 0:
            break
        found += 1
        ends = found + 1
        closed.add(size[found], points[found], points[ends], None if owner is None else owner[found])
        keep = np.ones(len(points), dtype=bool)
        keep[found] = False
        keep[ends] = False
        points = points[keep]
        owner = None if owner is None else owner[keep]
        if len(found) < _LITTLE_GAIN * len(points) and len(points) > 64:
            return _take_closed_in_turn(points, owner, closed)
    return points, owner


def _every_other_of_runs(found: IntArray) -> IntArray:
    """Of consecutive candidates (equal ranges side by side) the 1st, 3rd, 5th: two neighbours share a point."""
    if len(found) < 2:
        return found
    starts = np.concatenate([[True], np.diff(found) > 1])
    first = np.maximum.accumulate(np.where(starts, found, 0))
    return found[(found - first) % 2 == 0]


def _take_closed_in_turn(points: FloatArray, owner: IntArray | None, closed: _Found) -> tuple[FloatArray, IntArray | None]:
    """The same with a stack, point by point: for deeply nested signals, where a pass over all finds little."""
    signals = np.zeros(len(points), dtype=int) if owner is None else owner
    stack: list[float] = []
    whose: list[int] = []
    starts, ends, owners = [], [], []
    floor = 0  # the stack below belongs to earlier signals
    for value, signal in zip(points.tolist(), signals.tolist(), strict=True):
        if whose and whose[-1] != signal:
            floor = len(stack)
        stack.append(value)
        whose.append(signal)
        while len(stack) - floor >= 4:
            before, inner, after = abs(stack[-3] - stack[-4]), abs(stack[-2] - stack[-3]), abs(stack[-1] - stack[-2])
            if not (inner <= before and inner <= after):
                break
            starts.append(stack[-3])
            ends.append(stack[-2])
            owners.append(signal)
            del stack[-3:-1], whose[-3:-1]
    first, second = np.array(starts), np.array(ends)
    closed.add(np.abs(second - first), first, second, np.array(owners, dtype=int))
    return np.array(stack), None if owner is None else np.array(whose, dtype=int)


def _assembled(closed: _Found, left: FloatArray, owner: IntArray | None) -> Cycles:
    """All cycles: the closed ones, and half cycles of what is left."""
    same = slice(None) if owner is None else owner[1:] == owner[:-1]
    whole = closed.number
    first, second = left[:-1][same], left[1:][same]
    closed.add(np.abs(second - first), first, second, None if owner is None else owner[1:][same])
    total = closed.number
    count = np.ones(total)
    count[whole:] = 0.5
    whose = np.broadcast_to(np.zeros((), dtype=int), (total,)) if closed.owner is None else closed.owner[:total]
    return Cycles(closed.size[:total], closed.mean[:total], count, whose)
