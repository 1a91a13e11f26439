"""Random cases: stationary base acceleration, von Mises RMS from the full covariance of the modes."""

from __future__ import annotations

from typing import Any

import numpy as np

from mechlock.analyses import reading
from mechlock.analyses.excitation import Excited, Fields, Record, field_record, probe_output
from mechlock.analyses.readers import Readers
from mechlock.errors import InputError
from mechlock.inputs.model_cases import RandomCase
from mechlock.loads.psd import Psd, psd, standard_duration, standard_psd
from mechlock.response import modal
from mechlock.response.basis import Output
from mechlock.response.random import random_response, von_mises_moments


def spectrum_of(case: RandomCase) -> Psd:
    """Return the spectrum of the base's acceleration."""
    return psd(case.psd.frequency, case.psd.level) if case.psd is not None else standard_psd(str(case.standard))


def random_record(case: RandomCase, readers: Readers, body: Excited) -> tuple[Record, Fields, Any]:
    """Return figures, fields and modal moments of one random case."""
    judge, placed = readers.judge, readers.probes
    spectrum = spectrum_of(case)
    moved = Output(body.shapes.reshape(len(body.shapes), -1).T, body.direct.ravel())
    result = modal.random(body.basis, body.drive, spectrum, moved)
    displacement = np.sqrt((result.response.rms.reshape(-1, 3) ** 2).sum(axis=1))
    equivalent = von_mises_moments(body.stress_shapes, body.stress_direct, result.moments)
    record = field_record("rms", judge, equivalent.rms, displacement)
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
