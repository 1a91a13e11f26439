"""Closed forms of the five dyads, as assignments of a program.

Forms are chosen tight for interval arithmetic: the height of a triangle with sides b, c over the base L is
``sqrt(((b+c)^2 - L^2) (L^2 - (b-c)^2)) / (2 L)``, links are carried as difference vectors, and no arc function occurs.
Source: the triangle and its projections are elementary; the grouping is Assur's (see Galletti, "A note on modular approaches
to planar linkage kinematic analysis", Mechanism and Machine Theory 21, 1986).
"""

from __future__ import annotations

import sympy as sp

from mechlock.errors import InputError
from mechlock.linkage.assur import Group, PinLink
from mechlock.linkage.mechanism import Joint, Vector
from mechlock.linkage.placement import ZERO, Placement, Pose, Slide, SolvedGroup
from mechlock.linkage.program import cross, dot, minus, norm2, plus, rotate, times, turned, unit


def write_group(place: Placement, group: Group) -> SolvedGroup:
    """Write the closed form of `group` and keep the poses of its bodies."""
    return _FORMS[group.kind](place, group)


def _ends(group: Group) -> tuple[PinLink, PinLink, PinLink]:
    first, second = group.outer
    if not (isinstance(first, PinLink) and isinstance(second, PinLink) and isinstance(group.inner, PinLink)):
        raise TypeError(group.kind)
    return first, group.inner, second


def _rrr(place: Placement, group: Group) -> SolvedGroup:
    """Two links, pinned outside and to each other: intersection of two circles."""
    outer1, inner, outer2 = _ends(group)
    one, two = group.bodies
    name = inner.path[0][0].name
    write = place.writer
    start, end = place.pinned(outer1), minus(place.pinned(outer2), place.play(inner))
    arm1 = minus(place.local(inner.here), place.local(outer1.here))
    arm2 = minus(place.local(inner.there), place.local(outer2.here))
    sides = _parallelogram(place, group, norm2(arm1), norm2(arm2))
    if sides is not None:
        return _parallel_links(place, group, sides)
    b, b2 = write.length(one, arm1, f"length of {one}")
    c, c2 = write.length(two, arm2, f"length of {two}")
    base = write.let_vector(f"base_{name}", minus(end, start), f"from {outer1.here} to {outer2.here}", ("X", "Y"))
    square = write.let(f"L2_{name}", norm2(base), "squared distance of the outer pins")
    far = write.let(f"far_{name}", (b + c) ** 2 - square, f"{one} and {two} reach each other")
    near = write.let(f"near_{name}", square - (b - c) ** 2, f"{one} and {two} are not too long for each other")
    write.require(far, "positive", f"{one} and {two} reach each other", group.name)
    write.require(near, "positive", f"{one} and {two} are not too long for each other", group.name)
    sign = place.sign()
    excess = write.let(
        f"e_{name}", (b - c) * (b + c) / (2 * square), "foot of the height from the middle of the base, over the base"
    )
    height = write.let(f"k_{name}", sign * sp.sqrt(far * near) / (2 * square), "height over the base")
    half = sp.Rational(1, 2)
    w = (  # from the first outer pin to the inner pin
        (half + excess) * base[0] - height * base[1],
        (half + excess) * base[1] + height * base[0],
    )
    v = (-(half - excess) * base[0] - height * base[1], -(half - excess) * base[1] + height * base[0])
    return _placed(place, group, sign, (w, v), (b2, c2), (b, c, square))


def _placed(
    place: Placement,
    group: Group,
    sign: sp.Symbol,
    links: tuple[Vector, Vector],
    squares: tuple[sp.Expr, sp.Expr],
    sides: tuple[sp.Expr, ...],
) -> SolvedGroup:
    """Put two links, given as vectors to the pin between them, where they stand."""
    outer1, inner, outer2 = _ends(group)
    one, two = group.bodies
    name, write = inner.path[0][0].name, place.writer
    w = write.let_vector(f"{one}_{name}", links[0], f"link {one}, towards {name}", ("wx", "wy"))
    v = write.let_vector(f"{two}_{name}", links[1], f"link {two}, towards {name}", ("wx", "wy"))
    pin = write.let_vector(name, plus(place.pinned(outer1), w), f"pin {name}")
    place.place(inner.here, pin)
    place.place(inner.there, plus(pin, place.play(inner)))
    direction1 = place.turn_to(one, minus(place.local(inner.here), place.local(outer1.here)), w, squares[0])
    direction2 = place.turn_to(two, minus(place.local(inner.there), place.local(outer2.here)), v, squares[1])
    place.poses[one] = Pose(direction1, place.local(inner.here), pin)
    place.poses[two] = Pose(direction2, place.local(outer2.here), place.pinned(outer2))
    return SolvedGroup(group, sign, {"w": w, "v": v}, sides=sides)


