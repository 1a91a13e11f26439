"""A body whose motion is known at some of its nodes: what a submodel takes from the model around it."""

from __future__ import annotations

import numpy as np

from mechlock.fem.assembly import System
from mechlock.fem.internal import internal_forces
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
        Largest unbalanced nodal force at the nodes that are not driven, over the largest nodal force there is.

    Raises
    ------
    NotPositiveDefinite
        When a piece can move freely.
    """
    fixed = np.repeat(driven, 3)
    displacement = np.zeros(forces.shape)
    displacement.reshape(len(driven), 3, -1)[driven] = motion
    upper = system.pattern.upper_blocks(system.blocks)
    factor, _ = factorise(hold_blocks(upper, fixed))
    free = ~fixed[:, None]
    # the second pass takes out what the assembled matrix rounds off
    for _ in range(2):
        displacement += factor.solve((forces - internal_forces(system, displacement)[0]) * free)
    factor.release()
    inner = internal_forces(system, displacement)[0]
    left = np.abs((forces - inner) * free).max()
    return displacement, float(left / max(np.abs(inner).max(), np.abs(forces).max(), 1e-300))
