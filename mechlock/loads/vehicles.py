"""Ride models of a truck: quarter, half (pitch plane) and full with frame twist, as one kind of linear system.

The sprung part has a few coordinates; every wheel station reads its height from them by a row of `stations`, stands on
a suspension (spring, damper) and an unsprung mass, and that on a tyre. Tyres that lift off and suspension stops are
added in time by `mechlock.loads.ride`. Positions are measured from rest on a flat road.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from mechlock import units
from mechlock.errors import InputError
from mechlock.loads.history import FloatArray
from mechlock.loads.standards import Record, find_record


@dataclass(frozen=True)
class Vehicle:
    """A ride model with ``b`` body coordinates and ``w`` wheels.

    Attributes
    ----------
    body_mass, body_stiffness, body_damping : ndarray, (b, b)
        Of the sprung part itself (tonne and tonne mm²; frame torsion as stiffness).
    stations : ndarray, (w, b)
        Height of the body above each wheel, per body coordinate.
    gravity_row : ndarray, (b,)
        Vertical travel of the sprung weight per body coordinate times its mass, tonne.
    wheel_mass : ndarray, (w,)
        Unsprung masses, tonne.
    spring, damper, tyre, tyre_damper : ndarray, (w,)
        N/mm, N s/mm, N/mm, N s/mm.
    travel : ndarray, (w,)
        Suspension travel to the stops from rest, mm (infinite: no stop); stop : ndarray, (w,), its stiffness, N/mm.
    delay : ndarray, (w,)
        Distance of each wheel behind the first axle, mm.
    side : tuple of str, (w,)
        ``"left"``, ``"right"`` or ``"mean"`` of the two tracks.
    seats : ndarray, (w, w)
        Height of the axle under each spring per height of each wheel: the identity where each wheel has its own spring, and
        for solid axles, whose springs stand closer together than the wheels, a share of the other wheel too.
    name, source : str
    """

    body_mass: FloatArray
    body_stiffness: FloatArray
    body_damping: FloatArray
    stations: FloatArray
    gravity_row: FloatArray
    wheel_mass: FloatArray
    spring: FloatArray
    damper: FloatArray
    tyre: FloatArray
    tyre_damper: FloatArray
    travel: FloatArray
    stop: FloatArray
    delay: FloatArray
    side: tuple[str, ...]
    seats: FloatArray
    name: str
    source: str

    @property
    def matrices(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Mass, damping and stiffness of (body coordinates, wheels) with all tyres on the road, (b + w, b + w)."""
        whole = len(self.gravity_row) + len(self.wheel_mass)
        mass = np.zeros((whole, whole))
        bodies = len(self.gravity_row)
        mass[:bodies, :bodies] = self.body_mass
        mass[bodies:, bodies:] = np.diag(self.wheel_mass)
        relative = np.hstack([self.stations, -self.seats])

        def assembled(own: FloatArray, between: FloatArray, ground: FloatArray) -> FloatArray:
            total = relative.T @ (between[:, None] * relative)
            total[:bodies, :bodies] += own
            total[bodies:, bodies:] += np.diag(ground)
            return total

        return (
            mass,
            assembled(self.body_damping, self.damper, self.tyre_damper),
            assembled(self.body_stiffness, self.spring, self.tyre),
        )

    @property
    def static_wheel_load(self) -> FloatArray:
        """Force of each tyre on the road at rest, N, from equilibrium with the elastic supports."""
        _, _, stiffness = self.matrices
        weight = units.STANDARD_GRAVITY * np.concatenate([self.gravity_row, self.wheel_mass])
        return self.tyre * np.linalg.solve(stiffness, weight)[len(self.gravity_row) :]


def quarter_vehicle(
    sprung: float,
    unsprung: float,
    spring: float,
    damper: float,
    tyre: float,
    tyre_damper: float = 0.0,
    travel: float = math.inf,
    stop: float = 0.0,
    name: str = "quarter vehicle",
    source: str = "",
) -> Vehicle:
    """One wheel and its share of the body (tonne, N/mm, N s/mm, mm)."""
    _positive(name, sprung=sprung, unsprung=unsprung, spring=spring, tyre=tyre)
    one = np.ones(1)
    return Vehicle(
        body_mass=np.array([[sprung]]),
        body_stiffness=np.zeros((1, 1)),
        body_damping=np.zeros((1, 1)),
        stations=np.ones((1, 1)),
        gravity_row=np.array([sprung]),
        wheel_mass=unsprung * one,
        spring=spring * one,
        damper=damper * one,
        tyre=tyre * one,
        tyre_damper=tyre_damper * one,
        travel=travel * one,
        stop=stop * one,
        delay=np.zeros(1),
        side=("mean",),
        seats=np.ones((1, 1)),
        name=name,
        source=source,
    )


