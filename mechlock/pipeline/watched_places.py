"""Places whose stress on a frame's own mesh says which of them to look at in submodels, and what those then say of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.spatial import KDTree

from mechlock.fem.stress import Floats
from mechlock.pipeline.stress_readings import Readings

SAME = 1.0
"""Places of two meshes this near to each other, in mm, are the same toe: tubes are polygons of other corners there."""

_APART = 1e6

Halved = Sequence[tuple[Readings, Readings]]
"""What submodels read on their halved meshes: base metal and weld toes."""


class Watched:
    """Places of one kind: which were seen in submodels, and the largest utilisation of the others on the frame's own mesh.

    Parameters
    ----------
    readings : Readings
        Of the frame's own mesh.
    limit : mapping of str to float
        Allowed stress of each gauge group, MPa.
    kind : int
        0 for base metal, 1 for weld toes.
    """

    def __init__(self, readings: Readings, limit: Mapping[str, float], kind: int) -> None:
        self.readings = readings
        self.seen = np.zeros(len(readings.place), bool)
        self.use = _utilisation(readings, limit)
        self._limit, self._kind = limit, kind

    def next_place(self) -> Floats:
        """Return the place that uses its limit most of those that were not seen."""
        return self.readings.place[int(np.argmax(np.where(self.seen, -1.0, self.use)))]

    def unseen(self) -> float:
        """Return the largest utilisation of a place that was not seen."""
        return float(np.where(self.seen, 0.0, self.use).max(initial=0.0))

    def worst(self, halved: Halved) -> float:
        """Return the largest utilisation of such a place in submodels."""
        return max(float(_utilisation(pair[self._kind], self._limit).max(initial=0.0)) for pair in halved)

    def underrated(self, halved: Halved) -> float:
        """Return how far the frame's own mesh fell short where submodels read the same places, at least 1."""
        found = 1.0
        tree = KDTree(self._keyed(self.readings))
        for pair in halved:
            readings = pair[self._kind]
            apart, own = tree.query(self._keyed(readings))
            same = np.asarray(apart) < SAME
            if same.any():
                there = _utilisation(readings, self._limit)[same].max()
                found = max(found, float(there / self.use[np.unique(np.asarray(own)[same])].max()))
        return found

    def _keyed(self, readings: Readings) -> Floats:
        """Places with their gauge group as a fourth coordinate, far apart: ground and brace have their toes at one place."""
        number = np.array([self.readings.groups.index(name) for name in readings.groups])
        return np.column_stack([readings.place, _APART * number[readings.group]])

    def missed(self, halved: Halved) -> Floats:
        """Return the places that lie in submodels and were read in none of them, (n, 3)."""
        read = [self._keyed(pair[self._kind])[pair[self._kind].largest() >= 0.0] for pair in halved]
        apart, _ = KDTree(np.concatenate(read)).query(self._keyed(self.readings))
        return self.readings.place[self.seen & (np.asarray(apart) >= SAME)]


def _utilisation(readings: Readings, limit: Mapping[str, float]) -> Floats:
    return readings.largest() / np.array([limit[group] for group in readings.groups])[readings.group]
