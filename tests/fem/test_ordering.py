"""The order of elimination found on corners: a permutation, nested, and as little fill as METIS finds on all nodes."""

import numpy as np
import pytest

from mechlock.fem.ordering import corner_order
from mechlock.fem.pardiso import Pardiso, library
from mechlock.fem.pattern import build_pattern
from mechlock.mesh.topology import KINDS

pytestmark = pytest.mark.skipif(library() is None, reason="MKL is not installed")


def entries(pattern, order):
    solver = Pardiso(order)
    solver.lay_out(pattern.pointer, pattern.columns, 3)
    found = solver.factor_entries
    solver.release()
    return found


@pytest.mark.parametrize("kind", ["tet10", "hex20", "wedge15"])
def test_corners_alone_give_as_little_fill_as_all_nodes(kind, box):
    mesh = box(kind, (24, 24, 2))
    pattern = build_pattern(mesh)
    order = corner_order(mesh, pattern)
    assert order is not None
    np.testing.assert_array_equal(np.sort(order), np.arange(len(mesh.points)))
    turn = np.argsort(order)
    cells = mesh.blocks[0].cells
    for first, second, middle in KINDS[kind].edges:
        assert (turn[cells[:, middle]] < turn[cells[:, [first, second]]].min(axis=1)).all()
    assert entries(pattern, order) < 1.1 * entries(pattern, None)


@pytest.mark.parametrize("kind", ["tet4", "hex8", "hex27"])
def test_other_kinds_are_ordered_on_all_their_nodes(kind, box):
    mesh = box(kind, (2, 2, 2))
    assert corner_order(mesh, build_pattern(mesh)) is None
