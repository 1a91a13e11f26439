"""Open profiles, cap plates, doublers and cut-outs: areas of the standards, volumes by hand, welds, and what is refused."""

import copy
import math

import numpy as np
import pytest

from mechlock.errors import InputError
from mechlock.inputs import reading
from mechlock.inputs.frame import FrameFile
from mechlock.inputs.profiles import Profile, profile_table
from mechlock.mesh.quality import check_mesh
from mechlock.mesh.tensor import tensor_mesh
from mechlock.mesh.tensor_planes import Grading
from mechlock.mesh.tensor_welds import weld_toes
from mechlock.solids import frame_step
from mechlock.solids.frame import build_frame
from mechlock.solids.frame_bill import bill_of_materials

ROOTS = {"i": 0.8584, "channel": 0.4292, "angle": 0.2146}
"""Area of root radii over the square of their radius: quarter circles' complements, four, two, one; toes aside."""

OVER = {"overhang": ["30 mm", "30 mm"]}
DOUBLER = {"name": "d", "member": "post", "gauge": "sheet", "side": "+x", "length": "90 mm", "at": ["300 mm"]}
BRACE = {"name": "b", "section": "tie", "normal": "y", "at": "all", "paths": {"a": [["0 mm", "0 mm"], ["1 mm", "9 mm"]]}}
PIPE = {"pipe": {"diameter": "48.3 mm", "thickness": "3 mm"}}


def solid_of(data):
    return build_frame(reading.validate(FrameFile, data, "portal"), "portal")


@pytest.fixture
def profiled(portal):
    """The portal with channels for its rails, angles for its top ties, an I section and a flat bar across."""
    data = copy.deepcopy(portal)
    del data["plates"], data["mounts"]
    data["sections"] = {"post": data["sections"]["post"]}
    data["profiles"] = {
        "rail": {"size": "UPE 80"},
        "tie": {"type": "angle", "height": "50 mm", "width": "40 mm", "thickness": "4 mm"},
        "beam": {"size": "ipe 80"},
        "bar": {"type": "flat", "height": "40 mm", "thickness": "8 mm"},
    }
    data["members"] = [
        {"name": "rail", "section": "rail", "along": "y", "x": "all", "z": ["base"], "opens": ["+x"]} | OVER,
        {"name": "post", "section": "post", "along": "z", "x": "all", "y": "all", "overhang": ["0 mm", "30 mm"]},
        {"name": "tie", "section": "tie", "along": "y", "x": "all", "z": ["top"], "opens": ["-x", "+z"]},
        {"name": "beam", "section": "beam", "along": "x", "y": ["left"], "z": ["top"], "shift": ["0 mm", "0 mm", "-80 mm"]},
        {"name": "bar", "section": "bar", "along": "x", "y": ["right"], "z": ["top"]},
    ]  # fmt: skip
    data["sections"]["post"] |= {"height": "50 mm", "width": "60 mm"}
    data["grid"]["z"]["base"] = "50 mm"
    data["pads"]["size"] = ["50 mm", "60 mm", "10 mm"]
    return data


def volumes(solid, entry: str) -> float:
    return sum(part.volume for part in solid.parts if part.entry == f"members.{entry}")


@pytest.mark.parametrize("family", profile_table().family, ids=lambda family: f"{family.type}: {family.source[:12]}")
def test_sizes_have_the_areas_of_their_standard_less_the_roots(family) -> None:
    assert set(family.sizes) == set(family.areas_cm2)
    for name, (height, width, web, flange) in family.sizes.items():
        flanges = 1 if family.type == "angle" else 2
        sharp = flanges * width * flange + (height - flanges * flange) * web
        missing = 100 * family.areas_cm2[name] - sharp
        # a root radius is at most three times the wall; half a percent for rounding and tapered flanges
        assert -0.005 * sharp < missing < ROOTS[family.type] * (3 * max(web, flange)) ** 2, name


