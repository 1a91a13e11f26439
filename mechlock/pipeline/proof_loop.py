"""The lock proved as built, bent, worn, shaken, and all at once: the reserve that is left from one to the next.

Each variant is a linkage of its own with its own certificate. *Bent*: pins move elastically, in a box closed with the
finite-element model (`elastic_loop`). *Worn*: clearances grow by Archard's wear over the swaps of the life. *Shaken*: the base
accelerates, and the links' own masses push; the loads' cones open by what that is worth.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from mechlock.checks.lock_parts import LockPartsCheck
from mechlock.errors import NoVerdict
from mechlock.inputs.acceptance import AcceptanceRow
from mechlock.inputs.design import Design
from mechlock.linkage.semantics import build
from mechlock.pipeline.elastic_loop import ElasticLoop, close_loop
from mechlock.pipeline.endurance_stage import SADDLE, WORN, lock_wear, wear_rate
from mechlock.pipeline.lock_stage import ProvedLock
from mechlock.proof import Theorem, prove
from mechlock.proof.failures import Failure, failures
from mechlock.proof.inertia import lever
from mechlock.proof.over_centre import HOLDING
from mechlock.proof.prover import problem
from mechlock.proof.seated import Seated, seated
from mechlock.proof.variants import LinkMass, Perturbation, derive, together
from mechlock.solids.lock import Lock
from mechlock.solids.lock_pins import the_hook
from mechlock.units import STANDARD_GRAVITY

CLAIM = "over_centre"
FAILURE_BOXES = 400
"""Boxes for each condition of the proof of what a failure leaves."""

NAMES = ("as built", "bent", "worn", "shaken", "all at once")


@dataclass(frozen=True)
class Variant:
    """One variant of the lock.

    Attributes
    ----------
    name : str
    verdict : str
        Of `over_centre`: proved, refuted or undecided.
    reason : str
        Why it is not proved.
    words : tuple of str
        What is assumed besides the file.
    reserve : tuple of (value, unit)
        Proved over-centre reserve, in mm and degrees where the linkage has them.
    lever : float
        Bound of the load's lever arm from below, mm (or a pure number for a sliding drive).
    holding : float
        Least moment (N mm) or force (N) that presses the drive into its stop at the load's least magnitude.
    theorem : Theorem or None
    certificate : str
    """

    name: str
    verdict: str
    reason: str = ""
    words: tuple[str, ...] = ()
    reserve: tuple[tuple[float, str], ...] = ()
    lever: float = 0.0
    holding: float = 0.0
    theorem: Theorem | None = None
    certificate: str = ""


@dataclass(frozen=True)
class VariantProofs:
    """All variants, in order; the loop with the finite-element model (None where it could not be closed); what may fail.

    `seating` says where the hook stands while the drive's sensor reads locked, and how far its nose reaches over the bar (mm).
    """

    load: str
    sliding: bool
    variants: tuple[Variant, ...]
    loop: ElasticLoop | None
    failures: tuple[Failure, ...]
    seating: tuple[Seated, float] | None


def prove_variants(
    design: Design,
    proved: ProvedLock,
    check: LockPartsCheck,
    row: AcceptanceRow,
    progress: Callable[[str], None] = lambda message: None,
) -> VariantProofs | None:
    """Prove `over_centre` for every variant, or None where the lock does not claim it.

    Parameters
    ----------
    design : Design
    proved : ProvedLock
        The lock as built.
    check : LockPartsCheck
        Its solved parts.
    row : AcceptanceRow
        ``lock_endurance``, for the number of swaps.
    """
    built = next((theorem for theorem in proved.proof.theorems if theorem.name == CLAIM), None)
    if built is None or proved.mechanism.lock is None or proved.mechanism.lock.stop is None:
        return None
    stage = _Stage(design, proved.lock)
    arms = stage.arms()
    found = [stage.measured(Variant(NAMES[0], built.verdict, built.violates, theorem=built), arms[design.file.lock.load])]
    progress("proof: the loop with the finite-element model")
    worn = worn_lock(design, proved.lock, row)
    loop, bent = stage.attempt("bent", lambda: close_loop(design.linkage, proved.lock, check))
    shaken = Perturbation("shaken", (stage.shaking,), acceleration=design.file.lock.shaken, masses=stage.masses)
    every = None
    if loop is not None:
        start = loop.box
        every = stage.attempt("all at once", lambda: close_loop(design.linkage, proved.lock, check, (worn,), start))[0]
    cases = (
        ("bent", (loop.box,) if loop is not None else None),
        ("worn", (worn,)),
        ("shaken", (shaken,)),
        ("all at once", (every.box, worn, shaken) if every is not None else None),
    )
    for name, parts in cases:
        progress(f"proof: the lock {name}")
        if parts is None:
            found.append(Variant(name, "undecided", bent.reason if bent is not None else ""))
        else:
            found.append(stage.prove(together(name, parts)))
    broken = failures(design.linkage, budget=FAILURE_BOXES, opening=False, levers=arms, report=progress)
    progress("proof: where the hook stands while the sensor reads locked")
    seating = None if proved.mechanism.drive.sliding else _seating(design, proved.lock)
    return VariantProofs(design.file.lock.load, proved.mechanism.drive.sliding, tuple(found), loop, broken, seating)


def _seating(design: Design, lock: Lock) -> tuple[Seated, float] | None:
    """Where the hook stands while the sensor reads locked, and the reach of its nose across the pull."""
    saddle = the_hook(lock.file)[1].saddle
    try:
        found = seated(design.linkage, design.file.lock.load, design.file.lock.sensor)
    except NoVerdict:
        return None
    return found, saddle.radius * math.sin(min(saddle.nose_wrap, 0.5 * math.pi))


class _Stage:
    """The lock with the masses of its links."""

    def __init__(self, design: Design, lock: Lock) -> None:
        self.design, self.lock = design, lock
        self.masses = link_masses(lock)

    @property
    def shaking(self) -> str:
        kilograms = ", ".join(f"{body} {entry.mass * 1e3:.2f} kg" for body, entry in self.masses.items())
        return (
            f"Shaken: the base accelerates by up to {self.design.file.lock.shaken / STANDARD_GRAVITY:.3g} g in any direction of "
            f"the plane while the links rest on it ({kilograms}; an actuator's moving mass is not known). Their inertia does not "
            "add to the elastic displacements."
        )

    def attempt(self, name: str, run: Callable[[], ElasticLoop]) -> tuple[ElasticLoop | None, Variant | None]:
        try:
            return run(), None
        except NoVerdict as error:
            return None, Variant(name, "undecided", str(error))

    def prove(self, change: Perturbation) -> Variant:
        """Prove a variant."""
        try:
            still = derive(self.design.linkage, change, (CLAIM,))
            case = problem(still, build(still))
            arm = lever(case, self.design.file.lock.load)
        except NoVerdict as error:
            return Variant(change.name, "undecided", str(error), change.words)
        result = prove(still, levers=False, case=case)
        theorem = result.theorems[0]
        reason = {"proved": "", "refuted": theorem.violates}.get(theorem.verdict, theorem.statement)
        variant = Variant(change.name, theorem.verdict, reason, change.words, theorem=theorem, certificate=result.certificate)
        return self.measured(variant, arm)

    def arms(self) -> dict[str, float]:
        """Bound each load's lever arm on the lock as its file has it."""
        case = problem(self.design.linkage, self.lock.mechanism)
        return {name: lever(case, name) for name in case.linkage.loads}

    def _least(self, load: str) -> float:
        lock = self.lock.mechanism.lock
        assert lock is not None
        return lock.load(load).magnitude.low

    def measured(self, variant: Variant, arm: float) -> Variant:
        """Add the reserve of a proved variant and what presses the drive into its stop."""
        if variant.verdict != "proved" or variant.theorem is None:
            return variant
        name = self.design.file.lock.load
        reserve = over_centre_reserve(variant.theorem)
        shaken = (m.value for m in variant.theorem.margins if m.meaning.startswith(f"{HOLDING} under {name!r}"))
        return replace(variant, reserve=reserve, lever=arm, holding=next(shaken, self._least(name) * arm))


