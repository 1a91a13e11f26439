"""The claim `positive`: a face stands in the way of a tooth, so that the drive cannot go back beyond a given value."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from mechlock.proof.certify import Certifier
from mechlock.proof.conditions import Problem
from mechlock.proof.over_centre import Evidence, undecided
from mechlock.proof.results import Margin, Theorem, Value, floor_float
from mechlock.proof.verify import STATEMENTS, Claim, Goals, Unknown

WORDS = {
    "positive clear": "the tooth already stands in the face where the drive is locked",
    "positive blocked": "the tooth is still before the face at `blocked_at`: nothing stops the drive on the way there",
    "positive inner": "the tooth passes the edge of the face",
    "positive outer": "the tooth passes the far end of the face",
}
MARGINS = {
    "positive clear": "clearance of tooth and face where it is locked, at least",
    "positive blocked": "depth by which the tooth would stand behind the face at `blocked_at`, at least",
    "positive inner": "engagement at the edge of the face beyond the least one",
    "positive outer": "engagement at the far end of the face beyond the least one",
}


def positive(case: Problem, budget: int, report: Callable[[str], None]) -> Evidence:
    """Prove or refute form closure.

    Parameters
    ----------
    case : Problem
        The lock, with ``[lock.positive]``.
    budget : int
        Leaves that may be split for each condition.
    report : callable
        Takes messages of progress.
    """
    claim = Claim("positive", case.linkage, {})
    entry: dict[str, Any] = {"claim": "positive", "verdict": "proved", "statement": STATEMENTS["positive"], "margins": []}
    margins: list[Margin] = []
    boxes = 0
    for part, (where, names) in claim.parts.items():
        certifier, entry[part] = Certifier(where), []
        for name in names:
            report(f"positive: {name}")
            proof = certifier.certify(name, ["."], 0) or _refutation(claim, certifier, where, name)
            proof = proof or certifier.certify(name, ["."], budget)
            if isinstance(proof, Evidence):
                return proof
            if proof is None:
                return undecided("positive", f"{name}: neither proved nor refuted within the budget")
            boxes += proof.boxes
            entry[part].append(proof.entry())
            if name in MARGINS:
                governs = where.linkage.variables[certifier.widest(name, where.linkage.root())[0]].name
                margins.append(Margin(floor_float(proof.at_least), "mm", MARGINS[name], governs))
    margins.sort(key=lambda margin: margin.value)
    theorem = Theorem("positive", "proved", STATEMENTS["positive"], margins[0], tuple(margins), boxes=boxes)
    return Evidence(theorem, entry)


def _refutation(claim: Claim, certifier: Certifier, where: Goals, name: str) -> Evidence | None:
    violates = name if name.startswith("positive") else "assembly"
    try:
        example = certifier.exact_point(certifier.worst(name), violates, claim.check_counterexample)
    except Unknown:
        return None
    if example is None:
        return None
    values = tuple(Value(v["name"], float(Fraction(v["value"])), v["unit"]) for v in example["values"])
    words = WORDS.get(name, "the mechanism cannot be assembled")
    theorem = Theorem("positive", "refuted", STATEMENTS["positive"], counterexample=values, violates=words, boxes=1)
    entry = {"claim": "positive", "verdict": "refuted", "statement": STATEMENTS["positive"], "counterexample": example}
    return Evidence(theorem, entry)
