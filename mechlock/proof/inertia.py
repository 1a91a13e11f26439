"""Bounds over a lock's root box: a load's lever from below, and what the links' inertia turns the drive with from above.

In the frame of a base with acceleration a, each link of mass m feels -m a at its centre. Its generalised force on the drive is
-a . G with G the sum of m dC/d(drive) over the links (C their centres), so that s Q >= F d . P' - |a| |G| with P' = dP/d(drive).
`over_centre` with a `base_acceleration` has this in its certificate; here is what the prover alone says, for results and tests.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction

import numpy as np
import sympy as sp

from mechlock.errors import NoVerdict
from mechlock.linkage.interval import Array
from mechlock.linkage.mechanism import PointName, Vector
from mechlock.linkage.program import minus, plus, rotate, turned
from mechlock.proof.conditions import Problem, lever_factors
from mechlock.proof.search import lower_bounds
from mechlock.proof.variants import LinkMass

CUTS = 8
"""Equal parts into which the drive's interval and the load's cone are cut, so that the lever's bound is sharp."""


def sway(problem: Problem, masses: Mapping[str, LinkMass]) -> float:
    """Bound |G| from above over the root box, in t mm per rad (or t for a sliding drive).

    Raises
    ------
    NoVerdict
        Where there is no closed form, or the links' speeds have no bound over the box.
    """
    solution, mechanism = problem.solution, problem.mechanism
    total: Vector = (sp.S.Zero, sp.S.Zero)
    for body, entry in masses.items():
        home = PointName(body, next(iter(mechanism.bodies[body].points)))
        centre = (_exact(entry.centre[0]), _exact(entry.centre[1]))
        arm = rotate(solution.directions[body], minus(centre, mechanism.local(home)))
        spin = turned(arm)
        omega = solution.velocity_ratio(body)
        speed = plus(solution.point_ratio(home), (omega * spin[0], omega * spin[1]))
        total = plus(total, (_exact(entry.mass) * speed[0], _exact(entry.mass) * speed[1]))
    tape = problem.compile([total[0] ** 2 + total[1] ** 2])
    low, high = np.zeros((len(tape.inputs), 1)), np.ones((len(tape.inputs), 1))
    most = float(np.max(tape.forward(problem.space.box(low, high))[tape.outputs[0]].high))
    if not math.isfinite(most):
        raise NoVerdict("the links' speeds have no bound over the whole box", mechanism.where)
    return math.sqrt(most) * (1.0 + 1e-12)


def lever(problem: Problem, load: str) -> float:
    """Bound s Q/|f| of a load from below over the root box, whatever the play does, mm (a number for a sliding drive).

    Raises
    ------
    NoVerdict
        Where there is no closed form.
    """
    names = [variable.name for variable in problem.goals.linkage.variables]
    direction, drive = names.index(f"direction {load}"), next(i for i, name in enumerate(names) if name.startswith("drive "))
    factors = lever_factors(problem, load)
    # a factor in a denominator is bounded from above: its negative from below
    signed = [expression if power > 0 else -expression for expression, power in factors]
    bounds = lower_bounds(problem.compile(signed), problem.space, {drive: CUTS, direction: CUTS})
    return _product([(bound, power) for bound, (_, power) in zip(bounds, factors, strict=True)])


def _product(factors: list[tuple[Array, int]]) -> float:
    """Bound a product of positive factors, part by part, from the bounds of each, negated where its power is negative."""
    total = np.ones(1)
    for signed, power in factors:
        bound = signed if power > 0 else -signed
        if not (bound > 0.0).all():
            return 0.0
        total = np.nextafter(total * np.nextafter(bound ** float(power), 0.0), 0.0)
    return float(total.min())


def _exact(value: float) -> sp.Expr:
    exact = Fraction(value)
    return sp.Integer(exact.numerator) / sp.Integer(exact.denominator)
