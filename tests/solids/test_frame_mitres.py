"""Mitred corners of members along the axes: solids to the plane, meshes without a gap, seams, and what is refused."""

import copy
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mechlock.errors import InputError
from mechlock.inputs import reading
from mechlock.inputs.frame import FrameFile
from mechlock.mesh.quality import check_mesh
from mechlock.mesh.tensor import tensor_mesh
from mechlock.mesh.tensor_planes import DEFAULT, QUICK, Grading
from mechlock.mesh.weld_lines import weld_lines, weld_nodes
from mechlock.solids import frame_step
from mechlock.solids.frame import FrameSolid, build_frame
from mechlock.solids.frame_mitres import mitred_ends
from mechlock.solids.frame_surface import part_triangles

RING = {
    "format": "mechlock-frame/1",
    "name": "ring",
    "material": "Q355B",
    "grid": {"x": {"a": "0 mm", "b": "600 mm"}, "y": {"a": "0 mm", "b": "400 mm"}, "z": {"a": "0 mm"}},
    "sections": {"tube": {"height": "60 mm", "width": "40 mm", "thickness": "3 mm"}},
    "profiles": {"rail": {"type": "channel", "height": "60 mm", "width": "40 mm", "thickness": "4 mm", "flange": "6 mm"}},
    "members": [
        {"name": "long", "section": "tube", "along": "x", "y": "all", "z": "all", "mitre": ["from", "to"]},
        {"name": "cross", "section": "tube", "along": "y", "x": "all", "z": "all", "mitre": ["from", "to"]},
    ],
}
AREA = 60 * 40 - 54 * 34


@pytest.fixture
def ring():
    return copy.deepcopy(RING)


def solid_of(data) -> FrameSolid:
    return build_frame(reading.validate(FrameFile, data, "frame.toml"), "frame.toml")


def test_a_ring_is_as_long_as_its_centre_line(ring) -> None:
    solid = solid_of(ring)
    assert [part.volume / AREA for part in solid.parts] == pytest.approx([600, 600, 400, 400])
    assert [part.length for part in solid.parts] == pytest.approx([640, 640, 440, 440])  # to the tips: what is sawn off
    shape = frame_step.frame_shape(solid)
    assert shape.mass == pytest.approx(solid.volume, rel=1e-12)
    assert [piece.mass for piece in shape.solids] == pytest.approx([part.volume for part in solid.parts], rel=1e-12)
    mass = solid.mass_properties(7.85e-9)
    assert mass.mass == pytest.approx(7.85e-9 * AREA * 2000)
    assert mass.centre == pytest.approx([300, 200, 0])
    surface = part_triangles(solid.parts[0])
    assert np.einsum("ni,ni->", surface[:, 0], np.cross(surface[:, 1], surface[:, 2])) / 6 == pytest.approx(AREA * 600)


def test_channels_and_posts_are_mitred_too(ring) -> None:
    """A hoop of posts and a beam, whose corners lie across another axis; channels that open to the inside of a ring."""
    hoop = copy.deepcopy(ring)
    hoop["grid"]["z"]["b"] = "500 mm"
    hoop["members"] = [
        {"name": "post", "section": "tube", "along": "z", "x": "all", "y": ["a"], "upright": "y", "mitre": ["to"]},
        {"name": "beam", "section": "tube", "along": "x", "y": ["a"], "z": ["b"], "upright": "y", "mitre": ["from", "to"]},
    ]
    solid = solid_of(hoop)
    assert solid.volume == pytest.approx(AREA * (2 * 500 + 600))
    ring["members"] = [
        {**ring["members"][0], "section": "rail", "y": ["a"], "opens": ["+y"]},
        {**ring["members"][0], "section": "rail", "name": "far", "y": ["b"], "opens": ["-y"]},
        {**ring["members"][1], "section": "rail", "x": ["a"], "opens": ["+x"]},
        {**ring["members"][1], "section": "rail", "name": "right", "x": ["b"], "opens": ["-x"]},
    ]
    channels = solid_of(ring)
    web, flanges = 60 * 4, 2 * 36 * 6
    assert channels.volume == pytest.approx(web * (2 * (600 + 400) + 4 * (40 - 4)) + flanges * (2000 - 4 * 4))
    for made in (solid, channels):
        assert frame_step.frame_shape(made).mass == pytest.approx(made.volume, rel=1e-9)
        quality = check_mesh(tensor_mesh(made, DEFAULT).mesh)
        assert quality.volume == pytest.approx(made.volume, rel=1e-9)
        assert (quality.pieces, quality.duplicate_nodes) == (1, 0)


def test_seams_run_along_the_plane(ring) -> None:
    lines = [line for line in weld_lines(tensor_mesh(solid_of(ring), QUICK)) if "long" in line.name]
    assert [line.length for line in lines] == pytest.approx([2 * (60 + 40 * math.sqrt(2))] * 4)
    assert {line.throat for line in lines} == {3.0}
    assert "long.a.a.a_to_b + cross.b.a.a_to_b" in {line.name for line in lines}


