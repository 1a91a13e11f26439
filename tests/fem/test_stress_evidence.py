"""Probes, hot spots, masks and error estimates against fields that are known exactly."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mechlock.errors import InputError
from mechlock.fem import error_estimate, hotspot, meaningful, probes, stress
from mechlock.mesh.mapped import box, mapped_block
from mechlock.mesh.mesh import Block, Mesh
from mechlock.mesh.surface import boundary_edges, boundary_faces

UNIT = stress.isotropic(1.0, 0.0)


def whole(mesh, elasticity=UNIT):
    return stress.prepare(mesh, [stress.Region("all", np.arange(mesh.n_cells), elasticity)])


def ring(unit):
    """A quarter ring, inner radius 1, outer 2, height 1."""
    radius, angle = 1.0 + unit[:, 0], 0.5 * np.pi * unit[:, 1]
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle), unit[:, 2]])


@pytest.mark.parametrize("kind", ["tet4", "tet10", "hex8", "hex20", "hex27", "wedge6", "wedge15"])
def test_linear_field_is_read_exactly_anywhere(kind):
    mesh = mapped_block((3, 2, 2), lambda u: u * [3.0, 2.0, 1.0], kind)
    points = np.random.default_rng(4).uniform(0, 1, (50, 3)) * [3.0, 2.0, 1.0]
    located = probes.locate(mesh, points)
    assert located.distance.max() == 0.0
    values = probes.interpolate_nodal(mesh, located, mesh.points @ np.array([[1.0], [2.0], [-3.0]]))
    assert values[:, 0] == pytest.approx(points @ [1.0, 2.0, -3.0], abs=1e-10)


@given(st.floats(1.01, 1.99), st.floats(0.02, 1.55), st.floats(0.0, 1.0))
@settings(max_examples=60, deadline=None)
def test_points_in_curved_cells_are_found(radius, angle, height):
    mesh = mapped_block((2, 3, 1), ring, "hex20")
    point = np.array([[radius * np.cos(angle), radius * np.sin(angle), height]])
    located = probes.locate(mesh, point)
    assert probes.interpolate_nodal(mesh, located, mesh.points) == pytest.approx(point, abs=1e-3)


def test_point_outside_is_refused_with_its_name_and_distance():
    mesh = box((1.0, 1.0, 1.0), (2, 2, 2))
    with pytest.raises(InputError, match=r"'far' at \(1\.3, 0\.5, 0\.5\) mm lies outside the mesh, about 0\.3 mm"):
        probes.locate(mesh, np.array([[0.5, 0.5, 0.5], [1.3, 0.5, 0.5]]), names=["near", "far"])
    assert probes.locate(mesh, np.array([[1.05, 0.5, 0.5]]), tolerance=0.1).distance == pytest.approx(0.05)


def test_hot_spot_of_a_linear_field_is_its_value_at_the_toe():
    lengths = [0.0, 0.4, 1.0, 2.0, 5.0]
    mesh = mapped_block((4, 1, 1), lambda u: np.column_stack([np.interp(4 * u[:, 0], range(5), lengths), u[:, 1], u[:, 2]]))
    recovery = whole(mesh)
    x = mesh.points[recovery.node, 0]
    nodal = np.zeros((len(x), 6))
    nodal[:, 0], nodal[:, 3] = 100.0 - 7.0 * x, 3.0 * x + 1.0
    welds = hotspot.WeldPoints(
        np.array([[0.0, 0.3, 1.0]]), np.array([[1.0, 0.0, 0.0]]), np.array([[0.0, 0.0, -1.0]]), np.array([1.0])
    )
    spots = hotspot.structural_stress(hotspot.prepare(recovery, welds), nodal)
    assert spots.valid.all()
    assert spots.across[0] == pytest.approx(100.0, abs=1e-4)
    assert abs(spots.along_shear[0]) == pytest.approx(1.0, abs=1e-4)
    assert spots.length_over_thickness[0] == pytest.approx(0.6)


def test_hot_spot_says_when_the_mesh_is_too_coarse():
    recovery = whole(box((4.0, 1.0, 1.0), (4, 1, 1)))
    welds = hotspot.WeldPoints(
        np.array([[0.0, 0.5, 1.0]]), np.array([[1.0, 0.0, 0.0]]), np.array([[0.0, 0.0, -1.0]]), np.array([1.0])
    )
    spots = hotspot.structural_stress(hotspot.prepare(recovery, welds), np.ones((2, len(recovery.node), 6)))
    assert not spots.valid[0]
    assert np.isnan(spots.across).all()
    assert spots.reason == ("cells are 1.00 t long, 0.6 t is allowed",)


def test_hot_spot_directions_are_checked():
    recovery = whole(box((4.0, 1.0, 1.0), (4, 1, 1)))
    bad = hotspot.WeldPoints(np.zeros((1, 3)), np.array([[1.0, 0.0, -1.0]]), np.array([[0.0, 0.0, -1.0]]), np.ones(1))
    with pytest.raises(InputError, match="away holds vectors that are not of unit length"):
        hotspot.prepare(recovery, bad)


def notched():
    """Three of the four quarters of a 2 x 2 x 1 plate: a re-entrant edge along z at (1, 1)."""
    mesh = box((2.0, 2.0, 1.0), (2, 2, 1))
    centre = mesh.points[mesh.blocks[0].cells[:, :8]].mean(axis=1)
    keep = ~((centre[:, 0] > 1) & (centre[:, 1] > 1))
    return Mesh(mesh.points, (Block("hex20", mesh.blocks[0].cells[keep]),))


def test_reentrant_edge_is_found_and_no_other():
    mesh = notched()
    edges = boundary_edges(mesh)
    sharp = edges.interior_angle > np.deg2rad(200)
    assert edges.interior_angle[sharp] == pytest.approx(1.5 * np.pi)
    assert mesh.points[edges.corners[sharp]][0] == pytest.approx(np.array([[1, 1, 0], [1, 1, 1]]))
    assert sharp.sum() == 1
    assert len(boundary_faces(mesh)) == 3 + 3 + 8


def test_two_cubes_that_share_an_edge_only_are_reentrant_there():
    mesh = box((2.0, 2.0, 1.0), (2, 2, 1))
    mesh = Mesh(mesh.points, (Block("hex20", mesh.blocks[0].cells[[0, 3]]),))
    assert (boundary_edges(mesh).interior_angle == 2 * np.pi).sum() == 1


def test_mask_leaves_out_one_thickness_around_the_features():
    mesh = box((10.0, 1.0, 1.0), (20, 2, 2))
    recovery = whole(mesh)
    support = np.flatnonzero(mesh.points[:, 0] == 0.0)
    segment = np.array([[[10.0, 0.0, 0.0], [10.0, 1.0, 0.0]]])
    mask = meaningful.meaningful(recovery, np.array([2.0]), meaningful.Features({"support": support}, {"edge": segment}))
    x, _, z = mesh.points[recovery.node].T
    assert not mask.rows[x <= 1.9].any()
    assert mask.rows[(x > 2.1) & (x < 7.9)].all()
    assert not mask.rows[np.hypot(10 - x, z) < 1.99].any()
    assert 0.2 < mask.excluded_fraction < 0.42
    nodal = np.zeros((len(x), 6))
    nodal[:, 0] = 10.0 + x
    nodal[x == 0, 0] = 99.0
    field = stress.StressField(np.zeros((0, 6)), np.zeros((0, 6)), nodal)
    (worst,) = meaningful.largest(recovery, field, mask)
    assert worst.excluded_value == pytest.approx(99.0)
    assert 17.5 < worst.value < 20.0
    assert worst.region == "all"


def test_mask_without_features_judges_everything():
    recovery = whole(box((1.0, 1.0, 1.0), (1, 1, 1)))
    mask = meaningful.meaningful(recovery, np.array([5.0]), meaningful.Features())
    assert mask.rows.all()
    assert mask.excluded_fraction == 0.0


def test_error_estimate_vanishes_for_a_solution_in_the_space():
    mesh = box((2.0, 1.0, 1.0), (2, 1, 1))
    recovery = whole(mesh, stress.isotropic(200.0, 0.3))
    displacement = mesh.points @ np.array([[1e-3, 0, 0], [2e-3, 1e-3, 0], [0, 0, -1e-3]])
    result = error_estimate.estimate(recovery, displacement, stress.recover(recovery, displacement).nodal)
    assert result.relative < 1e-12
    assert result.energy.sum() > 0


@pytest.mark.parametrize(("kind", "rate"), [("hex8", 1.0), ("hex20", 2.0), ("tet10", 2.0)])
def test_error_estimate_follows_the_true_interpolation_error(kind, rate):
    """Effectivity near one and the right order for a smooth field's interpolant."""
    elasticity = stress.isotropic(1.0, 0.0)
    found = []
    for count in (4, 8):
        mesh = box((1.0, 1.0, 1.0), (count, count, 1), kind)
        x, y, z = mesh.points.T
        displacement = np.column_stack([np.sin(3 * x) * np.cos(2 * y), np.sin(2 * x + y), 0 * z])
        recovery = whole(mesh, elasticity)
        found.append(error_estimate.estimate(recovery, displacement, stress.recover(recovery, displacement).nodal).relative)
    assert np.log2(found[0] / found[1]) == pytest.approx(rate, abs=0.45)


def test_error_estimate_is_reported_per_region():
    mesh = box((2.0, 1.0, 1.0), (4, 1, 1))
    x = mesh.points[:, 0]
    displacement = np.column_stack([np.where(x > 1, np.sin(9 * (x - 1)), 0.0), 0 * x, 0 * x])
    regions = [stress.Region("calm", np.arange(2), UNIT), stress.Region("wild", np.arange(2, 4), UNIT)]
    recovery = stress.prepare(mesh, regions)
    result = error_estimate.estimate(recovery, displacement, stress.recover(recovery, displacement).nodal)
    assert result.by_region["calm"] == 0.0
    assert result.by_region["wild"] > 0.05
