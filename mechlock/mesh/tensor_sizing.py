"""The element size with which a frame's mesh has a wanted number of degrees of freedom."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mechlock.errors import InputError
from mechlock.mesh.tensor import MOST_PLANES, tensor_mesh
from mechlock.mesh.tensor_planes import Grading
from mechlock.solids.frame import FrameSolid

CLOSE_ENOUGH = 0.1
"""Share by which the number of DOF may miss the one asked for."""

_STEPS = 14
_COARSEST = 2000.0


def sized(solid: FrameSolid, wanted: int, grading: Grading) -> Grading:
    """Return the grading with the size that gives about `wanted` degrees of freedom.

    The number grows in steps as elements shrink, so that the size is found by halving its range.

    Raises
    ------
    InputError
        When the frame's walls and faces alone need more, or no size comes within `CLOSE_ENOUGH`; with the nearest number.
    """
    finest = float(np.ptp([solid.low.min(axis=0), solid.high.max(axis=0)], axis=0).max()) / (MOST_PLANES / 2)
    fine, coarse = finest, _COARSEST
    nearest: tuple[float, int] | None = None
    for step in range(_STEPS):
        size = coarse if step == 0 else float(np.sqrt(fine * coarse))
        found = 3 * len(tensor_mesh(solid, replace(grading, size=size)).mesh.points)
        if nearest is None or abs(found - wanted) < abs(nearest[1] - wanted):
            nearest = (size, found)
        if abs(found / wanted - 1) <= CLOSE_ENOUGH / 4:
            break
        if step == 0 and found > wanted * (1 + CLOSE_ENOUGH):
            raise InputError(f"the walls of {solid.name} alone need {found} DOF", "--dofs", f"ask for at least {found}")
        fine, coarse = (size, coarse) if found > wanted else (fine, size)
    assert nearest is not None
    if abs(nearest[1] / wanted - 1) > CLOSE_ENOUGH:
        raise InputError(f"no size gives {wanted} DOF", "--dofs", f"the nearest is {nearest[1]}")
    return replace(grading, size=nearest[0])
