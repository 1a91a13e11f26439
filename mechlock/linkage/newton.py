"""Positions by Newton's method, for linkages that do not decompose into dyads: all modes from many starts, and continuation."""

from __future__ import annotations

from dataclasses import dataclass

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
        step = np.einsum("nij,nj->ni", np.linalg.pinv(jacobian, rcond=1e-12), residual)
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
        if all(not _same(found, other, constraints.size) for other in kept):
            kept.append(found)
    kept.sort(key=lambda found: tuple(np.round(found[2::3], 6)))
    return np.array(kept).reshape(-1, constraints.unknowns)


def _same(a: Array, b: Array, size: float) -> bool:
    angles = np.abs(wrapped(a[2::3] - b[2::3])).max()
    places = max(np.abs(a[0::3] - b[0::3]).max(), np.abs(a[1::3] - b[1::3]).max())
    return bool(angles < 1e-6 and places < 1e-6 * size)


@dataclass(frozen=True)
class Path:
    """A mode followed by continuation through the whole travel of the drive.

    Attributes
    ----------
    drive : array, shape (k,)
        Ascending drive coordinates.
    q, rates : array, shape (k, unknowns)
        Configurations there, and their derivatives.
    bounded : (bool, bool)
        Whether each end is a limit of travel, or only where the search ended.
    closed : bool
        Whether a turning drive comes back to the same configuration after one turn.
    """

    drive: Array
    q: Array
    rates: Array
    bounded: tuple[bool, bool]
    closed: bool

    def at(self, constraints: Constraints, drive: Array) -> Array:
        """Configurations at given drive coordinates, shape (n, unknowns); NaN beyond the ends."""
        low, high = self.drive[0], self.drive[-1]
        where = low + np.remainder(drive - low, 2.0 * np.pi) if self.closed else drive
        inside = (where >= low) & (where <= high)
        result = np.full((len(drive), constraints.unknowns), np.nan)
        if not inside.any():
            return result
        wanted = where[inside]
        right = np.clip(np.searchsorted(self.drive, wanted), 1, max(len(self.drive) - 1, 1))
        near = np.where(
            wanted - self.drive[right - 1] < self.drive[np.minimum(right, len(self.drive) - 1)] - wanted, right - 1, right
        )
        near = np.minimum(near, len(self.drive) - 1)
        start = self.q[near] + self.rates[near] * (wanted - self.drive[near])[:, None]
        found, ok = solve(constraints, start, wanted, steps=12)
        found[~ok] = np.nan
        result[inside] = found
        return result


def trace(constraints: Constraints, start: Array, begin: float, low: float, high: float) -> Path:
    """Follow a mode from its configuration at the drive coordinate `begin` up to `high` and down to `low`."""
    up, top = _walk(constraints, start, begin, high)
    closed = (
        not constraints.sliding
        and not top
        and np.isclose(high - begin, 2.0 * np.pi)
        and _same(up[-1][1], start, constraints.size)
    )
    down, bottom = ([], False) if closed else _walk(constraints, start, begin, low)
    nodes = [*reversed(down), (begin, start), *up]
    drive = np.array([at for at, _ in nodes])
    q = np.array([found for _, found in nodes])
    inverse = np.linalg.pinv(constraints.jacobian(q), rcond=1e-12)
    return Path(drive, q, inverse @ constraints.drive_rate(), (bottom, top), bool(closed))


def _walk(constraints: Constraints, start: Array, begin: float, end: float) -> tuple[list[tuple[float, Array]], bool]:
    """Steps short enough that no other mode can be taken for this one; the flag says that a limit of travel was met."""
    longest = 0.03 * (constraints.size if constraints.sliding else 1.0)
    q, at, step = start, begin, longest
    nodes: list[tuple[float, Array]] = []
    while at != end:
        target = end if abs(end - at) <= step else at + float(np.copysign(step, end - at))
        rate = np.linalg.pinv(constraints.jacobian(q[None])[0], rcond=1e-12) @ constraints.drive_rate()
        predicted = q + rate * (target - at)
        found, ok = solve(constraints, predicted[None], np.array([target]), steps=7)
        near = np.abs(wrapped(found[0, 2::3] - predicted[2::3])).max() < 0.05
        if ok[0] and near:
            q, at = found[0], target
            nodes.append((at, q))
            step = min(2.0 * step, longest)
            continue
        step *= 0.25
        if step < 1e-12 * longest:
            return nodes, True
    return nodes, False
