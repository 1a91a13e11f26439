"""Whole trucks of several axles, made of the quarter vehicles and the truck rows of the data files.

Body coordinates are those of `mechlock.loads.vehicles.full_truck`: heave (mm), pitch (rad, nose up), roll of the front part
and of the rear part of a frame that twists between them (rad, left up).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from mechlock.loads.history import FloatArray
from mechlock.loads.rails import Brace, Rails, rails
from mechlock.loads.standards import Record, find_record
from mechlock.loads.vehicles import Vehicle, joined, standard_vehicle

DEFAULT = "mine_tipper_8x4_default"
"""Row of the truck that a duty spectrum is driven with unless it names another."""


@dataclass(frozen=True)
class Axle:
    """One axle of a truck.

    Attributes
    ----------
    wheel : Vehicle
        Quarter vehicle of one of its two ends.
    behind : float
        Distance behind the first axle, mm.
    front : bool
        Whether it stands under the front part of the frame.
    """

    wheel: Vehicle
    behind: float
    front: bool


@dataclass(frozen=True)
class Truck:
    """A ride model with the place of the pack on it.

    Attributes
    ----------
    vehicle : Vehicle
    ahead : float
        Of the pack before the centre of gravity of the sprung part, mm.
    rails : Rails
        Between the middles of the front and the rear axles, over which the frame twists.
    track : float
        Distance between left and right wheels, mm.
    source : str
    """

    vehicle: Vehicle
    ahead: float
    rails: Rails
    track: float
    source: str


def axled_truck(
    axles: tuple[Axle, ...],
    track: float,
    spring_base: float,
    torsional_stiffness: float,
    pitch_inertia_ratio: float = 1.0,
    roll_gyration: float = 900.0,
    name: str = "truck",
) -> Vehicle:
    """Ride model of a truck with any number of solid axles, whose wheels' sprung shares set mass and centre of gravity.

    Parameters
    ----------
    axles : tuple of Axle
        From front to rear.
    track : float
        Distance between left and right wheels, mm.
    spring_base : float
        Distance between left and right springs, mm; as wide as the track for independent wheels.
    torsional_stiffness : float
        Moment per angle between the front and the rear part, N mm/rad.
    pitch_inertia_ratio : float
        Pitch inertia over that of the wheels' sprung shares standing at their axles.
    roll_gyration : float
        Radius of gyration in roll, mm.
    """
    share = np.array([2.0 * float(axle.wheel.gravity_row[0]) for axle in axles])
    place = np.array([axle.behind for axle in axles])
    mass = float(share.sum())
    ahead = float(share @ place) / mass - place
    parts = [float(share[[axle.front is front for axle in axles]].sum()) for front in (True, False)]
    twist = np.zeros((4, 4))
    twist[2:, 2:] = torsional_stiffness * np.array([[1.0, -1.0], [-1.0, 1.0]])
    half, ratio = 0.5 * spring_base, spring_base / track
    own, other = 0.5 * (1.0 + ratio), 0.5 * (1.0 - ratio)
    stations = [
        [1.0, x, side * half * axle.front, side * half * (not axle.front)]
        for axle, x in zip(axles, ahead, strict=True)
        for side in (1.0, -1.0)
    ]
    rolls = [part * roll_gyration**2 for part in parts]
    return joined(
        tuple(axle.wheel for axle in axles for _ in range(2)),
        body_mass=np.diag([mass, pitch_inertia_ratio * float(share @ ahead**2), *rolls]),
        body_stiffness=twist,
        stations=np.array(stations),
        gravity_row=np.array([mass, 0.0, 0.0, 0.0]),
        delay=np.repeat(place - place[0], 2),
        side=("left", "right") * len(axles),
        name=name,
        seats=np.kron(np.eye(len(axles)), [[own, other], [other, own]]),
    )


def standard_truck(
    name: str = DEFAULT, empty: bool = False, records: Iterable[Record] | None = None, brace: Brace | None = None
) -> Truck:
    """Truck of the data files by its id, laden or empty.

    Parameters
    ----------
    name : str
    empty : bool
    records : iterable of Record, optional
        Rows to search; default: the shipped ones.
    brace : Brace, optional
        The pack's resistance to the twist of the rails; without it they twist as if nothing stood on them.

    Raises
    ------
    InputError
        When there is no such truck, its row lacks a figure, or the pack does not stand between the axle groups.
    """
    row = find_record(name, "truck", records)

    def wheel(key: str) -> Vehicle:
        one = standard_vehicle(str(row.value(key)), empty and key == "rear", records)
        stop = float(row.value("suspension_stop_factor")) * one.spring
        return replace(one, travel=np.full(1, 1e3 * float(row.value("suspension_travel_m"))), stop=stop)

    front, rear = wheel("front"), wheel("rear")
    places = {key: [1e3 * float(value) for value in row.value(f"{key}_axles_m")] for key in ("front", "rear")}
    axles = (*(Axle(front, x, True) for x in places["front"]), *(Axle(rear, x, False) for x in places["rear"]))
    behind = 1e3 * float(row.value("pack_behind_first_axle_m"))
    middle = float(np.mean(places["front"]))
    torsion = 1e6 * float(row.value("frame_torsion_kNm_per_deg")) / math.radians(1.0)
    twisting = rails(torsion, float(np.mean(places["rear"])) - middle, behind - middle, brace)
    vehicle = axled_truck(
        axles,
        track=1e3 * float(row.value("track_m")),
        spring_base=1e3 * float(row.value("spring_base_m")),
        torsional_stiffness=twisting.stiffness,
        pitch_inertia_ratio=float(row.value("pitch_inertia_ratio")),
        roll_gyration=1e3 * float(row.value("roll_gyration_m")),
        name=f"{name}, {'empty' if empty else 'laden'}",
    )
    first: FloatArray = vehicle.stations[0]
    source = f"{row.source}; {vehicle.source}"
    return Truck(vehicle, float(first[1]) - behind, twisting, 1e3 * float(row.value("track_m")), source)
