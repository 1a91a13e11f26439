"""Partial failures, the seated hook, and what to tighten: each answer against a proof or a sample of its own."""

from __future__ import annotations

import copy
import json
import math
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from mechlock.cli.main import run
from mechlock.inputs.linkage import linkage_from_data
from mechlock.linkage.positions import Positions
from mechlock.linkage.semantics import build
from mechlock.proof import prove
from mechlock.proof.failures import failures
from mechlock.proof.seated import seated
from mechlock.proof.tighten import EVERYTHING, tighten

checker = import_module("mechlock.proof.verify")


@pytest.fixture
def lock(fourbars: ModuleType) -> dict[str, Any]:
    data = fourbars.shipped("contract_fourbar")
    data["lock"]["claims"] = ["over_centre"]
    return data


def test_a_lost_clamp_is_refuted_and_certified(lock: dict[str, Any]) -> None:
    found = {item.name: item for item in failures(linkage_from_data(lock, "lock.toml"), budget=200, opening=False)}
    assert found["clamp lost"].verdict == "refuted"
    assert "may vanish" in found["clamp lost"].words
    assert checker.verify(found["clamp lost"].certificate).accepted


def test_a_broken_spring_and_a_weak_actuator_leave_it_locked(lock: dict[str, Any]) -> None:
    lock["springs"] = [{"name": "return", "of": ["ground.O2", "hook.P"], "free_length": "100 mm", "rate": "1 N/mm"}]
    lock["lock"]["release"]["max_torque"] = "0.001 N*m"
    found = {item.name: item for item in failures(linkage_from_data(lock, "lock.toml"), budget=200)}
    assert found["spring 'return' broken"].verdict == "proved"
    assert "return" not in {spring["name"] for spring in _linkage(found["spring 'return' broken"].certificate).get("springs", [])}
    assert found["actuator energised by mistake"].verdict == "proved"


def _linkage(certificate: str) -> dict[str, Any]:
    return json.loads(certificate)["linkage"]


def test_the_seated_hook_bounds_every_sample(lock: dict[str, Any]) -> None:
    source = linkage_from_data(lock, "lock.toml")
    band = math.radians(1.0)
    mechanism = build(source)
    assert mechanism.lock is not None
    load = mechanism.lock.loads[0]
    found = seated(source, load.name, band)
    assert checker.verify(found.certificate).accepted
    way = np.array([math.cos(load.direction.nominal), math.sin(load.direction.nominal)])
    across = np.array([-way[1], way[0]])
    rng = np.random.default_rng(5)

    def place(values: dict[str, float], drive: float) -> np.ndarray:
        positions = Positions(mechanism, values)
        return positions.points(positions.at(positions.selected, np.array([drive])))[load.at][0]

    nominal = place({}, mechanism.lock.drive.nominal)
    for _ in range(12):
        values = {name: float(rng.choice([p.low, p.high])) for name, p in mechanism.parameters.items()}
        moved = place(values, float(rng.uniform(mechanism.lock.drive.low - band, mechanism.lock.drive.high))) - nominal
        assert found.along[0] <= moved @ way <= found.along[1]
        assert found.across[0] <= moved @ across <= found.across[1]


def test_what_is_tightened_is_proved_and_a_little_more_is_not(lock: dict[str, Any]) -> None:
    for spec in lock["parameters"].values():
        if isinstance(spec, dict) and "tolerance" in spec:
            spec["tolerance"] = "4 mm"
    lock["lock"]["loads"] = lock["lock"]["loads"][:1]
    lock["lock"].pop("release")
    source = linkage_from_data(lock, "lock.toml")
    found = tighten(source, "over_centre", budget=300)
    assert found[0].what == EVERYTHING
    assert 0.0 < found[0].share < 1.0
    for share, verdict in ((found[0].share, True), (found[0].share + 1.0 / 16.0, False)):
        data = copy.deepcopy(lock)
        for spec in data["parameters"].values():
            if isinstance(spec, dict) and "tolerance" in spec:
                spec["tolerance"] = f"{4 * share} mm"
        for joint in data["joints"]:
            joint["clearance"] = f"{0.05 * share} mm"
        data["lock"]["drive"]["tolerance"] = f"{0.5 * share} deg"
        proved = prove(linkage_from_data(data, "lock.toml"), budget=300, levers=False).verdict == "proved"
        assert proved is verdict


def test_the_page_shows_the_failing_values(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad, page = tmp_path / "bad.toml", tmp_path / "page.html"
    text = (Path(__file__).parents[2] / "geometry" / "locks" / "contract_fourbar.toml").read_text(encoding="utf-8")
    bad.write_text(text.replace('"27.15 deg"', '"23 deg"').replace('"26 deg"', '"22.5 deg"'), encoding="utf-8")
    assert run(["prove", str(bad), "--claim", "over_centre", "--page", str(page), "--quiet"]) == 1
    shown = page.read_text(encoding="utf-8")
    assert "Set these values" in shown
    assert "opened by its load" in shown or "<svg" in shown
    assert run(["prove", str(bad), "--page", str(tmp_path), "--quiet"]) == 2
    assert "folder" in capsys.readouterr().err
