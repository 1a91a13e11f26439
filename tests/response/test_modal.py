"""Modal superposition against closed forms, direct integration of the full system, and matrices solved directly."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.linalg import eigh, solve_continuous_lyapunov

from mechlock.errors import InputError
from mechlock.loads.history import history
from mechlock.loads.psd import psd, standard_psd
from mechlock.loads.pulses import pulse
from mechlock.response.basis import acceleration_output, base_drive, modal_basis, relative_output
from mechlock.response.combination import combine, combine_von_mises, correlation, modal_peaks
from mechlock.response.damping import modal_damping, rayleigh_coefficients, rayleigh_damping, structural_damping
from mechlock.response.harmonic import frequencies_about, harmonic, periodic, receptance
from mechlock.response.modal import contact_lost, random, shock
from mechlock.response.random import miles, modal_moments, random_response, response_psd, von_mises_moments, von_mises_rms
from mechlock.response.srs import shock_response_spectrum
from mechlock.response.transient import extremes, history_of, prepared, transient, von_mises_peak

N = 6


@pytest.fixture(scope="module")
def chain():
    """Six masses on springs from a moving base, with Rayleigh damping."""
    rng = np.random.default_rng(4)
    mass = np.diag(rng.uniform(0.5, 2.0, N))
    springs = rng.uniform(2000.0, 8000.0, N)
    stiffness = np.diag(springs + np.append(springs[1:], 0.0)) - np.diag(springs[1:], 1) - np.diag(springs[1:], -1)
    squared, shapes = eigh(stiffness, mass)
    return mass, stiffness, np.sqrt(squared) / (2 * math.pi), shapes


def damped_basis(frequency, alpha=0.3, beta=1e-4):
    return modal_basis(frequency, rayleigh_damping(alpha, beta, frequency))


def participation(mass, shapes):
    table = np.zeros((shapes.shape[1], 3))
    table[:, 0] = shapes.T @ mass @ np.ones(N)
    return table


def direct_integration(mass, stiffness, damping, force, step):
    """Independent: average-acceleration method with very small steps."""
    u, v = np.zeros(N), np.zeros(N)
    a = np.linalg.solve(mass, force[0])
    lhs = np.linalg.inv(mass + 0.5 * step * damping + 0.25 * step**2 * stiffness)
    rows = [u]
    for f in force[1:]:
        v_half, u_half = v + 0.5 * step * a, u + step * v + 0.25 * step**2 * a
        a = lhs @ (f - damping @ v_half - stiffness @ u_half)
        v, u = v_half + 0.5 * step * a, u_half + 0.25 * step**2 * a
        rows.append(u)
    return np.array(rows)


def test_all_modes_reproduce_direct_integration(chain):
    mass, stiffness, frequency, shapes = chain
    basis = damped_basis(frequency)
    base = pulse("half_sine", 1.0, 0.2).history(4000).followed_by(0.3)
    motion = transient(basis, base_drive(participation(mass, shapes), [1, 0, 0]), base)
    mine = shapes @ motion.displacement.T
    force = -np.outer(base.values, mass @ np.ones(N))
    other = direct_integration(mass, stiffness, 0.3 * mass + 1e-4 * stiffness, force, base.step)
    assert pytest.approx(other, abs=2e-5 * np.abs(other).max()) == mine.T


def test_static_correction_stands_for_the_modes_left_out(chain):
    mass, stiffness, frequency, shapes = chain
    base = pulse("half_sine", 1.0, 4.0).history(4000)
    spread = -np.linalg.solve(stiffness, mass @ np.ones(N))
    table = participation(mass, shapes)
    whole, few = damped_basis(frequency), damped_basis(frequency[:1])
    exact = shapes @ transient(whole, base_drive(table, [1, 0, 0]), base).displacement.T
    drive = base_drive(table[:1], [1, 0, 0])
    motion = transient(few, drive, base)
    plain = history_of(relative_output(few, drive, shapes[:, :1]), motion)
    corrected = history_of(relative_output(few, drive, shapes[:, :1], spread), motion)
    error = np.abs(corrected - exact).max()
    assert error < 0.02 * np.abs(plain - exact).max()


def test_absolute_acceleration_of_a_stiff_system_is_the_bases():
    basis = modal_basis([2000.0], modal_damping(0.05, 1))
    base = pulse("half_sine", 1000.0, 0.1).history(20000)
    motion = transient(basis, base_drive([[3.0, 0.0, 0.0]], [1, 0, 0]), base)
    values = history_of(acceleration_output(basis, [[1 / 3.0]], 1.0), motion)[0]
    assert values == pytest.approx(base.values, abs=5.0)


def test_direction_is_made_a_unit_vector_and_checked():
    assert base_drive([[1.0, 2.0, 3.0]], [0, 0, 5]) == pytest.approx([-3.0])
    with pytest.raises(InputError, match="not a direction"):
        base_drive([[1.0, 2.0, 3.0]], [0, 0, 0])


def test_extremes_carry_sign_and_time():
    basis = modal_basis([1.0], modal_damping(0.0, 1))
    load = history(1e-3, np.ones(2001))
    output = relative_output(basis, np.array([1.0]), [[1.0], [-1.0]])
    found = extremes(output, transient(basis, [1.0], load), static=[0.0, 0.0])
    top = 2.0 / (2 * math.pi) ** 2
    assert found.peak == pytest.approx([top, -top], rel=1e-6)
    assert found.peak_time == pytest.approx([0.5, 0.5], abs=2e-3)


def test_prepared_input_is_fine_enough_and_rings():
    basis = modal_basis([2.0, 50.0], modal_damping([0.02, 0.02], 2))
    load = prepared(history(0.01, np.ones(11)), basis)
    assert load.step <= 1 / (40 * 50.0)
    assert load.duration == pytest.approx(0.1 + 5.0, rel=1e-3)


def test_harmonic_solves_the_matrix_equation(chain):
    mass, stiffness, frequency, shapes = chain
    basis = damped_basis(frequency)
    drive = base_drive(participation(mass, shapes), [1, 0, 0])
    at = 7.3
    omega = 2 * math.pi * at
    dynamic = stiffness + 1j * omega * (0.3 * mass + 1e-4 * stiffness) - omega**2 * mass
    exact = np.linalg.solve(dynamic, -mass @ np.ones(N) * 2.5)
    found = harmonic(basis, drive, relative_output(basis, drive, shapes), [at], 2.5)
    assert found.values[0] == pytest.approx(exact, rel=1e-10)
    assert found.phase_deg[0] == pytest.approx(np.degrees(np.angle(exact)), rel=1e-9)


def test_structural_damping_is_complex_stiffness_and_half_the_factor_in_time():
    basis = modal_basis([3.0], structural_damping(0.1, 1))
    omega = 6 * math.pi
    assert receptance(basis, [3.0])[0, 0] == pytest.approx(1 / (1j * 0.1 * omega**2))
    assert basis.damping.viscous_equivalent == pytest.approx([0.05])


def test_driving_an_undamped_mode_at_its_frequency_is_refused():
    with pytest.raises(InputError, match="undamped mode"):
        receptance(modal_basis([1.0], modal_damping(0.0, 1)), [1.0])


def test_sweep_catches_the_peak_of_a_sharp_resonance():
    basis = modal_basis([12.345], modal_damping(0.002, 1))
    swept = harmonic(basis, [1.0], relative_output(basis, np.ones(1), [[1.0]]), frequencies_about(basis, 1.0, 100.0))
    exact = 1 / (2 * 0.002 * math.sqrt(1 - 0.002**2) * basis.omega[0] ** 2)
    assert swept.amplitude.max() == pytest.approx(exact, rel=1e-3)


def test_periodic_input_of_one_harmonic_is_the_harmonic_answer():
    basis = modal_basis([3.0], modal_damping(0.05, 1))
    output = relative_output(basis, np.ones(1), [[2.0]])
    time, values = periodic(basis, [1.0], output, 2.0, [0.0, -1j])
    amplitude = harmonic(basis, [1.0], output, [4.0]).values[0, 0]
    assert values[0] == pytest.approx((amplitude * -1j * np.exp(2j * math.pi * 4.0 * time)).real, abs=1e-12)


def test_random_covariance_under_white_noise_is_the_lyapunov_solution(chain):
    """A flat spectrum from almost zero to far above the modes; the covariance from the Lyapunov equation."""
    mass, stiffness, frequency, shapes = chain
    basis = damped_basis(frequency)
    drive = base_drive(participation(mass, shapes), [1, 0, 0])
    level = 3.0
    found = random_response(relative_output(basis, drive, shapes), modal_moments(basis, drive, psd([1e-4, 1e4], [level, level])))
    inverse = np.linalg.inv(mass)
    damping = 0.3 * mass + 1e-4 * stiffness
    system = np.block([[np.zeros((N, N)), np.eye(N)], [-inverse @ stiffness, -inverse @ damping]])
    push = np.concatenate([np.zeros(N), -np.ones(N)])
    covariance = solve_continuous_lyapunov(system, -0.5 * level * np.outer(push, push))
    assert found.moments[:, 0] == pytest.approx(np.diag(covariance)[:N], rel=1e-4)
    assert found.moments[:, 2] * (2 * math.pi) ** 2 == pytest.approx(np.diag(covariance)[N:], rel=1e-3)


def test_miles_and_the_exact_oscillator():
    basis = modal_basis([100.0], modal_damping(0.05, 1))
    output = acceleration_output(basis, [[1.0]], 1.0)
    wide = psd([1e-3, 1e6], [0.04, 0.04])
    found = random(basis, base_drive([[1.0, 0, 0]], [1, 0, 0]), wide, output)
    exact = math.sqrt(math.pi * 100.0 * (1 + 4 * 0.05**2) / (4 * 0.05) * 0.04)
    assert found.response.rms[0] == pytest.approx(exact, rel=2e-4)
    assert miles(100.0, 10.0, 0.04) == pytest.approx(7.92665, rel=1e-6)


def test_response_spectrum_integrates_to_the_rms():
    basis = modal_basis([12.0, 19.0], modal_damping([0.03, 0.02], 2))
    spectrum = standard_psd("GB38031_nonM1N1_z")
    output = relative_output(basis, np.array([1.0, -0.5]), [[1.0, 0.4]], [1e-4])
    found = random(basis, [1.0, -0.5], spectrum, output)
    frequency = np.linspace(5.0, 200.0, 400001)
    level = response_psd(basis, [1.0, -0.5], output, spectrum, frequency)[:, 0]
    assert found.response.moments[0, 0] == pytest.approx(np.trapezoid(level, frequency), rel=1e-6)
    assert found.response.moments[0, 3] == pytest.approx(np.trapezoid(level * frequency**4, frequency), rel=1e-6)


def test_von_mises_rms_of_a_covariance_is_the_trace():
    covariance = np.zeros((6, 6))
    covariance[0, 0], covariance[1, 1], covariance[0, 1], covariance[1, 0], covariance[3, 3] = 100, 64, 20, 20, 225
    assert von_mises_rms(covariance) == pytest.approx(28.61818, rel=1e-6)


def test_von_mises_field_equals_the_trace_over_the_tensor_covariance():
    rng = np.random.default_rng(7)
    basis = modal_basis([8.0, 11.0, 30.0], modal_damping([0.02, 0.02, 0.05], 3))
    shapes, direct = rng.standard_normal((5, 6, 3)), rng.standard_normal((5, 6)) * 1e-4
    moments = modal_moments(basis, [1.0, 2.0, -1.0], standard_psd("GB38031_nonM1N1_z"))
    rows = np.concatenate([shapes, direct[:, :, None]], axis=2)
    tensors = rows @ moments.covariance[0] @ rows.transpose(0, 2, 1)
    assert von_mises_moments(shapes, direct, moments).rms == pytest.approx(von_mises_rms(tensors), rel=1e-9)


def test_uncorrelated_inputs_add_their_moments():
    basis = modal_basis([8.0], modal_damping(0.02, 1))
    output = relative_output(basis, np.ones(1), [[1.0]])
    one = random(basis, [1.0], standard_psd("GB38031_nonM1N1_z"), output).response
    assert (one + one).rms == pytest.approx(one.rms * math.sqrt(2))


def test_narrow_band_crosses_zero_at_its_mode_and_peaks_once_a_cycle():
    basis = modal_basis([15.0], modal_damping(0.005, 1))
    response = random(basis, [1.0], psd([10, 22], [1, 1]), relative_output(basis, np.ones(1), [[1.0]])).response
    assert response.zero_crossing_rate[0] == pytest.approx(15.0, rel=0.01)
    assert response.irregularity[0] == pytest.approx(1.0, abs=0.02)
    assert 3.5 < response.expected_maximum(3600.0)[0] / response.rms[0] < 5.0


def test_spectrum_that_misses_the_modes_is_refused_or_said():
    basis = modal_basis([300.0], modal_damping(0.02, 1))
    output = relative_output(basis, np.ones(1), [[1.0]])
    with pytest.raises(InputError, match="no mode lies between 5 and 200 Hz"):
        random(basis, [1.0], standard_psd("GB38031_nonM1N1_z"), output)
    low = modal_basis([30.0], modal_damping(0.02, 1))
    assert "modes end at 30 Hz" in random(low, [1.0], standard_psd("GB38031_nonM1N1_z"), output).notes[0]
    with_rest = replace(output, direct=np.array([1.0]))
    assert "stiffer modes follow statically" in random(low, [1.0], standard_psd("GB38031_nonM1N1_z"), with_rest).notes[0]
    assert "the body follows its base" in random(basis, [1.0], standard_psd("GB38031_nonM1N1_z"), with_rest).notes[0]
    with pytest.raises(InputError, match="the modes end at 30 Hz, the spectrum begins at 50 Hz"):
        random(low, [1.0], psd([50, 90], [1, 1]), with_rest)


def test_combination_rules():
    peaks = np.array([3.0, -4.0, 12.0])
    assert combine(peaks, "ABS") == pytest.approx(19.0)
    assert combine(peaks, "SRSS") == pytest.approx(13.0)
    assert combine(peaks, "NRL") == pytest.approx(17.0)
    far, near = [1.0, 50.0, 2000.0], [10.0, 10.0, 10.0]
    assert combine(peaks, "CQC", far, 0.01) == pytest.approx(13.0, rel=1e-3)
    assert combine(peaks, "CQC", near, 0.01) == pytest.approx(11.0)
    with pytest.raises(InputError, match="needs"):
        combine(peaks, "CQC")


def test_correlation_reproduces_the_published_equal_damping_form():
    r, z = 0.9, 0.05
    exact = 8 * z**2 * (1 + r) * r**1.5 / ((1 - r**2) ** 2 + 4 * z**2 * r * (1 + r) ** 2)
    assert correlation([9.0, 10.0], z)[0, 1] == pytest.approx(exact)


def test_von_mises_by_cqc_of_one_mode_is_its_von_mises():
    assert combine_von_mises(np.array([[10.0], [0], [0], [5.0], [0], [0]]), [5.0], 0.02) == pytest.approx(math.sqrt(175))


def test_srs_peaks_bound_the_transient_response(chain):
    mass, _, frequency, shapes = chain
    basis = modal_basis(frequency, modal_damping(0.03, N))
    drive = base_drive(participation(mass, shapes), [1, 0, 0])
    base = pulse("half_sine", 1.0, 0.05).history(2000)
    output = relative_output(basis, drive, shapes)
    table = modal_peaks(basis, drive, output, shock_response_spectrum(base, frequency, 0.03, "relative_displacement"))
    peak = np.abs(shock(basis, drive, base, output).extremes.peak)
    assert (combine(table, "ABS") >= peak * (1 - 1e-6)).all()
    assert (np.abs(combine(table, "SRSS") / peak - 1) < 0.35).all()


def test_von_mises_peak_takes_the_tensor_at_its_worst_moment():
    basis = modal_basis([1.0, 1.7], modal_damping(0.0, 2))
    motion = transient(basis, [1.0, 1.0], history(0.005, np.ones(400)))
    shapes = np.zeros((2, 6, 2))
    shapes[:, 0, 0] = [1.0, 2.0]
    shapes[:, 3, 1] = [1.0, 0.5]
    stress = motion.displacement @ shapes.transpose(0, 2, 1)
    exact = np.sqrt(stress[:, :, 0] ** 2 + 3 * stress[:, :, 3] ** 2)
    peak, when = von_mises_peak(shapes, np.zeros((2, 6)), motion)
    assert peak == pytest.approx(exact.max(axis=1))
    assert when == pytest.approx(motion.time[exact.argmax(axis=1)])


def test_contact_is_lost_where_the_preload_is_used_up():
    basis = modal_basis([1.0], modal_damping(0.0, 1))
    output = relative_output(basis, np.ones(1), [[100.0], [100.0]])
    found = shock(basis, [-1.0], history(0.01, np.ones(100)), output).extremes
    need = 200.0 / (2 * math.pi) ** 2
    assert contact_lost([need * 1.01, need * 0.99], found).tolist() == [False, True]


def test_rayleigh_coefficients_meet_both_points():
    alpha, beta = rayleigh_coefficients((5.0, 0.03), (40.0, 0.02))
    assert rayleigh_damping(alpha, beta, [5.0, 40.0]).ratio == pytest.approx([0.03, 0.02])
    with pytest.raises(InputError, match="negative"):
        rayleigh_coefficients((5.0, 0.5), (40.0, 0.01))


@pytest.mark.parametrize("ratio", [-0.1, 1.0, math.nan])
def test_impossible_damping_is_refused(ratio):
    with pytest.raises(InputError):
        modal_damping(ratio, 2)
