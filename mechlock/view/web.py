"""A result, or the parts of an assembly, as one HTML page that turns in any browser and fetches nothing.

The page draws the outer surface with WebGL 2: cases, fields and modes to choose from, the deformation's exaggeration,
a cut along an axis, values at points. It needs neither GL libraries here nor any package beside our own.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mechlock.view.fields import Result
from mechlock.view.scene import case_displacement, judged_range, mode_size, mode_title, part_colors, part_kind, scalar, title_of
from mechlock.view.surface import Surface, exaggeration, outer

if TYPE_CHECKING:
    from pyvista import PolyData

_LEVELS = 32


class _Pack:
    """Arrays one behind the other, each at a place that its item size divides."""

    def __init__(self) -> None:
        self.bytes = bytearray()

    def add(self, values: NDArray[Any]) -> tuple[int, int]:
        """Append an array; return its offset in bytes and its number of items."""
        self.bytes.extend(b"\0" * (-len(self.bytes) % 4))
        offset = len(self.bytes)
        self.bytes.extend(np.ascontiguousarray(values).tobytes())
        return offset, int(values.size)


@dataclass(frozen=True)
class _Geometry:
    points: NDArray[np.float64]
    triangles: NDArray[np.int64]
    lines: NDArray[np.int64]


def results_page(results: Sequence[Result], title: str, start: str | None = None) -> str:
    """Return the page of one or several results: every case with its fields, every mode; it begins with the case `start`."""
    pack = _Pack()
    meshes: list[dict[str, Any]] = []
    entries: list[dict[str, Any]] = []
    for number, result in enumerate(results):
        surface = outer(result.grid)
        meshes.append(_mesh(pack, _result_geometry(result, surface)))
        found = [_case(pack, result, name, surface.nodes) for name in result.cases]
        found += [_mode(pack, result, mode, surface.nodes) for mode in result.modes]
        entries += [
            {**entry, "mesh": number} for entry in found or [{"name": f"mesh {number + 1}", "shift": None, "scalars": []}]
        ]
    first = next((number for number, entry in enumerate(entries) if entry["name"] == start), 0)
    header = {"meshes": meshes, "entries": entries, "colors": _colormap(), "parts": [], "up": "z", "start": first}
    return _page(pack, title, header)


def parts_page(parts: Sequence[tuple[str, PolyData]], title: str) -> str:
    """Return the page of an assembly, each kind of part in a colour of its own; y is up, as linkages are drawn."""
    pack = _Pack()
    geometry, owner = _assembly_geometry(parts)
    named = part_colors([name for name, _ in parts])
    kinds = np.array([list(named).index(part_kind(name)) for name, _ in parts])
    shades = np.round((kinds[owner] + 0.5) / len(named) * 65535).astype(np.uint16)
    colors = [[int(color[place : place + 2], 16) for place in (1, 3, 5)] for color in named.values()]
    part_scalar = {"title": "", "span": pack.add(shades), "range": [0.0, 1.0], "shown": [0.0, 1.0]}
    entries = [{"name": "parts", "shift": None, "scalars": [part_scalar], "mesh": 0}]
    meshes = [_mesh(pack, geometry)]
    return _page(
        pack, title, {"meshes": meshes, "entries": entries, "colors": colors, "parts": list(named), "up": "y", "start": 0}
    )


def _result_geometry(result: Result, surface: Surface) -> _Geometry:
    points = np.asarray(result.grid.points, dtype=float)
    row_of = np.full(len(points), -1)
    row_of[surface.nodes] = np.arange(len(surface.nodes))
    triangles = np.asarray(surface.faces.triangulate().regular_faces)
    return _Geometry(points[surface.nodes], triangles, row_of[surface.edge_nodes][_segments(surface.edges)])


def _assembly_geometry(parts: Sequence[tuple[str, PolyData]]) -> tuple[_Geometry, NDArray[np.int64]]:
    points: list[NDArray[Any]] = []
    triangles: list[NDArray[Any]] = []
    lines: list[NDArray[Any]] = []
    owner: list[NDArray[np.int64]] = []
    offset = 0
    for index, (_, part) in enumerate(parts):
        surface: Any = part.triangulate().clean()
        edges: Any = surface.extract_feature_edges(feature_angle=35.0, manifold_edges=False, non_manifold_edges=False)
        points += [surface.points, edges.points]
        triangles.append(surface.regular_faces + offset)
        lines.append(_segments(edges) + offset + surface.n_points)
        count = surface.n_points + edges.n_points
        owner.append(np.full(count, index))
        offset += count
    return _Geometry(np.vstack(points).astype(float), np.vstack(triangles), np.vstack(lines)), np.concatenate(owner)


def _mesh(pack: _Pack, geometry: _Geometry) -> dict[str, Any]:
    low, high = geometry.points.min(axis=0), geometry.points.max(axis=0)
    center = (low + high) / 2.0
    return {
        "positions": pack.add((geometry.points - center).astype(np.float32)),
        "triangles": pack.add(geometry.triangles.astype(np.uint32)),
        "lines": pack.add(geometry.lines.astype(np.uint32)),
        "center": center.tolist(),
        "bounds": [(low - center).tolist(), (high - center).tolist()],
        "size": float(np.linalg.norm(high - low)) or 1.0,
    }


def _case(pack: _Pack, result: Result, name: str, nodes: NDArray[np.int64]) -> dict[str, Any]:
    quantities = sorted(result.cases[name], key=lambda quantity: (quantity != "von_mises", quantity))
    judged = result.judged
    scalars = [_scalar(pack, scalar(result.array(name, quantity)), title_of(quantity), nodes, judged) for quantity in quantities]
    return {"name": name, "shift": _shift(pack, result, case_displacement(result, name), nodes, "mm"), "scalars": scalars}


def _mode(pack: _Pack, result: Result, number: int, nodes: NDArray[np.int64]) -> dict[str, Any]:
    shape = result.shape(number)
    scalars = [_scalar(pack, mode_size(shape), "displacement, of the largest", nodes, np.ones(len(shape), bool))]
    return {"name": mode_title(result, number), "shift": _shift(pack, result, shape, nodes, ""), "scalars": scalars}


def _scalar(
    pack: _Pack, values: NDArray[np.float64], title: str, nodes: NDArray[np.int64], judged: NDArray[np.bool_]
) -> dict[str, Any]:
    """Pack a field at the drawn corner nodes; range and largest value are those of all nodes."""
    known = np.nan_to_num(values)
    begin, end, _ = judged_range(known, judged)
    low, high = float(min(known.min(initial=0.0), begin)), float(max(known.max(initial=0.0), end))
    levels = np.round((known[nodes] - low) / (high - low) * 65535).astype(np.uint16)
    return {
        "title": title,
        "span": pack.add(levels),
        "range": [low, high],
        "largest": float(known.max(initial=low)),
        "shown": [(begin - low) / (high - low), (end - low) / (high - low)],
    }


def _shift(
    pack: _Pack, result: Result, displacement: NDArray[np.float64] | None, nodes: NDArray[np.int64], unit: str
) -> dict[str, Any] | None:
    if displacement is None or not displacement.any():
        return None
    largest = float(np.abs(displacement).max())
    levels = np.round(displacement[nodes] / largest * 32767).astype(np.int16)
    factor = exaggeration(np.asarray(result.grid.points, dtype=float), displacement)
    return {"span": pack.add(levels), "largest": largest, "factor": factor, "unit": unit}


def _segments(edges: PolyData) -> NDArray[np.int64]:
    lines = np.asarray(edges.lines)
    return lines.reshape(-1, 3)[:, 1:].astype(np.int64) if lines.size else np.zeros((0, 2), np.int64)


def _colormap() -> list[list[int]]:
    from matplotlib import colormaps

    return [[round(255 * part) for part in color[:3]] for color in colormaps["turbo"](np.linspace(0.02, 0.98, _LEVELS))]


def _page(pack: _Pack, title: str, header: dict[str, Any]) -> str:
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    loader = PackageLoader("mechlock.view")
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True)
    style, script = (loader.get_source(environment, name)[0] for name in ("viewer.css", "viewer.js"))
    return environment.get_template("viewer.html.j2").render(
        title=title,
        style=Markup(style),
        script=Markup(script),
        header=Markup(json.dumps(header, allow_nan=False).replace("<", "\\u003c")),
        data=Markup(base64.b64encode(zlib.compress(bytes(pack.bytes), 9)).decode()),
    )
