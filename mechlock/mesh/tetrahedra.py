"""Quadratic tetrahedra of CAD solids (Netgen), with their named faces and curved edges kept.

Mid-edge nodes on a curved surface lie on that surface, so that bores are round; every Jacobian is checked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mechlock.errors import NoVerdict
from mechlock.mesh import quadrature, shapes, topology
from mechlock.mesh.mesh import Block, Mesh
from mechlock.solids.cad import alone, kernel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_NETGEN_TO_VTK = [0, 1, 2, 3, 4, 7, 5, 6, 8, 9]
"""Netgen orders mid-edge nodes 01 02 03 12 13 23, VTK 01 12 20 03 13 23."""
_MIRROR = [1, 0, 2, 3, 4, 6, 5, 8, 7, 9]
"""Exchange the first two corners of a tet10 in VTK order."""


MIN_DISTORTION = 0.15
"""Least ratio of Jacobian determinants within a cell before its edges are made straight."""


@dataclass(frozen=True)
class Sizes:
    """Element sizes in mm.

    Attributes
    ----------
    volume : float
        Greatest edge anywhere.
    faces : mapping of str to float
        Greatest edge on the faces of that name.
    grading : float
        How fast edges may grow from one to the next (Netgen's measure, 0 to 1).
    """

    volume: float
    faces: Mapping[str, float] = field(default_factory=dict)
    grading: float = 0.4


@dataclass(frozen=True)
class TetMesh:
    """A mesh of one solid, or of several that share faces, with its quality.

    Attributes
    ----------
    mesh : Mesh
        tet10; volume groups are the solids' names, face groups are the names of their faces.
    volume : float
        Integrated over the curved elements, mm³.
    cad_volume : float
        Of the solids, mm³.
    least_jacobian : float
        Least over greatest determinant within one element, worst element (1 for straight elements).
    worst_shape : float
        Worst ratio 6 sqrt(2) V / l_rms³ of the corner tetrahedra (1 for a regular one).
    straightened : int
        Cells whose edges were made straight because their curvature distorted them too much.
    """

    mesh: Mesh
    volume: float
    cad_volume: float
    least_jacobian: float
    worst_shape: float
    straightened: int


@dataclass(frozen=True)
class Raw:
    """What a mesher returns, before it is checked.

    Attributes
    ----------
    points : (n_points, 3) float array
    cells : (n_cells, 10) int array
        In VTK order.
    body : (n_cells,) int array
        Number of the solid that each cell lies in.
    triangles, face : (n, 3) and (n,) int arrays
        Corners of the surface's triangles, and the number of the CAD face that each lies on.
    """

    points: Floats
    cells: Ints
    body: Ints
    triangles: Ints
    face: Ints


@alone
def tetrahedra(solid: Any, sizes: Sizes) -> TetMesh:
    """Mesh one solid of the CAD kernel, or a compound of solids that share faces.

    Parameters
    ----------
    solid : netgen.occ.TopoDS_Shape
        With names on its faces.
    sizes : Sizes

    Raises
    ------
    NoVerdict
        When the mesher fails, or an element is turned inside out.
    """
    for face in solid.faces:
        face.maxh = min(sizes.faces.get(face.name or "", sizes.volume), sizes.volume)
    solids = list(solid.solids)
    names = [part.name or f"body_{number}" for number, part in enumerate(solids, start=1)] or ["surface"]
    name = ", ".join(names[:4])
    try:
        netgen = kernel().OCCGeometry(solid).GenerateMesh(maxh=sizes.volume, grading=sizes.grading, optsteps2d=1, optsteps3d=1)
        netgen.SecondOrder()
    except Exception as error:  # noqa: BLE001  the kernel raises its own untyped errors
        raise NoVerdict(f"the part {name!r} could not be meshed ({error})", mend="try another element size") from None
    table, surface = netgen.Elements3D().NumPy(), netgen.Elements2D().NumPy()
    if not len(table):
        raise NoVerdict(f"the part {name!r} could not be meshed (no elements)", mend="try another element size")
    raw = Raw(
        np.array(netgen.Coordinates(), dtype=np.float64),
        np.asarray(table["nodes"], dtype=np.int64)[:, :10][:, _NETGEN_TO_VTK] - 1,
        np.asarray(table["index"], dtype=np.int64) - 1,
        np.asarray(surface["nodes"], dtype=np.int64)[:, :3] - 1,
        np.asarray(surface["index"], dtype=np.int64) - 1,
    )
    faces = [netgen.GetBCName(number) for number in range(int(raw.face.max(initial=-1)) + 1)]
    return finished(raw, name, names, faces, float(solid.mass))


def finished(raw: Raw, name: str, bodies: Sequence[str], faces: Sequence[str], cad_volume: float) -> TetMesh:
    """Check a mesher's elements, straighten what is too badly curved, and name bodies and faces.

    Parameters
    ----------
    raw : Raw
    name : str
        For messages.
    bodies, faces : sequence of str
        Group of each solid and of each CAD face, by number; groups may have several.
    cad_volume : float

    Raises
    ------
    NoVerdict
        When an element is turned inside out, or points belong to none.
    """
    cells = _oriented(raw.points, raw.cells)
    points, cells = _compact(raw.points, cells)
    groups = _face_groups(raw.triangles, raw.face, faces, cells, len(points))
    points, straightened = _straighten(points, cells)
    labels = np.array(bodies)[raw.body]
    volumes = {body: np.flatnonzero(labels == body) for body in dict.fromkeys(bodies)}
    mesh = Mesh(points, (Block("tet10", cells),), volumes, groups)
    rule, weights = quadrature.full_points("tet10")
    volume = float((_determinants(points, cells, np.asarray(rule, np.float64)) @ weights).sum())
    least = _distortion(points, cells)
    if least.min() <= 0.0:
        bad = np.count_nonzero(least <= 0.0)
        raise NoVerdict(
            f"{bad} elements of the part {name!r} are turned inside out", mend="use smaller elements on its curved faces"
        )
    shape = float(_shape(points, cells).min())
    return TetMesh(mesh, volume, cad_volume, float(least.min()), shape, straightened)


def _compact(points: Floats, cells: Ints) -> tuple[Floats, Ints]:
    """Leave out points that no element uses."""
    used = np.unique(cells)
    if len(used) == len(points):
        return points, cells
    raise NoVerdict(f"{len(points) - len(used)} points of the mesh belong to no element", mend="try another element size")


def _oriented(points: Floats, cells: Ints) -> Ints:
    corners = points[cells[:, :4]]
    volume = np.einsum(
        "ij,ij->i", corners[:, 3] - corners[:, 0], np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    )
    return np.where((volume < 0.0)[:, None], cells[:, _MIRROR], cells)


def _face_groups(triangles: Ints, number: Ints, names: Sequence[str], cells: Ints, n_points: int) -> dict[str, Ints]:
    """Find each surface triangle among the faces of the elements, and group them by the name of their CAD face."""
    corners = np.sort(triangles, axis=1)
    local = np.array([face[:3] for face in topology.KINDS["tet10"].faces])
    of_cells = np.sort(cells[:, local].reshape(-1, 3), axis=1)
    n = np.int64(n_points)

    def key(rows: Ints) -> Ints:
        return (rows[:, 0] * n + rows[:, 1]) * n + rows[:, 2]

    keys = key(of_cells)
    order = np.argsort(keys)
    place = order[np.clip(np.searchsorted(keys[order], key(corners)), 0, len(order) - 1)]
    if not np.array_equal(keys[place], key(corners)):
        raise NoVerdict("the mesh's surface does not bound its elements", mend="try another element size")
    rows = np.stack([place // 4, place % 4], axis=1)
    labels = np.array(names)[number]
    return {name: rows[labels == name] for name in sorted(set(names))}


def _determinants(points: Floats, cells: Ints, xi: Floats) -> Floats:
    """Return the Jacobian determinants of every cell at `xi`; shape (n_cells, n_xi)."""
    gradients = shapes.gradients("tet10", xi)
    jacobians = np.einsum("cni,qnj->cqij", points[cells], gradients, optimize=True)
    return np.einsum("...i,...i->...", jacobians[..., 0], np.cross(jacobians[..., 1], jacobians[..., 2]))


def _distortion(points: Floats, cells: Ints) -> Floats:
    """Return for every cell the least over the greatest determinant at its nodes and integration points."""
    at = np.asarray(np.concatenate([quadrature.full_points("tet10")[0], shapes.reference_nodes("tet10")]), np.float64)
    determinants = _determinants(points, cells, at)
    return determinants.min(axis=1) / np.abs(determinants).max(axis=1)


def _straighten(points: Floats, cells: Ints) -> tuple[Floats, int]:
    """Put the mid-edge nodes of badly curved cells half-way between their corners; return how many cells."""
    bad = _distortion(points, cells) < MIN_DISTORTION
    if not bad.any():
        return points, 0
    moved = points.copy()
    for first, second, middle in topology.KINDS["tet10"].edges:
        moved[cells[bad, middle]] = (points[cells[bad, first]] + points[cells[bad, second]]) / 2.0
    return moved, int(np.count_nonzero(bad))


def _shape(points: Floats, cells: Ints) -> Floats:
    corners = points[cells[:, :4]]
    edges = np.array([(0, 1), (1, 2), (2, 0), (0, 3), (1, 3), (2, 3)])
    squares = ((corners[:, edges[:, 0]] - corners[:, edges[:, 1]]) ** 2).sum(axis=2)
    volume = np.abs(np.linalg.det(corners[:, 1:] - corners[:, :1])) / 6.0
    return 6.0 * np.sqrt(2.0) * volume / np.sqrt(squares.mean(axis=1)) ** 3
