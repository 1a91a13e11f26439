"""Compliance of a lock's part at its pins: how far the bores move among each other per newton, from its finite-element model.

The loads are equilibrated states (forces on bores, saddle and stop that need no support), the displacements are those on
which the pressures do work, so the matrix is symmetric and displacement elements give it too small: what is missing is
bounded by the change from a coarser mesh, or where there is one mesh by the estimated energy error.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mechlock.checks.lock_joint_forces import LockForces
from mechlock.inputs.lockparts_bodies import Hook
from mechlock.linkage.mechanism import GROUND
from mechlock.mesh.mesh import Mesh
from mechlock.solids.lock import Lock
from mechlock.solids.outline import Point2
from mechlock.solids.parts import Part

Floats = NDArray[np.float64]

NEARBY = 12
"""Nodes whose mean displacement stands for the place where the stop is welded to the bracket."""

LEAST_ERROR = 0.02
"""Relative error of a compliance that is assumed at least, whatever the meshes say."""

FROM_CHANGE, FROM_ESTIMATE = 2.0, 4.0
"""Safety on the change between two meshes, and on the estimated energy error of a single one."""


@dataclass(frozen=True)
class Seat:
    """One direction of force on a part.

    Attributes
    ----------
    place : str
        Joint, ``saddle`` or ``stop``.
    at : (x, y)
        In the body's frame, mm.
    direction : (x, y)
        Unit vector in the body's frame.
    """

    place: str
    at: Point2
    direction: Point2


@dataclass(frozen=True)
class PinCompliance:
    """Displacements of a part's seats per newton on them.

    Attributes
    ----------
    part, body : str
    sharing : int
        Equal parts that carry the body's forces together.
    seats : tuple of Seat
        Rows and columns.
    matrix : (n, n) array
        mm/N; for forces in equilibrium, up to a motion of the rigid body (none for a part held at its weld foot).
    places : tuple of (name, (x, y))
        Where nothing presses: bores without force, and on a bracket the place where the stop is welded on.
    moved : (n_places, 2, n) array
        Their displacements, mm/N.
    """

    part: str
    body: str
    sharing: int
    seats: tuple[Seat, ...]
    matrix: Floats
    places: tuple[tuple[str, Point2], ...]
    moved: Floats


def seats_of(lock: Lock, part: Part, forces: LockForces) -> tuple[Seat, ...]:
    """Return the directions in which a part is pressed: along and across the first case's force in each bore, at the saddle."""
    place = lock.locked[part.body]
    size = forces.greatest
    found: list[Seat] = []

    def both(name: str, at: Point2, force: Floats) -> None:
        x, y = place.to_body((float(force[0]), float(force[1])))
        long = math.hypot(x, y)
        if long > 1e-6 * size:
            found.extend((Seat(name, at, (x / long, y / long)), Seat(name, at, (-y / long, x / long))))

    for (joint, body), force in forces.on_body.items():
        if body == part.body and any(bore.joint == joint for bore in part.bores):
            both(joint, part.bore(joint).centre, force[0])
    shape, stop = lock.file.bodies.get(part.body), forces.stop
    if isinstance(shape, Hook) and part.body in forces.loads:
        both("saddle", lock.points[part.body][shape.saddle.point], forces.loads[part.body][0])
    if stop is not None and stop.body == part.body:
        at = place.to_body((stop.at[0] - place.origin[0], stop.at[1] - place.origin[1]))
        x, y = place.to_body((float(stop.force[0][0]), float(stop.force[0][1])))
        found.append(Seat("stop", at, (x / math.hypot(x, y), y / math.hypot(x, y))))
    return tuple(found)


def states(part: Part, seats: Sequence[Seat]) -> Floats:
    """Orthonormal columns of forces on the seats that a part is solved under; in equilibrium unless it has a foot."""
    if part.body == GROUND:
        return np.eye(len(seats))
    rigid = rigid_motion(seats)
    _, s, rows = np.linalg.svd(rigid)
    return rows[int(np.count_nonzero(s > 1e-9 * s[0])) :].T


