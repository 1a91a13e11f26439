"""Solved static cases as input files that CalculiX runs: materials, couplings, supports, contacts, loads and steps.

Everything is written as the model has it, so that both programs answer the same question. A scalar that something acts on
(the mean displacement under a hook, a part of a pad) is a node of its own whose x displacement an `*EQUATION` sets. A
contact is a spring from that node to a ground node; where the solution has it open in a step, the ground is left free, so
that the spring carries nothing. Gaps, preloads and moving bases enter as the forces that they make in the springs, since
CalculiX does not carry prescribed displacements over to dependent nodes. Whether the state of the contacts is right shows
in what CalculiX prints: with their gaps, closed contacts must be pressed and open ones apart. Gaps of preloaded locks come
from the solution of the assembly. Comments say of which printed reactions the force of every pad, hook and spring is the sum,
and in each step what gaps, preloads and moving bases add to it.

Sources: CalculiX CrunchiX user's manual, *EQUATION, *SPRING, *BOUNDARY, *DLOAD (GRAV).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from mechlock.errors import InputError
from mechlock.fem.assembly import System
from mechlock.fem.calculix_deck import Deck, Reading, real
from mechlock.fem.enforced import base_forces, base_motion, prescribed
from mechlock.fem.external import external
from mechlock.fem.model import unit
from mechlock.fem.restraint import Restraint, restrain
from mechlock.fem.static import StaticResult
from mechlock.mesh.mesh import Floats
from mechlock.mesh.writing import inp_text

MESH_FILE = "calculix_mesh.inp"
RIGID = 1e4
"""Stiffness written for a rigid pad, over the body's own at its place."""
WATCHED = 200
"""Nodes whose displacements every step prints, at most."""

_SMALL = 1e-12
_PRINTED = ("*EL PRINT, ELSET=EALL, TOTALS=ONLY", "ELSE", "*NODE PRINT, NSET=WATCHED", "U")


@dataclass(frozen=True)
class _Contacts:
    """Contacts in a deck: ground node and stiffness of each, nodes of the base's modes and what they move each contact."""

    grounds: tuple[int, ...]
    stiffness: Floats
    modes: NDArray[np.int64]
    shapes: Floats


def calculix_decks(system: System, results: Sequence[StaticResult], mesh_file: str | None = None) -> list[str]:
    """Return one input file for each set of supports, with a step for each of its cases.

    Parameters
    ----------
    system : System
    results : sequence of StaticResult
        Of the cases to write.
    mesh_file : str, optional
        Name of the file with the mesh, which the decks include (`mechlock.mesh.writing.inp_text`); by default each deck
        holds the mesh itself.

    Raises
    ------
    InputError
        For temperature loads, inertia relief and friction, which are not written.
    """
    rough = next((pad.name for pad in system.model.pads if pad.friction > 0.0), None)
    if rough is not None:
        raise InputError(f"the pad {rough!r} has friction, which is not written for CalculiX")
    sets: dict[tuple[str, ...] | None, list[StaticResult]] = {}
    for result in results:
        if result.temperature is not None:
            raise InputError(f"the case {result.name!r} has temperatures, which are not written for CalculiX")
        if result.case.inertia_relief:
            raise InputError(f"the case {result.name!r} has inertia relief, which is not written for CalculiX")
        if result.status == "ok":
            sets.setdefault(result.case.supports, []).append(result)
    mesh = inp_text(system.mesh).rstrip() if mesh_file is None else f"*INCLUDE, INPUT={mesh_file}"
    return [_deck(system, restrain(system, names), found, mesh) for names, found in sets.items()]


def material_text(system: System) -> str:
    """Return an input file with mesh, sets, materials and sections, to which loads and steps can be added."""
    return "\n".join([inp_text(system.mesh).rstrip(), *_materials(system)]) + "\n"


