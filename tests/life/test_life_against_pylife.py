"""The same counts and damages as pyLife and rainflow, where those are installed."""

from __future__ import annotations

import numpy as np
import pytest

from mechlock.life.rainflow import rainflow


@pytest.mark.parametrize("seed", range(5))
def test_counts_equal_the_rainflow_package(seed):
    oracle = pytest.importorskip("rainflow", reason="needs the oracle extra")
    signal = np.round(np.random.default_rng(seed).standard_normal(5000) * 4) / 4
    other = sorted((size, mean, count) for size, mean, count, _, _ in oracle.extract_cycles(signal) if size > 0)
    mine = rainflow(signal)

    def summed(rows):
        table: dict[tuple[float, float], float] = {}
        for size, mean, count in rows:
            table[size, mean] = table.get((size, mean), 0.0) + count
        return table

    assert summed(zip(mine.range.tolist(), mine.mean.tolist(), mine.count.tolist(), strict=True)) == summed(other)


@pytest.mark.parametrize("seed", range(3))
def test_closed_cycles_equal_pylifes_four_point_counter(seed):
    stress = pytest.importorskip("pylife.stress.rainflow", reason="needs the oracle extra")
    signal = np.random.default_rng(seed).standard_normal(20000).cumsum()
    recorder = stress.FullRecorder()
    stress.FourPointDetector(recorder=recorder).process(signal)
    other = np.abs(np.asarray(recorder.values_from) - np.asarray(recorder.values_to))
    mine = rainflow(signal)
    assert np.sort(mine.range[mine.count == 1.0]) == pytest.approx(np.sort(other))
