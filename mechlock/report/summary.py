"""The answer in words: does the lock hold, does the frame hold, how much lighter is it, and what is not known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mechlock.report.criteria import Row, governing, rows
from mechlock.report.numbers import is_number, number, percent, with_unit

VERDICTS = {"pass": "passes", "fail": "fails", "undecided": "is undecided"}
_CLAIMS = {
    "over_centre": "stays over centre",
    "stays_shut": "stays shut under shock",
    "clamp": "keeps its clamp",
    "friction": "is held by friction",
    "positive": "is held by form",
}
_NOT_HOLDING = ("release", "can_hold")
"""Theorems that say nothing of whether the lock stays locked."""


@dataclass(frozen=True)
class MassComparison:
    """The fair comparison of frame masses in kg; figures are None where a stage did not run.

    Attributes
    ----------
    frame, as_built, same_criteria : float or None
        The frame, the conventional frame as the trade builds it, and that one brought down in its own steel until
        a further step fails a criterion.
    saved, from_steel, from_sizing : float or None
        as_built - frame, and its exact split: same_criteria - frame and as_built - same_criteria.
    """

    frame: float | None
    as_built: float | None
    same_criteria: float | None
    saved: float | None
    from_steel: float | None
    from_sizing: float | None


def mass_comparison(results: dict[str, Any]) -> MassComparison:
    """Return the masses that are compared and the steel's own share in what is saved."""
    mass = results["mass"]
    frame, built = _figure(mass["frame_kg"]), _figure(mass["baseline_kg"])
    same, gain = _figure(mass.get("same_criteria_kg")), _figure(mass["reduction_same_criteria_percent"])
    if same is None and gain is not None and frame is not None and gain < 100.0:
        same = frame / (1.0 - gain / 100.0)
    return MassComparison(frame, built, same, _minus(built, frame), _minus(same, frame), _minus(built, same))


def proof_line(results: dict[str, Any]) -> str:
    """Return the theorems' verdicts on one line."""
    parts = [
        f"{theorem['name'].replace('_', ' ')} {theorem['verdict']}{_reserve(theorem)}" for theorem in results["proof"]["theorems"]
    ]
    return "; ".join(parts) if parts else "no theorem was asked for"


def mass_line(results: dict[str, Any]) -> str:
    """Return the comparison of masses on one line."""
    mass, compared = results["mass"], mass_comparison(results)
    if compared.frame is None:
        return f"not evaluated{': ' + mass['reason'] if mass.get('reason') else ''}"
    parts = [f"frame {number(compared.frame, 4)} kg"]
    if compared.as_built is not None:
        parts.append(f"conventional as built {number(compared.as_built, 4)} kg ({lighter(mass['reduction_percent'])})")
    if is_number(mass["reduction_same_criteria_percent"]):
        parts.append(
            f"re-optimised in its own steel {number(compared.same_criteria, 4)} kg "
            f"({lighter(mass['reduction_same_criteria_percent'])})"
        )
    return ", ".join(parts)


def answer(results: dict[str, Any]) -> tuple[str, ...]:
    """Return the sentences that answer the engineer's question, in order: lock, frame, mass, what is not known."""
    found = rows(results)
    lock = tuple(row for row in found if row.group == "lock")
    frame = tuple(row for row in found if row.group in ("frame", "modes"))
    rest = tuple(row for row in found if row.group in ("mass", "package"))
    sentences = [_lock_sentence(results, lock), _rows_sentence("The frame", frame), _mass_sentence(results)]
    sentences += [
        f"The evidence is not sound: {row.place} ({row.remark})."
        for row in found
        if row.group == "evidence" and row.status != "passed"
    ]
    sentences += [f"Beside these, a target is missed: {_figures(row)}." for row in rest if row.status == "failed"]
    sentences.append(_unknown_sentence(found))
    return tuple(sentence for sentence in sentences if sentence)


def headline(results: dict[str, Any]) -> str:
    """Return the verdict with what governs it."""
    row = governing(results)
    head = f"The design {VERDICTS[results['verdict']]}"
    if row is None:
        return f"{head}."
    return f"{head}; {row.place} governs with a margin of {percent(row.margin)}."


