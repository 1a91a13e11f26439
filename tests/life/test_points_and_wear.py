"""Damage of many points in pieces, critical planes, signed von Mises, Archard wear."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mechlock.errors import InputError
from mechlock.life import points as module
from mechlock.life.miner import damage
from mechlock.life.points import damage_of_points, normal_stress_factors, planes_about, signed_von_mises
from mechlock.life.rainflow import rainflow
from mechlock.life.sn import iiw
from mechlock.life.wear import WEAR_RATES, clamp_after_wear, pin_wear

CURVE = iiw(90.0)


@pytest.fixture(scope="module")
def history():
    rng = np.random.default_rng(3)
    return 40 * rng.standard_normal((31, 3)), rng.standard_normal((900, 3)).cumsum(axis=0) / 10


def test_points_in_pieces_equal_each_alone(history, monkeypatch):
    factors, coordinates = history
    whole = damage_of_points(factors, coordinates, CURVE)
    monkeypatch.setattr(module, "_CHUNK", 4000)
    told = []
    pieces = damage_of_points(factors, coordinates, CURVE, progress=told.append)
    assert pieces.damage == pytest.approx(whole.damage)
    assert told[-1] == 1.0
    assert len(told) > 3
    alone = [damage(rainflow(row @ coordinates.T), CURVE) for row in factors]
    assert whole.damage == pytest.approx(alone)
    assert whole.greatest_range == pytest.approx(np.ptp(factors @ coordinates.T, axis=1))


def test_strength_shifts_the_curve_of_each_point(history):
    factors, coordinates = history
    strength = np.linspace(0.7, 1.3, len(factors))
    found = damage_of_points(factors, coordinates, CURVE, strength)
    exact = [damage(rainflow(row @ coordinates.T), CURVE.scaled(s)) for row, s in zip(factors, strength, strict=True)]
    assert found.damage == pytest.approx(exact)


def test_critical_plane_finds_uniaxial_tension_wherever_it_points():
    for turn in (0.0, 30.0, 70.0):
        n = np.array([math.cos(math.radians(turn)), math.sin(math.radians(turn)), 0.0])
        full = np.outer(n, n) * 100
        tensor = np.array([[full[0, 0], full[1, 1], full[2, 2], full[0, 1], full[1, 2], full[2, 0]]])[:, :, None]
        planes = planes_about([[0.0, 0.0, 1.0]], 36)
        factors = normal_stress_factors(tensor, planes)
        assert factors.max() == pytest.approx(100.0, rel=2e-3)
        wave = np.sin(np.linspace(0, 40 * math.pi, 2000))[:, None]
        found = damage_of_points(factors, wave, CURVE)
        assert abs(planes[0, found.plane[0]] @ n) == pytest.approx(1.0, abs=2e-3)


def test_planes_stand_on_the_surface():
    normals = np.random.default_rng(0).standard_normal((6, 3))
    planes = planes_about(normals)
    assert np.linalg.norm(planes, axis=2) == pytest.approx(np.ones((6, 18)))
    assert np.einsum("pci,pi->pc", planes, normals) == pytest.approx(np.zeros((6, 18)), abs=1e-12)


def test_signed_von_mises_keeps_the_sense():
    assert signed_von_mises([[100, 0, 0, 0, 0, 0], [-100, 0, 0, 0, 0, 0], [0, 0, 0, 10, 0, 0]]) == pytest.approx(
        [100, -100, 10 * math.sqrt(3)]
    )


@pytest.mark.parametrize("strength", [0.0, -1.0])
def test_impossible_strengths_are_refused(history, strength):
    with pytest.raises(InputError):
        damage_of_points(*history, CURVE, strength)


def test_numbers_must_fit_and_be_finite(history):
    factors, coordinates = history
    with pytest.raises(InputError, match="do not fit"):
        damage_of_points(factors[:, :2], coordinates, CURVE)
    with pytest.raises(InputError, match="not finite"):
        damage_of_points(factors * np.nan, coordinates, CURVE)


def test_archard_by_hand():
    """21 100 swaps, 20 kN, a 30 mm pin turning 60 degrees there and back, 1e-9: V = k F s."""
    slide = 15.0 * 2 * math.radians(60)
    found = pin_wear(20e3, slide, 21_100, 30.0, 25.0, WEAR_RATES["hardened, greased"])
    assert found.sliding == pytest.approx(21_100 * slide)
    assert found.volume == pytest.approx(1e-9 * 20e3 * 21_100 * slide)
    assert found.depth == pytest.approx(found.volume / 750.0)
    assert 0.001 < found.depth < 0.1


def test_clamp_falls_by_stiffness_times_wear_and_not_below_zero():
    assert clamp_after_wear(20e3, 100e3, 0.05, 0.02) == pytest.approx(13e3)
    assert clamp_after_wear(5e3, 100e3, 0.2) == 0.0


@pytest.mark.parametrize("arguments", [(-1.0, 1, 1, 1, 1, 1), (1.0, 1, 1, 0, 1, 1), (1, 1, math.nan, 1, 1, 1)])
def test_impossible_wear_is_refused(arguments):
    with pytest.raises(InputError):
        pin_wear(*arguments)
