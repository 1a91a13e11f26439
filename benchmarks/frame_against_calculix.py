"""The reference frame's own cases, written by mechlock and run by CalculiX: displacements and energies compared, and times.

    python benchmarks/frame_against_calculix.py [DESIGN] [--case NAME]...

Needs the Debian package calculix-ccx. The frame is on its coarse mesh (`--quick`), with pads, hooks, tray and pack as in
`mechlock solve`.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyvista

from mechlock.analyses.writing import file_name

DESIGN = Path(__file__).parent.parent / "geometry" / "designs" / "reference.toml"
CASES = ("at rest, low preload", "vertical_down, high preload", "twist_one_corner, low preload")


def ours(folder, name):
    """Displacement by node number."""
    grid = pyvista.read(folder / file_name(name))
    found = np.zeros((int(grid["node"].max()) + 1, 3))
    found[grid["node"]] = grid["displacement"]
    return found


def theirs(folder, job):
    """Case names, tables of node number and displacement, and strain energies in mJ, one a step."""
    names = re.findall(r"^\*\* (.*)\n\*STEP", (folder / f"{job}.inp").read_text(), re.M)
    text = (folder / f"{job}.dat").read_text()
    tables = re.findall(r"for set WATCHED and time\s+\S+\n\n(.*?)(?:\n\s*\n|\Z)", text, re.S)
    moved = [np.array([row.split() for row in table.splitlines()], float) for table in tables]
    energies = [float(value) for value in re.findall(r"total internal energy.*?EALL.*?\n\s*\n\s*(\S+)", text, re.S)]
    return list(zip(names, moved, energies, strict=True))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("design", nargs="?", default=DESIGN, type=Path)
    parser.add_argument("--case", action="append")
    chosen = parser.parse_args()
    wanted = [word for name in chosen.case or CASES for word in ("--case", name)]
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "solved"
        command = [sys.executable, "-m", "mechlock", "solve", str(chosen.design), "--quick", "--calculix", "-o", str(folder)]
        start = time.perf_counter()
        subprocess.run([*command, *wanted, "--quiet"], check=True, stdout=subprocess.DEVNULL)
        print(f"mechlock solve: {time.perf_counter() - start:.1f} s (all cases of the design, modes and stress included)")
        cases = json.loads((folder / "results.json").read_text())["cases"]
        worst = 0.0
        for deck in sorted(folder.glob("calculix_[0-9]*.inp")):
            start = time.perf_counter()
            subprocess.run(["ccx", "-i", deck.stem], cwd=folder, check=True, capture_output=True)
            print(f"ccx {deck.name}: {time.perf_counter() - start:.1f} s")
            for name, table, energy in theirs(folder, deck.stem):
                here, own = ours(folder, name)[table[:, 0].astype(int) - 1], cases[name]["energy_mJ"]
                apart = np.abs(here - table[:, 1:]).max() / np.abs(here).max()
                worst = max(worst, apart, abs(energy / own - 1))
                moved = f"displacements differ by {apart:.1e} of {np.abs(here).max():.4g} mm"
                print(f"  {name}: {moved}, strain energy {energy:.6g} against {own:.6g} mJ")
    sys.exit(0 if worst < 1e-5 else 1)


if __name__ == "__main__":
    main()
