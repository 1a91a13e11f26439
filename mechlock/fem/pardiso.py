"""MKL's PARDISO for symmetric positive definite matrices, through ctypes, with analysis, factorisation and solution kept apart.

Interface: oneMKL Developer Reference, "oneMKL PARDISO - Parallel Direct Sparse Solver Interface" (LP64 integers).
"""

from __future__ import annotations

import ctypes
import os
import sys
import weakref
from functools import cache
from pathlib import Path

import numpy as np
import scipy.sparse as sp

from mechlock.errors import NoVerdict
from mechlock.fem.cores import cores
from mechlock.fem.indices import Index
from mechlock.mesh.mesh import Floats

_SPD = 2
_INTERRUPTED = -13
_ANALYSE, _FACTOR, _SOLVE, _RELEASE = 11, 22, 33, -1
_MESSAGES = {-2: "not enough memory", -4: "the matrix is not positive definite", -3: "reordering failed", -8: "integer overflow"}


class NotPositiveDefinite(Exception):
    """The matrix has a zero or negative pivot: the structure can move freely or is a mechanism."""


@cache
def library() -> ctypes.CDLL | None:
    """Return MKL's runtime library from this environment, or None where it is not installed."""
    # idle threads of the library would spin for 0.2 s after every call, on a core that somebody else could use
    os.environ.setdefault("KMP_BLOCKTIME", "0")
    places = [Path(sys.prefix) / "lib", Path(sys.prefix) / "Library" / "bin"]
    patterns = ("libmkl_rt.so*", "mkl_rt*.dll")
    for place in places:
        for pattern in patterns:
            for path in sorted(place.glob(pattern)):
                try:
                    found = ctypes.CDLL(str(path))
                except OSError:
                    continue
                return found if hasattr(found, "pardiso") else None
    return None


def _set_threads(mkl: ctypes.CDLL) -> None:
    if "MKL_NUM_THREADS" not in os.environ and "OMP_NUM_THREADS" not in os.environ:
        mkl.MKL_Set_Num_Threads(ctypes.c_int(cores()))


def keep_to_one_thread() -> None:
    """Have the calling thread factor and solve on one core; for pools whose threads work at the same time."""
    mkl = library()
    if mkl is not None:
        mkl.MKL_Set_Num_Threads_Local(ctypes.c_int(1))


def _pointer(array: np.ndarray, kind: type) -> object:
    return array.ctypes.data_as(ctypes.POINTER(kind))


