"""What governs a life assessment once more on another mesh: a verdict that the mesh could turn is none.

Vibration, crash and buckling are driven again, each for the case that governs it, on cells half as long without rows at the weld
toes; thin panels that buckle or ring are what long cells are too stiff for. Weld toes are compared where the static cases compare
them, on submodels: a pass of a stress or a damage must stand with the stress changed by as much.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from mechlock.checks.criterion import Criterion, undecided
from mechlock.errors import NoVerdict
from mechlock.inputs.acceptance import AcceptanceRow
from mechlock.inputs.design import Design
from mechlock.inputs.materials import MaterialRecord
from mechlock.mesh.tensor_planes import Grading
from mechlock.pipeline.base_metal import Places, base_metal, judged_stress
from mechlock.pipeline.buckling_stage import Buckled, Panels, buckling_criterion, crash_buckling, limit_buckling, panels
from mechlock.pipeline.crash_criteria import CrashAnswer, LockLoads, crash_answer
from mechlock.pipeline.crash_stage import AXES as CRASH_AXES
from mechlock.pipeline.crash_stage import CrashRun, crash_runs
from mechlock.pipeline.frame_analysis import FrameAnalysis, read_stress, stand, with_modes
from mechlock.pipeline.frame_criteria import MOST_CHANGE, governing, settled
from mechlock.pipeline.frame_dynamics import FrameDynamics, frame_dynamics
from mechlock.pipeline.frame_model import PRELOADS, REST
from mechlock.pipeline.frame_motion import OpenFrame, open_frame, read_fields
from mechlock.pipeline.vibration_stage import dwell_run, random_run, vibration_criteria
from mechlock.solids.frame import FrameSolid

VIBRATION, CRASH, BUCKLING, WELDS = "random_3sigma", "ultimate_crash_corridor", "linear_buckling", "miner_weld"

WELD_ROW = "limit_load_weld_HAZ"
"""The static cases' criterion at weld toes, which submodels compare."""

TOES = "weld toes"
"""Cases of the crash that are read at the toes, which the second mesh has no rows for."""

STEEPEST = 5.0
"""Slope of the weld curves where they are flattest: damage grows with this power of stress at most."""


@dataclass(frozen=True)
class SecondMesh:
    """What moved.

    Attributes
    ----------
    size : float
        Largest cell, mm.
    dofs : int
    change : dict of str to float
        Relative change of the governing value of each criterion.
    weld_stress : float or None
        Relative change of the governing weld stress of the static cases on submodels.
    """

    size: float
    dofs: int
    change: dict[str, float]
    weld_stress: float | None

    def record(self) -> dict[str, Any]:
        """Key ``second_mesh`` of the life's record."""
        return {
            "cells_mm": self.size,
            "dofs": self.dofs,
            "change_percent": {name: 100.0 * value for name, value in self.change.items()},
            "weld_stress_percent": None if self.weld_stress is None else 100.0 * self.weld_stress,
        }


@dataclass(frozen=True)
class _Frame:
    """The frame on the second mesh, with its panels where buckling is asked for."""

    analysis: FrameAnalysis
    dynamics: FrameDynamics
    shapes: Panels | None
    limit: Buckled | None


def confirm(
    found: Sequence[Criterion],
    solid: FrameSolid,
    design: Design,
    steel: MaterialRecord,
    loads: LockLoads,
    criteria: Mapping[str, AcceptanceRow],
    weld_stress: float | None,
    progress: Callable[[str], None] = lambda message: None,
) -> tuple[list[Criterion], SecondMesh]:
    """Drive again what governs, on a second mesh, and take the verdict from what does not stand.

    Parameters
    ----------
    found : sequence of Criterion
        Of the life assessment.
    solid, design, steel, loads, criteria
        As it had them.
    weld_stress : float or None
        Relative change of the governing weld stress of the static cases.
    progress : callable
    """
    progress("life: another mesh, to see what moves")
    at_toes = [row for row in found if row.name == WELDS or row.case.endswith(TOES)]
    others = [row for row in found if row not in at_toes]
    watched = {others[number].name: others[number] for number in governing(others)}
    size = 0.5 * design.file.mesh.frame
    frame = _frame(solid, design, steel, watched.get(BUCKLING), size, progress)
    again = _again(frame, watched, design, steel, loads, criteria, progress)
    rows, change = settled(others, again)
    confirmed = iter(rows)
    answer = [_toe_row(row, weld_stress) if row in at_toes else next(confirmed) for row in found]
    return answer, SecondMesh(size, 3 * len(frame.analysis.tensor.mesh.points), change, weld_stress)


