"""From a search's tree to one that the checker accepts, with the bound it proves, and from a point to an exact counterexample."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Container
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

import mechlock.proof.verify as verify
from mechlock.linkage.interval import Array
from mechlock.proof.decimals import decimal
from mechlock.proof.search import MONOTONE

DIGITS = 5
"""Significant digits to which a proved bound is rounded down."""


EFFORTS = ("holds ", "opens ")
CANDIDATES = 4
"""Variables across which a leaf of an effort is cut on trial: which sense of friction a cut decides, slopes do not tell."""

PATIENCE = 3
"""Leaves split in a row without raising the bound's kept digits after which it is taken for as good as it gets."""


@dataclass(frozen=True)
class Proved:
    """A condition with its tree and the bound that the checker proves over it.

    Attributes
    ----------
    name : str
        The checker's name of the quantity.
    at_least : Fraction
        The quantity exceeds this on the whole root box (not negative for a condition).
    tree : list of int and str
        Preorder; a number for the variable bisected, a dot for a leaf.
    boxes : int
        Boxes in the tree.
    """

    name: str
    at_least: Fraction
    tree: list[int | str]
    boxes: int

    def entry(self) -> dict[str, Any]:
        """Return it as the certificate holds it."""
        return {"quantity": self.name, "at_least": decimal(self.at_least), "tree": self.tree}


@dataclass
class _Leaf:
    path: tuple[tuple[int, int], ...]
    box: verify.Box
    low: int


def _weakest(leaves: list[_Leaf]) -> tuple[int, int]:
    return min(leaf.low for leaf in leaves), sum(leaf.low for leaf in leaves)


