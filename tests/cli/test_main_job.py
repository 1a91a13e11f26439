"""The main job through the command line, on the coarse mesh: verdict, files, and a change with its right reason."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from mechlock import resources
from mechlock.cli.main import run

REFERENCE = resources.folder("geometry") / "designs" / "reference.toml"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("check") / "results"
    assert run(["check", str(REFERENCE), "-o", str(out), "--quick", "--quiet"]) == 0
    return out


@pytest.fixture(scope="module")
def results(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "results.json").read_text(encoding="utf-8"))


def row(results: dict[str, Any], name: str) -> dict[str, Any]:
    return min((item for item in results["criteria"] if item["name"] == name), key=lambda item: item["margin"] or 0.0)


def test_the_reference_design_passes_with_every_margin_positive(results: dict[str, Any]) -> None:
    assert results["verdict"] == "pass"
    judged = [item for item in results["criteria"] if item["passed"] is not None]
    assert len(judged) > 30
    assert all(item["passed"] for item in judged)
    assert all(item["margin"] is None or item["margin"] >= 0 for item in judged)
    assert all(item["source"] for item in judged)


def test_the_frame_is_fifteen_percent_lighter_than_as_built(results: dict[str, Any]) -> None:
    mass = results["mass"]
    assert mass["reduction_percent"] == pytest.approx(100 * (1 - mass["frame_kg"] / mass["baseline_kg"]))
    assert mass["reduction_percent"] >= 15.0
    assert mass["reduction_same_criteria_percent"] < mass["reduction_percent"]
    assert mass["governing"]


def test_crash_cases_are_visible_as_not_evaluated(results: dict[str, Any]) -> None:
    cases = {case["name"]: case for case in results["load_cases"]}
    assert cases["crash_x"]["status"] == "not evaluated"
    assert cases["crash_x"]["reason"]
    assert cases["braking"]["status"] == "evaluated"
    assert not [name for name in results["cases"] if name.startswith("crash")]


def test_reactions_carry_the_weight_and_the_braking_force(results: dict[str, Any]) -> None:
    mass = results["cases"]["modes"]["total_mass_kg"][0] / 1e3
    total = results["cases"]["braking, low preload"]["reactions_N"]["total"]
    assert total == pytest.approx([-1.5 * 9806.65 * mass, 0.0, 1.5 * 9806.65 * mass], rel=1e-6, abs=1e-3)


def test_every_static_case_is_in_equilibrium(results: dict[str, Any]) -> None:
    static = [case for case in results["cases"].values() if case["analysis"] == "static"]
    assert len(static) >= 18
    assert all(case["status"] == "ok" and case["equilibrium_error"] < 1e-9 for case in static)


def test_every_hook_force_lies_inside_the_proved_set(results: dict[str, Any]) -> None:
    low, high = results["lock"]["load_set"]["magnitude_N"]
    forces = results["lock"]["forces"]
    assert len(forces) >= 4 * 16
    assert all(force["inside"] and low <= force["force_N"] <= high for force in forces)


def test_junit_counts_what_the_table_shows(folder: Path, results: dict[str, Any]) -> None:
    suite = ET.fromstring((folder / "junit.xml").read_text(encoding="utf-8"))
    assert len(list(suite.iter("testcase"))) == len(results["criteria"])
    assert not list(suite.iter("failure"))


def test_the_certificate_is_accepted_and_a_changed_one_is_not(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["verify", str(folder / "certificate.json")]) == 0
    text = (folder / "certificate.json").read_text(encoding="utf-8")
    assert "55 mm" in text
    changed = tmp_path / "changed.json"
    changed.write_text(text.replace("55 mm", "45 mm"), encoding="utf-8")
    assert run(["verify", str(changed)]) in (1, 2)
    capsys.readouterr()


def test_the_report_fetches_nothing_and_shows_the_equations(folder: Path) -> None:
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "https://" not in page
    assert "<math" in page
    assert page.count("<table") >= 6


def test_a_thinner_hook_fails_for_the_right_reason(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", str(REFERENCE), "--quick", "--quiet", "--json", "--set=lock.parts.bodies.hook.thickness=14 mm"]) == 1
    results = json.loads(capsys.readouterr().out)
    assert results["verdict"] == "fail"
    failed = {item["name"] for item in results["criteria"] if item["passed"] is False}
    assert "lock part: hook" in failed
    assert all(name.startswith("lock part: hook") or name.startswith("lock by hand") for name in failed)
    assert row(results, "lock: over_centre")["passed"] is True


def test_schemas_describe_every_file_format(capsys: pytest.CaptureFixture[str]) -> None:
    for kind in ("linkage", "lockparts", "frame", "pack", "tray", "model", "design"):
        assert run(["schema", kind]) == 0
        assert json.loads(capsys.readouterr().out)["properties"]["format"]
