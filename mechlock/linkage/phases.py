"""Phases of a motion in time: at rest until set free, free until it stands still or meets a stop.

Source: Pfeiffer and Glocker, Multibody Dynamics with Unilateral Contacts, 1996, chapters 2 and 8 (one degree of freedom).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from mechlock.errors import NoVerdict
from mechlock.linkage.actions import Stop
from mechlock.linkage.constraints import Array
from mechlock.linkage.mechanism import Mechanism
from mechlock.linkage.motion import Motion
from mechlock.linkage.time_history import BaseMotion, Impact
from mechlock.linkage.travel import circuit

_TOLERANCE = 1e-8


@dataclass
class Record:
    """Pieces of the motion so far."""

    time: list[Array]
    drive: list[Array]
    rate: list[Array]
    work: list[Array]
    loss: list[Array]
    phase: list[str]
    sense: list[Array]


def drive_stops(mechanism: Mechanism) -> tuple[Stop, ...]:
    """The lock's stop, which gives nothing back, and those of the file."""
    found = mechanism.actions.stops if mechanism.actions is not None else ()
    lock = mechanism.lock
    if lock is not None and lock.stop is not None and not any(stop.blocks == lock.stop for stop in found):
        return (Stop(lock.drive.nominal, lock.stop, 0.0), *found)
    return found


