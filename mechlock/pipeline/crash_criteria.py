"""Criteria of the collision corridor: contact at every corner, lock, guide pins, plastic strain of frame and welds."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mechlock.checks.criterion import Criterion, undecided, upper
from mechlock.checks.lock_forces import LoadSet
from mechlock.checks.lock_joint_forces import HookLoad
from mechlock.checks.lock_parts import LockPartsCheck, PartStress
from mechlock.checks.plastic import CONFINED, neuber_plastic_strain, stress_at_plastic_strain
from mechlock.checks.strength import Peak
from mechlock.inputs.acceptance import AcceptanceRow
from mechlock.inputs.design import Design
from mechlock.inputs.materials import MaterialRecord
from mechlock.pipeline.base_metal import Places, Survey, greatest, survey, yielding_share
from mechlock.pipeline.crash_history import crash_history
from mechlock.pipeline.crash_stage import CrashRun, LockMotion, greatest_pull, lock_motion, spring_shear
from mechlock.pipeline.frame_motion import OpenFrame

ESTIMATE = "estimate from the elastic analysis (Neuber)"


@dataclass(frozen=True)
class LockLoads:
    """The lock as the static cases left it: its parts, the load of each of their cases (N), and the proved set."""

    check: LockPartsCheck
    loads: Mapping[str, float]
    proved: LoadSet


def lock_loads(check: LockPartsCheck, cases: Sequence[HookLoad], proved: LoadSet) -> LockLoads:
    """Gather the lock's parts with the loads that they were solved under."""
    sizes: dict[str, float] = {}
    for case in cases:
        forces = tuple(case.force.values()) if isinstance(case.force, Mapping) else (case.force,)
        sizes[case.name] = max(math.hypot(x, y) for x, y in forces)
    return LockLoads(check, sizes, proved)


@dataclass(frozen=True)
class CrashAnswer:
    """Rows of one axis, its record for ``results.json``, and each run's survey of the base metal."""

    rows: tuple[Criterion, ...]
    record: dict[str, Any]
    surveys: tuple[Survey, ...]


def crash_answer(
    frame: OpenFrame,
    runs: Sequence[CrashRun],
    base: Places,
    welds: Places | None,
    lock: LockLoads,
    design: Design,
    steel: MaterialRecord,
    row: AcceptanceRow,
) -> CrashAnswer:
    """Evaluate the runs of one axis."""
    axis = runs[0].axis[1:]
    moved = lock_motion(frame, runs)
    found = [_contact(axis, moved, row), *_lock(axis, moved, lock, steel, row), _pins(axis, frame, runs, design, row)]
    surveys = [survey(base, run.motion) for run in runs]
    shares = [yielding_share(base, seen) for seen in surveys]
    found.append(_strain(axis, "base metal", base, runs, surveys, steel, row.number("eps_plastic_allow_base"), max(shares), row))
    if welds is not None:
        found.append(_strain(axis, "weld toes", welds, runs, None, steel, row.number("eps_plastic_allow_weld"), max(shares), row))
    record = {
        "axis": axis,
        "greatest_hook_force_N": moved.greatest,
        "held_still_N": moved.still,
        "mean_hook_force_N": max((greatest_pull(frame, run) for run in runs if run.frequency is None), default=None),
        "lock": moved.lock,
        "history": moved.run,
        "slack_mm": moved.slack,
        "corner_apart_s": moved.apart,
        "over_time": crash_history(frame, moved.worst).record(),
        "beyond_yield_percent": 100.0 * max(shares),
        "runs": [
            {
                "direction": run.axis,
                "worst_for_Hz": run.frequency,
                "peak_m_s2": run.peak / 1e3,
                "greatest_hook_force_N": greatest_pull(frame, run),
                "energy_error": run.motion.energy_error,
            }
            for run in runs
        ],
    }
    return CrashAnswer(tuple(found), record, tuple(surveys))


