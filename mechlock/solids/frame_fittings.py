"""Fittings of a frame: lock brackets, pad shoes, guide sockets, lifting eyes, and the faces that boxes are bolted to."""

from __future__ import annotations

from itertools import product

import numpy as np

from mechlock.errors import InputError
from mechlock.inputs.frame import FrameFile
from mechlock.inputs.frame_entries import GuideSockets, LiftingEyes, Lines, LockBrackets, Mounts, Pads
from mechlock.solids.boxes import TOUCHING, Floats
from mechlock.solids.frame_attached import runs
from mechlock.solids.frame_parts import AXIS_NUMBER, Face, Part, block, chosen, outward

Made = tuple[tuple[Part, ...], tuple[Face, ...]]


def _places(file: FrameFile, names: tuple[str, ...], x: Lines, y: Lines) -> list[tuple[str, float, float]]:
    crossings = product(chosen(file, 0, x).values(), chosen(file, 1, y).values())
    return [(name, *place) for name, place in zip(names, crossings, strict=True)]


def _rectangle(name: str, part: Part, axis: int, sense: int, low: list[float], high: list[float]) -> Face:
    corners = np.array([np.minimum(low, high), np.maximum(low, high)], dtype=np.float64)
    return Face(name, part.name, axis, sense, corners[0], corners[1])


def lock_brackets(file: FrameFile) -> Made:
    """Corner fittings with their ``lock_*`` faces (striker bar's crown) and ``pad_*`` faces (bottom beside the slot)."""
    entry, parts, faces = file.lock_brackets, [], []
    if entry is None:
        return (), ()
    wall = file.gauges[entry.gauge].thickness
    _check_bracket(entry, wall)
    for name, x, y in _places(file, entry.names, entry.x, entry.y):
        sx, sy = outward(x, "lock_brackets.x"), outward(y, "lock_brackets.y")
        xs = sorted((x - sx * entry.inboard[0], x + sx * entry.outboard[0]))
        ys = sorted((y - sy * entry.inboard[1], y + sy * entry.outboard[1]))
        outer = np.array([[xs[0], ys[0], 0.0], [xs[1], ys[1], entry.height]])
        low, high = _bracket_boxes(entry, wall, outer, x)
        text = f"box {xs[1] - xs[0]:g}x{ys[1] - ys[0]:g}x{entry.height:g}, plate {wall:g}"
        part = Part(f"lock_bracket.{name}", "lock_brackets", "block", entry.gauge, wall, text, low, high, outer)
        parts.append(part)
        faces += _bracket_faces(entry, part, wall, x, name)
    return tuple(parts), tuple(faces)


def _check_bracket(entry: LockBrackets, wall: float) -> None:
    half = entry.striker / 2
    length, depth = entry.inboard[0] + entry.outboard[0], entry.inboard[1] + entry.outboard[1]
    rules = (
        (entry.striker_bottom > wall, "striker_bottom", f"must be above the bottom plate of {wall:g} mm"),
        (
            entry.striker_bottom + entry.striker < entry.height - wall,
            "height",
            f"must exceed {entry.striker_bottom + entry.striker + wall:g} mm, where the striker bar meets the top plate",
        ),
        (entry.outboard[0] > half + wall, "outboard", f"in x must exceed {half + wall:g} mm to clear the striker bar"),
        (entry.inboard[0] > half + wall, "inboard", f"in x must exceed {half + wall:g} mm to clear the striker bar"),
        (
            0 < entry.slot[0] <= length - 2 * wall,
            "slot",
            f"in x must be above 0 and at most {length - 2 * wall:g} mm, the inside",
        ),
        (0 < entry.slot[1] <= depth - 2 * wall, "slot", f"in y must be above 0 and at most {depth - 2 * wall:g} mm, the inside"),
    )
    for holds, key, limit in rules:
        if not holds:
            raise InputError(limit, f"lock_brackets.{key}", "change it or the thickness of its gauge")


