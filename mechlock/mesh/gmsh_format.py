"""Writing gmsh ``.msh`` 4.1 files (binary) with named groups of volumes, faces and nodes.

A gmsh entity may carry several physical names, but a cell lies on one entity only: cells are therefore split by the
combination of groups that they belong to, and each combination becomes an entity.

Source: Gmsh reference manual, "MSH file format, version 4.1" and "Node ordering".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mechlock.mesh.mesh import Mesh
from mechlock.mesh.topology import KINDS

Ints = NDArray[np.int64]

_SOLID = {"tet4": 4, "hex8": 5, "hex8i": 5, "wedge6": 6, "tet10": 11, "hex27": 12, "hex20": 17, "wedge15": 18}
_FACE = {3: 2, 4: 3, 6: 9, 8: 16, 9: 10}
_POINT = 15
_TO_GMSH = {
    "tet10": (0, 1, 2, 3, 4, 5, 6, 7, 9, 8),
    "hex20": (0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 16, 9, 17, 10, 18, 19, 12, 15, 13, 14),
    "hex27": (0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 16, 9, 17, 10, 18, 19, 12, 15, 13, 14, 24, 22, 20, 21, 23, 25, 26),
    "wedge15": (0, 1, 2, 3, 4, 5, 6, 8, 12, 7, 13, 14, 9, 11, 10),
}
"""For each place in gmsh's order the node in VTK's order."""


@dataclass(frozen=True)
class _Entity:
    """Cells of one gmsh type with one combination of names."""

    dimension: int
    tag: int
    physical: Ints
    blocks: tuple[tuple[int, Ints], ...]


def msh_bytes(mesh: Mesh) -> bytes:
    """Return the file's content; coordinates in mm."""
    names = [(3, name) for name in mesh.volumes] + [(2, name) for name in mesh.faces] + [(0, name) for name in mesh.nodes]
    number = {key: place + 1 for place, key in enumerate(names)}
    entities = [*_volumes(mesh, number), *_faces(mesh, number), *_nodes(mesh, number)]
    parts = [b"$MeshFormat\n4.1 1 8\n", np.array([1], np.int32).tobytes(), b"\n$EndMeshFormat\n"]
    if names:
        lines = [f'{dimension} {number[dimension, name]} "{name}"' for dimension, name in names]
        parts.append("\n".join(["$PhysicalNames", str(len(names)), *lines, "$EndPhysicalNames", ""]).encode())
    parts += [b"$Entities\n", _entity_bytes(mesh, entities), b"\n$EndEntities\n"]
    parts += [b"$Nodes\n", _node_bytes(mesh), b"\n$EndNodes\n"]
    parts += [b"$Elements\n", _element_bytes(entities), b"\n$EndElements\n"]
    return b"".join(parts)


Numbers = Mapping[tuple[int, str], int]


def _combinations(groups: Mapping[str, Ints], count: int) -> tuple[Ints, NDArray[np.bool_]]:
    """For each of `count` members the number of its combination of groups, and the table of combinations."""
    table = np.zeros((count, len(groups)), bool)
    for column, rows in enumerate(groups.values()):
        table[rows, column] = True
    if not len(groups):
        return np.zeros(count, np.int64), np.zeros((1, 0), bool)
    packed = np.packbits(table, axis=1)
    _, first, inverse = np.unique(packed, axis=0, return_index=True, return_inverse=True)
    return inverse.ravel(), table[first]


def _physical(groups: Mapping[str, Ints], flags: NDArray[np.bool_], number: Numbers, dimension: int) -> Ints:
    return np.array([number[dimension, name] for name, flag in zip(groups, flags, strict=True) if flag], np.int64)


def _volumes(mesh: Mesh, number: Numbers) -> list[_Entity]:
    which, table = _combinations(mesh.volumes, mesh.n_cells)
    entities = []
    for place, flags in enumerate(table):
        blocks = []
        for start, block in zip(mesh.offsets, mesh.blocks, strict=False):
            chosen = block.cells[which[start : start + len(block.cells)] == place]
            if len(chosen):
                order = _TO_GMSH.get(block.kind, range(chosen.shape[1]))
                blocks.append((_SOLID[block.kind], chosen[:, list(order)]))
        entities.append(_Entity(3, place + 1, _physical(mesh.volumes, flags, number, 3), tuple(blocks)))
    return entities