def test_volumes_by_hand_and_names_of_the_trade(profiled) -> None:
    solid = solid_of(profiled)
    upe, angle = 2 * 50 * 7 + 66 * 4, 40 * 4 + 46 * 4
    ipe = 2 * 46 * 5.2 + (80 - 10.4) * 3.8
    assert volumes(solid, "rail") == pytest.approx(2 * 860 * upe)
    assert volumes(solid, "tie") == pytest.approx(2 * 740 * angle)
    assert volumes(solid, "beam") == pytest.approx((600 - 2 * 25) * ipe)
    assert volumes(solid, "bar") == pytest.approx((600 - 2 * 25) * 40 * 8)
    rows = {row.entry: row for row in bill_of_materials(solid, 7.85e-9)}
    assert [rows[f"members.{name}"].text for name in ("rail", "tie", "beam", "bar")] == [
        "UPE 80",
        "L 50x40x4",
        "IPE 80",
        "flat 40x8",
    ]
    assert rows["members.tie"].length == pytest.approx(2 * 740)


def test_mesh_and_cad_have_the_volume(profiled) -> None:
    solid = solid_of(profiled)
    tensor = tensor_mesh(solid, Grading(size=300.0))
    quality = check_mesh(tensor.mesh)
    assert quality.pieces == 1
    assert quality.least_jacobian_ratio > 0.99
    assert tensor.volume == pytest.approx(solid.volume, rel=1e-12)
    assert frame_step.frame_shape(solid).mass == pytest.approx(solid.volume, rel=1e-9)


def test_weld_toes_on_flanges_have_the_flanges_thickness(profiled) -> None:
    tensor = tensor_mesh(solid_of(profiled), Grading(size=300.0, toe_rows=(0.4, 1.0)))
    toes = weld_toes(tensor)
    rails = np.array([part.group == "rail" for part in tensor.solid.parts])[toes.part]
    upright = np.abs(toes.inward[:, 2]) > 0.5
    assert set(toes.thickness[rails & upright & toes.through].round(9)) == {7.0}
    assert set(toes.thickness[rails & ~upright & toes.through].round(9)) <= {4.0}


def test_second_moment_of_a_channel_member(profiled) -> None:
    """Of the rail alone about its strong axis, from its boxes: b h³/12 of the envelope less that of the hollow."""
    rail = next(part for part in solid_of(profiled).parts if part.name.startswith("rail.rear"))
    z, height = rail.envelope[:, 2].mean(), rail.high[:, 2] - rail.low[:, 2]
    width = rail.high[:, 0] - rail.low[:, 0]
    arms = (rail.high[:, 2] + rail.low[:, 2]) / 2 - z
    found = float((width * height**3 / 12 + width * height * arms**2).sum())
    assert found == pytest.approx((50 * 80**3 - 46 * 66**3) / 12)


def test_a_member_that_fits_between_the_flanges_ends_on_the_web(profiled) -> None:
    profiled["members"][0]["opens"] = ["+x"]
    rung = {"name": "rung", "section": "bar", "along": "x", "y": ["right"], "z": ["base"], "shift": ["0 mm", "200 mm", "0 mm"]}
    profiled["members"].append(rung)
    rung = next(part for part in solid_of(profiled).parts if part.entry == "members.rung")
    assert rung.envelope[:, 0] == pytest.approx([-300 - 25 + 4, 300 - 25])  # web of the rear one, back of the front one


def test_caps_and_doublers_lie_on_their_members(portal) -> None:
    portal["caps"] = [{"name": "cap", "member": "post", "gauge": "sheet", "margin": "5 mm"}]
    portal["doublers"] = [DOUBLER | {"member": "rail", "side": "+z", "length": "80 mm", "width": "50 mm", "at": ["0 mm"]}]
    solid = solid_of(portal)
    caps = [part for part in solid.parts if part.entry == "caps.cap"]
    assert "cap.post.rear.right.to" in {part.name for part in caps}
    assert sum(part.volume for part in caps) == pytest.approx(4 * 70 * 70 * 4)
    assert {part.low[0, 2] for part in caps} == {630.0}
    pads = [part for part in solid.parts if part.entry == "doublers.d"]
    assert np.ptp(pads[0].envelope, axis=0) == pytest.approx([50, 80, 4])
    assert tensor_mesh(solid, Grading(size=400.0)).volume == pytest.approx(solid.volume, rel=1e-12)


