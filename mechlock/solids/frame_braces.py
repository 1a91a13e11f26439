"""Braces: sections in any direction, each end cut by the plane of the face that it is welded to, or by a mitre."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from mechlock.errors import InputError
from mechlock.inputs.frame import FrameFile
from mechlock.inputs.frame_entries import Brace
from mechlock.inputs.profiles import Profile
from mechlock.solids.boxes import TOUCHING, Floats
from mechlock.solids.frame_parts import AXIS_NUMBER, Part, chosen, outward
from mechlock.solids.swept_part import SweptPart
from mechlock.solids.swept_section import SweptSection, swept_section

STEEPEST = 0.25
"""Least sine of the angle between a brace and the face that it ends on."""

_STATIONS = 40
_INWARDS = 1e-3


def braces(file: FrameFile, parts: tuple[Part, ...]) -> tuple[SweptPart, ...]:
    """Every brace of the file in its pieces, cut by the faces of `parts` that its ends lie on.

    Raises
    ------
    InputError
        When an end lies on no face, its foot reaches beyond the face, the brace runs through a part, or a mitre cannot be cut.
    """
    found: list[SweptPart] = []
    for entry in file.braces:
        for name, path, points in _centre_lines(file, entry):
            pieces = _pieces(file, entry, name, points, parts, f"braces.{entry.name}.paths.{path}")
            for piece in pieces:
                _refuse_crossing(piece, parts)
            found += pieces
    return tuple(found)


def checked(stood: tuple[SweptPart, ...], parts: tuple[Part, ...]) -> tuple[SweptPart, ...]:
    """Return swept members that run along an axis, when both ends of each lie on faces of `parts` and none runs through one.

    Raises
    ------
    InputError
        Naming the end, or the part.
    """
    for piece in stood:
        for end, (point, inward) in enumerate(((piece.start, piece.frame[0]), (piece.end, -piece.frame[0]))):
            _landing(point, inward, parts, piece.name, piece.entry)
            _refuse_overhang(piece, end, parts, piece.entry)
            _refuse_covered(piece, end, parts, piece.entry)
        _refuse_crossing(piece, parts)
    return stood


def _centre_lines(file: FrameFile, entry: Brace) -> Iterator[tuple[str, str, Floats]]:
    """Name, path and points of every brace of an entry."""
    if entry.normal is None:
        for path, places in entry.paths.items():
            yield f"{entry.name}.{path}", path, np.array(places, dtype=np.float64)
        return
    normal = AXIS_NUMBER[entry.normal]
    across = [axis for axis in range(3) if axis != normal]
    for line, coordinate in chosen(file, normal, entry.at).items():
        aside = outward(coordinate, f"braces.{entry.name}.at") * entry.offset if entry.offset else 0.0
        for path, places in entry.paths.items():
            points = np.full((len(places), 3), coordinate + aside)
            points[:, across] = places
            yield f"{entry.name}.{line}.{path}", path, points


def _width(entry: Brace, along: Floats) -> Floats:
    """Direction of the section's width: across its plane; in space level, or along y of an upright one."""
    if entry.normal is not None:
        return np.asarray(np.eye(3)[AXIS_NUMBER[entry.normal]], np.float64)
    level = np.asarray(np.cross([0.0, 0.0, 1.0], along), np.float64)
    size = float(np.linalg.norm(level))
    return level / size if size > TOUCHING else np.array([0.0, 1.0, 0.0])


