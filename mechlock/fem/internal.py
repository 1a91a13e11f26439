"""Internal nodal forces and strain energy from strains and stresses, element by element, without the assembled matrix."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import scipy.sparse as sp

from mechlock.fem import assumed_stress
from mechlock.fem.assembly import System
from mechlock.fem.cores import on_all_cores
from mechlock.fem.elements import table
from mechlock.fem.geometry import inverse, jacobians
from mechlock.fem.model import Material
from mechlock.fem.stiffness import elasticity_tensor
from mechlock.mesh.mesh import Floats, Ints

_CHUNK_BYTES = 6e6

Heat = tuple[tuple[Floats, ...] | None, ...]


def nodal_forces(system: System, displacement: Floats) -> Floats:
    """Forces that the stresses of displacements (n_dof, k) exert on the nodes' supports, N, shape (n_dof, k)."""
    return _summed(system, displacement, None, None, energies=False)[0]


def internal_forces(
    system: System, displacement: Floats, temperature: Heat | None = None, chosen: np.ndarray | None = None
) -> tuple[Floats, Floats, Floats]:
    """Forces that the stresses exert on the nodes' supports, and the energy behind them.

    Parameters
    ----------
    system : System
    displacement : (n_dof, k) array
        Of k cases, mm.
    temperature : k entries
        Temperature change per mesh block and cell node, or None.
    chosen : (n_cells,) bool array, optional
        Cells that count; all by default.

    Returns
    -------
    forces : (n_dof, k) array
        integral(B^T sigma), N.
    work : (k,) array
        integral(sigma : epsilon), N mm (twice the strain energy when there is no thermal strain).
    energy : (k,) array
        integral(sigma : (epsilon - thermal)) / 2, N mm.
    """
    return _summed(system, displacement, temperature, chosen, energies=True)


@dataclass(frozen=True)
class _Part:
    """Cells of one block, one material, all straight-edged or all curved."""

    block: int
    cells: Ints
    material: int
    straight: bool


def _summed(
    system: System, displacement: Floats, heat: Heat | None, chosen: np.ndarray | None, *, energies: bool
) -> tuple[Floats, Floats, Floats]:
    n_cases = displacement.shape[1]
    u = np.ascontiguousarray(displacement).reshape(-1, 3, n_cases)
    forces, work, energy = np.zeros_like(u), np.zeros(n_cases), np.zeros(n_cases)
    parts = list(_parts(system, u, chosen, heated=heat is not None))
    for nodes, push, done, stored in on_all_cores(lambda part: _one(system, part, u, heat, energies), parts):
        forces[nodes] += push
        work += done
        energy += stored
    return forces.reshape(-1, n_cases), work, energy


def _parts(system: System, u: Floats, chosen: np.ndarray | None, *, heated: bool) -> Iterator[_Part]:
    """The chosen cells in parts that fit the cache; unless they are heated, without those none of whose nodes move."""
    moves = np.any(u != 0.0, axis=(1, 2))
    for number, (block, owner) in enumerate(zip(system.mesh.blocks, system.material_of, strict=True)):
        wanted = np.ones(len(owner), bool) if heated or moves.all() else moves[block.cells].any(axis=1)
        if chosen is not None:
            wanted &= chosen[system.mesh.offsets[number] : system.mesh.offsets[number + 1]]
        for material in np.unique(owner):
            for straight in (True, False):
                cells = np.flatnonzero(wanted & (owner == material) & (system.mesh.straight[number] == straight))
                n_points = len(_gradients(block.kind, straight, heated)[1])
                step = max(16, int(_CHUNK_BYTES / (8 * 2 * 9 * n_points * u.shape[2])))
                for start in range(0, len(cells), step):
                    yield _Part(number, cells[start : start + step], int(material), straight)


@cache
def _gradients(kind: str, straight: bool, at_points: bool) -> tuple[Floats, Floats]:
    """Gradient tables (3 n_points, n_nodes), by direction then point, and the points' weights (n_points,).

    Straight-edged cells have one Jacobian: only integrals of products of gradients matter, which as many generalised points of
    weight 1 as the gradients have independent shapes give exactly. Where values `at_points` are wanted, as heat is, these are
    quadrature points.
    """
    rule = table(kind, "stiffness" if straight else "curved")
    weights, gradients = rule.weights, rule.gradients.reshape(len(rule.weights), -1)
    if straight and not at_points:
        size, shapes = np.linalg.eigh(gradients.T @ (weights[:, None] * gradients))
        kept = size > 1e-12 * size[-1]
        gradients, weights = np.sqrt(size[kept, None]) * shapes[:, kept].T, np.ones(int(kept.sum()))
    rows = gradients.reshape(len(weights), -1, 3).transpose(2, 0, 1).reshape(3 * len(weights), -1)
    return np.ascontiguousarray(rows), weights


