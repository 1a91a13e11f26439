"""From a STEP file and its selectors to a mesh of quadratic tetrahedra with named bodies and faces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from mechlock.errors import InputError, NoVerdict
from mechlock.inputs.model_cad import Cad
from mechlock.mesh.gmsh_mesher import gmsh_tetrahedra
from mechlock.mesh.mesh import Mesh
from mechlock.mesh.tetrahedra import Sizes, TetMesh, finished, tetrahedra
from mechlock.solids.imported import CadFile, read_step
from mechlock.solids.selecting import Caught, require, select_bodies, select_faces
from mechlock.solids.wall_thickness import Wall, walls

CLOSE_ENOUGH = 0.1
"""Share by which the number of DOF may miss the one asked for."""
TRIES = 6
THROUGH = 0.75
"""By how much edges on walls are made shorter when a mesh has too few elements through one."""
_LARGEST = 1 / 20


@dataclass(frozen=True)
class MeshedCad:
    """The mesh of a STEP file.

    Attributes
    ----------
    file : CadFile
    caught : tuple of Caught
        What each face selector caught.
    tet : TetMesh
        Volume groups: every body, and those that selectors name. Face groups: the selectors', and names of the file's
        own faces.
    size : float
        Longest edge asked of the mesher, mm.
    """

    file: CadFile
    caught: tuple[Caught, ...]
    tet: TetMesh
    size: float


def mesh_step(path: Path, cad: Cad, where: str) -> MeshedCad:
    """Mesh a STEP file.

    Parameters
    ----------
    path : Path
    cad : Cad
    where : str
        The model file, for messages.

    Raises
    ------
    InputError
        When the file cannot be read, or a selector does not catch what it should.
    NoVerdict
        When the mesher fails.
    MissingExtra
        When gmsh is asked for and not installed.
    """
    file = read_step(path)
    caught = select_faces(file, cad)
    require(caught, where)
    try:
        bodies = select_bodies(file, cad)
    except InputError as error:
        raise error.at(where) from None
    sizes = {number: s.size for item in caught if (s := cad.faces[item.name]).size is not None for number in item.faces}
    if cad.through is not None:
        size, tet = _layered(file, cad, cad.through, sizes)
    elif cad.dofs is None:
        size = cad.size or file.diagonal * _LARGEST
        tet = _meshed(file, cad, size, sizes)
    else:
        size, tet = _to_count(file, cad, cad.dofs, sizes)
    return MeshedCad(file, caught, _named(file, tet, caught, bodies), size)


def _layered(file: CadFile, cad: Cad, count: int, sizes: Mapping[int, float]) -> tuple[float, TetMesh]:
    """Make edges on walls shorter until the way from one face to the other takes `count` elements everywhere."""
    size, found = cad.size or file.diagonal * _LARGEST, walls(file)
    if not found:
        raise NoVerdict("no wall was found in the STEP file", mend="leave through out")
    least, thinnest = 0, found[0]
    for step in range(TRIES):
        own = dict(sizes)
        for wall in found:
            most = THROUGH**step * wall.thickness / count
            for face in (wall.face, wall.opposite):
                own[face] = min(own.get(face, most), most)
        tet = _meshed(file, cad, size, own)
        least, thinnest = fewest_through(tet.mesh, found)
        if least >= count:
            return size, tet
    raise NoVerdict(
        f"the wall of {thinnest.thickness:.4g} mm between the {file.faces[thinnest.face].text} and the "
        f"{file.faces[thinnest.opposite].text} has {least} elements through it after {TRIES} meshes",
        mend="ask for fewer, or give its faces a size",
    )


def fewest_through(mesh: Mesh, found: Sequence[Wall]) -> tuple[int, Wall]:
    """Return the least number of element edges from one face of a wall to the other, and of which wall that is.

    Faces that share nodes meet at an edge: what is between them has no thickness of its own.
    """
    cells = mesh.blocks[0].cells[:, :4]
    ends = np.concatenate([cells[:, pair] for pair in combinations(range(4), 2)])
    ones = np.ones(len(ends), np.int8)
    graph = coo_array((ones, (ends[:, 0], ends[:, 1])), shape=(len(mesh.points),) * 2).tocsr()
    corners = np.unique(cells)
    on = {
        number: np.intersect1d(mesh.face_nodes(str(number)), corners) for wall in found for number in (wall.face, wall.opposite)
    }
    counts: list[tuple[int, Wall]] = []
    for wall in found:
        start, end = on[wall.face], on[wall.opposite]
        if len(np.intersect1d(start, end)):
            continue
        steps = dijkstra(graph, directed=False, indices=start, unweighted=True, min_only=True)
        counts.append((int(steps[end].min()), wall))
    return min(counts, key=lambda item: item[0]) if counts else (len(corners), found[0])


def _to_count(file: CadFile, cad: Cad, wanted: int, sizes: Mapping[int, float]) -> tuple[float, TetMesh]:
    """Find the size that gives about `wanted` DOF, by the slope between the last two meshes."""
    size, power = file.diagonal * _LARGEST, 2.5
    tried: list[tuple[float, int]] = []
    best: tuple[float, TetMesh] | None = None
    for _ in range(TRIES):
        tet = _meshed(file, cad, size, sizes)
        dofs = 3 * len(tet.mesh.points)
        if best is None or abs(dofs - wanted) < abs(3 * len(best[1].mesh.points) - wanted):
            best = (size, tet)
        if abs(dofs / wanted - 1) <= CLOSE_ENOUGH:
            return size, tet
        if tried and abs(np.log(tried[-1][0] / size)) > 1e-3:
            power = float(np.clip(np.log(dofs / tried[-1][1]) / np.log(tried[-1][0] / size), 0.5, 3.0))
        tried.append((size, dofs))
        size *= float(np.clip((dofs / wanted) ** (1 / power), 0.2, 5.0))
    assert best is not None
    reached = 3 * len(best[1].mesh.points)
    raise NoVerdict(
        f"no size was found that gives {wanted} DOF; the nearest, {best[0]:.3g} mm, gives {reached}",
        mend=f'write size = "{best[0]:.3g} mm" instead of dofs',
    )


def _meshed(file: CadFile, cad: Cad, size: float, sizes: Mapping[int, float]) -> TetMesh:
    bodies = [str(number) for number in range(len(file.bodies))]
    faces = [str(number) for number in range(len(file.faces))]
    if cad.mesher == "gmsh":
        raw = gmsh_tetrahedra(file, size, sizes, cad.grading)
        return finished(raw, file.path.name, bodies, faces, file.volume)
    for (_, body), number in zip(file.bodies, bodies, strict=True):
        body.name = number
    for face, number in zip(file.faces, faces, strict=True):
        face.shape.name = number
    return tetrahedra(file.shape, Sizes(size, {str(number): own for number, own in sizes.items()}, cad.grading))


def _named(file: CadFile, tet: TetMesh, caught: tuple[Caught, ...], bodies: Mapping[str, tuple[int, ...]]) -> TetMesh:
    mesh = tet.mesh
    groups = {item.name: item.faces for item in caught}
    for number, face in enumerate(file.faces):
        if face.name and face.name not in bodies and face.name not in {item.name for item in caught}:
            groups[face.name] = (*groups.get(face.name, ()), number)
    faces = {name: np.concatenate([mesh.faces[str(number)] for number in numbers]) for name, numbers in groups.items()}
    volumes = {name: np.concatenate([mesh.volumes[str(number)] for number in numbers]) for name, numbers in bodies.items()}
    return replace(tet, mesh=Mesh(mesh.points, mesh.blocks, volumes, faces))
