"""Feet of braces and gussets: where what is swept stands on the faces of parts, with the outline of its weld."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mechlock.solids.boxes import TOUCHING, Floats
from mechlock.solids.frame_gussets import Gusset
from mechlock.solids.frame_parts import Part
from mechlock.solids.swept_part import SweptPart

if TYPE_CHECKING:
    from mechlock.solids.frame import FrameSolid


@dataclass(frozen=True)
class Foot:
    """An end of a swept part on a face.

    Attributes
    ----------
    piece : int
        Number of the swept part, in ``solid.swept``.
    end : int
        0 at its start, 1 at its end.
    ground : int
        Number of the part that it stands on, in ``solid.parts``.
    normal : (3,) float array
        Of the face, into the ground.
    outlines : tuple of (n, 3) float arrays
        Corners of the outer outline on the face, and of the inner one of a hollow section, mm.
    """

    piece: int
    end: int
    ground: int
    normal: Floats
    outlines: tuple[Floats, ...]

    @property
    def axis(self) -> int:
        """Axis across the face."""
        return int(np.abs(self.normal).argmax())

    @property
    def span(self) -> Floats:
        """Low and high corner of the outer outline's box, (2, 3)."""
        return np.array([self.outlines[0].min(axis=0), self.outlines[0].max(axis=0)])

    @property
    def girth(self) -> float:
        """Length of the outer outline in mm."""
        return float(np.linalg.norm(np.roll(self.outlines[0], -1, axis=0) - self.outlines[0], axis=1).sum())


def feet(solid: FrameSolid) -> Iterator[Foot]:
    """Every foot that stands on a part of the solid; ends on mitres, or on what the solid lacks, are none."""
    for number, piece in enumerate(solid.swept):
        for end, (normal, mitred) in enumerate(zip(piece.normals, piece.mitred, strict=True)):
            if mitred:
                continue
            outlines = foot_outlines(piece, end)
            ground = _ground(solid.parts, outlines[0] + 2 * TOUCHING * normal)
            if ground >= 0:
                yield Foot(number, end, ground, np.asarray(normal, np.float64), outlines)


def foot_outlines(piece: SweptPart | Gusset, end: int) -> tuple[Floats, ...]:
    """Outlines of an end of a swept part on its plane, the outer one first; (n, 3) each, mm."""
    if isinstance(piece, Gusset):
        along, height = np.array([0.0, 1.0, 1.0, 0.0]), np.array([-0.5, -0.5, 0.5, 0.5])
        return (piece.place(along, height, np.full(4, float(end))),)
    return tuple(piece.place(loop, np.full(len(loop), float(end))) for loop in piece.section.outlines())


def _ground(parts: tuple[Part, ...], points: Floats) -> int:
    """Number of the part that holds most of some points, -1 where none holds any."""
    held = [int(((points >= part.low[:, None]) & (points <= part.high[:, None])).all(axis=2).any(axis=0).sum()) for part in parts]
    best = int(np.argmax(held))
    return best if held[best] else -1
