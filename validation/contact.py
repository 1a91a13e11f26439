"""One-sided supports and preloaded joints with solids, against beam theory and spring arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from validation_cases.solid_model import M, fixed, model, named, near

from mechlock.fem import model as fem
from mechlock.fem.patches import make_patch
from mechlock.fem.static import solve_static
from mechlock.mesh.mapped import box
from mechlock.mesh.mesh import Mesh

Inputs = Mapping[str, Any]
UP = (0.0, 0.0, 1.0)
_DEPTH = 10.0


def _slender(length: float, stiffness: float, cells: int) -> tuple[Mesh, float]:
    """A beam one hundredth as deep as long (so that shear is negligible) and its modulus for a given EI in N mm²."""
    mesh = box((length, _DEPTH, _DEPTH), (cells, 1, 1))
    return mesh, stiffness / (_DEPTH**4 / 12.0)


def _line(at: float) -> Any:
    return lambda p: near(p[:, 0], at) & near(p[:, 2], 0.0)


def _mean_lift(mesh: Mesh, displacement: np.ndarray, group: str) -> float:
    patch = make_patch(mesh, (group,), group)
    return float(patch.mean @ displacement[patch.nodes][:, 2])


def case_C06(inputs: Inputs) -> dict[str, Any]:  # noqa: N802
    span = inputs["L"] * M
    mesh, young = _slender(2.0 * span, inputs["EI"] * 1e6, 80)
    places = {"A": 0.0, "B": span, "C": 2.0 * span, "load": 0.5 * span}
    mesh = named(mesh, nodes={name: _line(at) for name, at in places.items()})
    guide = fixed(A="xy", C="y")
    pads = tuple(fem.Pad(f"pad {name}", (name,), direction=UP) for name in "ABC")
    push = fem.Force("load", (0.0, 0.0, -inputs["P"]))
    case = fem.StaticCase("case", loads=(push,))
    found = solve_static(model(mesh, young, 0.0, guide, pads=pads), [case]).results["case"]
    held = tuple(fem.Support(f"hold {name}", (name,), ("z",)) for name in "ABC")
    both = solve_static(model(mesh, young, 0.0, (*guide, *held)), [case]).results["case"]
    return {
        "R_A=R_B": [found.pads["pad A"].force, found.pads["pad B"].force],
        "R_C": found.pads["pad C"].force,
        "lift at C = PL^3/(16EI)": _mean_lift(mesh, found.displacement, "C"),
        "bilateral R_A,R_B,R_C for comparison": [float(both.supports[f"hold {name}"].force[2]) for name in "ABC"],
    }


def case_C07(inputs: Inputs) -> dict[str, float]:  # noqa: N802
    length = inputs["L"] * M
    mesh, young = _slender(length, inputs["EI"] * 1e6, 60)
    mesh = named(mesh, nodes={"tip": _line(length)})
    push = fem.StaticCase("case", loads=(fem.Force("tip", (0.0, 0.0, -inputs["P"])),))

    def tip(gap: float) -> tuple[float, float]:
        stop = fem.Pad("stop", ("tip",), gap=gap, direction=UP)
        found = solve_static(model(mesh, young, 0.0, fixed(x0="xyz"), pads=(stop,)), [push]).results["case"]
        return found.pads["stop"].force, -_mean_lift(mesh, found.displacement, "tip")

    reaction, _ = tip(inputs["gap"] * M)
    untouched, deflection = tip(10.0 * inputs["gap"] * M)
    if untouched != 0.0:
        raise AssertionError(f"the stop pushes with {untouched} N across an open gap")
    return {"stop reaction P-3EI gap/L^3": reaction, "free tip deflection": deflection}


def case_J02(inputs: Inputs) -> dict[str, float]:  # noqa: N802
    """The bolt as a preloaded lock and the members as a one-sided bed on one face, which they and the load strain not at all."""
    mesh = box((10.0, 10.0, 10.0), (1, 1, 1), "hex8")
    bolt = fem.Lock("bolt", ("z0",), (0.0, 0.0, -1.0), inputs["kb"], 0.0, (inputs["Fi"], inputs["Fi"]))
    bed = fem.Pad("members", ("z0",), stiffness=inputs["km"])
    system = model(mesh, 210000.0, 0.0, fixed(x0="x", y0="y"), pads=(bed,), locks=(bolt,))
    case = fem.StaticCase("P", loads=(fem.Force("z0", (0.0, 0.0, inputs["P"])),))
    found = solve_static(system, [case]).results["P"]
    force = found.locks["bolt"].pull
    share = (force - inputs["Fi"]) / inputs["P"]
    return {
        "C": share,
        "bolt force": force,
        "member force": -found.pads["members"].force,
        "separation load": inputs["Fi"] / (1.0 - share),
    }
