"""Equation of motion of a mechanism in its drive coordinate, with friction and a moving ground, for many states at once.

The free-body equations of all bodies hold joint forces and the drive's acceleration as unknowns; friction needs the joint forces,
so both are solved together. Source: Haug, Computer Aided Kinematics and Dynamics of Mechanical Systems, 1989, chapter 6.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mechlock.errors import InputError, NoVerdict
from mechlock.linkage import velocity
from mechlock.linkage.constraints import Array, Bools
from mechlock.linkage.friction import solve_with_friction
from mechlock.linkage.friction_sources import sources
from mechlock.linkage.loading import Loading
from mechlock.linkage.mechanism import PointName
from mechlock.linkage.positions import Mode, Positions
from mechlock.linkage.sharing import completed, require_decided
from mechlock.linkage.statics import line_of_centres, transposed


@dataclass(frozen=True)
class Instant:
    """What the equation of motion gives at n states.

    Attributes
    ----------
    acceleration : array, shape (n,)
        Of the drive coordinate (rad/s² or mm/s²); zero where it is held.
    effort : array, shape (n,)
        Torque (N·mm) or force (N) along the drive coordinate that holds it; zero where it is free.
    joints : mapping of str to array (n,)
        Size of each joint's force (N).
    contacts : mapping of str to array (n,)
        Normal force of one-sided contacts (N), positive where they press.
    friction_power, damping_power, base_power : array, shape (n,)
        Power of friction and dampers (negative), and of the moving ground (N·mm/s).
    converged : array of bool, shape (n,)
        Whether friction and normal forces agree.
    """

    acceleration: Array
    effort: Array
    joints: Mapping[str, Array]
    contacts: Mapping[str, Array]
    friction_power: Array
    damping_power: Array
    base_power: Array
    converged: Bools


class Motion:
    """The equation of motion of one assembly mode.

    Raises
    ------
    InputError
        When nothing that moves has a mass.
    """

    def __init__(self, positions: Positions, mode: Mode, loads: Mapping[PointName, Array] | None = None) -> None:
        self.positions = positions
        self.mode = mode
        self.loading = Loading(positions, loads)
        if not self.loading.actions.masses:
            raise InputError(
                "nothing that moves has a mass", f"{positions.mechanism.where}: bodies", 'add mass = "3 kg" and inertia to bodies'
            )

    def place(self, drive: Array) -> tuple[Array, Array, Array, Array]:
        """Configurations, their first and second derivatives by the drive, each (n, unknowns), and the constraints' Jacobian."""
        constraints = self.positions.constraints
        q = self.positions.at(self.mode, drive)
        jacobian = constraints.jacobian(q)
        square = jacobian.shape[1] == jacobian.shape[2]
        fine = np.isfinite(jacobian).all(axis=(1, 2))
        inverse = np.full((len(q), jacobian.shape[2], jacobian.shape[1]), np.nan)
        try:
            inverse[fine] = np.linalg.inv(jacobian[fine]) if square else np.linalg.pinv(jacobian[fine], rcond=velocity.SINGULAR)
        except np.linalg.LinAlgError:
            raise NoVerdict("the motion meets a limit of travel exactly", self.positions.mechanism.where) from None
        ratio = inverse @ constraints.drive_rate()
        bend = np.einsum("nij,nj->ni", inverse, constraints.curvature(q, ratio))
        return q, ratio, bend, jacobian

    def energy(self, drive: Array, rate: Array) -> tuple[Array, Array]:
        """Kinetic and potential energy (N·mm), shape (n,)."""
        q, ratio, *_ = self.place(drive)
        return self.loading.kinetic_energy(q, ratio * rate[:, None]), self.loading.potential_energy(q)

    def solve(self, drive: Array, rate: Array, base: Array, sense: int, *, held: bool = False) -> Instant:
        """Solve the free-body equations.

        Parameters
        ----------
        drive, rate : array, shape (n,)
            Drive coordinate and its speed.
        base : array, shape (n, 2)
            Acceleration of ground (mm/s²).
        sense : {1, -1, 0}
            Which way friction takes the drive to move; 0 leaves it out.
        held : bool
            Whether the drive is held where it is instead of free.
        """
        constraints, loading = self.positions.constraints, self.loading
        q, ratio, bend, jacobian = self.place(drive)
        v = ratio * rate[:, None]
        moving = loading.acting(q, v, base)
        external = moving + loading.inertia(q, v, bend * rate[:, None] ** 2)
        matrix, scale = transposed(constraints, jacobian)
        weight = loading.inertia(q, np.zeros_like(q), ratio)
        size = np.abs(weight * scale).max(axis=1)
        if not held:
            matrix = matrix.copy()
            with np.errstate(invalid="ignore", divide="ignore"):
                matrix[:, :, -1] = weight * scale / size[:, None]
        found = sources(self.positions, q, sense * ratio) if sense != 0 else []
        if found:
            require_decided(self.positions, found, matrix)
        whole, constants = completed(self.positions, q, matrix, external * scale)
        unknowns, converged = solve_with_friction(whole, constants, found, scale)
        last = unknowns[:, -1]
        names = [joint.name for joint in constraints.joints]
        joints = {name: np.linalg.norm(unknowns[:, 2 * i : 2 * i + 2], axis=1) for i, name in enumerate(names)}
        contacts = self._contacts(q, unknowns)
        acceleration = np.zeros(len(q)) if held else last / size
        effort = last * (1.0 if constraints.sliding else constraints.size) if held else np.zeros(len(q))
        free = external + weight * acceleration[:, None]
        damping = np.einsum("ij,ij->i", moving - loading.acting(q, None, base), v)
        friction = -np.einsum("ij,ij->i", free, v) if found else np.zeros(len(q))
        ground = -np.einsum("ij,ij->i", loading.momentum(q, v), base)
        return Instant(acceleration, effort, joints, contacts, friction, damping, ground, converged)

    def _contacts(self, q: Array, unknowns: Array) -> dict[str, Array]:
        """Normal forces of one-sided contacts from the free-body equations' unknowns."""
        constraints = self.positions.constraints
        found: dict[str, Array] = {}
        for i, joint in enumerate(constraints.joints):
            contact = self.positions.mechanism.joint(joint.name).contact
            if contact is None:
                continue
            pair = unknowns[:, 2 * i : 2 * i + 2]
            found[joint.name] = contact.side * (
                np.einsum("ij,ij->i", pair, line_of_centres(constraints, q, joint)) if joint.revolute else pair[:, 0]
            )
        return found

    def starting(self, drive: float, base: Array) -> tuple[Array, Array]:
        """Acceleration from rest with friction against increasing, and against decreasing, for accelerations of ground (n, 2).

        A drive at rest increases where the first is positive, decreases where the second is negative, and else stays.

        Raises
        ------
        NoVerdict
            Where friction allows both ways at once: no quasi-rigid model decides then.
        """
        n = len(base)
        at, still = np.full(n, drive), np.zeros(n)
        up = self.solve(at, still, base, 1).acceleration
        down = self.solve(at, still, base, -1).acceleration
        if np.any((up > 0.0) & (down < 0.0)):
            raise NoVerdict(
                "at rest friction admits motion both ways at once (a paradox of rigid bodies with friction)",
                self.positions.mechanism.where,
                "lower the friction, or model the joints' elasticity",
            )
        return up, down
