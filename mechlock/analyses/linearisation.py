"""Stress along a line through a wall, split into membrane, bending and peak parts.

sigma_m = integral(sigma dx) / t, sigma_b = 6 / t^2 integral(sigma (t/2 - x) dx) at the start, minus that at the end, component by
component; invariants are taken of the tensors. Source: ASME Boiler and Pressure Vessel Code, Section VIII Division 2, annex 5-A.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mechlock.analyses.stresses import Judge
from mechlock.errors import InputError
from mechlock.fem import probes, stress
from mechlock.inputs.model_readings import Line
from mechlock.mesh.mesh import Mesh

Floats = NDArray[np.floating[Any]]

COMPONENTS = ("xx", "yy", "zz", "xy", "yz", "zx")


@dataclass(frozen=True)
class PlacedLine:
    """A line with its points found in the mesh; `distance` (n,) in mm from the start."""

    line: Line
    distance: Floats
    located: probes.Located


def place_line(mesh: Mesh, line: Line) -> PlacedLine:
    """Find a line's points in the mesh.

    Raises
    ------
    InputError
        When a part of it lies outside.
    """
    start, end = np.asarray(line.start, float), np.asarray(line.end, float)
    share = np.linspace(0.0, 1.0, line.points)
    points = start + share[:, None] * (end - start)
    try:
        located = probes.locate(mesh, points, names=[line.name] * line.points)
    except InputError as error:
        raise error.at(f"lines.{line.name}") from None
    return PlacedLine(line, share * float(np.linalg.norm(end - start)), located)


@dataclass(frozen=True)
class Linearised:
    """Tensors (6,) in the order xx, yy, zz, xy, yz, zx, MPa; bending and peak at the start and at the end."""

    membrane: Floats
    bending: tuple[Floats, Floats]
    peak: tuple[Floats, Floats]
    total: Floats


def linearise(distance: Floats, tensor: Floats) -> Linearised:
    """Split the stress (n, 6) at distances (n,) along a line."""
    from scipy.integrate import simpson  # takes a tenth of a second to load

    length = float(distance[-1])
    membrane = np.asarray(simpson(tensor, x=distance, axis=0)) / length
    bending = 6.0 / length**2 * np.asarray(simpson(tensor * (0.5 * length - distance)[:, None], x=distance, axis=0))
    peak = (tensor[0] - membrane - bending, tensor[-1] - membrane + bending)
    return Linearised(membrane, (bending, -bending), peak, tensor)


def line_record(judge: Judge, placed: PlacedLine, field: stress.StressField) -> dict[str, Any]:
    """Return the figures of one line in one case."""
    found = linearise(placed.distance, probes.interpolate_stress(judge.recovery, placed.located, field.nodal))
    record: dict[str, Any] = {"length_mm": float(placed.distance[-1]), "membrane_MPa": _described(found.membrane)}
    for number, end in enumerate(("start", "end")):
        record[end] = {
            "bending_MPa": _described(found.bending[number]),
            "membrane_and_bending_MPa": _described(found.membrane + found.bending[number]),
            "peak_MPa": _described(found.peak[number]),
            "total_MPa": _described(found.total[-number]),
        }
    return record | {"distance_mm": placed.distance.tolist(), "von_mises_MPa": stress.von_mises(found.total).tolist()}


def _described(tensor: Floats) -> dict[str, float]:
    principal = stress.principal(tensor)
    components = {name: float(value) for name, value in zip(COMPONENTS, tensor, strict=True)}
    return components | {"von_mises": float(stress.von_mises(tensor)), "tresca": float(principal[0] - principal[2])}
