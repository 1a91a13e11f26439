"""Every circuit of a linkage made of dyads, however many, proved complete: the conditions of its modes over the drive's travel.

An interval of the drive in which every condition of a mode is positive belongs to the mode, one in which some condition is
negative does not; others are halved until they are shorter than any mode worth a name, and are its limits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import sympy as sp

from mechlock.linkage.circuits import SHORTEST, Circuits
from mechlock.linkage.constraints import Array
from mechlock.linkage.interval import Interval, thin
from mechlock.linkage.program import floating
from mechlock.linkage.slopes import Slope, cosine, root, sine
from mechlock.linkage.symbolic import SymbolicSolution

FIRST = 720
"""Intervals that the travel is cut into to begin with."""

INTERVALS = 400_000
"""Intervals looked at, of all modes together, before the search gives up."""

_AT_ONCE = 65_536


def dyad_circuits(
    solution: SymbolicSolution, values: Mapping[str, float], low: float, high: float, size: float, limit: int = INTERVALS
) -> Circuits:
    """Find where the modes of a closed form exist.

    Parameters
    ----------
    values : mapping of str to float
        Of all parameters and offsets.
    low, high : float
        The drive's travel (rad or mm).
    size : float
        What a length of the drive coordinate is measured by: 1 for an angle.
    limit : int
        Intervals at most.
    """
    conditions, signs = _compiled(solution, values), solution.all_signs()
    modes = np.array(signs).reshape(len(signs), len(solution.signs))
    edges = np.linspace(low, high, FIRST + 1)
    mode = np.repeat(np.arange(len(modes)), FIRST)
    start, end = np.tile(edges[:-1], len(modes)), np.tile(edges[1:], len(modes))
    inside: list[Array] = []
    limits: list[Array] = []
    looked = 0
    while len(start) and looked < limit:
        now, rest = slice(0, _AT_ONCE), slice(_AT_ONCE, None)
        a, b, m = start[now], end[now], mode[now]
        looked += len(a)
        there, absent = conditions(Interval(a, b), modes[m].T)
        inside.append(np.stack([m[there].astype(np.float64), a[there], b[there]], axis=1))
        short = ~there & ~absent & (b - a <= 0.25 * SHORTEST * size)
        limits.append(0.5 * (a + b)[short])
        left = ~there & ~absent & ~short
        middle = 0.5 * (a + b)[left]
        start = np.concatenate([a[left], middle, start[rest]])
        end = np.concatenate([middle, b[left], end[rest]])
        mode = np.concatenate([m[left], m[left], mode[rest]])
    reason = f"{looked} intervals of the drive did not suffice" if len(start) else ""
    arcs = _joined(np.concatenate(inside)) if inside else np.zeros(0)
    found = np.concatenate(limits) if limits else np.zeros(0)
    return Circuits(arcs, np.zeros((0, 0)), found, not reason, reason, looked)


def _joined(table: Array) -> Array:
    """Middles of the arcs that neighbouring intervals of one mode make, the longest first; rows are (mode, from, to)."""
    table = table[np.lexsort((table[:, 1], table[:, 0]))]
    ends = np.append((np.diff(table[:, 0]) != 0.0) | (table[1:, 1] != table[:-1, 2]), True)[-len(table) :]
    low, high = table[np.roll(ends, 1), 1], table[ends, 2]
    return (0.5 * (low + high))[np.argsort(low - high, kind="stable")]


def _compiled(solution: SymbolicSolution, values: Mapping[str, float]) -> Callable[[Interval, Array], Any]:
    """A function of drive intervals and signs of modes: where all conditions certainly hold, and where one certainly does not."""
    known = {symbol: thin(np.array(values[symbol.name])) for symbol in solution.mechanism.nominal()}
    needed: set[sp.Basic] = set().union(*[condition.expression.free_symbols for condition in solution.conditions])
    kept: list[tuple[sp.Symbol, sp.Expr]] = []
    for item in reversed(solution.program):
        if item.symbol in needed:
            needed |= item.expression.free_symbols
            kept.append((item.symbol, floating(item.expression)))

    def shared(expressions: Any) -> Any:
        return kept[::-1], [floating(found) for found in expressions]

    cse: Any = shared  # a function is allowed, which SymPy's annotation leaves out
    inputs = [solution.mechanism.drive.symbol, *solution.signs, *known]
    wanted = [condition.expression for condition in solution.conditions]
    functions = {"sin": sine, "cos": cosine, "sqrt": root}
    function: Any = sp.lambdify(inputs, wanted, modules=[functions, "math"], cse=cse)
    nonzero = [condition.kind != "positive" for condition in solution.conditions]

    def evaluate(drive: Interval, signs: Array) -> tuple[Any, Any]:
        there, absent = np.ones(len(drive.low), dtype=bool), np.zeros(len(drive.low), dtype=bool)
        middle = 0.5 * (drive.low + drive.high)
        with np.errstate(all="ignore"):
            whole = function(Slope(drive, 1.0), *signs, *map(Slope, known.values()))
            centre = function(thin(middle), *signs, *known.values())
            for value, at, either in zip(whole, centre, nonzero, strict=True):
                natural, slope = (value.value, value.slope) if isinstance(value, Slope) else (value + 0.0 * drive, 0.0)
                mean = at + slope * (drive - middle)  # holds where all that comes before exists in the whole interval
                positive = (natural.low > 0.0) | (there & (mean.low > 0.0))
                negative = (natural.high < 0.0) | (there & (mean.high < 0.0))
                absent |= negative & (not either)
                there &= positive | (negative & either)
        return there, absent

    return evaluate
