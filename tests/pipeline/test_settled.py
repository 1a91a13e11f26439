from mechlock.checks.criterion import upper
from mechlock.pipeline.frame_criteria import settled, uncompared


def test_a_governing_value_that_moves_by_more_than_five_percent_gives_no_verdict() -> None:
    fine = [upper("stress", "a", 100.0, 150.0, "MPa", ""), upper("stress", "b", 50.0, 150.0, "MPa", "")]
    coarse = [upper("stress", "a", 94.0, 150.0, "MPa", ""), upper("stress", "b", 10.0, 150.0, "MPa", "")]
    rows, change = settled(fine, coarse)
    assert rows[0].status == "undecided"
    assert rows[1].status == "passed"
    assert change == {"stress": 0.06}


def test_a_value_that_hardly_moves_keeps_its_verdict_and_a_fail_stays_a_fail() -> None:
    fine = [upper("stress", "a", 100.0, 150.0, "MPa", ""), upper("force", "a", 200.0, 150.0, "kN", "")]
    coarse = [upper("stress", "a", 96.0, 150.0, "MPa", ""), upper("force", "a", 100.0, 150.0, "kN", "")]
    rows, _ = settled(fine, coarse)
    assert [row.status for row in rows] == ["passed", "failed"]


def test_rows_of_evidence_are_not_compared() -> None:
    fine, coarse = (
        [upper("evidence: equilibrium", "a", 1e-10, 1e-9, "", "")],
        [upper("evidence: equilibrium", "a", 5e-10, 1e-9, "", "")],
    )
    assert settled(fine, coarse)[1] == {}


def test_toes_that_were_not_all_looked_at_give_no_verdict_and_a_fail_stays_a_fail() -> None:
    rows = [upper("limit_load_weld_HAZ", case, value, 150.0, "MPa", "") for case, value in (("a", 100.0), ("b", 200.0))]
    other = upper("stress", "a", 100.0, 150.0, "MPa", "")
    assert [row.status for row in uncompared([*rows, other], "")] == ["undecided", "failed", "passed"]
