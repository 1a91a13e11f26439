"""Weld toes at the feet of braces and gussets, whose meshes are tied to the faces that they stand on.

Of a tube the crowns and saddles are read, where its hot spots lie (CIDECT Design Guide 8, 2000, section 4.1); of other
outlines each side. The ground's side is read all round; a brace's on its walls' outer faces; of gussets, which carry in their
own plane, the ground's alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mechlock.mesh import topology
from mechlock.mesh.swept import ring_radius
from mechlock.mesh.tensor import TensorMesh
from mechlock.mesh.tensor_welds import CORNER, SHARES, WeldToes
from mechlock.solids.boxes import Floats
from mechlock.solids.frame_feet import Foot, feet
from mechlock.solids.frame_gussets import Gusset
from mechlock.solids.swept_part import SweptPart

Ints = NDArray[np.int64]

SHORT = 4.0
"""A side of an outline shorter than so many thicknesses is read in its middle alone."""

HINDRANCES = (
    "",
    "the ground ends within a wall thickness",
    "another part stands on the ground within a wall thickness",
    "the ground is within the corner radius of its section",
)
"""Why the ground beside a foot is not read."""

_FREE, _ENDS, _COVERED, _ROUNDED = range(len(HINDRANCES))
_STEPS = (0.05, 0.3, 0.6, 1.0)
_BESIDE = 1e-4


@dataclass(frozen=True)
class _Sites:
    """Places on an outline: where, along it and out of it on the face (n, 3), the length that each stands for (n,)."""

    point: Floats
    along: Floats
    out: Floats
    length: Floats


def foot_segments(tensor: TensorMesh) -> Floats:
    """Ends of the edges of all cells' faces on feet, (n, 2, 3) in mm: lines on which a tie makes stress singular."""
    mesh = tensor.mesh
    found: list[Floats] = [np.zeros((0, 2, 3))]
    for end in tensor.welded:
        rows = mesh.faces[end.slave]
        block = mesh.blocks[0]
        corners = np.array([face[:4] for face in topology.KINDS[block.kind].faces])[rows[:, 1]]
        points = mesh.points[np.take_along_axis(block.cells[rows[:, 0]], corners, axis=1)]
        found.append(np.stack([points, np.roll(points, -1, axis=1)], axis=2).reshape(-1, 2, 3))
    return np.concatenate(found)


def foot_toes(tensor: TensorMesh) -> tuple[WeldToes, WeldToes]:
    """Toes at every foot, on its ground and on the brace; parts beyond those of boxes are the solid's swept ones."""
    ground, walls = [_none()], [_none()]
    for foot in feet(tensor.solid):
        piece = tensor.solid.swept[foot.piece]
        sites = _sites(foot, piece)
        ground.append(_on_ground(tensor, foot, sites))
        if isinstance(piece, SweptPart):
            # the mesh of a tube is a polygon of the circle's area
            on_mesh = _around(foot, piece, ring_radius(piece.section.size[0] / 2, tensor.sides)) if piece.section.round else sites
            walls.append(_on_brace(tensor, foot, piece, on_mesh))
    return joined(ground), joined(walls)


@dataclass(frozen=True)
class UnreadToe:
    """A place at a foot whose toe is not read.

    Attributes
    ----------
    foot, ground : str
        Names of the swept part and of the part that it stands on.
    at : (x, y, z)
        mm.
    why : str
    """

    foot: str
    ground: str
    at: tuple[float, float, float]
    why: str


def unread_toes(tensor: TensorMesh) -> tuple[UnreadToe, ...]:
    """Places on the outlines of feet whose ground is not read, on any mesh, and why."""
    found: list[UnreadToe] = []
    for foot in feet(tensor.solid):
        piece = tensor.solid.swept[foot.piece]
        sites, ground = _sites(foot, piece), tensor.solid.parts[foot.ground].name
        _, _, hindered = _ground(tensor, foot, sites)
        for place, why in zip(sites.point[hindered != _FREE].tolist(), hindered[hindered != _FREE].tolist(), strict=True):
            x, y, z = place
            found.append(UnreadToe(piece.name, ground, (x, y, z), HINDRANCES[why]))
        if isinstance(piece, Gusset):
            x, y, z = foot.span.mean(axis=0).tolist()
            found.append(UnreadToe(piece.name, ground, (x, y, z), "the edge of a gusset is a hot spot of type b"))
    return tuple(found)


