"""The element size with which a frame's estimated error is what was asked for: meshes are solved until one reaches it.

The estimate is that of Zienkiewicz and Zhu (`mechlock.fem.error_estimate`), of the worst load case. Corners of the model are
singular, so that the error falls with about the square root of the size; the rate is taken from the meshes solved before.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from mechlock.errors import InputError
from mechlock.fem import error_estimate, stress
from mechlock.inputs.materials import MaterialRecord
from mechlock.pipeline.frame_analysis import FrameSolution

ROUNDS = 6
"""Meshes that are solved at most."""

MOST_DOFS = 1_000_000
"""Degrees of freedom beyond which no mesh is solved."""

_RATE = 0.5
_RATES = (0.4, 1.0)
# The size changes by no less and no more than these factors from mesh to mesh.
_STEPS = (0.3, 0.8)
_AIM = 0.95


@dataclass(frozen=True)
class Round:
    """One mesh on the way.

    Attributes
    ----------
    size : float
        Largest element in mm.
    dofs : int
    error : float
        Estimated relative error in the energy norm, of the worst case.
    case : str
    """

    size: float
    dofs: int
    error: float
    case: str


def rounds_to(
    wanted: float, start: float, count: Callable[[float], int], measure: Callable[[float], tuple[str, float]]
) -> tuple[Round, ...]:
    """Solve ever finer meshes until the error is at most `wanted`; the last round is the one that reaches it.

    Parameters
    ----------
    wanted : float
        Relative error.
    start : float
        Size to begin with, mm.
    count : callable
        Degrees of freedom of a size.
    measure : callable
        Worst case and its relative error on the mesh of a size.

    Raises
    ------
    InputError
        When `ROUNDS` meshes or `MOST_DOFS` are not enough, with the smallest error reached.
    """
    found: list[Round] = []
    size = start
    for _ in range(ROUNDS):
        dofs = count(size)
        while found and dofs == found[-1].dofs:
            size *= _STEPS[1]
            dofs = count(size)
        if dofs > MOST_DOFS:
            raise _missed(wanted, found, f"the next mesh would have {dofs:,} degrees of freedom, above {MOST_DOFS:,}")
        case, error = measure(size)
        found.append(Round(size, dofs, error, case))
        if error <= wanted:
            return tuple(found)
        size *= float(np.clip((_AIM * wanted / error) ** (1 / _rate(found)), *_STEPS))
    raise _missed(wanted, found, f"{ROUNDS} meshes were solved")


def _rate(found: Sequence[Round]) -> float:
    """Power of the size with which the error has fallen between the last two meshes."""
    if len(found) < 2:
        return _RATE
    before, last = found[-2], found[-1]
    return float(np.clip(np.log(last.error / before.error) / np.log(last.size / before.size), *_RATES))


def _missed(wanted: float, found: Sequence[Round], why: str) -> InputError:
    if not found:
        return InputError(why, "--error", "give a coarser [mesh] frame in the design")
    best = min(found, key=lambda item: item.error)
    reached = f"{best.error:.3g} with elements of {best.size:.3g} mm ({best.dofs:,} degrees of freedom)"
    return InputError(f"no mesh reaches an error of {wanted:g}: {why}", "--error", f"the least was {reached}: ask for no less")


def worst_error(solved: FrameSolution, steel: MaterialRecord) -> tuple[str, float]:
    """Static state with the greatest estimated error, and that error."""
    tensor, results = solved.tensor, solved.static.results
    elasticity = stress.isotropic(steel.E, steel.nu)
    regions = [stress.Region(group, tensor.mesh.volumes[group], elasticity) for group in tensor.solid.groups]
    recovery = stress.prepare(tensor.mesh, regions)
    nodal = np.array([stress.recover(recovery, result.displacement).nodal for result in results.values()])
    moved = np.array([result.displacement for result in results.values()])
    errors = [found.relative for found in error_estimate.estimates(recovery, moved, nodal)]
    worst = int(np.argmax(errors))
    return list(results)[worst], errors[worst]
