"""Stress of the lock's parts under the joint forces, where it means something, against yield."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mechlock.checks.lock_compliance import PinCompliance
from mechlock.checks.lock_joint_forces import HookLoad, LockForces, actuator_forces, lock_forces
from mechlock.checks.lock_part_model import COARSE, FOOT, LADDER, PartModel, PartSolution, part_model, solve_part
from mechlock.fem import stress
from mechlock.fem.error_estimate import estimate
from mechlock.fem.meaningful import Features, Meaningful, meaningful, reentrant_edges
from mechlock.inputs.lockparts_bodies import BellCrank, Hook, PlateLink
from mechlock.inputs.lockparts_bracket import Bracket
from mechlock.mesh.mesh import Mesh
from mechlock.solids.lock import Lock
from mechlock.solids.parts import Part

Floats = NDArray[np.float64]

STEP_REACH = 0.25
"""Sharp inner edges at hubs and tongues are machined with a radius: stress within this part of the thickness is left out."""
INNER_ANGLE = math.radians(230.0)
"""Edges with more material around them than this are inner edges; faceted bores stay below it."""
SETTLED = 0.05
"""Largest relative change from the coarser to the finer mesh for a stress that counts as settled."""

AMPLE = 1.0
"""With a margin above this on the coarsest mesh no finer one could change the verdict, and none is made."""


@dataclass(frozen=True)
class PartStress:
    """The stress of one part in its governing case.

    Attributes
    ----------
    part, body, material : str
    case : str
        The load on the hook that governs.
    von_mises : float
        Largest where it means something, MPa.
    at : (x, y, z)
        Where, in the part's frame, mm.
    yield_strength, limit : float
        MPa; the limit is yield over the safety asked for.
    change : float or None
        Relative change of the largest stress from the coarser mesh to this one; None when only one mesh was solved.
    excluded_fraction : float
        Share of the volume near weld feet and sharp inner edges that was left out.
    excluded_value : float
        Largest stress in it, MPa.
    error_estimate : float
        Estimated relative error in the energy norm.
    equilibrium_error : float
        Worst of holding reactions, residual and energy mismatch, relative.
    mesh : Mesh
        tet10, in the part's frame.
    cells, dofs : int
    displacement : (n_points, 3) array
        Of the governing case, mm.
    field : (n_points,) array
        Von Mises stress at the nodes in the governing case, MPa.
    compliances : tuple of PinCompliance
        Of the pins among each other, one for each mesh, the finest last.
    """

    part: str
    body: str
    material: str
    case: str
    von_mises: float
    at: tuple[float, float, float]
    yield_strength: float
    limit: float
    change: float | None
    excluded_fraction: float
    excluded_value: float
    error_estimate: float
    equilibrium_error: float
    mesh: Mesh
    cells: int
    dofs: int
    displacement: Floats
    field: Floats
    compliances: tuple[PinCompliance, ...] = ()

    @property
    def margin(self) -> float:
        """Limit over stress, less one."""
        return self.limit / self.von_mises - 1.0 if self.von_mises > 0.0 else math.inf

    @property
    def safety(self) -> float:
        """Yield over stress."""
        return self.yield_strength / self.von_mises if self.von_mises > 0.0 else math.inf

    @property
    def settled(self) -> bool | None:
        """Whether the stress hardly changed with the mesh; None when only one mesh was solved."""
        return None if self.change is None else self.change <= SETTLED


@dataclass(frozen=True)
class LockPartsCheck:
    """All parts of a lock under the loads on its hook.

    Attributes
    ----------
    forces : LockForces
        In all joints under the loads on the hook.
    actuator : LockForces or None
        The same under the actuator's greatest effort, for the parts that only it loads.
    parts : tuple of PartStress
    """

    forces: LockForces
    actuator: LockForces | None
    parts: tuple[PartStress, ...]

    @property
    def governing(self) -> PartStress:
        """The part with the least margin."""
        return min(self.parts, key=lambda part: part.margin)


def coarse_models(lock: Lock) -> dict[str, PartModel]:
    """The parts that `check_lock_parts` begins with, by name: they can be made before the loads are known."""
    return {part.name: part_model(lock, part, COARSE) for part in solved_parts(lock)}


def check_lock_parts(
    lock: Lock, loads: Sequence[HookLoad], *, quick: bool = False, coarse: Mapping[str, PartModel] | None = None
) -> LockPartsCheck:
    """Solve every part that carries load: hook, links, crank and cheek, one of each pair.

    Parameters
    ----------
    lock : Lock
    loads : sequence of HookLoad
        On the hook; the governing one is found for each part.
    quick : bool
        One coarse mesh only; else two, or three where the stress has not settled between them, for every part whose
        margin on the coarse mesh is not ample.
    coarse : mapping of str to PartModel, optional
        What `coarse_models` made of this lock; used up.

    Raises
    ------
    InputError
        When there is no load, or the stop does not fit the drive.
    NoVerdict
        When a part cannot be meshed or held, or a load pulls the drive off its stop.
    """
    forces = lock_forces(lock, loads)
    actuator = actuator_forces(lock)
    models = coarse_models(lock) if coarse is None else coarse
    found: list[PartStress] = []
    for part in solved_parts(lock):
        for given in (forces, actuator):
            if given is not None and loaded(part, given):
                found.append(_check(lock, models[part.name], given, quick))
                break
    return LockPartsCheck(forces, actuator, tuple(found))


def solved_parts(lock: Lock) -> list[Part]:
    """Plates that are worth a finite-element model, one of each pair."""
    chosen: list[Part] = []
    for name, body in lock.file.bodies.items():
        if isinstance(body, (Hook, PlateLink, BellCrank)):
            chosen.append(next(part for part in lock.parts if part.body == name and part.kind == body.shape))
        elif isinstance(body, Bracket):
            chosen.append(next(part for part in lock.parts if part.kind == "cheek"))
    return chosen


def loaded(part: Part, forces: LockForces) -> bool:
    """Whether forces in the joints act on a part."""
    greatest = max(float(np.abs(force).max()) for force in forces.on_body.values())
    mine = [
        float(np.abs(force).max())
        for (joint, body), force in forces.on_body.items()
        if body == part.body and any(bore.joint == joint for bore in part.bores)
    ]
    return max(mine, default=0.0) > 1e-6 * greatest


def _check(lock: Lock, model: PartModel, forces: LockForces, quick: bool) -> PartStress:
    """Solve on the coarsest mesh, and unless that is enough or all that is asked for, on finer ones until it has settled."""
    found = part_stress(lock, solve_part(lock, model, forces), forces.cases)
    for fineness in () if quick or found.margin > AMPLE else LADDER[1:]:
        finer = part_stress(lock, solve_part(lock, part_model(lock, model.part, fineness), forces), forces.cases)
        change = abs(finer.von_mises - found.von_mises) / finer.von_mises
        found = replace(finer, change=change, compliances=found.compliances + finer.compliances)
        if found.settled:
            break
    return found


def part_stress(lock: Lock, solution: PartSolution, cases: Sequence[str]) -> PartStress:
    """Recover the stress of a solved part and find the governing case."""
    part, mesh = solution.part, solution.tet.mesh
    steel = lock.materials[part.material]
    region = stress.Region(part.name, np.arange(mesh.n_cells), stress.isotropic(steel.E, steel.nu))
    recovery = stress.prepare(mesh, [region])
    nodal = stress.recover(recovery, solution.displacement).nodal
    values = stress.von_mises(nodal)
    masks = _masks(recovery, part)
    rows = np.all([mask.rows for mask in masks], axis=0)
    points = np.all([mask.points for mask in masks], axis=0)
    volumes = recovery.point_volumes()
    judged = np.where(rows, values, 0.0)
    case, row = (int(i) for i in np.unravel_index(int(np.argmax(judged)), judged.shape))
    node = int(recovery.node[row])
    field = np.zeros(len(mesh.points))
    field[recovery.node] = values[case]
    strength = lock.yield_strength(part)
    x, y, z = (float(v) for v in mesh.points[node])
    return PartStress(
        part=part.name,
        body=part.body,
        material=part.material,
        case=cases[case],
        von_mises=float(judged[case, row]),
        at=(x, y, z),
        yield_strength=strength,
        limit=strength / lock.file.safety,
        change=None,
        excluded_fraction=float(volumes[~points].sum() / volumes.sum()),
        excluded_value=float(np.where(rows, 0.0, values[case]).max()),
        error_estimate=estimate(recovery, solution.displacement[case], nodal[case]).relative,
        equilibrium_error=solution.equilibrium_error,
        mesh=mesh,
        cells=mesh.n_cells,
        dofs=3 * len(mesh.points),
        displacement=solution.displacement[case],
        field=field,
        compliances=() if solution.compliance is None else (solution.compliance,),
    )


def _masks(recovery: stress.Recovery, part: Part) -> list[Meaningful]:
    """Leave out one thickness around weld feet and a quarter of it around sharp inner edges."""
    mesh = recovery.mesh
    height = np.array([max(slab.height for slab in part.slabs)])
    foot = {FOOT: mesh.face_nodes(FOOT)} if FOOT in mesh.faces else {}
    edges = {"inner edges": reentrant_edges(recovery, INNER_ANGLE)}
    return [
        meaningful(recovery, height, Features(nodes=foot)),
        meaningful(recovery, height, Features(segments=edges), reach=STEP_REACH),
    ]
