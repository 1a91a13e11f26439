"""One part of the lock as a finite-element model: its loads from the joint forces, held so that statics alone decides.

The loads on a moving part are in equilibrium by themselves, so it is held at six degrees of freedom of three nodes, whose
reactions must vanish: that is the check that the loads are right. A cheek is held at its weld foot.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from mechlock.checks.lock_compliance import PinCompliance, Seat, compliance, seats_of, states
from mechlock.checks.lock_joint_forces import LockForces
from mechlock.checks.surface_loads import Traction, bore_pressure, nodal_forces, round_contact
from mechlock.errors import NoVerdict
from mechlock.fem.assembly import System, assemble
from mechlock.fem.internal import internal_forces
from mechlock.fem.model import Material, Model
from mechlock.fem.pardiso import NotPositiveDefinite
from mechlock.fem.solver import Factor, factorise, hold_blocks
from mechlock.inputs.lockparts_bodies import Hook
from mechlock.inputs.lockparts_bracket import Bracket
from mechlock.linkage.mechanism import GROUND
from mechlock.mesh.mesh import Mesh
from mechlock.mesh.tetrahedra import Sizes, TetMesh, tetrahedra
from mechlock.solids import cad
from mechlock.solids.lock import Lock
from mechlock.solids.outline import Point2
from mechlock.solids.parts import Part

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

FOOT = "weld_foot"
CONTACT_HALF_ANGLE = math.radians(30.0)
"""Half angle of the strip of the saddle, or of the eye on the stop, that its force is spread over (assumption: run in)."""

AROUND_PIN = 16
"""Elements around a pin, which keep its volume to 0.1 %."""


UNLOADED = 1e-9
"""A case whose loads are below this part of another's leaves the part unloaded."""


@dataclass(frozen=True)
class Fineness:
    """How fine the parts are meshed: elements around a bore, and through a plate's thickness."""

    around_bore: int
    through: float


COARSE = Fineness(20, 1.6)
LADDER = (COARSE, Fineness(32, 1.8), Fineness(52, 2.0))
"""Meshes from coarse to fine: the next one is made until the stress has settled."""


@dataclass(frozen=True)
class PartModel:
    """A part meshed, held and factored: all that can be done before its loads are known.

    Attributes
    ----------
    part : Part
    tet : TetMesh
        In the part's own frame.
    system : System
    fixed : (n_dof,) bool array
    factor : Factor
        Given back by `solve_loads`.
    """

    part: Part
    tet: TetMesh
    system: System
    fixed: Flags
    factor: Factor


@dataclass(frozen=True)
class PartSolution:
    """Displacements of one part under all cases.

    Attributes
    ----------
    part : Part
    tet : TetMesh
        In the part's own frame.
    system : System
    displacement : (n_cases, n_points, 3) array
        mm.
    applied : (n_cases, n_points, 3) array
        Nodal forces, N.
    reaction_error : (n_cases,) array
        Reactions of the three holding nodes over the loads; 0 for a part held at its foot.
    residual : (n_cases,) array
        Forces of the stresses against the loads at free nodes, over the loads.
    energy_error : (n_cases,) array
        Work of the loads against twice the strain energy, relative.
    compliance : PinCompliance or None
        Of the pins among each other, from the same factorisation; None where nothing acts on the hook.
    """

    part: Part
    tet: TetMesh
    system: System
    displacement: Floats
    applied: Floats
    reaction_error: Floats
    residual: Floats
    energy_error: Floats
    compliance: PinCompliance | None = None

    @property
    def equilibrium_error(self) -> float:
        """Worst of reactions, residual and energy."""
        return float(max(self.reaction_error.max(), self.residual.max(), self.energy_error.max()))


def part_sizes(part: Part, lock: Lock, fineness: Fineness) -> Sizes:
    """Return element sizes: so many around each bore and pin, finer on saddle and nose."""
    biggest = max(part.slabs, key=lambda slab: slab.height * slab.outline.area)
    height = min(biggest.height, math.sqrt(biggest.outline.area) / 1.6)
    faces = {f"bore_{bore.joint}": 2.0 * math.pi * bore.radius / fineness.around_bore for bore in part.bores}
    if part.kind in {"pin", "striker"}:
        faces["edge"] = 2.0 * math.pi * min(math.sqrt(slab.outline.area / math.pi) for slab in part.slabs) / AROUND_PIN
    if part.kind == "bush":
        faces["mantle"] = next(iter(faces.values()))
    body = lock.file.bodies.get(part.body)
    if isinstance(body, Hook):
        faces["saddle"] = 2.0 * math.pi * body.saddle.radius / fineness.around_bore
    return Sizes(volume=max(height / fineness.through, min(faces.values(), default=height)), faces=faces)


