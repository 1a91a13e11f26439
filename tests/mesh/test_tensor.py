"""Frames on the tensor grid: volume, conformity, named faces, grading, and what must be refused."""

import copy
import dataclasses

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mechlock import resources
from mechlock.errors import InputError
from mechlock.inputs import reading
from mechlock.inputs.frame import FrameFile, read_frame
from mechlock.mesh import tensor_checks, topology
from mechlock.mesh.surface import boundary_faces, face_corners
from mechlock.mesh.tensor import TensorMesh, tensor_mesh
from mechlock.mesh.tensor_planes import DEFAULT, QUICK, REFINED, Grading, grid_planes
from mechlock.solids.frame import build_frame

FRAMES = sorted((resources.folder("geometry") / "frames").glob("*.toml"))


def mesh_of(data, grading: Grading = QUICK) -> TensorMesh:
    return tensor_mesh(build_frame(reading.validate(FrameFile, data, "portal"), "portal"), grading)


def element_volumes(tensor: TensorMesh) -> np.ndarray:
    """Volumes of cells with flat faces, by the divergence theorem about each cell's first corner."""
    cells = tensor.mesh.blocks[0].cells
    volumes = np.zeros(len(cells))
    for face in topology.KINDS["hex20"].faces:
        a, b, c, d = (tensor.mesh.points[cells[:, node]] - tensor.mesh.points[cells[:, 0]] for node in face[:4])
        volumes += (np.einsum("ni,ni->n", a, np.cross(b, c)) + np.einsum("ni,ni->n", a, np.cross(c, d))) / 6
    return volumes


def assert_sound(tensor: TensorMesh) -> None:
    volumes = element_volumes(tensor)
    assert volumes.min() > 0
    assert volumes.sum() == pytest.approx(tensor.solid.volume, rel=1e-9)
    cells = tensor.mesh.blocks[0].cells
    for a, b, middle in topology.KINDS["hex20"].edges:
        points = tensor.mesh.points
        assert np.allclose(points[cells[:, middle]], (points[cells[:, a]] + points[cells[:, b]]) / 2, atol=1e-9)
    assert len(np.unique(tensor.mesh.points.round(7), axis=0)) == len(tensor.mesh.points)
    surface = np.concatenate([nodes for _, nodes in face_corners(tensor.mesh, boundary_faces(tensor.mesh))])
    edges = np.sort(np.concatenate([surface[:, [i, (i + 1) % 4]] for i in range(4)]), axis=1)
    assert set(np.unique(edges, axis=0, return_counts=True)[1].tolist()) == {2}


@pytest.mark.parametrize("grading", [QUICK, DEFAULT, REFINED], ids=["quick", "default", "refined"])
def test_mesh_is_closed_conforming_and_as_large_as_the_solid(portal, grading: Grading) -> None:
    assert_sound(mesh_of(portal, grading))


@pytest.mark.parametrize("path", FRAMES, ids=lambda path: path.stem)
def test_shipped_frames(path) -> None:
    tensor = tensor_mesh(build_frame(read_frame(path)), QUICK)
    assert_sound(tensor)
    for group in tensor.solid.groups:
        wanted = sum(part.volume for part in (*tensor.solid.parts, *tensor.solid.braces) if part.group == group)
        assert element_volumes(tensor)[tensor.mesh.volumes[group]].sum() == pytest.approx(wanted, rel=1e-9)


def face_areas(tensor: TensorMesh, name: str) -> np.ndarray:
    """Area vectors of the faces of a group by the cross product of their diagonals, outward."""
    kind = topology.KINDS["hex20"]
    group = tensor.mesh.faces[name]
    local = np.array([face[:4] for face in kind.faces])[group[:, 1]]
    nodes = np.take_along_axis(tensor.mesh.blocks[0].cells[group[:, 0]], local, axis=1)
    corners = tensor.mesh.points[nodes]
    return np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1]) / 2


@pytest.mark.parametrize("grading", [QUICK, DEFAULT], ids=["quick", "default"])
def test_named_faces_have_their_area_and_look_outward(portal, grading: Grading) -> None:
    tensor = mesh_of(portal, grading)
    assert face_areas(tensor, "pad_A").sum(axis=0) == pytest.approx([0, 0, -3600.0])
    assert face_areas(tensor, "mount_box").sum(axis=0) == pytest.approx([0, 0, 4 * 50 * 60.0])
    nodes = tensor.mesh.points[tensor.mesh.face_nodes("pad_B")]
    assert np.ptp(nodes, axis=0) == pytest.approx([60, 60, 0])
    assert nodes.mean(axis=0)[2] == 0.0


def test_volume_groups_cover_every_cell_once(portal) -> None:
    tensor = mesh_of(portal)
    count = tensor.mesh.n_cells
    for names in (tensor.solid.groups, [part.name for part in tensor.solid.parts]):
        cells = np.concatenate([tensor.mesh.volumes[name] for name in names])
        assert np.array_equal(np.sort(cells), np.arange(count))
    assert len(tensor.mesh.volumes["frame"]) == count


