"""Solid models of the NAFEMS forced-vibration cases: a quarter of a beam or plate in hex27, its modes and its static answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

Inputs = Mapping[str, Any]


@dataclass(frozen=True)
class Forced:
    """Modes of a model and the two outputs watched (displacement in mm, stress in MPa), per unit of the load's factor."""

    basis: Any
    drive: np.ndarray
    output: Any
    static: np.ndarray

    def one_mode(self) -> Forced:
        """The first mode that the load drives, alone, without the static answer of the others."""
        from mechlock.response.basis import Output, modal_basis
        from mechlock.response.damping import modal_damping

        ratio = self.basis.damping.ratio[0]
        basis = modal_basis(self.basis.frequency[:1], modal_damping(ratio, 1))
        return Forced(basis, self.drive[:1], Output(self.output.shapes[:, :1], np.zeros(2)), self.static)


def box(size: tuple[float, float, float], cells: tuple[int, int, int]) -> Any:
    """Box of hex27 from the origin to `size`, with its six sides as node groups ``x0 x1 y0 y1 z0 z1``."""
    from mechlock.mesh import shapes
    from mechlock.mesh.mesh import Block, Mesh

    count = 2 * np.array(cells) + 1
    axes = [np.linspace(0.0, length, n) for length, n in zip(size, count, strict=True)]
    points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    corner = 2 * np.stack(np.meshgrid(*(np.arange(n) for n in cells), indexing="ij"), axis=-1).reshape(-1, 1, 3)
    place = corner + np.rint(2 * shapes.reference_nodes("hex27")).astype(int)
    block = Block("hex27", np.ravel_multi_index(tuple(np.moveaxis(place, -1, 0)), tuple(count)).astype(np.int64))
    nodes = {}
    for axis, name in enumerate("xyz"):
        nodes[f"{name}0"] = np.flatnonzero(points[:, axis] == 0.0)
        nodes[f"{name}1"] = np.flatnonzero(points[:, axis] == axes[axis][-1])
    return Mesh(points, (block,), {}, {}, nodes)


def beam(inputs: Inputs) -> Forced:
    """Half length and half width of the deep beam (test 5); the load is 1 MN/m as force per unit mass."""
    from mechlock.fem.model import StaticCase, Support

    length, side = inputs["L"] * 1e3, inputs["a"] * 1e3
    mesh = box((length / 2, side / 2, side), (10, 2, 4))
    supports = (
        Support("end", ("x0",), ("y", "z")),
        Support("mid-span", ("x1",), ("x",)),
        Support("middle plane", ("y0",), ("y",)),
    )
    density = inputs["rho"] * 1e-12
    case = StaticCase("load", g_load=(0.0, 0.0, inputs["q0"] * 1e-3 / (side**2 * density)))
    middle, fibre = (length / 2, 0.0, side / 2), (length / 2, 0.0, 0.0)
    return _forced(mesh, supports, case, inputs, middle, fibre, modes=12)


def plate(inputs: Inputs, cells: int, layers: int) -> Forced:
    """Quarter of a simply supported plate (tests 13 and 21).

    The pressure of plate theory acts on the middle surface; in the solid it is a force per unit mass. On the top face it
    would press the plate flat as well, which takes 0.8 % off the deflection of the thick plate (Reissner 1945).
    """
    from mechlock.fem.model import StaticCase, Support

    half, thickness = inputs["a"] * 500.0, inputs["t"] * 1e3
    mesh = box((half, half, thickness), (cells, cells, layers))
    supports = (
        Support("edge x", ("x0",), ("y", "z")),
        Support("edge y", ("y0",), ("x", "z")),
        Support("middle x", ("x1",), ("x",)),
        Support("middle y", ("y1",), ("y",)),
    )
    case = StaticCase("load", g_load=(0.0, 0.0, inputs["p0"] * 1e-6 / (thickness * inputs["rho"] * 1e-12)))
    return _forced(mesh, supports, case, inputs, (half, half, thickness / 2), (half, half, 0.0), modes=16)


def _forced(
    mesh: Any,
    supports: tuple[Any, ...],
    case: Any,
    inputs: Inputs,
    watched: tuple[float, float, float],
    fibre: tuple[float, float, float],
    modes: int,
) -> Forced:
    from mechlock.fem.assembly import assemble
    from mechlock.fem.external import external
    from mechlock.fem.modal import solve_modal
    from mechlock.fem.model import Material, Model
    from mechlock.fem.static import solve_static
    from mechlock.fem.stress import Region, isotropic, prepare, recover
    from mechlock.response.basis import modal_basis, relative_output
    from mechlock.response.damping import modal_damping

    young = inputs["E"] * 1e-6
    steel = Material("steel", young, inputs["nu"], inputs["rho"] * 1e-12)
    system = assemble(Model(mesh, ((steel, ()),), supports))
    static = solve_static(system, [case]).results["load"].displacement
    found = solve_modal(system, modes)
    recovery = prepare(mesh, [Region("all", np.arange(mesh.n_cells), isotropic(young, inputs["nu"]))])
    stress = recover(recovery, np.concatenate([found.shapes, static[None]])).nodal
    node = int(np.argmin(np.linalg.norm(mesh.points - watched, axis=1)))
    row = int(np.argmin(np.linalg.norm(mesh.points[recovery.node] - fibre, axis=1)))
    sign = np.sign(static[node, 2])
    rows = sign * np.stack([np.append(found.shapes[:, node, 2], static[node, 2]), stress[:, row, 0]])
    drive = found.shapes.reshape(modes, -1) @ external(system, case).total
    basis = modal_basis(found.frequencies, modal_damping(inputs["zeta"], modes))
    return Forced(basis, drive, relative_output(basis, drive, rows[:, :-1], rows[:, -1]), rows[:, -1])
