"""Speed of rainflow counting beside every counter found on PyPI, from samples to cycles, same machine, same run.

Usage: ``python benchmarks/cycle_counters.py [--points 1e7] [--record FILE.json]`` in an environment with those of pyyeti,
py-fatigue, pylife, rfcnt, fatpack, rainflow, ffpack and hlrainflow that one wants to compare with; what is not installed is named
and left out. Counters whose loops are in Python, or partly, get a shorter signal and their time is given per point. Two signals:
white noise, of which two samples of three are turning points, and noise up to a tenth of Nyquist's frequency, as a stress history
is sampled.

inqbus-rainflow (2017) has no wheel; endaq, flife and fatigueds count with fatpack, rainflow or py-fatigue.
"""

from __future__ import annotations

import argparse
import importlib
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from scipy.signal import butter, lfilter

from mechlock.life import rainflow as counting
from mechlock.life.rainflow import rainflow

SHORT = 100_000
"""Points for counters whose loop is in Python."""

WORTH_COMPILING = counting._WORTH_COMPILING

Signal = np.ndarray[Any, np.dtype[np.float64]]
Counter = Callable[[Signal], Any]


def ours(signal: Signal) -> Any:
    """mechlock with numba (extra ``fast``)."""
    counting._WORTH_COMPILING = min(WORTH_COMPILING, len(signal))
    return rainflow(signal)


def ours_plain(signal: Signal) -> Any:
    """mechlock without numba."""
    counting._WORTH_COMPILING = len(signal) + 1
    return rainflow(signal)


def pyyeti() -> Counter:
    """Turning points, then the C loop."""
    module = importlib.import_module("pyyeti.cyclecount")
    loop = importlib.import_module("pyyeti.rainflow.c_rain")
    return lambda signal: loop.rainflow(signal[module.findap(signal)])


def py_fatigue() -> Counter:
    """Compiled by numba in part; its ASTM method, the faster of its two."""
    module = importlib.import_module("py_fatigue.cycle_count.rainflow")
    return lambda signal: module.rainflow(signal, method="astm", extended_output=False)


def pylife() -> Counter:
    """Compiled by Cython."""
    module = importlib.import_module("pylife.stress.rainflow")

    def count(signal: Signal) -> Any:
        recorder = module.FullRecorder()
        module.FourPointDetector(recorder=recorder).process(signal)
        return recorder

    return count


def rfcnt() -> Counter:
    """C; counts into 100 classes."""
    module = importlib.import_module("rfcnt")
    return lambda signal: module.rfc(signal, class_width=float(np.ptp(signal)) / 99, class_offset=float(signal.min()))


def fatpack() -> Counter:
    """Loops in Python."""
    module = importlib.import_module("fatpack")
    return lambda signal: module.find_rainflow_cycles(module.find_reversals(signal)[0])


def pure_rainflow() -> Counter:
    """The package rainflow: loops in Python."""
    module = importlib.import_module("rainflow")
    return lambda signal: list(module.extract_cycles(signal))


def ffpack() -> Counter:
    """Loops in Python."""
    module = importlib.import_module("ffpack.lcc")
    return lambda signal: module.astmRainflowCounting(signal)


def hlrainflow() -> Counter:
    """Loops in Python."""
    module = importlib.import_module("HLrainflow.rainflow")

    def count(signal: Signal) -> Any:
        job = module.HL()
        job.SetWave(signal.tolist())
        job.Calc()
        return job.GetRes()

    return count


COMPILED = {"pyyeti": pyyeti, "pylife": pylife, "rfcnt": rfcnt}
IN_PYTHON = {"py-fatigue": py_fatigue, "fatpack": fatpack, "rainflow": pure_rainflow, "ffpack": ffpack, "hlrainflow": hlrainflow}


def signals(points: int) -> dict[str, Signal]:
    """White noise and smooth noise."""
    white = np.random.default_rng(0).standard_normal(points)
    numerator, denominator = butter(4, 0.1)
    return {"white noise": white, "smooth noise": np.asarray(lfilter(numerator, denominator, white))}


def timed(count: Counter, signal: Signal, repeats: int) -> float:
    """Least time of some counts, s."""
    best = np.inf
    for _ in range(repeats):
        start = time.perf_counter()
        count(signal)
        best = min(best, time.perf_counter() - start)
    return best


def compare(points: int) -> dict[str, dict[str, float]]:
    """Nanoseconds per point of every counter on both signals."""
    counters: dict[str, tuple[Counter, int]] = {"mechlock, numba": (ours, points), "mechlock, numpy": (ours_plain, points)}
    for group, length in ((COMPILED, points), (IN_PYTHON, SHORT)):
        for name, make in group.items():
            try:
                counters[name] = (make(), length)
            except ImportError as missing:
                print(f"{name}: left out, {missing}")
    answer: dict[str, dict[str, float]] = {}
    for kind, signal in signals(points).items():
        answer[kind] = {}
        for name, (count, length) in counters.items():
            part = signal[:length].copy()
            count(part)  # compiled, or loaded
            per_point = timed(count, part, 3 if length == points else 1) / length
            answer[kind][name] = 1e9 * per_point
            print(f"{kind}, {length:,} points, {name}: {1e9 * per_point:.1f} ns a point", flush=True)
        others = {name: value for name, value in answer[kind].items() if not name.startswith("mechlock")}
        best = min(others, key=others.__getitem__)
        mine = answer[kind]["mechlock, numba"]
        print(f"{kind}: the fastest other is {best}; mechlock with numba takes {mine / others[best]:.2f} of its time")
    return answer


def main() -> None:
    """Compare, and keep the figures where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=float, default=1e7)
    parser.add_argument("--record", type=Path)
    given = parser.parse_args()
    found = compare(int(given.points))
    if given.record:
        given.record.write_text(
            json.dumps({"points": int(given.points), "ns_per_point": found}, indent=1) + "\n", encoding="utf-8"
        )


if __name__ == "__main__":
    main()