def _parallelogram(place: Placement, group: Group, one: sp.Expr, two: sp.Expr) -> tuple[Vector, Vector] | None:
    """Sides of the parallelogram that two links complete, where the bodies they hang on share a pin without play.

    Its root would be one of a perfect square: the second of several parallel hooks stands along the first. `one` and `two` are
    the squared lengths of the links, which must equal those of the opposite sides whatever the dimensions.
    """
    outer1, inner, outer2 = _ends(group)
    ends = place.owner[outer1.there.body], place.owner[outer2.there.body]
    if any(place.play(link) != ZERO for link in (outer1, inner, outer2)):
        return None
    for joint in place.mechanism.joints:
        bodies = tuple(place.owner[body] for body in joint.bodies)
        if joint.kind != "revolute" or joint.clearance or set(bodies) != set(ends):
            continue
        first, second = (joint.first, joint.second) if bodies == ends else (joint.second, joint.first)
        across1 = norm2(minus(place.local(outer1.there), place.local(first)))
        across2 = norm2(minus(place.local(outer2.there), place.local(second)))
        if sp.expand(across2 - one) == 0 and sp.expand(across1 - two) == 0:
            return minus(place.pinned(outer2), place.at(second)), minus(place.pinned(outer1), place.at(first))
    return None


def _parallel_links(place: Placement, group: Group, sides: tuple[Vector, Vector]) -> SolvedGroup:
    """Two links along the sides of a parallelogram, or in the other mode mirrored at its diagonal."""
    outer1, inner, outer2 = _ends(group)
    write, name = place.writer, inner.path[0][0].name
    base = minus(place.pinned(outer2), place.pinned(outer1))
    base = write.let_vector(f"base_{name}", base, f"from {outer1.here} to {outer2.here}", ("X", "Y"))
    sign = place.sign()
    mirrored = times((1 - sign) * cross(base, sides[0]) / norm2(base), turned(base))
    links = minus(sides[0], mirrored), minus(sides[1], mirrored)
    arms = minus(place.local(inner.here), place.local(outer1.here)), minus(place.local(inner.there), place.local(outer2.here))
    squares = norm2(arms[0]), norm2(arms[1])
    lengths = sp.sqrt(squares[0]), sp.sqrt(squares[1])
    return _placed(place, group, sign, links, squares, (*lengths, norm2(base)))


def _rrp(place: Placement, group: Group) -> SolvedGroup:
    """A rod and a slider: intersection of a circle and a line."""
    outer1, joint = group.outer
    inner = group.inner
    if not (isinstance(outer1, PinLink) and isinstance(joint, Joint) and isinstance(inner, PinLink)):
        raise TypeError(group.kind)
    rod, slider = group.bodies
    write = place.writer
    start = place.pinned(outer1)
    slide = place.slide(joint, slider)
    name = inner.path[0][0].name
    arm = minus(place.local(inner.here), place.local(outer1.here))
    b, b2 = write.length(rod, arm, f"length of {rod}")
    offset = plus(place.at(slide.guide_point), minus(place.arm(slider, slide.carried, inner.there), place.play(inner)))
    base = write.let_vector(f"base_{name}", minus(offset, start), f"from {outer1.here} to the line of {joint.name}", ("X", "Y"))
    u = slide.along
    apart = write.let(f"h_{name}", cross(u, base), f"signed distance of the line of {joint.name} from {outer1.here}")
    along = write.let(f"m_{name}", dot(u, base), f"foot of that distance along {joint.name}")
    near = write.let(f"near_{name}", b - apart, f"{rod} reaches the line of {joint.name}")
    far = write.let(f"far_{name}", b + apart, f"{rod} reaches the line of {joint.name} from the other side")
    write.require(near, "positive", f"{rod} reaches the line of {joint.name}", group.name)
    write.require(far, "positive", f"{rod} reaches the line of {joint.name} from the other side", group.name)
    sign = place.sign()
    reach = write.let(f"k_{name}", sign * sp.sqrt(near * far), f"projection of {rod} on {joint.name}")
    w = plus(times(reach, u), times(apart, turned(u)))
    w = write.let_vector(f"{rod}_{name}", w, f"link {rod}, towards {name}", ("wx", "wy"))
    travel = write.let(f"travel_{joint.name}", slide.sense * (reach - along), f"travel of {joint.name}")
    pin = write.let_vector(name, plus(start, w), f"pin {name}")
    place.place(inner.here, pin)
    place.place(inner.there, plus(pin, place.play(inner)))
    place.poses[rod] = Pose(place.turn_to(rod, arm, w, b2), place.local(inner.here), pin)
    place.poses[slider] = Pose(place.poses[slider].direction, place.local(inner.there), plus(pin, place.play(inner)))
    place.travels[joint.name] = travel
    return SolvedGroup(group, sign, {"w": w, "u": u}, (slide,), (b,))


