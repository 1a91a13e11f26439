"""`check`: one design through every stage to a verdict."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mechlock.analyses.fields import CaseFields
from mechlock.analyses.modal_cases import modal_fields
from mechlock.analyses.statistics import Stages, versions
from mechlock.checks.criterion import Criterion, verdict
from mechlock.checks.lock_joint_forces import HookLoad
from mechlock.checks.lock_part_model import PartModel
from mechlock.checks.lock_parts import LockPartsCheck, coarse_models
from mechlock.fem.pardiso import keep_to_one_thread
from mechlock.fem.stress import Recovery
from mechlock.inputs.acceptance import AcceptanceRow, acceptance
from mechlock.inputs.design import Design, read_design
from mechlock.inputs.materials import MaterialRecord, find
from mechlock.loads.duty import Duty
from mechlock.pipeline.crash_criteria import lock_loads
from mechlock.pipeline.findings import Findings, criteria_table, record
from mechlock.pipeline.frame_analysis import FrameAnalysis
from mechlock.pipeline.frame_model import frame_cases, load_case, require_interface
from mechlock.pipeline.frame_stage import FrameJob, FrameStage, first_look, judged, second_look, statics
from mechlock.pipeline.life_confirm import WELD_ROW, confirm, to_look_at
from mechlock.pipeline.life_inputs import life_inputs
from mechlock.pipeline.life_stage import LifeStage, assess_life
from mechlock.pipeline.life_start import LifeStart, start_life
from mechlock.pipeline.lock_stage import (
    LockStrength,
    ProvedLock,
    governing_loads,
    hook_forces,
    lock_strength,
    prove_lock,
    proved_load,
    travel_criterion,
)
from mechlock.pipeline.locks_off import LocksOff, locks_off
from mechlock.pipeline.locks_off import certificates as certificates_without
from mechlock.pipeline.other_mesh import Asked
from mechlock.pipeline.proof_loop import VariantProofs, prove_variants
from mechlock.pipeline.toe_zoom import look_again
from mechlock.pipeline.variant_records import certificates
from mechlock.solids.frame import FrameSolid, build_frame
from mechlock.solids.lock import Lock, design_lock

AT_ONCE = 2
"""Pieces of work at the same time, each on one core: more would need more than 4 GB."""


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
    life_fields : tuple of CaseFields
        What the life adds to them.
    """

    results: dict[str, Any]
    certificate: str
    variants: Mapping[str, str]
    analysis: FrameAnalysis
    proved: ProvedLock
    strength: LockStrength
    fields: tuple[CaseFields, ...]
    life_fields: tuple[CaseFields, ...]

    @property
    def exit_code(self) -> int:
        """0 pass, 1 fail, 3 undecided."""
        return {"pass": 0, "fail": 1, "undecided": 3}[self.results["verdict"]]


@dataclass(frozen=True)
class SolvedFrame:
    """A frame on its own mesh, before anything is compared: enough to draw it.

    Attributes
    ----------
    recovery : Recovery
    fields : tuple of CaseFields
    rows : tuple of Criterion
    """

    recovery: Recovery
    fields: tuple[CaseFields, ...]
    rows: tuple[Criterion, ...]


