"""The key ``life`` of the results object: duty, damage by weld group and cause, what the contacts did."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from mechlock.loads.duty import Duty
from mechlock.loads.rails import Rails
from mechlock.loads.standards import find_record
from mechlock.pipeline.buckling_stage import Buckled
from mechlock.pipeline.crash_stage import CORRIDOR
from mechlock.pipeline.endurance_stage import Endurance
from mechlock.pipeline.thermal_stage import ThermalState
from mechlock.pipeline.vibration_stage import AXES as VIBRATION_AXES
from mechlock.pipeline.vibration_stage import STANDARD, VibrationRun
from mechlock.pipeline.weld_mending import Mending
from mechlock.pipeline.weld_reckoning import Reckoning
from mechlock.pipeline.weld_stage import WeldAssessment, WeldToe
from mechlock.units import STANDARD_GRAVITY

Record = dict[str, Any]

BASE = ("x_rms_g", "y_rms_g", "z_rms_g", "roll_rms_rad_s2", "pitch_rms_rad_s2", "yaw_rms_rad_s2", "twist_rms_mrad_m")
"""RMS of what the base does, as the record names it."""

UNITS = ("g", "g", "g", "rad/s²", "rad/s²", "rad/s²", "mrad/m")
BASE_UNITS = (*3 * (1.0 / STANDARD_GRAVITY,), 1.0, 1.0, 1.0, 1e6)
"""What turns the base's own units (mm/s², rad/s², rad/mm) into those."""

_ROUNDING = 1e-9
_KM = 1e6
_KN_M = 1e6


def duty_record(duty: Duty) -> Record:
    """What the truck does in its life."""
    return {
        "name": duty.name,
        "years": duty.years,
        "distance_km": duty.distance * duty.years / _KM,
        "distance_km_per_year": duty.distance / _KM,
        "swaps": duty.swaps * duty.years,
        "truck": duty.truck,
        "source": duty.source,
        "certainty": duty.certainty,
    }


def load_records(duty: Duty) -> list[Record]:
    """Rows of the data files that an assessment drives frame and lock with, each with its source and certainty."""
    vibration = [find_record(f"{STANDARD}_{axis}", "psd") for axis in VIBRATION_AXES]
    rows = [find_record(CORRIDOR, "corridor"), *vibration, find_record(f"{STANDARD}_sine", "sine_dwell")]
    if duty.drives:
        classes = dict.fromkeys(leg.road.name.removeprefix("class ") for leg in duty.drives)
        rows += [find_record(duty.truck, "truck"), *(find_record(name, "class") for name in classes)]
    keys = ("id", "kind", "standard", "status", "source", "certainty")
    return [{key: getattr(row, key) for key in keys} for row in rows]


def weld_record(found: WeldAssessment, locks: Collection[str]) -> Record:
    """Damage of the welds: by group and cause, the worst toes, and how far the figures can be trusted."""
    life = found.life
    governing = int(life.yearly.argmax())
    years = found.duty.years
    return {
        "curve": found.curve.name,
        "curve_source": found.curve.source,
        "damage_allowed": found.allowed,
        "scatter_factor": found.scatter_factor,
        "groups": [_toe(toe) for toe in found.groups],
        "worst_welds": [_toe(toe) for toe in found.worst],
        "causes": [
            {
                "name": name,
                "kind": kind,
                "damage": float(life.per_year[number, governing]) * years,
                "damage_spectral": _finite(float(life.spectral[number, governing]) * years),
                "kurtosis": _finite(float(life.kurtosis[number])),
                "standard_error": _finite(float(life.scatter[number])),
            }
            for number, (name, kind) in enumerate(zip(life.causes, life.kinds, strict=True))
        ],
        "damage_by_group_and_cause": _by_group(found),
        "counted_toes": int(life.counted.sum()),
        "toes": len(life.counted),
        "standard_error": life.error,
        "not_gaussian": list(life.not_gaussian),
        "travel": [
            {
                "name": item.name,
                "least_hook_N": min((force for name, force in item.least.items() if name in locks), default=None),
                "greatest_hook_N": max((force for name, force in item.greatest.items() if name in locks), default=None),
                "least_force_N": dict(item.least),
                "greatest_force_N": dict(item.greatest),
                "open_percent": {name: 100.0 * share for name, share in item.open_share.items() if share > 0.0},
                "energy_error": item.energy_error,
                "base": dict(
                    zip(BASE, (_moved(value * unit) for value, unit in zip(item.base, BASE_UNITS, strict=True)), strict=True)
                ),
            }
            for item in found.motion.travels
        ],
        "rails": rails_record(found.motion.rails, found.duty.truck),
        "by_hand": None if found.reckoning is None else reckoning_record(found.reckoning, years),
        "mending": [_mending(item) for item in found.mending],
        "notes": list(found.motion.notes),
    }


