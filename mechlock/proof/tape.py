"""Expression tapes: the SymPy assignments of a linkage's solution as a list of operations over many boxes at once.

Forward, a tape gives the natural interval extension; backward, interval enclosures of all partial derivatives in one pass.
Source: Griewank, Walther, "Evaluating Derivatives", SIAM 2008 (reverse mode), with intervals for numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import sympy as sp

from mechlock.errors import NoVerdict
from mechlock.linkage.interval import Array, Interval, thin

Kind = Literal["input", "constant", "add", "sub", "mul", "div", "square", "root", "sine", "cosine", "negate"]


@dataclass(frozen=True)
class Operation:
    """One step: what to do with which earlier results."""

    kind: Kind
    left: int = -1
    right: int = -1
    value: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True)
class Tape:
    """Operations in order; the first ones are the inputs, in the order of `inputs`.

    Attributes
    ----------
    operations : tuple of Operation
        In order of evaluation.
    inputs : tuple of str
        Names of the input variables.
    outputs : tuple of int
        Index of each output's operation.
    floors : mapping of int to float
        Operations whose results are known to be at least this.
    sharp : frozenset of int
        Operations whose results are narrowed by their mean-value form before others use them.
    """

    operations: tuple[Operation, ...]
    inputs: tuple[str, ...]
    outputs: tuple[int, ...]
    floors: Mapping[int, float]
    sharp: frozenset[int] = frozenset()

    @np.errstate(all="ignore")  # what overflows or divides by zero becomes an infinite end
    def forward(self, boxes: Interval) -> list[Interval]:
        """Evaluate every operation on boxes of shape (n_inputs, n_boxes)."""
        if self.sharp and np.any(boxes.low < boxes.high):
            return self.around(boxes)[0]
        return self._evaluate(boxes)

    @np.errstate(all="ignore")
    def around(self, boxes: Interval) -> tuple[list[Interval], list[Interval]]:
        """Evaluate every operation on boxes and at their middles (the floats nearest to half the sum of their ends)."""
        middle = thin(0.5 * (boxes.low + boxes.high))
        at_middle = self._evaluate(middle)
        return self._evaluate(boxes, boxes - middle, at_middle), at_middle

    def _evaluate(self, boxes: Interval, steps: Interval | None = None, middles: Sequence[Interval] = ()) -> list[Interval]:
        """Evaluate the operations; with results at the boxes' middles and `steps` from there the sharp ones are narrowed."""
        results: list[Interval] = []
        for index, step in enumerate(self.operations):
            match step.kind:
                case "input":
                    result = Interval(boxes.low[index], boxes.high[index])
                case "constant":
                    result = Interval(np.float64(step.value[0]), np.float64(step.value[1]))  # pyright: ignore[reportArgumentType]
                case _:
                    result = _apply(step, results)
            results.append(result.at_least(self.floors[index]) if index in self.floors else result)
            if steps is not None and index in self.sharp:
                slopes = self.gradient(results, index, steps.low.shape[1])
                results[index] = result.within(middles[index] + (slopes * steps).total())
        return results

    @np.errstate(all="ignore")
    def gradient(self, results: Sequence[Interval], output: int, n_boxes: int) -> Interval:
        """Enclose the partial derivatives of an output, shape (n_inputs, n_boxes), from the results of `forward`."""
        weights: list[Interval | None] = [None] * len(self.operations)
        weights[output] = thin(np.ones(n_boxes))
        for index in range(output, -1, -1):
            weight = weights[index]
            if weight is None:
                continue
            step = self.operations[index]
            for parent, partial in _partials(step, results, index):
                part = weight if partial is None else -weight if partial is _MINUS else weight * partial
                known = weights[parent]
                weights[parent] = part if known is None else known + part
        zero = np.zeros(n_boxes)
        rows = [weights[index] or thin(zero) for index in range(len(self.inputs))]
        return Interval(np.stack([row.low + zero for row in rows]), np.stack([row.high + zero for row in rows]))


_MINUS = thin(np.full(1, -1.0))


