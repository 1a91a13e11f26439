"""Fatigue damage at many points under a stress history made of a few coordinates (modes, inputs), in pieces of points.

Stress is linear in the coordinates, so that no more than a piece of the history of all points is ever held.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from mechlock.errors import InputError
from mechlock.fem.cores import on_all_cores
from mechlock.life.miner import damage_of_each
from mechlock.life.rainflow import rainflow_many
from mechlock.life.sn import SNCurve
from mechlock.loads.history import FloatArray

_CHUNK = 4_000_000

TENSOR = ((0, 0), (1, 1), (2, 2), (0, 1), (1, 2), (2, 0))
"""Order of stress components: xx, yy, zz, xy, yz, zx."""


@dataclass(frozen=True)
class PointDamage:
    """Damage of each point, and what made it.

    Attributes
    ----------
    damage : ndarray, (p,)
        Of one pass through the history.
    greatest_range : ndarray, (p,)
        Largest stress range (peak to valley), MPa.
    plane : ndarray of int, (p,)
        Which plane governs (0 where there is one only).
    """

    damage: FloatArray
    greatest_range: FloatArray
    plane: np.ndarray


def damage_of_points(
    factors: ArrayLike,
    coordinates: ArrayLike,
    curve: SNCurve,
    strength: ArrayLike = 1.0,
    progress: Callable[[float], None] | None = None,
) -> PointDamage:
    """Damage of scalar stresses by rainflow counting.

    Parameters
    ----------
    factors : array_like, (p, k) or (p, c, k)
        Stress of each point (of each of c planes through it) per coordinate, MPa.
    coordinates : array_like, (n, k)
        Coordinates over time: modal displacements, and inputs for what moves at once.
    curve : SNCurve
        Of the stress range.
    strength : array_like, (p,) or scalar
        Factor on the curve's stress ranges at each point (thickness, another class, partial safety).
    progress : callable, optional
        Called with the finished part, 0 to 1.

    Raises
    ------
    InputError
        When shapes disagree or a number is not finite.
    """
    rows, time = np.asarray(factors, dtype=float), np.asarray(coordinates, dtype=float)
    rows = rows[:, None, :] if rows.ndim == 2 else rows
    if rows.ndim != 3 or time.ndim != 2 or rows.shape[2] != time.shape[1]:
        raise InputError(f"stress factors {rows.shape} and coordinates {time.shape} do not fit", "damage")
    if not (np.isfinite(rows).all() and np.isfinite(time).all()):
        raise InputError("a stress factor or coordinate is not finite", "damage")
    points, planes = rows.shape[:2]
    scale = np.broadcast_to(np.asarray(strength, dtype=float), (points,))
    if not (scale > 0.0).all():
        raise InputError("a strength factor is not positive", "damage")
    each, widest = np.empty((points, planes)), np.empty((points, planes))
    size = max(1, _CHUNK // (planes * len(time)))
    parts = [slice(first, min(first + size, points)) for first in range(0, points, size)]

    def count(part: slice) -> tuple[FloatArray, FloatArray]:
        stress = (rows[part] / scale[part, None, None]).reshape(-1, rows.shape[2]) @ time.T
        counted = rainflow_many(stress)
        damage = damage_of_each(counted, curve, len(stress)).reshape(-1, planes)
        return damage, np.ptp(stress, axis=1).reshape(-1, planes) * scale[part, None]

    for part, found in zip(parts, on_all_cores(count, parts), strict=True):
        each[part], widest[part] = found
        if progress is not None:
            progress(part.stop / points)
    plane = each.argmax(axis=1)
    index = np.arange(points)
    return PointDamage(each[index, plane], widest[index, plane], plane)


def normal_stress_factors(tensors: ArrayLike, directions: ArrayLike) -> FloatArray:
    """Normal stress on planes per coordinate, from stress tensors per coordinate.

    Parameters
    ----------
    tensors : array_like, (p, 6, k)
        Order xx, yy, zz, xy, yz, zx.
    directions : array_like, (p, c, 3)
        Normals of c planes at each point (unit vectors).

    Returns
    -------
    ndarray, (p, c, k)
    """
    n = np.asarray(directions, dtype=float)
    weights = np.stack([n[..., i] * n[..., j] * (1.0 if i == j else 2.0) for i, j in TENSOR], axis=-1)
    return weights @ np.asarray(tensors, dtype=float)


def planes_about(normals: ArrayLike, count: int = 18) -> FloatArray:
    """Candidate planes at free surfaces: `count` normals spread over half a turn in the surface, (p, count, 3).

    At a free surface cracks open under the normal stress on a plane that stands on the surface (critical plane for
    brittle opening, Mode I; it leaves out shear-driven initiation, which ductile smooth surfaces under torsion need).
    """
    normal = np.asarray(normals, dtype=float)
    normal = normal / np.linalg.norm(normal, axis=1, keepdims=True)
    helper = np.eye(3)[np.abs(normal).argmin(axis=1)]
    first = np.cross(normal, helper)
    first /= np.linalg.norm(first, axis=1, keepdims=True)
    second = np.cross(normal, first)
    angle = math.pi * np.arange(count) / count
    return np.cos(angle)[None, :, None] * first[:, None] + np.sin(angle)[None, :, None] * second[:, None]


def signed_von_mises(stress: ArrayLike) -> FloatArray:
    """Von Mises stress with the sign of the trace, from tensors (..., 6).

    A scalar for proportional loading; under non-proportional loading (phases between components) it can miss damage
    and jumps where the trace changes sign: use planes there.
    """
    s = np.asarray(stress, dtype=float)
    xx, yy, zz, xy, yz, zx = np.moveaxis(s, -1, 0)
    squared = 0.5 * ((xx - yy) ** 2 + (yy - zz) ** 2 + (zz - xx) ** 2) + 3.0 * (xy**2 + yz**2 + zx**2)
    return np.where(xx + yy + zz < 0.0, -1.0, 1.0) * np.sqrt(squared)
