"""Closed solids of the lock: volumes, names, places, STEP there and back."""

import functools
import math

import numpy as np
import pytest

from mechlock import resources
from mechlock.inputs.linkage import read_linkage
from mechlock.inputs.lockparts import lock_parts_from_data
from mechlock.inputs.reading import read_toml
from mechlock.linkage.semantics import build
from mechlock.solids import cad
from mechlock.solids.lock import build_lock, lock_shape, write_step

LOCKS = resources.folder("geometry") / "locks"


@functools.cache
def mechanism():
    return build(read_linkage(LOCKS / "reference.toml"))


def made(thickness="35 mm"):
    data = read_toml(LOCKS / "reference_parts.toml")
    data["bodies"]["hook"]["thickness"] = thickness
    data["bodies"]["link"]["inside"] = f"{float(thickness.split()[0]) + 1:g} mm"
    return build_lock(mechanism(), lock_parts_from_data(data, "parts.toml"), "parts.toml")


@functools.cache
def lock():
    return made()


@functools.cache
def shape():
    return lock_shape(lock())


def test_every_part_is_a_closed_solid_of_its_volume():
    solids = {solid.name: solid for solid in shape().solids}
    assert set(solids) == {part.name for part in lock().parts}
    for part in lock().parts:
        found = lock().mass_properties(part)
        assert solids[part.name].mass == pytest.approx(found.volume, rel=1e-6)
        assert len(solids[part.name].shells) == 1


def test_solids_stand_where_the_linkage_puts_them():
    for part in lock().parts:
        solid = next(solid for solid in shape().solids if solid.name == part.name)
        x, y, z = lock().mass_properties(part).centre
        assert (solid.center[0], solid.center[1]) == pytest.approx(lock().locked[part.body].to_ground((x, y)), abs=1e-4)
        assert solid.center[2] == pytest.approx(z, abs=1e-4)


def test_faces_carry_their_names():
    names = {part.name: {face.name for face in cad.solid(part).faces} for part in lock().parts}
    assert {"saddle", "nose", "bore_H", "bore_B", "eye_B", "side_low", "side_high"} <= names["hook"]
    assert {"bore_A", "bore_B", "neck"} <= names["link_1"]
    assert {"weld_foot", "bore_C", "bore_H", "relief"} <= names["cheek_1"]
    assert {"contact", "weld_foot"} <= names["stop"]
    assert "window" in names["guide"]


def test_names_stay_on_the_same_faces_when_dimensions_change():
    def faces(which):
        return {face.name: face for face in cad.solid(which.part("hook")).faces}

    before, after = faces(lock()), faces(made("41 mm"))
    assert set(before) == set(after)
    for name in ("saddle", "nose", "bore_B"):
        assert after[name].mass / before[name].mass == pytest.approx(41 / 35, rel=1e-6)
        assert (after[name].center[0], after[name].center[1]) == pytest.approx(
            (before[name].center[0], before[name].center[1]), abs=1e-6
        )


def test_bores_have_the_pin_radius():
    for part in lock().parts:
        if not part.bores:
            continue
        faces = {face.name: face for face in cad.solid(part).faces}
        for bore in part.bores:
            expected = 2 * math.pi * bore.radius * part.bored_height(bore)
            assert faces[f"bore_{bore.joint}"].mass == pytest.approx(expected, rel=1e-6)


def test_step_comes_back_with_names_colours_and_volumes(tmp_path):
    write_step(shape(), tmp_path / "lock.step")
    back = cad.kernel().OCCGeometry(str(tmp_path / "lock.step")).shape
    volumes = {solid.name: solid.mass for solid in back.solids}
    assert volumes == pytest.approx({solid.name: solid.mass for solid in shape().solids}, rel=1e-9)
    colours = {solid.name: tuple(np.round(solid.faces[0].col[:3], 2)) for solid in back.solids}
    assert colours["hook"] == (0.8, 0.25, 0.2)
    assert "bore_H" in {face.name for solid in back.solids for face in solid.faces}
