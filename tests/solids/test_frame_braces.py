"""Braces: skew-cut hollow and open sections by hand, on the faces that they end on, through CAD, and what must be refused."""

import itertools

import numpy as np
import pytest

from mechlock.errors import InputError
from mechlock.inputs import reading
from mechlock.inputs.frame import FrameFile
from mechlock.mesh.tensor import tensor_mesh
from mechlock.mesh.tensor_planes import QUICK
from mechlock.solids import frame_step
from mechlock.solids.frame import FrameSolid, build_frame
from mechlock.solids.frame_bill import bill_of_materials
from mechlock.solids.frame_surface import brace_triangles

STEEL = 7.85e-9
LENGTH = float(np.hypot(370.0, 390.0))


AREAS = {
    "rhs": 30 * 24 - 24 * 18,
    "chs": np.pi / 4 * (30**2 - 24**2),
    "channel": 30 * 4 + 2 * 20 * 3,
    "angle": 30 * 3 + 21 * 3,
    "i": 2 * 24 * 3 + 24 * 4,
    "flat": 30 * 5,
}
OPEN = {
    "channel": {"type": "channel", "height": "30 mm", "width": "24 mm", "thickness": "4 mm", "flange": "3 mm"},
    "angle": {"type": "angle", "height": "30 mm", "width": "24 mm", "thickness": "3 mm"},
    "i": {"type": "i", "height": "30 mm", "width": "24 mm", "thickness": "4 mm", "flange": "3 mm"},
    "flat": {"type": "flat", "height": "30 mm", "thickness": "5 mm"},
}


@pytest.fixture(params=list(AREAS))
def braced(portal, request) -> dict:
    portal["plates"] = []
    portal["sections"]["bar"] = {"height": "30 mm", "width": "24 mm", "thickness": "3 mm"}
    portal["tubes"] = {"pipe": {"diameter": "30 mm", "thickness": "3 mm"}}
    path = [["-100 mm", "60 mm"], ["270 mm", "450 mm"]]
    portal["profiles"] = OPEN
    section = {"rhs": "bar", "chs": "pipe"}.get(request.param, request.param)
    portal["braces"] = [{"name": "brace", "section": section, "normal": "y", "at": "all", "paths": {"up": path}}]
    return portal


def solid_of(data) -> FrameSolid:
    return build_frame(reading.validate(FrameFile, data, "portal"), "portal")


def test_volume_is_section_times_centre_line(braced) -> None:
    brace = solid_of(braced).braces[0]
    area = AREAS[{"bar": "rhs", "pipe": "chs"}.get(brace.group, brace.group)]
    assert brace.name == "brace.right.up"
    assert brace.length == pytest.approx(LENGTH)
    assert brace.section.area == pytest.approx(area, rel=1e-14)
    # the centroid of an angle lies off the centre line, where the cuts leave another length
    aside = {"angle": -(21 * 3 * 13.5) / (30 * 3 + 21 * 3)}.get(brace.group, 0.0)
    assert brace.section.centroid[0] == pytest.approx(aside, abs=1e-12)
    slope = 370 / 390 + 390 / 370  # both ends lean the same way: one on a floor, one on a wall
    assert brace.volume == pytest.approx(area * (LENGTH + abs(slope * aside)), rel=1e-12)


def test_centre_and_inertia_agree_with_the_surface(braced) -> None:
    brace = solid_of(braced).braces[0]
    found = brace.mass_properties(STEEL)
    triangles = brace_triangles(brace)
    middle = triangles.mean()
    a, b, c = np.moveaxis(triangles - middle, 1, 0)
    signed = np.einsum("ni,ni->n", a, np.cross(b, c)) / 6
    first = (signed[:, None] * (a + b + c)).sum(axis=0) / 4 / signed.sum() + middle
    pairs = [np.einsum("n,ni,nj->ij", signed, u, v) for u in (a, b, c) for v in (a, b, c)]
    own = sum(np.einsum("n,ni,nj->ij", signed, u, u) for u in (a, b, c))
    arm = first - middle
    second = STEEL * ((sum(pairs) + own) / 20 - signed.sum() * np.outer(arm, arm))
    exact = not brace.section.round
    assert signed.sum() == pytest.approx(brace.volume, rel=1e-12 if exact else 5e-3)
    assert found.mass == pytest.approx(brace.volume * STEEL, rel=1e-12)
    assert found.centre == pytest.approx(first, abs=1e-6 if exact else 0.05)
    inertia = np.trace(second) * np.eye(3) - second
    assert found.inertia == pytest.approx(
        inertia, rel=1e-9 if exact else 5e-3, abs=(1e-9 if exact else 5e-3) * np.abs(inertia).max()
    )


