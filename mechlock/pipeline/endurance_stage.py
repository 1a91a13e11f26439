"""Wear of the lock over the swaps of a life: clearances that grow, the clamp that is lost, and the claims proved again.

Archard: a bearing wears by its rate times pressure times sliding. Every pin is taken to carry its share of the greatest clamp
over the whole swing in which the clamp builds up, which is more than it does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from mechlock.checks.criterion import Criterion, lower, not_evaluated, undecided
from mechlock.checks.lock_hand_calculations import hand_calculations
from mechlock.checks.lock_joint_forces import HookLoad, LockForces, lock_forces
from mechlock.errors import InputError, NoVerdict
from mechlock.inputs.acceptance import AcceptanceRow
from mechlock.inputs.design import Design
from mechlock.life.wear import WEAR_RATES, clamp_after_wear
from mechlock.loads.duty import Duty
from mechlock.pipeline.frame_analysis import FrameAnalysis
from mechlock.pipeline.frame_model import PRELOADS, REST
from mechlock.pipeline.lock_stage import ProvedLock
from mechlock.proof import ProofResult, prove
from mechlock.proof.prover import unproved
from mechlock.proof.variants import Perturbation, derive
from mechlock.solids.lock import Lock
from mechlock.solids.lock_pins import the_hook

SADDLE = "saddle"
"""The hook's contact with the striker bar, beside the pins."""

WORN = (
    "Worn: clearances have grown by Archard's wear over the swaps of the life, every pin under the greatest clamp over the whole "
    "swing in which the clamp builds up."
)

_STEPS = 21


@dataclass(frozen=True)
class Wear:
    """Wear of one bearing.

    Attributes
    ----------
    place : str
        Joint of the linkage, or the hook's saddle.
    pressure : float
        Mean, at the greatest clamp, MPa.
    sliding : float
        Over the life, mm.
    depth : float
        mm.
    lost : float
        Travel of the hook's saddle that it costs, mm.
    """

    place: str
    pressure: float
    sliding: float
    depth: float
    lost: float


@dataclass(frozen=True)
class Endurance:
    """A lock at the end of its life.

    Attributes
    ----------
    swaps : float
    rate : float
        Specific wear rate, mm³/(N mm).
    wear : tuple of Wear
    clamp : (before, after)
        Least clamp, N.
    needed : float
        Clamp at which the first seat would lose its pressure in a limit case, N.
    needed_case : str
    proof : ProofResult
        The claims of the linkage file with the worn clearances.
    """

    swaps: float
    rate: float
    wear: tuple[Wear, ...]
    clamp: tuple[float, float]
    needed: float
    needed_case: str
    proof: ProofResult


def endurance(
    design: Design,
    analysis: FrameAnalysis,
    proved: ProvedLock,
    duty: Duty,
    row: AcceptanceRow,
    progress: Callable[[str], None] = lambda message: None,
) -> Endurance:
    """Wear the lock over the swaps of the duty spectrum, at least as many as the criterion asks for.

    Raises
    ------
    InputError
        When the design names a bearing condition that is not known.
    """
    progress("life: wear of the lock")
    section, locks = design.file.life, design.tray.locks
    rate = wear_rate(design)
    swaps = max(row.number("N_cycles"), duty.swaps * duty.years)
    wear = lock_wear(proved.lock, locks.preload[1], section.clamped_swing, swaps, rate)
    lost = sum(item.lost for item in wear)
    before = locks.preload[0]
    needed, case = _needed(design, analysis)
    progress("life: proof of the worn lock")
    depths = {item.place: item.depth for item in wear}
    worn = Perturbation("worn", (WORN,), {name: depth for name, depth in depths.items() if name != SADDLE})
    try:
        proof = prove(derive(design.linkage, worn), report=lambda message: progress(f"life: worn lock, {message}"))
    except NoVerdict as error:
        proof = unproved(design.linkage.file.lock.claims if design.linkage.file.lock is not None else (), error.what)
    return Endurance(swaps, rate, wear, (before, clamp_after_wear(before, locks.stiffness, lost)), needed, case, proof)


def wear_rate(design: Design) -> float:
    """Specific wear rate of the design's bearing condition, mm³/(N mm).

    Raises
    ------
    InputError
        When the condition is not known.
    """
    name = design.file.life.wear_rate
    if name not in WEAR_RATES:
        raise InputError(f"unknown bearing condition {name!r}", f"{design.where}: life.wear_rate", f"use {', '.join(WEAR_RATES)}")
    return WEAR_RATES[name]


