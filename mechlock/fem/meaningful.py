"""Where stress means something: one thickness away from everything at which a linear model is singular.

Ties, re-entrant edges, couplings, supports and contact patches give stresses that grow without bound when the mesh is
refined; they are left out of the maxima, and what was left out is reported with its volume and its largest value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mechlock.errors import InputError
from mechlock.fem.stress import Recovery, StressField, von_mises
from mechlock.mesh.surface import boundary_edges

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

REACH = 1.0
"""Distance from a feature, over the region's thickness, within which stress is not judged."""

_SAMPLES_PER_REACH = 8
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Features:
    """Places at which a linear model is singular.

    Attributes
    ----------
    nodes : dict of str to (n,) int array
        Nodes of supports, couplings, ties, contact patches, by what they are.
    segments : dict of str to (n, 2, 3) float array
        Ends of re-entrant edges in mm, by what they are.
    """

    nodes: Mapping[str, Ints] = field(default_factory=dict)
    segments: Mapping[str, Floats] = field(default_factory=dict)


@dataclass(frozen=True)
class Meaningful:
    """Which values may be judged.

    Attributes
    ----------
    rows : (n_rows,) bool array
        Per (region, node) row of `Recovery`: the nodal value may be judged.
    points : (n_stress_points,) bool array
        The same per stress point.
    volume, excluded_volume : (n_regions,) float arrays
        Whole volume and volume left out, mm³.
    """

    rows: Flags
    points: Flags
    volume: Floats
    excluded_volume: Floats

    @property
    def excluded_fraction(self) -> float:
        """Volume left out over the volume of the whole mesh."""
        return float(self.excluded_volume.sum() / self.volume.sum())


@dataclass(frozen=True)
class Largest:
    """The largest von Mises stress of one case.

    Attributes
    ----------
    value : float
        MPa; NaN when nothing is left to judge.
    at : (3,) float array
        Position in mm.
    region : str
    node : int
    excluded_value : float
        Largest value among those left out, MPa (0 when nothing was left out).
    excluded_at : (3,) float array
    """

    value: float
    at: Floats
    region: str
    node: int
    excluded_value: float
    excluded_at: Floats


def meaningful(recovery: Recovery, thickness: Floats, features: Features, reach: float = REACH) -> Meaningful:
    """Mark the values at least `reach` times the region's thickness away from every feature.

    Parameters
    ----------
    thickness : (n_regions,) float array
        Thickness of each region of `recovery` in mm; 0 leaves nothing out of that region.
    """
    thickness = np.asarray(thickness, float)
    if thickness.shape != (len(recovery.regions),) or np.any(~(thickness >= 0.0)):
        raise InputError("one thickness per region is needed, none of them negative", mend="give them in the regions' order")
    cell_region = recovery.cell_region[recovery.point_cell]
    positions = np.concatenate([recovery.mesh.points[recovery.node], recovery.point_positions()])
    far = _far_enough(positions, np.concatenate([recovery.region, cell_region]), thickness * reach, recovery, features)
    rows, points = far[: len(recovery.node)], far[len(recovery.node) :]
    volumes = recovery.point_volumes()
    whole = np.bincount(cell_region, volumes, len(thickness))
    excluded = np.bincount(cell_region, volumes * ~points, len(thickness))
    return Meaningful(rows, points, np.asarray(whole, float), np.asarray(excluded, float))


def _far_enough(positions: Floats, region: Ints, reach: Floats, recovery: Recovery, features: Features) -> Flags:
    """Whether each position is at least its region's reach away from every feature.

    A row of nodes laid at just that distance is read, so that the same place is read on every mesh; the steep stress
    beside a weld would otherwise be read at the first node beyond, wherever that lies. Between samples of a segment a position
    may lie nearer than the reach by a part in 500.
    """
    from scipy.spatial import KDTree  # takes a tenth of a second to load

    result = np.ones(len(positions), bool)
    for distance in np.unique(reach[reach > 0.0]):
        samples = _samples(recovery, features, distance / _SAMPLES_PER_REACH)
        if not len(samples):
            continue
        chosen = np.flatnonzero(reach[region] == distance)
        tree = KDTree(samples, balanced_tree=False, compact_nodes=False)
        found, _ = tree.query(positions[chosen], distance_upper_bound=distance * (1.0 - _ROUNDING))
        result[chosen] = ~np.isfinite(found)
    return result


def _samples(recovery: Recovery, features: Features, spacing: float) -> Floats:
    """Points that stand for all features, on segments at most `spacing` apart."""
    found = [recovery.mesh.points[nodes] for nodes in features.nodes.values()]
    for segments in features.segments.values():
        if not len(segments):
            continue
        lengths = np.linalg.norm(segments[:, 1] - segments[:, 0], axis=1)
        counts = np.maximum(np.ceil(lengths / spacing).astype(np.int64), 1) + 1
        owner = np.repeat(np.arange(len(segments)), counts)
        order = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
        place = order / (counts[owner] - 1)
        found.append(segments[owner, 0] + place[:, None] * (segments[owner, 1] - segments[owner, 0]))
    return np.concatenate(found) if found else np.zeros((0, 3))


def largest(recovery: Recovery, field_: StressField, mask: Meaningful) -> list[Largest]:
    """Return the largest judged von Mises stress of each case, and the largest one left out.

    Notes
    -----
    A field without a case axis gives a list of one.
    """
    equivalent = np.atleast_2d(von_mises(field_.nodal))
    return [_largest(recovery, values, mask.rows) for values in equivalent]


def _largest(recovery: Recovery, values: Floats, rows: Flags) -> Largest:
    where = np.where(rows, values, -1.0)
    row = int(np.argmax(where))
    judged = bool(rows.any())
    outside = int(np.argmax(np.where(rows, -1.0, values)))
    return Largest(
        value=float(values[row]) if judged else float("nan"),
        at=recovery.mesh.points[recovery.node[row]],
        region=recovery.regions[int(recovery.region[row])].name if judged else "",
        node=int(recovery.node[row]),
        excluded_value=0.0 if rows.all() else float(values[outside]),
        excluded_at=recovery.mesh.points[recovery.node[outside]],
    )


def reentrant_edges(recovery: Recovery, angle: float = np.deg2rad(200.0)) -> Floats:
    """Find edges of the surface at which the material fills more than `angle`; ends (n, 2, 3) in mm.

    The angle is measured between the two boundary faces that meet in the edge; a flat surface has 180 degrees. Edges
    where more than two boundary faces meet are re-entrant by nature.
    """
    edges = boundary_edges(recovery.mesh)
    chosen = edges.interior_angle > angle
    return recovery.mesh.points[edges.corners[chosen]]
