"""A body whose motion is known at some of its nodes: what a submodel takes from the model around it."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from mechlock.fem.assembly import System
from mechlock.fem.internal import nodal_forces
from mechlock.fem.solver import factorise, hold_blocks
from mechlock.mesh.mesh import Floats


def solve_driven(system: System, driven: np.ndarray, motion: Floats, forces: Floats) -> tuple[Floats, float]:
    """Displacements of a body of which some nodes are moved, in any number of cases with one factorisation.

    Parameters
    ----------
    system : System
        Of a model without supports; each of its pieces holds enough driven nodes not to move freely.
    driven : (n_nodes,) bool array
    motion : (n_driven, 3, k) array
        Their displacements, mm.
    forces : (n_dof, k) array
        Nodal forces, N.

    Returns
    -------
    displacement : (n_dof, k) array
        mm.
    residual : float
        Largest unbalanced nodal force at the nodes that are not driven, over the largest nodal force there is; from the
        stresses, not from the assembled matrix that the displacements were solved with.

    Raises
    ------
    NotPositiveDefinite
        When a piece can move freely.
    """
    fixed = np.repeat(driven, 3)
    free = ~fixed[:, None]
    factor, _ = factorise(hold_blocks(system.pattern.upper_blocks(system.blocks), fixed))
    passed_on = _coupling(system, driven) @ motion.reshape(3 * len(motion), -1)
    displacement = factor.solve((forces - passed_on) * free)
    factor.release()
    displacement.reshape(len(driven), 3, -1)[driven] = motion
    inner = nodal_forces(system, displacement)
    left = np.abs((forces - inner) * free).max()
    return displacement, float(left / max(np.abs(inner).max(), np.abs(forces).max(), 1e-300))


def _coupling(system: System, driven: np.ndarray) -> sp.csr_array:
    """Stiffness between the nodes that are not driven and those that are, (n_dof, 3 n_driven), N/mm."""
    rows, columns = system.pattern.rows, system.pattern.columns
    number = np.cumsum(driven) - 1
    below, above = driven[columns] & ~driven[rows], driven[rows] & ~driven[columns]
    blocks = np.concatenate([system.blocks[below], system.blocks[above].swapaxes(1, 2)])
    at = 3 * np.concatenate([rows[below], columns[above]])[:, None, None] + np.arange(3)[:, None]
    of = 3 * number[np.concatenate([columns[below], rows[above]])][:, None, None] + np.arange(3)
    places = tuple(np.broadcast_to(item, blocks.shape).ravel() for item in (at, of))
    return sp.csr_array((blocks.ravel(), places), shape=(system.n_dof, 3 * int(driven.sum())))
