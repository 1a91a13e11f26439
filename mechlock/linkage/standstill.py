"""Where bodies stand still along an assembly mode, none missed: the mode is cut into arcs, each proved to be alone in its box.

On an arc the unknowns of the loop equations run with one of them (Krawczyk's operator, `mechlock.linkage.krawczyk`). Enclosures
of its tangent and bend tell for every output whether it moves all along, or turns back exactly once. Other arcs are halved, down
to `SMALLEST` of a turn: no dead centre hides between two samples.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mechlock.linkage.constraints import Array, Bools, wrapped
from mechlock.linkage.krawczyk import arcs, bordered, inverse
from mechlock.linkage.loop_boxes import SMALLEST, Boxes, Equations
from mechlock.linkage.loops import Loops, loops_at
from mechlock.linkage.positions import Mode, Positions

FIRST = 181
"""Drive positions that an interval is cut at to begin with."""

ARCS = 20_000
"""Arcs looked at before an output counts as not proved."""

Whole = npt.NDArray[np.int8]


@dataclass(frozen=True)
class Leaves:
    """The arcs that a mode is cut into, in the order of the drive.

    Attributes
    ----------
    low, high : array, shape (k,)
        Drive coordinates at their ends (rad or mm).
    moves : array of int, shape (k, outputs)
        1 and -1: the output runs up or down all along as the drive increases; 2: up, then down, -2: down, then up; 0: unknown.
    singular : array of bool, shape (k,)
        Whether it is not even proved that the arc is the only one there: a change point, or an end of the mode.
    missing : array, shape (m,)
        Drive coordinates at which the mode does not exist.
    complete : bool
        Whether all arcs that are unknown are as short as `SMALLEST`.
    """

    low: Array
    high: Array
    moves: Whole
    singular: Bools
    missing: Array
    complete: bool


class _Nodes:
    """Unknowns of the loop equations along a mode."""

    def __init__(self, positions: Positions, mode: Mode, loops: Loops) -> None:
        self.positions, self.mode, self.loops = positions, mode, loops

    def at(self, drive: Array) -> Array:
        """Shape (n, unknowns), to the last digits; NaN where the mode does not exist."""
        q = self.positions.at(self.mode, drive)
        there = np.isfinite(q).all(axis=1)
        found = np.full((len(drive), self.loops.unknowns), np.nan)
        found[there] = self.loops.unknowns_of(self.positions.constraints, q[there])
        return found


def leaves(positions: Positions, mode: Mode, low: float, high: float, outputs: Sequence[tuple[str, str]]) -> Leaves | None:
    """Cut a mode into arcs between two drive coordinates (rad or mm), None where the loop equations cannot be written.

    Parameters
    ----------
    outputs : sequence of (body, joint)
        Bodies that are joined to ground, each with the joint.
    """
    constraints = positions.constraints
    loops = loops_at(constraints, None)
    if loops is None or not loops.loops:
        return None
    names = [joint.name for joint in constraints.joints]
    rows = [loops.output(constraints, constraints.bodies.index(body), names.index(joint)) for body, joint in outputs]
    nodes = _Nodes(positions, mode, loops)
    equations = Equations(loops, 10.0 * constraints.size * (len(constraints.bodies) + 1))
    return _cut(equations, nodes, np.linspace(low, high, FIRST), np.array(rows).reshape(len(rows), loops.unknowns))


@dataclass
class _Pieces:
    """Arcs by the ends of the drive and of the unknowns."""

    low: Array
    high: Array
    start: Array
    end: Array

    def take(self, which: Bools) -> _Pieces:
        return _Pieces(self.low[which], self.high[which], self.start[which], self.end[which])


def _cut(equations: Equations, nodes: _Nodes, grid: Array, rows: Array) -> Leaves:
    places = nodes.at(grid)
    pieces = _Pieces(grid[:-1], grid[1:], places[:-1], places[1:])
    scale = _scale(equations.loops, nodes.positions)
    done: list[tuple[_Pieces, Whole, Bools]] = []
    missing = list(grid[np.isnan(places).any(axis=1)])
    looked, complete = 0, True
    while len(pieces.low):
        looked += len(pieces.low)
        moves, sure = _looked_at(equations, pieces, rows, scale)
        size = np.abs(_step(equations.loops, pieces.start, pieces.end)) / scale
        small = ~(size.max(axis=1, initial=0.0) >= SMALLEST) & ~np.isnan(size).any(axis=1)
        middle = 0.5 * (pieces.low + pieces.high)
        small |= (middle == pieces.low) | (middle == pieces.high)
        keep: Bools = np.asarray((sure & (moves != 0).all(axis=1)) | small)
        if looked > ARCS:
            keep, complete = np.ones(len(keep), dtype=bool), False
        done.append((pieces.take(keep), moves[keep], ~sure[keep]))
        pieces, found = _halved(nodes, pieces.take(~keep), middle[~keep])
        missing += list(found)
    low, high = (np.concatenate([getattr(part, end) for part, _, _ in done]) for end in ("low", "high"))
    moves, singular = np.concatenate([m for _, m, _ in done]), np.concatenate([s for _, _, s in done])
    order = np.argsort(low, kind="stable")
    return Leaves(low[order], high[order], moves[order], singular[order], np.sort(np.array(missing)), complete)


def _halved(nodes: _Nodes, pieces: _Pieces, middle: Array) -> tuple[_Pieces, Array]:
    """Both halves of all pieces, and the middles at which the mode does not exist."""
    if not len(middle):
        return pieces, middle
    places = nodes.at(middle)
    halves = _Pieces(
        np.concatenate([pieces.low, middle]),
        np.concatenate([middle, pieces.high]),
        np.concatenate([pieces.start, places]),
        np.concatenate([places, pieces.end]),
    )
    gone = np.isnan(places).any(axis=1)
    there = np.isfinite(halves.start).all(axis=1) & np.isfinite(halves.end).all(axis=1)
    return halves.take(np.asarray(there)), middle[gone]


def _scale(loops: Loops, positions: Positions) -> Array:
    """What counts as the whole of each unknown: a turn, and the sum of all links."""
    size = positions.constraints.size * (len(positions.constraints.bodies) + 1)
    return np.concatenate([np.full(loops.angles, 2.0 * np.pi), np.full(loops.travels, size)])


def _step(loops: Loops, start: Array, end: Array) -> Array:
    """From the start of each piece to its end, the shorter way round."""
    step = end - start
    step[:, : loops.angles] = wrapped(step[:, : loops.angles])
    return step


def _looked_at(equations: Equations, pieces: _Pieces, rows: Array, scale: Array) -> tuple[Whole, Bools]:
    """How each output moves along the pieces, and whether these are proved to be alone in their boxes."""
    moves = np.zeros((len(pieces.low), len(rows)), dtype=np.int8)
    sure = np.zeros(len(pieces.low), dtype=bool)
    there = np.flatnonzero(np.isfinite(pieces.start).all(axis=1) & np.isfinite(pieces.end).all(axis=1))
    if not len(there):
        return moves, sure
    start, step = pieces.start[there], _step(equations.loops, pieces.start[there], pieces.end[there])
    most = np.argmax(np.abs(step) * equations.influence, axis=1)
    border = np.eye(step.shape[1])[most]
    boxes = Boxes(np.minimum(start, start + step), np.maximum(start, start + step))
    found = arcs(equations, boxes, scale, border)
    run = step[np.arange(len(step)), most]
    ends = [_tangents(equations, place, border) @ rows.T for place in (start, start + step)]
    slack = 1e-11 * (1.0 + np.abs(found.tangent.middle)) @ np.abs(rows).T
    tangent, bend = (_projected(part, rows) for part in (found.tangent, found.bend))
    moves[there] = _way(ends[0], ends[1], slack, tangent, bend, np.abs(run)[:, None]) * np.sign(run)[:, None]
    sure[there] = found.single
    return moves, sure


def _tangents(equations: Equations, places: Array, border: Array) -> Array:
    """Change of the unknowns per unit of the border at points of the curve."""
    low, high, _ = equations.jacobian(Boxes(places, places))
    return inverse(bordered(0.5 * (low + high), border))[:, :, -1]


def _projected(part: Boxes, rows: Array) -> tuple[Array, Array]:
    """Enclosure of linear functions of an enclosed vector, each end (n, functions)."""
    middle, half = part.middle @ rows.T, 0.5 * part.width @ np.abs(rows).T
    return middle - half, middle + half


def _way(start: Array, end: Array, slack: Array, tangent: tuple[Array, Array], bend: tuple[Array, Array], run: Array) -> Whole:
    """How outputs move with the border, from their rates at both ends and what is known of them in between; NaN tells nothing."""
    with np.errstate(invalid="ignore"):
        clear = (np.abs(start) > slack) & (np.abs(end) > slack)
        alike, apart = clear & (start * end > 0.0), clear & (start * end < 0.0)
        monotone = (bend[0] > 0.0) | (bend[1] < 0.0)
        steep = np.maximum(np.abs(bend[0]), np.abs(bend[1])) * run
        away = (tangent[0] > 0.0) | (tangent[1] < 0.0) | (np.abs(start) + np.abs(end) > steep + 2.0 * slack) | monotone
        return (np.sign(start) * np.where(alike & away, 1, np.where(apart & monotone, 2, 0))).astype(np.int8)
