"""A life's verdicts on a second mesh: what moves too far is undecided, what fails stays failed."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType, SimpleNamespace

import numpy as np
import pytest

from mechlock.checks.criterion import upper
from mechlock.fem.assembly import assemble
from mechlock.fem.buckling import solve_buckling
from mechlock.fem.model import Material, Model, StaticCase, Support
from mechlock.fem.static import solve_static
from mechlock.inputs.acceptance import acceptance
from mechlock.mesh.mapped import box
from mechlock.pipeline import life_confirm
from mechlock.pipeline.buckling_stage import Buckled
from mechlock.pipeline.life_confirm import confirm, without_size
from mechlock.pipeline.other_mesh import COARSE, FINE, FINEST, Asked, cells
from mechlock.pipeline.toe_zoom import SeenAgain


def panel(*sizes):
    """A sheet of rectangles of these sizes."""
    return SimpleNamespace(kind="plate", low=np.zeros((len(sizes), 3)), high=np.array(sizes))


ASKED = Asked(
    SimpleNamespace(parts=[panel((2.5, 360.0, 700.0)), panel((660.0, 726.0, 2.5)), SimpleNamespace(kind="hollow")]),
    SimpleNamespace(file=SimpleNamespace(mesh=SimpleNamespace(frame_quick=130.0))),
    None,
    None,
    acceptance({}),
)


def rows(damage=0.2, vibration=500.0, strain=900.0):
    return [
        upper("miner_weld", "base_long, 8 years", damage, 0.5, "damage", "s"),
        upper("random_3sigma", "random y", vibration, 600.0, "MPa", "s"),
        upper("random_3sigma", "random x", 100.0, 600.0, "MPa", "s"),
        upper("ultimate_crash_corridor", "x, weld toes", strain, 1000.0, "MPa", "s"),
        upper("ultimate_crash_corridor", "x, guide pin shear", 100.0, 120.0, "kN", "s"),
    ]


def buckled(case, factor):
    return Buckled(case, factor, True, 0.0, (0.0, 0.0, 0.0), {})


@pytest.fixture
def other(monkeypatch):
    """What the other meshes find: values by name of the row, and buckling factors (limit, crash) by largest cell."""
    found: dict[str, object] = {FINE: (3.0, 1.5), COARSE: (3.1, 1.52), FINEST: (2.96, 1.49)}

    def look(asked, size, states, axes=("x", "y")):
        found.setdefault("looks", []).append(size)
        analysis = SimpleNamespace(tensor=SimpleNamespace(mesh=SimpleNamespace(points=np.zeros((7, 3)))))
        limit = buckled("rebound_up", found[size][0])
        return SimpleNamespace(analysis=analysis, frame=size, base=None, buckling=(None, limit), runs=(), crash=())

    def again(asked, look, vibration):
        return [upper(row.name, row.case, found.get(row.name, row.value), row.limit, row.unit, "s") for row in rows()]

    def vibration(asked, look, governs):
        return [replace(governs, value=found["coarse vibration"])]

    monkeypatch.setattr(life_confirm, "look", look)
    monkeypatch.setattr(life_confirm, "_again", again)
    monkeypatch.setattr(life_confirm, "_vibration", vibration)
    monkeypatch.setattr(
        life_confirm, "crash_buckling", lambda analysis, size, *rest: buckled(f"crash -x, {size:g} ms", found[size][1])
    )
    return found


def confirmed(found, weld_stress=0.02, swings=MappingProxyType({})):
    answer, second = confirm(found, ASKED, weld_stress, swings)
    return [row.status for row in answer], second


def test_what_stands_on_all_meshes_passes_and_what_moved_is_told(other):
    other["ultimate_crash_corridor"] = 98.0
    statuses, second = confirmed(rows())
    assert statuses == ["passed"] * 7
    told = second.record()["second_mesh"]
    assert (told["cells_mm"], told["dofs"]) == (60.0, 21)  # 660 mm over eleven
    assert told["change_percent"] == pytest.approx(
        {"random_3sigma": 0.0, "ultimate_crash_corridor": 2.0, "linear_buckling": 100 * 0.1 / 3.0}
    )
    assert [item["factor"] for item in second.record()["buckling"]] == [3.0, 1.5]


@pytest.mark.parametrize(
    ("grown", "moved", "status"),
    [(1.05, 0.02, "passed"), (0.6, 0.04, "passed"), (1.3, 0.02, "undecided"), (1.0, 0.06, "undecided"), (0.6, 0.06, "undecided")],
)
def test_damage_near_its_limit_stands_on_the_submodel_of_its_own_toe(other, grown, moved, status):
    """0.2 of 0.5 allows a stress of (0.5 / 0.2)^(1/5) = 1.2 times, whatever the static cases' toe does."""
    answer, second = confirm(rows(), ASKED, 0.5, {"base_long": SeenAgain(grown, moved)})
    assert answer[0].status == status
    assert f"a submodel has {grown:g} times the stress" in answer[0].reason
    told = second.record()["second_mesh"]["weld_swings_percent"]["base_long"]
    assert told == pytest.approx({"to_submodel": 100.0 * (grown - 1.0), "between_submodels": 100.0 * moved})


