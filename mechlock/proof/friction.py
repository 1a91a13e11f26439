"""The claim `friction`: with all friction opposing, no load by itself starts the drive the way it opens.

The effort is bounded from below by the equilibrium of every moving body, joint friction within friction circles and discs in
slots rubbing on their face; see `mechlock.proof.verify.effort`.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from mechlock.proof.certify import Certifier, Proved
from mechlock.proof.conditions import Problem
from mechlock.proof.over_centre import Evidence, undecided
from mechlock.proof.results import Margin, Theorem, Value, floor_float
from mechlock.proof.verify import ONE, STATEMENTS, Box, Claim, Real, Unknown, effort

REFINE = 2
"""Boxes that may be split to sharpen a bound that already suffices."""


def friction(case: Problem, budget: int, report: Callable[[str], None]) -> Evidence:
    """Prove or refute that friction alone holds the lock.

    Parameters
    ----------
    case : Problem
        The lock, with loads and the direction in which the drive opens.
    budget : int
        Boxes of each effort's tree; each is an interval solution of the equilibrium of all bodies.
    report : callable
        Takes messages of progress.
    """
    linkage = case.linkage
    claim = Claim("friction", linkage, {})
    goals = claim.parts["conditions"][0]
    certifier = Certifier(goals)
    for load in linkage.loads:
        if linkage.force_range(load)[0] <= 0:
            return _refuted(load, {"violates": f"magnitude {load}", "values": []})
    for load in linkage.loads:
        example = certifier.exact_point(_loosest(certifier, load), f"holds {load}", claim.check_counterexample)
        if example:
            return _refuted(load, example)
    assembly: list[Proved] = []
    for name in goals.assembly:
        proof = certifier.certify(name, ["."], budget)
        if proof is None:
            return undecided("friction", f"{name}: not proved within the budget")
        assembly.append(proof)
    return _efforts(certifier, assembly, budget, report)


def _efforts(certifier: Certifier, assembly: list[Proved], budget: int, report: Callable[[str], None]) -> Evidence:
    linkage, statement = certifier.goals.linkage, STATEMENTS["friction"]
    entries: list[dict[str, Any]] = []
    margins: list[Margin] = []
    boxes = 0
    for load in linkage.loads:
        report(f"friction: effort against {load!r}")
        proof = certifier.certify(f"holds {load}", ["."], budget, REFINE)
        if proof is None:
            return undecided(
                "friction", f"friction: the effort against {load!r} was neither proved positive nor negative", budget
            )
        boxes += proof.boxes
        entries.append(proof.entry())
        unit = "mm" if linkage.drive.kind == "revolute" else ""
        words = f"effort to open against {load!r}, all friction opposing, per unit of load, at least"
        margins.append(Margin(floor_float(proof.at_least), unit, words, certifier.governing(proof.name)))
    entry = {
        "claim": "friction",
        "verdict": "proved",
        "statement": statement,
        "margins": [],
        "conditions": [*(proof.entry() for proof in assembly), *entries],
    }
    return Evidence(Theorem("friction", "proved", statement, margins[0], tuple(margins), boxes=boxes), entry)


def _loosest(certifier: Certifier, load: str) -> np.ndarray:
    """Corner of the root box at which friction holds least: down the slopes, then one variable after the other."""
    linkage = certifier.goals.linkage
    share = certifier.worst(f"holds {load}")

    def most(shares: np.ndarray) -> int:
        values = [v.low + Fraction(float(x)) * (v.high - v.low) for v, x in zip(linkage.variables, shares, strict=True)]
        point: Box = [(value, value) for value in values]
        try:
            return effort(Real(linkage, linkage.intervals(point)), load).value[1]
        except Unknown:
            return 10**12 * ONE

    for index, variable in enumerate(linkage.variables):
        if variable.low < variable.high and not variable.name.startswith("clearance"):
            ends = (share[index], 0.0, 1.0)
            share = min((np.concatenate([share[:index], [end], share[index + 1 :]]) for end in ends), key=most)
    return share


def _refuted(load: str, example: dict[str, Any]) -> Evidence:
    values = tuple(Value(v["name"], float(Fraction(v["value"])), v["unit"]) for v in example["values"])
    words = f"the load {load!r} opens the lock against all friction"
    if example["violates"].startswith("magnitude"):
        values, words = (Value(f"magnitude of {load}", 0.0, "N"),), f"the load {load!r} may vanish, and friction with it"
    statement = STATEMENTS["friction"]
    theorem = Theorem("friction", "refuted", statement, counterexample=values, violates=words, boxes=1)
    return Evidence(theorem, {"claim": "friction", "verdict": "refuted", "statement": statement, "counterexample": example})
