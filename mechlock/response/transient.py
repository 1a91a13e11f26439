"""Transient response of a modal basis, exact for inputs that are linear between samples, and the extremes of outputs."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from mechlock.errors import InputError
from mechlock.loads.history import FloatArray, History
from mechlock.response.basis import ModalBasis, Output
from mechlock.response.ramp import solve_oscillators

POINTS_PER_CYCLE = 40
"""Samples per period of the highest mode; a peak of that mode is cut by at most 0.3 %."""

MOST_SAMPLES = 4_000_000
"""More are refused: the input and the modes are too far apart in time."""

_CHUNK = 4_000_000
_RING_CYCLES = 10
_RING_LEFT = 0.05


@dataclass(frozen=True)
class ModalMotion:
    """Modal coordinates over time.

    Attributes
    ----------
    step : float
        Time between samples, s.
    input : ndarray, (n,)
        The input at the samples.
    displacement, velocity, acceleration : ndarray, (n, m)
        Modal coordinates and their derivatives.
    """

    step: float
    input: FloatArray
    displacement: FloatArray
    velocity: FloatArray
    acceleration: FloatArray

    @property
    def time(self) -> FloatArray:
        """Times of the samples, s."""
        return self.step * np.arange(len(self.input))

    def coordinates(self, derivative: int) -> FloatArray:
        """Modal displacement, velocity or acceleration, (n, m)."""
        return (self.displacement, self.velocity, self.acceleration)[derivative]


@dataclass(frozen=True)
class Extremes:
    """Extremes of outputs over time.

    Attributes
    ----------
    maximum, minimum : ndarray, (o,)
    maximum_time, minimum_time : ndarray, (o,)
        s.
    """

    maximum: FloatArray
    minimum: FloatArray
    maximum_time: FloatArray
    minimum_time: FloatArray

    @property
    def peak(self) -> FloatArray:
        """The extreme that is larger in magnitude, with its sign."""
        return np.where(self.maximum >= -self.minimum, self.maximum, self.minimum)

    @property
    def peak_time(self) -> FloatArray:
        """When the peak occurs, s."""
        return np.where(self.maximum >= -self.minimum, self.maximum_time, self.minimum_time)


def transient(
    basis: ModalBasis, drive: ArrayLike, load: History, start: tuple[FloatArray, FloatArray] | None = None
) -> ModalMotion:
    """Modal motion under one input.

    Parameters
    ----------
    basis : ModalBasis
    drive : array_like, (m,)
        Modal forces per unit input (`base_drive` for a base acceleration).
    load : History
        The input, linear between samples.
    start : pair of ndarray (m,), optional
        Modal displacement and velocity at the first sample; default at rest.
    """
    per_unit = np.asarray(drive, dtype=float)
    ratio = basis.damping.viscous_equivalent
    force = load.values[:, None] * per_unit[None, :]
    motion = solve_oscillators(basis.frequency, ratio, load.step, force, start)
    acceleration = force - 2.0 * ratio * basis.omega * motion.velocity - basis.omega**2 * motion.displacement
    return ModalMotion(load.step, load.values, motion.displacement, motion.velocity, acceleration)


def prepared(load: History, basis: ModalBasis, ring: bool = True) -> History:
    """The same input with steps fine enough for the highest mode, followed by rest in which the structure rings out.

    The rest lasts ten periods of the lowest mode, or until its swing has fallen to 5 %, whichever is shorter.

    Raises
    ------
    InputError
        When that takes too many steps: a pulse far shorter than the lowest mode's period, or a record far longer than the
        highest mode's.
    """
    highest = float(basis.frequency.max())
    refine = math.ceil(load.step * highest * POINTS_PER_CYCLE - 1e-9) if highest > 0.0 else 1
    rest = _ringing(basis) if ring else 0.0
    duration = load.step * (len(load.values) - 1)
    if (duration + rest) / load.step * max(refine, 1) > MOST_SAMPLES:
        slow, fast = (f"{value:.4g} Hz" for value in (basis.frequency.min(), highest))
        said = (
            f"an input of {duration:.3g} s, steps of {load.step:.2g} s and modes from {slow} to {fast} are too far apart in time"
        )
        raise InputError(said, "input", "give a pulse or a record, and modes, that have to do with each other")
    fine = load.refined(refine)
    return fine.followed_by(rest) if rest > 0.0 else fine


def _ringing(basis: ModalBasis) -> float:
    """Time in which the lowest mode with stiffness rings out, s; zero where there is none."""
    stiff = basis.frequency > 0.0
    if not stiff.any():
        return 0.0
    lowest = int(np.argmin(np.where(stiff, basis.frequency, np.inf)))
    decay = basis.damping.viscous_equivalent[lowest] * basis.omega[lowest]
    rest = _RING_CYCLES / float(basis.frequency[lowest])
    return min(rest, -math.log(_RING_LEFT) / decay) if decay > 0.0 else rest


def history_of(output: Output, motion: ModalMotion) -> FloatArray:
    """Outputs over time, (o, n). For few outputs; extremes of fields are found by `extremes` without holding them."""
    return output.shapes @ motion.coordinates(output.derivative).T + np.outer(output.direct, motion.input)


def extremes(output: Output, motion: ModalMotion, static: ArrayLike = 0.0) -> Extremes:
    """Greatest and least value of each output over time.

    Parameters
    ----------
    output : Output
        Any number of rows; they are taken in pieces, so that memory stays bounded.
    motion : ModalMotion
    static : array_like, (o,) or scalar
        Added to every value (the static state, where it is wanted).
    """
    rows, samples = len(output.shapes), len(motion.input)
    offset = np.broadcast_to(np.asarray(static, dtype=float), (rows,))
    values, times = np.empty((2, rows)), np.empty((2, rows))
    for part in _pieces(rows, samples):
        piece = history_of(Output(output.shapes[part], output.direct[part], output.derivative), motion)
        first, second = piece.argmax(axis=1), piece.argmin(axis=1)
        line = np.arange(len(piece))
        values[0, part], values[1, part] = piece[line, first], piece[line, second]
        times[0, part], times[1, part] = first * motion.step, second * motion.step
    return Extremes(values[0] + offset, values[1] + offset, times[0], times[1])


def von_mises_peak(
    shapes: FloatArray, direct: FloatArray, motion: ModalMotion, static: FloatArray | None = None
) -> tuple[FloatArray, FloatArray]:
    """Greatest von Mises stress over time at many points, and when.

    Parameters
    ----------
    shapes : ndarray, (p, 6, m)
        Stress tensors of the modes, order xx, yy, zz, xy, yz, zx, MPa.
    direct : ndarray, (p, 6)
        Stress per unit of the input, at once (residual vector).
    motion : ModalMotion
    static : ndarray, (p, 6), optional
        Static stress, added before the invariant is taken.

    Returns
    -------
    peak, time : ndarray, (p,)
        MPa, s.
    """
    points, samples = len(shapes), len(motion.input)
    if shapes.shape[1:] != (6, motion.displacement.shape[1]):
        raise InputError(f"stress shapes have the shape {shapes.shape}, (points, 6, modes) is needed", "stress")
    peak, time = np.empty(points), np.empty(points)
    rows = motion.displacement.T
    for part in _pieces(points, 6 * samples):
        stress = shapes[part] @ rows + direct[part][:, :, None] * motion.input
        if static is not None:
            stress = stress + static[part][:, :, None]
        squared = _von_mises_squared(stress)
        when = squared.argmax(axis=1)
        peak[part] = np.sqrt(squared[np.arange(len(when)), when])
        time[part] = when * motion.step
    return peak, time


def _von_mises_squared(stress: FloatArray) -> FloatArray:
    xx, yy, zz, xy, yz, zx = (stress[:, k] for k in range(6))
    normal = 0.5 * ((xx - yy) ** 2 + (yy - zz) ** 2 + (zz - xx) ** 2)
    return normal + 3.0 * (xy**2 + yz**2 + zx**2)


def _pieces(rows: int, width: int) -> list[slice]:
    """Slices of `rows` rows whose product with `width` stays within a bounded block of memory."""
    size = max(1, _CHUNK // max(1, width))
    return [slice(start, min(start + size, rows)) for start in range(0, rows, size)]
