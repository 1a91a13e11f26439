"""Shock response spectra: the greatest response of damped oscillators to a base acceleration, over their frequency.

The ramp-invariant solution of `mechlock.response.ramp` is advanced in blocks: a matrix product gives the state at the
start of every block, and only blocks that could hold an extreme (by a bound on the motion inside the block) are looked
at sample by sample. The result is that of the plain recursion at every sample (ISO 18431-4:2007).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.signal import lfilter

from mechlock import units
from mechlock.errors import InputError
from mechlock.loads.history import ComplexArray, FloatArray, History
from mechlock.response.ramp import step_weights
from mechlock.response.sdof import check_oscillators

Quantity = Literal["absolute_acceleration", "relative_displacement", "pseudo_velocity", "pseudo_acceleration"]

POINTS_PER_CYCLE = 24
"""Least samples per natural period; fewer would cut a peak by more than 1 - cos(pi/24), that is 0.9 %."""

_SMALLEST_BLOCK, _LARGEST_BLOCK = 8, 128


@dataclass(frozen=True)
class ShockSpectrum:
    """Extremes of an oscillator's response over its natural frequency.

    Attributes
    ----------
    frequency : ndarray, (m,)
        Hz.
    damping : float
        Damping ratio.
    quantity : str
        What is watched, see `Quantity`. Positive values go with positive base acceleration.
    primary_positive, primary_negative : ndarray, (m,)
        Greatest (>= 0) and least (<= 0) response while the base moves.
    residual_positive, residual_negative : ndarray, (m,)
        The same afterwards, in free vibration (closed form, not sampled).
    """

    frequency: FloatArray
    damping: float
    quantity: Quantity
    primary_positive: FloatArray
    primary_negative: FloatArray
    residual_positive: FloatArray
    residual_negative: FloatArray

    @property
    def primary(self) -> FloatArray:
        """Greatest magnitude while the base moves."""
        return np.maximum(self.primary_positive, -self.primary_negative)

    @property
    def residual(self) -> FloatArray:
        """Greatest magnitude after the base has stopped."""
        return np.maximum(self.residual_positive, -self.residual_negative)

    @property
    def maximax(self) -> FloatArray:
        """Greatest magnitude at any time."""
        return np.maximum(self.primary, self.residual)


def shock_response_spectrum(
    base: History,
    frequency: ArrayLike,
    damping: float = 0.05,
    quantity: Quantity = "absolute_acceleration",
    points_per_cycle: int = POINTS_PER_CYCLE,
) -> ShockSpectrum:
    """Shock response spectrum of a base acceleration.

    Parameters
    ----------
    base : History
        Base acceleration, zero before its first and after its last sample.
    frequency : array_like, (m,)
        Natural frequencies, Hz.
    damping : float
        Damping ratio (0.05 is Q = 10).
    quantity : str
        See `Quantity`: acceleration of the mass; displacement relative to the base; that times omega; times omega².
    points_per_cycle : int
        The broken line is evaluated at least that often per natural period.

    Raises
    ------
    InputError
        For frequencies or damping out of range, or a quantity that is not known.
    """
    values = check_oscillators(frequency, damping)
    if quantity not in get_args(Quantity):
        raise InputError(f"no spectrum of {quantity!r}", "quantity", f"use one of {', '.join(get_args(Quantity))}")
    omega = 2.0 * math.pi * values
    decay = omega * complex(-damping, math.sqrt(1.0 - damping**2))
    weight = _output_weight(omega, damping, quantity)
    refine = _refinement(values, base.step, points_per_cycle)
    extremes = np.zeros((4, len(values)))
    for factor in np.unique(refine):
        fine = base.refined(int(factor))
        block = _block_length(omega, fine.step)
        for length in np.unique(block[refine == factor]):
            chosen = np.flatnonzero((refine == factor) & (block == length))
            high, low, end = _extremes(fine, decay[chosen], weight[chosen], int(length))
            extremes[0, chosen], extremes[1, chosen] = high, low
            extremes[2, chosen], extremes[3, chosen] = _free_extremes(weight[chosen] * end, decay[chosen])
    return ShockSpectrum(values, float(damping), quantity, *extremes)


def equivalent_static_g(base: History, frequency: ArrayLike, damping: float) -> FloatArray:
    """Static acceleration (in g) that loads an oscillator as much as the history does, for a base in mm/s²."""
    return shock_response_spectrum(base, frequency, damping).maximax / units.STANDARD_GRAVITY


def _output_weight(omega: FloatArray, damping: float, quantity: Quantity) -> ComplexArray:
    """Weight w for which the output is Re(w s) for the state s driven by +acceleration (see `mechlock.response.ramp`)."""
    damped = omega * math.sqrt(1.0 - damping**2)
    if quantity == "absolute_acceleration":  # omega² q + 2 zeta omega q' with q' = Re s - zeta omega q
        return 2.0 * damping * omega - 1j * (1.0 - 2.0 * damping**2) * omega**2 / damped
    power = {"relative_displacement": 0, "pseudo_velocity": 1, "pseudo_acceleration": 2}[quantity]
    return -1j * omega**power / damped


def _refinement(frequency: FloatArray, step: float, points_per_cycle: int) -> NDArray[np.int_]:
    """Steps into which a sample interval is cut so that a period has enough points: a power of two."""
    needed = np.maximum(frequency * step * points_per_cycle, 1.0)
    return (2 ** np.ceil(np.log2(needed) - 1e-9)).astype(int)


def _block_length(omega: FloatArray, step: float) -> NDArray[np.int_]:
    """Samples per block: about a radian of the oscillation, which keeps the bound on a block's inside sharp."""
    length = 2.0 ** np.floor(np.log2(1.0 / (omega * step)))
    return np.clip(length, _SMALLEST_BLOCK, _LARGEST_BLOCK).astype(int)


