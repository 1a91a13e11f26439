"""Rows and record of the lock's claims for the forces of the histories."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from mechlock.checks.criterion import Criterion, lower, not_evaluated, undecided, upper
from mechlock.pipeline.history_proof import Answer, HistoryProof
from mechlock.pipeline.hook_series import Covered
from mechlock.pipeline.proof_loop import over_centre_reserve
from mechlock.units import STANDARD_GRAVITY


def history_criteria(found: HistoryProof, where: str, carrier: tuple[str, float], source: str) -> list[Criterion]:
    """Rows of the claims, of slack hooks, and of the force across the linkage's plane.

    Parameters
    ----------
    found : HistoryProof
    where : str
        The linkage.
    carrier : (name, limit)
        What carries the force across the plane, N.
    source : str
        Of the criterion.
    """
    rows = [
        _claim_row(answer, where, source, found.covered)
        for answer in found.answers
        if answer.claim != "stays_shut" or found.asks_barrier
    ]
    rows.append(_slack_row(found, source))
    rows.append(_across_row(found.covered, carrier))
    return rows


def _across_row(covered: Covered, carrier: tuple[str, float]) -> Criterion:
    """Force across the linkage's plane; what friction, tilt and positioning add to it is an upper bound."""
    worst = covered.worst("across")
    name, limit = carrier
    model = max(item.across_model for item in covered.seen)
    reason = f"{model / 1e3:.3g} kN of it from the model, the rest is the most that friction, tilt and positioning may add"
    where = f"{worst.name}, {worst.across_at}"
    item = upper(
        f"force across the plane in the histories ({name})", where, worst.across / 1e3, limit / 1e3, "kN", "design file", reason
    )
    return item if item.passed or model > limit else undecided(item, reason)


def _claim_row(answer: Answer, where: str, source: str, covered: Covered) -> Criterion:
    name = f"lock {answer.variant}: {answer.claim}"
    if answer.verdict == "undecided":
        return undecided(not_evaluated(name, where, source, ""), answer.words)
    truth = 1.0 if answer.verdict == "proved" else 0.0
    forces = f"hook forces up to {covered.worst('greatest').greatest / 1e3:.4g} kN"
    reserve = ", ".join(f"{value:.3g} {unit}" for value, unit in over_centre_reserve(answer.theorem)) if answer.theorem else ""
    said = f"proved for {forces}{f'; over-centre reserve {reserve}' if reserve else ''}" if truth else f"refuted: {answer.words}"
    return replace(lower(name, where, truth, 1.0, "proved", "certificate", said), margin=None)


def _slack_row(found: HistoryProof, source: str) -> Criterion:
    """No load set covers a slack hook: what holds its links then has to be something else."""
    worst = found.covered.worst("slack")
    if not worst.slack:
        return upper("hook slack in the histories", worst.name, 0.0, 0.0, "ms", source, "every hook presses at every moment")
    size = found.holding(worst)
    held = f"{size / 1e3:.3g} N m" if not found.sliding else f"{size:.3g} N"
    reason = (
        f"{worst.slack_at}; nothing but friction and the drive holds the links then: under "
        f"{worst.shaking / STANDARD_GRAVITY:.3g} g their inertia may turn the drive with up to {held}, "
        "which a detent or the actuator has to hold"
    )
    if math.isinf(worst.slack):
        return undecided(not_evaluated("hook slack in the histories", worst.name, source, ""), reason)
    item = upper("hook slack in the histories", worst.name, 1e3 * worst.slack, 0.0, "ms", source, reason)
    return undecided(item, reason)


def history_record(found: HistoryProof) -> dict[str, Any]:
    """Key ``histories`` of the proof's record."""
    size, unit = (1.0, "N") if found.sliding else (1e-3, "N_m")
    return {
        "load_sets": [
            {
                "name": name,
                "magnitude_N": list(forces.magnitude),
                "direction_deg": [math.degrees(angle) for angle in forces.direction],
            }
            for name, forces in found.covered.sets.items()
        ],
        "seen": [
            {
                "name": item.name,
                "least_N": item.least,
                "greatest_N": item.greatest,
                "aside_deg": math.degrees(item.aside),
                "slack_ms": None if math.isinf(item.slack) else 1e3 * item.slack,
                "slack_at": item.slack_at,
                "openings": item.openings,
                "across_N": item.across,
                f"holding_{unit}": found.holding(item) * size if item.slack else 0.0,
            }
            for item in found.covered.seen
        ],
        "claims": [
            {
                "variant": answer.variant,
                "name": answer.claim,
                "verdict": answer.verdict,
                "reason": answer.words,
                "margins": [m.payload() for m in answer.theorem.margins] if answer.theorem else [],
                "counterexample": [v.payload() for v in answer.theorem.counterexample] if answer.theorem else [],
                "certificate": file_name(answer.variant) if answer.variant in found.certificates else None,
                "asked": answer.claim != "stays_shut" or found.asks_barrier,
            }
            for answer in found.answers
        ],
        "velocity_change_m_s": found.release.velocity_change / 1e3,
    }


def file_name(variant: str) -> str:
    """File of a variant's certificate."""
    return f"certificate_{variant.replace(',', '').replace(' ', '_')}.json"


def history_certificates(found: HistoryProof) -> dict[str, str]:
    """File name and text of each certificate."""
    return {file_name(name): text for name, text in found.certificates.items()}
