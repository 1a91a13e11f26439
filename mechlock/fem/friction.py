"""Coulomb friction at pads, with normal contact and the law of friction solved together on the condensed system.

A grip is a pair of tangential contacts that belongs to a normal one: it sticks while |tau| <= mu lambda, else it slips with
tau = -mu lambda s along its slip s. Loads are taken to grow together from nothing, so that the state follows from the loads
alone (deformation theory; the history of stick and slip is not followed). The search is a semismooth Newton method. Sources:
Wriggers, Computational Contact Mechanics, section 5.2; Alart and Curnier, Comput. Methods Appl. Mech. Eng. 92 (1991) 353.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mechlock.errors import NoVerdict
from mechlock.fem.contact import WEAK, Condensed, ContactState, Slip, equations, scales, solve, state_of
from mechlock.mesh.mesh import Floats

_SIGN = 1e-9
_TURNED = 1e-9
_PATIENCE = 40
_MOST = 200
_LAW = 1e-6


@dataclass(frozen=True)
class _Trial:
    """A state of the search: which contacts are closed or stick, and how the others slip."""

    closed: np.ndarray
    slip: Slip


def solve_friction(
    condensed: Condensed, at_loads: Floats, gap: Floats, given: Floats, holds: Callable[[np.ndarray], bool]
) -> ContactState:
    """Find which contacts are closed, which grips stick, and all forces; arguments as for `contact.solve_contact`.

    Raises
    ------
    NoVerdict
        When no state obeys the laws of contact and friction.
    """
    none = np.zeros(len(gap))
    start = _Trial(~np.isfinite(given), Slip(none, none))
    trial, extra, steps = _search(condensed, at_loads, gap, given, start, 0.0)
    if extra is None:
        weak, _, more = _search(condensed, at_loads, gap, given, start, WEAK)
        trial, extra, again = _search(condensed, at_loads, gap, given, weak, 0.0)
        steps += more + again
    sliding = trial.closed | (trial.slip.way != 0.0)
    return judged(condensed, at_loads, gap, given, trial, extra, extra is not None and holds(sliding), steps)


def _search(
    condensed: Condensed, at_loads: Floats, gap: Floats, given: Floats, start: _Trial, weak: float
) -> tuple[_Trial, Floats | None, int]:
    """Newton's method on both laws at once; the extra forces are None where its equations are singular."""
    trial, extra = start, None
    for step in range(_MOST):
        extra = solve(*equations(condensed, trial.closed, at_loads, gap, given, weak, trial.slip))
        if extra is None:
            return trial, None, step
        force, opening = state_of(condensed, extra, at_loads, gap)
        after, turned = _improved(condensed, trial, force, opening, scales(condensed, force, opening, gap, at_loads), given)
        same = bool((after.closed == trial.closed).all()) and bool(((after.slip.way != 0.0) == (trial.slip.way != 0.0)).all())
        if same and turned <= _TURNED:
            return trial, extra, step
        if step > _PATIENCE:
            # where Newton's steps alternate, directions held over a step and turned in between come to rest
            after = _Trial(after.closed, Slip(after.slip.way, np.zeros(len(force))))
        trial = after
    if weak:
        # on weak springs a body that slides away need not come to rest; the equations without them then tell that it is free
        return trial, extra, _MOST
    raise NoVerdict("the state of contact and friction could not be found", mend="check gaps, stiffnesses and coefficients")


def _improved(
    condensed: Condensed, trial: _Trial, force: Floats, opening: Floats, scale: tuple[float, float], given: Floats
) -> tuple[_Trial, float]:
    """The next state, and by how much the slip directions have turned."""
    assert condensed.normal_of is not None and condensed.friction is not None
    normal = ~np.isfinite(given) & condensed.one_sided & (condensed.normal_of < 0)
    wrong = normal & np.where(trial.closed, force < -_SIGN * scale[0], opening < -_SIGN * scale[1])
    closed = trial.closed ^ wrong
    pairs = condensed.grips
    base = condensed.normal_of[pairs[:, 0]]
    limit = condensed.friction[pairs[:, 0]] * np.maximum(force[base], 0.0)
    pull = force[pairs] - condensed.pace[pairs] * opening[pairs]
    size = np.linalg.norm(pull, axis=1)
    slips = trial.closed[base] & closed[base] & (size > limit * (1.0 + _SIGN) + _SIGN * scale[0])
    way, turning = np.zeros(len(force)), np.zeros(len(force))
    way[pairs] = np.where(slips[:, None], pull / np.maximum(size, 1e-300)[:, None], 0.0)
    turning[pairs] = np.where(slips, limit / np.maximum(size, 1e-300), 0.0)[:, None]
    closed[pairs] = (closed[base] & ~slips)[:, None]
    before = trial.slip.way[pairs]
    both = slips & before.any(axis=1)
    turned = float(np.abs(way[pairs] - before)[both].max(initial=0.0))
    return _Trial(closed, Slip(way, turning)), turned


def judged(
    condensed: Condensed, at_loads: Floats, gap: Floats, given: Floats, trial: _Trial,
    extra: Floats | None, equilibrium: bool, exchanges: int,
) -> ContactState:  # fmt: skip
    """Forces and openings of an answer, and how well it obeys both laws.

    Raises
    ------
    NoVerdict
        When it does not.
    """
    assert condensed.normal_of is not None and condensed.friction is not None
    found = np.zeros(len(gap)) if extra is None else extra
    force, opening = state_of(condensed, found, at_loads, gap)
    scale = scales(condensed, force, opening, gap, at_loads)
    lawful, normal, closed = ~np.isfinite(given), condensed.normal_of < 0, trial.closed
    wrong = np.where(closed, np.maximum(-force, 0) / scale[0], np.maximum(-opening, 0) / scale[1]) * condensed.one_sided
    off = np.where(closed, np.abs(opening) / scale[1], np.abs(force) / scale[0])
    error = float(np.max(np.maximum(wrong, off)[lawful & normal], initial=0.0))
    pairs = condensed.grips
    limit = condensed.friction[pairs[:, 0]] * np.maximum(force[condensed.normal_of[pairs[:, 0]]], 0.0)
    excess = (np.linalg.norm(force[pairs], axis=1) - limit) / scale[0]
    error = max(error, float(excess.max(initial=0.0)))
    if equilibrium and error > _LAW:
        raise NoVerdict("the state of contact and friction could not be found", mend="check gaps, stiffnesses and coefficients")
    idle = ~closed & (trial.slip.way == 0.0)
    force = np.where(lawful & idle, 0.0, force)
    opening = np.where(lawful & closed, 0.0, opening)
    return ContactState(found, force, opening, closed, equilibrium, exchanges, error, trial.slip)


def settled(
    condensed: Condensed, state: ContactState, at_loads: Floats, gap: Floats, given: Floats, extra: Floats
) -> ContactState:
    """The same state with other forces."""
    assert state.slip is not None
    return judged(condensed, at_loads, gap, given, _Trial(state.closed, state.slip), extra, True, state.exchanges)
