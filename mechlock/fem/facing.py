"""Where one surface of a body faces another of its surfaces: closest points, for contact between parts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from mechlock.errors import InputError
from mechlock.fem.elements import face_kind, shape
from mechlock.fem.geometry import outward_sign
from mechlock.fem.patches import faces_of
from mechlock.mesh.mesh import Floats, Ints, Mesh
from mechlock.mesh.topology import KINDS

_NEAREST = 12
_STEPS = 20
_SETTLED = 1e-12
# How far outside a face, in its own coordinates, a closest point still counts as on it.
_BESIDE = 1e-3
# Least cosine between the normals of surfaces that face each other, one of them turned round.
_OPPOSITE = 0.5


_THIRD = 1 / 6
_GAUSS = (0.5 - 0.5 / np.sqrt(3.0), 0.5 + 0.5 / np.sqrt(3.0))
_POINTS = {
    "tri": np.array([[_THIRD, _THIRD], [4 * _THIRD, _THIRD], [_THIRD, 4 * _THIRD]]),
    "qua": np.array([[x, y] for x in _GAUSS for y in _GAUSS]),
}
"""Where contact is looked for on a face: integration points that give an even pressure its exact nodal forces, none negative."""


@dataclass(frozen=True)
class Facing:
    """Points of one surface and the closest points of another.

    Attributes
    ----------
    own, other : (n, n_nodes) sparse arrays
        Shape functions at the points and at the points that they face; each row sums to one.
    normals : (n, 3) array
        Unit outward normals of the other surface where it is faced.
    gap : (n,) array
        Distance along them in mm, negative where the surfaces cut into each other.
    areas : (n,) array
        Area that each point stands for, mm^2.
    """

    own: sp.csr_array
    other: sp.csr_array
    normals: Floats
    gap: Floats
    areas: Floats


def facing(mesh: Mesh, on: tuple[str, ...], against: tuple[str, ...], where: str) -> Facing:
    """Integration points of face groups and the closest points of others; points beside these, or behind them, are left out.

    The vector between the two points lies along the normal, so that a force along it balances on both.

    Raises
    ------
    InputError
        When the surfaces share nodes, or nothing of one faces the other.
    """
    from scipy.spatial import KDTree  # takes a tenth of a second to load

    own, points, looking, areas = _integration_points(mesh, on, where)
    nodes, n = np.unique(own.indices), len(points)
    distance = np.full(n, np.inf)
    group = np.unique(np.concatenate([faces_of(mesh, name, where) for name in against]), axis=0)
    gap, normals, owner = np.zeros(n), np.zeros((n, 3)), np.full(n, -1)
    entries: list[tuple[Ints, Ints, Floats]] = []
    for number, (kind, faces, sign) in enumerate(_kinds(mesh, group)):
        if np.isin(faces, nodes).any():
            raise InputError("the surfaces share nodes", where, "parts in contact have nodes of their own")
        near = KDTree(mesh.points[faces].mean(axis=1)).query(points, k=min(_NEAREST, len(faces)))[1].reshape(n, -1)
        node = np.repeat(np.arange(n), near.shape[1])
        face = near.ravel()
        values, normal, miss, inside = _closest(kind, mesh.points[faces[face]], points[node])
        opposite = sign * (normal * looking[node]).sum(axis=1) < -_OPPOSITE
        length = np.where(inside & opposite, np.linalg.norm(miss, axis=1), np.inf).reshape(n, -1)
        best = length.argmin(axis=1)
        pick = np.arange(n) * near.shape[1] + best
        better = np.flatnonzero(length[np.arange(n), best] < distance)
        owner[better] = number
        entries.append((better, faces[face[pick[better]]], values[pick[better]]))
        distance[better] = length[better, best[better]]
        normals[better] = sign * normal[pick[better]]
        gap[better] = (normals[better] * miss[pick[better]]).sum(axis=1)
    # what lies deep behind a surface looks away from it: the far side of the same part
    found = np.flatnonzero(np.isfinite(distance) & (gap > -np.sqrt(areas)))
    if not len(found):
        raise InputError(f"no face of {', '.join(against)} lies opposite", where, "name the faces that meet")
    weights = sp.csr_array((n, len(mesh.points)))
    for number, (place, met, values) in enumerate(entries):
        last = owner[place] == number
        row = np.repeat(place[last], met.shape[1])
        weights = weights + sp.csr_array((values[last].ravel(), (row, met[last].ravel())), shape=weights.shape)
    return Facing(own[found], sp.csr_array(weights)[found], normals[found], gap[found], areas[found])


def _integration_points(mesh: Mesh, names: tuple[str, ...], where: str) -> tuple[sp.csr_array, Floats, Floats, Floats]:
    """Shape functions (n, n_nodes), places (n, 3), unit outward normals (n, 3) and areas (n,) of a surface's points."""
    group = np.unique(np.concatenate([faces_of(mesh, name, where) for name in names]), axis=0)
    rows, places, normals, areas = [], [], [], []
    for kind, faces, sign in _kinds(mesh, group):
        at = _POINTS[kind[:3]]
        values, gradients = shape(kind, at)
        corners = mesh.points[faces]
        tangents = np.einsum("qnr,fni->fqir", gradients, corners)
        across = sign * np.cross(tangents[..., 0], tangents[..., 1]).reshape(-1, 3)
        size = np.linalg.norm(across, axis=1)
        n = len(faces) * len(at)
        column = np.repeat(faces, len(at), axis=0)
        entries = (np.tile(values, (len(faces), 1)).ravel(), (np.repeat(np.arange(n), faces.shape[1]), column.ravel()))
        rows.append(sp.csr_array(entries, shape=(n, len(mesh.points))))
        places.append(np.einsum("qn,fni->fqi", values, corners).reshape(-1, 3))
        normals.append(across / size[:, None])
        areas.append(size * (0.5 if kind.startswith("tri") else 1.0) / len(at))
    return sp.csr_array(sp.vstack(rows)), np.concatenate(places), np.concatenate(normals), np.concatenate(areas)


