"""What arrives at the pack's supports on a truck: six accelerations of the base and the twist of the rails.

Axes: x forward, y to the left, z up. The ride models give heave, pitch (nose up) and rolls (left up).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mechlock.errors import InputError
from mechlock.loads.history import FloatArray
from mechlock.loads.ride import Ride


@dataclass(frozen=True)
class BaseMotion:
    """Motion of a base.

    Attributes
    ----------
    step : float
        s.
    acceleration : ndarray, (n, 6)
        Of a point: along x, y, z (mm/s²) and about x, y, z (rad/s²).
    twist : ndarray, (n,)
        Roll of the front part of the frame against the rear part, rad.
    """

    step: float
    acceleration: FloatArray
    twist: FloatArray


def base_motion(ride: Ride, drive: int = 0, ahead: float = 0.0, front_share: float = 0.5) -> BaseMotion:
    """Base motion at a point `ahead` (mm) of the centre of gravity of the sprung part, on one of the ride's drives.

    A quarter vehicle gives heave only, a half truck pitch as well, a full truck roll too: the frame twists between its
    front and its rear part, so that `front_share` of the roll is the front's and the rest the rear's.
    """
    coordinates, rates = ride.body[drive], ride.body_acceleration[drive]
    samples, count = rates.shape
    if count not in (1, 2, 4):
        raise InputError(f"{count} body coordinates", "base motion", "use a quarter, half or full truck")
    acceleration, twist = np.zeros((samples, 6)), np.zeros(samples)
    acceleration[:, 2] = rates[:, 0]
    if count > 1:
        acceleration[:, 2] += ahead * rates[:, 1]
        acceleration[:, 4] = -rates[:, 1]  # nose up turns against the y axis
    if count > 2:
        acceleration[:, 3] = front_share * rates[:, 2] + (1.0 - front_share) * rates[:, 3]
        twist = coordinates[:, 2] - coordinates[:, 3]
    return BaseMotion(ride.step, acceleration, twist)
