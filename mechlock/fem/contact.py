"""One-sided contacts and preloaded locks, condensed onto themselves: a small complementarity problem solved exactly.

With the factored matrix K0 = K + sum d_j b_j b_j^T (every contact closed at its reference stiffness d_j) any state of them is

    K0 u = f + B^T mu,   g = B u = g_f + C mu,   lambda = mu - D g,   C = B K0^-1 B^T,

so that the full model is solved once for the loads and once for the answer, whatever the contacts do. Law of contact j:
0 <= lambda_j, 0 <= c_j = g_j + gap_j + (A lambda)_j, lambda_j c_j = 0, with A the compliance of contacts and base.

The search is block principal pivoting (Portugal, Judice and Vicente 1994): exchange every contact of wrong sign at once while
that makes progress, else one at a time by Murty's least-index rule, which ends for matrices with positive principal minors.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mechlock.errors import NoVerdict
from mechlock.mesh.mesh import Floats, Ints

# Weight of springs that keep the search regular where opening contacts free the body; the answer is found without them.
WEAK = 1e-6
# Sign errors below this part of the largest force or opening are rounding.
_SIGN = 1e-9
# A state whose equations have a smaller reciprocal condition leaves the body free.
_RANK = 1e-10
_PATIENCE = 8
# An answer that violates the law by more than this part of the largest force or opening is none.
_LAW = 1e-6


@dataclass(frozen=True)
class Condensed:
    """A held system seen from its contacts.

    Attributes
    ----------
    flexibility : (n, n) array
        C, mm/N.
    reference : (n,) array
        Diagonal of D, N/mm.
    compliance : (n, n) array
        A, mm/N.
    both_ways : (n,) bool array or None
        Contacts that pull as well, and so never open.
    normal_of : (n,) int array or None
        For tangential contacts, two by two, the normal one that they belong to; -1 for all others.
    friction : (n,) array or None
        Coefficient of friction of tangential contacts.
    """

    flexibility: Floats
    reference: Floats
    compliance: Floats
    both_ways: np.ndarray | None = None
    normal_of: Ints | None = None
    friction: Floats | None = None

    @cached_property
    def grips(self) -> Ints:
        """Pairs of tangential contacts, shape (n, 2)."""
        if self.normal_of is None:
            return np.zeros((0, 2), np.int64)
        return np.flatnonzero(self.normal_of >= 0).reshape(-1, 2)

    @cached_property
    def pace(self) -> Floats:
        """Stiffness by which an opening counts against a force in the law of friction: the softer of contact and body."""
        body = 1.0 / np.diag(self.flexibility) - self.reference
        found = np.minimum(self.reference, np.maximum(body, 1e-3 * self.reference))
        # one for both directions of a grip, or the slip would not oppose the force
        found[self.grips] = found[self.grips].min(axis=1, keepdims=True)
        return found

    @property
    def one_sided(self) -> np.ndarray:
        """Contacts that can open."""
        return np.ones(len(self.reference), bool) if self.both_ways is None else ~self.both_ways


@dataclass(frozen=True)
class Slip:
    """How grips slip.

    Attributes
    ----------
    way : (n,) array
        Components of the unit direction of the force of friction; zero for contacts that stick and for all others.
    turning : (n,) array
        Limit of friction over the trial force, below one: by how much the direction follows the trial force.
    """

    way: Floats
    turning: Floats


@dataclass(frozen=True)
class ContactState:
    """Answer of one complementarity problem.

    Attributes
    ----------
    extra : (n,) array
        mu, N: forces to add along the contacts' functionals on the held system.
    force : (n,) array
        lambda, N.
    opening : (n,) array
        c, mm.
    closed : (n,) bool array
    equilibrium : bool
        False when the contacts that stay closed cannot hold the body.
    exchanges : int
        Steps of the search.
    error : float
        Largest violation of the law, relative.
    slip : Slip or None
        How tangential contacts slip; None where there is no friction.
    """

    extra: Floats
    force: Floats
    opening: Floats
    closed: np.ndarray
    equilibrium: bool
    exchanges: int
    error: float
    slip: Slip | None = None


@dataclass(frozen=True)
class _Problem:
    condensed: Condensed
    at_loads: Floats
    gap: Floats
    given: Floats


@dataclass(frozen=True)
class _Found:
    closed: np.ndarray
    extra: Floats | None
    exchanges: int


def equations(
    condensed: Condensed, closed: np.ndarray, at_loads: Floats, gap: Floats, given: Floats, weak: float,
    slip: Slip | None = None,
) -> tuple[Floats, Floats]:  # fmt: skip
    """Matrix and right-hand side for mu in a given state; rows with a `given` force hold that, slipping ones the law's."""
    d, c = condensed.reference, condensed.flexibility
    part = d[:, None] * np.eye(len(d)) - d[:, None] * condensed.compliance * d[None, :]
    shut = part @ c + d[:, None] * condensed.compliance
    shut_right = -d * gap - part @ at_loads
    rest = (1.0 - weak) * d
    free = np.eye(len(d)) - rest[:, None] * c
    free_right = rest * at_loads
    if slip is not None:
        _let_slip(condensed, slip, free, free_right, shut, shut_right)
    forced = np.isfinite(given)
    free_right = np.where(forced, d * at_loads + np.where(forced, given, 0.0), free_right)
    free[forced] = np.eye(len(d))[forced] - d[forced, None] * c[forced]
    chosen = closed & ~forced
    return np.where(chosen[:, None], shut, free), np.where(chosen, shut_right, free_right)