def test_weld_lines_are_named_edges_of_the_mesh(ring, portal) -> None:
    tensor = tensor_mesh(solid_of(portal), DEFAULT)
    lines, nodes = weld_lines(tensor), weld_nodes(tensor)
    assert {f"weld {line.name}" for line in lines} == set(nodes)
    name = "rail.rear.base.right_to_left + post.rear.right.base_to_top"  # the post's four sides on the rail's face
    own = tensor.mesh.points[nodes[f"weld {name}"]]
    rail = next(part for part in tensor.solid.parts if part.name == name.split(" + ")[0])
    assert np.ptp(own[:, 2]) < 1e-9
    assert own[0, 2] == pytest.approx(rail.envelope[1, 2])
    mitred = tensor_mesh(solid_of(ring), QUICK)
    corner = mitred.mesh.points[weld_nodes(mitred)["weld long.a.a.a_to_b + cross.a.a.a_to_b"]]
    assert len(corner) >= 8
    assert np.abs(corner[:, 0] - corner[:, 1]).max() < 1e-9
    assert weld_nodes(tensor_mesh(solid_of(portal), QUICK)).keys() == nodes.keys()  # whatever the mesh


@pytest.mark.parametrize("grading", [QUICK, DEFAULT, Grading(5.0)])
def test_each_member_has_its_own_side_of_a_mitre(ring, grading) -> None:
    solid = solid_of(ring)
    mesh = tensor_mesh(solid, grading).mesh
    block = mesh.blocks[0]
    middles = mesh.points[block.cells].mean(axis=1)
    for part, mitre, other in mitred_ends(solid.parts):
        for item, side in ((part, 1.0), (other, -1.0)):
            beyond = side * (middles[mesh.volumes[item.name]] - mitre.point) @ mitre.normal
            assert beyond.max() < 1e-6
        assert len(mesh.volumes[other.name]) > 0
    assert sum(len(mesh.volumes[part.name]) for part in solid.parts) == mesh.n_cells


@settings(max_examples=25, deadline=None, derandomize=True)
@given(
    height=st.integers(20, 90), width=st.integers(20, 90), wall=st.floats(2.5, 12), x=st.integers(60, 900), y=st.integers(60, 900)
)
def test_any_ring_is_sound_or_refused(height, width, wall, x, y) -> None:
    data = copy.deepcopy(RING)
    data["sections"]["tube"] = {"height": f"{height} mm", "width": f"{width} mm", "thickness": f"{wall} mm"}
    data["grid"]["x"]["b"], data["grid"]["y"]["b"] = f"{x} mm", f"{y} mm"
    try:
        solid = solid_of(data)
    except InputError as error:
        assert any(character.isdigit() for character in str(error))
        return
    quality = check_mesh(tensor_mesh(solid, QUICK).mesh)
    area = height * width - (height - 2 * wall) * (width - 2 * wall)
    assert quality.volume == pytest.approx(2 * area * (x + y), rel=1e-9)
    assert quality.pieces == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: d["members"][1].update(mitre=["from"]), ["members.long.mitre", "no other mitred end meets", "(0, 400, 0) mm"]),
        (lambda d: d["members"][1].update(upright="x"), ["the sections differ", "height along z, for long.a.a", "`upright`"]),
        (lambda d: d["members"][0].update(overhang=["5 mm", "0 mm"]), ["members.long.overhang", "5 mm", "make it 0 mm"]),
        (lambda d: d["members"][0].update(shift=["0 mm", "0 mm", "1 mm"]), ["no other mitred end meets"]),
        (lambda d: d["members"].append({**d["members"][0], "name": "more"}), ["2 other mitred ends"]),
        (lambda d: d["grid"]["x"].update(b="10 mm") or d["members"][0].update(mitre=["from"], y=["a"])
         or d["members"][1].update(mitre=["from"], x=["a"]), ["cuts of long.a.a", "30 mm from tip to tip", "more than 40 mm"]),
        (lambda d: d["members"][1].update(mitre=["both"]), ["members[1].mitre[0]"]),
        (lambda d: d.update(gauges={"s": {"thickness": "3 mm"}}, caps=[{"name": "c", "member": "long", "gauge": "s"}]),
         ["caps.c.ends", "is mitred"]),
        (lambda d: d.update(holes=[{"name": "h", "member": "long", "side": "+z", "diameter": "10 mm", "at": ["5 mm"]}]),
         ["holes.h", "lies in the mitre"]),
        (lambda d: [m.update(section="rail", opens=["+y" if m["name"] == "long" else "+x"]) for m in d["members"]],
         ["do not meet in their mitre", "both open"]),
    ],
)  # fmt: skip
def test_mitres_that_do_not_fit_are_refused(ring, change, words) -> None:
    change(ring)
    with pytest.raises(InputError) as caught:
        solid_of(ring)
    for word in ["frame.toml", *words]:
        assert word in str(caught.value)
