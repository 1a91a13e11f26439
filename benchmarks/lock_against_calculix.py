"""The parts of the reference lock in CalculiX, on the meshes and under the loads of their input files, against mechlock.

    python benchmarks/lock_against_calculix.py [PART ...]

Needs ``ccx`` (Debian: calculix-ccx). Writes ``lock_against_calculix.json``: by part and case the largest difference of a
displacement over the largest displacement, and both strain energies. CalculiX integrates curved tetrahedra at four points,
mechlock at more, which is what is left between them.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from mechlock import resources
from mechlock.checks.lock_part_model import COARSE, part_model, solve_part
from mechlock.checks.lock_parts import loaded
from mechlock.fem.calculix_answer import read_answer
from mechlock.inputs.linkage import read_linkage
from mechlock.inputs.lockparts import read_lock_parts
from mechlock.pipeline.lock_decks import deck_forces, part_deck
from mechlock.solids.lock import Lock, build_lock

LOCKS = resources.folder("geometry") / "locks"
PARTS = ("hook", "link_1", "crank", "rod_1", "cheek_1")
LOAD = "service"


def compared(lock: Lock, name: str) -> dict[str, object]:
    """One part in both programs."""
    part, forces = lock.part(name), deck_forces(lock, LOAD)
    given = next(found for found in forces if loaded(part, found))
    model = part_model(lock, part, COARSE)
    deck = part_deck(lock, part, model.tet.mesh, forces)
    with tempfile.TemporaryDirectory() as scratch:
        (Path(scratch) / "part.inp").write_text(deck)
        subprocess.run(["ccx", "-i", "part"], cwd=scratch, check=True, capture_output=True)
        steps = read_answer(deck, (Path(scratch) / "part.dat").read_text())
    own = solve_part(lock, model, given)
    cases = {}
    for step, displacement, applied in zip(steps, own.displacement, own.applied, strict=True):
        there = displacement[step.nodes]
        cases[step.name] = {
            "displacement": float(np.abs(there - step.displacement).max() / np.abs(there).max()),
            "energy_mJ": float(0.5 * (displacement * applied).sum()),
            "energy_calculix_mJ": float(step.energy),
        }
    return {"dofs": 3 * len(model.tet.mesh.points), "cases": cases}


def main() -> None:
    lock = build_lock(read_linkage(LOCKS / "reference.toml"), read_lock_parts(LOCKS / "reference_parts.toml"))
    found = {name: compared(lock, name) for name in sys.argv[1:] or PARTS}
    for name, record in found.items():
        for case, row in record["cases"].items():
            energy = row["energy_calculix_mJ"] / row["energy_mJ"] - 1.0
            print(f"{name}, {record['dofs']} DOF, {case}: displacement {row['displacement']:.1e}, energy {energy:+.1e}")
    Path(__file__).with_suffix(".json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