def test_cutouts_take_their_area(portal) -> None:
    whole = solid_of(portal).volume
    portal["plates"][0]["cutouts"] = {"cable": [["-250 mm", "100 mm"], ["-200 mm", "160 mm"]]}
    solid = solid_of(portal)
    assert solid.volume == pytest.approx(whole - 2 * 50 * 60 * 4)
    assert tensor_mesh(solid, Grading(size=400.0)).volume == pytest.approx(solid.volume, rel=1e-12)
    assert frame_step.frame_shape(solid).mass == pytest.approx(solid.volume, rel=1e-9)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: d["profiles"]["rail"].update(size="UPE 81"), ["profiles.rail", "no size 'UPE 81'", "UPE 80"]),
        (lambda d: d["profiles"]["rail"].update(height="90 mm"), ["size and height"]),
        (lambda d: d["profiles"]["tie"].update(thickness="40 mm"), ["leaves no flange", "below 40 mm"]),
        (lambda d: d["profiles"]["tie"].pop("width"), ["profiles.tie.width"]),
        (lambda d: d["profiles"]["bar"].update(width="9 mm"), ["leave out width"]),
        (lambda d: d["members"][0].pop("opens"), ["members.rail.opens", "channel opens to one side", '"+x" or "-x"']),
        (lambda d: d["members"][0].update(opens=["+z"]), ["members.rail.opens", '"+x" or "-x"']),
        (lambda d: d["members"][1].update(opens=["+x"]), ["members.post.opens", "hollow section"]),
        (lambda d: d["members"][3].update(opens=["+y"]), ["opens to no side"]),
        (lambda d: d.update(tubes=PIPE) or d["members"][0].update(section="pipe"), ["'rail' is a tube", "takes no opens"]),
        (lambda d: d.update(braces=[BRACE | {"opens": ["+width"]}]), ["braces.b.opens", '"+height" or "-height" and "+width"']),
        (lambda d: d.update(braces=[BRACE]), ["lies on no face"]),
        (lambda d: d.update(caps=[{"name": "c", "member": "pots", "gauge": "sheet"}]), ["cap 'c'", "flat faces 'pots'"]),
        (lambda d: d.update(doublers=[DOUBLER | {"width": "61 mm"}]), ["doublers.d.width", "at most 60 mm"]),
        (lambda d: d.update(doublers=[DOUBLER | {"side": "+z"}]), ["doublers.d.side", "end of the member"]),
        (lambda d: d.update(doublers=[DOUBLER | {"at": ["620 mm"]}]), ["doublers.d.at", "not on one piece", "the pieces run"]),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(profiled, change, words) -> None:
    change(profiled)
    with pytest.raises(InputError) as error:
        solid_of(profiled)
    for word in words:
        assert word in str(error.value)


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"cutouts": {"a": [["-280 mm", "100 mm"], ["-200 mm", "160 mm"]]}}, ["cutouts.a.x", "leaves no rim", "from -269 mm"]),
        ({"cutouts": {"a": [["-200 mm", "160 mm"], ["-200 mm", "180 mm"]]}}, ["measures 0 x 20 mm"]),
        ({"cutouts": {"a": [["-200 mm", "900 mm"], ["-100 mm", "990 mm"]]}}, ["beside the plates"]),
    ],
)  # fmt: skip
def test_openings_that_do_not_fit_are_refused(portal, keys, words) -> None:
    portal["plates"][0] |= keys
    with pytest.raises(InputError) as error:
        solid_of(portal)
    for word in words:
        assert word in str(error.value)


