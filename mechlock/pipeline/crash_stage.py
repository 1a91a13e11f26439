"""The collision corridor on frame and lock: worst histories inside it, with pads and hooks that open.

In a crash the pads under one side open and the frame rocks on its hooks, slower and larger than the closed frame would
move; the histories are therefore searched for several frequencies, and each is driven both ways in time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from mechlock.loads.corridor import corridor
from mechlock.loads.history import FloatArray, History
from mechlock.pipeline.frame_motion import INPUTS, FrameMotion, OpenFrame, hold, longest, move, patch_motion
from mechlock.response.corridor_search import worst_trapezoid
from mechlock.response.missed import STILL
from mechlock.units import STANDARD_GRAVITY

CORRIDOR = "GB38031_sim_collision_ge_7p5t"
"""Trucks of 7.5 t and more; the same figures as UN R100 for M3 and N3."""

FREQUENCIES = (8.0, 12.0, 16.0, 20.0)
"""Oscillators for which the worst history is searched, beside the first mode, Hz."""

AXES: tuple[Literal["x", "y"], ...] = ("x", "y")

TOUCHING = 1.0e-6
"""Gaps below this are rounding, mm."""

_STEP = 1.0e-3
_RINGING = 0.3


@dataclass(frozen=True)
class CrashRun:
    """One history driven one way.

    Attributes
    ----------
    axis : str
        With its sign.
    frequency : float or None
        For which the history is the worst, Hz; None for the middle of the corridor.
    peak : float
        Greatest acceleration, mm/s².
    motion : FrameMotion
    first_mode : float
        Greatest acceleration over that of the base which the corridor can give the first mode while the seats stay shut.
    """

    axis: str
    frequency: float | None
    peak: float
    motion: FrameMotion
    first_mode: float


@dataclass(frozen=True)
class LockMotion:
    """What the locks did in the runs of one axis.

    Attributes
    ----------
    greatest : float
        Greatest pull, N; `lock` and `run` say where.
    still : float
        The same force if that run's greatest acceleration were held, N.
    lock, run : str
    worst : CrashRun
        That run.
    slack : dict of str to float
        Greatest gap at the locks that go slack, mm.
    apart : float
        Longest part of a run in which a corner touches neither its pad nor its hook, s.
    apart_at : str
    """

    greatest: float
    still: float
    lock: str
    run: str
    worst: CrashRun
    slack: dict[str, float]
    apart: float
    apart_at: str


def crash_runs(
    frame: OpenFrame, axis: Literal["x", "y"], progress: Callable[[str], None] = lambda message: None
) -> tuple[CrashRun, ...]:
    """Drive the worst histories of the corridor along one axis and its middle, both ways.

    Raises
    ------
    NoVerdict
        When no history of the search lies inside the corridor, or the hooks and pads cannot hold the frame.
    """
    limits = corridor(CORRIDOR, axis)
    damping = float(frame.dynamics.basis.damping.viscous_equivalent[0])
    found: list[CrashRun] = []
    seen: set[bytes] = set()
    first = worst_trapezoid(limits, float(frame.dynamics.basis.frequency[0]), damping, _STEP)
    for frequency in (*FREQUENCIES, first.frequency):
        progress(f"life: crash {axis}, history for {frequency:.0f} Hz")
        worst = first if frequency == first.frequency else worst_trapezoid(limits, frequency, damping, _STEP)
        if worst.history.values.tobytes() in seen:
            continue
        seen.add(worst.history.values.tobytes())
        found += _both_ways(frame, worst.history, axis, frequency, first.amplification)
    progress(f"life: crash {axis}, middle of the corridor")
    return (*found, *_both_ways(frame, limits.mean(_STEP), axis, None, first.amplification))


def missed(frame: OpenFrame, runs: Sequence[CrashRun]) -> str:
    """Say that no history inside the corridor makes the first mode swing; empty where one does."""
    swing, first = runs[0].first_mode, float(frame.dynamics.basis.frequency[0])
    if swing > 1.0 + STILL:
        return ""
    why = "too slow for it, and it follows as if static" if swing > 1.0 - STILL else "over before it has answered"
    return f"crash {runs[0].axis[1:]}: the corridor misses the first mode, {first:.3g} Hz: it is {why} ({swing:.2g} times)"


def _both_ways(
    frame: OpenFrame, history: History, axis: Literal["x", "y"], frequency: float | None, first: float
) -> list[CrashRun]:
    peak = float(history.values.max())
    return [
        CrashRun(f"{way}{axis}", frequency, peak, _driven(frame, history, AXES.index(axis), sign), first)
        for way, sign in (("+", 1.0), ("-", -1.0))
    ]


def _driven(frame: OpenFrame, history: History, axis: int, sign: float) -> FrameMotion:
    whole = history.followed_by(_RINGING)
    inputs: FloatArray = np.zeros((len(whole.values), INPUTS))
    inputs[:, axis] = sign * whole.values
    return move(frame, whole.step, inputs)


def lock_motion(frame: OpenFrame, runs: Sequence[CrashRun]) -> LockMotion:
    """Greatest pull, slack, and corners that lose pad and hook at once."""
    contacts = frame.dynamics.restraint.contacts
    names = np.array(frame.dynamics.contact_names)
    locks = tuple(dict.fromkeys(names[contacts.is_lock].tolist()))
    best: tuple[float, str, CrashRun] = (-1.0, "", runs[0])
    slack: dict[str, float] = {}
    apart, apart_at = 0.0, ""
    for run in runs:
        force = run.motion.force
        gaps = run.motion.coordinates[:, -force.shape[1] :] @ contacts.compliance.T
        for lock in locks:
            mine = names == lock
            pull = float(force[:, mine].sum(axis=1).max())
            best = (pull, lock, run) if pull > best[0] else best
            gap = float(gaps[:, mine].max())
            if gap > TOUCHING:
                slack[lock] = max(slack.get(lock, 0.0), gap)
            corner = np.array([str(name).partition("_")[2] == lock.partition("_")[2] for name in names])
            lost = run.motion.step * longest(np.asarray((force[:, corner] <= 0.0).all(axis=1)))
            if lost > apart:
                apart, apart_at = lost, f"{lock}, {run.axis}"
    greatest, lock, run = best
    still = float(_held_still(frame, run)[names == lock].sum())
    return LockMotion(greatest, still, lock, named(run), run, slack, apart, apart_at)


def named(run: CrashRun) -> str:
    """Say a run in a few words."""
    which = "middle of the corridor" if run.frequency is None else f"worst for {run.frequency:.0f} Hz"
    return f"crash {run.axis}, {which}, {run.peak / STANDARD_GRAVITY:.1f} g"


def _held_still(frame: OpenFrame, run: CrashRun) -> FloatArray:
    """Contact forces under a run's greatest acceleration if it were held, N."""
    inputs = np.zeros(INPUTS)
    inputs[AXES.index(run.axis[1:])] = run.peak if run.axis[0] == "+" else -run.peak  # pyright: ignore[reportArgumentType]
    return hold(frame, inputs)[1]


def greatest_pull(frame: OpenFrame, run: CrashRun) -> float:
    """Greatest pull of any lock in one run, N."""
    names = np.array(frame.dynamics.contact_names)
    locks = dict.fromkeys(names[frame.dynamics.restraint.contacts.is_lock].tolist())
    return max(float(run.motion.force[:, names == lock].sum(axis=1).max()) for lock in locks)


def spring_shear(frame: OpenFrame, run: FrameMotion) -> dict[str, float]:
    """Greatest force across z of every spring (guide pins) in a motion, N."""
    dynamics = frame.dynamics
    found: dict[str, float] = {}
    for spring, patch in dynamics.restraint.springs:
        moved = patch_motion(frame, patch, run.coordinates)
        force = moved[:, :2] * np.asarray(spring.stiffness)[:2]
        found[spring.name] = float(np.linalg.norm(force, axis=1).max())
    return found
