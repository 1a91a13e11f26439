"""Natural frequencies and effective masses with solids: the NAFEMS FV series and closed forms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from validation_cases.solid_model import KG_M3, PA, M, elastic, fixed, model, modes, named, near

from mechlock.fem import model as fem
from mechlock.mesh.mapped import box, mapped_block
from mechlock.validation import Simulated

Inputs = Mapping[str, Any]


def _material(inputs: Inputs) -> dict[str, float]:
    return {"E": inputs["E"] * PA, "nu": inputs["nu"], "density": inputs["rho"] * KG_M3}


def _pairs(frequencies: np.ndarray, wanted: int) -> list[list[float]]:
    """Neighbouring frequencies that agree to 1e-4: the pairs of a square section's bending."""
    found, i = [], int(np.searchsorted(frequencies, 0.0, side="right"))
    while i < len(frequencies) - 1 and len(found) < wanted:
        if abs(frequencies[i + 1] / frequencies[i] - 1.0) < 1e-4:
            found.append([float(frequencies[i]), float(frequencies[i + 1])])
            i += 1
        i += 1
    return found


def case_M02(inputs: Inputs) -> dict[str, list[float]]:  # noqa: N802
    length, radius, arm = inputs["L"] * M, 0.5 * inputs["d"] * M, inputs["arm"] * M

    def disc(unit: np.ndarray) -> np.ndarray:
        """Square to disc (elliptical grid mapping), swept along x."""
        u, v = 2.0 * unit[:, 1] - 1.0, 2.0 * unit[:, 2] - 1.0
        y, z = u * np.sqrt(1.0 - 0.5 * v**2), v * np.sqrt(1.0 - 0.5 * u**2)
        return np.column_stack([length * unit[:, 0], radius * y, radius * z])

    mesh = mapped_block((20, 4, 4), disc)
    # both masses hang on one rigid arm: together one body at their common centre
    first, second = inputs["M1"] / 1000.0, inputs["M2"] / 1000.0
    centre = arm * (first - second) / (first + second)
    about = first * second / (first + second) * (2.0 * arm) ** 2
    inertia = (about, 0.0, about, 0.0, 0.0, 0.0)
    masses = (fem.PointMass("arm", first + second, (length, centre, 0.0), ("x1",), inertia, "rigid"),)
    material = _material(inputs)
    return {"modes 1-6": modes(model(mesh, supports=fixed(x0="xyz"), masses=masses, **material), 6).frequencies.tolist()}


def case_M03(inputs: Inputs) -> dict[str, list[float] | float]:  # noqa: N802
    length, side = inputs["L"] * M, inputs["a"] * M
    mesh, material = box((length, side, side), (16, 4, 4)), _material(inputs)
    bending = _pairs(modes(model(mesh, supports=fixed(x0="yz", x1="yz"), **material), 16).frequencies, 3)
    turning = modes(model(mesh, supports=fixed(x0="yz"), **material), 16)
    stretching = modes(model(mesh, supports=fixed(x0="x"), **material), 16)
    torsion = turning.frequencies[_leading(turning.effective_mass[:, 3], turning.rigid_count)]
    extension = stretching.frequencies[_leading(stretching.effective_mass[:, 0], stretching.rigid_count)]
    return {
        "flexural 1 (pair)": bending[0],
        "torsion 1 (fixed-free)": float(torsion[0]),
        "extension 1": float(extension[0]),
        "flexural 2 (pair)": bending[1],
        "torsion 2": float(torsion[1]),
        "flexural 3 (pair)": bending[2],
    }


def _leading(effective: np.ndarray, rigid: int) -> np.ndarray:
    """Modes that are not rigid and carry at least a hundredth of what all such modes carry, ascending."""
    share = effective.copy()
    share[:rigid] = 0.0
    return np.flatnonzero(share > 0.01 * share.sum())


def _thin_plate(inputs: Inputs, cells: tuple[int, int, int]) -> Any:
    side = inputs["a"] * M
    return box((side, side, inputs["t"] * M), cells, "hex27")


def case_M04(inputs: Inputs) -> dict[str, list[float] | float]:  # noqa: N802
    found = elastic(modes(model(_thin_plate(inputs, (12, 12, 1)), **_material(inputs)), 13)).tolist()
    return {"modes 4-6": found[:3], "modes 7,8": found[3:5], "mode 9": found[5]}


def case_M05(inputs: Inputs) -> dict[str, list[float]]:  # noqa: N802
    mesh = _thin_plate(inputs, (14, 14, 1))
    return {"modes 1-6": modes(model(mesh, supports=fixed(x0="xyz"), **_material(inputs)), 6).frequencies.tolist()}