def test_both_ends_lie_in_the_faces(braced) -> None:
    brace = solid_of(braced).braces[1]
    outline = brace.section.outline()
    start, end = (brace.place(outline, np.full(len(outline), share)) for share in (0.0, 1.0))
    assert start[:, 2] == pytest.approx(np.full(len(start), 60.0))
    assert end[:, 0] == pytest.approx(np.full(len(end), 270.0))
    assert brace.normals.tolist() == [[0, 0, -1], [1, 0, 0]]


def test_frame_counts_its_braces(braced) -> None:
    with_them = solid_of(braced)
    added = sum(brace.volume for brace in with_them.braces)
    braced["braces"] = []
    without = solid_of(braced)
    assert with_them.volume == pytest.approx(without.volume + added, rel=1e-14)
    assert with_them.mass_properties(STEEL).mass == pytest.approx(with_them.volume * STEEL, rel=1e-12)
    row = next(row for row in bill_of_materials(with_them, STEEL) if row.entry == "braces.brace")
    assert (row.count, row.length) == (2, pytest.approx(2 * LENGTH))


def test_cad_makes_the_same_brace(braced) -> None:
    brace = solid_of(braced).braces[0]
    shape = frame_step.brace_shape(brace)
    assert shape.name == "brace.right.up"
    assert shape.mass == pytest.approx(brace.volume, rel=1e-9)
    assert list(shape.center) == pytest.approx(brace.mass_properties(STEEL).centre.tolist(), abs=1e-6)


HOOP = [["-100 mm", "60 mm"], ["-100 mm", "300 mm"], ["60 mm", "360 mm"], ["100 mm", "60 mm"]]


@pytest.fixture
def hoop(braced) -> dict:
    braced["braces"][0]["paths"] = {"hoop": HOOP}
    return braced


def test_pieces_of_a_path_meet_in_their_mitres(hoop) -> None:
    pieces = solid_of(hoop).braces[:3]
    assert [piece.name for piece in pieces] == [f"brace.right.hoop.{number}" for number in (1, 2, 3)]
    for one, other in itertools.pairwise(pieces):
        outline = one.section.outline()
        ends = one.place(outline, np.ones(len(outline)))
        assert other.place(outline, np.zeros(len(outline))) == pytest.approx(ends, abs=1e-9)
        assert np.linalg.det(other.frame) == pytest.approx(1.0)
        assert one.normals[1] @ one.frame[0] == pytest.approx(one.normals[1] @ other.frame[0]), "the mitre halves the corner"
    length = sum(np.hypot(*step) for step in ((0, 240), (160, 60), (40, -300)))
    if not pieces[0].section.centroid.any():
        assert sum(piece.volume for piece in pieces) == pytest.approx(pieces[0].section.area * length, rel=1e-12)


def test_cad_fuses_mitred_pieces_to_one_solid_of_their_volume(hoop) -> None:
    pieces = solid_of(hoop).braces[:3]
    shapes = [frame_step.brace_shape(piece) for piece in pieces]
    whole = shapes[0] + shapes[1] + shapes[2]
    assert len(whole.solids) == 1
    assert whole.mass == pytest.approx(sum(piece.volume for piece in pieces), rel=1e-9)


REFUSED = [
    ("braces.0.paths.up", [["-100 mm", "60 mm"], ["0 mm", "300 mm"], ["5 mm", "60 mm"]], ["turns by 156 deg", "at most 151 deg"]),
    ("braces.0.paths.up", [HOOP[0], HOOP[1], HOOP[1], HOOP[3]], ["paths.up", "point 3 where the one before it is"]),
    (
        "braces.0.paths.up",
        [HOOP[0], HOOP[1], ["-100 mm", "301 mm"], HOOP[3]],
        ["up.2 is 1 mm long", "cut ends meet at"],
    ),
    ("braces.0.paths.up", [HOOP[0]], ["paths.up", "at least 2"]),
    ("braces.0.paths.up", [HOOP[0], ["0 mm", "300 mm", "2 mm"], HOOP[3]], ["2 and 3 and 2 coordinates"]),
    ("braces.0.paths.up.0", ["-100 mm", "61 mm"], ["braces.brace.paths.up", "lies on no face"]),
    ("braces.0.paths.up.1", ["270 mm", "75 mm"], ["braces.brace.paths.up", "lies on no face", "14 deg"]),
    ("braces.0.paths.up.1", ["270 mm", "622 mm"], ["the foot of brace.right.up reaches beyond the face"]),
    ("braces.0.paths.up.1", ["-100 mm", "60 mm"], ["starts where it ends"]),
    ("braces.0.section", "nothing", ["brace 'brace'", "no section, profile or tube 'nothing'"]),
    ("braces.0.paths.up.1", ["270 mm", "560 mm"], ["the foot of brace.right.up reaches into", "which stands on the same face"]),
    ("braces.0.offset", "12 mm", ["reaches beyond the face"]),
    ("braces.0.offset", "60 mm", ["lies on no face"]),
    ("tubes.pipe.thickness", "15 mm", ["tubes.pipe", "leaves no hollow", "below 15 mm"]),
    ("tubes.bar", {"diameter": "30 mm", "thickness": "3 mm"}, ["'bar' is a section and a tube"]),
]


