"""The runner of published cases: what passes, what fails, and what is never counted as passed."""

import json

import pytest

from mechlock import validation
from mechlock.cli import main
from mechlock.errors import InputError

ENTRY = {
    "id": "X01",
    "title": "example",
    "source": "closed form",
    "inputs": {"a": 2.0},
    "reference": [
        {"quantity": "q", "value": 10.0, "unit": "mm", "tolerance": "1 %", "rtol": 0.01},
        {"quantity": "pair", "value": [1.0, -2.0], "unit": "deg", "tolerance": "0.1", "atol": 0.1},
        {"quantity": "seen", "value": 5.0, "unit": "Hz", "tolerance": "see notes"},
        {"quantity": "formula", "value": 3.0, "unit": "N", "tolerance": "", "rtol": 1e-6, "rtol_simulation": 0.05},
    ],
}
GOOD = {"q": 10.05, "pair": [1.05, -2.05], "seen": 9.0, "formula": 3.0}


def run(values):
    return validation.run_case(ENTRY, lambda inputs: values)


def states(report):
    return [comparison.status for comparison in report.comparisons]


def test_within_tolerance_passes_and_no_tolerance_is_reported():
    report = run(GOOD)
    assert states(report) == ["passed", "passed", "reported", "passed"]
    assert report.status == "passed"
    assert report.comparisons[0].difference == pytest.approx(0.005)
    assert report.comparisons[1].difference == pytest.approx(0.05)


@pytest.mark.parametrize("wrong", [{"q": 10.2}, {"pair": [1.05, -2.2]}, {"formula": 3.1}, {"q": float("nan")}])
def test_out_of_tolerance_fails(wrong):
    report = run({**GOOD, **wrong})
    assert report.status == "failed"
    assert validation.ValidationReport((report,)).failed == ("X01",)


def test_simulated_values_are_held_to_their_own_tolerance():
    assert run({**GOOD, "formula": validation.Simulated(3.1)}).status == "passed"
    assert run({**GOOD, "formula": validation.Simulated(3.2)}).status == "failed"


def test_missing_quantity_and_missing_function_are_never_passed():
    assert run({"q": 10.0}).status == "not implemented"
    report = validation.run_case(ENTRY, None)
    assert set(states(report)) == {"not implemented"}
    assert validation.ValidationReport((report,)).missing == ("X01",)


def test_unknown_quantity_wrong_length_and_exceptions_are_errors():
    assert run({**GOOD, "typo": 1.0}).status == "error"
    assert run({**GOOD, "pair": [1.0, 2.0, 3.0]}).comparisons[1].status == "error"

    def broken(inputs):
        raise ZeroDivisionError("division by zero")

    report = validation.run_case(ENTRY, broken)
    assert report.status == "error"
    assert "ZeroDivisionError" in report.comparisons[0].message


def test_scalar_reference_holds_for_each_of_several_values():
    assert run({**GOOD, "q": [10.0, 10.05]}).status == "passed"
    assert run({**GOOD, "q": [10.0, 11.0]}).status == "failed"


def test_not_required_failure_is_shown_but_does_not_fail():
    entry = {**ENTRY, "required": False}
    report = validation.run_case(entry, lambda: {**GOOD, "q": 99.0})
    assert report.comparisons[0].status == "failed"
    assert validation.ValidationReport((report,)).failed == ()


def test_every_implementation_belongs_to_a_known_case():
    assert set(validation.implementations()) <= set(validation.references())


def test_unknown_case_is_refused():
    with pytest.raises(InputError, match="no case 'Z99'"):
        validation.validate(["Z99"])


def test_command_prints_one_json_object_and_writes_the_report(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(validation, "implementations", dict)
    path = tmp_path / "report.md"
    code = main.run(["validate", "S04", "--json", "--quiet", "--report", str(path)])
    printed = json.loads(capsys.readouterr().out)
    assert code == 3  # no verdict: this case has no implementation
    assert printed["not_implemented"] == ["S04"]
    assert "NAFEMS LE6" in path.read_text()


def test_optional_case_without_implementation_decides_nothing(capsys, monkeypatch):
    monkeypatch.setattr(validation, "implementations", dict)
    assert main.run(["validate", "M01", "--quiet"]) == 0
    assert "not implemented" in capsys.readouterr().out


def test_report_of_an_unknown_kind_is_refused_before_anything_runs(tmp_path, capsys):
    assert main.run(["validate", "S04", "--report", str(tmp_path / "report.doc")]) == 2
    assert "not '.doc'" in capsys.readouterr().err
