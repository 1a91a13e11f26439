"""Exact derivatives by every dimension against solving the linkage again with other dimensions."""

from __future__ import annotations

import json

import numpy as np
import pytest
import sympy as sp

from mechlock.cli.main import run
from mechlock.errors import NoVerdict
from mechlock.inputs.linkage import read_linkage
from mechlock.linkage import newton, velocity
from mechlock.linkage.dead_centre import dead_centres
from mechlock.linkage.implicit import derivatives
from mechlock.linkage.kinematics import kinematics
from mechlock.linkage.mechanism import PointName
from mechlock.linkage.positions import Positions
from mechlock.linkage.semantics import build
from mechlock.linkage.sensitivity import dead_centre_stack, gradient, stack
from mechlock.linkage.tolerance_record import _by_closed_form, _by_constraints, tolerance_record
from mechlock.resources import folder


def lock_file(name):
    return build(read_linkage(folder("geometry") / "locks" / f"{name}.toml"))


@pytest.mark.parametrize(
    ("name", "point"),
    [("ref_sixbar_rod_stop", ("hook", "P")), ("contract_fourbar", ("hook", "P")), ("var_ii_slider_pair", ("hookL", "P"))],
)
def test_derivatives_of_a_point_by_every_dimension(name, point):
    mechanism = lock_file(name)
    positions = Positions(mechanism)
    where = positions.drive_value
    at = PointName(*point)
    found = gradient(positions, positions.solution.points[at][1], where)
    nominal = {str(symbol): value for symbol, value in mechanism.nominal().items()}
    for parameter, slope in found.by_name.items():
        h = 1e-4
        values = []
        for step in (-2, -1, 1, 2):
            moved = Positions(mechanism, {parameter: nominal[parameter] + step * h})
            q = moved.at(positions.selected, np.array([where]))
            values.append(moved.points(q)[at][0, 1])
        numeric = (values[0] - 8 * values[1] + 8 * values[2] - values[3]) / (12 * h)
        assert slope == pytest.approx(numeric, rel=1e-6, abs=1e-7)


def test_a_stack_bounds_small_changes_and_names_what_governs():
    mechanism = lock_file("hook_fourbar_13")
    positions = Positions(mechanism)
    force = positions.solution.generalised_force(PointName("hook", "P"))
    lever = force.expression.xreplace({force.direction: np.pi / 2})
    found = stack(positions, lever, positions.drive_value, np.radians(0.25))
    assert found.rss < found.worst_case
    assert found.contributions[0][1] >= found.contributions[-1][1]
    assert sum(part for _, part in found.contributions) == pytest.approx(found.worst_case)


def test_the_dead_centre_moves_with_the_dimensions_as_its_closed_form_says():
    mechanism = lock_file("contract_fourbar")
    positions = Positions(mechanism)
    toggle = positions.solution.generalised_force(PointName("hook", "P")).factors[0].expression
    dead = next(
        centre.drive for centre in dead_centres(positions, positions.selected) if centre.body == "hook" and centre.drive > 0
    )
    found = dict(dead_centre_stack(positions, toggle, dead).contributions)
    a, b, c, d = 40.0, 120.0, 80.0, 100.0

    def closed(a, b):
        return np.arccos(((a + b) ** 2 + d**2 - c**2) / (2 * (a + b) * d))

    assert found["a"] == pytest.approx(0.1 * abs(closed(a + 1e-6, b) - closed(a - 1e-6, b)) / 2e-6, rel=1e-6)


def test_no_gradient_at_a_limit_of_travel(make, parts):
    positions = Positions(make(parts.four_bar(100.0, 40.0, 60.0, 100.0, 60.0)))
    with pytest.raises(NoVerdict):
        gradient(positions, positions.solution.points[PointName("rocker", "B")][0], positions.drive_value)


@pytest.mark.parametrize("name", ["hook_fourbar_13", "var_ii_slider_pair"])
def test_every_output_of_the_command_moves_as_its_derivatives_say(name, capsys):
    """Angles and points, by differences of positions with other dimensions; stacks are sums and roots of squares."""
    path = folder("geometry") / "locks" / f"{name}.toml"
    assert run(["kinematics", str(path), "--tolerances", "--json", "--quiet"]) == 0
    outputs = {entry["name"]: entry for entry in json.loads(capsys.readouterr().out)["tolerances"]}
    mechanism = lock_file(name)
    h = 1e-4
    for parameter in [*list(mechanism.parameters)[:5], "dx_A" if name == "hook_fourbar_13" else "dy_BR"]:
        middle = mechanism.parameters[parameter].nominal if parameter in mechanism.parameters else 0.0
        moved = []
        for step in (-h, h):
            positions = Positions(mechanism, {parameter: middle + step})
            q = positions.at_value(positions.selected)[None]
            angles = {f"angle of {body}": np.degrees(q[0, 3 * i + 2]) for i, body in enumerate(positions.constraints.bodies)}
            places = {f"x of {point}": place[0, 0] for point, place in positions.points(q).items()}
            moved.append(angles | places)
        for output, entry in outputs.items():
            if output in moved[0]:
                slope = (moved[1][output] - moved[0][output]) / (2.0 * h)
                assert entry["derivatives"][parameter] == pytest.approx(slope, rel=1e-5, abs=1e-6)
    for entry in outputs.values():
        parts = np.array([part["half_width"] for part in entry["contributions"]])
        assert entry["worst_case"] == pytest.approx(parts.sum())
        assert entry["rss"] == pytest.approx(np.sqrt((parts**2).sum()))
    assert run(["kinematics", str(path), "--tolerances", "--quiet"]) == 0
    assert "worst case +-" in capsys.readouterr().out


