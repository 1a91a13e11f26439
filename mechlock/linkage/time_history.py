"""What shakes a mechanism's ground, and the motion in time that follows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from mechlock.linkage.constraints import Array
from mechlock.linkage.mechanism import Mechanism


@dataclass(frozen=True)
class BaseMotion:
    """Acceleration of ground: times (s), shape (k,), and values (mm/s²), shape (k, 2); linear between them, zero outside.

    Attributes
    ----------
    smooth : callable, optional
        Takes times, returns accelerations (n, 2): a pulse that is smooth but at its ends; the samples then only say where.
    """

    time: Array
    acceleration: Array
    smooth: Callable[[Array], Array] | None = None

    @property
    def breaks(self) -> tuple[float, ...]:
        """Times at which a smooth pulse begins and ends, where the integration begins anew."""
        return (float(self.time[0]), float(self.time[-1])) if self.smooth is not None else ()

    def at(self, time: Array) -> Array:
        """Acceleration at given times, shape (n, 2)."""
        if self.smooth is not None:
            return self.smooth(time)
        return np.stack([np.interp(time, self.time, column, left=0.0, right=0.0) for column in self.acceleration.T], axis=1)


@dataclass(frozen=True)
class Impact:
    """A blow on a stop: when (s), how fast before (rad/s or mm/s), and the energy it takes (N·mm)."""

    time: float
    speed: float
    loss: float


@dataclass(frozen=True)
class Dynamics:
    """A motion in time, n instants.

    Attributes
    ----------
    time, drive, rate, acceleration : array, shape (n,)
        s; drive coordinate and its derivatives (rad or mm).
    phase : tuple of str
        ``"free"``, ``"stop"`` or ``"stuck"`` at each instant.
    joints : mapping of str to array (n,)
        Size of each joint's force (N).
    contacts : mapping of str to array (n,)
        Normal force of one-sided contacts (N); where it is negative they lift off, and the motion from there on is not real.
    kinetic, potential, base_work, friction_work, damping_work, impact_loss : array, shape (n,)
        Energies since the start (N·mm); friction and damping are negative, the loss in impacts is positive.
    impacts : tuple of Impact
        Blows on stops.
    ended : str
        Why it ended: ``"time"``, or ``"limit of travel"``.
    """

    mechanism: Mechanism
    time: Array
    drive: Array
    rate: Array
    acceleration: Array
    phase: tuple[str, ...]
    joints: Mapping[str, Array]
    contacts: Mapping[str, Array]
    kinetic: Array
    potential: Array
    base_work: Array
    friction_work: Array
    damping_work: Array
    impact_loss: Array
    impacts: tuple[Impact, ...]
    ended: str

    @property
    def lift_off(self) -> dict[str, float]:
        """Contacts that lift off, with the first time at which they do (s)."""
        return {name: float(self.time[np.argmax(normal < 0.0)]) for name, normal in self.contacts.items() if np.any(normal < 0.0)}

    @property
    def balance(self) -> Array:
        """Energy that the sum leaves (N·mm), shape (n,): zero but for the integration's error."""
        change = self.kinetic + self.potential - self.kinetic[0] - self.potential[0]
        return change - self.base_work - self.friction_work - self.damping_work + self.impact_loss

    @property
    def balance_error(self) -> float:
        """Largest of `balance` over the largest energy that moved."""
        flows = (self.kinetic, self.base_work, self.friction_work, self.impact_loss, self.potential - self.potential[0])
        moved = max(float(np.ptp(flow)) for flow in flows)
        return float(np.abs(self.balance).max() / moved) if moved > 0.0 else 0.0
