"""The claim `stays_shut`: the energy that it takes to push a load back over dead centre exceeds all that can be released."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from mechlock.proof.certify import Certifier, Proved, round_down, round_up
from mechlock.proof.conditions import Problem
from mechlock.proof.decimals import decimal
from mechlock.proof.drive_reserve import earliest
from mechlock.proof.over_centre import Evidence, undecided
from mechlock.proof.release import SHARES, dead_centre
from mechlock.proof.results import Margin, Theorem, Value, floor_float
from mechlock.proof.verify import ONE, STATEMENTS, Claim, Real, Rejected, Unknown, centre, enclose

JOULE = Fraction(1, 1000)
"""Joules in a N mm."""

REFINE = 8
"""Leaves that may be split to sharpen the climb."""


def stays_shut(case: Problem, budget: int, report: Callable[[str], None]) -> Evidence:
    """Prove or refute that no energy a shock can release opens the lock.

    Parameters
    ----------
    case : Problem
        The lock, with ``[lock.shock]``, the clamp's stiffness and the masses of all bodies.
    budget : int
        Leaves that may be split for each condition.
    report : callable
        Takes messages of progress.
    """
    for load in case.linkage.loads:
        report(f"stays_shut: {load}")
        found = _refutation(case, load)
        if found:
            return found
    start = earliest(case)
    if start is None:
        return undecided("stays_shut", "stays_shut: over_centre is not proved on an interval longer than the locked one")
    return _proved(Claim("stays_shut", case.linkage, {"summit": start[1]}), start[1], start[2], budget)


def _proved(goals: Claim, summit: str, conditions: list[Proved], budget: int) -> Evidence:
    locked, names = goals.parts["climb"]
    certifier = Certifier(locked)
    for proof in conditions:  # the travel of play is evaluated with what is known of the assembly by then
        goals.parts["conditions"][0].remember(proof.name, enclose(proof.at_least, proof.at_least)[1])
    climbs: list[dict[str, Any]] = []
    energies: dict[str, str] = {}
    margins: list[Margin] = []
    boxes = 0
    for name in names:
        proof = certifier.certify(name, ["."], budget, 0 if name in locked.assembly else REFINE)
        if proof is None:
            return undecided("stays_shut", f"{name}: not proved positive within the budget", boxes)
        climbs.append(proof.entry())
        boxes += proof.boxes
        if name in locked.assembly:
            continue
        load = name.removeprefix("barrier ")
        barrier = proof.at_least
        try:
            released = round_up(goals.released(load))
        except Unknown:
            return undecided("stays_shut", f"the travel of play at {load!r} has no bound over the whole box", boxes)
        words = f"against {load!r} the barrier is at least {_joules(barrier)} and at most {_joules(released)} can be released"
        if barrier <= released:
            return undecided("stays_shut", f"stays_shut: {words}", boxes)
        energies[load] = decimal(released)
        margins += [
            Margin(floor_float(barrier * JOULE), "J", f"energy barrier against {load!r}"),
            Margin(-floor_float(-released * JOULE), "J", f"energy that can be released at {load!r} (an upper bound)"),
            Margin(floor_float(round_down(barrier / released)), "", f"barrier over released energy, {load!r}"),
        ]
    statement = STATEMENTS["stays_shut"]
    entry = {"claim": "stays_shut", "verdict": "proved", "statement": statement, "summit": summit}
    entry |= {"conditions": [proof.entry() for proof in conditions], "climb": climbs, "released": energies, "margins": []}
    return Evidence(Theorem("stays_shut", "proved", statement, margins[0], tuple(margins), boxes=boxes), entry)


def _joules(energy: Fraction) -> str:
    return f"{float(energy * JOULE):.4g} J"


def _refutation(case: Problem, load: str) -> Evidence | None:
    """Look at the middle of the root box, on the way past its dead centre, for a barrier that unloading alone overcomes."""
    linkage = case.linkage
    dead = dead_centre(case, load) if linkage.stop else None
    if dead is None:
        return None
    drive = linkage.one("_drive")
    stop = drive.high if linkage.stop > 0 else drive.low
    if not _overcome(case, load, dead):
        return None
    for share in SHARES:
        to = Fraction(round((dead - linkage.stop * share * abs(stop - dead)) * 1000), 1000)
        try:
            goals = Claim("stays_shut", linkage, {"summit": decimal(to)})

            def check(example: dict[str, Any], goals: Claim = goals, to: Fraction = to) -> None:
                goals.check_counterexample(example | {"to": decimal(to)})

            middle = np.full(len(linkage.variables), 0.5)
            example = Certifier(goals.parts["climb"][0]).exact_point(middle, f"climb {load}", check)
        except (Rejected, Unknown):
            continue
        if example:
            return _refuted(goals, load, example | {"to": decimal(to)})
    return None


def _overcome(case: Problem, load: str, dead: Fraction) -> bool:
    """Whether the way to dead centre at the middle of the root box seems to take less than unloading alone releases."""
    linkage, middle = case.linkage, centre(case.linkage.root())
    ends = (middle, linkage.with_drive(middle, dead, dead))
    here, there = (Real(linkage, linkage.intervals(point)).along(load).value[0] for point in ends)
    given = Claim("stays_shut", linkage, {"summit": decimal(dead)}).given(load)
    return linkage.force_range(load)[0] * Fraction(here - there, ONE) < given


def _refuted(goals: Claim, load: str, example: dict[str, Any]) -> Evidence:
    statement = STATEMENTS["stays_shut"]
    values = tuple(Value(v["name"], float(Fraction(v["value"])), v["unit"]) for v in example["values"])
    words = f"unloading {load!r} and the shock release {_joules(goals.given(load))}, more than the barrier to dead centre takes"
    theorem = Theorem("stays_shut", "refuted", statement, counterexample=values, violates=words, boxes=1)
    return Evidence(theorem, {"claim": "stays_shut", "verdict": "refuted", "statement": statement, "counterexample": example})
