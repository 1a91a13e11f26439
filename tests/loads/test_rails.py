"""Rails that a pack braces: against springs in series and parallel, and the default truck on a warped road."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mechlock.errors import InputError
from mechlock.loads.rails import Brace, rails
from mechlock.loads.trucks import Truck, standard_truck

KN_M = 1e6
PACK = Brace(750.0, 5600.0 * KN_M)
positive = st.floats(1e-3, 1e3)


def test_two_torsion_springs_side_by_side_along_all_of_the_rails():
    """A brace as long as the rails: the stiffnesses add up, and the twist is even."""
    found = rails(2.0, 100.0, 50.0, Brace(100.0, 3.0))
    assert found.stiffness == pytest.approx(5.0)
    assert found.bare == pytest.approx(2.0)
    assert found.twist == pytest.approx(0.01)
    assert found.front_share == pytest.approx(0.5)
    assert found.left == pytest.approx(2.0 / 5.0)


@given(stiffness=positive, pack=positive, share=st.floats(0.01, 1.0), place=st.floats(0.0, 1.0))
def test_angles_before_under_and_behind_the_pack_add_up(stiffness, pack, share, place):
    """A bar of three pieces solved as a chain of springs between a front that turns by one and a rear that is held."""
    length, under = 1000.0, 1000.0 * share
    before = place * (length - under)
    behind = length - under - before
    found = rails(stiffness, length, before + 0.5 * under, Brace(under, pack))
    flexible = np.array([before, under, behind]) / (stiffness * length)
    flexible[1] = 1.0 / (1.0 / flexible[1] + pack)
    angle = flexible / flexible.sum()
    assert found.stiffness == pytest.approx(1.0 / flexible.sum())
    assert found.twist * under == pytest.approx(angle[1])
    assert found.front_share == pytest.approx(1.0 - angle[0] - 0.5 * angle[1])


def test_a_brace_that_resists_nothing_changes_nothing():
    bare, braced = rails(5.0, 5050.0, 1625.0), rails(5.0, 5050.0, 1625.0, Brace(750.0, 0.0))
    assert (braced.stiffness, braced.twist, braced.front_share) == pytest.approx((bare.stiffness, bare.twist, bare.front_share))
    assert braced.left == bare.left == 1.0


def on_warped_road(truck: Truck) -> float:
    """Twist under the pack when the front axles stand with a slope of 1 mrad across the road, rad/mm."""
    vehicle = truck.vehicle
    heights = np.array([0.5e-3 * truck.track, -0.5e-3 * truck.track] * 2 + [0.0] * 4)
    push = np.concatenate([np.zeros(4), vehicle.tyre * heights])
    roll = np.linalg.solve(vehicle.matrices[2], push)[2:4]
    return float(roll[0] - roll[1]) * truck.rails.twist


@pytest.mark.parametrize("empty", [True, False])
def test_pack_on_the_truck_is_a_spring_beside_rails_and_suspension(empty):
    """Seen from the pack: its rails beside the rest of them, in series with springs and tyres in roll."""
    bare, braced = standard_truck(empty=empty), standard_truck(empty=empty, brace=PACK)
    under = braced.rails.bare
    assert under / KN_M == pytest.approx(5.0 * 180.0 / np.pi * 5050.0 / 750.0)
    rest = (1.0 - 750.0 / 5050.0) / bare.rails.stiffness
    # two axles in a group, each a pair of springs 1 m apart on a pair of tyres 2.05 m apart
    for spring, tyre in ((300.0, 1000.0), (1200.0, 2000.0)):
        rest += 0.5 * (1.0 / (0.5 * spring * 1000.0**2) + 1.0 / (0.5 * tyre * 2050.0**2))
    free = under + 1.0 / rest
    left = on_warped_road(braced) / on_warped_road(bare)
    assert left == pytest.approx(free / (free + PACK.stiffness), rel=1e-6)
    assert 0.26 < left < 0.28


def test_a_pack_beyond_the_axle_groups_is_refused():
    with pytest.raises(InputError, match=r"3000 to 4000 mm .*from 0 to 3500"):
        rails(5.0, 3500.0, 3500.0, Brace(1000.0, 1.0))
