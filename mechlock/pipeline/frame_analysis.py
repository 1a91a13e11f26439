"""One frame on one mesh: statics of every case, stress where it means something, weld toes, modes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mechlock.checks.strength import Peak
from mechlock.fem import error_estimate, hotspot, meaningful, stress
from mechlock.fem.assembly import System, assemble
from mechlock.fem.modal import ModalSolution, solve_modal
from mechlock.fem.model import Model, Tie
from mechlock.fem.static import StaticResult, StaticSolution, solve_static
from mechlock.fem.stress import Recovery, Region
from mechlock.inputs.design import Design
from mechlock.inputs.materials import MaterialRecord
from mechlock.mesh.mesh import Floats, Ints
from mechlock.mesh.tensor import TensorMesh, tensor_mesh
from mechlock.mesh.tensor_planes import Grading
from mechlock.mesh.tensor_welds import WeldToes, reentrant_edges, weld_interface, weld_toes
from mechlock.pipeline.frame_model import REST, frame_model, static_cases
from mechlock.solids.frame import FrameSolid

Flags = NDArray[np.bool_]

REACH_IN_T = 1.0
"""Base metal is judged farther than so many wall thicknesses from welds, corners, couplings and contact patches."""


@dataclass(frozen=True)
class FrameAnalysis:
    """What finite elements say of a frame.

    Attributes
    ----------
    tensor : TensorMesh
    model : Model
    system : System
    static : StaticSolution
    recovery : Recovery
    von_mises : (n_cases, n_rows) float array
        Recovered von Mises stress in MPa, cases in the order of `static.results`.
    base, weld : tuple of Peak
        Largest von Mises stress per case and gauge group: in base metal, and at weld toes.
    toes : Toes or None
        Weld toes with the places at which their structural stress is read; None on a mesh without rows at the toes.
    weld_coverage : float
        Share of the toes' length at which the mesh is fine enough to be read (0: weld zone not evaluated).
    judged : Flags
        Which rows of `von_mises` are judged as base metal.
    excluded_fraction, excluded_value : float
        Share of the volume left out, and the largest stress in it in MPa.
    errors : dict of str to float
        Estimated relative error in the energy norm per case.
    modal : ModalSolution or None
    """

    tensor: TensorMesh
    model: Model
    system: System
    static: StaticSolution
    recovery: Recovery
    von_mises: stress.Floats
    base: tuple[Peak, ...]
    weld: tuple[Peak, ...]
    toes: Toes | None
    weld_coverage: float
    judged: Flags
    excluded_fraction: float
    excluded_value: float
    errors: dict[str, float]
    modal: ModalSolution | None


def analyse_frame(
    solid: FrameSolid,
    steel: MaterialRecord,
    design: Design,
    grading: Grading,
    *,
    modes: int = 0,
    toe_length: float = hotspot.ALLOWED_LENGTH,
    progress: Callable[[str], None] = lambda message: None,
) -> FrameAnalysis:
    """Mesh a frame and solve it: every static case, stress, weld toes, and `modes` modes about preload and 1 g.

    Parameters
    ----------
    toe_length : float
        Longest cell at a weld toe, over the wall thickness, at which the toe is read.
    """
    progress("frame: mesh")
    tensor = tensor_mesh(solid, grading)
    ties = tuple(Tie(end.name, end.master, end.slave) for end in tensor.welded)
    model = frame_model(tensor.mesh, tensor.volume * steel.density, steel, design, ties)
    progress(f"frame: statics, {3 * len(tensor.mesh.points):,} degrees of freedom")
    system = assemble(model)
    rest = f"{REST}, low preload"
    static = solve_static(system, static_cases(design, model), keep=rest if modes else None)
    modal = None
    if modes:
        progress("frame: modes")
        modal = solve_modal(system, modes, about=static.results[rest], held=static.held)
    if static.held is not None:
        static.held.factor.release()
    progress("frame: stress")
    recovery = stress.prepare(tensor.mesh, _regions(solid, tensor, steel))
    mask = meaningful.meaningful(recovery, _thicknesses(solid), _features(tensor, model), REACH_IN_T)
    toes = Toes.prepare(tensor, recovery, toe_length) if grading.toe_rows else None
    von_mises, base, weld, errors = list[stress.Floats](), list[Peak](), list[Peak](), dict[str, float]()
    for result in static.results.values():
        field = stress.recover(recovery, result.displacement)
        values = stress.von_mises(field.nodal)
        von_mises.append(values)
        base += _peaks(result, solid, recovery.region, np.where(mask.rows, values, -1.0), tensor.mesh.points[recovery.node])
        weld += toes.peaks(result, solid, field.nodal) if toes is not None else []
        errors[result.name] = error_estimate.estimate(recovery, result.displacement, field.nodal).relative
    everywhere = np.array(von_mises)
    return FrameAnalysis(
        tensor=tensor,
        model=model,
        system=system,
        static=static,
        recovery=recovery,
        von_mises=everywhere,
        base=tuple(base),
        weld=tuple(weld),
        toes=toes,
        weld_coverage=toes.coverage if toes is not None else 0.0,
        judged=mask.rows,
        excluded_fraction=mask.excluded_fraction,
        excluded_value=float(np.where(mask.rows, 0.0, everywhere).max()),
        errors=errors,
        modal=modal,
    )


@dataclass(frozen=True)
class Toes:
    """Weld toes on the faces of walls, with the places at which their structural stress is read.

    Attributes
    ----------
    toes : WeldToes
    reader : hotspot.HotSpotReader
    groups : (n,) int array
        Gauge group of each toe's wall, a number into ``solid.groups``.
    """

    toes: WeldToes
    reader: hotspot.HotSpotReader
    groups: Ints

    @staticmethod
    def prepare(tensor: TensorMesh, recovery: Recovery, toe_length: float) -> Toes:
        """Find the toes and the places at which they are read; toes on edges and flush walls are left out."""
        toes = weld_toes(tensor)
        toes = toes.select(toes.through & ~toes.flush)
        points = hotspot.WeldPoints(toes.point, toes.away, toes.inward, toes.thickness)
        solid = tensor.solid
        groups = np.array([solid.groups.index(solid.parts[part].group) for part in toes.part])
        return Toes(toes, hotspot.prepare(recovery, points, toe_length), groups)

    @property
    def coverage(self) -> float:
        """Share of the toes' length at which the mesh is fine enough."""
        fine = self.reader.length_over_thickness <= self.reader.allowed_length * (1 + 1e-6)
        return float(self.toes.length[fine].sum() / self.toes.length.sum())

    def peaks(self, result: StaticResult, solid: FrameSolid, nodal: stress.Floats) -> Sequence[Peak]:
        """Largest structural stress of each gauge group in one case."""
        spots = hotspot.structural_stress(self.reader, nodal)
        return _peaks(result, solid, self.groups, np.where(spots.valid, spots.von_mises, -1.0), self.toes.point)


