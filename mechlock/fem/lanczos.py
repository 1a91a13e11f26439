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
    solve: Operator, mass: Operator, n_dof: int, count: int, allowed: np.ndarray, tolerance: float = 1e-10
) -> Pairs:
    """Largest eigenpairs of solve(mass(x)) = theta x.

    Parameters
    ----------
    solve, mass : callables on (n_dof, k) arrays
    n_dof, count : int
    allowed : (n_dof,) bool array
        Components that may move.
    tolerance : float
        On the residual of each pair, relative to its eigenvalue (the eigenvalue's own error is its square).

    Raises
    ------
    NoVerdict
        When the pairs do not converge.
    """
    width = min(_BLOCK, max(2, count))
    limit = min(int(allowed.sum()), 20 * count + 200)
    start = np.random.default_rng(20240501).standard_normal((n_dof, width)) * allowed[:, None]
    # one application takes the start out of the rough high modes
    q, heavy, _ = _orthonormal(solve(mass(start)), mass)
    basis, masses = [q], [heavy]
    projected = np.zeros((0, 0))
    solves = width
    while True:
        w = solve(masses[-1])
        solves += w.shape[1]
        rows: list[Floats] = [np.zeros((b.shape[1], w.shape[1])) for b in basis]
        for _ in range(2):
            for i, (b, m) in enumerate(zip(basis, masses, strict=True)):
                part = m.T @ w
                w = w - b @ part
                rows[i] = rows[i] + part
        column = np.vstack(rows)
        size = len(column)
        grown = np.zeros((size, size))
        grown[: len(projected), : len(projected)] = projected
        grown[:, size - column.shape[1] :] = column
        grown[size - column.shape[1] :, :] = column.T
        projected = 0.5 * (grown + grown.T)
        q, heavy, upward = _orthonormal(w, mass)
        theta, s = np.linalg.eigh(projected)
        theta, s = theta[::-1], s[:, ::-1]
        residual = np.linalg.norm(upward @ s[-column.shape[1] :], axis=0)
        wanted = min(count, size)
        done = (residual[:wanted] <= tolerance * np.abs(theta[:wanted])).all() and size >= count
        if done or not q.shape[1]:
            if size < count:
                raise NoVerdict(f"the model has only {size} modes, not {count}", mend="ask for fewer modes")
            return Pairs(theta[:count], np.hstack(basis) @ s[:, :count], solves)
        if size + q.shape[1] > limit:
            raise NoVerdict(f"{count} modes did not converge within {size} Lanczos vectors", mend="ask for fewer modes")
        basis.append(q)
        masses.append(heavy)