def _faces(mesh: Mesh, number: Numbers) -> list[_Entity]:
    if not mesh.faces:
        return []
    most = max(len(KINDS[block.kind].faces) for block in mesh.blocks)
    keys = {name: rows[:, 0] * most + rows[:, 1] for name, rows in mesh.faces.items()}
    every = np.unique(np.concatenate(list(keys.values())))
    which, table = _combinations({name: np.searchsorted(every, key) for name, key in keys.items()}, len(every))
    entities = []
    for place, flags in enumerate(table):
        chosen = every[which == place]
        blocks = [(_FACE[nodes.shape[1]], nodes) for nodes in _face_nodes(mesh, chosen // most, chosen % most)]
        entities.append(_Entity(2, place + 1, _physical(mesh.faces, flags, number, 2), tuple(blocks)))
    return entities


def _face_nodes(mesh: Mesh, cells: Ints, locals_: Ints) -> list[Ints]:
    """Nodes of faces in outward order, one array per number of nodes (gmsh orders them as we do)."""
    found: dict[int, list[Ints]] = {}
    for start, block in zip(mesh.offsets, mesh.blocks, strict=False):
        inside = (cells >= start) & (cells < start + len(block.cells))
        for local, nodes in enumerate(KINDS[block.kind].faces):
            rows = block.cells[cells[inside & (locals_ == local)] - start]
            if len(rows):
                found.setdefault(len(nodes), []).append(rows[:, list(nodes)])
    return [np.concatenate(rows) for rows in found.values()]


def _nodes(mesh: Mesh, number: Numbers) -> list[_Entity]:
    if not mesh.nodes:
        return []
    every = np.unique(np.concatenate(list(mesh.nodes.values())))
    which, table = _combinations({name: np.searchsorted(every, rows) for name, rows in mesh.nodes.items()}, len(every))
    return [
        _Entity(0, place + 1, _physical(mesh.nodes, flags, number, 0), ((_POINT, every[which == place][:, None]),))
        for place, flags in enumerate(table)
    ]


def _entity_bytes(mesh: Mesh, entities: list[_Entity]) -> bytes:
    low, high = mesh.points.min(axis=0), mesh.points.max(axis=0)
    by_dimension = [[entity for entity in entities if entity.dimension == dimension] for dimension in range(4)]
    parts = [np.array([len(some) for some in by_dimension], np.uint64).tobytes()]
    for dimension, some in enumerate(by_dimension):
        box = low if dimension == 0 else np.concatenate([low, high])
        for entity in some:
            parts += [np.array([entity.tag], np.int32).tobytes(), box.astype(np.float64).tobytes()]
            parts += [np.array([len(entity.physical)], np.uint64).tobytes(), entity.physical.astype(np.int32).tobytes()]
            if dimension:
                parts.append(np.array([0], np.uint64).tobytes())
    return b"".join(parts)


def _node_bytes(mesh: Mesh) -> bytes:
    count = len(mesh.points)
    return b"".join(
        [
            np.array([1, count, 1, count], np.uint64).tobytes(),
            np.array([3, 1, 0], np.int32).tobytes(),
            np.array([count], np.uint64).tobytes(),
            np.arange(1, count + 1, dtype=np.uint64).tobytes(),
            np.ascontiguousarray(mesh.points, np.float64).tobytes(),
        ]
    )


def _element_bytes(entities: list[_Entity]) -> bytes:
    blocks = [(entity, kind, cells) for entity in entities for kind, cells in entity.blocks]
    total = sum(len(cells) for _, _, cells in blocks)
    parts = [np.array([len(blocks), total, 1, total], np.uint64).tobytes()]
    first = 1
    for entity, kind, cells in blocks:
        parts.append(np.array([entity.dimension, entity.tag, kind], np.int32).tobytes())
        parts.append(np.array([len(cells)], np.uint64).tobytes())
        numbers = np.arange(first, first + len(cells))[:, None]
        parts.append(np.hstack([numbers, cells + 1]).astype(np.uint64).tobytes())
        first += len(cells)
    return b"".join(parts)
