"""`check`: one design through every stage to a verdict."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mechlock.analyses.linear_cases import CaseFields
from mechlock.analyses.modal_cases import modal_fields
from mechlock.analyses.statistics import Stages, versions
from mechlock.checks import mass
from mechlock.checks.criterion import Criterion, not_evaluated, verdict
from mechlock.checks.lock_joint_forces import HookLoad
from mechlock.fem.pardiso import keep_to_one_thread
from mechlock.inputs.acceptance import AcceptanceRow, acceptance
from mechlock.inputs.design import Design, read_design
from mechlock.inputs.materials import MaterialRecord, find
from mechlock.pipeline import results as records
from mechlock.pipeline.crash_criteria import lock_loads
from mechlock.pipeline.frame_analysis import FrameAnalysis
from mechlock.pipeline.frame_model import frame_cases, load_case, require_interface
from mechlock.pipeline.frame_stage import FrameJob, FrameStage, first_look, judged, second_look
from mechlock.pipeline.life_stage import HOW, LifeStage, assess_life
from mechlock.pipeline.lock_stage import (
    LockStrength,
    ProvedLock,
    governing_loads,
    hook_forces,
    lock_criteria,
    lock_strength,
    prove_lock,
    proved_load,
    strength_criteria,
)
from mechlock.pipeline.proof_loop import VariantProofs, certificates, prove_variants, variant_criteria, variants_record
from mechlock.solids.frame import FrameSolid, build_frame

AT_ONCE = 2
"""Pieces of work at the same time, each on one core: more would need more than 4 GB."""

NOT_EVALUATED = {
    "ultimate_crash_corridor": HOW,
    "GB38031_pass": "a test of the pack itself (leakage, insulation), not of frame and lock",
    "miner_weld": HOW,
    "random_3sigma": HOW,
    "linear_buckling": HOW,
    "lock_endurance": HOW,
    "permanent_set": "linear analysis; stresses below yield leave no set, see the stress criteria",
    "isolated_pack_option": "the pack stands on no isolators",
}
"""Default criteria that are shown without being evaluated, and why."""


@dataclass(frozen=True)
class CheckResult:
    """What a check found.

    Attributes
    ----------
    results : dict
        The object of ``results.json``.
    certificate : str
        Text of the proof's certificate.
    variants : mapping of str to str
        File name and text of the certificate of each variant of the lock.
    analysis : FrameAnalysis
        The frame on its finer mesh.
    proved : ProvedLock
    strength : LockStrength
    fields : tuple of CaseFields
        Result fields of the load cases (the worse end of the preload) and of the modes.
    """

    results: dict[str, Any]
    certificate: str
    variants: Mapping[str, str]
    analysis: FrameAnalysis
    proved: ProvedLock
    strength: LockStrength
    fields: tuple[CaseFields, ...]

    @property
    def exit_code(self) -> int:
        """0 pass, 1 fail, 3 undecided."""
        return {"pass": 0, "fail": 1, "undecided": 3}[self.results["verdict"]]


def check(
    design: str | Path,
    *,
    overrides: Mapping[str, str] | None = None,
    quick: bool = False,
    life: bool = False,
    progress: Callable[[str], None] = lambda message: None,
) -> CheckResult:
    """Check a design: prove its lock, solve its frame, compare with the acceptance criteria.

    Parameters
    ----------
    design : path
        A ``mechlock-design/1`` file.
    overrides : mapping of str to str, optional
        Values to change, by dotted key.
    quick : bool
        A coarse mesh without rows at weld toes, and no second mesh to compare with.
    life : bool
        Also what needs loads in time: fatigue over the duty spectrum, random vibration, crash, buckling, wear.
    progress : callable
        Told what is being done.

    Raises
    ------
    InputError
        For whatever is wrong in the files.
    NoVerdict
        When a stage could not be completed.
    """
    clock = Stages()
    data = read_design(Path(design), overrides)
    rows = acceptance(data.file.criteria, data.where)
    steel = find(data.frame.material, f"{data.files.get('frame', data.where)}: material")
    cases = frame_cases(data)
    solids = _solids(data)
    frame = solids["frame"]
    assert frame is not None
    require_interface(data, [face.name for face in frame.faces])
    clock.done("read files, frame solids")
    required = math.radians(rows["lock_self_locking"].number("over_centre_deg_min"))
    proved = prove_lock(data, required, progress)
    load = proved_load(data, proved.mechanism)
    clock.done("lock: linkage, proof, solids")
    job = FrameJob(frame, steel, data, load, rows, progress)
    analysis = first_look(job, quick=quick, life=life)
    clock.done("frame: mesh, statics, modes, stress")
    loads = governing_loads(hook_forces(data, list(analysis.static.results.values())))
    with ThreadPoolExecutor(AT_ONCE, initializer=keep_to_one_thread) as pool:
        solving = pool.submit(_lock, data, proved, loads, rows, progress, quick=quick)
        framed = judged(job, analysis) if quick else second_look(job, analysis, pool)
        strength, variants = solving.result()
    clock.done("lock: parts" if quick else "lock: parts; frame: submodels, coarser mesh")
    lived = LifeStage()
    if life:
        carried = lock_loads(strength.parts.parts, loads, load)
        lived = assess_life(data, framed.analysis, proved, carried, steel, rows, progress)
        clock.done("life")
    comparison = _masses(data, solids)
    table = [
        *lock_criteria(proved, required, rows["lock_self_locking"]),
        *variant_criteria(variants, proved.mechanism.name, rows["lock_self_locking"]),
        *framed.rows,
        *strength_criteria(strength, "yield over the safety factor of the lock's parts"),
        mass.mass_criterion(comparison, rows["mass"]),
        mass.height_criterion(_height(data, frame), data.file.baseline.overall_height, rows["height"]),
        *lived.rows,
        *_shown(rows, data, lived.evaluated),
    ]
    answer: dict[str, Any] = {
        "design": {"name": data.file.name, "file": str(design), "description": data.file.source},
        "quick": quick,
        "verdict": verdict(table),
        "criteria": records.criteria_records(table),
        "proof": records.proof_record(proved, load) | variants_record(variants),
        "mass": records.mass_record(comparison, solids, _densities(data), table),
        "load_cases": records.load_case_records(cases),
        "cases": records.static_records(framed.analysis),
        "mesh": records.mesh_record(framed.analysis),
        "bands": _bands(rows["first_mode_frame_plus_pack"]),
        "lock": records.lock_record(proved, load, framed.hooks, strength, data),
        "evidence": _evidence(framed, quick=quick),
        "life": lived.record,
        "sources": records.source_records(data, steel, cases),
        "stages": clock.record()["stages"],
        "versions": versions(),
    }
    fields = (*_fields(framed.analysis, steel), *lived.fields)
    return CheckResult(answer, proved.proof.certificate, certificates(variants), framed.analysis, proved, strength, fields)


def _lock(
    data: Design,
    proved: ProvedLock,
    loads: Sequence[HookLoad],
    rows: Mapping[str, AcceptanceRow],
    progress: Callable[[str], None],
    *,
    quick: bool,
) -> tuple[LockStrength, VariantProofs | None]:
    """Parts of the lock under the governing hook forces, and with their compliance the lock's variants."""
    progress("lock: parts under the governing hook forces")
    strength = lock_strength(proved.lock, loads, quick=quick)
    return strength, prove_variants(data, proved, strength.parts, rows["lock_endurance"], progress)


