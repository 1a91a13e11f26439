"""Spectral damage against closed forms, numerical quadrature of the densities, and counted simulations."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import gamma

from mechlock.errors import InputError
from mechlock.life.miner import damage
from mechlock.life.rainflow import rainflow
from mechlock.life.sn import basquin, en1993, iiw
from mechlock.life.spectral import (
    amplitude_density,
    check_gaussian,
    damage_rate,
    lalanne_density,
    moments_of_psd,
    spectral_moments,
)

METHODS = ["narrow_band", "dirlik", "tovo_benasciutti", "lalanne"]


@pytest.fixture(scope="module")
def bimodal():
    """Two resonances on a floor, MPa²/Hz."""
    frequency = np.linspace(0.5, 80.0, 4000)
    level = 40 / ((1 - (frequency / 9) ** 2) ** 2 + (0.06 * frequency / 9) ** 2)
    level = level + 3 / ((1 - (frequency / 35) ** 2) ** 2 + (0.05 * frequency / 35) ** 2)
    return frequency, level


def simulated(frequency, level, seconds=2000.0, rate=800.0):
    rng = np.random.default_rng(11)
    count = int(seconds * rate)
    lines = np.fft.rfftfreq(count, 1 / rate)
    amplitude = np.sqrt(np.interp(lines, frequency, level, left=0.0, right=0.0) * rate * count / 2)
    return np.fft.irfft(
        amplitude * (rng.standard_normal(len(lines)) + 1j * rng.standard_normal(len(lines))) / math.sqrt(2), count
    )


def test_rayleigh_damage_in_closed_form():
    """rms 30 MPa at 50 Hz for an hour, N = 1e16 amplitude^-5."""
    moments = spectral_moments([900.0, 900.0 * 50, 900.0 * 2500, 900.0 * 50.0**4])
    curve = basquin(1e16 * 2**5, 5.0)  # the curve takes ranges
    assert 3600.0 * damage_rate(moments, curve, "narrow_band") == pytest.approx(0.008222994, rel=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_a_single_line_is_a_narrow_band(method):
    moments = spectral_moments([900.0, 900.0 * 50, 900.0 * 2500, 900.0 * 50.0**4])
    exact = 50 / 1e16 * (math.sqrt(2) * 30) ** 5 * gamma(3.5)
    assert damage_rate(moments, basquin(1e16 * 2**5, 5.0), method) == pytest.approx(exact, rel=1e-4)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("curve", [iiw(63.0), en1993(71.0), iiw(400.0)])
def test_damage_is_the_integral_of_the_density(bimodal, method, curve):
    moments = moments_of_psd(*bimodal)
    amplitude = np.linspace(0, 14 * moments.rms, 400_001)
    plain = np.trapezoid(amplitude_density(moments, amplitude, method) * curve.damage_per_cycle(2 * amplitude), amplitude)
    assert damage_rate(moments, curve, method) == pytest.approx(plain, rel=2e-4)


def test_dirlik_and_lalanne_are_distributions_of_all_peaks(bimodal):
    moments = moments_of_psd(*bimodal)
    amplitude = np.linspace(0, 14 * moments.rms, 100_001)
    assert np.trapezoid(amplitude_density(moments, amplitude, "dirlik"), amplitude) == pytest.approx(moments.peak_rate, rel=1e-4)
    below = np.trapezoid(lalanne_density(moments, amplitude), amplitude)
    assert below == pytest.approx(0.5 * (1 + moments.irregularity), rel=1e-4)  # Rice: the share of peaks above the mean


def test_methods_stand_near_the_counted_simulation(bimodal):
    curve = basquin(1e12, 4.0)
    counted = damage(rainflow(simulated(*bimodal)), curve) / 2000.0
    moments = moments_of_psd(*bimodal)
    assert damage_rate(moments, curve, "dirlik") == pytest.approx(counted, rel=0.12)
    assert damage_rate(moments, curve, "tovo_benasciutti") == pytest.approx(counted, rel=0.12)
    assert damage_rate(moments, curve, "narrow_band") > counted


def test_non_gaussian_signals_are_told(bimodal):
    signal = simulated(*bimodal, seconds=100.0)
    assert check_gaussian(signal) == ""
    assert "kurtosis" in check_gaussian(signal**3)
    assert "kurtosis" in check_gaussian(np.sin(np.arange(1000.0)))


@pytest.mark.parametrize("moments", [[1, 1, 1], [1, 1, -1, 1], [1.0, 5.0, 1.0, 1.0], [1.0, 1.0, 2.0, 1.0]])
def test_moments_of_no_spectrum_are_refused(moments):
    with pytest.raises(InputError):
        spectral_moments(moments)


def test_empty_and_unsorted_spectra_are_refused():
    with pytest.raises(InputError):
        moments_of_psd([], [])
    with pytest.raises(InputError):
        moments_of_psd([2.0, 1.0], [1.0, 1.0])
    with pytest.raises(InputError, match="no spectral method"):
        damage_rate(spectral_moments([1.0, 1.0, 1.5, 4.0]), iiw(90.0), "miner")
