"""Mortar ties between faces whose meshes do not match, flat or curved.

integral(N_s (u_s - u_m)) = 0 over the slave surface with the slave's own shape functions as multipliers (Bernardi, Maday and
Patera 1994; Puso and Laursen 2004), so that u_s = D^-1 M u_m. Every slave face is cut by the master faces on it and integrated
piece by piece. Between flat faces the integrals are exact, which is what makes a uniform stress pass the tie.

Curved faces are cut in the plane of each slave face's corners, onto which both surfaces are projected along its normal; the
points of integration lie on the curved faces themselves (Puso, "A 3D mortar method for solid mechanics", IJNME 59 (2004) 315).
Motion as a whole passes without error where the two surfaces are the same, and as far as they lie together where they are not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from mechlock.errors import InputError
from mechlock.fem.elements import face_kind, shape, stock_rule
from mechlock.fem.model import Tie
from mechlock.fem.patches import faces_of, group_of_nodes
from mechlock.mesh.mesh import Floats, Ints, Mesh
from mechlock.mesh.topology import KINDS

# Against a face's size: how far flat and curved faces may lie apart (two polygons in one circle do), and what is flat.
_APART = (1e-3, 0.1)
_FLAT = 1e-6
# Largest angle's cosine between flat and between curved faces that are tied, and how much of a slave face may be uncovered.
_ALIKE = (1.0 - 1e-3, 0.8)
_UNCOVERED = (1e-6, 0.02)
_MOST_PLANES = 200
_DEGREE = 8
_NEWTON_STEPS = 20
_CORNERS = {"tri": 3, "qua": 4}


@dataclass(frozen=True)
class _Faces:
    """Faces of one kind: nodes (n, k) at points (n, k, 3), unit normals of their corners (n, 3), size (n,), flat or not (n,)."""

    kind: str
    nodes: Ints
    points: Floats
    normals: Floats
    size: Floats
    flat: np.ndarray

    @property
    def corners(self) -> Floats:
        """Places of the corners, (n, 3 or 4, 3)."""
        return self.points[:, : _CORNERS[self.kind[:3]]]


def _faces(mesh: Mesh, name: str, where: str) -> list[_Faces]:
    """Faces of a group by kind."""
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
        # across the diagonals of a quadrangle
        normal = np.cross(corners[:, -2] - corners[:, 0], corners[:, -1] - corners[:, n_corners - 3])
        normal /= np.linalg.norm(normal, axis=1, keepdims=True)
        size = np.ptp(corners, axis=1).max(axis=1)
        off = np.abs(np.einsum("fni,fi->fn", points - corners[:, :1], normal)).max(axis=1)
        middle = 0.5 * (corners + np.roll(corners, -1, axis=1))
        if points.shape[1] > n_corners:
            off = np.maximum(off, np.linalg.norm(points[:, n_corners : 2 * n_corners] - middle, axis=2).max(axis=1))
        result.append(_Faces(kind, nodes, points, normal, size, off <= _FLAT * size))
    return result


def _curved(faces: list[_Faces]) -> bool:
    """Whether surfaces are curved: by faces that are bent, or by flat ones that turn little by little."""
    if not all(item.flat.all() for item in faces):
        return True
    normals = np.unique(np.concatenate([np.round(item.normals, 6) for item in faces]), axis=0)
    if len(normals) > _MOST_PLANES:
        return True
    cosine = np.abs(normals @ normals.T)
    return bool(((cosine > _ALIKE[1]) & (cosine < _ALIKE[0])).any())


def _candidates(slave: _Faces, master: _Faces, curved: bool) -> tuple[Ints, Ints]:
    """Pairs of faces that may touch."""
    from scipy.spatial import KDTree  # takes a tenth of a second to load

    centres = [faces.corners.mean(axis=1) for faces in (slave, master)]
    reach = [np.linalg.norm(f.corners - c[:, None], axis=2).max(axis=1) for f, c in zip((slave, master), centres, strict=True)]
    near = KDTree(centres[1]).query_ball_point(centres[0], reach[0] + reach[1].max())
    first = np.repeat(np.arange(len(near)), [len(item) for item in near])
    second = np.concatenate([np.asarray(item, np.int64) for item in near]) if len(first) else np.zeros(0, np.int64)
    kept = np.abs(np.einsum("pi,pi->p", slave.normals[first], master.normals[second])) > _ALIKE[curved]
    if not curved:
        gap = np.abs(np.einsum("pi,pi->p", centres[1][second] - centres[0][first], slave.normals[first]))
        kept &= gap <= _APART[0] * slave.size[first]
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
    # an edge along the line may seem to cross it several times, by rounding
    left = kept.sum(axis=1)
    order = np.argsort(~kept, axis=1, kind="stable")[:, : max(width + 1, int(left.max(initial=0)))]
    return np.take_along_axis(both, order[:, :, None], axis=1), left


def _overlaps(slave: Floats, master: Floats) -> tuple[Floats, Ints]:
    """Intersections of convex polygons in the plane, both counter-clockwise: vertices (p, v, 2) and their number."""
    polygon, count = master, np.full(len(master), master.shape[1])
    for edge in range(slave.shape[1]):
        start, end = slave[:, edge], slave[:, (edge + 1) % slave.shape[1]]
        polygon, count = _clip(polygon, count, start, end - start)
    return polygon, count


def _reference(kind: str, nodes: Floats, points: Floats) -> Floats:
    """Reference coordinates of points (p, q, 2) in faces with nodes (p, k, 2) in a plane, by Newton's method."""
    xi = np.full(points.shape, 1 / 3 if kind.startswith("tri") else 0.5)
    for _ in range(_NEWTON_STEPS):
        values, gradients = shape(kind, xi.reshape(-1, 2))
        values = values.reshape(*points.shape[:2], -1)
        gradients = gradients.reshape(*points.shape[:2], -1, 2)
        miss = points - np.einsum("pqn,pni->pqi", values, nodes)
        matrix = np.einsum("pqnr,pni->pqir", gradients, nodes)
        step = np.linalg.solve(matrix, miss[..., None])[..., 0]
        xi = xi + step
        if np.abs(step).max(initial=0.0) < 1e-14:
            break
    return xi


