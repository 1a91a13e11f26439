"""How thick the walls behind the faces of a STEP file are, by rays from the kernel's own triangles straight into the material."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mechlock.solids.cad import triangles
from mechlock.solids.imported import CadFile

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

RAYS = 24
"""From each face: one from each of its largest triangles."""

FACING = 0.5
"""Least cosine between a ray and the normal where it leaves the material: through more slanting faces it runs along a wall."""

_PRODUCTS = 1_000_000
"""Rays times facets that are looked at together."""

_PARALLEL = 1e-9
_WITHIN = np.array([0.41, 0.34, 0.25])
"""Where in a triangle its ray starts: off its middle, so that rays miss the edges between facets of mirrored faces."""


@dataclass(frozen=True)
class Wall:
    """Two faces of a file with material between them: their numbers, and the least thickness in mm."""

    face: int
    opposite: int
    thickness: float


def walls(file: CadFile) -> tuple[Wall, ...]:
    """Return what is behind each face: every face that its rays reach, with the least thickness.

    Rays are cast both ways; that with an odd number of hits runs into the material. Between glued bodies both do.
    """
    own = [triangles(face.shape) for face in file.faces]
    every = np.concatenate(own)
    owner = np.repeat(np.arange(len(own)), [len(mine) for mine in own])
    found: dict[tuple[int, int], float] = {}
    for number, mine in enumerate(own):
        normal = np.cross(mine[:, 1] - mine[:, 0], mine[:, 2] - mine[:, 0])
        size = np.linalg.norm(normal, axis=1)
        chosen = np.argsort(-size)[:RAYS]
        chosen = chosen[size[chosen] > 0.0]
        starts, ways = np.einsum("nij,i->nj", mine[chosen], _WITHIN), normal[chosen] / size[chosen, None]
        for sense in (1.0, -1.0):
            facet, distance = _through(starts, sense * ways, every)
            for other, thickness in zip(owner[facet].tolist(), distance.tolist(), strict=True):
                found[number, other] = min(found.get((number, other), np.inf), thickness)
    return tuple(Wall(a, b, thickness) for (a, b), thickness in found.items() if a != b)


def _through(starts: Floats, ways: Floats, facets: Floats) -> tuple[Ints, Floats]:
    """Facets where rays that run in material leave it nearly squarely, and how far that is."""
    first = facets[:, 0]
    edge, other = facets[:, 1] - first, facets[:, 2] - first
    normal = np.cross(edge, other)
    length = np.linalg.norm(normal, axis=1)
    near = 1e-7 * float(np.ptp(facets.reshape(-1, 3), axis=0).max())
    step = max(1, _PRODUCTS // max(len(facets), 1))
    hits, distances = [np.zeros(0, np.int64)], [np.zeros(0)]
    for row in range(0, len(starts), step):
        part = slice(row, row + step)
        across = np.cross(ways[part, None], other)
        scale = (across * edge).sum(axis=2)
        crosses = np.abs(scale) > _PARALLEL * length
        scale = np.where(crosses, scale, 1.0)
        away = starts[part, None] - first
        u = (away * across).sum(axis=2) / scale
        turned = np.cross(away, edge)
        v = (turned * ways[part, None]).sum(axis=2) / scale
        distance = (turned * other).sum(axis=2) / scale
        hit = crosses & (u >= 0) & (v >= 0) & (u + v <= 1) & (distance > near)
        inside = hit.sum(axis=1) % 2 == 1
        facing = np.abs(ways[part] @ normal.T) >= FACING * length
        reached = np.where(hit, distance, np.inf)
        nearest = reached.argmin(axis=1)
        rows = np.arange(len(nearest))
        square = inside & facing[rows, nearest]
        hits.append(nearest[square])
        distances.append(reached[rows, nearest][square])
    return np.concatenate(hits), np.concatenate(distances)
