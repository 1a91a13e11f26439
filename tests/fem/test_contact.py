"""One-sided supports, gaps, preloaded locks, flexible base: closed forms and springs by hand."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mechlock.errors import InputError
from mechlock.fem.assembly import assemble
from mechlock.fem.contact import Condensed, solve_contact
from mechlock.fem.model import Base, Force, Lock, Material, Model, Pad, Spring, StaticCase, Support
from mechlock.fem.static import solve_static
from mechlock.mesh.mesh import Mesh

STIFF = Material("stiff", 1e9, 0.0, 7.85e-9)
GUIDE = Spring("guide", ("z0",), (1e5, 1e5, 0.0))


@given(st.integers(0, 10**6), st.booleans())
@settings(max_examples=60, deadline=None)
def test_contact_search_agrees_with_trying_every_state(seed, rigid):
    """Every 0/1 state of six contacts on a random body is tried; the one that obeys the law is the answer."""
    rng = np.random.default_rng(seed)
    n = 6
    root = rng.standard_normal((n, n))
    body = root @ root.T + 0.05 * np.eye(n)
    stiffness = np.full(n, np.inf) if rigid else rng.uniform(0.1, 5, n)
    base = np.outer(b := rng.standard_normal(n), b) * rng.uniform(0, 0.5)
    reference = np.where(np.isfinite(stiffness), stiffness, 1.0)
    free, gap = rng.standard_normal(n), rng.standard_normal(n)
    compliance = np.diag(1 / stiffness) + base
    held = np.linalg.inv(np.linalg.inv(body) + np.diag(reference))
    found = solve_contact(Condensed(held, reference, compliance), held @ np.linalg.inv(body) @ free, gap)
    # by hand: opening = free + gap + (body + compliance) force
    total = body + compliance
    for state in itertools.product((False, True), repeat=n):
        shut = np.array(state)
        force = np.zeros(n)
        force[shut] = np.linalg.solve(total[np.ix_(shut, shut)], -(free + gap)[shut])
        opening = free + gap + total @ force
        if (force >= -1e-12).all() and (opening[~shut] >= -1e-12).all():
            break
    assert found.equilibrium
    np.testing.assert_allclose(found.force, force, atol=1e-8 * max(1, np.abs(force).max()))
    assert found.error < 1e-8
    assert (found.force >= -1e-8).all()
    np.testing.assert_allclose(found.opening * found.force, 0.0, atol=1e-8)


def beam(box, length, n):
    mesh = box("hex20", (n, 1, 1), (length, 20.0, 20.0))
    x, z = mesh.points[:, 0], mesh.points[:, 2]
    lines = {
        name: np.flatnonzero((np.abs(x - at) < 1e-9) & (z == 0)) for name, at in (("a", 0), ("b", length / 2), ("c", length))
    }
    lines["middle"] = np.flatnonzero((np.abs(x - length / 4) < 1e-9) & (z == 0))
    return Mesh(mesh.points, mesh.blocks, {}, mesh.faces, lines)


def test_two_span_beam_lifts_off_its_third_support(box, steel):
    span, load = 800.0, 1000.0
    mesh = beam(box, 2 * span, 32)
    pads = tuple(Pad(name, (name,), direction=(0, 0, 1)) for name in "abc")
    model = Model(mesh, ((steel, ()),), (Support("side", ("a",), ("x", "y")), Support("turn", ("c",), ("y",))), pads)
    result = solve_static(assemble(model), [StaticCase("p", loads=(Force("middle", (0, 0, -load)),))]).results["p"]
    assert result.pads["c"].force == 0.0
    assert result.pads["c"].open_fraction == 1.0
    assert result.pads["a"].force == pytest.approx(500.0, rel=1e-8)
    assert result.pads["b"].force == pytest.approx(500.0, rel=1e-8)
    inertia = 20.0**4 / 12
    assert result.displacement[mesh.nodes["c"], 2].mean() == pytest.approx(load * span**3 / (16 * steel.E * inertia), rel=0.01)
    assert result.evidence.equilibrium_error < 1e-9


@pytest.mark.parametrize("stiffness", [np.inf, 1e4])
def test_cantilever_meets_a_stop_behind_a_gap(stiffness, box, steel):
    mesh = beam(box, 500.0, 10)
    stop = Pad("stop", ("c",), gap=0.3, stiffness=stiffness, direction=(0, 0, 1))
    model = Model(mesh, ((steel, ()),), (Support("root", ("x0",)),), (stop,))
    system = assemble(model)
    cases = [
        StaticCase("free", loads=(Force("c", (0, 0, -200.0)),), supports=("root",)),
        StaticCase("stopped", loads=(Force("c", (0, 0, -200.0)),)),
        StaticCase("short", loads=(Force("c", (0, 0, -10.0)),)),
        StaticCase("raised", loads=(Force("c", (0, 0, -200.0)),), displacements={"stop": {"z": 0.1}}),
    ]
    results = solve_static(system, cases).results
    tip = -results["free"].displacement[mesh.nodes["c"], 2].mean()
    compliance = tip / 200.0
    share = compliance + (0.0 if np.isinf(stiffness) else 1 / stiffness)
    # all three nodes of the line touch, with one share each: the line stays straight within a per mille
    assert results["stopped"].pads["stop"].force == pytest.approx((tip - 0.3) / share, rel=2e-3)
    assert results["raised"].pads["stop"].force == pytest.approx((tip - 0.2) / share, rel=2e-3)
    assert results["short"].pads["stop"].force == 0.0
    assert tip == pytest.approx(200 * 500**3 / (3 * steel.E * 20**4 / 12), rel=0.02)
    for result in results.values():
        assert result.evidence.equilibrium_error < 1e-9


def block(box, springs=(GUIDE,), **parts):
    mesh = box("hex20", (2, 2, 1), (100.0, 100.0, 50.0))
    return assemble(Model(mesh, ((STIFF, ()),), springs=springs, **parts))


PADS = 4e5
HOOK = 1e5


def test_preload_is_there_before_weight_and_shares_the_uplift(box):
    lock = Lock("hook", ("z1",), (0, 0, -1), HOOK, preload=(40e3, 70e3))
    # two guides, one above the other, so that the block still stands upright where the pads have opened
    upper = Spring("upper guide", ("z1",), GUIDE.stiffness)
    system = block(box, (GUIDE, upper), pads=(Pad("pad", ("z0",), stiffness=PADS),), locks=(lock,))
    weight = 9806.65 * system.total_mass
    up = Force("z1", (0, 0, 30e3))
    cases = [
        StaticCase("assembled"),
        StaticCase("assembled high", preload="high"),
        StaticCase("weight", (0, 0, -9806.65)),
        StaticCase("uplift", loads=(up,)),
        StaticCase("lifted", loads=(Force("z1", (0, 0, 80e3)),)),
        StaticCase("heavy", loads=(Force("z1", (0, 0, -300e3)),)),
    ]
    results = solve_static(system, cases).results
    share = HOOK / (HOOK + PADS)
    pull = {name: result.locks["hook"].pull for name, result in results.items()}
    push = {name: result.pads["pad"].force for name, result in results.items()}
    assert pull["assembled"] == pytest.approx(40e3, rel=1e-9)
    assert pull["assembled high"] == pytest.approx(70e3, rel=1e-9)
    assert pull["weight"] == pytest.approx(40e3 - share * weight, rel=1e-5)
    assert pull["uplift"] == pytest.approx(40e3 + share * 30e3, rel=1e-5)
    assert push["uplift"] == pytest.approx(40e3 - (1 - share) * 30e3, rel=1e-5)
    # the pads open at 40 kN / (1 - share) = 50 kN; then the hook carries everything
    assert (pull["lifted"], push["lifted"]) == (pytest.approx(80e3, rel=1e-7), 0.0)
    assert (results["lifted"].status, results["lifted"].pads["pad"].open_fraction) == ("ok", 1.0)
    # the hook goes slack at 40 kN / share = 200 kN of added weight
    assert (pull["heavy"], push["heavy"]) == (0.0, pytest.approx(300e3, rel=1e-7))
    assert results["heavy"].locks["hook"].open
    assert results["heavy"].locks["hook"].opening > 0
    for result in results.values():
        assert result.evidence.equilibrium_error < 1e-9


def test_base_compliance_acts_in_series_with_pads_and_hooks(box):
    lock = Lock("hook", ("z1",), (0, 0, -1), HOOK, preload=(40e3, 40e3))
    soft = Base(("pad",), np.array([[5e-6]]))
    system = block(box, pads=(Pad("pad", ("z0",), stiffness=PADS),), locks=(lock,), bases=(soft,))
    result = solve_static(system, [StaticCase("up", loads=(Force("z1", (0, 0, 10e3)),))]).results["up"]
    series = 1 / (1 / PADS + 5e-6)
    assert result.locks["hook"].pull == pytest.approx(40e3 + 10e3 * HOOK / (HOOK + series), rel=1e-5)
    # hook and pad on one base point: their forces on it cancel at assembly, uplift sees the base in full
    both = Base(("pad", "hook"), np.full((2, 2), 5e-6))
    system = block(box, pads=(Pad("pad", ("z0",), stiffness=PADS),), locks=(lock,), bases=(both,))
    case = StaticCase("up", loads=(Force("z1", (0, 0, 10e3)),))
    result = solve_static(system, [StaticCase("none"), case]).results
    moved = (result["up"].displacement - result["none"].displacement)[:, 2].mean()
    assert moved == pytest.approx(10e3 * (1 / (HOOK + PADS) + 5e-6), rel=1e-5)


def test_warping_base_takes_up_a_warp_and_nothing_else(box):
    corners = np.array([[0, 0], [100, 0], [100, 100], [0, 100]])
    mesh = box("hex20", (2, 2, 1), (100.0, 100.0, 50.0))
    for number, corner in enumerate(corners):
        mesh.nodes[f"n{number}"] = np.flatnonzero((mesh.points == [*corner, 0]).all(axis=1))
    names = ("n0", "n1", "n2", "n3")
    pads = tuple(Pad(name, (name,), stiffness=1e5, direction=(0, 0, 1)) for name in names)
    base = Base.warp(names, 2e3)
    system = assemble(Model(mesh, ((STIFF, ()),), springs=(GUIDE,), pads=pads, bases=(base,)))
    down = Force("z1", (0, 0, -40e3))
    twist = {name: {"z": sign * 1.0} for name, sign in zip(names, (1, -1, 1, -1), strict=True)}
    results = solve_static(
        system, [StaticCase("even", loads=(down,)), StaticCase("twist", loads=(down,), displacements=twist)]
    ).results
    for name in names:
        assert results["even"].pads[name].force == pytest.approx(10e3, rel=1e-5)
    # each corner: 1 mm against pad and warp stiffness in series
    extra = 1.0 / (1 / 1e5 + 1 / 2e3)
    forces = [results["twist"].pads[name].force for name in names]
    np.testing.assert_allclose(forces, [10e3 + extra, 10e3 - extra, 10e3 + extra, 10e3 - extra], rtol=1e-5)


def test_lateral_stiffness_and_moved_base_of_a_hook(box):
    lock = Lock("hook", ("z0",), (0, 0, -1), HOOK, 2e4, (40e3, 40e3))
    system = block(box, pads=(Pad("pad", ("z0",), stiffness=PADS),), locks=(lock,))
    cases = [
        StaticCase("side", loads=(Force("z0", (6e3, 0, 0)),)),
        StaticCase("pulled", displacements={"hook": {"z": -0.1, "x": 0.3}}),
    ]
    results = solve_static(system, cases).results
    side = results["side"].locks["hook"].lateral
    assert side[0] == pytest.approx(-6e3 * 2e4 / (2e4 + 1e5), rel=1e-4)
    total = side + results["side"].springs["guide"].force
    assert total[0] == pytest.approx(-6e3, rel=1e-9)
    pulled = results["pulled"].locks["hook"]
    assert pulled.pull == pytest.approx(40e3 + 0.1 / (1 / HOOK + 1 / PADS), rel=1e-5)
    assert pulled.lateral[0] == pytest.approx(0.3 * 2e4 * 1e5 / (2e4 + 1e5), rel=1e-4)


def test_rigid_pads_carry_like_supports(box, steel):
    mesh = box("hex20", (4, 2, 2), (200.0, 50.0, 50.0))
    guide = Spring("guide", ("x0",), (1e5, 1e5, 0.0))
    pad = assemble(Model(mesh, ((steel, ()),), springs=(guide,), pads=(Pad("floor", ("z0",)),)))
    held = assemble(Model(mesh, ((steel, ()),), (Support("floor", ("z0",), ("z",)),), springs=(guide,)))
    case = StaticCase("c", loads=(Force("z1", (0, 0, -10e3)),))
    ours = solve_static(pad, [case]).results["c"]
    theirs = solve_static(held, [case]).results["c"]
    if ours.closed.all():
        np.testing.assert_allclose(ours.displacement, theirs.displacement, atol=1e-12)
    assert ours.pads["floor"].force == pytest.approx(10e3, rel=1e-9)
    assert (ours.displacement[mesh.face_nodes("z0"), 2] > -1e-12).all()
    assert (ours.pads["floor"].node_forces >= 0).all()


def test_loss_of_contact_is_said_with_the_motion(box):
    system = block(box, pads=(Pad("pad", ("z0",), stiffness=PADS),))
    cases = [StaticCase("up", loads=(Force("z1", (0, 0, 1e3)),)), StaticCase("down", loads=(Force("z1", (0, 0, -1e3)),))]
    results = solve_static(system, cases).results
    assert results["up"].status == "contact_lost"
    assert "slide along z" in results["up"].reason
    assert np.isnan(results["up"].displacement).all()
    assert results["down"].status == "ok"


def test_lifting_without_pads_and_locks_uses_its_own_supports(box):
    lock = Lock("hook", ("z1",), (0, 0, -1), HOOK, preload=(40e3, 70e3))
    system = block(box, pads=(Pad("pad", ("z0",), stiffness=PADS),), locks=(lock,), supports=(Support("eyes", ("x1",)),))
    cases = [
        StaticCase("seated", (0, 0, -9806.65), supports=("pad", "hook", "guide")),
        StaticCase("lifted", (0, 0, -9806.65), supports=("eyes",)),
    ]
    solution = solve_static(system, cases)
    assert solution.factorisations == 2
    lifted = solution.results["lifted"]
    assert not lifted.pads and not lifted.locks
    assert lifted.supports["eyes"].force[2] == pytest.approx(9806.65 * system.total_mass, rel=1e-9)


def test_bad_contacts_are_refused(box, steel):
    mesh = box("hex8", (1, 1, 1))
    mesh.nodes["corner"] = np.array([0])
    root = Support("root", ("x0",))
    bad = {
        "needs its direction": {"pads": (Pad("p", ("corner",)),)},
        "stiffness must be positive": {"pads": (Pad("p", ("z0",), stiffness=0.0),)},
        "must be a vector": {"locks": (Lock("k", ("z1",), (0, 0, 0), 1e5),)},
        "range from low to high": {"locks": (Lock("k", ("z1",), (0, 0, 1), 1e5, preload=(2.0, 1.0)),)},
        "no pad or lock called 'q'": {"pads": (Pad("p", ("z0",)),), "bases": (Base(("q",), np.eye(1)),)},
        "not positive semidefinite": {"pads": (Pad("p", ("z0",)),), "bases": (Base(("p",), -np.eye(1)),)},
    }
    for message, parts in bad.items():
        with pytest.raises(InputError, match=message):
            solve_static(assemble(Model(mesh, ((steel, ()),), (root,), **parts)), [StaticCase("c")])
    with pytest.raises(InputError, match="not positive definite"):
        Base.from_stiffness(("a", "b"), np.array([[1.0, 1.0], [1.0, 1.0]]))
    with pytest.raises(InputError, match="are called 'root'"):
        Model(mesh, ((steel, ()),), (root, root))


def test_sets_that_differ_by_single_bonds_share_one_factorisation(box, steel):
    mesh = box("hex20", (6, 2, 2), (300.0, 60.0, 50.0))
    pin, sling = Spring("pin", ("x0",), (1e5, 1e5, 0.0), mean=True), Spring("sling", ("z1",), (3e5, 3e5, 3e5), mean=True)
    stay = Spring("stay", ("x1",), (1e4, 1e4, 1e4), mean=True)
    lock = Lock("hook", ("x1",), (0, 0, -1), HOOK, 2e4, preload=(5e3, 7e3))
    pad = Pad("pad", ("z0",), stiffness=PADS)
    model = Model(mesh, ((steel, ()),), pads=(pad,), springs=(pin, sling, stay), locks=(lock,))
    system = assemble(model)
    seated = StaticCase("seated", (0, 0, -9806.65), supports=("pad", "hook", "pin"))
    uneven = StaticCase("uneven", (0, 0, -9806.65), (Force("x1", (0, 50.0, 9e3)),), supports=("pad", "hook", "pin"))
    hung = StaticCase("hung", (500.0, 0, -9806.65), supports=("sling", "stay", "pin"))
    both = solve_static(system, [hung, seated, uneven], keep="seated")
    assert both.factorisations == 1
    alone = solve_static(system, [hung])
    np.testing.assert_allclose(both.results["hung"].displacement, alone.results["hung"].displacement, atol=1e-10)
    for result in both.results.values():
        assert result.status == "ok"
        assert result.evidence.equilibrium_error < 1e-9
        assert result.evidence.energy < 1e-9
    lifted = sum(both.results["hung"].springs[name].force for name in ("sling", "stay", "pin"))
    np.testing.assert_allclose(lifted, system.total_mass * np.array([-500.0, 0, 9806.65]), rtol=1e-9, atol=1e-7)


def test_sling_on_the_mean_lets_the_face_turn(box, steel):
    mesh = box("hex20", (6, 2, 2), (300.0, 20.0, 20.0))
    root = Support("root", ("x0",))
    load = StaticCase("c", loads=(Force("z1", (0, 0, -100.0)),))
    free = solve_static(assemble(Model(mesh, ((steel, ()),), (root,))), [load]).results["c"]
    spring = Spring("s", ("x1",), (0.0, 0.0, 500.0), mean=True)
    held = solve_static(assemble(Model(mesh, ((steel, ()),), (root,), springs=(spring,))), [load]).results["c"]
    nodes = mesh.face_nodes("x1")
    tip = free.displacement[nodes, 2].mean()
    # tip compliance from the free answer to a unit tip force
    unit = solve_static(
        assemble(Model(mesh, ((steel, ()),), (root,))), [StaticCase("u", loads=(Force("x1", (0, 0, 1.0)),))]
    ).results["u"]
    from mechlock.fem.patches import make_patch

    patch = make_patch(mesh, ("x1",), "")
    compliance, tip = patch.mean @ unit.displacement[patch.nodes, 2], patch.mean @ free.displacement[patch.nodes, 2]
    assert held.springs["s"].force[2] == pytest.approx(-tip / (compliance + 1 / 500.0), rel=1e-8)
