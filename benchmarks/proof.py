"""What a proof costs and how tight it is. Run: python benchmarks/proof.py [PART ...] [--plot FILE.png]

`tolerance`: the 13-quantity hook against its tolerance, and boxes per second. `parameters`: the hook with more and more of its
quantities uncertain, and the shipped locks. `smt`: the toggle's sign of the hook with more and more uncertain lengths, by z3 from
the raw constraints, and proved here. `tightness`: the largest factor on all length tolerances with which a claim is proved, over
the least one with which a true counterexample is found. CPU times; `prove` holds the solution, the certificate and its check.
"""

from __future__ import annotations

import argparse
import copy
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from mechlock.inputs import reading
from mechlock.inputs.linkage import linkage_from_data
from mechlock.linkage.interval import Interval
from mechlock.linkage.semantics import build
from mechlock.proof import prove, verify
from mechlock.proof.conditions import Problem
from mechlock.proof.verify import QUANTITY, Goals
from mechlock.resources import folder

LOCKS = folder("geometry") / "locks"
TOLERANCES = (0.05, 0.1, 0.2, 0.5, 1.0, 1.6, 2.2, 2.5, 2.65, 2.75)
TIGHT = (
    ("hook_fourbar_13", "over_centre", 8, 20),
    ("friction_toggle", "friction", 12, 28),
    ("ref_sixbar_crank_stop", "over_centre", 32, 64),
)
"""Lock, claim, a factor with which it is surely proved, and one with which it is surely refuted."""

Rows = list[tuple[float, ...]]


def lock(name: str) -> dict[str, Any]:
    return reading.read_toml(LOCKS / f"{name}.toml")


def scaled(data: dict[str, Any], factor: Fraction) -> dict[str, Any]:
    """The lock with all its length tolerances times a factor."""
    data = copy.deepcopy(data)
    for spec in data["parameters"].values():
        if isinstance(spec, dict) and "mm" in str(spec.get("tolerance")):
            match = QUANTITY.fullmatch(spec["tolerance"])
            assert match is not None
            spec["tolerance"] = f"{float(Fraction(match[1]) * factor)!r} mm"
    return data


def timed(data: dict[str, Any], claim: str, budget: int = 20_000) -> tuple[str, int, float, float]:
    """Verdict, boxes, and CPU seconds to prove and to check again."""
    start = time.process_time()
    result = prove(linkage_from_data(data, "lock"), claims=(claim,), budget=budget, levers=False)
    proving = time.process_time() - start
    start = time.process_time()
    accepted = not result.certificate or verify(result.certificate).accepted
    checking = time.process_time() - start
    return result.verdict if accepted else "NOT ACCEPTED", result.theorems[0].boxes, proving, checking


def tolerance() -> Rows:
    """The hook against its tolerance."""
    rows: Rows = []
    print(f"{'tolerance mm':>12} {'verdict':>10} {'boxes':>6} {'prove s':>8} {'check s':>8}")
    for width in (0.1, *TOLERANCES, 2.8, 3.0):  # the first one warms up
        verdict, boxes, proving, checking = timed(scaled(lock("hook_fourbar_13"), Fraction(str(width)) * 5), "over_centre")
        print(f"{width:12g} {verdict:>10} {boxes:6d} {proving:8.3f} {checking:8.3f}")
        rows.append((width, proving, checking))
    forward, gradient = throughput()
    print(f"boxes per second: {forward:.3g} forward, {gradient:.3g} with gradients")
    return [row for row in rows[1:] if row[0] in TOLERANCES]


def throughput(boxes: int = 20_000) -> tuple[float, float]:
    """Boxes per second: natural extension, and with gradients."""
    source = linkage_from_data(lock("hook_fourbar_13"), "hook")
    case = Problem(build(source), source.data)
    goals = Goals(case.linkage)
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


