"""Outlines of plates as DXF (AutoCAD R12 text, mm), for cutting: true lines and arcs, bores as circles.

Source of the group codes: AutoCAD DXF reference, LINE, ARC and CIRCLE entities.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from mechlock.solids.outline import Arc, Outline, Point2
from mechlock.solids.parts import Part


def plate_dxf(part: Part) -> str:
    """Return a part's outlines as a DXF file's text.

    Layers: ``outline`` for the blank's (largest) outline, ``step_LOW_HIGH`` for outlines of other heights (mm from the
    middle plane), ``bore_JOINT`` for bores.
    """
    rows = ["0", "SECTION", "2", "HEADER", "9", "$ACADVER", "1", "AC1009", "9", "$INSUNITS", "70", "4", "0", "ENDSEC"]
    rows += ["0", "SECTION", "2", "ENTITIES"]
    seen: list[Outline] = []
    for slab in sorted(part.slabs, key=lambda slab: -slab.outline.area):
        if slab.outline in seen:
            continue
        layer = "outline" if not seen else f"step_{slab.low:g}_{slab.high:g}"
        seen.append(slab.outline)
        for piece in slab.outline.pieces:
            rows += _arc(piece, layer) if isinstance(piece, Arc) else _line(piece.start, piece.end, layer)
    for bore in part.bores:
        rows += ["0", "CIRCLE", "8", f"bore_{bore.joint}", *_point(bore.centre, 10), "40", _number(bore.radius)]
    rows += ["0", "ENDSEC", "0", "EOF", ""]
    return "\n".join(rows)


def lines_dxf(segments: NDArray[np.float64], holes: NDArray[np.float64], note: str) -> str:
    """Return straight edges and round holes as a DXF file's text.

    Parameters
    ----------
    segments : (n, 2, 2) float array
        Ends of the edges in mm, on layer ``outline``.
    holes : (n, 3) float array
        Centres and radii in mm, on layer ``holes``.
    note : str
        Written below, on layer ``note``.
    """
    rows = ["0", "SECTION", "2", "HEADER", "9", "$ACADVER", "1", "AC1009", "9", "$INSUNITS", "70", "4", "0", "ENDSEC"]
    rows += ["0", "SECTION", "2", "ENTITIES"]
    for (x0, y0), (x1, y1) in segments.tolist():
        rows += _line((x0, y0), (x1, y1), "outline")
    for x, y, radius in holes.tolist():
        rows += ["0", "CIRCLE", "8", "holes", *_point((x, y), 10), "40", _number(radius)]
    rows += ["0", "TEXT", "8", "note", *_point((0.0, -30.0), 10), "40", "15", "1", note]
    return "\n".join([*rows, "0", "ENDSEC", "0", "EOF", ""])


def _line(start: Point2, end: Point2, layer: str) -> list[str]:
    return ["0", "LINE", "8", layer, *_point(start, 10), *_point(end, 11)]


def _arc(arc: Arc, layer: str) -> list[str]:
    """Return an arc; DXF arcs run counter-clockwise, so that clockwise ones change their ends."""
    ends = (arc.start, arc.end) if arc.turn > 0.0 else (arc.end, arc.start)
    angles = [math.degrees(math.atan2(y - arc.centre[1], x - arc.centre[0])) % 360.0 for x, y in ends]
    rows = ["0", "ARC", "8", layer, *_point(arc.centre, 10), "40", _number(arc.radius)]
    return [*rows, "50", _number(angles[0]), "51", _number(angles[1])]


def _point(point: Point2, code: int) -> list[str]:
    return [str(code), _number(point[0]), str(code + 10), _number(point[1])]


def _number(value: float) -> str:
    return f"{value + 0.0:.6f}"