def _pieces(
    file: FrameFile, entry: Brace, name: str, points: Floats, parts: tuple[Part, ...], where: str
) -> list[SweptPart]:  # fmt: skip
    """The straight pieces of a brace, mitred where they meet."""
    section, text = _section(file, entry)
    steps = np.diff(points, axis=0)
    lengths = np.linalg.norm(steps, axis=1)
    if lengths.min() <= TOUCHING:
        what = "starts where it ends" if len(steps) == 1 else f"has point {int(lengths.argmin()) + 2} where the one before it is"
        raise InputError(f"{name} {what}", where, "give it points apart from each other")
    along = steps / lengths[:, None]
    mitres = _mitres(along, name, where)
    outward_normals = [_landing(points[0], along[0], parts, name, where), _landing(points[-1], -along[-1], parts, name, where)]
    starts, ends = [outward_normals[0], *(-mitres)], [*mitres, outward_normals[1]]
    width = _width(entry, along[0])
    frame = np.array([along[0], np.cross(width, along[0]), width], dtype=np.float64)
    last = len(steps) - 1
    found: list[SweptPart] = []
    for index in range(len(steps)):
        if index:
            frame = _mirrored(frame, mitres[index - 1])
        piece = SweptPart(
            name if not last else f"{name}.{index + 1}", f"braces.{entry.name}", entry.section, text, section,
            points[index], points[index + 1], frame, np.array([starts[index], ends[index]]), (index > 0, index < last),
        )  # fmt: skip
        if last and piece.length <= piece.shortest:
            what = f"{piece.name} is {piece.length:g} mm long, and its cut ends meet at {piece.shortest:.1f} mm"
            raise InputError(what, where, "lengthen it, turn less, or take a smaller section")
        found.append(piece)
    for piece, end in ((found[0], 0), (found[-1], 1)):
        _refuse_overhang(piece, end, parts, where)
        _refuse_covered(piece, end, parts, where)
    return found


def _section(file: FrameFile, entry: Brace) -> tuple[SweptSection, str]:
    """The section of a brace, turned as `opens` says, and how the trade writes it."""
    stock = file.stock(entry.section)
    if not isinstance(stock, Profile):
        if entry.opens:
            raise InputError("a hollow section opens to no side", f"braces.{entry.name}.opens", "leave it out")
        return swept_section(stock), stock.text
    wanted = {"channel": ("width",), "angle": ("height", "width")}.get(stock.type, ())
    senses = {word[1:]: 1 if word[0] == "+" else -1 for word in entry.opens}
    if entry.opens and (set(senses) != set(wanted) or len(entry.opens) != len(wanted)):
        how = " and ".join(f'"+{name}" or "-{name}"' for name in wanted) or "leave it out"
        raise InputError(f"{stock.text} does not open to {list(entry.opens)}", f"braces.{entry.name}.opens", how)
    return swept_section(stock, (senses.get("height", 1), senses.get("width", 1))), stock.text


def _mitres(along: Floats, name: str, where: str) -> Floats:
    """Normals of the planes that halve the corners between directions `along` (n, 3); shape (n - 1, 3)."""
    sums = along[:-1] + along[1:]
    squareness = np.linalg.norm(sums, axis=1) / 2
    for corner, sine in enumerate(squareness.tolist(), start=2):
        if sine < STEEPEST:
            most = 2 * np.degrees(np.arccos(STEEPEST))
            what = f"{name} turns by {2 * np.degrees(np.arccos(sine)):.0f} deg at point {corner}"
            raise InputError(what, where, f"a mitre turns by at most {most:.0f} deg: add a point, or end the brace there")
    return sums / (2 * squareness[:, None])


def _mirrored(frame: Floats, normal: Floats) -> Floats:
    """The next piece's frame: mirrored in the mitre, so that both sections meet in it, and turned round to run on."""
    mirrored = frame - 2 * np.outer(frame @ normal, normal)
    return mirrored * np.array([[-1.0], [1.0], [1.0]])


def on_face(points: Floats, axis: int, sense: int, plane: float, parts: tuple[Part, ...]) -> np.ndarray:
    """Whether points on a plane lie on the outer faces of parts that look along `sense` times `axis`; shape (n,)."""
    covered = np.zeros(len(points), dtype=bool)
    others = [other for other in range(3) if other != axis]
    for part in parts:
        pieces = [part.envelope] if part.kind == "hollow" else zip(part.low, part.high, strict=True)
        for corners in pieces:
            if abs(corners[1 if sense > 0 else 0][axis] - plane) <= TOUCHING:
                low, high = corners[0][others], corners[1][others]
                covered |= ((points[:, others] >= low - TOUCHING) & (points[:, others] <= high + TOUCHING)).all(axis=1)
    return covered


