"""Parts of the other shipped locks: each builds, keeps clear along its travel, and what does not fit is refused."""

import copy
import functools
import math
import re

import numpy as np
import pytest

from mechlock import resources, units
from mechlock.cli.main import run
from mechlock.errors import InputError
from mechlock.inputs import reading
from mechlock.inputs.linkage import linkage_from_data, read_linkage
from mechlock.inputs.lockparts import lock_parts_from_data
from mechlock.linkage.semantics import build
from mechlock.pipeline import building
from mechlock.pipeline.lock_stage import travel_criterion
from mechlock.solids import cad
from mechlock.solids.interference import clearance, interferences, is_clamp
from mechlock.solids.lock import build_lock
from mechlock.view import drawing

LOCKS = resources.folder("geometry") / "locks"
TRAVEL = {
    "var_i_fourbar": np.radians(np.linspace(168.7, 64.0, 12)),
    "var_iii_eccentric": np.radians(np.linspace(70.0, -90.0, 17)),
}


@functools.cache
def mechanism(name: str):
    return build(read_linkage(LOCKS / f"{name}.toml"))


def lock(name: str, **changes):
    data = copy.deepcopy(reading.read_toml(LOCKS / f"{name}_parts.toml"))
    for key, value in changes.items():
        *path, last = key.split("__")
        place = data
        for step in path:
            place = place[step]
        place[last] = value
    return build_lock(mechanism(name), lock_parts_from_data(data, "parts.toml"), "parts.toml")


SHIPPED = sorted(path.stem.removesuffix("_parts") for path in LOCKS.glob("*_parts.toml"))
OPENING = [name for name in SHIPPED if name not in {"reference", *TRAVEL}]


def test_every_shipped_lock_has_parts():
    locks = {path.stem for path in LOCKS.glob("*.toml") if not path.stem.endswith("_parts")}
    assert locks == {*SHIPPED, "ref_sixbar_crank_stop"}  # which the parts of the reference serve


@pytest.mark.parametrize("name", OPENING)
def test_parts_are_closed_solids_that_keep_clear_until_the_lock_is_open(name):
    made = lock(name)
    sliding = made.mechanism.drive.sliding
    end = units.parse(made.file.open_at, "length" if sliding else "angle")
    found = interferences(made, np.linspace(made.drive, end, 7))
    assert not [row for row in found if not is_clamp(made, row)]
    seen = set()
    for part in made.parts:
        if part.kind in seen:  # one of a kind is made here; the kernel's volume is that of the outlines
            continue
        seen.add(part.kind)
        assert cad.solid(part).mass == pytest.approx(made.mass_properties(part).volume, rel=1e-6)


@pytest.mark.parametrize("name", TRAVEL)
def test_parts_keep_clear_of_each_other_along_the_travel(name):
    found = interferences(lock(name), TRAVEL[name])
    # the saddle dips below its locked height at the dead centre: that is the clamp, taken elastically
    assert all((row.first, row.second) == ("hook", "striker") and row.depth < 0.25 for row in found)


def test_parts_of_the_reference_serve_the_other_six_bar_with_a_crank_stop():
    parts = lock_parts_from_data(reading.read_toml(LOCKS / "reference_parts.toml"), "parts.toml")
    travel = np.radians(np.linspace(168.7, 64.0, 7))
    found = interferences(build_lock(mechanism("ref_sixbar_crank_stop"), parts, "parts.toml"), travel)
    assert all((row.first, row.second) == ("hook", "striker") and row.depth < 0.25 for row in found)


def test_the_disc_touches_the_plunger_wherever_it_stands():
    eccentric = lock("var_iii_eccentric")
    for places in eccentric.placements(TRAVEL["var_iii_eccentric"][::4]):
        assert clearance(eccentric, "shaft", "plunger", places) == pytest.approx(0.0, abs=0.02)
    lifts = [place["plunger"].to_ground((0.0, 30.0))[1] for place in eccentric.placements(np.radians([90.0, -90.0]))]
    assert lifts == pytest.approx([30 + 6, 30 - 6])