def _rpr(place: Placement, group: Group) -> SolvedGroup:
    """Two pinned bodies that slide on each other: a right triangle over the distance of the pins."""
    outer1, outer2 = group.outer
    joint = group.inner
    if not (isinstance(outer1, PinLink) and isinstance(outer2, PinLink) and isinstance(joint, Joint)):
        raise TypeError(group.kind)
    one, two = group.bodies
    write = place.writer
    forward = place.owner[joint.first.body] == one
    leader, follower = (outer1, outer2) if forward else (outer2, outer1)
    body, other = (one, two) if forward else (two, one)
    axis = unit(joint.axis)
    turn = unit(joint.angle)
    own = minus(place.local(joint.first), place.local(leader.here))
    beyond = rotate(turn, minus(place.local(follower.here), place.local(joint.second)))
    fixed = plus(own, beyond)
    apart = write.let(f"h_{joint.name}", cross(axis, fixed), f"distance of the pins across {joint.name}")
    lead = write.let(f"m_{joint.name}", dot(axis, fixed), f"distance of the pins along {joint.name} at zero travel")
    base = minus(place.pinned(follower), place.pinned(leader))
    base = write.let_vector(f"base_{joint.name}", base, f"from {leader.here} to {follower.here}", ("X", "Y"))
    square = write.let(f"L2_{joint.name}", norm2(base), "squared distance of the pins")
    gap = write.let(f"q_{joint.name}", square - apart**2, f"squared distance of the pins along {joint.name}")
    write.require(gap, "positive", f"the pins are farther apart than {joint.name} is offset", group.name)
    sign = place.sign()
    reach = write.let(f"k_{joint.name}", sign * sp.sqrt(gap), f"distance of the pins along {joint.name}")
    u = ((reach * base[0] + apart * base[1]) / square, (reach * base[1] - apart * base[0]) / square)
    u = write.let_vector(joint.name, u, f"direction of slide {joint.name}", ("ux", "uy"))
    travel = write.let(f"travel_{joint.name}", reach - lead, f"travel of {joint.name}")
    direction = write.let_vector(body, rotate((axis[0], -axis[1]), u), f"direction of {body}", ("c", "s"))
    place.poses[body] = Pose(direction, place.local(leader.here), place.pinned(leader))
    second = write.let_vector(other, rotate(direction, turn), f"direction of {other}", ("c", "s"))
    place.poses[other] = Pose(second, place.local(follower.here), place.pinned(follower))
    place.travels[joint.name] = travel
    return SolvedGroup(group, sign, {"D": base, "u": u})


def _prp(place: Placement, group: Group) -> SolvedGroup:
    """Two sliders pinned to each other: intersection of two lines."""
    joint1, joint2 = group.outer
    inner = group.inner
    if not (isinstance(joint1, Joint) and isinstance(joint2, Joint) and isinstance(inner, PinLink)):
        raise TypeError(group.kind)
    one, two = group.bodies
    write = place.writer
    slide1, slide2 = place.slide(joint1, one), place.slide(joint2, two)
    name = inner.path[0][0].name
    from1 = plus(place.at(slide1.guide_point), place.arm(one, slide1.carried, inner.here))
    from2 = minus(plus(place.at(slide2.guide_point), place.arm(two, slide2.carried, inner.there)), place.play(inner))
    base = write.let_vector(f"base_{name}", minus(from2, from1), "between the lines' origins", ("X", "Y"))
    sine = _crossing(place, group, name, slide1, slide2)
    step = write.let(f"k_{name}", cross(base, slide2.along) / sine, f"travel along {joint1.name}")
    pin = write.let_vector(name, plus(from1, times(step, slide1.along)), f"pin {name}")
    place.poses[one] = Pose(place.poses[one].direction, place.local(inner.here), pin)
    place.poses[two] = Pose(place.poses[two].direction, place.local(inner.there), plus(pin, place.play(inner)))
    place.travels[joint1.name] = write.let(f"travel_{joint1.name}", slide1.sense * step, f"travel of {joint1.name}")
    step2 = slide2.sense * cross(base, slide1.along) / sine
    place.travels[joint2.name] = write.let(f"travel_{joint2.name}", step2, f"travel of {joint2.name}")
    return SolvedGroup(group, None, {"u1": slide1.along, "u2": slide2.along}, (slide1, slide2))


