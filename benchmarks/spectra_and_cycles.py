"""Speed of shock spectra against pyyeti and of rainflow counting against pyLife, same machine, same run.

Of the other counters on PyPI, rfcnt 0.6.1 took five times pyLife's time on the same signal, and those in Python far more.

Usage: ``python benchmarks/spectra_and_cycles.py`` in an environment with pyyeti, pylife and numba. Both sides may use all
cores; pyyeti counts with the better of its serial and its parallel time. Results are compared too.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pylife.stress.rainflow as pylife_rainflow
from pyyeti import srs as pyyeti_srs

from mechlock.life import rainflow as counting
from mechlock.life.rainflow import rainflow
from mechlock.loads.history import history
from mechlock.response import srs as spectrum
from mechlock.response.srs import shock_response_spectrum

RATE = 5000.0
WORTH_COMPILING = counting._WORTH_COMPILING


def timed(call: Callable[[], Any], repeats: int = 3) -> tuple[float, Any]:
    """Least time of some calls, and the last result."""
    best, result = np.inf, None
    for _ in range(repeats):
        start = time.perf_counter()
        result = call()
        best = min(best, time.perf_counter() - start)
    return best, result


def spectra() -> None:
    """A million samples at 200 frequencies."""
    values = np.random.default_rng(0).standard_normal(1_000_000)
    values[0] = 0.0
    record = history(1 / RATE, values)
    for low, high in ((1.0, 200.0), (5.0, RATE / 13)):
        frequency = np.geomspace(low, high, 200)
        found = []
        for parallel in ("no", "yes"):
            options = {"ic": "zero", "time": "primary", "parallel": parallel}
            found.append(timed(lambda f=frequency, o=options: pyyeti_srs.srs(values, RATE, f, 10.0, **o)))
        (serial, other), (shared, _) = found
        theirs = min(serial, shared)
        for name, least in (("numba", 0), ("numpy alone", np.inf)):
            spectrum._WORTH_COMPILING = least
            shock_response_spectrum(record, frequency, 0.05, points_per_cycle=12)  # compiled, or loaded
            ours, mine = timed(lambda f=frequency: shock_response_spectrum(record, f, 0.05, points_per_cycle=12))
            difference = np.abs(mine.primary / other - 1).max()
            speed = f"pyyeti {theirs:.2f} s, here with {name} {ours:.2f} s, {theirs / ours:.1f} times"
            print(f"SRS {low:g} to {high:.0f} Hz: {speed}; differ by {difference:.0e}")


def cycles() -> None:
    """Ten million points."""
    signal = np.random.default_rng(0).standard_normal(10_000_000)

    def theirs_counts() -> Any:
        recorder = pylife_rainflow.FullRecorder()
        pylife_rainflow.FourPointDetector(recorder=recorder).process(signal)
        return recorder

    theirs, other = timed(theirs_counts)
    for name, largest in (("numba", WORTH_COMPILING), ("numpy alone", len(signal) + 1)):
        counting._WORTH_COMPILING = largest
        rainflow(signal)  # compiled, or loaded
        ours, mine = timed(lambda: rainflow(signal))
        whole = int((mine.count == 1.0).sum())
        speed = f"pyLife {theirs:.2f} s, here with {name} {ours:.2f} s, {theirs / ours:.1f} times"
        print(f"rainflow of 1e7 points: {speed}; {len(other.values_from)} and {whole} closed cycles")


if __name__ == "__main__":
    spectra()
    cycles()
