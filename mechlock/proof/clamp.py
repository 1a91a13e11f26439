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

ANY = -Fraction(10**8)
"""A level that every margin exceeds: what is wanted is its bound, whatever that is."""

REFINE = 12
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
    moves: dict[str, tuple[Proved, Proved]] = {}
    for load in () if case.linkage.adjusted else goals.named:
        found = [certifier.certify(f"{kind} {load}", ["."], 0, REFINE, ANY) for kind in ("approach", "retreat")]
        if found[0] is None or found[1] is None:
            return undecided("clamp", f"how far the point of {load!r} moves has no bound over the whole box")
        moves[load] = found[0], found[1]  # their trees serve for the preload as well
    proofs: list[Proved] = []
    for name in names:
        kind, _, load = name.partition(" ")
        tree: list[int | str] = moves[load][0].tree if kind == "spare" and load in moves else ["."]
        proof = certifier.certify(name, tree, budget)
        if proof is None:
            return undecided("clamp", f"{name}: neither proved nor refuted within the budget")
        proofs.append(proof)
    return _proved(goals, certifier, proofs, moves)


def _proved(goals: Claim, certifier: Certifier, proofs: list[Proved], moves: dict[str, tuple[Proved, Proved]]) -> Evidence:
    bounds = {proof.name: proof.at_least for proof in proofs}
    entries: list[Proved] = []
    margins: list[Margin] = []
    for load in goals.named:
        most = certifier.certify(f"overload {load}", moves[load][1].tree if load in moves else ["."], 0, 0, ANY)
        if most is None:
            return undecided("clamp", f"the preload against {load!r} has no bound over the whole box")
        entries += [most, *moves.get(load, ())]
        least = goals.linkage.force_range(load)[0] + bounds[f"spare {load}"]
        margins += [
            Margin(floor_float(least), "N", f"preload against {load!r}, lower end: gap, residual clamp and modes use it"),
            Margin(
                -floor_float(most.at_least),
                "N",
                f"preload against {load!r}, upper end (an upper bound): release and pins use it",
            ),
        ]
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
