"""The symbolic derivation of a lock as a page of typeset equations (MathML), self-contained, or as a fragment of a report."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import cast

import numpy as np
import sympy as sp

from mechlock.errors import NoVerdict
from mechlock.linkage.derivation import Derivation
from mechlock.linkage.formulas import Formulas, formulas
from mechlock.linkage.mechanism import Load, Lock, Mechanism, PointName
from mechlock.linkage.mobility import require_driven
from mechlock.linkage.positions import Positions
from mechlock.linkage.program import Assignment
from mechlock.linkage.reserve import Reserve, over_centre_reserve
from mechlock.report.agreement import agreement_section
from mechlock.report.elimination import elimination_section
from mechlock.report.mathml import inner
from mechlock.report.ratios import accelerations, line, named_values, product, values_at_stop, velocities, without_units
from mechlock.report.typesetting import MATH, MATH_FONTS, figures, row, typeset, typeset_equation, words

_LONG = 30
"""Operations in a lever above which its factors get letters."""

STYLE = (
    f".derivation {MATH_FONTS}"
    + """
.derivation { font: 15px/1.5 "Georgia", serif; color: #22262b; max-width: 62rem; }
.derivation h2 { font-size: 1.15rem; margin: 1.8em 0 .4em; border-bottom: 1px solid #c9ced4; }
.derivation math { font-size: 1.1em; }
.derivation .eq { margin: .45em 0 .45em 1.5em; padding: .15em 0; overflow-x: auto; overflow-y: hidden; }
.derivation .wide { overflow-x: auto; }
.derivation table { border-collapse: collapse; margin: .6em 0; width: 100%; }
.derivation td, .derivation th { padding: .25em .7em; border-bottom: 1px solid #e3e6ea; }
.derivation td, .derivation th { text-align: left; vertical-align: middle; }
.derivation td.n, .derivation th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.derivation .words { color: #57606a; font-size: .88em; }
.derivation .wrong { color: #b42318; font-weight: 600; }
.derivation figure { margin: 1em 0; } .derivation figure svg { max-width: 100%; height: auto; }
"""
)


def derivation_page(found: Derivation) -> str:
    """Return the derivation as a whole HTML page that needs nothing else."""
    title = html.escape(found.positions.mechanism.name or "linkage")
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}: derivation</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>body {{ margin: 2rem auto; padding: 0 1rem; max-width: 62rem; }} {STYLE}</style></head>"
        f"<body><h1>{title}</h1>{derivation_fragment(found, picture=True)}</body></html>\n"
    )


def derivation_fragment(found: Derivation, *, picture: bool = False) -> str:
    """Return the derivation as an HTML fragment in a `<section class="derivation">`, with its own style.

    Parameters
    ----------
    found : Derivation
        What to show.
    picture : bool
        Whether to begin with a drawing.
    """
    positions = found.positions
    parts = [f"<style>{STYLE}</style>"] if not picture else [f"<figure>{_drawing(positions.mechanism)}</figure>"]
    parts += [
        "<h2>Degrees of freedom</h2>",
        f"<p>{html.escape(require_driven(positions, positions.selected).explanation)}</p>",
        *_dimensions(positions),
        *_loops(found.loop_closure, positions.mechanism),
    ]
    if found.formulas is None:
        parts.append(f"<h2>Positions</h2><p>{html.escape(found.reason)}.</p>")
        parts += elimination_section(positions)
    else:
        parts += _input_output(found.formulas) + _positions(found.formulas, positions)
        parts += velocities(found.formulas, positions)
        parts += accelerations(found.formulas, positions)
        parts += _forces(found.formulas, positions, found.reserves)
    parts += agreement_section(found)
    return f'<section class="derivation">{"".join(parts)}</section>'


def condition_fragment(mechanism: Mechanism) -> str:
    """Return the over-centre condition alone, with its factors and their values, as HTML; "" without closed form."""
    try:
        found = formulas(mechanism)
    except NoVerdict:
        return ""
    positions = Positions(mechanism)
    reserves = over_centre_reserve(positions) if mechanism.lock is not None else ()
    return f'<section class="derivation">{"".join(_forces(found, positions, reserves))}</section>'


def _shown(dimension: str) -> tuple[str, float]:
    """Unit in which a quantity of the linkage is shown, and what to multiply its internal value by."""
    return {"length": (" mm", 1.0), "angle": ("°", 180.0 / np.pi)}.get(dimension, ("", 1.0))


def _drawing(mechanism: Mechanism) -> str:
    from mechlock.view.mechanism import draw

    text = draw(mechanism, ".svg").decode()
    return text[text.index("<svg") :]


def _dimensions(positions: Positions) -> list[str]:
    """What the letters stand for, and at which drive value the page has its values."""
    mechanism = positions.mechanism
    stopped = mechanism.lock is not None and mechanism.lock.stop is not None
    drive = positions.drive_value if mechanism.lock is None else mechanism.lock.drive.nominal
    unit, scale = _shown("length" if mechanism.drive.sliding else "angle")
    where = f"{typeset(mechanism.drive.symbol)} = {figures(drive * scale)}{unit}"
    where += ", where the stop is" if stopped else ""
    rows = ['<tr><th>symbol</th><th>parameter</th><th class="n">value</th><th class="n">from</th><th class="n">to</th></tr>']
    for name, parameter in mechanism.parameters.items():
        unit, scale = _shown(parameter.dimension)
        ends = () if parameter.is_exact else (parameter.low, parameter.high)
        numbers = [f"{figures(end * scale)}{unit}" for end in (parameter.nominal, *ends)]
        cells = [f'<td class="n">{text}</td>' for text in (*numbers, "", "")[:3]]
        rows.append(row([f"<td>{typeset(sp.Symbol(name))}</td>", f'<td class="words">{html.escape(name)}</td>', *cells]))
    table = [f'<div class="wide"><table>{"".join(rows)}</table></div>'] if mechanism.parameters else []
    values = f'<p class="words">Values on this page are those at {where}, of lengths in mm and angles in rad unless marked °.</p>'
    return ["<h2>Dimensions</h2>", *table, values]


def _loops(equations: tuple[sp.Eq, ...], mechanism: Mechanism) -> list[str]:
    drive = inner(mechanism.drive.symbol)
    notation = f"θ is the angle of a body's x axis against ground's, s the travel of a slider, {MATH}{drive}</math> the drive's "
    notation += "travel" if mechanism.drive.sliding else "angle"
    for joint in mechanism.joints:
        if joint.contact is not None and joint.contact.kind == "circles" and joint.kind == "revolute":
            notation += f"; {html.escape(joint.written_as)} link is the line of centres of the circles that touch"
    parts = ["<h2>Loop closure</h2>", f'<p class="words">{notation}.</p>']
    return parts + [f'<div class="eq">{typeset_equation(*equation.args)}</div>' for equation in equations]


def _input_output(found: Formulas) -> list[str]:
    parts = ["<h2>Input and output</h2>"] if found.input_output else []
    for relation in found.input_output:
        parts.append(f'<p class="words">{words(relation.words)}: the link keeps its length</p>')
        parts.append(f'<div class="eq">{typeset_equation(*relation.relation.args)}</div>')
        angle = found.angles.get(str(relation.unknown).removeprefix("t_"))
        where = f"with {typeset(relation.unknown)} = tan({typeset(angle)}/2)" if angle is not None else "in the travel"
        parts.append(f'<p class="words">as a polynomial, {where}; its two roots are assembly modes</p>')
        letters = [sp.Symbol(f"{letter}_{str(relation.unknown)[2:]}") for letter in "ABC"]
        powers = [letter * relation.unknown**power for letter, power in zip(letters, (2, 1, 0), strict=True)]
        parts.append(
            f'<div class="eq">{MATH}<mrow>{"<mo>+</mo>".join(map(inner, powers))}<mo>=</mo><mn>0</mn></mrow></math></div>'
        )
        for letter, coefficient in zip(letters, relation.coefficients, strict=True):
            parts.append(f'<div class="eq">{typeset_equation(letter, coefficient)}</div>')
    return parts


def _positions(found: Formulas, positions: Positions) -> list[str]:
    solution = found.solution
    zero = {symbol: sp.S.Zero for pair in positions.mechanism.offsets.values() for symbol in pair[:2]}
    numbers = values_at_stop(positions, [item.symbol for item in solution.program])
    groups = ", then ".join(words(group.group.name) for group in solution.groups) or "none"
    parts = ["<h2>Positions, in closed form</h2>"]
    signs = " Each sign σ = ±1 is an assembly mode;" if solution.signs else " There is one assembly mode;"
    parts.append(f"<p>Dyads in order: {groups}.{signs} clearance offsets are left out here.</p>")
    parts.append('<p class="words">c and s with the name of a body are cosine and sine of its angle, w are links as vectors.</p>')
    rows = ['<tr><th>equation</th><th>meaning</th><th class="n">value</th></tr>']
    for item, number in zip(solution.program, numbers, strict=True):
        left = f"<td>{typeset_equation(item.symbol, item.expression.xreplace(zero))}</td>"
        rows.append(row([left, f'<td class="words">{words(item.meaning)}</td>', f'<td class="n">{figures(number)}</td>']))
    parts.append(f'<div class="wide"><table>{"".join(rows)}</table></div>')
    conditions: list[str] = []
    for condition in solution.conditions:
        relation = sp.Gt(condition.expression, 0) if condition.kind == "positive" else sp.Ne(condition.expression, 0)
        if isinstance(relation, sp.Basic) and relation not in {sp.true, sp.false}:
            meaning = f'<span class="words">{words(condition.meaning)}</span>'
            conditions.append(f'<div class="eq">{typeset(relation)} &emsp; {meaning}</div>')
    parts.append(f"<p>The assembly exists {'where' if conditions else 'everywhere'}{'' if conditions else '.'}</p>")
    return parts + conditions


def _forces(found: Formulas, positions: Positions, reserves: tuple[Reserve, ...]) -> list[str]:
    mechanism = positions.mechanism
    if mechanism.lock is None:
        return []
    stopped = mechanism.lock.stop is not None
    parts = [f"<h2>Force of the load on the drive{', over-centre condition' if stopped else ''}</h2>"]
    holds = "the lock holds while its sign points into the stop" if stopped else "there is no stop, friction has to hold it"
    parts.append(f"<p>By virtual work, per newton of load at the angle δ; {holds}.</p>")
    for point in found.levers:
        parts += _lever(next(load for load in mechanism.lock.loads if load.at == point), found, positions)
        parts += _over_centre(mechanism.lock, point)
    unit, scale = _shown("length" if mechanism.drive.sliding else "angle")
    for reserve in reserves:
        text = f"dead centre of {reserve.body} at {reserve.dead_centre * scale:.4f}{unit}, "
        side = "beyond" if reserve.from_dead_centre > 0.0 else "short of"
        text += f"{'stop' if stopped else 'locked'} {abs(reserve.from_dead_centre) * scale:.4f}{unit} {side} it"
        text += f", toggle height {reserve.height:.3f} mm" if reserve.height is not None else ""
        text += f", {np.degrees(reserve.knee):.3f}° {reserve.knee_words}" if reserve.knee is not None else ""
        parts.append(f"<p>{'Over-centre reserve' if stopped else 'Position'}: {html.escape(text)}.</p>")
    return parts


def _over_centre(lock: Lock, point: PointName) -> list[str]:
    """The condition that the load pushes the drive into its stop."""
    if lock.stop is None:
        return []
    sign, way = (">", "increasing") if lock.stop > 0 else ("<", "decreasing")
    math = f"{MATH}<mrow>{inner(_lever_symbol(point))}<mo>{html.escape(sign)}</mo><mn>0</mn></mrow></math>"
    meaning = f"over-centre condition: the load pushes the drive into the stop, which blocks it from {way}"
    return [f'<div class="eq">{math} &emsp; <span class="words">{meaning}</span></div>']


def _lever_symbol(point: PointName) -> sp.Expr:
    return sp.Symbol(f"Q_{point.body}_{point.point}") / sp.Symbol("F")


def _lever(load: Load, found: Formulas, positions: Positions) -> list[str]:
    """The lever of a load: a product of factors with a table of them, or by the velocity of its point where it is none."""
    lever = found.levers[load.at]
    force = lever.force
    left = f"{inner(_lever_symbol(load.at))}<mo>=</mo>"
    by_angles = []
    if lever.by_angles is not None:
        by_angles.append(f'<div class="eq">{MATH}<mrow>{left}{inner(lever.by_angles)}</mrow></math></div>')
        by_angles.append('<p class="words">or with the links as vectors</p>')
    if lever.by_angles is not None and lever.by_angles.has(sp.Symbol(f"omega_{load.at.body}", real=True)):
        return by_angles[:1]
    if lever.velocity and found.named is not None:
        values = named_values(found.named, positions)
        lines = [line(item, values) for item in lever.velocity]
        return [*by_angles, *lines, f'<div class="eq">{MATH}<mrow>{left}{inner(lever.by_velocity)}</mrow></math></div>']
    factors, written = without_units(force.factors, lever.factors)
    letters = [sp.Symbol(f"{'N' if factor.power > 0 else 'D'}_{index + 1}") for index, factor in enumerate(factors)]
    long = sum(int(sp.count_ops(expression)) for expression in written) > _LONG
    math = f"{MATH}<mrow>{left}{product(factors, letters if long else written)}</mrow></math>"
    value: Mapping[sp.Basic, sp.Basic] = {force.direction: sp.Float(load.direction.nominal)}
    numbers = values_at_stop(positions, [cast(sp.Expr, factor.expression.xreplace(dict(value))) for factor in factors])
    if long:
        parts = zip(letters, written, factors, strict=True)
        items = [Assignment(letter, expression, factor.meaning) for letter, expression, factor in parts]
        values = dict(zip(cast(list[sp.Basic], letters), numbers, strict=True))
        return [*by_angles, f'<div class="eq">{math}</div>', *[line(item, values) for item in items]]
    rows = ['<tr><th>factor</th><th>where</th><th>meaning</th><th class="n">value at the stop</th></tr>']
    for factor, expression, number in zip(factors, written, numbers, strict=True):
        place = "numerator" if factor.power > 0 else "denominator"
        cells = [f"<td>{typeset(expression)}</td>", f"<td>{place}</td>"]
        cells += [f'<td class="words">{words(factor.meaning)}</td>', f'<td class="n">{figures(number)}</td>']
        rows.append(row(cells))
    return [*by_angles, f'<div class="eq">{math}</div>', f'<div class="wide"><table>{"".join(rows)}</table></div>']