@dataclass(frozen=True)
class _Pieces:
    """Common areas of slave and master faces, cut into triangles.

    Attributes
    ----------
    first, second : (n,) int arrays
        Slave and master face of each.
    flat : (n, n_points) array
        Areas of the points of integration in the plane of the slave face's corners, mm^2.
    areas : (n, n_points) array
        The same on the slave face itself.
    own, other : (n, n_points, n_nodes) arrays
        Shape functions of slave and master there.
    """

    first: Ints
    second: Ints
    flat: Floats
    areas: Floats
    own: Floats
    other: Floats


def _pieces(slave: _Faces, master: _Faces, curved: bool) -> _Pieces | None:
    """Integration points on the common area; None where there is none."""
    first, second = _candidates(slave, master, curved)
    origin, normal = slave.corners[first, 0], slave.normals[first]
    along = slave.corners[first, 1] - origin
    along -= np.einsum("pi,pi->p", along, normal)[:, None] * normal
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    plane = np.asarray(np.stack([along, np.cross(normal, along)], axis=2), np.float64)
    flat = [(faces.points[row] - origin[:, None]) @ plane for faces, row in ((slave, first), (master, second))]
    corners = [item[:, : faces.corners.shape[1]] for item, faces in zip(flat, (slave, master), strict=True)]
    turned = np.einsum("pi,pi->p", normal, master.normals[second]) < 0
    polygon, count = _overlaps(corners[0], np.where(turned[:, None, None], corners[1][:, ::-1], corners[1]))
    found: list[_Pieces] = []
    for corner in range(1, polygon.shape[1] - 1):
        there = np.flatnonzero(count > corner + 1)
        triangles = polygon[there][:, [0, corner, corner + 1]]
        found += _triangles(slave, master, first[there], second[there], plane[there], (flat[0][there], flat[1][there]), triangles)
    if not found:
        return None
    whole = _Pieces(*(np.concatenate([getattr(item, name) for item in found]) for name in _Pieces.__dataclass_fields__))
    return _together(slave, master, whole) if curved else whole


def _triangles(
    slave: _Faces, master: _Faces, first: Ints, second: Ints, plane: Floats, flat: tuple[Floats, Floats], triangles: Floats
) -> list[_Pieces]:
    """Pieces of triangles (n, 3, 2) in the planes (n, 3, 2) of slave faces, whose nodes lie at `flat` there."""
    points, weights = stock_rule("ElementTriP1", _DEGREE)
    a, b, c = triangles[:, 0], triangles[:, 1], triangles[:, 2]
    area = (b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]
    real = area > 1e-14 * slave.size[first] ** 2
    if not real.any():
        return []
    first, second = first[real], second[real]
    plane, a, b, c = (item[real] for item in (plane, a, b, c))
    at = a[:, None] + points[:, :1] * (b - a)[:, None] + points[:, 1:] * (c - a)[:, None]
    shapes = []
    for faces, nodes in ((slave, flat[0][real]), (master, flat[1][real])):
        xi = _reference(faces.kind, nodes, at)
        shapes.append([item.reshape(*at.shape[:2], *item.shape[1:]) for item in shape(faces.kind, xi.reshape(-1, 2))])
    tangents = np.einsum("pqnr,pni->pqri", shapes[0][1], slave.points[first])
    across = np.cross(tangents[..., 0, :], tangents[..., 1, :])
    # area of the face over that of its shadow in the plane
    steep = np.linalg.norm(across, axis=2) / np.abs(np.einsum("pqi,pi->pq", across, slave.normals[first]))
    shadow = area[real][:, None] * weights
    return [_Pieces(first, second, shadow, shadow * steep, shapes[0][0], shapes[1][0])]


