"""A frame on a mesh of another kind, of cells with assumed stress (`mechlock.fem.assumed_stress`) that bend as plates do.

Without rows at weld toes such frames are small enough to be solved several times.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np

from mechlock.inputs.acceptance import AcceptanceRow
from mechlock.inputs.design import Design
from mechlock.inputs.materials import MaterialRecord
from mechlock.mesh.tensor_planes import Grading
from mechlock.pipeline.base_metal import Places, Survey, base_metal, judged_stress
from mechlock.pipeline.buckling_stage import Buckled, Panels
from mechlock.pipeline.crash_criteria import CrashAnswer, LockLoads, crash_answer
from mechlock.pipeline.crash_stage import AXES as CRASH_AXES
from mechlock.pipeline.crash_stage import CrashRun, crash_runs
from mechlock.pipeline.frame_analysis import FrameAnalysis, read_stress, stand, with_modes
from mechlock.pipeline.frame_dynamics import frame_dynamics
from mechlock.pipeline.frame_motion import OpenFrame, open_frame, read_fields
from mechlock.pipeline.life_start import panel_buckling
from mechlock.solids.frame import FrameSolid

CRASH = "ultimate_crash_corridor"

FINEST, FINE, COARSE = 14.0, 11.0, 8.0
"""Cells over the shorter side of the largest panel; factors of two meshes give the one of cells without size."""


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


def cells(asked: Asked, count: float) -> float:
    """Largest cells of a mesh, mm: so many over the shorter side of the largest rectangle of sheet without window.

    Around windows sheets are strips, which are cut from their own edges on anyway.
    """
    sheets = [part for part in asked.solid.parts if part.kind == "plate"]
    shorter = [np.sort(part.high - part.low, axis=1)[:, 1].max() for part in sheets]
    return float(max(shorter, default=FINE * asked.design.file.mesh.frame_quick)) / count


@dataclass(frozen=True)
class Look:
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


def look(asked: Asked, count: float, states: Sequence[str] | None, axes: Sequence[Literal["x", "y"]] = CRASH_AXES) -> Look:
    """Solve a frame on a mesh of another kind: all load cases or the named ones, panels, and the crash along the axes.

    Parameters
    ----------
    asked : Asked
    count : float
        Cells over the shorter side of the largest panel.
    states : sequence of str or None
        Load cases that are solved; None: all.
    axes : sequence of "x", "y"
    """
    standing = stand(asked.solid, asked.steel, asked.design, Grading(size=cells(asked, count), quadratic=False), states=states)
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
    return Look(analysis, frame, base, buckling, tuple(answers), tuple(pairs))
