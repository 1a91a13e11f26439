"""Frames from file data: masses by hand, cuts, names that stay, and what must be refused with its key and limit."""

import copy
import functools
from pathlib import Path

import numpy as np
import pytest

from mechlock import resources
from mechlock.errors import InputError
from mechlock.inputs import reading
from mechlock.inputs.design import read_design
from mechlock.inputs.frame import FrameFile, read_frame
from mechlock.inputs.sections import hollow_stock, sheet_stock
from mechlock.solids.frame import FrameSolid, build_frame
from mechlock.solids.frame_bill import bill_csv, bill_of_materials, group_masses

STEEL = 7.85e-9
FRAMES = sorted((resources.folder("geometry") / "frames").glob("*.toml"))
RHS60, RHS40 = 60**2 - 52**2, 40**2 - 34**2


def solid_of(data) -> FrameSolid:
    return build_frame(reading.validate(FrameFile, data, "portal"), "portal")


@functools.cache
def shipped(path: Path) -> FrameSolid:
    return build_frame(read_frame(path), str(path))


def test_volume_by_hand(portal) -> None:
    rails = 2 * 860 * RHS60
    posts = 4 * (630 - 70) * RHS60
    crosses = 4 * 540 * RHS40 + 2 * 740 * RHS40
    sheets = 2 * (540 * 520 - 200 * 150) * 4
    pads = 4 * 60 * 60 * 10
    assert solid_of(portal).volume == pytest.approx(rails + posts + crosses + sheets + pads, rel=1e-13)


def test_bill_has_cut_lengths_sheet_areas_and_the_whole_mass(portal) -> None:
    solid = solid_of(portal)
    rows = {row.entry: row for row in bill_of_materials(solid, STEEL)}
    assert rows["members.post"].length == pytest.approx(4 * 560)
    assert rows["members.cross"].length == pytest.approx(4 * 540)
    assert (rows["members.post"].text, rows["members.post"].count) == ("RHS 60x60x4", 4)
    assert rows["plates.end"].area == pytest.approx(2 * (540 * 520 - 200 * 150))
    assert rows["members.rail"].mass == pytest.approx(2 * 860 * RHS60 * STEEL)
    total = solid.mass_properties(STEEL).mass
    assert sum(row.mass for row in rows.values()) == pytest.approx(total, rel=1e-13)
    assert sum(group_masses(solid, STEEL).values()) == pytest.approx(total, rel=1e-13)
    assert bill_csv(tuple(rows.values())).splitlines()[-1].split(",")[-2] == f"{total * 1e3:.3f}"


def test_centre_and_inertia_follow_from_symmetry_and_the_parts(portal) -> None:
    found = solid_of(portal).mass_properties(STEEL)
    assert found.centre[:2] == pytest.approx([0.0, 0.0], abs=1e-9)
    rails, posts = 2 * 860 * RHS60, 4 * 560 * RHS60
    moment = rails * 40 + posts * 350 + RHS40 * (2 * 540 * 40 + 2 * 540 * 600 + 2 * 740 * 600)
    sheet_hole = 200 * 150
    moment += 2 * 4 * (540 * 520 - sheet_hole) * 320 + 4 * 3600 * 10 * 5
    assert found.mass * found.centre[2] == pytest.approx(moment * STEEL, rel=1e-12)
    assert found.inertia[0, 1] == pytest.approx(0.0, abs=1e-9)


def test_a_later_member_ends_on_the_face_of_an_earlier_one(portal) -> None:
    parts = {part.name: part for part in solid_of(portal).parts}
    post = parts["post.rear.left.base_to_top"].envelope
    assert post[:, 2].tolist() == [70.0, 630.0]
    top = parts["top.rear.top.right_to_left"].envelope
    assert top[:, 1].tolist() == [-370.0, 370.0]


