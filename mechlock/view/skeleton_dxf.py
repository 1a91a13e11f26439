"""The skeleton of a mechanism in one position as DXF (AutoCAD R12 text, mm): links, pins, guides, circles that touch, springs.

Source of the group codes: AutoCAD DXF reference, LINE, CIRCLE, POINT and TEXT entities.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

import numpy as np

from mechlock.linkage.constraints import Array
from mechlock.linkage.mechanism import GROUND, Mechanism, PointName
from mechlock.linkage.positions import Positions


def skeleton_dxf(positions: Positions, q: Array) -> str:
    """Return the skeleton at one configuration.

    Layers: one for each body with its name (lines between all of its points), ``pins``, ``guides`` (as long as the mechanism),
    ``contacts``, ``springs``, ``names``.

    Parameters
    ----------
    positions : Positions
        The linkage.
    q : array, shape (1, unknowns)
        Configuration.
    """
    mechanism = positions.mechanism
    points = {name: place[0] for name, place in positions.points(q).items()}
    places = np.array(list(points.values()))
    size = float(max(np.ptp(places[:, 0]), np.ptp(places[:, 1]), 1e-6))
    rows = ["0", "SECTION", "2", "HEADER", "9", "$ACADVER", "1", "AC1009", "9", "$INSUNITS", "70", "4", "0", "ENDSEC"]
    rows += ["0", "SECTION", "2", "ENTITIES"]
    for body in mechanism.bodies.values():
        own = [points[PointName(body.name, point)] for point in body.points if PointName(body.name, point) in points]
        if body.name != GROUND:
            for start, end in combinations(own, 2):
                rows += _line(start, end, body.name)
        for name in body.points:
            if PointName(body.name, name) in points:
                at = points[PointName(body.name, name)]
                rows += ["0", "POINT", "8", body.name, *_at(at, 10)]
                rows += ["0", "TEXT", "8", "names", *_at(at, 10), "40", _number(0.015 * size), "1", f"{body.name}.{name}"]
    rows += _joints(positions, q, mechanism, points, size)
    for spring in mechanism.actions.springs if mechanism.actions is not None else ():
        rows += _line(points[spring.first], points[spring.second], "springs")
    return "\n".join([*rows, "0", "ENDSEC", "0", "EOF", ""])


def _joints(positions: Positions, q: Array, mechanism: Mechanism, points: Mapping[PointName, Array], size: float) -> list[str]:
    rows: list[str] = []
    constraints = positions.constraints
    for joint, numeric in zip(mechanism.joints, constraints.joints, strict=True):
        start = constraints.point(q, numeric.first, numeric.p)[0]
        end = constraints.point(q, numeric.second, numeric.q)[0]
        if joint.kind == "prismatic":
            along = constraints.axes(q, numeric)[0][0]
            travel = float((end - start) @ along)
            rows += _line(
                start + min(travel, 0.0) * along - 0.1 * size * along,
                start + max(travel, 0.0) * along + 0.1 * size * along,
                "guides",
            )
        elif joint.second in points and joint.first in points:
            rows += _circle(end, joint.pin_radius or 0.01 * size, "pins")
        if joint.contact is not None:
            partner = next(
                (other for other in constraints.joints if other.name in {f"{joint.name}~pin", f"{joint.name}~far"}), None
            )
            centres = [start, constraints.point(q, partner.second, partner.q)[0] if partner is not None else end]
            for centre, radius in zip(centres, joint.contact.radii, strict=True):
                if (value := positions.number(radius)) > 0.0:
                    rows += _circle(centre, value, "contacts")
    return rows


def _line(start: Array, end: Array, layer: str) -> list[str]:
    return ["0", "LINE", "8", layer, *_at(start, 10), *_at(end, 11)]


def _circle(centre: Array, radius: float, layer: str) -> list[str]:
    return ["0", "CIRCLE", "8", layer, *_at(centre, 10), "40", _number(radius)]


def _at(point: Array, code: int) -> list[str]:
    return [str(code), _number(float(point[0])), str(code + 10), _number(float(point[1])), str(code + 20), "0.0"]


def _number(value: float) -> str:
    return f"{value + 0.0:.9f}"
