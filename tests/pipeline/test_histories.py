"""Hook forces over time as load sets, and the lock proved for them: against virtual work at random moments and dimensions."""

from __future__ import annotations

import copy
import functools
import math
import tomllib
from importlib import import_module
from types import SimpleNamespace

import numpy as np
import pytest

from mechlock import resources
from mechlock.checks.lock_forces import LoadSet, Spread
from mechlock.checks.lock_joint_forces import HookLoad
from mechlock.checks.lock_parts import coarse_models
from mechlock.inputs.acceptance import acceptance
from mechlock.inputs.design import read_design
from mechlock.inputs.linkage import linkage_from_data
from mechlock.linkage import velocity
from mechlock.linkage.positions import Positions
from mechlock.linkage.semantics import build
from mechlock.pipeline.history_criteria import history_certificates, history_criteria, history_record
from mechlock.pipeline.history_proof import EVERYTHING, HISTORIES, prove_histories
from mechlock.pipeline.hook_series import WORTH, HookSeries, Plane, cover, velocity_change
from mechlock.pipeline.lock_stage import lock_strength, proved_load
from mechlock.proof import prove
from mechlock.proof.inertia import LinkMass, lever, sway
from mechlock.proof.other_loads import Release, shocked, widen
from mechlock.proof.prover import problem
from mechlock.solids.lock import design_lock

checker = import_module("mechlock.proof.verify")

G = 9806.65
SERVICE = LoadSet("service", (20e3, 110e3), (math.radians(70), math.radians(110)))
NO_SPREAD = Spread(0.0, 0.0, 0.0)


def series(pull, lateral=0.0, shaking=0.0, step=1e-3, name="crash"):
    """One hook; lateral along x, the base shaken along x on top of gravity."""
    pull = np.atleast_1d(np.asarray(pull, dtype=float))
    sideways = np.zeros((len(pull), 1, 2))
    sideways[:, 0, 0] = lateral
    base = np.tile([0.0, 0.0, G], (len(pull), 1))
    base[:, 0] += shaking
    return HookSeries(name, step, ("lock_L1",), pull[:, None], sideways, base, np.zeros(len(pull)))


def test_a_moment_opens_its_cone_by_hand():
    """40 kN, a tenth of it aside, spread 5 deg, inertia worth 3 kg times the base's acceleration."""
    found = cover([series(40e3, 4e3, 5.0 * G)], SERVICE, Plane(0, Spread(0.0, math.radians(5), 0.0), 3e-3))
    worth = 3e-3 * math.hypot(5.0, 1.0) * G / math.hypot(40e3, 4e3)
    aside = math.atan(0.1) + math.radians(5) + math.asin(worth)
    assert found.seen[0].aside == pytest.approx(aside)
    assert found.sets["service"].direction == pytest.approx((math.radians(70), math.radians(110)))  # inside what the file has
    assert found.seen[0].across == pytest.approx(40e3 * math.tan(math.radians(5)))


def test_forces_below_and_above_the_file_make_sets_of_their_own():
    found = cover([series([300e3, 15e3, 60e3], [0.0, 10e3, 0.0])], SERVICE, Plane(0, NO_SPREAD, 0.0))
    assert found.sets["service"].magnitude == SERVICE.magnitude
    below, above = (found.sets[f"service, {name}"] for name in ("below the least force", "above the greatest force"))
    assert below.magnitude == pytest.approx((math.hypot(15e3, 10e3),) * 2)
    assert below.direction[1] == pytest.approx(math.pi / 2 + math.atan2(10, 15))
    assert above.magnitude == pytest.approx((300e3, 300e3))
    assert found.whole.magnitude == pytest.approx((math.hypot(15e3, 10e3), 300e3))


def test_slack_is_what_inertia_outweighs_and_is_told_by_its_longest_time():
    pull = np.full(100, 50e3)
    pull[20:50], pull[70:75] = 0.0, 4e3  # the second: 4 kN against 10 g of 30 kg
    found = cover([series(pull, 0.0, 10 * G)], SERVICE, Plane(0, NO_SPREAD, 3e-2))
    seen = found.seen[0]
    assert 3e-2 * 10 * G > WORTH * 4e3
    assert (seen.slack, seen.slack_at, seen.openings) == (pytest.approx(30e-3), "lock_L1", 2)
    assert seen.shaking == pytest.approx(math.hypot(10, 1) * G)
    assert all(forces.magnitude[0] >= 20e3 for forces in found.sets.values())