def half_truck(front: Vehicle, rear: Vehicle, wheelbase: float, pitch_inertia_ratio: float = 1.0) -> Vehicle:
    """Pitch plane of a truck made of two quarter vehicles: body coordinates are heave (mm) and pitch (rad, nose up).

    Parameters
    ----------
    front, rear : Vehicle
        Quarter vehicles; their sprung masses set mass and centre of gravity.
    wheelbase : float
        mm.
    pitch_inertia_ratio : float
        Pitch inertia over mass times the two distances of the axles from the centre of gravity; 1 lets front and rear
        move independently.
    """
    _positive("half truck", wheelbase=wheelbase, pitch_inertia_ratio=pitch_inertia_ratio)
    ahead, behind = float(front.gravity_row[0]), float(rear.gravity_row[0])
    mass = ahead + behind
    a, b = wheelbase * behind / mass, wheelbase * ahead / mass
    stations = np.array([[1.0, a], [1.0, -b]])
    return joined(
        (front, rear),
        body_mass=np.diag([mass, pitch_inertia_ratio * mass * a * b]),
        body_stiffness=np.zeros((2, 2)),
        stations=stations,
        gravity_row=np.array([mass, 0.0]),
        delay=np.array([0.0, wheelbase]),
        side=("mean", "mean"),
        name="half truck",
    )


def full_truck(
    front: Vehicle,
    rear: Vehicle,
    wheelbase: float,
    track: float,
    torsional_stiffness: float,
    pitch_inertia_ratio: float = 1.0,
    roll_radius: float = 700.0,
) -> Vehicle:
    """Two axles with left and right wheels, and a frame that twists between them.

    Body coordinates: heave (mm), pitch (rad, nose up), roll of the front part and of the rear part (rad, left up).

    Parameters
    ----------
    front, rear : Vehicle
        Quarter vehicles, one wheel each.
    wheelbase, track : float
        mm.
    torsional_stiffness : float
        Moment per angle between the front and the rear part, N mm/rad.
    pitch_inertia_ratio : float
        As in `half_truck`.
    roll_radius : float
        Radius of gyration in roll, mm.
    """
    _positive("full truck", wheelbase=wheelbase, track=track, roll_radius=roll_radius)
    ahead, behind = 2.0 * float(front.gravity_row[0]), 2.0 * float(rear.gravity_row[0])
    mass = ahead + behind
    a, b = wheelbase * behind / mass, wheelbase * ahead / mass
    h = 0.5 * track
    twist = torsional_stiffness * np.array([[1.0, -1.0], [-1.0, 1.0]])
    stiffness = np.zeros((4, 4))
    stiffness[2:, 2:] = twist
    return joined(
        (front, front, rear, rear),
        body_mass=np.diag([mass, pitch_inertia_ratio * mass * a * b, ahead * roll_radius**2, behind * roll_radius**2]),
        body_stiffness=stiffness,
        stations=np.array([[1, a, h, 0], [1, a, -h, 0], [1, -b, 0, h], [1, -b, 0, -h]], dtype=float),
        gravity_row=np.array([mass, 0.0, 0.0, 0.0]),
        delay=np.array([0.0, 0.0, wheelbase, wheelbase]),
        side=("left", "right", "left", "right"),
        name="full truck",
    )


def standard_vehicle(name: str, empty: bool = False, records: Iterable[Record] | None = None) -> Vehicle:
    """Quarter vehicle of the data files by its id; `empty` takes the unladen sprung mass where the row has one."""
    row = find_record(name, "vehicle", records)
    sprung = row.value("m_sprung_empty_kg") if empty else row.value("m_sprung_kg")
    return quarter_vehicle(
        sprung * 1e-3,
        row.value("m_unsprung_kg") * 1e-3,
        row.value("k_susp_N_m") * 1e-3,
        row.value("c_susp_Ns_m") * 1e-3,
        row.value("k_tyre_N_m") * 1e-3,
        name=name,
        source=row.source,
    )


def joined(
    wheels: tuple[Vehicle, ...],
    *,
    body_mass: FloatArray,
    body_stiffness: FloatArray,
    stations: FloatArray,
    gravity_row: FloatArray,
    delay: FloatArray,
    side: tuple[str, ...],
    name: str,
    seats: FloatArray | None = None,
) -> Vehicle:
    """Ride model of one body on the wheels of quarter vehicles; the other arguments are those of `Vehicle`."""
    for wheel in wheels:
        if len(wheel.wheel_mass) != 1:
            raise InputError(f"{wheel.name} is not a quarter vehicle", name, "give one wheel each")

    def each(attribute: str) -> FloatArray:
        return np.concatenate([getattr(wheel, attribute) for wheel in wheels])

    return Vehicle(
        body_mass=body_mass,
        body_stiffness=body_stiffness,
        body_damping=np.zeros_like(body_stiffness),
        stations=stations,
        gravity_row=gravity_row,
        wheel_mass=each("wheel_mass"),
        spring=each("spring"),
        damper=each("damper"),
        tyre=each("tyre"),
        tyre_damper=each("tyre_damper"),
        travel=each("travel"),
        stop=each("stop"),
        delay=delay,
        side=side,
        seats=np.eye(len(wheels)) if seats is None else seats,
        name=name,
        source="; ".join(sorted({wheel.source for wheel in wheels})),
    )


def _positive(name: str, **sizes: float) -> None:
    for key, value in sizes.items():
        if not (math.isfinite(value) and value > 0.0):
            raise InputError(f"{key.replace('_', ' ')} is {value!r}", name, "give a positive number")
