"""Damage at weld toes from roads, events, manoeuvres and swaps: closed forms and bookkeeping."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mechlock.analyses.weld_life import PLANES, Passage, plane_factors, weld_life
from mechlock.life.miner import damage
from mechlock.life.rainflow import rainflow
from mechlock.life.sn import iiw

CURVE = iiw(90.0)
AWAY, INWARD = np.array([[1.0, 0.0, 0.0]]), np.array([[0.0, 0.0, -1.0]])
UNIAXIAL = np.array([1.0, 0.0, 0.0, 0.0, 0.0, 0.0])


def toes(*sizes: float):
    """Toes with uniaxial stress across them, one coordinate."""
    count = len(sizes)
    tensors = np.array(sizes)[:, None, None] * UNIAXIAL[None, :, None]
    return plane_factors(tensors, np.repeat(AWAY, count, 0), np.repeat(INWARD, count, 0))


def noise(seed=1, samples=40_000):
    """A Gaussian signal of about 5 Hz, one coordinate with unit variance."""
    rng = np.random.default_rng(seed)
    f = np.fft.rfftfreq(samples, 0.004)
    signal = np.fft.irfft(np.fft.rfft(rng.standard_normal(samples)) * np.exp(-0.5 * ((f - 5) / 1.5) ** 2), samples)
    return (signal / signal.std())[:, None]


def test_normal_stress_on_turned_planes_falls_with_the_square_of_the_cosine():
    factors = toes(100.0)[0, :, 0]
    assert factors == pytest.approx(100.0 * np.cos(PLANES) ** 2)


def test_a_skew_principal_stress_is_found_on_its_own_plane():
    turn = math.radians(45.0)
    c, s = math.cos(turn), math.sin(turn)
    # along the weld is away x inward = (1,0,0) x (0,0,-1) = (0,1,0)
    tensor = 80.0 * np.array([c * c, s * s, 0.0, c * s, 0.0, 0.0])[None, :, None]
    factors = plane_factors(tensor, AWAY, INWARD)
    passage = Passage("curve", "manoeuvre", np.array([[1.0], [0.0]]), 0.0, 1e5)
    found = weld_life(factors, [passage], CURVE, np.zeros(1, dtype=int))
    assert found.plane[0] == pytest.approx(turn)
    assert found.yearly[0] == pytest.approx(1e5 * CURVE.damage_per_cycle(80.0))


def test_manoeuvres_and_swaps_are_cycles_of_their_largest_range():
    states = np.array([[0.0], [1.5], [-0.5]])
    passages = [
        Passage("braking", "manoeuvre", np.array([[2.0], [0.0]]), 0.0, 1e4),
        Passage("swaps", "swap", states, 0.0, 500.0),
    ]
    found = weld_life(toes(60.0), passages, CURVE, np.zeros(1, dtype=int))
    assert found.per_year[:, 0] == pytest.approx([1e4 * CURVE.damage_per_cycle(120.0), 500 * CURVE.damage_per_cycle(120.0)])
    assert np.isnan(found.spectral).all()


def test_counted_toes_hold_rainflow_and_the_others_dirlik():
    signal = noise()
    sizes = np.linspace(20.0, 60.0, 9)
    groups = np.array([0, 0, 0, 0, 0, 1, 1, 1, 1])
    found = weld_life(toes(*sizes), [Passage("road", "road", signal, 0.004, 100.0)], CURVE, groups, of_each_group=1, of_all=2)
    assert found.counted.nonzero()[0].tolist() == [4, 7, 8]
    exact = 100.0 * damage(rainflow(sizes[8] * signal[:, 0]), CURVE)
    assert found.per_year[0, 8] == pytest.approx(exact)
    assert found.per_year[0, 0] == found.spectral[0, 0]
    assert found.spectral[0, 8] == pytest.approx(exact, rel=0.1)
    assert found.kurtosis[0] == pytest.approx(3.0, abs=0.2)
    assert found.not_gaussian == ()
    assert 0.0 < found.error < 0.2


def test_a_signal_that_is_not_gaussian_is_named():
    spiky = noise() ** 3
    found = weld_life(toes(20.0), [Passage("rough", "road", spiky, 0.004, 1.0)], CURVE, np.zeros(1, dtype=int))
    assert len(found.not_gaussian) == 1
    assert found.not_gaussian[0].startswith("rough (kurtosis")


def test_events_are_counted_on_every_plane_and_strength_divides_the_ranges():
    wave = np.sin(np.linspace(0, 20 * math.pi, 800))[:, None]
    passage = Passage("hole", "event", wave, 0.01, 10.0)
    found = weld_life(toes(50.0, 50.0), [passage], CURVE, np.zeros(2, dtype=int), np.array([1.0, 0.8]))
    one = 10.0 * damage(rainflow(50.0 * wave[:, 0]), CURVE)
    assert found.yearly == pytest.approx([one, 10.0 * damage(rainflow(62.5 * wave[:, 0]), CURVE)])
