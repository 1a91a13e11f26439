"""Planes of the tensor grid: wall faces, a row beside every weld toe, and subdivision to a largest size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mechlock.mesh.tensor_cells import filled
from mechlock.mesh.tensor_holes import hole_planes
from mechlock.mesh.tensor_welds import weld_toes
from mechlock.solids.boxes import TOUCHING
from mechlock.solids.frame import FrameSolid
from mechlock.solids.frame_feet import Foot, feet
from mechlock.solids.frame_mitres import mitred_ends

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


READABLE = 0.6
"""Longest cell beside a weld toe, in wall thicknesses, in which structural stress is read."""

_NEAR = 0.02


@dataclass(frozen=True)
class Grading:
    """How finely the grid is cut.

    Attributes
    ----------
    size : float
        Largest element in mm.
    toe_rows : tuple of float
        Distances of extra planes from weld toes, in wall thicknesses (empty: none).
    around_blocks : bool
        Such planes also at the welds of solid blocks (guide sockets, pad shoes), not only between members, sheets and bars.
    growth : float
        Largest ratio of neighbouring elements away from walls and toes (infinite: no grading).
    halved : bool
        Cut every interval in two, except across walls, which both kinds of elements bend exactly with one element.
    walls_too : bool
        Where halved, also across walls: near corners a wall carries more than bending.
    hole_cells : int
        Least number of cells along each side of the square around a hole.
    foot_cells : int
        Least number of cells across the feet of braces, whose toes have rows too then, and across the walls of braces (two at
        least); 0 leaves the faces under feet whole.
    quadratic : bool
        ``hex20``, else ``hex8i``: a quarter of the unknowns on the same cells, and no stress beside welds.
    """

    size: float = 150.0
    toe_rows: tuple[float, ...] = ()
    growth: float = np.inf
    halved: bool = False
    walls_too: bool = False
    around_blocks: bool = False
    quadratic: bool = True
    hole_cells: int = 2
    foot_cells: int = 0


QUICK = Grading(size=260.0)
DEFAULT = Grading(size=200.0, toe_rows=(0.4, 1.0), growth=10.0)
REFINED = Grading(size=200.0, toe_rows=(0.4, 1.0), growth=10.0, halved=True)


def grid_planes(solid: FrameSolid, grading: Grading) -> tuple[Floats, Floats, Floats]:
    """Coordinates of the planes of each axis, ascending."""
    stands = tuple(feet(solid)) if grading.foot_cells else ()
    planes = _walls(solid, stands, grading)
    if grading.toe_rows:
        toes, seams = toe_candidates(solid, grading.around_blocks, stands), seam_toes(solid, planes, grading.around_blocks)
        rows = [np.concatenate([toes[axis], seams[axis]]) for axis in range(3)]
        planes = [_with_rows(planes[axis], rows[axis], grading.toe_rows) for axis in range(3)]
    found = [subdivided(own, grading) for own in planes]
    if grading.halved:
        found = [_halve(own, solid, axis, grading.walls_too) for axis, own in enumerate(found)]
    return found[0], found[1], found[2]


def _walls(solid: FrameSolid, stands: tuple[Foot, ...], grading: Grading) -> list[Floats]:
    """Planes of each axis on which walls, faces, holes and feet end."""
    corners = np.concatenate([solid.low, solid.high])
    edges = np.array([corner for face in solid.faces for corner in (face.low, face.high)]).reshape(-1, 3)
    found: list[Floats] = []
    for axis in range(3):
        holes, feet_own = hole_planes(solid.holes, axis, grading.hole_cells), foot_planes(stands, axis, grading.foot_cells)
        found.append(_distinct(np.concatenate([corners[:, axis], edges[:, axis], holes, feet_own])))
    return found


def _distinct(values: Floats) -> Floats:
    """Sorted values, those closer than `TOUCHING` taken as one."""
    ordered = np.unique(values)
    return ordered[np.concatenate([[True], np.diff(ordered) > TOUCHING])]


def toe_candidates(
    solid: FrameSolid, around_blocks: bool = False, stands: tuple[Foot, ...] = ()
) -> tuple[Floats, Floats, Floats]:
    """Where the toes of members' end welds cut the axes: for each axis rows of (toe, sense away from it, wall thickness).

    Each end of a hollow section on another part has a toe along the section, from the other part's face, and toes on
    that face around the section where it is narrower than the face; likewise blocks on the faces that they touch. A mitre has
    toes along both its members from the inside of the corner, and feet that `stands` names have them around on their ground.
    """
    low = np.array([part.envelope[0] for part in solid.parts])
    high = np.array([part.envelope[1] for part in solid.parts])
    thickness = np.array([part.thickness for part in solid.parts])
    run = np.array([part.axis if part.kind in {"hollow", "open"} else -1 for part in solid.parts])
    branch, chord, normal = _end_contacts(low, high, run)
    if around_blocks:
        single = np.array([part.kind == "block" and len(part.low) == 1 for part in solid.parts])
        more = _block_contacts(low, high, single)
        branch, chord, normal = (np.concatenate(both) for both in zip((branch, chord, normal), more, strict=True))
    found: list[list[Floats]] = [[], [], []]
    for axis in range(3):
        ends = normal == axis
        lower = ends & (np.abs(low[branch, axis] - high[chord, axis]) <= TOUCHING)
        upper = ends & ~lower
        beside = normal != axis
        below = beside & (low[branch, axis] - low[chord, axis] > TOUCHING)
        above = beside & (high[chord, axis] - high[branch, axis] > TOUCHING)
        rows = (
            (low[branch, axis], lower, 1.0, thickness[branch]),
            (high[branch, axis], upper, -1.0, thickness[branch]),
            (low[branch, axis], below, -1.0, thickness[chord]),
            (high[branch, axis], above, 1.0, thickness[chord]),
        )
        for toe, where, sense, wall in rows:
            found[axis].append(np.stack([toe[where], np.full(where.sum(), sense), wall[where]], axis=1))
    for axis, row in (*_mitre_toes(solid), *_foot_toes(solid, stands)):
        found[axis].append(row[None])
    tables = [np.unique(np.round(np.concatenate(rows), 9), axis=0) for rows in found]
    return tables[0], tables[1], tables[2]


def seam_toes(solid: FrameSolid, planes: Sequence[Floats], around_blocks: bool = False) -> tuple[Floats, Floats, Floats]:
    """Where the toes of welds along sheets and bars cut the axes, as in `toe_candidates`.

    They are found where cells meet, so that each has the thickness of the wall on which it lies, whatever is welded to that: the
    sheet of 3 mm between posts of 2.5 mm, and both the rib and the sheet that it stands on.

    Parameters
    ----------
    solid : FrameSolid
    planes : three float arrays
        On which walls end.
    around_blocks : bool
        Whether toes at solid blocks count.
    """
    toes = weld_toes(filled(solid, (planes[0], planes[1], planes[2])))
    block = np.array([part.kind == "block" for part in solid.parts])
    chosen = toes.through & ~toes.flush
    if not around_blocks:
        chosen &= ~(block[toes.part] | block[toes.other])
    toes = toes.select(chosen)
    axis = np.abs(toes.away).argmax(axis=1)
    rows = np.arange(len(axis))
    table = np.stack([toes.point[rows, axis], toes.away[rows, axis], toes.thickness], axis=1)
    found = [np.unique(np.round(table[axis == number], 9), axis=0) for number in range(3)]
    return found[0], found[1], found[2]


def _mitre_toes(solid: FrameSolid) -> Iterator[tuple[int, Floats]]:
    """Toes on the inside of mitred corners: the axis of each member, and (toe, sense away from it, wall thickness) along it."""
    for part, mitre, other in mitred_ends(solid.parts):
        for own, rest, sense in ((part, other, -mitre.normal[part.axis]), (other, part, mitre.normal[other.axis])):
            inside = rest.envelope[1 if sense > 0 else 0, own.axis]
            yield own.axis, np.array([inside, np.sign(sense), own.thickness])


def _foot_toes(solid: FrameSolid, stands: tuple[Foot, ...]) -> Iterator[tuple[int, Floats]]:
    """Toes around feet on their ground: an axis of the face, and (toe, sense away from it, wall thickness) along it."""
    for foot in stands:
        wall = solid.parts[foot.ground].thickness
        for axis in range(3):
            if axis != foot.axis:
                low, high = foot.span[:, axis]
                yield axis, np.array([low, -1.0, wall])
                yield axis, np.array([high, 1.0, wall])


def foot_planes(stands: tuple[Foot, ...], axis: int, cells: int) -> Floats:
    """Coordinates of one axis that the ground of feet is cut at: their outlines' ends, and what divides them into `cells`."""
    found: list[Floats] = [np.zeros(0)]
    for foot in stands:
        if axis != foot.axis:
            found += [np.array([loop[:, axis].min(), loop[:, axis].max()]) for loop in foot.outlines]
            low, high = foot.span[:, axis].tolist()
            found.append(np.linspace(low, high, cells + 1))
    return np.concatenate(found)