def _let_slip(condensed: Condensed, slip: Slip, free: Floats, free_right: Floats, shut: Floats, shut_right: Floats) -> None:
    """Put the linearised law of friction, tau = mu lambda t / |t| with t = tau - r c, in the rows of grips that slip.

    Source: Alart and Curnier, Comput. Methods Appl. Mech. Eng. 92 (1991) 353.
    """
    assert condensed.normal_of is not None and condensed.friction is not None
    pairs = condensed.grips[slip.way[condensed.grips].any(axis=1)]
    way, turning = slip.way[pairs], slip.turning[pairs[:, 0]]
    across = (np.eye(2) - way[:, :, None] * way[:, None, :]) * turning[:, None, None]
    base, limit = condensed.normal_of[pairs[:, 0]], condensed.friction[pairs] * way
    pace = (condensed.pace / condensed.reference)[pairs]
    for whole, stuck in ((free, shut), (free_right, shut_right)):
        forces, openings = whole[pairs], pace.reshape(*pairs.shape, *[1] * (whole.ndim - 1)) * stuck[pairs]
        pressing = limit[..., None] * whole[base][:, None] if whole.ndim == 2 else limit * whole[base][:, None]
        turned = np.einsum("mij,mj...->mi...", across, openings - forces)
        whole[pairs] = forces + turned - pressing


def state_of(condensed: Condensed, extra: Floats, at_loads: Floats, gap: Floats) -> tuple[Floats, Floats]:
    """Contact forces and openings of a solution mu."""
    motion = at_loads + condensed.flexibility @ extra
    force = extra - condensed.reference * motion
    return force, motion + gap + condensed.compliance @ force


def solve_contact(
    condensed: Condensed,
    at_loads: Floats,
    gap: Floats,
    given: Floats | None = None,
    holds: Callable[[np.ndarray], bool] = lambda closed: True,
) -> ContactState:
    """Find which contacts are closed, and their forces.

    Parameters
    ----------
    condensed : Condensed
    at_loads : (n,) array
        Motion of the held system at the contacts under the loads alone, mm.
    gap : (n,) array
        Opening before any motion, mm (negative for interference).
    given : (n,) array, optional
        Forces that are prescribed instead of the law (lock preload at assembly), N; nan where the law holds.
    holds : callable, optional
        Tells whether a set of closed contacts holds the body against rigid motion.

    Returns
    -------
    ContactState
    """
    n = len(gap)
    given = np.full(n, np.nan) if given is None else given
    lawful = ~np.isfinite(given)
    if not n:
        nothing = np.zeros(0)
        return ContactState(nothing, nothing, nothing, np.zeros(0, bool), True, 0, 0.0)
    if len(condensed.grips):
        from mechlock.fem.friction import solve_friction

        return solve_friction(condensed, at_loads, gap, given, holds)
    problem = _Problem(condensed, at_loads, gap, given)
    found = _search(problem, lawful, 0.0)
    exchanges = found.exchanges
    if found.extra is None:
        weak = _search(problem, lawful, WEAK)
        exchanges += weak.exchanges
        found = _search(problem, weak.closed, 0.0) if holds(weak.closed) else weak
        exchanges += found.exchanges
    closed = found.closed
    equilibrium = found.extra is not None and holds(closed)
    extra = np.zeros(n) if found.extra is None else found.extra
    return _judged(problem, extra, closed, equilibrium, exchanges)


