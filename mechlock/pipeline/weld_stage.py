"""Eight years at the weld toes of a frame: damage by weld group and cause, the criterion, and the worst welds."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mechlock.analyses.weld_life import PLANES, Passage, WeldLife, plane_factors, weld_life
from mechlock.checks.criterion import Criterion, not_evaluated, undecided, upper
from mechlock.errors import NoVerdict
from mechlock.inputs.acceptance import AcceptanceRow
from mechlock.life.sn import SNCurve, iiw, thickness_factor
from mechlock.loads.duty import Duty
from mechlock.loads.history import FloatArray
from mechlock.mesh.mesh import Ints
from mechlock.mesh.tensor_welds import WeldToes
from mechlock.pipeline.duty_motion import DutyMotion, duty_motion
from mechlock.pipeline.frame_analysis import FrameAnalysis
from mechlock.pipeline.frame_criteria import LEAST_COVERAGE
from mechlock.pipeline.frame_dynamics import nodal_stress, toe_stress
from mechlock.pipeline.frame_model import REST
from mechlock.pipeline.frame_motion import OpenFrame, moved_by, stress_factors
from mechlock.pipeline.thermal_stage import DAYS
from mechlock.pipeline.toe_zoom import Swing
from mechlock.pipeline.weld_mending import Mending, allowed_stress, mending
from mechlock.pipeline.weld_reckoning import Reckoning, reckon

HANDLING_PER_SWAP = 2.0
"""Lifts of a frame per swap: off the truck and out of the charger. Each is one cycle through rest and lift."""

SIGMAS = 2.0
"""Standard errors by the length of the sample that a passed damage must stay below its limit."""


@dataclass(frozen=True)
class WeldToe:
    """A weld toe with its damage.

    Attributes
    ----------
    number : int
        Of the toes that were read.
    group, wall, welded_to : str
        Gauge group and part of the wall, and the part that is welded to it.
    at : (x, y, z)
        mm.
    angle : float
        Of the governing plane's normal against the normal to the toe, rad.
    damage : float
        Over the years of the duty spectrum, without the scatter factor.
    years, kilometres : float
        Until the allowed damage with the scatter factor; infinite without damage.
    cause : str
        What does most of it.
    share : float
        Of that in the damage.
    """

    number: int
    group: str
    wall: str
    welded_to: str
    at: tuple[float, float, float]
    angle: float
    damage: float
    years: float
    kilometres: float
    cause: str
    share: float


@dataclass(frozen=True)
class WeldAssessment:
    """Life of a frame's welds.

    Attributes
    ----------
    life : WeldLife
    toes : (p,) int array
        Toes that were read, numbers into the analysis' toes.
    motion : DutyMotion
    curve : SNCurve
    scatter_factor, allowed : float
    duty : Duty
    groups : tuple of WeldToe
        The worst toe of every gauge group, worst first.
    worst : tuple of WeldToe
        The worst toes of all, at most one per pair of parts.
    reckoning : Reckoning or None
        The worst toe of all on the road that does most to it, by hand; None where no road does anything.
    mending : tuple of Mending
        What the worst toe of every group asks for, in their order.
    swings : tuple of Swing
        The greatest one of each of those on the road that does most to it; without those that no road does anything to.
    """

    life: WeldLife
    toes: Ints
    motion: DutyMotion
    curve: SNCurve
    scatter_factor: float
    allowed: float
    duty: Duty
    groups: tuple[WeldToe, ...]
    worst: tuple[WeldToe, ...]
    reckoning: Reckoning | None
    mending: tuple[Mending, ...]
    swings: tuple[Swing, ...] = ()


def assess_welds(
    analysis: FrameAnalysis,
    frame: OpenFrame,
    read_stress: FloatArray,
    duty: Duty,
    row: AcceptanceRow,
    fat: float,
    handling: Sequence[str],
    sample: float,
    daily: FloatArray | None = None,
    progress: Callable[[str], None] = lambda message: None,
) -> WeldAssessment:
    """Assess the welds of a frame over a duty spectrum.

    Parameters
    ----------
    analysis : FrameAnalysis
    frame : OpenFrame
    read_stress : (f, p, 6) array
        `toe_stress` of every field of the frame.
    duty : Duty
    row : AcceptanceRow
        ``miner_weld``.
    fat : float
        Hot-spot class of the welds, MPa.
    handling : sequence of str
        Names of the static cases in which the frame is lifted.
    sample : float
        How long every kind of road is driven, s.
    daily : (s, n_rows, 6) array, optional
        Changes of the recovered stress that come and go once a day, MPa.
    progress : callable

    Raises
    ------
    NoVerdict
        When the mesh has no rows at the weld toes.
    """
    if analysis.toes is None:
        raise NoVerdict("this mesh has no rows of elements at the weld toes", "life", "check without --quick")
    progress("life: stress at the weld toes")
    tensors = stress_factors(frame, read_stress)
    states = _states(analysis, handling)
    days = np.zeros((*states.shape[:2], 0)) if daily is None else np.moveaxis(toe_stress(analysis, daily), 0, -1)
    tensors = np.concatenate([tensors, states, days], axis=-1)
    read = np.flatnonzero(np.isfinite(tensors).all(axis=(1, 2)))
    toes = analysis.toes.toes
    factors = plane_factors(tensors[read], toes.away[read], toes.inward[read])
    motion = duty_motion(frame, duty, sample, progress)
    passages = _with_states(motion.passages, states.shape[-1], days.shape[-1], duty)
    curve = iiw(fat)
    strength = np.array([thickness_factor(float(t)) for t in toes.thickness[read]])
    groups = analysis.toes.groups[read]
    life = weld_life(factors, passages, curve, groups, strength, progress=progress)
    scatter, allowed = row.number("scatter_factor_on_life"), row.number("D_allow")
    asked = _Asked(frame, life, factors, passages, curve, strength)
    by_hand = asked.by_hand(int(life.yearly.argmax()))
    found = WeldAssessment(life, read, motion, curve, scatter, allowed, duty, (), (), by_hand, ())
    found = replace(found, groups=_groups(analysis, found, groups), worst=_worst(analysis, found))
    swings = (asked.swing(toe, int(read[toe.number]), toes) for toe in found.groups)
    return replace(found, mending=_mending(analysis, found, asked, fat), swings=tuple(item for item in swings if item))


@dataclass(frozen=True)
class _Asked:
    """What a toe is asked again with."""

    frame: OpenFrame
    life: WeldLife
    factors: FloatArray
    passages: Sequence[Passage]
    curve: SNCurve
    strength: FloatArray

    def row(self, toe: int) -> FloatArray:
        """Stress per coordinate on the toe's governing plane."""
        return self.factors[toe, int(np.abs(PLANES - self.life.plane[toe]).argmin())]

    def road(self, toe: int) -> tuple[Passage, float] | None:
        """The road that does most to a toe, and its damage in a year; None where none does anything."""
        life = self.life
        on_roads = [life.per_year[number, toe] if kind == "road" else 0.0 for number, kind in enumerate(life.kinds)]
        road = int(np.argmax(on_roads))
        return (self.passages[road], float(on_roads[road])) if on_roads[road] > 0.0 else None

    def by_hand(self, toe: int) -> Reckoning | None:
        """The toe on its worst road by hand."""
        worst = self.road(toe)
        if worst is None:
            return None
        return reckon(self.frame, self.row(toe), worst[0], self.curve, float(self.strength[toe]), worst[1])

    def swing(self, toe: WeldToe, place: int, toes: WeldToes) -> Swing | None:
        """The greatest swing of a toe's stress on its worst road; `place` counts all toes."""
        worst = self.road(toe.number)
        if worst is None:
            return None
        row, coordinates = self.row(toe.number), worst[0].coordinates
        over_time = coordinates @ row
        ends = coordinates[int(over_time.argmax())] - coordinates[int(over_time.argmin())]
        away, inward = toes.away[place], toes.inward[place]
        normal = math.cos(toe.angle) * away + math.sin(toe.angle) * np.cross(away, inward)
        moved = moved_by(self.frame, ends[: self.frame.mix.shape[1]])
        return Swing(toe.group, place, normal, float(np.ptp(over_time)), moved)


