"""Quality of a mesh: Jacobians of the curved cells, aspect, pieces that hang together, duplicate nodes, free faces.

What makes every result wrong is refused; what is only doubtful is reported as a warning.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from mechlock.errors import InputError
from mechlock.mesh import quadrature, shapes
from mechlock.mesh.extents import sizes, used_nodes
from mechlock.mesh.mesh import Block, Mesh
from mechlock.mesh.surface import boundary_faces, lying_together
from mechlock.mesh.topology import KINDS

Floats = NDArray[np.float64]

SAME_PLACE = 1e-7
"""Nodes closer than this fraction of the mesh's size are at the same place."""

SLIVER = 0.02
"""Least Jacobian over greatest in a cell below which it is called a sliver."""

LONG = 100.0

PANEL = 10.0
"""Cells of serendipity kinds that are so many times as long and as wide as thick bend too stiffly where a panel has few of them.

Clamped square plate with all sides cut in 8 such cells: 12.5 times as long as thick, hex20 are 11 % too stiff, hex27 6 %;
50 times, hex20 28 %, wedge15 81 %, hex27 7 %.
"""
_THROUGH = {"hex20": 4, "wedge15": 3}
_ASKEW = np.array([0.5477, 0.3113, 0.7766])
_CHUNK = 8192


