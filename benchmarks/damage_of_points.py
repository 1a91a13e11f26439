"""Fatigue damage at 100,000 points of 20 modes over 60 s of road: time, and memory beside what the whole history would take.

Usage: ``python benchmarks/damage_of_points.py [--points 1e5] [--record FILE.json]`` in an environment with numba, and with pyyeti
to compare: its rainflow in C and the same curve, point by point, on some of the points. A truck on class D moves the modes,
whose shapes at the points are random; nothing is screened, every point is counted.
"""

from __future__ import annotations

import argparse
import importlib
import json
import resource
import time
from pathlib import Path

import numpy as np

from mechlock.analyses.duty_ride import SETTLE, simulate_drives
from mechlock.life.points import damage_of_points
from mechlock.life.sn import iiw
from mechlock.loads.duty import Drive
from mechlock.loads.history import FloatArray, history
from mechlock.loads.roads import road_class
from mechlock.loads.trucks import standard_truck
from mechlock.response.sdof import sdof_response

MODES, SECONDS, RATE = 20, 60.0, 1200.0
FREQUENCY = np.geomspace(4.0, 50.0, MODES)
"""Hz; the rate gives the highest one 24 samples a cycle, as a life assessment does."""

COMPARED = 200
MEGA = 1024.0


def coordinates() -> FloatArray:
    """Modal displacements over the road, (n, 20)."""
    drive = Drive("class D", road_class("D"), 40e6 / 3600.0, False, 0.0)
    ((motion, _),) = simulate_drives(standard_truck(), [drive], SECONDS, [1])
    vertical = motion.acceleration[round(SETTLE / motion.step) :, 2]
    at = np.arange(round(SECONDS * RATE) + 1) / RATE
    base = history(1.0 / RATE, np.interp(at, motion.step * np.arange(len(vertical)), vertical))
    return np.asarray(sdof_response(base, FREQUENCY, 0.02).relative_displacement)


def main() -> None:
    """Count every point, and some with pyyeti."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=float, default=1e5)
    parser.add_argument("--record", type=Path)
    given = parser.parse_args()
    count, time_history = int(given.points), coordinates()
    factors = np.random.default_rng(1).standard_normal((count, MODES)) * 20.0 * (2.0 * np.pi * FREQUENCY) ** 2 / 1e4
    curve = iiw(90.0)
    damage_of_points(factors[:64], time_history, curve)  # compiled, or loaded
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGA
    start = time.perf_counter()
    found = damage_of_points(factors, time_history, curve)
    ours = time.perf_counter() - start
    more = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGA - before
    whole = 8.0 * count * len(time_history) / 1e9
    size = f"{count:,} points, {MODES} modes, {len(time_history):,} samples"
    print(f"{size}: {ours:.1f} s, {more:.0f} MB; all at once {whole:.1f} GB")
    record = {"points": count, "samples": len(time_history), "time_s": ours, "memory_MB": more, "whole_history_GB": whole}
    try:
        counter, loop = importlib.import_module("pyyeti.cyclecount"), importlib.import_module("pyyeti.rainflow.c_rain")
    except ImportError as missing:
        print(f"pyyeti: left out, {missing}")
    else:
        start = time.perf_counter()
        theirs = np.empty(COMPARED)
        for number, row in enumerate(factors[:COMPARED]):
            stress = time_history @ row
            cycles = loop.rainflow(stress[counter.findap(stress)])
            theirs[number] = cycles[:, 2] @ curve.damage_per_cycle(2.0 * cycles[:, 0])
        other = (time.perf_counter() - start) * count / COMPARED
        worst = float(np.abs(found.damage[:COMPARED] / theirs - 1.0).max())
        said = f"{other:.1f} s, {other / ours:.1f} times; differ by {worst:.0e}"
        print(f"point by point with pyyeti, from {COMPARED} of them: {said}")
        record |= {"pyyeti_s": other, "ratio": other / ours, "largest_difference": worst}
    if given.record:
        given.record.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
