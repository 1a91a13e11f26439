"""Inertia relief: the loads on a free body are balanced by its own inertia, and what is left of them deforms it.

Source: Nelson and Wolf, "The use of inertia relief to estimate impact loads", SAE 770604 (1977).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from mechlock.errors import InputError
from mechlock.fem.assembly import System
from mechlock.fem.free_motion import rigid_modes
from mechlock.fem.model import AXES, Model, Support
from mechlock.mesh.mesh import Floats, Mesh


@dataclass(frozen=True)
class Relief:
    """How a free body answers to loads as a whole.

    Attributes
    ----------
    forces : (n_dof,) array
        Inertia forces at the nodes, N.
    acceleration, turning : (3,) arrays
        Of the centre of mass, mm/s^2, and of the body, rad/s^2.
    force, moment : (3,) arrays
        Resultants of the inertia forces by definition, N and N mm about the origin.
    """

    forces: Floats
    acceleration: Floats
    turning: Floats
    force: Floats
    moment: Floats


def with_relief(model: Model) -> Model:
    """Return the model with three nodes that hold a free body without forces, for the cases that ask for inertia relief."""
    nodes, axes = _three_nodes(model.mesh)
    names = [f"inertia relief {number}" for number in (1, 2, 3)]
    groups = {**model.mesh.nodes, **{name: np.array([node]) for name, node in zip(names, nodes, strict=True)}}
    supports = tuple(Support(name, (name,), held) for name, held in zip(names, axes, strict=True))
    return replace(model, mesh=replace(model.mesh, nodes=groups), relief=supports)


def _three_nodes(mesh: Mesh) -> tuple[list[int], list[tuple[str, ...]]]:
    """Nodes far apart, and the components that each of them holds."""
    used = np.unique(np.concatenate([block.cells.ravel() for block in mesh.blocks]))
    points = mesh.points[used]
    first = int(np.linalg.norm(points - points.mean(axis=0), axis=1).argmax())
    r = points - points[first]
    second = int(np.linalg.norm(r, axis=1).argmax())
    along = r[second] / np.linalg.norm(r[second])
    square = r - np.outer(r @ along, along)
    third = int(np.linalg.norm(square, axis=1).argmax())
    normal = np.cross(along, square[third])
    main, out = int(np.abs(along).argmax()), int(np.abs(normal).argmax())
    held = [tuple(AXES), tuple(axis for number, axis in enumerate(AXES) if number != main), (AXES[out],)]
    return [int(used[i]) for i in (first, second, third)], held


def relieve(system: System, vector: Floats, where: str) -> Relief:
    """Inertia forces that balance nodal forces (n_dof,).

    Raises
    ------
    InputError
        When the body has no mass.
    """
    mass, first = system.mass_moment
    mass = mass + float(system.coupled.masses.sum())
    if mass <= 0.0:
        raise InputError("a body without mass has no inertia", where, "give the materials a density")
    centre = (first + system.coupled.masses @ system.coupled.places) / mass
    modes = rigid_modes(system.mesh.points, centre)
    heavy = system.apply_mass(modes)
    matrix = modes.T @ heavy
    motion = np.asarray(np.linalg.solve(matrix, modes.T @ vector), np.float64)
    force = -mass * motion[:3]
    moment = -matrix[3:, 3:] @ motion[3:] + np.cross(centre, force)
    return Relief(-heavy @ motion, motion[:3], motion[3:], force, moment)


def centred(system: System, displacement: Floats) -> Floats:
    """Take out of displacements (n_dof,) their mean motion, weighted with the mass, so that the centre of mass stays."""
    modes = rigid_modes(system.mesh.points, system.centre_of_mass)
    heavy = system.apply_mass(modes)
    return displacement - modes @ np.linalg.solve(modes.T @ heavy, heavy.T @ displacement)
