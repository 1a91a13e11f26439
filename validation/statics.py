"""Static benchmarks with solids: NAFEMS, MacNeal and Harder, Cook, Lame, Kirsch, beams and tubes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from validation_cases.solid_model import PA, M, fixed, named, near, quarter_ellipses, quarter_ring, static

from mechlock.fem import model as fem
from mechlock.fem import stress
from mechlock.mesh.mapped import box, mapped_block
from mechlock.mesh.mesh import Block, Mesh

Inputs = Mapping[str, Any]


def case_S01(inputs: Inputs) -> dict[str, float]:  # noqa: N802
    half = 0.5 * inputs["thickness"] * M
    mesh = mapped_block((16, 24, 1), quarter_ellipses((2 * M, 1 * M), (3.25 * M, 2.75 * M), half))
    pull = fem.Pressure("x1", -inputs["traction_outward"] * PA)
    found = static(mesh, inputs["E"] * PA, inputs["nu"], fixed(y0="y", y1="x", z0="z"), [pull])
    through = [found.stress((2 * M, 0.0, height * half))[1] for height in (0.0, 0.25, 0.5, 0.75, 1.0)]
    return {"sigma_yy at D": float(np.trapezoid(through, dx=0.25))}


def case_S02(inputs: Inputs) -> dict[str, float]:  # noqa: N802
    height = 0.6 * M
    mesh = mapped_block((10, 14, 6), quarter_ellipses((2 * M, 1 * M), (3.25 * M, 2.75 * M), height))
    outer = np.isin(np.arange(len(mesh.points)), mesh.face_nodes("x1"))
    mesh = named(mesh, nodes={"line": lambda p: outer & near(p[:, 2], 0.5 * height)})
    supports = fixed(y0="y", y1="x", x1="xy", line="z")
    found = static(mesh, inputs["E"] * PA, inputs["nu"], supports, [fem.Pressure("z1", inputs["pressure"] * PA)])
    return {"sigma_yy at D": float(found.stress((2 * M, 0.0, height))[1])}


def _le11(unit: np.ndarray) -> np.ndarray:
    """Meridian of cylinder, taper and sphere, turned by a quarter: x outward, y around, z along the wall."""
    s = 4.0 * unit[:, 2]
    low = np.deg2rad(np.clip(22.5 * s, 0, 45))
    inner_r, inner_z = np.cos(low), np.sin(low)
    tall = inner_z[s >= 2].min() if np.any(s >= 2) else np.sin(np.pi / 4)
    inner_z = np.where(s > 2, tall + (1.79 - tall) * (s - 2) / 2, inner_z)
    arc = np.deg2rad(np.clip(30 * s, 0, 30))
    path = np.array([[1.4 * np.cos(np.pi / 6), 0.7], [1.1062, 1.045], [1.0, 1.39], [1.0, 1.79]])
    outer_r = np.where(s <= 1, 1.4 * np.cos(arc), np.interp(s, [1, 2, 3, 4], path[:, 0]))
    outer_z = np.where(s <= 1, 1.4 * np.sin(arc), np.interp(s, [1, 2, 3, 4], path[:, 1]))
    r = inner_r + (outer_r - inner_r) * unit[:, 0]
    z = inner_z + (outer_z - inner_z) * unit[:, 0]
    angle = 0.5 * np.pi * unit[:, 1]
    return M * np.column_stack([r * np.cos(angle), r * np.sin(angle), z])


def case_S03(inputs: Inputs) -> dict[str, float]:  # noqa: N802
    mesh = mapped_block((5, 8, 16), _le11)
    heat = (np.hypot(mesh.points[:, 0], mesh.points[:, 1]) + mesh.points[:, 2]) / M
    supports = fixed(y0="y", y1="x", z0="z", z1="z")
    found = static(mesh, inputs["E"] * PA, inputs["nu"], supports, [fem.Temperature("", heat)], alpha=inputs["alpha"])
    return {"sigma_zz at A": float(found.stress((1 * M, 0.0, 0.0))[2])}


def case_S04(inputs: Inputs) -> dict[str, float]:  # noqa: N802
    side, t, angle = inputs["side"] * M, inputs["thickness"] * M, np.deg2rad(inputs["acute_angle_deg"])

    def skew(unit: np.ndarray) -> np.ndarray:
        x = side * (unit[:, 0] + np.cos(angle) * unit[:, 1])
        return np.column_stack([x, side * np.sin(angle) * unit[:, 1], t * (unit[:, 2] - 0.5)])

    mesh = mapped_block((28, 28, 2), skew)
    edges = np.zeros(len(mesh.points), bool)
    for name in ("x0", "x1", "y0", "y1"):
        edges[mesh.face_nodes(name)] = True
    middle = near(mesh.points[:, 2], 0.0)
    corner = middle & (np.linalg.norm(mesh.points, axis=1) < 1e-6 * side)
    along = middle & near(mesh.points[:, 0], side) & near(mesh.points[:, 1], 0.0)
    mesh = named(mesh, nodes={"edges": lambda p: edges & middle, "corner": lambda p: corner, "along": lambda p: along})
    load = fem.Pressure("z1", -inputs["pressure"] * PA)
    found = static(mesh, inputs["E"] * PA, inputs["nu"], fixed(edges="z", corner="xy", along="y"), [load])
    centre = (0.5 * side * (1 + np.cos(angle)), 0.5 * side * np.sin(angle), -0.5 * t)
    return {"max principal stress, centre lower surface": float(stress.principal(found.stress(centre))[0])}


_INNER = (
    (0.249, 0.342, 0.192), (0.826, 0.288, 0.288), (0.850, 0.649, 0.263), (0.273, 0.750, 0.230),
    (0.320, 0.186, 0.643), (0.677, 0.305, 0.683), (0.788, 0.693, 0.644), (0.165, 0.745, 0.702),
)  # fmt: skip


def macneal_patch() -> Mesh:
    """The unit cube of seven distorted hexahedra; the outer corners are nodes 0 to 7."""
    outer = np.array([(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0), (0, 0, 1), (1, 0, 1), (1, 1, 1), (0, 1, 1)], float)
    faces = ((0, 3, 2, 1), (4, 5, 6, 7), (0, 1, 5, 4), (1, 2, 6, 5), (2, 3, 7, 6), (3, 0, 4, 7))
    cells = [list(range(8, 16))] + [[*(8 + n for n in face), *face] for face in faces]
    mesh = Mesh(np.concatenate([outer, np.array(_INNER)]), (Block("hex8", np.array(cells)),))
    return named(mesh, nodes={f"corner {i}": lambda p, i=i: np.arange(len(p)) == i for i in range(8)})


def case_S05(inputs: Inputs) -> dict[str, list[float]]:  # noqa: N802
    mesh = macneal_patch()
    rows = 0.5e-3 * np.array([[2, 1, 1], [1, 2, 1], [1, 1, 2]])
    supports = [
        fem.Support(f"corner {i}", (f"corner {i}",), (), dict(zip("xyz", map(float, rows @ mesh.points[i]), strict=True)))
        for i in range(8)
    ]
    found = static(mesh, inputs["E"], inputs["nu"], supports, [])
    values = np.concatenate([found.field.points, found.field.nodal])
    return {
        "sigma_xx=sigma_yy=sigma_zz everywhere": [float(values[:, :3].min()), float(values[:, :3].max())],
        "tau_xy=tau_yz=tau_zx everywhere": [float(values[:, 3:].min()), float(values[:, 3:].max())],
    }


def case_S06(inputs: Inputs) -> dict[str, float]:  # noqa: N802
    length, depth, width = inputs["L"], inputs["h_y"], inputs["b_z"]
    mesh = box((length, depth, width), (24, 4, 2))
    ends = {"low": 0.0, "high": depth}
    conditions = {name: lambda p, y=y: near(p[:, 0], length) & near(p[:, 1], y) for name, y in ends.items()}
    mesh = named(mesh, nodes=conditions)

    def tip(*loads: fem.Load) -> Any:
        return static(mesh, inputs["E"], inputs["nu"], fixed(x0="xyz"), loads)

    load = inputs["load"]
    pair = load / depth
    return {
        "extension": float(tip(fem.Force("x1", (load, 0.0, 0.0))).mean("x1")[0]),
        "in-plane shear (y), beam theory": float(tip(fem.Force("x1", (0.0, load, 0.0))).mean("x1")[1]),
        "out-of-plane shear (z), beam theory": float(tip(fem.Force("x1", (0.0, 0.0, load))).mean("x1")[2]),
        "end twist, St Venant": float(
            tip(fem.Force("high", (0.0, 0.0, pair)), fem.Force("low", (0.0, 0.0, -pair))).rotation("x1")[0]
        ),
    }


def case_S07(inputs: Inputs) -> dict[str, float]:  # noqa: N802
    mesh = mapped_block((2, 24, 2), quarter_ring(inputs["Ri"], inputs["Ro"], inputs["t"]))

    def end(force: tuple[float, float, float]) -> np.ndarray:
        return static(mesh, inputs["E"], inputs["nu"], fixed(y0="xyz"), [fem.Force("y1", force)]).mean("y1")

    # at the free end, 90 degrees round, the radius points along y
    return {
        "in-plane tip displacement": float(end((0.0, 1.0, 0.0))[1]),
        "out-of-plane tip displacement": float(end((0.0, 0.0, 1.0))[2]),
    }


def case_S09(inputs: Inputs) -> dict[str, float]:  # noqa: N802
    thin = 0.2

    def skew(unit: np.ndarray) -> np.ndarray:
        x = 48.0 * unit[:, 0]
        low, high = 44.0 * unit[:, 0], 44.0 + 16.0 * unit[:, 0]
        return np.column_stack([x, low + (high - low) * unit[:, 1], thin * unit[:, 2]])

    mesh = mapped_block((32, 32, 1), skew)
    push = fem.Traction("x1", (0.0, inputs["F"] / (16.0 * inputs["t"]), 0.0))
    # plane stress: a thin sheet held at its middle plane, of which this is the upper half
    found = static(mesh, inputs["E"], 1.0 / 3.0, fixed(x0="xy", z0="z"), [push])
    lower, upper = found.stress((24.0, 22.0, 0.5 * thin)), found.stress((24.0, 52.0, 0.5 * thin))
    return {
        "uy at MID of right edge (48,52)": float(found.displacement((48.0, 52.0, 0.0))[1]),
        "uy at upper corner (48,60)": float(found.displacement((48.0, 60.0, 0.0))[1]),
        "max principal stress at mid of lower edge (24,22)": float(stress.principal(lower)[0]),
        "min principal stress at mid of upper edge (24,52)": float(stress.principal(upper)[2]),
    }


def case_S10(inputs: Inputs) -> dict[str, float]:  # noqa: N802
    mesh = mapped_block((16, 16, 1), quarter_ring(inputs["ri"], inputs["ro"], 0.5))
    found = {}
    for nu in (0.49, 0.499, 0.4999):
        result = static(mesh, inputs["E"], nu, fixed(y0="y", y1="x", z0="z", z1="z"), [fem.Pressure("x0", inputs["p"])])
        found[f"u(ri) nu={nu:g}"] = float(result.displacement((inputs["ri"], 0.0, 0.25))[0])
    return found


def case_S15(inputs: Inputs) -> dict[str, float]:  # noqa: N802
    length, depth, width = (inputs[key] * M for key in ("L", "h", "b"))
    young = inputs["E"] * PA
    mesh = box((length, width, depth), (20, 2, 6))
    found = static(mesh, young, inputs["nu"], fixed(x0="xyz"), [fem.Force("x1", (0.0, 0.0, inputs["F"]))])
    slender = inputs["F"] * length**3 / (3.0 * young * width * depth**3 / 12.0)
    return {
        "tip deflection Euler-Bernoulli": slender,
        "tip deflection Timoshenko (k=10(1+nu)/(12+11nu))": float(found.mean("x1")[2]),
        "sigma_x at mid-length, top fibre": float(abs(found.stress((0.5 * length, 0.5 * width, 0.0))[0])),
    }
