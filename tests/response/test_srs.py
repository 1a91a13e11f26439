"""Shock spectra against closed forms (Harris), the plain recursion, and Duhamel's integral."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.linalg import expm

from mechlock.errors import InputError
from mechlock.loads.history import history
from mechlock.loads.pulses import pulse, standard_pulse
from mechlock.response import srs, srs_compiled
from mechlock.response.ramp import solve_oscillators, step_weights
from mechlock.response.sdof import amplification, sdof_response
from mechlock.response.srs import equivalent_static_g, shock_response_spectrum


def half_sine_undamped(ft: float) -> float:
    """Residual of the undamped half-sine spectrum: 2 r cos(pi ft) / (1 - r²) with r = 2 ft, as magnitude."""
    r = 2.0 * ft
    return abs(2.0 * r * math.cos(math.pi * ft) / (1.0 - r * r))


@pytest.mark.parametrize("ft", [0.1, 0.25, 0.7, 1.0, 1.7, 2.2])
def test_half_sine_residual_is_the_closed_form(ft):
    spectrum = shock_response_spectrum(pulse("half_sine", 2.0, 0.5).history(4000), [ft / 0.5], 0.0)
    assert spectrum.residual[0] == pytest.approx(2.0 * half_sine_undamped(ft), rel=1e-6, abs=1e-9)


def test_residual_of_a_rectangle_doubles_at_half_a_period():
    spectrum = shock_response_spectrum(pulse("rectangle", 1.0, 1.0).history(200), [0.25, 0.5, 1.0], 0.0)
    assert spectrum.residual == pytest.approx([2 * math.sin(math.pi * 0.25), 2.0, 0.0], abs=1e-9)
    assert spectrum.primary == pytest.approx([1.0, 2.0, 2.0], rel=1e-4)


def test_damped_response_is_duhamels_integral():
    frequency, damping, end = 3.0, 0.07, 0.4
    omega = 2 * math.pi * frequency
    damped = omega * math.sqrt(1 - damping**2)
    shape = pulse("half_sine", 5.0, 0.25)
    response = sdof_response(shape.history(5000).followed_by(0.3), frequency, damping)

    def integrand(s: float) -> float:
        return -float(shape.acceleration(s)) * math.exp(-damping * omega * (end - s)) * math.sin(damped * (end - s)) / damped

    exact = quad(integrand, 0.0, 0.25, epsabs=1e-13)[0]
    at = np.interp(end, response.time, response.relative_displacement[:, 0])
    assert at == pytest.approx(exact, rel=1e-6)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**31),
    count=st.integers(2, 700),
    frequency=st.floats(0.01, 30.0),
    damping=st.sampled_from([0.0, 0.01, 0.2, 0.95]),
    quantity=st.sampled_from(["absolute_acceleration", "relative_displacement"]),
)
def test_block_search_finds_what_the_plain_recursion_finds(seed, count, frequency, damping, quantity):
    base = history(0.01, np.random.default_rng(seed).standard_normal(count))
    spectrum = shock_response_spectrum(base, [frequency], damping, quantity, points_per_cycle=2)
    response = sdof_response(base, frequency, damping)
    plain = response.absolute_acceleration if quantity == "absolute_acceleration" else -response.relative_displacement
    scale = np.abs(plain).max()
    assert spectrum.primary_positive[0] == pytest.approx(max(plain.max(), 0.0), abs=1e-9 * scale)
    assert spectrum.primary_negative[0] == pytest.approx(min(plain.min(), 0.0), abs=1e-9 * scale)


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 2**31),
    count=st.integers(2, 60),
    frequencies=st.lists(st.floats(0.01, 49.0), min_size=1, max_size=19),
    damping=st.sampled_from([0.0, 0.05, 0.9]),
    quantity=st.sampled_from(["absolute_acceleration", "pseudo_velocity"]),
)
def test_the_loop_that_is_compiled_finds_what_the_block_search_finds(seed, count, frequencies, damping, quantity):
    base = history(0.01, np.random.default_rng(seed).standard_normal(count))
    blocks = shock_response_spectrum(base, frequencies, damping, quantity)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(srs, "scan", lambda: srs_compiled._scan)
        patch.setattr(srs, "_WORTH_COMPILING", 0)
        loop = shock_response_spectrum(base, frequencies, damping, quantity)
    scale = max(blocks.maximax.max(), 1e-300)
    for name in ("primary_positive", "primary_negative", "residual_positive", "residual_negative"):
        assert getattr(loop, name) == pytest.approx(getattr(blocks, name), abs=1e-9 * scale)


@pytest.mark.parametrize("damping", [0.0, 0.03, 0.4])
def test_residual_equals_a_long_simulated_tail(damping):
    base = pulse("terminal_peak_sawtooth", 1.0, 0.1).history(1000)
    spectrum = shock_response_spectrum(base, [4.0], damping, "relative_displacement")
    omega = 2 * math.pi * 4.0
    end = sdof_response(base, 4.0, damping)
    tail = solve_oscillators(
        np.array([4.0]),
        np.array([damping]),
        1e-4,
        np.zeros((8000, 1)),
        (end.relative_displacement[-1], end.relative_velocity[-1]),
    )
    assert omega > 0
    assert spectrum.residual_positive[0] == pytest.approx(-tail.displacement.min(), rel=1e-5)
    assert spectrum.residual_negative[0] == pytest.approx(-tail.displacement.max(), rel=1e-5, abs=1e-12)


def test_pseudo_velocity_tends_to_the_velocity_change_for_soft_systems():
    shock = standard_pulse("GB38031_mech_shock")
    spectrum = shock_response_spectrum(shock.history(), [0.5], 0.0, "pseudo_velocity")
    assert spectrum.maximax[0] == pytest.approx(shock.velocity_change, rel=1e-3)
    assert shock.velocity_change == pytest.approx(262.0, rel=2e-3)  # the standard's table gives 0.262 m/s


def test_statutory_shock_is_mild_for_a_soft_frame():
    """Against an independent Runge-Kutta integration kept with the reference data (rows derived)."""
    frequency = [5, 8, 10, 15, 20, 25, 30, 40]
    shock = equivalent_static_g(standard_pulse("GB38031_mech_shock").history(), frequency, 0.03)
    bump = equivalent_static_g(standard_pulse("mechlock_mine_bump_z").history(), frequency, 0.03)
    assert shock == pytest.approx([0.80, 1.28, 1.60, 2.39, 3.17, 3.93, 4.67, 6.08], abs=0.01)
    assert bump == pytest.approx([4.22, 5.88, 6.47, 6.75, 6.35, 5.80, 5.26, 4.35], abs=0.01)


@settings(max_examples=30, deadline=None)
@given(rate=st.floats(1e-6, 50.0), turn=st.floats(0.0, 50.0), step=st.floats(1e-4, 2.0))
def test_step_weights_are_the_matrix_exponential(rate, turn, step):
    decay = complex(-rate, turn)
    whole = expm(np.array([[decay, 1.0, 0.0], [0.0, 0.0, 1.0 / step], [0.0, 0.0, 0.0]]) * step)
    factor, before, after = (value[()] for value in step_weights(decay, step))
    assert factor == pytest.approx(whole[0, 0], rel=1e-9)
    assert after == pytest.approx(whole[0, 2], rel=1e-9, abs=1e-12)
    assert before == pytest.approx(whole[0, 1] - whole[0, 2], rel=1e-9, abs=1e-12)


def test_overcritical_and_free_bodies_are_exact():
    step, count = 0.01, 201
    time = step * np.arange(count)
    force = np.column_stack([np.ones(count), np.ones(count), time])
    motion = solve_oscillators(np.array([0.0, 1.0, 0.0]), np.array([0.0, 1.5, 0.0]), step, force)
    assert motion.displacement[:, 0] == pytest.approx(0.5 * time**2, abs=1e-12)
    assert motion.displacement[:, 2] == pytest.approx(time**3 / 6, abs=1e-12)
    omega = 2 * math.pi
    slow, fast = omega * (-1.5 + math.sqrt(1.25)), omega * (-1.5 - math.sqrt(1.25))
    exact = (1 + (fast * np.exp(slow * time) - slow * np.exp(fast * time)) / (slow - fast)) / omega**2
    assert motion.displacement[:, 1] == pytest.approx(exact, abs=1e-12)


def test_nearly_critical_paths_agree_where_they_meet():
    force = np.random.default_rng(1).standard_normal((300, 2))
    force[:, 1] = force[:, 0]
    motion = solve_oscillators(np.array([2.0, 2.0]), np.array([0.998999, 0.999001]), 0.01, force)
    assert motion.displacement[:, 0] == pytest.approx(motion.displacement[:, 1], rel=1e-3, abs=1e-7)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"frequency": []}, "positive"),
        ({"frequency": [1.0, -2.0]}, "positive"),
        ({"frequency": [1.0], "damping": 1.0}, "damping ratio is 1.0"),
        ({"frequency": [1.0], "quantity": "jerk"}, "jerk"),
    ],
)
def test_wrong_requests_are_refused(arguments, message):
    with pytest.raises(InputError, match=message):
        shock_response_spectrum(pulse("half_sine", 1.0, 1.0).history(), **arguments)


def test_steady_amplification_is_that_of_a_long_sine():
    step, excitation, damping = 5e-4, 20.0, 0.1
    frequency = np.array([10.0, 20.0, 50.0])
    base = history(step, np.sin(2.0 * np.pi * excitation * step * np.arange(8001)))
    late = sdof_response(base, frequency, damping).absolute_acceleration[-1000:]
    assert np.abs(late).max(axis=0) == pytest.approx(amplification(frequency, excitation, damping), rel=2e-3)
