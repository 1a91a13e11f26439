"""Rigid couplings and mortar ties: patch tests, statics, modes, refusals."""

import numpy as np
import pytest

from mechlock.errors import InputError
from mechlock.fem.assembly import assemble
from mechlock.fem.links import build_links
from mechlock.fem.modal import solve_modal
from mechlock.fem.model import Force, Model, PointMass, Pressure, StaticCase, Support, Tie, Traction
from mechlock.fem.static import solve_static
from mechlock.fem.tie import tie_integrals, tie_weights
from mechlock.mesh.mesh import Block, Mesh

ROOT = Support("root", ("x0",))


def tied(mesh, tie):
    """Slave nodes, master nodes and W with u_slave = W u_master, where no support holds a slave node."""
    slaves, masters, mass, mixed = tie_integrals(mesh, tie)
    return slaves, masters, tie_weights(mass, mixed, np.zeros(len(slaves), bool))


def joined(first, second):
    """Two meshes side by side, not connected; groups get the prefixes a_ and b_."""
    shift, cells = len(first.points), first.n_cells
    blocks = (*first.blocks, *(Block(b.kind, b.cells + shift) for b in second.blocks))
    faces = {f"a_{k}": v for k, v in first.faces.items()} | {f"b_{k}": v + [cells, 0] for k, v in second.faces.items()}
    volumes = {"a": np.arange(cells), "b": cells + np.arange(second.n_cells)}
    return Mesh(np.vstack([first.points, second.points]), blocks, volumes, faces, {})


def moved(mesh, by):
    return Mesh(mesh.points + np.array(by), mesh.blocks, mesh.volumes, mesh.faces, mesh.nodes)


@pytest.mark.parametrize(
    ("below", "above"), [("hex20", "hex20"), ("tet10", "hex20"), ("hex27", "tet10"), ("hex8", "hex8"), ("wedge15", "hex20")]
)
def test_uniform_stress_passes_a_tie_of_two_against_three_faces(below, above, box, steel):
    lower = box(below, (2, 2, 2), (60.0, 40.0, 30.0))
    upper = moved(box(above, (3, 3, 2), (60.0, 40.0, 20.0)), (0, 0, 30.0))
    mesh = joined(lower, upper)
    # symmetry planes at x = 0, y = 0, z = 0, tension on top
    held = (Support("x", ("a_x0", "b_x0"), ("x",)), Support("y", ("a_y0", "b_y0"), ("y",)), Support("z", ("a_z0",), ("z",)))
    slave, master = ("b_z0", "a_z1")
    nodes = np.intersect1d(mesh.face_nodes(slave), np.concatenate([mesh.face_nodes("b_x0"), mesh.face_nodes("b_y0")]))
    # slave nodes follow the master's symmetry: they are not fixed themselves
    faces = dict(mesh.faces)
    mesh = Mesh(mesh.points, mesh.blocks, mesh.volumes, faces, {})
    for axis in "xy":
        both = np.concatenate([mesh.face_nodes(f"a_{axis}0"), mesh.face_nodes(f"b_{axis}0")])
        mesh.nodes[axis] = np.setdiff1d(both, mesh.face_nodes(slave))
    held = (Support("x", ("x",), ("x",)), Support("y", ("y",), ("y",)), Support("z", ("a_z0",), ("z",)))
    assert len(nodes)
    system = assemble(Model(mesh, ((steel, ()),), held, ties=(Tie("joint", master, slave),)))
    result = solve_static(system, [StaticCase("pull", loads=(Pressure("b_z1", -100.0),))]).results["pull"]
    expected = mesh.points * np.array([-0.3, -0.3, 1.0]) * 100.0 / steel.E
    np.testing.assert_allclose(result.displacement, expected, atol=1e-8 * np.abs(expected).max())
    assert result.evidence.equilibrium_error < 1e-9
    assert result.evidence.energy < 1e-9
    assert result.supports["z"].force[2] == pytest.approx(-100.0 * 60 * 40, rel=1e-9)


