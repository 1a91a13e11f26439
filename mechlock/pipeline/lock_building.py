"""Files and figures of a lock for ``build``: assembly and parts as STEP, STL, DXF and meshes, masses, bill of materials."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mechlock.checks.lock_joint_forces import LockForces
from mechlock.checks.lock_part_model import COARSE, part_sizes
from mechlock.inputs.joint_play import joint_plays
from mechlock.inputs.linkage import LinkageSource
from mechlock.inputs.lockparts import LockPartsFile
from mechlock.inputs.lockparts_bodies import Hook
from mechlock.inputs.writing import toml_tables
from mechlock.mesh.gmsh_format import msh_bytes
from mechlock.mesh.skin import stl_bytes, surface_triangles
from mechlock.mesh.tetrahedra import tetrahedra
from mechlock.mesh.writing import mesh_vtu_bytes
from mechlock.pipeline.lock_decks import deck_forces, part_deck
from mechlock.solids import cad, frame_step
from mechlock.solids.boxes import MassProperties as FrameMass
from mechlock.solids.dxf import plate_dxf
from mechlock.solids.lock import BillRow, Lock, bill_of_materials, lock_shape
from mechlock.solids.lock_proposal import Proposal
from mechlock.solids.lock_travel import travel
from mechlock.solids.parts import MassProperties, Part


def lock_record(lock: Lock) -> dict[str, Any]:
    """Masses of a lock's parts in their own frames, and its bill of materials, as JSON with units in the keys."""
    rows = bill_of_materials(lock)
    return {
        "mass_kg": sum(row.mass for row in rows) * 1e3,
        "parts": {
            part.name: {"body": part.body, "material": part.material, **mass_record(lock.mass_properties(part))}
            for part in lock.parts
        },
        "bill_of_materials": [_row(row) for row in rows],
    }


def plays_record(source: LinkageSource, parts: LockPartsFile) -> list[dict[str, Any]]:
    """Greatest play that the fits of every pin joint allow, beside the clearance that a proof covers."""
    return [
        {
            "joint": item.joint,
            "pin": item.pin,
            "fit": item.fit,
            "seat": item.seat,
            "play_mm": item.play,
            "clearance_mm": item.clearance,
            "clearance_from": "fits" if item.given is None or item.joint in source.fits else "linkage",
        }
        for item in joint_plays(source, parts)
    ]


def travel_record(lock: Lock, where: str) -> dict[str, Any]:
    """What meets between the locked and the open position.

    Raises
    ------
    InputError
        When the open position is no angle or length, or the linkage does not reach it.
    """
    found = travel(lock, where)
    scale, unit = (1.0, "mm") if lock.mechanism.drive.sliding else (180.0 / np.pi, "deg")
    return {
        f"open_at_{unit}": found.end * scale,
        "open_at_assumed": found.assumed,
        "hooks_turned_deg": {name: float(np.degrees(angle)) for name, angle in found.swing.items()},
        "interferences": [
            {"first": row.first, "second": row.second, "depth_mm": row.depth, f"drive_{unit}": row.drive * scale}
            for row in found.meetings
        ],
    }


def lock_files(lock: Lock, load: str | None) -> dict[str, bytes]:
    """Return the lock's files by name: the assembly, and each part that is not the mirror image of another.

    Parameters
    ----------
    load : str or None
        Load set of the linkage that the parts' input files are loaded with; None for those of every hook.
    """
    forces = deck_forces(lock, load)
    files = {"lock.step": step_bytes(lock_shape(lock)), "lock_bom.csv": _bill_csv(bill_of_materials(lock)).encode()}
    for part in lock.parts:
        if not part.name.endswith("_2"):
            files |= _part_files(lock, part, forces)
    return files


def _part_files(lock: Lock, part: Part, forces: Sequence[LockForces]) -> dict[str, bytes]:
    solid = cad.solid(part)
    mesh = tetrahedra(solid, part_sizes(part, lock, COARSE)).mesh
    stem = f"lock_{part.name}"
    blank = {} if part.kind in {"pin", "striker", "bush"} else {f"{stem}.dxf": plate_dxf(part).encode()}
    return {
        **blank,
        f"{stem}.step": step_bytes(solid),
        f"{stem}.stl": stl_bytes(surface_triangles(mesh), part.name),
        f"{stem}.msh": msh_bytes(mesh),
        f"{stem}.vtu": mesh_vtu_bytes(mesh),
        f"{stem}.inp": part_deck(lock, part, mesh, forces).encode(),
    }


def parts_toml(proposal: Proposal) -> str:
    """Return the file of proposed parts, with what it rests on as comments."""
    lines = ["# Proposed by mechlock build: change what does not suit, and build again with --parts."]
    lines += [f"# {pin}: {force / 1e3:.4g} kN" for pin, force in proposal.forces.items() if force > 0.0]
    lines += [f"# {note}" for note in proposal.notes]
    return "\n".join([*lines, *toml_tables(proposal.data), ""])


def hook_load(lock: Lock) -> str | None:
    """Return the first load set on the lock's one hook; None without one, or with several hooks, which have one each."""
    found = lock.mechanism.lock
    hooks = [name for name, body in lock.file.bodies.items() if isinstance(body, Hook)]
    if found is None or len(hooks) != 1:
        return None
    return next((load.name for load in found.loads if load.at.body in hooks), None)


def _row(row: BillRow) -> dict[str, Any]:
    return {
        "name": row.name,
        "kind": row.kind,
        "count": row.count,
        "material": row.material,
        "size": row.size,
        "mass_each_kg": row.mass_each * 1e3,
        "mass_kg": row.mass * 1e3,
    }


def _bill_csv(rows: tuple[BillRow, ...]) -> str:
    text = io.StringIO()
    table = [_row(row) for row in rows]
    writer = csv.DictWriter(text, fieldnames=list(table[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(table)
    return text.getvalue()


def mass_record(found: FrameMass | MassProperties) -> dict[str, Any]:
    """Mass, centre and inertia as JSON with units in the keys (inertia about the centre of gravity)."""
    xx, yy, zz = np.diag(found.inertia) * 1e-3
    xy, yz, zx = found.inertia[0, 1] * 1e-3, found.inertia[1, 2] * 1e-3, found.inertia[2, 0] * 1e-3
    return {
        "mass_kg": found.mass * 1e3,
        "centre_mm": [float(value) for value in found.centre],
        "inertia_kg_m2": {
            name: float(value) for name, value in zip(("xx", "yy", "zz", "xy", "yz", "zx"), (xx, yy, zz, xy, yz, zx), strict=True)
        },
    }


def step_bytes(shape: Any) -> bytes:
    """Return the STEP file of a shape (the CAD kernel only writes to disk)."""
    with tempfile.TemporaryDirectory() as scratch:
        target = Path(scratch) / "shape.step"
        frame_step.write_step(shape, target)
        return target.read_bytes()
