"""Time and memory of every stage, and what the user is told meanwhile."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Stage:
    """One finished stage: wall time in s and the process's greatest memory so far in MB (None where unknown)."""

    name: str
    time_s: float
    memory_MB: float | None  # noqa: N815 - units as in the results file


def peak_memory() -> float | None:
    """Greatest memory of this process so far in MB, or None on systems that do not tell."""
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


@dataclass
class Recorder:
    """Collects the stages of one run and tells `progress` when one begins."""

    progress: Callable[[str], None]
    stages: list[Stage] = field(default_factory=list)

    @contextlib.contextmanager
    def stage(self, name: str) -> Generator[None]:
        """Measure what runs inside the block."""
        self.progress(name)
        start = time.perf_counter()
        yield
        self.stages.append(Stage(name, time.perf_counter() - start, peak_memory()))
