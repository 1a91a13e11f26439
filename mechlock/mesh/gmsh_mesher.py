"""Quadratic tetrahedra of a STEP file by gmsh (GPL; the extra ``cad``), as a second mesher behind the same interface.

gmsh numbers bodies and faces in its own way; they are found again by centroid and size, and whatever is not found is an
error. Source of the order of nodes: gmsh reference manual, "Node ordering".
"""

from __future__ import annotations

import importlib
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mechlock.errors import MissingExtra, NoVerdict
from mechlock.mesh.tetrahedra import Raw
from mechlock.solids.imported import CadFile

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LIBRARIES = "libglu1-mesa libxcursor1 libxft2 libxinerama1 libxfixes3"
"""Debian's names of the packages that gmsh's wheel wants on the system."""

_GMSH_TO_VTK = [0, 1, 2, 3, 4, 5, 6, 7, 9, 8]
_TET10, _TRIANGLE6 = 11, 9


def gmsh_tetrahedra(file: CadFile, size: float, face_sizes: Mapping[int, float], grading: float) -> Raw:
    """Mesh the bodies of a STEP file.

    Parameters
    ----------
    file : CadFile
    size : float
        Longest edge in mm.
    face_sizes : mapping of int to float
        Longest edge on faces, by their number.
    grading : float
        How fast edges grow away from those faces, 0 to 1.

    Raises
    ------
    MissingExtra
        When gmsh is not installed, or the system lacks the libraries it wants.
    NoVerdict
        When gmsh fails.
    """
    gmsh = _gmsh()
    gmsh.initialize(["mechlock", "-nopopup"], readConfigFiles=False, interruptible=False)
    try:
        gmsh.option.setNumber("General.Terminal", 0)
        gmsh.option.setNumber("General.NumThreads", 1)  # the same mesh every time
        _import(gmsh, file)
        faces = _matched(gmsh, file, 2)
        bodies = _matched(gmsh, file, 3)
        _sizes(gmsh, size, {tag: face_sizes[number] for tag, number in faces.items() if number in face_sizes}, grading)
        gmsh.model.mesh.generate(3)
        gmsh.model.mesh.setOrder(2)
        return _raw(gmsh, faces, bodies)
    except Exception as error:
        if isinstance(error, NoVerdict):
            raise
        raise NoVerdict(f"gmsh could not mesh {file.path.name} ({error})", mend="try another size, or Netgen") from None
    finally:
        gmsh.finalize()


def _gmsh() -> Any:
    try:
        return importlib.import_module("gmsh")
    except ImportError:
        raise MissingExtra("gmsh is not installed", mend='install the extra: pip install "mechlock[cad]"') from None
    except OSError as error:
        raise MissingExtra(f"gmsh cannot be loaded ({error})", mend=f"on Debian install {LIBRARIES}") from None


def _import(gmsh: Any, file: CadFile) -> None:
    """Load the glued bodies, so that both meshers see the same shape."""
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "shape.brep"
        file.shape.WriteBrep(str(path))
        gmsh.model.occ.importShapes(str(path), highestDimOnly=True)
    gmsh.model.occ.synchronize()


def _matched(gmsh: Any, file: CadFile, dimension: int) -> dict[int, int]:
    """Our number of each of gmsh's faces (2) or bodies (3), by its tag."""
    occ = gmsh.model.occ
    shapes = [face.shape for face in file.faces] if dimension == 2 else [body for _, body in file.bodies]
    ours = np.array([[*shape.center, shape.mass ** (1 / dimension)] for shape in shapes])
    found: dict[int, int] = {}
    for _, tag in gmsh.model.getEntities(dimension):
        own = np.array([*occ.getCenterOfMass(dimension, tag), occ.getMass(dimension, tag) ** (1 / dimension)])
        apart = np.linalg.norm(ours - own, axis=1)
        found[tag] = int(np.argmin(apart))
        if apart.min() > 1e-4 * file.diagonal:
            raise NoVerdict(f"gmsh reads another shape of {file.path.name}", mend="use Netgen")
    if sorted(found.values()) != list(range(len(shapes))):
        raise NoVerdict(f"faces of {file.path.name} that lie on each other cannot be told apart", mend="use Netgen")
    return found


def _sizes(gmsh: Any, size: float, faces: Mapping[int, float], grading: float) -> None:
    gmsh.option.setNumber("Mesh.MeshSizeMax", size)
    gmsh.option.setNumber("Mesh.MeshSizeFromCurvature", 16)
    gmsh.option.setNumber("Mesh.HighOrderOptimize", 1)
    fields: list[int] = []
    for tag, wanted in faces.items():
        distance, threshold = gmsh.model.mesh.field.add("Distance"), gmsh.model.mesh.field.add("Threshold")
        gmsh.model.mesh.field.setNumbers(distance, "SurfacesList", [tag])
        reach = max(size - wanted, 0.0) / grading
        values = {
            "InField": distance,
            "SizeMin": min(wanted, size),
            "SizeMax": size,
            "DistMin": wanted,
            "DistMax": wanted + reach,
        }
        for key, value in values.items():
            gmsh.model.mesh.field.setNumber(threshold, key, value)
        fields.append(threshold)
    if fields:
        least = gmsh.model.mesh.field.add("Min")
        gmsh.model.mesh.field.setNumbers(least, "FieldsList", fields)
        gmsh.model.mesh.field.setAsBackgroundMesh(least)


def _raw(gmsh: Any, faces: Mapping[int, int], bodies: Mapping[int, int]) -> Raw:
    tags, coordinates, _ = gmsh.model.mesh.getNodes()
    place = np.full(int(max(tags)) + 1, -1, dtype=np.int64)
    cells, body = _elements(gmsh, 3, bodies, _TET10, 10)
    used = np.unique(cells)
    place[used] = np.arange(len(used))
    points = np.empty((len(place), 3))
    points[np.asarray(tags, np.int64)] = np.asarray(coordinates, np.float64).reshape(-1, 3)
    triangles, face = _elements(gmsh, 2, faces, _TRIANGLE6, 6)
    return Raw(points[used], place[cells][:, _GMSH_TO_VTK], body, place[triangles[:, :3]], face)


def _elements(gmsh: Any, dimension: int, numbers: Mapping[int, int], kind: int, count: int) -> tuple[Ints, Ints]:
    nodes: list[Ints] = []
    owner: list[Ints] = []
    for tag, number in numbers.items():
        found = gmsh.model.mesh.getElementsByType(kind, tag)[1]
        rows = np.asarray(found, np.int64).reshape(-1, count)
        nodes.append(rows)
        owner.append(np.full(len(rows), number))
        if not len(rows):
            raise NoVerdict(f"gmsh left a {'face' if dimension == 2 else 'body'} without elements", mend="use smaller elements")
    return np.concatenate(nodes), np.concatenate(owner)
