"""Discrete events on a road as parametric shapes: pothole, hump, washboard, wheel lift, kerb, rail crossing."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from mechlock.errors import InputError
from mechlock.loads.history import FloatArray
from mechlock.loads.roads import RoadProfile
from mechlock.loads.standards import Record, find_record

EventKind = Literal["pothole", "cosine_hump", "washboard", "wheel_lift", "kerb", "rail_crossing"]
Side = Literal["left", "right", "both"]

_EDGE = 0.15
_RAIL_WIDTH = 70.0


@dataclass(frozen=True)
class RoadEvent:
    """One event.

    Attributes
    ----------
    kind : str
        pothole: a hole with cosine edges, each 15 % of its length; cosine_hump: one full cosine; washboard: sine waves
        (`waves` of them over the length); wheel_lift: a long cosine ramp up, hold and down, each a third; kerb: a step
        up with a cosine edge of 15 % that ends at the length; rail_crossing: two rails, 70 mm wide, at both ends.
    height : float
        Height (of a pothole: depth), positive, mm.
    length : float
        mm.
    position : float
        Where it begins, mm.
    side : {"left", "right", "both"}
    waves : int
        Of a washboard.
    """

    kind: EventKind
    height: float
    length: float
    position: float
    side: Side = "both"
    waves: int = 5

    def heights(self, position: ArrayLike) -> FloatArray:
        """Height that the event adds at distances along the road (mm)."""
        x = (np.asarray(position, dtype=float) - self.position) / self.length
        inside = (x >= 0.0) & (x <= 1.0)
        return np.where(inside, self.height * _SHAPES[self.kind](np.clip(x, 0.0, 1.0), self), 0.0)


def road_event(kind: str, height: float, length: float, position: float, side: str = "both", waves: int = 5) -> RoadEvent:
    """Make a `RoadEvent` (mm).

    Raises
    ------
    InputError
        When the kind or side is not known or a size is not positive.
    """
    if kind not in get_args(EventKind):
        raise InputError(f"no road event is called {kind!r}", mend=f"use one of {', '.join(get_args(EventKind))}")
    if side not in get_args(Side):
        raise InputError(f"a road event is left, right or both, not {side!r}")
    if not (height > 0.0 and length > 0.0 and math.isfinite(height) and math.isfinite(length) and waves > 0):
        raise InputError(f"a {kind} of height {height!r} mm and length {length!r} mm", mend="give positive sizes")
    return RoadEvent(kind, height, length, position, side, waves)  # pyright: ignore[reportArgumentType]


def standard_sizes(row: Record, share: float = 0.5) -> tuple[float, float]:
    """Height (of a pothole: depth) and length of an event's row, mm, at a share of the way from the least to the greatest."""
    depth = "depth_m" if "depth_m" in row.values else "height_m"
    height, length = (1e3 * float(np.interp(share, (0.0, 1.0), row.value(key))) for key in (depth, "length_m"))
    return height, length


def standard_event(kind: str, height: float | None = None, length: float | None = None, side: str = "both") -> RoadEvent:
    """Make an event at the start of a road; what is not given (mm) is the middle of its row in the data.

    Raises
    ------
    InputError
        When the data have no such event, and as `road_event`.
    """
    row = find_record(kind, "event")
    middle = standard_sizes(row)
    waves = int(row.values.get("waves", 5))
    return road_event(kind, middle[0] if height is None else height, middle[1] if length is None else length, 0.0, side, waves)


def with_events(profile: RoadProfile, events: Iterable[RoadEvent]) -> RoadProfile:
    """The road with the events laid on it.

    Raises
    ------
    InputError
        When an event does not lie on the road.
    """
    left, right = profile.left.copy(), profile.right.copy()
    x = profile.position
    for event in events:
        if event.position < 0.0 or event.position + event.length > profile.length:
            raise InputError(
                f"the {event.kind} at {event.position / 1e3:g} m does not lie on the road",
                mend=f"keep it within {profile.length / 1e3:g} m",
            )
        added = event.heights(x)
        left += added if event.side != "right" else 0.0
        right += added if event.side != "left" else 0.0
    return RoadProfile(profile.spacing, left, right)


def enveloped(profile: RoadProfile, contact_length: float) -> RoadProfile:
    """The road as a tyre feels it: mean height over the contact length (mm), periodic ends."""
    half = max(0, round(0.5 * contact_length / profile.spacing))
    if half == 0:
        return profile
    kernel = np.ones(2 * half + 1) / (2 * half + 1)

    def smooth(track: FloatArray) -> FloatArray:
        return np.convolve(np.concatenate([track[-half:], track, track[:half]]), kernel, mode="valid")

    return RoadProfile(profile.spacing, smooth(profile.left), smooth(profile.right))


def _rise(x: FloatArray) -> FloatArray:
    """Cosine from 0 to 1 over 0..1."""
    return 0.5 * (1.0 - np.cos(math.pi * np.clip(x, 0.0, 1.0)))


def _plateau(x: FloatArray, edge: float) -> FloatArray:
    return _rise(np.minimum(x, 1.0 - x) / edge)


_SHAPES: dict[str, Callable[[FloatArray, RoadEvent], FloatArray]] = {
    "pothole": lambda x, event: -_plateau(x, _EDGE),
    "cosine_hump": lambda x, event: _plateau(x, 0.5),
    "washboard": lambda x, event: 0.5 * (1.0 - np.cos(2.0 * math.pi * event.waves * x)),
    "wheel_lift": lambda x, event: _plateau(x, 1.0 / 3.0),
    "kerb": lambda x, event: _rise(x / _EDGE),
    "rail_crossing": lambda x, event: (np.minimum(x, 1.0 - x) * event.length <= _RAIL_WIDTH).astype(float),
}
