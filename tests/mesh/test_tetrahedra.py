"""Netgen's tet10 meshes: volume, names, curved edges, order of nodes, repeatability."""

import functools
import math

import numpy as np
import pytest

from mechlock.errors import NoVerdict
from mechlock.mesh import shapes, topology
from mechlock.mesh.surface import boundary_faces
from mechlock.mesh.tetrahedra import Sizes, tetrahedra
from mechlock.solids import cad
from mechlock.solids.outline import Pulley, band
from mechlock.solids.parts import Bore, Part, Slab

LUG = Part(
    "lug",
    "lug",
    "test",
    "steel",
    10.0,
    (Slab(band([Pulley((0, 0), 29, name="eye_A"), Pulley((80, 0), 29, name="eye_B")], "lug"), -9.0, 9.0),),
    (Bore("A", (0.0, 0.0), 14.0), Bore("B", (80.0, 0.0), 14.0)),
)
SIZES = Sizes(volume=9.0, faces={"bore_A": 5.0, "bore_B": 5.0})


@functools.cache
def lug():
    return tetrahedra(cad.solid(LUG), SIZES)


def test_volume_is_that_of_the_solid():
    exact = (80 * 58 + math.pi * 29**2 - 2 * math.pi * 14**2) * 18
    assert lug().cad_volume == pytest.approx(exact, rel=1e-9)
    assert lug().volume == pytest.approx(exact, rel=2e-4)


def test_nodes_of_bores_lie_on_their_cylinders():
    mesh = lug().mesh
    for joint, x in (("A", 0.0), ("B", 80.0)):
        points = mesh.points[mesh.face_nodes(f"bore_{joint}")]
        assert np.hypot(points[:, 0] - x, points[:, 1]) == pytest.approx(14.0, abs=1e-6)


def test_mid_edge_nodes_are_in_vtk_order():
    mesh = lug().mesh
    cells = mesh.blocks[0].cells
    straight = np.ones(len(cells), dtype=bool)
    for first, second, middle in topology.KINDS["tet10"].edges:
        half = (mesh.points[cells[:, first]] + mesh.points[cells[:, second]]) / 2
        off = np.linalg.norm(mesh.points[cells[:, middle]] - half, axis=1)
        length = np.linalg.norm(mesh.points[cells[:, first]] - mesh.points[cells[:, second]], axis=1)
        assert (off < 0.12 * length).all()
        straight &= off < 1e-9
    assert straight.sum() > len(cells) / 4


def test_jacobians_are_positive_at_all_nodes():
    mesh = lug().mesh
    gradients = shapes.gradients("tet10", shapes.reference_nodes("tet10"))
    jacobians = np.einsum("cni,qnj->cqij", mesh.points[mesh.blocks[0].cells], gradients)
    assert (np.linalg.det(jacobians) > 0).all()
    assert lug().least_jacobian > 0.1
    assert lug().worst_shape > 0.05


def test_face_groups_cover_the_boundary_once():
    mesh = lug().mesh
    groups = np.concatenate(list(mesh.faces.values()))
    assert len(np.unique(groups, axis=0)) == len(groups)
    assert {tuple(row) for row in groups} == {tuple(row) for row in boundary_faces(mesh)}
    assert {"bore_A", "bore_B", "eye_A", "eye_B", "side_low", "side_high", "edge"} == set(mesh.faces)
    assert len(mesh.volumes["lug"]) == mesh.n_cells


def test_area_of_a_named_face():
    from mechlock.fem.geometry import face_patches

    mesh = lug().mesh
    area = sum(float(patch.weights.sum()) for patch in face_patches(mesh, mesh.faces["bore_A"]))
    assert area == pytest.approx(2 * math.pi * 14 * 18, rel=2e-4)


def test_the_same_solid_gives_the_same_mesh():
    again = tetrahedra(cad.solid(LUG), SIZES).mesh
    assert np.array_equal(again.points, lug().mesh.points)
    assert np.array_equal(again.blocks[0].cells, lug().mesh.blocks[0].cells)


def test_smaller_elements_are_smaller():
    fine = tetrahedra(cad.solid(LUG), Sizes(volume=9.0, faces={"bore_A": 2.0}))
    assert len(fine.mesh.faces["bore_A"]) > 2 * len(lug().mesh.faces["bore_A"])
    assert len(fine.mesh.faces["bore_A"]) > 2 * len(fine.mesh.faces["bore_B"])


def test_a_badly_curved_cell_is_straightened_and_counted():
    from mechlock.mesh.tetrahedra import _distortion, _straighten

    points = shapes.reference_nodes("tet10").copy()
    points[4] += (0.0, 0.9, 0.9)
    cells = np.arange(10)[None]
    assert _distortion(points, cells)[0] < 0.15
    moved, count = _straighten(points, cells)
    assert count == 1
    assert _distortion(moved, cells)[0] == pytest.approx(1.0)


def test_what_cannot_be_meshed_gives_no_verdict():
    face = cad.solid(LUG).faces[0]
    with pytest.raises(NoVerdict, match="could not be meshed"):
        tetrahedra(face, SIZES)
