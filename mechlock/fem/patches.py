"""Named groups of faces or nodes as weighted patches: mean displacement, mean rotation, bedding, positive node shares."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp

from mechlock.errors import InputError
from mechlock.fem.geometry import face_patches, node_normals
from mechlock.fem.model import Lock
from mechlock.mesh.mesh import Floats, Ints, Mesh

# Second moments of a patch below this part of the largest count as zero: it has no extent across that axis.
_FLAT = 1e-9


@dataclass(frozen=True)
class Patch:
    """Nodes with a normalised weight matrix.

    Attributes
    ----------
    nodes : (n,) int array
        Sorted.
    points : (n, 3) array
        Their places, mm.
    matrix : (n, n) sparse array
        integral(N_i N_j dA) / area for faces, 1/n on the diagonal for node groups; its entries sum to one.
    area : float
        mm^2; nan for a node group.
    normals : (n, 3) array
        Unit outward normals; nan for a node group.
    """

    nodes: Ints
    points: Floats
    matrix: sp.csr_array
    area: float
    normals: Floats

    @cached_property
    def mean(self) -> Floats:
        """Weights of the mean displacement, shape (n,); their sum is one."""
        return np.asarray(self.matrix.sum(axis=1)).ravel()

    @cached_property
    def shares(self) -> Floats:
        """Positive node shares (diagonal scaling of the weight matrix; Hinton, Rock and Zienkiewicz 1976), sum one."""
        diagonal = self.matrix.diagonal()
        return diagonal / diagonal.sum()

    @cached_property
    def centre(self) -> Floats:
        """Centroid, mm."""
        return self.mean @ self.points

    @cached_property
    def rotation(self) -> Floats:
        """Weights of the mean rotation vector, shape (3, n, 3): theta_i = sum over nodes a, axes j of R[i, a, j] u[a, j].

        theta = T^-1 integral(r x u) / area with T = integral(r.r I - r r^T) / area, r from the centroid: the transpose of a
        linear traction field. About an axis along which the patch has no extent no rotation is taken.
        """
        r = self.points - self.centre
        weighted = self.matrix @ r
        second = r.T @ weighted
        tensor = np.trace(second) * np.eye(3) - second
        values, vectors = np.linalg.eigh(tensor)
        kept = values > _FLAT * max(values[-1], 1e-300)
        pseudo = (vectors[:, kept] / values[kept]) @ vectors[:, kept].T
        cross = np.zeros((3, len(r), 3))
        for i in range(3):
            j, k = (i + 1) % 3, (i + 2) % 3
            cross[i, :, k] = weighted[:, j]
            cross[i, :, j] = -weighted[:, k]
        return np.einsum("mi,iaj->maj", pseudo, cross)

    @cached_property
    def turns(self) -> int:
        """Number of independent rotations that the patch can follow (3 for faces, 2 for a line, 0 for one node)."""
        r = self.points - self.centre
        second = r.T @ (self.matrix @ r)
        values = np.linalg.eigvalsh(np.trace(second) * np.eye(3) - second)
        return int((values > _FLAT * max(values[-1], 1e-300)).sum()) if values[-1] > 0 else 0


def lock_patch(mesh: Mesh, lock: Lock) -> Patch:
    """Patch of a lock's face; of a bolt both faces, the second with negative weights: its mean is what the first moves more.

    Raises
    ------
    InputError
        When a group is missing or empty, or the two faces share nodes.
    """
    where = f"locks.{lock.name}"
    head = make_patch(mesh, lock.on, where)
    if not lock.to:
        return head
    nut = make_patch(mesh, lock.to, where)
    if np.intersect1d(head.nodes, nut.nodes).size:
        raise InputError("the two ends share nodes", where, "name faces that do not touch under `on` and `to`")
    order = np.argsort(np.concatenate([head.nodes, nut.nodes]))
    matrix = sp.csr_array(sp.block_diag([head.matrix, -nut.matrix]))[order][:, order]
    points, normals = np.concatenate([head.points, nut.points])[order], np.concatenate([head.normals, nut.normals])[order]
    return Patch(np.concatenate([head.nodes, nut.nodes])[order], points, sp.csr_array(matrix), np.nan, normals)


def group_of_nodes(mesh: Mesh, name: str, where: str) -> Ints:
    """Nodes of a face or node group.

    Raises
    ------
    InputError
        When there is no such group, or it is empty.
    """
    if name in mesh.faces:
        nodes = mesh.face_nodes(name)
    elif name in mesh.nodes:
        nodes = np.unique(mesh.nodes[name])
    else:
        known = sorted({*mesh.faces, *mesh.nodes})
        raise InputError(
            f"the mesh has no group of faces or nodes called {name!r}",
            where,
            f"it has {', '.join(map(repr, known[:12]))}" if known else "it has no such groups at all",
        )
    if not len(nodes):
        raise InputError(f"the group {name!r} is empty", where)
    return nodes


def faces_of(mesh: Mesh, name: str, where: str) -> Ints:
    """Faces of a face group, refusing names of anything else."""
    if name not in mesh.faces:
        group_of_nodes(mesh, name, where)
        raise InputError(f"{name!r} is a group of nodes; faces are needed here", where)
    if not len(mesh.faces[name]):
        raise InputError(f"the group {name!r} is empty", where)
    return mesh.faces[name]


def make_patch(mesh: Mesh, names: tuple[str, ...], where: str) -> Patch:
    """Patch of one or more groups, all of faces or all of nodes.

    Raises
    ------
    InputError
        When a group is missing, empty, or kinds are mixed.
    """
    if not names:
        raise InputError("no group is named", where)
    members = [group_of_nodes(mesh, name, where) for name in names]
    nodes = np.unique(np.concatenate(members))
    surfaces = [name in mesh.faces for name in names]
    if not any(surfaces):
        matrix = sp.csr_array(sp.diags_array(np.full(len(nodes), 1.0 / len(nodes))))
        return Patch(nodes, mesh.points[nodes], matrix, np.nan, np.full((len(nodes), 3), np.nan))
    if not all(surfaces):
        raise InputError("groups of faces and groups of nodes cannot be mixed here", where)
    group = np.unique(np.concatenate([mesh.faces[name] for name in names]), axis=0)
    rows, columns, values, area = [], [], [], 0.0
    for patch in face_patches(mesh, group):
        local = np.searchsorted(nodes, patch.nodes)
        weights = patch.weights
        part = np.einsum("qa,qb,fq->fab", patch.values, patch.values, weights, optimize=True)
        rows.append(np.repeat(local, local.shape[1], axis=1).ravel())
        columns.append(np.tile(local, local.shape[1]).ravel())
        values.append(part.ravel())
        area += float(weights.sum())
    data = np.concatenate(values) / area
    shape = (len(nodes), len(nodes))
    matrix = sp.csr_array(sp.coo_array((data, (np.concatenate(rows), np.concatenate(columns))), shape=shape))
    return Patch(nodes, mesh.points[nodes], matrix, area, node_normals(mesh, group)[1])
