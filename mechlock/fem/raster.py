"""A flat face group cut into equal rectangles that do not depend on its mesh, each with the mean displacement over it.

The rectangles are cut out of the faces' extent and integrated exactly over their part of every face, so that the same contact is
seen by every mesh of the same pad.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from mechlock.errors import InputError
from mechlock.fem.elements import face_kind, node_coordinates, shape
from mechlock.fem.patches import faces_of
from mechlock.mesh.mesh import Floats, Ints, Mesh
from mechlock.mesh.topology import KINDS

# Deviation from a rectangle along the axes, and parts of a cell's area, that count as rounding.
_ROUNDING = 1e-9
# Two points each way integrate the faces' functions, of degree two in each coordinate, exactly.
_GAUSS = np.array([0.5 - 0.5 / np.sqrt(3.0), 0.5 + 0.5 / np.sqrt(3.0)])


@dataclass(frozen=True)
class Raster:
    """Cells of a face group.

    Attributes
    ----------
    means : (n_cells, n_nodes) sparse array
        Weights of the mean displacement of each cell; every row sums to one.
    areas : (n_cells,) array
        Covered area of each cell, mm^2.
    centres : (n_cells, 3) array
        Its centroid, mm.
    """

    means: sp.csr_array
    areas: Floats
    centres: Floats


def raster(mesh: Mesh, names: tuple[str, ...], per_side: int, where: str) -> Raster:
    """Cut the extent of face groups into `per_side` rectangles each way; those that no face covers are left out.

    Raises
    ------
    InputError
        When the faces are not rectangles along the axes, in one plane across an axis.
    """
    group = np.unique(np.concatenate([faces_of(mesh, name, where) for name in names]), axis=0)
    parts = _rectangles(mesh, group)
    if not parts:
        raise InputError(
            "only faces that are rectangles along the axes can be cut into parts",
            where,
            "leave the raster out: each node touches",
        )
    corners = np.concatenate([mesh.points[faces].reshape(-1, 3) for _, faces in parts])
    low, size = corners.min(axis=0), np.ptp(corners, axis=0)
    flat = np.flatnonzero(size <= _ROUNDING * size.max())
    if len(flat) != 1:
        raise InputError("the faces do not lie in one plane across an axis", where, "name faces of one side of the pad")
    first, second = np.delete(np.arange(3), flat)
    plane, step = (int(first), int(second)), size / per_side
    entries = [_integrals(kind, faces, mesh.points, (low, step), plane, per_side) for kind, faces in parts]
    cell, node = np.concatenate([number for number, _ in entries], axis=1)
    value = np.concatenate([share for _, share in entries])
    areas = np.asarray(np.bincount(cell, value, per_side**2), np.float64)
    kept = np.flatnonzero(areas > _ROUNDING * areas.max())
    whole = sp.coo_array((value / areas[cell], (cell, node)), shape=(per_side**2, len(mesh.points)))
    means = sp.csr_array(sp.csr_array(whole)[kept])
    means.eliminate_zeros()
    return Raster(means, areas[kept], np.asarray(means @ mesh.points))


def _rectangles(mesh: Mesh, group: Ints) -> list[tuple[str, Ints]]:
    """Faces of a group by kind, nodes (n, k); none when any is no rectangle along the axes."""
    found: list[tuple[str, Ints]] = []
    for index, block in enumerate(mesh.blocks):
        inside = (group[:, 0] >= mesh.offsets[index]) & (group[:, 0] < mesh.offsets[index + 1])
        for local, order in enumerate(KINDS[block.kind].faces):
            cells = group[inside & (group[:, 1] == local), 0] - mesh.offsets[index]
            if not len(cells):
                continue
            kind, faces = face_kind(block.kind, local), block.cells[np.ix_(cells, list(order))]
            if not _is_rectangle(kind, mesh.points[faces]):
                return []
            found.append((kind, faces))
    return found


def _is_rectangle(kind: str, points: Floats) -> bool:
    """Whether all faces (n, k, 3) have four corners, sides along the axes and their other nodes midway."""
    if not kind.startswith("quad"):
        return False
    sides = points[:, [1, 3]] - points[:, :1]
    length = np.abs(sides).max(axis=2, keepdims=True)
    along = (np.abs(sides) > _ROUNDING * length).sum(axis=2)
    even = points[:, :1] + np.einsum("kr,fri->fki", node_coordinates(kind), sides)
    return bool((along == 1).all() and (np.abs(points - even) <= _ROUNDING * length.max(axis=1, keepdims=True)).all())


def _integrals(
    kind: str, faces: Ints, points: Floats, cells: tuple[Floats, Floats], plane: tuple[int, int], per_side: int
) -> tuple[Ints, Floats]:
    """Integrals of the faces' functions over their part of each cell: numbers of cell and node (2, n), mm^2 (n,)."""
    (low, step), corners = cells, points[faces]
    sides = corners[:, [1, 3]] - corners[:, :1]
    # which of the face's own two directions runs along the first axis of the plane
    turned = np.abs(sides[:, 1, plane[0]]) > np.abs(sides[:, 0, plane[0]])
    cuts = np.arange(per_side + 1)
    starts, widths = [], []
    for own in (0, 1):
        axis = np.where(turned, plane[1 - own], plane[own])
        along = sides[np.arange(len(faces)), own, axis]
        origin = corners[np.arange(len(faces)), 0, axis]
        bounds = ((low[axis] - origin)[:, None] + step[axis][:, None] * cuts) / along[:, None]
        inside = np.sort(np.clip(np.stack([bounds[:, :-1], bounds[:, 1:]]), 0.0, 1.0), axis=0)
        starts.append(inside[0])
        widths.append(inside[1] - inside[0])
    face, i, j = np.nonzero((widths[0][:, :, None] > 0.0) & (widths[1][:, None, :] > 0.0))
    r = starts[0][face, i, None] + widths[0][face, i, None] * _GAUSS
    s = starts[1][face, j, None] + widths[1][face, j, None] * _GAUSS
    at = np.stack(np.broadcast_arrays(r[:, :, None], s[:, None, :]), axis=-1).reshape(-1, 2)
    values = shape(kind, at)[0].reshape(len(face), 4, -1).mean(axis=1)
    area = np.linalg.norm(np.cross(sides[face, 0], sides[face, 1]), axis=1) * widths[0][face, i] * widths[1][face, j]
    cell = np.where(turned[face], j * per_side + i, i * per_side + j)
    return np.stack([np.repeat(cell, faces.shape[1]), faces[face].ravel()]), (values * area[:, None]).ravel()