class Certifier:
    """Evaluates leaves by the checker's own means and splits those that it cannot prove."""

    def __init__(self, goals: verify.Goals) -> None:
        self.goals = goals
        self.evaluations = 0

    def certify(
        self, name: str, tree: list[int | str], budget: int, refinements: int = 0, level: Fraction = Fraction(0)
    ) -> Proved | None:
        """Bound the quantity from below on every leaf.

        Parameters
        ----------
        name : str
            Quantity of the checker.
        tree : list
            Tree to start from; ``["."]`` is the root box alone.
        budget : int
            Leaves that may be split because the checker does not prove them; of an effort cuts that may be tried.
        refinements : int
            Leaves that may be split beyond that, the weakest first, to raise the bound.
        level : Fraction
            What the bound has to exceed; the checker asks for 0 of conditions.

        Returns
        -------
        Proved or None
            None where the budget ended first.
        """
        counter = itertools.count()
        heap: list[tuple[int, int, _Leaf]] = []
        for path, box in _paths(tree, self.goals.linkage):
            leaf = self._leaf(name, path, box)
            heapq.heappush(heap, (leaf.low, next(counter), leaf))
        best, best_heap, wanted = heap[0][0], list(heap), verify.enclose(level, level)[1]
        idle, trials = 0, CANDIDATES if name.startswith(EFFORTS) else 1
        while (heap[0][0] <= wanted and budget > 0) or (heap[0][0] > wanted and refinements > 0):
            unproved = heap[0][0] <= wanted
            if unproved:
                budget -= trials
            elif idle < PATIENCE:
                refinements -= 1
                idle += 1
            else:
                break
            weakest = heapq.heappop(heap)[2]
            for part in self._halves(name, weakest, trials if unproved else 1):
                heapq.heappush(heap, (part.low, next(counter), part))
            if heap[0][0] > best:
                idle = 0 if _kept(heap[0][0]) > _kept(best) else idle
                best, best_heap = heap[0][0], list(heap)
        if best <= wanted:
            return None
        bound = max(level, _kept(best))
        if name.startswith(("assembly ", "factor ")):
            self.goals.remember(name, verify.enclose(bound, bound)[1])
        leaves = [leaf for _, _, leaf in best_heap]
        return Proved(name, bound, tree_of([leaf.path for leaf in leaves]), 2 * len(leaves) - 1)

    def _leaf(self, name: str, path: tuple[tuple[int, int], ...], box: verify.Box) -> _Leaf:
        """Evaluate a leaf."""
        self.evaluations += 1
        try:
            return _Leaf(path, box, self.goals.bound(name, box))
        except verify.Unknown:
            return _Leaf(path, box, -(10**9) * verify.ONE)

    def _halves(self, name: str, leaf: _Leaf, trials: int) -> list[_Leaf]:
        """Cut a leaf across that of a few variables which helps its weaker half most."""
        return max((self._cut(name, leaf, variable) for variable in self.widest(name, leaf.box, trials)), key=_weakest)

    def _cut(self, name: str, leaf: _Leaf, variable: int) -> list[_Leaf]:
        halves = self.goals.linkage.cut(leaf.box, variable)
        return [self._leaf(name, (*leaf.path, (variable, side)), half) for side, half in enumerate(halves)]

    def widest(self, name: str, box: verify.Box, count: int = 1) -> list[int]:
        """Variables that it helps most to bisect; for a margin, summed over its factors in proportion.

        What the mean value loses by a variable is its gradient times its width; a variable in which the quantity is monotone
        costs nothing by itself, but its gradient's range tells how it mixes with the others.
        """
        score = self._scores(name, box, by_range=True)
        if not any(score):
            score = [float(high - low) for low, high in self.goals.linkage.intervals(box)]
        wide = [index for index, (low, high) in enumerate(box) if low < high] or [0]
        return sorted(wide, key=lambda index: (-score[index], index))[:count]

    def governing(self, name: str, among: Container[str] | None = None) -> str:
        """Variable with the largest gradient times width over the root box, of all or some."""
        variables = self.goals.linkage.variables
        score = self._scores(name, self.goals.linkage.root(), by_range=False)
        places = [k for k, variable in enumerate(variables) if among is None or variable.name in among]
        return variables[max(places, key=lambda index: (score[index], -index))].name

    def _scores(self, name: str, box: verify.Box, by_range: bool) -> list[float]:
        widths = self.goals.linkage.intervals(box)
        score = [0.0] * len(box)
        for factor in self._factors(name):
            try:
                value, slopes = self.goals.scene(box).quantity(factor).value, self.goals.scene(box).gradient(factor)
            except verify.Unknown:
                continue
            scale = max(1, abs(value[0] + value[1]) // 2) * verify.ONE
            for index, (ends, (low, high)) in enumerate(zip(widths, slopes, strict=True)):
                monotone = by_range and (low >= 0 or high <= 0)
                size = MONOTONE * (high - low) if monotone else max(abs(low), abs(high))
                score[index] += size * (ends[1] - ends[0]) / scale
        return score

    def _factors(self, name: str) -> list[str]:
        kind, _, key = name.partition(" ")
        if kind == "lever":
            return [f"factor {factor}" for factor, _ in self.goals.linkage.solution["loads"][key]]
        return [name]

    def worst(self, name: str, steps: int = 4) -> Array:
        """Walk from the middle of the root box to the corner where a quantity is least; clearance offsets stay in their discs."""
        linkage = self.goals.linkage
        index = {v.name: place for place, v in enumerate(linkage.variables)}
        share = np.full(len(index), 0.5)
        for _ in range(steps):
            point = [v.low + Fraction(float(x)) * (v.high - v.low) for v, x in zip(linkage.variables, share, strict=True)]
            try:
                slopes = self.goals.scene([(x, x) for x in point]).gradient(name)
            except verify.Unknown:
                break
            slope = np.array([float(low + high) for low, high in slopes]) / verify.ONE
            target = np.where(slope > 0.0, 0.0, np.where(slope < 0.0, 1.0, share))
            for joint in linkage.joints:
                if joint.play:
                    pair = [index[f"clearance {joint.name} {axis}"] for axis in "xy"]
                    target[pair] = 0.5 - 0.5 * (1.0 - 1e-9) * slope[pair] / max(float(np.hypot(*slope[pair])), 1e-300)
            if np.array_equal(target, share):
                break
            share = target
        return share

    def exact_point(self, point: Array, violates: str, check: Callable[[dict[str, Any]], None]) -> dict[str, Any] | None:
        """Round a point of the root box to numbers fit for a drawing, as long as the claim still fails there."""
        variables = self.goals.linkage.variables
        raw = [v.low + Fraction(float(share)) * (v.high - v.low) for v, share in zip(variables, point, strict=True)]
        for places in (3, 5, 8, 12):
            values = [_rounded(v, value, places) for v, value in zip(variables, raw, strict=True)]
            example = {
                "violates": violates,
                "values": [
                    {"name": v.name, "value": decimal(value), "unit": v.unit} for v, value in zip(variables, values, strict=True)
                ],
            }
            try:
                check(example)
            except (verify.Rejected, verify.Unknown):
                continue
            return example
        return None


def _rounded(variable: verify.Variable, value: Fraction, places: int) -> Fraction:
    """Round towards the nominal value, at `places` digits below the interval's width; of a choice to one of the two."""
    if variable.symbol.startswith("_t"):
        return Fraction(round(value))
    width = variable.high - variable.low
    if not width or value in (variable.low, variable.high):
        return value
    step = (
        Fraction(10) ** (len(str(int(width))) - 1 - places)
        if width >= 1
        else Fraction(1, 10 ** (places + len(str(int(1 / width)))))
    )
    offset = value - variable.nominal
    return variable.nominal + (1 if offset > 0 else -1) * (abs(offset) // step) * step


def _kept(bound: int) -> Fraction:
    """A bound in the checker's units as the certificate keeps it."""
    return round_down(Fraction(bound, verify.ONE))


def round_down(value: Fraction) -> Fraction:
    """Round a number down to `DIGITS` significant digits, strictly below it (zero: a little below)."""
    if value <= 0:
        return -round_up(-value) if value else -Fraction(1, 10**9)
    exponent = 0
    while value * Fraction(10) ** exponent < 10 ** (DIGITS - 1):
        exponent += 1
    while value * Fraction(10) ** exponent >= 10**DIGITS:
        exponent -= 1
    scaled = value * Fraction(10) ** exponent
    whole = int(scaled)
    return Fraction(whole - (whole == scaled)) / Fraction(10) ** exponent


def round_up(value: Fraction) -> Fraction:
    """Round a positive number up to `DIGITS` significant digits, strictly above it."""
    below = round_down(value)
    step = Fraction(1)
    while step * 10 ** (DIGITS - 1) > below:
        step /= 10
    while step * 10**DIGITS <= below:
        step *= 10
    return below + 2 * step


def _paths(tree: list[int | str], linkage: verify.Linkage) -> list[tuple[tuple[tuple[int, int], ...], verify.Box]]:
    """Leaves of a tree, each with the cuts that lead to it."""
    found: list[tuple[tuple[tuple[int, int], ...], verify.Box]] = []
    boxes = verify.leaves(list(tree), linkage.root(), linkage)
    stack: list[tuple[tuple[int, int], ...]] = [()]
    for token in tree:
        path = stack.pop()
        if isinstance(token, int):
            stack += [(*path, (token, 1)), (*path, (token, 0))]
        else:
            found.append((path, next(boxes)))
    return found


def tree_of(leaves: list[tuple[tuple[int, int], ...]]) -> list[int | str]:
    """Preorder tree of leaves (the cuts that lead there, variable and side) that came from bisection."""
    tree: list[int | str] = []
    stack = [(0, leaves)]
    while stack:
        depth, group = stack.pop()
        path = group[0]
        if len(group) == 1 and len(path) == depth:
            tree.append(".")
            continue
        tree.append(path[depth][0])
        for side in (1, 0):
            stack.append((depth + 1, [leaf for leaf in group if leaf[depth][1] == side]))
    return tree
