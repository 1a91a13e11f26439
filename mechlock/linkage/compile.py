"""Programs of closed forms compiled to NumPy, evaluated for many drive positions at once in blocks that stay in cache.

One thread: each operation on a block takes a few microseconds, less than threads need to hand over the interpreter's lock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import sympy as sp

from mechlock.linkage.mechanism import Mechanism
from mechlock.linkage.program import floating
from mechlock.linkage.symbolic import Signs, SymbolicSolution

Array = npt.NDArray[np.float64]

BLOCK = 8192
"""Positions evaluated at once: enough to outweigh the calls, few enough for what is alive to stay in the second-level cache."""

_ROUNDING = 16.0 * float(np.finfo(np.float64).eps)


class _Settled(sp.Function):
    """Marks a discriminant whose rounding error is settled to zero, so that collinear links are exactly collinear."""


def _settled(value: Array, scale: float) -> Array:
    return np.where(np.abs(value) <= scale, 0.0, value)


def size_of(mechanism: Mechanism) -> float:
    """Sum of the bodies' largest coordinates and a sliding drive's travel at nominal dimensions (mm): a bound on distances."""
    values = {symbol: sp.Float(value) for symbol, value in mechanism.nominal().items()}
    total = 0.0
    for body in mechanism.bodies.values():
        total += max(abs(float(c.xreplace(values))) for point in body.points.values() for c in point)  # pyright: ignore[reportArgumentType]
    if mechanism.drive.sliding:
        total += abs(float(mechanism.drive.value.xreplace(values)))  # pyright: ignore[reportArgumentType]
    return total or 1.0


@dataclass(frozen=True)
class Compiled:
    """A vectorised function of drive coordinate and parameters.

    Attributes
    ----------
    inputs : tuple of sympy.Symbol
        The drive coordinate first, then parameters and clearance offsets.
    function : callable
        Takes as many arrays as `inputs`, then the assembly signs; returns as many as expressions compiled.
    nominal : tuple of float
        Values of the inputs after the drive.
    outputs : int
        Number of expressions compiled.
    signs : tuple of int
        The assembly mode.
    """

    inputs: tuple[sp.Symbol, ...]
    function: Callable[..., Sequence[Any]]
    nominal: tuple[float, ...]
    outputs: int
    signs: Signs

    def of_mode(self, signs: Signs) -> Compiled:
        """The same expressions for another assembly mode."""
        return replace(self, signs=signs)

    def __call__(self, drive: Array, values: Mapping[str, float | Array] | None = None) -> Array:
        """Evaluate.

        Parameters
        ----------
        drive : array, shape (n,)
            Drive coordinate (rad or mm).
        values : mapping, optional
            Parameters and offsets by name that differ from nominal; numbers or arrays of shape (n,).

        Returns
        -------
        array, shape (k, n)
            One row per expression; NaN where the assembly does not exist.
        """
        known = dict(values or {})
        rest = [known.get(symbol.name, number) for symbol, number in zip(self.inputs[1:], self.nominal, strict=True)]
        result = np.empty((self.outputs, len(drive)))
        with np.errstate(invalid="ignore", divide="ignore"):
            for start in range(0, len(drive), BLOCK):
                part = slice(start, start + BLOCK)
                given = [value[part] if isinstance(value, np.ndarray) else value for value in rest]
                found = self.function(drive[part], *given, *self.signs)
                for row, value in zip(result, found, strict=True):
                    row[part] = value
        return result


def compile_solution(solution: SymbolicSolution, signs: Signs, outputs: Sequence[sp.Expr], *, settle: bool = True) -> Compiled:
    """Compile `outputs`, expressions in the symbols of the program, for one assembly mode.

    With `settle`, a discriminant within rounding of zero counts as zero, so that links that are collinear are solved as
    collinear; without, it keeps its sign, for locating limits of travel.
    """
    mechanism = solution.mechanism
    nominal = mechanism.nominal()
    inputs = (mechanism.drive.symbol, *nominal)
    size = size_of(mechanism)
    lengths = {c.expression: _power(c.group) for c in solution.conditions if c.kind == "positive"}
    needed = _needed(solution, outputs)
    replacements: list[tuple[sp.Symbol, sp.Expr]] = []
    for item in solution.program:
        if item.symbol not in needed:
            continue
        expression = item.expression
        if settle and item.symbol in lengths:
            expression = cast(sp.Expr, _Settled(expression, sp.Float(_ROUNDING * size ** lengths[item.symbol])))
        replacements.append((item.symbol, expression))
    function = _lambdify((*inputs, *solution.signs), replacements, outputs)
    return Compiled(inputs, function, tuple(nominal.values()), len(outputs), signs)


def _power(group: str) -> int:
    """Dimension of the discriminants of a dyad: squared lengths, or lengths for a rod and a slider."""
    return 1 if group.startswith("RRP") else 2


def _needed(solution: SymbolicSolution, outputs: Sequence[sp.Expr]) -> set[sp.Basic]:
    needed: set[sp.Basic] = set().union(*[sp.sympify(output).free_symbols for output in outputs])
    for item in reversed(solution.program):
        if item.symbol in needed:
            needed |= item.expression.free_symbols
    return needed


def _released(
    assignments: Sequence[tuple[sp.Symbol, sp.Expr]], outputs: Sequence[sp.Expr]
) -> list[tuple[sp.Symbol, sp.Expr | None]]:
    """Add, where each symbol is used for the last time, the mark by which SymPy deletes it, so that its memory is used again."""
    last: dict[sp.Basic, int] = {}
    for index, (symbol, expression) in enumerate(assignments):
        last |= dict.fromkeys((symbol, *expression.free_symbols), index)
    kept: set[sp.Basic] = set().union(*[output.free_symbols for output in outputs])
    dying: dict[int, list[sp.Symbol]] = {}
    for symbol, _ in assignments:
        if symbol not in kept:
            dying.setdefault(last[symbol], []).append(symbol)
    marked: list[tuple[sp.Symbol, sp.Expr | None]] = []
    for index, (symbol, expression) in enumerate(assignments):
        marked += [(symbol, expression), *((other, None) for other in dying.get(index, ()))]
    return marked


def _lambdify(inputs: Sequence[sp.Symbol], replacements: list[tuple[sp.Symbol, sp.Expr]], outputs: Sequence[sp.Expr]) -> Any:
    def shared(expressions: Any) -> Any:
        common, reduced = sp.cse(expressions, symbols=sp.numbered_symbols("cse_", real=True))
        program = [(symbol, floating(expression)) for symbol, expression in (*replacements, *common)]
        found = [floating(expression) for expression in cast(list[sp.Expr], reduced)]
        return _released(program, found), found

    modules: list[Any] = [{"_Settled": _settled}, "numpy"]
    cse: Any = shared  # a function is allowed, which SymPy's annotation leaves out
    return sp.lambdify(list(inputs), [sp.sympify(output) for output in outputs], modules=modules, cse=cse)
