"""Bolted joints against hand arithmetic and against springs in parallel."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mechlock.checks.bolted_joints import joint_forces, member_stiffness_fit, member_stiffness_frusta
from mechlock.errors import InputError

STIFFNESS = st.floats(1e4, 1e7)


@given(STIFFNESS, STIFFNESS, st.floats(0, 1e5), st.floats(0, 1e5))
def test_forces_balance_and_members_never_pull(bolt, members, preload, pull):
    found = joint_forces(bolt, members, preload, pull)
    assert found.bolt + found.members == pytest.approx(pull, abs=1e-6)
    assert found.members <= 1e-9


def test_members_part_at_the_separation_load():
    found = joint_forces(0.6e6, 2.4e6, 20e3, 12e3)
    assert found.separation == pytest.approx(25e3)
    assert joint_forces(0.6e6, 2.4e6, 20e3, 25e3).members == 0.0
    assert joint_forces(0.6e6, 2.4e6, 20e3, 24.9e3).members < 0.0


def test_both_formulas_agree_within_a_tenth_and_scale_with_the_modulus():
    assert member_stiffness_fit(12, 40, 205e3) == pytest.approx(member_stiffness_frusta(12, 40, 205e3), rel=0.1)
    assert member_stiffness_frusta(12, 40, 410e3) == pytest.approx(2 * member_stiffness_frusta(12, 40, 205e3))


def test_refusals():
    with pytest.raises(InputError, match="no fit"):
        member_stiffness_fit(12, 40, 205e3, "wood")
    with pytest.raises(InputError, match="must be positive"):
        member_stiffness_frusta(12, 0, 205e3)
