"""Duty, wear and records of a life assessment, on the reference design's data without its finite elements."""

from __future__ import annotations

import functools
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from mechlock import resources
from mechlock.errors import InputError
from mechlock.inputs.acceptance import acceptance
from mechlock.inputs.design import read_design
from mechlock.life.wear import WEAR_RATES
from mechlock.loads.duty import default_duty
from mechlock.pipeline.endurance_stage import SADDLE, endurance, endurance_criteria
from mechlock.pipeline.findings import NOT_EVALUATED
from mechlock.pipeline.frame_model import REST
from mechlock.pipeline.life_inputs import duty_of
from mechlock.pipeline.life_records import duty_record, load_records, wear_record
from mechlock.pipeline.life_stage import EVALUATED, HOW
from mechlock.solids.lock import build_lock

DESIGN = resources.folder("geometry") / "designs" / "reference.toml"


@functools.cache
def design(**changes):
    return read_design(DESIGN, {f"life.{key}": value for key, value in changes.items()})


def analysis(force=20e3):
    pads = {"pad_L1": SimpleNamespace(force=force), "pad_M1": SimpleNamespace(force=0.0)}
    results = {
        name: SimpleNamespace(name=name, pads=pads)
        for name in (f"{REST}, low preload", "braking, low preload", "braking, high preload")
    }
    return SimpleNamespace(static=SimpleNamespace(results=results))


@functools.cache
def worn(rate="hardened, greased"):
    proved = SimpleNamespace(lock=build_lock(design().linkage, design().parts))
    row = acceptance({})["lock_endurance"]
    return endurance(design(wear_rate=rate), analysis(), proved, default_duty(), row)


def test_years_and_duty_file_of_the_design_count(tmp_path):
    assert duty_of(design(years="5")).years == 5.0
    assert duty_of(design()).years == 8.0
    with pytest.raises(InputError, match=r"there is no file .mine\.toml."):
        duty_of(design(duty="mine.toml"))
    text = """
        format = "mechlock-duty/1"
        name = "own"
        years = 6
        distance_per_year = "10000 km"
        drives = [ { road = "B", share = 1.0, speed = "60 km/h" } ]
        manoeuvres = [ { name = "brake", acceleration = ["-0.5 g", "0 g", "0 g"], per_km = 2.0 } ]
        swaps = { per_day = 2, days_per_year = 300 }
        source = "logger"
        certainty = "high"
    """
    (tmp_path / "own.toml").write_text(text)
    found = duty_of(replace(design(duty="own.toml"), where=str(tmp_path / "design.toml")))
    assert found.name == "own"
    assert found.manoeuvres[0].per_year == pytest.approx(20_000)
    assert duty_record(found)["distance_km"] == pytest.approx(60_000)


def test_wear_is_rate_times_pressure_times_sliding_and_costs_clamp():
    found = worn()
    for item in found.wear:
        assert item.depth == pytest.approx(WEAR_RATES["hardened, greased"] * item.pressure * item.sliding)
    saddle = next(item for item in found.wear if item.place == SADDLE)
    assert saddle.lost == saddle.depth
    lost = sum(item.lost for item in found.wear)
    assert found.clamp == pytest.approx((45e3, 45e3 - 100e3 * lost))
    assert found.swaps == pytest.approx(21_120)
    assert wear_record(found)["clamp_after_N"] == found.clamp[1]


def test_the_hooks_pivot_carries_more_than_the_clamp():
    hook = next(item for item in worn().wear if item.place == "H")
    assert hook.lost > hook.depth


def test_worn_lock_is_proved_again_with_more_clearance():
    row = acceptance({})["lock_endurance"]
    rows = endurance_criteria(worn(), row)
    assert [item.status for item in rows] == ["passed", "passed"]
    assert rows[0].limit == pytest.approx(25.0)  # 45 kN less the 20 kN that the seat keeps in braking
    assert rows[1].case == "worn lock: over_centre"
    ruined = endurance_criteria(worn("mild steel, dry"), row)
    assert ruined[0].status == "failed"
    assert ruined[1].status != "passed"


def test_an_unknown_bearing_condition_is_refused():
    with pytest.raises(InputError, match="bearing condition 'rusty'"):
        worn("rusty")


def test_what_it_evaluates_is_what_a_check_without_it_leaves_open():
    assert {name for name, reason in NOT_EVALUATED.items() if reason == HOW} == set(EVALUATED)


def test_every_load_is_told_with_source_and_certainty():
    rows = load_records(default_duty())
    assert {row["kind"] for row in rows} == {"corridor", "psd", "sine_dwell", "truck", "class"}
    assert sum(row["kind"] == "class" for row in rows) == 4
    assert all(row["source"] and row["certainty"] for row in rows)


def test_default_sample_is_long_enough_for_the_longest_wave():
    slowest = min(leg.speed for leg in default_duty().drives)
    assert design().file.life.sample * slowest > 1.0 / 0.011e-3
    assert Path(design().where).name == "reference.toml"
