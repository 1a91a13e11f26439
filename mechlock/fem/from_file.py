"""From a model file and its mesh to what the solvers take: materials, supports, contacts, masses, static cases."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from mechlock import units
from mechlock.errors import InputError
from mechlock.fem import model as fem
from mechlock.fem.geometry import node_normals
from mechlock.fem.orthotropic import orthotropic
from mechlock.fem.patches import make_patch
from mechlock.fem.relief import with_relief
from mechlock.fem.stiffness import elasticity
from mechlock.inputs import materials
from mechlock.inputs import model as files
from mechlock.inputs import model_parts as parts
from mechlock.inputs.model_cases import StaticCase
from mechlock.mesh.mesh import Mesh
from mechlock.mesh.reading import read_point_field

Floats = NDArray[np.float64]
# Normals that differ by less from an axis lie along it.
_ALONG = 1e-6
_HARDER = 1e3
"""Stiffness of a contact between surfaces against that of the bodies: what it lets them overlap is a thousandth of their own."""


@dataclass(frozen=True)
class Problem:
    """A model file made ready for the solvers.

    Attributes
    ----------
    source : ModelSource
    model : fem.model.Model
    thickness : dict of str to float
        Thickness in mm per volume group, where the file gives one.
    yields : dict of str to float
        Least yield strength in MPa per volume group, where the file or the library gives one.
    carry : sparse array or None
        Carries values at the nodes of the mesh file to those of the model's mesh, where they are not the same.
    file_nodes : int or None
        Number of the nodes of the mesh file, where there is a `carry`.
    """

    source: files.ModelSource
    model: fem.Model
    thickness: dict[str, float]
    yields: dict[str, float]
    carry: sparse.csr_array | None = None
    file_nodes: int | None = None

    def field(self, name: str) -> Floats:
        """A field of the mesh file, such as temperature, at the nodes of the model's mesh.

        Raises
        ------
        InputError
            When the file holds no such field.
        """
        nodes = self.file_nodes or len(self.model.mesh.points)
        values = read_point_field(self.source.mesh_path, name, nodes)
        return values if self.carry is None else self.carry @ values

    @property
    def has_contacts(self) -> bool:
        """Whether there are pads or locks, on whose state modes depend."""
        return bool([pad for pad in self.model.pads if not pad.both_ways] or self.model.locks)

    @property
    def ranged(self) -> bool:
        """Whether a lock's preload has two different ends, so that static cases are solved at both."""
        return any(low < high for low, high in (lock.preload for lock in self.model.locks))


def problem(
    source: files.ModelSource, mesh: Mesh, carry: sparse.csr_array | None = None, file_nodes: int | None = None
) -> Problem:
    """Make the model of a file on its mesh; `carry` and `file_nodes` as in `Problem`.

    Raises
    ------
    InputError
        With the key, for groups the mesh does not have, materials the library does not have, and what fits no group.
    """
    file, where = source.file, str(source.path)
    try:
        _check_groups(file, mesh)
        model = fem.Model(
            mesh,
            tuple(_material(item, index) for index, item in enumerate(file.materials)),
            supports=tuple(_support(item, mesh) for item in file.supports if not _slides(item, mesh)),
            pads=(
                *(_pad(item) for item in file.supports if _slides(item, mesh)),
                *(_contact(item, file, mesh) for item in file.contacts),
            ),
            springs=tuple(fem.Spring(item.label, item.on, item.stiffness) for item in file.springs),
            locks=(*(_lock(item) for item in file.locks), *(_bolt(item, mesh) for item in file.bolts)),
            bases=tuple(_base(item, source, index) for index, item in enumerate(file.bases)),
            masses=tuple(_mass(item) for item in file.masses),
            ties=tuple(fem.Tie(item.name or f"{item.master}-{item.slave}", item.master, item.slave) for item in file.ties),
        )
    except InputError as error:
        raise (error if where in error.where else error.at(where)) from None
    if any(isinstance(case, StaticCase) and case.inertia_relief for case in file.cases):
        model = with_relief(model)
    thickness = {name: item.thickness for item in file.materials if item.thickness for name in item.on or mesh.volumes}
    return Problem(source, model, thickness, _yields(file, mesh), carry, file_nodes)


