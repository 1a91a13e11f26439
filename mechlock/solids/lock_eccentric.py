"""Eccentrics, wedges and the plungers that they press: a disc bored beside its centre, bars with flat or round ends."""

from __future__ import annotations

import math

from mechlock.errors import InputError
from mechlock.inputs.lockparts_bodies import Eccentric, Plunger, Wedge
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
    """Return the bar from its face, or its round end, on.

    Raises
    ------
    InputError
        When there is no such point.
    """
    x, y = _point(body.point, points, f"{key}.point")
    c, s = math.cos(body.direction), math.sin(body.direction)
    half, far, tilt = body.width / 2.0, body.face + body.length, body.width / 2.0 * math.tan(body.slope)
    if body.length <= abs(tilt):
        raise InputError("the bar is shorter than its slanting face", f"{key}.length", f"more than {abs(tilt):.4g} mm")
    along, aside = (body.face - tilt, body.face + tilt, far, far), (half, -half, -half, half)
    corners = [(x + a * c - b * s, y + a * s + b * c) for a, b in zip(along, aside, strict=True)]
    if body.nose is None:
        outline = band([Pulley(corner, 0.0, edge="face" if number == 0 else "") for number, corner in enumerate(corners)], key)
    else:
        outline = band([Pulley((x, y), body.nose, name="nose"), *(Pulley(corner, 0.0) for corner in corners[2:])], key)
    slab = Slab(outline, -body.thickness / 2.0, body.thickness / 2.0)
    return Part(name, name, "plunger", body.material, min(body.thickness, body.width), (slab,), (), dict(points))


def wedge(name: str, body: Wedge, points: Points, key: str) -> Part:
    """Return the wedge between its lower and its inclined face.

    Raises
    ------
    InputError
        When there is no such point, or the faces meet within the wedge.
    """
    _, low = _point(body.base, points, f"{key}.base")
    x, y = _point(body.incline, points, f"{key}.incline")
    rise = math.tan(body.slope)
    if y - body.back * rise <= low:
        raise InputError("the wedge's faces meet before its end", f"{key}.back", f"less than {(y - low) / rise:.4g} mm")
    left, right = x - body.back, x + body.front
    corners = [(left, low), (right, low), (right, y + body.front * rise), (left, y - body.back * rise)]
    edges = ("base", "", "incline", "")
    outline = band([Pulley(corner, 0.0, edge=edge) for corner, edge in zip(corners, edges, strict=True)], key)
    slab = Slab(outline, -body.thickness / 2.0, body.thickness / 2.0)
    return Part(name, name, "wedge", body.material, body.thickness, (slab,), (), dict(points))


def _point(name: str, points: Points, key: str) -> tuple[float, float]:
    if name not in points:
        raise InputError(f"the body has no point {name!r}", key, f"it has {', '.join(points)}")
    return points[name]
