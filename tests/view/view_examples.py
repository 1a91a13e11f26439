"""Small result meshes with fields whose values are known, for the tests of pictures and pages."""

from __future__ import annotations

import numpy as np
from pyvista import UnstructuredGrid

from mechlock.mesh.mapped import box
from mechlock.view import fields

LENGTH = 1000.0


def cantilever() -> UnstructuredGrid:
    """Return a bar along x with two load cases and two modes."""
    mesh = box((LENGTH, 100.0, 100.0), (10, 2, 2), "hex20")
    x, z = mesh.points[:, 0] / LENGTH, mesh.points[:, 2]
    data: dict[str, np.ndarray] = {}
    for factor, case in ((1.0, "braking"), (2.0, "rail twist")):
        data[f"displacement:{case}"] = np.outer(-factor * x**2, (0.0, 0.0, 1.0))
        data[f"von_mises:{case}"] = factor * 200.0 * (1.0 - x) * np.abs(z - 50.0) / 50.0
    for mode in (1, 2):
        data[f"mode:{mode}"] = np.outer(np.sin(mode * np.pi * x), (0.0, 0.0, 1.0))
    return fields.grid(mesh, data, [20.4, 31.2])
