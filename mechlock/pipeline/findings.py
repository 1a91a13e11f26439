"""What the stages of a check found: the table of criteria, and the record that goes into ``results.json``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mechlock.checks import mass
from mechlock.checks.criterion import Criterion, not_evaluated
from mechlock.checks.lock_forces import LoadSet
from mechlock.inputs.acceptance import AcceptanceRow
from mechlock.inputs.design import Design
from mechlock.inputs.materials import MaterialRecord, find
from mechlock.pipeline import locks_off
from mechlock.pipeline import results as records
from mechlock.pipeline.frame_model import FrameCase
from mechlock.pipeline.frame_stage import FrameStage
from mechlock.pipeline.life_stage import HOW, LifeStage
from mechlock.pipeline.lock_stage import LockStrength, ProvedLock, lock_criteria, strength_criteria
from mechlock.pipeline.locks_off import LocksOff
from mechlock.pipeline.proof_loop import VariantProofs
from mechlock.pipeline.variant_records import variant_criteria, variants_record
from mechlock.solids.frame import FrameSolid

NOT_EVALUATED = {
    "ultimate_crash_corridor": HOW,
    "GB38031_pass": "a test of the pack itself (leakage, insulation), not of frame and lock",
    "miner_weld": HOW,
    "random_3sigma": HOW,
    "linear_buckling": HOW,
    "lock_endurance": HOW,
    "permanent_set": "linear analysis; stresses below yield leave no set, see the stress criteria",
    "isolated_pack_option": "the pack stands on no isolators",
}
"""Default criteria that are shown without being evaluated, and why."""


@dataclass(frozen=True)
class Findings:
    """What the stages of a check found.

    Attributes
    ----------
    data : Design
    rows : mapping of str to AcceptanceRow
    steel : MaterialRecord
        Of the frame.
    cases : tuple of FrameCase
    solids : mapping of str to FrameSolid
        "frame", "as_built" and, where there is one, "resized".
    required : float
        Over-centre reserve at the drive that is asked for, rad.
    proved : ProvedLock
    load : LoadSet
        What the lock was proved for.
    keeps_clear : Criterion
        Whether the lock's parts meet on the way from locked to open.
    framed : FrameStage
    strength : LockStrength
    variants : VariantProofs or None
    lived : LifeStage
    """

    data: Design
    rows: Mapping[str, AcceptanceRow]
    steel: MaterialRecord
    cases: tuple[FrameCase, ...]
    solids: Mapping[str, FrameSolid]
    required: float
    proved: ProvedLock
    load: LoadSet
    keeps_clear: Criterion
    framed: FrameStage
    strength: LockStrength
    variants: VariantProofs | None
    lived: LifeStage
    off: LocksOff

    @property
    def masses(self) -> mass.MassComparison:
        """Mass of the frame and of those that it is compared with."""
        density = _densities(self.data)
        found = {name: solid.mass_properties(density[name]).mass for name, solid in self.solids.items()}
        return mass.MassComparison(found["frame"], found["as_built"], found.get("resized"))


def criteria_table(found: Findings) -> list[Criterion]:
    """Every criterion, evaluated or not."""
    data, rows, proved = found.data, found.rows, found.proved
    height = _height(data, found.solids["frame"])
    return [
        *lock_criteria(proved, found.required, rows["lock_self_locking"]),
        found.keeps_clear,
        *variant_criteria(found.variants, proved.mechanism.name, rows["lock_self_locking"]),
        *locks_off.criteria(found.off, rows["lock_self_locking"].source),
        *found.framed.rows,
        *strength_criteria(found.strength, "yield over the safety factor of the lock's parts"),
        mass.mass_criterion(found.masses, rows["mass"]),
        mass.height_criterion(height, data.file.baseline.overall_height, rows["height"]),
        *found.lived.rows,
        *_shown(found),
    ]


def record(found: Findings, table: Sequence[Criterion], *, quick: bool) -> dict[str, Any]:
    """What ``results.json`` says of the stages."""
    data, framed, cases = found.data, found.framed, found.cases
    return {
        "criteria": records.criteria_records(table),
        "proof": records.proof_record(found.proved, found.load, found.data.linkage.fits)
        | variants_record(found.variants)
        | ({"locks_off": locks_off.records(found.off.each)} if found.off.each else {}),
        "mass": records.mass_record(found.masses, found.solids, _densities(data), table),
        "load_cases": records.load_case_records(cases),
        "cases": records.static_records(framed.analysis),
        "mesh": records.mesh_record(framed.analysis),
        "bands": _bands(found.rows["first_mode_frame_plus_pack"]),
        "lock": records.lock_record(found.proved, found.load, framed.hooks, found.strength, data),
        "evidence": _evidence(framed, quick=quick),
        "life": found.lived.record,
        "sources": records.source_records(data, found.steel, cases),
    }


def _densities(design: Design) -> dict[str, float]:
    files = {"frame": design.frame, "as_built": design.as_built, "resized": design.resized}
    return {name: find(file.material, design.where).density for name, file in files.items() if file is not None}


def _height(design: Design, frame: FrameSolid) -> float:
    """Height of the highest point of frame and pack above the lowest point of the frame, in mm."""
    return max(design.pack.top, float(frame.high[:, 2].max())) - float(frame.low[:, 2].min())


def _shown(found: Findings) -> list[Criterion]:
    """Default criteria without a result, and the ultimate load cases."""
    rows, evaluated = found.rows, found.lived.evaluated
    missing = {name: reason for name, reason in NOT_EVALUATED.items() if rows[name].default and name not in evaluated}
    shown = [not_evaluated(name, "", rows[name].source, reason) for name, reason in missing.items()]
    crash = rows["ultimate_crash_corridor"]
    if crash.name in evaluated:
        return shown
    ultimate = [case.factor.name for case in found.cases if not case.evaluated]
    return shown + [not_evaluated("ultimate load case", name, crash.source, NOT_EVALUATED[crash.name]) for name in ultimate]


def _bands(row: AcceptanceRow) -> dict[str, Any]:
    """Limit, target and avoided band of the first mode."""
    keys = {"limit_Hz": "f_min_Hz", "target_Hz": "f_target_Hz", "avoid_Hz": "avoid_band_Hz"}
    return {name: row.limits[key] for name, key in keys.items()}


def _evidence(framed: FrameStage, *, quick: bool) -> dict[str, Any]:
    analysis = framed.analysis
    notes = ["coarse mesh: weld toes are not read and no second mesh was solved"] if quick else []
    return {
        "excluded_volume_percent": 100.0 * analysis.excluded_fraction,
        "largest_excluded_MPa": analysis.excluded_value,
        "weld_toes_read_percent": 100.0 * analysis.weld_coverage,
        "halved_mesh_change_percent": {name: 100.0 * value for name, value in framed.change.items()},
        "unread_toes": [{"foot": toe.foot, "ground": toe.ground, "at_mm": list(toe.at), "why": toe.why} for toe in framed.unread],
        "submodels": [{"at_mm": list(zoom.centre), "dofs": zoom.unknowns} for zoom in framed.zooms],
        "solver": analysis.static.solver,
        "notes": notes,
    }
