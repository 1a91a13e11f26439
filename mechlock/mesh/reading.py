"""Reading mesh files with their names: gmsh ``.msh``, ``.vtu``, Abaqus / CalculiX ``.inp``, Nastran ``.bdf``.

This is the only module that imports meshio, which ends the process on some broken files and reads others without a
word: every call is wrapped, and ``.inp`` has a reader of its own.
"""

from __future__ import annotations

import contextlib
import functools
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mechlock import units
from mechlock.errors import InputError
from mechlock.mesh import abaqus, nastran
from mechlock.mesh.extents import distinct, used_nodes
from mechlock.mesh.matching import FaceFinder
from mechlock.mesh.memory import bounded
from mechlock.mesh.mesh import Block, Mesh
from mechlock.mesh.surface import boundary_faces

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SOLIDS = {
    "tetra": "tet4", "tetra10": "tet10", "hexahedron": "hex8", "hexahedron20": "hex20", "hexahedron27": "hex27",
    "wedge": "wedge6", "wedge15": "wedge15",
}  # fmt: skip
"""meshio's solid cells by our kinds."""

_FACES = {"triangle": 3, "triangle6": 3, "triangle7": 3, "quad": 4, "quad8": 4, "quad9": 4}
_LINES = {"vertex", "line", "line3"}
_MOST_TAGS = 1000
_GROUP = "group:"
_PHYSICAL = "gmsh:physical"
"""Arrays of 0 and 1 whose name begins so hold a group of that name (written by `mesh.writing`)."""
_DECKS = {
    ".inp": abaqus.read_deck,
    ".bdf": nastran.read_bulk,
    ".nas": nastran.read_bulk,
    ".fem": nastran.read_bulk,
    ".dat": nastran.read_bulk,
}
SUFFIXES = (".msh", ".vtu", ".vtk", *_DECKS, ".med", ".xdmf")


@dataclass
class _Parts:
    """A mesh file taken apart: points, solid cells, and groups of cells of any dimension by name."""

    points: Floats
    solids: list[tuple[str, Ints]] = field(default_factory=list)
    volumes: dict[str, list[Ints]] = field(default_factory=dict)
    surface_cells: dict[str, list[Ints]] = field(default_factory=dict)
    nodes: dict[str, list[Ints]] = field(default_factory=dict)


def read_mesh(path: Path, length_unit: str = "mm") -> Mesh:
    """Read a mesh file.

    Parameters
    ----------
    length_unit : str
        Unit of the coordinates in the file; the mesh comes in mm.

    Raises
    ------
    InputError
        When the file is missing, broken, of an unknown kind, or holds no solid cells; when a named surface does not
        lie on the solid cells.
    """
    path = Path(path)
    scale = units.parse(f"1 {length_unit}", "length")
    if not path.is_file():
        raise InputError("there is no such mesh file", str(path), "check the path")
    try:
        reader = _DECKS.get(path.suffix.lower())
        mesh = _from_deck(reader(path)) if reader else _from_meshio(path)
    except InputError as error:
        raise (error if str(path) in error.where or path.name in error.where else error.at(str(path))) from None
    return _compact(mesh, scale)


def _from_meshio(path: Path) -> Mesh:
    if path.suffix.lower() not in SUFFIXES:
        raise InputError(f"meshes of the kind {path.suffix!r} are not read", mend=f"use one of {', '.join(SUFFIXES)}")
    raw = _load(path)
    points = np.asarray(raw.points, float)
    if points.ndim != 2 or points.shape[1] != 3:
        raise InputError("the mesh is not three-dimensional", mend="use solid cells")
    parts = _Parts(points)
    named = _named_cells(raw)
    start = 0
    for number, block in enumerate(raw.cells):
        members = {name: rows[number] for name, rows in named.items() if len(rows[number])}
        _sort_in(parts, block.type, np.asarray(block.data, np.int64), members, start)
        start += len(block.data) if block.type in SOLIDS else 0
    flagged = {key: np.flatnonzero(np.ravel(flags) == 1) for key, flags in raw.point_data.items() if key.startswith(_GROUP)}
    for name, rows in {**{key.removeprefix(_GROUP): rows for key, rows in flagged.items()}, **raw.point_sets}.items():
        parts.nodes.setdefault(name, []).append(np.asarray(rows, np.int64))
    return _assemble(parts)


