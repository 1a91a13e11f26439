"""CAD that was made elsewhere: a STEP file's bodies and faces, with what a selector may ask of a face.

Bodies that touch are glued, so that they share faces. Planes are recognised by their shape, cylinders where the file
describes them as such; what it approximates by splines is a free-form face.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from mechlock.errors import InputError
from mechlock.solids.cad import Solid, kernel, triangles

Floats = NDArray[np.float64]

EXACT = 1e-5
"""Deviation from a plane or cylinder, as a share of the whole file's diagonal, that still counts as one."""


@dataclass(frozen=True)
class CadFace:
    """A face of the file.

    Attributes
    ----------
    kind : str
        ``plane``, ``cylinder`` or ``free``.
    direction : (3,) float array
        Unit normal of a plane, axis of a cylinder (either sense); zero for other faces.
    point : (3,) float array
        On the plane or the axis, nearest to the origin.
    radius, area : float
        mm and mm².
    centre, low, high : (3,) float arrays
        Centroid and the corners of the bounding box.
    name : str
        As the file calls it, or empty.
    bodies : tuple of int
        Of the bodies it bounds; two for a face between glued bodies.
    shape : Solid
        The kernel's face.
    """

    kind: Literal["plane", "cylinder", "free"]
    direction: Floats
    point: Floats
    radius: float
    area: float
    centre: Floats
    low: Floats
    high: Floats
    name: str
    bodies: tuple[int, ...]
    shape: Solid

    @property
    def text(self) -> str:
        """What it is, in words."""
        if self.kind == "cylinder":
            return f"cylinder of diameter {2 * self.radius:.6g} mm"
        if self.kind == "plane" and np.abs(self.direction).max() > 1.0 - 1e-9:
            axis = int(np.abs(self.direction).argmax())
            return f"plane {'xyz'[axis]} = {self.point[axis] + 0.0:.6g} mm"
        return "inclined plane" if self.kind == "plane" else "free-form face"


@dataclass(frozen=True)
class CadFile:
    """A STEP file as bodies and faces.

    Attributes
    ----------
    path : Path
    shape : Solid
        All bodies together.
    bodies : tuple of (name, shape)
        Names are unique; ``body_1`` and so on where the file gives none.
    faces : tuple of CadFace
        Each once.
    """

    path: Path
    shape: Solid
    bodies: tuple[tuple[str, Solid], ...]
    faces: tuple[CadFace, ...]

    @property
    def volume(self) -> float:
        """Volume of all bodies in mm³."""
        return float(sum(body.mass for _, body in self.bodies))

    @cached_property
    def low(self) -> Floats:
        """Low corner of the bounding box."""
        return np.min([face.low for face in self.faces], axis=0)

    @cached_property
    def high(self) -> Floats:
        """High corner of the bounding box."""
        return np.max([face.high for face in self.faces], axis=0)

    @property
    def diagonal(self) -> float:
        """Diagonal of the bounding box in mm."""
        return float(np.linalg.norm(self.high - self.low))

    @cached_property
    def patches(self) -> tuple[tuple[int, ...], ...]:
        """Faces that continue each other across an edge on one plane or cylinder, by number."""
        owner = list(range(len(self.faces)))

        def root(number: int) -> int:
            while owner[number] != number:
                number = owner[number]
            return number

        meeting: dict[Any, list[int]] = {}
        for number, face in enumerate(self.faces):
            for edge in face.shape.edges:
                meeting.setdefault(edge, []).append(number)
        close = self.diagonal * EXACT
        for group in meeting.values():
            for one, other in combinations(group, 2):
                if _one_surface(self.faces[one], self.faces[other], close):
                    owner[root(other)] = root(one)
        found: dict[int, list[int]] = {}
        for number in range(len(self.faces)):
            found.setdefault(root(number), []).append(number)
        return tuple(tuple(group) for group in found.values())