def test_a_member_that_an_earlier_one_crosses_is_cut_in_two(portal) -> None:
    portal["grid"]["y"]["middle"] = "0 mm"
    parts = {part.name: part.envelope[:, 1].tolist() for part in solid_of(portal).parts}
    assert parts["top.rear.top.right_to_middle"] == [-370.0, -30.0]
    assert parts["top.rear.top.middle_to_left"] == [30.0, 370.0]
    assert parts["rail.rear.base.right_to_left"] == [-430.0, 430.0]


def test_names_stay_when_dimensions_change_and_members_are_added(portal) -> None:
    before = solid_of(portal)
    changed = copy.deepcopy(portal)
    changed["sections"]["post"].update(thickness="5 mm", height="50 mm", width="50 mm")
    changed["grid"]["z"]["top"] = "700 mm"
    changed["members"].append({"name": "extra", "section": "cross", "along": "y", "x": ["front"], "z": ["shelf"]})
    changed["grid"]["z"]["shelf"] = "350 mm"
    changed["plates"][0]["window"] = {"x": "100 mm", "z": "90 mm"}
    changed["members"][2]["z"] = ["base", "top"]
    after = solid_of(changed)
    kept = {part.name for part in before.parts} - {"end.right.rear_to_front.base_to_top", "end.left.rear_to_front.base_to_top"}
    assert kept <= {part.name for part in after.parts}
    places = {face.name: (face.part, face.axis, face.outward) for face in before.faces}
    assert places == {face.name: (face.part, face.axis, face.outward) for face in after.faces}


REFUSED = [
    ("sections.post.thickness", "30 mm", ["sections.post", "leaves no hollow", "below 30 mm"]),
    ("sections.post.thickness", "-4 mm", ["sections.post.thickness", "greater than 0"]),
    ("sections.post.thickness", "2 mm", ["sections.post", "least wall", "2.5 mm"]),
    ("sections.post.thickness", 4, ["sections.post.thickness", "has no unit"]),
    ("sections.post.tickness", "4 mm", ["sections.post.tickness", "did you mean 'thickness'"]),
    (
        "sections.cross.width",
        "70 mm",
        ["members.cross", "RHS 70x40x3", "-435 to -365 mm in y", "rail.rear", "give members.rail 5 mm more `overhang`"],
    ),
    ("members.1.section", "pots", ["member 'post'", "no section, profile or tube 'pots'", "rail, post, cross"]),
    ("members.1.along", "w", ["members[1].along", "'w' is not allowed"]),
    ("members.1.z", "all", ["member 'post' runs along z", "names lines of z"]),
    ("members.0.z", ["basement"], ["no line of z 'basement'", "base, top"]),
    ("members.0.from", "left", ["members.rail", "`from` must lie before `to`"]),
    ("members.3.name", "post", ["two entries are called 'post'"]),
    ("gauges.rail", {"thickness": "3 mm"}, ["'rail' is a section and a gauge"]),
    ("gauges.frame", {"thickness": "3 mm"}, ["'frame' is taken"]),
    ("plates.0.window.x", "600 mm", ["plates.end.window.x", "leaves no rim", "at most 538 mm"]),
    ("plates.0.window", {"x": "100 mm"}, ["window lacks a dimension", "x and z"]),
    ("plates.0.flush", "32 mm", ["plates.end", "stands out of the face"]),
    ("plates.0.flush", "-1 mm", ["plates.end.flush", "negative"]),
    ("pads.names", ["A", "B", "C", "C"], ["pads.names", "3 different names for 4 places"]),
    ("pads.size", ["60 mm", "60 mm", "30 mm"], ["pad_shoe.A", "rail", "occupy the same place"]),
    ("mounts.0.at.box", ["460 mm"], ["mount_box from 435 to 485 mm is not on one piece", "-430 to 430"]),
    ("mounts.0.side", "+y", ["+y is an end of the member"]),
    ("grid.y.left", "-390 mm", ["members.top", "nothing of top.rear.top is left"]),
]