def _yields(file: files.ModelFile, mesh: Mesh) -> dict[str, float]:
    """Yield strength per volume group: the file's, or the library's for the wall's thickness, the least where none is given."""
    found: dict[str, float] = {}
    for number, item in enumerate(file.materials):
        strength = item.yield_strength
        if strength is None and item.E is None and item.orthotropic is None:
            record = materials.find(item.name, f"materials[{number}].name")
            least = min(value for _, value in record.yield_steps)
            strength = record.yield_at(item.thickness) if item.thickness else least
        if strength is not None:
            found |= dict.fromkeys(item.on or (*mesh.volumes, item.name), strength)
    return found


def _check_groups(file: files.ModelFile, mesh: Mesh) -> None:
    """Every name under `on`, `attach`, `master`, `slave` must be a group of the right kind that is not empty."""
    surfaces = {**mesh.faces, **mesh.nodes}
    uses: list[tuple[str, tuple[str, ...], dict[str, NDArray[np.int64]], str]] = []
    uses += [(f"materials[{i}].on", m.on or (), mesh.volumes, "volumes") for i, m in enumerate(file.materials)]
    uses += [(f"supports[{i}].on", s.on, surfaces, "faces or nodes") for i, s in enumerate(file.supports)]
    uses += [(f"springs[{i}].on", s.on, surfaces, "faces or nodes") for i, s in enumerate(file.springs)]
    uses += [(f"locks[{i}].on", item.on, mesh.faces, "faces") for i, item in enumerate(file.locks)]
    uses += [(f"contacts[{i}]", (*item.on, *item.against), mesh.faces, "faces") for i, item in enumerate(file.contacts)]
    uses += [(f"bolts[{i}]", (*item.on, *item.to), mesh.faces, "faces") for i, item in enumerate(file.bolts)]
    uses += [(f"masses[{i}].attach", m.attach, surfaces, "faces or nodes") for i, m in enumerate(file.masses)]
    uses += [(f"ties[{i}]", (tie.master, tie.slave), mesh.faces, "faces") for i, tie in enumerate(file.ties)]
    for i, case in enumerate(file.cases):
        for j, load in enumerate(getattr(case, "loads", ())):
            kind = mesh.volumes if load.temperature is not None else surfaces if load.force is not None else mesh.faces
            what = "volumes" if kind is mesh.volumes else "faces or nodes" if kind is surfaces else "faces"
            uses.append((f"cases[{i}].loads[{j}].on", (load.on,), kind, what))
    for key, names, groups, what in uses:
        for name in names:
            if name not in groups:
                has = ", ".join(map(repr, sorted(groups)[:12])) or "none"
                raise InputError(f"the mesh has no group of {what} called {name!r}", key, f"it has {has}")
            if not len(groups[name]):
                raise InputError(f"the group {name!r} is empty", key, "check the mesh")


def _material(item: parts.Material, index: int) -> tuple[fem.Material, tuple[str, ...]]:
    groups = item.on or ()
    if item.orthotropic is not None:
        law = orthotropic(item.orthotropic, item.axes, f"materials[{index}]")
        first, contraction = item.orthotropic[0], item.orthotropic[3]
        return fem.Material(item.name, first, contraction, item.density or 0.0, item.expansion or 0.0, law), groups
    if item.E is not None and item.nu is not None:
        return fem.Material(item.name, item.E, item.nu, item.density or 0.0, item.expansion or 0.0), groups
    record = materials.find(item.name, f"materials[{index}].name")
    density = record.density if item.density is None else item.density
    expansion = record.expansion if item.expansion is None else item.expansion
    return fem.Material(item.name, record.E, record.nu, density, expansion), groups


