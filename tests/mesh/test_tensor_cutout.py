"""A piece cut out of a frame: where it is cut, what drives it, and that driving it reproduces a known motion."""

import numpy as np

from mechlock.fem.assembly import assemble
from mechlock.fem.driven import solve_driven
from mechlock.fem.model import Material, Model
from mechlock.mesh.tensor import tensor_mesh
from mechlock.mesh.tensor_cutout import cut_out
from mechlock.mesh.tensor_planes import Grading
from mechlock.solids.frame import FrameSolid
from mechlock.solids.frame_parts import block

STEEL = Material("steel", 210e3, 0.3, 7.85e-9)


def bar() -> FrameSolid:
    return FrameSolid("bar", "steel", (block("bar", "parts.bar", "bar", [0.0, 0.0, 0.0], [400.0, 30.0, 20.0]),))


def test_the_cut_lies_near_the_reach_and_the_ends_of_the_body_are_not_cut() -> None:
    found = cut_out(tensor_mesh(bar(), Grading(size=50.0)), np.array([100.0, 15.0, 20.0]), 150.0, Grading(size=25.0))
    assert np.isinf(found.low).all() and np.isinf(found.high[1:]).all()
    assert abs(found.high[0] - 250.0) <= 40.0
    points = found.tensor.mesh.points
    assert np.array_equal(found.driven, np.isclose(points[:, 0], found.high[0]))
    assert not found.inside(points[found.driven], 1.0).any()


def test_a_linear_motion_of_the_cut_stretches_the_piece_evenly() -> None:
    found = cut_out(tensor_mesh(bar(), Grading(size=50.0)), np.array([200.0, 15.0, 20.0]), 100.0, Grading(size=20.0, halved=True))
    system = assemble(Model(found.tensor.mesh, ((STEEL, ()),)))
    points = found.tensor.mesh.points
    strain = np.diag([1e-3, -3e-4, -3e-4])
    motion = (points[found.driven] @ strain)[..., None]
    moved, residual = solve_driven(system, found.driven, motion, np.zeros((system.n_dof, 1)))
    assert residual < 1e-9
    assert np.allclose(moved.reshape(-1, 3), points @ strain, atol=1e-9)


def test_weight_pulls_a_driven_piece_out_of_shape_by_what_a_bar_theory_says() -> None:
    found = cut_out(tensor_mesh(bar(), Grading(size=50.0)), np.array([0.0, 15.0, 20.0]), 300.0, Grading(size=25.0))
    bar_steel = Material("steel", 210e3, 0.0, 7.85e-9)
    system = assemble(Model(found.tensor.mesh, ((bar_steel, ()),)))
    length, g = float(found.high[0]), 9806.65
    forces = np.zeros((system.n_dof, 1))
    forces[0::3, 0] = -system.node_masses * g
    moved, _ = solve_driven(system, found.driven, np.zeros((int(found.driven.sum()), 3, 1)), forces)
    tip = moved.reshape(-1, 3)[np.isclose(found.tensor.mesh.points[:, 0], 0.0), 0]
    assert np.allclose(tip, -7.85e-9 * g * length**2 / (2 * 210e3), rtol=1e-6)
