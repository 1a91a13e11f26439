"""Buckling cases of a model file: the factors on a static case's loads at which the structure buckles."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mechlock.errors import NoVerdict
from mechlock.fem.assembly import System
from mechlock.fem.static import StaticResult

NO_BUCKLING = (
    "no buckling under these loads, however large: no positive load factor was found, no part is pressed so as to give way"
)


def buckling_record(
    system: System, state: StaticResult, count: int, rows: NDArray[np.int64]
) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Return figures and mode shapes (at the rows' nodes) of one buckling case.

    Parameters
    ----------
    state : StaticResult
        The case's loads, solved; contacts stay as they stand in it.
    """
    from mechlock.fem.buckling import NothingBuckles, solve_buckling

    if state.status != "ok":
        return {"analysis": "buckling", "status": state.status, "reason": state.reason}, {}
    try:
        found = solve_buckling(system, state, count)
    except NothingBuckles:
        return {"analysis": "buckling", "status": "ok", "load_factors": [], "notes": [NO_BUCKLING]}, {}
    except NoVerdict as error:
        return {"analysis": "buckling", "status": "not_converged", "reason": str(error)}, {}
    record: dict[str, Any] = {
        "analysis": "buckling",
        "status": "ok",
        "load_factors": found.factors.tolist(),
        "equilibrium_error": float(found.residual.max()),
        "solver": found.solver,
    }
    return record, {f"mode:{number}": shape[rows] for number, shape in enumerate(found.shapes, start=1)}
