"""Shock cases: transient base acceleration by modal superposition, exact for what is straight between its points."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mechlock.analyses import reading
from mechlock.analyses.excitation import Excited, Fields, Record, StaticParts, field_record, probe_output
from mechlock.analyses.peaks import greatest_length, von_mises_rows
from mechlock.analyses.readers import Readers
from mechlock.errors import InputError
from mechlock.inputs.model_cases import ResponseSpectrumCase, ShockCase
from mechlock.loads.corridor import Corridor, corridor
from mechlock.loads.history import History, history
from mechlock.loads.pulses import Pulse, pulse, standard_pulse
from mechlock.loads.standards import list_records
from mechlock.response import modal
from mechlock.response.basis import Output
from mechlock.response.corridor_search import worst_trapezoid
from mechlock.response.transient import ModalMotion, extremes
from mechlock.units import STANDARD_GRAVITY

Floats = NDArray[np.floating[Any]]
_MOST_SAMPLES = 1_000_000


def pulse_of(case: ShockCase | ResponseSpectrumCase) -> Pulse:
    """Return the base's acceleration pulse."""
    if case.pulse is not None:
        return pulse(case.pulse.shape, case.pulse.peak, case.pulse.duration)
    return standard_pulse(str(case.standard))


def corridor_of(case: ShockCase | ResponseSpectrumCase) -> Corridor | None:
    """Return the collision corridor that a shock case names, for its direction; None where it names a pulse.

    Raises
    ------
    InputError
        When the case is no shock along x or y.
    """
    if case.standard is None or not any(row.id == case.standard for row in list_records("corridor")):
        return None
    if not isinstance(case, ShockCase) or case.direction not in ("x", "y"):
        raise InputError(
            f"{case.standard} is a corridor, which has histories along x and y",
            f"cases.{case.name}",
            "make it a shock along one of them",
        )
    return corridor(case.standard, case.direction)


def worst_history(case: ShockCase, limits: Corridor, body: Excited) -> tuple[History, str]:
    """Return the history inside a corridor that loads most the mode which the direction drives most, and words for it."""
    moved = int(np.argmax(body.drive**2))
    frequency, ratio = float(body.basis.frequency[moved]), float(body.basis.damping.viscous_equivalent[moved])
    worst = worst_trapezoid(limits, frequency, ratio)
    said = (
        f"worst trapezoid inside the corridor for the mode at {frequency:.4g} Hz: {worst.peak / STANDARD_GRAVITY:.3g} g, "
        f"amplified {worst.amplification:.3g} times"
    )
    return worst.history, said


def base_history(case: ShockCase) -> History:
    """Return the base's acceleration over time.

    Raises
    ------
    InputError
        When a recorded history is too fine to be put on even steps.
    """
    if case.history is None:
        return pulse_of(case).history()
    time, values = np.array(case.history.time), np.array(case.history.acceleration)
    step = float(np.diff(time).min())
    even = np.allclose(np.diff(time), step, rtol=1e-6)
    count = len(time) if even else int(np.ceil((time[-1] - time[0]) / (0.25 * step))) + 1
    if count > _MOST_SAMPLES:
        raise InputError("the steps differ too much", f"cases.{case.name}.history.time", "give times at even steps")
    # the record begins at rest: before its first point there is nothing
    even_time = np.linspace(time[0], time[-1], count)
    return history(float(even_time[1] - even_time[0]), values if even else np.interp(even_time, time, values))


def shock_record(case: ShockCase, readers: Readers, body: Excited, held: StaticParts) -> tuple[Record, Fields, ModalMotion]:
    """Return figures, fields and modal motion of one shock."""
    judge, placed = readers.judge, readers.probes
    limits = corridor_of(case)
    load, said = (base_history(case), "") if limits is None else worst_history(case, limits, body)
    nothing = Output(np.zeros((1, len(body.drive))), np.zeros(1))
    try:
        found = modal.shock(body.basis, body.drive, load, nothing)
    except InputError as error:
        raise error.at(f"cases.{case.name}") from None
    motion = found.motion
    peaks, times, moved = _peaks(body, motion, held)
    record = field_record("peak", judge, peaks, moved)
    record |= {"duration_s": float(motion.time[-1]), "notes": [*([said] if said else []), *found.notes]}
    if placed.probes:
        record["probes"] = {
            probe.name: _shock_probe(probe.quantity, row, body, motion, held) for row, probe in enumerate(placed.probes)
        }
    fields = {"von_mises": peaks, "time_of_peak": times, "displacement_magnitude": moved[judge.recovery.node]}
    return record, fields, motion


def _shock_probe(quantity: str, row: int, body: Excited, motion: ModalMotion, held: StaticParts) -> Record:
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


def _peaks(body: Excited, motion: ModalMotion, held: StaticParts) -> tuple[Floats, Floats, Floats]:
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
