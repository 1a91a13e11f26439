"""Whether parts of a lock meet where they should not, locked and along the travel.

Parts are stacks of slabs along z, so two of them meet where slabs that overlap in z have sections that overlap in the
plane: points on the edge of one section are sought inside the other, and their depth under its edge is the interference.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mechlock.solids.lock import Lock
from mechlock.solids.lock_position import Placement
from mechlock.solids.outline import circle
from mechlock.solids.parts import Part, inside

Floats = NDArray[np.float64]

TOUCH = 0.05
"""Depth in mm up to which parts count as touching (faceting of the sections is 0.01 mm)."""
CLAMPED = 0.5
"""Depth in mm up to which a hook may dip into its bar on its way over the dead centre (assumption: what the clamp takes)."""

_DEVIATION = 0.01
_STEP = 2.0


@dataclass(frozen=True)
class Interference:
    """Two parts that overlap: how deep (mm), where (mm, ground's frame), at which drive coordinate (rad or mm)."""

    first: str
    second: str
    depth: float
    at: tuple[float, float]
    drive: float


@dataclass(frozen=True)
class Section:
    """A slab's section: edges (n, 2, 2) of its outline and bores in the body's frame, and its z range."""

    edges: Floats
    low: float
    high: float

    @cached_property
    def box(self) -> tuple[Floats, Floats]:
        """Least and greatest coordinates of the section in the plane."""
        return self.edges.min(axis=(0, 1)), self.edges.max(axis=(0, 1))


def sections(part: Part) -> tuple[Section, ...]:
    """Return the sections of a part's slabs, with their bores."""
    found: list[Section] = []
    for slab in part.slabs:
        loops = [_dense(slab.outline.polygon(_DEVIATION))]
        loops += [_dense(circle(b.centre, b.radius).polygon(_DEVIATION)) for b in part.bores if inside(slab.outline, b.centre)]
        edges = np.concatenate([np.stack([loop, np.roll(loop, -1, axis=0)], axis=1) for loop in loops])
        found.append(Section(edges, slab.low, slab.high))
    return tuple(found)


def interferences(lock: Lock, drives: Floats | None = None, tolerance: float = TOUCH) -> tuple[Interference, ...]:
    """Return every pair of parts that overlap by more than `tolerance` mm, with the worst drive coordinate of each.

    Parameters
    ----------
    lock : Lock
    drives : (n,) array, optional
        Drive coordinates (rad or mm); default: the locked position.
    tolerance : float
        mm.
    """
    where = np.array([lock.drive]) if drives is None else np.asarray(drives, dtype=np.float64)
    cut = {part.name: sections(part) for part in lock.parts}
    worst: dict[tuple[str, str], Interference] = {}
    for drive, places in zip(where, lock.placements(where), strict=True):
        placed = {part.name: _placed(cut[part.name], places[part.body]) for part in lock.parts}
        for index, first in enumerate(lock.parts):
            for second in lock.parts[index + 1 :]:
                if first.body == second.body and drive != where[0]:
                    continue  # the two move together: once is enough
                depth, at = _overlap(placed[first.name], placed[second.name])
                pair = (first.name, second.name)
                if depth > max(tolerance, worst[pair].depth if pair in worst else 0.0):
                    worst[pair] = Interference(*pair, depth, at, float(drive))
    return tuple(worst.values())


def is_clamp(lock: Lock, row: Interference) -> bool:
    """Say whether a hook dips into its bar by no more than the clamp takes elastically, as it does over the dead centre."""
    return {lock.part(row.first).kind, lock.part(row.second).kind} == {"hook", "striker"} and row.depth < CLAMPED


def meet_in_plane(first: Part, second: Part, places: Sequence[Mapping[str, Placement]], tolerance: float = TOUCH) -> bool:
    """Say whether two parts overlap somewhere in the plane, wherever they stand across it, at any of some placements."""
    flat = [tuple(Section(cut.edges, -1.0, 1.0) for cut in sections(part)) for part in (first, second)]
    return any(
        _overlap(_placed(flat[0], place[first.body]), _placed(flat[1], place[second.body]))[0] > tolerance for place in places
    )


def clearance(lock: Lock, first: str, second: str, places: Mapping[str, Placement] | None = None) -> float:
    """Return the least distance (mm) in the plane between two parts where they overlap in z; infinite where they do not."""
    given = lock.locked if places is None else places
    pair = [_placed(sections(lock.part(name)), given[lock.part(name).body]) for name in (first, second)]
    least = math.inf
    for one in pair[0]:
        for other in pair[1]:
            if min(one.high, other.high) - max(one.low, other.low) > 1e-9:
                least = min(least, float(_distance(one.edges[:, 0], other.edges).min()))
                least = min(least, float(_distance(other.edges[:, 0], one.edges).min()))
    return least


def _dense(polygon: Floats) -> Floats:
    """Put points on the edges of a polygon so that none is longer than the step."""
    after = np.roll(polygon, -1, axis=0)
    counts = np.maximum(np.ceil(np.linalg.norm(after - polygon, axis=1) / _STEP).astype(np.int64), 1)
    owner = np.repeat(np.arange(len(polygon)), counts)
    share = (np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)) / counts[owner]
    return polygon[owner] + share[:, None] * (after - polygon)[owner]


