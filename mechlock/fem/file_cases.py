"""Static cases of a model file as the solvers take them: loads with their fields, combinations, states to stand on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

import numpy as np

from mechlock import units
from mechlock.errors import InputError
from mechlock.fem import model as fem
from mechlock.fem.from_file import Problem
from mechlock.inputs.model_cases import BucklingCase, Combination, StaticCase
from mechlock.inputs.model_cases import Load as FileLoad

PRELOAD_STATE = "preload"
WEIGHT_STATE = "preload and 1 g"
HIGH = "high preload"


def static_case(item: StaticCase | BucklingCase, problem: Problem, preload: str) -> fem.StaticCase:
    """Make a static case of the file's; `preload` names the end of the locks' range, ``low`` or ``high``.

    Raises
    ------
    InputError
        When a temperature field is not in the mesh file.
    """
    loads = tuple(file_load(load, problem) for load in item.loads)
    moved = {name: {str(axis): value for axis, value in parts.items()} for name, parts in item.displacements.items()}
    relief = isinstance(item, StaticCase) and item.inertia_relief
    return fem.StaticCase(case_name(item.name, preload), item.g_load, loads, item.supports, moved, _end(preload), relief)


def case_name(name: str, preload: str) -> str:
    """Name of a case at one end of the locks' preload."""
    return name if preload == "low" else f"{name} ({HIGH})"


def _end(preload: str) -> Literal["low", "high"]:
    return "low" if preload == "low" else "high"


def file_load(load: FileLoad, problem: Problem) -> fem.Load:
    """Make a load of the file's."""
    if load.pressure is not None:
        return fem.Pressure(load.on, load.pressure)
    if load.force is not None:
        return fem.Force(load.on, load.force, load.at)
    if load.traction is not None:
        return fem.Traction(load.on, load.traction)
    if load.moment is not None:
        return fem.Moment(load.on, load.moment)
    if load.bearing is not None:
        return fem.Bearing(load.on, load.bearing)
    change = load.temperature_change
    if isinstance(change, str):
        change = problem.field(change)
    return fem.Temperature(load.on, 0.0 if change is None else change)


def state_case(name: str, supports: tuple[str, ...] | None) -> fem.StaticCase:
    """The contact state that linear dynamics stands on when none is named: preload alone, or preload and weight along -z."""
    weight = (0.0, 0.0, -units.STANDARD_GRAVITY) if name == WEIGHT_STATE else (0.0, 0.0, 0.0)
    return fem.StaticCase(name, weight, (), supports)


def combined_case(problem: Problem, item: Combination, preload: str) -> fem.StaticCase:
    """The sum of the loads of static cases, each with its factor; preloads count once.

    Raises
    ------
    InputError
        When a case is not there or not static, or the cases have different supports.
    """
    where = f"combinations.{item.name}"
    known = {case.name: case for case in problem.source.file.cases if isinstance(case, StaticCase)}
    cases: list[tuple[float, fem.StaticCase]] = []
    for name, factor in item.factors.items():
        if name not in known:
            raise InputError(
                f"there is no static case called {name!r}", where, f"there are {', '.join(map(repr, known)) or 'none'}"
            )
        cases.append((factor, static_case(known[name], problem, preload)))
    first = cases[0][1]
    for _, case in cases[1:]:
        if case.supports != first.supports or case.inertia_relief != first.inertia_relief:
            raise InputError(f"{first.name!r} and {case.name!r} have different supports", where, "combine cases that stand alike")
    weight = sum((factor * np.asarray(case.g_load) for factor, case in cases), np.zeros(3))
    loads = tuple(_scaled(load, factor) for factor, case in cases for load in case.loads)
    moved = _moved(problem.model, cases)
    x, y, z = (float(value) for value in weight)
    name = case_name(item.name, preload)
    return fem.StaticCase(name, (x, y, z), loads, first.supports, moved, _end(preload), first.inertia_relief)


def _moved(model: fem.Model, cases: list[tuple[float, fem.StaticCase]]) -> Mapping[str, Mapping[str, float]]:
    """Enforced displacements of a combination; a support's own count in every case that does not replace them."""
    own = {support.name: support.displacement for support in model.supports if support.displacement}
    found: dict[str, dict[str, float]] = {}
    for name in {*own, *(name for _, case in cases for name in case.displacements)}:
        parts = found.setdefault(name, {})
        for factor, case in cases:
            for axis, value in case.displacements.get(name, own.get(name, {})).items():
                parts[axis] = parts.get(axis, 0.0) + factor * value
    return found


def _scaled(load: fem.Load, factor: float) -> fem.Load:
    if isinstance(load, fem.Pressure):
        return replace(load, pressure=factor * load.pressure)
    if isinstance(load, fem.Temperature):
        return replace(load, change=factor * load.change)
    if isinstance(load, fem.Traction):
        return replace(load, traction=_times(factor, load.traction))
    if isinstance(load, fem.Moment):
        return replace(load, moment=_times(factor, load.moment))
    return replace(load, force=_times(factor, load.force))


def _times(factor: float, vector: fem.Vector) -> fem.Vector:
    x, y, z = vector
    return (factor * x, factor * y, factor * z)
