"""Shock, random and harmonic base excitation of a model file, by modal superposition about a static contact state.

Displacements are relative to the base. Modes that are left out answer statically (residual vectors).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mechlock.analyses import reading
from mechlock.analyses.peaks import greatest_length, von_mises_rows
from mechlock.analyses.stresses import Judge
from mechlock.errors import InputError
from mechlock.fem import stress
from mechlock.fem.assembly import System
from mechlock.fem.modal import ModalSolution
from mechlock.fem.restraint import restrain
from mechlock.fem.static import StaticResult
from mechlock.inputs.model_cases import DynamicCase, HarmonicCase, RandomCase, ShockCase
from mechlock.loads.psd import Psd, psd, standard_duration, standard_psd
from mechlock.loads.pulses import Pulse, pulse, standard_pulse
from mechlock.response import modal
from mechlock.response.basis import ModalBasis, Output, base_drive, modal_basis
from mechlock.response.damping import modal_damping
from mechlock.response.harmonic import harmonic
from mechlock.response.random import random_response, von_mises_moments
from mechlock.response.transient import ModalMotion, extremes

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


def excited(case: DynamicCase, judge: Judge, placed: reading.ProbeSet, modes: ModalSolution) -> Excited:
    """Project a structure on its modes for one direction of base excitation."""
    if modes.rigid_count:
        raise InputError("the structure moves freely: there is no base to shake it", f"cases.{case.name}", "hold it")
    way = direction_of(case)
    basis = modal_basis(modes.frequencies, modal_damping(case.damping, len(modes.frequencies)))
    drive = base_drive(modes.participation, way)
    # the base moving by +1 leaves the body behind: relative to the base it feels -M r
    direct = -np.einsum("a,ani->ni", way, modes.residual_shapes[:3])
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


def dynamic_record(
    case: DynamicCase, system: System, judge: Judge, placed: reading.ProbeSet, modes: ModalSolution, state: StaticResult | None
) -> tuple[Record, Fields]:
    """Return figures and fields of one dynamic case."""
    body = excited(case, judge, placed, modes)
    record: Record = {
        "analysis": case.analysis,
        "status": "ok",
        "about": modes.about or None,
        "modes": len(modes.frequencies),
        "frequencies_Hz": modes.frequencies.tolist(),
        "includes_static": case.include_static,
    }
    held = _static_parts(case, judge, placed, state)
    if isinstance(case, ShockCase):
        found, fields, motion = _shock(case, judge, placed, body, held)
        force = Output(modes.contact_rows.T, np.zeros(modes.contact_rows.shape[1]))
        response: Any = extremes(force, motion) if len(force.shapes) else None
    elif isinstance(case, RandomCase):
        found, fields, moments = _random(case, judge, placed, body)
        force = Output(modes.contact_rows.T, np.zeros(modes.contact_rows.shape[1]))
        response = random_response(force, moments) if len(force.shapes) else None
    else:
        found, fields = _harmonic(case, placed, body)
        response = None
    record |= found
    if state is not None and response is not None:
        record |= _contacts(system, state, response)
    return record, fields


@dataclass(frozen=True)
class _Static:
    """The static state at nodes, rows and probes, where it is to be added; else zeros."""

    displacement: Floats | None
    tensor: Floats | None
    readings: reading.Readings | None


def _static_parts(case: DynamicCase, judge: Judge, placed: reading.ProbeSet, state: StaticResult | None) -> _Static:
    if not case.include_static or state is None:
        return _Static(None, None, None)
    field = stress.recover(judge.recovery, state.displacement)
    return _Static(
        state.displacement, field.nodal, reading.read(judge, placed, state.displacement, field) if placed.probes else None
    )


def pulse_of(case: ShockCase) -> Pulse:
    """Return the base's acceleration pulse."""
    if case.pulse is not None:
        return pulse(case.pulse.shape, case.pulse.peak, case.pulse.duration)
    return standard_pulse(str(case.standard))


