"""The part of a derivation that eliminates a triad to one polynomial in a half-angle tangent."""

from __future__ import annotations

import html
from typing import cast

import numpy as np
import sympy as sp

from mechlock.linkage import velocity
from mechlock.linkage.elimination import Stage, closing
from mechlock.linkage.polynomial import Polynomial
from mechlock.linkage.positions import Positions
from mechlock.linkage.triad_rates import triad_rates
from mechlock.linkage.triads import Platform
from mechlock.report.mathml import inner
from mechlock.report.typesetting import MATH, row, typeset, typeset_equation


def elimination_section(positions: Positions) -> list[str]:
    """Return the elimination as HTML, or why there is none."""
    if positions.roots is None:
        census = positions.census
        words = f"{len(positions.modes)} configurations are found by interval branch and prune of the loop equations"
        words += ", proved to be all." if census.complete else f" and by Newton's method, perhaps not all: {census.reason}."
        return [f"<p>The group is none of those that are eliminated to one polynomial; {html.escape(words)}</p>"]
    elimination = positions.roots.elimination
    zero = {symbol: sp.S.Zero for pair in positions.mechanism.offsets.values() for symbol in pair[:2]}
    parts: list[str] = []
    done = 0
    for stage in elimination.stages:
        parts.append(f"<h2>Elimination of the {html.escape(stage.group.name)}</h2>")
        parts.append(f"<p>{_words(stage)}</p>")
        rows = ["<tr><th>equation</th><th>meaning</th></tr>"]
        for item in elimination.program[done : stage.before]:
            left = f"<td>{typeset_equation(item.symbol, item.expression.xreplace(zero))}</td>"
            rows.append(row([left, f'<td class="words">{html.escape(item.meaning)}</td>']))
        parts.append(f"<table>{''.join(rows)}</table>")
        parts += _closing(stage)
        done = stage.before
    for polynomial in positions.polynomials:
        parts += _polynomial(polynomial)
    parts.append(_check(positions))
    for stage in elimination.stages:
        parts += _rates(positions, stage)
    return parts


def _rates(positions: Positions, stage: Stage) -> list[str]:
    """Velocity and acceleration ratios of a triad by determinants, against those of all constraint equations."""
    constraints = positions.constraints
    q = np.array(positions.selected.start)
    v = velocity.rates(constraints, q[None])
    if not np.isfinite(v).all():
        return ["<h2>Velocity ratios</h2><p>The drive stands at a limit of travel: the ratios grow without bound.</p>"]
    a = velocity.second_rates(constraints, q[None], v)
    found = triad_rates(positions, stage.group, q)
    first, second = found.numbers()
    each = "leg" if isinstance(stage.group, Platform) else "link"
    words = f"For each {each} one equation, per unit of drive rate; w are links, n normals of slides, r arms from the reference "
    words += "point (or pivot), v and a what is known of the outer ends."
    parts = [
        f"<h2>Velocity ratios of the {html.escape(stage.group.name)}</h2>",
        f'<p class="words">{words}</p>',
        f'<div class="eq">{_system(found.matrix, found.unknowns, found.right)}</div>',
    ]
    for body, column in found.bodies.items():
        top, bottom = found.quotient(body, found.right)
        quotient = f"<mfrac>{_determinant(top)}{_determinant(bottom)}</mfrac>"
        ratio = f"{MATH}<mrow>{inner(found.unknowns[column])}<mo>=</mo>{quotient}</mrow></math>"
        index = 3 * constraints.bodies.index(body) + 2
        parts.append(f'<div class="eq">{ratio} <span class="words">= {first[column]:.6g}</span></div>')
        parts.append(_agreement(first[column], float(v[0, index])))
    singular = "the lines of the three legs meet in one point"
    if each == "link":
        singular = "the lines of both links cut the line of the pivots in one point"
    parts.append(f"<p>The denominator vanishes where {singular}: there the group is singular.</p>")
    parts += [
        "<h2>Acceleration ratios</h2>",
        '<p class="words">The same matrix; centripetal and Coriolis terms stand on the right.</p>',
        f'<div class="eq">{_system(found.matrix, found.second, found.second_right)}</div>',
    ]
    for body, column in found.bodies.items():
        index = 3 * constraints.bodies.index(body) + 2
        value = f"{typeset(found.second[column])} = {second[column]:.6g}"
        parts += [f'<div class="eq">{value}</div>', _agreement(second[column], float(a[0, index]))]
    rows = [f"<tr><td>{typeset(symbol)}</td><td class='n'>{value:.6g}</td></tr>" for symbol, value in found.values.items()]
    return [*parts, f"<table><tr><th>known</th><th>value (mm per unit of drive)</th></tr>{''.join(rows)}</table>"]


