"""Loads of a case as nodal forces, and beside them their resultants worked out from the loads' definitions alone.

The resultants never look at the nodal forces, so that the balance of forces and moments can find a wrong nodal force.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mechlock.errors import InputError
from mechlock.fem.assembly import System
from mechlock.fem.elements import table
from mechlock.fem.geometry import face_patches, inverse, jacobians
from mechlock.fem.model import Force, Load, Pressure, StaticCase, Temperature, Traction
from mechlock.fem.patches import faces_of, group_of_nodes, make_patch
from mechlock.fem.stiffness import elasticity
from mechlock.mesh.mesh import Floats, Ints


@dataclass(frozen=True)
class External:
    """Loads of one case.

    Attributes
    ----------
    vector : (n_dof,) array
        Nodal forces without the thermal ones, N.
    thermal : (n_dof,) array or None
        Nodal forces of restrained thermal strain, N (self-balanced).
    temperature : (n_nodes per cell) arrays per mesh block, or None
        Temperature change at the nodes of each cell, K, shape (n_cells, n_cell_nodes).
    force, moment : (3,) arrays
        Resultants by definition, N and N mm about the origin.
    magnitude : float
        Sum of the magnitudes of the single loads, N: the scale that errors are measured against.
    """

    vector: Floats
    thermal: Floats | None
    temperature: tuple[Floats, ...] | None
    force: Floats
    moment: Floats
    magnitude: float

    @property
    def total(self) -> Floats:
        """All nodal forces, thermal ones included."""
        return self.vector if self.thermal is None else self.vector + self.thermal


def external(system: System, case: StaticCase) -> External:
    """Nodal forces and resultants of a case.

    Raises
    ------
    InputError
        When a load names a missing or empty group, a volume load lacks density, or a number is not finite.
    """
    vector = np.zeros((system.n_dof // 3, 3))
    force, moment, magnitude = np.zeros(3), np.zeros(3), 0.0
    g_load = np.asarray(case.g_load, float)
    if g_load.any():
        _weighable(system, case)
        vector += system.node_masses[:, None] * g_load
        vector += system.coupled.weight(g_load).reshape(-1, 3)
        weight, about = _weight(system, g_load)
        force, moment, magnitude = force + weight, moment + about, magnitude + float(np.linalg.norm(weight))
    for load in case.loads:
        if isinstance(load, Temperature):
            continue
        nodes, values, total, about = _surface(system, load, f"cases.{case.name}.loads")
        np.add.at(vector, nodes, values)
        force, moment, magnitude = force + total, moment + about, magnitude + float(np.linalg.norm(values, axis=1).sum())
    temperature = _temperature(system, case)
    thermal = None if temperature is None else _thermal_forces(system, temperature)
    result = External(vector.ravel(), thermal, temperature, force, moment, magnitude)
    if not np.isfinite(result.total).all():
        raise InputError("a load is not a finite number", f"cases.{case.name}")
    return result


def _weighable(system: System, case: StaticCase) -> None:
    used = {int(i) for owner in system.material_of for i in np.unique(owner)}
    light = [system.model.materials[i][0].name for i in sorted(used) if system.model.materials[i][0].density <= 0]
    if light:
        raise InputError(f"the material {light[0]!r} has no density, but there is a g-load", f"cases.{case.name}.g_load")


def _weight(system: System, g_load: Floats) -> tuple[Floats, Floats]:
    """Resultant of the weight from volumes and centroids, and from the places of the point masses."""
    mass, first = system.mass_moment
    mass = mass + float(system.coupled.masses.sum())
    first = first + system.coupled.masses @ system.coupled.places
    return mass * g_load, np.cross(first, g_load)


def _surface(system: System, load: Load, where: str) -> tuple[Ints, Floats, Floats, Floats]:
    """Nodes, nodal forces, resultant and moment of one surface load."""
    mesh = system.mesh
    if isinstance(load, Force):
        nodes = group_of_nodes(mesh, load.on, where)
        vector = np.asarray(load.force, float)
        patch = make_patch(mesh, (load.on,), where)
        values = patch.mean[:, None] * vector
        place = mesh.points[nodes].mean(axis=0) if load.on not in mesh.faces else _face_centre(system, load.on, where)
        return nodes, values, vector, np.cross(place, vector)
    assert isinstance(load, Pressure | Traction)
    nodes, values, total, about = [], [], np.zeros(3), np.zeros(3)
    for patch in face_patches(mesh, faces_of(mesh, load.on, where)):
        if isinstance(load, Pressure):
            traction = -load.pressure * patch.areas
        else:
            traction = patch.weights[:, :, None] * np.asarray(load.traction, float)
        place = np.einsum("qn,fni->fqi", patch.values, mesh.points[patch.nodes])
        total += traction.sum(axis=(0, 1))
        about += np.cross(place, traction).sum(axis=(0, 1))
        nodes.append(patch.nodes.ravel())
        values.append(np.einsum("qn,fqi->fni", patch.values, traction).reshape(-1, 3))
    return np.concatenate(nodes), np.concatenate(values), total, about


def _face_centre(system: System, name: str, where: str) -> Floats:
    """Centroid of a face group, integrated over its faces."""
    area, first = 0.0, np.zeros(3)
    for patch in face_patches(system.mesh, faces_of(system.mesh, name, where)):
        place = np.einsum("qn,fni->fqi", patch.values, system.mesh.points[patch.nodes])
        area += float(patch.weights.sum())
        first += np.einsum("fq,fqi->i", patch.weights, place)
    return first / area


def _temperature(system: System, case: StaticCase) -> tuple[Floats, ...] | None:
    """Temperature change at the nodes of every cell, summed over the case's temperature loads."""
    loads = [load for load in case.loads if isinstance(load, Temperature)]
    if not loads:
        return None
    mesh = system.mesh
    result = [np.zeros(block.cells.shape) for block in mesh.blocks]
    for load in loads:
        if load.on and load.on not in mesh.volumes:
            raise InputError(f"the mesh has no volume group called {load.on!r}", f"cases.{case.name}.loads")
        field = np.broadcast_to(np.asarray(load.change, float), (len(mesh.points),))
        chosen = np.zeros(mesh.n_cells, bool)
        chosen[mesh.volumes[load.on] if load.on else slice(None)] = True
        for values, block, inside in zip(result, mesh.blocks, np.split(chosen, mesh.offsets[1:-1]), strict=True):
            values[inside] += field[block.cells[inside]]
    return tuple(result)


