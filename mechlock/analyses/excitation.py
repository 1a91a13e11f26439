"""A structure projected on its modes and excited at its base: what the dynamic cases share.

Displacements are relative to the base. Modes that are left out answer statically (residual vectors).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mechlock.analyses import reading, stresses
from mechlock.analyses.readers import Readers
from mechlock.analyses.stresses import Judge
from mechlock.errors import InputError
from mechlock.fem import stress
from mechlock.fem.modal import ModalSolution
from mechlock.fem.static import StaticResult
from mechlock.inputs.model_cases import Damping as DampingTable
from mechlock.inputs.model_cases import DynamicCase
from mechlock.response.basis import ModalBasis, Output, base_drive, modal_basis
from mechlock.response.damping import Damping, modal_damping, rayleigh_damping, structural_damping

Floats = NDArray[np.floating[Any]]
Record = dict[str, Any]
Fields = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Excited:
    """A structure under base excitation along one direction.

    Attributes
    ----------
    drive : (m,) array
        Modal forces per unit base acceleration.
    shapes : (m, n_nodes, 3) array
    direct : (n_nodes, 3) array
        Residual displacement per unit base acceleration.
    stress_shapes : (n_rows, 6, m) array
    stress_direct : (n_rows, 6) array
    readings : reading.Readings or None
        The probes in each mode, with the residual as a last entry; leading axis m + 1.
    """

    basis: ModalBasis
    drive: Floats
    shapes: Floats
    direct: Floats
    stress_shapes: Floats
    stress_direct: Floats
    readings: reading.Readings | None


def direction_of(case: DynamicCase) -> Floats:
    """Return the unit vector along which the base moves."""
    way = np.eye(3)["xyz".index(case.direction)] if isinstance(case.direction, str) else np.array(case.direction, float)
    length = float(np.linalg.norm(way))
    if length == 0.0:
        raise InputError("the direction has no length", f"cases.{case.name}.direction", "write x, y, z or a vector")
    return way / length


def damping_of(case: DynamicCase, frequencies: Floats) -> Damping:
    """Return the damping of the modes."""
    table, count = case.damping, len(frequencies)
    if not isinstance(table, DampingTable):
        return modal_damping(table, count)
    if table.structural is not None:
        return structural_damping(table.structural, count)
    if table.rayleigh is not None:
        return rayleigh_damping(table.rayleigh.mass, table.rayleigh.stiffness, frequencies)
    ratios = np.array(table.modal)
    return modal_damping(ratios[np.minimum(np.arange(count), len(ratios) - 1)], count)


def excited(case: DynamicCase, readers: Readers, modes: ModalSolution) -> Excited:
    """Project a structure on its modes for one direction of base excitation."""
    if modes.rigid_count:
        raise InputError("the structure moves freely: there is no base to shake it", f"cases.{case.name}", "hold it")
    way = direction_of(case)
    drive = base_drive(modes.participation, way)
    # the base moving by +1 leaves the body behind: relative to the base it feels -M r
    direct = -np.einsum("a,ani->ni", way, modes.residual_shapes[:3])
    return projected(case, readers, modes, drive, direct)


def projected(case: DynamicCase, readers: Readers, modes: ModalSolution, drive: Floats, direct: Floats) -> Excited:
    """Project a structure on its modes for an input that drives them by `drive` (m,) and moves the nodes by `direct` at once."""
    basis = modal_basis(modes.frequencies, damping_of(case, modes.frequencies))
    judge, placed = readers.judge, readers.probes
    together = np.concatenate([modes.shapes, direct[None]])
    field = stress.recover(judge.recovery, together)
    tensors = np.moveaxis(field.nodal, 0, -1)
    readings = reading.read(judge, placed, together, field) if placed.probes else None
    return Excited(basis, drive, modes.shapes, direct, np.ascontiguousarray(tensors[..., :-1]), tensors[..., -1], readings)


def probe_output(body: Excited, quantity: str, row: int) -> Output:
    """Return a linear quantity of a probe as an output of the modal basis."""
    assert body.readings is not None
    every = reading.value(quantity, body.readings, row)
    return Output(every[None, :-1], every[None, -1])


@dataclass(frozen=True)
class StaticParts:
    """The static state at nodes, rows and probes, where it is to be added; else zeros."""

    displacement: Floats | None
    tensor: Floats | None
    readings: reading.Readings | None


def static_parts(case: DynamicCase, readers: Readers, state: StaticResult | None) -> StaticParts:
    """Return the static state that a case stands on, where it is to be added."""
    if not case.include_static or state is None:
        return StaticParts(None, None, None)
    judge, placed = readers.judge, readers.probes
    field = stress.recover(judge.recovery, state.displacement, stresses.free_strain(judge, state))
    return StaticParts(
        state.displacement, field.nodal, reading.read(judge, placed, state.displacement, field) if placed.probes else None
    )


def field_record(kind: str, judge: Judge, equivalent: Floats, moved: Floats) -> Record:
    """Largest values of a field of peaks or RMS, where stress is judged."""
    rows = judge.mask.rows
    row = int(np.argmax(np.where(rows, equivalent, -1.0)))
    largest = {
        "value": float(equivalent[row]) if rows.any() else None,
        "at": judge.recovery.mesh.points[judge.recovery.node[row]].tolist(),
        "group": judge.recovery.regions[int(judge.recovery.region[row])].name,
    }
    return {kind: {"max_von_mises_MPa": largest, "max_displacement_mm": float(moved.max())}, "max_von_mises_MPa": largest}
