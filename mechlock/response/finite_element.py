"""Contacts of a finite-element model as the modal analyses need them: their forces in the modes, and one-sided.

The finite-element core gives modes, residual shapes and a static state; here they become outputs (contact forces with
their residual) and the contacts of `mechlock.response.separation`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from mechlock.errors import InputError
from mechlock.fem.assembly import System
from mechlock.fem.linearised import linearise
from mechlock.fem.modal import ModalSolution
from mechlock.fem.restraint import Contacts, restrain
from mechlock.fem.static import StaticResult
from mechlock.loads.history import FloatArray
from mechlock.response.basis import ModalBasis, Output
from mechlock.response.one_sided import OneSided, one_sided


def static_contacts(system: System, state: StaticResult) -> tuple[FloatArray, FloatArray]:
    """Force (N, pressing positive) and opening (mm) of each contact in a static state, in the order of the contacts."""
    contacts = restrain(system, state.case.supports).contacts
    force, opening = np.zeros(len(contacts.gap)), np.zeros(len(contacts.gap))
    for number, holder in enumerate(contacts.holders):
        mine = contacts.owner == number
        if holder.name in state.pads:
            force[mine], opening[mine] = state.pads[holder.name].node_forces, state.pads[holder.name].opening
        else:
            force[mine], opening[mine] = state.locks[holder.name].pull, state.locks[holder.name].opening
    return force, opening


def contact_output(system: System, modes: ModalSolution, state: StaticResult, direction: ArrayLike) -> Output:
    """Change of every contact's force as an output of the modes, with what the modes left out give at once.

    Parameters
    ----------
    system : System
    modes : ModalSolution
        About `state`.
    state : StaticResult
    direction : array_like, (3,)
        Of the base acceleration.
    """
    contacts = restrain(system, state.case.supports).contacts
    _check_elastic(contacts, modes.closed)
    moved = contacts.rows @ _residual(modes, direction)
    direct = np.zeros(len(contacts.gap))
    shut = np.flatnonzero(modes.closed)
    if len(shut):
        direct[shut] = -np.linalg.solve(contacts.compliance[np.ix_(shut, shut)], moved[shut])
    return Output(modes.contact_rows.T, direct)


def separable(system: System, basis: ModalBasis, modes: ModalSolution, state: StaticResult, direction: ArrayLike) -> OneSided:
    """Contacts that may open, for modes in which all of them are bonded.

    Parameters
    ----------
    system : System
    basis : ModalBasis
        Of `modes`.
    modes : ModalSolution
        With every contact bonded (`solve_modal` without ``about``).
    state : StaticResult
        Where the motion starts: weight and preload.
    direction : array_like, (3,)
        Of the base acceleration.

    Raises
    ------
    InputError
        When the modes hold a contact open, a contact is rigid, or the static state has no equilibrium.
    """
    if state.status != "ok":
        raise InputError(f"the static state {state.name!r} has no equilibrium: {state.reason}", "separation")
    if not modes.closed.all():
        raise InputError("the modes hold a contact open", "separation", "take modes with all contacts bonded")
    restraint = restrain(system, state.case.supports)
    contacts = restraint.contacts
    _check_elastic(contacts, modes.closed)
    bonded = linearise(system, restraint)
    flexibility = contacts.rows @ bonded.solve(contacts.rows.T.toarray(order="F"))
    bonded.release()
    flexibility = 0.5 * (flexibility + flexibility.T)
    force, opening = static_contacts(system, state)
    # what the contacts would carry if they were bonded in the static state as well
    stiffness = np.linalg.inv(contacts.compliance)
    pressing = force - (stiffness - stiffness @ flexibility @ stiffness) @ opening
    shapes = modes.shapes.reshape(len(modes.shapes), -1).T
    direct = contacts.rows @ _residual(modes, direction)
    return one_sided(basis, contacts.rows @ shapes, flexibility, contacts.compliance, pressing, direct)


def _residual(modes: ModalSolution, direction: ArrayLike) -> FloatArray:
    """Displacement that the modes left out add at once per unit base acceleration, (n_dof,)."""
    way = np.asarray(direction, dtype=float)
    length = float(np.linalg.norm(way))
    if way.shape != (3,) or not length > 0.0:
        raise InputError(f"{direction!r} is not a direction", "direction", "give x, y and z components")
    return -np.einsum("a,ani->ni", way / length, modes.residual_shapes[:3]).ravel()


def _check_elastic(contacts: Contacts, closed: np.ndarray) -> None:
    rigid = sorted({contacts.holders[i].name for i in contacts.owner[closed & ~np.isfinite(contacts.stiffness)]})
    if rigid:
        raise InputError(f"{', '.join(map(repr, rigid))} is rigid", "pads", "give it a stiffness")
