"""Positions by Newton's method, for linkages that do not decompose into dyads: all modes from many starts."""

from __future__ import annotations

import contextlib

import numpy as np

from mechlock.linkage.constraints import Array, Bools, Constraints, wrapped

STARTS = 600
"""Random starts; a triad has at most six assembly modes, two coupled ones more."""

_STEPS = 60


def solve(constraints: Constraints, start: Array, drive: Array, steps: int = _STEPS) -> tuple[Array, Bools]:
    """Improve configurations by damped Gauss-Newton steps, all at once.

    Parameters
    ----------
    constraints : Constraints
        At given dimensions.
    start : array, shape (n, unknowns)
        Where to begin.
    drive : array, shape (n,)
        Drive coordinates.
    steps : int
        Steps at most.

    Returns
    -------
    q : array, shape (n, unknowns)
        Configurations, angles in (-pi, pi].
    ok : array of bool, shape (n,)
        Whether each satisfies the constraints to rounding.
    """
    q = start.copy()
    tolerance = 1e-12 * constraints.size * (len(constraints.bodies) + 1)
    residual = constraints.residual(q, drive)
    error = np.abs(residual).max(axis=1)
    for _ in range(steps):
        jacobian = constraints.jacobian(q)
        step = least(jacobian, residual)
        turn = np.abs(step[:, 2::3]).max(axis=1)
        step *= np.minimum(1.0, 0.5 / np.maximum(turn, 1e-300))[:, None]
        trial = q - step
        found = constraints.residual(trial, drive)
        size = np.abs(found).max(axis=1)
        better = (size < error) | (error > tolerance)
        q[better], residual[better], error[better] = trial[better], found[better], size[better]
        if np.all(error <= tolerance) or not np.any(better):
            break
    q[:, 2::3] = wrapped(q[:, 2::3])
    return q, error <= tolerance


def least(jacobian: Array, right: Array) -> Array:
    """Solve ``jacobian @ x = right``; the smallest x of least squares where that is singular or not square."""
    if jacobian.shape[1] == jacobian.shape[2]:
        with contextlib.suppress(np.linalg.LinAlgError):
            return np.asarray(np.linalg.solve(jacobian, right[:, :, None])[:, :, 0], dtype=np.float64)
    return np.einsum("nij,nj->ni", np.linalg.pinv(jacobian, rcond=1e-12), right)


def all_modes(constraints: Constraints, drive: float, guess: Array | None = None) -> Array:
    """Find every configuration at one drive position, from many random starts (the same ones each time).

    Returns
    -------
    array, shape (k, unknowns)
        Distinct configurations in a reproducible order; the one nearest to `guess` in its angles first.
    """
    generator = np.random.default_rng(20240601)
    starts = generator.uniform(-1.0, 1.0, (STARTS, constraints.unknowns))
    reach = constraints.size * (len(constraints.bodies) + 1)
    starts[:, 0::3] *= reach
    starts[:, 1::3] *= reach
    starts[:, 2::3] *= np.pi
    if guess is not None:
        starts[0] = guess
        starts[1:50] = guess + 0.3 * starts[1:50] * np.tile([0.2, 0.2, 1.0], len(constraints.bodies))
    q, ok = solve(constraints, starts, np.full(len(starts), drive))
    return distinct(constraints, q[ok])


def distinct(constraints: Constraints, q: Array) -> Array:
    """Leave out what is there twice, and order by angles."""
    kept: list[Array] = []
    for found in q:
        if all(not same(found, other, constraints.size) for other in kept):
            kept.append(found)
    kept.sort(key=lambda found: tuple(np.round(found[2::3], 6)))
    return np.array(kept).reshape(-1, constraints.unknowns)


def same(a: Array, b: Array, size: float) -> bool:
    """Whether two configurations are one but for rounding."""
    angles = np.abs(wrapped(a[2::3] - b[2::3])).max()
    places = max(np.abs(a[0::3] - b[0::3]).max(), np.abs(a[1::3] - b[1::3]).max())
    return bool(angles < 1e-6 and places < 1e-6 * size)


def alike(constraints: Constraints, one: Array, other: Array) -> Bools:
    """Whether configurations are the same in pairs, shape (n,); never where one is NaN."""
    with np.errstate(invalid="ignore"):
        angles = np.abs(wrapped(one[:, 2::3] - other[:, 2::3])).max(axis=1)
        places = np.maximum(np.abs(one[:, 0::3] - other[:, 0::3]).max(axis=1), np.abs(one[:, 1::3] - other[:, 1::3]).max(axis=1))
        return np.asarray((angles < 1e-6) & (places < 1e-6 * constraints.size))
