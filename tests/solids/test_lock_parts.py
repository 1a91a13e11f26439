"""Parts of the reference lock: masses by hand, fit along the pins, and everything that must be refused."""

import copy
import functools
import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mechlock import resources
from mechlock.errors import InputError
from mechlock.inputs import reading
from mechlock.inputs.joint_play import with_fits
from mechlock.inputs.linkage import read_linkage
from mechlock.inputs.lockparts import lock_parts_from_data
from mechlock.linkage.semantics import build
from mechlock.solids.interference import clearance, interferences
from mechlock.solids.lock import bill_of_materials, build_lock
from mechlock.solids.outline import circle, rectangle
from mechlock.solids.parts import Bore, Part, Slab, mass_properties, ruling_of_round

LOCKS = resources.folder("geometry") / "locks"


@functools.cache
def mechanism():
    return build(read_linkage(LOCKS / "reference.toml"))


@functools.cache
def raw():
    return reading.read_toml(LOCKS / "reference_parts.toml")


@functools.cache
def lock():
    return build_lock(mechanism(), lock_parts_from_data(raw(), "parts.toml"), "parts.toml")


def changed(**values):
    """The reference with some values replaced by dotted key."""
    data = copy.deepcopy(raw())
    for key, value in values.items():
        *path, last = key.split("__")
        place = data
        for step in path:
            place = place[step]
        if value is None:
            del place[last]
        else:
            place[last] = value
    file = lock_parts_from_data(data, "parts.toml")
    with_fits(read_linkage(LOCKS / "reference.toml"), file, "parts.toml")
    return build_lock(mechanism(), file, "parts.toml")


def test_mass_properties_of_a_bored_block():
    block = Part("block", "b", "test", "steel", 10.0, (Slab(rectangle((0.0, 0.0), (40.0, 20.0)), -5.0, 5.0),))
    found = mass_properties(block, 2.0)
    assert found.volume == pytest.approx(8000.0)
    assert found.centre == pytest.approx((20.0, 10.0, 0.0))
    m = 16000.0
    diagonal = [m / 12 * (20**2 + 10**2), m / 12 * (40**2 + 10**2), m / 12 * (40**2 + 20**2)]
    assert found.inertia == pytest.approx(np.diag(diagonal), abs=1e-6 * m * 100)
    bored = Part("block", "b", "test", "steel", 10.0, block.slabs, (Bore("A", (20.0, 10.0), 6.0),))
    hole = math.pi * 36 * 10 * 2.0
    assert mass_properties(bored, 2.0).mass == pytest.approx(m - hole)
    assert mass_properties(bored, 2.0).inertia[2, 2] == pytest.approx(diagonal[2] - hole * 36 / 2, rel=1e-5)


def test_mass_properties_of_a_turned_part():
    pin = Part("pin", "b", "pin", "steel", 10.0, (Slab(circle((3.0, 4.0), 10.0), 0.0, 60.0),))
    found = mass_properties(pin, 1.0)
    m = math.pi * 100 * 60
    assert found.mass == pytest.approx(m)
    assert found.centre == pytest.approx((3.0, 4.0, 30.0))
    assert found.inertia[2, 2] == pytest.approx(m * 50, rel=1e-5)
    assert found.inertia[0, 0] == pytest.approx(m * (3 * 100 + 60**2) / 12, rel=1e-5)


def test_masses_of_reference_parts_by_hand():
    density = 7.85e-9
    pin = lock().mass_properties(lock().part("pin_A"))
    assert pin.mass == pytest.approx(math.pi * 14**2 * 72 * density)
    headed = math.pi / 4 * (45**2 * (125 + 3.8) + 55**2 * 8 + 42.5**2 * 1.85)
    assert lock().mass_properties(lock().part("pin_H")).mass == pytest.approx(headed * density, rel=1e-9)
    base = lock().mass_properties(lock().part("base"))
    assert base.mass == pytest.approx(300 * 15 * 150 * density)
    slider = (180 * 36 + math.pi * 18**2 / 2 - math.pi * 100) * 16
    assert lock().mass_properties(lock().part("slider")).mass == pytest.approx(slider * density)
    stop = lock().part("stop")
    assert stop.reach == (-17.0, 17.0)


