"""The surface of a frame's parts as triangles, and as a binary STL file."""

from __future__ import annotations

import numpy as np

from mechlock.solids import cad
from mechlock.solids.boxes import Floats
from mechlock.solids.frame import FrameSolid
from mechlock.solids.frame_gussets import Gusset
from mechlock.solids.frame_parts import Part
from mechlock.solids.frame_step import part_shape
from mechlock.solids.swept_part import SweptPart
from mechlock.solids.swept_section import Ints, boundary

_QUADS = {-1: (0, 2, 3, 1), 1: (0, 1, 3, 2)}


def surface_triangles(low: Floats, high: Floats) -> Floats:
    """Closed surface of a solid of boxes as outward triangles; shape (n, 3, 3).

    The boxes are laid on the grid of their own corners; what is exposed of each grid cell becomes two triangles.
    """
    planes = [np.unique(np.concatenate([low[:, axis], high[:, axis]])) for axis in range(3)]
    filled = np.zeros([len(axis) + 1 for axis in planes], dtype=bool)
    for a, b in zip(low, high, strict=True):
        spans = [slice(*(np.searchsorted(planes[axis], [a[axis], b[axis]]) + 1)) for axis in range(3)]
        filled[spans[0], spans[1], spans[2]] = True
    found = [_exposed(filled, planes, axis, sense) for axis in range(3) for sense in (-1, 1)]
    quads = np.concatenate(found)
    return np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])


def _exposed(filled: np.ndarray, planes: list[Floats], axis: int, sense: int) -> Floats:
    """Corners of the exposed quadrilaterals whose outward normal is `sense` times `axis`; shape (n, 4, 3)."""
    cells = np.argwhere(filled & ~np.roll(filled, -sense, axis)) - 1
    first, second = (axis + 1) % 3, (axis + 2) % 3
    corners = np.empty((len(cells), 4, 3))
    for number, (u, v) in enumerate(((0, 0), (1, 0), (0, 1), (1, 1))):
        corners[:, number, axis] = planes[axis][cells[:, axis] + (sense > 0)]
        corners[:, number, first] = planes[first][cells[:, first] + u]
        corners[:, number, second] = planes[second][cells[:, second] + v]
    return corners[:, _QUADS[sense]]


def part_triangles(part: Part) -> Floats:
    """Closed surface of a part of boxes as outward triangles; shape (n, 3, 3). With holes or mitres it is the CAD kernel's."""
    if not part.holes and not part.mitres:
        return surface_triangles(part.low, part.high)
    found = cad.triangles(part_shape(part))
    volume = np.einsum("ni,ni->", found[:, 0], np.cross(found[:, 1], found[:, 2]))
    return found if volume >= 0 else found[:, ::-1]


def brace_triangles(brace: SweptPart) -> Floats:
    """Closed surface of a brace as outward triangles; shape (n, 3, 3)."""
    corners, quads = _round_cells(brace) if brace.section.round else brace.section.cells()
    edges = boundary(quads)
    start, end = (brace.place(corners, np.full(len(corners), share)) for share in (0.0, 1.0))
    sides = np.stack([start[edges[:, 0]], start[edges[:, 1]], end[edges[:, 1]], end[edges[:, 0]]], axis=1)
    faces = np.concatenate([sides, start[quads[:, ::-1]], end[quads]])
    return np.concatenate([faces[:, [0, 1, 2]], faces[:, [0, 2, 3]]])


def _round_cells(brace: SweptPart) -> tuple[Floats, Ints]:
    """Corners and quadrilaterals, counter-clockwise, of a tube's ring."""
    outer, inner = brace.section.outlines()
    number = np.arange(len(outer))
    following = np.roll(number, -1)
    return np.concatenate([outer, inner]), np.stack([number, following, following + len(outer), number + len(outer)], axis=1)


def gusset_triangles(gusset: Gusset) -> Floats:
    """Closed surface of a gusset as outward triangles; shape (n, 3, 3)."""
    low, high = (gusset.outline() + side * gusset.thickness / 2 * gusset.across for side in (-1.0, 1.0))
    following = np.roll(np.arange(4), -1)
    sides = np.stack([low, low[following], high[following], high], axis=1)
    quads = np.concatenate([sides, [low[::-1]], [high]])
    return np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])


def stl_bytes(solid: FrameSolid) -> bytes:
    """Return the parts' surfaces as one binary STL file, in mm."""
    pieces = [part_triangles(part) for part in solid.parts]
    triangles = np.concatenate(
        [*pieces, *(brace_triangles(brace) for brace in solid.braces), *(gusset_triangles(item) for item in solid.gussets)]
    )
    table = np.zeros(len(triangles), dtype=[("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])
    normals = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    table["normal"] = normals / np.linalg.norm(normals, axis=1, keepdims=True)
    table["corners"] = triangles
    return b"mechlock, mm".ljust(80) + np.uint32(len(table)).tobytes() + table.tobytes()
