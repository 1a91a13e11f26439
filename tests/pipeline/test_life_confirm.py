"""A life's verdicts on a second mesh: what moves too far is undecided, what fails stays failed."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from mechlock.checks.criterion import lower, upper
from mechlock.pipeline import life_confirm
from mechlock.pipeline.life_confirm import confirm

DESIGN = SimpleNamespace(file=SimpleNamespace(mesh=SimpleNamespace(frame=200.0)))
SECOND = SimpleNamespace(analysis=SimpleNamespace(tensor=SimpleNamespace(mesh=SimpleNamespace(points=np.zeros((7, 3))))))


def rows(buckling=2.0, damage=0.2, vibration=500.0, strain=900.0):
    return [
        upper("miner_weld", "base_long, 8 years", damage, 0.5, "damage", "s"),
        upper("random_3sigma", "random y", vibration, 600.0, "MPa", "s"),
        upper("random_3sigma", "random x", 100.0, 600.0, "MPa", "s"),
        upper("ultimate_crash_corridor", "x, weld toes", strain, 1000.0, "MPa", "s"),
        upper("ultimate_crash_corridor", "x, guide pin shear", 100.0, 120.0, "kN", "s"),
        lower("linear_buckling", "crash -x, 72 ms", buckling, 1.25, "times", "s"),
    ]


@pytest.fixture
def again(monkeypatch):
    """What the second mesh finds, by name of the row."""
    found: dict[str, float] = {}

    def answer(second, watched, *rest):
        return [upper(row.name, row.case, found.get(name, row.value), row.limit, row.unit, "s") for name, row in watched.items()]

    monkeypatch.setattr(life_confirm, "_frame", lambda *rest: SECOND)
    monkeypatch.setattr(life_confirm, "_again", answer)
    return found


def confirmed(found, weld_stress=0.02):
    answer, second = confirm(found, None, DESIGN, None, None, {}, weld_stress)
    return [row.status for row in answer], second


def test_what_stands_on_both_meshes_passes_and_what_moved_is_told(again):
    again["linear_buckling"] = 1.95
    statuses, second = confirmed(rows())
    assert statuses == ["passed"] * 6
    assert second.record()["change_percent"]["linear_buckling"] == pytest.approx(2.5)
    assert (second.size, second.dofs) == (100.0, 21)


def test_a_panel_that_buckles_earlier_on_the_other_mesh_is_undecided(again):
    again["linear_buckling"] = 1.6
    statuses, second = confirmed(rows())
    assert statuses == ["passed"] * 5 + ["undecided"]
    assert second.change["linear_buckling"] == pytest.approx(0.2)


def test_a_failure_is_one_on_any_mesh(again):
    again["linear_buckling"] = 0.5
    assert confirmed(rows(buckling=0.9))[0][-1] == "failed"


def test_only_the_case_that_governs_is_driven_again(again):
    again["random_3sigma"] = 560.0
    statuses, second = confirmed(rows())
    assert statuses[1:3] == ["undecided", "passed"]
    assert second.change["random_3sigma"] == pytest.approx(0.12)


@pytest.mark.parametrize(
    ("damage", "strain", "change", "expected"),
    [
        (0.44, 900.0, 0.02, ["passed", "passed"]),
        (0.46, 990.0, 0.02, ["undecided", "undecided"]),  # 0.46 * 1.02^5 = 0.51, 990 * 1.02 = 1010
        (0.01, 100.0, 0.06, ["undecided", "undecided"]),  # the stress itself moves by more than 5 %
        (0.01, 100.0, None, ["undecided", "undecided"]),
        (0.6, 1100.0, None, ["failed", "failed"]),
    ],
)
def test_at_weld_toes_a_pass_stands_with_the_stress_that_submodels_move(again, damage, strain, change, expected):
    statuses = confirmed(rows(damage=damage, strain=strain), change)[0]
    assert [statuses[0], statuses[3]] == expected
