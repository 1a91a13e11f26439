"""Dead centres of an assembly mode: where an output stands still, where the drive can go no further, where modes cross.

Which stretches of the travel may hold one is proved (`mechlock.linkage.standstill`); inside them it is bracketed to the last bit
where the output turns back, and found as the least rate where it only touches zero.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from mechlock.linkage.constraints import Array
from mechlock.linkage.mechanism import GROUND
from mechlock.linkage.positions import Mode, Positions
from mechlock.linkage.standstill import Leaves, Whole, leaves
from mechlock.linkage.travel import Interval, bisect, circuit
from mechlock.linkage.velocity import output_rates, singularity

SAMPLES = 1441
"""Drive positions looked at where the loop equations cannot be written and nothing is proved."""

_STILL = 1e-10
"""Rate, relative to the greatest one, below which an output that does not turn back stands still."""

_JUMP = 1e-2
"""Rate beside a change of sign, relative to the greatest one, above which the output jumps from one branch to another."""


@dataclass(frozen=True)
class DeadCentre:
    """Where an output stands still, or the drive can go no further.

    Attributes
    ----------
    drive : float
        Drive coordinate (rad or mm).
    kind : {"output", "drive_limit"}
        What happens there.
    body : str or None
        The body that stands still.
    """

    drive: float
    kind: Literal["output", "drive_limit"]
    body: str | None = None


@dataclass(frozen=True)
class Landmarks:
    """What a mode meets on its way.

    Attributes
    ----------
    centres : tuple of DeadCentre
        Ascending.
    change_points : tuple of float
        Drive coordinates (rad or mm) at which it meets another mode and can go on as that one.
    proved : bool
        Whether there are no others, but for those that rounding does not tell apart (rates below 1e-11 all between them).
    """

    centres: tuple[DeadCentre, ...]
    change_points: tuple[float, ...]
    proved: bool


def dead_centres(positions: Positions, mode: Mode, drive: float | None = None) -> list[DeadCentre]:
    """Dead centres of a mode within one turn or the reachable travel around a drive position (default: the file's), ascending."""
    return list(landmarks(positions, mode, drive).centres)


def landmarks(positions: Positions, mode: Mode, drive: float | None = None) -> Landmarks:
    """Dead centres and change points of a mode within one turn or the reachable travel around a drive position."""
    outputs = _outputs(positions)
    interval, found = _whole(positions, mode, drive, outputs)
    if interval is None:
        return Landmarks((), (), True)
    centres: list[DeadCentre] = []
    if not interval.full:
        ends = zip((interval.low, interval.high), interval.bounded, strict=True)
        centres += [DeadCentre(_principal(positions, end), "drive_limit") for end, bounded in ends if bounded]
    search = _Standing(positions, mode, interval)
    for index, (body, _) in enumerate(outputs):
        places = search.sampled(body) if found is None else search.along(found, index, body)
        centres += [DeadCentre(_principal(positions, at), "output", body) for at in places]
    crossings = () if found is None else tuple(sorted({_principal(positions, at) for at in search.crossings(found)}))
    centres.sort(key=lambda centre: (round(centre.drive, 9), centre.kind, centre.body or ""))
    return Landmarks(tuple(centres), crossings, found is not None and found.complete)


def _whole(
    positions: Positions, mode: Mode, drive: float | None, outputs: list[tuple[str, str]]
) -> tuple[Interval | None, Leaves | None]:
    """The travel around a drive position without a gap inside, and the arcs that it is cut into."""
    gaps = np.zeros(0)
    while True:
        interval = circuit(positions, mode, drive, gaps)
        if interval is None:
            return None, None
        low, high = interval.low, interval.high
        if mode.signs is None:
            low, high = positions.path(mode).drive[[0, -1]]
        found = leaves(positions, mode, float(low), float(high), outputs)
        if found is None or mode.signs is None or not len(found.missing) or np.isin(found.missing, gaps).all():
            return interval, found
        gaps = np.union1d(gaps, found.missing)


def _outputs(positions: Positions) -> list[tuple[str, str]]:
    """Bodies whose standing still is a dead centre, each with its joint: those joined to ground, the driven one excepted."""
    mechanism = positions.mechanism
    found: dict[str, str] = {}
    for joint in mechanism.joints:
        if joint.name != mechanism.drive.joint and GROUND in joint.bodies:
            body = joint.other(GROUND)
            if not mechanism.bodies[body].virtual:
                found.setdefault(body, joint.name)
    return list(found.items())


@dataclass(frozen=True)
class _Stretch:
    """Neighbouring arcs on which an output may stand still: their ends, and which way it moves before and after (0: the end)."""

    low: float
    high: float
    before: int
    after: int
    singular: bool


class _Standing:
    """Looks for the places inside stretches of one interval."""

    def __init__(self, positions: Positions, mode: Mode, interval: Interval) -> None:
        self.positions, self.mode, self.interval = positions, mode, interval

    def rates(self, body: str, drive: Array) -> Array:
        return output_rates(self.positions, self.mode, body, drive)

    def along(self, found: Leaves, index: int, body: str) -> list[float]:
        """Where an output stands still, from the arcs on which it may."""
        samples = np.abs(self.rates(body, found.low))
        greatest = float(np.nanmax(samples, initial=0.0))
        if greatest <= _STILL * self._unit(body):
            return []  # it never moves
        places: list[float] = []
        for stretch in self.stretches(found, found.moves[:, index]):
            places += self.inside(stretch, body, greatest)
        return sorted(places)

    def _unit(self, body: str) -> float:
        """A rate of the linkage's own size: 1 rad per rad or mm per mm, else its size."""
        sliding = self.positions.mechanism.drive.sliding
        size = self.positions.constraints.size
        turning = any(body in j.bodies and GROUND in j.bodies and j.kind == "revolute" for j in self.positions.mechanism.joints)
        return 1.0 if turning != sliding else (1.0 / size if sliding else size)

    def stretches(self, found: Leaves, moves: Whole) -> list[_Stretch]:
        """Arcs on which it turns back, each on its own, and neighbouring unknown ones together; a whole turn has no ends."""
        count = len(moves)
        if not (moves == 0).any() or not self.interval.full or (moves == 0).all():
            order = np.arange(count)
        else:  # begin behind an arc that is known
            order = np.roll(np.arange(count), -int(np.flatnonzero(moves != 0)[0]))
        turn = found.high[-1] - found.low[0]
        low = found.low[order] + np.where(order < order[0], turn, 0.0)
        high = found.high[order] + np.where(order < order[0], turn, 0.0)
        moves, singular = moves[order], found.singular[order]
        starts = np.flatnonzero((np.abs(moves) == 2) | ((moves == 0) & np.append(True, moves[:-1] != 0)))
        stretches: list[_Stretch] = []
        for a in starts:
            if moves[a] != 0:
                way = int(np.sign(moves[a]))
                stretches.append(_Stretch(float(low[a]), float(high[a]), way, -way, False))
                continue
            b = a + int(np.argmax(np.append(moves[a:] != 0, True)))
            before = self._leaving(int(moves[a - 1])) if a > 0 else 0
            after = int(np.sign(moves[b])) if b < count else 0
            stretches.append(_Stretch(float(low[a]), float(high[b - 1]), before, after, bool(singular[a:b].any())))
        if self.interval.full and stretches and stretches[-1].after == 0 and not (moves == 0).all():
            stretches[-1] = replace(stretches[-1], after=int(np.sign(moves[0])))
        return stretches

    def _leaving(self, moves: int) -> int:
        """Which way an output moves at the end of an arc."""
        return int(np.sign(moves)) * (-1 if abs(moves) == 2 else 1)

    def inside(self, stretch: _Stretch, body: str, greatest: float) -> list[float]:
        """The places in one stretch."""
        ends = self.rates(body, np.array([stretch.low, stretch.high]))
        before = stretch.before or int(np.sign(np.nan_to_num(ends[0])))
        after = stretch.after or int(np.sign(np.nan_to_num(ends[1])))
        if before == 0 or after == 0:
            return [end for end, rate in zip((stretch.low, stretch.high), ends, strict=True) if rate == 0.0]
        if before != after:
            if stretch.singular and np.nanmin(np.abs(ends)) > _JUMP * greatest:
                return []
            return [self._turning(body, before, stretch.low, stretch.high)]
        if stretch.before == 0 or stretch.after == 0 or stretch.singular:
            return []
        return self._touching(body, before, stretch, greatest)

    def _turning(self, body: str, before: int, low: float, high: float) -> float:
        """Where a rate changes its sign, to the last bit."""

        def same(drive: float) -> bool:
            return bool(self.rates(body, np.array([drive]))[0] * before > 0.0)

        zero = bisect(same, low, high)
        beyond = float(np.nextafter(zero, high))
        rates = np.abs(self.rates(body, np.array([zero, beyond])))
        return beyond if rates[1] < rates[0] else zero

    def _touching(self, body: str, way: int, stretch: _Stretch, greatest: float) -> list[float]:
        """Where a rate of one sign comes down to zero, or passes it twice."""
        from scipy.optimize import minimize_scalar

        least: Any = minimize_scalar(
            lambda at: float(way * self.rates(body, np.array([at]))[0]),
            bounds=(stretch.low, stretch.high),
            method="bounded",
            options={"xatol": 1e-12 * max(1.0, abs(stretch.high))},
        )
        lowest, at = float(least.fun), float(least.x)
        if abs(lowest) <= _STILL * greatest:
            return [at]
        if lowest > 0.0:
            return []
        return [self._turning(body, way, stretch.low, at), self._turning(body, -way, at, stretch.high)]

    def crossings(self, found: Leaves) -> list[float]:
        """Where the mode meets another inside the interval: the constraints lose rank, and the drive goes on."""
        places: list[float] = []
        for stretch in self.stretches(found, np.where(found.singular, 0, 1).astype(np.int8)):
            if stretch.before and stretch.after:
                places.append(self._crossing(stretch))
        return places

    def _crossing(self, stretch: _Stretch) -> float:
        """Where the least singular value of the constraints vanishes, by extrapolation from both sides, or the middle."""
        step = max(stretch.high - stretch.low, 1e-7)
        guesses: list[float] = []
        for near, away in ((stretch.low, -step), (stretch.high, step)):
            q = self.positions.at(self.mode, np.array([near, near + away]))
            here, there = singularity(self.positions.constraints, q)
            if there > here > 0.0:
                guesses.append(near - away * here / (there - here))
        inside = [at for at in guesses if stretch.low <= at <= stretch.high]
        return float(np.mean(inside)) if inside else 0.5 * (stretch.low + stretch.high)

    def sampled(self, body: str) -> list[float]:
        """Changes of sign between samples, where nothing better is to be had."""
        grid = np.linspace(self.interval.low, self.interval.high, SAMPLES)
        rates = self.rates(body, grid)
        signs = np.sign(rates)
        if np.all(signs == 0.0):
            return []
        turns = np.flatnonzero((signs[:-1] * signs[1:] < 0) & np.isfinite(rates[:-1]) & np.isfinite(rates[1:]))
        found = [float(grid[i]) for i in np.flatnonzero(signs == 0.0)]
        found += [self._turning(body, int(signs[i]), float(grid[i]), float(grid[i + 1])) for i in turns]
        return sorted(found)


def _principal(positions: Positions, drive: float) -> float:
    """Bring an angle into (-pi, pi]; leave a travel."""
    if positions.mechanism.drive.sliding:
        return drive
    angle = float(-np.remainder(-drive + np.pi, 2.0 * np.pi) + np.pi)
    return np.pi if angle < -np.pi * (1.0 - 1e-15) else angle
