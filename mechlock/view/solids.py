"""Surfaces of CAD solids for pictures, from the kernel's own triangulation: no mesh is needed for an assembly to be seen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from mechlock.solids.cad import triangles

if TYPE_CHECKING:
    from pyvista import PolyData


def solid_surface(shape: Any) -> PolyData:
    """Return the triangulated faces of a Netgen OCC shape, in its own coordinates (mm)."""
    import pyvista

    points = triangles(shape).reshape(-1, 3)
    surface: Any = pyvista.PolyData.from_regular_faces(points, np.arange(len(points)).reshape(-1, 3))
    return surface.clean()


def solid_surfaces(shapes: Iterable[tuple[str, Any]]) -> list[tuple[str, PolyData]]:
    """Return the surfaces of named shapes."""
    return [(name, solid_surface(shape)) for name, shape in shapes]
