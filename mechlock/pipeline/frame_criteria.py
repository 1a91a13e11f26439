"""Criteria of the frame from its analysis, and whether they would be the same on a coarser mesh."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from mechlock.checks import clamp, lock_forces, modes, strength
from mechlock.checks.criterion import Criterion, not_evaluated, undecided, upper
from mechlock.checks.lock_forces import Containment, LoadSet, Spread
from mechlock.checks.strength import Peak
from mechlock.inputs.acceptance import AcceptanceRow
from mechlock.inputs.design import Design
from mechlock.inputs.materials import MaterialRecord
from mechlock.pipeline.frame_analysis import FrameAnalysis, FrameSolution
from mechlock.pipeline.frame_model import PRELOADS, REST, load_case
from mechlock.pipeline.lock_stage import hook_forces

MOST_CHANGE = 0.05
"""A governing value that moves by more than this between the two meshes gives no verdict, unless it `stays_clear`."""

MOVEMENTS = 3.0
"""So many times the movement between two meshes may be what the finer one still misses: where the error falls with the cells (as
at sharp corners) and these differ by 4/3, it is 1 / (4/3 - 1) of the movement; where they are halved, a third of that."""

CLEAR = 1.0
"""Margin that must be left of a value with such an error before it passes all the same: the limit is twice as far."""

EVIDENCE = "evidence: "
"""Rows that say whether the results may be believed begin with this."""

LEAST_COVERAGE = 0.95
"""Share of the weld toes' length that the mesh must be fine enough to read."""

EQUILIBRIUM = 1e-9
"""Largest relative error of equilibrium of a trustworthy static result."""


@dataclass(frozen=True)
class FrameCriteria:
    """Rows of the verdict that come from the frame's analysis, and its hook forces against the proved set."""

    rows: tuple[Criterion, ...]
    hooks: tuple[Containment, ...]


def frame_criteria(
    analysis: FrameAnalysis, steel: MaterialRecord, design: Design, load: LoadSet, rows: Mapping[str, AcceptanceRow]
) -> FrameCriteria:
    """Evaluate strength, clamp, hook forces, first mode and evidence."""
    strength_rows = stress_criteria(analysis.base, analysis.weld, analysis.weld_coverage, steel, rows)
    held = holding_criteria(analysis, design, load, rows)
    return FrameCriteria((*strength_rows, *held.rows), held.hooks)


def stress_criteria(
    base: Sequence[Peak], weld: Sequence[Peak], weld_coverage: float, steel: MaterialRecord, rows: Mapping[str, AcceptanceRow]
) -> tuple[Criterion, ...]:
    """Strength of base metal and of weld toes, from the peaks of each case.

    Parameters
    ----------
    weld_coverage : float
        Share of the toes' length that the mesh is fine enough to read.
    """
    found = list(strength.base_metal(_factor_cases(base), steel, rows["limit_load_von_mises_base"]))
    row = rows["limit_load_weld_HAZ"]
    if weld_coverage >= LEAST_COVERAGE:
        return (*found, *strength.weld_zone(_factor_cases(weld), steel, row))
    reason = "this mesh has no rows of elements at the weld toes" if not weld else "too few weld toes can be read"
    return (*found, not_evaluated(row.name, "all", row.source, reason, "MPa"))


def holding_criteria(solved: FrameSolution, design: Design, load: LoadSet, rows: Mapping[str, AcceptanceRow]) -> FrameCriteria:
    """What holds the frame and how it moves: clamp, hook forces, pins, first mode, and the evidence."""
    found = list(clamp.criteria(_seats(solved, design), rows["lock_no_gap"]))
    contact = design.tray.contact
    spread = Spread(contact.friction, contact.tilt, design.file.lock.positioning)
    hooks = [lock_forces.contain(force, load, spread) for force in hook_forces(design, list(solved.static.results.values()))]
    carrier = design.file.lock.out_of_plane
    found += lock_forces.criteria(hooks, load, carrier.carrier, carrier.limit)
    found.append(_pins(solved, design))
    if solved.modal is not None:
        modal, mode_row = solved.modal, rows["first_mode_frame_plus_pack"]
        mass = float(modal.rigid_mass[0, 0])
        first = modes.first_mode(modal.frequencies, modal.effective_mass, mass)
        found.append(modes.criterion(first, float(modal.frequencies[-1]), mode_row))
    found += _evidence(solved)
    return FrameCriteria(tuple(found), tuple(hooks))


def stays_clear(row: Criterion, rows: Sequence[Criterion], grown: float) -> bool:
    """Whether a passed row cannot govern, and is far from its limit, even with its value `grown` times towards that.

    It cannot govern where the margin that is then left is above that of another row, which then has less, whatever the mesh.

    Parameters
    ----------
    row : Criterion
    rows : sequence of Criterion
        Those it is compared with; `row` itself may be among them.
    grown : float
        At least one.
    """
    if row.status != "passed" or row.margin is None or not 1.0 <= grown < math.inf:
        return False
    left = (1.0 + row.margin) / grown - 1.0
    rest = [other.margin for other in rows if other is not row and other.margin is not None and _compared(other)]
    return left >= CLEAR and any(margin < left for margin in rest)


