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
    transition = _transition(mass, damping, stiffness, step)
    slope = np.gradient(road, step, axis=1)
    push = np.zeros((*road.shape[:2], size))
    push[:, :, bodies:] = vehicle.tyre * road + vehicle.tyre_damper * slope
    limits = _limits(vehicle)
    states, beyond = _advance(limits, push, transition, lift_off)
    force = push + beyond @ limits.act
    rest = force - states[..., :size] @ stiffness - states[..., size:] @ damping
    acceleration = np.linalg.solve(mass, rest.reshape(-1, size).T).T.reshape(rest.shape)
    tyre = limits.load + (states @ limits.sense)[..., :wheels] + push[..., bodies:]
    travel = states[..., :bodies] @ vehicle.stations.T - states[..., bodies:size] @ vehicle.seats.T
    tyre = np.maximum(0.0, tyre) if lift_off else tyre
    return Ride(step, states[..., :bodies], acceleration[..., :bodies], tyre, travel)


@dataclass(frozen=True)
class _Limits:
    """What lies beyond the linear model: tyres that do not pull, and stops that push.

    Attributes
    ----------
    sense : ndarray, (2 size, 2 w)
        Force of each tyre without the road's part, and travel of each suspension, per state.
    act : ndarray, (2 w, size)
        Forces on body and wheels per force of each tyre and stop beyond the linear model.
    load : ndarray, (w,)
        Of each tyre at rest, N.
    travel, stop : ndarray, (w,)
        mm, N/mm.
    """

    sense: FloatArray
    act: FloatArray
    load: FloatArray
    travel: FloatArray
    stop: FloatArray

    def beyond(self, sensed: FloatArray) -> FloatArray:
        """Forces beyond the linear model, (..., 2 w), of what is sensed with the road's part in it."""
        wheels = len(self.load)
        found = np.empty_like(sensed)
        np.maximum(0.0, -self.load - sensed[..., :wheels], out=found[..., :wheels])
        travel = sensed[..., wheels:]
        found[..., wheels:] = self.stop * (np.clip(travel, -self.travel, self.travel) - travel)
        return found


def _limits(vehicle: Vehicle) -> _Limits:
    bodies, wheels = len(vehicle.gravity_row), len(vehicle.wheel_mass)
    size = bodies + wheels
    sense, act = np.zeros((2 * size, 2 * wheels)), np.zeros((2 * wheels, size))
    sense[bodies:size, :wheels] = -np.diag(vehicle.tyre)
    sense[size + bodies :, :wheels] = -np.diag(vehicle.tyre_damper)
    sense[:bodies, wheels:], sense[bodies:size, wheels:] = vehicle.stations.T, -vehicle.seats.T
    act[:wheels, bodies:] = np.eye(wheels)
    act[wheels:, :bodies], act[wheels:, bodies:] = vehicle.stations, -vehicle.seats  # a stop pushes body and wheel apart
    return _Limits(sense, act, vehicle.static_wheel_load, vehicle.travel, vehicle.stop)


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
    limits: _Limits, push: FloatArray, transition: tuple[FloatArray, FloatArray, FloatArray], lift_off: bool
) -> tuple[FloatArray, FloatArray]:
    """States (d, n, 2 size) and forces beyond the linear model (d, n, 2 w), which are zero without lift-off.

    Stretches without lift-off are advanced as a whole; where a tyre leaves the road the state just reached decides, so
    that those steps must be taken one by one (all drives together).
    """
    carry, before, after = transition
    (drives, samples, size), wheels = push.shape, len(limits.load)
    states, beyond = np.zeros((drives, samples, 2 * size)), np.zeros((drives, samples, 2 * wheels))
    known = push[:, :-1] @ before + push[:, 1:] @ after
    powers = _powers(carry, _STRETCH)
    if not lift_off:
        for k in range(0, samples - 1, _STRETCH):
            states[:, k + 1 : k + 1 + _STRETCH] = _stretch(states[:, k], known[:, k : k + _STRETCH], powers)
        return states, beyond
    given = np.zeros_like(beyond)
    given[..., :wheels] = push[..., size - wheels :]
    beyond[:, 0] = limits.beyond(given[:, 0])
    begins, returns = limits.act @ before, limits.act @ after
    sensed = returns @ limits.sense  # what a force at a step's end changes of what it depends on
    scale = _TOLERANCE * float(limits.load.max())
    k = 0
    while k < samples - 1:
        if not beyond[:, k].any():
            ahead = slice(k + 1, min(k + 1 + _STRETCH, samples))
            trial = _stretch(states[:, k], known[:, k : ahead.stop - 1], powers)
            bad = np.asarray(limits.beyond(trial @ limits.sense + given[:, ahead]).any(axis=(0, 2)))
            good = int(bad.argmax()) if bad.any() else len(bad)
            states[:, k + 1 : k + 1 + good] = trial[:, :good]
            k += good
            if good:
                continue
        start = states[:, k] @ carry + known[:, k] + beyond[:, k] @ begins
        found = _settled(limits, start @ limits.sense + given[:, k + 1], sensed, beyond[:, k], scale)
        states[:, k + 1], beyond[:, k + 1] = start + found @ returns, found
        k += 1
    return states, beyond


def _settled(limits: _Limits, start: FloatArray, sensed: FloatArray, guess: FloatArray, scale: float) -> FloatArray:
    """Forces beyond the linear model at the end of a step, which depend on what they do themselves."""
    for _ in range(_ITERATIONS):
        found = limits.beyond(start + guess @ sensed)
        if np.abs(found - guess).max() <= scale:
            return found
        guess = found
    raise NoVerdict("wheel forces did not settle within a step", "ride", "take a shorter step")


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
