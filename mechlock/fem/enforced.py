"""Enforced displacements: of fixed components, and of the bases under springs, pads and locks."""

from __future__ import annotations

import numpy as np

from mechlock.errors import InputError
from mechlock.fem.assembly import System
from mechlock.fem.model import AXES, StaticCase, unit
from mechlock.fem.restraint import Restraint
from mechlock.mesh.mesh import Floats


def prescribed(system: System, restraint: Restraint, case: StaticCase) -> Floats:
    """Displacements of the fixed components, zero elsewhere, shape (n_dof,), mm."""
    values = np.zeros(system.n_dof)
    for number, support in enumerate(restraint.supports):
        wanted = case.displacements.get(support.name, support.displacement)
        for axis, value in wanted.items():
            if axis not in AXES or AXES.index(axis) not in support.axes:
                raise InputError(
                    f"{support.name!r} does not hold {axis!r}", f"cases.{case.name}.displacements", f"let it fix {axis!r}"
                )
            mine = np.flatnonzero(restraint.fixed_owner == number)
            values[mine[mine % 3 == AXES.index(axis)]] = value
    return values


def base_motion(case: StaticCase, name: str) -> Floats:
    """Enforced displacement of the base under a pad, spring or lock, shape (3,), mm."""
    wanted = case.displacements.get(name, {})
    for axis in wanted:
        if axis not in AXES:
            raise InputError(f"{axis!r} is not an axis", f"cases.{case.name}.displacements", "use x, y, z")
    return np.array([wanted.get(axis, 0.0) for axis in AXES])


def check_names(system: System, restraint: Restraint, case: StaticCase) -> None:
    """Refuse enforced displacements of what does not act in the case."""
    for name in case.displacements:
        if name not in restraint.names:
            kind = "does not act in this case" if name in system.model.held_names else "is not a support"
            raise InputError(f"{name!r} {kind}", f"cases.{case.name}.displacements")


def base_forces(restraint: Restraint, n_dof: int, case: StaticCase) -> Floats:
    """Nodal forces of springs and lateral lock stiffness whose base moves, shape (n_dof,)."""
    result = np.zeros((n_dof // 3, 3))
    for spring, patch in restraint.springs:
        result[patch.nodes] += patch.mean[:, None] * (np.asarray(spring.stiffness) * base_motion(case, spring.name))
    for lock, patch in restraint.locks:
        pull = unit(lock.direction, lock.name)
        motion = base_motion(case, lock.name)
        across = motion - pull * (pull @ motion)
        result[patch.nodes] += patch.mean[:, None] * (lock.lateral_stiffness * across)
    return result.ravel()


def base_gaps(restraint: Restraint, case: StaticCase) -> Floats:
    """Change of the contacts' gaps by enforced motion of their bases, mm."""
    contacts = restraint.contacts
    motions = np.array([base_motion(case, holder.name) for holder in contacts.holders]).reshape(-1, 3)
    if not len(contacts.owner):
        return np.zeros(0)
    return -np.einsum("ni,ni->n", contacts.axes, motions[contacts.owner])
