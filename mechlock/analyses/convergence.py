"""Refinement until the watched quantities settle: values on meshes of halved cells, observed rate, extrapolated value.

With values q0, q1, q2 on cells of size h, h/2, h/4 the observed rate is p = log2((q1 - q0) / (q2 - q1)), the extrapolated
value q2 + (q2 - q1) / (2^p - 1). Source: Roache, Verification and Validation in Computational Science and Engineering, chapter 5.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from mechlock.analyses.run import Solution, run_model
from mechlock.errors import InputError
from mechlock.inputs.model import ModelSource

TOLERANCE = 0.02
MOST_DOFS = 1_000_000
_LEAST_LEVELS = 3
# Halving the cells multiplies the unknowns by about this much.
_GROWTH = 8.0
_MODES = 6
# A rate outside these bounds tells of values that have not begun to follow one.
_RATES = (0.2, 8.0)
# Values smaller than this part of the largest of a case are noise about zero.
_NOISE = 1e-6
_NOT_STRESS = ("max_displacement", "energy", "frequencies", "load_factors")

Record = dict[str, Any]


@dataclass(frozen=True)
class Series:
    """One quantity of one case on ever finer meshes.

    Attributes
    ----------
    values : tuple of float
    change : float
        Relative change at the last refinement.
    rate, extrapolated : float or None
        None where fewer than three meshes were solved, or the values follow no rate.
    settled : bool
    """

    values: tuple[float, ...]
    change: float
    rate: float | None
    extrapolated: float | None
    settled: bool


def series(values: Sequence[float], tolerance: float, scale: float = 0.0) -> Series:
    """Judge the values of a quantity; `scale` is the size below which they count as zero."""
    last = values[-1]
    size = max(abs(last), scale, 1e-300)
    change = abs(last - values[-2]) / size if len(values) > 1 else float("inf")
    rate = extrapolated = None
    if len(values) > 2:
        before, after = values[-2] - values[-3], last - values[-2]
        if abs(after) <= 1e-9 * size:
            extrapolated = last
        elif before / after > 0.0 and _RATES[0] <= np.log2(before / after) <= _RATES[1]:
            rate = float(np.log2(before / after))
            extrapolated = last + after / (2.0**rate - 1.0)
    return Series(tuple(values), change, rate, extrapolated, change <= tolerance)


def watched(record: Record) -> dict[str, float]:
    """Return the quantities of a case's record that are watched: largest values, frequencies, load factors, what is read."""
    found: dict[str, float] = {key: record[key] for key in ("max_displacement_mm", "energy_mJ") if key in record}
    largest = record.get("max_von_mises_MPa")
    if largest and largest["value"] is not None:
        found["max_von_mises_MPa"] = largest["value"]
    if record["analysis"] in {"modal", "buckling"}:
        for key in ("frequencies_Hz", "load_factors"):
            found |= {f"{key}[{i}]": value for i, value in enumerate(record.get(key, ())[:_MODES])}
    for name, probe in record.get("probes", {}).items():
        found |= {f"probes.{name}": probe[key] for key in ("value", "peak", "rms") if key in probe}
    for name, line in record.get("lines", {}).items():
        found[f"lines.{name}.membrane"] = line["membrane_MPa"]["von_mises"]
        found |= {f"lines.{name}.{end}": line[end]["membrane_and_bending_MPa"]["von_mises"] for end in ("start", "end")}
    for name, weld in record.get("welds", {}).items():
        found |= {} if weld["max_across_MPa"] is None else {f"welds.{name}": weld["max_across_MPa"]}
    return found


def converge(
    source: ModelSource,
    cases: Sequence[str] = (),
    report: Callable[[str], None] = lambda _: None,
    *,
    tolerance: float = TOLERANCE,
    most_dofs: int = MOST_DOFS,
    watch: Sequence[str] = (),
) -> Solution:
    """Solve a model on ever finer meshes until what is watched settles, or the next mesh would be too large.

    Parameters
    ----------
    source : ModelSource
    cases : sequence of str
        Names of the cases wanted; all when empty.
    report : callable
    tolerance : float
        Relative change at the last refinement below which a quantity has settled.
    most_dofs : int
        Unknowns that no mesh is to exceed.
    watch : sequence of str
        Beginnings of the quantities that have to settle, such as ``probes``; all when empty. Others are only reported.

    Returns
    -------
    Solution
        Of the finest mesh, with ``convergence`` in its results and in each case; the status of a case whose watched stress moves
        is ``stress_not_settled``, of another that moves ``not_converged``.

    Raises
    ------
    InputError
        When a first refinement would already be too large, or nothing that is watched exists.
    """
    levels: list[Record] = []
    histories: dict[str, dict[str, list[float]]] = {}
    while True:
        report(f"mesh {len(levels) + 1}")
        solution = run_model(source, cases, report, refinements=len(levels))
        levels.append({key: solution.results["mesh"][key] for key in ("nodes", "elements", "dofs")})
        for name, record in solution.results["cases"].items():
            for quantity, value in watched(record).items():
                histories.setdefault(name, {}).setdefault(quantity, []).append(float(value))
        judged = {name: _judged(found, len(levels), tolerance) for name, found in histories.items()}
        _check_watch(watch, judged)
        moving = any(not item.settled for found in judged.values() for key, item in found.items() if _wanted(key, watch))
        too_large = _GROWTH * levels[-1]["dofs"] > most_dofs
        if too_large and len(levels) == 1:
            what = f"a refined mesh would exceed {most_dofs} unknowns"
            raise InputError(what, str(source.path), "allow more with --max-dofs, or start with a coarser mesh")
        if too_large or (not moving and len(levels) >= _LEAST_LEVELS):
            return _described(solution, levels, judged, tolerance, watch)


def _wanted(quantity: str, watch: Sequence[str]) -> bool:
    return not watch or any(quantity.startswith(item) for item in watch)


def _check_watch(watch: Sequence[str], judged: dict[str, dict[str, Series]]) -> None:
    known = sorted({key for found in judged.values() for key in found})
    for item in watch:
        if not any(key.startswith(item) for key in known):
            raise InputError(f"nothing that is watched begins with {item!r}", "--watch", f"there are {', '.join(known)}")


def _judged(found: dict[str, list[float]], count: int, tolerance: float) -> dict[str, Series]:
    """Series of the quantities that every mesh gave; probes near zero are measured against the largest of them."""
    whole = {key: values for key, values in found.items() if len(values) == count}
    largest = max((abs(values[-1]) for key, values in whole.items() if key.startswith("probes")), default=0.0)
    return {key: series(values, tolerance, _NOISE * largest) for key, values in whole.items()}


def _described(
    solution: Solution, levels: list[Record], judged: dict[str, dict[str, Series]], tolerance: float, watch: Sequence[str]
) -> Solution:
    """Put the convergence into the results of the finest mesh."""
    records: Record = {}
    for name, record in solution.results["cases"].items():
        found = judged.get(name, {})
        records[name] = record | {"convergence": {key: asdict(item) for key, item in found.items()}}
        moving = [key for key, item in found.items() if not item.settled and _wanted(key, watch)]
        if moving and record["status"] == "ok":
            worst = max(moving, key=lambda key: found[key].change)
            stress = all(not key.startswith(_NOT_STRESS) for key in moving)
            records[name] |= {
                "status": "stress_not_settled" if stress else "not_converged",
                "reason": f"{worst} still changes by {100 * found[worst].change:.3g} % at the last refinement",
            }
    whole = {"convergence": {"meshes": levels, "tolerance": tolerance}, "cases": records}
    return replace(solution, results=solution.results | whole)
