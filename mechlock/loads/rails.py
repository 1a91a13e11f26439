"""A truck's rails as a bar in torsion between the middles of its axle groups, with a pack that braces a part of them."""

from __future__ import annotations

from dataclasses import dataclass

from mechlock.errors import InputError


@dataclass(frozen=True)
class Brace:
    """What stands on a part of the rails and twists with it.

    Attributes
    ----------
    length : float
        Of the part, mm.
    stiffness : float
        Moment per angle between the ends of the part, N mm/rad.
    """

    length: float
    stiffness: float


@dataclass(frozen=True)
class Rails:
    """Rails as the truck's ride and the pack on them see them.

    Attributes
    ----------
    stiffness : float
        Moment per angle between the axle groups, N mm/rad.
    bare : float
        The same of the rails alone over the part that is braced (without a brace: over their whole length), N mm/rad.
    twist : float
        Twist per length under the pack, per angle between the axle groups, 1/mm.
    front_share : float
        Of the front part's roll in the roll at the pack; the rest is the rear part's.
    brace : Brace or None
    """

    stiffness: float
    bare: float
    twist: float
    front_share: float
    brace: Brace | None

    @property
    def left(self) -> float:
        """Part of the twist that the same torque leaves under the pack: rails over rails and brace."""
        return 1.0 if self.brace is None else self.bare / (self.bare + self.brace.stiffness)


def rails(stiffness: float, length: float, behind: float, brace: Brace | None = None) -> Rails:
    """Rails of one section, with or without a brace.

    One torque runs through them from one axle group to the other, so that their parts are springs in series; rails and brace
    turn by the same angle, so that over the braced part they are springs in parallel.

    Parameters
    ----------
    stiffness : float
        Moment per angle between the axle groups without a brace, N mm/rad.
    length : float
        Between the middles of the axle groups, mm.
    behind : float
        Of the pack's middle behind the middle of the front axles, mm.
    brace : Brace, optional

    Raises
    ------
    InputError
        When the brace does not stand between the axle groups.
    """
    if brace is None:
        return Rails(stiffness, stiffness, 1.0 / length, min(max(1.0 - behind / length, 0.0), 1.0), None)
    before = behind - 0.5 * brace.length
    if before < 0.0 or before + brace.length > length:
        raise InputError(
            f"the pack's seats reach from {before:.0f} to {before + brace.length:.0f} mm behind the middle of the front axles, "
            f"and the rails twist from 0 to {length:.0f} mm",
            "truck: pack_behind_first_axle_m",
            "place the pack between the axle groups, or set rails = 'rigid' in the duty file",
        )
    bare = stiffness * length / brace.length
    braced = 1.0 / (bare + brace.stiffness)
    whole = (length - brace.length) / (length * stiffness) + braced
    turned = before / (length * stiffness) + 0.5 * braced
    return Rails(1.0 / whole, bare, braced / (whole * brace.length), 1.0 - turned / whole, brace)