def test_a_failed_damage_stays_failed_and_tells_what_the_submodel_has(other):
    answer, _ = confirm(rows(damage=0.9), ASKED, 0.02, {"base_long": SeenAgain(0.5, 0.01)})
    assert answer[0].status == "failed"
    assert "a submodel has 0.5 times the stress" in answer[0].reason


def test_a_panel_that_buckles_later_on_coarser_cells_is_looked_at_on_finer_ones(other):
    other[COARSE] = (3.1, 1.62)
    statuses, second = confirmed(rows())
    assert statuses == ["passed"] * 7
    assert other["looks"] == [FINE, COARSE, FINEST]
    assert second.change["linear_buckling"] == pytest.approx(0.04 / 2.96)
    row = confirm(rows(), ASKED, 0.02, {})[0][-1]
    assert row.value == pytest.approx(1.49 - 0.01 * 121 / (196 - 121))
    assert "1.49 and 1.5 on cells of 47 and 60 mm" in row.reason


def test_a_limit_case_far_from_buckling_keeps_its_pass_though_it_moves(other):
    """8.6 and 8 have 7.3 in cells without size; less three times 7.5 % that is 5.6 of 2, and the crash governs."""
    other[FINE], other[COARSE] = (8.0, 1.5), (8.6, 1.52)
    answer, second = confirm(rows(), ASKED, 0.02, {})
    assert [row.status for row in answer] == ["passed"] * 7
    assert other["looks"] == [FINE, COARSE]
    assert second.change["linear_buckling"] == pytest.approx(0.075)
    assert "moved by 7.5%" in answer[-2].reason and "another row governs" in answer[-2].reason


def test_a_limit_case_nearer_to_buckling_is_undecided_when_it_moves(other):
    """4.9 and 4.5 have 4.05; less three times 8.9 % that is 2.97 of 2."""
    other[FINE], other[COARSE], other[FINEST] = (4.5, 1.5), (4.9, 1.52), (4.1, 1.49)
    assert confirmed(rows())[0] == ["passed"] * 5 + ["undecided", "passed"]


def test_a_panel_that_buckles_ever_earlier_is_undecided(other):
    other[COARSE], other[FINEST] = (3.1, 1.62), (2.96, 1.42)
    statuses, second = confirmed(rows())
    assert statuses == ["passed"] * 6 + ["undecided"]
    assert second.change["linear_buckling"] == pytest.approx(0.08 / 1.42)


@pytest.mark.parametrize(("coarse", "status"), [(565.0, "passed"), (600.0, "undecided")])
def test_vibration_that_moves_from_the_own_mesh_stands_where_the_others_agree(other, coarse, status):
    other["random_3sigma"], other["coarse vibration"] = 560.0, coarse
    row = confirm(rows(), ASKED, 0.02, {})[0][1]
    assert (row.status, row.value) == (status, 560.0)
    assert "500 on the frame's own mesh, 560" in row.reason


def test_vibration_far_from_its_limit_keeps_its_pass_though_it_moves(other):
    """100 of 600 MPa on the frame's own mesh and 87 on the other: with three times as much it is 164 MPa, and pins govern."""
    other["random_3sigma"] = 87.0
    found = confirm(rows(vibration=100.0), ASKED, 0.02, {})[0][1]
    assert (found.status, found.value) == ("passed", 100.0)
    assert "moved by 13.0%" in found.reason
    assert other["looks"] == [FINE, COARSE]  # the coarser look is buckling's