def _lock_sentence(results: dict[str, Any], found: tuple[Row, ...]) -> str:
    holding = [theorem for theorem in results["proof"]["theorems"] if theorem["name"] not in _NOT_HOLDING]
    if not holding:
        return "That the lock holds was not proved."
    refuted = _named(holding, "refuted")
    open_ = _named(holding, "undecided")
    if refuted:
        return f"The lock does not hold: {refuted} is refuted, with a counterexample below."
    if open_:
        return f"Whether the lock holds is undecided: {open_} is neither proved nor refuted."
    claims = " and ".join(_CLAIMS.get(str(theorem["name"]), str(theorem["name"])) for theorem in holding)
    said = f"The lock holds: that it {claims} is proved for every combination of the tolerances and loads listed below."
    release = [theorem for theorem in results["proof"]["theorems"] if theorem["name"] == "release"]
    if release:
        ending = {"proved": "proved too", "refuted": "refuted", "undecided": "undecided"}[release[0]["verdict"]]
        said = f"{said} That it can be released is {ending}."
    failed = [row for row in found if row.status == "failed"]
    if failed:
        return f"{said} But the lock fails {len(failed)} of its criteria, worst {_figures(failed[0])}."
    return said


def _named(theorems: list[dict[str, Any]], verdict: str) -> str:
    return ", ".join(theorem["name"].replace("_", " ") for theorem in theorems if theorem["verdict"] == verdict)


def _rows_sentence(subject: str, found: tuple[Row, ...]) -> str:
    failed = [row for row in found if row.status == "failed"]
    undecided = [row for row in found if row.status == "undecided"]
    passed = [row for row in found if row.status == "passed"]
    if failed:
        return f"{subject} does not hold: {len(failed)} of {len(found)} criteria fail, worst {_figures(failed[0])}."
    if undecided:
        return f"Whether {subject.lower()} holds is undecided: {undecided[0].place} ({undecided[0].remark or 'no reason given'})."
    if passed:
        worst = next((row for row in passed if row.margin is not None), None)
        closest = f"; the closest is {_figures(worst)}" if worst else ""
        return f"{subject} holds in every criterion that was evaluated ({len(passed)}){closest}."
    return f"{subject} was not evaluated." if found else ""


def _mass_sentence(results: dict[str, Any]) -> str:
    mass, compared = results["mass"], mass_comparison(results)
    if compared.frame is None or compared.saved is None:
        return f"Its mass was not compared{': ' + mass['reason'] if mass.get('reason') else ''}."
    text = (
        f"The welded frame weighs {number(compared.frame, 4)} kg, {lighter(mass['reduction_percent'])} than the conventional "
        f"frame as built ({number(compared.as_built, 4)} kg)"
    )
    if compared.same_criteria is None or compared.from_steel is None:
        return f"{text}; the conventional frame was not re-optimised in its own steel, so the steel's share is not known."
    return (
        f"{text} and {lighter(mass['reduction_same_criteria_percent'])} than that frame re-optimised in its own steel "
        f"({number(compared.same_criteria, 4)} kg): of the {number(compared.saved)} kg saved, {number(compared.from_steel)} kg "
        f"are the steel's and {number(compared.from_sizing)} kg come from sizing the walls to the criteria."
    )


def _unknown_sentence(found: tuple[Row, ...]) -> str:
    missing = [row for row in found if row.status == "not evaluated"]
    if not missing:
        return ""
    names = ", ".join(dict.fromkeys(row.place for row in missing))
    return f"Not evaluated, and therefore not shown to hold: {names}."


def _figures(row: Row) -> str:
    value, limit = with_unit(row.value, row.unit), with_unit(row.limit, row.unit)
    return f"{row.place}, {value} against {limit}, margin {percent(row.margin)}"


def _reserve(theorem: dict[str, Any]) -> str:
    margin = theorem.get("margin")
    if not margin or not is_number(margin.get("value")):
        return ""
    sign = "≥" if theorem["verdict"] == "proved" else "="
    return f" ({margin['meaning']} {sign} {with_unit(margin['value'], margin['unit'])})"


def lighter(reduction: Any) -> str:
    """Write a reduction in % of a mass as "15 % lighter", or "3 % heavier" where it is none."""
    if not is_number(reduction):
        return "comparison not available"
    return f"{percent(abs(float(reduction)) / 100.0, signed=False)} {'lighter' if float(reduction) >= 0 else 'heavier'}"


def _figure(value: Any) -> float | None:
    return float(value) if is_number(value) else None


def _minus(first: float | None, second: float | None) -> float | None:
    return None if first is None or second is None else first - second
