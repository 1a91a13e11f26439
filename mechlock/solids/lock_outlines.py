"""Outlines of the lock's plates: links, bell-cranks, hooks and cheeks as bands around their eyes."""

from __future__ import annotations

import math
from collections.abc import Mapping

from mechlock.errors import InputError
from mechlock.inputs.lockparts_bodies import BellCrank, Eye, Hook, Neck, PlateLink
from mechlock.inputs.lockparts_bracket import Bracket
from mechlock.solids.outline import Outline, Point2, Pulley, band, enclosing

Points = Mapping[str, Point2]


def link_outline(link: PlateLink, points: Points, what: str) -> Outline:
    """Return the outline of a plate with two eyes, its edges drawn in to the waist by one radius.

    Raises
    ------
    InputError
        When the waist is not narrower than the eyes.
    """
    first, second = link.eyes
    pulleys = [eye_pulley(first, link.eyes[first], points), eye_pulley(second, link.eyes[second], points)]
    if link.waist is None:
        return band(pulleys, what)
    least = min(eye.diameter for eye in link.eyes.values())
    if not link.waist < least:
        raise InputError(
            f"the waist of {link.waist:g} mm is not narrower than the eyes", f"{what}.waist", f"stay below {least:g} mm"
        )
    return band(_with_necks(pulleys, [_waist(pulleys, link.waist), _waist(pulleys[::-1], link.waist)]), what)


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

    other, *more = (name for name in hook.eyes if name != hook.pivot)
    centre = (0.0, -saddle.radius)
    reach = saddle.radius + saddle.nose_radius
    nose = (reach * math.sin(saddle.nose_wrap), centre[1] + reach * math.cos(saddle.nose_wrap))
    out = saddle.radius + saddle.throat - saddle.shoulder_radius
    shoulder = (-out * math.sin(saddle.throat_at), centre[1] + out * math.cos(saddle.throat_at))
    eye = Pulley(local(pivot), hook.eyes[hook.pivot].diameter / 2.0, name=f"eye_{hook.pivot}")
    foot = Pulley(local(points[other]), hook.eyes[other].diameter / 2.0, name=f"eye_{other}")
    pulleys = [
        foot,
        *([] if hook.arm_neck is None else [_neck(foot, eye, hook.arm_neck, f"{what}.arm_neck")]),
        eye,
        Pulley(centre, saddle.radius, convex=False, name="saddle"),
        Pulley(nose, saddle.nose_radius, name="nose"),
        Pulley(shoulder, saddle.shoulder_radius, name="shoulder"),
        *_back([Pulley(local(points[name]), hook.eyes[name].diameter / 2.0, name=f"eye_{name}") for name in more], eye, foot),
    ]
    placed = [Pulley(back(p.centre), p.radius, p.convex, p.name) for p in pulleys]
    return band(placed[::-1] if flipped else placed, what)


def _back(more: list[Pulley], eye: Pulley, foot: Pulley) -> list[Pulley]:
    """What a hook's back goes round from the shoulder to its foot: the pivot, and other eyes where they stand out."""
    if not more:
        return [eye]
    edge = {piece.name for piece in enclosing([foot, eye, *more], "").pieces}
    found = [pulley for pulley in (eye, *more) if pulley.name in edge]
    return sorted(found, key=lambda p: math.atan2(p.centre[1] - foot.centre[1], p.centre[0] - foot.centre[0]))


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
