"""The library of locks: every page is what the lock's file gives today, and each lock does what its page says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mechlock.inputs.linkage import read_linkage
from mechlock.linkage.kinematics import kinematics
from mechlock.linkage.mechanism import PointName
from mechlock.linkage.positions import Positions
from mechlock.linkage.semantics import build
from mechlock.linkage.statics import lever
from mechlock.report.lock_page import lock_page
from mechlock.resources import folder

LOCKS = folder("geometry") / "locks"
PAGES = Path(__file__).parents[2] / "docs" / "locks"
NAMES = sorted(page.stem for page in PAGES.glob("*.md") if page.stem != "README")


def lock(name):
    return build(read_linkage(LOCKS / f"{name}.toml"))


def test_there_are_pages_and_the_index_names_them_all():
    assert len(NAMES) >= 8
    index = (PAGES / "README.md").read_text(encoding="utf-8")
    assert all(f"({name}.md)" in index for name in NAMES)
    assert all((PAGES / f"{name}.svg").read_bytes().startswith(b"<?xml") for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_what_the_file_gives(name):
    page = lock_page(lock(name), f"{name}.svg", f"geometry/locks/{name}.toml")
    assert page == (PAGES / f"{name}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_every_load_presses_an_over_centre_lock_into_its_stop(name):
    mechanism = lock(name)
    if "over_centre" not in mechanism.lock.claims:
        return
    positions = Positions(mechanism)
    low, high = mechanism.lock.locked
    q = positions.at(positions.selected, np.linspace(low, high, 21))
    for load in mechanism.lock.loads:
        for direction in np.linspace(load.direction.low, load.direction.high, 9):
            assert np.all(mechanism.lock.stop * lever(positions, q, load.at, np.full(21, direction)) > 0.0)


def test_the_watt_hook_reaches_out_and_comes_in_on_a_cusp():
    mechanism = lock("watt_i_reaching_hook")
    result = kinematics(mechanism, sweep=(0.0, np.radians(131.0), 132))
    path = result.selected.points[PointName("hook", "P")]
    assert np.linalg.norm(path[0] - path[-1]) > 150.0
    near = kinematics(mechanism, sweep=(np.radians(121.0), np.radians(131.0), 101)).selected.points[PointName("hook", "P")]
    speed = np.linalg.norm(np.diff(near, axis=0), axis=1) / np.radians(0.1)
    assert speed.min() < 0.5 < 0.05 * np.linalg.norm(path[0] - path[1]) / np.radians(1.0)
    assert np.degrees(np.abs(np.angle(np.exp(1j * (result.selected.transmission_angles["B"] - np.pi / 2))))).max() < 45.0


def test_the_stephenson_hook_dwells_while_its_rocker_moves():
    mechanism = lock("stephenson_iii_dwelling_hook")
    result = kinematics(mechanism, drive=np.radians(127.224573))
    assert abs(result.selected.velocity_ratios["hook"][0]) < 1e-6
    assert abs(result.selected.velocity_ratios["rocker"][0]) > 0.3
    swing = kinematics(mechanism, sweep=(0.0, np.radians(131.5), 132)).selected.angles["hook"]
    assert np.degrees(np.ptp(np.unwrap(swing))) > 40.0


def test_parallel_hooks_move_as_one_through_their_whole_travel():
    mechanism = lock("parallel_hooks")
    result = kinematics(mechanism, sweep=(np.radians(60.0), np.radians(168.7), 201))
    angles = result.selected.angles
    assert np.isfinite(angles["hook1"]).all()
    for other in ("hook2", "hook3"):
        assert angles[other] == pytest.approx(angles["hook1"], abs=1e-9)
    assert np.degrees(np.ptp(angles["hook1"])) > 50.0
