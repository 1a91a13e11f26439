"""Proof and check times of the 13-parameter hook against tolerance, and boxes per second. Run: python benchmarks/proof.py"""

from __future__ import annotations

import time

import numpy as np

from mechlock.inputs import reading
from mechlock.inputs.linkage import linkage_from_data
from mechlock.linkage.semantics import build
from mechlock.proof import prove, verify
from mechlock.proof.conditions import Problem
from mechlock.proof.interval import Interval
from mechlock.proof.verify import Goals
from mechlock.resources import folder

HOOK = folder("geometry") / "locks" / "hook_fourbar_13.toml"


def hook(tolerance: float) -> dict:
    data = reading.read_toml(HOOK)
    for name in ("a", "b", "c", "x4", "y4"):
        data["parameters"][name]["tolerance"] = f"{tolerance} mm"
    for name in ("px", "py"):
        data["parameters"][name]["tolerance"] = f"{2 * tolerance} mm"
    return data


def throughput(boxes: int = 20_000) -> tuple[float, float]:
    """Boxes per second: natural extension, and with gradients."""
    source = linkage_from_data(hook(0.2), "hook")
    case = Problem(build(source), source.data)
    goals = Goals(case.linkage, case.senses)
    tape = case.tape(next(name for name in goals.conditions if "toggle" in name), goals)
    assert tape is not None
    rng = np.random.default_rng(1)
    low = rng.uniform(0.0, 0.9, (len(tape.inputs), boxes))
    block = case.space.box(low, low + 0.1)
    start = time.perf_counter()
    results = tape.forward(Interval(block.low, block.high))
    forward = time.perf_counter() - start
    tape.gradient(results, tape.outputs[0], boxes)
    return boxes / forward, boxes / (time.perf_counter() - start)


def main() -> None:
    print("CPU times; `prove` includes the symbolic solution, the certificate and its check")
    print(f"{'tolerance mm':>12} {'verdict':>10} {'boxes':>6} {'prove s':>8} {'check s':>8} {'kB':>6}")
    for tolerance in (0.1, 0.2, 1.0, 1.6, 2.2, 2.6, 2.75, 2.8, 3.0):
        source = linkage_from_data(hook(tolerance), "hook")
        start = time.process_time()
        result = prove(source)
        proving = time.process_time() - start
        start = time.process_time()
        accepted = bool(result.certificate) and verify(result.certificate).accepted
        checking = time.process_time() - start
        row = f"{tolerance:12g} {result.verdict:>10} {result.theorems[0].boxes:6d} {proving:8.3f} {checking:8.3f}"
        print(f"{row} {len(result.certificate) / 1000:6.1f}{'' if accepted else '  NOT ACCEPTED'}")
    forward, gradient = throughput()
    print(f"boxes per second: {forward:.3g} forward, {gradient:.3g} with gradients")


if __name__ == "__main__":
    main()
