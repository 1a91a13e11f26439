"""Loads on faces as nodal forces, and beside them the resultants that their definitions give without any nodal force."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mechlock.errors import InputError
from mechlock.fem.geometry import FacePatch, face_patches
from mechlock.fem.model import Bearing, Force, Moment, Pressure, Traction
from mechlock.fem.patches import Patch, faces_of, make_patch
from mechlock.mesh.mesh import Floats, Ints, Mesh

_TURNS = 20
# A spread couple or pin force that misses its resultant by more than this part cannot be carried by the faces.
_MISSED = 1e-6


@dataclass(frozen=True)
class SurfaceLoad:
    """One load.

    Attributes
    ----------
    nodes : (n,) int array
        May repeat.
    values : (n, 3) array
        Nodal forces, N.
    force, moment : (3,) arrays
        Resultants by definition, N and N mm about the origin.
    """

    nodes: Ints
    values: Floats
    force: Floats
    moment: Floats


def surface_load(mesh: Mesh, load: Force | Moment | Bearing | Pressure | Traction, where: str) -> SurfaceLoad:
    """Spread a load over its faces (a force or a moment: or over a group of nodes).

    Raises
    ------
    InputError
        When the group is missing or empty, or cannot carry the load.
    """
    if isinstance(load, Force):
        return _force(mesh, load, where)
    if isinstance(load, Moment):
        vector = np.asarray(load.moment, float)
        patch = make_patch(mesh, (load.on,), where)
        return SurfaceLoad(patch.nodes, _couple(patch, vector, load.on, where), np.zeros(3), vector)
    patches = face_patches(mesh, faces_of(mesh, load.on, where))
    if isinstance(load, Bearing):
        tractions = _bearing(patches, load, where)
    elif isinstance(load, Pressure):
        tractions = [-load.pressure * patch.areas for patch in patches]
    else:
        tractions = [patch.weights[:, :, None] * np.asarray(load.traction, float) for patch in patches]
    return _spread(mesh, patches, tractions)


def _spread(mesh: Mesh, patches: list[FacePatch], tractions: list[Floats]) -> SurfaceLoad:
    """Nodal forces of forces at the integration points (n_faces, n_points, 3)."""
    total, about = np.zeros(3), np.zeros(3)
    for patch, traction in zip(patches, tractions, strict=True):
        place = np.einsum("qn,fni->fqi", patch.values, mesh.points[patch.nodes])
        total += traction.sum(axis=(0, 1))
        about += np.cross(place, traction).sum(axis=(0, 1))
    nodes = np.concatenate([patch.nodes.ravel() for patch in patches])
    values = [np.einsum("qn,fqi->fni", p.values, t).reshape(-1, 3) for p, t in zip(patches, tractions, strict=True)]
    return SurfaceLoad(nodes, np.concatenate(values), total, about)


def _force(mesh: Mesh, load: Force, where: str) -> SurfaceLoad:
    patch = make_patch(mesh, (load.on,), where)
    vector = np.asarray(load.force, float)
    values = patch.mean[:, None] * vector
    centre = _centre(mesh, load.on, where) if load.on in mesh.faces else patch.points.mean(axis=0)
    if load.at is None:
        return SurfaceLoad(patch.nodes, values, vector, np.cross(centre, vector))
    place = np.asarray(load.at, float)
    values = values + _couple(patch, np.cross(place - patch.centre, vector), load.on, where)
    return SurfaceLoad(patch.nodes, values, vector, np.cross(place, vector))


def _couple(patch: Patch, moment: Floats, name: str, where: str) -> Floats:
    """Nodal forces of a couple as a linear traction field."""
    values = np.einsum("iaj,i->aj", patch.rotation, moment)
    found = np.cross(patch.points, values).sum(axis=0)
    if np.linalg.norm(found - moment) > _MISSED * np.linalg.norm(moment):
        raise InputError(
            f"the nodes of {name!r} cannot carry this moment: they lie on one line or at one point",
            where,
            "name faces, or three nodes that are not on one line",
        )
    return values


def _centre(mesh: Mesh, name: str, where: str) -> Floats:
    """Centroid of a face group, integrated over its faces."""
    area, first = 0.0, np.zeros(3)
    for patch in face_patches(mesh, faces_of(mesh, name, where)):
        place = np.einsum("qn,fni->fqi", patch.values, mesh.points[patch.nodes])
        area += float(patch.weights.sum())
        first += np.einsum("fq,fqi->i", patch.weights, place)
    return first / area


def _bearing(patches: list[FacePatch], load: Bearing, where: str) -> list[Floats]:
    """Forces at the integration points of the pressure max(0, -n.a) whose resultant is the load; a is found by Newton's method.

    On a whole cylinder a is parallel to the load, and the pressure follows the cosine.
    """
    wanted = np.asarray(load.force, float)
    areas = np.concatenate([patch.areas.reshape(-1, 3) for patch in patches])
    weights = np.linalg.norm(areas, axis=1)
    normals = areas / weights[:, None]
    pushed = normals @ wanted < 0.0
    way = np.zeros(3)
    for _ in range(_TURNS):
        matrix = (normals[pushed] * weights[pushed, None]).T @ normals[pushed]
        way = np.linalg.pinv(matrix, rcond=1e-9, hermitian=True) @ wanted
        before, pushed = pushed, normals @ way < 0.0
        if (before == pushed).all():
            break
    pressure = np.maximum(-(normals @ way), 0.0)
    forces = -pressure[:, None] * areas
    missed = float(np.linalg.norm(forces.sum(axis=0) - wanted))
    if missed > _MISSED * float(np.linalg.norm(wanted)):
        raise InputError(
            f"the faces of {load.on!r} cannot take this force by pressure alone (a part of {missed:.3g} N is left)",
            where,
            "give a force across the hole's axis that presses on the named faces",
        )
    sizes = [patch.areas.shape for patch in patches]
    parts = np.split(forces, np.cumsum([rows * points for rows, points, _ in sizes])[:-1])
    return [part.reshape(size) for part, size in zip(parts, sizes, strict=True)]
