"""A lock: its linkage, its parts and where they stand, with masses and a bill of materials."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from mechlock.inputs.design import Design
from mechlock.inputs.linkage import LinkageSource
from mechlock.inputs.lockparts import LockPartsFile
from mechlock.inputs.materials import MaterialRecord, find
from mechlock.linkage.mechanism import GROUND, Mechanism
from mechlock.linkage.positions import Positions
from mechlock.linkage.semantics import build
from mechlock.solids import cad
from mechlock.solids.frame_step import write_step
from mechlock.solids.lock_grips import Grip, grips
from mechlock.solids.lock_outlines import Points
from mechlock.solids.lock_parts import lock_parts, pin_joints
from mechlock.solids.lock_position import Floats, Placement, body_points, locked_drive, placements
from mechlock.solids.parts import MassProperties, Part, mass_properties

COLOURS = {
    "hook": (0.80, 0.25, 0.20),
    "plate_link": (0.25, 0.45, 0.70),
    "bell_crank": (0.90, 0.65, 0.20),
    "slider": (0.45, 0.65, 0.45),
    "eccentric": (0.85, 0.45, 0.30),
    "plunger": (0.45, 0.65, 0.45),
    "wedge": (0.85, 0.45, 0.30),
    "bush": (0.80, 0.70, 0.45),
    "pin": (0.30, 0.30, 0.32),
    "striker": (0.55, 0.35, 0.60),
}
STEEL = (0.72, 0.75, 0.78)

__all__ = ["BillRow", "Lock", "bill_of_materials", "build_lock", "lock_shape", "write_step"]


@dataclass(frozen=True)
class Lock:
    """A lock with all its parts.

    Attributes
    ----------
    file : LockPartsFile
        The data that the parts were made from.
    positions : Positions
        Solver of its linkage.
    drive : float
        Drive coordinate of the locked position (rad or mm).
    locked : mapping of body to Placement
        Where the bodies stand when locked; ``ground`` and ``pack`` stand at the origin.
    points : mapping of body to points
        Named points in the bodies' frames (mm).
    parts : tuple of Part
    grips : mapping of joint to Grip
    joints : mapping of joint to its two (body, point)
    materials : mapping of str to MaterialRecord
        Of every material that a part names.
    """

    file: LockPartsFile
    positions: Positions
    drive: float
    locked: Mapping[str, Placement]
    points: Mapping[str, Points]
    parts: tuple[Part, ...]
    grips: Mapping[str, Grip]
    joints: Mapping[str, tuple[tuple[str, str], tuple[str, str]]]
    materials: Mapping[str, MaterialRecord]

    @property
    def mechanism(self) -> Mechanism:
        """The linkage."""
        return self.positions.mechanism

    def part(self, name: str) -> Part:
        """Return the part called `name`."""
        return next(part for part in self.parts if part.name == name)

    def placements(self, drives: Floats) -> list[dict[str, Placement]]:
        """Return where the bodies stand at each drive coordinate (rad or mm)."""
        ground = Placement((0.0, 0.0), 0.0)
        return [{**found, "pack": ground} for found in placements(self.positions, drives)]

    def yield_strength(self, part: Part) -> float:
        """Yield strength (MPa) of a part at its ruling thickness."""
        return self.materials[part.material].yield_at(part.ruling)

    def mass_properties(self, part: Part) -> MassProperties:
        """Mass properties of a part in its body's frame."""
        return mass_properties(part, self.materials[part.material].density)


@dataclass(frozen=True)
class BillRow:
    """A line of the bill of materials: equal parts together; masses in t."""

    name: str
    kind: str
    count: int
    material: str
    size: str
    mass_each: float
    mass: float


def design_lock(design: Design) -> Lock:
    """Make the lock of a design."""
    return build_lock(design.linkage, design.parts, design.files.get("lock.parts", design.where))


