"""Sensitivities of any output to every dimension, exactly, and the tolerance stack that follows from them.

The closed form is differentiated assignment by assignment and accumulated backwards (reverse mode), so that the derivatives
are exact to rounding. Worst case and root sum of squares are first-order stacks: estimates beside the proof, which is rigorous.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import sympy as sp

from mechlock.errors import NoVerdict
from mechlock.linkage.compile import compile_solution
from mechlock.linkage.positions import Positions


@dataclass(frozen=True)
class Gradient:
    """An output and its exact first derivatives.

    Attributes
    ----------
    value : float
        The output.
    by_drive : float
        Derivative by the drive coordinate.
    by_name : dict of str to float
        Derivative by every parameter and clearance offset, by name.
    """

    value: float
    by_drive: float
    by_name: dict[str, float]


@dataclass(frozen=True)
class ToleranceStack:
    """How far an output may stray, to first order.

    Attributes
    ----------
    value : float
        At nominal dimensions.
    worst_case, rss : float
        Sum, and root of the sum of squares, of all contributions (half widths).
    contributions : tuple of (name, half width of the output)
        Largest first.
    """

    value: float
    worst_case: float
    rss: float
    contributions: tuple[tuple[str, float], ...]


def gradient(positions: Positions, expression: sp.Expr, drive: float) -> Gradient:
    """Differentiate an expression in program symbols at one drive position.

    Parameters
    ----------
    positions : Positions
        The linkage, in its selected mode.
    expression : sympy.Expr
        In program symbols: a point's coordinate, a velocity ratio, a lever.
    drive : float
        Drive coordinate (rad or mm).

    Raises
    ------
    NoVerdict
        Without a closed form, or where the assembly does not exist.
    """
    return gradients(positions, [expression], drive)[0]


def gradients(positions: Positions, expressions: Sequence[sp.Expr], drive: float) -> tuple[Gradient, ...]:
    """Differentiate several expressions at once, as `gradient` does one."""
    solution, signs = positions.solution, positions.selected.signs
    if solution is None or signs is None:
        raise NoVerdict(positions.reason, positions.mechanism.where)
    results = [sp.Symbol(f"__result{index}", real=True) for index in range(len(expressions))]
    rows = [(item.symbol, item.expression) for item in solution.with_signs(signs)]
    rows += zip(results, expressions, strict=True)
    partials = [(index, symbol) for index, (_, right) in enumerate(rows) for symbol in sorted(right.free_symbols, key=str)]
    outputs = [*expressions, *(sp.diff(rows[index][1], symbol) for index, symbol in partials)]
    table = compile_solution(solution, signs, outputs)(np.array([drive]), positions.values)[:, 0]  # pyright: ignore[reportArgumentType]
    if not np.isfinite(table).all():
        raise NoVerdict("the output cannot be differentiated at this position", positions.mechanism.where)
    by_row: dict[int, list[tuple[sp.Basic, float]]] = {}
    for (index, symbol), number in zip(partials, table[len(expressions) :], strict=True):
        by_row.setdefault(index, []).append((symbol, float(number)))
    found: list[Gradient] = []
    for result, value in zip(results, table, strict=False):
        adjoint: dict[sp.Basic, float] = {result: 1.0}
        for index in range(len(rows) - 1, -1, -1):
            weight = adjoint.get(rows[index][0], 0.0)
            for symbol, number in by_row.get(index, []) if weight else ():
                adjoint[symbol] = adjoint.get(symbol, 0.0) + weight * number
        by_name = {symbol.name: adjoint.get(symbol, 0.0) for symbol in positions.mechanism.nominal()}
        found.append(Gradient(float(value), adjoint.get(positions.mechanism.drive.symbol, 0.0), by_name))
    return tuple(found)


def contributions(positions: Positions, slopes: Mapping[str, float]) -> dict[str, float]:
    """What every parameter's half interval and every pin's play contributes to an output, from its derivatives by name.

    The play of a pin is an offset within a disc, in the direction that moves the output most.
    """
    mechanism = positions.mechanism
    parts = {name: 0.5 * (limits.high - limits.low) * abs(slopes[name]) for name, limits in mechanism.parameters.items()}
    for joint, (dx, dy, radius) in mechanism.offsets.items():
        parts[f"play of {joint}"] = radius * float(np.hypot(slopes.get(dx.name, 0.0), slopes.get(dy.name, 0.0)))
    return parts


def stack(positions: Positions, expression: sp.Expr, drive: float, drive_tolerance: float = 0.0) -> ToleranceStack:
    """First-order tolerance stack of an output; `drive_tolerance` is the half width of the drive's position."""
    return stacked(positions, gradient(positions, expression, drive), drive_tolerance)


def stacked(positions: Positions, found: Gradient, drive_tolerance: float = 0.0) -> ToleranceStack:
    """As `stack`, from derivatives that are known already."""
    parts = contributions(positions, found.by_name)
    parts["drive"] = abs(found.by_drive) * drive_tolerance
    return _stacked(found.value, parts)


def dead_centre_stack(positions: Positions, toggle: sp.Expr, dead_centre: float) -> ToleranceStack:
    """First-order stack of the drive coordinate at which a toggle factor vanishes, by implicit differentiation."""
    found = gradient(positions, toggle, dead_centre)
    return _stacked(
        dead_centre, contributions(positions, {name: slope / found.by_drive for name, slope in found.by_name.items()})
    )


def _stacked(value: float, parts: dict[str, float]) -> ToleranceStack:
    rounding = 1e-12 * max(parts.values(), default=0.0)
    order = tuple(sorted(((name, part) for name, part in parts.items() if part > rounding), key=lambda pair: -pair[1]))
    sizes = np.array([part for _, part in order])
    return ToleranceStack(value, float(sizes.sum()), float(np.sqrt((sizes**2).sum())), order)
