"""Steady response of a modal basis to sinusoidal and periodic inputs, with amplitude and phase."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from mechlock.errors import InputError
from mechlock.loads.history import ComplexArray, FloatArray
from mechlock.response.basis import ModalBasis, Output


@dataclass(frozen=True)
class HarmonicResponse:
    """Complex amplitudes of outputs; the input is ``Re(amplitude e^(i omega t))``.

    Attributes
    ----------
    frequency : ndarray, (f,)
        Hz.
    values : ndarray, (f, o)
        Complex amplitudes of the outputs.
    """

    frequency: FloatArray
    values: ComplexArray

    @property
    def amplitude(self) -> FloatArray:
        """Magnitudes, (f, o)."""
        return np.abs(self.values)

    @property
    def phase_deg(self) -> FloatArray:
        """Phase of each output before (positive) or after (negative) the input's, degrees in (-180, 180]."""
        return np.degrees(np.angle(self.values))


def receptance(basis: ModalBasis, frequency: ArrayLike) -> ComplexArray:
    """Modal displacement per unit modal force at frequencies (Hz), (f, m); structural damping as complex stiffness.

    Raises
    ------
    InputError
        When an undamped mode is driven exactly at its frequency.
    """
    driven = 2.0 * math.pi * np.asarray(frequency, dtype=float)[:, None]
    omega, ratio, loss = basis.omega, basis.damping.ratio, basis.damping.loss_factor
    denominator = omega**2 * (1.0 + 1j * loss) - driven**2 + 2j * ratio * omega * driven
    if (denominator == 0.0).any():
        raise InputError("an undamped mode is driven at its own frequency", "harmonic", "give some damping")
    return 1.0 / denominator


def transfer(basis: ModalBasis, drive: ArrayLike, output: Output, frequency: ArrayLike) -> ComplexArray:
    """Outputs per unit input at frequencies (Hz), (f, o)."""
    values = np.atleast_1d(np.asarray(frequency, dtype=float))
    coordinates = receptance(basis, values) * np.asarray(drive, dtype=float)
    coordinates *= (2j * math.pi * values[:, None]) ** output.derivative
    return coordinates @ output.shapes.T + output.direct


def harmonic(
    basis: ModalBasis, drive: ArrayLike, output: Output, frequency: ArrayLike, amplitude: ArrayLike = 1.0
) -> HarmonicResponse:
    """Steady response to a sinusoidal input.

    Parameters
    ----------
    basis : ModalBasis
    drive : array_like, (m,)
        Modal forces per unit input.
    output : Output
    frequency : array_like, (f,)
        Driving frequencies, Hz.
    amplitude : array_like, scalar or (f,)
        Amplitude of the input (complex where it has a phase).
    """
    values = np.atleast_1d(np.asarray(frequency, dtype=float))
    if not np.isfinite(values).all() or (values < 0.0).any() or len(values) == 0:
        raise InputError("driving frequencies must be non-negative numbers", "frequency", "give them in Hz")
    level = np.broadcast_to(np.asarray(amplitude), values.shape)
    return HarmonicResponse(values, transfer(basis, drive, output, values) * level[:, None])


def frequencies_about(basis: ModalBasis, low: float, high: float, points: int = 41) -> FloatArray:
    """Driving frequencies from `low` to `high` (Hz), dense about each mode so that no resonance is missed.

    About a mode with damping ratio zeta they lie within ten half-power half-widths, so the peak is caught to 0.1 %.
    """
    if not 0.0 < low < high:
        raise InputError(f"the range {low:g} to {high:g} Hz is empty", "frequency", "give a lower and a higher frequency")
    width = np.maximum(basis.damping.viscous_equivalent, 1e-4)[:, None] * basis.frequency[:, None]
    spread = np.sinh(np.linspace(-3.0, 3.0, points))[None, :]
    about = (basis.frequency[:, None] + width * spread).ravel()
    plain = np.geomspace(low, high, 4 * points)
    return np.unique(np.concatenate([plain, about[(about >= low) & (about <= high)]]))


def periodic(
    basis: ModalBasis, drive: ArrayLike, output: Output, fundamental: float, harmonics: ArrayLike, samples: int = 2048
) -> tuple[FloatArray, FloatArray]:
    """Steady response to a periodic input over one period.

    Parameters
    ----------
    fundamental : float
        Hz.
    harmonics : array_like, (h,)
        Complex amplitudes of harmonic 1, 2, ...: the input is the sum of ``Re(c_k e^(2 pi i k f t))``
        (``-1j`` is a sine).
    samples : int
        Points over the period.

    Returns
    -------
    time, values : ndarray, (samples,) and (o, samples)
    """
    amplitudes = np.asarray(harmonics, dtype=complex)
    order = np.arange(1, len(amplitudes) + 1)
    answer = transfer(basis, drive, output, fundamental * order) * amplitudes[:, None]
    time = np.arange(samples) / (samples * fundamental)
    wave = np.exp(2j * math.pi * fundamental * np.outer(order, time))
    return time, (answer.T @ wave).real