def test_velocity_change_is_that_of_the_longest_shock():
    shaking = np.zeros(2001)
    shaking[100:150] = 10 * G  # 50 ms of 10 g, and long after it the way back
    shaking[1500:1550] = -10 * G
    assert velocity_change(series(np.ones(2001), 0.0, shaking), 0) == pytest.approx(10 * G * 0.05)


@functools.cache
def fourbar():
    folder = resources.folder("geometry") / "locks"
    data = tomllib.loads((folder / "contract_fourbar.toml").read_text())
    data["lock"]["claims"] = ["over_centre"]
    return linkage_from_data(data, "lock.toml")


def test_the_lock_is_pressed_into_its_stop_at_every_covered_moment():
    """Virtual work of hook force and links' inertia at random dimensions, moments and directions of the base's acceleration."""
    masses = {"crank": LinkMass(5e-3, (20.0, 3.0)), "coupler": LinkMass(2e-3, (60.0, 0.0)), "hook": LinkMass(7e-3, (40.0, 5.0))}
    source, rng = fourbar(), np.random.default_rng(2)
    mechanism = build(source)
    case = problem(source, mechanism)
    axis = math.radians(145)
    load = LoadSet("pack uplift", (5e3, 60e3), (math.radians(125), math.radians(165)), axis)
    worth = sway(case, masses) / lever(case, load.name)
    pull, lateral = rng.uniform(1e3, 150e3, 400), rng.uniform(-6e3, 6e3, 400)
    ride = series(pull, lateral, rng.uniform(0.0, 15 * G, 400))
    plane = Plane(0, Spread(0.1, 0.0, 0.0), worth)
    found = cover([ride], load, plane)
    proved = prove(widen(source, load.name, found.sets, "For the test.", HISTORIES), levers=False)
    assert proved.verdict == "proved"
    assert checker.verify(proved.certificate).accepted
    least = math.inf
    for _ in range(25):
        values = {
            symbol.name: rng.uniform(mechanism.parameters[symbol.name].low, mechanism.parameters[symbol.name].high)
            if symbol.name in mechanism.parameters
            else value
            for symbol, value in mechanism.nominal().items()
        }
        positions = Positions(mechanism, values)
        q = positions.at(positions.selected, np.array([rng.uniform(*mechanism.lock.locked)]))
        v = velocity.rates(positions.constraints, q)
        bodies = positions.constraints.bodies
        total = sum(
            item.mass * positions.constraints.velocity(q, v, bodies.index(body), np.array(item.centre))[0]
            for body, item in masses.items()
        )
        at = next(item.at for item in mechanism.lock.loads if item.name == load.name)
        tip = positions.constraints.velocity(q, v, bodies.index(at.body), positions.local_points[at])[0]
        k = int(rng.integers(400))
        size, shaking = math.hypot(pull[k], lateral[k]), math.hypot(ride.base[k, 0], G)
        if worth * shaking > WORTH * size:
            continue
        for aside in (-1.0, 1.0):
            angle = axis + aside * (math.atan2(abs(lateral[k]), pull[k]) + math.atan(0.1))
            press = mechanism.lock.stop * size * float(tip @ [math.cos(angle), math.sin(angle)])
            least = min(least, press - shaking * float(np.linalg.norm(total)))
    assert 0.0 < least < 1e6


def test_a_cone_that_leaves_the_hook_is_refuted_with_dimensions():
    """A force that is all sideways turns the hook the other way: the proof says where."""
    found = cover([series(np.full(3, 6e3), 60e3)], LoadSet("pack uplift", (5e3, 60e3), (2.2, 2.8), 2.5), Plane(0, NO_SPREAD, 0.0))
    result = prove(widen(fourbar(), "pack uplift", found.sets, "For the test.", HISTORIES), levers=False)
    assert result.verdict == "refuted"
    assert result.theorems[0].counterexample
    assert checker.verify(result.certificate).accepted


