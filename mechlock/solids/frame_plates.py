"""Flat plates in the bays between grid lines, cut to what was welded before them, with windows and cut-outs."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np

from mechlock.errors import InputError
from mechlock.inputs.frame import FrameFile
from mechlock.inputs.frame_entries import AXES, Axis, Plate
from mechlock.solids import boxes
from mechlock.solids.boxes import TOUCHING, Floats
from mechlock.solids.frame_holes import with_plate_holes
from mechlock.solids.frame_members import SHORTEST
from mechlock.solids.frame_parts import AXIS_NUMBER, Part, chosen, outward


def plates(file: FrameFile, before: tuple[Part, ...]) -> tuple[Part, ...]:
    """Every plate of every plates entry: one in each bay, cut to the envelopes of the parts before it."""
    made: list[Part] = []
    for entry in file.plates:
        found: list[Part] = []
        normal = AXIS_NUMBER[entry.normal]
        across = [axis for axis in range(3) if axis != normal]
        bays = [_bays(file, entry, axis) for axis in across]
        for line, coordinate in chosen(file, normal, entry.at).items():
            for (name_a, span_a), (name_b, span_b) in product(*bays):
                outer = np.zeros((2, 3))
                outer[:, across[0]], outer[:, across[1]] = span_a, span_b
                outer[:, normal] = _plate_position(file, entry, coordinate)
                found += _plate(file, entry, outer, f"{entry.name}.{line}.{name_a}.{name_b}", before)
        _refuse_unused(entry, found)
        made += with_plate_holes(entry, found)
    return tuple(made)


def _bays(file: FrameFile, entry: Plate, axis: int) -> list[tuple[str, tuple[float, float]]]:
    """Bays between consecutive lines of `axis`, with their names."""
    first, last = getattr(entry, AXES[axis])
    lines = file.grid.lines(AXES[axis])
    inside = sorted((at, name) for name, at in lines.items() if lines[first] <= at <= lines[last])
    if len(inside) < 2:
        raise InputError(
            f"there is no bay from {first!r} at {lines[first]:g} mm to {last!r} at {lines[last]:g} mm",
            f"plates.{entry.name}.{AXES[axis]}",
            "name the lower line first",
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


def _plate(file: FrameFile, entry: Plate, outer: Floats, name: str, before: tuple[Part, ...]) -> list[Part]:
    """The plate of one bay, cut to what was there before, with its openings; what that cuts apart are plates of their own."""
    normal, where = AXIS_NUMBER[entry.normal], f"plates.{entry.name}"
    across = [axis for axis in range(3) if axis != normal]
    cutters = [part.envelope for part in before if _cuts_plate(part, outer, normal, where)]
    holes = np.array(cutters).reshape(-1, 2, 3)[:, :, across]
    low, high = boxes.cut_rectangle(outer[0, across], outer[1, across], holes[:, 0], holes[:, 1])
    if not len(low):
        size = " x ".join(f"{side:g}" for side in outer[1, across] - outer[0, across])
        raise InputError(f"nothing of {name} is left between the members of its bay of {size} mm", where, "enlarge the bay")
    for key, hole in _openings(entry, outer[:, across]):
        low, high = _cut_opening(entry, hole, low, high, f"{where}.{key}")
    corners = np.tile(outer, (len(low), 1, 1)).astype(np.float64)
    corners[:, 0, across], corners[:, 1, across] = low, high
    thickness = file.gauges[entry.gauge].thickness
    piece = boxes.joined(low, high)
    made: list[Part] = []
    for number in range(int(piece.max()) + 1):
        own = corners[piece == number]
        envelope = np.array([own[:, 0].min(axis=0), own[:, 1].max(axis=0)])
        label = name if number == 0 else f"{name}.{number + 1}"
        text = f"plate {thickness:g}"
        made.append(Part(label, where, "plate", entry.gauge, thickness, text, own[:, 0], own[:, 1], envelope, normal))
    return made


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


def _openings(entry: Plate, bay: Floats) -> list[tuple[str, Floats]]:
    """Keys and corners of the openings in one bay: its window, and the cut-outs that lie in it."""
    found: list[tuple[str, Floats]] = []
    if entry.window:
        size = np.array([entry.window[axis] for axis in AXES if axis in entry.window])
        found.append(("window", np.array([bay.mean(axis=0) - size / 2, bay.mean(axis=0) + size / 2])))
    for name, points in entry.cutouts.items():
        hole = np.array([np.minimum(*points), np.maximum(*points)])
        if (hole[1] - hole[0] <= TOUCHING).any():
            size = " x ".join(f"{side:g}" for side in hole[1] - hole[0])
            raise InputError(
                f"the opening measures {size} mm", f"plates.{entry.name}.cutouts.{name}", "give two opposite corners"
            )
        inside = (np.minimum(hole[1], bay[1]) - np.maximum(hole[0], bay[0]) > TOUCHING).all()
        if inside:
            found.append((f"cutouts.{name}", hole))
    return found


def _cut_opening(entry: Plate, hole: Floats, low: Floats, high: Floats, where: str) -> tuple[Floats, Floats]:
    """Cut a rectangle out of a plate; the plate around it must stay whole."""
    axes = _axes(entry)
    size = hole[1] - hole[0]
    clear = np.array([low.min(axis=0), high.max(axis=0)])
    rim = np.array([hole[0] - clear[0], clear[1] - hole[1]])
    if (rim < SHORTEST - TOUCHING).any():
        side, worst = np.unravel_index(int(np.argmin(rim)), rim.shape)
        limit = clear[side, worst] + (SHORTEST if side == 0 else -SHORTEST)
        bound = f"from {limit:g} mm on" if side == 0 else f"up to {limit:g} mm"
        what = f"the opening of {size[worst]:g} mm from {hole[0, worst]:g} to {hole[1, worst]:g} mm leaves no rim"
        most = clear[1, worst] - clear[0, worst] - 2 * SHORTEST
        raise InputError(what, f"{where}.{axes[worst]}", f"{bound} in {axes[worst]}, at most {most:g} mm here")
    pieces = [boxes.cut_rectangle(a, b, hole[:1], hole[1:]) for a, b in zip(low, high, strict=True)]
    return np.concatenate([piece[0] for piece in pieces]), np.concatenate([piece[1] for piece in pieces])


def _refuse_unused(entry: Plate, made: list[Part]) -> None:
    """Refuse a cut-out that lies in no bay."""
    own = [part.envelope for part in made if part.entry == f"plates.{entry.name}"]
    across = [axis for axis in range(3) if axis != AXIS_NUMBER[entry.normal]]
    low, high = np.min([e[0] for e in own], axis=0)[across], np.max([e[1] for e in own], axis=0)[across]
    for name, points in entry.cutouts.items():
        if (np.maximum(*points) <= low).any() or (np.minimum(*points) >= high).any():
            place = " and ".join(f"{a:g} to {b:g} mm in {axis}" for a, b, axis in zip(low, high, _axes(entry), strict=True))
            raise InputError("the opening lies beside the plates", f"plates.{entry.name}.cutouts.{name}", f"they lie at {place}")


def _axes(entry: Plate) -> list[Axis]:
    return [axis for axis in AXES if axis != entry.normal]
