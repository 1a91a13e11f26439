import pytest

from mechlock.checks import regression
from mechlock.checks.criterion import governing, lower, not_evaluated, undecided, upper, verdict
from mechlock.errors import InputError


def test_margins_are_relative_to_the_value_or_the_limit() -> None:
    assert upper("s", "c", 200.0, 300.0, "MPa", "").margin == pytest.approx(0.5)
    assert lower("f", "c", 20.0, 16.0, "Hz", "").margin == pytest.approx(0.25)
    assert upper("s", "c", 400.0, 300.0, "MPa", "").passed is False
    assert lower("clamp", "c", 5.0, 0.0, "kN", "").margin is None


def test_a_fail_outranks_an_undecided_and_unevaluated_rows_do_not_count() -> None:
    good, bad = upper("a", "", 1.0, 2.0, "", ""), upper("b", "", 3.0, 2.0, "", "")
    open_ = undecided(good, "the stress moved by 9 % on a finer mesh")
    shown = not_evaluated("crash", "crash_x", "", "dynamics")
    assert verdict([good, shown]) == "pass"
    assert verdict([good, open_, shown]) == "undecided"
    assert verdict([good, open_, bad]) == "fail"
    assert verdict([shown]) == "undecided"
    assert open_.passed is None
    assert governing([good, bad, shown]) == bad


def test_regression_sees_what_moved_and_ignores_the_machine() -> None:
    results = {"mass": {"frame_kg": 400.0}, "verdict": "pass", "stages": [{"time_s": 1.0}], "list": [1.0, None]}
    baseline = regression.new_baseline(results)
    assert "stages.0.time_s" not in baseline["figures"]
    assert regression.compare(results, baseline, "b") == []
    moved = regression.compare({**results, "mass": {"frame_kg": 401.0}, "verdict": "fail", "new": 1}, baseline, "b")
    assert [row.key for row in moved] == ["mass.frame_kg", "new", "verdict"]
    assert regression.compare({**results, "mass": {"frame_kg": 400.1}}, baseline, "b") == []
    with pytest.raises(InputError, match="not a baseline"):
        regression.compare(results, {}, "b")


def test_a_new_row_moves_no_other_and_a_worse_residual_is_seen() -> None:
    row = {"name": "evidence: equilibrium", "value": 4e-10, "margin": 1.5}
    stored = regression.new_baseline({"criteria": [row]})
    first = {"name": "mass", "value": 400.0, "margin": 0.1}
    moved = regression.compare({"criteria": [first, {**row, "margin": 2.0}]}, stored, "b")
    assert {difference.key for difference in moved} == {f"criteria.mass.0.{key}" for key in first}
    worse = regression.compare({"criteria": [{**row, "value": 2e-9}]}, stored, "b")
    assert [difference.key for difference in worse] == ["criteria.evidence: equilibrium.0.value"]
