"""Boxes as solids: volume, mass, inertia, cutting and surface against closed forms and brute force."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mechlock.solids import boxes
from mechlock.solids.frame_parts import hollow_walls
from mechlock.solids.frame_surface import surface_triangles

STEEL = 7.85e-9


def eight_pieces(sides):
    """A cuboid with one corner at the origin, cut into eight unequal boxes."""
    cuts = [np.array([0.0, 0.3 * side, side]) for side in sides]
    corner = np.stack(np.meshgrid([0, 1], [0, 1], [0, 1], indexing="ij"), -1).reshape(-1, 3)
    low = np.stack([cuts[axis][corner[:, axis]] for axis in range(3)], axis=1)
    high = np.stack([cuts[axis][corner[:, axis] + 1] for axis in range(3)], axis=1)
    return low, high


def test_cuboid_cut_into_pieces_has_the_mass_properties_of_the_whole() -> None:
    a, b, c = 120.0, 60.0, 800.0
    found = boxes.mass_properties(*eight_pieces((a, b, c)), STEEL)
    mass = a * b * c * STEEL
    assert found.mass == pytest.approx(mass, rel=1e-14)
    assert found.centre == pytest.approx([a / 2, b / 2, c / 2], rel=1e-14)
    closed = np.diag([b * b + c * c, a * a + c * c, a * a + b * b]) * mass / 12
    assert found.inertia == pytest.approx(closed, rel=1e-12, abs=1e-12 * closed.max())


def test_inertia_of_an_l_has_the_product_of_its_arms() -> None:
    low = np.array([[0.0, 0.0, 0.0], [0.0, 10.0, 0.0]])
    high = np.array([[40.0, 10.0, 1.0], [10.0, 30.0, 1.0]])
    found = boxes.mass_properties(low, high, 1.0)
    x, y = (400 * 20 + 200 * 5) / 600, (400 * 5 + 200 * 20) / 600
    product = 400 * (20 - x) * (5 - y) + 200 * (5 - x) * (20 - y)
    assert found.centre[:2] == pytest.approx([x, y])
    assert found.inertia[0, 1] == pytest.approx(-product)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_walls_of_a_hollow_section_are_outer_less_inner(axis: int) -> None:
    envelope = np.array([[10.0, 20.0, 30.0], [110.0, 80.0, 90.0]])
    low, high = hollow_walls(envelope, axis, 4.0)
    assert not len(boxes.overlapping(low, high))
    sides = envelope[1] - envelope[0]
    inner = sides - 8.0
    inner[axis] = sides[axis]
    assert boxes.volumes(low, high).sum() == pytest.approx(np.prod(sides) - np.prod(inner), rel=1e-14)
    whole, hole = (boxes.mass_properties(np.array([-s / 2]), np.array([s / 2]), 1.0).inertia for s in (sides, inner))
    assert boxes.mass_properties(low, high, 1.0).inertia == pytest.approx(whole - hole, rel=1e-12, abs=1e-3)


def test_boxes_that_touch_do_not_overlap_and_those_that_cross_do() -> None:
    low = np.array([[0.0, 0, 0], [10, 0, 0], [9, 9, 9]])
    high = np.array([[10.0, 10, 10], [20, 10, 10], [11, 11, 11]])
    assert boxes.overlapping(low, high).tolist() == [[0, 2], [1, 2]]


INTERVALS = st.lists(st.tuples(st.integers(-5, 25), st.integers(1, 12)), max_size=6)


@given(INTERVALS)
def test_cut_interval_leaves_what_no_hole_covers(holes) -> None:
    spans = np.array([(a, a + b) for a, b in holes], dtype=float).reshape(-1, 2)
    left = boxes.cut_interval(0.0, 20.0, spans)
    middles = np.arange(20) + 0.5
    kept = ((middles[:, None] > left[:, 0]) & (middles[:, None] < left[:, 1])).any(axis=1)
    covered = ((middles[:, None] > spans[:, 0]) & (middles[:, None] < spans[:, 1])).any(axis=1)
    assert (kept == ~covered).all()
    assert (left[1:, 0] > left[:-1, 1]).all()


RECTANGLES = st.lists(st.tuples(st.integers(-3, 14), st.integers(-3, 9), st.integers(1, 8), st.integers(1, 8)), max_size=5)


@given(RECTANGLES)
def test_cut_rectangle_leaves_what_no_hole_covers(holes) -> None:
    table = np.array(holes, dtype=float).reshape(-1, 4)
    hole_low, hole_high = table[:, :2], table[:, :2] + table[:, 2:]
    low, high = boxes.cut_rectangle(np.zeros(2), np.array([12.0, 8.0]), hole_low, hole_high)
    x, y = np.meshgrid(np.arange(12) + 0.5, np.arange(8) + 0.5, indexing="ij")
    points = np.stack([x.ravel(), y.ravel()], axis=1)

    def count(a, b):
        return ((points[:, None] > a) & (points[:, None] < b)).all(axis=2).sum(axis=1)

    assert (count(low, high) == (count(hole_low, hole_high) == 0)).all()


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(*[st.integers(0, 3)] * 3), min_size=1, max_size=12, unique=True))
def test_surface_of_blocks_is_closed_and_encloses_their_volume(cells) -> None:
    low = np.array(cells, dtype=float) * [3.0, 2.0, 5.0]
    high = low + [3.0, 2.0, 5.0]
    triangles = surface_triangles(low, high)
    enclosed = np.einsum("ni,ni->", triangles[:, 0], np.cross(triangles[:, 1], triangles[:, 2])) / 6
    assert enclosed == pytest.approx(boxes.volumes(low, high).sum())
    directed = np.concatenate([triangles[:, [a, b]] for a, b in ((0, 1), (1, 2), (2, 0))]).reshape(-1, 6)
    forward = np.unique(directed, axis=0, return_counts=True)
    backward = np.unique(directed[:, [3, 4, 5, 0, 1, 2]], axis=0, return_counts=True)
    assert np.array_equal(forward[0], backward[0])
    assert np.array_equal(forward[1], backward[1])
