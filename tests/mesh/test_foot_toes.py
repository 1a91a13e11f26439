"""Toes at feet of braces and gussets: where they are read and along what, and submodels that hold a brace."""

import numpy as np
import pytest

from mechlock.fem.assembly import assemble
from mechlock.fem.driven import solve_driven
from mechlock.fem.model import Material, Model, Tie
from mechlock.inputs import reading
from mechlock.inputs.frame import FrameFile
from mechlock.mesh.foot_toes import HINDRANCES, foot_toes, unread_toes
from mechlock.mesh.quality import check_mesh
from mechlock.mesh.tensor import TensorMesh, tensor_mesh
from mechlock.mesh.tensor_cutout import cut_out
from mechlock.mesh.tensor_planes import Grading
from mechlock.mesh.weld_lines import weld_lines, weld_nodes
from mechlock.solids.frame import build_frame
from mechlock.solids.frame_feet import feet

STEEL = Material("steel", 210e3, 0.3, 7.85e-9)
UP = np.array([540.0, 0.0, 350.0]) / np.hypot(540.0, 350.0)


@pytest.fixture
def braced(portal) -> dict:
    portal["plates"] = []
    portal["sections"]["bar"] = {"height": "30 mm", "width": "24 mm", "thickness": "3 mm"}
    portal["tubes"] = {"pipe": {"diameter": "30 mm", "thickness": "3 mm"}}
    path = [["-270 mm", "150 mm"], ["270 mm", "500 mm"]]
    portal["braces"] = [{"name": "brace", "section": "pipe", "normal": "y", "at": ["left"], "paths": {"up": path}}]
    return portal


def mesh_of(data, **grading) -> TensorMesh:
    return tensor_mesh(build_frame(reading.validate(FrameFile, data, "portal"), "portal"), Grading(size=200.0, **grading))


def test_a_tube_is_read_at_crowns_and_saddles_on_both_sides(braced) -> None:
    tensor = mesh_of(braced)
    ground, walls = foot_toes(tensor)
    names = [piece.name for piece in tensor.solid.pieces]
    posts = {"post.rear.left.base_to_top", "post.front.left.base_to_top"}
    assert {names[number] for number in ground.part} == {names[number] for number in walls.other} == posts
    assert {names[number] for number in ground.other} == {names[number] for number in walls.part} == {"brace.left.up"}
    low = ground.select(ground.point[:, 0] < 0)
    half = 15.0 / UP[0]  # the foot is longer than the tube is wide, by the cosine of its slope
    assert sorted(low.point[:, 2]) == pytest.approx([150 - half, 150, 150, 150 + half])
    assert low.away == pytest.approx(np.sign(np.round(low.point - [-270, 400, 150], 6)))
    assert low.inward == pytest.approx(np.tile([-1.0, 0, 0], (4, 1)))
    assert np.abs(walls.away @ UP) == pytest.approx(np.ones(8))
    assert ground.through.all() and (ground.thickness == 4.0).all() and (walls.thickness == 3.0).all()


def test_sides_of_a_rectangular_brace_are_read_outside_its_corner_radii(braced) -> None:
    braced["braces"][0]["section"] = "bar"
    ground, walls = foot_toes(mesh_of(braced))
    for toes in (ground, walls):
        assert np.abs(np.einsum("ni,ni->n", toes.away, toes.inward)).max() < 1e-9
        assert np.linalg.norm(toes.away, axis=1) == pytest.approx(np.ones(len(toes.away)))
        beside = np.abs(toes.point[:, 1] - 400.0)
        assert set(np.round(beside[beside > 11.9], 6)) == {12.0}
        assert beside[beside < 11.9].max() <= 12.0 - 6.0 + 1e-2


