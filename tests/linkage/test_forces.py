"""Levers, joint reactions and over-centre reserve against virtual work, free bodies and geometry."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

from mechlock.errors import InputError, NoVerdict
from mechlock.inputs.linkage import read_linkage
from mechlock.linkage.compile import compile_solution
from mechlock.linkage.formulas import formulas
from mechlock.linkage.mechanism import PointName
from mechlock.linkage.positions import Positions
from mechlock.linkage.reserve import over_centre_reserve
from mechlock.linkage.semantics import build
from mechlock.linkage.statics import joint_forces, lever
from mechlock.linkage.symbolic import solve
from mechlock.resources import folder


def lock_file(name):
    return build(read_linkage(folder("geometry") / "locks" / f"{name}.toml"))


def test_lever_as_product_of_factors_is_the_virtual_work(lock):
    if lock.lock is None:
        return
    positions = Positions(lock)
    mode, where = positions.selected, np.array([lock.lock.drive.nominal])
    q = positions.at(mode, where)
    for load in lock.lock.loads:
        force = positions.solution.generalised_force(load.at)
        for direction in np.linspace(-3.0, 3.0, 5):
            expression = force.expression.xreplace({force.direction: sp.Float(direction)})
            product = compile_solution(positions.solution, mode.signs, [expression])(where)[0, 0]
            assert product == pytest.approx(lever(positions, q, load.at, np.array([direction]))[0], rel=1e-10, abs=1e-12)


def test_free_bodies_hold_the_drive_with_the_virtual_work(lock):
    if lock.lock is None:
        return
    load = lock.lock.loads[0]
    direction = np.linspace(-3.0, 3.0, 7)
    force = 1000.0 * np.stack([np.cos(direction), np.sin(direction)], axis=1)
    found = joint_forces(lock, {load.at: force})
    positions = Positions(lock)
    q = positions.at(positions.selected, np.array([lock.lock.drive.nominal]))
    assert -found.drive_effort == pytest.approx(1000.0 * lever(positions, q, load.at, direction), rel=1e-9, abs=1e-7)
    assert found.imbalance < 1e-12


def test_reactions_of_a_loaded_rocker_by_hand():
    """The hook as a free body: moments about its pivot give the coupler's force along the coupler."""
    mechanism = lock_file("contract_fourbar")
    force = np.array([[-20e3, 10e3], [0.0, 5e3]])
    found = joint_forces(mechanism, {PointName("hook", "P"): force})
    positions = Positions(mechanism)
    q = positions.at(positions.selected, np.array([mechanism.lock.drive.nominal]))
    points = {str(name): place[0] for name, place in positions.points(q).items()}
    arm_p, arm_b = points["hook.P"] - points["hook.O4"], points["hook.B"] - points["hook.O4"]
    along = (points["coupler.B"] - points["coupler.A"]) / 120.0
    push = -(arm_p[0] * force[:, 1] - arm_p[1] * force[:, 0]) / (arm_b[0] * along[1] - arm_b[1] * along[0])
    assert found.joints["B"].on_body("hook") == pytest.approx(push[:, None] * along, rel=1e-10)
    assert found.joints["O4"].on_body("hook") == pytest.approx(-force - push[:, None] * along, rel=1e-10)
    assert found.joints["A"].on_body("crank") == pytest.approx(-found.joints["A"].on_body("coupler"))


def test_every_body_is_in_equilibrium():
    mechanism = lock_file("ref_sixbar_crank_stop")
    load = {PointName("hook", "P"): np.array([[1e3, 60e3]]), PointName("slider", "E"): np.array([[500.0, -200.0]])}
    found = joint_forces(mechanism, load)
    for body in mechanism.moving:
        total = sum((joint.on_body(body)[0] for joint in found.joints.values() if body in (joint.on, joint.by)), np.zeros(2))
        total = total + sum((force[0] for point, force in load.items() if point.body == body), np.zeros(2))
        assert np.abs(total).max() < 1e-8


def test_a_wedge_reacts_with_its_slope():
    found = joint_forces(lock_file("var_iii_wedge"), {PointName("plunger", "P"): np.array([[0.0, -1000.0]])})
    assert abs(found.drive_effort[0]) == pytest.approx(1000.0 * np.tan(np.radians(5.0)), rel=1e-12)
    assert not found.determinate


def test_an_eccentric_reacts_with_its_arm():
    found = joint_forces(lock_file("var_iii_eccentric"), {PointName("plunger", "P"): np.array([[0.0, -1000.0]])})
    assert found.drive_effort[0] == pytest.approx(1000.0 * 6.0 * np.cos(np.radians(70.0)), rel=1e-12)


def test_loads_on_nothing_are_refused():
    with pytest.raises(InputError, match="no point"):
        joint_forces(lock_file("contract_fourbar"), {PointName("hook", "Z"): np.zeros((1, 2))})
    with pytest.raises(InputError, match="different lengths"):
        joint_forces(
            lock_file("contract_fourbar"), {PointName("hook", "P"): np.zeros((1, 2)), PointName("hook", "B"): np.zeros((2, 2))}
        )


def test_no_forces_at_a_limit_of_travel(make, parts):
    mechanism = make(parts.four_bar(100.0, 40.0, 60.0, 100.0, 60.0))
    with pytest.raises(NoVerdict, match="limit of travel"):
        joint_forces(mechanism, {PointName("rocker", "B"): np.array([[1.0, 0.0]])})


