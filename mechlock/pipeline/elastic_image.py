"""Elastic displacements of a lock's pins that the joint forces over a whole root box cause, rigorously.

Forces of every joint per newton of load are enclosed over the box; the parts' compliance, with a bound on its error, turns
them into displacements, each hull with zero over all loads and all sectors of their cones.

What the weld foot of the bracket moves turns the load's direction alone, and the cone of the load covers that.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mechlock.checks.lock_compliance import contact_approach, pin_compliance
from mechlock.checks.lock_joint_forces import LockForces
from mechlock.errors import NoVerdict
from mechlock.inputs.linkage import LinkageSource
from mechlock.inputs.lockparts_bodies import Hook
from mechlock.linkage.interval import Interval, thin
from mechlock.linkage.mechanism import GROUND, Load, PointName
from mechlock.linkage.semantics import build
from mechlock.pipeline.elastic_parts import ElasticPart
from mechlock.proof.prover import problem
from mechlock.proof.reactions import LOAD, Reactions, product, reactions
from mechlock.proof.variants import Perturbation, Shift
from mechlock.solids.lock import Lock

Floats = NDArray[np.float64]

SECTORS = 8
"""Equal parts of a load's cone, whose displacements are bounded one by one."""

NEGLIGIBLE = 1e-7
"""Share of the load below which a joint's force is rounding of its enclosure; such a joint does not bend anything."""


def elastic_image(
    source: LinkageSource, lock: Lock, forces: LockForces, elastic: Mapping[str, ElasticPart]
) -> tuple[Perturbation, dict[str, float]]:
    """Displacements caused by the forces over a linkage's root box, and the greatest force of each pin (N).

    Raises
    ------
    NoVerdict
        Where joint forces cannot be enclosed, or a part that carries force was not solved.
    """
    mechanism = build(source)
    assert mechanism.lock is not None
    case = problem(source, mechanism)
    enclosed: dict[PointName, Reactions] = {}
    greatest: dict[str, float] = {}
    places: dict[tuple[str, str], Interval] = {}
    stop_gap = Interval(np.zeros(1), np.zeros(1))
    for load in mechanism.lock.loads:
        found = enclosed.get(load.at) or reactions(case, load.at)
        enclosed[load.at] = found
        cone = _forces(load)
        for joint in found.joints:
            size = _size(_times(found.size[joint], cone))
            greatest[joint] = max(greatest.get(joint, 0.0), float(size.max()))
        used = {
            (body, name): moved
            for body, item in elastic.items()
            for name, moved in _displacements(item, found, load, cone, forces, lock).items()
        }
        _covered(found, cone, elastic, load.magnitude.high)
        for key, moved in used.items():
            held = key[1] == elastic[key[0]].second and key[0] != GROUND
            now = (moved.along(np.array(elastic[key[0]].line)) if held else moved).under(cone)
            places[key] = _hull(places.get(key, thin(np.zeros_like(now.low))), now)
        stop_gap = _hull(stop_gap, _stop_gap(used, found, cone, forces, lock))
    least = NEGLIGIBLE * max(load.magnitude.high for load in mechanism.lock.loads)
    growth = {joint: size * pin_compliance(lock, joint) for joint, size in greatest.items() if size > least}
    band = _band(stop_gap, forces, mechanism.lock.stop)
    return Perturbation("bent", (), growth, _shifts(places, elastic, lock), band), greatest


def _covered(found: Reactions, cone: Interval, elastic: Mapping[str, ElasticPart], greatest: float) -> None:
    """Refuse a joint that carries force on a body that was not solved."""
    for (joint, body), force in found.on.items():
        if joint != LOAD and body not in elastic and _size(_times(force, cone)).max() > NEGLIGIBLE * greatest:
            raise NoVerdict(f"the body {body!r} carries force at {joint!r} and has no finite-element model")


def _forces(load: Load) -> Interval:
    """Components of a load in each sector of its cone, from nothing to its greatest magnitude: (2, 1, sectors)."""
    ends = np.linspace(load.direction.low, load.direction.high, SECTORS + 1)
    angles = Interval(ends[:-1], ends[1:])
    size = Interval(np.zeros(SECTORS), np.full(SECTORS, load.magnitude.high))
    x, y = size * angles.cosine(), size * angles.sine()
    return Interval(np.stack([x.low, y.low])[:, None], np.stack([x.high, y.high])[:, None])


def _times(per_newton: Interval, cone: Interval) -> Interval:
    """(m, 2) per newton along x and y, times the load's components: (m, sectors)."""
    found = product(Interval(per_newton.low[:, :, None], per_newton.high[:, :, None]), cone)
    return Interval(found.low[:, 0], found.high[:, 0])


def _size(vector: Interval) -> Floats:
    """Greatest length in each sector."""
    return np.linalg.norm(np.maximum(np.abs(vector.low), np.abs(vector.high)), axis=0) * (1.0 + 1e-12)


def _seat_forces(item: ElasticPart, found: Reactions, load: Load, forces: LockForces, lock: Lock) -> Interval:
    """Force along each seat of one of the equal parts, per newton of load: (n, 2)."""
    body, rows = item.found.body, []
    stop = forces.stop
    held = None
    if stop is not None:
        size = found.effort * thin(np.array(stop.per_effort))
        held = size if body == stop.body else -size
    for seat in item.found.seats:
        way = thin(np.array(seat.direction)[:, None])
        if seat.place == "stop":
            assert held is not None
            rows.append(held)
            continue
        shape = lock.file.bodies.get(body)
        on_hook = isinstance(shape, Hook) and seat.place == "saddle" and load.at.body == body
        force = found.on[LOAD if on_hook else seat.place, body]
        if held is not None and stop is not None and seat.place == lock.mechanism.drive.joint:
            push = np.array(lock.locked[body].to_body(stop.push))
            force = force - Interval(push[:, None], push[:, None]) * held
        parts = way * force
        rows.append(Interval(parts.low[0], parts.high[0]) + Interval(parts.low[1], parts.high[1]))
    share = thin(np.array(1.0 / item.found.sharing))
    return Interval(np.stack([row.low for row in rows]), np.stack([row.high for row in rows])) * share


