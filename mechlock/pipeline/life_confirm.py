"""Buckling, and what else governs a life assessment, on meshes of another kind: a verdict that the mesh could turn is none.

Long quadratic cells, which weld toes need, are too stiff in thin panels: first mode and buckling factor fall by halves until
cells are a sixth of the panel. Buckling is solved on meshes of another kind (`other_mesh`), whose factors fall with the square of
the cells, so that two give the one of cells without size (a clamped plate's within half a per cent); where a pass moves too far
between them, a third, finer one takes the place of the coarser.

Vibration and crash are driven again on the finer one for the case that governs. A pass of the vibration test that moves too far
from the frame's own mesh stands, with the greater value, where two meshes of the other kind agree on it. They have no rows at
weld toes: stress there is compared on submodels, the damage of every group that comes near its limit at its own worst toe, crash
strain by what the governing toe of the static cases moves. A pass must stand with the stress changed by as much.

What moves too far and yet cannot govern, far from its limit with three times the movement, keeps its pass (`stays_clear`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

from mechlock.checks.criterion import Criterion, not_evaluated, undecided, upper
from mechlock.errors import NoVerdict
from mechlock.inputs.acceptance import AcceptanceRow
from mechlock.pipeline.buckling_stage import Buckled, buckling_criterion, crash_buckling
from mechlock.pipeline.frame_criteria import MOST_CHANGE, MOVEMENTS, governing, moved_by, settled, stays_clear, worst_of
from mechlock.pipeline.frame_model import PRELOADS, REST
from mechlock.pipeline.life_records import buckling_record
from mechlock.pipeline.other_mesh import COARSE, FINE, FINEST, Asked, Look, cells, look
from mechlock.pipeline.toe_zoom import SeenAgain, Swing
from mechlock.pipeline.vibration_stage import dwell_run, random_run, vibration_criteria

VIBRATION, BUCKLING, WELDS = "random_3sigma", "linear_buckling", "miner_weld"

WELD_ROW = "limit_load_weld_HAZ"
"""The static cases' criterion at weld toes, which submodels compare."""

TOES = "weld toes"
"""Cases of the crash that are read at the toes, which the second mesh has no rows for."""

STEEPEST = 5.0
"""Slope of the weld curves where they are flattest: damage grows with this power of stress at most."""

UNSEEN = 1.4
"""Damage whose verdict stands with so many times more or less stress at the toe gets no submodel (`frame_zoom.SCREEN`)."""


@dataclass(frozen=True)
class OtherMesh:
    """What other meshes say.

    Attributes
    ----------
    size : float
        Largest cell, mm.
    dofs : int
    buckled : tuple of Buckled
        The nearest limit load case, and the crash.
    change : dict of str to float
        Relative change of the governing value of each criterion.
    weld_stress : float or None
        Relative change of the governing weld stress of the static cases on submodels.
    swings : mapping of str to SeenAgain
        What submodels say of the worst toes of groups near their damage.
    """

    size: float
    dofs: int
    buckled: tuple[Buckled, ...]
    change: dict[str, float]
    weld_stress: float | None
    swings: Mapping[str, SeenAgain]

    def record(self) -> dict[str, Any]:
        """Keys ``buckling`` and ``second_mesh`` of the life's record."""
        return {
            "buckling": [buckling_record(item) for item in self.buckled],
            "second_mesh": {
                "cells_mm": self.size,
                "dofs": self.dofs,
                "change_percent": {name: 100.0 * value for name, value in self.change.items()},
                "weld_stress_percent": None if self.weld_stress is None else 100.0 * self.weld_stress,
                "weld_swings_percent": {
                    group: {"to_submodel": 100.0 * (seen.grown - 1.0), "between_submodels": 100.0 * seen.moved}
                    for group, seen in self.swings.items()
                },
            },
        }


def to_look_at(rows: Sequence[Criterion], swings: Sequence[Swing]) -> list[Swing]:
    """Swings of the groups whose verdict another stress might turn that the frame's own mesh could have misread."""
    apart = UNSEEN**STEEPEST
    near = {
        row.case.partition(",")[0]
        for row in rows
        if row.name == WELDS and row.value is not None and row.limit is not None
        if row.value / apart < row.limit < row.value * apart
    }
    return [swing for swing in swings if swing.group in near]


