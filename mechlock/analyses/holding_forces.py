"""What holds a model in a static case, by the contract's keys: reactions, contacts, ties, inertia."""

from __future__ import annotations

from typing import Any

import numpy as np

from mechlock.fem.reactions import PadState
from mechlock.fem.static import StaticResult
from mechlock.units import STANDARD_GRAVITY


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


def _between(pad: PadState) -> dict[str, Any]:
    """Of contact between two surfaces: the resultant on the first of them."""
    return {} if pad.on_first is None else {"kind": "contact", "on_first_N": pad.on_first.tolist()}


def _friction(pad: PadState) -> dict[str, Any]:
    if not pad.friction.any():
        return {}
    return {"friction_N": pad.friction.tolist(), "slipping_fraction": pad.slipping}
