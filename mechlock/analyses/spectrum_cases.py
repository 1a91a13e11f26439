"""Response spectrum cases: the modes' peaks from a shock response spectrum, combined by ABS, SRSS, CQC or NRL.

The modes that are left out move with the base and see its greatest acceleration (missing mass); as one rigid mode more they
join the others by the root of the sum of squares, under ABS by the sum.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mechlock.analyses import reading
from mechlock.analyses.excitation import Excited, Fields, Record, field_record
from mechlock.analyses.readers import Readers
from mechlock.analyses.shock_cases import pulse_of
from mechlock.errors import InputError
from mechlock.inputs.model_cases import ResponseSpectrumCase
from mechlock.response.basis import Output
from mechlock.response.combination import combine, correlation
from mechlock.response.random import VON_MISES
from mechlock.response.srs import shock_response_spectrum

Floats = NDArray[np.floating[Any]]


def _levels(case: ResponseSpectrumCase, body: Excited) -> tuple[Floats, float]:
    """Greatest relative displacement of an oscillator at each mode, mm, and the base's greatest acceleration, mm/s^2."""
    frequency = body.basis.frequency
    if case.spectrum is not None:
        given = np.array(case.spectrum.frequency), np.array(case.spectrum.acceleration)
        level = np.exp(np.interp(np.log(frequency), np.log(given[0]), np.log(given[1])))
        return level / body.basis.omega**2, float(given[1][-1])
    base = pulse_of(case).history()
    ratios = body.basis.damping.viscous_equivalent
    found = [
        shock_response_spectrum(base, np.array([each]), float(ratio), quantity="relative_displacement").maximax[0]
        for each, ratio in zip(frequency, ratios, strict=True)
    ]
    return np.array(found), float(np.abs(base.values).max())


def _outside(case: ResponseSpectrumCase, frequency: Floats) -> list[str]:
    """Say which modes lie outside the spectrum's points, where its level is carried on.

    Raises
    ------
    InputError
        When all do.
    """
    if case.spectrum is None:
        return []
    low, high = case.spectrum.frequency[0], case.spectrum.frequency[-1]
    lost = frequency[(frequency < low) | (frequency > high)]
    modes = ", ".join(f"{each:.4g}" for each in lost[:3]) + (" ..." if len(lost) > 3 else "")
    if len(lost) == len(frequency):
        said = f"no mode lies between {low:g} and {high:g} Hz, where the spectrum is given; they are at {modes} Hz"
        raise InputError(said, f"cases.{case.name}.spectrum", "give it over the modes' frequencies")
    return [f"modes outside {low:g} to {high:g} Hz take the spectrum's level at its end: {modes} Hz"] if len(lost) else []


def spectrum_record(case: ResponseSpectrumCase, readers: Readers, body: Excited) -> tuple[Record, Fields]:
    """Return figures and fields of one response spectrum case."""
    notes = _outside(case, body.basis.frequency)
    level, ground = _levels(case, body)
    scale = np.append(body.drive * level, ground)
    tensors = np.concatenate([body.stress_shapes, body.stress_direct[..., None]], axis=2) * scale
    equivalent = _von_mises(case, body, tensors)
    moved = np.concatenate([body.shapes, body.direct[None]]) * scale[:, None, None]
    length = np.linalg.norm(_combined(case, body, np.moveaxis(moved, 0, -1)), axis=1)
    record = field_record("peak", readers.judge, equivalent, length)
    record |= {"combination": case.combination, "modal_displacement_mm": level.tolist(), "notes": notes}
    if readers.probes.probes:
        record["probes"] = {
            probe.name: {
                "peak": _probe(case, body, probe.quantity, row, scale),
                "unit": reading.unit_of(probe.quantity),
                "quantity": probe.quantity,
            }
            for row, probe in enumerate(readers.probes.probes)
        }
    return record, {"von_mises": equivalent, "displacement_magnitude": length[readers.judge.recovery.node]}


def combined_contacts(case: ResponseSpectrumCase, body: Excited, force: Output) -> Floats:
    """Combined peaks of the contact forces, (c,)."""
    level, ground = _levels(case, body)
    return _combined(case, body, np.column_stack([force.shapes * (body.drive * level), force.direct * ground]))


def _combined(case: ResponseSpectrumCase, body: Excited, peaks: Floats) -> Floats:
    """Combine peaks (..., modes and the rigid one) to (...)."""
    ratios = np.maximum(body.basis.damping.viscous_equivalent, 1e-6)
    elastic = combine(peaks[..., :-1], case.combination, body.basis.frequency, ratios)
    rigid = np.abs(peaks[..., -1])
    return elastic + rigid if case.combination == "ABS" else np.hypot(elastic, rigid)


def _von_mises(case: ResponseSpectrumCase, body: Excited, tensors: Floats) -> Floats:
    """Combine whole tensors (n, 6, modes and the rigid one) to von Mises stress (n,)."""
    elastic, rigid = tensors[..., :-1], tensors[..., -1]
    alone = np.sqrt(np.maximum(np.einsum("nam,ab,nbm->nm", elastic, VON_MISES, elastic, optimize=True), 0.0))
    still = np.sqrt(np.maximum(np.einsum("na,ab,nb->n", rigid, VON_MISES, rigid, optimize=True), 0.0))
    if case.combination == "CQC":
        ratios = np.maximum(body.basis.damping.viscous_equivalent, 1e-6)
        table = correlation(body.basis.frequency, ratios)
        squared = np.einsum("nai,ab,nbj,ij->n", elastic, VON_MISES, elastic, table, optimize=True)
        return np.sqrt(np.maximum(squared, 0.0) + still**2)
    # von Mises stress is a norm: the sum of those of the modes bounds it, and SRSS and NRL take each mode's own
    found = combine(alone, case.combination)
    return found + still if case.combination == "ABS" else np.hypot(found, still)


def _probe(case: ResponseSpectrumCase, body: Excited, quantity: str, row: int, scale: Floats) -> float:
    assert body.readings is not None
    if reading.is_linear(quantity):
        return float(_combined(case, body, reading.value(quantity, body.readings, row) * scale))
    if quantity == "displacement":
        parts = body.readings.displacement[:, row] * scale[:, None]
        return float(np.linalg.norm(_combined(case, body, parts.T)))
    if quantity == "von_mises":
        return float(_von_mises(case, body, (body.readings.stress[:, row] * scale[:, None]).T[None])[0])
    raise InputError(f"{quantity} has no combined peak", f"cases.{case.name}", "probe von_mises or the tensor's components")