class Integration:
    """State of one integration: moving freely, at rest on a stop, or stuck."""

    def __init__(self, motion: Motion, base: BaseMotion, stops: tuple[Stop, ...], end: float) -> None:
        self.motion, self.base, self.end = motion, base, end
        self.low = next((stop for stop in stops if stop.blocks < 0), None)
        self.high = next((stop for stop in stops if stop.blocks > 0), None)
        self.impacts: list[Impact] = []
        self.lost = 0.0
        self.record = Record([], [], [], [], [], [], [])
        self.fastest = 0.0
        interval = circuit(motion.positions, motion.mode)
        self.reach = (-np.inf, np.inf)
        if interval is not None and not interval.full:
            bounds = zip((interval.low, interval.high), interval.bounded, (-np.inf, np.inf), strict=True)
            self.reach = tuple(end if bounded else far for end, bounded, far in bounds)
        self.step = float(np.min(np.diff(base.time))) if len(base.time) > 1 else end

    def blocked(self, drive: float, way: int) -> bool:
        """Whether a stop keeps the drive from moving one way."""
        stop = self.high if way > 0 else self.low
        return stop is not None and way * (drive - stop.at) >= -1e-12 * max(1.0, abs(stop.at))

    def rest(self, time: float, drive: float, work: Array) -> tuple[float, int]:
        """Stay until the drive is set free; return when, and which way it goes (0 at the end of time)."""
        knots = self.base.time[(self.base.time > time) & (self.base.time < self.end)]
        grid = np.unique(np.concatenate([[time], knots, np.linspace(time, self.end, 201)]))

        def urge(at: Array) -> tuple[Array, Array]:
            up, down = self.motion.starting(drive, self.base.at(at))
            nothing = np.full(len(at), -1.0)
            return nothing if self.blocked(drive, 1) else up, nothing if self.blocked(drive, -1) else -down

        up, down = urge(grid)
        begins = np.flatnonzero((up > 0.0) | (down > 0.0))
        if not begins.size:
            self.keep(grid, drive, work, 0)
            return self.end, 0
        i = int(begins[0])
        way = 1 if up[i] > 0.0 else -1
        at = float(grid[i])
        if i > 0:
            low, high = float(grid[i - 1]), at
            while high - low > 1e-12 * max(self.end, 1e-3):
                middle = 0.5 * (low + high)
                found = urge(np.array([middle]))[0 if way > 0 else 1][0]
                low, high = (low, middle) if found > 0.0 else (middle, high)
            at = high
            self.keep(np.append(grid[grid < at], at), drive, work, 0)
        return at, way

    def keep(self, time: Array, drive: float, work: Array, sense: int) -> None:
        """Record a time at rest."""
        phase = "stop" if self.blocked(drive, 1) or self.blocked(drive, -1) else "stuck"
        n = len(time)
        self.append(time, np.full(n, drive), np.zeros(n), np.tile(work[:, None], (1, n)), phase, sense)

    def append(self, time: Array, drive: Array, rate: Array, work: Array, phase: str, sense: int) -> None:
        """Record a piece of the motion."""
        record = self.record
        record.time.append(time)
        record.drive.append(drive)
        record.rate.append(rate)
        record.work.append(work)
        record.loss.append(np.full(len(time), self.lost))
        record.phase += [phase] * len(time)
        record.sense.append(np.full(len(time), sense))

    def free(self, time: float, state: Array, way: int) -> tuple[float, Array, str]:
        """Integrate until the drive stands still, meets a stop or a limit of travel, or time ends."""
        from scipy.integrate import solve_ivp

        def slope(at: float, y: Array) -> list[float]:
            found = self.motion.solve(y[:1], y[1:2], self.base.at(np.array([at])), way)
            if not found.converged[0]:
                raise NoVerdict(f"no equilibrium of the joints with friction at {at:.6g} s (jamming)")
            return [
                float(y[1]), float(found.acceleration[0]), float(found.base_power[0]), float(found.friction_power[0]),
                float(found.damping_power[0]),
            ]  # fmt: skip

        events = self.events(way)
        until = min([end for end in self.base.breaks if end > time * (1.0 + 1e-12)] + [self.end])
        solution: Any = solve_ivp(
            slope, (time, until), state, method="DOP853", rtol=_TOLERANCE, atol=self.absolute(), events=events,
            max_step=max(8.0 * self.step, 1e-4 * self.end), first_step=min(1e-6 * self.end, 1e-3 * (until - time)),
        )  # fmt: skip
        if solution.status < 0:
            raise NoVerdict(f"the integration failed: {solution.message}")
        self.append(solution.t, solution.y[0], solution.y[1], solution.y[2:], "free", way)
        self.fastest = max(self.fastest, float(np.abs(solution.y[1]).max()))
        which = next((name for name, hits in zip(_NAMES, solution.t_events, strict=True) if len(hits)), "time")
        which = "break" if which == "time" and until < self.end else which
        return float(solution.t[-1]), solution.y[:, -1].copy(), which

    def absolute(self) -> Array:
        """Absolute tolerances of drive, rate and the three works."""
        size = self.motion.positions.constraints.size if self.motion.positions.constraints.sliding else 1.0
        energy = float(np.sum([entry.mass for entry in self.motion.loading.actions.masses.values()])) * 1e4
        return np.array([1e-10 * size, 1e-7 * size, *([1e-9 * max(energy, 1e-6)] * 3)])

    def events(self, way: int) -> list[Any]:
        """What ends a free motion: it stands still, meets a stop, or a limit of travel."""
        stop = self.high if way > 0 else self.low
        edge = self.reach[1] if way > 0 else self.reach[0]
        functions: list[Callable[[float, Array], float]] = [
            lambda t, y: float(y[1]) * way,
            (lambda t, y: way * (float(y[0]) - stop.at)) if stop is not None else (lambda t, y: -1.0),
            lambda t, y: way * (float(y[0]) - edge) + 1e-9 if np.isfinite(edge) else -1.0,
        ]
        for function, direction in zip(functions, (-1, 1, 1), strict=True):
            function.terminal, function.direction = True, direction  # pyright: ignore[reportFunctionMemberAccess]
        return functions

    def hit(self, time: float, state: Array, way: int) -> tuple[Array, int]:
        """Newton's impact on a stop; a rebound that hardly leaves it is none."""
        stop = self.high if way > 0 else self.low
        assert stop is not None
        before, after = float(state[1]), -stop.restitution * float(state[1])
        if abs(after) < 1e-3 * self.fastest:
            after = 0.0
        drive = np.array([stop.at])
        kinetic = [float(self.motion.energy(drive, np.array([rate]))[0][0]) for rate in (before, after)]
        self.lost += kinetic[0] - kinetic[1]
        self.impacts.append(Impact(time, before, kinetic[0] - kinetic[1]))
        state[0], state[1] = stop.at, after
        return state, -way if after != 0.0 else 0


_NAMES: tuple[Literal["still", "stop", "limit"], ...] = ("still", "stop", "limit")
