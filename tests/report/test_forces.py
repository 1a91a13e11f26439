"""Forces by case and by kind: every lock is there, the worst verdict counts, rounding is not shown as force."""

from __future__ import annotations

from typing import Any

import pytest

from mechlock.report.forces import forces_by_case, supports_by_kind


def test_locks_of_a_case_share_a_row(full: dict[str, Any]) -> None:
    first = full["lock"]["forces"][0]
    full["lock"]["forces"].append(
        {**first, "lock": "rear right", "direction_deg": [80.0, 90.0], "lateral_N": 9e3, "inside": False, "reason": "tilted"}
    )
    rows = {row.case: row for row in forces_by_case(full)}
    assert set(rows["braking"].forces) == {"front left", "rear right"}
    assert rows["braking"].direction == [80.0, 97.0]
    assert rows["braking"].lateral_N == 9e3
    assert rows["braking"].inside is False
    assert rows["braking"].reasons == ("rear right: tilted",)


@pytest.mark.parametrize(("verdicts", "inside"), [((True, True), True), ((True, None), None), ((None, False), False)])
def test_the_worst_verdict_counts(full: dict[str, Any], verdicts: tuple[bool | None, ...], inside: bool | None) -> None:
    first = full["lock"]["forces"][0]
    full["lock"]["forces"] = [{**first, "lock": str(number), "inside": verdict} for number, verdict in enumerate(verdicts)]
    assert forces_by_case(full)[0].inside is inside


def test_supports_by_kind(full: dict[str, Any]) -> None:
    full["cases"]["braking"]["reactions_N"] = {
        "pad_L1": [0.0, 0.0, 30e3],
        "pad_L2": [0.0, 0.0, 40e3],
        "pin_L1": [300.0, 400.0, 0.0],
        "total": [1e-9, -2e3, 70e3],
    }
    kinds, rows = supports_by_kind(full)
    assert kinds == ["pad", "pin"]
    assert rows[0]["kinds"] == {"pad": (30e3, 40e3), "pin": (500.0, 500.0)}
    assert rows[0]["total"] == [0.0, -2e3, 70e3]


def test_without_forces_there_are_no_rows(minimal: dict[str, Any]) -> None:
    assert forces_by_case(minimal) == ()
    assert supports_by_kind(minimal) == ([], [])
