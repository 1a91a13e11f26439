"""Linear ride: natural modes, transfer functions from the road, and the exact response to a road of flat velocity spectrum."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg import eig, solve_continuous_lyapunov

from mechlock.errors import InputError
from mechlock.loads.history import ComplexArray, FloatArray
from mechlock.loads.vehicles import Vehicle


def natural_modes(vehicle: Vehicle) -> tuple[FloatArray, FloatArray]:
    """Undamped natural frequencies (Hz) and damping ratios of the damped modes, both in increasing frequency."""
    mass, damping, stiffness = vehicle.matrices
    squared = np.sort(np.real(eig(stiffness, mass, right=False)))
    rates = np.linalg.eigvals(_state(mass, damping, stiffness))
    swing = rates[rates.imag > 1e-9]
    swing = swing[np.argsort(np.abs(swing))]
    return np.sqrt(np.maximum(squared, 0.0)) / (2.0 * math.pi), -swing.real / np.abs(swing)


def road_transfer(vehicle: Vehicle, frequency: ArrayLike) -> ComplexArray:
    """Displacement of (body coordinates, wheels) per unit road height under each wheel, (f, b + w, w)."""
    mass, damping, stiffness = vehicle.matrices
    omega = 2.0 * math.pi * np.asarray(frequency, dtype=float)[:, None, None]
    bodies = len(vehicle.gravity_row)
    wheels = len(vehicle.wheel_mass)
    push = np.zeros((len(omega), bodies + wheels, wheels), dtype=complex)
    push[:, bodies:] = np.diag(vehicle.tyre) + 1j * omega * np.diag(vehicle.tyre_damper)
    return np.linalg.solve(stiffness + 1j * omega * damping - omega**2 * mass, push)


@dataclass(frozen=True)
class RideStatistics:
    """RMS values of a linear quarter vehicle: body acceleration (mm/s²), suspension travel (mm), tyre force (N)."""

    body_acceleration: float
    suspension_travel: float
    tyre_force: float


def white_road_response(vehicle: Vehicle, velocity_level: float) -> RideStatistics:
    """Exact stationary response of a quarter vehicle to a flat spectrum of road velocity, by Lyapunov's equation.

    Parameters
    ----------
    vehicle : Vehicle
        A quarter vehicle without tyre damping.
    velocity_level : float
        One-sided, (mm/s)²/Hz: `RoadSpectrum.velocity_level`.
    """
    if len(vehicle.wheel_mass) != 1 or vehicle.tyre_damper[0] != 0.0:
        raise InputError("one wheel without tyre damping is needed", vehicle.name, "use road_transfer for others")
    ms, mu = float(vehicle.gravity_row[0]), float(vehicle.wheel_mass[0])
    k, c, kt = float(vehicle.spring[0]), float(vehicle.damper[0]), float(vehicle.tyre[0])
    # state: suspension travel, body velocity, tyre deflection, wheel velocity; the road's velocity is white
    system = np.array([[0, 1, 0, -1], [-k / ms, -c / ms, 0, c / ms], [0, 0, 0, 1], [k / mu, c / mu, -kt / mu, -c / mu]])
    push = np.array([0.0, 0.0, -1.0, 0.0])
    covariance = solve_continuous_lyapunov(system, -0.5 * velocity_level * np.outer(push, push))
    rows = np.array([system[1], [1.0, 0, 0, 0], [0, 0, kt, 0]])
    values = np.sqrt(np.einsum("ij,jk,ik->i", rows, covariance, rows))
    return RideStatistics(*(float(value) for value in values))


def _state(mass: FloatArray, damping: FloatArray, stiffness: FloatArray) -> FloatArray:
    inverse = np.linalg.inv(mass)
    size = len(mass)
    return np.block([[np.zeros((size, size)), np.eye(size)], [-inverse @ stiffness, -inverse @ damping]])
