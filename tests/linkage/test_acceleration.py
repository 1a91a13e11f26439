"""Acceleration ratios as formulas against those of the constraint equations, for every lock with a closed form."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

from mechlock.linkage import velocity
from mechlock.linkage.acceleration import acceleration_ratio
from mechlock.linkage.compile import compile_solution
from mechlock.linkage.named_rates import named_rates
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


def test_ratios_in_named_quantities_agree_with_the_constraint_equations(lock):
    """Dyad by dyad, as the page of a derivation writes them; eccentrics and wedges are written otherwise."""
    positions = Positions(lock)
    points = [point for point in positions.solution.points if point.body != "ground" and not lock.bodies[point.body].virtual]
    named = named_rates(positions.solution, points)
    if named is None:
        assert "wedge" in lock.name or "eccentric" in lock.name
        return
    items = (*named.products, *named.velocities, *named.accelerations)
    program = sorted(set().union(*[item.expression.free_symbols for item in items]) - {item.symbol for item in items}, key=str)
    drive = positions.drive_value + np.array([0.011])
    table = compile_solution(positions.solution, positions.selected.signs, program)(drive)
    known = dict(zip(program, map(sp.Float, table[:, 0]), strict=True))
    for item in items:
        known[item.symbol] = sp.Float(float(item.expression.xreplace(known)))
        assert sp.count_ops(item.expression) < 20
    q = positions.at(positions.selected, drive)
    v = velocity.rates(positions.constraints, q)
    a = velocity.second_rates(positions.constraints, q, v)
    for index, body in enumerate(positions.constraints.bodies):
        for name, wanted in ((f"omega_{body}", v), (f"alpha_{body}", a)):
            own = known.get(sp.Symbol(name, real=True))
            assert own is None or float(own) == pytest.approx(wanted[0, 3 * index + 2], rel=1e-8, abs=1e-10)
    index = {body: i for i, body in enumerate(positions.constraints.bodies)}
    for point in points:
        local = positions.local_points[point]
        rate = positions.constraints.velocity(q, v, index[point.body], local)[0]
        gain = positions.constraints.acceleration(q, v, a, index[point.body], local)[0]
        for letter, wanted in (("u", rate), ("a", gain)):
            for axis, number in zip("xy", wanted, strict=True):
                own = known.get(sp.Symbol(f"{letter}{axis}_{point.body}_{point.point}", real=True))
                assert own is None or float(own) == pytest.approx(number, rel=1e-8, abs=1e-8)


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
