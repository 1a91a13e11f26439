"""Neuber's rule without hardening: the hyperbola, its inverse, and no strain below yield."""

import pytest

from mechlock.checks.plastic import neuber_plastic_strain, stress_at_plastic_strain

RE, E = 600.0, 210e3


def test_stress_times_strain_is_kept():
    strain = neuber_plastic_strain(900.0, RE, E)
    assert RE * (RE / E + strain) == pytest.approx(900.0**2 / E)


def test_no_plastic_strain_up_to_yield():
    assert neuber_plastic_strain(RE, RE, E) == 0.0
    assert neuber_plastic_strain(0.0, RE, E) == 0.0


@pytest.mark.parametrize("strain", [0.0, 0.02, 0.05])
def test_the_inverse_gives_the_strain_back(strain):
    assert neuber_plastic_strain(stress_at_plastic_strain(strain, RE, E), RE, E) == pytest.approx(strain)
