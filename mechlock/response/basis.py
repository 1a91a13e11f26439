"""What the analyses need of a structure: modes, how an input drives them, and how outputs are read from them.

Modes are normalised to unit modal mass (tonne). An input is a base acceleration or a force history; per unit input a
mode feels the force ``drive`` and an output moves by ``direct`` at once. For displacements and stresses ``direct`` is
the static answer that the modes left out would give (residual vector, static correction); for absolute accelerations
of a body on a moving base it is the motion of the base.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from mechlock.errors import InputError
from mechlock.loads.history import FloatArray
from mechlock.response.damping import Damping

Derivative = Literal[0, 1, 2]


@dataclass(frozen=True)
class ModalBasis:
    """Natural frequencies (Hz), shape (m,), with their damping."""

    frequency: FloatArray
    damping: Damping

    @property
    def omega(self) -> FloatArray:
        """Natural angular frequencies, rad/s, shape (m,)."""
        return 2.0 * math.pi * self.frequency

    def static_coordinates(self, drive: FloatArray) -> FloatArray:
        """Modal displacement under the modal force `drive` (m,) held still; zero for modes without stiffness."""
        omega2 = self.omega**2
        return np.where(omega2 > 0.0, drive / np.where(omega2 > 0.0, omega2, 1.0), 0.0)


@dataclass(frozen=True)
class Output:
    """Quantities read from the modes, for one input.

    Attributes
    ----------
    shapes : ndarray, (o, m)
        Value of each quantity in each mode (mass-normalised shapes).
    direct : ndarray, (o,)
        Value per unit of the input, at once.
    derivative : {0, 1, 2}
        Which modal coordinate is read: displacement, velocity or acceleration.
    """

    shapes: FloatArray
    direct: FloatArray
    derivative: Derivative = 0


def modal_basis(frequency: ArrayLike, damping: Damping) -> ModalBasis:
    """Make a `ModalBasis` from frequencies in Hz.

    Raises
    ------
    InputError
        When there is no mode, a frequency is negative or not finite, or the damping belongs to another number of modes.
    """
    values = np.asarray(frequency, dtype=float)
    if values.ndim != 1 or len(values) == 0:
        raise InputError("there are no modes", "modal basis", "ask for at least one mode")
    if not np.isfinite(values).all() or (values < 0.0).any():
        raise InputError("a natural frequency is negative or not finite", "modal basis")
    if damping.ratio.shape != values.shape:
        raise InputError(f"{len(values)} modes and {len(damping.ratio)} damping ratios", "modal basis", "give one per mode")
    return ModalBasis(values, damping)


def base_drive(participation: ArrayLike, direction: ArrayLike) -> FloatArray:
    """Modal forces per unit base acceleration along `direction`.

    Parameters
    ----------
    participation : array_like, (m, 3) or (m, 6)
        ``phi^T M r`` for unit translations (and rotations) of the base, mass-normalised modes.
    direction : array_like, (3,)
        Direction of the base acceleration; made a unit vector.
    """
    way = np.asarray(direction, dtype=float)
    length = float(np.linalg.norm(way))
    if way.shape != (3,) or not np.isfinite(length) or length == 0.0:
        raise InputError(f"{direction!r} is not a direction", "direction", "give x, y or z, or three components")
    return -np.asarray(participation, dtype=float)[:, :3] @ (way / length)


def relative_output(basis: ModalBasis, drive: FloatArray, shapes: ArrayLike, static: ArrayLike | None = None) -> Output:
    """Displacements, stresses, forces (relative to the base), with the static answer of the modes left out.

    Parameters
    ----------
    basis : ModalBasis
    drive : ndarray, (m,)
        Modal forces per unit input.
    shapes : array_like, (o, m)
        The quantities in each mode.
    static : array_like, (o,), optional
        The quantities under a unit input held still (for a unit base acceleration along a direction: under the force
        per unit mass of minus one along it). Without it the modes left out are left out.
    """
    rows = np.atleast_2d(np.asarray(shapes, dtype=float))
    _check_modes(basis, rows)
    if static is None:
        return Output(rows, np.zeros(len(rows)))
    return Output(rows, np.asarray(static, dtype=float) - rows @ basis.static_coordinates(drive))


def acceleration_output(basis: ModalBasis, shapes: ArrayLike, carried: ArrayLike) -> Output:
    """Absolute accelerations on a moving base; `carried` (o,) is each one's share of a unit rigid motion of the base."""
    rows = np.atleast_2d(np.asarray(shapes, dtype=float))
    _check_modes(basis, rows)
    return Output(rows, np.broadcast_to(np.asarray(carried, dtype=float), (len(rows),)), 2)


def _check_modes(basis: ModalBasis, rows: FloatArray) -> None:
    if rows.shape[1] != len(basis.frequency):
        raise InputError(f"outputs in {rows.shape[1]} modes, the basis has {len(basis.frequency)}", "outputs")
