"""Static cases of a model file as results: figures by the contract's keys, fields for the result file."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mechlock.analyses import stresses
from mechlock.analyses.readers import Readers, static_readings
from mechlock.fem import stress
from mechlock.fem.reactions import PadState
from mechlock.fem.static import StaticResult
from mechlock.units import STANDARD_GRAVITY

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


def _between(pad: PadState) -> dict[str, Any]:
    """Of contact between two surfaces: the resultant on the first of them."""
    return {} if pad.on_first is None else {"kind": "contact", "on_first_N": pad.on_first.tolist()}


def _friction(pad: PadState) -> dict[str, Any]:
    if not pad.friction.any():
        return {}
    return {"friction_N": pad.friction.tolist(), "slipping_fraction": pad.slipping}


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
        {"set": name, "open_fraction": pad.open_fraction, "force_N": pad.force, "kind": "pad"} | _friction(pad) | _between(pad)
        for name, pad in result.pads.items()
        if not pad.both_ways
    ]
    contact += [
        {
            "set": name,
            "open_fraction": float(lock.open),
            "force_N": lock.pull,
            "lateral_N": float(np.linalg.norm(lock.lateral)),
            "opening_mm": lock.opening,
            "kind": "bolt" if lock.internal else "lock",
        }
        for name, lock in result.locks.items()
    ]
    if contact:
        record["contact"] = contact
    if result.links:
        record["tie_forces_N"] = {name: item.force.tolist() for name, item in result.links.items()}
        record["tie_moments_N_mm"] = {name: item.moment.tolist() for name, item in result.links.items()}
    if result.relief is not None:
        record["inertia_relief"] = {
            "acceleration_g": (result.relief.acceleration / STANDARD_GRAVITY).tolist(),
            "angular_acceleration_rad_s2": result.relief.turning.tolist(),
        }
    return record
