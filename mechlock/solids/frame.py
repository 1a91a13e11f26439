"""The frame as a solid: named parts made of boxes, and the named faces that supports, locks and boxes act on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mechlock.errors import InputError
from mechlock.inputs.frame import FrameFile
from mechlock.solids import (
    boxes,
    frame_attached,
    frame_braces,
    frame_fittings,
    frame_gussets,
    frame_holes,
    frame_members,
    frame_plates,
)
from mechlock.solids.boxes import Floats, MassProperties
from mechlock.solids.frame_gussets import Gusset
from mechlock.solids.frame_parts import Face, Part, RoundHole
from mechlock.solids.swept_part import SweptPart


@dataclass(frozen=True)
class FrameSolid:
    """A frame of parts that touch and do not overlap.

    Attributes
    ----------
    name, material : str
    parts : tuple of Part
        In the order in which they are welded.
    faces : tuple of Face
        Several faces may share a name: together they are one group.
    braces : tuple of SweptPart
    gussets : tuple of Gusset
    where : str
        The file that it was made from, for messages.
    """

    name: str
    material: str
    parts: tuple[Part, ...]
    faces: tuple[Face, ...] = ()
    braces: tuple[SweptPart, ...] = ()
    gussets: tuple[Gusset, ...] = ()
    where: str = ""

    @cached_property
    def low(self) -> Floats:
        """Low corners of the boxes of all parts; shape (n_boxes, 3)."""
        return np.concatenate([part.low for part in self.parts])

    @cached_property
    def high(self) -> Floats:
        """High corners of the boxes of all parts; shape (n_boxes, 3)."""
        return np.concatenate([part.high for part in self.parts])

    @cached_property
    def owner(self) -> NDArray[np.int64]:
        """Number of the part that each box belongs to; shape (n_boxes,)."""
        return np.repeat(np.arange(len(self.parts)), [len(part.low) for part in self.parts])

    @property
    def swept(self) -> tuple[SweptPart | Gusset, ...]:
        """What is not made of boxes: welded to the rest by two faces, on meshes that do not match."""
        return (*self.braces, *self.gussets)

    @property
    def pieces(self) -> tuple[Part | SweptPart | Gusset, ...]:
        """All that is welded together: parts made of boxes, and then what is swept."""
        return (*self.parts, *self.swept)

    @property
    def volume(self) -> float:
        """Volume in mm³."""
        return sum(piece.volume for piece in self.pieces)

    @property
    def holes(self) -> tuple[RoundHole, ...]:
        """Round holes of all parts."""
        return tuple(hole for part in self.parts for hole in part.holes)

    @property
    def groups(self) -> tuple[str, ...]:
        """Names of the gauge groups, in order of first use."""
        return tuple(dict.fromkeys(piece.group for piece in self.pieces))

    def thickness(self, group: str) -> float:
        """Wall thickness of a gauge group in mm."""
        return next(piece.thickness for piece in self.pieces if piece.group == group)

    def mass_properties(self, density: float) -> MassProperties:
        """Mass, centre and inertia of the welded frame; `density` in tonne/mm³."""
        own = boxes.mass_properties(self.low, self.high, density)
        taken = frame_holes.mass_properties(self.holes, density) if self.holes else []
        return boxes.combined([own, *taken, *(part.mass_properties(density) for part in self.swept)])


def build_frame(file: FrameFile, where: str = "") -> FrameSolid:
    """Make the solid of a frame file.

    Members run through or are cut in the order of the file, after `lock_brackets`; plates are cut to everything else.
    What a dimension makes impossible is refused with the names of both parts and the limit.

    Raises
    ------
    InputError
        When parts overlap, a branch is wider than the face it stands on, or nothing of a part remains.
    """
    try:
        brackets, faces = frame_fittings.lock_brackets(file)
        members = frame_holes.with_member_holes(file, frame_members.members(file, brackets))
        fittings, more = frame_fittings.fittings(file)
        onto = frame_attached.attached(file, members)
        plates = frame_plates.plates(file, (*brackets, *members, *fittings, *onto))
        parts = (*brackets, *members, *fittings, *onto, *plates)
        stood = frame_members.round_members(file, (*brackets, *members))
        braces = (*frame_braces.checked(stood, parts), *frame_braces.braces(file, parts))
        gussets = frame_gussets.gussets(file, parts)
        faces = (*faces, *more, *frame_fittings.mounts(file, members))
        frame_holes.refuse_covered(parts, faces, (*braces, *gussets))
        solid = FrameSolid(file.name, file.material, parts, faces, braces, gussets, where)
        _refuse_overlaps(solid)
    except InputError as error:
        raise error.at(where) if where else error from None
    return solid


def _refuse_overlaps(solid: FrameSolid) -> None:
    pairs = boxes.overlapping(solid.low, solid.high)
    if not len(pairs):
        return
    one, other = pairs[0]
    a, b = solid.parts[solid.owner[one]], solid.parts[solid.owner[other]]
    common = np.minimum(solid.high[one], solid.high[other]) - np.maximum(solid.low[one], solid.low[other])
    size = " x ".join(f"{side:g}" for side in common)
    raise InputError(
        f"{a.name} and {b.name} occupy the same place over {size} mm",
        f"{a.entry}, {b.entry}",
        "shorten, shift or thin one of them",
    )