def test_masses_of_disc_and_plunger_by_hand():
    eccentric = lock("var_iii_eccentric")
    disc = eccentric.mass_properties(eccentric.part("shaft"))
    full, bore = math.pi * 30**2 * 50, math.pi * 16**2 * 50
    assert disc.volume == pytest.approx(full - bore)
    assert disc.centre == pytest.approx((6.0 * full / (full - bore), 0.0, 0.0), abs=1e-9)
    bar = eccentric.mass_properties(eccentric.part("plunger"))
    assert (bar.volume, bar.centre) == (pytest.approx(60 * 70 * 50), pytest.approx((0.0, 30 + 35, 0.0)))
    for name in ("shaft", "plunger"):
        part = eccentric.part(name)
        assert cad.solid(part).mass == pytest.approx(eccentric.mass_properties(part).volume, rel=1e-9)


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("bodies__shaft__diameter", "64 mm", ["bodies.shaft.diameter", "the linkage's is 30 mm"]),
        ("bodies__shaft__disc", "Q", ["bodies.shaft.disc", "no point 'Q'"]),
        ("bodies__plunger__point", "Q", ["bodies.plunger.point", "no point 'Q'"]),
        ("bodies__shaft__shaft", "Q", ["bodies.shaft", "no point 'Q'"]),
        ("bodies__plunger__width", "0 mm", ["bodies.plunger", "width"]),
        ("bodies__shaft__thickness", "52 mm", ["bodies.ground.inside", "at least 53 mm"]),
    ],
)
def test_what_does_not_fit_the_linkage_is_refused(key, value, words):
    with pytest.raises(InputError) as caught:
        lock("var_iii_eccentric", **{key: value})
    for word in ["parts.toml", *words]:
        assert word in str(caught.value)


def test_a_bore_too_near_to_the_edge_is_refused_with_the_least_disc():
    data = reading.read_toml(LOCKS / "var_iii_eccentric_parts.toml")
    source = copy.deepcopy(read_linkage(LOCKS / "var_iii_eccentric.toml").data)
    source["parameters"]["e"] = "12 mm"
    with pytest.raises(InputError, match=r"leaves 2 mm beside the shaft's bore.*make it at least 65\.6 mm"):
        build_lock(linkage_from_data(source, "linkage"), lock_parts_from_data(data, "parts.toml"), "parts.toml")


def test_the_wedge_carries_the_plunger_all_its_way():
    wedge = lock("var_iii_wedge")
    for places in wedge.placements(np.array([-40.0, -20.0, 0.0])):
        assert clearance(wedge, "wedge", "plunger", places) == pytest.approx(0.0, abs=1e-6)
        assert clearance(wedge, "wedge", "base", places) == pytest.approx(0.0, abs=1e-6)
    body = wedge.mass_properties(wedge.part("wedge"))
    slope = math.tan(math.radians(5.0))
    assert body.volume == pytest.approx(66 * (100 * 20 + slope * (70**2 - 30**2) / 2))
    bar = wedge.mass_properties(wedge.part("plunger"))
    assert bar.volume == pytest.approx(50 * 40 * 40)


def test_the_round_end_touches_the_cam_wherever_it_stands():
    cam = lock("eccentric_cam")
    for places in cam.placements(np.radians([95.0, 30.0, -60.0])):
        assert clearance(cam, "shaft", "plunger", places) == pytest.approx(0.0, abs=0.02)
    bar = cam.mass_properties(cam.part("plunger"))
    far = math.hypot(20, 60)  # a triangle to the far corners, the two beside it up to the tangents, and the rest of the circle
    rest = 2 * math.pi - 2 * (math.atan2(20, 60) + math.acos(12 / far))
    assert bar.volume == pytest.approx(40 * (40 * 60 / 2 + 12 * math.sqrt(far**2 - 12**2) + 12**2 / 2 * rest))


def test_two_joints_on_one_point_share_a_pin_of_a_split_stack():
    pair = lock("var_ii_slider_pair")
    grip = pair.grips["KR"]
    assert "KL" not in pair.grips
    assert (grip.inner, grip.shear_planes) == ("slider", 4)
    assert sum(bore.joint == "KR" for bore in pair.part("slider").bores) == 1
    dwelling = lock("stephenson_iii_dwelling_hook")
    split = [name for name, pin in dwelling.file.pins.items() if pin.split]
    assert split
    for name in split:
        upper, lower = dwelling.part(f"pin_{name}_1").reach, dwelling.part(f"pin_{name}_2").reach
        assert upper[0] > 0.0
        assert lower == pytest.approx((-upper[1], -upper[0]))


