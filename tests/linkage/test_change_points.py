"""Motions through change points: each mode's own velocity and acceleration, also where all links lie in one line."""

from __future__ import annotations

import numpy as np
import pytest

from mechlock.linkage import change_points, velocity
from mechlock.linkage.kinematics import kinematics
from mechlock.linkage.positions import Positions

CRANK, BASE = 50.0, 120.0


@pytest.fixture(scope="module")
def parallelogram(make, parts):
    """A four-bar with equal opposite sides."""
    return make(parts.four_bar(CRANK, BASE, CRANK, BASE, 40.0, assembly={"coupler": "0 deg"}))


def mode_of(positions, name):
    return next(mode for mode in positions.modes if mode.name == name)


@pytest.mark.parametrize(("at", "crossed"), [(0.0, -(BASE + CRANK) / (BASE - CRANK)), (np.pi, -(BASE - CRANK) / (BASE + CRANK))])
def test_both_motions_of_a_parallelogram_in_line(parallelogram, at, crossed):
    positions = Positions(parallelogram)
    rocker = 3 * positions.constraints.bodies.index("rocker") + 2
    for name, ratio in (("+", 1.0), ("-", crossed)):
        drive = np.array([at])
        mode = mode_of(positions, name)
        v, w = change_points.rates(positions, mode, drive, positions.at(mode, drive))
        assert v[0, rocker] == pytest.approx(ratio, abs=1e-12)
        assert w[0, rocker] == pytest.approx(0.0, abs=1e-9)  # both motions are mirrored at the line


def test_places_accelerate_as_beside_the_change_point(make, parts):
    """A slider that the coupler pushes has no mirror image in its motion: limits from both sides, extrapolated."""
    data = parts.four_bar(CRANK, BASE, CRANK, BASE, 40.0, assembly={"coupler": "0 deg", "rod": "0 deg"})
    data["bodies"]["rod"] = {"points": {"P": parts.mm(0, 0), "S": parts.mm(150, 0)}}
    data["bodies"]["slider"] = {"points": {"S": parts.mm(0, 0)}}
    data["bodies"]["ground"]["points"]["G"] = parts.mm(0, 60)
    data["joints"] += [parts.pin("P", "coupler.P", "rod.P"), parts.pin("S", "rod.S", "slider.S")]
    positions = Positions(make({**data, "joints": [*data["joints"], parts.slide("guide", "ground.G", "slider.S", "20 deg")]}))
    constraints, tried = positions.constraints, 0
    for mode in positions.modes:
        drive = 2e-3 * np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
        q = positions.at(mode, drive)
        w = change_points.rates(positions, mode, drive, q)[1]
        beside = velocity.second_rates(constraints, q, velocity.rates(constraints, q))
        limit = (4.0 * (beside[1] + beside[3]) - (beside[0] + beside[4])) / 6.0
        assert np.isnan(beside[2]).all()
        assert np.abs(w[2]).max() > 1.0
        np.testing.assert_allclose(w[2], limit, atol=1e-6 * np.abs(limit).max())
        tried += 1
    assert tried == 4


def test_a_sweep_goes_through_the_line_without_a_gap(parallelogram):
    found = kinematics(parallelogram, sweep=(-np.pi / 3, np.pi / 3, 13)).selected
    assert found.velocity_ratios["rocker"] == pytest.approx(np.ones(13), abs=1e-9)
    assert np.degrees(found.angles["rocker"]) == pytest.approx(np.linspace(-60.0, 60.0, 13), abs=1e-9)
