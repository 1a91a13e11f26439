"""Environment times modal basis, one function per analysis: shock, random, harmonic.

Each takes the basis, the modal forces per unit input, the environment and the outputs to watch, and returns plain
arrays. For a base excitation: displacements and stresses are relative to the base, accelerations absolute.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mechlock.loads.history import History
from mechlock.loads.psd import Psd
from mechlock.response.basis import ModalBasis, Output
from mechlock.response.harmonic import HarmonicResponse, frequencies_about, harmonic
from mechlock.response.missed import missed_by_history
from mechlock.response.random import ModalMoments, RandomResponse, check_range, modal_moments, random_response
from mechlock.response.transient import Extremes, ModalMotion, extremes, prepared, transient


@dataclass(frozen=True)
class ShockResult:
    """Response to a transient input: extremes of the outputs, and the modal motion from which fields are read."""

    extremes: Extremes
    motion: ModalMotion
    notes: tuple[str, ...]


@dataclass(frozen=True)
class RandomResult:
    """Response to a stationary input: statistics of the outputs, and the moments from which fields are read."""

    response: RandomResponse
    moments: ModalMoments
    notes: tuple[str, ...]


def shock(basis: ModalBasis, drive: ArrayLike, load: History, output: Output, static: ArrayLike = 0.0) -> ShockResult:
    """Transient response by modal superposition, exact for the broken line `load`, followed by free ringing.

    Parameters
    ----------
    basis : ModalBasis
    drive : array_like, (m,)
        Modal forces per unit input: `base_drive` for a base acceleration.
    load : History
        The input, for a base its acceleration in mm/s².
    output : Output
        Rows to watch.
    static : array_like, (o,) or scalar
        Static values added to the outputs, where they are wanted.
    """
    motion = transient(basis, drive, prepared(load, basis))
    note = missed_by_history(basis, drive, motion)
    return ShockResult(extremes(output, motion, static), motion, (note,) if note else ())


def random(basis: ModalBasis, drive: ArrayLike, spectrum: Psd, output: Output) -> RandomResult:
    """Stationary response to an input with a one-sided spectrum, by full modal covariance.

    Raises
    ------
    InputError
        When no mode lies in the spectrum's range and the outputs carry no static correction.
    """
    has_residual = bool(np.any(output.direct))
    note = check_range(basis, spectrum, has_residual)
    moments = modal_moments(basis, drive, spectrum, output.derivative)
    return RandomResult(random_response(output, moments), moments, (note,) if note else ())


def harmonic_sweep(
    basis: ModalBasis, drive: ArrayLike, output: Output, low: float, high: float, amplitude: complex = 1.0
) -> HarmonicResponse:
    """Steady response over a range of frequencies (Hz) that is dense about every mode."""
    return harmonic(basis, drive, output, frequencies_about(basis, low, high), amplitude)


def contact_lost(
    static_force: ArrayLike, response: Extremes | RandomResponse | NDArray[np.float64], sigmas: float = 3.0
) -> NDArray[np.bool_]:
    """Which contacts lose their pressure: static pressing force (>= 0) plus its response falls to zero or below.

    Parameters
    ----------
    static_force : array_like, (c,)
        Pressing force of each contact that the linear model treats as bonded, N.
    response : Extremes, RandomResponse or array
        Of those forces, pressing positive. For a random response `sigmas` times its RMS is taken off; an array (c,) holds
        amplitudes or combined peaks, which go either way.

    Returns
    -------
    ndarray of bool, (c,)
    """
    force = np.asarray(static_force, dtype=float)
    if isinstance(response, np.ndarray):
        return force <= response
    least = response.minimum if isinstance(response, Extremes) else -sigmas * response.rms
    return force + least <= 0.0
