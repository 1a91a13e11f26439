"""The claim `release`: the actuator can bring the drive off its stop and past dead centre, all friction opposing.

The effort is bounded by the equilibrium of every moving body with the friction of every joint as an unknown within its
friction circle, evaluated by the checker's own interval arithmetic; nothing of it is taken from the search.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from mechlock.proof.bisection import raise_least
from mechlock.proof.certify import Certifier, Proved, round_down
from mechlock.proof.over_centre import Evidence, undecided
from mechlock.proof.results import Margin, Theorem, Value
from mechlock.proof.verify import (
    ONE,
    STATEMENTS,
    Box,
    Linkage,
    OverCentre,
    Rejected,
    Release,
    Unknown,
    decimal,
    effort,
    enclose,
    mul,
    quantity,
)

SHARES = (Fraction(1, 4), Fraction(1, 2), Fraction(1), Fraction(2))
"""How far past nominal dead centre the travel may have to go, as shares of the stop's distance from it."""

REFINE = 33
"""Boxes up to which a bound that already suffices is made sharper."""


def release(linkage: Linkage, budget: int, report: Callable[[str], None]) -> Evidence:
    """Prove or refute that the actuator can release the lock.

    Parameters
    ----------
    linkage : Linkage
        The checker's reading of the file, with loads and limit under ``[lock.release]``.
    budget : int
        Boxes of the effort's tree.
    report : callable
        Takes messages of progress.
    """
    for load in linkage.lock["release"]["loads"]:
        example = _exceeds(linkage, load)
        if example:
            return example
    dead = dead_centre(linkage, linkage.lock["release"]["loads"][0])
    if dead is None:
        return undecided("release", "release: no dead centre was found between the stop and a quarter turn or the slide's start")
    stop = _drive(linkage)[1] if linkage.stop > 0 else _drive(linkage)[0]
    for share in SHARES:
        report(f"release: past dead centre by {float(share):g} of the stop's distance")
        to = _short(dead - linkage.stop * share * abs(stop - dead))
        try:
            goals = Release(linkage, to)
        except (Rejected, Unknown):
            continue
        proofs = _conditions(goals)
        if proofs is not None:
            return _efforts(goals, proofs, budget, report)
    return undecided("release", "release: the load was not proved to open the lock past dead centre everywhere in the box")


def _drive(linkage: Linkage) -> tuple[Fraction, Fraction]:
    drive = next(v for v in linkage.variables if v.name.startswith("drive "))
    return drive.low, drive.high


def dead_centre(linkage: Linkage, load: str) -> Fraction | None:
    """Drive value of nominal dead centre, within a hundredth of the locked interval's scale, by bisection on the sign of Q."""
    low, high = _drive(linkage)
    locked, step = (low, Fraction(1, 2)) if linkage.stop > 0 else (high, Fraction(1, 2))

    def sense(value: Fraction) -> int:
        nominal = linkage.moved(value, value)
        goals = OverCentre(nominal)
        return goals.sense(load) if goals.loads else 0

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
        middle = (value + previous) / 2
        if sense(middle) < 0:
            value = middle
        else:
            previous = middle
    return (value + previous) / 2


def _short(value: Fraction) -> Fraction:
    return Fraction(round(value * 1000), 1000)


def _conditions(goals: Release) -> tuple[list[Proved], list[Proved]] | None:
    """Assembly over the travel, and the signs at its end."""
    if not goals.opens():
        return None
    assembly = [Certifier(goals.travel).certify(name, ["c"], 100) for name in goals.travel.assembly]
    opening = [Certifier(goals.end).certify(name, ["c"], 100) for name in goals.opening]
    if any(proof is None for proof in (*assembly, *opening)):
        return None
    return [proof for proof in assembly if proof], [proof for proof in opening if proof]


