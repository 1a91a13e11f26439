"""The life of frame and lock in the report: tables, line on the terminal, plot; nothing where nothing was assessed."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from mechlock.report.html import report_html
from mechlock.report.life import crash_over_time, damage_by_cause, life_lines
from mechlock.report.terminal import text

TOE: dict[str, Any] = {
    "group": "base_long",
    "wall": "rail.front",
    "welded_to": "post.left",
    "at": [399.0, -423.0, 130.0],
    "plane_deg": 15.0,
    "damage": 0.8,
    "life_years": 1.67,
    "life_km": 166_700.0,
    "dominating": "class F at 12 km/h, empty",
    "dominating_percent": 82.0,
}
LIFE: dict[str, Any] = {
    "duty": {
        "name": "own",
        "years": 8.0,
        "distance_km": 800_000.0,
        "swaps": 21_120.0,
        "source": "logger",
        "certainty": "high",
    },
    "loads": [
        {
            "id": "GB38031_x",
            "kind": "sine_dwell",
            "standard": "GB 38031-2025",
            "status": "found",
            "source": "printed table",
            "certainty": "medium-high",
        }
    ],
    "curve": "IIW FAT 90",
    "damage_allowed": 0.5,
    "scatter_factor": 3.0,
    "groups": [TOE],
    "worst_welds": [TOE],
    "causes": [
        {"name": "class F at 12 km/h, empty", "damage": 0.7, "damage_spectral": 0.6, "kurtosis": 4.5, "standard_error": 0.1},
        {"name": "swaps", "damage": 0.1, "damage_spectral": None, "kurtosis": None, "standard_error": None},
    ],
    "damage_by_group_and_cause": {"base_long": {"class F at 12 km/h, empty": 0.7, "swaps": 0.1}},
    "counted_toes": 123,
    "toes": 6876,
    "standard_error": 0.09,
    "not_gaussian": ["class F at 12 km/h, empty (kurtosis 4.50)"],
    "notes": ["class F at 12 km/h, empty: a tyre is off the road 39 % of the time"],
    "mending": [
        {
            "group": "base_long",
            "use": 4.8,
            "stress_allowed_percent": 61.7,
            "class_needed_MPa": 145.9,
            "wall_mm": 2.5,
            "wall_pulled_mm": 4.05,
            "wall_bent_mm": 3.18,
            "road": "class F at 12 km/h, empty",
            "motion": "roll",
            "motion_percent": 58.0,
        }
    ],
    "rails": {
        "yield": True,
        "braced_mm": 750.0,
        "pack_kN_m_per_rad": 5600.0,
        "rails_kN_m_per_rad": 1930.0,
        "twist_left_percent": 25.6,
        "source": "maker's data",
        "certainty": "medium",
    },
    "travel": [
        {
            "name": "class F",
            "least_hook_N": 36e3,
            "greatest_hook_N": 56e3,
            "open_percent": {"pad_M1": 19.5},
            "base": {"z_rms_g": 0.28, "roll_rms_rad_s2": 1.9, "pitch_rms_rad_s2": 1.3, "twist_rms_mrad_m": 2.5},
        }
    ],
    "by_hand": {
        "road": "class F at 12 km/h, empty",
        "hours": 5000.0,
        "parts": [{"name": "roll", "unit": "rad/s²", "rms": 1.9, "MPa_per_unit": 11.0, "share_percent": 64.0}],
        "rms_MPa": 21.5,
        "chain_rms_MPa": 24.5,
        "cycles_per_s": 3.5,
        "damage": 0.55,
        "chain_damage": 0.7,
    },
    "crash": [
        {
            "axis": "x",
            "greatest_hook_force_N": 420e3,
            "held_still_N": 280e3,
            "mean_hook_force_N": 310e3,
            "lock": "lock_L1",
            "history": "-x, 12.0 g",
            "slack_mm": {"lock_L1": 0.24},
            "beyond_yield_percent": 0.2,
            "over_time": {
                "step_s": 0.001,
                "base_g": [0.0, 12.0, 0.0],
                "pull_kN": {"lock_L1": [45.0, 420.0, 46.0], "lock_L2": [45.0, 30.0, 46.0]},
                "open_seats": [0, 7, 0],
                "seats": 16,
            },
        }
    ],
    "buckling": [
        {
            "case": "crash -x, 48 ms",
            "factor": 0.55,
            "exact": False,
            "at": [0.0, 1.0, 2.0],
            "upper_bounds": {"crash -x, 48 ms": 0.55, "crash +x, 52 ms": 0.93, "crash +y, 40 ms": None, "crash -y, 40 ms": 0.71},
        }
    ],
    "wear": {
        "swaps": 21_120.0,
        "clamp_before_N": 45e3,
        "clamp_after_N": 42.4e3,
        "bearings": [{"place": "A", "pressure_MPa": 47.0, "sliding_m": 302.0, "depth_mm": 0.014, "clamp_travel_lost_mm": 0.010}],
    },
}


@pytest.fixture
def lived(full):
    found = copy.deepcopy(full)
    found["life"] = copy.deepcopy(LIFE)
    return found


def test_the_page_shows_damage_causes_hooks_and_wear(lived):
    page = report_html(lived, [damage_by_cause(lived)])
    for said in (
        "rail.front to post.left",
        "IIW FAT 90",
        "kurtosis 4.50",
        "pad M1 19.5",
        "lock L1 0.24",
        "off the road 39",
        "on class F at 12 km/h, empty by hand",
        "medium-high",
        "leaves 25.6",
        "(certainty medium)",
        "If held still",
        "166",
        "roll, 58",
        "146",
        "4.1",
    ):
        assert said in page
    assert page.count('class="weld-life"') == page.count('class="mending"') == 1
    assert 'href="#life"' in page


def test_cases_that_buckle_later_are_named_in_order_and_those_that_do_not_are_left_out(lived):
    page = report_html(lived, [])
    assert "crash -y, 40 ms 0.710, crash +x, 52 ms 0.930" in page
    assert "crash +y, 40 ms" not in page


def test_the_page_calls_damage_under_rigid_rails_an_upper_bound(lived):
    assert "upper bound" not in report_html(lived)
    lived["life"]["rails"] = {"yield": False, "rails_kN_m_per_rad": 286.0, "twist_left_percent": 100.0}
    assert "damage from twist is an upper bound" in report_html(lived)


def test_without_an_assessment_nothing_is_shown(full):
    for empty in ({}, {"life": {}}):
        found = {**full, **empty}
        assert 'id="life"' not in report_html(found)
        assert life_lines(found) == []
        assert damage_by_cause(found) is None


def test_the_terminal_says_how_long_it_lasts_and_why(lived):
    said = " ".join(text(lived, 160).split())
    assert "damage 0.800 in 8.00 years" in said
    assert "82 % of it from class F at 12 km/h, empty" in said
    assert "1.67 years" in said


def test_a_weld_without_damage_has_no_end(lived):
    lived["life"]["groups"][0]["life_years"] = None
    assert len(life_lines(lived)) == 1


def test_the_plot_names_the_sums(lived):
    figure = damage_by_cause(lived)
    assert figure is not None
    assert "base_long 0.8" in figure.alt
    assert figure.section == "life"
    assert damage_by_cause(lived).data == figure.data


def test_the_crash_is_drawn_over_time(lived):
    (figure,) = crash_over_time(lived)
    assert "420 kN at lock L1" in figure.alt
    assert "7 places" in figure.alt
    assert figure.name == "crash_x"
    assert "Buckling" in report_html(lived, [figure])
    del lived["life"]["crash"][0]["over_time"]
    assert crash_over_time(lived) == ()


def test_an_assessment_without_welds_still_has_its_crash(lived):
    for key in ("groups", "damage_by_group_and_cause"):
        del lived["life"][key]
    page = report_html(lived)
    assert "Greatest hook force" in page
    assert damage_by_cause(lived) is None


HISTORIES = {
    "load_sets": [{"name": "service", "magnitude_N": [20e3, 110e3], "direction_deg": [41.7, 138.3]}],
    "seen": [
        {
            "name": "braking",
            "least_N": 43e3,
            "greatest_N": 45e3,
            "aside_deg": 14.0,
            "slack_ms": 0.0,
            "slack_at": "",
            "openings": 0,
            "across_N": 1e3,
        },
        {
            "name": "held",
            "least_N": 0.0,
            "greatest_N": 9.0,
            "aside_deg": 0.0,
            "slack_ms": None,
            "slack_at": "lock_L2",
            "openings": 1,
        }
        | {"holding_N_m": 2.0, "across_N": 0.0},
        {"name": "crash +x", "least_N": 0.0, "greatest_N": 425e3, "aside_deg": 46.0, "slack_ms": 54.5, "slack_at": "lock_L1"}
        | {"openings": 2, "holding_N_m": 19.2, "across_N": 87e3},
    ],
    "claims": [
        {
            "variant": "in the histories",
            "name": "over_centre",
            "verdict": "proved",
            "reason": "",
            "counterexample": [],
            "asked": True,
        }
        | {"certificate": "certificate_in_the_histories.json"}
        | {"margins": [{"value": 5.03, "unit": "mm", "meaning": "over-centre reserve: distance", "governs": ""}]},
        {
            "variant": "barrier",
            "name": "stays_shut",
            "verdict": "refuted",
            "reason": "1284 J",
            "counterexample": [],
            "margins": [],
        }
        | {"certificate": None, "asked": False},
    ],
}


def test_the_lock_in_the_histories_and_what_another_mesh_moves_are_shown(lived):
    lived["life"]["histories"] = HISTORIES
    lived["life"]["second_mesh"] = {"cells_mm": 63.0, "dofs": 100_000, "change_percent": {"linear_buckling": 3.2}}
    lived["life"]["second_mesh"]["weld_stress_percent"] = 1.8
    page = report_html(lived)
    more = ("compares no stress there", "at most 87.0 kN (crash +x)", "certificate_<wbr>in_<wbr>the_<wbr>histories.json")
    assert page.count('class="history-claim"') == 2
    for said in (
        "presses for 54 ms not at all",
        "19 N",
        "at least 5.03 mm",
        "not claimed by the file",
        "linear buckling 3.2 %",
        *more,
    ):
        assert said in page, said
