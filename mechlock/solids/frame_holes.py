"""Round holes in plates and in the walls of members: cylinders taken out of boxes, each with a square of wall around it.

The square stays free of everything else, so that a mesh can go from its straight edges to the circle.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mechlock.errors import InputError
from mechlock.inputs.frame import FrameFile
from mechlock.inputs.frame_entries import AXES, MemberHoles, Plate
from mechlock.solids.boxes import TOUCHING, Floats, MassProperties
from mechlock.solids.frame_attached import runs
from mechlock.solids.frame_gussets import Gusset
from mechlock.solids.frame_parts import AXIS_NUMBER, Face, Part, RoundHole
from mechlock.solids.swept_part import SweptPart


def with_plate_holes(entry: Plate, parts: list[Part]) -> list[Part]:
    """Return the plates of an entry with the holes that lie in each.

    Raises
    ------
    InputError
        When a hole lies in no plate, or has no square of plate around it.
    """
    found = list(parts)
    for name, hole in entry.holes.items():
        where = f"plates.{entry.name}.holes.{name}"
        owners = [number for number, part in enumerate(found) if _has_middle(part, hole.at)]
        if not owners:
            low, high = (np.array([part.envelope[end] for part in found]) for end in (0, 1))
            across = [axis for axis in range(3) if axis != found[0].axis]
            spans = [f"{low[:, axis].min():g} to {high[:, axis].max():g} mm in {AXES[axis]}" for axis in across]
            raise InputError("the hole's centre lies in no plate", f"{where}.at", f"the plates lie at {' and '.join(spans)}")
        for number in owners:
            part = found[number]
            across = [axis for axis in range(3) if axis != part.axis]
            centre = part.envelope.mean(axis=0)
            centre[across] = hole.at
            made = RoundHole(f"{part.name}.{name}", part.axis, centre, hole.diameter / 2, part.thickness)
            _refuse_cut_square(made, part, where)
            found[number] = replace(part, holes=(*part.holes, made))
    return found


def _has_middle(part: Part, at: tuple[float, float]) -> bool:
    across = [axis for axis in range(3) if axis != part.axis]
    return bool(((part.envelope[0, across] < at) & (at < part.envelope[1, across])).all())


def with_member_holes(file: FrameFile, members: tuple[Part, ...]) -> tuple[Part, ...]:
    """Return the members with the holes of every entry of ``holes``.

    Raises
    ------
    InputError
        When a hole lies beside the member, at one of its ends, or has no square of wall around it.
    """
    found = {part.name: part for part in members}
    for entry in file.holes:
        for name, pieces in runs(file, entry, members):
            for place in entry.at:
                hole, owner = _member_hole(entry, name, pieces, place)
                part = found[owner]
                _refuse_cut_square(hole, part, f"holes.{entry.name}")
                found[owner] = replace(part, holes=(*part.holes, hole))
    return tuple(found.values())


def _member_hole(entry: MemberHoles, name: str, pieces: list[Part], place: float) -> tuple[RoundHole, str]:
    where = f"holes.{entry.name}"
    axis, upper = AXIS_NUMBER[entry.side[1]], entry.side[0] == "+"
    along = pieces[0].axis
    if axis == along:
        raise InputError(f"{entry.side} is an end of the member", f"{where}.side", "name one of its four sides")
    piece = next((part for part in pieces if part.envelope[0, along] < place < part.envelope[1, along]), None)
    if piece is None:
        spans = ", ".join(f"{part.envelope[0, along]:g} to {part.envelope[1, along]:g}" for part in pieces)
        raise InputError(f"the hole at {place:g} mm is not on {name}", f"{where}.at", f"its pieces run {spans} mm")
    centre = piece.envelope.mean(axis=0)
    centre[along] = place
    centre[3 - along - axis] += entry.aside
    face = piece.envelope[1 if upper else 0, axis]
    walls = np.flatnonzero(
        _around(piece, centre, axis) & (np.abs((piece.high if upper else piece.low)[:, axis] - face) < TOUCHING)
    )
    if not len(walls):
        raise InputError(
            f"{name} has no wall on its side {entry.side} at {place:g} mm", where, "name another side, or change `aside`"
        )
    wall = float(piece.high[walls[0], axis] - piece.low[walls[0], axis])
    centre[axis] = face + (-wall / 2 if upper else wall / 2)
    return RoundHole(f"{piece.name}.{entry.name}.{place:g}", axis, centre, entry.diameter / 2, wall), piece.name


def _around(part: Part, centre: Floats, axis: int) -> np.ndarray:
    """Which boxes of a part hold a point, seen along an axis."""
    across = [other for other in range(3) if other != axis]
    inside = (part.low[:, across] < centre[across]) & (centre[across] < part.high[:, across])
    return np.asarray(inside.all(axis=1))


def _refuse_cut_square(hole: RoundHole, part: Part, where: str) -> None:
    """Refuse a hole whose square is not all wall, or meets that of another hole of the part."""
    low, high = hole.square
    own = np.minimum(part.high, high) - np.maximum(part.low, low)
    held = np.prod(np.maximum(own, 0.0), axis=1).sum() / float(np.prod(high - low))
    if held < 1.0 - 1e-9:
        across = [axis for axis in range(3) if axis != hole.axis]
        spans = " and ".join(f"{low[axis]:g} to {high[axis]:g} mm in {AXES[axis]}" for axis in across)
        raise InputError(
            f"the hole of {2 * hole.radius:g} mm needs wall all around it, {spans}, and {part.name} has none on a part of that",
            where,
            f"make it smaller or move it: {RoundHole.SHARE:g} radii to each side must be whole",
        )
    if any(((hole.square - mitre.point) @ mitre.normal).max() > -TOUCHING for mitre in part.mitres):
        raise InputError(
            f"the hole of {2 * hole.radius:g} mm lies in the mitre of {part.name}", where, "move it along the member"
        )
    for other in part.holes:
        if other.axis == hole.axis and boxes_meet(hole, other):
            apart = RoundHole.SHARE * (hole.radius + other.radius)
            raise InputError(
                f"the holes {hole.name} and {other.name} lie too near to each other",
                where,
                f"move one of them: {apart:g} mm from centre to centre, along one axis, is enough",
            )


def boxes_meet(hole: RoundHole, other: RoundHole) -> bool:
    """Say whether the squares of two holes overlap."""
    return bool((np.minimum(hole.square[1], other.square[1]) - np.maximum(hole.square[0], other.square[0]) > TOUCHING).all())


def refuse_covered(parts: tuple[Part, ...], faces: tuple[Face, ...], swept: tuple[SweptPart | Gusset, ...]) -> None:
    """Refuse holes whose square is covered by another part, lies in a named face, or has something welded on it.

    Parameters
    ----------
    parts : tuple of Part
    faces : tuple of Face
    swept : tuple of SweptPart and Gusset
    """
    surfaces = [(item.name, item.entry, item.corners()) for item in swept]
    for part in parts:
        for hole in part.holes:
            low, high = hole.square
            for other in parts:
                same = (
                    (np.abs(other.low[:, hole.axis] - low[hole.axis]) < TOUCHING)
                    if other is part
                    else np.zeros(len(other.low), bool)
                )
                common = np.minimum(other.high, high) - np.maximum(other.low, low)
                near = common[:, hole.axis] > -TOUCHING
                over = (np.delete(common, hole.axis, axis=1) > TOUCHING).all(axis=1)
                if (near & over & ~same).any():
                    _refuse(hole, part, f"{other.name} covers", other.entry)
            for face in faces:
                common = np.minimum(face.high, high) - np.maximum(face.low, low)
                if face.axis == hole.axis and common[hole.axis] > -TOUCHING and (np.delete(common, hole.axis) > TOUCHING).all():
                    _refuse(hole, part, f"the named face {face.name!r} covers", part.entry)
            for name, entry, points in surfaces:
                foot = points[
                    (points[:, hole.axis] > low[hole.axis] - TOUCHING) & (points[:, hole.axis] < high[hole.axis] + TOUCHING)
                ]
                if len(foot):
                    common = np.delete(np.minimum(foot.max(axis=0), high) - np.maximum(foot.min(axis=0), low), hole.axis)
                    if (common > TOUCHING).all():
                        _refuse(hole, part, f"{name} stands on", entry)


def _refuse(hole: RoundHole, part: Part, what: str, other: str) -> None:
    side = 2 * RoundHole.SHARE * hole.radius
    raise InputError(
        f"{what} the square of {side:g} mm around the hole {hole.name}",
        part.entry if part.entry == other else f"{part.entry}, {other}",
        "move the hole or make it smaller, so that the square is free on both sides",
    )


def mass_properties(holes: tuple[RoundHole, ...], density: float) -> list[MassProperties]:
    """Mass (negative), centre and inertia of the material that each hole takes away; `density` in tonne/mm³."""
    pieces: list[MassProperties] = []
    for hole in holes:
        mass = -density * hole.volume
        own = np.full(3, mass * (3 * hole.radius**2 + hole.depth**2) / 12)
        own[hole.axis] = mass * hole.radius**2 / 2
        pieces.append(MassProperties(mass, hole.centre, np.diag(own)))
    return pieces
