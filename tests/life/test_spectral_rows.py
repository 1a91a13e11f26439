"""Dirlik for very many stresses at once: the scalar method, closed forms, and rainflow on a Gaussian signal."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mechlock.errors import InputError
from mechlock.life.miner import damage
from mechlock.life.rainflow import rainflow
from mechlock.life.sn import basquin, en1993, iiw
from mechlock.life.spectral import damage_rate, spectral_moments
from mechlock.life.spectral_rows import dirlik_rates, kurtosis, moment_matrices, moments_of_rows


@pytest.mark.parametrize("curve", [iiw(90.0), en1993(71.0), basquin(1e12, 3.0)])
def test_arrays_equal_the_scalar_method(curve):
    rng = np.random.default_rng(0)
    f = np.linspace(0.5, 60.0, 400)
    levels = [10.0 ** rng.uniform(0, 3) * np.exp(-0.5 * ((f - c) / w) ** 2) + 0.1 for c, w in rng.uniform(2, 25, (20, 2))]
    rows = np.array([[np.trapezoid(f**k * g, f) for k in (0, 1, 2, 4)] for g in levels])
    found = dirlik_rates(rows, curve)
    assert found == pytest.approx([damage_rate(spectral_moments(row), curve) for row in rows], rel=1e-6)
    halved = dirlik_rates(rows, curve, np.full(20, 2.0))
    assert halved == pytest.approx([damage_rate(spectral_moments(row / 4.0), curve) for row in rows], rel=1e-6)


def test_a_sine_has_the_moments_of_its_line():
    step, f, size = 1e-3, 12.0, 30.0
    time = step * np.arange(20_000)
    both = np.column_stack([size * np.sin(2 * math.pi * f * time), np.ones(len(time))])
    matrices = moment_matrices(both, step)
    moments = moments_of_rows(np.array([[1.0, 0.0], [2.0, 5.0], [0.0, 1.0]]), matrices)
    line = size**2 / 2 * f ** np.array([0.0, 1.0, 2.0, 4.0])
    assert moments[0] == pytest.approx(line, rel=5e-3)
    assert moments[1] == pytest.approx(4 * line, rel=5e-3)
    assert moments[2] == pytest.approx(np.zeros(4), abs=1e-9)
    assert dirlik_rates(moments[2], iiw(90.0)) == 0.0


def test_rows_of_a_gaussian_signal_agree_with_rainflow():
    rng = np.random.default_rng(5)
    step, count = 2e-3, 200_000
    spectrum = np.fft.rfft(rng.standard_normal((2, count)), axis=1)
    f = np.fft.rfftfreq(count, step)
    band = np.array([np.exp(-0.5 * ((f - 3) / 1.0) ** 2), np.exp(-0.5 * ((f - 11) / 2.0) ** 2)])
    signal = np.fft.irfft(spectrum * band, count, axis=1)
    signal = 40.0 * (signal / signal.std(axis=1, keepdims=True)).T
    row = np.array([1.0, 0.6])
    rate = dirlik_rates(moments_of_rows(row, moment_matrices(signal, step)), iiw(90.0))
    counted = damage(rainflow(signal @ row), iiw(90.0)) / (step * count)
    assert rate == pytest.approx(counted, rel=0.1)
    assert kurtosis(signal.T) == pytest.approx([3.0, 3.0], abs=0.2)


def test_kurtosis_of_a_sine_and_of_nothing():
    assert kurtosis(np.sin(np.linspace(0, 200 * math.pi, 100_000))) == pytest.approx(1.5, rel=1e-3)
    assert np.isnan(kurtosis(np.ones((2, 50)))).all()


def test_too_short_a_history_is_refused():
    with pytest.raises(InputError, match="samples"):
        moment_matrices(np.zeros((8, 2)), 0.1)
