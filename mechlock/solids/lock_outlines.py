"""Outlines of the lock's plates: links, bell-cranks, hooks and cheeks as bands around their eyes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import product

import numpy as np

from mechlock.errors import InputError
from mechlock.inputs.lockparts_bodies import BellCrank, Eye, Hook, Neck, PlateLink, SliderBlock
from mechlock.inputs.lockparts_bracket import Bracket
from mechlock.solids.outline import Arc, Outline, Point2, Pulley, band, enclosing
from mechlock.solids.parts import inside

Points = Mapping[str, Point2]

PAST_CROWN = math.radians(20.0)
"""How far a saddle goes on past its crown at least, where the bar's pressure spreads."""

IN_LINE = 0.5
"""Eyes of a link farther than so many mm from the line of its first and last one are not in line."""


def link_outline(link: PlateLink, points: Points, what: str) -> Outline:
    """Return the outline of a plate with eyes in line, its edges drawn in to the waist between two of them by one radius.

    Raises
    ------
    InputError
        When the eyes are not in line, or the waist is not narrower than they are.
    """
    order = _along(list(link.eyes), points, what)
    pulleys = [eye_pulley(name, link.eyes[name], points) for name in order]
    if link.waist is None:
        return band(pulleys, what) if len(pulleys) == 2 else enclosing(pulleys, what)
    least = min(eye.diameter for eye in link.eyes.values())
    if not link.waist < least:
        raise InputError(
            f"the waist of {link.waist:g} mm is not narrower than the eyes", f"{what}.waist", f"stay below {least:g} mm"
        )
    around = [*pulleys, *pulleys[-2:0:-1]]
    waists = [_waist([first, second], link.waist) for first, second in zip(around, [*around[1:], around[0]], strict=True)]
    return band(_with_necks(around, [*waists]), what)


def _along(names: list[str], points: Points, what: str) -> list[str]:
    """Points in their order along a line."""
    if len(names) == 2:
        return names
    start = max(names, key=lambda name: math.dist(points[name], points[names[0]]))
    order = sorted(names, key=lambda name: math.dist(points[name], points[start]))
    (x0, y0), (x1, y1) = points[order[0]], points[order[-1]]
    length = math.dist((x0, y0), (x1, y1))
    for name in order[1:-1]:
        aside = abs((points[name][0] - x0) * (y1 - y0) - (points[name][1] - y0) * (x1 - x0)) / length
        if aside > IN_LINE:
            raise InputError(
                f"the eye {name!r} is {aside:.3g} mm off the line of the others", f"{what}.eyes", "use shape = 'bell_crank'"
            )
    return order


def crank_outline(crank: BellCrank, eyes: Mapping[str, Eye], points: Points, what: str) -> Outline:
    """Return the band around `eyes` (some or all of the crank's) in counter-clockwise order, with its necks.

    Eyes in line, or between others, lie inside the band around the rest.
    """
    order = around(list(eyes), points)
    if len(eyes) > 2 and not crank.necks:
        return enclosing([eye_pulley(name, eyes[name], points) for name in order], what)
    pulleys = [eye_pulley(name, eyes[name], points) for name in order]
    necks: list[Pulley | None] = [None] * len(order)
    for neck in crank.necks:
        place = _between(neck, order, what)
        if place is not None:
            necks[place] = _neck(pulleys[place], pulleys[(place + 1) % len(order)], neck.radius, f"{what}.necks")
    return band(_with_necks(pulleys, necks), what)


