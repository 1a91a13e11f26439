"""Members on the grid lines, cut to the faces of what was welded before them.

Round ones stand between faces too, but their walls follow no plane of the grid: they are swept, as braces are.
"""

from __future__ import annotations

from itertools import product

import numpy as np

from mechlock.errors import InputError
from mechlock.inputs.frame import FrameFile
from mechlock.inputs.frame_entries import AXES, Member
from mechlock.inputs.hollow import Section
from mechlock.inputs.profiles import Profile
from mechlock.solids import boxes
from mechlock.solids.boxes import TOUCHING, Floats
from mechlock.solids.frame_mitres import Corner, Run, corners, mitred, plane_of_corner, reach, refuse_gaps
from mechlock.solids.frame_parts import AXIS_NUMBER, Part, chosen, hollow_walls
from mechlock.solids.profile_walls import profile_walls
from mechlock.solids.swept_part import SweptPart
from mechlock.solids.swept_section import swept_section

SHORTEST = 1.0
"""Pieces shorter than so many mm are refused: they are a mistake in a dimension, not a member."""


def members(file: FrameFile, before: tuple[Part, ...]) -> tuple[Part, ...]:
    """Every piece of every members entry, in order; each is cut to the envelopes of the parts before it."""
    runs = [run for entry in file.members if entry.section not in file.tubes for run in _runs(file, entry)]
    mitres = corners(file, runs)
    found: list[Part] = []
    new: list[Part] = []
    entry: Member | None = None
    for run in runs:
        if run.entry is not entry:  # members of one entry do not cut each other
            entry, found, new = run.entry, [*found, *new], []
        new += _pieces(file, run, mitres.get(run.name, ()), (*before, *found))
    made = (*found, *new)
    refuse_gaps(made)
    return made


def _runs(file: FrameFile, entry: Member) -> list[Run]:
    """Members of an entry, one on every crossing of its lines."""
    along = AXIS_NUMBER[entry.along]
    lines = file.grid.lines(entry.along)
    start = lines[entry.start] if entry.start else min(lines.values())
    end = lines[entry.end] if entry.end else max(lines.values())
    if end - start <= TOUCHING:
        raise InputError(f"it runs from {start:g} to {end:g} mm", f"members.{entry.name}", "`from` must lie before `to`")
    height, width = swept_section(file.stock(entry.section)).size.tolist()
    half = np.full(3, width / 2)
    half[AXIS_NUMBER[entry.height_axis]] = height / 2
    across = [axis for axis in range(3) if axis != along]
    found: list[Run] = []
    for (name_a, at_a), (name_b, at_b) in product(*[chosen(file, axis, getattr(entry, AXES[axis])).items() for axis in across]):
        centre = np.zeros(3)
        centre[across] = at_a, at_b
        shift = entry.shift[along]
        found.append(Run(entry, f"{entry.name}.{name_a}.{name_b}", centre + entry.shift, half, (start + shift, end + shift)))
    return found


def round_members(file: FrameFile, parts: tuple[Part, ...]) -> tuple[SweptPart, ...]:
    """Every piece of the members that are tubes, between the faces of parts that their lines run through.

    Raises
    ------
    InputError
        When an end lies on no face, or its foot reaches beyond the face.
    """
    found: list[SweptPart] = []
    for entry in file.members:
        if entry.section not in file.tubes:
            continue
        tube = file.tubes[entry.section]
        for run in _runs(file, entry):
            axis = np.eye(3)[run.along]
            across = np.eye(3)[AXIS_NUMBER[entry.height_axis]]
            frame = np.array([axis, across, np.cross(axis, across)])
            for piece, envelope in _spans(file, run, (), parts):
                ends = np.tile(run.centre, (2, 1))
                ends[:, run.along] = envelope[:, run.along]
                found.append(
                    SweptPart(
                        piece, f"members.{entry.name}", entry.section, tube.text, swept_section(tube),
                        ends[0], ends[1], frame, np.array([-axis, axis]),
                    )
                )  # fmt: skip
    return tuple(found)


def _pieces(file: FrameFile, run: Run, mitres: tuple[Corner, ...], before: tuple[Part, ...]) -> list[Part]:
    """Pieces of one member between the parts that cross it."""
    entry, along, where = run.entry, run.along, f"members.{run.entry.name}"
    section = file.sections[entry.section] if entry.section in file.sections else file.profiles[entry.section]
    pieces = [_piece(section, run, name, envelope, mitres) for name, envelope in _spans(file, run, mitres, before)]
    past = reach(run, mitres)
    for corner in mitres:
        last = -corner.end
        tip = run.span[corner.end] + (past[1] if corner.end else -past[0])
        if abs(pieces[last].envelope[corner.end, along] - tip) > TOUCHING:
            raise InputError(
                f"{run.name} is cut before its mitre", f"{where}.mitre", "remove what crosses it there, or the mitre"
            )
        pieces[last] = mitred(pieces[last], corner)
    return pieces


def _spans(file: FrameFile, run: Run, mitres: tuple[Corner, ...], before: tuple[Part, ...]) -> list[tuple[str, Floats]]:
    """Names and envelopes of the pieces that the parts before it leave of one member."""
    entry, along, name, where = run.entry, run.along, run.name, f"members.{run.entry.name}"
    text = file.stock(entry.section).text
    lines = file.grid.lines(entry.along)
    past = reach(run, mitres)
    outer = np.array([run.centre - run.half, run.centre + run.half])
    outer[:, along] = run.span[0] - past[0], run.span[1] + past[1]
    partners = tuple(f"{corner.partner}." for corner in mitres)
    before = tuple(part for part in before if not part.name.startswith(partners)) if partners else before
    for part in before:
        outer = _up_to_web(part, outer, along)
    found = [_cut(part, outer, along, where, text) for part in before]
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
    pieces: list[tuple[str, Floats]] = []
    for span in spans:
        envelope = outer.copy()
        envelope[:, along] = span
        if span[1] - span[0] < SHORTEST:
            raise InputError(f"{name} leaves a piece of {span[1] - span[0]:g} mm", where, f"pieces need at least {SHORTEST:g} mm")
        piece = f"{name}.{_nearest(lines, span[0])}_to_{_nearest(lines, span[1])}"
        if any(other == piece for other, _ in pieces):
            piece += f"_{len(pieces) + 1}"
        pieces.append((piece, envelope))
    return pieces


def _piece(section: Section | Profile, run: Run, name: str, envelope: Floats, mitres: tuple[Corner, ...]) -> Part:
    entry, where = run.entry, f"members.{run.entry.name}"
    along, wall = AXIS_NUMBER[entry.along], section.thickness
    if isinstance(section, Profile):
        low, high = profile_walls(section, entry, envelope)
        return Part(name, where, "open", entry.section, wall, section.text, low, high, envelope, along)
    if entry.opens:
        raise InputError("a hollow section opens to no side", f"{where}.opens", "leave it out")
    low, high = hollow_walls(envelope, along, wall, plane_of_corner(section, mitres))
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
                _how_to_land(part, outer, axis, float(face[1] - face[0])),
            )
    return part.envelope[:, along]


def _how_to_land(part: Part, outer: Floats, axis: int, width: float) -> str:
    """What lets a member end on a face that it reaches beyond: where the face is long enough, more of it past the line."""
    if part.axis == axis and width >= np.ptp(outer[:, axis]):
        past = max(part.envelope[0, axis] - outer[0, axis], outer[1, axis] - part.envelope[1, axis])
        return f"give {part.entry} {past:g} mm more `overhang` there, mitre both ends, or shift it"
    return f"make it no wider than {width:g} mm there, or shift it"


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