@pytest.mark.parametrize(
    ("name", "key", "value", "words"),
    [
        ("var_iii_wedge", "bodies__wedge__slope", "6 deg", ["bodies.wedge.slope", "the linkage slides at 5 deg"]),
        ("var_iii_wedge", "bodies__plunger__slope", "-5 deg", ["bodies.plunger.slope", "slides at 5 deg"]),
        ("var_iii_wedge", "bodies__wedge__back", "400 mm", ["bodies.wedge.back", "less than 228.6 mm"]),
        ("var_iii_wedge", "bodies__plunger__length", "1 mm", ["bodies.plunger.length", "1.75 mm"]),
        ("var_iii_wedge", "bodies__ground__inside", "50 mm", ["sleeves", "more than 50.3 mm"]),
        ("var_iii_wedge", "bodies__ground__sleeves", [{"body": "ground", "start": "1 mm", "length": "9 mm", "cover": "9 mm",
          "play": "1 mm", "source": "none"}], ["sleeves.body", "no slider and no plunger"]),
        ("eccentric_cam", "bodies__plunger__nose", "13 mm", ["bodies.plunger.nose", "the linkage's is 12 mm"]),
        ("eccentric_cam", "bodies__plunger__nose", "25 mm", ["the round end is wider", "at most 20 mm"]),
        ("eccentric_cam", "pins__O__bush_diameter", "33 mm", ["thinner than 2 mm", "at least 36 mm"]),
        ("eccentric_cam", "pins__O__split", True, ["pins.O.split", "in the middle"]),
        ("var_ii_slider_pair", "pins__KL", {"diameter": "28 mm", "material": "42CrMo4+QT", "source": "none"},
         ["'KL' turns on the pin of 'KR'", "leave it out"]),
        ("parallel_hooks", "bodies__bar__inside", "10 mm", ["bodies.bar.inside", "make it at least"]),
        ("parallel_hooks", "bodies__bar__plates", 1, ["bodies.bar", "`inside`"]),
        ("hook_fourbar_13", "bodies__ground__reliefs", [{"between": ["O2", "O4"], "centre": ["0 mm", "0 mm"], "radius": "9 mm"}],
         ["lugs and reliefs"]),
    ],
)  # fmt: skip
def test_what_makes_no_part_is_refused(name, key, value, words):
    with pytest.raises(InputError) as caught:
        lock(name, **{key: value})
    for word in ["parts.toml", *words]:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([str(LOCKS / "var_iii_eccentric.toml")], "no parts are proposed for the joint 'face'"),
        ([str(LOCKS.parent / "designs" / "ladder.toml"), "--parts", str(LOCKS / "reference_parts.toml")], "no linkage"),
        ([str(LOCKS / "var_iii_eccentric.toml"), "--parts", str(LOCKS / "reference_parts.toml")], "the linkage has no body"),
        ([str(LOCKS / "var_iii_eccentric.toml"), "--parts", "nothing.toml"], "nothing.toml"),
        ([str(LOCKS / "var_iii_eccentric.toml"), "--parts", str(LOCKS / "reference_parts.toml"), "--dofs", "9"], "--dofs"),
    ],
)
def test_build_refuses_what_is_no_lock(arguments, message, capsys):
    assert run(["build", *arguments, "--quiet"]) == 2
    assert message in capsys.readouterr().err


def test_parts_that_meet_fail_the_build_and_are_written_all_the_same(tmp_path, capsys, monkeypatch):
    data = (LOCKS / "var_ii_slider_pair_parts.toml").read_text(encoding="utf-8")
    file = tmp_path / "parts.toml"
    file.write_text(re.sub(r'open_at = ".*"', 'open_at = "-60 mm"', data), encoding="utf-8")
    monkeypatch.setattr(building, "lock_files", lambda lock, load: {"lock.step": b"meshes take their time"})
    monkeypatch.setattr(drawing, "drawings", lambda frame, lock: {})
    out = tmp_path / "out"
    assert run(["build", str(LOCKS / "var_ii_slider_pair.toml"), "--parts", str(file), "-o", str(out), "--quiet"]) == 1
    assert "slider and pin_BR MEET" in capsys.readouterr().out
    assert sorted(path.name for path in out.iterdir()) == ["lock.step", "mass_properties.json"]


def test_parts_that_meet_fail_the_check():
    made = lock("var_ii_slider_pair", open_at="-60 mm")
    row = travel_criterion(made, "parts.toml")
    assert row.passed is False
    assert row.value > 4.0
    assert " meet" in row.reason
    assert travel_criterion(lock("var_ii_slider_pair"), "parts.toml").passed is True
