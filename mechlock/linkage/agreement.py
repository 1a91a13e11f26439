"""Numbers of formulas against numbers of the constraint equations: how far they disagree, and whether that is rounding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import cast

import numpy as np
import sympy as sp

from mechlock.linkage.constraints import Array, wrapped
from mechlock.linkage.samples import Samples, Values

AGREES = 1e-8
"""Relative disagreement above which a formula counts as wrong; rounding leaves far less away from singular positions."""

FLOOR = 1e-3
"""A rate is compared with itself and with this share of the greatest one there, so that one that vanishes can agree."""


@dataclass(frozen=True)
class Agreement:
    """One formula against the constraint equations.

    Attributes
    ----------
    section, formula : str
        Which, in words.
    disagreement : float
        Largest over the samples, relative to the size of what is compared; infinite where the formula gives no number.
    samples : int
        Where it was compared.
    """

    section: str
    formula: str
    disagreement: float
    samples: int

    @property
    def agrees(self) -> bool:
        """Whether it is rounding."""
        return self.samples > 0 and self.disagreement <= AGREES


def agreement(section: str, formula: str, found: Array, wanted: Array | float, size: Array | float) -> Agreement:
    """Compare rows of numbers; `size` is what a difference is measured by."""
    gap = np.abs(found - wanted)
    with np.errstate(invalid="ignore", divide="ignore"):
        relative = np.where(gap == 0.0, 0.0, gap / size)
    worst = float(np.where(np.isfinite(relative), relative, np.inf).max(initial=0.0))
    return Agreement(section, formula, worst, relative.shape[-1])


def equation_agrees(section: str, formula: str, equation: sp.Eq, values: Values) -> Agreement:
    """Both sides of an equation, measured by the sum of all their terms."""
    terms = [list(sp.Add.make_args(side)) for side in _sides(equation)]
    rows = values.of([*terms[0], *terms[1]])
    left, right = rows[: len(terms[0])], rows[len(terms[0]) :]
    return agreement(section, formula, left.sum(axis=0), right.sum(axis=0), np.abs(rows).sum(axis=0))


def _sides(equation: sp.Eq) -> tuple[sp.Expr, sp.Expr]:
    left, right = equation.args
    return cast(sp.Expr, left), cast(sp.Expr, right)


def coordinates(samples: Samples, angles: Mapping[str, sp.Symbol]) -> dict[sp.Symbol, Array]:
    """Drive, body angles, tangents of their halves, and travels as the constraint equations have them."""
    known = {samples.mechanism.drive.symbol: samples.drive}
    known |= {symbol: samples.angle(body) for body, symbol in angles.items()}
    known |= {sp.Symbol(f"t_{body}", real=True): np.tan(0.5 * samples.angle(body)) for body in angles}
    for joint in samples.constraints.joints:
        if not joint.revolute:
            symbol = sp.Symbol(f"s_{joint.name}".replace("~", "_"), real=True)
            known[symbol] = samples.constraints.travel(samples.q, joint)
    return known


def loop_agreements(equations: tuple[sp.Eq, ...], values: Values, angles: Iterable[sp.Symbol]) -> Iterator[Agreement]:
    """The loop-closure equations at configurations of the constraint equations; those of angles but for whole turns."""
    turning = set[sp.Basic](angles)
    for index, equation in enumerate(equations):
        words = f"equation {index + 1}"
        if equation.free_symbols & turning and not equation.has(sp.sin, sp.cos):
            left, right = values.of(_sides(equation))
            yield agreement("loop closure", words, wrapped(left - right), 0.0, np.pi)
        else:
            yield equation_agrees("loop closure", words, equation, values)
