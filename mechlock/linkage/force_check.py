"""Levers of loads and over-centre reserves against the free-body equations and the places of the pins."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import sympy as sp

from mechlock.linkage.agreement import AGREES, FLOOR, Agreement, agreement
from mechlock.linkage.assur import PinLink
from mechlock.linkage.compile import size_of
from mechlock.linkage.constraints import Array
from mechlock.linkage.formulas import Lever
from mechlock.linkage.mechanism import GROUND, Mechanism, PointName
from mechlock.linkage.placement import Slide
from mechlock.linkage.positions import Positions
from mechlock.linkage.reserve import Reserve
from mechlock.linkage.samples import Samples, Values
from mechlock.linkage.symbolic import SymbolicSolution
from mechlock.linkage.velocity import rates


def lever_agrees(samples: Samples, values: Values, point: PointName, lever: Lever) -> Iterator[Agreement]:
    """A lever in each form it is written in, and whether its sign says what the free-body equations say, within the load's cone.

    Parameters
    ----------
    values : Values
        Program symbols and named quantities; ``omega_BODY`` in the factors is taken from the constraint equations.
    """
    mechanism, floor = samples.mechanism, FLOOR * samples.speed
    assert mechanism.lock is not None
    generator = np.random.default_rng(1)
    turning = {sp.Symbol(f"omega_{body}", real=True): samples.turning(body)[0] for body in mechanism.moving}
    powers = [factor.power for factor in lever.force.factors]
    short = sp.Mul(*[form**power for form, power in zip(lever.factors, powers, strict=True)])
    for load in mechanism.lock.loads:
        if load.at != point:
            continue
        direction = generator.uniform(load.direction.low, load.direction.high, values.count)
        wanted = samples.effort(point, np.stack([np.cos(direction), np.sin(direction)], axis=1))
        own = Values(values.count, values.known | {lever.force.direction: direction})
        rows = [own(lever.force.expression), Values(values.count, own.known | turning)(short)]
        rows += [own(lever.by_velocity)] if lever.velocity else []
        rows += [Values(values.count, turning | own.known)(lever.by_angles)] if lever.by_angles is not None else []
        for row in rows:
            yield agreement("force of the load", str(point), row, wanted, np.abs(wanted) + floor)
        if samples.locked.any() and mechanism.lock.stop is not None:
            clear = samples.locked & (np.abs(wanted) > floor * AGREES)
            wrong = np.sign(rows[0]) != np.sign(wanted)
            yield agreement("over-centre condition", f"sign under {load.name}", np.where(wrong[clear], np.inf, 0.0), 0.0, 1.0)


def reserve_agrees(positions: Positions, solution: SymbolicSolution, reserve: Reserve) -> Iterator[Agreement]:
    """The body stands still at its dead centre; height and angle of the toggle at the stop follow from places and velocities."""
    constraints, lock = positions.constraints, positions.mechanism.lock
    assert lock is not None
    v = rates(constraints, positions.at(positions.selected, np.array([reserve.dead_centre])))[0].reshape(-1, 3)
    moved = np.abs(v * [1.0, 1.0, constraints.size]).max(axis=1)
    still = moved[[constraints.bodies.index(reserve.body)]]
    yield agreement("over-centre reserve", f"{reserve.body} stands still at its dead centre", still, 0.0, moved.max())
    if reserve.knee is None:
        return
    height, sine = _Still(positions, lock.drive.nominal).toggles(solution).get(reserve.toggle, (np.nan, np.nan))
    yield agreement("over-centre reserve", f"angle of {reserve.toggle}", np.sin([reserve.knee]), sine, 1.0)
    if reserve.height is not None:
        size = size_of(positions.mechanism)
        yield agreement("over-centre reserve", f"height of {reserve.toggle}", np.array([reserve.height]), height, size)


class _Still:
    """Places and velocities at one drive position, by the constraint equations."""

    def __init__(self, positions: Positions, drive: float) -> None:
        self.positions = positions
        self.q = positions.at(positions.selected, np.array([drive]))
        self.v = rates(positions.constraints, self.q)

    def index(self, body: str) -> int:
        return -1 if body == GROUND else self.positions.constraints.bodies.index(body)

    def local(self, point: PointName) -> Array:
        return np.array([self.positions.number(c) for c in self.positions.mechanism.local(point)])

    def place(self, point: PointName) -> Array:
        return self.positions.constraints.point(self.q, self.index(point.body), self.local(point))[0]

    def carried(self, body: str, place: Array) -> Array:
        """Velocity of the material point of a body at a place."""
        if body == GROUND:
            return np.zeros(2)
        x, y, omega = self.v[0].reshape(-1, 3)[self.index(body)]
        arm = place - self.q[0].reshape(-1, 3)[self.index(body), :2]
        return np.array([x - omega * arm[1], y + omega * arm[0]])

    def toggles(self, solution: SymbolicSolution) -> dict[str, tuple[float, float]]:
        """Height (distance of a pivot from the next link's line) and sine of every toggle, by its name."""
        found: dict[str, tuple[float, float]] = {}
        for solved in solution.groups:
            group, inner = solved.group, solved.group.inner
            if isinstance(inner, PinLink):
                for body, outer in zip(group.bodies, group.outer, strict=False):
                    end = inner.here if inner.here.body == body else inner.there
                    if isinstance(outer, PinLink):
                        found |= self.link(body, outer, self.place(end) - self.place(outer.here))
                if group.kind == "PRP":
                    for body, slide in zip(group.bodies, reversed(solved.slides), strict=True):
                        found |= self.slide(body, self.carried(slide.guide, self.place(inner.here)), slide)
            elif group.kind == "RPP" and isinstance(group.outer[0], PinLink):
                pin = group.outer[0].there
                found |= self.slide(group.bodies[1], self.carried(pin.body, self.place(pin)), solved.slides[1])
        return found

    def link(self, body: str, outer: PinLink, link: Array) -> dict[str, tuple[float, float]]:
        """Of a link driven at its outer pin."""
        pin = self.place(outer.here)
        speed = self.carried(outer.there.body, pin)
        sine = abs(float(speed @ link)) / max(float(np.hypot(*speed) * np.hypot(*link)), 1e-300)
        found = {f"velocity of {outer.there} along {body}": (np.nan, sine)}
        pivot = _pivot(self.positions.mechanism, outer.there.body)
        if pivot is not None:
            back = self.place(pivot) - pin
            height = abs(float(link[0] * back[1] - link[1] * back[0])) / float(np.hypot(*link))
            found[f"toggle: {outer.there.body} x {body}"] = height, sine
        return found

    def slide(self, body: str, speed: Array, slide: Slide) -> dict[str, tuple[float, float]]:
        """Of a body that is driven across a slide."""
        joint = next(found for found in self.positions.constraints.joints if found.name == slide.joint.name)
        across = self.positions.constraints.axes(self.q, joint)[1][0]
        return {f"drive against {body}": (np.nan, abs(float(speed @ across)) / max(float(np.hypot(*speed)), 1e-300))}


def _pivot(mechanism: Mechanism, body: str) -> PointName | None:
    """The point of a body that a pin holds on ground."""
    for joint in mechanism.joints:
        if joint.kind == "revolute" and set(joint.bodies) == {GROUND, body}:
            return joint.first if joint.first.body == body else joint.second
    return None