def test_one_element_through_a_wall_of_equal_thicknesses(portal, set_key) -> None:
    for key in ("sections.cross.thickness", "sections.cross.height", "sections.cross.width"):
        set_key(portal, key, {"thickness": "4 mm"}.get(key.rsplit(".", 1)[1], "60 mm"))
    tensor = mesh_of(portal, Grading(size=100.0))
    z = tensor.planes[2]
    for start in (10.0, 66.0, 626.0):
        assert z[np.searchsorted(z, start - 1e-6) + 1] - start == pytest.approx(4.0)


def test_elements_are_no_larger_than_the_size_and_rows_stand_beside_toes(portal) -> None:
    data = copy.deepcopy(portal)
    tensor = mesh_of(data, Grading(size=25.0, toe_rows=(0.4, 1.0), growth=4.0))
    assert all(np.diff(axis).max() <= 25.0 + 1e-9 for axis in tensor.planes)
    z = tensor.planes[2]
    for distance in (0.4 * 4, 1.0 * 4):
        assert np.abs(z - (70.0 + distance)).min() < 1e-9
    steps = np.diff(z)[np.searchsorted(z, 74.0) : np.searchsorted(z, 200.0)]
    assert (steps[1:] <= 4.0 * steps[:-1] + 1e-9).all()


def test_halving_cuts_every_interval_but_those_across_walls(portal) -> None:
    solid = build_frame(reading.validate(FrameFile, portal, "portal"))
    plain, halved = (grid_planes(solid, dataclasses.replace(DEFAULT, halved=flag)) for flag in (False, True))
    for coarse, fine in zip(plain, halved, strict=True):
        assert np.isin(coarse, fine).all()
        assert len(coarse) < len(fine) < 2 * len(coarse) - 1


def test_the_same_frame_gives_the_same_mesh(portal) -> None:
    one, other = mesh_of(portal), mesh_of(copy.deepcopy(portal))
    assert np.array_equal(one.mesh.points, other.mesh.points)
    assert np.array_equal(one.mesh.blocks[0].cells, other.mesh.blocks[0].cells)


def test_parts_that_hang_in_the_air_are_named(portal) -> None:
    portal["pads"]["size"] = ["60 mm", "60 mm", "6 mm"]
    with pytest.raises(InputError, match=r"pad_shoe\.A \(60 x 60 x 6 mm .* is not welded to the rest of the frame"):
        mesh_of(portal)


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("flip", [False, True])
def test_parts_that_touch_along_an_edge_only_are_named(portal, axis: int, flip: bool) -> None:
    solid = build_frame(reading.validate(FrameFile, portal, "portal"))
    square = np.array([[0, -1], [-1, 1]])
    part = np.expand_dims(square[::-1] if flip else square, axis)
    planes = tuple(np.arange(count + 1) * 10.0 for count in part.shape)
    with pytest.raises(InputError, match=r"rail\.(rear|front).* and rail\.(rear|front).* touch along an edge only") as caught:
        tensor_checks.refuse_edge_contacts(solid, part, planes)
    for other, letter in enumerate("xyz"):
        assert f"{letter} = {0 if other == axis else 10}" in str(caught.value)
    tensor_checks.refuse_edge_contacts(solid, np.expand_dims(np.array([[0, -1], [0, 1]]), axis), planes)


def test_a_face_that_is_covered_is_refused(portal) -> None:
    portal["mounts"].append({"member": "rail", "z": ["base"], "side": "-z", "length": "60 mm", "at": {"low": ["400 mm"]}})
    with pytest.raises(InputError, match=r"'mount_low'.* is covered"):
        mesh_of(portal)


@pytest.mark.parametrize(("size", "words"), [(0.0, "size must be positive"), (0.05, "use a larger size")])
def test_sizes_that_make_no_mesh_are_refused(portal, size: float, words: str) -> None:
    with pytest.raises(InputError, match=words):
        mesh_of(portal, Grading(size=size))


MM = st.floats(-5.0, 140.0).map(lambda value: f"{value:.2f} mm")
VARIED = (
    "sections.rail.height", "sections.rail.width", "sections.rail.thickness", "sections.post.height", "sections.post.width",
    "sections.post.thickness", "sections.cross.height", "sections.cross.thickness", "gauges.sheet.thickness",
    "plates.0.flush", "plates.0.window.x", "plates.0.window.z", "pads.size.0", "mounts.0.length", "grid.z.base",
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.dictionaries(st.sampled_from(VARIED), MM, min_size=1, max_size=3))
def test_any_variation_is_sound_or_refused_with_a_place_and_a_way_out(portal, set_key, changes) -> None:
    data = copy.deepcopy(portal)
    for key, value in changes.items():
        set_key(data, key, value)
    try:
        tensor = mesh_of(data)
    except InputError as error:
        assert error.what
        assert error.where
        assert error.mend
    else:
        assert_sound(tensor)
