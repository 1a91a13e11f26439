"""Tables, JUnit and JSON say what the results say: every row, the right counts, no figure that is not one."""

from __future__ import annotations

import csv
import io
import json
import math
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from mechlock.errors import NoVerdict
from mechlock.report import junit, numbers, results, summary, tables, terminal
from mechlock.report.criteria import governing, rows


def test_rows_are_ordered_worst_first_and_one_governs(check: dict[str, Any]) -> None:
    found = rows(check)
    assert [row.status for row in found] == ["failed", "undecided"] + ["passed"] * 7 + ["not evaluated"]
    passed = [row.margin for row in found if row.status == "passed" and row.margin is not None]
    assert passed == sorted(passed)
    assert [row.name for row in found if row.governs] == ["mass reduction"]
    row = governing(check)
    assert row is not None and row.margin == pytest.approx(14.2 / 15 - 1)


def test_nothing_governs_where_nothing_has_a_margin(check: dict[str, Any]) -> None:
    check["criteria"] = [{**criterion, "margin": None} for criterion in check["criteria"]]
    assert governing(check) is None
    assert "governs" not in terminal.text(check, 140)


def test_missing_required_key_is_an_error(check: dict[str, Any]) -> None:
    del check["criteria"][0]["margin"]
    with pytest.raises(KeyError, match="margin"):
        rows(check)


def test_table_has_every_criterion_and_the_verdict(check: dict[str, Any]) -> None:
    text = terminal.text(check, 200)
    for criterion in check["criteria"]:
        assert criterion["name"] in text
    assert "FAIL" in text.splitlines()[-1]
    assert "not evaluated" in text and "undecided" in text and "◄ governs" in text
    assert "\x1b[" not in text
    assert "\x1b[" in terminal.text(check, 200, color=True)


def test_table_shows_the_worst_case_of_each_criterion(full: dict[str, Any]) -> None:
    full["criteria"].append({**full["criteria"][0], "case": "kerb", "value": 399.0, "margin": 400 / 399 - 1})
    text = terminal.text(full, 200)
    assert "kerb (and 1 better)" in text
    assert "399 MPa" in text and "251 MPa" not in text


def test_what_was_not_evaluated_stands_with_its_reason(full: dict[str, Any]) -> None:
    assert "crash (collision corridor x): needs dynamics with contacts" in terminal.text(full, 200)
    full["load_cases"][2]["name"] = "crush"
    assert "crush" in terminal.text(full, 200)


def test_table_fits_a_narrow_terminal(check: dict[str, Any]) -> None:
    assert max(len(line) for line in terminal.text(check, 100).splitlines()) <= 100


def test_failed_margin_never_rounds_to_nought() -> None:
    assert numbers.percent(-0.0004) == "-0.04 %"
    assert numbers.percent(0.00004) == "+0.004 %"
    assert numbers.percent(0.0) == "0.0 %"
    assert numbers.percent(12.0) == "> 1000 %"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"), (1.0, "1.00"), (251.34, "251"), (0.012345, "0.0123"), (243702, "243\u202f702"), (1e-12, "1.00 × 10⁻¹²"),
        (3.5e9, "3.50 × 10⁹"), (float("nan"), "–"), (float("inf"), "∞"), (None, "–"), (True, "yes"), ("proved", "proved"),
        ([1.0, 2.0], "1.00, 2.00"), (np.float64(2.5), "2.50"), (-0.5, "-0.500"),
    ],
)  # fmt: skip
def test_figures(value: Any, text: str) -> None:
    assert numbers.number(value) == text


def test_units_are_typeset() -> None:
    assert numbers.with_unit(12.0, "N*m") == "12.0 N·m"
    assert numbers.with_unit(3.7, "deg") == "3.70°"
    assert numbers.with_unit(None, "MPa") == "–"
    assert numbers.interval([20.0, 110.0], "kN") == "20.0 … 110 kN"
    assert numbers.interval([5.0, 5.0], "kN") == "5.00 kN"


def test_junit_counts_and_content(check: dict[str, Any]) -> None:
    root = ET.fromstring(junit.junit_xml(check))
    suite = root[0]
    cases = suite.findall("testcase")
    assert len(cases) == len(check["criteria"]) == int(suite.attrib["tests"])
    failures, skipped = suite.findall("testcase/failure"), suite.findall("testcase/skipped")
    assert (len(failures), len(skipped)) == (int(suite.attrib["failures"]), int(suite.attrib["skipped"])) == (1, 2)
    assert "value 14.2 %, limit 15.0 %" in failures[0].attrib["message"]
    assert "margin -5.3 %" in failures[0].attrib["message"]
    assert {element.attrib["message"].split(":")[0] for element in skipped} == {"undecided", "not evaluated"}
    assert {case.attrib["name"] for case in cases} == {criterion["name"] for criterion in check["criteria"]}


def test_junit_survives_what_xml_does_not_allow(check: dict[str, Any]) -> None:
    check["criteria"][0]["name"] = 'bell \x07 & <tag> "quote"'
    names = {case.attrib["name"] for case in ET.fromstring(junit.junit_xml(check)).iter("testcase")}
    assert 'bell \ufffd & <tag> "quote"' in names


