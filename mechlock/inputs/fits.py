"""Fits of holes and shafts after ISO 286: limits of size, and the clearance that a pin joint can have.

Source: ISO 286-1 and -2, standard tolerances IT5 to IT11 and fundamental deviations up to 120 mm. Checked against the tables of
the package isofits 1.0 (sizes over 3 mm, 310 deviations of 31 zones, all equal); sizes up to 3 mm and other zones from memory.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mechlock.errors import InputError

STEPS = (3.0, 6.0, 10.0, 18.0, 30.0, 50.0, 80.0, 120.0)
"""Upper ends of the ranges of nominal size, mm."""

GRADES = {
    5: (4, 5, 6, 8, 9, 11, 13, 15),
    6: (6, 8, 9, 11, 13, 16, 19, 22),
    7: (10, 12, 15, 18, 21, 25, 30, 35),
    8: (14, 18, 22, 27, 33, 39, 46, 54),
    9: (25, 30, 36, 43, 52, 62, 74, 87),
    10: (40, 48, 58, 70, 84, 100, 120, 140),
    11: (60, 75, 90, 110, 130, 160, 190, 220),
}
"""Standard tolerances in micrometres."""

BELOW = {
    "d": (20, 30, 40, 50, 65, 80, 100, 120),
    "e": (14, 20, 25, 32, 40, 50, 60, 72),
    "f": (6, 10, 13, 16, 20, 25, 30, 36),
    "g": (2, 4, 5, 6, 7, 9, 10, 12),
    "h": (0, 0, 0, 0, 0, 0, 0, 0),
}
"""Distance of the nearer limit from the nominal size in micrometres: shafts below, holes (in capitals) above it."""

TRANSITION_HOLES = {"M7": (-2, 0, 0, 0, 0, 0, 0, 0)}
"""Upper deviations of holes that are no larger than nominal, micrometres."""

_ZONE = re.compile(r"^([A-Za-z])(\d+)$")


@dataclass(frozen=True)
class Clearance:
    """Least and greatest clearance of a fit in mm, on the diameter; negative is interference."""

    low: float
    high: float


def deviations(zone: str, size: float) -> tuple[float, float]:
    """Return the lower and upper deviation (mm) of a tolerance zone such as ``H7`` (hole) or ``f7`` (shaft).

    Raises
    ------
    InputError
        For a zone or a size that the tables do not hold.
    """
    match = _ZONE.match(zone)
    index = next((i for i, step in enumerate(STEPS) if size <= step), None)
    if index is None or size <= 0.0:
        raise InputError(f"there is no tolerance for a size of {size:g} mm", mend=f"sizes up to {STEPS[-1]:g} mm are known")
    if zone in TRANSITION_HOLES:
        high = TRANSITION_HOLES[zone][index]
        return (high - GRADES[int(zone[1:])][index]) / 1e3, high / 1e3
    letter, grade = (match.group(1), int(match.group(2))) if match else ("", 0)
    if letter.lower() not in BELOW or grade not in GRADES:
        known = f"{', '.join(BELOW)} and {', '.join(k.upper() for k in BELOW)} with grades 5 to 11, {', '.join(TRANSITION_HOLES)}"
        raise InputError(f"unknown tolerance zone {zone!r}", mend=f"known: {known}")
    near, width = BELOW[letter.lower()][index] / 1e3, GRADES[grade][index] / 1e3
    return (near, near + width) if letter.isupper() else (-near - width, -near)


def clearance(fit: str, size: float) -> Clearance:
    """Return the clearance of a fit such as ``H7/f7`` at a nominal size in mm.

    Raises
    ------
    InputError
        When it is not a hole's and a shaft's zone that the tables hold.
    """
    hole, _, shaft = fit.partition("/")
    if not hole[:1].isupper() or not shaft[:1].islower():
        raise InputError(f"{fit!r} is not a fit", mend="write the hole's and the shaft's zone, such as 'H7/f7'")
    hole_low, hole_high = deviations(hole, size)
    shaft_low, shaft_high = deviations(shaft, size)
    return Clearance(hole_low - shaft_high, hole_high - shaft_low)


def joint_clearance(running: str, seat: str, size: float) -> float:
    """Return the greatest radial play (mm) between the two parts of a pin joint: half of both clearances, where there is any."""
    both = (clearance(running, size).high, clearance(seat, size).high)
    return sum(max(value, 0.0) for value in both) / 2.0