def _efforts(goals: Release, proofs: tuple[list[Proved], list[Proved]], budget: int, report: Callable[[str], None]) -> Evidence:
    entries: list[dict[str, Any]] = []
    greatest, boxes = Fraction(0), 0
    for load in goals.loads:
        report(f"release: effort against {load!r}")
        bound, tree, looked = _bound(goals, load, budget)
        boxes += looked
        if bound > goals.limit:
            unit, scale = _unit(goals.travel.linkage)
            return undecided(
                "release",
                f"release: the effort against {load!r} is at most {float(bound) / scale:.4g} {unit}, not proved to be within "
                f"{float(goals.limit) / scale:.4g} {unit}",
                boxes,
            )
        greatest = max(greatest, bound)
        entries.append({"quantity": f"effort {load}", "at_most": decimal(bound), "tree": tree})
    entry = {
        "claim": "release",
        "verdict": "proved",
        "statement": STATEMENTS["release"],
        "to": decimal(goals.to),
        "assembly": [proof.entry() for proof in proofs[0]],
        "opens": [proof.entry() for proof in proofs[1]],
        "effort": entries,
    }
    unit, scale = _unit(goals.travel.linkage)
    margins = (
        Margin(
            float(greatest) / scale,
            unit,
            f"greatest effort to release (an upper bound; the actuator has {float(goals.limit) / scale:g})",
        ),
        Margin(
            float(goals.limit / max(greatest, Fraction(1, 10**6)) - 1), "", "reserve of the actuator: limit over effort, less one"
        ),
    )
    return Evidence(Theorem("release", "proved", STATEMENTS["release"], margins[0], margins, boxes=boxes), entry)


def _unit(linkage: Linkage) -> tuple[str, float]:
    return ("N*m", 1000.0) if linkage.drive.kind == "R" else ("N", 1.0)


def _bound(goals: Release, load: str, budget: int) -> tuple[Fraction, list[int | str], int]:
    """Bound the effort from above by bisecting the box where the bound is greatest."""

    def value(box: Box) -> int:
        return -goals.effort(load, box)

    wanted, enough = -int(goals.limit * ONE * Fraction(4, 5)), -int(goals.limit * ONE)
    best, tree, looked = raise_least(value, goals.travel.linkage.root(), budget, (wanted, enough, REFINE))
    bound = -round_down(Fraction(best, ONE)) if best > 0 else _round_up(Fraction(-best, ONE))
    return bound, tree, looked


def _round_up(value: Fraction) -> Fraction:
    """Round up to four significant digits."""
    scale = Fraction(10) ** (len(str(int(value))) - 4)
    return (value // scale + 1) * scale


def _exceeds(linkage: Linkage, load: str) -> Evidence | None:
    """Look for a corner of the locked interval at which the effort is above the limit for certain."""
    table = linkage.lock["release"]
    limit = quantity(table["max_torque" if linkage.drive.kind == "R" else "max_force"])[0]
    force = quantity(linkage.loads[load]["magnitude"][1])[0]
    point = [(low + high) / 2 for low, high in linkage.root()]

    def least(values: list[Fraction]) -> int:
        try:
            low = effort(linkage.place(linkage.intervals([(v, v) for v in values])), load)[0]
        except Unknown:
            return -(10**12) * ONE
        return mul((low, low), enclose(force, force))[0]

    for index, variable in enumerate(linkage.variables):
        if variable.low < variable.high and not variable.name.startswith("clearance"):
            options = [[*point[:index], end, *point[index + 1 :]] for end in (variable.low, variable.high)]
            point = max(options, key=least)
    if least(point) <= enclose(limit, limit)[1]:
        return None
    values = tuple(Value(v.name, float(x), v.unit) for v, x in zip(linkage.variables, point, strict=True))
    example = {
        "violates": f"effort {load}",
        "values": [{"name": v.name, "value": decimal(x), "unit": v.unit} for v, x in zip(linkage.variables, point, strict=True)],
    }
    unit, scale = _unit(linkage)
    words = f"the effort against {load!r} is above {least(point) / ONE / scale:.4g} {unit}"
    statement = STATEMENTS["release"]
    theorem = Theorem("release", "refuted", statement, counterexample=values, violates=words, boxes=1)
    return Evidence(theorem, {"claim": "release", "verdict": "refuted", "statement": statement, "counterexample": example})
