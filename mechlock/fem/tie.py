"""Mortar ties between flat faces whose meshes do not match.

integral(N_s (u_s - u_m)) = 0 over the slave surface with the slave's own shape functions as multipliers (Bernardi, Maday and
Patera 1994; Puso and Laursen 2004), so that u_s = D^-1 M u_m. The integrals are exact: every slave face is cut by the master
faces on it and integrated piece by piece, which is what makes a uniform stress pass the tie.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
import skfem
from scipy.sparse.linalg import splu
from skfem.quadrature import get_quadrature

from mechlock.errors import InputError
from mechlock.fem.elements import face_kind, shape
from mechlock.fem.model import Tie
from mechlock.fem.patches import faces_of, group_of_nodes
from mechlock.mesh.mesh import Floats, Ints, Mesh
from mechlock.mesh.topology import KINDS

# Against a face's size: how far faces may lie apart, how much of a slave face may be uncovered, how flat it must be.
_APART = 1e-3
_UNCOVERED = 1e-6
_FLAT = 1e-6
_DEGREE = 8
_CORNERS = {"tri": 3, "qua": 4}


@dataclass(frozen=True)
class _Faces:
    """Flat faces of one kind: nodes (n, k), corners (n, 3 or 4, 3), unit normals (n, 3), size (n,)."""

    kind: str
    nodes: Ints
    corners: Floats
    normals: Floats
    size: Floats


def _flat_faces(mesh: Mesh, name: str, where: str) -> list[_Faces]:
    """Faces of a group by kind; refuses bent ones."""
    group = faces_of(mesh, name, where)
    offsets = mesh.offsets
    found: dict[str, list[Ints]] = {}
    for index, block in enumerate(mesh.blocks):
        inside = (group[:, 0] >= offsets[index]) & (group[:, 0] < offsets[index + 1])
        for local, nodes in enumerate(KINDS[block.kind].faces):
            cells = group[inside & (group[:, 1] == local), 0] - offsets[index]
            if len(cells):
                found.setdefault(face_kind(block.kind, local), []).append(block.cells[np.ix_(cells, list(nodes))])
    result: list[_Faces] = []
    for kind, parts in found.items():
        nodes = np.concatenate(parts)
        n_corners = _CORNERS[kind[:3]]
        points = mesh.points[nodes]
        corners = points[:, :n_corners]
        normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, -1] - corners[:, 0])
        normal /= np.linalg.norm(normal, axis=1, keepdims=True)
        size = np.ptp(corners, axis=1).max(axis=1)
        off = np.abs(np.einsum("fni,fi->fn", points - corners[:, :1], normal)).max(axis=1)
        middle = 0.5 * (corners + np.roll(corners, -1, axis=1))
        if points.shape[1] > n_corners:
            off = np.maximum(off, np.linalg.norm(points[:, n_corners : 2 * n_corners] - middle, axis=2).max(axis=1))
        if (off > _FLAT * size).any():
            raise InputError(f"faces of {name!r} are bent; ties need flat faces with straight edges", where)
        result.append(_Faces(kind, nodes, corners, normal, size))
    return result


def _candidates(slave: _Faces, master: _Faces) -> tuple[Ints, Ints]:
    """Pairs of faces that may touch."""
    from scipy.spatial import KDTree  # takes a tenth of a second to load

    centres = [faces.corners.mean(axis=1) for faces in (slave, master)]
    reach = [np.linalg.norm(f.corners - c[:, None], axis=2).max(axis=1) for f, c in zip((slave, master), centres, strict=True)]
    near = KDTree(centres[1]).query_ball_point(centres[0], reach[0] + reach[1].max())
    first = np.repeat(np.arange(len(near)), [len(item) for item in near])
    second = np.concatenate([np.asarray(item, np.int64) for item in near]) if len(first) else np.zeros(0, np.int64)
    facing = np.abs(np.einsum("pi,pi->p", slave.normals[first], master.normals[second])) > 1 - _APART
    gap = np.abs(np.einsum("pi,pi->p", centres[1][second] - centres[0][first], slave.normals[first]))
    kept = facing & (gap <= _APART * slave.size[first])
    return first[kept], second[kept]


def _clip(subject: Floats, count: Ints, start: Floats, direction: Floats) -> tuple[Floats, Ints]:
    """Cut convex polygons (p, v, 2) with `count` vertices by the left side of lines (Sutherland and Hodgman 1974)."""
    n, width, _ = subject.shape
    index = np.arange(width)
    after = np.where(index + 1 < count[:, None], index + 1, 0)
    following = np.take_along_axis(subject, after[:, :, None], axis=1)

    def side(points: Floats) -> Floats:
        r = points - start[:, None]
        return direction[:, None, 0] * r[..., 1] - direction[:, None, 1] * r[..., 0]

    here, there = side(subject), side(following)
    used = index < count[:, None]
    inside, crossing = used & (here >= 0), used & ((here >= 0) != (there >= 0))
    share = here / np.where(crossing, here - there, 1.0)
    cut = subject + share[:, :, None] * (following - subject)
    # each vertex gives itself when inside, then the crossing of its edge
    both = np.stack([subject, cut], axis=2).reshape(n, 2 * width, 2)
    kept = np.stack([inside, crossing], axis=2).reshape(n, 2 * width)
    order = np.argsort(~kept, axis=1, kind="stable")[:, : width + 1]
    return np.take_along_axis(both, order[:, :, None], axis=1), kept.sum(axis=1)


def _overlaps(slave: Floats, master: Floats) -> tuple[Floats, Ints]:
    """Intersections of convex polygons in the plane, both counter-clockwise: vertices (p, v, 2) and their number."""
    polygon, count = master, np.full(len(master), master.shape[1])
    for edge in range(slave.shape[1]):
        start, end = slave[:, edge], slave[:, (edge + 1) % slave.shape[1]]
        polygon, count = _clip(polygon, count, start, end - start)
    return polygon, count


def _reference(kind: str, corners: Floats, points: Floats) -> Floats:
    """Reference coordinates of points (p, q, 2) in faces with corners (p, 3 or 4, 2), by Newton's method."""
    xi = np.full(points.shape, 1 / 3 if kind.startswith("tri") else 0.5)
    simple = "tri3" if kind.startswith("tri") else "quad4"
    for _ in range(8):
        values, gradients = shape(simple, xi.reshape(-1, 2))
        values = values.reshape(*points.shape[:2], -1)
        gradients = gradients.reshape(*points.shape[:2], -1, 2)
        miss = points - np.einsum("pqn,pni->pqi", values, corners)
        matrix = np.einsum("pqnr,pni->pqir", gradients, corners)
        step = np.linalg.solve(matrix, miss[..., None])[..., 0]
        xi = xi + step
        if np.abs(step).max(initial=0.0) < 1e-14:
            break
    return xi