def _laws(inverted: Floats, determinant: Floats, material: Material) -> Floats:
    """Stress on a reference face (i, r) per gradient of displacement along a reference direction (j, s), shape (..., 9, 9).

    det J (J^-1)_rk C_ikjl (J^-1)_sl for inverse Jacobians of shape (..., 3, 3).
    """
    shape = inverted.shape[:-2]
    tensor = elasticity_tensor(material).transpose(1, 0, 2, 3).reshape(3, 27)
    half = (inverted @ tensor).reshape(*shape, 27, 3)  # (r, i, j), l
    full = (half @ (inverted * determinant[..., None, None]).swapaxes(-1, -2)).reshape(*shape, 3, 3, 9)  # r, i, (j, s)
    return np.ascontiguousarray(full.swapaxes(-3, -2)).reshape(*shape, 9, 9)


def _one(system: System, part: _Part, u: Floats, heat: Heat | None, energies: bool) -> tuple[Ints, Floats, Floats, Floats]:
    """Nodes of a part, forces (n, 3, k) on them, work and energy (k,)."""
    block = system.mesh.blocks[part.block]
    cells = block.cells[part.cells]
    if block.kind == assumed_stress.KIND:
        return _one_assumed(system, part, u, heat)
    rule = table(block.kind, "stiffness" if part.straight else "curved")
    rows, weights = _gradients(block.kind, part.straight, heat is not None)
    n_cells, n_points, n_cases = len(cells), len(weights), u.shape[2]
    jacobian = jacobians(system.mesh.points, cells, rule.gradients[:1] if part.straight else rule.gradients)
    inverted, determinant = inverse(jacobian)
    made_of = system.model.materials[part.material][0]
    laws = _laws(inverted, determinant, made_of)
    local = u[cells]
    # without the mean motion the differences keep their digits
    local = (local - local.mean(axis=1, keepdims=True)).transpose(0, 2, 1, 3)
    slopes = (rows @ local).reshape(n_cells, 9, n_points, n_cases)
    flux = np.empty_like(slopes)
    if part.straight and heat is None:
        np.matmul(laws[:, 0], slopes.reshape(n_cells, 9, -1), out=flux.reshape(n_cells, 9, -1))
    else:
        np.matmul(laws * weights[:, None, None], slopes.swapaxes(1, 2), out=flux.swapaxes(1, 2))
    heated = np.zeros(n_cases)
    if heat is not None and made_of.alpha:
        for case, field in enumerate(heat):
            if field is not None:
                rise = field[part.block][part.cells] @ rule.values.T
                heated[case] = _heat(made_of, rise, weights, jacobian, inverted, determinant, flux[..., case])
    work = (slopes * flux).reshape(-1, n_cases).sum(axis=0) if energies else np.zeros(n_cases)
    push = (rows.T @ flux.reshape(n_cells, 3, 3 * n_points, n_cases)).transpose(0, 2, 1, 3)
    return *_added(cells, push), work, 0.5 * (work - heated)


def _one_assumed(system: System, part: _Part, u: Floats, heat: Heat | None) -> tuple[Ints, Floats, Floats, Floats]:
    """The same for cells of assumed stress."""
    cells = system.mesh.blocks[part.block].cells[part.cells]
    made_of, modes = system.model.materials[part.material][0], system.stress_cells[part.block]
    assert modes is not None
    found = modes.part(part.cells)
    local = u[cells]
    stretch = found.stretch(local - local.mean(axis=1, keepdims=True))
    free = np.zeros_like(stretch)
    for case, field in enumerate(heat or ()):
        if field is not None and made_of.alpha:
            free[..., case] = found.expansion(made_of.alpha * field[part.block][part.cells])
    amplitudes = found.amplitudes(stretch - free)
    work = np.einsum("cbk,cbk->k", amplitudes, stretch)
    heated = np.einsum("cbk,cbk->k", amplitudes, free)
    return *_added(cells, found.forces(amplitudes)), work, 0.5 * (work - heated)


def _heat(
    made_of: Material, rise: Floats, weights: Floats, jacobian: Floats, inverted: Floats, determinant: Floats, flux: Floats
) -> float:
    """Take thermal stress out of one case's stress (n_cells, 9, n_points); returns integral(sigma : thermal strain)."""
    free = np.einsum("ikjj->ik", elasticity_tensor(made_of)) * made_of.alpha
    stress = (determinant[..., None, None] * (free @ inverted.swapaxes(-1, -2))).reshape(*determinant.shape, 9)
    flux -= (stress * (rise * weights)[:, :, None]).swapaxes(1, 2)
    strain = made_of.alpha * rise[:, :, None] * jacobian.reshape(*determinant.shape, 9)
    return float(np.einsum("cpm,cmp->", strain, flux))


def _added(cells: Ints, values: Floats) -> tuple[Ints, Floats]:
    """Nodes of the cells, each once, and the sum (n, 3, k) of the values (n_cells, n_nodes, 3, k) at each."""
    flat = cells.ravel()
    order = np.argsort(flat, kind="stable")
    ordered = flat[order]
    first = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    pointer = np.append(first, len(flat)).astype(np.int32)
    adder = sp.csr_array((np.ones(len(flat)), order.astype(np.int32), pointer), shape=(len(first), len(flat)))
    return ordered[first], (adder @ values.reshape(len(flat), -1)).reshape(len(first), *values.shape[2:])
