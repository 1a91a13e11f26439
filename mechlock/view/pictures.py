"""The pictures that a report wants of a result: the cases that matter, the first modes, the lock."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from mechlock.mesh.mesh import Mesh
from mechlock.view.fields import Result, grid, sort
from mechlock.view.gl import rendering
from mechlock.view.picture import Picture
from mechlock.view.render import field_picture, mode_picture, parts_picture
from mechlock.view.scene import PARTS_STYLE, Style, scene
from mechlock.view.surface import outer

if TYPE_CHECKING:
    from pyvista import PolyData

STYLE = Style(size=(960, 680))
"""Small enough that letters can be read in a report's column."""

CASES, MODES = 4, 2
"""How many of each are drawn."""

_PARTS = replace(PARTS_STYLE, size=STYLE.size)


def result_pictures(result: Result, results: dict[str, Any], cases: int = CASES, modes: int = MODES) -> tuple[Picture, ...]:
    """Draw the load cases that come nearest to a limit and the first modes; nothing where nothing can be rendered.

    Parameters
    ----------
    result : Result
        The fields.
    results : dict
        The object of ``results.json``, which says which cases those are.
    cases, modes : int
        How many of each at most.
    """
    if not rendering().available:
        return ()
    prepared = scene(result, STYLE)
    named = [name for name in nearest_cases(results) if name in result.cases]
    rest = [name for name in result.cases if name not in named]
    stressed = [name for name in [*named, *rest] if "von_mises" in result.cases[name]]
    drawn = [field_picture(prepared, name) for name in stressed[:cases]]
    return (*drawn, *(mode_picture(prepared, number) for number in list(result.modes)[:modes]))


def nearest_cases(results: dict[str, Any]) -> list[str]:
    """Return the names of the load cases by their smallest margin of a stress criterion (unit MPa), smallest first."""
    margins: dict[str, float] = {}
    for criterion in results.get("criteria", ()):
        margin, case = criterion["margin"], criterion["case"]
        if criterion["unit"] == "MPa" and margin is not None and case:
            margins[str(case)] = min(float(margin), margins.get(str(case), float("inf")))
    return sorted(margins, key=lambda name: margins[name])


class Place(Protocol):
    """Where a planar body stands: its origin (mm) and angle (rad) in the plane of the linkage."""

    @property
    def origin(self) -> tuple[float, float]:
        """Origin of the body's frame in ground's, mm."""
        ...

    @property
    def angle(self) -> float:
        """Angle of the body's x axis against ground's, rad."""
        ...


def placed_surface(mesh: Mesh, place: Place | None = None) -> PolyData:
    """Return the outer surface of a part's mesh, moved from its body's frame to ground's."""
    surface: Any = outer(grid(mesh, {})).faces
    if place is not None:
        surface = surface.rotate_z(math.degrees(place.angle), inplace=False).translate((*place.origin, 0.0), inplace=False)
    return surface


def part_picture(name: str, mesh: Mesh, von_mises: Any, displacement: Any = None) -> tuple[Picture, ...]:
    """Draw the stress of one lock part (MPa at the nodes); nothing where nothing can be rendered."""
    if not rendering().available:
        return ()
    fields = {"von_mises": von_mises} if displacement is None else {"von_mises": von_mises, "displacement": displacement}
    drawn = field_picture(scene(sort(grid(mesh, fields), name), _PARTS), name)
    return (replace(drawn, section="lock_parts"),)


def lock_pictures(parts: Sequence[tuple[str, PolyData]], name: str) -> tuple[Picture, ...]:
    """Draw a lock assembled and taken apart; nothing where nothing can be rendered, or without parts."""
    if not parts or not rendering().available:
        return ()
    apart = (0.25, 0.25, 2.5)
    return (parts_picture(parts, name, style=_PARTS), parts_picture(parts, f"{name}, taken apart", explode=apart, style=_PARTS))
