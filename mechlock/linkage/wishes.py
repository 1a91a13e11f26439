"""What is wanted of a lock, and the rules that all proposals of the synthesis keep to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mechlock.linkage.constraints import Array

Complexes = npt.NDArray[np.complex128]

STEPS = 61
"""Positions looked at between open and locked."""

LEAST_SINE = 0.5
"""Least sine of the transmission angle anywhere."""

CONE = np.radians(10.0)
"""Half of the load's cone of directions."""


@dataclass(frozen=True)
class Wishes:
    """What is wanted (mm, N, N·mm, rad).

    Attributes
    ----------
    over_centre : float
        Crank angle from dead centre to the stop.
    travel : float
        How far the hook opens.
    envelope : (width, height)
        Box around all pivots and pins through the whole travel, and the hook's point when locked.
    clamp : (low, high)
        Load on the hook's point: guaranteed, and greatest.
    release : float
        Greatest torque to open it under the load `parked`.
    parked : (low, high)
        Load under which it must open.
    arm : (x, y)
        The hook's point from its pivot when locked, the load acts upwards there.
    friction : (low, high)
        Coefficient in the pins.
    lever : float
        Least lever of the load on the crank when locked (mm): what presses it into its stop.
    press : float
        The same of a slider: newtons that press it into its stop for each newton on a hook.
    swing : float
        Greatest swing of the crank from open to dead centre.
    shear, pressure, width : float
        What sizes the pins: mean shear stress in two planes (MPa), mean pressure (MPa) over a width (mm).
    """

    over_centre: float
    travel: float
    envelope: tuple[float, float]
    clamp: tuple[float, float]
    release: float
    parked: tuple[float, float]
    arm: tuple[float, float] = (60.0, 25.0)
    friction: tuple[float, float] = (0.05, 0.15)
    lever: float = 2.0
    press: float = 0.02
    swing: float = np.radians(140.0)
    shear: float = 120.0
    pressure: float = 80.0
    width: float = 35.0


def pin_radius(wishes: Wishes, force: Array) -> Array:
    """Least radius of a pin (mm) under a force (N), by shear and pressure."""
    return np.maximum(np.sqrt(force / (2.0 * np.pi * wishes.shear)), force / (2.0 * wishes.pressure * wishes.width))
