"""Linear buckling of columns and plates with solids."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from validation_cases.solid_model import PA, M, fixed, model, named, near

from mechlock.fem import model as fem
from mechlock.fem.static import solve_static
from mechlock.mesh.mapped import box

Inputs = Mapping[str, Any]


def _factors(system: Any, loads: tuple[fem.Load, ...], count: int) -> list[float]:
    from mechlock.fem.buckling import solve_buckling

    result = solve_static(system, [fem.StaticCase("load", loads=loads)]).results["load"]
    return solve_buckling(system, result, count).factors.tolist()


def case_B01(inputs: Inputs) -> dict[str, float]:  # noqa: N802
    length, width, depth = (inputs[key] * M for key in ("L", "b", "h"))
    system = model(box((length, width, depth), (30, 2, 2)), inputs["E"] * PA, inputs["nu"], fixed(x0="xyz"))
    found = _factors(system, (fem.Force("x1", (-1.0, 0.0, 0.0)),), 3)
    return dict(zip(("first load (weak axis)", "second (strong axis)", "third (weak, 3rd half-wave)"), found, strict=True))


def case_B02(inputs: Inputs) -> dict[str, float]:  # noqa: N802
    side, t = inputs["a"] * M, inputs["t"] * M
    mesh = box((side, side, t), (16, 16, 2))

    def rim(p: Any) -> Any:
        return near(p[:, 0], 0.0) | near(p[:, 0], side) | near(p[:, 1], 0.0) | near(p[:, 1], side)

    # edges free to turn: held across the plate on its middle plane only
    mesh = named(
        mesh,
        nodes={
            "edges": lambda p: rim(p) & near(p[:, 2], 0.5 * t),
            "left": lambda p: near(p[:, 0], 0.0) & near(p[:, 2], 0.5 * t) & near(p[:, 1], 0.5 * side),
            "mid": lambda p: near(p[:, 1], 0.5 * side) & near(p[:, 2], 0.5 * t) & (near(p[:, 0], 0.0) | near(p[:, 0], side)),
        },
    )
    soft = fem.Spring("left", ("left",), (1e-3, 0.0, 0.0))
    system = model(mesh, inputs["E"] * PA, inputs["nu"], fixed(edges="z", mid="y"), springs=(soft,))
    press = (fem.Pressure("x0", 1.0), fem.Pressure("x1", 1.0))
    return {"critical stress": _factors(system, press, 1)[0]}
