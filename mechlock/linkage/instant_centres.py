"""Instant centres of all pairs of bodies, and coupler curves with their tangent and curvature.

Source: Hartenberg and Denavit, Kinematic Synthesis of Linkages, 1964 (velocity poles, path curvature).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from mechlock.linkage import velocity
from mechlock.linkage.constraints import Array, turned
from mechlock.linkage.mechanism import GROUND, PointName
from mechlock.linkage.positions import Positions

_AT_INFINITY = 1e-12
"""Relative turning, over the largest one, below which two bodies count as sliding on each other."""


@dataclass(frozen=True)
class InstantCentre:
    """Instant centre of one body against another, over n positions.

    Attributes
    ----------
    bodies : (str, str)
        The pair.
    at : array, shape (n, 2)
        Where (mm, ground's frame); NaN where it is at infinity, or the bodies do not move against each other.
    direction : array, shape (n,)
        Where it is at infinity: its direction (rad), across their sliding; else NaN.
    """

    bodies: tuple[str, str]
    at: Array
    direction: Array


def instant_centres(positions: Positions, q: Array, v: Array | None = None) -> tuple[InstantCentre, ...]:
    """Instant centres of all pairs of real bodies, ground included; n (n - 1)/2 of them.

    Parameters
    ----------
    q : array, shape (n, unknowns)
        Configurations.
    v : array, shape (n, unknowns), optional
        Their derivatives by the drive, where they are known (at a change point those of the mode).
    """
    constraints, mechanism = positions.constraints, positions.mechanism
    v = velocity.rates(constraints, q) if v is None else v
    index = {name: i for i, name in enumerate(constraints.bodies)} | {GROUND: -1}
    bodies = [GROUND, *(body for body in constraints.bodies if not mechanism.bodies[body].virtual)]
    zero = np.zeros(2)
    found: list[InstantCentre] = []
    for one, two in combinations(bodies, 2):
        i, j = index[one], index[two]
        turning = _omega(v, j) - _omega(v, i)
        origin = constraints.frame(q, j)[0]
        at_origin = _field(positions, q, v, i, origin)
        slide = constraints.velocity(q, v, j, zero) - at_origin
        largest = np.maximum(np.abs(_omega(v, i)), np.abs(_omega(v, j)))
        scale = np.maximum(largest, np.linalg.norm(slide, axis=1) / constraints.size)
        moves = np.abs(turning) > _AT_INFINITY * np.maximum(scale, 1e-300)
        with np.errstate(divide="ignore", invalid="ignore"):
            at = np.where(moves[:, None], origin + turned(slide) / turning[:, None], np.nan)
            slides = ~moves & (np.linalg.norm(slide, axis=1) > _AT_INFINITY * scale * constraints.size)
            direction = np.where(slides, np.arctan2(slide[:, 0], -slide[:, 1]), np.nan)
        found.append(InstantCentre((one, two), at, direction))
    return tuple(found)


def _omega(v: Array, body: int) -> Array:
    return v[:, 3 * body + 2] if body >= 0 else np.zeros(len(v))


def _field(positions: Positions, q: Array, v: Array, body: int, at: Array) -> Array:
    """Velocity of a body's material at given places."""
    if body < 0:
        return np.zeros((len(q), 2))
    gap = at - q[:, 3 * body : 3 * body + 2]
    return v[:, 3 * body : 3 * body + 2] + _omega(v, body)[:, None] * turned(gap)


@dataclass(frozen=True)
class CouplerCurve:
    """Path of a point of a body that is not joined to ground.

    Attributes
    ----------
    tangent : array, shape (n,)
        Direction of the path as the drive increases (rad); NaN at a cusp.
    curvature : array, shape (n,)
        Signed curvature (1/mm), positive where the path bends to the left; NaN at a cusp.
    length : float
        Length of the path through the positions given (mm), by chords.
    """

    tangent: Array
    curvature: Array
    length: float


def coupler_curves(positions: Positions, q: Array, motion: tuple[Array, Array] | None = None) -> Mapping[PointName, CouplerCurve]:
    """Paths of the points of all coupler bodies.

    Parameters
    ----------
    q : array, shape (n, unknowns)
        Configurations that they pass.
    motion : (array, array), optional
        Their first and second derivatives by the drive, where they are known.
    """
    constraints, mechanism = positions.constraints, positions.mechanism
    grounded = {body for joint in mechanism.joints if GROUND in joint.bodies for body in joint.bodies}
    v = velocity.rates(constraints, q) if motion is None else motion[0]
    w = velocity.second_rates(constraints, q, v) if motion is None else motion[1]
    found: dict[PointName, CouplerCurve] = {}
    for name, local in positions.local_points.items():
        if name.body in grounded:
            continue
        index = constraints.bodies.index(name.body)
        speed = constraints.velocity(q, v, index, local)
        change = constraints.acceleration(q, v, w, index, local)
        size = np.linalg.norm(speed, axis=1)
        cusp = size <= 1e-12 * constraints.size * np.maximum(np.abs(v).max(axis=1), 1.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            bend = (speed[:, 0] * change[:, 1] - speed[:, 1] * change[:, 0]) / size**3
        tangent = np.where(cusp, np.nan, np.arctan2(speed[:, 1], speed[:, 0]))
        path = constraints.point(q, index, local)
        steps = np.linalg.norm(np.diff(path, axis=0), axis=1)
        found[name] = CouplerCurve(tangent, np.where(cusp, np.nan, bend), float(np.nansum(steps)))
    return found
