"""Degrees of freedom: the count of Gruebler and Kutzbach, the rank of the constraints, and what a difference means."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mechlock.errors import InputError
from mechlock.linkage.constraints import Array, Constraints
from mechlock.linkage.mechanism import Mechanism
from mechlock.linkage.velocity import SINGULAR, mobility


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


def gruebler(mechanism: Mechanism) -> int:
    """Count of Gruebler and Kutzbach: three coordinates a moving body, two constraints a joint."""
    return 3 * len(mechanism.moving) - 2 * len(mechanism.joints)


def describe(mechanism: Mechanism, value: int) -> Mobility:
    """Put the two figures into words."""
    count = gruebler(mechanism)
    slots = sum(1 for joint in mechanism.joints if joint.name.endswith("~pin"))
    moving, joints = len(mechanism.moving) - slots, len(mechanism.joints) - slots
    text = f"{moving} moving bodies and {joints - slots} revolute or prismatic joints"
    text += f", {slots} pins in slots" if slots else ""
    formula = f"3 x {moving} - 2 x {joints - slots}" + (f" - {slots}" if slots else "")
    text += f": {formula} = {count}"
    if value > count:
        extra = value - count
        text += (
            f"; its rank gives {value}, since {extra} constraint{'s are' if extra > 1 else ' is'} redundant at these dimensions"
        )
    return Mobility(value, count, text)


def require_driven(mechanism: Mechanism, constraints: Constraints, q: Array) -> Mobility:
    """Return the mobility, or refuse a linkage that cannot move or that one drive does not determine.

    Parameters
    ----------
    q : array, shape (unknowns,)
        The assembled configuration.

    Raises
    ------
    InputError
        When the linkage is immobile, the drive is held, or bodies can move with the drive fixed (they are named).
    """
    found = describe(mechanism, mobility(constraints, q))
    if found.value < 1:
        raise InputError(
            f"the linkage cannot move: {found.explanation}", f"{mechanism.where}: joints", "remove a joint or add a body"
        )
    matrix = constraints.jacobian(q[None])[0]
    _, s, vt = np.linalg.svd(matrix)
    rank = int((s > SINGULAR * s[0]).sum())
    free = vt[rank:]
    if len(free) and found.value > 1:
        moved = np.abs(free).reshape(len(free), -1, 3).max(axis=(0, 2)) > 1e-6
        loose = [
            body for body, moves in zip(constraints.bodies, moved, strict=True) if moves and not mechanism.bodies[body].virtual
        ]
        raise InputError(
            f"one drive does not determine the motion: with it fixed, {', '.join(loose)} can still move ({found.explanation})",
            f"{mechanism.where}: drive",
            "add a joint, or remove a body",
        )
    return found
