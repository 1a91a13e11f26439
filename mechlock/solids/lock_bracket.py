"""The lock's bracket: cheeks on a base plate, the stop that a moving part rests on, and the guide of a slider."""

from __future__ import annotations

import math
from collections.abc import Mapping

from mechlock.errors import InputError
from mechlock.inputs.lockparts import Bracket, Guide, LockPartsFile, SliderBlock, Stop
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
    """Return cheeks, base plate, stop and guide, all in ground's frame."""
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
    side, half = slider.thickness / 2.0 + guide.play, guide.width / 2.0
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
