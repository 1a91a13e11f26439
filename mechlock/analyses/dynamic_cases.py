"""Dynamic cases of a model file, each by its kind, and whether the contacts it takes for closed stay so."""

from __future__ import annotations

from typing import Any

import numpy as np

from mechlock.analyses.excitation import Excited, Fields, Record, direction_of, excited, static_parts
from mechlock.analyses.harmonic_cases import harmonic_record, loaded
from mechlock.analyses.random_cases import random_record
from mechlock.analyses.readers import Readers
from mechlock.analyses.shock_cases import shock_record
from mechlock.analyses.spectrum_cases import combined_contacts, spectrum_record
from mechlock.fem.assembly import System
from mechlock.fem.from_file import Problem
from mechlock.fem.modal import ModalSolution
from mechlock.fem.restraint import Grip, restrain
from mechlock.fem.static import StaticResult
from mechlock.inputs.model_cases import DynamicCase, HarmonicCase, RandomCase, ResponseSpectrumCase, ShockCase
from mechlock.response import modal
from mechlock.response.basis import Output
from mechlock.response.harmonic import harmonic
from mechlock.response.random import random_response
from mechlock.response.transient import extremes


def dynamic_record(
    case: DynamicCase, problem: Problem, readers: Readers, modes: ModalSolution, state: StaticResult | None
) -> tuple[Record, Fields]:
    """Return figures and fields of one dynamic case."""
    if isinstance(case, HarmonicCase) and case.loads:
        body = loaded(case, problem, readers, modes)
    else:
        body = excited(case, readers, modes)
    record: Record = {
        "analysis": case.analysis,
        "status": "ok",
        "about": modes.about or None,
        "modes": len(modes.frequencies),
        "frequencies_Hz": modes.frequencies.tolist(),
        "includes_static": case.include_static,
    }
    found, fields, response = _answer(case, readers, body, modes, state)
    record |= found
    if state is not None and response is not None:
        record |= _contacts(readers.system, state, response)
    return record, fields


def _answer(
    case: DynamicCase, readers: Readers, body: Excited, modes: ModalSolution, state: StaticResult | None
) -> tuple[Record, Fields, Any]:
    """Figures, fields, and the response of the contact forces where there are any."""
    force = _contact_forces(case, modes)
    watched = len(force.shapes) > 0
    if isinstance(case, ShockCase):
        found, fields, motion = shock_record(case, readers, body, static_parts(case, readers, state))
        return found, fields, extremes(force, motion) if watched else None
    if isinstance(case, RandomCase):
        found, fields, moments = random_record(case, readers, body)
        return found, fields, random_response(force, moments) if watched else None
    if isinstance(case, ResponseSpectrumCase):
        found, fields = spectrum_record(case, readers, body)
        return found, fields, combined_contacts(case, body, force) if watched else None
    assert isinstance(case, HarmonicCase)
    found, fields = harmonic_record(case, readers, body)
    if not watched or case.amplitude is None:
        return found, fields, None
    steady = harmonic(body.basis, body.drive, force, np.array(case.frequencies), case.amplitude)
    return found, fields, steady.amplitude.max(axis=0)


def _contact_forces(case: DynamicCase, modes: ModalSolution) -> Output:
    """Contact forces per modal coordinate, and at once per unit base acceleration (what the modes leave out)."""
    shapes = modes.contact_rows.T
    if (isinstance(case, HarmonicCase) and case.loads) or not len(shapes):
        return Output(shapes, np.zeros(len(shapes)))
    return Output(shapes, -direction_of(case) @ modes.contact_residual[:3])


def _contacts(system: System, state: StaticResult, response: Any) -> Record:
    """Whether a contact that the modes hold closed loses its pressure."""
    contacts = restrain(system, state.case.supports).contacts
    force = np.zeros(len(contacts.gap))
    for number, holder in enumerate(contacts.holders):
        mine = contacts.owner == number
        if isinstance(holder, Grip):
            # where friction sticks in the state the modes are about, it is taken to go on sticking
            force[mine] = np.inf
            continue
        force[mine] = state.pads[holder.name].node_forces if holder.name in state.pads else state.locks[holder.name].pull
    lost = modal.contact_lost(force, response) & state.closed & ~contacts.both_ways
    names = sorted({contacts.holders[i].name for i in contacts.owner[lost]})
    if not names:
        return {}
    return {"status": "contact_lost", "reason": f"the response opens contacts at {', '.join(names)}, which the modes hold closed"}
