"""Linear buckling and prestressed modes against closed forms."""

import numpy as np
import pytest

from mechlock.errors import InputError, NoVerdict
from mechlock.fem.assembly import assemble
from mechlock.fem.buckling import solve_buckling
from mechlock.fem.modal import solve_modal
from mechlock.fem.model import Force, Model, Pad, Pressure, Spring, StaticCase, Support, Temperature
from mechlock.fem.static import solve_static

LENGTH, SIDE = 1000.0, 20.0
ROOT = Support("root", ("x0",))
INERTIA = SIDE**4 / 12


def pushed(box, steel, supports, loads, n=16):
    mesh = box("hex20", (n, 1, 1), (LENGTH, SIDE, SIDE))
    system = assemble(Model(mesh, ((steel, ()),), supports))
    solution = solve_static(system, [StaticCase("push", loads=loads)], keep="push")
    return system, solution.results["push"], solution.held


def test_euler_column_fixed_and_free(box, steel):
    system, result, held = pushed(box, steel, (ROOT,), (Force("x1", (-1.0, 0, 0)),))
    found = solve_buckling(system, result, 4, held=held)
    euler = np.pi**2 * steel.E * INERTIA / (4 * LENGTH**2)
    np.testing.assert_allclose(found.factors, euler * np.array([1, 1, 9, 9]), rtol=0.01)
    assert found.residual.max() < 1e-5
    assert np.linalg.norm(found.shapes, axis=2).max() == pytest.approx(1.0)


def test_heated_column_between_walls(box, steel):
    walls = (ROOT, Support("far", ("x1",)))
    system, result, held = pushed(box, steel, walls, (Temperature("", 10.0),))
    found = solve_buckling(system, result, 1, held=held)
    euler = 4 * np.pi**2 * steel.E * INERTIA / LENGTH**2
    force = abs(result.supports["far"].force[0])
    assert found.factors[0] * force == pytest.approx(euler, rel=0.02)


def test_tension_does_not_buckle_a_bar_as_compression_does(box, steel):
    plain = type(steel)("plain", 210e3, 0.0, 7.85e-9)
    system, result, held = pushed(box, plain, (ROOT,), (Pressure("x1", -1.0),), n=6)
    with pytest.raises(NoVerdict, match="nothing buckles"):
        solve_buckling(system, result, 2, held=held)


def test_string_under_tension_and_column_under_load(box, steel):
    euler = np.pi**2 * steel.E * INERTIA / (4 * LENGTH**2)
    free, _, _ = pushed(box, steel, (ROOT,), (Force("x1", (-1.0, 0, 0)),))
    bare = solve_modal(free, 2).frequencies[0]
    for part in (-0.5, 0.5):
        system, result, held = pushed(box, steel, (ROOT,), (Force("x1", (part * euler, 0, 0)),))
        found = solve_modal(system, 2, about=result, held=held, prestressed=True).frequencies[0]
        # a load that keeps its direction: the square of the frequency falls almost linearly to zero at buckling
        assert (found / bare) ** 2 == pytest.approx(1 + part, abs=0.06)
    system, result, held = pushed(box, steel, (ROOT,), (Force("x1", (-1.1 * euler, 0, 0)),))
    with pytest.raises(NoVerdict, match="buckled"):
        solve_modal(system, 2, about=result, held=held, prestressed=True)


def test_buckling_needs_equilibrium(box, steel):
    mesh = box("hex8", (1, 1, 1))
    system = assemble(Model(mesh, ((steel, ()),), springs=(Spring("g", ("z0",), (1e5, 1e5, 0)),), pads=(Pad("p", ("z0",)),)))
    lost = solve_static(system, [StaticCase("up", (0, 0, 1.0))]).results["up"]
    with pytest.raises(InputError, match="not defined"):
        solve_buckling(system, lost)
