"""A body whose motion is known at some of its nodes: what a submodel takes from the model around it."""

from __future__ import annotations

import numpy as np

from mechlock.fem.assembly import System
from mechlock.fem.internal import nodal_forces
from mechlock.fem.links import LinkedFactor, factorise_linked
from mechlock.mesh.mesh import Floats

_BALANCED = 1e-8
_MOST_STEPS = 4
"""Steps of iterative refinement, until the balance is as good as that or no better than before: cells of very different size that
ties join leave the first solution the digits of their conditioning."""


def solve_driven(system: System, driven: np.ndarray, motion: Floats, forces: Floats) -> tuple[Floats, float]:
    """Displacements of a body of which some nodes are moved, in any number of cases with one factorisation.

    Parameters
    ----------
    system : System
        Of a model without supports; each of its pieces holds enough driven nodes not to move freely, or is tied to one.
    driven : (n_nodes,) bool array
        None depends on others by a tie.
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
    links, fixed = system.links, np.repeat(driven, 3)
    moved = np.zeros((system.n_dof, motion.shape[2]))
    moved.reshape(len(driven), 3, -1)[driven] = motion
    moved = moved if links is None else links.carry(moved)
    free = ~(fixed if links is None else links.reduced_fixed(fixed))[:, None]
    factor, _, _ = factorise_linked(system.pattern.upper_blocks(system.blocks), fixed, links, None, None)
    inner = factor.inner if isinstance(factor, LinkedFactor) else factor

    def unbalance(displacement: Floats) -> tuple[Floats, float]:
        push = nodal_forces(system, displacement)
        left = system.unlinked(forces - push) * free
        return left, float(np.abs(left).max() / max(np.abs(push).max(), np.abs(forces).max(), 1e-300))

    (left, _), residual = unbalance(moved), np.inf
    for _ in range(_MOST_STEPS):
        further = inner.solve(np.ascontiguousarray(left))
        closer = moved + (further if links is None else links.expand @ further)
        left, now = unbalance(closer)
        if now >= residual:
            break
        moved, residual = closer, now
        if residual <= _BALANCED:
            break
    factor.release()
    return moved, residual
