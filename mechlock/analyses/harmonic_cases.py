"""Harmonic cases: steady response to a sinusoidal base acceleration, or to sinusoidal loads."""

from __future__ import annotations

import numpy as np

from mechlock.analyses import reading
from mechlock.analyses.excitation import Excited, Fields, Record, probe_output, projected
from mechlock.analyses.readers import Readers
from mechlock.errors import InputError, NoVerdict
from mechlock.fem.external import external
from mechlock.fem.file_cases import file_load
from mechlock.fem.from_file import Problem
from mechlock.fem.modal import ModalSolution
from mechlock.fem.model import StaticCase
from mechlock.fem.static import solve_static
from mechlock.inputs.model_cases import HarmonicCase
from mechlock.response.harmonic import harmonic
from mechlock.response.missed import missed_by_sweep


def loaded(case: HarmonicCase, problem: Problem, readers: Readers, modes: ModalSolution) -> Excited:
    """Project a structure on its modes for sinusoidal loads; the modes left out answer as in the static case of those loads.

    Raises
    ------
    NoVerdict
        When there are one-sided contacts, about whose state loads cannot be solved statically.
    """
    if problem.has_contacts:
        raise NoVerdict("sinusoidal loads on a model with one-sided contacts are not computed", f"cases.{case.name}")
    loads = tuple(file_load(load, problem) for load in case.loads)
    still = StaticCase(case.name, loads=loads, supports=case.supports)
    forces = external(readers.system, still).vector.reshape(-1, 3)
    drive = np.einsum("mni,ni->m", modes.shapes, forces)
    if modes.rigid_count:
        return projected(case, readers, modes, drive, np.zeros_like(forces))
    answer = solve_static(readers.system, [still]).results[case.name].displacement
    share = drive / (2.0 * np.pi * modes.frequencies) ** 2
    return projected(case, readers, modes, drive, answer - np.einsum("m,mni->ni", share, modes.shapes))


def harmonic_record(case: HarmonicCase, readers: Readers, body: Excited) -> tuple[Record, Fields]:
    """Return amplitude and phase of every probe at every frequency."""
    placed = readers.probes
    amplitude = 1.0 if case.amplitude is None else case.amplitude
    frequency = np.array(case.frequencies)
    note = missed_by_sweep(body.basis, body.drive, frequency)
    record: Record = {"frequency_Hz": frequency.tolist(), "probes": {}, "notes": [note] if note else []}
    for row, probe in enumerate(placed.probes):
        if not reading.is_linear(probe.quantity):
            raise InputError(
                f"{probe.quantity} has no phase", f"cases.{case.name}", "probe a component of displacement or stress"
            )
        found = harmonic(body.basis, body.drive, probe_output(body, probe.quantity, row), frequency, amplitude)
        record["probes"][probe.name] = {
            "amplitude": found.amplitude[:, 0].tolist(),
            "phase_deg": found.phase_deg[:, 0].tolist(),
            "unit": reading.unit_of(probe.quantity),
            "quantity": probe.quantity,
        }
    return record, {}
