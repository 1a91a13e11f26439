"""Buckling, and what else governs a life assessment, on meshes of another kind: a verdict that the mesh could turn is none.

Long quadratic cells, which weld toes need, are too stiff in thin panels: first mode and buckling factor fall by halves until
cells are a sixth of the panel. Cells with assumed stress (`mechlock.fem.assumed_stress`) bend as plates do; frames of these,
without rows at the toes, are small enough to be solved twice. Their buckling factors fall with the square of the cells, so that
two give the one of cells without size (a clamped plate's within half a per cent); what moves too far between them has no verdict.
Vibration and crash are driven again on the finer one for the case that governs. These meshes have no rows at weld toes: stress
there is compared on submodels, the damage of every group that comes near its limit at its own worst toe, crash strain by what the
governing toe of the static cases moves. A pass must stand with the stress changed by as much.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal, NamedTuple

import numpy as np

from mechlock.checks.criterion import Criterion, not_evaluated, undecided
from mechlock.errors import NoVerdict
from mechlock.inputs.acceptance import AcceptanceRow
from mechlock.inputs.design import Design
from mechlock.inputs.materials import MaterialRecord
from mechlock.mesh.tensor_planes import Grading
from mechlock.pipeline.base_metal import Places, Survey, base_metal, judged_stress
from mechlock.pipeline.buckling_stage import Buckled, Panels, buckling_criterion, crash_buckling
from mechlock.pipeline.crash_criteria import CrashAnswer, LockLoads, crash_answer
from mechlock.pipeline.crash_stage import AXES as CRASH_AXES
from mechlock.pipeline.crash_stage import CrashRun, crash_runs
from mechlock.pipeline.frame_analysis import FrameAnalysis, read_stress, stand, with_modes
from mechlock.pipeline.frame_criteria import MOST_CHANGE, governing, settled
from mechlock.pipeline.frame_dynamics import frame_dynamics
from mechlock.pipeline.frame_model import PRELOADS, REST
from mechlock.pipeline.frame_motion import OpenFrame, open_frame, read_fields
from mechlock.pipeline.life_records import buckling_record
from mechlock.pipeline.life_start import panel_buckling
from mechlock.pipeline.toe_zoom import SeenAgain, Swing
from mechlock.pipeline.vibration_stage import dwell_run, random_run, vibration_criteria
from mechlock.solids.frame import FrameSolid

VIBRATION, CRASH, BUCKLING, WELDS = "random_3sigma", "ultimate_crash_corridor", "linear_buckling", "miner_weld"

WELD_ROW = "limit_load_weld_HAZ"
"""The static cases' criterion at weld toes, which submodels compare."""

TOES = "weld toes"
"""Cases of the crash that are read at the toes, which the second mesh has no rows for."""

FINE, COARSE = 11.0, 8.0
"""Cells over the shorter side of the largest panel on the two meshes; factors of both give the one of cells without size."""

STEEPEST = 5.0
"""Slope of the weld curves where they are flattest: damage grows with this power of stress at most."""

UNSEEN = 1.4
"""Damage whose verdict stands with so many times more or less stress at the toe gets no submodel (`frame_zoom.SCREEN`)."""


@dataclass(frozen=True)
class OtherMesh:
    """What other meshes say.

    Attributes
    ----------
    size : float
        Largest cell, mm.
    dofs : int
    buckled : tuple of Buckled
        The nearest limit load case, and the crash.
    change : dict of str to float
        Relative change of the governing value of each criterion.
    weld_stress : float or None
        Relative change of the governing weld stress of the static cases on submodels.
    swings : mapping of str to SeenAgain
        What submodels say of the worst toes of groups near their damage.
    """

    size: float
    dofs: int
    buckled: tuple[Buckled, ...]
    change: dict[str, float]
    weld_stress: float | None
    swings: Mapping[str, SeenAgain]

    def record(self) -> dict[str, Any]:
        """Keys ``buckling`` and ``second_mesh`` of the life's record."""
        return {
            "buckling": [buckling_record(item) for item in self.buckled],
            "second_mesh": {
                "cells_mm": self.size,
                "dofs": self.dofs,
                "change_percent": {name: 100.0 * value for name, value in self.change.items()},
                "weld_stress_percent": None if self.weld_stress is None else 100.0 * self.weld_stress,
                "weld_swings_percent": {
                    group: {"to_submodel": 100.0 * (seen.grown - 1.0), "between_submodels": 100.0 * seen.moved}
                    for group, seen in self.swings.items()
                },
            },
        }


