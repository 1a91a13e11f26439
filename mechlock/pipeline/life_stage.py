"""Eight years of a frame and its lock: every criterion that needs loads in time, from a finished analysis."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from mechlock.analyses.fields import CaseFields
from mechlock.analyses.statistics import Stages
from mechlock.checks.criterion import Criterion, not_evaluated, undecided
from mechlock.errors import NoVerdict
from mechlock.inputs.acceptance import AcceptanceRow
from mechlock.inputs.design import Design
from mechlock.inputs.materials import MaterialRecord
from mechlock.loads.duty import Duty
from mechlock.pipeline import life_records
from mechlock.pipeline.base_metal import Survey, base_metal, judged_stress, weld_toes
from mechlock.pipeline.buckling_stage import buckling_criterion, crash_buckling
from mechlock.pipeline.crash_criteria import LockLoads, crash_answer
from mechlock.pipeline.crash_stage import AXES, CrashRun, crash_runs, missed, named
from mechlock.pipeline.damage_map import damage_map
from mechlock.pipeline.endurance_stage import endurance, endurance_criteria
from mechlock.pipeline.frame_analysis import FrameAnalysis
from mechlock.pipeline.frame_dynamics import toe_stress
from mechlock.pipeline.frame_model import frame_cases
from mechlock.pipeline.frame_motion import open_frame, read_fields
from mechlock.pipeline.history_criteria import history_certificates, history_criteria, history_record
from mechlock.pipeline.history_proof import prove_histories
from mechlock.pipeline.hook_series import HookSeries, hook_series
from mechlock.pipeline.life_start import LifeStart
from mechlock.pipeline.lock_stage import ProvedLock
from mechlock.pipeline.thermal_stage import thermal_criteria
from mechlock.pipeline.toe_zoom import Swing
from mechlock.pipeline.vibration_stage import vibration_criteria, vibration_runs
from mechlock.pipeline.weld_stage import assess_welds, weld_criteria

HIGHEST_ON_ROADS = 50.0
"""Modes up to here move on roads, Hz; wheels hop at about 10 Hz, so that higher ones follow as if static."""

EVALUATED = ("miner_weld", "random_3sigma", "ultimate_crash_corridor", "linear_buckling", "lock_endurance")
"""Criteria that a life assessment evaluates."""

HOW = "run with --life"


@dataclass(frozen=True)
class LifeStage:
    """What a life assessment found.

    Attributes
    ----------
    rows : tuple of Criterion
    record : dict
        The key ``life`` of ``results.json``.
    fields : tuple of CaseFields
    evaluated : tuple of str
        Criteria that it looked at.
    certificates : dict of str to str
        File name and text of what was proved for the histories.
    swings : tuple of Swing
        Of the worst weld toe of every group.
    """

    rows: tuple[Criterion, ...] = ()
    record: dict[str, Any] = field(default_factory=dict)
    fields: tuple[CaseFields, ...] = ()
    evaluated: tuple[str, ...] = ()
    certificates: Mapping[str, str] = field(default_factory=dict[str, str])
    swings: tuple[Swing, ...] = ()


def assess_life(
    design: Design,
    duty: Duty,
    analysis: FrameAnalysis,
    start: LifeStart,
    lock: ProvedLock,
    loads: LockLoads,
    steel: MaterialRecord,
    rows: Mapping[str, AcceptanceRow],
    progress: Callable[[str], None] = lambda message: None,
) -> LifeStage:
    """Assess the life of an analysed frame and its lock.

    Parameters
    ----------
    design : Design
    duty : Duty
        See `life_inputs`.
    analysis : FrameAnalysis
        With modes and, for the welds, rows of elements at the toes.
    start : LifeStart
        Of that frame.
    lock : ProvedLock
    loads : LockLoads
        What the static cases left of the lock: its parts, and the proved set.
    steel : MaterialRecord
        Of the frame.
    rows : mapping of str to AcceptanceRow
    progress : callable
    """
    clock = Stages()
    found = _Assessment(design, analysis, start, steel, rows, progress)
    clock.done("stress per mode and seat")
    found.temperatures()
    found.welds(duty)
    clock.done("welds over the duty spectrum")
    found.vibration()
    clock.done("vibration test")
    found.crash(loads)
    clock.done("collision corridor")
    found.buckling()
    clock.done("buckling")
    certificates = found.histories(lock, loads)
    clock.done("the lock in the histories")
    worn = endurance(design, analysis, lock, duty, rows["lock_endurance"], progress)
    found.rows += endurance_criteria(worn, rows["lock_endurance"])
    clock.done("wear of the lock")
    record = {
        "duty": life_records.duty_record(duty),
        "loads": life_records.load_records(duty),
        **found.record,
        "wear": life_records.wear_record(worn),
        **clock.record(),
    }
    return LifeStage(tuple(found.rows), record, tuple(found.fields), EVALUATED, certificates, found.swings)


class _Assessment:
    """The frame's part of a life assessment, step by step; each step adds its rows and its part of the record."""

    def __init__(
        self,
        design: Design,
        analysis: FrameAnalysis,
        start: LifeStart,
        steel: MaterialRecord,
        criteria: Mapping[str, AcceptanceRow],
        progress: Callable[[str], None],
    ) -> None:
        self.design, self.analysis, self.start, self.steel = design, analysis, start, steel
        self.dynamics = start.dynamics
        self.criteria, self.progress = criteria, progress
        self.rows: list[Criterion] = []
        self.record: dict[str, Any] = {}
        self.fields: list[CaseFields] = []
        self.runs: list[tuple[CrashRun, Survey]] = []
        self.hooks: list[HookSeries] = []
        self.swings: tuple[Swing, ...] = ()
        progress("life: stress per mode and seat")
        self.frame = open_frame(self.dynamics, math.inf)
        readers = [judged_stress] if analysis.toes is None else [judged_stress, toe_stress]
        base, *self.at_toes = read_fields(analysis, self.dynamics, *(partial(reader, analysis) for reader in readers))
        self.base = base_metal(analysis, self.frame, steel, base)

    def temperatures(self) -> None:
        """The frame at rest with temperatures on it."""
        warmth, row = self.start.warmth, self.criteria["limit_load_von_mises_base"]
        self.rows += thermal_criteria(warmth, self.analysis, self.dynamics, self.base, row)
        names = self.dynamics.contact_names
        self.record["thermal"] = [life_records.thermal_record(state, names) for state in warmth]

    def welds(self, duty: Duty) -> None:
        """Eight years at the weld toes."""
        row, life = self.criteria["miner_weld"], self.design.file.life
        if self.analysis.toes is None:
            self.rows.append(not_evaluated(row.name, "all", row.source, "this mesh has no rows of elements at the weld toes"))
            return
        handling = [case.factor.name for case in frame_cases(self.design) if case.factor.class_ == "handling"]
        frame = open_frame(self.dynamics, HIGHEST_ON_ROADS)
        daily = np.array([state.change for state in self.start.warmth])
        found = assess_welds(
            self.analysis, frame, self.at_toes[0], duty, row, life.weld_class, handling, life.sample, daily, self.progress
        )
        self.hooks += found.motion.hooks
        self.swings = found.swings
        self.rows += weld_criteria(self.analysis, found, row)
        self.record |= life_records.weld_record(found, self.design.tray.locks.on)
        self.fields.append(damage_map(self.analysis, found))

    def vibration(self) -> None:
        """Random vibration and dwell of the standard."""
        runs = vibration_runs(self.frame, self.base, self.progress)
        self.rows += vibration_criteria(runs, self.base, self.criteria["random_3sigma"])
        self.hooks += [run.hooks for run in runs]
        self.record["vibration"] = [life_records.vibration_record(run) for run in runs]

    def crash(self, loads: LockLoads) -> None:
        """Collision corridor along both axes."""
        row = self.criteria["ultimate_crash_corridor"]
        haz = self.steel.haz_yield_fraction or self.criteria["limit_load_weld_HAZ"].number("haz_yield_fraction")
        welds = weld_toes(self.analysis, self.frame, self.steel, haz, self.at_toes[0]) if self.at_toes else None
        self.record["crash"] = []
        for axis in AXES:
            runs = crash_runs(self.frame, axis, self.progress)
            answer = crash_answer(self.frame, runs, self.base, welds, loads, self.design, self.steel, row)
            self.rows += answer.rows
            self.record["crash"].append(answer.record)
            self.hooks += [hook_series(self.frame, named(run), run.motion) for run in runs]
            note = missed(self.frame, runs)
            self.record.setdefault("notes", []).extend([note] if note else [])
            self.runs += zip(runs, answer.surveys, strict=True)

    def buckling(self) -> None:
        """Buckling of the load cases and of the crash."""
        row = self.criteria["linear_buckling"]
        if self.start.buckling is None:
            return
        if isinstance(self.start.buckling, str):
            self.rows.append(not_evaluated(row.name, "all", row.source, self.start.buckling))
            return
        shapes, limit = self.start.buckling
        ultimate = row.number("limit_ultimate")
        self.rows.append(buckling_criterion(limit, row.number("limit_limit_load"), row))
        try:
            crash = crash_buckling(self.analysis, self.frame, shapes, self.runs, self.base, ultimate, self.progress)
        except NoVerdict as error:
            self.rows.append(not_evaluated(row.name, "crash", row.source, str(error)))
            return
        self.rows.append(buckling_criterion(crash, ultimate, row))
        self.record["buckling"] = [life_records.buckling_record(item) for item in (limit, crash)]

    def histories(self, lock: ProvedLock, loads: LockLoads) -> dict[str, str]:
        """The lock's claims for what its hooks carried; the certificates."""
        row, part = self.criteria["lock_self_locking"], self.design.file.lock.out_of_plane
        wear = self.criteria["lock_endurance"]
        try:
            found = prove_histories(self.design, lock, loads.check, loads.proved, self.hooks, wear, self.progress)
        except NoVerdict as error:
            self.rows.append(undecided(not_evaluated("lock in the histories", "all", row.source, ""), str(error)))
            return {}
        self.rows += history_criteria(found, lock.mechanism.name, (part.carrier, part.limit), row.source)
        self.record["histories"] = history_record(found)
        return history_certificates(found)
