"""Loops over samples, compiled by numba (extra ``fast``) the first time that they are used."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

WITHOUT = "numba is not installed (extra `fast`): long records are counted with NumPy alone, two to three times slower"


@lru_cache(maxsize=1)
def _compiler() -> Any:
    """Numba's compiler, or None; asked for where it is used, since it takes half a second to load."""
    try:
        from numba import njit  # pyright: ignore[reportMissingImports]
    except ImportError:  # not installed, or not for this version of NumPy
        return None
    return njit


def available() -> bool:
    """Whether loops can be compiled."""
    return _compiler() is not None


def compiled(loop: Callable[..., Any], **options: Any) -> Callable[..., Any] | None:
    """The loop compiled, or None where numba is not installed.

    Parameters
    ----------
    loop : callable
        Of arrays and numbers.
    options
        Of numba's compiler.
    """
    if not available():
        return None
    compiler = _compiler()
    try:
        return compiler(cache=True, nogil=True, **options)(loop)
    except RuntimeError:  # no folder to keep the compiled code in: compile in every process
        return compiler(nogil=True, **options)(loop)
