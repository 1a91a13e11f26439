"""Modal and dynamic cases: the static state each stands on, its modes, and its record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from mechlock.analyses.dynamic_cases import dynamic_record
from mechlock.analyses.fields import CaseFields
from mechlock.analyses.modal_cases import modal_fields, modal_record
from mechlock.analyses.random_cases import spectrum_of
from mechlock.analyses.readers import Readers
from mechlock.analyses.shock_cases import base_history, corridor_of, pulse_of
from mechlock.errors import InputError
from mechlock.fem.from_file import Problem
from mechlock.fem.modal import ModalSolution, solve_modal
from mechlock.fem.static import StaticResult, StaticSolution
from mechlock.inputs.model_cases import (
    Case,
    DynamicCase,
    HarmonicCase,
    ModalCase,
    RandomCase,
    ResponseSpectrumCase,
    ShockCase,
)

LinearCase = ModalCase | DynamicCase
_LINEAR = (ModalCase, ShockCase, ResponseSpectrumCase, RandomCase, HarmonicCase)
_FIRST_MODES = 10
_MOST_MODES = 400


@dataclass(frozen=True)
class Prepared:
    """A model ready for its linear cases.

    Attributes
    ----------
    problem : Problem
    readers : Readers
    solved : StaticSolution or None
        With the states that linear cases stand on.
    states : dict of str to str
        Name of the static case that each linear case stands on.
    """

    problem: Problem
    readers: Readers
    solved: StaticSolution | None
    states: dict[str, str]

    def state_of(self, name: str) -> StaticResult | None:
        """The static state that a linear case stands on."""
        if self.solved is None or name not in self.states:
            return None
        return self.solved.results[self.states[name]]


def linear_records(
    chosen: Sequence[Case], prepared: Prepared, report: Callable[[str], None]
) -> tuple[dict[str, Any], list[CaseFields]]:
    """Solve modal and dynamic cases; cases on one state share their modes.

    Raises
    ------
    InputError
        When a case has no meaning on this model (no mass, free motion, a principal stress without phase).
    """
    records: dict[str, Any] = {}
    fields: list[CaseFields] = []
    known: dict[tuple[str | None, tuple[str, ...] | None, bool], ModalSolution] = {}
    for item in chosen:
        if not isinstance(item, _LINEAR):
            continue
        state = prepared.state_of(item.name)
        if state is not None and state.status != "ok":
            reason = f"the state it stands on, {state.name!r}, has no equilibrium: {state.reason}"
            records[item.name] = {"analysis": item.analysis, "status": "contact_lost", "reason": reason}
            continue
        report(f"{item.analysis}: {item.name}")
        prestressed = isinstance(item, ModalCase) and item.prestressed
        key = (None if state is None else state.name, item.supports, prestressed)
        modes = _modes(prepared, item, state, known.get(key))
        if key not in known or len(modes.frequencies) > len(known[key].frequencies):
            known[key] = modes
        records[item.name], found = _one(prepared, item, modes, state)
        fields += [found] if found.arrays else []
    return records, fields


def _one(
    prepared: Prepared, item: LinearCase, modes: ModalSolution, state: StaticResult | None
) -> tuple[dict[str, Any], CaseFields]:
    solver = {"solver": modes.solver}
    if isinstance(item, ModalCase):
        first = _first(modes, item.modes)
        arrays = modal_fields(first, prepared.readers.judge.recovery.node)
        return modal_record(first) | solver, CaseFields(item.name, arrays, first.frequencies)
    wanted = _wanted(item, modes)
    record, arrays = dynamic_record(item, prepared.problem, prepared.readers, wanted, state)
    return record | solver, CaseFields(item.name, arrays)


def _modes(prepared: Prepared, item: LinearCase, state: StaticResult | None, known: ModalSolution | None) -> ModalSolution:
    """At least as many modes as the case asks for: a number, all up to a frequency, or those that the input can excite."""
    up_to = None if isinstance(item, ModalCase) or item.modes else item.up_to or excited_up_to(item)
    wanted = item.modes or _FIRST_MODES
    kept = next(iter(prepared.states.values()), None)
    solved = prepared.solved
    prestressed = isinstance(item, ModalCase) and item.prestressed
    held = solved.held if solved is not None and state is not None and state.name == kept else None
    while True:
        if known is None or len(known.frequencies) < wanted:
            known = solve_modal(
                prepared.readers.system, wanted, about=state, supports=item.supports, held=held, prestressed=prestressed
            )
        if up_to is None or known.frequencies[-1] > up_to or len(known.frequencies) < wanted:
            return known
        if wanted >= _MOST_MODES:
            raise InputError(
                f"more than {_MOST_MODES} modes lie below {up_to:g} Hz", f"cases.{item.name}", "set modes or a lower up_to"
            )
        wanted = min(2 * wanted, _MOST_MODES)


def excited_up_to(item: DynamicCase) -> float:
    """Frequency in Hz below which modes are taken when none is given; stiffer ones follow statically (residual vectors).

    A pulse of duration T has next to nothing above 5/T; spectra end where they end, half as much again to be safe; a record
    holds what four of its steps resolve; a history inside a corridor has next to nothing above five over its rise.
    """
    if isinstance(item, ResponseSpectrumCase) and item.spectrum is not None:
        return float(item.spectrum.frequency[-1])
    if isinstance(item, ShockCase) and item.history is not None:
        return 0.25 / base_history(item).step
    if isinstance(item, ShockCase | ResponseSpectrumCase):
        limits = corridor_of(item)
        return 5.0 / (pulse_of(item).duration if limits is None else float(limits.lower_time[1]))
    if isinstance(item, RandomCase):
        return 1.5 * float(spectrum_of(item).frequency[-1])
    return 2.0 * max(item.frequencies)


def _wanted(item: DynamicCase, modes: ModalSolution) -> ModalSolution:
    """Of the modes that are known, those the case asks for."""
    if item.modes:
        return _first(modes, item.modes)
    up_to = item.up_to or excited_up_to(item)
    return _first(modes, max(1, int(np.searchsorted(modes.frequencies, up_to, side="right"))))


def _first(modes: ModalSolution, count: int) -> ModalSolution:
    """The first modes only; what the others gave is given back to the residual vectors."""
    if count >= len(modes.frequencies):
        return modes
    left_out = slice(count, None)
    squares = (2.0 * np.pi * modes.frequencies[left_out]) ** 2
    share = modes.participation[left_out] / squares[:, None]
    given_back = np.einsum("mk,mni->kni", share, modes.shapes[left_out])
    return replace(
        modes,
        frequencies=modes.frequencies[:count],
        shapes=modes.shapes[:count],
        participation=modes.participation[:count],
        effective_mass=modes.effective_mass[:count],
        residual_shapes=modes.residual_shapes + given_back,
        contact_rows=modes.contact_rows[:count],
        contact_residual=modes.contact_residual + share.T @ modes.contact_rows[left_out],
        residual=modes.residual[:count],
        rigid_count=min(modes.rigid_count, count),
    )
