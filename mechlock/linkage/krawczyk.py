"""The interval Newton operator of Krawczyk for the loop-closure equations, square or with one linear equation added.

With as many equations as unknowns it proves that a box holds exactly one solution. With one unknown more the solutions form
curves; a linear function of the unknowns (a border) that runs over an interval makes them square again, and what is proved is one
arc: exactly one solution for each value of the function. Redundant equations are combined to as many as there are unknowns, by
the pseudoinverse of the derivatives: a solution of all is one of the combination, so that "exactly one" becomes "at most one".

Source: Moore, Kearfott and Cloud, Introduction to Interval Analysis, SIAM 2009, chapter 8; Neumaier, Interval Methods for Systems
of Equations, 1990, chapter 5 (with parameters), chapter 3 (inverse of an interval matrix).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mechlock.linkage.constraints import Array, Bools
from mechlock.linkage.loop_boxes import Boxes, Equations

_SLACK = 1.5
"""How much wider than the arc's chord a box is taken: room for its bend."""

_FAR = 0.05
"""Share of the first box above which a box that proves nothing is not tried again with more room."""

_FLAT = 1e-12
"""Ratio of singular values below which redundant equations are singular."""


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
        Boxes that hold exactly one solution, or parts of one arc and nothing else; of redundant equations at most one.
    target : array, shape (n, unknowns)
        Approximate solutions: the one of each box, or the middle of its arc.
    """

    boxes: Boxes
    left: Bools
    single: Bools
    target: Array


@dataclass(frozen=True)
class Arcs:
    """Arcs of solutions, one in each of n boxes.

    Attributes
    ----------
    single : array of bool, shape (n,)
        Whether it is proved that a box holds parts of one arc and nothing else; the rest is NaN elsewhere.
    tangent : Boxes
        Change of the unknowns along the arc per unit of the border, enclosed for the whole arc, each end (n, unknowns).
    bend : Boxes
        Its derivative by the border.
    """

    single: Bools
    tangent: Boxes
    bend: Boxes


def contract(equations: Equations, boxes: Boxes, scale: Array, border: Array | None = None) -> Contracted:
    """Apply the operator about the middle of each box; for arcs, about the point of the arc to which one Newton step leads.

    Parameters
    ----------
    scale : array, shape (unknowns,)
        Sides of the first box.
    border : array, shape (unknowns,) or (n, unknowns), optional
        Coefficients of the linear function, for equations with one unknown more.
    """
    found = _applied(equations, boxes, scale, border)
    ends = found.target - found.reach, found.target + found.reach
    low = np.where(found.sound[:, None], np.maximum(boxes.low, ends[0]), boxes.low)
    high = np.where(found.sound[:, None], np.minimum(boxes.high, ends[1]), boxes.high)
    there = (low <= high).all(axis=1)
    return Contracted(Boxes(low, high), there & ~found.inside, there & found.inside, found.target)


def arcs(equations: Equations, boxes: Boxes, scale: Array, border: Array) -> Arcs:
    """Prove arcs, and enclose their tangents and bends; arguments as for `contract`, the border of shape (n, unknowns)."""
    found = _applied(equations, boxes, scale, border)  # |I - Y K| <= E: K^-1 b lies within E (I - E)^-1 |Y b| of Y b
    tangent, bend = (Boxes(np.full(boxes.low.shape, np.nan), np.full(boxes.low.shape, np.nan)) for _ in range(2))
    sure = np.flatnonzero(found.inside)
    if not len(sure):
        return Arcs(found.inside, tangent, bend)
    grown, inverted = found.grown[sure], found.inverse[sure]
    room: Array = np.asarray(np.linalg.inv(np.eye(grown.shape[1]) - grown), dtype=np.float64)
    centre = inverted[:, :, -1]
    doubt = _within(grown, room, np.abs(centre))
    tangent.low[sure], tangent.high[sure] = centre - doubt, centre + doubt
    low, high = equations.bend(found.box.take(sure), tangent.take(sure))
    middle, half = (np.pad(part, ((0, 0), (0, 1))) for part in (0.5 * (low + high), 0.5 * (high - low)))
    centre = -np.einsum("nij,nj->ni", inverted, middle)
    spread = np.einsum("nij,nj->ni", np.abs(inverted), half + 1e-14 * np.abs(middle))
    doubt = spread + _within(grown, room, np.abs(centre) + spread)
    bend.low[sure], bend.high[sure] = centre - doubt, centre + doubt
    return Arcs(found.inside, tangent, bend)


def _within(grown: Array, room: Array, size: Array) -> Array:
    return (1.0 + 1e-9) * np.einsum("nij,nj->ni", grown, np.einsum("nij,nj->ni", room, size))


@dataclass
class _Applied:
    """The operator's image ``target +- reach`` of the boxes `box`, and what it rests on: ``|I - Y F'| <= grown``, Y `inverse`."""

    box: Boxes
    target: Array
    reach: Array
    inverse: Array
    grown: Array
    sound: Bools
    inside: Bools

    def put(self, rows: Bools, other: _Applied) -> None:
        """Replace the rows that the other one proves."""
        where, proved = np.flatnonzero(rows)[other.inside], other.inside
        for name in ("target", "reach", "inverse", "grown", "inside"):
            getattr(self, name)[where] = getattr(other, name)[proved]
        self.box.low[where], self.box.high[where] = other.box.low[proved], other.box.high[proved]


def _applied(equations: Equations, boxes: Boxes, scale: Array, border: Array | None) -> _Applied:
    """Apply the operator; to arcs again with more room where an unknown hardly moves, for the bend of the others."""
    run = np.zeros(len(boxes)) if border is None else np.sum(np.abs(border) * 0.5 * boxes.width, axis=1)
    middle, radius = _around(equations, boxes, scale, border, run)
    found = _once(equations, middle, radius, border, run)
    if border is None:
        return found
    again: Bools = found.sound & ~found.inside & (found.reach < _FAR * scale).all(axis=1)
    if again.any():
        wider = np.maximum(radius[again], _SLACK * (np.abs(found.target - middle) + found.reach)[again])
        found.put(again, _once(equations, middle[again], wider, np.broadcast_to(border, middle.shape)[again], run[again]))
    return found


def _once(equations: Equations, middle: Array, radius: Array, border: Array | None, run: Array) -> _Applied:
    box = Boxes(middle - radius, middle + radius)
    low, high, size = equations.jacobian(box)
    centre, spread = bordered(0.5 * (low + high), border), bordered(0.5 * (high - low) + size, None if border is None else 0.0)
    with np.errstate(all="ignore"):
        inverted = inverse(centre)
        value, doubt = _values(equations, middle, border)
        doubt += 0.0 if border is None else np.eye(doubt.shape[1])[-1] * run[:, None]
        step = np.einsum("nij,nj->ni", inverted, value)
        size = np.abs(inverted)
        off = np.einsum("nij,nj->ni", size, doubt)
        grown = np.einsum("nij,njk->nik", size, spread + 1e-13 * np.abs(centre)) + 1e-15
        reach = np.einsum("nij,nj->ni", grown, radius) + off
    target = middle - step
    sound: Bools = np.isfinite(reach).all(axis=1) & np.isfinite(target).all(axis=1)
    inside: Bools = sound & (np.abs(step) + reach < radius).all(axis=1)
    return _Applied(box, target, reach, inverted, grown, sound, inside)


def _around(equations: Equations, boxes: Boxes, scale: Array, border: Array | None, run: Array) -> tuple[Array, Array]:
    """Middle and half sides of boxes that hold the given ones and, where they are small, the whole arc that crosses them."""
    middle, radius = boxes.middle, 0.525 * boxes.width + 1e-11 * scale  # a solution on an edge is inside then
    if border is None:
        return middle, radius
    low, high, _ = equations.jacobian(Boxes(middle, middle))
    with np.errstate(all="ignore"):
        inverted = inverse(bordered(0.5 * (low + high), border))
        step = np.einsum("nij,nj->ni", inverted, _values(equations, middle, border)[0])
        step = np.clip(np.where(np.isfinite(step), step, 0.0), -scale, scale)
        chord = _SLACK * np.abs(inverted[:, :, -1]) * run[:, None]
        chord = np.minimum(np.where(np.isfinite(chord), chord, 0.0), 10.0 * scale)
    return middle - step, np.maximum(radius + np.abs(step), chord)


def _values(equations: Equations, point: Array, border: Array | None) -> tuple[Array, Array]:
    """Values of the equations at points and how far rounding may move them; zero for the border's."""
    value, doubt = equations.at(point)
    if border is None:
        return value, doubt
    return np.pad(value, ((0, 0), (0, 1))), np.pad(doubt, ((0, 0), (0, 1)))


def bordered(matrices: Array, border: Array | float | None) -> Array:
    """Derivatives with the border's row below, shape (n, equations + 1, unknowns)."""
    if border is None:
        return matrices
    row = np.broadcast_to(np.asarray(border), (len(matrices), matrices.shape[2]))
    return np.concatenate([matrices, row[:, None, :]], axis=1)


def inverse(matrices: Array) -> Array:
    """Inverses, of matrices with more rows than columns pseudoinverses; NaN where a matrix is singular to rounding."""
    result = np.full((len(matrices), matrices.shape[2], matrices.shape[1]), np.nan)
    fine = np.isfinite(matrices).all(axis=(1, 2))
    size = np.abs(matrices).max(axis=(1, 2), initial=0.0)
    fine &= size > 0.0
    if matrices.shape[1] == matrices.shape[2]:
        fine[fine] &= np.abs(np.linalg.det(matrices[fine] / size[fine, None, None])) > 1e-14
        result[fine] = np.linalg.inv(matrices[fine])
        return result
    values = np.linalg.svd(matrices[fine], compute_uv=False)
    fine[fine] = values[:, -1] > _FLAT * values[:, 0]
    result[fine] = np.linalg.pinv(matrices[fine], rcond=_FLAT)
    return result
