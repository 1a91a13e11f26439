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
    unique, number = np.unique(np.sort(pairs, axis=1), axis=0, return_inverse=True)
    total = np.bincount(number.ravel(), lengths, len(unique))
    return tuple(
        WeldLine(f"{parts[a].name} + {parts[b].name}", float(length), min(parts[a].thickness, parts[b].thickness))
        for (a, b), length in zip(unique.tolist(), total, strict=True)
    )


def weld_csv(lines: tuple[WeldLine, ...]) -> str:
    """Return the weld list as CSV text with units in its heading, and the whole length last."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["weld", "length_mm", "throat_mm"])
    writer.writerows([line.name, f"{line.length:.1f}", f"{line.throat:g}"] for line in lines)
    writer.writerow(["total", f"{sum(line.length for line in lines):.1f}", ""])
    return stream.getvalue()