def _placed(cut: tuple[Section, ...], place: Placement) -> tuple[Section, ...]:
    c, s = math.cos(place.angle), math.sin(place.angle)
    turn = np.array([[c, s], [-s, c]])
    return tuple(Section(section.edges @ turn + np.array(place.origin), section.low, section.high) for section in cut)


def _overlap(first: tuple[Section, ...], second: tuple[Section, ...]) -> tuple[float, tuple[float, float]]:
    """Greatest depth of one part's edge in the other, and where."""
    depth, at = 0.0, (0.0, 0.0)
    for one in first:
        for other in second:
            if min(one.high, other.high) - max(one.low, other.low) <= 1e-9 or not _boxes_meet(one, other):
                continue
            for points, around in ((one.edges[:, 0], other), (other.edges[:, 0], one)):
                within = points[_contains(around, points)]
                if len(within):
                    distances = _distance(within, around.edges)
                    deepest = int(np.argmax(distances))
                    if distances[deepest] > depth:
                        depth, at = float(distances[deepest]), (float(within[deepest, 0]), float(within[deepest, 1]))
    return depth, at


def _boxes_meet(first: Section, second: Section) -> bool:
    low, high = np.maximum(first.box[0], second.box[0]), np.minimum(first.box[1], second.box[1])
    return bool((high > low).all())


def _contains(section: Section, points: Floats) -> NDArray[np.bool_]:
    """Say which points are in the material of a section (even-odd rule, so that bores are outside)."""
    edges, (low, high) = section.edges, section.box
    near = np.flatnonzero(((points >= low) & (points <= high)).all(axis=1))
    x, y = points[near, 0, None], points[near, 1, None]
    a, b = edges[:, 0], edges[:, 1]
    straddles = (a[:, 1] > y) != (b[:, 1] > y)
    rise = np.where(b[:, 1] == a[:, 1], 1.0, b[:, 1] - a[:, 1])
    crossing = a[:, 0] + (y - a[:, 1]) / rise * (b[:, 0] - a[:, 0])
    result = np.zeros(len(points), dtype=bool)
    result[near] = np.count_nonzero(straddles & (crossing > x), axis=1) % 2 == 1
    return result


def _distance(points: Floats, edges: Floats) -> Floats:
    """Distance of each point from the nearest edge, mm."""
    along_x, along_y = (edges[:, 1] - edges[:, 0]).T
    length = np.maximum(along_x**2 + along_y**2, 1e-30)
    least = np.empty(len(points))
    for start in range(0, len(points), 256):
        part = points[start : start + 256]
        x, y = part[:, 0, None] - edges[:, 0, 0], part[:, 1, None] - edges[:, 0, 1]
        share = np.clip((x * along_x + y * along_y) / length, 0.0, 1.0)
        x -= share * along_x
        y -= share * along_y
        least[start : start + 256] = np.sqrt((x * x + y * y).min(axis=1))
    return least
