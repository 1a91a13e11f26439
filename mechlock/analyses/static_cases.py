"""Static cases of a model file as results: figures by the contract's keys, fields for the result file."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mechlock.analyses import reading, stresses
from mechlock.analyses.stresses import Judge
from mechlock.fem import stress
from mechlock.fem.static import StaticResult

Fields = dict[str, NDArray[Any]]


def static_record(judge: Judge, placed: reading.ProbeSet, result: StaticResult) -> tuple[dict[str, Any], Fields]:
    """Return the figures and the fields of one static case.

    The fields are given per (region, node) row of the recovery, so that stress keeps its jumps between regions.
    """
    if result.status != "ok":
        return {"analysis": "static", "status": result.status, "reason": result.reason}, {}
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
            "contact": evidence.contact,
            "energy": evidence.energy,
        },
        "energy_mJ": result.energy,
        "max_von_mises_MPa": stresses.largest_record(judge, field),
        "max_displacement_mm": result.max_displacement,
    }
    record |= stresses.error_record(judge, result.displacement, field, free)
    if placed.probes:
        readings = reading.read(judge, placed, result.displacement, field)
        record["probes"] = {
            probe.name: {
                "value": float(reading.value(probe.quantity, readings, row)),
                "unit": reading.unit_of(probe.quantity),
                "quantity": probe.quantity,
            }
            for row, probe in enumerate(placed.probes)
        }
    rows = judge.recovery.node
    fields = {
        "displacement": result.displacement[rows],
        "von_mises": stress.von_mises(field.nodal),
        "stress": field.nodal,
        "judged": judge.mask.rows.astype(np.uint8),
    }
    return record, fields


def forces_record(result: StaticResult) -> dict[str, Any]:
    """Return reactions, their total, and the state of the contacts."""
    held = {**result.supports, **result.springs}
    held |= {name: state.resultant for name, state in (*result.pads.items(), *result.locks.items())}
    total = sum((item.force for item in held.values()), np.zeros(3))
    moment = sum((item.moment for item in held.values()), np.zeros(3))
    record: dict[str, Any] = {
        "reactions_N": {**{name: item.force.tolist() for name, item in held.items()}, "total": total.tolist()},
        "reaction_moments_N_mm": {**{name: item.moment.tolist() for name, item in held.items()}, "total": moment.tolist()},
    }
    contact: list[dict[str, Any]] = [
        {"set": name, "open_fraction": pad.open_fraction, "force_N": pad.force, "kind": "pad"}
        for name, pad in result.pads.items()
    ]
    contact += [
        {
            "set": name,
            "open_fraction": float(lock.open),
            "force_N": lock.pull,
            "lateral_N": float(np.linalg.norm(lock.lateral)),
            "opening_mm": lock.opening,
            "kind": "lock",
        }
        for name, lock in result.locks.items()
    ]
    return record | ({"contact": contact} if contact else {})
