"""The claim `clamp`: stiffness times overlap keeps the preload above the least magnitude of the loads, over all tolerances."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from mechlock.proof.certify import Certifier, Proved
from mechlock.proof.conditions import Problem
from mechlock.proof.decimals import decimal
from mechlock.proof.over_centre import Evidence, undecided
from mechlock.proof.results import Margin, Theorem, Value, floor_float
from mechlock.proof.verify import STATEMENTS, Claim

ANY = Fraction(-(10**6))
"""A level (mm) that every approach exceeds: what is wanted is its bound, whatever that is."""

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
        worst = certifier.worst(f"approach {load}")
        example = certifier.exact_point(worst, f"preload {load}", goals.check_counterexample)
        if example:
            return _refuted(goals, load, example)
    proofs: dict[str, Proved] = {}
    for name in names:
        kind, _, load = name.partition(" ")
        level, splits, sharper = (ANY, 0, REFINE) if kind == "retreat" else (Fraction(0), budget, 0)
        if kind == "approach":
            needed = goals.linkage.force_range(load)[0] - goals.clamp.least(Fraction(0))
            level, sharper = needed / goals.clamp.stiffness.low, REFINE
        proof = certifier.certify(name, ["."], splits, sharper, level)
        if proof is None:
            return undecided("clamp", f"{name}: neither proved nor refuted within the budget")
        proofs[name] = proof
    return _proved(goals, proofs)


def _proved(goals: Claim, proofs: dict[str, Proved]) -> Evidence:
    preload: list[dict[str, Any]] = []
    margins: list[Margin] = []
    for load in goals.named:
        least = goals.clamp.least(proofs[f"approach {load}"].at_least if not goals.clamp.adjusted else Fraction(0))
        most = goals.clamp.most(-proofs[f"retreat {load}"].at_least if not goals.clamp.adjusted else Fraction(0))
        if least < goals.linkage.force_range(load)[0]:
            return undecided("clamp", f"the preload against {load!r} is at least {float(least):.4g} N, which is not enough")
        preload.append({"load": load, "at_least": decimal(least), "at_most": decimal(most)})
        margins += [
            Margin(floor_float(least), "N", f"preload against {load!r}, lower end: gap, residual clamp and modes use it"),
            Margin(-floor_float(-most), "N", f"preload against {load!r}, upper end (an upper bound): release and pins use it"),
        ]
    statement = STATEMENTS["clamp"]
    entry = {
        "claim": "clamp",
        "verdict": "proved",
        "statement": statement,
        "conditions": [proof.entry() for proof in proofs.values()],
        "preload": preload,
    }
    boxes = sum(proof.boxes for proof in proofs.values())
    return Evidence(Theorem("clamp", "proved", statement, margins[0], tuple(margins), boxes=boxes), entry)


def _refuted(goals: Claim, load: str, example: dict[str, Any]) -> Evidence:
    values = [Value(v["name"], float(Fraction(v["value"])), v["unit"]) for v in example["values"]]
    ends = [(goals.clamp.stiffness, goals.clamp.stiffness.low), (goals.clamp.interference, goals.clamp.interference.low)]
    values += [Value(v.name, float(end), v.unit) for v, end in [*ends, *((loss, loss.high) for loss in goals.clamp.losses)]]
    statement = STATEMENTS["clamp"]
    words = f"the preload against {load!r} falls below its lower magnitude of {float(goals.linkage.force_range(load)[0]):g} N"
    theorem = Theorem("clamp", "refuted", statement, counterexample=tuple(values), violates=words, boxes=1)
    return Evidence(theorem, {"claim": "clamp", "verdict": "refuted", "statement": statement, "counterexample": example})