def lock_wear(lock: Lock, clamp: float, swing: float, swaps: float, rate: float) -> tuple[Wear, ...]:
    """Wear of every pin and of the saddle.

    Parameters
    ----------
    clamp : float
        N, at its greatest.
    swing : float
        Turn of the drive over which the clamp builds up, rad.
    swaps : float
    rate : float
        Specific wear rate, mm³/(N mm).
    """
    forces = lock_forces(lock, (HookLoad("clamp", (0.0, clamp)),))
    pressure = _pressures(lock, forces)
    turned, slid = _sliding(lock, swing)
    found: list[Wear] = []
    for joint in lock.mechanism.joints:
        if joint.name not in pressure or joint.pin_radius is None:
            continue
        sliding = 2.0 * swaps * joint.pin_radius * turned[joint.name]
        depth = rate * pressure[joint.name] * sliding
        # virtual work: play along a pin's force moves the saddle by the ratio of that force to the clamp
        found.append(Wear(joint.name, pressure[joint.name], sliding, depth, depth * float(forces.size(joint.name)[0]) / clamp))
    name, hook = the_hook(lock.file)
    mean = clamp / (2.0 * hook.saddle.radius * lock.file.bodies[name].thickness)
    sliding = 2.0 * swaps * slid
    found.append(Wear(SADDLE, mean, sliding, rate * mean * sliding, rate * mean * sliding))
    return tuple(found)


def _pressures(lock: Lock, forces: LockForces) -> dict[str, float]:
    """Greatest mean bearing pressure at each joint, MPa."""
    found: dict[str, float] = {}
    for result in hand_calculations(lock, forces):
        _, _, joint = result.part.rpartition(" at ")
        if result.name == "bearing pressure":
            found[joint] = max(found.get(joint, 0.0), result.value)
    return found


def _sliding(lock: Lock, swing: float) -> tuple[dict[str, float], float]:
    """How far each joint turns (rad) and the saddle travels (mm) while the drive leaves the stop by `swing`."""
    mechanism = lock.mechanism
    stop = mechanism.lock.stop if mechanism.lock is not None and mechanism.lock.stop is not None else 1
    drives = np.linspace(lock.drive, lock.drive - stop * swing, _STEPS)
    placed = lock.placements(drives)
    angle = {body: np.unwrap([place[body].angle for place in placed]) for body in placed[0]}
    turned = {
        joint.name: float(np.abs(np.diff(angle[joint.second.body] - angle[joint.first.body])).sum())
        for joint in mechanism.joints
        if joint.first.body in angle and joint.second.body in angle
    }
    name, hook = the_hook(lock.file)
    crown = dict(lock.points[name])[hook.saddle.point]
    path = np.array([place[name].to_ground(crown) for place in placed])
    return turned, float(np.linalg.norm(np.diff(path, axis=0), axis=1).sum())


def _needed(design: Design, analysis: FrameAnalysis) -> tuple[float, str]:
    """Clamp at which the least pressed seat under a lock would open in a limit case, N, and that case."""
    places = {name.partition("_")[2] for name in design.tray.locks.on}
    least = [
        (pad.force, f"{result.name.partition(', ')[0]}, {name}")
        for result in analysis.static.results.values()
        if result.name.endswith(f", {PRELOADS[0]} preload") and not result.name.startswith(REST)
        for name, pad in result.pads.items()
        if name.partition("_")[2] in places
    ]
    if not least:
        return 0.0, "no limit case"
    force, case = min(least)
    return max(0.0, design.tray.locks.preload[0] - force), case


def endurance_criteria(found: Endurance, row: AcceptanceRow) -> list[Criterion]:
    """``lock_endurance``: the clamp left, and the claims of the worn lock."""
    before, after = found.clamp
    worst = max(found.wear, key=lambda item: item.lost)
    reason = (
        f"{before / 1e3:.1f} kN before; {sum(item.lost for item in found.wear):.3f} mm lost, most at {worst.place}; "
        f"limit: a seat opens in {found.needed_case}"
    )
    case = f"clamp after {found.swaps:.0f} swaps"
    rows = [lower(row.name, case, after / 1e3, found.needed / 1e3, "kN", row.source, reason)]
    for theorem in found.proof.theorems:
        where = f"worn lock: {theorem.name}"
        if theorem.verdict == "undecided":
            rows.append(undecided(not_evaluated(row.name, where, row.source, ""), theorem.statement))
            continue
        margin = theorem.margin
        reserve = f"; {margin.meaning}: {margin.value:.3g} {margin.unit}" if margin else ""
        truth = 1.0 if theorem.verdict == "proved" else 0.0
        said = f"proved with the worn clearances{reserve}" if truth else f"refuted: {theorem.violates}"
        item = lower(row.name, where, truth, 1.0, "proved", "certificate", said)
        rows.append(replace(item, margin=None))
    return rows