def _extremes(
    base: History, decay: ComplexArray, weight: ComplexArray, length: int
) -> tuple[FloatArray, FloatArray, ComplexArray]:
    """Greatest and least output at the samples, and the state at the last one, of oscillators sharing a block length."""
    steps = len(base.values) - 1
    blocks = -(-steps // length)
    padded = np.concatenate([base.values, np.zeros(blocks * length - steps)])
    pieces = np.ascontiguousarray(np.lib.stride_tricks.sliding_window_view(padded, length + 1)[::length])
    impulse = base.step * np.abs(pieces[:, :-1]).sum(axis=1) + base.step * np.abs(pieces[:, -1])
    high, low = np.zeros(len(decay)), np.zeros(len(decay))
    end = np.zeros(len(decay), dtype=complex)
    last = steps - (blocks - 1) * length
    for index, (rate, output) in enumerate(zip(decay, weight, strict=True)):
        carry, drive = _block_matrices(rate, base.step, length)
        forced = pieces @ np.column_stack([drive[:, -1].real, drive[:, -1].imag])
        state = _block_starts(carry[-1], forced)
        end[index] = carry[last - 1] * state[-1] + pieces[-1] @ drive[:, last - 1]
        high[index], low[index] = _search(pieces, state, impulse, output, carry, drive, last)
    return high, low, end


def _block_matrices(rate: complex, step: float, length: int) -> tuple[ComplexArray, ComplexArray]:
    """State after 1..length steps of a block: ``carry`` (length,) times the first state plus samples times ``drive``."""
    factor, before, after = (value[()] for value in step_weights(rate, step))
    carry = factor ** np.arange(1, length + 1)
    powers = np.concatenate([[1.0], carry])
    lag = np.arange(1, length + 1)[None, :] - np.arange(length + 1)[:, None]  # step reached minus sample used
    drive = np.where(lag >= 1, before * powers[np.clip(lag - 1, 0, length)], 0.0)
    drive = drive + np.where(lag >= 0, after * powers[np.clip(lag, 0, length)], 0.0)
    drive[0] -= after * powers[1:]  # the first sample only opens the first step
    return carry, drive


def _block_starts(carry: complex, forced: FloatArray) -> ComplexArray:
    """States at the start of every block, from rest, given what each block adds by its end."""
    added = forced[:, 0] + 1j * forced[:, 1]
    ends = lfilter([1.0], [1.0, -carry], added)
    return np.concatenate([[0.0], ends[:-1]])


def _search(
    pieces: FloatArray,
    state: ComplexArray,
    impulse: FloatArray,
    output: complex,
    carry: ComplexArray,
    drive: ComplexArray,
    last: int,
) -> tuple[float, float]:
    """Greatest and least output over all samples, looking only into blocks whose bound exceeds what is known."""
    bound = abs(output) * (np.abs(state) + impulse)
    starts = (output * state).real
    high, low = max(float(starts.max()), 0.0), min(float(starts.min()), 0.0)
    weights = np.vstack([(output * drive).real, (output * carry).real, -(output * carry).imag])

    def inside(chosen: NDArray[np.int_]) -> tuple[float, float]:
        values = pieces[chosen] @ weights[:-2]
        values += np.outer(state[chosen].real, weights[-2]) + np.outer(state[chosen].imag, weights[-1])
        values[chosen == len(state) - 1, last:] = 0.0  # past the last sample of the history
        return float(values.max(initial=0.0)), float(values.min(initial=0.0))

    count = min(64, len(bound))
    first = np.argpartition(bound, -count)[-count:]
    high, low = _wider((high, low), inside(first))
    rest = np.flatnonzero(bound > min(high, -low))
    for part in np.array_split(rest, max(1, len(rest) // 4096)):
        if len(part):
            high, low = _wider((high, low), inside(part))
    return high, low


def _wider(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    return max(a[0], b[0]), min(a[1], b[1])


def _free_extremes(start: ComplexArray, decay: ComplexArray) -> tuple[FloatArray, FloatArray]:
    """Greatest and least value of Re(start e^(decay t)) for t >= 0, from the zeros of its derivative."""
    damped = decay.imag
    first = np.mod(0.5 * math.pi - np.angle(start * decay), math.pi) / damped
    times = np.stack([np.zeros_like(first), first, first + math.pi / damped])
    values = (start * np.exp(decay * times)).real
    return np.maximum(values.max(axis=0), 0.0), np.minimum(values.min(axis=0), 0.0)
