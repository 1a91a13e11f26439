"""Welds of a frame on its tensor grid: toes with the directions that structural stress is read along, and re-entrant edges.

A concave edge is one where three of the four cells around it are filled. Where two parts meet there it is a weld toe;
where one part is alone it is the inner corner of a hollow section, which is round in truth.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mechlock.mesh import topology
from mechlock.mesh.tensor_cells import Filled, Meshed

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

RUN_LIMIT = 5.0
"""Free surface beyond a toe is measured up to so many wall thicknesses."""

CORNER = 2.0
"""Outer corner radius of cold-formed hollow sections in wall thicknesses (EN 10219-2, 7.1: 2.0 T up to 6 mm), within which a
model with sharp corners is not read."""

SHARES = (0.001, 0.5, 0.999)
"""Where along an edge the toe is read: practically at its ends, so that refined meshes read where coarse ones did."""


@dataclass(frozen=True)
class Reentrant:
    """Concave edges of the mesh.

    Attributes
    ----------
    segments : (n, 2, 3) float array
        Ends of each edge in mm.
    is_weld : (n,) bool array
        Whether parts meet there; else the inner corner of one part.
    """

    segments: Floats
    is_weld: Flags


@dataclass(frozen=True)
class WeldToes:
    """Points on weld toes, three for each mesh edge and each of the two surfaces that meet there.

    Attributes
    ----------
    point, away, inward : (n, 3) float arrays
        Place on the edge; unit vector along the surface away from the toe; unit vector into the wall.
    thickness : (n,) float array
        Thickness of the wall in mm.
    length : (n,) float array
        Length of toe that the point stands for, in mm.
    run : (n,) float array
        Free surface along `away`, in mm, up to `RUN_LIMIT` thicknesses.
    part, other : (n,) int arrays
        Part whose surface it is and part welded to it: numbers into ``solid.parts``.
    through : (n,) bool array
        Whether `inward` crosses the wall (a toe on a sheet's face, hot spot type a), not a sheet's edge or a block.
    flush : (n,) bool array
        Whether this is the member's side of the weld along a sheet that is flush with the member's outer wall: the sheet's
        stress goes straight on into that wall, and only bending of the sheet is felt beside the weld. The sheet's own side
        of the same weld is another toe.
    """

    point: Floats
    away: Floats
    inward: Floats
    thickness: Floats
    length: Floats
    run: Floats
    part: Ints
    other: Ints
    through: Flags
    flush: Flags

    def select(self, chosen: Flags) -> WeldToes:
        """Return only the chosen ones."""
        return WeldToes(**{name: values[chosen] for name, values in self.__dict__.items()})


def reentrant_edges(tensor: Filled) -> Reentrant:
    """Every concave edge of the mesh."""
    segments, welds = [], []
    for axis in range(3):
        edges = _concave(tensor, axis)
        ends = [_place(tensor, axis, edges.place, step) for step in (0, 1)]
        segments.append(np.stack(ends, axis=1))
        welds.append(edges.is_weld)
    return Reentrant(np.concatenate(segments), np.concatenate(welds))


def weld_toes(tensor: Filled, shortest_run: float = 1.0) -> WeldToes:
    """Every weld toe whose free surface is at least `shortest_run` wall thicknesses long.

    Left out are toes inside a hollow section (welds lie outside) and within its corner radius.
    """
    found = [_toes(tensor, axis, side) for axis in range(3) for side in (0, 1)]
    toes = WeldToes(**{name: np.concatenate([getattr(part, name) for part in found]) for name in found[0].__dict__})
    enclosed = _enclosed(tensor, toes.point, toes.part) | _enclosed(tensor, toes.point, toes.other)
    return toes.select((toes.run >= shortest_run * toes.thickness * (1 - 1e-9)) & ~enclosed)


def _enclosed(tensor: Filled, points: Floats, number: Ints) -> Flags:
    """Whether points lie within the section of the hollow part of that number, wherever along it."""
    parts = tensor.solid.parts
    envelope = np.array([part.envelope for part in parts])
    for index, part in enumerate(parts):
        if part.kind == "hollow":
            envelope[index, :, part.axis] = -np.inf, np.inf
        else:
            envelope[index] = np.inf
    margin = 1e-6
    inside = (points > envelope[number, 0] + margin) & (points < envelope[number, 1] - margin)
    return np.asarray(inside.all(axis=1), np.bool_)


def corners_between(tensor: Filled) -> tuple[Ints, Floats]:
    """Corners between two parts, outside hollow sections: numbers of the two parts (n, 2), and ends in mm (n, 2, 3)."""
    pairs: list[Ints] = []
    segments: list[Floats] = []
    for axis in range(3):
        edges = _concave(tensor, axis)
        place, beside = edges.place[edges.is_weld], edges.parts[edges.is_weld]
        two = np.where((beside[:, 0] != beside[:, 1])[:, None], beside[:, :2], beside[:, [0, 2]])
        middle = _place(tensor, axis, place, 0.5)
        outside = ~(_enclosed(tensor, middle, two[:, 0]) | _enclosed(tensor, middle, two[:, 1]))
        pairs.append(two[outside])
        segments.append(np.stack([_place(tensor, axis, place[outside], step) for step in (0, 1)], axis=1))
    return np.concatenate(pairs), np.concatenate(segments)


def weld_interface(tensor: Meshed) -> Ints:
    """Numbers of the nodes on faces between two parts: the middle of the heat-affected zone."""
    faces = topology.KINDS[tensor.mesh.blocks[0].kind].faces
    cells = tensor.mesh.blocks[0].cells
    found: list[Ints] = []
    for axis in range(3):
        part, cell = np.moveaxis(tensor.part, axis, 0), np.moveaxis(tensor.cell, axis, 0)
        between = (part[:-1] >= 0) & (part[1:] >= 0) & (part[:-1] != part[1:])
        found.append(cells[cell[1:][between]][:, list(faces[2 * axis])].ravel())
    return np.unique(np.concatenate(found))


@dataclass(frozen=True)
class _Concave:
    place: Ints  # (n, 3) plane numbers in the order (a, b, along)
    void: Ints  # (n, 2) which quadrant is empty, 0 below and 1 above, along a and b
    parts: Ints  # (n, 3) parts beside the void along a, beside it along b, and across from it
    is_weld: Flags


def _order(axis: int) -> list[int]:
    return [(axis + 1) % 3, (axis + 2) % 3, axis]


def _padded(tensor: Filled, axis: int) -> Ints:
    """Part numbers in axis order (a, b, along) with a layer of nothing around a and b."""
    return np.pad(np.transpose(tensor.part, _order(axis)), ((1, 1), (1, 1), (0, 0)), constant_values=-1)


def _concave(tensor: Filled, axis: int) -> _Concave:
    part = _padded(tensor, axis)
    quadrants = np.stack([[part[:-1, :-1], part[:-1, 1:]], [part[1:, :-1], part[1:, 1:]]])
    filled = quadrants >= 0
    place = np.argwhere(filled.sum(axis=(0, 1)) == 3)
    around = quadrants[:, :, place[:, 0], place[:, 1], place[:, 2]]
    void = np.argwhere(np.moveaxis(around < 0, 2, 0))[:, 1:]
    rows = np.arange(len(place))
    u, v = void.T
    parts = np.stack([around[u, 1 - v, rows], around[1 - u, v, rows], around[1 - u, 1 - v, rows]], axis=1)
    return _Concave(place, void, parts, (parts != parts[:, :1]).any(axis=1))


def _place(tensor: Filled, axis: int, place: Ints, step: float) -> Floats:
    """Points on edges: `step` 0 at their start, 1 at their end, 0.5 in the middle."""
    points = np.empty((len(place), 3))
    a, b, along = _order(axis)
    points[:, a], points[:, b] = tensor.planes[a][place[:, 0]], tensor.planes[b][place[:, 1]]
    ends = tensor.planes[along][place[:, 2]], tensor.planes[along][place[:, 2] + 1]
    points[:, along] = (1 - step) * ends[0] + step * ends[1]
    return points


def _toes(tensor: Filled, axis: int, side: int) -> WeldToes:
    """Toes on edges along `axis` whose surface runs along a (`side` 0) or along b (`side` 1)."""
    edges = _concave(tensor, axis)
    keep = edges.is_weld
    place, void, beside = edges.place[keep], edges.void[keep], edges.parts[keep]
    own, partner, across = beside[:, side], beside[:, 1 - side], beside[:, 2]
    other = np.where(partner != own, partner, across)
    order = _order(axis)
    along_axis, normal_axis = order[side], order[1 - side]
    away_sign, normal_sign = 2 * void[:, side] - 1, 2 * void[:, 1 - side] - 1
    start = np.empty((len(place), 3), dtype=np.int64)
    start[:, axis] = place[:, 2]
    start[:, along_axis] = place[:, side] - 1 + void[:, side]
    start[:, normal_axis] = place[:, 1 - side] - void[:, 1 - side]
    parts = tensor.solid.parts
    thickness = np.array([part.thickness for part in parts])[own]
    depth = _march(tensor, start, normal_axis, -normal_sign, own, RUN_LIMIT * thickness, None)
    # flanges of an open profile may be thicker than its web: the wall that the toe is on counts
    flange = np.array([(part.high - part.low).min(axis=1).max() if part.kind == "open" else 0.0 for part in parts])[own]
    thickness = np.where(depth <= flange * (1 + 1e-6), depth, thickness)
    limit = RUN_LIMIT * thickness
    run = _march(tensor, start, along_axis, away_sign, own, limit, (normal_axis, normal_sign))
    away, inward = np.zeros((len(place), 3)), np.zeros((len(place), 3))
    away[:, along_axis], inward[:, normal_axis] = away_sign, -normal_sign
    ends = np.stack([_place(tensor, axis, place, step) for step in (0, 1)], axis=1)
    low, high = ends[:, 0, axis].copy(), ends[:, 1, axis].copy()
    for number in (own, other):
        limits = _straight(tensor, axis)[number]
        low, high = np.maximum(low, limits[:, 0]), np.minimum(high, limits[:, 1])
    kept = np.flatnonzero(high - low > 1e-6)
    rows = np.repeat(kept, len(SHARES))
    share = np.tile(SHARES, len(kept))
    point = ends[rows, 0]
    point[:, axis] = (1 - share) * low[rows] + share * high[rows]
    length = (high - low)[rows] / len(SHARES)
    through = depth <= thickness * (1 + 1e-6)
    run = np.minimum(run, limit)
    flush = _flush(tensor, along_axis)[own, other]
    return WeldToes(
        point,
        away[rows],
        inward[rows],
        thickness[rows],
        length,
        run[rows],
        own[rows],
        other[rows],
        through[rows],
        flush[rows],
    )


def _flush(tensor: Filled, axis: int) -> Flags:
    """Whether hollow part i has an outer wall in one plane with sheet j, which is normal to `axis`; shape (n_parts, n_parts)."""
    parts = tensor.solid.parts
    ends = np.array([part.envelope[:, axis] for part in parts])
    sheet = np.array([part.kind == "plate" and part.axis == axis for part in parts])
    hollow = np.array([part.kind == "hollow" and part.axis != axis for part in parts])
    level = (np.abs(ends[:, None] - ends[None]) < 1e-6).any(axis=2)
    return level & hollow[:, None] & sheet[None]


def _straight(tensor: Filled, axis: int) -> Floats:
    """Range of `axis` over which each part's section is straight: without the corners of hollow parts; shape (n_parts, 2)."""
    ranges = np.tile([-np.inf, np.inf], (len(tensor.solid.parts), 1))
    for number, part in enumerate(tensor.solid.parts):
        if part.kind == "hollow" and part.axis != axis:
            radius = CORNER * part.thickness
            ranges[number] = part.envelope[0, axis] + radius, part.envelope[1, axis] - radius
    return ranges


def _march(
    tensor: Filled, start: Ints, axis: int, sign: Ints, own: Ints, limit: Floats, cover: tuple[int, Ints] | None
) -> Floats:
    """Length from grid cells `start` along ±`axis` over which part `own` goes on.

    With `cover` (axis, sense) only as long as there is nothing before its surface on that side. Stops beyond `limit`.
    """
    part = np.pad(tensor.part, 1, constant_values=-1)
    steps = np.diff(tensor.planes[axis])
    place, reached = start + 1, np.zeros(len(start))
    active = np.ones(len(start), dtype=bool)
    place = place.copy()
    while active.any():
        inside = part[tuple(place.T)] == own
        if cover is not None:
            above = place.copy()
            above[:, cover[0]] += cover[1]
            inside &= part[tuple(above.T)] < 0
        active &= inside & (reached <= limit)
        reached[active] += steps[place[active, axis] - 1]
        place[active, axis] += sign[active]
    return reached
