"""Matching of surface cells to the faces of solid cells, by their corner nodes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mechlock.errors import InputError
from mechlock.mesh.mesh import Mesh
from mechlock.mesh.surface import all_faces

Ints = NDArray[np.int64]


class FaceFinder:
    """Finds the element faces that have given corner nodes; the faces are sorted once."""

    def __init__(self, mesh: Mesh) -> None:
        self._where, corners = all_faces(mesh)
        self._order = np.lexsort(corners.T[::-1])
        self._corners = corners[self._order]

    def find(self, corners: Ints, name: str) -> Ints:
        """Return (n, 2) cell and local face numbers of faces given by their corners (n, 3 or 4).

        On an interface between two cells, the face of the first of them is taken.

        Raises
        ------
        InputError
            When a face belongs to no solid cell; `name` says of which group.
        """
        key = np.full((len(corners), 4), -1, np.int64)
        key[:, 4 - corners.shape[1] :] = np.sort(corners, axis=1)
        both = np.concatenate([self._corners, key])
        # a stable sort puts each searched key behind the equal faces; its group's first face is the answer
        order = np.lexsort(both.T[::-1])
        ranked = both[order]
        fresh = np.ones(len(both), bool)
        fresh[1:] = (ranked[1:] != ranked[:-1]).any(axis=1)
        start = np.maximum.accumulate(np.where(fresh, np.arange(len(both)), 0))
        first = np.empty(len(both), np.int64)
        first[order] = order[start]
        found = first[len(self._corners) :]
        missing = found >= len(self._corners)
        if np.any(missing):
            raise InputError(
                f"{int(missing.sum())} of the {len(corners)} faces in the group {name!r} belong to no solid cell",
                mend="mesh the surface together with the volume, so that they share nodes",
            )
        return self._where[self._order[found]]
