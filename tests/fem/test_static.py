"""Statics against beam theory, statics by hand, and evidence that can fail."""

from dataclasses import replace

import numpy as np
import pytest

from mechlock.errors import InputError
from mechlock.fem.assembly import assemble
from mechlock.fem.enforced import prescribed
from mechlock.fem.external import external
from mechlock.fem.held import hold_system
from mechlock.fem.model import (
    Force,
    Material,
    Model,
    PointMass,
    Pressure,
    Spring,
    StaticCase,
    Support,
    Temperature,
    Traction,
)
from mechlock.fem.reactions import evaluate
from mechlock.fem.restraint import restrain
from mechlock.fem.static import ContactState, solve_static
from mechlock.mesh.mesh import Block, Mesh

ROOT = Support("root", ("x0",))
WEIGHT = (0.0, 0.0, -9806.65)


def hollow(box, length, width, height, wall, n_along):
    """Rectangular hollow section of hex20, one element through the wall."""
    edges_y, edges_z = (np.array([0, wall, s / 3, 2 * s / 3, s - wall, s]) for s in (width, height))

    def warp(x):
        return np.stack(
            [x[:, 0] * length, np.interp(x[:, 1] * 5, range(6), edges_y), np.interp(x[:, 2] * 5, range(6), edges_z)], 1
        )

    mesh = box("hex20", (n_along, 5, 5), warp=warp)
    cells = mesh.blocks[0].cells
    middle = mesh.points[cells].mean(axis=1)
    kept = np.flatnonzero(
        (np.abs(middle[:, 1] - width / 2) > width / 2 - wall) | (np.abs(middle[:, 2] - height / 2) > height / 2 - wall)
    )
    number = np.full(len(cells), -1)
    number[kept] = np.arange(len(kept))
    faces = {name: np.stack([number[f[:, 0]], f[:, 1]], 1)[number[f[:, 0]] >= 0] for name, f in mesh.faces.items()}
    return Mesh(mesh.points, (Block("hex20", cells[kept]),), {}, faces, {})


def test_hollow_cantilever_against_timoshenko(box, steel):
    length, width, height, wall, load = 1500.0, 60.0, 100.0, 5.0, 1000.0
    mesh = hollow(box, length, width, height, wall, 24)
    system = assemble(Model(mesh, ((steel, ()),), (ROOT,)))
    case = StaticCase("tip", loads=(Force("x1", (0, 0, -load)),))
    result = solve_static(system, [case]).results["tip"]
    inertia = (width * height**3 - (width - 2 * wall) * (height - 2 * wall) ** 3) / 12
    # shear: the webs carry it, kappa A = area of the webs within 10 %
    shear = load * length / (steel.E / 2.6 * 2 * wall * height)
    expected = load * length**3 / (3 * steel.E * inertia) + shear
    tip = result.displacement[mesh.face_nodes("x1"), 2].mean()
    assert -tip == pytest.approx(expected, rel=0.01)
    assert result.evidence.equilibrium_error < 1e-9
    assert result.energy == pytest.approx(-0.5 * load * tip, rel=0.01)


def test_all_loads_balance_and_the_evidence_is_clean(box, steel):
    mesh = box("tet10", (4, 2, 2), (200.0, 40.0, 50.0), warp=lambda x: x + 0.03 * np.sin(3 * x[:, [1, 2, 0]]))
    mass = PointMass("box", 0.02, (150.0, 10.0, 200.0), ("z1",), (3.0, 4.0, 5.0, 0.5, 0.2, 0.1))
    model = Model(mesh, ((steel, ()),), (ROOT,), springs=(Spring("mount", ("x1",), (100.0, 200.0, 300.0)),), masses=(mass,))
    system = assemble(model)
    cases = [
        StaticCase("weight", WEIGHT),
        StaticCase("pressure", loads=(Pressure("z1", 1.5), Traction("y0", (0.1, 0.2, 0.3)))),
        StaticCase("heat", loads=(Temperature("body", 40.0),)),
        StaticCase("moved", displacements={"root": {"z": 0.5}, "mount": {"x": 0.2}}, loads=(Force("x1", (10.0, 0, 5)),)),
    ]
    solution = solve_static(system, cases)
    assert list(solution.results) == [case.name for case in cases]
    assert solution.factorisations == 1
    for result in solution.results.values():
        assert result.evidence.equilibrium_error < 1e-9, result.name
        assert result.evidence.energy < 1e-9, result.name
    weight = solution.results["weight"]
    held = weight.supports["root"].force + weight.springs["mount"].force
    np.testing.assert_allclose(held, [0, 0, 9806.65 * system.total_mass], atol=1e-7)