def test_bill_of_materials_adds_up():
    rows = bill_of_materials(lock())
    total = sum(lock().mass_properties(part).mass for part in lock().parts)
    assert sum(row.mass for row in rows) == pytest.approx(total, rel=1e-6)
    counts = {row.name: row.count for row in rows}
    assert counts["link"] == counts["cheek"] == counts["rod"] == 2
    assert sum(counts.values()) == len(lock().parts)


def test_grips_are_those_of_the_stack():
    grip = lock().grips["H"]
    assert (grip.inner, grip.outer) == ("hook", ("cheek_1", "cheek_2"))
    assert (grip.inner_width, grip.outer_width, grip.gap) == pytest.approx((73.0, 25.0, 0.5))
    assert lock().grips["A"].inner == "crank"


def test_eyes_of_a_joint_stand_on_one_axis():
    for joint, ends in lock().joints.items():
        places = [lock().locked[body].to_ground(lock().points[body][point]) for body, point in ends]
        assert places[0] == pytest.approx(places[1], abs=1e-9), joint


def test_no_interference_locked_or_along_the_travel():
    assert interferences(lock()) == ()
    travel = np.radians(np.linspace(168.7, 64.0, 12))
    found = interferences(lock(), travel)
    # the saddle dips below its locked height at the dead centre: that is the clamp, taken elastically
    assert all((row.first, row.second) == ("hook", "striker") and row.depth < 0.25 for row in found)


def test_the_hook_opens_clear_of_the_striker_and_its_way_up():
    places = lock().placements(np.radians([64.0]))[0]
    assert clearance(lock(), "hook", "striker", places) > 3.0
    edge = lock().part("hook").slabs[0].outline.polygon(0.05)
    above = [places["hook"].to_ground((float(x), float(y))) for x, y in edge]
    assert max(x for x, y in above if y > 0.0) < 45.0 - 0.5


def test_a_block_in_the_way_is_found():
    wide = changed(bodies__ground__stop__length="40 mm", bodies__ground__stop__direction="90 deg")
    found = {(row.first, row.second) for row in interferences(wide)}
    assert ("crank", "stop") in found


def test_pins_fill_their_bores_without_counting_as_interference():
    assert clearance(lock(), "pin_A", "crank") == pytest.approx(0.0, abs=0.02)


def test_strength_goes_with_thickness():
    assert lock().yield_strength(lock().part("hook")) == 800.0
    assert lock().yield_strength(lock().part("pin_A")) == 750.0
    assert lock().yield_strength(lock().part("pin_H")) == 650.0
    assert [ruling_of_round(d) for d in (16.0, 40.0, 100.0, 160.0)] == pytest.approx([8.0, 20.0, 60.0, 96.0])


