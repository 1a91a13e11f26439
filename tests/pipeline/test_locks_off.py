"""One lock not engaged: what the other hooks carry decides whether they are covered, proved anew, or slack."""

from __future__ import annotations

import math
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest

from mechlock import resources
from mechlock.checks.lock_forces import HookForce, LoadSet, Spread, contain
from mechlock.checks.lock_hand_calculations import hand_calculations
from mechlock.checks.lock_joint_forces import lock_forces
from mechlock.inputs.linkage import read_linkage
from mechlock.inputs.lockparts import read_lock_parts
from mechlock.pipeline import locks_off as stage
from mechlock.pipeline.lock_stage import LockStrength
from mechlock.proof import prove
from mechlock.solids.lock import build_lock

checker = import_module("mechlock.proof.verify")
SPREAD = Spread(0.0, 0.0, 0.0)
FOLDER = resources.folder("geometry") / "locks"
SOURCE = read_linkage(FOLDER / "reference.toml")
LOAD = LoadSet("service", (20e3, 110e3), (math.radians(70), math.radians(110)))


@pytest.fixture(scope="module")
def proved() -> Any:
    lock = build_lock(SOURCE, read_lock_parts(FOLDER / "reference_parts.toml"))
    return SimpleNamespace(proof=prove(SOURCE, levers=False), lock=lock)


def _by_hand(lock: Any, loads: Any, coarse: Any, *, quick: bool) -> LockStrength:
    """Strength without the finite elements, which the tests of the parts have."""
    parts: Any = SimpleNamespace(parts=())
    return LockStrength(parts, hand_calculations(lock, lock_forces(lock, loads)))


def _found(monkeypatch: pytest.MonkeyPatch, proved: Any, pulls: dict[str, tuple[float, float]]) -> stage.LocksOff:
    """Each lock left out in turn, with these pulls and forces aside on every other hook."""
    locks = [SimpleNamespace(name=name) for name in ("L1", "L2")]
    solved: Any = SimpleNamespace(model=SimpleNamespace(locks=locks))

    def without(design: Any, solved: Any, load: LoadSet, off: str) -> Any:
        pull, aside = pulls[off]
        return [contain(HookForce("bump", "other", pull, aside, 0.0), load, SPREAD)]

    monkeypatch.setattr(stage, "_without", without)
    monkeypatch.setattr(stage, "coarse_models", lambda lock: {})
    monkeypatch.setattr(stage, "lock_strength", _by_hand)
    design: Any = SimpleNamespace(linkage=SOURCE)
    return stage.locks_off(design, solved, proved, LOAD)


def test_forces_inside_the_set_are_covered_and_larger_ones_proved_anew(monkeypatch: pytest.MonkeyPatch, proved: Any) -> None:
    found = _found(monkeypatch, proved, {"L1": (60e3, 5e3), "L2": (150e3, 20e3)})
    inside, wider = found.each
    assert (inside.verdict, inside.certificate) == ("proved", "")
    assert wider.verdict == "proved"
    assert checker.verify(wider.certificate).accepted
    assert "L2 is not engaged" in wider.certificate
    assert wider.magnitude[1] == pytest.approx(math.hypot(150e3, 20e3))
    assert stage.certificates([inside, wider]) == {"certificate_without_L2.json": wider.certificate}
    rows = stage.criteria(found, "test")
    assert [row.passed for row in rows[:2]] == [True, True]
    net = next(row for row in rows[2:] if row.name == "other locks, lock by hand: net section")
    assert net.case.endswith("bump, other, L2 not engaged")
    less = stage.criteria(_found(monkeypatch, proved, {"L1": (60e3, 5e3), "L2": (75e3, 10e3)}), "test")
    half = next(row for row in less[2:] if row.name == net.name)
    assert (net.value or 0.0) == pytest.approx(2.0 * (half.value or 0.0))  # half the force on the same hook
    assert [record["certificate"] for record in stage.records([inside, wider])] == [None, "certificate_without_L2.json"]


def test_a_slack_hook_gives_no_verdict_and_a_sideways_pull_refutes(monkeypatch: pytest.MonkeyPatch, proved: Any) -> None:
    found = _found(monkeypatch, proved, {"L1": (-2e3, 0.0), "L2": (20e3, 150e3)})
    slack, aside = found.each
    assert slack.verdict == "undecided"
    assert "slack" in slack.words
    assert aside.verdict == "refuted"
    assert checker.verify(aside.certificate).accepted
    assert [row.passed for row in stage.criteria(found, "test")] == [None, False, None]
    assert "off its stop" in found.reason
