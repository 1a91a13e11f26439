"""Where the names of bodies stand in a mechanism's drawing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

ROOM = 0.045
"""Least distance of a name from what it should not cover, in sizes of the mechanism."""


def body_names(axes: Any, plates: Mapping[str, tuple[str, Array]], taken: Sequence[Array], size: float) -> None:
    """Write each body's name in its colour at the middle of its corners, or towards one of them where that covers something.

    Parameters
    ----------
    axes : matplotlib Axes
        Where to draw.
    plates : mapping of str to (colour, corners of shape (n, 2))
        Bodies by name (mm).
    taken : sequence of array, shape (2,)
        Places of pins and loads (mm).
    size : float
        Size of the mechanism (mm).
    """
    covered = list(taken)
    for body, (colour, corners) in plates.items():
        middle = corners.mean(axis=0)
        if len(corners) == 1:
            options = np.array([middle + [0.0, 0.055 * size]])
        else:
            options = np.array([middle, *(middle + share * (end - middle) for share in (0.3, 0.5) for end in corners)])
        apart = (options[:, None] - np.array(covered)[None]) * [0.5, 1.0]  # names are wider than high
        room = np.linalg.norm(apart, axis=2).min(axis=1)
        free = np.flatnonzero(room > ROOM * size)
        place = options[free[0] if free.size else int(np.argmax(room))]
        covered.append(place)
        axes.annotate(
            body, tuple(place), fontsize=7.5, color=colour, ha="center", va="center", zorder=8,
            bbox={"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none", "alpha": 0.8},
        )  # fmt: skip
