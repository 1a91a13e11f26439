"""Linear buckling: the factors on a static case's loads at which the structure loses its stiffness."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mechlock.errors import InputError, NoVerdict
from mechlock.fem.assembly import System
from mechlock.fem.geometric import apply_scalar, geometric_pairs, scalar_matrix
from mechlock.fem.held import Held
from mechlock.fem.lanczos import largest_pairs
from mechlock.fem.linearised import Linearised, linearise
from mechlock.fem.restraint import restrain
from mechlock.fem.static import StaticResult
from mechlock.mesh.mesh import Floats


class NothingBuckles(NoVerdict):
    """Loads under which a structure does not buckle, however large they are."""


@dataclass(frozen=True)
class BucklingSolution:
    """Buckling modes about a static case.

    Attributes
    ----------
    about : str
    factors : (n,) array
        On all loads of the case (preload and temperature included), ascending; positive.
    shapes : (n, n_nodes, 3) array
        Largest displacement one.
    residual : (n,) array
        |K x + factor K_g x| / |K x|.
    solver : str
    """

    about: str
    factors: Floats
    shapes: Floats
    residual: Floats
    solver: str


def solve_buckling(
    system: System,
    about: StaticResult,
    n: int = 5,
    *,
    held: Held | None = None,
    stiffness: Linearised | None = None,
    start: Floats | None = None,
    tolerance: float = 1e-6,
    solver: str | None = None,
) -> BucklingSolution:
    """Lowest positive buckling factors of a static case; contacts stay as they stand in it.

    Parameters
    ----------
    system : System
    about : StaticResult
    n : int
    held : Held, optional
        `StaticSolution.held` of the same case.
    stiffness : Linearised, optional
        The system with the contacts as they stand in the case, where it is known.
    start : (n_dof, k) array, optional
        Displacements near the modes.
    tolerance : float
        On the modes' residuals, relative; the factors are good to the square of it.
    solver : str, optional

    Raises
    ------
    InputError
        When the case has no equilibrium.
    NothingBuckles
        When there is no positive factor: no part is pressed so that it could give way.
    NoVerdict
        When the modes do not converge.
    """
    if about.status != "ok":
        raise InputError(f"buckling of {about.name!r} is not defined: {about.reason}", "buckling")
    state = _stiffness(system, about, held, solver) if stiffness is None else stiffness
    restraint = state.restraint
    if state.free:
        raise InputError("the body can move freely", "buckling", "hold it")
    geometric = scalar_matrix(system, geometric_pairs(system, about))

    def soften(x: Floats, _: Floats) -> Floats:
        return state.solve(-apply_scalar(geometric, x))

    allowed = ~restraint.fixed
    found = largest_pairs(soften, state.product, n, allowed, start=start, positive=True, tolerance=tolerance)
    if not len(found.values):
        state.release()
        raise NothingBuckles("nothing buckles", f"buckling of {about.name}", "no part is in compression")
    factors = 1.0 / found.values
    stiff = state.product(found.vectors)
    left = (stiff + apply_scalar(geometric, found.vectors) * factors) * (~restraint.fixed)[:, None]
    residual = np.linalg.norm(system.unlinked(left), axis=0) / np.linalg.norm(stiff, axis=0)
    shapes = found.vectors.T.reshape(len(factors), -1, 3)
    largest = np.linalg.norm(shapes, axis=2).max(axis=1)
    name = state.factor.name
    state.release()
    return BucklingSolution(about.name, factors, shapes / largest[:, None, None], residual, name)


def _stiffness(system: System, about: StaticResult, held: Held | None, solver: str | None) -> Linearised:
    """The system about the contacts of a case."""
    restraint = held.restraint if held is not None else restrain(system, about.case.supports)
    permutation = None if held is None else held.permutation
    return linearise(system, restraint, about.closed, held=held, permutation=permutation, solver=solver)
