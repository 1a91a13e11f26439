"""How much earlier the locked interval may begin: the proved distance of the stop from dead centre at the drive.

`over_centre` is proved again on longer and longer intervals; since every load presses into the stop on the whole interval, dead
centre lies before its beginning, whatever the dimensions, clearances and stop position within their intervals.
"""

from __future__ import annotations

from fractions import Fraction

from mechlock.proof.certify import Certifier, Proved
from mechlock.proof.conditions import Problem
from mechlock.proof.decimals import decimal
from mechlock.proof.results import Margin, floor_float
from mechlock.proof.verify import Goals, Linkage, Unknown, centre, quantity

MEANING = "over-centre reserve at the drive: from the stop's nearer end back to where the claim still holds"

SPLITS = 6
"""Leaves that a condition may split on one trial interval."""

FIRST = Fraction(1, 2)
"""First trial, in degrees or mm; doubled while it is proved."""

STEPS = 6
"""Bisections between the last interval that was proved and the first that was not."""


def earliest(case: Problem) -> tuple[Margin, str, list[Proved]] | None:
    """Find the earliest beginning of the locked interval for which `over_centre` is proved.

    Returns
    -------
    tuple of Margin, str and list of Proved, or None
        The reserve, where the interval begins, and the conditions there; None where no longer interval is proved.
    """
    linkage = case.linkage
    drive = linkage.one("_drive")
    begin, sense = (drive.low if linkage.stop > 0 else drive.high), linkage.stop
    best: tuple[Fraction, list[Proved]] | None = None
    good, step = Fraction(0), FIRST
    bad: Fraction | None = None
    for _ in range(STEPS + 8):
        trial = good + step if bad is None else (good + bad) / 2
        proofs = on_interval(Goals(linkage.back_to(begin - sense * trial, sense)))
        if proofs is None:
            bad = trial
        else:
            good, best, step = trial, (begin - sense * trial, proofs), 2 * step
        if bad is not None and (bad - good) * 2**STEPS <= bad:
            break
    if best is None:
        return None
    start, proofs = best
    margin = Margin(floor_float(abs(_stop_end(linkage) - start)), drive.unit, MEANING)
    return margin, decimal(start), proofs


def _stop_end(linkage: Linkage) -> Fraction:
    """The end of the stop's band that is nearer to dead centre."""
    band = linkage.lock["drive"]
    value, width = (band["value"], band.get("tolerance")) if isinstance(band, dict) else (band, None)
    nominal = quantity(value)[0]
    return nominal - linkage.stop * (quantity(width)[0] if width is not None else 0)


def on_interval(goals: Goals, splits: int = SPLITS) -> list[Proved] | None:
    """Prove the conditions of `over_centre`, or None where that fails within a few splits."""
    middle = goals.scene(centre(goals.linkage.root()))
    names = [*goals.conditions, *(f"lever {load}" for load in goals.linkage.loads)]
    try:
        if any(middle.quantity(name).value[1] <= 0 for name in names):
            return None
    except Unknown:
        return None
    certifier = Certifier(goals)
    proofs: list[Proved] = []
    for name in goals.conditions:
        proof = certifier.certify(name, ["."], splits)
        if proof is None:
            return None
        proofs.append(proof)
    return proofs