def confirm(
    found: Sequence[Criterion], asked: Asked, weld_stress: float | None, swings: Mapping[str, SeenAgain]
) -> tuple[list[Criterion], OtherMesh]:
    """Add the rows of buckling, drive again what governs, and take the verdict from what does not stand.

    Parameters
    ----------
    found : sequence of Criterion
        Of the life assessment.
    asked : Asked
    weld_stress : float or None
        Relative change of the governing weld stress of the static cases.
    swings : mapping of str to SeenAgain
        By group, of those in `to_look_at`.
    """
    asked.progress("life: another mesh, for panels and to see what moves")
    at_toes = [row for row in found if row.name == WELDS or row.case.endswith(TOES)]
    others = [row for row in found if row not in at_toes]
    watched = {others[number].name: others[number] for number in governing(others)}
    vibration = watched.get(VIBRATION)
    fine = look(asked, FINE, None)
    again = _again(asked, fine, vibration)
    rows, change = settled(others, again)
    panels = _buckled(asked, fine)
    open_ = {(row.name, row.case) for row in rows if row.status == "undecided"}
    far = vibration is not None and vibration.status == "passed" and (vibration.name, vibration.case) in open_
    buckling, coarse = _buckling(asked, panels, found, more=far)
    if far and vibration is not None and coarse is not None:
        stands = _agreed(asked, vibration, again, _vibration(asked, coarse, vibration))
        rows = [stands if (row.name, row.case) == (stands.name, stands.case) else row for row in rows]
    confirmed = iter(rows)
    answer = [_toe_row(row, found, weld_stress, swings) if row in at_toes else next(confirmed) for row in found]
    dofs = 3 * len(fine.analysis.tensor.mesh.points)
    other = OtherMesh(cells(asked, FINE), dofs, buckling.states, change | buckling.change, weld_stress, swings)
    return answer + buckling.rows, other


def _toe_row(row: Criterion, rows: Sequence[Criterion], change: float | None, swings: Mapping[str, SeenAgain]) -> Criterion:
    """A passed row at weld toes, unless the stress moved too much, or by enough to turn it; a failed one stays failed.

    One that moved too much stands where it `stays_clear` among all `rows`, damage with the fifth power of the stress.
    """
    if row.value is None or row.limit is None:
        return row
    seen = swings.get(row.case.partition(",")[0]) if row.name == WELDS else None
    if seen is not None:
        row = replace(row, reason=f"{row.reason}; a submodel has {seen.grown:.3g} times the stress, moved by {seen.moved:.1%}")
    if row.status != "passed":
        return row
    if seen is None and change is None:
        return undecided(row, f"{row.reason}; no submodel tells how far the stress at the toes moves")
    power = STEEPEST if row.name == WELDS else 1.0
    moved, submodel = (change or 0.0, 1.0) if seen is None else (seen.moved, max(1.0, seen.grown))
    grown = 1.0 + moved if seen is None else submodel
    if moved <= MOST_CHANGE and row.value * grown**power <= row.limit:
        return row
    others = [other for other in rows if (other.name, other.case) != (row.name, row.case)]
    if stays_clear(row, others, (submodel * (1.0 + MOVEMENTS * moved)) ** power):
        return replace(row, reason=f"{row.reason}; {moved_by(moved, clear=True)}")
    told = row.reason if seen is not None else f"{row.reason}; the stress at the toes moves by {moved:.1%} on submodels"
    return undecided(row, told)


def _again(asked: Asked, seen: Look, vibration: Criterion | None) -> list[Criterion]:
    """Rows of the crash, and of the case of vibration that governs."""
    return [row for answer in seen.crash for row in answer.rows] + _vibration(asked, seen, vibration)


def _vibration(asked: Asked, seen: Look, governs: Criterion | None) -> list[Criterion]:
    """Rows of the case of vibration that governs."""
    if governs is None:
        return []
    kind, axis = governs.case.partition(",")[0].split()
    run = (random_run if kind == "random" else dwell_run)(seen.frame, seen.base, axis)
    return list(vibration_criteria((run,), seen.base, asked.criteria[VIBRATION]))


def _agreed(asked: Asked, own: Criterion, fine: Sequence[Criterion], coarse: Sequence[Criterion]) -> Criterion:
    """The row with the greater of its value and the finer mesh's; undecided where the two meshes do not agree."""
    one, other = (
        next((row.value for row in rows if (row.name, row.case) == (own.name, own.case)), None) for rows in (fine, coarse)
    )
    assert own.value is not None and own.limit is not None and one is not None and other is not None
    reason = (
        f"{own.reason}; {own.value:.3g} on the frame's own mesh, {one:.3g} and {other:.3g} on cells of "
        f"{cells(asked, FINE):.0f} and {cells(asked, COARSE):.0f} mm"
    )
    row = upper(own.name, own.case, max(own.value, one), own.limit, own.unit, own.source, reason)
    return undecided(row, reason) if row.passed and abs(other - one) > MOST_CHANGE * abs(one) else row


