"""Forces of the hooks over a motion of the frame, and the set of forces that covers them.

A moment at which a hook presses is covered by a cone of directions: where its force points, what friction, tilt and positioning
may add, and what the links' own inertia is worth against it (`mechlock.proof.inertia`). A moment at which that inertia may be
worth more than half of the force, or nothing presses at all, is slack: no load set says anything of it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np

from mechlock.checks.lock_forces import LoadSet, Spread
from mechlock.loads.history import FloatArray
from mechlock.pipeline.frame_motion import INPUTS, FrameMotion, OpenFrame, longest, patch_motion
from mechlock.proof.other_loads import LoadRange
from mechlock.units import STANDARD_GRAVITY

WORTH = 0.5
"""Part of a hook's moment on the drive that the links' inertia may take, at most."""

LEAST = 0.1
"""Part of the least force in the file below which a hook counts as slack."""

SHOCK = 0.2
"""Time within which a change of the base's velocity counts as one shock, s."""

WEAK, STRONG = "below the least force", "above the greatest force"


@dataclass(frozen=True)
class HookSeries:
    """Hooks over one motion; single precision, since these are kept for all roads.

    Attributes
    ----------
    name : str
    step : float
        s; zero for states that are held still.
    locks : tuple of str
    pull : (n, l) array
        N, never negative.
    lateral : (n, l, 2) array
        Along x and y, N.
    base : (n, 3) array
        Acceleration of the base with gravity, mm/s².
    turned : (n,) array
        What its turning adds to that at the farthest lock, at most, mm/s².
    """

    name: str
    step: float
    locks: tuple[str, ...]
    pull: FloatArray
    lateral: FloatArray
    base: FloatArray
    turned: FloatArray


def hook_series(frame: OpenFrame, name: str, found: FrameMotion, start: int = 0) -> HookSeries:
    """Take the hooks out of a motion, from the sample `start` on."""
    dynamics = frame.dynamics
    names = np.array(dynamics.contact_names)
    locks = dynamics.restraint.locks
    pull = np.stack([found.force[start:, names == lock.name].sum(axis=1) for lock, _ in locks], axis=1)
    lateral = np.empty((*pull.shape, 2), np.float32)
    for number, (lock, patch) in enumerate(locks):
        lateral[:, number] = -lock.lateral_stiffness * patch_motion(frame, patch, found.coordinates[start:])[:, :2]
    inputs = found.coordinates[start:, dynamics.modes : dynamics.modes + INPUTS]
    base = inputs[:, :3] + np.array([0.0, 0.0, STANDARD_GRAVITY])
    reach = max((float(np.linalg.norm(patch.centre)) for _, patch in locks), default=0.0)
    turned = reach * np.linalg.norm(inputs[:, 3:6], axis=1)
    single = np.float32
    return HookSeries(
        name,
        found.step,
        tuple(lock.name for lock, _ in locks),
        pull.astype(single),
        lateral,
        base.astype(single),
        turned.astype(single),
    )


def velocity_change(item: HookSeries, along: int) -> float:
    """Greatest change of the base's velocity in the plane of z and one axis within `SHOCK`, mm/s."""
    from scipy.ndimage import maximum_filter1d, minimum_filter1d  # takes a while to load

    if not item.step > 0.0:
        return 0.0
    window = min(len(item.base), 1 + math.ceil(SHOCK / item.step))
    moved = item.base[:, [along, 2]].astype(float) - np.array([0.0, STANDARD_GRAVITY])
    speed = item.step * np.cumsum(moved, axis=0)
    span = maximum_filter1d(speed, window, axis=0) - minimum_filter1d(speed, window, axis=0)
    return float(np.hypot(span[:, 0], span[:, 1]).max())


@dataclass(frozen=True)
class Seen:
    """What the hooks did in one motion, worst hook each.

    Attributes
    ----------
    name : str
    least, greatest : float
        Force in the linkage's plane, N.
    aside : float
        Greatest angle off the pull while the hook presses, everything that may add to it included, rad.
    slack : float
        Longest time without a covered force, s (infinite where a state is held still).
    slack_at : str
        Lock.
    openings : int
        How often any hook goes slack.
    shaking : float
        Greatest acceleration of the base in the linkage's plane while a hook is slack, mm/s².
    across : float
        Greatest force across the plane with what friction, tilt and positioning may add, N; of `across_at`.
    across_model : float
        The same without them, N.
    across_at : str
    """

    name: str
    least: float
    greatest: float
    aside: float
    slack: float
    slack_at: str
    openings: int
    shaking: float
    across: float
    across_model: float
    across_at: str


