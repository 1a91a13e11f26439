"""What has to be solved for the cases that are wanted: static cases at both ends of the preload, combinations, states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mechlock.errors import InputError
from mechlock.fem import file_cases
from mechlock.fem import model as fem
from mechlock.fem.file_cases import PRELOAD_STATE, WEIGHT_STATE, case_name, combined_case, static_case
from mechlock.fem.from_file import Problem
from mechlock.inputs.model_cases import BucklingCase, Case, Combination, DynamicCase, Envelope, ModalCase, StaticCase


@dataclass(frozen=True)
class Plan:
    """The work of one run.

    Attributes
    ----------
    cases, combinations, envelopes : tuples
        Those wanted, in the file's order; members of a wanted envelope are wanted too.
    statics : tuple of fem.StaticCase
        All that must be solved at rest.
    states : dict of str to str
        For each linear case with contacts the name of the static case that it stands on.
    ends : tuple of str
        Ends of the locks' preload at which static cases are solved.
    """

    cases: tuple[Case, ...]
    combinations: tuple[Combination, ...]
    envelopes: tuple[Envelope, ...]
    statics: tuple[fem.StaticCase, ...]
    states: dict[str, str]
    ends: tuple[str, ...]

    @property
    def at_rest(self) -> tuple[str, ...]:
        """Names of the static cases and combinations wanted."""
        return (*(item.name for item in self.cases if isinstance(item, StaticCase)), *(item.name for item in self.combinations))


def make_plan(problem: Problem, wanted: Sequence[str]) -> Plan:
    """Plan a run.

    Raises
    ------
    InputError
        When a case wanted, or one that an envelope or a combination names, is not there.
    """
    file = problem.source.file
    chosen = _chosen(problem, wanted)
    cases = tuple(item for item in file.cases if item.name in chosen)
    combinations = tuple(item for item in file.combinations if item.name in chosen)
    envelopes = tuple(item for item in file.envelopes if item.name in chosen)
    ends = ("low", "high") if problem.ranged else ("low",)
    made = [static_case(item, problem, end) for item in cases if isinstance(item, StaticCase) for end in ends]
    made += [static_case(item, problem, "low") for item in cases if isinstance(item, BucklingCase)]
    made += [combined_case(problem, item, end) for item in combinations for end in ends]
    statics = {item.name: item for item in made}
    states: dict[str, str] = {}
    for item in cases:
        if isinstance(item, StaticCase | BucklingCase):
            continue
        state = _state_case(problem, item)
        if state is not None:
            states[item.name] = state.name
            statics.setdefault(state.name, state)
    return Plan(cases, combinations, envelopes, tuple(statics.values()), states, ends)


def _state_case(problem: Problem, item: ModalCase | DynamicCase) -> fem.StaticCase | None:
    """The static case that a linear case stands on, or None where there are no contacts and none is named."""
    source = problem.source
    if item.about is None:
        if not problem.has_contacts:
            return None
        return _unnamed(WEIGHT_STATE, item)
    named = {case.name: case for case in source.file.cases if isinstance(case, StaticCase)}
    if item.about in named:
        case = named[item.about]
        if item.supports is not None and item.supports != case.supports:
            raise InputError(
                f"it stands on {item.about!r}, which has other supports", f"cases.{item.name}.supports", "leave supports out here"
            )
        return static_case(case, problem, "low")
    if item.about in {PRELOAD_STATE, WEIGHT_STATE}:
        return _unnamed(item.about, item)
    known = ", ".join(map(repr, [*named, PRELOAD_STATE]))
    raise InputError(f"there is no static case {item.about!r}", f"cases.{item.name}.about", f"it can be {known}")


def _unnamed(state: str, item: ModalCase | DynamicCase) -> fem.StaticCase:
    case = file_cases.state_case(state, item.supports)
    name = state if item.supports is None else f"{state} on {', '.join(item.supports)}"
    return fem.StaticCase(name, case.g_load, (), case.supports)


def _chosen(problem: Problem, wanted: Sequence[str]) -> set[str]:
    file, where = problem.source.file, str(problem.source.path)
    known = [item.name for item in (*file.cases, *file.combinations, *file.envelopes)]
    for name in wanted:
        if name not in known:
            raise InputError(f"there is no case {name!r}", f"{where}: cases", f"it has {', '.join(map(repr, known))}")
    chosen = set(wanted) if wanted else set(known)
    at_rest = [item.name for item in file.cases if isinstance(item, StaticCase)] + [item.name for item in file.combinations]
    for item in file.envelopes:
        for name in item.of:
            if name not in at_rest:
                known_ones = ", ".join(map(repr, at_rest)) or "none"
                raise InputError(f"there is no static case {name!r}", f"envelopes.{item.name}.of", f"there are {known_ones}")
        if item.name in chosen:
            chosen |= set(item.of)
    return chosen


def members(plan: Plan, item: Envelope) -> list[str]:
    """Names of an envelope's cases, at each end of the preload."""
    return [case_name(name, end) for name in item.of for end in plan.ends]
