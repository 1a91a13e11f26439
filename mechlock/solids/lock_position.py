"""Where the bodies of a lock stand: origin and angle of each, from the solution of its linkage at nominal dimensions."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mechlock.errors import InputError
from mechlock.linkage.mechanism import GROUND, Mechanism
from mechlock.linkage.positions import Positions
from mechlock.solids.outline import Point2

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Placement:
    """Position of a body's frame in ground's: origin (mm) and angle (rad)."""

    origin: Point2
    angle: float

    def to_ground(self, point: Point2) -> Point2:
        """Return a point of the body in ground's frame."""
        c, s = math.cos(self.angle), math.sin(self.angle)
        return self.origin[0] + c * point[0] - s * point[1], self.origin[1] + s * point[0] + c * point[1]

    def moved(self, points: Floats) -> Floats:
        """Return points (..., 2) or (..., 3) of the body in ground's frame; z is the same in both."""
        c, s = math.cos(self.angle), math.sin(self.angle)
        found = np.array(points, np.float64)
        found[..., :2] = found[..., :2] @ np.array([[c, s], [-s, c]]) + np.array(self.origin)
        return found

    def to_body(self, vector: Point2) -> Point2:
        """Turn a vector (a force, say) from ground's frame into the body's."""
        c, s = math.cos(self.angle), math.sin(self.angle)
        return c * vector[0] + s * vector[1], -s * vector[0] + c * vector[1]


def body_points(positions: Positions) -> dict[str, dict[str, Point2]]:
    """Return the nominal coordinates (mm) of every body's points in its own frame."""
    found: dict[str, dict[str, Point2]] = {}
    for name, local in positions.local_points.items():
        found.setdefault(name.body, {})[name.point] = (float(local[0]), float(local[1]))
    return found


def placements(positions: Positions, drives: Floats) -> list[dict[str, Placement]]:
    """Return the placement of every body, in the assembly mode of the file, for each drive coordinate (rad or mm).

    Raises
    ------
    InputError
        When the mechanism cannot be assembled at one of them.
    """
    q = positions.at(positions.selected, np.asarray(drives, dtype=np.float64))
    lost = np.flatnonzero(~np.isfinite(q).all(axis=1))
    if len(lost):
        value = float(np.asarray(drives)[lost[0]])
        text = f"{value:g} mm" if positions.mechanism.drive.sliding else f"{math.degrees(value):g} deg"
        raise InputError(f"the linkage cannot reach a drive of {text}", positions.mechanism.where, "stay within its travel")
    table: list[dict[str, Placement]] = []
    for row in q:
        found = {GROUND: Placement((0.0, 0.0), 0.0)}
        for index, body in enumerate(positions.constraints.bodies):
            x, y, angle = (float(v) for v in row[3 * index : 3 * index + 3])
            found[body] = Placement((x, y), angle)
        table.append(found)
    return table


def locked_drive(mechanism: Mechanism) -> float:
    """Return the drive coordinate of the locked position: where the stop sits, or else the drive's value (rad or mm)."""
    if mechanism.lock is not None:
        return mechanism.lock.drive.nominal
    return Positions(mechanism).drive_value