def _toe_row(row: Criterion, change: float | None) -> Criterion:
    """A passed row at weld toes, unless the stress moved too much, or by enough to turn it."""
    if row.status != "passed" or row.value is None or row.limit is None:
        return row
    if change is None:
        return undecided(row, f"{row.reason}; no submodel tells how far the stress at the toes moves")
    grown = row.value * (1.0 + change) ** (STEEPEST if row.name == WELDS else 1.0)
    if change <= MOST_CHANGE and grown <= row.limit:
        return row
    return undecided(row, f"{row.reason}; the stress at the toes moves by {change:.1%} on submodels")


def _frame(
    solid: FrameSolid,
    design: Design,
    steel: MaterialRecord,
    buckling: Criterion | None,
    size: float,
    progress: Callable[[str], None],
) -> _Frame:
    states = [f"{REST}, {end} preload" for end in PRELOADS]
    at_limit = buckling is not None and not buckling.case.startswith("crash")
    states += [buckling.case] if buckling is not None and at_limit else []
    standing = stand(solid, steel, design, Grading(size=size), states=states)
    analysis = read_stress(with_modes(standing, design.file.modes, keep=True), steel, None)
    held = analysis.static.held
    assert held is not None
    try:
        dynamics = frame_dynamics(analysis, design.file.life.damping, progress, held)
        shapes = panels(analysis, dynamics) if buckling is not None else None
        limit = limit_buckling(analysis, dynamics, shapes, progress) if shapes is not None and at_limit else None
    finally:
        held.factor.release()
    return _Frame(analysis, dynamics, shapes, limit)


def _again(
    second: _Frame,
    watched: Mapping[str, Criterion],
    design: Design,
    steel: MaterialRecord,
    loads: LockLoads,
    criteria: Mapping[str, AcceptanceRow],
    progress: Callable[[str], None],
) -> list[Criterion]:
    """Rows of what is watched, under the same names and cases."""
    frame = open_frame(second.dynamics, math.inf)
    (read,) = read_fields(second.analysis, second.dynamics, partial(judged_stress, second.analysis))
    base = base_metal(second.analysis, frame, steel, read)
    rows: list[Criterion] = []
    if VIBRATION in watched:
        kind, axis = watched[VIBRATION].case.partition(",")[0].split()
        run = (random_run if kind == "random" else dwell_run)(frame, base, axis)
        rows += vibration_criteria((run,), base, criteria[VIBRATION])
    buckling = watched.get(BUCKLING)
    if buckling is not None and second.limit is not None:
        row = criteria[BUCKLING]
        rows.append(buckling_criterion(second.limit, row.number("limit_limit_load"), row))
    crash = {watched[CRASH].case[0]} if CRASH in watched else set[str]()
    pressed = buckling.case.split()[1][1] if buckling is not None and buckling.case.startswith("crash") else ""
    for axis in CRASH_AXES:
        if axis in crash or axis == pressed:
            runs = crash_runs(frame, axis, progress)
            answer = crash_answer(frame, runs, base, None, loads, design, steel, criteria[CRASH])
            rows += answer.rows
            if axis == pressed and buckling is not None:
                rows += _crash_buckling(second, frame, base, runs, answer, buckling, criteria[BUCKLING])
    return rows


def _crash_buckling(
    second: _Frame,
    frame: OpenFrame,
    base: Places,
    runs: Sequence[CrashRun],
    answer: CrashAnswer,
    watched: Criterion,
    row: AcceptanceRow,
) -> list[Criterion]:
    """Buckling in the crash along one axis, under the name of the moment that was watched."""
    assert second.shapes is not None
    limit = row.number("limit_ultimate")
    try:
        pairs = list(zip(runs, answer.surveys, strict=True))
        found = crash_buckling(second.analysis, frame, second.shapes, pairs, base, limit)
    except NoVerdict:
        return []
    return [replace(buckling_criterion(found, limit, row), case=watched.case)]