def test_csv_has_every_row(check: dict[str, Any]) -> None:
    records = list(csv.DictReader(io.StringIO(tables.criteria_csv(check))))
    assert [record["name"] for record in records] == [criterion["name"] for criterion in check["criteria"]]
    assert float(records[0]["margin"]) == check["criteria"][0]["margin"]
    forces = list(csv.DictReader(io.StringIO(tables.forces_csv(check))))
    assert len(forces) == len(check.get("lock", {}).get("forces", ()))


def test_json_is_strict_and_keeps_figures(check: dict[str, Any]) -> None:
    check["criteria"][0]["margin"] = np.float64(0.25)
    check["criteria"][1]["margin"] = math.inf
    check["field"] = np.arange(3)
    read = json.loads(results.results_json(check))
    assert read["criteria"][0]["margin"] == 0.25
    assert read["criteria"][1]["margin"] is None
    assert read["field"] == [0, 1, 2]
    assert read["mass"] == check["mass"]


def test_json_refuses_what_is_not_a_number(check: dict[str, Any]) -> None:
    check["mass"]["frame_kg"] = math.nan
    with pytest.raises(NoVerdict, match=r"mass\.frame_kg"):
        results.results_json(check)


def test_steel_share_splits_what_is_saved(check: dict[str, Any]) -> None:
    compared = summary.mass_comparison(check)
    assert compared.saved == pytest.approx(480.5 - 412.3)
    assert compared.from_steel is not None and compared.from_sizing is not None
    assert compared.from_steel + compared.from_sizing == pytest.approx(compared.saved)
    assert compared.same_criteria == pytest.approx(412.3 / (1 - 0.084), rel=1e-4)


def test_a_heavier_frame_is_called_heavier(check: dict[str, Any]) -> None:
    check["mass"].update(frame_kg=500.0, reduction_percent=-4.06)
    assert "4.1 % heavier than the conventional frame as built" in " ".join(summary.answer(check))


def test_answer_without_masses_says_so(check: dict[str, Any]) -> None:
    empty = dict.fromkeys(("frame_kg", "baseline_kg", "reduction_percent", "reduction_same_criteria_percent", "governing"))
    check["mass"] = {**empty, "reason": "the mesh stage was left out"}
    assert "not compared: the mesh stage was left out" in " ".join(summary.answer(check))
    assert "None" not in terminal.text(check, 140)


@pytest.mark.parametrize(
    ("verdict", "said"),
    [("proved", "The lock holds"), ("refuted", "The lock does not hold"), ("undecided", "Whether the lock holds is undecided")],
)
def test_answer_follows_the_theorem(check: dict[str, Any], verdict: str, said: str) -> None:
    check["proof"]["theorems"][0]["verdict"] = verdict
    assert summary.answer(check)[0].startswith(said)


def test_answer_never_hides_what_was_not_evaluated(check: dict[str, Any]) -> None:
    assert "crash (collision corridor x)" in summary.answer(check)[-1]


def test_release_alone_does_not_make_a_lock_hold(check: dict[str, Any]) -> None:
    check["proof"]["theorems"] = [{**check["proof"]["theorems"][1], "verdict": "proved"}]
    assert summary.answer(check)[0].startswith("That the lock holds was not proved")


def test_a_claim_is_proved_or_refuted_and_has_no_margin(check: dict[str, Any]) -> None:
    claim = {"name": "lock: over_centre", "case": "", "unit": "proved", "limit": 1.0, "margin": 0.0, "source": "certificate"}
    check["criteria"] = [{**claim, "value": 1.0, "passed": True}, {**claim, "value": 0.0, "margin": -1.0, "passed": False}]
    assert [(row.value, row.limit, row.margin, row.group) for row in rows(check)] == [
        ("refuted", "proved", None, "lock"),
        ("proved", "proved", None, "lock"),
    ]
    assert governing(check) is None


@pytest.mark.parametrize(
    ("name", "group", "title"),
    [
        ("lock_self_locking", "lock", "over-centre reserve"), ("hook force, least", "lock", "hook force, least"),
        ("mass", "mass", "mass reduction"),
        ("first_mode_frame_plus_pack", "modes", "first mode of frame and pack"), ("height", "package", "height"),
            ("miner_weld", "frame", "fatigue of the welds over the duty spectrum"),
        ("evidence: equilibrium", "evidence", "evidence: equilibrium"),
    ],
)  # fmt: skip
def test_names_become_words_and_groups(check: dict[str, Any], name: str, group: str, title: str) -> None:
    check["criteria"] = [{**check["criteria"][0], "name": name, "group": None}]
    row = rows(check)[0]
    assert (row.group, row.title) == (group, title)


def test_unsound_evidence_is_in_the_answer(check: dict[str, Any]) -> None:
    broken = {
        "name": "evidence: equilibrium",
        "case": "kerb",
        "passed": None,
        "reason": "the solution is not in equilibrium",
        "group": None,
    }
    check["criteria"].append({**check["criteria"][0], **broken})
    assert "The evidence is not sound: evidence: equilibrium (kerb)" in " ".join(summary.answer(check))
