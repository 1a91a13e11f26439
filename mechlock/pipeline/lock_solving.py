"""`solve` of a lock alone: stress of its parts by finite elements and by hand, under the loads that its linkage is proved for."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mechlock.checks.hand_calculations import HandResult
from mechlock.checks.lock_hand_calculations import hand_calculations
from mechlock.checks.lock_joint_forces import all_hooks
from mechlock.checks.lock_parts import PartStress, check_lock_parts
from mechlock.errors import InputError
from mechlock.inputs.joint_play import with_fits
from mechlock.inputs.linkage import read_linkage
from mechlock.inputs.lockparts import lock_parts_from_data, read_lock_parts
from mechlock.linkage.semantics import build
from mechlock.mesh.vtu import vtu_bytes
from mechlock.pipeline.lock_building import parts_toml
from mechlock.solids.lock import Lock, build_lock
from mechlock.solids.lock_proposal import propose_parts

Record = dict[str, Any]


def solve_lock(
    linkage: Path | str,
    parts: Path | str | None = None,
    *,
    quick: bool = False,
    progress: Callable[[str], None] = lambda message: None,
) -> tuple[Record, dict[str, bytes]]:
    """Solve the parts of a lock under the greatest loads on its hooks.

    Parameters
    ----------
    linkage : path
        A ``mechlock-linkage/1`` file with loads on its hooks.
    parts : path, optional
        A ``mechlock-lockparts/1`` file; without it parts are proposed.
    quick : bool
        One coarse mesh of every part only.
    progress : callable
        Told what is being done.

    Returns
    -------
    record : dict
        Parts and hand calculations with value, limit and margin; ``passed``, None where a stress has not settled.
    files : dict of str to bytes
        ``results.json``, and the governing stress and displacement of each part as ``.vtu``; ``parts.toml`` where they are
        proposed.

    Raises
    ------
    InputError
        When no load acts on a hook, or parts and linkage do not fit.
    NoVerdict
        When a part cannot be solved, or a load pulls the drive off its stop.
    """
    started, own = time.perf_counter(), dict[str, bytes]()
    lock = _lock(Path(linkage), parts, own, progress)
    loads = all_hooks(lock)
    if not loads:
        raise InputError("no load of the linkage acts on a hook", f"{lock.mechanism.where}: lock.loads", "add one")
    progress("lock: parts under load")
    found = check_lock_parts(lock, loads, quick=quick)
    hand = hand_calculations(lock, found.forces, found.actuator)
    rows = [*map(_part, found.parts), *map(_hand, hand)]
    unsettled = [part.part for part in found.parts if part.settled is False]
    passed = False if any(row["margin"] < 0.0 for row in rows) else None if unsettled else True
    record = {
        "lock": lock.mechanism.name,
        "cases": list(found.forces.cases),
        "force_imbalance": found.forces.imbalance,
        "parts": rows,
        "unsettled": unsettled,
        "passed": passed,
        "time_s": time.perf_counter() - started,
    }
    own |= {f"lock_{part.part}.vtu": _field(part) for part in found.parts}
    own["results.json"] = json.dumps(record, indent=2, allow_nan=False).encode()
    return record, own


def _lock(linkage: Path, parts: Path | str | None, own: dict[str, bytes], progress: Callable[[str], None]) -> Lock:
    source = read_linkage(linkage)
    if parts is None:
        progress("lock: proposing parts")
        proposal = propose_parts(build(source))
        own["parts.toml"] = parts_toml(proposal).encode()
        file, where = lock_parts_from_data(proposal.data, "parts.toml"), str(linkage)
    else:
        file, where = read_lock_parts(Path(parts)), str(parts)
    return build_lock(with_fits(source, file, where), file, where)


def _part(part: PartStress) -> Record:
    return {
        "part": part.part,
        "check": "von Mises stress, finite elements",
        "value": part.von_mises,
        "limit": part.limit,
        "unit": "MPa",
        "margin": part.margin,
        "case": part.case,
        "at_mm": list(part.at),
        "material": part.material,
        "change": part.change,
        "error_estimate": part.error_estimate,
        "equilibrium_error": part.equilibrium_error,
        "dofs": part.dofs,
    }


def _hand(row: HandResult) -> Record:
    return {
        "part": row.part,
        "check": row.name,
        "value": row.value,
        "limit": row.limit,
        "unit": row.unit,
        "margin": row.margin,
        "case": row.case,
        "formula": row.formula,
        "source": row.source,
    }


def _field(part: PartStress) -> bytes:
    points = {"displacement_mm": part.displacement, "von_mises_MPa": part.field}
    return vtu_bytes(part.mesh.points, part.mesh.blocks, points, {})
