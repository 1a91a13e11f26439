"""The fields of a case, as result files hold them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class CaseFields:
    """Fields of one case, per (region, node) row of the recovery."""

    name: str
    arrays: dict[str, NDArray[Any]]
    frequencies: NDArray[np.float64] | None = None
