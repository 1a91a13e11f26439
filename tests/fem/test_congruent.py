"""Cells that are copies of one another are integrated once, and nothing else is taken for a copy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mechlock.fem.assembly import assemble
from mechlock.fem.congruent import copies
from mechlock.fem.model import Model
from mechlock.fem.stiffness import _different_blocks, stiffness_blocks  # pyright: ignore[reportPrivateUsage]
from mechlock.mesh.mesh import Block, Mesh


def grid(box, kind, steps):
    """A block whose planes lie at the running sums of `steps` along each axis."""
    mesh = box(kind, tuple(len(s) for s in steps), size=tuple(float(len(s)) for s in steps))
    places = [
        np.interp(x, np.arange(len(s) + 1), np.concatenate([[0.0], np.cumsum(s)]))
        for x, s in zip(mesh.points.T, steps, strict=True)
    ]
    return Mesh(np.column_stack(places), mesh.blocks, mesh.volumes, mesh.faces)


widths = st.lists(st.sampled_from([0.1, 0.3, 1.7]), min_size=1, max_size=4)


@pytest.mark.parametrize("kind", ["hex8", "hex8i", "hex20"])
@given(steps=st.tuples(widths, widths, widths), far=st.sampled_from([0.0, 1234.567]))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_grid_has_as_many_different_cells_as_its_steps_make(kind, steps, far, box, steel):
    mesh = grid(box, kind, steps)
    points, cells = mesh.points + far, mesh.blocks[0].cells
    found = copies(points, cells, kind)
    assert len(found.first) == np.prod([len(set(s)) for s in steps])
    whole = stiffness_blocks(points, cells, kind, steel, affine=True)
    each = _different_blocks(points, cells, kind, steel, affine=True)
    np.testing.assert_allclose(whole, each, atol=1e-9 * np.abs(each).max())


def test_turned_mirrored_and_slightly_distorted_cells_are_no_copies(box):
    cube = box("hex8", (1, 1, 1))
    cells = cube.blocks[0].cells
    turn = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    bent = cube.points.copy()
    bent[cells[0, 6]] += 1e-9
    points = np.concatenate([cube.points, cube.points @ turn.T, bent, cube.points + 5.0])
    found = copies(points, np.concatenate([cells + k * len(cube.points) for k in range(4)]), "hex8")
    assert found.of[0] == found.of[3]
    assert len(found.first) == 3


def test_cells_of_different_laws_are_no_copies(box):
    mesh = box("hex8i", (3, 1, 1))
    laws = np.array([1.0, 2.0, 1.0])[:, None, None] * np.eye(6)
    found = copies(mesh.points, mesh.blocks[0].cells, "hex8i", laws)
    assert found.of[0] == found.of[2] != found.of[1]


def test_the_message_counts_all_cells_that_are_inside_out(box, steel):
    mesh = box("hex8", (4, 1, 1))
    turned = mesh.blocks[0].cells[:, [4, 5, 6, 7, 0, 1, 2, 3]]
    with pytest.raises(Exception, match="4 hex8 element"):
        assemble(Model(Mesh(mesh.points, (Block("hex8", turned),), mesh.volumes, {}), ((steel, ()),)))