def _symmetry_axis(item: parts.Support, mesh: Mesh) -> str | None:
    """The axis along which the faces of a symmetry look, or None where they are inclined or curved."""
    for number, name in enumerate(item.on):
        if name not in mesh.faces:
            raise InputError(f"{name!r} is a group of nodes; a symmetry needs faces", f"supports.{item.label}.on[{number}]")
    group = np.concatenate([mesh.faces[name] for name in item.on])
    along = np.abs(node_normals(mesh, group)[1]).min(axis=0) > 1.0 - _ALONG
    return fem.AXES[int(along.argmax())] if along.any() else None


def _slides(item: parts.Support, mesh: Mesh) -> bool:
    """Whether a support acts along its faces' normals."""
    return item.unilateral or (item.symmetry and _symmetry_axis(item, mesh) is None)


def _support(item: parts.Support, mesh: Mesh) -> fem.Support:
    if item.symmetry:
        return fem.Support(item.label, item.on, (str(_symmetry_axis(item, mesh)),))
    moved = {str(axis): value for axis, value in (item.displacement or {}).items()}
    return fem.Support(item.label, item.on, tuple(item.fix or ()), moved)


def _pad(item: parts.Support) -> fem.Pad:
    if item.symmetry:
        return fem.Pad(item.label, item.on, both_ways=True)
    stiffness = math.inf if item.stiffness is None else item.stiffness
    return fem.Pad(item.label, item.on, item.gap, stiffness, item.direction, friction=item.friction, wall=item.wall)


def _contact(item: parts.Contact, file: files.ModelFile, mesh: Mesh) -> fem.Pad:
    stiffness = item.stiffness
    if stiffness is None:
        # two elastic bodies pressed over an area A approach by about F / (E sqrt(A))
        hardest = max(float(elasticity(_material(material, i)[0])[0, 0]) for i, material in enumerate(file.materials))
        stiffness = _HARDER * hardest * math.sqrt(make_patch(mesh, item.on, f"contacts.{item.name}").area)
    gap, as_meshed = (0.0, True) if item.gap is None else (item.gap, False)
    return fem.Pad(item.name, item.on, gap, stiffness, against=item.against, meshed_gap=as_meshed)


def _lock(item: parts.Lock) -> fem.Lock:
    return fem.Lock(item.name, item.on, item.direction, item.stiffness, item.lateral_stiffness, item.preloads)


def _bolt(item: parts.Bolt, mesh: Mesh) -> fem.Lock:
    head, nut = (make_patch(mesh, names, f"bolts.{item.name}").centre for names in (item.on, item.to))
    x, y, z = (float(value) for value in nut - head)
    if not any((x, y, z)):
        raise InputError("the two faces have the same centroid", f"bolts.{item.name}", "name the faces under head and nut")
    return fem.Lock(item.name, item.on, (x, y, z), item.stiffness, 0.0, item.preloads, item.to)


def _mass(item: parts.PointMass) -> fem.PointMass:
    return fem.PointMass(item.name, item.mass, item.at, item.attach, item.inertia, item.coupling)


def _base(item: parts.Base, source: files.ModelSource, index: int) -> fem.Base:
    held = [support.label for support in source.file.supports if support.unilateral] + [lock.name for lock in source.file.locks]
    names = item.on or tuple(held)
    unknown = [name for name in names if name not in held]
    if unknown:
        raise InputError(f"{unknown[0]!r} is neither a unilateral support nor a lock", f"bases[{index}].on")
    if item.warp_stiffness is not None:
        a, b, c, d = names
        return fem.Base.warp((a, b, c, d), item.warp_stiffness, item.direction)
    matrix = _matrix(source.path.parent / str(item.stiffness_matrix), f"bases[{index}].stiffness_matrix")
    scale = units.parse(f"1 {item.unit}", "stiffness")
    return fem.Base.from_stiffness(names, matrix * scale, item.direction)


def _matrix(path: Path, where: str) -> Floats:
    """Read a square matrix of plain numbers, comma-separated."""
    try:
        return np.atleast_2d(np.loadtxt(path, delimiter=",", comments="#"))
    except OSError:
        raise InputError(f"there is no such file: {path.name}", where, "check the path") from None
    except ValueError as error:
        raise InputError(f"{path.name} is not a matrix of numbers ({error})", where, "write comma-separated rows") from None