REFUSED = {
    "bodies__link__inside=34 mm": r"bodies\.link\.inside.*35 mm wide.*at least 36 mm",
    "bodies__link__thickness=-18 mm": r"bodies\.link\.plate_link\.thickness|bodies\.link\.thickness",
    "bodies__link__thickness=18": r"no unit",
    "bodies__link__waist=60 mm": r"bodies\.link\.waist.*not narrower",
    "bodies__link__eyes__A__diameter=30 mm": r"bodies\.link\.eyes\.A\.diameter.*at least 31\.9",
    "bodies__crank__eyes__C__hub_width=30 mm": r"eyes\.C\.hub_width.*more than 35",
    "bodies__crank__eyes__C__hub_diameter=80 mm": r"hub_diameter.*at most 70",
    "bodies__crank__eyes__D__thickness=40 mm": r"eyes\.D\.thickness.*at most 35",
    "bodies__crank__material=S355X": r"bodies\.crank\.material.*unknown material 'S355X'",
    "bodies__hook__saddle__point=Q": r"saddle\.point.*no point 'Q'",
    "bodies__hook__saddle__throat=1 mm": r"no common tangent|crosses itself",
    "bodies__hook__eyes__H__diameter=100 mm": r"no common tangent",
    "bodies__ground__foot__level=-100 mm": r"foot\.level.*put it below -175 mm",
    "bodies__ground__foot__width=100 mm": r"foot\.width.*at least 124 mm",
    "bodies__ground__stop__direction=-90 deg": r"stop\.direction",
    "bodies__ground__guide__width=10 mm": r"guide\.width",
    "pins__A__diameter=30 mm": r"pins\.A\.diameter.*pin_radius is 14 mm",
    "pins__A__fit=H11/d11": r"pins\.A\.fit.*of play, the linkage's clearance at joint 'A' is 0\.05 mm",
    "pins__A__seat=H7/q6": r"pins\.A.*unknown tolerance zone 'q6'",
    "pins__H__head_diameter=40 mm": r"pins\.H.*head is not larger",
    "striker__diameter=33 mm": r"striker\.diameter.*at most 32 mm",
    "bodies__ground__shape=bell_crank": r"bodies\.ground",
}


@pytest.mark.parametrize("change", REFUSED)
def test_bad_dimensions_are_refused_by_key(change):
    key, value = change.split("=")
    given_value = int(value) if value.isdigit() else value
    with pytest.raises(InputError, match=REFUSED[change]) as caught:
        changed(**{key: given_value})
    assert str(caught.value).startswith("parts.toml")


def test_missing_and_unknown_parts_are_refused():
    with pytest.raises(InputError, match="'rod' of the linkage has no part"):
        changed(bodies__rod=None)
    with pytest.raises(InputError, match="'E' has no pin"):
        changed(pins__E=None)
    with pytest.raises(InputError, match="no pin joint 'Z'"):
        changed(pins__Z=raw()["pins"]["A"])
    with pytest.raises(InputError, match=r"bodies\.rod.*no eye at 'D'|two eyes"):
        changed(bodies__rod__eyes__D=None)
    with pytest.raises(InputError, match="no body 'wheel'"):
        changed(bodies__wheel=raw()["bodies"]["rod"])


SIZES = {
    "bodies__hook__saddle__throat": (40, 110),
    "bodies__hook__saddle__nose_radius": (2, 30),
    "bodies__hook__saddle__radius": (10, 30),
    "bodies__hook__eyes__H__diameter": (46, 120),
    "bodies__link__waist": (1, 70),
    "bodies__link__inside": (20, 60),
    "bodies__crank__eyes__A__diameter": (20, 120),
    "bodies__crank__eyes__C__diameter": (30, 160),
    "bodies__ground__eyes__C__diameter": (30, 200),
    "bodies__ground__foot__end": (-60, 300),
    "pins__C__head_diameter": (30, 60),
}


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(SIZES)), st.sampled_from(sorted(SIZES)), st.floats(0, 1), st.floats(0, 1))
def test_variations_are_valid_or_refused_with_a_message(first, second, u, v):
    values = {}
    for key, share in ((first, u), (second, v)):
        low, high = SIZES[key]
        values[key] = f"{low + share * (high - low):.6g} mm"
    try:
        made = changed(**values)
    except InputError as error:
        assert error.what
        assert error.mend
        assert error.where.startswith("parts.toml")
        return
    for part in made.parts:
        assert made.mass_properties(part).mass > 0.0


def test_a_shape_that_no_dimension_rules_is_refused_with_those_that_mend_it_and_their_limits():
    with pytest.raises(InputError, match=r"crosses itself; make .*saddle\.throat \(103 mm\) at most") as error:
        changed(bodies__hook__saddle__throat="103 mm")
    limit = float(re.findall(r"throat \(103 mm\) at most ([\d.]+)", error.value.mend)[0])
    assert changed(bodies__hook__saddle__throat=f"{0.999 * limit} mm").part("hook")
    with pytest.raises(InputError, match="throat"):
        changed(bodies__hook__saddle__throat=f"{1.001 * limit} mm")