def _mending(analysis: FrameAnalysis, found: WeldAssessment, asked: _Asked, fat: float) -> tuple[Mending, ...]:
    yearly = found.allowed / (found.scatter_factor * found.duty.years)
    answer: list[Mending] = []
    for toe in found.groups:
        strength = float(asked.strength[toe.number])
        stress = allowed_stress(asked.row(toe.number), asked.passages, found.curve, strength, yearly)
        use = found.scatter_factor * toe.damage / found.allowed
        wall = analysis.tensor.solid.thickness(toe.group)
        answer.append(mending(toe.group, use, stress, fat, wall, asked.by_hand(toe.number)))
    return tuple(answer)


def _states(analysis: FrameAnalysis, handling: Sequence[str]) -> FloatArray:
    """Structural stress tensors in the states of a swap: at rest at both ends of the preload, and lifted, (p, 6, s)."""
    names = [name for name in analysis.static.results if name.startswith(REST) or name in handling]
    moved = np.array([analysis.static.results[name].displacement for name in names])
    return np.moveaxis(toe_stress(analysis, nodal_stress(analysis, moved)), 0, -1)


def _with_states(passages: Sequence[Passage], states: int, days: int, duty: Duty) -> list[Passage]:
    """Every passage with columns for the states of a swap and of a day, and the swaps and days themselves."""
    more = states + days
    found = [replace(item, coordinates=np.pad(item.coordinates, ((0, 0), (0, more)))) for item in passages if item.per_year > 0.0]
    width = passages[0].coordinates.shape[1]
    through = np.eye(width + more)[width:]
    if duty.swaps > 0.0:
        found.append(Passage("swaps", "swap", through[:states], 0.0, HANDLING_PER_SWAP * duty.swaps))
    if days:
        rest = np.zeros((1, width + more))
        found.append(Passage("warm and cold days", "manoeuvre", np.concatenate([rest, through[states:]]), 0.0, DAYS))
    return found