def settle(condensed: Condensed, state: ContactState, at_loads: Floats, gap: Floats) -> ContactState:
    """The same state of the contacts with its forces worked out again from a corrected motion `at_loads`."""
    if not state.equilibrium:
        return state
    problem = _Problem(condensed, at_loads, gap, np.full(len(gap), np.nan))
    extra = solve(*equations(condensed, state.closed, at_loads, gap, problem.given, 0.0, state.slip))
    if extra is None:
        return state
    if state.slip is not None:
        from mechlock.fem.friction import settled

        return settled(condensed, state, at_loads, gap, problem.given, extra)
    return _judged(problem, extra, state.closed, True, state.exchanges)


def _judged(problem: _Problem, extra: Floats, closed: np.ndarray, equilibrium: bool, exchanges: int) -> ContactState:
    """Forces and openings of an answer, and how well it obeys the law.

    Raises
    ------
    NoVerdict
        When it does not.
    """
    condensed, at_loads, gap = problem.condensed, problem.at_loads, problem.gap
    lawful = ~np.isfinite(problem.given)
    force, opening = state_of(condensed, extra, at_loads, gap)
    scale = scales(condensed, force, opening, gap, at_loads)
    wrong = np.where(closed, np.maximum(-force, 0) / scale[0], np.maximum(-opening, 0) / scale[1]) * condensed.one_sided
    off = np.where(closed, np.abs(opening) / scale[1], np.abs(force) / scale[0])
    error = float(np.max(np.maximum(wrong, off)[lawful], initial=0.0))
    if equilibrium and error > _LAW:
        raise NoVerdict("the state of the contacts could not be found", mend="check gaps, stiffnesses and preloads for extremes")
    # contact forces and openings that the law makes zero are set so; the displacement uses mu and is not touched
    force = np.where(lawful & ~closed, 0.0, force)
    return ContactState(extra, force, np.where(lawful & closed, 0.0, opening), closed, equilibrium, exchanges, error)


def scales(condensed: Condensed, force: Floats, opening: Floats, gap: Floats, at_loads: Floats) -> tuple[float, float]:
    """Largest force and largest opening, neither of them zero."""
    largest_force = max(float(np.abs(force).max()), float((condensed.reference * np.abs(at_loads)).max()), 1e-300)
    openings = (np.abs(opening).max(), np.abs(gap).max(), np.abs(at_loads).max(), (largest_force / condensed.reference).min())
    return largest_force, max(float(max(openings)), 1e-300)


def solve(matrix: Floats, right: Floats) -> Floats | None:
    """Solution, or None when the matrix is singular to working precision."""
    from scipy.linalg import get_lapack_funcs  # takes a tenth of a second to load

    getrf, getrs, gecon = get_lapack_funcs(("getrf", "getrs", "gecon"), (matrix,))
    factors, pivots, failed = getrf(matrix)
    if failed or not gecon(factors, np.linalg.norm(matrix, 1))[0] > _RANK:
        return None
    return getrs(factors, pivots, right)[0]


def _search(problem: _Problem, start: np.ndarray, weak: float) -> _Found:
    """Active set by block principal pivoting from a given start."""
    condensed, at_loads, gap = problem.condensed, problem.at_loads, problem.gap
    lawful = ~np.isfinite(problem.given)
    closed, best, patience, exchanges = start.copy(), len(gap) + 1, _PATIENCE, 0
    while True:
        extra = solve(*equations(condensed, closed, at_loads, gap, problem.given, weak))
        if extra is None or exchanges > 50 + 10 * len(gap):
            return _Found(closed, extra, exchanges)
        force, opening = state_of(condensed, extra, at_loads, gap)
        scale_force, scale_opening = scales(condensed, force, opening, gap, at_loads)
        wrong = lawful & condensed.one_sided & np.where(closed, force < -_SIGN * scale_force, opening < -_SIGN * scale_opening)
        count = int(wrong.sum())
        if not count:
            return _Found(closed, extra, exchanges)
        exchanges += 1
        if count < best:
            best, patience = count, _PATIENCE
            closed = closed ^ wrong
        elif patience:
            patience -= 1
            closed = closed ^ wrong
        else:
            last = np.flatnonzero(wrong)[-1]
            closed = closed.copy()
            closed[last] = not closed[last]
