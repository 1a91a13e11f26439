"""The plain recursion of `mechlock.response.srs`, many oscillators at every sample, compiled by numba (extra ``fast``)."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from mechlock.fem.compiled import compiled
from mechlock.loads.history import ComplexArray, FloatArray

Scan = Callable[..., None]

WIDTH = 16
"""Oscillators that are advanced together: two registers of the widest kind for each of their numbers."""


@lru_cache(maxsize=1)
def scan() -> Scan | None:
    """The compiled loop, or None where numba is not installed."""
    return compiled(_scan, fastmath={"contract", "nnan"})


def extremes(
    loop: Scan, samples: FloatArray, factor: ComplexArray, before: ComplexArray, after: ComplexArray
) -> tuple[FloatArray, FloatArray, ComplexArray]:
    """Greatest (>= 0) and least (<= 0) real part of t, and t at the last sample, for t1 = factor t0 + before x0 + after x1.

    Parameters
    ----------
    loop : callable
        What `scan` returns.
    samples : ndarray, (n,)
        x; t is zero at the first of them.
    factor, before, after : ndarray, (m,)
    """
    count = len(factor)
    room = -(-count // WIDTH) * WIDTH
    # u = t - after x needs x at one sample only: u1 = factor u0 + (before + factor after) x0
    table = np.zeros((8, room))
    for row, values in enumerate((factor, before + factor * after, after, -after * samples[0])):
        table[2 * row, :count], table[2 * row + 1, :count] = values.real, values.imag
    found = np.zeros((4, room))
    loop(np.ascontiguousarray(samples), table, found)
    high, low, real, imaginary = found[:, :count]
    return high, low, real + 1j * imaginary + after * samples[-1]


def _scan(samples: Any, table: Any, found: Any) -> None:
    for first in range(0, table.shape[1], WIDTH):
        part = table[:, first : first + WIDTH].copy()
        turn_r, turn_i, drive_r, drive_i, after_r = part[0], part[1], part[2], part[3], part[4]
        real, imaginary = part[6], part[7]
        high, low = np.zeros(WIDTH), np.zeros(WIDTH)
        x = samples[0]
        for n in range(1, len(samples)):
            following = samples[n]
            for k in range(WIDTH):
                r = turn_r[k] * real[k] - turn_i[k] * imaginary[k] + drive_r[k] * x
                imaginary[k] = turn_r[k] * imaginary[k] + turn_i[k] * real[k] + drive_i[k] * x
                real[k] = r
                value = r + after_r[k] * following
                high[k] = max(high[k], value)
                low[k] = min(low[k], value)
            x = following
        found[0, first : first + WIDTH] = high
        found[1, first : first + WIDTH] = low
        found[2, first : first + WIDTH] = real
        found[3, first : first + WIDTH] = imaginary
