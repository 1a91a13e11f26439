"""Damage at weld toes from everything that a duty spectrum holds: roads, events, manoeuvres, swaps.

Roads are screened by their spectra (Dirlik) at every toe and on every plane; the toes that suffer most are then counted in
time (rainflow), and what was counted is what holds. Where a stress is not Gaussian, the spectral figure says so.

IIW-2259-15, 2.2.3: the structural stress is the principal stress within 60 degrees of the normal to the toe; here the
normal stress on planes through the toe that are turned by up to that angle, each with a damage of its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from mechlock.life.points import damage_of_points, normal_stress_factors
from mechlock.life.sn import SNCurve
from mechlock.life.spectral import KURTOSIS_RANGE
from mechlock.life.spectral_rows import dirlik_rates, kurtosis, moment_matrices, moments_of_rows
from mechlock.loads.history import FloatArray

PLANES = np.radians(np.arange(-60.0, 61.0, 15.0))
"""Angles of the planes' normals against the normal to the toe."""

BLOCKS = 4
"""Parts of a simulated stretch whose damages are compared to see how far the sample can be trusted."""

NEGLIGIBLE = 1e-6
"""Damage in a year that needs no counting."""

_ROWS = 4096

Kind = Literal["road", "event", "manoeuvre", "swap"]


@dataclass(frozen=True)
class Passage:
    """Something that happens so and so often in a year.

    Attributes
    ----------
    name : str
    kind : str
        ``road``: a stationary stretch; ``event``: a short history; ``manoeuvre`` and ``swap``: states gone through in turn.
    coordinates : ndarray, (n, k)
        Of the stress factors, over time or state by state.
    step : float
        s; 0 for states.
    per_year : float
        How often in a year.
    """

    name: str
    kind: Kind
    coordinates: FloatArray
    step: float
    per_year: float


@dataclass(frozen=True)
class WeldLife:
    """Damage of every toe.

    Attributes
    ----------
    causes : tuple of str
    kinds : tuple of str
    per_year : ndarray, (c, p)
        Damage in a year on the plane that suffers most: counted where `counted`, else spectral for roads.
    spectral : ndarray, (c, p)
        The same by Dirlik for roads, nan for the others.
    plane : ndarray, (p,)
        Angle of that plane, rad.
    counted : ndarray of bool, (p,)
    kurtosis : ndarray, (c,)
        The one farthest from 3 at the counted toes; nan where nothing was counted in time.
    scatter : ndarray, (c,)
        Relative standard error of the worst toe's damage by the length of the sample; nan for states.
    """

    causes: tuple[str, ...]
    kinds: tuple[Kind, ...]
    per_year: FloatArray
    spectral: FloatArray
    plane: FloatArray
    counted: NDArray[np.bool_]
    kurtosis: FloatArray
    scatter: FloatArray

    @property
    def yearly(self) -> FloatArray:
        """Damage of each toe in a year, (p,)."""
        return self.per_year.sum(axis=0)

    @property
    def not_gaussian(self) -> tuple[str, ...]:
        """Roads on which the stress is not Gaussian enough for the spectral figure."""
        low, high = KURTOSIS_RANGE
        return tuple(
            f"{name} (kurtosis {value:.2f})"
            for name, kind, value in zip(self.causes, self.kinds, self.kurtosis, strict=True)
            if kind == "road" and not low <= value <= high
        )

    @property
    def error(self) -> float:
        """Relative standard error of the worst toe's damage by the length of the samples."""
        worst = self.per_year[:, int(self.yearly.argmax())]
        return float(np.sqrt(np.nansum((self.scatter * worst) ** 2)) / max(worst.sum(), math.ulp(0.0)))


def plane_factors(tensors: FloatArray, away: FloatArray, inward: FloatArray) -> FloatArray:
    """Normal stress on `PLANES` at toes, (p, planes, k), from tensors (p, 6, k) and the directions at the toes (p, 3)."""
    along = np.cross(away, inward)
    normals = np.cos(PLANES)[:, None] * away[:, None, :] + np.sin(PLANES)[:, None] * along[:, None, :]
    return normal_stress_factors(tensors, normals)


