"""The claim `clamp`: stiffness times overlap keeps the preload above the least magnitude of the loads, over all tolerances."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from mechlock.proof.certify import Certifier, Proved
from mechlock.proof.conditions import Problem
from mechlock.proof.over_centre import Evidence, undecided
from mechlock.proof.results import Margin, Theorem, Value, floor_float
from mechlock.proof.verify import STATEMENTS, Claim

ANY = -Fraction(10**12)
"""A level that every margin exceeds: what is wanted is its bound, whatever that is."""

REFINE = 40
"""Leaves that may be split to sharpen the range of the approach."""


def clamp(case: Problem, budget: int, report: Callable[[str], None]) -> Evidence:
    """Prove or refute that the clamp guarantees the least magnitude of its loads.

    Parameters
    ----------
    case : Problem
        The lock, with ``[lock.clamp]``.
    budget : int
        Leaves that may be split for each condition.
    report : callable
        Takes messages of progress.
    """
    goals = Claim("clamp", case.linkage, {})
    where, names = goals.parts["conditions"]
    certifier = Certifier(where)
    for load in goals.named:
        report(f"clamp: {load}")
        example = certifier.exact_point(certifier.worst(f"spare {load}"), f"spare {load}", goals.check_counterexample)
        if example:
            return _refuted(goals, load, example)
    proofs: list[Proved] = []
    for name in names:
        proof = certifier.certify(name, ["."], budget, REFINE if name.startswith("spare") else 0)
        if proof is None:
            return undecided("clamp", f"{name}: neither proved nor refuted within the budget")
        proofs.append(proof)
    return _proved(goals, certifier, proofs)


def _proved(goals: Claim, certifier: Certifier, proofs: list[Proved]) -> Evidence:
    bounds = {proof.name: proof.at_least for proof in proofs}
    entries: list[Proved] = []
    margins: list[Margin] = []
    for load in goals.named:
        kinds = ("overload",) if goals.linkage.adjusted else ("overload", "approach", "retreat")
        found = [certifier.certify(f"{kind} {load}", ["."], 0, REFINE, ANY) for kind in kinds]
        entries += [proof for proof in found if proof]
        least, most = goals.linkage.force_range(load)[0] + bounds[f"spare {load}"], found[0] and -found[0].at_least
        margins.append(
            Margin(floor_float(least), "N", f"preload against {load!r}, lower end: gap, residual clamp and modes use it")
        )
        if most:
            words = f"preload against {load!r}, upper end (an upper bound): release and pins use it"
            margins.append(Margin(-floor_float(-most), "N", words))
    statement = STATEMENTS["clamp"]
    entry = {
        "claim": "clamp",
        "verdict": "proved",
        "statement": statement,
        "conditions": [proof.entry() for proof in proofs],
        "margins": [proof.entry() for proof in entries],
    }
    boxes = sum(proof.boxes for proof in proofs)
    return Evidence(Theorem("clamp", "proved", statement, margins[0], tuple(margins), boxes=boxes), entry)


def _refuted(goals: Claim, load: str, example: dict[str, Any]) -> Evidence:
    values = tuple(Value(v["name"], float(Fraction(v["value"])), v["unit"]) for v in example["values"])
    statement = STATEMENTS["clamp"]
    words = f"the preload against {load!r} falls below its lower magnitude of {float(goals.linkage.force_range(load)[0]):g} N"
    theorem = Theorem("clamp", "refuted", statement, counterexample=values, violates=words, boxes=1)
    return Evidence(theorem, {"claim": "clamp", "verdict": "refuted", "statement": statement, "counterexample": example})
