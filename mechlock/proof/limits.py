"""How far a proved claim holds: the largest common factor on all tolerances, the least friction, by bisection on proofs.

Trials are made by the search alone; the last one that is proved is a proof of its own with a certificate that the independent
checker accepts, and just beyond it stands one that was refuted or could not be decided.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import mechlock.proof.verify as verify
from mechlock.errors import InputError, NoVerdict
from mechlock.inputs.linkage import LinkageSource, linkage_from_data
from mechlock.linkage.semantics import build
from mechlock.proof.certify import Certifier
from mechlock.proof.decimals import decimal
from mechlock.proof.over_centre import searched
from mechlock.proof.prover import problem, prove
from mechlock.proof.results import Theorem

CLAIM = "over_centre"

STEP = Fraction(101, 100)
"""Ratio of the first factor that is not proved to the last one that is, at most."""

LARGEST = 64
"""Factor beyond which no limit is looked for."""


@dataclass(frozen=True)
class Limit:
    """How far a claim holds.

    Attributes
    ----------
    claim : str
        The claim.
    value : float
        The last value with which it was proved.
    unit : str
        Its unit.
    meaning : str
        What it is, in words.
    beyond : float
        The nearest value looked at with which it was not proved.
    outcome : str
        The verdict there.
    governs : str
        The quantity that takes most of the margin at the limit.
    """

    claim: str
    value: float
    unit: str
    meaning: str
    beyond: float
    outcome: str
    governs: str

    def payload(self) -> dict[str, Any]:
        """As a JSON object."""
        return {
            "claim": self.claim,
            "value": self.value,
            "unit": self.unit,
            "meaning": self.meaning,
            "beyond": self.beyond,
            "outcome": self.outcome,
            "governs": self.governs,
        }


def limits(
    source: LinkageSource,
    claims: tuple[str, ...],
    *,
    budget: int,
    report: Callable[[str], None] = lambda message: None,
) -> tuple[Limit, ...]:
    """Find the limits of claims that are proved as the file stands.

    Parameters
    ----------
    source : LinkageSource
        The linkage file.
    claims : tuple of str
        Claims that are proved.
    budget : int
        Boxes for each condition of each proof.
    report : callable
        Takes messages of progress.

    Returns
    -------
    tuple of Limit
        The factor on all tolerances for each claim; for `friction` also the least share of the coefficients' lower ends.
    """
    found: list[Limit] = []
    for claim in claims:
        if any(_has_tolerance(spec) for spec in source.data.get("parameters", {}).values()):
            words = "largest common factor on the tolerances of all parameters"
            found += _limit(Trial(source, claim, budget, report, _scaled), words)
        if claim == "friction":
            words = "least share of the friction coefficients' lower ends with which it still holds"
            found += _limit(Trial(source, claim, budget, report, _rubbing), words)
    return tuple(found)


@dataclass(frozen=True)
class Trial:
    """A claim, and how a factor changes the file; a proof for each factor."""

    source: LinkageSource
    claim: str
    budget: int
    report: Callable[[str], None]
    change: Callable[[dict[str, Any], Fraction], None]

    def __call__(self, factor: Fraction) -> Theorem:
        """Prove the claim with the factor."""
        self.report(f"{self.claim} with a factor of {float(factor):.4g}, at most {self.budget} boxes for each condition")
        return self._attempt(factor, lambda source: prove(source, budget=self.budget, levers=False).theorems[0])

    def search(self, factor: Fraction) -> Theorem:
        """The same without a certificate, where the search alone can tell."""
        if self.claim != "over_centre":
            return self(factor)
        self.report(f"{self.claim} with a factor of {float(factor):.4g}, by search")
        return self._attempt(factor, lambda source: searched(problem(source, build(source)), self.budget).theorem)

    def governing(self, factor: Fraction, best: Theorem) -> str:
        """The parameter among those whose tolerance is scaled that takes most of the leading margin."""
        named = best.margin.governs if best.margin else ""
        if self.change is not _scaled or (named and _scales(self.source, named)):
            return named
        source = self._changed(factor)
        names = {name for name, spec in source.data["parameters"].items() if _has_tolerance(spec)}
        goals = problem(source, build(source)).goals
        lead = f"holds {next(iter(goals.linkage.loads))}" if self.claim == "friction" else goals.conditions[-1]
        links = goals.linkage.solution["margins"]
        return Certifier(goals).governing(f"reserve {next(iter(links))}" if links and self.claim == CLAIM else lead, names)

    def _changed(self, factor: Fraction) -> LinkageSource:
        data = copy.deepcopy(self.source.data)
        self.change(data, factor)
        data["lock"]["claims"] = [self.claim]
        return linkage_from_data(data, self.source.where)

    def _attempt(self, factor: Fraction, run: Callable[[LinkageSource], Theorem]) -> Theorem:
        try:
            return run(self._changed(factor))
        except (InputError, NoVerdict) as error:  # such dimensions make no lock at all
            return Theorem(self.claim, "undecided", str(error))


def _limit(trial: Trial, words: str) -> list[Limit]:
    """Bisect by the search, then prove what it found, a step back where that fails; nothing is said without a certificate."""
    up = trial.change is _scaled
    best = trial(Fraction(1))
    if best.verdict != "proved":
        return []
    good, bad = Fraction(1), Fraction(2) if up else Fraction(0)
    while up and bad <= LARGEST and trial.search(bad).verdict == "proved":
        good, bad = bad, 2 * bad
    worst = trial.search(bad)
    if worst.verdict == "proved":  # at the last value that is looked at
        return []
    good, bad, worst = _bisect(trial, good, bad, worst)
    while good != 1:
        found = trial(good)
        if found.verdict == "proved":
            best = found
            break
        bad, worst, good = good, found, max(Fraction(1), good / STEP) if up else min(Fraction(1), good * STEP)
    return [Limit(trial.claim, float(good), "", words, float(bad), worst.verdict, trial.governing(good, best))]


def _bisect(trial: Trial, good: Fraction, bad: Fraction, worst: Theorem) -> tuple[Fraction, Fraction, Theorem]:
    """Bring what is proved and what is not (`worst`) within a ratio; return both, and what was found of the latter."""
    while not (bad / good < STEP if bad > good else good - bad < good * (STEP - 1)):
        middle = Fraction(round((good + bad) * 256), 512)
        found = trial.search(middle)
        good, bad, worst = (middle, bad, worst) if found.verdict == "proved" else (good, middle, found)
    return good, bad, worst


def _scales(source: LinkageSource, name: str) -> bool:
    """Whether a quantity's width grows with the tolerances: all but parameters that have a range of their own."""
    spec = source.data.get("parameters", {}).get(name)
    return spec is None or _has_tolerance(spec)


