"""The lock of a design: proof, rigorous reserve at the drive, parts under load, hand calculations beside them."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mechlock.checks.criterion import Criterion, lower, not_evaluated, undecided, upper
from mechlock.checks.hand_calculations import HandResult
from mechlock.checks.lock_forces import HookForce, LoadSet
from mechlock.checks.lock_hand_calculations import hand_calculations
from mechlock.checks.lock_joint_forces import HookLoad
from mechlock.checks.lock_part_model import PartModel
from mechlock.checks.lock_parts import LockPartsCheck, PartStress, check_lock_parts
from mechlock.errors import InputError
from mechlock.fem.static import StaticResult
from mechlock.inputs.acceptance import AcceptanceRow
from mechlock.inputs.design import Design
from mechlock.inputs.linkage import LinkageSource, linkage_from_data
from mechlock.linkage.mechanism import Load, Mechanism
from mechlock.proof import DRIVE_RESERVE, ProofResult, prove
from mechlock.solids.interference import TOUCH
from mechlock.solids.lock import Lock
from mechlock.solids.lock_travel import travel


@dataclass(frozen=True)
class ProvedLock:
    """A lock with what was proved of it.

    Attributes
    ----------
    lock : Lock
        Linkage and parts.
    proof : ProofResult
        The claims that the linkage file asks for.
    reserve : float
        Proved drive angle (rad) or travel (mm) past dead centre, at the least favourable stop, dimensions and clearances.
    """

    lock: Lock
    proof: ProofResult
    reserve: float

    @property
    def mechanism(self) -> Mechanism:
        """The linkage."""
        return self.lock.mechanism


def prove_lock(design: Design, lock: Lock, required: float, progress: Callable[[str], None]) -> ProvedLock:
    """Prove the claims of the lock's file, and how far past dead centre it stands.

    Parameters
    ----------
    required : float
        Reserve at the drive that the criteria ask for, in rad (turning drives).
    """
    proof = prove(design.linkage, margins=True, report=lambda message: progress(f"proof: {message}"))
    return ProvedLock(lock, proof, _reserve(design.linkage, lock.mechanism, proof, required))


def _reserve(source: LinkageSource, mechanism: Mechanism, proof: ProofResult, required: float) -> float:
    """Proved distance past dead centre; where the margin falls short, `over_centre` is proved with the required one."""
    if mechanism.lock is None or mechanism.lock.stop is None or mechanism.drive.sliding:
        return 0.0
    margins = [margin for theorem in proof.theorems for margin in theorem.margins if margin.meaning == DRIVE_RESERVE]
    proved = max((m.value if m.unit == "rad" else math.radians(m.value) for m in margins), default=0.0)
    if proved < required and prove(_earlier(source, mechanism, required), claims=("over_centre",)).verdict == "proved":
        return required
    return proved


def _earlier(source: LinkageSource, mechanism: Mechanism, reserve: float) -> LinkageSource:
    """The same linkage with a locked interval that begins `reserve` before the stop's band."""
    assert mechanism.lock is not None
    assert mechanism.lock.stop is not None
    data: dict[str, Any] = copy.deepcopy(source.data)
    band = mechanism.lock.drive
    start = band.low - reserve if mechanism.lock.stop > 0 else band.high + reserve
    data["lock"]["locked_from"] = f"{math.degrees(start)!r} deg"
    data["lock"]["claims"] = ["over_centre"]
    return linkage_from_data(data, source.where)


def proved_load(design: Design, mechanism: Mechanism) -> LoadSet:
    """Return the load set that the design compares its hook forces with.

    Raises
    ------
    InputError
        When the linkage has no load of that name.
    """
    loads: Sequence[Load] = mechanism.lock.loads if mechanism.lock is not None else ()
    for load in loads:
        if load.name == design.file.lock.load:
            magnitude, direction = (load.magnitude.low, load.magnitude.high), (load.direction.low, load.direction.high)
            return LoadSet(load.name, magnitude, direction)
    known = ", ".join(load.name for load in loads) or "none"
    raise InputError(f"the linkage has no load {design.file.lock.load!r}", f"{design.where}: lock.load", f"it has {known}")


def hook_forces(design: Design, results: Sequence[StaticResult]) -> list[HookForce]:
    """Hook forces of every case in which the locks act, split by the linkage's plane."""
    along, across = (0, 1) if design.file.lock.plane == "xz" else (1, 0)
    return [
        HookForce(result.name, name, state.pull, float(state.lateral[along]), float(state.lateral[across]))
        for result in results
        for name, state in result.locks.items()
    ]


