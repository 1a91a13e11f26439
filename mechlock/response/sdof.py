"""Single-degree-of-freedom system on a moving base, exact for base accelerations that are linear between samples."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from mechlock.errors import InputError
from mechlock.loads.history import FloatArray, History
from mechlock.response.ramp import solve_oscillators


@dataclass(frozen=True)
class SdofResponse:
    """Response of oscillators on a moving base.

    Attributes
    ----------
    time : ndarray, (n,)
        s.
    frequency : ndarray, (m,)
        Undamped natural frequencies, Hz.
    relative_displacement, relative_velocity, absolute_acceleration : ndarray, (n, m)
        Displacement and velocity relative to the base, acceleration of the mass itself.
    """

    time: FloatArray
    frequency: FloatArray
    relative_displacement: FloatArray
    relative_velocity: FloatArray
    absolute_acceleration: FloatArray


def check_oscillators(frequency: ArrayLike, damping: float) -> FloatArray:
    """Return the frequencies as an array, refusing those that no spectrum is made for.

    Raises
    ------
    InputError
        When there is none, one is not positive and finite, or the damping ratio is not in [0, 1).
    """
    values = np.atleast_1d(np.asarray(frequency, dtype=float))
    if values.ndim != 1 or len(values) == 0 or not np.isfinite(values).all() or not (values > 0.0).all():
        raise InputError("natural frequencies must be positive numbers", "frequency", "give them in Hz")
    if not (0.0 <= damping < 1.0):
        raise InputError(f"the damping ratio is {damping!r}", "damping", "give a ratio from 0 up to, not including, 1")
    return values


def sdof_response(base: History, frequency: ArrayLike, damping: float) -> SdofResponse:
    """Response of systems at rest to a base acceleration.

    Parameters
    ----------
    base : History
        Base acceleration; results are in its unit (and that times s, s²).
    frequency : array_like, (m,)
        Undamped natural frequencies, Hz.
    damping : float
        Damping ratio of all of them.
    """
    values = check_oscillators(frequency, damping)
    omega = 2.0 * math.pi * values
    force = np.broadcast_to(-base.values[:, None], (len(base.values), len(values)))
    motion = solve_oscillators(values, np.full(len(values), damping), base.step, force)
    acceleration = -(omega**2) * motion.displacement - 2.0 * damping * omega * motion.velocity
    return SdofResponse(base.time, values, motion.displacement, motion.velocity, acceleration)


def amplification(frequency: ArrayLike, excitation: float, damping: float) -> FloatArray:
    """Steady acceleration of oscillators over that of a base which moves as a sine, both as amplitudes.

    ``sqrt((1 + (2 D r)²) / ((1 - r²)² + (2 D r)²))`` with ``r`` the excitation over the natural frequency (Thomson and Dahleh,
    Theory of Vibration with Applications, section 3.6).

    Parameters
    ----------
    frequency : array_like, (m,)
        Undamped natural frequencies, Hz.
    excitation : float
        Hz.
    damping : float
        Damping ratio of all of them.
    """
    ratio = excitation / check_oscillators(frequency, damping)
    damper = (2.0 * damping * ratio) ** 2
    return np.sqrt((1.0 + damper) / ((1.0 - ratio**2) ** 2 + damper))