@dataclass(frozen=True)
class Quality:
    """What was found.

    Attributes
    ----------
    cells : dict of str to int
        Number of cells by kind.
    volume : float
        mm³.
    least_jacobian_ratio : float
        Least over greatest Jacobian determinant within a cell, the worst cell's.
    greatest_aspect : float
        Longest over shortest edge of a cell, the worst cell's.
    slivers : int
        Cells with a Jacobian ratio below `SLIVER`.
    pieces : int
        Sets of cells that share no node with each other.
    duplicate_nodes : int
        Nodes at the place of another node.
    free_faces : int
        Faces that belong to one cell only: the surface.
    touching_faces : int
        Free faces that lie on another free face: cells meet there that are not joined.
    warnings : tuple of str
    """

    nodes: int
    cells: dict[str, int]
    volume: float
    least_jacobian_ratio: float
    greatest_aspect: float
    slivers: int
    pieces: int
    duplicate_nodes: int
    free_faces: int
    touching_faces: int
    warnings: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain objects for results."""
        return {
            "least_jacobian_ratio": self.least_jacobian_ratio,
            "greatest_aspect": self.greatest_aspect,
            "slivers": self.slivers,
            "pieces": self.pieces,
            "duplicate_nodes": self.duplicate_nodes,
            "free_faces": self.free_faces,
            "touching_faces": self.touching_faces,
            "warnings": list(self.warnings),
        }


def check_mesh(mesh: Mesh) -> Quality:
    """Examine a mesh.

    Raises
    ------
    InputError
        When coordinates are not finite, a cell names a node twice or is inside out or flat, or there are no cells.
    """
    if not mesh.n_cells:
        raise InputError("the mesh has no cells", mend="check the mesh file")
    if any(block.cells.min() < 0 or block.cells.max() >= len(mesh.points) for block in mesh.blocks if block.cells.size):
        raise InputError("cells refer to nodes that are not there", mend="check the mesh file")
    used = used_nodes(mesh)
    if not np.all(np.isfinite(mesh.points[used])):
        bad = used[~np.isfinite(mesh.points[used]).all(axis=1)]
        raise InputError(f"the coordinates of {len(bad)} nodes are not finite (node {int(bad[0])})", mend="repair the mesh")
    volume, ratio, aspect = 0.0, [], []
    for block, straight in zip(mesh.blocks, mesh.straight, strict=True):
        _refuse_repeated(block)
        least, greatest, size = _jacobians(mesh, block, one=bool(straight.all()))
        _refuse_inverted(mesh, block, least)
        ratio.append(least / greatest)
        aspect.append(_aspect(mesh, block))
        volume += size
    ratios, aspects = np.concatenate(ratio), np.concatenate(aspect)
    pieces, duplicates = _pieces(mesh), _duplicates(mesh.points[used])
    panels = {block.kind: _panels(mesh, block) for block in mesh.blocks if block.kind in _THROUGH}
    slivers = int((ratios < SLIVER).sum())
    free = boundary_faces(mesh)
    touching = lying_together(mesh, free, SAME_PLACE * float(np.ptp(mesh.points[used], axis=0).max())) if duplicates else 0
    cells = {block.kind: len(block.cells) for block in mesh.blocks}
    return Quality(
        len(used), cells, volume, float(ratios.min()), float(aspects.max()), slivers, pieces, duplicates, len(free), touching,
        _warnings(cells, float(aspects.max()), slivers, pieces, duplicates, touching, panels),
    )  # fmt: skip


def _refuse_repeated(block: Block) -> None:
    ordered = np.sort(block.cells, axis=1)
    repeated = (ordered[:, 1:] == ordered[:, :-1]).any(axis=1)
    if repeated.any():
        raise InputError(
            f"{int(repeated.sum())} {block.kind} cells name a node twice (the first is cell {int(np.argmax(repeated))})",
            mend="remove collapsed cells from the mesh",
        )


def _jacobians(mesh: Mesh, block: Block, *, one: bool) -> tuple[Floats, Floats, float]:
    """Least and greatest Jacobian determinant of each cell, over integration points and corners, and the volume.

    Cells that have but one are asked at one point.
    """
    xi, weights = quadrature.full_points(block.kind)
    corners = shapes.reference_nodes(block.kind)[: KINDS[block.kind].n_corners]
    places = xi[:1] if one else np.concatenate([xi, corners])
    weights = weights.sum(keepdims=True) if one else weights
    table = shapes.gradients(block.kind, places).transpose(1, 0, 2).reshape(block.cells.shape[1], -1)
    least, greatest, volume = np.empty(len(block.cells)), np.empty(len(block.cells)), 0.0
    for start in range(0, len(block.cells), _CHUNK):
        part = slice(start, start + _CHUNK)
        nodes = mesh.points[block.cells[part]].transpose(0, 2, 1)
        flat = nodes.reshape(-1, block.cells.shape[1]) @ table
        (a, b, c), (d, e, f), (g, h, i) = np.moveaxis(flat.reshape(len(nodes), 3, -1, 3), (1, 3), (0, 1))
        determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
        least[part], greatest[part] = determinant.min(axis=1), np.abs(determinant).max(axis=1)
        volume += float((determinant[:, : len(weights)] @ weights).sum())
    return least, greatest, volume


def _refuse_inverted(mesh: Mesh, block: Block, least: Floats) -> None:
    size = sizes(mesh.points, block.cells)
    bad = ~(least > 1e-12 * size**3)
    if not bad.any():
        return
    first = int(np.argmax(bad))
    where = ", ".join(f"{value:g}" for value in mesh.points[block.cells[first]].mean(axis=0))
    whole = "all of them: the node order may be mirrored" if bad.all() else "remesh there, or straighten the curved edges"
    raise InputError(
        f"{int(bad.sum())} of {len(bad)} {block.kind} cells are inside out or flat (the first near ({where}) mm)", mend=whole
    )


def _aspect(mesh: Mesh, block: Block) -> Floats:
    shortest, longest = np.full(len(block.cells), np.inf), np.zeros(len(block.cells))
    for first, second, _ in KINDS[block.kind].edges:
        along = mesh.points.take(block.cells[:, second], axis=0) - mesh.points.take(block.cells[:, first], axis=0)
        squared = np.einsum("ci,ci->c", along, along)
        np.minimum(shortest, squared, out=shortest)
        np.maximum(longest, squared, out=longest)
    return np.sqrt(longest / shortest)


def _panels(mesh: Mesh, block: Block) -> int:
    """Number of cells that are long and wide against their thickness: all edges but those through it are."""
    corners = mesh.points[block.cells]
    edges = [corners[:, second] - corners[:, first] for first, second, _ in KINDS[block.kind].edges]
    lengths = np.sort(np.linalg.norm(edges, axis=2), axis=0)
    return int((lengths[_THROUGH[block.kind]] > PANEL * lengths[0]).sum())


def _pieces(mesh: Mesh) -> int:
    """Number of sets of cells that share no node."""
    from scipy.sparse.csgraph import connected_components  # takes a tenth of a second to load

    rows, columns = [], []
    for start, block in zip(mesh.offsets, mesh.blocks, strict=False):
        corners = block.cells[:, : KINDS[block.kind].n_corners]
        rows.append(np.repeat(np.arange(start, start + len(corners)), corners.shape[1]))
        columns.append(corners.ravel())
    row, column = np.concatenate(rows), np.concatenate(columns)
    size = mesh.n_cells + len(mesh.points)
    graph = sparse.coo_array((np.ones(len(row), np.int8), (row, column + mesh.n_cells)), shape=(size, size))
    _, labels = connected_components(graph, directed=False)
    return int(np.count_nonzero(np.bincount(labels[: mesh.n_cells])))


def _duplicates(points: Floats) -> int:
    """Number of nodes at the place of another one."""
    distance = SAME_PLACE * float(np.ptp(points, axis=0).max())
    # points at one place are neighbours along any line; along one that no mesh is aligned with, hardly any others are
    along = points @ _ASKEW
    order = np.argsort(along)
    along, second = along[order], [np.zeros(0, np.int64)]
    for step in range(1, len(points)):
        near = np.flatnonzero(along[step:] - along[:-step] <= distance)
        if not len(near):
            break
        one, two = order[near], order[near + step]
        same = np.linalg.norm(points[one] - points[two], axis=1) <= distance
        second.append(np.maximum(one, two)[same])
    return len(np.unique(np.concatenate(second)))


def _warnings(
    cells: dict[str, int], aspect: float, slivers: int, pieces: int, duplicates: int, touching: int, panels: dict[str, int]
) -> tuple[str, ...]:
    found = []
    for kind in cells:
        if KINDS[kind].order == 1 and kind != "hex8i":
            other = ", or C3D8I (hex8i)" if kind == "hex8" else ""
            found.append(f"{kind} cells are too stiff in bending (locking): use quadratic cells{other}")
    for kind, count in panels.items():
        if count:
            found.append(
                f"{count} {kind} cells are over {PANEL:g} times as long and wide as thick, and may bend too stiffly: "
                "use smaller ones, hex27 or C3D8I (hex8i)"
            )
    if pieces > 1:
        found.append(f"the mesh falls into {pieces} pieces that share no nodes")
    if duplicates:
        faces = f", and {touching} free faces on one another" if touching else ""
        found.append(f"{duplicates} nodes lie on others{faces}: parts that touch there are joined only where the model ties them")
    if slivers:
        found.append(f"{slivers} cells are badly distorted (Jacobian ratio below {SLIVER:g})")
    if aspect > LONG:
        found.append(f"a cell is {aspect:.0f} times as long as thick")
    return tuple(found)
