"""Checks of a static result that can fail: balance of forces and moments, residual, energy, and the contact law.

Every force that enters is worked out again: applied loads from their definitions, springs and locks from displacements, contacts
from gaps, supports from the stresses at their nodes. The assembled matrix and the solver's own numbers are not used.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mechlock.fem.resultants import Resultant
from mechlock.mesh.mesh import Floats


@dataclass(frozen=True)
class Evidence:
    """Relative errors of one static result.

    Attributes
    ----------
    force, moment : float
        Sum of all forces on the body, and of their moments, against the loads.
    residual : float
        Unbalanced nodal forces on free components against the nodal forces there are.
    rounding : float
        What the rounding of displacements alone leaves of these: it explains a residual, and excuses none.
    energy : float
        Work of all forces on the displacements against the integral of stress times strain.
    contact : float
        Contact and lock forces against those that follow from the gaps.
    """

    force: float
    moment: float
    residual: float
    rounding: float
    energy: float
    contact: float

    @property
    def equilibrium_error(self) -> float:
        """The largest of force, moment, residual and contact error."""
        return max(self.force, self.moment, self.residual, self.contact)


def balance(applied: Resultant, held: list[Resultant], magnitude: float, centre: Floats, size: float) -> tuple[float, float]:
    """Relative unbalance of forces and of moments about a point.

    Parameters
    ----------
    applied : Resultant
        Loads by definition.
    held : list of Resultant
        Supports, springs, pads and locks, on the body.
    magnitude : float
        Force that errors are measured against, N.
    centre : (3,) array
    size : float
        Lever that errors of moments are measured against, mm.
    """
    if magnitude <= 0:
        return 0.0, 0.0
    everything = [applied, *held]
    force = sum((item.force for item in everything), np.zeros(3))
    moment = sum((item.about(centre) for item in everything), np.zeros(3))
    return float(np.linalg.norm(force)) / magnitude, float(np.linalg.norm(moment)) / (magnitude * size)


def rounding(diagonal: Floats, displacement: Floats) -> float:
    """Norm of the nodal forces (N) that displacements rounded to their last digit leave, from the stiffness' diagonal.

    A thin wall is so stiff across that this exceeds the weight's nodal forces by 1e-9 when a frame moves by a millimetre as
    a whole; no solver comes below it.
    """
    return float(np.finfo(np.float64).eps / 2 * np.linalg.norm(diagonal * displacement))


def relative(difference: float, *scales: float) -> float:
    """Size of a difference against the largest of the scales; zero when everything is zero."""
    largest = max((abs(scale) for scale in scales), default=0.0)
    if not np.isfinite(difference):
        return float("inf")
    return abs(difference) / largest if largest > 0 else abs(difference)