def test_every_check_fails_when_its_subject_is_corrupted(box, steel):
    mesh = box("hex20", (4, 1, 1), (200.0, 40.0, 50.0))
    system = assemble(Model(mesh, ((steel, ()),), (ROOT,)))
    case = StaticCase("c", WEIGHT, (Force("x1", (0, 100.0, 0)),))
    result = solve_static(system, [case]).results["c"]
    held = hold_system(system, restrain(system, None))
    load = external(system, case)
    nothing = np.zeros(0)
    state = ContactState(nothing, nothing, nothing, np.zeros(0, bool), True, 0, 0.0)

    def checked(load, u):
        return evaluate(held, [case], [load], u.reshape(-1, 1), [state], [nothing])[0].evidence

    u = result.displacement
    clean = checked(load, u)
    assert max(clean.equilibrium_error, clean.energy) < 1e-9
    shaken = u.copy()
    shaken[mesh.face_nodes("x1")[3], 1] += 1e-6 * np.abs(u).max()
    assert checked(load, shaken).residual > 1e-8
    assert checked(load, shaken * 1.0001).energy > 1e-9
    assert checked(load, u * 1.0001).force > 1e-5
    assert checked(load, u * 1.0001).moment > 1e-5
    # a nodal force in the wrong place: what the load is by definition no longer agrees
    misplaced = load.vector.copy()
    misplaced[0] += 1.0
    assert checked(replace(load, vector=misplaced), u).residual < 1e-9
    assert checked(replace(load, vector=misplaced), u).force > 1e-6
    assert checked(replace(load, force=load.force * 1.0001), u).force > 1e-6
    assert checked(replace(load, moment=load.moment * 1.0001), u).moment > 1e-6


@pytest.mark.parametrize("place", [(100.0, 20.0, 300.0), (40.0, -30.0, 80.0)])
def test_distributing_coupling_passes_force_and_moment(place, box, steel):
    mesh = box("hex20", (3, 2, 2), (200.0, 40.0, 50.0))
    mass = PointMass("m", 0.5, place, ("z1",))
    system = assemble(Model(mesh, ((steel, ()),), (ROOT,), masses=(mass,)))
    g = np.array([1000.0, -500.0, -9806.65])
    forces = system.coupled.weight(g).reshape(-1, 3)
    np.testing.assert_allclose(forces.sum(axis=0), 0.5 * g, rtol=1e-11)
    np.testing.assert_allclose(np.cross(mesh.points, forces).sum(axis=0), np.cross(place, 0.5 * g), rtol=1e-9, atol=1e-6)
    # rigid motion of the body is the rigid motion of the mass
    rotation = np.array([1e-3, 2e-3, -1e-3])
    motion = np.array([0.1, 0.2, 0.3]) + np.cross(rotation, mesh.points)
    found = system.coupled.motion @ motion.ravel()
    np.testing.assert_allclose(found, [*(np.array([0.1, 0.2, 0.3]) + np.cross(rotation, place)), *rotation], rtol=1e-9)


def test_clamped_bar_under_heat_pushes_with_e_alpha_t(box):
    material = Material("m", 200e3, 0.0, 0.0, 1e-5)
    mesh = box("hex20", (3, 1, 1), (300.0, 20.0, 10.0))
    ends = (Support("left", ("x0",)), Support("right", ("x1",), ("x",)))
    result = solve_static(
        assemble(Model(mesh, ((material, ()),), ends)), [StaticCase("hot", loads=(Temperature("", 50.0),))]
    ).results["hot"]
    assert result.supports["right"].force[0] == pytest.approx(-200e3 * 1e-5 * 50 * 200, rel=1e-9)
    assert result.evidence.equilibrium_error < 1e-9


def test_free_thermal_growth_has_no_energy(box, steel):
    mesh = box("tet10", (2, 2, 2), (30.0, 20.0, 10.0))
    mesh.nodes.update(a=np.array([0]), b=mesh.face_nodes("x0")[-1:], c=mesh.face_nodes("z0")[1:2])
    corner = np.flatnonzero((mesh.points == 0).all(axis=1))
    along_x = np.flatnonzero((mesh.points == [30.0, 0, 0]).all(axis=1))
    along_y = np.flatnonzero((mesh.points == [0, 20.0, 0]).all(axis=1))
    mesh.nodes.update(a=corner, b=along_x, c=along_y)
    held = (Support("a", ("a",)), Support("b", ("b",), ("y", "z")), Support("c", ("c",), ("z",)))
    result = solve_static(
        assemble(Model(mesh, ((steel, ()),), held)), [StaticCase("hot", loads=(Temperature("", 10.0),))]
    ).results["hot"]
    np.testing.assert_allclose(result.displacement, mesh.points * steel.alpha * 10.0, atol=1e-11)
    assert result.energy < 1e-9
    for support in result.supports.values():
        assert np.abs(support.force).max() < 1e-6


