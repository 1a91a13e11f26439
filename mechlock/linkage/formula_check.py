"""Every formula of a derivation against the constraint equations, at random dimensions and drive positions.

What a formula says there is compared with configurations by Newton's method, velocities and accelerations by the constraints'
Jacobian, and forces by the free-body equations of all bodies (see `samples`), none of which knows the formulas.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import sympy as sp

from mechlock.linkage import continuation
from mechlock.linkage.agreement import FLOOR, Agreement, agreement, coordinates, equation_agrees, loop_agreements
from mechlock.linkage.assur import PinLink
from mechlock.linkage.compile import compile_solution, size_of
from mechlock.linkage.constraints import Array
from mechlock.linkage.force_check import lever_agrees, reserve_agrees
from mechlock.linkage.formulas import Formulas, Ratio
from mechlock.linkage.mechanism import GROUND, PointName
from mechlock.linkage.named_rates import NamedRates
from mechlock.linkage.positions import Positions
from mechlock.linkage.reserve import Reserve
from mechlock.linkage.samples import Samples, Values, draw
from mechlock.linkage.travel import circuit


def check_formulas(
    found: Formulas, positions: Positions, reserves: Sequence[Reserve] = (), samples: Samples | None = None
) -> tuple[Agreement, ...]:
    """Compare all formulas of a derivation with the constraint equations.

    Parameters
    ----------
    found : Formulas
        As they are shown.
    positions : Positions
        The linkage; its selected mode is looked at.
    reserves : sequence of Reserve
        Over-centre reserves that are shown with them.
    samples : Samples, optional
        Where; default: drawn at random.
    """
    check = _Check(found, positions, samples or draw(positions))
    kept = [one for reserve in reserves for one in reserve_agrees(positions, found.solution, reserve)]
    return (*check.positions_section(), *check.rates_section(), *check.forces_section(), *kept)


class _Check:
    def __init__(self, found: Formulas, positions: Positions, samples: Samples) -> None:
        self.found, self.positions, self.samples = found, positions, samples
        self.values = Values(len(samples.drive), samples.dimensions | coordinates(samples, found.angles) | self._program())
        self.size = size_of(positions.mechanism)
        self.speed, self.gain = FLOOR * samples.speed, FLOOR * samples.gain

    def _program(self) -> dict[sp.Symbol, Array]:
        """What the closed form gives at the samples, in the selected mode."""
        solution, signs = self.found.solution, self.positions.selected.signs or ()
        symbols = [item.symbol for item in solution.program]
        given = {symbol.name: row for symbol, row in self.samples.dimensions.items()}
        table = compile_solution(solution, signs, symbols)(self.samples.drive, given) if symbols else np.zeros((0, 0))
        ones = np.ones(len(self.samples.drive))
        return dict(zip(symbols, table, strict=True)) | {s: sign * ones for s, sign in zip(solution.signs, signs, strict=True)}

    # -- positions ------------------------------------------------------------------------------------------------

    def positions_section(self) -> Iterator[Agreement]:
        """Loop closure, input and output, closed form, and where it exists."""
        yield from loop_agreements(self.found.loop_closure, self.values, self.found.angles.values())
        for relation in self.found.input_output:
            yield equation_agrees("input and output", relation.words, relation.relation, self.values)
            yield equation_agrees("input and output", f"polynomial in {relation.unknown}", relation.polynomial, self.values)
        yield from self.positions_agree()
        yield from self.conditions_agree()

    def positions_agree(self) -> Iterator[Agreement]:
        """Places of all points, directions of all bodies, travels."""
        samples, solution = self.samples, self.found.solution
        for body in self.positions.mechanism.moving:
            angle = samples.angle(body)
            gaps = [self.values.of(solution.directions[body]) - np.array([np.cos(angle), np.sin(angle)])]
            for name in self.positions.mechanism.bodies[body].points:
                point = PointName(body, name)
                place = samples.place(point).T
                gaps.append((self.values.of(solution.points[point]) - place) / np.maximum(np.abs(place), self.size))
            yield agreement("positions", body, np.concatenate(gaps), 0.0, 1.0)
        for joint, travel in solution.travels.items():
            numeric = next(found for found in samples.constraints.joints if found.name == joint)
            wanted = samples.constraints.travel(samples.q, numeric)
            yield agreement("positions", f"travel of {joint}", self.values(travel), wanted, np.maximum(np.abs(wanted), self.size))

    def conditions_agree(self) -> Iterator[Agreement]:
        """The conditions hold at all samples, and end where the constraint equations turn back."""
        conditions = self.found.solution.conditions
        rows = self.values.of([condition.expression for condition in conditions]) if conditions else np.zeros((0, 0))
        for condition, row in zip(conditions, rows, strict=True):
            broken = ~(row > 0.0) if condition.kind == "positive" else ~(np.abs(row) > 0.0)
            yield agreement("existence", condition.meaning, np.where(broken, np.inf, 0.0), 0.0, 1.0)
        positions, constraints = self.positions, self.positions.constraints
        travel = circuit(positions, positions.selected)
        if travel is None or travel.full or constraints.rows + 1 != constraints.unknowns:
            return
        length = travel.high - travel.low
        for end, inward, limited in ((travel.low, 1.0, travel.bounded[0]), (travel.high, -1.0, travel.bounded[1])):
            inside = end + inward * 1e-7 * length
            q = positions.at(positions.selected, np.array([inside]))[0]
            if limited and np.isfinite(q).all():
                turn = np.array([continuation.limit(constraints, q, inside)])
                yield agreement("existence", "limit of travel", np.array([end]), turn, length)

    # -- rates ----------------------------------------------------------------------------------------------------

    def rates_section(self) -> Iterator[Agreement]:
        """Velocity and acceleration ratios, transmission angles, mechanical advantages."""
        for ratio in self.found.ratios:
            yield from self.ratio_agrees(ratio)
        for joint, cosine in self.found.transmission.items():
            yield agreement("transmission angle", joint, self.values(cosine), self.cosine(joint), 1.0)
        for ratio in self.found.accelerations:
            wanted = self.samples.turning(ratio.body)[1]
            size = np.abs(wanted) + self.gain / self.samples.constraints.size
            yield agreement("acceleration ratio", f"alpha_{ratio.body}", self.values(ratio.whole), wanted, size)
        if self.found.named is not None:
            yield from self.named_agree(self.found.named)

    def ratio_agrees(self, ratio: Ratio) -> Iterator[Agreement]:
        """A velocity ratio, the same as a product of factors and in body angles, and its reciprocal as mechanical advantage."""
        samples = self.samples
        forms = [ratio.expression]
        if ratio.factors:
            forms.append(sp.Mul(*[factor.expression**factor.power for factor in ratio.factors]))
        if ratio.by_angles is not None:
            forms.append(ratio.by_angles)
        if ratio.way != "turning":
            anchor, along = self.slide(ratio)
            wanted = np.einsum("ni,ni->n", samples.rate(anchor), along)
            effort, floor = samples.effort(anchor, along), self.speed
        else:
            wanted, floor = samples.turning(ratio.body)[0], self.speed / samples.constraints.size
            anchor = PointName(ratio.body, next(iter(self.positions.mechanism.bodies[ratio.body].points)))
            effort = samples.effort(anchor, np.zeros((len(wanted), 2)), 1.0)
        for value in self.values.of(forms):
            yield agreement("velocity ratio", ratio.name, value, wanted, np.abs(wanted) + floor)
        moves = np.abs(wanted) > floor
        if moves.any():
            advantage = self.values(ratio.mechanical_advantage)[moves]
            yield agreement("mechanical advantage", ratio.name, advantage * effort[moves], 1.0, 1.0)

    def slide(self, ratio: Ratio) -> tuple[PointName, Array]:
        """The point by which a body's speed is meant, and the unit vector along which it is, shape (n, 2)."""
        rates = self.found.solution.rates
        motion = rates.motions[rates.place.owner[ratio.body]]
        assert motion is not None
        ways = {"x": (sp.S.One, sp.S.Zero), "y": (sp.S.Zero, sp.S.One)}
        return motion.anchor, self.values.of(ways.get(ratio.way, motion.velocity)).T

    def cosine(self, joint: str) -> Array:
        """Cosine of the transmission angle at a pin, from the places of the pins."""
        samples = self.samples
        for solved in self.found.solution.groups:
            group, inner = solved.group, solved.group.inner
            if not isinstance(inner, PinLink) or inner.path[0][0].name != joint:
                continue
            outer1, outer2 = group.outer
            assert isinstance(outer1, PinLink)
            link = samples.place(inner.here) - samples.place(outer1.here)
            if isinstance(outer2, PinLink):
                other = samples.place(inner.there) - samples.place(outer2.here)
            else:
                slide = next(found for found in samples.constraints.joints if found.name == outer2.name)
                other = samples.constraints.axes(samples.q, slide)[1]
            return np.einsum("ni,ni->n", link, other) / (np.linalg.norm(link, axis=1) * np.linalg.norm(other, axis=1))
        return np.full(len(samples.drive), np.nan)

    def named_agree(self, named: NamedRates) -> Iterator[Agreement]:
        """Ratios in named quantities, of pins and of bodies."""
        samples, values = self.samples, self.named_values(named)
        turn = samples.constraints.size
        for point, (speed, gain) in named.pins.items():
            yield self.vector_agrees(f"pin {point}", values.of(speed), samples.rate(point), self.speed)
            yield self.vector_agrees(f"pin {point}", values.of(gain), samples.second_rate(point), self.gain, "acceleration ratio")
        for body, state in named.states.items():
            if body == GROUND:
                continue
            (omega, alpha), found = samples.turning(body), values.of([state.omega, state.alpha])
            speed, gain = samples.rate(state.anchor), samples.second_rate(state.anchor)
            yield agreement("velocity ratio", f"omega_{body}", found[0], omega, np.abs(omega) + self.speed / turn)
            yield agreement("acceleration ratio", f"alpha_{body}", found[1], alpha, np.abs(alpha) + self.gain / turn)
            yield self.vector_agrees(f"{state.anchor}", values.of(state.u), speed, self.speed)
            yield self.vector_agrees(f"{state.anchor}", values.of(state.a), gain, self.gain, "acceleration ratio")

    def vector_agrees(self, name: str, found: Array, wanted: Array, floor: Array, section: str = "velocity ratio") -> Agreement:
        """Both components of a vector, shape (2, n), against the one wanted, shape (n, 2)."""
        return agreement(section, name, found, wanted.T, np.linalg.norm(wanted, axis=1) + floor)

    def named_values(self, named: NamedRates) -> Values:
        """The values with those of all named quantities, one after the other."""
        values = Values(self.values.count, self.values.known)
        values.run((*named.products, *named.velocities, *named.accelerations))
        return values

    # -- forces ---------------------------------------------------------------------------------------------------

    def forces_section(self) -> Iterator[Agreement]:
        """Levers of the loads, and the over-centre condition."""
        named = self.found.named
        values = self.named_values(named) if named is not None else self.values
        for point, lever in self.found.levers.items():
            yield from lever_agrees(self.samples, values, point, lever)
