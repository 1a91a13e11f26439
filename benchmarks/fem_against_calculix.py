"""mechlock against CalculiX on the same thin-walled cage: whole processes, answers compared, times side by side.

    python benchmarks/fem_against_calculix.py [--h 21] [--scale 1.2] [--cases 20] [--modes 30] [--only static,cases,modes]

Needs the Debian package calculix-ccx. Cells of 21 mm in a cage 1.2 times as large give 351 000 degrees of freedom. The package's
modules are compiled first, as an installation leaves them.
"""

import argparse
import compileall
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from cage import SIZE, cage

import mechlock
from mechlock.fem.assembly import assemble
from mechlock.fem.model import Material, Model
from mechlock.mesh.writing import inp_text

HEAD = """*INCLUDE, INPUT=mesh.inp
*MATERIAL, NAME=STEEL
*ELASTIC
210000., 0.3
*DENSITY
7.85E-9
*SOLID SECTION, ELSET=EALL, MATERIAL=STEEL
*BOUNDARY
N_FEET, 1, 3
"""
PRINTS = "*NODE PRINT, NSET=CORNER\nU\n*NODE PRINT, NSET=N_FEET, TOTALS=ONLY\nRF\n"
FILES = "*NODE FILE\nU\n*EL FILE\nS\n"


def directions(count):
    """Loads per unit mass in g, `count` of them, none like another."""
    angle = np.arange(count) * 2.399963
    z = np.linspace(-1, 1, count) if count > 1 else np.array([-1.0])
    return np.stack([np.sqrt(1 - z**2) * np.cos(angle), np.sqrt(1 - z**2) * np.sin(angle), z], axis=1)


def calculix_static(loads):
    steps = []
    for load in loads:
        size = 9806.65 * np.linalg.norm(load)
        unit = ", ".join(f"{v:.15g}" for v in load / np.linalg.norm(load))
        steps.append(f"*STEP\n*STATIC\n*DLOAD, OP=NEW\nEALL, GRAV, {size:.15g}, {unit}\n{PRINTS}{FILES}*END STEP\n")
    return HEAD + "".join(steps)


def mechlock_model(cases, top):
    return f"""format = "mechlock-model/1"
mesh = "mesh.inp"
length_unit = "mm"
[[materials]]
name = "steel"
E = "210000 MPa"
nu = 0.3
density = "7850 kg/m**3"
on = ["EALL"]
[[supports]]
name = "feet"
on = "N_FEET"
fix = ["x", "y", "z"]
{cases}
[[probes]]
name = "ux"
at = ["0 mm", "0 mm", "{top} mm"]
quantity = "displacement.x"
[[probes]]
name = "uy"
at = ["0 mm", "0 mm", "{top} mm"]
quantity = "displacement.y"
[[probes]]
name = "uz"
at = ["0 mm", "0 mm", "{top} mm"]
quantity = "displacement.z"
"""


def static_cases(loads):
    text = ""
    for number, load in enumerate(loads):
        g = ", ".join(f'"{v:.15g} g"' for v in load)
        text += f'[[cases]]\nname = "c{number}"\nanalysis = "static"\ng_load = [{g}]\n'
    return text


