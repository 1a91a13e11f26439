"""Block Lanczos for the lowest modes, with full reorthogonalisation in the mass inner product.

Works on inverse(K + shift M) M (Grimes, Lewis and Simon 1994, without their shift strategy); a block finds repeated modes and
feeds the solver several right-hand sides at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mechlock.errors import NoVerdict
from mechlock.mesh.mesh import Floats

Operator = Callable[[Floats], Floats]
_BLOCK = 8
_RANDOM = 4
_ROUNDING = 1e-12
_SLIP = 1e-10
_PASSES = 3
_NEGLIGIBLE = 1e-6
# Vectors after which eigenvalues that have not turned up positive are taken for absent.
_SEARCHED = 100
_LOOSEST = 1e-5


@dataclass(frozen=True)
class Pairs:
    """Eigenpairs.

    Attributes
    ----------
    values : (n,) array
        Eigenvalues of inverse(K + shift M) M, largest first.
    vectors : (n_dof, n) array
        Mass-orthonormal.
    solves : int
        Right-hand sides solved.
    """

    values: Floats
    vectors: Floats
    solves: int


def _orthonormal(block: Floats, mass: Operator) -> tuple[Floats, Floats, Floats]:
    """Mass-orthonormal basis Q of a block's range, M Q, and R with block = Q R; directions of no weight are dropped."""
    heavy = mass(block)
    gram = block.T @ heavy
    scale = np.sqrt(np.maximum(np.diag(gram), 1e-300))
    values, vectors = np.linalg.eigh(gram / np.outer(scale, scale))
    kept = values > 1e-12 * max(values[-1], 1e-300)
    transform = vectors[:, kept] / np.sqrt(values[kept]) / scale[:, None]
    upward = (vectors[:, kept] * np.sqrt(values[kept])).T * scale
    return block @ transform, heavy @ transform, upward


def largest_pairs(
    operator: Callable[[Floats, Floats], Floats],
    inner: Operator,
    count: int,
    allowed: np.ndarray,
    *,
    start: Floats | None = None,
    positive: bool = False,
    tolerance: float = 1e-6,
) -> Pairs:
    """Largest eigenpairs of operator(x) = theta x for an operator that is self-adjoint in an inner product.

    Parameters
    ----------
    operator : callable of (x, inner(x)), (n_dof, k) arrays
    inner : callable
        Matrix of the inner product times vectors.
    count : int
    start : (n_dof, k) array, optional
        Displacements that are rich in the wanted modes, such as static answers; a few random ones are added.
    positive : bool
        Only positive eigenvalues are wanted; there may be fewer than `count`.
    allowed : (n_dof,) bool array
        Components that may move.
    tolerance : float
        On the residual of each pair, relative to its eigenvalue (the eigenvalue's own error is its square), before a last
        application of the operator.

    Raises
    ------
    NoVerdict
        When the pairs do not converge.
    """
    n_dof, width = len(allowed), min(_BLOCK, max(2, count))
    limit = min(int(allowed.sum()), 20 * count + 200)
    random = np.random.default_rng(20240501).standard_normal((n_dof, width if start is None else _RANDOM)) * allowed[:, None]
    # one application takes the random vectors out of the rough high modes
    smooth = operator(random, inner(random))
    q, heavy, _ = _orthonormal(smooth if start is None else np.hstack([start, smooth]), inner)
    basis = _Stack(n_dof, min(limit + 2 * width, 4 * count + 6 * width))
    projected = np.zeros((0, 0))
    solves = random.shape[1]
    while True:
        basis.push(q)
        w = operator(q, heavy)
        solves += w.shape[1]
        q, heavy, upward, column = _next_block(w, basis.filled, inner)
        size, new = len(column), column.shape[1]
        grown = np.zeros((size, size))
        grown[: len(projected), : len(projected)] = projected
        grown[:, size - new :] = column
        grown[size - new :, :] = column.T
        projected = 0.5 * (grown + grown.T)
        theta, s = np.linalg.eigh(projected)
        theta, s = theta[::-1], s[:, ::-1]
        residual = np.linalg.norm(upward @ s[-new:], axis=0)
        wanted = min(count, size)
        if positive:
            wanted = int((theta[:wanted] > _NEGLIGIBLE * np.abs(theta).max()).sum())
        enough = count if wanted == count else max(count, _SEARCHED)
        done = size >= min(enough, limit - new) and _converged(theta, residual, wanted, tolerance)
        if done or not q.shape[1]:
            if positive:
                count = wanted
            if size < count:
                raise NoVerdict(f"the model has only {size} modes, not {count}", mend="ask for fewer modes")
            return _polished(operator, inner, basis.filled @ s[:, :count], solves)
        if size + q.shape[1] > limit:
            raise NoVerdict(f"{count} modes did not converge within {size} Lanczos vectors", mend="ask for fewer modes")


def _next_block(w: Floats, basis: Floats, inner: Operator) -> tuple[Floats, Floats, Floats, Floats]:
    """What a block adds to a basis: orthonormal Q, inner(Q), R, and the block's components H, with w = basis H + Q R."""
    column = basis.T @ inner(w)
    q, heavy, upward = _orthonormal(w - basis @ column, inner)
    for _ in range(_PASSES):
        slip = basis.T @ heavy
        if np.abs(slip).max(initial=0.0) <= _SLIP:
            break
        # what was left of w was mostly rounding, whose old directions normalising has blown up
        column = column + slip @ upward
        q, heavy, again = _orthonormal(q - basis @ slip, inner)
        upward = again @ upward
    return q, heavy, upward, column


def _converged(theta: Floats, residual: Floats, wanted: int, tolerance: float) -> bool:
    """Whether the first pairs are good enough.

    The operator's rounding, which is in proportion to its largest eigenvalue, sets a floor for the small ones.
    """
    size = np.abs(theta[:wanted])
    allowance = np.clip(_ROUNDING * np.abs(theta).max() / size, tolerance, max(tolerance, _LOOSEST))
    return bool((residual[:wanted] <= allowance * size).all())


def _polished(operator: Callable[[Floats, Floats], Floats], inner: Operator, vectors: Floats, solves: int) -> Pairs:
    """Pairs after one more application, which takes rough errors out, and a Rayleigh-Ritz step in the space it gives.

    With y = A x the eigenvalues of A there are those of y^T I y z = theta y^T I x z.
    """
    from scipy.linalg import eigh  # takes a tenth of a second to load

    if not vectors.shape[1]:
        return Pairs(np.zeros(0), vectors, solves)
    heavy = inner(vectors)
    better = operator(vectors, heavy)
    weight = better.T @ inner(better)
    inverse, turn = eigh(0.5 * (better.T @ heavy + heavy.T @ better), 0.5 * (weight + weight.T))
    order = np.argsort(-1.0 / inverse)
    return Pairs(1.0 / inverse[order], better @ turn[:, order], solves + vectors.shape[1])


class _Stack:
    """Columns that grow in place."""

    def __init__(self, n_rows: int, room: int) -> None:
        self._columns = np.empty((n_rows, room), order="F")
        self._count = 0

    @property
    def filled(self) -> Floats:
        """The columns so far."""
        return self._columns[:, : self._count]

    def push(self, block: Floats) -> None:
        """Append columns, doubling the room when it is full."""
        end = self._count + block.shape[1]
        if end > self._columns.shape[1]:
            larger = np.empty((len(self._columns), 2 * end), order="F")
            larger[:, : self._count] = self.filled
            self._columns = larger
        self._columns[:, self._count : end] = block
        self._count = end
