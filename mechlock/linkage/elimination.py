"""Triads by elimination: two linear equations and a circle in one angle, then one polynomial in its half-angle tangent.

Both groups of four bodies lead to the same form. With the direction of one body as the unknown angle, a vector X obeys
``m1 . X + k1 = 0``, ``m2 . X + k2 = 0`` and ``|X| = r``, where m and k are trigonometric polynomials of the angle. With
``D = m1 x m2`` and ``N`` from Cramer's rule, ``|N|^2 = r^2 D^2`` is one equation in the angle: at most six solutions.
Source: Innocenti, "Analytical-form position analysis of the 7-link Assur kinematic chain with four serially-connected ternary
links", J. Mech. Design 116, 1994, and Wohlhart, "Position analyses of normal quadrilateral Assur groups", 2010 (method);
for the platform also Gosselin, Sefrioui and Richard, "Solutions polynomiales au problème de la cinématique directe des
manipulateurs parallèles plans à trois degrés de liberté", Mech. Mach. Theory 27, 1992.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from mechlock.linkage.assur import Finder, PinLink, owners
from mechlock.linkage.dyads import write_group
from mechlock.linkage.mechanism import Joint, Mechanism, Vector
from mechlock.linkage.placement import ZERO, Placement, Pose
from mechlock.linkage.program import Assignment, Writer, cross, dot, minus, norm2, plus, rotate, times, unit
from mechlock.linkage.triads import Leg, Platform, Ring, next_triad

Line = tuple[Vector, sp.Expr]
"""(m, k) of ``m . X + k = 0``."""


@dataclass(frozen=True)
class Stage:
    """One elimination.

    Attributes
    ----------
    group : Platform or Ring
        Which bodies.
    angle : sympy.Symbol
        The unknown angle (rad): the direction of the platform, or of the first ternary link.
    vector : (sympy.Symbol, sympy.Symbol)
        X: from the first leg's outer pin to its inner one (mm), or the direction of the second ternary link.
    lines : tuple of (m, k)
        Linear equations in X, in program symbols and the angle; a third one instead of the circle where `square` is None.
    square : sympy.Expr or None
        r²: squared length of X.
    before : int
        Number of assignments of the program that come before.
    """

    group: Platform | Ring
    angle: sp.Symbol
    vector: tuple[sp.Symbol, sp.Symbol]
    lines: tuple[Line, ...]
    square: sp.Expr | None
    before: int


@dataclass(frozen=True)
class Elimination:
    """Positions of a mechanism with triads.

    Attributes
    ----------
    program : tuple of Assignment
        In order; right-hand sides also hold the angles and vectors of the stages.
    stages : tuple of Stage
        The eliminations, in order.
    signs : tuple of sympy.Symbol
        Assembly signs of the dyads.
    poses : tuple of (cos, sin, x, y)
        Of every moving body's own frame, in order, in program symbols.
    """

    mechanism: Mechanism
    program: tuple[Assignment, ...]
    stages: tuple[Stage, ...]
    signs: tuple[sp.Symbol, ...]
    poses: tuple[tuple[sp.Expr, sp.Expr, sp.Expr, sp.Expr], ...]


def eliminate(mechanism: Mechanism) -> Elimination | None:
    """Derive the eliminations; None where a group is none of the known ones."""
    nominal = mechanism.nominal()
    values = {symbol: sp.Float(value, 17) for symbol, value in nominal.items()}
    nominal[mechanism.drive.symbol] = float(mechanism.drive.value.xreplace(values))  # pyright: ignore[reportArgumentType]
    writer = Writer({symbol.name for symbol in nominal}, nominal)
    place = Placement(mechanism, writer)
    finder = Finder(mechanism, owners(mechanism))
    stages: list[Stage] = []
    while True:
        group = finder.next()
        if group is not None:
            write_group(place, group)
            continue
        triad = next_triad(finder)
        if triad is None:
            break
        stages.append(_platform(place, triad) if isinstance(triad, Platform) else _ring(place, triad))
    if not stages or any(name not in finder.solved for name in finder.parts):
        return None
    poses = tuple(_own_frame(place, body) for body in mechanism.moving)
    return Elimination(mechanism, tuple(writer.assignments), tuple(stages), tuple(place.signs), poses)


def _own_frame(place: Placement, body: str) -> tuple[sp.Expr, sp.Expr, sp.Expr, sp.Expr]:
    from mechlock.linkage.mechanism import PointName

    c, s = place.direction(body)
    point = next(iter(place.mechanism.bodies[body].points))
    x, y = minus(place.at(PointName(body, point)), rotate((c, s), place.mechanism.bodies[body].points[point]))
    return c, s, x, y


def _named(place: Placement, name: str) -> sp.Symbol:
    return place.writer.symbol(name)


def _platform(place: Placement, group: Platform) -> Stage:
    write, centre = place.writer, group.centre
    angle = _named(place, f"theta_{centre}")
    direction = write.let_vector(centre, unit(angle), f"direction of {centre}", ("c", "s"))
    place.poses[centre] = Pose(direction, ZERO, ZERO)
    first = group.legs[0]
    anchor, base, square = ZERO, ZERO, None
    if first.kind == "RR" and isinstance(first.inner, PinLink) and isinstance(first.outer, PinLink):
        anchor = place.local(first.inner.there)
        base = plus(place.pinned(first.outer), place.play(first.inner))
        arm = minus(place.local(first.inner.here), place.local(first.outer.here))
        _, square = write.length(first.body, arm, f"length of {first.body}")
    before_lines = [_line(place, leg, direction, anchor, base, square) for leg in group.legs[(0 if square is None else 1) :]]
    lines = tuple(_let_line(place, f"{centre}{i + 1}", line) for i, line in enumerate(before_lines))
    before = len(write.assignments)
    vector = (_named(place, f"X_{centre}"), _named(place, f"Y_{centre}"))
    place.poses[centre] = Pose(direction, anchor, plus(vector, base))
    for leg in group.legs:
        _place_leg(place, leg)
    return Stage(group, angle, vector, lines, square, before)


def _let_line(place: Placement, name: str, line: Line) -> Line:
    (x, y), k = line
    write = place.writer
    return (
        (write.let(f"m_{name}_x", x, "linear equation, x"), write.let(f"m_{name}_y", y, "linear equation, y")),
        write.let(f"k_{name}", k, "linear equation, constant"),
    )


def _line(place: Placement, leg: Leg, direction: Vector, anchor: Vector, base: Vector, square: sp.Expr | None) -> Line:
    """Linear equation of a leg in X, where the platform's anchor is at X + base."""

    def beyond(local: Vector) -> Vector:
        return plus(base, rotate(direction, minus(local, anchor)))

    if isinstance(leg.inner, PinLink) and isinstance(leg.outer, PinLink):
        arm = minus(place.local(leg.inner.here), place.local(leg.outer.here))
        _, own = place.writer.length(leg.body, arm, f"length of {leg.body}")
        gap = minus(beyond(place.local(leg.inner.there)), plus(place.pinned(leg.outer), place.play(leg.inner)))
        gap = place.writer.let_vector(leg.body, gap, f"from {leg.outer.here} to the platform's pin for X = 0", ("gx", "gy"))
        return times(sp.Integer(2), gap), norm2(gap) + (square if square is not None else sp.S.Zero) - own
    if isinstance(leg.inner, PinLink) and isinstance(leg.outer, Joint):
        slide = place.slide(leg.outer, leg.body)
        start = plus(place.at(slide.guide_point), place.arm(leg.body, slide.carried, leg.inner.here))
        gap = minus(beyond(place.local(leg.inner.there)), plus(start, place.play(leg.inner)))
        return (-slide.along[1], slide.along[0]), cross(slide.along, gap)
    if isinstance(leg.inner, Joint) and isinstance(leg.outer, PinLink):
        slide = place.slide(leg.inner, leg.body)
        pin = plus(place.pinned(leg.outer), place.arm(leg.body, leg.outer.here, slide.carried))
        gap = minus(pin, beyond(place.local(slide.guide_point)))
        return (slide.along[1], -slide.along[0]), cross(slide.along, gap)
    raise TypeError(leg.kind)