@pytest.mark.parametrize(("key", "value", "words"), REFUSED, ids=[f"{row[0]}={row[1]}" for row in REFUSED])
def test_what_cannot_be_built_is_refused_by_key(portal, set_key, key, value, words) -> None:
    with pytest.raises(InputError) as caught:
        solid_of(set_key(portal, key, value))
    for word in ["portal", *words]:
        assert word in str(caught.value)


BACKPACKS = [path for path in FRAMES if path.stem.startswith("backpack")]


@pytest.mark.parametrize("path", BACKPACKS, ids=lambda path: path.stem)
def test_shipped_frames_share_their_interface(path: Path) -> None:
    solid, reference = shipped(path), shipped(next(p for p in FRAMES if p.stem == "backpack_s700l"))
    found, wanted = ({face.name: [] for face in item.faces} for item in (solid, reference))
    assert set(found) >= set(wanted)  # the frame for eight years has locks between those of the others
    for item, places in ((solid, found), (reference, wanted)):
        for face in item.faces:
            places[face.name].append((face.low + face.high) / 2)
    for name in (name for name in wanted if name.startswith(("pad_", "lock_", "pin_"))):
        assert np.mean(found[name], axis=0)[:2] == pytest.approx(np.mean(wanted[name], axis=0)[:2], abs=1e-9)
    corner = np.mean(found["lock_L1"], axis=0)
    assert corner[:2] == pytest.approx([-375.0, -1180.0])
    assert np.mean(found["pad_L4"], axis=0) == pytest.approx([375.0, 1180.0, 0.0])
    if not solid.braces:  # a single diagonal a storey is not symmetric
        centre = solid.mass_properties(STEEL).centre
        assert centre[:2] == pytest.approx([0.0, 0.0], abs=1e-9)


@pytest.mark.parametrize("path", FRAMES, ids=lambda path: path.stem)
def test_shipped_frames_are_made_of_stocked_sizes(path: Path) -> None:
    file = read_frame(path)
    assert all(hollow_stock(section).has(section.thickness) for section in file.sections.values())
    assert all(sheet_stock().has(gauge.thickness) for gauge in file.gauges.values())


DESIGNS = sorted((resources.folder("geometry") / "designs").glob("*.toml"))


@pytest.mark.parametrize("path", DESIGNS, ids=lambda path: path.stem)
def test_frames_carry_the_faces_that_tray_and_pack_of_their_design_name(path: Path) -> None:
    design = read_design(path)
    solid = shipped(path.parent / reading.read_toml(path)["frame"])
    named = {name for item in design.pack.items for name in item.attach}
    named |= {name for pads in design.tray.pads for name in pads.on} | {*design.tray.locks.on, *design.tray.pins.on}
    assert named <= {face.name for face in solid.faces}
    pads = np.array([[face.low, face.high] for face in solid.faces if face.name.startswith("pad_")])
    at = np.average([item.at for item in design.pack.items], axis=0, weights=[item.mass for item in design.pack.items])
    assert (pads[:, 0].min(axis=0)[:2] < at[:2]).all(), "the pack's centre lies between the pads"
    assert (pads[:, 1].max(axis=0)[:2] > at[:2]).all()


def test_rails_of_the_ladder_by_hand() -> None:
    rails = [part for part in shipped(FRAMES[0].with_name("ladder_s700l.toml")).parts if part.group == "rail"]
    assert sum(part.volume for part in rails) == pytest.approx(2 * (2360 - 60) * (120 * 60 - 114 * 54))


def test_steps_of_the_size_table(portal) -> None:
    section = reading.validate(FrameFile, portal, "portal").sections["post"]
    stock = hollow_stock(section)
    assert (stock.thinner(4.0), stock.thinner(2.5), stock.thicker(4.0)) == (3.0, None, 5.0)
    assert stock.thicker(4.5) == 5.0
    assert not stock.has(4.5)
    assert sheet_stock().thinner(3.0) == 2.5
    with pytest.raises(InputError, match=r"no stocked hollow section measures 61x60 mm"):
        hollow_stock(section.model_copy(update={"height": 61.0}))