def _sites(foot: Foot, piece: SweptPart | Gusset) -> _Sites:
    """Places on an outline at which the ground is read."""
    if not isinstance(piece, SweptPart):
        return _along_sides(foot, piece.thickness, piece.thickness)
    if piece.section.round:
        return _around(foot, piece, piece.section.size[0] / 2)
    return _along_sides(foot, piece.thickness, (CORNER if piece.section.hollow else 1.0) * piece.thickness)


def _none() -> WeldToes:
    empty, vectors = np.zeros(0), np.zeros((0, 3))
    numbers, flags = np.zeros(0, np.int64), np.zeros(0, np.bool_)
    return WeldToes(vectors, vectors, vectors, empty, empty, empty, numbers, numbers, flags, flags)


def _around(foot: Foot, piece: SweptPart, radius: float) -> _Sites:
    """Crowns and saddles of a tube."""
    turn, share = np.arange(4) * (np.pi / 2), np.full(4, float(foot.end))
    points = piece.place(radius * np.stack([np.cos(turn), np.sin(turn)], axis=1), share)
    across = np.stack([-np.sin(turn), np.cos(turn)], axis=1)
    along = piece.place(across, share) - piece.place(np.zeros((4, 2)), share)
    return _Sites(points, *_directions(foot, along), np.full(4, foot.girth / 4))


def _along_sides(foot: Foot, thickness: float, corner: float) -> _Sites:
    """Places on the sides of an outline: near the corners and amid long ones, amid short ones."""
    loop = foot.outlines[0]
    points: list[Floats] = []
    along: list[Floats] = []
    lengths: list[float] = []
    for start, step in zip(loop, np.roll(loop, -1, axis=0) - loop, strict=True):
        length = float(np.linalg.norm(step))
        margin = corner / length
        shares = [0.5] if length < max(SHORT * thickness, 2.5 * corner) else [margin + (1 - 2 * margin) * s for s in SHARES]
        points += [start + share * step for share in shares]
        along += [step] * len(shares)
        lengths += [length / len(shares)] * len(shares)
    return _Sites(np.array(points), *_directions(foot, np.array(along)), np.array(lengths))


def _directions(foot: Foot, along: Floats) -> tuple[Floats, Floats]:
    """Unit vectors along an outline, and out of it on the face; (n, 3) each."""
    along = along / np.linalg.norm(along, axis=1, keepdims=True)
    loop = foot.outlines[0]
    turning = np.cross(loop, np.roll(loop, -1, axis=0)).sum(axis=0) @ foot.normal
    return along, np.sign(turning) * np.cross(along, foot.normal)


def _on_ground(tensor: TensorMesh, foot: Foot, sites: _Sites) -> WeldToes:
    """Toes on the face that a foot stands on, where it is free for a thickness."""
    own, wall, hindered = _ground(tensor, foot, sites)
    beyond = sites.point + (0.5 * wall)[:, None] * sites.out + (1.02 * wall)[:, None] * foot.normal
    through = _part_at(tensor, beyond) != own
    inward = np.tile(foot.normal, (len(own), 1))
    other = np.full(len(own), len(tensor.solid.parts) + foot.piece)
    toes = WeldToes(
        sites.point, sites.out, inward, wall, sites.length, wall, own, other, through, np.zeros(len(own), np.bool_)
    )  # fmt: skip
    return toes.select(hindered == _FREE)


