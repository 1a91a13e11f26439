"""The worst history inside a collision corridor."""

from __future__ import annotations

import numpy as np
import pytest

from mechlock.loads.corridor import corridor
from mechlock.loads.history import history
from mechlock.response.corridor_search import response_bound, worst_trapezoid
from mechlock.response.srs import shock_response_spectrum

G = 9806.65
HEAVY = corridor("GB38031_sim_collision_ge_7p5t", "x")


def test_amplification_of_the_mid_trapezoid_is_that_of_the_data():
    """Rows of the data: amplification of the 9.3 g trapezoid over frequency (independent Runge-Kutta integration)."""
    made = HEAVY.trapezoid(0.0, 0.040, 0.025, 0.045, 9.3 * G)
    found = shock_response_spectrum(made, [5, 8, 10, 15, 20, 25, 30, 40], 0.03).maximax / (9.3 * G)
    assert found == pytest.approx([1.55, 1.73, 1.69, 1.46, 1.21, 1.03, 1.13, 1.16], abs=0.01)


@pytest.mark.parametrize("frequency", [8.0, 12.5, 22.0])
def test_worst_trapezoid_lies_inside_and_between_mean_and_bound(frequency):
    worst = worst_trapezoid(HEAVY, frequency, 0.03)
    assert HEAVY.holds(worst.history.values, worst.history.step)
    again = shock_response_spectrum(worst.history, [frequency], 0.03).maximax[0]
    assert again == pytest.approx(worst.response, rel=0.01)
    mean = shock_response_spectrum(HEAVY.mean(), [frequency], 0.03).maximax[0]
    assert mean < worst.response < worst.bound
    assert worst.tried > 100


def test_no_random_history_inside_exceeds_the_bound():
    rng = np.random.default_rng(0)
    time = 5e-4 * np.arange(241)
    low, high = HEAVY.bounds(time)
    frequency = np.array([6.0, 12.0, 25.0])
    bound = response_bound(HEAVY, frequency, 0.03)
    for _ in range(20):
        share = np.interp(time, np.linspace(0, 0.12, 9), rng.integers(0, 2, 9).astype(float))
        values = low + share * (high - low)
        found = shock_response_spectrum(history(5e-4, values), frequency, 0.03).maximax
        assert (found <= bound * 1.001).all()


def test_a_history_that_follows_the_kernel_reaches_the_bound():
    """An undamped oscillator whose period is long against the corridor: the upper bound all along is the worst."""
    time = 5e-5 * np.arange(2401)
    _, high = HEAVY.bounds(time)
    frequency = 1.0
    found = shock_response_spectrum(history(5e-5, high), [frequency], 0.0).maximax[0]
    assert response_bound(HEAVY, [frequency], 0.0)[0] == pytest.approx(found, rel=2e-3)