def calculix_files(system: System, results: Sequence[StaticResult]) -> dict[str, bytes]:
    """Return the mesh and the decks as the content of files by name: ``calculix_mesh.inp``, ``calculix_1.inp``, ...

    Raises
    ------
    InputError
        As `calculix_decks`.
    """
    decks = calculix_decks(system, results, MESH_FILE)
    files = {f"calculix_{number}.inp": deck.encode() for number, deck in enumerate(decks, start=1)}
    return {MESH_FILE: inp_text(system.mesh).encode(), **files}


def _deck(system: System, restraint: Restraint, results: Sequence[StaticResult], mesh: str) -> str:
    deck = Deck(len(system.mesh.points) + 1, system.mesh.n_cells + 1)
    _links(system, deck)
    _springs(restraint, deck)
    contacts = _contacts(restraint, deck)
    lines = ["** mm, N, MPa, t; contacts that are open in a step have a free ground there", mesh]
    if deck.nodes:
        lines += ["*NODE, NSET=POINTS", *(f"{node}, 0., 0., 0." for node in deck.nodes)]
    lines += [*_watched(system), *_materials(system)]
    lines += [*deck.equations, *deck.springs]
    lines += [line for reading in deck.readings for line in reading.lines]
    for result in results:
        lines += _step(system, restraint, result, deck, contacts)
    return "\n".join(lines) + "\n"


def loads_deck(system: System, fixed: NDArray[np.bool_], applied: Mapping[str, Floats]) -> str:
    """Return an input file of a held body, with a step for each set of nodal forces.

    Parameters
    ----------
    fixed : (n_dof,) bool array
        Components that are held.
    applied : mapping of str to (n_points, 3) array
        Nodal forces of each case, N.
    """
    lines = ["** mm, N, MPa, t", inp_text(system.mesh).rstrip(), *_watched(system), *_materials(system), "*BOUNDARY"]
    lines += [f"{dof // 3 + 1}, {dof % 3 + 1}, {dof % 3 + 1}" for dof in np.flatnonzero(fixed).tolist()]
    for name, forces in applied.items():
        acting = np.argwhere(np.abs(forces) > _SMALL * max(np.abs(forces).max(), 1e-300)).tolist()
        lines += [f"** {name}", "*STEP", "*STATIC", "*CLOAD, OP=NEW"]
        lines += [f"{node + 1}, {axis + 1}, {real(forces[node, axis])}" for node, axis in acting]
        lines += [*_PRINTED, "*NODE FILE", "U", "*EL FILE", "S", "*END STEP"]
    return "\n".join(lines) + "\n"


def _watched(system: System) -> list[str]:
    """The nodes whose displacements every step prints."""
    nodes = np.unique(np.linspace(1, len(system.mesh.points), WATCHED).astype(np.int64))
    return ["*NSET, NSET=WATCHED", *(str(node) for node in nodes)]


def _materials(system: System) -> list[str]:
    lines: list[str] = []
    owner = np.concatenate(system.material_of)
    for number in np.unique(owner).tolist():
        material = system.model.materials[number][0]
        cells = (np.flatnonzero(owner == number) + 1).tolist()
        rows = [", ".join(map(str, cells[i : i + 12])) for i in range(0, len(cells), 12)]
        lines += [f"*ELSET, ELSET=MADE_OF_{number + 1}", *(f"{row}," for row in rows[:-1]), rows[-1]]
        lines += [f"** {material.name}", f"*MATERIAL, NAME=MATERIAL_{number + 1}", "*ELASTIC"]
        lines += [f"{real(material.E)}, {real(material.nu)}", "*DENSITY", f"{real(max(material.density, 1e-20))}"]
        lines.append(f"*SOLID SECTION, ELSET=MADE_OF_{number + 1}, MATERIAL=MATERIAL_{number + 1}")
    return lines