def check(
    design: str | Path,
    *,
    overrides: Mapping[str, str] | None = None,
    quick: bool = False,
    life: bool = False,
    each_lock_off: bool = False,
    progress: Callable[[str], None] = lambda message: None,
    solved_frame: Callable[[SolvedFrame], None] | None = None,
    solved_parts: Callable[[LockPartsCheck], None] | None = None,
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
    each_lock_off : bool
        Also solve the frame with each lock in turn not engaged; prove the others for the forces that they then carry, and
        solve their parts under them.
    progress : callable
        Told what is being done.
    solved_frame : callable
        Given the frame's fields before its second look and while the lock's parts are solved.
    solved_parts : callable
        Given the lock's parts before its variants are proved, in another thread.

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
    duty = life_inputs(data) if life else None
    steel = find(data.frame.material, f"{data.files.get('frame', data.where)}: material")
    solids = _solids(data)
    cases = frame_cases(data)
    frame = solids["frame"]
    require_interface(data, [face.name for face in frame.faces])
    clock.done("read files, frame solids")
    required = math.radians(rows["lock_self_locking"].number("over_centre_deg_min"))
    progress("lock: linkage and parts")
    lock = design_lock(data)
    load = proved_load(data, lock.mechanism)
    job = FrameJob(frame, steel, data, load, rows, progress)
    done = _side_by_side(job, lock, required, solved_frame, solved_parts, clock, quick=quick, life=life)
    lived = LifeStage() if duty is None else _lived(job, duty, done, clock, quick=quick)
    off = LocksOff()
    if each_lock_off:
        off = locks_off(data, done.framed.analysis, done.proved, load, progress, quick=quick)
        clock.done("frame: each lock in turn not engaged")
    parts = done.strength, done.variants
    clear = done.keeps_clear
    found = Findings(data, rows, steel, cases, solids, required, done.proved, load, clear, done.framed, *parts, lived, off)
    table = criteria_table(found)
    answer = {
        "design": {"name": data.file.name, "file": str(design), "description": data.file.source},
        "quick": quick,
        "verdict": verdict(table),
        **record(found, table, quick=quick),
        "stages": clock.record()["stages"],
        "versions": versions(),
    }
    proof = done.proved.proof.certificate
    return CheckResult(
        answer,
        proof,
        {**certificates(done.variants), **certificates_without(off.each), **lived.certificates},
        done.framed.analysis,
        done.proved,
        done.strength,
        done.fields,
        lived.fields,
    )


@dataclass(frozen=True)
class _Solved:
    """Lock and frame of a design, each with what it needs of the other."""

    proved: ProvedLock
    loads: tuple[HookLoad, ...]
    strength: LockStrength
    variants: VariantProofs | None
    keeps_clear: Criterion
    framed: FrameStage
    fields: tuple[CaseFields, ...]
    start: LifeStart | None


def _side_by_side(
    job: FrameJob,
    lock: Lock,
    required: float,
    solved_frame: Callable[[SolvedFrame], None] | None,
    solved_parts: Callable[[LockPartsCheck], None] | None,
    clock: Stages,
    *,
    quick: bool,
    life: bool,
) -> _Solved:
    """Prove the lock while the frame is solved; then its parts, whose loads that gives, while the frame is looked at again."""
    data = job.design
    with ThreadPoolExecutor(AT_ONCE, initializer=keep_to_one_thread) as pool:
        proving = pool.submit(_proved, data, lock, required, job.progress)
        standing = statics(job, quick=quick, life=life)
        loads = governing_loads(hook_forces(data, list(standing.static.results.values())))
        clock.done("frame: mesh, statics; lock: linkage, proof, meshes")
        solving = pool.submit(_lock, data, proving, loads, job.rows, job.progress, solved_parts, quick=quick)
        analysis = first_look(job, standing, quick=quick, life=life)
        fields, framed = _fields(analysis, job.steel), judged(job, analysis)
        if solved_frame is not None:
            solved_frame(SolvedFrame(analysis.recovery, fields, framed.rows))
        keeps_clear = travel_criterion(lock, data.files.get("lock.parts", data.where))
        clock.done("frame: modes, stress; lock: parts")
        start = None
        if life:
            start = start_life(data, analysis, job.progress, buckle=quick)
            clock.done("frame: temperatures; lock: parts")
        framed = framed if quick else second_look(job, analysis, pool)
        strength, variants = solving.result()
    clock.done("lock: parts" if quick else "lock: parts; frame: submodels, halved mesh")
    return _Solved(proving.result()[0], loads, strength, variants, keeps_clear, framed, fields, start)


def _lived(job: FrameJob, duty: Duty, done: _Solved, clock: Stages, *, quick: bool) -> LifeStage:
    """Eight years of what was solved, and what another mesh says of them."""
    data, analysis = job.design, done.framed.analysis
    carried = lock_loads(done.strength.parts, done.loads, job.load)
    assert done.start is not None
    lived = assess_life(data, duty, analysis, done.start, done.proved, carried, job.steel, job.rows, job.progress)
    clock.done("life")
    if quick:
        return lived
    moved = done.framed.change.get(WELD_ROW) if done.framed.zooms else None
    near = to_look_at(lived.rows, lived.swings) if done.framed.zooms else []
    seen = look_again(analysis, job.steel, near, job.progress)
    confirmed, other = confirm(lived.rows, Asked(job.solid, data, job.steel, carried, job.rows, job.progress), moved, seen)
    clock.done("life: other meshes")
    return replace(lived, rows=tuple(confirmed), record=lived.record | other.record())


def _proved(
    data: Design, lock: Lock, required: float, progress: Callable[[str], None]
) -> tuple[ProvedLock, dict[str, PartModel]]:
    """The lock with its proof, and its parts ready for their loads."""
    return prove_lock(data, lock, required, progress), coarse_models(lock)


def _lock(
    data: Design,
    proving: Future[tuple[ProvedLock, dict[str, PartModel]]],
    loads: Sequence[HookLoad],
    rows: Mapping[str, AcceptanceRow],
    progress: Callable[[str], None],
    solved_parts: Callable[[LockPartsCheck], None] | None,
    *,
    quick: bool,
) -> tuple[LockStrength, VariantProofs | None]:
    """Parts of the lock, once it is proved, under the governing hook forces, and with their compliance the lock's variants."""
    proved, models = proving.result()
    progress("lock: parts under the governing hook forces")
    strength = lock_strength(proved.lock, loads, models, quick=quick)
    if solved_parts is not None:
        solved_parts(strength.parts)
    return strength, prove_variants(data, proved, strength.parts, rows["lock_endurance"], progress)


def _solids(design: Design) -> dict[str, FrameSolid]:
    """The frame and those that it is compared with; "resized" may be missing."""
    files = {"frame": design.frame, "as_built": design.as_built, "resized": design.resized}
    keys = {"frame": "frame", "as_built": "baseline.as_built", "resized": "baseline.resized"}
    return {
        name: build_frame(file, design.files.get(keys[name], design.where)) for name, file in files.items() if file is not None
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
