"""Level crossings of a history: how often it passes every level upwards."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mechlock.loads.history import FloatArray, History


@dataclass(frozen=True)
class Crossings:
    """Level crossings.

    Attributes
    ----------
    level : ndarray, (k,)
        In the history's unit.
    rate : ndarray, (k,)
        Upward crossings per second.
    """

    level: FloatArray
    rate: FloatArray


def level_crossings(record: History, count: int = 64) -> Crossings:
    """Upward crossings of `count` levels evenly spaced inside the record's range; the line between samples counts.

    A step that starts below a level and ends on or above it crosses it.
    """
    values = record.values
    low, high = float(values.min()), float(values.max())
    level = low + (high - low) * (np.arange(count) + 0.5) / count
    first = np.searchsorted(level, values[:-1], side="right")
    last = np.searchsorted(level, values[1:], side="right")
    up = last > first
    # every rise opens at its first level and closes before its last: a running sum counts the rises over each level
    opened = np.bincount(first[up], minlength=count + 1) - np.bincount(last[up], minlength=count + 1)
    return Crossings(level, np.cumsum(opened)[:count] / record.duration)
