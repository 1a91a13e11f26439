"""Variants of a lock: bounds of joint forces, levers and sway hold at random points; what is derived is what was meant."""

from __future__ import annotations

import math
from importlib import import_module
from types import ModuleType

import numpy as np
import pytest

from mechlock.errors import InputError, NoVerdict
from mechlock.inputs.linkage import LinkageSource, linkage_from_data
from mechlock.linkage import velocity
from mechlock.linkage.mechanism import PointName
from mechlock.linkage.positions import Positions
from mechlock.linkage.semantics import build
from mechlock.linkage.statics import joint_forces
from mechlock.proof import prove
from mechlock.proof.inertia import LinkMass, lever, opening, sway
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


def test_inertia_that_outweighs_the_load_gives_no_verdict() -> None:
    assert opening(50.0, 100.0, 1.0) == pytest.approx(math.radians(30.0))
    with pytest.raises(NoVerdict, match="inertia"):
        opening(200.0, 100.0, 1.0)


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
