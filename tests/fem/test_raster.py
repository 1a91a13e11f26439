"""Pads cut into rectangles: the same contact on every mesh, against a bed of springs by hand."""

import numpy as np
import pytest

from mechlock.errors import InputError
from mechlock.fem.assembly import assemble
from mechlock.fem.model import Force, Material, Model, Pad, PointMass, Spring, StaticCase
from mechlock.fem.raster import raster
from mechlock.fem.static import solve_static
from mechlock.mesh.mesh import Mesh

BREADTH, DEPTH, BED, LOAD = 90.0, 60.0, 4e5, 12e3
STIFF = Material("stiff", 1e10, 0.0, 1e-20)
GUIDE = Spring("guide", ("z0",), (1e5, 1e5, 0.0))


def pressed(box, n, eccentricity, steel=STIFF, per_side=3, kind="hex20"):
    """A block on its pad under a load beside its middle, through a rigid plate on its top."""
    mesh = box(kind, n, (BREADTH, DEPTH, 40.0))
    mesh.points[:, :2] -= np.array([BREADTH, DEPTH]) / 2
    plate = PointMass("plate", 1.0, (eccentricity, 0.0, 40.0), ("z1",), coupling="rigid")
    pad = Pad("pad", ("z0",), stiffness=BED, direction=(0, 0, 1), raster=per_side)
    system = assemble(Model(mesh, ((steel, ()),), springs=(GUIDE,), pads=(pad,), masses=(plate,)))
    case = StaticCase("pressed", (0, 0, -LOAD))
    return solve_static(system, [case]).results["pressed"]


@pytest.mark.parametrize("n", [(1, 1, 1), (4, 5, 1), (7, 2, 1)])
def test_a_tilting_block_presses_as_a_bed_of_springs(box, n):
    """Inside the core all columns of springs press; beyond 2 b / 9 one lifts and the two others balance the load."""
    column = np.array([-BREADTH / 3, 0.0, BREADTH / 3])
    inside = pressed(box, n, 0.1 * BREADTH)
    turn = LOAD * 0.1 * BREADTH / (BED / 3 * (column**2).sum())
    forces = BED / 3 * (LOAD / BED + turn * column)
    assert inside.pads["pad"].node_forces.reshape(3, 3).sum(axis=1) == pytest.approx(forces, rel=1e-5)
    beyond = pressed(box, n, 0.28 * BREADTH)
    last = 3 * LOAD * 0.28
    assert beyond.pads["pad"].node_forces.reshape(3, 3).sum(axis=1) == pytest.approx([0.0, LOAD - last, last], rel=1e-4, abs=1e-3)
    assert beyond.pads["pad"].open_fraction == pytest.approx(1 / 3)
    for result, arm in ((inside, 0.1), (beyond, 0.28)):
        resultant = result.pads["pad"].resultant
        assert resultant.force[2] == pytest.approx(LOAD, rel=1e-9)
        assert resultant.moment == pytest.approx([0.0, -LOAD * arm * BREADTH, 0.0], abs=1e-6 * LOAD * BREADTH)


@pytest.mark.parametrize("per_side", [1, 2, 5])
def test_parts_leave_their_own_share_of_the_tilting_stiffness_out(box, per_side):
    """An even bed resists tilt by k b^2 / 12; n equal parts, each at its middle, leave out 1 / n^2 of that."""
    cut = raster(box("hex20", (4, 3, 1), (BREADTH, DEPTH, 40.0)), ("z0",), per_side, "pad")
    share = cut.areas / cut.areas.sum()
    assert cut.areas.sum() == pytest.approx(BREADTH * DEPTH, rel=1e-12)
    away = cut.centres[:, 0] - BREADTH / 2
    assert share @ away**2 == pytest.approx(BREADTH**2 / 12 * (1 - 1 / per_side**2), rel=1e-12, abs=1e-12)


def test_an_elastic_block_presses_alike_on_meshes_that_do_not_nest(box):
    soft = Material("soft", 2e3, 0.3, 1e-20)
    first, second = (pressed(box, n, 0.2 * BREADTH, soft).pads["pad"].node_forces for n in ((8, 6, 3), (11, 7, 4)))
    np.testing.assert_allclose(first, second, rtol=0, atol=1e-3 * first.max())


def test_means_are_exact_whatever_cuts_the_pad(box):
    """Over each rectangle the mean of a quadratic is its integral by hand; a part that the faces leave bare is left out."""
    mesh = box("hex20", (5, 2, 1), (50.0, 60.0, 10.0))
    low = mesh.points[mesh.blocks[0].cells[mesh.faces["z0"][:, 0]]].min(axis=1)
    mesh.faces["open"] = mesh.faces["z0"][(low[:, 0] < 9) | (low[:, 1] < 1)]
    cut = raster(mesh, ("open",), 3, "pad")
    x, y = mesh.points[:, 0], mesh.points[:, 1]
    third = 50.0 / 3
    # the middle of the pad is covered up to y = 30, half a part; beyond x = 10 the upper row is bare
    assert cut.areas == pytest.approx([third * 20, third * 10 + 100, 200, third * 20, third * 10, third * 20, third * 10])
    square = (np.array([1, 2, 3]) ** 3 - np.array([0, 1, 2]) ** 3) * third**2 / 3
    assert (cut.means @ x**2)[[0, 3, 5]] == pytest.approx(square, rel=1e-12)
    assert (cut.means @ (x * y**2))[3] == pytest.approx(1.5 * third * 20**2 / 3, rel=1e-12)


def test_other_faces_are_refused(box):
    steel = ((STIFF, ()),)
    bent = box("hex20", (2, 2, 1), (10.0, 10.0, 10.0), warp=lambda p: p + 0.1 * np.roll(p, 1, axis=1) ** 2)
    pad = Pad("pad", ("z0",), stiffness=1e5, direction=(0, 0, 1), raster=3)
    corner = Pad("pad", ("z0", "x0"), stiffness=1e5, direction=(0, 0, 1), raster=3)
    straight = box("hex20", (2, 2, 1))
    for mesh, item, text in (
        (bent, pad, "rectangles along the axes"),
        (box("tet10", (1, 1, 1)), pad, "rectangles along the axes"),
        (straight, corner, "one plane across an axis"),
    ):
        with pytest.raises(InputError, match=text):
            assemble(Model(mesh, steel, pads=(item,)))
    rigid = Pad("pad", ("z0",), direction=(0, 0, 1), raster=3)
    system = assemble(Model(Mesh(straight.points, straight.blocks, {}, straight.faces), steel, springs=(GUIDE,), pads=(rigid,)))
    with pytest.raises(InputError, match="takes a stiffness"):
        solve_static(system, [StaticCase("c", loads=(Force("z1", (0, 0, -1.0)),))])