def hook_outline(hook: Hook, points: Points, what: str) -> Outline:
    """Return the outline of a hook: arm from the pivot to the other eye, beak with throat, saddle and nose.

    The saddle's circle is tangent to the nose's, and to the pivot's eye by the mouth's flank. Drawn with the pivot to the
    left of the pull, and mirrored where it lies to the right.
    """
    saddle = hook.saddle
    if saddle.point not in points:
        raise InputError(f"the hook has no point {saddle.point!r}", f"{what}.saddle.point", f"it has {', '.join(points)}")
    pull = (math.cos(saddle.pull), math.sin(saddle.pull))
    crown = points[saddle.point]
    pivot = points[hook.pivot]
    flipped = pull[0] * (pivot[1] - crown[1]) - pull[1] * (pivot[0] - crown[0]) < 0.0

    def local(point: Point2) -> Point2:
        """Frame at the crown with y along the pull and the pivot at negative x."""
        dx, dy = point[0] - crown[0], point[1] - crown[1]
        x = dx * pull[1] - dy * pull[0]
        return (-x if flipped else x), dx * pull[0] + dy * pull[1]

    def back(point: Point2) -> Point2:
        x = -point[0] if flipped else point[0]
        return crown[0] + x * pull[1] + point[1] * pull[0], crown[1] - x * pull[0] + point[1] * pull[1]

    centre = (0.0, -saddle.radius)
    reach = saddle.radius + saddle.nose_radius
    nose = (reach * math.sin(saddle.nose_wrap), centre[1] + reach * math.cos(saddle.nose_wrap))
    out = saddle.radius + saddle.throat - saddle.shoulder_radius
    shoulder = (-out * math.sin(saddle.throat_at), centre[1] + out * math.cos(saddle.throat_at))
    heel: list[Pulley] = []
    if saddle.heel_wrap is not None:
        place = (-reach * math.sin(saddle.heel_wrap), centre[1] + reach * math.cos(saddle.heel_wrap))
        heel = [Pulley(place, saddle.nose_radius, name="heel")]
    beak = [
        *heel,
        Pulley(centre, saddle.radius, convex=False, name="saddle"),
        Pulley(nose, saddle.nose_radius, name="nose"),
        Pulley(shoulder, saddle.shoulder_radius, name="shoulder"),
    ]
    eyes = {name: Pulley(local(points[name]), item.diameter / 2.0, name=f"eye_{name}") for name, item in hook.eyes.items()}

    def drawn(pulleys: list[Pulley]) -> Outline:
        placed = [Pulley(back(p.centre), p.radius, p.convex, p.name) for p in pulleys]
        return band(placed[::-1] if flipped else placed, what)

    eye = eyes[hook.pivot]
    foot = next(its for name, its in eyes.items() if name != hook.pivot)
    neck = [] if hook.arm_neck is None else [_neck(foot, eye, hook.arm_neck, f"{what}.arm_neck")]
    try:
        if len(eyes) == 2:
            return _with_crown(drawn([foot, *neck, eye, *beak, eye]), crown, pull, what)
    except InputError:
        if neck:
            raise
    return _with_crown(_around_eyes(list(eyes.values()), beak, drawn, what), crown, pull, what)


def _with_crown(outline: Outline, crown: Point2, pull: Point2, what: str) -> Outline:
    """The outline, whose saddle must reach past its crown to both sides."""
    seen: list[float] = []
    for piece in outline.pieces:
        if piece.name == "saddle" and isinstance(piece, Arc):
            for part in np.linspace(0.0, 1.0, 33):
                x, y = piece.at(float(part))
                dx, dy = (x - piece.centre[0]) / piece.radius, (y - piece.centre[1]) / piece.radius
                seen.append(math.atan2(pull[0] * dy - pull[1] * dx, pull[0] * dx + pull[1] * dy))
    if not seen or min(seen) > -PAST_CROWN or max(seen) < PAST_CROWN:
        ends = f"from {math.degrees(min(seen)):.0f} to {math.degrees(max(seen)):.0f} deg of it" if seen else "not at all"
        least = f"the saddle must reach {math.degrees(PAST_CROWN):.0f} deg to both sides of its crown"
        raise InputError(f"the saddle touches its crown at {crown[0]:g}, {crown[1]:g} mm {ends}", f"{what}.saddle", least)
    return outline


