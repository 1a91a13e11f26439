"""Static cases of a model file as results: figures by the contract's keys, fields for the result file."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mechlock.analyses import stresses
from mechlock.analyses.holding_forces import forces_record
from mechlock.analyses.readers import Readers, static_readings
from mechlock.fem import stress
from mechlock.fem.static import StaticResult

Fields = dict[str, NDArray[Any]]


def static_record(readers: Readers, result: StaticResult) -> tuple[dict[str, Any], Fields]:
    """Return the figures and the fields of one static case.

    The fields are given per (region, node) row of the recovery, so that stress keeps its jumps between regions.
    """
    if result.status != "ok":
        return {"analysis": "static", "status": result.status, "reason": result.reason}, {}
    judge = readers.judge
    free = stresses.free_strain(judge, result)
    field = stress.recover(judge.recovery, result.displacement, free)
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
    record |= stresses.error_record(judge, result.displacement, field, free)
    record |= static_readings(readers, result, field)
    rows = judge.recovery.node
    fields = {
        "displacement": result.displacement[rows],
        "von_mises": stress.von_mises(field.nodal),
        "stress": field.nodal,
        "judged": judge.mask.rows.astype(np.uint8),
    }
    return record, fields
