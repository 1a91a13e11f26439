"""A lock proved shaken, moved in time: at sampled dimensions and loads no half sine of that peak lifts its drive off the stop."""

from __future__ import annotations

import math
from types import ModuleType

import numpy as np
import pytest

from mechlock.inputs.linkage import LinkageSource, linkage_from_data
from mechlock.linkage.dynamics import BaseMotion, integrate
from mechlock.linkage.motion import Motion
from mechlock.linkage.positions import Positions
from mechlock.linkage.semantics import build
from mechlock.proof import prove
from mechlock.proof.inertia import LinkMass, lever, sway
from mechlock.proof.prover import problem
from mechlock.proof.variants import Perturbation, derive

MASSES = {"crank": LinkMass(2e-3, (25.0, 0.0)), "coupler": LinkMass(1e-3, (58.0, 0.0)), "hook": LinkMass(6e-3, (20.0, -30.0))}
LOAD = "clamp and service uplift"


@pytest.fixture(scope="module")
def source(fourbars: ModuleType) -> LinkageSource:
    data = fourbars.shipped("var_i_fourbar")
    names = [body for body in data["bodies"] if body != "ground"]
    for body, entry in zip(names, (MASSES[key] for key in ("crank", "coupler", "hook")), strict=True):
        data["bodies"][body] |= {"mass": f"{1e3 * entry.mass} kg", "centre": [f"{x} mm" for x in entry.centre]}
        data["bodies"][body]["inertia"] = "0.002 kg*m**2"
    data["lock"]["claims"] = ["over_centre"]
    data["lock"]["loads"] = data["lock"]["loads"][:1]
    data["lock"].pop("release")
    return linkage_from_data(data, "lock.toml")


def _masses(source: LinkageSource) -> dict[str, LinkMass]:
    names = [body for body in source.file.bodies if body != "ground"]
    return dict(zip(names, MASSES.values(), strict=True))


def _limit(source: LinkageSource) -> float:
    """Acceleration (mm/s²) at which the proof just ends."""
    case = problem(source, build(source))
    assert case.mechanism.lock is not None
    return case.mechanism.lock.load(LOAD).magnitude.low * lever(case, LOAD) / sway(case, _masses(source))


def _opened(source: LinkageSource, peak: float, samples: int, end: float = 0.008) -> int:
    """Samples in which the drive leaves its stop."""
    mechanism, rng = build(source), np.random.default_rng(6)
    assert mechanism.lock is not None
    load, left = mechanism.lock.load(LOAD), 0
    for sample in range(samples):
        values = {name: float(rng.choice([p.low, p.high])) for name, p in mechanism.parameters.items()}
        positions = Positions(mechanism, values)
        angle = (load.direction.low, load.direction.high)[sample % 2]
        force = load.magnitude.low * np.array([math.cos(angle), math.sin(angle)])
        motion = Motion(positions, positions.selected, {load.at: force})
        way = 2.0 * math.pi * sample / samples
        along = np.array([math.cos(way), math.sin(way)])
        time = np.linspace(0.0, 0.006, 25)
        base = BaseMotion(time, peak * np.sin(math.pi * time / 0.006)[:, None] * along)
        found = integrate(motion, base, end)
        left += int(set(found.phase) != {"stop"})
    return left


def test_the_proved_peak_never_lifts_the_drive(source: LinkageSource) -> None:
    peak = 0.3 * _limit(source)
    case = problem(source, build(source))
    assert case.mechanism.lock is not None
    derived = derive(source, Perturbation("shaken", ("For the test.",), acceleration=peak, masses=_masses(source)))
    assert prove(derived, levers=False).verdict == "proved"
    assert _opened(source, peak, 8) == 0
    assert _opened(source, 0.95 * _limit(source), 8) == 0  # whatever the cone, the moments alone say so


def test_a_much_larger_peak_lifts_it(source: LinkageSource) -> None:
    assert _opened(source, 4.0 * _limit(source), 4, 0.0025) > 0
    peak = 4.0 * _limit(source)
    derived = derive(source, Perturbation("shaken", (), acceleration=peak, masses=_masses(source)))
    assert prove(derived, levers=False).verdict == "refuted"
