"""Prove the claims of a lock: `prove` takes a linkage file that has been read and returns theorems with their certificate."""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Any, get_args

import mechlock.proof.verify as verify
from mechlock.errors import InputError, NoVerdict
from mechlock.inputs.linkage import ClaimName, LinkageSource
from mechlock.linkage.mechanism import Mechanism
from mechlock.linkage.semantics import build
from mechlock.proof.can_hold import can_hold
from mechlock.proof.clamp import clamp
from mechlock.proof.conditions import Problem
from mechlock.proof.decimals import decimal
from mechlock.proof.friction import friction
from mechlock.proof.over_centre import Evidence, over_centre, undecided
from mechlock.proof.positive import positive
from mechlock.proof.release import release
from mechlock.proof.requirements import require
from mechlock.proof.results import ProofResult
from mechlock.proof.stays_shut import stays_shut

BUDGET = 20_000
"""Boxes for each condition before the verdict is `undecided`."""


METHODS = ("over_centre", "stays_shut", "clamp", "friction", "release", "positive")
NO_METHOD = "nothing can be said of this linkage"

EFFORT_BUDGET = 400
"""Boxes of the effort's tree; each is an interval solution of the equilibrium of all bodies."""


@dataclass(frozen=True)
class Effort:
    """How hard to try: boxes for each condition, whether to look for margins by bisection on proofs, and for lever arms."""

    budget: int
    margins: bool
    levers: bool


def prove(
    source: LinkageSource,
    *,
    claims: Iterable[str] | None = None,
    budget: int = BUDGET,
    margins: bool = False,
    levers: bool = True,
    case: Problem | None = None,
    report: Callable[[str], None] = lambda message: None,
) -> ProofResult:
    """Prove or refute the self-locking claims of a linkage.

    Parameters
    ----------
    source : LinkageSource
        A linkage file with a ``[lock]``.
    claims : iterable of str, optional
        Claims to look at; default those of the file.
    budget : int
        Boxes for each condition.
    margins : bool
        Find also, by bisection on proofs, how far a claim still holds beyond what the file asks.
    levers : bool
        Prove also a bound of each load's lever arm with `over_centre`; they take most of the time.
    case : Problem, optional
        What `problem` made of the same file, where it is at hand.
    report : callable
        Takes messages of progress.

    Returns
    -------
    ProofResult
        A theorem for each claim, and a certificate that the independent checker has accepted.

    Raises
    ------
    InputError
        When the file has no lock, or lacks what a claim needs.
    """
    mechanism = build(source)
    if mechanism.lock is None:
        raise InputError("there is nothing to prove: the file has no [lock]", source.where, "add a [lock] table")
    asked = tuple(dict.fromkeys(claims if claims is not None else mechanism.lock.claims))
    for claim in asked:
        if claim not in get_args(ClaimName):
            raise InputError(f"unknown claim {claim!r}", source.where, f"the claims are {', '.join(get_args(ClaimName))}")
    started = time.perf_counter()
    try:
        case = case or problem(source, mechanism)
    except NoVerdict as error:
        return unproved(asked, str(error))
    setup = time.perf_counter() - started
    evidence: list[Evidence] = []
    for claim in asked:
        started = time.perf_counter()
        found = _claim(claim, case, source, Effort(budget, margins, levers), report)
        evidence.append(replace(found, theorem=replace(found.theorem, time_s=time.perf_counter() - started)))
    report(f"symbolic solution in {setup:.2f} s")
    return _finish(source, evidence, case)


def _claim(claim: str, case: Problem, source: LinkageSource, effort: Effort, report: Callable[[str], None]) -> Evidence:
    require(claim, case.linkage, source)
    boxes = min(effort.budget, EFFORT_BUDGET)
    try:
        match claim:
            case "over_centre":
                return over_centre(case, effort.budget, effort.margins, effort.levers, report)
            case "release":
                return release(case, boxes, report)
            case "friction":
                return friction(case, boxes, report)
            case "clamp":
                return clamp(case, boxes, report)
            case "positive":
                return positive(case, boxes, report)
            case "stays_shut":
                return stays_shut(case, boxes, report)
            case _:
                return can_hold(case)
    except (verify.Unreadable, verify.Rejected) as error:
        return undecided(claim, f"{claim}: {error}")


def problem(source: LinkageSource, mechanism: Mechanism) -> Problem:
    """Read a lock as the prover sees it, with the root box of the checker.

    Raises
    ------
    NoVerdict
        When there is no closed form that covers the whole box, or the checker does not know something in the file.
    """
    try:
        return Problem(mechanism, source.data)
    except (verify.Unreadable, verify.Rejected) as error:
        raise NoVerdict(str(error)) from None


def unproved(claims: Iterable[str], reason: str) -> ProofResult:
    """Return what is left where nothing could be proved: every claim undecided, for one reason."""
    evidence = [undecided(claim, f"{claim}: {reason if claim in METHODS else NO_METHOD}") for claim in claims]
    return ProofResult(tuple(found.theorem for found in evidence), "", verify.ASSUMPTIONS)


def _finish(source: LinkageSource, evidence: list[Evidence], case: Problem) -> ProofResult:
    """Write the certificate and let the checker read it; what it does not accept is not proved."""
    text = certificate(source.data, [found.entry for found in evidence], case)
    verdict = verify.verify(text)
    if not verdict.accepted:
        reason = f"the independent checker did not accept the certificate: {verdict.reason}"
        evidence = [undecided(found.theorem.name, reason, found.theorem.boxes) for found in evidence]
        text = ""
    return ProofResult(tuple(found.theorem for found in evidence), text, verify.ASSUMPTIONS)


def certificate(data: dict[str, Any], theorems: list[dict[str, Any]], case: Problem) -> str:
    """Write a certificate with its hashes; one theorem's tree a line."""
    content: dict[str, Any] = {
        "format": verify.FORMAT,
        "linkage": data,
        "linkage_sha256": verify.digest(data),
        "assumptions": list(verify.ASSUMPTIONS),
        "root": [
            {"name": v.name, "low": decimal(v.low), "high": decimal(v.high), "unit": v.unit} for v in case.linkage.variables
        ],
        "solution": case.form.data,
        "theorems": theorems,
        "versions": {"mechlock": version("mechlock"), "python": platform.python_version()},
    }
    content["sha256"] = verify.digest(content)
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