def _around_eyes(eyes: list[Pulley], beak: list[Pulley], drawn: Callable[[list[Pulley]], Outline], what: str) -> Outline:
    """The smallest outline of a beak that grows out of the band around the eyes, from one and back to the same or another.

    Raises
    ------
    InputError
        Of the first try, when none is whole and holds all eyes.
    """
    ring = _in_order(eyes)
    first: InputError | None = None
    found: list[Outline] = []
    for start, count in product(range(len(ring)), range(1, len(ring) + 2)):
        visited = [ring[(start + step) % len(ring)] for step in range(count)]
        try:
            outline = drawn([*visited, *beak])
        except InputError as error:
            first = first or error
            continue
        if all(any(piece.name == eye.name for piece in outline.pieces) or eye not in visited for eye in eyes):
            found.append(outline)
    whole = [outline for outline in found if _holds(outline, eyes, drawn)]
    if whole:
        return min(whole, key=lambda outline: outline.area)
    raise first or InputError("no outline of the hook holds all its eyes", what, "move the load's point away from the eyes")


def _in_order(eyes: list[Pulley]) -> list[Pulley]:
    """Eyes that the band around all touches, counter-clockwise."""
    names = [piece.name for piece in enclosing(eyes, "").pieces if piece.name]
    return [next(eye for eye in eyes if eye.name == name) for name in dict.fromkeys(names)]


