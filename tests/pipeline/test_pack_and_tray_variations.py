"""Random variations of packs and trays: each makes a sound model on its frame, or is refused with what is wrong and the mend.

A short form by default; MECHLOCK_VARIATIONS=300 runs the long one.
"""

import copy
import dataclasses
import functools
import os
import re

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mechlock import resources
from mechlock.errors import InputError
from mechlock.inputs import reading
from mechlock.inputs.design import read_design
from mechlock.inputs.materials import find
from mechlock.inputs.pack import PackFile
from mechlock.inputs.tray import TrayFile
from mechlock.mesh.tensor import tensor_mesh
from mechlock.mesh.tensor_planes import QUICK
from mechlock.pipeline.frame_model import frame_model
from mechlock.solids.frame import build_frame

GEOMETRY = resources.folder("geometry")
MANY = settings(
    max_examples=int(os.environ.get("MECHLOCK_VARIATIONS", "15")),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)


@functools.cache
def standing():
    """Design, steel, mesh and mass of the ladder frame."""
    design = read_design(GEOMETRY / "designs" / "ladder.toml")
    solid = build_frame(design.frame, "ladder")
    steel = find(design.frame.material, "ladder")
    return design, steel, tensor_mesh(solid, QUICK).mesh, solid.mass_properties(steel.density).mass


def modelled(**parts):
    design, steel, mesh, mass = standing()
    return frame_model(mesh, mass, steel, dataclasses.replace(design, **parts))


def assert_helpful(error: InputError) -> None:
    assert error.where, str(error)
    assert error.mend, str(error)
    assert re.search(r"\d|'", str(error)), str(error)


def quantity(low: int, high: int, unit: str):
    return st.integers(low, high).map(lambda n: f"{n} {unit}")


PACKS = {
    ("items", 0, "mass"): quantity(-5, 900, "kg"),
    ("items", 1, "mass"): st.one_of(quantity(1, 900, "kg"), st.just("300 mm"), st.just(300)),
    ("items", 0, "at"): st.lists(quantity(-2000, 2000, "mm"), min_size=2, max_size=3),
    ("items", 2, "size"): st.lists(quantity(-10, 900, "mm"), min_size=3, max_size=3),
    ("items", 1, "attach"): st.sampled_from([["mount_B2"], ["mount_B1", "mount_B2"], ["mount_B9"], [], "mount_B2"]),
    ("items", 1, "coupling"): st.sampled_from(["rigid", "distributing", "glued"]),
    ("smeared", 0, "mass"): quantity(-5, 400, "kg"),
    ("cover",): quantity(-50, 300, "mm"),
}
TRAYS = {
    ("pads", 0, "stiffness"): quantity(-1, 2000, "kN/mm"),
    ("pads", 0, "on"): st.sampled_from([["pad_L1", "pad_L2", "pad_L3", "pad_L4"], ["pad_L1"], ["pad_X"], []]),
    ("pads", 1, "gap"): quantity(-1, 3, "mm"),
    ("locks", "stiffness"): quantity(0, 400, "kN/mm"),
    ("locks", "preload"): st.lists(quantity(-10, 90, "kN"), min_size=1, max_size=3),
    ("pins", "stiffness"): st.lists(quantity(-1, 300, "kN/mm"), min_size=2, max_size=2),
    ("warp", "stiffness"): st.one_of(quantity(0, 9, "kN/mm"), st.just("1 mm")),
    ("contact", "friction"): st.floats(-0.2, 1.4),
    ("contact", "tilt"): quantity(-3, 100, "deg"),
}


def changed(data, drawn):
    made = copy.deepcopy(data)
    for path, value in drawn.items():
        place = made
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value
    return made


def changes(table):
    return st.lists(st.sampled_from(sorted(table, key=str)), min_size=1, max_size=3, unique=True).flatmap(
        lambda keys: st.fixed_dictionaries({key: table[key] for key in keys})
    )


@MANY
@given(drawn=changes(PACKS))
def test_a_changed_pack_weighs_what_it_says_or_is_refused(drawn) -> None:
    data = changed(reading.read_toml(GEOMETRY / "packs" / "ladder_94kwh.toml"), drawn)
    try:
        pack = reading.validate(PackFile, data, "pack.toml")
        model = modelled(pack=pack)
    except InputError as error:
        assert_helpful(error)
        return
    assert sum(mass.mass for mass in model.masses) + sum(part.mass for part in pack.smeared) == pytest.approx(pack.mass)
    assert pack.top >= max(item.at[2] for item in pack.items)
    for mass in model.masses:
        xx, yy, zz = mass.inertia[:3]
        assert min(xx, yy, zz) > 0.0
        assert max(xx, yy, zz) < xx + yy + zz - max(xx, yy, zz)  # a body's moments keep the triangle's inequality
        assert all(name in model.mesh.faces for name in mass.attach)


@MANY
@given(drawn=changes(TRAYS))
def test_a_changed_tray_holds_the_frame_or_is_refused(drawn) -> None:
    data = changed(reading.read_toml(GEOMETRY / "trays" / "ladder_tray.toml"), drawn)
    try:
        tray = reading.validate(TrayFile, data, "tray.toml")
        model = modelled(tray=tray)
    except InputError as error:
        assert_helpful(error)
        return
    assert [pad.name for pad in model.pads] == [name for group in tray.pads for name in group.on]
    assert all(pad.stiffness > 0 for pad in model.pads)
    assert all(lock.preload[0] <= lock.preload[1] for lock in model.locks)
    (base,) = model.bases
    compliance = np.asarray(base.compliance)
    assert np.allclose(compliance, compliance.T)
    assert np.linalg.eigvalsh(compliance).min() > -1e-9 * np.abs(compliance).max()


def test_the_shipped_pack_and_tray_are_sound_as_they_are() -> None:
    design = standing()[0]
    assert len(modelled().masses) == len(design.pack.items)


@pytest.mark.parametrize("preload", [["0 kN", "-1 kN"], ["45 kN", "30 kN"], ["-5 kN", "30 kN"]])
def test_a_preload_that_is_no_range_of_pull_is_refused(preload) -> None:
    data = changed(reading.read_toml(GEOMETRY / "trays" / "ladder_tray.toml"), {("locks", "preload"): preload})
    with pytest.raises(InputError, match=r"locks.*the preload runs from .* kN.*lower end first"):
        reading.validate(TrayFile, data, "tray.toml")
