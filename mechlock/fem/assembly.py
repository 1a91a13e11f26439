"""Stiffness and mass of a model, assembled once; everything that depends on supports or cases comes after.

Tested against scikit-fem's own assembly.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import scipy.sparse as sp

from mechlock.errors import InputError
from mechlock.fem import assumed_stress
from mechlock.fem.assumed_stress import StressCells
from mechlock.fem.couplings import Coupled, couple
from mechlock.fem.elements import table
from mechlock.fem.facing import facing
from mechlock.fem.geometry import determinants, jacobians
from mechlock.fem.links import Links, build_links
from mechlock.fem.model import Model, PointMass
from mechlock.fem.patches import lock_patch, make_patch
from mechlock.fem.pattern import Pattern, build_pattern
from mechlock.fem.raster import raster
from mechlock.fem.solver import Ahead
from mechlock.fem.stiffness import elasticity_in_pairs, mass_blocks, pairs, stiffness_blocks
from mechlock.mesh.mesh import Floats, Ints, Mesh


@dataclass(frozen=True)
class System:
    """An assembled model.

    Attributes
    ----------
    model : Model
    pattern : Pattern
    blocks : (n_blocks, 3, 3) array
        Upper node-pair blocks of the elastic stiffness, N/mm.
    mass : (n_nodes, n_nodes) sparse array
        Scalar consistent mass of the elements, t (the same for x, y and z).
    coupled : Coupled
        Point masses.
    links : Links or None
        Rigid couplings and ties.
    material_of : tuple of (n_cells,) int arrays
        Per mesh block: number of each cell's material in `model.materials`.
    ahead : Ahead or None
        The layout of the first factor; None where links take unknowns out.
    """

    model: Model
    pattern: Pattern
    blocks: Floats
    mass: sp.csr_array
    coupled: Coupled
    links: Links | None
    material_of: tuple[Ints, ...]
    ahead: Ahead | None = field(default=None, repr=False, compare=False)

    @property
    def mesh(self) -> Mesh:
        """The model's mesh."""
        return self.model.mesh

    @property
    def n_dof(self) -> int:
        """Three per node."""
        return 3 * len(self.model.mesh.points)

    @property
    def stiffness(self) -> sp.csr_array:
        """Upper CSR matrix of the elastic stiffness, supports and springs not included."""
        return sp.csr_array(sp.triu(self.pattern.upper_blocks(self.blocks), format="csr"))

    @cached_property
    def diagonal(self) -> Floats:
        """Diagonal of the elastic stiffness, N/mm, shape (n_dof,)."""
        first = self.blocks[self.pattern.pointer[:-1]]
        return np.ascontiguousarray(np.einsum("nii->ni", first)).ravel()

    @cached_property
    def mass_moment(self) -> tuple[float, Floats]:
        """Mass of the elements, t, and its first moment about the origin, t mm, from volumes and not from the mass matrix."""
        mesh = self.mesh
        mass, first = 0.0, np.zeros(3)
        for block, owner, straight in zip(mesh.blocks, self.material_of, mesh.straight, strict=True):
            rule = table(block.kind, "mass")
            density = np.array([material.density for material, _ in self.model.materials])[owner]
            # one point tells the Jacobian of straight-edged cells
            gradients = rule.gradients[:1] if straight.all() else rule.gradients
            measure = determinants(jacobians(mesh.points, block.cells, gradients)) * rule.weights * density[:, None]
            mass += float(measure.sum())
            first += np.einsum("cn,cni->i", measure @ rule.values, mesh.points[block.cells])
        return mass, first

    @cached_property
    def stress_cells(self) -> tuple[StressCells | None, ...]:
        """Per mesh block: the modes of cells of assumed stress, which statics asks for again and again; None for other kinds."""
        found: list[StressCells | None] = []
        for block, owner in zip(self.mesh.blocks, self.material_of, strict=True):
            if block.kind != assumed_stress.KIND:
                found.append(None)
                continue
            laws = np.array([elasticity_in_pairs(material) for material, _ in self.model.materials])
            one = laws[owner[0]] if (owner == owner[0]).all() else laws[owner]
            found.append(assumed_stress.stress_cells(self.mesh.points, block.cells, one))
        return tuple(found)

    @cached_property
    def pieces(self) -> Ints:
        """Number of the connected piece that each node belongs to, -1 for nodes of no element, shape (n_nodes,)."""
        from scipy.sparse.csgraph import connected_components  # takes a tenth of a second to load

        n = self.pattern.n_nodes
        ones = np.ones(len(self.pattern.rows), np.int8)
        graph = sp.csr_array((ones, self.pattern.columns.astype(np.int32), self.pattern.pointer), shape=(n, n))
        label = connected_components(graph, directed=False)[1].astype(np.int64)
        used = np.zeros(n, bool)
        for block in self.mesh.blocks:
            used[block.cells.ravel()] = True
        label[~used] = -1
        label[used] = np.unique(label[used], return_inverse=True)[1]
        return label

    @cached_property
    def node_masses(self) -> Floats:
        """Row sums of the element mass matrix, t, shape (n_nodes,)."""
        return np.asarray(self.mass.sum(axis=1)).ravel()

    @property
    def element_mass(self) -> float:
        """Mass of the meshed bodies, t."""
        return float(self.node_masses.sum())

    @property
    def total_mass(self) -> float:
        """Mass of bodies and point masses, t."""
        return self.element_mass + float(self.coupled.masses.sum())

    @cached_property
    def centre_of_mass(self) -> Floats:
        """Centre of gravity of bodies and point masses, mm (of the nodes when nothing has mass)."""
        if self.total_mass <= 0:
            return self.mesh.points.mean(axis=0)
        moment = self.node_masses @ self.mesh.points + self.coupled.masses @ self.coupled.places
        return moment / self.total_mass

    def unlinked(self, forces: Floats) -> Floats:
        """Forces (n_dof, k) on the unknowns that are left when links are taken out, in their own order."""
        return forces if self.links is None else self.links.reduce(forces)

    def transferred(self, forces: Floats) -> Floats:
        """Forces (n_dof, k) with those on dependent nodes passed on through the links; zero on dependent nodes."""
        if self.links is None:
            return forces
        reduced = self.links.reduce(forces).reshape(-1, 3, forces.shape[1])
        result = np.zeros((len(self.mesh.points), 3, forces.shape[1]))
        result[self.links.independent] = reduced[: len(self.links.independent)]
        return result.reshape(forces.shape)

    def apply_mass(self, vectors: Floats) -> Floats:
        """Mass matrix (elements and point masses) times vectors of shape (n_dof,) or (n_dof, k)."""
        shape = vectors.shape
        wide = np.ascontiguousarray(vectors).reshape(len(self.mesh.points), -1)
        result = (self.mass @ wide).reshape(shape)
        if self.coupled.names:
            result = result + self.coupled.motion.T @ (self.coupled.inertia @ (self.coupled.motion @ vectors))
        return result


