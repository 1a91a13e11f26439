"""Integer arrays of any width: what sparse matrices index with."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Index = NDArray[np.integer[Any]]