def _links(system: System, deck: Deck) -> None:
    """Ties and rigid couplings: dependent nodes as sums over others."""
    if system.links is None:
        return
    columns = np.repeat(system.links.independent + 1, 3)
    extra = system.links.n_reduced - len(columns)
    columns = np.concatenate([columns, np.repeat([deck.node(0, 1, 2) for _ in range(extra // 3)], 3)]).astype(np.int64)
    expand = sp.csr_array(system.links.expand)
    for _, nodes in system.links.names:
        for node in nodes.tolist():
            for axis in np.flatnonzero(~system.links.held[node]).tolist():
                row = slice(expand.indptr[3 * node + axis], expand.indptr[3 * node + axis + 1])
                where = expand.indices[row]
                deck.equation(node + 1, axis, columns[where], where % 3, np.asarray(expand.data[row], np.float64))


def _springs(restraint: Restraint, deck: Deck) -> None:
    """Springs, and locks across their direction, to ground."""
    for spring, patch in restraint.springs:
        ground = deck.node()
        if spring.mean:
            mean = deck.node()
            for axis in range(3):
                deck.equation(mean, axis, patch.nodes + 1, np.full(len(patch.nodes), axis), patch.mean)
            pairs = [(mean, 1.0)]
        else:
            pairs = list(zip((patch.nodes + 1).tolist(), patch.shares.tolist(), strict=True))
        for node, share in pairs:
            for axis, stiffness in enumerate(spring.stiffness):
                if stiffness > 0.0:
                    deck.spring(node, ground, axis, stiffness * share)
        used = [axis for axis, stiffness in enumerate(spring.stiffness) if stiffness > 0.0]
        deck.readings += [Reading(spring.name, np.eye(3)[axis], (ground,), axis) for axis in used]
    for lock, patch in restraint.locks:
        if lock.lateral_stiffness == 0.0:
            continue
        moved, ground = deck.node(), deck.node()
        for axis, direction in enumerate(np.linalg.svd(unit(lock.direction, lock.name)[None])[2][1:]):
            values = np.asarray((patch.mean[:, None] * direction).ravel(), np.float64)
            deck.equation(moved, axis, np.repeat(patch.nodes + 1, 3), np.tile(np.arange(3), len(patch.nodes)), values)
            deck.spring(moved, ground, axis, lock.lateral_stiffness)
            deck.readings.append(Reading(lock.name, np.asarray(direction, np.float64), (ground,), axis))


def _contacts(restraint: Restraint, deck: Deck) -> _Contacts:
    """Contacts as springs; what the base yields is added to the body's own displacement."""
    contacts = restraint.contacts
    if not len(contacts.gap):
        return _Contacts((), np.zeros(0), np.zeros(0, np.int64), np.zeros((0, 0)))
    yielding, shapes = np.linalg.eigh(contacts.base)
    kept = np.flatnonzero(yielding > 1e-9 * max(yielding.max(), 1e-300))
    modes = np.array([deck.node(0) for _ in kept], dtype=np.int64)
    ground = deck.node()
    for mode, own in zip(kept, modes.tolist(), strict=True):
        deck.spring(own, ground, 0, 1.0 / float(yielding[mode]))
    stiffness = np.where(np.isfinite(contacts.stiffness), contacts.stiffness, RIGID * contacts.reference)
    grounds: list[int] = []
    for number, own in enumerate(stiffness.tolist()):
        row = slice(contacts.rows.indptr[number], contacts.rows.indptr[number + 1])
        where = contacts.rows.indices[row]
        body, gap = deck.node(), deck.node()
        nodes = np.concatenate([where // 3 + 1, modes])
        axes = np.concatenate([where % 3, np.zeros(len(modes), np.int64)])
        values = np.concatenate([contacts.rows.data[row], shapes[number, kept]])
        deck.equation(body, 0, nodes, axes, np.asarray(values, np.float64))
        deck.spring(body, gap, 0, own)
        grounds.append(gap)
    ways, place = np.unique(np.column_stack([contacts.owner, contacts.axes]), axis=0, return_inverse=True)
    for number, way in enumerate(ways):
        mine = tuple(np.array(grounds)[place.ravel() == number].tolist())
        deck.readings.append(Reading(contacts.holders[int(way[0])].name, way[1:], mine, 0))
    return _Contacts(tuple(grounds), stiffness, modes, shapes[:, kept])


def _step(system: System, restraint: Restraint, result: StaticResult, deck: Deck, contacts: _Contacts) -> list[str]:
    added = _added(restraint, result, deck, contacts)
    lines = [f"** {result.name}", "*STEP", "*STATIC"]
    lines += [f"** {reading.title}: plus {real(force)} N" for reading, force in zip(deck.readings, added, strict=True)]
    lines.append("*BOUNDARY, OP=NEW")
    fixed = prescribed(system, restraint, result.case)
    for dof in np.flatnonzero(restraint.fixed_owner >= 0).tolist():
        lines.append(f"{dof // 3 + 1}, {dof % 3 + 1}, {dof % 3 + 1}, {real(fixed[dof])}")
    open_ones = (node for node, closed in zip(contacts.grounds, result.closed.tolist(), strict=True) if not closed)
    free = deck.free | {(node, 0) for node in open_ones}
    lines += [f"{node}, {a + 1}, {a + 1}" for node in deck.nodes for a in range(3) if (node, a) not in free]
    lines += _loads(system, restraint, result, contacts)
    points = ["*NODE PRINT, NSET=POINTS", "U, RF"] if deck.nodes else []
    return [*lines, *_PRINTED, *points, "*NODE FILE", "U", "*EL FILE", "S", "*END STEP"]


def _added(restraint: Restraint, result: StaticResult, deck: Deck, contacts: _Contacts) -> list[float]:
    """What gaps, preloads and moving bases add to each reading in a step, N."""
    pressed = dict(zip(contacts.grounds, _pressed(contacts, result).tolist(), strict=True))
    stiffness = {spring.name: np.asarray(spring.stiffness) for spring, _ in restraint.springs}
    stiffness |= {lock.name: np.full(3, lock.lateral_stiffness) for lock, _ in restraint.locks}
    found: list[float] = []
    for reading in deck.readings:
        if reading.grounds[0] in pressed:
            found.append(sum(pressed[ground] for ground in reading.grounds))
        else:
            moved = reading.along * base_motion(result.case, reading.name)
            found.append(float(stiffness[reading.name] @ moved))
    return found


def _pressed(contacts: _Contacts, result: StaticResult) -> Floats:
    """Forces that the gaps of closed contacts make in their springs, N."""
    return np.where(result.closed, -contacts.stiffness * result.gaps, 0.0)


def _loads(system: System, restraint: Restraint, result: StaticResult, contacts: _Contacts) -> list[str]:
    """Weight of the mesh as gravity, everything else as forces on nodes."""
    case = result.case
    g_load = np.asarray(case.g_load, np.float64)
    pressed = _pressed(contacts, result)
    forces = external(system, case).vector + base_forces(restraint, system.n_dof, case) + restraint.contacts.rows.T @ pressed
    forces = forces.reshape(-1, 3) - system.node_masses[:, None] * g_load
    lines = ["*CLOAD, OP=NEW"]
    for node, axis in np.argwhere(np.abs(forces) > _SMALL * max(np.abs(forces).max(), 1e-300)).tolist():
        lines.append(f"{node + 1}, {axis + 1}, {real(forces[node, axis])}")
    lines += [f"{n}, 1, {real(f)}" for n, f in zip(contacts.modes.tolist(), (contacts.shapes.T @ pressed).tolist(), strict=True)]
    size = float(np.linalg.norm(g_load))
    weight = [f"EALL, GRAV, {real(size)}, " + ", ".join(f"{real(value / size)}" for value in g_load)] if size else []
    return [*(lines if len(lines) > 1 else []), *(["*DLOAD, OP=NEW", *weight] if weight else [])]
