"""One of the frame's locks not engaged: the others carry what the frame then hands over, and are proved for those forces.

For each lock in turn the frame is solved again with that lock left out, in every load case and at both ends of the preload. The
forces of the remaining hooks are held against the proved load set; where they leave it, `over_centre` is proved anew for a set
that contains them, with a certificate of its own. A hook that is slack is told as such: nothing presses its lock shut. The parts
of a lock are solved again under the greatest of these forces and the one that points farthest aside, of each lock left out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mechlock.checks.criterion import Criterion, lower, not_evaluated, undecided
from mechlock.checks.lock_forces import Containment, LoadSet, Spread, contain
from mechlock.checks.lock_joint_forces import HookLoad
from mechlock.checks.lock_parts import coarse_models
from mechlock.errors import NoVerdict
from mechlock.fem.static import solve_static
from mechlock.inputs.design import Design
from mechlock.pipeline.frame_analysis import FrameSolution
from mechlock.pipeline.frame_model import static_cases
from mechlock.pipeline.lock_stage import (
    LockStrength,
    ProvedLock,
    governing_loads,
    hook_forces,
    lock_strength,
    strength_criteria,
)
from mechlock.proof import prove
from mechlock.proof.other_loads import LoadRange, widen

CLAIM, NOT_ENGAGED = "over_centre", "not engaged"


@dataclass(frozen=True)
class LockOff:
    """What is left when one lock is not engaged.

    Attributes
    ----------
    lock : str
        The one that is not engaged.
    verdict : str
        Of `over_centre` for the others: proved, refuted or undecided.
    words : str
    magnitude, direction : (low, high)
        Of the forces on the other hooks: N, and rad in the linkage's plane.
    loads : tuple of HookLoad
        The greatest of these forces, and the one that points farthest aside.
    certificate : str
        For the wider set; "" where the lock's own covers them.
    """

    lock: str
    verdict: str
    words: str
    magnitude: tuple[float, float]
    direction: tuple[float, float]
    loads: tuple[HookLoad, ...] = ()
    certificate: str = ""


@dataclass(frozen=True)
class LocksOff:
    """What is left when each lock in turn is not engaged.

    Attributes
    ----------
    each : tuple of LockOff
    strength : LockStrength or None
        Parts of a lock under the loads of all of them.
    reason : str
        Why the parts could not be solved; empty where they were.
    """

    each: tuple[LockOff, ...] = ()
    strength: LockStrength | None = None
    reason: str = ""


def locks_off(
    design: Design,
    solved: FrameSolution,
    proved: ProvedLock,
    load: LoadSet,
    progress: Callable[[str], None] = lambda message: None,
    *,
    quick: bool = False,
) -> LocksOff:
    """Leave each lock out in turn.

    Parameters
    ----------
    design : Design
    solved : FrameSolution
        The frame with all its locks; only its model and matrices are used.
    proved : ProvedLock
        The lock as its file has it.
    load : LoadSet
        What it was proved for.
    quick : bool
        One coarse mesh of each part only.
    """
    built = next((theorem for theorem in proved.proof.theorems if theorem.name == CLAIM), None)
    if built is None or len(solved.model.locks) < 2:
        return LocksOff()
    found: list[LockOff] = []
    for lock in solved.model.locks:
        progress(f"frame: statics without {lock.name}")
        hooks = _without(design, solved, load, lock.name)
        magnitude = min(hook.magnitude for hook in hooks), max(hook.magnitude for hook in hooks)
        direction = min(hook.direction[0] for hook in hooks), max(hook.direction[1] for hook in hooks)
        loads = tuple(
            replace(one, name=f"{one.name}, {lock.name} {NOT_ENGAGED}") for one in governing_loads([hook.force for hook in hooks])
        )
        bare = LockOff(lock.name, "undecided", "", magnitude, direction, loads)
        slack = next((hook for hook in hooks if hook.force.pull <= 0.0), None)
        if slack is not None:
            words = f"the hook of {slack.force.lock} is slack in {slack.force.case}: nothing presses its lock shut"
            found.append(replace(bare, words=words))
        elif all(hook.inside for hook in hooks):
            words = "the forces on the other hooks stay inside the proved load set"
            found.append(replace(bare, verdict=built.verdict, words=words))
        else:
            found.append(_anew(design, load, bare))
    progress("lock: parts under the forces of a frame with a lock not engaged")
    loads = [one for item in found for one in item.loads]
    try:
        return LocksOff(tuple(found), lock_strength(proved.lock, loads, coarse_models(proved.lock), quick=quick))
    except NoVerdict as error:
        return LocksOff(tuple(found), reason=str(error))


def _without(design: Design, solved: FrameSolution, load: LoadSet, off: str) -> list[Containment]:
    """Forces on the other hooks in every case in which the locks act."""
    cases = [case for case in static_cases(design, solved.model) if off in (case.supports or ())]
    left = [
        replace(
            case,
            supports=tuple(name for name in case.supports or () if name != off),
            displacements={name: moved for name, moved in case.displacements.items() if name != off},
        )
        for case in cases
    ]
    contact = design.tray.contact
    spread = Spread(contact.friction, contact.tilt, design.file.lock.positioning)
    results = solve_static(solved.system, left).results
    return [contain(force, load, spread) for force in hook_forces(design, list(results.values())) if force.lock != off]


def _anew(design: Design, load: LoadSet, bare: LockOff) -> LockOff:
    """Prove the claim for a load set that contains the forces."""
    magnitude = min(load.magnitude[0], bare.magnitude[0]), max(load.magnitude[1], bare.magnitude[1])
    direction = min(load.direction[0], bare.direction[0]), max(load.direction[1], bare.direction[1])
    words = f"Forces on a hook while {bare.lock} is not engaged, friction, tilt and positioning included."
    source = widen(design.linkage, load.name, {load.name: LoadRange(magnitude, direction)}, words, f"{bare.lock} not engaged")
    try:
        result = prove(source, claims=(CLAIM,), levers=False)
    except NoVerdict as error:
        return replace(bare, words=str(error))
    theorem = result.theorems[0]
    said = {"proved": "proved anew for a load set that contains the forces on the other hooks", "refuted": theorem.violates}
    return replace(
        bare, verdict=theorem.verdict, words=said.get(theorem.verdict, theorem.statement), certificate=result.certificate
    )


def criteria(found: LocksOff, source: str) -> list[Criterion]:
    """One row for each lock that is left out, then the strength of the other locks' parts."""
    rows: list[Criterion] = []
    for item in found.each:
        name, where = f"other locks: {CLAIM}", f"{item.lock} {NOT_ENGAGED}"
        if item.verdict == "undecided":
            rows.append(undecided(not_evaluated(name, where, source, ""), item.words))
        else:
            truth = 1.0 if item.verdict == "proved" else 0.0
            rows.append(replace(lower(name, where, truth, 1.0, "proved", "certificate", item.words), margin=None))
    if found.strength is not None:
        parts = strength_criteria(found.strength, "yield over the safety factor of the lock's parts")
        # what the actuator alone loads is the same as ever
        rows += [replace(row, name=f"other locks, {row.name}") for row in parts if row.case.endswith(NOT_ENGAGED)]
    elif found.reason:
        rows.append(undecided(not_evaluated("other locks, lock parts", "a lock not engaged", source, ""), found.reason))
    return rows


def records(found: Sequence[LockOff]) -> list[dict[str, Any]]:
    """Key ``locks_off`` of the proof's record; the strength of parts is among the criteria."""
    return [
        {
            "lock": item.lock,
            "verdict": item.verdict,
            "words": item.words,
            "least_N": item.magnitude[0],
            "greatest_N": item.magnitude[1],
            "certificate": file_name(item) if item.certificate else None,
        }
        for item in found
    ]


def file_name(item: LockOff) -> str:
    """Name of the file with the certificate of what is left."""
    return f"certificate_without_{item.lock}.json"


def certificates(found: Sequence[LockOff]) -> dict[str, str]:
    """File name and text of each certificate."""
    return {file_name(item): item.certificate for item in found if item.certificate}
