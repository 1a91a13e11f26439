"""Pulses and spectra of the standards: velocity changes, stated RMS values, closed-form moments, refusals."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from mechlock.errors import InputError
from mechlock.loads.history import history
from mechlock.loads.psd import psd, realisation, standard_duration, standard_psd
from mechlock.loads.pulses import pulse, standard_pulse
from mechlock.loads.standards import list_records

G = 9806.65


@pytest.mark.parametrize("shape", ["half_sine", "terminal_peak_sawtooth", "trapezoid", "rectangle", "initial_peak_triangle"])
def test_velocity_change_is_the_integral(shape):
    made = pulse(shape, 30 * G, 6e-3)
    assert made.velocity_change == pytest.approx(quad(made.acceleration, 0, 6e-3, points=[6e-4, 5.4e-3])[0], rel=1e-6)
    assert made.acceleration([-1.0, 1.0]).tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ("half_sine", [1.03, 3.371, 3.434, 3.746]),
        ("terminal_peak_sawtooth", [0.809, 2.648, 2.697, 2.942]),
        ("trapezoid", [1.456, 4.766, 4.854, 5.296]),
    ],
)
def test_velocity_changes_of_iec_60068_2_27(shape, expected):
    severities = [(15, 11), (30, 18), (50, 11), (100, 6)]
    found = [pulse(shape, g * G, ms * 1e-3).velocity_change / 1000 for g, ms in severities]
    assert found == pytest.approx(expected, rel=2e-3)


def test_every_standard_pulse_can_be_made():
    for record in list_records("pulse"):
        made = standard_pulse(record.id)
        assert record.source in made.source
        if "delta_v_m_s" in record.values:
            assert made.velocity_change / 1000 == pytest.approx(record.value("delta_v_m_s"), rel=2e-3)


@pytest.mark.parametrize("record", list_records("psd"), ids=lambda record: record.id)
def test_rms_of_every_standard_spectrum_is_the_one_stated(record):
    made = standard_psd(record.id)
    if "rms_g_stated" in record.values:
        assert made.rms / G == pytest.approx(record.value("rms_g_stated"), abs=0.0055)
    else:
        assert made.rms / 1000 == pytest.approx(record.value("rms_m_s2_stated"), rel=2e-3)


@given(st.floats(-6.0, 6.0), st.sampled_from([0, 1, 2, 4]))
def test_moment_of_a_log_log_line(slope, order):
    made = psd([5.0, 50.0], [1.0, 10.0**slope])
    exact = quad(lambda f: (f / 5) ** slope * f**order, 5, 50, epsrel=1e-11)[0]
    assert made.moment(order) == pytest.approx(exact, rel=1e-8)


def test_moment_meets_the_logarithm():
    assert psd([1.0, math.e], [1.0, math.exp(-1.0)]).moment(0) == pytest.approx(1.0)


def test_level_is_log_log_inside_and_zero_outside():
    made = psd([1.0, 100.0], [1.0, 100.0])
    assert made.at([0.5, 10.0, 200.0]) == pytest.approx([0.0, 10.0, 0.0])


def test_duration_is_given_only_where_the_row_has_it():
    assert standard_duration("GB38031_nonM1N1_z") == 12 * 3600
    assert standard_duration("GB38031_M1N1_z") is None


@pytest.mark.parametrize(
    ("frequency", "level", "message"),
    [
        ([], [], "empty"),
        ([5.0], [1.0], "one point"),
        ([5.0, 4.0], [1.0, 1.0], "increase"),
        ([0.0, 4.0], [1.0, 1.0], "positive"),
        ([1.0, 4.0], [1.0, 0.0], "levels must be positive"),
        ([1.0, math.nan], [1.0, 1.0], "not finite"),
        ([1.0, 2.0, 3.0], [1.0, 1.0], "3 frequencies and 2 levels"),
    ],
)
def test_what_is_no_spectrum_is_refused(frequency, level, message):
    with pytest.raises(InputError, match=message):
        psd(frequency, level)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("halfsine", 1.0, 1.0), "no pulse has the shape"),
        (("half_sine", 1.0, 0.0), "lasts 0.0 s"),
        (("half_sine", 0.0, 1.0), "peak"),
        (("half_sine", math.inf, 1.0), "peak"),
    ],
)
def test_what_is_no_pulse_is_refused(arguments, message):
    with pytest.raises(InputError, match=message):
        pulse(*arguments)


def test_history_refines_without_adding_anything():
    rough = history(0.1, [0.0, 1.0, -1.0])
    fine = rough.refined(4)
    assert fine.values[::4] == pytest.approx(rough.values)
    assert fine.values[2] == pytest.approx(0.5)
    assert fine.duration == pytest.approx(rough.duration)
    assert rough.followed_by(1.0).duration == pytest.approx(1.2)


@pytest.mark.parametrize(("step", "values"), [(0.0, [1, 2]), (-1.0, [1, 2]), (1.0, [1]), (1.0, [1, math.nan]), (1.0, [[1, 2]])])
def test_what_is_no_history_is_refused(step, values):
    with pytest.raises(InputError):
        history(step, np.array(values, dtype=float))


def test_a_realisation_has_the_level_of_its_spectrum():
    spectrum = standard_psd("GB38031_nonM1N1_z")
    step, duration = 1.0 / 1200.0, 400.0
    signal = realisation(spectrum, duration, step, 3)
    assert signal.std() == pytest.approx(spectrum.rms, rel=0.03)
    lines = np.abs(np.fft.rfft(signal)) ** 2 * 2.0 * step / len(signal)
    f = np.fft.rfftfreq(len(signal), step)
    for low, high in ((10.0, 15.0), (40.0, 100.0)):
        inside = (f > low) & (f < high)
        assert lines[inside].mean() == pytest.approx(spectrum.at(f[inside]).mean(), rel=0.1)
    assert lines[(f < 4.9) | (f > 201.0)].max() < 1e-9 * lines.max()


@pytest.mark.parametrize(("duration", "step"), [(10.0, 0.01), (0.1, 0.001)])
def test_a_realisation_that_cannot_carry_its_spectrum_is_refused(duration, step):
    with pytest.raises(InputError):
        realisation(standard_psd("GB38031_nonM1N1_z"), duration, step, 1)