def _moved(value: float) -> float:
    """A motion of the base without the rounding of one that is none."""
    return value if abs(value) > _ROUNDING else 0.0


def rails_record(rails: Rails, truck: str) -> Record:
    """How the rails of the truck with this row and the pack share a twist."""
    brace, row = rails.brace, find_record(truck, "truck")
    return {
        "yield": brace is not None,
        "braced_mm": None if brace is None else brace.length,
        "pack_kN_m_per_rad": None if brace is None else brace.stiffness / _KN_M,
        "rails_kN_m_per_rad": rails.bare / _KN_M,
        "twist_left_percent": 100.0 * rails.left,
        "source": row.value("frame_torsion_source"),
        "certainty": row.value("frame_torsion_certainty"),
    }


def reckoning_record(found: Reckoning, years: float) -> Record:
    """The worst weld on its worst road by hand, beside the chain."""
    return {
        "road": found.road,
        "hours": found.hours * years,
        "parts": [
            {
                "name": name.rpartition("_rms_")[0],
                "unit": UNITS[number],
                "rms": float(found.base[number]) * unit,
                "MPa_per_unit": float(found.per_unit[number]) / unit,
                "share_percent": 100.0 * float(found.share[number]),
            }
            for number, (name, unit) in enumerate(zip(BASE, BASE_UNITS, strict=True))
            if found.base[number] > 0.0
        ],
        "rms_MPa": found.rms,
        "chain_rms_MPa": found.chain_rms,
        "cycles_per_s": found.rate,
        "damage": found.damage * years,
        "chain_damage": found.chain_damage * years,
    }


def _mending(found: Mending) -> Record:
    """What a weld asks for, and the motion of the base that does most to it."""
    most = int(found.motion.argmax()) if len(found.motion) else None
    return {
        "group": found.group,
        "use": found.use,
        "stress_allowed_percent": 100.0 * found.stress,
        "class_needed_MPa": found.weld_class,
        "wall_mm": found.wall,
        "wall_pulled_mm": found.pulled,
        "wall_bent_mm": found.bent,
        "road": found.road or None,
        "motion": None if most is None else BASE[most].rpartition("_rms_")[0],
        "motion_percent": None if most is None else 100.0 * float(found.motion[most]),
    }


def vibration_record(run: VibrationRun) -> Record:
    """One axis of the vibration test."""
    return {
        "case": run.case,
        "linear_MPa": max((peak.value for peak in run.linear), default=None),
        "lift": list(run.lost),
        "von_mises_MPa": {peak.group: peak.value for peak in run.peaks},
        "least_force_N": dict(run.travel.least),
        "greatest_force_N": dict(run.travel.greatest),
        "energy_error": run.travel.energy_error,
    }


def thermal_record(state: ThermalState, names: Sequence[str]) -> Record:
    """Forces of pads and locks at rest with a temperature on the frame."""
    forces: dict[str, float] = {}
    for name, force in zip(names, state.force.tolist(), strict=True):
        forces[name] = forces.get(name, 0.0) + force
    return {"name": state.name, "force_N": forces}


def buckling_record(found: Buckled) -> Record:
    """Buckling of one state, and the bounds of those that were looked at."""
    return {
        "case": found.case,
        "factor": found.factor,
        "exact": found.exact,
        "at": list(found.at),
        "upper_bounds": {name: _finite(value) for name, value in found.bounds.items()},
    }


def wear_record(found: Endurance) -> Record:
    """The lock at the end of its life."""
    return {
        "swaps": found.swaps,
        "rate_mm3_per_N_mm": found.rate,
        "bearings": [
            {
                "place": item.place,
                "pressure_MPa": item.pressure,
                "sliding_m": item.sliding / 1e3,
                "depth_mm": item.depth,
                "clamp_travel_lost_mm": item.lost,
            }
            for item in found.wear
        ],
        "clamp_before_N": found.clamp[0],
        "clamp_after_N": found.clamp[1],
        "clamp_needed_N": found.needed,
        "needed_in": found.needed_case,
    }


def _by_group(found: WeldAssessment) -> dict[str, dict[str, float]]:
    """Damage over the years of the worst toe of each group, by cause."""
    answer: dict[str, dict[str, float]] = {}
    for toe in found.groups:
        parts = found.life.per_year[:, toe.number] * found.duty.years
        answer[toe.group] = {name: float(value) for name, value in zip(found.life.causes, parts, strict=True)}
    return answer


def _toe(toe: WeldToe) -> Record:
    return {
        "group": toe.group,
        "wall": toe.wall,
        "welded_to": toe.welded_to,
        "at": list(toe.at),
        "plane_deg": float(np.degrees(toe.angle)),
        "damage": toe.damage,
        "life_years": _finite(toe.years),
        "life_km": _finite(toe.kilometres),
        "dominating": toe.cause,
        "dominating_percent": 100.0 * toe.share,
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
