"""Parts of the other shipped locks: each builds, keeps clear along its travel, and what does not fit is refused."""

import copy
import functools
import math

import numpy as np
import pytest

from mechlock import resources
from mechlock.cli.main import run
from mechlock.errors import InputError
from mechlock.inputs import reading
from mechlock.inputs.linkage import linkage_from_data, read_linkage
from mechlock.inputs.lockparts import lock_parts_from_data
from mechlock.linkage.semantics import build
from mechlock.solids import cad
from mechlock.solids.interference import clearance, interferences
from mechlock.solids.lock import build_lock

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


def test_every_shipped_file_of_parts_is_looked_at():
    shipped = {path.stem.removesuffix("_parts") for path in LOCKS.glob("*_parts.toml")}
    assert shipped == {"reference", *TRAVEL}


@pytest.mark.parametrize("name", TRAVEL)
def test_parts_keep_clear_of_each_other_along_the_travel(name):
    found = interferences(lock(name), TRAVEL[name])
    # the saddle dips below its locked height at the dead centre: that is the clamp, taken elastically
    assert all((row.first, row.second) == ("hook", "striker") and row.depth < 0.25 for row in found)


@pytest.mark.parametrize(
    ("name", "travel"),
    [("ref_sixbar_crank_stop", np.radians(np.linspace(168.7, 64.0, 7))), ("ref_sixbar_rod_stop", np.linspace(103.148, 0.0, 7))],
)
def test_parts_of_the_reference_serve_the_other_six_bars(name, travel):
    parts = lock_parts_from_data(reading.read_toml(LOCKS / "reference_parts.toml"), "parts.toml")
    found = interferences(build_lock(mechanism(name), parts, "parts.toml"), travel)
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


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([str(LOCKS / "var_iii_eccentric.toml")], "name the file of its parts with --parts"),
        ([str(LOCKS.parent / "designs" / "ladder.toml"), "--parts", str(LOCKS / "reference_parts.toml")], "no linkage"),
        ([str(LOCKS / "var_iii_eccentric.toml"), "--parts", str(LOCKS / "reference_parts.toml")], "the linkage has no body"),
        ([str(LOCKS / "var_iii_eccentric.toml"), "--parts", "nothing.toml"], "nothing.toml"),
        ([str(LOCKS / "var_iii_eccentric.toml"), "--parts", str(LOCKS / "reference_parts.toml"), "--dofs", "9"], "--dofs"),
    ],
)
def test_build_refuses_what_is_no_lock(arguments, message, capsys):
    assert run(["build", *arguments, "--quiet"]) == 2
    assert message in capsys.readouterr().err
