"""Envelopes over static cases: greatest stress place by place with the case and the tensor that give it, extremes of figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mechlock.analyses.fields import CaseFields
from mechlock.analyses.stresses import Judge

Record = dict[str, Any]


def envelope_record(
    judge: Judge, names: Sequence[str], records: Mapping[str, Record], fields: Mapping[str, CaseFields]
) -> tuple[Record, dict[str, Any]]:
    """Return figures and fields of one envelope.

    Parameters
    ----------
    names : sequence of str
        Its cases, each with its ends of the preload.
    records, fields : mappings by case
    """
    bad = [name for name in names if records[name]["status"] != "ok"]
    if bad:
        first = records[bad[0]]
        return {"analysis": "envelope", "status": first["status"], "reason": f"{bad[0]!r}: {first.get('reason', '')}"}, {}
    equivalent = np.stack([fields[name].arrays["von_mises"] for name in names])
    principal = np.stack([np.linalg.eigvalsh(_matrices(fields[name].arrays["stress"])) for name in names])
    moved = np.stack([np.linalg.norm(fields[name].arrays["displacement"], axis=1) for name in names])
    governs = equivalent.argmax(axis=0)
    tensors = np.stack([fields[name].arrays["stress"] for name in names])
    arrays = {
        "von_mises": equivalent.max(axis=0),
        "stress": np.take_along_axis(tensors, governs[None, :, None], axis=0)[0],
        "case": governs.astype(np.int32),
        "greatest_principal": principal[..., 2].max(axis=0),
        "least_principal": principal[..., 0].min(axis=0),
        "displacement_magnitude": moved.max(axis=0),
        "judged": judge.mask.rows.astype(np.uint8),
    }
    rows = judge.mask.rows
    row = int(np.argmax(np.where(rows, arrays["von_mises"], -1.0)))
    largest = {
        "value": float(arrays["von_mises"][row]) if rows.any() else None,
        "at": judge.recovery.mesh.points[judge.recovery.node[row]].tolist(),
        "group": judge.recovery.regions[int(judge.recovery.region[row])].name,
        "case": names[int(governs[row])],
    }
    record: Record = {
        "analysis": "envelope",
        "status": "ok",
        "cases": list(names),
        "max_von_mises_MPa": largest,
        "max_displacement_mm": float(moved.max()),
    }
    for key in ("probes", "reactions_N", "sections"):
        found = _extremes([(name, records[name][key]) for name in names if key in records[name]], key)
        record |= {key: found} if found else {}
    return record, arrays


def _matrices(tensor: Any) -> Any:
    return tensor[..., np.array([[0, 3, 5], [3, 1, 4], [5, 4, 2]])]


def _extremes(records: list[tuple[str, Record]], key: str) -> Record:
    """Least and greatest value of each figure, each with its case."""
    found: Record = {}
    for item in dict.fromkeys(item for _, record in records for item in record):
        values = [(name, _value(record[item], key)) for name, record in records if item in record]
        table = np.array([value for _, value in values])
        low, high = table.argmin(axis=0), table.argmax(axis=0)
        cases = [name for name, _ in values]
        found[item] = {
            "min": table.min(axis=0).tolist(),
            "min_case": _named(cases, low),
            "max": table.max(axis=0).tolist(),
            "max_case": _named(cases, high),
        }
    return found


def _value(entry: Any, key: str) -> Any:
    if key == "probes":
        return entry["value"]
    return entry["force_N"] if key == "sections" else entry


def _named(cases: list[str], index: Any) -> Any:
    return cases[int(index)] if np.ndim(index) == 0 else [cases[int(i)] for i in index]