def within(points: Floats, parts: tuple[Part, ...]) -> tuple[Part, int] | None:
    """The first part that some of the points (n, 3) lie inside of, hollow sections counted as solid, and the first such point."""
    for part in parts:
        for low, high in [part.envelope] if part.kind == "hollow" else zip(part.low, part.high, strict=True):
            inside = np.flatnonzero(((points > low + TOUCHING) & (points < high - TOUCHING)).all(axis=1))
            if len(inside):
                return part, int(inside[0])
    return None


def _landing(point: Floats, inward: Floats, parts: tuple[Part, ...], name: str, where: str) -> Floats:
    """Normal of the face that an end lies on, out of the brace; of several the one that it meets most squarely."""
    for axis in np.argsort(-np.abs(inward)):
        sense = 1 if inward[axis] > 0 else -1
        if abs(inward[axis]) >= STEEPEST and on_face(point[None], int(axis), sense, float(point[axis]), parts)[0]:
            normal = np.zeros(3)
            normal[axis] = -sense
            return normal
    place = ", ".join(f"{value:g}" for value in point)
    raise InputError(
        f"an end of {name} at ({place}) mm lies on no face that it could be welded to",
        where,
        f"put it on the face of a member, at no less than {np.degrees(np.arcsin(STEEPEST)):.0f} deg to it",
    )


def _refuse_overhang(brace: SweptPart, end: int, parts: tuple[Part, ...], where: str) -> None:
    outline = brace.section.outlines()[0]
    foot = brace.place(outline, np.full(len(outline), float(end)))
    axis = int(np.argmax(np.abs(brace.normals[end])))
    sense = -int(brace.normals[end][axis])
    plane = float((brace.start, brace.end)[end][axis])
    beyond = ~on_face(foot, axis, sense, plane, parts)
    if beyond.any():
        place = ", ".join(f"{value:.1f}" for value in foot[beyond][0])
        raise InputError(
            f"the foot of {brace.name} reaches beyond the face that it is welded to, at ({place}) mm",
            where,
            "move its end, or take a smaller section",
        )


def _refuse_covered(brace: SweptPart, end: int, parts: tuple[Part, ...], where: str) -> None:
    """Refuse a foot that reaches under another part on the same face, which the brace would run into."""
    outline = brace.section.outlines()[0]
    foot = brace.place(outline, np.full(len(outline), float(end)))
    middle = foot.mean(axis=0)
    just_outside = foot + _INWARDS * (middle - foot) - 2 * TOUCHING * brace.normals[end]
    met = within(just_outside, parts)
    if met is not None:
        part, first = met
        place = ", ".join(f"{value:.1f}" for value in foot[first])
        raise InputError(
            f"the foot of {brace.name} reaches into {part.name}, which stands on the same face, at ({place}) mm",
            where,
            f"move its end away from {part.name}, or take a smaller section",
        )


def _refuse_crossing(brace: SweptPart, parts: tuple[Part, ...]) -> None:
    """Refuse a brace that runs through a part, by points along its outline between its ends."""
    corners = brace.section.outlines()[0]
    outline = np.concatenate([corners, (corners + np.roll(corners, 1, axis=0)) / 2, brace.section.centroid[None]])
    share = np.linspace(0.0, 1.0, _STATIONS + 2)[1:-1]
    points = brace.place(np.tile(outline, (_STATIONS, 1)), np.repeat(share, len(outline)))
    met = within(points, parts)
    if met is not None:
        part, first = met
        place = ", ".join(f"{value:.0f}" for value in points[first])
        raise InputError(
            f"{brace.name} runs through {part.name} at ({place}) mm", brace.entry, f"move it aside or end it on {part.name}"
        )
