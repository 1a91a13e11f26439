"""Closed plane outlines of straight lines and circular arcs, as a workshop cuts them.

An outline is given as a band around pulleys: discs that it goes around counter-clockwise (convex parts) or clockwise
(concave parts), joined by their common tangents, so that it is smooth wherever a disc has a radius.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull

from mechlock.errors import InputError

Floats = NDArray[np.float64]
Point2 = tuple[float, float]

_TOUCH = 1e-9


@dataclass(frozen=True)
class Pulley:
    """A disc that a band goes around.

    Attributes
    ----------
    centre : (x, y) in mm
    radius : float
        In mm; 0 gives a sharp corner.
    convex : bool
        Whether the band goes around it counter-clockwise.
    name : str
        Name of the arc on it.
    edge : str
        Name of the straight line that follows it.
    """

    centre: Point2
    radius: float
    convex: bool = True
    name: str = ""
    edge: str = ""

    @property
    def signed(self) -> float:
        """Radius, negative where the band is concave."""
        return self.radius if self.convex else -self.radius


@dataclass(frozen=True)
class Line:
    """A straight piece from `start` to `end`."""

    start: Point2
    end: Point2
    name: str = ""


@dataclass(frozen=True)
class Arc:
    """A circular piece about `centre`; `turn` is its angle in rad, positive counter-clockwise."""

    start: Point2
    end: Point2
    centre: Point2
    turn: float
    name: str = ""

    @property
    def radius(self) -> float:
        """Radius in mm."""
        return math.dist(self.centre, self.start)

    def at(self, fraction: float) -> Point2:
        """Return the point so far along the arc (0 to 1)."""
        angle = math.atan2(self.start[1] - self.centre[1], self.start[0] - self.centre[0]) + fraction * self.turn
        return self.centre[0] + self.radius * math.cos(angle), self.centre[1] + self.radius * math.sin(angle)

    def corners(self, deviation: float) -> Floats:
        """Return points along the arc, its end left out, whose chords stay within `deviation` mm of it; shape (n, 2)."""
        step = 2.0 * math.acos(max(0.0, 1.0 - deviation / self.radius))
        steps = max(2, math.ceil(abs(self.turn) / step))
        first = math.atan2(self.start[1] - self.centre[1], self.start[0] - self.centre[0])
        angle = first + np.arange(steps) / steps * self.turn
        return self.centre + self.radius * np.column_stack([np.cos(angle), np.sin(angle)])


@dataclass(frozen=True)
class Outline:
    """A closed, simple, counter-clockwise outline."""

    pieces: tuple[Line | Arc, ...]

    @property
    def area(self) -> float:
        """Enclosed area in mm², exact (Green's theorem)."""
        return self.moments[0]

    @property
    def moments(self) -> tuple[float, float, float]:
        """Area (mm²) and first moments of area about the y and x axes (mm³): integrals of 1, x and y."""
        total = np.zeros(3)
        for piece in self.pieces:
            total += _line_moments(piece.start, piece.end)
            if isinstance(piece, Arc):
                total += _cap_moments(piece)
        return float(total[0]), float(total[1]), float(total[2])

    def polygon(self, deviation: float = 0.02) -> Floats:
        """Return the corners of a polygon within `deviation` mm of the outline; shape (n, 2)."""
        return np.concatenate(
            [piece.corners(deviation) if isinstance(piece, Arc) else np.array([piece.start]) for piece in self.pieces]
        )


def circle(centre: Point2, radius: float, name: str = "") -> Outline:
    """Return a full circle as two half arcs."""
    right, left = (centre[0] + radius, centre[1]), (centre[0] - radius, centre[1])
    return Outline((Arc(right, left, centre, math.pi, name), Arc(left, right, centre, math.pi, name)))


def rectangle(low: Point2, high: Point2, names: tuple[str, str, str, str] = ("", "", "", "")) -> Outline:
    """Return an axis-aligned rectangle; `names` are those of its bottom, right, top and left."""
    corners = [low, (high[0], low[1]), high, (low[0], high[1])]
    return Outline(tuple(Line(corners[i], corners[(i + 1) % 4], names[i]) for i in range(4)))


def band(pulleys: list[Pulley], what: str) -> Outline:
    """Return the band around `pulleys`, counter-clockwise.

    Parameters
    ----------
    pulleys : list of Pulley
        In the order in which the band meets them; one may occur several times.
    what : str
        Key of what it is the outline of, for messages.

    Raises
    ------
    InputError
        When two neighbours have no common tangent, or the band crosses itself.
    """
    if len(pulleys) == 1:
        return circle(pulleys[0].centre, pulleys[0].radius, pulleys[0].name)
    tangents = [_tangent(pulleys[i], pulleys[(i + 1) % len(pulleys)], what) for i in range(len(pulleys))]
    pieces: list[Line | Arc] = []
    for index, pulley in enumerate(pulleys):
        arrive, leave = tangents[index - 1][1], tangents[index][0]
        if pulley.radius > 0.0:
            pieces += _arc(pulley, arrive, leave)
        if math.dist(*tangents[index]) > _TOUCH:
            pieces.append(Line(*tangents[index], name=pulley.edge))
    outline = Outline(tuple(_closed(pieces)))
    if outline.area <= 0.0 or crosses_itself(outline.polygon(0.2)):
        raise InputError("the outline crosses itself", what, "its eyes or radii are too large or too small for their distances")
    return outline


def enclosing(pulleys: list[Pulley], what: str) -> Outline:
    """Return the tightest convex band around `pulleys`, in any order; those within it have no part in it.

    Raises
    ------
    InputError
        When one disc holds all others.
    """
    samples = np.concatenate([_rim(pulley) for pulley in pulleys])
    owner = np.repeat(np.arange(len(pulleys)), len(samples) // len(pulleys))
    hull = owner[ConvexHull(samples).vertices]
    visits = [int(number) for number in hull[hull != np.roll(hull, 1)]]
    first = visits.index(min(visits)) if visits else 0
    return band([pulleys[number] for number in visits[first:] + visits[:first]] or [pulleys[int(hull[0])]], what)


def _rim(pulley: Pulley, count: int = 720) -> Floats:
    """Points on a disc's edge."""
    turn = np.arange(count) * (2.0 * math.pi / count)
    return np.asarray(pulley.centre + max(pulley.radius, 1e-6) * np.column_stack([np.cos(turn), np.sin(turn)]), np.float64)


def crosses_itself(polygon: Floats) -> bool:
    """Say whether any two edges of a closed polygon (n, 2) that are not neighbours cross or touch."""
    start, end = polygon, np.roll(polygon, -1, axis=0)
    n = len(polygon)
    hits = _edges_meet(start, end, start, end)
    first, second = np.nonzero(hits)
    apart = (first - second) % n
    return bool(np.any((apart > 1) & (apart < n - 1)))


def _edges_meet(a0: Floats, a1: Floats, b0: Floats, b1: Floats) -> NDArray[np.bool_]:
    """Return for each pair of edges whether they properly cross; shape (n_a, n_b)."""

    def side(p: Floats, q: Floats, r: Floats) -> Floats:
        d = q - p
        return d[:, None, 0] * (r[None, :, 1] - p[:, None, 1]) - d[:, None, 1] * (r[None, :, 0] - p[:, None, 0])

    b_sides = side(a0, a1, b0) * side(a0, a1, b1)
    a_sides = (side(b0, b1, a0) * side(b0, b1, a1)).T
    return (b_sides < 0.0) & (a_sides < 0.0)


def _tangent(first: Pulley, second: Pulley, what: str) -> tuple[Point2, Point2]:
    dx, dy = second.centre[0] - first.centre[0], second.centre[1] - first.centre[1]
    distance = math.hypot(dx, dy)
    step = second.signed - first.signed
    if distance == 0.0 or abs(step) > distance * (1.0 + _TOUCH):
        names = " and ".join(f"{p.name or 'a corner'} (radius {p.radius:g} mm)" for p in (first, second))
        raise InputError(
            f"{names} have no common tangent: their centres are {distance:.4g} mm apart",
            what,
            f"more than {abs(step):.4g} mm is needed; make a radius smaller or move them apart",
        )
    if abs(step) > distance * (1.0 - _TOUCH):  # the discs touch: the tangent has no length
        nx, ny = math.copysign(dx / distance, step * dx), math.copysign(dy / distance, step * dy)
    else:
        turn = math.atan2(dy, dx) - math.asin(step / distance)
        nx, ny = -math.sin(turn), math.cos(turn)
    leave = (first.centre[0] - first.signed * nx, first.centre[1] - first.signed * ny)
    arrive = (second.centre[0] - second.signed * nx, second.centre[1] - second.signed * ny)
    return leave, arrive


def _arc(pulley: Pulley, arrive: Point2, leave: Point2) -> list[Line | Arc]:
    cx, cy = pulley.centre
    turn = math.atan2(leave[1] - cy, leave[0] - cx) - math.atan2(arrive[1] - cy, arrive[0] - cx)
    turn %= 2.0 * math.pi
    if not pulley.convex:
        turn -= 2.0 * math.pi
    if min(abs(turn), 2.0 * math.pi - abs(turn)) * pulley.radius < 1e-7:
        return []
    return [Arc(arrive, leave, pulley.centre, turn, pulley.name)]


def _closed(pieces: list[Line | Arc]) -> list[Line | Arc]:
    """Make each piece begin exactly where the one before ends."""
    closed: list[Line | Arc] = []
    for index, piece in enumerate(pieces):
        end = pieces[(index + 1) % len(pieces)].start
        if isinstance(piece, Arc):
            closed.append(Arc(piece.start, end, piece.centre, piece.turn, piece.name))
        else:
            closed.append(Line(piece.start, end, piece.name))
    return closed


def _line_moments(start: Point2, end: Point2) -> Floats:
    """Integrals of 1, x, y over the triangle of an edge with the origin, signed."""
    twice = start[0] * end[1] - end[0] * start[1]
    return np.array([twice / 2.0, twice * (start[0] + end[0]) / 6.0, twice * (start[1] + end[1]) / 6.0])


def _cap_moments(arc: Arc) -> Floats:
    """Integrals of 1, x, y over the circular segment between an arc and its chord, signed by the arc's turn."""
    r, half = arc.radius, arc.turn / 2.0
    area = r * r * (half - math.sin(half) * math.cos(half))
    if area == 0.0:
        return np.zeros(3)
    reach = 2.0 / 3.0 * r**3 * math.sin(abs(half)) ** 3 / abs(area)
    middle = arc.at(0.5)
    x = arc.centre[0] + reach * (middle[0] - arc.centre[0]) / r
    y = arc.centre[1] + reach * (middle[1] - arc.centre[1]) / r
    return np.array([area, area * x, area * y])
