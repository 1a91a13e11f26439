"""The results object of a check, in the keys and units of the results file."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from mechlock import units
from mechlock.analyses.holding_forces import forces_record
from mechlock.analyses.modal_cases import modal_record
from mechlock.checks.criterion import Criterion, governing
from mechlock.checks.lock_forces import Containment, LoadSet
from mechlock.checks.mass import MassComparison
from mechlock.fem.static import StaticResult
from mechlock.inputs.design import Design
from mechlock.inputs.materials import MaterialRecord
from mechlock.pipeline.frame_analysis import FrameAnalysis
from mechlock.pipeline.frame_model import FrameCase
from mechlock.pipeline.lock_stage import LockStrength, ProvedLock
from mechlock.solids.frame import FrameSolid
from mechlock.solids.frame_bill import group_masses
from mechlock.solids.lock import bill_of_materials

KG = 1e3
Record = dict[str, Any]


def criteria_records(rows: Sequence[Criterion]) -> list[Record]:
    """Rows of the verdict."""
    return [
        {
            "name": row.name,
            "case": row.case,
            "value": row.value,
            "limit": row.limit,
            "unit": row.unit,
            "margin": row.margin,
            "passed": row.passed,
            "source": row.source,
            "reason": row.reason,
        }
        for row in rows
    ]


def static_records(analysis: FrameAnalysis) -> dict[str, Record]:
    """One record per static case, and one for the modes."""
    found: dict[str, Record] = {}
    for result in analysis.static.results.values():
        record: Record = {"analysis": "static", "status": result.status, **forces_record(result)}
        peaks = [peak for peak in analysis.base if peak.case == result.name]
        if peaks:
            worst = max(peaks, key=lambda peak: peak.value)
            record["max_von_mises_MPa"] = {"value": worst.value, "at": list(worst.at), "group": worst.group}
        record |= _evidence(result)
        record["max_displacement_mm"] = result.max_displacement
        record["energy_mJ"] = result.energy
        record["error_estimate"] = analysis.errors[result.name]
        found[result.name] = record
    if analysis.modal is not None:
        found["modes"] = modal_record(analysis.modal)
    return found


def _evidence(result: StaticResult) -> Record:
    evidence = result.evidence
    return {
        "equilibrium_error": evidence.equilibrium_error,
        "residual": evidence.residual,
        "rounding": evidence.rounding,
        "moment_error": evidence.moment,
        "energy_error": evidence.energy,
    }


def mesh_record(analysis: FrameAnalysis) -> Record:
    """Size and mass of the frame's mesh."""
    mesh = analysis.tensor.mesh
    density = analysis.model.materials[0][0].density
    return {
        "nodes": len(mesh.points),
        "elements": mesh.n_cells,
        "dofs": 3 * len(mesh.points),
        "mass_kg": analysis.tensor.volume * density * KG,
        "kind": mesh.blocks[0].kind,
        "note": "mass with cladding and harness smeared over the frame",
    }


def load_case_records(cases: Sequence[FrameCase]) -> list[Record]:
    """The design's load cases, also those that are shown without being evaluated."""
    reason = "a static case is unsafe: see ultimate_crash_corridor, which drives the crash in time (--life)"
    return [
        {
            "name": case.factor.name,
            "g": list(case.factor.factors),
            "rail_twist_mm": case.factor.rail_twist,
            "class": case.factor.class_,
            "source": case.factor.source,
            "certainty": case.factor.certainty,
            "status": "evaluated" if case.evaluated else "not evaluated",
            "reason": "" if case.evaluated else reason,
        }
        for case in cases
    ]


def proof_record(proved: ProvedLock, load: LoadSet, fits: Mapping[str, str]) -> Record:
    """Theorems, assumptions, and the box of parameters that they cover; `fits` says which clearances come from fits."""
    mechanism = proved.mechanism
    record = proved.proof.payload()
    record["linkage"] = mechanism.name
    record["parameters"] = [
        {
            "name": name,
            "nominal": _shown(parameter.nominal, parameter.dimension),
            "lower": _shown(parameter.low, parameter.dimension),
            "upper": _shown(parameter.high, parameter.dimension),
            "unit": _UNITS.get(parameter.dimension, ""),
        }
        for name, parameter in mechanism.parameters.items()
    ]
    record["clearances"] = [
        {"joint": joint.name, "radial_mm": joint.clearance, "from": fits.get(joint.name, "linkage file")}
        for joint in mechanism.joints
        if joint.clearance > 0
    ]
    found = mechanism.lock.loads if mechanism.lock is not None else ()
    record["loads"] = [
        {
            "name": item.name,
            "body": item.at.body,
            "point": item.at.point,
            "magnitude_N": [item.magnitude.low, item.magnitude.high],
            "direction_deg": [math.degrees(item.direction.low), math.degrees(item.direction.high)],
        }
        for item in found
    ]
    record["reserve_at_drive_deg"] = math.degrees(proved.reserve)
    record["load_set"] = load.name
    return record


_UNITS = {"length": "mm", "angle": "deg", "": "", "force": "N", "stiffness": "N/mm"}


def _shown(value: float, dimension: str) -> float:
    return math.degrees(value) if dimension == "angle" else value


