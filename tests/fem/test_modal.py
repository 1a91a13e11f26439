"""Modes against closed forms, and about contact states."""

import numpy as np
import pytest

from mechlock.errors import InputError
from mechlock.fem.assembly import assemble
from mechlock.fem.lanczos import largest_pairs
from mechlock.fem.modal import solve_modal
from mechlock.fem.model import Base, Force, Lock, Model, Pad, PointMass, Spring, StaticCase, Support
from mechlock.fem.static import solve_static

LENGTH, SIDE = 1000.0, 20.0
ROOT = Support("root", ("x0",))


def bending(steel, root):
    """Euler-Bernoulli frequency of a square bar, Hz; `root` is the solution of the frequency equation."""
    return root**2 / (2 * np.pi * LENGTH**2) * np.sqrt(steel.E * SIDE**2 / 12 / steel.density)


@pytest.fixture
def bar(box, steel):
    return lambda **parts: assemble(Model(box("hex20", (24, 1, 1), (LENGTH, SIDE, SIDE)), ((steel, ()),), **parts))


def test_clamped_bar_bends_twice_at_each_frequency(bar, steel):
    found = solve_modal(bar(supports=(ROOT,)), 6)
    expected = [bending(steel, root) for root in (1.87510, 4.69409, 7.85476)]
    np.testing.assert_allclose(found.frequencies, np.repeat(expected, 2), rtol=0.01)
    np.testing.assert_allclose(found.frequencies[::2], found.frequencies[1::2], rtol=1e-7)
    assert found.residual.max() < 1e-5
    assert found.orthogonality < 1e-8


def test_free_bar_has_six_rigid_modes_then_bends(bar, steel):
    found = solve_modal(bar(), 10, supports=())
    assert found.rigid_count == 6
    assert (found.frequencies[:6] == 0).all()
    expected = [bending(steel, root) for root in (4.73004, 7.85320)]
    np.testing.assert_allclose(found.frequencies[6:], np.repeat(expected, 2), rtol=0.01)
    assert np.isnan(found.residual_shapes).all()
    # rigid modes carry the whole mass, the others none of it
    np.testing.assert_allclose(found.effective_mass[:6].sum(axis=0), np.diag(found.rigid_mass), rtol=1e-6)
    assert np.abs(found.participation[6:]).max() < 1e-6 * np.sqrt(found.rigid_mass.max())


def test_bar_on_a_rail_keeps_one_rigid_mode(box, steel):
    mesh = box("hex20", (4, 1, 1), (100.0, SIDE, SIDE))
    found = solve_modal(assemble(Model(mesh, ((steel, ()),), (Support("rail", ("z0",), ("y", "z")),))), 3)
    assert found.rigid_count == 1
    assert found.frequencies[1] > 100


def test_axial_mode_and_effective_mass_of_a_clamped_bar(box, steel):
    mesh = box("hex20", (16, 1, 1), (LENGTH, SIDE, SIDE))
    mesh.nodes["all"] = np.arange(len(mesh.points))
    # held sideways everywhere, so that only plane axial waves are left (confined modulus)
    model = Model(mesh, ((steel, ()),), (ROOT, Support("tube", ("all",), ("y", "z"))))
    found = solve_modal(assemble(model), 3)
    confined = steel.E * 0.7 / (1.3 * 0.4)
    order = np.array([1, 3, 5])
    np.testing.assert_allclose(found.frequencies, order * np.sqrt(confined / steel.density) / (4 * LENGTH), rtol=1e-4)
    whole = found.rigid_mass[0, 0]
    np.testing.assert_allclose(found.effective_mass[:, 0] / whole, 8 / (order * np.pi) ** 2, rtol=1e-3)


def test_effective_masses_add_up_to_the_free_mass(box, steel):
    mesh = box("hex8", (2, 1, 1), (50.0, 20.0, 20.0))
    system = assemble(
        Model(mesh, ((steel, ()),), (ROOT,), masses=(PointMass("m", 1e-4, (60.0, 0.0, 30.0), ("x1",), (1e-3,) * 3 + (0.0,) * 3),))
    )
    held = len(mesh.face_nodes("x0"))
    count = 3 * (len(mesh.points) - held)
    found = solve_modal(system, count)
    # M r on the free components, which all modes together span
    base = np.tile(np.eye(3), (len(mesh.points), 1))
    heavy = system.apply_mass(base)
    free = np.repeat(mesh.points[:, 0] > 0, 3)
    full = np.column_stack([system.apply_mass(column) for column in np.eye(system.n_dof)[free]])[free]
    expected = np.einsum("ni,ni->i", heavy[free], np.linalg.solve(full, heavy[free]))
    np.testing.assert_allclose(found.effective_mass[:, :3].sum(axis=0), expected, rtol=1e-7)
    np.testing.assert_allclose(np.diag(found.rigid_mass)[:3], system.total_mass, rtol=1e-10)
    np.testing.assert_allclose(np.abs(found.residual_shapes).max(), 0.0, atol=1e-14)