def test_tie_weights_carry_linear_fields_and_force_and_moment(box):
    lower = box("hex20", (2, 3, 1), (50.0, 40.0, 10.0))
    upper = moved(box("hex20", (3, 2, 1), (30.0, 25.0, 10.0)), (7.0, 3.0, 10.0))
    mesh = joined(lower, upper)
    slaves, masters, weights = tied(mesh, Tie("t", "a_z1", "b_z0"))
    np.testing.assert_allclose(weights @ mesh.points[masters], mesh.points[slaves], atol=1e-10)
    np.testing.assert_allclose(weights.sum(axis=1), 1.0, atol=1e-11)
    force = np.random.default_rng(2).standard_normal((len(slaves), 3))
    passed = weights.T @ force
    np.testing.assert_allclose(passed.sum(axis=0), force.sum(axis=0), atol=1e-11)
    np.testing.assert_allclose(
        np.cross(mesh.points[masters], passed).sum(axis=0), np.cross(mesh.points[slaves], force).sum(axis=0), atol=1e-9
    )


def test_tied_cantilever_bends_like_one_piece(box, steel):
    whole = assemble(Model(box("hex20", (20, 2, 2), (400.0, 20.0, 20.0)), ((steel, ()),), (ROOT,)))
    near, far = box("hex20", (10, 2, 2), (200.0, 20.0, 20.0)), moved(box("hex20", (10, 3, 3), (200.0, 20.0, 20.0)), (200.0, 0, 0))
    mesh = joined(near, far)
    tied = assemble(Model(mesh, ((steel, ()),), (Support("root", ("a_x0",)),), ties=(Tie("joint", "a_x1", "b_x0"),)))
    one = solve_static(whole, [StaticCase("c", loads=(Force("x1", (0, 0, -100.0)),))]).results["c"]
    two = solve_static(tied, [StaticCase("c", loads=(Force("b_x1", (0, 0, -100.0)),))]).results["c"]
    assert two.max_displacement == pytest.approx(one.max_displacement, rel=2e-3)
    assert two.evidence.equilibrium_error < 1e-9
    ours, theirs = solve_modal(tied, 6), solve_modal(whole, 6)
    np.testing.assert_allclose(ours.frequencies, theirs.frequencies, rtol=2e-3)
    assert ours.residual.max() < 1e-5


def bowl(x):
    return x + np.outer(0.15 * x[:, 0] ** 2 + 0.1 * x[:, 0] * x[:, 1], [0.0, 0.0, 1.0])


@pytest.mark.parametrize(("below", "above"), [("hex20", "hex20"), ("tet10", "hex20"), ("hex27", "tet10")])
def test_a_tie_of_curved_faces_carries_affine_fields_without_error(below, above, box):
    """Two against three quadratic faces that lie on one paraboloid, which both follow exactly."""
    mesh = joined(box(below, (2, 2, 1), warp=bowl), moved(box(above, (3, 3, 1), warp=bowl), (0, 0, 1.0)))
    for master, slave in (("a_z1", "b_z0"), ("b_z0", "a_z1")):
        slaves, masters, weights = tied(mesh, Tie("t", master, slave))
        assert weights @ np.ones(len(masters)) == pytest.approx(np.ones(len(slaves)), abs=1e-12)
        assert weights @ mesh.points[masters] == pytest.approx(mesh.points[slaves], abs=1e-12)


