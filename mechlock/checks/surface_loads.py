"""Nodal forces of pressure on bores and contacts, with exactly the resultant that statics asks for.

A pin in a close-fitting bore presses on half of it with a pressure that falls off as the cosine of the angle from the
force (Peterson; Broghamer). Whatever the faceting of the mesh leaves of other resultants is taken out by a linear field
of tractions over the same nodes, so that forces and moments are exact.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from mechlock.errors import NoVerdict
from mechlock.fem.geometry import face_patches
from mechlock.mesh.mesh import Mesh

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

Traction = Callable[[Floats], Floats]
"""Traction (n, 3) at positions (n, 3), up to a common factor."""


def bore_pressure(centre: tuple[float, float], direction: Floats) -> Traction:
    """Return the outward cosine pressure of a pin along z that pushes the bore's wall in `direction` (unit, plane)."""

    def traction(position: Floats) -> Floats:
        radial = position[:, :2] - np.array(centre)
        radial = radial / np.linalg.norm(radial, axis=1, keepdims=True)
        pressure = np.maximum(radial @ direction, 0.0)
        return np.concatenate([radial * pressure[:, None], np.zeros((len(position), 1))], axis=1)

    return traction


def round_contact(axis: tuple[float, float], crown: tuple[float, float], direction: Floats, half_angle: float) -> Traction:
    """Return the traction of a round contact about `axis`, strongest at `crown` and zero at `half_angle` from it.

    What of the force points along the crown's radius comes as pressure, the rest as friction around the axis, both with
    the same cosine distribution.
    """
    middle = np.array(crown) - np.array(axis)
    middle = middle / np.linalg.norm(middle)
    normal, along = float(direction @ middle), float(direction @ np.array([-middle[1], middle[0]]))

    def traction(position: Floats) -> Floats:
        radial = position[:, :2] - np.array(axis)
        radial = radial / np.linalg.norm(radial, axis=1, keepdims=True)
        angle = np.arccos(np.clip(radial @ middle, -1.0, 1.0))
        size = np.cos(0.5 * np.pi * np.minimum(angle / half_angle, 1.0))[:, None]
        around = np.stack([-radial[:, 1], radial[:, 0]], axis=1)
        return np.concatenate([size * (normal * radial + along * around), np.zeros((len(position), 1))], axis=1)

    return traction


def nodal_forces(mesh: Mesh, faces: tuple[str, ...], traction: Traction, force: Floats, at: Floats) -> Floats:
    """Integrate a traction over face groups to nodal forces of exactly the wanted resultant.

    Parameters
    ----------
    faces : tuple of str
        Face groups.
    traction : Traction
        Distribution; its size does not matter.
    force : (3,) array
        Resultant in N.
    at : (3,) array
        Point (mm) about which the resultant moment is zero.

    Returns
    -------
    (n_points, 3) array
        Nodal forces in N.

    Raises
    ------
    NoVerdict
        When the distribution has no resultant along the force, or differs from it by more than a tenth.
    """
    total, share = _integrate(mesh, faces, traction)
    size = float(np.linalg.norm(force))
    if size == 0.0:
        return total * 0.0
    found = float(total.sum(axis=0) @ force) / size
    if found <= 0.0:
        raise NoVerdict(f"the mesh of {faces[0]!r} is too coarse to take its load", mend="use smaller elements there")
    total *= size / found
    change = _correction(mesh.points, share, force - total.sum(axis=0), -_moment(mesh.points, total, at), at)
    if float(np.abs(change).sum()) > 0.1 * float(np.abs(total).sum()):
        raise NoVerdict(f"the mesh of {faces[0]!r} is too coarse to take its load", mend="use smaller elements there")
    return total + change


def _integrate(mesh: Mesh, faces: tuple[str, ...], traction: Traction) -> tuple[Floats, Floats]:
    """Consistent nodal forces of a traction, and the area of the loaded surface that each node stands for."""
    total, share = np.zeros_like(mesh.points), np.zeros(len(mesh.points))
    for patch in face_patches(mesh, np.concatenate([mesh.faces[name] for name in faces])):
        weights = patch.weights
        position = np.einsum("qn,fni->fqi", patch.values, mesh.points[patch.nodes])
        vectors = traction(position.reshape(-1, 3)).reshape(position.shape)
        np.add.at(total, patch.nodes, np.einsum("qn,fq,fqi->fni", patch.values, weights, vectors))
        loaded = weights * np.linalg.norm(vectors, axis=2)
        np.add.at(share, patch.nodes, np.einsum("qn,fq->fn", patch.values**2, loaded))
    return total, share


def _moment(points: Floats, forces: Floats, at: Floats) -> Floats:
    return np.cross(points - at, forces).sum(axis=0)


def _correction(points: Floats, share: Floats, force: Floats, moment: Floats, at: Floats) -> Floats:
    """Linear traction field over the loaded nodes that has a given resultant about `at`."""
    nodes = np.flatnonzero(share > 0.0)
    arm = points[nodes] - at
    weight = share[nodes] / share[nodes].sum()
    spin = np.zeros((len(nodes), 3, 3))  # spin @ b = b x arm
    spin[:, 0, 1], spin[:, 0, 2], spin[:, 1, 2] = arm[:, 2], -arm[:, 1], arm[:, 0]
    spin[:, 1, 0], spin[:, 2, 0], spin[:, 2, 1] = -arm[:, 2], arm[:, 1], -arm[:, 0]
    field = np.concatenate([np.broadcast_to(np.eye(3), spin.shape), spin], axis=2) * weight[:, None, None]
    turned = np.cross(arm[:, :, None], field, axis=1)
    matrix = np.concatenate([field.sum(axis=0), turned.sum(axis=0)])
    scale = max(float(np.abs(arm).max()), 1.0)
    rows = np.array([1.0, 1.0, 1.0, 1.0 / scale, 1.0 / scale, 1.0 / scale])
    right = np.concatenate([force, moment]) * rows
    solution = np.linalg.lstsq(matrix * rows[:, None] * rows, right, rcond=1e-12)[0] * rows
    result = np.zeros_like(points)
    result[nodes] = field @ solution
    return result
