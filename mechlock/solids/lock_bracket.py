"""The lock's bracket: cheeks on a base plate, the stop that a moving part rests on, and the guide of a slider."""

from __future__ import annotations

import math
from collections.abc import Mapping

from mechlock.errors import InputError
from mechlock.inputs.lockparts import LockPartsFile
from mechlock.inputs.lockparts_bodies import Plunger, SliderBlock
from mechlock.inputs.lockparts_bracket import Bracket, Guide, Sleeve, Stop
from mechlock.solids.lock_outlines import Points, cheek_outline
from mechlock.solids.lock_position import Placement
from mechlock.solids.outline import Line, Outline, Point2, rectangle
from mechlock.solids.parts import Bore, Part, Slab


def bracket_parts(
    bracket: Bracket,
    file: LockPartsFile,
    bores: tuple[Bore, ...],
    points: Mapping[str, Points],
    locked: Mapping[str, Placement],
    key: str,
) -> list[Part]:
    """Return cheeks, base plate, stop, guide and sleeves, all in ground's frame."""
    outline = cheek_outline(bracket, points["ground"], key)
    foot, half = bracket.foot, bracket.inside / 2.0
    if foot.width < 2.0 * (half + bracket.thickness):
        raise InputError(
            "the base plate is narrower than the cheeks on it",
            f"{key}.foot.width",
            f"at least {2 * (half + bracket.thickness):g} mm",
        )
    marks = dict(points["ground"])
    parts = [
        Part(f"cheek_{number}", "ground", "cheek", bracket.material, bracket.thickness, (Slab(outline, *span),), bores, marks)
        for number, span in ((1, (half, half + bracket.thickness)), (2, (-half - bracket.thickness, -half)))
    ]
    low = (foot.start - foot.overhang, foot.level - foot.thickness)
    base = rectangle(low, (foot.end + foot.overhang, foot.level), ("weld_foot", "", "top", ""))
    parts.append(
        Part("base", "ground", "base", bracket.material, foot.thickness, (Slab(base, -foot.width / 2.0, foot.width / 2.0),))
    )
    if bracket.stop is not None:
        parts.append(_stop(bracket, bracket.stop, file, points, locked, f"{key}.stop"))
    if bracket.guide is not None:
        parts.append(_guide(bracket, bracket.guide, file, points, locked, f"{key}.guide"))
    for sleeve in bracket.sleeves:
        parts.append(_sleeve(bracket, sleeve, file, points, locked, f"{key}.sleeves"))
    return parts


def stop_contact(
    bracket: Bracket, file: LockPartsFile, points: Mapping[str, Points], locked: Mapping[str, Placement]
) -> tuple[Point2, Point2]:
    """Return where the moving part touches the stop in ground's frame (mm), and the unit vector towards the stop."""
    stop = bracket.stop
    if stop is None:
        raise InputError("the bracket has no stop", "bodies.ground.stop", "add it")
    place = locked[stop.body]
    centre = place.to_ground(points[stop.body][stop.eye])
    angle = place.angle + stop.direction
    direction = (math.cos(angle), math.sin(angle))
    radius = file.bodies[stop.body].eyes[stop.eye].diameter / 2.0
    return (centre[0] + radius * direction[0], centre[1] + radius * direction[1]), direction


def _stop(
    bracket: Bracket, stop: Stop, file: LockPartsFile, points: Mapping[str, Points], locked: Mapping[str, Placement], key: str
) -> Part:
    if stop.body not in file.bodies or stop.eye not in file.bodies[stop.body].eyes:
        raise InputError(f"there is no eye {stop.eye!r} of a body {stop.body!r}", key, "name a moving body and one of its eyes")
    (x, y), (dx, dy) = stop_contact(bracket, file, points, locked)
    if stop.depth is not None:
        return _stop_between_cheeks(bracket, stop, stop.depth, (x, y), (dx, dy))
    if dy > -0.5:
        raise InputError("the stop would not be under the part that rests on it", f"{key}.direction", "turn it towards the foot")
    left, right = x - stop.length / 2.0, x + stop.length / 2.0
    level = bracket.foot.level
    top = {at: y - (at - x) * dx / dy for at in (left, right)}
    if min(top.values()) <= level:
        raise InputError("the part would rest below the base plate", f"{key}.direction", "lower the foot's level")
    corners = [(left, level), (right, level), (right, top[right]), (left, top[left])]
    names = ("weld_foot", "", "contact", "")
    outline = Outline(tuple(Line(corners[i], corners[(i + 1) % 4], names[i]) for i in range(4)))
    half = stop.width / 2.0
    if half >= bracket.inside / 2.0:
        raise InputError("the stop does not fit between the cheeks", f"{key}.width", f"less than {bracket.inside:g} mm")
    slabs = (Slab(outline, -half, half),)
    return Part("stop", "ground", "stop", bracket.material, min(stop.width, stop.length), slabs, points={"contact": (x, y)})