class _Buckling(NamedTuple):
    rows: list[Criterion]
    states: tuple[Buckled, ...]
    change: dict[str, float]


def _buckling(
    asked: Asked, found: _Buckling | Criterion, others: Sequence[Criterion], *, more: bool
) -> tuple[_Buckling, Look | None]:
    """Buckling of limit load cases and crash, confirmed on other cells, and the coarser look where there was one.

    Parameters
    ----------
    asked : Asked
    found : _Buckling or Criterion
        On the finer cells, or why there is none.
    others : sequence of Criterion
        Rows beside which one that moves may not govern.
    more : bool
        Whether something else needs the coarser look.
    """
    rest = [f"{REST}, {end} preload" for end in PRELOADS]
    if isinstance(found, Criterion):
        return _Buckling([found], (), {}), look(asked, COARSE, rest, ()) if more else None
    asked.progress("life: buckling on coarser cells")
    limit, crash = found.states
    axis: Literal["x", "y"] = "x" if crash.case.split()[1][1] == "x" else "y"
    coarse = look(asked, COARSE, [*rest, limit.case], (axis,))
    whole = _without_size(asked, found, _buckled(asked, coarse), (FINE, COARSE), others)
    if all(row.status != "undecided" for row in whole.rows):
        return whole, coarse
    asked.progress("life: buckling on finer cells")
    finest = _buckled(asked, look(asked, FINEST, [*rest, limit.case], (axis,)))
    if isinstance(finest, Criterion):
        return whole, coarse
    return _without_size(asked, finest, found, (FINEST, FINE), others), coarse


def _without_size(
    asked: Asked,
    found: _Buckling,
    other: _Buckling | Criterion,
    counts: tuple[float, float],
    others: Sequence[Criterion],
) -> _Buckling:
    """Rows of cells without size from those of two meshes; undecided where a pass moves too far between them.

    One that `stays_clear` of its limit, beside `others` and the other state, keeps its pass.
    """
    if isinstance(other, Criterion):
        rows = [undecided(item, f"{item.reason}; other cells: {other.reason}") for item in found.rows]
        return _Buckling(rows, found.states, {})
    row = asked.criteria[BUCKLING]
    states = [
        replace(one, factor=without_size(one.factor, two.factor, counts[0] / counts[1]))
        for one, two in zip(found.states, other.states, strict=True)
    ]
    sizes = " and ".join(f"{cells(asked, count):.0f}" for count in counts)
    unsized, rows, change = _rows(row, states), list[Criterion](), 0.0
    for item, one, two in zip(unsized, found.rows, other.rows, strict=True):
        assert one.value is not None and two.value is not None
        moved = abs(two.value / one.value - 1.0)
        change = max(change, moved)
        told = f"{item.reason}; {one.value:.3g} and {two.value:.3g} on cells of {sizes} mm"
        if item.status != "passed" or moved <= MOST_CHANGE:
            rows.append(replace(item, reason=told))
        elif stays_clear(item, [*others, *unsized], worst_of(moved)):
            rows.append(replace(item, reason=f"{told}; {moved_by(moved, clear=True)}"))
        else:
            rows.append(undecided(item, told))
    return _Buckling(rows, found.states, {row.name: change})


def without_size(fine: float, coarse: float, ratio: float = FINE / COARSE) -> float:
    """Factor of cells without size, from those of two meshes with cells of this ratio (Richardson, second order)."""
    return fine - (coarse - fine) / (ratio**2 - 1.0)


def _rows(row: AcceptanceRow, states: Sequence[Buckled]) -> list[Criterion]:
    """Rows of limit load case and crash."""
    limits = (row.number("limit_limit_load"), row.number("limit_ultimate"))
    return [buckling_criterion(state, limit, row) for state, limit in zip(states, limits, strict=True)]


def _buckled(asked: Asked, seen: Look) -> _Buckling | Criterion:
    """Rows and states of the nearest limit load case and of the crash, or why there are none."""
    row = asked.criteria[BUCKLING]
    if isinstance(seen.buckling, str):
        return not_evaluated(row.name, "all", row.source, seen.buckling)
    shapes, limit = seen.buckling
    ultimate = row.number("limit_ultimate")
    try:
        crash = crash_buckling(seen.analysis, seen.frame, shapes, seen.runs, seen.base, ultimate, asked.progress)
    except NoVerdict as error:
        return not_evaluated(row.name, "crash", row.source, str(error))
    return _Buckling(_rows(row, (limit, crash)), (limit, crash), {})