@dataclass(frozen=True)
class Asked:
    """A frame and what it is judged with.

    Attributes
    ----------
    solid : FrameSolid
    design : Design
    steel : MaterialRecord
    loads : LockLoads
    criteria : mapping of str to AcceptanceRow
    progress : callable
    """

    solid: FrameSolid
    design: Design
    steel: MaterialRecord
    loads: LockLoads
    criteria: Mapping[str, AcceptanceRow]
    progress: Callable[[str], None] = lambda message: None


def to_look_at(rows: Sequence[Criterion], swings: Sequence[Swing]) -> list[Swing]:
    """Swings of the groups whose verdict another stress might turn that the frame's own mesh could have misread."""
    apart = UNSEEN**STEEPEST
    near = {
        row.case.partition(",")[0]
        for row in rows
        if row.name == WELDS and row.value is not None and row.limit is not None
        if row.value / apart < row.limit < row.value * apart
    }
    return [swing for swing in swings if swing.group in near]


def confirm(
    found: Sequence[Criterion], asked: Asked, weld_stress: float | None, swings: Mapping[str, SeenAgain]
) -> tuple[list[Criterion], OtherMesh]:
    """Add the rows of buckling, drive again what governs, and take the verdict from what does not stand.

    Parameters
    ----------
    found : sequence of Criterion
        Of the life assessment.
    asked : Asked
    weld_stress : float or None
        Relative change of the governing weld stress of the static cases.
    swings : mapping of str to SeenAgain
        By group, of those in `to_look_at`.
    """
    asked.progress("life: another mesh, for panels and to see what moves")
    at_toes = [row for row in found if row.name == WELDS or row.case.endswith(TOES)]
    others = [row for row in found if row not in at_toes]
    watched = {others[number].name: others[number] for number in governing(others)}
    size, _ = cells(asked)
    fine = _look(asked, size, None)
    again = _again(asked, fine, watched.get(VIBRATION))
    rows, change = settled(others, again)
    confirmed = iter(rows)
    answer = [_toe_row(row, weld_stress, swings) if row in at_toes else next(confirmed) for row in found]
    buckled, more = _buckling(asked, fine)
    dofs = 3 * len(fine.analysis.tensor.mesh.points)
    return answer + buckled.rows, OtherMesh(size, dofs, buckled.states, change | more, weld_stress, swings)


def cells(asked: Asked) -> tuple[float, float]:
    """Largest cells of the finer and the coarser mesh, mm: so many over the shorter side of the largest panel."""
    spans = [sorted(np.ptp(part.envelope, axis=0)) for part in asked.solid.parts if part.kind == "plate"]
    side = max((float(span[1]) for span in spans), default=FINE * asked.design.file.mesh.frame_quick)
    return side / FINE, side / COARSE


def _toe_row(row: Criterion, change: float | None, swings: Mapping[str, SeenAgain]) -> Criterion:
    """A passed row at weld toes, unless the stress moved too much, or by enough to turn it; a failed one stays failed."""
    if row.value is None or row.limit is None:
        return row
    seen = swings.get(row.case.partition(",")[0]) if row.name == WELDS else None
    if seen is not None:
        row = replace(row, reason=f"{row.reason}; a submodel has {seen.grown:.3g} times the stress, moved by {seen.moved:.1%}")
    if row.status != "passed":
        return row
    if seen is not None:
        stands = seen.moved <= MOST_CHANGE and row.value * max(1.0, seen.grown) ** STEEPEST <= row.limit
        return row if stands else undecided(row, row.reason)
    if change is None:
        return undecided(row, f"{row.reason}; no submodel tells how far the stress at the toes moves")
    grown = row.value * (1.0 + change) ** (STEEPEST if row.name == WELDS else 1.0)
    if change <= MOST_CHANGE and grown <= row.limit:
        return row
    return undecided(row, f"{row.reason}; the stress at the toes moves by {change:.1%} on submodels")


@dataclass(frozen=True)
class _Look:
    """A frame on another mesh, moved by the crash.

    Attributes
    ----------
    analysis : FrameAnalysis
    frame : OpenFrame
    base : Places
    buckling : (Panels, Buckled) or str
        See `LifeStart`.
    crash : tuple of CrashAnswer
    runs : tuple of (CrashRun, Survey)
    """

    analysis: FrameAnalysis
    frame: OpenFrame
    base: Places
    buckling: tuple[Panels, Buckled] | str
    crash: tuple[CrashAnswer, ...]
    runs: tuple[tuple[CrashRun, Survey], ...]