def _thermal_forces(system: System, temperature: tuple[Floats, ...]) -> Floats:
    """Nodal forces integral(B^T C alpha dT) of restrained thermal expansion, shape (n_dof,)."""
    mesh = system.mesh
    result = np.zeros((len(mesh.points), 3))
    tensor = np.array([[0, 5, 4], [5, 1, 3], [4, 3, 2]])
    for number, (block, owner) in enumerate(zip(mesh.blocks, system.material_of, strict=True)):
        for material in np.unique(owner):
            for straight in (True, False):
                cells = np.flatnonzero((owner == material) & (system.affine[number] == straight))
                if not len(cells):
                    continue
                made_of = system.model.materials[material][0]
                stress = (elasticity(made_of)[:, :3].sum(axis=1) * made_of.alpha)[tensor]
                rule = table(block.kind, "stiffness" if straight else "curved")
                inverted, determinant = inverse(jacobians(mesh.points, block.cells[cells], rule.gradients))
                at_points = temperature[number][cells] @ rule.values.T
                physical = np.einsum("qnr,cqri,ij->cqnj", rule.gradients, inverted, stress, optimize=True)
                weight = determinant * rule.weights * at_points
                np.add.at(result, block.cells[cells], np.einsum("cq,cqnj->cnj", weight, physical, optimize=True))
    return result.ravel()
