"""Exact step-by-step solution of damped oscillators under a force that is linear between samples.

``q'' + 2 zeta omega q' + omega² q = p(t)`` becomes one complex first-order equation ``s' = lambda s + p`` with
``lambda = -zeta omega + i omega_d``, ``q = Im s / omega_d`` and ``q' = Re s - zeta omega q``; over one step it is solved
exactly (Nigam and Jennings, Bull. Seism. Soc. Am. 59 (1969) 909; the ramp-invariant filter of ISO 18431-4).
Modes without stiffness or with overcritical damping take the matrix exponential of the same problem.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg import expm

from mechlock.errors import InputError
from mechlock.loads.history import ComplexArray, FloatArray

_SERIES_BELOW = 0.05
_SERIES_TERMS = 10


@dataclass(frozen=True)
class Motion:
    """Oscillator coordinates over time.

    Attributes
    ----------
    displacement, velocity : ndarray, (n, m)
        q and q' at the n samples for m oscillators.
    """

    displacement: FloatArray
    velocity: FloatArray


def step_weights(decay: ArrayLike, step: float) -> tuple[ComplexArray, ComplexArray, ComplexArray]:
    """Weights of the exact step ``s1 = e s0 + c0 p0 + c1 p1`` for ``s' = decay s + p``, p linear over the step.

    Parameters
    ----------
    decay : ndarray, (m,)
        Complex (or real) rates lambda, 1/s.
    step : float
        Length of the step, s.

    Returns
    -------
    e, c0, c1 : ndarray, (m,)
    """
    z: ComplexArray = np.multiply(np.asarray(decay, dtype=np.complex128), step)
    first, second = _phi(z)
    return np.exp(z), step * (first - second), step * second


def _phi(z: ComplexArray) -> tuple[ComplexArray, ComplexArray]:
    """(e^z - 1)/z and (e^z - 1 - z)/z²; the series avoids the cancellation at small z."""
    small = np.abs(z) < _SERIES_BELOW
    safe = np.where(small, 1.0, z)
    second = (np.expm1(safe) - safe) / safe**2
    series = sum(z**k / math.factorial(k + 2) for k in range(_SERIES_TERMS))
    second = np.where(small, series, second)
    return 1.0 + z * second, second


def solve_oscillators(
    frequency: FloatArray,
    damping: FloatArray,
    step: float,
    force: FloatArray,
    start: tuple[FloatArray, FloatArray] | None = None,
) -> Motion:
    """Motion of oscillators with unit mass under forces linear between samples, exact at the samples.

    Parameters
    ----------
    frequency : ndarray, (m,)
        Undamped natural frequencies, Hz; zero for a body free to move.
    damping : ndarray, (m,)
        Damping ratios.
    step : float
        Time between samples, s.
    force : ndarray, (n, m)
        Force per unit mass at the samples.
    start : pair of ndarray (m,), optional
        Displacement and velocity at the first sample; default at rest.

    Raises
    ------
    InputError
        For negative frequencies or damping ratios.
    """
    omega = 2.0 * math.pi * np.asarray(frequency, dtype=float)
    ratio = np.broadcast_to(np.asarray(damping, dtype=float), omega.shape)
    if (omega < 0.0).any() or (ratio < 0.0).any():
        raise InputError("a frequency or a damping ratio is negative", "oscillators")
    rest = np.zeros_like(omega)
    q0, v0 = (rest, rest) if start is None else (np.asarray(start[0], dtype=float), np.asarray(start[1], dtype=float))
    displacement, velocity = np.empty(force.shape), np.empty(force.shape)
    swings = (omega > 0.0) & (ratio < 0.999)
    for mode in np.flatnonzero(swings):
        displacement[:, mode], velocity[:, mode] = _underdamped(
            omega[mode], ratio[mode], step, force[:, mode], q0[mode], v0[mode]
        )
    for mode in np.flatnonzero(~swings):
        displacement[:, mode], velocity[:, mode] = _any_damping(
            omega[mode], ratio[mode], step, force[:, mode], q0[mode], v0[mode]
        )
    return Motion(displacement, velocity)


def _underdamped(
    omega: float, ratio: float, step: float, force: FloatArray, q0: float, v0: float
) -> tuple[FloatArray, FloatArray]:
    from scipy.signal import lfilter  # takes half a second to load

    damped = omega * math.sqrt(1.0 - ratio**2)
    factor, before, after = (value[()] for value in step_weights(-ratio * omega + 1j * damped, step))
    s0 = v0 + ratio * omega * q0 + 1j * damped * q0
    state, _ = lfilter([after, before], [1.0, -factor], force, zi=np.array([s0 - after * force[0]]))
    q = state.imag / damped
    return q, state.real - ratio * omega * q


def _any_damping(
    omega: float, ratio: float, step: float, force: FloatArray, q0: float, v0: float
) -> tuple[FloatArray, FloatArray]:
    """Exact for every damping: matrix exponential of the step, then a scan that doubles its reach in every pass."""
    power, before, after = _transition(omega, ratio, step)
    state = np.outer(force[:-1], before) + np.outer(force[1:], after)
    state = np.vstack([[q0, v0], state])
    reach = 1
    while reach < len(state):
        state[reach:] += state[:-reach] @ power.T
        power = power @ power
        reach *= 2
    return state[:, 0], state[:, 1]


def _transition(omega: float, ratio: float, step: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """State (q, q') after a step from the state before it and the force at its two ends (Van Loan 1978)."""
    system = np.zeros((4, 4))
    system[:2, :2] = [[0.0, 1.0], [-(omega**2), -2.0 * ratio * omega]]
    system[1, 2] = 1.0
    system[2, 3] = 1.0 / step
    whole = np.asarray(expm(system * step), dtype=float)
    after = whole[:2, 3]
    return whole[:2, :2], whole[:2, 2] - after, after
