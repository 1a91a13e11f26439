"""Bodies of several materials in layers: a bimetallic strip under heat, a laminated strip in bending."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from validation_cases.solid_model import PA, fixed, named, near

from mechlock.fem import model as fem
from mechlock.fem import probes, stress
from mechlock.fem.assembly import assemble
from mechlock.fem.orthotropic import orthotropic
from mechlock.fem.static import solve_static
from mechlock.mesh.mapped import box, mapped_block
from mechlock.mesh.mesh import Mesh

Inputs = Mapping[str, Any]


def _layered(mesh: Mesh, heights: np.ndarray, names: list[str]) -> Mesh:
    """Volume groups of the layers between heights; layers of one name are one group."""
    middle = mesh.points[mesh.blocks[0].cells].mean(axis=1)[:, 2]
    layer = np.searchsorted(heights, middle) - 1
    groups = {name: np.flatnonzero(np.isin(layer, [i for i, one in enumerate(names) if one == name])) for name in set(names)}
    return Mesh(mesh.points, mesh.blocks, groups, mesh.faces, mesh.nodes)


def case_S20(inputs: Inputs) -> dict[str, float]:  # noqa: N802
    length, thick = inputs["L"], inputs["h"]
    mesh = _layered(box((length, thick, thick), (20, 1, 2)), np.array([0.0, 0.5, 1.0]) * thick, ["low", "high"])
    mesh = named(
        mesh,
        nodes={
            "side": lambda p: near(p[:, 0], 0.0) & near(p[:, 1], 0.0) & near(p[:, 2], 0.5 * thick),
            "root": lambda p: near(p[:, 0], 0.0) & near(p[:, 2], 0.5 * thick),
        },
    )
    metals = tuple(
        (fem.Material(name, inputs[f"E_{name}"] * PA, 0.0, alpha=inputs[f"alpha_{name}"]), (name,)) for name in ("low", "high")
    )
    system = assemble(fem.Model(mesh, metals, supports=fixed(x0="x", side="y", root="z")))
    heat = fem.StaticCase("heat", loads=(fem.Temperature("", inputs["dT"]),))
    result = solve_static(system, [heat]).results["heat"]
    tip = probes.locate(mesh, np.array([[length, 0.5 * thick, 0.5 * thick]]))
    return {"tip deflection": float(probes.interpolate_nodal(mesh, tip, result.displacement)[0, 2])}


def case_S21(inputs: Inputs) -> dict[str, float]:  # noqa: N802
    """A quarter: x from the middle of the span, y from the middle of the width."""
    plies = [(0, 0.1), (90, 0.1), (0, 0.1), (90, 0.4), (0, 0.1), (90, 0.1), (0, 0.1)]
    heights = np.concatenate([[0.0], np.cumsum([thick for _, thick in plies])])
    # the thick ply in the middle takes two cells
    levels = np.sort(np.append(heights, 0.5))

    def placed(unit: np.ndarray) -> np.ndarray:
        z = np.interp(unit[:, 2] * (len(levels) - 1), np.arange(len(levels)), levels)
        return np.column_stack([25.0 * unit[:, 0], 5.0 * unit[:, 1], z])

    mesh = _layered(mapped_block((25, 4, len(levels) - 1), placed), heights, [str(angle) for angle, _ in plies])
    mesh = named(
        mesh,
        nodes={
            "edge": lambda p: near(p[:, 0], 15.0) & near(p[:, 2], 0.0),
            "line": lambda p: near(p[:, 0], 0.0) & near(p[:, 2], heights[-1]),
        },
    )
    moduli = [inputs[key] * PA for key in ("E1", "E2", "E2")]
    constants = (*moduli, inputs["nu12"], inputs["nu13"], inputs["nu13"], *(inputs[key] * PA for key in ("G12", "G13", "G13")))
    axes = {"0": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0)), "90": ((0.0, 1.0, 0.0), (-1.0, 0.0, 0.0))}
    laws = {name: orthotropic(constants, axes[name], name) for name in axes}
    materials = tuple((fem.Material(name, moduli[0], 0.0, elasticity=law), (name,)) for name, law in laws.items())
    system = assemble(fem.Model(mesh, materials, supports=fixed(x0="x", y0="y", edge="z")))
    load = fem.Force("line", (0.0, 0.0, -0.25 * inputs["line_load"] * 10.0))
    result = solve_static(system, [fem.StaticCase("bend", loads=(load,))]).results["bend"]
    regions = [stress.Region(name, mesh.volumes[name], laws[name]) for name in laws]
    recovery = stress.prepare(mesh, regions)
    field = stress.recover(recovery, result.displacement)
    bottom = probes.locate(mesh, np.zeros((1, 3)))
    return {
        "deflection at E": float(probes.interpolate_nodal(mesh, bottom, result.displacement)[0, 2]),
        "sigma_11 at E": float(probes.interpolate_stress(recovery, bottom, field.nodal)[0, 0]),
    }