def part_model(lock: Lock, part: Part, fineness: Fineness) -> PartModel:
    """Mesh, hold and factor a part.

    Raises
    ------
    NoVerdict
        When the part cannot be meshed or held.
    """
    steel = lock.materials[part.material]
    material = Material(part.material, steel.E, steel.nu, steel.density)
    return held_part(part, tetrahedra(cad.solid(part), part_sizes(part, lock, fineness)), material)


def held_part(part: Part, tet: TetMesh, material: Material) -> PartModel:
    """Hold and factor a part that is meshed."""
    system = assemble(Model(tet.mesh, ((material, ()),)))
    fixed = holding(tet.mesh)
    try:
        factor, _ = factorise(hold_blocks(system.pattern.upper_blocks(system.blocks), fixed))
    except NotPositiveDefinite:
        raise NoVerdict(f"the part {part.name!r} is not one piece", mend="check its mesh") from None
    return PartModel(part, tet, system, fixed, factor)


def holding(mesh: Mesh) -> Flags:
    """Components that hold a part: all of its weld foot, or six of three nodes that statics leaves without force; (n_dof,)."""
    return _at_foot(mesh) if FOOT in mesh.faces else _three_nodes(mesh.points)


def solve_part(lock: Lock, model: PartModel, forces: LockForces) -> PartSolution:
    """Solve a part under all cases.

    Raises
    ------
    NoVerdict
        When the part cannot be loaded.
    """
    part, mesh = model.part, model.tet.mesh
    applied = np.stack([part_load(lock, part, mesh, forces, case) for case in range(len(forces.cases))])
    if forces.greatest == 0.0:
        return solve_loads(model, applied)
    seats = seats_of(lock, part, forces)
    units, basis = np.stack([seat_load(lock, part, mesh, seat) for seat in seats]), states(part, seats)
    both = np.concatenate([applied, np.einsum("is,ipk->spk", basis, units)])
    found = solve_loads(model, both)
    pins = compliance(lock, part, mesh, seats, units, basis, found.displacement[len(applied) :], forces)
    return replace(found, displacement=found.displacement[: len(applied)], applied=applied, compliance=pins)


def seat_load(lock: Lock, part: Part, mesh: Mesh, seat: Seat) -> Floats:
    """Return the nodal forces (n_points, 3) of one newton on a seat."""
    shape, towards = lock.file.bodies.get(part.body), np.array(seat.direction)
    if seat.place == "saddle" and isinstance(shape, Hook):
        axis = saddle_axis(shape, seat.at)
        faces, make = ("saddle",), round_contact(axis, seat.at, towards, CONTACT_HALF_ANGLE)
    elif seat.place == "stop":
        bracket = lock.file.bodies[GROUND]
        assert isinstance(bracket, Bracket)
        assert bracket.stop is not None
        eye = bracket.stop.eye
        faces = tuple(name for name in (f"eye_{eye}", "edge", "neck") if name in mesh.faces)
        make = round_contact(lock.points[part.body][eye], seat.at, towards, CONTACT_HALF_ANGLE)
    else:
        faces, make = (f"bore_{seat.place}",), bore_pressure(seat.at, towards)
    low, high = _span(mesh, faces[0])
    return nodal_forces(mesh, faces, make, np.array([*seat.direction, 0.0]), np.array([*seat.at, (low + high) / 2.0]))


def solve_loads(model: PartModel, applied: Floats) -> PartSolution:
    """Solve a part under nodal forces (n_cases, n_points, 3); the model's factor is given back."""
    part, tet, system, fixed, factor = model.part, model.tet, model.system, model.fixed, model.factor
    n_cases = len(applied)
    right = applied.reshape(n_cases, -1).T.copy()
    right[fixed] = 0.0
    moved = factor.solve(right)
    inner, work, energy = internal_forces(system, moved)
    moved += factor.solve(np.where(fixed[:, None], 0.0, right - inner))
    factor.release()
    inner, work, energy = internal_forces(system, moved)
    total = applied.reshape(n_cases, -1).T
    scale = np.abs(applied).sum(axis=(1, 2))
    scale = np.maximum(scale, max(UNLOADED * float(scale.max()), 1e-300))  # what is left of a case without load is rounding
    left = inner - total
    residual = np.abs(np.where(fixed[:, None], 0.0, left)).sum(axis=0) / scale
    reaction = np.abs(np.where(fixed[:, None], left, 0.0)).sum(axis=0) / scale
    if FOOT in tet.mesh.faces:
        reaction = np.zeros(n_cases)
    done = (total * moved).sum(axis=0)
    mismatch = np.abs(done - 2.0 * energy) / np.maximum(np.abs(work), max(UNLOADED**2 * float(np.abs(work).max()), 1e-300))
    displacement = moved.T.reshape(applied.shape)
    return PartSolution(part, tet, system, displacement, applied, reaction, residual, mismatch)


