"""Which places of a frame are looked at in submodels, and what is said of those that these could not read."""

import numpy as np
import pytest

from mechlock.pipeline.stress_readings import Readings
from mechlock.pipeline.watched_places import Watched

LIMIT = {"post": 200.0, "brace": 100.0}


def readings(*rows: tuple[float, int, float], groups: tuple[str, ...] = ("post", "brace")) -> Readings:
    """Places along x: (x, group, stress)."""
    x, group, value = np.array(rows, float).T
    places = np.stack([x, 0 * x, 0 * x], axis=1)
    return Readings(groups, (4.0, 3.0), group.astype(np.int64), places, {"case": value})


NOTHING = readings((1e3, 0, -1.0))


def test_the_place_that_uses_its_limit_most_comes_first() -> None:
    watched = Watched(readings((0, 0, 150.0), (50, 1, 90.0), (90, 0, 100.0)), LIMIT, 1)
    assert watched.next_place() == pytest.approx([50.0, 0, 0])
    watched.seen |= np.array([False, True, False])
    assert watched.unseen() == pytest.approx(0.75)


def test_what_the_frame_underrates_is_found_where_submodels_read_the_same_place() -> None:
    watched = Watched(readings((0, 0, 100.0), (0, 1, 90.0), (50, 0, 10.0)), LIMIT, 1)
    same, elsewhere = readings((0.4, 0, 150.0), (0.0, 1, 90.0)), readings((20, 0, 190.0))
    assert watched.underrated([(NOTHING, same)]) == pytest.approx(1.0), "the largest of the place against the largest"
    assert watched.underrated([(NOTHING, readings((0.4, 0, 150.0)))]) == pytest.approx(1.5)
    assert watched.underrated([(NOTHING, elsewhere)]) == 1.0


def test_places_in_submodels_that_none_could_read_are_named() -> None:
    watched = Watched(readings((0, 0, 10.0), (0, 1, 10.0), (50, 0, 10.0)), LIMIT, 1)
    watched.seen |= np.array([True, True, False])
    read = readings((0.2, 0, 12.0), (0.2, 1, -1.0))
    assert watched.missed([(NOTHING, read)]) == pytest.approx(np.zeros((1, 3))), "the brace's own side"
    assert len(watched.missed([(NOTHING, read), (NOTHING, readings((0, 1, 30.0)))])) == 0


def test_groups_of_a_piece_are_known_by_their_names() -> None:
    watched = Watched(readings((0, 1, 10.0)), LIMIT, 1)
    watched.seen |= np.array([True])
    assert len(watched.missed([(NOTHING, readings((0, 0, 12.0), groups=("brace",)))])) == 0
    assert len(watched.missed([(NOTHING, readings((0, 1, 12.0), groups=("brace", "post")))])) == 1
