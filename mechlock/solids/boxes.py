"""Axis-aligned boxes: the exact solids that frames are made of.

A solid is a set of boxes without common volume, as two arrays of shape (n, 3): the low and the high corners, in mm.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

Floats = NDArray[np.float64]

TOUCHING = 1e-6
"""Lengths in mm below which two coordinates are the same plane."""


@dataclass(frozen=True)
class MassProperties:
    """Mass of a solid and how it is spread.

    Attributes
    ----------
    mass : float
        In tonne.
    centre : (3,) float array
        Centre of gravity in mm.
    inertia : (3, 3) float array
        Inertia tensor about the centre of gravity, in tonne·mm².
    """

    mass: float
    centre: Floats
    inertia: Floats


def volumes(low: Floats, high: Floats) -> Floats:
    """Volume of each box in mm³."""
    return np.prod(high - low, axis=1)


def mass_properties(low: Floats, high: Floats, density: Floats | float) -> MassProperties:
    """Mass, centre of gravity and inertia of boxes of the given density (tonne/mm³).

    Notes
    -----
    Homogeneous cuboids and the parallel-axis theorem.
    """
    masses = volumes(low, high) * density
    middles, sides = (low + high) / 2, high - low
    total = float(masses.sum())
    centre = masses @ middles / total
    arms = middles - centre
    second = np.einsum("n,ni,nj->ij", masses, arms, arms) + np.diag(masses @ sides**2 / 12)
    return MassProperties(total, centre, np.trace(second) * np.eye(3) - second)


def combined(pieces: list[MassProperties]) -> MassProperties:
    """Mass properties of several bodies together."""
    mass = sum(piece.mass for piece in pieces)
    centre = np.sum([piece.mass * piece.centre for piece in pieces], axis=0) / mass
    inertia = np.zeros((3, 3))
    for piece in pieces:
        arm = piece.centre - centre
        inertia += piece.inertia + piece.mass * (arm @ arm * np.eye(3) - np.outer(arm, arm))
    return MassProperties(mass, centre, inertia)


def overlapping(low: Floats, high: Floats) -> NDArray[np.int64]:
    """Pairs (i < j) of boxes with common volume; shape (n_pairs, 2)."""
    common = np.minimum(high[:, None], high[None]) - np.maximum(low[:, None], low[None])
    return np.argwhere(np.triu((common > TOUCHING).all(axis=2), 1))


def cut_interval(low: float, high: float, holes: Floats) -> Floats:
    """Parts of [low, high] outside the intervals `holes` (n, 2); shape (m, 2), ascending."""
    pieces: list[tuple[float, float]] = []
    start = low
    for first, last in sorted(map(tuple, holes.tolist())):
        if first - start > TOUCHING:
            pieces.append((start, min(first, high)))
        start = max(start, last)
    if high - start > TOUCHING:
        pieces.append((start, high))
    return np.array(pieces).reshape(-1, 2)


def cut_rectangle(low: Floats, high: Floats, holes_low: Floats, holes_high: Floats) -> tuple[Floats, Floats]:
    """Rectangles that make up [low, high] without the rectangles `holes` (all in a plane, shape (n, 2)).

    Returns
    -------
    low, high : (m, 2) float arrays
        Strips along the first axis, merged along the second, so that few rectangles remain.
    """
    edges = np.unique(np.clip(np.concatenate([[low[0], high[0]], holes_low[:, 0], holes_high[:, 0]]), low[0], high[0]))
    strips: list[list[float]] = []
    for left, right in pairwise(edges):
        if right - left <= TOUCHING:
            continue
        across = (holes_low[:, 0] < right - TOUCHING) & (holes_high[:, 0] > left + TOUCHING)
        spans = cut_interval(low[1], high[1], np.stack([holes_low[across, 1], holes_high[across, 1]], axis=1))
        for first, last in spans:
            same = [s for s in strips if s[2] == left and abs(s[1] - first) < TOUCHING and abs(s[3] - last) < TOUCHING]
            if same:
                same[0][2] = right
            else:
                strips.append([left, first, right, last])
    found = np.array(strips).reshape(-1, 4)
    return found[:, :2], found[:, 2:]


def joined(low: Floats, high: Floats) -> NDArray[np.int64]:
    """Number of the connected piece that each rectangle (n, 2) belongs to; those that share an edge are joined."""
    common = np.minimum(high[:, None], high[None]) - np.maximum(low[:, None], low[None])
    meet = (common > -TOUCHING).all(axis=2) & (common > TOUCHING).any(axis=2)
    return connected_components(csr_array(meet), directed=False)[1].astype(np.int64)