@pytest.mark.parametrize(
    "name", ["hook_fourbar_13", "ref_sixbar_rod_stop", "var_ii_slider_pair", "var_iii_eccentric", "eccentric_cam"]
)
def test_derivatives_of_the_constraint_equations_agree_with_those_of_the_closed_form(name):
    """Two derivations: the closed form backwards, and the implicit function theorem on the joints' equations."""
    result = kinematics(lock_file(name))
    drive = float(result.drive[0])
    closed = {output.name: gradient for output, gradient in _by_closed_form(result, drive)}
    implicit = {output.name: gradient for output, gradient in _by_constraints(result, derivatives(result.positions, drive))}
    assert closed.keys() <= implicit.keys()
    for output, one in closed.items():
        other = implicit[output]
        assert other.by_drive == pytest.approx(one.by_drive, rel=1e-8, abs=1e-9)
        for parameter, slope in one.by_name.items():
            assert other.by_name[parameter] == pytest.approx(slope, rel=1e-7, abs=1e-8), (output, parameter)


def test_tolerances_of_a_triad_against_other_dimensions(make, parts):
    """A platform on legs of which one slides; every output at dimensions moved by a little."""
    data = parts.data(
        {
            "ground": {"O": parts.mm(0, 0), "G2": ["g", "15 mm"], "G3": parts.mm(120, -10)},
            "crank": {"O": parts.mm(0, 0), "A1": parts.mm(20, 0)},
            "leg1": {"A": parts.mm(0, 0), "B": ["l", "0 mm"]},
            "leg2": {"A": parts.mm(0, 0), "B": parts.mm(55, 0)},
            "leg3": {"A": parts.mm(0, 0), "B": parts.mm(0, 0)},
            "platform": {"P1": parts.mm(0, 0), "P2": parts.mm(40, -15), "P3": ["80 mm", "h"]},
        },
        [
            parts.pin("O", "ground.O", "crank.O"),
            parts.pin("A1", "crank.A1", "leg1.A", clearance="0.05 mm"),
            parts.pin("A2", "ground.G2", "leg2.A"),
            parts.slide("A3", "ground.G3", "leg3.A", "w", "5 deg"),
            *[parts.pin(f"B{i}", f"leg{i}.B", f"platform.P{i}") for i in (1, 2, 3)],
        ],
        {"joint": "O", "value": "40 deg"},
        parameters={
            "g": {"value": "60 mm", "tolerance": "0.1 mm"}, "l": {"value": "75 mm", "tolerance": "0.2 mm"},
            "h": {"value": "5 mm", "tolerance": "0.1 mm"}, "w": {"value": "60 deg", "tolerance": "0.1 deg"},
        },
    )  # fmt: skip
    mechanism = make(data)
    result = kinematics(mechanism)
    assert not result.closed_form
    record = {entry["name"]: entry for entry in tolerance_record(result)}
    assert record["y of platform.P3"]["contributions"][0]["half_width"] > 0.01
    drive, start = float(result.drive[0]), np.array(result.selected.mode.start)
    nominal = {str(symbol): value for symbol, value in mechanism.nominal().items()}
    outputs = _by_constraints(result, derivatives(result.positions, drive))
    point = PointName("platform", "P3")
    for parameter in ("g", "l", "h", "w", "dx_A1", "dy_A1"):
        found = []
        for step in (-2, -1, 1, 2):
            moved = Positions(mechanism, {parameter: nominal[parameter] + step * 1e-3})
            q, ok = newton.solve(moved.constraints, start[None], np.array([drive]))
            assert ok.all()
            v = velocity.rates(moved.constraints, q)
            row = 3 * moved.constraints.bodies.index("platform") + 2
            slide = next(joint for joint in moved.constraints.joints if joint.name == "A3")
            travel = moved.constraints.travel(q, slide)[0]
            found.append([q[0, row], v[0, row], *moved.points(q)[point][0], travel])
        slopes = (np.array(found[0]) - 8 * np.array(found[1]) + 8 * np.array(found[2]) - np.array(found[3])) / 12e-3
        wanted = ("angle of platform", "velocity ratio of platform", f"x of {point}", f"y of {point}", "travel of A3")
        for name, slope in zip(wanted, slopes, strict=True):
            own = next(gradient for output, gradient in outputs if output.name == name)
            assert own.by_name[parameter] == pytest.approx(slope, rel=1e-7, abs=1e-9), (name, parameter)


def test_the_play_of_a_pin_counts_once_in_its_worst_direction(make, parts):
    """The crank's end with play r in its pivot reaches r farther in any direction, not r sqrt(2)."""
    data = parts.four_bar(40.0, 120.0, 80.0, 100.0, 45.0)
    data["joints"][0]["clearance"] = "0.2 mm"
    positions = Positions(make(data))
    x, y = positions.solution.points[PointName("crank", "A")]
    along = (x + y) / sp.sqrt(2)
    assert stack(positions, along, positions.drive_value).worst_case == pytest.approx(0.2, rel=1e-12)
