"""Seated: what the drive's sensor says implies that the hook stands where it holds, over all dimensions and play.

Where the drive reads within a band of its stop, the loaded point P lies within bounds of where it stands at nominal
dimensions, along and across the middle of its load's cone. Bounds are the prover's own, by intervals with gradients.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import sympy as sp

from mechlock.inputs.linkage import LinkageSource
from mechlock.linkage.program import dot, unit
from mechlock.linkage.semantics import build
from mechlock.proof.inertia import CUTS
from mechlock.proof.prover import problem
from mechlock.proof.search import lower_bounds
from mechlock.proof.tape import values as evaluate
from mechlock.proof.variants import Perturbation, derive


@dataclass(frozen=True)
class Seated:
    """Where the loaded point may stand, mm from its nominal place, while the sensor reads locked.

    Attributes
    ----------
    load : str
    along, across : (low, high)
        Along the middle of the load's cone, and across it to the left.
    """

    load: str
    along: tuple[float, float]
    across: tuple[float, float]


def seated(source: LinkageSource, load: str, band: float) -> Seated:
    """Bound where a load's point stands while the drive reads within `band` (rad or mm) of its stop's interval.

    Raises
    ------
    NoVerdict
        Where there is no closed form.
    """
    nominal = build(source)
    assert nominal.lock is not None
    sense = nominal.lock.stop or 1
    reading = Perturbation("seated", (), drive=(band, 0.0) if sense > 0 else (0.0, band))
    derived = derive(source, reading, ("over_centre",))
    mechanism = build(derived)
    case = problem(derived, mechanism)
    entry = nominal.lock.load(load)
    names = [variable.name for variable in case.goals.linkage.variables]
    drive = next(index for index, name in enumerate(names) if name.startswith("drive "))
    point, towards = case.solution.points[entry.at], sp.Rational(str(Fraction(entry.direction.nominal)))
    found: list[tuple[float, float]] = []
    for turn in (sp.S.Zero, sp.pi / 2):
        where = dot(point, unit(towards + turn))
        low = float(lower_bounds(case.compile([where]), case.space, {drive: CUTS}).min())
        high = -float(lower_bounds(case.compile([-where]), case.space, {drive: CUTS}).min())
        stands = _nominal(source, nominal.lock.drive.nominal, where)
        found.append((low - stands, high - stands))
    return Seated(load, found[0], found[1])


def _nominal(source: LinkageSource, drive: float, where: sp.Expr) -> float:
    """The same quantity at nominal dimensions, drive on its stop and pins in the middle of their holes."""
    case = problem(source, build(source))
    tape = case.compile([where])
    turn = np.pi / 180.0
    values = [
        drive if v.name.startswith("drive ") else float(v.nominal) * (turn if v.unit == "deg" else 1.0)
        for v in case.goals.linkage.variables
    ]
    return float(np.ravel(evaluate(tape, np.array(values)[:, None])[0])[0])
