"""Variants of a lock: bounds of joint forces, levers and sway hold at random points; what is derived is what was meant."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from mechlock.errors import InputError
from mechlock.inputs.linkage import LinkageSource, linkage_from_data
from mechlock.linkage import velocity
from mechlock.linkage.mechanism import PointName
from mechlock.linkage.positions import Positions
from mechlock.linkage.semantics import build
from mechlock.linkage.statics import joint_forces
from mechlock.proof import prove
from mechlock.proof.certify import Certifier
from mechlock.proof.inertia import LinkMass, lever, sway
from mechlock.proof.over_centre import HOLDING
from mechlock.proof.prover import problem
from mechlock.proof.reactions import reactions
from mechlock.proof.variants import Perturbation, Shift, derive, together

checker = import_module("mechlock.proof.verify")

MASSES = {"crank": LinkMass(5e-3, (20.0, 3.0)), "coupler": LinkMass(2e-3, (60.0, 0.0)), "hook": LinkMass(7e-3, (40.0, 5.0))}
BENT = Perturbation(
    "bent",
    ("For the test.",),
    {"A": 0.02},
    (Shift("coupler", "B", (1.0, 0.0), -0.01, 0.05), Shift("hook", "P", (0.0, 1.0), -0.02, 0.1)),
    (0.0, 1e-3),
)


@pytest.fixture(scope="module")
def source(fourbars: ModuleType) -> LinkageSource:
    data = fourbars.shipped("contract_fourbar")
    data["lock"]["claims"] = ["over_centre"]
    return linkage_from_data(data, "lock.toml")


def _sampled(source: LinkageSource, count: int) -> list[tuple[dict[str, float], float]]:
    """Random points of the root box: parameters and offsets, and the drive."""
    mechanism, rng = build(source), np.random.default_rng(4)
    assert mechanism.lock is not None
    points: list[tuple[dict[str, float], float]] = []
    for _ in range(count):
        values = dict(mechanism.nominal())
        for symbol in values:
            if symbol.name in mechanism.parameters:
                parameter = mechanism.parameters[symbol.name]
                values[symbol] = float(rng.choice([parameter.low, parameter.high]))
        for dx, dy, radius in mechanism.offsets.values():
            angle = rng.uniform(0.0, 2.0 * math.pi)
            values[dx], values[dy] = radius * math.cos(angle), radius * math.sin(angle)
        points.append(({symbol.name: value for symbol, value in values.items()}, float(rng.uniform(*mechanism.lock.locked))))
    return points


@pytest.mark.parametrize("bent", [False, True])
def test_joint_forces_lie_in_their_enclosure(source: LinkageSource, bent: bool) -> None:
    """Against the numerical statics at corners of the box; the enclosure is no wider than a third of the force."""
    derived = derive(source, BENT) if bent else source
    mechanism, at = build(derived), PointName("hook", "P")
    found = reactions(problem(derived, mechanism), at)
    for values, drive in _sampled(derived, 12):
        forces = joint_forces(mechanism, {at: np.eye(2)}, drive=drive, values=values)
        for name in found.joints:
            seen = forces.joints[name].force.T
            assert (found.size[name].low <= seen + 1e-9).all()
            assert (seen - 1e-9 <= found.size[name].high).all()
            assert np.max(found.size[name].high - found.size[name].low) < 0.33 * np.linalg.norm(seen)
        assert (found.effort.low <= forces.drive_effort + 1e-6).all()
        assert (forces.drive_effort - 1e-6 <= found.effort.high).all()


def test_sway_and_lever_bound_every_sample(source: LinkageSource) -> None:
    mechanism = build(source)
    case = problem(source, mechanism)
    assert mechanism.lock is not None
    load = mechanism.lock.loads[0]
    most, least = sway(case, MASSES), lever(case, load.name)
    moved: list[float] = []
    arms: list[float] = []
    for values, drive in _sampled(source, 12):
        positions = Positions(mechanism, values)
        q = positions.at(positions.selected, np.array([drive]))
        v = velocity.rates(positions.constraints, q)
        total = np.zeros(2)
        for body, entry in MASSES.items():
            speed = positions.constraints.velocity(q, v, positions.constraints.bodies.index(body), np.array(entry.centre))
            total += entry.mass * speed[0]
        moved.append(float(np.linalg.norm(total)))
        tip = positions.constraints.velocity(
            q, v, positions.constraints.bodies.index(load.at.body), positions.local_points[load.at]
        )[0]
        for angle in (load.direction.low, load.direction.high):
            arms.append(mechanism.lock.stop * float(tip @ np.array([math.cos(angle), math.sin(angle)])))
    assert max(moved) <= most < 1.3 * max(moved)
    assert 0.0 < least <= min(arms)


def test_the_moment_that_inertia_leaves_is_certified_and_bounds_every_sample(source: LinkageSource) -> None:
    """F L - |a| |G| from velocities of the positions solved by Newton's method, at samples: never below the proved bound."""
    derived = derive(source, Perturbation("shaken", (), acceleration=7e4, masses=MASSES), ("over_centre",))
    result = prove(derived, levers=False)
    assert result.verdict == "proved"
    assert checker.verify(result.certificate).accepted
    mechanism = build(source)
    assert mechanism.lock is not None
    load, found = mechanism.lock.loads[0], []
    held = next(m.value for m in result.theorems[0].margins if m.meaning.startswith(f"{HOLDING} under {load.name!r}"))
    for values, drive in _sampled(source, 12):
        positions = Positions(mechanism, values)
        q = positions.at(positions.selected, np.array([drive]))
        v = velocity.rates(positions.constraints, q)

        def speed(body: str, at: tuple[float, float], positions: Positions = positions, q: Any = q, v: Any = v) -> np.ndarray:
            return positions.constraints.velocity(q, v, positions.constraints.bodies.index(body), np.array(at))[0]

        sway = sum(entry.mass * speed(body, entry.centre) for body, entry in MASSES.items())
        tip = speed(load.at.body, positions.local_points[load.at])
        for angle in (load.direction.low, load.direction.high):
            arm = mechanism.lock.stop * float(tip @ np.array([math.cos(angle), math.sin(angle)]))
            found.append(load.magnitude.low * arm - 7e4 * float(np.linalg.norm(sway)))
    assert held <= min(found)
    case = problem(derived, build(derived))
    name, linkage = f"shaken {load.name}", case.linkage
    worst = Certifier(case.goals).worst(name, 8)
    corner = [(v.low + Fraction(float(x)) * (v.high - v.low),) * 2 for v, x in zip(linkage.variables, worst, strict=True)]
    least = case.goals.scene(corner).quantity(name).value[1] / checker.ONE
    assert 0.9 * least < held <= least