def test_places_at_which_the_ground_is_not_read_are_named(braced) -> None:
    assert unread_toes(mesh_of(braced)) == ()
    braced["tubes"]["pipe"]["diameter"] = "48.3 mm"  # wider than the flat of a post, 60 - 2 x 2 x 4 mm
    tensor = mesh_of(braced)
    unread = unread_toes(tensor)
    assert {(toe.foot, toe.why) for toe in unread} == {("brace.left.up", HINDRANCES[3])}
    assert sorted(round(toe.at[1], 2) for toe in unread) == [375.85, 375.85, 424.15, 424.15]
    assert {toe.ground for toe in unread} == {"post.rear.left.base_to_top", "post.front.left.base_to_top"}
    ground, _ = foot_toes(tensor)
    assert len(ground.point) + len(unread) == 8


def test_a_foot_close_under_a_member_is_not_read_there(braced) -> None:
    braced["braces"][0]["paths"]["up"][1][1] = f"{578 - 15 / UP[0]:.2f} mm"
    unread = unread_toes(mesh_of(braced))
    assert [toe.why for toe in unread] == [HINDRANCES[2]]
    assert unread[0].at[2] == pytest.approx(578.0, abs=1.0)


def test_gussets_are_read_on_their_ground(portal) -> None:
    portal["plates"] = []
    gusset = {"name": "knee", "gauge": "sheet", "normal": "y", "at": ["left"], "snipe": "10 mm"}
    portal["gussets"] = [{**gusset, "corners": {"rear": [["-270 mm", "60 mm"], ["90 mm", "80 mm"]]}}]
    ground, walls = foot_toes(mesh_of(portal))
    assert len(walls.point) == 0
    tips = ground.select(np.abs(ground.away[:, 1]) < 0.5)
    assert [-270.0, 400.0, 140.0] in np.round(tips.point, 6).tolist()
    assert sum("type b" in toe.why for toe in unread_toes(mesh_of(portal))) == 2, "its own edges are not read"


def test_feet_stand_in_the_weld_list_and_in_the_mesh(braced) -> None:
    tensor = mesh_of(braced)
    found = {line.name: line for line in weld_lines(tensor)}
    line = found["brace.left.up + post.rear.left.base_to_top"]
    a, b = 15.0 / UP[0], 15.0
    girth = np.pi * (3 * (a + b) - np.sqrt((3 * a + b) * (a + 3 * b)))  # Ramanujan (1914)
    assert line.length == pytest.approx(girth, rel=2e-3)
    assert line.throat == 3.0
    nodes = tensor.mesh.points[weld_nodes(tensor)[f"weld {line.name}"]]
    assert np.abs(nodes[:, 0] + 270.0).max() < 1e-9


def test_a_submodel_holds_the_brace_and_turns_with_what_drives_it(braced) -> None:
    tensor = mesh_of(braced, toe_rows=(1.0,))
    piece = cut_out(tensor, np.array([-270.0, 400.0, 150.0]), 100.0, Grading(size=40.0, toe_rows=(0.4, 1.0), foot_cells=4))
    mesh, welded = piece.tensor.mesh, piece.tensor.welded
    assert [end.name for end in welded] == ["brace.left.up.start"]
    assert piece.driven[mesh.face_nodes("brace.left.up.end")].all()
    assert not piece.driven[mesh.face_nodes("brace.left.up.start")].any()
    assert check_mesh(mesh).volume == pytest.approx(piece.tensor.volume)
    ties = tuple(Tie(end.name, end.master, end.slave) for end in welded)
    system = assemble(Model(mesh, ((STEEL, ()),), ties=ties))
    turn = 1e-3 * np.array([[0.0, -1.0, 2.0], [1.0, 0.0, -3.0], [-2.0, 3.0, 0.0]])
    motion = (mesh.points @ turn.T)[..., None]
    moved, _ = solve_driven(system, piece.driven, motion[piece.driven], np.zeros((system.n_dof, 1)))
    assert moved.reshape(-1, 3) == pytest.approx(motion[..., 0], abs=1e-8)


def test_no_cut_goes_through_a_foot(braced) -> None:
    tensor = mesh_of(braced)
    for reach in (60.0, 110.0, 150.0):
        piece = cut_out(tensor, np.array([-270.0, 380.0, 270.0]), reach, Grading(size=60.0))
        for foot in feet(tensor.solid):
            within = (foot.span > piece.low) & (foot.span < piece.high)
            assert (within[0] == within[1]).all()