def columns(result: Interval, part: slice) -> Interval:
    """A result on some of the boxes; what is the same on all of them has no columns."""
    return Interval(result.low[part], result.high[part]) if np.ndim(result.low) else result


def _apply(step: Operation, results: Sequence[Interval]) -> Interval:
    left = results[step.left]
    match step.kind:
        case "add":
            return left + results[step.right]
        case "sub":
            return left - results[step.right]
        case "mul":
            return left * results[step.right]
        case "div":
            return left / results[step.right]
        case "square":
            return left.squared()
        case "root":
            return left.root()
        case "sine":
            return left.sine()
        case "cosine":
            return left.cosine()
        case _:
            return -left


def _partials(step: Operation, results: Sequence[Interval], index: int) -> Iterable[tuple[int, Interval | None]]:
    """Parents of an operation with the enclosure of the derivative by each (None for 1, `_MINUS` for -1)."""
    match step.kind:
        case "add":
            return ((step.left, None), (step.right, None))
        case "sub":
            return ((step.left, None), (step.right, _MINUS))
        case "negate":
            return ((step.left, _MINUS),)
        case "mul":
            return ((step.left, results[step.right]), (step.right, results[step.left]))
        case "div":
            inverse = thin(np.ones(1)) / results[step.right]
            return ((step.left, inverse), (step.right, -(results[index] * inverse)))
        case "square":
            return ((step.left, results[step.left] + results[step.left]),)
        case "root":
            return ((step.left, thin(np.full(1, 0.5)) / results[index]),)
        case "sine":
            return ((step.left, results[step.left].cosine()),)
        case "cosine":
            return ((step.left, -results[step.left].sine()),)
        case _:
            return ()