def _kinds(mesh: Mesh, group: Ints) -> list[tuple[str, Ints, float]]:
    """Faces of a group by kind: name, nodes (n, k), and which way their node order turns."""
    found: list[tuple[str, Ints, float]] = []
    for index, block in enumerate(mesh.blocks):
        inside = (group[:, 0] >= mesh.offsets[index]) & (group[:, 0] < mesh.offsets[index + 1])
        for local, order in enumerate(KINDS[block.kind].faces):
            cells = group[inside & (group[:, 1] == local), 0] - mesh.offsets[index]
            if len(cells):
                faces = block.cells[np.ix_(cells, list(order))]
                found.append((face_kind(block.kind, local), faces, outward_sign(block.kind, local)))
    return found


def _closest(kind: str, corners: Floats, points: Floats) -> tuple[Floats, Floats, Floats, np.ndarray]:
    """Closest points on curved faces (p, k, 3) to points (p, 3), by Gauss and Newton's method.

    Returns
    -------
    values (p, k), unit normals (p, 3), vectors from the closest points (p, 3), whether these lie on the faces (p,)
    """
    triangle = kind.startswith("tri")
    xi = np.full((len(points), 2), 1 / 3 if triangle else 0.5)
    for _ in range(_STEPS):
        values, gradients = shape(kind, xi)
        miss = points - np.einsum("pn,pni->pi", values, corners)
        tangents = np.einsum("pnr,pni->pir", gradients, corners)
        square = np.einsum("pir,pis->prs", tangents, tangents)
        step = np.linalg.solve(square, np.einsum("pir,pi->pr", tangents, miss)[..., None])[..., 0]
        # a far point must not throw the search out of the face's neighbourhood
        xi = np.clip(xi + step, -0.5, 1.5)
        if np.abs(step).max(initial=0.0) < _SETTLED:
            break
    values, gradients = shape(kind, xi)
    miss = points - np.einsum("pn,pni->pi", values, corners)
    tangents = np.einsum("pnr,pni->pir", gradients, corners)
    normal = np.cross(tangents[..., 0], tangents[..., 1])
    farthest = xi.sum(axis=1) if triangle else xi.max(axis=1)
    inside = np.asarray((xi.min(axis=1) > -_BESIDE) & (farthest < 1 + _BESIDE))
    return values, normal / np.linalg.norm(normal, axis=1, keepdims=True), miss, inside
