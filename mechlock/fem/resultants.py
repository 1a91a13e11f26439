"""Forces with their moments about the origin."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mechlock.mesh.mesh import Floats


@dataclass(frozen=True)
class Resultant:
    """A force on the body and its moment about the origin.

    Attributes
    ----------
    force : (3,) array
        N.
    moment : (3,) array
        N mm.
    """

    force: Floats
    moment: Floats

    def about(self, point: Floats) -> Floats:
        """Moment about another point, N mm."""
        return self.moment - np.cross(point, self.force)


def resultant(points: Floats, forces: Floats) -> Resultant:
    """Resultant of forces (n, 3) at points (n, 3)."""
    return Resultant(forces.sum(axis=0), np.cross(points, forces).sum(axis=0))