def parameters() -> Rows:
    """The hook with its first quantities uncertain and the others exact; then the shipped locks as they are."""
    rows: Rows = []
    print(f"{'uncertain':>9} {'verdict':>10} {'boxes':>6} {'prove s':>8} {'check s':>8}")
    names = list(lock("hook_fourbar_13")["parameters"])
    for count in range(1, 14):
        data = scaled(lock("hook_fourbar_13"), Fraction(5))
        for name in names[count:]:
            data["parameters"][name] = data["parameters"][name]["value"]
        for joint, least in (("A", 9), ("B", 11)):
            if count < least:
                del next(j for j in data["joints"] if j["name"] == joint)["clearance"]
        if count < 8:
            data["lock"]["loads"][0]["direction"] = ["90 deg", "90 deg"]
        if count < 13:
            data["lock"]["drive"] = data["lock"]["drive"]["value"]
        rows.append(_row(count, data))
    print("shipped locks")
    for name in ("var_i_fourbar", "reference", "ref_sixbar_crank_stop", "four_hooks_one_slider", "stephenson_iii_dwelling_hook"):
        data = lock(name)
        source = linkage_from_data(data, name)
        wide = sum(v.low < v.high for v in Problem(build(source), data).linkage.variables)
        rows.append(_row(wide, data, name))
    return rows


def _row(count: int, data: dict[str, Any], name: str = "") -> tuple[float, ...]:
    verdict, boxes, proving, checking = timed(data, "over_centre")
    print(f"{count:9d} {verdict:>10} {boxes:6d} {proving:8.3f} {checking:8.3f} {name}")
    return count, proving, checking


def smt(limit_s: float = 20.0) -> Rows:
    """The toggle's sign with a tolerance of 2.5 mm on more and more quantities, by z3 from the constraints and by the prover."""
    import z3  # of the extra `oracle`

    rows: Rows = []
    print(f"{'uncertain':>9} {'z3':>10} {'z3 s':>8} {'here':>10} {'prove s':>8}")
    for count in range(1, 10):
        data = scaled(lock("hook_fourbar_13"), Fraction(25, 2))
        spread = dict.fromkeys(("a", "b", "c", "x4", "y4"), 2.5) | dict.fromkeys(("ax", "ay", "bx", "by"), 0.03)
        names = dict(list(spread.items())[:count])
        v = {k: z3.Real(k) for k in (*spread, "x", "y")}
        solver = z3.Solver()
        solver.set("timeout", int(limit_s * 1000))
        nominal = {"a": "60", "b": "90", "c": "111.803398875", "x4": "110", "y4": "130"}
        for k in spread:
            middle = z3.RealVal(nominal.get(k, "0"))
            width = z3.RealVal(str(names.get(k, 0)))
            solver.add(v[k] >= middle - width, v[k] <= middle + width)
        sine, cosine = z3.RealVal("760/761"), z3.RealVal("-39/761")  # 92.94 deg
        px, py = v["a"] * cosine + v["ax"], v["a"] * sine + v["ay"]
        solver.add((v["x"] - px) ** 2 + (v["y"] - py) ** 2 == v["b"] ** 2)
        solver.add((v["x"] + v["bx"] - v["x4"]) ** 2 + (v["y"] + v["by"] - v["y4"]) ** 2 == v["c"] ** 2, v["y"] > v["y4"])
        solver.add(cosine * (v["y"] - py) - sine * (v["x"] - px) >= 0)
        start = time.process_time()
        answer = str(solver.check())
        taken = time.process_time() - start
        for name in list(data["parameters"]):
            if name not in names:
                data["parameters"][name] = data["parameters"][name]["value"]
        for joint, key in (("A", "ax"), ("B", "bx")):
            if key not in names:
                del next(j for j in data["joints"] if j["name"] == joint)["clearance"]
        data["lock"]["drive"] = "92.94 deg"
        verdict, _, proving, _ = timed(data, "over_centre")
        print(f"{count:9d} {answer:>10} {taken:8.3f} {verdict:>10} {proving:8.3f}", flush=True)
        rows.append((count, taken, proving))
        if answer == "unknown":
            break
    return rows