def _load(path: Path) -> Any:
    import meshio
    from meshio import _mesh  # pyright: ignore[reportPrivateUsage]
    from meshio.gmsh import _gmsh41  # pyright: ignore[reportPrivateUsage]

    # meshio 5.3 knows quadratic wedges in its readers but not their dimension, and fails on every file that has one
    _mesh.topological_dimension.setdefault("wedge15", 3)
    _gmsh41._read_elements = _with_every_tag(_gmsh41._read_elements)  # pyright: ignore[reportPrivateUsage]
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said), bounded(path.stat().st_size):
            raw = meshio.read(path)
    except MemoryError:
        what = "the mesh cannot be read (a count in it asks for more memory than a file of this size can need)"
        raise InputError(what, mend="check that the file is whole") from None
    except (Exception, SystemExit) as error:  # noqa: BLE001 - meshio raises whatever the broken file led it into
        reason = " ".join(said.getvalue().split()) or f"{type(error).__name__}: {error}"
        raise InputError(f"the mesh cannot be read ({reason[:200]})", mend="check that the file is whole") from None
    if raw is None or not raw.cells:
        raise InputError("the mesh has no cells", mend="check that the file is whole")
    return raw


def _with_every_tag(read: Any) -> Any:
    """Mend meshio 5.3's reader of gmsh elements, which skips blocks without physical group and then fails on their number."""
    if hasattr(read, "__wrapped__"):
        return read

    @functools.wraps(read)
    def mended(file: Any, point_tags: Any, physical: Any, *others: Any) -> Any:
        cells, data, sets = read(file, point_tags, physical, *others)
        if len(data.get(_PHYSICAL, cells)) != len(cells):
            of = [physical[cell.dim][int(tags[0])] for cell, tags in zip(cells, data["gmsh:geometrical"], strict=True)]
            data[_PHYSICAL] = [np.full(len(cell.data), tag[0] if len(tag) else 0) for cell, tag in zip(cells, of, strict=True)]
        return cells, data, sets

    return mended


def _named_cells(raw: Any) -> dict[str, list[Ints]]:
    """Named groups as one array of rows per cell block."""
    named: dict[str, list[Ints]] = {}
    for name, rows in raw.cell_sets.items():
        if not name.startswith("gmsh:"):
            named[name] = [np.zeros(0, np.int64) if row is None else np.asarray(row, np.int64) for row in rows]
    by_tag = {(int(dim), int(tag)): name for name, (tag, dim) in raw.field_data.items()} if raw.field_data else {}
    for key, raw_arrays in raw.cell_data.items():
        arrays = [
            np.squeeze(np.asarray(array), axis=1) if np.shape(array)[1:] == (1,) else np.asarray(array) for array in raw_arrays
        ]
        if key == "gmsh:geometrical" or any(array.ndim != 1 or array.dtype.kind not in "iub" for array in arrays):
            continue
        tags = np.unique(np.concatenate(arrays))
        if len(tags) > _MOST_TAGS:
            continue
        for tag in tags.tolist():
            for number, array in enumerate(arrays):
                rows = np.flatnonzero(array == tag)
                if not len(rows) or (not tag and (key.startswith(_GROUP) or key == _PHYSICAL)):
                    continue
                name = _tag_name(key, int(tag), raw.cells[number].dim, by_tag)
                if name not in raw.cell_sets:
                    named.setdefault(name, [np.zeros(0, np.int64)] * len(arrays))[number] = rows
    return named


def _tag_name(key: str, tag: int, dimension: int, by_tag: Mapping[tuple[int, int], str]) -> str:
    if key == _PHYSICAL:
        return by_tag.get((dimension, tag), f"physical_{tag}")
    if key.startswith(_GROUP):
        return key.removeprefix(_GROUP)
    return f"property_{tag}" if key == "nastran:ref" else f"{key}_{tag}"