def _solids(design: Design) -> dict[str, FrameSolid | None]:
    files = {"frame": design.frame, "as_built": design.as_built, "resized": design.resized}
    keys = {"frame": "frame", "as_built": "baseline.as_built", "resized": "baseline.resized"}
    return {
        name: None if file is None else build_frame(file, design.files.get(keys[name], design.where))
        for name, file in files.items()
    }


def _densities(design: Design) -> dict[str, float]:
    files = {"frame": design.frame, "as_built": design.as_built, "resized": design.resized}
    return {name: find(file.material, design.where).density for name, file in files.items() if file is not None}


def _masses(design: Design, solids: Mapping[str, FrameSolid | None]) -> mass.MassComparison:
    density = _densities(design)
    found = {name: solid.mass_properties(density[name]).mass for name, solid in solids.items() if solid is not None}
    return mass.MassComparison(found["frame"], found["as_built"], found.get("resized"))


def _height(design: Design, frame: FrameSolid) -> float:
    """Height of the highest point of frame and pack above the lowest point of the frame, in mm."""
    return max(design.pack.top, float(frame.high[:, 2].max())) - float(frame.low[:, 2].min())


def _shown(rows: Mapping[str, AcceptanceRow], design: Design, evaluated: Sequence[str]) -> list[Criterion]:
    """Default criteria without a result, and the ultimate load cases."""
    missing = {name: reason for name, reason in NOT_EVALUATED.items() if rows[name].default and name not in evaluated}
    found = [not_evaluated(name, "", rows[name].source, reason) for name, reason in missing.items()]
    crash = rows["ultimate_crash_corridor"]
    found += (
        []
        if crash.name in evaluated
        else [
            not_evaluated("ultimate load case", case.factor.name, crash.source, NOT_EVALUATED[crash.name])
            for case in frame_cases(design)
            if not case.evaluated
        ]
    )
    return found


def _bands(row: AcceptanceRow) -> dict[str, Any]:
    """Limit, target and avoided band of the first mode."""
    keys = {"limit_Hz": "f_min_Hz", "target_Hz": "f_target_Hz", "avoid_Hz": "avoid_band_Hz"}
    return {name: row.limits[key] for name, key in keys.items()}


def _evidence(framed: FrameStage, *, quick: bool) -> dict[str, Any]:
    analysis = framed.analysis
    notes = ["coarse mesh: weld toes are not read and no second mesh was solved"] if quick else []
    return {
        "excluded_volume_percent": 100.0 * analysis.excluded_fraction,
        "largest_excluded_MPa": analysis.excluded_value,
        "weld_toes_read_percent": 100.0 * analysis.weld_coverage,
        "halved_mesh_change_percent": {name: 100.0 * value for name, value in framed.change.items()},
        "submodels": [{"at_mm": list(zoom.centre), "dofs": zoom.unknowns} for zoom in framed.zooms],
        "solver": analysis.static.solver,
        "notes": notes,
    }


def _fields(analysis: FrameAnalysis, steel: MaterialRecord) -> tuple[CaseFields, ...]:
    """Fields of every load case at the end of the preload with the larger stress, and of the modes."""
    rows = analysis.recovery.node
    worst: dict[str, tuple[float, int]] = {}
    for number, name in enumerate(analysis.static.results):
        case = load_case(name)
        peak = max((item.value / steel.yield_at(item.thickness) for item in analysis.base if item.case == name), default=0.0)
        if case not in worst or peak > worst[case][0]:
            worst[case] = (peak, number)
    results = list(analysis.static.results.values())
    found = [
        CaseFields(
            case,
            {
                "displacement": results[number].displacement[rows],
                "von_mises": analysis.von_mises[number],
                "judged": analysis.judged.astype("u1"),
            },
        )
        for case, (_, number) in worst.items()
    ]
    if analysis.modal is not None:
        found.append(CaseFields("modes", modal_fields(analysis.modal, rows), analysis.modal.frequencies))
    return tuple(found)
