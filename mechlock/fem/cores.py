"""Independent parts of one computation on all cores of this machine: numpy lets go of the interpreter while it computes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Part = TypeVar("Part")
Found = TypeVar("Found")


def cores() -> int:
    """Return the number of cores that this process may use; ``OMP_NUM_THREADS`` limits it."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    wanted = os.environ.get("OMP_NUM_THREADS", "")
    return max(1, min(allowed, int(wanted))) if wanted.isdigit() else allowed


def on_all_cores(work: Callable[[Part], Found], parts: Sequence[Part]) -> Iterator[Found]:
    """Yield the work's answers in the order of the parts; at most a few are done before they are asked for."""
    count = min(cores(), len(parts))
    if count <= 1:
        yield from map(work, parts)
        return
    with ThreadPoolExecutor(count) as pool:
        ahead = [pool.submit(work, part) for part in parts[: 2 * count]]
        for number in range(len(parts)):
            found = ahead[number % (2 * count)].result()
            if number + 2 * count < len(parts):
                ahead[number % (2 * count)] = pool.submit(work, parts[number + 2 * count])
            yield found


def beside(work: Callable[[], Found]) -> Future[Found]:
    """Begin work on another core, where there is one; its answer or its error comes when the result is asked for."""
    if cores() <= 1:
        done: Future[Found] = Future()
        try:
            done.set_result(work())
        except Exception as error:  # noqa: BLE001 - raised again where the result is asked for
            done.set_exception(error)
        return done
    pool = ThreadPoolExecutor(1)
    begun = pool.submit(work)
    pool.shutdown(wait=False)
    return begun
