"""Shock response spectra: the greatest response of damped oscillators to a base acceleration, over their frequency.

The ramp-invariant solution of `mechlock.response.ramp` is advanced in blocks: a matrix product gives the state at the
start of every block, and only blocks that could hold an extreme (by a bound on the motion inside the block) are looked
at sample by sample. The result is that of the plain recursion at every sample (ISO 18431-4:2007), which takes over on
long histories where numba (extra ``fast``) is installed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mechlock import units
from mechlock.errors import InputError
from mechlock.fem.cores import cores, on_all_cores
from mechlock.loads.history import ComplexArray, FloatArray, History
from mechlock.response.ramp import step_weights
from mechlock.response.sdof import check_oscillators
from mechlock.response.srs_compiled import Scan, scan
from mechlock.response.srs_compiled import extremes as scanned

Quantity = Literal["absolute_acceleration", "relative_displacement", "pseudo_velocity", "pseudo_acceleration"]

POINTS_PER_CYCLE = 24
"""Least samples per natural period; fewer would cut a peak by more than 1 - cos(pi/24), that is 0.9 %."""

_SMALLEST_BLOCK, _LARGEST_BLOCK = 16, 256
_TOGETHER = 32
_ROWS = 2048
_WORTH_COMPILING = 5_000_000
"""Samples times oscillators from which loading the compiled loop takes less time than it saves."""


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
    compiled = scan() if base.values.size * values.size >= _WORTH_COMPILING else None
    for factor in np.unique(refine):
        fine = base.refined(int(factor))
        for part, high, low, end in _swept(fine, np.flatnonzero(refine == factor), decay, weight, compiled):
            extremes[0, part], extremes[1, part] = high, low
            extremes[2, part], extremes[3, part] = _free_extremes(end, decay[part])
    return ShockSpectrum(values, float(damping), quantity, *extremes)


def _swept(
    base: History, chosen: NDArray[np.int_], decay: ComplexArray, weight: ComplexArray, compiled: Scan | None
) -> Iterator[tuple[NDArray[np.int_], FloatArray, FloatArray, ComplexArray]]:
    """Oscillators in parts, each with its extremes and what its output ends with (complex, the output is its real part)."""
    if compiled is not None:
        factor, before, after = step_weights(decay, base.step)

        def run(part: NDArray[np.int_]) -> tuple[NDArray[np.int_], FloatArray, FloatArray, ComplexArray]:
            return part, *scanned(compiled, base.values, factor[part], (weight * before)[part], (weight * after)[part])

        yield from on_all_cores(run, np.array_split(chosen, min(cores(), len(chosen))))
        return
    block = _block_length(np.abs(decay), base.step)
    for length in np.unique(block[chosen]):
        alike = chosen[block[chosen] == length]
        pieces = _cut(base, int(length))
        for part in np.array_split(alike, -(-len(alike) // _TOGETHER)):
            high, low, end = _extremes(pieces, decay[part], weight[part])
            yield part, high, low, weight[part] * end


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


@dataclass(frozen=True)
class _Pieces:
    """A history cut into blocks.

    Attributes
    ----------
    samples : ndarray, (k, length + 1)
        Samples of each block; the last is the first of the next.
    reach : ndarray, (k,)
        Bound on the integral of the history from the start of a block to any time in it.
    total : ndarray, (k,)
        Integral of the history's magnitude over a block, or a little more.
    last : int
        Steps of the last block that belong to the history.
    step : float
    """

    samples: FloatArray
    reach: FloatArray
    total: FloatArray
    last: int
    step: float

    @property
    def length(self) -> int:
        """Steps in a block."""
        return self.samples.shape[1] - 1


def _cut(base: History, length: int) -> _Pieces:
    steps = len(base.values) - 1
    blocks = -(-steps // length)
    padded = np.concatenate([base.values, np.zeros(blocks * length - steps)])
    samples = np.ascontiguousarray(np.lib.stride_tricks.sliding_window_view(padded, length + 1)[::length])
    integral = np.cumsum(0.5 * base.step * (samples[:, 1:] + samples[:, :-1]), axis=1)
    size = np.abs(samples)
    between = 0.5 * base.step * size.max(axis=1)  # the integral moves at most that far from a sample
    total = base.step * (size.sum(axis=1) - 0.5 * (size[:, 0] + size[:, -1]))
    return _Pieces(samples, np.abs(integral).max(axis=1) + between, total, steps - (blocks - 1) * length, base.step)


def _extremes(pieces: _Pieces, decay: ComplexArray, weight: ComplexArray) -> tuple[FloatArray, FloatArray, ComplexArray]:
    """Greatest and least output at the samples, and the state at the last one, of oscillators on the same blocks."""
    high, low = np.zeros(len(decay)), np.zeros(len(decay))
    end = np.zeros(len(decay), dtype=complex)
    tables = [_block_matrices(rate, pieces.step, pieces.length) for rate in decay]
    ends = np.stack([part for _, drive in tables for part in (drive[:, -1].real, drive[:, -1].imag)])
    forced = ends @ pieces.samples.T
    for index, (carry, drive) in enumerate(tables):
        state = _block_starts(carry[-1], forced[2 * index], forced[2 * index + 1])
        end[index] = carry[pieces.last - 1] * state[-1] + pieces.samples[-1] @ drive[:, pieces.last - 1]
        high[index], low[index] = _search(pieces, state, weight[index], carry, drive, abs(decay[index]))
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


def _block_starts(carry: complex, real: FloatArray, imaginary: FloatArray) -> ComplexArray:
    """States at the start of every block, from rest, given what each block adds by its end."""
    from scipy.signal import lfilter  # takes half a second to load

    ends = lfilter([1.0], [1.0, -carry], real + 1j * imaginary)
    return np.concatenate([[0.0], ends[:-1]])


def _search(
    pieces: _Pieces, state: ComplexArray, output: complex, carry: ComplexArray, drive: ComplexArray, rate: float
) -> tuple[float, float]:
    """Greatest and least output over all samples, looking only into blocks that could exceed what block starts show.

    Inside a block the state grows by at most the integral of the history's magnitude, and by at most ``reach (1 + rate time)``
    (integration by parts): the one is sharp for fast oscillators, the other for slow ones.
    """
    starts = output.real * state.real - output.imag * state.imag
    high, low = max(float(starts.max()), 0.0), min(float(starts.min()), 0.0)
    grown = np.minimum(pieces.total, pieces.reach * (1.0 + rate * pieces.step * pieces.length))
    room = min(high, -low) / abs(output) - grown
    chosen = np.flatnonzero((room <= 0.0) | (state.real**2 + state.imag**2 >= room**2))
    weights = np.vstack([(output * drive).real, (output * carry).real, -(output * carry).imag])
    for first in range(0, len(chosen), _ROWS):
        part = chosen[first : first + _ROWS]
        dense = part[-1] - part[0] == len(part) - 1
        rows = slice(part[0], part[-1] + 1) if dense else part
        values = pieces.samples[rows] @ weights[:-2]
        values += np.column_stack([state[rows].real, state[rows].imag]) @ weights[-2:]
        if part[-1] == len(state) - 1:
            values[-1, pieces.last :] = 0.0  # past the last sample of the history
        high, low = max(high, float(values.max())), min(low, float(values.min()))
    return high, low


def _free_extremes(start: ComplexArray, decay: ComplexArray) -> tuple[FloatArray, FloatArray]:
    """Greatest and least value of Re(start e^(decay t)) for t >= 0, from the zeros of its derivative."""
    damped = decay.imag
    first = np.mod(0.5 * math.pi - np.angle(start * decay), math.pi) / damped
    times = np.stack([np.zeros_like(first), first, first + math.pi / damped])
    values = (start * np.exp(decay * times)).real
    return np.maximum(values.max(axis=0), 0.0), np.minimum(values.min(axis=0), 0.0)