def _sort_in(parts: _Parts, cell_type: str, cells: Ints, members: Mapping[str, Ints], start: int) -> None:
    """Add one block of a meshio mesh, of whatever dimension, to the parts."""
    if cell_type in SOLIDS:
        parts.solids.append((SOLIDS[cell_type], cells))
        for name, rows in members.items():
            parts.volumes.setdefault(name, []).append(rows + start)
    elif cell_type in _FACES:
        for name, rows in members.items():
            parts.surface_cells.setdefault(name, []).append(cells[rows, : _FACES[cell_type]])
    elif cell_type in _LINES:
        for name, rows in members.items():
            parts.nodes.setdefault(name, []).append(np.unique(cells[rows]))
    else:
        known = ", ".join(SOLIDS)
        raise InputError(f"cells of the kind {cell_type!r} are not supported", mend=f"use {known}")


def _assemble(parts: _Parts) -> Mesh:
    if not parts.solids:
        raise InputError("the mesh has no solid cells", mend="mesh the volume, not only its surface")
    blocks, renumber = _merge(parts.solids)
    volumes = {name: np.sort(renumber[np.concatenate(rows)]) for name, rows in parts.volumes.items()}
    nodes = {name: distinct(np.concatenate(rows)) for name, rows in parts.nodes.items()}
    mesh = Mesh(parts.points, blocks, volumes, {}, nodes)
    _check_numbers(mesh)
    if not parts.surface_cells:
        return mesh
    finder = FaceFinder(mesh)
    faces = {}
    for name, arrays in parts.surface_cells.items():
        found = [finder.find(array, name) for array in arrays]
        faces[name] = np.unique(np.concatenate(found), axis=0)
    return Mesh(parts.points, blocks, volumes, faces, nodes)


def _merge(solids: list[tuple[str, Ints]]) -> tuple[tuple[Block, ...], Ints]:
    """Join blocks of one kind; returns the blocks and the new number of each cell."""
    kinds = list(dict.fromkeys(kind for kind, _ in solids))
    counts = [len(cells) for _, cells in solids]
    firsts = np.cumsum([0, *counts])
    renumber = np.empty(firsts[-1], np.int64)
    blocks, start = [], 0
    for kind in kinds:
        chosen = [i for i, (name, _) in enumerate(solids) if name == kind]
        blocks.append(Block(kind, np.concatenate([solids[i][1] for i in chosen])))
        for i in chosen:
            renumber[firsts[i] : firsts[i + 1]] = np.arange(start, start + counts[i])
            start += counts[i]
    return tuple(blocks), renumber


def _check_numbers(mesh: Mesh) -> None:
    for block in mesh.blocks:
        if block.cells.size and (block.cells.min() < 0 or block.cells.max() >= len(mesh.points)):
            raise InputError(f"{block.kind} cells refer to nodes that are not there", mend="check that the file is whole")
    if not np.all(np.isfinite(mesh.points[used_nodes(mesh)])):
        raise InputError("coordinates of nodes are not finite", mend="check that the file is whole")


def _from_deck(deck: abaqus.Deck) -> Mesh:
    ids, place = np.unique(np.concatenate(deck.node_ids), return_index=True)
    points = np.concatenate(deck.positions)[place]
    through = int(ids[-1]) - int(ids[0]) == len(ids) - 1

    def rows(numbers: Ints, what: str) -> Ints:
        # most files number their nodes through
        found = numbers - ids[0] if through else np.searchsorted(ids, numbers)
        found = np.clip(found, 0, len(ids) - 1)
        if np.any(ids[found] != numbers):
            raise InputError(f"{what} refers to node {int(numbers[ids[found] != numbers][0])}, which is not there")
        return found

    parts = _Parts(points)
    solid_ids: list[Ints] = []
    for kind, numbers, nodes in deck.elements:
        parts.solids.append((kind, rows(nodes.ravel(), "an element").reshape(nodes.shape)))
        solid_ids.append(numbers)
    lower = [(line, found, rows(nodes.ravel(), "an element").reshape(nodes.shape)) for line, found, nodes in deck.lower]
    numbers = np.concatenate(solid_ids)
    order = np.argsort(numbers)
    if np.any(np.diff(numbers[order]) == 0):
        raise InputError("two elements have the same number", mend="number the elements of all types through")
    for name, members in deck.elsets.items():
        _elset(parts, name, distinct(np.concatenate(members)), numbers, order, lower)
    for name, members in {**deck.nsets, **deck.node_surfaces}.items():
        parts.nodes[name] = [rows(distinct(np.concatenate(members)), f"the node set {name!r}")]
    mesh = _assemble(parts)
    return _with_surfaces(mesh, deck, numbers, order, parts)