def rigid_motion(seats: Sequence[Seat]) -> Floats:
    """Displacements of the seats along their directions in the body's two shifts by 1 mm and its turn by 1/100 rad: (3, n)."""
    at = np.array([seat.at for seat in seats])
    way = np.array([seat.direction for seat in seats])
    return np.stack([way[:, 0], way[:, 1], (at[:, 0] * way[:, 1] - at[:, 1] * way[:, 0]) / 100.0])


def compliance(
    lock: Lock, part: Part, mesh: Mesh, seats: tuple[Seat, ...], loads: Floats, basis: Floats, moved: Floats, forces: LockForces
) -> PinCompliance:
    """Return the matrix from the displacements `moved` (n_states, n_points, 3) under the states of unit `loads`."""
    work = np.einsum("ipk,spk->is", loads, moved)
    joints = {seat.place for seat in seats}
    own = [other for other in lock.parts if other.body == part.body and other.kind != "bush"]
    sharing = sum(1 for other in own if joints & {bore.joint for bore in other.bores})
    places, nodes = [], []
    for bore in part.bores:
        if bore.joint not in joints:
            places.append((bore.joint, bore.centre))
            nodes.append(mesh.face_nodes(f"bore_{bore.joint}"))
    if part.body == GROUND and forces.stop is not None:
        places.append(("stop", forces.stop.at))
        nodes.append(np.argsort(np.linalg.norm(mesh.points[:, :2] - np.array(forces.stop.at), axis=1))[:NEARBY])
    still = np.array([moved[:, near, :2].mean(axis=1).T @ basis.T for near in nodes])
    return PinCompliance(
        part.name, part.body, sharing, seats, work @ basis.T, tuple(places), still.reshape(len(places), 2, len(seats))
    )


def pin_compliance(lock: Lock, joint: str) -> float:
    """Bound how far the eyes on one pin move apart per newton by the pin's own bending, shear and flattening, mm/N.

    A round on two supports in the middles of the outer plates with the force in the middle, which is softer than plates that
    hold it over their width: l^3/(48 E I) + l/(4 k G A) (Young, Roark's Formulas for Stress and Strain, table 8.1; k = 0.9),
    and 2/(E b) for the flattening of the round under each of the two contacts (a bar of square section under the same force).
    """
    grip = lock.grips[joint]
    steel = lock.materials[lock.part(f"pin_{joint}").material]
    span = grip.inner_width + 2.0 * grip.gap + grip.outer_width
    inertia, area = math.pi * grip.diameter**4 / 64.0, math.pi * grip.diameter**2 / 4.0
    shear = steel.E / (2.0 * (1.0 + steel.nu))
    bent = span**3 / (48.0 * steel.E * inertia) + span / (4.0 * 0.9 * shear * area)
    return bent + 2.0 / (steel.E * grip.inner_width)


def contact_approach(force: float, width: float) -> float:
    """Approach of a round and a flat of steel in line contact, mm: 3.84e-5 F^0.9 / b^0.8 (Palmgren 1959; N, mm)."""
    return 3.84e-5 * force**0.9 / width**0.8 if force > 0.0 else 0.0


def error_bound(meshes: Sequence[PinCompliance], estimate: float) -> tuple[float, str]:
    """Bound the relative error of the last of some meshes' compliances, and say where the bound comes from.

    Parameters
    ----------
    estimate : float
        Estimated relative error of the last mesh in the energy norm.
    """
    if len(meshes) > 1:
        before, last = (_strain(item) for item in meshes[-2:])
        change = float(np.abs(np.linalg.eigvalsh(last - before)).max() / np.abs(np.linalg.eigvalsh(last)).max())
        return max(LEAST_ERROR, FROM_CHANGE * change), f"{FROM_CHANGE:g} times the change of {change:.2%} from the coarser mesh"
    bound = FROM_ESTIMATE * estimate**2
    return max(LEAST_ERROR, bound), f"{FROM_ESTIMATE:g} times the energy error of {estimate**2:.2%} estimated on one mesh"


def _strain(found: PinCompliance) -> Floats:
    """Symmetric matrix without the motion of the rigid body."""
    if found.body == GROUND:
        return 0.5 * (found.matrix + found.matrix.T)
    rigid = rigid_motion(found.seats)
    keep = np.eye(len(found.seats)) - np.linalg.pinv(rigid) @ rigid
    return 0.5 * keep @ (found.matrix + found.matrix.T) @ keep.T
