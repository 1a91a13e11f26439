"""Weld toes and concave edges of a branch on a chord, counted by hand."""

import numpy as np
import pytest

from mechlock.inputs import reading
from mechlock.inputs.frame import FrameFile
from mechlock.mesh.tensor import TensorMesh, tensor_mesh
from mechlock.mesh.tensor_planes import READABLE, Grading
from mechlock.mesh.tensor_welds import CORNER, reentrant_edges, weld_interface, weld_toes
from mechlock.mesh.weld_lines import weld_csv, weld_lines
from mechlock.solids.frame import build_frame

LENGTH = 40.0
TEE = {
    "format": "mechlock-frame/1",
    "name": "tee",
    "material": "S700L",
    "grid": {
        "x": {"middle": "0 mm"},
        "y": {"right": "-300 mm", "middle": "0 mm", "left": "300 mm"},
        "z": {"base": "0 mm", "top": "300 mm"},
    },
    "sections": {
        "chord": {"height": "60 mm", "width": "60 mm", "thickness": "4 mm"},
        "branch": {"height": "40 mm", "width": "40 mm", "thickness": "3 mm"},
    },
    "members": [
        {"name": "chord", "section": "chord", "along": "y", "x": "all", "z": ["base"]},
        {"name": "branch", "section": "branch", "along": "z", "x": "all", "y": ["middle"]},
    ],
}  # fmt: skip


@pytest.fixture(params=[Grading(size=100.0), Grading(size=20.0, toe_rows=(0.4, 1.0), growth=5.0)], ids=["coarse", "fine"])
def tee(request) -> TensorMesh:
    return tensor_mesh(build_frame(reading.validate(FrameFile, TEE, "tee")), request.param)


def test_toes_run_round_the_branch_on_both_parts(tee: TensorMesh) -> None:
    toes = weld_toes(tee)
    names = [part.name.split(".")[0] for part in tee.solid.parts]
    for name, other, thickness in (("chord", "branch", 4.0), ("branch", "chord", 3.0)):
        own = toes.select(np.array([names[number] == name for number in toes.part]))
        assert own.length.sum() == pytest.approx(4 * (LENGTH - 2 * CORNER * 3.0))
        assert {names[number] for number in own.other} == {other}
        assert set(own.thickness.tolist()) == {thickness}
    assert toes.point[:, 2] == pytest.approx(np.full(len(toes.point), 30.0))
    assert np.abs(toes.point[:, :2]).max(axis=1) == pytest.approx(np.full(len(toes.point), 20.0))


def test_directions_lead_away_from_the_branch_and_into_the_walls(tee: TensorMesh) -> None:
    toes = weld_toes(tee)
    chord = toes.thickness == 4.0
    side = np.where(np.abs(np.abs(toes.point[:, :2]) - 20.0) < 1e-9, np.sign(toes.point[:, :2]), 0.0)
    outward = np.concatenate([side, np.zeros((len(side), 1))], axis=1)
    assert np.array_equal(toes.away[chord], outward[chord])
    assert (toes.inward[chord] == [0, 0, -1]).all()
    assert (toes.away[~chord] == [0, 0, 1]).all()
    assert np.array_equal(toes.inward[~chord], -outward[~chord])


def test_walls_are_crossed_where_they_are_one_thickness_deep(tee: TensorMesh) -> None:
    assert weld_toes(tee).through.all()


def test_rows_beside_toes_of_unequal_walls_leave_cells_short_enough_to_read() -> None:
    grading = Grading(size=100.0, toe_rows=(0.4, 1.0))
    tensor = tensor_mesh(build_frame(reading.validate(FrameFile, TEE, "tee")), grading)
    for axis, toe, sense, wall in ((0, 20.0, 1, 4.0), (1, -20.0, -1, 4.0), (2, 30.0, 1, 3.0)):
        planes = tensor.planes[axis]
        for row in grading.toe_rows:
            inside = np.searchsorted(planes, toe + sense * (row * wall - 1e-6))
            assert planes[inside] - planes[inside - 1] <= READABLE * wall * (1 + 1e-9)