def mass_record(
    comparison: MassComparison, solids: Mapping[str, FrameSolid | None], densities: Mapping[str, float], rows: Sequence[Criterion]
) -> Record:
    """Mass against the conventional frame as built, and as resized in its own steel."""
    worst = governing([row for row in rows if row.name != "mass"])
    groups = {name: group_masses(solid, densities[name]) for name, solid in solids.items() if solid is not None}
    frame, as_built, resized = solids["frame"], solids["as_built"], solids.get("resized")
    assert frame is not None
    assert as_built is not None
    names = dict.fromkeys(name for masses in groups.values() for name in masses)

    def kg(which: str, name: str) -> float | None:
        return groups[which][name] * KG if which in groups and name in groups[which] else None

    def wall(solid: FrameSolid | None, name: str) -> float | None:
        return solid.thickness(name) if solid is not None and name in solid.groups else None

    return {
        "frame_kg": comparison.frame * KG,
        "baseline_kg": comparison.as_built * KG,
        "reduction_percent": comparison.reduction,
        "reduction_same_criteria_percent": comparison.reduction_same_criteria,
        "same_criteria_kg": None if comparison.resized is None else comparison.resized * KG,
        "governing": "" if worst is None else f"{worst.name}, {worst.case}",
        "frame_material": frame.material,
        "baseline_material": as_built.material,
        "target_percent": 15.0,
        "basis": "welded frame with lock brackets, pad shoes, guide sockets and lifting eyes",
        "groups": [
            {
                "name": name,
                "frame_kg": kg("frame", name),
                "baseline_kg": kg("as_built", name),
                "same_criteria_kg": kg("resized", name),
                "frame_mm": wall(frame, name),
                "baseline_mm": wall(as_built, name),
                "same_criteria_mm": wall(resized, name),
            }
            for name in names
        ],
    }


def lock_record(
    proved: ProvedLock, load: LoadSet, hooks: Sequence[Containment], strength: LockStrength, design: Design
) -> Record:
    """Hook forces against the proved set, parts, hand calculations, bill of materials."""
    bill = bill_of_materials(proved.lock)
    carrier = design.file.lock.out_of_plane
    across = max(hooks, key=lambda hook: hook.carried)
    parts = [
        {
            "part": part.part,
            "check": "von Mises stress, finite elements",
            "hand": None,
            "fe": part.von_mises,
            "unit": "MPa",
            "limit": part.limit,
            "margin": part.margin,
            "source": part.material,
            "case": part.case,
            "change": part.change,
            "equilibrium_error": part.equilibrium_error,
            "error_estimate": part.error_estimate,
            "dofs": part.dofs,
        }
        for part in strength.parts.parts
    ]
    parts += [
        {
            "part": hand.part,
            "check": hand.name,
            "hand": hand.value,
            "fe": None,
            "unit": hand.unit,
            "limit": hand.limit,
            "margin": hand.margin,
            "source": hand.source,
            "case": hand.case,
            "formula": hand.formula,
        }
        for hand in strength.hand
    ]
    return {
        "load_set": {
            "name": load.name,
            "magnitude_N": list(load.magnitude),
            "direction_deg": [math.degrees(angle) for angle in load.direction],
        },
        "forces": [
            {
                "case": hook.force.case,
                "lock": hook.force.lock,
                "force_N": hook.magnitude,
                "direction_deg": [math.degrees(angle) for angle in hook.direction],
                "lateral_N": hook.carried,
                "load_set": load.name,
                "inside": hook.inside,
                "reserve": hook.reserve,
            }
            for hook in hooks
        ],
        "carrier": {"name": carrier.carrier, "force_N": across.carried, "limit_N": carrier.limit, "source": carrier.source},
        "parts": parts,
        "mass_kg": sum(row.mass for row in bill) * KG,
        "bill_of_materials": [
            {"part": row.name, "material": row.material, "count": row.count, "mass_kg": row.mass * KG} for row in bill
        ],
        "preload_N": list(design.tray.locks.preload),
    }


def source_records(design: Design, steel: MaterialRecord, cases: Sequence[FrameCase]) -> list[Record]:
    """Where the figures come from."""
    rows = [
        (
            f"material {steel.name}",
            f"{steel.row}, {steel.standard}: Re {steel.yield_at(1.0):g} MPa",
            steel.source,
            steel.certainty,
        ),
        ("yield of the frame's steel", steel.note, steel.source, steel.certainty),
        ("pack", f"{design.pack.name}, {design.pack.mass * KG:.0f} kg", design.pack.source, ""),
        ("tray", design.tray.name, design.tray.source, ""),
        ("locks' preload", _kn(design.tray.locks.preload), design.tray.locks.source, ""),
        ("lock", design.linkage.file.name, design.file.lock.source, ""),
        ("conventional frame as built", design.as_built.name, design.as_built.source or design.file.baseline.source, ""),
    ]
    rows += [(f"load case {case.factor.name}", "", case.factor.source, case.factor.certainty) for case in cases[:1]]
    return [
        {"item": item, "value": value, "source": source, "certainty": certainty}
        for item, value, source, certainty in rows
        if value or source
    ]


def _kn(interval: tuple[float, float]) -> str:
    low, high = (units.to_unit(force, "force", "kN") for force in interval)
    return f"{low:g} to {high:g} kN"