def test_inertia_that_outweighs_the_load_refutes_the_claim(source: LinkageSource) -> None:
    result = prove(derive(source, Perturbation("shaken", (), acceleration=1e9, masses=MASSES), ("over_centre",)), levers=False)
    assert result.verdict == "refuted"
    assert "inertia" in result.theorems[0].violates
    assert checker.verify(result.certificate).accepted


def test_a_base_that_accelerates_asks_for_masses(source: LinkageSource) -> None:
    with pytest.raises(InputError, match="masses"):
        prove(derive(source, Perturbation("shaken", (), acceleration=7e4), ("over_centre",)))


@pytest.mark.parametrize("place", [("bodies", "crank", "mass"), ("bodies", "crank", "centre"), ("lock", "base_acceleration")])
def test_altered_masses_and_accelerations_are_rejected(source: LinkageSource, place: tuple[str, ...]) -> None:
    derived = derive(source, Perturbation("shaken", (), acceleration=7e4, masses=MASSES), ("over_centre",))
    content = json.loads(prove(derived, levers=False).certificate)
    node = content["linkage"]
    for key in place[:-1]:
        node = node[key]
    node[place[-1]] = {"mass": "4 kg", "centre": ["900 mm", "0 mm"], "base_acceleration": "1e9 mm/s**2"}[place[-1]]
    content["linkage_sha256"] = checker.digest(content["linkage"])
    content["sha256"] = checker.digest({key: value for key, value in content.items() if key != "sha256"})
    assert not checker.verify(json.dumps(content)).accepted


def test_the_certificate_carries_the_derived_linkage_and_its_words(source: LinkageSource) -> None:
    derived = derive(source, BENT, ("over_centre",))
    result = prove(derived, levers=False)
    assert result.verdict == "proved"
    assert checker.verify(result.certificate).accepted
    assert "For the test." in result.certificate
    assert derived.file.joints[[joint.name for joint in derived.file.joints].index("A")].clearance == pytest.approx(
        (source.file.joints[1].clearance or 0.0) + 0.02, abs=2e-6
    )
    before, after = build(source).lock, build(derived).lock
    assert before is not None
    assert after is not None
    assert after.drive.high >= before.drive.high + 1e-3
    assert after.drive.low <= before.drive.low


def test_each_growth_costs_reserve(source: LinkageSource) -> None:
    """Larger discs and wider boxes can only lower a proved bound."""
    reserves = []
    for change in (Perturbation("none"), BENT, together("twice", (BENT, Perturbation("worn", (), {"A": 0.05, "B": 0.05})))):
        theorem = prove(derive(source, change), levers=False).theorems[0]
        assert theorem.margin is not None
        reserves.append(theorem.margin.value)
    assert reserves[0] > reserves[1] > reserves[2]


def test_a_slide_cannot_gain_play(fourbars: ModuleType) -> None:
    data = fourbars.shipped("reference")
    source = linkage_from_data(data, "lock.toml")
    with pytest.raises(InputError, match="slide"):
        derive(source, Perturbation("worn", (), {"slide": 0.1}))