def part_load(lock: Lock, part: Part, mesh: Mesh, forces: LockForces, case: int) -> Floats:
    """Return the nodal forces (n_points, 3) of one case on a part, in its own frame."""
    place = lock.locked[part.body]
    total = np.zeros_like(mesh.points)

    def add(faces: tuple[str, ...], force: Floats, at: Point2, make: Callable[[Floats], Traction], share: float = 1.0) -> None:
        plane = place.to_body((float(force[0]) * share, float(force[1]) * share))
        size = math.hypot(*plane)
        if size > 0.0:
            low, high = _span(mesh, faces[0])
            middle = np.array([*at, (low + high) / 2.0])
            total[:] += nodal_forces(mesh, faces, make(np.array(plane) / size), np.array([*plane, 0.0]), middle)

    for (joint, body), force in forces.on_body.items():
        if body == part.body and any(bore.joint == joint for bore in part.bores):
            sharing = sum(1 for other in plates(lock, body) if any(b.joint == joint for b in other.bores))
            centre = part.bore(joint).centre
            add((f"bore_{joint}",), force[case], centre, partial(bore_pressure, centre), 1.0 / sharing)
    shape = lock.file.bodies.get(part.body)
    if isinstance(shape, Hook) and part.body in forces.loads:
        crown = lock.points[part.body][shape.saddle.point]
        axis = saddle_axis(shape, crown)
        add(("saddle",), forces.loads[part.body][case], crown, partial(round_contact, axis, crown, half_angle=CONTACT_HALF_ANGLE))
    stop = forces.stop
    if stop is not None and stop.body == part.body:
        at = place.to_body((stop.at[0] - place.origin[0], stop.at[1] - place.origin[1]))
        eye = lock.points[part.body][stop.eye]
        faces = tuple(name for name in (f"eye_{stop.eye}", "edge", "neck") if name in mesh.faces)
        add(faces, stop.force[case], at, partial(round_contact, eye, at, half_angle=CONTACT_HALF_ANGLE))
    return total


def plates(lock: Lock, body: str) -> list[Part]:
    """Return the parts of a body that share the force of a pin: not the bushes that it turns in between them."""
    return [part for part in lock.parts if part.body == body and part.kind != "bush"]


def saddle_axis(hook: Hook, crown: Point2) -> Point2:
    """Return the centre of the saddle's radius in the hook's frame (mm)."""
    radius, pull = hook.saddle.radius, hook.saddle.pull
    return crown[0] - radius * math.cos(pull), crown[1] - radius * math.sin(pull)


def _span(mesh: Mesh, faces: str) -> tuple[float, float]:
    z = mesh.points[mesh.face_nodes(faces), 2]
    return float(z.min()), float(z.max())


def _at_foot(mesh: Mesh) -> Flags:
    fixed = np.zeros((len(mesh.points), 3), dtype=bool)
    fixed[mesh.face_nodes(FOOT)] = True
    return fixed.ravel()


def _three_nodes(points: Floats) -> Flags:
    """Six degrees of freedom of three nodes far apart, which hold a body without straining it."""
    first = int(np.argmin(points[:, 0] + 1e-3 * points[:, 1]))
    second = int(np.argmax(np.linalg.norm(points - points[first], axis=1)))
    line = points[second] - points[first]
    third = int(np.argmax(np.linalg.norm(np.cross(points - points[first], line), axis=1)))
    normal = np.cross(line, points[third] - points[first])
    fixed = np.zeros((len(points), 3), dtype=bool)
    fixed[first] = True
    fixed[second] = np.arange(3) != int(np.argmax(np.abs(line)))
    fixed[third, int(np.argmax(np.abs(normal)))] = True
    return fixed.ravel()
