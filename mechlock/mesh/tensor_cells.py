"""Which part fills which cell of a tensor grid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from mechlock.mesh.mesh import Mesh
from mechlock.solids.frame import FrameSolid

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Planes = tuple[Floats, Floats, Floats]


class Filled(Protocol):
    """A tensor grid with the parts in its cells.

    Attributes
    ----------
    planes : three float arrays
        Coordinates of the grid planes.
    part : (nx, ny, nz) int array
        Number of the part that fills a grid cell, -1 where there is none.
    solid : FrameSolid
    """

    @property
    def planes(self) -> Planes:
        """Coordinates of the planes."""
        ...

    @property
    def part(self) -> Ints:
        """Numbers of the parts."""
        ...

    @property
    def solid(self) -> FrameSolid:
        """Where the parts are from."""
        ...


class Meshed(Filled, Protocol):
    """A filled grid whose cells are numbered in a mesh, -1 where there is none."""

    @property
    def cell(self) -> Ints:
        """Numbers of the mesh cells."""
        ...

    @property
    def mesh(self) -> Mesh:
        """The mesh."""
        ...


@dataclass(frozen=True)
class Cells:
    """A grid before it is meshed; attributes as those of `Filled`."""

    planes: Planes
    part: Ints
    solid: FrameSolid


def filled(solid: FrameSolid, planes: Planes) -> Cells:
    """Find the part in every cell between planes that hold all walls of a solid."""
    part = np.full([len(axis) - 1 for axis in planes], -1, dtype=np.int64)
    low = np.stack([plane_index(planes[axis], solid.low[:, axis]) for axis in range(3)], axis=1)
    high = np.stack([plane_index(planes[axis], solid.high[:, axis]) for axis in range(3)], axis=1)
    for owner, a, b in zip(solid.owner, low, high, strict=True):
        part[a[0] : b[0], a[1] : b[1], a[2] : b[2]] = owner
    return Cells(planes, part, solid)


def plane_index(planes: Floats, coordinate: Floats | float) -> Ints:
    """Number of the plane at a coordinate (the nearest)."""
    right = np.clip(np.searchsorted(planes, coordinate), 1, len(planes) - 1)
    return right - (np.asarray(coordinate) - planes[right - 1] < planes[right] - coordinate)
