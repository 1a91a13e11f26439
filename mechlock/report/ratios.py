"""Velocity and acceleration ratios of a linkage on the page of its derivation, in quantities named one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import numpy as np
import sympy as sp

from mechlock.linkage.compile import compile_solution
from mechlock.linkage.formulas import Formulas, Ratio
from mechlock.linkage.mechanism import GROUND
from mechlock.linkage.named_rates import NamedRates
from mechlock.linkage.positions import Positions
from mechlock.linkage.program import Assignment
from mechlock.linkage.rates import Factor
from mechlock.report.mathml import inner
from mechlock.report.typesetting import MATH, SPACE, figures, typeset, typeset_equation, words

_PRODUCT = 2
"""Factors of a ratio that is shown as a product; one behind several dyads is shown by its pins' velocities."""

_OPERATIONS = 20
"""Operations in the factors of such a ratio, at most."""


def values_at_stop(positions: Positions, expressions: Sequence[sp.Expr]) -> list[float]:
    """Values of expressions in program symbols where the stop is, or at the drive's value."""
    if positions.solution is None or positions.selected.signs is None or not expressions:
        return []
    lock = positions.mechanism.lock
    drive = lock.drive.nominal if lock is not None else positions.drive_value
    table = compile_solution(positions.solution, positions.selected.signs, expressions)(np.array([drive]), positions.values)
    return [float(value) for value in table[:, 0]]


def product(factors: tuple[Factor, ...], written: Sequence[sp.Expr] | None = None) -> str:
    """A product of factors as a fraction, each in brackets, as they are or as they are to be written."""
    expressions = written or [factor.expression for factor in factors]

    def side(power: int) -> str:
        chosen = [text for factor, text in zip(factors, expressions, strict=True) if factor.power == power]
        bracketed = [
            f"<mrow><mo>(</mo>{inner(text)}<mo>)</mo></mrow>" if text.is_Add and len(chosen) > 1 else inner(text)
            for text in chosen
        ]
        return f"<mrow>{SPACE.join(bracketed) or '<mn>1</mn>'}</mrow>"

    if all(factor.power > 0 for factor in factors):
        return side(1)
    return f"<mfrac>{side(1)}{side(-1)}</mfrac>"


def without_units(factors: Sequence[Factor], written: Sequence[sp.Expr]) -> tuple[tuple[Factor, ...], tuple[sp.Expr, ...]]:
    """Factors, and as they are to be written, without those that are 1 or -1, whose sign goes to the first of the others."""
    ones = [factor for factor in factors if abs(factor.expression) == 1]
    kept = [(factor, text) for factor, text in zip(factors, written, strict=True) if factor not in ones]
    if not ones or not kept:
        return tuple(factors), tuple(written)
    if sp.prod([factor.expression for factor in ones]) == -1:
        first, text = kept[0]
        kept[0] = replace(first, expression=-first.expression), -text
    return tuple(factor for factor, _ in kept), tuple(text for _, text in kept)


def velocities(found: Formulas, positions: Positions) -> list[str]:
    """The section of velocity ratios and transmission angles."""
    parts = ["<h2>Velocity ratios</h2>", *_in_angles(found, positions)]
    parts.append(
        '<p class="words">Per unit of drive rate. w are links as vectors, u velocities of pins; a numerator vanishes at dead '
    )
    parts.append("centre, a denominator where the transmission angle does.</p>")
    named = found.named
    if named is None or all(len(ratio.factors) <= _PRODUCT and _is_short(ratio) for ratio in found.ratios):
        numbers = values_at_stop(positions, [ratio.expression for ratio in found.ratios])
        parts += [_ratio(ratio, number) for ratio, number in zip(found.ratios, numbers, strict=True)]
    else:
        parts += _by_pins(found, named, positions)
    if found.transmission:
        parts.append("<p>Transmission angles</p>")
    cosines = values_at_stop(positions, list(found.transmission.values()))
    for (joint, expression), cosine in zip(found.transmission.items(), cosines, strict=True):
        angle = np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))
        mu = sp.Symbol(f"mu_{joint}")
        value = f'&emsp; {typeset(mu)} <span class="words">= {angle:.4f}°</span>'
        parts.append(f'<div class="eq">{typeset_equation(sp.cos(mu), expression)} {value}</div>')
    return parts


def _in_angles(found: Formulas, positions: Positions) -> list[str]:
    """Ratios as they stand in textbooks, and the mechanical advantage of the bodies joined to ground."""
    shown = [ratio for ratio in found.ratios if ratio.by_angles is not None]
    if not shown:
        return []
    numbers = values_at_stop(positions, [ratio.expression for ratio in shown])
    parts = ['<p class="words">Per unit of drive rate, in the angles θ of the bodies:</p>']
    parts += [_valued(_name(ratio), ratio.by_angles, number) for ratio, number in zip(shown, numbers, strict=True)]
    outputs = {joint.other(GROUND) for joint in positions.mechanism.joints if GROUND in joint.bodies}
    pairs = [(ratio, number) for ratio, number in zip(shown, numbers, strict=True) if ratio.body in outputs and number != 0.0]
    if pairs:
        parts.append('<p class="words">Ideal mechanical advantage, output torque or force over the drive\'s:</p>')
    for ratio, number in pairs:
        assert ratio.by_angles is not None
        parts.append(_valued(sp.Symbol(f"M_{ratio.body}"), 1 / ratio.by_angles, 1.0 / number))
    return parts


