"""A piece cut out of a frame, meshed finely by itself: the ground for a submodel."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mechlock.mesh.tensor import TensorMesh, tensor_grid
from mechlock.mesh.tensor_braces import with_braces
from mechlock.mesh.tensor_planes import Grading
from mechlock.solids.frame import FrameSolid
from mechlock.solids.frame_feet import feet
from mechlock.solids.frame_gussets import Gusset
from mechlock.solids.frame_parts import Part
from mechlock.solids.swept_part import SweptPart

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

SHIFT = 40.0
"""A cut may be moved by so much, in mm, to where it meets no wall lengthwise."""

_TOUCHING = 1e-6


@dataclass(frozen=True)
class Cutout:
    """A piece of a frame on its own mesh.

    Attributes
    ----------
    centre : (3,) float array
        The place that it was cut around, in mm.
    tensor : TensorMesh
    low, high : (3,) float arrays
        Corners of the box that it was cut with, in mm; infinite where nothing was cut.
    driven : (n_nodes,) bool array
        Nodes on the cuts, on ends of braces that stand elsewhere, and on the named faces of the frame, through which something
        acts on it.
    """

    centre: Floats
    tensor: TensorMesh
    low: Floats
    high: Floats
    driven: Flags

    def inside(self, points: NDArray[np.floating[Any]], margin: float) -> Flags:
        """Whether points (n, 3) lie in the piece, farther than `margin` mm from its cuts."""
        return np.asarray(((points >= self.low + margin) & (points <= self.high - margin)).all(axis=1), np.bool_)


def cut_out(parent: TensorMesh, centre: NDArray[np.floating[Any]], reach: float, grading: Grading) -> Cutout:
    """Cut a box of about `reach` mm to each side of a place out of a frame, and mesh it.

    Parameters
    ----------
    parent : TensorMesh
    centre : (3,) float array
    reach : float
    grading : Grading
        Of the piece.
    """
    sides = [_cuts(parent.planes[axis], float(centre[axis]), reach, _across(parent.solid, axis)) for axis in range(3)]
    low, high = np.array([side[0] for side in sides]), np.array([side[1] for side in sides])
    solid = _clipped(parent.solid, low, high)
    grid = tensor_grid(solid, grading)
    points = grid.mesh.points
    driven = np.asarray(((np.abs(points - low) < _TOUCHING) | (np.abs(points - high) < _TOUCHING)).any(axis=1), np.bool_)
    for face in parent.solid.faces:
        driven |= ((points >= face.low - _TOUCHING) & (points <= face.high + _TOUCHING)).all(axis=1)
    mesh, welded = with_braces(grid.mesh, grid.planes, grid.cell, solid, grading, whole=False)
    driven = np.append(driven, np.zeros(len(mesh.points) - len(points), np.bool_))
    for name in {f"{piece.name}.{label}" for piece in solid.swept for label in ("start", "end")} - {end.slave for end in welded}:
        driven[mesh.face_nodes(name)] = True
    return Cutout(np.asarray(centre, np.float64), replace(grid, mesh=mesh, welded=welded), low, high, driven)


def _across(solid: FrameSolid, axis: int) -> Floats:
    """Intervals of an axis that squares around holes and feet of braces take up, which no cut may divide; shape (n, 2)."""
    spans = [*(hole.square[:, axis] for hole in solid.holes), *(foot.span[:, axis] for foot in feet(solid))]
    return np.array(spans).reshape(-1, 2)


def _cuts(planes: Floats, centre: float, reach: float, whole: Floats) -> tuple[float, float]:
    """Where to cut one axis: in the longest cells near the reach, not beside a wall or in `whole`; infinite beyond the frame."""
    found: list[float] = []
    for wanted in (centre - reach, centre + reach):
        if not planes[0] < wanted < planes[-1]:
            found.append(-np.inf if wanted < centre else np.inf)
            continue
        middle, length = (planes[:-1] + planes[1:]) / 2.0, np.diff(planes)
        # a cell that holds the wanted place offers that place, a little off its ends; others offer their nearer part
        offered = np.clip(wanted, planes[:-1] + 0.25 * length, planes[1:] - 0.25 * length)
        near = np.abs(offered - wanted) <= SHIFT
        near |= np.abs(middle - wanted) == np.abs(middle - wanted).min()
        if len(whole):
            allowed = ~((offered[:, None] > whole[:, 0]) & (offered[:, None] < whole[:, 1])).any(axis=1)
            near = (
                near & allowed
                if (near & allowed).any()
                else allowed & (np.abs(middle - wanted) == np.abs(middle - wanted)[allowed].min())
            )
        found.append(float(offered[np.argmax(np.where(near, length, 0.0))]))
    return found[0], found[1]


def _clipped(solid: FrameSolid, low: Floats, high: Floats) -> FrameSolid:
    """The parts of a solid that lie in a box, with their envelopes as they were, and without named faces.

    What is swept is whole, when it stands on any of them.
    """
    parts: list[Part] = []
    for part in solid.parts:
        a, b = np.maximum(part.low, low), np.minimum(part.high, high)
        kept = (b - a > _TOUCHING).all(axis=1)
        if kept.any():
            holes = tuple(hole for hole in part.holes if ((hole.centre > low) & (hole.centre < high)).all())
            parts.append(replace(part, low=a[kept], high=b[kept], holes=holes))
    piece = FrameSolid(solid.name, solid.material, tuple(parts), (), solid.braces, solid.gussets)
    standing = {foot.piece for foot in feet(piece)}
    kept = [item for number, item in enumerate(solid.swept) if number in standing]
    braces = tuple(item for item in kept if isinstance(item, SweptPart))
    return replace(piece, braces=braces, gussets=tuple(item for item in kept if isinstance(item, Gusset)))
