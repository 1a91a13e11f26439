"""How far a mechanism can go: the limits of its travel, located to machine precision."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from mechlock.linkage.constraints import Array
from mechlock.linkage.positions import Mode, Positions

SAMPLES = 1441
"""Drive positions looked at per turn or travel before refining."""


@dataclass(frozen=True)
class Interval:
    """A reachable interval of the drive coordinate (rad or mm).

    `full` when a turning drive goes round; `bounded` says for each end whether it is a limit of travel, or only where the
    search ended (a wedge on an endless face).
    """

    low: float
    high: float
    full: bool = False
    bounded: tuple[bool, bool] = (True, True)


def span(positions: Positions) -> tuple[float, float]:
    """Interval of the drive coordinate worth looking at: one turn about zero, or as far as the links could reach."""
    if not positions.mechanism.drive.sliding:
        return -np.pi, np.pi
    reach = positions.constraints.size * (len(positions.constraints.bodies) + 1)
    return positions.drive_value - reach, positions.drive_value + reach


def bisect(positive: Callable[[float], bool], inside: float, outside: float) -> float:
    """Return the last number from `inside` towards `outside` where `positive` holds, to the last bit."""
    while True:
        middle = float(0.5 * (inside + outside))
        if middle in (inside, outside):
            return inside
        if positive(middle):
            inside = middle
        else:
            outside = middle


def reachable(positions: Positions, mode: Mode, also: Array | None = None) -> list[Interval]:
    """Intervals of the drive coordinate in which a mode exists.

    Parameters
    ----------
    also : array, optional
        Drive coordinates to look at besides `SAMPLES` of them, where nothing must be missed: those of `Circuits.between`, or
        places where the mode is known not to exist.
    """
    if mode.signs is None:
        path = positions.path(mode)
        return [Interval(*path.ends, path.closed, path.bounded)]
    low, high = span(positions)
    grid = np.linspace(low, high, SAMPLES)
    if also is not None:
        grid = np.unique(np.concatenate([grid, also[(also > low) & (also < high)]]))

    def inside(drive: float) -> bool:
        return bool(positions.exists(mode, np.array([drive]))[0])

    grid = _with_narrow_gaps(positions, mode, grid)
    exists = positions.exists(mode, grid)
    if exists.all():
        return [Interval(low, high, full=not positions.mechanism.drive.sliding, bounded=(False, False))]
    found: list[Interval] = []
    edges = np.flatnonzero(np.diff(exists.astype(int)))
    starts = [bisect(inside, float(grid[i + 1]), float(grid[i])) for i in edges if exists[i + 1]]
    ends = [bisect(inside, float(grid[i]), float(grid[i + 1])) for i in edges if exists[i]]
    starts = ([low] if exists[0] else []) + starts
    ends = ends + ([high] if exists[-1] else [])
    found = [Interval(a, b, bounded=(a != low, b != high)) for a, b in zip(starts, ends, strict=True)]
    if not positions.mechanism.drive.sliding and exists[0] and exists[-1]:
        first, last = found[0], found[-1]
        found = [*found[1:-1], Interval(last.low, first.high + 2.0 * np.pi)]
    return found


def _with_narrow_gaps(positions: Positions, mode: Mode, grid: Array) -> Array:
    """Add the drive positions of gaps narrower than the grid: minima of the clearance between samples that are negative."""
    from scipy.optimize import minimize_scalar

    clearance = positions.clearance_to_limit(mode, grid)
    middle = clearance[1:-1]
    dips = 1 + np.flatnonzero((middle >= 0.0) & (middle < clearance[:-2]) & (middle <= clearance[2:]))
    found: list[float] = []
    for i in dips:
        bounds = (float(grid[i - 1]), float(grid[i + 1]))
        least: Any = minimize_scalar(
            lambda at: float(positions.clearance_to_limit(mode, np.array([at]))[0]),
            bounds=bounds,
            method="bounded",
            options={"xatol": 1e-12 * max(1.0, abs(bounds[1]))},
        )
        if least.fun < 0.0:
            found.append(float(least.x))
    return np.sort(np.concatenate([grid, found]))


def describe_reach(positions: Positions) -> str:
    """Say in words where the drive can stand."""
    if positions.solution is None:
        sure = "it is proved that there is none" if positions.census.complete else "none was found from many starts"
        return f"{sure}; check lengths and the drive's value"
    intervals = sorted({(round(i.low, 9), round(i.high, 9)) for mode in positions.modes for i in reachable(positions, mode)})
    if not intervals:
        worst = _shortfall(positions)
        return f"it cannot be assembled at any drive position{worst}"
    unit, scale = ("mm", 1.0) if positions.mechanism.drive.sliding else ("deg", 180.0 / np.pi)
    words = [f"from {low * scale:.6g} to {high * scale:.6g} {unit}" for low, high in intervals]
    return f"it can go {' or '.join(words)}"


def _shortfall(positions: Positions) -> str:
    if positions.solution is None:
        return ""
    low, high = span(positions)
    best = max(positions.modes, key=lambda mode: positions.clearance_to_limit(mode, np.linspace(low, high, SAMPLES)).max())
    grid = np.linspace(low, high, SAMPLES)
    at = grid[np.argmax(positions.clearance_to_limit(best, grid))]
    for condition in positions.solution.conditions:
        if condition.kind == "positive" and best.signs is not None:
            from mechlock.linkage.compile import compile_solution

            value = compile_solution(positions.solution, best.signs, [condition.expression], settle=False)(
                np.array([at]), positions.values
            )
            if not value[0, 0] >= 0.0:
                return f": nowhere is it true that {condition.meaning}"
    return ""


def circuit(positions: Positions, mode: Mode, drive: float | None = None, also: Array | None = None) -> Interval | None:
    """The reachable interval that holds a drive position (default: the file's); `also` as in `reachable`."""
    value = positions.drive_value if drive is None else drive
    for interval in reachable(positions, mode, also):
        for turn in (0.0,) if positions.mechanism.drive.sliding else (0.0, 2.0 * np.pi, -2.0 * np.pi):
            if interval.full or interval.low <= value + turn <= interval.high:
                return interval
    return None