def _slot(entry: LockBrackets, outer: Floats) -> Floats:
    middle = outer.mean(axis=0)[:2]
    return np.array([middle - np.array(entry.slot) / 2, middle + np.array(entry.slot) / 2])


def _bracket_boxes(entry: LockBrackets, wall: float, outer: Floats, x: float) -> tuple[Floats, Floats]:
    (x0, y0, _), (x1, y1, top) = outer
    (u0, v0), (u1, v1) = _slot(entry, outer)
    half = entry.striker / 2
    rows = [
        [x0, y0, top - wall, x1, y1, top],
        [x0, y0, 0.0, u0, y1, wall],
        [u1, y0, 0.0, x1, y1, wall],
        [u0, y0, 0.0, u1, v0, wall],
        [u0, v1, 0.0, u1, y1, wall],
        [x0, y0, wall, x1, y0 + wall, top - wall],
        [x0, y1 - wall, wall, x1, y1, top - wall],
        [x0, y0 + wall, wall, x0 + wall, y1 - wall, top - wall],
        [x1 - wall, y0 + wall, wall, x1, y1 - wall, top - wall],
        [x - half, y0 + wall, entry.striker_bottom, x + half, y1 - wall, entry.striker_bottom + entry.striker],
    ]
    table = np.array(rows)
    return table[:, :3], table[:, 3:]


def _bracket_faces(entry: LockBrackets, part: Part, wall: float, x: float, name: str) -> list[Face]:
    (x0, y0, _), (x1, y1, _) = part.envelope
    (_, v0), (_, v1) = _slot(entry, part.envelope)
    half, crown = entry.striker / 2, entry.striker_bottom + entry.striker
    reach = min(x - x0, x1 - x)
    lock = _rectangle(f"lock_{name}", part, 2, 1, [x - half, y0 + wall, crown], [x + half, y1 - wall, crown])
    pads = [_rectangle(f"pad_{name}", part, 2, -1, [x - reach, a, 0.0], [x + reach, b, 0.0]) for a, b in ((y0, v0), (v1, y1))]
    return [lock, *pads]


def fittings(file: FrameFile) -> Made:
    """Pad shoes, guide sockets and lifting eyes with their ``pad_*``, ``pin_*`` and ``eye_*`` faces."""
    parts: list[Part] = []
    faces: list[Face] = []
    for made in (_pads(file, file.pads), _sockets(file, file.guide_sockets), _eyes(file, file.lifting_eyes)):
        parts += made[0]
        faces += made[1]
    return tuple(parts), tuple(faces)


def _pads(file: FrameFile, entry: Pads | None) -> Made:
    parts: list[Part] = []
    faces: list[Face] = []
    for name, x, y in _places(file, entry.names, entry.x, entry.y) if entry else []:
        a, b, c = entry.size if entry else (0.0, 0.0, 0.0)
        part = block(f"pad_shoe.{name}", "pads", "pad_shoe", [x - a / 2, y - b / 2, 0.0], [x + a / 2, y + b / 2, c])
        parts.append(part)
        bottom = [part.envelope[1, 0], part.envelope[1, 1], 0.0]
        faces.append(_rectangle(f"pad_{name}", part, 2, -1, part.envelope[0].tolist(), bottom))
    return tuple(parts), tuple(faces)


def _sockets(file: FrameFile, entry: GuideSockets | None) -> Made:
    parts: list[Part] = []
    faces: list[Face] = []
    for name, x, y in _places(file, entry.names, entry.x, entry.y) if entry else []:
        (a, b, c), (u, v) = (entry.size, entry.inboard) if entry else ((0.0,) * 3, (0.0,) * 2)
        sx, sy = outward(x, "guide_sockets.x"), outward(y, "guide_sockets.y")
        near, far = [x - sx * u, y - sy * v, 0.0], [x - sx * (u + a), y - sy * (v + b), c]
        part = block(f"guide_socket.{name}", "guide_sockets", "guide_socket", near, far)
        parts.append(part)
        bottom = [part.envelope[1, 0], part.envelope[1, 1], 0.0]
        faces.append(_rectangle(f"pin_{name}", part, 2, -1, part.envelope[0].tolist(), bottom))
    return tuple(parts), tuple(faces)


