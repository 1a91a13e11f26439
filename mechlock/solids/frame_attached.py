"""What is welded onto members: cap plates on their ends, doublers on their faces."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from mechlock.errors import InputError
from mechlock.inputs.frame import FrameFile
from mechlock.inputs.frame_entries import Cap, Doubler, MemberHoles, Mounts
from mechlock.solids.boxes import TOUCHING
from mechlock.solids.frame_mitres import ENDS
from mechlock.solids.frame_parts import AXES, AXIS_NUMBER, Part, chosen


def runs(
    file: FrameFile, entry: Mounts | Cap | Doubler | MemberHoles, members: tuple[Part, ...]
) -> Iterator[tuple[str, list[Part]]]:
    """Pieces of each member on the lines that an entry names, in order along it, with the member's name."""
    wanted = {axis: set(chosen(file, axis, getattr(entry, AXES[axis]))) for axis in range(3)}
    pieces = [part for part in members if part.entry == f"members.{entry.member}"]
    across = [axis for axis in range(3) if axis != pieces[0].axis]
    own: dict[str, list[Part]] = {}
    for piece in pieces:
        if all(name in wanted[axis] for axis, name in zip(across, piece.name.split(".")[1:3], strict=True)):
            own.setdefault(piece.name.rsplit(".", 1)[0], []).append(piece)
    yield from sorted(own.items())


def attached(file: FrameFile, members: tuple[Part, ...]) -> tuple[Part, ...]:
    """Every cap plate and doubler of the file."""
    found: list[Part] = []
    for cap in file.caps:
        for name, pieces in runs(file, cap, members):
            found += [_cap(file, cap, name, pieces, end) for end in cap.ends]
    for doubler in file.doublers:
        for name, pieces in runs(file, doubler, members):
            found += [_doubler(file, doubler, name, pieces, place) for place in doubler.at]
    return tuple(found)


def _cap(file: FrameFile, entry: Cap, name: str, pieces: list[Part], end: str) -> Part:
    piece = pieces[-1] if end == "to" else pieces[0]
    if any(ENDS[mitre.end] == end for mitre in piece.mitres):
        what = f"the end {end!r} of {piece.name} is mitred"
        raise InputError(what, f"caps.{entry.name}.ends", "name the ends that are open, or `x`, `y`, `z` of their members")
    axis, thickness = piece.axis, file.gauges[entry.gauge].thickness
    envelope = np.array([piece.envelope[0] - entry.margin, piece.envelope[1] + entry.margin])
    at = piece.envelope[1 if end == "to" else 0, axis]
    envelope[:, axis] = (at, at + thickness) if end == "to" else (at - thickness, at)
    return _plate(f"{entry.name}.{name}.{end}", f"caps.{entry.name}", entry.gauge, envelope, axis)


def _doubler(file: FrameFile, entry: Doubler, name: str, pieces: list[Part], place: float) -> Part:
    where = f"doublers.{entry.name}"
    axis, sense = AXIS_NUMBER[entry.side[1]], 1 if entry.side[0] == "+" else -1
    along = pieces[0].axis
    if axis == along:
        raise InputError(f"{entry.side} is an end of the member", f"{where}.side", "name one of its four sides, or give a cap")
    low, high = place - entry.length / 2, place + entry.length / 2
    piece = next((p for p in pieces if p.envelope[0, along] - TOUCHING <= low and high <= p.envelope[1, along] + TOUCHING), None)
    if piece is None:
        spans = ", ".join(f"{p.envelope[0, along]:g} to {p.envelope[1, along]:g}" for p in pieces)
        raise InputError(
            f"a doubler from {low:g} to {high:g} mm is not on one piece of {name}", f"{where}.at", f"the pieces run {spans} mm"
        )
    thickness = file.gauges[entry.gauge].thickness
    envelope = piece.envelope.copy()
    envelope[:, along] = low, high
    face = piece.envelope[1 if sense > 0 else 0, axis]
    envelope[:, axis] = (face, face + thickness) if sense > 0 else (face - thickness, face)
    if entry.width is not None:
        across = 3 - along - axis
        face_width = float(np.ptp(piece.envelope[:, across]))
        if entry.width > face_width + TOUCHING:
            raise InputError(f"width {entry.width:g} mm is wider than the face", f"{where}.width", f"at most {face_width:g} mm")
        middle = piece.envelope[:, across].mean()
        envelope[:, across] = middle - entry.width / 2, middle + entry.width / 2
    return _plate(f"{entry.name}.{name}.{place:g}", where, entry.gauge, envelope, axis)


def _plate(name: str, entry: str, gauge: str, envelope: np.ndarray, normal: int) -> Part:
    thickness = float(np.ptp(envelope[:, normal]))
    return Part(name, entry, "plate", gauge, thickness, f"plate {thickness:g}", envelope[:1], envelope[1:], envelope, normal)
