"""Stress of a whole model: its regions, what is judged, and the largest values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mechlock.fem import error_estimate, meaningful, stress
from mechlock.fem.from_file import Problem
from mechlock.fem.model import Force, Material, Model
from mechlock.fem.static import StaticResult
from mechlock.mesh.mesh import Mesh

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.int64]

_TO_VOIGT = np.array([0, 1, 2, 5, 3, 4])
"""Place of xx, yy, zz, xy, yz, zx among xx, yy, zz, yz, xz, xy, the order of a material's own elasticity matrix."""


@dataclass(frozen=True)
class Judge:
    """Recovery of stress for one model, with the mask of values that may be judged.

    Attributes
    ----------
    recovery : stress.Recovery
    mask : meaningful.Meaningful
    masked : bool
        Whether thicknesses were given, so that singular places are left out.
    expansion : tuple of (n_cells,) arrays
        Coefficient of thermal expansion per cell of each block.
    """

    recovery: stress.Recovery
    mask: meaningful.Meaningful
    masked: bool
    expansion: tuple[Floats, ...]


def elasticity(material: Material) -> Floats:
    """Return the elasticity matrix of a material for strains in the order xx, yy, zz, xy, yz, zx."""
    if material.elasticity is None:
        return stress.isotropic(material.E, material.nu)
    return np.asarray(material.elasticity, float)[np.ix_(_TO_VOIGT, _TO_VOIGT)]


def regions(model: Model, material_of: tuple[Ints, ...]) -> tuple[stress.Region, ...]:
    """Return the regions of a model: each volume group that a material names, or a material's cells where it names none.

    A cell that lies in two such groups belongs to the first.
    """
    mesh, owner = model.mesh, np.concatenate(material_of)
    free = np.ones(len(owner), bool)
    found: list[stress.Region] = []
    for number, (material, groups) in enumerate(model.materials):
        law = elasticity(material)
        for group in groups:
            cells = mesh.volumes[group]
            cells = np.unique(cells[free[cells]])
            free[cells] = False
            found += [stress.Region(group, cells, law)] if len(cells) else []
        rest = np.flatnonzero(free & (owner == number))
        if len(rest):
            found.append(stress.Region(_whole_name(mesh, material), rest, law))
            free[rest] = False
    return tuple(found)


def _whole_name(mesh: Mesh, material: Material) -> str:
    """The one group that covers the whole mesh, or the material's name."""
    covering = [name for name, cells in mesh.volumes.items() if len(cells) == mesh.n_cells]
    return covering[0] if len(covering) == 1 else material.name


def judge(problem: Problem, material_of: tuple[Ints, ...], load_nodes: Ints) -> Judge:
    """Prepare the recovery of stress for all cases.

    Parameters
    ----------
    problem : Problem
    material_of : tuple of (n_cells,) int arrays
        Per mesh block: number of each cell's material in the model.
    load_nodes : (n,) int array
        Nodes on which forces act without an area.
    """
    model = problem.model
    recovery = stress.prepare(model.mesh, regions(model, material_of))
    thickness = np.array([problem.thickness.get(region.name, 0.0) for region in recovery.regions])
    masked = bool((thickness > 0.0).any())
    found = features(model, recovery, load_nodes) if masked else meaningful.Features()
    alpha = np.array([material.alpha for material, _ in model.materials])
    expansion = tuple(alpha[owner] for owner in material_of)
    return Judge(recovery, meaningful.meaningful(recovery, thickness, found), masked, expansion)


def features(model: Model, recovery: stress.Recovery, load_nodes: Ints) -> meaningful.Features:
    """Collect the places at which a linear model is singular."""
    mesh = model.mesh
    held = {item.name: item.on for group in (model.supports, model.pads, model.springs, model.locks) for item in group}
    held |= {f"{item.name}, other side": item.against for item in model.pads if item.against}
    held |= {f"{item.name}, other end": item.to for item in model.locks if item.to}
    held |= {mass.name: mass.attach for mass in model.masses}
    held |= {tie.name: (tie.master, tie.slave) for tie in model.ties}
    nodes = {name: np.concatenate([_group(mesh, group) for group in groups]) for name, groups in held.items()}
    nodes["loads"] = load_nodes
    return meaningful.Features(nodes, {"re-entrant edges": meaningful.reentrant_edges(recovery)})


def _group(mesh: Mesh, name: str) -> Ints:
    return mesh.face_nodes(name) if name in mesh.faces else mesh.nodes[name]


def loaded_nodes(mesh: Mesh, loads: tuple[object, ...]) -> Ints:
    """Nodes of node groups on which forces act."""
    groups = [load.on for load in loads if isinstance(load, Force) and load.on in mesh.nodes and load.on not in mesh.faces]
    return np.unique(np.concatenate([mesh.nodes[name] for name in groups])) if groups else np.zeros(0, np.int64)


def free_strain(judge_: Judge, result: StaticResult) -> tuple[Floats, ...] | None:
    """Free thermal strain at the nodes of every cell, per block."""
    if result.temperature is None:
        return None
    return tuple(change * alpha[:, None] for change, alpha in zip(result.temperature, judge_.expansion, strict=True))


def largest_record(judge_: Judge, field: stress.StressField) -> dict[str, Any]:
    """Return the largest judged von Mises stress for results, with what was left out."""
    (worst,) = meaningful.largest(judge_.recovery, field, judge_.mask)
    record: dict[str, Any] = {
        "value": worst.value if np.isfinite(worst.value) else None,
        "at": worst.at.tolist(),
        "group": worst.region,
    }
    if judge_.masked:
        record["excluded_volume_fraction"] = judge_.mask.excluded_fraction
        record["excluded_value"] = worst.excluded_value
        record["excluded_at"] = worst.excluded_at.tolist()
    return record


def error_records(judge_: Judge, results: Sequence[StaticResult], nodal: Sequence[Floats]) -> list[dict[str, Any]]:
    """Return the estimated relative error in the energy norm, whole and by region, of static cases and their nodal stress.

    Cases without heat are estimated together, which costs each of them half as much.
    """
    heat = [free_strain(judge_, result) for result in results]
    cold = [number for number, free in enumerate(heat) if free is None]
    found: dict[int, error_estimate.ErrorEstimate] = {}
    if cold:
        moved, tensors = (np.stack([values[i] for i in cold]) for values in ([item.displacement for item in results], nodal))
        found = dict(zip(cold, error_estimate.estimates(judge_.recovery, moved, tensors), strict=True))
    for number, free in enumerate(heat):
        if free is not None:
            found[number] = error_estimate.estimate(judge_.recovery, results[number].displacement, nodal[number], free)
    return [{"error_estimate": found[i].relative, "error_estimate_by_region": found[i].by_region} for i in range(len(results))]
