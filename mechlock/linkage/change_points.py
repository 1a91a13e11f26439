"""Velocities and accelerations at change points, where the first derivatives of the constraints leave more than one motion.

Two modes cross there. What is left open in the velocity, a multiple of one motion with the drive held, follows from the second
derivatives of the constraints (a quadratic equation: one root for each mode), and in the acceleration from the third ones.
Source: Müller, "Local kinematic analysis of closed-loop linkages", Mechanism and Machine Theory 2018 (higher-order constraints).
"""

from __future__ import annotations

import numpy as np

from mechlock.linkage import velocity
from mechlock.linkage.constraints import Array, Constraints
from mechlock.linkage.positions import Mode, Positions

_BESIDE = 1e-3
"""How far beside a change point a mode is looked at, to tell which of the two motions is its own (rad, or of the size)."""

_STEP = 1e-3
_FOURTH = ((-2.0, 1.0 / 12.0), (-1.0, -2.0 / 3.0), (1.0, 2.0 / 3.0), (2.0, -1.0 / 12.0))
"""Central difference of fourth order."""


def rates(positions: Positions, mode: Mode, drive: Array, q: Array) -> tuple[Array, Array]:
    """First and second derivatives of a mode's configurations by the drive, also where it crosses another mode.

    Parameters
    ----------
    drive : array, shape (n,)
        Drive coordinates (rad or mm).
    q : array, shape (n, unknowns)
        The mode's configurations there.

    Returns
    -------
    array, array, each of shape (n, unknowns)
        NaN where the drive is at a limit of travel, or more than two modes meet.
    """
    constraints = positions.constraints
    v = velocity.rates(constraints, q)
    w = velocity.second_rates(constraints, q, v)
    step = _BESIDE * (constraints.size if constraints.sliding else 1.0)
    for row in np.flatnonzero(np.isfinite(q).all(axis=1) & ~np.isfinite(v).all(axis=1)):
        beside = positions.at(mode, drive[row] + step * np.array([-1.0, 1.0]))
        near = velocity.rates(constraints, beside)
        if np.isfinite(near).all():
            v[row], w[row] = _Crossing(constraints, q[row]).motion(near.mean(axis=0))
    return v, w


class _Crossing:
    """The constraint equations at one configuration where they leave one motion with the drive held."""

    def __init__(self, constraints: Constraints, q: Array) -> None:
        self.constraints, self.q = constraints, q[None]
        self.scale = np.tile([1.0, 1.0, 1.0 / constraints.size], len(constraints.bodies))
        self.matrix = constraints.jacobian(self.q)[0] * self.scale
        left, s, right = np.linalg.svd(self.matrix)
        self.rank = int((s > velocity.SINGULAR * s[0]).sum())
        self.left, self.held = left[:, self.rank :].T, right[self.rank :] * self.scale

    def motion(self, near: Array) -> tuple[Array, Array]:
        """Velocity and acceleration of the mode whose velocity beside the point is `near`; NaN where they are not determined."""
        nothing = np.full(self.q.shape[1], np.nan)
        right = self.constraints.drive_rate()
        if len(self.held) != 1 or np.abs(self.left @ right).max() > 1e-7 * np.abs(right).max():
            return nothing, nothing
        first, (held,) = self.least(right), self.held
        roots = self.multiples(first, held)
        if not roots.size:
            return nothing, nothing
        found = first + roots[:, None] * held
        v = found[np.argmin(np.abs((found - near) / self.scale).max(axis=1))]
        return v, self.acceleration(v, held)

    def least(self, right: Array) -> Array:
        """The smallest solution of the first derivatives."""
        return np.asarray(np.linalg.pinv(self.matrix, rcond=velocity.SINGULAR) @ right * self.scale, dtype=np.float64)

    def bend(self, v: Array, at: float = 0.0) -> Array:
        """What the second derivatives, with the motion `v`, leave in the equations that first derivatives do not reach."""
        return self.left @ self.constraints.curvature(self.q + at * v, v[None])[0]

    def both(self, v: Array, w: Array) -> Array:
        return 0.25 * (self.bend(v + w) - self.bend(v - w))

    def multiples(self, first: Array, held: Array) -> Array:
        """Multiples of the motion with the drive held that the second derivatives allow."""
        table = np.stack([self.bend(held), 2.0 * self.both(first, held), self.bend(first)], axis=1)
        most = table[np.argmax(np.abs(table).max(axis=1))]
        if np.abs(most[:2]).max() <= 1e-9 * np.abs(table).max(initial=1e-300):
            return np.zeros(0)
        roots = np.roots(np.trim_zeros(np.where(np.abs(most) < 1e-12 * np.abs(most).max(), 0.0, most), "f"))
        real = np.real(roots[np.abs(np.imag(roots)) < 1e-7 * (1.0 + np.abs(roots))])
        left = [np.abs(table @ [root**2, root, 1.0]).max() for root in real]
        return np.asarray(real[np.array(left) < 1e-6 * np.abs(table).max() * (1.0 + real**2)], dtype=np.float64)

    def acceleration(self, v: Array, held: Array) -> Array:
        """The second derivative that the third ones allow."""
        first = self.least(self.constraints.curvature(self.q, v[None])[0])
        step = _STEP * (self.constraints.size if self.constraints.sliding else 1.0)
        third = sum((weight / step * self.bend(v, times * step) for times, weight in _FOURTH), np.zeros(len(self.left)))
        slope, rest = 3.0 * self.both(v, held), 3.0 * self.both(v, first) + third
        if np.abs(slope).max() == 0.0:
            return np.full(len(v), np.nan)
        return np.asarray(first - float(slope @ rest) / float(slope @ slope) * held, dtype=np.float64)
