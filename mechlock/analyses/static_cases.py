"""Static cases of a model file as results: figures by the contract's keys, fields for the result file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mechlock.analyses import stresses
from mechlock.analyses.holding_forces import forces_record
from mechlock.analyses.readers import Readers, static_readings
from mechlock.fem import stress
from mechlock.fem.cores import on_all_cores
from mechlock.fem.static import StaticResult

Fields = dict[str, NDArray[Any]]


def static_records(readers: Readers, results: Sequence[StaticResult]) -> list[tuple[dict[str, Any], Fields]]:
    """Return the figures and the fields of a few static cases.

    The fields are given per (region, node) row of the recovery, so that stress keeps its jumps between regions.
    """
    judge = readers.judge
    settled = [result for result in results if result.status == "ok"]
    found = list(on_all_cores(lambda result: _recovered(judge, result), settled))
    errors = stresses.error_records(judge, settled, [field.nodal for field in found])
    whole = list(zip(settled, found, errors, strict=True))
    records = dict(zip([item.name for item in settled], on_all_cores(lambda item: _record(readers, *item), whole), strict=True))
    for result in results:
        if result.status != "ok":
            records[result.name] = {"analysis": "static", "status": result.status, "reason": result.reason}, {}
    return [records[result.name] for result in results]


def _recovered(judge: stresses.Judge, result: StaticResult) -> stress.StressField:
    return stress.recover(judge.recovery, result.displacement, stresses.free_strain(judge, result))


def _record(
    readers: Readers, result: StaticResult, field: stress.StressField, error: dict[str, Any]
) -> tuple[dict[str, Any], Fields]:
    judge = readers.judge
    record: dict[str, Any] = {"analysis": "static", "status": result.status}
    record |= forces_record(result)
    evidence = result.evidence
    record |= {
        "equilibrium_error": evidence.equilibrium_error,
        "equilibrium": {
            "force": evidence.force,
            "moment": evidence.moment,
            "residual": evidence.residual,
            "rounding": evidence.rounding,
            "contact": evidence.contact,
            "energy": evidence.energy,
        },
        "energy_mJ": result.energy,
        "max_von_mises_MPa": stresses.largest_record(judge, field),
        "max_displacement_mm": result.max_displacement,
    }
    record |= error
    record |= static_readings(readers, result, field)
    rows = judge.recovery.node
    fields = {
        "displacement": result.displacement[rows],
        "von_mises": stress.von_mises(field.nodal),
        "stress": field.nodal,
        "judged": judge.mask.rows.astype(np.uint8),
    }
    return record, fields
