"""Frames as STEP files, through Netgen's OpenCASCADE kernel: one named and coloured solid for each part."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from mechlock.errors import InputError, NoVerdict
from mechlock.solids.boxes import Floats
from mechlock.solids.frame import FrameSolid
from mechlock.solids.frame_parts import Part

STEEL_COLOURS = {"hollow": (0.42, 0.52, 0.62), "plate": (0.72, 0.76, 0.80), "block": (0.85, 0.55, 0.25)}


def part_shape(part: Part) -> Any:
    """Make the OpenCASCADE solid of one part, named and coloured.

    Raises
    ------
    NoVerdict
        When the kernel does not return one closed solid of the part's volume.
    """
    from netgen.occ import Box, Fuse, Pnt

    def box(low: Floats, high: Floats) -> Any:
        return Box(Pnt(*(float(value) for value in low)), Pnt(*(float(value) for value in high)))

    if part.kind == "hollow":
        wall = np.full(3, part.thickness)
        wall[part.axis] = -1.0
        shape = box(*part.envelope) - box(part.envelope[0] + wall, part.envelope[1] - wall)
    elif len(part.low) == 1:
        shape = box(part.low[0], part.high[0])
    else:
        shape = Fuse([box(low, high) for low, high in zip(part.low, part.high, strict=True)]).UnifySameDomain()
    solids = list(shape.solids)
    if len(solids) != 1 or abs(shape.mass / part.volume - 1) > 1e-9:
        raise NoVerdict(f"the CAD kernel made {len(solids)} solids of {part.name}, {shape.mass:.6g} mm³ of {part.volume:.6g} mm³")
    solid = solids[0]
    solid.name = part.name
    solid.faces.col = STEEL_COLOURS[part.kind]
    return solid


def frame_shape(solid: FrameSolid) -> Any:
    """Make the OpenCASCADE compound of all parts of a frame."""
    from netgen.occ import Compound

    return Compound([part_shape(part) for part in solid.parts])


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
