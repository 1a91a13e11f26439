"""Exact derivatives by every dimension against solving the linkage again with other dimensions."""

from __future__ import annotations

import numpy as np
import pytest

from mechlock.errors import NoVerdict
from mechlock.inputs.linkage import read_linkage
from mechlock.linkage.mechanism import PointName
from mechlock.linkage.positions import Positions
from mechlock.linkage.semantics import build
from mechlock.linkage.sensitivity import dead_centre_stack, gradient, stack
from mechlock.linkage.travel import dead_centres
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
