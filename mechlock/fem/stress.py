"""Recovery of strain and stress: tensors at the stress points of every cell, and at nodes per region.

A region is the cells of one material and one thickness. Nodal values are extrapolated from the stress points inside each
cell and averaged, weighted with the cells' volumes, inside a region only; where two regions meet, a node has one value
for each, so that a jump of stress across an interface stays visible.

Tensors are 6-vectors in the order xx, yy, zz, xy, yz, zx (VTK's order), strains with tensor (not engineering) shear.

Source: Zienkiewicz & Taylor, The Finite Element Method, vol. 1, ch. 14 (recovery at superconvergent points).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from mechlock.errors import InputError
from mechlock.fem import assumed_stress
from mechlock.fem.cores import on_all_cores
from mechlock.fem.geometry import inverse
from mechlock.mesh import quadrature, shapes
from mechlock.mesh.mesh import Block, Mesh

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.int64]
FreeStrain = Floats | Sequence[Floats]

PAIRS = assumed_stress.PAIRS
ENGINEERING = np.array([1.0, 1.0, 1.0, 2.0, 2.0, 2.0])
_CHUNK = 4096


@dataclass(frozen=True)
class Region:
    """Cells of one material and one thickness, across whose border stress is never averaged.

    Attributes
    ----------
    name : str
    cells : (n,) int array
        Global cell numbers.
    elasticity : (6, 6) float array
        Maps (exx, eyy, ezz, 2exy, 2eyz, 2ezx) to stress in MPa.
    """

    name: str
    cells: Ints
    elasticity: Floats


@dataclass(frozen=True)
class BlockTables:
    """What one block of cells needs for recovery: physical gradients, volumes, extrapolation.

    Attributes
    ----------
    inverse : (n_cells, n_points, 3, 3) float array
        Inverse Jacobians d(xi)/dx at the stress points.
    volumes : (n_cells, n_points) float array
        Volume that each stress point stands for, mm³.
    region : (n_cells,) int array
        Index of each cell's region.
    scatter : sparse (n_rows, n_cells * n_nodes)
        Volume-weighted average into the (region, node) rows; rows of all blocks together sum to one.
    extrapolation : (n_nodes, n_points) float array
    rows : (n_cells, n_nodes) int array
        The (region, node) row of each cell's nodes.
    assumed : (n_different, n_points, 6, 24) float array
        Stress at the stress points per nodal displacement, MPa/mm, of cells of assumed stress; empty for others.
    alike : (n_cells,) int array
        The row of `assumed` that holds for each cell; empty for others.
    """

    block: Block
    inverse: Floats
    volumes: Floats
    region: Ints
    scatter: sparse.csr_array
    extrapolation: Floats
    rows: Ints
    assumed: Floats
    alike: Ints


@dataclass(frozen=True)
class Recovery:
    """Everything that stays the same between load cases.

    Attributes
    ----------
    node, region : (n_rows,) int arrays
        The node and the region of each row of nodal values, sorted by region, then node.
    row_volume : (n_rows,) float array
        Volume that each row stands for, mm³ (sums to the mesh's volume).
    """

    mesh: Mesh
    regions: tuple[Region, ...]
    tables: tuple[BlockTables, ...]
    node: Ints
    region: Ints
    row_volume: Floats

    @property
    def cell_region(self) -> Ints:
        """Index of the region of each cell, shape (n_cells,)."""
        return np.concatenate([table.region for table in self.tables])

    @property
    def point_cell(self) -> Ints:
        """Global cell number of each stress point, shape (n_stress_points,)."""
        counts = np.concatenate([np.full(len(t.volumes), t.volumes.shape[1]) for t in self.tables])
        return np.repeat(np.arange(len(counts)), counts)

    def point_positions(self) -> Floats:
        """Return the positions of the stress points in mm, shape (n_stress_points, 3)."""
        found = []
        for table in self.tables:
            xi, _ = quadrature.stress_points(table.block.kind)
            corners = self.mesh.points[table.block.cells]
            found.append((shapes.values(table.block.kind, xi) @ corners).reshape(-1, 3))
        return np.concatenate(found)

    def point_volumes(self) -> Floats:
        """Return the volume that each stress point stands for in mm³, shape (n_stress_points,)."""
        return np.concatenate([table.volumes.ravel() for table in self.tables])


@dataclass(frozen=True)
class StressField:
    """Stress of one or several load cases (a leading axis where the displacement had one).

    Attributes
    ----------
    points : (..., n_stress_points, 6) float array
        Stress at the stress points, MPa, cell by cell through the blocks.
    strain : (..., n_stress_points, 6) float array
        Total strain there.
    nodal : (..., n_rows, 6) float array
        Recovered stress per (region, node) row of `Recovery`, MPa.
    """

    points: Floats
    strain: Floats
    nodal: Floats


def isotropic(young: float, poisson: float) -> Floats:
    """Return the isotropic elasticity matrix (6, 6) in MPa for engineering shear strains."""
    first = young * poisson / ((1.0 + poisson) * (1.0 - 2.0 * poisson))
    second = young / (2.0 * (1.0 + poisson))
    matrix = np.zeros((6, 6))
    matrix[:3, :3] = first
    matrix[np.arange(3), np.arange(3)] += 2.0 * second
    matrix[np.arange(3, 6), np.arange(3, 6)] = second
    return matrix


def prepare(mesh: Mesh, regions: Sequence[Region]) -> Recovery:
    """Set up the recovery for a mesh; done once, used for any number of load cases.

    Raises
    ------
    InputError
        When the regions do not cover every cell exactly once, or a cell is inside out.
    """
    owner = _owners(mesh, regions)
    keys = [
        owner[start : start + len(block.cells), None] * len(mesh.points) + block.cells
        for start, block in zip(mesh.offsets, mesh.blocks, strict=False)
    ]
    used, flat = np.unique(np.concatenate([key.ravel() for key in keys]), return_inverse=True)
    rows = np.split(flat, np.cumsum([key.size for key in keys])[:-1])
    parts = [_geometry(mesh, block) for block in mesh.blocks]
    sizes = [block.cells.shape[1] for block in mesh.blocks]
    weights = [np.repeat(volumes.sum(axis=1), size) for size, (_, volumes) in zip(sizes, parts, strict=True)]
    total = np.zeros(len(used))
    share = np.zeros(len(used))
    for row, weight, size in zip(rows, weights, sizes, strict=True):
        total += np.bincount(row, weight, len(used))
        share += np.bincount(row, weight / size, len(used))
    tables = []
    for number, block in enumerate(mesh.blocks):
        row, inverse, volumes = rows[number], *parts[number]
        columns = np.arange(row.size)
        scatter = sparse.csr_array((weights[number] / total[row], (row, columns)), shape=(len(used), row.size))
        first = mesh.offsets[number]
        region = owner[first : first + len(block.cells)]
        basis, shaped = extrapolation(block.kind), row.reshape(block.cells.shape)
        operator, alike = _operator(mesh, block, region, regions)
        tables.append(BlockTables(block, inverse, volumes, region, scatter, basis, shaped, operator, alike))
    region, node = np.divmod(used, len(mesh.points))
    return Recovery(mesh, tuple(regions), tuple(tables), node, region, share)


def _owners(mesh: Mesh, regions: Sequence[Region]) -> Ints:
    owner = np.full(mesh.n_cells, -1, np.int64)
    for number, region in enumerate(regions):
        if np.any(owner[region.cells] >= 0):
            other = regions[int(owner[region.cells].max())].name
            raise InputError(
                f"cells belong to {region.name!r} and to {other!r}", mend="give each cell one material and thickness"
            )
        owner[region.cells] = number
    if np.any(owner < 0):
        raise InputError(f"{int((owner < 0).sum())} cells belong to no region", mend="give every volume group a material")
    return owner


def _geometry(mesh: Mesh, block: Block) -> tuple[Floats, Floats]:
    """Inverse Jacobians and volumes at the stress points of a block."""
    xi, weights = quadrature.stress_points(block.kind)
    table = shapes.gradients(block.kind, xi).transpose(1, 0, 2).reshape(block.cells.shape[1], -1)
    inverses = np.empty((len(block.cells), len(xi), 3, 3))
    volumes = np.empty((len(block.cells), len(xi)))
    for start in range(0, len(block.cells), _CHUNK):
        part = slice(start, start + _CHUNK)
        corners = mesh.points[block.cells[part]].transpose(0, 2, 1)
        jacobian = (corners.reshape(-1, corners.shape[2]) @ table).reshape(len(corners), 3, len(xi), 3).transpose(0, 2, 1, 3)
        inverses[part], determinant = inverse(jacobian)
        if np.any(determinant <= 0.0):
            bad = start + int(np.argmax((determinant <= 0.0).any(axis=1)))
            raise InputError(f"cell {bad} of the {block.kind} cells is inside out", mend="repair the mesh")
        volumes[part] = determinant * weights
    return inverses, volumes


def extrapolation(kind: str) -> Floats:
    """Return the matrix (n_nodes, n_points) that carries stress-point values to the nodes of a cell (least squares)."""
    xi, _ = quadrature.stress_points(kind)
    at_nodes = quadrature.extrapolation_basis(kind, shapes.reference_nodes(kind))
    return at_nodes @ np.linalg.pinv(quadrature.extrapolation_basis(kind, xi))


def recover(recovery: Recovery, displacement: Floats, thermal_strain: FreeStrain | None = None) -> StressField:
    """Recover strain and stress from nodal displacements.

    Parameters
    ----------
    displacement : (n_points, 3) or (n_cases, n_points, 3) float array
        In mm.
    thermal_strain : float array or sequence of arrays, optional
        Isotropic free strain (expansion times temperature change), the same for all cases: at the nodes, (n_points,), or
        for each block at the nodes of its cells, (n_cells, n_nodes), where it jumps between regions.

    Returns
    -------
    StressField
        With a leading case axis where `displacement` has one.
    """
    single = displacement.ndim == 2
    cases = displacement[None] if single else displacement
    strain, stress = [], []
    for number, table in enumerate(recovery.tables):
        e, s = _at_points(recovery, table, cases, free_strain(recovery, number, thermal_strain))
        strain.append(e.reshape(len(cases), -1, 6))
        stress.append(s.reshape(len(cases), -1, 6))
    points, total = np.concatenate(stress, axis=1), np.concatenate(strain, axis=1)
    nodal = to_nodes(recovery, points)
    return StressField(points[0], total[0], nodal[0]) if single else StressField(points, total, nodal)


def to_nodes(recovery: Recovery, points: Floats) -> Floats:
    """Carry values at the stress points (..., n_stress_points, k) to the (region, node) rows (..., n_rows, k)."""
    flat = points.reshape(-1, *points.shape[-2:])
    nodal = np.zeros((len(flat), len(recovery.node), flat.shape[-1]))
    start = 0
    for table in recovery.tables:
        shape = (*table.volumes.shape, flat.shape[-1])
        end = start + table.volumes.size

        def add(case: int, part: slice = slice(start, end), table: BlockTables = table, shape: tuple[int, ...] = shape) -> None:
            at_nodes = table.extrapolation @ flat[case, part].reshape(shape)
            nodal[case] += table.scatter @ at_nodes.reshape(-1, shape[-1])

        for _ in on_all_cores(add, range(len(flat))):
            pass
        start = end
    return nodal.reshape(*points.shape[:-2], *nodal.shape[1:])


def free_strain(recovery: Recovery, number: int, thermal: FreeStrain | None) -> Floats | None:
    """Free strain at the nodes of one block's cells."""
    if thermal is None or not isinstance(thermal, np.ndarray):
        return None if thermal is None else thermal[number]
    return thermal[recovery.tables[number].block.cells]


def _at_points(recovery: Recovery, table: BlockTables, cases: Floats, free: Floats | None) -> tuple[Floats, Floats]:
    """Strain and stress at the stress points of a block, each (n_cases, n_cells, n_points, 6)."""
    kind, cells = table.block.kind, table.block.cells
    if kind == assumed_stress.KIND:
        return _assumed(recovery, table, cases, free)
    xi, _ = quadrature.stress_points(kind)
    reference = shapes.gradients(kind, xi).transpose(1, 0, 2).reshape(cells.shape[1], -1)
    values = shapes.values(kind, xi)
    strain = np.empty((len(cases), len(cells), len(xi), 6))
    stress = np.empty_like(strain)
    stiffness = np.stack([region.elasticity * ENGINEERING for region in recovery.regions])

    def fill(case: int) -> None:
        for start in range(0, len(cells), _CHUNK):
            part = slice(start, start + _CHUNK)
            nodes = cases[case, cells[part]].transpose(0, 2, 1)
            local = (nodes.reshape(-1, cells.shape[1]) @ reference).reshape(len(nodes), 3, len(xi), 3).transpose(0, 2, 1, 3)
            gradient = local @ table.inverse[part]
            for slot, (i, j) in enumerate(PAIRS):
                strain[case, part, :, slot] = 0.5 * (gradient[..., i, j] + gradient[..., j, i])
            elastic = strain[case, part]
            if free is not None:
                elastic = elastic.copy()
                elastic[..., :3] -= (free[part] @ values.T)[..., None]
            _multiply(elastic, stiffness, table.region[part], out=stress[case, part])

    for _ in on_all_cores(fill, range(len(cases))):
        pass
    return strain, stress


def _multiply(elastic: Floats, stiffness: Floats, region: Ints, out: Floats) -> None:
    """Stress (n_cells, n_points, 6) of elastic strain by the matrix of each cell's region; in one product where that is one."""
    if (region == region[0]).all():
        np.matmul(elastic.reshape(-1, 6), stiffness[region[0]].T, out=out.reshape(-1, 6))
    else:
        np.matmul(elastic, stiffness[region].transpose(0, 2, 1), out=out)


def _assumed(recovery: Recovery, table: BlockTables, cases: Floats, free: Floats | None) -> tuple[Floats, Floats]:
    """The same for cells of assumed stress; their total strain is what their stress asks for, and the free one."""
    xi, _ = quadrature.stress_points(table.block.kind)
    n_cells = len(table.block.cells)
    local = cases[:, table.block.cells].reshape(len(cases), n_cells, 24).transpose(1, 2, 0)
    found = np.empty((n_cells, 6 * len(xi), len(cases)))
    operator = table.assumed.reshape(len(table.assumed), -1, 24)
    for start in range(0, n_cells, _CHUNK):
        part = slice(start, start + _CHUNK)
        np.matmul(operator[table.alike[part]], local[part], out=found[part])
    found = found.reshape(n_cells, len(xi), 6, len(cases))
    if free is not None:
        for number, region in enumerate(recovery.regions):
            part = np.flatnonzero(table.region == number)
            cells = assumed_stress.stress_cells(recovery.mesh.points, table.block.cells[part], region.elasticity)
            found[part] -= cells.stress(cells.amplitudes(cells.expansion(free[part])[:, :, None]), xi)
    stress = np.ascontiguousarray(np.moveaxis(found, -1, 0))
    compliance = np.stack([np.linalg.inv(region.elasticity) / ENGINEERING[:, None] for region in recovery.regions])
    strain = stress @ compliance[table.region].transpose(0, 2, 1)
    if free is not None:
        strain[..., :3] += (free @ shapes.values(table.block.kind, xi).T)[..., None]
    return strain, stress


def _operator(mesh: Mesh, block: Block, region: Ints, regions: Sequence[Region]) -> tuple[Floats, Ints]:
    """Stress per nodal displacement of cells of assumed stress that differ, and which each cell is like; empty for others."""
    if block.kind != assumed_stress.KIND:
        return np.zeros((0, 0, 6, 24)), np.zeros(0, np.int64)
    laws = np.stack([one.elasticity for one in regions])
    cells = assumed_stress.stress_cells(mesh.points, block.cells, laws[region])
    return cells.stress_of_displacement(quadrature.stress_points(block.kind)[0]), cells.of


def von_mises(tensor: Floats) -> Floats:
    """Return the von Mises equivalent of stress tensors (..., 6), shape (...)."""
    xx, yy, zz, xy, yz, zx = np.moveaxis(tensor, -1, 0)
    squares = 0.5 * ((xx - yy) ** 2 + (yy - zz) ** 2 + (zz - xx) ** 2) + 3.0 * (xy**2 + yz**2 + zx**2)
    return np.sqrt(squares)


def matrices(tensor: Floats) -> Floats:
    """Return tensors (..., 6) as symmetric matrices (..., 3, 3)."""
    return tensor[..., np.array([[0, 3, 5], [3, 1, 4], [5, 4, 2]])]


def principal(tensor: Floats) -> Floats:
    """Return the principal values (..., 3) of tensors (..., 6), largest first."""
    return np.asarray(np.linalg.eigvalsh(matrices(tensor))[..., ::-1], np.float64)