def edges(verdict: Callable[[Fraction], str], low: Fraction, high: Fraction) -> tuple[Fraction, Fraction]:
    """The largest factor that is proved and the least that is refuted, each to a half per cent, by bisection."""
    found: list[Fraction] = []
    for wanted, above in (("refuted", True), ("proved", False)):
        good, bad = low, high if above else found[0]
        while bad / good > Fraction(201, 200):
            middle = Fraction(round((good + bad) * 512), 1024)
            if (verdict(middle) == wanted) == above:
                bad = middle
            else:
                good = middle
        found.append(bad if above else good)
    return found[1], found[0]


def tightness() -> Rows:
    """How near to a true counterexample a proof gets; time at nine tenths of the breaking tolerance."""
    rows: Rows = []
    for name, claim, low, high in TIGHT:
        seen: dict[Fraction, str] = {}

        def verdict(factor: Fraction, name: str = name, claim: str = claim, seen: dict[Fraction, str] = seen) -> str:
            if factor not in seen:
                budget = 20_000 if claim == "over_centre" else 200
                seen[factor] = timed(scaled(lock(name), factor), claim, budget)[0]
            return seen[factor]

        proved, refuted = edges(verdict, Fraction(low), Fraction(high))
        _, boxes, proving, checking = timed(scaled(lock(name), refuted * Fraction(9, 10)), claim)
        print(
            f"{name}, {claim}: proved to {float(proved):.4g} times the file's tolerances, refuted from {float(refuted):.4g}: "
            f"{100 * float(proved / refuted):.1f} %; at 90 %: {boxes} boxes, {proving:.2f} s, checked in {checking:.2f} s",
            flush=True,
        )
        rows.append((float(proved), float(refuted), proving, checking))
    return rows


def plot(file: Path, widths: Rows, counts: Rows, solver: Rows) -> None:
    """Cost against tolerance width and against the number of uncertain quantities."""
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), sharey=True, layout="constrained")
    x, proving, checking = np.array(widths).T
    left.loglog(x, proving, "o-", label="proved")
    left.loglog(x, checking, "s--", label="checked")
    left.axvline(2.8, color="tab:red", lw=1)
    left.text(2.7, 20, "counterexample", color="tab:red", rotation=90, ha="right", va="top")
    left.set(xlabel="tolerance of all lengths, ± mm", ylabel="CPU time, s", title="hook four-bar, 13 uncertain quantities")
    x, proving, checking = np.array(counts).T
    right.semilogy(x[:13], proving[:13], "o-", color="tab:blue", label="hook, ±1 mm, proved")
    right.semilogy(x[:13], checking[:13], "s--", color="tab:orange", label="checked")
    right.semilogy(x[13:], proving[13:], "^", color="tab:green", label="shipped locks, proved")
    if solver:
        x, taken, _ = np.array(solver).T
        right.semilogy(x, taken, "x-", color="tab:red", label="z3, toggle's sign alone, ±2.5 mm")
    right.set(xlabel="uncertain quantities", title="cost against their number")
    for axes in (left, right):
        axes.grid(True, which="major", alpha=0.3)
        axes.legend(fontsize=8, loc="upper left" if axes is left else "upper right")
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, dpi=110)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=["tolerance", "parameters", "smt", "tightness"])
    parser.add_argument("--plot", type=Path)
    options = parser.parse_args()
    known: dict[str, Callable[[], Rows]] = {
        "tolerance": tolerance,
        "parameters": parameters,
        "smt": smt,
        "tightness": tightness,
    }
    found = {part: known[part]() for part in options.parts}
    if options.plot:
        plot(options.plot, found["tolerance"], found["parameters"], found.get("smt", []))


if __name__ == "__main__":
    main()
