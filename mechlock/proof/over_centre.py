"""The claim `over_centre`: every load presses the drive into its stop, over the whole root box."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import mechlock.proof.verify as verify
from mechlock.proof import search
from mechlock.proof.certify import Certifier, Proved
from mechlock.proof.conditions import Problem
from mechlock.proof.drive_reserve import earliest
from mechlock.proof.results import Margin, Theorem, Value, floor_float

CONFIRM = 600
"""Leaves that may be split, at least, because the checker does not prove them as they are."""

HELD = 2
"""Leaves that may be split to sharpen what inertia leaves of a load's moment."""

HOLDING = "moment or force into the stop"

SHARPER = 1
"""Leaves that a lever arm may split to become sharper."""


@dataclass(frozen=True)
class Evidence:
    """A theorem with its entry of the certificate."""

    theorem: Theorem
    entry: dict[str, Any]


def undecided(claim: str, reason: str, boxes: int = 0) -> Evidence:
    """Say that nothing was decided, and why."""
    return Evidence(Theorem(claim, "undecided", reason, boxes=boxes), {"claim": claim, "verdict": "undecided", "reason": reason})


class _OverCentre:
    def __init__(
        self, problem: Problem, budget: int, margins: bool, levers: bool, report: Callable[[str], None], certified: bool = True
    ) -> None:
        self.problem, self.certified = problem, certified
        self.claim = verify.Claim("over_centre", problem.linkage, {})
        self.goals = self.claim.parts["conditions"][0]
        self.budget, self.wider, self.levers, self.report = budget, margins, levers, report
        self.certifier = Certifier(self.goals)
        self.boxes = 0

    def run(self) -> Evidence:
        goals = self.goals
        for name in goals.linkage.loads:
            if goals.linkage.force_range(name)[0] <= 0:
                return self._refuted({"violates": f"magnitude {name}", "values": []})
        early = self._at_middle()
        if early:
            return early
        proofs: list[Proved] = []
        for name in goals.conditions:
            self.report(f"over_centre: {name}")
            found = self._condition(name)
            if isinstance(found, Evidence):
                return found
            proofs.append(found)
        return self._proved(proofs)

    def _at_middle(self) -> Evidence | None:
        """Look whether the claim fails at the middle of the root box already."""
        goals = self.goals
        middle = search.np.full(len(goals.linkage.variables), 0.5)
        linkage, scene = goals.linkage, goals.scene(verify.centre(goals.linkage.root()))
        try:
            scene.quantity("assembly")
            names = [f"lever {load}" for load in linkage.loads if scene.quantity(f"lever {load}").value[0] <= 0]
        except verify.Unknown:
            names = ["assembly"]
        for name in names:
            example = self.certifier.exact_point(middle, name, self.claim.check_counterexample)
            if example:
                return self._refuted(example)
        if names:
            return undecided("over_centre", "the sign at the middle of the root box could not be decided", self.boxes)
        return None

    def _condition(self, name: str) -> Proved | Evidence:
        """Prove a condition on the root box at once, as the checker would; search where that does not do."""
        proved = self.certifier.certify(name, ["."], 0, HELD if name.startswith("shaken") else 0)
        if proved is not None:
            self.boxes += proved.boxes
            return proved
        tree: list[int | str] = ["."]
        if name.startswith("shaken"):
            example = self.certifier.exact_point(self.certifier.worst(name), name, self.claim.check_counterexample)
            if example:
                return self._refuted(example)
        tape = self.problem.tape(name, self.goals)
        if tape is not None:
            outcome = search.search(tape, self.problem.space, self.budget)
            self.boxes += outcome.boxes
            if outcome.point is not None:
                return self._from_point(outcome.point, name)
            if outcome.tree is None:
                return undecided(
                    "over_centre", f"{name}: the budget of boxes ended before a proof or a counterexample", self.boxes
                )
            tree = outcome.tree
            if not self.certified:  # what the search has proved, by floats rounded outward
                self.goals.remember(name, 0)
                return Proved(name, Fraction(0), tree, outcome.boxes)
        confirm = CONFIRM // 10 if name.startswith(("press", "shaken")) else max(CONFIRM, len(tree))
        proved = self.certifier.certify(name, tree, min(confirm, self.budget))
        if proved is None:
            return undecided("over_centre", f"{name}: the checker's evaluation did not confirm it within the budget", self.boxes)
        self.boxes += proved.boxes if tape is None else 0
        return proved

    def _from_point(self, point: search.Array, name: str) -> Evidence:
        goals = self.goals
        factors = goals.linkage.solution["loads"]
        named = [f"lever {load}" for load in factors if name.removeprefix("factor ") in dict(factors[load])]
        for violates in ["assembly"] if name.startswith("assembly") else named:
            example = self.certifier.exact_point(point, violates, self.claim.check_counterexample)
            if example:
                return self._refuted(example)
        return undecided("over_centre", f"{name}: negative at a point where the claim itself could not be refuted", self.boxes)

    def _refuted(self, example: dict[str, Any]) -> Evidence:
        statement = verify.STATEMENTS["over_centre"]
        kind, _, key = example["violates"].partition(" ")
        words = {
            "magnitude": f"the load {key!r} may vanish, and then nothing presses the drive into its stop",
            "assembly": "the mechanism cannot be assembled",
            "shaken": f"the links' inertia outweighs the load {key!r} at its lower magnitude where the base accelerates",
        }.get(kind, f"the load {key!r} pushes the drive away from its stop")
        values = tuple(Value(v["name"], float(Fraction(v["value"])), v["unit"]) for v in example["values"])
        if kind == "magnitude":
            values = (Value(f"magnitude of {key}", 0.0, "N"),)
        theorem = Theorem("over_centre", "refuted", statement, counterexample=values, violates=words, boxes=max(1, self.boxes))
        return Evidence(
            theorem, {"claim": "over_centre", "verdict": "refuted", "statement": statement, "counterexample": example}
        )

    def _proved(self, proofs: list[Proved]) -> Evidence:
        statement = verify.STATEMENTS["over_centre"]
        margins, entries = self._margins({proof.name: proof for proof in proofs})
        entry: dict[str, Any] = {
            "claim": "over_centre",
            "verdict": "proved",
            "statement": statement,
            "conditions": [proof.entry() for proof in proofs],
            "margins": [proof.entry() for proof in entries],
            "from": "",
        }
        start = earliest(self.problem) if self.wider else None
        if start is not None:
            reserve, entry["from"], earlier = start
            entry["earlier"] = [proof.entry() for proof in earlier]
            margins.append(reserve)
        theorem = Theorem("over_centre", "proved", statement, margins[0] if margins else None, tuple(margins), boxes=self.boxes)
        return Evidence(theorem, entry)

    def _margins(self, proofs: dict[str, Proved]) -> tuple[list[Margin], list[Proved]]:
        """Reserve in mm and in degrees of the link nearest to dead centre, then the lever arm of every load."""
        margins: list[Margin] = []
        entries: list[Proved] = []
        linkage = self.goals.linkage
        trees: list[list[int | str]] = [["."], *(proof.tree for name, proof in proofs.items() if name.startswith("factor"))]
        tree: list[int | str] = max(trees, key=len)
        if len(tree) >= 600:
            tree = ["."]
        links = list(linkage.solution["margins"])
        if links:
            link = min(links, key=self._sine_at_middle)
            governs, turns = self.certifier.governing(f"reserve {link}"), self._turns(link)
            unit, words = ("mm", f"over-centre reserve: distance of the driving pivot from the line of {link}")
            if not turns:
                unit, words = "", f"over-centre reserve: cosine between the driving slide and {link}"
            for name in (f"reserve {link}", f"sine {link}"):
                proof = self.certifier.certify(name, tree, 0, SHARPER)
                if proof is None:
                    continue
                entries.append(proof)
                if name.startswith("reserve"):
                    margins.append(Margin(floor_float(proof.at_least), unit, words, governs))
                else:
                    angle = math.degrees(math.asin(min(1.0, float(proof.at_least)))) * (1.0 - 1e-12)
                    words = f"over-centre reserve: angle between the toggle links at {link}"
                    margins.append(Margin(angle, "deg", words, governs))
        for load in linkage.loads if linkage.base else ():
            words = f"{HOLDING} under {load!r}, at its least magnitude while the base accelerates"
            turns = linkage.drive.kind == "revolute"
            held = floor_float(proofs[f"shaken {load}"].at_least)
            margins.append(Margin(held, "N*mm" if turns else "N", words, self.certifier.governing(f"shaken {load}")))
        for load in linkage.loads if self.levers else ():
            name = f"lever {load}"
            lever = self.certifier.certify(name, tree, 0, SHARPER)
            if lever:
                entries.append(lever)
                unit = "mm" if linkage.drive.kind == "revolute" else ""
                words = f"lever arm of {load!r} about the drive: least generalised force per unit of load"
                margins.append(Margin(floor_float(lever.at_least), unit, words, self.certifier.governing(name)))
        return margins, entries

    def _sine_at_middle(self, link: str) -> float:
        middle = verify.centre(self.goals.linkage.root())
        low, high = self.goals.scene(middle).quantity(f"sine {link}").value
        return abs(low + high)

    def _turns(self, link: str) -> bool:
        """Whether a link's driver turns: then its reserve is a distance, and not its sine."""
        reserve, sine = self.goals.linkage.solution["margins"][link]
        return reserve != sine


def over_centre(problem: Problem, budget: int, margins: bool, levers: bool, report: Callable[[str], None]) -> Evidence:
    """Prove or refute the claim.

    Parameters
    ----------
    problem : Problem
        Linkage, checker's conditions, tapes.
    budget : int
        Boxes for each condition.
    margins : bool
        Look also how much earlier the locked interval may begin.
    levers : bool
        Prove also a bound of each load's lever arm.
    report : callable
        Takes messages of progress.
    """
    return _OverCentre(problem, budget, margins, levers, report).run()


def searched(problem: Problem, budget: int) -> Evidence:
    """Prove or refute the claim by the search alone: rigorous, but without what the checker would need of a proof.

    Parameters
    ----------
    problem : Problem
        Linkage, checker's conditions, tapes.
    budget : int
        Boxes for each condition.
    """
    return _OverCentre(problem, budget, False, False, lambda message: None, certified=False).run()
