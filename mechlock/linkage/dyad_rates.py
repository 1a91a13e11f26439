"""Motions of the two bodies of each kind of dyad, from those of the bodies it hangs on."""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp

from mechlock.linkage.assur import GroupKind, PinLink
from mechlock.linkage.mechanism import Joint, PointName, Vector
from mechlock.linkage.placement import ZERO, SolvedGroup
from mechlock.linkage.program import cross, dot, minus, norm2, plus, times, turned
from mechlock.linkage.rates import Factor, Motion, Rates


def _toggle(rates: Rates, driving: PointName, expression: sp.Expr, link: str, vector: Vector, k: sp.Expr) -> Factor:
    """Numerator of a velocity ratio, zero where the driving point (at `k` times its rate) moves square to the link."""
    motion = rates.motions[rates.place.owner[driving.body]]
    length = sp.sqrt(norm2(vector))
    speed = plus(times(k, rates.unit_velocity(driving)), rates.inner_rate(driving))
    across = length * sp.sqrt(norm2(speed))
    if motion is not None and motion.velocity == ZERO and abs(motion.omega) == 1:
        return Factor(expression, 1, "toggle", f"toggle: {driving.body} x {link}", length * k, across)
    return Factor(expression, 1, "toggle", f"velocity of {driving} along {link}", None, across)


def _rrr(rates: Rates, solved: SolvedGroup) -> None:
    """Two pinned links."""
    outer1, outer2 = solved.group.outer
    inner = solved.group.inner
    assert isinstance(outer1, PinLink) and isinstance(outer2, PinLink) and isinstance(inner, PinLink)
    one, two = solved.group.bodies
    w, v = solved.vectors["w"], solved.vectors["v"]
    chain, (k1, k2) = rates.upstream(outer1.there.body, outer2.there.body)
    extra = minus(rates.inner_rate(outer1.there), rates.inner_rate(outer2.there))
    growth1 = minus(rates.inner_rate(inner.here), rates.inner_rate(outer1.here))
    growth2 = minus(rates.inner_rate(inner.there), rates.inner_rate(outer2.here))
    extra = plus(extra, minus(growth1, growth2))
    det = cross(v, w)

    def closing(vector: Vector) -> sp.Expr:
        return k1 * rates.along(outer1.there, vector) - k2 * rates.along(outer2.there, vector) + dot(extra, vector)

    for body, outer, other, link, vector in ((two, outer2, outer1, one, w), (one, outer1, outer2, two, v)):
        numerator = closing(vector)
        pin = rates.unit_velocity(outer.there)
        pin = plus(times(k1 if outer is outer1 else k2, pin), rates.inner_rate(outer.there))
        transmission = Factor(det, -1, "transmission", f"transmission: {two} x {one}")
        if pin == ZERO:
            toggle = _toggle(rates, other.there, numerator, link, vector, k2 if outer is outer1 else k1)
            rates.keep(body, (*chain, toggle, transmission), sp.S.One, outer.here, ZERO)
        else:
            rates.keep(body, chain, numerator / det, outer.here, pin)


def _rrp(rates: Rates, solved: SolvedGroup) -> None:
    """A rod and a slider."""
    outer, joint = solved.group.outer
    inner = solved.group.inner
    assert isinstance(outer, PinLink) and isinstance(joint, Joint) and isinstance(inner, PinLink)
    rod, slider = solved.group.bodies
    (slide,) = solved.slides
    w, u = solved.vectors["w"], solved.vectors["u"]
    chain, (k1, k2) = rates.upstream(outer.there.body, slide.guide)
    carried = times(k2, rates.unit_velocity_at(slide.guide, rates.place.at(inner.here)))
    pin = times(k1, rates.unit_velocity(outer.there))
    det = dot(u, w)
    transmission = Factor(det, -1, "transmission", f"transmission: {rod} along {joint.name}")

    def closing(vector: Vector) -> sp.Expr:
        return k1 * rates.along(outer.there, vector) - dot(carried, vector)

    if carried == ZERO:
        toggle = _toggle(rates, outer.there, closing(w), rod, w, k1)
        rates.keep(slider, (*chain, toggle, transmission), sp.S.Zero, inner.there, u)
    else:
        guide = rates.motions[rates.place.owner[slide.guide]]
        omega = sp.S.Zero if guide is None else k2 * guide.omega
        rates.keep(slider, chain, omega, inner.there, plus(carried, times(closing(w) / det, u)))
    turning = -closing(turned(u))
    if pin == ZERO:
        toggle = Factor(turning, 1, "toggle", f"{slide.guide} across {joint.name}")
        rates.keep(rod, (*chain, toggle, transmission), sp.S.One, outer.here, ZERO)
    else:
        rates.keep(rod, chain, turning / det, outer.here, pin)


