"""How assembly, factor and stress grow with the number of elements, and how far each is from what the machine can do.

    python benchmarks/fem_growth.py [--h 60,40,30,24] [--plot docs/images/fem_growth.png]

The factor is held against the rate of a large matrix product (dgemm), assembly and stress against a copy of memory: the bytes
that their results and inputs must move at least once, over the time they took. Thin-walled cage of tet10, everything in one run.
"""

import argparse
import time
from pathlib import Path

import numpy as np
from cage import cage

from mechlock.fem import stress
from mechlock.fem.assembly import assemble
from mechlock.fem.held import spring_blocks
from mechlock.fem.model import Material, Model, Support
from mechlock.fem.pardiso import Pardiso
from mechlock.fem.restraint import restrain
from mechlock.fem.solver import hold_blocks

STEEL = Material("steel", 210e3, 0.3, 7.85e-9)


def timed(call, repeats=2):
    """Least time of some calls, and the last result."""
    best, result = np.inf, None
    for _ in range(repeats):
        start = time.perf_counter()
        result = call()
        best = min(best, time.perf_counter() - start)
    return best, result


def machine():
    """Rates of a matrix product in GFLOP/s and of copying memory in GB/s (read and written)."""
    a = np.random.default_rng(0).standard_normal((2500, 2500))
    product = 2 * len(a) ** 3 / timed(lambda: a @ a, 3)[0] / 1e9
    source, target = np.ones(30_000_000), np.empty(30_000_000)
    return product, 2 * source.nbytes / timed(lambda: np.copyto(target, source), 3)[0] / 1e9


def factored(matrix):
    """Time of the numerical factorisation and its operations (GFLOP)."""
    solver = Pardiso()
    solver._iparm[18] = -1  # have the operations counted
    solver.analyse(matrix)
    seconds, _ = timed(lambda: solver.factor(matrix), 1)
    # counted in millions, for the blocks of a block matrix as if they were numbers
    found = seconds, int(solver._iparm[18]) * matrix.blocksize[0] ** 3 / 1e3, solver.factor_entries
    solver.release()
    return found


def measured(h):
    """One mesh: elements, seconds and gigabytes of each phase."""
    mesh = cage(h)
    model = Model(mesh, ((STEEL, ()),), (Support("feet", ("feet",), ("x", "y", "z")),))
    assembly, system = timed(lambda: assemble(model))
    restraint = restrain(system, None)
    held = hold_blocks(system.pattern.upper_blocks(spring_blocks(system, restraint)), restraint.fixed)
    factor, operations, entries = factored(held)
    whole = stress.Region("cage", np.arange(mesh.n_cells), stress.isotropic(STEEL.E, STEEL.nu))
    recovery = stress.prepare(mesh, [whole])
    shape = np.random.default_rng(0).standard_normal(mesh.points.shape) * 1e-3
    read, found = timed(lambda: stress.recover(recovery, shape))
    pattern = system.pattern
    moved = system.blocks.nbytes + system.mass.data.nbytes + mesh.blocks[0].cells.nbytes
    moved += 2 * (pattern.straight.indices.nbytes + pattern.turned.indices.nbytes) + 2 * 55 * 9 * 8 * mesh.n_cells
    kept = system.blocks.nbytes + system.mass.data.nbytes + pattern.straight.data.nbytes + pattern.turned.data.nbytes
    return {
        "elements": mesh.n_cells,
        "dof": 3 * len(mesh.points),
        "assembly_s": assembly,
        "assembly_GB": moved / 1e9,
        "factor_s": factor,
        "factor_GFLOP": operations,
        "factor_GB": 8 * entries / 1e9,
        "stress_s": read,
        "stress_GB": (found.nodal.nbytes + shape.nbytes) / 1e9,
        "kept_GB": kept / 1e9,
    }


def plot(rows, path):
    """Time and memory over elements, with the straight line through the largest mesh."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    elements = np.array([row["elements"] for row in rows])
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.0, 3.6), layout="constrained")
    for axis, names, unit in (
        (left, ("assembly_s", "stress_s"), "s"),
        (right, ("kept_GB", "factor_GB"), "GB"),
    ):
        for name, label in zip(names, ("assembly", "stress") if unit == "s" else ("matrices", "factor"), strict=True):
            values = np.array([row[name] for row in rows])
            (line,) = axis.plot(elements, values, "o", label=label)
            axis.plot([0, elements[-1]], [0, values[-1]], "--", color=line.get_color(), linewidth=0.8)
        axis.set(xlabel="tet10 elements", ylabel=unit, xlim=(0, None), ylim=(0, None))
        axis.legend(frameon=False)
    left.set_title("time; dashed: in proportion", fontsize=9)
    right.set_title("memory", fontsize=9)
    figure.savefig(path, dpi=130)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--h", default="60,40,30,24")
    parser.add_argument("--plot", type=Path)
    chosen = parser.parse_args()
    product, copy = machine()
    print(f"machine: {product:.0f} GFLOP/s in a matrix product, {copy:.1f} GB/s in a copy")
    rows = []
    for h in (float(value) for value in chosen.h.split(",")):
        row = measured(h)
        rows.append(row)
        rate = row["factor_GFLOP"] / row["factor_s"]
        print(
            f"{row['elements']:6d} tet10, {row['dof']:7d} dof: assembly {row['assembly_s']:.2f} s "
            f"({row['assembly_GB'] / row['assembly_s'] / copy:.0%} of a copy's rate), factor {row['factor_s']:.2f} s "
            f"({rate:.0f} GFLOP/s, {rate / product:.0%}), stress {row['stress_s']:.2f} s "
            f"({row['stress_GB'] / row['stress_s'] / copy:.0%}); matrices {row['kept_GB']:.2f} GB, "
            f"factor {row['factor_GB']:.2f} GB",
            flush=True,
        )
    if chosen.plot:
        plot(rows, chosen.plot)


if __name__ == "__main__":
    main()
