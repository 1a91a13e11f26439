"""The reference frame's own cases, written by mechlock and run by CalculiX: displacements, energies, forces and times compared.

    python benchmarks/frame_against_calculix.py [DESIGN] [--case NAME]... [--record FILE]

Needs the Debian package calculix-ccx. The frame is on the mesh of `mechlock solve --quick`, with pads, hooks, tray and pack; all
cases of the design unless some are named. `frame_against_calculix.json` holds what the reference design gave.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyvista

from mechlock.analyses.writing import file_name
from mechlock.fem.calculix_answer import read_answer

DESIGN = Path(__file__).parent.parent / "geometry" / "designs" / "reference.toml"
CLOSE = 1e-5


def ours(folder, name):
    """Displacement by node number."""
    grid = pyvista.read(folder / file_name(name))
    found = np.zeros((int(grid["node"].max()) + 1, 3))
    found[grid["node"]] = grid["displacement"]
    return found


def compared(folder, step, case):
    """Largest differences of one case: displacements and forces over their largest, energy over its own."""
    moved = ours(folder, step.name)[step.nodes]
    forces = np.array([case["reactions_N"][name] for name in step.forces])
    theirs = np.array(list(step.forces.values()))
    return {
        "displacement": float(np.abs(moved - step.displacement).max() / np.abs(moved).max()),
        "energy": float(abs(step.energy / case["energy_mJ"] - 1)),
        "force": float(np.abs(forces - theirs).max() / np.linalg.norm(forces, axis=1).max()),
        "largest_mm": float(np.abs(moved).max()),
        "largest_N": float(np.linalg.norm(forces, axis=1).max()),
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("design", nargs="?", default=DESIGN, type=Path)
    parser.add_argument("--case", action="append", default=[])
    parser.add_argument("--record", type=Path)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "solved"
        command = [sys.executable, "-m", "mechlock", "solve", str(chosen.design), "--quick", "--calculix", "-o", str(folder)]
        start = time.perf_counter()
        wanted = [word for name in chosen.case for word in ("--case", name)]
        subprocess.run([*command, *wanted, "--quiet"], check=True, stdout=subprocess.DEVNULL)
        print(f"mechlock solve: {time.perf_counter() - start:.1f} s (all cases of the design, modes and stress included)")
        results = json.loads((folder / "results.json").read_text())
        found = {}
        for deck in sorted(folder.glob("calculix_[0-9]*.inp")):
            start = time.perf_counter()
            subprocess.run(["ccx", "-i", deck.stem], cwd=folder, check=True, capture_output=True)
            print(f"ccx {deck.name}: {time.perf_counter() - start:.1f} s")
            for step in read_answer(deck.read_text(), deck.with_suffix(".dat").read_text()):
                found[step.name] = one = compared(folder, step, results["cases"][step.name])
                off = ", ".join(f"{key} {one[key]:.1e}" for key in ("displacement", "energy", "force"))
                print(f"  {step.name}: {off} (largest {one['largest_mm']:.4g} mm, {one['largest_N'] / 1e3:.4g} kN)")
    if chosen.record:
        record = {"design": chosen.design.stem, "dofs": results["mesh"]["dofs"], "relative_differences": found}
        chosen.record.write_text(json.dumps(record, indent=1) + "\n")
    worst = max(one[key] for one in found.values() for key in ("displacement", "energy", "force"))
    print(f"{len(found)} cases, greatest difference {worst:.1e}")
    sys.exit(0 if worst < CLOSE else 1)


if __name__ == "__main__":
    main()
