"""Partial failures of a lock: a spring that breaks, the clamp that is lost, a hook that is not engaged, an actuator by mistake.

What is left of the lock is a linkage of its own, proved like any other and with its own certificate; only the actuator is
judged by bounds of the prover: its greatest effort against the least moment with which the loads press into the stop.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mechlock.errors import InputError, NoVerdict
from mechlock.inputs.linkage import LinkageSource, linkage_from_data
from mechlock.linkage.mechanism import Mechanism
from mechlock.linkage.semantics import build
from mechlock.proof.inertia import lever
from mechlock.proof.prover import problem, prove
from mechlock.proof.verify import Rejected, Unreadable

STATIC = ("over_centre", "friction", "positive")
"""Claims that hold by themselves, without an actuator or a clamp that has failed."""


@dataclass(frozen=True)
class Failure:
    """What one failure leaves of the lock.

    Attributes
    ----------
    name : str
    verdict : str
        proved: it stays locked; refuted: it may open; undecided.
    words : str
        What that rests on.
    certificate : str
        Of the lock that is left; "" where the verdict is the prover's alone.
    """

    name: str
    verdict: str
    words: str
    certificate: str = ""

    def payload(self) -> dict[str, Any]:
        """As a JSON object, without the certificate's text."""
        return {"name": self.name, "verdict": self.verdict, "words": self.words, "certified": bool(self.certificate)}


def failures(
    source: LinkageSource,
    *,
    budget: int,
    opening: bool = True,
    levers: Mapping[str, float] | None = None,
    report: Callable[[str], None] = lambda message: None,
) -> tuple[Failure, ...]:
    """Look at every partial failure that the file knows the parts of.

    Parameters
    ----------
    source : LinkageSource
        A linkage file with a ``[lock]``.
    budget : int
        Boxes for each condition of each proof.
    opening : bool
        Prove also that an actuator switched on by mistake opens the lock, where it is not proved to be too weak.
    levers : mapping of str to float, optional
        Bound of each load's lever arm from below (`inertia.lever`), where it is known already.

    Raises
    ------
    InputError
        When the file has no lock.
    """
    if source.file.lock is None:
        raise InputError("there is no lock that could fail", source.where, "add a [lock] table")
    claims = [claim for claim in source.file.lock.claims if claim in STATIC]
    found: list[Failure] = []
    for name, data in _left(source) if claims else ():
        report(f"failure: {name}")
        data["lock"]["claims"] = claims
        data["about"] = f"{data.get('about', '')} Partial failure: {name}.".strip()
        result = prove(linkage_from_data(data, f"{source.where}, {name}"), budget=budget, levers=False)
        words = {theorem.verdict: theorem.violates or f"{theorem.name} {theorem.verdict}" for theorem in result.theorems}
        found.append(Failure(name, result.verdict, words[result.verdict], result.certificate))
    energised = _energised(source, budget, levers, opening=opening)
    return (*found, *([energised] if energised else []))


def _left(source: LinkageSource) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each failure with the linkage that it leaves."""
    for kind in ("springs", "torsion_springs"):
        for index, entry in enumerate(source.data.get(kind, [])):
            data = copy.deepcopy(source.data)
            del data[kind][index]
            yield f"spring {entry['name']!r} broken", data
    loads = source.data["lock"].get("loads", [])
    bodies = list(dict.fromkeys(load["body"] for load in loads))
    for body in bodies if len(bodies) > 1 else ():
        data = copy.deepcopy(source.data)
        data["lock"]["loads"] = [load for load in loads if load["body"] != body]
        _forget(data, {load["name"] for load in loads if load["body"] == body})
        yield f"{body!r} not engaged", data
    if source.data["lock"].get("clamp") is not None:
        data = copy.deepcopy(source.data)
        for load in data["lock"]["loads"]:
            load["magnitude"] = ["0 N", load["magnitude"][1]]
        yield "clamp lost", data


def _forget(data: dict[str, Any], gone: set[str]) -> None:
    """Take loads that are no more out of what names them."""
    for key in ("release", "clamp"):
        table = data["lock"].get(key)
        if isinstance(table, dict) and table.get("loads") is not None:
            table["loads"] = [name for name in table["loads"] if name not in gone]


def _energised(source: LinkageSource, budget: int, levers: Mapping[str, float] | None, *, opening: bool) -> Failure | None:
    """Compare the actuator's greatest effort with what presses the drive into its stop, without friction."""
    mechanism = build(source)
    lock = mechanism.lock
    if lock is None or lock.stop is None or lock.release is None or lock.release.effort is None or not lock.loads:
        return None
    name = "actuator energised by mistake"
    least = _least_holding(source, mechanism, levers)
    unit, scale = ("N", 1.0) if mechanism.drive.sliding else ("N m", 1e-3)
    effort = lock.release.effort * scale
    if least is not None and least * scale > effort:
        words = f"the loads press into the stop with {least * scale:.4g} {unit} at least, the actuator has {effort:.4g} {unit}"
        return Failure(name, "proved", words)
    if opening and lock.release.loads:
        result = prove(source, claims=("release",), budget=budget)
        if result.verdict == "proved":
            words = "release is proved: it opens the lock under its release loads, so something positive has to stand in its way"
            return Failure(name, "refuted", words, result.certificate)
    held = "nothing is known of what presses into the stop" if least is None else f"only {least * scale:.4g} {unit} are proved"
    return Failure(name, "undecided", f"{held}, the actuator has {effort:.4g} {unit}")


def _least_holding(source: LinkageSource, mechanism: Mechanism, levers: Mapping[str, float] | None) -> float | None:
    """Least moment (N mm) or force (N) into the stop under any one load at its least magnitude, without friction."""
    assert mechanism.lock is not None
    if levers is None:
        try:
            case = problem(source, mechanism)
            levers = {load.name: lever(case, load.name) for load in mechanism.lock.loads}
        except (NoVerdict, Unreadable, Rejected):
            return None
    return min(levers[load.name] * load.magnitude.low for load in mechanism.lock.loads)