def _rpr(rates: Rates, solved: SolvedGroup) -> None:
    """Two pinned bodies that slide on each other."""
    outer1, outer2 = solved.group.outer
    joint = solved.group.inner
    assert isinstance(outer1, PinLink) and isinstance(outer2, PinLink) and isinstance(joint, Joint)
    one, two = solved.group.bodies
    forward = rates.place.owner[joint.first.body] == one
    leader, follower = (outer1, outer2) if forward else (outer2, outer1)
    base, u = solved.vectors["D"], solved.vectors["u"]
    chain, (k1, k2) = rates.upstream(follower.there.body, leader.there.body)
    det = dot(base, u)
    across = turned(u)
    extra = minus(rates.inner_rate(follower.there), rates.inner_rate(leader.there))
    numerator = k1 * rates.along(follower.there, across) - k2 * rates.along(leader.there, across) + dot(extra, across)
    transmission = Factor(det, -1, "transmission", f"distance of the pins along {joint.name}")
    toggle = Factor(numerator, 1, "toggle", f"velocity of the pins across {joint.name}")
    for body, link, k in ((one, outer1, k2 if forward else k1), (two, outer2, k1 if forward else k2)):
        pin = plus(times(k, rates.unit_velocity(link.there)), rates.inner_rate(link.there))
        if pin == ZERO:
            rates.keep(body, (*chain, toggle, transmission), sp.S.One, link.here, ZERO)
        else:
            rates.keep(body, chain, numerator / det, link.here, pin)


def _two_lines(rates: Rates, body: str, anchor: PointName, own: tuple[Vector, Vector], other: tuple[Vector, Vector]) -> None:
    """Speed along `own` = (direction, guide's velocity) where the point also follows `other`; chains are multiplied out."""
    u1, moved1 = own
    u2, moved2 = other
    closing = cross(minus(moved2, moved1), u2)
    det = cross(u1, u2)
    if moved1 == ZERO:
        toggle = Factor(closing, 1, "toggle", f"drive against {body}", None, sp.sqrt(norm2(moved2)))
        rates.keep(body, (toggle, Factor(det, -1, "transmission", f"slides of {body}")), sp.S.Zero, anchor, u1)
    else:
        rates.keep(body, (), sp.S.Zero, anchor, plus(moved1, times(closing / det, u1)))


def _carried_at(rates: Rates, body: str, position: Vector) -> Vector:
    """Velocity, per unit of drive rate, of the material point of `body` at `position`."""
    motion = rates.motions[rates.place.owner[body]]
    return ZERO if motion is None else times(motion.rate, rates.unit_velocity_at(body, position))


def _spin(rates: Rates, body: str, guide: str) -> None:
    """Add the guide's turning to a body that slides on it."""
    turning = rates.omega(guide)
    motion = rates.motions[body]
    if turning != 0 and motion is not None:
        velocity = times(motion.rate, motion.velocity)
        rates.motions[body] = Motion((), turning, motion.anchor, velocity)


def _prp(rates: Rates, solved: SolvedGroup) -> None:
    """Two sliders pinned to each other."""
    inner = solved.group.inner
    assert isinstance(inner, PinLink)
    one, two = solved.group.bodies
    slide1, slide2 = solved.slides
    position = rates.place.at(inner.here)
    line1 = (solved.vectors["u1"], _carried_at(rates, slide1.guide, position))
    line2 = (solved.vectors["u2"], _carried_at(rates, slide2.guide, position))
    _two_lines(rates, one, inner.here, line1, line2)
    _two_lines(rates, two, inner.there, line2, line1)
    _spin(rates, one, slide1.guide)
    _spin(rates, two, slide2.guide)


def _rpp(rates: Rates, solved: SolvedGroup) -> None:
    """A pinned body on a slider that slides on a guide."""
    outer = solved.group.outer[0]
    assert isinstance(outer, PinLink)
    body, slider = solved.group.bodies
    guide, middle = solved.slides
    pin = plus(rates.velocity(outer.there), ZERO)
    position = rates.place.at(outer.here)
    carried = _carried_at(rates, guide.guide, position)
    _two_lines(rates, slider, guide.carried, (solved.vectors["u1"], carried), (solved.vectors["u2"], pin))
    if carried != ZERO:
        along = minus(rates.motions[slider].velocity, carried) if rates.motions[slider] is not None else ZERO  # pyright: ignore
        own = plus(_carried_at(rates, guide.guide, rates.place.at(guide.carried)), along)
        rates.motions[slider] = Motion((), rates.omega(guide.guide), guide.carried, own)
    rates.keep(body, (), rates.omega(middle.guide), outer.here, pin)


def _redundant(rates: Rates, solved: SolvedGroup) -> None:
    """A body held more often than needed."""
    (body,) = solved.group.bodies
    pins = [link for link in solved.group.outer if isinstance(link, PinLink)]
    if len(pins) >= 2:
        w = solved.vectors["w"]
        first, second = rates.velocity(pins[0].there), rates.velocity(pins[1].there)
        turning = dot(minus(second, first), turned(w)) / dot(w, w)
        rates.keep(body, (), turning, pins[0].here, first)
    elif pins:
        rates.keep(body, (), rates.omega(solved.slides[0].guide), pins[0].here, rates.velocity(pins[0].there))
    else:
        one, two = solved.slides
        position = rates.place.at(one.carried)
        line1 = (solved.vectors["u1"], _carried_at(rates, one.guide, position))
        line2 = (solved.vectors["u2"], _carried_at(rates, two.guide, position))
        if line1[1] == ZERO or line2[1] != ZERO:
            _two_lines(rates, body, one.carried, line1, line2)
        else:
            _two_lines(rates, body, one.carried, line2, line1)
        _spin(rates, body, one.guide)


FORMS: dict[GroupKind, Callable[[Rates, SolvedGroup], None]] = {
    "RRR": _rrr,
    "RRP": _rrp,
    "RPR": _rpr,
    "PRP": _prp,
    "RPP": _rpp,
    "redundant": _redundant,
}
