"""Speed of shock response spectra against pyyeti, a million samples at 200 frequencies, same machine, same run.

Usage: ``python benchmarks/shock_spectra.py [--record FILE.json]`` in an environment with pyyeti and numba. Both sides may use all
cores; pyyeti counts with the better of its serial and its parallel time. Results are compared too.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from pyyeti import srs as pyyeti_srs

from mechlock.loads.history import history
from mechlock.response import srs as spectrum
from mechlock.response.srs import shock_response_spectrum

RATE = 5000.0


def timed(call: Callable[[], Any], repeats: int = 3) -> tuple[float, Any]:
    """Least time of some calls, and the last result."""
    best, result = np.inf, None
    for _ in range(repeats):
        start = time.perf_counter()
        result = call()
        best = min(best, time.perf_counter() - start)
    return best, result


def spectra() -> dict[str, Any]:
    """A million samples at 200 frequencies, in two bands."""
    answer: dict[str, Any] = {}
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
            key = f"{low:g} to {high:.0f} Hz, {name}"
            answer[key] = {"pyyeti_s": theirs, "here_s": ours, "ratio": theirs / ours, "largest_difference": float(difference)}
            print(f"SRS {low:g} to {high:.0f} Hz: {speed}; differ by {difference:.0e}")
    return answer


def main() -> None:
    """Compare, and keep the figures where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--record", type=Path)
    given, found = parser.parse_args(), spectra()
    if given.record:
        given.record.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
