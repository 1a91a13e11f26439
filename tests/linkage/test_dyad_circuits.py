"""Circuits of chains of dyads, proved complete over intervals of the drive."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mechlock.linkage.dyad_circuits import dyad_circuits
from mechlock.linkage.interval import Interval
from mechlock.linkage.kinematics import kinematics
from mechlock.linkage.positions import Positions
from mechlock.linkage.record import kinematics_record
from mechlock.linkage.slopes import cosine, root, sine

NUMBERS = st.floats(-50.0, 50.0)
LIMITED = (65.0, 100.0, 50.0, 90.0)
"""Crank, rod, rocker and ground of a four-bar whose crank cannot go round."""


def chain(parts, stages, lengths=(30.0, 100.0, 70.0, 90.0)):
    """A crank and `stages` four-bars, each driven by the rocker of the one before."""
    a, b, c, d = lengths
    bodies = {"ground": {"O0": parts.mm(0, 0)}, "arm0": {"O": parts.mm(0, 0), "B": parts.mm(a, 0)}}
    joints = [parts.pin("O0", "ground.O0", "arm0.O")]
    for i in range(1, stages + 1):
        bodies["ground"][f"O{i}"] = parts.mm(i * d, 0)
        bodies[f"rod{i}"] = {"A": parts.mm(0, 0), "B": parts.mm(b, 0)}
        bodies[f"arm{i}"] = {"O": parts.mm(0, 0), "B": parts.mm(c, 0)}
        joints += [parts.pin(f"A{i}", f"arm{i - 1}.B", f"rod{i}.A"), parts.pin(f"B{i}", f"rod{i}.B", f"arm{i}.B")]
        joints.append(parts.pin(f"O{i}", f"ground.O{i}", f"arm{i}.O"))
    return parts.data(bodies, joints, {"joint": "O0", "value": "80 deg"})


@given(st.tuples(NUMBERS, NUMBERS), st.tuples(NUMBERS, NUMBERS), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
@settings(max_examples=30, deadline=None)
def test_intervals_hold_what_their_numbers_give(one, two, s, t):
    (a, b), (c, d) = sorted(one), sorted(two)
    x, y = a + s * (b - a), c + t * (d - c)
    first, second = (Interval(np.array([low]), np.array([high])) for low, high in ((a, b), (c, d)))
    with np.errstate(all="ignore"):
        pairs = [(first + second, x + y), (first - second, x - y), (first * second, x * y), (3.0 - first, 3.0 - x)]
        pairs += [(first**2, x * x), (first**3, x**3), (cosine(first), np.cos(x)), (sine(first), np.sin(x))]
        pairs += [(root(first), np.sqrt(max(x, 0.0)))] if x >= 0.0 else []
        pairs += [(first / second, x / y), (2.0 / second, 2.0 / y)] if abs(y) > 1e-6 else []
    for found, value in pairs:
        rounding = 1e-12 * (1.0 + abs(value))  # of the numbers x and y, not of the intervals
        assert found.low[0] - rounding <= value <= found.high[0] + rounding


def test_circuits_of_five_dyads_are_proved_in_a_sweep(make, parts):
    found = kinematics(make(chain(parts, 5)), sweep=(-np.pi, np.pi, 181))
    assert kinematics_record(found)["all_circuits_proved"] is True


def test_arcs_are_those_of_many_samples(make, parts):
    positions = Positions(make(chain(parts, 2, LIMITED)))
    found = positions.circuits
    drive = np.linspace(-np.pi, np.pi, 20_001)
    edges = [drive[:-1][np.diff(positions.exists(mode, drive).astype(int)) != 0] for mode in positions.modes]
    edges = np.unique(np.concatenate(edges))
    assert edges.size > 0
    assert np.abs(edges[:, None] - found.limits).min(axis=1).max() < 2.0 * np.pi / 20_000
    assert found.complete


def test_a_narrow_circuit_between_samples_is_met(make, parts):
    """A rod that reaches its rocker over a hundredth of a degree only."""
    reach = float(np.sqrt(60.0**2 + 30.0**2 - 2.0 * 60.0 * 30.0 * np.cos(np.radians(0.005))))
    values = parts.four_bar(30.0, reach - 10.0, 10.0, 60.0, 0.0)
    positions = Positions(make(values))
    assert positions.circuits.complete
    widths = [reach.high - reach.low for mode in kinematics(make(values), sweep="-90 deg:90 deg:7").modes for reach in mode.reach]
    assert np.degrees(min(widths)) == pytest.approx(0.01, rel=1e-2)


def test_a_search_cut_short_says_so(make, parts):
    positions = Positions(make(chain(parts, 1, LIMITED)))
    numbers = {symbol.name: value for symbol, value in positions.mechanism.nominal().items()}
    assert positions.solution is not None
    found = dyad_circuits(positions.solution, numbers, -np.pi, np.pi, 1.0, limit=10)
    assert not found.complete
    assert "did not suffice" in found.reason