def governing_loads(forces: Sequence[HookForce]) -> tuple[HookLoad, ...]:
    """The frame's greatest hook force, and the one that points farthest aside, as loads on the linkage's hook."""
    strongest = max(forces, key=lambda force: math.hypot(force.pull, force.in_plane))
    widest = max(forces, key=lambda force: abs(force.in_plane) / max(force.pull, 1e-9))
    chosen = dict.fromkeys((strongest, widest))
    return tuple(HookLoad(f"{force.case}, {force.lock}", (force.in_plane, force.pull)) for force in chosen)


@dataclass(frozen=True)
class LockStrength:
    """Lock parts under the governing hook forces: finite elements, and hand calculations beside them."""

    parts: LockPartsCheck
    hand: tuple[HandResult, ...]


def lock_strength(lock: Lock, loads: Sequence[HookLoad], coarse: Mapping[str, PartModel], *, quick: bool) -> LockStrength:
    """Solve the parts, whose coarse models are there, and do the hand calculations."""
    found = check_lock_parts(lock, loads, quick=quick, coarse=coarse)
    return LockStrength(found, hand_calculations(lock, found.forces, found.actuator))


def lock_criteria(proved: ProvedLock, required: float, row: AcceptanceRow) -> list[Criterion]:
    """Self-locking: every claim of the file, and the reserve past dead centre at the drive."""
    found: list[Criterion] = []
    for theorem in proved.proof.theorems:
        name, where = f"lock: {theorem.name}", proved.mechanism.name
        if theorem.verdict == "undecided":
            found.append(undecided(not_evaluated(name, where, row.source, ""), theorem.statement))
            continue
        margin = theorem.margin
        truth = 1.0 if theorem.verdict == "proved" else 0.0
        reason = f"proved; {margin.meaning}: {margin.value:.3g} {margin.unit}" if margin else theorem.verdict
        answer = lower(name, where, truth, 1.0, "proved", "certificate", reason if truth else f"refuted: {theorem.violates}")
        # a claim holds or does not; its margins are the theorem's own, in their own units
        found.append(replace(answer, margin=None))
    if proved.mechanism.drive.sliding:
        reason = "the drive slides; the criterion is stated as an angle"
        found.append(not_evaluated("lock_self_locking", "reserve at the drive", row.source, reason, "deg"))
    else:
        value = math.degrees(proved.reserve)
        reason = "proved lower bound over tolerances, clearances and stop position"
        found.append(lower("lock_self_locking", "reserve at the drive", value, math.degrees(required), "deg", row.source, reason))
    return found


def travel_criterion(lock: Lock, where: str) -> Criterion:
    """How deep parts of the lock meet on the way to its open position, without what the clamp takes elastically."""
    found = travel(lock, where)
    worst = max(found.meetings, key=lambda row: row.depth, default=None)
    end = f"{found.end:.4g} mm" if lock.mechanism.drive.sliding else f"{math.degrees(found.end):.4g} deg"
    reason = "nothing meets" if worst is None else f"{worst.first} and {worst.second} meet"
    depth, source = 0.0 if worst is None else worst.depth, "parts touch up to this depth"
    return upper("lock: parts keep clear", f"on the way to {end}", depth, TOUCH, "mm", source, reason)


def strength_criteria(strength: LockStrength, source: str) -> list[Criterion]:
    """One row per lock part by finite elements, and one per kind of hand calculation for its worst place."""
    found = [_part_row(part, source) for part in strength.parts.parts]
    worst: dict[str, HandResult] = {}
    for result in strength.hand:
        if result.name not in worst or result.margin < worst[result.name].margin:
            worst[result.name] = result
    for result in worst.values():
        compare = upper if result.sense == "upper" else lower
        where = f"{result.part}, {result.case}"
        found.append(compare(f"lock by hand: {result.name}", where, result.value, result.limit, result.unit, result.source))
    return found


def _part_row(part: PartStress, source: str) -> Criterion:
    row = upper(f"lock part: {part.part}", part.case, part.von_mises, part.limit, "MPa", source, part.material)
    if part.settled is False:
        return undecided(row, f"the stress moved by {part.change:.1%} on a finer mesh")
    return row
