"""Bisect a box to raise the least of a bound over its parts, where the bound has no gradient to say which way to cut."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable

from mechlock.proof.certify import tree_of
from mechlock.proof.verify import ONE, Box, Unknown

Path = tuple[tuple[int, int], ...]

NOTHING = -(10**12) * ONE
"""Value of a box about which nothing can be said."""


def raise_least(
    value: Callable[[Box], int], root: Box, budget: int, levels: tuple[int, int, int]
) -> tuple[int, list[int | str], int]:
    """Cut the part with the least bound, again and again.

    Parameters
    ----------
    value : callable
        Lower bound on a box, in units of ``1/ONE``; may raise `Unknown`.
    root : Box
        Where to begin.
    budget : int
        Boxes to look at, at most.
    levels : tuple of int
        Bound that is wanted, bound that is enough, and boxes after which what is enough is taken.

    Returns
    -------
    tuple
        The best least bound, its tree in preorder with rule ``n``, and the boxes looked at.
    """
    wanted, enough, patience = levels

    def bound(box: Box) -> int:
        try:
            return value(box)
        except Unknown:
            return NOTHING

    counter = itertools.count(1)
    heap: list[tuple[int, int, Path, Box]] = [(bound(root), 0, (), root)]
    best, best_heap, looked = heap[0][0], list(heap), 1
    order = _most_useful(bound, root) if best <= wanted else {}
    while heap[0][0] <= (wanted if looked < patience else enough) and looked < budget and order:
        _, _, path, box = heapq.heappop(heap)
        cuts = [side for side, _ in path]
        variable = max(order, key=lambda index: order[index] / 2 ** cuts.count(index))
        low, high = box[variable]
        middle = (low + high) / 2
        for side, ends in enumerate(((low, middle), (middle, high))):
            part = [*box[:variable], ends, *box[variable + 1 :]]
            heapq.heappush(heap, (bound(part), next(counter), (*path, (variable, side)), part))
        looked += 2
        if heap[0][0] > best:
            best, best_heap = heap[0][0], list(heap)
    return best, tree_of([(path, "n") for _, _, path, _ in best_heap]), looked


def _most_useful(bound: Callable[[Box], int], root: Box) -> dict[int, float]:
    """How much the bound rises when each variable alone is cut to its middle, all others to their middle halves."""
    shrunk = [((3 * low + high) / 4, (low + 3 * high) / 4) for low, high in root]
    start = bound(shrunk)
    gains: dict[int, float] = {}
    for index, (low, high) in enumerate(root):
        if low < high:
            part = [*shrunk[:index], ((low + high) / 2, (low + high) / 2), *shrunk[index + 1 :]]
            gains[index] = max(1e-9, (bound(part) - start) / ONE)
    return gains