def _end_contacts(low: Floats, high: Floats, run: Ints) -> tuple[Ints, Ints, Ints]:
    """Members that end on the envelope of another part: member, other part, axis of the member."""
    common = np.minimum(high[:, None], high[None]) - np.maximum(low[:, None], low[None])
    axis = np.arange(3)
    flat = np.abs(common) <= TOUCHING
    meeting = (flat == (axis == run[:, None, None])).all(axis=2) & (run >= 0)[:, None] & (common > -TOUCHING).all(axis=2)
    branch, chord = np.nonzero(meeting)
    return branch, chord, run[branch]


def _block_contacts(low: Floats, high: Floats, block: NDArray[np.bool_]) -> tuple[Ints, Ints, Ints]:
    """Blocks with a face on the envelope of another part: block, other part, axis of the face."""
    common = np.minimum(high[:, None], high[None]) - np.maximum(low[:, None], low[None])
    flat = np.abs(common) <= TOUCHING
    meeting = (flat.sum(axis=2) == 1) & (common > -TOUCHING).all(axis=2) & block[:, None]
    branch, chord = np.nonzero(meeting)
    return branch, chord, flat[branch, chord].argmax(axis=1)


def _with_rows(planes: Floats, toes: Floats, rows: tuple[float, ...]) -> Floats:
    """Add planes at all `rows` thicknesses from the toes, those of thin walls first, where longer cells would be left.

    A thicker wall's toe on the same plane often finds cells of the thin one short enough to be read in.
    """
    for wall in np.unique(toes[:, 2]):
        for row in sorted(rows):
            planes = _add_row(planes, toes[toes[:, 2] == wall], row)
    return planes


