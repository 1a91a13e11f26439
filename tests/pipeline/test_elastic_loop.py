"""The loop of proof and finite elements run through with parts solved on two meshes, for the four-bar hook's own parts."""

from __future__ import annotations

import dataclasses
from importlib import import_module

import numpy as np
import pytest

from mechlock import resources
from mechlock.checks import lock_parts
from mechlock.checks.lock_compliance import LEAST_ERROR
from mechlock.checks.lock_joint_forces import proved_loads
from mechlock.checks.lock_part_model import Fineness, part_model
from mechlock.checks.lock_parts import LockPartsCheck, check_lock_parts, solved_parts
from mechlock.errors import NoVerdict
from mechlock.inputs.linkage import LinkageSource, read_linkage
from mechlock.inputs.lockparts import read_lock_parts
from mechlock.linkage.semantics import build
from mechlock.pipeline.elastic_loop import close_loop
from mechlock.proof import prove
from mechlock.proof.variants import Perturbation, derive, together
from mechlock.solids.lock import Lock, build_lock

pytestmark = pytest.mark.slow
LOCKS = resources.folder("geometry") / "locks"
checker = import_module("mechlock.proof.verify")


@pytest.fixture(scope="module")
def source() -> LinkageSource:
    return read_linkage(LOCKS / "var_i_fourbar.toml")


@pytest.fixture(scope="module")
def solved(source: LinkageSource) -> tuple[Lock, LockPartsCheck]:
    """Parts on a coarse and a slightly finer mesh, whatever their stress."""
    lock = build_lock(build(source), read_lock_parts(LOCKS / "var_i_fourbar_parts.toml"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lock_parts, "AMPLE", np.inf)
        patch.setattr(lock_parts, "LADDER", (Fineness(10, 1.4), Fineness(14, 1.5)))
        mechanism_lock = lock.mechanism.lock
        assert mechanism_lock is not None
        coarse = {part.name: part_model(lock, part, Fineness(10, 1.4)) for part in solved_parts(lock)}
        return lock, check_lock_parts(lock, proved_loads(lock, mechanism_lock.loads[0].name), coarse=coarse)


def test_every_part_was_solved_twice(solved: tuple[Lock, LockPartsCheck]) -> None:
    assert all(len(part.compliances) == 2 for part in solved[1].parts if part.compliances)
    assert any(part.compliances for part in solved[1].parts)


def test_the_loop_closes_on_two_meshes_and_its_box_is_proved(source: LinkageSource, solved: tuple[Lock, LockPartsCheck]) -> None:
    loop = close_loop(source, *solved)
    assert loop.rounds > 1
    for bound, words in loop.errors.values():
        assert bound >= LEAST_ERROR
        assert "coarser mesh" in words
    assert all(inner.inside(outer) for inner, outer in zip(loop.image.shifts, loop.box.shifts, strict=True))
    assert any("coarser mesh" in word for word in loop.box.words)
    derived = derive(source, together("bent", (loop.box,)), ("over_centre",))
    result = prove(derived, levers=False)
    assert result.verdict == "proved"
    assert checker.verify(result.certificate).accepted
    assert "coarser mesh" in result.certificate


def test_a_larger_error_between_the_meshes_widens_the_box(source: LinkageSource, solved: tuple[Lock, LockPartsCheck]) -> None:
    """The coarser mesh made stiffer by a fifth: the bound becomes twice that, and all displacements spread."""
    lock, check = solved
    parts = []
    for part in check.parts:
        before = tuple(dataclasses.replace(item, matrix=0.8 * item.matrix) for item in part.compliances[-1:])
        parts.append(dataclasses.replace(part, compliances=before + part.compliances[-1:]))
    wider = close_loop(source, lock, dataclasses.replace(check, parts=tuple(parts)))
    assert all(bound == pytest.approx(0.4, rel=1e-6) for bound, _ in wider.errors.values())
    plain = close_loop(source, lock, check)
    width = [sum(shift.high - shift.low for shift in loop.image.shifts) for loop in (plain, wider)]
    assert width[1] > 1.05 * width[0]


def test_displacements_that_run_away_give_no_verdict(source: LinkageSource, solved: tuple[Lock, LockPartsCheck]) -> None:
    lock, check = solved
    soft = [
        dataclasses.replace(part, compliances=tuple(dataclasses.replace(c, matrix=300.0 * c.matrix) for c in part.compliances))
        for part in check.parts
    ]
    with pytest.raises(NoVerdict):
        close_loop(source, lock, dataclasses.replace(check, parts=tuple(soft)))
    with pytest.raises(NoVerdict):
        close_loop(source, lock, dataclasses.replace(check, parts=()), (Perturbation("worn"),))