def build_lock(linkage: LinkageSource | Mechanism, file: LockPartsFile, where: str = "") -> Lock:
    """Make the parts of a lock and place them.

    Parameters
    ----------
    linkage : LinkageSource or Mechanism
    file : LockPartsFile
    where : str
        The file of the parts, for messages.

    Raises
    ------
    InputError
        When parts and linkage do not fit, a material is unknown, or a dimension leaves no material; with file and key.
    """
    mechanism = linkage if isinstance(linkage, Mechanism) else build(linkage)
    positions = Positions(mechanism)
    drive = locked_drive(mechanism)
    locked = placements(positions, np.array([drive]))[0]
    parts = lock_parts(positions, file, locked, where)
    joints = pin_joints(mechanism)
    materials = {part.material: find(part.material, _material_key(part, where)) for part in parts}
    located = {**locked, "pack": Placement((0.0, 0.0), 0.0)}
    found = grips(parts, file, joints, where)
    return Lock(file, positions, drive, located, body_points(positions), parts, found, joints, materials)


def _material_key(part: Part, where: str) -> str:
    pin = part.bores[0].joint if part.kind == "bush" else re.sub(r"^pin_|(?<=.)_[12]$", "", part.name)
    table = f"pins.{pin}" if part.kind in {"pin", "bush"} else "striker"
    key = f"{table}.material" if part.kind in {"pin", "bush", "striker"} else f"bodies.{part.body}.material"
    return f"{where}: {key}" if where else key


def bill_of_materials(lock: Lock) -> tuple[BillRow, ...]:
    """Return the parts with count, material, size and mass; equal plates and pins in one line, the striker last."""
    rows: dict[tuple[str, str, str, float], list[Part]] = {}
    for part in lock.parts:
        mass = lock.mass_properties(part).mass
        label = part.kind if part.kind == "pin" else re.sub(r"_\d+$", "", part.name)
        rows.setdefault((label, part.material, _size(part), round(mass, 9)), []).append(part)
    found: list[BillRow] = []
    for (label, material, size, mass), members in rows.items():
        name = " ".join(member.name for member in members) if label == "pin" else label
        found.append(BillRow(name, members[0].kind, len(members), material, size, mass, mass * len(members)))
    return tuple(found)


def _size(part: Part) -> str:
    low, high = part.reach
    corners = np.concatenate([slab.outline.polygon(0.01) for slab in part.slabs])
    across = np.ptp(corners, axis=0)
    if part.kind in {"pin", "striker", "bush"}:
        return f"dia {across[0]:.4g} x {high - low:.4g} mm"
    return f"{across[0]:.4g} x {across[1]:.4g} x {high - low:.4g} mm"


def lock_shape(lock: Lock, drive: float | None = None) -> Any:
    """Return the lock as a compound of named and coloured solids in ground's frame, locked or with the drive elsewhere."""
    places = lock.locked if drive is None else lock.placements(np.array([drive]))[0]
    shapes: list[Any] = []
    for part in lock.parts:
        shape = cad.placed(cad.solid(part), places[part.body])
        shape.name = part.name
        shape.faces.col = COLOURS.get(part.kind, STEEL if part.body == GROUND else (0.5, 0.5, 0.5))
        shapes.append(shape)
    return cad.kernel().Compound(shapes)


def exploded(lock: Lock, spread: float = 40.0) -> dict[str, float]:
    """Return how far (mm along z) each part is drawn out for an exploded view: plates apart, pins to one side.

    Parameters
    ----------
    spread : float
        Distance put between neighbouring plates, mm.
    """
    middle = {part.name: sum(part.reach) / 2.0 for part in lock.parts if part.kind != "pin"}
    levels = sorted({round(abs(z), 6) for z in middle.values()})
    offsets = {name: float(np.sign(round(z, 6))) * spread * levels.index(round(abs(z), 6)) for name, z in middle.items()}
    outside = max(part.reach[1] + offsets.get(part.name, 0.0) for part in lock.parts if part.kind != "pin")
    for part in lock.parts:
        if part.kind == "pin":
            offsets[part.name] = outside + spread - part.reach[0]
    return offsets