def _valued(symbol: sp.Symbol, expression: sp.Expr | None, number: float) -> str:
    assert expression is not None
    return f'<div class="eq">{typeset_equation(symbol, expression)} <span class="words">= {figures(number)}</span></div>'


def _is_short(ratio: Ratio) -> bool:
    return bool(ratio.factors) or ratio.expression.is_number


def _is_short_product(ratio: Ratio) -> bool:
    operations = sum(int(sp.count_ops(factor.expression)) for factor in ratio.factors)
    return 0 < len(ratio.factors) <= _PRODUCT and operations <= _OPERATIONS


def _ratio(ratio: Ratio, number: float) -> str:
    plain = any(factor.expression.is_number for factor in ratio.factors)
    body = product(ratio.factors) if ratio.factors and not plain else inner(ratio.expression)
    math = f"{MATH}<mrow>{inner(_name(ratio))}<mo>=</mo>{body}</mrow></math>"
    value = "" if ratio.expression.is_number else f"= {figures(number)}"
    return f'<div class="eq">{math} <span class="words">{value}{_meanings(ratio)}</span></div>'


def _name(ratio: Ratio) -> sp.Symbol:
    return sp.Symbol(ratio.name, real=True)


def _meanings(ratio: Ratio) -> str:
    meanings = "; ".join(factor.meaning for factor in ratio.factors)
    return f" ({words(meanings)})" if meanings else ""


def _by_pins(found: Formulas, named: NamedRates, positions: Positions) -> list[str]:
    """Products of links, then pins and bodies in order; a ratio that is one short product stays one."""
    as_product = {_name(ratio): ratio for ratio in found.ratios if _is_short_product(ratio)}
    shown = [item for item in named.velocities if item.symbol not in as_product]
    used = set[sp.Basic]().union(*[item.expression.free_symbols for item in shown])
    needed = [item for item in named.velocities if item.symbol in as_product or not _is_pin(item) or item.symbol in used]
    values = named_values(named, positions)
    areas = [item for item in named.products if item.symbol in used]
    parts = [line(item, values) for item in areas]
    for item in needed:
        ratio = as_product.get(item.symbol)
        parts.append(line(item, values) if ratio is None else _ratio(ratio, values[item.symbol]))
    return parts


def line(item: Assignment, values: dict[sp.Basic, float]) -> str:
    """An equation with its value and what it means."""
    after = f"= {figures(values[item.symbol])} ({words(item.meaning)})"
    return f'<div class="eq">{typeset_equation(item.symbol, item.expression)} <span class="words">{after}</span></div>'


def named_values(named: NamedRates, positions: Positions) -> dict[sp.Basic, float]:
    """Values of all named quantities."""
    items = (*named.products, *named.velocities, *named.accelerations)
    own = {item.symbol for item in items}
    needed = sorted(set[sp.Basic]().union(*[item.expression.free_symbols for item in items]) - own, key=str)
    values = dict(zip(needed, values_at_stop(positions, cast(list[sp.Expr], needed)), strict=True))
    for item in items:
        numbers: dict[sp.Basic, sp.Basic] = {symbol: sp.Float(values[symbol], 17) for symbol in item.expression.free_symbols}
        values[item.symbol] = float(item.expression.xreplace(numbers))  # pyright: ignore[reportArgumentType]
    return values


def accelerations(found: Formulas, positions: Positions) -> list[str]:
    """The section of second derivatives by the drive."""
    parts = ["<h2>Acceleration ratios</h2>"]
    parts.append(
        '<p class="words">Second derivatives by the drive; ω are the velocity ratios above, a accelerations of pins, Δ and Γ '
    )
    parts.append("products of a dyad's links. With a drive at rate r and acceleration a, a body's is α r² + ω a.</p>")
    named = found.named
    if named is not None:
        values = named_values(named, positions)
        used = set[sp.Basic]().union(*[item.expression.free_symbols for item in named.accelerations])
        shown = [item for item in named.accelerations if not _is_pin(item) or item.symbol in used]
        lines = [line(item, values) for item in (*named.products, *shown)] if shown else []
        return [*parts, *lines] if lines else []
    lines = []
    for second in found.accelerations:
        (number,) = values_at_stop(positions, [second.whole]) or [np.nan]
        math = typeset_equation(sp.Symbol(f"alpha_{second.body}"), second.expression)
        lines.append(f'<div class="eq">{math} <span class="words">= {figures(number)}</span></div>')
    return [*parts, *lines] if lines else []


def _is_pin(item: Assignment) -> bool:
    return str(item.symbol).startswith(("ux_", "uy_", "ax_", "ay_"))