def _has_tolerance(spec: Any) -> bool:
    return isinstance(spec, dict) and spec.get("tolerance") is not None


def _scaled(data: dict[str, Any], factor: Fraction) -> None:
    """Scale the tolerance of every parameter that has one."""
    for spec in data.get("parameters", {}).values():
        if _has_tolerance(spec):
            spec["tolerance"] = _times(spec["tolerance"], factor)


def _rubbing(data: dict[str, Any], factor: Fraction) -> None:
    """Scale the lower end of every coefficient of friction."""
    named = {joint["friction"] for joint in data["joints"] if isinstance(joint.get("friction"), str)}
    for name in named & set(data.get("parameters", {})):
        v = verify.variable(name, json.loads(json.dumps(data["parameters"][name]), parse_float=Fraction))
        data["parameters"][name] = {"range": [float(v.low * factor), float(v.high)]}
    for joint in data["joints"]:
        if isinstance(joint.get("friction"), (int, float)):
            joint["friction"] = float(Fraction(repr(joint["friction"])) * factor)


def _times(text: Any, factor: Fraction) -> Any:
    """Multiply a quantity by a factor, exactly, in its own unit; a pure number stays one."""
    if not isinstance(text, str):
        return float(Fraction(repr(text)) * factor)
    match = verify.QUANTITY.fullmatch(text)
    assert match is not None  # the file has been read
    return f"{decimal(Fraction(match[1]) * factor)} {match[2] or ''}".strip()
