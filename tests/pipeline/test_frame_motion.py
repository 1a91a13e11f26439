"""A block on pads and hooks: its coordinates in time against statics with contact, and what reads stress from them."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from mechlock.analyses.duty_ride import SETTLE, simulate_drives
from mechlock.analyses.weld_life import Passage
from mechlock.fem import stress
from mechlock.fem.assembly import assemble
from mechlock.fem.buckling import solve_buckling
from mechlock.fem.linearised import linearise, opened
from mechlock.fem.modal import solve_modal
from mechlock.fem.model import Lock, Material, Model, Pad, Spring, StaticCase, Temperature
from mechlock.fem.static import solve_static
from mechlock.inputs.acceptance import acceptance
from mechlock.inputs.materials import find
from mechlock.life.points import damage_of_points
from mechlock.life.sn import basquin
from mechlock.loads.duty import default_duty
from mechlock.loads.rails import Brace
from mechlock.loads.roads import road_class
from mechlock.loads.trucks import standard_truck
from mechlock.mesh.mapped import box
from mechlock.pipeline import buckling_stage
from mechlock.pipeline.base_metal import base_metal, greatest, judged_stress, survey, worst_moment, yielding_share
from mechlock.pipeline.crash_history import crash_history
from mechlock.pipeline.crash_stage import CrashRun, crash_runs, greatest_pull, lock_motion, missed, spring_shear
from mechlock.pipeline.duty_motion import duty_motion
from mechlock.pipeline.frame_analysis import FrameAnalysis
from mechlock.pipeline.frame_dynamics import frame_dynamics
from mechlock.pipeline.frame_model import REST
from mechlock.pipeline.frame_motion import FrameMotion, hold, kept_modes, move, open_frame, read_fields, stress_factors
from mechlock.pipeline.hook_series import hook_series
from mechlock.pipeline.life_records import rails_record
from mechlock.pipeline.thermal_stage import thermal_criteria, thermal_states
from mechlock.pipeline.weld_reckoning import reckon

G = 9806.65
TWIST = 2e-6
ALPHA = 1.2e-5


def heights(scale: float) -> dict[str, dict[str, float]]:
    """Each seat rises by twist times x times y of its middle."""
    places = {"pad_A": (300.0, 0.0), "pad_B": (300.0, 200.0), "lock_A": (0.0, 100.0), "lock_B": (600.0, 100.0)}
    return {name: {"z": scale * x * y} for name, (x, y) in places.items()}


@pytest.fixture(scope="module")
def analysis() -> FrameAnalysis:
    mesh = box((600.0, 200.0, 200.0), (6, 2, 2), "hex20")
    heavy = Material("heavy", 2e4, 0.3, 4e-8, ALPHA)
    model = Model(
        mesh,
        ((heavy, ()),),
        pads=(Pad("pad_A", ("y0",), 0.0, 4000.0, (0.0, 0.0, 1.0), 2), Pad("pad_B", ("y1",), 0.0, 5000.0, (0.0, 0.0, 1.0), 2)),
        springs=(Spring("pin", ("z0",), (800.0, 700.0, 0.0), mean=False),),
        locks=tuple(
            Lock(f"lock_{side}", (face,), (0.0, 0.0, -1.0), stiffness, 50.0, (3000.0, 4000.0))
            for side, face, stiffness in (("A", "x0", 1000.0), ("B", "x1", 700.0))
        ),
    )
    system = assemble(model)
    on = ("pad_A", "pad_B", "pin", "lock_A", "lock_B")
    weight = (0.0, 0.0, -G)
    cases = [StaticCase(f"{REST}, {end} preload", weight, supports=on, preload=end) for end in ("low", "high")]
    cases += [
        StaticCase("pushed", (0.3 * G, 0.0, -G), supports=on, preload="low"),
        StaticCase("thrown", (3.0 * G, 0.0, 0.5 * G), supports=on, preload="low"),
        StaticCase("twisted", weight, supports=on, displacements=heights(TWIST), preload="low"),
    ]
    static = solve_static(system, cases)
    modal = solve_modal(system, 8, about=static.results[cases[0].name])
    recovery = stress.prepare(mesh, [stress.Region("block", np.arange(mesh.n_cells), stress.isotropic(2e4, 0.3))])
    solid = SimpleNamespace(groups=("block",), thickness=lambda name: 5.0)
    made = SimpleNamespace(
        tensor=SimpleNamespace(mesh=mesh, solid=solid),
        model=model,
        system=system,
        static=static,
        recovery=recovery,
        judged=np.ones(len(recovery.node), dtype=bool),
        modal=modal,
        toes=None,
    )
    return cast("FrameAnalysis", made)


@pytest.fixture(scope="module")
def dynamics(analysis):
    made = frame_dynamics(analysis, 0.02)
    yield made
    made.bonded.factor.release()


def places(analysis, dynamics, frame):
    (read,) = read_fields(analysis, dynamics, partial(judged_stress, analysis))
    return base_metal(analysis, frame, find("S700L"), read)


def along(x: float = 0.0, y: float = 0.0, z: float = 0.0, twist: float = 0.0) -> Any:
    return np.array([x, y, z, 0.0, 0.0, 0.0, twist])


def contact_forces(analysis, name):
    from mechlock.response.finite_element import static_contacts

    return static_contacts(analysis.system, analysis.static.results[name])[0]


def nodal(analysis, name):
    return stress.recover(analysis.recovery, analysis.static.results[name].displacement).nodal


@pytest.mark.parametrize("highest", [1e9, 0.0])
@pytest.mark.parametrize(
    ("name", "inputs"),
    [("pushed", along(x=-0.3 * G)), ("thrown", along(x=-3.0 * G, z=-1.5 * G)), ("twisted", along(twist=TWIST))],
)
def test_held_still_it_is_the_static_solution_with_its_open_seats(analysis, dynamics, highest, name, inputs):
    frame = open_frame(dynamics, highest)
    coordinates, force = hold(frame, inputs)
    expected = contact_forces(analysis, name)
    assert force == pytest.approx(expected, abs=2e-5 * expected.max())
    assert (name == "thrown") == bool((force == 0.0).any())
    factors = stress_factors(frame, read_fields(analysis, dynamics, lambda field: field)[0])
    change = nodal(analysis, name) - nodal(analysis, f"{REST}, low preload")
    assert factors @ coordinates == pytest.approx(change, abs=1e-4 * np.abs(change).max())


def test_hooks_carry_what_statics_gives_them_along_and_across(analysis, dynamics):
    coordinates, force = hold(open_frame(dynamics, 1e9), along(x=-0.3 * G))
    motion = FrameMotion(0.0, coordinates[None], force[None], 0.0)
    found = hook_series(open_frame(dynamics, 1e9), "pushed", motion)
    for number, name in enumerate(found.locks):
        state = analysis.static.results["pushed"].locks[name]
        assert found.pull[0, number] == pytest.approx(state.pull, rel=1e-4)
        assert found.lateral[0, number] == pytest.approx(state.lateral[:2], rel=1e-3, abs=1e-3 * np.abs(state.lateral).max())
    assert found.base[0] == pytest.approx([-0.3 * G, 0.0, G])


def test_slow_motion_passes_through_the_static_states(analysis, dynamics):
    frame = open_frame(dynamics, 1e9)
    slow = np.linspace(0.0, 1.0, 1501)[:, None] * along(x=-3.0 * G, z=-1.5 * G)
    found = move(frame, 2e-3, slow)
    expected = contact_forces(analysis, "thrown")
    assert found.force[-1] == pytest.approx(expected, abs=0.02 * expected.max())
    assert found.open_share.max() > 0.0
    assert found.energy_error < 0.02


def test_brace_takes_the_work_that_the_seats_do_in_a_static_twist(analysis, dynamics):
    """Energy of the torsion spring over the 600 mm between the hooks, against the forces that a static case changes."""
    change = contact_forces(analysis, "twisted") - contact_forces(analysis, f"{REST}, low preload")
    way = np.array([heights(TWIST)[name]["z"] * (1.0 if "pad" in name else -1.0) for name in dynamics.contact_names])
    brace = dynamics.brace
    assert brace is not None
    assert brace.length == pytest.approx(600.0)
    assert brace.stiffness * (brace.length * TWIST) ** 2 == pytest.approx(float(change @ way), rel=1e-4)


@pytest.mark.parametrize(("rails", "left"), [("elastic", (0.269, 0.285)), ("rigid", (1.0, 1.0))])
def test_duty_drives_twist_the_frame_by_what_its_brace_leaves(dynamics, rails, left):
    """On a mild road, beside a truck whose rails nothing braces.

    The part left lies between the closed forms of springs side by side: as if held still, where leaf springs and tyres yield in
    roll, and as if the dampers let the tyres alone yield.
    """
    frame = open_frame(replace(dynamics, brace=Brace(750.0, 5600e6)), 0.0)
    duty = default_duty()
    drive = replace(duty.drives[1], road=road_class("A"), speed=3e3)
    assert drive.empty
    short = replace(duty, drives=(drive,), meetings=(), manoeuvres=(), rails=rails)
    found = duty_motion(frame, short, 2.0)
    ((bare, _),) = simulate_drives(standard_truck(empty=True), [drive], 2.0, [1])
    free = bare.twist[round(SETTLE / bare.step) :] / 5050.0
    part = found.travels[0].base[6] / float(np.sqrt(np.mean(free**2)))
    assert left[0] * (1.0 - 1e-9) <= part <= left[1] * (1.0 + 1e-9)
    assert (found.rails.brace is None) == (rails == "rigid")
    record = rails_record(found.rails, duty.truck)
    assert record["yield"] is (rails == "elastic")
    assert record["twist_left_percent"] == pytest.approx(
        100.0 * 1929.0 / (1929.0 + 5600.0) if record["yield"] else 100.0, rel=1e-3
    )
    assert record["certainty"] == "low"


def test_base_that_turns_pushes_the_centre_by_its_height(dynamics):
    """Pitch about y moves a centre of mass at height h by alpha h along x, and turns it."""
    weight = 600 * 200 * 200 * 4e-8
    still = dynamics.participation / dynamics.basis.omega[:, None] ** 2
    forces = dynamics.contact_rows[:, : dynamics.modes] @ -still + dynamics.contact_rows[:, dynamics.modes : dynamics.modes + 6]
    pads = np.array([name.startswith("pad") for name in dynamics.contact_names])
    lift = np.where(pads, 1.0, -1.0) @ forces
    # vertical balance: the seats lose weight times acceleration; pitch about the origin lifts the centre at x = 300 by -300 alpha
    assert lift[2] == pytest.approx(weight, rel=1e-6)
    assert lift[4] == pytest.approx(-300.0 * weight, rel=1e-6)
    assert lift[3] == pytest.approx(100.0 * weight, rel=1e-6)


def test_modes_left_out_answer_at_once(dynamics):
    few = kept_modes(dynamics, float(dynamics.basis.frequency[2]))
    assert few.modes == 3
    still = -dynamics.participation / dynamics.basis.omega[:, None] ** 2
    whole = dynamics.contact_rows[:, : dynamics.modes] @ still + dynamics.contact_rows[:, dynamics.modes :][:, :6]
    less = few.contact_rows[:, :3] @ still[:3] + few.contact_rows[:, 3:][:, :6]
    assert less == pytest.approx(whole, abs=1e-9 * np.abs(whole).max())


def test_greatest_stress_is_that_of_the_whole_history(analysis, dynamics):
    frame = open_frame(dynamics, 1e9)
    base = places(analysis, dynamics, frame)
    rng = np.random.default_rng(2)
    shaken = np.zeros((400, 7))
    shaken[:, 0], shaken[:, 2] = rng.standard_normal((2, 400)) * G
    motion = move(frame, 1e-3, shaken)
    peak = greatest(base, motion, "shaken")[0]
    moving = np.moveaxis(base.factors @ motion.coordinates.T, 1, -1)
    everything = np.array([stress.von_mises(moving + rest[:, None]) for rest in base.static])
    assert peak.value == pytest.approx(everything.max(), rel=0.02)
    seen = survey(base, motion)
    use, sample = worst_moment(base, motion, seen)
    assert use * 600.0 == pytest.approx(everything.max(), rel=0.02)
    assert everything[:, :, sample].max() == pytest.approx(everything.max(), rel=0.02)
    rare = greatest(base, motion, "shaken", share=0.1)[0]
    assert rare.value < peak.value
    soft = replace(base, yields=base.yields * 0.0 + float(np.median(everything.max(axis=(0, 2)))))
    assert 0.3 < yielding_share(soft, seen) < 0.7
    assert yielding_share(base, seen) == 0.0


def test_crash_names_slack_hooks_and_the_pin_that_carries(analysis, dynamics):
    frame = open_frame(dynamics, 1e9)
    runs = crash_runs(frame, "x")
    assert {run.axis for run in runs} == {"+x", "-x"}
    found = lock_motion(frame, runs)
    assert found.greatest == max(run.motion.force[:, -2:].max() for run in runs)
    assert found.greatest > 4000.0
    assert 4000.0 < found.still < 1.05 * found.greatest
    assert [run.frequency is None for run in runs].count(True) == 2
    seen = crash_history(frame, found.worst)
    assert seen.pull.max() == pytest.approx(found.greatest)
    assert np.abs(seen.base).max() == pytest.approx(found.worst.peak, rel=0.01)
    assert len(seen.pull) * seen.step == pytest.approx(len(found.worst.motion.force) * found.worst.motion.step, abs=seen.step)
    assert 0 < seen.open_seats.max() <= seen.seats
    assert max(greatest_pull(frame, run) for run in runs) == pytest.approx(found.greatest)
    still = hold(frame, along(x=-9.3 * G))[0]
    held = FrameMotion(1.0, np.array([still, still]), np.zeros((2, len(dynamics.contact_force))), 0.0)
    shear = spring_shear(frame, held)["pin"]
    assert missed(frame, runs) == ""
    assert "too slow for it" in missed(frame, [replace(run, first_mode=1.01) for run in runs])
    assert "over before it has answered" in missed(frame, [replace(run, first_mode=0.2) for run in runs])
    # what the pin does not carry of mass times acceleration, the hooks do aside
    mass = 600 * 200 * 200 * 4e-8
    assert 0.6 * mass * 9.3 * G < shear < mass * 9.3 * G


def test_corner_apart_is_the_longest_time_without_pad_and_hook(dynamics):
    frame = open_frame(dynamics, 1e9)
    force = np.ones((10, len(dynamics.contact_force)))
    names = np.array(dynamics.contact_names)
    force[2:5][:, names == "pad_A"] = 0.0
    force[3:9][:, names == "lock_A"] = 0.0
    coordinates = np.zeros((10, dynamics.modes + 7 + force.shape[1]))
    run = CrashRun("+x", 8.0, G, FrameMotion(1e-3, coordinates, force, 0.0), 1.7)
    found = lock_motion(frame, [run])
    assert found.apart == pytest.approx(2e-3)
    assert found.apart_at.startswith("lock_A")


def test_bound_of_a_buckling_factor_is_above_it_and_near(analysis, dynamics):
    shapes = buckling_stage.panels(analysis, dynamics)
    state = analysis.static.results["pushed"]
    value = buckling_stage.bound(analysis, shapes, state).factor
    exact = solve_buckling(analysis.system, state, 1).factors[0]
    assert exact * (1 - 1e-6) <= value <= 1.1 * exact
    found = buckling_stage.limit_buckling(analysis, dynamics, shapes)
    assert found.exact
    assert found.bounds[found.case] == min(found.bounds.values())
    assert found.factor <= found.bounds[found.case] * (1 + 1e-6)


def test_the_nearest_case_is_found_from_a_poor_shape_too(analysis, dynamics):
    whole = buckling_stage.panels(analysis, dynamics)
    poor = replace(whole, vectors=whole.vectors[:, -1:], stiff=whole.stiff[-1:, -1:])
    found = buckling_stage.limit_buckling(analysis, dynamics, poor)
    assert found.factor == pytest.approx(buckling_stage.limit_buckling(analysis, dynamics, whole).factor, rel=1e-3)


def test_seats_open_by_rank_as_in_a_factor_of_their_own(analysis, dynamics):
    closed = analysis.static.results["thrown"].closed
    assert not closed.all()
    by_rank = opened(dynamics.bonded, closed, dynamics.carried)
    assert by_rank is not None
    own = linearise(analysis.system, dynamics.restraint, closed)
    forces = np.random.default_rng(3).standard_normal((analysis.system.n_dof, 3))
    expected = own.solve(forces)
    own.release()
    assert by_rank.solve(forces) == pytest.approx(expected, abs=1e-8 * np.abs(expected).max())
    back = by_rank.product(by_rank.solve(forces))
    assert back == pytest.approx(forces, abs=1e-6 * np.abs(forces).max())


def test_seats_that_hold_the_body_are_not_opened_by_rank(dynamics):
    none = np.zeros(len(dynamics.contact_force), bool)
    assert opened(dynamics.bonded, none, dynamics.carried) is None


def test_temperatures_are_the_static_solution_with_the_same_load(analysis, dynamics):
    on = dynamics.rest.case.supports
    points = analysis.tensor.mesh.points
    spread = 30.0 * (points[:, 2] - points[:, 2].min()) / np.ptp(points[:, 2])
    cases = [
        StaticCase(name, (0.0, 0.0, -G), (Temperature("", change),), supports=on, preload="low")
        for name, change in (("spread", spread), ("warm", 20.0), ("cold", -20.0))
    ]
    solved = solve_static(analysis.system, cases).results
    from mechlock.response.finite_element import static_contacts

    before = nodal(analysis, f"{REST}, low preload")
    states = thermal_states(analysis, dynamics, 30.0, 20.0)
    for state, (name, field) in zip(states, (("spread", spread), ("warm", 20.0), ("cold", -20.0)), strict=True):
        force, _ = static_contacts(analysis.system, solved[name])
        assert state.force == pytest.approx(force, abs=1e-5 * force.max())
        strain = ALPHA * np.broadcast_to(field, (len(points),))
        after = stress.recover(analysis.recovery, solved[name].displacement, strain).nodal
        assert state.change == pytest.approx(after - before, abs=1e-4 * np.abs(after - before).max())
    base = places(analysis, dynamics, open_frame(dynamics, 1e9))
    rows = thermal_criteria(states, analysis, dynamics, base, acceptance({})["limit_load_von_mises_base"])
    assert [row.limit for row in rows] == pytest.approx([400.0] * 3)
    values = [stress.von_mises(base.static[0] + state.change).max() for state in states]
    assert [row.value for row in rows] >= values


def slow_shaking(seconds: float, step: float) -> Any:
    """Gaussian motion of the base up and down and in twist, in a band about 1.2 Hz, far below every mode."""
    count = round(seconds / step)
    frequency = np.fft.rfftfreq(count, step)
    inside = (frequency > 1.0) & (frequency < 1.4)
    lines = np.zeros((len(frequency), 2), complex)
    rng = np.random.default_rng(2)
    lines[inside] = rng.standard_normal((inside.sum(), 2)) + 1j * rng.standard_normal((inside.sum(), 2))
    both = np.fft.irfft(lines, count, axis=0)
    inputs = np.zeros((count, 7))
    inputs[:, 2], inputs[:, 6] = (both / both.std(axis=0) * [0.08 * G, 0.1 * TWIST]).T
    return inputs


def test_a_weld_reckoned_by_hand_is_what_the_chain_finds(analysis, dynamics):
    """Slow and gentle, so that nothing resonates or lifts: base times statics, Rayleigh's ranges on Basquin's line."""
    frame = open_frame(dynamics, 0.0)
    factors = stress_factors(frame, read_fields(analysis, dynamics, lambda field: field)[0])
    pushed = np.abs(nodal(analysis, "pushed") - nodal(analysis, f"{REST}, low preload"))[:, 0]
    row = factors[int(pushed.argmax()), 0]
    inputs = slow_shaking(200.0, 0.02)
    motion = move(frame, 0.02, inputs)
    passage = Passage("road", "road", motion.coordinates, motion.step, 10.0)
    slope = 4.0
    curve = basquin(1e10, slope)
    counted = float(damage_of_points(row[None], motion.coordinates, curve).damage[0]) * passage.per_year
    found = reckon(frame, row, passage, curve, 1.0, counted)
    twisted = nodal(analysis, "twisted") - nodal(analysis, f"{REST}, low preload")
    assert found.per_unit[6] * TWIST == pytest.approx(twisted[int(pushed.argmax()), 0], rel=1e-3)
    stress = inputs @ found.per_unit
    cycles = 1.2 * 200.0 * passage.per_year
    by_hand = cycles * (2.0 * np.sqrt(2.0) * stress.std()) ** slope * math.gamma(1.0 + slope / 2.0) / 1e10
    assert motion.force.min() > 0.0
    assert found.rms == pytest.approx(stress.std(), rel=5e-3)
    assert found.chain_rms == pytest.approx(found.rms, rel=0.03)
    assert found.share.sum() == pytest.approx(1.0)
    assert found.damage == pytest.approx(by_hand, rel=0.05)
    assert counted == pytest.approx(by_hand, rel=0.3)
    assert found.hours == pytest.approx(2000.0 / 3600.0, rel=1e-3)