def _graded(unit: np.ndarray) -> np.ndarray:
    """Bring grid lines closer to both ends, where a clamped plate bends sharply."""
    return 0.5 * (1.0 + np.sin(0.5 * np.pi * (2.0 * unit - 1.0) * 0.8) / np.sin(0.5 * np.pi * 0.8))


def case_M06(inputs: Inputs) -> dict[str, list[float]]:  # noqa: N802
    side, angle, t = inputs["side"] * M, np.deg2rad(inputs["angle_deg"]), inputs["t"] * M

    def rhombus(unit: np.ndarray) -> np.ndarray:
        a, b = _graded(unit[:, 0]), _graded(unit[:, 1])
        return np.column_stack([side * (a + np.cos(angle) * b), side * np.sin(angle) * b, t * unit[:, 2]])

    mesh = mapped_block((18, 18, 2), rhombus)
    clamps = fixed(x0="xyz", x1="xyz", y0="xyz", y1="xyz")
    found = modes(model(mesh, supports=clamps, **_material(inputs)), 4).frequencies.tolist()
    return {"NAFEMS (Mindlin) modes 1-4": found, "3D solid limit, faces fully clamped, modes 1-4": found}


def case_M07(inputs: Inputs) -> dict[str, list[float]]:  # noqa: N802
    length, root, tip, t = (inputs[key] * M for key in ("L", "w0", "w1", "t"))

    def taper(unit: np.ndarray) -> np.ndarray:
        width = root + (tip - root) * unit[:, 0]
        return np.column_stack([length * unit[:, 0], width * (unit[:, 1] - 0.5), 0.5 * t * unit[:, 2]])

    # plane stress: the upper half of a sheet that is held at its middle plane
    mesh = mapped_block((24, 12, 1), taper)
    found = modes(model(mesh, supports=fixed(x0="xy", z0="z"), **_material(inputs)), 6)
    return {"modes 1-6": found.frequencies.tolist()}


def case_M09(inputs: Inputs) -> dict[str, list[float] | float]:  # noqa: N802
    side, t = inputs["a"] * M, inputs["t"] * M
    mesh = box((side, side, t), (4, 4, 1))

    def bottom_edges(p: np.ndarray) -> np.ndarray:
        rim = near(p[:, 0], 0.0) | near(p[:, 0], side) | near(p[:, 1], 0.0) | near(p[:, 1], side)
        return rim & near(p[:, 2], 0.0)

    mesh = named(mesh, nodes={"edges": bottom_edges})
    found = elastic(modes(model(mesh, supports=fixed(edges="z"), **_material(inputs)), 10)).tolist()
    return {
        "mode 4": found[0],
        "modes 5,6": found[1:3],
        "mode 7": found[3],
        "mode 8 (in-plane)": found[4],
        "modes 9,10": found[5:7],
        "NAFEMS 4x4x1 hex20 values": found[:7],
    }


def case_M11(inputs: Inputs) -> dict[str, list[float]]:  # noqa: N802
    # the mesh of the reference's own check; finer ones tend to 0.8 % below Euler-Bernoulli in the third pair, which
    # leaves out shear and rotary inertia
    mesh = box((inputs["L"] * M, inputs["h"] * M, inputs["h"] * M), (20, 1, 1), "hex27")
    pairs = _pairs(elastic(modes(model(mesh, **_material(inputs)), 14)), 3)
    return {"bending 1-3, Euler-Bernoulli": [float(np.mean(pair)) for pair in pairs]}


def case_M13() -> dict[str, Simulated | float]:  # noqa: N802
    # a slender bar, four times as wide as thick, so that the bending modes along z come first and alone
    system = model(box((2000.0, 40.0, 10.0), (60, 1, 1)), 210000.0, 0.0, fixed(x0="xyz"), density=7.85e-9)
    found = modes(system, 12)
    share = found.effective_mass[:, 2] / found.rigid_mass[2, 2]
    first = np.sort(share)[::-1][:4]
    return {"effective mass fractions 1-4": Simulated(first.tolist()), "sum of first four": float(first.sum())}


def case_M14(inputs: Inputs) -> dict[str, list[float]]:  # noqa: N802
    """A sector of four degrees on slides, too narrow for modes that are not radial."""
    inner, outer, angle = inputs["ri"] * M, inputs["ro"] * M, np.radians(4.0)

    def sector(unit: np.ndarray) -> np.ndarray:
        way = np.column_stack([np.ones(len(unit)), np.tan(angle * (unit[:, 1:] - 0.5))])
        radius = inner + (outer - inner) * unit[:, :1]
        return radius * way / np.linalg.norm(way, axis=1, keepdims=True)

    slides = tuple(fem.Pad(side, (side,), both_ways=True) for side in ("y0", "y1", "z0", "z1"))
    system = model(mapped_block((24, 1, 1), sector), pads=slides, **_material(inputs))
    return {"radial modes 1-5": modes(system, 5).frequencies.tolist()}
