"""What a run cost and what it ran on: time and memory by stage, versions."""

from __future__ import annotations

import sys
import time
from importlib.metadata import PackageNotFoundError, version
from typing import Any

PACKAGES = ("mechlock", "numpy", "scipy", "scikit-fem", "mkl", "numba", "meshio")


class Stages:
    """A stop-watch with named laps."""

    def __init__(self) -> None:
        self._start = self._last = time.perf_counter()
        self._laps: list[dict[str, Any]] = []

    def done(self, name: str) -> None:
        """End the lap `name`."""
        now = time.perf_counter()
        self._laps.append({"name": name, "time_s": now - self._last, "memory_MB": peak_memory()})
        self._last = now

    def record(self) -> dict[str, Any]:
        """Return total time, peak memory and the laps."""
        return {"time_s": time.perf_counter() - self._start, "memory_MB": peak_memory(), "stages": self._laps}


def peak_memory() -> float | None:
    """Largest memory of this process so far in MB, or None where the system does not tell."""
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 1024.0


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that results depend on."""
    found = {"python": sys.version.split()[0]}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
