"""Linear damage accumulation (Palmgren 1924, Miner 1945) of counted cycles."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from mechlock.errors import InputError
from mechlock.life.rainflow import Cycles
from mechlock.life.sn import SNCurve
from mechlock.loads.history import FloatArray


@dataclass(frozen=True)
class BlockDamage:
    """Damage of one pass through a programme of blocks.

    Attributes
    ----------
    each : ndarray, (b,)
        Share of every block.
    total : float
    """

    each: FloatArray
    total: float

    def repetitions(self, allowed: float = 1.0) -> float:
        """Passes until the damage reaches `allowed`; infinite without damage."""
        return allowed / self.total if self.total > 0.0 else math.inf


def blocks(applied: ArrayLike, to_failure: ArrayLike) -> BlockDamage:
    """Damage of blocks of `applied` cycles each, where `to_failure` cycles alone would fail."""
    n, limit = np.asarray(applied, dtype=float), np.asarray(to_failure, dtype=float)
    if n.shape != limit.shape or (n < 0.0).any() or not (limit > 0.0).all():
        raise InputError("cycles applied must be >= 0 and cycles to failure > 0, one for each block", "miner")
    each = n / limit
    return BlockDamage(each, float(each.sum()))


def damage(cycles: Cycles, curve: SNCurve) -> float:
    """Damage of counted cycles; the curve takes their range."""
    return float(cycles.count @ curve.damage_per_cycle(cycles.range))


def damage_of_each(cycles: Cycles, curve: SNCurve, signals: int) -> FloatArray:
    """Damage of every signal counted together by `rainflow_many`, (signals,)."""
    each = cycles.count * curve.damage_per_cycle(cycles.range)
    return np.bincount(cycles.owner, weights=each, minlength=signals).astype(float)


def equivalent_range(cycles: Cycles, slope: float, number: float) -> float:
    """Constant stress range that does the same damage in `number` cycles on one straight line of the slope given."""
    if not number > 0.0:
        raise InputError(f"{number!r} cycles", "equivalent range", "give a positive number")
    return float((cycles.count @ cycles.range**slope / number) ** (1.0 / slope))
