"""ISO 286 fits against figures of the standard's tables."""

import pytest

from mechlock.errors import InputError
from mechlock.inputs.fits import clearance, deviations, joint_clearance

TABLE = [
    ("H7", 25.0, 0, 21),
    ("H7", 40.0, 0, 25),
    ("H8", 28.0, 0, 33),
    ("f7", 28.0, -41, -20),
    ("e8", 45.0, -89, -50),
    ("g6", 20.0, -20, -7),
    ("h6", 50.0, -16, 0),
    ("h6", 50.1, -19, 0),
    ("F7", 45.0, 25, 50),
    ("M7", 45.0, -25, 0),
    ("d9", 10.0, -76, -40),
]


@pytest.mark.parametrize(("zone", "size", "low", "high"), TABLE)
def test_deviations(zone, size, low, high):
    assert deviations(zone, size) == pytest.approx((low / 1e3, high / 1e3))


def test_clearance_of_a_running_fit():
    found = clearance("H7/f7", 40.0)
    assert (found.low, found.high) == pytest.approx((0.025, 0.075))
    assert clearance("M7/h6", 40.0).low == pytest.approx(-0.025)


def test_play_of_a_joint_is_that_of_both_bores():
    # F7/h6 at 45: 50 + 16 = 66 um, M7/h6: 0 + 16 = 16 um, on the diameter
    assert joint_clearance("F7/h6", "M7/h6", 45.0) == pytest.approx(0.041)


@pytest.mark.parametrize("fit", ["H7", "h6/H7", "H7/x9", "Q7/h6", "H3/h6", "", "7/7"])
def test_what_is_no_fit_is_refused(fit):
    with pytest.raises(InputError):
        clearance(fit, 30.0)


@pytest.mark.parametrize("size", [0.0, -3.0, 200.0])
def test_sizes_outside_the_tables_are_refused(size):
    with pytest.raises(InputError, match="no tolerance"):
        deviations("H7", size)
