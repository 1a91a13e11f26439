"""Line drawings of solids without a graphics library: edges, what hides them, and cuts, from closed surfaces of triangles.

Edges are where the surface bends and where it turns away from the viewer. A depth buffer says which of their points are
hidden; it is filled for all triangles at once. Views look along an axis or from a corner; +x is right in the front view.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PIXELS = 1600
"""Cells of the depth buffer along the longer side of a view."""

BEND = np.cos(np.radians(22.0))
"""Cosine of the angle between two facets from which on their edge is drawn."""

_CHUNK = 4_000_000
_SAME = 1e-4
_STUB = 4
"""Cells below which a visible piece of a longer edge is none."""


@dataclass(frozen=True)
class View:
    """A direction to look from.

    Attributes
    ----------
    name : str
    right, up : (3,) float arrays
        Unit vectors on the paper; their cross product points to the viewer.
    """

    name: str
    right: Floats
    up: Floats

    @property
    def towards(self) -> Floats:
        """Unit vector to the viewer."""
        return np.cross(self.right, self.up)

    def on_paper(self, points: Floats) -> Floats:
        """Coordinates on the paper and height above it; shape as `points`."""
        return points @ np.array([self.right, self.up, self.towards]).T


def _view(name: str, right: tuple[float, float, float], up: tuple[float, float, float]) -> View:
    r, u = np.array(right, dtype=np.float64), np.array(up, dtype=np.float64)
    r /= np.linalg.norm(r)
    u -= (u @ r) * r
    return View(name, r, u / np.linalg.norm(u))


SIDE = _view("side", (1, 0, 0), (0, 0, 1))
END = _view("end", (0, -1, 0), (0, 0, 1))
TOP = _view("top", (1, 0, 0), (0, 1, 0))
CORNER = _view("corner", (1, 1, 0), (-0.35, 0.35, 1))


@dataclass(frozen=True)
class Lines:
    """What a view shows, on paper in mm of the model.

    Attributes
    ----------
    segments : (n, 2, 2) float array
        Visible pieces of edges.
    low, high : (2,) float arrays
        Extent of everything, hidden parts too.
    """

    segments: Floats
    low: Floats
    high: Floats


def visible_lines(parts: list[Floats], view: View) -> Lines:
    """Return the visible edges of parts, each a closed surface of outward triangles (n, 3, 3)."""
    low, high, pixel, buffer = _paper(parts, view)
    edges = np.concatenate([_edges(view.on_paper(part)) for part in parts])
    seen = _unhidden((edges - low) / pixel, buffer)
    return Lines(_distinct(seen) * pixel + low[:2], low[:2], high[:2])


def _paper(parts: list[Floats], view: View) -> tuple[Floats, Floats, float, Floats]:
    """Corners of the box that holds all, size of a cell of the depth buffer, and the buffer."""
    flat = view.on_paper(np.concatenate(parts))
    low, high = flat.min(axis=(0, 1)), flat.max(axis=(0, 1))
    pixel = float((high - low)[:2].max()) / PIXELS
    return low, high, pixel, _depths((flat - low) / pixel)


def visible_places(parts: list[Floats], view: View) -> Floats:
    """Return a place on paper amid what is seen of each part, (n, 2): not a number where all of it is hidden."""
    low, _, pixel, buffer = _paper(parts, view)
    found = np.full((len(parts), 2), np.nan)
    for number, part in enumerate(parts):
        own = _depths((np.concatenate([view.on_paper(part), _frame(low, buffer, pixel)]) - low) / pixel)
        seen = np.isfinite(own) & (own >= buffer - 1.5)
        inner = np.asarray(distance_transform_edt(np.pad(seen, 1)))[1:-1, 1:-1]
        if inner.max() > 0.0:
            row, column = np.unravel_index(int(inner.argmax()), inner.shape)
            found[number] = np.array([column, row]) * pixel + low[:2]
    return found


def _frame(low: Floats, buffer: Floats, pixel: float) -> Floats:
    """A triangle seen edge on in the far corner, so that the depths of one part come on the same paper as those of all."""
    corner = low + pixel * np.array([buffer.shape[1] - 2, buffer.shape[0] - 2, 0.0])
    return np.tile(corner, (1, 3, 1))


def _distinct(segments: Floats) -> Floats:
    """Segments (n, 2, 2) without those that lie on another: an edge straight behind one of the outline."""
    cells = np.round(segments, 2)
    swap = (cells[:, 0, 0] > cells[:, 1, 0]) | ((cells[:, 0, 0] == cells[:, 1, 0]) & (cells[:, 0, 1] > cells[:, 1, 1]))
    cells[swap] = cells[swap, ::-1]
    return np.unique(cells.reshape(-1, 4), axis=0).reshape(-1, 2, 2)


def _edges(flat: Floats) -> Floats:
    """Ends (n, 2, 3) of edges where the surface bends, ends, or turns away from the viewer."""
    normals = np.cross(flat[:, 1] - flat[:, 0], flat[:, 2] - flat[:, 0])
    size = np.linalg.norm(normals, axis=1)
    flat, normals = flat[size > 0], normals[size > 0] / size[size > 0, None]
    corners, index = np.unique(np.round(flat.reshape(-1, 3) / _SAME).astype(np.int64), axis=0, return_inverse=True)
    triangles = index.reshape(-1, 3)
    pairs = np.sort(np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]), axis=1)
    owner = np.tile(np.arange(len(triangles)), 3)
    order = np.lexsort((owner, pairs[:, 1], pairs[:, 0]))
    pairs, owner = pairs[order], owner[order]
    twin = np.append((pairs[1:] == pairs[:-1]).all(axis=1), False)
    one, other = normals[owner], normals[np.roll(owner, -1)]
    sharp = (np.einsum("ni,ni->n", one, other) < BEND) | ((one[:, 2] > 0) != (other[:, 2] > 0))
    first = np.append(True, ~twin[:-1])
    chosen = (twin & sharp) | (first & ~twin)
    return np.asarray(corners[pairs[chosen]] * _SAME, np.float64)


def _depths(flat: Floats) -> Floats:
    """Greatest height over each cell of the paper; triangles in cells, shape (rows, columns).

    Every triangle is spread into its rows, every row into the cells between the two edges that it crosses.
    """
    shape = tuple((np.ceil(flat[..., :2].max(axis=(0, 1))).astype(int) + 2)[::-1])
    buffer = np.full(shape[0] * shape[1], -np.inf)
    normal = np.cross(flat[:, 1] - flat[:, 0], flat[:, 2] - flat[:, 0])
    flat, normal = flat[np.abs(normal[:, 2]) > 1e-9], normal[np.abs(normal[:, 2]) > 1e-9]
    first = np.ceil(flat[..., 1].min(axis=1)).astype(np.int64)
    rows, y = _counted(np.floor(flat[..., 1].max(axis=1)).astype(np.int64) - first + 1)
    y += first[rows]
    start, end = np.full(len(rows), np.inf), np.full(len(rows), -np.inf)
    for one, other in ((0, 1), (1, 2), (2, 0)):
        p, q = flat[rows, one, :2], flat[rows, other, :2]
        with np.errstate(divide="ignore", invalid="ignore"):
            share = (y - p[:, 1]) / (q[:, 1] - p[:, 1])
        x = np.where((share >= 0) & (share <= 1), p[:, 0] + share * (q[:, 0] - p[:, 0]), np.nan)
        start, end = np.fmin(start, x), np.fmax(end, x)
    left = np.ceil(np.where(np.isfinite(start), start, 1.0)).astype(np.int64)
    counts = np.maximum(np.floor(np.where(np.isfinite(end), end, 0.0)).astype(np.int64) - left + 1, 0)
    slope = -normal[:, :2] / normal[:, 2:]
    base = flat[:, 0, 2] - np.einsum("ni,ni->n", slope, flat[:, 0, :2])
    for some in np.split(np.arange(len(rows)), np.searchsorted(np.cumsum(counts), np.arange(_CHUNK, counts.sum(), _CHUNK))):
        line, x = _counted(counts[some])
        line = some[line]
        x += left[line]
        own = rows[line]
        np.maximum.at(buffer, y[line] * shape[1] + x, base[own] + slope[own, 0] * x + slope[own, 1] * y[line])
    return buffer.reshape(shape)


def _counted(counts: Ints) -> tuple[Ints, Ints]:
    """Numbers repeated by their counts, and the place of each among its like: (0, 0), (0, 1), ... (1, 0), ..."""
    counts = np.maximum(counts, 0)
    owner = np.repeat(np.arange(len(counts)), counts)
    return owner, np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)


def _unhidden(edges: Floats, buffer: Floats) -> Floats:
    """Visible pieces (n, 2, 2) of edges (m, 2, 3), both in cells; the nearest of the cells around a point decides."""
    length = np.linalg.norm(edges[:, 1, :2] - edges[:, 0, :2], axis=1)
    edges, length = edges[length > 0.5], length[length > 0.5]
    count = np.ceil(length).astype(np.int64) + 2
    owner, place = _counted(count)
    share = place / (count[owner] - 1)
    points = (1 - share)[:, None] * edges[owner, 0] + share[:, None] * edges[owner, 1]
    x, y = np.rint(points[:, 0]).astype(np.int64), np.rint(points[:, 1]).astype(np.int64)
    lowest = np.full(len(points), np.inf)
    for dx in (-1, 0, 1):
        for dy in (-1, 0, 1):
            near = np.clip(y + dy, 0, buffer.shape[0] - 1), np.clip(x + dx, 0, buffer.shape[1] - 1)
            lowest = np.minimum(lowest, buffer[near])
    seen = points[:, 2] >= lowest - 1.5
    begins = seen & np.append(True, (owner[1:] != owner[:-1]) | ~seen[:-1])
    ends = seen & np.append((owner[1:] != owner[:-1]) | ~seen[1:], True)
    # of an edge that ends behind an outline, the cells next to the outline look visible: the buffer cannot tell them apart
    long = (np.flatnonzero(ends) - np.flatnonzero(begins) >= _STUB) | (count[owner[begins]] <= 2 * _STUB)
    return np.stack([points[begins, :2], points[ends, :2]], axis=1)[long]


def cut(triangles: Floats, axis: int, at: float, keep: int) -> tuple[Floats, Floats]:
    """Cut a closed surface by a plane across an axis.

    Parameters
    ----------
    keep : int
        +1 or -1: the side that remains.

    Returns
    -------
    remaining : (n, 3, 3) float array
        Triangles of what remains, open at the cut.
    outline : (m, 2, 3) float array
        Segments of the cut face's outline.
    """
    height = keep * (triangles[..., axis] - at)
    height = np.where(np.abs(height) < 1e-7, 1e-7, height)  # corners on the plane lie on the side that remains
    above = height > 0
    count = above.sum(axis=1)
    whole = triangles[count == 3]
    crossing = (count == 1) | (count == 2)
    corners, level, up = triangles[crossing], height[crossing], above[crossing]
    lone = np.where(count[crossing] == 1, up.argmax(axis=1), (~up).argmax(axis=1))
    rows = np.arange(len(corners))
    p, q, r = (corners[rows, (lone + step) % 3] for step in range(3))
    hp, hq, hr = (level[rows, (lone + step) % 3][:, None] for step in range(3))
    pq, pr = p + hp / (hp - hq) * (q - p), p + hp / (hp - hr) * (r - p)
    single = up[rows, lone]
    tips = np.stack([p, pq, pr], axis=1)[single]
    rests = np.concatenate([np.stack([pq, q, r], axis=1)[~single], np.stack([pq, r, pr], axis=1)[~single]])
    return np.concatenate([whole, tips, rests]), np.stack([pq, pr], axis=1)


def loops(segments: Floats) -> list[Floats]:
    """Join segments (n, 2, 2) into closed polygons; what does not close is left out."""
    keys = np.round(segments / 1e-3).astype(np.int64)
    ends: dict[tuple[int, ...], list[int]] = {}
    for number, pair in enumerate(keys.tolist()):
        if pair[0] != pair[1]:
            for key in map(tuple, pair):
                ends.setdefault(key, []).append(number)
    left = {number for numbers in ends.values() for number in numbers}
    found: list[Floats] = []
    while left:
        number = left.pop()
        start, here = map(tuple, keys[number].tolist())
        path = [segments[number, 0], segments[number, 1]]
        while here != start:
            following = next((other for other in ends[here] if other in left), None)
            if following is None:
                break
            left.discard(following)
            a, b = map(tuple, keys[following].tolist())
            here, point = (b, segments[following, 1]) if a == here else (a, segments[following, 0])
            path.append(point)
        if here == start and len(path) > 3:
            found.append(np.array(path[:-1]))
    return found
