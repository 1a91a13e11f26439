"""Surfaces of CAD solids for pictures, from the kernel's own triangulation: no mesh is needed for an assembly to be seen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from pyvista import PolyData


def solid_surface(shape: Any) -> PolyData:
    """Return the triangulated faces of a Netgen OCC shape, in its own coordinates (mm).

    Netgen 6.2 offers the triangulation only as the data of its own viewer: three lists, one for each corner of the
    triangles, of x, y, z and a face number.
    """
    import pyvista

    corners = shape._webgui_data()["Bezier_trig_points"][:3]
    points = np.stack([np.asarray(corner, dtype=float).reshape(-1, 4)[:, :3] for corner in corners], axis=1).reshape(-1, 3)
    surface: Any = pyvista.PolyData.from_regular_faces(points, np.arange(len(points)).reshape(-1, 3))
    return surface.clean()


def solid_surfaces(shapes: Iterable[tuple[str, Any]]) -> list[tuple[str, PolyData]]:
    """Return the surfaces of named shapes."""
    return [(name, solid_surface(shape)) for name, shape in shapes]
