"""The surface of a mesh as triangles, and as an STL file."""

from __future__ import annotations

import numpy as np

from mechlock.mesh import topology
from mechlock.mesh.mesh import Floats, Mesh
from mechlock.mesh.surface import boundary_faces

_RECORD = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])
_SPLIT = np.array([(0, 3, 5), (3, 1, 4), (5, 4, 2), (3, 4, 5)])
"""Four triangles of a triangle with mid-edge nodes 01, 12, 20."""


def surface_triangles(mesh: Mesh) -> Floats:
    """Return the outward triangles of a tetrahedral mesh's surface; shape (n, 3, 3) in mm.

    Curved faces of quadratic tetrahedra give four triangles each, through their mid-edge nodes.
    """
    group = boundary_faces(mesh)
    found: list[Floats] = []
    for block, offset in zip(mesh.blocks, mesh.offsets, strict=False):
        for local, nodes in enumerate(topology.KINDS[block.kind].faces):
            rows = (group[:, 1] == local) & (group[:, 0] >= offset) & (group[:, 0] < offset + len(block.cells))
            faces = block.cells[np.ix_(group[rows, 0] - offset, list(nodes))]
            corners = faces[:, _SPLIT].reshape(-1, 3) if len(nodes) == 6 else faces[:, :3]
            found.append(mesh.points[corners])
    return np.concatenate(found)


def stl_bytes(triangles: Floats, name: str) -> bytes:
    """Return a binary STL file of triangles (n, 3, 3) in mm."""
    records = np.zeros(len(triangles), dtype=_RECORD)
    normal = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    length = np.linalg.norm(normal, axis=1, keepdims=True)
    records["normal"] = normal / np.maximum(length, 1e-300)
    records["corners"] = triangles
    header = name.encode("ascii", "replace")[:80].ljust(80, b" ")
    return header + np.uint32(len(triangles)).tobytes() + records.tobytes()
