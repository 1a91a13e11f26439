"""Random response of a modal basis: spectra, full modal covariance, spectral moments, RMS and expected maxima.

The covariance is taken between all modes and the input itself, so that the residual vectors take part. Integration is
by Gauss points on panels that follow the corners of the spectrum and the width of every resonance.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from mechlock.errors import InputError
from mechlock.loads.history import FloatArray
from mechlock.loads.psd import Psd
from mechlock.response.basis import Derivative, ModalBasis, Output
from mechlock.response.harmonic import receptance, transfer

ORDERS = (0, 1, 2, 4)
"""Orders of the spectral moments kept: m_k is the integral of f^k G(f) df, f in Hz."""

VON_MISES = np.array(
    [
        [1.0, -0.5, -0.5, 0.0, 0.0, 0.0],
        [-0.5, 1.0, -0.5, 0.0, 0.0, 0.0],
        [-0.5, -0.5, 1.0, 0.0, 0.0, 0.0],
        [0.0, 0.0, 0.0, 3.0, 0.0, 0.0],
        [0.0, 0.0, 0.0, 0.0, 3.0, 0.0],
        [0.0, 0.0, 0.0, 0.0, 0.0, 3.0],
    ]
)
"""Quadratic form A with sigma_vM² = s^T A s for s = (xx, yy, zz, xy, yz, zx)."""

_GAUSS = 6
_PANEL_RATIO = 1.15
_HALF_WIDTHS = np.array([0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0])
_CHUNK = 2_000_000


@dataclass(frozen=True)
class ModalMoments:
    """Spectral moments between modal coordinates and the input.

    Attributes
    ----------
    covariance : ndarray, (4, m + 1, m + 1)
        For each order of `ORDERS` the real symmetric matrix of moments; the last row and column are the input's.
    derivative : {0, 1, 2}
        Which modal coordinate it holds.
    """

    covariance: FloatArray
    derivative: Derivative


@dataclass(frozen=True)
class RandomResponse:
    """Statistics of outputs under a stationary Gaussian input.

    Attributes
    ----------
    moments : ndarray, (o, 4)
        Spectral moments m0, m1, m2, m4 (f in Hz).
    """

    moments: FloatArray

    def __add__(self, other: RandomResponse) -> RandomResponse:
        """Statistics under two inputs that are not correlated: their moments add."""
        return RandomResponse(self.moments + other.moments)

    @property
    def rms(self) -> FloatArray:
        """Root mean square, (o,)."""
        return np.sqrt(self.moments[:, 0])

    @property
    def zero_crossing_rate(self) -> FloatArray:
        """Upward crossings of zero per second, Hz."""
        return _ratio(self.moments[:, 2], self.moments[:, 0])

    @property
    def peak_rate(self) -> FloatArray:
        """Maxima per second, Hz."""
        return _ratio(self.moments[:, 3], self.moments[:, 2])

    @property
    def irregularity(self) -> FloatArray:
        """Zero crossings per peak: 1 for a narrow band."""
        return self.zero_crossing_rate / np.where(self.peak_rate > 0.0, self.peak_rate, np.inf)

    def expected_maximum(self, duration: float) -> FloatArray:
        """Mean of the greatest value in `duration` seconds (Davenport 1964: Gaussian, upcrossings rare)."""
        count = np.maximum(self.zero_crossing_rate * duration, math.e)
        factor = np.sqrt(2.0 * np.log(count))
        return self.rms * (factor + np.euler_gamma / factor)


def panels(basis: ModalBasis, low: float, high: float, corners: ArrayLike = ()) -> tuple[FloatArray, FloatArray]:
    """Gauss points (Hz) and weights between `low` and `high` that resolve every resonance and every corner.

    Returns
    -------
    frequency, weight : ndarray, (k,)
    """
    ratio = np.maximum(basis.damping.viscous_equivalent, 1e-6)[:, None]
    spread = np.concatenate([-_HALF_WIDTHS[::-1], [0.0], _HALF_WIDTHS])[None, :]
    about = (basis.frequency[:, None] * (1.0 + ratio * spread)).ravel()
    count = max(2, math.ceil(math.log(high / low) / math.log(_PANEL_RATIO)) + 1)
    edges = np.concatenate([np.geomspace(low, high, count), about, np.asarray(corners, dtype=float)])
    edges = np.unique(np.clip(edges[edges > 0.0], low, high))
    nodes, weights = np.polynomial.legendre.leggauss(_GAUSS)
    half, middle = 0.5 * np.diff(edges), 0.5 * (edges[1:] + edges[:-1])
    return (middle[:, None] + half[:, None] * nodes).ravel(), (half[:, None] * weights).ravel()


def modal_moments(basis: ModalBasis, drive: ArrayLike, spectrum: Psd, derivative: Derivative = 0) -> ModalMoments:
    """Spectral moments of the modal coordinates under one input with a one-sided spectrum.

    Parameters
    ----------
    basis : ModalBasis
    drive : array_like, (m,)
        Modal forces per unit input.
    spectrum : Psd
    derivative : {0, 1, 2}
        Modal displacement (stresses, relative displacements), velocity or acceleration.
    """
    frequency, weight = panels(basis, spectrum.frequency[0], spectrum.frequency[-1], spectrum.frequency)
    answer = receptance(basis, frequency) * np.asarray(drive, dtype=float)
    answer *= (2j * math.pi * frequency[:, None]) ** derivative
    whole = np.column_stack([answer, np.ones(len(frequency))])
    power = weight * spectrum.at(frequency)
    parts = np.concatenate([whole.real, whole.imag])
    both = np.concatenate([power, power])
    reach = np.concatenate([frequency, frequency])
    covariance = np.stack([(parts * (both * reach**order)[:, None]).T @ parts for order in ORDERS])
    return ModalMoments(covariance, derivative)


def random_response(output: Output, moments: ModalMoments) -> RandomResponse:
    """Statistics of each output row.

    Raises
    ------
    InputError
        When the output reads another derivative than the moments hold.
    """
    if output.derivative != moments.derivative:
        raise InputError(
            f"outputs read derivative {output.derivative}, the moments hold {moments.derivative}", "random", "make both alike"
        )
    rows = np.column_stack([output.shapes, output.direct])
    return RandomResponse(np.stack([_quadratic(rows, matrix) for matrix in moments.covariance], axis=1))


def von_mises_moments(shapes: FloatArray, direct: FloatArray, moments: ModalMoments) -> RandomResponse:
    """Statistics of the equivalent von Mises stress at many points.

    The moment of order k is ``trace(A S_k)`` with the full covariance of the stress tensor, so its RMS is exact
    (Segalman et al., SAND98-0260) and its spectrum is the equivalent von Mises spectrum of Pitoiset and Preumont (2000).

    Parameters
    ----------
    shapes : ndarray, (p, 6, m)
        Stress tensors of the modes, order xx, yy, zz, xy, yz, zx.
    direct : ndarray, (p, 6)
        Stress per unit of the input, at once.
    moments : ModalMoments
        Of the modal displacements.
    """
    if moments.derivative != 0:
        raise InputError("stress follows the modal displacements", "random", "take moments with derivative 0")
    root = _von_mises_root()
    points, modes = len(shapes), moments.covariance.shape[1]
    factors = [_factor(matrix) for matrix in moments.covariance]
    result = np.empty((points, len(ORDERS)))
    size = max(1, _CHUNK // (6 * modes))
    for first in range(0, points, size):
        part = slice(first, first + size)
        rows = root @ np.concatenate([shapes[part], direct[part][:, :, None]], axis=2)
        for order, factor in enumerate(factors):
            result[part, order] = np.einsum("pij,pij->p", rows @ factor, rows @ factor)
    return RandomResponse(result)


def response_psd(basis: ModalBasis, drive: ArrayLike, output: Output, spectrum: Psd, frequency: ArrayLike) -> FloatArray:
    """One-sided spectra of the outputs at frequencies (Hz), (f, o)."""
    values = np.atleast_1d(np.asarray(frequency, dtype=float))
    return np.abs(transfer(basis, drive, output, values)) ** 2 * spectrum.at(values)[:, None]


def von_mises_rms(covariance: ArrayLike) -> FloatArray:
    """RMS von Mises stress from stress covariances (..., 6, 6), order xx, yy, zz, xy, yz, zx: sqrt(trace(A S))."""
    return np.sqrt(np.einsum("ij,...ij->...", VON_MISES, np.asarray(covariance, dtype=float)))


def check_range(basis: ModalBasis, spectrum: Psd, has_residual: bool) -> str:
    """Say in words what the modes leave out of the spectrum's range; empty when they cover it.

    Raises
    ------
    InputError
        When the modes end before the spectrum begins, or none lies in its range and no residual vector stands for the others.
    """
    low, high = float(spectrum.frequency[0]), float(spectrum.frequency[-1])
    first, last = float(basis.frequency.min()), float(basis.frequency.max())
    inside = (basis.frequency >= low) & (basis.frequency <= high)
    if last < low:
        said = f"the modes end at {last:.4g} Hz, the spectrum begins at {low:g} Hz: what resonates in it is left out"
        raise InputError(said, "random", "ask for more modes (modes, or up_to)")
    if not inside.any() and not has_residual:
        raise InputError(
            f"no mode lies between {low:g} and {high:g} Hz", "random", "ask for more modes, or give the static correction"
        )
    if not inside.any():
        where = f"the first is at {first:.4g} Hz" if first > high else f"they are at {first:.4g} to {last:.4g} Hz"
        return f"no mode lies between {low:g} and {high:g} Hz ({where}): nothing resonates, the body follows its base"
    if last < high:
        rest = "stiffer modes follow statically" if has_residual else "no static correction"
        return f"modes end at {last:g} Hz, the spectrum at {high:g} Hz; {rest}"
    return ""


def miles(frequency: float, quality: float, level: float) -> float:
    """RMS acceleration of an oscillator under a flat spectrum (Miles 1954): sqrt(pi/2 f Q G)."""
    return math.sqrt(0.5 * math.pi * frequency * quality * level)


def _quadratic(rows: FloatArray, matrix: FloatArray) -> FloatArray:
    """Rows times matrix times rows, one value per row; never below zero by rounding."""
    part = rows @ _factor(matrix)
    return np.einsum("ij,ij->i", part, part)


def _factor(matrix: FloatArray) -> FloatArray:
    """L with L L^T = matrix, for a matrix that is positive semidefinite up to rounding; scaled so that no mode is lost."""
    scale = np.sqrt(np.maximum(np.diag(matrix), 0.0))
    safe = np.where(scale > 0.0, scale, 1.0)
    values, vectors = np.linalg.eigh(matrix / np.outer(safe, safe))
    return safe[:, None] * vectors * np.sqrt(np.maximum(values, 0.0)) * (scale > 0.0)[:, None]


def _von_mises_root() -> FloatArray:
    """R with R^T R = A."""
    values, vectors = np.linalg.eigh(VON_MISES)
    return (vectors * np.sqrt(np.maximum(values, 0.0))).T


def _ratio(upper: FloatArray, lower: FloatArray) -> FloatArray:
    return np.sqrt(upper / np.where(lower > 0.0, lower, np.inf))