def worst_of(change: float) -> float:
    """How many times a value may be worse than the finer of two meshes says, between which it changed by `change` of itself."""
    return 1.0 / (1.0 - MOVEMENTS * change) if MOVEMENTS * change < 1.0 else math.inf


def _compared(row: Criterion) -> bool:
    return row.status in {"passed", "failed"} and not row.name.startswith(EVIDENCE)


def settled(rows: Sequence[Criterion], coarser: Sequence[Criterion]) -> tuple[list[Criterion], dict[str, float]]:
    """Take the verdict from every governing value that moved by more than `MOST_CHANGE` between two meshes.

    One that `stays_clear` of its limit with `MOVEMENTS` times the movement governs its own criterion alone, and keeps its pass.

    Returns
    -------
    rows : list of Criterion
    change : dict of str to float
        Relative change of the governing value of each criterion.
    """
    before = {(row.name, row.case): row.value for row in coarser}
    found, change = list(rows), dict[str, float]()
    for number in governing(rows):
        row = rows[number]
        other = before.get((row.name, row.case))
        if other is None or not row.value:
            continue
        change[row.name] = abs(other - row.value) / abs(row.value)
        if change[row.name] > MOST_CHANGE and row.status == "passed":
            clear = stays_clear(row, rows, worst_of(change[row.name]))
            reason = f"{row.reason}; {moved_by(change[row.name], clear)}".lstrip("; ")
            found[number] = replace(row, reason=reason) if clear else undecided(row, reason)
    return found, change


def moved_by(change: float, clear: bool) -> str:
    """What is told of a value that moved too far."""
    far = f", far from its limit with {MOVEMENTS:g} times as much, and another row governs" if clear else ""
    return f"moved by {change:.1%} between the two meshes{far}"


def governing(rows: Sequence[Criterion]) -> list[int]:
    """Numbers of the rows with the least margin of each criterion; evidence is none."""
    worst: dict[str, int] = {}
    for number, row in enumerate(rows):
        if row.margin is None or row.name.startswith(EVIDENCE):
            continue
        least = rows[worst[row.name]].margin if row.name in worst else None
        if least is None or row.margin < least:
            worst[row.name] = number
    return list(worst.values())


def uncompared(rows: Sequence[Criterion], reason: str) -> list[Criterion]:
    """Take the verdict from weld toes, for not all that could govern have been looked at."""
    weld = "limit_load_weld_HAZ"
    return [undecided(row, reason) if row.name == weld and row.status == "passed" else row for row in rows]


def _factor_cases(peaks: Sequence[Peak]) -> list[Peak]:
    """Peaks named by load case alone, so that both ends of the preload make one row; the state at rest is left out."""
    return [replace(peak, case=load_case(peak.case)) for peak in peaks if load_case(peak.case) != REST]


def _seats(solved: FrameSolution, design: Design) -> list[clamp.Seat]:
    """Pads that stand under a lock (their groups end with the same place) in the cases at the lower preload."""
    preload = design.tray.locks.preload[0]
    places = {name.partition("_")[2] for name in design.tray.locks.on}
    return [
        clamp.Seat(result.name, name, pad.force, preload, pad.open_fraction)
        for result in solved.static.results.values()
        if result.name.endswith(f", {PRELOADS[0]} preload") and not result.name.startswith(REST)
        for name, pad in result.pads.items()
        if name.partition("_")[2] in places
    ]


def _pins(solved: FrameSolution, design: Design) -> Criterion:
    pins = design.tray.pins
    worst, case, where = 0.0, "", ""
    for result in solved.static.results.values():
        for name in pins.on:
            if name not in result.springs:
                continue
            spring = result.springs[name]
            shear = float((spring.force[:2] ** 2).sum() ** 0.5)
            if shear >= worst:
                worst, case, where = shear, result.name, name
    return upper("guide pin shear", f"{case}, {where}", worst / 1e3, pins.limit / 1e3, "kN", f"tray file: {pins.source}")


def _evidence(solved: FrameSolution) -> list[Criterion]:
    """Rows for what must be true of every result before it is believed."""
    worst = max(solved.static.results.values(), key=lambda result: result.evidence.equilibrium_error)
    source = "forces recomputed from gaps, displacements and stresses"
    error = worst.evidence.equilibrium_error
    row = upper("evidence: equilibrium", worst.name, error, EQUILIBRIUM, "relative", source)
    left = f"the rounding of its displacements alone leaves {worst.evidence.rounding:.1e}"
    found = [row if row.passed else undecided(row, f"the solution is not in equilibrium; {left}")]
    for result in solved.static.results.values():
        if result.status != "ok":
            found.append(undecided(not_evaluated("evidence: status", result.name, "", ""), result.reason))
    return found
