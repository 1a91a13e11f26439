"""Structural (hot-spot) stress at weld toes, extrapolated along the surface from 0.4 t and 1.0 t.

Source: Hobbacher, Recommendations for Fatigue Design of Welded Joints and Components (IIW-2259-15), section 2.2.3.4:
fine mesh, type "a" hot spot, sigma_hs = 1.67 sigma(0.4 t) - 0.67 sigma(1.0 t), with elements not longer than 0.4 t at
the hot spot. The whole tensor is extrapolated, so that load cases and modes can be combined before an invariant is taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mechlock.errors import InputError
from mechlock.fem import probes, stress
from mechlock.fem.stress import Recovery

Floats = NDArray[np.floating[Any]]

NEAR, FAR = 0.4, 1.0
WEIGHTS = (5.0 / 3.0, -2.0 / 3.0)
"""Linear extrapolation to the toe from the two points; IIW prints 1.67 and -0.67."""

ALLOWED_LENGTH = 0.6
"""Longest cell, over the thickness, at either point: cells end at the toe, 0.4 t and 1.0 t in the coarsest such mesh."""

_INSIDE = 1e-6
"""How far, over the thickness, a point is moved towards the toe and below the surface, so that of two cells which meet
at it the one on the toe's side is read."""

_ROUNDING = 1.0 + 1e-6


@dataclass(frozen=True)
class WeldPoints:
    """Points along weld toes.

    Attributes
    ----------
    point : (n, 3) float array
        On the toe, mm.
    away : (n, 3) float array
        Unit vectors on the surface, away from the toe and normal to the weld.
    inward : (n, 3) float array
        Unit vectors into the material, normal to the surface.
    thickness : (n,) float array
        Thickness of the plate on whose surface the stress is read, mm.
    """

    point: Floats
    away: Floats
    inward: Floats
    thickness: Floats


@dataclass(frozen=True)
class HotSpots:
    """Structural stress at weld toes; a leading axis for load cases where the field has one.

    Attributes
    ----------
    tensor : (..., n, 6) float array
        Extrapolated stress in MPa; NaN where the mesh is too coarse.
    across : (..., n) float array
        Normal stress across the weld, along `WeldPoints.away`, MPa.
    along_shear : (..., n) float array
        Shear stress in the surface along the weld, MPa.
    von_mises : (..., n) float array
    length_over_thickness : (n,) float array
        Length of the longer of the two cells along the surface, over the thickness.
    valid : (n,) bool array
    reason : tuple of str
        Why a point is not valid; empty where it is.
    """

    tensor: Floats
    across: Floats
    along_shear: Floats
    von_mises: Floats
    length_over_thickness: Floats
    valid: NDArray[np.bool_]
    reason: tuple[str, ...]


@dataclass(frozen=True)
class HotSpotReader:
    """Places of the reference points in the mesh, found once for all load cases."""

    recovery: Recovery
    welds: WeldPoints
    near: probes.Located
    far: probes.Located
    length_over_thickness: Floats
    allowed_length: float


def prepare(recovery: Recovery, welds: WeldPoints, allowed_length: float = ALLOWED_LENGTH) -> HotSpotReader:
    """Find the reference points of all welds in the mesh.

    Raises
    ------
    InputError
        When a vector is not a unit vector, `away` is not in the surface, or a point lies outside the mesh.
    """
    _check(welds)
    located = []
    for distance in (NEAR, FAR):
        shift = (distance - _INSIDE) * welds.away + _INSIDE * welds.inward
        located.append(probes.locate(recovery.mesh, welds.point + welds.thickness[:, None] * shift))
    lengths = [probes.extent_along(recovery.mesh, place, welds.away) for place in located]
    return HotSpotReader(recovery, welds, located[0], located[1], np.maximum(*lengths) / welds.thickness, allowed_length)


def _check(welds: WeldPoints) -> None:
    count = len(welds.point)
    for name in ("point", "away", "inward"):
        if getattr(welds, name).shape != (count, 3):
            raise InputError(f"weld points: {name} has the shape {getattr(welds, name).shape}", mend=f"use ({count}, 3)")
    for name in ("away", "inward"):
        length = np.linalg.norm(getattr(welds, name), axis=1)
        if np.any(np.abs(length - 1.0) > 1e-6):
            raise InputError(f"weld points: {name} holds vectors that are not of unit length", mend="divide them by their length")
    if np.any(np.abs((welds.away * welds.inward).sum(axis=1)) > 1e-3):
        raise InputError("weld points: the direction away from the toe does not lie in the surface", mend="project it")
    if np.any(~(welds.thickness > 0)):
        raise InputError("weld points: a thickness is not positive", mend="give the plate's thickness in mm")


def structural_stress(reader: HotSpotReader, nodal: Floats) -> HotSpots:
    """Extrapolate the structural stress at all weld points.

    Parameters
    ----------
    nodal : (..., n_rows, 6) float array
        `StressField.nodal`.
    """
    near = probes.interpolate_stress(reader.recovery, reader.near, nodal)
    far = probes.interpolate_stress(reader.recovery, reader.far, nodal)
    tensor = WEIGHTS[0] * near + WEIGHTS[1] * far
    ratio, allowed = reader.length_over_thickness, reader.allowed_length
    valid = ratio <= allowed * _ROUNDING
    tensor = np.where(valid[:, None], tensor, np.nan)
    away = reader.welds.away
    along = np.cross(away, reader.welds.inward)
    traction = np.einsum("...nij,nj->...ni", stress.matrices(tensor), away)
    reason = tuple(
        "" if good else f"cells are {r:.2f} t long, {allowed:g} t is allowed" for good, r in zip(valid, ratio, strict=True)
    )
    return HotSpots(
        tensor,
        np.einsum("...ni,ni->...n", traction, away),
        np.einsum("...ni,ni->...n", traction, along),
        stress.von_mises(tensor),
        ratio,
        valid,
        reason,
    )