def check_mesh(mesh: Mesh) -> None:
    """Refuse meshes that cannot be computed: no cells, NaN coordinates, node numbers out of range, unknown kinds."""
    if not mesh.n_cells:
        raise InputError("the mesh has no solid elements", "mesh")
    bad = np.flatnonzero(~np.isfinite(mesh.points).all(axis=1))
    if len(bad):
        raise InputError(f"{len(bad)} node(s) have coordinates that are not numbers, the first is node {bad[0]}", "mesh")
    for block in mesh.blocks:
        if len(block.cells) and (block.cells.min() < 0 or block.cells.max() >= len(mesh.points)):
            raise InputError(f"{block.kind} elements refer to nodes that do not exist", "mesh")


def assign_materials(model: Model) -> tuple[Ints, ...]:
    """Number of each cell's material, per block.

    Raises
    ------
    InputError
        When a cell has no material or two, or a volume group is missing.
    """
    mesh = model.mesh
    owner = np.full(mesh.n_cells, -1, np.int64)
    for number, (material, groups) in enumerate(model.materials):
        cells = np.arange(mesh.n_cells) if not groups else np.unique(np.concatenate([_volume(mesh, g) for g in groups]))
        taken = owner[cells]
        if (taken >= 0).any():
            other = model.materials[taken[taken >= 0][0]][0].name
            raise InputError(f"{(taken >= 0).sum()} element(s) get two materials, {other!r} and {material.name!r}", "materials")
        owner[cells] = number
    missing = np.flatnonzero(owner < 0)
    if len(missing):
        inside = [name for name, cells in mesh.volumes.items() if missing[0] in cells]
        raise InputError(
            f"{len(missing)} element(s) have no material" + (f", for example in {inside[0]!r}" if inside else ""), "materials"
        )
    return tuple(np.split(owner, mesh.offsets[1:-1]))


def _volume(mesh: Mesh, name: str) -> Ints:
    if name not in mesh.volumes:
        known = ", ".join(map(repr, sorted(mesh.volumes)[:12])) or "none"
        raise InputError(f"the mesh has no volume group called {name!r}", "materials", f"it has {known}")
    if not len(mesh.volumes[name]):
        raise InputError(f"the volume group {name!r} is empty", "materials")
    return mesh.volumes[name]