@pytest.mark.parametrize(("key", "value", "words"), REFUSED, ids=[f"{row[0]}={row[1]}" for row in REFUSED])
@pytest.mark.parametrize("braced", ["rhs"], indirect=True)
def test_what_cannot_be_built_is_refused_by_key(braced, set_key, key, value, words) -> None:
    with pytest.raises(InputError) as caught:
        solid_of(set_key(braced, key, value))
    for word in ["portal", *words]:
        assert word in str(caught.value)


@pytest.mark.parametrize("braced", ["rhs"], indirect=True)
def test_a_brace_through_a_member_is_refused(braced) -> None:
    braced["grid"]["z"]["middle"] = "300 mm"
    with pytest.raises(InputError, match=r"brace\.right\.up runs through cross\.right\.middle"):
        solid_of(braced)


def test_round_members_stand_between_the_faces_that_their_lines_run_through(portal) -> None:
    """Pipes on grid lines: cut where a post crosses them, joined to a frame that holds together by them alone."""
    portal["plates"] = []
    portal["tubes"] = {"pipe": {"size": "CHS 33.7x3"}}
    portal["members"] = [
        {"name": "rail", "section": "rail", "along": "y", "x": "all", "z": ["base"], "overhang": ["30 mm", "30 mm"]},
        {"name": "pipe", "section": "pipe", "along": "x", "y": "all", "z": ["base"]},
    ]
    solid = solid_of(portal)
    pipes = [brace for brace in solid.braces if brace.entry == "members.pipe"]
    assert [pipe.name for pipe in pipes] == ["pipe.right.base.rear_to_front", "pipe.left.base.rear_to_front"]
    assert {pipe.length for pipe in pipes} == {540.0}
    area = np.pi * 30.7 * 3
    assert pipes[0].volume == pytest.approx(area * 540, rel=1e-12)
    tensor = tensor_mesh(solid, QUICK)
    assert len(tensor.mesh.volumes["pipe.left.base.rear_to_front"]) > 0
    assert len(tensor.welded) == 4
    row = next(row for row in bill_of_materials(solid, STEEL) if row.entry == "members.pipe")
    assert (row.text, row.count, row.length) == ("CHS 33.7x3", 2, pytest.approx(1080.0))
    portal["members"][1] |= {"y": ["left"], "z": ["top"]}
    with pytest.raises(InputError, match=r"members\.pipe.*lies on no face"):
        solid_of(portal)
    portal["members"][1] |= {"z": ["base"], "overhang": ["5 mm", "0 mm"]}
    with pytest.raises(InputError, match="takes no overhang"):
        solid_of(portal)
    del portal["members"][1]["overhang"]
    portal["mounts"][0]["member"] = "pipe"
    with pytest.raises(InputError, match="no member with flat faces 'pipe'"):
        solid_of(portal)


def test_what_only_a_loose_brace_holds_is_named(portal) -> None:
    portal["plates"] = []
    portal["members"] = [portal["members"][0]]
    del portal["pads"]
    with pytest.raises(InputError, match=r"rail\.\w+.*is not welded to the rest"):
        tensor_mesh(solid_of(portal), QUICK)
    portal["braces"] = [
        {"name": "b", "section": "cross", "paths": {"a": [["-270 mm", "0 mm", "40 mm"], ["270 mm", "0 mm", "40 mm"]]}}
    ]
    assert tensor_mesh(solid_of(portal), QUICK).mesh.n_cells > 0


def test_open_braces_are_turned_as_they_say(portal) -> None:
    portal["plates"] = []
    portal["profiles"] = OPEN
    path = [["-100 mm", "60 mm"], ["270 mm", "450 mm"]]
    portal["braces"] = [{"name": "b", "section": "channel", "normal": "y", "at": ["left"], "paths": {"up": path}}]
    plus = solid_of(portal).braces[0]
    portal["braces"][0]["opens"] = ["-width"]
    minus = solid_of(portal).braces[0]
    aside = (30 * 4 * -10 + 2 * 20 * 3 * 2) / (30 * 4 + 2 * 20 * 3)
    assert plus.mass_properties(STEEL).centre[1] - 400 == pytest.approx(aside)
    assert minus.mass_properties(STEEL).centre[1] - 400 == pytest.approx(-aside)
    loops = [len(solid_of(_with(portal, kind)).braces[0].section.outlines()[0]) for kind in ("channel", "angle", "i", "flat")]
    assert loops == [8, 6, 12, 4]


def _with(portal, kind):
    return portal | {"braces": [{**portal["braces"][0], "section": kind, "opens": []}]}
