"""One lock not engaged: what the other hooks carry decides whether they are covered, proved anew, or slack."""

from __future__ import annotations

import math
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest

from mechlock import resources
from mechlock.checks.lock_forces import HookForce, LoadSet, Spread, contain
from mechlock.inputs.linkage import read_linkage
from mechlock.pipeline import locks_off as stage
from mechlock.proof import prove

checker = import_module("mechlock.proof.verify")
SPREAD = Spread(0.0, 0.0, 0.0)
SOURCE = read_linkage(resources.folder("geometry") / "locks" / "reference.toml")
LOAD = LoadSet("service", (20e3, 110e3), (math.radians(70), math.radians(110)))


@pytest.fixture(scope="module")
def proved() -> Any:
    return SimpleNamespace(proof=prove(SOURCE, levers=False))


def _found(monkeypatch: pytest.MonkeyPatch, proved: Any, pulls: dict[str, tuple[float, float]]) -> list[stage.LockOff]:
    """Each lock left out in turn, with these pulls and forces aside on every other hook."""
    locks = [SimpleNamespace(name=name) for name in ("L1", "L2")]
    solved: Any = SimpleNamespace(model=SimpleNamespace(locks=locks))

    def without(design: Any, solved: Any, load: LoadSet, off: str) -> Any:
        pull, aside = pulls[off]
        return [contain(HookForce("bump", "other", pull, aside, 0.0), load, SPREAD)]

    monkeypatch.setattr(stage, "_without", without)
    design: Any = SimpleNamespace(linkage=SOURCE)
    return list(stage.locks_off(design, solved, proved, LOAD))


def test_forces_inside_the_set_are_covered_and_larger_ones_proved_anew(monkeypatch: pytest.MonkeyPatch, proved: Any) -> None:
    inside, wider = _found(monkeypatch, proved, {"L1": (60e3, 5e3), "L2": (150e3, 20e3)})
    assert (inside.verdict, inside.certificate) == ("proved", "")
    assert wider.verdict == "proved"
    assert checker.verify(wider.certificate).accepted
    assert "L2 is not engaged" in wider.certificate
    assert wider.magnitude[1] == pytest.approx(math.hypot(150e3, 20e3))
    assert stage.certificates([inside, wider]) == {"certificate_without_L2.json": wider.certificate}
    assert [row.passed for row in stage.criteria([inside, wider], "test")] == [True, True]
    assert [record["certificate"] for record in stage.records([inside, wider])] == [None, "certificate_without_L2.json"]


def test_a_slack_hook_gives_no_verdict_and_a_sideways_pull_refutes(monkeypatch: pytest.MonkeyPatch, proved: Any) -> None:
    slack, aside = _found(monkeypatch, proved, {"L1": (-2e3, 0.0), "L2": (20e3, 150e3)})
    assert slack.verdict == "undecided"
    assert "slack" in slack.words
    assert aside.verdict == "refuted"
    assert checker.verify(aside.certificate).accepted
    assert [row.passed for row in stage.criteria([slack, aside], "test")] == [None, False]
