"""Direct solvers for symmetric positive definite matrices given by their upper part: MKL's PARDISO where installed, else SuperLU.

The choice is made once per process and its name stands in the results.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Protocol

import numpy as np
import scipy.sparse as sp

from mechlock.fem.cores import beside
from mechlock.fem.indices import Index
from mechlock.fem.ordering import corner_order
from mechlock.fem.pardiso import NotPositiveDefinite, Pardiso, library
from mechlock.fem.pattern import Pattern
from mechlock.mesh.mesh import Floats, Mesh

if TYPE_CHECKING:
    from scipy.sparse.linalg import SuperLU

# A pivot below this part of its row's diagonal entry has lost all but the last digits: the structure is free to move.
_PIVOT = 1e-13


class Factor(Protocol):
    """A factored matrix."""

    name: str

    def solve(self, right: Floats) -> Floats:
        """Solve for right-hand sides of shape (n,) or (n, k)."""
        ...

    @property
    def factor_entries(self) -> int:
        """Number of entries in the factor."""
        ...

    def release(self) -> None:
        """Give the memory back."""
        ...


class SuperLUFactor:
    """SciPy's SuperLU in symmetric mode, with one step of iterative refinement."""

    name = "SuperLU"

    def __init__(self, upper: sp.csr_array | sp.bsr_array) -> None:
        from scipy.sparse.linalg import splu  # takes a tenth of a second to load

        upper = sp.csr_array(sp.triu(upper, format="csr"))
        full = sp.csc_array(upper + sp.triu(upper, 1).T)
        try:
            found = splu(full, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True})
        except RuntimeError as error:
            raise NotPositiveDefinite from error
        pivots = found.U.diagonal()
        diagonal = full.diagonal()[np.argsort(found.perm_c)]
        if not (pivots > _PIVOT * diagonal).all():
            raise NotPositiveDefinite
        self._matrix = full
        self._factor: SuperLU | None = found

    def solve(self, right: Floats) -> Floats:
        """Solve for right-hand sides of shape (n,) or (n, k)."""
        assert self._factor is not None
        b = np.ascontiguousarray(right)
        x = self._factor.solve(b)
        return x + self._factor.solve(b - self._matrix @ x)

    @property
    def factor_entries(self) -> int:
        """Number of entries in the factor."""
        return 0 if self._factor is None else int(self._factor.L.nnz)

    def release(self) -> None:
        """Give the memory back."""
        self._factor = None


@cache
def solver_name() -> str:
    """Name of the solver that this installation uses."""
    return Pardiso.name if library() is not None else SuperLUFactor.name


class Ahead:
    """The layout of the first factor of a mesh' matrix, worked out from the pattern alone.

    Parameters
    ----------
    mesh : Mesh
    pattern : Pattern
    at_once : bool
        Begin on another core now, while the values are still being assembled; else when it is taken.
    """

    def __init__(self, mesh: Mesh, pattern: Pattern, *, at_once: bool) -> None:
        self._mesh, self._pattern = mesh, pattern
        self._work = beside(self._laid_out) if at_once and library() is not None else None
        self._taken = False

    def _laid_out(self) -> Pardiso:
        found = Pardiso(corner_order(self._mesh, self._pattern))
        found.lay_out(self._pattern.pointer, self._pattern.columns, 3)
        return found

    def take(self, upper: sp.csr_array | sp.bsr_array) -> Pardiso | None:
        """The layout for a matrix of blocks; None where its pattern is another one, or the layout has been taken."""
        same = zip((self._pattern.pointer, self._pattern.columns), (upper.indptr, upper.indices), strict=True)
        if self._taken or not all(np.array_equal(one, two) for one, two in same):
            return None
        self._taken, work, self._work = True, self._work, None
        return self._laid_out() if work is None else work.result()


def factorise(
    upper: sp.csr_array | sp.bsr_array, permutation: Index | None = None, solver: str | None = None, ahead: Ahead | None = None
) -> tuple[Factor, Index | None]:
    """Factor a matrix.

    Parameters
    ----------
    upper : sparse array
        Upper part in CSR form, columns ascending, full diagonal; or in block form with full diagonal blocks.
    permutation : (n,) int array, optional
        What an earlier call with the same pattern returned.
    solver : str, optional
        ``MKL PARDISO`` or ``SuperLU``; by default the best that is installed.
    ahead : Ahead, optional
        Taken where no permutation is given.

    Returns
    -------
    Factor, permutation
        The permutation can be given to the next call with the same pattern.

    Raises
    ------
    NotPositiveDefinite
        The structure is free to move.
    """
    if (solver or solver_name()) == SuperLUFactor.name:
        return SuperLUFactor(upper), None
    found = ahead.take(upper) if ahead is not None and permutation is None else None
    if found is None:
        found = Pardiso(permutation)
        found.analyse(upper)
    found.factor(upper)
    return found, found.permutation


def hold_blocks(upper: sp.bsr_array, fixed: np.ndarray) -> sp.bsr_array:
    """Copy of an upper block matrix whose fixed unknowns are decoupled: their rows and columns zero, their diagonal kept."""
    node_fixed = fixed.reshape(-1, 3)
    rows = np.repeat(np.arange(len(node_fixed)), np.diff(upper.indptr))
    held = np.asarray(node_fixed.any(axis=1))
    some = np.flatnonzero(held[rows] | held[upper.indices])
    kept = ~(node_fixed[rows[some]][:, :, None] | node_fixed[upper.indices[some]][:, None, :])
    data = upper.data.copy()
    data[some] = np.where(kept, upper.data[some], 0.0)
    first = upper.indptr[:-1]
    for axis in range(3):
        diagonal = upper.data[first, axis, axis]
        data[first, axis, axis] = np.where(diagonal > 0, diagonal, 1.0)
    return sp.bsr_array((data, upper.indices, upper.indptr), shape=upper.shape)
