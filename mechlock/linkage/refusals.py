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
    """Explain that there are more joints than needed, and that they do not agree at these dimensions, if that is so."""
    solution, drive, constraints = positions.solution, np.array([positions.drive_value]), positions.constraints
    if solution is None:
        return None
    found = [q for signs in solution.all_signs() if np.isfinite(q := positions.by_program(signs, drive)).all()]
    if not found:
        return None
    gaps = np.abs(np.array([constraints.residual(q, drive)[0, :-1] for q in found])).reshape(len(found), -1, 2).max(axis=2)
    least = gaps[np.argmin(gaps.max(axis=1))]
    apart = [joint.name for joint, gap in zip(constraints.joints, least, strict=True) if gap > 1e-6 * constraints.size]
    names = ", ".join(dict.fromkeys(positions.mechanism.joint(name).written_as for name in apart))
    return InputError(
        f"the linkage cannot be assembled: it has more joints than it needs, and at these dimensions they contradict each other: "
        f"{names} would stay open by up to {least.max():.3g} mm (degrees of freedom by Gruebler's count: "
        f"{gruebler(positions.mechanism)})",
        f"{positions.mechanism.where}: joints",
        "remove a joint, or give the redundant one dimensions that agree with the others",
    )


def require_stop(positions: Positions) -> None:
    """Refuse a lock whose stop stands where the linkage cannot get to."""
    lock = positions.mechanism.lock
    if lock is not None and not np.isfinite(positions.at(positions.selected, np.array([lock.drive.nominal]))).all():
        raise unreachable(positions, "lock.drive.value")