@pytest.mark.parametrize(("name", "degrees"), [("var_iii_eccentric", 20.0), ("stephenson_iii_dwelling_hook", 5.392229)])
def test_the_toggle_of_a_driver_without_a_pivot_is_an_angle_of_its_way(name, degrees):
    """The eccentric stands 20 deg from the plunger's face; the six-bar's pin moves 5.4 deg off the square to its link."""
    positions = Positions(lock_file(name))
    reserve = over_centre_reserve(positions)[0]
    assert reserve.height is None
    assert np.degrees(reserve.knee) == pytest.approx(degrees, abs=1e-6)
    if name.startswith("stephenson"):
        at = positions.mechanism.lock.drive.nominal
        near = positions.points(positions.at(positions.selected, at + 1e-6 * np.array([-1.0, 0.0, 1.0])))
        pin, end = near[PointName("coupler", "C")], near[PointName("hook", "D")]
        way, link = pin[2] - pin[0], end[1] - pin[1]
        assert reserve.knee == pytest.approx(abs(np.arcsin(way @ link / np.linalg.norm(way) / np.linalg.norm(link))), abs=1e-8)


def test_over_centre_reserve_of_the_four_bar():
    """3 deg past dead centre: the crank's pivot off the coupler's line, by the triangle's area."""
    mechanism = lock_file("contract_fourbar")
    positions = Positions(mechanism)
    (reserve,) = over_centre_reserve(positions)
    q = positions.at(positions.selected, np.array([mechanism.lock.drive.nominal]))
    points = {str(name): place[0] for name, place in positions.points(q).items()}
    a, b = points["crank.A"], points["coupler.B"]
    assert reserve.height == pytest.approx(abs(a[0] * b[1] - a[1] * b[0]) / 120.0, rel=1e-10)
    assert reserve.knee == pytest.approx(np.arcsin(reserve.height / 40.0), rel=1e-10)
    assert np.degrees(reserve.from_dead_centre) == pytest.approx(27.15 - 24.146848, abs=1e-5)


def test_factors_are_what_an_engineer_knows():
    solution = solve(lock_file("hook_fourbar_13"))
    toggle, transmission, load = solution.generalised_force(PointName("hook", "P")).factors
    assert (toggle.kind, transmission.kind, load.kind) == ("toggle", "transmission", "load")
    assert toggle.meaning == "toggle: crank x coupler"
    assert transmission.power == -1
    text = " ".join(str(item.expression) for item in solution.program)
    assert "acos" not in text and "atan" not in text and "asin" not in text


def test_the_toggle_factor_vanishes_at_dead_centre():
    positions = Positions(lock_file("contract_fourbar"))
    toggle = positions.solution.generalised_force(PointName("hook", "P")).factors[0]
    dead = 0.42144200151756284
    values = compile_solution(positions.solution, positions.selected.signs, [toggle.expression])(
        np.array([dead - 1e-6, dead, dead + 1e-6])
    )[0]
    assert abs(values[1]) < 1e-11
    assert values[0] * values[2] < 0


def test_loop_closure_and_input_output_hold_in_every_mode(lock):
    """The typeset equations, with solved angles and travels put in, are true."""
    found = formulas(lock)
    positions = Positions(lock)
    q = positions.at(positions.selected, np.array([positions.drive_value]))[0]
    values = lock.nominal() | {lock.drive.symbol: positions.drive_value}
    for index, body in enumerate(positions.constraints.bodies):
        values[found.angles[body]] = q[3 * index + 2]
        values[sp.Symbol(f"t_{body}", real=True)] = np.tan(0.5 * q[3 * index + 2])
    for joint in positions.constraints.joints:
        if not joint.revolute:
            values[sp.Symbol(f"s_{joint.name}", real=True)] = float(positions.constraints.travel(q[None], joint)[0])
    signs = positions.selected.signs
    program = compile_solution(found.solution, signs, [item.symbol for item in found.solution.program])(
        np.array([positions.drive_value])
    )
    values |= {item.symbol: number for item, number in zip(found.solution.program, program[:, 0], strict=True)}
    for equation in [
        *found.loop_closure,
        *[equation for one in found.input_output for equation in (one.relation, one.polynomial)],
    ]:
        gap = float((equation.lhs - equation.rhs).subs(values))
        if equation.has(*found.angles.values()) and abs(gap) > 3.0:
            gap = np.remainder(gap + np.pi, 2 * np.pi) - np.pi
        assert gap == pytest.approx(0.0, abs=1e-9)


def test_loops_are_closed_over_as_few_bodies_as_can_be():
    """A hook that hangs on the same bar as another closes a loop with it alone, not by way of the drive."""
    found = formulas(lock_file("parallel_hooks"))
    turned = [{body for body, angle in found.angles.items() if equation.has(angle)} for equation in found.loop_closure]
    assert turned == [{"crank", "link", "hook1"}] * 2 + [{"hook1", "bar", "hook2"}] * 2 + [{"hook1", "bar", "hook3"}] * 2


def test_transmission_formula_is_the_law_of_cosines():
    mechanism = lock_file("contract_fourbar")
    found = formulas(mechanism)
    positions = Positions(mechanism)
    cosine = compile_solution(found.solution, positions.selected.signs, [found.transmission["B"]])(np.array([np.pi, 0.0]))[0]
    b, c = 120.0, 80.0
    expected = [(b**2 + c**2 - base**2) / (2 * b * c) for base in (140.0, 60.0)]
    assert cosine == pytest.approx(expected, rel=1e-12)


def test_polynomial_of_an_eccentric_has_its_textbook_constant():
    """s² - 2 e s sin(phi) + e² - (R + q)² = 0: the squares of sine and cosine have gone into e²."""
    (only,) = formulas(lock_file("eccentric_cam")).input_output
    assert only.coefficients[2].atoms(sp.sin, sp.cos) == set()