def worn_lock(design: Design, lock: Lock, row: AcceptanceRow) -> Perturbation:
    """What the swaps of the criterion ``lock_endurance`` wear off."""
    swaps, rate = row.number("N_cycles"), wear_rate(design)
    found = lock_wear(lock, design.tray.locks.preload[1], design.file.life.clamped_swing, swaps, rate)
    words = f"{WORN} {swaps:.0f} swaps, {rate:.2g} mm3/(N mm) ({design.file.life.wear_rate})."
    return Perturbation("worn", (words,), {item.place: item.depth for item in found if item.place != SADDLE})


def over_centre_reserve(theorem: Theorem) -> tuple[tuple[float, str], ...]:
    """Proved over-centre reserve, in mm and degrees where the linkage has them."""
    return tuple((m.value, m.unit) for m in theorem.margins if m.meaning.startswith("over-centre reserve: "))


def link_masses(lock: Lock) -> dict[str, LinkMass]:
    """Mass and centre of every moving body with parts, pins with the body that they are drawn in."""
    found: dict[str, LinkMass] = {}
    for body in lock.mechanism.moving:
        masses = [lock.mass_properties(part) for part in lock.parts if part.body == body]
        total = sum(item.mass for item in masses)
        if total > 0.0:
            centre = [sum(item.mass * item.centre[axis] for item in masses) / total for axis in (0, 1)]
            found[body] = LinkMass(float(total), (float(centre[0]), float(centre[1])))
    return found
