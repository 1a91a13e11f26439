"""Parts that are proposed for linkages: sizes from the joint forces, nothing in the way of anything, and what is refused.

A short form of the variations by default; MECHLOCK_VARIATIONS=300 runs the long one.
"""

import copy
import functools
import math
import os
import re
import tomllib

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mechlock import resources
from mechlock.errors import InputError, NoVerdict
from mechlock.inputs.linkage import linkage_from_data, read_linkage
from mechlock.inputs.lockparts import lock_parts_from_data
from mechlock.linkage.semantics import build
from mechlock.linkage.statics import joint_forces
from mechlock.pipeline.lock_building import parts_toml
from mechlock.solids.interference import interferences, is_clamp
from mechlock.solids.lock import build_lock
from mechlock.solids.lock_position import locked_drive
from mechlock.solids.lock_proposal import propose_parts
from mechlock.solids.proposal_sizes import PRESSURE, enough, greatest_forces, joint_size, throat

LOCKS = resources.folder("geometry") / "locks"
VARIATIONS = int(os.environ.get("MECHLOCK_VARIATIONS", "4"))


@functools.cache
def data(name: str):
    return read_linkage(LOCKS / f"{name}.toml").data


def mechanism(name: str, **changes):
    own = copy.deepcopy(data(name))
    for key, value in changes.items():
        own["parameters"][key] = value
    return build(linkage_from_data(own, name))


@functools.cache
def proposed(name: str):
    return propose_parts(mechanism(name))


def test_forces_are_the_greatest_of_all_directions():
    linkage = mechanism("hook_fourbar_13")
    found = greatest_forces(linkage, locked_drive(linkage))
    load = linkage.lock.loads[0]
    angles = np.radians(np.linspace(70, 110, 41))
    each = joint_forces(linkage, {load.at: 60e3 * np.column_stack([np.cos(angles), np.sin(angles)])}, drive=locked_drive(linkage))
    for joint, force in found.items():
        assert force == pytest.approx(np.linalg.norm(each.joints[joint].force, axis=1).max(), rel=1e-3)
    assert found["A"] == pytest.approx(found["B"])  # the coupler is a two-force member


@pytest.mark.parametrize("force", [0.0, 5e3, 60e3, 200e3])
def test_pins_and_eyes_carry_their_force(force):
    size = joint_size(force, None)
    assert size.pressure <= PRESSURE * (1 + 1e-9)
    assert size.diameter == enough(force)
    shear = force / (2 * math.pi * size.diameter**2 / 4)
    assert shear <= 750 / 1.5 / math.sqrt(3)
    side = (size.eye - size.diameter) / 2
    assert (
        side + 1e-9 >= 1.5 * force / (2 * size.width * 690) + size.diameter / 3 - 1.0
    )  # EN 1993-1-8, table 3.9; rounded to 2 mm
    assert size.thickness(1) >= size.width - 1e-9
    assert 2 * size.thickness(2) >= size.width - 1e-9


def test_a_throat_grows_with_its_load():
    depths = [throat(force, 35.0, 16.0, math.radians(45)) for force in (20e3, 60e3, 110e3)]
    assert depths == sorted(depths)
    assert depths[-1] == pytest.approx(80, abs=10)  # the reference hook, sized by its finite elements


def test_heavier_loads_give_heavier_parts():
    heavy = copy.deepcopy(data("hook_fourbar_13"))
    heavy["lock"]["loads"][0]["magnitude"] = ["5 kN", "120 kN"]
    big = propose_parts(build(linkage_from_data(heavy, "heavy")))
    small = proposed("hook_fourbar_13")
    for name, pin in small.lock.file.pins.items():
        assert big.lock.file.pins[name].diameter > pin.diameter
    assert big.lock.file.bodies["hook"].saddle.throat > small.lock.file.bodies["hook"].saddle.throat


def test_the_proposed_file_reads_back_as_the_same_lock():
    found = proposed("hook_fourbar_13")
    text = parts_toml(found)
    again = build_lock(mechanism("hook_fourbar_13"), lock_parts_from_data(tomllib.loads(text), "parts.toml"), "parts.toml")
    assert again.parts == found.lock.parts
    assert "# B: " in text


def test_shipped_parts_are_what_is_proposed():
    found = proposed("hook_fourbar_13")
    shipped = (LOCKS / "hook_fourbar_13_parts.toml").read_text()
    assert tomllib.loads(parts_toml(found)) == tomllib.loads(shipped)


def test_a_pin_that_the_linkage_makes_too_small_is_named():
    notes = proposed("contract_fourbar").notes
    assert any(re.match(r"the pin A of 16 mm is too small for 171 kN.*36 mm would do", note) for note in notes)
    assert not proposed("hook_fourbar_13").notes


def test_fits_keep_the_play_that_the_linkage_gives():
    linkage = mechanism("friction_toggle")
    pins = propose_parts(linkage).lock.file.pins
    assert pins["A"].fit == "H6/h5"  # 0.02 mm
    assert pins["O"].fit == "F7/h6"  # no clearance given
    tight = copy.deepcopy(data("friction_toggle"))
    tight["joints"][1]["clearance"] = "0.001 mm"
    with pytest.raises(InputError, match=r"joints\.A\.clearance.*at least 0\.0\d+ mm"):
        propose_parts(build(linkage_from_data(tight, "tight")))


@settings(max_examples=VARIATIONS, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(
    a=st.integers(40, 80), b=st.integers(70, 130), c=st.integers(80, 150), x4=st.integers(90, 150), y4=st.integers(100, 160),
    px=st.integers(-120, -40), py=st.integers(-60, 40),
)  # fmt: skip
def test_any_four_bar_gets_parts_that_keep_clear_or_is_refused(a, b, c, x4, y4, px, py):
    sizes = {"a": a, "b": b, "c": c, "x4": x4, "y4": y4, "px": px, "py": py}
    try:
        found = propose_parts(mechanism("hook_fourbar_13", **{key: f"{value} mm" for key, value in sizes.items()}))
    except (InputError, NoVerdict) as error:
        assert error.mend
        assert re.search(r"[\d']", str(error))
        return
    drives = np.linspace(found.lock.drive, found.open_at, 5)
    met = [row for row in interferences(found.lock, drives) if not is_clamp(found.lock, row)]
    # that the linkage drives its hook into the bar is said, not mended
    assert all(any(f"{row.first} runs" in note for note in found.notes) for row in met)
    assert {(row.first, row.second) for row in met} <= {("hook", "striker")}
    assert all(found.lock.mass_properties(part).mass > 0 for part in found.lock.parts)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("eccentric_cam", ["the joint 'touch'", "--parts"]),
        ("var_iii_wedge", ["the joint 'incline'", "neither a pin nor a slide"]),
    ],
)
def test_linkages_with_other_joints_are_refused(name, words):
    with pytest.raises(InputError) as caught:
        propose_parts(mechanism(name))
    for word in words:
        assert word in str(caught.value)