def _shock(
    case: ShockCase, judge: Judge, placed: reading.ProbeSet, body: Excited, held: _Static
) -> tuple[Record, Fields, ModalMotion]:
    load = pulse_of(case).history()
    nothing = Output(np.zeros((1, len(body.drive))), np.zeros(1))
    motion = modal.shock(body.basis, body.drive, load, nothing).motion
    peaks, times, moved = _peaks(body, motion, held)
    record = _field_record("peak", judge, peaks, moved)
    record["duration_s"] = float(motion.time[-1])
    if placed.probes:
        record["probes"] = {
            probe.name: _shock_probe(probe.quantity, row, body, motion, held) for row, probe in enumerate(placed.probes)
        }
    fields = {"von_mises": peaks, "time_of_peak": times, "displacement_magnitude": moved[judge.recovery.node]}
    return record, fields, motion


def _shock_probe(quantity: str, row: int, body: Excited, motion: ModalMotion, held: _Static) -> Record:
    assert body.readings is not None
    unit = reading.unit_of(quantity)
    if reading.is_linear(quantity):
        shift = 0.0 if held.readings is None else float(reading.value(quantity, held.readings, row))
        found = extremes(probe_output(body, quantity, row), motion, shift)
        return {"peak": float(found.peak[0]), "time_s": float(found.peak_time[0]), "unit": unit, "quantity": quantity}
    coordinates = np.column_stack([motion.displacement, motion.input])

    def history(values: Floats, static: Floats | None) -> Floats:
        return coordinates @ values[:, row] + (0.0 if static is None else static[row])

    still = held.readings
    readings = reading.Readings(
        history(body.readings.displacement, still and still.displacement)[:, None],
        history(body.readings.stress, still and still.stress)[:, None],
        history(body.readings.strain, still and still.strain)[:, None],
    )
    values = reading.value(quantity, readings, 0)
    when = int(np.argmax(np.abs(values)))
    return {"peak": float(values[when]), "time_s": float(motion.time[when]), "unit": unit, "quantity": quantity}


def _peaks(body: Excited, motion: ModalMotion, held: _Static) -> tuple[Floats, Floats, Floats]:
    """Greatest von Mises stress per row with its time (MPa, s), and greatest displacement per node (mm)."""
    coordinates = [motion.displacement, motion.input[:, None]]
    stress_parts = [body.stress_shapes, body.stress_direct[..., None]]
    moved_parts = [body.shapes.transpose(1, 2, 0), body.direct[..., None]]
    if held.displacement is not None and held.tensor is not None:
        coordinates.append(np.ones((len(motion.input), 1)))
        stress_parts.append(held.tensor[..., None])
        moved_parts.append(held.displacement[..., None])
    over_time = np.concatenate(coordinates, axis=1).T
    equivalent, sample = greatest_length(von_mises_rows(np.concatenate(stress_parts, axis=2)), over_time)
    moved, _ = greatest_length(np.concatenate(moved_parts, axis=2), over_time)
    return equivalent, motion.step * sample, moved


def _field_record(kind: str, judge: Judge, equivalent: Floats, moved: Floats) -> Record:
    """Largest values of a field of peaks or RMS, where stress is judged."""
    rows = judge.mask.rows
    row = int(np.argmax(np.where(rows, equivalent, -1.0)))
    largest = {
        "value": float(equivalent[row]) if rows.any() else None,
        "at": judge.recovery.mesh.points[judge.recovery.node[row]].tolist(),
        "group": judge.recovery.regions[int(judge.recovery.region[row])].name,
    }
    return {kind: {"max_von_mises_MPa": largest, "max_displacement_mm": float(moved.max())}, "max_von_mises_MPa": largest}


def spectrum_of(case: RandomCase) -> Psd:
    """Return the spectrum of the base's acceleration."""
    return psd(case.psd.frequency, case.psd.level) if case.psd is not None else standard_psd(str(case.standard))


