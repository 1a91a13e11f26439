"""Rainflow counting against the standard's example, the standard's three-point rule written plainly, and invariants."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mechlock.cli.output import Common, tell_missing
from mechlock.errors import InputError
from mechlock.life.rainflow import Cycles, rainflow, rainflow_many, turning_points
from mechlock.life.rainflow_compiled import _count_rows, count_rows

ASTM = [-2, 1, -3, 5, -1, 3, -4, 4, -2]


def three_point(signal):
    """ASTM E1049 5.4.4, step by step: (range, mean) -> cycles."""
    table = Counter()
    points: list[float] = []
    for value in turning_points(signal):
        points.append(float(value))
        while len(points) >= 3:
            x, y = abs(points[-1] - points[-2]), abs(points[-2] - points[-3])
            if x < y:
                break
            middle = 0.5 * (points[-2] + points[-3])
            if len(points) == 3:
                table[y, middle] += 0.5
                del points[0]
            else:
                table[y, middle] += 1.0
                del points[-3:-1]
    for a, b in pairwise(points):
        table[abs(a - b), 0.5 * (a + b)] += 0.5
    return {key: count for key, count in table.items() if key[0] > 0}


def counted(cycles):
    table = Counter()
    for size, middle, count in zip(cycles.range, cycles.mean, cycles.count, strict=True):
        table[float(size), float(middle)] += float(count)
    return {key: count for key, count in table.items() if key[0] > 0}


def test_the_standards_example():
    cycles = rainflow(ASTM)
    assert counted(cycles) == {(3, -0.5): 0.5, (4, -1): 0.5, (4, 1): 1.0, (6, 1): 0.5, (8, 1): 0.5, (8, 0): 0.5, (9, 0.5): 0.5}
    assert cycles.histogram([2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5]).tolist() == [0.5, 1.5, 0, 0.5, 0, 1.0, 0.5]
    assert sorted(cycles.amplitude) == [r / 2 for r in sorted(cycles.range)]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(-6, 6), min_size=2, max_size=120))
def test_small_integers_full_of_ties_count_as_the_three_point_rule(signal):
    assert counted(rainflow(signal)) == three_point(signal)


def in_one_pass(rows):
    """What the compiled loop finds, run by Python itself."""
    values = np.asarray(rows, dtype=float)
    arrays = [np.empty(values.size) for _ in range(3)]
    owner = np.empty(values.size, dtype=int)
    total = _count_rows(values, *arrays, owner)
    return Cycles(*(part[:total] for part in arrays), owner[:total])


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(-6, 6), min_size=2, max_size=120))
def test_the_compiled_loop_counts_as_the_three_point_rule(signal):
    cycles = in_one_pass([signal, signal[::-1]])
    for row, values in enumerate((signal, signal[::-1])):
        mine = cycles.owner == row
        assert counted(Cycles(*(part[mine] for part in (cycles.range, cycles.mean, cycles.count, cycles.owner)))) == (
            three_point(values)
        )


def test_numba_counts_as_numpy(monkeypatch):
    pytest.importorskip("numba")
    rows = np.round(np.random.default_rng(3).standard_normal((3, 4000)).cumsum(axis=1) * 8) / 8
    plain = [rainflow(rows[0]), rainflow_many(rows)]
    monkeypatch.setattr("mechlock.life.rainflow._WORTH_COMPILING", 1)
    fast = [rainflow(rows[0]), rainflow_many(rows)]
    for mine, theirs in zip(fast, plain, strict=True):
        assert counted(mine) == counted(theirs)
        assert np.bincount(mine.owner, mine.count) == pytest.approx(np.bincount(theirs.owner, theirs.count))


def test_without_numba_the_same_is_counted_and_said_once(monkeypatch, capsys):
    rows = np.round(np.random.default_rng(4).standard_normal((2, 3000)).cumsum(axis=1) * 8) / 8
    plain = rainflow_many(rows)
    monkeypatch.setattr("mechlock.life.rainflow._WORTH_COMPILING", 1)
    monkeypatch.setattr("mechlock.fem.compiled._compiler", lambda: None)
    count_rows.cache_clear()
    try:
        assert count_rows() is None
        assert counted(rainflow_many(rows)) == counted(plain)
        tell_missing(Common())
        tell_missing(Common(quiet=True))
    finally:
        count_rows.cache_clear()
    assert capsys.readouterr().err.count("numba is not installed (extra `fast`)") == 1


def test_numba_is_loaded_where_it_is_used_only():
    code = "import sys, mechlock.pipeline.checking; assert 'numba' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("count", [50_000, 50_001])
def test_blocks_leave_no_seam(count):
    signal = np.round(np.random.default_rng(5).standard_normal(count).cumsum() * 8) / 8
    assert counted(rainflow(signal)) == three_point(signal)


@pytest.mark.parametrize("decay", [1.0, 0.999])
def test_deep_nesting_and_constant_amplitude(decay):
    wave = np.where(np.arange(6000) % 2, 1.0, -1.0) * decay ** np.arange(6000)
    signal = np.concatenate([[0, 10.0], wave, [-10.0, 10.0], wave[::-1], [0.0]])
    mine, plain = rainflow(signal), three_point(signal)
    assert mine.count.sum() == pytest.approx(sum(plain.values()))
    assert (mine.count @ mine.range**3) == pytest.approx(sum(c * k[0] ** 3 for k, c in plain.items()))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(-100, 100), min_size=2, max_size=60), st.floats(-10, 10))
def test_each_reversal_is_half_a_cycle_and_sign_and_offset_do_not_matter(signal, offset):
    cycles = rainflow(signal)
    points = turning_points(signal)
    assert cycles.count.sum() == pytest.approx(0.5 * (len(points) - 1))
    mirrored = rainflow(-np.array(signal))
    assert np.sort(mirrored.range) == pytest.approx(np.sort(cycles.range))
    if len(points) > 1:
        assert cycles.range.max() <= np.ptp(signal)


def test_many_signals_at_once_equal_each_alone():
    signals = np.random.default_rng(2).standard_normal((37, 900))
    signals[3, 100:110] = signals[3, 100]
    together = rainflow_many(signals)
    for row, signal in enumerate(signals):
        alone, mine = rainflow(signal), together.owner == row
        assert np.sort(together.range[mine] * together.count[mine]) == pytest.approx(np.sort(alone.range * alone.count))


def test_repeated_signal_closes_whole_cycles():
    cycles = rainflow(ASTM, residue="repeat")
    assert counted(cycles) == {(9, 0.5): 1.0, (7, 0.5): 1.0, (3, -0.5): 1.0, (4, 1): 1.0}


def test_plateaus_and_constants():
    assert turning_points([1, 1, 2, 2, 2, 1, 1]).tolist() == [1, 2, 1]
    assert len(rainflow([3.0, 3.0, 3.0]).range) == 0


@pytest.mark.parametrize("signal", [[1.0], [1.0, np.nan, 2.0], [[1.0, 2.0], [2.0, 1.0]]])
def test_what_is_no_signal_is_refused(signal):
    with pytest.raises(InputError):
        rainflow(signal)
