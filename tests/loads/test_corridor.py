"""Collision corridors: bounds, histories inside them."""

from __future__ import annotations

import numpy as np
import pytest

from mechlock.errors import InputError
from mechlock.loads.corridor import corridor
from mechlock.loads.standards import list_records

G = 9806.65


@pytest.mark.parametrize("record", list_records("corridor"), ids=lambda record: record.id)
@pytest.mark.parametrize("axis", ["x", "y"])
def test_every_corridor_has_room_and_holds_its_mean(record, axis):
    limits = corridor(record.id, axis)
    mean = limits.mean()
    assert limits.holds(mean.values, mean.step)
    low, high = limits.bounds(mean.time)
    assert (low <= high + 1e-9).all()
    assert mean.duration == pytest.approx(0.120)


def test_heavy_vehicles_have_the_figures_of_the_table():
    limits = corridor("GB38031_sim_collision_ge_7p5t", "x")
    low, high = limits.bounds([0.0, 0.050, 0.065, 0.080, 0.110, 0.130])
    assert low / G == pytest.approx([0, 6.6, 6.6, 6.6 * 20 / 35, 0, 0])
    assert high / G == pytest.approx([4, 12, 12, 12, 3, 0])
    assert corridor("GB38031_sim_collision_ge_7p5t", "y").upper.max() / G == pytest.approx(10)


def test_the_trapezoid_of_the_design_notes_lies_inside():
    """9.3 g, 0-40-65-110 ms."""
    limits = corridor("GB38031_sim_collision_ge_7p5t", "x")
    made = limits.trapezoid(0.0, 0.040, 0.025, 0.045, 9.3 * G)
    assert made.values.max() == pytest.approx(9.3 * G)
    with pytest.raises(InputError, match="leaves the corridor"):
        limits.trapezoid(0.0, 0.040, 0.025, 0.045, 12.5 * G)
    with pytest.raises(InputError, match="leaves the corridor"):
        limits.trapezoid(0.0, 0.060, 0.005, 0.045, 7.0 * G)


def test_curves_outside_are_told_apart():
    limits = corridor("UNR100_03_M3_N3", "x")
    mean = limits.mean()
    curves = np.stack([mean.values, mean.values + 6 * G, 0 * mean.values])
    assert limits.holds(curves, mean.step).tolist() == [True, False, False]


@pytest.mark.parametrize(
    "call", [lambda: corridor("UNR100"), lambda: corridor("UNR100_03_M3_N3", "z"), lambda: corridor("UNR100_03_M3_N3").mean(1.0)]
)
def test_what_there_is_not_is_refused(call):
    with pytest.raises(InputError):
        call()
