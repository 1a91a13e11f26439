"""Weld lines of a frame: the corners where two parts meet, with names, lengths and the least wall, as a weld list.

Listed is what a fillet can be laid in, outside hollow sections. Where walls are flush there is no corner: the groove weld
there is not listed.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from mechlock.mesh.tensor import TensorMesh
from mechlock.mesh.tensor_welds import corners_between
from mechlock.solids.frame import FrameSolid
from mechlock.solids.frame_feet import feet
from mechlock.solids.frame_mitres import mitred_ends
from mechlock.solids.frame_parts import Part

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_SAME = 1e-6


@dataclass(frozen=True)
class WeldLine:
    """All corners between two parts.

    Attributes
    ----------
    name : str
        ``PART + OTHER``.
    length : float
        mm.
    throat : float
        Thinner of the two walls in mm, which a fillet of the same strength needs about (EN 1993-1-8, 7.3.1; assumption).
    """

    name: str
    length: float
    throat: float


def weld_lines(tensor: TensorMesh) -> tuple[WeldLine, ...]:
    """Return the weld lines of a frame, in order of its parts; then mitred corners, and feet of braces and gussets."""
    parts = tensor.solid.parts
    found = [
        WeldLine(name, float(np.linalg.norm(np.diff(ends, axis=1), axis=2).sum()), min(parts[a].thickness, parts[b].thickness))
        for name, (a, b), ends in _corners(tensor)
    ]
    return (*found, *mitre_lines(parts), *_foot_lines(tensor.solid))


def _corners(tensor: TensorMesh) -> Iterator[tuple[str, tuple[int, int], Floats]]:
    """Names of the weld lines in corners, numbers of their parts, and the edges' ends in mm, (n, 2, 3)."""
    pairs, segments = corners_between(tensor)
    parts = tensor.solid.parts
    seams = {seam.name for seam in mitre_lines(parts)}
    unique, number = np.unique(np.sort(pairs, axis=1), axis=0, return_inverse=True)
    for row, (a, b) in enumerate(unique.tolist()):
        name = _name(parts[a], parts[b])
        if name not in seams:
            yield name, (a, b), segments[number.ravel() == row]


def weld_nodes(tensor: TensorMesh) -> dict[str, Ints]:
    """Return the nodes of the mesh on every weld line, as groups called ``weld NAME``.

    Of a mitred corner those on its plane, where both members have nodes.
    """
    points = tensor.mesh.points
    tree = KDTree(points)
    found: dict[str, Ints] = {}
    for name, _, ends in _corners(tensor):
        places = np.concatenate([ends[:, 0], ends.mean(axis=1), ends[:, 1]])
        distance, nearest = (np.asarray(values) for values in tree.query(places))
        found[f"weld {name}"] = np.unique(nearest[distance < _SAME])
    for part, mitre, other in mitred_ends(tensor.solid.parts):
        low = np.maximum(part.envelope[0], other.envelope[0]) - _SAME
        high = np.minimum(part.envelope[1], other.envelope[1]) + _SAME
        on = (np.abs((points - mitre.point) @ mitre.normal) < _SAME) & ((points >= low) & (points <= high)).all(axis=1)
        found[f"weld {_name(part, other)}"] = np.flatnonzero(on)
    for foot, line in zip(feet(tensor.solid), _foot_lines(tensor.solid), strict=True):
        end = f"{tensor.solid.swept[foot.piece].name}.{('start', 'end')[foot.end]}"
        found[f"weld {line.name}"] = tensor.mesh.face_nodes(end)
    return found


def _foot_lines(solid: FrameSolid) -> Iterator[WeldLine]:
    """Welds round the feet of what is swept."""
    for foot in feet(solid):
        piece, ground = solid.swept[foot.piece], solid.parts[foot.ground]
        yield WeldLine(f"{piece.name} + {ground.name}", foot.girth, min(piece.thickness, ground.thickness))


def _name(part: Part, other: Part) -> str:
    return f"{part.name} + {other.name}"


def mitre_lines(parts: tuple[Part, ...]) -> tuple[WeldLine, ...]:
    """Return the seams of mitred corners: round the outside of each hollow section, or along the middles of open walls."""
    return tuple(
        WeldLine(_name(part, other), _seam(part, other), min(part.thickness, other.thickness))
        for part, _, other in mitred_ends(parts)
    )


def _seam(part: Part, other: Part) -> float:
    """Length of the seam on a plane at 45 degrees: what runs in the corner's plane is longer by the root of two."""
    axis, across = other.axis, 3 - part.axis - other.axis
    if part.kind == "hollow":
        sides = np.ptp(part.envelope, axis=0)
        return 2 * float(np.sqrt(2.0) * sides[axis] + sides[across])
    sides = part.high - part.low
    flat = sides[:, axis] > sides[:, across]
    return float(np.where(flat, np.sqrt(2.0) * sides[:, axis], sides[:, across]).sum())


def weld_csv(lines: tuple[WeldLine, ...]) -> str:
    """Return the weld list as CSV text with units in its heading, and the whole length last."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["weld", "length_mm", "throat_mm"])
    writer.writerows([line.name, f"{line.length:.1f}", f"{line.throat:g}"] for line in lines)
    writer.writerow(["total", f"{sum(line.length for line in lines):.1f}", ""])
    return stream.getvalue()
