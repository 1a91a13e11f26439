"""Greatest lengths over time against forming every vector."""

import numpy as np
import pytest

from mechlock.analyses.peaks import greatest_length, von_mises_rows
from mechlock.fem.stress import von_mises


@pytest.mark.parametrize("modes", [1, 5, 70])
def test_same_as_forming_every_vector(modes):
    rng = np.random.default_rng(modes)
    rows, coordinates = rng.normal(size=(50, 3, modes)), rng.normal(size=(modes, 400))
    lengths = np.linalg.norm(rows @ coordinates, axis=1)
    found, sample = greatest_length(rows, coordinates)
    assert found == pytest.approx(lengths.max(axis=1), rel=1e-6)
    assert lengths[np.arange(50), sample] == pytest.approx(found)


def test_von_mises_rows_have_von_mises_length():
    tensors = np.random.default_rng(1).normal(size=(20, 6))
    assert np.linalg.norm(von_mises_rows(tensors[..., None])[..., 0], axis=1) == pytest.approx(von_mises(tensors))


def test_points_at_rest_stay_at_rest():
    found, _ = greatest_length(np.zeros((3, 6, 4)), np.ones((4, 10)))
    assert (found == 0.0).all()