def _together(slave: _Faces, master: _Faces, found: _Pieces) -> _Pieces | None:
    """Those pieces of curved faces that lie on each other."""
    apart = np.einsum("pqn,pni->pqi", found.own, slave.points[found.first])
    apart -= np.einsum("pqn,pni->pqi", found.other, master.points[found.second])
    near = np.linalg.norm(apart, axis=2).max(axis=1) <= _APART[1] * slave.size[found.first]
    return _Pieces(*(getattr(found, name)[near] for name in _Pieces.__dataclass_fields__)) if near.any() else None


def tie_integrals(mesh: Mesh, tie: Tie) -> tuple[Ints, Ints, sp.csr_array, sp.csr_array]:
    """Slave nodes, master nodes, and integrals D of slave by slave and M of slave by master shape functions: D u_s = M u_m.

    Raises
    ------
    InputError
        When the master does not cover the slave.
    """
    where = f"ties.{tie.name}"
    slaves, masters = (group_of_nodes(mesh, name, where) for name in (tie.slave, tie.master))
    square, oblong = (len(slaves), len(slaves)), (len(slaves), len(masters))
    mass, mixed = sp.csr_array(square), sp.csr_array(oblong)
    below, above = _faces(mesh, tie.slave, where), _faces(mesh, tie.master, where)
    curved = _curved(below + above)
    for slave in below:
        covered = np.zeros(len(slave.nodes))
        for master in above:
            found = _pieces(slave, master, curved)
            if found is None:
                continue
            np.add.at(covered, found.first, found.flat.sum(axis=1))
            row = np.searchsorted(slaves, slave.nodes[found.first])
            mass = mass + _gathered(np.einsum("pq,pqa,pqb->pab", found.areas, found.own, found.own), row, row, square)
            column = np.searchsorted(masters, master.nodes[found.second])
            mixed = mixed + _gathered(np.einsum("pq,pqa,pqb->pab", found.areas, found.own, found.other), row, column, oblong)
        bare = 1.0 - covered / _areas(slave)
        if (bare > _UNCOVERED[curved]).any():
            worst = slave.corners[bare.argmax()].mean(axis=0)
            place = ", ".join(f"{v:.4g}" for v in worst)
            raise InputError(
                f"{100 * bare.max():.3g} % of the slave face at ({place}) mm has no master face under it",
                where,
                "swap master and slave, or let the surfaces meet",
            )
    return slaves, masters, mass, mixed


def tie_weights(mass: sp.csr_array, mixed: sp.csr_array, stays: np.ndarray) -> sp.csr_array:
    """W with u_follow = W (u_master, u_stay) for the slave nodes that follow.

    Those that stay are held by a support, which takes the traction there: no multiplier acts at them (Bernardi, Maday and Patera
    1994).

    Parameters
    ----------
    mass, mixed : sparse arrays (n_slaves, n_slaves), (n_slaves, n_masters)
        From `tie_integrals`.
    stays : (n_slaves,) bool array
    """
    from scipy.sparse.linalg import splu  # takes a tenth of a second to load

    rows, held = np.flatnonzero(~stays), np.flatnonzero(stays)
    own = sp.csr_array(mass[rows])
    right = np.hstack([mixed[rows].toarray(), -own[:, held].toarray()])
    weights = splu(sp.csc_array(own[:, rows])).solve(right)
    weights[np.abs(weights) < 1e-13] = 0.0
    return sp.csr_array(weights)


def _gathered(values: Floats, rows: Ints, columns: Ints, size: tuple[int, ...]) -> sp.csr_array:
    """Sparse sum of small matrices (p, a, b)."""
    i = np.repeat(rows, columns.shape[1], axis=1).ravel()
    j = np.tile(columns, rows.shape[1]).ravel()
    return sp.csr_array(sp.coo_array((values.ravel(), (i, j)), shape=size))


def _areas(faces: _Faces) -> Floats:
    """Areas of the polygons of the faces' corners."""
    c = faces.corners
    fan = [np.cross(c[:, i] - c[:, 0], c[:, i + 1] - c[:, 0]) for i in range(1, c.shape[1] - 1)]
    return 0.5 * np.linalg.norm(sum(fan), axis=1)
