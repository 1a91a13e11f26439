"""Frames as STEP files, through Netgen's OpenCASCADE kernel: one named and coloured solid for each part."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from mechlock.errors import InputError, NoVerdict
from mechlock.solids.boxes import Floats
from mechlock.solids.frame import FrameSolid
from mechlock.solids.frame_gussets import Gusset
from mechlock.solids.frame_parts import Part, RoundHole
from mechlock.solids.swept_part import SweptPart

STEEL_COLOURS = {
    "hollow": (0.42, 0.52, 0.62),
    "open": (0.36, 0.46, 0.44),
    "plate": (0.72, 0.76, 0.80),
    "block": (0.85, 0.55, 0.25),
}


def part_shape(part: Part) -> Any:
    """Make the OpenCASCADE solid of one part, named and coloured.

    Raises
    ------
    NoVerdict
        When the kernel does not return one closed solid of the part's volume.
    """
    from netgen.occ import Box, Fuse, HalfSpace, Pnt, Vec  # pyright: ignore[reportAttributeAccessIssue]

    def box(low: Floats, high: Floats) -> Any:
        return Box(Pnt(*(float(value) for value in low)), Pnt(*(float(value) for value in high)))

    low, high = _uncut(part)
    if part.kind == "hollow":
        wall = np.full(3, part.thickness)
        wall[part.axis] = -1.0
        shape = box(*part.envelope) - box(part.envelope[0] + wall, part.envelope[1] - wall)
    elif len(low) == 1:
        shape = box(low[0], high[0])
    else:
        shape = Fuse([box(*corners) for corners in zip(low, high, strict=True)]).UnifySameDomain()
    for mitre in part.mitres:
        shape = shape * HalfSpace(Pnt(*mitre.point.tolist()), Vec(*mitre.normal.tolist()))
    for hole in part.holes:
        shape = shape - _cylinder(hole)
    return _checked(shape, part.name, part.volume, STEEL_COLOURS[part.kind])


def _uncut(part: Part) -> tuple[Floats, Floats]:
    """Boxes of a part as far as its envelope at ends that are cut on a slant."""
    low, high = part.low.copy(), part.high.copy()
    for mitre in part.mitres:
        (high if mitre.end else low)[:, part.axis] = part.envelope[mitre.end, part.axis]
    return low, high


def _cylinder(hole: RoundHole) -> Any:
    """The cylinder of a hole, a little longer than the wall is thick, its mantle named."""
    from netgen.occ import Cylinder, Dir, Pnt  # pyright: ignore[reportAttributeAccessIssue]

    along = np.eye(3)[hole.axis]
    start = hole.centre - 0.75 * hole.depth * along
    return Cylinder(Pnt(*start.tolist()), Dir(*along.tolist()), hole.radius, 1.5 * hole.depth, mantle=hole.name)


def _checked(shape: Any, name: str, volume: float, colour: tuple[float, float, float]) -> Any:
    """Name and colour the one solid of a shape; refuse anything else than one solid of the right volume."""
    solids = list(shape.solids)
    if len(solids) != 1 or abs(shape.mass / volume - 1) > 1e-9:
        raise NoVerdict(f"the CAD kernel made {len(solids)} solids of {name}, {shape.mass:.6g} mm³ of {volume:.6g} mm³")
    solid = solids[0]
    solid.name = name
    solid.faces.col = colour
    return solid


def brace_shape(brace: SweptPart) -> Any:
    """Make the OpenCASCADE solid of a brace: its section swept beyond both ends, cut by the two planes.

    Raises
    ------
    NoVerdict
        When the kernel does not return one closed solid of the brace's volume.
    """
    from netgen.occ import Axes, HalfSpace, Pnt, Vec, WorkPlane, gp_Dir  # pyright: ignore[reportAttributeAccessIssue]

    def vector(values: Floats) -> tuple[float, float, float]:
        x, y, z = (float(value) for value in values)
        return x, y, z

    section = brace.section
    reach = brace.length + 4 * float(section.size.max()) / 0.25
    origin = (brace.start + brace.end) / 2 - brace.frame[0] * reach / 2
    axes = Axes(vector(origin), n=gp_Dir(*vector(brace.frame[0])), h=gp_Dir(*vector(brace.frame[1])))
    if section.round:
        radius = float(section.size[0]) / 2
        faces = [WorkPlane(axes).Circle(size).Face() for size in (radius, radius - section.thickness)]
    else:
        faces = [_polygon(WorkPlane(axes), loop.tolist()) for loop in section.outlines()]
    face = faces[0] - faces[1] if section.hollow else faces[0]
    shape = face.Extrude(reach, dir=Vec(*vector(brace.frame[0])))
    for point, normal in zip((brace.start, brace.end), brace.normals, strict=True):
        shape = shape * HalfSpace(Pnt(*vector(point)), Vec(*vector(normal)))
    return _checked(shape, brace.name, brace.volume, STEEL_COLOURS["hollow" if section.hollow else "open"])


def _polygon(plane: Any, corners: list[list[float]]) -> Any:
    """Face of a polygon in a work plane."""
    plane.MoveTo(*corners[0])
    for corner in corners[1:]:
        plane.LineTo(*corner)
    return plane.Close().Face()


def gusset_shape(gusset: Gusset) -> Any:
    """Make the OpenCASCADE solid of a gusset.

    Raises
    ------
    NoVerdict
        When the kernel does not return one closed solid of the gusset's volume.
    """
    from netgen.occ import Axes, Vec, WorkPlane, gp_Dir  # pyright: ignore[reportAttributeAccessIssue]

    first, second = gusset.legs / gusset.lengths[:, None]
    origin = gusset.corner - gusset.across * gusset.thickness / 2
    plane = WorkPlane(Axes(tuple(origin.tolist()), n=gp_Dir(*gusset.across.tolist()), h=gp_Dir(*first.tolist())))
    corners = [[float(p @ first), float(p @ second)] for p in gusset.outline() - gusset.corner]
    shape = _polygon(plane, corners).Extrude(gusset.thickness, dir=Vec(*gusset.across.tolist()))
    return _checked(shape, gusset.name, gusset.volume, STEEL_COLOURS["plate"])


def frame_shape(solid: FrameSolid) -> Any:
    """Make the OpenCASCADE compound of all parts of a frame."""
    from netgen.occ import Compound  # pyright: ignore[reportAttributeAccessIssue]

    swept = [*(brace_shape(brace) for brace in solid.braces), *(gusset_shape(gusset) for gusset in solid.gussets)]
    return Compound([*(part_shape(part) for part in solid.parts), *swept])


def write_step(shape: Any, path: Path) -> None:
    """Write a compound from `frame_shape` as a STEP file with part names and colours, in mm.

    Raises
    ------
    InputError
        When the file cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    shape.WriteStep(str(path))
    if not path.is_file():
        raise InputError("the STEP file cannot be written", str(path), "check the folder")
