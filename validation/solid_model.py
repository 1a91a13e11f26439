"""Solid models for the published cases: groups on structured meshes, one static or modal solution, values at points."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mechlock.fem import model as fem
from mechlock.fem import probes, stress
from mechlock.fem.assembly import System, assemble
from mechlock.fem.modal import ModalSolution, solve_modal
from mechlock.fem.patches import make_patch
from mechlock.fem.static import StaticResult, solve_static
from mechlock.mesh.mapped import select_faces
from mechlock.mesh.mesh import Block, Mesh

M = 1000.0
"""Metres to mm."""

PA = 1e-6
"""Pascal to MPa."""

KG_M3 = 1e-12
"""kg/m³ to t/mm³."""

Where = Callable[[np.ndarray], np.ndarray]


def near(values: np.ndarray, target: float, tolerance: float = 1e-6) -> np.ndarray:
    """Whether coordinates are at a plane, within a fraction of the model's size."""
    return np.abs(values - target) < tolerance * max(1.0, float(np.abs(values).max()))


def named(mesh: Mesh, faces: Mapping[str, Where] | None = None, nodes: Mapping[str, Where] | None = None) -> Mesh:
    """Add groups given by conditions on coordinates."""
    more_faces = {name: select_faces(mesh, where) for name, where in (faces or {}).items()}
    more_nodes = {name: np.flatnonzero(where(mesh.points)) for name, where in (nodes or {}).items()}
    empty = [name for name, rows in {**more_faces, **more_nodes}.items() if not len(rows)]
    if empty:
        raise AssertionError(f"empty groups: {empty}")
    return Mesh(mesh.points, mesh.blocks, mesh.volumes, {**mesh.faces, **more_faces}, {**mesh.nodes, **more_nodes})


def joined(meshes: Sequence[Mesh]) -> Mesh:
    """Merge meshes of one kind at the nodes that they share; volume groups stay, face groups are dropped."""
    points = np.concatenate([mesh.points for mesh in meshes])
    size = np.ptp(points, axis=0).max()
    _, first, inverse = np.unique(np.round(points / size, 8) + 0.0, axis=0, return_index=True, return_inverse=True)
    cells, volumes, node, cell = [], {}, 0, 0
    for mesh in meshes:
        cells.append(inverse.ravel()[mesh.blocks[0].cells + node])
        for name, rows in mesh.volumes.items():
            volumes[name] = np.concatenate([volumes.get(name, np.zeros(0, np.int64)), rows + cell])
        node, cell = node + len(mesh.points), cell + mesh.n_cells
    return Mesh(points[first], (Block(meshes[0].blocks[0].kind, np.concatenate(cells)),), volumes)


def fixed(**groups: str) -> tuple[fem.Support, ...]:
    """Supports from group = "xyz"."""
    return tuple(fem.Support(name, (name,), tuple(axes)) for name, axes in groups.items())


@dataclass(frozen=True)
class Solved:
    """A static result with its recovered stress."""

    mesh: Mesh
    result: StaticResult
    recovery: stress.Recovery
    field: stress.StressField

    def displacement(self, point: Sequence[float]) -> np.ndarray:
        """Displacement at a point, mm."""
        located = probes.locate(self.mesh, np.array([point], float))
        return probes.interpolate_nodal(self.mesh, located, self.result.displacement)[0]

    def stress(self, point: Sequence[float]) -> np.ndarray:
        """Recovered stress at a point: xx, yy, zz, xy, yz, zx, MPa."""
        located = probes.locate(self.mesh, np.array([point], float))
        return probes.interpolate_stress(self.recovery, located, self.field.nodal)[0]

    def mean(self, group: str) -> np.ndarray:
        """Mean displacement of a group, mm."""
        patch = make_patch(self.mesh, (group,), group)
        return patch.mean @ self.result.displacement[patch.nodes]

    def rotation(self, group: str) -> np.ndarray:
        """Mean rotation of a face group, rad."""
        patch = make_patch(self.mesh, (group,), group)
        return np.einsum("iaj,aj->i", patch.rotation, self.result.displacement[patch.nodes])


def model(mesh: Mesh, E: float, nu: float, supports: Sequence[fem.Support] = (), density: float = 0.0, **more: object) -> System:
    """Assemble a body of one material."""
    alpha = float(more.pop("alpha", 0.0))  # type: ignore[arg-type]
    material = fem.Material("material", E, nu, density, alpha)
    return assemble(fem.Model(mesh, ((material, ()),), supports=tuple(supports), **more))  # type: ignore[arg-type]


def static(mesh: Mesh, E: float, nu: float, supports: Sequence[fem.Support], loads: Sequence[fem.Load], **more: object) -> Solved:
    """Solve one static case of a body of one material and recover its stress."""
    system = model(mesh, E, nu, supports, **more)
    return solved(system, fem.StaticCase("case", loads=tuple(loads)))


def solved(system: System, case: fem.StaticCase) -> Solved:
    """Solve one static case and recover its stress."""
    result = solve_static(system, [case]).results[case.name]
    if result.status != "ok" or result.evidence.equilibrium_error > 1e-8:
        raise AssertionError(f"{result.status}, equilibrium error {result.evidence.equilibrium_error:.1e}")
    material = system.model.materials[0][0]
    region = stress.Region("all", np.arange(system.mesh.n_cells), stress.isotropic(material.E, material.nu))
    recovery = stress.prepare(system.mesh, [region])
    free = None if result.temperature is None else [material.alpha * change for change in result.temperature]
    return Solved(system.mesh, result, recovery, stress.recover(recovery, result.displacement, free))


def modes(system: System, count: int, supports: tuple[str, ...] | None = None) -> ModalSolution:
    """Lowest modes of a body."""
    return solve_modal(system, count, supports=supports)


def elastic(found: ModalSolution) -> np.ndarray:
    """Frequencies of the modes that are not rigid motions, Hz."""
    return found.frequencies[found.rigid_count :]


def quarter_ring(inner: float, outer: float, height: float) -> Where:
    """Mapping of the unit cube on a quarter ring: x radial, y around, z up."""

    def mapping(unit: np.ndarray) -> np.ndarray:
        radius = inner + (outer - inner) * unit[:, 0]
        angle = 0.5 * np.pi * unit[:, 1]
        return np.column_stack([radius * np.cos(angle), radius * np.sin(angle), height * unit[:, 2]])

    return mapping


def quarter_ellipses(inner: tuple[float, float], outer: tuple[float, float], height: float) -> Where:
    """Mapping of the unit cube between two quarter ellipses: x outward, y around, z up."""

    def mapping(unit: np.ndarray) -> np.ndarray:
        angle = 0.5 * np.pi * unit[:, 1]
        ring = np.column_stack([np.cos(angle), np.sin(angle)])
        first, second = ring * np.array(inner), ring * np.array(outer)
        plane = first + (second - first) * unit[:, :1]
        return np.column_stack([plane, height * unit[:, 2]])

    return mapping