def test_heavy_mass_on_a_light_bar_swings_like_a_spring_pendulum(bar, steel):
    mass = 1.0
    system = bar(supports=(ROOT,), masses=(PointMass("m", mass, (LENGTH, SIDE / 2, SIDE / 2), ("x1",)),))
    stiffness = 3 * steel.E * SIDE**4 / 12 / LENGTH**3
    expected = np.sqrt(stiffness / (mass + 33 / 140 * system.element_mass)) / (2 * np.pi)
    np.testing.assert_allclose(solve_modal(system, 2).frequencies, expected, rtol=5e-3)


def test_modes_about_a_state_drop_open_pads_and_keep_closed_ones(box, steel):
    mesh = box("hex20", (10, 1, 1), (LENGTH, SIDE, SIDE))
    pads = (Pad("near", ("z0",), stiffness=1e4), Pad("far", ("x1",), stiffness=1e5, gap=0.5, direction=(0, 0, -1)))
    system = assemble(Model(mesh, ((steel, ()),), (ROOT,), pads))
    down = solve_static(system, [StaticCase("down", loads=(Force("z1", (0, 0, -3e3)),))], keep="down")
    state = down.results["down"]
    assert state.pads["near"].open_fraction == 0.0
    assert state.pads["far"].open_fraction == 1.0
    found = solve_modal(system, 4, about=state, held=down.held)
    bedded = Spring("near", ("z0",), (0.0, 0.0, 1e4))
    alike = solve_modal(assemble(Model(mesh, ((steel, ()),), (ROOT,), springs=(bedded,))), 4)
    # the pad's node shares and the spring's consistent bedding differ by the mesh only
    np.testing.assert_allclose(found.frequencies, alike.frequencies, rtol=5e-3)
    assert (found.contact_rows[:, ~state.closed] == 0).all()
    shapes = found.shapes[:, mesh.face_nodes("z0"), 2]
    np.testing.assert_allclose(
        found.contact_rows[:, state.closed].sum(axis=1),
        -(shapes * state_shares(system)).sum(axis=1) * 1e4, rtol=1e-6, atol=1e-6 * np.abs(found.contact_rows).sum(),
    )  # fmt: skip


def state_shares(system):
    from mechlock.fem.patches import make_patch

    return make_patch(system.mesh, ("z0",), "pads").shares


def test_rigid_pads_in_contact_are_supports_for_modes(box, steel):
    mesh = box("hex20", (6, 1, 1), (300.0, SIDE, SIDE))
    pad = assemble(Model(mesh, ((steel, ()),), (ROOT,), (Pad("floor", ("z0",)),)))
    held = assemble(Model(mesh, ((steel, ()),), (ROOT, Support("floor", ("z0",), ("z",)))))
    ours, theirs = solve_modal(pad, 5), solve_modal(held, 5)
    np.testing.assert_allclose(ours.frequencies, theirs.frequencies, rtol=1e-9)
    assert ours.residual.max() < 1e-5


@pytest.mark.parametrize("stiffness", [1e4, np.inf])
def test_base_under_a_pad_is_a_spring_in_series(stiffness, box, steel):
    mesh = box("hex20", (6, 1, 1), (300.0, SIDE, SIDE))
    mesh.nodes["tip"] = np.flatnonzero((mesh.points == [300.0, 0, 0]).all(axis=1))
    pad = Pad("pad", ("tip",), stiffness=stiffness, direction=(0, 0, 1))
    on_base = assemble(Model(mesh, ((steel, ()),), (ROOT,), (pad,), bases=(Base(("pad",), np.array([[3e-4]])),)))
    series = Spring("pad", ("tip",), (0.0, 0.0, 1 / (3e-4 + 1 / stiffness)))
    alike = assemble(Model(mesh, ((steel, ()),), (ROOT,), springs=(series,)))
    ours, theirs = solve_modal(on_base, 4), solve_modal(alike, 4)
    np.testing.assert_allclose(ours.frequencies, theirs.frequencies, rtol=1e-8)
    assert ours.residual.max() < 1e-5