def _look(asked: Asked, size: float, states: Sequence[str] | None, axes: Sequence[Literal["x", "y"]] = CRASH_AXES) -> _Look:
    """Solve a frame on a mesh of another kind: all load cases or the named ones, panels, and the crash along the axes."""
    standing = stand(asked.solid, asked.steel, asked.design, Grading(size=size, quadratic=False), states=states)
    analysis = read_stress(with_modes(standing, asked.design.file.modes, keep=True), asked.steel, None)
    held = analysis.static.held
    assert held is not None
    try:
        dynamics = frame_dynamics(analysis, asked.design.file.life.damping, held=held)
        buckling = panel_buckling(analysis, dynamics, asked.progress)
    finally:
        held.factor.release()
    frame = open_frame(dynamics, math.inf)
    (read,) = read_fields(analysis, dynamics, partial(judged_stress, analysis))
    base = base_metal(analysis, frame, asked.steel, read)
    row = asked.criteria[CRASH]
    driven = [crash_runs(frame, axis, asked.progress) for axis in axes]
    answers = [crash_answer(frame, runs, base, None, asked.loads, asked.design, asked.steel, row) for runs in driven]
    pairs = [pair for runs, answer in zip(driven, answers, strict=True) for pair in zip(runs, answer.surveys, strict=True)]
    return _Look(analysis, frame, base, buckling, tuple(answers), tuple(pairs))


def _again(asked: Asked, look: _Look, vibration: Criterion | None) -> list[Criterion]:
    """Rows of the crash, and of the case of vibration that governs."""
    rows = [row for answer in look.crash for row in answer.rows]
    if vibration is not None:
        kind, axis = vibration.case.partition(",")[0].split()
        run = (random_run if kind == "random" else dwell_run)(look.frame, look.base, axis)
        rows += vibration_criteria((run,), look.base, asked.criteria[VIBRATION])
    return rows


class _Buckling(NamedTuple):
    rows: list[Criterion]
    states: tuple[Buckled, ...]


def _buckling(asked: Asked, fine: _Look) -> tuple[_Buckling, dict[str, float]]:
    """Buckling of limit load cases and crash, confirmed on coarser cells; relative change of the one that governs."""
    row = asked.criteria[BUCKLING]
    found = _buckled(asked, fine)
    if isinstance(found, Criterion):
        return _Buckling([found], ()), {}
    asked.progress("life: buckling on coarser cells")
    limit, crash = found.states
    axis: Literal["x", "y"] = "x" if crash.case.split()[1][1] == "x" else "y"
    states = [f"{REST}, {end} preload" for end in PRELOADS] + [limit.case]
    coarse = _buckled(asked, _look(asked, cells(asked)[1], states, (axis,)))
    if isinstance(coarse, Criterion):
        return _Buckling(
            [undecided(item, f"{item.reason}; coarser cells: {coarse.reason}") for item in found.rows], found.states
        ), {}
    rows: list[Criterion] = []
    change = 0.0
    whole = _rows(row, [replace(item, factor=without_size(item.factor, other.factor)) for item, other in _pairs(found, coarse)])
    for item, one, other in zip(whole, found.rows, coarse.rows, strict=True):
        _, moved = settled([one], [replace(other, case=one.case)])
        change = max(change, moved.get(row.name, 0.0))
        far = item.status == "passed" and moved.get(row.name, 0.0) > MOST_CHANGE
        told = (
            f"{item.reason}; {one.value:.3g} and {other.value:.3g} on cells of {cells(asked)[0]:.0f} and {cells(asked)[1]:.0f} mm"
        )
        rows.append(undecided(item, told) if far else replace(item, reason=told))
    return _Buckling(rows, found.states), {row.name: change}


def without_size(fine: float, coarse: float) -> float:
    """Factor of cells without size, from those of the two meshes (Richardson, second order)."""
    return fine - (coarse - fine) / ((FINE / COARSE) ** 2 - 1.0)


def _pairs(found: _Buckling, coarse: _Buckling) -> Iterator[tuple[Buckled, Buckled]]:
    return zip(found.states, coarse.states, strict=True)


def _rows(row: AcceptanceRow, states: Sequence[Buckled]) -> list[Criterion]:
    """Rows of limit load case and crash."""
    limits = (row.number("limit_limit_load"), row.number("limit_ultimate"))
    return [buckling_criterion(state, limit, row) for state, limit in zip(states, limits, strict=True)]


def _buckled(asked: Asked, look: _Look) -> _Buckling | Criterion:
    """Rows and states of the nearest limit load case and of the crash, or why there are none."""
    row = asked.criteria[BUCKLING]
    if isinstance(look.buckling, str):
        return not_evaluated(row.name, "all", row.source, look.buckling)
    shapes, limit = look.buckling
    ultimate = row.number("limit_ultimate")
    try:
        crash = crash_buckling(look.analysis, look.frame, shapes, look.runs, look.base, ultimate, asked.progress)
    except NoVerdict as error:
        return not_evaluated(row.name, "crash", row.source, str(error))
    return _Buckling(_rows(row, (limit, crash)), (limit, crash))
