"""Closed formulas against figures worked out by hand and textbook examples."""

import math

import numpy as np
import pytest

from mechlock.checks import hand_calculations as hand
from mechlock.checks.hand_calculations import HandResult
from mechlock.errors import InputError


def test_pin_in_double_shear():
    # 100 kN on a 40 mm pin: A = 1256.6 mm2, two planes: 39.8 MPa
    assert hand.pin_shear_stress(100e3, 40.0) == pytest.approx(39.79, abs=0.01)
    assert hand.pin_shear_stress(100e3, 40.0, planes=1) == pytest.approx(79.58, abs=0.01)


def test_pin_bending_is_that_of_a_beam_under_its_distributed_loads():
    # simply supported at the middles of the outer plates, load spread over the inner one: F/8 (b + 4c + 2a)
    force, b, a, c = 120e3, 50.0, 20.0, 2.0
    support = b / 2 + c + a / 2
    at_middle = force / 2 * support - force / 2 * b / 4
    assert hand.pin_bending_moment(force, b, a, c) == pytest.approx(at_middle)


def test_bending_stress_of_a_round():
    assert hand.round_bending_stress(1e6, 40.0) == pytest.approx(1e6 / (math.pi * 40**3 / 32))


def test_lug_means():
    assert hand.bearing_pressure(60e3, 30.0, 20.0) == pytest.approx(100.0)
    assert hand.net_section_stress(60e3, 80.0, 30.0, 20.0) == pytest.approx(60.0)
    assert hand.tear_out_stress(60e3, 80.0, 30.0, 20.0) == pytest.approx(60e3 / (2 * 20 * 25))


def test_lug_factors_of_the_chart():
    # values of the fit at d/H = 0.3 and 0.5, and the identity Ktb = Ktn x/(1 - x), which the two charts keep within 2 %
    assert hand.lug_factor_net(0.3) == pytest.approx(3.751, rel=1e-3)
    assert hand.lug_factor_net(0.5) == pytest.approx(2.507, rel=1e-3)
    assert hand.lug_factor_bearing(0.5) == pytest.approx(2.545, rel=1e-3)
    for x in (0.3, 0.5):
        assert hand.lug_factor_bearing(x) == pytest.approx(hand.lug_factor_net(x) * x / (1 - x), rel=0.02)


@pytest.mark.parametrize("ratio", [0.1, 0.8])
def test_lug_factors_end_where_the_chart_ends(ratio):
    with pytest.raises(InputError, match=r"0\.15 to 0\.75"):
        hand.lug_factor_net(ratio)


def test_crane_hook_of_shigley():
    # Shigley, curved beams: ri = 2 in, ro = 6 in, 0.75 in wide, 5000 lbf: rn = 3.641 in,
    # sigma_i = 16.9 kpsi, sigma_o = -5.63 kpsi
    inch, pound = 25.4, 4.4482216
    force = 5000 * pound
    found = hand.curved_beam(force * 4 * inch, force, 2 * inch, 4 * inch, 0.75 * inch)
    kpsi = 1000 * pound / inch**2
    assert found.neutral_radius / inch == pytest.approx(3.641, abs=1e-3)
    assert found.inner_stress / kpsi == pytest.approx(16.9, abs=0.1)
    assert found.outer_stress / kpsi == pytest.approx(-5.63, abs=0.05)


def test_a_slightly_curved_beam_is_a_straight_one():
    found = hand.curved_beam(1e6, 0.0, 1e5, 60.0, 20.0)
    assert found.inner_stress == pytest.approx(1e6 / (20 * 60**2 / 6), rel=1e-3)
    assert found.outer_stress == pytest.approx(-found.inner_stress, rel=1e-3)


def test_curved_beam_is_in_equilibrium():
    moment, tension, ri, h, t = 3.0e6, 40e3, 16.0, 65.0, 35.0
    found = hand.curved_beam(moment, tension, ri, h, t)
    r = np.linspace(ri, ri + h, 200001)
    area, e = h * t, found.centroid_radius - found.neutral_radius
    stress = tension / area + moment * (found.neutral_radius - r) / (area * e * r)
    assert np.trapezoid(stress, r) * t == pytest.approx(tension, rel=1e-6)
    assert np.trapezoid(stress * (found.centroid_radius - r), r) * t == pytest.approx(moment, rel=1e-6)


def test_weld_in_pure_lift_and_pure_shear():
    lift = hand.foot_weld(80e3, 0.0, 0.0, 5.0, 100.0, 2)
    assert lift.perpendicular == pytest.approx(80 / math.sqrt(2))
    assert lift.equivalent == pytest.approx(math.sqrt(2) * 80)
    slide = hand.foot_weld(0.0, 80e3, 0.0, 5.0, 100.0, 2)
    assert slide.equivalent == pytest.approx(math.sqrt(3) * 80)


def test_weld_under_a_tilting_moment():
    # section modulus of two runs: 2 a l^2/6
    tilted = hand.foot_weld(0.0, 0.0, 1e6, 5.0, 100.0, 2)
    assert tilted.perpendicular * math.sqrt(2) == pytest.approx(1e6 / (2 * 5 * 100**2 / 6))


def test_hertz_of_equal_cylinders_and_of_a_saddle():
    steel = ((210e3, 210e3), (0.3, 0.3))
    modulus = 210e3 / (2 * (1 - 0.09))
    found = hand.line_contact(35e3, 10.0, 10.0, 10.0, *steel)
    assert found.pressure == pytest.approx(math.sqrt(3500 * modulus / (math.pi * 5.0)))
    assert math.pi / 2 * found.pressure * found.half_width == pytest.approx(3500.0)
    saddle = hand.line_contact(110e3, 35.0, 15.0, -16.0, *steel)
    assert saddle.radius == pytest.approx(240.0)
    assert saddle.pressure == pytest.approx(693.5, abs=0.5)
    flat = hand.line_contact(35e3, 10.0, 10.0, math.inf, *steel)
    assert flat.pressure == pytest.approx(found.pressure / math.sqrt(2))


def test_a_saddle_narrower_than_its_bar_is_refused():
    with pytest.raises(InputError, match="hollow"):
        hand.line_contact(1.0, 1.0, 15.0, -14.0, (1.0, 1.0), (0.3, 0.3))


def test_euler_load_of_a_flat():
    assert hand.euler_load(210e3, 40.0, 10.0, 500.0) == pytest.approx(math.pi**2 * 210e3 * (40 * 1000 / 12) / 250e3)


def test_margins_have_their_sense():
    upper = HandResult("p", "n", "c", "f", (), 80.0, 100.0, "MPa", "s")
    lower = HandResult("p", "n", "c", "f", (), 3.0, 2.0, "-", "s", "lower")
    assert upper.margin == pytest.approx(0.25)
    assert lower.margin == pytest.approx(0.5)
