"""Rainflow counting of `mechlock.life.rainflow` as a compiled loop (numba, extra ``fast``): one pass over the samples.

Rows are counted with a stack of turning points; what it finds is what the vectorised passes find, in another order.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from mechlock.fem.compiled import compiled

CountRows = Callable[..., int]


@lru_cache(maxsize=1)
def count_rows() -> CountRows | None:
    """The compiled loop, or None where numba is not installed.

    It takes rows (s, n) and arrays for range, mean, count and owner with room for s * n cycles, and returns how many there are.
    """
    return compiled(_count_rows)


def _count_rows(rows: Any, size: Any, mean: Any, count: Any, owner: Any) -> int:
    stack = np.empty(rows.shape[1])
    found = 0
    for row in range(rows.shape[0]):
        values = rows[row]
        stack[0] = last = values[0]
        top = 1
        way = 0.0
        for k in range(1, len(values) + 1):
            if k < len(values):
                step = values[k] - last
                if step == 0.0:
                    continue
                turns = way * step < 0.0
            else:
                step, turns = 0.0, way != 0.0  # the last value ends the row
            if turns:
                stack[top] = last
                top += 1
                while top >= 4:
                    inner = abs(stack[top - 2] - stack[top - 3])
                    if inner > abs(stack[top - 3] - stack[top - 4]) or inner > abs(stack[top - 1] - stack[top - 2]):
                        break
                    size[found] = inner
                    mean[found] = 0.5 * (stack[top - 2] + stack[top - 3])
                    count[found] = 1.0
                    owner[found] = row
                    found += 1
                    stack[top - 3] = stack[top - 1]
                    top -= 2
            if k < len(values):
                last = values[k]
                way = 1.0 if step > 0.0 else -1.0
        for k in range(1, top):
            size[found] = abs(stack[k] - stack[k - 1])
            mean[found] = 0.5 * (stack[k] + stack[k - 1])
            count[found] = 0.5
            owner[found] = row
            found += 1
    return found