def _place_leg(place: Placement, leg: Leg) -> None:
    if isinstance(leg.inner, Joint) and isinstance(leg.outer, PinLink):
        place.poses[leg.body] = Pose(place.poses[leg.body].direction, place.local(leg.outer.here), place.pinned(leg.outer))
        return
    assert isinstance(leg.inner, PinLink)
    pin = minus(place.at(leg.inner.there), place.play(leg.inner))
    place.place(leg.inner.here, pin)
    if isinstance(leg.outer, PinLink):
        arm = minus(place.local(leg.inner.here), place.local(leg.outer.here))
        vector = minus(pin, place.pinned(leg.outer))
        place.poses[leg.body] = Pose(place.turn_to(leg.body, arm, vector, norm2(arm)), place.local(leg.inner.here), pin)
    else:
        place.poses[leg.body] = Pose(place.poses[leg.body].direction, place.local(leg.inner.here), pin)


def _ring(place: Placement, group: Ring) -> Stage:
    write = place.writer
    angle = _named(place, f"theta_{group.first}")
    direction = write.let_vector(group.first, unit(angle), f"direction of {group.first}", ("c", "s"))
    one, two = group.pivots
    place.poses[group.first] = Pose(direction, place.local(one.here), place.pinned(one))
    lines: list[Line] = []
    for i, (body, to_first, to_second) in enumerate(group.links):
        arm = minus(place.local(to_second.here), place.local(to_first.here))
        _, square = write.length(body, arm, f"length of {body}")
        pin = minus(place.at(to_first.there), place.play(to_first))
        own = minus(place.local(to_second.there), place.local(two.here))
        gap = minus(minus(place.pinned(two), place.play(to_second)), pin)
        gap = write.let_vector(body, gap, f"from {to_first.here} to {two.here}", ("gx", "gy"))
        line = ((2 * dot(gap, own), 2 * cross(own, gap)), norm2(gap) + norm2(own) - square)
        lines.append(_let_line(place, f"{group.first}{i + 1}", line))
    before = len(write.assignments)
    vector = (_named(place, f"X_{group.second}"), _named(place, f"Y_{group.second}"))
    place.poses[group.second] = Pose(vector, place.local(two.here), place.pinned(two))
    for body, to_first, to_second in group.links:
        pin = minus(place.at(to_first.there), place.play(to_first))
        end = minus(place.at(to_second.there), place.play(to_second))
        arm = minus(place.local(to_second.here), place.local(to_first.here))
        turned_to = place.turn_to(body, arm, minus(end, pin), norm2(arm))
        place.poses[body] = Pose(turned_to, place.local(to_first.here), pin)
    return Stage(group, angle, vector, tuple(lines), sp.S.One, before)


def closing(stage: Stage) -> tuple[sp.Expr, Vector, sp.Expr]:
    """Return D, N and the equation ``|N|^2 - r^2 D^2`` (or the determinant of three lines) whose zeros are the solutions."""
    (m1, k1), (m2, k2) = stage.lines[:2]
    d = cross(m1, m2)
    n = (k2 * m1[1] - k1 * m2[1], k1 * m2[0] - k2 * m1[0])
    if stage.square is not None:
        return d, n, norm2(n) - stage.square * d**2
    m3, k3 = stage.lines[2]
    return d, n, dot(m3, n) + k3 * d
