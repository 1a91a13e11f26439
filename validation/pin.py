"""A pin that nearly fits its hole in a large plate, pressed by a force through its centre: contact of two surfaces."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from validation_cases.solid_model import PA, fixed, near, solved

from mechlock.fem import model as fem
from mechlock.fem.assembly import assemble
from mechlock.fem.patches import make_patch
from mechlock.mesh.mapped import mapped_block
from mechlock.mesh.mesh import Block, Mesh

Inputs = Mapping[str, Any]
_AROUND, _THICK, _CORE, _FAR = 36, 1.0, 0.05, 40.0


def _half_ring(inner: float, outer: float, through: int) -> Mesh:
    """Half a ring about x, its cells as long as they are wide."""

    def placed(unit: np.ndarray) -> np.ndarray:
        radius, angle = inner * (outer / inner) ** unit[:, 0], np.pi * unit[:, 1]
        return np.column_stack([radius * np.cos(angle), radius * np.sin(angle), _THICK * unit[:, 2]])

    return mapped_block((through, _AROUND, 1), placed, "hex20")


def _pin_in_plate(radius: float) -> Mesh:
    """The plate's groups are named a.*, the pin's b.*; in between nothing is joined."""
    step = np.pi / _AROUND
    parts = {"a": (radius, _FAR * radius), "b": (_CORE * radius, radius)}
    made = {name: _half_ring(*ends, round(np.log(ends[1] / ends[0]) / (2.0 * step))) for name, ends in parts.items()}
    plate, pin = made["a"], made["b"]
    cells = np.concatenate([plate.blocks[0].cells, pin.blocks[0].cells + len(plate.points)])
    faces = {f"a.{name}": rows for name, rows in plate.faces.items()}
    faces |= {f"b.{name}": rows + np.array([plate.n_cells, 0]) for name, rows in pin.faces.items()}
    points = np.concatenate([plate.points, pin.points])
    # plane strain: nothing moves along the pin's axis
    return Mesh(points, (Block("hex20", cells),), {}, faces, {"all": np.arange(len(points))})


def case_C08(inputs: Inputs) -> dict[str, float]:  # noqa: N802
    radius, force = inputs["R"], inputs["Q"]
    mesh = _pin_in_plate(radius)
    supports = fixed(**{"a.x1": "x", "all": "z"}) + tuple(
        fem.Support(name, (name,), ("y",)) for name in ("a.y0", "a.y1", "b.y0", "b.y1")
    )
    # the surfaces give way by a thousandth of what the bodies do
    contact = fem.Pad("hole", ("b.x1",), gap=inputs["clearance"], stiffness=1e3 * inputs["E"] * PA * _THICK, against=("a.x0",))
    material = fem.Material("steel", inputs["E"] * PA, inputs["nu"])
    system = assemble(fem.Model(mesh, ((material, ()),), supports=supports, pads=(contact,)))
    found = solved(system, fem.StaticCase("case", loads=(fem.Force("b.x0", (0.5 * force, 0.0, 0.0)),)))
    patch = make_patch(mesh, ("a.x0",), "bore")
    place = mesh.points[patch.nodes]
    middle = near(place[:, 2], 0.0)
    angle = np.degrees(np.arctan2(place[middle, 1], place[middle, 0]))
    order = np.argsort(angle)
    stress = np.array([found.stress(point) for point in place[middle][order]])
    way = place[middle][order][:, :2] / radius
    pressure = -(stress[:, 0] * way[:, 0] ** 2 + stress[:, 1] * way[:, 1] ** 2 + 2.0 * stress[:, 3] * way[:, 0] * way[:, 1])
    return {"peak pressure": float(pressure[0]), "pressure at half the arc": float(np.interp(30.0, angle[order], pressure))}
