"""The outer surface of a result, and how far to exaggerate its deformation so that it is seen and still honest."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from pyvista import PolyData, UnstructuredGrid

SHOWN = 0.04
"""Share of the model's size that the largest displacement is drawn as."""


@dataclass(frozen=True)
class Surface:
    """The outer faces of a mesh.

    Attributes
    ----------
    faces : pyvista.PolyData
        Without arrays.
    nodes : (n_surface_points,) int array
        Which node of the mesh each point of the surface is.
    edges : pyvista.PolyData
        The edges where faces meet at more than 30 degrees, for outlines.
    edge_nodes : (n_edge_points,) int array
        Which node of the mesh each point of the edges is.
    """

    faces: PolyData
    nodes: NDArray[np.int64]
    edges: PolyData
    edge_nodes: NDArray[np.int64]


def outer(mesh: UnstructuredGrid) -> Surface:
    """Return the outer surface of a mesh, with flat faces between corner nodes."""
    bare = mesh.copy(deep=False)
    bare.clear_data()
    bare.point_data["node"] = np.arange(mesh.n_points)
    faces: Any = bare.extract_surface(nonlinear_subdivision=0, algorithm="dataset_surface", pass_pointid=False, pass_cellid=False)
    edges: Any = faces.extract_feature_edges(feature_angle=30.0, manifold_edges=False, non_manifold_edges=False)
    nodes, edge_nodes = (np.asarray(part.point_data["node"], dtype=np.int64) for part in (faces, edges))
    for part in (faces, edges):
        part.clear_data()
    return Surface(faces, nodes, edges, edge_nodes)


def exaggeration(points: NDArray[np.float64], displacement: NDArray[np.float64], share: float = SHOWN) -> float:
    """Return a round factor (1, 2 or 5 times a power of ten) that draws the largest displacement at about `share` of the size.

    A displacement of nought gets a factor of 1.
    """
    largest = float(np.linalg.norm(displacement, axis=1).max(initial=0.0))
    size = float(np.linalg.norm(np.ptp(points, axis=0)))
    if largest == 0.0 or size == 0.0:
        return 1.0
    factor = share * size / largest
    power = 10.0 ** math.floor(math.log10(factor))
    return next(step * power for step in (5.0, 2.0, 1.0) if step * power <= factor * (1.0 + 1e-12))


def color_range(values: NDArray[np.float64], share: float = 0.999) -> tuple[float, float, bool]:
    """Return where the colours begin and end, and whether values lie beyond.

    A few nodes in notches and at point supports would take all colour from the rest, so the colours end at the value
    that the given share of all nodes stays below; it is rounded up to two digits. Values of both signs get colours about
    nought. What is not a number does not count.
    """
    sizes = np.abs(values[np.isfinite(values)])
    if not sizes.size or sizes.max() == 0.0:
        return 0.0, 1.0, False
    limit = float(np.quantile(sizes, share)) or float(sizes.max())
    power = 10.0 ** (math.floor(math.log10(limit)) - 1)
    rounded = math.ceil(limit / power - 1e-9) * power
    return (-rounded if (values < 0.0).any() else 0.0), rounded, bool(sizes.max() > rounded)