@dataclass(frozen=True)
class Covered:
    """Forces of all histories.

    Attributes
    ----------
    seen : tuple of Seen
    sets : dict of str to LoadRange
        That cover every moment at which a hook presses: the file's load widened in direction, and those below and above it.
    """

    seen: tuple[Seen, ...]
    sets: dict[str, LoadRange]

    @property
    def whole(self) -> LoadRange:
        """All sets as one."""
        return reduce(_joined, self.sets.values())

    def worst(self, what: str) -> Seen:
        """The history with the greatest of an attribute."""
        return max(self.seen, key=lambda item: getattr(item, what))


@dataclass(frozen=True)
class Plane:
    """What turns a hook's force into one on the linkage.

    Attributes
    ----------
    along : int
        Axis of the frame in the linkage's plane across the pull, 0 or 1.
    spread : Spread
    per_acceleration : float
        What the links' inertia turns the drive with, over the force's lever: N per mm/s².
    """

    along: int
    spread: Spread
    per_acceleration: float


def cover(series: Sequence[HookSeries], load: LoadSet, plane: Plane) -> Covered:
    """Find the load sets that cover the hooks' forces, and what they leave uncovered.

    Forces within the file's magnitudes, below and above them make a set each: great forces point nearly along the pull, and only
    small ones far aside.
    """
    low, high = load.magnitude
    hulls = {load.name: _Hull(), f"{load.name}, {WEAK}": _Hull(), f"{load.name}, {STRONG}": _Hull()}
    seen: list[Seen] = []
    for item in series:
        force, aside, pressed, shaking = _moments(item, plane, LEAST * low)
        bands = ((force >= low) & (force <= high), force < low, force > high)
        for hull, band in zip(hulls.values(), bands, strict=True):
            hull.add(force, aside, pressed & band)
        seen.append(_seen(item, plane, force, np.where(pressed, aside, 0.0), pressed, shaking))
    given = LoadRange(load.magnitude, load.direction)
    sets = {name: hull.around(load.axis) for name, hull in hulls.items() if hull.high > 0.0}
    sets[load.name] = _joined(given, sets[load.name]) if load.name in sets else given
    return Covered(tuple(seen), sets)


def _joined(one: LoadRange, other: LoadRange) -> LoadRange:
    ends = zip((one.magnitude, one.direction), (other.magnitude, other.direction), strict=True)
    magnitude, direction = ((min(a[0], b[0]), max(a[1], b[1])) for a, b in ends)
    return LoadRange(magnitude, direction)


class _Hull:
    """Hull of magnitudes (N) and angles off the pull (rad)."""

    def __init__(self) -> None:
        self.low, self.high, self.aside = math.inf, 0.0, 0.0

    def add(self, force: FloatArray, aside: FloatArray, chosen: np.ndarray) -> None:
        """Take the chosen moments in."""
        if chosen.any():
            self.low, self.high = min(self.low, float(force[chosen].min())), max(self.high, float(force[chosen].max()))
            self.aside = max(self.aside, float(aside[chosen].max()))

    def around(self, axis: float) -> LoadRange:
        """As a load set about the pull."""
        return LoadRange((self.low, self.high), (axis - self.aside, axis + self.aside))


def _moments(item: HookSeries, plane: Plane, least: float) -> tuple[FloatArray, FloatArray, np.ndarray, FloatArray]:
    """Force, its angle off the pull with all that may add to it, and whether it is covered, (n, l); the base's shaking, (n,)."""
    pull, sideways = item.pull.astype(float), item.lateral[:, :, plane.along].astype(float)
    force = np.hypot(pull, sideways)
    shaking = np.hypot(item.base[:, plane.along], item.base[:, 2]) + item.turned
    worth = plane.per_acceleration * shaking[:, None] / np.maximum(force, 1e-9)
    pressed = (pull > 0.0) & (force >= least) & (worth <= WORTH)
    aside = np.arctan2(np.abs(sideways), pull) + plane.spread.angle + np.arcsin(np.minimum(worth, 1.0))
    return force, aside, pressed, shaking


def _seen(item: HookSeries, plane: Plane, force: FloatArray, aside: FloatArray, pressed: np.ndarray, shaking: FloatArray) -> Seen:
    runs = [longest(~pressed[:, lock]) for lock in range(len(item.locks))]
    lock = int(np.argmax(runs))
    lost = runs[lock] * item.step if item.step > 0.0 else (math.inf if runs[lock] else 0.0)
    across = np.abs(item.lateral[:, :, 1 - plane.along]) + item.pull * math.tan(plane.spread.angle)
    slack = ~pressed
    return Seen(
        name=item.name,
        least=float(force.min()),
        greatest=float(force.max()),
        aside=float(aside.max()),
        slack=lost,
        slack_at=item.locks[lock] if lost else "",
        openings=int((slack[1:] & ~slack[:-1]).sum() + slack[0].sum()),
        shaking=float(shaking[slack.any(axis=1)].max(initial=0.0)),
        across=float(across.max()),
        across_model=float(np.abs(item.lateral[:, :, 1 - plane.along]).max()),
        across_at=item.locks[int(across.max(axis=0).argmax())],
    )