class Pardiso:
    """One factorisation.

    Parameters
    ----------
    permutation : (n,) int array or None
        Fill-reducing permutation of an earlier analysis of the same pattern, which then costs nothing to find again.
    """

    name = "MKL PARDISO"

    def __init__(self, permutation: Index | None = None) -> None:
        mkl = library()
        if mkl is None:
            raise NoVerdict("MKL is not installed", mend="install mechlock[fast]")
        _set_threads(mkl)
        self._mkl = mkl
        self._handle = np.zeros(64, np.int64)
        self._iparm = np.zeros(64, np.int32)
        # nested dissection on all cores; no refinement, which is done against stresses instead; count the factor's entries;
        # indices from zero; the cores share the right-hand sides of a solution, and the factor where there is only one
        self._iparm[[0, 1, 7, 9, 17, 24, 34]] = [1, 3, 0, 13, -1, 2, 1]
        self._given = permutation
        self._matrix: tuple[Index, Index, Floats] | None = None
        self.permutation: Index = np.zeros(0, np.int32)
        self._finalizer = weakref.finalize(self, _release, mkl, self._handle, self._iparm)

    def analyse(self, matrix: sp.csr_array | sp.bsr_array) -> None:
        """Order the unknowns and lay out the factor of an upper matrix with sorted columns and a full diagonal.

        In block form (bsr) the diagonal blocks are full, and ordering works on blocks, which is quicker.
        """
        self.lay_out(matrix.indptr, matrix.indices, matrix.blocksize[0] if isinstance(matrix, sp.bsr_array) else 0)

    def lay_out(self, pointer: Index, columns: Index, size: int) -> None:
        """Analyse a pattern of square blocks of a `size` whose values need not be known yet; `size` 0 is a matrix of numbers."""
        self._iparm[36] = size
        self._matrix = (np.ascontiguousarray(pointer, np.int32), np.ascontiguousarray(columns, np.int32), np.zeros(1))
        n = len(pointer) - 1
        if self._given is None:
            self._iparm[4] = 2
            self.permutation = np.zeros(n, np.int32)
        else:
            self._iparm[4] = 1
            self.permutation = np.ascontiguousarray(self._given, np.int32)
        self._call(_ANALYSE, np.zeros(1), np.zeros(1), 1)
        self._iparm[4] = 0

    def factor(self, matrix: sp.csr_array | sp.bsr_array) -> None:
        """Factor a matrix of the analysed pattern.

        Raises
        ------
        NotPositiveDefinite
        """
        self._hold(matrix)
        self._call(_FACTOR, np.zeros(1), np.zeros(1), 1)

    def solve(self, right: Floats) -> Floats:
        """Solve for right-hand sides of shape (n,) or (n, k)."""
        b = np.asfortranarray(right, float)
        x = np.empty_like(b, order="F")
        self._call(_SOLVE, b, x, 1 if b.ndim == 1 else b.shape[1])
        return x

    def release(self) -> None:
        """Give the memory of factor and matrix back."""
        self._finalizer()
        self._matrix = None

    @property
    def factor_entries(self) -> int:
        """Number of entries in the factor."""
        return int(self._iparm[17]) * max(1, int(self._iparm[36])) ** 2

    @property
    def memory_mb(self) -> float:
        """Peak memory of the solver, MB."""
        return max(int(self._iparm[14]), int(self._iparm[15]) + int(self._iparm[16])) / 1024

    def _hold(self, matrix: sp.csr_array | sp.bsr_array) -> None:
        self._iparm[36] = matrix.blocksize[0] if isinstance(matrix, sp.bsr_array) else 0
        self._matrix = (
            np.ascontiguousarray(matrix.indptr, np.int32),
            np.ascontiguousarray(matrix.indices, np.int32),
            np.ascontiguousarray(matrix.data, float),
        )

    def _call(self, phase: int, b: Floats, x: Floats, count: int) -> None:
        assert self._matrix is not None
        pointer, columns, data = self._matrix
        ints = [ctypes.c_int(v) for v in (1, 1, _SPD, phase, len(pointer) - 1, count, 0, 0)]
        maxfct, mnum, mtype, step, n, nrhs, quiet, error = ints
        self._mkl.pardiso(
            _pointer(self._handle, ctypes.c_void_p), ctypes.byref(maxfct), ctypes.byref(mnum), ctypes.byref(mtype),
            ctypes.byref(step), ctypes.byref(n), _pointer(data, ctypes.c_double), _pointer(pointer, ctypes.c_int),
            _pointer(columns, ctypes.c_int), _pointer(self.permutation, ctypes.c_int), ctypes.byref(nrhs),
            _pointer(self._iparm, ctypes.c_int), ctypes.byref(quiet), _pointer(b, ctypes.c_double),
            _pointer(x, ctypes.c_double), ctypes.byref(error),
        )  # fmt: skip
        # a negative pivot met by one thread can reach the caller as the interruption of another
        if error.value == -4 or (error.value == _INTERRUPTED and phase == _FACTOR):
            raise NotPositiveDefinite
        if error.value:
            raise NoVerdict(f"PARDISO failed: {_MESSAGES.get(error.value, f'error {error.value}')}", mend="use a coarser mesh")


def _release(mkl: ctypes.CDLL, handle: np.ndarray, iparm: np.ndarray) -> None:
    """Free PARDISO's memory behind a handle."""
    numbers = [ctypes.c_int(v) for v in (1, 1, _SPD, _RELEASE, 0, 1, 0, 0)]
    maxfct, mnum, mtype, step, n, nrhs, quiet, error = numbers
    nothing = np.zeros(1)
    none = np.zeros(1, np.int32)
    mkl.pardiso(
        _pointer(handle, ctypes.c_void_p), ctypes.byref(maxfct), ctypes.byref(mnum), ctypes.byref(mtype), ctypes.byref(step),
        ctypes.byref(n), _pointer(nothing, ctypes.c_double), _pointer(none, ctypes.c_int), _pointer(none, ctypes.c_int),
        _pointer(none, ctypes.c_int), ctypes.byref(nrhs), _pointer(iparm, ctypes.c_int), ctypes.byref(quiet),
        _pointer(nothing, ctypes.c_double), _pointer(nothing, ctypes.c_double), ctypes.byref(error),
    )  # fmt: skip
