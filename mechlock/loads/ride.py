"""A truck driven over a road, in time: tyres that lift off, suspension stops, and what arrives at the frame.

The linear system is advanced exactly (matrix exponential, inputs linear over a step); what a lifted tyre or a stop
adds is a force found by iteration within the step. Many drives of the same vehicle are advanced side by side.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg import expm

from mechlock.errors import InputError, NoVerdict
from mechlock.loads.history import FloatArray
from mechlock.loads.linear_ride import natural_modes
from mechlock.loads.roads import RoadProfile
from mechlock.loads.vehicles import Vehicle

_ITERATIONS = 12
_TOLERANCE = 1e-9
_STEPS_PER_CYCLE = 40
_STRETCH = 256


@dataclass(frozen=True)
class Ride:
    """What happened on one or more drives, sampled at a uniform step.

    Attributes
    ----------
    step : float
        s.
    body : ndarray, (d, n, b)
        Body coordinates on d drives (from rest on a flat road).
    body_acceleration : ndarray, (d, n, b)
        Their second derivatives (mm/s², rad/s²).
    tyre_force : ndarray, (d, n, w)
        Force of the tyres on the road, N; zero while lifted.
    suspension_travel : ndarray, (d, n, w)
        Positive when extended, mm.
    """

    step: float
    body: FloatArray
    body_acceleration: FloatArray
    tyre_force: FloatArray
    suspension_travel: FloatArray

    @property
    def lifted_fraction(self) -> FloatArray:
        """Part of the time that each tyre is off the road, (d, w)."""
        return np.mean(self.tyre_force <= 0.0, axis=1)


def wheel_heights(vehicle: Vehicle, road: RoadProfile, speed: float, duration: float, step: float) -> FloatArray:
    """Road height under every wheel over time, (n, w), at constant speed (mm/s); the road repeats itself."""
    if not speed > 0.0:
        raise InputError(f"a speed of {speed!r} mm/s", "ride", "give a positive speed such as '25 km/h'")
    time = step * np.arange(round(duration / step) + 1)
    tracks = {"left": road.left, "right": road.right, "mean": 0.5 * (road.left + road.right)}
    columns = []
    for side, behind in zip(vehicle.side, vehicle.delay, strict=True):
        place = np.mod(speed * time - behind, road.length) / road.spacing
        columns.append(np.interp(place, np.arange(len(road.left) + 1), np.append(tracks[side], tracks[side][0])))
    return np.stack(columns, axis=1)


def largest_step(vehicle: Vehicle) -> float:
    """Longest step that resolves the vehicle's fastest mode, s."""
    frequency, _ = natural_modes(vehicle)
    return 1.0 / (_STEPS_PER_CYCLE * float(frequency.max()))


def drive(vehicle: Vehicle, heights: ArrayLike, step: float, lift_off: bool = True) -> Ride:
    """Advance drives from rest.

    Parameters
    ----------
    vehicle : Vehicle
    heights : array_like, (n, w) or (d, n, w)
        Road height under every wheel, linear between samples, mm.
    step : float
        s; at most `largest_step`.
    lift_off : bool
        Let tyres leave the road; False keeps the linear model, stops and all left out.

    Raises
    ------
    InputError
        When the step is too long or the heights do not fit the wheels.
    NoVerdict
        When the forces of a step do not settle.
    """
    road = np.asarray(heights, dtype=float)
    road = road[None] if road.ndim == 2 else road
    wheels, bodies = len(vehicle.wheel_mass), len(vehicle.gravity_row)
    if road.ndim != 3 or road.shape[2] != wheels or not np.isfinite(road).all():
        raise InputError(f"heights have the shape {road.shape}, (drives, samples, {wheels}) is needed", "ride")
    if step > largest_step(vehicle) * (1.0 + 1e-9):
        raise InputError(f"a step of {step:g} s", "ride", f"take at most {largest_step(vehicle):.3g} s for this vehicle")
    mass, damping, stiffness = vehicle.matrices
    size = bodies + wheels
    carry, before, after = _transition(mass, damping, stiffness, step)
    slope = np.gradient(road, step, axis=1)
    push = np.zeros((*road.shape[:2], size))
    push[:, :, bodies:] = vehicle.tyre * road + vehicle.tyre_damper * slope
    states, extra = _advance(vehicle, road, slope, push, carry, before, after, lift_off)
    force = push + extra
    rest = force - states[..., :size] @ stiffness - states[..., size:] @ damping
    acceleration = np.linalg.solve(mass, rest.reshape(-1, size).T).T.reshape(rest.shape)
    tyre = _tyre_force(vehicle, states, road, slope, lift_off)
    travel = states[..., :bodies] @ vehicle.stations.T - states[..., bodies:size] @ vehicle.seats.T
    return Ride(step, states[..., :bodies], acceleration[..., :bodies], tyre, travel)