def weld_life(
    factors: FloatArray,
    passages: Sequence[Passage],
    curve: SNCurve,
    groups: NDArray[np.int_],
    strength: FloatArray | float = 1.0,
    *,
    of_each_group: int = 5,
    of_all: int = 100,
    progress: Callable[[str], None] = lambda message: None,
) -> WeldLife:
    """Damage of every toe under everything that happens.

    Parameters
    ----------
    factors : ndarray, (p, planes, k)
        Stress per coordinate, MPa.
    passages : sequence of Passage
    curve : SNCurve
        Of the structural stress range.
    groups : ndarray of int, (p,)
        Weld group of each toe.
    strength : ndarray, (p,) or float
        Factor on the curve's ranges at each toe.
    of_each_group, of_all : int
        How many toes are counted in time: the worst of every group, and the worst of all.
    progress : callable
    """
    scale = np.broadcast_to(np.asarray(strength, dtype=float), (len(factors),))
    first: list[FloatArray] = []
    for passage in passages:
        progress(f"life: damage, {passage.name}")
        first.append(_all_planes(factors, passage, curve, scale) * passage.per_year)
    screened = np.array(first)
    plane = screened.sum(axis=0).argmax(axis=1)
    index = np.arange(len(factors))
    per_year = screened[:, index, plane]
    kinds: tuple[Kind, ...] = tuple(passage.kind for passage in passages)
    roads = np.array([kind == "road" for kind in kinds])
    spectral = np.where(roads[:, None], per_year, np.nan)
    chosen = _worst(per_year.sum(axis=0), groups, of_each_group, of_all)
    rows = factors[chosen, plane[chosen]]
    shape, scatter = np.full(len(passages), np.nan), np.full(len(passages), np.nan)
    for number, passage in enumerate(passages):
        if passage.kind != "road":
            continue
        progress(f"life: cycles, {passage.name}")
        counted, spread = _counted(rows, passage.coordinates, curve, scale[chosen])
        per_year[number, chosen] = counted * passage.per_year
        worst = kurtosis(rows @ passage.coordinates.T)
        shape[number] = worst[np.abs(worst - 3.0).argmax()]
        scatter[number] = spread
    marked = np.zeros(len(factors), dtype=bool)
    marked[chosen] = True
    names = tuple(passage.name for passage in passages)
    return WeldLife(names, kinds, per_year, spectral, PLANES[plane], marked, shape, scatter)


def _all_planes(factors: FloatArray, passage: Passage, curve: SNCurve, scale: FloatArray) -> FloatArray:
    """Damage of one passage on every plane, (p, planes)."""
    if passage.kind == "road":
        moments = moments_of_rows(factors, moment_matrices(passage.coordinates, passage.step))
        duration = passage.step * (len(passage.coordinates) - 1)
        return dirlik_rates(moments, curve, scale[:, None]) * duration
    if passage.step == 0.0:
        # states gone through in turn make one cycle of their largest range
        swing = np.ptp(factors @ passage.coordinates.T, axis=-1)
        return curve.damage_per_cycle(swing / scale[:, None])
    return _of_event(factors, passage, curve, scale)


def _of_event(factors: FloatArray, passage: Passage, curve: SNCurve, scale: FloatArray) -> FloatArray:
    """Damage of a short history on every plane; where even cycles of the largest range did next to nothing, that bound."""
    flat = factors.reshape(-1, factors.shape[2])
    strength = np.repeat(scale, factors.shape[1])
    swing = np.empty(len(flat))
    for first in range(0, len(flat), _ROWS):
        swing[first : first + _ROWS] = np.ptp(flat[first : first + _ROWS] @ passage.coordinates.T, axis=1)
    damage = 0.5 * len(passage.coordinates) * curve.damage_per_cycle(swing / strength)
    counted = np.flatnonzero(damage * passage.per_year > NEGLIGIBLE)
    if len(counted):
        damage[counted] = damage_of_points(flat[counted], passage.coordinates, curve, strength[counted]).damage
    return damage.reshape(factors.shape[:2])


def _counted(rows: FloatArray, coordinates: FloatArray, curve: SNCurve, scale: FloatArray) -> tuple[FloatArray, float]:
    """Damage by rainflow over the whole stretch, and the relative standard error of the worst one from its blocks."""
    damage = damage_of_points(rows, coordinates, curve, scale).damage
    worst = int(damage.argmax())
    parts = [
        float(damage_of_points(rows[worst : worst + 1], part, curve, scale[worst : worst + 1]).damage[0])
        for part in np.array_split(coordinates, BLOCKS)
    ]
    mean = float(np.mean(parts))
    return damage, float(np.std(parts, ddof=1) / mean / math.sqrt(BLOCKS)) if mean > 0.0 else 0.0


def _worst(damage: FloatArray, groups: NDArray[np.int_], of_each: int, of_all: int) -> NDArray[np.int_]:
    order = np.argsort(-damage, kind="stable")
    chosen = list(order[:of_all])
    for group in np.unique(groups):
        chosen += list(order[groups[order] == group][:of_each])
    return np.unique(np.array(chosen, dtype=int))