def test_the_barrier_is_held_against_the_energy_of_the_histories():
    """From 50 to 400 kN: what unloading the file's softest clamp and the links' speed release, by hand."""
    data = copy.deepcopy(fourbar().data)
    data["parameters"] |= {"a": "40 mm", "b": "120 mm"}
    for joint in data["joints"]:
        joint.pop("clearance", None)
    data["lock"] |= {"drive": {"value": "27.15 deg", "tolerance": "0.1 deg"}, "loads": data["lock"]["loads"][:1]}
    for key in ("locked_from", "release"):
        del data["lock"][key]
    source = linkage_from_data(data, "lock.toml")
    found = cover([series([50e3, 400e3])], LoadSet("pack uplift", (50e3, 51e3), (2.45, 2.6), 2.53), Plane(0, NO_SPREAD, 0.0))
    whole = widen(source, "pack uplift", {"pack uplift": found.whole}, "For the test.", "barrier")
    release = Release({"crank": 1e-3, "coupler": 2e-3, "hook": 3e-3}, (1e5, 1e5), (0.2, 0.2), 100.0)
    result = prove(shocked(whole, release), claims=("stays_shut",))
    assert result.verdict == "refuted"
    assert checker.verify(result.certificate).accepted
    given = (400e3**2 - 50e3**2) / (2 * 80e3) + 0.5 * 6e-3 * 100.0**2
    assert f"{given * 1e-3:.4g} J" in result.theorems[0].violates


def test_what_the_file_says_of_a_shock_is_kept_where_it_is_more():
    data = copy.deepcopy(fourbar().data)
    data["bodies"]["hook"]["mass"] = "9 kg"
    data["lock"]["shock"] = {"velocity_change": "2 m/s", "drive_energy": "3 J"}
    release = Release({"crank": 1e-3, "coupler": 2e-3, "hook": 3e-3}, (1e5, 1e5), (0.2, 0.2), 100.0)
    made = shocked(linkage_from_data(data, "lock.toml"), release).file
    assert (made.lock.shock.velocity_change, made.lock.shock.drive_energy) == (pytest.approx(2000.0), pytest.approx(3000.0))
    assert made.bodies["hook"].mass == pytest.approx(9e-3)
    assert made.bodies["crank"].mass == pytest.approx(1e-3, rel=1e-6)
    assert made.lock.clamp.stiffness == linkage_from_data(data, "lock.toml").file.lock.clamp.stiffness


@functools.cache
def reference():
    design = read_design(resources.folder("geometry") / "designs" / "reference.toml")
    lock = design_lock(design)
    parts = lock_strength(lock, (HookLoad("held", (1e3, 90e3)),), coarse_models(lock), quick=True).parts
    return design, SimpleNamespace(lock=lock, mechanism=lock.mechanism), parts


def proved(*ridden):
    design, lock, parts = reference()
    row = acceptance({})["lock_endurance"]
    return prove_histories(design, lock, parts, proved_load(design, lock.mechanism), ridden, row)


def test_the_reference_lock_is_proved_for_a_crash_bent_and_worn_and_slack_is_undecided():
    ramp = np.concatenate([np.linspace(45e3, 420e3, 60), np.linspace(420e3, 0.0, 40), np.zeros(12)])
    found = proved(series(ramp, 0.01 * ramp, 12 * G))
    answers = {(item.variant, item.claim): item.verdict for item in found.answers}
    assert answers[HISTORIES, "over_centre"] == answers[EVERYTHING, "over_centre"] == "proved"
    assert all(checker.verify(text).accepted for text in history_certificates(found).values())
    rows = {row.name: row for row in history_criteria(found, "lock", ("cheeks", 15e3), "test")}
    assert rows["lock in the histories: over_centre"].status == "passed"
    assert "hook forces up to 420" in rows["lock in the histories: over_centre"].reason
    slack = rows["hook slack in the histories"]
    assert slack.status == "undecided"
    assert slack.value >= 12.0
    held = found.sway * math.hypot(12, 1) * G
    assert f"{held / 1e3:.3g} N m" in slack.reason
    assert "lock barrier in the histories: stays_shut" not in rows  # the file does not claim it
    record = history_record(found)
    assert [item["asked"] for item in record["claims"]] == [True, True, False]
    assert record["load_sets"][-1]["magnitude_N"][1] == pytest.approx(math.hypot(420e3, 4.2e3), rel=1e-6)


def test_hooks_that_press_all_the_time_leave_nothing_undecided():
    found = proved(series(np.linspace(30e3, 100e3, 50)))
    rows = history_criteria(found, "lock", ("cheeks", 50e3), "test")
    assert {row.status for row in rows} == {"passed"}
