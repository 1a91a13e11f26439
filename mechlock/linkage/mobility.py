"""Degrees of freedom: the count of Gruebler and Kutzbach, the rank of the constraints, and what a difference means."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mechlock.errors import InputError
from mechlock.linkage.assur import driven_bodies, gruebler
from mechlock.linkage.constraints import Array, Constraints
from mechlock.linkage.mechanism import Mechanism
from mechlock.linkage.positions import Mode, Positions
from mechlock.linkage.velocity import SINGULAR, mobility, rates


@dataclass(frozen=True)
class Mobility:
    """Degrees of freedom of a mechanism.

    Attributes
    ----------
    value : int
        By the rank of the constraints in the assembled position.
    count : int
        By Gruebler and Kutzbach: 3 (bodies - 1) - 2 joints.
    explanation : str
        In words.
    """

    value: int
    count: int
    explanation: str


def describe(mechanism: Mechanism, value: int) -> Mobility:
    """Put the two figures into words."""
    count = gruebler(mechanism)
    slots = sum(1 for joint in mechanism.joints if joint.name.endswith(("~pin", "~far")))
    moving, joints = len(mechanism.moving) - slots, len(mechanism.joints) - slots
    text = f"{moving} moving {'body' if moving == 1 else 'bodies'} and {joints - slots} revolute or prismatic joints"
    pairs = "higher pair (pin in a slot, eccentric, cam)" if slots == 1 else "higher pairs (pins in slots, eccentrics, cams)"
    text += f", {slots} {pairs}" if slots else ""
    formula = f"3 x {moving} - 2 x {joints - slots}" + (f" - {slots}" if slots else "")
    text += f": {formula} = {count}"
    if value > count:
        extra = value - count
        text += (
            f"; its rank gives {value}, since {extra} constraint{'s are' if extra > 1 else ' is'} redundant at these dimensions"
        )
    return Mobility(value, count, text)


def require_driven(positions: Positions, mode: Mode, drive: float | None = None) -> Mobility:
    """Return the mobility, or refuse a linkage that cannot move.

    A singular position (all links in one line, say) seems to have more freedom than the linkage has: the least freedom of
    the positions around it counts.

    Raises
    ------
    InputError
        When the linkage is immobile, or bodies can move with the drive fixed (they are named).
    """
    mechanism, constraints = positions.mechanism, positions.constraints
    value = positions.drive_value if drive is None else drive
    here = positions.at_value(mode) if drive is None else positions.at(mode, np.array([value]))[0]
    step = 0.01 * (constraints.size if constraints.sliding else 1.0)
    around = positions.at(mode, value + step * np.array([-3.0, -1.0, 1.0, 3.0]))
    around = around[np.isfinite(around).all(axis=1)]
    freedom = mobility(constraints, here)
    singular = False
    if freedom > 1:
        least = min([mobility(constraints, q) for q in around], default=max(gruebler(mechanism), 1))
        singular, freedom = least < freedom, min(freedom, least)
    found = describe(mechanism, freedom)
    if singular:
        found = Mobility(found.value, found.count, f"{found.explanation}; this position is singular")
    if freedom < 1:
        raise InputError(
            f"the linkage cannot move: {found.explanation}", f"{mechanism.where}: joints", "remove a joint or add a body"
        )
    if freedom > 1:
        loose = ", ".join(_loose(constraints, here, mechanism))
        raise InputError(
            f"one drive does not determine the motion: with it fixed, {loose} can still move ({found.explanation})",
            f"{mechanism.where}: drive",
            "add a joint, or remove a body",
        )
    _require_moved(positions, here, around)
    return found


def _require_moved(positions: Positions, here: Array, around: Array) -> None:
    """Refuse a drive that moves its own body alone."""
    mechanism, constraints = positions.mechanism, positions.constraints
    kept, carried = driven_bodies(mechanism)
    others = [i for i, body in enumerate(constraints.bodies) if body not in {kept, carried}]
    looked_at = np.vstack([here[None], around])
    v = rates(constraints, looked_at[np.isfinite(looked_at).all(axis=1)])
    v = v[np.isfinite(v).all(axis=1)]
    if not others or not len(v):
        return
    moved = np.abs(v.reshape(len(v), -1, 3) * [1.0, 1.0, constraints.size])
    if moved[:, others].max() <= SINGULAR * moved.max():
        raise InputError(
            f"the drive moves {carried} alone: every other body stands still",
            f"{mechanism.where}: drive.joint",
            "drive a joint of the linkage",
        )


def _loose(constraints: Constraints, q: Array, mechanism: Mechanism) -> list[str]:
    """Bodies that can move with the drive fixed."""
    _, s, vt = np.linalg.svd(constraints.jacobian(q[None])[0])
    free = vt[int((s > SINGULAR * s[0]).sum()) :]
    moved = np.abs(free).reshape(len(free), -1, 3).max(axis=(0, 2)) > 1e-6
    return [body for body, moves in zip(constraints.bodies, moved, strict=True) if moves and not mechanism.bodies[body].virtual]
