"""Point masses that follow the mean motion of faces or nodes (distributing coupling): six functionals of the displacement each.

The mass moves with the patch's mean displacement and mean rotation; transposed, its forces reach the patch as a linear traction
field of the same force and moment. It adds no stiffness, and its inertia is an exact low-rank part of the mass matrix.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from mechlock.errors import InputError
from mechlock.fem.model import PointMass
from mechlock.fem.patches import make_patch
from mechlock.mesh.mesh import Floats, Mesh


@dataclass(frozen=True)
class Coupled:
    """Point masses as functionals.

    Attributes
    ----------
    names : tuple of str
    motion : (6 n_masses, n_dof) sparse array
        Translation (mm) and rotation (rad) of each mass per displacement.
    inertia : (6 n_masses, 6 n_masses) sparse array
        Block-diagonal mass (t) and inertia (t mm^2).
    masses : (n_masses,) array
    places : (n_masses, 3) array
    """

    names: tuple[str, ...]
    motion: sp.csr_array
    inertia: sp.csr_array
    masses: Floats
    places: Floats

    def weight(self, g_load: Floats) -> Floats:
        """Nodal forces of a load per unit mass, shape (n_dof,)."""
        forces = np.zeros((len(self.names), 6))
        forces[:, :3] = self.masses[:, None] * g_load
        return self.motion.T @ forces.ravel()


def inertia_matrix(mass: PointMass) -> Floats:
    """6x6 mass matrix of a point mass about its place."""
    matrix = np.zeros((6, 6))
    matrix[:3, :3] = mass.mass * np.eye(3)
    if mass.inertia is not None:
        xx, yy, zz, xy, yz, zx = mass.inertia
        tensor = np.array([[xx, xy, zx], [xy, yy, yz], [zx, yz, zz]])
        if np.linalg.eigvalsh(tensor)[0] < -1e-9 * max(np.trace(tensor), 0.0):
            raise InputError(f"the inertia of {mass.name!r} is not positive semidefinite", f"masses.{mass.name}.inertia")
        matrix[3:, 3:] = tensor
    return matrix


def _rows(mesh: Mesh, mass: PointMass) -> sp.coo_array:
    """Motion of one distributing mass, shape (6, n_dof)."""
    where = f"masses.{mass.name}"
    if not mass.attach:
        raise InputError(f"the mass {mass.name!r} is attached to nothing", where, "name groups under attach")
    patch = make_patch(mesh, mass.attach, where)
    lever = np.asarray(mass.at, float) - patch.centre
    if patch.turns < 3 and np.linalg.norm(lever) > 1e-6 * max(1.0, float(np.ptp(mesh.points, axis=0).max())):
        raise InputError(
            f"the mass {mass.name!r} lies {np.linalg.norm(lever):.3g} mm off nodes that cannot take its moment",
            where,
            "attach it to faces, or to three nodes that are not on one line",
        )
    n = len(patch.nodes)
    rotation = patch.rotation
    dense = np.zeros((6, n, 3))
    for i in range(3):
        j, k = (i + 1) % 3, (i + 2) % 3
        dense[i, :, i] = patch.mean
        dense[i] += rotation[j] * lever[k] - rotation[k] * lever[j]
    dense[3:] = rotation
    dofs = (3 * patch.nodes[:, None] + np.arange(3)).ravel()
    rows = np.repeat(np.arange(6), 3 * n)
    return sp.coo_array((dense.reshape(-1), (rows, np.tile(dofs, 6))), shape=(6, 3 * len(mesh.points)))


def couple(mesh: Mesh, masses: tuple[PointMass, ...]) -> Coupled:
    """Functionals of all point masses of a model.

    Raises
    ------
    InputError
        When a mass is attached to nothing, or to nodes that cannot carry it.
    """
    n_dof = 3 * len(mesh.points)
    if not masses:
        empty = sp.csr_array((0, n_dof))
        return Coupled((), empty, sp.csr_array((0, 0)), np.zeros(0), np.zeros((0, 3)))
    motion = sp.csr_array(sp.vstack([_rows(mesh, mass) for mass in masses]))
    inertia = sp.csr_array(sp.block_diag([sp.coo_array(inertia_matrix(mass)) for mass in masses]))
    places = np.array([mass.at for mass in masses], float)
    return Coupled(tuple(m.name for m in masses), motion, inertia, np.array([m.mass for m in masses]), places)
