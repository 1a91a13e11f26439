"""Loads of a case as nodal forces, and beside them their resultants worked out from the loads' definitions alone.

The resultants never look at the nodal forces, so that the balance of forces and moments can find a wrong nodal force.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mechlock.errors import InputError
from mechlock.fem import assumed_stress
from mechlock.fem.assembly import System
from mechlock.fem.elements import table
from mechlock.fem.geometry import inverse, jacobians
from mechlock.fem.model import Material, StaticCase, Temperature
from mechlock.fem.relief import Relief, relieve
from mechlock.fem.stiffness import elasticity, elasticity_in_pairs
from mechlock.fem.surface_loads import surface_load
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
    relief : Relief or None
        The body's own inertia, where that balances the loads.
    """

    vector: Floats
    thermal: Floats | None
    temperature: tuple[Floats, ...] | None
    force: Floats
    moment: Floats
    magnitude: float
    relief: Relief | None = None

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
        found = surface_load(system.mesh, load, f"cases.{case.name}.loads")
        np.add.at(vector, found.nodes, found.values)
        force, moment = force + found.force, moment + found.moment
        magnitude += float(np.linalg.norm(found.values, axis=1).sum())
    temperature = _temperature(system, case)
    thermal = None if temperature is None else _thermal_forces(system, temperature)
    relief = None
    if case.inertia_relief:
        relief = relieve(system, vector.ravel(), f"cases.{case.name}")
        vector += relief.forces.reshape(-1, 3)
        force, moment = force + relief.force, moment + relief.moment
    result = External(vector.ravel(), thermal, temperature, force, moment, magnitude, relief)
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
    result = np.zeros((len(system.mesh.points), 3))
    for number, (block, owner) in enumerate(zip(system.mesh.blocks, system.material_of, strict=True)):
        for material in np.unique(owner):
            for straight in (True, False):
                chosen = np.flatnonzero((owner == material) & (system.mesh.straight[number] == straight))
                if len(chosen):
                    cells, made_of = block.cells[chosen], system.model.materials[material][0]
                    purpose = "stiffness" if straight else "curved"
                    pushed = _expansion(system.mesh.points, cells, block.kind, made_of, temperature[number][chosen], purpose)
                    np.add.at(result, cells, pushed)
    return result.ravel()


def _expansion(points: Floats, cells: Ints, kind: str, made_of: Material, rise: Floats, purpose: str) -> Floats:
    """Thermal forces of each cell on its nodes, shape (n_cells, n_nodes, 3), for a rise (n_cells, n_nodes)."""
    if kind == assumed_stress.KIND:
        found = assumed_stress.stress_cells(points, cells, elasticity_in_pairs(made_of))
        return found.forces(found.amplitudes(found.expansion(made_of.alpha * rise)[:, :, None]))[..., 0]
    tensor = np.array([[0, 5, 4], [5, 1, 3], [4, 3, 2]])
    stress = (elasticity(made_of)[:, :3].sum(axis=1) * made_of.alpha)[tensor]
    rule = table(kind, purpose)
    inverted, determinant = inverse(jacobians(points, cells, rule.gradients))
    physical = np.einsum("qnr,cqri,ij->cqnj", rule.gradients, inverted, stress, optimize=True)
    weight = determinant * rule.weights * (rise @ rule.values.T)
    return np.einsum("cq,cqnj->cnj", weight, physical, optimize=True)
