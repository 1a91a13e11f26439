"""Kinematics as the plain object that `mechlock kinematics --json` prints: degrees and millimetres, null where unreachable."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from mechlock.linkage.constraints import Array, wrapped
from mechlock.linkage.dead_centre import DeadCentre
from mechlock.linkage.kinematics import Kinematics, ModeKinematics
from mechlock.linkage.kinetostatics import kinetostatics
from mechlock.linkage.mechanism import GROUND, Mechanism
from mechlock.linkage.motion_record import (
    forces_record,
    motion_record,
    over_centre_record,
    self_locking_record,
    series,
    single,
)
from mechlock.linkage.polynomial import Polynomial

DEGREE = 180.0 / np.pi


def kinematics_record(result: Kinematics, loads: Sequence[str] = ()) -> dict[str, Any]:
    """Return the result with the keys of the contract; arrays in a sweep, single values else.

    Parameters
    ----------
    result : Kinematics
        What to write.
    loads : sequence of str
        Loads of the lock under which joint forces are given; they are given, too, where the file has masses, springs, forces.
    """
    mechanism, sliding = result.mechanism, result.mechanism.drive.sliding
    pick = series if result.sweep else single
    drive_key, scale = ("value_mm", 1.0) if sliding else ("value_deg", DEGREE)
    record: dict[str, Any] = {
        "name": mechanism.name,
        "mobility": result.mobility.value,
        "mobility_count": result.mobility.count,
        "mobility_explanation": result.mobility.explanation,
        "closed_form": result.closed_form,
        "drive": {"joint": mechanism.drive.joint, drive_key: pick(result.drive * scale)},
        "modes": [_mode(mechanism, mode, pick, result.sweep) for mode in result.modes],
        "dead_centres": [_centre(centre, sliding) for centre in result.dead_centres],
        "dead_centres_proved": result.landmarks.proved,
        f"change_points_{'mm' if sliding else 'deg'}": [at * scale for at in result.landmarks.change_points],
    }
    if not result.closed_form:
        record["closed_form_reason"] = result.reason
        census = result.positions.census
        record["modes_at_drive_value"] = len(result.positions.modes)
        record["all_modes_proved"] = census.complete
        if not census.complete:
            record["all_modes_reason"] = census.reason
        record["polynomials"] = [_polynomial(found) for found in result.positions.polynomials]
    if result.sweep:
        record["all_circuits_proved"] = result.positions.circuits.complete
        if not result.positions.circuits.complete:
            record["all_circuits_reason"] = result.positions.circuits.reason
    if mechanism.drive.rate is not None:
        key, factor = ("rate_mm_s", 1.0) if sliding else ("rate_rad_s", 1.0)
        record["drive"][key] = mechanism.drive.rate * factor
    record |= motion_record(result)
    reserves = over_centre_record(result)
    if reserves:
        record["over_centre"] = reserves
    locking = self_locking_record(result)
    if locking:
        record["self_locking"] = locking
    if _acted_on(mechanism) or loads:
        record["forces"] = forces_record(result, kinetostatics(result.positions, result.selected.q, loads=loads))
    if result.sweep:
        selected = next(entry for entry in record["modes"] if entry["selected"])
        record["sweep"] = {"drive_mm" if sliding else "drive_deg": pick(result.drive * scale), **selected}
    return record


def _acted_on(mechanism: Mechanism) -> bool:
    """Whether there are forces to speak of: given ones, weight, or inertia of a drive that moves."""
    actions, drive = mechanism.actions, mechanism.drive
    if actions is None:
        return False
    return actions.any_force or (bool(actions.masses) and (drive.rate is not None or drive.acceleration is not None))


def _polynomial(found: Polynomial) -> dict[str, Any]:
    """A triad's polynomial in t = tan(angle/2), highest power first, at the drive's own value."""
    return {
        "group": found.stage.group.name,
        "unknown": str(found.stage.angle),
        "degree": found.degree,
        "real_roots": len(found.angles),
        "coefficients": found.coefficients.tolist(),
    }


def _centre(centre: DeadCentre, sliding: bool) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "drive_mm" if sliding else "drive_deg": centre.drive * (1.0 if sliding else DEGREE),
        "kind": centre.kind,
    }
    if centre.body is not None:
        entry["body"] = centre.body
    return entry


def unwrap(angles: Array) -> Array:
    """Make the angles of a sweep continuous, also across positions that cannot be reached."""
    result = angles.copy()
    fine = np.isfinite(angles)
    result[fine] = np.unwrap(angles[fine])
    return result


def _mode(mechanism: Mechanism, mode: ModeKinematics, pick: Callable[[Array], Any], sweep: bool) -> dict[str, Any]:
    bodies: dict[str, dict[str, Any]] = {}
    for body, angle in mode.angles.items():
        bodies[body] = {"angle_deg": pick((unwrap(angle) if sweep else wrapped(angle)) * DEGREE)}
        if body in mode.omega:
            bodies[body]["omega_rad_s"] = pick(mode.omega[body])
            bodies[body]["alpha_rad_s2"] = pick(mode.alpha[body])
    joints: dict[str, dict[str, Any]] = {}
    for name, travel in mode.travels.items():
        joints[name] = {"travel_mm": pick(travel), "travel_ratio": pick(mode.travel_ratios[name])}
    for name, angle in mode.transmission_angles.items():
        joints.setdefault(name, {})["transmission_angle_deg"] = pick(angle * DEGREE)
    unit, scale = ("mm", 1.0) if mechanism.drive.sliding else ("deg", DEGREE)
    entry: dict[str, Any] = {
        "name": mode.mode.name,
        "selected": mode.selected,
        "at_drive_value": mode.mode.begin is None,
        f"reach_{unit}": [[interval.low * scale, interval.high * scale] for interval in mode.reach],
        "bodies": bodies,
        "points": {str(name): pick(place) for name, place in mode.points.items()},
        "velocity_ratios": {body: pick(ratio) for body, ratio in mode.velocity_ratios.items()},
        "travel_ratios": {_slider(mechanism, name): pick(ratio) for name, ratio in mode.travel_ratios.items()},
        "joints": joints,
        "mechanical_advantage": _advantages(mechanism, mode, pick),
    }
    if mode.velocities:
        entry["velocity_mm_s"] = {str(name): pick(value) for name, value in mode.velocities.items()}
        entry["acceleration_mm_s2"] = {str(name): pick(value) for name, value in mode.accelerations.items()}
    return entry


def _slider(mechanism: Mechanism, name: str) -> str:
    """Name of the body that slides in a joint: not ground, and not the virtual block of a slot."""
    first, second = mechanism.joint(name).bodies
    if mechanism.bodies[second].virtual:
        return next(joint.first.body for joint in mechanism.joints if joint.name == f"{name}~pin")
    return second if second != GROUND else first


def _advantages(mechanism: Mechanism, mode: ModeKinematics, pick: Callable[[Array], Any]) -> dict[str, Any]:
    """Ideal output torque or force over the drive's, for bodies joined to ground; null where it grows without bound."""
    found: dict[str, Any] = {}
    for joint in mechanism.joints:
        if GROUND not in joint.bodies or joint.name == mechanism.drive.joint:
            continue
        body = joint.other(GROUND)
        if mechanism.bodies[body].virtual:
            continue
        ratio = mode.velocity_ratios[body] if joint.kind == "revolute" else mode.travel_ratios[joint.name]
        with np.errstate(divide="ignore"):
            found[body] = pick(1.0 / np.abs(ratio))
    return found
