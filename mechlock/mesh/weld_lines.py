"""Weld lines of a frame: the corners where two parts meet, with names, lengths and the least wall, as a weld list.

Listed is what a fillet can be laid in, outside hollow sections. Where walls are flush there is no corner: the groove weld
there is not listed.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

import numpy as np

from mechlock.mesh.tensor import TensorMesh
from mechlock.mesh.tensor_welds import corners_between
from mechlock.solids.frame_parts import Part


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
    """Return the weld lines of a frame, in order of its parts."""
    pairs, lengths = corners_between(tensor)
    parts = tensor.solid.parts
    seams = mitre_lines(parts)
    mitred = np.array([[seam.name == _name(parts[a], parts[b]) for seam in seams] for a, b in np.sort(pairs, axis=1)], dtype=bool)
    unmitred = ~mitred.any(axis=1)
    pairs, lengths = pairs[unmitred], lengths[unmitred]
    unique, number = np.unique(np.sort(pairs, axis=1), axis=0, return_inverse=True)
    total = np.bincount(number.ravel(), lengths, len(unique))
    corners = tuple(
        WeldLine(_name(parts[a], parts[b]), float(length), min(parts[a].thickness, parts[b].thickness))
        for (a, b), length in zip(unique.tolist(), total, strict=True)
    )
    return (*corners, *seams)


def _name(part: Part, other: Part) -> str:
    return f"{part.name} + {other.name}"


def mitre_lines(parts: tuple[Part, ...]) -> tuple[WeldLine, ...]:
    """Return the seams of mitred corners: round the outside of each hollow section, or along the middles of open walls."""
    ends = [(part, mitre) for part in parts for mitre in part.mitres]
    found: list[WeldLine] = []
    for number, (part, mitre) in enumerate(ends):
        for other, its in ends[number + 1 :]:
            if np.abs(its.point - mitre.point).max() < 1e-6:
                found.append(WeldLine(_name(part, other), _seam(part, other), min(part.thickness, other.thickness)))
    return tuple(found)


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