def _toe(analysis: FrameAnalysis, found: WeldAssessment, number: int) -> WeldToe:
    assert analysis.toes is not None
    toes, solid = analysis.toes.toes, analysis.tensor.solid
    place = int(found.toes[number])
    yearly = float(found.life.yearly[number])
    cause = int(found.life.per_year[:, number].argmax())
    years = found.allowed / (found.scatter_factor * yearly) if yearly > 0.0 else float("inf")
    x, y, z = toes.point[place]
    return WeldToe(
        number=number,
        group=solid.groups[int(analysis.toes.groups[place])],
        wall=solid.pieces[int(toes.part[place])].name,
        welded_to=solid.pieces[int(toes.other[place])].name,
        at=(float(x), float(y), float(z)),
        angle=float(found.life.plane[number]),
        damage=yearly * found.duty.years,
        years=years,
        kilometres=years * found.duty.distance / 1e6,
        cause=found.life.causes[cause],
        share=float(found.life.per_year[cause, number]) / yearly if yearly > 0.0 else 0.0,
    )


def _groups(analysis: FrameAnalysis, found: WeldAssessment, groups: Ints) -> tuple[WeldToe, ...]:
    order = np.argsort(-found.life.yearly, kind="stable")
    first = [int(order[groups[order] == group][0]) for group in np.unique(groups)]
    return tuple(sorted((_toe(analysis, found, number) for number in first), key=lambda toe: -toe.damage))


def _worst(analysis: FrameAnalysis, found: WeldAssessment, count: int = 12) -> tuple[WeldToe, ...]:
    """The worst toes, one for each pair of parts."""
    assert analysis.toes is not None
    toes = analysis.toes.toes
    seen: dict[tuple[int, int], int] = {}
    for number in np.argsort(-found.life.yearly, kind="stable"):
        place = int(found.toes[number])
        seen.setdefault((int(toes.part[place]), int(toes.other[place])), int(number))
        if len(seen) == count:
            break
    return tuple(_toe(analysis, found, number) for number in seen.values())


def weld_criteria(analysis: FrameAnalysis, found: WeldAssessment, row: AcceptanceRow) -> list[Criterion]:
    """``miner_weld``: the worst toe of every gauge group."""
    if analysis.weld_coverage < LEAST_COVERAGE:
        return [not_evaluated(row.name, "all", row.source, "too few weld toes can be read")]
    error = found.life.error
    rows: list[Criterion] = []
    if analysis.feet is not None:
        unread = not_evaluated(row.name, "feet of braces", row.source, "")
        rows.append(undecided(unread, "feet of braces and gussets are read in submodels of the static cases alone"))
    for toe in found.groups:
        reason = (
            f"{found.curve.name} hot spot; damage {toe.damage:.3g} times the scatter factor {found.scatter_factor:g}; "
            f"{toe.cause} does {toe.share:.0%}"
        )
        value = found.scatter_factor * toe.damage
        case = f"{toe.group}, {found.duty.years:g} years"
        item = upper(row.name, case, value, found.allowed, "damage", row.source, reason)
        if item.status == "passed" and value * (1.0 + SIGMAS * error) > found.allowed:
            item = undecided(item, f"{reason}; the sample of the roads is too short: standard error {error:.0%}")
        rows.append(item)
    return rows
