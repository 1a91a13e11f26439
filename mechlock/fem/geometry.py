"""Jacobians of element blocks and of faces."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from mechlock.errors import InputError
from mechlock.fem.elements import Table, face_kind, node_coordinates, shape, table
from mechlock.mesh.mesh import Floats, Ints, Mesh
from mechlock.mesh.topology import KINDS


def jacobians(points: Floats, cells: Ints, gradients: Floats) -> Floats:
    """Jacobian matrices dx_i/dxi_j of every cell at every reference point, shape (n_cells, n_points, 3, dim)."""
    n_points, n_nodes, dim = gradients.shape
    flat = gradients.transpose(1, 0, 2).reshape(n_nodes, n_points * dim)
    product = points[cells].transpose(0, 2, 1) @ flat
    return product.reshape(len(cells), 3, n_points, dim).transpose(0, 2, 1, 3)


def inverse(matrices: Floats) -> tuple[Floats, Floats]:
    """Inverses and determinants of stacked 3x3 matrices, by cofactors."""
    a = matrices
    cofactor = np.empty_like(a)
    for i in range(3):
        for j in range(3):
            k, m, p, q = (i + 1) % 3, (i + 2) % 3, (j + 1) % 3, (j + 2) % 3
            cofactor[..., j, i] = a[..., k, p] * a[..., m, q] - a[..., k, q] * a[..., m, p]
    determinant = np.einsum("...i,...i->...", a[..., 0, :], cofactor[..., :, 0])
    return cofactor / determinant[..., None, None], determinant


def determinants(matrices: Floats) -> Floats:
    """Determinants of stacked 3x3 matrices."""
    (a, b, c), (d, e, f), (g, h, i) = np.moveaxis(matrices, (-2, -1), (0, 1))
    return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)


def check_positive(determinant: Floats, kind: str, cells: Ints) -> None:
    """Refuse elements that are inside out.

    Raises
    ------
    InputError
        Naming the first such cell (its number within its block and its first node).
    """
    worst = determinant.min(axis=1) if determinant.ndim > 1 else determinant
    if not (worst > 0).all():
        bad = np.flatnonzero(~(worst > 0))
        raise InputError(
            f"{len(bad)} {kind} element(s) are inside out or have no volume; the first begins at node {cells[bad[0], 0]}",
            "mesh",
            "order the nodes as VTK does and keep mid-edge nodes near the middle of their edges",
        )


@dataclass(frozen=True)
class FacePatch:
    """Faces of one kind from one group, ready for integration.

    Attributes
    ----------
    nodes : (n_faces, n_nodes) int array
    values : (n_points, n_nodes) array
        Face shape functions at the quadrature points.
    areas : (n_faces, n_points, 3) array
        Outward normal times area weight at the quadrature points.
    """

    nodes: Ints
    values: Floats
    areas: Floats

    @property
    def weights(self) -> Floats:
        """Area of each quadrature point, shape (n_faces, n_points)."""
        return np.linalg.norm(self.areas, axis=2)


def outward_sign(kind: str, local: int) -> float:
    """+1 when the face's node order gives an outward normal on the reference element, else -1."""
    corners = node_coordinates(kind)[: KINDS[kind].n_corners]
    face = corners[list(KINDS[kind].faces[local][:3])]
    normal = np.cross(face[1] - face[0], face[2] - face[0])
    return float(np.sign(normal @ (face.mean(axis=0) - corners.mean(axis=0))))


def _faces(mesh: Mesh, group: Ints) -> Iterator[tuple[str, int, Ints]]:
    """Cell kind, local face and nodes (n_faces, n_nodes) of the faces in a group, those of one kind and local face at a time."""
    offsets = mesh.offsets
    for index, block in enumerate(mesh.blocks):
        inside = (group[:, 0] >= offsets[index]) & (group[:, 0] < offsets[index + 1])
        for local, nodes in enumerate(KINDS[block.kind].faces):
            cells = group[inside & (group[:, 1] == local), 0] - offsets[index]
            if len(cells):
                yield block.kind, local, block.cells[np.ix_(cells, list(nodes))]


def face_patches(mesh: Mesh, group: Ints) -> list[FacePatch]:
    """Integration data of the faces in a group of (cell, local face) pairs, one patch per element kind and local face."""
    patches: list[FacePatch] = []
    for kind, local, faces in _faces(mesh, group):
        rule: Table = table(face_kind(kind, local))
        tangents = jacobians(mesh.points, faces, rule.gradients)
        normal = np.cross(tangents[..., 0], tangents[..., 1]) * outward_sign(kind, local)
        patches.append(FacePatch(faces, rule.values, normal * rule.weights[None, :, None]))
    return patches


def node_normals(mesh: Mesh, group: Ints) -> tuple[Ints, Floats]:
    """Nodes of a face group and their unit outward normals (mean of the adjoining faces), shapes (n,), (n, 3)."""
    total = np.zeros_like(mesh.points)
    for kind, local, faces in _faces(mesh, group):
        own = face_kind(kind, local)
        tangents = jacobians(mesh.points, faces, shape(own, node_coordinates(own))[1])
        normal = np.cross(tangents[..., 0], tangents[..., 1]) * outward_sign(kind, local)
        np.add.at(total, faces, normal)
    found = np.flatnonzero(np.abs(total).max(axis=1) > 0)
    return found, total[found] / np.linalg.norm(total[found], axis=1, keepdims=True)
