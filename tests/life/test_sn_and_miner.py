"""S-N curves at their named points, by hand and from the standards' own ratios; damage sums."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mechlock.errors import InputError
from mechlock.life.miner import blocks, damage, damage_of_each, equivalent_range
from mechlock.life.rainflow import rainflow, rainflow_many
from mechlock.life.sn import (
    base_metal,
    basquin,
    en1993,
    fkm_equivalent_range,
    iiw,
    iiw_shear,
    mean_stress_sensitivity,
    thickness_factor,
)

SIGNAL = [-2, 1, -3, 5, -1, 3, -4, 4, -2]


def test_iiw_passes_through_its_class_and_its_knee():
    curve = iiw(90.0)
    assert curve.cycles(90.0) == pytest.approx(2e6)
    assert curve.cycles(180.0) == pytest.approx(2e6 / 8)
    assert curve.knee_range == pytest.approx(90.0 * 0.2 ** (1 / 3))
    assert curve.cycles(0.5 * curve.knee_range) == pytest.approx(1e7 * 2**5)
    assert math.isinf(curve.cycles(0.0))


def test_en1993_has_the_ratios_of_the_standard():
    curve = en1993(71.0)
    assert curve.knee_range / 71.0 == pytest.approx(0.737, abs=5e-4)
    assert curve.cutoff_range / curve.knee_range == pytest.approx(0.549, abs=5e-4)
    assert curve.cycles(curve.cutoff_range * 1.0001) == pytest.approx(1e8, rel=1e-3)
    assert math.isinf(curve.cycles(curve.cutoff_range * 0.999))


def test_shear_has_slope_five():
    assert iiw_shear(80.0).cycles(160.0) == pytest.approx(2e6 / 32)


def test_base_metal_is_named_in_range():
    curve = base_metal(750.0)
    assert curve.knee_range == pytest.approx(2 * 337.5)
    assert curve.cycles(2 * curve.knee_range) == pytest.approx(1e6 / 32)


@given(st.floats(1.0, 900.0), st.floats(1e4, 1e9))
def test_range_at_inverts_cycles(size, cycles):
    curve = iiw(100.0)
    assert curve.range_at(curve.cycles(size)) == pytest.approx(size, rel=1e-9)
    assert curve.cycles(curve.range_at(cycles)) == pytest.approx(cycles, rel=1e-9)


def test_thickness_lowers_only_thick_plates():
    assert thickness_factor(5.0) == 1.0
    assert thickness_factor(50.0, 0.3) == pytest.approx(0.5**0.3)
    assert iiw(100.0).scaled(thickness_factor(50.0, 0.3)).cycles(100.0 * 0.5**0.3) == pytest.approx(2e6)


def test_mean_stress_correction_is_continuous_and_meets_its_corners():
    m = mean_stress_sensitivity(750.0)
    assert m == pytest.approx(0.1625)
    ratio = np.array([-3.0, -1.0, 0.0, 1.0, 3.0, 9.0])
    factor = fkm_equivalent_range(np.full(6, 2.0), ratio, m) / 2.0
    assert factor == pytest.approx([1 - m, 1 - m, 1.0, 1 + m, (1 + m) ** 2 / (1 + m / 3), (1 + m) ** 2 / (1 + m / 3)])
    near = fkm_equivalent_range(np.full(4, 2.0), [1.0 - 1e-9, 1.0 + 1e-9, 3 - 1e-9, 3 + 1e-9], m)
    assert near[0] == pytest.approx(near[1])
    assert near[2] == pytest.approx(near[3])


def test_miner_on_the_standards_example():
    assert damage(rainflow(SIGNAL), basquin(1e6 * 4**3, 3.0)) == pytest.approx(1.709375e-5, rel=1e-9)


def test_blocks():
    found = blocks([1e4, 2e4, 5e3], [2e5, 1e6, 5e4])
    assert found.total == pytest.approx(0.17, rel=1e-12)
    assert found.repetitions() == pytest.approx(5.88235, rel=1e-6)
    with pytest.raises(InputError):
        blocks([1.0], [0.0])


def test_damage_of_many_signals_is_that_of_each():
    signals = 100 * np.random.default_rng(0).standard_normal((5, 400))
    curve = iiw(63.0)
    each = damage_of_each(rainflow_many(signals), curve, 5)
    assert each == pytest.approx([damage(rainflow(signal), curve) for signal in signals])


def test_equivalent_range_does_the_same_damage():
    cycles, curve = rainflow(SIGNAL), basquin(1e9, 3.0)
    size = equivalent_range(cycles, 3.0, 1000.0)
    assert 1000.0 * curve.damage_per_cycle(size) == pytest.approx(damage(cycles, curve))


@pytest.mark.parametrize("fat", [0.0, -90.0, math.nan])
def test_no_class_of_nothing(fat):
    with pytest.raises(InputError, match="positive stress range"):
        iiw(fat)
