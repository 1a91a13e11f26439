"""Modes without a closed form followed through the travel of the drive, all at once, to the limits where they turn back.

Steps are predicted along the tangent and corrected by Newton's method. At a limit the drive coordinate is greatest or least along
the curve of configurations; it is located by Newton's method on the tangent's drive component. Source: Seydel, Practical
Bifurcation and Stability Analysis, 3rd ed., chapters 4 and 5 (continuation, turning points).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mechlock.linkage.constraints import Array, Bools, Constraints, wrapped
from mechlock.linkage.newton import least, same, solve

_NEAR = 0.05
"""Farther from its prediction (rad) than this, a configuration may belong to another mode."""

_STEP = 0.03
"""Longest step, in radians or in sizes of the linkage."""


@dataclass(frozen=True)
class Path:
    """A mode followed by continuation through the whole travel of the drive.

    Attributes
    ----------
    drive : array, shape (k,)
        Ascending drive coordinates.
    q, rates : array, shape (k, unknowns)
        Configurations there, and their derivatives.
    ends : (float, float)
        How far it goes: limits of travel, or where the search ended.
    bounded : (bool, bool)
        Whether each end is a limit of travel.
    closed : bool
        Whether a turning drive comes back to the same configuration after one turn.
    """

    drive: Array
    q: Array
    rates: Array
    ends: tuple[float, float]
    bounded: tuple[bool, bool]
    closed: bool

    def at(self, constraints: Constraints, drive: Array) -> Array:
        """Configurations at given drive coordinates, shape (n, unknowns); NaN beyond the ends, whole turns apart."""
        low, high = self.drive[0], self.drive[-1]
        once = high - low <= 2.0 * np.pi  # a mode that overlaps itself has two configurations at one angle
        where = low + np.remainder(drive - low, 2.0 * np.pi) if self.closed or (once and not constraints.sliding) else drive
        inside = (where >= low) & (where <= high)
        result = np.full((len(drive), constraints.unknowns), np.nan)
        if not inside.any():
            return result
        wanted = where[inside]
        right = np.clip(np.searchsorted(self.drive, wanted), 1, max(len(self.drive) - 1, 1))
        right = np.minimum(right, len(self.drive) - 1)
        left = np.maximum(right - 1, 0)
        near = np.where(wanted - self.drive[left] < self.drive[right] - wanted, left, right)
        start = self.q[near] + self.rates[near] * (wanted - self.drive[near])[:, None]
        found, ok = solve(constraints, start, wanted, steps=12)
        found[~ok] = np.nan
        result[inside] = found
        return result


@dataclass
class _Walk:
    """Rows that walk at their own pace: where they are, how long their steps are, whether they have arrived or met a limit."""

    at: Array
    q: Array
    end: Array
    step: Array
    limit: Bools
    nodes: list[list[tuple[float, Array]]]


def trace(constraints: Constraints, starts: Array, begin: Array, low: Array, high: Array) -> list[Path]:
    """Follow modes from their configurations at the drive coordinates `begin` up to `high` and down to `low`.

    Parameters
    ----------
    starts : array, shape (k, unknowns)
        Configurations.
    begin, low, high : array, shape (k,)
        Drive coordinates.
    """
    count = len(starts)
    walk = _walk(constraints, np.concatenate([starts, starts]), np.concatenate([begin, begin]), np.concatenate([high, low]))
    return [
        _path(constraints, walk, index, index + count, float(begin[index]), starts[index], float(high[index]))
        for index in range(count)
    ]


def _walk(constraints: Constraints, q: Array, at: Array, end: Array) -> _Walk:
    """Walk with steps short enough that no other mode can be taken for one's own."""
    longest = _STEP * (constraints.size if constraints.sliding else 1.0)
    rows = len(q)
    walk = _Walk(at.copy(), q.copy(), end, np.full(rows, longest), np.zeros(rows, dtype=bool), [[] for _ in range(rows)])
    right = constraints.drive_rate()
    while True:
        on = np.flatnonzero((walk.at != walk.end) & ~walk.limit)
        if not on.size:
            return walk
        rest = walk.end[on] - walk.at[on]
        last = np.abs(rest) <= walk.step[on]
        target = np.where(last, walk.end[on], walk.at[on] + np.copysign(walk.step[on], rest))
        rate = least(constraints.jacobian(walk.q[on]), np.broadcast_to(right, (len(on), len(right))))
        predicted = walk.q[on] + rate * (target - walk.at[on])[:, None]
        found, ok = solve(constraints, predicted, target, steps=7)
        good = ok & (np.abs(wrapped(found[:, 2::3] - predicted[:, 2::3])).max(axis=1) < _NEAR)
        for row, q_row, place in zip(on[good], found[good], target[good], strict=True):
            walk.q[row], walk.at[row] = q_row, place
            walk.nodes[row].append((float(place), q_row))
        walk.step[on] = np.where(good, np.minimum(2.0 * walk.step[on], longest), 0.25 * walk.step[on])
        walk.limit[on] = walk.step[on] < 1e-12 * longest


def _path(constraints: Constraints, walk: _Walk, up: int, down: int, begin: float, start: Array, high: float) -> Path:
    tops, bottoms = walk.nodes[up], walk.nodes[down]
    top, bottom = bool(walk.limit[up]), bool(walk.limit[down])
    turn = not constraints.sliding and not top and bool(np.isclose(high - begin, 2.0 * np.pi))
    closed = turn and same(tops[-1][1], start, constraints.size)
    if closed:
        bottoms, bottom = [], False
    nodes = [*reversed(bottoms), (begin, start), *tops]
    drive, q = np.array([at for at, _ in nodes]), np.array([found for _, found in nodes])
    right = constraints.drive_rate()
    rates = least(constraints.jacobian(q), np.broadcast_to(right, (len(q), len(right))))
    ends = [
        limit(constraints, q[index], float(drive[index])) if met else float(drive[index])
        for index, met in ((0, bottom), (-1, top))
    ]
    return Path(drive, q, rates, (ends[0], ends[1]), (bottom, top), closed)


def limit(constraints: Constraints, q: Array, drive: float, steps: int = 12) -> float:
    """Drive coordinate at the limit of travel near a configuration; `drive` itself where there is no turning point."""
    unknowns = constraints.unknowns
    near, at, x = 1e-6 * (constraints.size if constraints.sliding else 1.0), drive, q.copy()
    right = constraints.drive_rate()
    if constraints.rows + 1 != unknowns:
        return drive
    for _ in range(steps):
        matrix = np.hstack([constraints.jacobian(x[None])[0], -right[:, None]])
        tangent = np.linalg.svd(matrix)[2][-1]
        curve = constraints.curvature(x[None], tangent[None, :unknowns])[0]
        bend = np.linalg.lstsq(np.vstack([matrix, tangent]), np.append(curve, 0.0), rcond=None)[0]
        if abs(bend[-1]) < 1e-12:
            return drive
        along = -tangent[-1] / bend[-1]
        move = along * tangent + 0.5 * along**2 * bend
        x, at = x + move[:-1], at + move[-1]
        for _ in range(2):
            matrix = np.hstack([constraints.jacobian(x[None])[0], -right[:, None]])
            gap = np.linalg.lstsq(matrix, constraints.residual(x[None], np.array([at]))[0], rcond=None)[0]
            x, at = x - gap[:-1], at - gap[-1]
        if abs(at - drive) > near:
            return drive
        if np.abs(move).max() < 1e-15 * constraints.size:
            break
    return float(at)
