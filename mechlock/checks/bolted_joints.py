"""Stiffness of the clamped members of a bolted joint, and how bolt and members share a load.

Sources: Wileman, Choudhury and Green, "Computation of member stiffness in bolted connections", J. Mech. Des. 113 (1991)
432-437; Shigley, Mechanical Engineering Design, member stiffness by 30 degree frusta.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from mechlock.errors import InputError

WILEMAN = {"steel": (0.78715, 0.62873), "aluminium": (0.79670, 0.63816), "cast iron": (0.77871, 0.61616)}
"""Coefficients A and B of the exponential fit by member material."""

_TAN_30 = math.tan(math.radians(30.0))


def member_stiffness_fit(diameter: float, grip: float, young: float, material: str = "steel") -> float:
    """Stiffness of the members in N/mm by the exponential fit E d A exp(B d / grip).

    Raises
    ------
    InputError
        For a material without coefficients, or a size that is not positive.
    """
    _check(diameter, grip, young)
    if material not in WILEMAN:
        raise InputError(f"there is no fit for members of {material!r}", mend=f"known are {', '.join(WILEMAN)}")
    first, second = WILEMAN[material]
    return young * diameter * first * math.exp(second * diameter / grip)


def member_stiffness_frusta(diameter: float, grip: float, young: float, washer_ratio: float = 1.5) -> float:
    """Stiffness of the members in N/mm by two 30 degree frusta under washers `washer_ratio` times as wide as the bolt."""
    _check(diameter, grip, young)
    face = washer_ratio * diameter
    half = 0.5 * grip
    wide = 2.0 * _TAN_30 * half
    ratio = (wide + face - diameter) * (face + diameter) / ((wide + face + diameter) * (face - diameter))
    return 0.5 * math.pi * young * diameter * _TAN_30 / math.log(ratio)


@dataclass(frozen=True)
class JointForces:
    """Forces of a preloaded joint under an external pull, N.

    Attributes
    ----------
    share : float
        Part of the pull that the bolt takes while the members touch.
    bolt : float
        Tension in the bolt.
    members : float
        Force between the members, negative in compression; 0 once they part.
    separation : float
        Pull at which the members part.
    """

    share: float
    bolt: float
    members: float
    separation: float


def joint_forces(bolt: float, members: float, preload: float, pull: float) -> JointForces:
    """Share a pull between bolt and members of given stiffnesses (N/mm).

    Raises
    ------
    InputError
        When a stiffness is not positive.
    """
    if bolt <= 0.0 or members <= 0.0:
        raise InputError("the stiffnesses of bolt and members must be positive")
    share = bolt / (bolt + members)
    separation = preload / (1.0 - share)
    if pull >= separation:
        return JointForces(share, pull, 0.0, separation)
    return JointForces(share, preload + share * pull, (1.0 - share) * pull - preload, separation)


def _check(diameter: float, grip: float, young: float) -> None:
    if min(diameter, grip, young) <= 0.0:
        raise InputError("diameter, grip and modulus must be positive")
