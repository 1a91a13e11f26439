"""Decomposition of a mechanism into groups that can be solved one after the other, from the driven bodies outward.

Assur groups of two bodies (dyads) RRR, RRP, RPR, PRP and RPP; further single bodies that close a redundant loop (a third
parallel crank, a wedge on two guides). What remains is reported as stuck.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import permutations
from typing import Literal

from mechlock.linkage.mechanism import GROUND, Joint, Mechanism, PointName

GroupKind = Literal["RRR", "RRP", "RPR", "PRP", "RPP", "redundant"]
Leg = tuple[Joint, int]
"""A step along a revolute joint, +1 from its first to its second point."""


@dataclass(frozen=True)
class PinLink:
    """Two points on one pin: `here` on one body, `there` on another, and the joints from here to there."""

    here: PointName
    there: PointName
    path: tuple[Leg, ...]


Connection = PinLink | Joint


@dataclass(frozen=True)
class Group:
    """A group of bodies solved together.

    Attributes
    ----------
    kind : str
        Joints in the order outer, middle, outer; or ``redundant`` for one body held more often than needed.
    bodies : tuple of str
        The two bodies (one for a redundant group).
    outer : tuple of Connection
        Pins or sliders to solved bodies, `here` on the group's body.
    inner : Connection or None
        The joint between the two bodies, `here` on the first.
    """

    kind: GroupKind
    bodies: tuple[str, ...]
    outer: tuple[Connection, ...]
    inner: Connection | None = None

    @property
    def name(self) -> str:
        """Such as ``"RRR coupler-hook"``."""
        return f"{self.kind} {'-'.join(self.bodies)}"


@dataclass(frozen=True)
class Decomposition:
    """Groups in order of solution, and the bodies that no dyad reaches."""

    groups: tuple[Group, ...]
    stuck: tuple[str, ...]


class Pins:
    """Which points sit on one pin, through revolute joints."""

    def __init__(self, mechanism: Mechanism, without: str) -> None:
        self._next: dict[PointName, list[tuple[PointName, Leg]]] = {}
        for joint in mechanism.joints:
            if joint.kind == "revolute" and joint.name != without:
                self._next.setdefault(joint.first, []).append((joint.second, (joint, 1)))
                self._next.setdefault(joint.second, []).append((joint.first, (joint, -1)))

    def links(self, body: str) -> Iterator[PinLink]:
        """Every point of another body that shares a pin with a point of `body`, nearest first."""
        for start in [point for point in self._next if point.body == body]:
            paths: dict[PointName, tuple[Leg, ...]] = {start: ()}
            queue = [start]
            while queue:
                here = queue.pop(0)
                for there, leg in self._next[here]:
                    if there not in paths:
                        paths[there] = (*paths[here], leg)
                        queue.append(there)
                        if there.body != body:
                            yield PinLink(start, there, paths[there])


def driven_bodies(mechanism: Mechanism) -> tuple[str, str]:
    """Return (kept, carried): the driven joint's bodies, where the carried one follows from the kept one and the drive."""
    first, second = mechanism.joint(mechanism.drive.joint).bodies
    return (second, first) if second == GROUND else (first, second)


def owners(mechanism: Mechanism) -> dict[str, str]:
    """Return for every body the one in whose frame it is placed: itself, but for the body carried by a floating drive."""
    kept, carried = driven_bodies(mechanism)
    return {name: (kept if name == carried and kept != GROUND else name) for name in mechanism.bodies}


def gruebler(mechanism: Mechanism) -> int:
    """Count of Gruebler and Kutzbach: three coordinates a moving body, two constraints a joint."""
    return 3 * len(mechanism.moving) - 2 * len(mechanism.joints)


def decompose(mechanism: Mechanism) -> Decomposition:
    """Find the groups in order of solution."""
    owner = owners(mechanism)
    finder = Finder(mechanism, owner)
    groups: list[Group] = []
    while True:
        group = finder.next()
        if group is None:
            stuck = tuple(name for name in mechanism.moving if owner[name] not in finder.solved)
            return Decomposition(tuple(groups), stuck)
        groups.append(group)


class Finder:
    """Finds the next group that the solved bodies hold; `solved` grows as groups are taken."""

    def __init__(self, mechanism: Mechanism, owner: dict[str, str]) -> None:
        self.mechanism = mechanism
        self.owner = owner
        self.pins = Pins(mechanism, mechanism.drive.joint)
        kept, carried = driven_bodies(mechanism)
        self.solved = {GROUND, carried} if kept == GROUND else {GROUND}
        self.sliders = [j for j in mechanism.joints if j.kind == "prismatic" and j.name != mechanism.drive.joint]
        self.parts = {name: [b for b in mechanism.bodies if owner[b] == name] for name in dict.fromkeys(owner.values())}

    def next(self) -> Group | None:
        """Return the next dyad or redundant body, or None."""
        unsolved = [name for name in self.parts if name not in self.solved]
        outer = {name: list(self.connections(name, lambda other: other in self.solved)) for name in unsolved}
        for name in unsolved:
            if self.over_held(outer[name]):
                self.solved.add(name)
                return Group("redundant", (name,), tuple(outer[name]))
        for first, second in permutations(unsolved, 2):
            if outer[first] and outer[second]:
                group = self.dyad(first, second, outer)
                if group is not None:
                    self.solved.update((first, second))
                    return group
        return None

    def connections(self, name: str, wanted: Callable[[str], bool]) -> Iterator[Connection]:
        """Every pin or slider between an owner and those that are wanted, `here` on the owner."""
        seen: set[PointName] = set()
        for part in self.parts[name]:
            for link in self.pins.links(part):
                if wanted(self.owner[link.there.body]) and link.here not in seen:
                    seen.add(link.here)
                    yield link
            for joint in self.sliders:
                if part in joint.bodies and wanted(self.owner[joint.other(part)]):
                    yield joint

    def over_held(self, outer: list[Connection]) -> bool:
        """Whether connections hold a single body on their own."""
        pins = {link.here for link in outer if isinstance(link, PinLink)}
        return len(pins) + sum(isinstance(link, Joint) for link in outer) >= 2

    def dyad(self, first: str, second: str, outer: dict[str, list[Connection]]) -> Group | None:
        """Return the dyad of two bodies, or None."""
        held = {link.here for link in outer[first] if isinstance(link, PinLink)}
        for inner in self.connections(first, lambda other: other == second):
            if isinstance(inner, PinLink) and inner.here in held:
                continue
            kind = "".join("R" if isinstance(c, PinLink) else "P" for c in (outer[first][0], inner, outer[second][0]))
            if kind in {"RRR", "RRP", "RPR", "PRP", "RPP"}:
                return Group(kind, (first, second), (outer[first][0], outer[second][0]), inner)  # pyright: ignore[reportArgumentType]
        return None