def _random(case: RandomCase, judge: Judge, placed: reading.ProbeSet, body: Excited) -> tuple[Record, Fields, Any]:
    spectrum = spectrum_of(case)
    moved = Output(body.shapes.reshape(len(body.shapes), -1).T, body.direct.ravel())
    result = modal.random(body.basis, body.drive, spectrum, moved)
    displacement = np.sqrt((result.response.rms.reshape(-1, 3) ** 2).sum(axis=1))
    equivalent = von_mises_moments(body.stress_shapes, body.stress_direct, result.moments)
    record = _field_record("rms", judge, equivalent.rms, displacement)
    duration = case.duration or (standard_duration(case.standard) if case.standard else None)
    record |= {"input_rms_g": spectrum.rms / 9806.65, "duration_s": duration, "notes": list(result.notes)}
    if placed.probes:
        record["probes"] = {}
        for row, probe in enumerate(placed.probes):
            record["probes"][probe.name] = _random_probe(case, probe.quantity, row, body, result.moments, duration)
    return record, {"von_mises": equivalent.rms, "displacement_magnitude": displacement[judge.recovery.node]}, result.moments


def _random_probe(case: RandomCase, quantity: str, row: int, body: Excited, moments: Any, duration: float | None) -> Record:
    assert body.readings is not None
    if reading.is_linear(quantity):
        found = random_response(probe_output(body, quantity, row), moments)
    elif quantity == "von_mises":
        tensors = body.readings.stress[:, row]
        found = von_mises_moments(tensors[:-1].T[None], tensors[-1][None], moments)
    elif quantity == "displacement":
        parts = body.readings.displacement[:, row]
        each = random_response(Output(parts[:-1].T, parts[-1]), moments)
        return {"rms": float(np.sqrt((each.rms**2).sum())), "unit": "mm", "quantity": quantity}
    else:
        where = f"cases.{case.name}"
        raise InputError("principal stresses have no RMS of their own", where, "probe von_mises or the tensor's components")
    record = {"rms": float(found.rms[0]), "unit": reading.unit_of(quantity), "quantity": quantity}
    record["zero_crossings_Hz"] = float(found.zero_crossing_rate[0])
    if duration:
        record["expected_maximum"] = float(found.expected_maximum(duration)[0])
    return record


def _harmonic(case: HarmonicCase, placed: reading.ProbeSet, body: Excited) -> tuple[Record, Fields]:
    frequency = np.array(case.frequencies)
    record: Record = {"frequency_Hz": frequency.tolist(), "probes": {}}
    for row, probe in enumerate(placed.probes):
        if not reading.is_linear(probe.quantity):
            raise InputError(
                f"{probe.quantity} has no phase", f"cases.{case.name}", "probe a component of displacement or stress"
            )
        found = harmonic(body.basis, body.drive, probe_output(body, probe.quantity, row), frequency, case.amplitude)
        record["probes"][probe.name] = {
            "amplitude": found.amplitude[:, 0].tolist(),
            "phase_deg": found.phase_deg[:, 0].tolist(),
            "unit": reading.unit_of(probe.quantity),
            "quantity": probe.quantity,
        }
    return record, {}


def _contacts(system: System, state: StaticResult, response: Any) -> Record:
    """Whether a contact that the modes hold closed loses its pressure."""
    contacts = restrain(system, state.case.supports).contacts
    force = np.zeros(len(contacts.gap))
    for number, holder in enumerate(contacts.holders):
        mine = contacts.owner == number
        force[mine] = state.pads[holder.name].node_forces if holder.name in state.pads else state.locks[holder.name].pull
    lost = modal.contact_lost(force, response) & state.closed
    names = sorted({contacts.holders[i].name for i in contacts.owner[lost]})
    if not names:
        return {}
    return {"status": "contact_lost", "reason": f"the response opens contacts at {', '.join(names)}, which the modes hold closed"}
