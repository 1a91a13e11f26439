"""A straight member in any direction: a section between two planes.

The walls are prisms with skew plane ends, so volume, centre and inertia are polynomials over the section, integrated exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from mechlock.solids.boxes import Floats, MassProperties
from mechlock.solids.swept_section import SweptSection


@dataclass(frozen=True)
class SweptPart:
    """A section between two planes.

    Attributes
    ----------
    name, entry, group, text : str
        As of a `Part`.
    section : SweptSection
    start, end : (3,) float arrays
        Ends of the centre line, on the faces.
    frame : (3, 3) float array
        Rows: along the part, along the section's height (in a brace's plane), along its width.
    normals : (2, 3) float array
        Normals of the two cutting planes, out of the part.
    mitred : (bool, bool)
        Which ends are mitres, on which the piece before or after goes on.
    """

    name: str
    entry: str
    group: str
    text: str
    section: SweptSection
    start: Floats
    end: Floats
    frame: Floats
    normals: Floats
    mitred: tuple[bool, bool] = (False, False)

    @property
    def thickness(self) -> float:
        """Of the wall, mm."""
        return self.section.thickness

    @property
    def length(self) -> float:
        """Length of the centre line in mm."""
        return float(np.linalg.norm(self.end - self.start))

    @property
    def slopes(self) -> Floats:
        """How far each end reaches along the part per mm of height and of width; shape (2, 2)."""
        return -(self.normals @ self.frame[1:].T) / (self.normals @ self.frame[0])[:, None]

    @property
    def shortest(self) -> float:
        """Length of the centre line in mm at which the two cuts would meet."""
        return float((self.section.outline() @ (self.slopes[0] - self.slopes[1])).max())

    @property
    def volume(self) -> float:
        """Volume in mm³: plane cuts leave the area times the length along its centroid."""
        slope = self.slopes[1] - self.slopes[0]
        return self.section.area * (self.length + float(self.section.centroid @ slope))

    def place(self, across: Floats, share: Floats) -> Floats:
        """Points at section coordinates `across` (n, 2) and at `share` (n,) of the way from start to end; shape (n, 3)."""
        along = across @ self.slopes.T + [0.0, self.length]
        reached = (1 - share) * along[:, 0] + share * along[:, 1]
        return self.start + reached[:, None] * self.frame[0] + across @ self.frame[1:]

    def corners(self) -> Floats:
        """Corners of the section's envelope at both ends; shape (n, 3)."""
        outline = self.section.outline()
        return self.place(np.tile(outline, (2, 1)), np.repeat([0.0, 1.0], len(outline)))

    def mass_properties(self, density: float) -> MassProperties:
        """Mass, centre and inertia by quadrature that is exact for skew-cut prisms; `density` in tonne/mm³."""
        across, weight = self.section.points()
        nodes, gauss = np.polynomial.legendre.leggauss(3)
        table = np.array(list(product(range(len(weight)), range(3))))
        points = self.place(across[table[:, 0]], (nodes[table[:, 1]] + 1) / 2)
        whole = self.place(np.repeat(across, 2, axis=0), np.tile([0.0, 1.0], len(across))).reshape(-1, 2, 3)
        lengths = np.linalg.norm(whole[:, 1] - whole[:, 0], axis=1)
        masses = density * (weight * lengths)[table[:, 0]] * gauss[table[:, 1]] / 2
        total = float(masses.sum())
        centre = masses @ points / total
        arms = points - centre
        second = np.einsum("n,ni,nj->ij", masses, arms, arms)
        return MassProperties(total, centre, np.trace(second) * np.eye(3) - second)
