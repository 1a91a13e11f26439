"""What a check says of the lock's variants: their criteria, the record of results, and the certificates' files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mechlock.checks.criterion import Criterion, lower, not_evaluated, undecided, upper
from mechlock.inputs.acceptance import AcceptanceRow
from mechlock.pipeline.elastic_loop import ElasticLoop
from mechlock.pipeline.proof_loop import CLAIM, VariantProofs
from mechlock.proof.seated import Seated


def variant_criteria(found: VariantProofs | None, where: str, row: AcceptanceRow) -> list[Criterion]:
    """One row for each variant but the lock as built, which has its own."""
    rows: list[Criterion] = []
    for variant in found.variants[1:] if found is not None else ():
        name = f"lock {variant.name}: {CLAIM}"
        if variant.verdict == "undecided":
            rows.append(undecided(not_evaluated(name, where, row.source, ""), variant.reason))
            continue
        truth = 1.0 if variant.verdict == "proved" else 0.0
        reserve = ", ".join(f"{value:.3g} {unit}" for value, unit in variant.reserve)
        said = f"proved; over-centre reserve {reserve}" if truth else f"refuted: {variant.reason}"
        rows.append(replace(lower(name, where, truth, 1.0, "proved", "certificate", said), margin=None))
    if found is not None and found.seating is not None:
        stands, reach = found.seating
        aside = max(abs(end) for end in stands.across)
        reason = "the sensor's reading implies it, over all dimensions and play; limit: reach of the nose across the pull"
        rows.append(
            upper("lock seated: hook off its place", f"{where}, sensor reads locked", aside, reach, "mm", row.source, reason)
        )
    return rows


def variants_record(found: VariantProofs | None) -> dict[str, Any]:
    """Keys ``variants``, ``loop``, ``failures`` and ``seated`` of the proof's record."""
    if found is None:
        return {"variants": [], "loop": None, "failures": [], "seated": None}
    unit, scale = ("N", 1.0) if found.sliding else ("N_m", 1e-3)
    keys = {"mm": "reserve_mm", "deg": "reserve_deg"}
    records = [
        {
            "name": variant.name,
            "verdict": variant.verdict,
            "reason": variant.reason,
            **{keys[kind]: value for value, kind in variant.reserve if kind in keys},
            "lever_mm" if not found.sliding else "lever": variant.lever if variant.verdict == "proved" else None,
            f"holding_{unit}": variant.holding * scale if variant.verdict == "proved" else None,
            "assumptions": list(variant.words),
            "certificate": f"certificate_{variant.name.replace(' ', '_')}.json" if variant.certificate else None,
        }
        for variant in found.variants
    ]
    return {
        "variants": records,
        "loop": _loop_record(found.loop),
        "failures": [failure.payload() for failure in found.failures],
        "seated": _seated_record(found.seating),
    }


def _seated_record(seating: tuple[Seated, float] | None) -> dict[str, Any] | None:
    if seating is None:
        return None
    stands, reach = seating
    return {
        "load": stands.load,
        "along_mm": list(stands.along),
        "across_mm": list(stands.across),
        "nose_reach_mm": reach,
        "certificate": "certificate_seated.json",
    }


def _loop_record(loop: ElasticLoop | None) -> dict[str, Any] | None:
    if loop is None:
        return None
    return {
        "rounds": loop.rounds,
        "joint_forces_N": dict(loop.joint_forces),
        "compliance_error": {part: {"bound": bound, "from": text} for part, (bound, text) in loop.errors.items()},
        "displacements": [
            {
                "body": inner.body,
                "point": inner.point,
                "direction": list(inner.direction),
                "caused_mm": [inner.low, inner.high],
                "assumed_mm": [outer.low, outer.high],
            }
            for inner, outer in zip(loop.image.shifts, loop.box.shifts, strict=True)
        ],
        "pins_mm": {
            joint: {"caused": growth, "assumed": loop.box.clearance[joint]} for joint, growth in loop.image.clearance.items()
        },
        "stop_rad": {"caused": list(loop.image.drive), "assumed": list(loop.box.drive)},
    }


def certificates(found: VariantProofs | None) -> Mapping[str, str]:
    """File name and text of each variant's certificate, and of that for the seated hook."""
    if found is None:
        return {}
    seating = {"seated": found.seating[0].certificate} if found.seating is not None else {}
    texts = {item.name: item.certificate for item in found.variants if item.certificate} | seating
    return {f"certificate_{name.replace(' ', '_')}.json": text for name, text in texts.items()}
