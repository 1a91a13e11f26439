"""Forces, instant centres and coupler curves of the selected mode as plain objects, with units in the keys."""

from __future__ import annotations

from typing import Any

import numpy as np

from mechlock.linkage.constraints import Array
from mechlock.linkage.instant_centres import coupler_curves, instant_centres
from mechlock.linkage.kinematics import Kinematics
from mechlock.linkage.kinetostatics import Kinetostatics
from mechlock.linkage.reserve import over_centre_reserve
from mechlock.linkage.self_locking import critical_friction, slide_equation
from mechlock.linkage.statics import JointForce

DEGREE = 180.0 / np.pi


def number(value: Any) -> float | None:
    """Return a float, or None for what is not finite."""
    return float(value) if np.isfinite(value) else None


def single(values: Array) -> Any:
    """Return the first row as numbers."""
    row = values[0]
    return number(row) if np.ndim(row) == 0 else [number(value) for value in row]


def series(values: Array) -> list[Any]:
    """Return all rows as numbers, None where not finite."""
    if np.isfinite(values).all():
        return values.tolist()
    return [number(row) if np.ndim(row) == 0 else [number(value) for value in row] for row in values]


def motion_record(result: Kinematics) -> dict[str, Any]:
    """Instant centres of all pairs, and the curves of coupler points."""
    pick = series if result.sweep else single
    q = result.selected.q
    centres = [
        {"bodies": list(centre.bodies), "at_mm": pick(centre.at), "direction_deg": pick(centre.direction * DEGREE)}
        for centre in instant_centres(result.positions, q, result.selected.motion[0])
    ]
    curves: dict[str, Any] = {}
    for point, curve in coupler_curves(result.positions, q, result.selected.motion).items():
        curves[str(point)] = {"tangent_deg": pick(curve.tangent * DEGREE), "curvature_1_mm": pick(curve.curvature)}
        if result.sweep:
            curves[str(point)]["length_mm"] = curve.length
    return {"instant_centres": centres, "coupler_curves": curves}


def self_locking_record(result: Kinematics) -> list[dict[str, Any]]:
    """Critical coefficient of friction for each load of the lock, at the one position of the result."""
    lock, q = result.mechanism.lock, result.selected.q
    if lock is None or result.sweep or not np.isfinite(q).all():
        return []
    record: list[dict[str, Any]] = []
    for load in lock.loads:
        found = critical_friction(result.positions, q, load)
        entry: dict[str, Any] = {"load": load.name, "critical_friction": found.coefficient}
        if found.reason:
            entry["reason"] = found.reason
        equation = slide_equation(result.positions, q, load) if found.coefficient else None
        if equation is not None:
            entry["equation"] = f"{equation.lhs} = 0"
        record.append(entry)
    return record


def over_centre_record(result: Kinematics) -> list[dict[str, Any]]:
    """How far the lock's stop stands past the dead centre of each loaded body, at nominal dimensions."""
    lock, sliding = result.mechanism.lock, result.mechanism.drive.sliding
    if lock is None or lock.stop is None or result.positions.solution is None:
        return []
    unit, scale = ("mm", 1.0) if sliding else ("deg", DEGREE)
    return [
        {
            "body": reserve.body,
            f"stop_{unit}": lock.drive.nominal * scale,
            f"dead_centre_{unit}": reserve.dead_centre * scale,
            f"from_dead_centre_{unit}": reserve.from_dead_centre * scale,
            "toggle": reserve.toggle,
            "toggle_angle_deg": None if reserve.knee is None else reserve.knee * DEGREE,
            "toggle_height_mm": reserve.height,
        }
        for reserve in over_centre_reserve(result.positions)
    ]


def forces_record(result: Kinematics, found: Kinetostatics) -> dict[str, Any]:
    """Drive effort, joint forces, springs and energies."""
    pick = series if result.sweep else single
    sliding = result.mechanism.drive.sliding
    pressing = [(name, normal) for name, normal in found.contacts.items() if np.isfinite(normal).any()]
    unit, scale = ("N", 1.0) if sliding else ("N_m", 1e-3)
    record: dict[str, Any] = {
        "loads": list(found.loads),
        f"drive_effort_{unit}": pick(found.drive_effort * scale),
        "determinate": found.determinate,
        "undetermined_joints": list(found.undetermined),
        "joints": {name: _joint(joint, pick) for name, joint in found.joints.items()},
        "kinetic_energy_J": pick(found.kinetic * 1e-3),
        "potential_energy_J": pick(found.potential * 1e-3),
        "springs": {},
        "contacts": {name: {"normal_N": pick(normal), "pressed": bool(np.nanmin(normal) > 0.0)} for name, normal in pressing},
    }
    if found.locked_in:
        record["locked_in_N"] = {name: pick(size) for name, size in found.locked_in.items()}
    for moving, effort in found.with_friction.items():
        way = "increasing" if moving > 0 else "decreasing"
        record[f"drive_effort_with_friction_{way}_{unit}"] = pick(effort * scale)
    if found.efficiencies is not None:
        record["efficiency_forward"], record["efficiency_back_drive"] = (pick(part) for part in found.efficiencies)
    if found.friction_reason:
        record["friction_reason"] = found.friction_reason
    straight = {spring.name for spring in (result.mechanism.actions.springs if result.mechanism.actions else ())}
    for name, (place, effort) in found.springs.items():
        if name in straight:
            record["springs"][name] = {"length_mm": pick(place), "pull_N": pick(effort)}
        else:
            record["springs"][name] = {"angle_past_free_deg": pick(place * DEGREE), "torque_N_m": pick(effort * 1e-3)}
    return record


def _joint(joint: JointForce, pick: Any) -> dict[str, Any]:
    return {
        "on": joint.on,
        "by": joint.by,
        "force_N": pick(joint.force),
        "size_N": pick(np.linalg.norm(joint.force, axis=1)),
        "moment_N_m": pick(joint.moment * 1e-3),
        "at_mm": pick(np.broadcast_to(joint.at, joint.force.shape)),
    }