def _pieces(slave: _Faces, master: _Faces) -> tuple[Ints, Ints, Floats, Floats, Floats]:
    """Integration points on the common area: slave face, master face, weights, slave and master shape functions per point."""
    first, second = _candidates(slave, master)
    origin = slave.corners[first, 0]
    along = slave.corners[first, 1] - origin
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    plane = np.stack([along, np.cross(slave.normals[first], along)], axis=2)
    flat_slave = (slave.corners[first] - origin[:, None]) @ plane
    flat_master = (master.corners[second] - origin[:, None]) @ plane
    turned = np.einsum("pi,pi->p", slave.normals[first], master.normals[second]) < 0
    ordered = np.where(turned[:, None, None], flat_master[:, ::-1], flat_master)
    polygon, count = _overlaps(flat_slave, ordered)
    points, weights = get_quadrature(skfem.ElementTriP1, _DEGREE)
    lists: list[list[np.ndarray]] = [[], [], [], [], []]
    for corner in range(1, polygon.shape[1] - 1):
        there = np.flatnonzero(count > corner + 1)
        a, b, c = polygon[there, 0], polygon[there, corner], polygon[there, corner + 1]
        area = (b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]
        real = area > 1e-14 * slave.size[first[there]] ** 2
        there, a, b, c, area = there[real], a[real], b[real], c[real], area[real]
        if not len(there):
            continue
        at = a[:, None] + points[0][:, None] * (b - a)[:, None] + points[1][:, None] * (c - a)[:, None]
        for faces, flat, store in ((slave, flat_slave, lists[3]), (master, flat_master, lists[4])):
            xi = _reference(faces.kind, flat[there], at)
            store.append(shape(faces.kind, xi.reshape(-1, 2))[0].reshape(len(there), len(weights), -1))
        lists[0].append(first[there])
        lists[1].append(second[there])
        lists[2].append(area[:, None] * weights)
    if not lists[0]:
        none = np.zeros(0, np.int64)
        empty = np.zeros((0, 1))
        return none, none, empty, empty[None, :0, :0], empty[None, :0, :0]
    return tuple(np.concatenate(part) for part in lists)  # pyright: ignore[reportReturnType]


