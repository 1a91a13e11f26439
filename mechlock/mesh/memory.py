"""A bound on the memory that reading one file may take: the counts in a damaged one may ask for all that there is."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

SPARE = 2**31
PER_BYTE = 50
"""A sound file needs less than so many bytes of memory for each of its own, beyond `SPARE`."""


@contextmanager
def bounded(size: int) -> Generator[None]:
    """Have what asks for more memory than a file of `size` bytes can need fail with a MemoryError; on Linux alone.

    For the time of reading, when no other thread of the process works.
    """
    if not sys.platform.startswith("linux"):
        yield
        return
    import resource

    before = resource.getrlimit(resource.RLIMIT_AS)
    used = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    limit = used + SPARE + PER_BYTE * size
    if before[0] != resource.RLIM_INFINITY:
        limit = min(limit, before[0])
    resource.setrlimit(resource.RLIMIT_AS, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
