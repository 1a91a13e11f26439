"""Elasticity of orthotropic materials, in axes of their own.

Source: Jones, Mechanics of Composite Materials, section 2.4 (engineering constants and the restrictions on them).
"""

from __future__ import annotations

import numpy as np

from mechlock.errors import InputError
from mechlock.mesh.mesh import Floats

_VOIGT = ((0, 0), (1, 1), (2, 2), (1, 2), (0, 2), (0, 1))


def orthotropic(constants: tuple[float, ...], axes: tuple[tuple[float, ...], tuple[float, ...]], where: str) -> Floats:
    """Return the elasticity matrix for strains (xx, yy, zz, yz, xz, xy) with engineering shear, MPa, shape (6, 6).

    Parameters
    ----------
    constants : E1, E2, E3, nu12, nu13, nu23, G12, G13, G23
        Moduli in MPa; nu_ij is minus the strain along j over that along i under tension along i.
    axes : (axis 1, axis 2)
        Directions; axis 2 is made square to axis 1, axis 3 completes them to the right hand.

    Raises
    ------
    InputError
        When the constants give a material that yields energy, or the axes are parallel.
    """
    e1, e2, e3, nu12, nu13, nu23, g12, g13, g23 = constants
    compliance = np.diag([1 / e1, 1 / e2, 1 / e3, 1 / g23, 1 / g13, 1 / g12])
    for i, j, value in ((0, 1, -nu12 / e1), (0, 2, -nu13 / e1), (1, 2, -nu23 / e2)):
        compliance[i, j] = compliance[j, i] = value
    if np.linalg.eigvalsh(compliance)[0] <= 0.0:
        raise InputError("such constants do not exist: the material would yield energy", where, "check the Poisson's ratios")
    turn = _rotation(axes, where)
    stiff = np.linalg.inv(compliance)
    place = np.empty((3, 3), np.int64)
    for number, (i, j) in enumerate(_VOIGT):
        place[i, j] = place[j, i] = number
    tensor = stiff[place[:, :, None, None], place[None, None, :, :]]
    turned = np.einsum("pi,qj,rk,sl,pqrs->ijkl", turn, turn, turn, turn, tensor, optimize=True)
    rows = np.array(_VOIGT)
    return turned[rows[:, None, 0], rows[:, None, 1], rows[None, :, 0], rows[None, :, 1]]


def _rotation(axes: tuple[tuple[float, ...], tuple[float, ...]], where: str) -> Floats:
    """Rows are the unit vectors of the axes 1, 2, 3."""
    first, second = np.array(axes[0], float), np.array(axes[1], float)
    length = float(np.linalg.norm(first))
    if length > 0.0:
        first = first / length
        second = second - first * (first @ second)
    size = float(np.linalg.norm(second))
    if length == 0.0 or size <= 1e-9 * float(np.linalg.norm(axes[1])):
        raise InputError("the material's axes are parallel or have no length", where, "give two directions")
    second = second / size
    return np.stack([first, second, np.cross(first, second)])