def test_free_surface_is_measured_to_the_chords_edge(tee: TensorMesh) -> None:
    toes = weld_toes(tee)
    chord = toes.select((toes.thickness == 4.0) & (np.abs(toes.away[:, 0]) > 0.5))
    assert chord.run == pytest.approx(np.full(len(chord.run), 10.0))
    along = toes.select((toes.thickness == 4.0) & (np.abs(toes.away[:, 1]) > 0.5))
    assert along.run == pytest.approx(np.full(len(along.run), 20.0))


def test_concave_edges_are_welds_outside_and_inside_and_corners_of_the_tubes(tee: TensorMesh) -> None:
    edges = reentrant_edges(tee)
    length = np.linalg.norm(edges.segments[:, 1] - edges.segments[:, 0], axis=1)
    assert length[edges.is_weld].sum() == pytest.approx(4 * 40 + 4 * 34)
    assert length[~edges.is_weld].sum() == pytest.approx(4 * 600 + 4 * 270)


def test_interface_is_the_footprint_of_the_branch(tee: TensorMesh) -> None:
    points = tee.mesh.points[weld_interface(tee)]
    assert points[:, 2] == pytest.approx(np.full(len(points), 30.0))
    reach = np.abs(points[:, :2]).max(axis=1)
    assert reach.max() == pytest.approx(20.0)
    assert reach.min() == pytest.approx(17.0)


@pytest.mark.parametrize(("flush", "wanted"), [("30 mm", True), ("20 mm", False)])
def test_the_member_s_side_of_a_weld_along_a_flush_sheet_is_marked(portal, flush: str, wanted: bool) -> None:
    portal["plates"][0]["flush"] = flush
    portal["sections"]["cross"].update(height="60 mm", width="60 mm")
    tensor = tensor_mesh(build_frame(reading.validate(FrameFile, portal, "portal")), Grading(size=200.0))
    toes = weld_toes(tensor)
    kind = np.array([part.kind for part in tensor.solid.parts])
    beside = (kind[toes.part] == "hollow") & (kind[toes.other] == "plate") & (np.abs(toes.away[:, 1]) > 0.5)
    assert beside.any()
    assert (toes.flush[beside] == wanted).all()
    assert not toes.flush[~beside].any()


def test_weld_lines_by_hand(portal) -> None:
    """A branch of 40 amid a chord of 60 is welded all around; a post of 60 on the end of a rail of 60 by one fillet across."""
    tee = weld_lines(tensor_mesh(build_frame(reading.validate(FrameFile, TEE, "tee")), Grading(size=150.0)))
    assert [(line.length, line.throat) for line in tee] == [(pytest.approx(4 * 40), 3.0)]
    tensor = tensor_mesh(build_frame(reading.validate(FrameFile, portal, "portal")), Grading(size=150.0))
    found = {line.name: line for line in weld_lines(tensor)}
    post = found["rail.rear.base.right_to_left + post.rear.right.base_to_top"]
    assert (post.length, post.throat) == (pytest.approx(60), 4.0)
    assert weld_csv(tuple(found.values())).splitlines()[-1].startswith("total,")


def test_blocks_get_rows_of_small_elements_where_they_are_asked_for(portal) -> None:
    """A pad shoe of 30 mm under a rail of 60 mm has toes on the rail's wall of 4 mm, 15 mm from the middle."""
    portal["pads"]["size"] = ["30 mm", "30 mm", "10 mm"]
    solid = build_frame(reading.validate(FrameFile, portal, "portal"))
    wanted = -300.0 + 15.0 + 4.0
    for around, there in ((False, False), (True, True)):
        planes = tensor_mesh(solid, Grading(150.0, (1.0,), around_blocks=around)).planes[0]
        assert bool(np.isclose(planes, wanted).any()) is there
