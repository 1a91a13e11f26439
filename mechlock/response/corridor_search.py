"""The worst history inside a collision corridor for given modes: the worst trapezoid, and a bound over all histories.

A trapezoid is what a test sled can drive; the bound takes every history between the bounds, however wild: a linear
response is greatest when the base follows the upper bound wherever the impulse response pushes and the lower one
wherever it pulls.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from mechlock.errors import NoVerdict
from mechlock.loads.corridor import STEP, Corridor
from mechlock.loads.history import FloatArray, History
from mechlock.response.ramp import step_weights
from mechlock.response.sdof import check_oscillators

_STARTS = 5
_RISES = 9
_PLATEAUS = 13
_FALLS = 9
_PEAKS = 13
_TAIL_CYCLES = 2.0


@dataclass(frozen=True)
class WorstTrapezoid:
    """The trapezoid inside a corridor that loads an oscillator most.

    Attributes
    ----------
    frequency, damping : float
        Of the oscillator; Hz.
    history : History
        The base acceleration, mm/s².
    peak : float
        Plateau, mm/s².
    response : float
        Greatest absolute acceleration of the oscillator, mm/s².
    amplification : float
        Response over peak.
    bound : float
        What no history inside the corridor can exceed, mm/s².
    tried : int
        Trapezoids that lie inside the corridor.
    """

    frequency: float
    damping: float
    history: History
    peak: float
    response: float
    amplification: float
    bound: float
    tried: int


def worst_trapezoid(limits: Corridor, frequency: float, damping: float, step: float = STEP) -> WorstTrapezoid:
    """Search start, rise, plateau, fall and peak for the greatest response of an oscillator.

    Raises
    ------
    NoVerdict
        When no trapezoid of the search lies inside the corridor.
    """
    curves, peaks, step = _trapezoids(limits, step)
    if not len(curves):
        raise NoVerdict("no trapezoid of the search fits", limits.name, "use the corridor's mean history")
    extremes = _greatest_accelerations(curves, step, frequency, damping)
    index = int(extremes.argmax())
    worst = limits.mean(step)
    made = History(worst.step, curves[index])
    bound = float(response_bound(limits, [frequency], damping, step)[0])
    peak = float(peaks[index])
    response = float(extremes[index])
    return WorstTrapezoid(frequency, damping, made, peak, response, response / peak, bound, len(curves))


def response_bound(limits: Corridor, frequency: ArrayLike, damping: float, step: float = STEP) -> FloatArray:
    """Greatest absolute acceleration of oscillators under any history inside the corridor, (m,), mm/s²."""
    values = check_oscillators(frequency, damping)
    return np.array([_bound(limits, f, damping, step) for f in values])


def _bound(limits: Corridor, frequency: float, damping: float, step: float) -> float:
    fine = min(step, 1.0 / (100.0 * frequency))
    count = math.ceil(limits.end / fine) + 1
    rest = math.ceil(_TAIL_CYCLES / frequency / fine)
    low, high = limits.bounds(fine * np.arange(count + rest))
    omega = 2.0 * math.pi * frequency
    damped = omega * math.sqrt(1.0 - damping**2)
    time = fine * (np.arange(count + rest) + 0.5)
    decay = np.exp(-damping * omega * time)
    # impulse response of the absolute acceleration to the base's
    kernel = decay * (
        (1.0 - 2.0 * damping**2) * omega**2 / damped * np.sin(damped * time) + 2.0 * damping * omega * np.cos(damped * time)
    )
    push, pull = np.maximum(kernel, 0.0) * fine, np.maximum(-kernel, 0.0) * fine
    size = count + rest
    most = np.convolve(push, high)[:size] - np.convolve(pull, low)[:size]
    least = np.convolve(push, low)[:size] - np.convolve(pull, high)[:size]
    return float(max(most.max(), -least.min()))


def _trapezoids(limits: Corridor, step: float) -> tuple[FloatArray, FloatArray, float]:
    """All trapezoids of a grid over start, rise, plateau, fall and peak that lie inside; (k, n), (k,), step."""
    base = limits.mean(step)
    time, end = base.time, limits.end
    start = np.linspace(0.0, limits.lower_time[0], _STARTS)
    top = np.linspace(limits.lower[1:3].max(), limits.upper.max(), _PEAKS)
    rise_end = np.linspace(0.3 * limits.lower_time[1], limits.lower_time[1] * 1.3, _RISES)
    fall_start = np.linspace(limits.lower_time[2] * 0.8, limits.upper_time[2], _PLATEAUS)
    fall_end = np.linspace(limits.lower_time[3], end, _FALLS)
    found, peaks = [], []
    for a, b in itertools.product(start, rise_end):
        if b <= a:
            continue
        c, d, p = (axis.ravel() for axis in np.meshgrid(fall_start, fall_end, top, indexing="ij"))
        keep = (c >= b) & (d > c)
        c, d, p = c[keep, None], d[keep, None], p[keep, None]
        shape = np.minimum(np.clip((time - a) / (b - a), 0.0, 1.0), np.clip((d - time) / (d - c), 0.0, 1.0))
        curves = p * shape
        inside = limits.holds(curves, base.step)
        found.append(curves[inside])
        peaks.append(p[inside, 0])
    return np.concatenate(found), np.concatenate(peaks), base.step


def _greatest_accelerations(curves: FloatArray, step: float, frequency: float, damping: float) -> FloatArray:
    """Greatest magnitude of the absolute acceleration for every curve, with a tail of free vibration, (k,)."""
    from scipy.signal import lfilter  # takes half a second to load

    omega = 2.0 * math.pi * frequency
    damped = omega * math.sqrt(1.0 - damping**2)
    factor, before, after = (value[()] for value in step_weights(complex(-damping * omega, damped), step))
    tail = math.ceil(_TAIL_CYCLES / frequency / step)
    whole = np.concatenate([curves, np.zeros((len(curves), tail))], axis=1)
    # the state before the first sample is at rest: the first sample only opens the first step
    state = lfilter([after, before], [1.0, -factor], whole, axis=1, zi=(-after * whole[:, :1]).astype(complex))[0]
    weight = 2.0 * damping * omega - 1j * (1.0 - 2.0 * damping**2) * omega**2 / damped
    return np.abs((weight * state).real).max(axis=1)