def _regions(solid: FrameSolid, tensor: TensorMesh, steel: MaterialRecord) -> list[Region]:
    elasticity = stress.isotropic(steel.E, steel.nu)
    return [Region(group, tensor.mesh.volumes[group], elasticity) for group in solid.groups]


def _thicknesses(solid: FrameSolid) -> Floats:
    return np.array([solid.thickness(group) for group in solid.groups])


def _features(tensor: TensorMesh, model: Model) -> meaningful.Features:
    """Welds, inner corners, and every patch through which something acts on the frame."""
    touched = {pad.name: pad.on for pad in model.pads} | {lock.name: lock.on for lock in model.locks}
    touched |= {pin.name: pin.on for pin in model.springs} | {item.name: item.attach for item in model.masses}
    touched |= {support.name: support.on for support in model.supports} | {tie.name: (tie.slave,) for tie in model.ties}
    nodes = {name: np.concatenate([tensor.mesh.face_nodes(group) for group in groups]) for name, groups in touched.items()}
    return meaningful.Features({"welds": weld_interface(tensor), **nodes}, {"corners": reentrant_edges(tensor).segments})


def _peaks(result: StaticResult, solid: FrameSolid, group: Ints, values: stress.Floats, places: Floats) -> Sequence[Peak]:
    """Largest value of each gauge group; groups without any judged value are left out."""
    order = np.lexsort((values, group))
    last = np.flatnonzero(np.diff(group[order], append=-1))
    found: list[Peak] = []
    for row in order[last]:
        name = solid.groups[int(group[row])]
        if values[row] >= 0.0:
            x, y, z = places[row]
            found.append(Peak(result.name, name, solid.thickness(name), float(values[row]), (float(x), float(y), float(z))))
    return found