def _add_row(planes: Floats, toes: Floats, row: float) -> Floats:
    """Add planes at `row` thicknesses from the toes, where the cell up to there is longer than `READABLE` thicknesses."""
    result = planes
    for toe, sense, wall in toes[np.lexsort((toes[:, 1], toes[:, 0]))]:
        wanted = toe + sense * wall * row
        if not planes[0] < wanted < planes[-1] or np.abs(result - wanted).min() <= wall * _NEAR:
            continue
        right = np.searchsorted(result, wanted)
        if result[right] - result[right - 1] > READABLE * wall * (1 + 1e-9):
            result = np.insert(result, right, wanted)
    return result


def subdivided(planes: Floats, grading: Grading) -> Floats:
    """Cut intervals between planes that are longer than the size, with elements that grow from their ends."""
    steps = np.diff(planes)
    pieces: list[Floats] = []
    for index, (start, length) in enumerate(zip(planes[:-1], steps, strict=True)):
        before = steps[index - 1] if index else length
        after = steps[index + 1] if index + 1 < len(steps) else length
        pieces.append(start + _graded(length, before, after, grading))
    return np.append(np.concatenate(pieces), planes[-1])


def _graded(length: float, before: float, after: float, grading: Grading) -> Floats:
    """Starts of the elements in an interval of `length` whose neighbours measure `before` and `after`."""
    left, right = _growing(length, before, grading), _growing(length, after, grading)
    middle = length - left.sum() - right.sum()
    count = max(1, int(np.ceil(middle / grading.size - 1e-9)))
    sizes = np.concatenate([left, np.full(count, middle / count), right[::-1]])
    return np.concatenate([[0.0], np.cumsum(sizes)[:-1]])


def _growing(length: float, first: float, grading: Grading) -> Floats:
    """Element lengths that grow from `first` until the largest size, over at most a third of `length`."""
    sizes: list[float] = []
    size = first * grading.growth
    while size < min(grading.size, length) / 2 and sum(sizes) + size < length / 3:
        sizes.append(size)
        size *= grading.growth
    return np.array(sizes)


def _halve(planes: Floats, solid: FrameSolid, axis: int, walls_too: bool) -> Floats:
    """Add the middle of every interval, of those across a wall where asked."""
    middles = (planes[:-1] + planes[1:]) / 2
    if walls_too:
        return np.sort(np.concatenate([planes, middles]))
    sides = solid.high - solid.low
    thin = sides.argmin(axis=1) == axis
    walls = [(solid.low[box, axis], solid.high[box, axis]) for box in np.nonzero(thin)[0]]
    spans = np.unique(np.array(walls).reshape(-1, 2), axis=0)
    across = ((middles[:, None] > spans[:, 0]) & (middles[:, None] < spans[:, 1])).any(axis=1)
    return np.sort(np.concatenate([planes, middles[~across]]))