def timed(command, folder, environment=None):
    start = time.perf_counter()
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, env={**os.environ, **(environment or {})}, check=False
    )
    if done.returncode:
        sys.exit(f"{command} failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return time.perf_counter() - start, done.stdout


def run_calculix(folder, name, deck):
    (folder / f"{name}.inp").write_text(deck)
    threads = str(os.cpu_count())
    return timed(["ccx", "-i", name], folder, {"OMP_NUM_THREADS": threads, "CCX_NPROC_STIFFNESS": threads})[0]


def run_mechlock(folder, name, cases, top):
    (folder / f"{name}.toml").write_text(mechlock_model(cases, top))
    seconds, out = timed(
        [sys.executable, "-m", "mechlock", "solve", f"{name}.toml", "-o", f"{name}_out", "--json", "--quiet"], folder
    )
    return seconds, json.loads(out)


def calculix_answers(folder, name):
    """Corner displacements and reaction sums of every step."""
    text = (folder / f"{name}.dat").read_text()
    number = r"[-+0-9.E]+"
    moves = re.findall(rf"displacements.*?\n\n\s+\d+\s+({number})\s+({number})\s+({number})", text, re.S)
    sums = re.findall(rf"total force.*?\n\n\s+({number})\s+({number})\s+({number})", text, re.S)
    return np.array(moves, float), np.array(sums, float)


def difference(ours, theirs):
    return float(np.abs(ours - theirs).max() / np.abs(theirs).max())


def load_on_feet(mesh):
    """Mass whose weight acts on the held nodes themselves, t: CalculiX leaves it out of the reactions it prints."""
    system = assemble(Model(mesh, ((Material("steel", 210e3, 0.3, 7.85e-9), ()),)))
    return system.node_masses[mesh.face_nodes("feet")].sum()


def compare_static(folder, name, loads, on_feet, top):
    theirs = run_calculix(folder, name, calculix_static(loads))
    ours, results = run_mechlock(folder, f"{name}_m", static_cases(loads), top)
    moves, sums = calculix_answers(folder, name)
    cases = [results["cases"][f"c{i}"] for i in range(len(loads))]
    probes = np.array([[case["probes"][axis]["value"] for axis in ("ux", "uy", "uz")] for case in cases])
    reactions = np.array([case["reactions_N"]["total"] for case in cases])
    sums = sums - on_feet * 9806.65 * loads
    print(f"{name}: calculix {theirs:.1f} s, mechlock {ours:.1f} s, ratio {theirs / ours:.1f}")
    print(
        f"  displacements differ by {difference(probes, moves):.1e}, reactions by {difference(reactions, sums):.1e}", flush=True
    )


def compare_modes(folder, count, top):
    deck = HEAD + f"*STEP\n*FREQUENCY\n{count}\n*NODE FILE\nU\n*END STEP\n"
    theirs = run_calculix(folder, "modes", deck)
    ours, results = run_mechlock(folder, "modes_m", f'[[cases]]\nname = "m"\nanalysis = "modal"\nmodes = {count}\n', top)
    text = (folder / "modes.dat").read_text().split("P A R T I C I P A T I O N")[0]
    rows = [line.split() for line in text.splitlines() if re.match(r"\s+\d+\s+\d", line)]
    wanted = np.array([float(row[3]) for row in rows])
    found = np.array(results["cases"]["m"]["frequencies_Hz"])
    print(f"{count} modes: calculix {theirs:.1f} s, mechlock {ours:.1f} s, ratio {theirs / ours:.1f}")
    print(f"  frequencies differ by {np.abs(found / wanted - 1).max():.1e}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--h", type=float, default=21.0)
    parser.add_argument("--scale", type=float, default=1.2)
    parser.add_argument("--cases", type=int, default=20)
    parser.add_argument("--modes", type=int, default=30)
    parser.add_argument("--only", default="static,cases,modes")
    chosen = parser.parse_args()
    compileall.compile_dir(Path(mechlock.__file__).parent, quiet=2)
    mesh = cage(chosen.h, chosen.scale)
    top = f"{SIZE[2] * chosen.scale:.15g}"
    print(f"{mesh.n_cells} tet10, {3 * len(mesh.points)} degrees of freedom")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "mesh.inp").write_text(inp_text(mesh))
        wanted = chosen.only.split(",")
        on_feet = load_on_feet(mesh)
        if "static" in wanted:
            compare_static(folder, "static", directions(1), on_feet, top)
        if "cases" in wanted:
            compare_static(folder, "cases", directions(chosen.cases), on_feet, top)
        if "modes" in wanted:
            compare_modes(folder, chosen.modes, top)


if __name__ == "__main__":
    main()