def _fill(model: Model, material_of: tuple[Ints, ...]) -> tuple[Floats, Floats]:
    """Stiffness (n_pairs, 9) and mass (n_pairs,) of all elements in the pattern's order."""
    points = model.mesh.points
    stiff: list[Floats] = []
    heavy: list[Floats] = []
    for block, owner, straight in zip(model.mesh.blocks, material_of, model.mesh.straight, strict=True):
        n_pairs = len(pairs(block.cells.shape[1])[0])
        subsets = [(m, s, (owner == m) & (straight == s)) for m in np.unique(owner) for s in (True, False)]
        subsets = [(m, s, chosen) for m, s, chosen in subsets if chosen.any()]
        if len(subsets) == 1:
            material, flat = model.materials[subsets[0][0]][0], subsets[0][1]
            # masses first, since they look at every cell and can say how many are inside out
            masses = mass_blocks(points, block.cells, block.kind, material.density, flat)
            values = stiffness_blocks(points, block.cells, block.kind, material, flat)
        else:
            values, masses = np.empty((n_pairs, len(owner), 9)), np.empty((n_pairs, len(owner)))
            for number, flat, chosen in subsets:
                material = model.materials[number][0]
                masses[:, chosen] = mass_blocks(points, block.cells[chosen], block.kind, material.density, flat)
                values[:, chosen] = stiffness_blocks(points, block.cells[chosen], block.kind, material, flat)
        stiff.append(values.reshape(-1, 9))
        heavy.append(masses.ravel())
    if len(stiff) == 1:
        return stiff[0], heavy[0]
    return np.concatenate(stiff), np.concatenate(heavy)


@dataclass(frozen=True)
class Layout:
    """Where the entries of a model's matrices go, known before any of them is.

    Attributes
    ----------
    material_of : tuple of (n_cells,) int arrays
        Per mesh block: number of each cell's material in `model.materials`.
    pattern : Pattern
    ahead : Ahead or None
        The layout of the first factor, which another core may be working out; None where links take unknowns out.
    """

    material_of: tuple[Ints, ...]
    pattern: Pattern
    ahead: Ahead | None


def lay_out(model: Model, *, factored: bool = False) -> Layout:
    """Find the pattern of a model's matrices; where it is `factored` as it is, begin to lay out its factor beside what follows.

    Raises
    ------
    InputError
        For meshes, groups or materials that cannot be used.
    """
    mesh = model.mesh
    check_mesh(mesh)
    material_of = assign_materials(model)
    # locks and some springs act on the mean displacement of their faces, which couples all the nodes
    cliques = tuple(lock_patch(mesh, lock).nodes for lock in model.locks)
    cliques += tuple(make_patch(mesh, item.on, f"springs.{item.name}").nodes for item in model.springs if item.mean)
    pattern = build_pattern(mesh, cliques + _raster_cliques(model) + _facing_cliques(model))
    # links take unknowns out: the matrix that is factored then has another pattern
    linked = bool(_rigid(model) or model.ties)
    return Layout(material_of, pattern, None if linked else Ahead(mesh, pattern, at_once=factored))


def _rigid(model: Model) -> tuple[PointMass, ...]:
    return tuple(item for item in model.masses if item.coupling == "rigid")


def assemble(model: Model, layout: Layout | None = None) -> System:
    """Assemble stiffness and mass of a model.

    Parameters
    ----------
    model : Model
    layout : Layout, optional
        Of the same model, where it was found before.

    Returns
    -------
    System

    Raises
    ------
    InputError
        For meshes, groups or materials that cannot be used.
    """
    mesh = model.mesh
    layout = lay_out(model) if layout is None else layout
    pattern, material_of = layout.pattern, layout.material_of
    stiff, heavy = _fill(model, material_of)
    blocks = pattern.gather(stiff)
    del stiff
    n = len(mesh.points)
    upper = sp.csr_array((pattern.gather_scalar(heavy), pattern.columns.astype(np.int32), pattern.pointer), shape=(n, n))
    mass = sp.csr_array(upper + sp.triu(upper, 1).T)
    # a rigid coupling's nodes move as one, so that their mean motion is the mass' own
    links = build_links(mesh, _rigid(model), model.ties, model.supports)
    return System(model, pattern, blocks, mass, couple(mesh, model.masses), links, material_of, layout.ahead)


def _raster_cliques(model: Model) -> tuple[Ints, ...]:
    """Nodes of each part of the pads that touch in few points: a contact on their mean couples them."""
    found: list[Ints] = []
    for pad in model.pads:
        if pad.raster is not None:
            means = raster(model.mesh, pad.on, pad.raster, f"pads.{pad.name}").means
            found += [np.asarray(nodes, np.int64) for nodes in np.split(means.indices, means.indptr[1:-1])]
    return tuple(found)


def _facing_cliques(model: Model) -> tuple[Ints, ...]:
    """The nodes of the two faces at each point of contact between surfaces."""
    found: list[Ints] = []
    for pad in model.pads:
        if pad.against:
            where = f"pads.{pad.name}"
            met = facing(model.mesh, pad.on, pad.against, where)
            both = sp.csr_array(abs(met.own) + abs(met.other))
            found += [np.asarray(nodes, np.int64) for nodes in np.split(both.indices, both.indptr[1:-1])]
    return tuple(found)


def symmetric_product(upper: sp.csr_array, vectors: Floats) -> Floats:
    """Product of a symmetric matrix, given by its upper part, with vectors."""
    diagonal = upper.diagonal()
    scaled = vectors * (diagonal if vectors.ndim == 1 else diagonal[:, None])
    return upper @ vectors + upper.T @ vectors - scaled
