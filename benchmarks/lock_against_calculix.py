"""Parts of locks in CalculiX, on the meshes and under the loads of their input files, against mechlock.

    python benchmarks/lock_against_calculix.py

Needs ``ccx`` (Debian: calculix-ccx). Writes ``lock_against_calculix.json``: by part and case the largest difference of a
displacement over the part's largest displacement in all cases, and both strain energies; parts of the reference by their
name, of locks with several hooks, loaded all at once and each alone, by LOCK/PART. CalculiX integrates curved tetrahedra at
four points, mechlock at more, which is what is left between them.
"""

import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from mechlock import resources
from mechlock.checks.lock_part_model import COARSE, part_model, solve_part
from mechlock.checks.lock_parts import loaded, solved_parts
from mechlock.fem.calculix_answer import read_answer
from mechlock.inputs.linkage import read_linkage
from mechlock.inputs.lockparts import read_lock_parts
from mechlock.pipeline.lock_building import hook_load
from mechlock.pipeline.lock_decks import deck_forces, part_deck
from mechlock.solids.lock import Lock, build_lock

LOCKS = resources.folder("geometry") / "locks"
PARTS = {
    "reference": ("hook", "link_1", "crank", "rod_1", "cheek_1"),
    "var_ii_slider_pair": ("hookR", "linkR_1", "cheek_1"),
    "four_hooks_one_slider": ("hookR1", "hookL2", "linkL1_1", "cheek_1"),
    "parallel_hooks": None,
}
"""Parts that are compared; None for all that are solved."""


def compared(lock: Lock, name: str) -> dict[str, object]:
    """One part in both programs."""
    part, forces = lock.part(name), deck_forces(lock, hook_load(lock))
    given = next(found for found in forces if loaded(part, found))
    model = part_model(lock, part, COARSE)
    deck = part_deck(lock, part, model.tet.mesh, forces)
    with tempfile.TemporaryDirectory() as scratch:
        (Path(scratch) / "part.inp").write_text(deck)
        subprocess.run(["ccx", "-i", "part"], cwd=scratch, check=True, capture_output=True)
        steps = read_answer(deck, (Path(scratch) / "part.dat").read_text())
    own = solve_part(lock, model, given)
    cases = {}
    most = float(np.abs(own.displacement).max())  # a hook on the other side may carry nothing while one is loaded alone
    for step, displacement, applied in zip(steps, own.displacement, own.applied, strict=True):
        cases[step.name] = {
            "displacement": float(np.abs(displacement[step.nodes] - step.displacement).max() / most),
            "energy_mJ": float(0.5 * (displacement * applied).sum()),
            "energy_calculix_mJ": float(step.energy),
        }
    return {"dofs": 3 * len(model.tet.mesh.points), "cases": cases}


def main() -> None:
    found: dict[str, dict[str, object]] = {}
    for stem, names in PARTS.items():
        lock = build_lock(read_linkage(LOCKS / f"{stem}.toml"), read_lock_parts(LOCKS / f"{stem}_parts.toml"))
        for name in names or [part.name for part in solved_parts(lock)]:
            found[name if stem == "reference" else f"{stem}/{name}"] = compared(lock, name)
    for name, record in found.items():
        for case, row in record["cases"].items():
            energies = f"{row['energy_mJ']:.6g} and {row['energy_calculix_mJ']:.6g} mJ"
            print(f"{name}, {record['dofs']} DOF, {case}: displacement {row['displacement']:.1e}, energies {energies}")
    Path(__file__).with_suffix(".json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