def test_enforced_displacement_of_both_ends_is_a_rigid_motion(box, steel):
    mesh = box("hex8", (2, 1, 1), (20.0, 10.0, 10.0))
    model = Model(mesh, ((steel, ()),), (Support("a", ("x0",)), Support("b", ("x1",), displacement={"z": 1.0})))
    result = solve_static(assemble(model), [StaticCase("c", displacements={"a": {"z": 1.0}})]).results["c"]
    np.testing.assert_allclose(result.displacement[:, 2], 1.0, rtol=1e-9)
    assert np.abs(result.supports["a"].force).max() < 1e-4


def test_superlu_gives_the_same_answer(box, steel):
    mesh = box("hex20", (4, 1, 1), (200.0, 40.0, 50.0))
    system = assemble(Model(mesh, ((steel, ()),), (ROOT,)))
    case = StaticCase("c", WEIGHT)
    ours, theirs = (solve_static(system, [case], solver=name) for name in (None, "SuperLU"))
    assert theirs.solver == "SuperLU"
    np.testing.assert_allclose(theirs.results["c"].displacement, ours.results["c"].displacement, rtol=1e-8, atol=1e-12)


FREE = {
    "slide along x": {"supports": (Support("floor", ("z0",), ("y", "z")),)},
    "it has no supports at all": {},
    "turn about x": {"supports": (Support("line", ("axis",)),)},
    "slide along x and slide along y and turn about z; nothing on 'floor'": {"supports": (Support("floor", ("z0",), ("z",)),)},
}


@pytest.mark.parametrize("words", FREE)
def test_free_motions_are_named(words, box, steel):
    mesh = box("hex8", (2, 1, 1), (20.0, 10.0, 10.0))
    mesh.nodes["axis"] = np.flatnonzero((mesh.points[:, 1:] == 0).all(axis=1))
    system = assemble(Model(mesh, ((steel, ()),), **FREE[words]))
    with pytest.raises(InputError, match=words):
        solve_static(system, [StaticCase("c", WEIGHT)])


def test_two_bricks_hinged_along_an_edge_are_a_mechanism(box, steel):
    mesh = box("hex8", (1, 1, 1))
    second = mesh.points * [1, 1, -1] + [1, 0, 0]
    cells = mesh.blocks[0].cells
    shared = {int(b): int(a) for a in range(8) for b in range(8) if np.allclose(mesh.points[a], second[b])}
    assert len(shared) == 2
    other = np.array([shared.get(int(i), int(i) + 8) for i in cells[0, [4, 5, 6, 7, 0, 1, 2, 3]]])
    both = Mesh(np.vstack([mesh.points, second]), (Block("hex8", np.vstack([cells, other])),), {}, mesh.faces, {})
    system = assemble(Model(both, ((steel, ()),), (ROOT,)))
    with pytest.raises(InputError, match="mechanism"):
        solve_static(system, [StaticCase("c", WEIGHT)])


def test_bad_cases_are_refused(box, steel):
    mesh = box("hex8", (2, 1, 1))
    system = assemble(Model(mesh, ((steel, ()),), (ROOT,)))
    light = assemble(Model(mesh, ((Material("light", 1e3, 0.3), ()),), (ROOT,)))
    bad = {
        "no group of faces or nodes called 'top'": (system, StaticCase("c", loads=(Force("top", (1, 0, 0)),))),
        "no support, pad, spring or lock called 'bolts'": (system, StaticCase("c", supports=("bolts",))),
        "'bolts' is not a support": (system, StaticCase("c", displacements={"bolts": {"z": 1.0}})),
        "has no density": (light, StaticCase("c", WEIGHT)),
        "not a finite number": (system, StaticCase("c", loads=(Pressure("z1", float("nan")),))),
        "no volume group called 'frame'": (system, StaticCase("c", loads=(Temperature("frame", 1.0),))),
    }
    for message, (model, case) in bad.items():
        with pytest.raises(InputError, match=message):
            solve_static(model, [case])
    with pytest.raises(InputError, match="two cases are called"):
        solve_static(system, [StaticCase("c"), StaticCase("c")])
    clash = assemble(Model(mesh, ((steel, ()),), (ROOT, Support("again", ("x0",), displacement={"z": 1.0}))))
    with pytest.raises(InputError, match="different displacements"):
        solve_static(clash, [StaticCase("c")])
    with pytest.raises(InputError, match="does not hold 'z'"):
        floor = assemble(Model(mesh, ((steel, ()),), (Support("floor", ("z0",), ("x", "y")),)))
        prescribed(floor, restrain(floor, None), StaticCase("c", displacements={"floor": {"z": 1.0}}))