def _elset(parts: _Parts, name: str, members: Ints, numbers: Ints, order: Ints, lower: list[tuple[bool, Ints, Ints]]) -> None:
    """Sort an element set into solid cells, faces (shells) and nodes (lines)."""
    found = np.minimum(np.searchsorted(numbers, members, sorter=order), len(numbers) - 1)
    solid = numbers[order[found]] == members
    if np.any(solid):
        parts.volumes[name] = [order[found[solid]]]
    rest = members[~solid]
    for line, low_numbers, cells in lower:
        chosen = np.isin(low_numbers, rest)
        rest = np.setdiff1d(rest, low_numbers)
        if not chosen.any():
            continue
        if line:
            parts.nodes.setdefault(name, []).append(np.unique(cells[chosen]))
        else:
            corners = {3: 3, 4: 4, 6: 3, 8: 4, 9: 4}[cells.shape[1]]
            parts.surface_cells.setdefault(name, []).append(cells[chosen, :corners])
    if len(rest):
        raise InputError(f"the element set {name!r} holds element {int(rest[0])}, which is not there")


def _with_surfaces(mesh: Mesh, deck: abaqus.Deck, numbers: Ints, order: Ints, parts: _Parts) -> Mesh:
    """Add the *SURFACE groups, whose sides are numbered by element."""
    _, renumber = _merge(parts.solids)
    faces = dict(mesh.faces)
    kind_of = np.repeat(np.arange(len(mesh.blocks)), [len(block.cells) for block in mesh.blocks])
    free = None
    for name, entries in deck.surfaces.items():
        found = []
        for members, side in entries:
            place = np.minimum(np.searchsorted(numbers, members, sorter=order), len(numbers) - 1)
            if np.any(numbers[order[place]] != members):
                raise InputError(f"the surface {name!r} holds elements that are not there or are not solids")
            cells = renumber[order[place]]
            if side == 0:
                free = boundary_faces(mesh) if free is None else free
                found.append(free[np.isin(free[:, 0], cells)])
                continue
            for number, block in enumerate(mesh.blocks):
                some = cells[kind_of[cells] == number]
                if len(some):
                    found.append(np.column_stack([some, np.full(len(some), abaqus.local_face(block.kind, side))]))
        faces[name] = np.unique(np.concatenate(found), axis=0)
    return Mesh(mesh.points, mesh.blocks, mesh.volumes, faces, mesh.nodes)


def read_point_field(path: Path, name: str, nodes: int) -> Floats:
    """Read a field given at the nodes of a mesh file, for the `nodes` of the mesh that `read_mesh` made of it.

    Raises
    ------
    InputError
        When the file holds no such field.
    """
    if path.suffix.lower() in _DECKS:
        raise InputError(f"a field {name!r} cannot be taken from a {path.suffix} file", str(path), "use .vtu or .msh")
    raw = _load(path)
    fields = {key: np.asarray(values, float) for key, values in raw.point_data.items() if np.size(values) == len(raw.points)}
    if name not in fields:
        has = ", ".join(map(repr, fields)) or "none"
        raise InputError(f"the mesh has no field {name!r} of one value per node", str(path), f"it has {has}")
    parts = [np.asarray(block.data).ravel() for block in raw.cells if block.type in SOLIDS]
    used = np.unique(np.concatenate(parts))
    if len(used) != nodes:
        raise InputError(f"the field {name!r} does not belong to this mesh", str(path))
    return fields[name].ravel()[used]


def _compact(mesh: Mesh, scale: float) -> Mesh:
    """Drop nodes that no solid cell uses, and convert to mm."""
    used = used_nodes(mesh)
    new = np.full(len(mesh.points), -1, np.int64)
    new[used] = np.arange(len(used))
    blocks = tuple(Block(block.kind, new[block.cells]) for block in mesh.blocks)
    nodes = {name: distinct(new[group][new[group] >= 0]) for name, group in mesh.nodes.items()}
    return Mesh(mesh.points[used] * scale, blocks, mesh.volumes, mesh.faces, {n: g for n, g in nodes.items() if len(g)})
