"""Surfaces of plate parts for drawings: the kernel's triangles, divided where they follow an arc too coarsely."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mechlock.solids import cad
from mechlock.solids.outline import Arc
from mechlock.solids.parts import Part

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

TURN = np.radians(6.0)
"""Angle (rad) that a facet of a round wall may turn by."""

_NEAR = 1e-5
_ROUNDS = 4


def round_triangles(part: Part) -> Floats:
    """Return a part's surface in its own frame, (n, 3, 3) in mm, closed, with round walls in facets of `TURN` at most."""
    triangles = cad.triangles(cad.solid(part))
    arcs = _arcs(part)
    for _ in range(_ROUNDS):
        finer = _divided(triangles, arcs)
        if len(finer) == len(triangles):
            break
        triangles = finer
    return triangles


def _arcs(part: Part) -> Floats:
    """Centre, radius, first angle and turn (0 to 2 pi, counter-clockwise) of every arc of a part; shape (n, 5)."""
    rows = [[*bore.centre, bore.radius, 0.0, 2 * np.pi] for bore in part.bores]
    for slab in part.slabs:
        for piece in slab.outline.pieces:
            if isinstance(piece, Arc):
                start = piece.start if piece.turn > 0 else piece.end
                first = np.arctan2(start[1] - piece.centre[1], start[0] - piece.centre[0])
                rows.append([*piece.centre, piece.radius, first, abs(piece.turn)])
    return np.array(rows).reshape(-1, 5)


def _divided(triangles: Floats, arcs: Floats) -> Floats:
    """Divide the edges of round walls that turn by more than allowed, and the triangles at them, so that they stay closed."""
    corners, index = np.unique(np.round(triangles.reshape(-1, 3) / _NEAR).astype(np.int64), axis=0, return_inverse=True)
    points, cells = np.asarray(corners * _NEAR, np.float64), index.reshape(-1, 3)
    normal = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    wall = np.abs(normal[:, 2]) < 1e-3 * np.linalg.norm(normal, axis=1)
    sides = np.sort(np.stack([cells, np.roll(cells, -1, axis=1)], axis=2), axis=2)  # (n, 3 sides, 2 ends)
    edges = np.unique(sides[wall].reshape(-1, 2), axis=0)
    middle = _on_arc(points[edges[:, 0]], points[edges[:, 1]], arcs)
    chosen = np.isfinite(middle[:, 0])
    new = np.full(len(edges), -1)
    new[chosen] = len(points) + np.arange(int(chosen.sum()))
    points = np.concatenate([points, middle[chosen]])
    number = {(int(a), int(b)): int(n) for (a, b), n in zip(edges, new, strict=True) if n >= 0}
    made: list[tuple[int, int, int]] = []
    for corner, side in zip(cells.tolist(), sides.tolist(), strict=True):
        made += _pieces(corner, [number.get((a, b), -1) for a, b in side])
    return np.asarray(points[np.array(made)], np.float64)


def _on_arc(start: Floats, end: Floats, arcs: Floats) -> Floats:
    """Middles, on their arc, of edges (n, 3) whose ends lie on one and that turn by more than allowed; not numbers for others."""
    found = np.full(start.shape, np.nan)
    for x, y, radius, first, turn in arcs:
        a, b = start[:, :2] - [x, y], end[:, :2] - [x, y]
        on = (np.abs(np.hypot(*a.T) - radius) < 2 * _NEAR) & (np.abs(np.hypot(*b.T) - radius) < 2 * _NEAR)
        angle = np.arctan2(*(a + b).T[::-1])
        on &= (angle - first) % (2 * np.pi) <= turn + 1e-9
        on &= np.hypot(*(b - a).T) > 2 * radius * np.sin(TURN / 2)
        height = (start[on, 2] + end[on, 2]) / 2
        found[on] = np.column_stack([x + radius * np.cos(angle[on]), y + radius * np.sin(angle[on]), height])
    return found


def _pieces(corners: list[int], middles: list[int]) -> list[tuple[int, int, int]]:
    """Triangles that a triangle falls into, with middles of its sides 01, 12 and 20, -1 where a side is whole."""
    split = [number for number, middle in enumerate(middles) if middle >= 0]
    if not split:
        return [(corners[0], corners[1], corners[2])]
    if len(split) == 3:
        (a, b, c), (p, q, r) = corners, middles
        return [(a, p, r), (p, b, q), (r, q, c), (p, q, r)]
    # turned so that side 01 is split, and side 12 too where two are
    turn = split[0] if len(split) == 1 or split[1] == split[0] + 1 else split[1]
    a, b, c = (corners[(turn + step) % 3] for step in range(3))
    p, q, _ = (middles[(turn + step) % 3] for step in range(3))
    return [(a, p, c), (p, b, c)] if q < 0 else [(a, p, c), (p, b, q), (p, q, c)]
