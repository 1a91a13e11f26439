"""A held system seen from its contacts, and full displacements from condensed answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from mechlock.fem.contact import Condensed, ContactState, settle, solve_contact
from mechlock.fem.enforced import base_gaps
from mechlock.fem.free_motion import rigid_test
from mechlock.fem.held import Held
from mechlock.fem.model import Lock, StaticCase
from mechlock.mesh.mesh import Floats


@dataclass(frozen=True)
class Contactful:
    """A held system with its contacts condensed.

    Attributes
    ----------
    held : Held
    condensed : Condensed
    columns : (n_dof, n_contacts) array or None
        Displacements of unit contact forces on the held system, mm/N, where they are kept.
    holds : callable
        Whether a set of closed contacts holds the body against rigid motion.
    """

    held: Held
    condensed: Condensed
    columns: Floats | None
    holds: Callable[[np.ndarray], bool]

    def spread(self, extra: Floats) -> Floats:
        """Displacements (n_dof, k) of contact forces (n_contacts, k)."""
        if self.columns is not None:
            return self.columns @ extra
        return self.held.solve(np.asarray(self.held.restraint.contacts.rows.T @ extra))


def condense(held: Held) -> Contactful:
    """Flexibility of a held system between its contacts, in blocks of right-hand sides."""
    contacts = held.restraint.contacts
    columns = held.contact_columns
    if columns is not None:
        flexibility = np.asarray(contacts.rows @ columns)
    else:
        flexibility = np.column_stack([contacts.rows @ found for _, found in held.columns(contacts.rows)])
    test = rigid_test(held.system, held.restraint)
    symmetric = Condensed(
        0.5 * (flexibility + flexibility.T),
        contacts.reference,
        contacts.compliance,
        contacts.both_ways,
        contacts.normal_of,
        contacts.friction,
    )
    return Contactful(held, symmetric, columns, lambda closed: not test.free(closed))


def assembly_gaps(body: Contactful, end: str) -> tuple[Floats, ContactState]:
    """Gaps after assembly: each preloaded lock is drawn until it carries its preload on the weightless body."""
    contacts = body.held.restraint.contacts
    given = np.full(len(contacts.gap), np.nan)
    for number, holder in enumerate(contacts.holders):
        if isinstance(holder, Lock):
            given[contacts.owner == number] = holder.preload[0 if end == "low" else 1]
    state = solve_contact(body.condensed, np.zeros(len(given)), contacts.gap, given, body.holds)
    # a lock's opening is zero in this state: its gap is what makes it so
    return np.where(np.isfinite(given), contacts.gap - state.opening, contacts.gap), state


def answer(
    held: Held, cases: Sequence[StaticCase], right: Floats, moved: Floats
) -> tuple[Floats, list[ContactState], list[Floats]]:
    """Displacements, contact states and gaps of cases on one held system.

    Every answer is refined once against forces from stresses, which are free of the assembled matrix' rounding, with the
    contacts' law kept.

    Parameters
    ----------
    held : Held
    cases : sequence of StaticCase
    right : (n_dof, n_cases) array
        Nodal forces, those of enforced displacements included.
    moved : (n_dof, n_cases) array
        Enforced displacements of fixed components.
    """
    contacts = held.restraint.contacts
    displacement = moved + held.solve(right)
    if not len(contacts.gap):
        nothing = np.zeros(0)
        displacement += held.solve(right - held.product(displacement - moved))
        state = ContactState(nothing, nothing, nothing, np.zeros(0, bool), True, 0, 0.0)
        return displacement, [state] * len(cases), [nothing] * len(cases)
    body = condense(held)
    # without locks nothing is drawn tight, and a body that only its loads press against its seats need not stand without them
    drawn = any(isinstance(holder, Lock) for holder in contacts.holders)
    assembled = {end: assembly_gaps(body, end) for end in {case.preload for case in cases}} if drawn else {}
    at_loads = contacts.rows @ displacement
    states: list[ContactState] = []
    gaps: list[Floats] = []
    for number, case in enumerate(cases):
        gap, before = assembled[case.preload] if drawn else (contacts.gap, None)
        gaps.append(gap + base_gaps(held.restraint, case))
        if before is not None and not before.equilibrium:
            states.append(before)
        else:
            states.append(solve_contact(body.condensed, at_loads[:, number], gaps[-1], None, body.holds))
    extra = np.column_stack([state.extra for state in states])
    displacement += body.spread(extra)
    correction = held.solve(right + contacts.rows.T @ extra - held.product(displacement - moved))
    seen = contacts.rows @ (displacement + correction) - body.condensed.flexibility @ extra
    states = [settle(body.condensed, state, seen[:, i], gaps[i]) for i, state in enumerate(states)]
    correction += body.spread(np.column_stack([state.extra for state in states]) - extra)
    return displacement + correction, states, gaps