def _agreement(one: float, other: float) -> str:
    words = f"The constraint equations of all joints give {other:.6g}; the difference is {abs(one - other):.1e}."
    return f'<p class="words">{words}</p>'


def _system(matrix: sp.Matrix, unknowns: tuple[sp.Symbol, ...], right: sp.Matrix) -> str:
    """``matrix unknowns = right`` as MathML."""
    sides = [inner(cast(sp.Basic, side.as_immutable())) for side in (matrix, sp.Matrix(unknowns), right)]
    return f"{MATH}<mrow>{sides[0]}{sides[1]}<mo>=</mo>{sides[2]}</mrow></math>"


def _determinant(matrix: sp.Matrix) -> str:
    return f"<mrow><mo>det</mo>{inner(cast(sp.Basic, matrix.as_immutable()))}</mrow>"


def _words(stage: Stage) -> str:
    x = typeset(sp.Symbol("X", real=True))
    where = "the link's length squared" if stage.square is not None and stage.square != 1 else "one"
    circle = f" and has the squared length {where}" if stage.square is not None else ""
    return (
        f"With the angle {typeset(stage.angle)} as the only unknown, the vector {x} = ({typeset(stage.vector[0])}, "
        f"{typeset(stage.vector[1])}) obeys two linear equations m&#183;X + k = 0{circle}: the differences of the links' "
        "circles, in which the squares cancel."
    )


def _closing(stage: Stage) -> list[str]:
    d, n, _ = closing(stage)
    symbols = sp.symbols("D N_x N_y", real=True)
    parts = ["<p>By Cramer's rule</p>"]
    parts += [f'<div class="eq">{typeset_equation(left, right)}</div>' for left, right in zip(symbols, (d, *n), strict=True)]
    if stage.square is not None:
        whole = symbols[1] ** 2 + symbols[2] ** 2 - sp.Mul(stage.square, symbols[0] ** 2, evaluate=False)
    else:
        (m, k) = stage.lines[2]
        whole = m[0] * symbols[1] + m[1] * symbols[2] + k * symbols[0]
    parts.append(
        f'<p>and what is left is one equation in the angle:</p><div class="eq">{typeset_equation(whole, sp.S.Zero)}</div>'
    )
    return parts


def _polynomial(polynomial: Polynomial) -> list[str]:
    t = sp.Symbol("t", real=True)
    expression = sum(
        (
            (sp.S.One if value == 1.0 else sp.Float(f"{value:.6g}")) * t ** (polynomial.degree - i)
            for i, value in enumerate(polynomial.coefficients)
        ),
        sp.S.Zero,
    )
    parts = [
        f"<p>With the half-angle tangent t = tan({typeset(polynomial.stage.angle)}/2) this is, at the drive's value, the "
        f"polynomial of degree {polynomial.degree}</p>",
        f'<div class="eq">{typeset_equation(expression, sp.S.Zero)}</div>',
    ]
    rows = ["<tr><th>real root t</th><th>angle in deg</th></tr>"]
    for angle in polynomial.angles:
        cells = [f'<td class="n">{np.tan(angle / 2):.8g}</td>', f'<td class="n">{np.degrees(angle):.8f}</td>']
        rows.append(row(cells))
    return [*parts, f"<table>{''.join(rows)}</table>"]


def _check(positions: Positions) -> str:
    modes = [mode for mode in positions.modes if mode.start is not None]
    if not modes:
        return "<p>No root is a configuration: the linkage cannot be assembled at the drive's value.</p>"
    q = np.array([mode.start for mode in modes])
    left = float(np.abs(positions.constraints.residual(q, np.full(len(q), positions.drive_value))).max())
    return (
        f"<h2>Check</h2><p>{len(q)} configurations, refined by Newton's method, leave at most {left:.1e} mm in the constraint "
        "equations.</p>"
    )