def _eyes(file: FrameFile, entry: LiftingEyes | None) -> Made:
    if entry is None:
        return (), ()
    length, width, height = entry.size
    if 2 * entry.upright >= width or entry.base + entry.crossbar >= height:
        most = f"upright must be below {width / 2:g} mm, base and crossbar together below {height:g} mm"
        raise InputError("nothing is left for the shackle", "lifting_eyes", most)
    parts: list[Part] = []
    faces: list[Face] = []
    for name, x, y in _places(file, entry.names, entry.x, entry.y):
        x0, x1, y0, y1 = x - length / 2, x + length / 2, y - width / 2, y + width / 2
        foot, top = entry.bottom + entry.base, entry.bottom + height
        bar = top - entry.crossbar
        rows = [
            [x0, y0, entry.bottom, x1, y1, foot],
            [x0, y0, foot, x1, y0 + entry.upright, bar],
            [x0, y1 - entry.upright, foot, x1, y1, bar],
            [x0, y0, bar, x1, y1, top],
        ]
        table = np.array(rows)
        low, high = table[:, :3], table[:, 3:]
        outer = np.array([[x0, y0, entry.bottom], [x1, y1, top]])
        text = f"stirrup {length:g}x{width:g}x{height:g}, plate {entry.upright:g}"
        thickness = min(entry.upright, entry.base, entry.crossbar)
        part = Part(f"lifting_eye.{name}", "lifting_eyes", "block", "lifting_eye", thickness, text, low, high, outer)
        parts.append(part)
        faces.append(_rectangle(f"eye_{name}", part, 2, -1, [x0, y0 + entry.upright, bar], [x1, y1 - entry.upright, bar]))
    return tuple(parts), tuple(faces)


def mounts(file: FrameFile, members: tuple[Part, ...]) -> tuple[Face, ...]:
    """Faces ``mount_*`` on members.

    Raises
    ------
    InputError
        When a place lies beside the member, or across one of its joints.
    """
    return tuple(face for entry in file.mounts for face in _mount(file, entry, members))


def _mount(file: FrameFile, entry: Mounts, members: tuple[Part, ...]) -> list[Face]:
    where = f"mounts.{', '.join(entry.at)}"
    found_runs = list(runs(file, entry, members))
    along = next(part.axis for part in members if part.entry == f"members.{entry.member}")
    axis, sense = AXIS_NUMBER[entry.side[1]], 1 if entry.side[0] == "+" else -1
    if axis == along:
        raise InputError(f"{entry.side} is an end of the member", where, "name one of its four sides")
    found: list[Face] = []
    for name, places in entry.at.items():
        for _, own in found_runs:
            for place in places:
                low, high = place - entry.length / 2, place + entry.length / 2
                found.append(_mount_face(f"mount_{name}", own, along, axis, sense, low, high, where))
            if not places:
                ends = [(piece, float(piece.envelope[0, along]), float(piece.envelope[1, along])) for piece in own]
                found += [_mount_face(f"mount_{name}", [piece], along, axis, sense, a, b, where) for piece, a, b in ends]
    return found


def _mount_face(name: str, pieces: list[Part], along: int, axis: int, sense: int, low: float, high: float, where: str) -> Face:
    for piece in pieces:
        first, last = piece.envelope[:, along]
        if first - TOUCHING <= low and high <= last + TOUCHING:
            corners = piece.envelope.copy()
            corners[:, along] = low, high
            corners[:, axis] = piece.envelope[1 if sense > 0 else 0, axis]
            return Face(name, piece.name, axis, sense, corners[0], corners[1])
    spans = ", ".join(f"{p.envelope[0, along]:g} to {p.envelope[1, along]:g}" for p in pieces)
    raise InputError(f"{name} from {low:g} to {high:g} mm is not on one piece of the member", where, f"the pieces run {spans} mm")
