"""The surface of a mesh: boundary faces, their edges and the angle of material at each edge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mechlock.mesh.mesh import Mesh
from mechlock.mesh.topology import KINDS

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.int64]


_MOST_IN_A_KEY = 2**21


@dataclass(frozen=True)
class BoundaryEdges:
    """Edges of the surface.

    Attributes
    ----------
    corners : (n, 2) int array
        Corner nodes.
    interior_angle : (n,) float array
        Angle filled with material in rad: pi on a flat surface, pi/2 at the edge of a box, 3/2 pi in its notch;
        2 pi where more than two boundary faces meet.
    """

    corners: Ints
    interior_angle: Floats


def all_faces(mesh: Mesh) -> tuple[Ints, Ints]:
    """Return every face of every cell: (n, 2) cell and local face numbers, and (n, 4) sorted corner nodes.

    Triangles have -1 as their first corner.
    """
    where, corners = [], []
    for start, block in zip(mesh.offsets, mesh.blocks, strict=False):
        numbers = np.arange(start, start + len(block.cells))
        for local, nodes in enumerate(KINDS[block.kind].faces):
            count = face_corner_count(nodes)
            key = np.full((len(block.cells), 4), -1, np.int64)
            key[:, 4 - count :] = np.sort(block.cells[:, list(nodes[:count])], axis=1)
            where.append(np.column_stack([numbers, np.full(len(numbers), local)]))
            corners.append(key)
    return np.concatenate(where), np.concatenate(corners)


def face_corner_count(face: tuple[int, ...]) -> int:
    """Number of corners of a face given by its local nodes (3, 6: triangle; 4, 8, 9: quadrilateral)."""
    return 3 if len(face) in {3, 6} else 4


def boundary_faces(mesh: Mesh) -> Ints:
    """Return the faces that belong to one cell only; (n, 2) cell and local face numbers."""
    where, corners = all_faces(mesh)
    # three corners name a face; as one number they are sorted ten times as fast as rows
    n = len(mesh.points)
    key = (corners[:, 1] * n + corners[:, 2]) * n + corners[:, 3] if n < _MOST_IN_A_KEY else corners[:, 1:]
    _, inverse, counts = np.unique(key, axis=0, return_inverse=True, return_counts=True)
    return where[counts[inverse.ravel()] == 1]


def lying_together(mesh: Mesh, faces: Ints, distance: float) -> int:
    """Number of faces that lie on another one of them without sharing its nodes, corner on corner within a distance in mm."""
    from scipy.spatial import KDTree  # takes a tenth of a second to load

    found = 0
    for _, nodes in face_corners(mesh, faces):
        corners = mesh.points[nodes]
        near = KDTree(corners.mean(axis=1)).query_pairs(distance, output_type="ndarray")
        apart = np.linalg.norm(corners[near[:, 0]][:, :, None] - corners[near[:, 1]][:, None], axis=3).min(axis=2)
        found += len(np.unique(near[(apart <= 2.0 * distance).all(axis=1)]))
    return found


def face_corners(mesh: Mesh, faces: Ints) -> list[tuple[Ints, Ints]]:
    """Corner nodes of faces in outward order, grouped by their number: list of (rows of `faces`, (n, 3 or 4) nodes)."""
    found: dict[int, list[tuple[Ints, Ints]]] = {}
    for start, block in zip(mesh.offsets, mesh.blocks, strict=False):
        inside = (faces[:, 0] >= start) & (faces[:, 0] < start + len(block.cells))
        for local, nodes in enumerate(KINDS[block.kind].faces):
            count = face_corner_count(nodes)
            rows = np.flatnonzero(inside & (faces[:, 1] == local))
            cells = block.cells[faces[rows, 0] - start]
            found.setdefault(count, []).append((rows, cells[:, list(nodes[:count])]))
    return [(np.concatenate([r for r, _ in parts]), np.concatenate([n for _, n in parts])) for parts in found.values()]


def boundary_edges(mesh: Mesh) -> BoundaryEdges:
    """Find the edges of the surface with the angle of material at each."""
    ends, normals, inward = [], [], []
    for _, nodes in face_corners(mesh, boundary_faces(mesh)):
        corners = mesh.points[nodes]
        count = nodes.shape[1]
        normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, -1] - corners[:, 0])
        normal /= np.linalg.norm(normal, axis=1, keepdims=True)
        centre = corners.mean(axis=1)
        for first in range(count):
            second = (first + 1) % count
            ends.append(nodes[:, [first, second]])
            normals.append(normal)
            inward.append(centre - corners[:, first])
    pairs, normal, into = np.concatenate(ends), np.concatenate(normals), np.concatenate(inward)
    key = np.sort(pairs, axis=1)
    unique, inverse, counts = np.unique(key, axis=0, return_inverse=True, return_counts=True)
    order = np.argsort(inverse.ravel(), kind="stable")
    first = np.cumsum(counts) - counts
    one, two = order[first], order[np.minimum(first + 1, len(order) - 1)]
    # the other face bends towards the material's outside where its inner point lies above the first face's plane
    between = np.arctan2(np.linalg.norm(np.cross(normal[one], normal[two]), axis=1), (normal[one] * normal[two]).sum(axis=1))
    # vectors start at each face's own end of the shared edge, whose difference lies in both planes
    above = (normal[one] * into[two]).sum(axis=1) > 0.0
    angle = np.where(above, np.pi + between, np.pi - between)
    angle = np.where(counts > 2, 2.0 * np.pi, np.where(counts == 1, np.nan, angle))
    return BoundaryEdges(unique, angle)