@pytest.mark.parametrize("n", [2, 8])
def test_cells_whose_edges_lie_on_one_another_are_cut_whatever_rounding_says(n, box):
    """In the paraboloid's symmetry planes edges of both sides coincide but for rounding, which once cut them too often."""
    mesh = joined(box("hex20", (n, n, 1), warp=bowl), moved(box("hex20", (3 * n // 2, 3 * n // 2, 1), warp=bowl), (0, 0, 1.0)))
    slaves, masters, weights = tied(mesh, Tie("t", "a_z1", "b_z0"))
    assert weights @ mesh.points[masters] == pytest.approx(mesh.points[slaves], abs=1e-11)


def ring(box, kind, n, inner, outer):
    """A quarter of a ring: x0 and x1 are its inner and outer face."""

    def bent(x):
        radius, angle = inner + (outer - inner) * x[:, 0], 0.5 * np.pi * x[:, 1]
        return np.column_stack([radius * np.cos(angle), radius * np.sin(angle), 10.0 * x[:, 2]])

    return box(kind, n, warp=bent)


@pytest.mark.parametrize(
    ("kinds", "around", "error"), [(("hex20", "hex20"), 2, 1e-3), (("tet10", "hex20"), 2, 2e-3), (("hex8i", "hex8i"), 4, 2e-2)]
)
def test_cylinders_tied_inside_one_another_move_as_lame_s(kinds, around, error, box, steel):
    """Two against three faces around, with either as slave; polygons of flat faces as well as quadratic ones."""
    radii, pressure = (40.0, 60.0, 90.0), 100.0
    inside = ring(box, kinds[0], (3, 2 * around, 1), *radii[:2])
    outside = ring(box, kinds[1], (3, 3 * around, 1), *radii[1:])
    both = joined(inside, outside)
    for tie in (Tie("t", "b_x0", "a_x1"), Tie("t", "a_x1", "b_x0")):
        held = {side: np.union1d(both.face_nodes(f"a_{side}"), both.face_nodes(f"b_{side}")) for side in ("y0", "y1", "z0", "z1")}
        nodes = {side: np.setdiff1d(found, both.face_nodes(tie.slave)) for side, found in held.items()}
        mesh = Mesh(both.points, both.blocks, both.volumes, both.faces, nodes)
        supports = (Support("y", ("y0",), ("y",)), Support("x", ("y1",), ("x",)), Support("z", ("z0", "z1"), ("z",)))
        system = assemble(Model(mesh, ((steel, ()),), supports, ties=(tie,)))
        result = solve_static(system, [StaticCase("c", loads=(Pressure("a_x0", pressure),))]).results["c"]
        constant = pressure * radii[0] ** 2 / (radii[2] ** 2 - radii[0] ** 2)
        for face, radius in (("a_x0", radii[0]), ("b_x1", radii[2])):
            found = np.linalg.norm(result.displacement[mesh.face_nodes(face)][:, :2], axis=1)
            strain = constant * (1 - 2 * steel.nu) + constant * radii[2] ** 2 / radius**2
            assert found.mean() == pytest.approx((1 + steel.nu) / steel.E * strain * radius, rel=error)
        assert result.evidence.force < 1e-12
        assert result.evidence.residual < 1e-12
        assert result.evidence.equilibrium_error < 1e-6


def test_a_support_on_master_nodes_takes_what_the_tie_passes_on(box, steel):
    both = joined(box("hex20", (2, 2, 1)), moved(box("hex20", (3, 3, 1)), (0, 0, 1.0)))
    wall = np.setdiff1d(np.union1d(both.face_nodes("a_x0"), both.face_nodes("b_x0")), both.face_nodes("b_z0"))
    mesh = Mesh(both.points, both.blocks, both.volumes, both.faces, {"wall": wall})
    supports = (Support("wall", ("wall",), ("x",)), Support("floor", ("a_z0",)))
    system = assemble(Model(mesh, ((steel, ()),), supports, ties=(Tie("t", "a_z1", "b_z0"),)))
    result = solve_static(system, [StaticCase("c", loads=(Force("b_z1", (0, 0, 1000.0)),))]).results["c"]
    assert np.abs(result.displacement[wall, 0]).max() == 0.0
    assert result.evidence.equilibrium_error < 1e-12
    assert result.evidence.energy < 1e-12


@pytest.mark.parametrize(("below", "above"), [("hex20", "hex20"), ("tet10", "hex20"), ("wedge15", "hex8")])
def test_faces_held_on_both_sides_of_a_tie_pass_uniform_stress(below, above, box, steel):
    both = joined(box(below, (2, 2, 2), (60.0, 40.0, 30.0)), moved(box(above, (3, 3, 2), (60.0, 40.0, 30.0)), (0, 0, 30.0)))
    supports = (
        Support("left", ("a_x0", "b_x0"), ("x",)),
        Support("right", ("a_x1", "b_x1"), (), {"x": 0.06}),
        Support("front", ("a_y0", "b_y0"), ("y",)),
        Support("floor", ("a_z0",), ("z",)),
    )
    system = assemble(Model(both, ((steel, ()),), supports, ties=(Tie("t", "a_z1", "b_z0"),)))
    result = solve_static(system, [StaticCase("c")]).results["c"]
    strain = np.array([1e-3, -steel.nu * 1e-3, -steel.nu * 1e-3])
    assert np.abs(result.displacement - both.points * strain).max() < 1e-12 * 60.0
    assert result.supports["right"].force[0] == pytest.approx(steel.E * 1e-3 * 40.0 * 60.0, rel=1e-10)
    assert result.evidence.equilibrium_error < 1e-11


def test_a_fixed_end_of_two_tied_layers_carries_the_load_on_their_edge(box, steel):
    both = joined(box("hex20", (4, 1, 1), (80.0, 20.0, 5.0)), moved(box("hex20", (6, 1, 1), (80.0, 20.0, 5.0)), (0, 0, 5.0)))
    system = assemble(Model(both, ((steel, ()),), (Support("root", ("a_x0", "b_x0")),), ties=(Tie("t", "a_z1", "b_z0"),)))
    cases = [
        StaticCase("tip", loads=(Force("b_x1", (0, 0, -100.0)),)),
        StaticCase("root", loads=(Traction("b_x0", (3.0, 2.0, 1.0)),)),
    ]
    found = solve_static(system, cases).results
    for name, wanted in (("tip", (0, 0, 100.0)), ("root", (-300.0, -200.0, -100.0))):
        assert found[name].supports["root"].force == pytest.approx(wanted, abs=1e-7)
        assert found[name].evidence.equilibrium_error < 1e-9
    whole = assemble(Model(box("hex20", (6, 1, 2), (80.0, 20.0, 10.0)), ((steel, ()),), (ROOT,)))
    one = solve_static(whole, [StaticCase("tip", loads=(Force("x1", (0, 0, -100.0)),))]).results["tip"]
    assert found["tip"].max_displacement == pytest.approx(one.max_displacement, rel=0.01)


def test_a_slave_face_may_be_held_where_its_master_is_free(box, steel):
    both = joined(box("hex20", (2, 2, 1)), moved(box("hex20", (3, 3, 1)), (0, 0, 1.0)))
    supports = (Support("wall", ("b_x0",), ("x",)), Support("floor", ("a_z0",)))
    system = assemble(Model(both, ((steel, ()),), supports, ties=(Tie("t", "a_z1", "b_z0"),)))
    result = solve_static(system, [StaticCase("c", loads=(Force("b_x1", (900.0, 0, 300.0)),))]).results["c"]
    assert np.abs(result.displacement[both.face_nodes("b_x0"), 0]).max() == 0.0
    assert result.evidence.equilibrium_error < 1e-9
    tie = result.links["t"].force  # on the slave, with what the wall holds, against the load on the slave body
    assert tie + result.supports["wall"].force + (900.0, 0.0, 300.0) == pytest.approx(np.zeros(3), abs=1e-6)
    assert tie + -result.supports["floor"].force == pytest.approx(np.zeros(3), abs=1e-6)
    with pytest.raises(InputError, match="does not act in every case"):
        solve_static(system, [StaticCase("c", supports=("floor",), loads=(Force("b_x1", (900.0, 0, 300.0)),))])


def test_untied_pieces_and_bad_ties_are_refused(box, steel):
    lower = box("hex8", (2, 2, 1), (20.0, 20.0, 5.0))
    upper = moved(box("hex8", (3, 3, 1), (30.0, 20.0, 5.0)), (0, 0, 5.0))
    mesh = joined(lower, upper)
    loose = assemble(Model(mesh, ((steel, ()),), (Support("floor", ("a_z0",)),)))
    with pytest.raises(InputError, match="the piece 'b' can slide along x"):
        solve_static(loose, [StaticCase("c")])
    with pytest.raises(InputError, match="no master face under it"):
        tied(mesh, Tie("t", "a_z1", "b_z0"))
    slaves, _, _ = tied(mesh, Tie("t", "b_z0", "a_z1"))
    assert len(slaves) == 9
    with pytest.raises(InputError, match="no group of faces or nodes"):
        tied(mesh, Tie("t", "b_z0", "q"))
    supports = (Support("floor", ("a_z0",)), Support("s", ("a_z1",)))
    with pytest.raises(InputError, match="all slave nodes of the tie 't' are held"):
        assemble(Model(mesh, ((steel, ()),), supports, ties=(Tie("t", "b_z0", "a_z1"),)))
    with pytest.raises(InputError, match="share nodes"):
        build_links(mesh, (PointMass("m", 1.0, (0, 0, 0), ("a_z1",), coupling="rigid"),), (Tie("t", "b_z0", "a_z1"),))
    bent = box("hex20", warp=lambda x: x + 0.1 * np.sin(3 * x[:, [1, 2, 0]]))
    with pytest.raises(InputError, match="has no master face under it"):
        tied(joined(bent, moved(bent, (0, 0, 1.0))), Tie("t", "a_z1", "b_z0"))


def test_rigid_coupling_moves_its_nodes_as_one_and_carries_the_mass(box, steel):
    mesh = box("hex20", (6, 2, 2), (300.0, 20.0, 20.0))
    mass = PointMass("m", 0.05, (330.0, 10.0, 40.0), ("x1",), (1.0, 2.0, 3.0, 0.0, 0.0, 0.0), "rigid")
    system = assemble(Model(mesh, ((steel, ()),), (ROOT,), masses=(mass,)))
    result = solve_static(system, [StaticCase("w", (0, 0, -9806.65), (Traction("x1", (0.0, 0.3, 0.0)),))]).results["w"]
    assert result.evidence.equilibrium_error < 1e-9
    assert result.evidence.energy < 1e-9
    nodes = mesh.face_nodes("x1")
    r = mesh.points[nodes] - mesh.points[nodes].mean(axis=0)
    u = result.displacement[nodes]
    design = np.zeros((len(nodes), 3, 6))
    design[:, :, :3] = np.eye(3)
    for axis in range(3):
        design[:, :, 3 + axis] = np.cross(np.eye(3)[axis], r)
    left = np.linalg.lstsq(design.reshape(-1, 6), u.ravel())[1]
    assert left[0] < 1e-20 * (u**2).sum() + 1e-24
    assert result.supports["root"].force[2] == pytest.approx(9806.65 * system.total_mass, rel=1e-9)
    # root moment about the mass and the bar by hand
    expected = 9806.65 * (0.05 * 330.0 + system.element_mass * 150.0)
    assert result.supports["root"].moment[1] == pytest.approx(-expected, rel=1e-9)


def test_mass_on_a_rigid_arm_against_a_beam_with_tip_inertia(box, steel):
    length, side, arm = 600.0, 20.0, 100.0
    mesh = box("hex20", (24, 1, 1), (length, side, side))
    mass = PointMass("m", 1.0, (length + arm, side / 2, side / 2), ("x1",), coupling="rigid")
    found = solve_modal(assemble(Model(mesh, ((steel, ()),), (ROOT,), masses=(mass,))), 2)
    # static bending line of a tip force with an arm: w(mass) = F [L^3/3 + L^2 a + L a^2] / EI
    compliance = (length**3 / 3 + length**2 * arm + length * arm**2) / (steel.E * side**4 / 12)
    np.testing.assert_allclose(found.frequencies, np.sqrt(1 / compliance) / (2 * np.pi), rtol=5e-3)
    assert found.residual.max() < 1e-5


def test_rigid_coupling_joins_unconnected_pieces(box, steel):
    mesh = joined(box("hex8", (1, 1, 1), (10.0, 10.0, 10.0)), moved(box("hex8", (1, 1, 1), (10.0, 10.0, 10.0)), (30.0, 0, 0)))
    mass = PointMass("link", 1e-3, (20.0, 5.0, 5.0), ("a_x1", "b_x0"), coupling="rigid")
    system = assemble(Model(mesh, ((steel, ()),), (Support("root", ("a_x0",)),), masses=(mass,)))
    result = solve_static(system, [StaticCase("w", loads=(Force("b_x1", (0, 0, -50.0)),))]).results["w"]
    assert result.supports["root"].force[2] == pytest.approx(50.0, rel=1e-9)
    assert result.evidence.equilibrium_error < 1e-9
