"""Parts cut open by a plane, for pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from mechlock.errors import InputError

if TYPE_CHECKING:
    from pyvista import PolyData

Axis = Literal["x", "y", "z"]


def cut_open(
    parts: Sequence[tuple[str, PolyData]], axis: Axis, at: float, direction: tuple[float, float, float]
) -> list[tuple[str, PolyData]]:
    """Return what of the parts lies behind a plane across an axis, seen from a direction; cut solids are filled.

    Raises
    ------
    InputError
        When the plane misses them.
    """
    index = "xyz".index(axis)
    low, high = min(part.bounds[2 * index] for _, part in parts), max(part.bounds[2 * index + 1] for _, part in parts)
    if not low < at < high:
        raise InputError(f"the plane {axis} = {at:g} mm misses the parts", mend=f"they lie between {low:g} and {high:g} mm")
    inward = -1.0 if direction[index] >= 0.0 else 1.0
    normal = [inward if number == index else 0.0 for number in range(3)]
    origin = [at if number == index else 0.0 for number in range(3)]
    left: list[tuple[str, Any]] = []
    for name, part in parts:
        near, far = part.bounds[2 * index : 2 * index + 2]
        if not near < at < far:
            piece: Any = part if inward * ((near + far) / 2 - at) > 0.0 else None
        elif part.n_open_edges:
            piece = part.clip(normal=normal, origin=origin, invert=False)
        else:
            piece = part.clip_closed_surface(normal=normal, origin=origin)
        if piece is not None and piece.n_cells:
            left.append((name, piece))
    return left
