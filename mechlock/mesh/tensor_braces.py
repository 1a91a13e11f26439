"""Braces joined to a frame's tensor mesh: their sweeps as further cells, and the pairs of faces that are tied."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mechlock.mesh import topology
from mechlock.mesh.mesh import Block, Mesh
from mechlock.mesh.swept import sweep
from mechlock.mesh.tensor_planes import Grading
from mechlock.solids.frame import FrameSolid
from mechlock.solids.frame_feet import feet

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class WeldedEnd:
    """Two faces that are welded together and whose meshes do not match.

    Attributes
    ----------
    name : str
    master, slave : str
        Face groups: of the frame, and of the brace's end on it.
    """

    name: str
    master: str
    slave: str


def with_braces(
    mesh: Mesh, planes: tuple[Floats, Floats, Floats], cell: Ints, solid: FrameSolid, grading: Grading, *, whole: bool = True
) -> tuple[Mesh, tuple[WeldedEnd, ...]]:
    """Add the braces of a solid to its tensor mesh.

    Parameters
    ----------
    mesh : Mesh
        Of one block.
    planes : three float arrays
    cell : (nx, ny, nz) int array
        Number of the mesh cell at each grid cell, -1 where there is none.
    whole : bool
        Else the solid is a piece of a frame: ends that stand on none of its parts, and mitres, are not welded.

    Returns
    -------
    mesh, welded ends
    """
    points, cells = [mesh.points], [mesh.blocks[0].cells]
    volumes = {name: [rows] for name, rows in mesh.volumes.items()}
    faces, ends = dict(mesh.faces), list[WeldedEnd]()
    n_points, n_cells, before = len(mesh.points), mesh.n_cells, ""
    standing = None if whole else {(foot.piece, foot.end) for foot in feet(solid)}
    for number, brace in enumerate(solid.swept):
        found = sweep(brace, grading)
        own = np.arange(n_cells, n_cells + len(found.cells))
        for name in ("frame", brace.group, brace.name):
            volumes.setdefault(name, []).append(own)
        ending = zip(("start", "end"), found.ends, brace.normals, brace.mitred, strict=True)
        for side, (label, rows, normal, mitred) in enumerate(ending):
            end = WeldedEnd(f"{brace.name}.{label}", f"{brace.name}.{label}_on", f"{brace.name}.{label}")
            faces[end.slave] = rows + [n_cells, 0]
            if standing is not None and (number, side) not in standing:
                continue
            if mitred:
                # the piece before runs on from its end to this one's start; it has the same section there
                ends += [replace(end, master=f"{before}.end")] if label == "start" else []
                continue
            corners = np.array([face[:4] for face in topology.KINDS["hex20"].faces])[rows[:, 1]]
            foot = found.points[np.take_along_axis(found.cells[rows[:, 0]], corners, axis=1).ravel()]
            faces[end.master] = _under(foot, normal, planes, cell)
            ends.append(end)
        before = brace.name
        points.append(found.points)
        cells.append(found.cells + n_points)
        n_points, n_cells = n_points + len(found.points), n_cells + len(found.cells)
    groups = {name: np.concatenate(rows) for name, rows in volumes.items()}
    return Mesh(np.concatenate(points), (Block("hex20", np.concatenate(cells)),), groups, faces), tuple(ends)


def _under(foot: Floats, normal: Floats, planes: tuple[Floats, Floats, Floats], cell: Ints) -> Ints:
    """Exposed element faces on the plane of a brace's foot, over the rectangle that holds the foot."""
    axis = int(np.abs(normal).argmax())
    outward = -int(normal[axis])
    plane = int(np.abs(planes[axis] - foot[0, axis]).argmin())
    inside = plane - 1 if outward > 0 else plane
    beyond = plane if outward > 0 else plane - 1
    index: list[slice | int] = []
    for other in range(3):
        first = np.searchsorted(planes[other], foot[:, other].min() + 1e-9) - 1
        last = np.searchsorted(planes[other], foot[:, other].max() - 1e-9)
        index.append(inside if other == axis else slice(int(first), int(last)))
    layer = cell[tuple(index)]
    exposed = layer >= 0
    if 0 <= beyond < cell.shape[axis]:
        index[axis] = beyond
        exposed &= cell[tuple(index)] < 0
    cells = layer[exposed]
    return np.stack([cells, np.full(len(cells), 2 * axis + (outward > 0))], axis=1)