@pytest.mark.parametrize(
    ("size", "sides", "kg_per_m"),
    [("RHS 100x60x4", (100, 60, 4), 9.22), ("SHS 60x60x3", (60, 60, 3), 5.19), ("RHS 60x100x4", (60, 100, 4), 9.22)],
)
def test_hollow_sections_by_size_weigh_what_the_standard_says(portal, size, sides, kg_per_m) -> None:
    """Masses per metre of EN 10219-2, which has round corners: 2 T outside, 1 T inside up to 6 mm; ours are sharp."""
    portal["sections"]["rail"] = {"size": size}
    section = reading.validate(FrameFile, portal, "frame.toml").sections["rail"]
    assert (section.height, section.width, section.thickness) == sides
    sharp = section.height * section.width - (section.height - 2 * section.thickness) * (section.width - 2 * section.thickness)
    corners = (4 - math.pi) * ((2 * section.thickness) ** 2 - section.thickness**2)
    assert 7.85e-3 * (sharp - corners) == pytest.approx(kg_per_m, rel=5e-3)


@pytest.mark.parametrize(("size", "kg_per_m"), [("CHS 48.3x3", 3.35), ("CHS 60.3x4", 5.55), ("CHS 114.3x5", 13.5)])
def test_tubes_by_size_weigh_what_the_standard_says(portal, size, kg_per_m) -> None:
    portal["tubes"] = {"pipe": {"size": size}}
    tube = reading.validate(FrameFile, portal, "frame.toml").tubes["pipe"]
    area = math.pi * (tube.diameter - tube.thickness) * tube.thickness
    assert 7.85e-3 * area == pytest.approx(kg_per_m, rel=3e-3)


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"size": "RHS 100x60x7"}, ["sections.rail", "wall of 7 mm", "2.5, 3, 4, 5, 6 mm"]),
        ({"size": "RHS 61x60x4"}, ["no stocked hollow section measures 61x60 mm", "60x60"]),
        ({"size": "IPE 80"}, ["'IPE 80' is no size of RHS or SHS", "'RHS 100x60x4'"]),
        ({"size": "RHS 100x60x4", "height": "100 mm"}, ["size and height both"]),
        ({"size": 4}, ["sections.rail"]),
    ],
)
def test_sizes_that_are_not_stocked_are_refused(portal, keys, words) -> None:
    portal["sections"]["rail"] = keys
    with pytest.raises(InputError) as error:
        reading.validate(FrameFile, portal, "frame.toml")
    for word in words:
        assert word in str(error.value)


def test_tubes_that_are_not_stocked_are_refused(portal) -> None:
    portal["tubes"] = {"pipe": {"size": "CHS 50x3"}}
    with pytest.raises(InputError, match=r"no stocked tube has a diameter of 50 mm.*48\.3"):
        reading.validate(FrameFile, portal, "frame.toml")


def test_rolled_sections_weigh_what_the_standard_says_with_their_roots(profiled) -> None:
    """UPE 80: 10.1 cm2 (EN 10365), the model without roots 50 x 7 x 2 + 66 x 4 = 964 mm2."""
    rows = {row.entry: row for row in bill_of_materials(solid_of(profiled), 7.85e-9)}
    assert rows["members.rail"].rounded_mass / rows["members.rail"].mass == pytest.approx(1010 / 964)
    assert rows["members.bar"].rounded_mass == rows["members.bar"].mass  # a flat bar has no roots
    assert rows["members.tie"].rounded_mass == rows["members.tie"].mass  # dimensions outright: the roots are not known


def test_walls_of_a_section_are_written_web_first() -> None:
    given = {"type": "channel", "height": "30 mm", "width": "24 mm", "thickness": "4 mm", "flange": "3 mm"}
    texts = [reading.validate(Profile, given | walls, "p").text for walls in ({}, {"thickness": "3 mm", "flange": "4 mm"})]
    assert texts == ["C 30x24x4x3", "C 30x24x3x4"]
    assert reading.validate(Profile, given | {"flange": "4 mm"}, "p").text == "C 30x24x4"
