"""Members and plates on the grid lines, cut to the faces of what was welded before them."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np

from mechlock.errors import InputError
from mechlock.inputs.frame import FrameFile
from mechlock.inputs.frame_entries import AXES, Axis, Member, Plate
from mechlock.solids import boxes
from mechlock.solids.boxes import TOUCHING, Floats
from mechlock.solids.frame_parts import AXIS_NUMBER, Part, chosen, hollow_walls, outward

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
    section, along = file.sections[entry.section], AXIS_NUMBER[entry.along]
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
    cuts = [part.envelope[:, along] for part in before if _cuts_through(part, outer, along, where, section.text)]
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
        low, high = hollow_walls(envelope, along, section.thickness)
        piece = f"{name}.{_nearest(lines, span[0])}_to_{_nearest(lines, span[1])}"
        if any(other.name == piece for other in pieces):
            piece += f"_{len(pieces) + 1}"
        pieces.append(Part(piece, where, "hollow", entry.section, section.thickness, section.text, low, high, envelope, along))
    return pieces


def _nearest(lines: dict[str, float], coordinate: float) -> str:
    return min(lines, key=lambda name: abs(lines[name] - coordinate))


def _cuts_through(part: Part, outer: Floats, along: int, where: str, text: str) -> bool:
    """Whether `part` cuts a member that fills `outer`; refused where it would cut only a part of its section."""
    common = np.minimum(part.envelope[1], outer[1]) - np.maximum(part.envelope[0], outer[0])
    if not (common > TOUCHING).all():
        return False
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
    return True


def plates(file: FrameFile, before: tuple[Part, ...]) -> tuple[Part, ...]:
    """Every plate of every plates entry: one in each bay, cut to the envelopes of the parts before it."""
    found: list[Part] = []
    for entry in file.plates:
        normal = AXIS_NUMBER[entry.normal]
        across = [axis for axis in range(3) if axis != normal]
        bays = [_bays(file, entry, axis) for axis in across]
        for line, coordinate in chosen(file, normal, entry.at).items():
            for (name_a, span_a), (name_b, span_b) in product(*bays):
                outer = np.zeros((2, 3))
                outer[:, across[0]], outer[:, across[1]] = span_a, span_b
                outer[:, normal] = _plate_position(file, entry, coordinate)
                found.append(_plate(file, entry, outer, f"{entry.name}.{line}.{name_a}.{name_b}", before))
    return tuple(found)


def _bays(file: FrameFile, entry: Plate, axis: int) -> list[tuple[str, tuple[float, float]]]:
    """Bays between consecutive lines of `axis`, with their names."""
    first, last = getattr(entry, AXES[axis])
    lines = file.grid.lines(AXES[axis])
    inside = sorted((at, name) for name, at in lines.items() if lines[first] <= at <= lines[last])
    if len(inside) < 2:
        raise InputError(
            f"there is no bay from {first!r} to {last!r}", f"plates.{entry.name}.{AXES[axis]}", "name the lower line first"
        )
    return [(f"{a[1]}_to_{b[1]}", (a[0], b[0])) for a, b in pairwise(inside)]


def _plate_position(file: FrameFile, entry: Plate, line: float) -> tuple[float, float]:
    thickness = file.gauges[entry.gauge].thickness
    if abs(entry.flush) <= TOUCHING:
        return line - thickness / 2, line + thickness / 2
    where = f"plates.{entry.name}.flush"
    if entry.flush < 0:
        raise InputError("flush is negative", where, "use `side` for the other direction")
    sense = {"+": 1, "-": -1}.get(entry.side) or outward(line, where) * (1 if entry.side == "outward" else -1)
    far = line + sense * entry.flush
    return min(far, far - sense * thickness), max(far, far - sense * thickness)


def _plate(file: FrameFile, entry: Plate, outer: Floats, name: str, before: tuple[Part, ...]) -> Part:
    """One plate, cut to what was there before and with its window."""
    normal, where = AXIS_NUMBER[entry.normal], f"plates.{entry.name}"
    across = [axis for axis in range(3) if axis != normal]
    cutters = [part.envelope for part in before if _cuts_plate(part, outer, normal, where)]
    holes = np.array(cutters).reshape(-1, 2, 3)[:, :, across]
    low, high = boxes.cut_rectangle(outer[0, across], outer[1, across], holes[:, 0], holes[:, 1])
    if not len(low):
        size = " x ".join(f"{side:g}" for side in outer[1, across] - outer[0, across])
        raise InputError(f"nothing of {name} is left between the members of its bay of {size} mm", where, "enlarge the bay")
    if entry.window:
        low, high = _cut_window(entry, outer[:, across], low, high, where)
    corners = np.tile(outer, (len(low), 1, 1)).astype(np.float64)
    corners[:, 0, across], corners[:, 1, across] = low, high
    thickness = file.gauges[entry.gauge].thickness
    envelope = np.array([corners[:, 0].min(axis=0), corners[:, 1].max(axis=0)])
    text = f"plate {thickness:g}"
    return Part(name, where, "plate", entry.gauge, thickness, text, corners[:, 0], corners[:, 1], envelope, normal)


def _cuts_plate(part: Part, outer: Floats, normal: int, where: str) -> bool:
    common = np.minimum(part.envelope[1], outer[1]) - np.maximum(part.envelope[0], outer[0])
    if not (common > TOUCHING).all():
        return False
    if outer[0, normal] < part.envelope[0, normal] - TOUCHING or outer[1, normal] > part.envelope[1, normal] + TOUCHING:
        face = part.envelope[:, normal]
        raise InputError(
            f"the plate from {outer[0, normal]:g} to {outer[1, normal]:g} mm in {AXES[normal]} stands out of the face of "
            f"{part.name} that it is welded to ({face[0]:g} to {face[1]:g} mm)",
            where,
            "change `flush` or the thickness of its gauge",
        )
    return True


def _cut_window(entry: Plate, bay: Floats, low: Floats, high: Floats, where: str) -> tuple[Floats, Floats]:
    """Cut the window out of the middle of the bay; the plate around it must stay whole."""
    axes: list[Axis] = [axis for axis in AXES if axis in entry.window]
    size = np.array([entry.window[axis] for axis in axes])
    clear = np.array([low.min(axis=0), high.max(axis=0)])
    hole = np.array([bay.mean(axis=0) - size / 2, bay.mean(axis=0) + size / 2])
    rim = np.minimum(hole[0] - clear[0], clear[1] - hole[1])
    if (rim < SHORTEST).any():
        worst = int(np.argmin(rim))
        most = size[worst] + 2 * (rim[worst] - SHORTEST)
        what = f"the window of {size[worst]:g} mm leaves no rim"
        raise InputError(what, f"{where}.window.{axes[worst]}", f"at most {most:g} mm here")
    pieces = [boxes.cut_rectangle(a, b, hole[:1], hole[1:]) for a, b in zip(low, high, strict=True)]
    return np.concatenate([piece[0] for piece in pieces]), np.concatenate([piece[1] for piece in pieces])
