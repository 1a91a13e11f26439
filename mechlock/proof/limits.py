"""How far a proved claim holds: the largest common factor on all tolerances, the least friction, by bisection on proofs.

Every trial is a proof of its own with a certificate that the independent checker accepts; just beyond the last one that was
proved stands one that was refuted or could not be decided.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import mechlock.proof.verify as verify
from mechlock.errors import InputError
from mechlock.inputs.linkage import LinkageSource, linkage_from_data
from mechlock.proof.decimals import decimal
from mechlock.proof.prover import prove
from mechlock.proof.results import Theorem

STEP = Fraction(101, 100)
"""Ratio of the first factor that is not proved to the last one that is, at most."""

ROUGH = Fraction(104, 100)
"""The same for the first look, with at most `QUICK` boxes for each condition."""

QUICK = 300

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
        data = copy.deepcopy(self.source.data)
        self.change(data, factor)
        data["lock"]["claims"] = [self.claim]
        self.report(f"{self.claim} with a factor of {float(factor):.4g}, at most {self.budget} boxes for each condition")
        try:
            return prove(linkage_from_data(data, self.source.where), budget=self.budget, levers=False).theorems[0]
        except InputError as error:  # such dimensions make no lock at all
            return Theorem(self.claim, "undecided", str(error))


def _limit(trial: Trial, words: str) -> list[Limit]:
    """Bisect with few boxes first, then with all of them from where that ended."""
    up = trial.change is _scaled
    best = trial(Fraction(1))
    if best.verdict != "proved":
        return []
    quick = replace(trial, budget=min(trial.budget, QUICK))
    good, bad = Fraction(1), Fraction(2) if up else Fraction(0)
    while up and bad <= LARGEST and (found := quick(bad)).verdict == "proved":
        good, bad, best = bad, 2 * bad, found
    good, bad, best, _ = _bisect(quick, good, bad, ROUGH, best)
    while (worst := trial(bad)).verdict == "proved":
        if bad == 0 or bad > LARGEST:
            return []
        good, bad, best = bad, max(Fraction(0), bad + 2 * (bad - good)), worst
    good, bad, best, failed = _bisect(trial, good, bad, STEP, best)
    worst = failed or worst
    governs = best.margin.governs if best.margin else ""
    if up and not _scales(trial, governs):
        governs = ""
    limit = Limit(trial.claim, float(good), "", words, float(bad), worst.verdict, governs)
    return [limit] if governs else [replace(limit, governs=_governing(trial, good))]


def _bisect(
    trial: Trial, good: Fraction, bad: Fraction, step: Fraction, best: Theorem
) -> tuple[Fraction, Fraction, Theorem, Theorem | None]:
    """Bring what is proved (`best`) and what is not within a ratio; return both, with the theorems found there."""
    failed = None
    while not (bad / good < step if bad > good else good - bad < good * (step - 1)):
        middle = Fraction(round((good + bad) * 256), 512)
        found = trial(middle)
        if found.verdict == "proved":
            good, best = middle, found
        else:
            bad, failed = middle, found
    return good, bad, best, failed


def _scales(trial: Trial, name: str) -> bool:
    """Whether a quantity's width grows with the tolerances: all but parameters that have a range of their own."""
    spec = trial.source.data.get("parameters", {}).get(name)
    return spec is None or _has_tolerance(spec)


def _governing(trial: Trial, factor: Fraction) -> str:
    """The parameter whose tolerance alone, when left out, helps the leading margin most."""
    data = copy.deepcopy(trial.source.data)
    trial.change(data, factor)
    data["lock"]["claims"] = [trial.claim]
    best, name = float("-inf"), ""
    for parameter, spec in data.get("parameters", {}).items():
        if _has_tolerance(spec):
            exact = copy.deepcopy(data)
            exact["parameters"][parameter] = spec["value"]
            theorem = prove(linkage_from_data(exact, trial.source.where), budget=trial.budget).theorems[0]
            if theorem.margin and theorem.margin.value > best:
                best, name = theorem.margin.value, parameter
    return name


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
