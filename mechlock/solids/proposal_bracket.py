"""The bracket that is proposed for a lock: cheeks around its ground pins, a foot below all that moves, stop and sleeves."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mechlock.linkage.mechanism import GROUND, Mechanism
from mechlock.solids.interference import meet_in_plane
from mechlock.solids.lock_outlines import Points
from mechlock.solids.lock_position import Placement
from mechlock.solids.outline import Line, Outline, Point2
from mechlock.solids.parts import Part, Slab
from mechlock.solids.proposal_bodies import LARGER, SOURCE, Body, mm
from mechlock.solids.proposal_sizes import PLATE, JointSize

STOP = (30.0, 20.0)
"""Length across and depth of a stop block, mm (assumption)."""

SLEEVE = 30.0
"""Length of a slider's sleeve, mm; it is covered by half of that (assumption)."""

PLAY = 0.15
_STEP = 15.0
_TRIES = 40


@dataclass(frozen=True)
class Held:
    """A block between the cheeks: its table in the bracket's data, and the piece of cheek that holds it."""

    table: dict[str, Any]
    centre: Point2
    radius: float


def stop_eye(mechanism: Mechanism, bodies: Sequence[Body], points: Mapping[str, Points]) -> tuple[str, str] | None:
    """Return body and point of the eye that may meet a stop, the farthest from the drive's pivot; None without stop or pivot."""
    lock, drive = mechanism.lock, next(joint for joint in mechanism.joints if joint.name == mechanism.drive.joint)
    if lock is None or lock.stop is None or drive.kind != "revolute" or GROUND not in drive.bodies:
        return None
    body = next((body for body in bodies if body.name == drive.other(GROUND) and body.role == "crank"), None)
    if body is None:
        return None
    pivot = drive.first.point if drive.first.body == body.name else drive.second.point
    far = max(body.eyes, key=lambda point: math.dist(points[body.name][point], points[body.name][pivot]))
    return (body.name, far) if far != pivot else None


def stop_block(
    mechanism: Mechanism, meets: tuple[str, str], eye: JointSize, points: Mapping[str, Points], place: Placement
) -> Held:
    """Return the stop under an eye of the drive, square to its way."""
    name, point = meets
    drive = next(joint for joint in mechanism.joints if joint.name == mechanism.drive.joint)
    assert mechanism.lock is not None
    assert mechanism.lock.stop is not None
    pivot = drive.first.point if drive.first.body == name else drive.second.point
    (x, y), (px, py) = points[name][point], points[name][pivot]
    sense = mechanism.lock.stop * (1 if drive.second.body == name else -1)
    direction = math.atan2(y - py, x - px) + sense * math.pi / 2.0
    radius = (eye.eye + LARGER) / 2.0
    reach = radius + STOP[1] / 2.0
    centre = place.to_ground((x + reach * math.cos(direction), y + reach * math.sin(direction)))
    table = {
        "body": name, "eye": point, "direction": f"{math.degrees(direction):.6g} deg",
        "length": mm(STOP[0]), "width": mm(STOP[0]), "depth": mm(STOP[1]), "source": SOURCE,
    }  # fmt: skip
    return Held(table, centre, math.hypot(*STOP) / 2.0 + 4.0)


def sleeve_block(
    body: Body, table: dict[str, Any], points: Points, others: Sequence[Part], places: Sequence[Mapping[str, Placement]]
) -> tuple[Held, float]:
    """Return the sleeve of a slider, clear of all that moves, and how long its shaft has to be."""
    first, eye = next(iter(table["eyes"].items()))
    half = float(table["shaft"]["height"].split()[0]) / 2.0 + PLAY + SLEEVE / 2.0
    origin = places[0][body.name].to_ground(points[first])
    angle = places[0][body.name].angle + body.along
    way = np.array([math.cos(angle), math.sin(angle)])
    moved = [float((np.array(place[body.name].to_ground(points[first])) - origin) @ way) for place in places]
    start = float(eye["diameter"].split()[0]) / 2.0 + max(moved) + 5.0

    def block(at: float) -> tuple[Point2, Part]:
        aside = np.array([-way[1], way[0]])
        corners = [
            tuple(float(v) for v in origin + (at + a) * way + b * aside)
            for a, b in ((0.0, -half), (SLEEVE, -half), (SLEEVE, half), (0.0, half))
        ]
        outline = Outline(tuple(Line(corners[i], corners[(i + 1) % 4]) for i in range(4)))  # pyright: ignore[reportArgumentType]
        centre = origin + (at + SLEEVE / 2.0) * way
        return (float(centre[0]), float(centre[1])), Part("sleeve", GROUND, "guide", PLATE, 1.0, (Slab(outline, -1.0, 1.0),))

    for _ in range(_TRIES):
        centre, piece = block(start)
        if not any(meet_in_plane(piece, other, places) for other in others):
            break
        start += _STEP
    start = math.ceil(start)
    centre, _ = block(start)
    held = {"body": body.name, "start": mm(start), "length": mm(SLEEVE), "cover": mm(SLEEVE / 2.0), "play": mm(PLAY)}
    return Held({**held, "source": SOURCE}, centre, math.hypot(half, SLEEVE / 2.0) + 2.0), start + SLEEVE - min(moved) + 10.0


def bracket_data(
    mechanism: Mechanism,
    eyes: Mapping[str, JointSize],
    inside: float,
    lowest: float,
    stop: Held | None,
    sleeves: Sequence[Held],
    points: Points,
) -> dict[str, Any]:
    """Return the table of the bracket.

    Parameters
    ----------
    eyes : mapping of ground's point to JointSize
    inside : float
        Between the cheeks, mm.
    lowest : float
        Least y of all that moves, mm.
    """
    thickness = max([size.thickness(2) for size in eyes.values()] + [10.0])
    held = [*sleeves, *([stop] if stop is not None else [])]
    discs = [(points[point], size.eye / 2.0) for point, size in eyes.items()] + [(item.centre, item.radius) for item in held]
    level = math.floor(min([lowest] + [centre[1] - radius for centre, radius in discs])) - 6.0
    left = math.floor(min(centre[0] - radius for centre, radius in discs))
    right = math.ceil(max(centre[0] + radius for centre, radius in discs))
    foot = {
        "level": mm(level), "start": mm(left), "end": mm(max(right, left + 60.0)), "corner_radius": "10 mm",
        "overhang": "12 mm", "thickness": "15 mm", "width": mm(math.ceil(inside + 2.0 * thickness) + 24.0),
        "weld_throat": mm(max(4.0, round(0.3 * thickness))), "source": SOURCE,
    }  # fmt: skip
    table: dict[str, Any] = {
        "shape": "bracket", "material": PLATE, "thickness": mm(thickness), "inside": mm(inside), "source": SOURCE,
        "eyes": {point: {"diameter": mm(size.eye)} for point, size in eyes.items()}, "foot": foot,
        "lugs": [{"centre": [mm(item.centre[0]), mm(item.centre[1])], "radius": mm(item.radius)} for item in held],
    }  # fmt: skip
    if stop is not None:
        table["stop"] = stop.table
    if sleeves:
        table["sleeves"] = [item.table for item in sleeves]
    return table
