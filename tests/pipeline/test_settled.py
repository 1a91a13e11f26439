from dataclasses import replace

import pytest

from mechlock.checks.criterion import lower, not_evaluated, upper
from mechlock.pipeline.frame_criteria import settled, uncompared


def test_a_governing_value_that_moves_by_more_than_five_percent_gives_no_verdict() -> None:
    fine = [upper("stress", "a", 100.0, 150.0, "MPa", ""), upper("stress", "b", 50.0, 150.0, "MPa", "")]
    coarse = [upper("stress", "a", 94.0, 150.0, "MPa", ""), upper("stress", "b", 10.0, 150.0, "MPa", "")]
    rows, change = settled(fine, coarse)
    assert rows[0].status == "undecided"
    assert rows[1].status == "passed"
    assert change == {"stress": 0.06}


@pytest.mark.parametrize(
    ("fine", "coarse", "status"),
    [
        (40.0, 37.0, "passed"),  # 7.5 %, worth 40 / (1 - 0.225) = 51.6 of 150
        (40.0, 30.0, "undecided"),  # 25 %, worth 160
        (60.0, 56.0, "undecided"),  # 6.7 %, worth 75.0 of 150: no longer far from the limit
        (40.0, 70.0, "undecided"),  # by more than a third: no bound
    ],
)
def test_a_value_far_from_its_limit_with_three_times_its_movement_passes_where_another_governs(fine, coarse, status) -> None:
    near = upper("force", "a", 100.0, 150.0, "kN", "")
    far = upper("stress", "a", fine, 149.9, "MPa", "")
    rows, change = settled([far, near], [replace(far, value=coarse), near])
    assert [row.status for row in rows] == [status, "passed"]
    assert change["stress"] == pytest.approx(abs(coarse / fine - 1.0))
    assert ("another row governs" in rows[0].reason) is (status == "passed")


def test_the_value_that_governs_all_is_undecided_when_it_moves_however_far_its_limit_is() -> None:
    row = upper("stress", "a", 10.0, 150.0, "MPa", "")
    evidence, unseen = upper("evidence: equilibrium", "a", 1e-10, 1e-9, "", ""), not_evaluated("force", "all", "", "")
    for others in ([], [evidence, unseen], [upper("force", "a", 9.0, 150.0, "kN", "")]):
        rows, _ = settled([row, *others], [replace(row, value=9.4), *others])
        assert rows[0].status == "undecided"


def test_a_value_with_a_lower_limit_is_clear_by_what_it_would_fall() -> None:
    """6 less three times 10 % is 4.2 of 2; 5 is 3.5."""
    near = upper("force", "a", 100.0, 150.0, "kN", "")
    for value, status in ((6.0, "passed"), (5.0, "undecided")):
        row = lower("buckling", "a", value, 2.0, "", "")
        assert settled([row, near], [replace(row, value=1.1 * value), near])[0][0].status == status


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
