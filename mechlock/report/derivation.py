"""The symbolic derivation of a lock as a page of typeset equations (MathML), self-contained, or as a fragment of a report."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import cast

import numpy as np
import sympy as sp

from mechlock.errors import NoVerdict
from mechlock.linkage.acceleration import acceleration_ratio
from mechlock.linkage.compile import compile_solution
from mechlock.linkage.formulas import Formulas, Ratio, formulas, loop_closure
from mechlock.linkage.mechanism import Mechanism
from mechlock.linkage.mobility import require_driven
from mechlock.linkage.positions import Positions
from mechlock.linkage.rates import Factor
from mechlock.linkage.reserve import over_centre_reserve
from mechlock.linkage.symbolic import GeneralisedForce
from mechlock.linkage.travel import circuit
from mechlock.report.elimination import elimination_section
from mechlock.report.typesetting import MATH, inner, row, typeset, typeset_equation

STYLE = """
.derivation { font: 15px/1.5 "Georgia", serif; color: #22262b; max-width: 62rem; }
.derivation h2 { font-size: 1.15rem; margin: 1.8em 0 .4em; border-bottom: 1px solid #c9ced4; }
.derivation math { font-size: 1.02em; }
.derivation .eq { margin: .45em 0 .45em 1.5em; padding: .15em 0; overflow-x: auto; overflow-y: hidden; }
.derivation table { border-collapse: collapse; margin: .6em 0; width: 100%; }
.derivation td, .derivation th { padding: .25em .7em; border-bottom: 1px solid #e3e6ea; }
.derivation td, .derivation th { text-align: left; vertical-align: middle; }
.derivation td.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.derivation .words { color: #57606a; font-size: .88em; }
.derivation figure { margin: 1em 0; } .derivation figure svg { max-width: 34rem; height: auto; }
"""


def derivation_page(mechanism: Mechanism) -> str:
    """Return the derivation as a whole HTML page that needs nothing else."""
    title = html.escape(mechanism.name or "linkage")
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}: derivation</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>body {{ margin: 2rem auto; padding: 0 1rem; max-width: 62rem; }} {STYLE}</style></head>"
        f"<body><h1>{title}</h1>{derivation_fragment(mechanism, picture=True)}</body></html>\n"
    )


def derivation_fragment(mechanism: Mechanism, *, picture: bool = False) -> str:
    """Return the derivation as an HTML fragment in a `<section class="derivation">`, with its own style.

    Parameters
    ----------
    mechanism : Mechanism
        What to derive.
    picture : bool
        Whether to begin with a drawing.
    """
    positions = Positions(mechanism)
    parts = [f"<style>{STYLE}</style>"] if not picture else [f"<figure>{_drawing(mechanism)}</figure>"]
    parts += [
        "<h2>Degrees of freedom</h2>",
        f"<p>{html.escape(require_driven(positions, positions.selected).explanation)}</p>",
    ]
    try:
        found = formulas(mechanism)
    except NoVerdict as error:
        parts += _loops(loop_closure(mechanism))
        parts.append(f"<h2>Positions</h2><p>{html.escape(error.what)}.</p>")
        parts += elimination_section(positions)
        return f'<section class="derivation">{"".join(parts)}</section>'
    parts += _loops(found.loop_closure) + _input_output(found)
    parts += _positions(found, positions)
    parts += _velocities(found, positions)
    parts += _accelerations(found, positions)
    parts += _forces(found, positions)
    parts.append(_check(positions))
    return f'<section class="derivation">{"".join(parts)}</section>'


def condition_fragment(mechanism: Mechanism) -> str:
    """Return the over-centre condition alone, with its factors and their values, as HTML; "" without closed form."""
    try:
        found = formulas(mechanism)
    except NoVerdict:
        return ""
    return f'<section class="derivation">{"".join(_forces(found, Positions(mechanism)))}</section>'


def _drawing(mechanism: Mechanism) -> str:
    from mechlock.view.mechanism import draw

    text = draw(mechanism, ".svg").decode()
    return text[text.index("<svg") :]


def _loops(equations: tuple[sp.Eq, ...]) -> list[str]:
    parts = ["<h2>Loop closure</h2>"]
    parts.append("<p class=\"words\">θ is the angle of a body's x axis against ground's, s the travel of a slider.</p>")
    return parts + [f'<div class="eq">{typeset_equation(*equation.args)}</div>' for equation in equations]


def _input_output(found: Formulas) -> list[str]:
    parts = ["<h2>Input and output</h2>"] if found.input_output else []
    for words, equation in found.input_output:
        parts.append(f'<p class="words">{html.escape(words)}</p><div class="eq">{typeset_equation(*equation.args)}</div>')
    return parts


def _values(positions: Positions, expressions: list[sp.Expr]) -> list[float]:
    if positions.solution is None or positions.selected.signs is None or not expressions:
        return []
    lock = positions.mechanism.lock
    drive = lock.drive.nominal if lock is not None else positions.drive_value
    table = compile_solution(positions.solution, positions.selected.signs, expressions)(np.array([drive]), positions.values)
    return [float(value) for value in table[:, 0]]


def _positions(found: Formulas, positions: Positions) -> list[str]:
    solution = found.solution
    zero = {symbol: sp.S.Zero for pair in positions.mechanism.offsets.values() for symbol in pair[:2]}
    numbers = _values(positions, [item.symbol for item in solution.program])
    groups = ", then ".join(html.escape(group.group.name) for group in solution.groups) or "none"
    parts = ["<h2>Positions, in closed form</h2>"]
    parts.append(f"<p>Dyads in order: {groups}. Each sign σ = ±1 is an assembly mode; clearance offsets are left out here.</p>")
    rows = ["<tr><th>equation</th><th>meaning</th><th>value</th></tr>"]
    for item, number in zip(solution.program, numbers, strict=True):
        left = f"<td>{typeset_equation(item.symbol, item.expression.xreplace(zero))}</td>"
        rows.append(row([left, f'<td class="words">{html.escape(item.meaning)}</td>', f'<td class="n">{number:.6g}</td>']))
    parts.append(f"<table>{''.join(rows)}</table>")
    parts.append("<p>The assembly exists where</p>")
    for condition in solution.conditions:
        relation = sp.Gt(condition.expression, 0) if condition.kind == "positive" else sp.Ne(condition.expression, 0)
        if isinstance(relation, sp.Basic) and relation not in {sp.true, sp.false}:
            words = f'<span class="words">{html.escape(condition.meaning)}</span>'
            parts.append(f'<div class="eq">{typeset(relation)} &emsp; {words}</div>')
    return parts


def _product(factors: tuple[Factor, ...]) -> str:
    """A product of factors as a fraction, each factor in brackets."""

    def side(power: int) -> str:
        chosen = [inner(factor.expression) for factor in factors if factor.power == power]
        fenced = [f"<mrow><mo>(</mo>{text}<mo>)</mo></mrow>" if len(chosen) > 1 else f"<mrow>{text}</mrow>" for text in chosen]
        return f"<mrow>{''.join(fenced) or '<mn>1</mn>'}</mrow>"

    if all(factor.power > 0 for factor in factors):
        return side(1)
    return f"<mfrac>{side(1)}{side(-1)}</mfrac>"


def _velocities(found: Formulas, positions: Positions) -> list[str]:
    numbers = _values(positions, [ratio.expression for ratio in found.ratios])
    parts = ["<h2>Velocity ratios</h2>"]
    parts.append('<p class="words">Per unit of drive rate. w are links as vectors; a numerator vanishes at dead centre, ')
    parts.append("a denominator where the transmission angle does. The ideal mechanical advantage is the reciprocal.</p>")
    for ratio, number in zip(found.ratios, numbers, strict=True):
        name = sp.Symbol(f"{'v' if ratio.sliding else 'omega'}_{ratio.body}")
        body = _product(ratio.factors) if ratio.factors else inner(ratio.expression)
        left = inner(name)
        math = f"{MATH}<mrow>{left}<mo>=</mo>{body}</mrow></math>"
        parts.append(f'<div class="eq">{math} <span class="words">= {number:.6g}{_meanings(ratio)}</span></div>')
    names = {joint: sp.cos(sp.Symbol(f"mu_{joint}")) for joint in found.transmission}
    if names:
        parts.append("<p>Transmission angles</p>")
    cosines = _values(positions, list(found.transmission.values()))
    for (joint, expression), cosine in zip(found.transmission.items(), cosines, strict=True):
        angle = np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))
        parts.append(
            f'<div class="eq">{typeset_equation(names[joint], expression)} <span class="words">{angle:.4f}°</span></div>'
        )
    return parts


def _accelerations(found: Formulas, positions: Positions) -> list[str]:
    """Second derivatives of the body angles, each checked against the constraint equations."""
    parts = ["<h2>Acceleration ratios</h2>"]
    parts.append('<p class="words">Second derivatives by the drive; ω are the velocity ratios above. With a drive at rate r and ')
    parts.append("acceleration a, a body's angular acceleration is α r² + ω a.</p>")
    for ratio in found.ratios:
        if ratio.sliding:
            continue
        second = acceleration_ratio(found.solution, ratio.body)
        if second.expression == 0:
            continue
        (number,) = _values(positions, [second.whole]) or [np.nan]
        math = typeset_equation(sp.Symbol(f"alpha_{ratio.body}"), second.expression)
        parts.append(f'<div class="eq">{math} <span class="words">= {number:.6g}</span></div>')
    return parts if len(parts) > 3 else []


def _meanings(ratio: Ratio) -> str:
    words = "; ".join(f"{factor.meaning}" for factor in ratio.factors)
    return f" ({html.escape(words)})" if words else ""


def _forces(found: Formulas, positions: Positions) -> list[str]:
    mechanism = positions.mechanism
    if mechanism.lock is None:
        return []
    parts = ["<h2>Force of the load on the drive, over-centre condition</h2>"]
    parts.append("<p>By virtual work, per newton of load at the angle δ; the lock holds while its sign points into the stop.</p>")
    for point, force in found.forces.items():
        parts += _lever(str(point), force, positions)
    if positions.solution is not None:
        for reserve in over_centre_reserve(positions):
            unit, scale = ("mm", 1.0) if mechanism.drive.sliding else ("°", 180.0 / np.pi)
            text = f"dead centre of {reserve.body} at {reserve.dead_centre * scale:.6f} {unit}, "
            text += f"stop {reserve.from_dead_centre * scale:.4f} {unit} beyond it"
            text += f", toggle height {reserve.height:.3f} mm" if reserve.height is not None else ""
            text += f", {np.degrees(reserve.knee):.3f}° between the toggle links" if reserve.knee is not None else ""
            parts.append(f"<p>Over-centre reserve: {html.escape(text)}.</p>")
    return parts


def _lever(point: str, force: GeneralisedForce, positions: Positions) -> list[str]:
    at = sp.Symbol(f"Q_{point.replace('.', '_')}") / sp.Symbol("F")
    left = inner(at)
    math = f"{MATH}<mrow>{left}<mo>=</mo>{_product(force.factors)}</mrow></math>"
    load = next(load for load in positions.mechanism.lock.loads if str(load.at) == point)  # pyright: ignore[reportOptionalMemberAccess]
    value: Mapping[sp.Basic, sp.Basic] = {force.direction: sp.Float(load.direction.nominal)}
    numbers = _values(positions, [cast(sp.Expr, factor.expression.xreplace(dict(value))) for factor in force.factors])
    rows = ["<tr><th>factor</th><th>where</th><th>meaning</th><th>value at the stop</th></tr>"]
    for factor, number in zip(force.factors, numbers, strict=True):
        place = "numerator" if factor.power > 0 else "denominator"
        cells = [f"<td>{typeset(factor.expression)}</td>", f"<td>{place}</td>"]
        cells += [f'<td class="words">{html.escape(factor.meaning)}</td>', f'<td class="n">{number:.6g}</td>']
        rows.append(row(cells))
    return [f'<div class="eq">{math}</div>', f"<table>{''.join(rows)}</table>"]


def _check(positions: Positions) -> str:
    """Put the closed form into the constraint equations all along the travel, and say what is left."""
    interval = circuit(positions, positions.selected)
    if interval is None:
        return ""
    drive = np.linspace(interval.low, interval.high, 401)
    q = positions.at(positions.selected, drive)
    fine = np.isfinite(q).all(axis=1)
    residual = float(np.abs(positions.constraints.residual(q[fine], drive[fine])).max())
    return (
        f"<h2>Check</h2><p>Put into the constraint equations at {int(fine.sum())} positions along the travel, "
        f"the closed form leaves at most {residual:.1e} mm.</p>"
    )
