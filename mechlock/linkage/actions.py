"""What acts on a mechanism besides the lock's loads: masses, gravity, springs, given forces, actuators, stops."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import sympy as sp

from mechlock.linkage.mechanism import PointName


@dataclass(frozen=True)
class MassProperties:
    """Mass (t), centre of mass in the body's frame (mm, expressions in parameters), inertia about it (t·mm²)."""

    mass: float
    centre: tuple[sp.Expr, sp.Expr]
    inertia: float


@dataclass(frozen=True)
class Spring:
    """A spring between two points.

    Attributes
    ----------
    first, second : PointName
        Its ends.
    free_length, rate, preload : float
        It pulls its ends together with ``preload + rate (length - free_length)`` (mm, N/mm, N).
    damping : float
        Force per speed of lengthening (N·s/mm).
    acts : {"both", "pull", "push"}
        Whether it can only pull (a rope in series) or only push (a loose buffer).
    """

    name: str
    first: PointName
    second: PointName
    free_length: float
    rate: float
    preload: float
    damping: float
    acts: Literal["both", "pull", "push"]


@dataclass(frozen=True)
class TorsionSpring:
    """A spring that turns a revolute joint back with ``preload + rate (angle - free_angle)`` (rad, N·mm/rad, N·mm)."""

    name: str
    joint: str
    free_angle: float
    rate: float
    preload: float
    damping: float


@dataclass(frozen=True)
class AppliedForce:
    """A constant force on a point (N, ground's frame) or a constant torque on a body (N·mm)."""

    name: str
    body: str
    at: PointName | None
    force: tuple[float, float]
    torque: float


@dataclass(frozen=True)
class Actuator:
    """A force that pushes two points apart (N)."""

    name: str
    first: PointName
    second: PointName
    force: float


@dataclass(frozen=True)
class Stop:
    """The drive is blocked at a coordinate (rad or mm), increasing (+1) or decreasing (-1); restitution of speed."""

    at: float
    blocks: Literal[-1, 1]
    restitution: float


@dataclass(frozen=True)
class Actions:
    """Everything that acts.

    Attributes
    ----------
    masses : mapping of body to MassProperties
        Bodies that have a mass or an inertia.
    gravity : (gx, gy)
        Acceleration of gravity in ground's frame (mm/s²).
    springs, torsion_springs, forces, actuators, stops
        As their classes say; stops of the drive besides the lock's.
    """

    masses: Mapping[str, MassProperties] = field(default_factory=dict[str, MassProperties])
    gravity: tuple[float, float] = (0.0, 0.0)
    springs: tuple[Spring, ...] = ()
    torsion_springs: tuple[TorsionSpring, ...] = ()
    forces: tuple[AppliedForce, ...] = ()
    actuators: tuple[Actuator, ...] = ()
    stops: tuple[Stop, ...] = ()

    @property
    def any_force(self) -> bool:
        """Whether any of them exerts a force on a linkage at rest."""
        weight = self.masses and self.gravity != (0.0, 0.0)
        return bool(weight or self.springs or self.torsion_springs or self.forces or self.actuators)
