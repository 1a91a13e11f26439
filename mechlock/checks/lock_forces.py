"""Whether every lock force that the frame hands over lies inside the set of loads that was proved.

The hook's pull leaves its direction by its lateral stiffness, by friction in the contact (± arctan μ), by tilt and by
positioning; all of these are added against the cone. What points across the linkage's plane goes to a named carrier.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from mechlock.checks.criterion import Criterion, lower, upper


@dataclass(frozen=True)
class LoadSet:
    """The set of forces on the hook that was proved.

    Attributes
    ----------
    name : str
        Name of the load in the linkage file.
    magnitude : (low, high)
        N.
    direction : (low, high)
        rad, in the linkage's plane; the undisturbed pull points along `axis`.
    axis : float
        Direction of the pull in the linkage's plane, rad.
    """

    name: str
    magnitude: tuple[float, float]
    direction: tuple[float, float]
    axis: float = math.pi / 2


@dataclass(frozen=True)
class Spread:
    """How far a force may point aside, besides what the model gives: friction coefficient, and angles in rad."""

    friction: float
    tilt: float
    positioning: float

    @property
    def angle(self) -> float:
        """All of it as one angle in rad."""
        return math.atan(self.friction) + self.tilt + self.positioning


@dataclass(frozen=True)
class HookForce:
    """Force of one hook in one case: along its pull, and across it in and out of the linkage's plane, N."""

    case: str
    lock: str
    pull: float
    in_plane: float
    out_of_plane: float


@dataclass(frozen=True)
class Containment:
    """A hook force against the proved set.

    Attributes
    ----------
    force : HookForce
    magnitude : float
        N, in the linkage's plane.
    direction : (low, high)
        rad.
    carried : float
        Force across the plane, friction and tilt included, N.
    inside : bool
    reserve : float
        Least distance to the set's limits: angle over the cone's half width, magnitude over its limits; negative outside.
    """

    force: HookForce
    magnitude: float
    direction: tuple[float, float]
    carried: float
    inside: bool
    reserve: float


def contain(force: HookForce, load: LoadSet, spread: Spread) -> Containment:
    """Compare one hook force with the set."""
    magnitude = math.hypot(force.pull, force.in_plane)
    aside = math.atan2(abs(force.in_plane), force.pull) + spread.angle
    direction = (load.axis - aside, load.axis + aside)
    carried = abs(force.out_of_plane) + force.pull * math.tan(spread.angle)
    low, high = load.magnitude
    half = (load.direction[1] - load.direction[0]) / 2
    reserves = (
        magnitude / low - 1 if low > 0 else math.inf,
        high / magnitude - 1 if magnitude > 0 else math.inf,
        (direction[0] - load.direction[0]) / half if half > 0 else -math.inf,
        (load.direction[1] - direction[1]) / half if half > 0 else -math.inf,
    )
    reserve = min(reserves) if force.pull > 0 else -1.0
    return Containment(force, magnitude, direction, carried, reserve >= 0, reserve)


def criteria(rows: Sequence[Containment], load: LoadSet, carrier: str, limit: float) -> list[Criterion]:
    """Evaluate containment: magnitude, direction, and what the carrier takes, each for its worst case."""
    source = f"load set {load.name!r} of the linkage file, which the proof covers"
    found: list[Criterion] = []
    least = min(rows, key=lambda row: row.magnitude)
    most = max(rows, key=lambda row: row.magnitude)
    widest = max(rows, key=lambda row: row.direction[1] - load.axis)
    across = max(rows, key=lambda row: row.carried)
    found.append(lower("hook force, least", _place(least), least.magnitude / 1e3, load.magnitude[0] / 1e3, "kN", source))
    found.append(upper("hook force, greatest", _place(most), most.magnitude / 1e3, load.magnitude[1] / 1e3, "kN", source))
    cone = min(load.direction[1] - load.axis, load.axis - load.direction[0])
    aside = math.degrees(widest.direction[1] - load.axis)
    reason = "" if widest.force.pull > 0 else "the hook is slack"
    found.append(upper("hook force, angle off the pull", _place(widest), aside, math.degrees(cone), "deg", source, reason))
    found.append(
        upper(f"force across the plane ({carrier})", _place(across), across.carried / 1e3, limit / 1e3, "kN", "design file")
    )
    return found


def _place(row: Containment) -> str:
    return f"{row.force.case}, {row.force.lock}"
