"""Branch and bound: prove that a tape's output is positive on a box, or find where it is not.

On each box, in this order: natural extension, mean-value form, monotone corner followed by the mean-value form. A box that
none of them proves is tried for a counterexample (its middle and the corner that the gradient points away from) and bisected
along the largest gradient times width, where variables in which the output is monotone count little, since the corner fixes
them. Coordinates run from 0 to 1 over each interval of the root box, so that every bisected box has ends that are exact in
binary.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from mechlock.linkage.interval import Array, Interval, thin
from mechlock.proof.tape import Tape, columns

BATCH = 1024
DEEPEST = 45

MONOTONE = 1 / 16
"""Weight of a variable in which the output is monotone, with the range of its slope, beside one that the corner leaves open."""


@dataclass(frozen=True)
class Coordinates:
    """The affine map from [0, 1]^n to the root box, in internal units.

    Attributes
    ----------
    origin, width : Interval
        Enclosures of the lower ends and of the widths, shape (n, 1).
    discs : tuple of (int, int)
        Pairs of coordinates that are the two parts of a clearance offset, inside the disc in its square.
    choices : tuple of int
        Coordinates that are 0 or 1 and nothing between: bisection takes one and the other.
    """

    origin: Interval
    width: Interval
    discs: tuple[tuple[int, int], ...] = ()
    choices: tuple[int, ...] = ()

    def box(self, low: Array, high: Array) -> Interval:
        """Enclose boxes given in coordinates, shape (n, n_boxes)."""
        return self.origin + self.width * Interval(low, high)


def coordinates(
    ends: list[tuple[Fraction, Fraction]],
    in_degrees: list[bool],
    discs: tuple[tuple[int, int], ...],
    choices: tuple[int, ...] = (),
) -> Coordinates:
    """Make the map of exact interval ends, given in degrees where so marked."""
    half_turn = Interval(np.array([np.nextafter(np.pi, 0.0)]), np.array([np.nextafter(np.pi, 4.0)]))
    degree = half_turn / thin(np.array([180.0]))
    scale = Interval(
        np.array([degree.low if turn else [1.0] for turn in in_degrees]),
        np.array([degree.high if turn else [1.0] for turn in in_degrees]),
    )
    starts, widths = [low for low, _ in ends], [high - low for low, high in ends]
    return Coordinates(_enclose(starts, scale, in_degrees), _enclose(widths, scale, in_degrees), discs, choices)


def _enclose(numbers: list[Fraction], scale: Interval, in_degrees: list[bool]) -> Interval:
    near = np.array([[float(number)] for number in numbers])
    exact = np.array([[Fraction(float(number)) == number] for number in numbers])
    low, high = np.where(exact, near, np.nextafter(near, -np.inf)), np.where(exact, near, np.nextafter(near, np.inf))
    turned = Interval(low, high) * scale
    turn = np.array(in_degrees)[:, None]
    return Interval(np.where(turn, turned.low, low), np.where(turn, turned.high, high))


@dataclass(frozen=True)
class Outcome:
    """What a search found.

    Attributes
    ----------
    tree : list of int and str, or None
        Bisection tree in preorder, a number for the variable bisected and a letter for the rule that proved a leaf (n, m, c);
        None where the budget ended or a counterexample was found.
    point : array or None
        Coordinates where the output is negative.
    boxes : int
        Boxes looked at.
    """

    tree: list[int | str] | None
    point: Array | None
    boxes: int


@dataclass
class _Node:
    low: Array
    high: Array
    depth: int = 0
    token: int | str = ""
    children: tuple[_Node, _Node] | None = None


def search(tape: Tape, space: Coordinates, budget: int) -> Outcome:
    """Prove that the tape's first output is positive on the whole box.

    Parameters
    ----------
    tape : Tape
        Its inputs are the coordinates' quantities, in order.
    space : Coordinates
        The root box.
    budget : int
        Boxes to look at before giving up.
    """
    n = len(tape.inputs)
    top = _Node(np.zeros(n), np.ones(n))
    with np.errstate(all="ignore"):
        point = descend(tape, space)
        if point is not None:
            return Outcome(None, point, 1)
        pending, boxes = [top], 0
        while pending:
            batch, pending = pending[-BATCH:], pending[:-BATCH]
            boxes += len(batch)
            if boxes > budget:
                return Outcome(None, None, boxes)
            point = _advance(tape, space, batch)
            if point is not None:
                return Outcome(None, point, boxes)
            for node in batch:
                if node.children:
                    if node.depth >= DEEPEST:
                        return Outcome(None, None, boxes)
                    pending += node.children
    return Outcome(_preorder(top), None, boxes)


def _preorder(top: _Node) -> list[int | str]:
    tree: list[int | str] = []
    stack = [top]
    while stack:
        node = stack.pop()
        tree.append(node.token)
        if node.children:
            stack += reversed(node.children)
    return tree


def _advance(tape: Tape, space: Coordinates, batch: list[_Node]) -> Array | None:
    """Prove or split the boxes of a batch; return a point where the output is negative, if one is met."""
    low, high = np.stack([node.low for node in batch], 1), np.stack([node.high for node in batch], 1)
    natural, slopes, middle_values = _bounds(tape, space, low, high)
    face_low = np.where(slopes.high <= 0.0, high, low)
    face_high = np.where(slopes.low >= 0.0, low, high)
    proved = (natural.low > 0.0) | (middle_values.low > 0.0)
    open_ = np.flatnonzero(~proved)
    if open_.size:
        corner, _, mean = _bounds(tape, space, face_low[:, open_], face_high[:, open_])
        proved[open_[(corner.low > 0.0) | (mean.low > 0.0)]] = True
        open_ = np.flatnonzero(~proved)
    for index in np.flatnonzero(proved):
        batch[index].token = "."
    if not open_.size:
        return None
    point = _violation(tape, space, low[:, open_], high[:, open_], Interval(slopes.low[:, open_], slopes.high[:, open_]))
    if point is not None:
        return point
    size = np.maximum(np.abs(slopes.low), np.abs(slopes.high))
    size = np.where(face_low == face_high, MONOTONE * (slopes.high - slopes.low), size)
    weight = np.where(np.isfinite(size), size, 1e200) * space.width.high * (high - low)
    for index in open_:
        _split(batch[index], int(np.argmax(weight[:, index])), space.choices)
    return None


def _split(node: _Node, variable: int, choices: tuple[int, ...]) -> None:
    low, high = node.low[variable], node.high[variable]
    middle = 0.5 * (low + high)
    first, second = _Node(node.low, node.high.copy(), node.depth + 1), _Node(node.low.copy(), node.high, node.depth + 1)
    first.high[variable], second.low[variable] = (low, high) if variable in choices else (middle, middle)
    node.token, node.children = variable, (first, second)


def _bounds(tape: Tape, space: Coordinates, low: Array, high: Array) -> tuple[Interval, Interval, Interval]:
    """Natural extension, gradient, and mean-value form of the output on boxes."""
    return next(_bounds_of_each(tape, space, low, high, [slice(None)] * len(tape.outputs)))


def _bounds_of_each(
    tape: Tape, space: Coordinates, low: Array, high: Array, parts: Sequence[slice]
) -> Iterator[tuple[Interval, Interval, Interval]]:
    """The same of every output in turn, each on its own part of the boxes."""
    boxes = space.box(low, high)
    results, at_centres = tape.around(boxes)
    steps = boxes - thin(0.5 * (boxes.low + boxes.high))
    for output, part in zip(tape.outputs, parts, strict=True):
        own = Interval(steps.low[:, part], steps.high[:, part])
        n_boxes = own.low.shape[1]
        slopes = tape.gradient([columns(result, part) for result in results], output, n_boxes)
        natural = columns(results[output], part)
        mean = columns(at_centres[output], part) + (slopes * own).total()
        yield Interval(natural.low + np.zeros(n_boxes), natural.high + np.zeros(n_boxes)), slopes, mean


def lower_bounds(tape: Tape, space: Coordinates, cuts: Mapping[int, int]) -> Array:
    """Bound outputs from below on equal parts of the root box: natural extension, mean value, both on the gradient's corner.

    Parameters
    ----------
    cuts : mapping of int to int
        Into how many equal parts (a power of two) which variables are cut.

    Returns
    -------
    (n_outputs, n_parts) array
    """
    low, high = np.zeros((len(tape.inputs), 1)), np.ones((len(tape.inputs), 1))
    for variable, parts in cuts.items():  # what is a choice is cut besides, into its two values
        low, high = np.repeat(low, parts, axis=1), np.repeat(high, parts, axis=1)
        place = np.tile(np.arange(parts), low.shape[1] // parts)
        low[variable], high[variable] = place / parts, (place + 1) / parts
    for variable in space.choices:
        low, high = np.repeat(low, 2, axis=1), np.repeat(high, 2, axis=1)
        low[variable] = high[variable] = np.tile(np.arange(2.0), low.shape[1] // 2)
    n_outputs, n_parts = len(tape.outputs), low.shape[1]
    best = np.full((n_outputs, n_parts), -np.inf)
    parts = [slice(None)] * n_outputs
    with np.errstate(all="ignore"):
        for _ in range(3):
            lows, highs = [low[:, part] for part in parts], [high[:, part] for part in parts]
            corners: list[tuple[Array, Array]] = []
            for row, (natural, slopes, mean) in enumerate(_bounds_of_each(tape, space, low, high, parts)):
                best[row] = np.maximum(best[row], np.maximum(natural.low, mean.low))
                first, last = lows[row], highs[row]
                corners.append((np.where(slopes.high <= 0.0, last, first), np.where(slopes.low >= 0.0, first, last)))
            # from here on each output has boxes of its own, side by side: one evaluation serves all
            low, high = (np.hstack([corner[end] for corner in corners]) for end in (0, 1))
            parts = [slice(row * n_parts, (row + 1) * n_parts) for row in range(n_outputs)]
            if np.array_equal(low, np.hstack(lows)) and np.array_equal(high, np.hstack(highs)):
                break
    return best


def _violation(tape: Tape, space: Coordinates, low: Array, high: Array, slopes: Interval) -> Array | None:
    """Look for a negative value at the middle and at the gradient corner of each box."""
    middle = 0.5 * (low + high)
    down = slopes.low + slopes.high > 0.0
    corner = _into_discs(np.where(down, low, high), space.discs)
    for points in (middle, corner):
        value = tape.forward(space.box(points, points))[tape.outputs[0]]
        bad = np.flatnonzero(value.high + np.zeros(points.shape[1]) < 0.0)
        if bad.size:
            return points[:, bad[0]].copy()
    return None


def _into_discs(points: Array, discs: tuple[tuple[int, int], ...]) -> Array:
    """Pull clearance offsets that stand in the corner of their square back onto the disc."""
    result = points.copy()
    for x, y in discs:
        radius = np.hypot(2.0 * result[x] - 1.0, 2.0 * result[y] - 1.0)
        shrink = (1.0 - 1e-9) / np.maximum(radius, 1.0 - 1e-9)
        result[x], result[y] = 0.5 + (result[x] - 0.5) * shrink, 0.5 + (result[y] - 0.5) * shrink
    return result


def descend(tape: Tape, space: Coordinates, steps: int = 8) -> Array | None:
    """Walk from the middle to the corners that the gradient points to; return a point where the output is negative."""
    point = np.full((len(tape.inputs), 1), 0.5)
    for _ in range(steps):
        results = tape.forward(space.box(point, point))
        value = results[tape.outputs[0]]
        if np.max(value.high) < 0.0:
            return point[:, 0]
        slopes = tape.gradient(results, tape.outputs[0], 1)
        slope = 0.5 * (slopes.low + slopes.high) * space.width.high
        if not np.all(np.isfinite(slope)):
            return None
        target = np.where(slope > 0.0, 0.0, np.where(slope < 0.0, 1.0, 0.5))
        for x, y in space.discs:
            size = np.maximum(np.hypot(slope[x], slope[y]), 1e-300)
            target[x], target[y] = 0.5 - 0.5 * (1 - 1e-9) * slope[x] / size, 0.5 - 0.5 * (1 - 1e-9) * slope[y] / size
        if np.array_equal(target, point):
            return None
        point = target
    return None
