"""Blanks of a frame's sheets and gussets as DXF for cutting: one file for each shape, with thickness and how many there are."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from mechlock.solids.boxes import Floats
from mechlock.solids.dxf import lines_dxf
from mechlock.solids.frame import FrameSolid
from mechlock.solids.frame_parts import Part


def blanks(solid: FrameSolid) -> dict[str, str]:
    """Return DXF texts by file name: ``sheet_ENTRY_NUMBER.dxf``, equal blanks of an entry in one."""
    shapes: dict[tuple[str, float, bytes, bytes], list[tuple[Floats, Floats]]] = {}

    def add(entry: str, thickness: float, outline: Floats, holes: Floats) -> None:
        key = (entry, thickness, np.round(outline, 6).tobytes(), np.round(holes, 6).tobytes())
        shapes.setdefault(key, []).append((outline, holes))

    for part in solid.parts:
        if part.kind == "plate":
            add(part.entry, part.thickness, outline_of(part), holes_of(part))
    for gusset in solid.gussets:
        a, b = gusset.lengths
        corners = np.array([[gusset.snipe, 0.0], [a, 0.0], [0.0, b], [0.0, gusset.snipe]])
        outline = np.stack([corners, np.roll(corners, -1, axis=0)], axis=1)
        add(gusset.entry, gusset.thickness, outline, np.zeros((0, 3)))
    files: dict[str, str] = {}
    for (entry, thickness, _, _), same in shapes.items():
        stem = f"sheet_{entry.split('.')[-1]}"
        number = 1 + sum(name.startswith(f"{stem}_") for name in files)
        files[f"{stem}_{number}.dxf"] = lines_dxf(*same[0], f"{entry} {thickness:g} mm, {len(same)} off, {solid.material}")
    return files


def holes_of(part: Part) -> Floats:
    """Centres, from the plate's lower left corner, and radii of its round holes in mm; shape (n, 3)."""
    across = [axis for axis in range(3) if axis != part.axis]
    corner = part.low[:, across].min(axis=0)
    return np.array([[*(hole.centre[across] - corner), hole.radius] for hole in part.holes]).reshape(-1, 3)


def outline_of(part: Part) -> Floats:
    """Straight edges (n, 2, 2) of a flat plate's outline and openings, from its lower left corner, in mm."""
    across = [axis for axis in range(3) if axis != part.axis]
    low, high = part.low[:, across], part.high[:, across]
    corner = low.min(axis=0)
    lines = [np.unique(np.round(np.concatenate([low[:, axis], high[:, axis]]) - corner[axis], 6)) for axis in (0, 1)]
    filled = np.zeros([len(own) + 1 for own in lines], dtype=bool)
    for a, b in zip(low - corner, high - corner, strict=True):
        spans = [slice(*(np.searchsorted(lines[axis], np.round([a[axis], b[axis]], 6)) + 1)) for axis in (0, 1)]
        filled[spans[0], spans[1]] = True
    return np.concatenate([_edges(filled, lines[0], lines[1]), _edges(filled.T, lines[1], lines[0])[:, :, ::-1]])


def _edges(filled: np.ndarray, across: Floats, along: Floats) -> Floats:
    """Edges at the places `across` where filling begins or ends, each as long as it goes on straight."""
    found: list[Floats] = []
    change = filled[1:].astype(int) - filled[:-1]
    for place, row in zip(across, change, strict=True):
        bounds = np.flatnonzero(np.diff(row)) + 1
        for start, end in pairwise(bounds.tolist()):
            if row[start]:
                found.append(np.array([[place, along[start - 1]], [place, along[end - 1]]]))
    return np.array(found, dtype=np.float64).reshape(-1, 2, 2)
