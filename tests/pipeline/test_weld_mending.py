"""The stress that a weld's life allows, against closed forms on one slope and on two."""

from __future__ import annotations

import numpy as np
import pytest

from mechlock.analyses.weld_life import Passage
from mechlock.life.sn import basquin, iiw
from mechlock.pipeline.weld_mending import MOST, allowed_stress, mending

ROW = np.array([50.0, 2.0])


def saw(height: float, cycles: int, per_year: float) -> Passage:
    """Cycles of one range on the first coordinate."""
    values = np.zeros((2 * cycles + 1, 2))
    values[1::2, 0] = height
    return Passage("saw", "event", values, 0.01, per_year)


@pytest.mark.parametrize("slope", [3.0, 5.0])
def test_on_one_slope_it_is_the_root_of_the_damage_ratio(slope):
    curve = basquin(1e12, slope)
    damage = 200.0 * (50.0 * 2.0) ** slope / 1e12
    found = allowed_stress(ROW, [saw(2.0, 20, 10.0)], curve, 1.0, damage / 64.0)
    assert found == pytest.approx(64.0 ** (-1.0 / slope), rel=1e-5)


def test_states_count_as_one_cycle_and_strength_scales_the_curve():
    curve = basquin(1e12, 3.0)
    states = Passage("swap", "swap", np.array([[0.0, 0.0], [0.0, 30.0]]), 0.0, 1000.0)
    damage = 1000.0 * (60.0 / 0.8) ** 3 / 1e12
    assert allowed_stress(ROW, [states], curve, 0.8, damage) == pytest.approx(1.0, rel=1e-5)


def test_past_the_knee_less_stress_pays_more():
    curve = iiw(90.0)
    passage = [saw(2.0, 500, 1000.0)]
    now = 500_000.0 * float(curve.damage_per_cycle(100.0))
    found = allowed_stress(ROW, passage, curve, 1.0, now / 1000.0)
    assert 1000.0 ** (-1.0 / 3.0) < found < 1000.0 ** (-1.0 / 5.0)
    again = 500_000.0 * float(curve.damage_per_cycle(100.0 * found))
    assert again == pytest.approx(now / 1000.0, rel=1e-4)


def test_a_weld_without_stress_has_more_to_spare_than_is_said():
    assert allowed_stress(0.0 * ROW, [saw(2.0, 5, 1.0)], iiw(90.0), 1.0, 0.01) == MOST


def test_class_and_walls_follow_from_the_stress():
    found = mending("rail", 8.0, 0.5, 90.0, 3.0, None)
    assert (found.weld_class, found.pulled, found.bent) == pytest.approx((180.0, 6.0, 3.0 * 2.0**0.5))
    assert found.road == ""
