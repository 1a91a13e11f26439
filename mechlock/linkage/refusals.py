"""Why a linkage cannot be assembled, in words."""

from __future__ import annotations

import numpy as np

from mechlock.errors import InputError
from mechlock.linkage.assur import gruebler
from mechlock.linkage.positions import Positions
from mechlock.linkage.travel import describe_reach


def unreachable(positions: Positions, key: str = "drive.value") -> InputError:
    """Explain that the drive's position, as given by `key`, cannot be reached, and how far the linkage can go."""
    what, where = "the linkage cannot be assembled at this drive position", f"{positions.mechanism.where}: {key}"
    return InputError(what, where, describe_reach(positions))


def contradicting(positions: Positions) -> InputError | None:
    """Explain that bodies are held more often than needed by joints that do not agree at these dimensions, if they are."""
    solution, drive = positions.solution, np.array([positions.drive_value])
    if solution is None or not solution.redundant:
        return None
    if not any(np.isfinite(positions.by_program(signs, drive)).all() for signs in solution.all_signs()):
        return None
    return InputError(
        f"the linkage cannot be assembled: more joints hold {', '.join(solution.redundant)} than are needed, and at these "
        f"dimensions they contradict each other (degrees of freedom by Gruebler's count: {gruebler(positions.mechanism)})",
        f"{positions.mechanism.where}: joints",
        "remove a joint, or give the redundant one dimensions that agree with the others",
    )
