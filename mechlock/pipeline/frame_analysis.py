"""One frame on one mesh: statics of every case, stress where it means something, weld toes, modes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mechlock.checks.strength import Peak
from mechlock.fem import error_estimate, hotspot, meaningful, stress
from mechlock.fem.assembly import System, assemble
from mechlock.fem.cores import on_all_cores
from mechlock.fem.modal import ModalSolution, solve_modal
from mechlock.fem.model import Model, Tie
from mechlock.fem.static import StaticResult, StaticSolution, solve_static
from mechlock.fem.stress import Floats, Recovery
from mechlock.inputs.design import Design
from mechlock.inputs.materials import MaterialRecord
from mechlock.mesh.foot_toes import foot_segments
from mechlock.mesh.tensor import TensorMesh, tensor_mesh
from mechlock.mesh.tensor_planes import Grading
from mechlock.mesh.tensor_welds import reentrant_edges, weld_interface
from mechlock.pipeline.frame_model import REST, frame_model, static_cases
from mechlock.pipeline.stress_readings import Reader, Readings, Toes
from mechlock.solids.frame import FrameSolid

Flags = NDArray[np.bool_]
Progress = Callable[[str], None]

AT_REST = f"{REST}, low preload"
"""The state that modes are about."""


def silent(message: str) -> None:
    """Take a message of progress and show nothing."""


@dataclass(frozen=True)
class FrameSolution:
    """How a frame on one mesh moves, and what holds it.

    Attributes
    ----------
    tensor : TensorMesh
    model : Model
    system : System
    static : StaticSolution
    modal : ModalSolution or None
    """

    tensor: TensorMesh
    model: Model
    system: System
    static: StaticSolution
    modal: ModalSolution | None


@dataclass(frozen=True)
class FrameAnalysis(FrameSolution):
    """What finite elements say of a frame: its solution, and the stress read from it.

    Attributes
    ----------
    recovery : Recovery
    von_mises : (n_cases, n_rows) float array
        Recovered von Mises stress in MPa, cases in the order of `static.results`.
    base_metal, weld_toes : Readings
        Stress wherever it is judged; `weld_toes` is None on a mesh without rows at the toes.
    base, weld : tuple of Peak
        Largest von Mises stress per case and gauge group: in base metal, and at weld toes.
    toes : Toes or None
        Weld toes with the places at which their structural stress is read; None on a mesh without rows at the toes.
    feet : Readings or None
        Rough stress at the feet of braces, which says which of them to look at; None without braces or rows at the toes.
    weld_coverage : float
        Share of the toes' length at which the mesh is fine enough to be read (0: weld zone not evaluated).
    judged : Flags
        Which rows of `von_mises` are judged as base metal.
    excluded_fraction, excluded_value : float
        Share of the volume left out, and the largest stress in it in MPa.
    errors : dict of str to float
        Estimated relative error in the energy norm per case.
    """

    recovery: Recovery
    von_mises: Floats
    base_metal: Readings
    weld_toes: Readings | None
    base: tuple[Peak, ...]
    weld: tuple[Peak, ...]
    toes: Toes | None
    feet: Readings | None
    weld_coverage: float
    judged: Flags
    excluded_fraction: float
    excluded_value: float
    errors: dict[str, float]


def stand(
    solid: FrameSolid,
    steel: MaterialRecord,
    design: Design,
    grading: Grading,
    *,
    states: Sequence[str] | None = None,
    progress: Progress = silent,
) -> FrameSolution:
    """Mesh a frame and solve its static states (by default all); the factored state at rest is kept for `with_modes`."""
    progress("frame: mesh")
    tensor = tensor_mesh(solid, grading)
    ties = tuple(Tie(end.name, end.master, end.slave) for end in tensor.welded)
    model = frame_model(tensor.mesh, tensor.volume * steel.density, steel, design, ties)
    progress(f"frame: statics, {3 * len(tensor.mesh.points):,} degrees of freedom")
    system = assemble(model)
    cases = [case for case in static_cases(design, model) if states is None or case.name in (AT_REST, *states)]
    return FrameSolution(tensor, model, system, solve_static(system, cases, keep=AT_REST), None)


SETTLED = 1e-6
"""Residual of a mode relative to its eigenvalue, whose own error is the square of it."""


def with_modes(
    solved: FrameSolution, count: int, progress: Progress = silent, tolerance: float = SETTLED, *, keep: bool = False
) -> FrameSolution:
    """Add the first modes about preload and 1 g, to a tolerance on their residuals, and give the factor back unless kept."""
    held = solved.static.held
    assert held is not None
    modal = None
    if count:
        progress("frame: modes")
        modal = solve_modal(solved.system, count, about=solved.static.results[AT_REST], held=held, tolerance=tolerance)
    if not keep:
        held.factor.release()
    return replace(solved, modal=modal)


def read_stress(
    solved: FrameSolution, steel: MaterialRecord, toe_length: float | None, progress: Progress = silent
) -> FrameAnalysis:
    """Read a frame's stress where it means something, in base metal and at weld toes.

    Parameters
    ----------
    toe_length : float or None
        Longest cell at a weld toe, over the wall thickness, at which the toe is read; None on a mesh without rows at the toes.
    """
    progress("frame: stress")
    features = _features(solved.tensor, solved.model)
    reader = Reader.prepare(solved.tensor, steel, features, toe_length, feet_apart=True)
    kinds = (reader.toes, reader.feet)
    results = solved.static.results

    def read(result: StaticResult) -> tuple[Floats, list[Floats]]:
        nodal = stress.recover(reader.recovery, result.displacement).nodal
        return nodal, [np.zeros(0) if toes is None else toes.stress(nodal) for toes in kinds]

    read_out = list(on_all_cores(read, list(results.values())))
    nodal = np.array([field for field, _ in read_out])
    moved = np.array([result.displacement for result in results.values()])
    estimates = error_estimate.estimates(reader.recovery, moved, nodal)
    errors = {name: found.relative for name, found in zip(results, estimates, strict=True)}
    von_mises = {name: stress.von_mises(field) for name, field in zip(results, nodal, strict=True)}
    at_toes = [
        None if toes is None else reader.at(toes, {name: spots[kind] for name, (_, spots) in zip(results, read_out, strict=True)})
        for kind, toes in enumerate(kinds)
    ]
    everywhere = np.array(list(von_mises.values()))
    base = reader.base(von_mises)
    weld, feet = at_toes
    return FrameAnalysis(
        tensor=solved.tensor,
        model=solved.model,
        system=solved.system,
        static=solved.static,
        modal=solved.modal,
        recovery=reader.recovery,
        von_mises=everywhere,
        base_metal=base,
        weld_toes=weld,
        base=base.peaks(),
        weld=() if weld is None else weld.peaks(),
        toes=reader.toes,
        feet=feet,
        weld_coverage=reader.toes.coverage if reader.toes is not None else 0.0,
        judged=reader.mask.rows,
        excluded_fraction=reader.mask.excluded_fraction,
        excluded_value=float(np.where(reader.mask.rows, 0.0, everywhere).max()),
        errors=errors,
    )


def analyse_frame(
    solid: FrameSolid,
    steel: MaterialRecord,
    design: Design,
    grading: Grading,
    *,
    modes: int = 0,
    toe_length: float = hotspot.ALLOWED_LENGTH,
    progress: Progress = silent,
) -> FrameAnalysis:
    """Mesh a frame, solve it, and read its stress: `stand`, `with_modes` and `read_stress`."""
    solved = with_modes(stand(solid, steel, design, grading, progress=progress), modes, progress)
    return read_stress(solved, steel, toe_length if grading.toe_rows else None, progress)


def _features(tensor: TensorMesh, model: Model) -> meaningful.Features:
    """Welds, inner corners, and every patch through which something acts on the frame."""
    touched = {pad.name: pad.on for pad in model.pads} | {lock.name: lock.on for lock in model.locks}
    touched |= {pin.name: pin.on for pin in model.springs} | {item.name: item.attach for item in model.masses}
    touched |= {support.name: support.on for support in model.supports} | {tie.name: (tie.slave,) for tie in model.ties}
    nodes = {name: np.concatenate([tensor.mesh.face_nodes(group) for group in groups]) for name, groups in touched.items()}
    lines = {"corners": reentrant_edges(tensor).segments, "feet": foot_segments(tensor)}
    return meaningful.Features({"welds": weld_interface(tensor), **nodes}, lines)
