"""Force and moment through a cut, from the nodal forces of the cells on one side: in equilibrium whatever the mesh."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mechlock.errors import InputError
from mechlock.fem.assembly import System
from mechlock.fem.internal import internal_forces
from mechlock.fem.resultants import Resultant, resultant
from mechlock.mesh.mesh import Floats, Ints, Mesh


@dataclass(frozen=True)
class Cut:
    """A cut through the mesh along element faces near a plane.

    Attributes
    ----------
    name : str
    at, normal : (3,) arrays
        Point that moments refer to, mm, and unit normal.
    cells : (n_cells,) bool array
        The cells behind the plane, whose nodal forces are added up.
    nodes : (n,) int array
        Nodes that they share with the cells before it.
    """

    name: str
    at: Floats
    normal: Floats
    cells: np.ndarray
    nodes: Ints


@dataclass(frozen=True)
class SectionForce:
    """What the part before the cut exerts on the part behind it, N and N mm about the cut's point; tension is positive."""

    force: Floats
    moment: Floats
    normal: float
    shear: float
    torsion: float
    bending: float


def make_cut(mesh: Mesh, name: str, at: Floats, normal: Floats, volumes: tuple[str, ...] = (), within: float = np.inf) -> Cut:
    """Find the cells on both sides of a plane.

    Parameters
    ----------
    at, normal : (3,) arrays
        A point of the plane and its normal, of any length.
    volumes : tuple of str
        Volume groups that are cut; all when empty.
    within : float
        Distance from `at`, mm, beyond which the plane cuts nothing.

    Raises
    ------
    InputError
        When the plane does not cut these cells.
    """
    way = normal / np.linalg.norm(normal)
    chosen = np.ones(mesh.n_cells, bool)
    if volumes:
        chosen[:] = False
        chosen[np.concatenate([mesh.volumes[volume] for volume in volumes])] = True
    centres = np.concatenate([mesh.points[block.cells].mean(axis=1) for block in mesh.blocks])
    before = (centres - at) @ way > 0.0
    sides = [np.zeros(len(mesh.points), bool) for _ in range(2)]
    for start, block in zip(mesh.offsets, mesh.blocks, strict=False):
        here = slice(start, start + len(block.cells))
        for flags, mine in zip(sides, (~before[here], before[here]), strict=True):
            flags[block.cells[mine & chosen[here]].ravel()] = True
    shared = np.flatnonzero(sides[0] & sides[1])
    shared = shared[np.linalg.norm(mesh.points[shared] - at, axis=1) <= within]
    if not len(shared):
        raise InputError("the plane cuts no cells", f"sections.{name}", "check its point, and the mesh's length unit")
    return Cut(name, at, way, chosen & ~before, shared)


def section_force(system: System, cut: Cut, displacement: Floats, temperature: tuple[Floats, ...] | None = None) -> SectionForce:
    """Force and moment through a cut under displacements (n_nodes, 3)."""
    heat = None if temperature is None else (temperature,)
    forces = internal_forces(system, displacement.reshape(-1, 1), heat, cut.cells)[0].reshape(-1, 3)[cut.nodes]
    found: Resultant = resultant(system.mesh.points[cut.nodes], forces)
    moment = found.about(cut.at)
    normal, torsion = float(found.force @ cut.normal), float(moment @ cut.normal)
    shear = float(np.linalg.norm(found.force - normal * cut.normal))
    return SectionForce(found.force, moment, normal, shear, torsion, float(np.linalg.norm(moment - torsion * cut.normal)))