def _contact(axis: str, moved: LockMotion, row: AcceptanceRow) -> Criterion:
    slack = ", ".join(f"{name} by {gap:.2f} mm" for name, gap in moved.slack.items())
    reason = f"hooks go slack while their pads press: {slack}" if slack else "no hook goes slack"
    where = f"{axis}, time that a corner touches neither pad nor hook"
    return upper(row.name, where, 1e3 * moved.apart, 0.0, "ms", row.source, f"{moved.apart_at}; {reason}".lstrip("; "))


def _lock(axis: str, moved: LockMotion, lock: LockLoads, steel: MaterialRecord, row: AcceptanceRow) -> list[Criterion]:
    allowed = row.number("eps_plastic_allow_base")
    worst: tuple[float, PartStress, float] | None = None
    for part in lock.check.parts:
        if part.case not in lock.loads:
            continue  # a part that the actuator alone loads
        stress = part.von_mises * moved.greatest / lock.loads[part.case]
        strain = neuber_plastic_strain(stress, part.yield_strength, steel.E)
        if worst is None or stress / part.yield_strength > worst[2] / worst[1].yield_strength:
            worst = (strain, part, stress)
    found: list[Criterion] = []
    if worst is not None:
        _, part, stress = worst
        limit = stress_at_plastic_strain(allowed, part.yield_strength, steel.E)
        reason = (
            f"{part.part} under {moved.greatest / 1e3:.0f} kN at {moved.lock} ({moved.run}); elastic stress scaled from "
            f"{lock.loads[part.case] / 1e3:.0f} kN; limit: {100 * allowed:g} % plastic strain, {ESTIMATE}"
        )
        found.append(upper(row.name, f"{axis}, lock parts", stress, limit, "MPa", row.source, reason))
    return found


def _pins(axis: str, frame: OpenFrame, runs: Sequence[CrashRun], design: Design, row: AcceptanceRow) -> Criterion:
    names = set(design.tray.pins.on)
    shear = [(value, name, run.axis) for run in runs for name, value in spring_shear(frame, run.motion).items() if name in names]
    value, name, way = max(shear)
    limit = design.tray.pins.limit
    reason = f"{name}, {way}; no friction under the pads counted"
    return upper(row.name, f"{axis}, guide pin shear", value / 1e3, limit / 1e3, "kN", row.source, reason)


def _strain(
    axis: str,
    what: str,
    places: Places,
    runs: Sequence[CrashRun],
    surveys: Sequence[Survey] | None,
    steel: MaterialRecord,
    allowed: float,
    share: float,
    row: AcceptanceRow,
) -> Criterion:
    """The elastic stress against the one at which Neuber's rule reaches the plastic strain allowed."""
    yields = {name: float(places.yields[places.group == number].max(initial=0.0)) for number, name in enumerate(places.names)}
    seen = [survey(places, run.motion) for run in runs] if surveys is None else surveys
    peaks: list[Peak] = [
        peak for run, one in zip(runs, seen, strict=True) for peak in greatest(places, run.motion, run.axis, seen=one)
    ]
    worst = max(peaks, key=lambda peak: peak.value / yields[peak.group])
    limit = stress_at_plastic_strain(allowed, yields[worst.group], steel.E)
    strain = neuber_plastic_strain(worst.value, yields[worst.group], steel.E)
    where = ", ".join(f"{value:.0f}" for value in worst.at)
    reason = (
        f"{worst.group} {worst.thickness:g} mm at ({where}), {worst.case}; "
        f"plastic strain {100 * strain:.2f} % of {100 * allowed:g} %, "
        f"{ESTIMATE}; {100 * share:.1f} % of the base metal beyond yield"
    )
    item = upper(row.name, f"{axis}, {what}", worst.value, limit, "MPa", row.source, reason)
    if item.passed and share > CONFINED:
        return undecided(item, f"{reason}: not confined, the estimate is too small")
    return item