def tie_weights(mesh: Mesh, tie: Tie) -> tuple[Ints, Ints, sp.csr_array]:
    """Slave nodes, master nodes and W with u_slave = W u_master.

    Raises
    ------
    InputError
        When faces are bent, or the master does not cover the slave.
    """
    where = f"ties.{tie.name}"
    slaves, masters = (group_of_nodes(mesh, name, where) for name in (tie.slave, tie.master))
    square, oblong = (len(slaves), len(slaves)), (len(slaves), len(masters))
    mass, mixed = sp.csr_array(square), sp.csr_array(oblong)
    for slave in _flat_faces(mesh, tie.slave, where):
        covered = np.zeros(len(slave.nodes))
        for master in _flat_faces(mesh, tie.master, where):
            first, second, weights, own, other = _pieces(slave, master)
            if not len(first):
                continue
            np.add.at(covered, first, weights.sum(axis=1))
            row = np.searchsorted(slaves, slave.nodes[first])
            mass = mass + _gathered(np.einsum("pq,pqa,pqb->pab", weights, own, own), row, row, square)
            column = np.searchsorted(masters, master.nodes[second])
            mixed = mixed + _gathered(np.einsum("pq,pqa,pqb->pab", weights, own, other), row, column, oblong)
        bare = 1.0 - covered / _areas(slave)
        if (bare > _UNCOVERED).any():
            worst = slave.corners[bare.argmax()].mean(axis=0)
            place = ", ".join(f"{v:.4g}" for v in worst)
            raise InputError(
                f"{100 * bare.max():.3g} % of the slave face at ({place}) mm has no master face under it",
                where,
                "swap master and slave, or let the surfaces meet",
            )
    weights = splu(sp.csc_array(mass)).solve(mixed.toarray())
    weights[np.abs(weights) < 1e-13] = 0.0
    return slaves, masters, sp.csr_array(weights)


def _gathered(values: Floats, rows: Ints, columns: Ints, size: tuple[int, ...]) -> sp.csr_array:
    """Sparse sum of small matrices (p, a, b)."""
    i = np.repeat(rows, columns.shape[1], axis=1).ravel()
    j = np.tile(columns, rows.shape[1]).ravel()
    return sp.csr_array(sp.coo_array((values.ravel(), (i, j)), shape=size))


def _areas(faces: _Faces) -> Floats:
    """Areas of flat convex faces."""
    c = faces.corners
    fan = [np.cross(c[:, i] - c[:, 0], c[:, i + 1] - c[:, 0]) for i in range(1, c.shape[1] - 1)]
    return 0.5 * np.linalg.norm(sum(fan), axis=1)
