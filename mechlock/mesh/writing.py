"""Writing meshes: ``.vtu`` with fields, gmsh ``.msh`` with names, Abaqus / CalculiX ``.inp`` with sets and surfaces.

Each function returns the file's content; whoever writes it sees to it that no half-written file is left.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from mechlock.errors import InputError
from mechlock.mesh import abaqus
from mechlock.mesh.gmsh_format import msh_bytes
from mechlock.mesh.mesh import Block, Mesh
from mechlock.mesh.vtu import vtu_bytes

__all__ = ["inp_text", "mesh_vtu_bytes", "msh_bytes", "vtu_bytes"]

Ints = NDArray[np.int64]

_PER_LINE = 8
_LONGEST_NAME = 70

"""Element types that CalculiX has too."""


def mesh_vtu_bytes(mesh: Mesh) -> bytes:
    """Return a ``.vtu`` of the mesh alone: volume groups as cell arrays, face and node groups as point arrays of 0 and 1."""
    cells = {f"group:{name}": _flags(rows, mesh.n_cells) for name, rows in mesh.volumes.items()}
    points = {f"group:{name}": _flags(mesh.face_nodes(name), len(mesh.points)) for name in mesh.faces}
    points |= {f"group:{name}": _flags(rows, len(mesh.points)) for name, rows in mesh.nodes.items()}
    return vtu_bytes(mesh.points, mesh.blocks, points, cells)


def _flags(rows: Ints, count: int) -> NDArray[np.uint8]:
    flags = np.zeros(count, np.uint8)
    flags[rows] = 1
    return flags


def set_name(name: str) -> str:
    """Return a name that CalculiX accepts: capitals, digits and underscores, at most 70 characters."""
    return re.sub(r"[^A-Z0-9_]", "_", name.upper())[:_LONGEST_NAME]


def _set_names(names: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in names:
        new, number = set_name(name), 2
        while new in found.values():
            new, number = f"{set_name(name)}_{number}", number + 1
        found[name] = new
    return found


def inp_text(mesh: Mesh) -> str:
    """Return an ``.inp`` file that Abaqus and CalculiX read: nodes, elements, sets, surfaces; in mm.

    Raises
    ------
    InputError
        For 27-node hexahedra, which CalculiX does not have.
    """
    for block in mesh.blocks:
        if block.kind not in abaqus.INP_TYPES:
            raise InputError(f"{block.kind} cells cannot be written to .inp: CalculiX has no such element", mend="use hex20")
    names = _set_names([*mesh.volumes, *mesh.faces, *mesh.nodes])
    parts = ["** mesh in mm", "*NODE, NSET=NALL", _node_lines(mesh.points)]
    for start, block in zip(mesh.offsets, mesh.blocks, strict=False):
        parts += [f"*ELEMENT, TYPE={abaqus.INP_TYPES[block.kind]}, ELSET=EALL", _element_lines(block, int(start))]
    for name, rows in mesh.volumes.items():
        parts += [f"*ELSET, ELSET={names[name]}", _list_lines(rows + 1)]
    for name, rows in mesh.nodes.items():
        parts += [f"*NSET, NSET={names[name]}", _list_lines(rows + 1)]
    for name in mesh.faces:
        parts += [f"*NSET, NSET=N_{names[name]}", _list_lines(mesh.face_nodes(name) + 1)]
        parts += _surface_lines(mesh, name, names[name])
    return "\n".join(part for part in parts if part) + "\n"


def _surface_lines(mesh: Mesh, name: str, label: str) -> list[str]:
    rows: dict[int, list[Ints]] = {}
    for start, block in zip(mesh.offsets, mesh.blocks, strict=False):
        group = mesh.faces[name]
        group = group[(group[:, 0] >= start) & (group[:, 0] < start + len(block.cells))]
        for local in np.unique(group[:, 1]).tolist():
            rows.setdefault(abaqus.side_number(block.kind, local), []).append(group[group[:, 1] == local, 0] + 1)
    lines = []
    for side, cells in rows.items():
        lines += [f"*ELSET, ELSET=E_{label}_S{side}", _list_lines(np.concatenate(cells))]
    lines.append(f"*SURFACE, NAME={label}, TYPE=ELEMENT")
    return [*lines, *(f"E_{label}_S{side}, S{side}" for side in rows)]


def _node_lines(points: NDArray[np.float64]) -> str:
    numbers = np.char.mod("%d", np.arange(1, len(points) + 1))
    columns = [np.char.mod("%.14g", points[:, axis]) for axis in range(3)]
    return "\n".join(map(", ".join, zip(numbers, *columns, strict=True)))


def _element_lines(block: Block, start: int) -> str:
    """Element lines, broken so that no line has more than 16 entries (the continued line ends in a comma)."""
    table = np.hstack([np.arange(start + 1, start + len(block.cells) + 1)[:, None], block.cells + 1])
    text = np.char.mod("%d", table)
    cut = 16 if table.shape[1] > 16 else table.shape[1]
    head = map(",".join, text[:, :cut])
    if table.shape[1] <= cut:
        return "\n".join(head)
    tail = map(",".join, text[:, cut:])
    return "\n".join(f"{first},\n{second}" for first, second in zip(head, tail, strict=True))


def _list_lines(numbers: Ints) -> str:
    words = [str(number) for number in numbers.tolist()]
    return ",\n".join(",".join(words[i : i + _PER_LINE]) for i in range(0, len(words), _PER_LINE))