def _ground(tensor: TensorMesh, foot: Foot, sites: _Sites) -> tuple[Ints, Floats, Ints]:
    """Part under each place just outside a foot (-1: none), its wall, and what hinders reading the ground there."""
    parts = tensor.solid.parts
    own = _part_at(tensor, sites.point + _BESIDE * (sites.out + foot.normal))
    wall = np.array([part.thickness for part in parts])[own]
    ends, covered = own < 0, np.zeros(len(own), np.bool_)
    for step in _STEPS:
        there = sites.point + (step * wall)[:, None] * sites.out
        ends |= _part_at(tensor, there + _BESIDE * foot.normal) != own
        covered |= _part_at(tensor, there - _BESIDE * foot.normal) >= 0
    rounded = np.zeros(len(own), np.bool_)
    for axis in range(3):
        straight = np.array([_straight(tensor, number, axis, foot.axis) for number in own])
        rounded |= (sites.point[:, axis] < straight[:, 0]) | (sites.point[:, axis] > straight[:, 1])
    return own, wall, np.select([ends, covered, rounded], [_ENDS, _COVERED, _ROUNDED], _FREE)


def _straight(tensor: TensorMesh, number: int, axis: int, normal: int) -> tuple[float, float]:
    """Range of an axis over which a part's face is flat: without the corner radii of hollow ones."""
    part = tensor.solid.parts[number]
    if part.kind != "hollow" or axis in (part.axis, normal):
        return -np.inf, np.inf
    radius = CORNER * part.thickness
    return float(part.envelope[0, axis]) + radius, float(part.envelope[1, axis]) - radius


def _on_brace(tensor: TensorMesh, foot: Foot, piece: SweptPart, sites: _Sites) -> WeldToes:
    """Toes on the outer faces of a brace's walls."""
    axis = piece.frame[0] if foot.end == 0 else -piece.frame[0]
    across = axis - (sites.along @ axis)[:, None] * sites.along
    # a tube's surface is straight along its axis alone
    away = np.tile(axis, (len(across), 1)) if piece.section.round else across / np.linalg.norm(across, axis=1, keepdims=True)
    inward = np.cross(sites.along, away)
    inward /= np.linalg.norm(inward, axis=1, keepdims=True)
    inward *= -np.sign(np.einsum("ni,ni->n", inward, sites.out))[:, None]
    wall = np.full(len(away), piece.thickness)
    through = np.ones(len(away), np.bool_)
    if not piece.section.hollow:
        walls = np.concatenate([np.zeros(0), *(np.diff(corners, axis=0).ravel() for corners in piece.section.walls)])
        wall, through = _depths(piece, sites.point, inward, np.unique(walls.round(9)))
    numbers = [len(tensor.solid.parts) + foot.piece, foot.ground]
    own, other = (np.full(len(away), number, np.int64) for number in numbers)
    return WeldToes(
        sites.point, away, inward, wall, sites.length, wall, own, other, through, np.zeros(len(away), np.bool_)
    )  # fmt: skip


def _depths(piece: SweptPart, points: Floats, inward: Floats, sizes: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Wall under places on an open section's outline, and whether it is a wall: not the width of a leg seen from its tip."""
    flat, step = (points - piece.start) @ piece.frame[1:].T, inward @ piece.frame[1:].T
    low, high = piece.section.walls.swapaxes(0, 1)

    def filled(depth: float) -> NDArray[np.bool_]:
        there = (flat + depth * step)[:, None]
        return np.asarray(((there >= low) & (there <= high)).all(axis=2).any(axis=1), np.bool_)

    ends = np.array([filled(size - _BESIDE) & ~filled(size + _BESIDE) for size in sizes])
    thick = (high - low).min(axis=1).max() * (1 + 1e-6)
    wall = np.where(ends.any(axis=0), sizes[ends.argmax(axis=0)], piece.thickness)
    return wall, ends.any(axis=0) & (wall <= thick)


def _part_at(tensor: TensorMesh, points: Floats) -> Ints:
    """Number of the part at each point, -1 where there is none."""
    index = np.stack([np.searchsorted(axis, points[:, number]) - 1 for number, axis in enumerate(tensor.planes)], axis=1)
    inside = ((index >= 0) & (index < tensor.part.shape)).all(axis=1)
    found = np.full(len(points), -1, np.int64)
    found[inside] = tensor.part[tuple(index[inside].T)]
    return found


def joined(sets: Sequence[WeldToes]) -> WeldToes:
    """Return several sets of toes as one."""
    return WeldToes(**{name: np.concatenate([getattr(toes, name) for toes in sets]) for name in WeldToes.__dataclass_fields__})