class Compiler:
    """Turns SymPy assignments and expressions into a tape; equal subexpressions are computed once."""

    def __init__(self, inputs: Sequence[sp.Symbol]) -> None:
        self.operations: list[Operation] = []
        self.known: dict[Any, int] = {}
        self.names = tuple(symbol.name for symbol in inputs)
        for symbol in inputs:
            self.known[symbol] = self._emit(Operation("input"), symbol)

    def assign(self, symbol: sp.Symbol, expression: sp.Expr) -> None:
        """Give the value of an expression a name."""
        self.known[symbol] = self.add(expression)

    def tape(
        self,
        outputs: Sequence[sp.Expr],
        floors: Mapping[sp.Expr, float] | None = None,
        sharp: Iterable[sp.Expr] = (),
    ) -> Tape:
        """Finish: a tape with these outputs, lower bounds known for some expressions, and some that are to be narrowed."""
        where = tuple(self.add(output) for output in outputs)
        bounds = {self.add(expression): floor for expression, floor in (floors or {}).items()}
        narrowed = frozenset(self.add(expression) for expression in sharp)
        return _prune(Tape(tuple(self.operations), self.names, where, bounds, narrowed))

    def add(self, expression: Any) -> int:
        """Compile an expression and return the index of its result."""
        if expression in self.known:
            return self.known[expression]
        index = self._compile(expression)
        self.known[expression] = index
        return index

    def _emit(self, step: Operation, key: Any = None) -> int:
        key = step if key is None else key
        if key not in self.known:
            self.operations.append(step)
            self.known[key] = len(self.operations) - 1
        return self.known[key]

    def _compile(self, expression: Any) -> int:
        if isinstance(expression, sp.Rational) or expression is sp.pi:
            return self._emit(Operation("constant", value=enclose(expression)))
        if isinstance(expression, sp.Add):
            return self._sum(expression)
        if isinstance(expression, sp.Mul):
            return self._product(expression)
        if isinstance(expression, sp.Pow):
            return self._power(expression.base, expression.exp)
        if isinstance(expression, sp.sin):
            return self._emit(Operation("sine", self.add(expression.args[0])))
        if isinstance(expression, sp.cos):
            return self._emit(Operation("cosine", self.add(expression.args[0])))
        if isinstance(expression, sp.Abs):
            return self._emit(Operation("root", self._emit(Operation("square", self.add(expression.args[0])))))
        if isinstance(expression, sp.tan):
            angle = expression.args[0]
            return self.add(sp.sin(angle) / sp.cos(angle))
        raise NoVerdict(f"the proof cannot evaluate {expression!s}", mend="use + - * / sqrt sin cos in coordinates")

    def _sum(self, expression: sp.Add) -> int:
        total: int | None = None
        for term in sorted(expression.args, key=lambda term: term.could_extract_minus_sign()):
            minus = term.could_extract_minus_sign()
            index = self.add(-term if minus else term)
            if total is None:
                total = self._emit(Operation("negate", index)) if minus else index
            else:
                total = self._emit(Operation("sub" if minus else "add", total, index))
        assert total is not None
        return total

    def _product(self, expression: sp.Mul) -> int:
        if expression.args[0] == -1:
            return self._emit(Operation("negate", self.add(sp.Mul(*expression.args[1:]))))
        above, below = sp.fraction(expression)
        if below != 1:
            return self._emit(Operation("div", self.add(above), self.add(below)))
        total = self.add(expression.args[0])
        for factor in expression.args[1:]:
            total = self._emit(Operation("mul", total, self.add(factor)))
        return total

    def _power(self, base: Any, exponent: Any) -> int:
        if exponent.is_negative:
            one = self._emit(Operation("constant", value=(1.0, 1.0)))
            return self._emit(Operation("div", one, self.add(base**-exponent)))
        if exponent == sp.Rational(1, 2):
            return self._emit(Operation("root", self.add(base)))
        if isinstance(exponent, sp.Rational) and exponent.q == 2:
            return self._emit(Operation("mul", self.add(base ** (exponent.p // 2)), self.add(sp.sqrt(base))))
        if exponent == 2:
            return self._emit(Operation("square", self.add(base)))
        if exponent.is_Integer and exponent > 2:
            half = self.add(base ** (exponent // 2))
            result = self._emit(Operation("square", half))
            return result if exponent % 2 == 0 else self._emit(Operation("mul", result, self.add(base)))
        raise NoVerdict(f"the proof cannot evaluate the power {exponent!s}")


def enclose(value: Any) -> tuple[float, float]:
    """Enclose an exact SymPy number by two floats, equal where it is one."""
    near = float(value)
    if isinstance(value, sp.Rational):
        below = above = value
    else:
        digits, slack = sp.Rational(str(value.evalf(40))), sp.Rational(1, 10**30)
        below, above = digits * (1 - slack), digits * (1 + slack)
    low = high = near
    while sp.Rational(low) > min(below, above):
        low = math.nextafter(low, -math.inf)
    while sp.Rational(high) < max(below, above):
        high = math.nextafter(high, math.inf)
    return low, high


def _prune(tape: Tape) -> Tape:
    """Keep only what the outputs need."""
    needed = set(range(len(tape.inputs)))
    stack = list(tape.outputs)
    while stack:
        index = stack.pop()
        if index not in needed or index < len(tape.inputs):
            needed.add(index)
            step = tape.operations[index]
            stack += [parent for parent in (step.left, step.right) if parent >= 0 and parent not in needed]
    order = sorted(needed)
    place = {old: new for new, old in enumerate(order)}
    steps = tuple(
        Operation(step.kind, place.get(step.left, -1), place.get(step.right, -1), step.value)
        for step in (tape.operations[index] for index in order)
    )
    floors = {place[index]: floor for index, floor in tape.floors.items() if index in place}
    sharp = frozenset(place[index] for index in tape.sharp if index in place)
    return Tape(steps, tape.inputs, tuple(place[index] for index in tape.outputs), floors, sharp)


def values(tape: Tape, points: Array) -> list[Array]:
    """Evaluate the outputs at points (n_inputs, n_points): the middle of the enclosures."""
    results = tape.forward(thin(points))
    return [0.5 * (results[index].low + results[index].high) for index in tape.outputs]
