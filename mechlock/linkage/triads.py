"""Assur groups of four bodies: a platform on three legs, and two ternary links joined by two binary ones.

Found among the bodies that no dyad reaches. Source: Galletti, "A note on modular approaches to planar linkage kinematic
analysis", Mechanism and Machine Theory 21, 1986 (classes of Assur groups).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from mechlock.linkage.assur import Connection, Finder, PinLink


@dataclass(frozen=True)
class Leg:
    """A body between a solved body and the platform: `outer` to the solved one, `inner` to the platform, `here` on the leg."""

    body: str
    outer: Connection
    inner: Connection

    @property
    def kind(self) -> str:
        """``RR``, ``PR`` (slides on a solved body) or ``RP`` (slides on the platform)."""
        return "".join("R" if isinstance(c, PinLink) else "P" for c in (self.outer, self.inner))


@dataclass(frozen=True)
class Platform:
    """A platform on three legs (the triad)."""

    centre: str
    legs: tuple[Leg, Leg, Leg]

    @property
    def bodies(self) -> tuple[str, ...]:
        """The four bodies."""
        return (self.centre, *(leg.body for leg in self.legs))

    @property
    def name(self) -> str:
        """Such as ``"triad RR-RR-PR platform"``."""
        return f"triad {'-'.join(leg.kind for leg in self.legs)} {self.centre}"


@dataclass(frozen=True)
class Ring:
    """Two pivoted ternary links joined by two pinned binary links.

    Attributes
    ----------
    pivots : (PinLink, PinLink)
        Of the ternary links on solved bodies.
    links : two of (body, PinLink, PinLink)
        Binary links with their pins to the first and the second ternary link, `here` on the binary link.
    """

    first: str
    second: str
    pivots: tuple[PinLink, PinLink]
    links: tuple[tuple[str, PinLink, PinLink], tuple[str, PinLink, PinLink]]

    @property
    def bodies(self) -> tuple[str, ...]:
        """The four bodies."""
        return (self.first, self.second, self.links[0][0], self.links[1][0])

    @property
    def name(self) -> str:
        """Such as ``"ring lever-hook"``."""
        return f"ring {self.first}-{self.second}"


def next_triad(finder: Finder) -> Platform | Ring | None:
    """Return a group of four bodies that the solved bodies hold, and count it as solved; None where there is none."""
    unsolved = [name for name in finder.parts if name not in finder.solved]
    held = {name: list(finder.connections(name, lambda other: other in finder.solved)) for name in unsolved}
    found = _platform(finder, unsolved, held) or _ring(finder, unsolved, held)
    if found is not None:
        finder.solved.update(found.bodies)
    return found


def _between(finder: Finder, one: str, other: str) -> list[Connection]:
    return list(finder.connections(one, lambda name: name == other))


def _platform(finder: Finder, unsolved: list[str], held: dict[str, list[Connection]]) -> Platform | None:
    for centre in unsolved:
        legs: list[Leg] = []
        for body in unsolved:
            if body == centre or len(held[body]) != 1:
                continue
            outer = held[body][0]
            own = outer.here if isinstance(outer, PinLink) else None
            inner = [c for c in _between(finder, body, centre) if not isinstance(c, PinLink) or c.here != own]
            if len(inner) == 1:
                leg = Leg(body, outer, inner[0])
                if leg.kind != "PP":
                    legs.append(leg)
        if len(legs) >= 3:
            first, second, third = sorted(legs[:3], key=lambda leg: leg.kind != "RR")
            return Platform(centre, (first, second, third))
    return None


def _ring(finder: Finder, unsolved: list[str], held: dict[str, list[Connection]]) -> Ring | None:
    pivoted = [name for name in unsolved if len(held[name]) == 1 and isinstance(held[name][0], PinLink)]
    free = [name for name in unsolved if not held[name]]
    for first, second in combinations(pivoted, 2):
        pivots = held[first][0], held[second][0]
        links: list[tuple[str, PinLink, PinLink]] = []
        for body in free:
            one, two = _between(finder, body, first), _between(finder, body, second)
            if len(one) == 1 and len(two) == 1 and isinstance(one[0], PinLink) and isinstance(two[0], PinLink):
                links.append((body, one[0], two[0]))
        if len(links) == 2 and isinstance(pivots[0], PinLink) and isinstance(pivots[1], PinLink):
            return Ring(first, second, (pivots[0], pivots[1]), (links[0], links[1]))
    return None
