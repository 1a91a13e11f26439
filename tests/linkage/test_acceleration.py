"""Acceleration ratios as formulas against those of the constraint equations, for every lock with a closed form."""

from __future__ import annotations

import numpy as np
import pytest

from mechlock.linkage import velocity
from mechlock.linkage.acceleration import acceleration_ratio
from mechlock.linkage.compile import compile_solution
from mechlock.linkage.positions import Positions


def test_formulas_agree_with_the_constraint_equations(lock):
    positions = Positions(lock)
    mode = positions.selected
    drive = positions.drive_value + np.array([-0.02, 0.0, 0.015])
    q = positions.at(mode, drive)
    second = velocity.second_rates(positions.constraints, q, velocity.rates(positions.constraints, q))
    for index, body in enumerate(positions.constraints.bodies):
        if lock.bodies[body].virtual:
            continue
        found = acceleration_ratio(positions.solution, body)
        value = compile_solution(positions.solution, mode.signs, [found.whole])(drive)[0]
        assert value == pytest.approx(second[:, 3 * index + 2], rel=1e-8, abs=1e-9)


def test_the_formula_of_a_rocker_is_the_textbook_one(make, parts):
    """Norton's alpha4 in the vectors of the links, written from the loop's second derivative, at crank rate one."""
    positions = Positions(make(parts.four_bar(40.0, 120.0, 80.0, 100.0, 40.0)))
    drive = np.radians([40.0, 75.0, 200.0])
    found = acceleration_ratio(positions.solution, "rocker")
    value = compile_solution(positions.solution, positions.selected.signs, [found.whole])(drive)[0]
    q = positions.at(positions.selected, drive)
    t3, t4 = q[:, 5], q[:, 8]
    a, b, c = 40.0, 120.0, 80.0
    w3 = a * np.sin(t4 - drive) / (b * np.sin(t3 - t4))
    w4 = a * np.sin(drive - t3) / (c * np.sin(t4 - t3))
    big_a, big_b = c * np.sin(t4), b * np.sin(t3)
    big_c = a * np.cos(drive) + b * w3**2 * np.cos(t3) - c * w4**2 * np.cos(t4)
    big_d, big_e = c * np.cos(t4), b * np.cos(t3)
    big_f = -a * np.sin(drive) - b * w3**2 * np.sin(t3) + c * w4**2 * np.sin(t4)
    assert value == pytest.approx((big_c * big_e - big_b * big_f) / (big_a * big_e - big_b * big_d), rel=1e-10)
    assert {str(symbol) for symbol in found.velocity_ratios} <= {"omega_rocker", "omega_coupler"}