def _stop_between_cheeks(bracket: Bracket, stop: Stop, depth: float, at: Point2, way: Point2) -> Part:
    """A block that the contact's direction `way` meets squarely, welded between the cheeks."""
    (x, y), (dx, dy), half = at, way, stop.length / 2.0
    corners = [(x + a * dx - b * dy, y + a * dy + b * dx) for a, b in ((0.0, half), (0.0, -half), (depth, -half), (depth, half))]
    outline = Outline(tuple(Line(corners[i], corners[(i + 1) % 4], "contact" if i == 0 else "") for i in range(4)))
    slabs = (Slab(outline, -bracket.inside / 2.0, bracket.inside / 2.0),)
    return Part("stop", "ground", "stop", bracket.material, min(depth, stop.length), slabs, points={"contact": at})


def _sleeve(
    bracket: Bracket, sleeve: Sleeve, file: LockPartsFile, points: Mapping[str, Points], locked: Mapping[str, Placement], key: str
) -> Part:
    body = file.bodies.get(sleeve.body)
    if isinstance(body, SliderBlock):
        origin, direction, height, reach = next(iter(body.eyes)), body.shaft.direction, body.shaft.height, body.reach
    elif isinstance(body, Plunger):
        origin, direction, height, reach = body.point, body.direction, body.width, body.thickness / 2.0
    else:
        raise InputError(f"{sleeve.body!r} is no slider and no plunger", f"{key}.body", "name the body that slides")
    side, gap = reach + sleeve.play, height / 2.0 + sleeve.play
    half = bracket.inside / 2.0
    if side >= half:
        what = f"a bar of {2.0 * reach:g} mm across the lock leaves no wall between cheeks {bracket.inside:g} mm apart"
        raise InputError(what, f"{key}.body", f"make the bracket's inside more than {2 * side:g} mm")
    place = locked[sleeve.body]
    x, y = place.to_ground(points[sleeve.body][origin])
    c, s = math.cos(place.angle + direction), math.sin(place.angle + direction)

    def block(low: float, high: float, names: tuple[str, str, str, str]) -> Outline:
        ends = (sleeve.start, sleeve.start + sleeve.length)
        corners = [(ends[0], low), (ends[1], low), (ends[1], high), (ends[0], high)]
        placed = [(x + a * c - b * s, y + a * s + b * c) for a, b in corners]
        return Outline(tuple(Line(placed[i], placed[(i + 1) % 4], names[i]) for i in range(4)))

    whole = block(-gap - sleeve.cover, gap + sleeve.cover, ("", "", "", ""))
    slabs = (
        Slab(block(-gap - sleeve.cover, -gap, ("", "", "window", "")), -side, side),
        Slab(block(gap, gap + sleeve.cover, ("window", "", "", "")), -side, side),
        Slab(whole, side, half),
        Slab(whole, -half, -side),
    )
    return Part(f"sleeve_{sleeve.body}", "ground", "guide", bracket.material, sleeve.length, slabs)


def _guide(
    bracket: Bracket, guide: Guide, file: LockPartsFile, points: Mapping[str, Points], locked: Mapping[str, Placement], key: str
) -> Part:
    slider = file.bodies.get(guide.body)
    if not isinstance(slider, SliderBlock):
        raise InputError(f"{guide.body!r} is not a slider", f"{key}.body", "name the body that slides")
    place = locked[guide.body]
    if abs(math.sin(place.angle + slider.shaft.direction)) > 1e-6:
        raise InputError("the slider does not run along ground's x axis", key, "leave the guide out and make it in CAD")
    y = place.to_ground(points[guide.body][next(iter(slider.eyes))])[1]
    side, half = slider.reach + guide.play, guide.width / 2.0
    if half <= side:
        raise InputError("the guide is not wider than its window", f"{key}.width", f"more than {2 * side:g} mm")
    gap = slider.shaft.height / 2.0 + guide.play
    floor, top = bracket.foot.level - bracket.foot.thickness, y + gap + guide.cover
    x0, x1 = guide.start, guide.start + guide.length
    if y - gap <= floor:
        raise InputError("the window would reach below the foot", f"{key}.body", "lower the foot's level")
    whole = rectangle((x0, floor), (x1, top), ("weld_foot", "", "", ""))
    slabs = (
        Slab(rectangle((x0, floor), (x1, y - gap), ("weld_foot", "", "window", "")), -side, side),
        Slab(rectangle((x0, y + gap), (x1, top), ("window", "", "", "")), -side, side),
        Slab(whole, side, half),
        Slab(whole, -half, -side),
    )
    return Part("guide", "ground", "guide", bracket.material, guide.length, slabs)