def test_vibration_beyond_its_limit_on_the_finer_mesh_fails(other):
    other["random_3sigma"], other["coarse vibration"] = 610.0, 612.0
    assert confirm(rows(), ASKED, 0.02, {})[0][1].status == "failed"


def test_factors_are_those_of_cells_without_size(other):
    row = confirm(rows(), ASKED, 0.02, {})[0][-2]
    assert row.value == pytest.approx(3.0 - 0.1 * 64 / (121 - 64))
    assert "3 and 3.1 on cells of 60 and 82 mm" in row.reason


def test_a_clamped_plate_buckles_where_timoshenko_has_it():
    """k = 10.07 for a square plate pressed one way, all edges clamped (Timoshenko and Gere, table 9-8); cells as for panels."""
    found = [_clamped_plate("hex8i", int(cells)) for cells in (FINE, COARSE)]
    assert found[0] == pytest.approx(10.07, rel=0.06)
    assert without_size(*found) == pytest.approx(10.07, rel=0.01)
    assert _clamped_plate("hex20", 5) > 3 * 10.07  # why panels do not buckle on long quadratic cells


def _clamped_plate(kind, cells, side=690.0, wall=2.5):
    plain = Material("plain", 210e3, 0.0, 7.85e-9)
    walls = (
        Support("x0", ("x0",)),
        Support("x1", ("x1",), displacement={"x": -0.1}),
        Support("y0", ("y0",), fix=("y", "z")),
        Support("y1", ("y1",), fix=("y", "z")),
    )
    system = assemble(Model(box((side, side, wall), (cells, cells, 1), kind), ((plain, ()),), walls))
    solution = solve_static(system, [StaticCase("push")], keep="push")
    result = solution.results["push"]
    factor = solve_buckling(system, result, 1, held=solution.held).factors[0]
    stress = factor * abs(result.supports["x1"].force[0]) / (side * wall)
    return stress * side**2 * wall / (np.pi**2 * plain.E * wall**3 / 12)


def test_a_failure_is_one_on_any_mesh(other):
    other[FINE], other[COARSE] = (3.0, 0.9), (3.1, 1.6)
    assert confirmed(rows())[0][-2:] == ["passed", "failed"]


def test_without_panels_cells_are_those_of_a_quick_check():
    bare = replace(ASKED, solid=SimpleNamespace(parts=[SimpleNamespace(kind="hollow")]))
    assert cells(bare, FINE) == pytest.approx(130.0)


def test_a_sheet_with_a_window_counts_by_its_strips():
    pierced = panel((115.0, 726.0, 2.5), (460.0, 130.0, 2.5))
    solid = SimpleNamespace(parts=[panel((2.5, 360.0, 700.0)), pierced])
    assert cells(replace(ASKED, solid=solid), FINE) == pytest.approx(360.0 / FINE)


def test_only_the_case_that_governs_is_compared(other):
    other["random_3sigma"], other["coarse vibration"] = 560.0, 700.0
    statuses, second = confirmed(rows())
    assert statuses[1:3] == ["undecided", "passed"]
    assert second.change["random_3sigma"] == pytest.approx(0.12)


@pytest.mark.parametrize(
    ("damage", "strain", "change", "expected"),
    [
        (0.44, 900.0, 0.02, ["passed", "passed"]),
        (0.46, 990.0, 0.02, ["undecided", "undecided"]),  # 0.46 * 1.02^5 = 0.51, 990 * 1.02 = 1010
        (0.01, 100.0, 0.06, ["passed", "passed"]),  # it moves by more than 5 %, but 0.01 * 1.18^5 and 118 are far
        (0.12, 400.0, 0.06, ["undecided", "passed"]),  # 0.12 * 1.18^5 = 0.27 is within half of 0.5 no more; 472 is within 500
        (0.10, 430.0, 0.06, ["passed", "undecided"]),  # 0.23; 507
        (0.01, 100.0, None, ["undecided", "undecided"]),
        (0.6, 1100.0, None, ["failed", "failed"]),
    ],
)
def test_at_weld_toes_a_pass_stands_with_the_stress_that_submodels_move(other, damage, strain, change, expected):
    statuses = confirmed(rows(damage=damage, strain=strain), change)[0]
    assert [statuses[0], statuses[3]] == expected
