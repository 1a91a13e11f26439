"""What makes a frame's mesh a sound one: one piece, and no parts that touch along an edge or a corner only."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from mechlock.errors import InputError
from mechlock.solids.boxes import TOUCHING
from mechlock.solids.frame import FrameSolid
from mechlock.solids.frame_parts import Part

Ints = NDArray[np.int64]


Planes = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]


def refuse_loose_parts(solid: FrameSolid, part: Ints, cell: Ints, planes: Planes) -> None:
    """Refuse frames that fall apart, naming a part that is welded to nothing else.

    Parameters
    ----------
    solid : FrameSolid
    part, cell : (nx, ny, nz) int arrays
        Number of the part and of the mesh cell at each grid cell, -1 where there is none; around holes there is no cell.
    planes : three float arrays
        Of the grid.

    Raises
    ------
    InputError
        Naming the part, its size and its place.
    """
    pairs: list[Ints] = []
    for axis in range(3):
        near, far = np.swapaxes(cell, 0, axis)[:-1], np.swapaxes(cell, 0, axis)[1:]
        both = (near >= 0) & (far >= 0)
        pairs.append(np.stack([near[both], far[both]]))
    links = np.concatenate([*pairs, _swept_links(solid, cell, planes)], axis=1)
    n_cells = int(cell.max()) + 1
    graph = coo_array((np.ones(links.shape[1], dtype=np.int8), (links[0], links[1])), shape=(n_cells, n_cells))
    count, label = connected_components(graph, directed=False)
    if count > 1:
        owner = part[cell >= 0]
        main = np.bincount(label).argmax()
        loose = solid.parts[owner[label != main][0]]
        size = " x ".join(f"{side:g}" for side in np.ptp(loose.envelope, axis=0))
        raise InputError(
            f"{loose.name} ({size} mm from {loose.envelope[0].round(3).tolist()}) is not welded to the rest of the frame",
            loose.entry,
            _missing(loose, [solid.parts[number] for number in np.unique(owner[label == main])]),
        )


def _swept_links(solid: FrameSolid, cell: Ints, planes: Planes) -> Ints:
    """Pairs of cells that a swept member joins, one at either end; shape (2, n)."""
    pairs: list[tuple[int, int]] = []
    held: list[int] = []
    for brace in solid.braces:
        if not brace.mitred[0]:
            held = []
        for end, (normal, mitred) in enumerate(zip(brace.normals, brace.mitred, strict=True)):
            if mitred:
                continue
            loop = brace.section.outlines()[0]
            foot = brace.place(loop, np.full(len(loop), float(end))) + 2 * TOUCHING * normal
            index = [np.searchsorted(axis, foot[:, number]) - 1 for number, axis in enumerate(planes)]
            inside = np.all([(own >= 0) & (own < size) for own, size in zip(index, cell.shape, strict=True)], axis=0)
            under = cell[tuple(own[inside] for own in index)]
            held += np.unique(under[under >= 0]).tolist()
        pairs += [(held[0], other) for other in held[1:]]
    return np.array(pairs, dtype=np.int64).reshape(-1, 2).T


def _missing(loose: Part, rest: list[Part]) -> str:
    """What keeps a loose part from the part that is nearest to it."""
    apart = np.array([np.maximum(other.low.min(axis=0) - loose.high.max(axis=0), loose.low.min(axis=0) - other.high.max(axis=0))
                      for other in rest])  # fmt: skip
    gaps = np.maximum(apart, 0.0)
    nearest = int(np.argmin(np.linalg.norm(gaps, axis=1)))
    gap = gaps[nearest]
    if gap.max() <= TOUCHING:
        return f"it touches {rest[nearest].name} along an edge at most: let a face of 1 mm or more lie on it"
    words = " and ".join(f"{value:g} mm in {axis}" for axis, value in zip("xyz", gap.tolist(), strict=True) if value > TOUCHING)
    return f"{rest[nearest].name} is {words} away: lengthen or move one of them so that they meet"


def refuse_edge_contacts(solid: FrameSolid, part: Ints, planes: tuple[NDArray[np.float64], ...]) -> None:
    """Refuse parts that meet along an edge only: no weld holds there, and a mesh would hinge.

    Raises
    ------
    InputError
        Naming both parts and the place.
    """
    for axis in range(3):
        order = [(axis + 1) % 3, (axis + 2) % 3, axis]
        moved = np.transpose(part, order)
        a, b, c, d = moved[:-1, :-1], moved[:-1, 1:], moved[1:, :-1], moved[1:, 1:]
        first = (a >= 0) & (d >= 0) & (b < 0) & (c < 0)
        second = (b >= 0) & (c >= 0) & (a < 0) & (d < 0)
        place = np.argwhere(first | second)
        if len(place):
            i, j, k = place[0]
            one, other = (a, d) if first[i, j, k] else (b, c)
            names = [solid.parts[corner[i, j, k]] for corner in (one, other)]
            where = {order[0]: planes[order[0]][i + 1], order[1]: planes[order[1]][j + 1], axis: planes[axis][k]}
            at = ", ".join(f"{'xyz'[key]} = {where[key]:g}" for key in sorted(where))
            raise InputError(
                f"{names[0].name} and {names[1].name} touch along an edge only, at {at} mm",
                f"{names[0].entry}, {names[1].entry}",
                "let them overlap in width so that a weld can hold",
            )