def _transition(
    mass: FloatArray, damping: FloatArray, stiffness: FloatArray, step: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Exact step for forces linear over it: state, and weights of the force at its start and its end (transposed)."""
    size = len(mass)
    inverse = np.linalg.inv(mass)
    system = np.zeros((4 * size, 4 * size))
    system[:size, size : 2 * size] = np.eye(size)
    system[size : 2 * size, :size], system[size : 2 * size, size : 2 * size] = -inverse @ stiffness, -inverse @ damping
    system[size : 2 * size, 2 * size : 3 * size] = inverse
    system[2 * size : 3 * size, 3 * size :] = np.eye(size) / step
    whole = np.asarray(expm(system * step), dtype=float)
    after = whole[: 2 * size, 3 * size :]
    return whole[: 2 * size, : 2 * size].T, (whole[: 2 * size, 2 * size : 3 * size] - after).T, after.T


def _advance(
    vehicle: Vehicle,
    road: FloatArray,
    slope: FloatArray,
    push: FloatArray,
    carry: FloatArray,
    before: FloatArray,
    after: FloatArray,
    lift_off: bool,
) -> tuple[FloatArray, FloatArray]:
    """States (d, n, 2 size) and the extra forces (d, n, size) of lifted tyres and stops.

    Stretches without lift-off are advanced as a whole; where a tyre leaves the road the state just reached decides, so
    that those steps must be taken one by one (all drives together).
    """
    drives, samples, size = push.shape
    states, extra = np.zeros((drives, samples, 2 * size)), np.zeros((drives, samples, size))
    known = push[:, :-1] @ before + push[:, 1:] @ after
    powers = _powers(carry, _STRETCH)
    scale = _TOLERANCE * float(vehicle.static_wheel_load.max())
    if lift_off:
        extra[:, 0] = _extra(vehicle, states[:, 0], road[:, 0], slope[:, 0])
    k = 0
    while k < samples - 1:
        if not lift_off or not extra[:, k].any():
            ahead = slice(k + 1, min(k + 1 + _STRETCH, samples))
            trial = _stretch(states[:, k], known[:, k : ahead.stop - 1], powers)
            good = trial.shape[1]
            if lift_off:
                bad = _extra(vehicle, trial, road[:, ahead], slope[:, ahead]).any(axis=(0, 2))
                good = int(bad.argmax()) if bad.any() else good
            states[:, k + 1 : k + 1 + good] = trial[:, :good]
            k += good
            if good:
                continue
        start = states[:, k] @ carry + known[:, k] + extra[:, k] @ before
        states[:, k + 1], extra[:, k + 1] = _settled_step(
            vehicle, start, extra[:, k], after, road[:, k + 1], slope[:, k + 1], scale
        )
        k += 1
    return states, extra


def _settled_step(
    vehicle: Vehicle,
    start: FloatArray,
    guess: FloatArray,
    after: FloatArray,
    road: FloatArray,
    slope: FloatArray,
    scale: float,
) -> tuple[FloatArray, FloatArray]:
    """State at the end of a step and the extra force there, which depend on each other."""
    for _ in range(_ITERATIONS):
        reached = start + guess @ after
        found = _extra(vehicle, reached, road, slope)
        if np.abs(found - guess).max() <= scale:
            return reached, found
        guess = found
    raise NoVerdict("wheel forces did not settle within a step", vehicle.name, "take a shorter step")


def _powers(carry: FloatArray, length: int) -> list[FloatArray]:
    """The step matrix to the powers 1, 2, 4, ... below `length`."""
    powers = [carry]
    while 2 ** len(powers) < length:
        powers.append(powers[-1] @ powers[-1])
    return powers


def _stretch(start: FloatArray, known: FloatArray, powers: list[FloatArray]) -> FloatArray:
    """States after each step of a linear stretch: a scan that doubles its reach in every pass. (d, m, 2 size)."""
    states = known.copy()
    states[:, 0] += start @ powers[0]
    for index, power in enumerate(powers):
        reach = 2**index
        if reach < states.shape[1]:
            states[:, reach:] += states[:, :-reach] @ power
    return states


def _extra(vehicle: Vehicle, state: FloatArray, road: FloatArray, slope: FloatArray) -> FloatArray:
    """Forces beyond the linear model: what a lifted tyre does not pull, and what stops push. (d, size)."""
    bodies, size = len(vehicle.gravity_row), state.shape[-1] // 2
    wheel, rate = state[..., bodies:size], state[..., size + bodies :]
    linear = vehicle.tyre * (road - wheel) + vehicle.tyre_damper * (slope - rate)
    missing = np.maximum(0.0, -vehicle.static_wheel_load - linear)
    travel = state[..., :bodies] @ vehicle.stations.T - wheel @ vehicle.seats.T
    over = np.sign(travel) * np.maximum(0.0, np.abs(travel) - vehicle.travel)
    stopped = -vehicle.stop * over  # on the body; the wheel gets the opposite
    return np.concatenate([stopped @ vehicle.stations, missing - stopped @ vehicle.seats], axis=-1)


def _tyre_force(vehicle: Vehicle, states: FloatArray, road: FloatArray, slope: FloatArray, lift_off: bool) -> FloatArray:
    bodies, size = len(vehicle.gravity_row), states.shape[-1] // 2
    linear = vehicle.tyre * (road - states[..., bodies:size])
    linear = linear + vehicle.tyre_damper * (slope - states[..., size + bodies :])
    force = vehicle.static_wheel_load + linear
    return np.maximum(0.0, force) if lift_off else force
