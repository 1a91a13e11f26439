"""Input files of a lock's parts that CalculiX runs: material, holding, and joint forces under the loads that are proved."""

from __future__ import annotations

from collections.abc import Sequence

from mechlock.checks.lock_joint_forces import LockForces, actuator_forces, all_hooks, lock_forces, proved_loads
from mechlock.checks.lock_part_model import holding, part_load
from mechlock.checks.lock_parts import loaded, solved_parts
from mechlock.fem.assembly import assemble
from mechlock.fem.calculix import loads_deck, material_text
from mechlock.fem.model import Material, Model
from mechlock.mesh.mesh import Mesh
from mechlock.solids.lock import Lock
from mechlock.solids.parts import Part


def deck_forces(lock: Lock, load: str | None) -> tuple[LockForces, ...]:
    """Return joint forces under the greatest loads of a set on the hook, and under the actuator's greatest effort.

    Without a set they are those of every hook, all at once and each alone; nothing where no hook has one.

    Raises
    ------
    InputError
        When the linkage has no load of that name.
    NoVerdict
        When a load pulls the drive off its stop.
    """
    loads = all_hooks(lock) if load is None else proved_loads(lock, load)
    actuator = actuator_forces(lock)
    return *((lock_forces(lock, loads),) if loads else ()), *(() if actuator is None else (actuator,))


def part_deck(lock: Lock, part: Part, mesh: Mesh, forces: Sequence[LockForces]) -> str:
    """Return the input file of a part: a step for each case of the first forces that load it, none for pins and blocks."""
    steel = lock.materials[part.material]
    system = assemble(Model(mesh, ((Material(part.material, steel.E, steel.nu, steel.density), ()),)))
    given = next((found for found in forces if loaded(part, found)), None)
    if given is None or part.name not in {other.name for other in solved_parts(lock)}:
        return material_text(system)
    applied = {case: part_load(lock, part, mesh, given, number) for number, case in enumerate(given.cases)}
    return loads_deck(system, holding(mesh), applied)
