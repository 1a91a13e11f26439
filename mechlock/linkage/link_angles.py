"""Velocity ratios in the angles of the bodies, as textbooks write them.

For a four-bar ``omega_4/omega_2 = a sin(theta_3 - theta_2) / (c sin(theta_3 - theta_4))``. Source: Norton, Design of Machinery,
6th ed., chapter 6.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast

import sympy as sp
from sympy.simplify.fu import TR10i

from mechlock.linkage.assur import PinLink
from mechlock.linkage.mechanism import Vector
from mechlock.linkage.program import minus, rotate, unit
from mechlock.linkage.symbolic import SymbolicSolution

OPERATIONS = 21
"""Operations above which a ratio is not recognised in this form."""


def directions_in_angles(solution: SymbolicSolution, angles: Mapping[str, sp.Symbol]) -> dict[sp.Basic, sp.Basic]:
    """What stands for directions and link vectors of a program, in body angles; without clearance offsets."""
    known: dict[sp.Basic, sp.Basic] = {s: sp.S.Zero for pair in solution.mechanism.offsets.values() for s in pair[:2]}
    for body, angle in angles.items():
        _keep(known, solution.directions[body], unit(angle))
    local = solution.rates.place.local
    for solved in solution.groups:
        inner, links = solved.group.inner, zip("wv", solved.group.bodies, solved.group.outer, strict=False)
        for name, body, outer in links:
            if name in solved.vectors and isinstance(inner, PinLink) and isinstance(outer, PinLink):
                arm = minus(local(inner.here if name == "w" else inner.there), local(outer.here))
                _keep(known, solved.vectors[name], rotate(unit(angles[body]), arm))
    return known


def _keep(known: dict[sp.Basic, sp.Basic], vector: Vector, meaning: Vector) -> None:
    for component, written in zip(vector, meaning, strict=True):
        sign = -1 if (-component).is_Symbol else 1
        if (sign * component).is_Symbol:
            known.setdefault(sign * component, sign * written)


def in_angles(
    solution: SymbolicSolution,
    known: Mapping[sp.Basic, sp.Basic],
    factors: Iterable[tuple[sp.Expr, int]],
    longest: int = OPERATIONS,
) -> sp.Expr | None:
    """A product of factors, each with its power, in body angles; None where that is long or not possible.

    Parameters
    ----------
    known : mapping
        From `directions_in_angles`.
    longest : int
        Operations at most.
    """
    total = sp.S.One
    for factor, power in factors:
        spread = sp.expand(factor.xreplace(dict(known)))
        total = total * sp.factor_terms(cast(sp.Expr, TR10i(spread))) ** power
    left = {item.symbol for item in solution.program} & total.free_symbols
    return None if left or total.is_number or sp.count_ops(total) > longest else cast(sp.Expr, total)
