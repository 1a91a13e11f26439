"""Corner gussets: triangular plates between two faces at right angles, the inner corner cut off to clear the weld.

A gusset is ruled from its first leg to its second: straight lines join points at the same share of both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from mechlock.errors import InputError
from mechlock.inputs.frame import FrameFile
from mechlock.inputs.frame_entries import AXES, Gussets
from mechlock.solids.boxes import Floats, MassProperties
from mechlock.solids.frame_braces import on_face, within
from mechlock.solids.frame_parts import AXIS_NUMBER, Part, chosen, outward


@dataclass(frozen=True)
class Gusset:
    """A triangular plate with its corner cut off.

    Attributes
    ----------
    name, entry, group, text : str
        As of a `Part`.
    thickness, snipe : float
        Of the plate; what is cut off each leg at the corner; mm.
    corner : (3,) float array
        Where the two faces meet, in the plate's middle plane.
    legs : (2, 3) float array
        From the corner to the ends of the legs, along axes.
    normals : (2, 3) float array
        Normals of the faces that the legs lie on, out of the gusset.
    """

    name: str
    entry: str
    group: str
    text: str
    thickness: float
    snipe: float
    corner: Floats
    legs: Floats
    normals: Floats

    mitred: ClassVar[tuple[bool, bool]] = (False, False)

    @property
    def lengths(self) -> Floats:
        """Lengths of the legs in mm, corner included."""
        return np.linalg.norm(self.legs, axis=1)

    @property
    def across(self) -> Floats:
        """Unit vector through the plate."""
        return np.cross(self.legs[0], self.legs[1]) / float(np.prod(self.lengths))

    @property
    def area(self) -> float:
        """Area of the plate in mm²."""
        return float(np.prod(self.lengths) - self.snipe**2) / 2

    @property
    def volume(self) -> float:
        """Volume in mm³."""
        return self.area * self.thickness

    def outline(self) -> Floats:
        """The four corners of the middle plane: along the first leg outwards, along the second inwards; shape (4, 3)."""
        near = self.snipe / self.lengths[:, None] * self.legs
        return self.corner + np.array([near[0], self.legs[0], self.legs[1], near[1]])

    def corners(self) -> Floats:
        """Corners of both faces; shape (8, 3)."""
        half = self.thickness / 2 * self.across
        return np.concatenate([self.outline() - half, self.outline() + half])

    def place(self, along: Floats, height: Floats, share: Floats) -> Floats:
        """Points at shares `along` of the legs, `height` of the thickness (-0.5 to 0.5) and `share` from leg to leg; (n, 3)."""
        a, b, c, d = self.outline()
        first = a + np.outer(along, b - a)
        second = d + np.outer(along, c - d)
        return (1 - share[:, None]) * first + share[:, None] * second + np.outer(height * self.thickness, self.across)

    def mass_properties(self, density: float) -> MassProperties:
        """Mass, centre and inertia: the triangle less the corner's; `density` in tonne/mm³."""
        sizes = (self.lengths, np.array([self.snipe, self.snipe]))
        masses = np.array([1.0, -1.0]) * [density * self.thickness * float(np.prod(size)) / 2 for size in sizes]
        unit = np.array([*(self.legs / self.lengths[:, None]), self.across])
        moments = np.zeros((3, 3))
        first = np.zeros(3)
        for mass, (a, b) in zip(masses, sizes, strict=True):
            first += mass * np.array([a / 3, b / 3, 0.0])
            own = np.array([[a * a / 6, a * b / 12, 0], [a * b / 12, b * b / 6, 0], [0, 0, self.thickness**2 / 12]])
            moments += mass * own
        total = float(masses.sum())
        middle = first / total
        second = unit.T @ (moments - total * np.outer(middle, middle)) @ unit
        return MassProperties(total, self.corner + middle @ unit, np.trace(second) * np.eye(3) - second)


def gussets(file: FrameFile, parts: tuple[Part, ...]) -> tuple[Gusset, ...]:
    """Every gusset of the file, on the faces of `parts`.

    Raises
    ------
    InputError
        When a leg lies on no face or beyond one, the snipe takes all of it, or the plate runs through a part.
    """
    found: list[Gusset] = []
    for entry in file.gussets:
        normal = AXIS_NUMBER[entry.normal]
        for line, coordinate in chosen(file, normal, entry.at).items():
            aside = outward(coordinate, f"gussets.{entry.name}.at") * entry.offset if entry.offset else 0.0
            for name, (corner, legs) in entry.corners.items():
                where = f"gussets.{entry.name}.corners.{name}"
                found.append(_gusset(file, entry, f"{entry.name}.{line}.{name}", corner, legs, coordinate + aside, where))
                _refuse_misplaced(found[-1], parts, where)
    return tuple(found)


def _gusset(
    file: FrameFile, entry: Gussets, name: str, corner: tuple[float, float], legs: tuple[float, float], level: float, where: str
) -> Gusset:
    thickness = file.gauges[entry.gauge].thickness
    normal = AXIS_NUMBER[entry.normal]
    across = [axis for axis in range(3) if axis != normal]
    least = 1.5 * entry.snipe
    if min(abs(legs[0]), abs(legs[1])) <= least:
        shortest = min(abs(legs[0]), abs(legs[1]))
        what = f"a leg of {shortest:g} mm leaves too little beside a snipe of {entry.snipe:g} mm"
        raise InputError(what, where, f"legs need more than {least:g} mm")
    place, table = np.zeros(3), np.zeros((2, 3))
    place[across], place[normal] = corner, level
    table[[0, 1], across] = legs
    text = f"gusset {abs(legs[0]):g}x{abs(legs[1]):g}x{thickness:g}"
    normals = -table[::-1] / np.abs(table[::-1]).sum(axis=1)[:, None]
    return Gusset(name, f"gussets.{entry.name}", entry.gauge, text, thickness, entry.snipe, place, table, normals)


def _refuse_misplaced(gusset: Gusset, parts: tuple[Part, ...], where: str) -> None:
    along, height = (values.ravel() for values in np.meshgrid([0.0, 0.5, 1.0], [-0.5, 0.5]))
    for end, normal in enumerate(gusset.normals):
        foot = gusset.place(along, height, np.full(len(along), float(end)))
        axis = int(np.abs(normal).argmax())
        beyond = ~on_face(foot, axis, -int(normal[axis]), float(foot[0, axis]), parts)
        if beyond.any():
            place = ", ".join(f"{value:g}" for value in foot[beyond][0])
            leg = AXES[int(np.abs(gusset.legs[end]).argmax())]
            raise InputError(
                f"the leg of {gusset.name} along {leg} lies on no face at ({place}) mm",
                where,
                "move the corner, or shorten the leg",
            )
    grid = np.meshgrid(np.linspace(0.02, 0.98, 12), [-0.49, 0.0, 0.49], np.linspace(0.02, 0.98, 12))
    points = gusset.place(*(values.ravel() for values in grid))
    met = within(points, parts)
    if met is not None:
        part, first = met
        place = ", ".join(f"{value:.0f}" for value in points[first])
        raise InputError(f"{gusset.name} runs through {part.name} at ({place}) mm", where, "shorten its legs or move it aside")
