"""The interval Newton operator of Krawczyk for the loop-closure equations, square or with one linear equation added.

With as many equations as unknowns it proves that a box holds exactly one solution. With one unknown more the solutions form
curves; a linear function of the unknowns (a border) that runs over an interval makes them square again, and what is proved is one
arc: exactly one solution for each value of the function. Source: Moore, Kearfott and Cloud, Introduction to Interval Analysis,
SIAM 2009, chapter 8; Neumaier, Interval Methods for Systems of Equations, 1990, chapter 5 (with parameters).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mechlock.linkage.constraints import Array, Bools
from mechlock.linkage.loop_boxes import Boxes, Equations

_SLACK = 1.5
"""How much wider than the arc's chord a box is taken: room for its bend."""


@dataclass(frozen=True)
class Contracted:
    """What the operator makes of n boxes.

    Attributes
    ----------
    boxes : Boxes
        Cut down; they still hold all solutions.
    left : array of bool, shape (n,)
        Boxes that are not empty and not `single`.
    single : array of bool, shape (n,)
        Boxes that hold exactly one solution, or parts of one arc and nothing else.
    target : array, shape (n, unknowns)
        Approximate solutions: the one of each box, or the middle of its arc.
    """

    boxes: Boxes
    left: Bools
    single: Bools
    target: Array


def contract(equations: Equations, boxes: Boxes, scale: Array, border: Array | None = None) -> Contracted:
    """Apply the operator about the middle of each box; for arcs, about the point of the arc to which one Newton step leads.

    Parameters
    ----------
    scale : array, shape (unknowns,)
        Sides of the first box.
    border : array, shape (unknowns,) or (n, unknowns), optional
        Coefficients of the linear function, for equations with one unknown more.
    """
    radius = 0.5 * boxes.width
    run = np.zeros(len(boxes)) if border is None else np.sum(np.abs(border) * radius, axis=1)
    middle, radius = _around(equations, boxes, scale, border, run)
    low, high, size = equations.jacobian(Boxes(middle - radius, middle + radius))
    centre, spread = _bordered(0.5 * (low + high), border), _bordered(0.5 * (high - low) + size, None if border is None else 0.0)
    with np.errstate(all="ignore"):
        preconditioner = _inverse(centre)
        value, doubt = _values(equations, middle, border)
        doubt += 0.0 if border is None else np.eye(doubt.shape[1])[-1] * run[:, None]
        step = np.einsum("nij,nj->ni", preconditioner, value)
        preconditioner = np.abs(preconditioner)
        off = np.einsum("nij,nj->ni", preconditioner, doubt)
        grown = np.einsum("nij,njk->nik", preconditioner, spread + 1e-13 * np.abs(centre)) + 1e-15
        reach = np.einsum("nij,nj->ni", grown, radius) + off
    target = middle - step
    sound = np.isfinite(reach).all(axis=1) & np.isfinite(target).all(axis=1)
    inside = sound & (np.abs(step) + reach < radius).all(axis=1)
    low = np.where(sound[:, None], np.maximum(boxes.low, target - reach), boxes.low)
    high = np.where(sound[:, None], np.minimum(boxes.high, target + reach), boxes.high)
    there = (low <= high).all(axis=1)
    return Contracted(Boxes(low, high), there & ~inside, there & inside, target)


def _around(equations: Equations, boxes: Boxes, scale: Array, border: Array | None, run: Array) -> tuple[Array, Array]:
    """Middle and half sides of boxes that hold the given ones and, where they are small, the whole arc that crosses them."""
    middle, radius = boxes.middle, 0.525 * boxes.width + 1e-11 * scale  # a solution on an edge is inside then
    if border is None:
        return middle, radius
    low, high, _ = equations.jacobian(Boxes(middle, middle))
    with np.errstate(all="ignore"):
        inverse = _inverse(_bordered(0.5 * (low + high), border))
        step = np.einsum("nij,nj->ni", inverse, _values(equations, middle, border)[0])
        step = np.clip(np.where(np.isfinite(step), step, 0.0), -scale, scale)
        chord = _SLACK * np.abs(inverse[:, :, -1]) * run[:, None]
        chord = np.minimum(np.where(np.isfinite(chord), chord, 0.0), 10.0 * scale)
    return middle - step, np.maximum(radius + np.abs(step), chord)


def _values(equations: Equations, point: Array, border: Array | None) -> tuple[Array, Array]:
    """Values of the equations at points and how far rounding may move them; zero for the border's."""
    value, doubt = equations.at(point)
    if border is None:
        return value, doubt
    return np.pad(value, ((0, 0), (0, 1))), np.pad(doubt, ((0, 0), (0, 1)))


def _bordered(matrices: Array, border: Array | float | None) -> Array:
    if border is None:
        return matrices
    row = np.broadcast_to(np.asarray(border), (len(matrices), matrices.shape[2]))
    return np.concatenate([matrices, row[:, None, :]], axis=1)


def _inverse(matrices: Array) -> Array:
    """Inverses; NaN where a matrix is singular to rounding."""
    result = np.full(matrices.shape, np.nan)
    fine = np.isfinite(matrices).all(axis=(1, 2))
    size = np.abs(matrices).max(axis=(1, 2))
    fine &= size > 0.0
    fine[fine] &= np.abs(np.linalg.det(matrices[fine] / size[fine, None, None])) > 1e-14
    result[fine] = np.linalg.inv(matrices[fine])
    return result
