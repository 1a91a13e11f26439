"""Eight years of a frame and its lock: every criterion that needs loads in time, from a finished analysis."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from mechlock.analyses.linear_cases import CaseFields
from mechlock.checks.criterion import Criterion, not_evaluated
from mechlock.errors import InputError
from mechlock.inputs.acceptance import AcceptanceRow
from mechlock.inputs.design import Design
from mechlock.loads.duty import Duty, default_duty, read_duty
from mechlock.pipeline import life_records
from mechlock.pipeline.frame_analysis import FrameAnalysis
from mechlock.pipeline.frame_dynamics import FrameDynamics, frame_dynamics
from mechlock.pipeline.frame_model import frame_cases
from mechlock.pipeline.frame_motion import open_frame
from mechlock.pipeline.weld_stage import WeldAssessment, assess_welds, weld_criteria

HIGHEST_ON_ROADS = 50.0
"""Modes up to here move on roads, Hz; wheels hop at about 10 Hz, so that higher ones follow as if static."""

EVALUATED = ("miner_weld",)
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
    """

    rows: tuple[Criterion, ...] = ()
    record: dict[str, Any] = field(default_factory=dict)
    fields: tuple[CaseFields, ...] = ()
    evaluated: tuple[str, ...] = ()


def duty_of(design: Design) -> Duty:
    """Duty spectrum that a design names, or the default one, over the years that it asks for.

    Raises
    ------
    InputError
        When the file cannot be read or is not one.
    """
    section = design.file.life
    if section.duty is None:
        duty = default_duty()
    else:
        path = Path(design.where).parent / section.duty
        if not path.is_file():
            raise InputError(
                f"there is no file {section.duty!r}", f"{design.where}: life.duty", "paths are relative to the design file"
            )
        duty = read_duty(path)
    return duty if section.years is None else replace(duty, years=section.years)


def assess_life(
    design: Design,
    analysis: FrameAnalysis,
    rows: Mapping[str, AcceptanceRow],
    progress: Callable[[str], None] = lambda message: None,
) -> LifeStage:
    """Assess the life of an analysed frame.

    Parameters
    ----------
    design : Design
    analysis : FrameAnalysis
        With modes and, for the welds, rows of elements at the toes.
    rows : mapping of str to AcceptanceRow
    progress : callable
    """
    duty = duty_of(design)
    dynamics = frame_dynamics(analysis, design.file.life.damping, progress)
    found: list[Criterion] = []
    record: dict[str, Any] = {"duty": life_records.duty_record(duty)}
    welds = _welds(design, analysis, dynamics, duty, rows["miner_weld"], progress)
    if isinstance(welds, Criterion):
        found.append(welds)
    else:
        found += weld_criteria(analysis, welds, rows["miner_weld"])
        record |= life_records.weld_record(welds)
    return LifeStage(tuple(found), record, (), EVALUATED)


def _welds(
    design: Design,
    analysis: FrameAnalysis,
    dynamics: FrameDynamics,
    duty: Duty,
    row: AcceptanceRow,
    progress: Callable[[str], None],
) -> WeldAssessment | Criterion:
    if analysis.toes is None:
        return not_evaluated(row.name, "all", row.source, "this mesh has no rows of elements at the weld toes")
    handling = [case.factor.name for case in frame_cases(design) if case.factor.class_ == "handling"]
    life = design.file.life
    frame = open_frame(dynamics, HIGHEST_ON_ROADS)
    return assess_welds(analysis, frame, duty, row, life.weld_class, handling, life.sample, progress)