def read_step(path: Path) -> CadFile:
    """Read a STEP file, in mm whatever unit it states.

    Raises
    ------
    InputError
        When the file is missing, is not STEP, or holds no solid body.
    """
    occ = kernel()
    try:
        head = path.read_bytes()[:4096]
    except OSError as error:
        raise InputError(f"the STEP file cannot be read ({error.strerror})", str(path), "check the path") from None
    if b"ISO-10303-21" not in head:
        raise InputError("this is not a STEP file", str(path), "it should begin with ISO-10303-21; export it again")
    try:
        named = _named_solids(occ.OCCGeometry(str(path)))
    except Exception as error:  # noqa: BLE001  the kernel raises its own untyped errors
        raise InputError(f"the STEP file cannot be read ({error})", str(path), "export it again") from None
    if not named:
        raise InputError("the STEP file holds no solid body", str(path), "export solids, not surfaces or sketches")
    names = _body_names([name for name, _ in named])
    solids = [solid for _, solid in named]
    if len(solids) > 1:
        solids = list(occ.Glue(solids).solids)
    if len(solids) != len(names):
        raise InputError(
            f"{len(names)} bodies of the file become {len(solids)} when they are joined",
            str(path),
            "bodies that touch must not overlap",
        )
    shape = solids[0] if len(solids) == 1 else occ.Compound(solids)
    bodies = tuple(zip(names, solids, strict=True))
    return CadFile(path, shape, bodies, _faces(solids))


def _named_solids(geometry: Any) -> list[tuple[str, Solid]]:
    """Solids of a file with the names of their products, or their own."""
    found: list[tuple[str, Solid]] = []

    def walk(node: Any) -> None:
        for child in node.children:
            walk(child)
        solids = [] if node.is_assembly else list(node.shape.solids)
        product = node.name if len(solids) == 1 else ""
        found.extend((solid.name or product or "", solid) for solid in solids)

    walk(geometry.GetAssemblyTree())
    return found or [(solid.name or "", solid) for solid in geometry.shape.solids]


def _body_names(given: list[str]) -> list[str]:
    names: list[str] = []
    for number, name in enumerate(given, start=1):
        wanted, count = name or f"body_{number}", 2
        while wanted in names:
            wanted, count = f"{name}_{count}", count + 1
        names.append(wanted)
    return names


def _faces(solids: list[Solid]) -> tuple[CadFace, ...]:
    owners: dict[Any, list[int]] = {}
    for number, solid in enumerate(solids):
        for face in solid.faces:
            owners.setdefault(face, []).append(number)
    corners = [triangles(face) for face in owners]
    everything = np.concatenate(corners).reshape(-1, 3)
    close = float(np.linalg.norm(np.ptp(everything, axis=0))) * EXACT
    return tuple(_face(face, tuple(owners[face]), own, close) for face, own in zip(owners, corners, strict=True))


def _face(shape: Solid, bodies: tuple[int, ...], corners: Floats, close: float) -> CadFace:
    points = np.unique(corners.reshape(-1, 3), axis=0)
    kind, direction, point, radius = _recognised(shape, points, close)
    low, high = points.min(axis=0), points.max(axis=0)
    name = shape.name or ""
    return CadFace(
        kind, direction, point, radius, float(shape.mass), np.array(list(shape.center)), low, high, name, bodies, shape
    )


def _recognised(shape: Solid, points: Floats, close: float) -> tuple[Literal["plane", "cylinder", "free"], Floats, Floats, float]:
    """Kind of a face, its normal or axis, a point and the radius, by whether `points` on it lie on a plane or cylinder."""
    middle = points.mean(axis=0)
    normal = np.linalg.svd(points - middle, full_matrices=False)[2][2]
    if np.abs((points - middle) @ normal).max() <= close:
        return "plane", normal, (middle @ normal) * normal, 0.0
    found = _as_cylinder(shape)
    if found is not None:
        axis, centre, radius = found
        away = points - centre
        if np.abs(np.linalg.norm(away - np.outer(away @ axis, axis), axis=1) - radius).max() <= close:
            return "cylinder", axis, centre - (centre @ axis) * axis, radius
    return "free", np.zeros(3), middle, 0.0


def _as_cylinder(shape: Solid) -> tuple[Floats, Floats, float] | None:
    """Axis, a point on it and the radius that a face's surface has if it is a cylinder; None where it cannot be one."""
    surface = shape.surf
    try:
        start, _, along = (_vector(found) for found in surface.D1(0.0, 0.0))
        across = _vector(surface.Value(np.pi, 0.0))
    except kernel().OCCException:
        return None  # a surface that is not defined at these parameters
    length, radius = float(np.linalg.norm(along)), float(np.linalg.norm(across - start)) / 2
    return (along / length, (start + across) / 2, radius) if length > 0.0 else None


def _vector(found: Any) -> Floats:
    return np.array([found.x, found.y, found.z])


def _one_surface(one: CadFace, other: CadFace, close: float) -> bool:
    if one.kind != other.kind or one.kind == "free" or abs(one.radius - other.radius) > close:
        return False
    parallel = np.linalg.norm(np.cross(one.direction, other.direction)) <= 1e-6
    return bool(parallel and np.linalg.norm(one.point - other.point) <= close + 1e-6 * np.linalg.norm(one.point))
