"""Finite elements of lock parts: joint forces, loads on bores, a lug against its hand calculation, the reference lock."""

import dataclasses
import functools
import math

import numpy as np
import pytest

from mechlock import resources
from mechlock.checks import hand_calculations as hand
from mechlock.checks.hook_throat import throat
from mechlock.checks.lock_hand_calculations import governing, hand_calculations
from mechlock.checks.lock_joint_forces import HookLoad, actuator_forces, lock_forces, proved_loads
from mechlock.checks.lock_part_model import COARSE, held_part, part_model, solve_loads, solve_part
from mechlock.checks.lock_parts import check_lock_parts, part_stress
from mechlock.checks.surface_loads import bore_pressure, nodal_forces, round_contact
from mechlock.errors import InputError, NoVerdict
from mechlock.fem import stress
from mechlock.fem.model import Material
from mechlock.inputs.linkage import read_linkage
from mechlock.inputs.lockparts import read_lock_parts
from mechlock.linkage.semantics import build
from mechlock.mesh.tetrahedra import Sizes, tetrahedra
from mechlock.solids import cad
from mechlock.solids.lock import build_lock
from mechlock.solids.outline import rectangle
from mechlock.solids.parts import Bore, Part, Slab

LOCKS = resources.folder("geometry") / "locks"
STEEL = Material("steel", 210e3, 0.3, 7.85e-9)


@functools.cache
def lock():
    return build_lock(build(read_linkage(LOCKS / "reference.toml")), read_lock_parts(LOCKS / "reference_parts.toml"))


@functools.cache
def forces():
    return lock_forces(lock(), proved_loads(lock(), "service"))


def test_loads_are_the_corners_of_the_proved_set():
    loads = proved_loads(lock(), "service")
    assert [math.hypot(*load.force) for load in loads] == pytest.approx([110e3] * 3)
    assert [math.degrees(math.atan2(load.force[1], load.force[0])) for load in loads] == pytest.approx([70, 90, 110])
    with pytest.raises(InputError, match="no load 'crash'"):
        proved_loads(lock(), "crash")


def test_joint_forces_against_the_free_bodies_by_hand():
    # hook: moments about H of the load and of the link's force along A-B
    place = {body: lock().locked[body] for body in ("hook", "link", "crank")}
    a = np.array(place["crank"].to_ground((55.0, 0.0)))
    b = np.array(place["hook"].to_ground((-15.0, -84.0)))
    p = np.array(place["hook"].to_ground((60.0, 25.0)))
    along = (a - b) / np.linalg.norm(a - b)
    load = forces().loads["hook"][1]
    size = -(p[0] * load[1] - p[1] * load[0]) / (b[0] * along[1] - b[1] * along[0])
    assert forces().on_body["B", "hook"][1] == pytest.approx(size * along, rel=1e-9)
    assert forces().on_body["H", "hook"][1] == pytest.approx(-load - size * along, rel=1e-9)
    # crank: the stop's force holds the moment of the link's force about C
    stop, c = forces().stop, np.array([150.0, -130.0])
    arm, push = np.array(stop.at) - c, stop.force[1]
    moment = (a - c)[0] * -(size * along)[1] - (a - c)[1] * -(size * along)[0]
    assert arm[0] * push[1] - arm[1] * push[0] == pytest.approx(-moment, rel=1e-9)
    assert forces().on_body["C", "crank"][1] == pytest.approx(size * along - push, rel=1e-9)
    assert forces().imbalance < 1e-12


def test_a_load_that_opens_the_lock_gives_no_verdict():
    with pytest.raises(NoVerdict, match="pulls the drive off its stop"):
        lock_forces(lock(), [HookLoad("downwards", (0.0, -1e4))])
    with pytest.raises(InputError, match="no load"):
        lock_forces(lock(), [])


def test_actuator_gives_its_torque_at_the_drive():
    given = actuator_forces(lock())
    force = given.on_body["D", "crank"][0]
    arm = np.array(lock().locked["crank"].to_ground((53.0, -46.0))) - np.array([150.0, -130.0])
    assert abs(arm[0] * force[1] - arm[1] * force[0]) == pytest.approx(1e6, rel=1e-9)


