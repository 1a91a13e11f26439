"""The lock's claims proved again for the forces that the histories put on its hooks: roads, events, vibration, crash.

The load set of the linkage file is widened until it contains every moment at which a hook presses (`hook_series.cover`). For that
set the file's claims are proved anew, then once more with pins bent by those forces and worn by the swaps. What the histories
release is held against the energy barrier. Moments at which a hook is slack are told as such: no load set says anything of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from mechlock.checks.lock_forces import LoadSet, Spread
from mechlock.checks.lock_parts import LockPartsCheck
from mechlock.errors import InputError, NoVerdict
from mechlock.inputs.acceptance import AcceptanceRow
from mechlock.inputs.design import Design
from mechlock.inputs.linkage import LinkageSource
from mechlock.linkage.semantics import build
from mechlock.pipeline.elastic_loop import close_loop
from mechlock.pipeline.hook_series import Covered, HookSeries, Plane, Seen, cover, velocity_change
from mechlock.pipeline.lock_stage import ProvedLock
from mechlock.pipeline.proof_loop import CLAIM, link_masses, worn_lock
from mechlock.proof import Theorem, prove
from mechlock.proof.inertia import LinkMass, lever, sway
from mechlock.proof.other_loads import Release, shocked, widen
from mechlock.proof.prover import problem
from mechlock.proof.variants import derive, together

HISTORIES, EVERYTHING, BARRIER = "in the histories", "in the histories, bent and worn", "barrier in the histories"

OF_LOADS = ("over_centre", "friction", "clamp", "stays_shut")
"""Claims that say something of the loads in service."""

ROOM = 1.25
"""The links' inertia is taken to be worth so much more than in the lock as built; bent and worn it must stay below that."""

ATTEMPTS = 3
"""Times that the cones are opened for what the inertia is worth in the bent lock."""


@dataclass(frozen=True)
class Answer:
    """One claim for the forces of the histories.

    Attributes
    ----------
    variant : str
    claim : str
    verdict : str
        proved, refuted or undecided.
    words : str
        Why it is not proved.
    theorem : Theorem or None
    """

    variant: str
    claim: str
    verdict: str
    words: str
    theorem: Theorem | None = None


@dataclass(frozen=True)
class HistoryProof:
    """What was proved for the histories.

    Attributes
    ----------
    covered : Covered
    answers : tuple of Answer
        Of the claims, and of the barrier.
    certificates : dict of str to str
        By variant.
    sway : float
        What the links' inertia turns the drive with per acceleration of the base, t mm per rad (t for a sliding drive).
    release : Release
        What the barrier is held against.
    asks_barrier : bool
        Whether the file claims `stays_shut`.
    sliding : bool
        Whether the drive slides.
    """

    covered: Covered
    answers: tuple[Answer, ...]
    certificates: dict[str, str]
    sway: float
    release: Release
    asks_barrier: bool
    sliding: bool

    def holding(self, seen: Seen) -> float:
        """Moment (N mm) or force (N) at the drive that holds the links of a slack hook against the base's shaking."""
        return self.sway * seen.shaking


class Widened(NamedTuple):
    """A linkage with its load widened, what that covers, and in what plane and with what inertia."""

    covered: Covered
    source: LinkageSource
    plane: Plane


def prove_histories(
    design: Design,
    proved: ProvedLock,
    check: LockPartsCheck,
    load: LoadSet,
    series: Sequence[HookSeries],
    row: AcceptanceRow,
    progress: Callable[[str], None] = lambda message: None,
) -> HistoryProof:
    """Prove the lock's claims for everything that its hooks carried.

    Parameters
    ----------
    design : Design
    proved : ProvedLock
        The lock as its file has it.
    check : LockPartsCheck
        Its solved parts.
    load : LoadSet
        What it was proved for.
    series : sequence of HookSeries
    row : AcceptanceRow
        ``lock_endurance``, for the number of swaps.
    progress : callable

    Raises
    ------
    NoVerdict
        When nothing can be said of the linkage: there is no closed form.
    """
    progress("life: forces of the hooks against the proved set")
    file, masses = design.linkage.file.lock, link_masses(proved.lock)
    asked = [claim for claim in file.claims if claim in OF_LOADS] if file is not None else []
    turning, arm = _inertia(design.linkage, load.name, masses)
    spread = Spread(design.tray.contact.friction, design.tray.contact.tilt, design.file.lock.positioning)
    plane = Plane(
        0 if design.file.lock.plane == "xz" else 1, spread, ROOM * turning / arm if CLAIM in asked and arm > 0.0 else 0.0
    )
    found = _opened(design, series, load, plane)
    answers: list[Answer] = []
    certificates: dict[str, str] = {}
    if CLAIM in asked:
        progress("life: the lock in the histories, bent and worn")
        found, answer, certificates[EVERYTHING] = _everything(design, proved, check, load, series, found, row)
        answers.append(answer)
    covered, source = found.covered, found.source
    progress("life: the lock in the histories")
    first = prove(source, claims=asked, levers=False)
    certificates[HISTORIES] = first.certificate
    answers = [*(_answer(HISTORIES, theorem) for theorem in first.theorems if theorem.name != "stays_shut"), *answers]
    release = _release(design, masses, series, plane.along)
    if CLAIM in asked:
        progress("life: energy barrier of the lock in the histories")
        answer, certificates[BARRIER] = _barrier(design.linkage, load, covered, release)
        answers.append(answer)
    kept = {name: text for name, text in certificates.items() if text}
    return HistoryProof(covered, tuple(answers), kept, turning, release, "stays_shut" in asked, proved.mechanism.drive.sliding)


