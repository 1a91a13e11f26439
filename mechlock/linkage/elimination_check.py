"""The formulas of an elimination against the constraint equations, as `formula_check` compares those of a closed form."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
import sympy as sp

from mechlock.linkage.agreement import Agreement, agreement, coordinates, equation_agrees, loop_agreements
from mechlock.linkage.assur import PinLink
from mechlock.linkage.compile import size_of
from mechlock.linkage.constraints import Array
from mechlock.linkage.elimination import Elimination, Stage, closing
from mechlock.linkage.formulas import equation, loop_closure
from mechlock.linkage.positions import Positions
from mechlock.linkage.program import substitute
from mechlock.linkage.samples import Samples, Values, draw
from mechlock.linkage.triad_rates import TriadRates, triad_rates
from mechlock.linkage.triads import Platform

RATES = 12
"""Drive positions at which the rate equations of a triad are compared, at nominal dimensions."""


def check_elimination(positions: Positions, samples: Samples | None = None) -> tuple[Agreement, ...]:
    """Compare what the page of a linkage without a closed form shows with the constraint equations."""
    taken = samples or draw(positions)
    angles = {body: sp.Symbol(f"theta_{body}", real=True) for body in positions.mechanism.moving}
    values = Values(len(taken.drive), taken.dimensions | coordinates(taken, angles))
    found = list(loop_agreements(loop_closure(positions.mechanism), values, angles.values()))
    if positions.roots is not None:
        found += _stages(positions, taken, positions.roots.elimination)
        found += _polynomials(positions)
        for stage in positions.roots.elimination.stages:
            found += _rates(positions, stage)
    return tuple(found)


def _stages(positions: Positions, samples: Samples, elimination: Elimination) -> tuple[Agreement, ...]:
    """Stages and positions with the assembly signs that the mode looked at has."""
    combinations = product((1, -1), repeat=len(elimination.signs))
    tried = [tuple(_with_signs(positions, samples, elimination, signs)) for signs in combinations]
    return min(tried, key=lambda found: max((one.disagreement for one in found), default=0.0))


def _with_signs(positions: Positions, samples: Samples, elimination: Elimination, signs: tuple[int, ...]) -> Iterator[Agreement]:
    """Lines, circle and closing equation of each stage, with its vector as the configurations have it; then where bodies are."""
    known = samples.dimensions | {positions.mechanism.drive.symbol: samples.drive}
    values = Values(len(samples.drive), known)
    program = substitute(elimination.program, dict(zip(elimination.signs, map(sp.Integer, signs), strict=True)))
    done = 0
    for stage in elimination.stages:
        body = stage.group.centre if isinstance(stage.group, Platform) else stage.group.first
        values.known[stage.angle] = samples.angle(body)
        values.run(program[done : stage.before])
        values.known |= dict(zip(stage.vector, _vector(samples, stage), strict=True))
        yield from _lines(stage, values)
        done = stage.before
    values.run(program[done:])
    size = size_of(positions.mechanism)
    for index, body in enumerate(samples.constraints.bodies):
        c, s, x, y = values.of(elimination.poses[index])
        angle, place = samples.angle(body), samples.q[:, 3 * index : 3 * index + 2].T
        gaps = [c - np.cos(angle), s - np.sin(angle), *((np.array([x, y]) - place) / np.maximum(np.abs(place), size))]
        yield agreement("positions", body, np.array(gaps), 0.0, 1.0)


def _vector(samples: Samples, stage: Stage) -> Array:
    """X of a stage as the configurations have it, shape (2, n)."""
    group = stage.group
    if not isinstance(group, Platform):
        angle = samples.angle(group.second)
        return np.array([np.cos(angle), np.sin(angle)])
    first = group.legs[0]
    if isinstance(first.inner, PinLink) and isinstance(first.outer, PinLink):
        return (samples.place(first.inner.there) - samples.place(first.outer.here)).T
    row = 3 * samples.index(group.centre)
    return samples.q[:, row : row + 2].T


def _lines(stage: Stage, values: Values) -> Iterator[Agreement]:
    name = stage.group.name
    for index, (m, k) in enumerate(stage.lines):
        line = equation(m[0] * stage.vector[0] + m[1] * stage.vector[1] + k, sp.S.Zero)
        yield equation_agrees("elimination", f"linear equation {index + 1} of the {name}", line, values)
    d, n, _ = closing(stage)
    if stage.square is not None:
        circle = equation(stage.vector[0] ** 2 + stage.vector[1] ** 2, stage.square)
        yield equation_agrees("elimination", f"circle of the {name}", circle, values)
        left, right = values.of([n[0] ** 2 + n[1] ** 2, stage.square * d**2])
        yield agreement("elimination", f"closing equation of the {name}", left, right, _size(left, right))
    else:
        (m, k) = stage.lines[2]
        rows = values.of([m[0] * n[0], m[1] * n[1], k * d])
        yield agreement("elimination", f"closing equation of the {name}", rows.sum(axis=0), 0.0, np.abs(rows).sum(axis=0))


def _size(left: Array, right: Array) -> Array:
    """What a difference is measured by: both sides, and their usual size where both vanish."""
    both = np.abs(left) + np.abs(right)
    return both + np.median(both)


def _polynomials(positions: Positions) -> Iterator[Agreement]:
    """The polynomial at the drive's value vanishes at every configuration that the interval search finds there."""
    for polynomial in positions.polynomials[:1] if len(positions.polynomials) == 1 else ():
        group = polynomial.stage.group
        body = group.centre if isinstance(group, Platform) else group.first
        angles = positions.census.q[:, 3 * positions.constraints.bodies.index(body) + 2]
        t = np.tan(0.5 * angles)
        powers = polynomial.coefficients * t[:, None] ** np.arange(polynomial.degree, -1, -1)
        yield agreement("elimination", f"polynomial of the {group.name}", powers.sum(axis=1), 0.0, np.abs(powers).sum(axis=1))


def _rates(positions: Positions, stage: Stage) -> Iterator[Agreement]:
    """Velocity and acceleration ratios of a triad along the travel, as solved and as quotients of determinants."""
    nominal = draw(positions, RATES, varied=False)
    found = [triad_rates(positions, stage.group, q) for q in nominal.q]
    weight = np.tile([1.0, 1.0, nominal.constraints.size], len(nominal.constraints.bodies))
    first, second = (np.array(rows) for rows in zip(*[one.numbers() for one in found], strict=True))
    for body, column in found[0].bodies.items():
        floors = [1e-3 * np.abs(rates * weight).max(axis=1) / nominal.constraints.size for rates in (nominal.v, nominal.a)]
        omega, alpha = nominal.turning(body)
        quotient = np.array([_number(one, one.ratio(body)) for one in found])
        for value in (first[:, column], quotient):
            yield agreement("velocity ratio", body, value, omega, np.abs(omega) + floors[0])
        yield agreement("acceleration ratio", body, second[:, column], alpha, np.abs(alpha) + floors[1])


def _number(found: TriadRates, expression: sp.Expr) -> float:
    return float(expression.xreplace({symbol: sp.Float(value, 17) for symbol, value in found.values.items()}))  # pyright: ignore[reportArgumentType]
