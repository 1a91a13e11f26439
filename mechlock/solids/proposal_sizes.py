"""Sizes of a lock's plates and pins from the forces in its joints.

Sources: EN 1993-1-8:2005, 3.13 and tables 3.9 and 3.10 (eyes of given thickness, pins in shear and bending), with the file's
safety against yield in place of partial factors; bearing by the mean projected pressure of joints that turn under load.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from mechlock.inputs.materials import find
from mechlock.linkage.mechanism import GROUND, Mechanism, PointName
from mechlock.linkage.statics import joint_forces
from mechlock.solids.parts import ruling_of_round

DIAMETERS = (8, 10, 12, 14, 16, 18, 20, 22, 25, 28, 30, 32, 36, 40, 45, 50, 55, 60, 70, 80, 90, 100)
"""Pins that are stocked, mm (ISO 2340, series of diameters)."""

THICKNESSES = (8, 10, 12, 15, 18, 20, 25, 30, 35, 40, 45, 50, 60, 70, 80)
"""Plates that are stocked, mm (assumption)."""

SAFETY = 1.5
PRESSURE = 120.0
"""Mean projected pressure in plain pin joints, MPa (acceptance data: lock_contact_pressure, p_mean_plain_pin)."""

PLATE, HOOK, PIN = "S690QL", "34CrNiMo6+QT", "42CrMo4+QT"

WIDEST = 1.2
"""Longest bearing over a pin's diameter (assumption: longer ones bear on their ends)."""

MOST_WIDE = 2.0
"""Bearing over diameter that is given to a pin whose diameter the linkage fixes; where that is too little it is said."""

GAP = 2.0
"""Between plates along a pin, mm, which is reckoned with before the plates are stacked."""

THROAT = 3.5
"""Bending stress at a hook's inner edge over that of a straight bar of the same section: the reference hook's finite elements
give 460 MPa where a straight bar has 117 MPa, 20 degrees of inclined pull included."""


@dataclass(frozen=True)
class JointSize:
    """What one pin needs.

    Attributes
    ----------
    force : float
        Greatest force, N.
    diameter : float
        Of the pin, mm.
    width : float
        Bearing length in all, mm.
    eye : float
        Outer diameter of the eyes, mm.
    """

    force: float
    diameter: float
    width: float
    eye: float

    @property
    def pressure(self) -> float:
        """Mean projected pressure in its bearings, MPa."""
        return self.force / (self.diameter * self.width)

    def thickness(self, plates: int) -> float:
        """Thickness of each of one or two plates, mm."""
        return stocked(self.width / plates, THICKNESSES)


def stocked(least: float, sizes: Iterable[float]) -> float:
    """Return the first size that is not below `least`."""
    return float(next((size for size in sizes if size >= least - 1e-9), math.ceil(least)))


def greatest_forces(mechanism: Mechanism, drive: float) -> dict[str, float]:
    """Return the greatest force (N) in every joint, under all loads at once and each by itself, in all their directions."""
    joints = {joint.name: 0.0 for joint in mechanism.joints}
    loads = mechanism.lock.loads if mechanism.lock is not None else ()
    if not loads:
        return joints
    angles = np.array([[load.direction.low, load.direction.nominal, load.direction.high] for load in loads])
    vectors = np.array([load.magnitude.high for load in loads])[:, None, None] * np.stack(
        [np.cos(angles), np.sin(angles)], axis=2
    )
    for chosen in [list(range(len(loads))), *([[number] for number in range(len(loads))] if len(loads) > 1 else [])]:
        applied: dict[PointName, np.ndarray] = {}
        for number in chosen:
            own = applied.get(loads[number].at)
            applied[loads[number].at] = vectors[number] if own is None or _size(own) < _size(vectors[number]) else own
        found = joint_forces(mechanism, applied, drive=drive)
        for name in joints:
            joints[name] = max(joints[name], _size(found.joints[name].force))
    return joints


def _size(vectors: np.ndarray) -> float:
    return float(np.linalg.norm(vectors, axis=1).max())


def joint_size(force: float, radius: float | None) -> JointSize:
    """Return pin, bearing length and eyes for a force (N); with the radius that the linkage gives its pin, where it does."""
    d = 2.0 * radius if radius else enough(force)
    width = max(min(force / (PRESSURE * d), MOST_WIDE * d), 0.5 * d, 8.0)
    edge = SAFETY * force / (2.0 * width * find(PLATE, "").yield_at(width)) + d / 3.0
    return JointSize(force, d, width, 2.0 * math.ceil(max(d + 2.0 * edge, 1.6 * d) / 2.0))


def enough(force: float) -> float:
    """Return the diameter of a pin for a force (N), mm."""
    return float(next((d for d in DIAMETERS if d >= 12 and _pin_holds(force, float(d))), DIAMETERS[-1]))


def too_small(pin: str, size: JointSize) -> str | None:
    """Say that a pin whose diameter the linkage fixes cannot carry its force; None where it can."""
    least = enough(size.force)
    if size.pressure <= PRESSURE * (1.0 + 1e-9) or size.diameter >= least:
        return None
    return (
        f"the pin {pin} of {size.diameter:g} mm is too small for {size.force / 1e3:.3g} kN ({size.pressure:.3g} MPa in its "
        f"bearings); {least:g} mm would do: change pin_radius in the linkage"
    )


def _pin_holds(force: float, d: float) -> bool:
    width = force / (PRESSURE * d)
    allowed = find(PIN, "").yield_at(ruling_of_round(d)) / SAFETY
    shear = force / (2.0 * math.pi * d**2 / 4.0) / (allowed / math.sqrt(3.0))
    bending = force / 8.0 * (width + 4.0 * GAP + width) / (math.pi * d**3 / 32.0) / allowed
    return width <= WIDEST * d and math.hypot(shear, bending) <= 1.0


def throat(force: float, thickness: float, saddle: float, angle: float) -> float:
    """Return the depth (mm) of a hook's throat at `angle` from its crown for a force (N)."""
    allowed = find(HOOK, "").yield_at(thickness) / SAFETY
    for depth in np.arange(20.0, 400.0, 2.0):
        arm = (saddle + depth / 2.0) * math.sin(angle)
        if THROAT * 6.0 * force * arm / (thickness * depth**2) + force * math.sin(angle) / (thickness * depth) <= allowed:
            return float(depth)
    return 400.0


def pin_sizes(mechanism: Mechanism, pins: Mapping[str, str], forces: Mapping[str, float]) -> dict[str, JointSize]:
    """Return the size of every pin by the joint that it is named after; `pins` are the pins of all joints."""
    found: dict[str, JointSize] = {}
    for pin in dict.fromkeys(pins.values()):
        own = [name for name, its in pins.items() if its == pin]
        radius = next((mechanism.joint(name).pin_radius for name in own if mechanism.joint(name).pin_radius), None)
        found[pin] = joint_size(max(forces[name] for name in own), radius)
    return found


def grounded(mechanism: Mechanism, body: str) -> bool:
    """Say whether a pin holds a body to ground."""
    return any(joint.kind == "revolute" and set(joint.bodies) == {GROUND, body} for joint in mechanism.joints)
