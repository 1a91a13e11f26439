"""The claim `release`: the actuator can bring the drive off its stop and past dead centre, all friction opposing.

The effort is bounded by the equilibrium of every moving body with the friction of every joint as an unknown within its
friction circle, evaluated by the checker's own interval arithmetic; nothing of it is taken from the search.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from mechlock.proof.certify import Certifier, Proved
from mechlock.proof.conditions import Problem
from mechlock.proof.decimals import decimal
from mechlock.proof.over_centre import Evidence, undecided
from mechlock.proof.results import Margin, Theorem, Value
from mechlock.proof.verify import (
    ONE,
    STATEMENTS,
    Claim,
    Goals,
    Linkage,
    Rejected,
    Unknown,
    centre,
    sign,
)

SHARES = (Fraction(1, 4), Fraction(1, 2), Fraction(1), Fraction(2))
"""How far past nominal dead centre the travel may have to go, as shares of the stop's distance from it."""

REFINE = 2
"""Boxes that may be split to sharpen a bound that already suffices."""


def release(case: Problem, budget: int, report: Callable[[str], None]) -> Evidence:
    """Prove or refute that the actuator can release the lock.

    Parameters
    ----------
    case : Problem
        The lock, with loads and limit under ``[lock.release]``.
    budget : int
        Boxes of the effort's tree.
    report : callable
        Takes messages of progress.
    """
    linkage = case.linkage
    claim = Claim("release", linkage, {})
    for load in claim.named:
        example = _exceeds(claim, load)
        if example:
            return example
    dead = dead_centre(case, claim.named[0])
    if dead is None:
        return undecided("release", "release: no dead centre was found between the stop and a quarter turn or the slide's start")
    stop = linkage.one("_drive").high if linkage.stop > 0 else linkage.one("_drive").low
    for share in SHARES:
        report(f"release: past dead centre by {float(share):g} of the stop's distance")
        to = _short(dead - linkage.stop * share * abs(stop - dead))
        try:
            goals = Claim("release", linkage, {"to": decimal(to)})
        except (Rejected, Unknown):
            continue
        proofs = _conditions(goals)
        if proofs is not None:
            return _efforts(goals, to, proofs, budget, report)
    return undecided("release", "release: the load was not proved to open the lock past dead centre everywhere in the box")


def dead_centre(case: Problem, load: str) -> Fraction | None:
    """Drive value of nominal dead centre, within a hundredth of the locked interval's scale, by bisection on the sign of Q."""
    linkage, drive = case.linkage, case.linkage.one("_drive")
    locked, step = (drive.low if linkage.stop > 0 else drive.high), Fraction(1, 2)
    goals, middle = Goals(linkage), centre(linkage.root())

    def sense(value: Fraction) -> int:
        try:
            return sign(goals.scene(linkage.with_drive(middle, value, value)).quantity(f"lever {load}").value)
        except Unknown:
            return 0

    value, previous = locked, locked
    for _ in range(60):
        previous, value = value, value - linkage.stop * step
        found = sense(value)
        if found < 0:
            break
        if found == 0:
            return None
    else:
        return None
    for _ in range(12):
        middle_value = (value + previous) / 2
        if sense(middle_value) < 0:
            value = middle_value
        else:
            previous = middle_value
    return (value + previous) / 2


def _short(value: Fraction) -> Fraction:
    return Fraction(round(value * 1000), 1000)


def _conditions(goals: Claim) -> tuple[list[Proved], list[Proved]] | None:
    """Assembly over the travel, and the signs at its end."""
    (travel, _), (end, names) = goals.parts["travel"], goals.parts["end"]
    middle = end.scene(centre(end.linkage.root()))
    if any(middle.quantity(name).value[1] <= 0 for name in names):
        return None
    assembly = [Certifier(travel).certify(name, ["."], 100) for name in travel.assembly]
    opening = [Certifier(end).certify(name, ["."], 100) for name in names]
    if any(proof is None for proof in (*assembly, *opening)):
        return None
    return [proof for proof in assembly if proof], [proof for proof in opening if proof]


def _efforts(
    goals: Claim, to: Fraction, proofs: tuple[list[Proved], list[Proved]], budget: int, report: Callable[[str], None]
) -> Evidence:
    entries: list[dict[str, Any]] = []
    certifier = Certifier(goals.parts["travel"][0])
    limit, (unit, scale) = goals.linkage.limit, _unit(goals.linkage)
    greatest, boxes = Fraction(0), 0
    for load in goals.named:
        report(f"release: effort against {load!r}")
        proof = certifier.certify(f"opens {load}", ["."], budget, REFINE)
        if proof is None:
            words = f"release: the effort against {load!r} is not proved to be within {float(limit) / scale:.4g} {unit}"
            return undecided("release", words, budget)
        boxes += proof.boxes
        greatest = max(greatest, limit - proof.at_least)
        entries.append(proof.entry())
    entry = {
        "claim": "release",
        "verdict": "proved",
        "statement": STATEMENTS["release"],
        "to": decimal(to),
        "travel": [*(proof.entry() for proof in proofs[0]), *entries],
        "end": [proof.entry() for proof in proofs[1]],
        "margins": [],
    }
    margins = (
        Margin(
            float(greatest) / scale,
            unit,
            f"greatest effort to release (an upper bound; the actuator has {float(limit) / scale:g} {unit})",
        ),
        Margin(float(limit / max(greatest, Fraction(1, 10**6)) - 1), "", "reserve of the actuator: limit over effort, less one"),
    )
    return Evidence(Theorem("release", "proved", STATEMENTS["release"], margins[0], margins, boxes=boxes), entry)


def _unit(linkage: Linkage) -> tuple[str, float]:
    return ("N*m", 1000.0) if linkage.drive.kind == "revolute" else ("N", 1.0)


def _exceeds(claim: Claim, load: str) -> Evidence | None:
    """Look for a corner of the locked interval at which the effort is above the limit for certain."""
    linkage = claim.linkage
    point = [(low + high) / 2 for low, high in linkage.root()]

    def excess(values: list[Fraction]) -> int:
        try:
            return -claim.at([(v, v) for v in values]).quantity(f"opens {load}").value[1]
        except Unknown:
            return -(10**12) * ONE

    for index, variable in enumerate(linkage.variables):
        if variable.low < variable.high and not variable.name.startswith("clearance"):
            options = [[*point[:index], end, *point[index + 1 :]] for end in (variable.low, variable.high)]
            point = max(options, key=excess)
    if excess(point) <= 0:
        return None
    values = tuple(Value(v.name, float(x), v.unit) for v, x in zip(linkage.variables, point, strict=True))
    example = {
        "violates": f"opens {load}",
        "values": [{"name": v.name, "value": decimal(x), "unit": v.unit} for v, x in zip(linkage.variables, point, strict=True)],
    }
    unit, scale = _unit(linkage)
    words = f"the effort against {load!r} is above {(excess(point) / ONE + float(linkage.limit)) / scale:.4g} {unit}"
    statement = STATEMENTS["release"]
    theorem = Theorem("release", "refuted", statement, counterexample=values, violates=words, boxes=1)
    return Evidence(theorem, {"claim": "release", "verdict": "refuted", "statement": statement, "counterexample": example})