def test_hooked_block_on_pads_bounces_at_hand_frequency(box, steel):
    stiff = type(steel)("stiff", 1e12, 0.0, 7.85e-9)
    mesh = box("hex8", (2, 2, 1), (100.0, 100.0, 50.0))
    system = assemble(Model(
        mesh, ((stiff, ()),), springs=(Spring("guide", ("z0",), (1e7, 1e7, 0.0)),),
        pads=(Pad("pad", ("z0",), stiffness=4e5),), locks=(Lock("hook", ("z1",), (0, 0, -1), 1e5, preload=(1e3, 1e3)),),
    ))  # fmt: skip
    solution = solve_static(system, [StaticCase("w", (0, 0, -9806.65))], keep="w")
    found = solve_modal(system, 6, about=solution.results["w"], held=solution.held)
    vertical = found.effective_mass[:, 2].argmax()
    assert found.frequencies[vertical] == pytest.approx(np.sqrt(5e5 / system.total_mass) / (2 * np.pi), rel=1e-5)


def test_residual_shapes_complete_the_static_answer(bar):
    system = bar(supports=(ROOT,))
    few, many = solve_modal(system, 2), solve_modal(system, 8)
    for found in (few, many):
        static = np.einsum("n,nab,n->ab", 1 / (2 * np.pi * found.frequencies) ** 2, found.shapes, found.participation[:, 2])
        total = static + found.residual_shapes[2]
        weight = solve_static(system, [StaticCase("w", (0, 0, 1.0))]).results["w"].displacement
        # the pull of held components' mass aside, base acceleration is weight
        np.testing.assert_allclose(total, weight, atol=2e-3 * np.abs(weight).max())
    assert np.abs(many.residual_shapes[2]).max() < np.abs(few.residual_shapes[2]).max()


def test_lanczos_finds_repeated_and_clustered_values():
    rng = np.random.default_rng(3)
    values = np.concatenate([np.full(5, 4.0), [3.0, 3.0 - 1e-9], np.geomspace(2, 1e-5, 293)])
    vectors = np.linalg.qr(rng.standard_normal((300, 300)))[0]
    matrix = (vectors * values) @ vectors.T
    found = largest_pairs(lambda x, _: matrix @ x, lambda x: x, 8, np.ones(300, bool))
    np.testing.assert_allclose(found.values, values[:8], rtol=1e-9)


def test_bar_on_an_elastic_bed_rocks_on_soft_guides(box, steel):
    """Eigenvalues that lie four decades apart are all found."""
    mesh = box("hex20", (8, 1, 1), (100.0, 10.0, 10.0))
    plain = type(steel)("plain", 210e3, 0.0, 7.85e-9)
    guide, hook = Spring("guide", ("x0",), (1e3, 1e3, 0.0)), Lock("hook", ("z1",), (0, 0, -1), 1e5, preload=(1e3, 2e3))
    system = assemble(Model(mesh, ((plain, ()),), pads=(Pad("bed", ("z0",), stiffness=1e5),), springs=(guide,), locks=(hook,)))
    found = solve_modal(system, 5)
    assert found.residual.max() < 1e-4
    # guides at one end: the bar turns about them, held by their spread across the face only
    turning = 1e3 * 10.0**2 / 12
    inertia = system.element_mass * (100.0**2 / 3 + 10.0**2 / 12)
    assert found.frequencies[0] == pytest.approx(np.sqrt(turning / inertia) / (2 * np.pi), rel=0.02)


def test_modes_without_mass_or_state_are_refused(box, steel):
    mesh = box("hex8", (1, 1, 1))
    light = type(steel)("light", 1e3, 0.3)
    with pytest.raises(InputError, match="no mass"):
        solve_modal(assemble(Model(mesh, ((light, ()),), (ROOT,))))
    system = assemble(Model(mesh, ((steel, ()),), springs=(Spring("g", ("z0",), (1e5, 1e5, 0)),), pads=(Pad("p", ("z0",)),)))
    lost = solve_static(system, [StaticCase("up", (0, 0, 1.0))]).results["up"]
    with pytest.raises(InputError, match="about 'up' are not defined"):
        solve_modal(system, about=lost)
