"""Plate parts as closed solids of a CAD kernel (Open CASCADE through Netgen), with named faces.

The kernel is imported inside the functions, so that nothing else waits for it.
"""

from __future__ import annotations

import functools
import importlib
import math
import threading
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import numpy as np
from numpy.typing import NDArray

from mechlock.errors import InputError, NoVerdict
from mechlock.solids.lock_position import Placement
from mechlock.solids.outline import Arc, Line, Outline, Point2
from mechlock.solids.parts import Part, inside

Solid = Any
"""A ``netgen.occ.Solid``; the kernel's classes carry no type information."""


def kernel() -> Any:
    """Return the module ``netgen.occ``."""
    return importlib.import_module("netgen.occ")


_Given = ParamSpec("_Given")
_Found = TypeVar("_Found")
_ONE_AT_A_TIME = threading.RLock()


def alone(work: Callable[_Given, _Found]) -> Callable[_Given, _Found]:
    """Decorate a function that asks the kernel for something: it keeps one table of all shapes' names for all threads."""

    @functools.wraps(work)
    def guarded(*args: _Given.args, **kwargs: _Given.kwargs) -> _Found:
        with _ONE_AT_A_TIME:
            return work(*args, **kwargs)

    return guarded


@alone
def solid(part: Part) -> Solid:
    """Return a part as one closed solid in its own frame, in mm.

    Faces carry the names of the outline's pieces (``eye_A``, ``saddle``, ``weld_foot``, ...) and ``bore_JOINT``; flat faces
    across z are ``side_high`` (looking to +z) and ``side_low``.

    Raises
    ------
    NoVerdict
        When the kernel makes something else than one closed solid of the part's volume.
    """
    occ = kernel()
    body = None
    for slab in part.slabs:
        piece = _extrude(slab.outline, slab.low, slab.high)
        body = piece if body is None else body + piece
    low, high = part.reach
    for bore in part.bores:
        if any(inside(slab.outline, bore.centre) for slab in part.slabs):
            axis = occ.Pnt(*bore.centre, low - 1.0)
            body = body - occ.Cylinder(axis, occ.Dir(0, 0, 1), bore.radius, high - low + 2.0, mantle=f"bore_{bore.joint}")
    if body is None:
        raise InputError(f"the part {part.name!r} has no material")
    if len(part.slabs) > 1:
        body = body.UnifySameDomain()
    found = list(body.solids)
    expected = _volume(part)
    if len(found) != 1 or not math.isclose(found[0].mass, expected, rel_tol=1e-6):
        raise NoVerdict(
            f"the CAD kernel made {len(found)} solids of {sum(s.mass for s in found):.6g} mm3 of the part {part.name!r} "
            f"of {expected:.6g} mm3",
            mend="change a dimension of the part slightly: edges may nearly coincide",
        )
    found[0].name = part.name
    return found[0]


@alone
def placed(shape: Solid, place: Placement) -> Solid:
    """Return a solid moved from its body's frame to ground's."""
    occ = kernel()
    turned = shape.Rotate(occ.Axis(occ.Pnt(0, 0, 0), occ.Z), math.degrees(place.angle)) if place.angle else shape
    return turned.Move(occ.Vec(*place.origin, 0.0)) if any(place.origin) else turned


@alone
def triangles(shape: Solid) -> NDArray[np.float64]:
    """Return the kernel's own triangulation of a shape's faces, whose corners lie on them; shape (n, 3, 3), mm.

    Netgen 6.2 offers it only as the data of its own viewer: three lists, one for each corner of the triangles, of x, y, z
    and a face number.
    """
    corners = shape._webgui_data()["Bezier_trig_points"][:3]
    return np.stack([np.asarray(corner, dtype=np.float64).reshape(-1, 4)[:, :3] for corner in corners], axis=1)


def _volume(part: Part) -> float:
    total = sum(slab.outline.area * slab.height for slab in part.slabs)
    return total - sum(math.pi * bore.radius**2 * part.bored_height(bore) for bore in part.bores)


def _extrude(outline: Outline, low: float, high: float) -> Solid:
    occ = kernel()

    def at(point: Point2) -> Any:
        return occ.Pnt(point[0], point[1], low)

    edges = [
        occ.ArcOfCircle(at(piece.start), at(piece.at(0.5)), at(piece.end))
        if isinstance(piece, Arc)
        else occ.Segment(at(piece.start), at(piece.end))
        for piece in outline.pieces
    ]
    face = occ.Face(occ.Wire(edges))
    middles = np.array([_middle(piece) for piece in outline.pieces])
    for edge in face.edges:  # the wire copies its edges: find each again by its middle
        start, end = edge.parameter_interval
        where = edge.Value((start + end) / 2.0)
        nearest = int(np.argmin(np.hypot(middles[:, 0] - where[0], middles[:, 1] - where[1])))
        name = outline.pieces[nearest].name
        edge.name = name or "edge"
    extruded = face.Extrude(occ.Vec(0.0, 0.0, high - low))
    for side in extruded.faces:
        if abs(side.center[2] - low) < 1e-9:
            side.name = "side_low"
        elif abs(side.center[2] - high) < 1e-9:
            side.name = "side_high"
    return extruded


def _middle(piece: Line | Arc) -> Point2:
    if isinstance(piece, Arc):
        return piece.at(0.5)
    return (piece.start[0] + piece.end[0]) / 2.0, (piece.start[1] + piece.end[1]) / 2.0