def _opened(design: Design, series: Sequence[HookSeries], load: LoadSet, plane: Plane) -> Widened:
    covered = cover(series, load, plane)
    return Widened(covered, widen(design.linkage, load.name, covered.sets, _words(covered, design), HISTORIES), plane)


def _inertia(source: LinkageSource, load: str, masses: Mapping[str, LinkMass]) -> tuple[float, float]:
    """What the links' inertia turns the drive with per acceleration, and a lower bound of the load's lever."""
    case = problem(source, build(source))
    return sway(case, masses), lever(case, load)


def _release(design: Design, masses: Mapping[str, LinkMass], series: Sequence[HookSeries], along: int) -> Release:
    locks = design.tray.locks
    low, high = locks.preload
    speed = max((velocity_change(item, along) for item in series), default=0.0)
    weights = {body: item.mass for body, item in masses.items()}
    return Release(weights, (locks.stiffness, locks.stiffness), (low / locks.stiffness, high / locks.stiffness), speed)


def _words(covered: Covered, design: Design) -> str:
    """Where the load sets come from, for the certificate."""
    most = covered.worst("greatest")
    return (
        f"The forces of {design.file.lock.load!r} contain those of all hooks in {len(covered.seen)} histories (greatest "
        f"{most.greatest / 1e3:.4g} kN, {most.name}) while a hook presses: their directions with contact friction, tilt and "
        "positioning, opened by the angle that the links' inertia is worth at that moment, by the prover's "
        "bounds of inertia and lever. "
        "Moments at which a hook is slack are not covered."
    )


def _answer(variant: str, theorem: Theorem) -> Answer:
    words = {"proved": "", "refuted": theorem.violates}.get(theorem.verdict, theorem.statement)
    return Answer(variant, theorem.name, theorem.verdict, words, theorem)


def _everything(
    design: Design,
    proved: ProvedLock,
    check: LockPartsCheck,
    load: LoadSet,
    series: Sequence[HookSeries],
    found: Widened,
    row: AcceptanceRow,
) -> tuple[Widened, Answer, str]:
    """`over_centre` with the pins bent by the histories' own forces and the clearances of the end of life.

    The cones are opened anew until they hold what the links' inertia is worth in the lock so bent and worn.
    """
    worn, masses = worn_lock(design, proved.lock, row), link_masses(proved.lock)
    reason = "the cones for the links' inertia do not settle"
    for _ in range(ATTEMPTS):
        try:
            loop = close_loop(found.source, proved.lock, check, (worn,))
            change = together("bent and worn", (loop.box, worn))
            turning, arm = _inertia(derive(design.linkage, change, (CLAIM,)), load.name, masses)
        except NoVerdict as error:
            reason = str(error)
            break
        if not arm > 0.0:
            reason = "bent and worn, the load's lever has no positive bound"
            break
        if turning <= found.plane.per_acceleration * arm:
            result = prove(derive(found.source, change, (CLAIM,)), levers=False)
            return found, _answer(EVERYTHING, result.theorems[0]), result.certificate
        found = _opened(design, series, load, replace(found.plane, per_acceleration=ROOM * turning / arm))
    return found, Answer(EVERYTHING, CLAIM, "undecided", reason), ""


def _barrier(source: LinkageSource, load: LoadSet, covered: Covered, release: Release) -> tuple[Answer, str]:
    """The energy that the histories release, from the greatest force to the least, against the climb to dead centre."""
    try:
        whole = widen(source, load.name, {load.name: covered.whole}, "All hook forces of the histories as one set.", BARRIER)
        found = prove(shocked(whole, release), claims=("stays_shut",))
    except (NoVerdict, InputError) as error:
        return Answer(BARRIER, "stays_shut", "undecided", str(error)), ""
    return _answer(BARRIER, found.theorems[0]), found.certificate