def _holds(outline: Outline, eyes: list[Pulley], drawn: Callable[[list[Pulley]], Outline]) -> bool:
    """Say whether an outline has all eyes within it."""
    for eye in eyes:
        rim = drawn([replace(eye, radius=0.98 * eye.radius)]).polygon(0.5)
        if not all(inside(outline, (float(x), float(y))) for x, y in rim[:: max(1, len(rim) // 12)]):
            return False
    return True


def slider_outline(slider: SliderBlock, points: Points, what: str) -> Outline:
    """Return the outline of a slider: its shaft from the first eye on, and all eyes.

    Raises
    ------
    InputError
        When the shaft is higher than the eye that it begins at.
    """
    name, eye = next(iter(slider.eyes.items()))
    shaft = slider.shaft
    if shaft.height > eye.diameter:
        raise InputError("the shaft is higher than its eye", f"{what}.shaft.height", f"at most {eye.diameter:g} mm")
    c, s = math.cos(shaft.direction), math.sin(shaft.direction)
    x, y = points[name]

    def corner(along: float, up: float) -> Pulley:
        return Pulley((x + along * c - up * s, y + along * s + up * c), 0.0)

    half = shaft.height / 2.0
    discs = [eye_pulley(point, its, points) for point, its in slider.eyes.items()]
    return enclosing([*discs, corner(shaft.length, -half), corner(shaft.length, half)], what)


def cheek_outline(bracket: Bracket, points: Points, what: str) -> Outline:
    """Return the outline of a bracket's cheek: a straight foot with rounded corners, and the eyes above it."""
    foot = bracket.foot
    r = foot.corner_radius
    if 2.0 * r >= foot.end - foot.start:
        most = (foot.end - foot.start) / 2.0
        raise InputError("the foot is shorter than its rounded corners", f"{what}.foot.corner_radius", f"below {most:g} mm")
    for name in bracket.eyes:
        if points[name][1] - bracket.eyes[name].diameter / 2.0 <= foot.level:
            lowest = points[name][1] - bracket.eyes[name].diameter / 2.0
            raise InputError(f"the eye {name!r} reaches below the foot", f"{what}.foot.level", f"put it below {lowest:.4g} mm")
    corners = [
        Pulley((foot.start + r, foot.level + r), r, name="corner", edge="weld_foot"),
        Pulley((foot.end - r, foot.level + r), r, name="corner"),
    ]
    middle = ((foot.start + foot.end) / 2.0, foot.level)
    order = sorted(bracket.eyes, key=lambda name: math.atan2(points[name][1] - middle[1], points[name][0] - middle[0]))
    pulleys = [eye_pulley(name, bracket.eyes[name], points) for name in order]
    if not bracket.reliefs:
        return enclosing([*corners, *pulleys, *(Pulley(lug.centre, lug.radius, name="lug") for lug in bracket.lugs)], what)
    if bracket.lugs:
        raise InputError("lugs and reliefs do not go together", f"{what}.reliefs", "leave one of them out")
    cut: list[Pulley | None] = [None] * len(order)
    for relief in bracket.reliefs:
        place = next((i for i in range(len(order) - 1) if {order[i], order[i + 1]} == set(relief.between)), None)
        if place is None:
            raise InputError(
                f"{' and '.join(relief.between)} are not neighbours", f"{what}.reliefs", "name two neighbouring eyes"
            )
        cut[place] = Pulley(relief.centre, relief.radius, convex=False, name="relief")
    return band([*corners, *_with_necks(pulleys, cut)], what)


def eye_pulley(name: str, eye: Eye, points: Points) -> Pulley:
    """Return the disc of an eye."""
    return Pulley(points[name], eye.diameter / 2.0, name=f"eye_{name}")


def around(names: list[str], points: Points) -> list[str]:
    """Sort points counter-clockwise about their mean."""
    cx = sum(points[name][0] for name in names) / len(names)
    cy = sum(points[name][1] for name in names) / len(names)
    return sorted(names, key=lambda name: math.atan2(points[name][1] - cy, points[name][0] - cx))


def _with_necks(pulleys: list[Pulley], necks: list[Pulley | None]) -> list[Pulley]:
    """Put each neck after the pulley it follows."""
    found: list[Pulley] = []
    for pulley, neck in zip(pulleys, necks, strict=True):
        found += [pulley] if neck is None else [pulley, neck]
    return found


def _between(neck: Neck, order: list[str], what: str) -> int | None:
    """Return after which of `order` the neck comes, or None when this layer lacks one of its eyes."""
    if not set(neck.between) <= set(order):
        return None
    for place in range(len(order)):
        if {order[place], order[(place + 1) % len(order)]} == set(neck.between):
            return place
    raise InputError(f"{' and '.join(neck.between)} are not neighbours", f"{what}.necks", "name two neighbouring eyes")


def _neck(first: Pulley, second: Pulley, radius: float, where: str) -> Pulley:
    """Return the concave disc that touches two eyes, on the right of the way from the first to the second."""
    distance = math.dist(first.centre, second.centre)
    a, b = first.radius + radius, second.radius + radius
    along = (a * a - b * b + distance * distance) / (2.0 * distance)
    if a * a <= along * along:
        least = (distance - first.radius - second.radius) / 2.0
        raise InputError(f"a neck of radius {radius:g} mm does not reach both eyes", where, f"more than {least:.4g} mm is needed")
    aside = math.sqrt(a * a - along * along)
    ux, uy = (second.centre[0] - first.centre[0]) / distance, (second.centre[1] - first.centre[1]) / distance
    centre = (first.centre[0] + along * ux + aside * uy, first.centre[1] + along * uy - aside * ux)
    return Pulley(centre, radius, convex=False, name="neck")


def _waist(pulleys: list[Pulley], waist: float) -> Pulley:
    """Return the concave disc that touches both eyes of a link and leaves half the waist at its top."""
    first, second = pulleys
    distance = math.dist(first.centre, second.centre)
    big, small = max(first.radius, second.radius), min(first.radius, second.radius)
    half = waist / 2.0

    def gap(radius: float) -> float:
        """Distance of the disc's edge from the link's axis, less half the waist."""
        a, b = first.radius + radius, second.radius + radius
        along = (a * a - b * b + distance * distance) / (2.0 * distance)
        return math.sqrt(max(a * a - along * along, 0.0)) - radius - half

    low, high = max((distance - big - small) / 2.0, 0.0) + 1e-6, 1e6
    for _ in range(200):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if gap(middle) < 0.0 else (low, middle)
    return _neck(first, second, high, "waist")