def lug(width, bore, head, length=200.0, thickness=6.0):
    """A straight bar with a bore near its square end, `head` mm from it; its other end carries the load away."""
    outline = rectangle((-length, -width / 2), (head, width / 2), ("edge", "tip", "edge", "end"))
    return Part(
        "lug",
        "lug",
        "test",
        "steel",
        thickness,
        (Slab(outline, -thickness / 2, thickness / 2),),
        (Bore("A", (0.0, 0.0), bore / 2),),
    )


@functools.cache
def pulled_lug(ratio, around=40):
    part = lug(60.0, 60.0 * ratio, 60.0)
    tet = tetrahedra(cad.solid(part), Sizes(volume=9.0, faces={"bore_A": math.pi * 60.0 * ratio / around}, grading=0.5))
    mesh = tet.mesh
    force, at = np.array([10e3, 0.0, 0.0]), np.zeros(3)
    away = nodal_forces(
        mesh, ("end",), lambda x: np.broadcast_to([-1.0, 0.0, 0.0], x.shape), -force, np.array([-200.0, 0.0, 0.0])
    )
    applied = nodal_forces(mesh, ("bore_A",), bore_pressure((0.0, 0.0), np.array([1.0, 0.0])), force, at) + away
    return solve_loads(held_part(part, tet, STEEL), applied[None])


def nodal_stress(solution):
    mesh = solution.tet.mesh
    recovery = stress.prepare(mesh, [stress.Region("lug", np.arange(mesh.n_cells), stress.isotropic(210e3, 0.3))])
    return mesh.points[recovery.node], stress.recover(recovery, solution.displacement).nodal[0]


@pytest.mark.parametrize("ratio", [0.4, 0.5])
def test_peak_of_a_lug_is_near_the_chart(ratio):
    # the chart is photoelastic, of a tight pin and a head as long as the lug is wide; the cosine pressure is its usual
    # idealisation: 10 % apart is accepted
    points, tensor = nodal_stress(pulled_lug(ratio))
    at_bore = np.abs(np.hypot(points[:, 0], points[:, 1]) - 30.0 * ratio) < 1e-6
    peak = stress.principal(tensor[at_bore])[:, 0].max()
    nominal = hand.net_section_stress(10e3, 60.0, 60.0 * ratio, 6.0)
    assert peak / nominal == pytest.approx(hand.lug_factor_net(ratio), rel=0.10)


def test_mean_stress_of_a_lug_far_from_the_bore():
    points, tensor = nodal_stress(pulled_lug(0.5))
    middle = np.abs(points[:, 0] + 110.0) < 15.0
    assert tensor[middle, 0].mean() == pytest.approx(10e3 / (60 * 6), rel=0.01)
    assert np.abs(tensor[middle, 1]).max() < 0.03 * 10e3 / (60 * 6)


def test_balanced_loads_need_no_holding():
    solution = pulled_lug(0.5)
    assert solution.equilibrium_error < 1e-10
    assert solution.reaction_error[0] < 1e-10


def test_a_wrong_load_shows_in_the_reactions():
    solution = pulled_lug(0.5)
    wrong = solution.applied.copy()
    wrong[0, 0, 1] += 10.0
    again = solve_loads(held_part(solution.part, solution.tet, STEEL), wrong)
    assert again.reaction_error[0] > 1e-4


@pytest.mark.parametrize("angle", [0.0, 0.7, 2.9])
def test_bore_pressure_has_exactly_its_resultant(angle):
    mesh = pulled_lug(0.5).tet.mesh
    direction = np.array([math.cos(angle), math.sin(angle)])
    force = 5e3 * np.array([*direction, 0.0])
    found = nodal_forces(mesh, ("bore_A",), bore_pressure((0.0, 0.0), direction), force, np.zeros(3))
    assert found.sum(axis=0) == pytest.approx(force, abs=1e-8)
    moment = np.cross(mesh.points, found).sum(axis=0)
    assert moment == pytest.approx(np.zeros(3), abs=1e-7)
    behind = mesh.points[:, :2] @ direction < -3.0
    assert np.abs(found[behind]).max() < 0.05 * np.abs(found).max()


