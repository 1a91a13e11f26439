"""Boxes of every element kind, cut from one grid, optionally bent by a map."""

import itertools

import numpy as np
import pytest

from mechlock.fem.model import Material
from mechlock.mesh.mesh import Block, Mesh
from mechlock.mesh.topology import KINDS

_TETS = ((0, 1, 2, 6), (0, 2, 3, 6), (0, 3, 7, 6), (0, 7, 4, 6), (0, 4, 5, 6), (0, 5, 1, 6))
_WEDGES = ((0, 1, 3, 4, 5, 7), (1, 2, 3, 5, 6, 7))


def _linear(kind, n):
    shape = np.array(n) + 1
    number = np.arange(shape.prod()).reshape(shape)
    corner = [(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0), (0, 0, 1), (1, 0, 1), (1, 1, 1), (0, 1, 1)]
    hexes = np.stack([number[i : i + n[0], j : j + n[1], k : k + n[2]].ravel() for i, j, k in corner], axis=1)
    cuts = {"tet": _TETS, "wed": _WEDGES, "hex": (tuple(range(8)),)}[kind[:3]]
    cells = np.concatenate([hexes[:, list(cut)] for cut in cuts])
    grid = np.stack(np.meshgrid(*(np.linspace(0, 1, k + 1) for k in n), indexing="ij"), axis=-1).reshape(-1, 3)
    return grid, cells


def _enriched(kind, points, cells):
    topology = KINDS[kind]
    groups = [cells[:, [a, b]] for a, b, middle in topology.edges if middle >= 0]
    if kind == "hex27":
        groups += [cells[:, list(face[:4])] for face in topology.faces] + [cells[:, :8]]
    columns = [cells]
    for width in sorted({g.shape[1] for g in groups}):
        same = [g for g in groups if g.shape[1] == width]
        keys, place = np.unique(np.sort(np.concatenate(same), axis=1), axis=0, return_inverse=True)
        columns.append(len(points) + place.reshape(len(same), len(cells)).T)
        points = np.concatenate([points, points[keys].mean(axis=1)])
    return points, np.concatenate(columns, axis=1)


def build(kind, n=(2, 2, 2), size=(1.0, 1.0, 1.0), warp=None, straight=False):
    """Box mesh with face groups x0 x1 y0 y1 z0 z1; `warp` maps points, before the mid nodes are made when `straight`."""
    unit, cells = _linear(kind, n)
    if warp is not None and straight:
        moved, moved_cells = _enriched(kind, warp(unit), cells)
    points, cells = _enriched(kind, unit, cells)
    reference = points
    if warp is not None:
        points = moved if straight else warp(points)
        cells = moved_cells if straight else cells
    faces = {name: [] for name in ("x0", "x1", "y0", "y1", "z0", "z1")}
    for local, nodes in enumerate(KINDS[kind].faces):
        x = reference[cells[:, list(nodes)]]
        for axis, side in itertools.product(range(3), (0, 1)):
            on = np.flatnonzero((np.abs(x[:, :, axis] - side) < 1e-12).all(axis=1))
            faces["xyz"[axis] + str(side)].append(np.stack([on, np.full(len(on), local)], axis=1))
    named = {name: np.concatenate(parts).astype(np.int64) for name, parts in faces.items()}
    return Mesh(points * np.array(size), (Block(kind, cells.astype(np.int64)),), {"body": np.arange(len(cells))}, named, {})


@pytest.fixture
def box():
    return build


@pytest.fixture
def steel():
    return Material("steel", 210e3, 0.3, 7.85e-9, 1.2e-5)
