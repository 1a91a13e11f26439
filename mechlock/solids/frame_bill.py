"""Bill of materials of a frame: what is welded together, by section or gauge, with length and mass."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TypeGuard

import numpy as np

from mechlock.inputs.profiles import rolled_areas
from mechlock.inputs.sections import corner_radii
from mechlock.solids.frame import FrameSolid
from mechlock.solids.frame_gussets import Gusset
from mechlock.solids.frame_parts import Part
from mechlock.solids.swept_part import SweptPart


@dataclass(frozen=True)
class BillRow:
    """Parts of one entry of the file that are made of the same stock.

    Attributes
    ----------
    group : str
        Gauge group.
    entry : str
        Where they stand in the file.
    text : str
        How the trade writes it.
    material : str
    count : int
    length : float
        Cut length in mm of all of them together (members and braces, along their centre lines; else 0).
    area : float
        Sheet area in mm² of all of them together (plates only, else 0).
    mass : float
        In tonne, of all of them together, with sharp corners as they are modelled.
    rounded_mass : float
        The same with the corner radii of cold-formed hollow sections (EN 10219-2) and the root radii of rolled sections of the
        table.
    """

    group: str
    entry: str
    text: str
    material: str
    count: int
    length: float
    area: float
    mass: float
    rounded_mass: float


def bill_of_materials(solid: FrameSolid, density: float) -> tuple[BillRow, ...]:
    """Rows of the bill in order of the file; `density` in tonne/mm³."""
    rows: dict[tuple[str, str, str], list[Part | SweptPart | Gusset]] = {}
    for part in (*solid.parts, *solid.swept):
        rows.setdefault((part.group, part.entry, part.text), []).append(part)
    return tuple(
        BillRow(
            group,
            entry,
            text,
            solid.material,
            len(parts),
            sum(part.length for part in parts if isinstance(part, SweptPart) or _is_member(part)),
            sum(part.volume / part.thickness for part in parts if isinstance(part, Gusset) or _is_plate(part)),
            sum(part.volume for part in parts) * density,
            sum(part.volume * (1.0 + _radii(part)) for part in parts) * density,
        )
        for (group, entry, text), parts in rows.items()
    )


def _radii(part: Part | SweptPart | Gusset) -> float:
    """What round corners add to a part's volume, relative: less at those of hollow sections, more in roots."""
    if isinstance(part, Gusset) or (isinstance(part, SweptPart) and part.section.round):
        return 0.0
    if isinstance(part, SweptPart):
        hollow, sides, area = part.section.hollow, part.section.size, part.section.area
    elif _is_member(part):
        sides = np.delete(np.ptp(part.envelope, axis=0), part.axis)
        hollow, area = part.kind == "hollow", 0.0
    else:
        return 0.0
    if hollow:
        outer, inner = corner_radii(part.thickness)
        area = float(np.prod(sides) - np.prod(sides - 2.0 * part.thickness))
        return -(4.0 - np.pi) * (outer**2 - inner**2) / area
    found = rolled_areas(part.text)
    return 0.0 if found is None else found[0] / found[1] - 1.0


def _is_plate(part: Part | SweptPart | Gusset) -> bool:
    return isinstance(part, Part) and part.kind == "plate"


def _is_member(part: Part | SweptPart | Gusset) -> TypeGuard[Part]:
    return isinstance(part, Part) and part.kind in {"hollow", "open"}


def group_masses(solid: FrameSolid, density: float) -> dict[str, float]:
    """Mass of each gauge group in tonne."""
    return {
        group: sum(part.volume for part in (*solid.parts, *solid.swept) if part.group == group) * density
        for group in solid.groups
    }


def bill_csv(rows: tuple[BillRow, ...]) -> str:
    """Return the bill as CSV text with units in its heading."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["group", "entry", "stock", "material", "count", "length_mm", "area_mm2", "mass_kg", "mass_with_radii_kg"])
    for row in rows:
        figures = [f"{row.length:.1f}", f"{row.area:.0f}", f"{row.mass * 1e3:.3f}", f"{row.rounded_mass * 1e3:.3f}"]
        writer.writerow([row.group, row.entry, row.text, row.material, row.count, *figures])
    totals = [f"{sum(values) * 1e3:.3f}" for values in ([row.mass for row in rows], [row.rounded_mass for row in rows])]
    writer.writerow(["total", "", "", "", sum(row.count for row in rows), "", "", *totals])
    return stream.getvalue()
