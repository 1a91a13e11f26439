"""Damping of a modal basis: modal ratios, Rayleigh, structural (hysteretic), each as what a mode sees."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from mechlock.errors import InputError
from mechlock.loads.history import FloatArray


@dataclass(frozen=True)
class Damping:
    """Damping of modes.

    Attributes
    ----------
    ratio : ndarray, (m,)
        Viscous damping ratio of each mode.
    loss_factor : ndarray, (m,)
        Structural loss factor of each mode: exact in the frequency domain, ``eta / 2`` as viscous ratio in time
        (equal at resonance; a hysteretic damper has no causal time-domain form).
    """

    ratio: FloatArray
    loss_factor: FloatArray

    @property
    def viscous_equivalent(self) -> FloatArray:
        """Viscous ratio that dissipates as much at resonance, for solutions in time."""
        return self.ratio + 0.5 * self.loss_factor


def modal_damping(ratio: ArrayLike, modes: int) -> Damping:
    """One damping ratio for all modes, or one for each."""
    values = np.broadcast_to(np.asarray(ratio, dtype=float), (modes,)).copy()
    return _checked(values, np.zeros(modes))


def structural_damping(loss_factor: ArrayLike, modes: int) -> Damping:
    """Structural damping with the loss factor eta: stiffness times (1 + i eta)."""
    values = np.broadcast_to(np.asarray(loss_factor, dtype=float), (modes,)).copy()
    return _checked(np.zeros(modes), values)


def rayleigh_damping(alpha: float, beta: float, frequency: ArrayLike) -> Damping:
    """Damping matrix alpha M + beta K: ``zeta = alpha / (2 omega) + beta omega / 2`` (alpha in 1/s, beta in s)."""
    omega = 2.0 * math.pi * np.asarray(frequency, dtype=float)
    if (omega <= 0.0).any() and alpha != 0.0:
        raise InputError("a mode without stiffness has no damping ratio", "damping", "use alpha = 0 for a free body")
    with np.errstate(divide="ignore", invalid="ignore"):
        mass_part = np.where(omega > 0.0, alpha / (2.0 * omega), 0.0)
    return _checked(mass_part + 0.5 * beta * omega, np.zeros_like(omega))


def rayleigh_coefficients(first: tuple[float, float], second: tuple[float, float]) -> tuple[float, float]:
    """Alpha (1/s) and beta (s) that give the damping ratios at two frequencies, each as (frequency Hz, ratio).

    Raises
    ------
    InputError
        When the frequencies are equal or not positive, or the two ratios ask for a negative coefficient.
    """
    omega = 2.0 * math.pi * np.array([first[0], second[0]])
    if not (omega > 0.0).all() or omega[0] == omega[1]:
        raise InputError("two different positive frequencies are needed", "damping")
    rows = np.column_stack([0.5 / omega, 0.5 * omega])
    alpha, beta = (float(value) for value in np.linalg.solve(rows, [first[1], second[1]]))
    if alpha < 0.0 or beta < 0.0:
        raise InputError(
            f"these ratios need alpha = {alpha:g} 1/s and beta = {beta:g} s, one is negative", "damping", "use modal damping"
        )
    return alpha, beta


def _checked(ratio: FloatArray, loss_factor: FloatArray) -> Damping:
    for values, name in ((ratio, "damping ratio"), (loss_factor, "loss factor")):
        if not np.isfinite(values).all() or (values < 0.0).any():
            raise InputError(f"a {name} is negative or not finite", "damping", "give numbers such as 0.02")
    if (ratio >= 1.0).any():
        raise InputError(
            f"a damping ratio of {ratio.max():g} is overcritical", "damping", "give ratios such as 0.02 (2 % of critical)"
        )
    return Damping(ratio, loss_factor)
