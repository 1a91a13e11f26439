"""Hertz contact of balls with solids: a quarter of a half ball against the rigid plane that symmetry makes of the other one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from validation_cases.solid_model import PA, M, fixed, near, solved

from mechlock.fem import model as fem
from mechlock.fem.assembly import assemble
from mechlock.fem.patches import make_patch
from mechlock.mesh.mapped import mapped_block, select_faces
from mechlock.mesh.mesh import Mesh
from mechlock.validation import Simulated

Inputs = Mapping[str, Any]
_RIM = 0.98


@dataclass(frozen=True)
class _Pressed:
    """Greatest pressure (MPa), contact radius between the last closed and the first open node (mm), motion of the flat (mm)."""

    pressure: float
    radius: float
    approach: float


def _half_ball(radius: float, cells: int, across: tuple[float, int], up: tuple[float, int], patch: float) -> Mesh:
    """Quarter of a half ball with its pole at the origin; cells shrink towards the pole: a linear share, and a power."""

    def graded(unit: np.ndarray, share: tuple[float, int]) -> np.ndarray:
        return share[0] * unit + (1.0 - share[0]) * unit ** share[1]

    def mapping(unit: np.ndarray) -> np.ndarray:
        u, v, w = graded(unit[:, 0], across), graded(unit[:, 1], across), graded(unit[:, 2], up)
        disc = np.column_stack([u * np.sqrt(1.0 - 0.5 * v**2), v * np.sqrt(1.0 - 0.5 * u**2)])
        # a little of a square keeps the angle at the rim's corner below 180 degrees
        plane = _RIM * radius * (0.85 * disc + 0.15 * np.column_stack([u, v]) / np.sqrt(2.0))
        low = radius - np.sqrt(radius**2 - (plane**2).sum(axis=1))
        return np.column_stack([plane, low + (radius - low) * w])

    mesh = mapped_block((cells, cells, cells), mapping, "hex27", "ball")

    def touching(p: np.ndarray) -> np.ndarray:
        square = p[:, 0] ** 2 + p[:, 1] ** 2
        on_ball = near(p[:, 2] - (radius - np.sqrt(radius**2 - square)), 0.0, 1e-8)
        return on_ball & (square < patch**2)

    return Mesh(mesh.points, mesh.blocks, mesh.volumes, {**mesh.faces, "cap": select_faces(mesh, touching)}, {})


def _press(mesh: Mesh, E: float, nu: float, motion: float | None, force: float | None) -> _Pressed:
    """Press a quarter of a half ball on its plane by a motion of the flat (mm) or a force on it (N, of the whole ball)."""
    supports = fixed(x0="x", y0="y")
    loads: tuple[fem.Load, ...] = ()
    if motion is not None:
        supports = (*supports, fem.Support("flat", ("z1",), (), {"z": -motion}))
    if force is not None:
        loads = (fem.Force("z1", (0.0, 0.0, -0.25 * force)),)
    pad = fem.Pad("plane", ("cap",), direction=(0.0, 0.0, 1.0), wall=(0.0, 0.0, 0.0))
    material = fem.Material("material", E, nu)
    system = assemble(fem.Model(mesh, ((material, ()),), supports=supports, pads=(pad,)))
    found = solved(system, fem.StaticCase("case", loads=loads))
    state = found.result.pads["plane"]
    away = np.hypot(*mesh.points[state.nodes][:, :2].T)
    closed = state.node_forces > 0.0
    flat = make_patch(mesh, ("z1",), "z1")
    moved = -float((flat.mean @ found.result.displacement[flat.nodes])[2])
    radius = 0.5 * float(away[closed].max() + away[~closed & (away > away[closed].max())].min())
    return _Pressed(-float(found.stress((0.0, 0.0, 0.0))[2]), radius, moved)


def case_C02(inputs: Inputs) -> dict[str, Simulated]:  # noqa: N802
    """Two balls of twice the radius touch as a ball and a flat of one material do: the relative radius is the same."""
    mesh = _half_ball(2.0 * inputs["R"] * M, 14, (0.04, 4), (0.03, 4), 0.7)
    found = _press(mesh, inputs["E"] * PA, inputs["nu"], None, inputs["F"])
    return {
        "contact radius": Simulated(found.radius * 1e3),
        "max pressure": Simulated(found.pressure),
        "approach": Simulated(2e3 * found.approach),
    }


def case_C03(inputs: Inputs) -> dict[str, float]:  # noqa: N802
    mesh = _half_ball(inputs["R"], 12, (0.3, 3), (0.12, 2), 0.3 * inputs["R"])
    found = _press(mesh, inputs["E"], inputs["nu"], 0.5 * inputs["h"], None)
    return {"max pressure, Hertz": found.pressure, "contact radius, Hertz": found.radius}
