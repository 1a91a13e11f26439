"""Kinetostatics: forces in a moving linkage under weight, springs, given loads and its own inertia, with and without friction.

The drive's rate and acceleration fix the motion; the free-body equations with d'Alembert's forces then give the drive's effort
and every joint's force. Source: Haug, Computer Aided Kinematics and Dynamics of Mechanical Systems, 1989, chapter 6.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mechlock.errors import InputError, NoVerdict
from mechlock.linkage import velocity
from mechlock.linkage.constraints import Array
from mechlock.linkage.friction import friction_under
from mechlock.linkage.friction_sources import coefficient
from mechlock.linkage.loading import Loading
from mechlock.linkage.mechanism import Mechanism, PointName
from mechlock.linkage.positions import Positions
from mechlock.linkage.sharing import determined
from mechlock.linkage.statics import JointForce, free_body_matrix, line_of_centres, reactions_under


@dataclass(frozen=True)
class Kinetostatics:
    """Forces of one mode over n drive positions; NaN where it does not exist or is at a limit of travel.

    Attributes
    ----------
    drive_effort : array, shape (n,)
        Torque (N·mm) or force (N) along the drive coordinate that keeps up the motion, without friction.
    with_friction : mapping of {1, -1} to array (n,)
        Effort along the drive coordinate with friction, for a drive that increases or decreases; empty without friction.
    friction_reason : str
        Why there is none where joints have friction.
    joints : mapping of str to JointForce
        Joint forces without friction.
    determinate : bool
        Whether statics alone fixes the joint forces; else the joints share them as their stiffness.
    springs : mapping of str to (array, array)
        Length (mm) and pull (N), or angle of a torsion spring past its free one (rad) and torque (N·mm).
    kinetic, potential : array, shape (n,)
        Energies (N·mm); the potential one up to a constant.
    loads : tuple of str
        Loads of the lock that act.
    contacts : mapping of joint to array (n,)
        Normal force of cams, eccentrics and wedges (N), positive where they press; where it is negative they lift off, and the
        motion is not the one found.
    undetermined : tuple of str
        Joints whose forces statics leaves open (redundant constraints); they share them as their stiffness.
    locked_in : mapping of joint to array (n,)
        Size of the force (N) that misfits alone lock into each joint; empty without misfits.
    """

    drive_effort: Array
    with_friction: Mapping[int, Array]
    friction_reason: str
    joints: Mapping[str, JointForce]
    determinate: bool
    springs: Mapping[str, tuple[Array, Array]]
    kinetic: Array
    potential: Array
    loads: tuple[str, ...]
    contacts: Mapping[str, Array]
    undetermined: tuple[str, ...]
    locked_in: Mapping[str, Array]

    @property
    def efficiencies(self) -> tuple[Array, Array] | None:
        """Forward and back-drive efficiency, shape (n,) each; None without friction.

        Forward: the drive works against the loads, effort without friction over that with it. Back-drive: the loads work against
        the drive, effort that they leave to be braked over that without friction; where it is negative, they cannot drive it.
        """
        if not self.with_friction:
            return None
        up, down = self.with_friction[1], self.with_friction[-1]
        against = self.drive_effort > 0.0
        with np.errstate(divide="ignore", invalid="ignore"):
            forward = self.drive_effort / np.where(against, up, down)
            back = np.where(against, down, up) / self.drive_effort
        return forward, back


def lock_loads(mechanism: Mechanism, names: Sequence[str]) -> dict[PointName, Array]:
    """Forces of named loads of the lock: greatest magnitude, middle of the cone (N).

    Raises
    ------
    InputError
        For a name that the lock does not have.
    """
    found: dict[PointName, Array] = {}
    known = {load.name: load for load in (mechanism.lock.loads if mechanism.lock is not None else ())}
    for name in names:
        if name not in known:
            mend = f"the loads are {', '.join(known)}" if known else "the file has no [[lock.loads]]"
            raise InputError(f"unknown load {name!r}", "--load", mend)
        load = known[name]
        angle = load.direction.nominal
        force = load.magnitude.high * np.array([np.cos(angle), np.sin(angle)])
        found[load.at] = found.get(load.at, np.zeros(2)) + force
    return found


def kinetostatics(positions: Positions, q: Array, *, loads: Sequence[str] = ()) -> Kinetostatics:
    """Solve the forces at given configurations, at the drive's rate and acceleration.

    Parameters
    ----------
    positions : Positions
        The linkage.
    q : array, shape (n, unknowns)
        Configurations; NaN rows are passed on.
    loads : sequence of str
        Loads of the lock that act, at their greatest magnitude in the middle of their cone.
    """
    mechanism, constraints = positions.mechanism, positions.constraints
    loading = Loading(positions, lock_loads(mechanism, loads))
    ratio = velocity.rates(constraints, q)
    speed, gain = mechanism.drive.rate or 0.0, mechanism.drive.acceleration or 0.0
    v = ratio * speed
    a = velocity.second_rates(constraints, q, ratio) * speed**2 + ratio * gain
    external = loading.acting(q, v) + loading.inertia(q, v, a)
    still = speed == 0.0 and gain == 0.0
    if still:  # no velocity is needed, also where it does not exist
        external = loading.acting(q)
        v = np.zeros_like(q)
    forces = reactions_under(positions, q, external, singular_is_nan=True)
    friction, reason = _with_friction(positions, q, external)
    springs: dict[str, tuple[Array, Array]] = {
        spring.name: (loading.spring_length(spring, q), loading.spring_pull(spring, q, v)) for spring in loading.actions.springs
    }
    for spring in loading.actions.torsion_springs:
        torque = loading.spring_torque(spring, q)
        turn = (torque - spring.preload) / spring.rate if spring.rate > 0.0 else np.full(len(q), np.nan)
        springs[spring.name] = (turn, loading.spring_torque(spring, q, v))
    return Kinetostatics(
        forces.drive_effort, friction, reason, forces.joints, forces.determinate, springs, loading.kinetic_energy(q, v),
        loading.potential_energy(q), tuple(loads), normal_forces(positions, q, forces.joints), _undetermined(positions, q),
        locked_in(positions, q),
    )  # fmt: skip


def normal_forces(positions: Positions, q: Array, joints: Mapping[str, JointForce]) -> dict[str, Array]:
    """Normal force of every one-sided contact (N, positive where it presses), shape (n,)."""
    constraints = positions.constraints
    found: dict[str, Array] = {}
    for joint in constraints.joints:
        contact = positions.mechanism.joint(joint.name).contact
        if contact is None:
            continue
        normal = line_of_centres(constraints, q, joint) if joint.revolute else constraints.axes(q, joint)[1]
        found[joint.name] = contact.side * np.einsum("ij,ij->i", joints[joint.name].force, normal)
    return found


def locked_in(positions: Positions, q: Array) -> dict[str, Array]:
    """Size of the force (N) in every joint with nothing but the misfits acting, shape (n,); empty without misfits."""
    if not any(any(joint.misfit) for joint in positions.mechanism.joints):
        return {}
    alone = reactions_under(positions, q, np.zeros((len(q), positions.constraints.unknowns)), singular_is_nan=True)
    return {name: np.linalg.norm(joint.force, axis=1) for name, joint in alone.joints.items()}


def _undetermined(positions: Positions, q: Array) -> tuple[str, ...]:
    """Joints whose forces or moments statics leaves open."""
    fine = np.flatnonzero(np.isfinite(q).all(axis=1))
    if not fine.size:
        return ()
    fixed = determined(free_body_matrix(positions.constraints, q[fine[:1]])[0])
    names = [joint.name for joint in positions.constraints.joints]
    return tuple(name for i, name in enumerate(names) if not fixed[2 * i : 2 * i + 2].all())


def _with_friction(positions: Positions, q: Array, external: Array) -> tuple[dict[int, Array], str]:
    constraints = positions.constraints
    if not any(coefficient(positions, joint.name) > 0.0 for joint in constraints.joints):
        return {}, ""
    fine = np.isfinite(q).all(axis=1) & np.isfinite(external).all(axis=1)
    fine &= np.isfinite(velocity.rates(constraints, q)).all(axis=1)
    found: dict[int, Array] = {}
    if not fine.any():
        return {}, "the drive is at a limit of travel"
    try:
        for moving in (1, -1):
            effort = np.full(len(q), np.nan)
            effort[fine] = moving * friction_under(positions, q[fine], external[fine], moving).effort
            found[moving] = effort
    except NoVerdict as error:
        return {}, error.what
    return found, ""