def _rpp(place: Placement, group: Group) -> SolvedGroup:
    """A pinned body on a slider that slides on a guide: both directions known, intersection of two lines."""
    outer1, joint = group.outer
    middle = group.inner
    if not (isinstance(outer1, PinLink) and isinstance(joint, Joint) and isinstance(middle, Joint)):
        raise TypeError(group.kind)
    body, slider = group.bodies
    write = place.writer
    guide, cross_slide = place.slide(joint, slider), place.slide(middle, body)
    start = place.pinned(outer1)
    own = place.arm(body, outer1.here, cross_slide.carried)
    base = minus(plus(start, own), plus(place.at(guide.guide_point), place.arm(slider, guide.carried, cross_slide.guide_point)))
    base = write.let_vector(f"base_{middle.name}", base, "between the lines' origins", ("X", "Y"))
    sine = _crossing(place, group, middle.name, guide, cross_slide)
    step = write.let(f"k_{joint.name}", cross(base, cross_slide.along) / sine, f"travel along {joint.name}")
    place.poses[body] = Pose(place.poses[body].direction, place.local(outer1.here), start)
    moved = plus(place.at(guide.guide_point), times(step, guide.along))
    moved = write.let_vector(f"{slider}_{guide.carried.point}", moved, f"point {guide.carried}")
    place.poses[slider] = Pose(place.poses[slider].direction, place.local(guide.carried), moved)
    place.travels[joint.name] = write.let(f"travel_{joint.name}", guide.sense * step, f"travel of {joint.name}")
    step2 = cross_slide.sense * cross(guide.along, base) / sine
    place.travels[middle.name] = write.let(f"travel_{middle.name}", step2, f"travel of {middle.name}")
    return SolvedGroup(group, None, {"u1": guide.along, "u2": cross_slide.along}, (guide, cross_slide))


def _crossing(place: Placement, group: Group, name: str, one: Slide, two: Slide) -> sp.Expr:
    """Sine of the angle between two slides, which must not be parallel."""
    first, second = one.joint.name, two.joint.name
    sine = place.writer.let(f"det_{name}", cross(one.along, two.along), f"sine of the angle between {first} and {second}")
    if sine == 0:
        names = f"{one.joint.written_as or first} and {two.joint.written_as or second}"
        bodies = " and ".join(body for body in group.bodies if "~" not in body)
        raise InputError(
            f"{names} slide along parallel lines: nothing says how far along them {bodies} is",
            f"{place.mechanism.where}: joints",
            "turn the axis of one of them",
        )
    place.writer.require(sine, "nonzero", f"{first} and {second} are not parallel", group.name)
    return sine


def _redundant(place: Placement, group: Group) -> SolvedGroup:
    """One body held more often than needed: direction and position from the first two, the others must agree."""
    (body,) = group.bodies
    sliders = [link for link in group.outer if isinstance(link, Joint)]
    pins = [link for link in group.outer if isinstance(link, PinLink)]
    write = place.writer
    if len(pins) >= 2:
        arm = minus(place.local(pins[1].here), place.local(pins[0].here))
        start = place.pinned(pins[0])
        w = write.let_vector(f"{body}_span", minus(place.pinned(pins[1]), start), f"between the pins of {body}", ("wx", "wy"))
        place.poses[body] = Pose(place.turn_to(body, arm, w, norm2(arm)), place.local(pins[0].here), start)
        return SolvedGroup(group, None, {"w": w})
    slides = [place.slide(joint, body) for joint in sliders]
    if pins:
        place.poses[body] = Pose(place.poses[body].direction, place.local(pins[0].here), place.pinned(pins[0]))
        offset = minus(place.at(slides[0].carried), place.at(slides[0].guide_point))
        travel = slides[0].sense * dot(offset, slides[0].along)
        name = slides[0].joint.name
        place.travels[name] = write.let(f"travel_{name}", travel, f"travel of {name}")
        return SolvedGroup(group, None, {}, tuple(slides))
    one, two = slides[:2]
    apart = place.arm(body, one.carried, two.carried)
    base = minus(place.at(two.guide_point), plus(place.at(one.guide_point), apart))
    base = write.let_vector(f"base_{body}", base, "between the lines' origins", ("X", "Y"))
    sine = _crossing(place, group, body, one, two)
    step = write.let(f"k_{body}", cross(base, two.along) / sine, f"travel along {one.joint.name}")
    moved = plus(place.at(one.guide_point), times(step, one.along))
    moved = write.let_vector(f"{body}_{one.carried.point}", moved, f"point {one.carried}")
    place.poses[body] = Pose(place.poses[body].direction, place.local(one.carried), moved)
    place.travels[one.joint.name] = write.let(f"travel_{one.joint.name}", one.sense * step, f"travel of {one.joint.name}")
    step2 = two.sense * cross(base, one.along) / sine
    place.travels[two.joint.name] = write.let(f"travel_{two.joint.name}", step2, f"travel of {two.joint.name}")
    return SolvedGroup(group, None, {"u1": one.along, "u2": two.along}, (one, two))


_FORMS = {"RRR": _rrr, "RRP": _rrp, "RPR": _rpr, "PRP": _prp, "RPP": _rpp, "redundant": _redundant}
