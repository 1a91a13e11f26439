"""Members on the grid lines, cut to the faces of what was welded before them."""

from __future__ import annotations

from itertools import product

import numpy as np

from mechlock.errors import InputError
from mechlock.inputs.frame import FrameFile
from mechlock.inputs.frame_entries import AXES, Member, Section
from mechlock.inputs.profiles import Profile
from mechlock.solids import boxes
from mechlock.solids.boxes import TOUCHING, Floats
from mechlock.solids.frame_parts import AXIS_NUMBER, Part, chosen, hollow_walls
from mechlock.solids.profile_walls import profile_walls

SHORTEST = 1.0
"""Pieces shorter than so many mm are refused: they are a mistake in a dimension, not a member."""


def members(file: FrameFile, before: tuple[Part, ...]) -> tuple[Part, ...]:
    """Every piece of every members entry, in order; each is cut to the envelopes of the parts before it."""
    found: list[Part] = []
    for entry in file.members:
        new: list[Part] = []
        along = AXIS_NUMBER[entry.along]
        across = [axis for axis in range(3) if axis != along]
        places = [list(chosen(file, axis, getattr(entry, AXES[axis])).items()) for axis in across]
        for (name_a, at_a), (name_b, at_b) in product(*places):
            centre = np.zeros(3)
            centre[across] = at_a, at_b
            new += _pieces(file, entry, centre + entry.shift, f"{entry.name}.{name_a}.{name_b}", (*before, *found))
        found += new
    return tuple(found)


def _pieces(file: FrameFile, entry: Member, centre: Floats, name: str, before: tuple[Part, ...]) -> list[Part]:
    """Pieces of one member between the parts that cross it."""
    section = file.sections[entry.section] if entry.section in file.sections else file.profiles[entry.section]
    along = AXIS_NUMBER[entry.along]
    lines = file.grid.lines(entry.along)
    start = lines[entry.start] if entry.start else min(lines.values())
    end = lines[entry.end] if entry.end else max(lines.values())
    where = f"members.{entry.name}"
    if end - start <= TOUCHING:
        raise InputError(f"it runs from {start:g} to {end:g} mm", where, "`from` must lie before `to`")
    half = np.full(3, section.width / 2)
    half[AXIS_NUMBER[entry.height_axis]] = section.height / 2
    outer = np.array([centre - half, centre + half])
    outer[:, along] = start - entry.overhang[0] + entry.shift[along], end + entry.overhang[1] + entry.shift[along]
    for part in before:
        outer = _up_to_web(part, outer, along)
    found = [_cut(part, outer, along, where, section.text) for part in before]
    cuts = [cut for cut in found if cut is not None]
    spans = boxes.cut_interval(outer[0, along], outer[1, along], np.array(cuts).reshape(-1, 2))
    if not len(spans):
        own = f"{outer[0, along]:g} to {outer[1, along]:g} mm in {AXES[along]}"
        taken = f"{min(cut[0] for cut in cuts):g} to {max(cut[1] for cut in cuts):g} mm"
        raise InputError(
            f"nothing of {name} is left: it runs from {own}, and the parts that it is cut to fill {taken}",
            where,
            "lengthen it or remove it",
        )
    pieces: list[Part] = []
    for span in spans:
        envelope = outer.copy()
        envelope[:, along] = span
        if span[1] - span[0] < SHORTEST:
            raise InputError(f"{name} leaves a piece of {span[1] - span[0]:g} mm", where, f"pieces need at least {SHORTEST:g} mm")
        piece = f"{name}.{_nearest(lines, span[0])}_to_{_nearest(lines, span[1])}"
        if any(other.name == piece for other in pieces):
            piece += f"_{len(pieces) + 1}"
        pieces.append(_piece(section, entry, piece, where, envelope))
    return pieces


def _piece(section: Section | Profile, entry: Member, name: str, where: str, envelope: Floats) -> Part:
    along, wall = AXIS_NUMBER[entry.along], section.thickness
    if isinstance(section, Profile):
        low, high = profile_walls(section, entry, envelope)
        return Part(name, where, "open", entry.section, wall, section.text, low, high, envelope, along)
    if entry.opens:
        raise InputError("a hollow section opens to no side", f"{where}.opens", "leave it out")
    low, high = hollow_walls(envelope, along, wall)
    return Part(name, where, "hollow", entry.section, wall, section.text, low, high, envelope, along)


def _nearest(lines: dict[str, float], coordinate: float) -> str:
    return min(lines, key=lambda name: abs(lines[name] - coordinate))


def _cut(part: Part, outer: Floats, along: int, where: str, text: str) -> Floats | None:
    """Span of a member that fills `outer` which `part` takes away; refused where it would cut only a part of its section.

    An open profile takes away its envelope, and less of a member that fits between its flanges: that one ends on the web.
    """
    common = np.minimum(part.envelope[1], outer[1]) - np.maximum(part.envelope[0], outer[0])
    if not (common > TOUCHING).all():
        return None
    if part.kind == "open" and part.axis != along:
        low, high, whole = _walls_hit(part, outer, along)
        if whole:
            return np.array([low[:, along].min(), high[:, along].max()]) if len(low) else None
    for axis in range(3):
        inside = part.envelope[0, axis] <= outer[0, axis] + TOUCHING and outer[1, axis] <= part.envelope[1, axis] + TOUCHING
        if axis != along and not inside:
            face = part.envelope[:, axis]
            raise InputError(
                f"{text} reaches from {outer[0, axis]:g} to {outer[1, axis]:g} mm in {AXES[axis]}, "
                f"beyond the face of {part.name} that it is welded to ({face[0]:g} to {face[1]:g} mm)",
                where,
                f"make it no wider than {face[1] - face[0]:g} mm there, or shift it",
            )
    return part.envelope[:, along]


def _walls_hit(part: Part, outer: Floats, along: int) -> tuple[Floats, Floats, bool]:
    """Walls of an open profile that a member filling `outer` meets, and whether each spans the member's whole section."""
    hit = (np.minimum(part.high, outer[1]) - np.maximum(part.low, outer[0]) > TOUCHING).all(axis=1)
    low, high = part.low[hit], part.high[hit]
    across = [axis for axis in range(3) if axis != along]
    return low, high, bool(((low <= outer[0] + TOUCHING) & (outer[1] <= high + TOUCHING))[:, across].all())


def _up_to_web(part: Part, outer: Floats, along: int) -> Floats:
    """A member whose end lies between the flanges of an open profile, made longer as far as the web behind it."""
    common = np.minimum(part.envelope[1], outer[1]) - np.maximum(part.envelope[0], outer[0])
    if part.kind != "open" or part.axis == along or not (common > TOUCHING).all() or len(_walls_hit(part, outer, along)[0]):
        return outer
    made = outer.copy()
    for end in (0, 1):
        if part.envelope[0, along] < outer[end, along] < part.envelope[1, along]:
            longer = outer.copy()
            longer[end, along] = part.envelope[end, along]
            low, high, whole = _walls_hit(part, longer, along)
            if whole and len(low):
                made[end, along] = high[:, along].max() if end == 0 else low[:, along].min()
    return made