@dataclass(frozen=True)
class _Moved:
    """Displacement per newton of load along x and y, shape (m, 2), and the error bound (mm) under the whole load."""

    per_newton: Interval
    slack: float

    def along(self, way: Floats) -> _Moved:
        """The component along a direction, m = 1."""
        parts = self.per_newton * thin(way[:, None])
        return _Moved(Interval(parts.low[:1], parts.high[:1]) + Interval(parts.low[1:], parts.high[1:]), self.slack)

    def plus(self, other: _Moved) -> _Moved:
        """Sum; what both owe to the same load is not counted twice."""
        return _Moved(self.per_newton + other.per_newton, self.slack + other.slack)

    def minus(self, other: _Moved) -> _Moved:
        """Difference."""
        return self.plus(_Moved(-other.per_newton, other.slack))

    def under(self, cone: Interval) -> Interval:
        """Hull over the load's sectors, shape (m,)."""
        moved = _times(self.per_newton, cone)
        return Interval(moved.low.min(axis=1) - self.slack, moved.high.max(axis=1) + self.slack)


def _displacements(
    item: ElasticPart, found: Reactions, load: Load, cone: Interval, forces: LockForces, lock: Lock
) -> dict[str, _Moved]:
    """Displacement of each place of a body in its frame, for one load, with the error bound of the compliance."""
    pressed = _seat_forces(item, found, load, forces, lock)
    sizes = float(_size(_times(pressed, cone)).max())
    result: dict[str, _Moved] = {}
    for name, matrix in item.moved.items():
        per_newton = product(thin(matrix[:, :, None]), Interval(pressed.low[:, :, None], pressed.high[:, :, None]))
        slack = item.error * item.largest * item.spread[name] * sizes
        result[name] = _Moved(Interval(per_newton.low[:, :, 0], per_newton.high[:, :, 0]), slack)
    return result


def _hull(a: Interval, b: Interval) -> Interval:
    return Interval(np.minimum(a.low, b.low), np.maximum(a.high, b.high))


def _stop_gap(
    used: Mapping[tuple[str, str], _Moved], found: Reactions, cone: Interval, forces: LockForces, lock: Lock
) -> Interval:
    """How far the driven body goes into its stop along the stop's force, mm, shape (1,)."""
    stop = forces.stop
    if stop is None:
        return thin(np.zeros(1))
    effort = found.effort * thin(np.array(stop.per_effort))
    size = _times(Interval(effort.low[None], effort.high[None]), cone)
    approach = Interval(np.zeros(1), np.array([contact_approach(float(size.high.max()), _stop_width(lock, forces))]))
    gap = _Moved(thin(np.zeros((1, 2))), 0.0)
    push = np.array(stop.push)
    mine = used.get((stop.body, "stop"))
    if mine is not None:
        gap = gap.plus(mine.along(np.array(lock.locked[stop.body].to_body(stop.push))))
    pivot, seat = used.get((GROUND, lock.mechanism.drive.joint)), used.get((GROUND, "stop"))
    if pivot is not None and seat is not None:
        gap = gap.plus(pivot.along(push).minus(seat.along(push)))
    return gap.under(cone) + approach


def _stop_width(lock: Lock, forces: LockForces) -> float:
    """Bearing length of the eye that rests on the stop, mm."""
    stop = forces.stop
    assert stop is not None
    centre = lock.points[stop.body][stop.eye]
    held = [(part, bore) for part in lock.parts if part.body == stop.body for bore in part.bores]
    part, bore = min(held, key=lambda pair: math.dist(pair[1].centre, centre))
    return part.bored_height(bore)


def _shifts(places: Mapping[tuple[str, str], Interval], elastic: Mapping[str, ElasticPart], lock: Lock) -> tuple[Shift, ...]:
    """Points of the linkage that move in their bodies."""
    found: list[Shift] = []
    for (body, name), moved in places.items():
        item = elastic[body]
        if name in {item.first, "stop"}:
            continue
        shape = lock.file.bodies.get(body)
        point = shape.saddle.point if isinstance(shape, Hook) and name == "saddle" else dict(lock.joints[name])[body]
        if name == item.second and body != GROUND:
            found.append(Shift(body, point, item.line, float(moved.low[0]), float(moved.high[0])))
            continue
        for axis in (0, 1):
            way = (1.0, 0.0) if axis == 0 else (0.0, 1.0)
            found.append(Shift(body, point, way, float(moved.low[axis]), float(moved.high[axis])))
    return tuple(found)


def _band(gap: Interval, forces: LockForces, sense: int | None) -> tuple[float, float]:
    """Growth of the stop's band, down and up, rad."""
    if forces.stop is None or sense is None:
        return 0.0, 0.0
    ratio = float(abs(forces.stop.per_effort))
    out, into = max(0.0, -float(gap.low[0])) * ratio, max(0.0, float(gap.high[0])) * ratio
    return (out, into) if sense > 0 else (into, out)
