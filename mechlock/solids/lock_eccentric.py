"""Eccentrics and the plungers that they press: a disc bored beside its centre, a bar with a flat face."""

from __future__ import annotations

import math

from mechlock.errors import InputError
from mechlock.inputs.lockparts import Eccentric, Plunger
from mechlock.solids.lock_outlines import Points
from mechlock.solids.outline import Pulley, band, circle
from mechlock.solids.parts import Bore, Part, Slab

LEAST_WALL = 0.15
"""Least material between the shaft's bore and the disc's edge, over the bore's diameter (assumption: room for a key)."""


def eccentric(name: str, body: Eccentric, bore: Bore, points: Points, key: str) -> Part:
    """Return the disc with its bore.

    Raises
    ------
    InputError
        When there is no such point, or the bore comes too near to the disc's edge.
    """
    centre = _point(body.disc, points, f"{key}.disc")
    reach = math.dist(centre, bore.centre) + bore.radius
    least = 2.0 * (reach + 2.0 * LEAST_WALL * bore.radius)
    if body.diameter < least:
        what = f"a disc of {body.diameter:g} mm leaves {body.diameter / 2 - reach:.4g} mm beside the shaft's bore"
        raise InputError(what, f"{key}.diameter", f"make it at least {least:.4g} mm")
    half = body.thickness / 2.0
    slab = Slab(circle(centre, body.diameter / 2.0, "disc"), -half, half)
    return Part(name, name, "eccentric", body.material, body.thickness, (slab,), (bore,), dict(points))


def plunger(name: str, body: Plunger, points: Points, key: str) -> Part:
    """Return the bar from its face on.

    Raises
    ------
    InputError
        When there is no such point.
    """
    x, y = _point(body.point, points, f"{key}.point")
    c, s = math.cos(body.direction), math.sin(body.direction)
    along = (body.face, body.face, body.face + body.length, body.face + body.length)
    aside = (body.width / 2.0, -body.width / 2.0, -body.width / 2.0, body.width / 2.0)
    corners = [(x + a * c - b * s, y + a * s + b * c) for a, b in zip(along, aside, strict=True)]
    outline = band([Pulley(corner, 0.0, edge="face" if number == 0 else "") for number, corner in enumerate(corners)], key)
    half = body.thickness / 2.0
    slab = Slab(outline, -half, half)
    return Part(name, name, "plunger", body.material, min(body.thickness, body.width), (slab,), (), dict(points))


def _point(name: str, points: Points, key: str) -> tuple[float, float]:
    if name not in points:
        raise InputError(f"the body has no point {name!r}", key, f"it has {', '.join(points)}")
    return points[name]
