"""Bill of materials of a frame: what is welded together, by section or gauge, with length and mass."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TypeGuard

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
        In tonne, of all of them together.
    """

    group: str
    entry: str
    text: str
    material: str
    count: int
    length: float
    area: float
    mass: float


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
        )
        for (group, entry, text), parts in rows.items()
    )


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
    writer.writerow(["group", "entry", "stock", "material", "count", "length_mm", "area_mm2", "mass_kg"])
    for row in rows:
        figures = [f"{row.length:.1f}", f"{row.area:.0f}", f"{row.mass * 1e3:.3f}"]
        writer.writerow([row.group, row.entry, row.text, row.material, row.count, *figures])
    total = sum(row.mass for row in rows) * 1e3
    writer.writerow(["total", "", "", "", sum(row.count for row in rows), "", "", f"{total:.3f}"])
    return stream.getvalue()
