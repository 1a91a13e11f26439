"""The frame of a design to its criteria: one analysis, then a second look at what governs, several pieces at a time.

What the whole frame does (forces, gaps, modes) is compared with a mesh halved throughout, of cells of another kind that do not
lock; its stress with submodels on two meshes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

from mechlock.checks import strength
from mechlock.checks.criterion import Criterion
from mechlock.checks.lock_forces import Containment, LoadSet
from mechlock.checks.modes import first_mode
from mechlock.fem.hotspot import ALLOWED_LENGTH
from mechlock.inputs.acceptance import AcceptanceRow
from mechlock.inputs.design import Design
from mechlock.inputs.materials import MaterialRecord
from mechlock.mesh.foot_toes import UnreadToe, unread_toes
from mechlock.mesh.tensor_planes import Grading
from mechlock.pipeline.frame_analysis import (
    FrameAnalysis,
    FrameSolution,
    Progress,
    read_stress,
    stand,
    with_modes,
)
from mechlock.pipeline.frame_criteria import frame_criteria, governing, holding_criteria, settled, stress_criteria, uncompared
from mechlock.pipeline.frame_zoom import Zoom, zoom_in
from mechlock.solids.frame import FrameSolid

TOE_ROWS = (1.0,)
"""Planes beside weld toes of the whole frame, in wall thicknesses; the toes that come near their limit are read in submodels."""

TOE_LENGTH = 1.0
"""Longest cell at a toe that is read on the frame's own mesh, in wall thicknesses."""

LIFE_TOE_ROWS = (0.4, 1.0)
"""The same where fatigue is asked for, which reads every toe on the frame's own mesh (IIW)."""

GROWTH = 10.0
"""Ratio of neighbouring cells away from the toes; without grading the structural stress swings by a fifth."""

COMPARED = 1e-3
"""Residual of the mode that is only compared between meshes; its frequency is good to the square of it."""


@dataclass(frozen=True)
class FrameJob:
    """What a frame is judged with.

    Attributes
    ----------
    solid : FrameSolid
    steel : MaterialRecord
    design : Design
    load : LoadSet
        What the lock was proved for.
    rows : mapping of str to AcceptanceRow
    progress : callable
    """

    solid: FrameSolid
    steel: MaterialRecord
    design: Design
    load: LoadSet
    rows: Mapping[str, AcceptanceRow]
    progress: Progress


@dataclass(frozen=True)
class FrameStage:
    """A frame with its criteria and what stands behind them.

    Attributes
    ----------
    analysis : FrameAnalysis
        With the peaks of the submodels in place of its own.
    rows : tuple of Criterion
    hooks : tuple of Containment
        Hook forces against the proved set.
    change : dict of str to float
        Relative change of each criterion's governing value between the two meshes; empty without a second look.
    zooms : tuple of Zoom
    unread : tuple of UnreadToe
        Places at feet of braces and gussets at which the ground is not read.
    """

    analysis: FrameAnalysis
    rows: tuple[Criterion, ...]
    hooks: tuple[Containment, ...]
    change: dict[str, float]
    zooms: tuple[Zoom, ...]
    unread: tuple[UnreadToe, ...] = ()


def statics(job: FrameJob, *, quick: bool, life: bool) -> FrameSolution:
    """Solve the load cases on the frame's own mesh; `life` reads every weld toe on rows of the fine kind."""
    if quick:
        grading = Grading(size=job.design.file.mesh.frame_quick, quadratic=False)
    else:
        mesh, rows = job.design.file.mesh, LIFE_TOE_ROWS if life else TOE_ROWS
        grading = Grading(mesh.frame, rows, around_blocks=mesh.toes == "all", growth=GROWTH)
    return stand(job.solid, job.steel, job.design, grading, progress=job.progress)


def first_look(job: FrameJob, standing: FrameSolution, *, quick: bool, life: bool) -> FrameAnalysis:
    """Add modes and stress to the load cases; `life` goes on with the factored frame."""
    solved = with_modes(standing, job.design.file.modes, job.progress, keep=life)
    toe_length = ALLOWED_LENGTH if life else TOE_LENGTH
    return read_stress(solved, job.steel, None if quick else toe_length, job.progress)


def judged(job: FrameJob, analysis: FrameAnalysis) -> FrameStage:
    """Judge a frame on one mesh alone."""
    found = frame_criteria(analysis, job.steel, job.design, job.load, job.rows)
    return FrameStage(analysis, found.rows, found.hooks, {}, ())


def second_look(job: FrameJob, analysis: FrameAnalysis, pool: Executor) -> FrameStage:
    """Judge a frame, and take the verdict from every governing value that a second mesh does not confirm."""
    job.progress("frame: another mesh, to see what moves")
    held = holding_criteria(analysis, job.design, job.load, job.rows)
    watched = tuple(held.rows[number].case for number in governing(held.rows))
    states = [name for name in analysis.static.results if any(case.startswith(name) for case in watched)]
    halved = pool.submit(_solve_halved, job, states, _modes_needed(analysis))
    zoomed = zoom_in(analysis, job.steel, *stress_limits(job.solid, job.steel, job.rows), pool, job.progress)
    found = frame_criteria(zoomed.finer, job.steel, job.design, job.load, job.rows)
    compared = (
        *stress_criteria(zoomed.base, zoomed.weld, analysis.weld_coverage, job.steel, job.rows),
        *holding_criteria(halved.result(), job.design, job.load, job.rows).rows,
    )
    rows, change = settled(found.rows, compared)
    if not zoomed.complete:
        rows = uncompared(rows, "feet of braces that no submodel has looked at may carry more")
    if len(zoomed.missed):
        x, y, z = zoomed.missed[0]
        rows = uncompared(
            rows, f"{len(zoomed.missed)} toes at feet were not read in submodels, one at ({x:.0f}, {y:.0f}, {z:.0f}) mm"
        )
    return FrameStage(zoomed.finer, tuple(rows), found.hooks, change, zoomed.zooms, unread_toes(analysis.tensor))


def _solve_halved(job: FrameJob, states: Sequence[str], modes: int) -> FrameSolution:
    """Solve on cells half as long; with two across every wall of a section its distortion is no longer too stiff."""
    grading = Grading(size=job.design.file.mesh.frame, halved=True, quadratic=False)
    standing = stand(job.solid, job.steel, job.design, grading, states=states)
    return with_modes(standing, modes, tolerance=COMPARED)


def _modes_needed(analysis: FrameAnalysis) -> int:
    """Modes up to the one that moves the frame as a whole."""
    modal = analysis.modal
    if modal is None:
        return 1
    found = first_mode(modal.frequencies, modal.effective_mass, float(modal.rigid_mass[0, 0]))
    return len(modal.frequencies) if found is None else found.number


def stress_limits(
    solid: FrameSolid, steel: MaterialRecord, rows: Mapping[str, AcceptanceRow]
) -> tuple[dict[str, float], dict[str, float]]:
    """Allowed stress of each gauge group in base metal and at weld toes, in MPa."""
    base = strength.base_share(rows["limit_load_von_mises_base"])
    weld = strength.weld_share(steel, rows["limit_load_weld_HAZ"])
    stress = {group: steel.yield_at(solid.thickness(group)) for group in solid.groups}
    return {group: base * value for group, value in stress.items()}, {group: weld * value for group, value in stress.items()}