def test_a_round_contact_with_friction_has_its_resultant_at_the_crown():
    mesh = pulled_lug(0.5).tet.mesh
    crown, force = (15.0, 0.0), np.array([900.0, 300.0, 0.0])
    make = round_contact((0.0, 0.0), crown, force[:2] / np.linalg.norm(force), math.radians(30))
    found = nodal_forces(mesh, ("bore_A",), make, force, np.array([*crown, 0.0]))
    assert found.sum(axis=0) == pytest.approx(force, abs=1e-9)
    assert np.cross(mesh.points - np.array([*crown, 0.0]), found).sum(axis=0) == pytest.approx(np.zeros(3), abs=1e-8)
    far = np.arctan2(np.abs(mesh.points[:, 1]), mesh.points[:, 0]) > math.radians(42)
    assert np.abs(found[far]).max() < 1e-9


def test_a_pressure_that_points_the_wrong_way_is_refused():
    mesh = pulled_lug(0.5).tet.mesh
    with pytest.raises(NoVerdict, match="too coarse"):
        nodal_forces(mesh, ("tip",), bore_pressure((-500.0, 0.0), np.array([1.0, 0.0])), np.array([-1.0, 0.0, 0.0]), np.zeros(3))


@functools.cache
def quick():
    return check_lock_parts(lock(), proved_loads(lock(), "service"), quick=True)


def test_every_part_of_the_reference_lock_holds():
    assert {part.part for part in quick().parts} == {"hook", "link_1", "crank", "rod_1", "cheek_1"}
    for part in quick().parts:
        assert part.margin > 0.0, part.part
        assert part.equilibrium_error < 1e-9
        assert part.limit == pytest.approx(part.yield_strength / 1.5)
        assert part.excluded_fraction < 0.25
        assert part.von_mises == pytest.approx(part.field[np.argmin(np.linalg.norm(part.mesh.points - part.at, axis=1))])
    assert quick().governing.margin == min(part.margin for part in quick().parts)


def test_the_rod_is_loaded_by_the_actuator_only():
    cases = {part.part: part.case for part in quick().parts}
    assert cases["rod_1"].startswith("actuator")
    assert cases["hook"].startswith("service")


def alone(name, *loads):
    """One part of the reference lock on the coarse mesh: largest stress for the loads taken one by one."""
    solution = solve_part(lock(), part_model(lock(), lock().part(name), COARSE), lock_forces(lock(), loads))
    one = [dataclasses.replace(solution, displacement=solution.displacement[i : i + 1]) for i in range(len(loads))]
    return [part_stress(lock(), each, [load.name]).von_mises for each, load in zip(one, loads, strict=True)]


def test_stress_is_proportional_to_the_load():
    half, whole = alone("link_1", HookLoad("half", (0.0, 55e3)), HookLoad("whole", (0.0, 110e3)))
    assert whole == pytest.approx(2 * half, rel=1e-9)


def test_throat_by_hand_is_near_the_finite_elements():
    by_hand = throat(lock(), (0.0, 110e3), "hook")
    (found,) = alone("hook", HookLoad("up", (0.0, 110e3)))
    assert by_hand.stress == pytest.approx(found, rel=0.15)
    assert by_hand.moment > 0.0


def test_hand_calculations_cover_every_pin_and_hold():
    rows = hand_calculations(lock(), forces(), actuator_forces(lock()))
    for joint in lock().joints:
        assert {"double shear", "bending"} <= {row.name for row in rows if row.part == f"pin {joint}"}
    assert {"throat", "Hertz pressure", "weld feet", "buckling", "tear-out", "net section"} <= {row.name for row in rows}
    for row in rows:
        assert row.margin > 0.0, (row.part, row.name)
        assert row.formula and row.source and row.inputs
    assert governing(rows).margin == min(row.margin for row in rows)


def test_a_thinner_pin_is_seen_by_hand():
    file = lock().file
    assert file.striker is not None
    thin = file.model_copy(update={"striker": file.striker.model_copy(update={"diameter": 22.0})})
    rows = hand_calculations(dataclasses.replace(lock(), file=thin), forces())
    assert min(row.margin for row in rows if row.part == "striker") < 0.0
