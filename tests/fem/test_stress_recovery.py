"""Stress recovery against fields that are known exactly."""

import numpy as np
import pytest

from mechlock.errors import InputError
from mechlock.fem import stress
from mechlock.mesh.mapped import box, mapped_block
from mechlock.mesh.mesh import Mesh
from mechlock.mesh.topology import KINDS

STEEL = stress.isotropic(210000.0, 0.3)


def whole(mesh, elasticity=STEEL):
    return stress.prepare(mesh, [stress.Region("all", np.arange(mesh.n_cells), elasticity)])


def bulge(unit):
    """A curved, sheared block without symmetry."""
    x, y, z = unit.T
    return np.column_stack([2 * x + 0.2 * y * z, 3 * y + 0.3 * x**2, 4 * z + 0.2 * x * y])


@pytest.mark.parametrize("kind", KINDS)
def test_linear_displacement_gives_exact_constant_stress(kind):
    mesh = mapped_block((2, 2, 2), bulge, kind)
    gradient = np.array([[1.0, 2.0, -0.5], [0.3, -1.0, 0.7], [0.2, 0.4, 0.9]]) * 1e-3
    field = stress.recover(whole(mesh), mesh.points @ gradient.T)
    e = 0.5 * (gradient + gradient.T)
    expected = STEEL @ [e[0, 0], e[1, 1], e[2, 2], 2 * e[0, 1], 2 * e[1, 2], 2 * e[2, 0]]
    assert field.nodal == pytest.approx(np.tile(expected, (len(field.nodal), 1)), abs=1e-9)
    assert field.points == pytest.approx(np.tile(expected, (len(field.points), 1)), abs=1e-9)


@pytest.mark.parametrize("kind", ["tet10", "hex20", "hex27", "wedge15"])
def test_quadratic_displacement_gives_exact_linear_stress_inside_cells(kind):
    mesh = mapped_block((2, 2, 2), kind=kind)
    x, y, z = mesh.points.T
    field = stress.recover(whole(mesh, stress.isotropic(1.0, 0.0)), np.column_stack([x**2, x * y, z * y]))
    assert field.nodal[:, 0] == pytest.approx(2 * x, abs=1e-12)
    assert field.nodal[:, 3] == pytest.approx(y / 2, abs=1e-12)


def test_rigid_rotation_gives_no_strain():
    mesh = mapped_block((2, 2, 1), bulge, "hex20")
    spin = np.cross(np.array([1e-3, -2e-3, 3e-3]), mesh.points)
    assert np.abs(stress.recover(whole(mesh), spin).points).max() < 1e-9


def test_stress_is_not_averaged_across_an_interface():
    mesh = box((2.0, 1.0, 1.0), (2, 1, 1))
    soft, stiff = stress.isotropic(1000.0, 0.0), stress.isotropic(3000.0, 0.0)
    regions = [stress.Region("soft", np.array([0]), soft), stress.Region("stiff", np.array([1]), stiff)]
    recovery = stress.prepare(mesh, regions)
    field = stress.recover(recovery, mesh.points * [1e-3, 0.0, 0.0])
    shared = np.flatnonzero(np.isclose(mesh.points[:, 0], 1.0))
    rows = np.isin(recovery.node, shared)
    assert rows.sum() == 2 * len(shared)
    assert field.nodal[rows & (recovery.region == 0), 0] == pytest.approx(1.0)
    assert field.nodal[rows & (recovery.region == 1), 0] == pytest.approx(3.0)


def test_average_inside_a_region_is_weighted_with_volume():
    mesh = box((2.0, 1.0, 1.0), (2, 1, 1), "hex8")
    points = mesh.points.copy()
    points[np.isclose(points[:, 0], 1.0), 0] = 0.5
    mesh = Mesh(points, mesh.blocks, mesh.volumes, mesh.faces)
    displacement = np.zeros_like(points)
    displacement[:, 0] = np.where(points[:, 0] <= 0.5, 2 * points[:, 0], 0.5 + points[:, 0])  # strain 2 then 1
    recovery = whole(mesh, stress.isotropic(1.0, 0.0))
    field = stress.recover(recovery, displacement)
    middle = np.isclose(points[recovery.node, 0], 0.5)
    assert field.nodal[middle, 0] == pytest.approx((0.5 * 2 + 1.5 * 1) / 2)


def test_several_cases_equal_the_cases_one_by_one():
    mesh = box((2.0, 3.0, 1.0), (2, 2, 1), "tet10")
    cases = np.random.default_rng(3).normal(size=(3, len(mesh.points), 3))
    recovery = whole(mesh)
    together = stress.recover(recovery, cases)
    for case in range(3):
        assert together.nodal[case] == pytest.approx(stress.recover(recovery, cases[case]).nodal)


def test_free_thermal_expansion_has_no_stress():
    mesh = mapped_block((1, 2, 1), bulge, "hex20")
    field = stress.recover(whole(mesh), 1.2e-3 * mesh.points, np.full(len(mesh.points), 1.2e-3))
    assert np.abs(field.points).max() < 1e-9
    assert field.strain[:, 0] == pytest.approx(1.2e-3)


def test_volumes_sum_to_the_block():
    recovery = whole(box((2.0, 3.0, 4.0), (2, 1, 1), "wedge15"))
    assert recovery.row_volume.sum() == pytest.approx(24.0)
    assert recovery.point_volumes().sum() == pytest.approx(24.0)


def test_von_mises_and_principal_of_known_states():
    states = np.array([[100.0, 0, 0, 0, 0, 0], [0, 0, 0, 50.0, 0, 0], [7.0, 7.0, 7.0, 0, 0, 0]])
    assert stress.von_mises(states) == pytest.approx([100.0, 50.0 * np.sqrt(3.0), 0.0])
    assert stress.principal(states) == pytest.approx(np.array([[100, 0, 0], [50, 0, -50], [7, 7, 7]]), abs=1e-12)


def test_regions_must_cover_each_cell_once():
    mesh = box((1.0, 1.0, 1.0), (2, 1, 1))
    with pytest.raises(InputError, match="belong to no region"):
        stress.prepare(mesh, [stress.Region("a", np.array([0]), STEEL)])
    with pytest.raises(InputError, match="belong to 'b' and to 'a'"):
        stress.prepare(mesh, [stress.Region("a", np.array([0, 1]), STEEL), stress.Region("b", np.array([1]), STEEL)])


def test_inside_out_cell_is_refused():
    mesh = mapped_block((1, 1, 1), lambda unit: unit * [1.0, 1.0, -1.0])
    with pytest.raises(InputError, match="inside out"):
        whole(mesh)
