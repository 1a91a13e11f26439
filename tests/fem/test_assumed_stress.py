"""Hexahedra with assumed stress against beam, plate and thermal closed forms; patch test and rates are those of every kind."""

import numpy as np
import pytest

from mechlock.fem import error_estimate, stress
from mechlock.fem.assembly import assemble, symmetric_product
from mechlock.fem.buckling import solve_buckling
from mechlock.fem.internal import internal_forces
from mechlock.fem.modal import solve_modal
from mechlock.fem.model import Force, Material, Model, Moment, StaticCase, Support, Temperature
from mechlock.fem.static import solve_static

KIND = "hex8i"
ROOT = Support("root", ("x0",))


def sheared(points):
    return points + 0.15 * points[:, [1, 2, 0]] ** 2 + 0.1 * points[:, [2, 0, 1]]


def recovered(system, result, free=None):
    steel = system.model.materials[0][0]
    regions = [stress.Region("all", np.arange(system.mesh.n_cells), stress.isotropic(steel.E, steel.nu))]
    recovery = stress.prepare(system.mesh, regions)
    return recovery, stress.recover(recovery, result.displacement, free)


def test_forces_from_stresses_are_those_of_the_matrix(box, steel):
    system = assemble(Model(box(KIND, (3, 2, 2), (3.0, 2.0, 1.0), sheared), ((steel, ()),)))
    moved = np.random.default_rng(5).normal(size=(system.n_dof, 2))
    forces, work, energy = internal_forces(system, moved)
    np.testing.assert_allclose(forces, symmetric_product(system.stiffness, moved), atol=1e-11 * np.abs(forces).max())
    np.testing.assert_allclose(work, (forces * moved).sum(axis=0), rtol=1e-11)
    np.testing.assert_allclose(energy, work / 2, rtol=1e-11)


def test_one_cell_through_a_thin_strip_bends_exactly(box):
    """Deflection M L^2 / (2 E I) and stress M z / I of a strip a hundred times as long as thick, in two cells."""
    length, width, height, moment = 400.0, 20.0, 4.0, 1000.0
    plain = Material("plain", 210e3, 0.0)
    system = assemble(Model(box(KIND, (2, 1, 1), (length, width, height)), ((plain, ()),), (ROOT,)))
    result = solve_static(system, [StaticCase("bend", loads=(Moment("x1", (0.0, moment, 0.0)),))]).results["bend"]
    inertia = width * height**3 / 12
    assert np.abs(result.displacement[:, 2]).max() == pytest.approx(moment * length**2 / (2 * plain.E * inertia), rel=1e-9)
    recovery, found = recovered(system, result)
    assert np.abs(found.nodal[:, 0]).max() == pytest.approx(moment * height / 2 / inertia, rel=1e-9)
    assert error_estimate.estimate(recovery, result.displacement, found.nodal).relative < 1e-9


def test_first_mode_of_a_clamped_square_plate(box, steel):
    """35.99 in Leissa, Vibration of Plates (NASA SP-160, 1969); cells 13 times as wide as thick, which make plain ones lock."""
    side, height = 400.0, 2.5
    edges = Support("edges", ("x0", "x1", "y0", "y1"))
    bending = steel.E * height**3 / (12 * (1 - steel.nu**2))
    expected = 35.99 / (2 * np.pi * side**2) * np.sqrt(bending / (steel.density * height))
    found, plain = (
        solve_modal(assemble(Model(box(kind, (12, 12, 1), (side, side, height)), ((steel, ()),), (edges,))), 1).frequencies[0]
        for kind in (KIND, "hex8")
    )
    assert found == pytest.approx(expected, rel=0.02)
    assert plain > 3 * expected


def test_free_expansion_leaves_no_stress(box, steel):
    mesh = box(KIND, (3, 2, 2), (3.0, 2.0, 1.0), sheared)
    held = Support("corner", ("x0",), ("x",)), Support("side", ("y0",), ("y",)), Support("foot", ("z0",), ("z",))
    system = assemble(Model(box(KIND, (3, 2, 2), (3.0, 2.0, 1.0)), ((steel, ()),), held))
    hot = StaticCase("hot", loads=(Temperature("", 50.0),))
    result = solve_static(system, [hot]).results["hot"]
    np.testing.assert_allclose(result.displacement, steel.alpha * 50.0 * system.mesh.points, atol=1e-12)
    _, found = recovered(system, result, np.full(len(mesh.points), steel.alpha * 50.0))
    assert np.abs(found.points).max() < 1e-8
    np.testing.assert_allclose(found.strain[:, :3], steel.alpha * 50.0, rtol=1e-8)


def test_heat_between_two_walls_presses_them(box, steel):
    walls = Support("near", ("x0",), ("x",)), Support("far", ("x1",), ("x",))
    sides = Support("side", ("y0",), ("y",)), Support("foot", ("z0",), ("z",))
    system = assemble(Model(box(KIND, (4, 2, 2), (40.0, 10.0, 20.0)), ((steel, ()),), (*walls, *sides)))
    result = solve_static(system, [StaticCase("hot", loads=(Temperature("", 50.0),))]).results["hot"]
    pushed = steel.E * steel.alpha * 50.0
    assert result.supports["far"].force[0] == pytest.approx(-pushed * 200.0, rel=1e-9)
    _, found = recovered(system, result, np.full(len(system.mesh.points), steel.alpha * 50.0))
    np.testing.assert_allclose(found.points[:, 0], -pushed, rtol=1e-9)


def test_euler_column(box, steel):
    length, side = 1000.0, 20.0
    system = assemble(Model(box(KIND, (16, 1, 1), (length, side, side)), ((steel, ()),), (ROOT,)))
    solution = solve_static(system, [StaticCase("push", loads=(Force("x1", (-1.0, 0, 0)),))], keep="push")
    found = solve_buckling(system, solution.results["push"], 2, held=solution.held)
    euler = np.pi**2 * steel.E * side**4 / 12 / (4 * length**2)
    np.testing.assert_allclose(found.factors, [euler, euler], rtol=0.01)
