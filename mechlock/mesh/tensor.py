"""Frames as structured quadratic hexahedra: a global tensor grid whose planes are the wall faces.

Cells are kept where they lie in a part, so joints conform by construction, there is one element through a wall, and
the volume of the mesh is that of the solid. Nothing loops over cells.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from mechlock.errors import InputError
from mechlock.mesh import quadrature, shapes, tensor_checks, tensor_holes
from mechlock.mesh.mesh import Block, Mesh
from mechlock.mesh.swept import sides
from mechlock.mesh.tensor_braces import WeldedEnd, with_braces
from mechlock.mesh.tensor_cells import filled, plane_index
from mechlock.mesh.tensor_planes import DEFAULT, Grading, grid_planes
from mechlock.solids.boxes import TOUCHING
from mechlock.solids.frame import FrameSolid
from mechlock.solids.frame_mitres import mitred_ends
from mechlock.solids.frame_parts import Face

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_PLANES = 2000
"""Planes of one axis above which the size asked for is refused."""

_CORNERS = np.array([[0, 0, 0], [2, 0, 0], [2, 2, 0], [0, 2, 0], [0, 0, 2], [2, 0, 2], [2, 2, 2], [0, 2, 2]])
_EDGES = np.array([[0, 1], [1, 2], [2, 3], [3, 0], [4, 5], [5, 6], [6, 7], [7, 4], [0, 4], [1, 5], [2, 6], [3, 7]])
_LOCAL = np.concatenate([_CORNERS, (_CORNERS[_EDGES[:, 0]] + _CORNERS[_EDGES[:, 1]]) // 2])


@dataclass(frozen=True)
class TensorMesh:
    """A frame's mesh with the grid that it was cut from.

    Attributes
    ----------
    mesh : Mesh
        One block of ``hex20`` or ``hex8i``: the grid's cells, those around round holes, the braces'. Volume groups: ``frame``,
        every gauge group, every part.
        Face groups: the solid's, the surfaces of holes, and both sides of every brace's ends.
    planes : three float arrays
        Coordinates of the grid planes.
    part : (nx, ny, nz) int array
        Number of the part that fills a grid cell, -1 where there is none; the square around a hole counts as filled.
    cell : (nx, ny, nz) int array
        Number of the mesh cell at a grid cell, -1 where there is none.
    curved : (n,) int array
        Numbers of the mesh cells around holes.
    sides : int
        Cells round a tube.
    solid : FrameSolid
    welded : tuple of WeldedEnd
        Ends of braces, whose faces are to be tied.
    """

    mesh: Mesh
    planes: tuple[Floats, Floats, Floats]
    part: Ints
    cell: Ints
    solid: FrameSolid
    welded: tuple[WeldedEnd, ...] = ()
    curved: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    sides: int = 0

    @property
    def volume(self) -> float:
        """Volume of all cells in mm³."""
        x, y, z = (np.diff(planes) for planes in self.planes)
        grid = float(np.einsum("ijk,i,j,k->", (self.cell >= 0).astype(np.float64), x, y, z))
        return grid + self._curved_volume() + sum(part.volume for part in self.solid.swept)

    def _curved_volume(self) -> float:
        block = self.mesh.blocks[0]
        xi, weights = quadrature.full_points(block.kind)
        nodes = self.mesh.points[block.cells[self.curved]]
        jacobians = np.einsum("cni,pnj->cpij", nodes, shapes.gradients(block.kind, xi))
        return float((np.linalg.det(jacobians) @ weights).sum())


def tensor_mesh(solid: FrameSolid, grading: Grading = DEFAULT) -> TensorMesh:
    """Mesh a frame on its tensor grid.

    Parameters
    ----------
    solid : FrameSolid
    grading : Grading
        `tensor_planes.QUICK`, `DEFAULT`, `REFINED` or one of your own.

    Raises
    ------
    InputError
        When parts do not hang together, touch along an edge only, or a named face is covered; the parts are named.
    """
    if not grading.size > 0 or not grading.growth > 1:
        raise InputError(
            f"size {grading.size:g} mm with growth {grading.growth:g}", "mesh", "size must be positive, growth above 1"
        )
    grid = tensor_grid(solid, grading)
    try:
        tensor_checks.refuse_loose_parts(solid, grid.part, grid.cell, grid.planes)
        tensor_checks.refuse_edge_contacts(solid, grid.part, grid.planes)
        faces = _face_groups(solid, grid.planes, grid.part, grid.cell)
    except InputError as error:
        raise error.at(solid.where) if solid.where else error from None
    mesh, welded = with_braces(replace(grid.mesh, faces={**faces, **grid.mesh.faces}), grid.planes, grid.cell, solid, grading)
    return replace(grid, mesh=mesh if grading.quadratic else _corners_only(mesh), welded=welded)


def _corners_only(mesh: Mesh) -> Mesh:
    """The same hexahedra with eight nodes, which carry assumed stress."""
    used, cells = np.unique(mesh.blocks[0].cells[:, :8], return_inverse=True)
    return replace(mesh, points=mesh.points[used], blocks=(Block("hex8i", cells.reshape(-1, 8)),))


def tensor_grid(solid: FrameSolid, grading: Grading) -> TensorMesh:
    """Mesh the boxes of a solid with their holes: without its named faces and braces, and though they may not hang together.

    Raises
    ------
    InputError
        When the size asks for too many planes.
    """
    planes = grid_planes(solid, grading)
    counts = [len(axis) - 1 for axis in planes]
    if max(counts) > MOST_PLANES:
        raise InputError(
            f"size {grading.size:g} mm needs {max(counts)} planes", "mesh", f"use a larger size; at most {MOST_PLANES}"
        )
    part = filled(solid, planes).part
    meshed = part >= 0
    for hole in solid.holes:
        meshed[tensor_holes.square_cells(hole, planes)] = False
    cells = np.argwhere(meshed)
    cell = np.full(part.shape, -1, dtype=np.int64)
    cell[tuple(cells.T)] = np.arange(len(cells))
    points, nodes = _number(cells, planes)
    owner, rings = _sides(solid, planes, cells, part), [tensor_holes.ring(hole, planes) for hole in solid.holes]
    if not rings:
        mesh = Mesh(points, (Block("hex20", nodes),), _volume_groups(solid, owner), {})
        return TensorMesh(mesh, planes, part, cell, solid, sides=sides(grading))
    points, more = tensor_holes.joined(points, rings)
    counts = [len(ring.cells) for ring in rings]
    owners = np.repeat([number for number, own in enumerate(solid.parts) for _ in own.holes], counts)
    starts = len(cells) + np.cumsum([0, *counts[:-1]])
    faces = {hole.name: ring.inner + [start, 0] for hole, ring, start in zip(solid.holes, rings, starts, strict=True)}
    groups = _volume_groups(solid, np.concatenate([owner, owners]))
    mesh = Mesh(points, (Block("hex20", np.concatenate([nodes, more])),), groups, faces)
    curved = np.arange(len(cells), len(cells) + len(more))
    return TensorMesh(mesh, planes, part, cell, solid, curved=curved, sides=sides(grading))


def _sides(solid: FrameSolid, planes: tuple[Floats, Floats, Floats], cells: Ints, part: Ints) -> Ints:
    """Part of each of `cells` (n, 3), of mitred members the one on whose side of their plane its middle stands."""
    owner = part[tuple(cells.T)]
    numbers = {item.name: number for number, item in enumerate(solid.parts)}
    middles = [(axis[:-1] + axis[1:]) / 2 for axis in planes]
    for item, mitre, other in mitred_ends(solid.parts):
        own = np.flatnonzero(owner == numbers[item.name])
        centres = np.stack([middle[cells[own, axis]] for axis, middle in enumerate(middles)], axis=1)
        owner[own[(centres - mitre.point) @ mitre.normal > TOUCHING]] = numbers[other.name]
    return owner


def _number(cells: Ints, planes: tuple[Floats, Floats, Floats]) -> tuple[Floats, Ints]:
    """Points and connectivity of hex20 cells at the grid cells `cells` (n, 3)."""
    shape = [2 * len(axis) - 1 for axis in planes]
    doubled = 2 * cells[:, None, :] + _LOCAL[None]
    keys = np.ravel_multi_index(tuple(np.moveaxis(doubled, 2, 0)), shape)
    used, inverse = np.unique(keys, return_inverse=True)
    places = np.stack(np.unravel_index(used, shape), axis=1)
    points = np.empty((len(used), 3))
    for axis, coordinates in enumerate(planes):
        halves = np.empty(2 * len(coordinates) - 1)
        halves[::2], halves[1::2] = coordinates, (coordinates[:-1] + coordinates[1:]) / 2
        points[:, axis] = halves[places[:, axis]]
    return points, inverse.reshape(keys.shape)


def _volume_groups(solid: FrameSolid, owner: Ints) -> dict[str, Ints]:
    """Cells of the whole frame, of each gauge group and of each part; `owner` is the part of each cell."""
    group_names = tuple(dict.fromkeys(part.group for part in solid.parts))
    group_of = np.array([group_names.index(part.group) for part in solid.parts])
    groups = {"frame": np.arange(len(owner), dtype=np.int64)}
    for names, labels in ((group_names, group_of[owner]), ([part.name for part in solid.parts], owner)):
        order = np.argsort(labels, kind="stable")
        starts = np.searchsorted(labels[order], np.arange(len(names) + 1))
        groups |= {name: order[a:b] for name, a, b in zip(names, starts[:-1], starts[1:], strict=True)}
    return groups


def _face_groups(solid: FrameSolid, planes: tuple[Floats, Floats, Floats], part: Ints, cell: Ints) -> dict[str, Ints]:
    found: dict[str, list[Ints]] = {}
    numbers = {item.name: number for number, item in enumerate(solid.parts)}
    for face in solid.faces:
        found.setdefault(face.name, []).append(_exposed(face, numbers[face.part], planes, part, cell))
    for name, pieces in found.items():
        if not sum(len(piece) for piece in pieces):
            place = next(face for face in solid.faces if face.name == name)
            span = f"{place.low.round(3).tolist()} to {place.high.round(3).tolist()}"
            raise InputError(
                f"the face {name!r}, {span} mm, is covered by other parts",
                solid.parts[numbers[place.part]].entry,
                "move it or what covers it",
            )
    return {name: np.concatenate(pieces) for name, pieces in found.items()}


def _exposed(face: Face, owner: int, planes: tuple[Floats, Floats, Floats], part: Ints, cell: Ints) -> Ints:
    """Element faces in the rectangle of `face` that belong to part `owner` and have nothing before them."""
    ranges = [slice(int(plane_index(planes[a], face.low[a])), int(plane_index(planes[a], face.high[a]))) for a in range(3)]
    plane = ranges[face.axis].start
    inside = plane - 1 if face.outward > 0 else plane
    beyond = plane if face.outward > 0 else plane - 1
    layer = tuple(inside if axis == face.axis else ranges[axis] for axis in range(3))
    own = (part[layer] == owner) & (cell[layer] >= 0)
    if 0 <= beyond < part.shape[face.axis]:
        own &= part[tuple(beyond if axis == face.axis else ranges[axis] for axis in range(3))] < 0
    cells = cell[layer][own]
    return np.stack([cells, np.full(len(cells), 2 * face.axis + (face.outward > 0))], axis=1)
