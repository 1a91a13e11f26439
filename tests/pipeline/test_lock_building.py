"""What `build` writes of a lock: one small part through every format, masses against the parts."""

import functools

import numpy as np
import pytest

from mechlock import resources
from mechlock.inputs.linkage import read_linkage
from mechlock.inputs.lockparts import read_lock_parts
from mechlock.mesh.reading import read_mesh
from mechlock.pipeline import lock_building
from mechlock.solids.lock import build_lock

LOCKS = resources.folder("geometry") / "locks"


@functools.cache
def lock():
    return build_lock(read_linkage(LOCKS / "reference.toml"), read_lock_parts(LOCKS / "reference_parts.toml"))


def test_record_adds_up():
    record = lock_building.lock_record(lock())
    assert record["mass_kg"] == pytest.approx(sum(part["mass_kg"] for part in record["parts"].values()), rel=1e-6)
    assert record["mass_kg"] == pytest.approx(sum(row["mass_kg"] for row in record["bill_of_materials"]), rel=1e-6)
    assert 20.0 < record["mass_kg"] < 50.0


def test_files_of_a_plate(tmp_path):
    part = lock().part("rod_1")
    files = lock_building._part_files(lock(), part)
    assert {name.rpartition(".")[2] for name in files} == {"step", "stl", "dxf", "msh", "vtu", "inp"}
    for name in ("lock_rod_1.msh", "lock_rod_1.inp"):
        (tmp_path / name).write_bytes(files[name])
    back = read_mesh(tmp_path / "lock_rod_1.msh")
    assert {"bore_D", "bore_E"} <= set(back.faces)
    again = read_mesh(tmp_path / "lock_rod_1.inp")
    assert np.ptp(again.points, axis=0) == pytest.approx(np.ptp(back.points, axis=0), abs=1e-6)
    assert np.ptp(back.points, axis=0) == pytest.approx([114.0, 34.0, 9.0], abs=0.05)


def test_bill_is_a_table():
    rows = lock_building._bill_csv(lock_building.bill_of_materials(lock())).splitlines()
    assert rows[0].startswith("name,kind,count,material,size")
    assert len(rows) == 1 + len(lock_building.bill_of_materials(lock()))
