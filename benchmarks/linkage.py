"""Positions of a four-bar over a sweep of a million, beside pylinkage and exudyn where they are installed; cost against length.

Run: ``python benchmarks/linkage.py [POSITIONS]``. Prints microseconds per position, each the best of five runs in one process.
"""

from __future__ import annotations

import importlib.util
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from mechlock.inputs.linkage import linkage_from_data
from mechlock.linkage.compile import compile_solution
from mechlock.linkage.mechanism import PointName
from mechlock.linkage.positions import Positions
from mechlock.linkage.semantics import build
from mechlock.linkage.symbolic import solve


def best(action: Callable[[], Any], runs: int = 5) -> float:
    """Shortest time of several runs, in seconds."""
    times: list[float] = []
    for _ in range(runs):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times)


def chain(links: int) -> dict[str, Any]:
    """A crank followed by dyads, each driven by the one before: `links` moving bodies."""
    bodies: dict[str, Any] = {
        "ground": {"points": {"O0": ["0 mm", "0 mm"]}},
        "rocker0": {"points": {"O": ["0 mm", "0 mm"], "B": ["40 mm", "0 mm"]}},
    }
    joints = [{"name": "O0", "type": "revolute", "of": ["ground.O0", "rocker0.O"]}]
    for i in range(1, (links - 1) // 2 + 1):
        bodies["ground"]["points"][f"O{i}"] = [f"{100 * i} mm", "0 mm"]
        bodies[f"link{i}"] = {"points": {"A": ["0 mm", "0 mm"], "B": ["120 mm", "0 mm"]}}
        bodies[f"rocker{i}"] = {"points": {"O": ["0 mm", "0 mm"], "B": ["80 mm", "0 mm"]}}
        joints += [
            {"name": f"A{i}", "type": "revolute", "of": [f"rocker{i - 1}.B", f"link{i}.A"]},
            {"name": f"B{i}", "type": "revolute", "of": [f"link{i}.B", f"rocker{i}.B"]},
            {"name": f"O{i}", "type": "revolute", "of": [f"ground.O{i}", f"rocker{i}.O"]},
        ]
    return {"format": "mechlock-linkage/1", "bodies": bodies, "joints": joints, "drive": {"joint": "O0", "value": "40 deg"}}


def sweep(count: int, links: int = 3) -> Callable[[], Any]:
    """Return what finds the positions of all pins of a chain of `links` moving bodies."""
    solution = solve(build(linkage_from_data(chain(links), "benchmark")))
    signs = Positions(solution.mechanism).selected.signs
    pins = [PointName("rocker0", "B")] + [PointName(f"rocker{i}", "B") for i in range(1, (links - 1) // 2 + 1)]
    outputs = [coordinate for pin in pins for coordinate in solution.points[pin]]
    compiled = compile_solution(solution, signs or (), outputs)
    drive = np.linspace(0.5, 1.2, count)
    return lambda: compiled(drive)


def against_length(count: int, runs: int = 9) -> None:
    """Print the cost of chains of dyads beside a straight line; the lengths take turns, so that noise hits all alike."""
    lengths = (3, 5, 7, 9, 11)
    sweeps = [sweep(count, links) for links in lengths]
    cost = np.full(len(lengths), np.inf)
    for _ in range(runs):
        cost = np.minimum(cost, [best(action, 1) for action in sweeps])
    cost *= 1e6 / count
    slope, start = np.polyfit(lengths, cost, 1)
    line = start + slope * np.array(lengths)
    print("cost against length, us per position, and the straight line through it")
    for links, own, straight in zip(lengths, cost, line, strict=True):
        print(f"  {links + 1:2d} links             {own:8.4f} {straight:8.4f}")
    print(f"  largest distance from the line {np.abs(cost / line - 1.0).max():.1%}")


def pylinkage_time(count: int) -> float | None:
    """Seconds of pylinkage's numba path for the same four-bar, compilation left out; None where it is not installed."""
    if importlib.util.find_spec("pylinkage") is None:
        return None
    from pylinkage.actuators import Crank
    from pylinkage.components import Ground
    from pylinkage.dyads import RRRDyad
    from pylinkage.simulation import Linkage

    pivot, far = Ground(0.0, 0.0, name="O2"), Ground(100.0, 0.0, name="O4")
    crank = Crank(anchor=pivot, radius=40.0, angular_velocity=2.0 * np.pi / count, name="A")
    pin = RRRDyad(anchor1=crank.output, anchor2=far, distance1=120.0, distance2=80.0, name="B")
    linkage = Linkage([pivot, far, crank, pin], name="four-bar")
    linkage.compile()
    linkage.step_fast(iterations=10)
    return best(lambda: linkage.step_fast(iterations=count))


def exudyn_time(steps: int) -> float | None:
    """Seconds of exudyn for the same four-bar, driven through `steps` crank positions; None where it is not installed."""
    if importlib.util.find_spec("exudyn") is None:
        return None
    import exudyn as exu
    from exudyn import itemInterface as items  # noqa: N813

    system = exu.SystemContainer()
    mbs = system.AddSystem()
    ground = mbs.AddObject(items.ObjectGround())
    bodies = []
    for x, y, angle in ((20.0 * np.cos(0.5), 20.0 * np.sin(0.5), 0.5), *_others(0.5)):
        node = mbs.AddNode(items.NodeRigidBody2D(referenceCoordinates=[x, y, angle]))
        bodies.append(mbs.AddObject(items.ObjectRigidBody2D(mass=1e-3, inertia=1.0, nodeNumber=node)))

    def marker(body: int, x: float, y: float = 0.0) -> int:
        return mbs.AddMarker(items.MarkerBodyPosition(bodyNumber=body, localPosition=[x, y, 0.0]))

    pins = (
        (marker(ground, 0.0), marker(bodies[0], -20.0)),
        (marker(bodies[0], 20.0), marker(bodies[1], -60.0)),
        (marker(bodies[1], 60.0), marker(bodies[2], 40.0)),
        (marker(ground, 100.0), marker(bodies[2], -40.0)),
    )
    for pair in pins:
        mbs.AddObject(items.ObjectJointRevolute2D(markerNumbers=list(pair)))
    fixed = mbs.AddMarker(
        items.MarkerNodeCoordinate(
            nodeNumber=mbs.AddNode(items.NodePointGround(referenceCoordinates=[0.0, 0.0, 0.0])), coordinate=0
        )
    )
    turning = mbs.AddMarker(items.MarkerNodeCoordinate(nodeNumber=0, coordinate=2))
    mbs.AddObject(
        items.ObjectConnectorCoordinate(
            markerNumbers=[fixed, turning], offset=0.0, offsetUserFunction=lambda _mbs, t, _number, _offset: 0.7 * t
        )
    )
    mbs.Assemble()
    settings = exu.SimulationSettings()
    settings.staticSolver.numberOfLoadSteps = steps
    settings.staticSolver.loadStepDuration = 1.0
    settings.staticSolver.verboseMode = 0
    settings.staticSolver.newton.relativeTolerance = 1e-8
    settings.solution.file.write = False
    start = time.perf_counter()
    mbs.SolveStatic(settings)
    spent = time.perf_counter() - start
    crank = mbs.GetNodeOutput(0, exu.OutputVariableType.Coordinates)[2]
    if abs(crank - 0.7) > 1e-6:
        raise RuntimeError("exudyn did not follow the crank")
    return spent


def _others(crank: float) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    """Middles and angles of coupler and rocker of the four-bar 40, 120, 80, 100."""
    a = 40.0 * np.exp(1j * crank)
    gap = 100.0 - a
    size = abs(gap)
    foot = (120.0**2 - 80.0**2 + size**2) / (2.0 * size)
    b = a + gap / size * complex(foot, np.sqrt(120.0**2 - foot**2))
    coupler, rocker = 0.5 * (a + b), 0.5 * (100.0 + b)
    return (coupler.real, coupler.imag, float(np.angle(b - a))), (rocker.real, rocker.imag, float(np.angle(b - 100.0)))


def main() -> None:
    """Run all and print a table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    own = best(sweep(count))
    print(f"four-bar, {count} positions")
    print(f"  mechlock             {own / count * 1e6:8.4f} us per position")
    other = pylinkage_time(count)
    if other is None:
        print("  pylinkage            not installed")
    else:
        print(f"  pylinkage step_fast  {other / count * 1e6:8.4f} us per position: {other / own:.1f} times mechlock's")
    steps = 2000
    other = exudyn_time(steps)
    if other is None:
        print("  exudyn               not installed")
    else:
        ratio = other / steps / (own / count)
        print(f"  exudyn               {other / steps * 1e6:8.4f} us per position: {ratio:.0f} times mechlock's")
    six_bar = build(linkage_from_data(chain(5), "benchmark"))
    spent = best(lambda: solve(six_bar), 1)
    print(f"symbolic solution of a six-bar: {spent:.3f} s, again {best(lambda: solve(six_bar), 1):.3f} s")
    against_length(count // 10)


if __name__ == "__main__":
    main()
